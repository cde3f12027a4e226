// Dates and times from ISO 8601 texts. The texts are bytes of UTF-8 as a string of characters up to 255, read as C reads them:
// behind the end stands a zero.
import { isoToYmd } from './calendar'

/** What has been read. */
export class IsoFields {
  year = 0
  month = 0
  day = 0
  hour = 0
  minute = 0
  second = 0
  microsecond = 0
  offsetSeconds = 0
  offsetMicroseconds = 0
}

const at = (text: string, i: number): number => i < text.length ? text.charCodeAt(i) : 0

const DASH = 45
const DOT = 46
const COMMA = 44
const COLON = 58
const PLUS = 43
const LETTER_W = 87
const LETTER_Z = 90
const LETTER_T = 84

export const isDigit = (c: number): boolean => c >= 48 && c <= 57

/** The number of `count` digits, -1 if there are not so many. */
function digits(text: string, from: number, count: number): number {
  let n = 0
  for (let i = from; i < from + count; i++) {
    const c = at(text, i)
    if (!isDigit(c)) return -1
    n = n * 10 + c - 48
  }
  return n
}

/** A date that takes the first `length` bytes; false if it is none. Mirrors parse_isoformat_date. */
export function parseIsoDate(text: string, length: number, out: IsoFields): boolean {
  let p = 4
  const year = digits(text, 0, 4)
  if (year < 0) return false
  const separated = at(text, p) === DASH
  if (separated) p++
  if (at(text, p) === LETTER_W) {
    const week = digits(text, p + 1, 2)
    if (week < 0) return false
    p += 3
    let day = 1
    if (length < 0 || p < length) {
      if (separated && at(text, p++) !== DASH) return false
      day = digits(text, p, 1)
      if (day < 0) return false
    }
    const date = isoToYmd(year, week, day)
    if (typeof date === 'string') return false
    out.year = date.year
    out.month = date.month
    out.day = date.day
    return true
  }
  const month = digits(text, p, 2)
  p += 2
  if (month < 0 || (separated && at(text, p++) !== DASH)) return false
  const day = digits(text, p, 2)
  if (day < 0) return false
  out.year = year
  out.month = month
  out.day = day
  return true
}

interface Clock { hour: number, minute: number, second: number, microsecond: number }

/** 0: read to the end; 1: something follows; -1: no time. Mirrors parse_hh_mm_ss_ff. */
function parseClock(text: string, from: number, end: number, out: Clock): -1 | 0 | 1 {
  out.hour = out.minute = out.second = out.microsecond = 0
  let p = from
  let separated = true
  for (let i = 0; i < 3; i++) {
    const n = digits(text, p, 2)
    if (n < 0) return -1
    if (i === 0) out.hour = n
    else if (i === 1) out.minute = n
    else out.second = n
    const c = at(text, p + 2)
    p += 3
    if (i === 0) separated = c === COLON
    if (p >= end) return c !== 0 ? 1 : 0
    if (separated && c === COLON) continue
    if (c === DOT || c === COMMA) break
    if (separated) return -1
    p--
  }
  const count = Math.min(end - p, 6)
  const fraction = digits(text, p, count)
  if (fraction < 0) return -1
  out.microsecond = fraction * 10 ** (6 - count)
  p += count
  while (isDigit(at(text, p))) p++
  return at(text, p) !== 0 ? 1 : 0
}

/** 'naive' or 'aware' (an offset was given), null if it is no time. Mirrors parse_isoformat_time. */
export function parseIsoTime(text: string, start: number, length: number, out: IsoFields): 'naive' | 'aware' | null {
  const end = start + length
  let zone = start
  do {
    const c = at(text, zone)
    if (c === LETTER_Z || c === PLUS || c === DASH) break
  } while (++zone < end)
  const rest = parseClock(text, start, zone, out)
  if (rest < 0) return null
  if (zone === end) return rest === 1 ? null : 'naive'
  if (at(text, zone) === LETTER_Z) {
    out.offsetSeconds = out.offsetMicroseconds = 0
    return at(text, zone + 1) !== 0 ? null : 'aware'
  }
  const sign = at(text, zone) === DASH ? -1 : 1
  const offset: Clock = { hour: 0, minute: 0, second: 0, microsecond: 0 }
  if (parseClock(text, zone + 1, end, offset) !== 0) return null
  out.offsetSeconds = sign * (offset.hour * 3600 + offset.minute * 60 + offset.second)
  out.offsetMicroseconds = sign * offset.microsecond
  return 'aware'
}

export const startsWithT = (text: string): boolean => at(text, 0) === LETTER_T

/** Where the date ends and the separator stands; -1 if that cannot be. Mirrors _find_isoformat_datetime_separator. */
export function findSeparator(text: string): number {
  const { length } = text
  if (length === 7) return 7
  if (at(text, 4) === DASH) {
    if (at(text, 5) !== LETTER_W) return 10
    if (length < 8) return -1
    if (length > 8 && at(text, 8) === DASH) {
      if (length === 9) return -1
      return length > 10 && isDigit(at(text, 10)) ? 8 : 10
    }
    return 8
  }
  if (at(text, 4) !== LETTER_W) return 8
  let i = 7
  while (i < length && isDigit(at(text, i))) i++
  if (i < 9) return i
  return i % 2 === 0 ? 7 : 8
}
