// The four operations, remainders, fma and square root. libmpdec, mpdecimal.c.
import { digitCount, pow10, trailingZeros } from './digits'
import { PyMem_Free } from '../../objects/objimpl'
import {
  FINITE, INF, MAX_CONTEXT, MPD_Clamped, MPD_Division_by_zero, MPD_Division_impossible, MPD_Division_undefined, MPD_Errors, MPD_Inexact,
  MPD_Invalid_operation, MPD_Malloc_error, MPD_Rounded, NAN, ROUND_FLOOR, ROUND_HALF_EVEN, adjexp, del, etiny, isNan, isZero, lengthOf,
  newCopy, qcopy, replaceBlock, resize, scratch, setError, setSpecial, setTriple, signals, temporary, wordsOf, workContext, MINALLOC_MAX,
  type Mpd, type MpdContext,
} from './mpd'
import { checkNan, checkNans, finalize, isOdd, qshiftl, qshiftr } from './rounding'
import { cmpAbs } from './compare'
import { isqrt } from './integer-root'

// ---- sums ----------------------------------------------------------------------------------------------------------------

// Mirrors _mpd_qaddsub_inf.
function addInfinities(result: Mpd, a: Mpd, b: Mpd, signB: number): void {
  if (a.kind === INF) {
    if (a.sign !== signB && b.kind === INF) setError(result, MPD_Invalid_operation)
    else setSpecial(result, a.sign, INF)
  } else setSpecial(result, signB, INF)
}

// Mirrors _mpd_qaddsub.
/** result = a + b, b with the sign given; finite numbers, not yet fitted into the context. */
export function addFinite(result: Mpd, a: Mpd, b: Mpd, signB: number, ctx: MpdContext): void {
  const signA = a.sign
  let x = a.coef
  let y = b.coef
  let xDigits = a.digits
  let yDigits = b.digits
  let exp = a.exp
  if (exp !== b.exp) {
    // The one with the larger exponent is brought to the smaller exponent.
    const big = exp > b.exp ? a : b
    const small = big === a ? b : a
    exp = small.exp
    if (big.coef !== 0n) {
      let little = small.coef
      let littleDigits = small.digits
      // One so small that it only matters for rounding is replaced by a tiny number, so that huge shifts never come.
      const limit = big.exp - 1 + (big.digits > ctx.prec ? 0 : big.digits - ctx.prec - 1)
      if (adjexp(small) < limit) {
        exp = limit
        little = little === 0n ? 0n : 1n
        littleDigits = 1
      }
      const shift = big.exp - exp
      const block = scratch(wordsOf(big.digits + shift))
      if (block < 0) return setError(result, MPD_Malloc_error)
      const aligned = big.coef * pow10(shift)
      if (big === a) {
        x = aligned
        xDigits += shift
        y = little
        yDigits = littleDigits
      } else {
        y = aligned
        yDigits += shift
        x = little
        xDigits = littleDigits
      }
      if (block !== 0) return addBlock(result, x, y, xDigits, yDigits, exp, signA, signB, ctx, block)
    }
  }
  combine(result, x, y, xDigits, yDigits, exp, signA, signB, ctx)
}

/** The same while a block of a large temporary is held. */
function addBlock(
  result: Mpd, x: bigint, y: bigint, xDigits: number, yDigits: number, exp: number, signA: number, signB: number, ctx: MpdContext, block: number,
): void {
  combine(result, x, y, xDigits, yDigits, exp, signA, signB, ctx)
  PyMem_Free(block)
}

function combine(
  result: Mpd, x: bigint, y: bigint, xDigits: number, yDigits: number, exp: number, signA: number, signB: number, ctx: MpdContext,
): void {
  const most = xDigits > yDigits ? xDigits : yDigits
  if (!resize(result, wordsOf(most))) return
  result.kind = FINITE
  result.exp = exp
  if (signA === signB) {
    const sum = x + y
    result.digits = sum >= pow10(most) ? most + 1 : most
    if (!resize(result, lengthOf(result))) return
    result.coef = sum
    result.sign = signA
    return
  }
  const difference = x - y
  if (difference === 0n) {
    result.coef = 0n
    result.digits = 1
    result.sign = ctx.round === ROUND_FLOOR ? 1 : 0
  } else {
    result.sign = difference > 0n ? signA : signB
    result.coef = difference > 0n ? difference : -difference
    result.digits = digitCount(result.coef)
  }
  resize(result, lengthOf(result))
}

function addSigned(result: Mpd, a: Mpd, b: Mpd, signB: number, ctx: MpdContext): void {
  if (a.kind !== FINITE || b.kind !== FINITE) {
    if (!checkNans(result, a, b, ctx)) addInfinities(result, a, b, signB)
    return
  }
  addFinite(result, a, b, signB, ctx)
  finalize(result, ctx)
}

// Mirrors mpd_qadd.
export function qadd(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  addSigned(result, a, b, b.sign, ctx)
}

// Mirrors mpd_qsub.
export function qsub(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  addSigned(result, a, b, 1 - b.sign, ctx)
}

// Mirrors mpd_qplus.
export function qplus(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (checkNan(result, a, ctx)) return
  qcopy(result, a)
  if (isZero(a) && ctx.round !== ROUND_FLOOR) result.sign = 0
  finalize(result, ctx)
}

// Mirrors mpd_qminus.
export function qminus(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (checkNan(result, a, ctx)) return
  const sign = isZero(a) && ctx.round !== ROUND_FLOOR ? 0 : 1 - a.sign
  qcopy(result, a)
  result.sign = sign
  finalize(result, ctx)
}

// Mirrors mpd_qabs.
export function qabs(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (checkNan(result, a, ctx)) return
  if (a.sign !== 0) qminus(result, a, ctx)
  else qplus(result, a, ctx)
}

// ---- products ------------------------------------------------------------------------------------------------------------

// Mirrors _mpd_qmul_inf.
function multiplyInfinities(result: Mpd, a: Mpd, b: Mpd): void {
  if (isZero(a) || isZero(b)) setError(result, MPD_Invalid_operation)
  else setSpecial(result, a.sign ^ b.sign, INF)
}

// Mirrors _mpd_qmul.
/** result = a * b, not fitted into the context. */
function multiply(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  if (a.kind !== FINITE || b.kind !== FINITE) {
    if (!checkNans(result, a, b, ctx)) multiplyInfinities(result, a, b)
    return
  }
  const sign = a.sign ^ b.sign
  const exp = a.exp + b.exp
  const la = lengthOf(a)
  const lb = lengthOf(b)
  const x = a.coef
  const y = b.coef
  const most = a.digits + b.digits
  // Room for the longest product, cut to the real length afterwards.
  if (la > 1 || lb > 1) {
    if (la + lb <= MINALLOC_MAX ? !resize(result, la + lb) : !replaceBlock(result, la + lb)) return setError(result, MPD_Malloc_error)
  }
  result.sign = sign
  result.kind = FINITE
  result.exp = exp
  const product = x * y
  result.coef = product
  result.digits = product === 0n ? 1 : product >= pow10(most - 1) ? most : most - 1
  resize(result, lengthOf(result))
}

// Mirrors mpd_qmul.
export function qmul(result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  multiply(result, a, b, ctx)
  finalize(result, ctx)
}

// Mirrors mpd_qfma.
export function qfma(result: Mpd, a: Mpd, b: Mpd, c: Mpd, ctx: MpdContext): void {
  const copy = result === c ? newCopy(c) : null
  const before = signals.bits
  signals.bits = 0
  multiply(result, a, b, ctx)
  if ((signals.bits & MPD_Invalid_operation) === 0) qadd(result, result, copy ?? c, ctx)
  if (copy !== null) del(copy)
  signals.bits |= before
}

/** Runs an operation; NaN with Invalid_operation if its result is not exact. Mirrors _mpd_qmul_exact and its like. */
export function exactly(result: Mpd, operation: () => void): void {
  const before = signals.bits
  signals.bits = 0
  operation()
  const met = signals.bits
  signals.bits |= before
  if ((met & (MPD_Inexact | MPD_Rounded | MPD_Clamped)) !== 0) setError(result, MPD_Invalid_operation)
}

// ---- quotients -----------------------------------------------------------------------------------------------------------

// Mirrors _mpd_qdiv.
function divide(q: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  const sign = a.sign ^ b.sign
  if (a.kind !== FINITE || b.kind !== FINITE) {
    if (checkNans(q, a, b, ctx)) return
    if (a.kind !== INF) {
      setTriple(q, sign, 0n, etiny(ctx))
      signals.bits |= MPD_Clamped
    } else if (b.kind === INF) setError(q, MPD_Invalid_operation)
    else setSpecial(q, sign, INF)
    return
  }
  if (b.coef === 0n) {
    if (a.coef === 0n) return setError(q, MPD_Division_undefined)
    setSpecial(q, sign, INF)
    signals.bits |= MPD_Division_by_zero
    return
  }
  const ideal = a.exp - b.exp
  if (a.coef === 0n) {
    setTriple(q, sign, 0n, ideal)
    return finalize(q, ctx)
  }
  const shift = b.digits - a.digits + ctx.prec + 1
  let x = a.coef
  let y = b.coef
  let xWords = lengthOf(a)
  let yWords = lengthOf(b)
  if (shift > 0) xWords = wordsOf(a.digits + shift)
  else if (shift < 0) yWords = wordsOf(b.digits - shift)
  const block = scratch(shift > 0 ? xWords : yWords)
  if (block < 0) return setError(q, MPD_Malloc_error), finalize(q, ctx)
  if (shift > 0) x *= pow10(shift)
  else if (shift < 0) y *= pow10(-shift)
  if (!resize(q, xWords - yWords + 1)) return setError(q, MPD_Malloc_error), finalize(q, ctx)
  let quotient = x / y
  q.kind = FINITE
  q.sign = sign
  q.exp = ideal - shift
  if (quotient * y !== x) {
    // A digit behind the point that is not zero tells rounding that something follows.
    if (quotient % 5n === 0n) quotient += 1n
    q.coef = quotient
    q.digits = digitCount(quotient)
    resize(q, lengthOf(q))
  } else {
    q.coef = quotient
    q.digits = digitCount(quotient)
    resize(q, lengthOf(q))
    if (shift > 0) {
      const zeros = Math.min(trailingZeros(quotient), shift)
      const { exp } = q
      qshiftr(q, q, zeros)
      q.exp = exp + zeros
    }
  }
  if (block !== 0) PyMem_Free(block)
  finalize(q, ctx)
}

/** Runs `first`; where it wants memory a very high precision asks for in vain, `second` in so many digits, if that is exact. */
function retry(result: Mpd, digits: number, ctx: MpdContext, run: (ctx: MpdContext) => void): void {
  const before = signals.bits
  signals.bits = 0
  run(ctx)
  const met = signals.bits
  if ((met & (MPD_Malloc_error | MPD_Division_impossible)) === 0) {
    signals.bits |= before
    return
  }
  if (digits >= ctx.prec) {
    signals.bits = before | (met & MPD_Errors)
    return
  }
  const work = workContext(ctx)
  work.prec = digits
  signals.bits = 0
  run(work)
  const again = signals.bits
  signals.bits = before
  if (again !== 0) setError(result, (again | met) & MPD_Errors)
}

// Mirrors mpd_qdiv.
export function qdiv(q: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  let dividend = a
  let divisor = b
  if (q === a) qcopy(dividend = temporary(), a)
  if (q === b) qcopy(divisor = temporary(), b)
  retry(q, dividend.digits + divisor.digits * 4, ctx, work => divide(q, dividend, divisor, work))
  if (dividend !== a) del(dividend)
  if (divisor !== b) del(divisor)
}

// Mirrors _mpd_qdivmod.
/** Quotient cut to an integer and remainder of finite numbers, b not zero; both NaN if the quotient has too many digits. */
function divideInteger(q: Mpd, r: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  const signA = a.sign
  const sign = signA ^ b.sign
  const ideal = Math.min(a.exp, b.exp)
  if (a.coef === 0n) {
    qcopy(r, a)
    r.exp = ideal
    return setTriple(q, sign, 0n, 0)
  }
  const difference = adjexp(a) - adjexp(b)
  if (difference < 0) {
    const shift = a.exp - b.exp
    if (shift > 0) {
      if (!qshiftl(r, a, shift)) return bothNan(q, r)
      r.exp = ideal
    } else qcopy(r, a)
    return setTriple(q, sign, 0n, 0)
  }
  if (difference > ctx.prec) {
    signals.bits |= MPD_Division_impossible
    return bothNan(q, r)
  }
  const shift = a.exp - b.exp
  const xWords = shift > 0 ? wordsOf(a.digits + shift) : lengthOf(a)
  const yWords = shift < 0 ? wordsOf(b.digits - shift) : lengthOf(b)
  const block = scratch(shift > 0 ? xWords : shift < 0 ? yWords : 1)
  if (block < 0) {
    signals.bits |= MPD_Malloc_error
    return bothNan(q, r)
  }
  const x = shift > 0 ? a.coef * pow10(shift) : a.coef
  const y = shift < 0 ? b.coef * pow10(-shift) : b.coef
  const quotient = x / y
  const rest = x - quotient * y
  const done = resize(q, xWords - yWords + 1) && resize(r, yWords)
  if (done) {
    q.kind = FINITE
    q.sign = sign
    q.exp = 0
    q.coef = quotient
    q.digits = digitCount(quotient)
    resize(q, lengthOf(q))
  }
  if (!done || q.digits > ctx.prec) {
    if (done) signals.bits |= MPD_Division_impossible
    bothNan(q, r)
  } else {
    r.kind = FINITE
    r.sign = signA
    r.exp = ideal
    r.coef = rest
    r.digits = digitCount(rest)
    resize(r, lengthOf(r))
  }
  if (block !== 0) PyMem_Free(block)
}

function bothNan(q: Mpd, r: Mpd): void {
  setSpecial(q, 0, NAN)
  setSpecial(r, 0, NAN)
}

// Mirrors mpd_qdivmod.
export function qdivmod(q: Mpd, r: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  const sign = a.sign ^ b.sign
  if (a.kind !== FINITE || b.kind !== FINITE) {
    if (checkNans(q, a, b, ctx)) return void qcopy(r, q)
    if (a.kind === INF) {
      if (b.kind === INF) setSpecial(q, 0, NAN)
      else setSpecial(q, sign, INF)
      setSpecial(r, 0, NAN)
      signals.bits |= MPD_Invalid_operation
      return
    }
    qcopy(r, a)
    finalize(r, ctx)
    return setTriple(q, sign, 0n, 0)
  }
  if (b.coef === 0n) {
    if (a.coef === 0n) {
      bothNan(q, r)
      signals.bits |= MPD_Division_undefined
    } else {
      setSpecial(q, sign, INF)
      setSpecial(r, 0, NAN)
      signals.bits |= MPD_Division_by_zero | MPD_Invalid_operation
    }
    return
  }
  divideInteger(q, r, a, b, ctx)
  finalize(q, ctx)
  finalize(r, ctx)
}

// Mirrors mpd_qdivint.
export function qdivint(q: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  const sign = a.sign ^ b.sign
  if (a.kind !== FINITE || b.kind !== FINITE) {
    if (checkNans(q, a, b, ctx)) return
    if (a.kind === INF && b.kind === INF) setError(q, MPD_Invalid_operation)
    else if (a.kind === INF) setSpecial(q, sign, INF)
    else setTriple(q, sign, 0n, 0)
    return
  }
  if (b.coef === 0n) {
    if (a.coef === 0n) return setError(q, MPD_Division_undefined)
    setSpecial(q, sign, INF)
    signals.bits |= MPD_Division_by_zero
    return
  }
  const r = temporary()
  divideInteger(q, r, a, b, ctx)
  del(r)
  finalize(q, ctx)
}

/** What a remainder is for specials and zero divisors; true if that was the case. */
function specialRemainder(r: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): boolean {
  if (a.kind !== FINITE || b.kind !== FINITE) {
    if (checkNans(r, a, b, ctx)) return true
    if (a.kind === INF) setError(r, MPD_Invalid_operation)
    else {
      qcopy(r, a)
      finalize(r, ctx)
    }
    return true
  }
  if (b.coef !== 0n) return false
  setError(r, a.coef === 0n ? MPD_Division_undefined : MPD_Invalid_operation)
  return true
}

// Mirrors mpd_qrem.
export function qrem(r: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  if (specialRemainder(r, a, b, ctx)) return
  const q = temporary()
  divideInteger(q, r, a, b, ctx)
  del(q)
  finalize(r, ctx)
}

// Mirrors mpd_qrem_near.
export function qremNear(r: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  if (specialRemainder(r, a, b, ctx)) return
  const q = temporary()
  divideInteger(q, r, a, b, ctx)
  if (!isNan(q) && !isNan(r) && r.coef !== 0n && Math.abs(adjexp(b) - adjexp(r)) <= 1) takeNearer(r, q, a, b, ctx)
  del(q)
  finalize(r, ctx)
}

/** Replaces the remainder by the one on the other side, if that is nearer or the quotient then even. */
function takeNearer(r: Mpd, q: Mpd, a: Mpd, b: Mpd, ctx: MpdContext): void {
  const nines = q.coef === pow10(q.digits) - 1n && q.digits === ctx.prec
  const odd = isOdd(q)
  addFinite(q, r, b, a.sign === b.sign ? 1 - b.sign : b.sign, MAX_CONTEXT)
  const order = cmpAbs(q, r)
  if (order < 0 || order === 0 && odd) {
    if (nines) setError(r, MPD_Division_impossible)
    else qcopy(r, q)
  }
}

// ---- square root -----------------------------------------------------------------------------------------------------------

// Mirrors _mpd_qsqrt.
function root(result: Mpd, a: Mpd, ctx: MpdContext): void {
  if (a.kind !== FINITE) {
    if (checkNan(result, a, ctx)) return
    if (a.sign !== 0) setError(result, MPD_Invalid_operation)
    else setSpecial(result, 0, INF)
    return
  }
  const odd = a.exp % 2 !== 0
  let exp = Math.floor(a.exp / 2)
  if (a.coef === 0n) {
    setTriple(result, a.sign, 0n, exp)
    return finalize(result, ctx)
  }
  if (a.sign !== 0) return setError(result, MPD_Invalid_operation)
  const prec = ctx.prec + 1
  const c = odd ? a.coef * 10n : a.coef
  const half = odd ? Math.floor(a.digits / 2) + 1 : (a.digits + 1) >> 1
  const shift = prec - half
  const words = wordsOf(prec + 1)
  const block = scratch(wordsOf((odd ? a.digits + 1 : a.digits) + Math.max(0, 2 * shift)))
  if (block < 0 || !resize(result, words)) return setError(result, MPD_Malloc_error), finalize(result, ctx)
  const unit = shift < 0 ? pow10(-2 * shift) : 1n
  const radicand = shift >= 0 ? c * pow10(2 * shift) : c / unit
  const value = isqrt(radicand)
  const exact = value * value === radicand && (shift >= 0 || radicand * unit === c)
  result.kind = FINITE
  result.sign = 0
  exp -= shift
  if (exact) {
    result.coef = shift >= 0 ? value / pow10(shift) : value * pow10(-shift)
    exp += shift
  } else result.coef = value % 5n === 0n ? value + 1n : value
  result.digits = digitCount(result.coef)
  resize(result, lengthOf(result))
  result.exp = exp
  if (block !== 0) PyMem_Free(block)
  const work = workContext(ctx)
  work.round = ROUND_HALF_EVEN
  finalize(result, work)
}

// Mirrors mpd_qsqrt.
export function qsqrt(result: Mpd, a: Mpd, ctx: MpdContext): void {
  retry(result, a.digits, ctx, work => root(result, a, work))
}

