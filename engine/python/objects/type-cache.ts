// Finding names in types: the MRO walk, version tags, and the cache of 4096 entries in front of it. Mirrors the method
// cache of Objects/typeobject.c.
//
// An entry is chosen by the type's version and the address of the name; it holds a reference to the name (so a name made
// at run time may live on in the cache), not to the value. A change to a type takes its version away (and its
// subclasses'), which makes all its entries stale at once.
import {
  HASH, Py_DECREF, Py_INCREF, Py_TPFLAGS_READY, Py_TPFLAGS_VALID_VERSION_TAG, PyType_IsSubtype, PyType_Type, type PyObject,
  type PyTypeObject,
} from './object'
import { DICT_ENTRY, PyDict_Next, _PyDict_GetItem_KnownHash } from './dictobject'
import { PyErr_Clear, PyErr_Occurred } from './errors'
import { PyObject_Hash } from './object-protocol'
import { PyType_Ready } from './type-ready'
import { PyUnicode_CheckExact, _Py_ID } from './unicodeobject'
import type { UnicodeData } from './unicode-data'
import { subclassFromRef } from './type-subclasses'

const MCACHE_SIZE = 1 << 12
const MCACHE_MAX_ATTR_SIZE = 100

const versions = new Int32Array(MCACHE_SIZE)
const names = new Array<PyObject | null>(MCACHE_SIZE).fill(null)
const values = new Array<PyObject | null>(MCACHE_SIZE).fill(null)

let nextVersionTag = 1

/** Address / 8, low bits: a granule is 16 bytes. */
function slotOf(version: number, name: PyObject): number {
  return (version ^ name.addr << 1) & (MCACHE_SIZE - 1)
}

// Mirrors find_name_in_mro.
/** BORROWED value of the first class in the MRO that has the name; null if none (an exception may be set). */
export function find_name_in_mro(type: PyTypeObject, name: PyObject): PyObject | null {
  let lo: number
  let hi: number
  if (PyUnicode_CheckExact(name) && (name.v as UnicodeData).hashed) {
    lo = (name.v as UnicodeData).hashLo
    hi = (name.v as UnicodeData).hashHi
  } else {
    if (PyObject_Hash(name) < 0) return null
    lo = HASH[0]!
    hi = HASH[1]!
  }
  if (type.tp_mro === null && (type.tp_flags & Py_TPFLAGS_READY) === 0 && PyType_Ready(type) < 0) return null
  const mro = type.mro
  for (let i = 0; i < mro.length; i++) {
    const dict = mro[i]!.tp_dict
    if (dict === null) continue
    const value = _PyDict_GetItem_KnownHash(dict, name, lo, hi)
    if (value !== null) return value
    if (PyErr_Occurred() !== null) return null
  }
  return null
}

/** BORROWED attribute of a type or its bases; null (never an exception) if there is none. */
export function _PyType_Lookup(type: PyTypeObject, name: PyObject): PyObject | null {
  const version = type.tp_version_tag
  const slot = slotOf(version, name)
  if (versions[slot] === version && names[slot] === name && version !== 0) return values[slot]!
  return lookupSlow(type, name)
}

function lookupSlow(type: PyTypeObject, name: PyObject): PyObject | null {
  const hadError = PyErr_Occurred() !== null
  const value = find_name_in_mro(type, name)
  // CPython clears what the lookup raised, even an exception that was there before.
  if (value === null && PyErr_Occurred() !== null && !hadError) {
    PyErr_Clear()
    return null
  }
  if (PyUnicode_CheckExact(name) && (name.v as UnicodeData).length <= MCACHE_MAX_ATTR_SIZE && assign_version_tag(type)) {
    const slot = slotOf(type.tp_version_tag, name)
    versions[slot] = type.tp_version_tag
    values[slot] = value
    const old = names[slot]!
    Py_INCREF(name)
    names[slot] = name
    if (old !== null) Py_DECREF(old)
  }
  return value
}

/** The same by a name known when the code is written. */
export function _PyType_LookupId(type: PyTypeObject, name: string): PyObject | null {
  return _PyType_Lookup(type, _Py_ID(name))
}

/** Empties the cache, PyType_ClearCache. */
export function PyType_ClearCache(): void {
  versions.fill(0)
  for (let i = 0; i < MCACHE_SIZE; i++) {
    values[i] = null
    const name = names[i]!
    names[i] = null
    if (name !== null) Py_DECREF(name)
  }
}

/** Names that live in the cache alone: what emptying it would free. */
export function namesOnlyCached(): PyObject[] {
  const counts = new Map<PyObject, number>()
  for (const name of names) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].filter(([name, n]) => name.ob_refcnt === n).map(([name]) => name)
}

/** Forgets everything without giving references back; only start-up does this. */
export function resetTypeCache(): void {
  versions.fill(0)
  names.fill(null)
  values.fill(null)
}

/** Gives a type (and its bases) a version if it has none. False when it cannot have one. */
export function assign_version_tag(type: PyTypeObject): boolean {
  if ((type.tp_flags & Py_TPFLAGS_VALID_VERSION_TAG) !== 0) return true
  if ((type.tp_flags & Py_TPFLAGS_READY) === 0) return false
  type.tp_version_tag = nextVersionTag++
  for (const base of type.tp_bases!.v as PyTypeObject[]) if (!assign_version_tag(base)) return false
  type.tp_flags |= Py_TPFLAGS_VALID_VERSION_TAG
  return true
}

function invalidate(type: PyTypeObject): void {
  type.tp_flags &= ~Py_TPFLAGS_VALID_VERSION_TAG
  type.tp_version_tag = 0
}

/** A type's dict, bases or MRO has changed: it and its subclasses lose their versions. */
export function PyType_Modified(type: PyTypeObject): void {
  if ((type.tp_flags & Py_TPFLAGS_VALID_VERSION_TAG) === 0) return
  const subclasses = type.tp_subclasses
  if (subclasses !== null) {
    for (let pos = PyDict_Next(subclasses, 0); pos > 0; pos = PyDict_Next(subclasses, pos)) {
      const subclass = subclassFromRef(DICT_ENTRY.value)
      if (subclass !== null) PyType_Modified(subclass)
    }
  }
  invalidate(type)
}

/** A type whose metaclass overrides mro(), or that is no subtype of its bases, cannot rely on versions. */
export function type_mro_modified(type: PyTypeObject, bases: PyObject): void {
  if (type.ob_type !== PyType_Type) {
    const name = _Py_ID('mro')
    if (_PyType_Lookup(type.ob_type, name) !== _PyType_Lookup(PyType_Type, name)) return invalidate(type)
  }
  for (const base of bases.v as PyTypeObject[]) if (!PyType_IsSubtype(type, base)) return invalidate(type)
}

