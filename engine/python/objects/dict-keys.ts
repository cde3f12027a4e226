// The hash table of a dict: PyDictKeysObject. Mirrors the first half of Objects/dictobject.c.
//
// A table of 2^log2 slots holds, for each slot, the number of an entry, or EMPTY, or DUMMY (deleted). Entries stand in
// insertion order in `keys`, `values` (combined tables) and, in general tables, `hashes` (two words an entry); a table
// whose keys are all exact str objects reads the hash from the key instead. Kinds:
//   general  any keys            unicode  exact str only            split  shared by the instances of a class, str only
// A split table has no values: each instance (or the dict made from it) has an InlineValues, which also knows the order
// in which that instance got its attributes.
//
// The slot of a key starts at hash & mask and moves by the whole 64-bit hash ("perturb"), as in CPython, so that equal
// sequences of operations compare equal keys in the same order.
import { nullArray } from '../../base/null-array'
import { TAG_DICT_KEYS, TAG_DICT_VALUES } from '../../memory/events'
import { HASH, Py_EQ, type PyObject, type PyTypeObject } from './object'
import { PyLong_Type } from './longobject'
import { PyMem_Free, PyMem_Malloc, PyObject_FreeBlock, PyObject_Malloc } from './objimpl'
import { PyObject_RichCompareBool } from './object-protocol'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_Type, unicodeHash } from './unicodeobject'

export const DICT_KEYS_GENERAL = 0
export const DICT_KEYS_UNICODE = 1
export const DICT_KEYS_SPLIT = 2

export const DKIX_EMPTY = -1
export const DKIX_DUMMY = -2
export const DKIX_ERROR = -3
const DKIX_KEY_CHANGED = -4

export const PyDict_LOG_MINSIZE = 3
export const PyDict_MINSIZE = 8
export const PyDict_MAXFREELIST = 80
/** Names that the shared keys of a class can hold; more turn an instance's attributes into a dict. */
export const SHARED_KEYS_MAX_SIZE = 30
const SHARED_KEYS_LOG2_SIZE = 6
/** Above this many entries, arrays grow as they fill, since V8 makes huge preallocated arrays slow. */
const PREALLOCATE_MAX = 1 << 20

const NO_HASHES = new Int32Array(0)

/** Entries that 2^log2 slots may hold. */
export function USABLE_FRACTION(slots: number): number {
  return Math.floor(slots * 2 / 3)
}

export class DictKeys {
  dk_refcnt = 1
  dk_log2_size: number
  dk_kind: number
  /** Number of the table's state for inline caches; 0 = none given since the last change. */
  dk_version = 0
  dk_usable: number
  dk_nentries = 0
  /** Slots - 1. */
  mask: number
  indices: Int32Array
  /** me_key; null where deleted. */
  keys: (PyObject | null)[]
  /** me_value of combined tables; null where deleted. */
  values: (PyObject | null)[]
  /** me_hash of general tables: low and high word of each entry. */
  hashes: Int32Array
  block: number

  constructor(log2: number, kind: number, usable: number, block: number) {
    this.dk_log2_size = log2
    this.dk_kind = kind
    this.dk_usable = usable
    this.mask = 2 ** log2 - 1
    this.indices = new Int32Array(2 ** log2).fill(DKIX_EMPTY)
    const room = usable <= PREALLOCATE_MAX ? usable : 0
    this.keys = new Array<PyObject | null>(room).fill(null)
    this.values = kind === DICT_KEYS_SPLIT ? [] : new Array<PyObject | null>(room).fill(null)
    this.hashes = kind === DICT_KEYS_GENERAL ? new Int32Array(usable * 2) : NO_HASHES
    this.block = block
  }
}

/** Attribute values of an instance beside the shared keys of its class: PyDictValues. */
export class InlineValues {
  values: (PyObject | null)[]
  /** How many values are set. */
  used = 0
  /** Entry numbers in the order in which they were set; null while that is 0, 1, … used - 1. */
  order: number[] | null = null
  block: number

  constructor(size: number, block: number) {
    this.values = nullArray(size)
    this.block = block
  }
}

/** The keys of every empty dict without a table of its own. */
export const Py_EMPTY_KEYS = new DictKeys(0, DICT_KEYS_UNICODE, 0, 0)

// ---- sizes -----------------------------------------------------------------------------------------------------

// Mirrors calculate_log2_keysize: a power of two from 16 on, given as the least size, is doubled by it.
export function calculate_log2_keysize(minsize: number): number {
  if (minsize < 2 ** 30) {
    const least = ((minsize | PyDict_MINSIZE) - 1) | (PyDict_MINSIZE - 1)
    return 32 - Math.clz32(least)
  }
  return Math.ceil(Math.log2(minsize + 1))
}

/** log2 of the slots for a dict that will have n entries, estimate_log2_keysize. */
export function estimate_log2_keysize(n: number): number {
  return calculate_log2_keysize(Math.floor((n * 3 + 1) / 2))
}

function keysBytes(log2: number, kind: number, usable: number): number {
  const slots = 2 ** log2
  return 32 + slots * (log2 < 8 ? 1 : log2 < 16 ? 2 : 4) + usable * (kind === DICT_KEYS_GENERAL ? 24 : 16)
}

/** Bytes of a table, _PyDict_KeysSize. */
export function _PyDict_KeysSize(dk: DictKeys): number {
  const log2 = dk.dk_log2_size
  // The index of the empty keys has 8 bytes for its one slot.
  if (log2 === 0) return 40
  return keysBytes(log2, dk.dk_kind, USABLE_FRACTION(2 ** log2))
}

/** Values that an instance of a class with these shared keys needs room for. */
export function shared_keys_usable_size(keys: DictKeys): number {
  return keys.dk_nentries + keys.dk_usable
}

// ---- making and freeing -------------------------------------------------------------------------------------------

/** Dead 8-slot str tables, last in first out; their blocks stay allocated. */
const keysFreeList: DictKeys[] = []

export function keysFreeListLength(): number {
  return keysFreeList.length
}

export function clearKeysFreeList(): void {
  for (let dk = keysFreeList.pop(); dk !== undefined; dk = keysFreeList.pop()) PyObject_FreeBlock(dk.block)
}

/** A new table, or null with MemoryError set. */
export function new_keys_object(log2: number, unicode: boolean): DictKeys | null {
  if (log2 === PyDict_LOG_MINSIZE && unicode && keysFreeList.length > 0) {
    const dk = keysFreeList.pop()!
    dk.dk_refcnt = 1
    dk.dk_kind = DICT_KEYS_UNICODE
    dk.dk_version = 0
    dk.dk_usable = 5
    dk.dk_nentries = 0
    dk.indices.fill(DKIX_EMPTY)
    return dk
  }
  const usable = USABLE_FRACTION(2 ** log2)
  const kind = unicode ? DICT_KEYS_UNICODE : DICT_KEYS_GENERAL
  const block = PyObject_Malloc(keysBytes(log2, kind, usable), TAG_DICT_KEYS)
  return block === 0 ? null : new DictKeys(log2, kind, usable, block)
}

/** Shared keys of a new class, _PyDict_NewKeysForClass. */
export function _PyDict_NewKeysForClass(): DictKeys | null {
  const usable = USABLE_FRACTION(2 ** SHARED_KEYS_LOG2_SIZE)
  const block = PyObject_Malloc(keysBytes(SHARED_KEYS_LOG2_SIZE, DICT_KEYS_SPLIT, usable), TAG_DICT_KEYS)
  if (block === 0) return null
  const dk = new DictKeys(SHARED_KEYS_LOG2_SIZE, DICT_KEYS_SPLIT, usable, block)
  dk.dk_usable = SHARED_KEYS_MAX_SIZE
  return dk
}

/** Gives the memory of a table back whose entries hold no references any more. */
export function free_keys_object(dk: DictKeys): void {
  if (dk.dk_log2_size === PyDict_LOG_MINSIZE && dk.dk_kind !== DICT_KEYS_GENERAL
    && keysFreeList.length < PyDict_MAXFREELIST) {
    for (let i = 0; i < dk.dk_nentries; i++) dk.keys[i] = dk.values[i] = null
    keysFreeList.push(dk)
    return
  }
  PyObject_FreeBlock(dk.block)
}

/** Drops one reference to a table; the last one drops its entries and frees it. */
export function dictkeys_decref(dk: DictKeys): void {
  if (--dk.dk_refcnt !== 0) return
  const { keys, values } = dk
  const n = dk.dk_nentries
  if (dk.dk_kind === DICT_KEYS_SPLIT) {
    for (let i = 0; i < n; i++) {
      const key = keys[i]!
      keys[i] = null
      if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
    }
  } else {
    for (let i = 0; i < n; i++) {
      const key = keys[i]!
      if (key === null) continue
      const value = values[i]!
      if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
      if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
    }
  }
  free_keys_object(dk)
}

/** A copy of a combined table with references of its own; never from the free list. Null with MemoryError set. */
export function clone_combined_dict_keys(dk: DictKeys): DictKeys | null {
  const block = PyObject_Malloc(_PyDict_KeysSize(dk), TAG_DICT_KEYS)
  if (block === 0) return null
  const copy = new DictKeys(dk.dk_log2_size, dk.dk_kind, USABLE_FRACTION(dk.mask + 1), block)
  copy.dk_usable = dk.dk_usable
  copy.dk_nentries = dk.dk_nentries
  copy.dk_version = dk.dk_version
  copy.indices.set(dk.indices)
  if (dk.dk_kind === DICT_KEYS_GENERAL) copy.hashes.set(dk.hashes)
  for (let i = 0; i < dk.dk_nentries; i++) {
    const key = dk.keys[i]!
    const value = dk.values[i]!
    copy.keys[i] = key
    copy.values[i] = value
    if (key !== null) {
      key.ob_refcnt++
      value.ob_refcnt++
    }
  }
  return copy
}

// ---- lookup ---------------------------------------------------------------------------------------------------------

/** Looks an exact str with this hash up in a unicode or split table: its entry, or DKIX_EMPTY. */
export function unicodekeys_lookup_unicode(dk: DictKeys, key: PyObject, lo: number, hi: number): number {
  const { indices, keys, mask } = dk
  let i = lo & mask
  let perturbLo = lo
  let perturbHi = hi
  for (;;) {
    const ix = indices[i]!
    if (ix >= 0) {
      const found = keys[ix]!
      if (found === key) return ix
      const data = found.v as UnicodeData
      if (data.hashLo === lo && data.hashHi === hi && data.str === (key.v as UnicodeData).str) return ix
    } else if (ix === DKIX_EMPTY) {
      return DKIX_EMPTY
    }
    perturbLo = (perturbLo >>> 5) | (perturbHi << 27)
    perturbHi >>>= 5
    i = (Math.imul(i, 5) + perturbLo + 1) & mask
  }
}

/** Looks anything else up in a unicode table, comparing only where hashes are equal. */
function unicodekeys_lookup_generic(owner: KeysOwner, dk: DictKeys, key: PyObject, lo: number, hi: number): number {
  const { indices, keys, mask } = dk
  let i = lo & mask
  let perturbLo = lo
  let perturbHi = hi
  for (;;) {
    const ix = indices[i]!
    if (ix >= 0) {
      const found = keys[ix]!
      const data = found.v as UnicodeData
      if (data.hashLo === lo && data.hashHi === hi) {
        found.ob_refcnt++
        const cmp = PyObject_RichCompareBool(found, key, Py_EQ)
        if (--found.ob_refcnt === 0) found.ob_type.tp_dealloc(found)
        if (cmp < 0) return DKIX_ERROR
        if (dk !== owner.ma_keys || keys[ix] !== found) return DKIX_KEY_CHANGED
        if (cmp > 0) return ix
      }
    } else if (ix === DKIX_EMPTY) {
      return DKIX_EMPTY
    }
    perturbLo = (perturbLo >>> 5) | (perturbHi << 27)
    perturbHi >>>= 5
    i = (Math.imul(i, 5) + perturbLo + 1) & mask
  }
}

/** Looks a key up in a general table. */
function dictkeys_lookup_generic(owner: KeysOwner, dk: DictKeys, key: PyObject, lo: number, hi: number): number {
  const { indices, keys, hashes, mask } = dk
  let i = lo & mask
  let perturbLo = lo
  let perturbHi = hi
  for (;;) {
    const ix = indices[i]!
    if (ix >= 0) {
      const found = keys[ix]!
      if (found === key) return ix
      if (hashes[ix * 2] === lo && hashes[ix * 2 + 1] === hi) {
        let cmp: number
        const type = found.ob_type
        if (type === key.ob_type && (type === PyLong_Type || type === PyUnicode_Type)) {
          // Exact ints and strs compare without side effects.
          cmp = type === PyLong_Type ? (found.v === key.v ? 1 : 0)
            : (found.v as UnicodeData).str === (key.v as UnicodeData).str ? 1 : 0
        } else {
          found.ob_refcnt++
          cmp = PyObject_RichCompareBool(found, key, Py_EQ)
          if (--found.ob_refcnt === 0) found.ob_type.tp_dealloc(found)
          if (cmp < 0) return DKIX_ERROR
          if (dk !== owner.ma_keys || keys[ix] !== found) return DKIX_KEY_CHANGED
        }
        if (cmp > 0) return ix
      }
    } else if (ix === DKIX_EMPTY) {
      return DKIX_EMPTY
    }
    perturbLo = (perturbLo >>> 5) | (perturbHi << 27)
    perturbHi >>>= 5
    i = (Math.imul(i, 5) + perturbLo + 1) & mask
  }
}

/** The dict whose table is searched: a comparison may replace it. */
export interface KeysOwner { ma_keys: DictKeys }

/** Entry of a key with this hash; DKIX_EMPTY if absent, DKIX_ERROR with an exception set. Mirrors _Py_dict_lookup. */
export function lookupEntry(owner: KeysOwner, key: PyObject, lo: number, hi: number): number {
  for (;;) {
    const dk = owner.ma_keys
    let ix: number
    if (dk.dk_kind === DICT_KEYS_GENERAL) ix = dictkeys_lookup_generic(owner, dk, key, lo, hi)
    else if (key.ob_type === PyUnicode_Type) return unicodekeys_lookup_unicode(dk, key, lo, hi)
    else ix = unicodekeys_lookup_generic(owner, dk, key, lo, hi)
    if (ix !== DKIX_KEY_CHANGED) return ix
  }
}

/** Entry of a str among str keys without any hashing of others' code, _PyDictKeys_StringLookup; DKIX_ERROR for general keys. */
export function _PyDictKeys_StringLookup(dk: DictKeys, key: PyObject): number {
  if (dk.dk_kind === DICT_KEYS_GENERAL || key.ob_type !== (PyUnicode_Type as PyTypeObject)) return DKIX_ERROR
  const data = key.v as UnicodeData
  if (!data.hashed) unicodeHash(data)
  return unicodekeys_lookup_unicode(dk, key, data.hashLo, data.hashHi)
}

/** First free slot for a hash. */
export function find_empty_slot(dk: DictKeys, lo: number, hi: number): number {
  const { indices, mask } = dk
  let i = lo & mask
  while (indices[i]! >= 0) {
    lo = (lo >>> 5) | (hi << 27)
    hi >>>= 5
    i = (Math.imul(i, 5) + lo + 1) & mask
  }
  return i
}

/** Slot that holds a given entry. */
export function lookdict_index(dk: DictKeys, lo: number, hi: number, index: number): number {
  const { indices, mask } = dk
  let i = lo & mask
  for (;;) {
    const ix = indices[i]!
    if (ix === index) return i
    if (ix === DKIX_EMPTY) return DKIX_EMPTY
    lo = (lo >>> 5) | (hi << 27)
    hi >>>= 5
    i = (Math.imul(i, 5) + lo + 1) & mask
  }
}

/** Leaves the hash of an entry that is not deleted in HASH. */
export function entryHash(dk: DictKeys, index: number): void {
  if (dk.dk_kind === DICT_KEYS_GENERAL) {
    HASH[0] = dk.hashes[index * 2]!
    HASH[1] = dk.hashes[index * 2 + 1]!
  } else {
    const data = dk.keys[index]!.v as UnicodeData
    HASH[0] = data.hashLo
    HASH[1] = data.hashHi
  }
}

/** Fills the slots of a fresh table for its first n entries. */
export function build_indices(dk: DictKeys, n: number): void {
  const { indices, keys, hashes, mask } = dk
  const general = dk.dk_kind === DICT_KEYS_GENERAL
  for (let ix = 0; ix < n; ix++) {
    let lo: number
    let hi: number
    if (general) {
      lo = hashes[ix * 2]!
      hi = hashes[ix * 2 + 1]!
    } else {
      const data = keys[ix]!.v as UnicodeData
      lo = data.hashLo
      hi = data.hashHi
    }
    let i = lo & mask
    while (indices[i] !== DKIX_EMPTY) {
      lo = (lo >>> 5) | (hi << 27)
      hi >>>= 5
      i = (Math.imul(i, 5) + lo + 1) & mask
    }
    indices[i] = ix
  }
}

// ---- versions ----------------------------------------------------------------------------------------------------------

let nextKeysVersion = 2

/** A number for the present state of a table, for inline caches; 0 if none can be given. */
export function _PyDictKeys_GetVersionForCurrentState(dk: DictKeys): number {
  if (dk.dk_version !== 0) return dk.dk_version
  if (nextKeysVersion >= 2 ** 32) return 0
  dk.dk_version = nextKeysVersion++
  return dk.dk_version
}

// ---- inline values --------------------------------------------------------------------------------------------------------

/** Room for the values of `size` shared keys, all unset; null with MemoryError set. Mirrors new_values. */
export function new_values(size: number): InlineValues | null {
  const prefix = (size + 2 + 7) & ~7
  const block = PyMem_Malloc(prefix + size * 8, TAG_DICT_VALUES)
  return block === 0 ? null : new InlineValues(size, block)
}

export function free_values(values: InlineValues): void {
  PyMem_Free(values.block)
}

/** Notes that entry ix was just set. Mirrors _PyDictValues_AddToInsertionOrder. */
export function _PyDictValues_AddToInsertionOrder(values: InlineValues, ix: number): void {
  if (values.order !== null) values.order.push(ix)
  else if (ix !== values.used) {
    const order: number[] = []
    for (let i = 0; i < values.used; i++) order.push(i)
    order.push(ix)
    values.order = order
  }
  values.used++
}

/** Forgets that entry ix is set. Mirrors delete_index_from_values. */
export function delete_index_from_values(values: InlineValues, ix: number): void {
  if (values.order === null) {
    if (ix !== values.used - 1) {
      values.order = []
      for (let i = 0; i < values.used; i++) if (i !== ix) values.order.push(i)
    }
  } else {
    values.order.splice(values.order.indexOf(ix), 1)
  }
  values.used--
}

/** Entry number of the i-th value in order. */
export function get_index_from_order(values: InlineValues, i: number): number {
  return values.order === null ? i : values.order[i]!
}
