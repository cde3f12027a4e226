// FileIO: unbuffered bytes of a file descriptor. Mirrors Modules/_io/fileio.c.
import { PySys_Audit } from '../sysmodule'
import {
  O_APPEND, O_CLOEXEC, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, S_IFDIR, fdClose, fdIsatty, fdOpen, fdRead, fdSeek, fdStat,
  fdTruncate, fdWrite,
} from '../file-descriptors'
import { PyUnicode_FSConverter, fsText } from '../fspath'
import { ArgParser } from '../../objects/arg-parser'
import { PyBool_FromLong, Py_False, Py_True } from '../../objects/boolobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallMethodOneArg } from '../../objects/call'
import { errnoOf } from '../../objects/errno'
import {
  PyErr_Clear, PyErr_ExceptionMatches, PyErr_Fetch, PyErr_Format, PyErr_Occurred, PyErr_RestoreFetched, PyErr_SetString, PyErr_WarnFormat,
  PyErr_WriteUnraisable, _PyErr_ChainExceptions, raiseErrno,
} from '../../objects/errors'
import { PyExc_ResourceWarning, PyExc_RuntimeError, PyExc_TypeError, PyExc_ValueError, PyExc_Warning } from '../../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsInt, PyLong_AsSsize_t, PyLong_Check, PyLong_FromLong, PyLong_FromSsize_t } from '../../objects/longobject'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes, PyObject_GetWritableBytes } from '../../objects/memoryobject'
import { METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, PyTypeObject, genericGetAttr, type FastFunction, type PyMethodDef, type PyObject } from '../../objects/object'
import { PyObject_IsTrue, PyObject_SetAttr, Py_ReprEnter, Py_ReprLeave, _PyObject_LookupAttr } from '../../objects/object-protocol'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, _Py_ID } from '../../objects/unicodeobject'
import { boolMember, finishBytes, newBytesBuffer, optionalSize, unsupported } from './common'
import { IO_FLAGS, PyRawIOBase_Type, _PyIOBase_finalize, clearStreamDict, freeStream, traverseStream } from './iobase'

const SMALLCHUNK = 8192
/** st_blksize of every file here. */
const BLOCK_SIZE = 4096

export class FileIOData {
  fd = -1
  created = false
  readable = false
  writable = false
  appending = false
  /** -1: not known yet. */
  seekable = -1
  closefd = true
  finalizing = false
  blksize = 0
}

const data = (o: PyObject): FileIOData => o.v as FileIOData

export const _PyFileIO_closed = (o: PyObject): boolean => data(o).fd < 0

const errClosed = (): null => PyErr_SetString(PyExc_ValueError, 'I/O operation on closed file')
const errMode = (action: string): null => unsupported(`File not open for ${action}`)

// ---- opening and closing -------------------------------------------------------------------------------------------------

function internalClose(d: FileIOData): number {
  if (d.fd < 0) return 0
  const { fd } = d
  d.fd = -1
  const result = fdClose(fd)
  if (result < 0) raiseErrno(-result)
  return result < 0 ? -1 : 0
}

function deallocWarn(self: PyObject, source: PyObject): PyObject {
  const d = data(self)
  if (d.fd >= 0 && d.closefd) {
    const e = PyErr_Fetch()
    if (PyErr_WarnFormat(PyExc_ResourceWarning, 1, 'unclosed file %R', source) < 0 && PyErr_ExceptionMatches(PyExc_Warning)) {
      PyErr_WriteUnraisable(self)
    }
    PyErr_RestoreFetched(e)
  }
  return Py_RETURN_NONE()
}

function close(self: PyObject): PyObject | null {
  const d = data(self)
  const result = PyObject_CallMethodOneArg(PyRawIOBase_Type, _Py_ID('close'), self)
  if (!d.closefd) {
    d.fd = -1
    return result
  }
  const e = PyErr_Fetch()
  if (d.finalizing) Py_DECREF(deallocWarn(self, self))
  const closed = internalClose(d)
  if (result === null) _PyErr_ChainExceptions(e)
  if (closed < 0 && result !== null) {
    Py_DECREF(result)
    return null
  }
  return result
}

function fileio_new(type: PyTypeObject): PyObject | null {
  const o = type.tp_alloc!(type, 0)
  if (o !== null) o.v = new FileIOData()
  return o
}

const MODE_ERROR = 'Must have exactly one of create/read/write/append mode and at most one plus'

/** Reads a mode such as 'rb+' into the flags of open(2); -1 with ValueError set. */
function parseMode(d: FileIOData, mode: string): number {
  let kinds = 0
  let plus = 0
  let flags = 0
  for (const c of mode) {
    if ('xrwa'.includes(c)) kinds++
    switch (c) {
      case 'x':
        d.created = d.writable = true
        flags |= O_EXCL | O_CREAT
        break
      case 'r': d.readable = true; break
      case 'w':
        d.writable = true
        flags |= O_CREAT | O_TRUNC
        break
      case 'a':
        d.writable = d.appending = true
        flags |= O_APPEND | O_CREAT
        break
      case 'b': break
      case '+':
        d.readable = d.writable = true
        plus++
        break
      default: return PyErr_Format(PyExc_ValueError, `invalid mode: ${mode}`), -1
    }
    if (kinds > 1 || plus > 1) break
  }
  if (kinds !== 1 || plus > 1) return PyErr_SetString(PyExc_ValueError, MODE_ERROR), -1
  return flags | (d.readable && d.writable ? O_RDWR : d.readable ? O_RDONLY : O_WRONLY) | O_CLOEXEC
}

const initParser = new ArgParser('FileIO', ['file', 'mode', 'closefd', 'opener'])

function fileio_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const items = args.v as PyObject[]
  const given = _PyArg_UnpackKeywords(items, items.length, kwargs, null, initParser, 1, 4, 0)
  if (given === null) return -1
  const [name, modeObject, closefdObject, opener] = given
  let mode = 'r'
  if (modeObject) {
    if (!PyUnicode_Check(modeObject)) return _PyArg_BadArgument('FileIO', "argument 'mode'", 'str', modeObject), -1
    mode = PyUnicode_AsString(modeObject)
  }
  let closefd = 1
  if (closefdObject) {
    closefd = PyObject_IsTrue(closefdObject)
    if (closefd < 0) return -1
  }
  return open(self, name!, mode, closefd === 1, opener ?? Py_None)
}

// Mirrors _io_FileIO___init___impl.
function open(self: PyObject, name: PyObject, mode: string, closefd: boolean, opener: PyObject): number {
  const d = data(self)
  if (d.fd >= 0) {
    if (!d.closefd) d.fd = -1
    else if (internalClose(d) < 0) return -1
  }
  const fd = PyLong_AsInt(name)
  if (fd >= 0) return openAs(self, name, null, fd, mode, closefd, opener)
  if (PyErr_Occurred() === null) return PyErr_SetString(PyExc_ValueError, 'negative file descriptor'), -1
  PyErr_Clear()
  const path = PyUnicode_FSConverter(name)
  if (path === null) return -1
  const result = openAs(self, name, fsText(path), -1, mode, closefd, opener)
  Py_DECREF(path)
  return result
}

/** Opens a path, or takes a descriptor over (path null). */
function openAs(
  self: PyObject, name: PyObject, path: string | null, fd: number, mode: string, closefd: boolean, opener: PyObject,
): number {
  const d = data(self)
  const flags = parseMode(d, mode)
  if (flags === -1) return -1
  let owned = false
  if (path === null) {
    d.fd = fd
    d.closefd = closefd
  } else {
    d.closefd = true
    if (!closefd) return PyErr_SetString(PyExc_ValueError, 'Cannot use closefd=False with file name'), -1
    if (PySys_Audit('open', name, Py_None, Py_None) < 0) return -1
    if (opener === Py_None) {
      const result = fdOpen(path, flags)
      if (result < 0) return raiseErrno(-result, name), -1
      d.fd = result
    } else if (!openByOpener(d, name, flags, opener)) return -1
    owned = true
  }
  const ok = afterOpen(self, name)
  if (ok) return 0
  if (!owned) d.fd = -1
  if (d.fd >= 0) {
    const e = PyErr_Fetch()
    internalClose(d)
    PyErr_RestoreFetched(e)
  }
  return -1
}

function openByOpener(d: FileIOData, name: PyObject, flags: number, opener: PyObject): boolean {
  const flagsObject = PyLong_FromSsize_t(flags)
  const made = PyObject_CallFunctionObjArgs(opener, name, flagsObject)
  Py_DECREF(flagsObject)
  if (made === null) return false
  if (!PyLong_Check(made)) {
    Py_DECREF(made)
    PyErr_SetString(PyExc_TypeError, 'expected integer from opener')
    return false
  }
  d.fd = PyLong_AsInt(made)
  Py_DECREF(made)
  if (d.fd >= 0) return true
  if (PyErr_Occurred() === null) PyErr_Format(PyExc_ValueError, `opener returned ${d.fd}`)
  return false
}

function afterOpen(self: PyObject, name: PyObject): boolean {
  const d = data(self)
  d.blksize = SMALLCHUNK
  const stat = fdStat(d.fd)
  if (typeof stat === 'number') {
    if (stat === -errnoOf('EBADF')) return raiseErrno(-stat), false
  } else {
    if ((stat.mode & 0o170000) === S_IFDIR) return raiseErrno(errnoOf('EISDIR'), name), false
    d.blksize = BLOCK_SIZE
  }
  if (PyObject_SetAttr(self, _Py_ID('name'), name) < 0) return false
  if (d.appending) {
    const end = seekTo(d, 0, 2, true)
    if (end === null) return false
    Py_DECREF(end)
  }
  return true
}

function fileio_dealloc(self: PyObject): void {
  data(self).finalizing = true
  if (_PyIOBase_finalize(self) < 0) return
  freeStream(self)
}

// ---- reading and writing ---------------------------------------------------------------------------------------------------

/** NEW position; null with OSError set. Mirrors portable_lseek. */
function seekTo(d: FileIOData, offset: number, whence: number, pipesAreFine = false): PyObject | null {
  let result = fdSeek(d.fd, offset, whence)
  if (d.seekable < 0) d.seekable = result >= 0 ? 1 : 0
  if (result < 0) {
    if (!pipesAreFine || result !== -errnoOf('ESPIPE')) return raiseErrno(-result)
    result = 0
  }
  return PyLong_FromSsize_t(result)
}

/** A failed system call: None when it would block, else OSError. */
const failed = (result: number): PyObject | null => PyErr_Occurred() !== null ? null : result === -errnoOf('EAGAIN') ? Py_RETURN_NONE() : raiseErrno(-result)

function readall(self: PyObject): PyObject | null {
  const d = data(self)
  if (d.fd < 0) return errClosed()
  const position = fdSeek(d.fd, 0, 1)
  const stat = fdStat(d.fd)
  const end = typeof stat === 'number' ? -1 : stat.size
  let room = end > 0 && position >= 0 && end >= position ? end - position + 1 : SMALLCHUNK
  let result = newBytesBuffer(room)
  if (result === null) return null
  const parts: Uint8Array[] = []
  let count = 0
  for (;;) {
    if (count >= room) {
      room = count + Math.max(count > 65536 ? count >> 3 : 256 + count, SMALLCHUNK)
      result = finishBytes(result, new Uint8Array(room))
      if (result === null) return null
    }
    const bytes = fdRead(d.fd, room - count)
    if (typeof bytes === 'number') {
      if (bytes === -errnoOf('EAGAIN') && count > 0) break
      Py_DECREF(result)
      return failed(bytes)
    }
    if (bytes.length === 0) break
    parts.push(bytes)
    count += bytes.length
  }
  return finishBytes(result, parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts)))
}

const read: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('read', nargs, 0, 1)) return null
  const size = optionalSize(nargs > 0 ? args[0] : null)
  if (size === null) return null
  const d = data(self)
  if (d.fd < 0) return errClosed()
  if (!d.readable) return errMode('reading')
  if (size < 0) return readall(self)
  const result = newBytesBuffer(size)
  if (result === null) return null
  const bytes = fdRead(d.fd, size)
  if (typeof bytes === 'number') return Py_DECREF(result), failed(bytes)
  return finishBytes(result, bytes)
}

function readinto(self: PyObject, buffer: PyObject): PyObject | null {
  if (!PyObject_CheckBuffer(buffer)) return _PyArg_BadArgument('readinto', 'argument', 'read-write bytes-like object', buffer)
  const view = PyObject_GetWritableBytes(buffer)
  if (view === null) {
    PyErr_Clear()
    return _PyArg_BadArgument('readinto', 'argument', 'read-write bytes-like object', buffer)
  }
  const d = data(self)
  let result: PyObject | null
  if (d.fd < 0) result = errClosed()
  else if (!d.readable) result = errMode('reading')
  else {
    const bytes = fdRead(d.fd, view.bytes.length)
    if (typeof bytes === 'number') result = failed(bytes)
    else {
      view.bytes.set(bytes)
      result = PyLong_FromSsize_t(bytes.length)
    }
  }
  PyBuffer_Release(view)
  return result
}

function write(self: PyObject, buffer: PyObject): PyObject | null {
  const view = PyObject_GetBufferBytes(buffer)
  if (view === null) return null
  const d = data(self)
  let result: PyObject | null
  if (d.fd < 0) result = errClosed()
  else if (!d.writable) result = errMode('writing')
  else {
    const n = fdWrite(d.fd, view.bytes)
    result = n < 0 ? failed(n) : PyLong_FromSsize_t(n)
  }
  PyBuffer_Release(view)
  return result
}

const seek: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('seek', nargs, 1, 2)) return null
  let whence = 0
  if (nargs > 1) {
    whence = PyLong_AsInt(args[1]!)
    if (whence === -1 && PyErr_Occurred() !== null) return null
  }
  if (data(self).fd < 0) return errClosed()
  const offset = PyLong_AsSsize_t(args[0]!)
  if (offset === -1 && PyErr_Occurred() !== null) return null
  return seekTo(data(self), offset, whence)
}

const truncate: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('truncate', nargs, 0, 1)) return null
  const d = data(self)
  if (d.fd < 0) return errClosed()
  if (!d.writable) return errMode('writing')
  let position: PyObject
  if (nargs === 0 || args[0] === Py_None) {
    const here = seekTo(d, 0, 1)
    if (here === null) return null
    position = here
  } else {
    position = args[0]!
    position.ob_refcnt++
  }
  const size = PyLong_AsSsize_t(position)
  const result = size === -1 && PyErr_Occurred() !== null ? 0 : fdTruncate(d.fd, size)
  if (result < 0) raiseErrno(-result)
  if (PyErr_Occurred() === null) return position
  Py_DECREF(position)
  return null
}

// ---- inquiries -------------------------------------------------------------------------------------------------------------

function inquiry(name: string, ask: (d: FileIOData) => boolean): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_NOARGS,
    ml_meth: (self: PyObject) => data(self).fd < 0 ? errClosed() : PyBool_FromLong(ask(data(self)) ? 1 : 0),
  }
}

function isSeekable(d: FileIOData): boolean {
  if (d.seekable < 0) {
    const position = seekTo(d, 0, 1)
    if (position === null) PyErr_Clear()
    else Py_DECREF(position)
  }
  return d.seekable === 1
}

function modeString(d: FileIOData): string {
  if (d.created) return d.readable ? 'xb+' : 'xb'
  if (d.appending) return d.readable ? 'ab+' : 'ab'
  return d.readable ? d.writable ? 'rb+' : 'rb' : 'wb'
}

function fileio_repr(self: PyObject): PyObject | null {
  const d = data(self)
  if (d.fd < 0) return PyUnicode_FromString('<_io.FileIO [closed]>')
  const name = _PyObject_LookupAttr(self, _Py_ID('name'))
  if (name === null && PyErr_Occurred() !== null) return null
  const tail = `mode='${modeString(d)}' closefd=${d.closefd ? 'True' : 'False'}>`
  if (name === null) return PyUnicode_FromString(`<_io.FileIO fd=${d.fd} ${tail}`)
  let result: PyObject | null = null
  const status = Py_ReprEnter(self)
  if (status === 0) {
    result = PyUnicode_FromFormat('<_io.FileIO name=%R %s', name, tail)
    Py_ReprLeave(self)
  } else if (status > 0) PyErr_Format(PyExc_RuntimeError, `reentrant call inside ${self.ob_type.tp_name}.__repr__`)
  Py_DECREF(name)
  return result
}

export const PyFileIO_Type: PyTypeObject = new PyTypeObject('_io.FileIO', {
  tp_basicsize: 48, tp_flags: IO_FLAGS, weakrefs: true, tp_dictoffset: 40,
  tp_dealloc: fileio_dealloc,
  tp_repr: fileio_repr,
  tp_getattro: genericGetAttr,
  tp_traverse: (o, visit) => traverseStream(o, visit),
  tp_clear: o => clearStreamDict(o),
  tp_init: fileio_init,
  tp_new: fileio_new,
  tp_methods: [
    { ml_name: 'read', ml_flags: METH_FASTCALL, ml_meth: read, signature: '($self, size=-1, /)' },
    { ml_name: 'readall', ml_flags: METH_NOARGS, ml_meth: readall, signature: '($self, /)' },
    { ml_name: 'readinto', ml_flags: METH_O, ml_meth: readinto, signature: '($self, buffer, /)' },
    { ml_name: 'write', ml_flags: METH_O, ml_meth: write, signature: '($self, b, /)' },
    { ml_name: 'seek', ml_flags: METH_FASTCALL, ml_meth: seek, signature: '($self, pos, whence=0, /)' },
    {
      ml_name: 'tell', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (self: PyObject) => data(self).fd < 0 ? errClosed() : seekTo(data(self), 0, 1),
    },
    { ml_name: 'truncate', ml_flags: METH_FASTCALL, ml_meth: truncate, signature: '($self, size=None, /)' },
    { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: close, signature: '($self, /)' },
    inquiry('seekable', isSeekable), inquiry('readable', d => d.readable), inquiry('writable', d => d.writable),
    {
      ml_name: 'fileno', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (self: PyObject) => data(self).fd < 0 ? errClosed() : PyLong_FromLong(data(self).fd),
    },
    inquiry('isatty', d => fdIsatty(d.fd)),
    { ml_name: '_dealloc_warn', ml_flags: METH_O, ml_meth: deallocWarn },
  ],
  tp_members: [
    {
      name: '_blksize', get: self => PyLong_FromSsize_t(data(self).blksize),
      set: (self, value) => {
        const n = value === null ? -1 : PyLong_AsInt(value)
        if (n === -1 && PyErr_Occurred() !== null) return -1
        data(self).blksize = n
        return 0
      },
    },
    boolMember('_finalizing', self => data(self).finalizing, (self, value) => { data(self).finalizing = value }),
  ],
  tp_getset: [
    { name: 'closed', get: self => PyBool_FromLong(data(self).fd < 0 ? 1 : 0) },
    {
      name: 'closefd',
      get: self => {
        const o = data(self).closefd ? Py_True : Py_False
        o.ob_refcnt++
        return o
      },
    },
    { name: 'mode', get: self => PyUnicode_FromString(modeString(data(self))) },
  ],
})
