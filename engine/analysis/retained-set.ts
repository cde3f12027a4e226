// What a set of objects keeps alive together: all instances of a type, all objects made at a line.
//
// Together they retain more than the sum of what each does: an object that two of them share is kept by neither alone. `retainedBySet` is
// exact and takes a pass over the heap; `retainedByGroup` gives all groups a lower bound in one walk of the dominator tree.
import type { Dominated } from './dominated'
import { type Dominators, isReachable } from './dominators'
import type { HeapGraph } from './heap-graph'
import { type AnalysisOptions, NO_NODE, PROGRESS_MASK } from './options'
import { reachableFromRoot } from './reach'
import { type ObjectSum, sumOf } from './type-sums'

/**
 * The objects that can be reached from the root only through members of the set, these included. Members that are garbage
 * count for themselves alone: what they keep is garbage too.
 */
export function retainedBySet(graph: HeapGraph, dominators: Dominators, members: ArrayLike<number>, options: AnalysisOptions = {}): ObjectSum {
  const { nodeCount } = graph
  const blocked = new Uint8Array(nodeCount)
  for (let i = 0; i < members.length; i++) blocked[members[i]!] = 1
  blocked[0] = 0
  const left = reachableFromRoot(graph, { ...options, blocked })
  const kept = new Uint32Array(nodeCount)
  let count = 0
  for (let node = 1; node < nodeCount; node++) {
    if (left[node] === 0 && (blocked[node] !== 0 || isReachable(dominators, node))) kept[count++] = node
  }
  return sumOf(graph, kept.slice(0, count))
}

export interface GroupSums {
  /** By group: its objects, their own bytes, and what single ones of them retain. */
  readonly count: Uint32Array
  readonly sizeBytes: Float64Array
  readonly retainedBytes: Float64Array
}

/**
 * For every group at once the sum of what its members retain, each byte once: members below another member of the group count with
 * that one. What only several members together keep is not in it, so it is a lower bound of `retainedBySet`.
 * `groupOf` is by node: a number from 0 to groups - 1, or less than 0 for none.
 */
export function retainedByGroup(
  graph: HeapGraph, dominators: Dominators, dominated: Dominated, groupOf: Int32Array, groups: number, options: AnalysisOptions = {},
): GroupSums {
  const { nodeCount, sizeBytes } = graph
  const { parent, order, retainedBytes } = dominators
  const { progress } = options
  const sums = { count: new Uint32Array(groups), sizeBytes: new Float64Array(groups), retainedBytes: new Float64Array(groups) }
  // A walk in depth, with the number of members of each group on the way down to where it is.
  const above = new Uint32Array(groups)
  const path = new Uint32Array(nodeCount)
  const next = dominated.first.slice(0, nodeCount)
  let done = 0
  for (let i = 0; i < nodeCount; i++) {
    const top = order[i]!
    if (parent[top] !== NO_NODE) continue
    let depth = 0
    let node = top
    let arrived = true
    for (;;) {
      const group = node === 0 ? -1 : groupOf[node]!
      if (arrived) {
        if (progress && (++done & PROGRESS_MASK) === 0) progress(done, nodeCount)
        if (group >= 0) {
          sums.count[group]!++
          sums.sizeBytes[group]! += sizeBytes[node]!
          if (above[group]!++ === 0) sums.retainedBytes[group]! += retainedBytes[node]!
        }
      }
      if (next[node]! < dominated.first[node + 1]!) {
        path[depth++] = node
        node = dominated.child[next[node]!++]!
        arrived = true
        continue
      }
      if (group >= 0) above[group]!--
      if (depth === 0) break
      node = path[--depth]!
      arrived = false
    }
  }
  return sums
}
