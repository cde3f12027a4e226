// datetime.date.
import { callNoArgs, callOneArg } from './identifiers'
import {
  MAXYEAR, MINYEAR, isoCalendar, isoToYmd, ordinalToYmd, weekday, ymdToOrdinal,
} from './calendar'
import { build_struct_time, format_ctime, formatWith, utf8Characters, wrap_strftime } from './format'
import { borrowed, buildInts, buildValue } from '../build-value'
import { PyDateTime_IsoCalendarDateType, newIsoCalendarDate } from './isocalendar'
import { IsoFields, parseIsoDate } from './isoformat'
import { PyDateTime_Check, PyDate_Check, PyDelta_Check, Stamp, delta, keptHash, new_date, new_date_subclass, new_delta, normalizeDate, stamp } from './layout'
import { dateBytes, fromState, type StateForm } from './pickled'
import { calendarTime, secondsOf } from './timestamps'
import { PyImport_ImportModule } from '../import'
import { sipHash13Bytes } from '../../lib/sip-hash'
import { PyBytes_FromBytes } from '../../objects/bytesobject'
import { PyErr_ExceptionMatches, PyErr_Format, PyErr_SetString } from '../../objects/errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyArg_ParseTuple, PyArg_ParseTupleAndKeywords } from '../../objects/getargs-format'
import { PyLong_FromLong } from '../../objects/longobject'
import {
  HASH, METH_CLASS, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, PyTypeObject, Py_DECREF, Py_TPFLAGS_BASETYPE,
  Py_TPFLAGS_IMMUTABLETYPE, genericGetAttr, type PyObject,
} from '../../objects/object'
import { PyObject_Str } from '../../objects/object-protocol'
import { PyObject_Free } from '../../objects/objimpl'
import { Py_None, Py_RETURN_NOTIMPLEMENTED, richCompareResult } from '../../objects/singletons'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_Check } from '../../objects/unicodeobject'

const KEYWORDS = ['year', 'month', 'day'] as const

const stateForm: StateForm = {
  name: 'date', size: 4, place: 2, isSane: c => c >= 1 && c <= 12,
  fill: (d, bytes) => {
    d.year = bytes[0]! * 256 + bytes[1]!
    d.month = bytes[2]!
    d.day = bytes[3]!
  },
}

// Mirrors date_new.
function date_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length === 1) {
    const made = fromState(stateForm, type, items[0]!, Py_None)
    if (made !== undefined) return made
  }
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'iii', KEYWORDS)
  return given === null ? null : new_date(given[0], given[1], given[2], type)
}

// ---- class methods ------------------------------------------------------------------------------------------------------------

function fromtimestamp(cls: PyObject, timestamp: PyObject): PyObject | null {
  const seconds = secondsOf(timestamp)
  const d = seconds === null ? null : calendarTime(seconds)
  return d === null ? null : new_date_subclass(d.year, d.month, d.day, cls)
}

function today(cls: PyObject): PyObject | null {
  const module = PyImport_ImportModule('time')
  if (module === null) return null
  const time = callNoArgs(module, 'time')
  Py_DECREF(module)
  if (time === null) return null
  const result = callOneArg(cls, 'fromtimestamp', time)
  Py_DECREF(time)
  return result
}

function fromordinal(cls: PyObject, args: PyObject): PyObject | null {
  const given = PyArg_ParseTuple(args, 'i:fromordinal')
  if (given === null) return null
  if (given[0] < 1) return PyErr_SetString(PyExc_ValueError, 'ordinal must be >= 1')
  const { year, month, day } = ordinalToYmd(given[0])
  return new_date_subclass(year, month, day, cls)
}

export function invalidIsoformat(o: PyObject): null {
  return PyErr_Format(PyExc_ValueError, 'Invalid isoformat string: %R', o)
}

function fromisoformat(cls: PyObject, o: PyObject): PyObject | null {
  if (!PyUnicode_Check(o)) return PyErr_SetString(PyExc_TypeError, 'fromisoformat: argument must be str')
  const text = utf8Characters(o)
  const out = new IsoFields()
  if (text === null) return invalidIsoformat(o)
  const { length } = text
  if ((length !== 7 && length !== 8 && length !== 10) || !parseIsoDate(text, length, out)) return invalidIsoformat(o)
  return new_date_subclass(out.year, out.month, out.day, cls)
}

function fromisocalendar(cls: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'iii:fromisocalendar', ['year', 'week', 'day']) as number[] | null
  if (given === null) {
    if (PyErr_ExceptionMatches(PyExc_OverflowError)) PyErr_SetString(PyExc_ValueError, 'ISO calendar component out of range')
    return null
  }
  const [year, week, day] = given as [number, number, number]
  if (year < MINYEAR || year > MAXYEAR) return PyErr_Format(PyExc_ValueError, 'Year is out of range: %d', year)
  const date = isoToYmd(year, week, day)
  if (date === 'week') return PyErr_Format(PyExc_ValueError, 'Invalid week: %d', week)
  if (date === 'day') return PyErr_Format(PyExc_ValueError, 'Invalid day: %d (range is [1, 7])', day)
  return new_date_subclass(date.year, date.month, date.day, cls)
}

// ---- arithmetic -----------------------------------------------------------------------------------------------------------------

// Mirrors add_date_timedelta.
function addDays(o: PyObject, days: number): PyObject | null {
  const d = stamp(o)
  const date = normalizeDate(d.year, d.month, d.day + days)
  return date === null ? null : new_date_subclass(date.year, date.month, date.day, o.ob_type)
}

function date_add(a: PyObject, b: PyObject): PyObject | null {
  if (PyDateTime_Check(a) || PyDateTime_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
  if (PyDate_Check(a)) {
    if (PyDelta_Check(b)) return addDays(a, delta(b).days)
  } else if (PyDelta_Check(a)) return addDays(b, delta(a).days)
  return Py_RETURN_NOTIMPLEMENTED()
}

export const ordinalOf = (d: Stamp): number => ymdToOrdinal(d.year, d.month, d.day)

function date_subtract(a: PyObject, b: PyObject): PyObject | null {
  if (PyDateTime_Check(a) || PyDateTime_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
  if (PyDate_Check(a)) {
    if (PyDate_Check(b)) return new_delta(ordinalOf(stamp(a)) - ordinalOf(stamp(b)), 0, 0)
    if (PyDelta_Check(b)) return addDays(a, -delta(b).days)
  }
  return Py_RETURN_NOTIMPLEMENTED()
}

function date_richcompare(a: PyObject, b: PyObject, op: number): PyObject {
  if (!PyDate_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
  const x = stamp(a)
  const y = stamp(b)
  return richCompareResult((x.year - y.year) || (x.month - y.month) || (x.day - y.day), op)
}

// ---- texts and tuples -------------------------------------------------------------------------------------------------------------

// Mirrors date_strftime, which datetime inherits.
function strftime(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'U:strftime', ['format'])
  if (given === null) return null
  const tuple = callNoArgs(o, 'timetuple')
  if (tuple === null) return null
  const result = wrap_strftime(o, given[0], tuple, o)
  Py_DECREF(tuple)
  return result
}

/** __format__ of date, time and datetime. */
export function date_format(o: PyObject, args: PyObject): PyObject | null {
  const given = PyArg_ParseTuple(args, 'U:__format__')
  return given === null ? null : formatWith(o, given[0], PyObject_Str)
}

/** A date at midnight, also of a datetime. */
function midnight(o: PyObject): Stamp {
  const d = new Stamp()
  d.year = stamp(o).year
  d.month = stamp(o).month
  d.day = stamp(o).day
  return d
}

function replace(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|iii:replace', KEYWORDS) as (number | undefined)[] | null
  if (given === null) return null
  const d = stamp(o)
  const tuple = buildInts(given[0] ?? d.year, given[1] ?? d.month, given[2] ?? d.day)
  const result = date_new(o.ob_type, tuple, null)
  Py_DECREF(tuple)
  return result
}

const weekdayOf = (o: PyObject): number => weekday(stamp(o).year, stamp(o).month, stamp(o).day)

export const PyDateTime_DateType: PyTypeObject = new PyTypeObject('datetime.date', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_Free(o),
  tp_getattro: genericGetAttr,
  tp_repr: o => PyUnicode_FromFormat('%s(%d, %d, %d)', o.ob_type.tp_name, stamp(o).year, stamp(o).month, stamp(o).day),
  tp_str: o => callNoArgs(o, 'isoformat'),
  tp_hash: o => keptHash(stamp(o), () => {
    sipHash13Bytes(Uint8Array.from(dateBytes(stamp(o))), HASH)
    return 0
  }),
  tp_richcompare: date_richcompare,
  tp_new: date_new,
  nb_add: date_add,
  nb_subtract: date_subtract,
  tp_methods: [
    { ml_name: 'fromtimestamp', ml_flags: METH_O | METH_CLASS, ml_meth: fromtimestamp, signature: '($type, timestamp, /)' },
    { ml_name: 'fromordinal', ml_flags: METH_VARARGS | METH_CLASS, ml_meth: fromordinal },
    { ml_name: 'fromisoformat', ml_flags: METH_O | METH_CLASS, ml_meth: fromisoformat },
    { ml_name: 'fromisocalendar', ml_flags: METH_VARARGS | METH_KEYWORDS | METH_CLASS, ml_meth: fromisocalendar },
    { ml_name: 'today', ml_flags: METH_NOARGS | METH_CLASS, ml_meth: today },
    { ml_name: 'ctime', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => format_ctime(midnight(o)) },
    { ml_name: 'strftime', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: strftime },
    { ml_name: '__format__', ml_flags: METH_VARARGS, ml_meth: date_format },
    { ml_name: 'timetuple', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => build_struct_time(midnight(o), -1) },
    {
      ml_name: 'isocalendar', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => newIsoCalendarDate(PyDateTime_IsoCalendarDateType, ...isoCalendar(stamp(o).year, stamp(o).month, stamp(o).day)),
    },
    {
      ml_name: 'isoformat', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => PyUnicode_FromFormat('%04d-%02d-%02d', stamp(o).year, stamp(o).month, stamp(o).day),
    },
    { ml_name: 'isoweekday', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyLong_FromLong(weekdayOf(o) + 1) },
    { ml_name: 'toordinal', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyLong_FromLong(ordinalOf(stamp(o))) },
    { ml_name: 'weekday', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyLong_FromLong(weekdayOf(o)) },
    { ml_name: 'replace', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: replace },
    {
      ml_name: '__reduce__', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => {
        const bytes = PyBytes_FromBytes(Uint8Array.from(dateBytes(stamp(o))))
        const state = buildValue(() => bytes)
        return buildValue(borrowed(o.ob_type), () => state)
      },
    },
  ],
  tp_getset: [
    { name: 'year', get: o => PyLong_FromLong(stamp(o).year) },
    { name: 'month', get: o => PyLong_FromLong(stamp(o).month) },
    { name: 'day', get: o => PyLong_FromLong(stamp(o).day) },
  ],
})

