// dict: the type, its tables' growth, and reading and writing by key. Mirrors Objects/dictobject.c.
//
// A dict is combined (keys and values in `ma_keys`, used by it alone) or split (shared keys, own `ma_values`; made from
// an instance's attributes). An empty dict has the static `Py_EMPTY_KEYS` and no table. Hash tables: dict-keys.ts;
// instances' attributes: dict-values.ts; copying and merging: dict-merge.ts; methods, views and iterators: dict-methods.ts,
// dict-views.ts, dict-iter.ts.
import {
  HASH, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_MAPPING, Py_TPFLAGS_MATCH_SELF,
  PyObject, PyTypeObject, type visitproc,
} from './object'
import {
  DICT_KEYS_GENERAL, DICT_KEYS_SPLIT, DICT_KEYS_UNICODE, DKIX_DUMMY, DKIX_EMPTY, DKIX_ERROR, DictKeys, InlineValues,
  PyDict_LOG_MINSIZE, PyDict_MAXFREELIST, PyDict_MINSIZE, Py_EMPTY_KEYS, USABLE_FRACTION, _PyDictValues_AddToInsertionOrder,
  build_indices, calculate_log2_keysize, clearKeysFreeList, delete_index_from_values, dictkeys_decref,
  entryHash, estimate_log2_keysize, find_empty_slot, free_keys_object, free_values, get_index_from_order, lookdict_index,
  lookupEntry, new_keys_object, unicodekeys_lookup_unicode, _PyDict_KeysSize, shared_keys_usable_size,
} from './dict-keys'
import { PyErr_BadInternalCall, PyErr_Clear, PyErr_Occurred, _PyErr_SetKeyError } from './errors'
import { dictSlots } from './dict-methods'
import {
  FreeList, PyObject_GC_Del, PyObject_GC_IsTracked, PyObject_GC_New, PyObject_GC_Track, PyObject_IS_GC,
} from './objimpl'
import { PyObject_Hash, _PyTrash_begin, _PyTrash_end } from './object-protocol'
import { _PyRuntime } from './runtime'
import { PyTuple_Type } from './tupleobject'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_FromString, PyUnicode_InternInPlace, PyUnicode_Type, unicodeHash } from './unicodeobject'

export { _PyDictKeys_GetVersionForCurrentState, _PyDictKeys_StringLookup, _PyDict_KeysSize, _PyDict_NewKeysForClass } from './dict-keys'
export type { DictKeys, InlineValues } from './dict-keys'
export {
  PyObject_GenericGetDict, _PyObjectDict_SetItem, _PyObject_ClearInstanceAttributes, _PyObject_FreeInstanceAttributes,
  _PyObject_GetDictPtr, _PyObject_GetInstanceAttribute, _PyObject_InitializeDict, _PyObject_IsInstanceDictEmpty,
  _PyObject_MakeDictFromInstanceAttributes, _PyObject_StoreInstanceAttribute, _PyObject_VisitInstanceAttributes,
} from './dict-values'
export {
  PyDict_Copy, PyDict_Merge, PyDict_MergeFromSeq2, PyDict_Update, _PyDict_FromItems, _PyDict_FromKeys, _PyDict_MergeEx,
} from './dict-merge'

export interface PyDictObject extends PyObject { v: DictData }

export class DictData {
  ma_used = 0
  /** Changes whenever the dict does; unique over all dicts. */
  ma_version_tag: number
  ma_keys: DictKeys
  /** Values of a split dict; null for a combined one. */
  ma_values: InlineValues | null
  /** What built-in subclasses keep behind the dict's struct: a defaultdict's factory, an OrderedDict's order. */
  extra: unknown = null

  constructor(keys: DictKeys, values: InlineValues | null, used: number) {
    this.ma_used = used
    this.ma_version_tag = ++pydict_global_version
    this.ma_keys = keys
    this.ma_values = values
  }
}

let pydict_global_version = 0

/** DICT_NEXT_VERSION. */
export function nextDictVersion(): number {
  return ++pydict_global_version
}

export const PyDict_Type: PyTypeObject = new PyTypeObject('dict', {
  tp_basicsize: 48,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_MAPPING,
  tp_dealloc: dict_dealloc,
  tp_traverse: dict_traverse,
  tp_clear: self => PyDict_Clear(self),
  tp_new: dict_new,
})

/** Adds what the method files define; called before PyType_Ready. */
export function initDictType(): void {
  Object.assign(PyDict_Type, dictSlots())
}

const freeList = new FreeList(PyDict_MAXFREELIST)

export function dictFreeListLength(): number {
  return freeList.length
}

/** Empties the free lists of dicts and of keys, as a full collection does. */
export function _PyDict_ClearFreeList(): void {
  freeList.clear()
  clearKeysFreeList()
}

// ---- creation ------------------------------------------------------------------------------------------------------

export function PyDict_Check(o: PyObject): o is PyDictObject {
  return (o.ob_type.tp_flags & Py_TPFLAGS_DICT_SUBCLASS) !== 0
}

export function PyDict_CheckExact(o: PyObject): o is PyDictObject {
  return o.ob_type === PyDict_Type
}

/** NEW dict around keys (whose reference it takes over) and values. Untracked. Mirrors new_dict. */
export function new_dict(keys: DictKeys, values: InlineValues | null, used: number): PyDictObject {
  const o = freeList.take()
  if (o !== null) {
    const mp = o.v as DictData
    mp.ma_keys = keys
    mp.ma_values = values
    mp.ma_used = used
    mp.ma_version_tag = ++pydict_global_version
    return o
  }
  return PyObject_GC_New(PyDict_Type, new DictData(keys, values, used))
}

/** NEW empty dict. */
export function PyDict_New(): PyDictObject {
  Py_EMPTY_KEYS.dk_refcnt++
  return new_dict(Py_EMPTY_KEYS, null, 0)
}

// Mirrors dict_new_presized.
function dict_new_presized(minused: number, unicode: boolean): PyDictObject | null {
  if (minused <= 5) return PyDict_New()
  const log2 = minused > USABLE_FRACTION(2 ** 17) ? 17 : estimate_log2_keysize(minused)
  const keys = new_keys_object(log2, unicode)
  return keys === null ? null : new_dict(keys, null, 0)
}

/** NEW empty dict with room for `minused` entries of any kind, or null. */
export function _PyDict_NewPresized(minused: number): PyDictObject | null {
  return dict_new_presized(minused, false)
}

/** The same for exact str keys. */
export function dictNewPresizedUnicode(minused: number): PyDictObject | null {
  return dict_new_presized(minused, true)
}

// Mirrors dict_new: subclasses are tracked from the start, dict itself only once it holds something that is.
function dict_new(type: PyTypeObject, _args: PyObject, _kwargs: PyObject | null): PyObject | null {
  const self = type.tp_alloc!(type, 0)
  if (self === null) return null
  if (type === PyDict_Type) _PyRuntime.process.gc.untrack(self)
  Py_EMPTY_KEYS.dk_refcnt++
  self.v = new DictData(Py_EMPTY_KEYS, null, 0)
  return self
}

// ---- death and the collector ---------------------------------------------------------------------------------------

function dict_dealloc(self: PyObject): void {
  const gc = _PyRuntime.process.gc
  if (self.gc !== 0) gc.untrack(self)
  if (!_PyTrash_begin(self, dict_dealloc)) return
  const mp = self.v as DictData
  const keys = mp.ma_keys
  const values = mp.ma_values
  if (values !== null) {
    dropValues(values, keys.dk_nentries)
    free_values(values)
    dictkeys_decref(keys)
  } else if (keys === Py_EMPTY_KEYS) {
    keys.dk_refcnt--
  } else {
    dictkeys_decref(keys)
  }
  if (self.ob_type !== PyDict_Type) {
    self.ob_type.tp_free!(self)
  } else {
    mp.ma_keys = Py_EMPTY_KEYS
    mp.ma_values = null
    if (!freeList.put(self)) PyObject_GC_Del(self)
  }
  _PyTrash_end()
}

/** Drops the first n values. */
export function dropValues(values: InlineValues, n: number): void {
  const array = values.values
  for (let i = 0; i < n; i++) {
    const value = array[i]!
    if (value === null) continue
    array[i] = null
    if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
  }
}

// Mirrors dict_traverse: str keys cannot be part of a cycle and are not visited.
function dict_traverse(self: PyObject, visit: visitproc): void {
  const mp = self.v as DictData
  const dk = mp.ma_keys
  const n = dk.dk_nentries
  const values = mp.ma_values !== null ? mp.ma_values.values : dk.values
  if (dk.dk_kind !== DICT_KEYS_GENERAL) {
    for (let i = 0; i < n; i++) {
      const value = values[i]!
      if (value !== null) visit(value)
    }
    return
  }
  const keys = dk.keys
  for (let i = 0; i < n; i++) {
    const value = values[i]!
    if (value === null) continue
    visit(value)
    visit(keys[i]!)
  }
}

/** _PyObject_GC_MAY_BE_TRACKED. */
export function mayBeTracked(o: PyObject): boolean {
  return (o.ob_type.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0 && PyObject_IS_GC(o) && (o.ob_type !== PyTuple_Type || o.gc !== 0)
}

/** MAINTAIN_TRACKING: a dict is tracked from the first key or value that may be. */
export function maintainTracking(self: PyObject, key: PyObject, value: PyObject): void {
  if (self.gc === 0 && (mayBeTracked(value) || mayBeTracked(key))) PyObject_GC_Track(self)
}

/** True if an exact dict holds only what can never be part of a cycle; the collector untracks it then. */
export function dictCanBeUntracked(self: PyObject): boolean {
  if (self.ob_type !== PyDict_Type) return false
  const mp = self.v as DictData
  const dk = mp.ma_keys
  const values = mp.ma_values !== null ? mp.ma_values.values : dk.values
  for (let i = 0; i < dk.dk_nentries; i++) {
    const value = values[i]!
    if (value === null) continue
    if (mayBeTracked(value)) return false
    if (dk.dk_kind === DICT_KEYS_GENERAL && mayBeTracked(dk.keys[i]!)) return false
  }
  return true
}

/** Untracks a dict that need not be tracked, _PyDict_MaybeUntrack. */
export function _PyDict_MaybeUntrack(self: PyObject): void {
  if (self.gc !== 0 && PyObject_GC_IsTracked(self) && dictCanBeUntracked(self)) _PyRuntime.process.gc.untrack(self)
}

// ---- reading ---------------------------------------------------------------------------------------------------------

/** Hash of a key into HASH; -1 with an exception set. */
export function hashKey(key: PyObject): number {
  if (key.ob_type !== PyUnicode_Type) return PyObject_Hash(key)
  const data = key.v as UnicodeData
  if (!data.hashed) unicodeHash(data)
  HASH[0] = data.hashLo
  HASH[1] = data.hashHi
  return 0
}

/** Borrowed value of an entry; null if it is not set (split tables). */
export function valueAt(mp: DictData, ix: number): PyObject | null {
  return mp.ma_values !== null ? mp.ma_values.values[ix]! : mp.ma_keys.values[ix]!
}

/** BORROWED value of a key; null if it is not there, or with an exception set. */
export function PyDict_GetItemWithError(self: PyObject, key: PyObject): PyObject | null {
  const mp = self.v as DictData
  let lo: number
  let hi: number
  if (key.ob_type === PyUnicode_Type) {
    const data = key.v as UnicodeData
    if (!data.hashed) unicodeHash(data)
    lo = data.hashLo
    hi = data.hashHi
    if (mp.ma_keys.dk_kind !== DICT_KEYS_GENERAL) {
      const ix = unicodekeys_lookup_unicode(mp.ma_keys, key, lo, hi)
      if (ix < 0) return null
      return mp.ma_values !== null ? mp.ma_values.values[ix]! : mp.ma_keys.values[ix]!
    }
  } else {
    if (PyObject_Hash(key) < 0) return null
    lo = HASH[0]!
    hi = HASH[1]!
  }
  const ix = lookupEntry(mp, key, lo, hi)
  return ix < 0 ? null : valueAt(mp, ix)
}

/** BORROWED value of a key whose hash is known; null if it is not there, or with an exception set. */
export function _PyDict_GetItem_KnownHash(self: PyObject, key: PyObject, lo: number, hi: number): PyObject | null {
  const mp = self.v as DictData
  const ix = lookupEntry(mp, key, lo, hi)
  return ix < 0 ? null : valueAt(mp, ix)
}

/** BORROWED value of a key; every error counts as "not there". An exception that is set stays set. */
export function PyDict_GetItem(self: PyObject, key: PyObject): PyObject | null {
  if (!PyDict_Check(self)) return null
  if (PyErr_Occurred() === null) {
    const value = PyDict_GetItemWithError(self, key)
    if (value === null) PyErr_Clear()
    return value
  }
  const tstate = _PyRuntime.tstate
  const { curexc_type, curexc_value, curexc_traceback } = tstate
  tstate.curexc_type = tstate.curexc_value = tstate.curexc_traceback = null
  const value = PyDict_GetItemWithError(self, key)
  if (value === null) PyErr_Clear()
  tstate.curexc_type = curexc_type
  tstate.curexc_value = curexc_value
  tstate.curexc_traceback = curexc_traceback
  return value
}

/** BORROWED value of a text key. CPython makes a str for the look-up, and so does this. */
export function PyDict_GetItemString(self: PyObject, text: string): PyObject | null {
  const key = PyUnicode_FromString(text)
  const value = PyDict_GetItem(self, key)
  if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
  return value
}

export function _PyDict_GetItemStringWithError(self: PyObject, text: string): PyObject | null {
  const key = PyUnicode_FromString(text)
  const value = PyDict_GetItemWithError(self, key)
  if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
  return value
}

/** BORROWED value of an interned str by text, as `_PyDict_GetItemIdWithError` (no temporary str). */
export function _PyDict_GetItemIdWithError(self: PyObject, name: PyObject): PyObject | null {
  return PyDict_GetItemWithError(self, name)
}

/** 1 if the key is there, 0 if not, -1 with an exception set. */
export function PyDict_Contains(self: PyObject, key: PyObject): number {
  if (hashKey(key) < 0) return -1
  return _PyDict_Contains_KnownHash(self, key, HASH[0]!, HASH[1]!)
}

export function _PyDict_Contains_KnownHash(self: PyObject, key: PyObject, lo: number, hi: number): number {
  const mp = self.v as DictData
  const ix = lookupEntry(mp, key, lo, hi)
  if (ix === DKIX_ERROR) return -1
  return ix >= 0 && valueAt(mp, ix) !== null ? 1 : 0
}

export function _PyDict_ContainsId(self: PyObject, name: PyObject): number {
  return PyDict_Contains(self, name)
}

/** Name in globals or builtins. BORROWED; null if in neither, or with an exception set. Mirrors _PyDict_LoadGlobal. */
export function _PyDict_LoadGlobal(globals: PyObject, builtins: PyObject, key: PyObject): PyObject | null {
  if (hashKey(key) < 0) return null
  const lo = HASH[0]!
  const hi = HASH[1]!
  let ix = lookupEntry(globals.v as DictData, key, lo, hi)
  if (ix === DKIX_ERROR) return null
  if (ix !== DKIX_EMPTY) {
    const value = valueAt(globals.v as DictData, ix)
    if (value !== null) return value
  }
  ix = lookupEntry(builtins.v as DictData, key, lo, hi)
  return ix < 0 ? null : valueAt(builtins.v as DictData, ix)
}

export function PyDict_Size(self: PyObject): number {
  if (!PyDict_Check(self)) return PyErr_BadInternalCall(), -1
  return self.v.ma_used
}

export function PyDict_GET_SIZE(self: PyObject): number {
  return (self.v as DictData).ma_used
}

/** Where PyDict_Next leaves the entry: BORROWED references and the key's hash. */
export const DICT_ENTRY: { key: PyObject, value: PyObject, lo: number, hi: number } = {
  key: null as unknown as PyObject, value: null as unknown as PyObject, lo: 0, hi: 0,
}

/**
 * Steps through a dict: `for (let pos = PyDict_Next(d, 0); pos > 0; pos = PyDict_Next(d, pos))` with the entry in
 * DICT_ENTRY. 0 at the end. The dict must not change, other than by setting values of keys it has.
 */
export function PyDict_Next(self: PyObject, pos: number): number {
  const mp = self.v as DictData
  const dk = mp.ma_keys
  let i = pos
  let ix: number
  let value: PyObject
  if (mp.ma_values !== null) {
    if (i >= mp.ma_used) return 0
    ix = get_index_from_order(mp.ma_values, i)
    value = mp.ma_values.values[ix]!
  } else {
    const n = dk.dk_nentries
    while (i < n && dk.values[i] === null) i++
    if (i >= n) return 0
    ix = i
    value = dk.values[ix]!
  }
  const key = dk.keys[ix]!
  DICT_ENTRY.key = key
  DICT_ENTRY.value = value
  if (dk.dk_kind === DICT_KEYS_GENERAL) {
    DICT_ENTRY.lo = dk.hashes[ix * 2]!
    DICT_ENTRY.hi = dk.hashes[ix * 2 + 1]!
  } else {
    DICT_ENTRY.lo = (key.v as UnicodeData).hashLo
    DICT_ENTRY.hi = (key.v as UnicodeData).hashHi
  }
  return i + 1
}

// ---- growth ----------------------------------------------------------------------------------------------------------

/**
 * Moves all entries to a new table, dropping deleted ones; `unicode` is ignored where the old keys were general. A split
 * dict becomes combined. -1 with MemoryError set. Mirrors dictresize.
 */
export function dictresize(mp: DictData, log2: number, unicode: boolean): number {
  const oldkeys = mp.ma_keys
  const oldvalues = mp.ma_values
  if (oldkeys.dk_kind === DICT_KEYS_GENERAL) unicode = false
  const newkeys = new_keys_object(log2, unicode)
  if (newkeys === null) return -1
  mp.ma_keys = newkeys
  const used = mp.ma_used
  const { keys, values, hashes } = newkeys
  if (oldvalues !== null) {
    for (let i = 0; i < used; i++) {
      const ix = get_index_from_order(oldvalues, i)
      const key = oldkeys.keys[ix]!
      key.ob_refcnt++
      keys[i] = key
      values[i] = oldvalues.values[ix]!
      if (!unicode) storeHash(hashes, i, key)
    }
    build_indices(newkeys, used)
    dictkeys_decref(oldkeys)
    mp.ma_values = null
    free_values(oldvalues)
  } else {
    const oldGeneral = oldkeys.dk_kind === DICT_KEYS_GENERAL
    for (let i = 0, ix = 0; i < used; ix++) {
      const value = oldkeys.values[ix]!
      if (value === null) continue
      const key = oldkeys.keys[ix]!
      keys[i] = key
      values[i] = value
      if (oldGeneral) {
        hashes[i * 2] = oldkeys.hashes[ix * 2]!
        hashes[i * 2 + 1] = oldkeys.hashes[ix * 2 + 1]!
      } else if (!unicode) {
        storeHash(hashes, i, key)
      }
      i++
    }
    build_indices(newkeys, used)
    // The references moved to the new table.
    if (oldkeys === Py_EMPTY_KEYS) oldkeys.dk_refcnt--
    else free_keys_object(oldkeys)
  }
  newkeys.dk_usable -= used
  newkeys.dk_nentries = used
  return 0
}

function storeHash(hashes: Int32Array, i: number, key: PyObject): void {
  const data = key.v as UnicodeData
  hashes[i * 2] = data.hashLo
  hashes[i * 2 + 1] = data.hashHi
}

/** GROWTH_RATE: three times the entries in use. */
function insertion_resize(mp: DictData, unicode: boolean): number {
  return dictresize(mp, calculate_log2_keysize(mp.ma_used * 3), unicode)
}

// ---- writing ---------------------------------------------------------------------------------------------------------

/** Adds an entry to a table that has room. */
function appendEntry(dk: DictKeys, key: PyObject, value: PyObject, lo: number, hi: number): void {
  const n = dk.dk_nentries
  dk.indices[find_empty_slot(dk, lo, hi)] = n
  dk.keys[n] = key
  dk.values[n] = value
  if (dk.dk_kind === DICT_KEYS_GENERAL) {
    dk.hashes[n * 2] = lo
    dk.hashes[n * 2 + 1] = hi
  }
  dk.dk_usable--
  dk.dk_nentries = n + 1
}

/** Steals key and value. Mirrors insert_to_emptydict. */
function insert_to_emptydict(self: PyObject, key: PyObject, lo: number, hi: number, value: PyObject): number {
  const mp = self.v as DictData
  const newkeys = new_keys_object(PyDict_LOG_MINSIZE, key.ob_type === PyUnicode_Type)
  if (newkeys === null) {
    if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
    if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
    return -1
  }
  mp.ma_keys.dk_refcnt--
  mp.ma_keys = newkeys
  mp.ma_values = null
  if (self.gc === 0) maintainTracking(self, key, value)
  newkeys.indices[lo & (PyDict_MINSIZE - 1)] = 0
  newkeys.keys[0] = key
  newkeys.values[0] = value
  if (newkeys.dk_kind === DICT_KEYS_GENERAL) {
    newkeys.hashes[0] = lo
    newkeys.hashes[1] = hi
  }
  newkeys.dk_usable--
  newkeys.dk_nentries = 1
  mp.ma_used++
  mp.ma_version_tag = ++pydict_global_version
  return 0
}

/** Sets a key whose hash is known in a dict that has a table. Steals key and value. Mirrors insertdict. */
export function insertdict(self: PyObject, key: PyObject, lo: number, hi: number, value: PyObject): number {
  const mp = self.v as DictData
  if (mp.ma_keys.dk_kind !== DICT_KEYS_GENERAL && key.ob_type !== PyUnicode_Type) {
    if (insertion_resize(mp, false) < 0) return dropBoth(key, value)
  }
  const ix = lookupEntry(mp, key, lo, hi)
  if (ix === DKIX_ERROR) return dropBoth(key, value)
  if (self.gc === 0) maintainTracking(self, key, value)
  let dk = mp.ma_keys
  if (ix === DKIX_EMPTY) {
    dk.dk_version = 0
    if (dk.dk_usable <= 0) {
      if (insertion_resize(mp, true) < 0) return dropBoth(key, value)
      dk = mp.ma_keys
    }
    if (mp.ma_values !== null) {
      const n = dk.dk_nentries
      dk.indices[find_empty_slot(dk, lo, hi)] = n
      dk.keys[n] = key
      dk.dk_usable--
      dk.dk_nentries = n + 1
      _PyDictValues_AddToInsertionOrder(mp.ma_values, n)
      mp.ma_values.values[n] = value
    } else {
      appendEntry(dk, key, value, lo, hi)
    }
    mp.ma_used++
    mp.ma_version_tag = ++pydict_global_version
    return 0
  }
  let old: PyObject | null
  if (mp.ma_values !== null) {
    const values = mp.ma_values
    old = values.values[ix]!
    values.values[ix] = value
    if (old === null) {
      _PyDictValues_AddToInsertionOrder(values, ix)
      mp.ma_used++
    }
  } else {
    old = dk.values[ix]!
    dk.values[ix] = value
  }
  if (old !== value) mp.ma_version_tag = ++pydict_global_version
  if (old !== null && --old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
  if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
  return 0
}

function dropBoth(key: PyObject, value: PyObject): -1 {
  if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
  if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
  return -1
}

/** Sets d[key] = value, stealing both. 0, or -1 with an exception set. */
export function _PyDict_SetItem_Take2(self: PyObject, key: PyObject, value: PyObject): number {
  if (key.ob_type === PyUnicode_Type) {
    const data = key.v as UnicodeData
    if (!data.hashed) unicodeHash(data)
    if ((self.v as DictData).ma_keys === Py_EMPTY_KEYS) {
      return insert_to_emptydict(self, key, data.hashLo, data.hashHi, value)
    }
    return insertdict(self, key, data.hashLo, data.hashHi, value)
  }
  if (PyObject_Hash(key) < 0) return dropBoth(value, key)
  if ((self.v as DictData).ma_keys === Py_EMPTY_KEYS) return insert_to_emptydict(self, key, HASH[0]!, HASH[1]!, value)
  return insertdict(self, key, HASH[0]!, HASH[1]!, value)
}

/** Sets d[key] = value with references of its own. 0, or -1 with an exception set. */
export function PyDict_SetItem(self: PyObject, key: PyObject, value: PyObject): number {
  key.ob_refcnt++
  value.ob_refcnt++
  return _PyDict_SetItem_Take2(self, key, value)
}

/** The same with a known hash. */
export function _PyDict_SetItem_KnownHash(self: PyObject, key: PyObject, value: PyObject, lo: number, hi: number): number {
  key.ob_refcnt++
  value.ob_refcnt++
  if ((self.v as DictData).ma_keys === Py_EMPTY_KEYS) return insert_to_emptydict(self, key, lo, hi, value)
  return insertdict(self, key, lo, hi, value)
}

/** Sets a text key; the str is interned, as PyDict_SetItemString does. */
export function PyDict_SetItemString(self: PyObject, text: string, value: PyObject): number {
  const key = PyUnicode_InternInPlace(PyUnicode_FromString(text))
  value.ob_refcnt++
  return _PyDict_SetItem_Take2(self, key, value)
}

/**
 * Value of a key, which is set to `value` first if it is not there. BORROWED; null with an exception set.
 */
export function PyDict_SetDefault(self: PyObject, key: PyObject, value: PyObject): PyObject | null {
  const mp = self.v as DictData
  if (hashKey(key) < 0) return null
  const lo = HASH[0]!
  const hi = HASH[1]!
  if (mp.ma_keys === Py_EMPTY_KEYS) {
    key.ob_refcnt++
    value.ob_refcnt++
    return insert_to_emptydict(self, key, lo, hi, value) < 0 ? null : value
  }
  if (mp.ma_keys.dk_kind !== DICT_KEYS_GENERAL && key.ob_type !== PyUnicode_Type) {
    if (insertion_resize(mp, false) < 0) return null
  }
  const ix = lookupEntry(mp, key, lo, hi)
  if (ix === DKIX_ERROR) return null
  if (ix >= 0) {
    const found = valueAt(mp, ix)
    if (found !== null) return found
    const values = mp.ma_values!
    value.ob_refcnt++
    maintainTracking(self, key, value)
    values.values[ix] = value
    _PyDictValues_AddToInsertionOrder(values, ix)
  } else {
    mp.ma_keys.dk_version = 0
    if (mp.ma_keys.dk_usable <= 0 && insertion_resize(mp, true) < 0) return null
    const dk = mp.ma_keys
    key.ob_refcnt++
    value.ob_refcnt++
    maintainTracking(self, key, value)
    if (mp.ma_values !== null) {
      const n = dk.dk_nentries
      dk.indices[find_empty_slot(dk, lo, hi)] = n
      dk.keys[n] = key
      dk.dk_usable--
      dk.dk_nentries = n + 1
      _PyDictValues_AddToInsertionOrder(mp.ma_values, n)
      mp.ma_values.values[n] = value
    } else {
      appendEntry(dk, key, value, lo, hi)
    }
  }
  mp.ma_used++
  mp.ma_version_tag = ++pydict_global_version
  return value
}

/** Removes an entry that is there. Mirrors delitem_common. */
function delitem_common(mp: DictData, lo: number, hi: number, ix: number, old: PyObject): void {
  const dk = mp.ma_keys
  mp.ma_used--
  mp.ma_version_tag = ++pydict_global_version
  if (mp.ma_values !== null) {
    mp.ma_values.values[ix] = null
    delete_index_from_values(mp.ma_values, ix)
  } else {
    dk.dk_version = 0
    dk.indices[lookdict_index(dk, lo, hi, ix)] = DKIX_DUMMY
    const key = dk.keys[ix]!
    dk.keys[ix] = null
    dk.values[ix] = null
    if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
  }
  if (--old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
}

/** Deletes a key; -1 with KeyError (or another exception) set. */
export function PyDict_DelItem(self: PyObject, key: PyObject): number {
  if (hashKey(key) < 0) return -1
  return _PyDict_DelItem_KnownHash(self, key, HASH[0]!, HASH[1]!)
}

export function _PyDict_DelItem_KnownHash(self: PyObject, key: PyObject, lo: number, hi: number): number {
  const mp = self.v as DictData
  const ix = lookupEntry(mp, key, lo, hi)
  if (ix === DKIX_ERROR) return -1
  const old = ix === DKIX_EMPTY ? null : valueAt(mp, ix)
  if (old === null) {
    _PyErr_SetKeyError(key)
    return -1
  }
  delitem_common(mp, lo, hi, ix, old)
  return 0
}

/** Deletes a text key (a temporary str is made for it). */
export function PyDict_DelItemString(self: PyObject, text: string): number {
  const key = PyUnicode_FromString(text)
  const status = PyDict_DelItem(self, key)
  if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
  return status
}

/** NEW value of a key that is removed; `fallback` (may be null: KeyError) if it is not there. */
export function _PyDict_Pop(self: PyObject, key: PyObject, fallback: PyObject | null): PyObject | null {
  if ((self.v as DictData).ma_used === 0) return popFallback(key, fallback)
  if (hashKey(key) < 0) return null
  return _PyDict_Pop_KnownHash(self, key, HASH[0]!, HASH[1]!, fallback)
}

function popFallback(key: PyObject, fallback: PyObject | null): PyObject | null {
  if (fallback === null) _PyErr_SetKeyError(key)
  else fallback.ob_refcnt++
  return fallback
}

export function _PyDict_Pop_KnownHash(
  self: PyObject, key: PyObject, lo: number, hi: number, fallback: PyObject | null,
): PyObject | null {
  const mp = self.v as DictData
  if (mp.ma_used === 0) return popFallback(key, fallback)
  const ix = lookupEntry(mp, key, lo, hi)
  if (ix === DKIX_ERROR) return null
  const old = ix === DKIX_EMPTY ? null : valueAt(mp, ix)
  if (old === null) return popFallback(key, fallback)
  old.ob_refcnt++
  delitem_common(mp, lo, hi, ix, old)
  return old
}

/** Removes the last entry into DICT_ENTRY (both references become the caller's). 0 if the dict is empty, -1 on error. */
export function dictPopLast(self: PyObject): number {
  const mp = self.v as DictData
  if (mp.ma_used === 0) return 0
  if (mp.ma_values !== null && dictresize(mp, mp.ma_keys.dk_log2_size, true) < 0) return -1
  const dk = mp.ma_keys
  dk.dk_version = 0
  let i = dk.dk_nentries - 1
  while (dk.values[i] === null) i--
  entryHash(dk, i)
  DICT_ENTRY.key = dk.keys[i]!
  DICT_ENTRY.value = dk.values[i]!
  dk.indices[lookdict_index(dk, HASH[0]!, HASH[1]!, i)] = DKIX_DUMMY
  dk.keys[i] = null
  dk.values[i] = null
  // The slot stays a dummy, so dk_usable does not come back.
  dk.dk_nentries = i
  mp.ma_used--
  mp.ma_version_tag = ++pydict_global_version
  return 1
}

/** Removes everything. */
export function PyDict_Clear(self: PyObject): void {
  const mp = self.v as DictData
  const keys = mp.ma_keys
  const values = mp.ma_values
  if (keys === Py_EMPTY_KEYS) return
  Py_EMPTY_KEYS.dk_refcnt++
  mp.ma_keys = Py_EMPTY_KEYS
  mp.ma_values = null
  mp.ma_used = 0
  mp.ma_version_tag = ++pydict_global_version
  if (values !== null) {
    dropValues(values, keys.dk_nentries)
    free_values(values)
  }
  dictkeys_decref(keys)
}

/** Bytes of a dict and its table without GC head, _PyDict_SizeOf. */
export function _PyDict_SizeOf(self: PyObject): number {
  const mp = self.v as DictData
  const basic = (self.ob_type.tp_basicsize + 7) & ~7
  if (mp.ma_values !== null) return basic + shared_keys_usable_size(mp.ma_keys) * 8
  return mp.ma_keys.dk_refcnt === 1 ? basic + _PyDict_KeysSize(mp.ma_keys) : basic
}

/** True for a split dict. */
export function _PyDict_HasSplitTable(self: PyObject): boolean {
  return (self.v as DictData).ma_values !== null
}

/** True if all keys of the table are exact strs, _PyDict_HasOnlyStringKeys' shortcut. */
export function hasUnicodeKeys(self: PyObject): boolean {
  const kind = (self.v as DictData).ma_keys.dk_kind
  return kind === DICT_KEYS_UNICODE || kind === DICT_KEYS_SPLIT
}
