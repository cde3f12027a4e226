// classmethod and staticmethod. Mirrors their part of Objects/funcobject.c.
import {
  PyTypeObject, Py_DECREF, Py_INCREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyGetSetDef,
  type PyMemberDef, type PyObject, type TypeSpec, type visitproc,
} from './object'
import { _PyObject_IsAbstract } from './abstract'
import { PyBool_FromLong } from './boolobject'
import { PyObject_Call } from './call'
import { PyMethod_New } from './classobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_SetString } from './errors'
import { PyExc_AttributeError, PyExc_RuntimeError } from './exceptions'
import { PyArg_UnpackTuple, _PyArg_NoKeywords } from './getargs'
import { PyObject_GC_UnTrack } from './objimpl'
import { PyObject_GenericGetDict, PyObject_GenericSetDict, PyObject_GetAttr, PyObject_SetAttr } from './object-protocol'
import { Py_None } from './singletons'
import { PyType_GenericAlloc } from './typeobject'
import { _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

/** classmethod's and staticmethod's struct; cm_dict is the object's `dict`. */
export class CallableData {
  callable: PyObject | null = null
}

const dataOf = (o: PyObject): CallableData => o.v as CallableData

function dealloc(self: PyObject): void {
  PyObject_GC_UnTrack(self)
  Py_XDECREF(dataOf(self).callable)
  Py_XDECREF(self.dict as PyObject | null)
  self.dict = null
  self.ob_type.tp_free!(self)
}

function traverse(self: PyObject, visit: visitproc): void {
  if (self.dict !== null) visit(self.dict as PyObject)
  const { callable } = dataOf(self)
  if (callable !== null) visit(callable)
}

function clear(self: PyObject): void {
  const { callable } = dataOf(self)
  dataOf(self).callable = null
  Py_XDECREF(callable)
  const dict = self.dict as PyObject | null
  self.dict = null
  Py_XDECREF(dict)
}

const COPIED = ['__module__', '__name__', '__qualname__', '__doc__', '__annotations__']

/** What functools.wraps copies. Mirrors functools_wraps. */
function copyAttributes(wrapper: PyObject, wrapped: PyObject): number {
  for (const text of COPIED) {
    const name = _Py_ID(text)
    const value = PyObject_GetAttr(wrapped, name)
    if (value === null) {
      if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return -1
      PyErr_Clear()
      continue
    }
    const failed = PyObject_SetAttr(wrapper, name, value) < 0
    Py_DECREF(value)
    if (failed) return -1
  }
  return 0
}

const init = (name: string) => (self: PyObject, args: PyObject, kwargs: PyObject | null): number => {
  if (!_PyArg_NoKeywords(name, kwargs)) return -1
  const items = PyArg_UnpackTuple(args, name, 1, 1)
  if (items === null) return -1
  const callable = items[0]!
  const data = dataOf(self)
  Py_INCREF(callable)
  const old = data.callable
  data.callable = callable
  Py_XDECREF(old)
  return copyAttributes(self, callable)
}

const newRef = (o: PyObject): PyObject => {
  o.ob_refcnt++
  return o
}

function uninitialized(name: string): null {
  return PyErr_SetString(PyExc_RuntimeError, `uninitialized ${name} object`)
}

const members: PyMemberDef[] = ['__func__', '__wrapped__'].map(name =>
  ({ name, get: (self: PyObject) => newRef(dataOf(self).callable ?? Py_None) }))

const getset: PyGetSetDef[] = [
  {
    name: '__isabstractmethod__',
    get: self => {
      const abstract = _PyObject_IsAbstract(dataOf(self).callable)
      return abstract < 0 ? null : PyBool_FromLong(abstract)
    },
  },
  { name: '__dict__', get: self => PyObject_GenericGetDict(self), set: (self, value) => PyObject_GenericSetDict(self, value) },
]

const shared = (name: string): TypeSpec => ({
  tp_basicsize: 32, tp_dictoffset: 24, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
  tp_dealloc: dealloc, tp_traverse: traverse, tp_clear: clear,
  tp_repr: self => PyUnicode_FromFormat(`<${name}(%R)>`, dataOf(self).callable),
  tp_init: init(name),
  tp_new: type => {
    const self = PyType_GenericAlloc(type, 0)
    if (self !== null) self.v = new CallableData()
    return self
  },
  tp_members: members, tp_getset: getset,
})

export const PyClassMethod_Type = new PyTypeObject('classmethod', {
  ...shared('classmethod'),
  tp_descr_get: (self, obj, type) => {
    const { callable } = dataOf(self)
    if (callable === null) return uninitialized('classmethod')
    const cls = type ?? obj!.ob_type
    // Chained descriptors: classmethod(property(f)).
    const get = callable.ob_type.tp_descr_get
    return get !== null ? get(callable, cls, cls) : PyMethod_New(callable, cls)
  },
})

export const PyStaticMethod_Type = new PyTypeObject('staticmethod', {
  ...shared('staticmethod'),
  tp_call: (self, args, kwargs) => PyObject_Call(dataOf(self).callable!, args, kwargs),
  tp_descr_get: self => {
    const { callable } = dataOf(self)
    return callable === null ? uninitialized('staticmethod') : newRef(callable)
  },
})

function wrap(type: PyTypeObject, callable: PyObject): PyObject {
  const self = PyType_GenericAlloc(type, 0)!
  Py_INCREF(callable)
  self.v = new CallableData()
  dataOf(self).callable = callable
  return self
}

/** NEW, without copying attributes. */
export function PyClassMethod_New(callable: PyObject): PyObject {
  return wrap(PyClassMethod_Type, callable)
}

/** NEW, without copying attributes. */
export function PyStaticMethod_New(callable: PyObject): PyObject {
  return wrap(PyStaticMethod_Type, callable)
}
