// `format(decimal, spec)`: parsing the spec and writing the number. libmpdec, io.c.
//
// The buffers of the C code are simulated (`buffer` is the block of the text made so far); texts are JavaScript strings, whose
// characters CPython counts as here and whose bytes are those of UTF-8.
import { TAG_NONE } from '../../../memory/events'
import { PyMem_Free, PyMem_Malloc, PyMem_Realloc } from '../../objects/objimpl'
import { utf8Length } from '../../objects/unicode-utf8'
import { FINITE, MPD_Errors, MPD_Invalid_operation, MPD_Malloc_error, del, isZero, qcopy, setError, signals, temporary, type Mpd, type MpdContext } from './mpd'
import { qrescale, roundDigits } from './rounding'
import { FMT_EXP, FMT_FIXED, FMT_PERCENT, FMT_SIGN_PLUS, FMT_SIGN_SPACE, FMT_TOSCI, FMT_UPPER, toText } from './text'

export interface FormatSpec {
  minWidth: number
  /** -1: none given. */
  prec: number
  type: string
  /** < > = ^, or z for zero padding. */
  align: string
  sign: string
  fill: string
  dot: string
  sep: string
  /** Sizes of digit groups; the last repeats. */
  grouping: number[]
}

const SSIZE_MAX = 9223372036854775807n
/** Longest width, precision and text; see MPD_MAX_PREC. */
const MAX_LENGTH = 1e18
/** V8 has no longer strings. */
const MAX_TEXT = 500_000_000

const SPEC = /^(?:([^])?([<>=^]))?([+\- ])?(0)?(\d+)?(,)?(?:\.(\d+))?([EeFfGg%Nn])?$/u

/** Width or precision; -1 if it does not fit 64 bits. */
const count = (digits: string): number => BigInt(digits) > SSIZE_MAX ? -1 : Number(digits)

// Mirrors mpd_parse_fmt_str.
/** The spec a text means; null if it is invalid. */
export function parseFormat(text: string, capitals: boolean): FormatSpec | null {
  const match = SPEC.exec(text)
  if (match === null) return null
  const [, fill, align, sign, zero, width, comma, prec, type] = match
  if (zero !== undefined && align !== undefined || width !== undefined && width[0] === '0') return null
  const minWidth = width === undefined ? 0 : count(width)
  const precision = prec === undefined ? 0 : count(prec)
  if (minWidth < 0 || precision < 0) return null
  const locale = type === 'n' || type === 'N'
  if (locale && comma !== undefined) return null
  return {
    minWidth, prec: prec === undefined ? -1 : precision, sign: sign ?? '-',
    type: type === undefined ? (capitals ? 'G' : 'g') : type === 'n' ? 'g' : type === 'N' ? 'G' : type,
    align: zero !== undefined ? 'z' : align ?? '>', fill: zero ?? fill ?? ' ',
    dot: comma !== undefined || locale ? '.' : '', sep: comma !== undefined ? ',' : '', grouping: comma !== undefined ? [3, 3] : [],
  }
}

// Mirrors _mpd_add_sep_dot.
/** The integer part with separators, and with zeros in front up to the width if asked for. */
function group(integer: string, spec: FormatSpec, others: number): string {
  const parts: string[] = []
  let rest = integer
  let length = others
  let padding = false
  let zeros = 0
  let index = 0
  let take = spec.grouping[0] ?? 0
  for (;;) {
    const left = padding ? zeros : rest.length
    const size = spec.grouping[index] ?? 0
    if (size === 0 || size === 127 || take > left) take = left
    if (padding) {
      parts.unshift('0'.repeat(take))
      zeros -= take
    } else {
      parts.unshift(take === 0 ? '' : rest.slice(-take))
      rest = take === 0 ? rest : rest.slice(0, -take)
    }
    length += take
    if ((padding ? zeros : rest.length) === 0) {
      if (spec.align !== 'z' || length >= spec.minWidth) return parts.join('')
      zeros = spec.minWidth - length
      take = size - take
      padding = true
      continue
    }
    if (spec.sep !== '') {
      if (padding && zeros > 1) zeros -= 1
      parts.unshift(spec.sep)
      length += 1
    }
    if (index + 1 < spec.grouping.length) index++
    take = spec.grouping[index] ?? 0
  }
}

const NUMBER = /^([+\- ]?)(\d+)(\.?)([^]*)$/

// Mirrors _mpd_apply_lconv.
function localize(text: string, spec: FormatSpec): string {
  const [, sign, integer, dot, rest] = NUMBER.exec(text)!
  if (dot === '' && (spec.sep === '' || spec.grouping.length === 0)) return text
  const tail = (dot === '' ? '' : spec.dot) + rest!
  return sign! + group(integer!, spec, [...tail].length + sign!.length) + tail
}

// Mirrors _mpd_add_pad.
function pad(text: string, spec: FormatSpec): string {
  const missing = spec.minWidth - [...text].length
  if (missing <= 0) return text
  if (spec.align === '<') return text + spec.fill.repeat(missing)
  if (spec.align === '^') {
    const left = Math.floor(missing / 2)
    return spec.fill.repeat(left) + text + spec.fill.repeat(missing - left)
  }
  const signed = (spec.align === '=' || spec.align === 'z') && /^[-+ ]/.test(text) ? 1 : 0
  return text.slice(0, signed) + spec.fill.repeat(missing) + text.slice(signed)
}

/** The number that the digits of a spec leave of m, in `tmp` if it changed; flags for toText. */
function scale(m: Mpd, tmp: Mpd, spec: FormatSpec, type: string, ctx: MpdContext): { value: Mpd, flags: number, place: number } | null {
  let value = m
  let flags = type === 'g' ? FMT_TOSCI : type === 'e' ? FMT_EXP : FMT_FIXED
  let place = 1
  if (type === '%') {
    flags |= FMT_PERCENT
    if (!qcopy(tmp, m)) return null
    tmp.exp += 2
    value = tmp
  }
  if (spec.prec > MAX_LENGTH) return setError(tmp, MPD_Invalid_operation), null
  if (spec.prec >= 0) {
    if (type === 'g') {
      const prec = spec.prec === 0 ? 1 : spec.prec
      if (value.digits > prec) roundDigits(tmp, value, prec, ctx), value = tmp
    } else if (type === 'e') {
      if (isZero(value)) place = 1 - spec.prec
      else roundDigits(tmp, value, spec.prec + 1, ctx), value = tmp
    } else qrescale(tmp, value, -spec.prec, ctx), value = tmp
  }
  if ((flags & FMT_FIXED) !== 0 && isZero(value) && value.exp > 0) qrescale(tmp, value, 0, ctx), value = tmp
  return { value, flags, place }
}

// Mirrors mpd_qformat_spec.
/** Text of a number by a spec and the block of its buffer (to be freed); null with a condition in `signals`. */
export function formatNumber(m: Mpd, given: FormatSpec, ctx: MpdContext): { text: string, buffer: number } | null {
  if (given.minWidth > MAX_LENGTH) return signals.bits |= MPD_Invalid_operation, null
  let spec = given
  const type = spec.type.toLowerCase()
  let flags = (type !== spec.type ? FMT_UPPER : 0) | (spec.sign === ' ' ? FMT_SIGN_SPACE : spec.sign === '+' ? FMT_SIGN_PLUS : 0)
  let value = m
  let place = 1
  const tmp = temporary()
  if (m.kind !== FINITE) {
    if (spec.align === 'z') spec = { ...spec, fill: ' ', align: '>' }
    if (type === '%') flags |= FMT_PERCENT
  } else {
    const before = signals.bits
    signals.bits = 0
    const scaled = scale(m, tmp, spec, type, ctx)
    signals.bits = before | (signals.bits & MPD_Errors)
    if (scaled === null || (signals.bits & MPD_Errors) !== 0) return del(tmp), null
    value = scaled.value
    flags |= scaled.flags
    place = scaled.place
  }
  const written = write(value, spec, flags, place)
  del(tmp)
  return written
}

function write(m: Mpd, spec: FormatSpec, flags: number, place: number): { text: string, buffer: number } | null {
  const span = (flags & FMT_FIXED) !== 0 ? Math.abs(m.exp) + m.digits : m.digits + Math.abs(place)
  if (m.kind === FINITE && span > MAX_TEXT || spec.minWidth > MAX_TEXT) return signals.bits |= MPD_Malloc_error, null
  const made = toText(m, flags, place)
  let { text } = made
  let buffer = PyMem_Malloc(made.bytes, TAG_NONE)
  if (buffer === 0) return signals.bits |= MPD_Malloc_error, null
  if (spec.dot !== '' && m.kind === FINITE) {
    const localized = localize(text, spec)
    if (localized !== text || /\./.test(text) || spec.sep !== '' && spec.grouping.length > 0) {
      const old = buffer
      buffer = PyMem_Malloc(utf8Length(localized) + 1, TAG_NONE)
      PyMem_Free(old)
      if (buffer === 0) return signals.bits |= MPD_Malloc_error, null
    }
    text = localized
  }
  if (spec.minWidth > 0 && [...text].length < spec.minWidth) {
    text = pad(text, spec)
    buffer = PyMem_Realloc(buffer, utf8Length(text) + 1, TAG_NONE)
    if (buffer === 0) return signals.bits |= MPD_Malloc_error, null
  }
  return { text, buffer }
}
