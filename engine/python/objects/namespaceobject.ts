// types.SimpleNamespace: an object that is nothing but its attributes. Objects/namespaceobject.c.
import { PyIter_Next, PyObject_GetIter } from './abstract'
import { PyDict_Keys } from './dict-lists'
import { DICT_ENTRY, PyDict_GetItemWithError, PyDict_New, PyDict_Next, PyDict_Update } from './dictobject'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import {
  METH_NOARGS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyObject, PyTypeObject, genericGetAttr
} from './object'
import { PyList_Append, PyList_New } from './listobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyUnicode_Join } from './unicode-methods'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from './objimpl'
import {
  PyObject_GenericSetAttr, PyObject_Repr, PyObject_RichCompare, Py_ReprEnter, Py_ReprLeave,
} from './object-protocol'
import { Py_NotImplemented } from './singletons'
import { PyTuple_FromArray } from './tupleobject'
import { PyType_GenericAlloc } from './typeobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, unicodeFromText } from './unicodeobject'

const dictOf = (o: PyObject): PyObject => o.dict as PyObject

export const _PyNamespace_Type: PyTypeObject = new PyTypeObject('types.SimpleNamespace', {
  tp_basicsize: 24, tp_dictoffset: 16,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    const dict = o.dict as PyObject | null
    o.dict = null
    Py_XDECREF(dict)
    o.ob_type.tp_free!(o)
  },
  tp_free: PyObject_GC_Del,
  tp_repr: namespace_repr,
  tp_getattro: genericGetAttr,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_traverse: (o, visit) => {
    if (o.dict !== null) visit(o.dict as PyObject)
  },
  tp_clear: o => {
    const dict = o.dict as PyObject | null
    o.dict = null
    Py_XDECREF(dict)
  },
  tp_richcompare: namespace_richcompare,
  tp_init: namespace_init,
  tp_new: type => newNamespace(type),
  tp_methods: [{ ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: namespace_reduce }],
  tp_members: [{ name: '__dict__', get: o => (dictOf(o).ob_refcnt++, dictOf(o)) }],
})

function newNamespace(type: PyTypeObject): PyObject | null {
  const o = PyType_GenericAlloc(type, 0)
  if (o !== null) o.dict = PyDict_New()
  return o
}

/** NEW namespace with the attributes of a dict (borrowed), or null. */
export function _PyNamespace_New(kwds: PyObject | null): PyObject | null {
  const o = newNamespace(_PyNamespace_Type)
  if (o !== null && kwds !== null && PyDict_Update(dictOf(o), kwds) !== 0) return Py_DECREF(o), null
  return o
}

function namespace_init(o: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if ((args.v as PyObject[]).length > 0) {
    PyErr_SetString(PyExc_TypeError, 'no positional arguments expected')
    return -1
  }
  if (kwargs === null) return 0
  for (let at = PyDict_Next(kwargs, 0); at > 0; at = PyDict_Next(kwargs, at)) {
    if (PyUnicode_Check(DICT_ENTRY.key)) continue
    PyErr_SetString(PyExc_TypeError, 'keywords must be strings')
    return -1
  }
  return PyDict_Update(dictOf(o), kwargs)
}

function namespace_repr(o: PyObject): PyObject | null {
  const name = o.ob_type === _PyNamespace_Type ? 'namespace' : o.ob_type.tp_name.slice(o.ob_type.tp_name.lastIndexOf('.') + 1)
  const entered = Py_ReprEnter(o)
  if (entered !== 0) return entered > 0 ? PyUnicode_FromString(`${name}(...)`) : null
  const pairs = PyList_New(0)
  const keys = PyDict_Keys(dictOf(o))
  const iterator = PyObject_GetIter(keys)!
  let ok = true
  for (let key = PyIter_Next(iterator); key !== null; key = ok ? PyIter_Next(iterator) : null) {
    const value = PyUnicode_Check(key) && PyUnicode_AsString(key) !== '' ? PyDict_GetItemWithError(dictOf(o), key) : null
    if (value !== null) {
      const item = PyUnicode_FromFormat('%U=%R', key, value)
      ok = item !== null && PyList_Append(pairs, item) === 0
      Py_XDECREF(item)
    }
    Py_DECREF(key)
  }
  let result: PyObject | null = null
  if (ok && PyErr_Occurred() === null) {
    const separator = PyUnicode_FromString(', ')
    const joined = PyUnicode_Join(separator, pairs)
    Py_DECREF(separator)
    if (joined !== null) {
      result = PyUnicode_FromFormat('%s(%S)', name, joined)
      Py_DECREF(joined)
    }
  }
  Py_DECREF(pairs)
  Py_DECREF(keys)
  Py_DECREF(iterator)
  Py_ReprLeave(o)
  return result
}

function namespace_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  const isNamespace = (o: PyObject): boolean => o.ob_type.mro.includes(_PyNamespace_Type)
  if (isNamespace(a) && isNamespace(b)) return PyObject_RichCompare(dictOf(a), dictOf(b), op)
  Py_NotImplemented.ob_refcnt++
  return Py_NotImplemented
}

function namespace_reduce(o: PyObject): PyObject {
  o.ob_type.ob_refcnt++
  dictOf(o).ob_refcnt++
  return PyTuple_FromArray([o.ob_type, PyTuple_FromArray([], true), dictOf(o)], true)
}

