// A dict's keys, values and items as lists: PyDict_Keys, PyDict_Values, PyDict_Items. Objects/dictobject.c.
import { DICT_ENTRY, PyDict_Next } from './dictobject'
import { PyList_FromArraySteal } from './listobject'
import type { PyObject } from './object'
import { PyTuple_FromArray } from './tupleobject'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

function gather(dict: PyObject, pick: () => PyObject): PyObject {
  const items: PyObject[] = []
  for (let at = PyDict_Next(dict, 0); at > 0; at = PyDict_Next(dict, at)) items.push(pick())
  return PyList_FromArraySteal(items)
}

export function PyDict_Keys(dict: PyObject): PyObject {
  return gather(dict, () => ref(DICT_ENTRY.key))
}

export function PyDict_Values(dict: PyObject): PyObject {
  return gather(dict, () => ref(DICT_ENTRY.value))
}

export function PyDict_Items(dict: PyObject): PyObject {
  return gather(dict, () => PyTuple_FromArray([ref(DICT_ENTRY.key), ref(DICT_ENTRY.value)]))
}
