// What the objects of _datetime hold, how they are made, and the constants of the module.
//
// date, time and datetime share one payload, of which each uses its part. time and datetime are allocated without room for a
// time zone when they are naive, but only instances of the types themselves: subclasses always have the full struct.
import { PyCallable } from './identifiers'
import { MAXORDINAL, MAXYEAR, MINYEAR, daysInMonth, floorDiv, floorMod, ordinalToYmd, ymdToOrdinal } from './calendar'
import { PyDateTime_DateType } from './date'
import { PyDateTime_DateTimeType } from './datetime'
import { PyDateTime_TimeType } from './time'
import { PyDateTime_DeltaType } from './timedelta'
import { PyDateTime_TZInfoType, PyDateTime_TimeZoneType } from './tzinfo'
import { PyErr_Format, PyErr_SetString } from '../../objects/errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { HASH, PyObject_TypeCheck, type PyObject, type PyTypeObject } from '../../objects/object'
import { PyObject_Free, PyObject_NewSize } from '../../objects/objimpl'
import { Py_None } from '../../objects/singletons'

export const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)
export const none = (): PyObject => ref(Py_None)

/** Payload of date, time and datetime. */
export class Stamp {
  year = 0
  month = 0
  day = 0
  hour = 0
  minute = 0
  second = 0
  microsecond = 0
  fold = 0
  /** Null in naive objects. */
  tzinfo: PyObject | null = null
  hashed = false
  hashLo = 0
  hashHi = 0
}

export class Delta {
  days: number
  seconds: number
  microseconds: number
  hashed = false
  hashLo = 0
  hashHi = 0
  constructor(days: number, seconds: number, microseconds: number) {
    this.days = days
    this.seconds = seconds
    this.microseconds = microseconds
  }
}

export class TimeZone {
  offset: PyObject
  name: PyObject | null
  constructor(offset: PyObject, name: PyObject | null) {
    this.offset = offset
    this.name = name
  }
}

export const stamp = (o: PyObject): Stamp => o.v as Stamp
export const delta = (o: PyObject): Delta => o.v as Delta

export const PyDate_Check = (o: PyObject): boolean => PyObject_TypeCheck(o, PyDateTime_DateType)
export const PyDateTime_Check = (o: PyObject): boolean => PyObject_TypeCheck(o, PyDateTime_DateTimeType)
export const PyTime_Check = (o: PyObject): boolean => PyObject_TypeCheck(o, PyDateTime_TimeType)
export const PyDelta_Check = (o: PyObject): boolean => PyObject_TypeCheck(o, PyDateTime_DeltaType)
export const PyTZInfo_Check = (o: PyObject): boolean => PyObject_TypeCheck(o, PyDateTime_TZInfoType)

/** The hash is computed once; `compute` leaves it in HASH and returns 0, or -1 with an exception set. */
export function keptHash(d: Stamp | Delta, compute: () => number): number {
  if (!d.hashed) {
    if (compute() < 0) return -1
    d.hashLo = HASH[0]!
    d.hashHi = HASH[1]!
    d.hashed = true
  }
  HASH[0] = d.hashLo
  HASH[1] = d.hashHi
  return 0
}

// ---- ranges ----------------------------------------------------------------------------------------------------------------

const outOfRange = (message: string): false => (PyErr_SetString(PyExc_ValueError, message), false)

/** False with ValueError set. Mirrors check_date_args. */
function checkDate(year: number, month: number, day: number): boolean {
  if (year < MINYEAR || year > MAXYEAR) return PyErr_Format(PyExc_ValueError, 'year %i is out of range', year) !== null
  if (month < 1 || month > 12) return outOfRange('month must be in 1..12')
  if (day < 1 || day > daysInMonth(year, month)) return outOfRange('day is out of range for month')
  return true
}

// Mirrors check_time_args.
function checkTime(hour: number, minute: number, second: number, microsecond: number, fold: number): boolean {
  if (hour < 0 || hour > 23) return outOfRange('hour must be in 0..23')
  if (minute < 0 || minute > 59) return outOfRange('minute must be in 0..59')
  if (second < 0 || second > 59) return outOfRange('second must be in 0..59')
  if (microsecond < 0 || microsecond > 999999) return outOfRange('microsecond must be in 0..999999')
  if (fold !== 0 && fold !== 1) return outOfRange('fold must be either 0 or 1')
  return true
}

/** None or an instance of tzinfo; else false with TypeError set. */
export function check_tzinfo_subclass(o: PyObject): boolean {
  if (o === Py_None || PyTZInfo_Check(o)) return true
  PyErr_Format(PyExc_TypeError, 'tzinfo argument must be None or of a tzinfo subclass, not type \'%s\'', o.ob_type.tp_name)
  return false
}

const MAX_DELTA_DAYS = 999999999

// ---- making objects -----------------------------------------------------------------------------------------------------------

/** A date or datetime with a day out of its month brought in order; null with OverflowError set. Mirrors normalize_y_m_d. */
export function normalizeDate(year: number, month: number, day: number): { year: number, month: number, day: number } | null {
  const ordinal = ymdToOrdinal(year, month, 1) + day - 1
  if (ordinal >= 1 && ordinal <= MAXORDINAL) return ordinalToYmd(ordinal)
  return PyErr_SetString(PyExc_OverflowError, 'date value out of range')
}

/** NEW date, or an instance of a subclass without calling it. */
export function new_date(year: number, month: number, day: number, type: PyTypeObject = PyDateTime_DateType): PyObject | null {
  if (!checkDate(year, month, day)) return null
  const o = type.tp_alloc!(type, 0)
  if (o === null) return null
  const d = new Stamp()
  d.year = year
  d.month = month
  d.day = day
  o.v = d
  return o
}

/** As it, by calling a subclass. Mirrors new_date_subclass_ex. */
export function new_date_subclass(year: number, month: number, day: number, cls: PyObject): PyObject | null {
  if (cls === PyDateTime_DateType) return new_date(year, month, day)
  if (cls === PyDateTime_DateTimeType) return new_datetime(year, month, day, 0, 0, 0, 0, Py_None, 0)
  return PyCallable(cls, [year, month, day])
}

/** NEW datetime. Mirrors new_datetime_ex2. */
export function new_datetime(
  year: number, month: number, day: number, hour: number, minute: number, second: number, microsecond: number,
  tzinfo: PyObject, fold: number, type: PyTypeObject = PyDateTime_DateTimeType,
): PyObject | null {
  if (!checkDate(year, month, day) || !checkTime(hour, minute, second, microsecond, fold) || !check_tzinfo_subclass(tzinfo)) return null
  const aware = tzinfo !== Py_None
  const o = type.tp_alloc!(type, aware ? 1 : 0)
  if (o === null) return null
  const d = new Stamp()
  d.year = year
  d.month = month
  d.day = day
  d.hour = hour
  d.minute = minute
  d.second = second
  d.microsecond = microsecond
  d.fold = fold
  if (aware) d.tzinfo = ref(tzinfo)
  o.v = d
  return o
}

/** As it, by calling a subclass, which is not told of fold. Mirrors new_datetime_subclass_fold_ex. */
export function new_datetime_subclass(
  year: number, month: number, day: number, hour: number, minute: number, second: number, microsecond: number,
  tzinfo: PyObject, fold: number, cls: PyObject,
): PyObject | null {
  if (cls === PyDateTime_DateTimeType) return new_datetime(year, month, day, hour, minute, second, microsecond, tzinfo, fold)
  return PyCallable(cls, [year, month, day, hour, minute, second, microsecond, ref(tzinfo)])
}

/** NEW time. Mirrors new_time_ex2. */
export function new_time(
  hour: number, minute: number, second: number, microsecond: number, tzinfo: PyObject, fold: number,
  type: PyTypeObject = PyDateTime_TimeType,
): PyObject | null {
  if (!checkTime(hour, minute, second, microsecond, fold) || !check_tzinfo_subclass(tzinfo)) return null
  const aware = tzinfo !== Py_None
  const o = type.tp_alloc!(type, aware ? 1 : 0)
  if (o === null) return null
  const d = new Stamp()
  d.hour = hour
  d.minute = minute
  d.second = second
  d.microsecond = microsecond
  d.fold = fold
  if (aware) d.tzinfo = ref(tzinfo)
  o.v = d
  return o
}

/** NEW timedelta from parts of any size; null with OverflowError set. Mirrors new_delta_ex. */
export function new_delta(
  days: number, seconds: number, microseconds: number, type: PyTypeObject = PyDateTime_DeltaType,
): PyObject | null {
  const allSeconds = seconds + floorDiv(microseconds, 1000000)
  const allDays = days + floorDiv(allSeconds, 86400)
  if (allDays < -MAX_DELTA_DAYS || allDays > MAX_DELTA_DAYS) {
    return PyErr_Format(PyExc_OverflowError, 'days=%d; must have magnitude <= %d', allDays, MAX_DELTA_DAYS)
  }
  const o = type.tp_alloc!(type, 0)
  if (o !== null) o.v = new Delta(allDays, floorMod(allSeconds, 86400), floorMod(microseconds, 1000000))
  return o
}

/** True of offsets of a day or more. */
export function isFullDay(offset: Delta): boolean {
  return (offset.days === -1 && offset.seconds === 0 && offset.microseconds < 1) || offset.days < -1 || offset.days >= 1
}

// Mirrors create_timezone.
export function create_timezone(offset: PyObject, name: PyObject | null): PyObject | null {
  const o = PyDateTime_TimeZoneType.tp_alloc!(PyDateTime_TimeZoneType, 0)
  if (o !== null) o.v = new TimeZone(ref(offset), name === null ? null : ref(name))
  return o
}

/** NEW timezone, or a reference to utc; null with ValueError set. */
export function new_timezone(offset: PyObject, name: PyObject | null): PyObject | null {
  const d = delta(offset)
  if (name === null && d.days === 0 && d.seconds === 0 && d.microseconds === 0) return ref(constants.utc)
  if (isFullDay(d)) {
    return PyErr_Format(PyExc_ValueError,
      'offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R.', offset)
  }
  return create_timezone(offset, name)
}

/** tp_alloc of time and datetime: their struct ends before the time zone when they are naive. */
export function allocate(type: PyTypeObject, aware: number): PyObject | null {
  return PyObject_NewSize(type, aware !== 0 ? type.tp_basicsize : type.tp_basicsize - 8, null)
}

/** tp_dealloc of time and datetime. */
export function deallocWithZone(o: PyObject): void {
  const zone = stamp(o).tzinfo
  if (zone !== null && --zone.ob_refcnt === 0) zone.ob_type.tp_dealloc(zone)
  ;(o.ob_type.tp_free ?? PyObject_Free)(o)
}

// ---- constants -----------------------------------------------------------------------------------------------------------------

/** Made when the module is imported. */
export const constants = {} as {
  utc: PyObject
  epoch: PyObject
  us_per_ms: PyObject
  us_per_second: PyObject
  us_per_minute: PyObject
  us_per_hour: PyObject
  us_per_day: PyObject
  us_per_week: PyObject
  seconds_per_day: PyObject
}
