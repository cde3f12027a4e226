// The proleptic Gregorian calendar: dates as year, month, day and as ordinals (1 January of year 1 is day 1).

export const MINYEAR = 1
export const MAXYEAR = 9999
/** Ordinal of 31 December 9999. */
export const MAXORDINAL = 3652059

export const DAY_SECONDS = 86400

const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const

/** Days in 4, 100 and 400 years. */
const DI4Y = 1461
const DI100Y = 36524
const DI400Y = 146097

export const floorDiv = (x: number, y: number): number => Math.floor(x / y)
export const floorMod = (x: number, y: number): number => x - Math.floor(x / y) * y

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : DAYS_IN_MONTH[month]!
}

/** Days of the year before a month. */
export function daysBeforeMonth(year: number, month: number): number {
  return DAYS_BEFORE_MONTH[month]! + (month > 2 && isLeap(year) ? 1 : 0)
}

/** Days before 1 January of a year. */
function daysBeforeYear(year: number): number {
  const y = year - 1
  return y * 365 + floorDiv(y, 4) - floorDiv(y, 100) + floorDiv(y, 400)
}

export function ymdToOrdinal(year: number, month: number, day: number): number {
  return daysBeforeYear(year) + daysBeforeMonth(year, month) + day
}

export interface Ymd { year: number, month: number, day: number }

/** Any ordinal, also of years before 1 and after 9999 (for timestamps). Mirrors ord_to_ymd. */
export function ordinalToYmd(ordinal: number): Ymd {
  const start = ordinal - 1
  const n400 = floorDiv(start, DI400Y)
  let n = start - n400 * DI400Y
  const n100 = floorDiv(n, DI100Y)
  n %= DI100Y
  const n4 = floorDiv(n, DI4Y)
  n %= DI4Y
  const n1 = floorDiv(n, 365)
  n %= 365
  const year = n400 * 400 + 1 + n100 * 100 + n4 * 4 + n1
  // The last day of a cycle counts as a day of a fifth year or century.
  if (n1 === 4 || n100 === 4) return { year: year - 1, month: 12, day: 31 }
  const leap = n1 === 3 && (n4 !== 24 || n100 === 3)
  // Exact or one too large.
  let month = (n + 50) >> 5
  let before = DAYS_BEFORE_MONTH[month]! + (month > 2 && leap ? 1 : 0)
  if (before > n) {
    month--
    before -= month === 2 && leap ? 29 : DAYS_IN_MONTH[month]!
  }
  return { year, month, day: n - before + 1 }
}

/** Monday is 0. */
export function weekday(year: number, month: number, day: number): number {
  return (ymdToOrdinal(year, month, day) + 6) % 7
}

/** Ordinal of the Monday with which ISO year `year` begins. */
export function isoWeek1Monday(year: number): number {
  const first = ymdToOrdinal(year, 1, 1)
  const firstWeekday = floorMod(first + 6, 7)
  return first - firstWeekday + (firstWeekday > 3 ? 7 : 0)
}

/** The date of a day of an ISO week; 'week' or 'day' names what is out of range. Mirrors iso_to_ymd. */
export function isoToYmd(isoYear: number, isoWeek: number, isoDay: number): Ymd | 'week' | 'day' {
  if (isoWeek <= 0 || isoWeek >= 53) {
    const first = isoWeek === 53 ? floorMod(ymdToOrdinal(isoYear, 1, 1) + 6, 7) : -1
    if (first !== 3 && !(first === 2 && isLeap(isoYear))) return 'week'
  }
  if (isoDay <= 0 || isoDay >= 8) return 'day'
  // In year 0, C's divisions end in no month at all.
  if (isoYear < MINYEAR) return { year: MINYEAR, month: 0, day: 0 }
  return ordinalToYmd(isoWeek1Monday(isoYear) + (isoWeek - 1) * 7 + isoDay - 1)
}

/** ISO year, week and weekday of a date. */
export function isoCalendar(year: number, month: number, day: number): [year: number, week: number, weekday: number] {
  const today = ymdToOrdinal(year, month, day)
  const days = today - isoWeek1Monday(year)
  const week = floorDiv(days, 7)
  const dow = floorMod(days, 7) + 1
  if (week < 0) return [year - 1, floorDiv(today - isoWeek1Monday(year - 1), 7) + 1, dow]
  if (week >= 52 && today >= isoWeek1Monday(year + 1)) return [year + 1, 1, dow]
  return [year, week + 1, dow]
}
