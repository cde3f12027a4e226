// atexit: functions to call when the interpreter ends. Modules/atexitmodule.c.
import { TAG_SCRATCH } from '../../memory/events'
import { PyMem_Free, PyMem_Malloc } from '../objects/objimpl'
import { PyObject_Call } from '../objects/call'
import { _PyErr_WriteUnraisableMsg, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError } from '../objects/exceptions'
import { PyLong_FromLong } from '../objects/longobject'
import { PyModule_Create } from '../objects/moduleobject'
import { METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_EQ, Py_XDECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { PyCallable_Check, PyObject_RichCompareBool } from '../objects/object-protocol'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'

interface Callback {
  /** The C struct's block, sizeof(atexit_callback). */
  block: number
  func: PyObject
  args: PyObject
  kwargs: PyObject | null
}

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

const CALLBACK_BYTES = 24

function drop(callback: Callback): void {
  Py_DECREF(callback.func)
  Py_DECREF(callback.args)
  Py_XDECREF(callback.kwargs)
  PyMem_Free(callback.block)
}

export function PyInit_atexit(): PyObject | null {
  let callbacks: (Callback | null)[] = []
  const clear = (): void => {
    const old = callbacks
    callbacks = []
    for (const callback of old) if (callback !== null) drop(callback)
  }
  const methods: PyMethodDef[] = [
    {
      ml_name: 'register', ml_flags: METH_VARARGS | METH_KEYWORDS,
      ml_meth: (_m: PyObject, args: PyObject, kwargs: PyObject | null) => {
        const items = args.v as PyObject[]
        if (items.length === 0) {
          return PyErr_SetString(PyExc_TypeError, 'register() takes at least 1 argument (0 given)')
        }
        const func = items[0]!
        if (!PyCallable_Check(func)) return PyErr_SetString(PyExc_TypeError, 'the first argument must be callable')
        const block = PyMem_Malloc(CALLBACK_BYTES, TAG_SCRATCH)
        const rest = PyTuple_FromArray(items.slice(1).map(o => (o.ob_refcnt++, o)), true)
        if (kwargs !== null) kwargs.ob_refcnt++
        func.ob_refcnt += 2
        callbacks.push({ block, func, args: rest, kwargs })
        return func
      },
    },
    { ml_name: '_clear', ml_flags: METH_NOARGS, ml_meth: () => (clear(), none()) },
    {
      ml_name: 'unregister', ml_flags: METH_O,
      ml_meth: (_m: PyObject, func: PyObject) => {
        for (let i = 0; i < callbacks.length; i++) {
          const callback = callbacks[i]
          if (callback === null || callback === undefined) continue
          const same = PyObject_RichCompareBool(callback.func, func, Py_EQ)
          if (same < 0) return null
          if (same === 0) continue
          callbacks[i] = null
          drop(callback)
        }
        return none()
      },
    },
    {
      // Mirrors atexit_callfuncs: last registered first; errors are reported and do not stop the others.
      ml_name: '_run_exitfuncs', ml_flags: METH_NOARGS,
      ml_meth: () => {
        for (let i = callbacks.length - 1; i >= 0; i--) {
          const callback = callbacks[i]
          if (callback === null || callback === undefined) continue
          callback.func.ob_refcnt++
          const result = PyObject_Call(callback.func, callback.args, callback.kwargs)
          if (result === null) _PyErr_WriteUnraisableMsg('in atexit callback', callback.func)
          else Py_DECREF(result)
          Py_DECREF(callback.func)
        }
        clear()
        return PyErr_Occurred() !== null ? null : none()
      },
    },
    { ml_name: '_ncallbacks', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromLong(callbacks.length) },
  ]
  return PyModule_Create('atexit', methods)
}

