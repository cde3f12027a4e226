// The abstract object protocol under CPython's file name: numbers, sequences and the rest (isinstance, format).
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_SystemError, PyExc_TypeError } from './exceptions'
import { PyObject_CallOneArg } from './call'
import { Py_DECREF, type PyObject, PyType_IsSubtype, PyType_Type, type PyTypeObject } from './object'
import { PyObject_IsTrue, PyObject_Str, PyType_Check, _PyObject_LookupAttr } from './object-protocol'
import { PyLong_CheckExact } from './longobject'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from './runtime'
import { PyTuple_Check } from './tupleobject'
import { _PyObject_LookupSpecial } from './typeobject'
import { _PyUnion_Check, _Py_union_args } from './unionobject'
import { PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_EmptyString, PyUnicode_GET_LENGTH, _Py_ID } from './unicodeobject'

export { _PyObject_FunctionStr, _PyObject_IsAbstract } from './object-text'
export * from './abstract-number'
export * from './abstract-sequence'

// ---- format ----------------------------------------------------------------------------------------------------------

/** format(o, spec); spec null is the empty one. NEW, or null. */
export function PyObject_Format(o: PyObject, spec: PyObject | null): PyObject | null {
  if (spec !== null && !PyUnicode_Check(spec)) {
    return PyErr_Format(PyExc_SystemError, 'Format specifier must be a string, not %.200s', spec.ob_type.tp_name)
  }
  if (spec === null || PyUnicode_GET_LENGTH(spec) === 0) {
    if (PyUnicode_CheckExact(o)) return (o as PyObject).ob_refcnt++, o
    if (PyLong_CheckExact(o)) return PyObject_Str(o)
  }
  const empty = spec === null ? PyUnicode_EmptyString() : null
  const meth = _PyObject_LookupSpecial(o, _Py_ID('__format__'))
  if (meth === null) {
    if (PyErr_Occurred() === null) PyErr_Format(PyExc_TypeError, 'Type %.100s doesn\'t define __format__', o.ob_type.tp_name)
    if (empty !== null) Py_DECREF(empty)
    return null
  }
  const result = PyObject_CallOneArg(meth, spec ?? empty!)
  Py_DECREF(meth)
  if (empty !== null) Py_DECREF(empty)
  if (result !== null && !PyUnicode_Check(result)) {
    PyErr_Format(PyExc_TypeError, '__format__ must return a str, not %.200s', (result as PyObject).ob_type.tp_name)
    Py_DECREF(result)
    return null
  }
  return result
}

// ---- isinstance and issubclass --------------------------------------------------------------------------------------------

/** NEW tuple __bases__ of something class-like; null without exception if it has none. Mirrors abstract_get_bases. */
function getBases(cls: PyObject): PyObject | null {
  const bases = _PyObject_LookupAttr(cls, _Py_ID('__bases__'))
  if (bases !== null && !PyTuple_Check(bases)) {
    Py_DECREF(bases)
    return null
  }
  return bases
}

function abstractIsSubclass(derived: PyObject, cls: PyObject): number {
  if (derived === cls) return 1
  const bases = getBases(derived)
  if (bases === null) return PyErr_Occurred() !== null ? -1 : 0
  const items = bases.v as PyObject[]
  let result = 0
  if (items.length > 0 && _Py_EnterRecursiveCall(' in __issubclass__')) result = -1
  else if (items.length > 0) {
    for (let i = 0; i < items.length && result === 0; i++) result = abstractIsSubclass(items[i]!, cls)
    _Py_LeaveRecursiveCall()
  }
  Py_DECREF(bases)
  return result
}

/** True if cls is class-like; else false with TypeError set. */
function checkClass(cls: PyObject, message: string): boolean {
  const bases = getBases(cls)
  if (bases !== null) return Py_DECREF(bases), true
  if (PyErr_Occurred() === null) PyErr_SetString(PyExc_TypeError, message)
  return false
}

function objectIsInstance(inst: PyObject, cls: PyObject): number {
  if (PyType_Check(cls)) {
    if (PyType_IsSubtype(inst.ob_type, cls as PyTypeObject)) return 1
    // A proxy may claim another class.
    const icls = _PyObject_LookupAttr(inst, _Py_ID('__class__'))
    if (icls === null) return PyErr_Occurred() !== null ? -1 : 0
    const result = icls !== inst.ob_type && PyType_Check(icls) && PyType_IsSubtype(icls as PyTypeObject, cls as PyTypeObject) ? 1 : 0
    Py_DECREF(icls)
    return result
  }
  if (!checkClass(cls, 'isinstance() arg 2 must be a type, a tuple of types, or a union')) return -1
  const icls = _PyObject_LookupAttr(inst, _Py_ID('__class__'))
  if (icls === null) return PyErr_Occurred() !== null ? -1 : 0
  const result = abstractIsSubclass(icls, cls)
  Py_DECREF(icls)
  return result
}

/** isinstance(inst, cls): 1, 0, -1. Mirrors object_recursive_isinstance. */
export function PyObject_IsInstance(inst: PyObject, cls: PyObject): number {
  if (inst.ob_type === cls) return 1
  if (cls.ob_type === PyType_Type) return objectIsInstance(inst, cls)
  if (_PyUnion_Check(cls)) cls = _Py_union_args(cls)
  if (PyTuple_Check(cls)) {
    if (_Py_EnterRecursiveCall(' in __instancecheck__')) return -1
    let result = 0
    for (const item of cls.v) {
      result = PyObject_IsInstance(inst, item)
      if (result !== 0) break
    }
    _Py_LeaveRecursiveCall()
    return result
  }
  const checker = _PyObject_LookupSpecial(cls, _Py_ID('__instancecheck__'))
  if (checker !== null) return checkBy(checker, inst, ' in __instancecheck__')
  return PyErr_Occurred() !== null ? -1 : objectIsInstance(inst, cls)
}

/** Truth of checker(o); STEALS the checker. */
function checkBy(checker: PyObject, o: PyObject, where: string): number {
  if (_Py_EnterRecursiveCall(where)) {
    Py_DECREF(checker)
    return -1
  }
  const result = PyObject_CallOneArg(checker, o)
  _Py_LeaveRecursiveCall()
  Py_DECREF(checker)
  if (result === null) return -1
  const truth = PyObject_IsTrue(result)
  Py_DECREF(result)
  return truth
}

function recursiveIsSubclass(derived: PyObject, cls: PyObject): number {
  if (PyType_Check(cls) && PyType_Check(derived)) return PyType_IsSubtype(derived as PyTypeObject, cls as PyTypeObject) ? 1 : 0
  if (!checkClass(derived, 'issubclass() arg 1 must be a class')) return -1
  if (!_PyUnion_Check(cls) && !checkClass(cls, 'issubclass() arg 2 must be a class, a tuple of classes, or a union')) return -1
  return abstractIsSubclass(derived, cls)
}

/** issubclass(derived, cls): 1, 0, -1. Mirrors object_issubclass. */
export function PyObject_IsSubclass(derived: PyObject, cls: PyObject): number {
  if (cls.ob_type === PyType_Type) return derived === cls ? 1 : recursiveIsSubclass(derived, cls)
  if (_PyUnion_Check(cls)) cls = _Py_union_args(cls)
  if (PyTuple_Check(cls)) {
    if (_Py_EnterRecursiveCall(' in __subclasscheck__')) return -1
    let result = 0
    for (const item of cls.v) {
      result = PyObject_IsSubclass(derived, item)
      if (result !== 0) break
    }
    _Py_LeaveRecursiveCall()
    return result
  }
  const checker = _PyObject_LookupSpecial(cls, _Py_ID('__subclasscheck__'))
  if (checker !== null) return checkBy(checker, derived, ' in __subclasscheck__')
  return PyErr_Occurred() !== null ? -1 : recursiveIsSubclass(derived, cls)
}

export const _PyObject_RealIsInstance = objectIsInstance
export const _PyObject_RealIsSubclass = recursiveIsSubclass

