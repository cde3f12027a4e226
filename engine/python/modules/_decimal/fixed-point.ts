// exp and ln of numbers to any precision, in binary fixed point: a real x is a bigint near x * 2^bits.
//
// Results are approximations in decimal, off by less than one unit of their last digit; who needs correct rounding asks for
// more digits until the rounding is clear.
import { bitLengthBigInt } from '../../objects/long-digits'
import { digitCount, pow10 } from './digits'

/** coef * 10^exp, coef with sign. */
export interface Approximation { coef: bigint, exp: number }

const BITS_PER_DIGIT = Math.log2(10)
/** Bits beyond those asked for, against the rounding of each step. */
const GUARD_BITS = 40

const abs = (n: bigint): bigint => n < 0n ? -n : n

/** atanh(1/n) in fixed point. */
function atanhInverse(n: number, bits: number): bigint {
  const square = BigInt(n * n)
  let power = (1n << BigInt(bits)) / BigInt(n)
  let sum = power
  for (let k = 3n; power !== 0n; k += 2n) {
    power /= square
    sum += power / k
  }
  return sum
}

let ln10Bits = 0
let ln10Value = 0n

/** ln 10 in fixed point. */
function ln10(bits: number): bigint {
  if (bits > ln10Bits) {
    // 46 atanh(1/31) + 34 atanh(1/49) + 20 atanh(1/161)
    const b = bits + 64
    ln10Value = 46n * atanhInverse(31, b) + 34n * atanhInverse(49, b) + 20n * atanhInverse(161, b)
    ln10Bits = b
  }
  return ln10Value >> BigInt(ln10Bits - bits)
}

/** coef * 10^exp in fixed point, cut off. */
function toFixed(coef: bigint, exp: number, bits: number): bigint {
  if (exp >= 0) return (coef * pow10(exp)) << BigInt(bits)
  return (coef << BigInt(bits)) / pow10(-exp)
}

/** e^r of a fixed-point |r| < 4. */
function expFixed(r: bigint, bits: number): bigint {
  // Halved `halvings` times the series is short; squaring as often brings the result back.
  const halvings = Math.floor(Math.sqrt(bits) / 1.5) + 3
  const b = BigInt(bits + halvings + 8)
  const x = r << 8n
  const one = 1n << b
  let term = one
  let sum = one
  for (let k = 1n; term !== 0n; k++) {
    term = (term * x) >> b
    if (term < 0n) term += 1n
    term /= k
    sum += term
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) >> b
  return sum >> BigInt(halvings + 8)
}

/** A fixed-point value as decimal with `digits` digits. */
function toDecimal(value: bigint, bits: number, digits: number, exp = 0): Approximation {
  // Leading decimal position of the value, then so many digits that `digits` are left.
  const size = Math.floor((bitLengthBigInt(abs(value)) - bits) / BITS_PER_DIGIT)
  const places = digits - size
  const coef = places >= 0 ? (value * pow10(places)) >> BigInt(bits) : value / (pow10(-places) << BigInt(bits))
  return { coef, exp: exp - places }
}

/** e^(coef * 10^exp) to `digits` digits; |x| < 10^20 and not so small that the result is 1. */
export function approximateExp(coef: bigint, exp: number, digits: number): Approximation {
  // Digits in front of the point of x, which the reduction by multiples of ln 10 eats.
  const whole = Math.max(0, digitCount(abs(coef)) + exp)
  const bits = Math.ceil((digits + whole + 2) * BITS_PER_DIGIT) + GUARD_BITS
  const x = toFixed(coef, exp, bits)
  const base = ln10(bits + 8)
  const k = (x << 8n) / base
  const r = ((x << 8n) - k * base) >> 8n
  return toDecimal(expFixed(r, bits), bits, digits + 1, Number(k))
}

/** ln of a fixed-point value between 0.1 and 10. */
function lnFixed(m: bigint, bits: number): bigint {
  // ln m = y + ln(m e^-y) with y from double arithmetic, so that the rest is 2 atanh of something below 2^-48.
  const y = Math.log(Number(m >> BigInt(Math.max(0, bits - 200))) / 2 ** Math.min(bits, 200))
  const start = BigInt(Math.round(y * 2 ** 50)) << BigInt(bits - 50)
  const reduced = (m * expFixed(-start, bits)) >> BigInt(bits)
  const one = 1n << BigInt(bits)
  const z = ((reduced - one) << BigInt(bits)) / (reduced + one)
  const square = (z * z) >> BigInt(bits)
  let power = z
  let sum = z
  for (let k = 3n; power !== 0n && power !== -1n; k += 2n) {
    power = (power * square) >> BigInt(bits)
    sum += power / k
  }
  return start + 2n * sum
}

/** Bits for ln of a number: more the nearer it is to 1, where leading digits of the logarithm are zeros. */
function lnBits(coef: bigint, exp: number, digits: number): number {
  const size = digitCount(coef) + exp
  if (size !== 0 && size !== 1) return Math.ceil((digits + 6 + Math.ceil(Math.log10(Math.abs(size) + 1))) * BITS_PER_DIGIT) + GUARD_BITS
  const unit = exp < 0 ? pow10(-exp) : 1n
  const distance = abs((exp < 0 ? coef : coef * pow10(exp)) - unit)
  const zeros = distance === 0n ? 0 : Math.max(0, digitCount(unit) - digitCount(distance))
  return Math.ceil((digits + zeros + 6) * BITS_PER_DIGIT) + GUARD_BITS
}

/** ln x in fixed point, x = coef * 10^exp > 0 and not 1. */
function lnOf(coef: bigint, exp: number, bits: number): bigint {
  const digits = digitCount(coef)
  // x = m * 10^t; near 1 from below m stays below 1, so that t * ln 10 does not cancel.
  let t = digits + exp - 1
  if (t === -1) t = 0
  const m = toFixed(coef, exp - t, bits)
  return lnFixed(m, bits) + BigInt(t) * ln10(bits)
}

/** ln(coef * 10^exp) to `digits` digits, coef > 0. */
export function approximateLn(coef: bigint, exp: number, digits: number): Approximation {
  const bits = lnBits(coef, exp, digits)
  return toDecimal(lnOf(coef, exp, bits), bits, digits + 1)
}

/** log10(coef * 10^exp) to `digits` digits, coef > 0 and no power of ten. */
export function approximateLog10(coef: bigint, exp: number, digits: number): Approximation {
  const bits = lnBits(coef, exp, digits)
  return toDecimal((lnOf(coef, exp, bits) << BigInt(bits)) / ln10(bits), bits, digits + 1)
}
