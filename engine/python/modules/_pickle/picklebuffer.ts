// pickle.PickleBuffer: an object whose buffer may be pickled out of band. Objects/picklebufobject.c.
import { rawBytes } from './save'
import { PyErr_SetString } from '../../objects/errors'
import { PyExc_BufferError, PyExc_ValueError } from '../../objects/exceptions'
import {
  PyBUF_FULL_RO, PyBuffer_Release, PyMemoryView_FromObject, PyObject_GetBuffer, copyView, isCContiguous, isFContiguous, type BufferView,
  type MemoryViewData,
} from '../../objects/memoryobject'
import { METH_NOARGS, PyTypeObject, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE, type PyObject } from '../../objects/object'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { Py_None } from '../../objects/singletons'
import { staticType } from '../../objects/static-types'
import { PyObject_ClearWeakRefs } from '../../objects/weakrefobject'
import { PyArg_ParseTupleAndKeywords } from '../../objects/getargs-format'

const released = (): null => PyErr_SetString(PyExc_ValueError, 'operation forbidden on released PickleBuffer object')

/** The view that a PickleBuffer holds; null with ValueError set. Mirrors PyPickleBuffer_GetBuffer. */
export function pickleBufferView(o: PyObject): BufferView | null {
  return (o.v as BufferView | null) ?? released()
}

function release(o: PyObject): void {
  const view = o.v as BufferView | null
  o.v = null
  if (view !== null) PyBuffer_Release(view)
}

/** NEW memoryview of the bytes in their own order. Mirrors picklebuf_raw. */
function raw(o: PyObject): PyObject | null {
  const view = pickleBufferView(o)
  if (view === null) return null
  if (!isCContiguous(view) && !isFContiguous(view)) {
    return PyErr_SetString(PyExc_BufferError, 'cannot extract raw buffer from non-contiguous buffer')
  }
  const result = PyMemoryView_FromObject(o)
  if (result === null) return null
  const own = (result.v as MemoryViewData).view
  own.bytes = rawBytes(view)
  own.offset = 0
  own.format = 'B'
  own.itemsize = 1
  own.shape = [own.bytes.length]
  own.strides = null
  return result
}

export const PyPickleBuffer_Type: PyTypeObject = staticType(new PyTypeObject('pickle.PickleBuffer', {
  tp_basicsize: 104, weakrefs: true, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_GC_Del(o),
  tp_new: (type, args, kwargs) => {
    const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'O:PickleBuffer', [''])
    if (given === null) return null
    const o = type.tp_alloc!(type, 0)
    if (o === null) return null
    const view = PyObject_GetBuffer(given[0], PyBUF_FULL_RO)
    o.v = view
    if (view !== null) return o
    if (--o.ob_refcnt === 0) type.tp_dealloc(o)
    return null
  },
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
    release(o)
    o.ob_type.tp_free!(o)
  },
  tp_traverse: (o, visit) => {
    const view = o.v as BufferView | null
    if (view !== null && view.obj !== null) visit(view.obj)
  },
  tp_clear: release,
  bf_getbuffer: (o, view: BufferView, flags) => {
    const own = pickleBufferView(o)
    if (own === null || own.obj === null) return -1
    const inner = PyObject_GetBuffer(own.obj, flags)
    if (inner === null) return -1
    Object.assign(view, copyView(inner))
    view.obj = inner.obj
    // The caller counts one reference more.
    if (inner.obj !== null) inner.obj.ob_refcnt--
    return 0
  },
  tp_methods: [
    { ml_name: 'raw', ml_flags: METH_NOARGS, ml_meth: raw, signature: '($self, /)' },
    {
      ml_name: 'release', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (o: PyObject) => {
        release(o)
        Py_None.ob_refcnt++
        return Py_None
      },
    },
  ],
}))

