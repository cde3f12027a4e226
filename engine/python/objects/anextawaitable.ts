// The awaitable of anext(iterator, default): awaits the item, and gives the default at the end. Objects/iterobject.c.
import { PyObject_Vectorcall } from './call'
import { PyErr_Clear, PyErr_ExceptionMatches } from './errors'
import { PyExc_StopAsyncIteration } from './exceptions'
import { _PyCoro_GetAwaitableIter, _PyGen_SetStopIterationValue, PyCoro_CheckExact } from './genobject'
import { METH_FASTCALL, Py_DECREF, Py_TPFLAGS_HAVE_GC, PyObject, type PyMethodDef, PyTypeObject, genericGetAttr } from './object'
import { PyObject_GetAttr, PyObject_SelfIter } from './object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { _Py_ID } from './unicodeobject'

class AnextData {
  wrapped: PyObject
  default_value: PyObject
  constructor(wrapped: PyObject, value: PyObject) {
    this.wrapped = wrapped
    this.default_value = value
  }
}

const data = (o: PyObject): AnextData => o.v as AnextData

/** The iterator of the wrapped awaitable. NEW, or null. */
function getIter(o: PyObject): PyObject | null {
  const awaitable = _PyCoro_GetAwaitableIter(data(o).wrapped)
  if (awaitable === null || awaitable.ob_type.tp_iternext !== null || !PyCoro_CheckExact(awaitable)) return awaitable
  const getter = awaitable.ob_type.am_await!
  const iterator = getter(awaitable)
  Py_DECREF(awaitable)
  return iterator
}

/** The outcome of a step: at the end the default, as StopIteration(default). */
function finish(o: PyObject, result: PyObject | null): PyObject | null {
  if (result !== null) return result
  if (PyErr_ExceptionMatches(PyExc_StopAsyncIteration)) {
    PyErr_Clear()
    _PyGen_SetStopIterationValue(data(o).default_value)
  }
  return null
}

function forward(name: string): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_FASTCALL,
    ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
      const iterator = getIter(o)
      if (iterator === null) return null
      const method = PyObject_GetAttr(iterator, _Py_ID(name))
      Py_DECREF(iterator)
      if (method === null) return null
      const result = PyObject_Vectorcall(method, args, nargs, null)
      Py_DECREF(method)
      return finish(o, result)
    },
  }
}

export const _PyAnextAwaitable_Type: PyTypeObject = new PyTypeObject('anext_awaitable', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_DECREF(data(o).wrapped)
    Py_DECREF(data(o).default_value)
    PyObject_GC_Del(o)
  },
  tp_getattro: genericGetAttr,
  tp_traverse: (o, visit) => {
    visit(data(o).wrapped)
    visit(data(o).default_value)
  },
  am_await: o => PyObject_SelfIter(o),
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: o => {
    const iterator = getIter(o)
    if (iterator === null) return null
    const result = iterator.ob_type.tp_iternext!(iterator)
    Py_DECREF(iterator)
    return finish(o, result)
  },
  tp_methods: [forward('send'), forward('throw'), forward('close')],
})

/** NEW awaitable; borrows both. */
export function PyAnextAwaitable_New(awaitable: PyObject, value: PyObject): PyObject {
  awaitable.ob_refcnt++
  value.ob_refcnt++
  const o = PyObject_GC_New(_PyAnextAwaitable_Type, new AnextData(awaitable, value))
  PyObject_GC_Track(o)
  return o
}

