// The number and its context: libmpdec's mpd_t and mpd_context_t.
//
// A finite number is (-1)^sign * coef * 10^exp. `digits` are the decimal digits of coef (1 for zero). NaNs keep a
// payload in coef with digits > 0, or none with digits 0. CPython holds the coefficient in words of 19 digits: four
// inside the Decimal object, more in a block of their own. Here it is a bigint, and only the block is simulated: every
// operation asks for the words at the points where libmpdec does (`resize`), so that sizes and order come out alike.
//
// Numbers are changed in place, as in C; a result may be one of the operands. Conditions an operation meets are added to
// `signals.bits` (the C functions' `status` argument).
//
// DIFFERS: exponents are doubles, exact up to 2^53; CPython has 64-bit integers and limits near 10^18.
import { TAG_NONE } from '../../../memory/events'
import { PyErr_Clear } from '../../objects/errors'
import { PyMem_Free, PyMem_Malloc, PyMem_Realloc } from '../../objects/objimpl'
import { digitCount, pow10 } from './digits'

// ---- conditions and rounding modes, mpdecimal.h --------------------------------------------------------------------

export const MPD_Clamped = 0x1
export const MPD_Conversion_syntax = 0x2
export const MPD_Division_by_zero = 0x4
export const MPD_Division_impossible = 0x8
export const MPD_Division_undefined = 0x10
export const MPD_Fpu_error = 0x20
export const MPD_Inexact = 0x40
export const MPD_Invalid_context = 0x80
export const MPD_Invalid_operation = 0x100
export const MPD_Malloc_error = 0x200
export const MPD_Float_operation = 0x400
export const MPD_Overflow = 0x800
export const MPD_Rounded = 0x1000
export const MPD_Subnormal = 0x2000
export const MPD_Underflow = 0x4000

export const MPD_IEEE_Invalid_operation = MPD_Conversion_syntax | MPD_Division_impossible | MPD_Division_undefined | MPD_Fpu_error
  | MPD_Invalid_context | MPD_Invalid_operation | MPD_Malloc_error
/** Conditions whose result is NaN. */
export const MPD_Errors = MPD_IEEE_Invalid_operation | MPD_Division_by_zero

export const ROUND_UP = 0
export const ROUND_DOWN = 1
export const ROUND_CEILING = 2
export const ROUND_FLOOR = 3
export const ROUND_HALF_UP = 4
export const ROUND_HALF_DOWN = 5
export const ROUND_HALF_EVEN = 6
export const ROUND_05UP = 7
export const ROUND_TRUNC = 8
export const ROUNDING_NAMES = [
  'ROUND_UP', 'ROUND_DOWN', 'ROUND_CEILING', 'ROUND_FLOOR', 'ROUND_HALF_UP', 'ROUND_HALF_DOWN', 'ROUND_HALF_EVEN', 'ROUND_05UP',
]

export const MAX_PREC = 999999999999999999n
export const MAX_EMAX = 999999999999999999n
export const MIN_EMIN = -999999999999999999n
export const MIN_ETINY = MIN_EMIN - (MAX_PREC - 1n)
/** Stands for an exponent that overflows in every context. */
export const EXP_INF = 2000000000000000001
/** And the least one. */
export const EXP_CLAMP = -4000000000000000001

/** Digits in a word of the coefficient. */
export const RDIGITS = 19
/** Words inside a Decimal object. */
export const MINALLOC = 4
/** Words of libmpdec's temporaries on the C stack. */
export const MINALLOC_MAX = 64
const WORD_BYTES = 8
/** Bytes of a struct mpd_t. */
const MPD_BYTES = 48
/** V8's bigints end at 2^30 bits; a coefficient that needs more is out of memory. */
const MAX_DIGITS = 300_000_000

/** What the running operation has met. */
export const signals = { bits: 0 }

// ---- context ---------------------------------------------------------------------------------------------------------

export class MpdContext {
  prec = 28
  emax = 999999
  emin = -999999
  /** The same exactly, where a double cannot say it (the limits near 10^18). */
  exactPrec: number | bigint = 28
  exactEmax: number | bigint = 999999
  exactEmin: number | bigint = -999999
  traps = MPD_IEEE_Invalid_operation | MPD_Division_by_zero | MPD_Overflow
  status = 0
  round = ROUND_HALF_EVEN
  clamp = 0
}

export function assignContext(to: MpdContext, from: MpdContext): MpdContext {
  to.prec = from.prec
  to.emax = from.emax
  to.emin = from.emin
  to.exactPrec = from.exactPrec
  to.exactEmax = from.exactEmax
  to.exactEmin = from.exactEmin
  to.traps = from.traps
  to.status = from.status
  to.round = from.round
  to.clamp = from.clamp
  return to
}

/** A context to compute with: a copy that may be changed. */
export const workContext = (ctx: MpdContext): MpdContext => assignContext(new MpdContext(), ctx)

// Mirrors mpd_maxcontext.
/** NEW context without limits. */
export function maxContext(): MpdContext {
  const ctx = new MpdContext()
  ctx.prec = Number(MAX_PREC)
  ctx.emax = Number(MAX_EMAX)
  ctx.emin = Number(MIN_EMIN)
  return ctx
}

/** The same, not to be changed: what exact operations run in. */
export const MAX_CONTEXT = maxContext()

export const etiny = (ctx: MpdContext): number => ctx.emin - (ctx.prec - 1)
export const etop = (ctx: MpdContext): number => ctx.emax - (ctx.prec - 1)

// ---- numbers ---------------------------------------------------------------------------------------------------------

export const FINITE = 0
export const INF = 2
export const NAN = 4
export const SNAN = 8

export class Mpd {
  sign = 0
  kind = FINITE
  exp = 0
  digits = 0
  coef = 0n
  /** Words there is room for; in a block of its own if `block` is not 0. */
  alloc: number
  block = 0
  /** Block of the struct itself, when it was made by `newMpd`. */
  struct = 0
  /** The hash of the Decimal object, once asked for. */
  hashed = false
  hashLo = 0
  hashHi = 0

  /** A number inside an object (MINALLOC words) or on the C stack (MINALLOC_MAX). */
  constructor(alloc: number) {
    this.alloc = alloc
  }
}

export const temporary = (): Mpd => new Mpd(MINALLOC_MAX)

/** Mirrors mpd_qnew: a number in blocks of its own, given back by `del`. */
export function newMpd(words = MINALLOC): Mpd {
  const m = new Mpd(Math.max(words, MINALLOC))
  m.struct = PyMem_Malloc(MPD_BYTES, TAG_NONE)
  m.block = PyMem_Malloc(m.alloc * WORD_BYTES, TAG_NONE)
  return m
}

export function del(m: Mpd): void {
  if (m.block !== 0) PyMem_Free(m.block)
  if (m.struct !== 0) PyMem_Free(m.struct)
  m.block = m.struct = 0
}

export const isNan = (m: Mpd): boolean => m.kind >= NAN
/** Also false for a zero payload of a NaN. */
export const isZero = (m: Mpd): boolean => m.kind === FINITE && m.coef === 0n
export const adjexp = (m: Mpd): number => m.exp + m.digits - 1
export const arithSign = (m: Mpd): number => m.sign === 0 ? 1 : -1
export const wordsOf = (digits: number): number => digits <= RDIGITS ? (digits === 0 ? 0 : 1) : Math.ceil(digits / RDIGITS)
/** Words in use. */
export const lengthOf = (m: Mpd): number => wordsOf(m.digits)

function outOfMemory(m: Mpd): false {
  PyErr_Clear()
  m.kind = NAN
  m.sign = m.exp = m.digits = 0
  m.coef = 0n
  signals.bits |= MPD_Malloc_error
  return false
}

// Mirrors mpd_qresize.
/** Makes room for so many words. False: the number is NaN, Malloc_error. */
export function resize(m: Mpd, words: number): boolean {
  if (words <= MINALLOC) words = MINALLOC
  if (words === m.alloc) return true
  if (m.block === 0) {
    if (words < m.alloc) return true
    const block = words * RDIGITS > MAX_DIGITS ? 0 : PyMem_Malloc(words * WORD_BYTES, TAG_NONE)
    if (block === 0) return outOfMemory(m)
    m.block = block
  } else {
    const block = words * RDIGITS > MAX_DIGITS ? 0 : PyMem_Realloc(m.block, words * WORD_BYTES, TAG_NONE)
    if (block === 0) return words < m.alloc || outOfMemory(m)
    m.block = block
  }
  m.alloc = words
  return true
}

/** The data of a number in a fresh block instead of its old one, as large products are made. */
export function replaceBlock(m: Mpd, words: number): boolean {
  const block = words * RDIGITS > MAX_DIGITS ? 0 : PyMem_Malloc(words * WORD_BYTES, TAG_NONE)
  if (block === 0) return outOfMemory(m)
  if (m.block !== 0) PyMem_Free(m.block)
  m.block = block
  m.alloc = words
  return true
}

/** Block for the words of a temporary that do not fit on the C stack; 0 if they do, -1 without memory. Give back with `PyMem_Free`. */
export function scratch(words: number): number {
  if (words <= MINALLOC_MAX) return 0
  const block = words * RDIGITS > MAX_DIGITS ? 0 : PyMem_Malloc(words * WORD_BYTES, TAG_NONE)
  if (block !== 0) return block
  PyErr_Clear()
  return -1
}

// Mirrors mpd_minalloc.
function minalloc(m: Mpd): void {
  if (m.block !== 0 && m.alloc > MINALLOC) resize(m, MINALLOC)
}

// Mirrors mpd_setspecial.
export function setSpecial(m: Mpd, sign: number, kind: number): void {
  minalloc(m)
  m.sign = sign
  m.kind = kind
  m.exp = m.digits = 0
  m.coef = 0n
}

// Mirrors mpd_seterror.
export function setError(m: Mpd, flags: number): void {
  setSpecial(m, 0, NAN)
  signals.bits |= flags
}

// Mirrors _settriple.
export function setTriple(m: Mpd, sign: number, coef: bigint, exp: number): void {
  minalloc(m)
  m.sign = sign
  m.kind = FINITE
  m.coef = coef
  m.exp = exp
  m.digits = digitCount(coef)
}

// Mirrors mpd_zerocoeff.
export function zeroCoef(m: Mpd): void {
  minalloc(m)
  m.coef = 0n
  m.digits = 1
}

// Mirrors mpd_qmaxcoeff.
/** All nines in the context's precision. */
export function maxCoef(m: Mpd, ctx: MpdContext): void {
  if (!resize(m, wordsOf(ctx.prec))) return
  m.digits = ctx.prec
  m.coef = pow10(ctx.prec) - 1n
}

// Mirrors mpd_qcopy.
export function qcopy(to: Mpd, from: Mpd): boolean {
  if (to === from) return true
  if (!resize(to, lengthOf(from))) return false
  to.sign = from.sign
  to.kind = from.kind
  to.exp = from.exp
  to.digits = from.digits
  to.coef = from.coef
  return true
}

// Mirrors mpd_qncopy.
export function newCopy(from: Mpd): Mpd {
  const m = newMpd(lengthOf(from))
  m.sign = from.sign
  m.kind = from.kind
  m.exp = from.exp
  m.digits = from.digits
  m.coef = from.coef
  return m
}

/** A constant; never a result. */
export function constant(coef: bigint, exp = 0, sign = 0): Mpd {
  const m = new Mpd(MINALLOC)
  setTriple(m, sign, coef, exp)
  return m
}

export const ONE = constant(1n)
export const TWO = constant(2n)
