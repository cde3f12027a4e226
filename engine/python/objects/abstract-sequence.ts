// The sequence, mapping, iteration and subscript protocols. Second half of Objects/abstract.c.
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_IndexError, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyIndex_Check, PyNumber_AsSsize_t, PyNumber_InPlaceAdd } from './abstract-number'
import { PyObject_CallMethodNoArgs, PyObject_CallNoArgs, PyObject_CallOneArg } from './call'
import { PyDict_Items, PyDict_Keys, PyDict_Values } from './dict-lists'
import { PyDict_Check, PyDict_CheckExact } from './dictobject'
import { Py_GenericAlias } from './genericaliasobject'
import { PySeqIter_New } from './iterobject'
import { PyList_AsTuple, PyList_CheckExact, PyList_New, _PyList_Extend } from './listobject'
import { PyLong_Check } from './longobject'
import { Py_DECREF, Py_EQ, Py_TPFLAGS_HEAPTYPE, type PyObject, PyType_Type, type PyTypeObject } from './object'
import { PyObject_RichCompareBool, PyType_Check, _PyObject_LookupAttr, _PyObject_NextNotImplemented } from './object-protocol'
import { Py_NotImplemented } from './singletons'
import { PyTuple_CheckExact, PyTuple_New, _PyTuple_Resize, type PyTupleObject } from './tupleobject'
import { _PyObject_LookupSpecial } from './typeobject'
import { _Py_ID } from './unicodeobject'

function typeError(o: PyObject, format: string): null {
  return PyErr_Format(PyExc_TypeError, format, o.ob_type.tp_name)
}

// ---- size ------------------------------------------------------------------------------------------------------------

/** len(o), or -1. */
export function PyObject_Size(o: PyObject): number {
  const length = o.ob_type.sq_length
  if (length !== null) return length(o)
  return PyMapping_Size(o)
}

export const PyObject_Length = PyObject_Size

export function PyMapping_Size(o: PyObject): number {
  const length = o.ob_type.mp_length
  if (length !== null) return length(o)
  typeError(o, o.ob_type.sq_length !== null ? '%.200s is not a mapping' : 'object of type \'%.200s\' has no len()')
  return -1
}

export function PySequence_Size(o: PyObject): number {
  const length = o.ob_type.sq_length
  if (length !== null) return length(o)
  typeError(o, o.ob_type.mp_length !== null ? '%.200s is not a sequence' : 'object of type \'%.200s\' has no len()')
  return -1
}

function hasLen(o: PyObject): boolean {
  return o.ob_type.sq_length !== null || o.ob_type.mp_length !== null
}

/** len(), or __length_hint__(), or the default; -1 with an exception set. */
export function PyObject_LengthHint(o: PyObject, defaultValue: number): number {
  if (hasLen(o)) {
    const n = PyObject_Size(o)
    if (n >= 0) return n
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) return -1
    PyErr_Clear()
  }
  const hint = _PyObject_LookupSpecial(o, _Py_ID('__length_hint__'))
  if (hint === null) return PyErr_Occurred() !== null ? -1 : defaultValue
  const result = PyObject_CallNoArgs(hint)
  Py_DECREF(hint)
  if (result === null) {
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) return -1
    PyErr_Clear()
    return defaultValue
  }
  if (result === Py_NotImplemented) {
    Py_DECREF(result)
    return defaultValue
  }
  if (!PyLong_Check(result)) {
    typeError(result, '__length_hint__ must be an integer, not %.100s')
    Py_DECREF(result)
    return -1
  }
  const n = Number(result.v)
  Py_DECREF(result)
  if (n < 0) {
    PyErr_Format(PyExc_ValueError, '__length_hint__() should return >= 0')
    return -1
  }
  return n
}

// ---- subscripts --------------------------------------------------------------------------------------------------------

/** o[key]. NEW, or null. */
export function PyObject_GetItem(o: PyObject, key: PyObject): PyObject | null {
  const type = o.ob_type
  if (type.mp_subscript !== null) return type.mp_subscript(o, key)
  if (type.sq_item !== null) {
    if (PyIndex_Check(key)) {
      const i = PyNumber_AsSsize_t(key, PyExc_IndexError)
      return i === -1 && PyErr_Occurred() !== null ? null : PySequence_GetItem(o, i)
    }
    return typeError(key, 'sequence index must be integer, not \'%.200s\'')
  }
  if (PyType_Check(o)) {
    // type[int] and the like; other classes by __class_getitem__.
    if (o === PyType_Type) return Py_GenericAlias(o, key)
    const method = _PyObject_LookupAttr(o, _Py_ID('__class_getitem__'))
    if (method !== null) {
      const result = PyObject_CallOneArg(method, key)
      Py_DECREF(method)
      return result
    }
    if (PyErr_Occurred() !== null) return null
    return PyErr_Format(PyExc_TypeError, 'type \'%.200s\' is not subscriptable', (o as PyTypeObject).tp_name)
  }
  return typeError(o, '\'%.200s\' object is not subscriptable')
}

/** o[key] = value: 0, or -1. */
export function PyObject_SetItem(o: PyObject, key: PyObject, value: PyObject): number {
  return assign(o, key, value)
}

/** del o[key]: 0, or -1. */
export function PyObject_DelItem(o: PyObject, key: PyObject): number {
  return assign(o, key, null)
}

function assign(o: PyObject, key: PyObject, value: PyObject | null): number {
  const type = o.ob_type
  if (type.mp_ass_subscript !== null) return type.mp_ass_subscript(o, key, value)
  // tp_as_sequence is there: always so in Python classes.
  if (type.sq_item !== null || type.sq_ass_item !== null || type.sq_length !== null || (type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) {
    if (PyIndex_Check(key)) {
      const i = PyNumber_AsSsize_t(key, PyExc_IndexError)
      if (i === -1 && PyErr_Occurred() !== null) return -1
      return value === null ? PySequence_DelItem(o, i) : PySequence_SetItem(o, i, value)
    }
    if (type.sq_ass_item !== null) {
      typeError(key, 'sequence index must be integer, not \'%.200s\'')
      return -1
    }
  }
  typeError(o, value === null ? '\'%.200s\' object does not support item deletion' : '\'%.200s\' object does not support item assignment')
  return -1
}

// ---- sequences -----------------------------------------------------------------------------------------------------------

export function PySequence_Check(o: PyObject): boolean {
  return !PyDict_Check(o) && o.ob_type.sq_item !== null
}

/** An index counted from the end made one from the start; NaN with an exception set. */
function fromStart(o: PyObject, i: number): number {
  if (i >= 0 || o.ob_type.sq_length === null) return i
  const n = o.ob_type.sq_length(o)
  return n < 0 ? NaN : i + n
}

export function PySequence_GetItem(o: PyObject, i: number): PyObject | null {
  const item = o.ob_type.sq_item
  if (item !== null) {
    const at = fromStart(o, i)
    return Number.isNaN(at) ? null : item(o, at)
  }
  return typeError(o, o.ob_type.mp_subscript !== null ? '%.200s is not a sequence' : '\'%.200s\' object does not support indexing')
}

export function PySequence_SetItem(o: PyObject, i: number, value: PyObject): number {
  return assignItem(o, i, value)
}

export function PySequence_DelItem(o: PyObject, i: number): number {
  return assignItem(o, i, null)
}

function assignItem(o: PyObject, i: number, value: PyObject | null): number {
  const f = o.ob_type.sq_ass_item
  if (f !== null) {
    const at = fromStart(o, i)
    return Number.isNaN(at) ? -1 : f(o, at, value)
  }
  if (o.ob_type.mp_ass_subscript !== null) typeError(o, '%.200s is not a sequence')
  else typeError(o, value === null ? '\'%.200s\' object doesn\'t support item deletion' : '\'%.200s\' object does not support item assignment')
  return -1
}

export function PySequence_Concat(s: PyObject, o: PyObject): PyObject | null {
  if (s.ob_type.sq_concat !== null) return s.ob_type.sq_concat(s, o)
  if (PySequence_Check(s) && PySequence_Check(o) && s.ob_type.nb_add !== null) {
    const result = s.ob_type.nb_add(s, o)
    if (result !== Py_NotImplemented) return result
    Py_DECREF(result)
  }
  return typeError(s, '\'%.200s\' object can\'t be concatenated')
}

export function PySequence_InPlaceConcat(s: PyObject, o: PyObject): PyObject | null {
  if (s.ob_type.sq_inplace_concat !== null) return s.ob_type.sq_inplace_concat(s, o)
  if (s.ob_type.sq_concat !== null) return s.ob_type.sq_concat(s, o)
  if (PySequence_Check(s) && PySequence_Check(o)) return PyNumber_InPlaceAdd(s, o)
  return typeError(s, '\'%.200s\' object can\'t be concatenated')
}

export function PySequence_Repeat(o: PyObject, count: number): PyObject | null {
  return o.ob_type.sq_repeat !== null ? o.ob_type.sq_repeat(o, count) : typeError(o, '\'%.200s\' object can\'t be repeated')
}

/** Items by iteration, for tuples of anything. NEW tuple, or null. Grows by the rule of PySequence_Tuple. */
export function PySequence_Tuple(v: PyObject): PyObject | null {
  if (PyTuple_CheckExact(v)) return (v as PyObject).ob_refcnt++, v
  if (PyList_CheckExact(v)) return PyList_AsTuple(v)
  const it = PyObject_GetIter(v)
  if (it === null) return null
  let n = PyObject_LengthHint(v, 10)
  if (n === -1) return Py_DECREF(it), null
  let result: PyTupleObject | null = PyTuple_New(n)
  let j = 0
  for (;; j++) {
    const item = PyIter_Next(it)
    if (item === null) {
      if (PyErr_Occurred() !== null) {
        Py_DECREF(result)
        Py_DECREF(it)
        return null
      }
      break
    }
    if (j >= n) {
      n += 10
      n += n >> 2
      result = _PyTuple_Resize(result, n)
      if (result === null) {
        Py_DECREF(item)
        Py_DECREF(it)
        return null
      }
    }
    result.v[j] = item
  }
  if (j < n) result = _PyTuple_Resize(result, j)
  Py_DECREF(it)
  return result
}

/** NEW list of the items, or null. */
export function PySequence_List(v: PyObject): PyObject | null {
  const result = PyList_New(0)
  const done = _PyList_Extend(result, v)
  if (done === null) return Py_DECREF(result), null
  Py_DECREF(done)
  return result
}

/** The list or tuple itself, or a NEW list of the items; TypeError says `message` when o is not iterable. */
export function PySequence_Fast(v: PyObject, message: string): PyObject | null {
  if (PyList_CheckExact(v) || PyTuple_CheckExact(v)) return (v as PyObject).ob_refcnt++, v
  const it = PyObject_GetIter(v)
  if (it === null) {
    if (PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_SetString(PyExc_TypeError, message)
    return null
  }
  const result = PySequence_List(it)
  Py_DECREF(it)
  return result
}

export const PY_ITERSEARCH_COUNT = 1
export const PY_ITERSEARCH_INDEX = 2
export const PY_ITERSEARCH_CONTAINS = 3

/** Counts, finds or looks for o by iteration; -1 with an exception set. Mirrors _PySequence_IterSearch. */
export function _PySequence_IterSearch(seq: PyObject, o: PyObject, operation: number): number {
  const it = PyObject_GetIter(seq)
  if (it === null) {
    if (PyErr_ExceptionMatches(PyExc_TypeError)) typeError(seq, 'argument of type \'%.200s\' is not iterable')
    return -1
  }
  let n = 0
  for (;;) {
    const item = PyIter_Next(it)
    if (item === null) {
      if (PyErr_Occurred() !== null) n = -1
      else if (operation === PY_ITERSEARCH_INDEX) {
        PyErr_SetString(PyExc_ValueError, 'sequence.index(x): x not in sequence')
        n = -1
      }
      Py_DECREF(it)
      return n
    }
    const same = PyObject_RichCompareBool(item, o, Py_EQ)
    Py_DECREF(item)
    if (same < 0) return Py_DECREF(it), -1
    if (same > 0) {
      if (operation === PY_ITERSEARCH_CONTAINS) return Py_DECREF(it), 1
      if (operation === PY_ITERSEARCH_INDEX) return Py_DECREF(it), n
      n++
    } else if (operation === PY_ITERSEARCH_INDEX) n++
  }
}

export function _PySequence_IterContains(seq: PyObject, o: PyObject): number {
  return _PySequence_IterSearch(seq, o, PY_ITERSEARCH_CONTAINS)
}

/** o in seq: 1, 0, -1. */
export function PySequence_Contains(seq: PyObject, o: PyObject): number {
  const contains = seq.ob_type.sq_contains
  return contains !== null ? contains(seq, o) : _PySequence_IterSearch(seq, o, PY_ITERSEARCH_CONTAINS)
}

export const PySequence_Count = (seq: PyObject, o: PyObject): number => _PySequence_IterSearch(seq, o, PY_ITERSEARCH_COUNT)
export const PySequence_Index = (seq: PyObject, o: PyObject): number => _PySequence_IterSearch(seq, o, PY_ITERSEARCH_INDEX)

// ---- mappings -------------------------------------------------------------------------------------------------------------------

export function PyMapping_Check(o: PyObject): boolean {
  return o.ob_type.mp_subscript !== null
}

/** keys(), values(), items() as a NEW list, or null. Mirrors method_output_as_list. */
function methodAsList(o: PyObject, name: string): PyObject | null {
  const output = PyObject_CallMethodNoArgs(o, _Py_ID(name))
  if (output === null || PyList_CheckExact(output)) return output
  const it = PyObject_GetIter(output)
  if (it === null) {
    if (PyErr_ExceptionMatches(PyExc_TypeError)) {
      PyErr_Format(PyExc_TypeError, '%.200s.%s() returned a non-iterable (type %.200s)', o.ob_type.tp_name, name, output.ob_type.tp_name)
    }
    Py_DECREF(output)
    return null
  }
  Py_DECREF(output)
  const result = PySequence_List(it)
  Py_DECREF(it)
  return result
}

export const PyMapping_Keys = (o: PyObject): PyObject | null => PyDict_CheckExact(o) ? PyDict_Keys(o) : methodAsList(o, 'keys')
export const PyMapping_Items = (o: PyObject): PyObject | null => PyDict_CheckExact(o) ? PyDict_Items(o) : methodAsList(o, 'items')
export const PyMapping_Values = (o: PyObject): PyObject | null => PyDict_CheckExact(o) ? PyDict_Values(o) : methodAsList(o, 'values')

// ---- iteration -------------------------------------------------------------------------------------------------------------------

/** iter(o). NEW, or null. */
export function PyObject_GetIter(o: PyObject): PyObject | null {
  const f = o.ob_type.tp_iter
  if (f === null) {
    if (PySequence_Check(o)) return PySeqIter_New(o)
    return typeError(o, '\'%.200s\' object is not iterable')
  }
  const it = f(o)
  if (it !== null && !PyIter_Check(it)) {
    typeError(it, 'iter() returned non-iterator of type \'%.100s\'')
    Py_DECREF(it)
    return null
  }
  return it
}

export function PyIter_Check(o: PyObject): boolean {
  const next = o.ob_type.tp_iternext
  return next !== null && next !== _PyObject_NextNotImplemented
}

/** NEW next item; null at the end (no exception) or on error. */
export function PyIter_Next(it: PyObject): PyObject | null {
  const item = it.ob_type.tp_iternext!(it)
  if (item === null && PyErr_Occurred() !== null && PyErr_ExceptionMatches(PyExc_StopIteration)) PyErr_Clear()
  return item
}
