// Names of callables for error messages, and abstractness: _PyObject_FunctionStr and _PyObject_IsAbstract, Objects/object.c.
import { PyErr_Occurred } from './errors'
import { Py_DECREF, Py_NE, Py_XDECREF, type PyObject } from './object'
import { PyObject_IsTrue, PyObject_RichCompareBool, PyObject_Str, _PyObject_LookupAttr } from './object-protocol'
import { Py_None } from './singletons'
import { _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

/** NEW `module.qualname()` of a callable, or its str(); null with an exception set. */
export function _PyObject_FunctionStr(x: PyObject): PyObject | null {
  const qualname = _PyObject_LookupAttr(x, _Py_ID('__qualname__'))
  if (qualname === null) return PyErr_Occurred() !== null ? null : PyObject_Str(x)
  const module = _PyObject_LookupAttr(x, _Py_ID('__module__'))
  let result: PyObject | null = null
  if (module !== null || PyErr_Occurred() === null) {
    const foreign = module === null || module === Py_None ? 0 : PyObject_RichCompareBool(module, _Py_ID('builtins'), Py_NE)
    if (foreign > 0) result = PyUnicode_FromFormat('%S.%S()', module, qualname)
    else if (foreign === 0) result = PyUnicode_FromFormat('%S()', qualname)
  }
  Py_DECREF(qualname)
  Py_XDECREF(module)
  return result
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
