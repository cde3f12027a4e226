// range. Its three numbers and length are ints of any size; two iterators, one for what fits C longs. Mirrors
// Objects/rangeobject.c.
import {
  HASH, METH_NOARGS, METH_O, Py_EQ, Py_NE, Py_TPFLAGS_SEQUENCE, PyObject, PyTypeObject,
} from './object'
import {
  PY_ITERSEARCH_CONTAINS, PY_ITERSEARCH_COUNT, PY_ITERSEARCH_INDEX, PyIndex_Check, PyNumber_AsSsize_t, PyNumber_Index,
  _PySequence_IterSearch,
} from './abstract'
import { PyBool_Check, PyBool_From } from './boolobject'
import { PyErr_Clear, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_IndexError, PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { _PyArg_NoKeywords, _PyArg_NoKwnames } from './getargs'
import { _PyLong_Add, _PyLong_FloorDivide, _PyLong_Multiply, _PyLong_Remainder, _PyLong_Subtract, long_neg } from './long-arith'
import {
  PyLong_AsSsize_t, PyLong_CheckExact, PyLong_FromLong, PyLong_FromSsize_t, _PyLong_Sign, long_compare, smallInts,
  type PyLongObject,
} from './longobject'
import { PyObject_Free, PyObject_New } from './objimpl'
import { PyObject_Hash } from './object-protocol'
import { longrange_reverse, newLongRangeIter, newRangeIter } from './range-iter'
import { Py_None, Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { PySlice_Check, _PySlice_GetLongIndices } from './sliceobject'
import { PyTuple_New, PyTuple_Pack } from './tupleobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

export class RangeData {
  start: PyLongObject
  stop: PyLongObject
  step: PyLongObject
  length: PyLongObject
  constructor(start: PyLongObject, stop: PyLongObject, step: PyLongObject, length: PyLongObject) {
    this.start = start
    this.stop = stop
    this.step = step
    this.length = length
  }
}

const LONG_MAX = 2n ** 63n - 1n
const LONG_MIN = -(2n ** 63n)

export const PyRange_Type: PyTypeObject = new PyTypeObject('range', {
  tp_basicsize: 48,
  tp_flags: Py_TPFLAGS_SEQUENCE,
  tp_doc: 'Immutable sequence of numbers at equal distances.',
  tp_dealloc: range_dealloc,
  tp_repr: range_repr,
  tp_hash: range_hash,
  tp_richcompare: range_richcompare,
  tp_iter: range_iter,
  tp_new: range_new,
  tp_vectorcall: range_vectorcall,
  tp_methods: [
    { ml_name: '__reversed__', ml_meth: range_reverse, ml_flags: METH_NOARGS },
    { ml_name: '__reduce__', ml_meth: range_reduce, ml_flags: METH_NOARGS },
    { ml_name: 'count', ml_meth: range_count, ml_flags: METH_O },
    { ml_name: 'index', ml_meth: range_index, ml_flags: METH_O },
  ],
  tp_members: [
    { name: 'start', get: self => newRef(self.v.start) },
    { name: 'stop', get: self => newRef(self.v.stop) },
    { name: 'step', get: self => newRef(self.v.step) },
  ],
  nb_bool: self => self.v.length.v === 0 ? 0 : 1,
  sq_length: range_length,
  sq_item: range_item,
  sq_contains: range_contains,
  mp_length: range_length,
  mp_subscript: range_subscript,
})

function newRef<T extends PyObject>(o: T): T {
  o.ob_refcnt++
  return o
}

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

const data = (o: PyObject): RangeData => o.v as RangeData

export function PyRange_Check(o: PyObject): boolean {
  return o.ob_type === PyRange_Type
}

/** The static 1: steps of one are told by identity. */
export function isOne(step: PyObject): boolean {
  return step === smallInts[6]
}

// ---- construction ------------------------------------------------------------------------------------------------------

/** NEW range; steals the three ints. Null with an exception set. Mirrors make_range_object. */
export function make_range_object(start: PyObject, stop: PyObject, step: PyObject): PyObject | null {
  const length = compute_range_length(start, stop, step)
  if (length === null) {
    decref(start)
    decref(stop)
    decref(step)
    return null
  }
  return PyObject_New(PyRange_Type, new RangeData(start, stop, step, length as PyLongObject))
}

/** NEW number of items: max(0, (hi - lo - 1) // |step| + 1), by Python's own arithmetic. */
function compute_range_length(start: PyObject, stop: PyObject, step: PyObject): PyObject | null {
  const forwards = _PyLong_Sign(step) > 0
  const lo = forwards ? start : stop
  const hi = forwards ? stop : start
  const distance = forwards ? newRef(step) : long_neg(step)
  if (distance === null) return null
  if (long_compare(lo, hi) >= 0) {
    decref(distance)
    return PyLong_FromLong(0)
  }
  const one = smallInts[6]!
  const span = _PyLong_Subtract(hi, lo)
  const diff = span === null ? null : _PyLong_Subtract(span, one)
  const steps = diff === null ? null : _PyLong_FloorDivide(diff as PyLongObject, distance as PyLongObject)
  const length = steps === null ? null : _PyLong_Add(steps, one)
  if (steps !== null) decref(steps)
  if (diff !== null) decref(diff)
  decref(distance)
  if (span !== null) decref(span)
  return length
}

// Mirrors range_from_array.
function fromArguments(args: readonly PyObject[], nargs: number): PyObject | null {
  if (nargs === 0) return PyErr_SetString(PyExc_TypeError, 'range expected at least 1 argument, got 0')
  if (nargs > 3) return PyErr_Format(PyExc_TypeError, 'range expected at most 3 arguments, got %zd', nargs)
  if (nargs === 1) {
    const stop = PyNumber_Index(args[0]!)
    return stop === null ? null : make_range_object(PyLong_FromLong(0), stop, PyLong_FromLong(1))
  }
  const start = PyNumber_Index(args[0]!)
  if (start === null) return null
  const stop = PyNumber_Index(args[1]!)
  if (stop === null) {
    decref(start)
    return null
  }
  let step = nargs === 3 ? PyNumber_Index(args[2]!) : PyLong_FromLong(1)
  if (step !== null && step.v === 0) {
    PyErr_SetString(PyExc_ValueError, 'range() arg 3 must not be zero')
    decref(step)
    step = null
  }
  if (step !== null) return make_range_object(start, stop, step)
  decref(start)
  decref(stop)
  return null
}

function range_new(_type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (!_PyArg_NoKeywords('range', kwargs)) return null
  return fromArguments(args.v as PyObject[], (args.v as PyObject[]).length)
}

function range_vectorcall(_type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  return _PyArg_NoKwnames('range', kwnames) ? fromArguments(args, nargs) : null
}

function range_dealloc(self: PyObject): void {
  const r = data(self)
  decref(r.start)
  decref(r.stop)
  decref(r.step)
  decref(r.length)
  PyObject_Free(self)
}

// ---- items -----------------------------------------------------------------------------------------------------------------

function range_length(self: PyObject): number {
  return PyLong_AsSsize_t(data(self).length)
}

/** NEW start + i * step. */
function compute_item(r: RangeData, i: PyObject): PyObject | null {
  if (isOne(r.step)) return _PyLong_Add(r.start, i)
  const offset = _PyLong_Multiply(i, r.step)
  if (offset === null) return null
  const item = _PyLong_Add(r.start, offset)
  decref(offset)
  return item
}

function compute_range_item(r: RangeData, arg: PyObject): PyObject | null {
  const i = _PyLong_Sign(arg) < 0 ? _PyLong_Add(r.length, arg) : newRef(arg)
  if (i === null) return null
  let item: PyObject | null = null
  if (_PyLong_Sign(i) < 0 || long_compare(i, r.length) >= 0) PyErr_SetString(PyExc_IndexError, 'range object index out of range')
  else item = compute_item(r, i)
  decref(i)
  return item
}

function range_item(self: PyObject, i: number): PyObject | null {
  const index = PyLong_FromSsize_t(i)
  const item = compute_range_item(data(self), index)
  decref(index)
  return item
}

function range_subscript(self: PyObject, key: PyObject): PyObject | null {
  if (PyIndex_Check(key)) {
    const i = PyNumber_Index(key)
    if (i === null) return null
    const item = compute_range_item(data(self), i)
    decref(i)
    return item
  }
  if (PySlice_Check(key)) return compute_slice(data(self), key)
  return PyErr_Format(PyExc_TypeError, 'range indices must be integers or slices, not %.200s', key.ob_type.tp_name)
}

function compute_slice(r: RangeData, slice: PyObject): PyObject | null {
  const indices = _PySlice_GetLongIndices(slice, r.length)
  if (indices === null) return null
  const [start, stop, step] = indices
  const substep = _PyLong_Multiply(r.step, step)
  decref(step)
  const substart = substep === null ? null : compute_item(r, start)
  decref(start)
  const substop = substart === null ? null : compute_item(r, stop)
  decref(stop)
  if (substop !== null) return make_range_object(substart!, substop, substep!)
  if (substep !== null) decref(substep)
  if (substart !== null) decref(substart)
  return null
}

function isPlainInt(o: PyObject): boolean {
  return PyLong_CheckExact(o) || PyBool_Check(o)
}

/** 1, 0, or -1 with an exception set. Mirrors range_contains_long. */
function range_contains_long(r: RangeData, o: PyObject): number {
  const forwards = _PyLong_Sign(r.step) > 0
  const inside = forwards ? long_compare(r.start, o) <= 0 && long_compare(o, r.stop) < 0
    : long_compare(o, r.start) <= 0 && long_compare(r.stop, o) < 0
  if (!inside) return 0
  const distance = _PyLong_Subtract(o, r.start)
  const rest = distance === null ? null : _PyLong_Remainder(distance as PyLongObject, r.step)
  const result = rest === null ? -1 : rest.v === 0 ? 1 : 0
  if (distance !== null) decref(distance)
  if (rest !== null) decref(rest)
  return result
}

function range_contains(self: PyObject, o: PyObject): number {
  return isPlainInt(o) ? range_contains_long(data(self), o) : _PySequence_IterSearch(self, o, PY_ITERSEARCH_CONTAINS)
}

function range_count(self: PyObject, o: PyObject): PyObject | null {
  if (isPlainInt(o)) {
    const found = range_contains_long(data(self), o)
    return found < 0 ? null : PyLong_FromLong(found)
  }
  const count = _PySequence_IterSearch(self, o, PY_ITERSEARCH_COUNT)
  return count < 0 ? null : PyLong_FromSsize_t(count)
}

function range_index(self: PyObject, o: PyObject): PyObject | null {
  if (!isPlainInt(o)) {
    const index = _PySequence_IterSearch(self, o, PY_ITERSEARCH_INDEX)
    return index < 0 ? null : PyLong_FromSsize_t(index)
  }
  const r = data(self)
  const found = range_contains_long(r, o)
  if (found < 0) return null
  if (found === 0) return PyErr_Format(PyExc_ValueError, '%R is not in range', o)
  const distance = _PyLong_Subtract(o, r.start)
  if (distance === null || isOne(r.step)) return distance
  const index = _PyLong_FloorDivide(distance as PyLongObject, r.step)
  decref(distance)
  return index
}

// ---- comparison, hash, repr ---------------------------------------------------------------------------------------------------

function range_richcompare(self: PyObject, other: PyObject, op: number): PyObject {
  if (!PyRange_Check(other) || (op !== Py_EQ && op !== Py_NE)) return Py_RETURN_NOTIMPLEMENTED()
  const a = data(self)
  const b = data(other)
  const equal = self === other || (a.length.v === b.length.v && (a.length.v === 0
    || (a.start.v === b.start.v && (a.length.v === 1 || a.step.v === b.step.v))))
  return PyBool_From(equal === (op === Py_EQ))
}

// The hash of (length, start, step), without what does not matter for short ranges.
function range_hash(self: PyObject): number {
  const r = data(self)
  const tuple = PyTuple_New(3)
  tuple.v[0] = newRef(r.length)
  tuple.v[1] = newRef(r.length.v === 0 ? Py_None : r.start)
  tuple.v[2] = newRef(r.length.v === 0 || r.length.v === 1 ? Py_None : r.step)
  const status = PyObject_Hash(tuple)
  const lo = HASH[0]!
  const hi = HASH[1]!
  decref(tuple)
  HASH[0] = lo
  HASH[1] = hi
  return status
}

function range_repr(self: PyObject): PyObject | null {
  const r = data(self)
  const step = PyNumber_AsSsize_t(r.step, null)
  if (step === -1 && PyErr_Occurred() !== null) return null
  return step === 1 ? PyUnicode_FromFormat('range(%R, %R)', r.start, r.stop)
    : PyUnicode_FromFormat('range(%R, %R, %R)', r.start, r.stop, r.step)
}

function range_reduce(self: PyObject): PyObject {
  const r = data(self)
  const outer = PyTuple_New(2)
  outer.v[0] = newRef(self.ob_type)
  outer.v[1] = PyTuple_Pack(r.start, r.stop, r.step)
  return outer
}

// ---- iteration -----------------------------------------------------------------------------------------------------------------

/** Value that fits a C long; null without exception where it does not (CPython makes and drops an OverflowError). */
function asLong(o: PyLongObject): bigint | null {
  const v = BigInt(o.v)
  if (v >= LONG_MIN && v <= LONG_MAX) return v
  PyErr_SetString(PyExc_OverflowError, 'Python int too large to convert to C long')
  PyErr_Clear()
  return null
}

/** True where start + length * step and its neighbours stay within C longs. */
function fitsLong(start: bigint, stop: bigint, step: bigint, length: bigint): boolean {
  if (length > LONG_MAX) return false
  if (length === 0n) return true
  return step > 0n ? stop <= LONG_MAX - (step - 1n) : stop >= LONG_MIN + (-1n - step) && start <= LONG_MAX
}

function range_iter(self: PyObject): PyObject {
  const r = data(self)
  // Almost always: numbers.
  if (typeof r.start.v === 'number' && typeof r.stop.v === 'number' && typeof r.step.v === 'number'
    && typeof r.length.v === 'number') {
    return newRangeIter(r.start.v, r.step.v, r.length.v)
  }
  const start = asLong(r.start)
  const stop = start === null ? null : asLong(r.stop)
  const step = stop === null ? null : asLong(r.step)
  if (start === null || stop === null || step === null || !fitsLong(start, stop, step, BigInt(r.length.v))) {
    return newLongRangeIter(newRef(r.start), newRef(r.step), newRef(r.length))
  }
  return newRangeIter(start, step, Number(r.length.v))
}

function range_reverse(self: PyObject): PyObject | null {
  const r = data(self)
  const start = asLong(r.start)
  const stop = start === null ? null : asLong(r.stop)
  const step = stop === null ? null : asLong(r.step)
  if (start === null || stop === null || step === null || BigInt(r.length.v) > LONG_MAX
    || (step > 0n ? start < LONG_MIN + step : start > LONG_MAX + step)) {
    return longrange_reverse(r)
  }
  const length = BigInt(r.length.v)
  return newRangeIter(start - step + length * step, -step, Number(length))
}
