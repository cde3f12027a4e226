// Reading of BufferedReader and BufferedRandom. Mirrors Modules/_io/bufferedio.c.
import { PyBytes_AsBytes, PyBytes_Check, bytesFrom } from '../../objects/bytesobject'
import { PyObject_CallMethodNoArgs, PyObject_CallNoArgs } from '../../objects/call'
import { PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError } from '../../objects/exceptions'
import { PyList_Append, PyList_New } from '../../objects/listobject'
import { PyLong_FromSsize_t } from '../../objects/longobject'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../../objects/object'
import { _PyObject_LookupAttr } from '../../objects/object-protocol'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { _Py_ID } from '../../objects/unicodeobject'
import {
  checkOpen, fillBuffer, flushAndRewind, locked, rawRead, readahead, resetRead, type BufferedData,
} from './buffered-data'
import { finishBytes, newBytesBuffer } from './common'

/** NEW bytes of n bytes that are in the buffer. */
export function take(d: BufferedData, n: number): PyObject | null {
  const result = bytesFrom(d.buffer!.slice(d.pos, d.pos + n))
  if (result !== null) d.pos += n
  return result
}

/** NEW bytes joined; STEALS the list of bytes objects. */
function joinChunks(chunks: PyObject): PyObject | null {
  const items = chunks.v.ob_item as PyObject[]
  let result: PyObject | null
  if (items.length === 1) {
    result = items[0]!
    result.ob_refcnt++
  } else result = bytesFrom(new Uint8Array(Buffer.concat(items.map(PyBytes_AsBytes))))
  Py_DECREF(chunks)
  return result
}

// Mirrors _bufferedreader_read_all.
export function readAll(d: BufferedData): PyObject | null {
  const size = readahead(d)
  let data: PyObject | null = null
  if (size > 0) {
    data = take(d, size)
    if (data === null) return null
  }
  if (d.writable && !flushAndRewind(d)) return Py_XDECREF(data), null
  resetRead(d)
  const readall = _PyObject_LookupAttr(d.raw!, _Py_ID('readall'))
  if (readall !== null) {
    const rest = PyObject_CallNoArgs(readall)
    Py_DECREF(readall)
    if (rest === null) return Py_XDECREF(data), null
    if (rest !== Py_None && !PyBytes_Check(rest)) {
      Py_XDECREF(data)
      Py_DECREF(rest)
      return PyErr_SetString(PyExc_TypeError, 'readall() should return bytes')
    }
    if (data === null) return rest
    if (rest === Py_None) return Py_DECREF(rest), data
    const joined = bytesFrom(new Uint8Array(Buffer.concat([PyBytes_AsBytes(data), PyBytes_AsBytes(rest)])))
    Py_DECREF(data)
    Py_DECREF(rest)
    return joined
  }
  if (PyErr_Occurred() !== null) return Py_XDECREF(data), null
  const chunks = PyList_New(0)
  if (data !== null) {
    PyList_Append(chunks, data)
    Py_DECREF(data)
  }
  for (;;) {
    const piece = PyObject_CallMethodNoArgs(d.raw!, _Py_ID('read'))
    if (piece === null) return Py_DECREF(chunks), null
    if (piece !== Py_None && !PyBytes_Check(piece)) {
      Py_DECREF(piece)
      Py_DECREF(chunks)
      return PyErr_SetString(PyExc_TypeError, 'read() should return bytes')
    }
    if (piece === Py_None || PyBytes_AsBytes(piece).length === 0) {
      if ((chunks.v.ob_item as PyObject[]).length === 0) return Py_DECREF(chunks), piece
      Py_DECREF(piece)
      return joinChunks(chunks)
    }
    if (d.abs_pos !== -1) d.abs_pos += PyBytes_AsBytes(piece).length
    PyList_Append(chunks, piece)
    Py_DECREF(piece)
  }
}

// Mirrors _bufferedreader_read_generic: whole blocks go straight to the result, the rest through the buffer.
export function readGeneric(d: BufferedData, n: number): PyObject | null {
  const result = newBytesBuffer(n)
  if (result === null) return null
  const out = new Uint8Array(n)
  let written = readahead(d)
  let remaining = n - written
  if (written > 0) {
    out.set(d.buffer!.subarray(d.pos, d.pos + written))
    d.pos += written
  }
  const fail = (): null => (Py_DECREF(result), null)
  const partly = (r: number): PyObject | null => {
    if (r === -1) return fail()
    if (r === 0 || written > 0) return finishBytes(result, out.slice(0, written))
    Py_DECREF(result)
    return Py_RETURN_NONE()
  }
  if (d.writable && !flushAndRewind(d)) return fail()
  resetRead(d)
  while (remaining > 0) {
    const whole = remaining - remaining % d.buffer_size
    if (whole === 0) break
    const r = rawRead(d, out.subarray(written, written + whole))
    if (r <= 0) return partly(r)
    remaining -= r
    written += r
  }
  d.pos = d.raw_pos = d.read_end = 0
  while (remaining > 0 && d.read_end < d.buffer_size) {
    const r = fillBuffer(d)
    if (r <= 0) return partly(r)
    const used = Math.min(remaining, r)
    out.set(d.buffer!.subarray(d.pos, d.pos + used), written)
    written += used
    d.pos += used
    remaining -= used
  }
  return finishBytes(result, out)
}

/** read(n), n = -1 for all. */
export function read(self: PyObject, d: BufferedData, n: number): PyObject | null {
  if (!checkOpen(d, 'read of closed file')) return null
  if (n === -1) return locked(self, d, () => readAll(d))
  if (n <= readahead(d)) return take(d, n)
  return locked(self, d, () => n <= readahead(d) ? take(d, n) : readGeneric(d, n))
}

export function read1(self: PyObject, d: BufferedData, n: number): PyObject | null {
  if (n < 0) n = d.buffer_size
  if (!checkOpen(d, 'read of closed file')) return null
  if (n === 0) return bytesFrom(new Uint8Array(0))
  const have = readahead(d)
  if (have > 0) return take(d, Math.min(have, n))
  const result = newBytesBuffer(n)
  if (result === null) return null
  const out = new Uint8Array(n)
  const r = locked(self, d, () => {
    resetRead(d)
    return rawRead(d, out)
  })
  if (r === null || r === -1) return Py_DECREF(result), null
  return finishBytes(result, out.slice(0, Math.max(r, 0)))
}

/** readinto(buffer) or, with `once`, readinto1. Mirrors _buffered_readinto_generic. */
export function readinto(self: PyObject, d: BufferedData, target: Uint8Array, once: boolean): PyObject | null {
  if (!checkOpen(d, 'readinto of closed file')) return null
  let written = Math.min(readahead(d), target.length)
  if (written > 0) {
    target.set(d.buffer!.subarray(d.pos, d.pos + written))
    d.pos += written
    if (written === target.length) return PyLong_FromSsize_t(written)
  }
  return locked(self, d, () => {
    if (d.writable && !flushAndRewind(d)) return null
    resetRead(d)
    d.pos = 0
    for (let remaining = target.length - written, n = 0; remaining > 0; written += n, remaining -= n) {
      n = 0
      if (remaining > d.buffer_size) n = rawRead(d, target.subarray(written))
      else if (!(once && written > 0)) {
        n = fillBuffer(d)
        if (n > 0) {
          n = Math.min(n, remaining)
          target.set(d.buffer!.subarray(d.pos, d.pos + n), written)
          d.pos += n
          continue
        }
      }
      if (n === 0 || (n === -2 && written > 0)) break
      if (n < 0) return n === -2 ? Py_RETURN_NONE() : null
      if (once) {
        written += n
        break
      }
    }
    return PyLong_FromSsize_t(written)
  })
}

export function peek(self: PyObject, d: BufferedData): PyObject | null {
  if (!checkOpen(d, 'peek of closed file')) return null
  return locked(self, d, () => {
    if (d.writable && !flushAndRewind(d)) return null
    const have = readahead(d)
    if (have > 0) return bytesFrom(d.buffer!.slice(d.pos, d.pos + have))
    resetRead(d)
    const r = fillBuffer(d)
    if (r === -1) return null
    d.pos = 0
    return bytesFrom(d.buffer!.slice(0, Math.max(r, 0)))
  })
}

// Mirrors _buffered_readline.
export function readline(self: PyObject, d: BufferedData, limit: number): PyObject | null {
  if (!checkOpen(d, 'readline of closed file')) return null
  let n = readahead(d)
  if (limit >= 0 && n > limit) n = limit
  const newline = n > 0 ? d.buffer!.subarray(d.pos, d.pos + n).indexOf(10) : -1
  if (newline >= 0) return take(d, newline + 1)
  if (n === limit) return take(d, n)
  return locked(self, d, () => {
    const chunks = PyList_New(0)
    const fail = (): null => (Py_DECREF(chunks), null)
    const add = (piece: PyObject | null): boolean => {
      if (piece === null) return false
      const ok = PyList_Append(chunks, piece) === 0
      Py_DECREF(piece)
      return ok
    }
    if (n > 0) {
      if (!add(take(d, n))) return fail()
      if (limit >= 0) limit -= n
    }
    if (d.writable && !flushAndRewind(d)) return fail()
    for (;;) {
      resetRead(d)
      n = fillBuffer(d)
      if (n === -1) return fail()
      if (n <= 0) break
      if (limit >= 0 && n > limit) n = limit
      const at = d.buffer!.subarray(0, n).indexOf(10)
      const used = at >= 0 ? at + 1 : n
      const piece = bytesFrom(d.buffer!.slice(0, used))
      if (at >= 0 || n === limit) d.pos = used
      if (!add(piece)) return fail()
      if (at >= 0 || n === limit) break
      if (limit >= 0) limit -= n
    }
    return joinChunks(chunks)
  })
}
