// int to text and text to int: repr, format, hex, and int()'s parsing. Mirrors Objects/longobject.c.
import { intToPrefixed, parseIntAscii, type ParsedInt } from '../lib/long-string'
import { transformDecimalAndSpaceToAscii } from '../lib/unicode-data'
import type { PyObject } from './object'
import { bytesFrom } from './bytesobject'
import { PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyLong_Check, PyLong_CheckExact, _PyLong_New, maybe_small_long, type PyLongObject } from './longobject'
import { formatLongText, freshAscii, longToDecimal } from './number-text'
import { PyObject_Str } from './object-protocol'
import { _PyRuntime } from './runtime'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_AsString, unicodeFromText } from './unicodeobject'

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

/** The digits of a literal without spaces, sign, prefix and underscores. */
function digitsOf(text: string, base: number): string {
  let digits = text.trim().replace(/^[+-]/, '')
  if (/^0[xob]/i.test(digits)) {
    const prefix = digits[1]!.toLowerCase()
    if (base === 0 || base === (prefix === 'x' ? 16 : prefix === 'o' ? 8 : 2)) digits = digits.slice(2)
  }
  return digits.replace(/_/g, '')
}

/** Digits of 30 bits that CPython makes room for. */
function roomFor(text: string, base: number): number {
  const digits = digitsOf(text, base)
  const effective = base !== 0 ? base : /^[+-]?0x/i.test(text.trim()) ? 16 : /^[+-]?0o/i.test(text.trim()) ? 8
    : /^[+-]?0b/i.test(text.trim()) ? 2 : 10
  if ((effective & (effective - 1)) === 0) return Math.ceil(digits.length * Math.log2(effective) / 30)
  return Math.floor(digits.length * (Math.log(effective) / Math.log(2 ** 30)) + 1)
}

/** NEW int of a parsed text; null with ValueError set if it has too many digits; undefined if it is no literal. */
function fromParsed(parsed: ParsedInt, text: string, base: number): PyObject | null | undefined {
  if (parsed === 'invalid') return undefined
  if (typeof parsed === 'object') {
    return PyErr_Format(PyExc_ValueError, 'Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; '
      + 'use sys.set_int_max_str_digits() to increase the limit', _PyRuntime.intMaxStrDigits, parsed.digits)
  }
  const z: PyLongObject | null = _PyLong_New(roomFor(text, base))
  if (z === null) return null
  z.v = parsed
  return maybe_small_long(z)
}

/** NEW int(text, base) for a str object; null with ValueError set. */
export function PyLong_FromUnicodeObject(o: PyObject, base: number): PyObject | null {
  const data = o.v as UnicodeData
  // Other scripts' digits are turned into ASCII in a str of its own.
  const ascii = data.ascii ? data.str : transformDecimalAndSpaceToAscii(data.str)
  const temporary = data.ascii ? null : unicodeFromText(ascii)
  const result = fromParsed(parseIntAscii(ascii, base, _PyRuntime.intMaxStrDigits), ascii, base)
  if (temporary !== null) decref(temporary)
  if (result !== undefined) return result
  return PyErr_Format(PyExc_ValueError, 'invalid literal for int() with base %d: %.200R', base, o)
}

/** NEW int(bytes, base); null with ValueError set. */
export function _PyLong_FromBytes(bytes: Uint8Array, base: number): PyObject | null {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!)
  const result = fromParsed(parseIntAscii(text, base, _PyRuntime.intMaxStrDigits), text, base)
  if (result !== undefined) return result
  const shown = bytesFrom(bytes.slice(0, 200))
  if (shown === null) return null
  PyErr_Format(PyExc_ValueError, 'invalid literal for int() with base %d: %.200R', base, shown)
  decref(shown)
  return null
}

/** NEW int of a C string literal, PyLong_FromString(text, NULL, base). */
export function PyLong_FromString(text: string, base: number): PyObject | null {
  const result = fromParsed(parseIntAscii(text, base, _PyRuntime.intMaxStrDigits), text, base)
  if (result !== undefined) return result
  return PyErr_Format(PyExc_ValueError, 'invalid literal for int() with base %d: \'%s\'', base, text)
}
