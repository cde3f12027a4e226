// Where objects get their memory: the glue between object headers and the simulated process.
//
// Sizes are CPython's: `tp_basicsize + n * tp_itemsize`, rounded up to 8, plus the pre-header (GC head and managed
// dict pointers). Contents live in JavaScript; only addresses, sizes and order are simulated. Mirrors Objects/obmalloc.c
// (PyObject_Malloc …), Modules/gcmodule.c (_PyObject_GC_New …) and PyType_GenericAlloc.
import { DOMAIN_MEM, DOMAIN_OBJ, DOMAIN_RAW, FIRST_TYPE } from '../../memory/events'
import {
  Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HEAPTYPE, PyObject, type Payload, type PyTypeObject,
} from './object'
import { _PyRuntime, hooks } from './runtime'

/** Types in the order of their first instance: index + FIRST_TYPE is the id in the event stream. */
export const eventTypes: PyTypeObject[] = []

/** Id of a type in the event stream; gives one at its first instance. */
export function eventTypeId(type: PyTypeObject): number {
  if (type.eventId === 0) {
    type.eventId = FIRST_TYPE + eventTypes.length
    eventTypes.push(type)
    _PyRuntime.process.sink.defineType({
      id: type.eventId,
      name: nameOf(type),
      module: _PyRuntime.typeModule(type),
      basicSizeBytes: type.tp_basicsize,
      itemSizeBytes: type.tp_itemsize,
      headGranules: type.presize,
      collectable: (type.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0,
    })
  }
  return type.eventId
}

/** `__name__`: static types have their module in tp_name. */
export function nameOf(type: PyTypeObject): string {
  return type.ht_name !== null ? (type.ht_name.v as { str: string }).str : type.tp_name.slice(type.tp_name.lastIndexOf('.') + 1)
}

/** Also for sizes that no allocator grants, which are over 32 bits. */
const roundUp8 = (n: number): number => (n < 0x7ffffff0 ? (n + 7) & ~7 : Math.ceil(n / 8) * 8)

/** `_PyObject_SIZE` / `_PyObject_VAR_SIZE`: bytes of an object without its pre-header. */
export function _PyObject_VAR_SIZE(type: PyTypeObject, nitems: number): number {
  return roundUp8(type.tp_basicsize + nitems * type.tp_itemsize)
}

function noMemory(): 0 {
  hooks.setError('MemoryError', '')
  return 0
}

/** A small block is always granted; past the limit the VM raises MemoryError at its next check. */
export function smallBlock(bytes: number, tag: number): number {
  const block = _PyRuntime.process.obmalloc.malloc(bytes, DOMAIN_OBJ, tag)
  return block !== 0 ? block : pastLimit(bytes, DOMAIN_OBJ, tag)
}

function pastLimit(bytes: number, domain: number, tag: number): number {
  const { space, obmalloc } = _PyRuntime.process
  const limit = space.limitBytes
  space.limitBytes = Infinity
  const block = obmalloc.malloc(bytes, domain, tag)
  space.limitBytes = limit
  _PyRuntime.memoryErrorPending = true
  _PyRuntime.evalBreaker = true
  return block
}

/** NEW object of a fixed-size type without GC head. Never null. */
export function PyObject_New(type: PyTypeObject, v: Payload): PyObject {
  const block = smallBlock(type.tp_basicsize, type.eventId || eventTypeId(type))
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) type.ob_refcnt++
  return new PyObject(type, block, v)
}

/** NEW object without GC head and `bytes` long in all (basicsize and items, unrounded as PyObject_Malloc is asked). Null: MemoryError. */
export function PyObject_NewSize(type: PyTypeObject, bytes: number, v: Payload): PyObject | null {
  const tag = type.eventId || eventTypeId(type)
  const block = bytes <= 512 ? smallBlock(bytes, tag) : _PyRuntime.process.obmalloc.malloc(bytes, DOMAIN_OBJ, tag)
  if (block === 0) {
    noMemory()
    return null
  }
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) type.ob_refcnt++
  return new PyObject(type, block, v)
}

/** NEW variable-sized object without GC head. Null: MemoryError. */
export function PyObject_NewVar(type: PyTypeObject, nitems: number, v: Payload): PyObject | null {
  return PyObject_NewSize(type, _PyObject_VAR_SIZE(type, nitems), v)
}

/** NEW fixed-size object with GC head, not yet tracked. May run a collection first. Never null. */
export function PyObject_GC_New(type: PyTypeObject, v: Payload): PyObject {
  const block = smallBlock(type.tp_basicsize + (type.presize << 4), type.eventId || eventTypeId(type))
  // _PyObject_GC_Link: counts the allocation and collects when a threshold is passed.
  _PyRuntime.process.gc.link()
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) type.ob_refcnt++
  return new PyObject(type, block + type.presize, v)
}

/** NEW variable-sized object with GC head, not yet tracked. Null: MemoryError. */
export function PyObject_GC_NewVar(type: PyTypeObject, nitems: number, v: Payload): PyObject | null {
  return gcNewSize(type, _PyObject_VAR_SIZE(type, nitems), v)
}

/** The same for a size in bytes computed by the caller (without pre-header). Null: MemoryError. */
export function gcNewSize(type: PyTypeObject, bytes: number, v: Payload): PyObject | null {
  const size = bytes + (type.presize << 4)
  const tag = type.eventId || eventTypeId(type)
  const block = size <= 512 ? smallBlock(size, tag) : _PyRuntime.process.obmalloc.malloc(size, DOMAIN_OBJ, tag)
  if (block === 0) {
    noMemory()
    return null
  }
  _PyRuntime.process.gc.link()
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) type.ob_refcnt++
  return new PyObject(type, block + type.presize, v)
}

/** Mirrors _PyType_AllocNoTrack, Objects/typeobject.c: room for one more item than asked, as CPython's sentinel. */
export function _PyType_AllocNoTrack(type: PyTypeObject, nitems: number, v: Payload): PyObject | null {
  const bytes = _PyObject_VAR_SIZE(type, type.tp_itemsize === 0 ? 0 : nitems + 1)
  const o = (type.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0 ? gcNewSize(type, bytes, v) : PyObject_NewSize(type, bytes, v)
  if (o !== null && type.slotCount !== 0) o.slots = new Array<PyObject | null>(type.slotCount).fill(null)
  return o
}

/** Gives the block of an object without GC head back, PyObject_Free. */
export function PyObject_Free(o: PyObject): void {
  _PyRuntime.process.obmalloc.free(o.addr, DOMAIN_OBJ)
}

/** Gives the block of an object with GC head back; untracks it and counts it down. Mirrors PyObject_GC_Del. */
export function PyObject_GC_Del(o: PyObject): void {
  const gc = _PyRuntime.process.gc
  if (o.gc !== 0) gc.untrack(o)
  gc.del()
  _PyRuntime.process.obmalloc.free(o.addr - o.ob_type.presize, DOMAIN_OBJ)
}

/** Moves a variable-sized GC object to a new size (PyObject_GC_Resize); the object must be untracked. -1: MemoryError. */
export function _PyObject_GC_Resize(o: PyObject, nitems: number): number {
  const type = o.ob_type
  const bytes = _PyObject_VAR_SIZE(type, nitems) + (type.presize << 4)
  const block = _PyRuntime.process.obmalloc.realloc(o.addr - type.presize, bytes, DOMAIN_OBJ, type.eventId)
  if (block === 0) return noMemory(), -1
  o.addr = block + type.presize
  return 0
}

/** Moves an object without GC head to a new size in bytes. -1: MemoryError. */
export function PyObject_ReallocSize(o: PyObject, bytes: number): number {
  const block = _PyRuntime.process.obmalloc.realloc(o.addr, bytes, DOMAIN_OBJ, o.ob_type.eventId)
  if (block === 0) return noMemory(), -1
  o.addr = block
  return 0
}

export function PyObject_GC_Track(o: PyObject): void {
  _PyRuntime.process.gc.track(o)
}

export function PyObject_GC_UnTrack(o: PyObject): void {
  if (o.gc !== 0) _PyRuntime.process.gc.untrack(o)
}

export function PyObject_GC_IsTracked(o: PyObject): boolean {
  return o.gc !== 0
}

/** True if the object has a GC head (tracked or not), _PyObject_IS_GC. */
export function PyObject_IS_GC(o: PyObject): boolean {
  const type = o.ob_type
  return (type.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0 && (type.tp_is_gc === null || type.tp_is_gc(o))
}

/** A block of the mem domain that belongs to an object (a table, a buffer). 0 with MemoryError set on failure. */
export function PyMem_Malloc(bytes: number, tag: number): number {
  return blockOf(bytes, DOMAIN_MEM, tag)
}

export function PyMem_Realloc(block: number, bytes: number, tag: number): number {
  return reallocOf(block, bytes, DOMAIN_MEM, tag)
}

export function PyMem_Free(block: number): void {
  if (block !== 0) _PyRuntime.process.obmalloc.free(block, DOMAIN_MEM)
}

/** A block of malloc's own, whatever its size: locks. 0: no memory, without an exception. */
export function PyMem_RawMalloc(bytes: number, tag: number): number {
  return _PyRuntime.process.obmalloc.malloc(bytes, DOMAIN_RAW, tag)
}

export function PyMem_RawFree(block: number): void {
  if (block !== 0) _PyRuntime.process.obmalloc.free(block, DOMAIN_RAW)
}

/** A block of the object domain that is not an object by itself (dict keys, type docs …). */
export function PyObject_Malloc(bytes: number, tag: number): number {
  return blockOf(bytes, DOMAIN_OBJ, tag)
}

export function PyObject_Realloc(block: number, bytes: number, tag: number): number {
  return reallocOf(block, bytes, DOMAIN_OBJ, tag)
}

export function PyObject_FreeBlock(block: number): void {
  if (block !== 0) _PyRuntime.process.obmalloc.free(block, DOMAIN_OBJ)
}

function blockOf(bytes: number, domain: number, tag: number): number {
  const block = _PyRuntime.process.obmalloc.malloc(bytes, domain, tag)
  if (block !== 0) return block
  return bytes > 512 ? noMemory() : pastLimit(bytes, domain, tag)
}

function reallocOf(block: number, bytes: number, domain: number, tag: number): number {
  if (block === 0) return blockOf(bytes, domain, tag)
  const moved = _PyRuntime.process.obmalloc.realloc(block, bytes, domain, tag)
  return moved !== 0 ? moved : noMemory()
}

const freeLists: FreeList[] = []

/** Frees what all of them hold, objects with GC heads; the lists of others must be empty. For the end of an interpreter. */
export function clearFreeLists(): void {
  for (const list of freeLists) list.clear()
}

/** The dead object that lies in a free list with its block here, null if there is none. */
export function parkedObject(block: number): PyObject | null {
  for (const list of freeLists) {
    const found = list.find(block)
    if (found) return found
  }
  return null
}

/** Empties all free lists without a word; only start-up does this. */
export function forgetFreeLists(): void {
  for (const list of freeLists) list.forget()
}

/**
 * One of CPython's free lists: dead objects of one type (and size) kept for reuse, last in first out.
 * Their blocks stay allocated; the event stream says PARK when one goes in and REUSE when it comes out.
 */
export class FreeList {
  private readonly items: PyObject[] = []
  constructor(readonly limit: number) {
    freeLists.push(this)
  }

  /** Forgets the objects, which belonged to an interpreter that is gone. */
  forget(): void {
    this.items.length = 0
  }

  get length(): number {
    return this.items.length
  }

  find(block: number): PyObject | undefined {
    return this.items.find(o => o.addr - o.ob_type.presize === block)
  }

  /** The object last put in, with reference count 1 and all else as it was left; null if there is none. */
  take(): PyObject | null {
    const o = this.items.pop()
    if (o === undefined) return null
    o.ob_refcnt = 1
    // _Py_NewReference: tracemalloc moves the block to the line that takes it.
    _PyRuntime.process.reuse(o.addr - o.ob_type.presize, o.ob_type.eventId)
    return o
  }

  /** Keeps a dead, untracked object; false when the list is full and the caller must free it. */
  put(o: PyObject): boolean {
    if (this.items.length >= this.limit) return false
    this.items.push(o)
    _PyRuntime.process.park(o.addr - o.ob_type.presize, o.ob_type.eventId)
    return true
  }

  /** Frees all of them, most recent first; as a full collection does. Returns how many. */
  clear(free: (o: PyObject) => void = PyObject_GC_Del): number {
    let n = 0
    for (let o = this.items.pop(); o !== undefined; o = this.items.pop(), n++) free(o)
    return n
  }
}
