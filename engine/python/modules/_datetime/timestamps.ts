// Seconds since the epoch, as floats or ints from a program, and the calendar time they stand for. Local time is UTC.
import { MAXYEAR, MINYEAR, ordinalToYmd, ymdToOrdinal } from './calendar'
import { Stamp } from './layout'
import { raiseErrno, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_OverflowError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_Check } from '../../objects/floatobject'
import { PyLong_AsLongAndOverflow, longOverflow } from '../../objects/longobject'
import type { PyObject } from '../../objects/object'

const EOVERFLOW = 75
const EPOCH_ORDINAL = 719163
/** Years of a C struct tm. */
const MAX_TM_YEAR = 2 ** 31 + 1899

export interface Timestamp { seconds: number, microseconds: number }

const outOfRange = (): null => PyErr_SetString(PyExc_OverflowError, 'timestamp out of range for platform time_t')

function wholeSeconds(o: PyObject): number | null {
  const n = PyLong_AsLongAndOverflow(o)
  if (longOverflow() !== 0) return outOfRange()
  return n === -1 && PyErr_Occurred() !== null ? null : n
}

const notANumber = (): null => PyErr_SetString(PyExc_ValueError, 'Invalid value NaN (not a number)')

const inTimeT = (seconds: number): boolean => seconds >= -(2 ** 63) && seconds < 2 ** 63

function roundHalfEven(x: number): number {
  const below = Math.floor(x)
  if (x - below !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}

/** Seconds and microseconds, rounded half to even. Null with an exception set. Mirrors _PyTime_ObjectToTimeval. */
export function timevalOf(o: PyObject): Timestamp | null {
  if (!PyFloat_Check(o)) {
    const seconds = wholeSeconds(o)
    return seconds === null ? null : { seconds, microseconds: 0 }
  }
  if (Number.isNaN(o.v)) return notANumber()
  let seconds = Math.trunc(o.v)
  let microseconds = Number.isFinite(o.v) ? roundHalfEven((o.v - seconds) * 1e6) : 0
  if (microseconds >= 1e6) {
    microseconds -= 1e6
    seconds++
  } else if (microseconds < 0) {
    microseconds += 1e6
    seconds--
  }
  return inTimeT(seconds) ? { seconds, microseconds } : outOfRange()
}

/** Whole seconds, rounded down. Null with an exception set. Mirrors _PyTime_ObjectToTime_t. */
export function secondsOf(o: PyObject): number | null {
  if (!PyFloat_Check(o)) return wholeSeconds(o)
  if (Number.isNaN(o.v)) return notANumber()
  const seconds = Math.floor(o.v)
  return inTimeT(seconds) ? seconds : outOfRange()
}

/** The UTC calendar time; null with OSError set if C's could not hold it. Mirrors _PyTime_gmtime. */
export function calendarTime(seconds: number): Stamp | null {
  const days = Math.floor(seconds / 86400)
  const { year, month, day } = ordinalToYmd(days + EPOCH_ORDINAL)
  if (Math.abs(year) > MAX_TM_YEAR) return raiseErrno(EOVERFLOW)
  const rest = seconds - days * 86400
  const d = new Stamp()
  d.year = year
  d.month = month
  d.day = day
  d.hour = Math.floor(rest / 3600)
  d.minute = Math.floor(rest / 60) % 60
  d.second = rest % 60
  return d
}

/** Seconds since 1 January of year 1, roughly; -1 with an exception set unless the year is one of a datetime. Mirrors local. */
export function localSeconds(seconds: number): number {
  const d = calendarTime(seconds)
  if (d === null) return -1
  if (d.year < MINYEAR || d.year > MAXYEAR) return PyErr_Format(PyExc_ValueError, 'year %i is out of range', d.year), -1
  return seconds
}

/** Seconds since the epoch of a naive datetime. NaN with ValueError set near the ends. Mirrors local_to_seconds. */
export function timestampOf(d: Stamp): number {
  const seconds = (ymdToOrdinal(d.year, d.month, d.day) - EPOCH_ORDINAL) * 86400 + d.hour * 3600 + d.minute * 60 + d.second
  // Where clocks are never put back, the probe on the other side of a fold only has to exist.
  localSeconds(seconds + (d.fold !== 0 ? 86400 : -86400))
  return PyErr_Occurred() !== null ? NaN : seconds
}
