// memory_iterator: what iter(memoryview) gives. Mirrors memoryiterobject, Objects/memoryobject.c.
import { PyErr_SetString } from './errors'
import { PyExc_NotImplementedError, PyExc_TypeError } from './exceptions'
import { memory_item, viewOf } from './memory-methods'
import { shapeOf } from './memoryobject'
import { Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_XDECREF, PyTypeObject, type PyObject, genericGetAttr } from './object'
import { PyObject_SelfIter } from './object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { staticType } from './static-types'

interface MemoryIterData { index: number, seq: PyObject | null, length: number }

const data = (o: PyObject): MemoryIterData => o.v as MemoryIterData

export const PyMemoryIter_Type: PyTypeObject = staticType(new PyTypeObject('memory_iterator', {
  tp_basicsize: 48, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_getattro: genericGetAttr,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_XDECREF(data(o).seq)
    PyObject_GC_Del(o)
  },
  tp_traverse: (o, visit) => {
    const { seq } = data(o)
    if (seq !== null) visit(seq)
  },
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: o => {
    const d = data(o)
    const { seq } = d
    if (seq === null) return null
    if (d.index < d.length) return memory_item(seq, d.index++)
    d.seq = null
    Py_DECREF(seq)
    return null
  },
}))

/** NEW iterator, or null. */
export function memory_iter(seq: PyObject): PyObject | null {
  const view = viewOf(seq)
  if (view === null) return null
  if (view.ndim === 0) return PyErr_SetString(PyExc_TypeError, 'invalid indexing of 0-dim memory')
  if (view.ndim !== 1) return PyErr_SetString(PyExc_NotImplementedError, 'multi-dimensional sub-views are not implemented')
  seq.ob_refcnt++
  const o = PyObject_GC_New(PyMemoryIter_Type, { index: 0, seq, length: shapeOf(view)[0]! } satisfies MemoryIterData)
  PyObject_GC_Track(o)
  return o
}
