// slice, and the arithmetic of slicing. Mirrors Objects/sliceobject.c.
//
// One dead slice is kept for reuse (the free list of length 1).
import {
  METH_NOARGS, METH_O, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_TPFLAGS_HAVE_GC, PyObject, PyTypeObject, type visitproc,
} from './object'
import { PyIndex_Check, PyNumber_Add, PyNumber_AsSsize_t, PyNumber_Index } from './abstract'
import { PyBool_From } from './boolobject'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyArg_UnpackTuple, _PyArg_NoKeywords } from './getargs'
import { PyLong_FromLong, _PyLong_Sign, PyLong_FromSsize_t } from './longobject'
import { FreeList, PyObject_GC_Del, PyObject_GC_New } from './objimpl'
import { PyObject_HashNotImplemented, PyObject_RichCompare, PyObject_RichCompareBool } from './object-protocol'
import { _PyRuntime } from './runtime'
import { Py_None, Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { PyTuple_New, PyTuple_Pack } from './tupleobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

export class SliceData {
  start: PyObject
  stop: PyObject
  step: PyObject
  constructor(start: PyObject, stop: PyObject, step: PyObject) {
    this.start = start
    this.stop = stop
    this.step = step
  }
}

export interface PySliceObject extends PyObject { v: SliceData }

/** A slice as numbers; `length` is the number of items, set by PySlice_AdjustIndices. */
export class SliceIndices {
  start: number
  stop: number
  step: number
  length = 0
  constructor(start: number, stop: number, step: number) {
    this.start = start
    this.stop = stop
    this.step = step
  }
}

const MAX = 2 ** 63

export const PySlice_Type = new PyTypeObject('slice', {
  tp_basicsize: 40,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_doc: null,
  tp_dealloc: slice_dealloc,
  tp_repr: self => PyUnicode_FromFormat('slice(%R, %R, %R)', self.v.start, self.v.stop, self.v.step),
  tp_hash: self => PyObject_HashNotImplemented(self),
  tp_traverse: slice_traverse,
  tp_richcompare: slice_richcompare,
  tp_new: slice_new,
  tp_methods: [
    { ml_name: 'indices', ml_meth: slice_indices, ml_flags: METH_O },
    { ml_name: '__reduce__', ml_meth: slice_reduce, ml_flags: METH_NOARGS },
  ],
  tp_members: [
    { name: 'start', get: self => newRef(self.v.start) },
    { name: 'stop', get: self => newRef(self.v.stop) },
    { name: 'step', get: self => newRef(self.v.step) },
  ],
})

const cache = new FreeList(1)

/** Drops the cached slice; only shutdown does this. */
export function _PySlice_Fini(): void {
  cache.clear()
}

function newRef(o: PyObject): PyObject {
  o.ob_refcnt++
  return o
}

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

export function PySlice_Check(o: PyObject): o is PySliceObject {
  return o.ob_type === PySlice_Type
}

/** NEW slice with references of its own; null stands for None. */
export function PySlice_New(start: PyObject | null, stop: PyObject | null, step: PyObject | null): PyObject {
  start ??= Py_None
  stop ??= Py_None
  step ??= Py_None
  start.ob_refcnt++
  stop.ob_refcnt++
  step.ob_refcnt++
  let o = cache.take()
  if (o === null) {
    o = PyObject_GC_New(PySlice_Type, new SliceData(start, stop, step))
  } else {
    const r = o.v as SliceData
    r.start = start
    r.stop = stop
    r.step = step
  }
  _PyRuntime.process.gc.track(o)
  return o
}

/** NEW slice of two C ints. */
export function _PySlice_FromIndices(start: number, stop: number): PyObject {
  const a = PyLong_FromSsize_t(start)
  const b = PyLong_FromSsize_t(stop)
  const slice = PySlice_New(a, b, null)
  decref(a)
  decref(b)
  return slice
}

function slice_dealloc(self: PyObject): void {
  const r = self.v as SliceData
  if (self.gc !== 0) _PyRuntime.process.gc.untrack(self)
  decref(r.step)
  decref(r.start)
  decref(r.stop)
  if (!cache.put(self)) PyObject_GC_Del(self)
}

function slice_traverse(self: PyObject, visit: visitproc): void {
  const r = self.v as SliceData
  visit(r.start)
  visit(r.stop)
  visit(r.step)
}

function slice_new(_type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (!_PyArg_NoKeywords('slice', kwargs)) return null
  const argv = PyArg_UnpackTuple(args, 'slice', 1, 3)
  if (argv === null) return null
  // slice(stop) like range(stop)
  return argv.length === 1 ? PySlice_New(null, argv[0]!, null) : PySlice_New(argv[0]!, argv[1]!, argv[2] ?? null)
}

// ---- indices -----------------------------------------------------------------------------------------------------------

/**
 * A slice index, clipped to Py_ssize_t; None leaves `fallback`. NaN with TypeError (or whatever `__index__` raised) set.
 */
export function _PyEval_SliceIndex(o: PyObject, fallback: number): number {
  if (o === Py_None) return fallback
  if (!PyIndex_Check(o)) {
    PyErr_SetString(PyExc_TypeError, 'slice indices must be integers or None or have an __index__ method')
    return NaN
  }
  const n = PyNumber_AsSsize_t(o, null)
  return n === -1 && PyErr_Occurred() !== null ? NaN : n
}

/** The same where None is not allowed: -1 with an exception set. */
export function _PyEval_SliceIndexNotNone(o: PyObject): number {
  if (PyIndex_Check(o)) return PyNumber_AsSsize_t(o, null)
  PyErr_SetString(PyExc_TypeError, 'slice indices must be integers or have an __index__ method')
  return -1
}

/** The numbers of a slice, not yet fitted to a length; null with an exception set. */
export function PySlice_Unpack(slice: PyObject): SliceIndices | null {
  const r = slice.v as SliceData
  const step = _PyEval_SliceIndex(r.step, 1)
  if (Number.isNaN(step)) return null
  if (step === 0) return PyErr_SetString(PyExc_ValueError, 'slice step cannot be zero')
  const start = _PyEval_SliceIndex(r.start, step < 0 ? MAX : 0)
  if (Number.isNaN(start)) return null
  const stop = _PyEval_SliceIndex(r.stop, step < 0 ? -MAX : MAX)
  if (Number.isNaN(stop)) return null
  return new SliceIndices(start, stop, step)
}

/** Fits a slice to a sequence of `length` items: changes and returns it, with its number of items in `length`. */
export function PySlice_AdjustIndices(length: number, slice: SliceIndices): SliceIndices {
  const { step } = slice
  let { start, stop } = slice
  if (start < 0) {
    start += length
    if (start < 0) start = step < 0 ? -1 : 0
  } else if (start >= length) {
    start = step < 0 ? length - 1 : length
  }
  if (stop < 0) {
    stop += length
    if (stop < 0) stop = step < 0 ? -1 : 0
  } else if (stop >= length) {
    stop = step < 0 ? length - 1 : length
  }
  slice.start = start
  slice.stop = stop
  if (step < 0) slice.length = stop < start ? Math.floor((start - stop - 1) / -step) + 1 : 0
  else slice.length = start < stop ? Math.floor((stop - start - 1) / step) + 1 : 0
  return slice
}

// Mirrors evaluate_slice_index.
function evaluate_slice_index(o: PyObject): PyObject | null {
  if (PyIndex_Check(o)) return PyNumber_Index(o)
  return PyErr_SetString(PyExc_TypeError, 'slice indices must be integers or None or have an __index__ method')
}

/** One end of slice.indices(): NEW int between lower and upper, or null. Steals `fallback` if it uses it. */
function bounded(o: PyObject, length: PyObject, lower: PyObject, upper: PyObject, fallback: PyObject): PyObject | null {
  if (o === Py_None) return newRef(fallback)
  const index = evaluate_slice_index(o)
  if (index === null) return null
  let value = index
  let beyond: number
  let limit: PyObject
  if (_PyLong_Sign(index) < 0) {
    const sum = PyNumber_Add(index, length)
    decref(index)
    if (sum === null) return null
    value = sum
    limit = lower
    beyond = PyObject_RichCompareBool(value, lower, Py_LT)
  } else {
    limit = upper
    beyond = PyObject_RichCompareBool(value, upper, Py_GT)
  }
  if (beyond === 0) return value
  decref(value)
  return beyond < 0 ? null : newRef(limit)
}

/** [start, stop, step] as NEW ints of any size for a length that is an int; null with an exception set. */
export function _PySlice_GetLongIndices(slice: PyObject, length: PyObject): [PyObject, PyObject, PyObject] | null {
  const r = slice.v as SliceData
  const step = r.step === Py_None ? PyLong_FromLong(1) : evaluate_slice_index(r.step)
  if (step === null) return null
  const sign = _PyLong_Sign(step)
  if (sign === 0) {
    decref(step)
    return PyErr_SetString(PyExc_ValueError, 'slice step cannot be zero')
  }
  const lower = PyLong_FromLong(sign < 0 ? -1 : 0)
  const upper = sign < 0 ? PyNumber_Add(length, lower) : newRef(length)
  let start: PyObject | null = null
  let stop: PyObject | null = null
  if (upper !== null) {
    start = bounded(r.start, length, lower, upper, sign < 0 ? upper : lower)
    if (start !== null) stop = bounded(r.stop, length, lower, upper, sign < 0 ? lower : upper)
  }
  if (upper !== null) decref(upper)
  decref(lower)
  if (start !== null && stop !== null) return [start, stop, step]
  if (start !== null) decref(start)
  decref(step)
  return null
}

function slice_indices(self: PyObject, len: PyObject): PyObject | null {
  const length = PyNumber_Index(len)
  if (length === null) return null
  if (_PyLong_Sign(length) < 0) {
    decref(length)
    return PyErr_SetString(PyExc_ValueError, 'length should not be negative')
  }
  const indices = _PySlice_GetLongIndices(self, length)
  decref(length)
  if (indices === null) return null
  const tuple = PyTuple_New(3)
  for (let i = 0; i < 3; i++) tuple.v[i] = indices[i]!
  return tuple
}

function slice_reduce(self: PyObject): PyObject {
  const r = self.v as SliceData
  const outer = PyTuple_New(2)
  outer.v[0] = newRef(self.ob_type)
  outer.v[1] = PyTuple_Pack(r.start, r.stop, r.step)
  return outer
}

function slice_richcompare(v: PyObject, w: PyObject, op: number): PyObject | null {
  if (!PySlice_Check(v) || !PySlice_Check(w)) return Py_RETURN_NOTIMPLEMENTED()
  if (v === w) return PyBool_From(op === Py_EQ || op === Py_LE || op === Py_GE)
  const a = PyTuple_Pack(v.v.start, v.v.stop, v.v.step)
  const b = PyTuple_Pack(w.v.start, w.v.stop, w.v.step)
  const result = PyObject_RichCompare(a, b, op)
  decref(a)
  decref(b)
  return result
}

/** Slices in the cache: 0 or 1. */
export function sliceCacheLength(): number {
  return cache.length
}
