// Bound methods, and instancemethod. Mirrors Objects/classobject.c.
import {
  HASH, METH_NOARGS, PyTypeObject, Py_DECREF, Py_EQ, Py_INCREF, Py_NE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL,
  type PyObject, type visitproc,
} from './object'
import { Py_False, Py_True } from './boolobject'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { PyObject_Call, PyObject_Vectorcall, PyVectorcall_Call } from './call'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyArg_UnpackTuple, _PyArg_NoKeywords } from './getargs'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import {
  PyCallable_Check, PyObject_GenericSetAttr, PyObject_GetAttr, PyObject_Hash, PyObject_RichCompareBool, _PyObject_LookupAttr,
  _Py_HashPointer,
} from './object-protocol'
import { Py_None, Py_NotImplemented } from './singletons'
import { PyTuple_Pack } from './tupleobject'
import { _PyType_Lookup } from './type-cache'
import { PyUnicode_Check, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyObject_ClearWeakRefs } from './weakrefobject'

export interface PyMethodObject extends PyObject { v: MethodData }

/** PyMethodObject's struct. */
export class MethodData {
  im_func: PyObject
  im_self: PyObject
  constructor(func: PyObject, self: PyObject) {
    this.im_func = func
    this.im_self = self
  }
}

const dataOf = (o: PyObject): MethodData => o.v as MethodData
const newRef = (o: PyObject): PyObject => {
  o.ob_refcnt++
  return o
}

/** The arguments with self in front. The array is the callee's to read only. */
function method_vectorcall(method: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const { im_func: func, im_self: self } = dataOf(method)
  const total = nargs + (kwnames === null ? 0 : (kwnames.v as PyObject[]).length)
  const stack = new Array<PyObject>(total + 1)
  stack[0] = self
  for (let i = 0; i < total; i++) stack[i + 1] = args[i]!
  return PyObject_Vectorcall(func, stack, nargs + 1, kwnames)
}

/** NEW method. */
export function PyMethod_New(func: PyObject, self: PyObject): PyObject {
  Py_INCREF(func)
  Py_INCREF(self)
  const o = PyObject_GC_New(PyMethod_Type, new MethodData(func, self))
  PyObject_GC_Track(o)
  return o
}

export function PyMethod_Check(o: PyObject): o is PyMethodObject {
  return o.ob_type === PyMethod_Type
}

function method_dealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
  const { im_func: func, im_self: self } = dataOf(o)
  Py_DECREF(func)
  Py_DECREF(self)
  PyObject_GC_Del(o)
}

/** The method's own attributes first, then the function's. */
function method_getattro(o: PyObject, name: PyObject): PyObject | null {
  const descr = _PyType_Lookup(o.ob_type, name)
  if (descr !== null) {
    const f = descr.ob_type.tp_descr_get
    return f !== null ? f(descr, o, o.ob_type) : newRef(descr)
  }
  return PyObject_GetAttr(dataOf(o).im_func, name)
}

function method_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if ((op !== Py_EQ && op !== Py_NE) || !PyMethod_Check(a) || !PyMethod_Check(b)) return newRef(Py_NotImplemented)
  const equal = PyObject_RichCompareBool(a.v.im_func, b.v.im_func, Py_EQ)
  if (equal < 0) return null
  const same = equal === 1 && a.v.im_self === b.v.im_self
  return newRef(same === (op === Py_EQ) ? Py_True : Py_False)
}

function method_hash(o: PyObject): number {
  _Py_HashPointer(dataOf(o).im_self)
  const lo = HASH[0]!
  const hi = HASH[1]!
  if (PyObject_Hash(dataOf(o).im_func) < 0) return -1
  HASH[0]! ^= lo
  HASH[1]! ^= hi
  if (HASH[0] === -1 && HASH[1] === -1) HASH[0] = -2
  return 0
}

function method_repr(o: PyObject): PyObject | null {
  const { im_func: func, im_self: self } = dataOf(o)
  let name = _PyObject_LookupAttr(func, _Py_ID('__qualname__'))
  if (name === null && PyErr_Occurred() === null) name = _PyObject_LookupAttr(func, _Py_ID('__name__'))
  if (name === null && PyErr_Occurred() !== null) return null
  const shown = name !== null && PyUnicode_Check(name) ? name : null
  const result = PyUnicode_FromFormat('<bound method %V of %R>', shown, '?', self)
  if (name !== null) Py_DECREF(name)
  return result
}

function method_new(_type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (!_PyArg_NoKeywords('method', kwargs)) return null
  const items = PyArg_UnpackTuple(args, 'method', 2, 2)
  if (items === null) return null
  if (!PyCallable_Check(items[0]!)) return PyErr_SetString(PyExc_TypeError, 'first argument must be callable')
  if (items[1] === Py_None) return PyErr_SetString(PyExc_TypeError, 'instance must not be None')
  return PyMethod_New(items[0]!, items[1]!)
}

function method_reduce(o: PyObject): PyObject | null {
  const { im_func: func, im_self: self } = dataOf(o)
  const name = PyObject_GetAttr(func, _Py_ID('__name__'))
  if (name === null) return null
  const getattr = _PyEval_GetBuiltin('getattr')
  if (getattr === null) {
    Py_DECREF(name)
    return null
  }
  const args = PyTuple_Pack(self, name)
  const result = PyTuple_Pack(getattr, args)
  for (const x of [args, name, getattr]) Py_DECREF(x)
  return result
}

export const PyMethod_Type = new PyTypeObject('method', {
  tp_basicsize: 48, weakrefs: true, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
  tp_dealloc: method_dealloc,
  tp_traverse: (o, visit) => {
    visit(dataOf(o).im_func)
    visit(dataOf(o).im_self)
  },
  tp_repr: method_repr, tp_hash: method_hash, tp_richcompare: method_richcompare,
  tp_call: (o, args, kwargs) => PyVectorcall_Call(o, args, kwargs),
  vectorcall: method_vectorcall,
  tp_getattro: method_getattro,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_new: method_new,
  tp_methods: [{ ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: method_reduce }],
  tp_members: [
    { name: '__func__', get: o => newRef(dataOf(o).im_func) },
    { name: '__self__', get: o => newRef(dataOf(o).im_self) },
  ],
  tp_getset: [{
    name: '__doc__',
    get: o => PyObject_GetAttr(dataOf(o).im_func, _Py_ID('__doc__')),
  }],
})

// ---- instancemethod -----------------------------------------------------------------------------------------------------------

const funcOf = (o: PyObject): PyObject => (o.v as { func: PyObject }).func

function instancemethod_repr(o: PyObject): PyObject | null {
  const name = _PyObject_LookupAttr(funcOf(o), _Py_ID('__name__'))
  if (name === null && PyErr_Occurred() !== null) return null
  const shown = name !== null && PyUnicode_Check(name) ? name : null
  const result = PyUnicode_FromFormat('<instancemethod %V at %p>', shown, '?', o)
  if (name !== null) Py_DECREF(name)
  return result
}

function instancemethod_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if ((op !== Py_EQ && op !== Py_NE) || a.ob_type !== PyInstanceMethod_Type || b.ob_type !== PyInstanceMethod_Type) {
    return newRef(Py_NotImplemented)
  }
  const equal = PyObject_RichCompareBool(funcOf(a), funcOf(b), Py_EQ)
  return equal < 0 ? null : newRef((equal === 1) === (op === Py_EQ) ? Py_True : Py_False)
}

export const PyInstanceMethod_Type = new PyTypeObject('instancemethod', {
  tp_basicsize: 24, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_DECREF(funcOf(o))
    PyObject_GC_Del(o)
  },
  tp_traverse: (o: PyObject, visit: visitproc) => visit(funcOf(o)),
  tp_repr: instancemethod_repr, tp_richcompare: instancemethod_richcompare,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_call: (o, args, kwargs) => PyObject_Call(funcOf(o), args, kwargs),
  tp_getattro: (o, name) => {
    const descr = _PyType_Lookup(o.ob_type, name)
    if (descr === null) return PyObject_GetAttr(funcOf(o), name)
    const f = descr.ob_type.tp_descr_get
    return f !== null ? f(descr, o, o.ob_type) : newRef(descr)
  },
  tp_descr_get: (o, obj) => obj === null ? newRef(funcOf(o)) : PyMethod_New(funcOf(o), obj),
  tp_new: (_type, args, kwargs) => {
    if (!_PyArg_NoKeywords('instancemethod', kwargs)) return null
    const items = PyArg_UnpackTuple(args, 'instancemethod', 1, 1)
    if (items === null) return null
    if (!PyCallable_Check(items[0]!)) return PyErr_SetString(PyExc_TypeError, 'first argument must be callable')
    return PyInstanceMethod_New(items[0]!)
  },
  tp_members: [{ name: '__func__', get: o => newRef(funcOf(o)) }],
})

/** NEW. */
export function PyInstanceMethod_New(func: PyObject): PyObject {
  Py_INCREF(func)
  const o = PyObject_GC_New(PyInstanceMethod_Type, { func })
  PyObject_GC_Track(o)
  return o
}
