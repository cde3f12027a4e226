// The functions of Python's math module on plain numbers (Modules/mathmodule.c of CPython 3.11).
//
// A function of floats gives the C value; what Python makes of it is in the checks beside it: MATH_DOMAIN is
// ValueError "math domain error", MATH_RANGE OverflowError "math range error".
import { cos, exp, log, sin } from './libm'

export { acos, acosh, asin, asinh, atan, atan2, atanh, cbrt, cos, cosh, exp, exp2, expm1, log, log10, log1p, log2, sin, sinh, tan, tanh } from './libm'
export { erf, erfc } from './libm-erf'

export const MATH_OK = 0
export const MATH_DOMAIN = 1
export const MATH_RANGE = 2

const bits = new DataView(new ArrayBuffer(8))

// Mirrors math_1.
/** What the result r of f(x) means; canOverflow for cosh, exp, exp2, expm1, sinh. */
export function checkResult(x: number, r: number, canOverflow: boolean): number {
  if (Number.isFinite(r)) return MATH_OK
  if (r !== r) return x !== x ? MATH_OK : MATH_DOMAIN
  if (!Number.isFinite(x)) return MATH_OK
  return canOverflow ? MATH_RANGE : MATH_DOMAIN
}

// Mirrors math_1a for gamma and lgamma, whose poles are domain errors.
export function checkGamma(x: number, r: number): number {
  if (Number.isFinite(r)) return MATH_OK
  if (r !== r) return x !== x ? MATH_OK : MATH_DOMAIN
  if (!Number.isFinite(x)) return MATH_OK
  return x <= 0 && Math.floor(x) === x ? MATH_DOMAIN : MATH_RANGE
}

// Mirrors m_log, m_log2, m_log10: only they decide by the argument.
/** log, log2 and log10 of x: an error for x <= 0. */
export function checkLog(x: number): number {
  return x <= 0 ? MATH_DOMAIN : MATH_OK
}

// ---- taking apart and putting together -----------------------------------------------------------------------------

/** x = mantissa * 2^exponent, 0.5 <= |mantissa| < 1; zero, infinities and NaN come back with exponent 0. */
export function frexp(x: number): { mantissa: number, exponent: number } {
  if (x === 0 || !Number.isFinite(x)) return { mantissa: x, exponent: 0 }
  let exponent = 0
  if (Math.abs(x) < 2 ** -1022) {
    x *= 2 ** 54
    exponent = -54
  }
  bits.setFloat64(0, x)
  const hi = bits.getUint32(0)
  exponent += ((hi >>> 20) & 0x7ff) - 1022
  bits.setUint32(0, (hi & 0x800fffff) | 0x3fe00000)
  return { mantissa: bits.getFloat64(0), exponent }
}

/** C's ldexp: x * 2^exponent rounded once; infinite where it overflows (an error in Python unless x is infinite). */
export function ldexp(x: number, exponent: number): number {
  if (x === 0 || !Number.isFinite(x)) return x
  const parts = frexp(x)
  const e = parts.exponent + exponent
  if (e > 1024) return x < 0 ? -Infinity : Infinity
  if (e < -1075) return x < 0 ? -0 : 0
  if (e > -1021) return parts.mantissa * 2 ** (e - 1) * 2
  // Subnormal: one rounding only.
  return parts.mantissa * 2 ** (e + 60) * 2 ** -60
}

/** Fraction and whole part, both with the sign of x. */
export function modf(x: number): { fraction: number, whole: number } {
  if (x === Infinity || x === -Infinity) return { fraction: x > 0 ? 0 : -0, whole: x }
  if (x !== x) return { fraction: x, whole: x }
  const whole = Math.trunc(x)
  const fraction = x - whole
  return { fraction: fraction === 0 ? copysign(0, x) : fraction, whole }
}

export function copysign(x: number, y: number): number {
  const size = Math.abs(x)
  return y < 0 || Object.is(y, -0) ? -size : size
}

/** The next double after x in the direction of y. */
export function nextafter(x: number, y: number): number {
  if (x !== x || y !== y) return NaN
  if (x === y) return y
  if (x === 0) return y > 0 ? 5e-324 : -5e-324
  bits.setFloat64(0, x)
  const step = (x < y) === (x > 0) ? 1n : -1n
  bits.setBigInt64(0, bits.getBigInt64(0) + step)
  return bits.getFloat64(0)
}

// Mirrors math_ulp.
export function ulp(x: number): number {
  if (x !== x) return x
  const size = Math.abs(x)
  if (size === Infinity) return size
  const next = nextafter(size, Infinity)
  return next === Infinity ? size - nextafter(size, -Infinity) : next - size
}

// ---- division and powers ----------------------------------------------------------------------------------------------

// Mirrors math_fmod_impl.
/** C's fmod: the sign of x. */
export function fmod(x: number, y: number): number {
  return Number.isFinite(x) && (y === Infinity || y === -Infinity) ? x : x % y
}

export function checkFmod(x: number, y: number, r: number): number {
  return r !== r && x === x && y === y ? MATH_DOMAIN : MATH_OK
}

// Mirrors m_remainder.
/** IEEE 754 remainder: x - n y with n nearest to x / y, ties to even. NaN from other arguments: checkFmod. */
export function remainder(x: number, y: number): number {
  if (Number.isFinite(x) && Number.isFinite(y)) {
    if (y === 0) return NaN
    const a = Math.abs(x)
    const b = Math.abs(y)
    const m = a % b
    const c = b - m
    let r: number
    if (m < c) r = m
    else if (m > c) r = -c
    else r = m - 2 * ((0.5 * (a - m)) % b)
    return copysign(1, x) * r
  }
  if (x !== x) return x
  if (y !== y) return y
  return x === Infinity || x === -Infinity ? NaN : x
}

// Mirrors math_pow_impl.
/** math.pow; the value where checkPow is MATH_OK. */
export function pow(x: number, y: number): number {
  if (x === 1 || y === 0) return 1
  if (x === -1 && (y === Infinity || y === -Infinity)) return 1
  return Math.pow(x, y)
}

export function checkPow(x: number, y: number, r: number): number {
  if (Number.isFinite(r) || !Number.isFinite(x) || !Number.isFinite(y)) return MATH_OK
  return r !== r || x === 0 ? MATH_DOMAIN : MATH_RANGE
}

// ---- gamma --------------------------------------------------------------------------------------------------------------

/** Lanczos' approximation with N = 13, Modules/mathmodule.c. */
const LANCZOS_G = 6.024680040776729583740234375
const LANCZOS_G_MINUS_HALF = 5.524680040776729583740234375
const LANCZOS_NUMERATOR = [
  23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
  35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
  6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
  248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
  2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
  8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
  2.5066282746310002701649081771338373386264310793408,
]
const LANCZOS_DENOMINATOR = [
  0, 39916800, 120543840, 150917976, 105258076, 45995730, 13339535, 2637558, 357423, 32670, 1925, 66, 1,
]
const LOG_PI = 1.144729885849400174143427351353058711647

// Mirrors lanczos_sum.
function lanczosSum(x: number): number {
  let numerator = 0
  let denominator = 0
  if (x < 5) {
    for (let i = 12; i >= 0; i--) {
      numerator = numerator * x + LANCZOS_NUMERATOR[i]!
      denominator = denominator * x + LANCZOS_DENOMINATOR[i]!
    }
  } else {
    for (let i = 0; i <= 12; i++) {
      numerator = numerator / x + LANCZOS_NUMERATOR[i]!
      denominator = denominator / x + LANCZOS_DENOMINATOR[i]!
    }
  }
  return numerator / denominator
}

// Mirrors m_sinpi.
function sinPi(x: number): number {
  const y = Math.abs(x) % 2
  const n = Math.round(2 * y)
  let r: number
  if (n === 0) r = sin(Math.PI * y)
  else if (n === 1) r = cos(Math.PI * (y - 0.5))
  else if (n === 2) r = sin(Math.PI * (1 - y))
  else if (n === 3) r = -cos(Math.PI * (y - 1.5))
  else r = sin(Math.PI * (y - 2))
  return copysign(1, x) * r
}

// Mirrors m_tgamma.
/** math.gamma; errors by checkGamma. */
export function gamma(x: number): number {
  if (!Number.isFinite(x)) return x === -Infinity ? NaN : x
  if (x === 0) return copysign(Infinity, x)
  if (x === Math.floor(x)) {
    if (x < 0) return NaN
    if (x <= 23) {
      let product = 1
      for (let i = 2; i < x; i++) product *= i
      return product
    }
  }
  const size = Math.abs(x)
  if (size < 1e-20) return 1 / x
  if (size > 200) return x < 0 ? 0 / sinPi(x) : Infinity
  const y = size + LANCZOS_G_MINUS_HALF
  // What was lost in that sum.
  let z = size > LANCZOS_G_MINUS_HALF ? y - size - LANCZOS_G_MINUS_HALF : y - LANCZOS_G_MINUS_HALF - size
  z = z * LANCZOS_G / y
  let r: number
  if (x < 0) {
    r = -Math.PI / sinPi(size) / size * exp(y) / lanczosSum(size)
    r -= z * r
    if (size < 140) {
      r /= Math.pow(y, size - 0.5)
    } else {
      const root = Math.pow(y, size / 2 - 0.25)
      r = r / root / root
    }
  } else {
    r = lanczosSum(size) / exp(y)
    r += z * r
    if (size < 140) {
      r *= Math.pow(y, size - 0.5)
    } else {
      const root = Math.pow(y, size / 2 - 0.25)
      r = r * root * root
    }
  }
  return r
}

// Mirrors m_lgamma.
/** math.lgamma; errors by checkGamma. */
export function lgamma(x: number): number {
  if (!Number.isFinite(x)) return x !== x ? x : Infinity
  if (x === Math.floor(x) && x <= 2) return x <= 0 ? Infinity : 0
  const size = Math.abs(x)
  if (size < 1e-20) return -log(size)
  let r = log(lanczosSum(size)) - LANCZOS_G
  r += (size - 0.5) * (log(size + LANCZOS_G - 0.5) - 1)
  if (x < 0) r = LOG_PI - log(Math.abs(sinPi(size))) - log(size) - r
  return r
}

// ---- sums -----------------------------------------------------------------------------------------------------------------

// Mirrors vector_norm.
/** sqrt of the sum of squares: math.hypot, and math.dist of differences. The coordinates must be absolute values. */
export function vectorNorm(coordinates: number[]): number {
  let max = 0
  let nan = false
  for (const x of coordinates) {
    if (x !== x) nan = true
    else if (x > max) max = x
  }
  if (max === Infinity) return max
  if (nan) return NaN
  if (max === 0 || coordinates.length <= 1) return max
  let sum = 1
  let rest1 = 0
  let rest2 = 0
  let rest3 = 0
  const { exponent } = frexp(max)
  if (exponent < -1023) {
    // A power of two as scale would overflow.
    for (let x of coordinates) {
      x /= max
      x *= x
      const old = sum
      sum += x
      rest1 += (old - sum) + x
    }
    return max * Math.sqrt(sum - 1 + rest1)
  }
  const add = (x: number, which: number) => {
    const old = sum
    sum += x
    const lost = (old - sum) + x
    if (which === 1) rest1 += lost
    else if (which === 2) rest2 += lost
    else rest3 += lost
  }
  const scale = ldexp(1, -exponent)
  for (let x of coordinates) {
    x *= scale
    const t = x * 134217729
    const hi = t - (t - x)
    const lo = x - hi
    add(hi * hi, 1)
    add(2 * hi * lo, 2)
    add(lo * lo, 3)
  }
  // A correction by what the square of the rounded root misses.
  const h = Math.sqrt(sum - 1 + (rest1 + rest2 + rest3))
  const t = h * 134217729
  const hi = t - (t - h)
  const lo = h - hi
  add(-hi * hi, 1)
  add(-2 * hi * lo, 2)
  add(-lo * lo, 3)
  return (h + (sum - 1 + (rest1 + rest2 + rest3)) / (2 * h)) / scale
}

export type FsumFault = 'intermediate overflow in fsum' | '-inf + inf in fsum'

// Mirrors math_fsum; Shewchuk's partial sums, which do not overlap.
/** Adds numbers one by one without error. Faults: an OverflowError and a ValueError with these words. */
export class ExactSum {
  private partials: number[] = []
  private special = 0
  private infinities = 0

  /** null where all is well. */
  add(value: number): FsumFault | null {
    let x = value
    const p = this.partials
    let i = 0
    for (let j = 0; j < p.length; j++) {
      let y = p[j]!
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x]
      const hi = x + y
      const lo = y - (hi - x)
      if (lo !== 0) p[i++] = lo
      x = hi
    }
    p.length = i
    if (x !== 0) {
      if (!Number.isFinite(x)) {
        if (Number.isFinite(value)) return 'intermediate overflow in fsum'
        if (value === Infinity || value === -Infinity) this.infinities += value
        this.special += value
        p.length = 0
      } else {
        p.push(x)
      }
    }
    return null
  }

  /** The sum, rounded once. */
  result(): number | FsumFault {
    if (this.special !== 0) return this.infinities !== this.infinities ? '-inf + inf in fsum' : this.special
    const p = this.partials
    let n = p.length
    let hi = 0
    if (n > 0) {
      hi = p[--n]!
      let lo = 0
      while (n > 0) {
        const x = hi
        const y = p[--n]!
        hi = x + y
        lo = y - (hi - x)
        if (lo !== 0) break
      }
      // Half-way cases depend on the sign of what comes below.
      if (n > 0 && ((lo < 0 && p[n - 1]! < 0) || (lo > 0 && p[n - 1]! > 0))) {
        const y = lo * 2
        const x = hi + y
        if (y === x - hi) hi = x
      }
    }
    return hi
  }
}

// ---- integers -----------------------------------------------------------------------------------------------------------

function product(from: bigint, to: bigint): bigint {
  // Halving keeps the factors of each multiplication about the same size.
  if (to - from < 16n) {
    let result = 1n
    for (let i = from; i <= to; i++) result *= i
    return result
  }
  const middle = (from + to) >> 1n
  return product(from, middle) * product(middle + 1n, to)
}

/** n! for n >= 0 */
export function factorial(n: number): bigint {
  return n < 2 ? 1n : product(2n, BigInt(n))
}

/** k-permutations of n, both >= 0 */
export function perm(n: bigint, k: bigint): bigint {
  return k > n ? 0n : k === 0n ? 1n : product(n - k + 1n, n)
}

/** n over k, both >= 0 */
export function comb(n: bigint, k: bigint): bigint {
  if (k > n) return 0n
  if (k > n - k) k = n - k
  // In steps that stay whole: C(n, k) = C(n, j) C(n - j, k - j) / C(k, j).
  if (k < 20n) {
    let result = 1n
    for (let i = 1n; i <= k; i++) result = result * (n - k + i) / i
    return result
  }
  const j = k >> 1n
  return comb(n, j) * comb(n - j, k - j) / comb(k, j)
}
