// The immutable mapping of contextvars: a trie over 32-bit hashes, five bits a level, whose nodes are shared by the
// versions. Mirrors Python/hamt.c; every node is an object of the simulated heap. The empty node and the empty mapping are
// made once and kept.
//
// A bitmap node holds up to 16 entries in pairs: key and value, or null and a child. With a 17th it becomes an array node of
// 32 children. DIFFERS: there is no collision node; keys of the same hash go on by their addresses, keys being identities.
import { staticType } from '../objects/static-types'
import { HASH, Py_DECREF, Py_EQ, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyObject, PyTypeObject } from '../objects/object'
import { _PyRuntime } from '../objects/runtime'
import { PyObject_Hash, PyObject_RichCompareBool } from '../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_NewVar, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

class BitmapData {
  bitmap = 0
  /** key or null, value or child; in the order of the bits. */
  items: (PyObject | null)[]
  constructor(n: number) {
    this.items = new Array<PyObject | null>(n).fill(null)
  }
}

class ArrayData {
  children = new Array<PyObject | null>(32).fill(null)
  count = 0
}

export class HamtData {
  root: PyObject
  count: number
  constructor(root: PyObject, count: number) {
    this.root = root
    this.count = count
  }
}

function nodeDealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  const held = o.v instanceof BitmapData ? o.v.items : (o.v as ArrayData).children
  for (const x of held) Py_XDECREF(x)
  PyObject_GC_Del(o)
}

export const _PyHamt_BitmapNode_Type: PyTypeObject = staticType(new PyTypeObject('hamt_bitmap_node', {
  tp_basicsize: 32, tp_itemsize: 8, tp_flags: Py_TPFLAGS_HAVE_GC, tp_dealloc: nodeDealloc, tp_free: PyObject_GC_Del,
  tp_traverse: (o, visit) => { for (const x of (o.v as BitmapData).items) if (x !== null) visit(x) },
}))

export const _PyHamt_ArrayNode_Type: PyTypeObject = staticType(new PyTypeObject('hamt_array_node', {
  tp_basicsize: 280, tp_flags: Py_TPFLAGS_HAVE_GC, tp_dealloc: nodeDealloc, tp_free: PyObject_GC_Del,
  tp_traverse: (o, visit) => { for (const x of (o.v as ArrayData).children) if (x !== null) visit(x) },
}))

export const _PyHamt_Type: PyTypeObject = staticType(new PyTypeObject('hamt', {
  tp_basicsize: 40, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_DECREF((o.v as HamtData).root)
    PyObject_GC_Del(o)
  },
  tp_free: PyObject_GC_Del,
  tp_traverse: (o, visit) => visit((o.v as HamtData).root),
}))

/** Kept until the interpreter ends once made. */
let emptyNode: PyObject | null = null
let emptyHamt: PyObject | null = null

export function resetHamt(): void {
  emptyNode = emptyHamt = null
}

function bitmapNode(n: number): PyObject {
  if (n === 0 && emptyNode !== null) return ref(emptyNode)
  const node = PyObject_GC_NewVar(_PyHamt_BitmapNode_Type, n, new BitmapData(n))!
  PyObject_GC_Track(node)
  if (n === 0) emptyNode = ref(node)
  return node
}

function arrayNode(count: number): PyObject {
  const node = PyObject_GC_New(_PyHamt_ArrayNode_Type, new ArrayData())
  ;(node.v as ArrayData).count = count
  PyObject_GC_Track(node)
  return node
}

function newHamt(root: PyObject, count: number): PyObject {
  const o = PyObject_GC_New(_PyHamt_Type, new HamtData(root, count))
  PyObject_GC_Track(o)
  return o
}

/** NEW empty mapping. */
export function _PyHamt_New(): PyObject {
  if (emptyHamt === null) {
    const o = PyObject_GC_New(_PyHamt_Type, null)
    o.v = new HamtData(bitmapNode(0), 0)
    PyObject_GC_Track(o)
    emptyHamt = o
    // Mirrors _PyHamt_Fini.
    _PyRuntime.endHooks.push(() => {
      Py_XDECREF(emptyHamt)
      Py_XDECREF(emptyNode)
      resetHamt()
    })
  }
  return ref(emptyHamt)
}

function bitCount(n: number): number {
  let count = 0
  for (let bits = n >>> 0; bits !== 0; bits >>>= 1) count += bits & 1
  return count
}

/** 32 bits of the hash; null with an exception set. */
function hashOf(key: PyObject): number | null {
  return PyObject_Hash(key) === -1 ? null : HASH[0]! ^ HASH[1]!
}

/** The five bits of a level; below the last one those of the key's address, which tell keys of one hash apart. */
const slotOf = (hash: number, shift: number, key: PyObject): number =>
  shift <= 31 ? (hash >>> shift) & 31 : Math.floor(key.addr / 2 ** (shift - 35)) % 32
const indexOf = (bitmap: number, slot: number): number => bitCount(bitmap & ((1 << slot) - 1)) * 2

function cloneBitmap(node: PyObject): PyObject {
  const from = node.v as BitmapData
  const copy = bitmapNode(from.items.length)
  const to = copy.v as BitmapData
  to.bitmap = from.bitmap
  from.items.forEach((x, i) => { to.items[i] = x === null ? null : ref(x) })
  return copy
}

function put(node: PyObject, i: number, value: PyObject | null): void {
  const { items } = node.v as BitmapData
  const old = items[i]!
  items[i] = value
  Py_XDECREF(old)
}

const grown = { value: false }

// Mirrors hamt_node_bitmap_assoc and hamt_node_array_assoc.
/** NEW node with the entry; the node itself if it is there already. Null with an exception set. */
function assoc(node: PyObject, shift: number, hash: number, key: PyObject, value: PyObject): PyObject | null {
  const slot = slotOf(hash, shift, key)
  if (node.v instanceof ArrayData) {
    const child = node.v.children[slot]!
    let sub: PyObject | null
    if (child === null) {
      const empty = bitmapNode(0)
      sub = assoc(empty, shift + 5, hash, key, value)
      Py_DECREF(empty)
    } else sub = assoc(child, shift + 5, hash, key, value)
    if (sub === null) return null
    if (sub === child) return Py_DECREF(sub), ref(node)
    const copy = arrayNode(node.v.count + (child === null ? 1 : 0))
    const { children } = copy.v as ArrayData
    node.v.children.forEach((x, i) => { children[i] = i === slot ? sub : x === null ? null : ref(x) })
    return copy
  }
  const d = node.v as BitmapData
  const bit = 1 << slot
  const at = indexOf(d.bitmap, slot)
  if ((d.bitmap & bit) !== 0) {
    const held = d.items[at]!
    const under = d.items[at + 1]!
    let child: PyObject | null
    if (held === null) {
      child = assoc(under, shift + 5, hash, key, value)
      if (child === null) return null
      if (child === under) return Py_DECREF(child), ref(node)
    } else {
      const equal = PyObject_RichCompareBool(key, held, Py_EQ)
      if (equal < 0) return null
      if (equal === 1) {
        if (under === value) return ref(node)
        const copy = cloneBitmap(node)
        put(copy, at + 1, ref(value))
        return copy
      }
      child = pairNode(shift + 5, held, under, hash, key, value)
      if (child === null) return null
      grown.value = true
    }
    const copy = cloneBitmap(node)
    put(copy, at, null)
    put(copy, at + 1, child)
    return copy
  }
  const n = d.items.length / 2
  grown.value = true
  if (n >= 16) return toArray(d, shift, slot, hash, key, value)
  const copy = bitmapNode(2 * (n + 1))
  const { items } = copy.v as BitmapData
  for (let i = 0; i < at; i++) items[i] = d.items[i] === null ? null : ref(d.items[i]!)
  items[at] = ref(key)
  items[at + 1] = ref(value)
  for (let i = at; i < d.items.length; i++) items[i + 2] = d.items[i] === null ? null : ref(d.items[i]!)
  ;(copy.v as BitmapData).bitmap = d.bitmap | bit
  return copy
}

// Mirrors hamt_node_new_bitmap_or_collision.
function pairNode(shift: number, key1: PyObject, value1: PyObject, hash: number, key: PyObject, value: PyObject): PyObject | null {
  const hash1 = hashOf(key1)
  if (hash1 === null) return null
  const empty = bitmapNode(0)
  const first = assoc(empty, shift, hash1, key1, value1)
  Py_DECREF(empty)
  if (first === null) return null
  const both = assoc(first, shift, hash, key, value)
  Py_DECREF(first)
  return both
}

function toArray(d: BitmapData, shift: number, slot: number, hash: number, key: PyObject, value: PyObject): PyObject | null {
  const result = arrayNode(d.items.length / 2 + 1)
  const { children } = result.v as ArrayData
  const empty = bitmapNode(0)
  children[slot] = assoc(empty, shift + 5, hash, key, value)
  for (let i = 0, at = 0; i < 32; i++) {
    if ((d.bitmap & (1 << i)) === 0) continue
    const held = d.items[at]!
    const under = d.items[at + 1]!
    at += 2
    if (held === null) children[i] = ref(under)
    else children[i] = assoc(empty, shift + 5, hashOf(held)!, held, under)
  }
  Py_DECREF(empty)
  return result
}

/** A bitmap node of one key: its pair may move up into the parent. */
function singlePair(node: PyObject): BitmapData | null {
  return node.v instanceof BitmapData && node.v.items.length === 2 && node.v.items[0] !== null ? node.v : null
}

// Mirrors hamt_node_bitmap_without and hamt_node_array_without.
/** NEW node without the key; 'empty' if nothing is left, 'missing' if it is not there; null with an exception set. */
function without(node: PyObject, shift: number, hash: number, key: PyObject): PyObject | 'empty' | 'missing' | null {
  const slot = slotOf(hash, shift, key)
  if (node.v instanceof ArrayData) return withoutInArray(node.v, shift, slot, hash, key)
  const d = node.v as BitmapData
  const bit = 1 << slot
  if ((d.bitmap & bit) === 0) return 'missing'
  const at = indexOf(d.bitmap, slot)
  const held = d.items[at]!
  const under = d.items[at + 1]!
  if (held === null) {
    const sub = without(under, shift + 5, hash, key)
    if (sub === null || sub === 'missing' || sub === 'empty') return sub
    const copy = cloneBitmap(node)
    const pair = singlePair(sub)
    if (pair !== null) {
      put(copy, at, ref(pair.items[0]!))
      put(copy, at + 1, ref(pair.items[1]!))
      Py_DECREF(sub)
    } else put(copy, at + 1, sub)
    return copy
  }
  const equal = PyObject_RichCompareBool(held, key, Py_EQ)
  if (equal < 0) return null
  if (equal === 0) return 'missing'
  if (d.items.length === 2) return 'empty'
  const copy = bitmapNode(d.items.length - 2)
  const { items } = copy.v as BitmapData
  d.items.filter((_x, i) => i !== at && i !== at + 1).forEach((x, i) => { items[i] = x === null ? null : ref(x) })
  ;(copy.v as BitmapData).bitmap = d.bitmap & ~bit
  return copy
}

function withoutInArray(d: ArrayData, shift: number, slot: number, hash: number, key: PyObject): PyObject | 'missing' | null {
  const child = d.children[slot]!
  if (child === null) return 'missing'
  const sub = without(child, shift + 5, hash, key)
  if (sub === null || sub === 'missing') return sub
  if (sub !== 'empty' || d.count - 1 >= 16) {
    const copy = arrayNode(sub === 'empty' ? d.count - 1 : d.count)
    const { children } = copy.v as ArrayData
    d.children.forEach((x, i) => { children[i] = i === slot ? (sub === 'empty' ? null : sub) : x === null ? null : ref(x) })
    return copy
  }
  const copy = bitmapNode((d.count - 1) * 2)
  const to = copy.v as BitmapData
  let at = 0
  d.children.forEach((x, i) => {
    if (x === null || i === slot) return
    to.bitmap |= 1 << i
    const pair = singlePair(x)
    to.items[at] = pair === null ? null : ref(pair.items[0]!)
    to.items[at + 1] = ref(pair === null ? x : pair.items[1]!)
    at += 2
  })
  return copy
}

const hamt = (o: PyObject): HamtData => o.v as HamtData

/** NEW mapping with the entry, or null. */
export function _PyHamt_Assoc(o: PyObject, key: PyObject, value: PyObject): PyObject | null {
  const hash = hashOf(key)
  if (hash === null) return null
  grown.value = false
  const root = assoc(hamt(o).root, 0, hash, key, value)
  if (root === null) return null
  if (root === hamt(o).root) return Py_DECREF(root), ref(o)
  return newHamt(root, hamt(o).count + (grown.value ? 1 : 0))
}

/** NEW mapping without the key, or null. */
export function _PyHamt_Without(o: PyObject, key: PyObject): PyObject | null {
  const hash = hashOf(key)
  if (hash === null) return null
  const root = without(hamt(o).root, 0, hash, key)
  if (root === null) return null
  if (root === 'empty') return _PyHamt_New()
  return root === 'missing' ? ref(o) : newHamt(root, hamt(o).count - 1)
}

/** BORROWED value; undefined if the key is not there, null with an exception set. */
export function _PyHamt_Find(o: PyObject, key: PyObject): PyObject | null | undefined {
  if (hamt(o).count === 0) return undefined
  const hash = hashOf(key)
  if (hash === null) return null
  let node = hamt(o).root
  for (let shift = 0; ; shift += 5) {
    const slot = slotOf(hash, shift, key)
    if (node.v instanceof ArrayData) {
      const child: PyObject | null = node.v.children[slot]!
      if (child === null) return undefined
      node = child
      continue
    }
    const d = node.v as BitmapData
    if ((d.bitmap & (1 << slot)) === 0) return undefined
    const at = indexOf(d.bitmap, slot)
    const held = d.items[at]!
    if (held !== null) {
      const equal = PyObject_RichCompareBool(key, held, Py_EQ)
      return equal < 0 ? null : equal === 1 ? d.items[at + 1]! : undefined
    }
    node = d.items[at + 1]!
  }
}

/** All entries in the order of iteration; borrowed. */
export function* hamtEntries(node: PyObject): Generator<[key: PyObject, value: PyObject]> {
  if (node.v instanceof HamtData) return yield* hamtEntries(node.v.root)
  if (node.v instanceof ArrayData) {
    for (const child of node.v.children) if (child !== null) yield* hamtEntries(child)
    return
  }
  const { items } = node.v as BitmapData
  for (let i = 0; i < items.length; i += 2) {
    if (items[i] === null) yield* hamtEntries(items[i + 1]!)
    else yield [items[i]!, items[i + 1]!]
  }
}
