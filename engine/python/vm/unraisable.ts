// Exceptions that nobody can catch: raised by a finalizer, a callback of a weak reference, an exit function.
import { PyObject_CallOneArg } from '../objects/call'
import { PyErr_Clear, PyErr_Fetch, PyErr_NormalizeException, PyErr_RestoreFetched } from '../objects/errors'
import { PyException_SetTraceback } from '../objects/exceptions'
import { currentCompleteFrame, frameGetObject } from '../objects/frameobject'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../objects/object'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { structSequence } from '../objects/structseq'
import { PyTraceBack_Check, PyTraceBack_Here } from '../objects/traceback'
import { PyUnicode_FromString } from '../objects/unicodeobject'
import { PySys_Audit, _PySys_GetAttr } from '../modules/sysmodule'
import { displayUnraisable } from './display-error'

const FIELDS = ['exc_type', 'exc_value', 'exc_traceback', 'err_msg', 'object']

/**
 * Hands the exception that is set, with what was being done (`Exception ignored <what>`) and to which object, to
 * sys.unraisablehook, and clears it. Mirrors _PyErr_WriteUnraisableMsg.
 */
export function writeUnraisable(what: string | null, object: PyObject | null): void {
  addTraceback()
  const e = PyErr_Fetch()
  if (e.type === null) return
  PyErr_NormalizeException(e)
  if (e.traceback !== null && e.value !== null) PyException_SetTraceback(e.value, e.traceback)
  let message = what === null ? null : PyUnicode_FromString(`Exception ignored ${what}`)
  const args = structSequence('UnraisableHookArgs', FIELDS).make(
    [e.type, e.value, e.traceback, message, object].map(o => (o ??= Py_None, o.ob_refcnt++, o)))
  const hook = _PySys_GetAttr('unraisablehook')
  let handled = false
  if (hook !== null && hook !== Py_None) {
    hook.ob_refcnt++
    const done = PySys_Audit('sys.unraisablehook', hook, args) < 0 ? null : PyObject_CallOneArg(hook, args)
    Py_DECREF(hook)
    handled = done !== null
    Py_XDECREF(done)
    if (!handled) {
      // The hook's own exception is reported in its stead.
      for (const o of [e.type, e.value, e.traceback, message]) Py_XDECREF(o)
      const own = PyErr_Fetch()
      PyErr_NormalizeException(own)
      Object.assign(e, own)
      message = PyUnicode_FromString('Exception ignored in sys.unraisablehook')
      object = hook
    }
  }
  Py_DECREF(args)
  if (!handled) displayUnraisable(e.value, e.traceback, message, object)
  for (const o of [e.type, e.value, e.traceback, message]) Py_XDECREF(o)
  PyErr_Clear()
}

/** Gives an exception without a traceback the running frame. */
function addTraceback(): void {
  const e = PyErr_Fetch()
  const frame = currentCompleteFrame(_PyRuntime.tstate)
  const bare = e.type !== null && (e.traceback === null || !PyTraceBack_Check(e.traceback)) && frame !== null
  PyErr_RestoreFetched(e)
  if (bare) PyTraceBack_Here(frameGetObject(frame))
}
