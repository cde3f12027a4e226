// Reading of TextIOWrapper: chunks of bytes from the buffer through the decoder, then characters and lines of the text.
import { Py_False, Py_True } from '../../objects/boolobject'
import { PyBytes_AsBytes, PyBytes_Check, bytesFrom } from '../../objects/bytesobject'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodObjArgs, PyObject_CallMethodOneArg } from '../../objects/call'
import { PyErr_Format, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError } from '../../objects/exceptions'
import { PyList_Append, PyList_New } from '../../objects/listobject'
import { PyLong_FromSsize_t } from '../../objects/longobject'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes } from '../../objects/memoryobject'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../../objects/object'
import { PyTuple_Check, _PyTuple_FromArraySteal } from '../../objects/tupleobject'
import { PyUnicode_Append, PyUnicode_Concat, PyUnicode_Join } from '../../objects/unicode-methods'
import { pointIndex, substring, udata, unitIndex } from '../../objects/unicode-text'
import { PyUnicode_EmptyString, PyUnicode_GET_LENGTH, _Py_ID } from '../../objects/unicodeobject'
import { unsupported } from './common'
import { LINE_END, findLineEnding } from './line-ending'
import { PyIncrementalNewlineDecoder_Type, checkDecoded, newlineDecode } from './newline-decoder'
import { setDecodedChars, setSnapshot, type TextIOData } from './textio-data'
import { writeFlush } from './textio-write'

/** NEW text of bytes by a decoder, or null. Mirrors _textiowrapper_decode. */
function decode(decoder: PyObject, bytes: PyObject, eof: boolean): PyObject | null {
  const text = decoder.ob_type === PyIncrementalNewlineDecoder_Type ? newlineDecode(decoder, bytes, eof)
    : PyObject_CallMethodObjArgs(decoder, _Py_ID('decode'), bytes, eof ? Py_True : Py_False)
  return checkDecoded(text) ? text : null
}

/** The decoder's state as [bytes, flags], both NEW; null with an exception set. */
export function decoderState(decoder: PyObject): [PyObject, PyObject] | null {
  const state = PyObject_CallMethodNoArgs(decoder, _Py_ID('getstate'))
  if (state === null) return null
  const items = PyTuple_Check(state) ? state.v : []
  const [bytes, flags] = items
  if (items.length !== 2) {
    Py_DECREF(state)
    return PyErr_SetString(PyExc_TypeError, 'illegal decoder state')
  }
  if (!PyBytes_Check(bytes!)) {
    PyErr_Format(PyExc_TypeError,
      `illegal decoder state: the first item should be a bytes object, not '${bytes!.ob_type.tp_name}'`)
    Py_DECREF(state)
    return null
  }
  bytes.ob_refcnt++
  flags!.ob_refcnt++
  Py_DECREF(state)
  return [bytes, flags!]
}

/** Reads and decodes the next chunk: 1, 0 at the end of the file, -1. Mirrors textiowrapper_read_chunk. */
function readChunk(d: TextIOData, hint: number): number {
  if (d.decoder === null) return unsupported('not readable'), -1
  const state = d.telling ? decoderState(d.decoder) : null
  if (d.telling && state === null) return -1
  const wanted = hint > 0 ? Math.floor(Math.max(d.b2cratio, 1) * hint) : hint
  const size = PyLong_FromSsize_t(Math.max(d.chunk_size, wanted))
  const method = d.has_read1 ? 'read1' : 'read'
  const input = PyObject_CallMethodOneArg(d.buffer!, _Py_ID(method), size)
  Py_DECREF(size)
  const result = input === null ? -1 : decodeChunk(d, input, method, state)
  Py_XDECREF(input)
  if (state !== null) {
    Py_DECREF(state[0])
    Py_DECREF(state[1])
  }
  return result
}

function decodeChunk(d: TextIOData, input: PyObject, method: string, state: [PyObject, PyObject] | null): number {
  const view = PyObject_CheckBuffer(input) ? PyObject_GetBufferBytes(input) : null
  if (view === null) {
    PyErr_Format(PyExc_TypeError, `underlying ${method}() should have returned a bytes-like object, not '${input.ob_type.tp_name}'`)
    return -1
  }
  const count = view.bytes.length
  const bytes = view.bytes
  const text = decode(d.decoder!, input, count === 0)
  if (text === null) return PyBuffer_Release(view), -1
  setDecodedChars(d, text)
  const n = PyUnicode_GET_LENGTH(text)
  d.b2cratio = n > 0 ? count / n : 0
  if (state !== null) {
    const before = PyBytes_AsBytes(state[0])
    const joined = new Uint8Array(before.length + bytes.length)
    joined.set(before)
    joined.set(bytes, before.length)
    // PyBytes_Concat gives one of the two itself where the other is empty.
    let next: PyObject | null
    if (before.length === 0 && PyBytes_Check(input)) next = (input.ob_refcnt++, input)
    else next = bytesFrom(joined)
    if (next === null) return PyBuffer_Release(view), -1
    state[1].ob_refcnt++
    setSnapshot(d, _PyTuple_FromArraySteal([state[1], next], 2))
  }
  PyBuffer_Release(view)
  return count > 0 || n > 0 ? 1 : 0
}

/** NEW up to n (all if negative) characters of the decoded text. Mirrors textiowrapper_get_decoded_chars. */
function takeDecoded(d: TextIOData, n: number): PyObject | null {
  if (d.decoded_chars === null) return PyUnicode_EmptyString()
  const available = PyUnicode_GET_LENGTH(d.decoded_chars) - d.decoded_chars_used
  const count = n < 0 || n > available ? available : n
  const used = d.decoded_chars_used
  d.decoded_chars_used += count
  return substring(d.decoded_chars, used, used + count)
}

/** NEW text of n characters, or of all that is left. */
export function read(d: TextIOData, n: number): PyObject | null {
  if (d.decoder === null) return unsupported('not readable')
  if (!writeFlush(d)) return null
  if (n < 0) {
    const bytes = PyObject_CallMethodNoArgs(d.buffer!, _Py_ID('read'))
    if (bytes === null) return null
    const rest = decode(d.decoder, bytes, true)
    Py_DECREF(bytes)
    if (rest === null) return null
    const first = takeDecoded(d, -1)
    if (first === null) return Py_DECREF(rest), null
    const result = PyUnicode_Append(first, rest)
    Py_DECREF(rest)
    if (result === null) return null
    setDecodedChars(d, null)
    setSnapshot(d, null)
    return result
  }
  let result = takeDecoded(d, n)
  if (result === null) return null
  let remaining = n - PyUnicode_GET_LENGTH(result)
  let chunks: PyObject | null = null
  let ok = true
  while (remaining > 0) {
    const more = readChunk(d, remaining)
    if (more <= 0) {
      ok = more === 0
      break
    }
    chunks ??= PyList_New(0)
    if (PyUnicode_GET_LENGTH(result) > 0 && PyList_Append(chunks, result) < 0) return Py_DECREF(result), Py_DECREF(chunks), null
    Py_DECREF(result)
    result = takeDecoded(d, remaining)
    if (result === null) return Py_DECREF(chunks), null
    remaining -= PyUnicode_GET_LENGTH(result)
  }
  if (!ok) return Py_DECREF(result), Py_XDECREF(chunks), null
  return chunks === null ? result : joinChunks(chunks, result)
}

/** NEW text of all chunks and the last piece; STEALS both. */
function joinChunks(chunks: PyObject, last: PyObject | null): PyObject | null {
  if (last !== null) {
    const ok = PyList_Append(chunks, last) === 0
    Py_DECREF(last)
    if (!ok) return Py_DECREF(chunks), null
  }
  const empty = PyUnicode_EmptyString()
  const result = PyUnicode_Join(empty, chunks)
  Py_DECREF(empty)
  Py_DECREF(chunks)
  return result
}

/** Makes sure that there is decoded text: 1, 0 at the end of the file, -1. */
function ensureDecoded(d: TextIOData): number {
  while (d.decoded_chars === null || PyUnicode_GET_LENGTH(d.decoded_chars) === 0) {
    const more = readChunk(d, 0)
    if (more <= 0) return more
  }
  return 1
}

// Mirrors _textiowrapper_readline; the caller has checked that the stream is open.
export function readline(d: TextIOData, limit: number): PyObject | null {
  if (!writeFlush(d)) return null
  const ends = { translated: d.readtranslate, universal: d.readuniversal, newline: d.readnl ?? '\n' }
  let line: PyObject | null = null
  let chunks: PyObject | null = null
  /** What may be the beginning of a line end, to be looked at again with the next chunk. */
  let remaining: PyObject | null = null
  let chunked = 0
  let start = 0
  let end = 0
  let offset = 0
  const fail = (): null => (Py_XDECREF(line), Py_XDECREF(chunks), Py_XDECREF(remaining), null)
  for (;;) {
    const more = ensureDecoded(d)
    if (more < 0) return fail()
    if (more === 0) {
      setDecodedChars(d, null)
      setSnapshot(d, null)
      break
    }
    if (remaining === null) {
      line = d.decoded_chars!
      line.ob_refcnt++
      start = d.decoded_chars_used
      offset = 0
    } else {
      offset = PyUnicode_GET_LENGTH(remaining)
      line = PyUnicode_Concat(remaining, d.decoded_chars!)
      start = 0
      Py_DECREF(remaining)
      remaining = null
      if (line === null) return fail()
    }
    const text = udata(line)
    const found = findLineEnding(text.str, unitIndex(text, start), ends)
    end = pointIndex(text, found >= 0 ? found : LINE_END.consumed)
    if (limit >= 0 && end - start + chunked >= limit) {
      end = start + limit - chunked
      break
    }
    if (found >= 0) break
    if (end > start) {
      chunks ??= PyList_New(0)
      const piece = substring(line, start, end)
      if (piece === null || PyList_Append(chunks, piece) < 0) return Py_XDECREF(piece), fail()
      chunked += PyUnicode_GET_LENGTH(piece)
      Py_DECREF(piece)
    }
    if (end < text.length) {
      remaining = substring(line, end, text.length)
      if (remaining === null) return fail()
    }
    Py_DECREF(line)
    line = null
    setDecodedChars(d, null)
  }
  if (line !== null) {
    d.decoded_chars_used = end - offset
    if (start > 0 || end < PyUnicode_GET_LENGTH(line)) {
      const piece = substring(line, start, end)
      Py_DECREF(line)
      line = piece
      if (line === null) return fail()
    }
  }
  if (remaining !== null) {
    chunks ??= PyList_New(0)
    const ok = PyList_Append(chunks, remaining) === 0
    Py_DECREF(remaining)
    remaining = null
    if (!ok) return fail()
  }
  return chunks !== null ? joinChunks(chunks, line) : line ?? PyUnicode_EmptyString()
}
