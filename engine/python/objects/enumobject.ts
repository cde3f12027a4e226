// enumerate and reversed. Mirrors Objects/enumobject.c.
import {
  METH_CLASS, METH_NOARGS, METH_O, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, PyObject, PyTypeObject, type visitproc,
} from './object'
import { PyNumber_Index, PyObject_GetIter, PySequence_Check, PySequence_GetItem, PySequence_Size } from './abstract'
import { ArgParser } from './arg-parser'
import { PyObject_CallNoArgs } from './call'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_IndexError, PyExc_StopIteration, PyExc_TypeError } from './exceptions'
import { Py_GenericAlias } from './genericaliasobject'
import {
  PyArg_UnpackTuple, _PyArg_CheckPositional, _PyArg_NoKeywords, _PyArg_NoKwnames, _PyArg_UnpackKeywords,
} from './getargs'
import { IndexIterData, indexIterExhausted } from './iterobject'
import { _PyLong_Add } from './long-arith'
import { PyLong_AsSsize_t, PyLong_FromSsize_t, smallInts } from './longobject'
import { PyObject_GC_Del } from './objimpl'
import { PyObject_SelfIter } from './object-protocol'
import { _PyRuntime } from './runtime'
import { Py_None, Py_RETURN_NONE } from './singletons'
import { PyTuple_New, PyTuple_Pack, tuplePairSteal, tuple_get_empty } from './tupleobject'
import { _PyObject_LookupSpecial } from './typeobject'
import { PyUnicode_AsString, _Py_ID } from './unicodeobject'

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

function newRef(o: PyObject): PyObject {
  o.ob_refcnt++
  return o
}

// ---- enumerate ----------------------------------------------------------------------------------------------------------

/** From here on indices are counted as ints. */
const LONG_INDEX = 2 ** 53 - 1

class EnumData {
  en_index = 0
  en_sit: PyObject | null = null
  /** Pair to be handed out again while nobody keeps it. */
  en_result: PyObject | null = null
  en_longindex: PyObject | null = null
}

export const PyEnum_Type: PyTypeObject = new PyTypeObject('enumerate', {
  tp_basicsize: 56,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
  tp_doc: 'enumerate(iterable, start=0)\n--\n\nIterator of pairs of a count and an item.',
  tp_dealloc: enum_dealloc,
  tp_traverse: enum_traverse,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: enum_next,
  tp_new: enum_new,
  tp_vectorcall: enumerate_vectorcall,
  tp_methods: [
    { ml_name: '__reduce__', ml_meth: enum_reduce, ml_flags: METH_NOARGS },
    { ml_name: '__class_getitem__', ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item), ml_flags: METH_O | METH_CLASS },
  ],
})

function enum_new_impl(type: PyTypeObject, iterable: PyObject, start: PyObject | null): PyObject | null {
  const o = type.tp_alloc!(type, 0)
  if (o === null) return null
  const en = new EnumData()
  o.v = en
  if (start !== null) {
    const index = PyNumber_Index(start)
    if (index === null) {
      decref(o)
      return null
    }
    const n = PyLong_AsSsize_t(index)
    if (n === -1 && PyErr_Occurred() !== null) PyErr_Clear()
    if (typeof index.v === 'bigint') {
      en.en_index = LONG_INDEX
      en.en_longindex = index
    } else {
      en.en_index = n
      decref(index)
    }
  }
  en.en_sit = PyObject_GetIter(iterable)
  if (en.en_sit === null) {
    decref(o)
    return null
  }
  en.en_result = PyTuple_Pack(Py_None, Py_None)
  return o
}

const enumParser = new ArgParser('enumerate', ['iterable', 'start'])

function enum_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  const argv = _PyArg_UnpackKeywords(items, items.length, kwargs, null, enumParser, 1, 2, 0)
  return argv === null ? null : enum_new_impl(type, argv[0]!, argv[1]!)
}

/** True if keyword number i is `name`; else TypeError is set. */
function checkKeyword(kwnames: PyObject, i: number, name: string): boolean {
  const keyword = (kwnames.v as PyObject[])[i]!
  if (PyUnicode_AsString(keyword) === name) return true
  PyErr_Format(PyExc_TypeError, '\'%S\' is an invalid keyword argument for enumerate()', keyword)
  return false
}

// Mirrors enumerate_vectorcall, which sorts its two parameters by hand.
function enumerate_vectorcall(cls: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const type = cls as PyTypeObject
  const nkwargs = kwnames === null ? 0 : (kwnames.v as PyObject[]).length
  if (nargs + nkwargs === 2) {
    if (nkwargs === 1 && !checkKeyword(kwnames!, 0, 'start')) return null
    if (nkwargs === 2) {
      if (PyUnicode_AsString((kwnames!.v as PyObject[])[0]!) === 'start') {
        return checkKeyword(kwnames!, 1, 'iterable') ? enum_new_impl(type, args[1]!, args[0]!) : null
      }
      if (!checkKeyword(kwnames!, 0, 'iterable') || !checkKeyword(kwnames!, 1, 'start')) return null
    }
    return enum_new_impl(type, args[0]!, args[1]!)
  }
  if (nargs + nkwargs === 1) {
    if (nkwargs === 1 && !checkKeyword(kwnames!, 0, 'iterable')) return null
    return enum_new_impl(type, args[0]!, null)
  }
  if (nargs === 0) return PyErr_SetString(PyExc_TypeError, 'enumerate() missing required argument \'iterable\'')
  return PyErr_Format(PyExc_TypeError, 'enumerate() takes at most 2 arguments (%d given)', nargs + nkwargs)
}

function enum_dealloc(self: PyObject): void {
  if (self.gc !== 0) _PyRuntime.process.gc.untrack(self)
  const en = self.v as EnumData
  if (en.en_sit !== null) decref(en.en_sit)
  if (en.en_result !== null) decref(en.en_result)
  if (en.en_longindex !== null) decref(en.en_longindex)
  if (self.ob_type === PyEnum_Type) PyObject_GC_Del(self)
  else self.ob_type.tp_free!(self)
}

function enum_traverse(self: PyObject, visit: visitproc): void {
  const en = self.v as EnumData
  if (en.en_sit !== null) visit(en.en_sit)
  if (en.en_result !== null) visit(en.en_result)
  if (en.en_longindex !== null) visit(en.en_longindex)
}

/** NEW index of the next item; steps on. */
function nextIndex(en: EnumData): PyObject | null {
  if (en.en_index < LONG_INDEX) return PyLong_FromSsize_t(en.en_index++)
  const index = en.en_longindex ?? PyLong_FromSsize_t(LONG_INDEX)
  en.en_longindex = _PyLong_Add(index, smallInts[6]!)
  return index
}

function enum_next(self: PyObject): PyObject | null {
  const en = self.v as EnumData
  const it = en.en_sit!
  const item = it.ob_type.tp_iternext!(it)
  if (item === null) return null
  const index = nextIndex(en)
  if (index === null) {
    decref(item)
    return null
  }
  const result = en.en_result!
  if (result.ob_refcnt !== 1) return tuplePairSteal(index, item)
  result.ob_refcnt++
  const items = result.v as PyObject[]
  const oldIndex = items[0]!
  const oldItem = items[1]!
  items[0] = index
  items[1] = item
  decref(oldIndex)
  decref(oldItem)
  // The collector may have untracked it while it held nothing of interest.
  if (result.gc === 0) _PyRuntime.process.gc.track(result)
  return result
}

function enum_reduce(self: PyObject): PyObject {
  const en = self.v as EnumData
  const outer = PyTuple_New(2)
  outer.v[0] = newRef(self.ob_type)
  const args = PyTuple_New(2)
  args.v[0] = newRef(en.en_sit!)
  args.v[1] = en.en_longindex !== null ? newRef(en.en_longindex) : PyLong_FromSsize_t(en.en_index)
  outer.v[1] = args
  return outer
}

// ---- reversed -----------------------------------------------------------------------------------------------------------

export const PyReversed_Type: PyTypeObject = new PyTypeObject('reversed', {
  tp_basicsize: 32,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
  tp_doc: 'reversed(sequence, /)\n--\n\nIterator over a sequence from its end.',
  tp_dealloc: reversed_dealloc,
  tp_traverse: reversed_traverse,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: reversed_next,
  tp_new: reversed_new,
  tp_vectorcall: reversed_vectorcall,
  tp_methods: [
    { ml_name: '__length_hint__', ml_meth: reversed_len, ml_flags: METH_NOARGS },
    { ml_name: '__reduce__', ml_meth: reversed_reduce, ml_flags: METH_NOARGS },
    { ml_name: '__setstate__', ml_meth: reversed_setstate, ml_flags: METH_O },
  ],
})

function reversed_new_impl(type: PyTypeObject, seq: PyObject): PyObject | null {
  const method = _PyObject_LookupSpecial(seq, _Py_ID('__reversed__'))
  if (method === Py_None) {
    decref(method)
    return PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not reversible', seq.ob_type.tp_name)
  }
  if (method !== null) {
    const result = PyObject_CallNoArgs(method)
    decref(method)
    return result
  }
  if (PyErr_Occurred() !== null) return null
  if (!PySequence_Check(seq)) {
    return PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not reversible', seq.ob_type.tp_name)
  }
  const n = PySequence_Size(seq)
  if (n === -1) return null
  const o = type.tp_alloc!(type, 0)
  if (o === null) return null
  o.v = new IndexIterData(newRef(seq), n - 1)
  return o
}

function reversed_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if ((type === PyReversed_Type || type.tp_init === PyReversed_Type.tp_init) && !_PyArg_NoKeywords('reversed', kwargs)) return null
  const argv = PyArg_UnpackTuple(args, 'reversed', 1, 1)
  return argv === null ? null : reversed_new_impl(type, argv[0]!)
}

function reversed_vectorcall(type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!_PyArg_NoKwnames('reversed', kwnames) || !_PyArg_CheckPositional('reversed', nargs, 1, 1)) return null
  return reversed_new_impl(type as PyTypeObject, args[0]!)
}

function reversed_dealloc(self: PyObject): void {
  if (self.gc !== 0) _PyRuntime.process.gc.untrack(self)
  const { it_seq } = self.v as IndexIterData
  if (it_seq !== null) decref(it_seq)
  if (self.ob_type === PyReversed_Type) PyObject_GC_Del(self)
  else self.ob_type.tp_free!(self)
}

function reversed_traverse(self: PyObject, visit: visitproc): void {
  const { it_seq } = self.v as IndexIterData
  if (it_seq !== null) visit(it_seq)
}

function reversed_next(self: PyObject): PyObject | null {
  const ro = self.v as IndexIterData
  if (ro.it_index >= 0) {
    const item = PySequence_GetItem(ro.it_seq!, ro.it_index)
    if (item !== null) {
      ro.it_index--
      return item
    }
    if (PyErr_ExceptionMatches(PyExc_IndexError) || PyErr_ExceptionMatches(PyExc_StopIteration)) PyErr_Clear()
  }
  ro.it_index = -1
  return indexIterExhausted(self)
}

function reversed_len(self: PyObject): PyObject | null {
  const ro = self.v as IndexIterData
  if (ro.it_seq === null) return PyLong_FromSsize_t(0)
  const size = PySequence_Size(ro.it_seq)
  if (size === -1) return null
  const left = ro.it_index + 1
  return PyLong_FromSsize_t(size < left ? 0 : left)
}

function reversed_reduce(self: PyObject): PyObject {
  const ro = self.v as IndexIterData
  const outer = PyTuple_New(ro.it_seq === null ? 2 : 3)
  outer.v[0] = newRef(self.ob_type)
  const args = PyTuple_New(1)
  args.v[0] = ro.it_seq === null ? tuple_get_empty() : newRef(ro.it_seq)
  outer.v[1] = args
  if (ro.it_seq !== null) outer.v[2] = PyLong_FromSsize_t(ro.it_index)
  return outer
}

function reversed_setstate(self: PyObject, state: PyObject): PyObject | null {
  const index = PyLong_AsSsize_t(state)
  if (index === -1 && PyErr_Occurred() !== null) return null
  const ro = self.v as IndexIterData
  if (ro.it_seq !== null) {
    const n = PySequence_Size(ro.it_seq)
    if (n < 0) return null
    ro.it_index = index < -1 ? -1 : Math.min(index, n - 1)
  }
  return Py_RETURN_NONE()
}
