// What awaits a future: gives the future once, then its result. Mirrors FutureIterType.
import { FutureType, PENDING, future, future_result } from './future'
import { PyErr_BadInternalCall, PyErr_NormalizeException, PyErr_RestoreFetched, PyErr_SetString, type FetchedError } from '../../objects/errors'
import {
  PyExc_RuntimeError, PyExc_TypeError, PyExceptionClass_Check, PyExceptionInstance_Check, PyException_GetTraceback,
} from '../../objects/exceptions'
import { _PyGen_SetStopIterationValue } from '../../objects/genobject'
import { _PyArg_CheckPositional } from '../../objects/getargs'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, PYGEN_ERROR, PYGEN_NEXT, PYGEN_RETURN, PyObject_TypeCheck, PyTypeObject, Py_DECREF, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, SEND_RESULT, genericGetAttr, type PyObject,
} from '../../objects/object'
import { PyObject_SelfIter } from '../../objects/object-protocol'
import { FreeList, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { Py_None } from '../../objects/singletons'
import { PyTraceBack_Check } from '../../objects/traceback'

const freeList = new FreeList(255)

const target = (o: PyObject): PyObject | null => o.v as PyObject | null

function dropTarget(o: PyObject): void {
  const old = target(o)
  o.v = null
  Py_XDECREF(old)
}

function send(o: PyObject): number {
  SEND_RESULT.value = null
  const fut = target(o)
  if (fut === null) return PYGEN_ERROR
  const f = future(fut)
  if (f.state === PENDING) {
    if (f.blocking) {
      PyErr_SetString(PyExc_RuntimeError, 'await wasn\'t used with future')
      return PYGEN_ERROR
    }
    f.blocking = true
    fut.ob_refcnt++
    SEND_RESULT.value = fut
    return PYGEN_NEXT
  }
  o.v = null
  const result = future_result(fut)
  Py_DECREF(fut)
  SEND_RESULT.value = result
  return result === null ? PYGEN_ERROR : PYGEN_RETURN
}

function next(o: PyObject): PyObject | null {
  const status = send(o)
  const result = SEND_RESULT.value
  SEND_RESULT.value = null
  if (status !== PYGEN_RETURN) return result
  _PyGen_SetStopIterationValue(result!)
  Py_DECREF(result!)
  return null
}

// Mirrors FutureIter_throw.
function throwInto(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('throw', nargs, 1, 3)) return null
  const type = args[0]!
  let value = nargs > 1 ? args[1]! : null
  let traceback = nargs > 2 ? args[2]! : null
  if (traceback !== null && !PyTraceBack_Check(traceback)) {
    return PyErr_SetString(PyExc_TypeError, 'throw() third argument must be a traceback')
  }
  let error: FetchedError
  if (PyExceptionClass_Check(type)) {
    for (const arg of [type, value, traceback]) if (arg !== null) arg.ob_refcnt++
    error = { type, value, traceback }
    PyErr_NormalizeException(error)
  } else if (PyExceptionInstance_Check(type)) {
    if (value !== null) return PyErr_SetString(PyExc_TypeError, 'instance exception may not have a separate value')
    value = type
    value.ob_refcnt++
    value.ob_type.ob_refcnt++
    if (traceback === null) traceback = PyException_GetTraceback(value)
    else traceback.ob_refcnt++
    error = { type: value.ob_type, value, traceback }
  } else {
    return PyErr_SetString(PyExc_TypeError, 'exceptions must be classes deriving BaseException or instances of such a class')
  }
  dropTarget(o)
  PyErr_RestoreFetched(error)
  return null
}

export const FutureIterType: PyTypeObject = new PyTypeObject('_asyncio.FutureIter', {
  tp_basicsize: 24, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_GC_Del(o),
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    dropTarget(o)
    if (!freeList.put(o)) PyObject_GC_Del(o)
  },
  tp_traverse: (o, visit) => {
    const fut = target(o)
    if (fut !== null) visit(fut)
  },
  tp_getattro: genericGetAttr,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: next,
  am_send: send,
  tp_methods: [
    { ml_name: 'send', ml_flags: METH_O, ml_meth: (o: PyObject) => next(o) },
    { ml_name: 'throw', ml_flags: METH_FASTCALL, ml_meth: throwInto },
    {
      ml_name: 'close', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => {
        dropTarget(o)
        Py_None.ob_refcnt++
        return Py_None
      },
    },
  ],
})

// Mirrors future_new_iter.
export function futureIter(fut: PyObject): PyObject | null {
  if (!PyObject_TypeCheck(fut, FutureType)) return PyErr_BadInternalCall()
  if (future(fut).loop === null) return PyErr_SetString(PyExc_RuntimeError, 'Future object is not initialized.')
  const o = freeList.take() ?? PyObject_GC_New(FutureIterType, null)
  fut.ob_refcnt++
  o.v = fut
  PyObject_GC_Track(o)
  return o
}
