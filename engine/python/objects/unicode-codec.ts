// str(): construction, repr and ascii, encode; and decoding of bytes for C code. The usual encodings are done here with
// lib/codecs.ts, all others through the codec registry (codecs.ts).
import { CodecError, decodeAscii, decodeLatin1, decodeUtf8, encodeAscii, encodeLatin1, encodeUtf8, utf8OrNull } from '../lib/codecs'
import { decodeUtf16, decodeUtf32, encodeUtf16, encodeUtf32 } from '../lib/codecs-utf16'
import { standardDecodeHandler, standardEncodeHandler } from '../lib/codecs-errors'
import { isPrintable } from '../lib/unicode-data'
import { PyObject_Vectorcall } from './call'
import { PyBytes_Check, PyBytes_AsBytes, PyBytes_FromBytes } from './bytesobject'
import { callDecodeHandler, callEncodeHandler, PyCodec_DecodeText, PyCodec_EncodeText } from './codecs'
import { PyErr_Format, PyErr_Occurred, PyErr_SetObject, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_UnicodeDecodeError, PyExc_UnicodeEncodeError } from './exceptions'
import { ArgParser } from './arg-parser'
import { _PyArg_BadArgument, _PyArg_UnpackKeywords } from './getargs'
import { parseTupleAndKeywords } from './getargs-keywords'
import { PyLong_FromLong } from './longobject'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes } from './memoryobject'
import { METH_FASTCALL, METH_KEYWORDS, Py_DECREF, type PyMethodDef, type PyObject, type PyTypeObject } from './object'
import { PyObject_Str } from './object-protocol'
import { PyMem_Malloc, PyObject_FreeBlock, PyObject_Malloc, _PyType_AllocNoTrack, PyObject_GC_Track, eventTypeId } from './objimpl'
import { TAG_SCRATCH } from '../../memory/events'
import { decodedResult, utf8Result } from './unicode-decode'
import { UnicodeData, unicodeSize } from './unicode-data'
import { codeAt, freshText, resultText, udata } from './unicode-text'
import { PyUnicode_Check, PyUnicode_EmptyString, PyUnicode_FromString, PyUnicode_Type } from './unicodeobject'

// ---- repr ----------------------------------------------------------------------------------------------------------

/** The text of repr(str). */
export function reprOfText(data: UnicodeData): string {
  const text = data.str
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  if (data.ascii && !/[^ -~]|['"\\]/.test(text)) return `'${text}'`
  let result = quote
  for (let i = 0; i < data.length; i++) {
    const c = codeAt(data, i)
    if (c === 0x5c || c === quote.charCodeAt(0)) result += `\\${String.fromCharCode(c)}`
    else if (c === 9) result += '\\t'
    else if (c === 10) result += '\\n'
    else if (c === 13) result += '\\r'
    else if (c < 32 || c === 127) result += `\\x${c.toString(16).padStart(2, '0')}`
    else if (c < 127) result += String.fromCharCode(c)
    else if (isPrintable(c)) result += String.fromCodePoint(c)
    else result += escape(c)
  }
  return result + quote
}

function escape(c: number): string {
  if (c <= 0xff) return `\\x${c.toString(16).padStart(2, '0')}`
  return c <= 0xffff ? `\\u${c.toString(16).padStart(4, '0')}` : `\\U${c.toString(16).padStart(8, '0')}`
}

export function unicode_repr(o: PyObject): PyObject | null {
  return freshText(reprOfText(udata(o)))
}

/** The text of ascii(): what is not ASCII escaped. */
export function asciiOfText(text: string): string {
  let result = ''
  for (const c of text) {
    const code = c.codePointAt(0)!
    result += code < 128 ? c : escape(code)
  }
  return result
}

// ---- encode -----------------------------------------------------------------------------------------------------------

/** 'utf-8' for 'UTF8', 'utf_8' …: _Py_normalize_encoding and the shortcuts of PyUnicode_AsEncodedString. */
type KnownEncoding = 'utf-8' | 'utf-16' | 'utf-32' | 'ascii' | 'latin-1'

function knownEncoding(encoding: string): KnownEncoding | null {
  switch (encoding.toLowerCase().replaceAll('_', '-')) {
    case 'utf-8': case 'utf8': return 'utf-8'
    case 'utf-16': case 'utf16': return 'utf-16'
    case 'utf-32': case 'utf32': return 'utf-32'
    case 'ascii': case 'us-ascii': return 'ascii'
    case 'latin-1': case 'latin1': case 'iso-8859-1': case 'iso8859-1': return 'latin-1'
    default: return null
  }
}

/** Sets an instance of the exception as the error; `makeObject` gives its NEW object. Returns null. */
function raiseCodecError(type: PyTypeObject, e: CodecError, makeObject: () => PyObject): null {
  const args = [PyUnicode_FromString(e.encoding), makeObject(), PyLong_FromLong(e.start), PyLong_FromLong(e.end), PyUnicode_FromString(e.reason)]
  const exc = PyObject_Vectorcall(type, args, 5, null)
  for (const arg of args) Py_DECREF(arg)
  if (exc !== null) {
    PyErr_SetObject(type, exc)
    Py_DECREF(exc)
  }
  return null
}

/** Sets UnicodeEncodeError. Returns null. */
export function raiseEncodeError(o: PyObject, e: CodecError): null {
  return raiseCodecError(PyExc_UnicodeEncodeError, e, () => (o.ob_refcnt++, o))
}

/** Sets UnicodeDecodeError. Returns null. */
export function raiseDecodeError(bytes: Uint8Array, e: CodecError): null {
  return raiseCodecError(PyExc_UnicodeDecodeError, e, () => PyBytes_FromBytes(bytes))
}

/** The same with the room for the text still there, and the handler "strict" sought by its name. */
function raiseStrictly(bytes: Uint8Array, room: number, e: CodecError): null {
  const block = PyObject_Malloc(unicodeSize(room, 1, true), eventTypeId(PyUnicode_Type))
  Py_DECREF(PyUnicode_FromString('strict'))
  raiseDecodeError(bytes, e)
  PyObject_FreeBlock(block)
  return null
}

/** The bytes of a text in one of the built-in encodings; null with an exception set. */
export function encodeKnown(o: PyObject, encoding: KnownEncoding, errors: string): Uint8Array | null {
  const text = udata(o).str
  const standard = standardEncodeHandler(errors)
  const handler = standard !== undefined ? standard : callEncodeHandler(o, errors)
  const result = encoding === 'utf-8' ? encodeUtf8(text, handler)
    : encoding === 'utf-16' ? encodeUtf16(text, 0, handler) : encoding === 'utf-32' ? encodeUtf32(text, 0, handler)
    : encoding === 'ascii' ? encodeAscii(text, handler) : encodeLatin1(text, handler)
  if (!(result instanceof CodecError)) return result
  return PyErr_Occurred() !== null ? null : raiseEncodeError(o, result)
}

/** NEW bytes, or null. Mirrors PyUnicode_AsEncodedString. */
export function PyUnicode_AsEncodedString(o: PyObject, encoding: string | null, errors: string | null): PyObject | null {
  const known = knownEncoding(encoding ?? 'utf-8')
  if (known !== null) {
    const bytes = encodeKnown(o, known, errors ?? 'strict')
    return bytes === null ? null : PyBytes_FromBytes(bytes)
  }
  return PyCodec_EncodeText(o, encoding!, errors)
}

/** The UTF-8 form of a text, or null with UnicodeEncodeError set. */
export function PyUnicode_AsUTF8Bytes(o: PyObject): Uint8Array | null {
  return utf8OrNull(udata(o).str) ?? encodeKnown(o, 'utf-8', 'strict')
}

const encodeParser = new ArgParser('encode', ['encoding', 'errors'])

function encode(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, encodeParser, 0, 2, 0)
  if (given === null) return null
  const texts: (string | null)[] = []
  for (let i = 0; i < 2; i++) {
    const value = given[i] ?? null
    if (value !== null && !PyUnicode_Check(value)) {
      return _PyArg_BadArgument('encode', `argument '${encodeParser.names[i]}'`, 'str', value)
    }
    texts.push(value === null ? null : udata(value).str)
  }
  return PyUnicode_AsEncodedString(o, texts[0]!, texts[1]!)
}

// ---- decode --------------------------------------------------------------------------------------------------------------

/** Code points that a decoder makes room for. */
function roomFor(bytes: Uint8Array, encoding: KnownEncoding): number {
  if (encoding !== 'utf-16' && encoding !== 'utf-32') return bytes.length
  // A byte order mark was taken off before.
  const unit = encoding === 'utf-16' ? 2 : 4
  const mark = bytes.length >= unit && (bytes[0]! | bytes[1]! << 8) === 0xfeff || (bytes[0]! << 8 | bytes[1]!) === 0xfeff ? unit
    : unit === 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0xfe && bytes[3] === 0xff ? 4 : 0
  return Math.ceil((bytes.length - mark) / unit)
}

/** NEW str, or null. Mirrors PyUnicode_Decode. */
export function PyUnicode_Decode(bytes: Uint8Array, encoding: string | null, errors: string | null): PyObject | null {
  const known = knownEncoding(encoding ?? 'utf-8')
  if (known === null) return PyCodec_DecodeText(bytes, encoding!, errors)
  if (bytes.length === 0) return PyUnicode_EmptyString()
  const standard = standardDecodeHandler(errors ?? 'strict')
  const handler = standard !== undefined ? standard : callDecodeHandler(bytes, errors!)
  const result = known === 'utf-8' ? decodeUtf8(bytes, handler)
    : known === 'utf-16' ? decodeUtf16(bytes, 0, handler) : known === 'utf-32' ? decodeUtf32(bytes, 0, handler)
    : known === 'ascii' ? decodeAscii(bytes, handler) : decodeLatin1(bytes)
  if (!(result instanceof CodecError)) {
    if (known === 'utf-8') return utf8Result(bytes.length, result.text)
    if (known !== 'utf-16' && known !== 'utf-32') return resultText(result.text)
    return decodedResult(roomFor(bytes, known), result.text)
  }
  if (PyErr_Occurred() !== null) return null
  return errors === null || errors === 'strict' ? raiseStrictly(bytes, roomFor(bytes, known), result) : raiseDecodeError(bytes, result)
}

/** NEW str from UTF-8, or null with UnicodeDecodeError set. */
export function PyUnicode_DecodeUTF8(bytes: Uint8Array, errors: string | null = null): PyObject | null {
  return PyUnicode_Decode(bytes, 'utf-8', errors)
}

/** str(bytes-like, encoding, errors). Mirrors PyUnicode_FromEncodedObject. */
export function PyUnicode_FromEncodedObject(o: PyObject, encoding: string | null, errors: string | null): PyObject | null {
  if (PyBytes_Check(o)) {
    const bytes = PyBytes_AsBytes(o)
    return bytes.length === 0 ? PyUnicode_EmptyString() : PyUnicode_Decode(bytes, encoding, errors)
  }
  if (PyUnicode_Check(o)) return PyErr_SetString(PyExc_TypeError, 'decoding str is not supported')
  if (!PyObject_CheckBuffer(o)) {
    return PyErr_Format(PyExc_TypeError, 'decoding to str: need a bytes-like object, %.80s found', o.ob_type.tp_name)
  }
  const view = PyObject_GetBufferBytes(o)
  if (view === null) return null
  const result = view.bytes.length === 0 ? PyUnicode_EmptyString() : PyUnicode_Decode(view.bytes, encoding, errors)
  PyBuffer_Release(view)
  return result
}

// ---- str() -----------------------------------------------------------------------------------------------------------------

export function unicode_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = parseTupleAndKeywords('str', ['object', 'encoding', 'errors'], 0, 3, args, kwargs)
  if (given === null) return null
  const [object, encoding, errors] = given
  const texts: (string | null)[] = []
  for (const [i, value] of [encoding, errors].entries()) {
    if (value !== null && value !== undefined && !PyUnicode_Check(value)) {
      return _PyArg_BadArgument('str', `argument '${['encoding', 'errors'][i]}'`, 'str', value)
    }
    texts.push(value ? udata(value).str : null)
  }
  const made = object === null || object === undefined ? PyUnicode_EmptyString()
    : texts[0] === null && texts[1] === null ? PyObject_Str(object) : PyUnicode_FromEncodedObject(object, texts[0]!, texts[1]!)
  if (made === null || type === PyUnicode_Type) return made
  return subtypeNew(type, made)
}

/** A subclass instance with the text of `made` (stolen): the object, and its characters in a block of their own. */
function subtypeNew(type: PyTypeObject, made: PyObject): PyObject | null {
  const { str, length, kind, ascii } = udata(made)
  const data = new UnicodeData(str, length, kind, ascii)
  const o = _PyType_AllocNoTrack(type, 0, data)
  if (o === null) return Py_DECREF(made), null
  data.utf8Block = PyMem_Malloc((length + 1) * kind, TAG_SCRATCH)
  if (type.presize > 0) PyObject_GC_Track(o)
  Py_DECREF(made)
  return o
}

export function codecMethods(): PyMethodDef[] {
  return [
    { ml_name: 'encode', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: encode, signature: "($self, /, encoding='utf-8', errors='strict')" },
  ]
}

