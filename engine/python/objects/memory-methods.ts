// Slots, methods and attributes of memoryview. Mirrors the second half of Objects/memoryobject.c.
import { sipHash13Bytes } from '../lib/sip-hash'
import { PyIndex_Check, PyNumber_AsSsize_t } from './abstract'
import { PyBool_FromLong, Py_False, Py_True } from './boolobject'
import { hexOfArguments } from './bytes-methods'
import { freshBytes } from './bytesobject'
import { PyErr_Clear, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_BufferError, PyExc_IndexError, PyExc_NotImplementedError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { ArgParser } from './arg-parser'
import { _PyArg_BadArgument, _PyArg_UnpackKeywords } from './getargs'
import { parseTupleAndKeywords } from './getargs-keywords'
import { PyList_Check, PyList_New, fastItems } from './listobject'
import { PyLong_AsSsize_t, PyLong_Check, PyLong_FromSsize_t } from './longobject'
import { ITEM_SIZES, itemValue, nativeFormat, packItem, unpackItem } from './memory-format'
import {
  PyBuffer_Release, PyBUF_FULL_RO, PyBUF_WRITABLE, PyMemoryView_Check, PyMemoryView_FromObject, PyObject_CheckBuffer, PyObject_GetBuffer,
  addView, contiguousCopy, contiguousScratch, copyView, isCContiguous, isFContiguous, itemOffsets, releaseMemoryView, shapeOf, stridesFor, stridesOf, viewBytes,
  type BufferView, type MemoryViewData,
} from './memoryobject'
import {
  HASH, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, Py_DECREF, Py_EQ, Py_NE, type PyGetSetDef, type PyMethodDef, type PyObject, type TypeSpec, METH_VARARGS,
} from './object'
import { PyObject_Hash } from './object-protocol'
import { memory_iter } from './memory-iter'
import { PySlice_AdjustIndices, PySlice_Check, PySlice_Unpack } from './sliceobject'
import { Py_Ellipsis, Py_None, Py_RETURN_NONE, Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { PyTuple_Check, _PyTuple_FromArraySteal } from './tupleobject'
import { addressOf } from './unicode-fromformat'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString } from './unicodeobject'

const data = (o: PyObject): MemoryViewData => o.v as MemoryViewData
const RELEASED = 'operation forbidden on released memoryview object'

/** The view, or null with ValueError set when it was released. */
export function viewOf(o: PyObject): BufferView | null {
  return data(o).released ? PyErr_SetString(PyExc_ValueError, RELEASED) : data(o).view
}

const itemFormat = (view: BufferView): string | null =>
  nativeFormat(view.format) ?? PyErr_Format(PyExc_NotImplementedError, 'memoryview: unsupported format %s', view.format)

// ---- items and slices --------------------------------------------------------------------------------------------------

/** Offset of one item in a dimension; -1 with IndexError set. Mirrors lookup_dimension. */
function offsetIn(view: BufferView, dim: number, index: number): number {
  const size = shapeOf(view)[dim]!
  const i = index < 0 ? index + size : index
  if (i < 0 || i >= size) {
    PyErr_Format(PyExc_IndexError, 'index out of bounds on dimension %d', dim + 1)
    return -1
  }
  return i * stridesOf(view)[dim]!
}

function itemOffset(view: BufferView, key: PyObject): number | null {
  const keys = PyTuple_Check(key) ? key.v : [key]
  let at = view.offset
  for (const [dim, k] of keys.entries()) {
    const index = PyNumber_AsSsize_t(k, PyExc_IndexError)
    if (index === -1 && PyErr_Occurred() !== null) return null
    const size = shapeOf(view)[dim]!
    const i = index < 0 ? index + size : index
    if (i < 0 || i >= size) return PyErr_Format(PyExc_IndexError, 'index out of bounds on dimension %d', dim + 1)
    at += i * stridesOf(view)[dim]!
  }
  return at
}

/** The part of a view that a slice of its first dimension names; null with an exception set. */
function slicedView(view: BufferView, key: PyObject): BufferView | null {
  const slice = PySlice_Unpack(key)
  if (slice === null) return null
  const part = copyView(view)
  const shape = [...shapeOf(view)]
  const strides = [...stridesOf(view)]
  const { start, step, length } = PySlice_AdjustIndices(shape[0]!, slice)
  part.offset += strides[0]! * start
  shape[0] = length
  strides[0] = strides[0]! * step
  part.shape = shape
  part.strides = strides
  return part
}

const isMultiIndex = (key: PyObject): boolean => PyTuple_Check(key) && key.v.every(k => PyIndex_Check(k))
const isMultiSlice = (key: PyObject): boolean => PyTuple_Check(key) && key.v.length > 0 && key.v.every(k => PySlice_Check(k))

export function memory_item(o: PyObject, index: number): PyObject | null {
  const view = viewOf(o)
  const format = view === null ? null : itemFormat(view)
  if (view === null || format === null) return null
  if (view.ndim === 0) return PyErr_SetString(PyExc_TypeError, 'invalid indexing of 0-dim memory')
  if (view.ndim > 1) return PyErr_SetString(PyExc_NotImplementedError, 'multi-dimensional sub-views are not implemented')
  const at = offsetIn(view, 0, index)
  return at < 0 && PyErr_Occurred() !== null ? null : unpackItem(view.bytes, view.offset + at, format)
}

function memory_subscript(o: PyObject, key: PyObject): PyObject | null {
  const view = viewOf(o)
  if (view === null) return null
  if (view.ndim === 0) {
    if (PyTuple_Check(key) && key.v.length === 0) {
      const format = itemFormat(view)
      return format === null ? null : unpackItem(view.bytes, view.offset, format)
    }
    if (key === Py_Ellipsis) return o.ob_refcnt++, o
    return PyErr_SetString(PyExc_TypeError, 'invalid indexing of 0-dim memory')
  }
  if (PyIndex_Check(key)) {
    const index = PyNumber_AsSsize_t(key, PyExc_IndexError)
    return index === -1 && PyErr_Occurred() !== null ? null : memory_item(o, index)
  }
  if (PySlice_Check(key)) {
    const part = slicedView(view, key)
    return part === null ? null : addView(data(o).mbuf, part)
  }
  if (isMultiIndex(key)) {
    const given = (key.v as PyObject[]).length
    if (given < view.ndim) return PyErr_SetString(PyExc_NotImplementedError, 'sub-views are not implemented')
    if (given > view.ndim) {
      return PyErr_Format(PyExc_TypeError, 'cannot index %zd-dimension view with %zd-element tuple', view.ndim, given)
    }
    const at = itemOffset(view, key)
    const format = at === null ? null : itemFormat(view)
    return at === null || format === null ? null : unpackItem(view.bytes, at, format)
  }
  if (isMultiSlice(key)) return PyErr_SetString(PyExc_NotImplementedError, 'multi-dimensional slicing is not implemented')
  return PyErr_SetString(PyExc_TypeError, 'memoryview: invalid slice key')
}

const fail = (type: PyObject, message: string): -1 => (PyErr_SetString(type, message), -1)

function memory_ass_subscript(o: PyObject, key: PyObject, value: PyObject | null): number {
  const view = viewOf(o)
  if (view === null) return -1
  const format = itemFormat(view)
  if (format === null) return -1
  if (view.readonly) return fail(PyExc_TypeError, 'cannot modify read-only memory')
  if (value === null) return fail(PyExc_TypeError, 'cannot delete memory')
  if (view.ndim === 0) {
    if (key === Py_Ellipsis || (PyTuple_Check(key) && key.v.length === 0)) return packItem(view.bytes, view.offset, format, value)
    return fail(PyExc_TypeError, 'invalid indexing of 0-dim memory')
  }
  if (PyIndex_Check(key)) {
    if (view.ndim > 1) return fail(PyExc_NotImplementedError, 'sub-views are not implemented')
    const at = itemOffset(view, key)
    return at === null ? -1 : packItem(view.bytes, at, format, value)
  }
  if (PySlice_Check(key) && view.ndim === 1) return assignSlice(view, key, value)
  if (isMultiIndex(key)) {
    if ((key.v as PyObject[]).length < view.ndim) return fail(PyExc_NotImplementedError, 'sub-views are not implemented')
    const at = itemOffset(view, key)
    return at === null ? -1 : packItem(view.bytes, at, format, value)
  }
  if (PySlice_Check(key) || isMultiSlice(key)) {
    return fail(PyExc_NotImplementedError, 'memoryview slice assignments are currently restricted to ndim = 1')
  }
  return fail(PyExc_TypeError, 'memoryview: invalid slice key')
}

function assignSlice(view: BufferView, key: PyObject, value: PyObject): number {
  const source = PyObject_GetBuffer(value, PyBUF_FULL_RO)
  if (source === null) return -1
  const target = slicedView(view, key)
  let result = -1
  if (target !== null) {
    const equalFormat = (nativeFormat(source.format) ?? source.format) === (nativeFormat(target.format) ?? target.format)
    if (!equalFormat || source.itemsize !== target.itemsize || source.ndim !== 1 || shapeOf(source)[0] !== shapeOf(target)[0]) {
      fail(PyExc_ValueError, 'memoryview assignment: lvalue and rvalue have different structures')
    } else {
      const copy = contiguousCopy(source)
      let from = 0
      for (const at of itemOffsets(target)) {
        target.bytes.set(copy.subarray(from, from + target.itemsize), at)
        from += target.itemsize
      }
      result = 0
    }
  }
  PyBuffer_Release(source)
  return result
}

// ---- comparison and hash -----------------------------------------------------------------------------------------------------

function memory_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if (op !== Py_EQ && op !== Py_NE) return Py_RETURN_NOTIMPLEMENTED()
  const answer = (equal: boolean): PyObject => PyBool_FromLong(equal === (op === Py_EQ) ? 1 : 0)
  if (data(a).released) return answer(a === b)
  const left = data(a).view
  let held: BufferView | null = null
  let right: BufferView
  if (PyMemoryView_Check(b)) {
    if (b.v.released) return answer(a === b)
    right = b.v.view
  } else {
    held = PyObject_CheckBuffer(b) ? PyObject_GetBuffer(b, PyBUF_FULL_RO) : null
    if (held === null) {
      PyErr_Clear()
      return Py_RETURN_NOTIMPLEMENTED()
    }
    right = held
  }
  const equal = equalViews(left, right)
  if (held !== null) PyBuffer_Release(held)
  return answer(equal)
}

// DIFFERS: items in formats of the struct module beyond the native single characters never compare equal.
function equalViews(left: BufferView, right: BufferView): boolean {
  const shape = shapeOf(left)
  if (left.ndim !== right.ndim || !shapeOf(right).every((n, i) => n === shape[i])) return false
  const f = nativeFormat(left.format)
  const g = nativeFormat(right.format)
  if (f === null || g === null) return false
  const others = itemOffsets(right)
  for (const at of itemOffsets(left)) {
    const other = others.next().value as number
    const x = itemValue(left.bytes, at, f)
    const y = itemValue(right.bytes, other, g)
    if ((f === 'c') !== (g === 'c')) return false
    // Loose equality compares numbers with bigints by value.
    // eslint-disable-next-line eqeqeq
    if (x != y) return false
  }
  return true
}

function memory_hash(o: PyObject): number {
  const d = data(o)
  if (d.hash === null) {
    const view = viewOf(o)
    if (view === null) return -1
    if (!view.readonly) return fail(PyExc_ValueError, 'cannot hash writable memoryview object')
    const f = nativeFormat(view.format)
    if (f !== 'B' && f !== 'b' && f !== 'c') return fail(PyExc_ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'")
    if (view.obj !== null && PyObject_Hash(view.obj) < 0) return -1
    const bytes = contiguousCopy(view)
    if (bytes.length === 0) HASH[0] = HASH[1] = 0
    else sipHash13Bytes(bytes, HASH)
    d.hash = [HASH[0]!, HASH[1]!]
  }
  HASH[0] = d.hash[0]
  HASH[1] = d.hash[1]
  return 0
}

// ---- methods ------------------------------------------------------------------------------------------------------------------

function tolist(o: PyObject): PyObject | null {
  const view = viewOf(o)
  const format = view === null ? null : itemFormat(view)
  if (view === null || format === null) return null
  if (view.ndim === 0) return unpackItem(view.bytes, view.offset, format)
  const shape = shapeOf(view)
  const strides = stridesOf(view)
  const level = (at: number, dim: number): PyObject | null => {
    const list = PyList_New(shape[dim]!)
    for (let i = 0; i < shape[dim]!; i++, at += strides[dim]!) {
      const item = dim === shape.length - 1 ? unpackItem(view.bytes, at, format) : level(at, dim + 1)
      if (item === null) return Py_DECREF(list), null
      list.v.ob_item[i] = item
    }
    return list
  }
  return level(view.offset, 0)
}

const tobytesParser = new ArgParser('tobytes', ['order'])

function tobytes(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, tobytesParser, 0, 1, 0)
  const view = given === null ? null : viewOf(o)
  if (given === null || view === null) return null
  let order: 'C' | 'F' = 'C'
  if (given[0] && given[0] !== Py_None) {
    if (!PyUnicode_Check(given[0])) return _PyArg_BadArgument('tobytes', "argument 'order'", 'str or None', given[0])
    const text = PyUnicode_AsString(given[0])
    if (text !== 'C' && text !== 'F' && text !== 'A') return PyErr_SetString(PyExc_ValueError, "order must be 'C', 'F' or 'A'")
    order = text === 'F' || (text === 'A' && isFContiguous(view) && !isCContiguous(view)) ? 'F' : 'C'
  }
  const result = freshBytes(contiguousCopy(view, order))
  contiguousScratch(view, order)
  return result
}

const castParser = new ArgParser('cast', ['format', 'shape'])

// Mirrors memoryview_cast_impl: between bytes and one other native format, from one dimension to several or back.
function cast(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, castParser, 1, 2, 0)
  const view = given === null ? null : viewOf(o)
  if (given === null || view === null) return null
  const formatObject = given[0]!
  if (!PyUnicode_Check(formatObject)) return _PyArg_BadArgument('cast', "argument 'format'", 'str', formatObject)
  if (!isCContiguous(view)) return PyErr_SetString(PyExc_TypeError, 'memoryview: casts are restricted to C-contiguous views')
  const wanted = given[1] ?? null
  if ((wanted !== null || view.ndim !== 1) && view.ndim > 1 && wanted !== null && wantedLength(wanted) !== 1) {
    return PyErr_SetString(PyExc_TypeError, 'memoryview: cast must be 1D -> ND or ND -> 1D')
  }
  if (view.ndim > 1 && shapeOf(view).includes(0)) {
    return PyErr_SetString(PyExc_TypeError, 'memoryview: cannot cast view with zeros in shape or strides')
  }
  const text = PyUnicode_AsString(formatObject)
  const target = nativeFormat(text)
  if (target === null) {
    return PyErr_SetString(PyExc_ValueError, "memoryview: destination format must be a native single character format prefixed with an optional '@'")
  }
  const source = nativeFormat(view.format)
  if (source === null) {
    return PyErr_SetString(PyExc_ValueError, "memoryview: source format must be a native single character format prefixed with an optional '@'")
  }
  const isByte = (f: string): boolean => f === 'b' || f === 'B' || f === 'c'
  if (!isByte(target) && !isByte(source)) {
    return PyErr_SetString(PyExc_TypeError, "memoryview: cannot cast between two non-byte formats")
  }
  const size = viewBytes(view)
  const itemsize = ITEM_SIZES[target]!
  if (size % itemsize !== 0) return PyErr_SetString(PyExc_TypeError, 'memoryview: length is not a multiple of itemsize')
  const result = copyView(view)
  result.format = text
  result.itemsize = itemsize
  result.shape = [size / itemsize]
  if (wanted !== null) {
    const shape = castShape(wanted)
    if (shape === null) return null
    if (shape.reduce((n, k) => n * k, itemsize) !== size) {
      return PyErr_SetString(PyExc_TypeError, 'memoryview: product(shape) * itemsize != buffer size')
    }
    result.shape = shape
  }
  result.strides = stridesFor(result.shape, itemsize)
  return addView(data(o).mbuf, result)
}

const wantedLength = (shape: PyObject): number => PyList_Check(shape) || PyTuple_Check(shape) ? fastItems(shape).length : -1

function castShape(shape: PyObject): number[] | null {
  if (!PyList_Check(shape) && !PyTuple_Check(shape)) return PyErr_SetString(PyExc_TypeError, 'shape must be a list or a tuple')
  const items = fastItems(shape)
  if (items.length > 64) return PyErr_SetString(PyExc_ValueError, 'memoryview: number of dimensions must not exceed 64')
  const result: number[] = []
  for (const item of items) {
    if (!PyLong_Check(item)) return PyErr_SetString(PyExc_TypeError, 'memoryview.cast(): elements of shape must be integers')
    const n = PyLong_AsSsize_t(item)
    if (n === -1 && PyErr_Occurred() !== null) return null
    if (n <= 0) return PyErr_SetString(PyExc_ValueError, 'memoryview.cast(): elements of shape must be integers > 0')
    result.push(n)
  }
  return result
}

function release(o: PyObject): PyObject | null {
  if (releaseMemoryView(o)) return Py_RETURN_NONE()
  const { exports } = data(o)
  return PyErr_Format(PyExc_BufferError, 'memoryview has %zd exported buffer%s', exports, exports === 1 ? '' : 's')
}

function toreadonly(o: PyObject): PyObject | null {
  const view = viewOf(o)
  if (view === null) return null
  const copy = copyView(view)
  copy.readonly = true
  return addView(data(o).mbuf, copy)
}

const methods: PyMethodDef[] = [
  { ml_name: 'release', ml_flags: METH_NOARGS, ml_meth: release, signature: '($self, /)' },
  { ml_name: 'tobytes', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: tobytes, signature: "($self, /, order='C')" },
  {
    ml_name: 'hex', ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($self, /, sep=<unrepresentable>, bytes_per_sep=1)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const view = viewOf(o)
      return view === null ? null : hexOfArguments(contiguousCopy(view), args, nargs, kwnames)
    },
  },
  { ml_name: 'tolist', ml_flags: METH_NOARGS, ml_meth: tolist, signature: '($self, /)' },
  { ml_name: 'cast', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: cast, signature: '($self, /, format, shape=<unrepresentable>)' },
  { ml_name: 'toreadonly', ml_flags: METH_NOARGS, ml_meth: toreadonly, signature: '($self, /)' },
  {
    ml_name: '__enter__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => viewOf(o) === null ? null : (o.ob_refcnt++, o),
  },
  { ml_name: '__exit__', ml_flags: METH_VARARGS, ml_meth: release },
]

// ---- attributes ------------------------------------------------------------------------------------------------------------------

function attribute(name: string, get: (view: BufferView, o: PyObject) => PyObject | null): PyGetSetDef {
  return {
    name,
    get: o => {
      const view = viewOf(o)
      return view === null ? null : get(view, o)
    },
  }
}

const flag = (value: boolean): PyObject => {
  const o = value ? Py_True : Py_False
  o.ob_refcnt++
  return o
}
const intTuple = (values: number[]): PyObject | null => _PyTuple_FromArraySteal(values.map(n => PyLong_FromSsize_t(n)), values.length)

const getset: PyGetSetDef[] = [
  attribute('obj', view => {
    const obj = view.obj ?? Py_None
    obj.ob_refcnt++
    return obj
  }),
  attribute('nbytes', view => PyLong_FromSsize_t(viewBytes(view))),
  attribute('readonly', view => flag(view.readonly)),
  attribute('itemsize', view => PyLong_FromSsize_t(view.itemsize)),
  attribute('format', view => PyUnicode_FromString(view.format)),
  attribute('ndim', view => PyLong_FromSsize_t(view.ndim)),
  attribute('shape', view => intTuple(shapeOf(view))),
  attribute('strides', view => intTuple(stridesOf(view))),
  attribute('suboffsets', () => intTuple([])),
  attribute('c_contiguous', view => flag(isCContiguous(view))),
  attribute('f_contiguous', view => flag(isFContiguous(view))),
  attribute('contiguous', view => flag(isCContiguous(view) || isFContiguous(view))),
]

// ---- the type -------------------------------------------------------------------------------------------------------------------

function memory_getbuffer(o: PyObject, view: BufferView, flags: number): number {
  const own = viewOf(o)
  if (own === null) return -1
  if ((flags & PyBUF_WRITABLE) !== 0 && own.readonly) {
    return fail(PyExc_BufferError, 'memoryview: underlying buffer is not writable')
  }
  Object.assign(view, own)
  view.obj = o
  data(o).exports++
  return 0
}

export function memoryviewSlots(): Partial<TypeSpec> {
  return {
    tp_repr: o => PyUnicode_FromString(`<${data(o).released ? 'released memory' : 'memory'} at 0x${addressOf(o).toString(16)}>`),
    tp_hash: memory_hash,
    tp_richcompare: memory_richcompare,
    tp_iter: memory_iter,
    tp_new: (_type, args, kwargs) => {
      const given = parseTupleAndKeywords('memoryview', ['object'], 1, 1, args, kwargs)
      return given === null ? null : PyMemoryView_FromObject(given[0]!)
    },
    sq_length: memory_length,
    sq_item: memory_item,
    mp_length: memory_length,
    mp_subscript: memory_subscript,
    mp_ass_subscript: memory_ass_subscript,
    bf_getbuffer: memory_getbuffer,
    bf_releasebuffer: o => { data(o).exports-- },
    tp_methods: methods,
    tp_getset: getset,
  }
}

function memory_length(o: PyObject): number {
  const view = viewOf(o)
  if (view === null) return -1
  return view.ndim === 0 ? 1 : shapeOf(view)[0]!
}
