// int to text and text to int: repr, format, hex, and int()'s parsing. Mirrors Objects/longobject.c.
import { intToPrefixed, parseIntAscii, type ParsedInt } from '../lib/long-string'
import { transformDecimalAndSpaceToAscii } from '../lib/unicode-data'
import type { PyObject } from './object'
import { bytesFrom } from './bytesobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyLong_Check, PyLong_CheckExact, _PyLong_New, maybe_small_long, type PyLongObject } from './longobject'
import { formatLongText, freshAscii, longToDecimal } from './number-text'
import { PyObject_Str } from './object-protocol'
import { _PyRuntime } from './runtime'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_AsString, PyUnicode_FromString } from './unicodeobject'

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** NEW decimal text, tp_repr. */
export function long_repr(o: PyObject): PyObject | null {
  return longToDecimal(o.v as number | bigint)
}

/** NEW text in base 10, or in base 2, 8 or 16 with its prefix. */
export function _PyLong_Format(o: PyObject, base: number): PyObject | null {
  if (!PyLong_Check(o)) return PyErr_SetString(PyExc_TypeError, 'an integer is required')
  return base === 10 ? longToDecimal(o.v) : freshAscii(intToPrefixed(o.v, base as 2 | 8 | 16))
}

/** NEW format(o, spec); the spec is a str. */
export function formatLong(o: PyObject, spec: PyObject): PyObject | null {
  const text = PyUnicode_AsString(spec)
  if (text.length > 0) return formatLongText(o.v as number | bigint, text, o.ob_type.tp_name, PyLong_CheckExact(o))
  return PyLong_CheckExact(o) ? longToDecimal(o.v) : PyObject_Str(o)
}

// ---- parsing -------------------------------------------------------------------------------------------------------------

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 122 ? lower - 87 : 99
}

/** Digits of 30 bits that CPython makes room for: by the number of digits in front of what is none. */
function roomFor(text: string, base: number): number {
  let at = 0
  while (text.charCodeAt(at) <= 32) at++
  if (text[at] === '+' || text[at] === '-') at++
  if (text[at] === '0' && base !== 10) {
    const prefix = text.charCodeAt(at + 1) | 32
    const implied = prefix === 0x78 ? 16 : prefix === 0x6f ? 8 : prefix === 0x62 ? 2 : 0
    if (implied !== 0 && (base === 0 || base === implied)) {
      base = implied
      at += 2
    }
  }
  if (base === 0) base = 10
  let digits = 0
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (digitOf(code) < base) digits++
    else if (code !== 0x5f) break
  }
  if ((base & (base - 1)) === 0) return Math.ceil(digits * Math.log2(base) / 30)
  return Math.floor(digits * (Math.log(base) / Math.log(2 ** 30)) + 1)
}

/**
 * NEW int of a text parsed by PyLong_FromString; null with ValueError set. Where it is no literal (undefined), the int was
 * made already and a first message, too; callers make another one of their own object.
 */
function fromParsed(parsed: ParsedInt, text: string, base: number): PyObject | null | undefined {
  if (typeof parsed === 'object') {
    return PyErr_Format(PyExc_ValueError, 'Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; '
      + 'use sys.set_int_max_str_digits() to increase the limit', _PyRuntime.intMaxStrDigits, parsed.digits)
  }
  // Misplaced underscores are found before there is an int.
  const z: PyLongObject | null = parsed === 'invalid' && misplacedUnderscore(text) ? null : _PyLong_New(roomFor(text, base))
  if (z !== null) {
    if (parsed !== 'invalid') {
      z.v = parsed
      return maybe_small_long(z)
    }
    decref(z)
  } else if (PyErr_Occurred() !== null) {
    return null
  }
  // A C string ends at its first NUL: up to there it may be an int, and then nothing is said yet.
  const end = text.indexOf('\0')
  if (end >= 0 && typeof parseIntAscii(text.slice(0, end), base, 0) !== 'string') return undefined
  const shown = PyUnicode_FromString(text.slice(0, 200))
  PyErr_Format(PyExc_ValueError, INVALID_LITERAL, base, shown)
  decref(shown)
  return undefined
}

function misplacedUnderscore(text: string): boolean {
  return /^\s*[-+]?_|__|_(?![0-9a-z])/i.test(text)
}

const INVALID_LITERAL = 'invalid literal for int() with base %d: %.200R'

/** NEW int(text, base) for a str object; null with ValueError set. */
export function PyLong_FromUnicodeObject(o: PyObject, base: number): PyObject | null {
  const data = o.v as UnicodeData
  // Other scripts' digits are turned into ASCII in a str of its own.
  const ascii = data.ascii ? data.str : transformDecimalAndSpaceToAscii(data.str)
  const temporary = data.ascii ? null : freshAscii(ascii)
  const result = fromParsed(parseIntAscii(ascii, base, _PyRuntime.intMaxStrDigits), ascii, base)
  if (temporary !== null) decref(temporary)
  if (result !== undefined) return result
  return PyErr_Format(PyExc_ValueError, INVALID_LITERAL, base, o)
}

/** NEW int(bytes, base); null with ValueError set. */
export function _PyLong_FromBytes(bytes: Uint8Array, base: number): PyObject | null {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!)
  const result = fromParsed(parseIntAscii(text, base, _PyRuntime.intMaxStrDigits), text, base)
  if (result !== undefined) return result
  const shown = bytesFrom(bytes.slice(0, 200))
  if (shown === null) return null
  PyErr_Format(PyExc_ValueError, INVALID_LITERAL, base, shown)
  decref(shown)
  return null
}

/** NEW int of a C string literal, PyLong_FromString(text, NULL, base). */
export function PyLong_FromString(text: string, base: number): PyObject | null {
  const result = fromParsed(parseIntAscii(text, base, _PyRuntime.intMaxStrDigits), text, base)
  return result ?? null
}
