// Ints as text and back, in any base, with CPython 3.11's limit on decimal conversions (Objects/longobject.c).
//
// An int is a number while |n| <= 2^53 - 1 and a bigint beyond ("normalised"), as in objects/longobject.ts. Failures are
// return values; the words of the exceptions are in the comments.
import { transformDecimalAndSpaceToAscii } from './unicode-data'

export type IntValue = number | bigint

/** sys.int_info.default_max_str_digits; 0 switches the limit off. */
export const DEFAULT_MAX_STR_DIGITS = 4300

/** A bigint in the form ints are kept in. */
export function normalizeInt(n: bigint): IntValue {
  return n >= -9007199254740991n && n <= 9007199254740991n ? Number(n) : n
}

// ---- int to text -------------------------------------------------------------------------------------------------

/** Bits of a decimal digit, rounded down: a number of more bits than this a digit has more digits than the limit. */
const BITS_PER_DIGIT = 3.3219280948873626

// Mirrors long_to_decimal_string_internal, Objects/longobject.c.
/**
 * str(n). null where it has more than maxStrDigits digits (ValueError: Exceeds the limit (%d digits) for integer string
 * conversion; use sys.set_int_max_str_digits() to increase the limit).
 */
export function intToDecimal(n: IntValue, maxStrDigits = DEFAULT_MAX_STR_DIGITS): string | null {
  if (typeof n === 'number') return String(n)
  // Half of a hexadecimal digit's bits would do for the bound; only numbers near the limit are converted in vain.
  if (maxStrDigits > 0 && n.toString(16).length * 4 > maxStrDigits * BITS_PER_DIGIT + 16) return null
  const text = n.toString()
  const digits = n < 0n ? text.length - 1 : text.length
  return maxStrDigits > 0 && digits > maxStrDigits ? null : text
}

/** The digits in base 2 … 36 with a minus sign where negative, without prefix. No limit: CPython's is for base 10 alone. */
export function intToBase(n: IntValue, base: number): string {
  return n.toString(base)
}

// Mirrors long_format_binary, Objects/longobject.c.
/** bin, oct and hex: the prefix after the sign. */
export function intToPrefixed(n: IntValue, base: 2 | 8 | 16): string {
  const prefix = base === 2 ? '0b' : base === 8 ? '0o' : '0x'
  const text = n.toString(base)
  return n < 0 ? '-' + prefix + text.slice(1) : prefix + text
}

// ---- text to int ---------------------------------------------------------------------------------------------------

/** ValueError: invalid literal for int() with base %d: %.200R */
export const INT_INVALID = 'invalid'
/**
 * ValueError: Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; use
 * sys.set_int_max_str_digits() to increase the limit
 */
export interface IntTooLong {
  digits: number
}

export type ParsedInt = IntValue | typeof INT_INVALID | IntTooLong

// Mirrors PyLong_FromUnicodeObject, Objects/longobject.c.
/** int(text, base) for base 0 or 2 … 36. */
export function parseIntText(text: string, base: number, maxStrDigits = DEFAULT_MAX_STR_DIGITS): ParsedInt {
  return parseIntAscii(transformDecimalAndSpaceToAscii(text), base, maxStrDigits)
}

function digitValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 122 ? lower - 87 : 99
}

const isAsciiSpace = (code: number) => code === 32 || (code >= 9 && code <= 13)

// Mirrors PyLong_FromString, Objects/longobject.c.
/** The same for the text of bytes, one unit a byte. */
export function parseIntAscii(text: string, base: number, maxStrDigits = DEFAULT_MAX_STR_DIGITS): ParsedInt {
  let start = 0
  let end = text.length
  while (start < end && isAsciiSpace(text.charCodeAt(start))) start++
  while (end > start && isAsciiSpace(text.charCodeAt(end - 1))) end--
  let negative = false
  const sign = text.charCodeAt(start)
  if (start < end && (sign === 43 || sign === 45)) {
    negative = sign === 45
    start++
  }
  const marker = start + 1 < end && text[start] === '0' ? text.charCodeAt(start + 1) | 32 : 0
  const marked = marker === 120 ? 16 : marker === 111 ? 8 : marker === 98 ? 2 : 0
  // int('010', 0) is an error as an old octal literal, int('00', 0) is zero.
  let onlyZero = false
  if (base === 0) {
    base = marked === 0 ? 10 : marked
    onlyZero = marked === 0 && text[start] === '0'
  }
  if (marked === base) {
    start += 2
    if (text[start] === '_') start++
  }
  let digits = 0
  let previous = 95
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === 95) {
      if (previous === 95) return INT_INVALID
    } else {
      if (digitValue(code) >= base) return INT_INVALID
      digits++
    }
    previous = code
  }
  if (previous === 95) return INT_INVALID
  if ((base & (base - 1)) !== 0 && maxStrDigits > 0 && digits > maxStrDigits) return { digits }
  let body = text.slice(start, end)
  if (digits < body.length) body = body.replaceAll('_', '')
  const value = digitsToInt(body, base)
  if (onlyZero && value !== 0) return INT_INVALID
  return negative && value !== 0 ? -value : value
}

/** Digits whose number is surely below 2^53, by base. */
const SAFE_DIGITS = Array.from({ length: 37 }, (_, base) => base < 2 ? 0 : Math.floor(53 / Math.log2(base)))

/** The value of valid digits in a base from 2 to 36, without sign or underscores. */
export function digitsToInt(digits: string, base: number): IntValue {
  if (digits.length <= SAFE_DIGITS[base]!) return parseInt(digits, base)
  if (base === 10) return normalizeInt(BigInt(digits))
  if (base === 16) return normalizeInt(BigInt('0x' + digits))
  if (base === 8) return normalizeInt(BigInt('0o' + digits))
  if (base === 2) return normalizeInt(BigInt('0b' + digits))
  return normalizeInt(joinChunks(digits, base))
}

/** Splits into chunks that fit a number and joins neighbours, so that the big products are few. */
function joinChunks(digits: string, base: number): bigint {
  const size = SAFE_DIGITS[base]!
  let parts: bigint[] = []
  for (let end = digits.length; end > 0; end -= size) parts.push(BigInt(parseInt(digits.slice(Math.max(end - size, 0), end), base)))
  let unit = BigInt(base) ** BigInt(size)
  while (parts.length > 1) {
    const joined: bigint[] = []
    for (let i = 0; i < parts.length; i += 2) joined.push(i + 1 < parts.length ? parts[i + 1]! * unit + parts[i]! : parts[i]!)
    parts = joined
    unit *= unit
  }
  return parts[0]!
}
