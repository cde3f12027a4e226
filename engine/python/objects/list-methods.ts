// list: operators, slots and methods. Mirrors Objects/listobject.c.
import {
  METH_CLASS, METH_COEXIST, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, Py_EQ, Py_NE, type FastFunction,
  type FastKeywordsFunction, type PyMethodDef, type PyObject, type PyTypeObject, type TypeSpec,
} from './object'
import { TAG_SCRATCH } from '../../memory/events'
import {
  PyIndex_Check, PyNumber_AsSsize_t, PyObject_GetIter, PyObject_LengthHint, PySequence_Fast, _PyNumber_Index,
} from './abstract'
import { PyErr_BadInternalCall, PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_IndexError, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { Py_GenericAlias } from './genericaliasobject'
import { ArgParser } from './arg-parser'
import { PyArg_UnpackTuple, _PyArg_CheckPositional, _PyArg_NoKeywords, _PyArg_NoKwnames, _PyArg_UnpackKeywords } from './getargs'
import { list___reversed__, list_iter } from './list-iter'
import {
  ListData, PyList_Append, PyList_Check, PyList_CheckExact, PyList_GET_SIZE, PyList_Insert, PyList_New, PyList_Type,
  _PyList_AppendTakeRef, _list_clear, fastItems, listIndexError, list_ass_slice, list_ass_slice_items, list_preallocate_exact, list_resize,
  list_slice, newList, removeItem,
} from './listobject'
import { list_sort_impl, reverseSlice } from './listsort'
import { PyLong_AsSsize_t, PyLong_FromSsize_t, _PyLong_AsInt } from './longobject'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import {
  PyObject_HashNotImplemented, PyObject_Repr, PyObject_RichCompare, PyObject_RichCompareBool, Py_ReprEnter,
  Py_ReprLeave,
} from './object-protocol'
import { Py_None, Py_RETURN_NONE, Py_RETURN_NOTIMPLEMENTED, richCompareResult } from './singletons'
import { PyBool_From } from './boolobject'
import { PySlice_AdjustIndices, PySlice_Check, PySlice_Unpack, _PyEval_SliceIndexNotNone } from './sliceobject'
import { PyTuple_CheckExact, _PyTuple_FromArray } from './tupleobject'
import { PyUnicode_FromString } from './unicodeobject'
import { UnicodeWriter } from './unicode-fromformat'

/** PY_SSIZE_T_MAX: the nearest number. */
export const PY_SSIZE_T_MAX = 2 ** 63

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

// ---- construction -----------------------------------------------------------------------------------------------------

function list_new(type: PyTypeObject): PyObject | null {
  const o = type.tp_alloc!(type, 0)
  if (o !== null) o.v = new ListData([])
  return o
}

function list_init(self: PyObject, iterable: PyObject | null): number {
  if ((self.v as ListData).block !== 0) _list_clear(self)
  if (iterable === null) return 0
  const none = list_extend(self, iterable)
  if (none === null) return -1
  none.ob_refcnt--
  return 0
}

function list___init__(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (self.ob_type === PyList_Type || self.ob_type.tp_new === list_new) {
    if (!_PyArg_NoKeywords('list', kwargs)) return -1
  }
  const argv = PyArg_UnpackTuple(args, 'list', 0, 1)
  if (argv === null) return -1
  return list_init(self, argv.length > 0 ? argv[0]! : null)
}

// Mirrors list_vectorcall: list(x) never takes its header from the free list.
function list_vectorcall(type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!_PyArg_NoKwnames('list', kwnames) || !_PyArg_CheckPositional('list', nargs, 0, 1)) return null
  const list = list_new(type as PyTypeObject)
  if (list === null) return null
  if (nargs > 0 && list_init(list, args[0]!) < 0) {
    decref(list)
    return null
  }
  return list
}

// ---- extending -----------------------------------------------------------------------------------------------------------

/** NEW None; null with an exception set. Mirrors list_extend. */
export function list_extend(self: PyObject, iterable: PyObject): PyObject | null {
  if (PyList_CheckExact(iterable) || PyTuple_CheckExact(iterable) || self === iterable) return extendFast(self, iterable)
  const it = PyObject_GetIter(iterable)
  if (it === null) return null
  const ok = extendFrom(self, it, iterable)
  decref(it)
  return ok ? Py_RETURN_NONE() : null
}

function extendFast(o: PyObject, iterable: PyObject): PyObject | null {
  const self = o.v as ListData
  const source = fastItems(iterable)
  const n = source.length
  if (n === 0) return Py_RETURN_NONE()
  if (self.block === 0) {
    if (list_preallocate_exact(self, n) < 0) return null
  } else if (list_resize(self, self.ob_item.length + n) < 0) {
    return null
  }
  const items = self.ob_item
  for (let i = 0; i < n; i++) {
    const item = source[i]!
    item.ob_refcnt++
    items.push(item)
  }
  return Py_RETURN_NONE()
}

function extendFrom(o: PyObject, it: PyObject, iterable: PyObject): boolean {
  const self = o.v as ListData
  const guess = PyObject_LengthHint(iterable, 8)
  if (guess < 0) return false
  if (self.block === 0) {
    if (guess !== 0 && list_preallocate_exact(self, guess) < 0) return false
  } else if (self.ob_item.length + guess < 2 ** 63 && list_resize(self, self.ob_item.length + guess) < 0) {
    // A sum that overflows is a guess that lies: there may yet be room.
    return false
  }
  const next = it.ob_type.tp_iternext!
  for (;;) {
    const item = next(it)
    if (item === null) {
      if (PyErr_Occurred() !== null) {
        if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return false
        PyErr_Clear()
      }
      break
    }
    if (_PyList_AppendTakeRef(self, item) < 0) return false
  }
  // Cut back when the guess was too high.
  return self.ob_item.length >= self.allocated || list_resize(self, self.ob_item.length) === 0
}

/** list.extend(iterable) for C callers: NEW None or null. */
export function _PyList_Extend(self: PyObject, iterable: PyObject): PyObject | null {
  return list_extend(self, iterable)
}

export function PyList_AsTuple(o: PyObject): PyObject | null {
  if (!PyList_Check(o)) return PyErr_BadInternalCall(), null
  return _PyTuple_FromArray(o.v.ob_item)
}

export function PyList_Reverse(o: PyObject): number {
  if (!PyList_Check(o)) return PyErr_BadInternalCall(), -1
  reverseSlice(o.v.ob_item, 0, o.v.ob_item.length)
  return 0
}

// ---- sequence slots --------------------------------------------------------------------------------------------------------

function list_item(o: PyObject, i: number): PyObject | null {
  const items = (o.v as ListData).ob_item
  if (i < 0 || i >= items.length) return listIndexError()
  const item = items[i]!
  item.ob_refcnt++
  return item
}

function list_contains(o: PyObject, value: PyObject): number {
  const self = o.v as ListData
  for (let i = 0; i < self.ob_item.length; i++) {
    const item = self.ob_item[i]!
    if (item === value) return 1
    item.ob_refcnt++
    const cmp = PyObject_RichCompareBool(item, value, Py_EQ)
    decref(item)
    if (cmp !== 0) return cmp
  }
  return 0
}

export function list_concat(a: PyObject, b: PyObject): PyObject | null {
  if (!PyList_Check(b)) {
    return PyErr_Format(PyExc_TypeError, 'can only concatenate list (not "%.200s") to list', b.ob_type.tp_name)
  }
  const left = (a.v as ListData).ob_item
  const right = b.v.ob_item
  const o = newList(left.length + right.length)
  if (o === null) return null
  copyItems(left, o.v.ob_item)
  copyItems(right, o.v.ob_item)
  return o
}

/** Appends new references to a JavaScript array; the source may be that very array. */
function copyItems(source: readonly PyObject[], dest: PyObject[]): void {
  for (let i = 0, n = source.length; i < n; i++) {
    const item = source[i]!
    item.ob_refcnt++
    dest.push(item)
  }
}

export function list_repeat(o: PyObject, n: number): PyObject | null {
  const items = (o.v as ListData).ob_item
  if (items.length === 0 || n <= 0) return PyList_New(0)
  if (items.length > PY_SSIZE_T_MAX / n) return PyErr_NoMemory()
  const result = newList(items.length * n)
  if (result === null) return null
  const dest = result.v.ob_item
  if (items.length === 1) {
    const item = items[0]!
    item.ob_refcnt += n
    for (let i = 0; i < n; i++) dest.push(item)
  } else {
    for (let i = 0; i < n; i++) copyItems(items, dest)
  }
  return result
}

function list_inplace_concat(self: PyObject, other: PyObject): PyObject | null {
  const none = list_extend(self, other)
  if (none === null) return null
  none.ob_refcnt--
  self.ob_refcnt++
  return self
}

function list_inplace_repeat(o: PyObject, n: number): PyObject | null {
  const self = o.v as ListData
  const size = self.ob_item.length
  if (size !== 0 && n !== 1) {
    if (n < 1) {
      _list_clear(o)
    } else {
      if (size > PY_SSIZE_T_MAX / n) return PyErr_NoMemory()
      if (list_resize(self, size * n) < 0) return null
      const items = self.ob_item
      for (let k = 1; k < n; k++) {
        for (let i = 0; i < size; i++) {
          const item = items[i]!
          item.ob_refcnt++
          items.push(item)
        }
      }
    }
  }
  o.ob_refcnt++
  return o
}

function list_ass_item(o: PyObject, i: number, value: PyObject | null): number {
  const items = (o.v as ListData).ob_item
  if (i < 0 || i >= items.length) {
    PyErr_SetString(PyExc_IndexError, 'list assignment index out of range')
    return -1
  }
  if (value === null) return list_ass_slice_items(o, i, i + 1, null)
  value.ob_refcnt++
  const old = items[i]!
  items[i] = value
  if (--old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
  return 0
}

// ---- mapping slots ---------------------------------------------------------------------------------------------------------

export function list_subscript(o: PyObject, key: PyObject): PyObject | null {
  const items = (o.v as ListData).ob_item
  if (PyIndex_Check(key)) {
    let i = PyNumber_AsSsize_t(key, PyExc_IndexError)
    if (i === -1 && PyErr_Occurred() !== null) return null
    if (i < 0) i += (o.v as ListData).ob_item.length
    return list_item(o, i)
  }
  if (!PySlice_Check(key)) {
    return PyErr_Format(PyExc_TypeError, 'list indices must be integers or slices, not %.200s', key.ob_type.tp_name)
  }
  const slice = PySlice_Unpack(key)
  if (slice === null) return null
  const { start, stop, step, length } = PySlice_AdjustIndices(items.length, slice)
  if (length <= 0) return PyList_New(0)
  if (step === 1) return list_slice(o, start, stop)
  const result = newList(length)
  if (result === null) return null
  const dest = result.v.ob_item
  for (let i = 0, at = start; i < length; i++, at += step) {
    const item = items[at]!
    item.ob_refcnt++
    dest.push(item)
  }
  return result
}

function list_ass_subscript(o: PyObject, key: PyObject, value: PyObject | null): number {
  if (PyIndex_Check(key)) {
    let i = PyNumber_AsSsize_t(key, PyExc_IndexError)
    if (i === -1 && PyErr_Occurred() !== null) return -1
    if (i < 0) i += PyList_GET_SIZE(o)
    return list_ass_item(o, i, value)
  }
  if (!PySlice_Check(key)) {
    PyErr_Format(PyExc_TypeError, 'list indices must be integers or slices, not %.200s', key.ob_type.tp_name)
    return -1
  }
  const slice = PySlice_Unpack(key)
  if (slice === null) return -1
  const { start, step, length } = PySlice_AdjustIndices(PyList_GET_SIZE(o), slice)
  let { stop } = slice
  if (step === 1) return list_ass_slice(o, start, stop, value)
  // s[5:2:2] = [..] inserts before 5, not before 2.
  if (step < 0 ? start < stop : start > stop) stop = start
  return value === null ? deleteSlice(o, start, step, length) : assignSlice(o, start, step, length, value)
}

function deleteSlice(o: PyObject, start: number, step: number, length: number): number {
  if (length <= 0) return 0
  const self = o.v as ListData
  const items = self.ob_item
  if (step < 0) {
    start += step * (length - 1)
    step = -step
  }
  const garbageBlock = PyMem_Malloc(length * 8, TAG_SCRATCH)
  if (garbageBlock === 0) return -1
  const garbage: PyObject[] = []
  let to = start
  for (let at = start, next = start; at < items.length; at++) {
    if (at === next && garbage.length < length) {
      garbage.push(items[at]!)
      next += step
    } else {
      items[to++] = items[at]!
    }
  }
  items.length = to
  const status = list_resize(self, to)
  for (const item of garbage) decref(item)
  PyMem_Free(garbageBlock)
  return status
}

function assignSlice(o: PyObject, start: number, step: number, length: number, value: PyObject): number {
  const source = o === value ? list_slice(value, 0, PyList_GET_SIZE(value))
    : PySequence_Fast(value, 'must assign iterable to extended slice')
  if (source === null) return -1
  const replacement = fastItems(source)
  if (replacement.length !== length) {
    PyErr_Format(PyExc_ValueError, 'attempt to assign sequence of size %zd to extended slice of size %zd',
      replacement.length, length)
    decref(source)
    return -1
  }
  if (length === 0) {
    decref(source)
    return 0
  }
  const garbageBlock = PyMem_Malloc(length * 8, TAG_SCRATCH)
  if (garbageBlock === 0) {
    decref(source)
    return -1
  }
  const items = (o.v as ListData).ob_item
  const garbage: PyObject[] = []
  for (let i = 0, at = start; i < length; i++, at += step) {
    garbage.push(items[at]!)
    const item = replacement[i]!
    item.ob_refcnt++
    items[at] = item
  }
  for (const item of garbage) decref(item)
  PyMem_Free(garbageBlock)
  decref(source)
  return 0
}

// ---- comparison and repr ---------------------------------------------------------------------------------------------------

function list_richcompare(v: PyObject, w: PyObject, op: number): PyObject | null {
  if (!PyList_Check(v) || !PyList_Check(w)) return Py_RETURN_NOTIMPLEMENTED()
  const a = v.v
  const b = w.v
  if (a.ob_item.length !== b.ob_item.length && (op === Py_EQ || op === Py_NE)) return PyBool_From(op === Py_NE)
  let i = 0
  for (; i < a.ob_item.length && i < b.ob_item.length; i++) {
    const x = a.ob_item[i]!
    const y = b.ob_item[i]!
    if (x === y) continue
    x.ob_refcnt++
    y.ob_refcnt++
    const equal = PyObject_RichCompareBool(x, y, Py_EQ)
    decref(x)
    decref(y)
    if (equal < 0) return null
    if (equal === 0) break
  }
  if (i >= a.ob_item.length || i >= b.ob_item.length) return richCompareResult(a.ob_item.length - b.ob_item.length, op)
  if (op === Py_EQ || op === Py_NE) return PyBool_From(op === Py_NE)
  return PyObject_RichCompare(a.ob_item[i]!, b.ob_item[i]!, op)
}

function list_repr(o: PyObject): PyObject | null {
  const self = o.v as ListData
  if (self.ob_item.length === 0) return PyUnicode_FromString('[]')
  const entered = Py_ReprEnter(o)
  if (entered !== 0) return entered > 0 ? PyUnicode_FromString('[...]') : null
  const writer = new UnicodeWriter()
  writer.overallocate = true
  writer.minLength = 3 * self.ob_item.length
  let ok = writer.writeText('[')
  for (let i = 0; ok && i < self.ob_item.length; i++) {
    if (i > 0 && !writer.writeText(', ')) ok = false
    const s = ok ? PyObject_Repr(self.ob_item[i]!) : null
    ok = s !== null && writer.writeStr(s)
    if (s !== null) decref(s)
  }
  writer.overallocate = false
  ok = ok && writer.writeText(']')
  Py_ReprLeave(o)
  if (ok) return writer.finish()
  writer.dealloc()
  return null
}

// ---- methods ----------------------------------------------------------------------------------------------------------------

const list_insert: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('insert', nargs, 2, 2)) return null
  const where = indexArgument(args[0]!)
  if (where === -1 && PyErr_Occurred() !== null) return null
  return PyList_Insert(self, where, args[1]!) === 0 ? Py_RETURN_NONE() : null
}

/** A Py_ssize_t argument: -1 with an exception set. Mirrors Argument Clinic's conversion. */
export function indexArgument(o: PyObject): number {
  const index = _PyNumber_Index(o)
  if (index === null) return -1
  const n = PyLong_AsSsize_t(index)
  decref(index)
  return n
}

const list_pop: FastFunction = (o, args, nargs) => {
  if (!_PyArg_CheckPositional('pop', nargs, 0, 1)) return null
  let index = -1
  if (nargs > 0) {
    index = indexArgument(args[0]!)
    if (index === -1 && PyErr_Occurred() !== null) return null
  }
  const self = o.v as ListData
  const items = self.ob_item
  if (items.length === 0) return PyErr_SetString(PyExc_IndexError, 'pop from empty list')
  if (index < 0) index += items.length
  if (index < 0 || index >= items.length) return PyErr_SetString(PyExc_IndexError, 'pop index out of range')
  const item = items[index]!
  // The last item leaves a block of no bytes behind, not none.
  const rest = items.length - 1
  if (list_resize(self, rest) < 0) return null
  if (index === rest) items.pop()
  else removeItem(items, index)
  return item
}

function list_remove(o: PyObject, value: PyObject): PyObject | null {
  const self = o.v as ListData
  for (let i = 0; i < self.ob_item.length; i++) {
    const item = self.ob_item[i]!
    item.ob_refcnt++
    const cmp = PyObject_RichCompareBool(item, value, Py_EQ)
    decref(item)
    if (cmp > 0) return list_ass_slice_items(o, i, i + 1, null) === 0 ? Py_RETURN_NONE() : null
    if (cmp < 0) return null
  }
  return PyErr_SetString(PyExc_ValueError, 'list.remove(x): x not in list')
}

const list_index: FastFunction = (o, args, nargs) => {
  if (!_PyArg_CheckPositional('index', nargs, 1, 3)) return null
  const self = o.v as ListData
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
  if (start < 0) start = Math.max(0, start + self.ob_item.length)
  if (stop < 0) stop = Math.max(0, stop + self.ob_item.length)
  const value = args[0]!
  for (let i = start; i < stop && i < self.ob_item.length; i++) {
    const item = self.ob_item[i]!
    item.ob_refcnt++
    const cmp = PyObject_RichCompareBool(item, value, Py_EQ)
    decref(item)
    if (cmp > 0) return PyLong_FromSsize_t(i)
    if (cmp < 0) return null
  }
  return PyErr_Format(PyExc_ValueError, '%R is not in list', value)
}

function list_count(o: PyObject, value: PyObject): PyObject | null {
  const self = o.v as ListData
  let count = 0
  for (let i = 0; i < self.ob_item.length; i++) {
    const item = self.ob_item[i]!
    if (item === value) {
      count++
      continue
    }
    item.ob_refcnt++
    const cmp = PyObject_RichCompareBool(item, value, Py_EQ)
    decref(item)
    if (cmp > 0) count++
    else if (cmp < 0) return null
  }
  return PyLong_FromSsize_t(count)
}

const sortParser = new ArgParser('sort', ['key', 'reverse'])

const list_sort: FastKeywordsFunction = (self, args, nargs, kwnames) => {
  const argv = _PyArg_UnpackKeywords(args, nargs, null, kwnames, sortParser, 0, 0, 0)
  if (argv === null) return null
  const key = argv[0] ?? Py_None
  let reverse = 0
  if (argv[1] !== null && argv[1] !== undefined) {
    reverse = _PyLong_AsInt(argv[1])
    if (reverse === -1 && PyErr_Occurred() !== null) return null
  }
  return list_sort_impl(self, key === Py_None ? null : key, reverse !== 0) === 0 ? Py_RETURN_NONE() : null
}

const methods: PyMethodDef[] = [
  { ml_name: '__getitem__', ml_meth: list_subscript, ml_flags: METH_O | METH_COEXIST },
  { ml_name: '__reversed__', ml_meth: list___reversed__, ml_flags: METH_NOARGS, signature: '($self, /)' },
  {
    ml_name: '__sizeof__', ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (self: PyObject) => PyLong_FromSsize_t(((self.ob_type.tp_basicsize + 7) & ~7) + (self.v as ListData).allocated * 8),
  },
  { ml_name: 'clear', ml_meth: (self: PyObject) => (_list_clear(self), Py_RETURN_NONE()), ml_flags: METH_NOARGS, signature: '($self, /)' },
  {
    ml_name: 'copy', ml_meth: (self: PyObject) => list_slice(self, 0, PyList_GET_SIZE(self)), ml_flags: METH_NOARGS,
    signature: '($self, /)',
  },
  {
    ml_name: 'append', ml_flags: METH_O, signature: '($self, object, /)',
    ml_meth: (self: PyObject, item: PyObject) => PyList_Append(self, item) === 0 ? Py_RETURN_NONE() : null,
  },
  { ml_name: 'insert', ml_meth: list_insert, ml_flags: METH_FASTCALL, signature: '($self, index, object, /)' },
  { ml_name: 'extend', ml_meth: list_extend, ml_flags: METH_O, signature: '($self, iterable, /)' },
  { ml_name: 'pop', ml_meth: list_pop, ml_flags: METH_FASTCALL, signature: '($self, index=-1, /)' },
  { ml_name: 'remove', ml_meth: list_remove, ml_flags: METH_O, signature: '($self, value, /)' },
  { ml_name: 'index', ml_meth: list_index, ml_flags: METH_FASTCALL, signature: '($self, value, start=0, stop=sys.maxsize, /)' },
  { ml_name: 'count', ml_meth: list_count, ml_flags: METH_O, signature: '($self, value, /)' },
  {
    ml_name: 'reverse', ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (self: PyObject) => (PyList_Reverse(self), Py_RETURN_NONE()),
  },
  { ml_name: 'sort', ml_meth: list_sort, ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($self, /, *, key=None, reverse=False)' },
  { ml_name: '__class_getitem__', ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item), ml_flags: METH_O | METH_CLASS },
]

export function listSlots(): Partial<TypeSpec> {
  return {
    tp_doc: 'list(iterable=(), /)\n--\n\nMutable sequence; empty without an argument.',
    tp_repr: list_repr,
    tp_hash: PyObject_HashNotImplemented,
    tp_richcompare: list_richcompare,
    tp_iter: list_iter,
    tp_init: list___init__,
    tp_new: list_new,
    tp_vectorcall: list_vectorcall,
    tp_methods: methods,
    sq_length: PyList_GET_SIZE,
    sq_concat: list_concat,
    sq_repeat: list_repeat,
    sq_item: list_item,
    sq_ass_item: list_ass_item,
    sq_contains: list_contains,
    sq_inplace_concat: list_inplace_concat,
    sq_inplace_repeat: list_inplace_repeat,
    mp_length: PyList_GET_SIZE,
    mp_subscript: list_subscript,
    mp_ass_subscript: list_ass_subscript,
  }
}
