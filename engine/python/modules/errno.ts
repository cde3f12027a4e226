// errno: the error numbers of Linux, and the dict back from number to name.
import { PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { errnoByName } from '../objects/errno'
import { PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddObject, PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import { Py_DECREF, type PyObject } from '../objects/object'
import { PyUnicode_FromString } from '../objects/unicodeobject'

export function PyInit_errno(): PyObject | null {
  const module = PyModule_Create('errno', [])
  const names = PyDict_New()
  PyModule_AddObjectRef(module, 'errorcode', names)
  for (const [name, number] of errnoByName) {
    const key = PyLong_FromLong(number)
    const value = PyUnicode_FromString(name)
    PyDict_SetItem(names, key, value)
    PyModule_AddObject(module, name, key)
    Py_DECREF(value)
  }
  Py_DECREF(names)
  return module
}
