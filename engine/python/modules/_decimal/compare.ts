// Comparisons of numbers, minimum and maximum, classes. libmpdec, mpdecimal.c.
import { pow10 } from './digits'
import {
  FINITE, INF, MPD_Invalid_operation, NAN, adjexp, arithSign, isNan, qcopy, setTriple, signals, type Mpd, type MpdContext,
} from './mpd'
import { checkNans, finalize } from './rounding'

// Mirrors _mpd_cmp_abs.
/** -1, 0, 1: order of the absolute values; no NaNs. */
export function cmpAbs(a: Mpd, b: Mpd): number {
  if (a === b) return 0
  if (a.kind === INF) return b.kind === INF ? 0 : 1
  if (b.kind === INF) return -1
  return cmpCoefs(a.coef, a.digits, a.exp, b.coef, b.digits, b.exp)
}

function cmpCoefs(a: bigint, aDigits: number, aExp: number, b: bigint, bDigits: number, bExp: number): number {
  if (a === 0n) return b === 0n ? 0 : -1
  if (b === 0n) return 1
  const difference = aExp + aDigits - (bExp + bDigits)
  if (difference !== 0) return difference < 0 ? -1 : 1
  let x = a
  let y = b
  if (aExp > bExp) x *= pow10(bDigits - aDigits)
  else if (aExp < bExp) y *= pow10(aDigits - bDigits)
  return x < y ? -1 : x > y ? 1 : 0
}

// Mirrors _mpd_cmp.
/** -1, 0, 1; no NaNs. */
export function cmp(a: Mpd, b: Mpd): number {
  if (a === b) return 0
  if (a.kind === INF) return b.kind === INF ? b.sign - a.sign : arithSign(a)
  if (b.kind === INF) return -arithSign(b)
  const aZero = a.coef === 0n
  const bZero = b.coef === 0n
  if (aZero || bZero) return aZero ? (bZero ? 0 : -arithSign(b)) : arithSign(a)
  if (a.sign !== b.sign) return arithSign(a)
  return cmpCoefs(a.coef, a.digits, a.exp, b.coef, b.digits, b.exp) * arithSign(a)
}

/** What mpd_qcmp returns for NaNs. */
export const UNORDERED = 2

// Mirrors mpd_qcmp.
/** -1, 0, 1, or UNORDERED with Invalid_operation. */
export function qcmp(a: Mpd, b: Mpd): number {
  if (!isNan(a) && !isNan(b)) return cmp(a, b)
  signals.bits |= MPD_Invalid_operation
  return UNORDERED
}

const setOrder = (result: Mpd, order: number): void => setTriple(result, order < 0 ? 1 : 0, order === 0 ? 0n : 1n, 0)

// Mirrors mpd_qcompare.
export function qcompare(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  if (!checkNans(result, a, b, ctx)) setOrder(result, cmp(a, b))
}

// Mirrors mpd_qcompare_signal.
export function qcompareSignal(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  if (checkNans(result, a, b, ctx)) signals.bits |= MPD_Invalid_operation
  else setOrder(result, cmp(a, b))
}

// Mirrors mpd_cmp_total and mpd_cmp_total_mag.
function cmpTotal(a: Mpd, b: Mpd, magnitude: boolean): number {
  const aSign = magnitude ? 0 : a.sign
  if (aSign !== (magnitude ? 0 : b.sign)) return b.sign - a.sign
  let order: number
  if (isNan(a)) {
    if (!isNan(b)) order = 1
    else if (a.kind !== b.kind) order = a.kind === NAN ? 1 : -1
    else if (a.digits > 0 && b.digits > 0) order = cmpCoefs(a.coef, a.digits, 0, b.coef, b.digits, 0)
    else order = (a.digits > 0 ? 1 : 0) - (b.digits > 0 ? 1 : 0)
  } else if (isNan(b)) order = -1
  else {
    order = cmpAbs(a, b)
    if (order === 0 && a.exp !== b.exp) order = a.exp < b.exp ? -1 : 1
  }
  return aSign === 0 ? order : -order
}

// Mirrors mpd_compare_total.
export function compareTotal(result: Mpd, a: Mpd, b: Mpd): void {
  setOrder(result, cmpTotal(a, b, false))
}

// Mirrors mpd_compare_total_mag.
export function compareTotalMag(result: Mpd, a: Mpd, b: Mpd): void {
  setOrder(result, cmpTotal(a, b, true))
}

// Mirrors _mpd_cmp_numequal.
/** Order of numbers of one value: by sign, then by exponent. */
const cmpEqual = (a: Mpd, b: Mpd): number => a.sign !== b.sign ? b.sign - a.sign : (a.exp < b.exp ? -1 : 1) * arithSign(a)

/** The larger (want 1) or smaller (want -1) of two numbers. Mirrors mpd_qmax, mpd_qmin and their mag forms. */
function extreme(want: 1 | -1, order: (a: Mpd, b: Mpd) => number) {
  return (result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void => {
    if (a.kind === NAN && !isNan(b)) qcopy(result, b)
    else if (b.kind === NAN && !isNan(a)) qcopy(result, a)
    else if (checkNans(result, a, b, ctx)) return
    else {
      let c = order(a, b)
      if (c === 0) c = cmpEqual(a, b)
      qcopy(result, (c < 0) === (want === 1) ? b : a)
    }
    finalize(result, ctx)
  }
}

export const qmax = extreme(1, cmp)
export const qmaxMag = extreme(1, cmpAbs)
export const qmin = extreme(-1, cmp)
export const qminMag = extreme(-1, cmpAbs)

// Mirrors mpd_same_quantum.
export function sameQuantum(a: Mpd, b: Mpd): boolean {
  if (a.kind !== FINITE || b.kind !== FINITE) return isNan(a) && isNan(b) || a.kind === INF && b.kind === INF
  return a.exp === b.exp
}

export const isNormal = (m: Mpd, ctx: MpdContext): boolean => m.kind === FINITE && m.coef !== 0n && adjexp(m) >= ctx.emin
export const isSubnormal = (m: Mpd, ctx: MpdContext): boolean => m.kind === FINITE && m.coef !== 0n && adjexp(m) < ctx.emin

// Mirrors mpd_class.
export function numberClass(m: Mpd, ctx: MpdContext): string {
  if (isNan(m)) return m.kind === NAN ? 'NaN' : 'sNaN'
  const sign = m.sign === 0 ? '+' : '-'
  if (m.kind === INF) return `${sign}Infinity`
  return sign + (m.coef === 0n ? 'Zero' : isNormal(m, ctx) ? 'Normal' : 'Subnormal')
}
