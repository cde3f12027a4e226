// datetime.time.
import { callNoArgs, PyCallable } from './identifiers'
import { date_format, invalidIsoformat } from './date'
import {
  appendFold, appendOffset, appendZone, call_dst, call_tzname,
  call_utcoffset, format_utcoffset, utf8Characters, wrap_strftime, zoneOf,
} from './format'
import { borrowed, buildInts, buildValue } from '../build-value'
import { IsoFields, parseIsoTime, startsWithT } from './isoformat'
import { PyTime_Check, allocate, constants, deallocWithZone, delta, keptHash, new_delta, new_time, new_timezone, none, ref, stamp, type Stamp } from './layout'
import { clockBytes, fillClock, fromState, type StateForm } from './pickled'
import { delta_cmp, delta_subtract } from './timedelta'
import { sipHash13Bytes } from '../../lib/sip-hash'
import { PyBool_From } from '../../objects/boolobject'
import { PyBytes_FromBytes } from '../../objects/bytesobject'
import { PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyArg_ParseTuple, PyArg_ParseTupleAndKeywords } from '../../objects/getargs-format'
import { PyLong_FromLong } from '../../objects/longobject'
import {
  HASH, METH_CLASS, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, PyTypeObject, Py_DECREF, Py_EQ, Py_NE, Py_TPFLAGS_BASETYPE,
  Py_TPFLAGS_IMMUTABLETYPE, genericGetAttr, type PyObject,
} from '../../objects/object'
import { PyObject_Hash } from '../../objects/object-protocol'
import { PyObject_Free } from '../../objects/objimpl'
import { Py_None, Py_RETURN_NOTIMPLEMENTED, richCompareResult } from '../../objects/singletons'
import { PyTuple_Pack } from '../../objects/tupleobject'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_Check } from '../../objects/unicodeobject'

const KEYWORDS = ['hour', 'minute', 'second', 'microsecond', 'tzinfo', 'fold'] as const

const stateForm: StateForm = {
  name: 'time', size: 6, place: 0, isSane: c => (c & 0x7f) < 24,
  fill: (d, bytes) => {
    fillClock(d, bytes, 0)
    d.fold = bytes[0]! >> 7
    d.hour &= 0x7f
  },
}

// Mirrors time_new.
function time_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length >= 1 && items.length <= 2) {
    const made = fromState(stateForm, type, items[0]!, items[1] ?? Py_None)
    if (made !== undefined) return made
  }
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|iiiiO$i', KEYWORDS)
  return given === null ? null
    : new_time(given[0] ?? 0, given[1] ?? 0, given[2] ?? 0, given[3] ?? 0, given[4] ?? Py_None, given[5] ?? 0, type)
}

const utcoffset = (o: PyObject): PyObject | null => call_utcoffset(zoneOf(o), Py_None)

// ---- texts ------------------------------------------------------------------------------------------------------------------------

function time_repr(o: PyObject): PyObject | null {
  const d = stamp(o)
  const name = o.ob_type.tp_name
  let result = d.microsecond !== 0 ? PyUnicode_FromFormat('%s(%d, %d, %d, %d)', name, d.hour, d.minute, d.second, d.microsecond)
    : d.second !== 0 ? PyUnicode_FromFormat('%s(%d, %d, %d)', name, d.hour, d.minute, d.second)
      : PyUnicode_FromFormat('%s(%d, %d)', name, d.hour, d.minute)
  if (result !== null) result = appendZone(result, zoneOf(o))
  return result === null ? null : appendFold(result, d.fold)
}

const SPECS = ['hours', 'minutes', 'seconds', 'milliseconds', 'microseconds']
const FORMATS = ['%02d', '%02d:%02d', '%02d:%02d:%02d', '%02d:%02d:%02d.%03d', '%02d:%02d:%02d.%06d'] as const

/** The format of the clock for `timespec` and the number for its last place; null with ValueError set. */
export function timespecFormat(timespec: string | undefined, microsecond: number): [format: string, fraction: number] | null {
  const index = timespec === undefined || timespec === 'auto' ? (microsecond === 0 ? 2 : 4) : SPECS.indexOf(timespec)
  if (index < 0) return PyErr_SetString(PyExc_ValueError, 'Unknown timespec value')
  return [FORMATS[index]!, index === 3 ? Math.floor(microsecond / 1000) : microsecond]
}

function isoformat(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|s:isoformat', ['timespec'])
  const d = stamp(o)
  const form = given === null ? null : timespecFormat(given[0], d.microsecond)
  if (form === null) return null
  const result = PyUnicode_FromFormat(form[0], d.hour, d.minute, d.second, form[1])
  if (result === null || d.tzinfo === null) return result
  const offset = format_utcoffset(':', d.tzinfo, Py_None)
  return offset === null ? (Py_DECREF(result), null) : appendOffset(result, offset)
}

function strftime(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'U:strftime', ['format'])
  if (given === null) return null
  const d = stamp(o)
  const tuple = buildInts(1900, 1, 1, d.hour, d.minute, d.second, 0, 1, -1)
  const result = wrap_strftime(o, given[0], tuple, Py_None)
  Py_DECREF(tuple)
  return result
}

/** NEW tzinfo for what an ISO text says; null with an exception set. Mirrors tzinfo_from_isoformat_results. */
export function zoneFromIso(kind: 'naive' | 'aware', fields: IsoFields): PyObject | null {
  if (kind === 'naive') return none()
  if (fields.offsetSeconds === 0) return ref(constants.utc)
  const offset = new_delta(0, fields.offsetSeconds, fields.offsetMicroseconds)
  if (offset === null) return null
  const zone = new_timezone(offset, null)
  Py_DECREF(offset)
  return zone
}

function fromisoformat(cls: PyObject, o: PyObject): PyObject | null {
  if (!PyUnicode_Check(o)) return PyErr_SetString(PyExc_TypeError, 'fromisoformat: argument must be str')
  const text = utf8Characters(o)
  if (text === null) return invalidIsoformat(o)
  const start = startsWithT(text) ? 1 : 0
  const f = new IsoFields()
  const kind = parseIsoTime(text, start, text.length - start, f)
  if (kind === null) return invalidIsoformat(o)
  const zone = zoneFromIso(kind, f)
  if (zone === null) return null
  const result = cls === PyDateTime_TimeType ? new_time(f.hour, f.minute, f.second, f.microsecond, zone, 0)
    : PyCallable(cls, [f.hour, f.minute, f.second, f.microsecond, ref(zone)])
  Py_DECREF(zone)
  return result
}

// ---- comparison -------------------------------------------------------------------------------------------------------------------

export const compareClocks = (x: Stamp, y: Stamp): number =>
  (x.hour - y.hour) || (x.minute - y.minute) || (x.second - y.second) || (x.microsecond - y.microsecond)

const secondOfDay = (d: Stamp): number => d.hour * 3600 + d.minute * 60 + d.second

function compareOffsets(a: PyObject, b: PyObject, offset1: PyObject, offset2: PyObject, op: number): PyObject | null {
  const x = stamp(a)
  const y = stamp(b)
  if (offset1 === offset2 || (offset1 !== Py_None && offset2 !== Py_None && delta_cmp(offset1, offset2) === 0)) {
    return richCompareResult(compareClocks(x, y), op)
  }
  if (offset1 !== Py_None && offset2 !== Py_None) {
    const utc = (d: Stamp, offset: PyObject): number => secondOfDay(d) - delta(offset).days * 86400 - delta(offset).seconds
    return richCompareResult((utc(x, offset1) - utc(y, offset2)) || (x.microsecond - y.microsecond), op)
  }
  if (op === Py_EQ || op === Py_NE) return PyBool_From(op === Py_NE)
  return PyErr_SetString(PyExc_TypeError, 'can\'t compare offset-naive and offset-aware times')
}

function time_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if (!PyTime_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
  if (zoneOf(a) === zoneOf(b)) return richCompareResult(compareClocks(stamp(a), stamp(b)), op)
  const offset1 = utcoffset(a)
  if (offset1 === null) return null
  const offset2 = utcoffset(b)
  if (offset2 === null) return Py_DECREF(offset1), null
  const result = compareOffsets(a, b, offset1, offset2, op)
  Py_DECREF(offset1)
  Py_DECREF(offset2)
  return result
}

// Mirrors time_hash.
function computeHash(o: PyObject): number {
  const d = stamp(o)
  const plain = d.fold === 0 ? ref(o) : new_time(d.hour, d.minute, d.second, d.microsecond, zoneOf(o), 0, o.ob_type)
  if (plain === null) return -1
  const offset = utcoffset(plain)
  Py_DECREF(plain)
  if (offset === null) return -1
  if (offset === Py_None) {
    sipHash13Bytes(Uint8Array.from(clockBytes(d)), HASH)
    Py_DECREF(offset)
    return 0
  }
  return hashDifference(new_delta(0, secondOfDay(d), d.microsecond), offset)
}

/** Hash of local - offset; STEALS both. */
export function hashDifference(local: PyObject | null, offset: PyObject): number {
  const utc = local === null ? null : delta_subtract(local, offset)
  if (local !== null) Py_DECREF(local)
  const result = utc === null ? -1 : PyObject_Hash(utc)
  if (utc !== null) Py_DECREF(utc)
  Py_DECREF(offset)
  return result
}

// ---- copies -----------------------------------------------------------------------------------------------------------------------

function replace(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|iiiiO$i:replace', KEYWORDS)
  if (given === null) return null
  const d = stamp(o)
  const fold = given[5] ?? d.fold
  if (fold !== 0 && fold !== 1) return PyErr_SetString(PyExc_ValueError, 'fold must be either 0 or 1')
  const numbers = [given[0] ?? d.hour, given[1] ?? d.minute, given[2] ?? d.second, given[3] ?? d.microsecond] as number[]
  const tuple = buildValue(...numbers.map(n => () => PyLong_FromLong(n)), borrowed(given[4] ?? zoneOf(o)))
  const clone = time_new(o.ob_type, tuple, null)
  if (clone !== null) stamp(clone).fold = fold
  Py_DECREF(tuple)
  return clone
}

/** NEW tuple of the state and the zone. */
export function stateTuple(bytes: number[], foldPlace: number, d: Stamp, protocol: number): PyObject {
  const data = Uint8Array.from(bytes)
  if (protocol > 3 && d.fold !== 0) data[foldPlace]! |= 0x80
  const state = PyBytes_FromBytes(data)
  const result = d.tzinfo === null ? PyTuple_Pack(state) : PyTuple_Pack(state, d.tzinfo)
  Py_DECREF(state)
  return result
}

function reduce(o: PyObject, protocol: number): PyObject {
  const state = stateTuple(clockBytes(stamp(o)), 0, stamp(o), protocol)
  return buildValue(borrowed(o.ob_type), () => state)
}

export const PyDateTime_TimeType: PyTypeObject = new PyTypeObject('datetime.time', {
  tp_basicsize: 40, tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_alloc: (type, aware) => allocate(type, aware),
  tp_dealloc: o => deallocWithZone(o),
  tp_free: o => PyObject_Free(o),
  tp_getattro: genericGetAttr,
  tp_repr: time_repr,
  tp_str: o => callNoArgs(o, 'isoformat'),
  tp_hash: o => keptHash(stamp(o), () => computeHash(o)),
  tp_richcompare: time_richcompare,
  tp_new: time_new,
  tp_methods: [
    { ml_name: 'isoformat', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: isoformat },
    { ml_name: 'strftime', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: strftime },
    { ml_name: '__format__', ml_flags: METH_VARARGS, ml_meth: (o: PyObject, args: PyObject) => date_format(o, args) },
    { ml_name: 'utcoffset', ml_flags: METH_NOARGS, ml_meth: utcoffset },
    { ml_name: 'tzname', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => call_tzname(zoneOf(o), Py_None) },
    { ml_name: 'dst', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => call_dst(zoneOf(o), Py_None) },
    { ml_name: 'replace', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: replace },
    { ml_name: 'fromisoformat', ml_flags: METH_O | METH_CLASS, ml_meth: fromisoformat },
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
