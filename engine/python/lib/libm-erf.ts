// erf and erfc, by the rational approximations of fdlibm (s_erf.c, Copyright (C) 1993 by Sun Microsystems, Inc.: figures
// freely usable), summed in pairs as glibc sums them, so that the last place comes out the same.
import { exp } from './libm'

/** erf(1) to 24 bits, and 2/sqrt(pi) - 1. */
const ERX = 8.45062911510467529297e-01
const EFX = 1.28379167095512586316e-01

// |x| < 0.84375: erf(x) = x + x P(x^2)/Q(x^2)
const P0 = [1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03,
  -2.37630166566501626084e-05]
const Q0 = [1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03, 1.32494738004321644526e-04,
  -3.96022827877536812320e-06]
// 0.84375 … 1.25: erf(x) = ERX + P(|x| - 1)/Q(|x| - 1)
const P1 = [-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01,
  -1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03]
const Q1 = [1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02, 1.26171219808761642112e-01,
  1.36370839120290507362e-02, 1.19844998467991074170e-02]
// 1.25 … 1/0.35, and up to 28: erfc(x) = exp(-x^2 - 0.5625 + P(1/x^2)/Q(1/x^2)) / x
const P2 = [-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01, -6.23753324503260060396e+01,
  -1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01, -9.81432934416914548592e+00]
const Q2 = [1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02, 6.45387271733267880336e+02,
  4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00, -6.04244152148580987438e-02]
const P3 = [-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01, -1.60636384855821916062e+02,
  -6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02]
const Q3 = [1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03, 3.19985821950859553908e+03,
  2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01]

/** A polynomial in s, two coefficients at a time. */
function polynomial(c: readonly number[], s: number): number {
  const s2 = s * s
  const s4 = s2 * s2
  const pair = (i: number) => i + 1 < c.length ? c[i]! + s * c[i + 1]! : c[i]!
  let sum = pair(0) + s2 * pair(2) + s4 * pair(4)
  if (c.length > 6) sum += s4 * s2 * pair(6)
  if (c.length > 8) sum += s4 * s4 * pair(8)
  return sum
}

const words = new DataView(new ArrayBuffer(8))

/** erfc(x) x for x >= 1.25 */
function tail(x: number): number {
  const s = 1 / (x * x)
  words.setFloat64(0, x)
  words.setUint32(4, 0)
  const z = words.getFloat64(0)
  const near = x < 2.857142448425293
  const ratio = polynomial(near ? P2 : P3, s) / polynomial(near ? Q2 : Q3, s)
  return exp(-z * z - 0.5625) * exp((z - x) * (z + x) + ratio)
}

export function erf(x: number): number {
  if (x !== x) return x
  const size = Math.abs(x)
  let value: number
  if (size < 0.84375) {
    if (size < 2 ** -28) return size < 2 ** -1015 ? 0.0625 * (16 * x + 16 * EFX * x) : x + EFX * x
    const z = x * x
    return x + x * (polynomial(P0, z) / polynomial(Q0, z))
  }
  if (size < 1.25) value = ERX + polynomial(P1, size - 1) / polynomial(Q1, size - 1)
  else if (size >= 6) value = 1
  else value = 1 - tail(size) / size
  return x < 0 ? -value : value
}

export function erfc(x: number): number {
  if (x !== x) return x
  const size = Math.abs(x)
  if (size < 0.84375) {
    if (size < 2 ** -56) return 1 - x
    const z = x * x
    const y = polynomial(P0, z) / polynomial(Q0, z)
    return x < 0.25 ? 1 - (x + x * y) : 0.5 - (x * y + (x - 0.5))
  }
  if (size < 1.25) {
    const ratio = polynomial(P1, size - 1) / polynomial(Q1, size - 1)
    return x > 0 ? (1 - ERX) - ratio : 1 + (ERX + ratio)
  }
  if (x <= -6) return 2
  if (size >= 28) return 0
  return x > 0 ? tail(size) / size : 2 - tail(size) / size
}
