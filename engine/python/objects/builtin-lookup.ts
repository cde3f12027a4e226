// The builtin a pickled iterator names: _PyEval_GetBuiltin, Python/ceval.c.
import { PyDict_GetItemWithError } from './dictobject'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_AttributeError } from './exceptions'
import type { PyObject } from './object'
import { _PyRuntime } from './runtime'
import { _Py_ID } from './unicodeobject'

/** NEW reference to a builtin by name, or null with AttributeError set. */
export function _PyEval_GetBuiltin(name: string): PyObject | null {
  const found = PyDict_GetItemWithError(_PyRuntime.builtins, _Py_ID(name))
  if (found === null) {
    if (PyErr_Occurred() === null) PyErr_SetString(PyExc_AttributeError, name)
    return null
  }
  found.ob_refcnt++
  return found
}
