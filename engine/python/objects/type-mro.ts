// The method resolution order: C3 linearisation, and custom mro() of metaclasses. Mirrors the MRO part of
// Objects/typeobject.c.
import { PyType_IsSubtype, PyType_Type, Py_DECREF, Py_INCREF, type PyObject, type PyTypeObject } from './object'
import { PyObject_CallNoArgs, PyObject_CallOneArg } from './call'
import { DICT_ENTRY, PyDict_New, PyDict_Next, PyDict_SetItem } from './dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PySequence_Tuple } from './abstract'
import { PyObject_Repr, PyType_Check, _PyObject_LookupAttr } from './object-protocol'
import { Py_None } from './singletons'
import { PyType_Modified, type_mro_modified } from './type-cache'
import { PyTuple_New } from './tupleobject'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { TAG_SCRATCH } from '../../memory/events'
import { PyList_Append, PyList_New, PyList_SET_ITEM } from './listobject'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from './unicodeobject'
import { solid_base } from './type-layout'
import { lookup, lookup_method } from './type-slot-functions'

/** NEW name of a class for messages, its repr if it has none; null with an exception set. Mirrors class_name. */
function class_name(cls: PyObject): PyObject | null {
  const name = _PyObject_LookupAttr(cls, _Py_ID('__name__'))
  if (name !== null) return name
  return PyErr_Occurred() !== null ? null : PyObject_Repr(cls)
}

/** 0, or -1 when a class is there twice. */
function check_duplicates(bases: PyTypeObject[]): number {
  for (let i = 0; i < bases.length; i++) {
    for (let j = i + 1; j < bases.length; j++) {
      if (bases[j] !== bases[i]) continue
      const name = class_name(bases[i]!)
      if (name !== null) {
        if (PyUnicode_Check(name)) PyErr_Format(PyExc_TypeError, 'duplicate base class %U', name)
        else PyErr_SetString(PyExc_TypeError, 'duplicate base class')
        Py_DECREF(name)
      }
      return -1
    }
  }
  return 0
}

/** Names the classes that cannot be ordered, each once: CPython keeps them in a dict. */
function set_mro_error(toMerge: PyTypeObject[][], remain: number[]): void {
  const heads = PyDict_New()
  for (let i = 0; i < toMerge.length; i++) {
    if (remain[i]! < toMerge[i]!.length && PyDict_SetItem(heads, toMerge[i]![remain[i]!]!, Py_None) < 0) {
      Py_DECREF(heads)
      return
    }
  }
  const names: string[] = []
  for (let pos = PyDict_Next(heads, 0); pos > 0; pos = PyDict_Next(heads, pos)) {
    const name = class_name(DICT_ENTRY.key)
    if (name === null) {
      Py_DECREF(heads)
      return
    }
    names.push(PyUnicode_Check(name) ? PyUnicode_AsString(name) : '?')
    Py_DECREF(name)
  }
  PyErr_SetString(PyExc_TypeError, `Cannot create a consistent method resolution\norder (MRO) for bases ${names.join(', ')}`)
  Py_DECREF(heads)
}

/** Appends the merge of the lists to `acc`; -1 when there is no order. Mirrors pmerge. */
function pmerge(acc: PyObject, toMerge: PyTypeObject[][]): number {
  const remain = toMerge.map(() => 0)
  const inTail = (o: PyTypeObject): boolean => toMerge.some((list, j) => list.indexOf(o, remain[j]! + 1) >= 0)
  again: for (;;) {
    let empty = 0
    for (let i = 0; i < toMerge.length; i++) {
      const list = toMerge[i]!
      if (remain[i]! >= list.length) {
        empty++
        continue
      }
      const candidate = list[remain[i]!]!
      if (inTail(candidate)) continue
      if (PyList_Append(acc, candidate) < 0) return -1
      for (let j = 0; j < toMerge.length; j++) if (toMerge[j]![remain[j]!] === candidate) remain[j]!++
      continue again
    }
    if (empty === toMerge.length) return 0
    set_mro_error(toMerge, remain)
    return -1
  }
}

/** NEW tuple (or list, as CPython) of the default order. Mirrors mro_implementation. */
export function mro_implementation(type: PyTypeObject): PyObject | null {
  const bases = type.tp_bases!.v as PyTypeObject[]
  for (const base of bases) {
    if (base.tp_mro === null) {
      return PyErr_Format(PyExc_TypeError, 'Cannot extend an incomplete type \'%.100s\'', base.tp_name)
    }
  }
  if (bases.length === 1) {
    // One base: nothing to merge.
    const mro = bases[0]!.mro
    const result = PyTuple_New(mro.length + 1)
    const items = result.v as PyObject[]
    Py_INCREF(type)
    items[0] = type
    for (let i = 0; i < mro.length; i++) {
      Py_INCREF(mro[i]!)
      items[i + 1] = mro[i]!
    }
    return result
  }
  if (check_duplicates(bases) < 0) return null
  const toMerge = bases.map(base => base.mro)
  toMerge.push(bases)
  const scratch = PyMem_Malloc(toMerge.length * 8, TAG_SCRATCH)
  const acc = PyList_New(1)
  Py_INCREF(type)
  PyList_SET_ITEM(acc, 0, type)
  // pmerge's own array of positions (int).
  const positions = PyMem_Malloc(toMerge.length * 4, TAG_SCRATCH)
  const failed = pmerge(acc, toMerge) < 0
  PyMem_Free(positions)
  PyMem_Free(scratch)
  if (failed) {
    Py_DECREF(acc)
    return null
  }
  return acc
}

/** Every entry must be a class whose layout fits. 0 or -1. */
function mro_check(type: PyTypeObject, items: PyObject[]): number {
  const solid = solid_base(type)
  for (const item of items) {
    if (!PyType_Check(item)) {
      PyErr_Format(PyExc_TypeError, 'mro() returned a non-class (\'%.500s\')', item.ob_type.tp_name)
      return -1
    }
    if (!PyType_IsSubtype(solid, solid_base(item as PyTypeObject))) {
      PyErr_Format(PyExc_TypeError, 'mro() returned base with unsuitable layout (\'%.500s\')', (item as PyTypeObject).tp_name)
      return -1
    }
  }
  return 0
}

/** type(type).mro(type), without a bound method where it can be avoided. */
function callMro(type: PyTypeObject): PyObject | null {
  const method = lookup_method(type, _Py_ID('mro'))
  if (method === null) return null
  const result = lookup.unbound ? PyObject_CallOneArg(method, type) : PyObject_CallNoArgs(method)
  Py_DECREF(method)
  return result
}

/** NEW tuple. Mirrors mro_invoke: a metaclass's mro() decides. */
function mro_invoke(type: PyTypeObject): PyObject | null {
  const custom = type.ob_type !== PyType_Type
  const result = custom ? callMro(type) : mro_implementation(type)
  if (result === null) return null
  const tuple = PySequence_Tuple(result)
  Py_DECREF(result)
  if (tuple === null) return null
  if ((tuple.v as PyObject[]).length === 0) {
    PyErr_Format(PyExc_TypeError, 'type MRO must not be empty')
    Py_DECREF(tuple)
    return null
  }
  if (custom && mro_check(type, tuple.v as PyObject[]) < 0) {
    Py_DECREF(tuple)
    return null
  }
  return tuple
}

/**
 * Computes and installs the MRO. 1: done; 0: somebody else (a mro() that ran) did; -1: error. The old order's reference
 * goes to `out.old` if given. Mirrors mro_internal.
 */
export function mro_internal(type: PyTypeObject, out: { old: PyObject | null } | null): number {
  const before = type.tp_mro
  // Kept alive over mro(), which may change the type again.
  if (before !== null) Py_INCREF(before)
  const fresh = mro_invoke(type)
  const changed = type.tp_mro !== before
  if (before !== null) Py_DECREF(before)
  if (fresh === null) return -1
  if (changed) {
    Py_DECREF(fresh)
    return 0
  }
  type.tp_mro = fresh
  type.mro = fresh.v as PyTypeObject[]
  type_mro_modified(type, type.tp_mro)
  // The bases may have changed too: versions of subclasses fall.
  type_mro_modified(type, type.tp_bases!)
  PyType_Modified(type)
  if (out !== null) out.old = before
  else if (before !== null) Py_DECREF(before)
  return 1
}
