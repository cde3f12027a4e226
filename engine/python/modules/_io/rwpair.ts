// BufferedRWPair: a reader and a writer as one stream. Mirrors the last part of Modules/_io/bufferedio.c.
import { Py_False } from '../../objects/boolobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallObject } from '../../objects/call'
import { PyErr_Fetch, PyErr_SetString, _PyErr_ChainExceptions } from '../../objects/errors'
import { PyExc_RuntimeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyArg_UnpackTuple, _PyArg_NoKeywords } from '../../objects/getargs'
import { PyLong_FromSsize_t } from '../../objects/longobject'
import { METH_NOARGS, METH_VARARGS, Py_DECREF, Py_XDECREF, PyTypeObject, type PyMethodDef, type PyObject } from '../../objects/object'
import { PyObject_GetAttr } from '../../objects/object-protocol'
import { _Py_ID } from '../../objects/unicodeobject'
import { PyBufferedReader_Type, PyBufferedWriter_Type } from './bufferedio'
import { DEFAULT_BUFFER_SIZE, checkInquiry, neededSize } from './common'
import { IO_FLAGS, clearStreamDict, freeStream, traverseStream } from './iobase'

class RWPairData {
  reader: PyObject | null = null
  writer: PyObject | null = null
}

const data = (o: PyObject): RWPairData => o.v as RWPairData

function init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (!_PyArg_NoKeywords('BufferedRWPair', kwargs)) return -1
  const items = PyArg_UnpackTuple(args, 'BufferedRWPair', 2, 3)
  if (items === null) return -1
  const size = items[2] === undefined ? DEFAULT_BUFFER_SIZE : neededSize(items[2])
  if (size === null || !checkInquiry(items[0]!, 'readable') || !checkInquiry(items[1]!, 'writable')) return -1
  const d = data(self)
  const sizeObject = PyLong_FromSsize_t(size)
  d.reader = PyObject_CallFunctionObjArgs(PyBufferedReader_Type, items[0]!, sizeObject)
  d.writer = d.reader === null ? null : PyObject_CallFunctionObjArgs(PyBufferedWriter_Type, items[1]!, sizeObject)
  Py_DECREF(sizeObject)
  if (d.writer !== null) return 0
  clear(d)
  return -1
}

function clear(d: RWPairData): void {
  const { reader, writer } = d
  d.reader = d.writer = null
  Py_XDECREF(reader)
  Py_XDECREF(writer)
}

function forward(o: PyObject | null, name: string, args: PyObject | null): PyObject | null {
  if (o === null) return PyErr_SetString(PyExc_ValueError, 'I/O operation on uninitialized object')
  const method = PyObject_GetAttr(o, _Py_ID(name))
  if (method === null) return null
  const result = PyObject_CallObject(method, args)
  Py_DECREF(method)
  return result
}

const withArgs = (name: string, side: 'reader' | 'writer'): PyMethodDef =>
  ({ ml_name: name, ml_flags: METH_VARARGS, ml_meth: (self: PyObject, args: PyObject) => forward(data(self)[side], name, args) })
const plain = (name: string, side: 'reader' | 'writer'): PyMethodDef =>
  ({ ml_name: name, ml_flags: METH_NOARGS, ml_meth: (self: PyObject) => forward(data(self)[side], name, null) })

function close(self: PyObject): PyObject | null {
  const first = forward(data(self).writer, 'close', null)
  const e = PyErr_Fetch()
  Py_XDECREF(first)
  const second = forward(data(self).reader, 'close', null)
  if (e.type === null) return second
  _PyErr_ChainExceptions(e)
  Py_XDECREF(second)
  return null
}

function isatty(self: PyObject): PyObject | null {
  const result = forward(data(self).writer, 'isatty', null)
  if (result !== Py_False) return result
  Py_DECREF(result)
  return forward(data(self).reader, 'isatty', null)
}

export const PyBufferedRWPair_Type: PyTypeObject = new PyTypeObject('_io.BufferedRWPair', {
  tp_basicsize: 48, tp_flags: IO_FLAGS, weakrefs: true, tp_dictoffset: 32,
  tp_dealloc: o => freeStream(o, () => clear(data(o))),
  tp_traverse: (o, visit) => traverseStream(o, visit, data(o).reader, data(o).writer),
  tp_clear: o => {
    clear(data(o))
    clearStreamDict(o)
  },
  tp_init: init,
  tp_new: type => {
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new RWPairData()
    return o
  },
  tp_methods: [
    withArgs('read', 'reader'), withArgs('peek', 'reader'), withArgs('read1', 'reader'), withArgs('readinto', 'reader'),
    withArgs('readinto1', 'reader'), withArgs('write', 'writer'), plain('flush', 'writer'), plain('readable', 'reader'),
    plain('writable', 'writer'),
    { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: close },
    { ml_name: 'isatty', ml_flags: METH_NOARGS, ml_meth: isatty },
  ],
  tp_getset: [{
    name: 'closed',
    get: self => {
      const { writer } = data(self)
      if (writer === null) return PyErr_SetString(PyExc_RuntimeError, 'the BufferedRWPair object is being garbage-collected')
      return PyObject_GetAttr(writer, _Py_ID('closed'))
    },
  }],
})
