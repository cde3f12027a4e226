// Two small things import.ts needs of objects.
import { PyErr_Clear } from '../objects/errors'
import { Py_DECREF, type PyObject } from '../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue } from '../objects/object-protocol'
import { _Py_ID } from '../objects/unicodeobject'

export { PyObject_GetItem } from '../objects/abstract'

/** Truth of an attribute; 0 when it is missing or cannot be told (the AttributeError is made and dropped, as in CPython). */
export function PyObject_IsTrueAttribute(o: PyObject, name: string): number {
  const value = PyObject_GetAttr(o, _Py_ID(name))
  if (value === null) {
    PyErr_Clear()
    return 0
  }
  const truth = PyObject_IsTrue(value)
  Py_DECREF(value)
  if (truth < 0) PyErr_Clear()
  return truth > 0 ? 1 : 0
}
