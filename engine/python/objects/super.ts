// super. Mirrors superobject, Objects/typeobject.c.
import {
  PyTypeObject, PyType_IsSubtype, Py_DECREF, Py_INCREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_XDECREF,
  type PyObject, type visitproc,
} from './object'
import { CO_FAST_CELL } from '../bytecode/code'
import { PyCell_Check, type CellData } from './cellobject'
import { PyObject_CallFunctionObjArgs } from './call'
import { PyDict_GetItemWithError } from './dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_RuntimeError, PyExc_TypeError } from './exceptions'
import { _PyArg_CheckPositional, _PyArg_NoKeywords, _PyArg_NoKwnames } from './getargs'
import { PyObject_GC_UnTrack } from './objimpl'
import { PyObject_GenericGetAttr, PyType_Check, _PyObject_LookupAttr } from './object-protocol'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { PyType_GenericAlloc } from './typeobject'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

/** superobject's struct. */
export class SuperData {
  type: PyTypeObject | null = null
  obj: PyObject | null = null
  obj_type: PyTypeObject | null = null
}

const dataOf = (o: PyObject): SuperData => o.v as SuperData

function super_dealloc(self: PyObject): void {
  PyObject_GC_UnTrack(self)
  const data = dataOf(self)
  Py_XDECREF(data.obj)
  Py_XDECREF(data.type)
  Py_XDECREF(data.obj_type)
  self.ob_type.tp_free!(self)
}

function super_repr(self: PyObject): PyObject | null {
  const { type, obj_type: objType } = dataOf(self)
  const name = type === null ? 'NULL' : type.tp_name
  if (objType !== null) return PyUnicode_FromFormat('<super: <class \'%s\'>, <%s object>>', name, objType.tp_name)
  return PyUnicode_FromFormat('<super: <class \'%s\'>, NULL>', name)
}

/** The attribute from the classes behind `type` in the MRO of the object's class. */
function super_getattro(self: PyObject, name: PyObject): PyObject | null {
  const { type, obj, obj_type: start } = dataOf(self)
  // __class__ is super itself, not the object's.
  if (start === null || start.tp_mro === null || (PyUnicode_Check(name) && PyUnicode_AsString(name) === '__class__')) {
    return PyObject_GenericGetAttr(self, name)
  }
  const tuple = start.tp_mro
  const { mro } = start
  let i = 0
  while (i + 1 < mro.length && mro[i] !== type) i++
  i++
  if (i >= mro.length) return PyObject_GenericGetAttr(self, name)
  Py_INCREF(tuple)
  for (; i < mro.length; i++) {
    const found = PyDict_GetItemWithError(mro[i]!.tp_dict!, name)
    if (found === null) {
      if (PyErr_Occurred() === null) continue
      Py_DECREF(tuple)
      return null
    }
    Py_INCREF(found)
    const f = found.ob_type.tp_descr_get
    let result: PyObject | null = found
    if (f !== null) {
      // For super(type, type) the object is the class itself: nothing to bind to.
      result = f(found, obj === start ? null : obj, start)
      Py_DECREF(found)
    }
    Py_DECREF(tuple)
    return result
  }
  Py_DECREF(tuple)
  return PyObject_GenericGetAttr(self, name)
}

/** NEW class whose MRO is searched: obj if it is a subclass of type, its class if it is an instance. Null with TypeError. */
function supercheck(type: PyTypeObject, obj: PyObject): PyTypeObject | null {
  if (PyType_Check(obj) && PyType_IsSubtype(obj as PyTypeObject, type)) {
    Py_INCREF(obj)
    return obj as PyTypeObject
  }
  if (PyType_IsSubtype(obj.ob_type, type)) {
    Py_INCREF(obj.ob_type)
    return obj.ob_type
  }
  // Proxies say what they stand for in __class__.
  const cls = _PyObject_LookupAttr(obj, _Py_ID('__class__'))
  if (cls === null && PyErr_Occurred() !== null) return null
  if (cls !== null && PyType_Check(cls) && cls !== obj.ob_type && PyType_IsSubtype(cls as PyTypeObject, type)) {
    return cls as PyTypeObject
  }
  Py_XDECREF(cls)
  return PyErr_SetString(PyExc_TypeError, 'super(type, obj): obj must be an instance or subtype of type')
}

function super_descr_get(self: PyObject, obj: PyObject | null): PyObject | null {
  const data = dataOf(self)
  if (obj === null || obj === Py_None || data.obj !== null) {
    Py_INCREF(self)
    return self
  }
  if (self.ob_type !== PySuper_Type) return PyObject_CallFunctionObjArgs(self.ob_type, data.type!, obj)
  const objType = supercheck(data.type!, obj)
  if (objType === null) return null
  const bound = super_new(PySuper_Type)
  if (bound === null) return null
  const fresh = dataOf(bound)
  Py_INCREF(data.type!)
  Py_INCREF(obj)
  fresh.type = data.type
  fresh.obj = obj
  fresh.obj_type = objType
  return bound
}

function runtimeError(message: string): null {
  return PyErr_SetString(PyExc_RuntimeError, message)
}

/** Type and object of `super()` from the running frame: its __class__ cell and first argument. Borrowed. */
function withoutArguments(): { type: PyTypeObject, obj: PyObject } | null {
  const { frame } = _PyRuntime.tstate
  if (frame === null) return runtimeError('super(): no current frame')
  const { code } = frame
  if (code.co_argcount === 0) return runtimeError('super(): no arguments')
  const kinds = code.code.co_localspluskinds
  let first = frame.localsplus[0] ?? null
  if (first !== null && (kinds[0]! & CO_FAST_CELL) !== 0 && PyCell_Check(first)) first = (first.v as CellData).ob_ref
  if (first === null) return runtimeError('super(): arg[0] deleted')
  for (let i = code.nlocals + code.nplaincellvars; i < code.nlocalsplus; i++) {
    if (PyUnicode_AsString(code.localNames[i]!) !== '__class__') continue
    const cell = frame.localsplus[i] ?? null
    if (cell === null || !PyCell_Check(cell)) return runtimeError('super(): bad __class__ cell')
    const type = cell.v.ob_ref
    if (type === null) return runtimeError('super(): empty __class__ cell')
    if (!PyType_Check(type)) {
      return PyErr_Format(PyExc_RuntimeError, 'super(): __class__ is not a type (%s)', type.ob_type.tp_name)
    }
    return { type: type as PyTypeObject, obj: first }
  }
  return runtimeError('super(): __class__ cell not found')
}

function init(self: PyObject, type: PyTypeObject | null, obj: PyObject | null): number {
  if (type === null) {
    const found = withoutArguments()
    if (found === null) return -1
    ;({ type, obj } = found)
  }
  if (obj === Py_None) obj = null
  let objType: PyTypeObject | null = null
  if (obj !== null) {
    objType = supercheck(type, obj)
    if (objType === null) return -1
    Py_INCREF(obj)
  }
  Py_INCREF(type)
  const data = dataOf(self)
  const old = [data.type, data.obj, data.obj_type]
  data.type = type
  data.obj = obj
  data.obj_type = objType
  for (const o of old) Py_XDECREF(o)
  return 0
}

function super_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (!_PyArg_NoKeywords('super', kwargs)) return -1
  const items = args.v as PyObject[]
  if (items.length > 2) {
    PyErr_Format(PyExc_TypeError, '%.150s%s takes %s %d argument%s (%zd given)', 'super', '()', 'at most', 2, 's', items.length)
    return -1
  }
  if (items.length > 0 && !PyType_Check(items[0]!)) {
    PyErr_Format(PyExc_TypeError, '%.200s%s argument %d must be %.50s, not %.50s', 'super', '()', 1, 'type',
      items[0] === Py_None ? 'None' : items[0]!.ob_type.tp_name)
    return -1
  }
  return init(self, (items[0] ?? null) as PyTypeObject | null, items[1] ?? null)
}

/** `super(...)` without an argument tuple. */
function super_vectorcall(self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!_PyArg_NoKwnames('super', kwnames)) return null
  if (!_PyArg_CheckPositional('super()', nargs, 0, 2)) return null
  if (nargs > 0 && !PyType_Check(args[0]!)) {
    return PyErr_Format(PyExc_TypeError, 'super() argument 1 must be a type, not %.200s', args[0]!.ob_type.tp_name)
  }
  const made = super_new(self as PyTypeObject)
  if (made === null) return null
  if (init(made, nargs > 0 ? args[0] as PyTypeObject : null, nargs > 1 ? args[1]! : null) === 0) return made
  Py_DECREF(made)
  return null
}

function super_new(type: PyTypeObject): PyObject | null {
  const self = PyType_GenericAlloc(type, 0)
  if (self !== null) self.v = new SuperData()
  return self
}

const member = (name: string, field: keyof SuperData): { name: string, get: (self: PyObject) => PyObject } => ({
  name,
  get: self => {
    const o = dataOf(self)[field] ?? Py_None
    o.ob_refcnt++
    return o
  },
})

export const PySuper_Type = new PyTypeObject('super', {
  tp_basicsize: 40, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
  tp_dealloc: super_dealloc, tp_repr: super_repr, tp_getattro: super_getattro,
  tp_traverse: (self: PyObject, visit: visitproc) => {
    const { obj, type, obj_type: objType } = dataOf(self)
    if (obj !== null) visit(obj)
    if (type !== null) visit(type)
    if (objType !== null) visit(objType)
  },
  tp_descr_get: super_descr_get,
  tp_init: super_init, tp_new: type => super_new(type), tp_vectorcall: super_vectorcall,
  tp_members: [member('__thisclass__', 'type'), member('__self__', 'obj'), member('__self_class__', 'obj_type')],
})

