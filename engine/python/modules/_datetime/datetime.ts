// datetime.datetime.
import { callNoArgs, callOneArg, callObjArgs, identifier } from './identifiers'
import { floorDiv, floorMod } from './calendar'
import { PyDateTime_DateType, invalidIsoformat, ordinalOf } from './date'
import {
  appendFold, appendOffset, appendZone, build_struct_time, call_dst,
  call_tzname, call_utcoffset, format_ctime, format_utcoffset, utf8Characters, zoneOf,
} from './format'
import { borrowed, buildValue } from '../build-value'
import { IsoFields, findSeparator, parseIsoDate, parseIsoTime } from './isoformat'
import {
  PyDateTime_Check, PyDate_Check, PyDelta_Check, allocate, check_tzinfo_subclass, constants, deallocWithZone, delta, keptHash, new_date, new_datetime,
  new_datetime_subclass, new_delta, new_time, new_timezone, normalizeDate, none, ref, stamp, type Stamp,
} from './layout'
import { clockBytes, dateBytes, fillClock, fromState, type StateForm } from './pickled'
import { PyDateTime_TimeType, compareClocks, hashDifference, stateTuple, timespecFormat, zoneFromIso } from './time'
import { delta_bool, delta_cmp, delta_subtract, delta_total_seconds, divideDeltas } from './timedelta'
import { calendarTime, localSeconds, timestampOf, timevalOf } from './timestamps'
import { now as systemTime } from '../clock'
import { PyImport_ImportModule } from '../import'
import { sipHash13Bytes } from '../../lib/sip-hash'
import { ArgParser } from '../../objects/arg-parser'
import { PyBool_From } from '../../objects/boolobject'
import { PyObject_CallOneArg } from '../../objects/call'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_UnicodeEncodeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_FromDouble } from '../../objects/floatobject'
import { _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyArg_ParseTuple, PyArg_ParseTupleAndKeywords } from '../../objects/getargs-format'
import { PyLong_AsLong, PyLong_FromLong } from '../../objects/longobject'
import {
  HASH, METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, PyTypeObject, Py_DECREF, Py_EQ, Py_NE,
  Py_TPFLAGS_BASETYPE, Py_TPFLAGS_IMMUTABLETYPE, genericGetAttr, type PyObject,
} from '../../objects/object'
import { PyObject_GetAttr } from '../../objects/object-protocol'
import { PyObject_Free } from '../../objects/objimpl'
import { Py_None, Py_RETURN_NOTIMPLEMENTED, richCompareResult } from '../../objects/singletons'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { freshText, udata } from '../../objects/unicode-text'
import { PyUnicode_Check, PyUnicode_FromString } from '../../objects/unicodeobject'

const KEYWORDS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond', 'tzinfo', 'fold'] as const

const stateForm: StateForm = {
  name: 'datetime', size: 10, place: 2, isSane: c => (c & 0x7f) >= 1 && (c & 0x7f) <= 12,
  fill: (d, bytes) => {
    d.year = bytes[0]! * 256 + bytes[1]!
    d.month = bytes[2]! & 0x7f
    d.fold = bytes[2]! >> 7
    d.day = bytes[3]!
    fillClock(d, bytes, 4)
  },
}

// Mirrors datetime_new.
function datetime_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length >= 1 && items.length <= 2) {
    const made = fromState(stateForm, type, items[0]!, items[1] ?? Py_None)
    if (made !== undefined) return made
  }
  const g = PyArg_ParseTupleAndKeywords(args, kwargs, 'iii|iiiiO$i', KEYWORDS)
  return g === null ? null
    : new_datetime(g[0], g[1], g[2], g[3] ?? 0, g[4] ?? 0, g[5] ?? 0, g[6] ?? 0, g[7] ?? Py_None, g[8] ?? 0, type)
}

// ---- from the clock and from timestamps -----------------------------------------------------------------------------------------

/** Local times are probed a day earlier, as if clocks were put back. Mirrors datetime_from_timet_and_us. */
function fromTime(cls: PyObject, local: boolean, seconds: number, microseconds: number, tzinfo: PyObject): PyObject | null {
  const d = calendarTime(seconds)
  if (d === null) return null
  if (local && tzinfo === Py_None) {
    localSeconds(seconds)
    if (PyErr_Occurred() === null) localSeconds(seconds - 86400)
    if (PyErr_Occurred() !== null) return null
  }
  return new_datetime_subclass(d.year, d.month, d.day, d.hour, d.minute, d.second, microseconds, tzinfo, 0, cls)
}

function fromClock(cls: PyObject, local: boolean, tzinfo: PyObject): PyObject | null {
  const us = systemTime() / 1000n
  return fromTime(cls, local, Number(us / 1000000n), Number(us % 1000000n), tzinfo)
}

/** tzinfo.fromutc(o), through a bound method; STEALS `o`. */
function fromUtc(tzinfo: PyObject, o: PyObject): PyObject | null {
  const method = PyObject_GetAttr(tzinfo, identifier('fromutc'))
  const result = method === null ? null : PyObject_CallOneArg(method, o)
  Py_DECREF(o)
  if (method !== null) Py_DECREF(method)
  return result
}

const nowParser = new ArgParser('now', ['tz'])

function now(cls: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, nowParser, 0, 1, 0)
  if (given === null) return null
  const tz = given[0] ?? Py_None
  if (!check_tzinfo_subclass(tz)) return null
  const o = fromClock(cls, tz === Py_None, tz)
  return o === null || tz === Py_None ? o : fromUtc(tz, o)
}

function fromtimestamp(cls: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'O|O:fromtimestamp', ['timestamp', 'tz'])
  const tz = given === null ? null : given[1] ?? Py_None
  if (tz === null || !check_tzinfo_subclass(tz)) return null
  const time = timevalOf(given![0])
  const o = time === null ? null : fromTime(cls, tz === Py_None, time.seconds, time.microseconds, tz)
  return o === null || tz === Py_None ? o : fromUtc(tz, o)
}

function utcfromtimestamp(cls: PyObject, args: PyObject): PyObject | null {
  const given = PyArg_ParseTuple(args, 'O:utcfromtimestamp')
  const time = given === null ? null : timevalOf(given[0])
  return time === null ? null : fromTime(cls, false, time.seconds, time.microseconds, Py_None)
}

/** Kept for ever once it is imported. */
const strptimeModule: { current: PyObject | null } = { current: null }

export function forgetStrptime(): void {
  strptimeModule.current = null
}

function strptime(cls: PyObject, args: PyObject): PyObject | null {
  const given = PyArg_ParseTuple(args, 'UU:strptime')
  if (given === null) return null
  strptimeModule.current ??= PyImport_ImportModule('_strptime')
  return strptimeModule.current === null ? null : callObjArgs(strptimeModule.current, '_strptime_datetime', cls, given[0], given[1])
}

function combine(cls: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'O!O!|O:combine', ['date', 'time', 'tzinfo'],
    [PyDateTime_DateType, PyDateTime_TimeType])
  if (given === null) return null
  const d = stamp(given[0])
  const t = stamp(given[1])
  return new_datetime_subclass(d.year, d.month, d.day, t.hour, t.minute, t.second, t.microsecond, given[2] ?? zoneOf(given[1]), t.fold, cls)
}

// ---- ISO format -----------------------------------------------------------------------------------------------------------------------

const isSurrogate = (c: number): boolean => c >= 0xd800 && c <= 0xdfff

/** NEW str in which a lone surrogate that separates date and time is a T; null, without exception, if it is too short. */
function sanitize(o: PyObject): PyObject | null {
  const { str, length, kind } = udata(o)
  if (length < 7) return null
  if (kind < 2) return ref(o)
  const points = Array.from(str)
  const place = [7, 8, 10].find(i => i < length && isSurrogate(points[i]!.codePointAt(0)!))
  if (place === undefined) return ref(o)
  points[place] = 'T'
  return freshText(points.join(''))
}

function fromisoformat(cls: PyObject, o: PyObject): PyObject | null {
  if (!PyUnicode_Check(o)) return PyErr_SetString(PyExc_TypeError, 'fromisoformat: argument must be str')
  const clean = sanitize(o)
  if (clean === null) return PyErr_Occurred() === null ? invalidIsoformat(o) : null
  const text = utf8Characters(clean)
  let result: PyObject | null = null
  if (text !== null) result = parseIso(cls, text, o)
  else if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
    PyErr_Clear()
    invalidIsoformat(o)
  }
  Py_DECREF(clean)
  return result
}

function parseIso(cls: PyObject, text: string, o: PyObject): PyObject | null {
  const f = new IsoFields()
  const separator = findSeparator(text)
  if (!parseIsoDate(text, separator, f)) return invalidIsoformat(o)
  let kind: 'naive' | 'aware' | null = 'naive'
  if (text.length > separator) {
    const lead = text.charCodeAt(separator) & 0xf0
    const start = separator + (lead < 0x80 || Number.isNaN(lead) ? 1 : lead === 0xe0 ? 3 : lead === 0xf0 ? 4 : 2)
    kind = parseIsoTime(text, start, text.length - start, f)
  }
  if (kind === null) return invalidIsoformat(o)
  const zone = zoneFromIso(kind, f)
  if (zone === null) return null
  const result = new_datetime_subclass(f.year, f.month, f.day, f.hour, f.minute, f.second, f.microsecond, zone, 0, cls)
  Py_DECREF(zone)
  return result
}

function isoformat(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|Cs:isoformat', ['sep', 'timespec'])
  const d = stamp(o)
  const form = given === null ? null : timespecFormat(given[1], d.microsecond)
  if (form === null) return null
  const separator: number = given![0] ?? 'T'.charCodeAt(0)
  const result = PyUnicode_FromFormat(`%04d-%02d-%02d%c${form[0]}`, d.year, d.month, d.day, separator, d.hour, d.minute, d.second, form[1])
  if (result === null || d.tzinfo === null) return result
  const offset = format_utcoffset(':', d.tzinfo, o)
  return offset === null ? (Py_DECREF(result), null) : appendOffset(result, offset)
}

function datetime_repr(o: PyObject): PyObject | null {
  const d = stamp(o)
  const fields = [d.year, d.month, d.day, d.hour, d.minute]
  if (d.second !== 0 || d.microsecond !== 0) fields.push(d.second)
  if (d.microsecond !== 0) fields.push(d.microsecond)
  let result = PyUnicode_FromFormat(`%s(${fields.map(() => '%d').join(', ')})`, o.ob_type.tp_name, ...fields)
  if (result !== null) result = appendFold(result, d.fold)
  return result === null ? null : appendZone(result, zoneOf(o))
}

function datetime_str(o: PyObject): PyObject | null {
  const method = PyObject_GetAttr(o, identifier('isoformat'))
  if (method === null) return null
  const separator = PyUnicode_FromString(' ')
  const result = PyObject_CallOneArg(method, separator)
  Py_DECREF(separator)
  Py_DECREF(method)
  return result
}

// ---- arithmetic -----------------------------------------------------------------------------------------------------------------------

/** o + factor * delta, without fold. Mirrors add_datetime_timedelta. */
export function add_datetime_timedelta(o: PyObject, d: PyObject, factor: 1 | -1): PyObject | null {
  const x = stamp(o)
  const y = delta(d)
  const us = x.microsecond + y.microseconds * factor
  const seconds = x.hour * 3600 + x.minute * 60 + x.second + y.seconds * factor + floorDiv(us, 1000000)
  const date = normalizeDate(x.year, x.month, x.day + y.days * factor + floorDiv(seconds, 86400))
  if (date === null) return null
  const rest = floorMod(seconds, 86400)
  return new_datetime_subclass(date.year, date.month, date.day, Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60,
    floorMod(us, 1000000), zoneOf(o), 0, o.ob_type)
}

function datetime_add(a: PyObject, b: PyObject): PyObject | null {
  if (PyDateTime_Check(a)) {
    if (PyDelta_Check(b)) return add_datetime_timedelta(a, b, 1)
  } else if (PyDelta_Check(a)) return add_datetime_timedelta(b, a, 1)
  return Py_RETURN_NOTIMPLEMENTED()
}

const utcoffset = (o: PyObject): PyObject | null => call_utcoffset(zoneOf(o), o)

/** offset1 - offset2 where they differ; undefined where they do not, null with an exception set. */
function offsetDifference(a: PyObject, b: PyObject): PyObject | null | undefined {
  if (zoneOf(a) === zoneOf(b)) return undefined
  const offset1 = utcoffset(a)
  if (offset1 === null) return null
  const offset2 = utcoffset(b)
  if (offset2 === null) return Py_DECREF(offset1), null
  let result: PyObject | null | undefined
  if ((offset1 === Py_None) !== (offset2 === Py_None)) {
    result = PyErr_SetString(PyExc_TypeError, 'can\'t subtract offset-naive and offset-aware datetimes')
  } else if (offset1 !== offset2 && delta_cmp(offset1, offset2) !== 0) result = delta_subtract(offset1, offset2)
  Py_DECREF(offset1)
  Py_DECREF(offset2)
  return result
}

function datetime_subtract(a: PyObject, b: PyObject): PyObject | null {
  if (!PyDateTime_Check(a)) return Py_RETURN_NOTIMPLEMENTED()
  if (!PyDateTime_Check(b)) return PyDelta_Check(b) ? add_datetime_timedelta(a, b, -1) : Py_RETURN_NOTIMPLEMENTED()
  const difference = offsetDifference(a, b)
  if (difference === null) return null
  const x = stamp(a)
  const y = stamp(b)
  const seconds = (x.hour - y.hour) * 3600 + (x.minute - y.minute) * 60 + x.second - y.second
  const result = new_delta(ordinalOf(x) - ordinalOf(y), seconds, x.microsecond - y.microsecond)
  if (result === null || difference === undefined) return result
  const corrected = delta_subtract(result, difference)
  Py_DECREF(result)
  Py_DECREF(difference)
  return corrected
}

// ---- comparison -------------------------------------------------------------------------------------------------------------------------

/** Whether the offset would be another one on the other side of a fold; -1 with an exception set. */
function offsetDependsOnFold(o: PyObject, offset: PyObject): number {
  const d = stamp(o)
  const flipped = new_datetime(d.year, d.month, d.day, d.hour, d.minute, d.second, d.microsecond, zoneOf(o), 1 - d.fold, o.ob_type)
  if (flipped === null) return -1
  const other = utcoffset(flipped)
  Py_DECREF(flipped)
  if (other === null) return -1
  const differs = other !== offset && delta_cmp(other, offset) !== 0
  Py_DECREF(other)
  return differs ? 1 : 0
}

/** Datetimes in a fold or gap equal none of another zone. Mirrors pep495_eq_exception. */
function isProblematic(a: PyObject, b: PyObject, offset1: PyObject, offset2: PyObject): number {
  const first = offsetDependsOnFold(a, offset1)
  return first !== 0 ? first : offsetDependsOnFold(b, offset2)
}

const compareStamps = (x: Stamp, y: Stamp): number =>
  (x.year - y.year) || (x.month - y.month) || (x.day - y.day) || compareClocks(x, y)

function compareOffsets(a: PyObject, b: PyObject, offset1: PyObject, offset2: PyObject, op: number): PyObject | null {
  const bothAware = offset1 !== Py_None && offset2 !== Py_None
  let diff: number
  if (offset1 === offset2 || (bothAware && delta_cmp(offset1, offset2) === 0)) diff = compareStamps(stamp(a), stamp(b))
  else if (bothAware) {
    const difference = datetime_subtract(a, b)
    if (difference === null) return null
    const { days, seconds, microseconds } = delta(difference)
    diff = days !== 0 ? days : seconds | microseconds
    Py_DECREF(difference)
  } else if (op === Py_EQ || op === Py_NE) return PyBool_From(op === Py_NE)
  else return PyErr_SetString(PyExc_TypeError, 'can\'t compare offset-naive and offset-aware datetimes')
  if ((op === Py_EQ || op === Py_NE) && diff === 0) {
    const problem = isProblematic(a, b, offset1, offset2)
    if (problem < 0) return null
    if (problem > 0) diff = 1
  }
  return richCompareResult(diff, op)
}

function datetime_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if (!PyDateTime_Check(b)) {
    if (!PyDate_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
    if (op === Py_EQ || op === Py_NE) return PyBool_From(op === Py_NE)
    return PyErr_Format(PyExc_TypeError, 'can\'t compare %s to %s', a.ob_type.tp_name, b.ob_type.tp_name)
  }
  if (zoneOf(a) === zoneOf(b)) return richCompareResult(compareStamps(stamp(a), stamp(b)), op)
  const offset1 = utcoffset(a)
  if (offset1 === null) return null
  const offset2 = utcoffset(b)
  if (offset2 === null) return Py_DECREF(offset1), null
  const result = compareOffsets(a, b, offset1, offset2, op)
  Py_DECREF(offset1)
  Py_DECREF(offset2)
  return result
}

/** NEW copy with another zone and fold. */
function copyWith(o: PyObject, zone: PyObject, fold: number): PyObject | null {
  const d = stamp(o)
  return new_datetime(d.year, d.month, d.day, d.hour, d.minute, d.second, d.microsecond, zone, fold, o.ob_type)
}

// Mirrors datetime_hash.
function computeHash(o: PyObject): number {
  const d = stamp(o)
  const plain = d.fold === 0 ? ref(o) : copyWith(o, zoneOf(o), 0)
  if (plain === null) return -1
  const offset = utcoffset(plain)
  Py_DECREF(plain)
  if (offset === null) return -1
  if (offset === Py_None) {
    sipHash13Bytes(Uint8Array.from([...dateBytes(d), ...clockBytes(d)]), HASH)
    Py_DECREF(offset)
    return 0
  }
  return hashDifference(new_delta(ordinalOf(d), d.hour * 3600 + d.minute * 60 + d.second, d.microsecond), offset)
}

// ---- other zones ------------------------------------------------------------------------------------------------------------------------

/** NEW timezone of local time: UTC by name. Mirrors local_timezone_from_timestamp. */
function localZone(): PyObject | null {
  const offset = new_delta(0, 0, 0)
  if (offset === null) return null
  const name = PyUnicode_FromString('UTC')
  const result = new_timezone(offset, name)
  Py_DECREF(name)
  Py_DECREF(offset)
  return result
}

// Mirrors local_timezone.
function localZoneAt(utc: PyObject): PyObject | null {
  const since = datetime_subtract(utc, constants.epoch)
  if (since === null) return null
  const second = new_delta(0, 1, 0)
  const seconds = second === null ? null : divideDeltas(since, second)
  if (second !== null) Py_DECREF(second)
  Py_DECREF(since)
  if (seconds === null) return null
  const timestamp = PyLong_AsLong(seconds)
  Py_DECREF(seconds)
  return calendarTime(timestamp) === null ? null : localZone()
}

function localZoneOf(o: PyObject): PyObject | null {
  return Number.isNaN(timestampOf(stamp(o))) ? null : localZone()
}

function setZone(o: PyObject, zone: PyObject): void {
  const old = stamp(o).tzinfo!
  stamp(o).tzinfo = ref(zone)
  Py_DECREF(old)
}

function astimezone(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|O:astimezone', ['tz'])
  if (given === null) return null
  const tz: PyObject = given[0] ?? Py_None
  if (!check_tzinfo_subclass(tz)) return null
  let own = zoneOf(o) === Py_None ? localZoneOf(o) : ref(zoneOf(o))
  if (own === null) return null
  if (own === tz) return Py_DECREF(own), ref(o)
  let offset = call_utcoffset(own, o)
  Py_DECREF(own)
  if (offset === Py_None) {
    Py_DECREF(offset)
    own = localZoneOf(o)
    if (own === null) return null
    if (own === tz) return Py_DECREF(own), ref(o)
    offset = call_utcoffset(own, o)
    Py_DECREF(own)
  }
  if (offset === null) return null
  const moved = add_datetime_timedelta(o, offset, -1)
  Py_DECREF(offset)
  if (moved === null) return null
  let utc: PyObject | null = moved
  if (stamp(moved).tzinfo === null) {
    utc = copyWith(moved, constants.utc, stamp(moved).fold)
    Py_DECREF(moved)
    if (utc === null) return null
  } else setZone(moved, constants.utc)
  const target = tz === Py_None ? localZoneAt(utc) : ref(tz)
  if (target === null) return Py_DECREF(utc), null
  setZone(utc, target)
  Py_DECREF(target)
  const result = callOneArg(target, 'fromutc', utc)
  Py_DECREF(utc)
  return result
}

// ---- parts ------------------------------------------------------------------------------------------------------------------------------

function timetuple(o: PyObject): PyObject | null {
  const d = stamp(o)
  let isdst = -1
  if (d.tzinfo !== null) {
    const dst = call_dst(d.tzinfo, o)
    if (dst === null) return null
    if (dst !== Py_None) isdst = delta_bool(dst)
    Py_DECREF(dst)
  }
  return build_struct_time(d, isdst)
}

function utctimetuple(o: PyObject): PyObject | null {
  const zone = zoneOf(o)
  if (zone === Py_None) return build_struct_time(stamp(o), 0)
  const offset = call_utcoffset(zone, o)
  if (offset === null) return null
  const utc = offset === Py_None ? ref(o) : add_datetime_timedelta(o, offset, -1)
  Py_DECREF(offset)
  if (utc === null) return null
  const d = stamp(utc)
  Py_DECREF(utc)
  return build_struct_time(d, 0)
}

function timestamp(o: PyObject): PyObject | null {
  const d = stamp(o)
  if (d.tzinfo === null) {
    const seconds = timestampOf(d)
    return Number.isNaN(seconds) ? null : PyFloat_FromDouble(seconds + d.microsecond / 1e6)
  }
  const since = datetime_subtract(o, constants.epoch)
  if (since === null) return null
  const result = delta_total_seconds(since)
  Py_DECREF(since)
  return result
}

function replace(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const g = PyArg_ParseTupleAndKeywords(args, kwargs, '|iiiiiiiO$i:replace', KEYWORDS)
  if (g === null) return null
  const d = stamp(o)
  const fold = g[8] ?? d.fold
  if (fold !== 0 && fold !== 1) return PyErr_SetString(PyExc_ValueError, 'fold must be either 0 or 1')
  const numbers = [g[0] ?? d.year, g[1] ?? d.month, g[2] ?? d.day, g[3] ?? d.hour, g[4] ?? d.minute, g[5] ?? d.second, g[6] ?? d.microsecond]
  const tuple = buildValue(...(numbers as number[]).map(n => () => PyLong_FromLong(n)), borrowed(g[7] ?? zoneOf(o)))
  const clone = datetime_new(o.ob_type, tuple, null)
  if (clone !== null) stamp(clone).fold = fold
  Py_DECREF(tuple)
  return clone
}

function reduce(o: PyObject, protocol: number): PyObject {
  const d = stamp(o)
  const state = stateTuple([...dateBytes(d), ...clockBytes(d)], 2, d, protocol)
  return buildValue(borrowed(o.ob_type), () => state)
}

const clockOf = (o: PyObject, zone: PyObject): PyObject | null => {
  const d = stamp(o)
  return new_time(d.hour, d.minute, d.second, d.microsecond, zone, d.fold)
}

export const PyDateTime_DateTimeType: PyTypeObject = new PyTypeObject('datetime.datetime', {
  tp_basicsize: 48, tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_alloc: (type, aware) => allocate(type, aware),
  tp_dealloc: o => deallocWithZone(o),
  tp_free: o => PyObject_Free(o),
  tp_getattro: genericGetAttr,
  tp_repr: datetime_repr,
  tp_str: datetime_str,
  tp_hash: o => keptHash(stamp(o), () => computeHash(o)),
  tp_richcompare: datetime_richcompare,
  tp_new: datetime_new,
  nb_add: datetime_add,
  nb_subtract: datetime_subtract,
  tp_methods: [
    { ml_name: 'now', ml_flags: METH_FASTCALL | METH_KEYWORDS | METH_CLASS, ml_meth: now, signature: '($type, /, tz=None)' },
    { ml_name: 'utcnow', ml_flags: METH_NOARGS | METH_CLASS, ml_meth: (cls: PyObject) => fromClock(cls, false, Py_None) },
    { ml_name: 'fromtimestamp', ml_flags: METH_VARARGS | METH_KEYWORDS | METH_CLASS, ml_meth: fromtimestamp },
    { ml_name: 'utcfromtimestamp', ml_flags: METH_VARARGS | METH_CLASS, ml_meth: utcfromtimestamp },
    { ml_name: 'strptime', ml_flags: METH_VARARGS | METH_CLASS, ml_meth: strptime },
    { ml_name: 'combine', ml_flags: METH_VARARGS | METH_KEYWORDS | METH_CLASS, ml_meth: combine },
    { ml_name: 'fromisoformat', ml_flags: METH_O | METH_CLASS, ml_meth: fromisoformat },
    { ml_name: 'date', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => new_date(stamp(o).year, stamp(o).month, stamp(o).day) },
    { ml_name: 'time', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => clockOf(o, Py_None) },
    { ml_name: 'timetz', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => clockOf(o, zoneOf(o)) },
    { ml_name: 'ctime', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => format_ctime(stamp(o)) },
    { ml_name: 'timetuple', ml_flags: METH_NOARGS, ml_meth: timetuple },
    { ml_name: 'timestamp', ml_flags: METH_NOARGS, ml_meth: timestamp },
    { ml_name: 'utctimetuple', ml_flags: METH_NOARGS, ml_meth: utctimetuple },
    { ml_name: 'isoformat', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: isoformat },
    { ml_name: 'utcoffset', ml_flags: METH_NOARGS, ml_meth: utcoffset },
    { ml_name: 'tzname', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => call_tzname(zoneOf(o), o) },
    { ml_name: 'dst', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => call_dst(zoneOf(o), o) },
    { ml_name: 'replace', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: replace },
    { ml_name: 'astimezone', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: astimezone },
    {
      ml_name: '__reduce_ex__', ml_flags: METH_VARARGS,
      ml_meth: (o: PyObject, args: PyObject) => {
        const given = PyArg_ParseTuple(args, 'i:__reduce_ex__')
        return given === null ? null : reduce(o, given[0])
      },
    },
    { ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => reduce(o, 2) },
  ],
  tp_getset: [
    { name: 'hour', get: o => PyLong_FromLong(stamp(o).hour) },
    { name: 'minute', get: o => PyLong_FromLong(stamp(o).minute) },
    { name: 'second', get: o => PyLong_FromLong(stamp(o).second) },
    { name: 'microsecond', get: o => PyLong_FromLong(stamp(o).microsecond) },
    { name: 'tzinfo', get: o => ref(zoneOf(o)) },
    { name: 'fold', get: o => PyLong_FromLong(stamp(o).fold) },
  ],
})

