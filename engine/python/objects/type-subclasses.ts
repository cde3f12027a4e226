// tp_subclasses: a dict on each class from the address of a subclass (as int) to a weak reference to it. Mirrors
// add_subclass and its neighbours, Objects/typeobject.c.
import { Py_DECREF, Py_INCREF, type PyObject, type PyTypeObject } from './object'
import {
  DICT_ENTRY, PyDict_DelItem, PyDict_GET_SIZE, PyDict_GetItemWithError, PyDict_New, PyDict_Next, PyDict_SetItem, _PyDict_NewPresized,
  type DictData,
} from './dictobject'
import { PyErr_Clear } from './errors'
import { PyList_Append, PyList_New } from './listobject'
import { PyLong_FromLong } from './longobject'
import { PyWeakref_GET_OBJECT, PyWeakref_NewRef, deadReference } from './weakrefobject'
import { addressOf } from './unicode-fromformat'
import { Py_None } from './singletons'

/** BORROWED class behind an entry, null if it is dead. */
export function subclassFromRef(ref: PyObject): PyTypeObject | null {
  const o = PyWeakref_GET_OBJECT(ref)
  return o === Py_None ? null : o as PyTypeObject
}

const keyOf = (type: PyTypeObject): PyObject => PyLong_FromLong(addressOf(type))

/** Enters a class with its base. 0 or -1. */
export function add_subclass(base: PyTypeObject, type: PyTypeObject): number {
  const key = keyOf(type)
  const ref = PyWeakref_NewRef(type, null)
  if (ref === null) {
    Py_DECREF(key)
    return -1
  }
  base.tp_subclasses ??= PyDict_New()
  const result = PyDict_SetItem(base.tp_subclasses, key, ref)
  Py_DECREF(ref)
  Py_DECREF(key)
  return result
}

export function add_all_subclasses(type: PyTypeObject, bases: PyObject): number {
  let result = 0
  for (const base of bases.v as PyObject[]) if (isType(base) && add_subclass(base, type) < 0) result = -1
  return result
}

function isType(o: PyObject): o is PyTypeObject {
  return 'tp_name' in o
}

/** Key of a subclass's entry; NEW, or null. The entry of a dying class is found by its reference. */
function entryKey(type: PyTypeObject, base: PyTypeObject): PyObject | null {
  const key = keyOf(type)
  const ref = PyDict_GetItemWithError(base.tp_subclasses!, key)
  if (ref !== null) {
    const o = PyWeakref_GET_OBJECT(ref)
    if (o === Py_None || o === type) return key
  }
  Py_DECREF(key)
  const dict = base.tp_subclasses!
  for (let pos = PyDict_Next(dict, 0); pos > 0; pos = PyDict_Next(dict, pos)) {
    const entry = DICT_ENTRY.key
    if (PyWeakref_GET_OBJECT(DICT_ENTRY.value) === type) {
      Py_INCREF(entry)
      return entry
    }
  }
  return null
}

/** Takes a class out of its base's dict, which goes when it is empty. */
export function remove_subclass(base: PyTypeObject, type: PyTypeObject): void {
  const subclasses = base.tp_subclasses
  if (subclasses === null) return
  const key = entryKey(type, base)
  if (key !== null) {
    if (PyDict_DelItem(subclasses, key) < 0) PyErr_Clear()
    Py_DECREF(key)
  }
  if (PyDict_GET_SIZE(subclasses) === 0) {
    base.tp_subclasses = null
    Py_DECREF(subclasses)
  }
}

export function remove_all_subclasses(type: PyTypeObject, bases: PyObject): void {
  for (const base of bases.v as PyObject[]) if (isType(base)) remove_subclass(base, type)
}

/**
 * Gives a type's table the size it has in a CPython that has loaded more classes: `entries` taken and `free` left before it
 * grows. Missing ones are made up by references to nothing. Only the canonical start does this.
 */
export function setSubclassTable(type: PyTypeObject, entries: number, free: number): void {
  const old = type.tp_subclasses
  const table = _PyDict_NewPresized(entries + free)!
  if (old !== null) {
    for (let pos = PyDict_Next(old, 0); pos > 0; pos = PyDict_Next(old, pos)) {
      const { key, value } = DICT_ENTRY
      PyDict_SetItem(table, key, value)
    }
  }
  for (let i = PyDict_GET_SIZE(table); i < entries; i++) {
    const key = PyLong_FromLong(-1 - i)
    const ref = deadReference()
    PyDict_SetItem(table, key, ref)
    Py_DECREF(ref)
    Py_DECREF(key)
  }
  ;(table.v as DictData).ma_keys.dk_usable = free
  type.tp_subclasses = table
  if (old !== null) Py_DECREF(old)
}

/** NEW list of the living direct subclasses, in the order they were made. */
export function _PyType_GetSubclasses(type: PyTypeObject): PyObject | null {
  const list = PyList_New(0)
  const subclasses = type.tp_subclasses
  if (subclasses === null) return list
  for (let pos = PyDict_Next(subclasses, 0); pos > 0; pos = PyDict_Next(subclasses, pos)) {
    const subclass = subclassFromRef(DICT_ENTRY.value)
    if (subclass !== null && PyList_Append(list, subclass) < 0) {
      Py_DECREF(list)
      return null
    }
  }
  return list
}
