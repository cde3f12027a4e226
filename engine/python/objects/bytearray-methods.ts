// The methods of bytearray that change it, and pickling; what it shares with bytes is in bytes-methods.ts.
import { PyNumber_AsSsize_t, PyObject_GetIter, PyObject_LengthHint } from './abstract'
import { byteOf } from './bytes-search'
import { bytesLikeMethods } from './bytes-methods'
import {
  ByteArrayData, PyByteArray_FromBytes, PyByteArray_Resize, bytearraySetSlice, bytearraySetSliceObject, canResize,
} from './bytearrayobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_IndexError, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { _PyArg_CheckPositional } from './getargs'
import { PyLong_AsInt, PyLong_FromSsize_t } from './longobject'
import { PyObject_CheckBuffer } from './memoryobject'
import { METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, type PyMethodDef, type PyObject } from './object'
import { _PyObject_GetState } from './object-reduce'
import { bytesFrom } from './bytesobject'
import { Py_RETURN_NONE } from './singletons'
import { _PyTuple_FromArraySteal } from './tupleobject'
import { PyUnicode_FromString, unicodeFromText } from './unicodeobject'
import { latin1Text } from '../lib/codecs'

const data = (o: PyObject): ByteArrayData => o.v as ByteArrayData

function append(o: PyObject, item: PyObject): PyObject | null {
  const value = byteOf(item)
  if (value < 0) return null
  const size = data(o).ob_size
  if (PyByteArray_Resize(o, size + 1) < 0) return null
  data(o).bytes[size] = value
  return Py_RETURN_NONE()
}

// Mirrors bytearray_extend: other iterables are gathered in a bytearray of their own first.
function extend(o: PyObject, iterable: PyObject): PyObject | null {
  const size = data(o).ob_size
  if (PyObject_CheckBuffer(iterable)) return bytearraySetSliceObject(o, size, size, iterable) < 0 ? null : Py_RETURN_NONE()
  const it = PyObject_GetIter(iterable)
  if (it === null) {
    if (PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_Format(PyExc_TypeError, 'can\'t extend bytearray with %.100s', iterable.ob_type.tp_name)
    return null
  }
  let room = PyObject_LengthHint(iterable, 32)
  const gathered = room === -1 ? null : PyByteArray_FromBytes(new Uint8Array(room))
  if (gathered === null) return Py_DECREF(it), null
  const ok = gather(gathered, it, room)
  Py_DECREF(it)
  const result = ok && bytearraySetSlice(o, data(o).ob_size, data(o).ob_size, data(gathered).bytes) === 0
  Py_DECREF(gathered)
  return result ? Py_RETURN_NONE() : null
}

function gather(into: PyObject, it: PyObject, room: number): boolean {
  const next = it.ob_type.tp_iternext!
  let n = 0
  for (let item = next(it); item !== null; item = next(it)) {
    const value = byteOf(item)
    Py_DECREF(item)
    if (value < 0) return false
    if (n >= data(into).ob_size && PyByteArray_Resize(into, n + 1) < 0) return false
    data(into).bytes[n++] = value
    if (n >= room) {
      room = n + (n >> 1) + 1
      if (PyByteArray_Resize(into, room) < 0) return false
    }
  }
  if (PyErr_Occurred() !== null) {
    if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return false
    PyErr_Clear()
  }
  return PyByteArray_Resize(into, n) === 0
}

function insert(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('insert', nargs, 2, 2)) return null
  let at = PyNumber_AsSsize_t(args[0]!, PyExc_IndexError)
  if (at === -1 && PyErr_Occurred() !== null) return null
  const value = byteOf(args[1]!)
  if (value < 0) return null
  const size = data(o).ob_size
  if (PyByteArray_Resize(o, size + 1) < 0) return null
  if (at < 0) at = Math.max(at + size, 0)
  at = Math.min(at, size)
  const { bytes } = data(o)
  bytes.copyWithin(at + 1, at, size)
  bytes[at] = value
  return Py_RETURN_NONE()
}

function pop(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('pop', nargs, 0, 1)) return null
  let at = -1
  if (nargs > 0) {
    at = PyNumber_AsSsize_t(args[0]!, PyExc_IndexError)
    if (at === -1 && PyErr_Occurred() !== null) return null
  }
  const { bytes, ob_size: size } = data(o)
  if (size === 0) return PyErr_SetString(PyExc_IndexError, 'pop from empty bytearray')
  if (at < 0) at += size
  if (at < 0 || at >= size) return PyErr_SetString(PyExc_IndexError, 'pop index out of range')
  if (!canResize(o)) return null
  const value = bytes[at]!
  bytes.copyWithin(at, at + 1)
  return PyByteArray_Resize(o, size - 1) < 0 ? null : PyLong_FromSsize_t(value)
}

function remove(o: PyObject, item: PyObject): PyObject | null {
  const value = byteOf(item)
  if (value < 0) return null
  const { bytes, ob_size: size } = data(o)
  const at = bytes.indexOf(value)
  if (at < 0) return PyErr_SetString(PyExc_ValueError, 'value not found in bytearray')
  if (!canResize(o)) return null
  bytes.copyWithin(at, at + 1)
  return PyByteArray_Resize(o, size - 1) < 0 ? null : Py_RETURN_NONE()
}

// Mirrors _common_reduce.
function reduce(o: PyObject, protocol: number): PyObject | null {
  const state = _PyObject_GetState(o)
  if (state === null) return null
  const { bytes } = data(o)
  const type = o.ob_type
  type.ob_refcnt++
  let args: PyObject | null
  if (bytes.length === 0) args = _PyTuple_FromArraySteal([], 0)
  else if (protocol < 3) {
    const text = unicodeFromText(latin1Text(bytes))
    if (text === null) return null
    args = _PyTuple_FromArraySteal([text, PyUnicode_FromString('latin-1')], 2)
  } else {
    const copy = bytesFrom(bytes.slice())
    if (copy === null) return null
    args = _PyTuple_FromArraySteal([copy], 1)
  }
  return args === null ? null : _PyTuple_FromArraySteal([type, args, state], 3)
}

export function bytearrayMethods(): PyMethodDef[] {
  return [
    { ml_name: '__alloc__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyLong_FromSsize_t(data(o).ob_alloc) },
    { ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => reduce(o, 2), signature: '($self, /)' },
    {
      ml_name: '__reduce_ex__', ml_flags: METH_FASTCALL, signature: '($self, proto=0, /)',
      ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
        if (!_PyArg_CheckPositional('__reduce_ex__', nargs, 0, 1)) return null
        const protocol = nargs > 0 ? PyLong_AsInt(args[0]!) : 0
        return protocol === -1 && PyErr_Occurred() !== null ? null : reduce(o, protocol)
      },
    },
    {
      ml_name: '__sizeof__', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (o: PyObject) => PyLong_FromSsize_t(o.ob_type.tp_basicsize + data(o).ob_alloc),
    },
    { ml_name: 'append', ml_flags: METH_O, ml_meth: append, signature: '($self, item, /)' },
    {
      ml_name: 'clear', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (o: PyObject) => PyByteArray_Resize(o, 0) < 0 ? null : Py_RETURN_NONE(),
    },
    { ml_name: 'copy', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyByteArray_FromBytes(data(o).bytes), signature: '($self, /)' },
    { ml_name: 'extend', ml_flags: METH_O, ml_meth: extend, signature: '($self, iterable_of_ints, /)' },
    { ml_name: 'insert', ml_flags: METH_FASTCALL, ml_meth: insert, signature: '($self, index, item, /)' },
    { ml_name: 'pop', ml_flags: METH_FASTCALL, ml_meth: pop, signature: '($self, index=-1, /)' },
    { ml_name: 'remove', ml_flags: METH_O, ml_meth: remove, signature: '($self, value, /)' },
    {
      ml_name: 'reverse', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (o: PyObject) => (data(o).bytes.reverse(), Py_RETURN_NONE()),
    },
    ...bytesLikeMethods(o => data(o).bytes, (_o, bytes) => PyByteArray_FromBytes(bytes), () => false, 'bytearray'),
  ]
}
