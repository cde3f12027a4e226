// collections.defaultdict: a dict that makes missing values. Modules/_collectionsmodule.c.
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { PyDict_Type, PyDict_Check, PyDict_Update, type DictData } from '../objects/dictobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallNoArgs } from '../objects/call'
import { PyErr_SetObject, PyErr_SetString } from '../objects/errors'
import { PyExc_KeyError, PyExc_TypeError } from '../objects/exceptions'
import { Py_GenericAlias } from '../objects/genericaliasobject'
import { PyObject_SetItem, PyObject_GetIter } from '../objects/abstract'
import {
  METH_CLASS, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF,
  PyObject_TypeCheck, PyTypeObject, type PyMethodDef, type PyObject, genericGetAttr,
} from '../objects/object'
import { PyObject_CallMethodNoArgs } from '../objects/call'
import { PyCallable_Check, PyObject_Repr, Py_ReprEnter, Py_ReprLeave } from '../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from '../objects/objimpl'
import { Py_None, Py_RETURN_NOTIMPLEMENTED } from '../objects/singletons'
import { PyTuple_FromArray, PyTuple_GetSlice } from '../objects/tupleobject'
import { PyUnicode_AsString, _Py_ID, unicodeFromText, PyUnicode_FromString } from '../objects/unicodeobject'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

/** The factory lies behind the dict's struct. */
const factory = (o: PyObject): PyObject | null => (o.v as DictData).extra as PyObject | null

function setFactory(o: PyObject, value: PyObject | null): void {
  const old = factory(o)
  ;(o.v as DictData).extra = value
  Py_XDECREF(old)
}

function missing(o: PyObject, key: PyObject): PyObject | null {
  const make = factory(o)
  if (make === null || make === Py_None) {
    const tuple = PyTuple_FromArray([ref(key)], true)
    PyErr_SetObject(PyExc_KeyError, tuple)
    Py_DECREF(tuple)
    return null
  }
  const value = PyObject_CallNoArgs(make)
  if (value === null) return null
  if (PyObject_SetItem(o, key, value) < 0) return Py_DECREF(value), null
  return value
}

/** NEW object of the same type, with the items of `o`. */
function newCopy(o: PyObject): PyObject | null {
  return PyObject_CallFunctionObjArgs(o.ob_type, factory(o) ?? Py_None, o)
}

const methods: PyMethodDef[] = [
  { ml_name: '__missing__', ml_flags: METH_O, ml_meth: missing },
  { ml_name: 'copy', ml_flags: METH_NOARGS, ml_meth: newCopy },
  { ml_name: '__copy__', ml_flags: METH_NOARGS, ml_meth: newCopy },
  {
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const make = factory(o)
      const args = PyTuple_FromArray(make === null || make === Py_None ? [] : [ref(make)], true)
      const items = PyObject_CallMethodNoArgs(o, _Py_ID('items'))
      const it = items === null ? null : PyObject_GetIter(items)
      Py_XDECREF(items)
      if (it === null) return Py_DECREF(args), null
      return PyTuple_FromArray([ref(o.ob_type), args, ref(Py_None), ref(Py_None), it], true)
    },
  },
  { ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item) },
]

export const defdict_type: PyTypeObject = new PyTypeObject('collections.defaultdict', {
  tp_basicsize: 56,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DICT_SUBCLASS,
  tp_methods: methods,
  tp_members: [{
    name: 'default_factory', get: o => ref(factory(o) ?? Py_None),
    set: (o, value) => {
      setFactory(o, value === null ? null : ref(value))
      return 0
    },
  }],
  tp_free: PyObject_GC_Del,
  tp_getattro: genericGetAttr,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    setFactory(o, null)
    PyDict_Type.tp_dealloc(o)
  },
  tp_traverse: (o, visit) => {
    if (o.v === null) return
    const make = factory(o)
    if (make !== null) visit(make)
    PyDict_Type.tp_traverse!(o, visit)
  },
  tp_clear: o => {
    setFactory(o, null)
    PyDict_Type.tp_clear!(o)
  },
  tp_init: (o, args, kwargs) => {
    const items = args.v as PyObject[]
    let make: PyObject | null = null
    if (items.length > 0) {
      make = items[0]!
      if (!PyCallable_Check(make) && make !== Py_None) {
        return PyErr_SetString(PyExc_TypeError, 'first argument must be callable or None'), -1
      }
    }
    const rest = PyTuple_GetSlice(args, 1, items.length)
    if (rest === null) return -1
    const old = factory(o)
    ;(o.v as DictData).extra = make === null ? null : ref(make)
    const result = PyDict_Type.tp_init!(o, rest, kwargs)
    Py_DECREF(rest)
    Py_XDECREF(old)
    return result
  },
  tp_repr: o => {
    const base = PyDict_Type.tp_repr!(o)
    if (base === null) return null
    const make = factory(o)
    let shown: PyObject | null = null
    if (make === null) shown = PyUnicode_FromString('None')
    else {
      const entered = Py_ReprEnter(make)
      if (entered > 0) shown = PyUnicode_FromString('...')
      else if (entered === 0) {
        shown = PyObject_Repr(make)
        Py_ReprLeave(make)
      }
    }
    const name = o.ob_type.tp_name.slice(o.ob_type.tp_name.lastIndexOf('.') + 1)
    const result = shown === null ? null : PyUnicode_FromFormat('%s(%U, %U)', name, shown, base)
    Py_XDECREF(shown)
    Py_DECREF(base)
    return result
  },
  nb_or: (left, right) => {
    const self = PyObject_TypeCheck(left, defdict_type) ? left : right
    if (!PyDict_Check(left) || !PyDict_Check(right)) return Py_RETURN_NOTIMPLEMENTED()
    // Like copy(), with this object's factory and the left one's items.
    const result = PyObject_CallFunctionObjArgs(self.ob_type, factory(self) ?? Py_None, left)
    if (result === null) return null
    if (PyDict_Update(result, right) < 0) return Py_DECREF(result), null
    return result
  },
})
