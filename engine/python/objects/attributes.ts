// Attribute access: PyObject_GetAttr and its kin, and the generic lookup of type, instance and descriptor. Mirrors the
// attribute part of Objects/object.c.
//
// The order is always: data descriptor of the type, the object's own attributes, other descriptor or value of the type.
// An object's own attributes are in `o.dict`: null, an InlineValues or a dict (see dict-values.ts); for a type object they
// are its tp_dict.
import {
  Py_DECREF, Py_INCREF, Py_TPFLAGS_MANAGED_DICT, Py_TPFLAGS_METHOD_DESCRIPTOR,
  Py_TPFLAGS_TYPE_SUBCLASS, Py_XDECREF, type PyObject, type PyTypeObject,
} from './object'
import { InlineValues } from './dict-keys'
import {
  PyDict_Check, PyDict_DelItem, PyDict_GetItemWithError, PyDict_SetItem,
} from './dictobject'
import {
  _PyObjectDict_SetItem, _PyObject_GetInstanceAttribute, _PyObject_MakeDictFromInstanceAttributes,
  _PyObject_StoreInstanceAttribute, typeHasDict,
} from './dict-values'
import {
  PyErr_Clear, PyErr_ExceptionMatches, PyErr_Fetch, PyErr_Format, PyErr_GivenExceptionMatches, PyErr_NormalizeException,
  PyErr_Occurred, PyErr_RestoreFetched, PyErr_SetString,
} from './errors'
import { PyExc_AttributeError, PyExc_KeyError, PyExc_TypeError, type BaseExceptionData } from './exceptions'
import { ATTRIBUTE_ERROR_NAME, ATTRIBUTE_ERROR_OBJ } from './exceptions-names'
import { _PyType_Lookup } from './type-cache'
import { PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_FromString, PyUnicode_InternInPlace, _Py_ID } from './unicodeobject'

// ---- reading ----------------------------------------------------------------------------------------------------------

function nameMustBeString(name: PyObject): null {
  return PyErr_Format(PyExc_TypeError, 'attribute name must be string, not \'%.200s\'', name.ob_type.tp_name)
}

/** Notes name and object on an AttributeError that has neither. Mirrors set_attribute_error_context. */
export function setAttributeErrorContext(v: PyObject, name: PyObject): void {
  if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return
  const e = PyErr_Fetch()
  PyErr_NormalizeException(e)
  if (PyErr_GivenExceptionMatches(e.value, PyExc_AttributeError)) {
    const own = (e.value!.v as BaseExceptionData).own
    if (!own[ATTRIBUTE_ERROR_NAME] && !own[ATTRIBUTE_ERROR_OBJ]) {
      if (PyObject_SetAttr(e.value!, _Py_ID('name'), name) < 0 || PyObject_SetAttr(e.value!, _Py_ID('obj'), v) < 0) {
        Py_XDECREF(e.type)
        Py_XDECREF(e.value)
        Py_XDECREF(e.traceback)
        return
      }
    }
  }
  PyErr_RestoreFetched(e)
}

/** NEW value. */
export function PyObject_GetAttr(v: PyObject, name: PyObject): PyObject | null {
  const type = v.ob_type
  if (!PyUnicode_Check(name)) return nameMustBeString(name)
  let result: PyObject | null = null
  if (type.tp_getattro !== null) result = type.tp_getattro(v, name)
  else PyErr_Format(PyExc_AttributeError, '\'%.50s\' object has no attribute \'%U\'', type.tp_name, name)
  if (result === null) setAttributeErrorContext(v, name)
  return result
}

/** NEW value, or null: with an exception set unless the attribute is missing. Mirrors _PyObject_LookupAttr. */
export function _PyObject_LookupAttr(v: PyObject, name: PyObject): PyObject | null {
  const type = v.ob_type
  if (!PyUnicode_Check(name)) return nameMustBeString(name)
  if (type.tp_getattro === PyObject_GenericGetAttr) return _PyObject_GenericGetAttrWithDict(v, name, null, true)
  if (type.tp_getattro === null) return null
  const result = type.tp_getattro(v, name)
  if (result === null && PyErr_Occurred() !== null && PyErr_ExceptionMatches(PyExc_AttributeError)) PyErr_Clear()
  return result
}

/** NEW value of an attribute named by a C string. */
export function PyObject_GetAttrString(v: PyObject, text: string): PyObject | null {
  const name = PyUnicode_FromString(text)
  const result = PyObject_GetAttr(v, name)
  Py_DECREF(name)
  return result
}

/** 1, 0; errors are swallowed. */
export function PyObject_HasAttr(v: PyObject, name: PyObject): number {
  const result = _PyObject_LookupAttr(v, name)
  if (result === null) {
    PyErr_Clear()
    return 0
  }
  Py_DECREF(result)
  return 1
}

export function PyObject_HasAttrString(v: PyObject, text: string): number {
  const result = PyObject_GetAttrString(v, text)
  if (result === null) {
    PyErr_Clear()
    return 0
  }
  Py_DECREF(result)
  return 1
}

/** True for descriptors that define __set__ or __delete__. */
export function PyDescr_IsData(descr: PyObject): boolean {
  return descr.ob_type.tp_descr_set !== null
}

/**
 * The object's own attribute dict as generic access sees it: BORROWED dict, an InlineValues, or null. A type's own
 * attributes are its tp_dict.
 */
function ownAttributes(o: PyObject, type: PyTypeObject): PyObject | InlineValues | null {
  if ((type.tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) !== 0) return (o as PyTypeObject).tp_dict
  return o.dict as PyObject | InlineValues | null
}

/** NEW value. `dict` replaces the object's own; `suppress` swallows AttributeError. */
export function _PyObject_GenericGetAttrWithDict(
  o: PyObject, name: PyObject, dict: PyObject | null, suppress: boolean,
): PyObject | null {
  const type = o.ob_type
  if (!PyUnicode_Check(name)) return nameMustBeString(name)
  const descr = _PyType_Lookup(type, name)
  if (descr !== null) {
    const dtype = descr.ob_type
    const f = dtype.tp_descr_get
    if (f !== null && dtype.tp_descr_set !== null) {
      Py_INCREF(name)
      Py_INCREF(descr)
      const result = f(descr, o, type)
      if (result === null && suppress && PyErr_ExceptionMatches(PyExc_AttributeError)) PyErr_Clear()
      Py_DECREF(descr)
      Py_DECREF(name)
      return result
    }
  }
  const own = dict ?? ownAttributes(o, type)
  if (own !== null) {
    if (own instanceof InlineValues && PyUnicode_CheckExact(name)) {
      const value = _PyObject_GetInstanceAttribute(o, own, name)
      if (value !== null) return value
    } else {
      // A name of a str subclass may run code when compared: everything is kept alive around the lookup.
      const table = own instanceof InlineValues ? o.dict = _PyObject_MakeDictFromInstanceAttributes(o, own) : own
      if (descr !== null) Py_INCREF(descr)
      Py_INCREF(table)
      const value = PyDict_GetItemWithError(table, name)
      if (value !== null) Py_INCREF(value)
      Py_DECREF(table)
      if (descr !== null) Py_DECREF(descr)
      if (value !== null) return value
      if (PyErr_Occurred() !== null) {
        if (!suppress || !PyErr_ExceptionMatches(PyExc_AttributeError)) return null
        PyErr_Clear()
      }
    }
  }
  if (descr !== null) {
    const f = descr.ob_type.tp_descr_get
    Py_INCREF(descr)
    if (f === null) return descr
    Py_INCREF(name)
    const result = f(descr, o, type)
    if (result === null && suppress && PyErr_ExceptionMatches(PyExc_AttributeError)) PyErr_Clear()
    Py_DECREF(descr)
    Py_DECREF(name)
    return result
  }
  if (suppress) return null
  PyErr_Format(PyExc_AttributeError, '\'%.50s\' object has no attribute \'%U\'', type.tp_name, name)
  setAttributeErrorContext(o, name)
  return null
}

/** NEW value: the tp_getattro of most types. */
export function PyObject_GenericGetAttr(o: PyObject, name: PyObject): PyObject | null {
  return _PyObject_GenericGetAttrWithDict(o, name, null, false)
}

/** For results after code has run that may have asked for methods itself, with the same `out`. */
function notUnbound(out: { unbound: boolean }, result: PyObject | null): PyObject | null {
  out.unbound = false
  return result
}

/**
 * NEW attribute for a call. `out.unbound` becomes true when it is a method of the type that wants `o` as first argument,
 * so that no bound method need be made. Mirrors _PyObject_GetMethod.
 */
export function _PyObject_GetMethod(o: PyObject, name: PyObject, out: { unbound: boolean }): PyObject | null {
  out.unbound = false
  const type = o.ob_type
  if (type.tp_getattro !== PyObject_GenericGetAttr || !PyUnicode_CheckExact(name)) return notUnbound(out, PyObject_GetAttr(o, name))
  const descr = _PyType_Lookup(type, name)
  let isMethod = false
  if (descr !== null) {
    const dtype = descr.ob_type
    if ((dtype.tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR) !== 0) isMethod = true
    else if (dtype.tp_descr_get !== null && dtype.tp_descr_set !== null) {
      Py_INCREF(descr)
      const result = dtype.tp_descr_get(descr, o, type)
      Py_DECREF(descr)
      return notUnbound(out, result)
    }
  }
  const own = ownAttributes(o, type)
  if (own instanceof InlineValues) {
    const value = _PyObject_GetInstanceAttribute(o, own, name)
    if (value !== null) return value
  } else if (own !== null) {
    if (descr !== null) Py_INCREF(descr)
    Py_INCREF(own)
    const value = PyDict_GetItemWithError(own, name)
    if (value !== null) Py_INCREF(value)
    Py_DECREF(own)
    if (descr !== null) Py_DECREF(descr)
    if (value !== null) return notUnbound(out, value)
    if (PyErr_Occurred() !== null) return notUnbound(out, null)
  }
  if (descr !== null) {
    Py_INCREF(descr)
    if (isMethod) {
      out.unbound = true
      return descr
    }
    const f = descr.ob_type.tp_descr_get
    if (f === null) return descr
    const result = f(descr, o, type)
    Py_DECREF(descr)
    return notUnbound(out, result)
  }
  PyErr_Format(PyExc_AttributeError, '\'%.50s\' object has no attribute \'%U\'', type.tp_name, name)
  setAttributeErrorContext(o, name)
  return null
}

// ---- writing ----------------------------------------------------------------------------------------------------------

/** Sets (value null: deletes) an attribute. 0 or -1. */
export function PyObject_SetAttr(v: PyObject, name: PyObject, value: PyObject | null): number {
  const type = v.ob_type
  if (!PyUnicode_Check(name)) {
    nameMustBeString(name)
    return -1
  }
  Py_INCREF(name)
  name = PyUnicode_InternInPlace(name)
  if (type.tp_setattro !== null) {
    const result = type.tp_setattro(v, name, value)
    Py_DECREF(name)
    return result
  }
  PyErr_Format(PyExc_TypeError, type.tp_getattro === null
    ? '\'%.100s\' object has no attributes (%s .%U)' : '\'%.100s\' object has only read-only attributes (%s .%U)',
  type.tp_name, value === null ? 'del' : 'assign to', name)
  Py_DECREF(name)
  return -1
}

export function PyObject_DelAttr(v: PyObject, name: PyObject): number {
  return PyObject_SetAttr(v, name, null)
}

export function PyObject_SetAttrString(v: PyObject, text: string, value: PyObject | null): number {
  // PyUnicode_FromString, and PyObject_SetAttr interns it.
  const name = PyUnicode_FromString(text)
  const result = PyObject_SetAttr(v, name, value)
  Py_DECREF(name)
  return result
}

export function PyObject_DelAttrString(v: PyObject, text: string): number {
  return PyObject_SetAttrString(v, text, null)
}

/** Sets (value null: deletes) an attribute in `dict` instead of the object's own, when given. 0 or -1. */
export function _PyObject_GenericSetAttrWithDict(
  o: PyObject, name: PyObject, value: PyObject | null, dict: PyObject | null,
): number {
  const type = o.ob_type
  if (!PyUnicode_Check(name)) {
    nameMustBeString(name)
    return -1
  }
  Py_INCREF(name)
  Py_INCREF(type)
  const descr = _PyType_Lookup(type, name)
  let result = -1
  if (descr !== null && descr.ob_type.tp_descr_set !== null) {
    Py_INCREF(descr)
    result = descr.ob_type.tp_descr_set(descr, o, value)
    Py_DECREF(descr)
  } else {
    if (descr !== null) Py_INCREF(descr)
    result = storeOwn(o, type, name, value, dict, descr)
    if (descr !== null) Py_DECREF(descr)
  }
  Py_DECREF(type)
  Py_DECREF(name)
  return result
}

function storeOwn(
  o: PyObject, type: PyTypeObject, name: PyObject, value: PyObject | null, dict: PyObject | null, descr: PyObject | null,
): number {
  let result: number
  if (dict === null && (type.tp_flags & Py_TPFLAGS_MANAGED_DICT) !== 0 && o.dict instanceof InlineValues) {
    result = _PyObject_StoreInstanceAttribute(o, o.dict, name, value)
  } else if (dict === null && (type.tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) === 0) {
    if (!typeHasDict(type)) {
      if (descr === null) {
        PyErr_Format(PyExc_AttributeError, '\'%.100s\' object has no attribute \'%U\'', type.tp_name, name)
      } else {
        PyErr_Format(PyExc_AttributeError, '\'%.50s\' object attribute \'%U\' is read-only', type.tp_name, name)
      }
      return -1
    }
    result = _PyObjectDict_SetItem(o, name, value)
  } else {
    const table = dict ?? (o as PyTypeObject).tp_dict!
    Py_INCREF(table)
    result = value === null ? PyDict_DelItem(table, name) : PyDict_SetItem(table, name, value)
    Py_DECREF(table)
  }
  if (result < 0 && PyErr_ExceptionMatches(PyExc_KeyError)) {
    if ((o.ob_type.tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) !== 0) {
      PyErr_Format(PyExc_AttributeError, 'type object \'%.50s\' has no attribute \'%U\'', (o as PyTypeObject).tp_name, name)
    } else PyErr_Format(PyExc_AttributeError, '\'%.100s\' object has no attribute \'%U\'', type.tp_name, name)
  }
  return result
}

/** The tp_setattro of most types. */
export function PyObject_GenericSetAttr(o: PyObject, name: PyObject, value: PyObject | null): number {
  return _PyObject_GenericSetAttrWithDict(o, name, value, null)
}

/** The setter of `__dict__`. */
export function PyObject_GenericSetDict(o: PyObject, value: PyObject | null): number {
  if (!typeHasDict(o.ob_type)) {
    PyErr_SetString(PyExc_AttributeError, 'This object has no __dict__')
    return -1
  }
  if (value === null) {
    PyErr_SetString(PyExc_TypeError, 'cannot delete __dict__')
    return -1
  }
  if (!PyDict_Check(value)) {
    PyErr_Format(PyExc_TypeError, '__dict__ must be set to a dictionary, not a \'%.200s\'', value.ob_type.tp_name)
    return -1
  }
  Py_INCREF(value)
  // Values become a dict first, as _PyObject_GetDictPtr does; it dies here unless somebody holds it.
  const old = o.dict instanceof InlineValues ? _PyObject_MakeDictFromInstanceAttributes(o, o.dict) : o.dict as PyObject | null
  o.dict = value
  Py_XDECREF(old)
  return 0
}

