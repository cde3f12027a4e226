// The buffer protocol and memoryview. Mirrors Objects/memoryobject.c.
//
// A memoryview is a window on memory of another object: `BufferView` says where (an offset into a byte array), and how it
// is laid out (format, shape, strides). All views that come from one memoryview(x) share a managed buffer, which holds the
// one export taken of x and gives it back when the last view is released.
import { PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_BufferError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import {
  Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_SEQUENCE, PyTypeObject, type PyObject,
} from './object'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_NewVar, PyObject_GC_Track, PyObject_GC_UnTrack, PyMem_Free, PyMem_Malloc } from './objimpl'
import { TAG_SCRATCH } from '../../memory/events'
import { PyObject_ClearWeakRefs } from './weakrefobject'
import { memoryviewSlots } from './memory-methods'

/** Flags of PyObject_GetBuffer, Include/cpython/object.h. */
export const PyBUF_SIMPLE = 0
export const PyBUF_WRITABLE = 1
export const PyBUF_FORMAT = 4
export const PyBUF_ND = 8
export const PyBUF_STRIDES = 0x10 | PyBUF_ND
export const PyBUF_FULL_RO = 0x100 | PyBUF_STRIDES | PyBUF_FORMAT

/** Py_buffer. A getbuffer function sets `bytes` and `readonly`, and what of the rest is not that of plain bytes. */
export class BufferView {
  /** Whose memory it is; owned while the view is held. */
  obj: PyObject | null = null
  bytes: Uint8Array = new Uint8Array(0)
  /** Of the first item in `bytes`. */
  offset = 0
  readonly = true
  format = 'B'
  itemsize = 1
  /** Items in each dimension; null for one dimension of all of them. */
  shape: number[] | null = null
  /** Bytes from one item to the next in each dimension; null when C-contiguous. */
  strides: number[] | null = null

  get ndim(): number {
    return this.shape?.length ?? 1
  }
}

export function PyObject_CheckBuffer(o: PyObject): boolean {
  return o.ob_type.bf_getbuffer !== null
}

/** A held view of an object's memory, or null with an exception set. To be given back with PyBuffer_Release. */
export function PyObject_GetBuffer(o: PyObject, flags: number): BufferView | null {
  const get = o.ob_type.bf_getbuffer
  if (get === null) return PyErr_Format(PyExc_TypeError, 'a bytes-like object is required, not \'%.100s\'', o.ob_type.tp_name)
  const view = new BufferView()
  if (get(o, view, flags) < 0) return null
  view.obj ??= o
  view.obj.ob_refcnt++
  if ((flags & PyBUF_WRITABLE) !== 0 && view.readonly) {
    PyBuffer_Release(view)
    return PyErr_SetString(PyExc_BufferError, 'Object is not writable.')
  }
  return view
}

/** The same for readers of plain bytes: `bytes` is exactly the contents, in order. */
export function PyObject_GetBufferBytes(o: PyObject): BufferView | null {
  return contiguous(PyObject_GetBuffer(o, PyBUF_SIMPLE))
}

/** A writable window; null with an exception set (BufferError if it cannot be written). */
export function PyObject_GetWritableBytes(o: PyObject): BufferView | null {
  return contiguous(PyObject_GetBuffer(o, PyBUF_WRITABLE))
}

function contiguous(view: BufferView | null): BufferView | null {
  if (view === null || (view.strides === null && view.offset === 0)) return view
  if (!isCContiguous(view)) {
    PyBuffer_Release(view)
    return PyErr_SetString(PyExc_BufferError, 'memoryview: underlying buffer is not C-contiguous')
  }
  view.bytes = view.bytes.subarray(view.offset, view.offset + viewBytes(view))
  view.offset = 0
  view.strides = null
  return view
}

export function PyBuffer_Release(view: BufferView): void {
  const o = view.obj
  if (o === null) return
  view.obj = null
  o.ob_type.bf_releasebuffer?.(o, view)
  Py_DECREF(o)
}

// ---- layout ------------------------------------------------------------------------------------------------------------

export function shapeOf(view: BufferView): number[] {
  return view.shape ?? [Math.floor((view.bytes.length - view.offset) / view.itemsize)]
}

/** C-order strides of a shape. */
export function stridesFor(shape: readonly number[], itemsize: number): number[] {
  const strides = new Array<number>(shape.length)
  let step = itemsize
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step
    step *= shape[i]!
  }
  return strides
}

export function stridesOf(view: BufferView): number[] {
  return view.strides ?? stridesFor(shapeOf(view), view.itemsize)
}

/** `len`: the bytes of all items together. */
export function viewBytes(view: BufferView): number {
  return shapeOf(view).reduce((n, size) => n * size, view.itemsize)
}

export function isCContiguous(view: BufferView): boolean {
  return isContiguous(view, [...shapeOf(view).keys()].reverse())
}

export function isFContiguous(view: BufferView): boolean {
  return isContiguous(view, [...shapeOf(view).keys()])
}

function isContiguous(view: BufferView, order: number[]): boolean {
  const shape = shapeOf(view)
  const strides = stridesOf(view)
  if (viewBytes(view) === 0) return true
  let step = view.itemsize
  for (const i of order) {
    if (shape[i]! > 1 && strides[i] !== step) return false
    step *= shape[i]!
  }
  return true
}

/** Offsets of all items in C order ('C') or Fortran order ('F'). */
export function* itemOffsets(view: BufferView, order: 'C' | 'F' = 'C'): Generator<number> {
  const shape = shapeOf(view)
  const strides = stridesOf(view)
  if (shape.includes(0)) return
  const axes = [...shape.keys()]
  if (order === 'C') axes.reverse()
  const index = new Array<number>(shape.length).fill(0)
  let at = view.offset
  for (;;) {
    yield at
    let k = 0
    for (; k < axes.length; k++) {
      const i = axes[k]!
      at += strides[i]!
      if (++index[i]! < shape[i]!) break
      at -= strides[i]! * shape[i]!
      index[i] = 0
    }
    if (k === axes.length) return
  }
}

/** A copy of all items, one after the other. Mirrors PyBuffer_ToContiguous. */
export function contiguousCopy(view: BufferView, order: 'C' | 'F' = 'C'): Uint8Array {
  const size = viewBytes(view)
  if (order === 'C' ? isCContiguous(view) : isFContiguous(view)) return view.bytes.slice(view.offset, view.offset + size)
  const copy = new Uint8Array(size)
  let to = 0
  for (const at of itemOffsets(view, order)) {
    copy.set(view.bytes.subarray(at, at + view.itemsize), to)
    to += view.itemsize
  }
  return copy
}

/**
 * The blocks of PyBuffer_ToContiguous when a buffer that is not contiguous is copied into memory taken before: a full view,
 * strides, one row of items.
 */
export function contiguousScratch(view: BufferView, order: 'C' | 'F' = 'C'): void {
  if (order === 'C' ? isCContiguous(view) : isFContiguous(view)) return
  const { ndim } = view
  const row = (ndim > 0 ? shapeOf(view)[ndim - 1]! : 1) * view.itemsize
  const blocks = [PyMem_Malloc(88 + 24 * ndim, TAG_SCRATCH), PyMem_Malloc(8 * ndim, TAG_SCRATCH), PyMem_Malloc(row, TAG_SCRATCH)]
  for (const block of blocks.reverse()) PyMem_Free(block)
}

// ---- managed buffers ---------------------------------------------------------------------------------------------------------

class ManagedBufferData {
  exports = 0
  released = false
  master: BufferView | null = null
}

export const _PyManagedBuffer_Type: PyTypeObject = new PyTypeObject('managedbuffer', {
  tp_basicsize: 112, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    releaseManaged(o)
    PyObject_GC_UnTrack(o)
    PyObject_GC_Del(o)
  },
  tp_traverse: (o, visit) => {
    const obj = (o.v as ManagedBufferData).master?.obj ?? null
    if (obj !== null) visit(obj)
  },
  tp_clear: releaseManaged,
})

// Mirrors mbuf_release.
function releaseManaged(o: PyObject): void {
  const d = o.v as ManagedBufferData
  if (d.released || d.exports > 0) return
  d.released = true
  PyObject_GC_UnTrack(o)
  if (d.master !== null) PyBuffer_Release(d.master)
}

// ---- memoryview ----------------------------------------------------------------------------------------------------------------

export interface PyMemoryViewObject extends PyObject { v: MemoryViewData }

export class MemoryViewData {
  mbuf: PyObject
  view: BufferView
  exports = 0
  released = false
  hash: readonly [number, number] | null = null

  /** Shape, strides and suboffsets lie in the object. */
  get ob_size(): number {
    return 3 * this.view.ndim
  }

  constructor(mbuf: PyObject, view: BufferView) {
    this.mbuf = mbuf
    this.view = view
  }
}

export const PyMemoryView_Type: PyTypeObject = new PyTypeObject('memoryview', {
  tp_basicsize: 144, tp_itemsize: 8, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_SEQUENCE,
  tp_dealloc: memory_dealloc,
  tp_traverse: (o, visit) => {
    const d = o.v as MemoryViewData
    visit(d.mbuf)
  },
  tp_clear: o => releaseMemoryView(o),
})

/** Adds slots and methods; called by type-list.ts before PyType_Ready. */
export function initMemoryViewType(): void {
  Object.assign(PyMemoryView_Type, memoryviewSlots())
}

export function PyMemoryView_Check(o: PyObject): o is PyMemoryViewObject {
  return o.ob_type === PyMemoryView_Type
}

// Mirrors memory_dealloc.
function memory_dealloc(o: PyObject): void {
  const d = o.v as MemoryViewData
  PyObject_GC_UnTrack(o)
  releaseMemoryView(o)
  if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
  Py_DECREF(d.mbuf)
  PyObject_GC_Del(o)
}

/** Lets go of the memory; false if somebody holds an export of this view. Mirrors _memory_release. */
export function releaseMemoryView(o: PyObject): boolean {
  const d = o.v as MemoryViewData
  if (d.released) return true
  if (d.exports > 0) return false
  d.released = true
  const managed = d.mbuf.v as ManagedBufferData
  if (--managed.exports === 0) releaseManaged(d.mbuf)
  return true
}

/** NEW memoryview on a managed buffer (a reference is taken). Mirrors mbuf_add_view. */
export function addView(mbuf: PyObject, view: BufferView): PyMemoryViewObject {
  mbuf.ob_refcnt++
  ;(mbuf.v as ManagedBufferData).exports++
  const o = PyObject_GC_NewVar(PyMemoryView_Type, 3 * view.ndim, new MemoryViewData(mbuf, view))
  if (o === null) throw new Error('Molt: no memory for a memoryview')
  PyObject_GC_Track(o)
  return o as PyMemoryViewObject
}

/** A view of the same memory; change its layout before others see it. */
export function copyView(view: BufferView): BufferView {
  return Object.assign(new BufferView(), view)
}

/** NEW memoryview of an object, or null. Mirrors PyMemoryView_FromObject. */
export function PyMemoryView_FromObject(o: PyObject): PyMemoryViewObject | null {
  if (PyMemoryView_Check(o)) {
    if (o.v.released) return PyErr_SetString(PyExc_ValueError, 'operation forbidden on released memoryview object')
    return addView(o.v.mbuf, copyView(o.v.view))
  }
  if (!PyObject_CheckBuffer(o)) {
    return PyErr_Format(PyExc_TypeError, 'memoryview: a bytes-like object is required, not \'%.200s\'', o.ob_type.tp_name)
  }
  const managed = new ManagedBufferData()
  const mbuf = PyObject_GC_New(_PyManagedBuffer_Type, managed)
  PyObject_GC_Track(mbuf)
  const view = PyObject_GetBuffer(o, PyBUF_FULL_RO)
  if (view === null) {
    Py_DECREF(mbuf)
    return null
  }
  managed.master = view
  view.shape ??= shapeOf(view)
  view.strides ??= stridesOf(view)
  const memoryview = addView(mbuf, copyView(view))
  Py_DECREF(mbuf)
  return memoryview
}

/** NEW memoryview of bytes that belong to no object; the array stays shared. Mirrors PyMemoryView_FromMemory. */
export function PyMemoryView_FromBytes(bytes: Uint8Array, readonly: boolean): PyMemoryViewObject {
  const managed = new ManagedBufferData()
  const mbuf = PyObject_GC_New(_PyManagedBuffer_Type, managed)
  PyObject_GC_Track(mbuf)
  const view = new BufferView()
  view.bytes = bytes
  view.readonly = readonly
  view.shape = [bytes.length]
  view.strides = [1]
  managed.master = view
  const memoryview = addView(mbuf, copyView(view))
  Py_DECREF(mbuf)
  return memoryview
}
