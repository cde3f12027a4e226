// The computed attributes of classes: __name__, __module__, __bases__ … Mirrors the type_get/type_set functions of
// Objects/typeobject.c.
import {
  PyType_IsSubtype, PyType_Type, Py_DECREF, Py_INCREF, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_IS_ABSTRACT,
  Py_XDECREF, type PyGetSetDef, type PyObject, type PyTypeObject,
} from './object'
import { PyDictProxy_New } from './descrobject'
import { DICT_ENTRY, PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_Next, PyDict_SetItem } from './dictobject'
import {
  PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetObject, PyErr_SetString,
} from './errors'
import { PyExc_AttributeError, PyExc_KeyError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyObject_IsTrue, PyType_Check } from './object-protocol'
import { Py_None } from './singletons'
import { PyTuple_Check, PyTuple_GET_SIZE, PyTuple_Pack } from './tupleobject'
import { PyList_Append, PyList_New } from './listobject'
import { PyType_Modified } from './type-cache'
import { TYPE_SIGNATURES } from './type-signatures'
import { best_base, compatible_for_assignment } from './type-layout'
import { mro_internal } from './type-mro'
import { withoutSignature } from './type-ready'
import { update_all_slots } from './type-slots'
import { add_subclass, remove_subclass, subclassFromRef } from './type-subclasses'
import {
  PyUnicode_Check, PyUnicode_FromString, PyUnicode_InternInPlace, _Py_ID,
} from './unicodeobject'
import { PyUnicode_AsUTF8 } from './unicode-utf8'
import { _PyType_Name } from './typeobject'

const isHeap = (type: PyTypeObject): boolean => (type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0

const newRef = (o: PyObject): PyObject => {
  o.ob_refcnt++
  return o
}

/** True if the attribute may be set; else false with TypeError. Mirrors check_set_special_type_attr. */
function mayChange(type: PyTypeObject, value: PyObject | null, name: string): boolean {
  if ((type.tp_flags & Py_TPFLAGS_IMMUTABLETYPE) !== 0) {
    PyErr_Format(PyExc_TypeError, 'cannot set \'%s\' attribute of immutable type \'%s\'', name, type.tp_name)
    return false
  }
  if (value === null) {
    PyErr_Format(PyExc_TypeError, 'cannot delete \'%s\' attribute of immutable type \'%s\'', name, type.tp_name)
    return false
  }
  return true
}

// ---- names ------------------------------------------------------------------------------------------------------------

/** NEW str. */
export function type_name(type: PyTypeObject): PyObject {
  return isHeap(type) ? newRef(type.ht_name!) : PyUnicode_FromString(_PyType_Name(type))
}

/** NEW str. */
export function type_qualname(type: PyTypeObject): PyObject {
  return isHeap(type) ? newRef(type.ht_qualname!) : type_name(type)
}

/** NEW value of `__module__`, or null. */
export function type_module(type: PyTypeObject): PyObject | null {
  if (isHeap(type)) {
    const module = PyDict_GetItemWithError(type.tp_dict!, _Py_ID('__module__'))
    if (module !== null) return newRef(module)
    return PyErr_Occurred() !== null ? null : PyErr_Format(PyExc_AttributeError, '__module__')
  }
  const dot = type.tp_name.lastIndexOf('.')
  if (dot < 0) return newRef(_Py_ID('builtins'))
  return PyUnicode_InternInPlace(PyUnicode_FromString(type.tp_name.slice(0, dot)))
}

function type_set_name(type: PyTypeObject, value: PyObject | null): number {
  if (!mayChange(type, value, '__name__')) return -1
  if (!PyUnicode_Check(value!)) {
    PyErr_Format(PyExc_TypeError, 'can only assign string to %s.__name__, not \'%s\'', type.tp_name, value!.ob_type.tp_name)
    return -1
  }
  const text = PyUnicode_AsUTF8(value)
  if (text === null) return -1
  if (text.includes('\0')) {
    PyErr_SetString(PyExc_ValueError, 'type name must not contain null characters')
    return -1
  }
  type.tp_name = text
  Py_INCREF(value)
  const old = type.ht_name!
  type.ht_name = value
  Py_DECREF(old)
  return 0
}

function type_set_qualname(type: PyTypeObject, value: PyObject | null): number {
  if (!mayChange(type, value, '__qualname__')) return -1
  if (!PyUnicode_Check(value!)) {
    PyErr_Format(PyExc_TypeError, 'can only assign string to %s.__qualname__, not \'%s\'', type.tp_name, value!.ob_type.tp_name)
    return -1
  }
  Py_INCREF(value)
  const old = type.ht_qualname!
  type.ht_qualname = value
  Py_DECREF(old)
  return 0
}

function type_set_module(type: PyTypeObject, value: PyObject | null): number {
  if (!mayChange(type, value, '__module__')) return -1
  PyType_Modified(type)
  return PyDict_SetItem(type.tp_dict!, _Py_ID('__module__'), value!)
}

// ---- bases ------------------------------------------------------------------------------------------------------------

/** One step of a change of MROs that may have to be undone. */
interface MroChange {
  type: PyTypeObject
  fresh: PyObject
  old: PyObject | null
}

// Mirrors mro_hierarchy: recomputes the order of a class and its subclasses, noting what was there.
function mro_hierarchy(type: PyTypeObject, changes: MroChange[], notes: PyObject): number {
  const out: { old: PyObject | null } = { old: null }
  const result = mro_internal(type, out)
  if (result <= 0) return result
  Py_INCREF(type.tp_mro!)
  changes.push({ type, fresh: type.tp_mro!, old: out.old })
  const note = out.old === null ? PyTuple_Pack(type, type.tp_mro!) : PyTuple_Pack(type, type.tp_mro!, out.old)
  PyList_Append(notes, note)
  Py_DECREF(note)
  Py_INCREF(type)
  if (type.tp_subclasses === null) return 0
  const subclasses: PyTypeObject[] = []
  for (let pos = PyDict_Next(type.tp_subclasses, 0); pos > 0; pos = PyDict_Next(type.tp_subclasses, pos)) {
    const subclass = subclassFromRef(DICT_ENTRY.value)
    if (subclass !== null) subclasses.push(subclass)
  }
  for (const subclass of subclasses) {
    const sub = mro_hierarchy(subclass, changes, notes)
    if (sub < 0) return sub
  }
  return 0
}

function dropChanges(changes: MroChange[]): void {
  for (const { type, fresh, old } of changes) {
    Py_DECREF(fresh)
    Py_XDECREF(old)
    Py_DECREF(type)
  }
}

function undo(changes: MroChange[]): void {
  for (const { type, fresh, old } of changes.toReversed()) {
    if (type.tp_mro === fresh) {
      type.tp_mro = old
      type.mro = old === null ? [] : old.v as PyTypeObject[]
      if (old !== null) Py_INCREF(old)
      Py_DECREF(fresh)
    }
  }
}

/** Checks the new bases and finds the best; null with TypeError. */
function checkedBase(type: PyTypeObject, value: PyObject): PyTypeObject | null {
  if (!PyTuple_Check(value)) {
    return PyErr_Format(PyExc_TypeError, 'can only assign tuple to %s.__bases__, not %s', type.tp_name, value.ob_type.tp_name)
  }
  if (PyTuple_GET_SIZE(value) === 0) {
    return PyErr_Format(PyExc_TypeError, 'can only assign non-empty tuple to %s.__bases__, not ()', type.tp_name)
  }
  for (const o of value.v) {
    if (!PyType_Check(o)) {
      return PyErr_Format(PyExc_TypeError, '%s.__bases__ must be tuple of classes, not \'%s\'', type.tp_name, o.ob_type.tp_name)
    }
    const base = o as PyTypeObject
    // mro() overrides may leave a class without an MRO; then the chain of bases tells.
    if (PyType_IsSubtype(base, type) || (base.tp_mro !== null && chainHas(base, type))) {
      return PyErr_SetString(PyExc_TypeError, 'a __bases__ item causes an inheritance cycle')
    }
  }
  const base = best_base(value.v)
  if (base === null || !compatible_for_assignment(type.tp_base!, base, '__bases__')) return null
  return base
}

function chainHas(type: PyTypeObject, wanted: PyTypeObject): boolean {
  for (let t: PyTypeObject | null = type; t !== null; t = t.tp_base) if (t === wanted) return true
  return false
}

function type_set_bases(type: PyTypeObject, value: PyObject | null): number {
  if (!mayChange(type, value, '__bases__')) return -1
  const base = checkedBase(type, value!)
  if (base === null) return -1
  const oldBases = type.tp_bases!
  const oldBase = type.tp_base!
  Py_INCREF(value!)
  Py_INCREF(base)
  type.tp_bases = value
  type.tp_base = base
  const changes: MroChange[] = []
  const notes = PyList_New(0)
  const failed = mro_hierarchy(type, changes, notes) < 0
  if (failed) undo(changes)
  Py_DECREF(notes)
  if (failed) {
    dropChanges(changes)
    // mro() may have set bases itself; only our own are taken back.
    if (type.tp_bases === value) {
      type.tp_bases = oldBases
      type.tp_base = oldBase
      Py_DECREF(value!)
      Py_DECREF(base)
    } else {
      Py_DECREF(oldBases)
      Py_DECREF(oldBase)
    }
    return -1
  }
  dropChanges(changes)
  let result = 0
  if (type.tp_bases === value) {
    for (const o of oldBases.v as PyTypeObject[]) remove_subclass(o, type)
    for (const o of value!.v as PyTypeObject[]) if (add_subclass(o, type) < 0) result = -1
    update_all_slots(type)
  }
  Py_DECREF(oldBases)
  Py_DECREF(oldBase)
  return result
}

// ---- abstract methods ------------------------------------------------------------------------------------------------------

function type_abstractmethods(type: PyTypeObject): PyObject | null {
  // `type` itself has an __abstractmethods__ descriptor, which is not the attribute of a class.
  const value = type === PyType_Type ? null : PyDict_GetItemWithError(type.tp_dict!, _Py_ID('__abstractmethods__'))
  if (value !== null) return newRef(value)
  if (PyErr_Occurred() === null) PyErr_SetObject(PyExc_AttributeError, _Py_ID('__abstractmethods__'))
  return null
}

function type_set_abstractmethods(type: PyTypeObject, value: PyObject | null): number {
  let abstract = 0
  let result: number
  if (value !== null) {
    abstract = PyObject_IsTrue(value)
    if (abstract < 0) return -1
    result = PyDict_SetItem(type.tp_dict!, _Py_ID('__abstractmethods__'), value)
  } else {
    result = PyDict_DelItem(type.tp_dict!, _Py_ID('__abstractmethods__'))
    if (result < 0 && PyErr_ExceptionMatches(PyExc_KeyError)) {
      PyErr_SetObject(PyExc_AttributeError, _Py_ID('__abstractmethods__'))
      return -1
    }
  }
  if (result < 0) return -1
  PyType_Modified(type)
  if (abstract > 0) type.tp_flags |= Py_TPFLAGS_IS_ABSTRACT
  else type.tp_flags &= ~Py_TPFLAGS_IS_ABSTRACT
  return 0
}

// ---- documentation, annotations -----------------------------------------------------------------------------------------------

function type_get_doc(type: PyTypeObject): PyObject | null {
  if (!isHeap(type) && type.tp_doc !== null) return PyUnicode_FromString(withoutSignature(type.tp_doc))
  const doc = PyDict_GetItemWithError(type.tp_dict!, _Py_ID('__doc__'))
  if (doc === null) return PyErr_Occurred() !== null ? null : newRef(Py_None)
  const get = doc.ob_type.tp_descr_get
  return get === null ? newRef(doc) : get(doc, null, type)
}

function type_set_doc(type: PyTypeObject, value: PyObject | null): number {
  if (!mayChange(type, value, '__doc__')) return -1
  PyType_Modified(type)
  return PyDict_SetItem(type.tp_dict!, _Py_ID('__doc__'), value!)
}

/** `__text_signature__` of a type: of a C type its recorded one, else what stands before "\n--\n\n" in its docstring. */
function signatureOf(type: PyTypeObject): string | null {
  const { tp_name: name, tp_doc: doc } = type
  if (!isHeap(type) && TYPE_SIGNATURES[name] !== undefined) return TYPE_SIGNATURES[name]
  const short = name.slice(name.lastIndexOf('.') + 1)
  if (doc === null || !doc.startsWith(`${short}(`)) return null
  const end = doc.indexOf(')\n--\n\n')
  return end < 0 ? null : doc.slice(short.length, end + 1)
}

function type_get_annotations(type: PyTypeObject): PyObject | null {
  const name = _Py_ID('__annotations__')
  if (!isHeap(type)) return PyErr_Format(PyExc_AttributeError, 'type object \'%s\' has no attribute \'__annotations__\'', type.tp_name)
  const own = PyDict_GetItemWithError(type.tp_dict!, name)
  if (own !== null) {
    const get = own.ob_type.tp_descr_get
    return get === null ? newRef(own) : get(own, null, type)
  }
  if (PyErr_Occurred() !== null) return null
  const annotations = PyDict_New()
  if (PyDict_SetItem(type.tp_dict!, name, annotations) < 0) {
    Py_DECREF(annotations)
    return null
  }
  PyType_Modified(type)
  return annotations
}

function type_set_annotations(type: PyTypeObject, value: PyObject | null): number {
  if ((type.tp_flags & Py_TPFLAGS_IMMUTABLETYPE) !== 0) {
    PyErr_Format(PyExc_TypeError, 'cannot set \'__annotations__\' attribute of immutable type \'%s\'', type.tp_name)
    return -1
  }
  const name = _Py_ID('__annotations__')
  let result: number
  if (value !== null) result = PyDict_SetItem(type.tp_dict!, name, value)
  else {
    result = PyDict_DelItem(type.tp_dict!, name)
    if (result < 0 && PyErr_ExceptionMatches(PyExc_KeyError)) PyErr_Format(PyExc_AttributeError, '__annotations__')
  }
  if (result === 0) PyType_Modified(type)
  return result
}

// ---- the table ------------------------------------------------------------------------------------------------------------------

type Get = (type: PyTypeObject) => PyObject | null
type Set = (type: PyTypeObject, value: PyObject | null) => number

function row(name: string, get: Get, set?: Set): PyGetSetDef {
  const def: PyGetSetDef = { name, get: self => get(self as PyTypeObject) }
  if (set !== undefined) def.set = (self, value) => set(self as PyTypeObject, value)
  return def
}

export function typeGetSet(): PyGetSetDef[] {
  return [
    row('__name__', type_name, type_set_name),
    row('__qualname__', type_qualname, type_set_qualname),
    row('__bases__', type => newRef(type.tp_bases!), type_set_bases),
    row('__module__', type_module, type_set_module),
    row('__abstractmethods__', type_abstractmethods, type_set_abstractmethods),
    row('__dict__', type => type.tp_dict === null ? newRef(Py_None) : PyDictProxy_New(type.tp_dict)),
    row('__doc__', type_get_doc, type_set_doc),
    row('__text_signature__', type => {
      const signature = signatureOf(type)
      return signature === null ? newRef(Py_None) : PyUnicode_FromString(signature)
    }),
    row('__annotations__', type_get_annotations, type_set_annotations),
  ]
}

