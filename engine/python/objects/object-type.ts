// `object`: the base of everything. Mirrors the object_* functions of Objects/typeobject.c; pickling is in object-reduce.ts.
import {
  METH_CLASS, METH_NOARGS, METH_O, METH_VARARGS, PyType_IsSubtype, PyTypeObject, Py_DECREF, Py_EQ, Py_INCREF, Py_NE,
  Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_IS_ABSTRACT, fillType, type PyObject,
} from './object'
import { PySequence_List, PyObject_Size } from './abstract'
import { Py_False, Py_True } from './boolobject'
import { PyDict_Check, PyDict_Copy, PyDict_GET_SIZE, PyDict_New } from './dictobject'
import { _PyObject_GetDictPtr, _PyObject_InitializeDict } from './dict-values'
import { PyErr_Clear, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyList_Sort } from './listobject'
import { PyLong_FromSsize_t } from './longobject'
import { PyMapping_Keys } from './abstract'
import { PyModule_Type } from './moduleobject'
import { PyObject_Free } from './objimpl'
import {
  PyObject_GenericGetAttr, PyObject_GenericSetAttr, PyObject_IsTrue, PyObject_Str, PyType_Check, _PyObject_LookupAttr,
  _Py_HashPointer,
} from './object-protocol'
import { objectReduceMethods } from './object-reduce'
import { Py_None, Py_NotImplemented } from './singletons'
import { PyTuple_GET_SIZE } from './tupleobject'
import { compatible_for_assignment } from './type-layout'
import { merge_class_dict, PyType_GenericAlloc } from './typeobject'
import { type_module, type_qualname } from './type-attributes'
import { PyUnicode_Check, PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyUnicode_Join } from './unicode-methods'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_FromFormat } from './unicode-fromformat'

// ---- life -------------------------------------------------------------------------------------------------------------

function excess_args(args: PyObject, kwargs: PyObject | null): boolean {
  return PyTuple_GET_SIZE(args) > 0 || (kwargs !== null && PyDict_Check(kwargs) && PyDict_GET_SIZE(kwargs) > 0)
}

export function object_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (!excess_args(args, kwargs)) return 0
  const type = self.ob_type
  if (type.tp_init !== object_init) {
    PyErr_SetString(PyExc_TypeError, 'object.__init__() takes exactly one argument (the instance to initialize)')
    return -1
  }
  if (type.tp_new === object_new) {
    PyErr_Format(PyExc_TypeError, '%.200s.__init__() takes exactly one argument (the instance to initialize)', type.tp_name)
    return -1
  }
  return 0
}

export function object_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (excess_args(args, kwargs)) {
    if (type.tp_new !== object_new) {
      return PyErr_SetString(PyExc_TypeError, 'object.__new__() takes exactly one argument (the type to instantiate)')
    }
    if (type.tp_init === object_init) return PyErr_Format(PyExc_TypeError, '%.200s() takes no arguments', type.tp_name)
  }
  if ((type.tp_flags & Py_TPFLAGS_IS_ABSTRACT) !== 0) return abstractClass(type)
  const o = type.tp_alloc!(type, 0)
  if (o === null) return null
  if (_PyObject_InitializeDict(o) < 0) {
    Py_DECREF(o)
    return null
  }
  return o
}

function abstractClass(type: PyTypeObject): null {
  const names = _PyObject_LookupAttr(type, _Py_ID('__abstractmethods__'))
  if (names === null) return null
  const sorted = PySequence_List(names)
  Py_DECREF(names)
  if (sorted === null) return null
  if (PyList_Sort(sorted) === 0) {
    const joined = PyUnicode_Join(_Py_ID(', '), sorted)
    const count = PyObject_Size(sorted)
    Py_DECREF(sorted)
    if (joined !== null) {
      PyErr_Format(PyExc_TypeError, 'Can\'t instantiate abstract class %s with abstract method%s %U', type.tp_name,
        count > 1 ? 's' : '', joined)
      Py_DECREF(joined)
    }
  }
  Py_DECREF(sorted)
  return null
}

function object_dealloc(self: PyObject): void {
  self.ob_type.tp_free!(self)
}

// ---- text, comparison --------------------------------------------------------------------------------------------------

export function object_repr(self: PyObject): PyObject | null {
  const type = self.ob_type
  let module = type_module(type)
  if (module === null) PyErr_Clear()
  else if (!PyUnicode_Check(module)) {
    Py_DECREF(module)
    module = null
  }
  const name = type_qualname(type)
  const result = module !== null && (module.v as UnicodeData).str !== 'builtins'
    ? PyUnicode_FromFormat('<%U.%U object at %p>', module, name, self)
    : PyUnicode_FromFormat('<%s object at %p>', type.tp_name, self)
  if (module !== null) Py_DECREF(module)
  Py_DECREF(name)
  return result
}

function object_str(self: PyObject): PyObject | null {
  return (self.ob_type.tp_repr ?? object_repr)(self)
}

function object_richcompare(self: PyObject, other: PyObject, op: number): PyObject | null {
  let result: PyObject | null = Py_NotImplemented
  if (op === Py_EQ) {
    if (self === other) result = Py_True
  } else if (op === Py_NE) {
    // __ne__ is the inverse of __eq__.
    const compare = self.ob_type.tp_richcompare
    if (compare !== null) {
      const equal = compare(self, other, Py_EQ)
      if (equal === null || equal === Py_NotImplemented) return equal
      const ok = PyObject_IsTrue(equal)
      Py_DECREF(equal)
      if (ok < 0) return null
      result = ok > 0 ? Py_False : Py_True
    }
  }
  result.ob_refcnt++
  return result
}

// ---- __class__ -----------------------------------------------------------------------------------------------------------

function object_get_class(self: PyObject): PyObject {
  Py_INCREF(self.ob_type)
  return self.ob_type
}

function object_set_class(self: PyObject, value: PyObject | null): number {
  const oldType = self.ob_type
  if (value === null) {
    PyErr_SetString(PyExc_TypeError, 'can\'t delete __class__ attribute')
    return -1
  }
  if (!PyType_Check(value)) {
    PyErr_Format(PyExc_TypeError, '__class__ must be set to a class, not \'%s\' object', value.ob_type.tp_name)
    return -1
  }
  const newType = value as PyTypeObject
  const modules = PyType_IsSubtype(newType, PyModule_Type) && PyType_IsSubtype(oldType, PyModule_Type)
  if (!modules && ((newType.tp_flags | oldType.tp_flags) & Py_TPFLAGS_IMMUTABLETYPE) !== 0) {
    PyErr_SetString(PyExc_TypeError, '__class__ assignment only supported for mutable types or ModuleType subclasses')
    return -1
  }
  if (!compatible_for_assignment(oldType, newType, '__class__')) return -1
  // The new class has other shared keys: values become a dict of their own.
  _PyObject_GetDictPtr(self)
  if ((newType.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) Py_INCREF(newType)
  self.ob_type = newType
  if ((oldType.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) Py_DECREF(oldType)
  return 0
}

// ---- methods ---------------------------------------------------------------------------------------------------------------

function object___format__(self: PyObject, spec: PyObject): PyObject | null {
  if (!PyUnicode_Check(spec)) {
    return PyErr_Format(PyExc_TypeError, '__format__() argument must be str, not %s', spec === Py_None ? 'None' : spec.ob_type.tp_name)
  }
  if ((spec.v as UnicodeData).length > 0) {
    return PyErr_Format(PyExc_TypeError, 'unsupported format string passed to %.200s.__format__', self.ob_type.tp_name)
  }
  return PyObject_Str(self)
}

function object___sizeof__(self: PyObject): PyObject {
  const type = self.ob_type
  let size = 0
  if (type.tp_itemsize > 0) size = itemCount(self) * type.tp_itemsize
  return PyLong_FromSsize_t(size + type.tp_basicsize)
}

/** Py_SIZE of the variable-sized types that have no __sizeof__ of their own: a tuple's, or what the struct says. */
function itemCount(self: PyObject): number {
  return Array.isArray(self.v) ? self.v.length : (self.v as { ob_size?: number } | null)?.ob_size ?? 0
}

function object___dir__(self: PyObject): PyObject | null {
  const own = _PyObject_LookupAttr(self, _Py_ID('__dict__'))
  let dict: PyObject
  if (own === null) {
    if (PyErr_Occurred() !== null) return null
    dict = PyDict_New()
  } else if (!PyDict_Check(own)) {
    Py_DECREF(own)
    dict = PyDict_New()
  } else {
    const copy = PyDict_Copy(own)
    Py_DECREF(own)
    if (copy === null) return null
    dict = copy
  }
  let result: PyObject | null = null
  const cls = _PyObject_LookupAttr(self, _Py_ID('__class__'))
  if (cls !== null || PyErr_Occurred() === null) {
    if (cls === null || merge_class_dict(dict, cls) === 0) result = PyMapping_Keys(dict)
  }
  if (cls !== null) Py_DECREF(cls)
  Py_DECREF(dict)
  return result
}

const none = (): PyObject => {
  Py_INCREF(Py_None)
  return Py_None
}

export const PyBaseObject_Type: PyTypeObject = new PyTypeObject('object', {
  tp_basicsize: 16,
  tp_flags: Py_TPFLAGS_BASETYPE,
  tp_dealloc: object_dealloc,
  tp_repr: object_repr,
  tp_str: object_str,
  tp_richcompare: object_richcompare,
  tp_init: object_init,
  tp_new: object_new,
  tp_getset: [{ name: '__class__', get: object_get_class, set: object_set_class }],
})

/** What comes from other files; before PyType_Ready. */
export function initObjectType(): void {
  fillType(PyBaseObject_Type, {
    tp_hash: _Py_HashPointer,
    tp_getattro: PyObject_GenericGetAttr,
    tp_setattro: PyObject_GenericSetAttr,
    tp_alloc: PyType_GenericAlloc,
    tp_free: PyObject_Free,
    tp_methods: [
      ...objectReduceMethods(),
      {
        ml_name: '__subclasshook__', ml_flags: METH_CLASS | METH_VARARGS,
        ml_meth: () => {
          Py_INCREF(Py_NotImplemented)
          return Py_NotImplemented
        },
      },
      { ml_name: '__init_subclass__', ml_flags: METH_CLASS | METH_NOARGS, ml_meth: none },
      { ml_name: '__format__', ml_flags: METH_O, signature: '($self, format_spec, /)', ml_meth: object___format__ },
      { ml_name: '__sizeof__', ml_flags: METH_NOARGS, signature: '($self, /)', ml_meth: object___sizeof__ },
      { ml_name: '__dir__', ml_flags: METH_NOARGS, signature: '($self, /)', ml_meth: object___dir__ },
    ],
  })
}
