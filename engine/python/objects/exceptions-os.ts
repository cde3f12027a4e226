// OSError: arguments (errno, strerror, filename, winerror, filename2) parsed in __new__ or, for subclasses that define
// __init__ but not __new__, in __init__; OSError itself becomes the subclass of the error number. Mirrors the OSError part
// of Objects/exceptions.c.
import { BaseExceptionData } from './exception-data'
import {
  METH_NOARGS, Py_DECREF, Py_INCREF, Py_XDECREF, type PyGetSetDef, type PyObject, type PyTypeObject,
} from './object'
import { PyNumber_AsSsize_t, PyNumber_Check } from './abstract'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { errnoOf } from './errno'
import {
  BaseException_str, PyExc_AttributeError, PyExc_BlockingIOError, PyExc_BrokenPipeError,
  PyExc_ChildProcessError, PyExc_ConnectionAbortedError, PyExc_ConnectionRefusedError, PyExc_ConnectionResetError,
  PyExc_FileExistsError, PyExc_FileNotFoundError, PyExc_InterruptedError, PyExc_IsADirectoryError,
  PyExc_NotADirectoryError, PyExc_OSError, PyExc_PermissionError, PyExc_ProcessLookupError, PyExc_TimeoutError,
  PyExc_ValueError, exceptionAlloc, objectMember,
} from './exceptions'
import type { ExceptionSpec } from './exceptions-simple'
import { _PyArg_NoKeywords } from './getargs'
import { PyLong_AsLong, PyLong_Check, PyLong_FromLong } from './longobject'
import { Py_None } from './singletons'
import { PyTuple_GetSlice, PyTuple_New, PyTuple_Pack } from './tupleobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

const ERRNO = 0
const STRERROR = 1
const FILENAME = 2
const FILENAME2 = 3

export class OSErrorData extends BaseExceptionData {
  /** characters_written of BlockingIOError, -1 = unset. */
  written = -1
}

function osErrorStruct(): OSErrorData {
  const data = new OSErrorData()
  data.own = [null, null, null, null]
  return data
}

/** The class for an error number, errnomap. */
function classOfErrno(errno: number): PyTypeObject | null {
  if (errnomap === null) {
    errnomap = new Map()
    const add = (type: PyTypeObject, ...names: string[]): void => {
      for (const name of names) errnomap!.set(errnoOf(name), type)
    }
    add(PyExc_BlockingIOError, 'EAGAIN', 'EALREADY', 'EINPROGRESS', 'EWOULDBLOCK')
    add(PyExc_BrokenPipeError, 'EPIPE', 'ESHUTDOWN')
    add(PyExc_ChildProcessError, 'ECHILD')
    add(PyExc_ConnectionAbortedError, 'ECONNABORTED')
    add(PyExc_ConnectionRefusedError, 'ECONNREFUSED')
    add(PyExc_ConnectionResetError, 'ECONNRESET')
    add(PyExc_FileExistsError, 'EEXIST')
    add(PyExc_FileNotFoundError, 'ENOENT')
    add(PyExc_IsADirectoryError, 'EISDIR')
    add(PyExc_NotADirectoryError, 'ENOTDIR')
    add(PyExc_InterruptedError, 'EINTR')
    add(PyExc_PermissionError, 'EACCES', 'EPERM')
    add(PyExc_ProcessLookupError, 'ESRCH')
    add(PyExc_TimeoutError, 'ETIMEDOUT')
  }
  return errnomap.get(errno) ?? null
}

let errnomap: Map<number, PyTypeObject> | null = null

/** True for subclasses that override __init__ and keep OSError.__new__: __init__ does the parsing then. */
function useInit(type: PyTypeObject): boolean {
  return type.tp_init !== OSError_init && type.tp_new === OSError_new
}

/** Fills the fields from the arguments. STEALS a reference to args. Mirrors oserror_init. */
function fill(self: PyObject, args: PyObject): number {
  const data = self.v as OSErrorData
  const items = args.v as PyObject[]
  const nargs = items.length
  let errno: PyObject | null = null
  let message: PyObject | null = null
  if (nargs >= 2 && nargs <= 5) {
    errno = items[0]!
    message = items[1]!
    const filename = items[2] ?? Py_None
    const filename2 = items[4] ?? Py_None
    if (filename !== Py_None) {
      if (self.ob_type === PyExc_BlockingIOError && PyNumber_Check(filename)) {
        data.written = PyNumber_AsSsize_t(filename, PyExc_ValueError)
        if (data.written === -1 && PyErr_Occurred() !== null) {
          Py_DECREF(args)
          return -1
        }
      } else {
        Py_INCREF(filename)
        data.own[FILENAME] = filename
        if (filename2 !== Py_None) {
          Py_INCREF(filename2)
          data.own[FILENAME2] = filename2
        }
        // File names leave `args`, as they always did.
        const kept = PyTuple_GetSlice(args, 0, 2)!
        Py_INCREF(errno)
        Py_INCREF(message)
        Py_DECREF(args)
        Py_DECREF(errno)
        Py_DECREF(message)
        args = kept
      }
    }
  }
  if (errno !== null) Py_INCREF(errno)
  data.own[ERRNO] = errno
  if (message !== null) Py_INCREF(message)
  data.own[STRERROR] = message
  const old = data.args
  data.args = args
  Py_XDECREF(old)
  return 0
}

function OSError_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const parseNow = !useInit(type)
  if (parseNow) {
    if (!_PyArg_NoKeywords(type.tp_name, kwargs)) return null
    const items = args.v as PyObject[]
    if (type === PyExc_OSError && items.length >= 2 && items.length <= 5 && PyLong_Check(items[0]!)) {
      const errno = items[0]!.v as unknown
      if (typeof errno === 'number') type = classOfErrno(errno) ?? type
    }
  }
  const self = exceptionAlloc(type)
  if (self === null) return null
  if (parseNow) {
    Py_INCREF(args)
    if (fill(self, args) < 0) {
      Py_DECREF(self)
      return null
    }
  } else (self.v as OSErrorData).args = PyTuple_New(0)
  return self
}

export function OSError_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (!useInit(self.ob_type)) return 0
  if (!_PyArg_NoKeywords(self.ob_type.tp_name, kwargs)) return -1
  Py_INCREF(args)
  return fill(self, args)
}

function OSError_str(self: PyObject): PyObject | null {
  const own = (self.v as OSErrorData).own
  const errno = own[ERRNO] ?? Py_None
  const message = own[STRERROR] ?? Py_None
  if (own[FILENAME]) {
    if (own[FILENAME2]) return PyUnicode_FromFormat('[Errno %S] %S: %R -> %R', errno, message, own[FILENAME], own[FILENAME2])
    return PyUnicode_FromFormat('[Errno %S] %S: %R', errno, message, own[FILENAME])
  }
  if (own[ERRNO] && own[STRERROR]) return PyUnicode_FromFormat('[Errno %S] %S', errno, message)
  return BaseException_str(self)
}

function OSError_reduce(self: PyObject): PyObject {
  const data = self.v as OSErrorData
  let args = data.args!
  const items = args.v as PyObject[]
  const filename = data.own[FILENAME]
  if (items.length === 2 && filename) {
    const filename2 = data.own[FILENAME2]
    args = filename2 ? PyTuple_Pack(items[0]!, items[1]!, filename, Py_None, filename2)
      : PyTuple_Pack(items[0]!, items[1]!, filename)
  } else Py_INCREF(args)
  const result = self.dict !== null ? PyTuple_Pack(self.ob_type, args, self.dict as PyObject) : PyTuple_Pack(self.ob_type, args)
  Py_DECREF(args)
  return result
}

const unset = (): void => { PyErr_SetString(PyExc_AttributeError, 'characters_written') }

const charactersWritten: PyGetSetDef = {
  name: 'characters_written',
  get: self => {
    const { written } = self.v as OSErrorData
    if (written !== -1) return PyLong_FromLong(written)
    unset()
    return null
  },
  set: (self, value) => {
    const data = self.v as OSErrorData
    if (value === null) {
      if (data.written === -1) {
        unset()
        return -1
      }
      data.written = -1
      return 0
    }
    const n = PyNumber_AsSsize_t(value, PyExc_ValueError)
    if (n === -1 && PyErr_Occurred() !== null) return -1
    data.written = n
    return 0
  },
}

export function osErrorSpec(): ExceptionSpec {
  return {
    struct: osErrorStruct,
    tp_new: OSError_new, tp_init: OSError_init, tp_str: OSError_str,
    tp_members: [
      objectMember('errno', ERRNO), objectMember('strerror', STRERROR), objectMember('filename', FILENAME),
      objectMember('filename2', FILENAME2),
    ],
    tp_getset: [charactersWritten],
    tp_methods: [{ ml_name: '__reduce__', ml_meth: OSError_reduce, ml_flags: METH_NOARGS }],
  }
}

/** The errno of an OSError instance, 0 if it has none. */
export function OSError_errno(o: PyObject): number {
  const errno = (o.v as OSErrorData).own[ERRNO]
  return errno && PyLong_Check(errno) ? PyLong_AsLong(errno) : 0
}

