// What the attributes of instances cost, class by class: what `__slots__` would save, and who no longer shares the keys of the class.
//
// In CPython 3.11 an instance of a plain class has its attributes' values in a block beside it, and the class has the names. Code
// that asks for `__dict__` makes a dict object around these values (materialised); deleting an attribute, adding them in
// another order or more than 30 makes a dict of its own, with names and values. Only instances laid out like this count: not those of classes
// that add to a list, an exception or another builtin type.
import {
  EDGE_ATTRIBUTE, EDGE_INTERNAL, EDGE_VALUE, FLAG_INSTANCE, FLAG_INSTANCE_DICT, FLAG_INTERNAL, FLAG_SHARES_KEYS, FLAG_SLOTS,
  FLAG_WEAKLY_REFERENCED, type HeapGraph,
} from './heap-graph'
import { type AnalysisOptions, NO_NODE, PROGRESS_MASK } from './options'

export interface ClassWaste {
  type: number
  /** Its instances that are laid out plainly. */
  count: number
  /** Names of attributes that any of them has, in the order in which they were met. */
  attributes: string[]
  /** Instances with their values and dicts. */
  sizeBytes: number
  /** With `__slots__` of these attributes, and `__weakref__` if weak references to any are in use. */
  slotsBytes: number
  savedBytes: number
  /** Instances whose values lie beside them, the best way without slots. */
  inlineCount: number
  /** Instances with a dict object around shared keys, and the bytes that this costs. */
  materialisedCount: number
  materialisedBytes: number
  /** Instances with a dict of their own although most share the keys of the class, and what they take more than the inline ones on average. */
  lostSharing: Uint32Array
  lostBytes: number
}

export interface InstanceWasteOptions extends AnalysisOptions {
  /** Classes with fewer instances are left out (2). */
  atLeast?: number
  internal?: boolean
}

// CPython 3.11, 64 bit.
const REFERENCE = 8
/** GC head and PyObject. */
const SLOTS_INSTANCE = 32
/** GC head, the two words of a managed dict, PyObject, the list of weak references. */
const PLAIN_INSTANCE = 56
/** PyDictObject with its GC head. */
const DICT = 64
/** SHARED_KEYS_MAX_SIZE, Objects/dictobject.c. */
const MOST_SHARED = 30

/** Sizes of the block of values. Mirrors new_values, Objects/dictobject.c. */
const VALUES_BYTES = new Set([0, ...Array.from({ length: MOST_SHARED }, (_, i) => Math.ceil((i + 3) / 8) * 8 + (i + 1) * REFERENCE)])

interface Class extends ClassWaste {
  names: Set<string>
  /** The last instance's names, in order: those of the next one are mostly the same. */
  last: number[]
  weakly: boolean
  inlineBytes: number
  own: number[]
  ownBytes: number
}

/** The classes that slots would save most of first. */
export function instanceWaste(graph: HeapGraph, options: InstanceWasteOptions = {}): ClassWaste[] {
  const { nodeCount, flags, type, sizeBytes, length } = graph
  const { progress, atLeast = 2, internal = false } = options
  const classes = new Map<number, Class>()
  for (let node = 1; node < nodeCount; node++) {
    if (progress && (node & PROGRESS_MASK) === 0) progress(node, nodeCount)
    const flag = flags[node]!
    if ((flag & FLAG_INSTANCE) === 0 || (flag & FLAG_SLOTS) !== 0 || (!internal && (flag & FLAG_INTERNAL) !== 0) || length[node]! >= 0) continue
    const values = sizeBytes[node]! - PLAIN_INSTANCE
    if (!VALUES_BYTES.has(values)) continue
    const dict = dictOf(graph, node)
    if (dict === NOT_PLAIN || (dict !== NO_NODE && values > 0)) continue

    let sum = classes.get(type[node]!)
    if (!sum) classes.set(type[node]!, sum = emptyClass(type[node]!))
    sum.count++
    sum.weakly ||= (flag & FLAG_WEAKLY_REFERENCED) !== 0
    addNames(graph, sum, dict === NO_NODE ? node : dict, dict === NO_NODE ? EDGE_ATTRIBUTE : EDGE_VALUE)
    const total = sizeBytes[node]! + (dict === NO_NODE ? 0 : sizeBytes[dict]!)
    sum.sizeBytes += total
    if (dict === NO_NODE) {
      sum.inlineCount++
      sum.inlineBytes += total
    } else if ((flags[dict]! & FLAG_SHARES_KEYS) !== 0) {
      sum.materialisedCount++
      sum.materialisedBytes += DICT
    } else {
      sum.own.push(node)
      sum.ownBytes += total
    }
  }

  const result: ClassWaste[] = []
  for (const { names, last: _, weakly, inlineBytes, own, ownBytes, ...row } of classes.values()) {
    if (row.count < atLeast) continue
    row.attributes = [...names]
    row.slotsBytes = row.count * (SLOTS_INSTANCE + names.size * REFERENCE + (weakly ? REFERENCE : 0))
    row.savedBytes = Math.max(0, row.sizeBytes - row.slotsBytes)
    const sharing = row.inlineCount + row.materialisedCount
    if (sharing > own.length) {
      row.lostSharing = Uint32Array.from(own)
      const usual = row.inlineCount > 0 ? inlineBytes / row.inlineCount : PLAIN_INSTANCE
      row.lostBytes = Math.max(0, Math.round(ownBytes - own.length * usual))
    }
    result.push(row)
  }
  return result.sort((a, b) => b.savedBytes - a.savedBytes || b.count - a.count || a.type - b.type)
}

const emptyClass = (type: number): Class => ({
  type, count: 0, attributes: [], sizeBytes: 0, slotsBytes: 0, savedBytes: 0, inlineCount: 0, materialisedCount: 0, materialisedBytes: 0,
  lostSharing: new Uint32Array(0), lostBytes: 0, names: new Set(), last: [], weakly: false, inlineBytes: 0, own: [], ownBytes: 0,
})

const NOT_PLAIN = -1

/** The instance's dict, NO_NODE if it has none, NOT_PLAIN if it has references other than to attributes, its class and its dict. */
function dictOf(graph: HeapGraph, node: number): number {
  const { firstEdge, edgeTo, edgeKind, edgeName, flags, strings } = graph
  let dict = NO_NODE
  for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
    if (edgeKind[edge] === EDGE_ATTRIBUTE) continue
    if (edgeKind[edge] !== EDGE_INTERNAL) return NOT_PLAIN
    const name = strings[edgeName[edge]!]
    if (name === '__dict__' && (flags[edgeTo[edge]!]! & FLAG_INSTANCE_DICT) !== 0) dict = edgeTo[edge]!
    else if (name !== '__class__') return NOT_PLAIN
  }
  return dict
}

function addNames(graph: HeapGraph, sum: Class, holder: number, kind: number): void {
  const { firstEdge, edgeKind, edgeName } = graph
  const { names, last } = sum
  let at = 0
  for (let edge = firstEdge[holder]!; edge < firstEdge[holder + 1]!; edge++) {
    if (edgeKind[edge] !== kind) continue
    const name = edgeName[edge]!
    if (last[at] !== name) {
      last[at] = name
      names.add(kind === EDGE_VALUE ? withoutQuotes(graph.strings[name] ?? '') : graph.strings[name] ?? '')
    }
    at++
  }
}

/** Keys of dicts are named by their repr. */
const withoutQuotes = (text: string): string => /^'.*'$/.test(text) ? text.slice(1, -1) : text
