// _codecs: the codecs that CPython has in C, as functions that give (result, length consumed), and the registry. The
// library's `encodings` package is made of them. Conversions are in lib/codecs*.ts.
import { staticType } from '../objects/static-types'
import { CHARMAP_FAILED, buildEncodingMap, decodeCharmap, decodeCharmapTable, encodeCharmap } from '../lib/codecs-charmap'
import {
  CodecError, decodeAscii, decodeLatin1, decodeUtf8, encodeAscii, encodeLatin1, encodeUtf8, type DecodeHandler, type Decoded, type EncodeHandler,
} from '../lib/codecs'
import { standardDecodeHandler, standardEncodeHandler } from '../lib/codecs-errors'
import {
  decodeBytesEscape, decodeRawUnicodeEscape, decodeUnicodeEscape, encodeBytesEscape, encodeRawUnicodeEscape, encodeUnicodeEscape,
} from '../lib/codecs-escape'
import { decodeUtf16, decodeUtf32, encodeUtf16, encodeUtf32, type ByteOrder, type DecodedOrder } from '../lib/codecs-utf16'
import { decodeUtf7, encodeUtf7 } from '../lib/codecs-utf7'
import { PyObject_GetItem } from '../objects/abstract'
import { ArgParser } from '../objects/arg-parser'
import { PyBytes_AsBytes, PyBytes_Check, bytesFrom } from '../objects/bytesobject'
import {
  PyCodec_Decode, PyCodec_Encode, PyCodec_Lookup, PyCodec_LookupError, PyCodec_Register, PyCodec_RegisterError, PyCodec_Unregister,
  callDecodeHandler, callEncodeHandler,
} from '../objects/codecs'
import { characterNames } from '../objects/codec-errors'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString, PyErr_WarnEx } from '../objects/errors'
import { PyExc_DeprecationWarning, PyExc_LookupError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyLong_AsInt, PyLong_Check, PyLong_FromLong, PyLong_FromSsize_t } from '../objects/longobject'
import { PyModule_Create } from '../objects/moduleobject'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes } from '../objects/memoryobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_O, Py_DECREF, PyTypeObject, type FastFunction, type PyMethodDef, type PyObject } from '../objects/object'
import { PyObject_IsTrue } from '../objects/object-protocol'
import { PyObject_Free, PyObject_NewSize } from '../objects/objimpl'
import { Py_None, Py_RETURN_NONE } from '../objects/singletons'
import { PyTuple_New, _PyTuple_FromArraySteal } from '../objects/tupleobject'
import { raiseDecodeError, raiseEncodeError } from '../objects/unicode-codec'
import { utf8Result } from '../objects/unicode-decode'
import { resultText, udata } from '../objects/unicode-text'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_GET_LENGTH } from '../objects/unicodeobject'
import { readyStatic } from './static-module-types'

const text = PyUnicode_AsString

// ---- arguments and results -----------------------------------------------------------------------------------------

/** NEW (object, n); STEALS the object. */
function pair(object: PyObject | null, n: number): PyObject | null {
  if (object === null) return null
  // Py_BuildValue("Nn"): the tuple before the int, which is made as a long.
  const tuple = PyTuple_New(2)
  tuple.v[0] = object
  tuple.v[1] = PyLong_FromLong(n)
  return tuple
}

/** `errors` of argument i: 'strict' if it is missing or None; null with TypeError set. */
function errorsOf(name: string, args: PyObject[], nargs: number, i: number): string | null {
  if (nargs <= i || args[i] === Py_None) return 'strict'
  if (!PyUnicode_Check(args[i]!)) return _PyArg_BadArgument(name, `argument ${i + 1}`, 'str or None', args[i]!)
  return text(args[i]!)
}

/** Bytes of a bytes-like argument, or of a str (its UTF-8) where that is allowed; null with an exception set. */
function bytesOf(o: PyObject, strToo = false): Uint8Array | null {
  if (strToo && PyUnicode_Check(o)) {
    const bytes = encodeUtf8(text(o))
    return bytes instanceof CodecError ? raiseEncodeError(o, bytes) : bytes
  }
  if (!PyObject_CheckBuffer(o)) return PyErr_Format(PyExc_TypeError, `a bytes-like object is required, not '${o.ob_type.tp_name}'`)
  const view = PyObject_GetBufferBytes(o)
  if (view === null) return null
  const bytes = view.bytes
  PyBuffer_Release(view)
  return bytes
}

function truthOf(args: PyObject[], nargs: number, i: number, otherwise: boolean): boolean | null {
  if (nargs <= i) return otherwise
  const truth = PyObject_IsTrue(args[i]!)
  return truth < 0 ? null : truth > 0
}

function encodeHandler(o: PyObject, errors: string): EncodeHandler | null {
  const standard = standardEncodeHandler(errors, characterNames.nameOf)
  return standard !== undefined ? standard : callEncodeHandler(o, errors)
}

function decodeHandler(bytes: Uint8Array, errors: string): DecodeHandler | null {
  const standard = standardDecodeHandler(errors)
  return standard !== undefined ? standard : callDecodeHandler(bytes, errors)
}

function encoded(o: PyObject, bytes: Uint8Array | CodecError): PyObject | null {
  if (bytes instanceof CodecError) return PyErr_Occurred() !== null ? null : raiseEncodeError(o, bytes)
  return pair(bytesFrom(bytes), PyUnicode_GET_LENGTH(o))
}

function decoded(bytes: Uint8Array, result: Decoded | CodecError, utf8 = false): PyObject | null {
  if (result instanceof CodecError) return PyErr_Occurred() !== null ? null : raiseDecodeError(bytes, result)
  return pair(utf8 ? utf8Result(bytes.length, result.text) : resultText(result.text), result.consumed)
}

// ---- the codecs -------------------------------------------------------------------------------------------------------

type Encoder = (textOf: string, handler: EncodeHandler | null, order: ByteOrder) => Uint8Array | CodecError
type Decoder = (bytes: Uint8Array, handler: DecodeHandler | null, final: boolean) => Decoded | CodecError

/** x_encode(str, errors=None); `ordered` also takes a byte order. */
function encoder(name: string, encode: Encoder, ordered = false): PyMethodDef {
  const ml_meth: FastFunction = (_m, args, nargs) => {
    if (!_PyArg_CheckPositional(name, nargs, 1, ordered ? 3 : 2)) return null
    const o = args[0]!
    if (!PyUnicode_Check(o)) return _PyArg_BadArgument(name, 'argument 1', 'str', o)
    const errors = errorsOf(name, args, nargs, 1)
    if (errors === null) return null
    let order = 0
    if (nargs > 2) {
      order = PyLong_AsInt(args[2]!)
      if (order === -1 && PyErr_Occurred() !== null) return null
    }
    return encoded(o, encode(text(o), encodeHandler(o, errors), Math.sign(order) as ByteOrder))
  }
  return { ml_name: name, ml_flags: METH_FASTCALL, ml_meth, signature: ordered ? '($module, str, errors=None, byteorder=0, /)' : '($module, str, errors=None, /)' }
}

/** x_decode(data, errors=None[, final=False]); stateless ones take no `final`. */
function decoder(name: string, decode: Decoder, stateless = false, finalDefault = false, strToo = false): PyMethodDef {
  const ml_meth: FastFunction = (_m, args, nargs) => {
    if (!_PyArg_CheckPositional(name, nargs, 1, stateless ? 2 : 3)) return null
    const bytes = bytesOf(args[0]!, strToo)
    const errors = bytes === null ? null : errorsOf(name, args, nargs, 1)
    const final = errors === null ? null : stateless ? true : truthOf(args, nargs, 2, finalDefault)
    if (bytes === null || errors === null || final === null) return null
    return decoded(bytes, decode(bytes, decodeHandler(bytes, errors), final), name === 'utf_8_decode')
  }
  return { ml_name: name, ml_flags: METH_FASTCALL, ml_meth, signature: stateless ? '($module, data, errors=None, /)' : '($module, data, errors=None, final=False, /)' }
}

/** utf_16_ex_decode(data, errors=None, byteorder=0, final=False): (text, consumed, byte order found). */
function exDecoder(name: string, decode: (b: Uint8Array, o: ByteOrder, h: DecodeHandler | null, f: boolean) => DecodedOrder | CodecError): PyMethodDef {
  const ml_meth: FastFunction = (_m, args, nargs) => {
    if (!_PyArg_CheckPositional(name, nargs, 1, 4)) return null
    const bytes = bytesOf(args[0]!)
    const errors = bytes === null ? null : errorsOf(name, args, nargs, 1)
    if (bytes === null || errors === null) return null
    let order = 0
    if (nargs > 2) {
      order = PyLong_AsInt(args[2]!)
      if (order === -1 && PyErr_Occurred() !== null) return null
    }
    const final = truthOf(args, nargs, 3, false)
    if (final === null) return null
    const result = decode(bytes, Math.sign(order) as ByteOrder, decodeHandler(bytes, errors), final)
    if (result instanceof CodecError) return decoded(bytes, result)
    const made = resultText(result.text)
    return made === null ? null
      : _PyTuple_FromArraySteal([made, PyLong_FromSsize_t(result.consumed), PyLong_FromLong(result.order)], 3)
  }
  return { ml_name: name, ml_flags: METH_FASTCALL, ml_meth }
}

function warnEscape(bytes: Uint8Array, at: number, where: string): boolean {
  if (at < 0) return true
  const c = bytes[at + 1]!
  const octal = c >= 0x34 && c <= 0x37
  const shown = octal ? String.fromCharCode(c, bytes[at + 2]!, bytes[at + 3]!) : String.fromCharCode(c)
  return PyErr_WarnEx(PyExc_DeprecationWarning, octal ? `invalid octal escape sequence '\\${shown}'` : `invalid escape sequence '\\${shown}'${where}`) === 0
}

const unicodeEscapeDecode: FastFunction = (_m, args, nargs) => {
  if (!_PyArg_CheckPositional('unicode_escape_decode', nargs, 1, 3)) return null
  const bytes = bytesOf(args[0]!, true)
  const errors = bytes === null ? null : errorsOf('unicode_escape_decode', args, nargs, 1)
  const final = errors === null ? null : truthOf(args, nargs, 2, true)
  if (bytes === null || errors === null || final === null) return null
  const result = decodeUnicodeEscape(bytes, decodeHandler(bytes, errors), final)
  if (!(result instanceof CodecError) && !warnEscape(bytes, result.firstInvalidEscape, '')) return null
  return decoded(bytes, result)
}

const escapeDecode: FastFunction = (_m, args, nargs) => {
  if (!_PyArg_CheckPositional('escape_decode', nargs, 1, 2)) return null
  const bytes = bytesOf(args[0]!, true)
  const errors = bytes === null ? null : errorsOf('escape_decode', args, nargs, 1)
  if (bytes === null || errors === null) return null
  const result = decodeBytesEscape(bytes, errors)
  if (typeof result === 'string') return PyErr_SetString(PyExc_ValueError, result)
  if (!warnEscape(bytes, result.firstInvalidEscape, '')) return null
  return pair(bytesFrom(result.bytes), bytes.length)
}

const escapeEncode: FastFunction = (_m, args, nargs) => {
  if (!_PyArg_CheckPositional('escape_encode', nargs, 1, 2)) return null
  if (!PyBytes_Check(args[0]!)) return _PyArg_BadArgument('escape_encode', 'argument 1', 'bytes', args[0]!)
  if (errorsOf('escape_encode', args, nargs, 1) === null) return null
  const bytes = PyBytes_AsBytes(args[0]!)
  return pair(bytesFrom(encodeBytesEscape(bytes)), bytes.length)
}

const readbufferEncode: FastFunction = (_m, args, nargs) => {
  if (!_PyArg_CheckPositional('readbuffer_encode', nargs, 1, 2)) return null
  const bytes = bytesOf(args[0]!, true)
  return bytes === null ? null : pair(bytesFrom(bytes.slice()), bytes.length)
}

// ---- charmap -------------------------------------------------------------------------------------------------------------

export const EncodingMapType: PyTypeObject = staticType(new PyTypeObject('EncodingMap', {
  tp_basicsize: 64,
  tp_dealloc: o => PyObject_Free(o),
}))

// Mirrors PyUnicode_BuildEncodingMap: a three-level table of 16 by 128.
function charmapBuild(_m: PyObject, arg: PyObject): PyObject | null {
  if (!PyUnicode_Check(arg)) return _PyArg_BadArgument('charmap_build', 'argument', 'str', arg)
  const map = buildEncodingMap(text(arg))
  const rows = new Set<number>()
  const cells = new Set<number>()
  for (const code of map.keys()) {
    if (code === 0) continue
    rows.add(code >> 11)
    cells.add(code >> 7)
  }
  return PyObject_NewSize(EncodingMapType, 64 + 16 * rows.size + 128 * cells.size - 1, map)
}

/** Looks a code up in a mapping object; null: undefined, CHARMAP_FAILED: another exception. */
function mapped(mapping: PyObject, code: number): PyObject | null | typeof CHARMAP_FAILED {
  const key = PyLong_FromLong(code)
  const found = PyObject_GetItem(mapping, key)
  Py_DECREF(key)
  if (found === null) {
    if (!PyErr_ExceptionMatches(PyExc_LookupError)) return CHARMAP_FAILED
    PyErr_Clear()
    return null
  }
  if (found === Py_None) return Py_DECREF(found), null
  return found
}

const fails = (message: string): typeof CHARMAP_FAILED => {
  PyErr_SetString(PyExc_TypeError, message)
  return CHARMAP_FAILED
}

const charmapEncode: FastFunction = (_m, args, nargs) => {
  if (!_PyArg_CheckPositional('charmap_encode', nargs, 1, 3)) return null
  const o = args[0]!
  if (!PyUnicode_Check(o)) return _PyArg_BadArgument('charmap_encode', 'argument 1', 'str', o)
  const errors = errorsOf('charmap_encode', args, nargs, 1)
  if (errors === null) return null
  const mapping = nargs > 2 && args[2] !== Py_None ? args[2]! : null
  const handler = encodeHandler(o, errors)
  if (mapping === null) return encoded(o, encodeLatin1(text(o), handler))
  const result = encodeCharmap(text(o), code => {
    if (mapping.ob_type === EncodingMapType) return (mapping.v as Map<number, number>).get(code) ?? null
    const found = mapped(mapping, code)
    if (found === null || found === CHARMAP_FAILED) return found
    let value: number | Uint8Array | typeof CHARMAP_FAILED
    if (PyLong_Check(found)) {
      value = typeof found.v === 'number' && found.v >= 0 && found.v <= 255 ? found.v : fails('character mapping must be in range(256)')
    } else if (PyBytes_Check(found)) value = PyBytes_AsBytes(found)
    else value = fails(`character mapping must return integer, bytes or None, not ${found.ob_type.tp_name}`)
    Py_DECREF(found)
    return value
  }, handler)
  return result === CHARMAP_FAILED ? null : encoded(o, result)
}

const charmapDecode: FastFunction = (_m, args, nargs) => {
  if (!_PyArg_CheckPositional('charmap_decode', nargs, 1, 3)) return null
  const bytes = bytesOf(args[0]!)
  const errors = bytes === null ? null : errorsOf('charmap_decode', args, nargs, 1)
  if (bytes === null || errors === null) return null
  const mapping = nargs > 2 && args[2] !== Py_None ? args[2]! : null
  if (mapping === null) return decoded(bytes, decodeLatin1(bytes))
  const handler = decodeHandler(bytes, errors)
  if (PyUnicode_Check(mapping)) return decoded(bytes, decodeCharmapTable(bytes, udata(mapping).str, handler))
  const result = decodeCharmap(bytes, byte => {
    const found = mapped(mapping, byte)
    if (found === null || found === CHARMAP_FAILED) return found
    let value: string | null | typeof CHARMAP_FAILED
    if (PyLong_Check(found)) {
      const code = Number(found.v)
      value = code === 0xfffe ? null : code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code)
        : fails('character mapping must be in range(0x110000)')
    } else if (PyUnicode_Check(found)) value = text(found) === '\ufffe' ? null : text(found)
    else value = fails('character mapping must return integer, None or str')
    Py_DECREF(found)
    return value
  }, handler)
  return result === CHARMAP_FAILED ? null : decoded(bytes, result)
}

// ---- the registry ------------------------------------------------------------------------------------------------------------

const encodeParser = new ArgParser('encode', ['obj', 'encoding', 'errors'])
const decodeParser = new ArgParser('decode', ['obj', 'encoding', 'errors'])

function byRegistry(name: 'encode' | 'decode'): PyMethodDef {
  const parser = name === 'encode' ? encodeParser : decodeParser
  return {
    ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: "($module, /, obj, encoding='utf-8', errors='strict')",
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parser, 1, 3, 0)
      if (given === null) return null
      for (const i of [1, 2]) {
        const value = given[i] ?? null
        if (value !== null && !PyUnicode_Check(value)) return _PyArg_BadArgument(name, `argument '${parser.names[i]}'`, 'str', value)
      }
      const encoding = given[1] ? text(given[1]) : 'utf-8'
      const errors = given[2] ? text(given[2]) : null
      return (name === 'encode' ? PyCodec_Encode : PyCodec_Decode)(given[0]!, encoding, errors)
    },
  }
}

const withText = (name: string, f: (t: string) => PyObject | null): PyMethodDef => ({
  ml_name: name, ml_flags: METH_O,
  ml_meth: (_m: PyObject, arg: PyObject) => PyUnicode_Check(arg) ? f(text(arg)) : _PyArg_BadArgument(name, 'argument', 'str', arg),
})

const methods: PyMethodDef[] = [
  { ml_name: 'register', ml_flags: METH_O, ml_meth: (_m: PyObject, f: PyObject) => PyCodec_Register(f) < 0 ? null : Py_RETURN_NONE() },
  { ml_name: 'unregister', ml_flags: METH_O, ml_meth: (_m: PyObject, f: PyObject) => PyCodec_Unregister(f) < 0 ? null : Py_RETURN_NONE() },
  withText('lookup', PyCodec_Lookup),
  byRegistry('encode'), byRegistry('decode'),
  { ml_name: 'escape_encode', ml_flags: METH_FASTCALL, ml_meth: escapeEncode },
  { ml_name: 'escape_decode', ml_flags: METH_FASTCALL, ml_meth: escapeDecode },
  encoder('utf_8_encode', (t, h) => encodeUtf8(t, h)), decoder('utf_8_decode', (b, h, f) => decodeUtf8(b, h, f)),
  encoder('utf_7_encode', t => encodeUtf7(t)), decoder('utf_7_decode', (b, h, f) => decodeUtf7(b, h, f)),
  encoder('utf_16_encode', (t, h, o) => encodeUtf16(t, o, h), true),
  encoder('utf_16_le_encode', (t, h) => encodeUtf16(t, -1, h)), encoder('utf_16_be_encode', (t, h) => encodeUtf16(t, 1, h)),
  decoder('utf_16_decode', (b, h, f) => decodeUtf16(b, 0, h, f)),
  decoder('utf_16_le_decode', (b, h, f) => decodeUtf16(b, -1, h, f)), decoder('utf_16_be_decode', (b, h, f) => decodeUtf16(b, 1, h, f)),
  exDecoder('utf_16_ex_decode', decodeUtf16),
  encoder('utf_32_encode', (t, h, o) => encodeUtf32(t, o, h), true),
  encoder('utf_32_le_encode', (t, h) => encodeUtf32(t, -1, h)), encoder('utf_32_be_encode', (t, h) => encodeUtf32(t, 1, h)),
  decoder('utf_32_decode', (b, h, f) => decodeUtf32(b, 0, h, f)),
  decoder('utf_32_le_decode', (b, h, f) => decodeUtf32(b, -1, h, f)), decoder('utf_32_be_decode', (b, h, f) => decodeUtf32(b, 1, h, f)),
  exDecoder('utf_32_ex_decode', decodeUtf32),
  encoder('unicode_escape_encode', t => encodeUnicodeEscape(t)),
  { ml_name: 'unicode_escape_decode', ml_flags: METH_FASTCALL, ml_meth: unicodeEscapeDecode },
  encoder('raw_unicode_escape_encode', t => encodeRawUnicodeEscape(t)),
  decoder('raw_unicode_escape_decode', (b, h, f) => decodeRawUnicodeEscape(b, h, f), false, true, true),
  encoder('latin_1_encode', (t, h) => encodeLatin1(t, h)), decoder('latin_1_decode', b => decodeLatin1(b), true),
  encoder('ascii_encode', (t, h) => encodeAscii(t, h)), decoder('ascii_decode', (b, h) => decodeAscii(b, h), true),
  { ml_name: 'charmap_encode', ml_flags: METH_FASTCALL, ml_meth: charmapEncode },
  { ml_name: 'charmap_decode', ml_flags: METH_FASTCALL, ml_meth: charmapDecode },
  { ml_name: 'charmap_build', ml_flags: METH_O, ml_meth: charmapBuild },
  { ml_name: 'readbuffer_encode', ml_flags: METH_FASTCALL, ml_meth: readbufferEncode },
  {
    ml_name: 'register_error', ml_flags: METH_FASTCALL, signature: '($module, errors, handler, /)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional('register_error', nargs, 2, 2)) return null
      if (!PyUnicode_Check(args[0]!)) return _PyArg_BadArgument('register_error', 'argument 1', 'str', args[0]!)
      return PyCodec_RegisterError(text(args[0]!), args[1]!) < 0 ? null : Py_RETURN_NONE()
    },
  },
  withText('lookup_error', PyCodec_LookupError),
]

export function PyInit__codecs(): PyObject | null {
  return readyStatic(EncodingMapType) ? PyModule_Create('_codecs', methods) : null
}
