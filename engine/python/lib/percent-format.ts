// printf-style formatting: % of str and bytes in CPython 3.11 (unicode_format in Objects/unicodeobject.c,
// _PyBytes_FormatEx in Objects/bytesobject.c). Tokenising and the output of one conversion; fetching the arguments, and
// the exceptions about them, are the caller's.
import { Py_DTSF_ALT, formatFloat, type FloatFormat } from './dtoa'
import { FormatError } from './format-spec'
import { DEFAULT_MAX_STR_DIGITS, intToBase, intToDecimal, type IntValue } from './long-string'

export const F_LJUST = 1
export const F_SIGN = 2
export const F_BLANK = 4
export const F_ALT = 8
export const F_ZERO = 16

/** A `*` in place of the number: the next argument gives it. */
export const FROM_ARGUMENT = -2

export interface PercentSpec {
  /** The mapping key between parentheses, null if there are none. */
  key: string | null
  flags: number
  /** -1 if not given; FROM_ARGUMENT for `*` (a negative one then means left adjusted, its size the width). */
  width: number
  /** -1 if not given; FROM_ARGUMENT for `*` (a negative one then means 0). */
  precision: number
  /** The conversion character (a code point). */
  conversion: string
  /** Where the conversion character is, in code points: for "unsupported format character". */
  index: number
  /** A fault after the key: to be raised once the key has been looked up. `conversion` is then ''. */
  error: FormatError | null
}

export interface PercentToken {
  /** Text before the specifier; a doubled % is in it as one. */
  literal: string
  /** null at the end of the format. */
  spec: PercentSpec | null
  /** Where to go on. */
  next: number
}

const MAX_INT = 2147483647
const MAX_SSIZE = 2 ** 63
const error = (message: string) => new FormatError('ValueError', message)

/** The message for a conversion character that is none of the known; it is raised after the argument was fetched. */
export function unsupportedCharacter(spec: PercentSpec, bytes = false): FormatError {
  const code = spec.conversion.codePointAt(0)!
  const shown = bytes || (code >= 31 && code <= 126) ? spec.conversion : '?'
  return error(`unsupported format character '${shown}' (0x${code.toString(16)}) at index ${spec.index}`)
}

// Mirrors unicode_format_arg_parse, Objects/unicodeobject.c.
/**
 * The next literal and specifier from `position` (UTF-16 units) on. An error in the key ("incomplete format key") comes
 * instead of a token; the caller checks before that the arguments are a mapping (TypeError: format requires a mapping),
 * with `keyFollows`. `bytes` says that the format is one of bytes, a unit each.
 */
export function nextPercent(format: string, position: number, bytes = false): PercentToken | FormatError {
  const at = findSpecifier(format, position)
  let literal = format.slice(position, at)
  if (literal.includes('%')) literal = literal.replaceAll('%%', '%')
  if (at === format.length) return { literal, spec: null, next: at }
  let pos = at + 1
  const spec: PercentSpec = { key: null, flags: 0, width: -1, precision: -1, conversion: '', index: 0, error: null }
  if (format[pos] === '(') {
    const start = ++pos
    let depth = 1
    for (; pos < format.length && depth > 0; pos++) {
      if (format[pos] === ')') depth--
      else if (format[pos] === '(') depth++
    }
    if (depth > 0) return error('incomplete format key')
    spec.key = format.slice(start, pos - 1)
  }
  const fail = (message: string): PercentToken => {
    spec.error = error(message)
    return { literal, spec, next: format.length }
  }
  for (; pos < format.length; pos++) {
    const flag = '-+ #0'.indexOf(format[pos]!)
    if (flag < 0) break
    spec.flags |= 1 << flag
  }
  const readNumber = (limit: number) => {
    let value = 0
    for (; pos < format.length; pos++) {
      const digit = format.charCodeAt(pos) - 48
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
      if (value > limit) return -1
    }
    return value
  }
  const first = format.charCodeAt(pos)
  if (first === 42) {
    spec.width = FROM_ARGUMENT
    pos++
  } else if (first >= 48 && first <= 57) {
    spec.width = readNumber(MAX_SSIZE - 1)
    if (spec.width < 0) return fail('width too big')
  }
  if (format[pos] === '.') {
    pos++
    if (format[pos] === '*') {
      spec.precision = FROM_ARGUMENT
      pos++
    } else {
      spec.precision = readNumber(MAX_INT)
      if (spec.precision < 0) return fail(bytes ? 'prec too big' : 'precision too big')
    }
  }
  const modifier = format[pos]
  if (modifier === 'h' || modifier === 'l' || modifier === 'L') pos++
  if (pos >= format.length) return fail('incomplete format')
  spec.conversion = String.fromCodePoint(format.codePointAt(pos)!)
  spec.index = Array.from(format.slice(0, pos)).length
  return { literal, spec, next: pos + spec.conversion.length }
}

/** Where the next % is that is not doubled; the end of the format if there is none. */
function findSpecifier(format: string, position: number): number {
  for (let at = position; ; at += 2) {
    at = format.indexOf('%', at)
    if (at < 0) return format.length
    if (format[at + 1] !== '%') return at
  }
}

/** Does the next specifier have a key? (TypeError: format requires a mapping) */
export function keyFollows(format: string, position: number): boolean {
  return format[findSpecifier(format, position) + 1] === '('
}

// ---- conversions --------------------------------------------------------------------------------------------------

// Mirrors unicode_format_arg_output, Objects/unicodeobject.c.
/** Pads a converted number (`signed`) or text to the width. `base` says that it starts with 0x or the like. */
function output(text: string, length: number, signed: boolean, base: boolean, flags: number, width: number, zero: boolean): string {
  let sign = ''
  let body = text
  let size = length
  if (signed) {
    const first = text[0]
    if (first === '-' || first === '+') {
      sign = first
      body = text.slice(1)
      size--
    } else if ((flags & F_SIGN) !== 0) {
      sign = '+'
    } else if ((flags & F_BLANK) !== 0) {
      sign = ' '
    }
  }
  let prefix = ''
  if (base) {
    prefix = body.slice(0, 2)
    body = body.slice(2)
    size -= 2
  }
  const room = width - (size + sign.length + prefix.length)
  if (room <= 0) return sign + prefix + body
  if ((flags & F_LJUST) !== 0) return sign + prefix + body + ' '.repeat(room)
  return zero ? sign + prefix + '0'.repeat(room) + body : ' '.repeat(room) + sign + prefix + body
}

// Mirrors _PyUnicode_FormatLong, Objects/unicodeobject.c.
/** d, i, u, o, x, X. `flags`, `width` and `precision` with any `*` resolved. */
export function percentInt(
  value: IntValue, conversion: string, flags: number, width: number, precision: number, maxStrDigits = DEFAULT_MAX_STR_DIGITS,
): string | FormatError {
  if (precision > MAX_INT - 3) return error('precision too large')
  const negative = value < 0
  const size = negative ? -value : value
  const base = conversion === 'o' ? 8 : conversion === 'x' || conversion === 'X' ? 16 : 10
  let digits = base === 10 ? intToDecimal(size, maxStrDigits) : intToBase(size, base)
  if (digits === null) {
    return error(`Exceeds the limit (${maxStrDigits} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit`)
  }
  if (Math.max(width, precision) > MAX_TEXT) return new FormatError('MemoryError', '')
  if (precision > digits.length) digits = digits.padStart(precision, '0')
  if (conversion === 'X') digits = digits.toUpperCase()
  const prefixed = base !== 10 && (flags & F_ALT) !== 0
  const text = (negative ? '-' : '') + (prefixed ? '0' + conversion : '') + digits
  return output(text, text.length, true, prefixed, flags, width, (flags & F_ZERO) !== 0)
}

/** Largest text JavaScript can hold, a little below. */
const MAX_TEXT = 0x1fffffe8

/** e, E, f, F, g, G */
export function percentFloat(value: number, conversion: string, flags: number, width: number, precision: number): string | FormatError {
  if (Math.max(width, precision) > MAX_TEXT) return new FormatError('MemoryError', '')
  const text = formatFloat(value, conversion as FloatFormat, precision < 0 ? 6 : precision, (flags & F_ALT) !== 0 ? Py_DTSF_ALT : 0)
  return output(text, text.length, true, false, flags, width, (flags & F_ZERO) !== 0)
}

/** s, r, a and c of texts already converted; c ignores the precision (give -1). */
export function percentText(text: string, flags: number, width: number, precision: number): string | FormatError {
  let length = text.length
  if (precision >= 0 || width >= 0) {
    const characters = Array.from(text)
    length = characters.length
    if (precision >= 0 && length > precision) {
      text = characters.slice(0, precision).join('')
      length = precision
    }
  }
  if (width > MAX_TEXT) return new FormatError('MemoryError', '')
  return output(text, length, false, false, flags, width, false)
}
