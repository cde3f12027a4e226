// Tuples, lists, dicts and sets. Items are written in batches between marks.
import * as op from './opcodes'
import type { PicklerData } from './output'
import { memo_get, memo_put, save, saveReduceValue } from './save'
import { borrowed, buildValue } from '../build-value'
import { PyIter_Next, PyObject_GetIter, PySequence_List } from '../../objects/abstract'
import { PyObject_CallMethodNoArgs } from '../../objects/call'
import { DICT_ENTRY, PyDict_Contains, PyDict_DelItem, PyDict_GET_SIZE, PyDict_New, PyDict_Next, PyDict_SetItem } from '../../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_RuntimeError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyList_GET_ITEM, PyList_GET_SIZE } from '../../objects/listobject'
import { PyLong_FromLong } from '../../objects/longobject'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../../objects/object'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from '../../objects/runtime'
import { PyFrozenSet_Type, PySet_GET_SIZE, PySet_Type, SET_ENTRY, _PySet_NextEntry } from '../../objects/setobject'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Check } from '../../objects/tupleobject'
import { addressOf } from '../../objects/unicode-fromformat'
import { _Py_ID } from '../../objects/unicodeobject'

const RECURSION = ' while pickling an object'

// ---- fast mode: no memo, so cycles are looked for when it goes deep -----------------------------------------------------------------

const FAST_NESTING_LIMIT = 50

function enterFast(p: PicklerData, o: PyObject): boolean {
  if (p.fast === 0 || ++p.fast_nesting < FAST_NESTING_LIMIT) return true
  p.fast_memo ??= PyDict_New()
  const key = PyLong_FromLong(addressOf(o))
  let present = PyDict_Contains(p.fast_memo, key)
  if (present > 0) {
    PyErr_Format(PyExc_ValueError, 'fast mode: can\'t pickle cyclic objects including object type %.200s at %p', o.ob_type.tp_name, o)
  } else if (present === 0) present = PyDict_SetItem(p.fast_memo, key, Py_None)
  Py_DECREF(key)
  if (present !== 0) p.fast_nesting = -1
  return present === 0
}

function leaveFast(p: PicklerData, o: PyObject): boolean {
  if (p.fast === 0 || p.fast_nesting-- < FAST_NESTING_LIMIT) return true
  const key = PyLong_FromLong(addressOf(o))
  const done = PyDict_DelItem(p.fast_memo!, key) === 0
  Py_DECREF(key)
  return done
}

// ---- tuples -------------------------------------------------------------------------------------------------------------------------

const SHORT_TUPLES = [op.EMPTY_TUPLE, op.TUPLE1, op.TUPLE2, op.TUPLE3] as const

export function save_tuple(p: PicklerData, o: PyObject): boolean {
  const items = o.v as PyObject[]
  const n = items.length
  if (n === 0) return p.proto !== 0 ? p.byte(op.EMPTY_TUPLE) : p.bytesOf(op.MARK, op.TUPLE)
  const short = n <= 3 && p.proto >= 2
  if (!short && !p.byte(op.MARK)) return false
  for (let i = 0; i < n; i++) if (!save(p, items[i]!)) return false
  // A tuple that contains itself has been written meanwhile.
  if (p.memo!.entries.has(o)) {
    if (!short && p.bin !== 0) return p.byte(op.POP_MARK) && memo_get(p, o)
    for (let i = short ? 1 : 0; i <= n; i++) if (!p.byte(op.POP)) return false
    return memo_get(p, o)
  }
  return p.byte(short ? SHORT_TUPLES[n]! : op.TUPLE) && memo_put(p, o)
}

// ---- items of iterators ----------------------------------------------------------------------------------------------------------------

/** Appends what an iterator gives, written by `one`. Mirrors batch_list and batch_dict. */
function batch(p: PicklerData, iterator: PyObject, single: number, many: number, one: (item: PyObject) => boolean): boolean {
  const saveItem = (item: PyObject): boolean => {
    const done = one(item)
    Py_DECREF(item)
    return done
  }
  if (p.proto === 0) {
    for (let item = PyIter_Next(iterator); item !== null; item = PyIter_Next(iterator)) {
      if (!saveItem(item) || !p.byte(single)) return false
    }
    return PyErr_Occurred() === null
  }
  for (;;) {
    const first = PyIter_Next(iterator)
    if (first === null) return PyErr_Occurred() === null
    let item = PyIter_Next(iterator)
    if (item === null) {
      if (PyErr_Occurred() !== null) return Py_DECREF(first), false
      return saveItem(first) && p.byte(single)
    }
    if (!p.byte(op.MARK) || !saveItem(first)) return Py_DECREF(item), false
    let n = 1
    while (item !== null) {
      if (!saveItem(item)) return false
      if (++n === op.BATCHSIZE) break
      item = PyIter_Next(iterator)
    }
    if (PyErr_Occurred() !== null || !p.byte(many)) return false
    if (n !== op.BATCHSIZE) return true
  }
}

export const batch_list = (p: PicklerData, iterator: PyObject): boolean => batch(p, iterator, op.APPEND, op.APPENDS, item => save(p, item))

export function batch_dict(p: PicklerData, iterator: PyObject): boolean {
  return batch(p, iterator, op.SETITEM, op.SETITEMS, item => {
    if (PyTuple_Check(item) && item.v.length === 2) return save(p, item.v[0]!) && save(p, item.v[1]!)
    return PyErr_SetString(PyExc_TypeError, 'dict items iterator must return 2-tuples') !== null
  })
}

/** Goes through an iterator (STEALS it) one level deeper. */
function nested(iterator: PyObject | null, each: (iterator: PyObject) => boolean): boolean {
  if (iterator === null) return false
  if (_Py_EnterRecursiveCall(RECURSION)) return Py_DECREF(iterator), false
  const done = each(iterator)
  _Py_LeaveRecursiveCall()
  Py_DECREF(iterator)
  return done
}

// ---- lists and dicts ---------------------------------------------------------------------------------------------------------------------

function batchListExact(p: PicklerData, o: PyObject): boolean {
  const saveAt = (i: number): boolean => {
    const item = PyList_GET_ITEM(o, i)
    item.ob_refcnt++
    const done = save(p, item)
    Py_DECREF(item)
    return done
  }
  if (PyList_GET_SIZE(o) === 1) return saveAt(0) && p.byte(op.APPEND)
  let total = 0
  do {
    if (!p.byte(op.MARK)) return false
    for (let n = 0; n < op.BATCHSIZE && total < PyList_GET_SIZE(o); n++, total++) if (!saveAt(total)) return false
    if (!p.byte(op.APPENDS)) return false
  } while (total < PyList_GET_SIZE(o))
  return true
}

export function save_list(p: PicklerData, o: PyObject): boolean {
  let done = enterFast(p, o) && (p.bin !== 0 ? p.byte(op.EMPTY_LIST) : p.bytesOf(op.MARK, op.LIST)) && memo_put(p, o)
  if (done && PyList_GET_SIZE(o) !== 0) {
    if (p.proto === 0) done = nested(PyObject_GetIter(o), iterator => batch_list(p, iterator))
    else if (_Py_EnterRecursiveCall(RECURSION)) done = false
    else {
      done = batchListExact(p, o)
      _Py_LeaveRecursiveCall()
    }
  }
  return leaveFast(p, o) && done
}

function batchDictExact(p: PicklerData, o: PyObject): boolean {
  const size = PyDict_GET_SIZE(o)
  let at = 0
  const saveNext = (): boolean => {
    const { key, value } = DICT_ENTRY
    key.ob_refcnt++
    value.ob_refcnt++
    const done = save(p, key) && save(p, value)
    Py_DECREF(key)
    Py_DECREF(value)
    return done
  }
  if (size === 1) return PyDict_Next(o, 0) > 0 && saveNext() && p.byte(op.SETITEM)
  for (;;) {
    let n = 0
    if (!p.byte(op.MARK)) return false
    for (let next = PyDict_Next(o, at); next > 0; next = PyDict_Next(o, at)) {
      at = next
      if (!saveNext()) return false
      if (++n === op.BATCHSIZE) break
    }
    if (!p.byte(op.SETITEMS)) return false
    if (PyDict_GET_SIZE(o) !== size) return PyErr_SetString(PyExc_RuntimeError, 'dictionary changed size during iteration') !== null
    if (n !== op.BATCHSIZE) return true
  }
}

export function save_dict(p: PicklerData, o: PyObject): boolean {
  let done = enterFast(p, o) && (p.bin !== 0 ? p.byte(op.EMPTY_DICT) : p.bytesOf(op.MARK, op.DICT)) && memo_put(p, o)
  if (done && PyDict_GET_SIZE(o) !== 0) {
    if (p.proto === 0) {
      const items = PyObject_CallMethodNoArgs(o, _Py_ID('items'))
      const iterator = items === null ? null : PyObject_GetIter(items)
      Py_XDECREF(items)
      done = nested(iterator, it => batch_dict(p, it))
    } else if (_Py_EnterRecursiveCall(RECURSION)) done = false
    else {
      done = batchDictExact(p, o)
      _Py_LeaveRecursiveCall()
    }
  }
  return leaveFast(p, o) && done
}

// ---- sets --------------------------------------------------------------------------------------------------------------------------------

function saveAsList(p: PicklerData, o: PyObject, type: PyObject): boolean {
  const items = PySequence_List(o)
  if (items === null) return false
  const value = buildValue(borrowed(type), () => buildValue(borrowed(items)))
  Py_DECREF(items)
  return saveReduceValue(p, value, o)
}

export function save_set(p: PicklerData, o: PyObject): boolean {
  if (p.proto < 4) return saveAsList(p, o, PySet_Type)
  if (!p.byte(op.EMPTY_SET) || !memo_put(p, o)) return false
  const size = PySet_GET_SIZE(o)
  if (size === 0) return true
  let at = 0
  for (;;) {
    let n = 0
    if (!p.byte(op.MARK)) return false
    for (let next = _PySet_NextEntry(o, at); next > 0; next = _PySet_NextEntry(o, at)) {
      at = next
      const item = SET_ENTRY.key
      item.ob_refcnt++
      const done = save(p, item)
      Py_DECREF(item)
      if (!done) return false
      if (++n === op.BATCHSIZE) break
    }
    if (!p.byte(op.ADDITEMS)) return false
    if (PySet_GET_SIZE(o) !== size) return PyErr_SetString(PyExc_RuntimeError, 'set changed size during iteration') !== null
    if (n !== op.BATCHSIZE) return true
  }
}

export function save_frozenset(p: PicklerData, o: PyObject): boolean {
  if (!enterFast(p, o)) return false
  if (p.proto < 4) return saveAsList(p, o, PyFrozenSet_Type)
  const iterator = p.byte(op.MARK) ? PyObject_GetIter(o) : null
  if (iterator === null) return false
  for (let item = PyIter_Next(iterator); item !== null; item = PyIter_Next(iterator)) {
    const done = save(p, item)
    Py_DECREF(item)
    if (!done) return Py_DECREF(iterator), false
  }
  Py_DECREF(iterator)
  if (PyErr_Occurred() !== null) return false
  if (p.memo!.entries.has(o)) return p.byte(op.POP_MARK) && memo_get(p, o)
  return p.byte(op.FROZENSET) && memo_put(p, o)
}
