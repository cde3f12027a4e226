// update() as MutableMapping does it, over __setitem__, which subclasses may replace. Objects/odictobject.c.
import { PyObject_GetItem, PyObject_GetIter, PyObject_SetItem } from './abstract'
import { PyObject_CallNoArgs } from './call'
import { PyDict_CheckExact, PyDict_GET_SIZE } from './dictobject'
import { PyDict_Items } from './dict-lists'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { Py_DECREF, Py_XDECREF, type PyObject } from './object'
import { _PyObject_LookupAttr } from './object-protocol'
import { _Py_ID } from './unicodeobject'

// Mirrors mutablemapping_add_pairs.
function addPairs(self: PyObject, pairs: PyObject): number {
  const it = PyObject_GetIter(pairs)
  if (it === null) return -1
  const next = it.ob_type.tp_iternext!
  for (let pair = next(it); pair !== null; pair = next(it)) {
    const parts = PyObject_GetIter(pair)
    Py_DECREF(pair)
    if (parts === null) break
    const step = parts.ob_type.tp_iternext!
    const key = step(parts)
    const value = key === null ? null : step(parts)
    const third = value === null ? null : step(parts)
    if (key === null || value === null) {
      if (PyErr_Occurred() === null) PyErr_Format(PyExc_ValueError, 'need more than %zd values to unpack', key === null ? 0 : 1)
    } else if (third !== null) PyErr_SetString(PyExc_ValueError, 'too many values to unpack (expected 2)')
    else if (PyErr_Occurred() === null) PyObject_SetItem(self, key, value)
    for (const o of [key, value, third, parts]) Py_XDECREF(o)
    if (PyErr_Occurred() !== null) break
  }
  Py_DECREF(it)
  return PyErr_Occurred() !== null ? -1 : 0
}

// Mirrors mutablemapping_update_arg.
function updateArgument(self: PyObject, arg: PyObject): number {
  if (PyDict_CheckExact(arg)) {
    const items = PyDict_Items(arg)
    if (items === null) return -1
    const done = addPairs(self, items)
    Py_DECREF(items)
    return done
  }
  const keysMethod = _PyObject_LookupAttr(arg, _Py_ID('keys'))
  if (keysMethod === null && PyErr_Occurred() !== null) return -1
  if (keysMethod !== null) {
    const keys = PyObject_CallNoArgs(keysMethod)
    Py_DECREF(keysMethod)
    if (keys === null) return -1
    const it = PyObject_GetIter(keys)
    Py_DECREF(keys)
    if (it === null) return -1
    const next = it.ob_type.tp_iternext!
    for (let key = next(it); key !== null; key = next(it)) {
      const value = PyObject_GetItem(arg, key)
      const failed = value === null || PyObject_SetItem(self, key, value) < 0
      Py_XDECREF(value)
      Py_DECREF(key)
      if (failed) break
    }
    Py_DECREF(it)
    return PyErr_Occurred() !== null ? -1 : 0
  }
  const itemsMethod = _PyObject_LookupAttr(arg, _Py_ID('items'))
  if (itemsMethod === null) return PyErr_Occurred() !== null ? -1 : addPairs(self, arg)
  const items = PyObject_CallNoArgs(itemsMethod)
  Py_DECREF(itemsMethod)
  if (items === null) return -1
  const done = addPairs(self, items)
  Py_DECREF(items)
  return done
}

/** update(*args, **kwargs); -1 with an exception set. Mirrors mutablemapping_update. */
export function mutablemapping_update(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const items = args.v as PyObject[]
  if (items.length > 1) return PyErr_Format(PyExc_TypeError, 'update() takes at most 1 positional argument (%zd given)', items.length), -1
  if (items.length === 1) {
    const arg = items[0]!
    arg.ob_refcnt++
    const done = updateArgument(self, arg)
    Py_DECREF(arg)
    if (done < 0) return -1
  }
  if (kwargs === null || PyDict_GET_SIZE(kwargs) === 0) return 0
  const pairs = PyDict_Items(kwargs)
  if (pairs === null) return -1
  const done = addPairs(self, pairs)
  Py_DECREF(pairs)
  return done
}
