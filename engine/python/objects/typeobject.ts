// `type`: attribute access and call of classes, their attributes and methods, allocation of instances. Mirrors
// Objects/typeobject.c; its other parts are in type-*.ts (ready, new, mro, slots, cache, layout), subtype.ts (instances of
// Python classes), object-type.ts and super.ts.
import {
  METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, PyType_IsSubtype, PyType_Type, Py_DECREF, Py_INCREF,
  Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_IS_ABSTRACT, Py_XDECREF, fillType, type PyMemberDef, type PyMethodDef, type PyObject, type PyTypeObject, type visitproc,
} from './object'
import { _PyObject_MakeTpCall, _Py_CheckFunctionResult } from './call'
import type { DictKeys } from './dict-keys'
import { dictkeys_decref, _PyDict_KeysSize } from './dict-keys'
import { PyDict_Clear, PyDict_GET_SIZE, PyDict_New } from './dictobject'
import { PyDict_Update } from './dict-merge'
import { PyErr_Clear, PyErr_Fetch, PyErr_Format, PyErr_Occurred, PyErr_RestoreFetched, PyErr_SetString } from './errors'
import { PyExc_AttributeError, PyExc_TypeError } from './exceptions'
import { _PyArg_NoKwnames } from './getargs'
import { PyLong_FromSsize_t } from './longobject'
import {
  PyMapping_Keys, PySequence_List, _PyObject_RealIsInstance, _PyObject_RealIsSubclass, PySequence_GetItem, PySequence_Size,
} from './abstract'
import { PyBool_FromLong } from './boolobject'
import {
  PyObject_FreeBlock, PyObject_GC_Del, PyObject_GC_Track, PyObject_GC_UnTrack, _PyType_AllocNoTrack,
} from './objimpl'
import { _PyObject_GenericSetAttrWithDict, _PyObject_LookupAttr } from './object-protocol'
import { Py_None } from './singletons'
import { PyType_Modified, _PyType_Lookup } from './type-cache'
import { mro_implementation } from './type-mro'
import { type_new } from './type-new'
import { update_slot } from './type-slots'
import { _PyType_GetSubclasses, remove_all_subclasses } from './type-subclasses'
import { PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_AsString, PyUnicode_InternInPlace, unicodeNew, _Py_ID } from './unicodeobject'
import { describeText, type UnicodeData } from './unicode-data'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyObject_ClearWeakRefs } from './weakrefobject'
import { _Py_union_type_or } from './unionobject'
import { typeGetSet, type_module, type_qualname } from './type-attributes'

export { PyType_Type, PyType_IsSubtype } from './object'
export { PyBaseObject_Type } from './object-type'
export { PyType_Ready } from './type-ready'
export { PyType_ClearCache, PyType_Modified, _PyType_Lookup, _PyType_LookupId } from './type-cache'
export { PyType_FromSpec, PyType_FromModuleAndSpec, type PyTypeSpec } from './type-spec'
export { PyType_Check } from './object-protocol'
export { PySuper_Type } from './super'

// ---- allocation ----------------------------------------------------------------------------------------------------------

/** NEW instance, tracked if it has a GC head; its struct (`v`) is the caller's to set. Null: MemoryError. */
export function PyType_GenericAlloc(type: PyTypeObject, nitems: number): PyObject | null {
  const o = _PyType_AllocNoTrack(type, nitems, null)
  if (o !== null && (type.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0) PyObject_GC_Track(o)
  return o
}

export function PyType_GenericNew(type: PyTypeObject, _args: PyObject, _kwargs: PyObject | null): PyObject | null {
  return type.tp_alloc!(type, 0)
}

/** tp_flags as C sees them, without sign. */
export function PyType_GetFlags(type: PyTypeObject): number {
  return type.tp_flags >>> 0
}

// ---- special methods --------------------------------------------------------------------------------------------------------

/** NEW bound special method, looked up on the type; null (maybe with an exception set) if there is none. */
export function _PyObject_LookupSpecial(self: PyObject, name: PyObject): PyObject | null {
  const descr = _PyType_Lookup(self.ob_type, name)
  if (descr === null) return null
  const f = descr.ob_type.tp_descr_get
  if (f === null) {
    Py_INCREF(descr)
    return descr
  }
  return f(descr, self, self.ob_type)
}

/** The same by a name known when the code is written. */
export function _PyObject_LookupSpecialId(self: PyObject, name: string): PyObject | null {
  return _PyObject_LookupSpecial(self, _Py_ID(name))
}

/** The last part of a type's name. */
export function _PyType_Name(type: PyTypeObject): string {
  return type.tp_name.slice(type.tp_name.lastIndexOf('.') + 1)
}

// ---- calling a type -----------------------------------------------------------------------------------------------------------

function type_call(self: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const type = self as PyTypeObject
  if (type === PyType_Type) {
    const items = args.v as PyObject[]
    if (items.length === 1 && (kwargs === null || PyDict_GET_SIZE(kwargs) === 0)) {
      const result = items[0]!.ob_type
      Py_INCREF(result)
      return result
    }
    if (items.length !== 3) return PyErr_SetString(PyExc_TypeError, 'type() takes 1 or 3 arguments')
  }
  if (type.tp_new === null) return PyErr_Format(PyExc_TypeError, 'cannot create \'%s\' instances', type.tp_name)
  const o = _Py_CheckFunctionResult(type, type.tp_new(type, args, kwargs))
  if (o === null) return null
  const made = o.ob_type
  if (made !== type && !PyType_IsSubtype(made, type)) return o
  if (made.tp_init !== null && made.tp_init(o, args, kwargs) < 0) {
    Py_DECREF(o)
    return null
  }
  return o
}

/** `type(x)` without a tuple; everything else goes through tp_call. */
function type_vectorcall(metatype: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (nargs === 1 && metatype === PyType_Type) {
    if (!_PyArg_NoKwnames('type', kwnames)) return null
    const result = args[0]!.ob_type
    Py_INCREF(result)
    return result
  }
  return _PyObject_MakeTpCall(metatype, args, nargs, kwnames)
}

// ---- attributes -----------------------------------------------------------------------------------------------------------------

function type_getattro(self: PyObject, name: PyObject): PyObject | null {
  const type = self as PyTypeObject
  const metatype = type.ob_type
  if (!PyUnicode_Check(name)) {
    return PyErr_Format(PyExc_TypeError, 'attribute name must be string, not \'%.200s\'', name.ob_type.tp_name)
  }
  const meta = _PyType_Lookup(metatype, name)
  let metaGet = null
  if (meta !== null) {
    Py_INCREF(meta)
    metaGet = meta.ob_type.tp_descr_get
    if (metaGet !== null && meta.ob_type.tp_descr_set !== null) {
      const result = metaGet(meta, type, metatype)
      Py_DECREF(meta)
      return result
    }
  }
  const attribute = _PyType_Lookup(type, name)
  if (attribute !== null) {
    Py_INCREF(attribute)
    const get = attribute.ob_type.tp_descr_get
    Py_XDECREF(meta)
    if (get === null) return attribute
    const result = get(attribute, null, type)
    Py_DECREF(attribute)
    return result
  }
  if (meta !== null) {
    if (metaGet === null) return meta
    const result = metaGet(meta, type, metatype)
    Py_DECREF(meta)
    return result
  }
  return PyErr_Format(PyExc_AttributeError, 'type object \'%.50s\' has no attribute \'%U\'', type.tp_name, name)
}

function isDunder(name: PyObject): boolean {
  const { str } = name.v as UnicodeData
  return str.length > 4 && str.startsWith('__') && str.endsWith('__')
}

function type_setattro(self: PyObject, name: PyObject, value: PyObject | null): number {
  const type = self as PyTypeObject
  if ((type.tp_flags & Py_TPFLAGS_IMMUTABLETYPE) !== 0) {
    PyErr_Format(PyExc_TypeError, 'cannot set %R attribute of immutable type \'%s\'', name, type.tp_name)
    return -1
  }
  let key = name
  if (PyUnicode_CheckExact(name)) Py_INCREF(name)
  else if (PyUnicode_Check(name)) key = unicodeNew(describeText(PyUnicode_AsString(name)))!
  else Py_INCREF(name)
  if (PyUnicode_Check(key)) key = PyUnicode_InternInPlace(key)
  let result = _PyObject_GenericSetAttrWithDict(type, key, value, null)
  if (result === 0) {
    PyType_Modified(type)
    if (PyUnicode_Check(key) && isDunder(key)) result = update_slot(type, key)
  }
  Py_DECREF(key)
  return result
}

// ---- repr -------------------------------------------------------------------------------------------------------------------------

function type_repr(self: PyObject): PyObject | null {
  const type = self as PyTypeObject
  let module = type_module(type)
  if (module === null) PyErr_Clear()
  else if (!PyUnicode_Check(module)) {
    Py_DECREF(module)
    module = null
  }
  const name = type_qualname(type)
  const result = module !== null && (module.v as UnicodeData).str !== 'builtins'
    ? PyUnicode_FromFormat('<class \'%U.%U\'>', module, name)
    : PyUnicode_FromFormat('<class \'%s\'>', type.tp_name)
  Py_XDECREF(module)
  Py_DECREF(name)
  return result
}

// ---- methods ----------------------------------------------------------------------------------------------------------------------

/** Adds the names of a class and its bases to a dict, bases last to first. Mirrors merge_class_dict. */
export function merge_class_dict(dict: PyObject, cls: PyObject): number {
  const own = _PyObject_LookupAttr(cls, _Py_ID('__dict__'))
  if (own === null) {
    if (PyErr_Occurred() !== null) return -1
  } else {
    const failed = PyDict_Update(dict, own) < 0
    Py_DECREF(own)
    if (failed) return -1
  }
  const bases = _PyObject_LookupAttr(cls, _Py_ID('__bases__'))
  if (bases === null) return PyErr_Occurred() !== null ? -1 : 0
  const n = PySequence_Size(bases)
  if (n < 0) PyErr_Clear()
  for (let i = 0; i < n; i++) {
    const base = PySequence_GetItem(bases, i)
    const status = base === null ? -1 : merge_class_dict(dict, base)
    Py_XDECREF(base)
    if (status < 0) return Py_DECREF(bases), -1
  }
  Py_DECREF(bases)
  return 0
}

function type___dir__(self: PyObject): PyObject | null {
  const dict = PyDict_New()
  const result = merge_class_dict(dict, self) === 0 ? PyMapping_Keys(dict) : null
  Py_DECREF(dict)
  return result
}

function type___sizeof__(self: PyObject): PyObject {
  const type = self as PyTypeObject
  let size: number
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) {
    const keys = type.ht_cached_keys as DictKeys | null
    size = PyType_Type.tp_basicsize + (keys === null ? 0 : _PyDict_KeysSize(keys))
  } else size = 408
  return PyLong_FromSsize_t(size)
}

const typeMethods: PyMethodDef[] = [
  {
    ml_name: 'mro', ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (self: PyObject) => {
      const order = mro_implementation(self as PyTypeObject)
      if (order === null) return null
      const list = PySequence_List(order)
      Py_DECREF(order)
      return list
    },
  },
  {
    ml_name: '__subclasses__', ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (self: PyObject) => _PyType_GetSubclasses(self as PyTypeObject),
  },
  {
    ml_name: '__prepare__', ml_flags: METH_FASTCALL | METH_KEYWORDS | METH_CLASS,
    ml_meth: (): PyObject => PyDict_New(),
  },
  {
    ml_name: '__instancecheck__', ml_flags: METH_O, signature: '($self, instance, /)',
    ml_meth: (self: PyObject, instance: PyObject) => {
      const result = _PyObject_RealIsInstance(instance, self)
      return result < 0 ? null : PyBool_FromLong(result)
    },
  },
  {
    ml_name: '__subclasscheck__', ml_flags: METH_O, signature: '($self, subclass, /)',
    ml_meth: (self: PyObject, subclass: PyObject) => {
      const result = _PyObject_RealIsSubclass(subclass, self)
      return result < 0 ? null : PyBool_FromLong(result)
    },
  },
  { ml_name: '__dir__', ml_flags: METH_NOARGS, signature: '($self, /)', ml_meth: type___dir__ },
  { ml_name: '__sizeof__', ml_flags: METH_NOARGS, signature: '($self, /)', ml_meth: type___sizeof__ },
]

const number = (name: string, get: (type: PyTypeObject) => number): PyMemberDef =>
  ({ name, get: self => PyLong_FromSsize_t(get(self as PyTypeObject)) })
const object = (name: string, get: (type: PyTypeObject) => PyObject | null): PyMemberDef => ({
  name,
  get: self => {
    const o = get(self as PyTypeObject) ?? Py_None
    o.ob_refcnt++
    return o
  },
})

const typeMembers: PyMemberDef[] = [
  number('__basicsize__', type => type.tp_basicsize),
  number('__itemsize__', type => type.tp_itemsize),
  number('__flags__', PyType_GetFlags),
  number('__weakrefoffset__', type => type.tp_weaklistoffset),
  object('__base__', type => type.tp_base),
  number('__dictoffset__', type => type.tp_dictoffset),
  object('__mro__', type => type.tp_mro),
]

// ---- life -------------------------------------------------------------------------------------------------------------------------

function type_dealloc(self: PyObject): void {
  const type = self as PyTypeObject
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) === 0) throw new Error(`Molt: static type ${type.tp_name} died`)
  const error = PyErr_Fetch()
  remove_all_subclasses(type, type.tp_bases!)
  PyErr_RestoreFetched(error)
  PyObject_GC_UnTrack(type)
  if (type.weaklist !== null) PyObject_ClearWeakRefs(type)
  const fields = ['tp_base', 'tp_dict', 'tp_bases', 'tp_mro', 'tp_cache', 'tp_subclasses'] as const
  for (const field of fields) {
    const o = type[field]
    if (field === 'tp_base') type.tp_base = null
    else type[field] = null
    Py_XDECREF(o)
  }
  if (type.docBlock !== 0) PyObject_FreeBlock(type.docBlock)
  Py_XDECREF(type.ht_name)
  Py_XDECREF(type.ht_qualname)
  Py_XDECREF(type.ht_slots)
  if (type.ht_cached_keys !== null) dictkeys_decref(type.ht_cached_keys as DictKeys)
  Py_XDECREF(type.ht_module)
  // A metatype of the program's counts its instances: its own tp_dealloc, subtype_dealloc, sees to that.
  type.ob_type.tp_free!(type)
}

function type_traverse(self: PyObject, visit: visitproc): void {
  const type = self as PyTypeObject
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) === 0) throw new Error('Molt: traversing a static type')
  if (type.tp_dict !== null) visit(type.tp_dict)
  if (type.tp_cache !== null) visit(type.tp_cache)
  if (type.tp_mro !== null) visit(type.tp_mro)
  if (type.tp_bases !== null) visit(type.tp_bases)
  if (type.tp_base !== null) visit(type.tp_base)
  if (type.ht_module !== null) visit(type.ht_module)
  // Not: tp_subclasses (weak references), slots, names.
}

/** Breaks the cycles of a class: its dict and its MRO. Everything else goes with it. */
function type_clear(self: PyObject): void {
  const type = self as PyTypeObject
  PyType_Modified(type)
  // The shared keys stay: instances in the same garbage still need them to let go of their values.
  if (type.tp_dict !== null) PyDict_Clear(type.tp_dict)
  const module = type.ht_module
  type.ht_module = null
  Py_XDECREF(module)
  const mro = type.tp_mro
  type.tp_mro = null
  type.mro = []
  Py_XDECREF(mro)
}

fillType(PyType_Type, {
  tp_dictoffset: 264,
  tp_dealloc: type_dealloc,
  tp_repr: type_repr,
  tp_call: type_call,
  tp_getattro: type_getattro,
  tp_setattro: type_setattro,
  tp_traverse: type_traverse,
  tp_clear: type_clear,
  tp_init: type_init,
  tp_is_gc: self => ((self as PyTypeObject).tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0,
  tp_vectorcall: type_vectorcall,
  nb_or: (a, b) => _Py_union_type_or(a, b),
  tp_methods: typeMethods,
  tp_members: typeMembers,
  // Calls an instance of a metaclass, that is a class, through the class's own vectorcall.
  vectorcall: (self, args, nargs, kwnames) => {
    const f = (self as PyTypeObject).tp_vectorcall
    return f === null ? _PyObject_MakeTpCall(self, args, nargs, kwnames) : f(self, args, nargs, kwnames)
  },
})

/** What comes from other files; before PyType_Ready. */
export function initTypeType(): void {
  fillType(PyType_Type, {
    tp_new: type_new, tp_getset: typeGetSet(), tp_alloc: PyType_GenericAlloc, tp_free: PyObject_GC_Del,
  })
}

function type_init(_self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const items = args.v as PyObject[]
  if (kwargs !== null && items.length === 1 && PyDict_GET_SIZE(kwargs) !== 0) {
    PyErr_SetString(PyExc_TypeError, 'type.__init__() takes no keyword arguments')
    return -1
  }
  if (items.length !== 1 && items.length !== 3) {
    PyErr_SetString(PyExc_TypeError, 'type.__init__() takes 1 or 3 arguments')
    return -1
  }
  return 0
}

/** True for classes with abstract methods. */
export function typeIsAbstract(type: PyTypeObject): boolean {
  return (type.tp_flags & Py_TPFLAGS_IS_ABSTRACT) !== 0
}

