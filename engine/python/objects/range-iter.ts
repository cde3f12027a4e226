// range_iterator and longrange_iterator. Mirrors the iterators of Objects/rangeobject.c.
import { METH_NOARGS, METH_O, type PyObject, PyTypeObject } from './object'
import { PyNumber_Negative } from './abstract'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { _PyLong_Add, _PyLong_Multiply, _PyLong_Subtract } from './long-arith'
import {
  PyLong_AsLong, PyLong_Check, PyLong_FromBigInt, PyLong_FromLong, long_compare, smallInts, type PyLongObject,
} from './longobject'
import { PyObject_Free, PyObject_New } from './objimpl'
import { PyObject_SelfIter } from './object-protocol'
import { make_range_object, type RangeData } from './rangeobject'
import { Py_RETURN_NONE } from './singletons'
import { PyTuple_New } from './tupleobject'

function newRef<T extends PyObject>(o: T): T {
  o.ob_refcnt++
  return o
}

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

// ---- C longs ----------------------------------------------------------------------------------------------------------

export class RangeIterData {
  index = 0
  /** Numbers where all items are safe integers, bigints elsewhere. */
  start: number | bigint
  step: number | bigint
  len: number
  constructor(start: number | bigint, step: number | bigint, len: number) {
    this.start = start
    this.step = step
    this.len = len
  }
}

export const PyRangeIter_Type = new PyTypeObject('range_iterator', {
  tp_basicsize: 48,
  tp_dealloc: self => PyObject_Free(self),
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: rangeiter_next,
  tp_methods: [
    { ml_name: '__length_hint__', ml_meth: rangeiter_len, ml_flags: METH_NOARGS },
    { ml_name: '__reduce__', ml_meth: rangeiter_reduce, ml_flags: METH_NOARGS },
    { ml_name: '__setstate__', ml_meth: rangeiter_setstate, ml_flags: METH_O },
  ],
})

/** NEW iterator. */
export function newRangeIter(start: number | bigint, step: number | bigint, len: number): PyObject {
  if (Number.isSafeInteger(Number(start)) && Number.isSafeInteger(Number(start) + Number(step) * len)
    && Number.isSafeInteger(Number(step))) {
    return PyObject_New(PyRangeIter_Type, new RangeIterData(Number(start), Number(step), len))
  }
  return PyObject_New(PyRangeIter_Type, new RangeIterData(BigInt(start), BigInt(step), len))
}

export function rangeiter_next(self: PyObject): PyObject | null {
  const it = self.v as RangeIterData
  const i = it.index
  if (i >= it.len) return null
  it.index = i + 1
  const { start, step } = it
  if (typeof start === 'number') return PyLong_FromLong(start + i * (step as number))
  return PyLong_FromBigInt(start + BigInt(i) * (step as bigint))
}

function rangeiter_len(self: PyObject): PyObject {
  const it = self.v as RangeIterData
  return PyLong_FromLong(it.len - it.index)
}

function rangeiter_reduce(self: PyObject): PyObject | null {
  const it = self.v as RangeIterData
  const start = PyLong_FromBigInt(BigInt(it.start))!
  const stop = PyLong_FromBigInt(BigInt(it.start) + BigInt(it.len) * BigInt(it.step))!
  const step = PyLong_FromBigInt(BigInt(it.step))!
  const range = make_range_object(start, stop, step)
  return range === null ? null : withState(_PyEval_GetBuiltin('iter'), range, () => PyLong_FromLong(it.index))
}

/** NEW (fn, (range,), state): steals fn (null: an error passed on) and range; the state is made last. */
function withState(fn: PyObject | null, range: PyObject, state: () => PyObject): PyObject | null {
  if (fn === null) {
    decref(range)
    return null
  }
  const outer = PyTuple_New(3)
  outer.v[0] = fn
  const args = PyTuple_New(1)
  args.v[0] = range
  outer.v[1] = args
  outer.v[2] = state()
  return outer
}

function rangeiter_setstate(self: PyObject, state: PyObject): PyObject | null {
  const index = PyLong_AsLong(state)
  if (index === -1 && PyErr_Occurred() !== null) return null
  const it = self.v as RangeIterData
  it.index = Math.min(Math.max(0, index), it.len)
  return Py_RETURN_NONE()
}

// ---- ints of any size -----------------------------------------------------------------------------------------------------

class LongRangeIterData {
  index: PyLongObject
  start: PyLongObject
  step: PyLongObject
  len: PyLongObject
  constructor(start: PyLongObject, step: PyLongObject, len: PyLongObject) {
    this.index = PyLong_FromLong(0)
    this.start = start
    this.step = step
    this.len = len
  }
}

export const PyLongRangeIter_Type = new PyTypeObject('longrange_iterator', {
  tp_basicsize: 48,
  tp_dealloc: longrangeiter_dealloc,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: longrangeiter_next,
  tp_methods: [
    { ml_name: '__length_hint__', ml_meth: longrangeiter_len, ml_flags: METH_NOARGS },
    { ml_name: '__reduce__', ml_meth: longrangeiter_reduce, ml_flags: METH_NOARGS },
    { ml_name: '__setstate__', ml_meth: longrangeiter_setstate, ml_flags: METH_O },
  ],
})

/** NEW iterator; steals the ints. */
export function newLongRangeIter(start: PyLongObject, step: PyLongObject, len: PyLongObject): PyObject {
  return PyObject_New(PyLongRangeIter_Type, new LongRangeIterData(start, step, len))
}

/** NEW iterator over a range backwards. */
export function longrange_reverse(r: RangeData): PyObject | null {
  const zero = PyLong_FromLong(0)
  // The iterator comes first, its numbers are worked out then.
  const it = newLongRangeIter(zero, newRef(zero), newRef(r.length))
  const data = it.v as LongRangeIterData
  const last = _PyLong_Subtract(r.length, smallInts[6]!)
  const offset = last === null ? null : _PyLong_Multiply(last, r.step)
  if (last !== null) decref(last)
  const start = offset === null ? null : _PyLong_Add(r.start, offset)
  if (offset !== null) decref(offset)
  const step = start === null ? null : PyNumber_Negative(r.step)
  if (step === null) {
    if (start !== null) decref(start)
    decref(it)
    return null
  }
  zero.ob_refcnt -= 2
  data.start = start as PyLongObject
  data.step = step as PyLongObject
  return it
}

function longrangeiter_dealloc(self: PyObject): void {
  const it = self.v as LongRangeIterData
  decref(it.index)
  decref(it.start)
  decref(it.step)
  decref(it.len)
  PyObject_Free(self)
}

function longrangeiter_next(self: PyObject): PyObject | null {
  const it = self.v as LongRangeIterData
  if (long_compare(it.index, it.len) >= 0) return null
  const offset = _PyLong_Multiply(it.index, it.step)
  if (offset === null) return null
  const index = _PyLong_Add(it.index, smallInts[6]!)
  if (index === null) {
    decref(offset)
    return null
  }
  const item = _PyLong_Add(it.start, offset)
  decref(offset)
  if (item === null) {
    decref(index)
    return null
  }
  const old = it.index
  it.index = index as PyLongObject
  decref(old)
  return item
}

function longrangeiter_len(self: PyObject): PyObject | null {
  const it = self.v as LongRangeIterData
  return _PyLong_Subtract(it.len, it.index)
}

function longrangeiter_reduce(self: PyObject): PyObject | null {
  const it = self.v as LongRangeIterData
  const span = _PyLong_Multiply(it.len, it.step)
  const stop = span === null ? null : _PyLong_Add(it.start, span)
  if (span !== null) decref(span)
  if (stop === null) return null
  const range = make_range_object(newRef(it.start), stop, newRef(it.step))
  return range === null ? null : withState(_PyEval_GetBuiltin('iter'), range, () => newRef(it.index))
}

function longrangeiter_setstate(self: PyObject, state: PyObject): PyObject | null {
  if (!PyLong_Check(state)) return PyErr_SetString(PyExc_TypeError, 'state must be an int')
  const it = self.v as LongRangeIterData
  let index: PyLongObject = state
  if (index.v < 0) index = smallInts[5]!
  else if (long_compare(index, it.len) > 0) index = it.len
  index.ob_refcnt++
  const old = it.index
  it.index = index
  decref(old)
  return Py_RETURN_NONE()
}
