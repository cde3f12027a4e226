// list: the type, growth, items and slices. Mirrors Objects/listobject.c.
//
// `ob_item` holds exactly ob_size items; `allocated` and `block` describe the simulated array behind it (block 0: none).
// Methods and the iterators: list-methods.ts, list-iter.ts; sorting: listsort.ts.
import { TAG_LIST_ITEMS, TAG_SCRATCH } from '../../memory/events'
import {
  Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_MATCH_SELF, Py_TPFLAGS_SEQUENCE,
  PyObject, PyTypeObject, type visitproc,
} from './object'
import { PySequence_Fast } from './abstract'
import { PyErr_BadInternalCall, PyErr_NoMemory, PyErr_SetObject, PyErr_SetString } from './errors'
import { PyExc_IndexError } from './exceptions'
import { listSlots } from './list-methods'
import { FreeList, PyMem_Free, PyMem_Malloc, PyMem_Realloc, PyObject_GC_Del, PyObject_GC_New } from './objimpl'
import { _PyTrash_begin, _PyTrash_end } from './object-protocol'
import { _PyRuntime } from './runtime'
import { _Py_ID } from './unicodeobject'

export { list_sort_impl, PyList_Sort } from './listsort'
export { _PyList_Extend, PyList_AsTuple, PyList_Reverse, list_extend, list_concat, list_repeat } from './list-methods'

export interface PyListObject extends PyObject { v: ListData }

export class ListData {
  ob_item: PyObject[]
  /** Items that the block has room for; -1 while the list is being sorted. */
  allocated = 0
  block = 0
  constructor(items: PyObject[]) {
    this.ob_item = items
  }
}

export const PyList_MAXFREELIST = 80
/** DIFFERS: V8 ends the process when it must grow an array past 2^27 items, which it does by half; CPython allows 2^60. */
export const MAX_ITEMS = 89_000_000

export const PyList_Type: PyTypeObject = new PyTypeObject('list', {
  tp_basicsize: 40,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_SEQUENCE,
  tp_dealloc: list_dealloc,
  tp_traverse: list_traverse,
  tp_clear: self => _list_clear(self),
})

/** Adds what the method files define; called before PyType_Ready. */
export function initListType(): void {
  Object.assign(PyList_Type, listSlots())
}

const freeList = new FreeList(PyList_MAXFREELIST)

export function listFreeListLength(): number {
  return freeList.length
}

/** Empties the free list, as a full collection does. */
export function _PyList_ClearFreeList(): void {
  freeList.clear()
}

export function PyList_Check(o: PyObject): o is PyListObject {
  return (o.ob_type.tp_flags & Py_TPFLAGS_LIST_SUBCLASS) !== 0
}

export function PyList_CheckExact(o: PyObject): o is PyListObject {
  return o.ob_type === PyList_Type
}

// ---- creation ------------------------------------------------------------------------------------------------------

/** NEW untracked list without a block; its old array, emptied, from the free list. */
function newListHeader(): PyListObject {
  const o = freeList.take()
  return o !== null ? o : PyObject_GC_New(PyList_Type, new ListData([]))
}

/** NEW list of `size` items, which the caller must set in `.v.ob_item` (it is empty yet). Never null: for small sizes. */
export function PyList_New(size: number): PyListObject {
  const o = newList(size)
  if (o === null) throw new Error('Molt: no memory for a list of the interpreter itself')
  return o
}

/** The same for any size: null with MemoryError set. `ob_item` is empty; push the items. */
export function newList(size: number): PyListObject | null {
  if (size > MAX_ITEMS) return PyErr_NoMemory()
  const o = newListHeader()
  const self = o.v
  if (size <= 0) {
    self.block = 0
    self.allocated = 0
  } else {
    // PyMem_Calloc
    const block = PyMem_Malloc(size * 8, TAG_LIST_ITEMS)
    if (block === 0) {
      if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      return null
    }
    self.block = block
    self.allocated = size
  }
  _PyRuntime.process.gc.track(o)
  return o
}

/** NEW list of source[from .. from + n), stealing the references. Null with MemoryError set. */
export function _PyList_FromArraySteal(source: readonly (PyObject | null)[], n: number, from = 0): PyListObject | null {
  const o = newList(n)
  if (o === null) {
    for (let i = 0; i < n; i++) {
      const item = source[from + i]!
      if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
    }
    return null
  }
  const items = o.v.ob_item
  for (let i = 0; i < n; i++) items.push(source[from + i]!)
  return o
}

/** NEW list of the same items, each with a new reference; null with MemoryError set. */
export function listFromItems(source: readonly PyObject[], from = 0, n: number = source.length - from): PyListObject | null {
  const o = newList(n)
  if (o === null) return null
  const items = o.v.ob_item
  for (let i = 0; i < n; i++) {
    const item = source[from + i]!
    item.ob_refcnt++
    items.push(item)
  }
  return o
}

/** Moves n items inside an array; the ranges may overlap. V8's own copyWithin is slow on arrays of objects. */
export function moveItems(items: PyObject[], to: number, from: number, n: number): void {
  if (to < from) for (let i = 0; i < n; i++) items[to + i] = items[from + i]!
  else for (let i = n - 1; i >= 0; i--) items[to + i] = items[from + i]!
}

/** Removes one item from an array. */
export function removeItem(items: PyObject[], index: number): void {
  const last = items.length - 1
  if (index === 0 && last > 16) {
    // Moves the start of the array instead of its items.
    items.shift()
  } else if (last - index > 64) {
    items.splice(index, 1)
  } else {
    for (let i = index; i < last; i++) items[i] = items[i + 1]!
    items.pop()
  }
}

// ---- size ----------------------------------------------------------------------------------------------------------

/**
 * Makes room for `newsize` items: changes the block only, never `ob_item` (callers do). Over-allocates by an eighth, and
 * shrinks below half. -1 with MemoryError set. Mirrors list_resize, whose `Py_SIZE` is ob_item.length here.
 */
export function list_resize(self: ListData, newsize: number): number {
  const allocated = self.allocated
  if (allocated >= newsize && newsize >= (allocated >> 1)) return 0
  let capacity = roundDown4(newsize + Math.floor(newsize / 8) + 6)
  // A big jump (extend) is not over-allocated, only rounded up.
  if (newsize - self.ob_item.length > capacity - newsize) capacity = roundDown4(newsize + 3)
  if (newsize === 0) capacity = 0
  if (capacity > MAX_ITEMS) return PyErr_NoMemory(), -1
  const block = PyMem_Realloc(self.block, capacity * 8, TAG_LIST_ITEMS)
  if (block === 0) return -1
  self.block = block
  self.allocated = capacity
  return 0
}

function roundDown4(n: number): number {
  return n < 0x40000000 ? n & ~3 : Math.floor(n / 4) * 4
}

/** A first block for a list without one: `size` rounded up to even. Mirrors list_preallocate_exact. */
export function list_preallocate_exact(self: ListData, size: number): number {
  const capacity = size + (size % 2)
  if (capacity > MAX_ITEMS) return PyErr_NoMemory(), -1
  const block = PyMem_Malloc(capacity * 8, TAG_LIST_ITEMS)
  if (block === 0) return -1
  self.block = block
  self.allocated = capacity
  return 0
}

// ---- items ---------------------------------------------------------------------------------------------------------

export function PyList_Size(o: PyObject): number {
  if (!PyList_Check(o)) return PyErr_BadInternalCall(), -1
  return o.v.ob_item.length
}

export function PyList_GET_SIZE(o: PyObject): number {
  return (o.v as ListData).ob_item.length
}

/** BORROWED item, unchecked. */
export function PyList_GET_ITEM(o: PyObject, i: number): PyObject {
  return (o.v as ListData).ob_item[i]!
}

/** Sets an item of a new list, stealing the reference: items must be set in order. */
export function PyList_SET_ITEM(o: PyObject, i: number, item: PyObject): void {
  (o.v as ListData).ob_item[i] = item
}

/** Sets the IndexError of reading: its message is one static str. */
export function listIndexError(): null {
  PyErr_SetObject(PyExc_IndexError, _Py_ID('list index out of range'))
  return null
}

/** BORROWED item; null with IndexError set. */
export function PyList_GetItem(o: PyObject, i: number): PyObject | null {
  if (!PyList_Check(o)) return PyErr_BadInternalCall(), null
  const items = o.v.ob_item
  if (i < 0 || i >= items.length) return listIndexError()
  return items[i]!
}

/** Replaces an item, stealing the reference. -1 with an exception set. */
export function PyList_SetItem(o: PyObject, i: number, item: PyObject): number {
  if (!PyList_Check(o)) {
    if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
    return PyErr_BadInternalCall(), -1
  }
  const items = o.v.ob_item
  if (i === items.length && i < o.v.allocated) {
    items.push(item)
    return 0
  }
  if (i < 0 || i >= items.length) {
    if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
    PyErr_SetString(PyExc_IndexError, 'list assignment index out of range')
    return -1
  }
  const old = items[i]!
  items[i] = item
  if (--old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
  return 0
}

/** Appends, stealing the reference. 0, or -1 with MemoryError set (the reference is dropped). */
export function _PyList_AppendTakeRef(self: ListData, item: PyObject): number {
  const items = self.ob_item
  const n = items.length
  if (self.allocated <= n && list_resize(self, n + 1) < 0) {
    if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
    return -1
  }
  items.push(item)
  return 0
}

/** Appends with a reference of its own. 0, or -1 with an exception set. */
export function PyList_Append(o: PyObject, item: PyObject): number {
  if (!PyList_Check(o)) return PyErr_BadInternalCall(), -1
  item.ob_refcnt++
  return _PyList_AppendTakeRef(o.v, item)
}

/** Inserts before index `where` (clipped) with a reference of its own. Mirrors ins1. */
export function PyList_Insert(o: PyObject, where: number, item: PyObject): number {
  if (!PyList_Check(o)) return PyErr_BadInternalCall(), -1
  const self = o.v
  const items = self.ob_item
  const n = items.length
  if (list_resize(self, n + 1) < 0) return -1
  if (where < 0) {
    where += n
    if (where < 0) where = 0
  }
  if (where > n) where = n
  if (n - where > 64) {
    items.splice(where, 0, item)
  } else {
    items.push(item)
    for (let i = n; i > where; i--) items[i] = items[i - 1]!
    items[where] = item
  }
  item.ob_refcnt++
  return 0
}

/** Removes all items and the block, last item first. Mirrors _list_clear. */
export function _list_clear(o: PyObject): void {
  const self = o.v as ListData
  const items = self.ob_item
  const block = self.block
  if (block === 0) return
  // Dropping an item may run code that sees the list: it is empty by then.
  self.ob_item = []
  self.block = 0
  self.allocated = 0
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!
    if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
  }
  PyMem_Free(block)
}

// ---- slices --------------------------------------------------------------------------------------------------------

function clip(i: number, n: number): number {
  return i < 0 ? 0 : i > n ? n : i
}

/** NEW list of items [low, high), unchecked. Mirrors list_slice. */
export function list_slice(o: PyObject, low: number, high: number): PyListObject | null {
  const length = high - low
  return listFromItems((o.v as ListData).ob_item, low, length > 0 ? length : 0)
}

/** NEW list of items [low, high), clipped; null with an exception set. */
export function PyList_GetSlice(o: PyObject, low: number, high: number): PyObject | null {
  if (!PyList_Check(o)) return PyErr_BadInternalCall(), null
  const n = o.v.ob_item.length
  low = clip(low, n)
  return list_slice(o, low, Math.max(low, Math.min(high, n)))
}

/**
 * Replaces items [low, high) by `replacement`'s (references of its own), or deletes them if that is null. The array
 * `replacement` must not be the list's own. 0, or -1 with MemoryError set. Mirrors list_ass_slice.
 */
export function list_ass_slice_items(o: PyObject, low: number, high: number, replacement: readonly PyObject[] | null): number {
  const self = o.v as ListData
  const items = self.ob_item
  const size = items.length
  const n = replacement === null ? 0 : replacement.length
  low = clip(low, size)
  high = high < low ? low : high > size ? size : high
  const removed = high - low
  const delta = n - removed
  if (size + delta === 0) {
    _list_clear(o)
    return 0
  }
  const recycled = items.slice(low, high)
  // More than eight removed items are kept in a block of their own.
  const recycledBlock = removed > 8 ? PyMem_Malloc(removed * 8, TAG_SCRATCH) : 0
  if (removed > 8 && recycledBlock === 0) return -1
  if (delta < 0) {
    if (list_resize(self, size + delta) < 0) return PyMem_Free(recycledBlock), -1
    if (removed === 1 && n === 0) {
      removeItem(items, low)
    } else {
      moveItems(items, high + delta, high, size - high)
      items.length = size + delta
    }
  } else if (delta > 0) {
    if (list_resize(self, size + delta) < 0) return PyMem_Free(recycledBlock), -1
    for (let i = 0; i < delta; i++) items.push(replacement![0]!)
    moveItems(items, high + delta, high, size - high)
  }
  for (let k = 0; k < n; k++) {
    const item = replacement![k]!
    item.ob_refcnt++
    items[low + k] = item
  }
  for (let k = removed - 1; k >= 0; k--) {
    const item = recycled[k]!
    if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
  }
  PyMem_Free(recycledBlock)
  return 0
}

/** PyList_SetSlice: `source` is a list or null. */
export function PyList_SetSlice(o: PyObject, low: number, high: number, source: PyObject | null): number {
  if (!PyList_Check(o)) return PyErr_BadInternalCall(), -1
  return list_ass_slice(o, low, high, source)
}

/** Items [low, high) = iterable (null: delete); the message of a TypeError is CPython's. */
export function list_ass_slice(o: PyObject, low: number, high: number, source: PyObject | null): number {
  if (source === null) return list_ass_slice_items(o, low, high, null)
  if (o === source) {
    // a[i:j] = a works on a copy.
    const copy = list_slice(source, 0, PyList_GET_SIZE(source))
    if (copy === null) return -1
    const status = list_ass_slice_items(o, low, high, copy.v.ob_item)
    if (--copy.ob_refcnt === 0) copy.ob_type.tp_dealloc(copy)
    return status
  }
  const fast = PySequence_Fast(source, 'can only assign an iterable')
  if (fast === null) return -1
  const status = list_ass_slice_items(o, low, high, fastItems(fast))
  if (--fast.ob_refcnt === 0) fast.ob_type.tp_dealloc(fast)
  return status
}

/** The items of a list or tuple (PySequence_Fast_ITEMS), not copied. */
export function fastItems(o: PyObject): PyObject[] {
  return Array.isArray(o.v) ? o.v as PyObject[] : (o.v as ListData).ob_item
}

// ---- death and the collector ---------------------------------------------------------------------------------------

function list_dealloc(o: PyObject): void {
  const gc = _PyRuntime.process.gc
  if (o.gc !== 0) gc.untrack(o)
  if (!_PyTrash_begin(o, list_dealloc)) return
  const self = o.v as ListData
  if (self.block !== 0) {
    const items = self.ob_item
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i]!
      if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
    }
    PyMem_Free(self.block)
    self.block = 0
  }
  if (o.ob_type !== PyList_Type) {
    o.ob_type.tp_free!(o)
  } else {
    self.ob_item.length = 0
    if (!freeList.put(o)) PyObject_GC_Del(o)
  }
  _PyTrash_end()
}

function list_traverse(o: PyObject, visit: visitproc): void {
  const items = (o.v as ListData).ob_item
  for (let i = items.length - 1; i >= 0; i--) visit(items[i]!)
}

/** NEW list of `items`, STEALING the references; for lists of a size the interpreter knows. Never null. */
export function PyList_FromArraySteal(items: readonly PyObject[]): PyListObject {
  return _PyList_FromArraySteal(items, items.length)!
}
