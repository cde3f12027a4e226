// exp, ln, log10, powers. Conditions, digits and roundings are libmpdec's (mpdecimal.c); the approximations come from
// fixed-point.ts, which is enough, since these functions round correctly.
import { digitCount, pow10 } from './digits'
import {
  EXP_INF, FINITE, INF, MAX_CONTEXT, MPD_Clamped, MPD_Errors, MPD_Inexact, MPD_Invalid_operation, MPD_Malloc_error, MPD_Overflow, MPD_Rounded,
  MPD_Subnormal, MPD_Underflow, MINALLOC, Mpd, NAN, ONE, ROUND_HALF_EVEN, TWO, adjexp, arithSign, constant, del, etiny, isNan, isZero, lengthOf,
  maxContext, qcopy, resize, setError, setSpecial, setTriple, signals, temporary, workContext, type MpdContext,
} from './mpd'
import { qadd, qdiv, qdivint, qmul, qsub } from './arithmetic'
import { cmp, cmpAbs, qcmp } from './compare'
import { absUint, getSsize, qroundToInt } from './operations'
import { checkNan, checkNans, checkUnderflow, finalize, isInt, isOdd, qrescale, qshiftl } from './rounding'
import { approximateExp, approximateLn, approximateLog10, type Approximation } from './fixed-point'

function setApproximation(result: Mpd, { coef, exp }: Approximation): void {
  result.sign = coef < 0n ? 1 : 0
  result.kind = FINITE
  result.coef = coef < 0n ? -coef : coef
  result.exp = exp
  result.digits = digitCount(result.coef)
  resize(result, lengthOf(result))
}

/**
 * Ziv's loop: approximates with more and more digits until both neighbours of the approximation round to the same.
 * `pad`: fill the result with zeros to the full precision.
 */
function correctly(result: Mpd, ctx: MpdContext, pad: boolean, approximate: (result: Mpd, work: MpdContext) => void): void {
  const work = workContext(ctx)
  work.round = ROUND_HALF_EVEN
  work.clamp = 0
  const low = temporary()
  const high = temporary()
  const ulp = new Mpd(MINALLOC)
  for (let prec = ctx.prec + 3; ; prec += 19) {
    work.prec = prec
    const before = signals.bits
    signals.bits = 0
    approximate(result, work)
    // Where the approximation underflowed its own digits count.
    const unit = (signals.bits & MPD_Underflow) !== 0 ? result.exp : result.exp + result.digits - prec
    signals.bits |= before
    work.prec = ctx.prec
    const met = signals.bits
    if (result.kind === FINITE && result.coef !== 0n) {
      setTriple(ulp, 0, 1n, unit)
      qadd(high, result, ulp, work)
      qsub(low, result, ulp, work)
      signals.bits = met
      if (qcmp(high, low) !== 0) continue
    }
    work.clamp = ctx.clamp
    if (pad && result.kind === FINITE && result.coef !== 0n && result.digits < work.prec) {
      const shift = work.prec - result.digits
      const { exp } = result
      qshiftl(result, result, shift)
      result.exp = exp - shift
    }
    checkUnderflow(result, work)
    finalize(result, work)
    break
  }
  del(low)
  del(high)
}

// ---- exp -----------------------------------------------------------------------------------------------------------------

/** Arguments of 10^19 and more overflow in every context. */
const EXP_MAX_T = 19

// Mirrors the special cases of _mpd_qexp.
function expWork(result: Mpd, coef: bigint, exp: number, sign: number, ctx: MpdContext): void {
  const digits = digitCount(coef)
  if (digits + exp > EXP_MAX_T) {
    if (sign === 0) {
      setSpecial(result, 0, INF)
      signals.bits |= MPD_Overflow | MPD_Inexact | MPD_Rounded
    } else {
      setTriple(result, 0, 0n, etiny(ctx))
      signals.bits |= MPD_Inexact | MPD_Rounded | MPD_Subnormal | MPD_Underflow | MPD_Clamped
    }
    return
  }
  signals.bits |= MPD_Rounded | MPD_Inexact
  // |x| <= 9 * 10^(-prec-1): the result is 1.
  const leading = digits + exp - 1
  if (leading < -ctx.prec - 1 || leading === -ctx.prec - 1 && coef <= 9n * pow10(digits - 1)) return setTriple(result, 0, 1n, 0)
  const value = approximateExp(sign === 0 ? coef : -coef, exp, ctx.prec)
  setApproximation(result, value)
  // The limits of _mpd_qexp's own context, which knows no larger exponents.
  if (adjexp(result) > MAX_CONTEXT.emax) {
    setSpecial(result, 0, INF)
    signals.bits |= MPD_Overflow
  } else if (adjexp(result) < etiny(MAX_CONTEXT)) {
    setTriple(result, 0, 0n, etiny(MAX_CONTEXT))
    signals.bits |= MPD_Subnormal | MPD_Underflow | MPD_Clamped
  }
}

// Mirrors mpd_qexp.
export function qexp(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (a.kind !== FINITE) {
    if (checkNan(result, a, ctx)) return
    if (a.sign !== 0) setTriple(result, 0, 0n, 0)
    else setSpecial(result, 0, INF)
    return
  }
  if (a.coef === 0n) return setTriple(result, 0, 1n, 0)
  const { coef, exp, sign } = a
  correctly(result, ctx, true, (r, work) => expWork(r, coef, exp, sign, work))
}

// ---- logarithms ----------------------------------------------------------------------------------------------------------------

/** What a logarithm is for specials, zero and negative numbers; true if that was the case. */
function specialLog(result: Mpd, a: Mpd, ctx: MpdContext): boolean {
  if (checkNan(result, a, ctx)) return true
  if (isZero(a)) setSpecial(result, 1, INF)
  else if (a.sign !== 0) setError(result, MPD_Invalid_operation)
  else if (a.kind === INF) setSpecial(result, 0, INF)
  else return false
  return true
}

/** Decimal digits of an exponent. Mirrors mpd_exp_digits. */
const expDigits = (exp: number): number => digitCount(BigInt(Math.abs(exp)))

/** True if the logarithm, about `factor` times the exponent, overflows. */
function logOverflows(result: Mpd, a: Mpd, factor: number, ctx: MpdContext): boolean {
  const adjusted = adjexp(a)
  if (expDigits(factor * (adjusted < 0 ? -adjusted - 1 : adjusted)) - 1 <= ctx.emax) return false
  signals.bits |= MPD_Overflow | MPD_Inexact | MPD_Rounded
  setSpecial(result, adjusted < 0 ? 1 : 0, INF)
  return true
}

/** ln of a finite number > 0 other than 1 in the digits of `work`. Mirrors _mpd_qln. */
function lnWork(result: Mpd, coef: bigint, exp: number, work: MpdContext): void {
  signals.bits |= MPD_Inexact | MPD_Rounded
  const size = digitCount(coef) + exp
  if ((size === 0 || size === 1) && exp < 0) {
    // Near 1: a logarithm that underflows is not computed.
    const unit = pow10(-exp)
    const below = coef < unit
    const distance = below ? unit - coef : coef - unit
    if (digitCount(distance) + exp - 1 + (below ? 1 : 0) < etiny(work)) return setTriple(result, below ? 1 : 0, 1n, etiny(work) - 1)
  }
  setApproximation(result, approximateLn(coef, exp, work.prec))
}

// Mirrors mpd_qln.
export function qln(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (specialLog(result, a, ctx)) return
  if (cmp(a, ONE) === 0) return setTriple(result, 0, 0n, 0)
  if (logOverflows(result, a, 2, ctx)) return
  const { coef, exp } = a
  correctly(result, ctx, false, (r, work) => lnWork(r, coef, exp, work))
}

// Mirrors mpd_qlog10.
export function qlog10(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (specialLog(result, a, ctx)) return
  if (a.coef === pow10(a.digits - 1)) {
    const work = workContext(ctx)
    work.round = ROUND_HALF_EVEN
    const adjusted = adjexp(a)
    setTriple(result, adjusted < 0 ? 1 : 0, BigInt(Math.abs(adjusted)), 0)
    return finalize(result, work)
  }
  if (logOverflows(result, a, 1, ctx)) return
  const { coef, exp } = a
  correctly(result, ctx, false, (r, work) => {
    signals.bits |= MPD_Inexact | MPD_Rounded
    setApproximation(r, approximateLog10(coef, exp, work.prec))
  })
}

// ---- powers ----------------------------------------------------------------------------------------------------------------------

// Mirrors _mpd_qpow_uint.
/** result = base^n by squaring, each product rounded; result is not base. */
function powUint(result: Mpd, base: Mpd, n: bigint, sign: number, ctx: MpdContext): void {
  const before = signals.bits
  signals.bits = 0
  if (qcopy(result, base)) {
    const bits = n.toString(2)
    for (let i = 1; i < bits.length; i++) {
      qmul(result, result, result, ctx)
      if (bits[i] === '1') qmul(result, result, base, ctx)
      if (result.kind !== FINITE || result.coef === 0n && (signals.bits & MPD_Clamped) !== 0) break
    }
    result.sign = sign
  }
  signals.bits |= before
}

// Mirrors _mpd_qpow_mpd.
/** The same for an exponent of more than 64 bits; base and exponent are changed. */
function powMpd(result: Mpd, base: Mpd, exp: Mpd, sign: number, ctx: MpdContext): void {
  const before = signals.bits
  let counted = before
  qcopy(result, ONE)
  while (!isZero(exp)) {
    if (isOdd(exp)) {
      signals.bits = 0
      qmul(result, result, base, ctx)
      counted |= signals.bits
      if (result.kind !== FINITE || result.coef === 0n && (signals.bits & MPD_Clamped) !== 0) break
    }
    signals.bits = 0
    qmul(base, base, base, ctx)
    qdivint(exp, exp, TWO, MAX_CONTEXT)
    if (isNan(base) || isNan(exp)) {
      const met = signals.bits
      signals.bits = counted
      return setError(result, met & MPD_Errors)
    }
  }
  signals.bits = counted
  result.sign = sign
}

// Mirrors _mpd_qpow_int.
function powInt(result: Mpd, base: Mpd, exp: Mpd, sign: number, ctx: MpdContext): void {
  const work = workContext(ctx)
  work.prec += exp.digits + exp.exp + 2
  work.round = ROUND_HALF_EVEN
  work.clamp = 0
  const tbase = temporary()
  let failed = false
  if (exp.sign !== 0) {
    work.prec += 1
    const before = signals.bits
    signals.bits = 0
    qdiv(tbase, ONE, base, work)
    failed = (signals.bits & MPD_Errors) !== 0
    signals.bits |= before
  } else failed = !qcopy(tbase, base)
  if (failed) setSpecial(result, 0, NAN)
  else {
    const n = absUint(exp)
    if (n === null) {
      const texp = temporary()
      qcopy(texp, exp)
      powMpd(result, tbase, texp, sign, work)
      del(texp)
    } else powUint(result, tbase, n, sign, work)
    // For the rounding modes that stay finite.
    if (result.kind === INF) setTriple(result, sign, 1n, EXP_INF)
  }
  del(tbase)
  finalize(result, ctx)
}

/** 1 with `zeros` zeros behind the point. */
function setOne(result: Mpd, zeros: number, sign: number): boolean {
  if (!qshiftl(result, ONE, zeros)) return false
  result.exp = -zeros
  result.sign = sign
  return true
}

// Mirrors _qcheck_pow_one.
/** True if |base| is 1, and the power then computed. */
function powOfOne(result: Mpd, base: Mpd, exp: Mpd, sign: number, ctx: MpdContext): boolean {
  if (cmpAbs(base, ONE) !== 0) return false
  let shift = ctx.prec - 1
  if (isInt(exp)) {
    if (exp.sign !== 0) return setTriple(result, sign, 1n, 0), true
    // 1.000^3 = 1.000000000
    const before = signals.bits
    signals.bits = 0
    const places = constant(BigInt(-base.exp))
    qmul(result, exp, places, ctx)
    const met = signals.bits
    signals.bits = before
    if ((met & MPD_Errors) !== 0) {
      signals.bits |= met & MPD_Errors
      return true
    }
    const wanted = getSsize(result)
    if (wanted === null || wanted > shift) signals.bits |= MPD_Rounded
    else shift = wanted
  } else signals.bits |= MPD_Inexact | MPD_Rounded
  setOne(result, shift, sign)
  return true
}

// Mirrors _lower_bound_zeta.
/** Lower bound of log10(|log10 x|). */
function lowerBoundZeta(x: Mpd): number {
  const t = adjexp(x)
  if (t > 0) return expDigits(t) - 1
  if (t < -1) return expDigits(t + 1) - 1
  const distance = temporary()
  const positive = new Mpd(x.alloc)
  positive.coef = x.coef
  positive.digits = x.digits
  positive.exp = x.exp
  const met = signals.bits
  qsub(distance, positive, ONE, MAX_CONTEXT)
  signals.bits = met
  const u = adjexp(distance)
  del(distance)
  return t === 0 ? u - 2 : u - 1
}

// Mirrors _qcheck_pow_bounds.
/** True if the power over- or underflows for certain, and is set. */
function powOutOfBounds(result: Mpd, x: Mpd, y: Mpd, sign: number, ctx: MpdContext): boolean {
  const bound = lowerBoundZeta(x) + adjexp(y)
  const shrinks = ((adjexp(x) < 0 ? 1 : 0) ^ y.sign) !== 0
  if (expDigits(shrinks ? etiny(ctx) : ctx.emax) >= bound) return false
  setTriple(result, sign, 1n, shrinks ? etiny(ctx) - 1 : EXP_INF)
  finalize(result, ctx)
  return true
}

// Mirrors _mpd_qpow_real.
/** e^(exp * ln base), with digits enough for one rounding at the end. */
function powReal(result: Mpd, base: Mpd, exp: Mpd, ctx: MpdContext): void {
  const texp = temporary()
  if (!qcopy(texp, exp)) return setError(result, MPD_Malloc_error)
  const work = maxContext()
  work.prec = Math.max(base.digits, ctx.prec) + 4 + 19
  const before = signals.bits
  signals.bits = 0
  qln(result, base, work)
  qmul(result, result, texp, work)
  const met = signals.bits
  signals.bits = before
  qexp(result, result, work)
  del(texp)
  signals.bits |= (met & MPD_Errors) | MPD_Inexact | MPD_Rounded
}

// Mirrors mpd_qpow.
export function qpow(result: Mpd, base: Mpd, exp: Mpd, ctx: MpdContext): void {
  if (checkNans(result, base, exp, ctx)) return
  const whole = exp.kind === FINITE && isInt(exp)
  const sign = whole && base.sign !== 0 && isOdd(exp) ? 1 : 0
  if (isZero(base)) {
    if (isZero(exp)) setError(result, MPD_Invalid_operation)
    else if (exp.sign !== 0) setSpecial(result, sign, INF)
    else setTriple(result, sign, 0n, 0)
    return
  }
  if (base.sign !== 0 && !whole) return setError(result, MPD_Invalid_operation)
  if (exp.kind === INF) {
    const order = cmp(base, ONE)
    if (order === 0) {
      setOne(result, ctx.prec - 1, sign)
      signals.bits |= MPD_Inexact | MPD_Rounded
    } else if (order * arithSign(exp) < 0) setTriple(result, sign, 0n, 0)
    else setSpecial(result, sign, INF)
    return
  }
  if (base.kind === INF) {
    if (isZero(exp)) setTriple(result, sign, 1n, 0)
    else if (exp.sign !== 0) setTriple(result, sign, 0n, 0)
    else setSpecial(result, sign, INF)
    return
  }
  if (isZero(exp)) return setTriple(result, sign, 1n, 0)
  if (powOfOne(result, base, exp, sign, ctx) || powOutOfBounds(result, base, exp, sign, ctx)) return
  if (whole) return powInt(result, base, exp, sign, ctx)
  powReal(result, base, exp, ctx)
  if (result.kind === FINITE && cmp(result, ONE) === 0) setOne(result, ctx.prec - 1, 0)
  if (result.kind === INF) setTriple(result, 0, 1n, EXP_INF)
  finalize(result, ctx)
}

/** base^exp mod modulus of integers >= 0. */
export function powMod(base: bigint, exp: bigint, modulus: bigint): bigint {
  let result = 1n % modulus
  let square = base % modulus
  for (let n = exp; n > 0n; n >>= 1n) {
    if ((n & 1n) === 1n) result = result * square % modulus
    square = square * square % modulus
  }
  return result
}

// Mirrors mpd_qpowmod.
export function qpowmod(result: Mpd, base: Mpd, exp: Mpd, mod: Mpd, ctx: MpdContext): void {
  if (checkNans(result, base, exp, ctx, mod)) return
  const integers = base.kind === FINITE && exp.kind === FINITE && mod.kind === FINITE && isInt(base) && isInt(exp) && isInt(mod)
  if (!integers || mod.coef === 0n || mod.digits + mod.exp > ctx.prec) return setError(result, MPD_Invalid_operation)
  const sign = base.sign !== 0 && isOdd(exp) ? 1 : 0
  if (exp.coef === 0n) {
    if (base.coef === 0n) return setError(result, MPD_Invalid_operation)
    return setTriple(result, sign, cmpAbs(mod, ONE) === 0 ? 0n : 1n, 0)
  }
  if (exp.sign !== 0) return setError(result, MPD_Invalid_operation)
  if (base.coef === 0n) return setTriple(result, sign, 0n, 0)
  const whole = temporary()
  const met = signals.bits
  qrescale(whole, mod, 0, MAX_CONTEXT)
  const modulus = whole.coef
  signals.bits = met
  qroundToInt(whole, base, MAX_CONTEXT)
  let power = whole.coef % modulus * powMod(10n, BigInt(whole.exp + 0), modulus) % modulus
  qroundToInt(whole, exp, MAX_CONTEXT)
  // (b^(c * 10^e)) = ((b^10)^10 ...)^c
  for (let i = 0; i < whole.exp; i++) power = powMod(power, 10n, modulus)
  setTriple(result, sign, powMod(power, whole.coef, modulus), 0)
  resize(result, lengthOf(result))
  del(whole)
}

