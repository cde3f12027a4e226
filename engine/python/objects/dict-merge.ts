// Copying and merging dicts. Mirrors dict_merge and its neighbours, Objects/dictobject.c.
import type { PyObject, PyTypeObject } from './object'
import { PyIter_Next, PyMapping_Keys, PyObject_GetItem, PyObject_SetItem, PySequence_Fast } from './abstract'
import { PyObject_CallNoArgs } from './call'
import {
  DICT_KEYS_GENERAL, PyDict_LOG_MINSIZE, USABLE_FRACTION, clone_combined_dict_keys, dictkeys_decref, estimate_log2_keysize,
  free_values, new_values, shared_keys_usable_size, Py_EMPTY_KEYS,
} from './dict-keys'
import { dict_iter } from './dict-iter'
import {
  DICT_ENTRY, DictData, PyDict_Check, PyDict_CheckExact, PyDict_Contains, PyDict_GET_SIZE, PyDict_New, PyDict_Next,
  PyDict_SetDefault, PyDict_SetItem, PyDict_Type, _PyDict_Contains_KnownHash, _PyDict_NewPresized, dictNewPresizedUnicode,
  dictresize, insertdict, nextDictVersion,
} from './dictobject'
import {
  PyErr_BadInternalCall, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString, _PyErr_SetKeyError,
} from './errors'
import { PyExc_RuntimeError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyObject_GC_New, PyObject_GC_Track } from './objimpl'
import { PyObject_GetIter } from './abstract'
import { PyAnySet_CheckExact, PySet_GET_SIZE, SET_ENTRY, _PySet_NextEntry } from './setobject'
import { PyUnicode_Type } from './unicodeobject'

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** NEW dict with the same entries, or null. */
export function PyDict_Copy(self: PyObject): PyObject | null {
  if (!PyDict_Check(self)) return PyErr_BadInternalCall(), null
  const mp = self.v
  if (mp.ma_used === 0) return PyDict_New()
  if (mp.ma_values !== null) {
    const size = shared_keys_usable_size(mp.ma_keys)
    const values = new_values(size)
    if (values === null) return null
    values.used = mp.ma_values.used
    values.order = mp.ma_values.order === null ? null : mp.ma_values.order.slice()
    mp.ma_keys.dk_refcnt++
    const copy = PyObject_GC_New(PyDict_Type, new DictData(mp.ma_keys, values, mp.ma_used))
    for (let i = 0; i < size; i++) {
      const value = mp.ma_values.values[i]!
      values.values[i] = value
      if (value !== null) value.ob_refcnt++
    }
    if (self.gc !== 0) PyObject_GC_Track(copy)
    return copy
  }
  const copy = cloneInto(self)
  if (copy !== undefined) return copy
  const merged = PyDict_New()
  if (dict_merge(merged, self, 1) === 0) return merged
  decref(merged)
  return null
}

/** The fast copy of a combined dict with few deleted entries; undefined where it does not apply. */
function cloneInto(self: PyObject): PyObject | null | undefined {
  const mp = self.v as DictData
  if (self.ob_type.tp_iter !== dict_iter || mp.ma_used < Math.floor(mp.ma_keys.dk_nentries * 2 / 3)) return undefined
  const keys = clone_combined_dict_keys(mp.ma_keys)
  if (keys === null) return null
  const copy = PyDict_New()
  Py_EMPTY_KEYS.dk_refcnt--
  copy.v.ma_keys = keys
  copy.v.ma_used = mp.ma_used
  if (self.gc !== 0) PyObject_GC_Track(copy)
  return copy
}

/** a.update(b) for a mapping b: 0, or -1 with an exception set. */
export function PyDict_Update(a: PyObject, b: PyObject): number {
  return dict_merge(a, b, 1)
}

/** override 0: keep what a has; 1: take b's. */
export function PyDict_Merge(a: PyObject, b: PyObject, override: number): number {
  return dict_merge(a, b, override !== 0 ? 1 : 0)
}

/** override 2: a key in both is a KeyError. */
export function _PyDict_MergeEx(a: PyObject, b: PyObject, override: number): number {
  return dict_merge(a, b, override)
}

// Mirrors dict_merge.
export function dict_merge(a: PyObject, b: PyObject, override: number): number {
  if (!PyDict_Check(a)) return PyErr_BadInternalCall(), -1
  if (PyDict_Check(b) && b.ob_type.tp_iter === dict_iter) return mergeDict(a, b, override)
  const keys = PyMapping_Keys(b)
  if (keys === null) return -1
  const iter = PyObject_GetIter(keys)
  decref(keys)
  if (iter === null) return -1
  for (let key = PyIter_Next(iter); key !== null; key = PyIter_Next(iter)) {
    if (override !== 1) {
      const status = PyDict_Contains(a, key)
      if (status !== 0) {
        if (status > 0) {
          if (override === 0) {
            decref(key)
            continue
          }
          _PyErr_SetKeyError(key)
        }
        decref(key)
        decref(iter)
        return -1
      }
    }
    const value = PyObject_GetItem(b, key)
    if (value === null) {
      decref(iter)
      decref(key)
      return -1
    }
    const status = PyDict_SetItem(a, key, value)
    decref(key)
    decref(value)
    if (status < 0) {
      decref(iter)
      return -1
    }
  }
  decref(iter)
  return PyErr_Occurred() !== null ? -1 : 0
}

function mergeDict(a: PyObject, b: PyObject, override: number): number {
  const mp = a.v as DictData
  const other = b.v as DictData
  if (other === mp || other.ma_used === 0) return 0
  if (mp.ma_used === 0) {
    override = 1
    const okeys = other.ma_keys
    // A clean combined dict is cloned as it is.
    if (other.ma_values === null && other.ma_used === okeys.dk_nentries
      && (okeys.dk_log2_size === PyDict_LOG_MINSIZE || USABLE_FRACTION((okeys.mask + 1) / 2) < other.ma_used)) {
      const keys = clone_combined_dict_keys(okeys)
      if (keys === null) return -1
      if (mp.ma_keys === Py_EMPTY_KEYS) Py_EMPTY_KEYS.dk_refcnt--
      else dictkeys_decref(mp.ma_keys)
      mp.ma_keys = keys
      if (mp.ma_values !== null) {
        free_values(mp.ma_values)
        mp.ma_values = null
      }
      mp.ma_used = other.ma_used
      mp.ma_version_tag = nextDictVersion()
      if (b.gc !== 0 && a.gc === 0) PyObject_GC_Track(a)
      return 0
    }
  }
  // One big resize at the start instead of several; the keys probably do not overlap.
  if (USABLE_FRACTION(mp.ma_keys.mask + 1) < other.ma_used) {
    const unicode = other.ma_keys.dk_kind !== DICT_KEYS_GENERAL
    if (dictresize(mp, estimate_log2_keysize(mp.ma_used + other.ma_used), unicode) < 0) return -1
  }
  const entries = other.ma_keys.dk_nentries
  for (let pos = PyDict_Next(b, 0); pos > 0; pos = PyDict_Next(b, pos)) {
    const { key, value, lo, hi } = DICT_ENTRY
    key.ob_refcnt++
    value.ob_refcnt++
    let status = 0
    let insert = true
    if (override !== 1) {
      status = _PyDict_Contains_KnownHash(a, key, lo, hi)
      insert = status === 0
      if (status > 0) {
        status = 0
        if (override !== 0) {
          _PyErr_SetKeyError(key)
          status = -1
        }
      }
    }
    if (insert) {
      key.ob_refcnt++
      value.ob_refcnt++
      status = insertdict(a, key, lo, hi, value)
    }
    decref(value)
    decref(key)
    if (status !== 0) return -1
    if (entries !== other.ma_keys.dk_nentries) {
      PyErr_SetString(PyExc_RuntimeError, 'dict mutated during update')
      return -1
    }
  }
  return 0
}

/** Merges an iterable of pairs. 0, or -1 with an exception set. Mirrors PyDict_MergeFromSeq2. */
export function PyDict_MergeFromSeq2(self: PyObject, seq2: PyObject, override: number): number {
  const it = PyObject_GetIter(seq2)
  if (it === null) return -1
  for (let i = 0; ; i++) {
    const item = PyIter_Next(it)
    if (item === null) {
      decref(it)
      return PyErr_Occurred() !== null ? -1 : 0
    }
    const status = mergePair(self, item, i, override)
    decref(item)
    if (status < 0) {
      decref(it)
      return -1
    }
  }
}

function mergePair(self: PyObject, item: PyObject, i: number, override: number): number {
  const fast = PySequence_Fast(item, '')
  if (fast === null) {
    if (PyErr_ExceptionMatches(PyExc_TypeError)) {
      PyErr_Format(PyExc_TypeError, 'cannot convert dictionary update sequence element #%zd to a sequence', i)
    }
    return -1
  }
  const items: PyObject[] = Array.isArray(fast.v) ? fast.v : fast.v.ob_item
  if (items.length !== 2) {
    PyErr_Format(PyExc_ValueError, 'dictionary update sequence element #%zd has length %zd; 2 is required', i, items.length)
    decref(fast)
    return -1
  }
  const key = items[0]!
  const value = items[1]!
  key.ob_refcnt++
  value.ob_refcnt++
  let status: number
  if (override !== 0) status = PyDict_SetItem(self, key, value)
  else status = PyDict_SetDefault(self, key, value) === null ? -1 : 0
  decref(key)
  decref(value)
  decref(fast)
  return status
}

/** NEW dict from n pairs: keys[keysOffset + i*step] and values likewise (BUILD_MAP has step 2). Null on error. */
export function _PyDict_FromItems(
  keys: readonly PyObject[], keysOffset: number, keysStep: number,
  values: readonly PyObject[], valuesOffset: number, valuesStep: number, n: number,
): PyObject | null {
  let unicode = true
  for (let i = 0; i < n; i++) {
    if (keys[keysOffset + i * keysStep]!.ob_type !== PyUnicode_Type) {
      unicode = false
      break
    }
  }
  const dict = unicode ? dictNewPresizedUnicode(n) : _PyDict_NewPresized(n)
  if (dict === null) return null
  for (let i = 0; i < n; i++) {
    if (PyDict_SetItem(dict, keys[keysOffset + i * keysStep]!, values[valuesOffset + i * valuesStep]!) < 0) {
      decref(dict)
      return null
    }
  }
  return dict
}

/** NEW cls() with the iterable's items as keys, all with the same value; dict.fromkeys. Null on error. */
export function _PyDict_FromKeys(cls: PyObject, iterable: PyObject, value: PyObject): PyObject | null {
  const d = PyObject_CallNoArgs(cls)
  if (d === null) return null
  const fail = (): null => (decref(d), null)
  if (PyDict_CheckExact(d) && d.v.ma_used === 0) {
    if (PyDict_CheckExact(iterable)) {
      const unicode = iterable.v.ma_keys.dk_kind !== DICT_KEYS_GENERAL
      if (dictresize(d.v, estimate_log2_keysize(PyDict_GET_SIZE(iterable)), unicode) < 0) return fail()
      for (let pos = PyDict_Next(iterable, 0); pos > 0; pos = PyDict_Next(iterable, pos)) {
        const { key, lo, hi } = DICT_ENTRY
        key.ob_refcnt++
        value.ob_refcnt++
        if (insertdict(d, key, lo, hi, value) < 0) return fail()
      }
      return d
    }
    if (PyAnySet_CheckExact(iterable)) {
      if (dictresize(d.v, estimate_log2_keysize(PySet_GET_SIZE(iterable)), false) < 0) return fail()
      for (let pos = _PySet_NextEntry(iterable, 0); pos > 0; pos = _PySet_NextEntry(iterable, pos)) {
        const { key, lo, hi } = SET_ENTRY
        key.ob_refcnt++
        value.ob_refcnt++
        if (insertdict(d, key, lo, hi, value) < 0) return fail()
      }
      return d
    }
  }
  const it = PyObject_GetIter(iterable)
  if (it === null) return fail()
  const exact = d.ob_type === (PyDict_Type as PyTypeObject)
  for (let key = PyIter_Next(it); key !== null; key = PyIter_Next(it)) {
    const status = exact ? PyDict_SetItem(d, key, value) : PyObject_SetItem(d, key, value)
    decref(key)
    if (status < 0) {
      decref(it)
      return fail()
    }
  }
  decref(it)
  return PyErr_Occurred() !== null ? fail() : d
}
