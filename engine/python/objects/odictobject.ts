// collections.OrderedDict: a dict that knows the order of its keys by itself, so that it can be changed. Objects/odictobject.c.
import {
  HASH, METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_VARARGS, Py_DECREF, Py_EQ, Py_NE, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DICT_SUBCLASS,
  Py_TPFLAGS_HAVE_GC, Py_XDECREF, PyObject_TypeCheck, PyTypeObject, type PyMethodDef, type PyObject, genericGetAttr,
} from './object'
import { PyObject_DelItem, PyObject_GetItem, PyObject_GetIter, PyObject_SetItem, PySequence_Contains, PySequence_List } from './abstract'
import { ArgParser } from './arg-parser'
import { PyBool_From } from './boolobject'
import { PyObject_CallMethodNoArgs, PyObject_CallNoArgs } from './call'
import { PyDictItems_Type, PyDictKeys_Type, PyDictValues_Type, _PyDictView_New } from './dict-views'
import {
  PyDict_Check, PyDict_Clear, PyDict_GET_SIZE, PyDict_GetItemWithError, PyDict_Type, _PyDict_DelItem_KnownHash, _PyDict_GetItem_KnownHash, _PyDict_Pop_KnownHash,
  _PyDict_SetItem_KnownHash, _PyDict_SizeOf,
} from './dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString, _PyErr_SetKeyError } from './errors'
import { PyExc_KeyError, PyExc_RuntimeError, PyExc_TypeError } from './exceptions'
import { _PyArg_UnpackKeywords } from './getargs'
import { PyList_FromArraySteal, PyList_New, PyList_SET_ITEM } from './listobject'
import { PyLong_FromSsize_t } from './longobject'
import {
  PyObject_GenericGetDict, PyObject_GenericSetAttr, PyObject_GenericSetDict, PyObject_Hash, PyObject_HashNotImplemented, PyObject_IsTrue, PyObject_Repr, PyObject_RichCompareBool,
  PyObject_SelfIter, Py_ReprEnter, Py_ReprLeave, _PyTrash_begin, _PyTrash_end,
} from './object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { addNode, clearNode, clearNodes, findNode, linkFirst, linkLast, odictOf, slotCount, unlink } from './odict-nodes'
import { mutablemapping_update } from './odict-update'
import { _PyObject_GetState } from './object-reduce'
import { _PyRuntime } from './runtime'
import { Py_None, Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { staticType } from './static-types'
import { PyTuple_FromArray } from './tupleobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyUnicode_AsString, PyUnicode_FromString, _Py_ID, unicodeFromText } from './unicodeobject'
import { PyObject_ClearWeakRefs } from './weakrefobject'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)
const none = (): PyObject => ref(Py_None)
const shortName = (type: PyTypeObject): string => type.tp_name.slice(type.tp_name.lastIndexOf('.') + 1)

export const PyODict_Check = (o: PyObject): boolean => PyObject_TypeCheck(o, PyODict_Type)

/** od[key] = value; -1 with an exception set. */
function setItem(o: PyObject, key: PyObject, value: PyObject): number {
  if (PyObject_Hash(key) === -1) return -1
  const lo = HASH[0]!
  const hi = HASH[1]!
  return setKnown(o, key, value, lo, hi)
}

function setKnown(o: PyObject, key: PyObject, value: PyObject, lo: number, hi: number): number {
  if (_PyDict_SetItem_KnownHash(o, key, value, lo, hi) < 0) return -1
  if (addNode(o, key, lo, hi) === 0) return 0
  // The value goes again, with the exception kept.
  return -1
}

function delItem(o: PyObject, key: PyObject): number {
  if (PyObject_Hash(key) === -1) return -1
  const lo = HASH[0]!
  const hi = HASH[1]!
  if (clearNode(o, null, key, lo, hi) < 0) return -1
  return _PyDict_DelItem_KnownHash(o, key, lo, hi)
}

export const PyODict_New = (): PyObject | null => PyODict_Type.tp_new!(PyODict_Type, PyTuple_FromArray([], true), null)

/** NEW value of a key that is taken out. Mirrors _odict_popkey_hash. */
function popKey(o: PyObject, key: PyObject, fallback: PyObject | null, lo: number, hi: number): PyObject | null {
  const node = findNode(o, key, lo, hi)
  if (node !== null) {
    if (clearNode(o, node, key, lo, hi) < 0) return null
  } else if (PyErr_Occurred() !== null) return null
  if (o.ob_type === PyODict_Type) return _PyDict_Pop_KnownHash(o, key, lo, hi, fallback)
  const exists = PySequence_Contains(o, key)
  if (exists < 0) return null
  if (exists > 0) {
    const value = PyObject_GetItem(o, key)
    if (value === null) return null
    if (PyObject_DelItem(o, key) < 0) return Py_DECREF(value), null
    return value
  }
  if (fallback !== null) return ref(fallback)
  _PyErr_SetKeyError(key)
  return null
}

// ---- methods -------------------------------------------------------------------------------------------------------------------

const fromkeysParser = new ArgParser('fromkeys', ['iterable', 'value'])
const setdefaultParser = new ArgParser('setdefault', ['key', 'default'])
const popParser = new ArgParser('pop', ['key', 'default'])
const popitemParser = new ArgParser('popitem', ['last'])
const moveParser = new ArgParser('move_to_end', ['key', 'last'])

type Fast = (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => PyObject | null

const fromkeys: Fast = (cls, args, nargs, kwnames) => {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, fromkeysParser, 1, 2, 0)
  if (given === null) return null
  const od = PyObject_CallNoArgs(cls)
  if (od === null) return null
  const it = PyObject_GetIter(given[0]!)
  if (it === null) return Py_DECREF(od), null
  for (let key = it.ob_type.tp_iternext!(it); key !== null; key = it.ob_type.tp_iternext!(it)) {
    const failed = PyObject_SetItem(od, key, given[1] ?? Py_None) < 0
    Py_DECREF(key)
    if (failed) break
  }
  Py_DECREF(it)
  return PyErr_Occurred() !== null ? (Py_DECREF(od), null) : od
}

const setdefault: Fast = (o, args, nargs, kwnames) => {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, setdefaultParser, 1, 2, 0)
  if (given === null) return null
  const key = given[0]!
  const fallback = given[1] ?? Py_None
  if (o.ob_type === PyODict_Type) {
    if (PyObject_Hash(key) === -1) return null
    const lo = HASH[0]!
    const hi = HASH[1]!
    const found = _PyDict_GetItem_KnownHash(o, key, lo, hi)
    if (found !== null) return ref(found)
    if (PyErr_Occurred() !== null || setKnown(o, key, fallback, lo, hi) < 0) return null
    return ref(fallback)
  }
  const exists = PySequence_Contains(o, key)
  if (exists < 0) return null
  if (exists > 0) return PyObject_GetItem(o, key)
  return PyObject_SetItem(o, key, fallback) < 0 ? null : ref(fallback)
}

const pop: Fast = (o, args, nargs, kwnames) => {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, popParser, 1, 2, 0)
  if (given === null) return null
  return PyObject_Hash(given[0]!) === -1 ? null : popKey(o, given[0]!, given[1] ?? null, HASH[0]!, HASH[1]!)
}

const popitem: Fast = (o, args, nargs, kwnames) => {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, popitemParser, 0, 1, 0)
  if (given === null) return null
  const last = given[0] === null || given[0] === undefined ? 1 : PyObject_IsTrue(given[0])
  if (last < 0) return null
  const od = odictOf(o)
  const node = last > 0 ? od.last : od.first
  if (node === null) return PyErr_SetString(PyExc_KeyError, 'dictionary is empty')
  const key = ref(node.key)
  const value = popKey(o, key, null, node.lo, node.hi)
  return value === null ? (Py_DECREF(key), null) : PyTuple_FromArray([key, value], true)
}

const move_to_end: Fast = (o, args, nargs, kwnames) => {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, moveParser, 1, 2, 0)
  if (given === null) return null
  const last = given[1] === null || given[1] === undefined ? 1 : PyObject_IsTrue(given[1])
  if (last < 0) return null
  const od = odictOf(o)
  const key = given[0]!
  if (od.size === 0) return _PyErr_SetKeyError(key), null
  const end = last > 0 ? od.last! : od.first!
  if (key !== end.key) {
    if (PyObject_Hash(key) === -1) return null
    const node = findNode(o, key, HASH[0]!, HASH[1]!)
    if (node === null) {
      if (PyErr_Occurred() === null) _PyErr_SetKeyError(key)
      return null
    }
    if (node !== end) {
      unlink(od, node)
      if (last > 0) linkLast(od, node)
      else linkFirst(od, node)
    }
  }
  return none()
}

function copy(o: PyObject): PyObject | null {
  const exact = o.ob_type === PyODict_Type
  const made = exact ? PyODict_New() : PyObject_CallNoArgs(o.ob_type)
  if (made === null) return null
  for (let node = odictOf(o).first; node !== null; node = node.next) {
    let failed: boolean
    if (exact) {
      const value = _PyDict_GetItem_KnownHash(o, node.key, node.lo, node.hi)
      if (value === null && PyErr_Occurred() === null) _PyErr_SetKeyError(node.key)
      failed = value === null || setKnown(made, node.key, value, node.lo, node.hi) < 0
    } else {
      const value = PyObject_GetItem(o, node.key)
      failed = value === null || PyObject_SetItem(made, node.key, value) < 0
      Py_XDECREF(value)
    }
    if (failed) return Py_DECREF(made), null
  }
  return made
}

function reduce(o: PyObject): PyObject | null {
  const state = _PyObject_GetState(o)
  if (state === null) return null
  const items = PyObject_CallMethodNoArgs(o, _Py_ID('items'))
  const it = items === null ? null : PyObject_GetIter(items)
  Py_XDECREF(items)
  if (it === null) return Py_DECREF(state), null
  return PyTuple_FromArray([ref(o.ob_type), PyTuple_FromArray([], true), state, none(), it], true)
}

const methods: PyMethodDef[] = [
  { ml_name: 'fromkeys', ml_flags: METH_FASTCALL | METH_KEYWORDS | METH_CLASS, ml_meth: fromkeys, signature: '($type, /, iterable, value=None)' },
  {
    ml_name: '__sizeof__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => PyLong_FromSsize_t(_PyDict_SizeOf(o) + 8 * slotCount(odictOf(o)) + 32 * PyDict_GET_SIZE(o)),
  },
  { ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: reduce },
  { ml_name: 'setdefault', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: setdefault, signature: '($self, /, key, default=None)' },
  { ml_name: 'pop', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: pop, signature: '($self, /, key, default=<unrepresentable>)' },
  { ml_name: 'popitem', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: popitem, signature: '($self, /, last=True)' },
  { ml_name: 'keys', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => _PyDictView_New(o, PyODictKeys_Type) },
  { ml_name: 'values', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => _PyDictView_New(o, PyODictValues_Type) },
  { ml_name: 'items', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => _PyDictView_New(o, PyODictItems_Type) },
  {
    ml_name: 'update', ml_flags: METH_VARARGS | METH_KEYWORDS,
    ml_meth: (o: PyObject, args: PyObject, kwargs: PyObject | null) => mutablemapping_update(o, args, kwargs) < 0 ? null : none(),
  },
  {
    ml_name: 'clear', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      PyDict_Clear(o)
      clearNodes(odictOf(o))
      return none()
    },
  },
  { ml_name: 'copy', ml_flags: METH_NOARGS, ml_meth: copy },
  { ml_name: '__reversed__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => newIterator(o, KEYS | REVERSED) },
  { ml_name: 'move_to_end', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: move_to_end, signature: '($self, /, key, last=True)' },
]

// ---- the type ---------------------------------------------------------------------------------------------------------------------

function odict_repr(o: PyObject): PyObject | null {
  if (PyDict_GET_SIZE(o) === 0) return PyUnicode_FromFormat('%s()', shortName(o.ob_type))
  const entered = Py_ReprEnter(o)
  if (entered !== 0) return entered > 0 ? PyUnicode_FromString('...') : null
  let pieces: PyObject | null = null
  if (o.ob_type === PyODict_Type) {
    const list = PyList_New(PyDict_GET_SIZE(o))
    let count = 0
    for (let node = odictOf(o).first; node !== null; node = node.next) {
      const value = _PyDict_GetItem_KnownHash(o, node.key, node.lo, node.hi)
      if (value === null) break
      PyList_SET_ITEM(list, count++, PyTuple_FromArray([ref(node.key), ref(value)], true))
    }
    pieces = list
  } else {
    const items = PyObject_CallMethodNoArgs(o, _Py_ID('items'))
    if (items !== null) {
      pieces = PySequence_List(items)
      Py_DECREF(items)
    }
  }
  let result: PyObject | null = null
  if (pieces !== null) {
    result = PyUnicode_FromFormat('%s(%R)', shortName(o.ob_type), pieces)
    Py_DECREF(pieces)
  }
  Py_ReprLeave(o)
  return result
}

/** 1 if the keys of two OrderedDicts come in the same order; -1 on error. */
function sameOrder(a: PyObject, b: PyObject): number {
  let x = odictOf(a).first
  let y = odictOf(b).first
  while (x !== null && y !== null) {
    const same = PyObject_RichCompareBool(x.key, y.key, Py_EQ)
    if (same <= 0) return same
    x = x.next
    y = y.next
  }
  return x === null && y === null ? 1 : 0
}

function odict_dealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  if (!_PyTrash_begin(o, odict_dealloc)) return
  const dict = o.dict as PyObject | null
  o.dict = null
  Py_XDECREF(dict)
  if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
  clearNodes(odictOf(o))
  PyDict_Type.tp_dealloc(o)
  _PyTrash_end()
}

export const PyODict_Type: PyTypeObject = staticType(new PyTypeObject('collections.OrderedDict', {
  tp_basicsize: 112, tp_dictoffset: 96, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DICT_SUBCLASS,
  tp_doc: 'Dictionary that remembers insertion order',
  tp_methods: methods,
  tp_getset: [{ name: '__dict__', get: o => PyObject_GenericGetDict(o), set: (o, value) => PyObject_GenericSetDict(o, value) }],
  tp_free: PyObject_GC_Del,
  tp_dealloc: odict_dealloc,
  tp_getattro: genericGetAttr,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_hash: o => PyObject_HashNotImplemented(o),
  tp_traverse: (o, visit) => {
    if (o.dict !== null) visit(o.dict as PyObject)
    if (o.v === null) return
    for (let node = odictOf(o).first; node !== null; node = node.next) visit(node.key)
    PyDict_Type.tp_traverse!(o, visit)
  },
  tp_clear: o => {
    const dict = o.dict as PyObject | null
    o.dict = null
    Py_XDECREF(dict)
    PyDict_Clear(o)
    clearNodes(odictOf(o))
  },
  tp_init: (o, args, kwargs) => {
    const n = (args.v as PyObject[]).length
    if (n > 1) return PyErr_Format(PyExc_TypeError, 'expected at most 1 arguments, got %zd', n), -1
    return mutablemapping_update(o, args, kwargs)
  },
  tp_repr: odict_repr,
  tp_iter: o => newIterator(o, KEYS),
  tp_richcompare: (v, w, op) => {
    if (!PyObject_TypeCheck(v, PyODict_Type) || !PyDict_Check(w) || (op !== Py_EQ && op !== Py_NE)) return Py_RETURN_NOTIMPLEMENTED()
    const equal = PyDict_Type.tp_richcompare!(v, w, Py_EQ)
    if (equal === null) return null
    const same = PyObject_IsTrue(equal)
    if (PyODict_Check(w) && same > 0) {
      Py_DECREF(equal)
      const order = sameOrder(v, w)
      return order < 0 ? null : PyBool_From((order === 1) === (op === Py_EQ))
    }
    if (op === Py_EQ) return equal
    Py_DECREF(equal)
    return PyBool_From(same === 0)
  },
  mp_ass_subscript: (o, key, value) => value === null ? delItem(o, key) : setItem(o, key, value),
  nb_or: (left, right) => {
    const type = PyODict_Check(left) ? left.ob_type : right.ob_type
    if (!PyDict_Check(left) || !PyDict_Check(right)) return Py_RETURN_NOTIMPLEMENTED()
    const made = PyObject_CallNoArgs(type)
    if (made === null) return null
    for (const other of [left, right]) {
      const args = PyTuple_FromArray([ref(other)], true)
      const failed = mutablemapping_update(made, args, null) < 0
      Py_DECREF(args)
      if (failed) return Py_DECREF(made), null
    }
    return made
  },
  nb_inplace_or: (o, other) => {
    const args = PyTuple_FromArray([ref(other)], true)
    const failed = mutablemapping_update(o, args, null) < 0
    Py_DECREF(args)
    return failed ? null : ref(o)
  },
}))

// ---- iterators and views --------------------------------------------------------------------------------------------------------------

const KEYS = 1
const VALUES = 2
const REVERSED = 4

class IteratorData {
  kind: number
  odict: PyObject | null
  size: number
  state: number
  /** The key that comes next, owned. */
  current: PyObject | null
  /** The pair that is handed out again while nobody keeps it. */
  result: PyObject | null
  constructor(odict: PyObject, kind: number) {
    const od = odictOf(odict)
    this.kind = kind
    this.odict = ref(odict)
    this.size = PyDict_GET_SIZE(odict)
    this.state = od.state
    const node = (kind & REVERSED) !== 0 ? od.last : od.first
    this.current = node === null ? null : ref(node.key)
    this.result = (kind & 3) === 3 ? PyTuple_FromArray([none(), none()], true) : null
  }
}

function newIterator(o: PyObject, kind: number): PyObject {
  const data = new IteratorData(o, kind)
  const it = PyObject_GC_New(PyODictIter_Type, data)
  PyObject_GC_Track(it)
  return it
}

const iter = (o: PyObject): IteratorData => o.v as IteratorData

/** NEW next key; null at the end or with an exception set. Mirrors odictiter_nextkey. */
function nextKey(di: IteratorData): PyObject | null {
  if (di.odict === null || di.current === null) return endIterator(di)
  const od = odictOf(di.odict)
  if (di.state !== od.state) {
    PyErr_SetString(PyExc_RuntimeError, 'OrderedDict mutated during iteration')
    return endIterator(di)
  }
  if (di.size !== PyDict_GET_SIZE(di.odict)) {
    PyErr_SetString(PyExc_RuntimeError, 'OrderedDict changed size during iteration')
    di.size = -1
    return null
  }
  if (PyObject_Hash(di.current) === -1) return null
  const node = findNode(di.odict, di.current, HASH[0]!, HASH[1]!)
  if (node === null) {
    if (PyErr_Occurred() === null) _PyErr_SetKeyError(di.current)
    di.current = null
    return null
  }
  const key = di.current
  const following = (di.kind & REVERSED) !== 0 ? node.prev : node.next
  di.current = following === null ? null : ref(following.key)
  return key
}

function endIterator(di: IteratorData): null {
  const odict = di.odict
  di.odict = null
  Py_XDECREF(di.current)
  di.current = null
  Py_XDECREF(odict)
  return null
}

const PyODictIter_Type: PyTypeObject = staticType(new PyTypeObject('odict_iterator', {
  tp_basicsize: 64, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    const di = iter(o)
    Py_XDECREF(di.odict)
    Py_XDECREF(di.current)
    Py_XDECREF(di.result)
    PyObject_GC_Del(o)
  },
  tp_traverse: (o, visit) => {
    for (const child of [iter(o).odict, iter(o).current, iter(o).result]) if (child !== null) visit(child)
  },
  tp_getattro: genericGetAttr,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: o => {
    const di = iter(o)
    const odict = di.odict
    const key = nextKey(di)
    if (key === null) return null
    if ((di.kind & VALUES) === 0) return key
    const value = odict === null ? null : PyObject_GetItem(odict, key)
    if (value === null) {
      if (PyErr_Occurred() === null) _PyErr_SetKeyError(key)
      Py_DECREF(key)
      return endIterator(di)
    }
    if ((di.kind & KEYS) === 0) {
      Py_DECREF(key)
      return value
    }
    const pair = di.result!
    if (pair.ob_refcnt !== 1) return PyTuple_FromArray([key, value], true)
    const items = pair.v as PyObject[]
    const old = [items[0]!, items[1]!]
    items[0] = key
    items[1] = value
    for (const item of old) Py_DECREF(item)
    if (pair.gc === 0) PyObject_GC_Track(pair)
    return ref(pair)
  },
  tp_methods: [{
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const di = iter(o)
      const rest = di.odict === null ? null : newIterator(di.odict, di.kind)
      if (rest !== null) {
        Py_XDECREF(iter(rest).current)
        iter(rest).current = di.current === null ? null : ref(di.current)
      }
      const list = rest === null ? PyList_FromArraySteal([]) : PySequence_List(rest)
      Py_XDECREF(rest)
      if (list === null) return null
      const builtins = _PyRuntime.builtins
      return PyTuple_FromArray([ref(PyDict_GetItemWithError(builtins, _Py_ID('iter'))!), PyTuple_FromArray([list], true)], true)
    },
  }],
}))

function viewType(name: string, kind: number): PyTypeObject {
  return staticType(new PyTypeObject(name, {
    tp_basicsize: 24, tp_flags: Py_TPFLAGS_HAVE_GC,
    tp_iter: o => newIterator(o.v.dv_dict as PyObject, kind),
    tp_methods: [{
      ml_name: '__reversed__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => newIterator(o.v.dv_dict as PyObject, kind | REVERSED),
    }],
  }))
}

const PyODictKeys_Type = viewType('odict_keys', KEYS)
const PyODictValues_Type = viewType('odict_values', VALUES)
const PyODictItems_Type = viewType('odict_items', KEYS | VALUES)

/** Joins the types with their bases; part of start-up, before they are readied. */
export function initODictTypes(): void {
  PyODict_Type.tp_base = PyDict_Type
  for (const [type, base] of [
    [PyODictKeys_Type, PyDictKeys_Type], [PyODictValues_Type, PyDictValues_Type], [PyODictItems_Type, PyDictItems_Type],
  ] as const) {
    type.tp_base = base
    type.tp_dealloc = base.tp_dealloc
    type.tp_traverse = base.tp_traverse
    type.tp_clear = base.tp_clear
  }
}
