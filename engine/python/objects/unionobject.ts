// types.UnionType: `int | str`. Mirrors Objects/unionobject.c.
import {
  PyTypeObject, Py_DECREF, Py_EQ, Py_INCREF, Py_NE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyObject,
} from './object'
import { PyNumber_Or } from './abstract'
import { _Py_make_parameters, _Py_subs_parameters } from './genericalias-subst'
import { Py_GenericAliasType, reprOfTypeArgument } from './genericaliasobject'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { PyObject_GenericGetAttr, PyObject_GetAttr, PyObject_Hash, PyObject_RichCompare, PyObject_RichCompareBool, PyType_Check } from './object-protocol'
import { PyFrozenSet_New } from './setobject'
import { Py_None, Py_NotImplemented, _PyNone_Type } from './singletons'
import { _PyTuple_FromArray } from './tupleobject'
import { PyUnicode_AsString, PyUnicode_Check } from './unicodeobject'
import { UnicodeWriter } from './unicode-fromformat'

/** unionobject's struct. */
export class UnionData {
  args: PyObject
  /** Tuple of type variables, made on first use. */
  parameters: PyObject | null = null
  constructor(args: PyObject) {
    this.args = args
  }
}

const dataOf = (o: PyObject): UnionData => o.v as UnionData
const itemsOf = (o: PyObject): PyObject[] => dataOf(o).args.v as PyObject[]
const newRef = (o: PyObject): PyObject => {
  o.ob_refcnt++
  return o
}

export function _PyUnion_Check(o: PyObject): boolean {
  return o.ob_type === _PyUnion_Type
}

function make_union(args: PyObject): PyObject {
  Py_INCREF(args)
  const o = PyObject_GC_New(_PyUnion_Type, new UnionData(args))
  PyObject_GC_Track(o)
  return o
}

/** Nested unions opened, duplicates dropped. NEW tuple. Mirrors dedup_and_flatten_args. */
function flattened(args: PyObject[]): PyObject | null {
  const flat = args.flatMap(o => _PyUnion_Check(o) ? itemsOf(o) : [o === Py_None ? _PyNone_Type : o])
  const out: PyObject[] = []
  for (const o of flat) {
    let duplicate = false
    for (const kept of out) {
      // Aliases compare by value: list[int] and list[int] are two objects.
      const both = isGenericAlias(o) && isGenericAlias(kept)
      const same = both ? PyObject_RichCompareBool(kept, o, Py_EQ) : Number(kept === o)
      if (same < 0) return null
      if (same > 0) duplicate = true
    }
    if (!duplicate) out.push(o)
  }
  return _PyTuple_FromArray(out)
}

const isGenericAlias = (o: PyObject): boolean => o.ob_type.mro.includes(Py_GenericAliasType)

function isUnionable(o: PyObject): boolean {
  return o === Py_None || PyType_Check(o) || isGenericAlias(o) || _PyUnion_Check(o)
}

/** NEW union of two types, or NotImplemented. */
export function _Py_union_type_or(a: PyObject, b: PyObject): PyObject | null {
  if (!isUnionable(a) || !isUnionable(b)) return newRef(Py_NotImplemented)
  const args = flattened([a, b])
  return args === null ? null : fromFlat(args)
}

/** STEALS the tuple. A union of one is that one. */
function fromFlat(args: PyObject): PyObject {
  const items = args.v as PyObject[]
  const result = items.length === 1 ? newRef(items[0]!) : make_union(args)
  Py_DECREF(args)
  return result
}

function union_repr(self: PyObject): PyObject | null {
  const writer = new UnicodeWriter()
  let ok = true
  for (const [i, item] of itemsOf(self).entries()) {
    ok = i === 0 || writer.writeText(' | ')
    if (ok && item === _PyNone_Type) ok = writer.writeText('None')
    else if (ok) {
      const text = reprOfTypeArgument(item)
      ok = text !== null && writer.writeStr(text)
      Py_XDECREF(text)
    }
    if (!ok) break
  }
  if (ok) return writer.finish()
  writer.dealloc()
  return null
}

function frozen(self: PyObject): PyObject | null {
  return PyFrozenSet_New(dataOf(self).args)
}

function union_hash(self: PyObject): number {
  const set = frozen(self)
  if (set === null) return -1
  const result = PyObject_Hash(set)
  Py_DECREF(set)
  return result
}

function union_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if (!_PyUnion_Check(b) || (op !== Py_EQ && op !== Py_NE)) return newRef(Py_NotImplemented)
  const x = frozen(a)
  const y = x === null ? null : frozen(b)
  const result = x === null || y === null ? null : PyObject_RichCompare(x, y, op)
  Py_XDECREF(x)
  Py_XDECREF(y)
  return result
}

/** BORROWED tuple of the types, _Py_union_args: what isinstance and issubclass look through. */
export function _Py_union_args(self: PyObject): PyObject {
  return dataOf(self).args
}

/** BORROWED tuple of type variables. */
function parametersOf(self: PyObject): PyObject | null {
  const data = dataOf(self)
  data.parameters ??= _Py_make_parameters(data.args)
  return data.parameters
}

function union_getitem(self: PyObject, item: PyObject): PyObject | null {
  const parameters = parametersOf(self)
  if (parameters === null) return null
  const args = _Py_subs_parameters(self, dataOf(self).args, parameters, item)
  if (args === null) return null
  const items = args.v as PyObject[]
  // Or them one by one: what was put in may be of any kind.
  let result: PyObject | null = items[0] === undefined ? make_union(args) : newRef(items[0])
  for (let i = 1; i < items.length && result !== null; i++) {
    const next = PyNumber_Or(result, items[i]!)
    Py_DECREF(result)
    result = next
  }
  Py_DECREF(args)
  return result
}

export const _PyUnion_Type = new PyTypeObject('types.UnionType', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: self => {
    PyObject_GC_UnTrack(self)
    const { args, parameters } = dataOf(self)
    Py_DECREF(args)
    Py_XDECREF(parameters)
    PyObject_GC_Del(self)
  },
  tp_traverse: (self, visit) => {
    const { args, parameters } = dataOf(self)
    visit(args)
    if (parameters !== null) visit(parameters)
  },
  tp_repr: union_repr, tp_hash: union_hash, tp_richcompare: union_richcompare,
  tp_getattro: (self, name) => {
    // The module is types', the class's own __module__ being builtins in CPython too.
    if (PyUnicode_Check(name) && PyUnicode_AsString(name) === '__module__') return PyObject_GetAttr(self.ob_type, name)
    return PyObject_GenericGetAttr(self, name)
  },
  nb_or: (a, b) => _Py_union_type_or(a, b),
  mp_subscript: union_getitem,
  tp_members: [{ name: '__args__', get: self => newRef(dataOf(self).args) }],
  tp_getset: [{
    name: '__parameters__',
    get: self => {
      const parameters = parametersOf(self)
      return parameters === null ? null : newRef(parameters)
    },
  }],
})

