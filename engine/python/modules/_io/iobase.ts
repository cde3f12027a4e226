// _IOBase and _RawIOBase: what every stream can do in terms of a few methods. Mirrors Modules/_io/iobase.c.
import { PyIter_Next, PyObject_GetIter, PyObject_Size } from '../../objects/abstract'
import { PyByteArray_AsBytes, PyByteArray_FromBytes, PyByteArray_Resize } from '../../objects/bytearrayobject'
import { PyBytes_AsBytes, PyBytes_Check, bytesFrom } from '../../objects/bytesobject'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodObjArgs, PyObject_CallOneArg, PyObject_CallMethodOneArg } from '../../objects/call'
import { PyErr_Clear, PyErr_Fetch, PyErr_Format, PyErr_Occurred, PyErr_RestoreFetched, PyErr_SetNone, PyErr_SetString, _PyErr_ChainExceptions } from '../../objects/errors'
import { PyExc_NotImplementedError, PyExc_OSError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_CheckPositional } from '../../objects/getargs'
import { PyList_Append, PyList_New } from '../../objects/listobject'
import { PyLong_FromSsize_t } from '../../objects/longobject'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_FINALIZE, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_HEAPTYPE, Py_XDECREF, PyTypeObject, type FastFunction, type PyMethodDef, type PyObject, type visitproc,
} from '../../objects/object'
import {
  PyObject_CallFinalizer, PyObject_CallFinalizerFromDealloc, PyObject_GenericGetDict,
  PyObject_IsTrue, PyObject_SetAttr, _PyObject_LookupAttr,
} from '../../objects/object-protocol'
import { PyBool_FromLong, Py_False, Py_True } from '../../objects/boolobject'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { PyType_GenericAlloc } from '../../objects/typeobject'
import { _Py_ID } from '../../objects/unicodeobject'
import { PyObject_ClearWeakRefs } from '../../objects/weakrefobject'
import { finishBytes, checkClosed, checkInquiry, newBytesBuffer, optionalSize, unsupported } from './common'

export const IO_FLAGS = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_FINALIZE

const no = (): PyObject => (Py_False.ob_refcnt++, Py_False)

/** 1 if `__IOBase_closed` is there, 0 if not, -1. Mirrors iobase_is_closed. */
function isClosed(self: PyObject): number {
  const value = _PyObject_LookupAttr(self, _Py_ID('__IOBase_closed'))
  if (value === null) return PyErr_Occurred() !== null ? -1 : 0
  Py_DECREF(value)
  return 1
}

function flush(self: PyObject): PyObject | null {
  const closed = isClosed(self)
  if (closed === 0) return Py_RETURN_NONE()
  return closed > 0 ? PyErr_SetString(PyExc_ValueError, 'I/O operation on closed file.') : null
}

// Mirrors _io__IOBase_close_impl.
export function iobase_close(self: PyObject): PyObject | null {
  const closed = isClosed(self)
  if (closed !== 0) return closed > 0 ? Py_RETURN_NONE() : null
  const result = PyObject_CallMethodNoArgs(self, _Py_ID('flush'))
  const e = PyErr_Fetch()
  const set = PyObject_SetAttr(self, _Py_ID('__IOBase_closed'), Py_True)
  _PyErr_ChainExceptions(e)
  Py_XDECREF(result)
  return set < 0 || result === null ? null : Py_RETURN_NONE()
}

// ---- finalization ------------------------------------------------------------------------------------------------------

/** Closes a stream that nobody refers to any more; errors are dropped. */
export function iobase_finalize(self: PyObject): void {
  const e = PyErr_Fetch()
  const value = _PyObject_LookupAttr(self, _Py_ID('closed'))
  let closed = -1
  if (value !== null) {
    closed = PyObject_IsTrue(value)
    Py_DECREF(value)
  }
  PyErr_Clear()
  if (closed === 0) {
    if (PyObject_SetAttr(self, _Py_ID('_finalizing'), Py_True) !== 0) PyErr_Clear()
    const result = PyObject_CallMethodNoArgs(self, _Py_ID('close'))
    if (result === null) PyErr_Clear()
    else Py_DECREF(result)
  }
  PyErr_RestoreFetched(e)
}

/** -1: the object came back to life. Mirrors _PyIOBase_finalize. */
export function _PyIOBase_finalize(self: PyObject): number {
  if (self.ob_refcnt === 0) return PyObject_CallFinalizerFromDealloc(self)
  PyObject_CallFinalizer(self)
  return 0
}

/** The end of every stream's dealloc: weak references, dict, memory. */
export function freeStream(self: PyObject, clear?: () => void): void {
  PyObject_GC_UnTrack(self)
  if (self.weaklist !== null) PyObject_ClearWeakRefs(self)
  clear?.()
  const dict = self.dict as PyObject | null
  if (dict !== null) {
    self.dict = null
    Py_DECREF(dict)
  }
  ;(self.ob_type.tp_free ?? PyObject_GC_Del)(self)
}

function iobase_dealloc(self: PyObject): void {
  if (_PyIOBase_finalize(self) < 0) {
    if ((self.ob_type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) self.ob_type.ob_refcnt++
    return
  }
  freeStream(self)
}

/** tp_traverse of a stream: its dict, and the objects of its struct. */
export function traverseStream(self: PyObject, visit: visitproc, ...own: (PyObject | null)[]): void {
  if (self.dict !== null) visit(self.dict as PyObject)
  for (const o of own) if (o !== null) visit(o)
}

export function clearStreamDict(self: PyObject): void {
  const dict = self.dict as PyObject | null
  self.dict = null
  Py_XDECREF(dict)
}

// ---- lines -----------------------------------------------------------------------------------------------------------------

// Mirrors _io__IOBase_readline_impl: by peek() where there is one, else byte by byte.
const readline: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('readline', nargs, 0, 1)) return null
  const limit = optionalSize(nargs > 0 ? args[0] : null)
  if (limit === null) return null
  const peek = _PyObject_LookupAttr(self, _Py_ID('peek'))
  if (peek === null && PyErr_Occurred() !== null) return null
  const buffer = PyByteArray_FromBytes(new Uint8Array(0))!
  const ok = gatherLine(self, peek, buffer, limit)
  const result = ok ? bytesFrom(PyByteArray_AsBytes(buffer).slice()) : null
  Py_XDECREF(peek)
  Py_DECREF(buffer)
  return result
}

function gatherLine(self: PyObject, peek: PyObject | null, buffer: PyObject, limit: number): boolean {
  for (;;) {
    const have = PyByteArray_AsBytes(buffer).length
    if (limit >= 0 && have >= limit) return true
    let ahead = 1
    if (peek !== null) {
      const one = PyLong_FromSsize_t(1)
      const seen = PyObject_CallOneArg(peek, one)
      Py_DECREF(one)
      if (seen === null) return false
      if (!PyBytes_Check(seen)) {
        PyErr_Format(PyExc_OSError, `peek() should have returned a bytes object, not '${seen.ob_type.tp_name}'`)
        Py_DECREF(seen)
        return false
      }
      const bytes = PyBytes_AsBytes(seen)
      if (bytes.length > 0) {
        const newline = bytes.indexOf(10)
        ahead = newline < 0 ? bytes.length : newline + 1
        if (limit >= 0) ahead = Math.min(ahead, limit)
      }
      Py_DECREF(seen)
    }
    const n = PyLong_FromSsize_t(ahead)
    const piece = PyObject_CallMethodOneArg(self, _Py_ID('read'), n)
    Py_DECREF(n)
    if (piece === null) return false
    if (!PyBytes_Check(piece)) {
      PyErr_Format(PyExc_OSError, `read() should have returned a bytes object, not '${piece.ob_type.tp_name}'`)
      Py_DECREF(piece)
      return false
    }
    const bytes = PyBytes_AsBytes(piece)
    if (bytes.length > 0) {
      if (PyByteArray_Resize(buffer, have + bytes.length) < 0) return Py_DECREF(piece), false
      PyByteArray_AsBytes(buffer).set(bytes, have)
    }
    Py_DECREF(piece)
    if (bytes.length === 0 || bytes[bytes.length - 1] === 10) return true
  }
}

function iternext(self: PyObject): PyObject | null {
  const line = PyObject_CallMethodNoArgs(self, _Py_ID('readline'))
  if (line === null) return null
  if (PyObject_Size(line) <= 0) return Py_DECREF(line), null
  return line
}

const readlines: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('readlines', nargs, 0, 1)) return null
  const hint = optionalSize(nargs > 0 ? args[0] : null)
  if (hint === null) return null
  const list = PyList_New(0)
  if (hint <= 0) {
    const done = PyObject_CallMethodObjArgs(list, _Py_ID('extend'), self)
    if (done === null) return Py_DECREF(list), null
    Py_DECREF(done)
    return list
  }
  const it = PyObject_GetIter(self)
  let total = 0
  let ok = it !== null
  while (ok && it !== null) {
    const line = PyIter_Next(it)
    if (line === null) {
      ok = PyErr_Occurred() === null
      break
    }
    ok = PyList_Append(list, line) === 0
    const size = ok ? PyObject_Size(line) : -1
    Py_DECREF(line)
    ok = size >= 0
    if (size > hint - total) break
    total += size
  }
  Py_XDECREF(it)
  if (ok) return list
  Py_DECREF(list)
  return null
}

function writelines(self: PyObject, lines: PyObject): PyObject | null {
  if (!checkClosed(self)) return null
  const it = PyObject_GetIter(lines)
  if (it === null) return null
  for (let line = PyIter_Next(it); line !== null; line = PyIter_Next(it)) {
    const done = PyObject_CallMethodObjArgs(self, _Py_ID('write'), line)
    Py_DECREF(line)
    if (done === null) return Py_DECREF(it), null
    Py_DECREF(done)
  }
  Py_DECREF(it)
  return PyErr_Occurred() !== null ? null : Py_RETURN_NONE()
}

// ---- the types ------------------------------------------------------------------------------------------------------------------

const check = (name: string, test: (self: PyObject) => boolean, result: () => PyObject): PyMethodDef => ({
  ml_name: name, ml_flags: METH_NOARGS, ml_meth: (self: PyObject) => test(self) ? result() : null,
})
const yes = (): PyObject => (Py_True.ob_refcnt++, Py_True)

const iobaseMethods: PyMethodDef[] = [
  { ml_name: 'seek', ml_flags: METH_VARARGS, ml_meth: () => unsupported('seek') },
  {
    ml_name: 'tell', ml_flags: METH_NOARGS,
    ml_meth: (self: PyObject) => {
      const args = [PyLong_FromSsize_t(0), PyLong_FromSsize_t(1)]
      return PyObject_CallMethodObjArgs(self, _Py_ID('seek'), ...args)
    },
  },
  { ml_name: 'truncate', ml_flags: METH_VARARGS, ml_meth: () => unsupported('truncate') },
  { ml_name: 'flush', ml_flags: METH_NOARGS, ml_meth: flush },
  { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: iobase_close },
  ...['seekable', 'readable', 'writable'].map(name => ({ ml_name: name, ml_flags: METH_NOARGS, ml_meth: no })),
  check('_checkClosed', self => checkClosed(self), Py_RETURN_NONE),
  check('_checkSeekable', self => checkInquiry(self, 'seekable'), yes),
  check('_checkReadable', self => checkInquiry(self, 'readable'), yes),
  check('_checkWritable', self => checkInquiry(self, 'writable'), yes),
  { ml_name: 'fileno', ml_flags: METH_NOARGS, ml_meth: () => unsupported('fileno') },
  { ml_name: 'isatty', ml_flags: METH_NOARGS, ml_meth: (self: PyObject) => checkClosed(self) ? no() : null },
  { ml_name: '__enter__', ml_flags: METH_NOARGS, ml_meth: (self: PyObject) => checkClosed(self) ? (self.ob_refcnt++, self) : null },
  { ml_name: '__exit__', ml_flags: METH_VARARGS, ml_meth: (self: PyObject) => PyObject_CallMethodNoArgs(self, _Py_ID('close')) },
  { ml_name: 'readline', ml_flags: METH_FASTCALL, ml_meth: readline, signature: '($self, size=-1, /)' },
  { ml_name: 'readlines', ml_flags: METH_FASTCALL, ml_meth: readlines, signature: '($self, hint=-1, /)' },
  { ml_name: 'writelines', ml_flags: METH_O, ml_meth: writelines, signature: '($self, lines, /)' },
]

export const PyIOBase_Type: PyTypeObject = new PyTypeObject('_io._IOBase', {
  tp_basicsize: 32, tp_flags: IO_FLAGS, weakrefs: true, tp_dictoffset: 16,
  tp_dealloc: iobase_dealloc,
  tp_traverse: (o, visit) => traverseStream(o, visit),
  tp_clear: o => clearStreamDict(o),
  tp_iter: self => checkClosed(self) ? (self.ob_refcnt++, self) : null,
  tp_iternext: iternext,
  tp_new: type => PyType_GenericAlloc(type, 0),
  tp_finalize: iobase_finalize,
  tp_methods: iobaseMethods,
  tp_getset: [
    { name: '__dict__', get: o => PyObject_GenericGetDict(o) },
    {
      name: 'closed',
      get: self => {
        const closed = isClosed(self)
        return closed < 0 ? null : PyBool_FromLong(closed)
      },
    },
  ],
})

// Mirrors _io__RawIOBase_read_impl: by readinto().
const rawRead: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('read', nargs, 0, 1)) return null
  const n = optionalSize(nargs > 0 ? args[0] : null)
  if (n === null) return null
  if (n < 0) return PyObject_CallMethodNoArgs(self, _Py_ID('readall'))
  const buffer = PyByteArray_FromBytes(new Uint8Array(n))
  if (buffer === null) return null
  const result = PyObject_CallMethodObjArgs(self, _Py_ID('readinto'), buffer)
  if (result === null || result === Py_None) return Py_DECREF(buffer), result
  const count = Number(result.v)
  Py_DECREF(result)
  const bytes = bytesFrom(PyByteArray_AsBytes(buffer).slice(0, count))
  Py_DECREF(buffer)
  return bytes
}

function rawReadAll(self: PyObject): PyObject | null {
  const chunks: PyObject = PyList_New(0)
  const parts: Uint8Array[] = []
  for (;;) {
    const size = PyLong_FromSsize_t(8192)
    const data = PyObject_CallMethodOneArg(self, _Py_ID('read'), size)
    Py_DECREF(size)
    if (data === null) return Py_DECREF(chunks), null
    if (data === Py_None) {
      if (parts.length === 0) return Py_DECREF(chunks), data
      Py_DECREF(data)
      break
    }
    if (!PyBytes_Check(data)) {
      Py_DECREF(chunks)
      Py_DECREF(data)
      return PyErr_SetString(PyExc_TypeError, 'read() should return bytes')
    }
    const bytes = PyBytes_AsBytes(data)
    if (bytes.length > 0) {
      parts.push(bytes)
      PyList_Append(chunks, data)
    }
    Py_DECREF(data)
    if (bytes.length === 0) break
  }
  const joined = Buffer.concat(parts)
  const result = newBytesBuffer(joined.length)
  Py_DECREF(chunks)
  return result === null ? null : finishBytes(result, new Uint8Array(joined))
}

const notImplemented = (): null => (PyErr_SetNone(PyExc_NotImplementedError), null)

export const PyRawIOBase_Type: PyTypeObject = new PyTypeObject('_io._RawIOBase', {
  tp_basicsize: 32, tp_flags: IO_FLAGS, weakrefs: true, tp_dictoffset: 16,
  tp_methods: [
    { ml_name: 'read', ml_flags: METH_FASTCALL, ml_meth: rawRead, signature: '($self, size=-1, /)' },
    { ml_name: 'readall', ml_flags: METH_NOARGS, ml_meth: rawReadAll, signature: '($self, /)' },
    { ml_name: 'readinto', ml_flags: METH_VARARGS, ml_meth: notImplemented },
    { ml_name: 'write', ml_flags: METH_VARARGS, ml_meth: notImplemented },
  ],
})
