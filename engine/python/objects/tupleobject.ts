// tuple: creation, its free lists, and the type. Mirrors Objects/tupleobject.c.
//
// `v` is the array of items, of exactly ob_size elements. The empty tuple is one static object. Dead tuples of 1 to 20
// items wait in a free list each, with their array. Iterator and methods: tuple-methods.ts.
import {
  IMMORTAL_REFCNT, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_MATCH_SELF, Py_TPFLAGS_SEQUENCE,
  Py_TPFLAGS_TUPLE_SUBCLASS, PyObject, PyTypeObject, type visitproc,
} from './object'
import { mayBeTracked } from './dictobject'
import { PyErr_BadInternalCall, PyErr_NoMemory, PyErr_SetString } from './errors'
import { MAX_ITEMS } from './listobject'
import { PyExc_IndexError } from './exceptions'
import { FreeList, PyObject_GC_Del, PyObject_GC_NewVar, _PyObject_GC_Resize } from './objimpl'
import { _PyTrash_begin, _PyTrash_end } from './object-protocol'
import { _PyRuntime } from './runtime'
import { tupleSlots } from './tuple-methods'

export interface PyTupleObject extends PyObject { v: PyObject[] }

const PyTuple_MAXSAVESIZE = 20
const PyTuple_MAXFREELIST = 2000

export const PyTuple_Type: PyTypeObject = new PyTypeObject('tuple', {
  tp_basicsize: 24, tp_itemsize: 8,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_SEQUENCE,
  tp_dealloc: tupledealloc,
  tp_traverse: tupletraverse,
})

/** Adds what the method files define; called before PyType_Ready. */
export function initTupleType(): void {
  Object.assign(PyTuple_Type, tupleSlots())
}

let emptyTuple: PyTupleObject

/** Makes the empty tuple; part of start-up. Its reference count starts as CPython's does. */
export function initEmptyTuple(): void {
  // The block includes the GC head.
  const addr = _PyRuntime.process.space.staticAlloc(40) + 1
  emptyTuple = new PyObject(PyTuple_Type, addr, [])
  emptyTuple.ob_refcnt = IMMORTAL_REFCNT
}

/** NEW reference to (). */
export function tuple_get_empty(): PyTupleObject {
  emptyTuple.ob_refcnt++
  return emptyTuple
}

const freeLists: FreeList[] = []
for (let n = 0; n <= PyTuple_MAXSAVESIZE; n++) freeLists.push(new FreeList(PyTuple_MAXFREELIST))

/** Dead tuples of this length that wait for reuse. */
export function tupleFreeListLength(size: number): number {
  return size > 0 && size <= PyTuple_MAXSAVESIZE ? freeLists[size]!.length : 0
}

/** Empties the free lists, as a full collection does. */
export function _PyTuple_ClearFreeList(): void {
  for (const list of freeLists) list.clear()
}

export function PyTuple_Check(o: PyObject): o is PyTupleObject {
  return (o.ob_type.tp_flags & Py_TPFLAGS_TUPLE_SUBCLASS) !== 0
}

export function PyTuple_CheckExact(o: PyObject): o is PyTupleObject {
  return o.ob_type === PyTuple_Type
}

/** An untracked tuple of n > 0 items whose array holds leftovers. Mirrors tuple_alloc. */
function tuple_alloc(n: number): PyTupleObject | null {
  // CPython puts tuples of 20 into their list, but takes none out.
  if (n < PyTuple_MAXSAVESIZE) {
    const o = freeLists[n]!.take()
    if (o !== null) return o
  }
  if (n <= 0xffff) return PyObject_GC_NewVar(PyTuple_Type, n, new Array<PyObject>(n))
  if (n > MAX_ITEMS) return PyErr_NoMemory()
  // The block first: it may be refused.
  const o = PyObject_GC_NewVar(PyTuple_Type, n, NO_ITEMS)
  if (o !== null) o.v = new Array<PyObject>(n)
  return o
}

const NO_ITEMS: PyObject[] = []

/**
 * NEW tuple whose n items the caller sets in `.v`, each with a reference of its own, before anything else can happen. Sizes
 * that a program cannot choose: never null.
 */
export function PyTuple_New(n: number): PyTupleObject {
  const o = newTuple(n)
  if (o === null) throw new Error('Molt: no memory for a tuple of the interpreter itself')
  return o
}

/** The same for any size: null with MemoryError set. */
export function newTuple(n: number): PyTupleObject | null {
  if (n === 0) return tuple_get_empty()
  const o = tuple_alloc(n)
  if (o === null) return null
  const items = o.v as (PyObject | null)[]
  for (let i = 0; i < n; i++) items[i] = null
  _PyRuntime.process.gc.track(o)
  return o
}

/** NEW tuple of the arguments, each with a new reference. */
export function PyTuple_Pack(...items: PyObject[]): PyTupleObject {
  const n = items.length
  if (n === 0) return tuple_get_empty()
  const o = tuple_alloc(n)!
  const v = o.v
  for (let i = 0; i < n; i++) {
    const item = items[i]!
    item.ob_refcnt++
    v[i] = item
  }
  _PyRuntime.process.gc.track(o)
  return o
}

/** NEW pair; steals both. */
export function tuplePairSteal(a: PyObject, b: PyObject): PyTupleObject {
  const o = tuple_alloc(2)!
  o.v[0] = a
  o.v[1] = b
  _PyRuntime.process.gc.track(o)
  return o
}

/** NEW tuple of source[from .. from + n), each with a new reference; null with MemoryError set. Mirrors _PyTuple_FromArray. */
export function _PyTuple_FromArray(source: readonly PyObject[], n: number = source.length, from = 0): PyTupleObject | null {
  if (n === 0) return tuple_get_empty()
  const o = tuple_alloc(n)
  if (o === null) return null
  const v = o.v
  for (let i = 0; i < n; i++) {
    const item = source[from + i]!
    item.ob_refcnt++
    v[i] = item
  }
  _PyRuntime.process.gc.track(o)
  return o
}

/** The same, stealing the references; they are dropped when there is no memory. Mirrors _PyTuple_FromArraySteal. */
export function _PyTuple_FromArraySteal(
  source: readonly (PyObject | null)[], n: number = source.length, from = 0,
): PyTupleObject | null {
  if (n === 0) return tuple_get_empty()
  const o = tuple_alloc(n)
  if (o === null) {
    for (let i = 0; i < n; i++) {
      const item = source[from + i]!
      if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
    }
    return null
  }
  const v = o.v
  for (let i = 0; i < n; i++) v[i] = source[from + i]!
  _PyRuntime.process.gc.track(o)
  return o
}

/** Shrinks or grows a tuple that only the caller has; PyTuple's _PyTuple_Resize. Returns the tuple, or null with MemoryError set (it is gone then). */
export function _PyTuple_Resize(o: PyTupleObject, newsize: number): PyTupleObject | null {
  const oldsize = o.v.length
  if (oldsize === newsize) return o
  if (newsize === 0) {
    if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
    return tuple_get_empty()
  }
  if (oldsize === 0) {
    o.ob_refcnt--
    return newTuple(newsize)
  }
  const gc = _PyRuntime.process.gc
  if (o.gc !== 0) gc.untrack(o)
  const v = o.v as (PyObject | null)[]
  for (let i = newsize; i < oldsize; i++) {
    const item = v[i]
    if (item !== null && item !== undefined && --item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
  }
  if (!resizeBlock(o, newsize)) return null
  while (v.length < newsize) v.push(null)
  v.length = newsize
  gc.track(o)
  return o
}

function resizeBlock(o: PyTupleObject, newsize: number): boolean {
  if (_PyObject_GC_Resize(o, newsize) === 0) return true
  PyObject_GC_Del(o)
  return false
}

export function PyTuple_Size(o: PyObject): number {
  if (!PyTuple_Check(o)) return PyErr_BadInternalCall(), -1
  return o.v.length
}

export function PyTuple_GET_SIZE(o: PyObject): number {
  return (o.v as PyObject[]).length
}

/** BORROWED item, unchecked. */
export function PyTuple_GET_ITEM(o: PyObject, i: number): PyObject {
  return (o.v as PyObject[])[i]!
}

/** Sets an item of a new tuple, stealing the reference. */
export function PyTuple_SET_ITEM(o: PyObject, i: number, item: PyObject): void {
  (o.v as PyObject[])[i] = item
}

/** BORROWED item; null with IndexError set. */
export function PyTuple_GetItem(o: PyObject, i: number): PyObject | null {
  if (!PyTuple_Check(o)) return PyErr_BadInternalCall(), null
  if (i < 0 || i >= o.v.length) return PyErr_SetString(PyExc_IndexError, 'tuple index out of range')
  return o.v[i]!
}

/** Sets an item of a tuple that only the caller has, stealing the reference. */
export function PyTuple_SetItem(o: PyObject, i: number, item: PyObject): number {
  if (!PyTuple_Check(o) || o.ob_refcnt !== 1) {
    if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
    return PyErr_BadInternalCall(), -1
  }
  if (i < 0 || i >= o.v.length) {
    if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
    PyErr_SetString(PyExc_IndexError, 'tuple assignment index out of range')
    return -1
  }
  const old = o.v[i] as PyObject | null
  o.v[i] = item
  if (old !== null && --old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
  return 0
}

/** NEW tuple of items [low, high), clipped; the tuple itself if that is all of it. Null with MemoryError set. */
export function PyTuple_GetSlice(o: PyObject, low: number, high: number): PyObject | null {
  const items = o.v as PyObject[]
  if (low < 0) low = 0
  if (high > items.length) high = items.length
  if (high < low) high = low
  if (low === 0 && high === items.length && o.ob_type === PyTuple_Type) {
    o.ob_refcnt++
    return o
  }
  return _PyTuple_FromArray(items, high - low, low)
}

function tupledealloc(self: PyObject): void {
  const items = self.v as PyObject[]
  const n = items.length
  const exact = self.ob_type === PyTuple_Type
  if (n === 0 && exact) throw new Error('Molt: deallocating the empty tuple')
  const gc = _PyRuntime.process.gc
  if (self.gc !== 0) gc.untrack(self)
  if (!_PyTrash_begin(self, tupledealloc)) return
  for (let i = n - 1; i >= 0; i--) {
    const item = items[i] as PyObject | null
    if (item !== null && --item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
  }
  if (!exact) {
    self.ob_type.tp_free!(self)
  } else if (n > PyTuple_MAXSAVESIZE || !freeLists[n]!.put(self)) {
    PyObject_GC_Del(self)
  } else {
    for (let i = 0; i < n; i++) (items as (PyObject | null)[])[i] = null
  }
  _PyTrash_end()
}

function tupletraverse(self: PyObject, visit: visitproc): void {
  const items = self.v as (PyObject | null)[]
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!
    if (item !== null) visit(item)
  }
}

/** True if an exact tuple holds only what can never be part of a cycle; the collector untracks it then. */
export function tupleCanBeUntracked(self: PyObject): boolean {
  if (self.ob_type !== PyTuple_Type) return false
  const items = self.v as (PyObject | null)[]
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!
    // Not filled yet: stay tracked.
    if (item === null || mayBeTracked(item)) return false
  }
  return true
}

/** NEW tuple made as Py_BuildValue makes it: first the tuple, then its items in order. Null when an item is null. */
export function Py_BuildTuple(...makers: (() => PyObject | null)[]): PyTupleObject | null {
  const tuple = PyTuple_New(makers.length)
  for (let i = 0; i < makers.length; i++) {
    const item = makers[i]!()
    if (item === null) return Py_DECREF(tuple), null
    PyTuple_SET_ITEM(tuple, i, item)
  }
  return tuple
}

/** NEW tuple of `items`, STEALING the references; for tuples of a size the interpreter knows. Never null. */
export function PyTuple_FromArray(items: readonly PyObject[], _steal = true): PyTupleObject {
  return _PyTuple_FromArraySteal(items)!
}
