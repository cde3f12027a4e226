// _collections: deque, defaultdict, OrderedDict and the helpers of Counter and namedtuple. Modules/_collectionsmodule.c.
import { PyNumber_Add, PyObject_GetIter, PyObject_SetItem } from '../objects/abstract'
import { PyObject_CallFunctionObjArgs } from '../objects/call'
import {
  PyDict_Check, PyDict_Type, _PyDict_GetItem_KnownHash, _PyDict_SetItem_KnownHash,
} from '../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_AttributeError, PyExc_IndexError, PyExc_TypeError } from '../objects/exceptions'
import { _PyArg_CheckPositional, PyArg_UnpackTuple } from '../objects/getargs'
import { PyLong_AsSsize_t, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  HASH, METH_FASTCALL, METH_NOARGS, Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE, PyTypeObject, type PyMethodDef, type PyObject, genericGetAttr,
} from '../objects/object'
import { PyObject_GetAttr, PyObject_Hash, PyObject_Repr } from '../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from '../objects/objimpl'
import { PyODict_Type } from '../objects/odictobject'
import { Py_None } from '../objects/singletons'
import { PyTuple_Check, PyTuple_FromArray } from '../objects/tupleobject'
import { _PyType_Lookup } from '../objects/typeobject'
import { PyUnicode_AsString, _Py_ID, unicodeFromText } from '../objects/unicodeobject'
import { defdict_type } from './defaultdict'
import { deque_type, dequeiter_type, dequereviter_type } from './deque'
import { readyStatic } from './static-module-types'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)
const none = (): PyObject => ref(Py_None)

// ---- _count_elements -----------------------------------------------------------------------------------------------------------

/** mapping[item] += 1 for each item; straight on the dict's table when get and __setitem__ are dict's own. */
function _count_elements(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('_count_elements', nargs, 2, 2)) return null
  const [mapping, iterable] = args as [PyObject, PyObject]
  const it = PyObject_GetIter(iterable)
  if (it === null) return null
  const next = it.ob_type.tp_iternext!
  const one = PyLong_FromLong(1)
  let ok: boolean
  const type = mapping.ob_type
  const plain = PyDict_Check(mapping)
    && _PyType_Lookup(type, _Py_ID('get')) === _PyType_Lookup(PyDict_Type, _Py_ID('get'))
    && _PyType_Lookup(type, _Py_ID('__setitem__')) === _PyType_Lookup(PyDict_Type, _Py_ID('__setitem__'))
  if (plain) ok = countInDict(mapping, it, one)
  else {
    ok = true
    const get = PyObject_GetAttr(mapping, _Py_ID('get'))
    const zero = PyLong_FromLong(0)
    if (get === null) ok = false
    else {
      for (let key = next(it); key !== null && ok; key = ok ? next(it) : null) {
        const old = PyObject_CallFunctionObjArgs(get, key, zero)
        const sum = old === null ? null : PyNumber_Add(old, one)
        if (old !== null) Py_DECREF(old)
        ok = sum !== null && PyObject_SetItem(mapping, key, sum) === 0
        if (sum !== null) Py_DECREF(sum)
        Py_DECREF(key)
      }
      Py_DECREF(get)
    }
    Py_DECREF(zero)
  }
  Py_DECREF(it)
  Py_DECREF(one)
  return ok && PyErr_Occurred() === null ? none() : null
}

function countInDict(mapping: PyObject, it: PyObject, one: PyObject): boolean {
  const next = it.ob_type.tp_iternext!
  for (let key = next(it); key !== null; key = next(it)) {
    if (PyObject_Hash(key) === -1) return Py_DECREF(key), false
    const lo = HASH[0]!
    const hi = HASH[1]!
    const old = _PyDict_GetItem_KnownHash(mapping, key, lo, hi)
    let failed: boolean
    if (old === null) failed = PyErr_Occurred() !== null || _PyDict_SetItem_KnownHash(mapping, key, one, lo, hi) < 0
    else {
      const sum = PyNumber_Add(old, one)
      failed = sum === null || _PyDict_SetItem_KnownHash(mapping, key, sum, lo, hi) < 0
      if (sum !== null) Py_DECREF(sum)
    }
    Py_DECREF(key)
    if (failed) return false
  }
  return true
}

// ---- _tuplegetter -----------------------------------------------------------------------------------------------------------------

/** What a named tuple's field is: an index and a docstring. */
class GetterData {
  index: number
  doc: PyObject
  constructor(index: number, doc: PyObject) {
    this.index = index
    this.doc = doc
  }
}

const getter = (o: PyObject): GetterData => o.v as GetterData

const tuplegetter_type: PyTypeObject = new PyTypeObject('_collections._tuplegetter', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE, tp_free: PyObject_GC_Del,
  tp_new: (type, args) => {
    const given = PyArg_UnpackTuple(args, '_tuplegetter', 2, 2)
    if (given === null) return null
    const index = PyLong_AsSsize_t(given[0]!)
    if (index === -1 && PyErr_Occurred() !== null) return null
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new GetterData(index, ref(given[1]!))
    return o
  },
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    if (o.v !== null) Py_DECREF(getter(o).doc)
    o.ob_type.tp_free!(o)
  },
  tp_traverse: (o, visit) => {
    if (o.v !== null) visit(getter(o).doc)
  },
  tp_getattro: genericGetAttr,
  tp_descr_get: (self, obj) => {
    if (obj === null) return ref(self)
    const { index } = getter(self)
    if (!PyTuple_Check(obj)) {
      if (obj === Py_None) return ref(self)
      return PyErr_Format(PyExc_TypeError, "descriptor for index '%zd' for tuple subclasses doesn't apply to '%s' object", index, obj.ob_type.tp_name)
    }
    const item = obj.v[index]
    return item === undefined ? PyErr_SetString(PyExc_IndexError, 'tuple index out of range') : ref(item)
  },
  tp_descr_set: (_self, _obj, value) => {
    PyErr_SetString(PyExc_AttributeError, value === null ? "can't delete attribute" : "can't set attribute")
    return -1
  },
  tp_repr: o => {
    const doc = PyObject_Repr(getter(o).doc)
    if (doc === null) return null
    const result = unicodeFromText(`_tuplegetter(${getter(o).index}, ${PyUnicode_AsString(doc)})`)
    Py_DECREF(doc)
    return result
  },
  tp_members: [{
    name: '__doc__', get: o => ref(getter(o).doc),
    set: (o, value) => {
      const old = getter(o).doc
      getter(o).doc = value === null ? none() : ref(value)
      Py_DECREF(old)
      return 0
    },
  }],
  tp_methods: [{
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => PyTuple_FromArray([ref(o.ob_type), PyTuple_FromArray([PyLong_FromLong(getter(o).index), ref(getter(o).doc)], true)], true),
  }],
})

const methods: PyMethodDef[] = [
  { ml_name: '_count_elements', ml_flags: METH_FASTCALL, ml_meth: _count_elements, signature: '($module, mapping, iterable, /)' },
]

export function PyInit__collections(): PyObject | null {
  const module = PyModule_Create('_collections', methods)
  if (module === null) return null
  if (!readyStatic(deque_type) || !readyStatic(defdict_type, PyDict_Type) || !readyStatic(dequeiter_type) || !readyStatic(dequereviter_type)
    || !readyStatic(tuplegetter_type)) return null
  for (const [name, type] of [
    ['deque', deque_type], ['defaultdict', defdict_type], ['OrderedDict', PyODict_Type], ['_deque_iterator', dequeiter_type],
    ['_deque_reverse_iterator', dequereviter_type], ['_tuplegetter', tuplegetter_type],
  ] as const) PyModule_AddObjectRef(module, name, type)
  return module
}
