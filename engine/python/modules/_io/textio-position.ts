// seek() and tell() of TextIOWrapper. A position is a cookie: where in the bytes a decoder can start, its flags then, how
// many bytes to feed it, and how many of the characters it gives to skip. Mirrors Modules/_io/textio.c.
import { Py_False, Py_True } from '../../objects/boolobject'
import { PyBytes_AsBytes, PyBytes_Check, PyBytes_FromBytes, bytesFrom } from '../../objects/bytesobject'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodObjArgs, PyObject_CallMethodOneArg } from '../../objects/call'
import { PyErr_Fetch, PyErr_Format, PyErr_Occurred, PyErr_SetString, _PyErr_ChainExceptions } from '../../objects/errors'
import { PyExc_OSError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyNumber_Long } from '../../objects/abstract'
import { PyLong_AsBigInt, PyLong_AsInt, PyLong_AsSsize_t, PyLong_FromBigInt, PyLong_FromSsize_t } from '../../objects/longobject'
import { Py_DECREF, Py_EQ, Py_LT, Py_XDECREF, type PyObject } from '../../objects/object'
import { PyObject_RichCompareBool } from '../../objects/object-protocol'
import { _PyTuple_FromArraySteal } from '../../objects/tupleobject'
import { PyUnicode_GET_LENGTH, _Py_ID } from '../../objects/unicodeobject'
import { unsupported } from './common'
import { checkDecoded } from './newline-decoder'
import { setDecodedChars, setSnapshot, type TextIOData } from './textio-data'
import { decoderState } from './textio-read'
import { writeFlush } from './textio-write'

interface Cookie {
  start: bigint
  flags: number
  feed: number
  skip: number
  needEof: boolean
}

const MASK32 = 0xffffffffn

// 8 bytes of position, then three ints of 4 and a char, as one integer.
function packCookie(c: Cookie): PyObject | null {
  return PyLong_FromBigInt(c.start | (BigInt(c.flags >>> 0) << 64n) | (BigInt(c.feed >>> 0) << 96n) | (BigInt(c.skip >>> 0) << 128n) |
    (c.needEof ? 1n << 160n : 0n))
}

function parseCookie(o: PyObject): Cookie | null {
  const number = PyNumber_Long(o)
  if (number === null) return null
  const n = PyLong_AsBigInt(number)
  Py_DECREF(number)
  const field = (shift: bigint): number => Number((n >> shift) & MASK32) | 0
  return { start: n & 0xffffffffffffffffn, flags: field(64n), feed: field(96n), skip: field(128n), needEof: (n >> 160n) !== 0n }
}

/** Calls a method and drops the result: false with an exception set. */
function done(result: PyObject | null): boolean {
  if (result === null) return false
  Py_DECREF(result)
  return true
}

function isZero(o: PyObject): number {
  const zero = PyLong_FromSsize_t(0)
  const result = PyObject_RichCompareBool(o, zero, Py_EQ)
  Py_DECREF(zero)
  return result
}

function setDecoderState(d: TextIOData, c: Cookie): boolean {
  if (c.start === 0n && c.flags === 0) return done(PyObject_CallMethodNoArgs(d.decoder!, _Py_ID('reset')))
  const state = _PyTuple_FromArraySteal([bytesFrom(new Uint8Array(0))!, PyLong_FromSsize_t(c.flags)], 2)!
  const result = PyObject_CallMethodOneArg(d.decoder!, _Py_ID('setstate'), state)
  Py_DECREF(state)
  return done(result)
}

/** Mirrors _textiowrapper_encoder_reset: a byte order mark is written at the start of the stream only. */
export function resetEncoder(d: TextIOData, atStart: boolean): boolean {
  d.encoding_start_of_stream = atStart
  if (atStart) return done(PyObject_CallMethodNoArgs(d.encoder!, _Py_ID('reset')))
  const zero = PyLong_FromSsize_t(0)
  const result = PyObject_CallMethodOneArg(d.encoder!, _Py_ID('setstate'), zero)
  Py_DECREF(zero)
  return done(result)
}

export function seek(self: PyObject, d: TextIOData, cookie: PyObject, whence: number): PyObject | null {
  if (!d.seekable) return unsupported('underlying stream is not seekable')
  if (whence === 1 || whence === 2) {
    const zero = isZero(cookie)
    if (zero < 0) return null
    if (zero === 0) return unsupported(`can't do nonzero ${whence === 1 ? 'cur' : 'end'}-relative seeks`)
    if (whence === 2) return seekToEnd(self, d)
    const here = PyObject_CallMethodNoArgs(self, _Py_ID('tell'))
    if (here === null) return null
    return seekTo(self, d, here)
  }
  if (whence !== 0) return PyErr_Format(PyExc_ValueError, `invalid whence (${whence}, should be 0, 1 or 2)`)
  cookie.ob_refcnt++
  return seekTo(self, d, cookie)
}

function seekToEnd(self: PyObject, d: TextIOData): PyObject | null {
  if (!done(PyObject_CallMethodNoArgs(self, _Py_ID('flush')))) return null
  setDecodedChars(d, null)
  setSnapshot(d, null)
  if (d.decoder !== null && !done(PyObject_CallMethodNoArgs(d.decoder, _Py_ID('reset')))) return null
  const [zero, two] = [PyLong_FromSsize_t(0), PyLong_FromSsize_t(2)]
  const position = PyObject_CallMethodObjArgs(d.buffer!, _Py_ID('seek'), zero, two)
  if (position === null || d.encoder === null) return position
  const atStart = isZero(position)
  if (atStart < 0 || !resetEncoder(d, atStart > 0)) return Py_DECREF(position), null
  return position
}

/** STEALS the cookie, which is the result. */
function seekTo(self: PyObject, d: TextIOData, cookie: PyObject): PyObject | null {
  if (goTo(self, d, cookie)) return cookie
  Py_DECREF(cookie)
  return null
}

function goTo(self: PyObject, d: TextIOData, cookie: PyObject): boolean {
  const zero = PyLong_FromSsize_t(0)
  const negative = PyObject_RichCompareBool(cookie, zero, Py_LT)
  Py_DECREF(zero)
  if (negative !== 0) {
    if (negative > 0) PyErr_Format(PyExc_ValueError, 'negative seek position %R', cookie)
    return false
  }
  if (!done(PyObject_CallMethodNoArgs(self, _Py_ID('flush')))) return false
  const c = parseCookie(cookie)
  if (c === null) return false
  const start = PyLong_FromBigInt(c.start)
  if (start === null) return false
  const moved = PyObject_CallMethodOneArg(d.buffer!, _Py_ID('seek'), start)
  Py_DECREF(start)
  if (!done(moved)) return false
  setDecodedChars(d, null)
  setSnapshot(d, null)
  if (d.decoder !== null && !setDecoderState(d, c)) return false
  if (c.skip !== 0) {
    if (!replay(d, c)) return false
  } else setSnapshot(d, _PyTuple_FromArraySteal([PyLong_FromSsize_t(c.flags), bytesFrom(new Uint8Array(0))!], 2))
  return d.encoder === null || resetEncoder(d, c.start === 0n && c.flags === 0)
}

/** Feeds the decoder from the safe point to the position, as readChunk does. */
function replay(d: TextIOData, c: Cookie): boolean {
  const size = PyLong_FromSsize_t(c.feed)
  const input = PyObject_CallMethodOneArg(d.buffer!, _Py_ID('read'), size)
  Py_DECREF(size)
  if (input === null) return false
  if (!PyBytes_Check(input)) {
    PyErr_Format(PyExc_TypeError, `underlying read() should have returned a bytes object, not '${input.ob_type.tp_name}'`)
    Py_DECREF(input)
    return false
  }
  setSnapshot(d, _PyTuple_FromArraySteal([PyLong_FromSsize_t(c.flags), input], 2))
  const text = PyObject_CallMethodObjArgs(d.decoder!, _Py_ID('decode'), input, c.needEof ? Py_True : Py_False)
  if (!checkDecoded(text)) return false
  setDecodedChars(d, text)
  if (PyUnicode_GET_LENGTH(text) < c.skip) return PyErr_SetString(PyExc_OSError, "can't restore logical file position"), false
  d.decoded_chars_used = c.skip
  return true
}

export function tell(self: PyObject, d: TextIOData): PyObject | null {
  if (!d.seekable) return unsupported('underlying stream is not seekable')
  if (!d.telling) return PyErr_SetString(PyExc_OSError, 'telling position disabled by next() call')
  if (!writeFlush(d) || !done(PyObject_CallMethodNoArgs(self, _Py_ID('flush')))) return null
  const position = PyObject_CallMethodNoArgs(d.buffer!, _Py_ID('tell'))
  if (position === null || d.decoder === null || d.snapshot === null) return position
  const at = PyLong_AsSsize_t(position)
  Py_DECREF(position)
  if (at === -1 && PyErr_Occurred() !== null) return null
  const [flags, next] = d.snapshot.v as PyObject[]
  const input = PyBytes_AsBytes(next!)
  const c: Cookie = { start: BigInt(at - input.length), flags: PyLong_AsInt(flags!), feed: 0, skip: 0, needEof: false }
  if (d.decoded_chars_used === 0) return packCookie(c)
  const saved = PyObject_CallMethodNoArgs(d.decoder, _Py_ID('getstate'))
  if (saved === null) return null
  const ok = findCookie(d, c, input)
  const e = PyErr_Fetch()
  const restored = PyObject_CallMethodOneArg(d.decoder, _Py_ID('setstate'), saved)
  _PyErr_ChainExceptions(e)
  Py_DECREF(saved)
  Py_XDECREF(restored)
  return ok && restored !== null ? packCookie(c) : null
}

/** Characters that bytes decode to; -1 with an exception set. */
function decodedLength(d: TextIOData, bytes: Uint8Array, final: boolean): number {
  const input = PyBytes_FromBytes(bytes.slice())
  const text = final ? PyObject_CallMethodObjArgs(d.decoder!, _Py_ID('decode'), input, Py_True)
    : PyObject_CallMethodOneArg(d.decoder!, _Py_ID('decode'), input)
  Py_DECREF(input)
  if (!checkDecoded(text)) return -1
  const n = PyUnicode_GET_LENGTH(text)
  Py_DECREF(text)
  return n
}

/** The decoder's [bytes held back, flags]; null with an exception set. */
function held(d: TextIOData): [number, number] | null {
  const state = decoderState(d.decoder!)
  if (state === null) return null
  const result: [number, number] = [PyBytes_AsBytes(state[0]).length, PyLong_AsInt(state[1])]
  Py_DECREF(state[0])
  Py_DECREF(state[1])
  return result
}

/** Completes the cookie for the current position, from the snapshot's beginning. */
function findCookie(d: TextIOData, c: Cookie, input: Uint8Array): boolean {
  let toSkip = d.decoded_chars_used
  // First guess by the ratio of bytes to characters, then step back until the decoder holds nothing there.
  let skipBytes = Math.floor(d.b2cratio * toSkip)
  let back = 1
  while (skipBytes > 0) {
    if (!setDecoderState(d, c)) return false
    const n = decodedLength(d, input.subarray(0, skipBytes), false)
    if (n < 0) return false
    if (n <= toSkip) {
      const state = held(d)
      if (state === null) return false
      if (state[0] === 0) {
        c.flags = state[1]
        toSkip -= n
        break
      }
      skipBytes -= state[0]
      back = 1
    } else {
      skipBytes -= back
      back *= 2
    }
  }
  if (skipBytes <= 0) {
    skipBytes = 0
    if (!setDecoderState(d, c)) return false
  }
  c.start += BigInt(skipBytes)
  c.skip = toSkip
  if (toSkip === 0) return true
  let decoded = 0
  let i = skipBytes
  for (; i < input.length; i++) {
    const n = decodedLength(d, input.subarray(i, i + 1), false)
    if (n < 0) return false
    decoded += n
    c.feed++
    const state = held(d)
    if (state === null) return false
    if (state[0] === 0 && decoded <= toSkip) {
      c.start += BigInt(c.feed)
      toSkip -= decoded
      c.flags = state[1]
      c.feed = 0
      decoded = 0
    }
    if (decoded >= toSkip) break
  }
  if (i === input.length) {
    const n = decodedLength(d, new Uint8Array(0), true)
    if (n < 0) return false
    decoded += n
    c.needEof = true
    if (decoded < toSkip) return PyErr_SetString(PyExc_OSError, "can't reconstruct logical file position"), false
  }
  c.skip = toSkip
  return true
}
