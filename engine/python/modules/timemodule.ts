// time: the program's clock, calendars and their formats. Modules/timemodule.c. The time zone is UTC.
import { PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_OSError, PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyNumber_AsSsize_t } from '../objects/abstract'
import { PyFloat_AsDouble, PyFloat_Check, PyFloat_FromDouble } from '../objects/floatobject'
import { PyArg_UnpackTuple } from '../objects/getargs'
import { PyArg_ParseTuple } from '../objects/getargs-format'
import { PyLong_AsInt, PyLong_AsLong, PyLong_FromBigInt, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_AddObject, PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import { _PyNamespace_New } from '../objects/namespaceobject'
import { METH_MAY_BLOCK, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { PyObject_GetAttr } from '../objects/object-protocol'
import { PyObject_Call } from '../objects/call'
import { Py_None } from '../objects/singletons'
import { structSequence, type StructSequence } from '../objects/structseq'
import { PyTuple_Check, PyTuple_FromArray } from '../objects/tupleobject'
import { PyMem_Free, PyMem_Malloc } from '../objects/objimpl'
import { TAG_SCRATCH } from '../../memory/events'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_GET_LENGTH, _Py_ID, unicodeFromText } from '../objects/unicodeobject'
import { PyBool_From } from '../objects/boolobject'
import { elapsed, now, sleptNs } from './clock'
import { PyImport_ImportModule } from './import'
import { _PyRuntime } from '../objects/runtime'
import { pendingCalls } from '../vm/eval-breaker'
import { SUSPENDED, sleepThread } from '../vm/threads'
import { DAYS, MONTHS, formatTime, yearDay } from './time-format'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

/** time.monotonic() at the start: a machine that has been up for a while. */
const BOOT_NS = 1_000_000_000_000n

const monotonic = (): bigint => BOOT_NS + elapsed()
const cpu = (): bigint => elapsed() - sleptNs()

const CLOCKS: Readonly<Record<number, () => bigint>> = { 0: now, 1: monotonic, 2: cpu, 3: cpu, 4: monotonic, 7: monotonic, 11: now }

const seconds = (ns: bigint): PyObject => PyFloat_FromDouble(Number(ns) / 1e9)
const nanoseconds = (ns: bigint): PyObject => PyLong_FromBigInt(ns)!

const clockMethods = (name: string, clock: () => bigint): PyMethodDef[] => [
  { ml_name: name, ml_flags: METH_NOARGS, ml_meth: () => seconds(clock()) },
  { ml_name: `${name}_ns`, ml_flags: METH_NOARGS, ml_meth: () => nanoseconds(clock()) },
]

/** The clock of that number; null with OSError set. */
function clockOf(arg: PyObject): (() => bigint) | null {
  const id = PyLong_AsInt(arg)
  if (id === -1 && PyErr_Occurred() !== null) return null
  return CLOCKS[id] ?? PyErr_SetString(PyExc_OSError, '[Errno 22] Invalid argument')
}

// ---- struct_time ----------------------------------------------------------------------------------------------------------------

const structTime = (): StructSequence => structSequence('time.struct_time', [
  'tm_year', 'tm_mon', 'tm_mday', 'tm_hour', 'tm_min', 'tm_sec', 'tm_wday', 'tm_yday', 'tm_isdst', 'tm_zone', 'tm_gmtoff',
], 9)

/** Fields as struct_time shows them: month from 1, Monday is 0, first day of the year is 1. */
export type TimeFields = [year: number, mon: number, mday: number, hour: number, min: number, sec: number, wday: number, yday: number, isdst: number]

function fieldsOf(time: number): TimeFields | null {
  const date = new Date(time * 1000)
  if (Number.isNaN(date.getTime())) return null
  const year = date.getUTCFullYear()
  return [year, date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(),
    (date.getUTCDay() + 6) % 7, yearDay(year, date.getUTCMonth(), date.getUTCDate()), 0]
}

function toStruct(fields: TimeFields, zone: string): PyObject {
  return structTime().fill(set => {
    fields.forEach((n, i) => set(i, PyLong_FromLong(n)))
    set(9, PyUnicode_FromString(zone))
    set(10, PyLong_FromLong(0))
  })
}

/** Seconds since the epoch from an argument, now if there is none; NaN with an exception set. */
function timeArgument(name: string, args: PyObject): number {
  const given = PyArg_UnpackTuple(args, name, 0, 1)
  if (given === null) return NaN
  const o = given[0] ?? Py_None
  if (o === Py_None) return Number(now() / 1_000_000_000n)
  const value = PyFloat_Check(o) ? Math.floor(o.v) : PyLong_AsLong(o)
  if (value === -1 && PyErr_Occurred() !== null) return NaN
  if (Number.isNaN(value)) return PyErr_SetString(PyExc_ValueError, 'Invalid value NaN (not a number)'), NaN
  if (Math.abs(value) > 9.2e18) return PyErr_SetString(PyExc_OverflowError, 'timestamp out of range for platform time_t'), NaN
  return value
}

function broken(name: string): (m: PyObject, args: PyObject) => PyObject | null {
  return (_m, args) => {
    const time = timeArgument(name, args)
    if (Number.isNaN(time)) return null
    const fields = fieldsOf(time)
    return fields === null ? PyErr_SetString(PyExc_OverflowError, '[Errno 75] Value too large for defined data type') : toStruct(fields, name === 'gmtime' ? 'GMT' : 'UTC')
  }
}

/** The nine fields of a tuple or struct_time; null with TypeError set. Mirrors gettmarg. */
function gettmarg(name: string, o: PyObject): TimeFields | null {
  if (!PyTuple_Check(o)) return PyErr_SetString(PyExc_TypeError, 'Tuple or struct_time argument required')
  return PyArg_ParseTuple(o, `iiiiiiiii;${name}(): illegal time tuple argument`) as TimeFields | null
}

/** Zeros stand for ones, and everything must be in range. False with ValueError set. Mirrors checktm. */
function checktm(fields: TimeFields): boolean {
  const wrong = (text: string): false => (PyErr_SetString(PyExc_ValueError, text), false)
  if (fields[1] === 0) fields[1] = 1
  else if (fields[1] < 0 || fields[1] > 12) return wrong('month out of range')
  if (fields[2] === 0) fields[2] = 1
  else if (fields[2] < 0 || fields[2] > 31) return wrong('day of month out of range')
  if (fields[3] < 0 || fields[3] > 23) return wrong('hour out of range')
  if (fields[4] < 0 || fields[4] > 59) return wrong('minute out of range')
  if (fields[5] < 0 || fields[5] > 61) return wrong('seconds out of range')
  if (fields[6] < -1) return wrong('day of week out of range')
  fields[6] = ((fields[6] % 7) + 7) % 7
  if (fields[7] === 0) fields[7] = 1
  else if (fields[7] < 0 || fields[7] > 366) return wrong('day of year out of range')
  return true
}

const currentFields = (): TimeFields => fieldsOf(Number(now() / 1_000_000_000n))!

const two = (n: number): string => String(n).padStart(2, '0')

const asctimeText = (f: TimeFields): string =>
  `${DAYS[f[6]]!.slice(0, 3)} ${MONTHS[f[1] - 1]!.slice(0, 3)} ${String(f[2]).padStart(2)} ${two(f[3])}:${two(f[4])}:${two(f[5])} ${f[0]}`

function asctime(_m: PyObject, args: PyObject): PyObject | null {
  const given = PyArg_UnpackTuple(args, 'asctime', 0, 1)
  if (given === null) return null
  const fields = given[0] === undefined || given[0] === null ? currentFields() : gettmarg('asctime', given[0])
  return fields === null || !checktm(fields) ? null : PyUnicode_FromString(asctimeText(fields))
}

function ctime(_m: PyObject, args: PyObject): PyObject | null {
  const time = timeArgument('ctime', args)
  if (Number.isNaN(time)) return null
  const fields = fieldsOf(time)
  return fields === null ? PyErr_SetString(PyExc_OverflowError, 'timestamp out of range for platform time_t') : PyUnicode_FromString(asctimeText(fields))
}

function strftime(_m: PyObject, args: PyObject): PyObject | null {
  const given = PyArg_UnpackTuple(args, 'strftime', 1, 2)
  if (given === null) return null
  if (!PyUnicode_Check(given[0]!)) return PyErr_Format(PyExc_TypeError, 'strftime() argument 1 must be str, not %.50s', given[0]!.ob_type.tp_name)
  const fields = given[1] === undefined || given[1] === null ? currentFields() : gettmarg('strftime', given[1])
  if (fields === null || !checktm(fields)) return null
  // Mirrors time_strftime: the format as wide characters, and a buffer for the result that doubles.
  const format = PyUnicode_AsString(given[0]!)
  const formatLength = PyUnicode_GET_LENGTH(given[0]!)
  const wide = PyMem_Malloc((formatLength + 1) * 4, TAG_SCRATCH)
  if (wide === 0) return null
  const text = formatTime(format, fields)
  for (let size = 1024; ; size *= 2) {
    const buffer = PyMem_Malloc(size * 4, TAG_SCRATCH)
    const fits = (text.length > 0 && text.length < size) || size >= 256 * formatLength
    const result = fits && buffer !== 0 ? unicodeFromText(text) : null
    PyMem_Free(buffer)
    if (!fits && buffer !== 0) continue
    PyMem_Free(wide)
    return result
  }
}

function mktime(_m: PyObject, arg: PyObject): PyObject | null {
  const f = gettmarg('mktime', arg)
  if (f === null) return null
  const date = new Date(0)
  date.setUTCFullYear(f[0], f[1] - 1, f[2])
  date.setUTCHours(f[3], f[4], f[5])
  return Number.isNaN(date.getTime()) ? PyErr_SetString(PyExc_OverflowError, 'mktime argument out of range') : PyFloat_FromDouble(date.getTime() / 1000)
}

function sleep(_m: PyObject, arg: PyObject): PyObject | null {
  const value = PyFloat_Check(arg) ? arg.v : PyNumber_AsSsize_t(arg, PyExc_OverflowError)
  if (value === -1 && PyErr_Occurred() !== null) return null
  if (Number.isNaN(value)) return PyErr_SetString(PyExc_ValueError, 'Invalid value NaN (not a number)')
  if (value > 9223372036) return PyErr_SetString(PyExc_OverflowError, 'timestamp too large to convert to C _PyTime_t')
  if (value < 0) return PyErr_SetString(PyExc_ValueError, 'sleep length must be non-negative')
  if (sleepThread(Math.ceil(value * 1e9)) === SUSPENDED) return null
  // PyErr_CheckSignals: Ctrl+C ends the sleep.
  const call = _PyRuntime.tstate === _PyRuntime.threads[0] ? pendingCalls.shift() : undefined
  return call === undefined || call() ? none() : null
}

/** As time.strptime: the work is done by _strptime of the standard library. */
function strptime(_m: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const module = PyImport_ImportModule('_strptime')
  if (module === null) return null
  const func = PyObject_GetAttr(module, _Py_ID('_strptime_time'))
  Py_DECREF(module)
  if (func === null) return null
  const result = PyObject_Call(func, args, kwargs)
  Py_DECREF(func)
  return result
}

const CLOCK_INFO: Readonly<Record<string, readonly [implementation: string, monotonic: boolean, adjustable: boolean]>> = {
  time: ['CLOCK_REALTIME', false, true],
  monotonic: ['CLOCK_MONOTONIC', true, false],
  perf_counter: ['CLOCK_MONOTONIC', true, false],
  process_time: ['CLOCK_PROCESS_CPUTIME_ID', true, false],
  thread_time: ['CLOCK_THREAD_CPUTIME_ID', true, false],
}

function get_clock_info(_m: PyObject, args: PyObject): PyObject | null {
  const given = PyArg_UnpackTuple(args, 'get_clock_info', 1, 1)
  if (given === null) return null
  const info = PyUnicode_Check(given[0]!) ? CLOCK_INFO[PyUnicode_AsString(given[0]!)] : undefined
  if (info === undefined) return PyErr_SetString(PyExc_ValueError, 'unknown clock')
  const dict = PyDict_New()
  for (const [name, value] of [
    ['implementation', PyUnicode_FromString(`clock_gettime(${info[0]})`)], ['monotonic', PyBool_From(info[1])],
    ['adjustable', PyBool_From(info[2])], ['resolution', PyFloat_FromDouble(1e-9)],
  ] as const) {
    PyDict_SetItem(dict, _Py_ID(name), value)
    Py_DECREF(value)
  }
  const result = _PyNamespace_New(dict)
  Py_DECREF(dict)
  return result
}

const clockFunction = (name: string, f: (ns: bigint) => PyObject): PyMethodDef => ({
  ml_name: name, ml_flags: METH_O,
  ml_meth: (_m: PyObject, arg: PyObject) => {
    const clock = clockOf(arg)
    return clock === null ? null : f(clock())
  },
})

const denied = (): null => PyErr_SetString(PyExc_OSError, '[Errno 1] Operation not permitted')

const methods: PyMethodDef[] = [
  ...clockMethods('time', now), ...clockMethods('monotonic', monotonic), ...clockMethods('perf_counter', monotonic),
  ...clockMethods('process_time', cpu), ...clockMethods('thread_time', cpu),
  clockFunction('clock_gettime', seconds), clockFunction('clock_gettime_ns', nanoseconds),
  clockFunction('clock_getres', () => PyFloat_FromDouble(1e-9)),
  { ml_name: 'clock_settime', ml_flags: METH_VARARGS, ml_meth: denied },
  { ml_name: 'clock_settime_ns', ml_flags: METH_VARARGS, ml_meth: denied },
  { ml_name: 'pthread_getcpuclockid', ml_flags: METH_O, ml_meth: () => PyLong_FromLong(3) },
  { ml_name: 'sleep', ml_flags: METH_O | METH_MAY_BLOCK, ml_meth: sleep },
  { ml_name: 'gmtime', ml_flags: METH_VARARGS, ml_meth: broken('gmtime') },
  { ml_name: 'localtime', ml_flags: METH_VARARGS, ml_meth: broken('localtime') },
  { ml_name: 'asctime', ml_flags: METH_VARARGS, ml_meth: asctime },
  { ml_name: 'ctime', ml_flags: METH_VARARGS, ml_meth: ctime },
  { ml_name: 'mktime', ml_flags: METH_O, ml_meth: mktime },
  { ml_name: 'strftime', ml_flags: METH_VARARGS, ml_meth: strftime },
  { ml_name: 'strptime', ml_flags: METH_VARARGS | 2, ml_meth: strptime },
  { ml_name: 'tzset', ml_flags: METH_NOARGS, ml_meth: none },
  { ml_name: 'get_clock_info', ml_flags: METH_VARARGS, ml_meth: get_clock_info },
]

export function PyInit_time(): PyObject | null {
  const module = PyModule_Create('time', methods)
  if (module === null) return null
  for (const [name, id] of [
    ['CLOCK_REALTIME', 0], ['CLOCK_MONOTONIC', 1], ['CLOCK_PROCESS_CPUTIME_ID', 2], ['CLOCK_THREAD_CPUTIME_ID', 3],
    ['CLOCK_MONOTONIC_RAW', 4], ['CLOCK_BOOTTIME', 7], ['CLOCK_TAI', 11], ['_STRUCT_TM_ITEMS', 11], ['timezone', 0], ['altzone', 0],
    ['daylight', 0],
  ] as const) PyModule_AddIntConstant(module, name, id)
  PyModule_AddObject(module, 'tzname', PyTuple_FromArray([PyUnicode_FromString('UTC'), PyUnicode_FromString('UTC')], true))
  PyModule_AddObjectRef(module, 'struct_time', structTime().type)
  return module
}
