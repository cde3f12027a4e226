// Numbers from and to text. libmpdec, io.c.
import {
  EXP_INF, FINITE, INF, MPD_Conversion_syntax, NAN, SNAN, resize, setError, setSpecial, wordsOf, type Mpd, type MpdContext,
} from './mpd'
import { finalize } from './rounding'

const NUMBER = /^(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/
const SPECIAL = /^(?:(s?)nan(\d*)|inf(?:inity)?)$/i
const EXP_MIN = -9223372036854775807

// Mirrors mpd_qset_string.
/** The number that an ASCII text denotes, fitted into the context; NaN with Conversion_syntax if it denotes none. */
export function setString(m: Mpd, text: string, ctx: MpdContext): void {
  m.sign = 0
  m.kind = FINITE
  m.digits = m.exp = 0
  m.coef = 0n
  const sign = text[0] === '-' ? 1 : 0
  const rest = sign !== 0 || text[0] === '+' ? text.slice(1) : text
  const match = NUMBER.exec(rest)
  if (match === null) return setSpecialText(m, rest, sign, ctx)
  const fraction = match[2] ?? match[3] ?? ''
  const digits = ((match[1] ?? '') + fraction).replace(/^0+(?=\d)/, '')
  const given = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, Number(match[4] ?? 0)))
  if (!resize(m, wordsOf(digits.length))) return
  m.sign = sign
  m.exp = Math.max(EXP_MIN, Math.min(EXP_INF, given - fraction.length)) + 0
  m.coef = BigInt(digits)
  m.digits = m.coef === 0n ? 1 : digits.length
  finalize(m, ctx)
}

function setSpecialText(m: Mpd, text: string, sign: number, ctx: MpdContext): void {
  const match = SPECIAL.exec(text)
  if (match === null) return setError(m, MPD_Conversion_syntax)
  if (match[1] === undefined) return setSpecial(m, sign, INF)
  const payload = match[2]!.replace(/^0+/, '')
  if (payload.length > ctx.prec - ctx.clamp) return setError(m, MPD_Conversion_syntax)
  setSpecial(m, sign, match[1] === '' ? NAN : SNAN)
  if (payload === '' || !resize(m, wordsOf(payload.length))) return
  m.coef = BigInt(payload)
  m.digits = payload.length
  finalize(m, ctx)
}

// ---- to text ---------------------------------------------------------------------------------------------------------------

export const FMT_LOWER = 0
export const FMT_UPPER = 1
export const FMT_TOSCI = 2
export const FMT_TOENG = 4
export const FMT_EXP = 8
export const FMT_FIXED = 16
export const FMT_PERCENT = 32
export const FMT_SIGN_SPACE = 64
export const FMT_SIGN_PLUS = 128

/** Bytes that _mpd_to_string asks for beyond the digits: exponent, signs and the like. */
const EXTRA_BYTES = 19 + 1 + 6

const modulo = (a: number, n: number): number => (a % n + n) % n

// Mirrors _mpd_to_string.
/** Text of a number, and the bytes of the buffer CPython writes it into. `place`: digits before the point in exponent notation. */
export function toText(m: Mpd, flags: number, place = 1): { text: string, bytes: number } {
  const sign = m.sign !== 0 ? '-' : (flags & FMT_SIGN_SPACE) !== 0 ? ' ' : (flags & FMT_SIGN_PLUS) !== 0 ? '+' : ''
  const percent = (flags & FMT_PERCENT) !== 0 ? '%' : ''
  if (m.kind !== FINITE) {
    const payload = m.digits > 0 ? m.coef.toString() : ''
    const name = m.kind === INF ? 'Infinity' : m.kind === NAN ? 'NaN' : 'sNaN'
    return { text: sign + name + payload + percent, bytes: '-Infinity%'.length + 1 + payload.length }
  }
  const left = m.digits + m.exp
  let dot = place
  if ((flags & FMT_EXP) === 0) {
    if ((flags & FMT_FIXED) !== 0 || m.exp <= 0 && left > -6) dot = left
    else if ((flags & FMT_TOENG) !== 0) dot = m.coef === 0n ? modulo(m.exp + 2, 3) - 1 : dot + modulo(left - 1, 3)
  }
  const digits = m.coef.toString()
  let text: string
  let bytes: number
  if (dot <= 0) {
    text = `0.${'0'.repeat(-dot)}${digits}`
    bytes = -dot + m.digits + 2
  } else if (dot >= m.digits) {
    text = digits + '0'.repeat(dot - m.digits)
    bytes = dot
  } else {
    text = `${digits.slice(0, dot)}.${digits.slice(dot)}`
    bytes = m.digits
  }
  if (left !== dot || (flags & FMT_EXP) !== 0) {
    const exp = left - dot
    text += `${(flags & FMT_UPPER) !== 0 ? 'E' : 'e'}${exp < 0 ? '-' : '+'}${BigInt(Math.abs(exp))}`
  }
  return { text: sign + text + percent, bytes: bytes + EXTRA_BYTES }
}

