// list_iterator and list_reverseiterator. Mirrors the iterators of Objects/listobject.c.
import { METH_NOARGS, METH_O, Py_TPFLAGS_HAVE_GC, type PyObject, PyTypeObject } from './object'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { PyErr_Occurred } from './errors'
import {
  buildReduce, indexIterDealloc, indexIterExhausted, indexIterTraverse, newIndexIter, type IndexIterData,
} from './iterobject'
import { PyList_New, type ListData } from './listobject'
import { PyLong_AsSsize_t, PyLong_FromSsize_t } from './longobject'
import { PyObject_SelfIter } from './object-protocol'
import { Py_RETURN_NONE } from './singletons'

export const PyListIter_Type = new PyTypeObject('list_iterator', {
  tp_basicsize: 32,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => indexIterDealloc(o),
  tp_traverse: (o, visit) => indexIterTraverse(o, visit),
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: listiter_next,
  tp_methods: [
    { ml_name: '__length_hint__', ml_meth: listiter_len, ml_flags: METH_NOARGS },
    { ml_name: '__reduce__', ml_meth: listiter_reduce, ml_flags: METH_NOARGS },
    { ml_name: '__setstate__', ml_meth: listiter_setstate, ml_flags: METH_O },
  ],
})

/** NEW iterator. */
export function list_iter(seq: PyObject): PyObject {
  return newIndexIter(PyListIter_Type, seq)
}

export function listiter_next(self: PyObject): PyObject | null {
  const it = self.v as IndexIterData
  const seq = it.it_seq
  if (seq === null) return null
  const items = (seq.v as ListData).ob_item
  const i = it.it_index
  if (i < items.length) {
    const item = items[i]!
    it.it_index = i + 1
    item.ob_refcnt++
    return item
  }
  return indexIterExhausted(self)
}

function listiter_len(self: PyObject): PyObject {
  const it = self.v as IndexIterData
  const left = it.it_seq === null ? 0 : (it.it_seq.v as ListData).ob_item.length - it.it_index
  return PyLong_FromSsize_t(left > 0 ? left : 0)
}

// Mirrors listiter_reduce_general: an exhausted iterator is one over an empty list.
function listiter_reduce(self: PyObject): PyObject | null {
  const fn = _PyEval_GetBuiltin('iter')
  if (fn === null) return null
  const it = self.v as IndexIterData
  if (it.it_seq === null) return buildReduce(fn, PyList_New(0), null)
  it.it_seq.ob_refcnt++
  return buildReduce(fn, it.it_seq, it.it_index)
}

function listiter_setstate(self: PyObject, state: PyObject): PyObject | null {
  const index = PyLong_AsSsize_t(state)
  if (index === -1 && PyErr_Occurred() !== null) return null
  const it = self.v as IndexIterData
  if (it.it_seq !== null) it.it_index = Math.min(Math.max(0, index), (it.it_seq.v as ListData).ob_item.length)
  return Py_RETURN_NONE()
}

// ---- reversed ------------------------------------------------------------------------------------------------------------

export const PyListRevIter_Type = new PyTypeObject('list_reverseiterator', {
  tp_basicsize: 32,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => indexIterDealloc(o),
  tp_traverse: (o, visit) => indexIterTraverse(o, visit),
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: listreviter_next,
  tp_methods: [
    { ml_name: '__length_hint__', ml_meth: listreviter_len, ml_flags: METH_NOARGS },
    { ml_name: '__reduce__', ml_meth: listreviter_reduce, ml_flags: METH_NOARGS },
    { ml_name: '__setstate__', ml_meth: listreviter_setstate, ml_flags: METH_O },
  ],
})

export function list___reversed__(seq: PyObject): PyObject {
  return newIndexIter(PyListRevIter_Type, seq, (seq.v as ListData).ob_item.length - 1)
}

function listreviter_next(self: PyObject): PyObject | null {
  const it = self.v as IndexIterData
  if (it.it_seq === null) return null
  const items = (it.it_seq.v as ListData).ob_item
  const i = it.it_index
  if (i >= 0 && i < items.length) {
    const item = items[i]!
    it.it_index--
    item.ob_refcnt++
    return item
  }
  it.it_index = -1
  return indexIterExhausted(self)
}

function listreviter_len(self: PyObject): PyObject {
  const it = self.v as IndexIterData
  const left = it.it_index + 1
  return PyLong_FromSsize_t(it.it_seq === null || (it.it_seq.v as ListData).ob_item.length < left ? 0 : left)
}

function listreviter_reduce(self: PyObject): PyObject | null {
  const it = self.v as IndexIterData
  const fn = _PyEval_GetBuiltin(it.it_seq === null ? 'iter' : 'reversed')
  if (fn === null) return null
  if (it.it_seq === null) return buildReduce(fn, PyList_New(0), null)
  it.it_seq.ob_refcnt++
  return buildReduce(fn, it.it_seq, it.it_index)
}

function listreviter_setstate(self: PyObject, state: PyObject): PyObject | null {
  const index = PyLong_AsSsize_t(state)
  if (index === -1 && PyErr_Occurred() !== null) return null
  const it = self.v as IndexIterData
  if (it.it_seq !== null) it.it_index = Math.min(Math.max(-1, index), (it.it_seq.v as ListData).ob_item.length - 1)
  return Py_RETURN_NONE()
}
