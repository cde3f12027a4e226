// iterator over `__getitem__` (seqiter) and over calls (callable_iterator), and what all iterators' `__reduce__` share.
// Mirrors Objects/iterobject.c.
import {
  METH_NOARGS, METH_O, Py_EQ, Py_TPFLAGS_HAVE_GC, PyObject, PyTypeObject, type visitproc,
} from './object'
import { PySequence_GetItem, PySequence_Size } from './abstract'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { PyObject_CallNoArgs } from './call'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Occurred } from './errors'
import { PyExc_IndexError, PyExc_StopIteration } from './exceptions'
import { PyLong_AsSsize_t, PyLong_FromSsize_t } from './longobject'
import { PyObject_GC_Del, PyObject_GC_New } from './objimpl'
import { PyObject_RichCompareBool, PyObject_SelfIter } from './object-protocol'
import { _PyRuntime } from './runtime'
import { Py_RETURN_NONE, Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { PyTuple_New, tuple_get_empty } from './tupleobject'

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/**
 * NEW (fn, (arg,)) or (fn, (arg,), state): steals fn and arg, either of which null is an error passed on. The state is made
 * last, as Py_BuildValue("N(N)n") does.
 */
export function buildReduce(fn: PyObject | null, arg: PyObject | null, state: number | null): PyObject | null {
  if (fn === null || arg === null) {
    if (fn !== null) decref(fn)
    if (arg !== null) decref(arg)
    return null
  }
  const outer = PyTuple_New(state === null ? 2 : 3)
  outer.v[0] = fn
  const inner = PyTuple_New(1)
  inner.v[0] = arg
  outer.v[1] = inner
  if (state !== null) outer.v[2] = PyLong_FromSsize_t(state)
  return outer
}

/** Position and sequence of an iterator by index; it_seq is null once it is exhausted. */
export class IndexIterData {
  it_index = 0
  it_seq: PyObject | null
  constructor(seq: PyObject | null, index = 0) {
    this.it_seq = seq
    this.it_index = index
  }
}

/** NEW iterator of one of the types that keep an IndexIterData; takes a reference of its own. */
export function newIndexIter(type: PyTypeObject, seq: PyObject | null, index = 0): PyObject {
  const it = PyObject_GC_New(type, new IndexIterData(seq, index))
  if (seq !== null) seq.ob_refcnt++
  _PyRuntime.process.gc.track(it)
  return it
}

export function indexIterDealloc(self: PyObject): void {
  if (self.gc !== 0) _PyRuntime.process.gc.untrack(self)
  const seq = (self.v as IndexIterData).it_seq
  if (seq !== null) decref(seq)
  PyObject_GC_Del(self)
}

export function indexIterTraverse(self: PyObject, visit: visitproc): void {
  const seq = (self.v as IndexIterData).it_seq
  if (seq !== null) visit(seq)
}

/** Ends an iterator: forgets its sequence. Returns null. */
export function indexIterExhausted(self: PyObject): null {
  const it = self.v as IndexIterData
  const seq = it.it_seq
  it.it_seq = null
  if (seq !== null) decref(seq)
  return null
}

// ---- seqiter ----------------------------------------------------------------------------------------------------------

export const PySeqIter_Type = new PyTypeObject('iterator', {
  tp_basicsize: 32,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: indexIterDealloc,
  tp_traverse: indexIterTraverse,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: iter_iternext,
  tp_methods: [
    { ml_name: '__length_hint__', ml_meth: iter_len, ml_flags: METH_NOARGS },
    { ml_name: '__reduce__', ml_meth: iter_reduce, ml_flags: METH_NOARGS },
    { ml_name: '__setstate__', ml_meth: iter_setstate, ml_flags: METH_O },
  ],
})

/** NEW iterator over seq[0], seq[1], … */
export function PySeqIter_New(seq: PyObject): PyObject {
  return newIndexIter(PySeqIter_Type, seq)
}

function iter_iternext(self: PyObject): PyObject | null {
  const it = self.v as IndexIterData
  if (it.it_seq === null) return null
  const item = PySequence_GetItem(it.it_seq, it.it_index)
  if (item !== null) {
    it.it_index++
    return item
  }
  if (PyErr_ExceptionMatches(PyExc_IndexError) || PyErr_ExceptionMatches(PyExc_StopIteration)) {
    PyErr_Clear()
    return indexIterExhausted(self)
  }
  return null
}

function iter_len(self: PyObject): PyObject | null {
  const it = self.v as IndexIterData
  if (it.it_seq === null) return PyLong_FromSsize_t(0)
  const type = it.it_seq.ob_type
  if (type.sq_length === null && type.mp_length === null) return Py_RETURN_NOTIMPLEMENTED()
  const size = PySequence_Size(it.it_seq)
  if (size === -1) return null
  return PyLong_FromSsize_t(Math.max(0, size - it.it_index))
}

function iter_reduce(self: PyObject): PyObject | null {
  const fn = _PyEval_GetBuiltin('iter')
  if (fn === null) return null
  const it = self.v as IndexIterData
  if (it.it_seq === null) return buildReduce(fn, tuple_get_empty(), null)
  it.it_seq.ob_refcnt++
  return buildReduce(fn, it.it_seq, it.it_index)
}

function iter_setstate(self: PyObject, state: PyObject): PyObject | null {
  const index = PyLong_AsSsize_t(state)
  if (index === -1 && PyErr_Occurred() !== null) return null
  const it = self.v as IndexIterData
  if (it.it_seq !== null) it.it_index = Math.max(0, index)
  return Py_RETURN_NONE()
}

// ---- callable_iterator --------------------------------------------------------------------------------------------------

class CallIterData {
  it_callable: PyObject | null
  it_sentinel: PyObject | null
  constructor(callable: PyObject, sentinel: PyObject) {
    this.it_callable = callable
    this.it_sentinel = sentinel
  }
}

export const PyCallIter_Type = new PyTypeObject('callable_iterator', {
  tp_basicsize: 32,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: calliter_dealloc,
  tp_traverse: calliter_traverse,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: calliter_iternext,
  tp_methods: [{ ml_name: '__reduce__', ml_meth: calliter_reduce, ml_flags: METH_NOARGS }],
})

/** NEW iterator that calls until the sentinel comes. */
export function PyCallIter_New(callable: PyObject, sentinel: PyObject): PyObject {
  const it = PyObject_GC_New(PyCallIter_Type, new CallIterData(callable, sentinel))
  callable.ob_refcnt++
  sentinel.ob_refcnt++
  _PyRuntime.process.gc.track(it)
  return it
}

function calliter_dealloc(self: PyObject): void {
  if (self.gc !== 0) _PyRuntime.process.gc.untrack(self)
  const it = self.v as CallIterData
  if (it.it_callable !== null) decref(it.it_callable)
  if (it.it_sentinel !== null) decref(it.it_sentinel)
  PyObject_GC_Del(self)
}

function calliter_traverse(self: PyObject, visit: visitproc): void {
  const it = self.v as CallIterData
  if (it.it_callable !== null) visit(it.it_callable)
  if (it.it_sentinel !== null) visit(it.it_sentinel)
}

function forget(it: CallIterData): void {
  const { it_callable, it_sentinel } = it
  it.it_callable = null
  it.it_sentinel = null
  if (it_callable !== null) decref(it_callable)
  if (it_sentinel !== null) decref(it_sentinel)
}

function calliter_iternext(self: PyObject): PyObject | null {
  const it = self.v as CallIterData
  if (it.it_callable === null) return null
  const result = PyObject_CallNoArgs(it.it_callable)
  // The call may have exhausted the iterator itself.
  if (result !== null && it.it_sentinel !== null) {
    const equal = PyObject_RichCompareBool(it.it_sentinel, result, Py_EQ)
    if (equal === 0) return result
    if (equal > 0) forget(it)
  } else if (PyErr_ExceptionMatches(PyExc_StopIteration)) {
    PyErr_Clear()
    forget(it)
  }
  if (result !== null) decref(result)
  return null
}

function calliter_reduce(self: PyObject): PyObject | null {
  const fn = _PyEval_GetBuiltin('iter')
  if (fn === null) return null
  const { it_callable, it_sentinel } = self.v as CallIterData
  if (it_callable === null || it_sentinel === null) return buildReduce(fn, tuple_get_empty(), null)
  const outer = PyTuple_New(2)
  outer.v[0] = fn
  const inner = PyTuple_New(2)
  it_callable.ob_refcnt++
  it_sentinel.ob_refcnt++
  inner.v[0] = it_callable
  inner.v[1] = it_sentinel
  outer.v[1] = inner
  return outer
}

