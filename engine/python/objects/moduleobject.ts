// Modules. Mirrors Objects/moduleobject.c. Modules written in TypeScript are made by PyModule_Create.
import {
  METH_NOARGS, PyTypeObject, Py_DECREF, Py_INCREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, PyType_IsSubtype, METH_CLASS,
  METH_STATIC, type PyGetSetDef, type PyMethodDef, type PyObject, type visitproc,
} from './object'
import {
  PyObject_GenericGetAttr, PyObject_GenericSetAttr, PyObject_GetAttr, PyObject_IsTrue, _PyObject_LookupAttr,
} from './object-protocol'
import { PyObject_CallNoArgs, PyObject_CallOneArg, PyObject_CallMethodOneArg } from './call'
import {
  PyDict_Check, PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem, PyDict_SetItemString,
} from './dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetObject, PyErr_SetString } from './errors'
import { PyExc_AttributeError, PyExc_KeyError, PyExc_SystemError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { ArgParser } from './arg-parser'
import { _PyArg_BadArgument, _PyArg_UnpackKeywords } from './getargs'
import { PyLong_FromLong } from './longobject'
import { PyCFunction_NewEx } from './methodobject'
import { PyObject_GC_UnTrack } from './objimpl'
import { PyMapping_Keys } from './abstract'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { PyType_GenericAlloc } from './typeobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyObject_ClearWeakRefs } from './weakrefobject'

export interface PyModuleObject extends PyObject { v: ModuleData }

/** PyModuleObject's struct; md_dict is the object's `dict`. */
export class ModuleData {
  /** What a module in TypeScript keeps for itself (md_state). */
  state: unknown = null
  md_name: PyObject | null = null
}

export function PyModule_Check(o: PyObject): o is PyModuleObject {
  return o.ob_type === PyModule_Type || PyType_IsSubtype(o.ob_type, PyModule_Type)
}

function new_module_notrack(type: PyTypeObject): PyObject {
  const m = PyType_GenericAlloc(type, 0)!
  m.v = new ModuleData()
  m.dict = PyDict_New()
  return m
}

// Mirrors module_init_dict.
function module_init_dict(m: PyObject, dict: PyObject, name: PyObject, doc: PyObject | null): number {
  const fields: [string, PyObject][] = [
    ['__name__', name], ['__doc__', doc ?? Py_None], ['__package__', Py_None], ['__loader__', Py_None], ['__spec__', Py_None],
  ]
  for (const [key, value] of fields) if (PyDict_SetItem(dict, _Py_ID(key), value) < 0) return -1
  if (PyUnicode_Check(name)) {
    const data = m.v as ModuleData
    const old = data.md_name
    Py_INCREF(name)
    data.md_name = name
    Py_XDECREF(old)
  }
  return 0
}

/** NEW module with the five names every module has. */
export function PyModule_NewObject(name: PyObject): PyObject {
  const m = new_module_notrack(PyModule_Type)
  module_init_dict(m, m.dict as PyObject, name, null)
  return m
}

export function PyModule_New(text: string): PyObject {
  const name = PyUnicode_FromString(text)
  const m = PyModule_NewObject(name)
  Py_DECREF(name)
  return m
}

/** BORROWED. */
export function PyModule_GetDict(m: PyObject): PyObject {
  return m.dict as PyObject
}

/** NEW `__name__`. */
export function PyModule_GetNameObject(m: PyObject): PyObject | null {
  const name = m.dict === null ? null : PyDict_GetItemWithError(m.dict as PyObject, _Py_ID('__name__'))
  if (name === null || !PyUnicode_Check(name)) {
    return PyErr_Occurred() !== null ? null : PyErr_SetString(PyExc_SystemError, 'nameless module')
  }
  Py_INCREF(name)
  return name
}

/** NEW `__file__`. */
export function PyModule_GetFilenameObject(m: PyObject): PyObject | null {
  const file = m.dict === null ? null : PyDict_GetItemWithError(m.dict as PyObject, _Py_ID('__file__'))
  if (file === null || !PyUnicode_Check(file)) {
    return PyErr_Occurred() !== null ? null : PyErr_SetString(PyExc_SystemError, 'module filename missing')
  }
  Py_INCREF(file)
  return file
}

/** Puts functions into a module's dict; each knows the module and its name. 0 or -1. */
export function PyModule_AddFunctions(m: PyObject, functions: readonly PyMethodDef[]): number {
  const name = PyModule_GetNameObject(m)
  if (name === null) return -1
  for (const def of functions) {
    if ((def.ml_flags & (METH_CLASS | METH_STATIC)) !== 0) {
      PyErr_SetString(PyExc_ValueError, 'module functions cannot set METH_CLASS or METH_STATIC')
      Py_DECREF(name)
      return -1
    }
    const func = PyCFunction_NewEx(def, m, name)
    const failed = PyDict_SetItemString(m.dict as PyObject, def.ml_name, func) < 0
    Py_DECREF(func)
    if (failed) {
      Py_DECREF(name)
      return -1
    }
  }
  Py_DECREF(name)
  return 0
}

/** NEW module with functions; `exec` fills in the rest and returns -1 when it fails, which is a fault of ours. */
export function PyModule_Create(
  name: string, functions: readonly PyMethodDef[], exec?: (m: PyObject) => number | void,
): PyObject {
  const m = PyModule_New(name)
  PyModule_AddFunctions(m, functions)
  if (exec !== undefined && exec(m) === -1) throw new Error(`Molt: module ${name} could not be made`)
  return m
}

/** Borrows the value. 0 or -1. */
export function PyModule_AddObjectRef(m: PyObject, name: string, value: PyObject): number {
  return PyDict_SetItemString(m.dict as PyObject, name, value)
}

/** STEALS the value. */
export function PyModule_AddObject(m: PyObject, name: string, value: PyObject): number {
  const result = PyModule_AddObjectRef(m, name, value)
  Py_DECREF(value)
  return result
}

export function PyModule_AddIntConstant(m: PyObject, name: string, value: number): number {
  return PyModule_AddObject(m, name, PyLong_FromLong(value))
}

export function PyModule_AddStringConstant(m: PyObject, name: string, value: string): number {
  return PyModule_AddObject(m, name, PyUnicode_FromString(value))
}

/** Adds a type under the last part of its name. */
export function PyModule_AddType(m: PyObject, type: PyTypeObject): number {
  return PyModule_AddObjectRef(m, type.tp_name.slice(type.tp_name.lastIndexOf('.') + 1), type)
}

// ---- attributes ---------------------------------------------------------------------------------------------------------

/** True while importlib runs the module. Mirrors _PyModuleSpec_IsInitializing. */
export function _PyModuleSpec_IsInitializing(spec: PyObject | null): boolean {
  if (spec === null) return false
  const value = PyObject_GetAttr(spec, _Py_ID('_initializing'))
  if (value !== null) {
    const initializing = PyObject_IsTrue(value)
    Py_DECREF(value)
    if (initializing >= 0) return initializing > 0
  }
  PyErr_Clear()
  return false
}

// Mirrors _Py_module_getattro_impl.
function module_getattro(m: PyObject, name: PyObject): PyObject | null {
  const attr = PyObject_GenericGetAttr(m, name)
  if (attr !== null || !PyErr_ExceptionMatches(PyExc_AttributeError)) return attr
  PyErr_Clear()
  const dict = m.dict as PyObject | null
  if (dict === null) return null
  const getattr = PyDict_GetItemWithError(dict, _Py_ID('__getattr__'))
  if (getattr !== null) return PyObject_CallOneArg(getattr, name)
  if (PyErr_Occurred() !== null) return null
  const modName = PyDict_GetItemWithError(dict, _Py_ID('__name__'))
  if (modName !== null && PyUnicode_Check(modName)) {
    Py_INCREF(modName)
    const spec = PyDict_GetItemWithError(dict, _Py_ID('__spec__'))
    if (spec !== null) Py_INCREF(spec)
    if (spec !== null && _PyModuleSpec_IsInitializing(spec)) {
      PyErr_Format(PyExc_AttributeError, 'partially initialized module \'%U\' has no attribute \'%U\' '
        + '(most likely due to a circular import)', modName, name)
    } else if (spec !== null && isUninitializedSubmodule(spec, name)) {
      PyErr_Format(PyExc_AttributeError, 'cannot access submodule \'%U\' of module \'%U\' '
        + '(most likely due to a circular import)', name, modName)
    } else PyErr_Format(PyExc_AttributeError, 'module \'%U\' has no attribute \'%U\'', modName, name)
    Py_XDECREF(spec)
    Py_DECREF(modName)
    return null
  }
  if (PyErr_Occurred() !== null) return null
  return PyErr_Format(PyExc_AttributeError, 'module has no attribute \'%U\'', name)
}

/** Mirrors _PyModuleSpec_IsUninitializedSubmodule. */
function isUninitializedSubmodule(spec: PyObject, name: PyObject): boolean {
  const value = _PyObject_LookupAttr(spec, _Py_ID('_uninitialized_submodules'))
  if (value === null) {
    PyErr_Clear()
    return false
  }
  const list = value.v as { ob_item?: PyObject[] }
  const found = (list.ob_item ?? []).some(o => PyUnicode_Check(o) && PyUnicode_AsString(o) === PyUnicode_AsString(name))
  Py_DECREF(value)
  return found
}

/** repr is importlib's. */
function module_repr(m: PyObject): PyObject | null {
  return PyObject_CallMethodOneArg(_PyRuntime.importlib!, _Py_ID('_module_repr'), m)
}

function module_dir(self: PyObject): PyObject | null {
  const dict = _PyObject_LookupAttr(self, _Py_ID('__dict__'))
  if (dict === null) {
    if (PyErr_Occurred() === null) PyErr_SetObject(PyExc_AttributeError, _Py_ID('__dict__'))
    return null
  }
  let result: PyObject | null = null
  if (!PyDict_Check(dict)) PyErr_SetString(PyExc_TypeError, '<module>.__dict__ is not a dictionary')
  else {
    const dirfunc = PyDict_GetItemWithError(dict, _Py_ID('__dir__'))
    if (dirfunc !== null) result = PyObject_CallNoArgs(dirfunc)
    else if (PyErr_Occurred() === null) result = PyMapping_Keys(dict)
  }
  Py_DECREF(dict)
  return result
}

/** BORROWED dict of the module as attribute access gives it; null with an exception. */
function dictForAnnotations(m: PyObject): PyObject | null {
  const dict = _PyObject_LookupAttr(m, _Py_ID('__dict__'))
  if (dict === null || !PyDict_Check(dict)) {
    PyErr_Format(PyExc_TypeError, '<module>.__dict__ is not a dictionary')
    Py_XDECREF(dict)
    return null
  }
  Py_DECREF(dict)
  return dict
}

const annotations: PyGetSetDef = {
  name: '__annotations__',
  get: m => {
    const dict = dictForAnnotations(m)
    if (dict === null) return null
    const name = _Py_ID('__annotations__')
    const held = PyDict_GetItemWithError(dict, name)
    if (held !== null) {
      Py_INCREF(held)
      return held
    }
    if (PyErr_Occurred() !== null) return null
    const made = PyDict_New()
    if (PyDict_SetItem(dict, name, made) === 0) return made
    Py_DECREF(made)
    return null
  },
  set: (m, value) => {
    const dict = dictForAnnotations(m)
    if (dict === null) return -1
    const name = _Py_ID('__annotations__')
    if (value !== null) return PyDict_SetItem(dict, name, value)
    const result = PyDict_DelItem(dict, name)
    if (result < 0 && PyErr_ExceptionMatches(PyExc_KeyError)) PyErr_Format(PyExc_AttributeError, '%U', name)
    return result
  },
}

// ---- the type --------------------------------------------------------------------------------------------------------------

const parser = new ArgParser('module', ['name', 'doc'])

function module_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const items = args.v as PyObject[]
  const given = _PyArg_UnpackKeywords(items, items.length, kwargs, null, parser, 1, 2, 0)
  if (given === null) return -1
  const name = given[0]!
  if (!PyUnicode_Check(name)) {
    _PyArg_BadArgument('module', 'argument \'name\'', 'str', name)
    return -1
  }
  const dict = (self.dict ??= PyDict_New()) as PyObject
  return module_init_dict(self, dict, name, given[1] ?? Py_None)
}

function module_dealloc(m: PyObject): void {
  PyObject_GC_UnTrack(m)
  if (m.weaklist !== null) PyObject_ClearWeakRefs(m)
  const dict = m.dict as PyObject | null
  m.dict = null
  Py_XDECREF(dict)
  Py_XDECREF((m.v as ModuleData).md_name)
  m.ob_type.tp_free!(m)
}

export const PyModule_Type = new PyTypeObject('module', {
  tp_basicsize: 56, tp_dictoffset: 16, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
  tp_dealloc: module_dealloc,
  tp_repr: module_repr,
  tp_getattro: module_getattro,
  tp_setattro: (m, name, value) => PyObject_GenericSetAttr(m, name, value),
  tp_traverse: (m: PyObject, visit: visitproc) => {
    if (m.dict !== null) visit(m.dict as PyObject)
  },
  tp_clear: m => {
    const dict = m.dict as PyObject | null
    m.dict = null
    Py_XDECREF(dict)
  },
  tp_init: module_init,
  tp_new: type => new_module_notrack(type),
  tp_methods: [{ ml_name: '__dir__', ml_flags: METH_NOARGS, ml_meth: module_dir }],
  tp_members: [{
    name: '__dict__',
    get: m => {
      const dict = (m.dict ?? Py_None) as PyObject
      Py_INCREF(dict)
      return dict
    },
  }],
  tp_getset: [annotations],
})

/** The definition of a module, which CPython makes an object of. */
export const PyModuleDef_Type = new PyTypeObject('moduledef', { tp_basicsize: 104 })

