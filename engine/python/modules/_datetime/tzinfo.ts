// datetime.tzinfo, the base of time zones, and datetime.timezone, those of a fixed offset.
import { call_dst, call_utcoffset, zoneOf } from './format'
import { borrowed, buildValue } from '../build-value'
import { identifier } from './identifiers'
import { PyDateTime_Check, constants, delta, new_timezone, none, ref, type TimeZone } from './layout'
import { add_datetime_timedelta } from './datetime'
import { PyDateTime_DeltaType, delta_bool, delta_hash, delta_negative, delta_richcompare, delta_subtract } from './timedelta'
import { PyObject_CallNoArgs } from '../../objects/call'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_NotImplementedError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyArg_ParseTupleAndKeywords } from '../../objects/getargs-format'
import {
  METH_NOARGS, METH_O, PyObject_TypeCheck, PyTypeObject, Py_DECREF, Py_EQ, Py_NE, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_IMMUTABLETYPE,
  Py_XDECREF, genericGetAttr, type PyObject,
} from '../../objects/object'
import { _PyObject_LookupAttr } from '../../objects/object-protocol'
import { _PyObject_GetState } from '../../objects/object-reduce'
import { PyObject_Free } from '../../objects/objimpl'
import { Py_None, Py_RETURN_NOTIMPLEMENTED } from '../../objects/singletons'
import { PyTuple_New } from '../../objects/tupleobject'
import { PyType_GenericNew } from '../../objects/typeobject'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_FromString } from '../../objects/unicodeobject'

const zone = (o: PyObject): TimeZone => o.v as TimeZone

const missing = (name: string) => (): null =>
  PyErr_Format(PyExc_NotImplementedError, 'a tzinfo subclass must implement %s()', name)

const inconsistent = (message: string): null => PyErr_SetString(PyExc_ValueError, message)

/** The argument of fromutc is a datetime of this zone. */
function checkFromUtc(self: PyObject, dt: PyObject): boolean {
  if (!PyDateTime_Check(dt)) return PyErr_SetString(PyExc_TypeError, 'fromutc: argument must be a datetime') !== null
  return zoneOf(dt) === self || inconsistent('fromutc: dt.tzinfo is not self') !== null
}

// Mirrors tzinfo_fromutc.
function tzinfo_fromutc(self: PyObject, dt: PyObject): PyObject | null {
  if (!checkFromUtc(self, dt)) return null
  const off = call_utcoffset(zoneOf(dt), dt)
  if (off === null) return null
  let dst: PyObject | null = null
  let standard: PyObject | null = null
  let result: PyObject | null = null
  const fail = (): null => {
    for (const o of [off, dst, standard, result]) Py_XDECREF(o)
    return null
  }
  if (off === Py_None) return inconsistent('fromutc: non-None utcoffset() result required'), fail()
  dst = call_dst(zoneOf(dt), dt)
  if (dst === null) return fail()
  if (dst === Py_None) return inconsistent('fromutc: non-None dst() result required'), fail()
  standard = delta_subtract(off, dst)
  if (standard === null) return fail()
  result = add_datetime_timedelta(dt, standard, 1)
  if (result === null) return fail()
  Py_DECREF(dst)
  dst = call_dst(zoneOf(dt), result)
  if (dst === null) return fail()
  if (dst === Py_None) return inconsistent('fromutc: tz.dst() gave inconsistent results; cannot convert'), fail()
  if (delta_bool(dst) !== 0) {
    const moved = add_datetime_timedelta(result, dst, 1)
    Py_DECREF(result)
    result = moved
    if (moved === null) return fail()
  }
  Py_DECREF(standard)
  Py_DECREF(dst)
  Py_DECREF(off)
  return result
}

function tzinfo_reduce(self: PyObject): PyObject | null {
  const getinitargs = _PyObject_LookupAttr(self, identifier('__getinitargs__'))
  if (getinitargs === null && PyErr_Occurred() !== null) return null
  let args: PyObject | null
  if (getinitargs === null) args = PyTuple_New(0)
  else {
    args = PyObject_CallNoArgs(getinitargs)
    Py_DECREF(getinitargs)
    if (args === null) return null
  }
  const state = _PyObject_GetState(self)
  if (state === null) return Py_DECREF(args), null
  return buildValue(borrowed(self.ob_type), () => args, () => state)
}

export const PyDateTime_TZInfoType: PyTypeObject = new PyTypeObject('datetime.tzinfo', {
  tp_basicsize: 16, tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_Free(o),
  tp_getattro: genericGetAttr,
  tp_new: (type, args, kwargs) => PyType_GenericNew(type, args, kwargs),
  tp_methods: [
    { ml_name: 'tzname', ml_flags: METH_O, ml_meth: missing('tzname') },
    { ml_name: 'utcoffset', ml_flags: METH_O, ml_meth: missing('utcoffset') },
    { ml_name: 'dst', ml_flags: METH_O, ml_meth: missing('dst') },
    { ml_name: 'fromutc', ml_flags: METH_O, ml_meth: tzinfo_fromutc },
    { ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: tzinfo_reduce },
  ],
})

// ---- timezone -------------------------------------------------------------------------------------------------------------------

function isArgument(dt: PyObject, name: string): boolean {
  if (dt === Py_None || PyDateTime_Check(dt)) return true
  PyErr_Format(PyExc_TypeError, '%s(dt) argument must be a datetime instance or None, not %.200s', name, dt.ob_type.tp_name)
  return false
}

function timezone_repr(self: PyObject): PyObject | null {
  const { offset, name } = zone(self)
  const type = self.ob_type.tp_name
  if (self === constants.utc) return PyUnicode_FromFormat('%s.utc', type)
  return name === null ? PyUnicode_FromFormat('%s(%R)', type, offset) : PyUnicode_FromFormat('%s(%R, %R)', type, offset, name)
}

function timezone_str(self: PyObject): PyObject | null {
  const { offset, name } = zone(self)
  if (name !== null) return ref(name)
  if (delta_bool(offset) === 0) return PyUnicode_FromString('UTC')
  const west = delta(offset).days < 0
  const distance = west ? delta_negative(offset) : ref(offset)
  if (distance === null) return null
  const { seconds, microseconds } = delta(distance)
  Py_DECREF(distance)
  const sign = west ? '-' : '+'
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  if (microseconds !== 0) return PyUnicode_FromFormat('UTC%c%02d:%02d:%02d.%06d', sign.charCodeAt(0), hours, minutes, rest, microseconds)
  if (rest !== 0) return PyUnicode_FromFormat('UTC%c%02d:%02d:%02d', sign.charCodeAt(0), hours, minutes, rest)
  return PyUnicode_FromFormat('UTC%c%02d:%02d', sign.charCodeAt(0), hours, minutes)
}

export const PyDateTime_TimeZoneType: PyTypeObject = new PyTypeObject('datetime.timezone', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_IMMUTABLETYPE,
  tp_dealloc: o => {
    const { offset, name } = zone(o)
    Py_DECREF(offset)
    Py_XDECREF(name)
    PyObject_Free(o)
  },
  tp_free: o => PyObject_Free(o),
  tp_repr: timezone_repr,
  tp_str: timezone_str,
  tp_hash: o => delta_hash(zone(o).offset),
  tp_richcompare: (a, b, op) => {
    if ((op !== Py_EQ && op !== Py_NE) || !PyObject_TypeCheck(b, PyDateTime_TimeZoneType)) return Py_RETURN_NOTIMPLEMENTED()
    return delta_richcompare(zone(a).offset, zone(b).offset, op)
  },
  tp_new: (_type, args, kwargs) => {
    const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'O!|U:timezone', ['offset', 'name'], [PyDateTime_DeltaType])
    return given === null ? null : new_timezone(given[0], given[1] ?? null)
  },
  tp_methods: [
    { ml_name: 'tzname', ml_flags: METH_O, ml_meth: (o: PyObject, dt: PyObject) => isArgument(dt, 'tzname') ? timezone_str(o) : null },
    {
      ml_name: 'utcoffset', ml_flags: METH_O,
      ml_meth: (o: PyObject, dt: PyObject) => isArgument(dt, 'utcoffset') ? ref(zone(o).offset) : null,
    },
    { ml_name: 'dst', ml_flags: METH_O, ml_meth: (_o: PyObject, dt: PyObject) => isArgument(dt, 'dst') ? none() : null },
    {
      ml_name: 'fromutc', ml_flags: METH_O,
      ml_meth: (o: PyObject, dt: PyObject) => checkFromUtc(o, dt) ? add_datetime_timedelta(dt, zone(o).offset, 1) : null,
    },
    {
      ml_name: '__getinitargs__', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => {
        const { offset, name } = zone(o)
        return name === null ? buildValue(borrowed(offset)) : buildValue(borrowed(offset), borrowed(name))
      },
    },
  ],
})

