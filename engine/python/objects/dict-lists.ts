// A dict's keys, values and items as lists: PyDict_Keys, PyDict_Values, PyDict_Items. Objects/dictobject.c.
import { DICT_ENTRY, PyDict_GET_SIZE, PyDict_Next } from './dictobject'
import { PyList_FromArraySteal, PyList_GET_ITEM, PyList_New, PyList_SET_ITEM } from './listobject'
import { Py_DECREF, type PyObject } from './object'
import { PyTuple_New, PyTuple_SET_ITEM } from './tupleobject'

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

// Mirrors dict_items: the list and its empty tuples come first; making them may run the collector, which may change the dict.
export function PyDict_Items(dict: PyObject): PyObject {
  for (;;) {
    const n = PyDict_GET_SIZE(dict)
    const list = PyList_New(n)
    for (let i = 0; i < n; i++) PyList_SET_ITEM(list, i, PyTuple_New(2))
    if (n !== PyDict_GET_SIZE(dict)) {
      Py_DECREF(list)
      continue
    }
    for (let at = PyDict_Next(dict, 0), i = 0; at > 0; at = PyDict_Next(dict, at), i++) {
      const pair = PyList_GET_ITEM(list, i)
      PyTuple_SET_ITEM(pair, 0, ref(DICT_ENTRY.key))
      PyTuple_SET_ITEM(pair, 1, ref(DICT_ENTRY.value))
    }
    return list
  }
}
