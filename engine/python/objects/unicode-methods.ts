// The slots of str, and the functions that build strings from strings: concatenation, repetition, join, subscripts.
// Methods are in unicode-search.ts, unicode-transform.ts, unicode-format.ts and unicode-codec.ts.
import { PyIndex_Check, PyNumber_AsSsize_t, PySequence_Fast } from './abstract'
import { PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_IndexError, PyExc_TypeError } from './exceptions'
import { PyLong_FromSsize_t } from './longobject'
import {
  METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_HAVE_GC, PyObject, PyTypeObject, type TypeSpec, genericGetAttr
} from './object'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack, PyObject_ReallocSize } from './objimpl'
import { PyObject_SelfIter } from './object-protocol'
import { PySlice_AdjustIndices, PySlice_Check, PySlice_Unpack } from './sliceobject'
import { fastItems } from './listobject'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { Py_None, Py_NotImplemented } from './singletons'
import { PyTuple_FromArray } from './tupleobject'
import { UnicodeData, unicodeSize } from './unicode-data'
import { PyUnicode_Format } from './unicode-percent'
import { codecMethods, unicode_new, unicode_repr } from './unicode-codec'
import { formatMethods } from './unicode-format'
import { searchMethods, withWidened } from './unicode-search'
import { codeAt, freshText, substring, textOf, udata, unchanged } from './unicode-text'
import { transformMethods } from './unicode-transform'
import {
  PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_EmptyString, PyUnicode_FromOrdinal, PyUnicode_Type, unicodeNew,
} from './unicodeobject'

/** DIFFERS: longest str, which is what JavaScript can hold. */
const MAX_LENGTH = 0x1fffffe8

export { substring as PyUnicode_Substring }

/** NEW a + b, or null. Mirrors PyUnicode_Concat. */
export function PyUnicode_Concat(a: PyObject, b: PyObject): PyObject | null {
  if (!PyUnicode_Check(a)) return PyErr_Format(PyExc_TypeError, 'must be str, not %.100s', a.ob_type.tp_name)
  if (!PyUnicode_Check(b)) {
    return PyErr_Format(PyExc_TypeError, 'can only concatenate str (not "%.200s") to str', b.ob_type.tp_name)
  }
  const x = udata(a)
  const y = udata(b)
  if (x.length === 0) return unchanged(b)
  if (y.length === 0) return unchanged(a)
  if (x.length + y.length > MAX_LENGTH) return PyErr_NoMemory()
  return unicodeNew(joined(x, y))
}

function joined(x: UnicodeData, y: UnicodeData): UnicodeData {
  return new UnicodeData(x.str + y.str, x.length + y.length, x.kind > y.kind ? x.kind : y.kind, x.ascii && y.ascii)
}

/**
 * left + right where the caller gives its reference to `left` up: it grows in place when nobody else sees it. STEALS
 * left, borrows right. Mirrors PyUnicode_Append.
 */
export function PyUnicode_Append(left: PyObject, right: PyObject): PyObject | null {
  const x = udata(left)
  const y = udata(right)
  if (y.length === 0) return left
  if (x.length === 0) {
    const result = unchanged(right)
    Py_DECREF(left)
    return result
  }
  const modifiable = left.ob_refcnt === 1 && !x.hashed && x.interned === 0 && left.ob_type === PyUnicode_Type
  if (modifiable && y.kind <= x.kind && !(x.ascii && !y.ascii) && x.length + y.length <= MAX_LENGTH) {
    const data = joined(x, y)
    if (PyObject_ReallocSize(left, unicodeSize(data.length, data.kind, data.ascii)) < 0) {
      Py_DECREF(left)
      return null
    }
    left.v = data
    return left
  }
  const result = PyUnicode_Concat(left, right)
  Py_DECREF(left)
  return result
}

/** NEW text of items[from .. from + n), which are all str, without separator (BUILD_STRING). Mirrors _PyUnicode_JoinArray. */
export function PyUnicode_JoinArray(items: PyObject[], from: number, n: number): PyObject | null {
  return joinItems(null, items, from, n)
}

function joinItems(separator: PyObject | null, items: readonly PyObject[], from: number, n: number): PyObject | null {
  if (n === 0) return PyUnicode_EmptyString()
  const only = items[from]!
  if (n === 1 && PyUnicode_CheckExact(only)) {
    only.ob_refcnt++
    return only
  }
  const sep = separator === null ? null : udata(separator)
  let length = 0
  let kind = 1
  let ascii = true
  const parts = new Array<string>(n)
  for (let i = 0; i < n; i++) {
    const item = items[from + i]!
    if (!PyUnicode_Check(item)) {
      return PyErr_Format(PyExc_TypeError, 'sequence item %zd: expected str instance, %.80s found', i, item.ob_type.tp_name)
    }
    const d = udata(item)
    length += d.length
    if (d.kind > kind) kind = d.kind
    if (!d.ascii) ascii = false
    parts[i] = d.str
  }
  if (sep !== null && n > 1) {
    length += sep.length * (n - 1)
    if (sep.kind > kind) kind = sep.kind
    if (!sep.ascii) ascii = false
  }
  if (length > MAX_LENGTH) return PyErr_NoMemory()
  if (length === 0) return PyUnicode_EmptyString()
  return unicodeNew(new UnicodeData(parts.join(sep === null ? '' : sep.str), length, kind, ascii))
}

/** separator.join(seq). Mirrors PyUnicode_Join. */
export function PyUnicode_Join(separator: PyObject, seq: PyObject): PyObject | null {
  const fast = PySequence_Fast(seq, 'can only join an iterable')
  if (fast === null) return null
  const items = fastItems(fast)
  const result = joinItems(separator, items, 0, items.length)
  Py_DECREF(fast)
  return result
}

function unicode_repeat(o: PyObject, n: number): PyObject | null {
  const data = udata(o)
  if (n < 1 || data.length === 0) return PyUnicode_EmptyString()
  if (n === 1) return unchanged(o)
  if (data.length * n > MAX_LENGTH) return PyErr_NoMemory()
  return unicodeNew(new UnicodeData(data.str.repeat(n), data.length * n, data.kind, data.ascii))
}

function unicode_getitem(o: PyObject, i: number): PyObject | null {
  const data = udata(o)
  if (i < 0 || i >= data.length) return PyErr_SetString(PyExc_IndexError, 'string index out of range')
  return PyUnicode_FromOrdinal(codeAt(data, i))
}

function unicode_subscript(o: PyObject, item: PyObject): PyObject | null {
  if (PyIndex_Check(item)) {
    let i = PyNumber_AsSsize_t(item, PyExc_IndexError)
    if (i === -1 && PyErr_Occurred() !== null) return null
    if (i < 0) i += udata(o).length
    return unicode_getitem(o, i)
  }
  if (PySlice_Check(item)) {
    const slice = PySlice_Unpack(item)
    if (slice === null) return null
    const data = udata(o)
    const { start, step, length } = PySlice_AdjustIndices(data.length, slice)
    if (length <= 0) return PyUnicode_EmptyString()
    if (step === 1) return substring(o, start, start + length)
    if (start === 0 && step === 1 && length === data.length) return unchanged(o)
    const points = new Array<number>(length)
    for (let k = 0, i = start; k < length; k++, i += step) points[k] = codeAt(data, i)
    return length === 1 ? PyUnicode_FromOrdinal(points[0]!) : freshText(textOf(points))
  }
  return PyErr_Format(PyExc_TypeError, 'string indices must be integers, not \'%.200s\'', item.ob_type.tp_name)
}

/** 1, 0 or -1. Mirrors PyUnicode_Contains. */
export function PyUnicode_Contains(o: PyObject, sub: PyObject): number {
  if (!PyUnicode_Check(sub)) {
    PyErr_Format(PyExc_TypeError, '\'in <string>\' requires string as left operand, not %.100s', sub.ob_type.tp_name)
    return -1
  }
  const data = udata(o)
  const sought = udata(sub)
  if (data.kind < sought.kind || data.length < sought.length) return 0
  const seek = (): number => data.str.includes(sought.str) ? 1 : 0
  return sought.length === 1 ? seek() : withWidened(sought, data.kind, seek)
}

function unicode_mod(a: PyObject, b: PyObject): PyObject | null {
  if (!PyUnicode_Check(a)) {
    Py_NotImplemented.ob_refcnt++
    return Py_NotImplemented
  }
  return PyUnicode_Format(a, b)
}

// ---- iterator ------------------------------------------------------------------------------------------------------

class StrIterData {
  it_index = 0
  it_seq: PyObject | null
  constructor(seq: PyObject) {
    this.it_seq = seq
  }
}

const iter = (o: PyObject): StrIterData => o.v as StrIterData

function unicode_iter(o: PyObject): PyObject {
  o.ob_refcnt++
  const it = PyObject_GC_New(udata(o).ascii ? PyUnicodeASCIIIter_Type : PyUnicodeIter_Type, new StrIterData(o))
  PyObject_GC_Track(it)
  return it
}

function unicodeiter_next(it: PyObject): PyObject | null {
  const d = iter(it)
  const seq = d.it_seq
  if (seq === null) return null
  const data = udata(seq)
  if (d.it_index < data.length) return PyUnicode_FromOrdinal(codeAt(data, d.it_index++))
  d.it_seq = null
  Py_DECREF(seq)
  return null
}

const iterSpec: TypeSpec = {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: it => {
    PyObject_GC_UnTrack(it)
    const seq = iter(it).it_seq
    if (seq !== null) Py_DECREF(seq)
    PyObject_GC_Del(it)
  },
  tp_getattro: genericGetAttr,
  tp_traverse: (it, visit) => {
    const seq = iter(it).it_seq
    if (seq !== null) visit(seq)
  },
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: unicodeiter_next,
  tp_methods: [
    {
      ml_name: '__length_hint__', ml_flags: METH_NOARGS,
      ml_meth: (it: PyObject) => PyLong_FromSsize_t(iter(it).it_seq === null ? 0 : udata(iter(it).it_seq!).length - iter(it).it_index),
    },
    { ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: unicodeiter_reduce },
    {
      ml_name: '__setstate__', ml_flags: METH_O,
      ml_meth: (it: PyObject, state: PyObject) => {
        const seq = iter(it).it_seq
        if (seq !== null) iter(it).it_index = Math.min(Math.max(state.v as number, 0), udata(seq).length)
        return none()
      },
    },
  ],
}

function none(): PyObject {
  Py_None.ob_refcnt++
  return Py_None
}

function unicodeiter_reduce(it: PyObject): PyObject | null {
  const builtin = _PyEval_GetBuiltin('iter')
  if (builtin === null) return null
  const seq = iter(it).it_seq
  if (seq === null) {
    return PyTuple_FromArray([builtin, PyTuple_FromArray([PyUnicode_EmptyString()], true)], true)
  }
  seq.ob_refcnt++
  return PyTuple_FromArray([builtin, PyTuple_FromArray([seq], true), PyLong_FromSsize_t(iter(it).it_index)], true)
}

export const PyUnicodeIter_Type: PyTypeObject = new PyTypeObject('str_iterator', iterSpec)
export const PyUnicodeASCIIIter_Type: PyTypeObject = new PyTypeObject('str_ascii_iterator', iterSpec)

// ---- slots -----------------------------------------------------------------------------------------------------------

export function unicodeSlots(): Partial<TypeSpec> {
  return {
    tp_repr: unicode_repr,
    tp_str: o => unchanged(o),
    tp_getattro: genericGetAttr,
    tp_iter: unicode_iter,
    tp_new: unicode_new,
    nb_remainder: unicode_mod,
    sq_length: o => udata(o).length,
    sq_concat: PyUnicode_Concat,
    sq_repeat: unicode_repeat,
    sq_item: unicode_getitem,
    sq_contains: PyUnicode_Contains,
    mp_length: o => udata(o).length,
    mp_subscript: unicode_subscript,
    tp_methods: [
      ...codecMethods(), ...searchMethods(), ...transformMethods(), ...formatMethods(),
      { ml_name: 'join', ml_flags: METH_O, ml_meth: PyUnicode_Join, signature: '($self, iterable, /)' },
      {
        ml_name: '__getnewargs__', ml_flags: METH_NOARGS,
        ml_meth: (o: PyObject) => PyTuple_FromArray([freshText(udata(o).str)!], true),
      },
      {
        ml_name: '__sizeof__', ml_flags: METH_NOARGS,
        ml_meth: (o: PyObject) => {
          const { length, kind, ascii } = udata(o)
          // A subclass instance keeps its characters in a block of their own (PyUnicodeObject is 80 bytes).
          return PyLong_FromSsize_t(o.ob_type === PyUnicode_Type ? unicodeSize(length, kind, ascii)
            : o.ob_type.tp_basicsize + (length + 1) * kind)
        },
      },
    ],
  }
}
