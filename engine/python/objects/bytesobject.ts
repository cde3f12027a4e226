// bytes: the type, its creation and slots. Methods shared with bytearray are in bytes-methods.ts.
//
// The empty bytes and the 256 single bytes are static. Size: 33 + n.
import { sipHash13Bytes } from '../lib/sip-hash'
import { PyIndex_Check, PyNumber_AsSsize_t, PyObject_GetIter, PyObject_LengthHint } from './abstract'
import { PyObject_CallNoArgs } from './call'
import { bytesLikeMethods, bytesReprText, concatBytes, formatBytes } from './bytes-methods'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from './errors'
import {
  PyExc_IndexError, PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError, PyExc_StopIteration,
} from './exceptions'
import { PyList_CheckExact, fastItems } from './listobject'
import { BytesWriterMemory } from './bytes-buffer'
import { parseTupleAndKeywords } from './getargs-keywords'
import { PyLong_FromLong, PyLong_FromSsize_t } from './longobject'
import {
  PyBUF_FULL_RO, PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBuffer, PyObject_GetBufferBytes, contiguousCopy, contiguousScratch, type BufferView,
} from './memoryobject'
import {
  HASH, IMMORTAL_REFCNT, METH_NOARGS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_MATCH_SELF,
  PyObject, PyTypeObject, type TypeSpec,
} from './object'
import { PyObject_SelfIter } from './object-protocol'
import { PyObject_Free, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack, PyObject_NewSize, _PyType_AllocNoTrack } from './objimpl'
import { PySlice_AdjustIndices, PySlice_Check, PySlice_Unpack } from './sliceobject'
import { _PyRuntime } from './runtime'
import { Py_NotImplemented } from './singletons'
import { Py_False, Py_True } from './boolobject'
import { PyTuple_FromArray, PyTuple_CheckExact } from './tupleobject'
import { _PyObject_LookupSpecial } from './typeobject'
import { PyUnicode_AsEncodedString } from './unicode-codec'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID, unicodeFromText } from './unicodeobject'

export interface PyBytesObject extends PyObject { v: BytesData }

export class BytesData {
  bytes: Uint8Array
  hashed = false
  hashLo = 0
  hashHi = 0
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get ob_size(): number {
    return this.bytes.length
  }
}

const data = (o: PyObject): BytesData => o.v as BytesData

export const PyBytes_Type: PyTypeObject = new PyTypeObject('bytes', {
  tp_basicsize: 33, tp_itemsize: 1,
  tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_BYTES_SUBCLASS | Py_TPFLAGS_MATCH_SELF,
  tp_dealloc: o => (o.ob_type.tp_free ?? PyObject_Free)(o),
  tp_free: PyObject_Free,
  tp_hash: bytes_hash,
})

/** Adds slots and methods; called by type-list.ts before PyType_Ready. */
export function initBytesType(): void {
  Object.assign(PyBytes_Type, bytesSlots())
}

// ---- creation ----------------------------------------------------------------------------------------------------

let empty: PyObject
const single: PyObject[] = []

/** Makes the static bytes; part of start-up. */
export function initStaticBytes(): void {
  const make = (bytes: Uint8Array): PyObject => {
    const o = new PyObject(PyBytes_Type, _PyRuntime.process.space.staticAlloc(33 + bytes.length), new BytesData(bytes))
    o.ob_refcnt = IMMORTAL_REFCNT
    return o
  }
  empty = make(new Uint8Array(0))
  single.length = 0
  for (let i = 0; i < 256; i++) single.push(make(Uint8Array.of(i)))
}

/** NEW bytes that takes the array over (it must not change any more). Null: MemoryError for a large one. */
export function bytesFrom(bytes: Uint8Array): PyObject | null {
  if (bytes.length < 2) {
    const o = bytes.length === 0 ? empty : single[bytes[0]!]!
    o.ob_refcnt++
    return o
  }
  return PyObject_NewSize(PyBytes_Type, 33 + bytes.length, new BytesData(bytes))
}

/** NEW bytes that are filled after they are made: never one of the static single bytes. */
export function freshBytes(bytes: Uint8Array): PyObject | null {
  return bytes.length === 0 ? bytesFrom(bytes) : PyObject_NewSize(PyBytes_Type, 33 + bytes.length, new BytesData(bytes))
}

/** The same for bytes of the interpreter's own; never null. */
export function PyBytes_FromBytes(bytes: Uint8Array): PyObject {
  const o = bytesFrom(bytes)
  if (o === null) throw new Error('Molt: no memory for bytes of the interpreter itself')
  return o
}

/** NEW bytes of zeros to be filled by the caller: never a shared object but the empty one. Mirrors PyBytes_FromStringAndSize(NULL, size). */
export function bytesToFill(size: number): PyObject | null {
  return size === 0 ? PyBytes_FromBytes(new Uint8Array(0)) : PyObject_NewSize(PyBytes_Type, 33 + size, new BytesData(new Uint8Array(size)))
}

/** The same under its C name. */
export const PyBytes_FromStringAndSize = PyBytes_FromBytes

export function PyBytes_Check(o: PyObject): o is PyBytesObject {
  return (o.ob_type.tp_flags & Py_TPFLAGS_BYTES_SUBCLASS) !== 0
}

export function PyBytes_CheckExact(o: PyObject): o is PyBytesObject {
  return o.ob_type === PyBytes_Type
}

/** The contents; not to be changed. */
export function PyBytes_AsBytes(o: PyObject): Uint8Array {
  return data(o).bytes
}

export function PyBytes_GET_SIZE(o: PyObject): number {
  return data(o).bytes.length
}

// ---- hash and comparison ---------------------------------------------------------------------------------------------

function bytes_hash(o: PyObject): number {
  const d = data(o)
  if (!d.hashed) {
    if (d.bytes.length === 0) d.hashLo = d.hashHi = 0
    else {
      sipHash13Bytes(d.bytes, HASH)
      d.hashLo = HASH[0]!
      d.hashHi = HASH[1]!
    }
    d.hashed = true
  }
  HASH[0] = d.hashLo
  HASH[1] = d.hashHi
  return 0
}

/** -1, 0 or 1. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1
}

/** The bool for a comparison result and operator. NEW. */
export function boolOfComparison(order: number, op: number): PyObject {
  const truth = op === 0 ? order < 0 : op === 1 ? order <= 0 : op === 2 ? order === 0 : op === 3 ? order !== 0 : op === 4 ? order > 0 : order >= 0
  const o = truth ? Py_True : Py_False
  o.ob_refcnt++
  return o
}

function bytes_richcompare(a: PyObject, b: PyObject, op: number): PyObject {
  if (!PyBytes_Check(a) || !PyBytes_Check(b)) {
    Py_NotImplemented.ob_refcnt++
    return Py_NotImplemented
  }
  return boolOfComparison(a === b ? 0 : compareBytes(a.v.bytes, b.v.bytes), op)
}

// ---- sequence ----------------------------------------------------------------------------------------------------------

function bytes_concat(a: PyObject, b: PyObject): PyObject | null {
  const parts = concatBytes(a, b)
  if (parts === null) return null
  const [x, y] = parts
  if (x.length === 0 && PyBytes_CheckExact(b)) return b.ob_refcnt++, b
  if (y.length === 0 && PyBytes_CheckExact(a)) return a.ob_refcnt++, a
  const joined = new Uint8Array(x.length + y.length)
  joined.set(x)
  joined.set(y, x.length)
  return freshBytes(joined)
}

/** n copies; null with MemoryError set. */
export function repeatBytes(bytes: Uint8Array, n: number): Uint8Array | null {
  if (bytes.length * n > 2 ** 31) return PyErr_NoMemory()
  const result = new Uint8Array(bytes.length * n)
  if (bytes.length === 1) result.fill(bytes[0]!)
  else for (let i = 0; i < n; i++) result.set(bytes, i * bytes.length)
  return result
}

function bytes_repeat(o: PyObject, n: number): PyObject | null {
  const bytes = data(o).bytes
  const count = Math.max(n, 0)
  if (bytes.length * count === bytes.length && PyBytes_CheckExact(o)) return o.ob_refcnt++, o
  const result = repeatBytes(bytes, count)
  // No copies at all make an empty object of its own.
  return result === null ? null : PyObject_NewSize(PyBytes_Type, 33 + result.length, new BytesData(result))
}

function bytes_item(o: PyObject, i: number): PyObject | null {
  const bytes = data(o).bytes
  if (i < 0 || i >= bytes.length) return PyErr_SetString(PyExc_IndexError, 'index out of range')
  return PyLong_FromLong(bytes[i]!)
}

/** The bytes of a slice. */
export function sliceBytes(bytes: Uint8Array, start: number, step: number, length: number): Uint8Array {
  if (step === 1) return bytes.slice(start, start + length)
  const result = new Uint8Array(length)
  for (let k = 0, i = start; k < length; k++, i += step) result[k] = bytes[i]!
  return result
}

function bytes_subscript(o: PyObject, item: PyObject): PyObject | null {
  const bytes = data(o).bytes
  if (PyIndex_Check(item)) {
    let i = PyNumber_AsSsize_t(item, PyExc_IndexError)
    if (i === -1 && PyErr_Occurred() !== null) return null
    if (i < 0) i += bytes.length
    return bytes_item(o, i)
  }
  if (PySlice_Check(item)) {
    const slice = PySlice_Unpack(item)
    if (slice === null) return null
    const { start, step, length } = PySlice_AdjustIndices(bytes.length, slice)
    if (length <= 0) return bytesFrom(new Uint8Array(0))
    if (start === 0 && step === 1 && length === bytes.length && PyBytes_CheckExact(o)) return o.ob_refcnt++, o
    return (step === 1 ? bytesFrom : freshBytes)(sliceBytes(bytes, start, step, length))
  }
  return PyErr_Format(PyExc_TypeError, 'byte indices must be integers or slices, not %.200s', item.ob_type.tp_name)
}

/** Contains a sub-sequence or a byte value: 1, 0, -1. Mirrors _Py_bytes_contains. */
export function bytesContains(bytes: Uint8Array, arg: PyObject): number {
  // As in CPython the argument is tried as an int first, whose TypeError is made and dropped.
  const value = PyNumber_AsSsize_t(arg, null)
  if (value !== -1 || PyErr_Occurred() === null) {
    if (value < 0 || value > 255) {
      PyErr_SetString(PyExc_ValueError, 'byte must be in range(0, 256)')
      return -1
    }
    return bytes.includes(value) ? 1 : 0
  }
  PyErr_Clear()
  const view = PyObject_GetBufferBytes(arg)
  if (view === null) return -1
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(view.bytes) >= 0
  PyBuffer_Release(view)
  return found ? 1 : 0
}

// ---- iterator ------------------------------------------------------------------------------------------------------------

class BytesIterData {
  it_index = 0
  it_seq: PyObject | null
  constructor(seq: PyObject) {
    this.it_seq = seq
  }
}

export const PyBytesIter_Type: PyTypeObject = new PyTypeObject('bytes_iterator', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: it => {
    PyObject_GC_UnTrack(it)
    const seq = (it.v as BytesIterData).it_seq
    if (seq !== null) Py_DECREF(seq)
    PyObject_GC_Del(it)
  },
  tp_traverse: (it, visit) => {
    const seq = (it.v as BytesIterData).it_seq
    if (seq !== null) visit(seq)
  },
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: it => {
    const d = it.v as BytesIterData
    if (d.it_seq === null) return null
    const bytes = data(d.it_seq).bytes
    if (d.it_index < bytes.length) return PyLong_FromLong(bytes[d.it_index++]!)
    const seq = d.it_seq
    d.it_seq = null
    Py_DECREF(seq)
    return null
  },
  tp_methods: [{
    ml_name: '__length_hint__', ml_flags: METH_NOARGS,
    ml_meth: (it: PyObject) => {
      const d = it.v as BytesIterData
      return PyLong_FromSsize_t(d.it_seq === null ? 0 : data(d.it_seq).bytes.length - d.it_index)
    },
  }],
})

function bytes_iter(o: PyObject): PyObject {
  o.ob_refcnt++
  const it = PyObject_GC_New(PyBytesIter_Type, new BytesIterData(o))
  PyObject_GC_Track(it)
  return it
}

// ---- bytes() ------------------------------------------------------------------------------------------------------------------

/** The byte an item stands for; -1 with an exception set. */
function byteValue(item: PyObject): number {
  const value = PyNumber_AsSsize_t(item, null)
  if (value === -1 && PyErr_Occurred() !== null) return -1
  if (value >= 0 && value <= 255) return value
  PyErr_SetString(PyExc_ValueError, 'bytes must be in range(0, 256)')
  return -1
}

// Mirrors _PyBytes_FromList and _PyBytes_FromTuple.
function bytesFromSequence(x: PyObject): PyObject | null {
  const memory = new BytesWriterMemory()
  const result: number[] = []
  if (!memory.ensure(fastItems(x).length)) return null
  // The list may change while an item's __index__ runs.
  for (let i = 0; i < fastItems(x).length; i++) {
    const item = fastItems(x)[i]!
    item.ob_refcnt++
    const value = byteValue(item)
    Py_DECREF(item)
    if (value < 0) return memory.drop(), null
    result.push(value)
  }
  return memory.finish(Uint8Array.from(result))
}

// Mirrors _PyBytes_FromIterator.
function bytesFromIterator(it: PyObject, x: PyObject): PyObject | null {
  const hint = PyObject_LengthHint(x, 64)
  if (hint === -1 && PyErr_Occurred() !== null) return null
  const memory = new BytesWriterMemory()
  if (!memory.ensure(hint)) return null
  memory.overallocate = true
  const result: number[] = []
  const next = it.ob_type.tp_iternext!
  for (let item = next(it); item !== null; item = next(it)) {
    const value = byteValue(item)
    Py_DECREF(item)
    if (value < 0 || (result.length >= memory.allocated && !memory.ensure(memory.allocated + 1))) return memory.drop(), null
    result.push(value)
  }
  if (PyErr_Occurred() !== null) {
    if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return memory.drop(), null
    PyErr_Clear()
  }
  return memory.finish(Uint8Array.from(result))
}

/** NEW bytes from any object that bytes(x) takes, other than an int. Mirrors PyBytes_FromObject. */
export function PyBytes_FromObject(x: PyObject): PyObject | null {
  if (PyBytes_CheckExact(x)) return x.ob_refcnt++, x
  if (PyObject_CheckBuffer(x)) {
    const view: BufferView | null = PyObject_GetBuffer(x, PyBUF_FULL_RO)
    if (view === null) return null
    const copy = freshBytes(contiguousCopy(view))
    contiguousScratch(view)
    PyBuffer_Release(view)
    return copy
  }
  if (PyList_CheckExact(x) || PyTuple_CheckExact(x)) return bytesFromSequence(x)
  if (!PyUnicode_Check(x)) {
    const it = PyObject_GetIter(x)
    if (it !== null) {
      const result = bytesFromIterator(it, x)
      Py_DECREF(it)
      return result
    }
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) return null
  }
  return PyErr_Format(PyExc_TypeError, 'cannot convert \'%.200s\' object to bytes', x.ob_type.tp_name)
}

function bytes_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = parseTupleAndKeywords('bytes', ['source', 'encoding', 'errors'], 0, 3, args, kwargs)
  if (given === null) return null
  const made = newBytes(given[0] ?? null, given[1] ?? null, given[2] ?? null)
  if (made === null || type === PyBytes_Type) return made
  const copy = _PyType_AllocNoTrack(type, data(made).bytes.length, new BytesData(data(made).bytes))
  if (copy !== null && type.presize > 0) PyObject_GC_Track(copy)
  Py_DECREF(made)
  return copy
}

function newBytes(x: PyObject | null, encoding: PyObject | null, errors: PyObject | null): PyObject | null {
  if (x === null) {
    if (encoding === null && errors === null) return bytesFrom(new Uint8Array(0))
    return PyErr_SetString(PyExc_TypeError, `${encoding !== null ? 'encoding' : 'errors'} without a string argument`)
  }
  if (encoding !== null) {
    if (!PyUnicode_Check(x)) return PyErr_SetString(PyExc_TypeError, 'encoding without a string argument')
    return PyUnicode_AsEncodedString(x, PyUnicode_AsString(encoding), errors === null ? null : PyUnicode_AsString(errors))
  }
  if (errors !== null) {
    return PyErr_SetString(PyExc_TypeError, PyUnicode_Check(x) ? 'string argument without an encoding' : 'errors without a string argument')
  }
  const method = _PyObject_LookupSpecial(x, _Py_ID('__bytes__'))
  if (method !== null) {
    const result = PyObject_CallNoArgs(method)
    Py_DECREF(method)
    if (result !== null && !PyBytes_Check(result)) {
      PyErr_Format(PyExc_TypeError, '__bytes__ returned non-bytes (type %.200s)', result.ob_type.tp_name)
      Py_DECREF(result)
      return null
    }
    return result
  }
  if (PyErr_Occurred() !== null) return null
  if (PyUnicode_Check(x)) return PyErr_SetString(PyExc_TypeError, 'string argument without an encoding')
  if (PyIndex_Check(x)) {
    const size = PyNumber_AsSsize_t(x, PyExc_OverflowError)
    if (size === -1 && PyErr_Occurred() !== null) {
      if (!PyErr_ExceptionMatches(PyExc_TypeError)) return null
      PyErr_Clear()
    } else {
      if (size < 0) return PyErr_SetString(PyExc_ValueError, 'negative count')
      const zeros = repeatBytes(new Uint8Array(1), size)
      return zeros === null ? null : freshBytes(zeros)
    }
  }
  return PyBytes_FromObject(x)
}

function bytes_mod(a: PyObject, b: PyObject): PyObject | null {
  if (!PyBytes_Check(a)) {
    Py_NotImplemented.ob_refcnt++
    return Py_NotImplemented
  }
  const bytes = formatBytes(a.v.bytes, b)
  return bytes === null ? null : bytesFrom(bytes)
}

function bytesSlots(): Partial<TypeSpec> {
  return {
    tp_repr: o => unicodeFromText(bytesReprText(data(o).bytes)),
    tp_str: o => unicodeFromText(bytesReprText(data(o).bytes)),
    tp_richcompare: bytes_richcompare,
    tp_iter: bytes_iter,
    tp_new: bytes_new,
    nb_remainder: bytes_mod,
    sq_length: o => data(o).bytes.length,
    sq_concat: bytes_concat,
    sq_repeat: bytes_repeat,
    sq_item: bytes_item,
    sq_contains: (o, arg) => bytesContains(data(o).bytes, arg),
    mp_length: o => data(o).bytes.length,
    mp_subscript: bytes_subscript,
    bf_getbuffer: (o, view: BufferView) => {
      view.bytes = data(o).bytes
      view.readonly = true
      return 0
    },
    tp_methods: [
      ...bytesLikeMethods(o => data(o).bytes, (_o, bytes, fresh) => fresh === true ? freshBytes(bytes) : bytesFrom(bytes), PyBytes_CheckExact, 'bytes'),
      {
        ml_name: '__getnewargs__', ml_flags: METH_NOARGS,
        ml_meth: (o: PyObject) => PyTuple_FromArray([bytesFrom(data(o).bytes.slice())!], true),
      },
      { ml_name: '__bytes__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBytes_CheckExact(o) ? (o.ob_refcnt++, o) : bytesFrom(data(o).bytes) },
    ],
  }
}

