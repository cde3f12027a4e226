// Operations on digits and exponents: quantize, scaleb, shift, rotate, logical ones, neighbours, rounding to integers.
// libmpdec, mpdecimal.c.
import { pow10, trailingZeros, digitCount } from './digits'
import {
  EXP_CLAMP, EXP_INF, FINITE, INF, MPD_Clamped, MPD_Division_by_zero, MPD_Errors, MPD_Inexact, MPD_Invalid_operation, MPD_Overflow, MPD_Rounded,
  MPD_Subnormal, MPD_Underflow, ROUND_CEILING, ROUND_FLOOR, adjexp, arithSign, constant, del, etiny, etop, isNan, isZero, lengthOf, maxCoef,
  qcopy, resize, setError, setSpecial, setTriple, signals, temporary, wordsOf, workContext, type Mpd, type MpdContext,
} from './mpd'
import { addFinite, qadd, qsub } from './arithmetic'
import { cmp } from './compare'
import { applyRoundExcess, applyRoundFit, cap, checkNan, checkNans, finalize, isInt, qshiftl, qshiftr } from './rounding'

// ---- integers inside numbers -----------------------------------------------------------------------------------------------

const UINT_MAX = (1n << 64n) - 1n
const INT_MAX = (1n << 63n) - 1n

// Mirrors mpd_qabs_uint.
/** |m| if it is an integer below 2^64, else null. */
export function absUint(m: Mpd): bigint | null {
  if (m.kind !== FINITE) return null
  if (m.coef === 0n) return 0n
  if (m.digits + m.exp > 20 || !isInt(m)) return null
  const value = m.exp < 0 ? m.coef / pow10(-m.exp) : m.coef * pow10(m.exp)
  return value > UINT_MAX ? null : value
}

// Mirrors mpd_qget_ssize.
/** m if it is an integer that fits 64 bits, else null. */
export function getSsize(m: Mpd): number | null {
  const value = absUint(m)
  if (value === null || value > INT_MAX) return null
  return m.sign === 0 ? Number(value) : -Number(value)
}

// ---- exponents -------------------------------------------------------------------------------------------------------------

// Mirrors mpd_qlogb.
export function qlogb(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (a.kind !== FINITE) {
    if (!checkNan(result, a, ctx)) setSpecial(result, 0, INF)
  } else if (a.coef === 0n) {
    setSpecial(result, 1, INF)
    signals.bits |= MPD_Division_by_zero
  } else {
    const exp = adjexp(a)
    setTriple(result, exp < 0 ? 1 : 0, BigInt(Math.abs(exp)), 0)
    finalize(result, ctx)
  }
}

/** The second operand of shift, rotate and scaleb must be an integer with exponent 0. True if the result is decided already. */
function badCount(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): boolean {
  if (checkNans(result, a, b, ctx)) return true
  if (b.exp === 0 && b.kind !== INF) return false
  setError(result, MPD_Invalid_operation)
  return true
}

// Mirrors mpd_qscaleb.
export function qscaleb(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  if (badCount(result, a, b, ctx)) return
  const n = absUint(b)
  if (n === null || Number(n) > 2 * (ctx.emax + ctx.prec)) return setError(result, MPD_Invalid_operation)
  const exp = Math.max(EXP_CLAMP, Math.min(EXP_INF, a.exp + Number(n) * arithSign(b)))
  qcopy(result, a)
  if (result.kind === INF) return
  result.exp = exp
  finalize(result, ctx)
}

/** Count of shift and rotate, null if it was out of range or the result is decided. */
function shiftCount(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): number | null {
  if (badCount(result, a, b, ctx)) return null
  const n = getSsize(b)
  if (n === null || Math.abs(n) > ctx.prec) return setError(result, MPD_Invalid_operation), null
  if (a.kind !== INF) return n
  qcopy(result, a)
  return null
}

// Mirrors mpd_qshift.
export function qshift(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  const n = shiftCount(result, a, b, ctx)
  if (n === null) return
  if (n >= 0) {
    qshiftl(result, a, n)
    cap(result, ctx)
  } else {
    if (!qcopy(result, a)) return
    cap(result, ctx)
    qshiftr(result, result, -n)
  }
}

// Mirrors mpd_qrotate.
export function qrotate(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  const n = shiftCount(result, a, b, ctx)
  if (n === null) return
  const whole = temporary()
  const big = temporary()
  const small = temporary()
  qcopy(whole, a)
  cap(whole, ctx)
  qshiftl(big, whole, n >= 0 ? n : ctx.prec + n)
  cap(big, ctx)
  qshiftr(small, whole, n >= 0 ? ctx.prec - n : -n)
  addFinite(result, big, small, small.sign, ctx)
  del(whole)
  del(big)
  del(small)
}

// ---- digits of 0 and 1 -------------------------------------------------------------------------------------------------------

/** The coefficient as text if it is a logical operand: finite, positive, exponent 0, digits 0 and 1. */
function logicalDigits(m: Mpd): string | null {
  if (m.kind !== FINITE || m.sign !== 0 || m.exp !== 0) return null
  const text = m.coef.toString()
  return /^[01]+$/.test(text) ? text : null
}

function setLogical(result: Mpd, text: string, ctx: MpdContext): void {
  result.sign = 0
  result.kind = FINITE
  result.exp = 0
  result.coef = BigInt(text)
  result.digits = digitCount(result.coef)
  resize(result, lengthOf(result))
  cap(result, ctx)
}

/** Mirrors mpd_qand, mpd_qor and mpd_qxor; `table` has the results for 00, 01, 10, 11. */
function logical(table: string) {
  return (result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void => {
    const x = logicalDigits(a)
    const y = logicalDigits(b)
    if (x === null || y === null) return setError(result, MPD_Invalid_operation)
    const n = Math.max(x.length, y.length)
    if (!resize(result, wordsOf(n))) return
    const left = x.padStart(n, '0')
    const right = y.padStart(n, '0')
    let text = ''
    for (let i = 0; i < n; i++) text += table[Number(left[i]) * 2 + Number(right[i])]
    setLogical(result, text, ctx)
  }
}

export const qand = logical('0001')
export const qor = logical('0111')
export const qxor = logical('0110')

// Mirrors mpd_qinvert.
export function qinvert(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (a.kind !== FINITE || a.sign !== 0 || a.exp !== 0) return setError(result, MPD_Invalid_operation)
  const digits = Math.max(a.digits, ctx.prec)
  if (!resize(result, wordsOf(digits))) return
  const text = logicalDigits(a)
  if (text === null) return setError(result, MPD_Invalid_operation)
  setLogical(result, text.padStart(digits, '0').replace(/./g, c => c === '0' ? '1' : '0'), ctx)
}

// ---- neighbours ----------------------------------------------------------------------------------------------------------------

/** Mirrors mpd_qnext_plus (up) and mpd_qnext_minus. */
function next(result: Mpd, a: Mpd, ctx: MpdContext, up: boolean): void {
  if (a.kind !== FINITE) {
    if (checkNan(result, a, ctx)) return
    if ((a.sign === 0) === up) return void qcopy(result, a)
    const sign = up ? 1 : 0
    result.kind = FINITE
    maxCoef(result, ctx)
    if (isNan(result)) return
    result.sign = sign
    result.exp = etop(ctx)
    return
  }
  const work = workContext(ctx)
  work.round = up ? ROUND_CEILING : ROUND_FLOOR
  const before = signals.bits
  signals.bits = 0
  if (!qcopy(result, a)) {
    signals.bits |= before
    return
  }
  finalize(result, work)
  if ((signals.bits & (MPD_Inexact | MPD_Errors)) === 0) {
    signals.bits = 0
    const tiny = constant(1n, etiny(ctx) - 1)
    if (up) qadd(result, a, tiny, work)
    else qsub(result, a, tiny, work)
  }
  signals.bits = before | (signals.bits & MPD_Errors)
}

export const qnextPlus = (result: Mpd, a: Mpd, ctx: MpdContext): void => next(result, a, ctx, true)
export const qnextMinus = (result: Mpd, a: Mpd, ctx: MpdContext): void => next(result, a, ctx, false)

// Mirrors mpd_qnext_toward.
export function qnextToward(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  if (checkNans(result, a, b, ctx)) return
  const order = cmp(a, b)
  if (order === 0) {
    const { sign } = b
    qcopy(result, a)
    result.sign = sign
    return
  }
  next(result, a, ctx, order < 0)
  if (result.kind === INF) signals.bits |= MPD_Overflow | MPD_Rounded | MPD_Inexact
  else if (adjexp(result) < ctx.emin) {
    signals.bits |= MPD_Underflow | MPD_Subnormal | MPD_Rounded | MPD_Inexact
    if (isZero(result)) signals.bits |= MPD_Clamped
  }
}

// ---- rounding to an exponent -----------------------------------------------------------------------------------------------------

// Mirrors mpd_qquantize.
export function qquantize(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  if (a.kind !== FINITE || b.kind !== FINITE) {
    if (checkNans(result, a, b, ctx)) return
    if (a.kind === INF && b.kind === INF) qcopy(result, a)
    else setError(result, MPD_Invalid_operation)
    return
  }
  const { exp } = b
  if (exp > ctx.emax || exp < etiny(ctx)) return setError(result, MPD_Invalid_operation)
  if (a.coef === 0n) {
    setTriple(result, a.sign, 0n, exp)
    return finalize(result, ctx)
  }
  const shift = a.exp - exp
  if (a.digits + shift > ctx.prec) return setError(result, MPD_Invalid_operation)
  let met = 0
  if (shift >= 0) {
    if (!qshiftl(result, a, shift)) return
    result.exp = exp
  } else {
    const rnd = qshiftr(result, a, -shift)
    if (rnd < 0) return
    result.exp = exp
    if (!applyRoundFit(result, rnd, ctx)) return
    met = rnd === 0 ? MPD_Rounded : MPD_Rounded | MPD_Inexact
  }
  if (adjexp(result) > ctx.emax || adjexp(result) < etiny(ctx)) return setError(result, MPD_Invalid_operation)
  signals.bits |= met
  finalize(result, ctx)
}

// Mirrors mpd_qreduce.
export function qreduce(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (checkNan(result, a, ctx)) return
  const { sign } = a
  if (!qcopy(result, a) || result.kind !== FINITE) return
  finalize(result, ctx)
  if (result.kind !== FINITE) return
  if (result.coef === 0n) return setTriple(result, sign, 0n, 0)
  const most = ctx.clamp !== 0 ? etop(ctx) : ctx.emax
  const shift = Math.min(trailingZeros(result.coef), most - result.exp)
  const { exp } = result
  if (shift > 0) qshiftr(result, result, shift)
  result.exp = exp + shift
}

// Mirrors _mpd_qround_to_integral.
function roundToIntegral(result: Mpd, a: Mpd, ctx: MpdContext, exact: boolean): void {
  if (checkNan(result, a, ctx)) return
  if (a.kind !== FINITE || a.exp >= 0) return void qcopy(result, a)
  if (a.coef === 0n) return setTriple(result, a.sign, 0n, 0)
  const rnd = qshiftr(result, a, -a.exp)
  if (rnd < 0) return
  result.exp = 0
  applyRoundExcess(result, rnd, ctx)
  if (exact) signals.bits |= rnd === 0 ? MPD_Rounded : MPD_Rounded | MPD_Inexact
}

export const qroundToInt = (result: Mpd, a: Mpd, ctx: MpdContext): void => roundToIntegral(result, a, ctx, false)
export const qroundToIntx = (result: Mpd, a: Mpd, ctx: MpdContext): void => roundToIntegral(result, a, ctx, true)
