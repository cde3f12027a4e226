// What changed between two snapshots of one run: which objects are new, which were freed, which survived.
//
// An object is the same in both if it has the same address and was born at the same tick: two objects never are at one address at once,
// and an address that was used again has another tick. Objects from before the recording have no tick and are compared by
// address alone; they seldom die. (Types may differ: `__class__` can be assigned.)
import type { HeapGraph } from './heap-graph'
import { type AnalysisOptions, NO_NODE, PROGRESS_MASK } from './options'

export interface GraphDiff {
  /** By node of the later graph: the same object in the earlier one, or NO_NODE if it is new. Node 0 is node 0. */
  readonly earlierOf: Uint32Array
  /** By node of the earlier graph: the same object in the later one, or NO_NODE if it was freed. */
  readonly laterOf: Uint32Array
  /** Nodes of the later graph. */
  readonly added: Uint32Array
  /** Nodes of the earlier graph. */
  readonly freed: Uint32Array
  /** Nodes of the later graph. */
  readonly survived: Uint32Array
}

export function diffGraphs(earlier: HeapGraph, later: HeapGraph, options: AnalysisOptions = {}): GraphDiff {
  const { progress } = options
  const total = earlier.nodeCount + later.nodeCount
  // Open addressing from address to node + 1; addresses of one graph are all different.
  let slots = 16
  while (slots < earlier.nodeCount * 2) slots *= 2
  const mask = slots - 1
  const shift = Math.clz32(mask)
  const table = new Uint32Array(slots)
  const { address, birthTick } = earlier
  for (let node = 1; node < earlier.nodeCount; node++) {
    let slot = Math.imul(address[node]!, 0x9e3779b1) >>> shift
    while (table[slot] !== 0) slot = (slot + 1) & mask
    table[slot] = node + 1
    if (progress && (node & PROGRESS_MASK) === 0) progress(node, total)
  }

  const earlierOf = new Uint32Array(later.nodeCount).fill(NO_NODE)
  const laterOf = new Uint32Array(earlier.nodeCount).fill(NO_NODE)
  earlierOf[0] = laterOf[0] = 0
  let survivors = 0
  for (let node = 1; node < later.nodeCount; node++) {
    const wanted = later.address[node]!
    let slot = Math.imul(wanted, 0x9e3779b1) >>> shift
    for (; table[slot] !== 0; slot = (slot + 1) & mask) {
      const found = table[slot]! - 1
      if (address[found] !== wanted || birthTick[found] !== later.birthTick[node] || laterOf[found] !== NO_NODE) continue
      earlierOf[node] = found
      laterOf[found] = node
      survivors++
      break
    }
    if (progress && (node & PROGRESS_MASK) === 0) progress(earlier.nodeCount + node, total)
  }

  const survived = new Uint32Array(survivors)
  const added = new Uint32Array(later.nodeCount - 1 - survivors)
  for (let node = 1, s = 0, a = 0; node < later.nodeCount; node++) {
    if (earlierOf[node] !== NO_NODE) survived[s++] = node
    else added[a++] = node
  }
  const freed = new Uint32Array(earlier.nodeCount - 1 - survivors)
  for (let node = 1, f = 0; node < earlier.nodeCount; node++) if (laterOf[node] === NO_NODE) freed[f++] = node
  return { earlierOf, laterOf, added, freed, survived }
}

export interface DiffSums {
  group: number
  newCount: number
  newBytes: number
  freedCount: number
  freedBytes: number
  survivedCount: number
  /** Of the survivors, in the later graph, and by how much they have grown since (less than 0: shrunk). */
  survivedBytes: number
  grownBytes: number
  /** newBytes + grownBytes - freedBytes. */
  differenceBytes: number
  /** What the group retains in both (by group: `retainedByGroup` of each graph); 0 where this is not given. */
  retainedBefore: number
  retainedAfter: number
}

/**
 * By group (a type, a site …), the groups with most new bytes on balance first. `earlierGroup` and `laterGroup` are by node, numbers
 * from 0 up; less than 0 leaves a node out.
 */
export function diffByGroup(
  earlier: HeapGraph, later: HeapGraph, diff: GraphDiff, earlierGroup: Int32Array, laterGroup: Int32Array,
  retained?: { before: ArrayLike<number>, after: ArrayLike<number> },
): DiffSums[] {
  const sums = new Map<number, DiffSums>()
  const sumOf = (group: number): DiffSums => {
    let sum = sums.get(group)
    if (!sum) {
      sum = {
        group, newCount: 0, newBytes: 0, freedCount: 0, freedBytes: 0, survivedCount: 0, survivedBytes: 0, grownBytes: 0, differenceBytes: 0,
        retainedBefore: retained?.before[group] ?? 0, retainedAfter: retained?.after[group] ?? 0,
      }
      sums.set(group, sum)
    }
    return sum
  }
  for (const node of diff.added) {
    if (laterGroup[node]! < 0) continue
    const sum = sumOf(laterGroup[node]!)
    sum.newCount++
    sum.newBytes += later.sizeBytes[node]!
  }
  for (const node of diff.freed) {
    if (earlierGroup[node]! < 0) continue
    const sum = sumOf(earlierGroup[node]!)
    sum.freedCount++
    sum.freedBytes += earlier.sizeBytes[node]!
  }
  for (const node of diff.survived) {
    if (laterGroup[node]! < 0) continue
    const sum = sumOf(laterGroup[node]!)
    sum.survivedCount++
    sum.survivedBytes += later.sizeBytes[node]!
    sum.grownBytes += later.sizeBytes[node]! - earlier.sizeBytes[diff.earlierOf[node]!]!
  }
  for (const sum of sums.values()) sum.differenceBytes = sum.newBytes + sum.grownBytes - sum.freedBytes
  return [...sums.values()].sort((a, b) => b.differenceBytes - a.differenceBytes || b.newBytes - a.newBytes || a.group - b.group)
}
