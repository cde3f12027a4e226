// tp_subclasses: a dict on each class from the address of a subclass (as int) to a weak reference to it. Mirrors
// add_subclass and its neighbours, Objects/typeobject.c.
import { IMMORTAL_REFCNT, Py_DECREF, Py_INCREF, PyObject, type PyTypeObject } from './object'
import { DICT_KEYS_GENERAL, DictKeys, PyDict_LOG_MINSIZE, USABLE_FRACTION } from './dict-keys'
import {
  DICT_ENTRY, PyDict_DelItem, PyDict_GET_SIZE, PyDict_GetItemWithError, PyDict_New, PyDict_Next, PyDict_SetItem, type DictData,
} from './dictobject'
import { PyErr_Clear } from './errors'
import { PyList_Append, PyList_New } from './listobject'
import { PyLong_FromLong, PyLong_Type } from './longobject'
import { _PyRuntime } from './runtime'
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
 * grows. Missing ones are made up by references to nothing. Only the canonical start does this, when the process's memory is
 * sealed: so nothing is allocated, and the table keeps its block.
 */
export function setSubclassTable(type: PyTypeObject, entries: number, free: number): void {
  const dict = type.tp_subclasses ??= PyDict_New()
  const data = dict.v as DictData
  const old = data.ma_keys
  const pairs: [PyObject, PyObject][] = []
  for (let pos = PyDict_Next(dict, 0); pos > 0; pos = PyDict_Next(dict, pos)) pairs.push([DICT_ENTRY.key, DICT_ENTRY.value])
  let log2 = PyDict_LOG_MINSIZE
  while (USABLE_FRACTION(2 ** log2) < entries + free) log2++
  data.ma_keys = new DictKeys(log2, DICT_KEYS_GENERAL, USABLE_FRACTION(2 ** log2), old.block)
  data.ma_used = 0
  for (const [key, value] of pairs) {
    PyDict_SetItem(dict, key, value)
    // The old table's references.
    Py_DECREF(key)
    Py_DECREF(value)
  }
  const { space } = _PyRuntime.process
  const nothing = deadReference(space.staticAlloc(80))
  for (let i = pairs.length; i < entries; i++) PyDict_SetItem(dict, staticInt(-1 - i, space.staticAlloc(32)), nothing)
  data.ma_keys.dk_usable = free
}

/** An int that lies in the data segment and is never freed. */
function staticInt(value: number, addr: number): PyObject {
  const o = new PyObject(PyLong_Type, addr, value)
  o.ob_refcnt = IMMORTAL_REFCNT
  return o
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
