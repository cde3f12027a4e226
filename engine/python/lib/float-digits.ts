// Correctly rounded decimal digits of a double: what David Gay's dtoa gives CPython (Python/dtoa.c), here by the
// engine's own printing where that is exact and by big integers where it is not.
//
// JavaScript's toString, toFixed and toExponential are exact but for one rule: they round a tie up, dtoa to even. A tie
// at a digit shows as a 5 one digit further on, or in the bits; only then, or past JavaScript's 100 digits, is the value
// scaled exactly.

export interface DecimalDigits {
  /** Significant digits without trailing zeros; '0' for zero, '' for a value that rounded to nothing. */
  digits: string
  /** Where the decimal point goes: 0.digits times 10 to this power. */
  decpt: number
}

/** No double has more significant digits than this; a few more do no harm. */
const MAX_SIGNIFICANT = 780
/** No double has more digits behind the point. */
const MAX_FRACTION = 1080
/** Limit of toFixed and toExponential, less the one digit looked at further on. */
const BUILTIN_LIMIT = 99

const bits = new DataView(new ArrayBuffer(8))

/** |value| = mantissa * 2^exponent, exactly; value must be finite. */
export function decomposeDouble(value: number): { mantissa: bigint, exponent: number } {
  bits.setFloat64(0, value)
  const hi = bits.getUint32(0)
  const biased = (hi >>> 20) & 0x7ff
  const high = (hi & 0xfffff) + (biased === 0 ? 0 : 0x100000)
  return { mantissa: BigInt(high) * 4294967296n + BigInt(bits.getUint32(4)), exponent: (biased === 0 ? 1 : biased) - 1075 }
}

/** round_half_even(|value| * 10^scale), exactly. */
function scaledInteger(value: number, scale: number): bigint {
  const { mantissa, exponent } = decomposeDouble(value)
  let numerator = mantissa
  let denominator = 1n
  if (scale >= 0) numerator *= 10n ** BigInt(scale)
  else denominator = 10n ** BigInt(-scale)
  if (exponent >= 0) numerator <<= BigInt(exponent)
  else denominator <<= BigInt(-exponent)
  const quotient = numerator / denominator
  const twice = (numerator - quotient * denominator) * 2n
  if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) return quotient + 1n
  return quotient
}

function stripZeros(digits: string): string {
  let n = digits.length
  while (n > 0 && digits.charCodeAt(n - 1) === 48) n--
  return n === digits.length ? digits : digits.slice(0, n)
}

/** Takes 'd.ddde±x' apart. */
function fromExponential(text: string): DecimalDigits {
  const e = text.indexOf('e')
  const digits = e > 1 ? text[0]! + text.slice(2, e) : text.slice(0, e)
  return { digits: stripZeros(digits), decpt: Number(text.slice(e + 1)) + 1 }
}

/** dtoa mode 0: the shortest digits that read back as the same double, the nearest of them. value >= 0 and finite. */
export function shortestDigits(value: number): DecimalDigits {
  if (value === 0) return { digits: '0', decpt: 1 }
  return fromExponential(value.toExponential())
}

/** dtoa mode 2: `count` >= 1 significant digits. value >= 0 and finite. */
export function significantDigits(value: number, count: number): DecimalDigits {
  if (value === 0) return { digits: '0', decpt: 1 }
  const n = Math.min(count, MAX_SIGNIFICANT)
  if (n <= BUILTIN_LIMIT) {
    const further = value.toExponential(n)
    if (further.charCodeAt(further.indexOf('e') - 1) !== 53) return fromExponential(value.toExponential(n - 1))
  }
  // The exponent of a printed approximation is right or, where printing rounded up to a power of ten, one too large.
  let exponent = fromExponential(value.toExponential(20)).decpt - 1
  let scaled = scaledInteger(value, n - 1 - exponent)
  const least = 10n ** BigInt(n - 1)
  if (scaled < least) {
    exponent--
    scaled = scaledInteger(value, n - 1 - exponent)
  }
  const digits = scaled.toString()
  return { digits: stripZeros(digits), decpt: exponent + 1 + digits.length - n }
}

/** dtoa mode 3: rounded `count` digits behind the point, or before it where negative. value >= 0 and finite. */
export function fractionDigits(value: number, count: number): DecimalDigits {
  if (value === 0) return { digits: '0', decpt: 1 }
  const n = Math.min(count, MAX_FRACTION)
  // A tie at n digits is an odd multiple of 1 / (2 * 10^n): as a double, then, of 2^-(n+1).
  if (n >= 0 && n <= BUILTIN_LIMIT && value < 1e21 && (value * 2 ** (n + 1)) % 2 !== 1) return fromFixed(value.toFixed(n), n)
  const scaled = scaledInteger(value, n)
  if (scaled === 0n) return { digits: '', decpt: -n }
  const digits = scaled.toString()
  return { digits: stripZeros(digits), decpt: digits.length - n }
}

function fromFixed(text: string, fraction: number): DecimalDigits {
  const point = fraction === 0 ? text.length : text.length - fraction - 1
  const all = fraction === 0 ? text : text.slice(0, point) + text.slice(point + 1)
  let first = 0
  while (first < all.length && all.charCodeAt(first) === 48) first++
  if (first === all.length) return { digits: '', decpt: -fraction }
  return { digits: stripZeros(all.slice(first)), decpt: point - first }
}
