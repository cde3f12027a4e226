// The hash table of sets. Mirrors the first half of Objects/setobject.c.
//
// Open addressing in one array of 2^n slots: a probe looks at the slot of hash & mask and, where they fit, the nine after
// it, then jumps by the hash's higher bits. A deleted slot holds the dummy with hash -1. Eight slots lie in the object
// itself; larger tables are blocks of 16 bytes a slot. The order of iteration is the order of slots.
import { TAG_SET_TABLE } from '../../memory/events'
import { HASH, Py_EQ, PyObject, PyType_Type } from './object'
import { PyLong_Type } from './longobject'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { PyObject_Hash, PyObject_RichCompareBool } from './object-protocol'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_Type } from './unicodeobject'

const PySet_MINSIZE = 8
const LINEAR_PROBES = 9

/** Stands in deleted slots; never seen outside. */
export const dummy = new PyObject(PyType_Type, 0, null)

/** A set's table and counts: PySetObject. */
export class SetData {
  /** Slots in use, and those with dummies. */
  fill = 0
  used = 0
  mask = PySet_MINSIZE - 1
  keys: (PyObject | null)[] = [null, null, null, null, null, null, null, null]
  /** Low and high word of each slot's hash. */
  hashes = new Int32Array(2 * PySet_MINSIZE)
  /** 0: the slots in the object. */
  block = 0
  /** Where pop goes on looking. */
  finger = 0
  /** Hash of a frozenset, once it was asked for. */
  hashed = false
  hashLo = 0
  hashHi = 0
}

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** 1 equal, 0 not, -1 with an exception set; for keys with equal hashes. */
function sameKey(a: PyObject, b: PyObject): number {
  const type = a.ob_type
  if (type === b.ob_type) {
    if (type === PyUnicode_Type) return (a.v as UnicodeData).str === (b.v as UnicodeData).str ? 1 : 0
    if (type === PyLong_Type) return a.v === b.v ? 1 : 0
  }
  a.ob_refcnt++
  const cmp = PyObject_RichCompareBool(a, b, Py_EQ)
  decref(a)
  return cmp
}

/** Slot of a key: where it is, or the free slot where the search ended; -1 with an exception set. Mirrors set_lookkey. */
export function set_lookkey(so: SetData, key: PyObject, lo: number, hi: number): number {
  restart: for (;;) {
    const { keys, hashes, mask } = so
    let i = lo & mask
    let perturbLo = lo
    let perturbHi = hi
    for (;;) {
      const last = i + LINEAR_PROBES <= mask ? i + LINEAR_PROBES : i
      for (let at = i; at <= last; at++) {
        const found = keys[at]!
        if (found === null) return at
        if (hashes[at * 2] !== lo || hashes[at * 2 + 1] !== hi) continue
        if (found === key) return at
        const cmp = sameKey(found, key)
        if (cmp < 0) return -1
        if (keys !== so.keys || keys[at] !== found) continue restart
        if (cmp > 0) return at
      }
      perturbLo = (perturbLo >>> 5) | (perturbHi << 27)
      perturbHi >>>= 5
      i = (Math.imul(i, 5) + 1 + perturbLo) & mask
    }
  }
}

/** Adds a key with a reference of its own: 0, or -1 with an exception set. Mirrors set_add_entry. */
export function set_add_entry(so: SetData, key: PyObject, lo: number, hi: number): number {
  key.ob_refcnt++
  restart: for (;;) {
    const { keys, hashes, mask } = so
    let free = -1
    let i = lo & mask
    let perturbLo = lo
    let perturbHi = hi
    for (;;) {
      const last = i + LINEAR_PROBES <= mask ? i + LINEAR_PROBES : i
      for (let at = i; at <= last; at++) {
        const found = keys[at]!
        if (found === null) {
          const slot = free >= 0 ? free : at
          so.used++
          keys[slot] = key
          hashes[slot * 2] = lo
          hashes[slot * 2 + 1] = hi
          // A deleted slot was counted already.
          if (free >= 0) return 0
          so.fill++
          if (so.fill * 5 < mask * 3) return 0
          return set_table_resize(so, so.used > 50000 ? so.used * 2 : so.used * 4)
        }
        if (hashes[at * 2] === lo && hashes[at * 2 + 1] === hi) {
          const cmp = found === key ? 1 : sameKey(found, key)
          if (cmp > 0) {
            decref(key)
            return 0
          }
          if (cmp < 0) {
            decref(key)
            return -1
          }
          if (keys !== so.keys || keys[at] !== found) continue restart
        } else if (found === dummy) {
          free = at
        }
      }
      perturbLo = (perturbLo >>> 5) | (perturbHi << 27)
      perturbHi >>>= 5
      i = (Math.imul(i, 5) + 1 + perturbLo) & mask
    }
  }
}

/** Puts a key that is not there into a table without dummies; the reference moves. */
function insertClean(keys: (PyObject | null)[], hashes: Int32Array, mask: number, key: PyObject, lo: number, hi: number): void {
  let i = lo & mask
  let perturbLo = lo
  let perturbHi = hi
  for (;;) {
    const last = i + LINEAR_PROBES <= mask ? i + LINEAR_PROBES : i
    for (let at = i; at <= last; at++) {
      if (keys[at] !== null) continue
      keys[at] = key
      hashes[at * 2] = lo
      hashes[at * 2 + 1] = hi
      return
    }
    perturbLo = (perturbLo >>> 5) | (perturbHi << 27)
    perturbHi >>>= 5
    i = (Math.imul(i, 5) + 1 + perturbLo) & mask
  }
}

/** A new table of the least size above minused, without dummies. -1 with MemoryError set. */
export function set_table_resize(so: SetData, minused: number): number {
  let size = PySet_MINSIZE
  while (size <= minused) size *= 2
  const oldKeys = so.keys
  const oldHashes = so.hashes
  const oldBlock = so.block
  let block = 0
  if (size === PySet_MINSIZE) {
    if (oldBlock === 0 && so.fill === so.used) return 0
  } else {
    block = PyMem_Malloc(size * 16, TAG_SET_TABLE)
    if (block === 0) return -1
  }
  const keys = newSlots(size)
  const hashes = new Int32Array(2 * size)
  for (let i = 0; i < oldKeys.length; i++) {
    const key = oldKeys[i]!
    if (key !== null && key !== dummy) insertClean(keys, hashes, size - 1, key, oldHashes[i * 2]!, oldHashes[i * 2 + 1]!)
  }
  so.mask = size - 1
  so.keys = keys
  so.hashes = hashes
  so.block = block
  so.fill = so.used
  if (oldBlock !== 0) PyMem_Free(oldBlock)
  return 0
}

function newSlots(size: number): (PyObject | null)[] {
  if (size <= 1 << 20) return new Array<PyObject | null>(size).fill(null)
  // V8 makes preallocated arrays beyond some millions of elements slow.
  const slots: (PyObject | null)[] = []
  for (let i = 0; i < size; i++) slots.push(null)
  return slots
}

export function set_contains_entry(so: SetData, key: PyObject, lo: number, hi: number): number {
  const at = set_lookkey(so, key, lo, hi)
  return at < 0 ? -1 : so.keys[at] !== null ? 1 : 0
}

/** Removes a key: 1 if it was there, 0 if not, -1 with an exception set. */
export function set_discard_entry(so: SetData, key: PyObject, lo: number, hi: number): number {
  const at = set_lookkey(so, key, lo, hi)
  if (at < 0) return -1
  const old = so.keys[at]!
  if (old === null) return 0
  so.keys[at] = dummy
  so.hashes[at * 2] = so.hashes[at * 2 + 1] = -1
  so.used--
  decref(old)
  return 1
}

export function set_add_key(so: SetData, key: PyObject): number {
  return PyObject_Hash(key) < 0 ? -1 : set_add_entry(so, key, HASH[0]!, HASH[1]!)
}

export function set_contains_key(so: SetData, key: PyObject): number {
  return PyObject_Hash(key) < 0 ? -1 : set_contains_entry(so, key, HASH[0]!, HASH[1]!)
}

export function set_discard_key(so: SetData, key: PyObject): number {
  return PyObject_Hash(key) < 0 ? -1 : set_discard_entry(so, key, HASH[0]!, HASH[1]!)
}

/** Back to the eight slots in the object, all free. */
function emptyToMinsize(so: SetData): void {
  so.keys = newSlots(PySet_MINSIZE)
  so.hashes = new Int32Array(2 * PySet_MINSIZE)
  so.fill = 0
  so.used = 0
  so.mask = PySet_MINSIZE - 1
  so.block = 0
  so.hashed = false
}

/** Removes everything; the set is empty before the first key is dropped. */
export function set_clear_internal(so: SetData): void {
  const { keys, block, fill } = so
  if (block === 0 && fill === 0) return
  emptyToMinsize(so)
  dropKeys(keys)
  if (block !== 0) PyMem_Free(block)
}

/** Drops the references of all slots. */
export function dropKeys(keys: (PyObject | null)[]): void {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (key !== null && key !== dummy) decref(key)
  }
}

/** Slot of the next key at or after a position; -1 at the end. Mirrors set_next. */
export function nextSlot(so: SetData, pos: number): number {
  const { keys, mask } = so
  while (pos <= mask && (keys[pos] === null || keys[pos] === dummy)) pos++
  return pos <= mask ? pos : -1
}

/** Adds all keys of another set. 0, or -1 with an exception set. Mirrors set_merge. */
export function set_merge(so: SetData, other: SetData): number {
  if (other === so || other.used === 0) return 0
  // One big resize at the start; the keys probably do not overlap.
  if ((so.fill + other.used) * 5 >= so.mask * 3) {
    if (set_table_resize(so, (so.used + other.used) * 2) < 0) return -1
  }
  if (so.fill === 0) {
    // Into an empty table: slot by slot if it has the same size and there are no dummies, else without comparisons.
    const copy = so.mask === other.mask && other.fill === other.used
    const { keys, hashes } = other
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      if (key === null || key === dummy) continue
      key.ob_refcnt++
      if (copy) {
        so.keys[i] = key
        so.hashes[i * 2] = hashes[i * 2]!
        so.hashes[i * 2 + 1] = hashes[i * 2 + 1]!
      } else {
        insertClean(so.keys, so.hashes, so.mask, key, hashes[i * 2]!, hashes[i * 2 + 1]!)
      }
    }
    so.fill = so.used = other.used
    return 0
  }
  for (let i = 0; i <= other.mask; i++) {
    const key = other.keys[i]!
    if (key === null || key === dummy) continue
    if (set_add_entry(so, key, other.hashes[i * 2]!, other.hashes[i * 2 + 1]!) < 0) return -1
  }
  return 0
}

/** Exchanges the contents of two sets. Mirrors set_swap_bodies. */
export function set_swap_bodies(a: SetData, b: SetData, hashesToo: boolean): void {
  const { fill, used, mask, keys, hashes, block, hashed, hashLo, hashHi } = a
  a.fill = b.fill
  a.used = b.used
  a.mask = b.mask
  a.keys = b.keys
  a.hashes = b.hashes
  a.block = b.block
  b.fill = fill
  b.used = used
  b.mask = mask
  b.keys = keys
  b.hashes = hashes
  b.block = block
  if (hashesToo) {
    a.hashed = b.hashed
    a.hashLo = b.hashLo
    a.hashHi = b.hashHi
    b.hashed = hashed
    b.hashLo = hashLo
    b.hashHi = hashHi
  } else {
    a.hashed = b.hashed = false
  }
}
