// tuple: operators, slots, methods and the iterator. Mirrors Objects/tupleobject.c.
import {
  HASH, METH_CLASS, METH_FASTCALL, METH_NOARGS, METH_O, Py_EQ, Py_NE, Py_TPFLAGS_HAVE_GC, PyTypeObject, type FastFunction,
  type PyMethodDef, type PyObject, type TypeSpec,
} from './object'
import { PyIndex_Check, PyNumber_AsSsize_t, PySequence_Tuple } from './abstract'
import { PyBool_From } from './boolobject'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_IndexError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { Py_GenericAlias } from './genericaliasobject'
import { PyArg_UnpackTuple, _PyArg_CheckPositional, _PyArg_NoKeywords, _PyArg_NoKwnames } from './getargs'
import {
  buildReduce, indexIterDealloc, indexIterExhausted, indexIterTraverse, newIndexIter, type IndexIterData,
} from './iterobject'
import { PyLong_AsSsize_t, PyLong_FromSsize_t } from './longobject'
import { tupleHashAdd, tupleHashEnd, tupleHashStart } from '../lib/num-hash'
import {
  PyObject_Hash, PyObject_Repr, PyObject_RichCompare, PyObject_RichCompareBool, PyObject_SelfIter, Py_ReprEnter, Py_ReprLeave,
} from './object-protocol'
import { Py_RETURN_NONE, Py_RETURN_NOTIMPLEMENTED, richCompareResult } from './singletons'
import { PySlice_AdjustIndices, PySlice_Check, PySlice_Unpack, _PyEval_SliceIndexNotNone } from './sliceobject'
import {
  PyTuple_Check, PyTuple_CheckExact, PyTuple_GET_SIZE, PyTuple_GetSlice, PyTuple_New, PyTuple_Type, _PyTuple_FromArray, newTuple, tuple_get_empty,
} from './tupleobject'
import { UnicodeWriter } from './unicode-fromformat'
import { PyUnicode_FromString } from './unicodeobject'

const PY_SSIZE_T_MAX = 2 ** 63

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

// ---- construction -----------------------------------------------------------------------------------------------------

function tuple_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if ((type === PyTuple_Type || type.tp_init === PyTuple_Type.tp_init) && !_PyArg_NoKeywords('tuple', kwargs)) return null
  const argv = PyArg_UnpackTuple(args, 'tuple', 0, 1)
  if (argv === null) return null
  const iterable = argv.length > 0 ? argv[0]! : null
  if (type !== PyTuple_Type) return tuple_subtype_new(type, iterable)
  return iterable === null ? tuple_get_empty() : PySequence_Tuple(iterable)
}

function tuple_subtype_new(type: PyTypeObject, iterable: PyObject | null): PyObject | null {
  const source = iterable === null ? tuple_get_empty() : PySequence_Tuple(iterable)
  if (source === null) return null
  const items = source.v as PyObject[]
  const o = type.tp_alloc!(type, items.length)
  if (o !== null) {
    const copy: PyObject[] = []
    for (const item of items) {
      item.ob_refcnt++
      copy.push(item)
    }
    o.v = copy
  }
  decref(source)
  return o
}

function tuple_vectorcall(_type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!_PyArg_NoKwnames('tuple', kwnames) || !_PyArg_CheckPositional('tuple', nargs, 0, 1)) return null
  return nargs > 0 ? PySequence_Tuple(args[0]!) : tuple_get_empty()
}

// ---- slots ---------------------------------------------------------------------------------------------------------------

function tuplerepr(o: PyObject): PyObject | null {
  const items = o.v as PyObject[]
  const n = items.length
  if (n === 0) return PyUnicode_FromString('()')
  const entered = Py_ReprEnter(o)
  if (entered !== 0) return entered > 0 ? PyUnicode_FromString('(...)') : null
  const writer = new UnicodeWriter()
  writer.overallocate = true
  writer.minLength = n > 1 ? 3 * n : 4
  let ok = writer.writeText('(')
  for (let i = 0; ok && i < n; i++) {
    if (i > 0 && !writer.writeText(', ')) ok = false
    const s = ok ? PyObject_Repr(items[i]!) : null
    ok = s !== null && writer.writeStr(s)
    if (s !== null) decref(s)
  }
  writer.overallocate = false
  ok = ok && writer.writeText(n > 1 ? ')' : ',)')
  Py_ReprLeave(o)
  if (ok) return writer.finish()
  writer.dealloc()
  return null
}

function tuplehash(o: PyObject): number {
  const items = o.v as PyObject[]
  // Hashing an item may run code that hashes another tuple.
  const acc = new Int32Array(2)
  tupleHashStart(acc)
  for (let i = 0; i < items.length; i++) {
    if (PyObject_Hash(items[i]!) < 0) return -1
    tupleHashAdd(acc, HASH[0]!, HASH[1]!)
  }
  tupleHashEnd(acc, items.length)
  HASH[0] = acc[0]!
  HASH[1] = acc[1]!
  return 0
}

function tupleitem(o: PyObject, i: number): PyObject | null {
  const items = o.v as PyObject[]
  if (i < 0 || i >= items.length) return PyErr_SetString(PyExc_IndexError, 'tuple index out of range')
  const item = items[i]!
  item.ob_refcnt++
  return item
}

function tuplecontains(o: PyObject, value: PyObject): number {
  const items = o.v as PyObject[]
  for (let i = 0; i < items.length; i++) {
    const cmp = PyObject_RichCompareBool(items[i]!, value, Py_EQ)
    if (cmp !== 0) return cmp
  }
  return 0
}

function tupleconcat(a: PyObject, b: PyObject): PyObject | null {
  const left = a.v as PyObject[]
  if (left.length === 0 && PyTuple_CheckExact(b)) {
    b.ob_refcnt++
    return b
  }
  if (!PyTuple_Check(b)) {
    return PyErr_Format(PyExc_TypeError, 'can only concatenate tuple (not "%.200s") to tuple', b.ob_type.tp_name)
  }
  const right = b.v
  if (right.length === 0 && PyTuple_CheckExact(a)) {
    a.ob_refcnt++
    return a
  }
  const o = newTuple(left.length + right.length)
  if (o === null) return null
  let k = 0
  for (const item of left) {
    item.ob_refcnt++
    o.v[k++] = item
  }
  for (const item of right) {
    item.ob_refcnt++
    o.v[k++] = item
  }
  return o
}

function tuplerepeat(o: PyObject, n: number): PyObject | null {
  const items = o.v as PyObject[]
  const size = items.length
  if ((size === 0 || n === 1) && PyTuple_CheckExact(o)) {
    // Tuples do not change: the same object will do.
    o.ob_refcnt++
    return o
  }
  if (size === 0 || n <= 0) return tuple_get_empty()
  if (n > PY_SSIZE_T_MAX / size) return PyErr_NoMemory()
  const result = newTuple(size * n)
  if (result === null) return null
  for (let i = 0, k = 0; i < n; i++) {
    for (let j = 0; j < size; j++) {
      const item = items[j]!
      item.ob_refcnt++
      result.v[k++] = item
    }
  }
  return result
}

function tuplesubscript(o: PyObject, key: PyObject): PyObject | null {
  const items = o.v as PyObject[]
  if (PyIndex_Check(key)) {
    let i = PyNumber_AsSsize_t(key, PyExc_IndexError)
    if (i === -1 && PyErr_Occurred() !== null) return null
    if (i < 0) i += items.length
    return tupleitem(o, i)
  }
  if (!PySlice_Check(key)) {
    return PyErr_Format(PyExc_TypeError, 'tuple indices must be integers or slices, not %.200s', key.ob_type.tp_name)
  }
  const slice = PySlice_Unpack(key)
  if (slice === null) return null
  const { start, step, length } = PySlice_AdjustIndices(items.length, slice)
  if (length <= 0) return tuple_get_empty()
  if (start === 0 && step === 1 && length === items.length && PyTuple_CheckExact(o)) {
    o.ob_refcnt++
    return o
  }
  if (step === 1) return _PyTuple_FromArray(items, length, start)
  const result = newTuple(length)
  if (result === null) return null
  for (let i = 0, at = start; i < length; i++, at += step) {
    const item = items[at]!
    item.ob_refcnt++
    result.v[i] = item
  }
  return result
}

function tuplerichcompare(v: PyObject, w: PyObject, op: number): PyObject | null {
  if (!PyTuple_Check(v) || !PyTuple_Check(w)) return Py_RETURN_NOTIMPLEMENTED()
  const a = v.v
  const b = w.v
  let i = 0
  for (; i < a.length && i < b.length; i++) {
    const equal = PyObject_RichCompareBool(a[i]!, b[i]!, Py_EQ)
    if (equal < 0) return null
    if (equal === 0) break
  }
  if (i >= a.length || i >= b.length) return richCompareResult(a.length - b.length, op)
  if (op === Py_EQ || op === Py_NE) return PyBool_From(op === Py_NE)
  return PyObject_RichCompare(a[i]!, b[i]!, op)
}

// ---- methods --------------------------------------------------------------------------------------------------------------

const tuple_index: FastFunction = (o, args, nargs) => {
  if (!_PyArg_CheckPositional('index', nargs, 1, 3)) return null
  const items = o.v as PyObject[]
  let start = 0
  let stop = PY_SSIZE_T_MAX
  if (nargs >= 2) {
    start = _PyEval_SliceIndexNotNone(args[1]!)
    if (start === -1 && PyErr_Occurred() !== null) return null
    if (nargs >= 3) {
      stop = _PyEval_SliceIndexNotNone(args[2]!)
      if (stop === -1 && PyErr_Occurred() !== null) return null
    }
  }
  if (start < 0) start = Math.max(0, start + items.length)
  if (stop < 0) stop += items.length
  else if (stop > items.length) stop = items.length
  for (let i = start; i < stop; i++) {
    const cmp = PyObject_RichCompareBool(items[i]!, args[0]!, Py_EQ)
    if (cmp > 0) return PyLong_FromSsize_t(i)
    if (cmp < 0) return null
  }
  return PyErr_SetString(PyExc_ValueError, 'tuple.index(x): x not in tuple')
}

function tuple_count(o: PyObject, value: PyObject): PyObject | null {
  const items = o.v as PyObject[]
  let count = 0
  for (let i = 0; i < items.length; i++) {
    const cmp = PyObject_RichCompareBool(items[i]!, value, Py_EQ)
    if (cmp < 0) return null
    count += cmp
  }
  return PyLong_FromSsize_t(count)
}

function tuple___getnewargs__(o: PyObject): PyObject | null {
  // Py_BuildValue("(N)", …): the copy is made before the tuple around it.
  const copy = PyTuple_GetSlice(o, 0, (o.v as PyObject[]).length)
  if (copy === null) return null
  const result = PyTuple_New(1)
  result.v[0] = copy
  return result
}

const methods: PyMethodDef[] = [
  { ml_name: '__getnewargs__', ml_meth: tuple___getnewargs__, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: 'index', ml_meth: tuple_index, ml_flags: METH_FASTCALL, signature: '($self, value, start=0, stop=sys.maxsize, /)' },
  { ml_name: 'count', ml_meth: tuple_count, ml_flags: METH_O, signature: '($self, value, /)' },
  { ml_name: '__class_getitem__', ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item), ml_flags: METH_O | METH_CLASS },
]

export function tupleSlots(): Partial<TypeSpec> {
  return {
    tp_doc: 'tuple(iterable=(), /)\n--\n\nImmutable sequence; empty without an argument.',
    tp_repr: tuplerepr,
    tp_hash: tuplehash,
    tp_richcompare: tuplerichcompare,
    tp_iter: tuple_iter,
    tp_new: tuple_new,
    tp_vectorcall: tuple_vectorcall,
    tp_methods: methods,
    sq_length: PyTuple_GET_SIZE,
    sq_concat: tupleconcat,
    sq_repeat: tuplerepeat,
    sq_item: tupleitem,
    sq_contains: tuplecontains,
    mp_length: PyTuple_GET_SIZE,
    mp_subscript: tuplesubscript,
  }
}

// ---- iterator -------------------------------------------------------------------------------------------------------------

export const PyTupleIter_Type = new PyTypeObject('tuple_iterator', {
  tp_basicsize: 32,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => indexIterDealloc(o),
  tp_traverse: (o, visit) => indexIterTraverse(o, visit),
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: tupleiter_next,
  tp_methods: [
    { ml_name: '__length_hint__', ml_meth: tupleiter_len, ml_flags: METH_NOARGS },
    { ml_name: '__reduce__', ml_meth: tupleiter_reduce, ml_flags: METH_NOARGS },
    { ml_name: '__setstate__', ml_meth: tupleiter_setstate, ml_flags: METH_O },
  ],
})

function tuple_iter(seq: PyObject): PyObject {
  return newIndexIter(PyTupleIter_Type, seq)
}

export function tupleiter_next(self: PyObject): PyObject | null {
  const it = self.v as IndexIterData
  const seq = it.it_seq
  if (seq === null) return null
  const items = seq.v as PyObject[]
  const i = it.it_index
  if (i < items.length) {
    const item = items[i]!
    it.it_index = i + 1
    item.ob_refcnt++
    return item
  }
  return indexIterExhausted(self)
}

function tupleiter_len(self: PyObject): PyObject {
  const it = self.v as IndexIterData
  return PyLong_FromSsize_t(it.it_seq === null ? 0 : (it.it_seq.v as PyObject[]).length - it.it_index)
}

function tupleiter_reduce(self: PyObject): PyObject | null {
  const fn = _PyEval_GetBuiltin('iter')
  if (fn === null) return null
  const it = self.v as IndexIterData
  if (it.it_seq === null) return buildReduce(fn, tuple_get_empty(), null)
  it.it_seq.ob_refcnt++
  return buildReduce(fn, it.it_seq, it.it_index)
}

function tupleiter_setstate(self: PyObject, state: PyObject): PyObject | null {
  const index = PyLong_AsSsize_t(state)
  if (index === -1 && PyErr_Occurred() !== null) return null
  const it = self.v as IndexIterData
  if (it.it_seq !== null) it.it_index = Math.min(Math.max(0, index), (it.it_seq.v as PyObject[]).length)
  return Py_RETURN_NONE()
}
