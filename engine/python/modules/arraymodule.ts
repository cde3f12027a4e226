// array: sequences of numbers of one C type. Modules/arraymodule.c.
//
// The items lie in one block (PyMem) of `allocated` items, of which the first `ob_size` are in use; it grows by a
// sixteenth and is given back when the array is empty.
import { PyIndex_Check, PyNumber_AsSsize_t, PyObject_GetIter, PySequence_GetItem, PySequence_Size } from '../objects/abstract'
import { PyBool_FromLong } from '../objects/boolobject'
import { _PyEval_GetBuiltin } from '../objects/builtin-lookup'
import { PyByteArray_Check } from '../objects/bytearrayobject'
import { PyBytes_Check, PyBytes_FromBytes } from '../objects/bytesobject'
import { PyObject_CallMethod } from '../objects/call'
import { PyErr_BadArgument, PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import {
  PyExc_BufferError, PyExc_EOFError, PyExc_IndexError, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError,
} from '../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_NoKeywords } from '../objects/getargs'
import { PyList_Check, PyList_GET_ITEM, PyList_GET_SIZE, PyList_New, PyList_SET_ITEM } from '../objects/listobject'
import { PyLong_AsLong, PyLong_AsSsize_t, PyLong_FromLong, PyLong_FromSsize_t } from '../objects/longobject'
import { PyBuffer_Release, PyObject_GetBufferBytes, type BufferView } from '../objects/memoryobject'
import { PyModule_AddObjectRef, PyModule_AddStringConstant, PyModule_Create } from '../objects/moduleobject'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, PyObject_TypeCheck, Py_DECREF, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, Py_TPFLAGS_BASETYPE,
  Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_SEQUENCE, Py_XDECREF, type PyMethodDef, type PyObject,
  type PyTypeObject, genericGetAttr,
} from '../objects/object'
import {
  PyObject_HashNotImplemented, PyObject_RichCompare, PyObject_RichCompareBool, PyObject_SelfIter,
  _PyObject_LookupAttr,
} from '../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc, PyMem_Realloc, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'
import { Py_None, Py_NotImplemented } from '../objects/singletons'
import { PySlice_AdjustIndices, PySlice_Check, PySlice_Unpack } from '../objects/sliceobject'
import { PyTuple_Check, PyTuple_FromArray, Py_BuildTuple } from '../objects/tupleobject'
import { PyType_FromModuleAndSpec, type PyTypeSpec } from '../objects/type-spec'
import { PyType_GenericAlloc } from '../objects/typeobject'
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { PyUnicode_Check, PyUnicode_FromString, _Py_ID, unicodeFromText } from '../objects/unicodeobject'
import { codeAt, pointsOf, textOf, udata } from '../objects/unicode-text'
import { PyObject_ClearWeakRefs } from '../objects/weakrefobject'
import { TAG_NONE } from '../../memory/events'
import { DESCRIPTORS, type ArrayDescr } from './array-items'
import { PySys_Audit } from './sysmodule'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)
const none = (): PyObject => ref(Py_None)

class ArrayObject {
  descr: ArrayDescr
  ob_size = 0
  allocated = 0
  /** 0 while there are no items. */
  block = 0
  bytes = new Uint8Array(0)
  view = new DataView(this.bytes.buffer)
  exports = 0
  constructor(descr: ArrayDescr) {
    this.descr = descr
  }

  get used(): Uint8Array {
    return this.bytes.subarray(0, this.ob_size * this.descr.itemsize)
  }

  reserve(items: number): void {
    const bytes = new Uint8Array(items * this.descr.itemsize)
    bytes.set(this.bytes.subarray(0, Math.min(this.used.length, bytes.length)))
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
    this.allocated = items
  }
}

const array = (o: PyObject): ArrayObject => o.v as ArrayObject

let arrayType: PyTypeObject
let iterType: PyTypeObject

const isArray = (o: PyObject): boolean => PyObject_TypeCheck(o, arrayType)

// Mirrors array_resize.
function resize(a: ArrayObject, size: number): number {
  if (a.exports > 0 && size !== a.ob_size) {
    PyErr_SetString(PyExc_BufferError, 'cannot resize an array that is exporting buffers')
    return -1
  }
  if (a.allocated >= size && a.ob_size < size + 16 && a.block !== 0) {
    a.ob_size = size
    return 0
  }
  if (size === 0) {
    PyMem_Free(a.block)
    a.block = a.ob_size = 0
    a.reserve(0)
    return 0
  }
  const allocated = (size >> 4) + (a.ob_size < 8 ? 3 : 7) + size
  const block = PyMem_Realloc(a.block, allocated * a.descr.itemsize, TAG_NONE)
  if (block === 0) return -1
  a.block = block
  a.ob_size = Math.min(a.ob_size, size)
  a.reserve(allocated)
  a.ob_size = size
  return 0
}

// Mirrors newarrayobject.
function newArray(type: PyTypeObject, size: number, descr: ArrayDescr): PyObject | null {
  const o = PyType_GenericAlloc(type, 0)
  if (o === null) return null
  const a = new ArrayObject(descr)
  o.v = a
  if (size > 0) {
    a.block = PyMem_Malloc(size * descr.itemsize, TAG_NONE)
    if (a.block === 0) return Py_DECREF(o), PyErr_NoMemory()
    a.reserve(size)
  }
  a.ob_size = size
  return o
}

const getItem = (a: ArrayObject, i: number): PyObject | null => a.descr.get(a.view, i * a.descr.itemsize)
const setItem = (a: ArrayObject, i: number, value: PyObject): number => a.descr.set(a.view, i * a.descr.itemsize, value)

/** The value is checked before the array grows. Mirrors ins1. */
function insert(a: ArrayObject, where: number, value: PyObject): number {
  const { itemsize } = a.descr
  const scratch = new DataView(new ArrayBuffer(itemsize))
  if (a.descr.set(scratch, 0, value) < 0) return -1
  const n = a.ob_size
  if (resize(a, n + 1) === -1) return -1
  let at = where < 0 ? Math.max(where + n, 0) : where
  if (at > n) at = n
  a.bytes.copyWithin((at + 1) * itemsize, at * itemsize, n * itemsize)
  a.bytes.set(new Uint8Array(scratch.buffer), at * itemsize)
  return 0
}

// Mirrors array_del_slice.
function removeSlice(a: ArrayObject, low: number, high: number): number {
  const from = Math.max(0, Math.min(low, a.ob_size))
  const to = Math.max(from, Math.min(high, a.ob_size))
  if (to === from) return 0
  if (a.exports > 0) return PyErr_SetString(PyExc_BufferError, 'cannot resize an array that is exporting buffers'), -1
  const { itemsize } = a.descr
  a.bytes.copyWithin(from * itemsize, to * itemsize, a.ob_size * itemsize)
  return resize(a, a.ob_size - (to - from))
}

function extendBytes(a: ArrayObject, bytes: Uint8Array): number {
  const n = a.ob_size
  const { itemsize } = a.descr
  if (resize(a, n + bytes.length / itemsize) === -1) return -1
  a.bytes.set(bytes, n * itemsize)
  return 0
}

function extendIterable(a: ArrayObject, iterable: PyObject): number {
  const iter = PyObject_GetIter(iterable)
  if (iter === null) return -1
  for (let item = iter.ob_type.tp_iternext!(iter); item !== null; item = iter.ob_type.tp_iternext!(iter)) {
    const failed = insert(a, a.ob_size, item) !== 0
    Py_DECREF(item)
    if (failed) return Py_DECREF(iter), -1
  }
  Py_DECREF(iter)
  if (PyErr_Occurred() === null) return 0
  if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return -1
  PyErr_Clear()
  return 0
}

// Mirrors array_do_extend.
function extend(o: PyObject, other: PyObject): number {
  if (!isArray(other)) return extendIterable(array(o), other)
  if (array(o).descr !== array(other).descr) return PyErr_SetString(PyExc_TypeError, 'can only extend with array of same kind'), -1
  return extendBytes(array(o), array(other).used.slice())
}

// Mirrors array_array_frombytes_impl.
function frombytes(o: PyObject, buffer: PyObject): PyObject | null {
  const view = PyObject_GetBufferBytes(buffer)
  if (view === null) return null
  let result: PyObject | null = null
  if (view.itemsize !== 1) PyErr_SetString(PyExc_TypeError, 'a bytes-like object is required')
  else if (view.bytes.length % array(o).descr.itemsize !== 0) PyErr_SetString(PyExc_ValueError, 'bytes length not a multiple of item size')
  else if (extendBytes(array(o), view.bytes.slice()) === 0) result = none()
  PyBuffer_Release(view)
  return result
}

function fromText(a: ArrayObject, text: PyObject): number {
  const bytes = new Uint8Array(Uint32Array.from(pointsOf(udata(text).str)).buffer)
  return bytes.length === 0 ? 0 : extendBytes(a, bytes)
}

// ---- creation ------------------------------------------------------------------------------------------------------------

// Mirrors array_new.
function array_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (type === arrayType && !_PyArg_NoKeywords('array.array', kwargs)) return null
  const items = args.v as PyObject[]
  if (items.length < 1) return PyErr_SetString(PyExc_TypeError, 'array() takes at least 1 argument (0 given)')
  if (items.length > 2) return PyErr_SetString(PyExc_TypeError, `array() takes at most 2 arguments (${items.length} given)`)
  const code = items[0]!
  if (!PyUnicode_Check(code) || udata(code).length !== 1) return _PyArg_BadArgument('array', 'argument 1', 'a unicode character', code)
  const c = String.fromCodePoint(codeAt(udata(code), 0))
  let initial: PyObject | null = items[1] ?? null
  if (PySys_Audit('array.__new__') < 0) return null
  if (initial !== null && c !== 'u') {
    if (PyUnicode_Check(initial)) return PyErr_SetString(PyExc_TypeError, `cannot use a str to initialize an array with typecode '${c}'`)
    if (isArray(initial) && array(initial).descr.typecode === 'u') {
      return PyErr_SetString(PyExc_TypeError, `cannot use a unicode array to initialize an array with typecode '${c}'`)
    }
  }
  let iter: PyObject | null = null
  const known = initial === null || PyList_Check(initial) || PyByteArray_Check(initial) || PyBytes_Check(initial) || PyTuple_Check(initial)
    || (c === 'u' && PyUnicode_Check(initial)) || (isArray(initial) && c === array(initial).descr.typecode)
  if (!known) {
    iter = PyObject_GetIter(initial!)
    if (iter === null) return null
    initial = null
  }
  const descr = DESCRIPTORS.find(d => d.typecode === c)
  const result = descr === undefined
    ? PyErr_SetString(PyExc_ValueError, 'bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)') : filled(type, descr, initial)
  if (result !== null && iter !== null && extendIterable(array(result), iter) === -1) return Py_DECREF(iter), Py_DECREF(result), null
  Py_XDECREF(iter)
  return result
}

function filled(type: PyTypeObject, descr: ArrayDescr, initial: PyObject | null): PyObject | null {
  const sized = initial !== null && (PyList_Check(initial) || PyTuple_Check(initial) || isArray(initial))
  const length = !sized ? 0 : isArray(initial!) ? array(initial!).ob_size : PySequence_Size(initial!)
  const o = newArray(type, length, descr)
  if (o === null || initial === null) return o
  const a = array(o)
  if (isArray(initial)) a.bytes.set(array(initial).used)
  else if (sized) {
    for (let i = 0; i < length; i++) {
      const item = PySequence_GetItem(initial, i)
      const failed = item === null || setItem(a, i, item) !== 0
      Py_XDECREF(item)
      if (failed) return Py_DECREF(o), null
    }
  } else if (PyUnicode_Check(initial)) {
    // PyUnicode_AsWideCharString's block, with room for the end, becomes the array's.
    const points = Uint32Array.from(pointsOf(udata(initial).str))
    a.block = PyMem_Malloc(4 * (points.length + 1), TAG_NONE)
    a.reserve(points.length)
    a.bytes.set(new Uint8Array(points.buffer))
    a.ob_size = points.length
  } else {
    const done = frombytes(o, initial)
    if (done === null) return Py_DECREF(o), null
    Py_DECREF(done)
  }
  return o
}

// ---- sequence ------------------------------------------------------------------------------------------------------------

function item(o: PyObject, i: number): PyObject | null {
  if (i < 0 || i >= array(o).ob_size) return PyErr_SetString(PyExc_IndexError, 'array index out of range')
  return getItem(array(o), i)
}

function fromBytesOf(o: PyObject, bytes: Uint8Array): PyObject | null {
  const { descr } = array(o)
  const result = newArray(arrayType, bytes.length / descr.itemsize, descr)
  if (result !== null) array(result).bytes.set(bytes)
  return result
}

function concat(o: PyObject, other: PyObject): PyObject | null {
  if (!isArray(other)) return PyErr_Format(PyExc_TypeError, 'can only append array (not "%.200s") to array', other.ob_type.tp_name)
  if (array(o).descr !== array(other).descr) return PyErr_BadArgument()
  const both = new Uint8Array(array(o).used.length + array(other).used.length)
  both.set(array(o).used)
  both.set(array(other).used, array(o).used.length)
  return fromBytesOf(o, both)
}

function repeated(bytes: Uint8Array, n: number): Uint8Array {
  const result = new Uint8Array(bytes.length * Math.max(n, 0))
  for (let i = 0; i < n; i++) result.set(bytes, i * bytes.length)
  return result
}

function repeat(o: PyObject, n: number): PyObject | null {
  const { used } = array(o)
  if (used.length * Math.max(n, 0) > 2 ** 32) return PyErr_NoMemory()
  return fromBytesOf(o, repeated(used, n))
}

function inplaceRepeat(o: PyObject, n: number): PyObject | null {
  const a = array(o)
  if (a.ob_size > 0 && n !== 1) {
    const bytes = repeated(a.used, n)
    if (bytes.length > 2 ** 32) return PyErr_NoMemory()
    if (resize(a, bytes.length / a.descr.itemsize) === -1) return null
    a.bytes.set(bytes)
  }
  return ref(o)
}

function subscript(o: PyObject, key: PyObject): PyObject | null {
  const a = array(o)
  if (PyIndex_Check(key)) {
    const i = PyNumber_AsSsize_t(key, PyExc_IndexError)
    if (i === -1 && PyErr_Occurred() !== null) return null
    return item(o, i < 0 ? i + a.ob_size : i)
  }
  if (!PySlice_Check(key)) return PyErr_SetString(PyExc_TypeError, 'array indices must be integers')
  const unpacked = PySlice_Unpack(key)
  if (unpacked === null) return null
  const { start, step, length } = PySlice_AdjustIndices(a.ob_size, unpacked)
  return fromBytesOf(o, sliceOf(a, start, step, length))
}

function sliceOf(a: ArrayObject, start: number, step: number, length: number): Uint8Array {
  const { itemsize } = a.descr
  const bytes = new Uint8Array(Math.max(length, 0) * itemsize)
  for (let i = 0, at = start; i < length; i++, at += step) bytes.set(a.bytes.subarray(at * itemsize, (at + 1) * itemsize), i * itemsize)
  return bytes
}

// Mirrors array_ass_subscr.
function assign(o: PyObject, key: PyObject, value: PyObject | null): number {
  const a = array(o)
  const { itemsize } = a.descr
  if (PyIndex_Check(key)) {
    let i = PyNumber_AsSsize_t(key, PyExc_IndexError)
    if (i === -1 && PyErr_Occurred() !== null) return -1
    if (i < 0) i += a.ob_size
    if (i < 0 || i >= a.ob_size) return PyErr_SetString(PyExc_IndexError, 'array assignment index out of range'), -1
    return value === null ? removeSlice(a, i, i + 1) : setItem(a, i, value)
  }
  if (!PySlice_Check(key)) return PyErr_SetString(PyExc_TypeError, 'array indices must be integers'), -1
  const unpacked = PySlice_Unpack(key)
  if (unpacked === null) return -1
  let { start, stop, step } = PySlice_AdjustIndices(a.ob_size, unpacked)
  const { length } = PySlice_AdjustIndices(a.ob_size, unpacked)
  let bytes = new Uint8Array(0)
  if (value !== null) {
    if (!isArray(value)) return PyErr_Format(PyExc_TypeError, 'can only assign array (not "%.200s") to array slice', value.ob_type.tp_name), -1
    if (array(value).descr !== a.descr) return PyErr_BadArgument(), -1
    bytes = array(value).used.slice()
  }
  const needed = bytes.length / itemsize
  if ((step > 0 && stop < start) || (step < 0 && stop > start)) stop = start
  if (a.exports > 0 && (value === null || length !== needed)) {
    PyErr_SetString(PyExc_BufferError, 'cannot resize an array that is exporting buffers')
    return -1
  }
  if (step === 1) {
    const size = a.ob_size
    if (length > needed) {
      a.bytes.copyWithin((start + needed) * itemsize, stop * itemsize, size * itemsize)
      if (resize(a, size + needed - length) < 0) return -1
    } else if (length < needed) {
      if (resize(a, size + needed - length) < 0) return -1
      a.bytes.copyWithin((start + needed) * itemsize, stop * itemsize, size * itemsize)
    }
    a.bytes.set(bytes, start * itemsize)
    return 0
  }
  if (needed === 0) {
    if (length === 0) return 0
    const gone = new Set<number>()
    for (let i = 0, at = start; i < length; i++, at += step) gone.add(at)
    let to = 0
    for (let i = 0; i < a.ob_size; i++) if (!gone.has(i)) a.bytes.copyWithin(to++ * itemsize, i * itemsize, (i + 1) * itemsize)
    return resize(a, a.ob_size - length)
  }
  if (needed !== length) {
    PyErr_Format(PyExc_ValueError, 'attempt to assign array of size %zd to extended slice of size %zd', needed, length)
    return -1
  }
  for (let i = 0; i < length; i++, start += step) a.bytes.set(bytes.subarray(i * itemsize, (i + 1) * itemsize), start * itemsize)
  return 0
}

// Mirrors array_richcompare.
function compare(o: PyObject, other: PyObject, op: number): PyObject | null {
  if (!isArray(o) || !isArray(other)) return ref(Py_NotImplemented)
  const [a, b] = [array(o), array(other)]
  if (a.ob_size !== b.ob_size && (op === Py_EQ || op === Py_NE)) return PyBool_FromLong(op === Py_NE ? 1 : 0)
  const n = Math.min(a.ob_size, b.ob_size)
  if (a.descr === b.descr) {
    for (let i = 0; i < n; i++) {
      const x = a.descr.plain(a.view, i * a.descr.itemsize)
      const y = b.descr.plain(b.view, i * b.descr.itemsize)
      if (x !== y) return PyBool_FromLong(ordered(x < y ? -1 : x > y ? 1 : NaN, op))
    }
    return PyBool_FromLong(ordered(a.ob_size - b.ob_size, op))
  }
  for (let i = 0; i < n; i++) {
    const x = getItem(a, i)!
    const y = getItem(b, i)!
    const equal = PyObject_RichCompareBool(x, y, Py_EQ)
    const result = equal === 0 && op !== Py_EQ && op !== Py_NE ? PyObject_RichCompare(x, y, op) : null
    Py_DECREF(x)
    Py_DECREF(y)
    if (equal < 0) return null
    if (equal === 0) return op === Py_EQ || op === Py_NE ? PyBool_FromLong(op === Py_NE ? 1 : 0) : result
  }
  return PyBool_FromLong(ordered(a.ob_size - b.ob_size, op))
}

function ordered(order: number, op: number): number {
  const holds = op === Py_LT ? order < 0 : op === Py_LE ? order <= 0 : op === Py_EQ ? order === 0 : op === Py_NE ? order !== 0
    : op === Py_GT ? order > 0 : op === Py_GE ? order >= 0 : false
  return holds ? 1 : 0
}

// ---- methods -------------------------------------------------------------------------------------------------------------

/** Position of an equal item, -1 if there is none, -2 with an exception set. */
function find(a: ArrayObject, value: PyObject, start = 0, stop = Infinity): number {
  for (let i = start; i < a.ob_size && i < stop; i++) {
    const x = getItem(a, i)
    if (x === null) return -2
    const equal = PyObject_RichCompareBool(x, value, Py_EQ)
    Py_DECREF(x)
    if (equal < 0) return -2
    if (equal > 0) return i
  }
  return -1
}

function optionalIndex(o: PyObject | undefined, otherwise: number): number {
  if (o === undefined) return otherwise
  const n = PyNumber_AsSsize_t(o, null)
  return n === -1 && PyErr_Occurred() !== null ? NaN : n
}

function tolist(o: PyObject): PyObject | null {
  const a = array(o)
  const list = PyList_New(a.ob_size)
  for (let i = 0; i < a.ob_size; i++) {
    const x = getItem(a, i)
    if (x === null) return Py_DECREF(list), null
    PyList_SET_ITEM(list, i, x)
  }
  return list
}

function tounicode(o: PyObject): PyObject | null {
  const a = array(o)
  if (a.descr.typecode !== 'u') return PyErr_SetString(PyExc_ValueError, 'tounicode() may only be called on unicode type arrays')
  const points: number[] = []
  for (let i = 0; i < a.ob_size; i++) points.push(a.view.getUint32(i * 4, true))
  return unicodeFromText(textOf(points))
}

function repr(o: PyObject): PyObject | null {
  const { typecode } = array(o).descr
  const name = o.ob_type.tp_name.slice(o.ob_type.tp_name.lastIndexOf('.') + 1)
  if (array(o).ob_size === 0) return PyUnicode_FromFormat('%s(\'%c\')', name, typecode.charCodeAt(0))
  const shown = typecode === 'u' ? tounicode(o) : tolist(o)
  if (shown === null) return null
  const result = PyUnicode_FromFormat('%s(\'%c\', %R)', name, typecode.charCodeAt(0), shown)
  Py_DECREF(shown)
  return result
}

function reverse(bytes: Uint8Array, itemsize: number): void {
  const copy = bytes.slice()
  for (let i = 0, n = bytes.length / itemsize; i < n; i++) bytes.set(copy.subarray(i * itemsize, (i + 1) * itemsize), (n - 1 - i) * itemsize)
}

function pop(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('pop', nargs, 0, 1)) return null
  let i = optionalIndex(nargs > 0 ? args[0] : undefined, -1)
  if (i !== i) return null
  const a = array(o)
  if (a.ob_size === 0) return PyErr_SetString(PyExc_IndexError, 'pop from empty array')
  if (i < 0) i += a.ob_size
  if (i < 0 || i >= a.ob_size) return PyErr_SetString(PyExc_IndexError, 'pop index out of range')
  const value = getItem(a, i)
  if (value === null) return null
  return removeSlice(a, i, i + 1) === 0 ? value : (Py_DECREF(value), null)
}

function reduce(o: PyObject, arg: PyObject): PyObject | null {
  const protocol = PyLong_AsLong(arg)
  if (protocol === -1 && PyErr_Occurred() !== null) return null
  const dict = _PyObject_LookupAttr(o, _Py_ID('__dict__')) ?? none()
  const items = tolist(o)
  if (items === null) return Py_DECREF(dict), null
  const code = PyUnicode_FromString(array(o).descr.typecode)
  return PyTuple_FromArray([ref(o.ob_type), PyTuple_FromArray([code, items]), dict])
}

function fromfile(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('fromfile', nargs, 2, 2)) return null
  const n = PyNumber_AsSsize_t(args[1]!, null)
  if (n === -1 && PyErr_Occurred() !== null) return null
  if (n < 0) return PyErr_SetString(PyExc_ValueError, 'negative count')
  const size = n * array(o).descr.itemsize
  const count = PyLong_FromLong(size)
  const bytes = PyObject_CallMethod(args[0]!, 'read', count)
  Py_DECREF(count)
  if (bytes === null) return null
  let result: PyObject | null = null
  if (!PyBytes_Check(bytes)) PyErr_SetString(PyExc_TypeError, 'read() didn\'t return bytes')
  else {
    result = frombytes(o, bytes)
    if (result !== null && bytes.v.bytes.length !== size) {
      Py_DECREF(result)
      result = PyErr_SetString(PyExc_EOFError, 'read() didn\'t return enough bytes')
    }
  }
  Py_DECREF(bytes)
  return result
}

function fromlist(o: PyObject, list: PyObject): PyObject | null {
  if (!PyList_Check(list)) return PyErr_SetString(PyExc_TypeError, 'arg must be list')
  const a = array(o)
  const [n, old] = [PyList_GET_SIZE(list), a.ob_size]
  if (n > 0) {
    if (resize(a, old + n) === -1) return null
    for (let i = 0; i < n; i++) {
      if (setItem(a, old + i, PyList_GET_ITEM(list, i)) !== 0) return resize(a, old), null
    }
  }
  return none()
}

function tofile(o: PyObject, file: PyObject): PyObject | null {
  const { used } = array(o)
  for (let at = 0; at < used.length; at += 65536) {
    const bytes = PyBytes_FromBytes(used.slice(at, at + 65536))
    const result = PyObject_CallMethod(file, 'write', bytes)
    Py_DECREF(bytes)
    if (result === null) return null
    Py_DECREF(result)
  }
  return none()
}

const SELF = '($self, /)'
const copy = (o: PyObject): PyObject | null => fromBytesOf(o, array(o).used.slice())

const methods: PyMethodDef[] = [
  { ml_name: 'append', ml_flags: METH_O, ml_meth: (o: PyObject, v: PyObject) => insert(array(o), array(o).ob_size, v) === 0 ? none() : null, signature: '($self, v, /)' },
  {
    ml_name: 'buffer_info', ml_flags: METH_NOARGS, signature: SELF,
    ml_meth: (o: PyObject) => Py_BuildTuple(() => PyLong_FromLong(array(o).block * 16), () => PyLong_FromLong(array(o).ob_size)),
  },
  {
    ml_name: 'byteswap', ml_flags: METH_NOARGS, signature: SELF,
    ml_meth: (o: PyObject) => {
      const { used, descr: { itemsize } } = array(o)
      for (let at = 0; at < used.length; at += itemsize) used.subarray(at, at + itemsize).reverse()
      return none()
    },
  },
  { ml_name: '__copy__', ml_flags: METH_NOARGS, ml_meth: copy, signature: SELF },
  {
    ml_name: 'count', ml_flags: METH_O, signature: '($self, v, /)',
    ml_meth: (o: PyObject, v: PyObject) => {
      let n = 0
      for (let i = find(array(o), v); i !== -1; i = find(array(o), v, i + 1)) {
        if (i === -2) return null
        n++
      }
      return PyLong_FromSsize_t(n)
    },
  },
  { ml_name: '__deepcopy__', ml_flags: METH_O, ml_meth: copy, signature: '($self, unused, /)' },
  { ml_name: 'extend', ml_flags: METH_O, ml_meth: (o: PyObject, bb: PyObject) => extend(o, bb) === -1 ? null : none(), signature: '($self, bb, /)' },
  { ml_name: 'fromfile', ml_flags: METH_FASTCALL, ml_meth: fromfile, signature: '($self, f, n, /)' },
  { ml_name: 'fromlist', ml_flags: METH_O, ml_meth: fromlist, signature: '($self, list, /)' },
  { ml_name: 'frombytes', ml_flags: METH_O, ml_meth: frombytes, signature: '($self, buffer, /)' },
  {
    ml_name: 'fromunicode', ml_flags: METH_O, signature: '($self, ustr, /)',
    ml_meth: (o: PyObject, text: PyObject) => {
      if (!PyUnicode_Check(text)) return _PyArg_BadArgument('fromunicode', 'argument', 'str', text)
      if (array(o).descr.typecode !== 'u') return PyErr_SetString(PyExc_ValueError, 'fromunicode() may only be called on unicode type arrays')
      return fromText(array(o), text) < 0 ? null : none()
    },
  },
  {
    ml_name: 'index', ml_flags: METH_FASTCALL, signature: '($self, v, start=0, stop=sys.maxsize, /)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional('index', nargs, 1, 3)) return null
      let start = optionalIndex(nargs > 1 ? args[1] : undefined, 0)
      let stop = optionalIndex(nargs > 2 ? args[2] : undefined, Infinity)
      if (start !== start || stop !== stop) return null
      if (start < 0) start = Math.max(0, start + array(o).ob_size)
      if (stop < 0) stop += array(o).ob_size
      const i = find(array(o), args[0]!, start, stop)
      if (i >= 0) return PyLong_FromSsize_t(i)
      return i === -2 ? null : PyErr_SetString(PyExc_ValueError, 'array.index(x): x not in array')
    },
  },
  {
    ml_name: 'insert', ml_flags: METH_FASTCALL, signature: '($self, i, v, /)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional('insert', nargs, 2, 2)) return null
      const i = optionalIndex(args[0], 0)
      return i === i && insert(array(o), i, args[1]!) === 0 ? none() : null
    },
  },
  { ml_name: 'pop', ml_flags: METH_FASTCALL, ml_meth: pop, signature: '($self, i=-1, /)' },
  { ml_name: '__reduce_ex__', ml_flags: METH_O, ml_meth: reduce, signature: '($self, value, /)' },
  {
    ml_name: 'remove', ml_flags: METH_O, signature: '($self, v, /)',
    ml_meth: (o: PyObject, v: PyObject) => {
      const i = find(array(o), v)
      if (i === -1) return PyErr_SetString(PyExc_ValueError, 'array.remove(x): x not in array')
      return i >= 0 && removeSlice(array(o), i, i + 1) === 0 ? none() : null
    },
  },
  { ml_name: 'reverse', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => (reverse(array(o).used, array(o).descr.itemsize), none()), signature: SELF },
  { ml_name: 'tofile', ml_flags: METH_O, ml_meth: tofile, signature: '($self, f, /)' },
  { ml_name: 'tolist', ml_flags: METH_NOARGS, ml_meth: tolist, signature: SELF },
  { ml_name: 'tobytes', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBytes_FromBytes(array(o).used.slice()), signature: SELF },
  { ml_name: 'tounicode', ml_flags: METH_NOARGS, ml_meth: tounicode, signature: SELF },
  {
    ml_name: '__sizeof__', ml_flags: METH_NOARGS, signature: SELF,
    ml_meth: (o: PyObject) => PyLong_FromSsize_t(o.ob_type.tp_basicsize + array(o).allocated * array(o).descr.itemsize),
  },
]

const arraySpec: PyTypeSpec = {
  name: 'array.array', tp_basicsize: 64, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_SEQUENCE,
  tp_doc: 'array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode.',
  tp_new: array_new,
  tp_dealloc: o => {
    const type = o.ob_type
    PyObject_GC_UnTrack(o)
    if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
    if (array(o) !== null) PyMem_Free(array(o).block)
    type.tp_free!(o)
    Py_DECREF(type)
  },
  tp_free: PyObject_GC_Del,
  tp_traverse: (o, visit) => visit(o.ob_type),
  tp_getattro: genericGetAttr,
  tp_hash: o => PyObject_HashNotImplemented(o),
  tp_repr: repr,
  tp_richcompare: compare,
  tp_iter: o => {
    const iter = PyObject_GC_New(iterType, { index: 0, ao: ref(o) } satisfies IterData)
    PyObject_GC_Track(iter)
    return iter
  },
  sq_length: o => array(o).ob_size,
  sq_concat: concat,
  sq_repeat: repeat,
  sq_item: item,
  sq_ass_item: (o, i, value) => {
    const a = array(o)
    if (i < 0 || i >= a.ob_size) return PyErr_SetString(PyExc_IndexError, 'array assignment index out of range'), -1
    return value === null ? removeSlice(a, i, i + 1) : setItem(a, i, value)
  },
  sq_contains: (o, v) => {
    const i = find(array(o), v)
    return i >= 0 ? 1 : i + 1
  },
  sq_inplace_concat: (o, other) => {
    if (!isArray(other)) return PyErr_Format(PyExc_TypeError, 'can only extend with array (not "%.200s")', other.ob_type.tp_name)
    return extend(o, other) === -1 ? null : ref(o)
  },
  sq_inplace_repeat: inplaceRepeat,
  mp_length: o => array(o).ob_size,
  mp_subscript: subscript,
  mp_ass_subscript: assign,
  bf_getbuffer: (o, view: BufferView) => {
    const a = array(o)
    view.bytes = a.used
    view.readonly = false
    view.itemsize = a.descr.itemsize
    view.format = a.descr.format
    view.shape = [a.ob_size]
    a.exports++
    return 0
  },
  bf_releasebuffer: o => { array(o).exports-- },
  tp_methods: methods,
  tp_getset: [
    { name: 'typecode', get: o => PyUnicode_FromString(array(o).descr.typecode) },
    { name: 'itemsize', get: o => PyLong_FromLong(array(o).descr.itemsize) },
  ],
}

interface IterData { index: number, ao: PyObject | null }

const iterSpec: PyTypeSpec = {
  name: 'array.arrayiterator', tp_basicsize: 40, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
  tp_dealloc: o => {
    const type = o.ob_type
    PyObject_GC_UnTrack(o)
    Py_XDECREF((o.v as IterData).ao)
    PyObject_GC_Del(o)
    Py_DECREF(type)
  },
  tp_free: PyObject_GC_Del,
  tp_traverse: (o, visit) => {
    visit(o.ob_type)
    if ((o.v as IterData).ao !== null) visit((o.v as IterData).ao!)
  },
  tp_getattro: genericGetAttr,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: o => {
    const d = o.v as IterData
    if (d.ao === null) return null
    if (d.index < array(d.ao).ob_size) return getItem(array(d.ao), d.index++)
    const ao = d.ao
    d.ao = null
    Py_DECREF(ao)
    return null
  },
  tp_methods: [
    {
      ml_name: '__reduce__', ml_flags: METH_NOARGS, signature: SELF,
      ml_meth: (o: PyObject) => {
        const d = o.v as IterData
        const func = _PyEval_GetBuiltin('iter')
        if (func === null) return null
        if (d.ao === null) return PyTuple_FromArray([func, PyTuple_FromArray([PyTuple_FromArray([])])])
        return PyTuple_FromArray([func, PyTuple_FromArray([ref(d.ao)]), PyLong_FromLong(d.index)])
      },
    },
    {
      ml_name: '__setstate__', ml_flags: METH_O, signature: '($self, state, /)',
      ml_meth: (o: PyObject, state: PyObject) => {
        const i = PyLong_AsSsize_t(state)
        if (i === -1 && PyErr_Occurred() !== null) return null
        const d = o.v as IterData
        if (d.ao !== null) d.index = Math.max(0, Math.min(i, array(d.ao).ob_size))
        return none()
      },
    },
  ],
}

export function PyInit_array(): PyObject | null {
  const module = PyModule_Create('array', [])
  arrayType = PyType_FromModuleAndSpec(module, arraySpec, null) as PyTypeObject
  iterType = PyType_FromModuleAndSpec(module, iterSpec, null) as PyTypeObject
  PyModule_AddObjectRef(module, 'ArrayType', arrayType)
  PyModule_AddObjectRef(module, 'array', arrayType)
  PyModule_AddStringConstant(module, 'typecodes', DESCRIPTORS.map(d => d.typecode).join(''))
  return module
}
