// Heap types made by modules written in TypeScript: `PyType_FromSpec`. They are what `class` makes, but with C slots and a
// struct of their own. Mirrors PyType_FromModuleAndSpec, Objects/typeobject.c.
import {
  PyTypeObject, PyType_Type, Py_DECREF, Py_INCREF, Py_TPFLAGS_HEAPTYPE, noDealloc, type PyObject, type TypeSpec,
} from './object'
import { PyDict_GetItemWithError, PyDict_SetItem } from './dictobject'
import { PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyObject_GC_Del, PyObject_GC_Track, PyObject_Malloc, gcNewSize, _PyObject_VAR_SIZE } from './objimpl'
import { PyBaseObject_Type } from './object-type'
import { PyTuple_Pack } from './tupleobject'
import { best_base } from './type-layout'
import { PyType_Ready } from './type-ready'
import { PyType_GenericAlloc } from './typeobject'
import { PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { subtype_dealloc } from './subtype'
import { TAG_NONE } from '../../memory/events'
import { utf8Length } from './unicode-utf8'

export interface PyTypeSpec extends Omit<TypeSpec, 'tp_basicsize'> {
  /** 'module.Name'. */
  name: string
  /** The base's if left out. */
  tp_basicsize?: number
}

/** NEW heap type, or null with an exception set. `bases`: a tuple, one type, or null for object. */
export function PyType_FromModuleAndSpec(module: PyObject | null, spec: PyTypeSpec, bases: PyObject | null): PyObject | null {
  const tuple = bases === null ? PyTuple_Pack(PyBaseObject_Type) : 'tp_name' in bases ? PyTuple_Pack(bases) : bases
  if (tuple === bases) Py_INCREF(tuple)
  const base = best_base(tuple.v as PyObject[])
  if (base === null) {
    Py_DECREF(tuple)
    return null
  }
  const shell = gcNewSize(PyType_Type, _PyObject_VAR_SIZE(PyType_Type, (spec.tp_members?.length ?? 0) + 1), null)
  if (shell === null) return null
  const { name, ...rest } = spec
  const dot = name.lastIndexOf('.')
  const type = new PyTypeObject(name, { tp_basicsize: base.tp_basicsize, ...rest }, PyType_Type, shell.addr)
  PyObject_GC_Track(type)
  type.tp_flags |= Py_TPFLAGS_HEAPTYPE
  type.ht_name = PyUnicode_FromString(name.slice(dot + 1))
  Py_INCREF(type.ht_name)
  type.ht_qualname = type.ht_name
  if (module !== null) Py_INCREF(module)
  type.ht_module = module
  Py_INCREF(base)
  type.tp_base = base
  type.tp_bases = tuple
  type.slotCount = base.slotCount
  // PyType_Ready only knows static types to lack these.
  type.tp_alloc ??= PyType_GenericAlloc
  if (type.tp_dealloc === noDealloc) type.tp_dealloc = subtype_dealloc
  if (spec.tp_doc) type.docBlock = PyObject_Malloc(utf8Length(spec.tp_doc) + 1, TAG_NONE)
  if (PyType_Ready(type) < 0) {
    Py_DECREF(type)
    return null
  }
  if (type.tp_free === null) type.tp_free = PyObject_GC_Del
  const key = _Py_ID('__module__')
  if (dot >= 0) {
    const moduleName = PyUnicode_FromString(name.slice(0, dot))
    PyDict_SetItem(type.tp_dict!, key, moduleName)
    Py_DECREF(moduleName)
  } else if (PyDict_GetItemWithError(type.tp_dict!, key) === null) {
    PyErr_SetString(PyExc_TypeError, `builtin type ${name} has no __module__ attribute`)
    Py_DECREF(type)
    return null
  }
  return type
}

export function PyType_FromSpec(spec: PyTypeSpec): PyObject | null {
  return PyType_FromModuleAndSpec(null, spec, null)
}

export function PyType_FromSpecWithBases(spec: PyTypeSpec, bases: PyObject | null): PyObject | null {
  return PyType_FromModuleAndSpec(null, spec, bases)
}
