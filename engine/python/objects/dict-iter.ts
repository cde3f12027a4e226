// Iterators over dicts, forwards and backwards: keys, values, items. Mirrors the iterators of Objects/dictobject.c.
//
// An iterator knows how many entries the dict had; a change of that number ends it with RuntimeError. The item iterators
// hand the same tuple out again while nobody has kept it.
import { METH_NOARGS, Py_TPFLAGS_HAVE_GC, type PyMethodDef, type PyObject, PyTypeObject, type visitproc } from './object'
import { PySequence_List } from './abstract'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { get_index_from_order } from './dict-keys'
import type { DictData } from './dictobject'
import { PyErr_SetString } from './errors'
import { PyExc_RuntimeError } from './exceptions'
import { buildReduce } from './iterobject'
import { PyLong_FromSsize_t } from './longobject'
import { PyObject_GC_Del, PyObject_GC_New } from './objimpl'
import { PyObject_SelfIter } from './object-protocol'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { PyTuple_Pack, tuplePairSteal } from './tupleobject'

export class DictIterData {
  /** Null once exhausted. */
  di_dict: PyObject | null
  /** Entries when the iteration began; -1 after a change was seen. */
  di_used: number
  di_pos: number
  /** Pair to be handed out again; item iterators only. */
  di_result: PyObject | null
  len: number

  constructor(dict: PyObject | null, used: number, pos: number, len: number, result: PyObject | null) {
    this.di_dict = dict
    this.di_used = used
    this.di_pos = pos
    this.di_result = result
    this.len = len
  }
}

const methods: PyMethodDef[] = [
  { ml_name: '__length_hint__', ml_meth: dictiter_len, ml_flags: METH_NOARGS },
  { ml_name: '__reduce__', ml_meth: dictiter_reduce, ml_flags: METH_NOARGS },
]

function iteratorType(name: string, next: (self: PyObject) => PyObject | null): PyTypeObject {
  return new PyTypeObject(name, {
    tp_basicsize: 56,
    tp_flags: Py_TPFLAGS_HAVE_GC,
    tp_dealloc: dictiter_dealloc,
    tp_traverse: dictiter_traverse,
    tp_iter: o => PyObject_SelfIter(o),
    tp_iternext: next,
    tp_methods: methods,
  })
}

export const PyDictIterKey_Type = iteratorType('dict_keyiterator', self => step(self) ? newRef(FOUND.key) : null)
export const PyDictIterValue_Type = iteratorType('dict_valueiterator', self => step(self) ? newRef(FOUND.value) : null)
export const PyDictIterItem_Type = iteratorType('dict_itemiterator', self => step(self) ? pair(self) : null)
export const PyDictRevIterKey_Type = iteratorType('dict_reversekeyiterator', self => stepBack(self) ? newRef(FOUND.key) : null)
export const PyDictRevIterValue_Type = iteratorType('dict_reversevalueiterator', self => stepBack(self) ? newRef(FOUND.value) : null)
export const PyDictRevIterItem_Type = iteratorType('dict_reverseitemiterator', self => stepBack(self) ? pair(self) : null)

function newRef(o: PyObject): PyObject {
  o.ob_refcnt++
  return o
}

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** NEW iterator over a dict. Mirrors dictiter_new. */
export function dictiter_new(dict: PyObject, type: PyTypeObject): PyObject {
  const it = new DictIterData(dict, 0, 0, 0, null)
  const o = PyObject_GC_New(type, it)
  dict.ob_refcnt++
  // A collection may have run code that changed the dict.
  const mp = dict.v as DictData
  it.di_used = it.len = mp.ma_used
  if (type === PyDictRevIterKey_Type || type === PyDictRevIterItem_Type || type === PyDictRevIterValue_Type) {
    it.di_pos = (mp.ma_values !== null ? mp.ma_used : mp.ma_keys.dk_nentries) - 1
  }
  if (type === PyDictIterItem_Type || type === PyDictRevIterItem_Type) it.di_result = PyTuple_Pack(Py_None, Py_None)
  _PyRuntime.process.gc.track(o)
  return o
}

/** tp_iter of dict: NEW iterator over the keys. */
export function dict_iter(dict: PyObject): PyObject {
  return dictiter_new(dict, PyDictIterKey_Type)
}

export function dict___reversed__(dict: PyObject): PyObject {
  return dictiter_new(dict, PyDictRevIterKey_Type)
}

function dictiter_dealloc(self: PyObject): void {
  if (self.gc !== 0) _PyRuntime.process.gc.untrack(self)
  const it = self.v as DictIterData
  if (it.di_dict !== null) decref(it.di_dict)
  if (it.di_result !== null) decref(it.di_result)
  PyObject_GC_Del(self)
}

function dictiter_traverse(self: PyObject, visit: visitproc): void {
  const it = self.v as DictIterData
  if (it.di_dict !== null) visit(it.di_dict)
  if (it.di_result !== null) visit(it.di_result)
}

/** Entry that the last step came to: BORROWED. */
const FOUND: { key: PyObject, value: PyObject } = { key: null as unknown as PyObject, value: null as unknown as PyObject }

function exhausted(it: DictIterData): false {
  const dict = it.di_dict!
  it.di_dict = null
  decref(dict)
  return false
}

function changed(it: DictIterData): false {
  PyErr_SetString(PyExc_RuntimeError, 'dictionary changed size during iteration')
  it.di_used = -1
  return false
}

/** Moves to the next entry. False at the end or with an exception set. */
function step(self: PyObject): boolean {
  const it = self.v as DictIterData
  if (it.di_dict === null) return false
  const mp = it.di_dict.v as DictData
  if (it.di_used !== mp.ma_used) return changed(it)
  const dk = mp.ma_keys
  let i = it.di_pos
  if (mp.ma_values !== null) {
    if (i >= mp.ma_used) return exhausted(it)
    const ix = get_index_from_order(mp.ma_values, i)
    FOUND.key = dk.keys[ix]!
    FOUND.value = mp.ma_values.values[ix]!
  } else {
    const n = dk.dk_nentries
    const values = dk.values
    while (i < n && values[i] === null) i++
    if (i >= n) return exhausted(it)
    FOUND.key = dk.keys[i]!
    FOUND.value = values[i]!
  }
  // As many as there were have come already: keys were replaced.
  if (it.len === 0) {
    PyErr_SetString(PyExc_RuntimeError, 'dictionary keys changed during iteration')
    return exhausted(it)
  }
  it.di_pos = i + 1
  it.len--
  return true
}

function stepBack(self: PyObject): boolean {
  const it = self.v as DictIterData
  if (it.di_dict === null) return false
  const mp = it.di_dict.v as DictData
  if (it.di_used !== mp.ma_used) return changed(it)
  const dk = mp.ma_keys
  let i = it.di_pos
  if (i < 0) return exhausted(it)
  if (mp.ma_values !== null) {
    const ix = get_index_from_order(mp.ma_values, i)
    FOUND.key = dk.keys[ix]!
    FOUND.value = mp.ma_values.values[ix]!
  } else {
    while (dk.values[i] === null) if (--i < 0) return exhausted(it)
    FOUND.key = dk.keys[i]!
    FOUND.value = dk.values[i]!
  }
  it.di_pos = i - 1
  it.len--
  return true
}

/** NEW (key, value) of the found entry. */
function pair(self: PyObject): PyObject {
  const { key, value } = FOUND
  key.ob_refcnt++
  value.ob_refcnt++
  const result = (self.v as DictIterData).di_result!
  if (result.ob_refcnt !== 1) return tuplePairSteal(key, value)
  const items = result.v as PyObject[]
  const oldKey = items[0]!
  const oldValue = items[1]!
  items[0] = key
  items[1] = value
  result.ob_refcnt++
  decref(oldKey)
  decref(oldValue)
  // The collector may have untracked it while it held nothing of interest.
  if (result.gc === 0) _PyRuntime.process.gc.track(result)
  return result
}

function dictiter_len(self: PyObject): PyObject {
  const it = self.v as DictIterData
  const valid = it.di_dict !== null && it.di_used === (it.di_dict.v as DictData).ma_used
  return PyLong_FromSsize_t(valid ? it.len : 0)
}

// The rest goes into a list, through a copy of the iterator that is no object of the process (CPython's is on the stack).
function dictiter_reduce(self: PyObject): PyObject | null {
  const copy = copyOf(self, self.v as DictIterData)
  const list = PySequence_List(copy)
  const left = (copy.v as DictIterData).di_dict
  if (left !== null) decref(left)
  if (list === null) return null
  return buildReduce(_PyEval_GetBuiltin('iter'), list, null)
}

function copyOf(self: PyObject, it: DictIterData): PyObject {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(self) as object) as PyObject, self)
  copy.v = new DictIterData(it.di_dict, it.di_used, it.di_pos, it.len, it.di_result)
  // PySequence_List takes a reference of its own and drops it; one more keeps the copy from being freed.
  copy.ob_refcnt = 2
  copy.gc = 0
  if (it.di_dict !== null) it.di_dict.ob_refcnt++
  return copy
}
