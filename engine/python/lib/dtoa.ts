// Floats as text and back, with CPython 3.11's digits: repr, every format code, float(), round().
// The digits come from float-digits.ts; hexadecimal is in float-hex.ts.
// DIFFERS: JavaScript does not keep the sign of a NaN; there is one NaN here, and it is positive.
import { decomposeDouble, fractionDigits, shortestDigits, significantDigits, type DecimalDigits } from './float-digits'
import { transformDecimalAndSpaceToAscii } from './unicode-data'

export { floatFromHex, floatHex } from './float-hex'

// Flags of PyOS_double_to_string, Include/pystrtod.h.
export const Py_DTSF_SIGN = 0x01
export const Py_DTSF_ADD_DOT_0 = 0x02
export const Py_DTSF_ALT = 0x04
export const Py_DTSF_NO_NEG_0 = 0x08

export type FloatFormat = 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'r' | '%'

// Mirrors float_repr, Objects/floatobject.c.
/** repr(value) */
export function floatRepr(value: number): string {
  // Where the engine prints a fixed number with a point, it prints what Python does.
  const size = Math.abs(value)
  if (size >= 1e-4 && size < 1e16) {
    const text = String(value)
    return Number.isInteger(value) ? text + '.0' : text
  }
  return formatFloat(value, 'r', 0, Py_DTSF_ADD_DOT_0)
}

// Mirrors PyOS_double_to_string, Python/pystrtod.c.
/**
 * A float in a format code; precision >= 0 counts significant digits for g, fraction digits for e, f and %, and is 0 for r.
 * '%' is the f form of a hundred times the value and a percent sign.
 */
export function formatFloat(value: number, type: FloatFormat, precision: number, flags = 0): string {
  let code = type
  let upper = false
  let suffix = ''
  if (code === 'E' || code === 'F' || code === 'G') {
    upper = true
    code = code.toLowerCase() as FloatFormat
  } else if (code === '%') {
    value *= 100
    code = 'f'
    suffix = '%'
  }
  let negative = value < 0 || Object.is(value, -0)
  if (!Number.isFinite(value)) {
    const word = Number.isNaN(value) ? 'nan' : 'inf'
    const sign = negative ? '-' : (flags & Py_DTSF_SIGN) !== 0 ? '+' : ''
    return sign + (upper ? word.toUpperCase() : word) + suffix
  }
  const size = Math.abs(value)
  let decimal: DecimalDigits
  if (code === 'e') decimal = significantDigits(size, ++precision)
  else if (code === 'f') decimal = fractionDigits(size, precision)
  else if (code === 'g') decimal = significantDigits(size, precision = Math.max(precision, 1))
  else decimal = shortestDigits(size)
  if (negative && (flags & Py_DTSF_NO_NEG_0) !== 0 && (decimal.digits === '' || decimal.digits === '0')) negative = false
  const sign = negative ? '-' : (flags & Py_DTSF_SIGN) !== 0 ? '+' : ''
  const body = layOut(decimal, code, precision, (flags & Py_DTSF_ADD_DOT_0) !== 0, (flags & Py_DTSF_ALT) !== 0)
  return sign + (upper ? body.toUpperCase() : body) + suffix
}

// Mirrors format_float_short, Python/pystrtod.c: where the point, the padding zeros and the exponent go.
function layOut(decimal: DecimalDigits, code: string, precision: number, addDot0: boolean, alt: boolean): string {
  const { digits } = decimal
  let { decpt } = decimal
  // `end` counts the digits to show from the first significant one on, padded with zeros.
  let end = digits.length
  let useExponent = false
  if (code === 'e') {
    useExponent = true
    end = precision
  } else if (code === 'f') {
    end = decpt + precision
  } else if (code === 'g') {
    useExponent = decpt <= -4 || decpt > precision - (addDot0 ? 1 : 0)
    if (alt) end = precision
  } else {
    useExponent = decpt <= -4 || decpt > 16
  }
  const exponent = decpt - 1
  if (useExponent) decpt = 1
  end = Math.max(end, !useExponent && addDot0 ? decpt + 1 : decpt)
  let text: string
  if (decpt <= 0) {
    text = '0.' + '0'.repeat(-decpt) + digits + '0'.repeat(Math.max(end - digits.length, 0))
  } else if (digits.length < decpt) {
    text = digits + '0'.repeat(decpt - digits.length) + '.' + '0'.repeat(end - decpt)
  } else {
    text = digits.slice(0, decpt) + '.' + digits.slice(decpt) + '0'.repeat(end - digits.length)
  }
  if (!alt && text.charCodeAt(text.length - 1) === 46) text = text.slice(0, -1)
  if (!useExponent) return text
  const size = Math.abs(exponent)
  return text + (exponent < 0 ? 'e-' : 'e+') + (size < 10 ? '0' : '') + size
}

// ---- text to float ---------------------------------------------------------------------------------------------

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const WORD = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i

// Mirrors PyFloat_FromString, Objects/floatobject.c, and _Py_string_to_number_with_underscores, Python/pystrtod.c.
/**
 * The value float(text) gives, or null where it raises ValueError. `bytes` says that the text stands for bytes, one
 * unit each: then only ASCII counts.
 */
export function parseFloatText(text: string, bytes = false): number | null {
  let s = text
  if (!bytes) s = transformDecimalAndSpaceToAscii(s)
  s = s.replace(/^[ \t-\r]+|[ \t-\r]+$/g, '')
  if (s.includes('_')) {
    // An underscore stands between two digits.
    if (/(?:^|\D)_|_(?:$|\D)/.test(s)) return null
    s = s.replaceAll('_', '')
  }
  return parseDouble(s)
}

// Mirrors PyOS_string_to_double, Python/pystrtod.c.
/** A decimal number, inf or nan without surrounding space; null if it is none. */
export function parseDouble(s: string): number | null {
  // \d and /i without the u flag are ASCII only.
  if (NUMBER.test(s)) return Number(s)
  const word = WORD.exec(s)
  if (word === null) return null
  if (word[2] === undefined) return NaN
  return word[1] === '-' ? -Infinity : Infinity
}

// ---- rounding and ratio --------------------------------------------------------------------------------------------

// Mirrors float___round___impl and double_round, Objects/floatobject.c.
/** round(value, ndigits) of a finite value; null where it overflows ("rounded value too large to represent"). */
export function roundToDigits(value: number, ndigits: number): number | null {
  if (ndigits > 323 || value === 0 || !Number.isFinite(value)) return value
  if (ndigits < -308) return 0 * value
  const { digits, decpt } = fractionDigits(Math.abs(value), ndigits)
  const rounded = digits === '' ? 0 : Number(`${digits}e${decpt - digits.length}`)
  if (rounded === Infinity) return null
  return value < 0 ? -rounded : rounded
}

/** The integer nearest to a finite value, ties to even: round(value) as a number (exact, for it is a double). */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value)
  return Math.abs(value - Math.trunc(value)) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

/** A finite value = mantissa * 2^exponent, with the least whole mantissa (0 with exponent 0). */
export function integerMantissa(value: number): { mantissa: number, exponent: number } {
  const { mantissa, exponent } = decomposeDouble(value)
  if (mantissa === 0n) return { mantissa: 0, exponent: 0 }
  let whole = Number(mantissa)
  let shift = exponent
  for (; whole % 2 === 0 && shift < 0; shift++) whole /= 2
  return { mantissa: value < 0 ? -whole : whole, exponent: shift }
}
