// Functions of a complex variable, as C99's Annex G wants them. Mirrors Modules/cmathmodule.c.
//
// Results go to `out` as [real, imaginary]; what a function returns is MATH_OK, MATH_DOMAIN or MATH_RANGE. For infinities and
// NaNs the results are read from tables: a row for the kind of the real part (-inf, negative, -0, 0, positive, inf, NaN), in
// it a column for that of the imaginary part, each cell 'real,imaginary' (P14, P12, P34, P: pi/4, pi/2, 3pi/4, pi; oo:
// infinity; N: NaN), '.' where both are finite and the formula holds.
import {
  MATH_DOMAIN, MATH_OK, MATH_RANGE, asinh, atan2, copysign, cos, cosh, exp, ldexp, log, log1p, sin, sinh, tan, tanh,
} from './math-functions'
import { hypot } from './libm'

/** The last result: [real, imaginary]. */
export const out = new Float64Array(2)

export type ComplexFunction = (x: number, y: number) => number

const PI = Math.PI
const LARGE = Number.MAX_VALUE / 4
const SQRT_LARGE = Math.sqrt(LARGE)
const LOG_LARGE = log(LARGE)
/** The least normal number. */
const DBL_MIN = 2 ** -1022
const SQRT_DBL_MIN = Math.sqrt(DBL_MIN)
const DBL_MANT_DIG = 53
/** Makes a subnormal normal; odd, so that the root of it can be scaled back. */
const SCALE_UP = 2 * Math.floor(DBL_MANT_DIG / 2) + 1
const SCALE_DOWN = -(SCALE_UP + 1) / 2
const LN2 = Math.LN2
const LN10 = Math.LN10

// ---- special values ------------------------------------------------------------------------------------------------------

type Table = Float64Array

const VALUES: Readonly<Record<string, number>> = {
  'P14': 0.25 * PI, 'P12': 0.5 * PI, 'P34': 0.75 * PI, 'P': PI, 'oo': Infinity, 'N': NaN, '0': 0, '1': 1,
}

const valueOf = (text: string): number => text.startsWith('-') ? -VALUES[text.slice(1)]! : VALUES[text]!

function table(...rows: string[]): Table {
  const cells = rows.flatMap(row => row.split(' '))
  return Float64Array.from(cells.flatMap(cell => cell === '.' ? [NaN, NaN] : cell.split(',').map(valueOf)))
}

/** Row or column of a number in the tables. */
function kindOf(x: number): number {
  if (x !== x) return 6
  if (x === Infinity) return 5
  if (x === -Infinity) return 0
  return x > 0 ? 4 : x < 0 ? 1 : Object.is(x, 0) ? 3 : 2
}

function set(real: number, imaginary: number, fault = MATH_OK): number {
  out[0] = real
  out[1] = imaginary
  return fault
}

const finite = (x: number, y: number): boolean => Number.isFinite(x) && Number.isFinite(y)

function special(values: Table, x: number, y: number, fault = MATH_OK): number {
  const at = (kindOf(x) * 7 + kindOf(y)) * 2
  return set(values[at]!, values[at + 1]!, fault)
}

const ACOS = table(
  'P34,oo P,oo P,oo P,-oo P,-oo P34,-oo N,oo',
  'P12,oo . . . . P12,-oo N,N',
  'P12,oo . P12,0 P12,-0 . P12,-oo P12,N',
  'P12,oo . P12,0 P12,-0 . P12,-oo P12,N',
  'P12,oo . . . . P12,-oo N,N',
  'P14,oo 0,oo 0,oo 0,-oo 0,-oo P14,-oo N,oo',
  'N,oo N,N N,N N,N N,N N,-oo N,N',
)

const ACOSH = table(
  'oo,-P34 oo,-P oo,-P oo,P oo,P oo,P34 oo,N',
  'oo,-P12 . . . . oo,P12 N,N',
  'oo,-P12 . 0,-P12 0,P12 . oo,P12 N,N',
  'oo,-P12 . 0,-P12 0,P12 . oo,P12 N,N',
  'oo,-P12 . . . . oo,P12 N,N',
  'oo,-P14 oo,-0 oo,-0 oo,0 oo,0 oo,P14 oo,N',
  'oo,N N,N N,N N,N N,N oo,N N,N',
)

const ASINH = table(
  '-oo,-P14 -oo,-0 -oo,-0 -oo,0 -oo,0 -oo,P14 -oo,N',
  '-oo,-P12 . . . . -oo,P12 N,N',
  '-oo,-P12 . -0,-0 -0,0 . -oo,P12 N,N',
  'oo,-P12 . 0,-0 0,0 . oo,P12 N,N',
  'oo,-P12 . . . . oo,P12 N,N',
  'oo,-P14 oo,-0 oo,-0 oo,0 oo,0 oo,P14 oo,N',
  'oo,N N,N N,-0 N,0 N,N oo,N N,N',
)

const ATANH = table(
  '-0,-P12 -0,-P12 -0,-P12 -0,P12 -0,P12 -0,P12 -0,N',
  '-0,-P12 . . . . -0,P12 N,N',
  '-0,-P12 . -0,-0 -0,0 . -0,P12 -0,N',
  '0,-P12 . 0,-0 0,0 . 0,P12 0,N',
  '0,-P12 . . . . 0,P12 N,N',
  '0,-P12 0,-P12 0,-P12 0,P12 0,P12 0,P12 0,N',
  '0,-P12 N,N N,N N,N N,N 0,P12 N,N',
)

const COSH = table(
  'oo,N . oo,0 oo,-0 . oo,N oo,N',
  'N,N . . . . N,N N,N',
  'N,0 . 1,0 1,-0 . N,0 N,0',
  'N,0 . 1,-0 1,0 . N,0 N,0',
  'N,N . . . . N,N N,N',
  'oo,N . oo,-0 oo,0 . oo,N oo,N',
  'N,N N,N N,0 N,0 N,N N,N N,N',
)

const EXP = table(
  '0,0 . 0,-0 0,0 . 0,0 0,0',
  'N,N . . . . N,N N,N',
  'N,N . 1,-0 1,0 . N,N N,N',
  'N,N . 1,-0 1,0 . N,N N,N',
  'N,N . . . . N,N N,N',
  'oo,N . oo,-0 oo,0 . oo,N oo,N',
  'N,N N,N N,-0 N,0 N,N N,N N,N',
)

const LOG = table(
  'oo,-P34 oo,-P oo,-P oo,P oo,P oo,P34 oo,N',
  'oo,-P12 . . . . oo,P12 N,N',
  'oo,-P12 . -oo,-P -oo,P . oo,P12 N,N',
  'oo,-P12 . -oo,-0 -oo,0 . oo,P12 N,N',
  'oo,-P12 . . . . oo,P12 N,N',
  'oo,-P14 oo,-0 oo,-0 oo,0 oo,0 oo,P14 oo,N',
  'oo,N N,N N,N N,N N,N oo,N N,N',
)

const SINH = table(
  'oo,N . -oo,-0 -oo,0 . oo,N oo,N',
  'N,N . . . . N,N N,N',
  '0,N . -0,-0 -0,0 . 0,N 0,N',
  '0,N . 0,-0 0,0 . 0,N 0,N',
  'N,N . . . . N,N N,N',
  'oo,N . oo,-0 oo,0 . oo,N oo,N',
  'N,N N,N N,-0 N,0 N,N N,N N,N',
)

const SQRT = table(
  'oo,-oo 0,-oo 0,-oo 0,oo 0,oo oo,oo N,oo',
  'oo,-oo . . . . oo,oo N,N',
  'oo,-oo . 0,-0 0,0 . oo,oo N,N',
  'oo,-oo . 0,-0 0,0 . oo,oo N,N',
  'oo,-oo . . . . oo,oo N,N',
  'oo,-oo oo,-0 oo,-0 oo,0 oo,0 oo,oo oo,N',
  'oo,-oo N,N N,N N,N N,N oo,oo N,N',
)

const TANH = table(
  '-1,0 . -1,-0 -1,0 . -1,0 -1,0',
  'N,N . . . . N,N N,N',
  'N,N . -0,-0 -0,0 . N,N N,N',
  'N,N . 0,-0 0,0 . N,N N,N',
  'N,N . . . . N,N N,N',
  '1,0 . 1,-0 1,0 . 1,0 1,0',
  'N,N N,N N,-0 N,0 N,N N,N N,N',
)

const RECT = table(
  'oo,N . -oo,0 -oo,-0 . oo,N oo,N',
  'N,N . . . . N,N N,N',
  '0,0 . -0,0 -0,-0 . 0,0 0,0',
  '0,0 . 0,-0 0,0 . 0,0 0,0',
  'N,N . . . . N,N N,N',
  'oo,N . oo,-0 oo,0 . oo,N oo,N',
  'N,N N,N N,0 N,0 N,N N,N N,N',
)

const isInfinite = (x: number): boolean => x === Infinity || x === -Infinity

/** An overflow if a part of the result became infinite. */
const checked = (real: number, imaginary: number): number =>
  set(real, imaginary, isInfinite(real) || isInfinite(imaginary) ? MATH_RANGE : MATH_OK)

// ---- roots and logarithms --------------------------------------------------------------------------------------------------

export function csqrt(x: number, y: number): number {
  if (!finite(x, y)) return special(SQRT, x, y)
  if (x === 0 && y === 0) return set(0, y)
  const ax = Math.abs(x)
  const ay = Math.abs(y)
  // Scaled so that the length of a subnormal keeps all its bits and that of a large number does not overflow.
  const s = ax < DBL_MIN && ay < DBL_MIN
    ? ldexp(Math.sqrt(ldexp(ax, SCALE_UP) + hypot(ldexp(ax, SCALE_UP), ldexp(ay, SCALE_UP))), SCALE_DOWN)
    : 2 * Math.sqrt(ax / 8 + hypot(ax / 8, ay / 8))
  const d = ay / (2 * s)
  return x >= 0 ? set(s, copysign(d, y)) : set(d, copysign(s, y))
}

/** ln |x + iy| of finite parts, not both zero. */
function logLength(x: number, y: number): number {
  const ax = Math.abs(x)
  const ay = Math.abs(y)
  if (ax > LARGE || ay > LARGE) return log(hypot(ax / 2, ay / 2)) + LN2
  if (ax < DBL_MIN && ay < DBL_MIN) return log(hypot(ldexp(ax, DBL_MANT_DIG), ldexp(ay, DBL_MANT_DIG))) - DBL_MANT_DIG * LN2
  const h = hypot(ax, ay)
  if (h < 0.71 || h > 1.73) return log(h)
  // Near the unit circle the length itself would lose the digits that count.
  const larger = Math.max(ax, ay)
  const smaller = Math.min(ax, ay)
  return log1p((larger - 1) * (larger + 1) + smaller * smaller) / 2
}

export function clog(x: number, y: number): number {
  if (!finite(x, y)) return special(LOG, x, y)
  if (x === 0 && y === 0) return set(-Infinity, atan2(y, x), MATH_DOMAIN)
  return set(logLength(x, y), atan2(y, x))
}

export function clog10(x: number, y: number): number {
  const fault = clog(x, y)
  return set(out[0]! / LN10, out[1]! / LN10, fault)
}

// ---- inverse functions -------------------------------------------------------------------------------------------------------

/** ln(2 |x + iy|) where the double would overflow. */
const logTwice = (x: number, y: number): number => log(hypot(x / 2, y / 2)) + LN2 * 2

export function cacos(x: number, y: number): number {
  if (!finite(x, y)) return special(ACOS, x, y)
  if (Math.abs(x) > LARGE || Math.abs(y) > LARGE) {
    const imaginary = x < 0 ? -copysign(logTwice(x, y), y) : copysign(logTwice(x, y), -y)
    return set(atan2(Math.abs(y), x), imaginary)
  }
  csqrt(1 - x, -y)
  const [ar, ai] = out as unknown as [number, number]
  csqrt(1 + x, y)
  const [br, bi] = out as unknown as [number, number]
  return set(2 * atan2(ar, br), asinh(br * ai - bi * ar))
}

export function cacosh(x: number, y: number): number {
  if (!finite(x, y)) return special(ACOSH, x, y)
  if (Math.abs(x) > LARGE || Math.abs(y) > LARGE) return set(logTwice(x, y), atan2(y, x))
  csqrt(x - 1, y)
  const [ar, ai] = out as unknown as [number, number]
  csqrt(x + 1, y)
  const [br, bi] = out as unknown as [number, number]
  return set(asinh(ar * br + ai * bi), 2 * atan2(ai, br))
}

export function casinh(x: number, y: number): number {
  if (!finite(x, y)) return special(ASINH, x, y)
  if (Math.abs(x) > LARGE || Math.abs(y) > LARGE) {
    const real = y >= 0 ? copysign(logTwice(x, y), x) : -copysign(logTwice(x, y), -x)
    return set(real, atan2(y, Math.abs(x)))
  }
  csqrt(1 + y, -x)
  const [ar, ai] = out as unknown as [number, number]
  csqrt(1 - y, x)
  const [br, bi] = out as unknown as [number, number]
  return set(asinh(ar * bi - br * ai), atan2(y, ar * br - ai * bi))
}

export function catanh(x: number, y: number): number {
  if (!finite(x, y)) return special(ATANH, x, y)
  if (x < 0) {
    const fault = catanh(-x, -y)
    return set(-out[0]!, -out[1]!, fault)
  }
  const ay = Math.abs(y)
  if (x > SQRT_LARGE || ay > SQRT_LARGE) {
    // 1/z and a quarter turn; the two negations keep the branch cut where it belongs.
    const h = hypot(x / 2, y / 2)
    return set(x / 4 / h / h, -copysign(PI / 2, -y))
  }
  if (x === 1 && ay < SQRT_DBL_MIN) {
    if (ay === 0) return set(Infinity, y, MATH_DOMAIN)
    return set(-log(Math.sqrt(ay) / Math.sqrt(hypot(ay, 2))), copysign(atan2(2, -ay) / 2, y))
  }
  return set(log1p(4 * x / ((1 - x) * (1 - x) + ay * ay)) / 4, -atan2(-2 * y, (1 - x) * (1 + x) - ay * ay) / 2)
}

// ---- exponential and hyperbolic functions --------------------------------------------------------------------------------------

export function cexp(x: number, y: number): number {
  if (!finite(x, y)) {
    if (isInfinite(x) && Number.isFinite(y) && y !== 0) {
      const size = x > 0 ? Infinity : 0
      return set(copysign(size, cos(y)), copysign(size, sin(y)))
    }
    return special(EXP, x, y, isInfinite(y) && (Number.isFinite(x) || x === Infinity) ? MATH_DOMAIN : MATH_OK)
  }
  if (x > LOG_LARGE) {
    const length = exp(x - 1)
    return checked(length * cos(y) * Math.E, length * sin(y) * Math.E)
  }
  const length = exp(x)
  return checked(length * cos(y), length * sin(y))
}

export function ccosh(x: number, y: number): number {
  if (!finite(x, y)) {
    if (isInfinite(x) && Number.isFinite(y) && y !== 0) {
      const imaginary = copysign(Infinity, sin(y))
      return set(copysign(Infinity, cos(y)), x > 0 ? imaginary : -imaginary)
    }
    return special(COSH, x, y, isInfinite(y) && x === x ? MATH_DOMAIN : MATH_OK)
  }
  if (Math.abs(x) > LOG_LARGE) {
    const less = x - copysign(1, x)
    return checked(cos(y) * cosh(less) * Math.E, sin(y) * sinh(less) * Math.E)
  }
  return checked(cos(y) * cosh(x), sin(y) * sinh(x))
}

export function csinh(x: number, y: number): number {
  if (!finite(x, y)) {
    if (isInfinite(x) && Number.isFinite(y) && y !== 0) {
      const real = copysign(Infinity, cos(y))
      return set(x > 0 ? real : -real, copysign(Infinity, sin(y)))
    }
    return special(SINH, x, y, isInfinite(y) && x === x ? MATH_DOMAIN : MATH_OK)
  }
  if (Math.abs(x) > LOG_LARGE) {
    const less = x - copysign(1, x)
    return checked(cos(y) * sinh(less) * Math.E, sin(y) * cosh(less) * Math.E)
  }
  return checked(cos(y) * sinh(x), sin(y) * cosh(x))
}

export function ctanh(x: number, y: number): number {
  if (!finite(x, y)) {
    if (isInfinite(x) && Number.isFinite(y) && y !== 0) return set(x > 0 ? 1 : -1, copysign(0, 2 * sin(y) * cos(y)))
    return special(TANH, x, y, isInfinite(y) && Number.isFinite(x) ? MATH_DOMAIN : MATH_OK)
  }
  // Where cosh(x)^2 would overflow, 1 - tanh(x)^2 is near 4 e^-2x.
  if (Math.abs(x) > LOG_LARGE) return set(copysign(1, x), 4 * sin(y) * cos(y) * exp(-2 * Math.abs(x)))
  const tx = tanh(x)
  const ty = tan(y)
  const cx = 1 / cosh(x)
  const both = tx * ty
  const denominator = 1 + both * both
  return set(tx * (1 + ty * ty) / denominator, ty / denominator * cx * cx)
}

// ---- by turning the plane --------------------------------------------------------------------------------------------------------

/** -i f(iz) of a hyperbolic function: its circular brother. */
const turned = (f: ComplexFunction): ComplexFunction => (x, y) => {
  const fault = f(-y, x)
  return set(out[1]!, -out[0]!, fault)
}

export const casin = turned(casinh)
export const catan = turned(catanh)
export const csin = turned(csinh)
export const ctan = turned(ctanh)
export const ccos: ComplexFunction = (x, y) => ccosh(-y, x)

// ---- polar coordinates -------------------------------------------------------------------------------------------------------------

/** Angle of x + iy. Mirrors c_atan2. */
export const phase = (x: number, y: number): number => x !== x || y !== y ? NaN : atan2(y, x)

export function rect(r: number, phi: number): number {
  if (!finite(r, phi)) {
    if (isInfinite(r) && Number.isFinite(phi) && phi !== 0) {
      const sign = r > 0 ? 1 : -1
      return set(sign * copysign(Infinity, cos(phi)), sign * copysign(Infinity, sin(phi)))
    }
    return special(RECT, r, phi, r !== 0 && r === r && isInfinite(phi) ? MATH_DOMAIN : MATH_OK)
  }
  return phi === 0 ? set(r, r * phi) : set(r * cos(phi), r * sin(phi))
}
