// binascii: bytes as hexadecimal, base64, quoted-printable and uuencoded text, and checksums. Modules/binascii.c.
import { crc32, crcHqx } from '../lib/checksums'
import { quotedPrintable } from '../lib/quoted-printable'
import { ArgParser } from '../objects/arg-parser'
import { PyBytes_FromBytes } from '../objects/bytesobject'
import { PyErr_NewException, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_ValueError } from '../objects/exceptions'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyLong_AsInt, PyLong_AsUnsignedLongLongMask, PyLong_FromUnsignedLong } from '../objects/longobject'
import { PyBuffer_Release, PyObject_GetBufferBytes, contiguousCopy } from '../objects/memoryobject'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_O, type PyMethodDef, type PyObject } from '../objects/object'
import { PyObject_IsTrue } from '../objects/object-protocol'
import { PyUnicode_AsString, PyUnicode_Check } from '../objects/unicodeobject'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES = new Int8Array(256).fill(-1)
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i
const HEX = '0123456789abcdef'
const NEWLINE = 10
const PAD = 61

/** Bytes of an object with a buffer; null with an exception set. */
function bytesOf(o: PyObject): Uint8Array | null {
  const view = PyObject_GetBufferBytes(o)
  if (view === null) return null
  const bytes = contiguousCopy(view)
  PyBuffer_Release(view)
  return bytes
}

/** The same, of an ASCII str as well. */
function asciiOf(o: PyObject): Uint8Array | null {
  if (!PyUnicode_Check(o)) return bytesOf(o)
  const text = PyUnicode_AsString(o)
  if (/[^\0-\x7f]/.test(text)) return PyErr_SetString(PyExc_ValueError, 'string argument should contain only ASCII characters')
  return Uint8Array.from(text, c => c.charCodeAt(0))
}

const hexValue = (c: number): number => c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : c >= 65 && c <= 70 ? c - 55 : -1

export function PyInit_binascii(): PyObject | null {
  const Error = PyErr_NewException('binascii.Error', PyExc_ValueError)
  const Incomplete = PyErr_NewException('binascii.Incomplete')
  if (Error === null || Incomplete === null) return null
  const fault = (message: string): null => PyErr_SetString(Error, message)

  const hexParser = (name: string): ArgParser => new ArgParser(name, ['data', 'sep', 'bytes_per_sep'])
  const hexlify = (name: string): PyMethodDef => {
    const parser = hexParser(name)
    return {
      ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)',
      ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
        const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parser, 1, 3, 0)
        if (given === null) return null
        const bytes = bytesOf(given[0]!)
        if (bytes === null) return null
        let sep: number | null = null
        if (given[1] !== null && given[1] !== undefined) {
          const chars = asciiOf(given[1])
          if (chars === null) return null
          if (chars.length !== 1) return PyErr_SetString(PyExc_ValueError, 'sep must be length 1.')
          sep = chars[0]!
        }
        const per = given[2] === null || given[2] === undefined ? 1 : PyLong_AsInt(given[2])
        if (per === -1 && PyErr_Occurred() !== null) return null
        const out: number[] = []
        const group = Math.abs(per)
        bytes.forEach((b, i) => {
          // Groups count from the right unless negative.
          const at = per > 0 ? bytes.length - i : i
          if (sep !== null && group > 0 && i > 0 && at % group === 0) out.push(sep)
          out.push(HEX.charCodeAt(b >> 4), HEX.charCodeAt(b & 15))
        })
        return PyBytes_FromBytes(Uint8Array.from(out))
      },
    }
  }
  const unhexlify = (name: string): PyMethodDef => ({
    ml_name: name, ml_flags: METH_O, signature: '($module, hexstr, /)',
    ml_meth: (_m: PyObject, arg: PyObject) => {
      const text = asciiOf(arg)
      if (text === null) return null
      if (text.length % 2 !== 0) return fault('Odd-length string')
      const out = new Uint8Array(text.length / 2)
      for (let i = 0; i < out.length; i++) {
        const high = hexValue(text[2 * i]!)
        const low = hexValue(text[2 * i + 1]!)
        if (high < 0 || low < 0) return fault('Non-hexadecimal digit found')
        out[i] = high << 4 | low
      }
      return PyBytes_FromBytes(out)
    },
  })

  const b2aParser = new ArgParser('b2a_base64', ['', 'newline'])
  function b2a_base64(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, b2aParser, 1, 1, 0)
    if (given === null) return null
    const bytes = bytesOf(given[0]!)
    if (bytes === null) return null
    const newline = given[1] === null || given[1] === undefined ? 1 : PyObject_IsTrue(given[1])
    if (newline < 0) return null
    const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4 + newline)
    let at = 0
    for (let i = 0; i < bytes.length; i += 3) {
      const left = bytes.length - i
      const n = bytes[i]! << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0)
      out[at++] = ALPHABET.charCodeAt(n >> 18)
      out[at++] = ALPHABET.charCodeAt(n >> 12 & 63)
      out[at++] = left > 1 ? ALPHABET.charCodeAt(n >> 6 & 63) : PAD
      out[at++] = left > 2 ? ALPHABET.charCodeAt(n & 63) : PAD
    }
    if (newline > 0) out[at] = NEWLINE
    return PyBytes_FromBytes(out)
  }

  const a2bParser = new ArgParser('a2b_base64', ['', 'strict_mode'])
  // Mirrors binascii_a2b_base64_impl.
  function a2b_base64(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, a2bParser, 1, 1, 0)
    if (given === null) return null
    const text = asciiOf(given[0]!)
    if (text === null) return null
    const strict = given[1] === null || given[1] === undefined ? 0 : PyObject_IsTrue(given[1])
    if (strict < 0) return null
    if (strict > 0 && text[0] === PAD) return fault('Leading padding not allowed')
    const out: number[] = []
    let quad = 0
    let left = 0
    let pads = 0
    let padding = false
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!
      if (c === PAD) {
        padding = true
        if (quad >= 2 && quad + ++pads >= 4) {
          if (strict > 0 && i + 1 < text.length) return fault('Excess data after padding')
          return PyBytes_FromBytes(Uint8Array.from(out))
        }
        continue
      }
      const value = VALUES[c]!
      if (value < 0) {
        if (strict > 0) return fault('Only base64 data is allowed')
        continue
      }
      if (strict > 0 && padding) return fault('Discontinuous padding not allowed')
      pads = 0
      switch (quad) {
        case 0: quad = 1; left = value; break
        case 1: quad = 2; out.push((left << 2 | value >> 4) & 255); left = value & 15; break
        case 2: quad = 3; out.push((left << 4 | value >> 2) & 255); left = value & 3; break
        default: quad = 0; out.push((left << 6 | value) & 255); left = 0
      }
    }
    if (quad !== 0) {
      if (quad === 1) {
        return fault(`Invalid base64-encoded string: number of data characters (${Math.floor(out.length / 3) * 4 + 1}) cannot be 1 more than a multiple of 4`)
      }
      return fault('Incorrect padding')
    }
    return PyBytes_FromBytes(Uint8Array.from(out))
  }

  const checksum = (name: string, required: number, f: (bytes: Uint8Array, start: number) => number): PyMethodDef => ({
    ml_name: name, ml_flags: METH_FASTCALL,
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional(name, nargs, required, 2)) return null
      const bytes = bytesOf(args[0]!)
      if (bytes === null) return null
      const start = nargs > 1 ? PyLong_AsUnsignedLongLongMask(args[1]!) : 0n
      return start === null ? null : PyLong_FromUnsignedLong(f(bytes, Number(start & 0xffffffffn)))
    },
  })

  const uuParser = new ArgParser('b2a_uu', ['', 'backtick'])
  function b2a_uu(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, uuParser, 1, 1, 0)
    if (given === null) return null
    const bytes = bytesOf(given[0]!)
    if (bytes === null) return null
    const backtick = given[1] === null || given[1] === undefined ? 0 : PyObject_IsTrue(given[1])
    if (backtick < 0) return null
    if (bytes.length > 45) return fault('At most 45 bytes at once')
    const code = (n: number): number => n === 0 && backtick > 0 ? 96 : n + 32
    const out = [code(bytes.length)]
    for (let i = 0; i < bytes.length; i += 3) {
      const n = bytes[i]! << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0)
      for (const shift of [18, 12, 6, 0]) out.push(code(n >> shift & 63))
    }
    out.push(NEWLINE)
    return PyBytes_FromBytes(Uint8Array.from(out))
  }

  function a2b_uu(_m: PyObject, arg: PyObject): PyObject | null {
    const text = asciiOf(arg)
    if (text === null) return null
    const size = ((text[0] ?? 32) - 32) & 63
    const out: number[] = []
    let bits = 0
    let held = 0
    let i = 1
    for (; out.length < size; i++) {
      const c = text[i] ?? 32
      let value = 0
      if (c !== NEWLINE && c !== 13 && i < text.length) {
        if (c < 32 || c > 96) return fault('Illegal char')
        value = (c - 32) & 63
      }
      held = (held << 6 | value) & 0xffff
      bits += 6
      if (bits >= 8) {
        bits -= 8
        out.push(held >> bits & 255)
      }
    }
    for (; i < text.length; i++) {
      const c = text[i]!
      if (c !== 32 && c !== 96 && c !== NEWLINE && c !== 13) return fault('Trailing garbage')
    }
    return PyBytes_FromBytes(Uint8Array.from(out))
  }

  const a2bQp = new ArgParser('a2b_qp', ['data', 'header'])
  function a2b_qp(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, a2bQp, 1, 2, 0)
    if (given === null) return null
    const text = asciiOf(given[0]!)
    if (text === null) return null
    const header = given[1] === null || given[1] === undefined ? 0 : PyObject_IsTrue(given[1])
    if (header < 0) return null
    const out: number[] = []
    for (let i = 0; i < text.length;) {
      const c = text[i]!
      if (c === PAD) {
        if (++i >= text.length) break
        if (text[i] === NEWLINE || text[i] === 13) {
          while (i < text.length && text[i] !== NEWLINE) i++
          if (i < text.length) i++
        } else if (text[i] === PAD) {
          out.push(PAD)
          i++
        } else if (i + 1 < text.length && hexValue(text[i]!) >= 0 && hexValue(text[i + 1]!) >= 0) {
          out.push(hexValue(text[i]!) << 4 | hexValue(text[i + 1]!))
          i += 2
        } else out.push(PAD)
      } else {
        out.push(header > 0 && c === 95 ? 32 : c)
        i++
      }
    }
    return PyBytes_FromBytes(Uint8Array.from(out))
  }

  const b2aQp = new ArgParser('b2a_qp', ['data', 'quotetabs', 'istext', 'header'])
  function b2a_qp(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, b2aQp, 1, 4, 0)
    const view = given === null ? null : PyObject_GetBufferBytes(given[0]!)
    if (view === null) return null
    const options = [0, 1, 0]
    for (let i = 0; i < 3; i++) {
      const o = given![i + 1]
      if (o === null || o === undefined) continue
      options[i] = PyObject_IsTrue(o)
      if (options[i]! < 0) return PyBuffer_Release(view), null
    }
    const result = quotedPrintable(view.bytes, options[0] !== 0, options[1] !== 0, options[2] !== 0)
    PyBuffer_Release(view)
    return PyBytes_FromBytes(result)
  }

  const methods: PyMethodDef[] = [
    { ml_name: 'a2b_uu', ml_flags: METH_O, ml_meth: a2b_uu },
    { ml_name: 'b2a_uu', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: b2a_uu },
    { ml_name: 'a2b_base64', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: a2b_base64 },
    { ml_name: 'b2a_base64', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: b2a_base64 },
    hexlify('b2a_hex'), hexlify('hexlify'), unhexlify('a2b_hex'), unhexlify('unhexlify'),
    checksum('crc32', 1, crc32), checksum('crc_hqx', 2, (bytes, start) => crcHqx(bytes, start & 0xffff)),
    { ml_name: 'a2b_qp', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: a2b_qp },
    { ml_name: 'b2a_qp', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: b2a_qp },
  ]
  const module = PyModule_Create('binascii', methods)
  if (module === null) return null
  PyModule_AddObjectRef(module, 'Error', Error)
  PyModule_AddObjectRef(module, 'Incomplete', Incomplete)

  return module
}
