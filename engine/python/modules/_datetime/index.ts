// _datetime: the module's types and constants. Modules/_datetimemodule.c.
import { MAXYEAR, MINYEAR } from './calendar'
import { PyDateTime_DateType } from './date'
import { PyDateTime_DateTimeType, forgetStrptime } from './datetime'
import { PyDateTime_IsoCalendarDateType } from './isocalendar'
import { constants, create_timezone, new_date, new_datetime, new_delta, new_time } from './layout'
import { PyDateTime_TimeType } from './time'
import { PyDateTime_DeltaType } from './timedelta'
import { PyDateTime_TZInfoType, PyDateTime_TimeZoneType } from './tzinfo'
import { PyCapsule_New } from '../../objects/capsule'
import { PyDict_SetItemString } from '../../objects/dictobject'
import { PyLong_FromDouble, PyLong_FromLong } from '../../objects/longobject'
import { PyModule_AddIntConstant, PyModule_AddObject, PyModule_AddObjectRef, PyModule_Create } from '../../objects/moduleobject'
import { Py_DECREF, type PyObject, type PyTypeObject } from '../../objects/object'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Type } from '../../objects/tupleobject'
import { readyStatic } from '../static-module-types'

/** Class attributes; takes the values over. */
function addConstants(type: PyTypeObject, values: Record<string, PyObject | null>): void {
  for (const [name, value] of Object.entries(values)) {
    PyDict_SetItemString(type.tp_dict!, name, value!)
    Py_DECREF(value!)
  }
}

/** NEW timezone of a NEW offset, which it takes over. */
function zone(offset: PyObject | null): PyObject {
  const result = create_timezone(offset!, null)!
  Py_DECREF(offset!)
  return result
}

export function PyInit__datetime(): PyObject | null {
  forgetStrptime()
  const module = PyModule_Create('_datetime', [])
  if (module === null) return null
  for (const [type, base, name] of [
    [PyDateTime_DateType, null, 'date'], [PyDateTime_DateTimeType, PyDateTime_DateType, 'datetime'], [PyDateTime_TimeType, null, 'time'],
    [PyDateTime_DeltaType, null, 'timedelta'], [PyDateTime_TZInfoType, null, 'tzinfo'],
    [PyDateTime_TimeZoneType, PyDateTime_TZInfoType, 'timezone'],
  ] as const) {
    if (!readyStatic(type, base)) return null
    PyModule_AddObjectRef(module, name, type)
  }
  if (!readyStatic(PyDateTime_IsoCalendarDateType, PyTuple_Type)) return null

  addConstants(PyDateTime_DeltaType, {
    resolution: new_delta(0, 0, 1), min: new_delta(-999999999, 0, 0), max: new_delta(999999999, 86399, 999999),
  })
  addConstants(PyDateTime_DateType, { min: new_date(1, 1, 1), max: new_date(MAXYEAR, 12, 31), resolution: new_delta(1, 0, 0) })
  addConstants(PyDateTime_TimeType, {
    min: new_time(0, 0, 0, 0, Py_None, 0), max: new_time(23, 59, 59, 999999, Py_None, 0), resolution: new_delta(0, 0, 1),
  })
  addConstants(PyDateTime_DateTimeType, {
    min: new_datetime(1, 1, 1, 0, 0, 0, 0, Py_None, 0), max: new_datetime(MAXYEAR, 12, 31, 23, 59, 59, 999999, Py_None, 0),
    resolution: new_delta(0, 0, 1),
  })
  constants.utc = zone(new_delta(0, 0, 0))
  PyDict_SetItemString(PyDateTime_TimeZoneType.tp_dict!, 'utc', constants.utc)
  addConstants(PyDateTime_TimeZoneType, { min: zone(new_delta(-1, 60, 0)), max: zone(new_delta(0, 86340, 0)) })
  constants.epoch = new_datetime(1970, 1, 1, 0, 0, 0, 0, constants.utc, 0)!
  PyModule_AddIntConstant(module, 'MINYEAR', MINYEAR)
  PyModule_AddIntConstant(module, 'MAXYEAR', MAXYEAR)
  PyModule_AddObject(module, 'datetime_CAPI', PyCapsule_New(null, 'datetime.datetime_CAPI'))
  PyModule_AddObjectRef(module, 'UTC', constants.utc)
  constants.us_per_ms = PyLong_FromLong(1000)
  constants.us_per_second = PyLong_FromLong(1000000)
  constants.us_per_minute = PyLong_FromLong(60000000)
  constants.seconds_per_day = PyLong_FromLong(86400)
  constants.us_per_hour = PyLong_FromDouble(3600000000)!
  constants.us_per_day = PyLong_FromDouble(86400000000)!
  constants.us_per_week = PyLong_FromDouble(604800000000)!
  return module
}
