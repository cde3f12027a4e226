// Instances of Python classes: how they die, what the collector sees of them, and their `__dict__` and `__weakref__`.
// Mirrors the subtype_* functions of Objects/typeobject.c.
import {
  Py_DECREF, Py_INCREF, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_MANAGED_DICT, Py_XDECREF, type PyGetSetDef,
  type PyObject, type PyTypeObject, type visitproc,
} from './object'
import { PyDescr_IsData } from './attributes'
import { InlineValues } from './dict-keys'
import { PyDict_Check } from './dictobject'
import {
  PyObject_GenericGetDict, _PyObject_ClearInstanceAttributes, _PyObject_FreeInstanceAttributes, _PyObject_GetDictPtr,
  _PyObject_VisitInstanceAttributes,
} from './dict-values'
import { PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_AttributeError, PyExc_TypeError } from './exceptions'
import { PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { PyObject_CallFinalizerFromDealloc, _PyTrash_begin, _PyTrash_end } from './object-protocol'
import { Py_None } from './singletons'
import { _PyType_Lookup } from './type-cache'
import { _Py_ID } from './unicodeobject'
import { PyObject_ClearWeakRefs, _PyWeakref_ClearRef } from './weakrefobject'

/** Drops the slots that `type` itself added. */
function clear_slots(type: PyTypeObject, self: PyObject): void {
  const slots = self.slots
  if (slots === null) return
  for (let i = type.tp_base!.slotCount; i < type.slotCount; i++) {
    const o = slots[i]
    if (!o) continue
    slots[i] = null
    Py_DECREF(o)
  }
}

export function subtype_dealloc(self: PyObject): void {
  let type = self.ob_type
  PyObject_GC_UnTrack(self)
  if (!_PyTrash_begin(self, subtype_dealloc)) return
  let base = type
  while (base.tp_dealloc === subtype_dealloc) base = base.tp_base!
  if (type.tp_finalize !== null) {
    PyObject_GC_Track(self)
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
      _PyTrash_end()
      return
    }
    PyObject_GC_UnTrack(self)
  }
  const ownsWeakrefs = type.weakrefs && !base.weakrefs
  // Before slots and dict go: callbacks may run code, which must find the object gone from its references.
  if (ownsWeakrefs && self.weaklist !== null) PyObject_ClearWeakRefs(self)
  if (type.tp_del !== null) {
    PyObject_GC_Track(self)
    type.tp_del(self)
    if (self.ob_refcnt > 0) {
      _PyTrash_end()
      return
    }
    PyObject_GC_UnTrack(self)
  }
  if (ownsWeakrefs && (type.tp_finalize !== null || type.tp_del !== null)) {
    // References made by the finalizer get no callback.
    while (self.weaklist !== null) _PyWeakref_ClearRef(self.weaklist)
  }
  if (self.slots !== null) {
    for (let t = type; t.tp_dealloc === subtype_dealloc; t = t.tp_base!) clear_slots(t, self)
  }
  if ((type.tp_flags & Py_TPFLAGS_MANAGED_DICT) !== 0 || (type.tp_dictoffset !== 0 && base.tp_dictoffset === 0)) {
    const dict = self.dict as PyObject | InlineValues | null
    if (dict !== null) {
      if (dict instanceof InlineValues) _PyObject_FreeInstanceAttributes(self)
      else {
        Py_DECREF(dict)
        self.dict = null
      }
    }
  }
  // __del__ may have changed the class.
  type = self.ob_type
  if ((base.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0) PyObject_GC_Track(self)
  const dropType = (type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0 && (base.tp_flags & Py_TPFLAGS_HEAPTYPE) === 0
  base.tp_dealloc(self)
  if (dropType) Py_DECREF(type)
  _PyTrash_end()
}

export function subtype_traverse(self: PyObject, visit: visitproc): void {
  const type = self.ob_type
  let base = type
  const slots = self.slots
  for (; base.tp_traverse === subtype_traverse; base = base.tp_base!) {
    if (slots === null) continue
    for (let i = base.tp_base!.slotCount; i < base.slotCount; i++) {
      const o = slots[i]
      if (o) visit(o)
    }
  }
  const dict = self.dict as PyObject | InlineValues | null
  if (dict !== null) {
    if (dict instanceof InlineValues) _PyObject_VisitInstanceAttributes(self, visit)
    else if (type.tp_dictoffset !== base.tp_dictoffset) visit(dict)
  }
  const baseTraverse = base.tp_traverse
  // An instance counts as a reference to its class; a heap base sees to that itself.
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0
    && (baseTraverse === null || (base.tp_flags & Py_TPFLAGS_HEAPTYPE) === 0)) visit(type)
  if (baseTraverse !== null) baseTraverse(self, visit)
}

export function subtype_clear(self: PyObject): void {
  const type = self.ob_type
  let base = type
  for (; base.tp_clear === subtype_clear; base = base.tp_base!) if (self.slots !== null) clear_slots(base, self)
  if ((type.tp_flags & Py_TPFLAGS_MANAGED_DICT) !== 0) _PyObject_ClearInstanceAttributes(self)
  if (type.tp_dictoffset !== base.tp_dictoffset) {
    const dict = self.dict as PyObject | InlineValues | null
    if (dict !== null && !(dict instanceof InlineValues)) {
      self.dict = null
      Py_DECREF(dict)
    }
  }
  if (base.tp_clear !== null) base.tp_clear(self)
}

// ---- __dict__ and __weakref__ --------------------------------------------------------------------------------------------

/** The C base that has a __dict__ of its own, or null. */
function builtinBaseWithDict(type: PyTypeObject): PyTypeObject | null {
  for (let t: PyTypeObject = type; t.tp_base !== null; t = t.tp_base) {
    if (t.tp_dictoffset !== 0 && (t.tp_flags & Py_TPFLAGS_HEAPTYPE) === 0) return t
  }
  return null
}

/** BORROWED data descriptor `__dict__` of such a base, or null. */
function dictDescriptor(type: PyTypeObject): PyObject | null {
  const descr = _PyType_Lookup(type, _Py_ID('__dict__'))
  return descr !== null && PyDescr_IsData(descr) ? descr : null
}

function noDictDescriptor(self: PyObject): null {
  return PyErr_Format(PyExc_TypeError, 'this __dict__ descriptor does not support \'%.200s\' objects', self.ob_type.tp_name)
}

function subtype_dict(self: PyObject): PyObject | null {
  const base = builtinBaseWithDict(self.ob_type)
  if (base === null) return PyObject_GenericGetDict(self)
  const descr = dictDescriptor(base)
  const get = descr?.ob_type.tp_descr_get ?? null
  return descr === null || get === null ? noDictDescriptor(self) : get(descr, self, self.ob_type)
}

function subtype_setdict(self: PyObject, value: PyObject | null): number {
  const type = self.ob_type
  const base = builtinBaseWithDict(type)
  if (base !== null) {
    const descr = dictDescriptor(base)
    const set = descr?.ob_type.tp_descr_set ?? null
    if (descr === null || set === null) {
      noDictDescriptor(self)
      return -1
    }
    return set(descr, self, value)
  }
  if (type.tp_dictoffset === 0) {
    PyErr_SetString(PyExc_AttributeError, 'This object has no __dict__')
    return -1
  }
  if (value !== null && !PyDict_Check(value)) {
    PyErr_Format(PyExc_TypeError, '__dict__ must be set to a dictionary, not a \'%.200s\'', value.ob_type.tp_name)
    return -1
  }
  const old = _PyObject_GetDictPtr(self)
  if (value !== null) Py_INCREF(value)
  self.dict = value
  Py_XDECREF(old)
  return 0
}

function subtype_getweakref(self: PyObject): PyObject | null {
  if (!self.ob_type.weakrefs) return PyErr_SetString(PyExc_AttributeError, 'This object has no __weakref__')
  const first = self.weaklist ?? Py_None
  first.ob_refcnt++
  return first
}

const dictGetSet: PyGetSetDef = { name: '__dict__', get: subtype_dict, set: subtype_setdict }
const weakGetSet: PyGetSetDef = { name: '__weakref__', get: subtype_getweakref }

/** The getset table of a class that adds a dict, weak references, both or neither. */
export function subtype_getsets(dict: boolean, weak: boolean): PyGetSetDef[] | null {
  if (dict) return weak ? [dictGetSet, weakGetSet] : [dictGetSet]
  return weak ? [weakGetSet] : null
}
