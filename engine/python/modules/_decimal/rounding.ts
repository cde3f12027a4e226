// Shifting and rounding of coefficients, and what ends every operation: fitting the result into the context. libmpdec,
// mpdecimal.c.
//
// A shift to the right tells what it cut off by an indicator: 0 nothing, 1 less than half, 5 exactly half, 6 more.
import { digitCount, pow10 } from './digits'
import {
  FINITE, INF, MPD_Clamped, MPD_Inexact, MPD_Invalid_operation, MPD_Overflow, MPD_Rounded, MPD_Subnormal, MPD_Underflow, NAN, ROUND_05UP,
  ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_TRUNC, ROUND_UP, SNAN, adjexp, etiny, etop,
  isNan, lengthOf, maxCoef, qcopy, resize, setError, setSpecial, setTriple, signals, wordsOf, zeroCoef, type Mpd, type MpdContext,
} from './mpd'

// ---- shifts ------------------------------------------------------------------------------------------------------------

// Mirrors mpd_qshiftl.
/** result = a * 10^n; the exponent stays a's. */
export function qshiftl(result: Mpd, a: Mpd, n: number): boolean {
  if (a.coef === 0n || n === 0) return qcopy(result, a)
  const digits = a.digits + n
  if (!resize(result, wordsOf(digits))) return false
  result.coef = a.coef * pow10(n)
  result.sign = a.sign
  result.kind = a.kind
  result.exp = a.exp
  result.digits = digits
  return true
}

const indicator = (rest: bigint, unit: bigint): number => {
  if (rest === 0n) return 0
  const twice = rest << 1n
  return twice < unit ? 1 : twice === unit ? 5 : 6
}

// Mirrors mpd_qshiftr.
/** result = a / 10^n, cut off; returns the rounding indicator, -1 without memory. */
export function qshiftr(result: Mpd, a: Mpd, n: number): number {
  if (a.coef === 0n || n === 0) return qcopy(result, a) ? 0 : -1
  const { sign, kind, exp, coef, digits } = a
  let rnd: number
  if (n >= digits) {
    rnd = n > digits ? 1 : indicator(coef, pow10(n))
    zeroCoef(result)
  } else {
    const unit = pow10(n)
    const quotient = coef / unit
    rnd = indicator(coef - quotient * unit, unit)
    if (!resize(result, wordsOf(digits - n))) return -1
    result.coef = quotient
    result.digits = digits - n
  }
  result.sign = sign
  result.kind = kind
  result.exp = exp
  return rnd
}

// ---- rounding ----------------------------------------------------------------------------------------------------------

// Mirrors _mpd_rnd_incr.
function increments(m: Mpd, rnd: number, round: number): boolean {
  switch (round) {
    case ROUND_DOWN: case ROUND_TRUNC: return false
    case ROUND_HALF_UP: return rnd >= 5
    case ROUND_HALF_EVEN: return rnd > 5 || rnd === 5 && (m.coef & 1n) === 1n
    case ROUND_CEILING: return rnd !== 0 && m.sign === 0
    case ROUND_FLOOR: return rnd !== 0 && m.sign !== 0
    case ROUND_HALF_DOWN: return rnd > 5
    case ROUND_UP: return rnd !== 0
    case ROUND_05UP: return rnd !== 0 && m.coef % 5n === 0n
    default: throw new Error(`Molt: rounding mode ${round}`)
  }
}

// Mirrors _mpd_apply_round.
function applyRound(m: Mpd, rnd: number, ctx: MpdContext): void {
  if (!increments(m, rnd, ctx.round)) return
  m.coef += 1n
  if (m.coef !== pow10(m.digits)) return
  // All nines, of the full precision: one digit more, which goes to the exponent.
  m.coef = pow10(m.digits - 1)
  m.exp += 1
  checkExp(m, ctx)
}

// Mirrors _mpd_apply_round_excess.
/** Rounds without regard of the precision. */
export function applyRoundExcess(m: Mpd, rnd: number, ctx: MpdContext): void {
  if (!increments(m, rnd, ctx.round)) return
  m.coef += 1n
  if (m.coef === pow10(m.digits)) {
    m.digits++
    resize(m, lengthOf(m))
  }
}

// Mirrors _mpd_apply_round_fit.
/** Rounds; false with Invalid_operation if the precision is passed. */
export function applyRoundFit(m: Mpd, rnd: number, ctx: MpdContext): boolean {
  if (!increments(m, rnd, ctx.round)) return true
  m.coef += 1n
  if (m.coef === pow10(m.digits)) {
    m.digits++
    if (!resize(m, lengthOf(m))) return false
    if (m.digits > ctx.prec) return setError(m, MPD_Invalid_operation), false
  }
  return true
}

// ---- ends of an operation ------------------------------------------------------------------------------------------------

// Mirrors the overflow case of _mpd_check_exp.
function overflow(m: Mpd, ctx: MpdContext): void {
  const { round } = ctx
  const infinite = round === ROUND_CEILING ? m.sign === 0 : round === ROUND_FLOOR ? m.sign !== 0
    : round === ROUND_HALF_UP || round === ROUND_HALF_EVEN || round === ROUND_HALF_DOWN || round === ROUND_UP || round === ROUND_TRUNC
  if (infinite) setSpecial(m, m.sign, INF)
  else {
    maxCoef(m, ctx)
    m.exp = ctx.emax - ctx.prec + 1
  }
  signals.bits |= MPD_Overflow | MPD_Inexact | MPD_Rounded
}

// Mirrors the subnormal case of _mpd_check_exp.
function subnormal(m: Mpd, ctx: MpdContext): void {
  const tiny = etiny(ctx)
  if (m.coef === 0n) {
    if (m.exp < tiny) {
      m.exp = tiny
      zeroCoef(m)
      signals.bits |= MPD_Clamped
    }
    return
  }
  signals.bits |= MPD_Subnormal
  if (m.exp >= tiny) return
  const rnd = qshiftr(m, m, tiny - m.exp)
  m.exp = tiny
  applyRoundExcess(m, rnd, ctx)
  signals.bits |= MPD_Rounded
  if (rnd === 0) return
  signals.bits |= MPD_Inexact | MPD_Underflow
  if (m.coef === 0n) {
    zeroCoef(m)
    signals.bits |= MPD_Clamped
  }
}

// Mirrors _mpd_check_exp.
function checkExp(m: Mpd, ctx: MpdContext): void {
  const adjusted = adjexp(m)
  if (adjusted > ctx.emax) {
    if (m.coef !== 0n) return overflow(m, ctx)
    m.exp = ctx.clamp === 0 ? ctx.emax : etop(ctx)
    zeroCoef(m)
    signals.bits |= MPD_Clamped
  } else if (ctx.clamp !== 0 && m.exp > etop(ctx)) {
    const shift = m.exp - etop(ctx)
    if (!qshiftl(m, m, shift)) return
    m.exp -= shift
    signals.bits |= MPD_Clamped
    if (m.coef !== 0n && adjusted < ctx.emin) signals.bits |= MPD_Subnormal
  } else if (adjusted < ctx.emin) subnormal(m, ctx)
}

// Mirrors mpd_check_underflow.
/** Transcendental functions have no digits to be cut off that would tell of the underflow. */
export function checkUnderflow(m: Mpd, ctx: MpdContext): void {
  if (adjexp(m) < ctx.emin && m.kind === FINITE && m.coef !== 0n && m.exp < etiny(ctx)) signals.bits |= MPD_Underflow
}

// Mirrors _mpd_fix_nan.
/** Cuts a payload to the context's precision. */
function fixNan(m: Mpd, ctx: MpdContext): void {
  const prec = ctx.prec - ctx.clamp
  if (m.digits <= prec) return
  m.coef = prec === 0 ? 0n : m.coef % pow10(prec)
  m.digits = m.coef === 0n ? 0 : digitCount(m.coef)
  resize(m, lengthOf(m))
}

// Mirrors mpd_qfinalize.
export function finalize(m: Mpd, ctx: MpdContext): void {
  if (m.kind !== FINITE) {
    if (isNan(m)) fixNan(m, ctx)
    return
  }
  checkExp(m, ctx)
  if (m.digits <= ctx.prec || m.kind !== FINITE) return
  const shift = m.digits - ctx.prec
  const rnd = qshiftr(m, m, shift)
  m.exp += shift
  applyRound(m, rnd, ctx)
  signals.bits |= rnd === 0 ? MPD_Rounded : MPD_Rounded | MPD_Inexact
}

// Mirrors _mpd_cap.
/** Cuts off the digits in front that are too many. */
export function cap(m: Mpd, ctx: MpdContext): void {
  if (m.kind === FINITE && m.digits > ctx.prec) {
    m.coef %= pow10(ctx.prec)
    m.digits = digitCount(m.coef)
    resize(m, lengthOf(m))
  }
  if (m.kind === FINITE && m.coef === 0n) setTriple(m, m.sign, 0n, m.exp)
}

// ---- NaNs ----------------------------------------------------------------------------------------------------------------

function takeNan(result: Mpd, choice: Mpd, ctx: MpdContext): true {
  qcopy(result, choice)
  result.kind = NAN
  fixNan(result, ctx)
  return true
}

// Mirrors mpd_qcheck_nan.
/** True if a is NaN: the result is a quiet copy. */
export function checkNan(result: Mpd, a: Mpd, ctx: MpdContext): boolean {
  if (!isNan(a)) return false
  if (a.kind === SNAN) signals.bits |= MPD_Invalid_operation
  return takeNan(result, a, ctx)
}

// Mirrors mpd_qcheck_nans and mpd_qcheck_3nans.
/** True if there is a NaN: the first signaling one, else the first quiet one is the result. */
export function checkNans(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext, c: Mpd | null = null): boolean {
  if (a.kind < NAN && b.kind < NAN && (c === null || c.kind < NAN)) return false
  let choice: Mpd | null = a.kind === SNAN ? a : b.kind === SNAN ? b : c !== null && c.kind === SNAN ? c : null
  if (choice !== null) signals.bits |= MPD_Invalid_operation
  choice ??= a.kind === NAN ? a : b.kind === NAN ? b : c!
  return takeNan(result, choice, ctx)
}

// ---- rescaling -------------------------------------------------------------------------------------------------------------

const EXP_LIMIT = 1e18
const TINY_LIMIT = -2e18

// Mirrors _mpd_qrescale.
function rescale(result: Mpd, a: Mpd, exp: number, ctx: MpdContext): void {
  if (a.kind !== FINITE) return void qcopy(result, a)
  if (a.coef === 0n) return setTriple(result, a.sign, 0n, exp)
  const difference = a.exp - exp
  if (difference >= 0) {
    if (a.digits + difference > EXP_LIMIT) return setError(result, MPD_Invalid_operation)
    if (!qshiftl(result, a, difference)) return
    result.exp = exp
  } else {
    const rnd = qshiftr(result, a, -difference)
    if (rnd < 0) return
    result.exp = exp
    applyRoundExcess(result, rnd, ctx)
    signals.bits |= rnd === 0 ? MPD_Rounded : MPD_Rounded | MPD_Inexact
  }
  if (result.coef !== 0n && adjexp(result) < ctx.emin) signals.bits |= MPD_Subnormal
}

// Mirrors mpd_qrescale.
/** result = a with the given exponent; only the rounding mode of the context counts. */
export function qrescale(result: Mpd, a: Mpd, exp: number, ctx: MpdContext): void {
  if (exp > EXP_LIMIT || exp < TINY_LIMIT) setError(result, MPD_Invalid_operation)
  else rescale(result, a, exp, ctx)
}

// Mirrors _mpd_round, io.c.
/** result = a in `prec` digits, for formatting. */
export function roundDigits(result: Mpd, a: Mpd, prec: number, ctx: MpdContext): void {
  if (prec <= 0) return setError(result, MPD_Invalid_operation)
  if (a.kind !== FINITE || a.coef === 0n) return void qcopy(result, a)
  const exp = a.exp + a.digits - prec
  const limited = (from: Mpd, to: number) => {
    if (to > EXP_LIMIT || to < TINY_LIMIT - EXP_LIMIT) setError(result, MPD_Invalid_operation)
    else rescale(result, from, to, ctx)
  }
  limited(a, exp)
  if (result.digits > prec) limited(result, exp + 1)
}

/** |n| is an integer: no digits behind the point. Not for specials. */
export function isInt(m: Mpd): boolean {
  if (m.coef === 0n || m.exp >= 0) return true
  return -m.exp < m.digits && m.coef % pow10(-m.exp) === 0n
}

// Mirrors mpd_isodd.
/** Of an integer. */
export function isOdd(m: Mpd): boolean {
  if (m.coef === 0n || m.exp > 0) return false
  return ((m.exp < 0 ? m.coef / pow10(-m.exp) : m.coef) & 1n) === 1n
}
