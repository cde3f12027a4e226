// types.GenericAlias: `list[int]`. Mirrors Objects/genericaliasobject.c; substitution of type variables is in
// genericalias-subst.ts.
import {
  HASH, METH_NOARGS, METH_O, PyTypeObject, Py_DECREF, Py_EQ, Py_INCREF, Py_NE, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_HAVE_VECTORCALL, Py_XDECREF, type PyObject, type visitproc,
} from './object'
import { Py_False, Py_True, PyBool_From } from './boolobject'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { PyObject_Call, PyObject_Vectorcall } from './call'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_AttributeError, PyExc_TypeError } from './exceptions'
import { _Py_make_parameters, _Py_subs_parameters } from './genericalias-subst'
import { _PyArg_CheckPositional, _PyArg_NoKeywords } from './getargs'
import { PyList_Append } from './listobject'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import {
  PyObject_Dir, PyObject_GenericGetAttr, PyObject_GetAttr, PyObject_Hash, PyObject_Repr, PyObject_RichCompareBool, PyObject_SetAttr,
  PyObject_SelfIter, PyObject_Str, _PyObject_LookupAttr,
} from './object-protocol'
import { PySequence_Contains } from './abstract'
import { Py_Ellipsis, Py_None, Py_NotImplemented } from './singletons'
import { PyTuple_Check, PyTuple_New, PyTuple_Pack, PyTuple_Type } from './tupleobject'
import { PyType_GenericAlloc } from './typeobject'
import { _Py_union_type_or } from './unionobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat, UnicodeWriter } from './unicode-fromformat'
import { PyObject_ClearWeakRefs } from './weakrefobject'

/** gaobject's struct. */
export class GenericAliasData {
  origin: PyObject
  args: PyObject
  /** Tuple of the type variables, made on first use. */
  parameters: PyObject | null = null
  /** `*tuple[int]`. */
  starred = false
  constructor(origin: PyObject, args: PyObject) {
    this.origin = origin
    this.args = args
  }
}

const dataOf = (o: PyObject): GenericAliasData => o.v as GenericAliasData
const newRef = (o: PyObject): PyObject => {
  o.ob_refcnt++
  return o
}

/** NEW alias; args is a tuple, or one argument. */
export function Py_GenericAlias(origin: PyObject, args: PyObject): PyObject | null {
  return setup(PyType_GenericAlloc(Py_GenericAliasType, 0), origin, args)
}

function setup(alias: PyObject | null, origin: PyObject, args: PyObject): PyObject | null {
  if (alias === null) return null
  Py_INCREF(origin)
  alias.v = new GenericAliasData(origin, PyTuple_Check(args) ? newRef(args) : PyTuple_Pack(args))
  return alias
}

function ga_dealloc(self: PyObject): void {
  PyObject_GC_UnTrack(self)
  if (self.weaklist !== null) PyObject_ClearWeakRefs(self)
  const { origin, args, parameters } = dataOf(self)
  Py_DECREF(origin)
  Py_DECREF(args)
  Py_XDECREF(parameters)
  self.ob_type.tp_free!(self)
}

function ga_traverse(self: PyObject, visit: visitproc): void {
  const { origin, args, parameters } = dataOf(self)
  visit(origin)
  visit(args)
  if (parameters !== null) visit(parameters)
}

// ---- repr ------------------------------------------------------------------------------------------------------------------

/** NEW attribute or null; `failed` tells an error. */
function attribute(o: PyObject, name: string): PyObject | null {
  return _PyObject_LookupAttr(o, _Py_ID(name))
}

/** NEW text of one argument: a class by its name, anything else by its repr. Mirrors ga_repr_item. */
export function reprOfTypeArgument(o: PyObject): PyObject | null {
  if (o === Py_Ellipsis) return PyUnicode_FromString('...')
  const origin = attribute(o, '__origin__')
  if (origin === null && PyErr_Occurred() !== null) return null
  if (origin !== null) {
    Py_DECREF(origin)
    const args = attribute(o, '__args__')
    if (args === null && PyErr_Occurred() !== null) return null
    if (args !== null) {
      Py_DECREF(args)
      return PyObject_Repr(o)
    }
  }
  const qualname = attribute(o, '__qualname__')
  if (qualname === null) return PyErr_Occurred() !== null ? null : PyObject_Repr(o)
  const module = attribute(o, '__module__')
  let result: PyObject | null = null
  if (module === null || module === Py_None) {
    if (module !== null || PyErr_Occurred() === null) result = PyObject_Repr(o)
  } else if (PyUnicode_Check(module) && PyUnicode_AsString(module) === 'builtins') result = PyObject_Str(qualname)
  else result = PyUnicode_FromFormat('%S.%S', module, qualname)
  Py_XDECREF(module)
  Py_DECREF(qualname)
  return result
}

function ga_repr(self: PyObject): PyObject | null {
  const { origin, args, starred } = dataOf(self)
  const writer = new UnicodeWriter()
  const item = (o: PyObject): boolean => {
    const text = reprOfTypeArgument(o)
    if (text === null) return false
    const ok = writer.writeStr(text)
    Py_DECREF(text)
    return ok
  }
  let ok = (!starred || writer.writeText('*')) && item(origin) && writer.writeText('[')
  const items = args.v as PyObject[]
  for (let i = 0; ok && i < items.length; i++) ok = (i === 0 || writer.writeText(', ')) && item(items[i]!)
  if (ok && items.length === 0) ok = writer.writeText('()')
  if (ok && writer.writeText(']')) return writer.finish()
  writer.dealloc()
  return null
}

// ---- behaviour ----------------------------------------------------------------------------------------------------------------

/** Attributes of the alias itself; all others are the origin's. */
const OWN = [
  '__class__', '__origin__', '__args__', '__unpacked__', '__parameters__', '__typing_unpacked_tuple_args__', '__mro_entries__',
  '__reduce_ex__', '__reduce__', '__copy__', '__deepcopy__',
]

function ga_getattro(self: PyObject, name: PyObject): PyObject | null {
  if (PyUnicode_Check(name) && !OWN.includes(PyUnicode_AsString(name))) return PyObject_GetAttr(dataOf(self).origin, name)
  return PyObject_GenericGetAttr(self, name)
}

/** An instance made through an alias remembers it, if it can. Mirrors set_orig_class. */
function set_orig_class(o: PyObject | null, self: PyObject): PyObject | null {
  if (o !== null && PyObject_SetAttr(o, _Py_ID('__orig_class__'), self) < 0) {
    if (!PyErr_ExceptionMatches(PyExc_AttributeError) && !PyErr_ExceptionMatches(PyExc_TypeError)) {
      Py_DECREF(o)
      return null
    }
    PyErr_Clear()
  }
  return o
}

function ga_hash(self: PyObject): number {
  const { origin, args } = dataOf(self)
  if (PyObject_Hash(origin) < 0) return -1
  const lo = HASH[0]!
  const hi = HASH[1]!
  if (PyObject_Hash(args) < 0) return -1
  HASH[0]! ^= lo
  HASH[1]! ^= hi
  return 0
}

function ga_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if (a.ob_type !== Py_GenericAliasType || b.ob_type !== Py_GenericAliasType || (op !== Py_EQ && op !== Py_NE)) {
    return newRef(Py_NotImplemented)
  }
  const x = dataOf(a)
  const y = dataOf(b)
  let equal = x.starred === y.starred ? 1 : 0
  if (equal > 0) equal = PyObject_RichCompareBool(x.origin, y.origin, Py_EQ)
  if (equal > 0) equal = PyObject_RichCompareBool(x.args, y.args, Py_EQ)
  if (equal < 0) return null
  return newRef((equal === 1) === (op === Py_EQ) ? Py_True : Py_False)
}

/** BORROWED tuple of type variables; null with an exception set. */
function parametersOf(self: PyObject): PyObject | null {
  const data = dataOf(self)
  data.parameters ??= _Py_make_parameters(data.args)
  return data.parameters
}

function ga_getitem(self: PyObject, item: PyObject): PyObject | null {
  const data = dataOf(self)
  const parameters = parametersOf(self)
  if (parameters === null) return null
  const args = _Py_subs_parameters(self, data.args, parameters, item)
  if (args === null) return null
  const result = Py_GenericAlias(data.origin, args)
  if (result !== null) dataOf(result).starred = data.starred
  Py_DECREF(args)
  return result
}

function ga_reduce(self: PyObject): PyObject | null {
  const { origin, args, starred } = dataOf(self)
  if (!starred) {
    const pair = PyTuple_Pack(origin, args)
    const result = PyTuple_Pack(Py_GenericAliasType, pair)
    Py_DECREF(pair)
    return result
  }
  // next(iter(alias)) makes the starred form again.
  const plain = Py_GenericAlias(origin, args)
  const next = _PyEval_GetBuiltin('next')
  if (plain === null || next === null) return null
  const iterator = ga_iter(plain)
  const tuple = PyTuple_Pack(iterator)
  const result = PyTuple_Pack(next, tuple)
  for (const o of [plain, next, iterator, tuple]) Py_DECREF(o)
  return result
}

function ga_dir(self: PyObject): PyObject | null {
  const dir = PyObject_Dir(dataOf(self).origin)
  if (dir === null) return null
  for (const text of OWN) {
    const name = PyUnicode_FromString(text)
    const present = PySequence_Contains(dir, name)
    const failed = present < 0 || (present === 0 && PyList_Append(dir, name) < 0)
    Py_DECREF(name)
    if (!failed) continue
    Py_DECREF(dir)
    return null
  }
  return dir
}

const refuse = (what: string) => (): null =>
  PyErr_SetString(PyExc_TypeError, `${what}() argument 2 cannot be a parameterized generic`)

function ga_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (!_PyArg_NoKeywords('GenericAlias', kwargs)) return null
  const items = args.v as PyObject[]
  if (!_PyArg_CheckPositional('GenericAlias', items.length, 2, 2)) return null
  return setup(type.tp_alloc!(type, 0), items[0]!, items[1]!)
}

export const Py_GenericAliasType = new PyTypeObject('types.GenericAlias', {
  tp_basicsize: 64, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
  tp_dealloc: ga_dealloc, tp_traverse: ga_traverse,
  tp_repr: ga_repr, tp_hash: ga_hash, tp_richcompare: ga_richcompare,
  tp_call: (self, args, kwargs) => set_orig_class(PyObject_Call(dataOf(self).origin, args, kwargs), self),
  vectorcall: (self, args, nargs, kwnames) =>
    set_orig_class(PyObject_Vectorcall(dataOf(self).origin, args, nargs, kwnames), self),
  tp_getattro: ga_getattro,
  tp_iter: ga_iter,
  tp_new: ga_new,
  nb_or: (a, b) => _Py_union_type_or(a, b),
  mp_subscript: ga_getitem,
  tp_methods: [
    {
      ml_name: '__mro_entries__', ml_flags: METH_O,
      ml_meth: (self: PyObject) => PyTuple_Pack(dataOf(self).origin),
    },
    { ml_name: '__instancecheck__', ml_flags: METH_O, ml_meth: refuse('isinstance') },
    { ml_name: '__subclasscheck__', ml_flags: METH_O, ml_meth: refuse('issubclass') },
    { ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: ga_reduce },
    { ml_name: '__dir__', ml_flags: METH_NOARGS, ml_meth: ga_dir },
  ],
  tp_members: [
    { name: '__origin__', get: self => newRef(dataOf(self).origin) },
    { name: '__args__', get: self => newRef(dataOf(self).args) },
    { name: '__unpacked__', get: self => PyBool_From(dataOf(self).starred) },
  ],
  tp_getset: [
    {
      name: '__parameters__',
      get: self => {
        const parameters = parametersOf(self)
        return parameters === null ? null : newRef(parameters)
      },
    },
    {
      name: '__typing_unpacked_tuple_args__',
      get: self => {
        const { origin, args, starred } = dataOf(self)
        return newRef(starred && origin === PyTuple_Type ? args : Py_None)
      },
    },
  ],
})

// ---- iterating: `*list[int]` -------------------------------------------------------------------------------------------------------

const iterOf = (o: PyObject): { obj: PyObject | null } => o.v as { obj: PyObject | null }

function ga_iter(self: PyObject): PyObject {
  Py_INCREF(self)
  const o = PyObject_GC_New(_Py_GenericAliasIterType, { obj: self })
  PyObject_GC_Track(o)
  return o
}

export const _Py_GenericAliasIterType = new PyTypeObject('generic_alias_iterator', {
  tp_basicsize: 24, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_XDECREF(iterOf(o).obj)
    PyObject_GC_Del(o)
  },
  tp_traverse: (o, visit) => {
    const { obj } = iterOf(o)
    if (obj !== null) visit(obj)
  },
  tp_clear: o => {
    const { obj } = iterOf(o)
    iterOf(o).obj = null
    Py_XDECREF(obj)
  },
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: o => {
    const { obj } = iterOf(o)
    if (obj === null) return null
    const starred = Py_GenericAlias(dataOf(obj).origin, dataOf(obj).args)
    if (starred !== null) dataOf(starred).starred = true
    iterOf(o).obj = null
    Py_DECREF(obj)
    return starred
  },
  tp_methods: [{
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const iter = _PyEval_GetBuiltin('iter')
      if (iter === null) return null
      const { obj } = iterOf(o)
      const args = PyTuple_Pack(obj ?? PyTuple_New(0))
      const result = PyTuple_Pack(iter, args)
      Py_DECREF(args)
      Py_DECREF(iter)
      return result
    },
  }],
})
