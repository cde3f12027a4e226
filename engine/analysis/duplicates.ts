// Equal immutable objects that exist several times: strings, bytes, numbers and tuples that one would do for.
import { FLAG_IMMUTABLE, FLAG_INTERNAL, type HeapGraph } from './heap-graph'
import { type AnalysisOptions, PROGRESS_MASK } from './options'

/** Values that exist at least twice, those that waste most first. */
export interface Duplicates {
  readonly count: number
  /** The objects of value v are member[first[v]] … member[first[v + 1] - 1], the oldest first. */
  readonly first: Uint32Array
  readonly member: Uint32Array
  /** All of them but the oldest. */
  readonly wastedBytes: Float64Array
  readonly totalWastedBytes: number
}

export interface DuplicatesOptions extends AnalysisOptions {
  /** Also objects that were there before the program began. */
  internal?: boolean
}

export function duplicatesIn(graph: HeapGraph, options: DuplicatesOptions = {}): Duplicates {
  const { nodeCount, flags, content, type, sizeBytes, birthTick } = graph
  const { progress, internal = false } = options
  // Open addressing from type and content to the value's number + 1.
  let slots = 16
  while (slots < nodeCount * 2) slots *= 2
  const mask = slots - 1
  const shift = Math.clz32(mask)
  const table = new Uint32Array(slots)
  const valueOf = new Uint32Array(nodeCount) // + 1; 0: none
  const example: number[] = []
  const copies: number[] = []
  for (let node = 1; node < nodeCount; node++) {
    if (progress && (node & PROGRESS_MASK) === 0) progress(node, nodeCount)
    const wanted = content[node]!
    if (wanted === 0 || (flags[node]! & FLAG_IMMUTABLE) === 0 || (!internal && (flags[node]! & FLAG_INTERNAL) !== 0)) continue
    let slot = Math.imul((wanted % 0x100000000) ^ Math.floor(wanted / 0x100000000), 0x9e3779b1) >>> shift
    for (; ; slot = (slot + 1) & mask) {
      const value = table[slot]!
      if (value === 0) {
        table[slot] = valueOf[node] = example.push(node)
        copies.push(1)
        break
      }
      const other = example[value - 1]!
      if (content[other] !== wanted || type[other] !== type[node]) continue
      valueOf[node] = value
      copies[value - 1]!++
      break
    }
  }

  const start = new Map<number, number>()
  let total = 0
  for (let value = 0; value < copies.length; value++) {
    if (copies[value]! < 2) continue
    start.set(value, total)
    total += copies[value]!
  }
  const gathered = new Uint32Array(total)
  const at = new Map(start)
  for (let node = 1; node < nodeCount; node++) {
    const value = valueOf[node]! - 1
    const place = at.get(value)
    if (place === undefined) continue
    gathered[place] = node
    at.set(value, place + 1)
  }
  const rows = Array.from(start, ([value, from]) => {
    const nodes = gathered.subarray(from, from + copies[value]!).sort((a, b) => birthTick[a]! - birthTick[b]! || a - b)
    let wasted = 0
    for (let i = 1; i < nodes.length; i++) wasted += sizeBytes[nodes[i]!]!
    return { nodes, wasted }
  }).sort((a, b) => b.wasted - a.wasted || b.nodes.length - a.nodes.length || a.nodes[0]! - b.nodes[0]!)

  const first = new Uint32Array(rows.length + 1)
  const member = new Uint32Array(total)
  const wastedBytes = new Float64Array(rows.length)
  let end = 0
  let totalWastedBytes = 0
  for (const [i, { nodes, wasted }] of rows.entries()) {
    member.set(nodes, end)
    first[i + 1] = end += nodes.length
    totalWastedBytes += wastedBytes[i] = wasted
  }
  return { count: rows.length, first, member, wastedBytes, totalWastedBytes }
}

export interface DuplicateSum {
  group: number
  /** Objects made there that an older one equals, and their bytes. */
  count: number
  wastedBytes: number
  /** How many different values they have. */
  values: number
}

/** By where the needless copies were made (`graph.site`, lines …; by node): most wasted bytes first. */
export function duplicatesByGroup(graph: HeapGraph, duplicates: Duplicates, groupOf: ArrayLike<number>): DuplicateSum[] {
  const sums = new Map<number, DuplicateSum>()
  const lastValue = new Map<number, number>()
  for (let value = 0; value < duplicates.count; value++) {
    for (let i = duplicates.first[value]! + 1; i < duplicates.first[value + 1]!; i++) {
      const node = duplicates.member[i]!
      const group = groupOf[node]!
      let sum = sums.get(group)
      if (!sum) sums.set(group, sum = { group, count: 0, wastedBytes: 0, values: 0 })
      sum.count++
      sum.wastedBytes += graph.sizeBytes[node]!
      if (lastValue.get(group) !== value) sum.values++
      lastValue.set(group, value)
    }
  }
  return [...sums.values()].sort((a, b) => b.wastedBytes - a.wastedBytes || b.count - a.count || a.group - b.group)
}
