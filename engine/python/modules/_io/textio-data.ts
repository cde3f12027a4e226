// The struct of TextIOWrapper, and what its parts share. Mirrors textio, Modules/_io/textio.c.
import { CodecError, type EncodeHandler } from '../../lib/codecs'
import { standardEncodeHandler } from '../../lib/codecs-errors'
import { encodeUtf16, encodeUtf32, type ByteOrder } from '../../lib/codecs-utf16'
import { bytesFrom } from '../../objects/bytesobject'
import { callEncodeHandler } from '../../objects/codecs'
import { PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_ValueError } from '../../objects/exceptions'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue } from '../../objects/object-protocol'
import { encodeKnown, raiseEncodeError } from '../../objects/unicode-codec'
import { udata } from '../../objects/unicode-text'
import { PyUnicode_AsString, _Py_ID } from '../../objects/unicodeobject'
import { checkClosed } from './common'
import { _PyFileIO_closed } from './fileio'

export class TextIOData {
  ok = false
  detached = false
  chunk_size = 8192
  buffer: PyObject | null = null
  encoding: PyObject | null = null
  encoder: PyObject | null = null
  decoder: PyObject | null = null
  /** The newline argument as a text, null for None. */
  readnl: string | null = null
  errors: PyObject | null = null
  /** What \n is written as; null stands for \n. */
  writenl: string | null = null
  line_buffering = false
  write_through = false
  readuniversal = false
  readtranslate = false
  writetranslate = false
  seekable = false
  has_read1 = false
  telling = false
  finalizing = false
  /** Name of an encoding that is done here instead of by the encoder object, or null. */
  encodefunc: string | null = null
  encoding_start_of_stream = false
  /** Text from the decoder, and how much of it (in code points) was read. */
  decoded_chars: PyObject | null = null
  decoded_chars_used = 0
  /** Data to be written: a str of ASCII, bytes, or a list of them. */
  pending_bytes: PyObject | null = null
  pending_bytes_count = 0
  /** (decoder flags, input since): where tell() can start from. */
  snapshot: PyObject | null = null
  b2cratio = 0
  /** The FileIO below, to ask it directly whether it is closed. */
  raw: PyObject | null = null
}

export const textData = (o: PyObject): TextIOData => o.v as TextIOData

/** The struct if the object is usable; null with ValueError set. Mirrors CHECK_ATTACHED. */
export function attached(self: PyObject): TextIOData | null {
  const d = textData(self)
  if (d.ok && !d.detached) return d
  return PyErr_SetString(PyExc_ValueError, d.ok ? 'underlying buffer has been detached' : 'I/O operation on uninitialized object')
}

/** False with ValueError set when the stream is closed. Mirrors CHECK_CLOSED. */
export function isOpen(self: PyObject, d: TextIOData, isExact: boolean): boolean {
  if (!isExact) return checkClosed(self)
  let closed: number
  if (d.raw !== null) closed = _PyFileIO_closed(d.raw) ? 1 : 0
  else {
    const value = PyObject_GetAttr(d.buffer!, _Py_ID('closed'))
    if (value === null) return false
    closed = PyObject_IsTrue(value)
    Py_DECREF(value)
  }
  if (closed > 0) PyErr_SetString(PyExc_ValueError, 'I/O operation on closed file.')
  return closed === 0
}

/** STEALS the text; null for none. */
export function setDecodedChars(d: TextIOData, chars: PyObject | null): void {
  const old = d.decoded_chars
  d.decoded_chars = chars
  d.decoded_chars_used = 0
  Py_XDECREF(old)
}

export function setSnapshot(d: TextIOData, snapshot: PyObject | null): void {
  const old = d.snapshot
  d.snapshot = snapshot
  Py_XDECREF(old)
}

const KNOWN: Readonly<Record<string, 'ascii' | 'latin-1' | 'utf-8'>> = { ascii: 'ascii', 'iso8859-1': 'latin-1', 'utf-8': 'utf-8' }
const UNITS = ['utf-16-be', 'utf-16-le', 'utf-16', 'utf-32-be', 'utf-32-le', 'utf-32']

export const hasEncodeFunc = (name: string): boolean => name in KNOWN || UNITS.includes(name)

/** Whether an ASCII text is its own encoding. */
export const isAsciiCompatible = (name: string): boolean => name in KNOWN

/** NEW bytes of a text by an encoding with a function of its own, or null. */
export function encodeText(d: TextIOData, text: PyObject): PyObject | null {
  const name = d.encodefunc!
  const errors = PyUnicode_AsString(d.errors!)
  const known = KNOWN[name]
  if (known !== undefined) {
    const bytes = encodeKnown(text, known, errors)
    return bytes === null ? null : bytesFrom(bytes)
  }
  const standard = standardEncodeHandler(errors)
  const handler: EncodeHandler | null = standard !== undefined ? standard : callEncodeHandler(text, errors)
  // Only the start of the stream gets a byte order mark; after it the native order goes on.
  const order: ByteOrder = name.endsWith('be') ? 1 : name.endsWith('le') || !d.encoding_start_of_stream ? -1 : 0
  const bytes = (name.startsWith('utf-16') ? encodeUtf16 : encodeUtf32)(udata(text).str, order, handler)
  if (bytes instanceof CodecError) return PyErr_Occurred() !== null ? null : raiseEncodeError(text, bytes)
  return bytesFrom(bytes)
}
