// bytearray. Methods shared with bytes are in bytes-methods.ts, the rest in bytearray-methods.ts.
//
// The buffer (`ob_bytes`, a block of the object domain) holds `ob_alloc` bytes; the contents are `ob_size` of them from
// `ob_start` on: deleting at the front only moves the start. While somebody has the buffer exported the size is fixed.
import { TAG_SCRATCH } from '../../memory/events'
import { PyIndex_Check, PyNumber_AsSsize_t, PyNumber_Check, PyObject_GetIter } from './abstract'
import { byteOf, release } from './bytes-search'
import { escapeBytes, formatBytes } from './bytes-methods'
import { bytearrayMethods } from './bytearray-methods'
import { PyBytes_AsBytes, boolOfComparison, bytesContains, compareBytes, sliceBytes } from './bytesobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_BufferError, PyExc_IndexError, PyExc_OverflowError, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { parseTupleAndKeywords } from './getargs-keywords'
import { PyList_CheckExact, fastItems } from './listobject'
import { PyLong_CheckExact, PyLong_FromLong, PyLong_FromSsize_t } from './longobject'
import { PyObject_CheckBuffer, PyObject_GetBufferBytes, type BufferView } from './memoryobject'
import {
  METH_NOARGS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_MATCH_SELF, PyObject_TypeCheck, PyTypeObject, type PyObject,
  type TypeSpec,
} from './object'
import { PyObject_SelfIter } from './object-protocol'
import {
  PyObject_Free, PyObject_FreeBlock, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack, PyObject_Malloc, PyObject_New,
  PyObject_Realloc,
} from './objimpl'
import { PySlice_AdjustIndices, PySlice_Check, PySlice_Unpack } from './sliceobject'
import { Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { PyTuple_CheckExact } from './tupleobject'
import { PyType_GenericAlloc } from './typeobject'
import { PyUnicode_AsEncodedString } from './unicode-codec'
import { PyUnicode_AsString, PyUnicode_Check, unicodeFromText } from './unicodeobject'

export interface PyByteArrayObject extends PyObject { v: ByteArrayData }

export class ByteArrayData {
  /** The whole buffer, ob_alloc long. */
  buffer: Uint8Array = new Uint8Array(0)
  ob_start = 0
  ob_size = 0
  ob_alloc = 0
  /** Address of the simulated buffer, 0 = none. */
  block = 0
  ob_exports = 0

  get bytes(): Uint8Array {
    return this.buffer.subarray(this.ob_start, this.ob_start + this.ob_size)
  }
}

const data = (o: PyObject): ByteArrayData => o.v as ByteArrayData

const MAX_BYTES = 2 ** 31

export const PyByteArray_Type: PyTypeObject = new PyTypeObject('bytearray', {
  tp_basicsize: 56,
  tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_MATCH_SELF,
  tp_dealloc: bytearray_dealloc,
})

/** Adds slots and methods; called by type-list.ts before PyType_Ready. */
export function initByteArrayType(): void {
  Object.assign(PyByteArray_Type, bytearraySlots())
}

export function PyByteArray_Check(o: PyObject): o is PyByteArrayObject {
  return PyObject_TypeCheck(o, PyByteArray_Type)
}

export function PyByteArray_CheckExact(o: PyObject): o is PyByteArrayObject {
  return o.ob_type === PyByteArray_Type
}

/** The contents, as a window on the buffer: valid until the size changes. */
export function PyByteArray_AsBytes(o: PyObject): Uint8Array {
  return data(o).bytes
}

function bytearray_dealloc(o: PyObject): void {
  if (data(o).block !== 0) PyObject_FreeBlock(data(o).block)
  ;(o.ob_type.tp_free ?? PyObject_Free)(o)
}

// ---- creation and size ------------------------------------------------------------------------------------------------

/** NEW bytearray with a copy of the bytes. Mirrors PyByteArray_FromStringAndSize. */
export function PyByteArray_FromBytes(bytes: Uint8Array): PyByteArrayObject | null {
  const d = new ByteArrayData()
  const o = PyObject_New(PyByteArray_Type, d)
  if (bytes.length === 0) return o
  d.block = PyObject_Malloc(bytes.length + 1, TAG_SCRATCH)
  if (d.block === 0) return Py_DECREF(o), null
  d.ob_alloc = bytes.length + 1
  d.buffer = new Uint8Array(d.ob_alloc)
  d.buffer.set(bytes)
  d.ob_size = bytes.length
  return o
}

/** NEW bytearray of bytearray(x). */
export function PyByteArray_FromObject(x: PyObject): PyByteArrayObject | null {
  const o = PyObject_New(PyByteArray_Type, new ByteArrayData())
  return fill(o, x, null, null) < 0 ? (Py_DECREF(o), null) : o
}

/** Mirrors _canresize. */
export function canResize(o: PyObject): boolean {
  if (data(o).ob_exports === 0) return true
  PyErr_SetString(PyExc_BufferError, 'Existing exports of data: object cannot be re-sized')
  return false
}

// Mirrors PyByteArray_Resize, Objects/bytearrayobject.c. 0, or -1.
export function PyByteArray_Resize(o: PyObject, size: number): number {
  const d = data(o)
  if (size === d.ob_size) return 0
  if (!canResize(o)) return -1
  let alloc = d.ob_alloc
  const offset = d.ob_start
  if (size + offset + 1 <= alloc) {
    if (size >= Math.floor(alloc / 2)) {
      d.ob_size = size
      return 0
    }
    alloc = size + 1
  } else if (size <= alloc * 1.125) alloc = size + (size >> 3) + (size < 9 ? 3 : 6)
  else alloc = size + 1
  if (alloc > MAX_BYTES) return PyErr_NoMemory(), -1
  const block = offset > 0 ? PyObject_Malloc(alloc, TAG_SCRATCH) : PyObject_Realloc(d.block, alloc, TAG_SCRATCH)
  if (block === 0) return -1
  const buffer = new Uint8Array(alloc)
  buffer.set(d.buffer.subarray(offset, offset + Math.min(size, d.ob_size)))
  if (offset > 0) PyObject_FreeBlock(d.block)
  d.block = block
  d.buffer = buffer
  d.ob_start = 0
  d.ob_size = size
  d.ob_alloc = alloc
  return 0
}

// Mirrors bytearray_setslice_linear: replaces [lo, hi) by the bytes (null: deletes). 0, or -1.
export function bytearraySetSlice(o: PyObject, lo: number, hi: number, bytes: Uint8Array | null): number {
  const d = data(o)
  const given = bytes?.length ?? 0
  const growth = given - (hi - lo)
  if (growth < 0) {
    if (!canResize(o)) return -1
    if (lo === 0) d.ob_start -= growth
    else d.bytes.copyWithin(lo + given, hi)
    if (PyByteArray_Resize(o, d.ob_size + growth) < 0) return -1
  } else if (growth > 0) {
    const size = d.ob_size
    if (PyByteArray_Resize(o, size + growth) < 0) return -1
    d.bytes.copyWithin(lo + given, hi, size)
  }
  if (bytes !== null && given > 0) d.bytes.set(bytes, lo)
  return 0
}

/** The same with the bytes of an object; null deletes. Mirrors bytearray_setslice. */
export function bytearraySetSliceObject(o: PyObject, lo: number, hi: number, values: PyObject | null): number {
  if (values === null) return bytearraySetSlice(o, lo, hi, null)
  if (!PyObject_CheckBuffer(values)) {
    PyErr_Format(PyExc_TypeError, 'can\'t set bytearray slice from %.100s', values.ob_type.tp_name)
    return -1
  }
  let bytes: Uint8Array
  if (values === o) bytes = data(o).bytes.slice()
  else {
    const view = PyObject_GetBufferBytes(values)
    if (view === null) return -1
    bytes = view.bytes
    release(view)
  }
  const from = Math.max(lo, 0)
  return bytearraySetSlice(o, from, Math.min(Math.max(hi, from), data(o).ob_size), bytes)
}

// ---- bytearray() ----------------------------------------------------------------------------------------------------------

function bytearray_new(type: PyTypeObject): PyObject | null {
  const o = PyType_GenericAlloc(type, 0)
  if (o !== null) o.v = new ByteArrayData()
  return o
}

function bytearray_init(o: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (data(o).ob_size !== 0 && PyByteArray_Resize(o, 0) < 0) return -1
  const given = parseTupleAndKeywords('bytearray', ['source', 'encoding', 'errors'], 0, 3, args, kwargs)
  if (given === null) return -1
  return fill(o, given[0] ?? null, given[1] ?? null, given[2] ?? null)
}

const typeError = (message: string): -1 => (PyErr_SetString(PyExc_TypeError, message), -1)

/** Puts what bytearray(x, encoding, errors) stands for into an empty bytearray: 0, or -1. Mirrors bytearray___init___impl. */
function fill(o: PyObject, x: PyObject | null, encoding: PyObject | null, errors: PyObject | null): number {
  if (x === null) {
    if (encoding !== null || errors !== null) return typeError(`${encoding !== null ? 'encoding' : 'errors'} without a string argument`)
    return 0
  }
  if (PyUnicode_Check(x)) {
    if (encoding === null) return typeError('string argument without an encoding')
    const encoded = PyUnicode_AsEncodedString(x, PyUnicode_AsString(encoding), errors === null ? null : PyUnicode_AsString(errors))
    if (encoded === null) return -1
    const result = appendBytes(o, PyBytes_AsBytes(encoded))
    Py_DECREF(encoded)
    return result
  }
  if (encoding !== null || errors !== null) return typeError(`${encoding !== null ? 'encoding' : 'errors'} without a string argument`)
  if (PyIndex_Check(x)) {
    const size = PyNumber_AsSsize_t(x, PyExc_OverflowError)
    if (size === -1 && PyErr_Occurred() !== null) {
      if (!PyErr_ExceptionMatches(PyExc_TypeError)) return -1
      PyErr_Clear()
    } else {
      if (size < 0) return PyErr_SetString(PyExc_ValueError, 'negative count'), -1
      return size > 0 ? PyByteArray_Resize(o, size) : 0
    }
  }
  if (PyObject_CheckBuffer(x)) {
    const view = PyObject_GetBufferBytes(x)
    if (view === null) return -1
    const result = appendBytes(o, view.bytes)
    release(view)
    return result
  }
  return fillFromIterable(o, x)
}

function appendBytes(o: PyObject, bytes: Uint8Array): number {
  const size = data(o).ob_size
  if (PyByteArray_Resize(o, size + bytes.length) < 0) return -1
  data(o).bytes.set(bytes, size)
  return 0
}

function fillFromIterable(o: PyObject, x: PyObject): number {
  const d = data(o)
  if (PyList_CheckExact(x) || PyTuple_CheckExact(x)) {
    const items = fastItems(x)
    if (PyByteArray_Resize(o, items.length) < 0) return -1
    let i = 0
    for (; i < items.length && PyLong_CheckExact(items[i]!); i++) {
      const value = byteOf(items[i]!)
      if (value < 0) return -1
      d.buffer[d.ob_start + i] = value
    }
    if (i === items.length) return 0
    if (PyByteArray_Resize(o, 0) < 0) return -1
  }
  const it = PyObject_GetIter(x)
  if (it === null) {
    if (PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_Format(PyExc_TypeError, 'cannot convert \'%.200s\' object to bytearray', x.ob_type.tp_name)
    return -1
  }
  const next = it.ob_type.tp_iternext!
  let ok = true
  for (let item = next(it); ok && item !== null; item = ok ? next(it) : null) {
    const value = byteOf(item)
    Py_DECREF(item)
    ok = value >= 0
    if (!ok) break
    if (d.ob_size + 1 < d.ob_alloc) d.ob_size++
    else ok = PyByteArray_Resize(o, d.ob_size + 1) === 0
    if (ok) d.buffer[d.ob_start + d.ob_size - 1] = value
  }
  if (ok && PyErr_Occurred() !== null) {
    if (PyErr_ExceptionMatches(PyExc_StopIteration)) PyErr_Clear()
    else ok = false
  }
  Py_DECREF(it)
  return ok ? 0 : -1
}

// ---- comparison, sequence -------------------------------------------------------------------------------------------------

function bytearray_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if (!PyObject_CheckBuffer(a) || !PyObject_CheckBuffer(b)) return Py_RETURN_NOTIMPLEMENTED()
  const left = PyObject_GetBufferBytes(a)
  if (left === null) return PyErr_Clear(), Py_RETURN_NOTIMPLEMENTED()
  const right = PyObject_GetBufferBytes(b)
  if (right === null) {
    PyErr_Clear()
    release(left)
    return Py_RETURN_NOTIMPLEMENTED()
  }
  const result = boolOfComparison(compareBytes(left.bytes, right.bytes), op)
  release(left)
  release(right)
  return result
}

function bytearray_concat(a: PyObject, b: PyObject): PyObject | null {
  if (!PyObject_CheckBuffer(a) || !PyObject_CheckBuffer(b)) {
    return PyErr_Format(PyExc_TypeError, 'can\'t concat %.100s to %.100s', b.ob_type.tp_name, a.ob_type.tp_name)
  }
  const left = PyObject_GetBufferBytes(a)
  const right = left === null ? null : PyObject_GetBufferBytes(b)
  if (left === null || right === null) return release(left), null
  const joined = new Uint8Array(left.bytes.length + right.bytes.length)
  joined.set(left.bytes)
  joined.set(right.bytes, left.bytes.length)
  release(left)
  release(right)
  return PyByteArray_FromBytes(joined)
}

function bytearray_iconcat(o: PyObject, other: PyObject): PyObject | null {
  if (!PyObject_CheckBuffer(other)) {
    return PyErr_Format(PyExc_TypeError, 'can\'t concat %.100s to %.100s', other.ob_type.tp_name, o.ob_type.tp_name)
  }
  const view = PyObject_GetBufferBytes(other)
  if (view === null) return null
  const bytes = other === o ? view.bytes.slice() : view.bytes
  if (other === o) release(view)
  const result = appendBytes(o, bytes)
  if (other !== o) release(view)
  if (result < 0) return null
  o.ob_refcnt++
  return o
}

function repeated(o: PyObject, n: number): Uint8Array | null {
  const bytes = data(o).bytes
  if (bytes.length * n > MAX_BYTES) return PyErr_NoMemory()
  const result = new Uint8Array(bytes.length * n)
  for (let i = 0; i < n; i++) result.set(bytes, i * bytes.length)
  return result
}

function bytearray_repeat(o: PyObject, n: number): PyObject | null {
  const bytes = repeated(o, Math.max(n, 0))
  return bytes === null ? null : PyByteArray_FromBytes(bytes)
}

function bytearray_irepeat(o: PyObject, n: number): PyObject | null {
  const bytes = repeated(o, Math.max(n, 0))
  if (bytes === null || PyByteArray_Resize(o, bytes.length) < 0) return null
  data(o).bytes.set(bytes)
  o.ob_refcnt++
  return o
}

function indexOf(o: PyObject, item: PyObject): number | null {
  const i = PyNumber_AsSsize_t(item, PyExc_IndexError)
  if (i === -1 && PyErr_Occurred() !== null) return null
  return i < 0 ? i + data(o).ob_size : i
}

function bytearray_item(o: PyObject, i: number): PyObject | null {
  const bytes = data(o).bytes
  if (i < 0 || i >= bytes.length) return PyErr_SetString(PyExc_IndexError, 'bytearray index out of range')
  return PyLong_FromLong(bytes[i]!)
}

function bytearray_subscript(o: PyObject, item: PyObject): PyObject | null {
  if (PyIndex_Check(item)) {
    const i = indexOf(o, item)
    return i === null ? null : bytearray_item(o, i)
  }
  if (!PySlice_Check(item)) {
    return PyErr_Format(PyExc_TypeError, 'bytearray indices must be integers or slices, not %.200s', item.ob_type.tp_name)
  }
  const slice = PySlice_Unpack(item)
  if (slice === null) return null
  const bytes = data(o).bytes
  const { start, step, length } = PySlice_AdjustIndices(bytes.length, slice)
  return PyByteArray_FromBytes(length <= 0 ? new Uint8Array(0) : sliceBytes(bytes, start, step, length))
}

function bytearray_setitem(o: PyObject, i: number, value: PyObject | null): number {
  const size = data(o).ob_size
  if (i < 0) i += size
  if (i < 0 || i >= size) return PyErr_SetString(PyExc_IndexError, 'bytearray index out of range'), -1
  if (value === null) return bytearraySetSlice(o, i, i + 1, null)
  const byte = byteOf(value)
  if (byte < 0) return -1
  data(o).bytes[i] = byte
  return 0
}

// Mirrors bytearray_ass_subscript.
function bytearray_ass_subscript(o: PyObject, item: PyObject, values: PyObject | null): number {
  const d = data(o)
  if (PyIndex_Check(item)) {
    const i = indexOf(o, item)
    if (i === null) return -1
    return i < 0 ? (PyErr_SetString(PyExc_IndexError, 'bytearray index out of range'), -1) : bytearray_setitem(o, i, values)
  }
  if (!PySlice_Check(item)) {
    PyErr_Format(PyExc_TypeError, 'bytearray indices must be integers or slices, not %.200s', item.ob_type.tp_name)
    return -1
  }
  const slice = PySlice_Unpack(item)
  if (slice === null) return -1
  let { start, stop, step, length } = PySlice_AdjustIndices(d.ob_size, slice)
  if (values !== null && (values === o || !PyByteArray_Check(values))) {
    if (PyNumber_Check(values) || PyUnicode_Check(values)) {
      return typeError('can assign only bytes, buffers, or iterables of ints in range(0, 256)')
    }
    const copy = PyByteArray_FromObject(values)
    if (copy === null) return -1
    const result = bytearray_ass_subscript(o, item, copy)
    Py_DECREF(copy)
    return result
  }
  const bytes = values === null ? null : data(values).bytes
  const needed = bytes?.length ?? 0
  if ((step < 0 && start < stop) || (step > 0 && start > stop)) stop = start
  if (step === 1) return bytearraySetSlice(o, start, stop, bytes)
  if (needed === 0) {
    if (!canResize(o)) return -1
    if (length === 0) return 0
    if (step < 0) {
      start += step * (length - 1)
      step = -step
    }
    const target = d.bytes
    let to = start
    for (let i = start, k = 0; i < target.length; i++) {
      if (k < length && i === start + k * step) k++
      else target[to++] = target[i]!
    }
    return PyByteArray_Resize(o, d.ob_size - length)
  }
  if (needed !== length) {
    PyErr_Format(PyExc_ValueError, 'attempt to assign bytes of size %zd to extended slice of size %zd', needed, length)
    return -1
  }
  for (let i = start, k = 0; k < length; k++, i += step) d.bytes[i] = bytes![k]!
  return 0
}

/** The text of repr(bytearray), with the class's name. */
function bytearray_repr(o: PyObject): PyObject | null {
  const { bytes } = data(o)
  const quote = bytes.includes(39) && !bytes.includes(34) ? '"' : "'"
  // Unlike bytes, it escapes ' whatever the quotes are.
  const dot = o.ob_type.tp_name.lastIndexOf('.')
  const name = o.ob_type.tp_name.slice(dot + 1)
  const buffer = PyObject_Malloc(name.length + 6 + 4 * bytes.length, TAG_SCRATCH)
  const result = unicodeFromText(`${name}(b${quote}${escapeBytes(bytes, "'")}${quote})`)
  PyObject_FreeBlock(buffer)
  return result
}

function bytearray_mod(a: PyObject, b: PyObject): PyObject | null {
  if (!PyByteArray_Check(a)) return Py_RETURN_NOTIMPLEMENTED()
  const bytes = formatBytes(data(a).bytes, b)
  return bytes === null ? null : PyByteArray_FromBytes(bytes)
}

function bytearray_getbuffer(o: PyObject, view: BufferView): number {
  view.bytes = data(o).bytes
  view.readonly = false
  data(o).ob_exports++
  return 0
}

// ---- iterator ----------------------------------------------------------------------------------------------------------------

interface IterData { it_index: number, it_seq: PyObject | null }

export const PyByteArrayIter_Type: PyTypeObject = new PyTypeObject('bytearray_iterator', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: it => {
    PyObject_GC_UnTrack(it)
    const { it_seq } = it.v as IterData
    if (it_seq !== null) Py_DECREF(it_seq)
    PyObject_GC_Del(it)
  },
  tp_traverse: (it, visit) => {
    const { it_seq } = it.v as IterData
    if (it_seq !== null) visit(it_seq)
  },
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: it => {
    const d = it.v as IterData
    if (d.it_seq === null) return null
    const { bytes } = data(d.it_seq)
    if (d.it_index < bytes.length) return PyLong_FromLong(bytes[d.it_index++]!)
    const seq = d.it_seq
    d.it_seq = null
    Py_DECREF(seq)
    return null
  },
  tp_methods: [{
    ml_name: '__length_hint__', ml_flags: METH_NOARGS,
    ml_meth: (it: PyObject) => {
      const d = it.v as IterData
      return PyLong_FromSsize_t(d.it_seq === null ? 0 : Math.max(data(d.it_seq).ob_size - d.it_index, 0))
    },
  }],
})

function bytearray_iter(o: PyObject): PyObject {
  o.ob_refcnt++
  const d: IterData = { it_index: 0, it_seq: o }
  const it = PyObject_GC_New(PyByteArrayIter_Type, d)
  PyObject_GC_Track(it)
  return it
}

function bytearraySlots(): Partial<TypeSpec> {
  return {
    tp_repr: bytearray_repr,
    tp_str: bytearray_repr,
    tp_richcompare: bytearray_richcompare,
    tp_iter: bytearray_iter,
    tp_init: bytearray_init,
    tp_new: bytearray_new,
    tp_free: PyObject_Free,
    nb_remainder: bytearray_mod,
    sq_length: o => data(o).ob_size,
    sq_concat: bytearray_concat,
    sq_repeat: bytearray_repeat,
    sq_item: bytearray_item,
    sq_ass_item: bytearray_setitem,
    sq_contains: (o, arg) => bytesContains(data(o).bytes, arg),
    sq_inplace_concat: bytearray_iconcat,
    sq_inplace_repeat: bytearray_irepeat,
    mp_length: o => data(o).ob_size,
    mp_subscript: bytearray_subscript,
    mp_ass_subscript: bytearray_ass_subscript,
    bf_getbuffer: bytearray_getbuffer,
    bf_releasebuffer: o => { data(o).ob_exports-- },
    tp_methods: bytearrayMethods(),
  }
}
