// Names of callables for error messages, and abstractness: _PyObject_FunctionStr and _PyObject_IsAbstract, Objects/object.c.
import { PyErr_Clear, PyErr_Occurred } from './errors'
import { Py_DECREF, type PyObject } from './object'
import { PyObject_IsTrue, PyObject_Str, _PyObject_LookupAttr } from './object-protocol'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID, unicodeFromText } from './unicodeobject'

/** NEW `module.qualname()` of a callable, or its str(); null with an exception set. */
export function _PyObject_FunctionStr(x: PyObject): PyObject | null {
  const qualname = _PyObject_LookupAttr(x, _Py_ID('__qualname__'))
  if (qualname === null) return PyErr_Occurred() !== null ? null : PyObject_Str(x)
  const module = _PyObject_LookupAttr(x, _Py_ID('__module__'))
  if (module === null) PyErr_Clear()
  const name = PyUnicode_Check(qualname) ? PyUnicode_AsString(qualname) : ''
  const prefix = module !== null && PyUnicode_Check(module) && PyUnicode_AsString(module) !== 'builtins'
    ? `${PyUnicode_AsString(module)}.` : ''
  Py_DECREF(qualname)
  if (module !== null) Py_DECREF(module)
  return unicodeFromText(`${prefix}${name}()`)
}

/** Truth of __isabstractmethod__: 1, 0, or -1. */
export function _PyObject_IsAbstract(o: PyObject | null): number {
  if (o === null) return 0
  const flag = _PyObject_LookupAttr(o, _Py_ID('__isabstractmethod__'))
  if (flag === null) return PyErr_Occurred() !== null ? -1 : 0
  const truth = PyObject_IsTrue(flag)
  Py_DECREF(flag)
  return truth
}
