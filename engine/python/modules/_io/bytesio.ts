// BytesIO: a stream of bytes in memory. Mirrors Modules/_io/bytesio.c.
//
// The buffer is a bytes object of its own, longer than the contents; when somebody else has it too (getvalue, the initial
// value) it is copied before the first change.
import { PyIter_Next, PyObject_GetIter } from '../../objects/abstract'
import { ArgParser } from '../../objects/arg-parser'
import { PyBool_FromLong, Py_False } from '../../objects/boolobject'
import { BytesData, PyBytes_AsBytes, PyBytes_CheckExact, bytesFrom } from '../../objects/bytesobject'
import { PyDict_Check } from '../../objects/dictobject'
import { PyDict_Copy, PyDict_Update } from '../../objects/dict-merge'
import { PyErr_Clear, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_BufferError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyList_Append, PyList_New } from '../../objects/listobject'
import { PyLong_AsInt, PyLong_AsSsize_t, PyLong_Check, PyLong_FromSsize_t } from '../../objects/longobject'
import {
  PyBuffer_Release, PyMemoryView_FromObject, PyObject_CheckBuffer, PyObject_GetBufferBytes, PyObject_GetWritableBytes, type BufferView,
} from '../../objects/memoryobject'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, PyTypeObject, type FastFunction,
  type PyMethodDef, type PyObject,
} from '../../objects/object'
import { PyObject_SelfIter } from '../../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { PyTuple_Check, _PyTuple_FromArraySteal } from '../../objects/tupleobject'
import { finishBytes, newBytesBuffer, neededSize, optionalSize } from './common'
import { clearStreamDict, freeStream, traverseStream } from './iobase'

class BytesIOData {
  buf: PyObject | null = null
  pos = 0
  string_size = 0
  exports = 0
}

const data = (o: PyObject): BytesIOData => o.v as BytesIOData

/** The struct if the stream is open. */
function open(self: PyObject): BytesIOData | null {
  const d = data(self)
  return d.buf !== null ? d : PyErr_SetString(PyExc_ValueError, 'I/O operation on closed file.')
}

function noExports(d: BytesIOData): boolean {
  if (d.exports === 0) return true
  PyErr_SetString(PyExc_BufferError, 'Existing exports of data: object cannot be re-sized')
  return false
}

const bytesOf = (d: BytesIOData): Uint8Array => PyBytes_AsBytes(d.buf!)
const isShared = (d: BytesIOData): boolean => d.buf!.ob_refcnt > 1

/** Gives the stream a buffer of its own. */
function unshare(d: BytesIOData, size: number): boolean {
  const fresh = newBytesBuffer(size)
  if (fresh === null) return false
  if (size > 0) (fresh.v as BytesData).bytes.set(bytesOf(d).subarray(0, d.string_size))
  const old = d.buf!
  d.buf = fresh
  Py_DECREF(old)
  return true
}

/** _PyBytes_Resize of the buffer, keeping its contents. */
function reallocate(d: BytesIOData, size: number): boolean {
  const bytes = new Uint8Array(size)
  bytes.set(bytesOf(d).subarray(0, Math.min(size, bytesOf(d).length)))
  d.buf = finishBytes(d.buf!, bytes)
  return d.buf !== null
}

// Mirrors resize_buffer.
function resizeBuffer(d: BytesIOData, size: number): boolean {
  let alloc = bytesOf(d).length
  if (size < Math.floor(alloc / 2)) alloc = size + 1
  else if (size < alloc) return true
  else if (size <= alloc * 1.125) alloc = size + (size >> 3) + (size < 9 ? 3 : 6)
  else alloc = size + 1
  return isShared(d) ? unshare(d, alloc) : reallocate(d, alloc)
}

/** Bytes written, or -1. Mirrors write_bytes. */
function writeBytes(self: PyObject, o: PyObject): number {
  const d = open(self)
  if (d === null || !noExports(d)) return -1
  const view = PyObject_GetBufferBytes(o)
  if (view === null) return -1
  const n = view.bytes.length
  const ok = n === 0 || put(d, view.bytes)
  PyBuffer_Release(view)
  return ok ? n : -1
}

function put(d: BytesIOData, bytes: Uint8Array): boolean {
  const end = d.pos + bytes.length
  if (end > bytesOf(d).length) {
    if (!resizeBuffer(d, end)) return false
  } else if (isShared(d) && !unshare(d, Math.max(end, d.string_size))) return false
  const buffer = bytesOf(d)
  if (d.pos > d.string_size) buffer.fill(0, d.string_size, d.pos)
  buffer.set(bytes, d.pos)
  ;(d.buf!.v as BytesData).hashed = false
  d.pos = end
  if (d.string_size < end) d.string_size = end
  return true
}

function write(self: PyObject, o: PyObject): PyObject | null {
  const n = writeBytes(self, o)
  return n < 0 ? null : PyLong_FromSsize_t(n)
}

/** Bytes from the position to the end of the line, at most `limit`. */
function scanLine(d: BytesIOData, limit: number): number {
  if (d.pos >= d.string_size) return 0
  const most = d.string_size - d.pos
  const n = limit < 0 || limit > most ? most : limit
  const at = bytesOf(d).subarray(d.pos, d.pos + n).indexOf(10)
  return at < 0 ? n : at + 1
}

function readBytes(d: BytesIOData, size: number): PyObject | null {
  if (size > 1 && d.pos === 0 && size === bytesOf(d).length && d.exports === 0) {
    d.pos += size
    d.buf!.ob_refcnt++
    return d.buf
  }
  const from = d.pos
  d.pos += size
  return bytesFrom(bytesOf(d).slice(from, from + size))
}

/** NEW bytes of all contents; the buffer itself, cut to size. */
function getvalue(self: PyObject): PyObject | null {
  const d = open(self)
  if (d === null) return null
  if (d.string_size !== bytesOf(d).length && d.exports === 0) {
    const ok = isShared(d) ? unshare(d, d.string_size) : reallocate(d, d.string_size)
    if (!ok) return null
  }
  if (d.exports > 0) return bytesFrom(bytesOf(d).slice(0, d.string_size))
  d.buf!.ob_refcnt++
  return d.buf
}

// ---- methods ------------------------------------------------------------------------------------------------------------

function sized(name: string, run: (d: BytesIOData, n: number) => PyObject | null, self: (d: BytesIOData) => number = () => -1): PyMethodDef {
  const ml_meth: FastFunction = (o, args, nargs) => {
    if (!_PyArg_CheckPositional(name, nargs, 0, 1)) return null
    const n = optionalSize(nargs > 0 ? args[0] : null, self(data(o)))
    const d = n === null ? null : open(o)
    return n === null || d === null ? null : run(d, n)
  }
  return { ml_name: name, ml_flags: METH_FASTCALL, ml_meth, signature: name === 'truncate' ? '($self, size=None, /)' : '($self, size=-1, /)' }
}

function read(d: BytesIOData, size: number): PyObject | null {
  const left = d.string_size - d.pos
  return readBytes(d, size < 0 || size > left ? Math.max(left, 0) : size)
}

const readlines: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('readlines', nargs, 0, 1)) return null
  const d = open(self)
  if (d === null) return null
  let max = -1
  if (nargs > 0 && args[0] !== Py_None) {
    if (!PyLong_Check(args[0]!)) return PyErr_Format(PyExc_TypeError, `integer argument expected, got '${args[0]!.ob_type.tp_name}'`)
    max = PyLong_AsSsize_t(args[0]!)
    if (max === -1 && PyErr_Occurred() !== null) return null
  }
  const list = PyList_New(0)
  let total = 0
  for (let n = scanLine(d, -1); n !== 0; n = scanLine(d, -1)) {
    const line = bytesFrom(bytesOf(d).slice(d.pos, d.pos + n))
    d.pos += n
    if (line === null || PyList_Append(list, line) < 0) return Py_XDECREF(line), Py_DECREF(list), null
    Py_DECREF(line)
    total += n
    if (max > 0 && total >= max) break
  }
  return list
}

function readinto(self: PyObject, buffer: PyObject): PyObject | null {
  const view = PyObject_CheckBuffer(buffer) ? PyObject_GetWritableBytes(buffer) : null
  if (view === null) {
    PyErr_Clear()
    return _PyArg_BadArgument('readinto', 'argument', 'read-write bytes-like object', buffer)
  }
  const d = open(self)
  let result: PyObject | null = null
  if (d !== null) {
    const n = Math.max(Math.min(view.bytes.length, d.string_size - d.pos), 0)
    view.bytes.set(bytesOf(d).subarray(d.pos, d.pos + n))
    d.pos += n
    result = PyLong_FromSsize_t(n)
  }
  PyBuffer_Release(view)
  return result
}

function truncate(d: BytesIOData, size: number): PyObject | null {
  if (!noExports(d)) return null
  if (size < 0) return PyErr_Format(PyExc_ValueError, `negative size value ${size}`)
  if (size < d.string_size) {
    d.string_size = size
    if (!resizeBuffer(d, size)) return null
  }
  return PyLong_FromSsize_t(size)
}

const seek: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('seek', nargs, 1, 2)) return null
  const offset = neededSize(args[0]!)
  if (offset === null) return null
  let whence = 0
  if (nargs > 1) {
    whence = PyLong_AsInt(args[1]!)
    if (whence === -1 && PyErr_Occurred() !== null) return null
  }
  const d = open(self)
  if (d === null) return null
  if (offset < 0 && whence === 0) return PyErr_Format(PyExc_ValueError, `negative seek value ${offset}`)
  if (whence < 0 || whence > 2) return PyErr_Format(PyExc_ValueError, `invalid whence (${whence}, should be 0, 1 or 2)`)
  d.pos = Math.max(offset + (whence === 1 ? d.pos : whence === 2 ? d.string_size : 0), 0)
  return PyLong_FromSsize_t(d.pos)
}

function writelines(self: PyObject, lines: PyObject): PyObject | null {
  if (open(self) === null) return null
  const it = PyObject_GetIter(lines)
  if (it === null) return null
  for (let item = PyIter_Next(it); item !== null; item = PyIter_Next(it)) {
    const n = writeBytes(self, item)
    Py_DECREF(item)
    if (n < 0) return Py_DECREF(it), null
  }
  Py_DECREF(it)
  return PyErr_Occurred() !== null ? null : Py_RETURN_NONE()
}

function close(self: PyObject): PyObject | null {
  const d = data(self)
  if (!noExports(d)) return null
  const { buf } = d
  d.buf = null
  Py_XDECREF(buf)
  return Py_RETURN_NONE()
}

// ---- getbuffer -------------------------------------------------------------------------------------------------------------

/** What getbuffer()'s memoryview is a view of; holds the stream. */
export const PyBytesIOBuffer_Type: PyTypeObject = new PyTypeObject('_io._BytesIOBuffer', {
  tp_basicsize: 24, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_DECREF(o.v as PyObject)
    PyObject_GC_Del(o)
  },
  tp_traverse: (o, visit) => visit(o.v as PyObject),
  bf_getbuffer: (o, view: BufferView) => {
    const d = data(o.v as PyObject)
    if (d.exports === 0 && isShared(d) && !unshare(d, d.string_size)) return -1
    view.bytes = bytesOf(d).subarray(0, d.string_size)
    view.readonly = false
    d.exports++
    return 0
  },
  bf_releasebuffer: o => { data(o.v as PyObject).exports-- },
})

function getbuffer(self: PyObject): PyObject | null {
  if (open(self) === null) return null
  self.ob_refcnt++
  const buffer = PyObject_GC_New(PyBytesIOBuffer_Type, self)
  PyObject_GC_Track(buffer)
  const view = PyMemoryView_FromObject(buffer)
  Py_DECREF(buffer)
  return view
}

// ---- pickling ----------------------------------------------------------------------------------------------------------------

/** NEW copy of the instance dict, or None. */
export function dictState(self: PyObject): PyObject | null {
  return self.dict === null ? Py_RETURN_NONE() : PyDict_Copy(self.dict as PyObject)
}

/** Puts a pickled dict back; `nth` is its place in the state. */
export function restoreDict(self: PyObject, dict: PyObject, nth: string): boolean {
  if (dict === Py_None) return true
  if (!PyDict_Check(dict)) {
    PyErr_Format(PyExc_TypeError, `${nth} item of state should be a dict, got a ${dict.ob_type.tp_name}`)
    return false
  }
  if (self.dict !== null) return PyDict_Update(self.dict as PyObject, dict) === 0
  dict.ob_refcnt++
  self.dict = dict
  return true
}

/** A pickled position; -1 with an exception set. */
export function positionState(o: PyObject, nth: string): number {
  if (!PyLong_Check(o)) {
    PyErr_Format(PyExc_TypeError, `${nth} item of state must be an integer, ${nth === 'second' ? 'not' : 'got'} ${o.ob_type.tp_name}`)
    return -1
  }
  const pos = PyLong_AsSsize_t(o)
  if (pos < 0 && PyErr_Occurred() === null) PyErr_SetString(PyExc_ValueError, 'position value cannot be negative')
  return pos < 0 ? -1 : pos
}

function getstate(self: PyObject): PyObject | null {
  const value = getvalue(self)
  const dict = value === null ? null : dictState(self)
  if (value === null || dict === null) return Py_XDECREF(value), null
  return _PyTuple_FromArraySteal([value, PyLong_FromSsize_t(data(self).pos), dict], 3)
}

function setstate(self: PyObject, state: PyObject): PyObject | null {
  if (!PyTuple_Check(state) || state.v.length < 3) {
    return PyErr_Format(PyExc_TypeError,
      `${self.ob_type.tp_name}.__setstate__ argument should be 3-tuple, got ${state.ob_type.tp_name}`)
  }
  const d = data(self)
  if (!noExports(d)) return null
  d.string_size = d.pos = 0
  if (writeBytes(self, state.v[0]!) < 0) return null
  const pos = positionState(state.v[1]!, 'second')
  if (pos < 0) return null
  d.pos = pos
  return restoreDict(self, state.v[2]!, 'third') ? Py_RETURN_NONE() : null
}

const initParser = new ArgParser('BytesIO', ['initial_bytes'])

function init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const items = args.v as PyObject[]
  const given = _PyArg_UnpackKeywords(items, items.length, kwargs, null, initParser, 0, 1, 0)
  if (given === null) return -1
  const d = data(self)
  d.string_size = d.pos = 0
  if (!noExports(d)) return -1
  const initial = given[0] ?? null
  if (initial === null || initial === Py_None) return 0
  if (!PyBytes_CheckExact(initial)) {
    if (writeBytes(self, initial) < 0) return -1
    d.pos = 0
    return 0
  }
  initial.ob_refcnt++
  const old = d.buf
  d.buf = initial
  Py_XDECREF(old)
  d.string_size = PyBytes_AsBytes(initial).length
  return 0
}

const inquiry = (name: string, answer: () => PyObject): PyMethodDef => ({
  ml_name: name, ml_flags: METH_NOARGS, signature: '($self, /)', ml_meth: (self: PyObject) => open(self) === null ? null : answer(),
})
const yes = (): PyObject => PyBool_FromLong(1)

export const PyBytesIO_Type: PyTypeObject = new PyTypeObject('_io.BytesIO', {
  tp_basicsize: 64, tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, weakrefs: true, tp_dictoffset: 40,
  tp_dealloc: o => freeStream(o, () => {
    const { buf } = data(o)
    data(o).buf = null
    Py_XDECREF(buf)
  }),
  tp_traverse: (o, visit) => traverseStream(o, visit),
  tp_clear: o => clearStreamDict(o),
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: self => {
    const d = open(self)
    const n = d === null ? 0 : scanLine(d, -1)
    return n === 0 ? null : readBytes(d!, n)
  },
  tp_init: init,
  tp_new: type => {
    const o = type.tp_alloc!(type, 0)
    if (o === null) return null
    const d = new BytesIOData()
    d.buf = bytesFrom(new Uint8Array(0))
    o.v = d
    return o
  },
  tp_methods: [
    inquiry('readable', yes), inquiry('seekable', yes), inquiry('writable', yes),
    { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: close, signature: '($self, /)' },
    inquiry('flush', Py_RETURN_NONE), inquiry('isatty', () => (Py_False.ob_refcnt++, Py_False)),
    {
      ml_name: 'tell', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (self: PyObject) => open(self) === null ? null : PyLong_FromSsize_t(data(self).pos),
    },
    { ml_name: 'write', ml_flags: METH_O, ml_meth: write, signature: '($self, b, /)' },
    { ml_name: 'writelines', ml_flags: METH_O, ml_meth: writelines, signature: '($self, lines, /)' },
    sized('read1', read),
    { ml_name: 'readinto', ml_flags: METH_O, ml_meth: readinto, signature: '($self, buffer, /)' },
    sized('readline', (d, n) => readBytes(d, scanLine(d, n))),
    { ml_name: 'readlines', ml_flags: METH_FASTCALL, ml_meth: readlines, signature: '($self, size=None, /)' },
    sized('read', read),
    { ml_name: 'getbuffer', ml_flags: METH_NOARGS, ml_meth: getbuffer, signature: '($self, /)' },
    { ml_name: 'getvalue', ml_flags: METH_NOARGS, ml_meth: getvalue, signature: '($self, /)' },
    { ml_name: 'seek', ml_flags: METH_FASTCALL, ml_meth: seek, signature: '($self, pos, whence=0, /)' },
    sized('truncate', truncate, d => d.pos),
    { ml_name: '__getstate__', ml_flags: METH_NOARGS, ml_meth: getstate },
    { ml_name: '__setstate__', ml_flags: METH_O, ml_meth: setstate },
    {
      ml_name: '__sizeof__', ml_flags: METH_NOARGS,
      ml_meth: (self: PyObject) => {
        const d = data(self)
        return PyLong_FromSsize_t(self.ob_type.tp_basicsize + (d.buf === null || isShared(d) ? 0 : 33 + bytesOf(d).length))
      },
    },
  ],
  tp_getset: [{ name: 'closed', get: self => PyBool_FromLong(data(self).buf === null ? 1 : 0) }],
})
