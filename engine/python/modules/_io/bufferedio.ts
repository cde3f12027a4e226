// _BufferedIOBase, BufferedReader, BufferedWriter, BufferedRandom. Mirrors Modules/_io/bufferedio.c; reading is in
// buffered-read.ts, the buffer itself in buffered-data.ts. BufferedRWPair is in rwpair.ts.
import { PyNumber_AsSsize_t } from '../../objects/abstract'
import { ArgParser } from '../../objects/arg-parser'
import { PyBytes_AsBytes, PyBytes_Check } from '../../objects/bytesobject'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodOneArg } from '../../objects/call'
import {
  PyErr_Clear, PyErr_ExceptionMatches, PyErr_Fetch, PyErr_Format, PyErr_GivenExceptionMatches, PyErr_Occurred, PyErr_RestoreFetched,
  PyErr_SetString, _PyErr_ChainExceptions,
} from '../../objects/errors'
import { PyExc_AttributeError, PyExc_BlockingIOError, PyExc_OSError, PyExc_RuntimeError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsInt, PyLong_FromSsize_t } from '../../objects/longobject'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes, PyObject_GetWritableBytes } from '../../objects/memoryobject'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_XDECREF, PyTypeObject, type FastFunction, type PyMethodDef, type PyObject,
  type TypeSpec,
} from '../../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue, Py_ReprEnter, Py_ReprLeave, _PyObject_LookupAttr } from '../../objects/object-protocol'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_FromString, _Py_ID } from '../../objects/unicodeobject'
import {
  BufferedData, adjustPosition, bufferedData, checkOpen, flushAndRewind, flushWrites, freeBuffer, freeLock, hasReadBuffer, hasWriteBuffer, initBuffer,
  initialized, isClosed, locked, rawOffset, rawSeek, rawTell, rawWrite, readahead, resetRead, resetWrite, setBlockingError,
} from './buffered-data'
import { peek, read, read1, readinto, readline } from './buffered-read'
import { DEFAULT_BUFFER_SIZE, boolMember, checkInquiry, neededSize, optionalSize, unsupported } from './common'
import { PyFileIO_Type } from './fileio'
import { IO_FLAGS, _PyIOBase_finalize, clearStreamDict, freeStream, traverseStream } from './iobase'

// ---- _BufferedIOBase -----------------------------------------------------------------------------------------------------

/** A view of memory to read into; null with TypeError set. */
function writableArgument(name: string, buffer: PyObject) {
  const view = PyObject_CheckBuffer(buffer) ? PyObject_GetWritableBytes(buffer) : null
  if (view !== null) return view
  PyErr_Clear()
  return _PyArg_BadArgument(name, 'argument', 'read-write bytes-like object', buffer)
}

/** readinto by way of read() or read1(). Mirrors _bufferediobase_readinto_generic. */
function baseReadinto(name: 'readinto' | 'readinto1'): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_O, signature: '($self, buffer, /)',
    ml_meth: (self: PyObject, buffer: PyObject) => {
      const view = writableArgument(name, buffer)
      if (view === null) return null
      const size = PyLong_FromSsize_t(view.bytes.length)
      const data = PyObject_CallMethodOneArg(self, _Py_ID(name === 'readinto' ? 'read' : 'read1'), size)
      Py_DECREF(size)
      let result: PyObject | null = null
      if (data !== null && !PyBytes_Check(data)) PyErr_SetString(PyExc_TypeError, 'read() should return bytes')
      else if (data !== null) {
        const bytes = PyBytes_AsBytes(data)
        if (bytes.length > view.bytes.length) {
          PyErr_Format(PyExc_ValueError,
            `read() returned too much data: ${view.bytes.length} bytes requested, ${bytes.length} returned`)
        } else {
          view.bytes.set(bytes)
          result = PyLong_FromSsize_t(bytes.length)
        }
      }
      Py_XDECREF(data)
      PyBuffer_Release(view)
      return result
    },
  }
}

const unsupportedMethod = (name: string, flags: number): PyMethodDef => ({ ml_name: name, ml_flags: flags, ml_meth: () => unsupported(name) })

export const PyBufferedIOBase_Type: PyTypeObject = new PyTypeObject('_io._BufferedIOBase', {
  tp_basicsize: 32, tp_flags: IO_FLAGS, weakrefs: true, tp_dictoffset: 16,
  tp_methods: [
    unsupportedMethod('detach', METH_NOARGS), unsupportedMethod('read', METH_VARARGS), unsupportedMethod('read1', METH_VARARGS),
    baseReadinto('readinto'), baseReadinto('readinto1'), unsupportedMethod('write', METH_VARARGS),
  ],
})

// ---- construction and end --------------------------------------------------------------------------------------------------

const parsers = {
  BufferedReader: new ArgParser('BufferedReader', ['raw', 'buffer_size']),
  BufferedWriter: new ArgParser('BufferedWriter', ['raw', 'buffer_size']),
  BufferedRandom: new ArgParser('BufferedRandom', ['raw', 'buffer_size']),
}
type Kind = keyof typeof parsers

function initFor(kind: Kind, exact: () => PyTypeObject) {
  return (self: PyObject, args: PyObject, kwargs: PyObject | null): number => {
    const items = args.v as PyObject[]
    const given = _PyArg_UnpackKeywords(items, items.length, kwargs, null, parsers[kind], 1, 2, 0)
    if (given === null) return -1
    const size = given[1] ? neededSize(given[1]) : DEFAULT_BUFFER_SIZE
    if (size === null) return -1
    const raw = given[0]!
    const d = bufferedData(self)
    d.ok = d.detached = false
    if (kind === 'BufferedRandom' && !checkInquiry(raw, 'seekable')) return -1
    if (kind !== 'BufferedWriter' && !checkInquiry(raw, 'readable')) return -1
    if (kind !== 'BufferedReader' && !checkInquiry(raw, 'writable')) return -1
    raw.ob_refcnt++
    const old = d.raw
    d.raw = raw
    Py_XDECREF(old)
    d.buffer_size = size
    d.readable = kind !== 'BufferedWriter'
    d.writable = kind !== 'BufferedReader'
    if (!initBuffer(d)) return -1
    if (d.readable) resetRead(d)
    if (d.writable) {
      resetWrite(d)
      d.pos = 0
    }
    d.fast_closed_checks = self.ob_type === exact() && raw.ob_type === PyFileIO_Type
    d.ok = true
    return 0
  }
}

function clearRaw(d: BufferedData): void {
  d.ok = false
  const { raw } = d
  d.raw = null
  Py_XDECREF(raw)
}

function dealloc(self: PyObject): void {
  const d = bufferedData(self)
  d.finalizing = true
  if (_PyIOBase_finalize(self) < 0) return
  freeStream(self, () => {
    clearRaw(d)
    freeBuffer(d)
    freeLock(d)
  })
}

function deallocWarn(self: PyObject, source: PyObject): PyObject {
  const d = bufferedData(self)
  if (d.ok && d.raw !== null) {
    const result = PyObject_CallMethodOneArg(d.raw, _Py_ID('_dealloc_warn'), source)
    if (result === null) PyErr_Clear()
    else Py_DECREF(result)
  }
  return Py_RETURN_NONE()
}

/** Truth of raw.closed; -1 with an exception set. */
function rawClosed(d: BufferedData): number {
  const value = PyObject_GetAttr(d.raw!, _Py_ID('closed'))
  if (value === null) return -1
  const truth = PyObject_IsTrue(value)
  Py_DECREF(value)
  return truth
}

function close(self: PyObject): PyObject | null {
  const d = initialized(self)
  if (d === null) return null
  const closed = locked(self, d, () => rawClosed(d))
  if (closed === null || closed < 0) return null
  if (closed > 0) return Py_RETURN_NONE()
  if (d.finalizing) Py_DECREF(deallocWarn(self, self))
  const flushed = PyObject_CallMethodNoArgs(self, _Py_ID('flush'))
  const e = PyErr_Fetch()
  Py_XDECREF(flushed)
  const result = PyObject_CallMethodNoArgs(d.raw!, _Py_ID('close'))
  freeBuffer(d)
  d.read_end = 0
  d.pos = 0
  if (e.type === null) return result
  _PyErr_ChainExceptions(e)
  Py_XDECREF(result)
  return null
}

function detach(self: PyObject): PyObject | null {
  const d = initialized(self)
  if (d === null) return null
  const flushed = PyObject_CallMethodNoArgs(self, _Py_ID('flush'))
  if (flushed === null) return null
  Py_DECREF(flushed)
  const { raw } = d
  d.raw = null
  d.detached = true
  d.ok = false
  return raw
}

// ---- methods ------------------------------------------------------------------------------------------------------------------

/** A method that asks the raw stream. */
function forward(name: string): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_NOARGS,
    ml_meth: (self: PyObject) => {
      const d = initialized(self)
      return d === null ? null : PyObject_CallMethodNoArgs(d.raw!, _Py_ID(name))
    },
  }
}

/** A method with one optional size argument, after which it works on a usable stream. */
function sized(
  name: string, otherwise: number, noneToo: boolean, run: (self: PyObject, d: BufferedData, n: number) => PyObject | null,
): PyMethodDef {
  const ml_meth: FastFunction = (self, args, nargs) => {
    if (!_PyArg_CheckPositional(name, nargs, 0, 1)) return null
    const n = nargs === 0 ? otherwise : noneToo ? optionalSize(args[0], otherwise) : neededSize(args[0]!)
    const d = n === null ? null : initialized(self)
    return n === null || d === null ? null : run(self, d, n)
  }
  return { ml_name: name, ml_flags: METH_FASTCALL, ml_meth, signature: `($self, size=${otherwise}, /)` }
}

function readintoMethod(name: 'readinto' | 'readinto1'): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_O, signature: '($self, buffer, /)',
    ml_meth: (self: PyObject, buffer: PyObject) => {
      const view = writableArgument(name, buffer)
      if (view === null) return null
      const d = initialized(self)
      const result = d === null ? null : readinto(self, d, view.bytes, name === 'readinto1')
      PyBuffer_Release(view)
      return result
    },
  }
}

function flush(self: PyObject): PyObject | null {
  const d = initialized(self)
  if (d === null || !checkOpen(d, 'flush of closed file')) return null
  return locked(self, d, () => flushAndRewind(d)) ? Py_RETURN_NONE() : null
}

function simpleFlush(self: PyObject): PyObject | null {
  const d = initialized(self)
  return d === null ? null : PyObject_CallMethodNoArgs(d.raw!, _Py_ID('flush'))
}

function tell(self: PyObject): PyObject | null {
  const d = initialized(self)
  if (d === null) return null
  const position = rawTell(d)
  return position === -1 ? null : PyLong_FromSsize_t(position - rawOffset(d))
}

const seek: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('seek', nargs, 1, 2)) return null
  let whence = 0
  if (nargs > 1) {
    whence = PyLong_AsInt(args[1]!)
    if (whence === -1 && PyErr_Occurred() !== null) return null
  }
  const d = initialized(self)
  if (d === null) return null
  if (whence < 0 || whence > 2) return PyErr_Format(PyExc_ValueError, `whence value ${whence} unsupported`)
  if (!checkOpen(d, 'seek of closed file') || !checkInquiry(d.raw!, 'seekable')) return null
  let target = PyNumber_AsSsize_t(args[0]!, PyExc_ValueError)
  if (target === -1 && PyErr_Occurred() !== null) return null
  if (whence !== 2 && d.readable) {
    // Inside the buffer only the logical position moves.
    const here = d.abs_pos !== -1 ? d.abs_pos : rawTell(d)
    const available = readahead(d)
    if (available > 0) {
      const offset = whence === 0 ? target - (here - rawOffset(d)) : target
      if (offset >= -d.pos && offset <= available) {
        d.pos += offset
        return PyLong_FromSsize_t(here - available + offset)
      }
    }
  }
  return locked(self, d, () => {
    if (d.writable && !flushWrites(d)) return null
    if (whence === 1) target -= rawOffset(d)
    const n = rawSeek(d, target, whence)
    if (n === -1) return null
    d.raw_pos = -1
    if (d.readable) resetRead(d)
    return PyLong_FromSsize_t(n)
  })
}

const truncate: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('truncate', nargs, 0, 1)) return null
  const d = initialized(self)
  if (d === null || !checkOpen(d, 'truncate of closed file')) return null
  if (!d.writable) return unsupported('truncate')
  return locked(self, d, () => {
    if (!flushAndRewind(d)) return null
    const result = PyObject_CallMethodOneArg(d.raw!, _Py_ID('truncate'), nargs > 0 ? args[0]! : Py_None)
    if (result !== null && rawTell(d) === -1) PyErr_Clear()
    return result
  })
}

function write(self: PyObject, buffer: PyObject): PyObject | null {
  if (!PyObject_CheckBuffer(buffer)) return PyErr_Format(PyExc_TypeError, `a bytes-like object is required, not '${buffer.ob_type.tp_name}'`)
  const view = PyObject_GetBufferBytes(buffer)
  if (view === null) return null
  const d = initialized(self)
  const result = d === null ? null : locked(self, d, () => writeBytes(d, view.bytes))
  PyBuffer_Release(view)
  return result
}

// Mirrors _io_BufferedWriter_write_impl.
function writeBytes(d: BufferedData, bytes: Uint8Array): PyObject | null {
  if (isClosed(d) !== 0) return PyErr_Occurred() !== null ? null : PyErr_SetString(PyExc_ValueError, 'write to closed file')
  if (!hasReadBuffer(d) && !hasWriteBuffer(d)) d.pos = d.raw_pos = 0
  if (bytes.length <= d.buffer_size - d.pos) {
    d.buffer!.set(bytes, d.pos)
    if (!hasWriteBuffer(d) || d.write_pos > d.pos) d.write_pos = d.pos
    adjustPosition(d, d.pos + bytes.length)
    if (d.pos > d.write_end) d.write_end = d.pos
    return PyLong_FromSsize_t(bytes.length)
  }
  if (!flushWrites(d)) return afterBlocking(d, bytes)
  const offset = rawOffset(d)
  if (offset !== 0) {
    if (rawSeek(d, -offset, 1) < 0) return null
    d.raw_pos -= offset
  }
  let written = 0
  while (bytes.length - written > d.buffer_size) {
    const n = rawWrite(d, bytes.subarray(written))
    if (n === -1) return null
    if (n === -2) {
      d.buffer!.set(bytes.subarray(written, written + d.buffer_size))
      d.raw_pos = 0
      adjustPosition(d, d.buffer_size)
      d.write_end = d.buffer_size
      setBlockingError(written + d.buffer_size)
      return null
    }
    written += n
  }
  if (d.readable) resetRead(d)
  const remaining = bytes.length - written
  d.buffer!.set(bytes.subarray(written))
  d.write_pos = 0
  d.write_end = remaining
  adjustPosition(d, remaining)
  d.raw_pos = 0
  return PyLong_FromSsize_t(bytes.length)
}

/** The raw stream would block: keep in the buffer what fits. */
function afterBlocking(d: BufferedData, bytes: Uint8Array): PyObject | null {
  const e = PyErr_Fetch()
  const blocking = PyErr_GivenExceptionMatches(e.type, PyExc_BlockingIOError)
  PyErr_RestoreFetched(e)
  if (!blocking) return null
  if (d.readable) resetRead(d)
  d.buffer!.copyWithin(0, d.write_pos, d.write_end)
  d.write_end -= d.write_pos
  d.raw_pos -= d.write_pos
  d.pos -= d.write_pos
  d.write_pos = 0
  const room = d.buffer_size - d.write_end
  const fits = bytes.length <= room
  const part = fits ? bytes : bytes.subarray(0, room)
  d.buffer!.set(part, d.write_end)
  d.write_end += part.length
  d.pos += part.length
  if (fits) {
    PyErr_Clear()
    return PyLong_FromSsize_t(bytes.length)
  }
  setBlockingError(room)
  return null
}

function iternext(self: PyObject): PyObject | null {
  const d = initialized(self)
  if (d === null) return null
  let line: PyObject | null
  if (self.ob_type === PyBufferedReader_Type || self.ob_type === PyBufferedRandom_Type) line = readline(self, d, -1)
  else {
    line = PyObject_CallMethodNoArgs(self, _Py_ID('readline'))
    if (line !== null && !PyBytes_Check(line)) {
      PyErr_Format(PyExc_OSError, `readline() should have returned a bytes object, not '${line.ob_type.tp_name}'`)
      Py_DECREF(line)
      return null
    }
  }
  if (line === null || PyBytes_AsBytes(line).length > 0) return line
  Py_DECREF(line)
  return null
}

function repr(self: PyObject): PyObject | null {
  const name = _PyObject_LookupAttr(self, _Py_ID('name'))
  if (name === null) {
    if (PyErr_Occurred() !== null && !PyErr_ExceptionMatches(PyExc_ValueError)) return null
    PyErr_Clear()
    return PyUnicode_FromString(`<${self.ob_type.tp_name}>`)
  }
  let result: PyObject | null = null
  const status = Py_ReprEnter(self)
  if (status === 0) {
    result = PyUnicode_FromFormat('<%s name=%R>', self.ob_type.tp_name, name)
    Py_ReprLeave(self)
  } else if (status > 0) PyErr_Format(PyExc_RuntimeError, `reentrant call inside ${self.ob_type.tp_name}.__repr__`)
  Py_DECREF(name)
  return result
}

// ---- the types ---------------------------------------------------------------------------------------------------------------------

const common: PyMethodDef[] = [
  { ml_name: 'detach', ml_flags: METH_NOARGS, ml_meth: detach },
  { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: close },
  forward('seekable'), forward('fileno'), forward('isatty'),
  { ml_name: '_dealloc_warn', ml_flags: METH_O, ml_meth: deallocWarn },
  { ml_name: 'seek', ml_flags: METH_FASTCALL, ml_meth: seek, signature: '($self, target, whence=0, /)' },
  { ml_name: 'tell', ml_flags: METH_NOARGS, ml_meth: tell },
  { ml_name: 'truncate', ml_flags: METH_FASTCALL, ml_meth: truncate, signature: '($self, pos=None, /)' },
  {
    ml_name: '__sizeof__', ml_flags: METH_NOARGS,
    ml_meth: (self: PyObject) => {
      const d = bufferedData(self)
      return PyLong_FromSsize_t(self.ob_type.tp_basicsize + (d.buffer === null ? 0 : d.buffer_size))
    },
  },
]
const reading: PyMethodDef[] = [
  forward('readable'),
  sized('read', -1, true, (self, d, n) =>
    n < -1 ? PyErr_SetString(PyExc_ValueError, 'read length must be non-negative or -1') : read(self, d, n)),
  sized('peek', 0, false, peek), sized('read1', -1, false, read1),
  readintoMethod('readinto'), readintoMethod('readinto1'),
  sized('readline', -1, true, readline),
]
const writing: PyMethodDef[] = [
  forward('writable'),
  { ml_name: 'write', ml_flags: METH_O, ml_meth: write, signature: '($self, buffer, /)' },
]
const flushing: PyMethodDef = { ml_name: 'flush', ml_flags: METH_NOARGS, ml_meth: flush }

const rawAttribute = (name: string) => ({
  name,
  get: (self: PyObject): PyObject | null => {
    const d = initialized(self)
    return d === null ? null : PyObject_GetAttr(d.raw!, _Py_ID(name))
  },
})

function spec(kind: Kind, exact: () => PyTypeObject, methods: PyMethodDef[], iterates: boolean): TypeSpec {
  const type: TypeSpec = {
    tp_basicsize: 152, tp_flags: IO_FLAGS, weakrefs: true, tp_dictoffset: 136,
    tp_dealloc: dealloc,
    tp_repr: repr,
    tp_traverse: (o, visit) => traverseStream(o, visit, bufferedData(o).raw),
    tp_clear: o => {
      clearRaw(bufferedData(o))
      clearStreamDict(o)
    },
    tp_init: initFor(kind, exact),
    tp_new: t => {
      const o = t.tp_alloc!(t, 0)
      if (o !== null) o.v = new BufferedData()
      return o
    },
    tp_methods: methods,
    tp_members: [
      {
        name: 'raw',
        get: self => {
          const { raw } = bufferedData(self)
          if (raw === null) return PyErr_SetString(PyExc_AttributeError, 'raw')
          raw.ob_refcnt++
          return raw
        },
      },
      boolMember('_finalizing', self => bufferedData(self).finalizing, (self, value) => { bufferedData(self).finalizing = value }),
    ],
    tp_getset: [rawAttribute('closed'), rawAttribute('name'), rawAttribute('mode')],
  }
  if (iterates) type.tp_iternext = iternext
  return type
}

export const PyBufferedReader_Type: PyTypeObject = new PyTypeObject('_io.BufferedReader',
  spec('BufferedReader', () => PyBufferedReader_Type,
    [...common, { ml_name: 'flush', ml_flags: METH_NOARGS, ml_meth: simpleFlush }, ...reading], true))

export const PyBufferedWriter_Type: PyTypeObject = new PyTypeObject('_io.BufferedWriter',
  spec('BufferedWriter', () => PyBufferedWriter_Type, [...common, flushing, ...writing], false))

export const PyBufferedRandom_Type: PyTypeObject = new PyTypeObject('_io.BufferedRandom',
  spec('BufferedRandom', () => PyBufferedRandom_Type, [...common, flushing, ...reading, ...writing], true))
