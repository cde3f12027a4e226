// set and frozenset: the types, creation, death, iteration, and the C API. Mirrors Objects/setobject.c. The table is in
// set-table.ts, the methods in set-methods.ts.
import {
  HASH, METH_NOARGS, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_MATCH_SELF, PyObject, PyTypeObject,
  PyType_IsSubtype, type visitproc,
} from './object'
import { PyIter_Next, PyObject_GetIter, PySequence_List } from './abstract'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { DICT_ENTRY, PyDict_CheckExact, PyDict_GET_SIZE, PyDict_Next } from './dictobject'
import { PyErr_BadInternalCall, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_KeyError, PyExc_RuntimeError } from './exceptions'
import { PyArg_UnpackTuple, _PyArg_CheckPositional, _PyArg_NoKeywords, _PyArg_NoKwnames } from './getargs'
import { buildReduce } from './iterobject'
import { PyLong_FromSsize_t } from './longobject'
import { frozensetHashAdd, frozensetHashEnd, frozensetHashStart } from '../lib/num-hash'
import { PyMem_Free, PyObject_GC_Del, PyObject_GC_New } from './objimpl'
import { PyObject_SelfIter, _PyTrash_begin, _PyTrash_end } from './object-protocol'
import { _PyRuntime } from './runtime'
import { frozensetSlots, setSlots } from './set-methods'
import {
  SetData, dropKeys, dummy, nextSlot, set_add_entry, set_add_key, set_clear_internal, set_contains_key, set_discard_key,
  set_merge, set_table_resize,
} from './set-table'
import { PyObject_ClearWeakRefs } from './weakrefobject'

export type { SetData } from './set-table'
export interface PySetObject extends PyObject { v: SetData }

const FLAGS = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_MATCH_SELF

export const PySet_Type: PyTypeObject = new PyTypeObject('set', {
  tp_basicsize: 200,
  tp_flags: FLAGS,
  weakrefs: true,
  tp_dealloc: set_dealloc,
  tp_traverse: set_traverse,
  tp_clear: self => set_clear_internal(self.v as SetData),
  tp_iter: set_iter,
  tp_init: set_init,
  tp_new: type => make_new_set(type, null),
  tp_vectorcall: set_vectorcall,
})

export const PyFrozenSet_Type: PyTypeObject = new PyTypeObject('frozenset', {
  tp_basicsize: 200,
  tp_flags: FLAGS,
  weakrefs: true,
  tp_dealloc: set_dealloc,
  tp_traverse: set_traverse,
  tp_clear: self => set_clear_internal(self.v as SetData),
  tp_iter: set_iter,
  tp_hash: frozenset_hash,
  tp_new: frozenset_new,
  tp_vectorcall: frozenset_vectorcall,
})

/** Adds what the method file defines; called before PyType_Ready. */
export function initSetTypes(): void {
  Object.assign(PySet_Type, setSlots())
  Object.assign(PyFrozenSet_Type, frozensetSlots())
}

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

// ---- checks -----------------------------------------------------------------------------------------------------------

export function PySet_Check(o: PyObject): o is PySetObject {
  return o.ob_type === PySet_Type || PyType_IsSubtype(o.ob_type, PySet_Type)
}
export function PySet_CheckExact(o: PyObject): o is PySetObject {
  return o.ob_type === PySet_Type
}
export function PyFrozenSet_Check(o: PyObject): o is PySetObject {
  return o.ob_type === PyFrozenSet_Type || PyType_IsSubtype(o.ob_type, PyFrozenSet_Type)
}
export function PyFrozenSet_CheckExact(o: PyObject): o is PySetObject {
  return o.ob_type === PyFrozenSet_Type
}
export function PyAnySet_CheckExact(o: PyObject): o is PySetObject {
  return o.ob_type === PySet_Type || o.ob_type === PyFrozenSet_Type
}
export function PyAnySet_Check(o: PyObject): o is PySetObject {
  const type = o.ob_type
  return type === PySet_Type || type === PyFrozenSet_Type || PyType_IsSubtype(type, PySet_Type)
    || PyType_IsSubtype(type, PyFrozenSet_Type)
}

// ---- creation ------------------------------------------------------------------------------------------------------------

/** NEW set or frozenset of a type; null with an exception set. */
export function make_new_set(type: PyTypeObject, iterable: PyObject | null): PyObject | null {
  const o = type.tp_alloc!(type, 0)
  if (o === null) return null
  o.v = new SetData()
  if (iterable === null || set_update_internal(o, iterable) === 0) return o
  decref(o)
  return null
}

/** The same of the set or frozenset type that `type` is or derives from. */
export function make_new_set_basetype(type: PyTypeObject, iterable: PyObject | null): PyObject | null {
  if (type !== PySet_Type && type !== PyFrozenSet_Type) {
    type = PyType_IsSubtype(type, PySet_Type) ? PySet_Type : PyFrozenSet_Type
  }
  return make_new_set(type, iterable)
}

function make_new_frozenset(type: PyTypeObject, iterable: PyObject | null): PyObject | null {
  if (type === PyFrozenSet_Type && iterable !== null && PyFrozenSet_CheckExact(iterable)) {
    iterable.ob_refcnt++
    return iterable
  }
  return make_new_set(type, iterable)
}

function frozenset_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if ((type === PyFrozenSet_Type || type.tp_init === PyFrozenSet_Type.tp_init) && !_PyArg_NoKeywords('frozenset', kwargs)) {
    return null
  }
  const argv = PyArg_UnpackTuple(args, type.tp_name, 0, 1)
  return argv === null ? null : make_new_frozenset(type, argv.length > 0 ? argv[0]! : null)
}

function frozenset_vectorcall(type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!_PyArg_NoKwnames('frozenset', kwnames) || !_PyArg_CheckPositional('frozenset', nargs, 0, 1)) return null
  return make_new_frozenset(type as PyTypeObject, nargs > 0 ? args[0]! : null)
}

function set_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (!_PyArg_NoKeywords('set', kwargs)) return -1
  const argv = PyArg_UnpackTuple(args, self.ob_type.tp_name, 0, 1)
  if (argv === null) return -1
  const so = self.v as SetData
  if (so.fill !== 0) set_clear_internal(so)
  so.hashed = false
  return argv.length === 0 ? 0 : set_update_internal(self, argv[0]!)
}

function set_vectorcall(type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!_PyArg_NoKwnames('set', kwnames) || !_PyArg_CheckPositional('set', nargs, 0, 1)) return null
  return make_new_set(type as PyTypeObject, nargs > 0 ? args[0]! : null)
}

/** NEW set of an iterable's items (or empty); null with an exception set. */
export function PySet_New(iterable: PyObject | null): PyObject | null {
  return make_new_set(PySet_Type, iterable)
}

export function PyFrozenSet_New(iterable: PyObject | null): PyObject | null {
  return make_new_set(PyFrozenSet_Type, iterable)
}

/** Adds all items of an iterable. 0, or -1 with an exception set. */
export function set_update_internal(self: PyObject, other: PyObject): number {
  const so = self.v as SetData
  if (PyAnySet_Check(other)) return set_merge(so, other.v)
  if (PyDict_CheckExact(other)) {
    const n = PyDict_GET_SIZE(other)
    if ((so.fill + n) * 5 >= so.mask * 3 && set_table_resize(so, (so.used + n) * 2) < 0) return -1
    for (let pos = PyDict_Next(other, 0); pos > 0; pos = PyDict_Next(other, pos)) {
      if (set_add_entry(so, DICT_ENTRY.key, DICT_ENTRY.lo, DICT_ENTRY.hi) < 0) return -1
    }
    return 0
  }
  const it = PyObject_GetIter(other)
  if (it === null) return -1
  for (let key = PyIter_Next(it); key !== null; key = PyIter_Next(it)) {
    const status = set_add_key(so, key)
    decref(key)
    if (status < 0) {
      decref(it)
      return -1
    }
  }
  decref(it)
  return PyErr_Occurred() !== null ? -1 : 0
}

// ---- C API ---------------------------------------------------------------------------------------------------------------

export function PySet_GET_SIZE(o: PyObject): number {
  return (o.v as SetData).used
}

export function PySet_Size(o: PyObject): number {
  if (!PyAnySet_Check(o)) return PyErr_BadInternalCall(), -1
  return o.v.used
}

export function PySet_Contains(o: PyObject, key: PyObject): number {
  if (!PyAnySet_Check(o)) return PyErr_BadInternalCall(), -1
  return set_contains_key(o.v, key)
}

/** Also for a frozenset that only the caller has. */
export function PySet_Add(o: PyObject, key: PyObject): number {
  if (!PySet_Check(o) && (!PyFrozenSet_Check(o) || o.ob_refcnt !== 1)) return PyErr_BadInternalCall(), -1
  return set_add_key(o.v as SetData, key)
}

export function PySet_Discard(o: PyObject, key: PyObject): number {
  if (!PySet_Check(o)) return PyErr_BadInternalCall(), -1
  return set_discard_key(o.v, key)
}

export function PySet_Clear(o: PyObject): number {
  if (!PySet_Check(o)) return PyErr_BadInternalCall(), -1
  set_clear_internal(o.v)
  return 0
}

export function _PySet_Update(o: PyObject, iterable: PyObject): number {
  if (!PySet_Check(o)) return PyErr_BadInternalCall(), -1
  return set_update_internal(o, iterable)
}

/** NEW element that is removed; null with KeyError set if there is none. */
export function PySet_Pop(o: PyObject): PyObject | null {
  const so = o.v as SetData
  if (so.used === 0) return PyErr_SetString(PyExc_KeyError, 'pop from an empty set')
  let at = so.finger & so.mask
  while (so.keys[at] === null || so.keys[at] === dummy) at = at === so.mask ? 0 : at + 1
  const key = so.keys[at]!
  so.keys[at] = dummy
  so.hashes[at * 2] = so.hashes[at * 2 + 1] = -1
  so.used--
  so.finger = at + 1
  return key
}

/** Where _PySet_NextEntry leaves the entry: BORROWED key and its hash. */
export const SET_ENTRY: { key: PyObject, lo: number, hi: number } = { key: null as unknown as PyObject, lo: 0, hi: 0 }

/** Steps through a set like PyDict_Next; 0 at the end. */
export function _PySet_NextEntry(o: PyObject, pos: number): number {
  const so = o.v as SetData
  const at = nextSlot(so, pos)
  if (at < 0) return 0
  SET_ENTRY.key = so.keys[at]!
  SET_ENTRY.lo = so.hashes[at * 2]!
  SET_ENTRY.hi = so.hashes[at * 2 + 1]!
  return at + 1
}

// ---- death, the collector, hash ---------------------------------------------------------------------------------------

function set_dealloc(self: PyObject): void {
  if (self.gc !== 0) _PyRuntime.process.gc.untrack(self)
  if (!_PyTrash_begin(self, set_dealloc)) return
  if (self.weaklist !== null) PyObject_ClearWeakRefs(self)
  const so = self.v as SetData
  dropKeys(so.keys)
  if (so.block !== 0) PyMem_Free(so.block)
  if (PyAnySet_CheckExact(self)) PyObject_GC_Del(self)
  else self.ob_type.tp_free!(self)
  _PyTrash_end()
}

function set_traverse(self: PyObject, visit: visitproc): void {
  const { keys } = self.v as SetData
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (key !== null && key !== dummy) visit(key)
  }
}

const hashAcc = new Int32Array(2)

function frozenset_hash(self: PyObject): number {
  const so = self.v as SetData
  if (!so.hashed) {
    frozensetHashStart(hashAcc)
    for (let at = nextSlot(so, 0); at >= 0; at = nextSlot(so, at + 1)) {
      frozensetHashAdd(hashAcc, so.hashes[at * 2]!, so.hashes[at * 2 + 1]!)
    }
    frozensetHashEnd(hashAcc, so.used)
    so.hashLo = hashAcc[0]!
    so.hashHi = hashAcc[1]!
    so.hashed = true
  }
  HASH[0] = so.hashLo
  HASH[1] = so.hashHi
  return 0
}

// ---- iterator ------------------------------------------------------------------------------------------------------------

class SetIterData {
  si_set: PyObject | null
  /** Size when the iteration began; -1 after a change was seen. */
  si_used: number
  si_pos: number
  len: number
  constructor(set: PyObject | null, used: number, pos: number, len: number) {
    this.si_set = set
    this.si_used = used
    this.si_pos = pos
    this.len = len
  }
}

export const PySetIter_Type = new PyTypeObject('set_iterator', {
  tp_basicsize: 48,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: setiter_dealloc,
  tp_traverse: setiter_traverse,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: setiter_iternext,
  tp_methods: [
    { ml_name: '__length_hint__', ml_meth: setiter_len, ml_flags: METH_NOARGS },
    { ml_name: '__reduce__', ml_meth: setiter_reduce, ml_flags: METH_NOARGS },
  ],
})

function set_iter(so: PyObject): PyObject {
  const o = PyObject_GC_New(PySetIter_Type, null)
  so.ob_refcnt++
  const used = (so.v as SetData).used
  o.v = new SetIterData(so, used, 0, used)
  _PyRuntime.process.gc.track(o)
  return o
}

function setiter_dealloc(self: PyObject): void {
  if (self.gc !== 0) _PyRuntime.process.gc.untrack(self)
  const set = (self.v as SetIterData).si_set
  if (set !== null) decref(set)
  PyObject_GC_Del(self)
}

function setiter_traverse(self: PyObject, visit: visitproc): void {
  const set = (self.v as SetIterData).si_set
  if (set !== null) visit(set)
}

function setiter_iternext(self: PyObject): PyObject | null {
  const it = self.v as SetIterData
  if (it.si_set === null) return null
  const so = it.si_set.v as SetData
  if (it.si_used !== so.used) {
    PyErr_SetString(PyExc_RuntimeError, 'Set changed size during iteration')
    it.si_used = -1
    return null
  }
  const at = nextSlot(so, it.si_pos)
  if (at < 0) {
    const set = it.si_set
    it.si_set = null
    decref(set)
    return null
  }
  it.si_pos = at + 1
  it.len--
  const key = so.keys[at]!
  key.ob_refcnt++
  return key
}

function setiter_len(self: PyObject): PyObject {
  const it = self.v as SetIterData
  return PyLong_FromSsize_t(it.si_set !== null && it.si_used === PySet_GET_SIZE(it.si_set) ? it.len : 0)
}

// The rest goes into a list, through a copy of the iterator that is no object of the process (CPython's is on the stack).
function setiter_reduce(self: PyObject): PyObject | null {
  const it = self.v as SetIterData
  const copy = Object.assign(Object.create(Object.getPrototypeOf(self) as object) as PyObject, self)
  copy.v = new SetIterData(it.si_set, it.si_used, it.si_pos, it.len)
  copy.ob_refcnt = 2
  copy.gc = 0
  if (it.si_set !== null) it.si_set.ob_refcnt++
  const list = PySequence_List(copy)
  const left = (copy.v as SetIterData).si_set
  if (left !== null) decref(left)
  return list === null ? null : buildReduce(_PyEval_GetBuiltin('iter'), list, null)
}

/** BORROWED keys of a set in table order. */
export function setItems(o: PyObject): PyObject[] {
  const so = o.v as SetData
  const items: PyObject[] = []
  for (let i = nextSlot(so, 0); i >= 0; i = nextSlot(so, i + 1)) items.push(so.keys[i]!)
  return items
}
