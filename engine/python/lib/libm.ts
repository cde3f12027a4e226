// Exponentials, logarithms and trigonometry as precise as the C library's, on any machine.
//
// V8's own functions are off by one in the last place for 3 to 10 % of arguments, which repr shows. Here a value is
// computed as the sum of two doubles with about 20 bits to spare and rounded once, so that it is the nearest double but
// for one argument in some hundred thousand. DIFFERS: glibc's are not the nearest for some thousandth: measured
// figures are in the README. Where glibc itself has a formula (cosh, asinh, log10 …), that formula is used on these
// functions, to err the same way.
//
// Method: argument reduction to a table point (libm-tables.ts), a first-order term in two doubles, the rest as a short
// series in plain doubles. A function whose name ends in Pair returns the high part and leaves the low one in `low`.
import {
  ATANS, COSINES, EXP2, HALF_PI, HALF_PI_200, HALF_PI_PAIR, INVERSE_LN2, LN2, LN2_64, LOG_C, LOG_INVERSE, PI_PAIR, SINES, TWO_OVER_PI,
} from './libm-tables'

export { hypot } from './hypot'

/** Low part of the last result in two doubles. */
let low = 0

const bits = new DataView(new ArrayBuffer(8))
const SPLIT = 134217729

/** What a rounded product is short of the exact one (Dekker); |a|, |b| below 2^990. */
function productError(a: number, b: number, product: number): number {
  let t = a * SPLIT
  const ah = t - (t - a)
  const al = a - ah
  t = b * SPLIT
  const bh = t - (t - b)
  const bl = b - bh
  return al * bl - (product - ah * bh - al * bh - ah * bl)
}

/** What a rounded sum is short of the exact one (Knuth). */
function sumError(a: number, b: number, sum: number): number {
  const t = sum - a
  return (a - (sum - t)) + (b - t)
}

/** (ah + al) / (bh + bl) */
function dividePair(ah: number, al: number, bh: number, bl: number): number {
  const q = ah / bh
  const p = q * bh
  const rest = ((ah - p) - productError(q, bh, p) + al - q * bl) / bh
  const sum = q + rest
  low = rest - (sum - q)
  return sum
}

// ---- exponentials ------------------------------------------------------------------------------------------------

const SIXTY_FOUR_OVER_LN2 = 64 / Math.LN2

/** e^x, the nearest double */
export function exp(x: number): number {
  if (!(x > -746)) return x <= -746 ? 0 : x
  if (x > 709.79) return Infinity
  if (Math.abs(x) < 2 ** -54) return 1 + x
  const k = Math.round(x * SIXTY_FOUR_OVER_LN2)
  const d = x - k * LN2_64[0]
  const p = k * LN2_64[1]
  const rh = d - p
  const rl = sumError(d, -p, rh) - productError(k, LN2_64[1], p)
  return expReduced(k, rh, rl)
}

/** 2^x, the nearest double */
export function exp2(x: number): number {
  if (!(x > -1076)) return x <= -1076 ? 0 : x
  if (x >= 1024) return Infinity
  const k = Math.round(x * 64)
  // (x - k/64) ln 2
  const d = x - k / 64
  const rh = d * Math.LN2
  const rl = productError(d, Math.LN2, rh) + d * 2.3190468138462996e-17
  return expReduced(k, rh, rl)
}

/** 2^(k/64) e^r for |r| < 0.0055 */
function expReduced(k: number, rh: number, rl: number): number {
  const square = rh * rh
  const squareLow = productError(rh, rh, square) + 2 * rh * rl
  const cube = square * rh * (1 / 6 + rh * (1 / 24 + rh * (1 / 120 + rh * (1 / 720 + rh * (1 / 5040)))))
  const half = square * 0.5
  const ph = rh + half
  const pl = sumError(rh, half, ph) + (rl + squareLow * 0.5 + cube)
  const j = (k & 63) * 2
  const th = EXP2[j]!
  const m = th * ph
  const sum = th + m
  const rest = sumError(th, m, sum) + (productError(th, ph, m) + th * pl + EXP2[j + 1]! * (1 + ph))
  const exponent = k >> 6
  if (exponent > -1021) {
    return exponent > 1000 ? (sum + rest) * 2 ** (exponent - 1000) * 2 ** 1000 : (sum + rest) * 2 ** exponent
  }
  // A subnormal result: round at its last bit, by way of 1 + result * 2^1022.
  const scale = 2 ** (exponent + 1022)
  const y = sum * scale
  const one = 1 + y
  return ((one + ((1 - one) + y + rest * scale)) - 1) * 2 ** -1022
}

/** e^x - 1: V8's has glibc's algorithm. */
export const expm1 = Math.expm1

// ---- logarithms ----------------------------------------------------------------------------------------------------

/** log of a positive finite number. */
function logPair(x: number): number {
  let exponent = 0
  if (x < 2 ** -1022) {
    x *= 2 ** 54
    exponent = -54
  }
  bits.setFloat64(0, x)
  const hi = bits.getUint32(0)
  exponent += (hi >>> 20) - 1023
  bits.setUint32(0, (hi & 0xfffff) | 0x3ff00000)
  let m = bits.getFloat64(0)
  if (m > Math.SQRT2) {
    m *= 0.5
    exponent++
  }
  const j = Math.round(m * 128) - 90
  const inverse = LOG_INVERSE[j]!
  // r = m / c - 1, exactly in two doubles.
  const product = m * inverse
  const r = product - 1
  const rl = productError(m, inverse, product)
  const rh = r + rl
  const rLow = rl - (rh - r)
  const square = rh * rh
  const squareLow = productError(rh, rh, square) + 2 * rh * rLow
  const cube = square * rh *
    (1 / 3 - rh * (1 / 4 - rh * (1 / 5 - rh * (1 / 6 - rh * (1 / 7 - rh * (1 / 8 - rh * (1 / 9 - rh * (1 / 10))))))))
  const a = exponent * LN2[0]
  const c = LOG_C[j * 2]!
  const s1 = a + c
  const s2 = s1 + rh
  const s3 = s2 - square * 0.5
  const rest = sumError(a, c, s1) + sumError(s1, rh, s2) + sumError(s2, -square * 0.5, s3) +
    (cube + (rLow - squareLow * 0.5) + (exponent * LN2[1] + LOG_C[j * 2 + 1]!))
  const sum = s3 + rest
  low = rest - (sum - s3)
  return sum
}

/** Natural logarithm, the nearest double */
export function log(x: number): number {
  if (x > 0 && x < Infinity) return x === 1 ? 0 : logPair(x)
  return Math.log(x)
}

/** log2, the nearest double */
export function log2(x: number): number {
  if (!(x > 0 && x < Infinity)) return Math.log2(x)
  const h = logPair(x)
  const l = low
  const p = h * INVERSE_LN2[0]
  return p + (productError(h, INVERSE_LN2[0], p) + h * INVERSE_LN2[1] + l * INVERSE_LN2[0])
}

/** log10 as __ieee754_log10 of fdlibm and glibc computes it */
export function log10(x: number): number {
  if (!(x > 0 && x < Infinity)) return Math.log10(x)
  let exponent = 0
  if (x < 2 ** -1022) {
    x *= 2 ** 54
    exponent = -54
  }
  bits.setFloat64(0, x)
  const hi = bits.getUint32(0)
  exponent += (hi >>> 20) - 1023
  const up = exponent < 0 ? 1 : 0
  bits.setUint32(0, (hi & 0xfffff) | ((0x3ff - up) << 20))
  const y = exponent + up
  return (y * 3.69423907715893078616e-13 + 4.34294481903251816668e-01 * log(bits.getFloat64(0))) + y * 3.01029995663611771306e-01
}

/** log(1 + x): V8's has glibc's algorithm. */
export const log1p = Math.log1p

// ---- hyperbolic functions, by fdlibm's formulas ------------------------------------------------------------------------

/** 2^-28 and so on: where the formulas change. */
const TINY = 2 ** -28
const HUGE = 2 ** 28

export function cosh(x: number): number {
  const size = Math.abs(x)
  if (size < 22) {
    if (size < 0.34657287597656250) {
      if (size < 2 ** -55) return 1
      const t = Math.expm1(size)
      const w = 1 + t
      return 1 + (t * t) / (w + w)
    }
    const t = exp(size)
    return 0.5 * t + 0.5 / t
  }
  return halfExp(size)
}

export function sinh(x: number): number {
  const size = Math.abs(x)
  if (!(size >= 22)) return Math.sinh(x)
  return x < 0 ? -halfExp(size) : halfExp(size)
}

/** e^x / 2 without early overflow; x >= 22 or NaN */
function halfExp(x: number): number {
  if (x <= 709.7822265625) return 0.5 * exp(x)
  const w = exp(0.5 * x)
  return 0.5 * w * w
}

/** V8's has glibc's algorithm. */
export const tanh = Math.tanh
export const atanh = Math.atanh

export function asinh(x: number): number {
  const size = Math.abs(x)
  if (!(size >= TINY && size < Infinity)) return x
  let w: number
  if (size > HUGE) {
    w = log(size) + Math.LN2
  } else if (size > 2) {
    w = log(2 * size + 1 / (Math.sqrt(size * size + 1) + size))
  } else {
    const t = size * size
    w = Math.log1p(size + t / (1 + Math.sqrt(1 + t)))
  }
  return x < 0 ? -w : w
}

export function acosh(x: number): number {
  if (!(x >= 1)) return NaN
  if (x > HUGE) return x === Infinity ? x : log(x) + Math.LN2
  if (x > 2) return log(2 * x - 1 / (x + Math.sqrt(x * x - 1)))
  const t = x - 1
  return Math.log1p(t + Math.sqrt(2 * t + t * t))
}

// ---- sine, cosine, tangent ---------------------------------------------------------------------------------------------

/** Quadrant of the argument last reduced. */
let quadrant = 0

/** x modulo pi/2 in [-pi/4, pi/4] (a little beyond is allowed), with the quadrant. x finite. */
function reducePair(x: number): number {
  const size = Math.abs(x)
  if (size <= 0.7853981633974483) {
    quadrant = 0
    low = 0
    return x
  }
  if (size > 1e6) return reduceHuge(x)
  const n = Math.round(x * (2 / Math.PI))
  quadrant = n & 3
  const a = x - n * HALF_PI[0]
  const p = n * HALF_PI[1]
  const b = a - p
  const bl = sumError(a, -p, b)
  const q = n * HALF_PI[2]
  const c = b - q
  const rest = bl + sumError(b, -q, c) - productError(n, HALF_PI[2], q) - n * HALF_PI[3]
  const sum = c + rest
  low = rest - (sum - c)
  return sum
}

/** The same by integers, with 1280 bits of 2/pi. */
function reduceHuge(x: number): number {
  bits.setFloat64(0, x)
  const hi = bits.getUint32(0)
  const exponent = ((hi >>> 20) & 0x7ff) - 1075
  const mantissa = (BigInt((hi & 0xfffff) | 0x100000) << 32n) | BigInt(bits.getUint32(4))
  // x * 2/pi with 200 bits behind the point.
  const product = mantissa * TWO_OVER_PI
  const shift = 1280 - exponent - 200
  const fixed = shift >= 0 ? product >> BigInt(shift) : product << BigInt(-shift)
  const one = 1n << 200n
  let n = Number((fixed >> 200n) & 3n)
  let fraction = fixed & (one - 1n)
  if (fraction >= one >> 1n) {
    fraction -= one
    n++
  }
  const y = (fraction * HALF_PI_200) >> 200n
  let h = Number(y)
  let l = Number(y - BigInt(h))
  h *= 2 ** -200
  l *= 2 ** -200
  if (x < 0) {
    n = -n
    h = -h
    l = -l
  }
  quadrant = n & 3
  low = l
  return h
}

/** sin (or cos) of yh + yl in [-0.8, 0.8]. */
function sinPair(yh: number, yl: number): number {
  const negative = yh < 0
  if (negative) {
    yh = -yh
    yl = -yl
  }
  const i = Math.round(yh * 64)
  const d = yh - i / 64
  const dh = d + yl
  const dl = yl - (dh - d)
  const square = dh * dh
  const s = SINES[i * 2]!
  const c = COSINES[i * 2]!
  // sin d = dh + sine, cos d = 1 - square/2 + cosine
  const sine = dl - square * dh * (1 / 6 - square * (1 / 120 - square * (1 / 5040)))
  const cosine = square * square * (1 / 24 - square * (1 / 720)) - 0.5 * productError(dh, dh, square) - dh * dl
  const a = c * dh
  const b = -s * (square * 0.5)
  const s1 = s + a
  const s2 = s1 + b
  const rest = sumError(s, a, s1) + sumError(s1, b, s2) +
    (productError(c, dh, a) + productError(-s, square * 0.5, b) + c * sine + s * cosine + COSINES[i * 2 + 1]! * dh + SINES[i * 2 + 1]!)
  const sum = s2 + rest
  const l = rest - (sum - s2)
  low = negative ? -l : l
  return negative ? -sum : sum
}

function cosPair(yh: number, yl: number): number {
  if (yh < 0) {
    yh = -yh
    yl = -yl
  }
  const i = Math.round(yh * 64)
  const d = yh - i / 64
  const dh = d + yl
  const dl = yl - (dh - d)
  const square = dh * dh
  const s = SINES[i * 2]!
  const c = COSINES[i * 2]!
  const sine = dl - square * dh * (1 / 6 - square * (1 / 120 - square * (1 / 5040)))
  const cosine = square * square * (1 / 24 - square * (1 / 720)) - 0.5 * productError(dh, dh, square) - dh * dl
  const a = -s * dh
  const b = -c * (square * 0.5)
  const s1 = c + a
  const s2 = s1 + b
  const rest = sumError(c, a, s1) + sumError(s1, b, s2) +
    (productError(-s, dh, a) + productError(-c, square * 0.5, b) - s * sine + c * cosine - SINES[i * 2 + 1]! * dh + COSINES[i * 2 + 1]!)
  const sum = s2 + rest
  low = rest - (sum - s2)
  return sum
}

export function sin(x: number): number {
  if (Math.abs(x) < 2 ** -27 || !Number.isFinite(x)) return x - x === 0 ? x : NaN
  const y = reducePair(x)
  const n = quadrant
  const value = (n & 1) === 0 ? sinPair(y, low) : cosPair(y, low)
  return n > 1 ? -value : value
}

export function cos(x: number): number {
  if (!Number.isFinite(x)) return NaN
  const y = reducePair(x)
  const n = quadrant
  const value = (n & 1) === 0 ? cosPair(y, low) : sinPair(y, low)
  return n === 1 || n === 2 ? -value : value
}

export function tan(x: number): number {
  if (Math.abs(x) < 2 ** -27 || !Number.isFinite(x)) return x - x === 0 ? x : NaN
  const yh = reducePair(x)
  const yl = low
  const odd = (quadrant & 1) === 1
  const sh = sinPair(yh, yl)
  const sl = low
  const ch = cosPair(yh, yl)
  const cl = low
  return odd ? -dividePair(ch, cl, sh, sl) : dividePair(sh, sl, ch, cl)
}

// ---- inverse functions ---------------------------------------------------------------------------------------------------

/** atan of xh + xl in [0, 1]. */
function atanPair(xh: number, xl: number): number {
  const i = Math.round(xh * 64)
  const c = i / 64
  let th = xh
  let tl = xl
  if (i > 0) {
    // (x - c) / (1 + c x)
    const numerator = xh - c
    const p = c * xh
    const denominator = 1 + p
    const rest = sumError(1, p, denominator) + productError(c, xh, p) + c * xl
    th = dividePair(numerator, xl, denominator, rest)
    tl = low
  }
  const square = th * th
  const series = tl - th * square * (1 / 3 - square * (1 / 5 - square * (1 / 7 - square * (1 / 9))))
  const a = ATANS[i * 2]!
  const s = a + th
  const rest = sumError(a, th, s) + (series + ATANS[i * 2 + 1]!)
  const sum = s + rest
  low = rest - (sum - s)
  return sum
}

/** The angle of (bh + bl, ah + al), both >= 0 and not both 0: atan2(a, b). */
function anglePair(ah: number, al: number, bh: number, bl: number): number {
  if (ah <= bh) {
    const q = dividePair(ah, al, bh, bl)
    return atanPair(q, low)
  }
  const q = dividePair(bh, bl, ah, al)
  const angle = atanPair(q, low)
  return subtractFrom(HALF_PI_PAIR, angle)
}

/** pair - (h + low) */
function subtractFrom(pair: readonly [number, number], h: number): number {
  const s = pair[0] - h
  const rest = sumError(pair[0], -h, s) + (pair[1] - low)
  const sum = s + rest
  low = rest - (sum - s)
  return sum
}

export function atan(x: number): number {
  const size = Math.abs(x)
  if (!(size >= 2 ** -27 && size < 2 ** 60)) return size < 1 ? x : Math.atan(x)
  const value = anglePair(size, 0, 1, 0)
  return x < 0 ? -value : value
}

export function atan2(y: number, x: number): number {
  const a = Math.abs(y)
  const b = Math.abs(x)
  if (!(a > 0 && b > 0 && a < Infinity && b < Infinity)) return Math.atan2(y, x)
  let value: number
  if (a / b > 2 ** 70) {
    value = HALF_PI_PAIR[0]
  } else if (b / a > 2 ** 70) {
    value = x > 0 ? a / b : Math.PI
  } else {
    // Away from the ends of the range, so that errors of products are exact.
    const scale = a < 1e-150 || b < 1e-150 ? 2 ** 500 : a > 1e150 || b > 1e150 ? 2 ** -500 : 1
    const h = anglePair(a * scale, 0, b * scale, 0)
    value = x > 0 ? h : subtractFrom(PI_PAIR, h)
  }
  return y < 0 ? -value : value
}

/** sqrt(1 - x^2) for |x| <= 1 */
function cosinePair(x: number): number {
  // (1 - x)(1 + x), each factor exact in two doubles.
  const d = 1 - x
  const dl = sumError(1, -x, d)
  const s = 1 + x
  const sl = sumError(1, x, s)
  const p = d * s
  const pl = productError(d, s, p) + d * sl + s * dl
  return sqrtPair(p, pl)
}

function sqrtPair(h: number, l: number): number {
  const root = Math.sqrt(h)
  if (root === 0) {
    low = 0
    return 0
  }
  const p = root * root
  const rest = ((h - p) - productError(root, root, p) + l) / (2 * root)
  const sum = root + rest
  low = rest - (sum - root)
  return sum
}

export function asin(x: number): number {
  const size = Math.abs(x)
  if (!(size <= 1)) return NaN
  if (size < 2 ** -27) return x
  const c = cosinePair(size)
  const value = anglePair(size, 0, c, low)
  return x < 0 ? -value : value
}

export function acos(x: number): number {
  const size = Math.abs(x)
  if (!(size <= 1)) return NaN
  const s = cosinePair(size)
  const angle = anglePair(s, low, size, 0)
  return x < 0 ? subtractFrom(PI_PAIR, angle) : angle
}

// ---- roots ---------------------------------------------------------------------------------------------------------------

/** Cube root with the error of glibc's: a polynomial and one step of Halley's iteration (figures of its s_cbrt.c). */
export function cbrt(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x
  let size = Math.abs(x)
  let exponent = 0
  if (size < 2 ** -1022) {
    size *= 2 ** 54
    exponent = -54
  }
  bits.setFloat64(0, size)
  const hi = bits.getUint32(0)
  exponent += (hi >>> 20) - 1022
  bits.setUint32(0, (hi & 0xfffff) | 0x3fe00000)
  const m = bits.getFloat64(0)
  const u = 0.354895765043919860 + ((1.50819193781584896 + ((-2.11499494167371287 + ((2.44693122563534430 +
    ((-1.83469277483613086 + (0.784932344976639262 - 0.145263899385486377 * m) * m) * m)) * m)) * m)) * m)
  const cube = u * u * u
  const root = u * (cube + 2 * m) / (2 * cube + m) * CBRT_FACTOR[2 + exponent % 3]!
  const value = root * 2 ** Math.trunc(exponent / 3)
  return x < 0 ? -value : value
}

const CBRT_FACTOR = [1 / 1.5874010519681994748, 1 / 1.2599210498948731648, 1, 1.2599210498948731648, 1.5874010519681994748]
