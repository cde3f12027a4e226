// mappingproxy: a read-only view of a mapping, what `cls.__dict__` gives. Mirrors mappingproxyobject, Objects/descrobject.c.
import {
  METH_CLASS, METH_FASTCALL, METH_NOARGS, METH_O, PyTypeObject, Py_DECREF, Py_INCREF, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_MAPPING,
  type PyMethodDef, type PyObject,
} from './object'
import { PyMapping_Check, PyNumber_Or, PyObject_GetItem, PyObject_GetIter, PyObject_Size, PySequence_Contains } from './abstract'
import { PyObject_CallMethodNoArgs, PyObject_VectorcallMethod } from './call'
import { PyDict_CheckExact, PyDict_Contains } from './dictobject'
import { PyErr_Format } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyList_Check } from './listobject'
import { PyTuple_Check } from './tupleobject'
import { ArgParser } from './arg-parser'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from './getargs'
import { Py_GenericAlias } from './genericaliasobject'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { PyObject_RichCompare, PyObject_Str } from './object-protocol'
import { Py_None } from './singletons'
import { _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

export interface PyMappingProxy extends PyObject { v: { mapping: PyObject } }

const mappingOf = (o: PyObject): PyObject => (o.v as { mapping: PyObject }).mapping

const forward = (name: string): PyMethodDef => ({
  ml_name: name, ml_flags: METH_NOARGS,
  ml_meth: (o: PyObject) => PyObject_CallMethodNoArgs(mappingOf(o), _Py_ID(name)),
})

function proxy_get(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('get', nargs, 1, 2)) return null
  return PyObject_VectorcallMethod(_Py_ID('get'), [mappingOf(o), args[0]!, args[1] !== undefined && nargs > 1 ? args[1] : Py_None], 3, null)
}

function proxy_or(a: PyObject, b: PyObject): PyObject | null {
  return PyNumber_Or(a.ob_type === PyDictProxy_Type ? mappingOf(a) : a, b.ob_type === PyDictProxy_Type ? mappingOf(b) : b)
}

const parser = new ArgParser('mappingproxy', ['mapping'])

function proxy_new(_type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  const given = _PyArg_UnpackKeywords(items, items.length, kwargs, null, parser, 1, 1, 0)
  if (given === null) return null
  const mapping = given[0]!
  if (!PyMapping_Check(mapping) || PyList_Check(mapping) || PyTuple_Check(mapping)) {
    return PyErr_Format(PyExc_TypeError, 'mappingproxy() argument must be a mapping, not %s', mapping.ob_type.tp_name)
  }
  return PyDictProxy_New(mapping)
}

export const PyDictProxy_Type = new PyTypeObject('mappingproxy', {
  tp_basicsize: 24, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MAPPING,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_DECREF(mappingOf(o))
    PyObject_GC_Del(o)
  },
  tp_traverse: (o, visit) => visit(mappingOf(o)),
  tp_repr: o => PyUnicode_FromFormat('mappingproxy(%R)', mappingOf(o)),
  tp_str: o => PyObject_Str(mappingOf(o)),
  tp_richcompare: (a, b, op) => PyObject_RichCompare(mappingOf(a), b, op),
  tp_iter: o => PyObject_GetIter(mappingOf(o)),
  tp_new: proxy_new,
  nb_or: proxy_or,
  nb_inplace_or: a =>
    PyErr_Format(PyExc_TypeError, '\'|=\' is not supported by %s; use \'|\' instead', a.ob_type.tp_name),
  sq_contains: (o, key) => {
    const mapping = mappingOf(o)
    return PyDict_CheckExact(mapping) ? PyDict_Contains(mapping, key) : PySequence_Contains(mapping, key)
  },
  mp_length: o => PyObject_Size(mappingOf(o)),
  mp_subscript: (o, key) => PyObject_GetItem(mappingOf(o), key),
  tp_methods: [
    { ml_name: 'get', ml_flags: METH_FASTCALL, ml_meth: proxy_get },
    forward('keys'), forward('values'), forward('items'), forward('copy'),
    {
      ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS,
      ml_meth: (type: PyObject, item: PyObject) => Py_GenericAlias(type, item),
    },
    forward('__reversed__'),
  ],
})

/** NEW view of a mapping. */
export function PyDictProxy_New(mapping: PyObject): PyObject {
  Py_INCREF(mapping)
  const o = PyObject_GC_New(PyDictProxy_Type, { mapping })
  PyObject_GC_Track(o)
  return o
}

