// The order of an OrderedDict: a doubly linked list of nodes beside the dict, and an array that leads from a dict entry's
// place to its node, rebuilt when the dict's table changed. Objects/odictobject.c.
import { TAG_DICT_VALUES } from '../../memory/events'
import { DKIX_ERROR, type DictKeys, lookupEntry } from './dict-keys'
import type { DictData } from './dictobject'
import { PyErr_NoMemory, PyErr_Occurred, _PyErr_SetKeyError } from './errors'
import { Py_DECREF, type PyObject } from './object'
import { PyMem_Free, PyMem_Malloc } from './objimpl'

const NODE_BYTES = 32

export class ODictNode {
  readonly key: PyObject
  readonly lo: number
  readonly hi: number
  readonly block: number
  next: ODictNode | null = null
  prev: ODictNode | null = null
  constructor(key: PyObject, lo: number, hi: number, block: number) {
    this.key = key
    this.lo = lo
    this.hi = hi
    this.block = block
  }
}

export class ODictData {
  first: ODictNode | null = null
  last: ODictNode | null = null
  size = 0
  /** Changes with every change of the order. */
  state = 0
  fastNodes: (ODictNode | null)[] | null = null
  fastBlock = 0
  sentinel: DictKeys | null = null
}

/** The order of an OrderedDict, begun when first asked for. */
export function odictOf(o: PyObject): ODictData {
  const mp = o.v as DictData
  return (mp.extra ??= new ODictData()) as ODictData
}

export const slotCount = (od: ODictData): number => od.fastNodes === null ? 0 : od.fastNodes.length

// Mirrors _odict_resize.
function resize(o: PyObject, od: ODictData): boolean {
  const mp = o.v as DictData
  const size = 2 ** mp.ma_keys.dk_log2_size
  const block = PyMem_Malloc(size * 8, TAG_DICT_VALUES)
  if (block === 0) return PyErr_NoMemory(), false
  const nodes = new Array<ODictNode | null>(size).fill(null)
  for (let node = od.first; node !== null; node = node.next) {
    const ix = lookupEntry(mp, node.key, node.lo, node.hi)
    if (ix < 0) {
      PyMem_Free(block)
      return false
    }
    nodes[ix] = node
  }
  PyMem_Free(od.fastBlock)
  od.fastNodes = nodes
  od.fastBlock = block
  od.sentinel = mp.ma_keys
  return true
}

/** Place of a key, -1 if it is not in the dict or an exception is set. Mirrors _odict_get_index. */
function indexOf(o: PyObject, od: ODictData, key: PyObject, lo: number, hi: number): number {
  const mp = o.v as DictData
  if ((od.sentinel !== mp.ma_keys || slotCount(od) !== 2 ** mp.ma_keys.dk_log2_size) && !resize(o, od)) return -1
  const ix = lookupEntry(mp, key, lo, hi)
  return ix === DKIX_ERROR || ix < 0 ? -1 : ix
}

/** Node of a key; null: not there, or an exception is set. */
export function findNode(o: PyObject, key: PyObject, lo: number, hi: number): ODictNode | null {
  const od = odictOf(o)
  if (od.size === 0) return null
  const ix = indexOf(o, od, key, lo, hi)
  return ix < 0 ? null : od.fastNodes![ix] ?? null
}

export function linkLast(od: ODictData, node: ODictNode): void {
  node.prev = od.last
  node.next = null
  if (od.last === null) od.first = node
  else od.last.next = node
  od.last = node
  od.size++
  od.state++
}

export function linkFirst(od: ODictData, node: ODictNode): void {
  node.next = od.first
  node.prev = null
  if (od.first === null) od.last = node
  else od.first.prev = node
  od.first = node
  od.size++
  od.state++
}

export function unlink(od: ODictData, node: ODictNode): void {
  if (od.first === node) od.first = node.next
  else node.prev!.next = node.next
  if (od.last === node) od.last = node.prev
  else node.next!.prev = node.prev
  node.prev = node.next = null
  od.size--
  od.state++
}

/** The key just put into the dict comes last, if it is new. Mirrors _odict_add_new_node. */
export function addNode(o: PyObject, key: PyObject, lo: number, hi: number): number {
  const od = odictOf(o)
  key.ob_refcnt++
  const ix = indexOf(o, od, key, lo, hi)
  if (ix < 0) {
    if (PyErr_Occurred() === null) _PyErr_SetKeyError(key)
    Py_DECREF(key)
    return -1
  }
  if (od.fastNodes![ix] !== null && od.fastNodes![ix] !== undefined) {
    Py_DECREF(key)
    return 0
  }
  const block = PyMem_Malloc(NODE_BYTES, TAG_DICT_VALUES)
  if (block === 0) {
    Py_DECREF(key)
    PyErr_NoMemory()
    return -1
  }
  const node = new ODictNode(key, lo, hi, block)
  linkLast(od, node)
  od.fastNodes![ix] = node
  return 0
}

/** Takes a key's node out, before the dict's entry goes. `node` null: it is looked for. Mirrors _odict_clear_node. */
export function clearNode(o: PyObject, given: ODictNode | null, key: PyObject, lo: number, hi: number): number {
  const od = odictOf(o)
  if (od.size === 0) return 0
  const ix = indexOf(o, od, key, lo, hi)
  if (ix < 0) return PyErr_Occurred() !== null ? -1 : 0
  const node = given ?? od.fastNodes![ix] ?? null
  if (node === null) return 0
  od.fastNodes![ix] = null
  unlink(od, node)
  Py_DECREF(node.key)
  PyMem_Free(node.block)
  return 0
}

/** Mirrors _odict_clear_nodes. */
export function clearNodes(od: ODictData): void {
  PyMem_Free(od.fastBlock)
  od.fastBlock = 0
  od.fastNodes = null
  od.sentinel = null
  let node = od.first
  od.first = od.last = null
  od.size = 0
  od.state++
  while (node !== null) {
    const { next, key, block } = node
    Py_DECREF(key)
    PyMem_Free(block)
    node = next
  }
}
