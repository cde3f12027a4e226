// datetime.timedelta: days, seconds and microseconds. Sums over units are made with int objects, as in CPython.
import { callNoArgs, identifier } from './identifiers'
import { PyDelta_Check, constants, delta, keptHash, new_delta } from './layout'
import { buildInts, buildValue, borrowed } from '../build-value'
import { PyNumber_Add, PyNumber_And, PyNumber_Divmod, PyNumber_FloorDivide, PyNumber_Multiply, PyNumber_Remainder, PyNumber_TrueDivide } from '../../objects/abstract'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_Check } from '../../objects/floatobject'
import { PyArg_ParseTupleAndKeywords } from '../../objects/getargs-format'
import { _PyLong_DivmodNear } from '../../objects/long-methods'
import { PyLong_AsDouble, PyLong_Check, PyLong_FromDouble, PyLong_FromLong, _PyLong_AsInt } from '../../objects/longobject'
import {
  METH_NOARGS, PyTypeObject, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, genericGetAttr, type PyObject,
} from '../../objects/object'
import { PyObject_Hash, PyObject_IsTrue } from '../../objects/object-protocol'
import { PyObject_Free } from '../../objects/objimpl'
import { Py_RETURN_NOTIMPLEMENTED, richCompareResult } from '../../objects/singletons'
import { PyTuple_Check, PyTuple_Pack } from '../../objects/tupleobject'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_FromString } from '../../objects/unicodeobject'

export { identifier }

/** STEALS the intermediate `o`; applies `f` to it. */
function consume(o: PyObject | null, f: (o: PyObject) => PyObject | null): PyObject | null {
  if (o === null) return null
  const result = f(o)
  Py_DECREF(o)
  return result
}

// ---- microseconds -----------------------------------------------------------------------------------------------------------

// Mirrors delta_to_microseconds.
function delta_to_microseconds(o: PyObject): PyObject | null {
  const { days, seconds, microseconds } = delta(o)
  const x2 = consume(PyLong_FromLong(days), x => PyNumber_Multiply(x, constants.seconds_per_day))
  if (x2 === null) return null
  const x1 = PyLong_FromLong(seconds)
  const x3 = PyNumber_Add(x1, x2)
  Py_DECREF(x1)
  Py_DECREF(x2)
  const scaled = consume(x3, x => PyNumber_Multiply(x, constants.us_per_second))
  if (scaled === null) return null
  const rest = PyLong_FromLong(microseconds)
  const result = PyNumber_Add(scaled, rest)
  Py_DECREF(scaled)
  Py_DECREF(rest)
  return result
}

// Mirrors checked_divmod.
function checked_divmod(a: PyObject, b: PyObject): PyObject | null {
  const result = PyNumber_Divmod(a, b)
  if (result === null) return null
  if (!PyTuple_Check(result)) {
    PyErr_Format(PyExc_TypeError, 'divmod() returned non-tuple (type %.200s)', result.ob_type.tp_name)
  } else if (result.v.length !== 2) PyErr_Format(PyExc_TypeError, 'divmod() returned a tuple of size %zd', result.v.length)
  else return result
  Py_DECREF(result)
  return null
}

const outOfRange = (): null => PyErr_SetString(PyExc_TypeError, 'divmod() returned a value out of range')

// Mirrors microseconds_to_delta_ex.
function microseconds_to_delta(us: PyObject, type: PyTypeObject = PyDateTime_DeltaType): PyObject | null {
  const first = checked_divmod(us, constants.us_per_second)
  if (first === null) return null
  const [allSeconds, usObject] = first.v as [PyObject, PyObject]
  const microseconds = _PyLong_AsInt(usObject)
  if (microseconds === -1 && PyErr_Occurred() !== null) return Py_DECREF(first), null
  if (microseconds < 0 || microseconds >= 1000000) return Py_DECREF(first), outOfRange()
  allSeconds.ob_refcnt++
  Py_DECREF(first)
  const second = checked_divmod(allSeconds, constants.seconds_per_day)
  if (second === null) return Py_DECREF(allSeconds), null
  Py_DECREF(allSeconds)
  const [daysObject, secondsObject] = second.v as [PyObject, PyObject]
  const seconds = _PyLong_AsInt(secondsObject)
  let result: PyObject | null = null
  if (seconds !== -1 || PyErr_Occurred() === null) {
    if (seconds < 0 || seconds >= 86400) result = outOfRange()
    else {
      const days = _PyLong_AsInt(daysObject)
      if (days !== -1 || PyErr_Occurred() === null) result = new_delta(days, seconds, microseconds, type)
    }
  }
  Py_DECREF(second)
  return result
}

// ---- arithmetic ---------------------------------------------------------------------------------------------------------------

// Mirrors divide_nearest.
function divide_nearest(a: PyObject, b: PyObject): PyObject | null {
  return consume(_PyLong_DivmodNear(a, b), pair => {
    const quotient = (pair.v as PyObject[])[0]!
    quotient.ob_refcnt++
    return quotient
  })
}

/** A timedelta from microseconds that `f` makes of those of `o`. */
function onMicroseconds(o: PyObject, f: (us: PyObject) => PyObject | null): PyObject | null {
  return consume(consume(delta_to_microseconds(o), f), us => microseconds_to_delta(us))
}

/** What `f` makes of the microseconds of both. */
function onBoth(a: PyObject, b: PyObject, f: (a: PyObject, b: PyObject) => PyObject | null): PyObject | null {
  const left = delta_to_microseconds(a)
  const right = left === null ? null : delta_to_microseconds(b)
  const result = right === null ? null : f(left!, right)
  Py_XDECREF(left)
  Py_XDECREF(right)
  return result
}

const multiplyInt = (n: PyObject, o: PyObject): PyObject | null => onMicroseconds(o, us => PyNumber_Multiply(n, us))

// Mirrors multiply_truedivide_timedelta_float; `numerator` is the place in the ratio by which to multiply.
function byFloat(o: PyObject, float: PyObject, numerator: 0 | 1): PyObject | null {
  const us = delta_to_microseconds(o)
  if (us === null) return null
  const ratio = callNoArgs(float, 'as_integer_ratio')
  if (ratio === null) return Py_DECREF(us), null
  if (!PyTuple_Check(ratio) || ratio.v.length !== 2) {
    if (PyTuple_Check(ratio)) PyErr_SetString(PyExc_ValueError, 'as_integer_ratio() must return a 2-tuple')
    else PyErr_Format(PyExc_TypeError, 'unexpected return type from as_integer_ratio(): expected tuple, got \'%.200s\'', ratio.ob_type.tp_name)
    return Py_DECREF(us), Py_DECREF(ratio), null
  }
  const product = PyNumber_Multiply(us, ratio.v[numerator]!)
  Py_DECREF(us)
  const result = consume(consume(product, x => divide_nearest(x, ratio.v[1 - numerator]!)), x => microseconds_to_delta(x))
  Py_DECREF(ratio)
  return result
}

function delta_add(a: PyObject, b: PyObject): PyObject | null {
  if (!PyDelta_Check(a) || !PyDelta_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
  const x = delta(a)
  const y = delta(b)
  return new_delta(x.days + y.days, x.seconds + y.seconds, x.microseconds + y.microseconds)
}

export function delta_subtract(a: PyObject, b: PyObject): PyObject | null {
  if (!PyDelta_Check(a) || !PyDelta_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
  const x = delta(a)
  const y = delta(b)
  return new_delta(x.days - y.days, x.seconds - y.seconds, x.microseconds - y.microseconds)
}

export function delta_negative(o: PyObject): PyObject | null {
  const d = delta(o)
  return new_delta(-d.days, -d.seconds, -d.microseconds)
}

function delta_positive(o: PyObject): PyObject | null {
  const d = delta(o)
  return new_delta(d.days, d.seconds, d.microseconds)
}

function delta_multiply(a: PyObject, b: PyObject): PyObject | null {
  if (PyDelta_Check(a)) {
    if (PyLong_Check(b)) return multiplyInt(b, a)
    if (PyFloat_Check(b)) return byFloat(a, b, 0)
  } else if (PyLong_Check(a)) return multiplyInt(a, b)
  else if (PyFloat_Check(a)) return byFloat(b, a, 0)
  return Py_RETURN_NOTIMPLEMENTED()
}

/** delta // delta, an int. */
export const divideDeltas = (a: PyObject, b: PyObject): PyObject | null => onBoth(a, b, PyNumber_FloorDivide)

function delta_divide(a: PyObject, b: PyObject): PyObject | null {
  if (PyDelta_Check(a)) {
    if (PyLong_Check(b)) return onMicroseconds(a, us => PyNumber_FloorDivide(us, b))
    if (PyDelta_Check(b)) return divideDeltas(a, b)
  }
  return Py_RETURN_NOTIMPLEMENTED()
}

function delta_truedivide(a: PyObject, b: PyObject): PyObject | null {
  if (PyDelta_Check(a)) {
    if (PyDelta_Check(b)) return onBoth(a, b, PyNumber_TrueDivide)
    if (PyFloat_Check(b)) return byFloat(a, b, 1)
    if (PyLong_Check(b)) return onMicroseconds(a, us => divide_nearest(us, b))
  }
  return Py_RETURN_NOTIMPLEMENTED()
}

function delta_remainder(a: PyObject, b: PyObject): PyObject | null {
  if (!PyDelta_Check(a) || !PyDelta_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
  return consume(onBoth(a, b, PyNumber_Remainder), us => microseconds_to_delta(us))
}

function delta_divmod(a: PyObject, b: PyObject): PyObject | null {
  if (!PyDelta_Check(a) || !PyDelta_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
  return consume(onBoth(a, b, checked_divmod), pair => {
    const [quotient, rest] = pair.v as [PyObject, PyObject]
    return consume(microseconds_to_delta(rest), remainder => PyTuple_Pack(quotient, remainder))
  })
}

/** Negative, 0 or positive. */
export function delta_cmp(a: PyObject, b: PyObject): number {
  const x = delta(a)
  const y = delta(b)
  return (x.days - y.days) || (x.seconds - y.seconds) || (x.microseconds - y.microseconds)
}

export function delta_richcompare(a: PyObject, b: PyObject, op: number): PyObject {
  return PyDelta_Check(b) ? richCompareResult(delta_cmp(a, b), op) : Py_RETURN_NOTIMPLEMENTED()
}

// ---- construction ---------------------------------------------------------------------------------------------------------------

/** A value's whole and fractional part, both with its sign. */
const wholeOf = (x: number): number => Math.trunc(x)

/** sofar + num * factor, microseconds; STEALS sofar. The fraction of a float goes to `leftover`. Mirrors accum. */
function accum(tag: string, sofar: PyObject, num: PyObject, factor: PyObject, leftover: { us: number }): PyObject | null {
  const result = sum(tag, sofar, num, factor, leftover)
  Py_DECREF(sofar)
  return result
}

function sum(tag: string, sofar: PyObject, num: PyObject, factor: PyObject, leftover: { us: number }): PyObject | null {
  if (PyLong_Check(num)) return consume(PyNumber_Multiply(num, factor), product => PyNumber_Add(sofar, product))
  if (!PyFloat_Check(num)) {
    return PyErr_Format(PyExc_TypeError, 'unsupported type for timedelta %s component: %s', tag, num.ob_type.tp_name)
  }
  const value = num.v
  const whole = wholeOf(value)
  const product = consume(PyLong_FromDouble(whole), x => PyNumber_Multiply(x, factor))
  const total = consume(product, x => PyNumber_Add(sofar, x))
  const fraction = Number.isFinite(value) ? value - whole : 0
  if (total === null || fraction === 0) return total
  const scaled = PyLong_AsDouble(factor) * fraction
  const scaledWhole = wholeOf(scaled)
  const more = PyLong_FromDouble(scaledWhole)
  if (more === null) return Py_DECREF(total), null
  const result = PyNumber_Add(total, more)
  Py_DECREF(total)
  Py_DECREF(more)
  leftover.us += scaled - scaledWhole
  return result
}

/** C's round: halves away from zero. */
const roundAway = (x: number): number => Math.sign(x) * Math.round(Math.abs(x))

const KEYWORDS = ['days', 'seconds', 'microseconds', 'milliseconds', 'minutes', 'hours', 'weeks'] as const

// Mirrors delta_new.
function delta_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|OOOOOOO:__new__', KEYWORDS) as (PyObject | undefined)[] | null
  if (given === null) return null
  const [days, seconds, us, ms, minutes, hours, weeks] = given
  const leftover = { us: 0 }
  let x: PyObject | null = PyLong_FromLong(0)
  const one = PyLong_FromLong(1)
  for (const [tag, value, factor] of [
    ['microseconds', us, one], ['milliseconds', ms, constants.us_per_ms], ['seconds', seconds, constants.us_per_second],
    ['minutes', minutes, constants.us_per_minute], ['hours', hours, constants.us_per_hour], ['days', days, constants.us_per_day],
    ['weeks', weeks, constants.us_per_week],
  ] as const) {
    if (value === undefined) continue
    x = accum(tag, x, value, factor, leftover)
    if (x === null) return null
  }
  if (leftover.us !== 0) {
    x = addLeftover(x, leftover.us, one)
    if (x === null) return null
  }
  return consume(x, sum => microseconds_to_delta(sum, type))
}

/** Rounds the rest half to even, as seen with the sum; STEALS it. */
function addLeftover(x: PyObject, leftover: number, one: PyObject): PyObject | null {
  let whole = roundAway(leftover)
  if (Math.abs(whole - leftover) === 0.5) {
    const bit = PyNumber_And(x, one)
    const odd = bit === null ? -1 : PyObject_IsTrue(bit)
    Py_XDECREF(bit)
    if (odd < 0) return Py_DECREF(x), null
    whole = 2 * roundAway((leftover + odd) * 0.5) - odd
  }
  const rest = PyLong_FromLong(whole)
  const result = PyNumber_Add(x, rest)
  Py_DECREF(rest)
  Py_DECREF(x)
  return result
}

// ---- texts ------------------------------------------------------------------------------------------------------------------------

// Mirrors delta_repr.
function delta_repr(o: PyObject): PyObject | null {
  const d = delta(o)
  let args: PyObject | null = PyUnicode_FromString('')
  let separator = ''
  const replace = (next: PyObject | null): boolean => {
    Py_DECREF(args!)
    args = next
    separator = ', '
    return next !== null
  }
  if (d.days !== 0 && !replace(PyUnicode_FromFormat('days=%d', d.days))) return null
  if (d.seconds !== 0 && !replace(PyUnicode_FromFormat('%U%sseconds=%d', args, separator, d.seconds))) return null
  if (d.microseconds !== 0 && !replace(PyUnicode_FromFormat('%U%smicroseconds=%d', args, separator, d.microseconds))) return null
  if (separator === '' && !replace(PyUnicode_FromString('0'))) return null
  return consume(args, text => PyUnicode_FromFormat('%s(%S)', o.ob_type.tp_name, text))
}

function delta_str(o: PyObject): PyObject | null {
  const { days, seconds, microseconds } = delta(o)
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const plural = days === 1 || days === -1 ? '' : 's'
  if (days !== 0) {
    return microseconds !== 0 ? PyUnicode_FromFormat('%d day%s, %d:%02d:%02d.%06d', days, plural, ...clock, microseconds)
      : PyUnicode_FromFormat('%d day%s, %d:%02d:%02d', days, plural, ...clock)
  }
  return microseconds !== 0 ? PyUnicode_FromFormat('%d:%02d:%02d.%06d', ...clock, microseconds)
    : PyUnicode_FromFormat('%d:%02d:%02d', ...clock)
}

const delta_getstate = (o: PyObject): PyObject => buildInts(delta(o).days, delta(o).seconds, delta(o).microseconds)

export function delta_hash(o: PyObject): number {
  return keptHash(delta(o), () => {
    const state = delta_getstate(o)
    const result = PyObject_Hash(state)
    Py_DECREF(state)
    return result
  })
}

export function delta_bool(o: PyObject): number {
  const d = delta(o)
  return d.days !== 0 || d.seconds !== 0 || d.microseconds !== 0 ? 1 : 0
}

export const delta_total_seconds = (o: PyObject): PyObject | null =>
  consume(delta_to_microseconds(o), us => PyNumber_TrueDivide(us, constants.us_per_second))

export const PyDateTime_DeltaType: PyTypeObject = new PyTypeObject('datetime.timedelta', {
  tp_basicsize: 40, tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_Free(o),
  tp_getattro: genericGetAttr,
  tp_repr: delta_repr,
  tp_str: delta_str,
  tp_hash: delta_hash,
  tp_richcompare: delta_richcompare,
  tp_new: delta_new,
  nb_add: delta_add,
  nb_subtract: delta_subtract,
  nb_multiply: delta_multiply,
  nb_remainder: delta_remainder,
  nb_divmod: delta_divmod,
  nb_negative: delta_negative,
  nb_positive: delta_positive,
  nb_absolute: o => delta(o).days < 0 ? delta_negative(o) : delta_positive(o),
  nb_bool: delta_bool,
  nb_floor_divide: delta_divide,
  nb_true_divide: delta_truedivide,
  tp_methods: [
    { ml_name: 'total_seconds', ml_flags: METH_NOARGS, ml_meth: delta_total_seconds },
    {
      ml_name: '__reduce__', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => buildValue(borrowed(o.ob_type), () => delta_getstate(o)),
    },
  ],
  tp_members: [
    { name: 'days', get: o => PyLong_FromLong(delta(o).days) },
    { name: 'seconds', get: o => PyLong_FromLong(delta(o).seconds) },
    { name: 'microseconds', get: o => PyLong_FromLong(delta(o).microseconds) },
  ],
})
