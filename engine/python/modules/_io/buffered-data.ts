// The struct of the buffered classes and what happens between the buffer and the raw stream. Mirrors the helpers of
// Modules/_io/bufferedio.c.
//
// One buffer serves reading and writing. `pos` is the logical position in it, `raw_pos` that of the raw stream;
// [pos, read_end) waits to be read (read_end -1: nothing read yet), [write_pos, write_end) to be written (-1: nothing).
import { TAG_SCRATCH } from '../../../memory/events'
import { PyNumber_AsSsize_t } from '../../objects/abstract'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodObjArgs, PyObject_CallMethodOneArg, PyObject_Vectorcall } from '../../objects/call'
import { errnoOf } from '../../objects/errno'
import { PyErr_Clear, PyErr_Format, PyErr_Occurred, PyErr_SetObject, PyErr_SetString, _PyErr_FormatFromCause } from '../../objects/errors'
import { PyExc_BlockingIOError, PyExc_OSError, PyExc_RuntimeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyLong_FromSsize_t } from '../../objects/longobject'
import { PyMemoryView_FromBytes } from '../../objects/memoryobject'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue } from '../../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc, PyMem_RawFree, PyMem_RawMalloc } from '../../objects/objimpl'
import { _PyRuntime } from '../../objects/runtime'
import { Py_None } from '../../objects/singletons'
import { PyUnicode_FromString, _Py_ID } from '../../objects/unicodeobject'
import { _PyFileIO_closed } from './fileio'

/** sizeof(sem_t), the lock every stream has. */
const LOCK_BYTES = 32

export class BufferedData {
  raw: PyObject | null = null
  ok = false
  detached = false
  readable = false
  writable = false
  finalizing = false
  fast_closed_checks = false
  abs_pos = 0
  buffer: Uint8Array | null = null
  /** Address of the simulated buffer. */
  block = 0
  /** Address of the simulated lock. */
  lock = 0
  pos = 0
  raw_pos = 0
  read_end = 0
  write_pos = 0
  write_end = 0
  /** Thread inside a locked part, 0 = none. */
  owner = 0
  buffer_size = 0
}

export const bufferedData = (o: PyObject): BufferedData => o.v as BufferedData

/** The struct if the object is usable; null with ValueError set. Mirrors CHECK_INITIALIZED. */
export function initialized(self: PyObject): BufferedData | null {
  const d = bufferedData(self)
  if (d.ok) return d
  return PyErr_SetString(PyExc_ValueError, d.detached ? 'raw stream has been detached' : 'I/O operation on uninitialized object')
}

const validRead = (d: BufferedData): boolean => d.readable && d.read_end !== -1
const validWrite = (d: BufferedData): boolean => d.writable && d.write_end !== -1
export const readahead = (d: BufferedData): number => validRead(d) ? d.read_end - d.pos : 0
export const rawOffset = (d: BufferedData): number => (validRead(d) || validWrite(d)) && d.raw_pos >= 0 ? d.raw_pos - d.pos : 0
export const hasReadBuffer = validRead
export const hasWriteBuffer = validWrite

export function adjustPosition(d: BufferedData, position: number): void {
  d.pos = position
  if (validRead(d) && d.read_end < d.pos) d.read_end = d.pos
}

/** 1, 0, -1: whether the stream is closed. */
export function isClosed(d: BufferedData): number {
  if (d.buffer === null) return 1
  if (d.fast_closed_checks) return _PyFileIO_closed(d.raw!) ? 1 : 0
  const value = PyObject_GetAttr(d.raw!, _Py_ID('closed'))
  if (value === null) return -1
  const truth = PyObject_IsTrue(value)
  Py_DECREF(value)
  return truth
}

/** False with an exception set if the stream is closed and nothing is left to read. Mirrors CHECK_CLOSED. */
export function checkOpen(d: BufferedData, message: string): boolean {
  if (isClosed(d) === 0 || readahead(d) !== 0) return true
  if (PyErr_Occurred() === null) PyErr_SetString(PyExc_ValueError, message)
  return false
}

/** Runs a part that must not be entered twice: ENTER_BUFFERED … LEAVE_BUFFERED. Null: reentered, RuntimeError set. */
export function locked<R>(self: PyObject, d: BufferedData, part: () => R): R | null {
  const me = _PyRuntime.tstate.id
  if (d.owner === me) return PyErr_Format(PyExc_RuntimeError, 'reentrant call inside %R', self)
  d.owner = me
  const result = part()
  d.owner = 0
  return result
}

// ---- the raw stream -------------------------------------------------------------------------------------------------

function positionOf(result: PyObject | null): number {
  if (result === null) return -1
  const n = PyNumber_AsSsize_t(result, PyExc_ValueError)
  Py_DECREF(result)
  if (n < 0 && PyErr_Occurred() === null) PyErr_Format(PyExc_OSError, `Raw stream returned invalid position ${n}`)
  return n < 0 ? -1 : n
}

/** -1 with an exception set. */
export function rawTell(d: BufferedData): number {
  const n = positionOf(PyObject_CallMethodNoArgs(d.raw!, _Py_ID('tell')))
  if (n >= 0) d.abs_pos = n
  return n
}

export function rawSeek(d: BufferedData, target: number, whence: number): number {
  const position = PyLong_FromSsize_t(target)
  const mode = PyLong_FromSsize_t(whence)
  const result = PyObject_CallMethodObjArgs(d.raw!, _Py_ID('seek'), position, mode)
  Py_DECREF(position)
  Py_DECREF(mode)
  const n = positionOf(result)
  if (n >= 0) d.abs_pos = n
  return n
}

/** Makes the buffer: false with an exception set. Mirrors _buffered_init. */
export function initBuffer(d: BufferedData): boolean {
  if (d.buffer_size <= 0) return PyErr_SetString(PyExc_ValueError, 'buffer size must be strictly positive'), false
  freeBuffer(d)
  d.block = PyMem_Malloc(d.buffer_size, TAG_SCRATCH)
  if (d.block === 0) return false
  d.buffer = new Uint8Array(d.buffer_size)
  freeLock(d)
  d.lock = PyMem_RawMalloc(LOCK_BYTES, TAG_SCRATCH)
  d.owner = 0
  if (rawTell(d) === -1) PyErr_Clear()
  return true
}

export function freeBuffer(d: BufferedData): void {
  if (d.block !== 0) PyMem_Free(d.block)
  d.block = 0
  d.buffer = null
}

export function freeLock(d: BufferedData): void {
  if (d.lock !== 0) PyMem_RawFree(d.lock)
  d.lock = 0
}

/** Reads into memory: bytes read, -1 with an exception set, -2 if it would block. Mirrors _bufferedreader_raw_read. */
export function rawRead(d: BufferedData, into: Uint8Array): number {
  const view = PyMemoryView_FromBytes(into, false)
  const result = PyObject_CallMethodOneArg(d.raw!, _Py_ID('readinto'), view)
  Py_DECREF(view)
  if (result === null) return -1
  if (result === Py_None) return Py_DECREF(result), -2
  const n = PyNumber_AsSsize_t(result, PyExc_ValueError)
  Py_DECREF(result)
  if (n === -1 && PyErr_Occurred() !== null) return _PyErr_FormatFromCause(PyExc_OSError, 'raw readinto() failed'), -1
  if (n < 0 || n > into.length) {
    PyErr_Format(PyExc_OSError, `raw readinto() returned invalid length ${n} (should have been between 0 and ${into.length})`)
    return -1
  }
  if (n > 0 && d.abs_pos !== -1) d.abs_pos += n
  return n
}

export function rawWrite(d: BufferedData, from: Uint8Array): number {
  const view = PyMemoryView_FromBytes(from, true)
  const result = PyObject_CallMethodOneArg(d.raw!, _Py_ID('write'), view)
  Py_DECREF(view)
  if (result === null) return -1
  if (result === Py_None) return Py_DECREF(result), -2
  const n = PyNumber_AsSsize_t(result, PyExc_ValueError)
  Py_DECREF(result)
  if (n < 0 || n > from.length) {
    if (PyErr_Occurred() === null) {
      PyErr_Format(PyExc_OSError, `raw write() returned invalid length ${n} (should have been between 0 and ${from.length})`)
    }
    return -1
  }
  if (n > 0 && d.abs_pos !== -1) d.abs_pos += n
  return n
}

export function resetRead(d: BufferedData): void {
  d.read_end = -1
}

export function resetWrite(d: BufferedData): void {
  d.write_pos = 0
  d.write_end = -1
}

/** Reads more behind what was read: as rawRead. Mirrors _bufferedreader_fill_buffer. */
export function fillBuffer(d: BufferedData): number {
  const start = validRead(d) ? d.read_end : 0
  const n = rawRead(d, d.buffer!.subarray(start, d.buffer_size))
  if (n > 0) d.read_end = d.raw_pos = start + n
  return n
}

export function setBlockingError(written: number): void {
  PyErr_Clear()
  const args = [PyLong_FromSsize_t(errnoOf('EAGAIN')), PyUnicode_FromString('write could not complete without blocking'), PyLong_FromSsize_t(written)]
  const err = PyObject_Vectorcall(PyExc_BlockingIOError, args, 3, null)
  for (const a of args) Py_DECREF(a)
  if (err === null) return
  PyErr_SetObject(PyExc_BlockingIOError, err)
  Py_DECREF(err)
}

/** Writes what waits to be written: false with an exception set. Mirrors _bufferedwriter_flush_unlocked. */
export function flushWrites(d: BufferedData): boolean {
  if (validWrite(d) && d.write_pos !== d.write_end) {
    const rewind = rawOffset(d) + (d.pos - d.write_pos)
    if (rewind !== 0) {
      if (rawSeek(d, -rewind, 1) < 0) return false
      d.raw_pos -= rewind
    }
    while (d.write_pos < d.write_end) {
      const n = rawWrite(d, d.buffer!.subarray(d.write_pos, d.write_end))
      if (n === -2) setBlockingError(0)
      if (n < 0) return false
      d.write_pos += n
      d.raw_pos = d.write_pos
    }
  }
  resetWrite(d)
  return true
}

/** The same, and puts the raw stream where the logical position is. Mirrors buffered_flush_and_rewind_unlocked. */
export function flushAndRewind(d: BufferedData): boolean {
  if (!flushWrites(d)) return false
  if (!d.readable) return true
  const n = rawSeek(d, -rawOffset(d), 1)
  resetRead(d)
  return n !== -1
}
