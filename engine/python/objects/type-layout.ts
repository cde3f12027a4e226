// Whose struct an instance has: which base decides the layout, and which classes may take each other's place. Mirrors
// solid_base, best_base and compatible_for_assignment, Objects/typeobject.c.
import {
  PyType_IsSubtype, Py_EQ, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_MANAGED_DICT, Py_TPFLAGS_READY,
  type PyObject, type PyTypeObject,
} from './object'
import { PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyType_Check, PyObject_RichCompareBool } from './object-protocol'
import { PyBaseObject_Type } from './object-type'
import { PyType_Ready } from './type-ready'

/** True if `type` adds fields to `base` other than the one for weak references. */
function extra_ivars(type: PyTypeObject, base: PyTypeObject): boolean {
  let size = type.tp_basicsize
  if (type.tp_itemsize !== 0 || base.tp_itemsize !== 0)
    return size !== base.tp_basicsize || type.tp_itemsize !== base.tp_itemsize
  if (type.tp_weaklistoffset !== 0 && base.tp_weaklistoffset === 0 && type.tp_weaklistoffset + 8 === size
    && (type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) size -= 8
  return size !== base.tp_basicsize
}

/** The class in the chain of bases whose struct instances have. */
export function solid_base(type: PyTypeObject): PyTypeObject {
  const base = type.tp_base !== null ? solid_base(type.tp_base) : PyBaseObject_Type
  return extra_ivars(type, base) ? type : base
}

/** BORROWED base that decides the layout, or null with TypeError. */
export function best_base(bases: readonly PyObject[]): PyTypeObject | null {
  let base: PyTypeObject | null = null
  let winner: PyTypeObject | null = null
  for (const o of bases) {
    if (!PyType_Check(o)) return PyErr_SetString(PyExc_TypeError, 'bases must be types')
    const candidateBase = o as PyTypeObject
    if ((candidateBase.tp_flags & Py_TPFLAGS_READY) === 0 && PyType_Ready(candidateBase) < 0) return null
    if ((candidateBase.tp_flags & Py_TPFLAGS_BASETYPE) === 0) {
      return PyErr_Format(PyExc_TypeError, 'type \'%.100s\' is not an acceptable base type', candidateBase.tp_name)
    }
    const candidate = solid_base(candidateBase)
    if (winner === null || (!PyType_IsSubtype(winner, candidate) && PyType_IsSubtype(candidate, winner))) {
      winner = candidate
      base = candidateBase
    } else if (!PyType_IsSubtype(winner, candidate)) {
      return PyErr_SetString(PyExc_TypeError, 'multiple bases have instance lay-out conflict')
    }
  }
  return base
}

// Mirrors equiv_structs.
function equivalent(a: PyTypeObject, b: PyTypeObject): boolean {
  return a.tp_basicsize === b.tp_basicsize && a.tp_itemsize === b.tp_itemsize && a.tp_dictoffset === b.tp_dictoffset
    && a.tp_weaklistoffset === b.tp_weaklistoffset && (a.tp_flags & Py_TPFLAGS_HAVE_GC) === (b.tp_flags & Py_TPFLAGS_HAVE_GC)
}

/** True if the classes add the same slots to their common base. Mirrors same_slots_added. */
function same_slots_added(a: PyTypeObject, b: PyTypeObject): boolean {
  const base = a.tp_base!
  if (base !== b.tp_base) return false
  if (equivalent(a, base) && equivalent(b, base)) return true
  let size = base.tp_basicsize
  if (a.tp_dictoffset === size && b.tp_dictoffset === size) size += 8
  if (a.tp_weaklistoffset === size && b.tp_weaklistoffset === size) size += 8
  const slotsA = (a.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0 ? a.ht_slots : null
  const slotsB = (b.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0 ? b.ht_slots : null
  if (slotsA !== null && slotsB !== null) {
    if (PyObject_RichCompareBool(slotsA, slotsB, Py_EQ) !== 1) return false
    size += 8 * (slotsA.v as PyObject[]).length
  }
  return size === a.tp_basicsize && size === b.tp_basicsize
}

// Mirrors compatible_with_tp_base.
function compatible_with_tp_base(child: PyTypeObject): boolean {
  return child.tp_base !== null && equivalent(child, child.tp_base)
}

/** True if instances of one class can become instances of the other; else false with TypeError set. */
export function compatible_for_assignment(from: PyTypeObject, to: PyTypeObject, attr: string): boolean {
  if (to.tp_free !== from.tp_free) {
    PyErr_Format(PyExc_TypeError, '%s assignment: \'%s\' deallocator differs from \'%s\'', attr, to.tp_name, from.tp_name)
    return false
  }
  // It is the struct that must be the same; __dict__ and __weakref__ may come from either class.
  let newBase = to
  let oldBase = from
  while (compatible_with_tp_base(newBase)) newBase = newBase.tp_base!
  while (compatible_with_tp_base(oldBase)) oldBase = oldBase.tp_base!
  const sameDict = (from.tp_flags & Py_TPFLAGS_MANAGED_DICT) === (to.tp_flags & Py_TPFLAGS_MANAGED_DICT)
  if (!sameDict
    || (newBase !== oldBase && (newBase.tp_base !== oldBase.tp_base || !same_slots_added(newBase, oldBase)))) {
    PyErr_Format(PyExc_TypeError, '%s assignment: \'%s\' object layout differs from \'%s\'', attr, to.tp_name, from.tp_name)
    return false
  }
  return true
}
