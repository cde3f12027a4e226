// Memory in containers that holds nothing: room that was never filled or is no longer, and containers with no or one element.
//
// Each container counts once, for the first that applies: it is empty (its bytes, None would do), it has a single element (its bytes
// but for one reference), its table could be a quarter or less (dicts and sets that have shrunk: a table never does), or it has room to grow.
import { type HeapGraph, FLAG_INSTANCE_DICT, FLAG_INTERNAL, FLAG_PROGRAM, FLAG_SHARES_KEYS } from './heap-graph'
import { type AnalysisOptions, PROGRESS_MASK } from './options'

export type ContainerKind = 'list' | 'dict' | 'set' | 'deque' | 'bytearray'

export const WASTE_EMPTY = 0
export const WASTE_SINGLE = 1
export const WASTE_SPARSE = 2
export const WASTE_SLACK = 3

export interface ContainerWasteOptions extends AnalysisOptions {
  /** What the objects of a type are laid out as; null: no container with room. See `containerKind`. */
  kindOf(type: number): ContainerKind | null
  /** Also what was there before the program began. */
  internal?: boolean
}

/** In the order of the graph. */
export interface ContainerWaste {
  readonly nodes: Uint32Array
  /** WASTE_EMPTY … WASTE_SLACK. */
  readonly reason: Uint8Array
  readonly wastedBytes: Float64Array
}

/** By the name of a builtin type. */
export function containerKind(name: string): ContainerKind | null {
  switch (name) {
    case 'list': case 'bytearray': return name
    case 'dict': case 'collections.defaultdict': case 'collections.OrderedDict': case 'collections.Counter': return 'dict'
    case 'set': case 'frozenset': return 'set'
    case 'collections.deque': return 'deque'
    default: return null
  }
}

export function containerWaste(graph: HeapGraph, options: ContainerWasteOptions): ContainerWaste {
  const { nodeCount, flags, type, length, capacity, sizeBytes } = graph
  const { progress, internal = false } = options
  const kinds = new Map<number, ContainerKind | null>()
  const leftOut = FLAG_PROGRAM | FLAG_INSTANCE_DICT | FLAG_SHARES_KEYS | (internal ? 0 : FLAG_INTERNAL)
  const nodes: number[] = []
  const reasons: number[] = []
  const bytes: number[] = []
  for (let node = 1; node < nodeCount; node++) {
    if (progress && (node & PROGRESS_MASK) === 0) progress(node, nodeCount)
    if (capacity[node]! < 0 || (flags[node]! & leftOut) !== 0) continue
    let kind = kinds.get(type[node]!)
    if (kind === undefined) kinds.set(type[node]!, kind = options.kindOf(type[node]!))
    if (kind === null) continue
    const count = length[node]!
    const room = capacity[node]!
    const [reason, wasted] = count === 0 ? [WASTE_EMPTY, sizeBytes[node]!]
      : count === 1 && kind !== 'bytearray' ? [WASTE_SINGLE, sizeBytes[node]! - REFERENCE]
      : kind === 'dict' ? [WASTE_SPARSE, sparseDict(count, room, sizeBytes[node]!)]
      : kind === 'set' ? [WASTE_SPARSE, sparseSet(count, room)]
      : [WASTE_SLACK, (room - count) * (kind === 'bytearray' ? 1 : REFERENCE)]
    if (wasted <= 0) continue
    nodes.push(node)
    reasons.push(reason)
    bytes.push(wasted)
  }
  return { nodes: Uint32Array.from(nodes), reason: Uint8Array.from(reasons), wastedBytes: Float64Array.from(bytes) }
}

// CPython 3.11, 64 bit.
const REFERENCE = 8
/** PyDictObject with its GC head. */
const DICT = 64
/** PyDictKeysObject before its indices. */
const KEYS_HEAD = 32
const DICT_LEAST_LOG2 = 3
/** Entries of tables whose keys all are str, and of others. */
const STRING_ENTRY = 16
const ANY_ENTRY = 24
const SET_ENTRY = 16
/** A set with so few slots has them inside. */
const SET_LEAST_SLOTS = 8

const usable = (slots: number): number => Math.floor(slots * 2 / 3)

/** Bytes of a dict's table of 2^log2 slots. Mirrors new_keys_object, Objects/dictobject.c. */
export function dictTableBytes(log2: number, entryBytes: number): number {
  const index = log2 < 8 ? 1 : log2 < 16 ? 2 : log2 < 32 ? 4 : 8
  return KEYS_HEAD + 2 ** log2 * index + usable(2 ** log2) * entryBytes
}

/** What the smallest table for these entries would save, if it were a quarter of this one or less; growing leaves half at most. */
function sparseDict(count: number, room: number, sizeBytes: number): number {
  let log2 = DICT_LEAST_LOG2
  while (usable(2 ** log2) < room) log2++
  let least = DICT_LEAST_LOG2
  while (usable(2 ** least) < count) least++
  if (log2 - least < 2) return 0
  const entry = sizeBytes >= DICT + dictTableBytes(log2, ANY_ENTRY) ? ANY_ENTRY : STRING_ENTRY
  return dictTableBytes(log2, entry) - dictTableBytes(least, entry)
}

/** Mirrors set_add_entry, Objects/setobject.c: a set grows when it is three fifths full. */
function sparseSet(count: number, slots: number): number {
  let least = SET_LEAST_SLOTS
  while (count * 5 >= (least - 1) * 3) least *= 2
  if (slots < least * 4) return 0
  return (slots - (least > SET_LEAST_SLOTS ? least : 0)) * SET_ENTRY
}

export interface WasteSum {
  group: number
  reason: number
  count: number
  wastedBytes: number
}

/** By reason and group (`graph.type`, `graph.site`, lines …; by node), most wasted bytes first. */
export function wasteByGroup(waste: ContainerWaste, groupOf: ArrayLike<number>): WasteSum[] {
  const sums = new Map<number, WasteSum>()
  for (let i = 0; i < waste.nodes.length; i++) {
    const group = groupOf[waste.nodes[i]!]!
    const reason = waste.reason[i]!
    const key = group * 4 + reason
    let sum = sums.get(key)
    if (!sum) sums.set(key, sum = { group, reason, count: 0, wastedBytes: 0 })
    sum.count++
    sum.wastedBytes += waste.wastedBytes[i]!
  }
  return [...sums.values()].sort((a, b) => b.wastedBytes - a.wastedBytes || b.count - a.count || a.group - b.group || a.reason - b.reason)
}
