// The best path from the root to an object: why it is alive.
//
// Searched from both ends at once, always on the side with fewer references to look at, and stopped as soon as no better path is possible: an
// object in the middle of a large heap is found after some thousand nodes instead of a million. For more paths see next-paths.ts.
import { BucketQueue } from './bucket-queue'
import type { HeapGraph } from './heap-graph'
import { type AnalysisOptions, NO_NODE, PROGRESS_MASK } from './options'
import { DEAREST_STEP, type IgnoredEdges, NOTHING_IGNORED, type PathCosts, pathCosts } from './path-cost'
import type { Referrers } from './reverse'

/** Step i is the reference edges[i], which leads to nodes[i]. The first is a reference of the root, the last leads to the object. */
export interface Path {
  readonly cost: number
  readonly edges: Uint32Array
  readonly nodes: Uint32Array
}

export interface PathOptions extends AnalysisOptions {
  /** References that are not to be used. */
  ignore?: IgnoredEdges
}

/** The cheapest path (see path-cost.ts), or null if none leads to the node. For many objects use one PathSearch. */
export function shortestPath(graph: HeapGraph, referrers: Referrers, node: number, options: PathOptions = {}): Path | null {
  return new PathSearch(graph, referrers, options).find(node)
}

/** Searches in one graph, any number of times: its columns are used again. */
export class PathSearch {
  /** How many nodes all searches together have looked at. */
  steps = 0
  // What a path costs down from the root, and up from the object; with the edge that leads to the node, or from it. A number counts
  // only if it is above `base`, which rises from search to search, so that nothing need be cleared.
  private base = 0
  private readonly down: Uint32Array
  private readonly downEdge: Uint32Array
  private readonly downFrom: Uint32Array
  private readonly up: Uint32Array
  private readonly upEdge: Uint32Array
  private readonly costOf: PathCosts

  constructor(private readonly graph: HeapGraph, private readonly referrers: Referrers, private readonly options: PathOptions = {}) {
    const { nodeCount } = graph
    this.costOf = pathCosts(graph)
    this.down = new Uint32Array(nodeCount)
    this.downEdge = new Uint32Array(nodeCount)
    this.downFrom = new Uint32Array(nodeCount)
    this.up = new Uint32Array(nodeCount)
    this.upEdge = new Uint32Array(nodeCount)
  }

  /** The cheapest path that avoids the nodes whose mark is `stamp`, or null. */
  find(node: number, mark: Uint32Array | null = null, stamp = 0): Path | null {
    const { nodeCount, firstEdge, edgeTo } = this.graph
    const { first, from, edge: entryEdge } = this.referrers
    const { down, downEdge, downFrom, up, upEdge, costOf } = this
    const { progress, ignore = NOTHING_IGNORED } = this.options
    const ignores = ignore.size > 0
    if (node === 0) return null
    if (this.base > 0x80000000) {
      down.fill(0)
      up.fill(0)
      this.base = 0
    }
    const zero = this.base + 1 // of a cost of nothing

    const downQueue = new BucketQueue(DEAREST_STEP)
    const upQueue = new BucketQueue(DEAREST_STEP)
    let downWork = firstEdge[1]!
    let upWork = first[node + 1]! - first[node]!
    let best = Infinity
    let meeting = NO_NODE
    down[0] = up[node] = zero
    downQueue.put(0, 0)
    upQueue.put(node, 0)
    for (;;) {
      // One side exhausted: whatever path there is has been met.
      if (downQueue.isEmpty() || upQueue.isEmpty() || downQueue.distance + upQueue.distance >= best) break
      this.steps++
      if (progress && (this.steps & PROGRESS_MASK) === 0) progress(this.steps % nodeCount, nodeCount)
      if (downWork <= upWork) {
        const at = downQueue.take()
        downWork -= firstEdge[at + 1]! - firstEdge[at]!
        const cost = downQueue.distance
        if (down[at] !== zero + cost) continue
        for (let edge = firstEdge[at]!, end = firstEdge[at + 1]!; edge < end; edge++) {
          const to = edgeTo[edge]!
          const reached = cost + costOf(edge)
          const known = down[to]!
          if ((known >= zero && known <= zero + reached) || (mark !== null && mark[to] === stamp) || (ignores && ignore.has(edge))) continue
          down[to] = zero + reached
          downEdge[to] = edge
          downFrom[to] = at
          downQueue.put(to, reached)
          downWork += firstEdge[to + 1]! - firstEdge[to]!
          if (up[to]! >= zero && reached + up[to]! - zero < best) {
            best = reached + up[to]! - zero
            meeting = to
          }
        }
      } else {
        const at = upQueue.take()
        upWork -= first[at + 1]! - first[at]!
        const cost = upQueue.distance
        if (up[at] !== zero + cost) continue
        for (let entry = first[at]!, end = first[at + 1]!; entry < end; entry++) {
          const edge = entryEdge[entry]!
          const to = from[entry]!
          const reached = cost + costOf(edge)
          const known = up[to]!
          if ((known >= zero && known <= zero + reached) || (mark !== null && mark[to] === stamp) || (ignores && ignore.has(edge))) continue
          up[to] = zero + reached
          upEdge[to] = edge
          upQueue.put(to, reached)
          upWork += first[to + 1]! - first[to]!
          if (down[to]! >= zero && reached + down[to]! - zero < best) {
            best = reached + down[to]! - zero
            meeting = to
          }
        }
      }
    }
    this.base = zero + Math.max(downQueue.distance, upQueue.distance) + DEAREST_STEP
    if (meeting === NO_NODE) return null

    let length = 0
    for (let at = meeting; at !== 0; at = downFrom[at]!) length++
    let end = length
    for (let at = meeting; at !== node; at = edgeTo[upEdge[at]!]!) end++
    const edges = new Uint32Array(end)
    for (let at = meeting, i = length; at !== 0; at = downFrom[at]!) edges[--i] = downEdge[at]!
    for (let at = meeting, i = length; at !== node; at = edgeTo[upEdge[at]!]!) edges[i++] = upEdge[at]!
    return pathOf(this.graph, edges, best)
  }
}

export function pathOf(graph: HeapGraph, edges: Uint32Array, cost: number): Path {
  return { cost, edges, nodes: edges.map(edge => graph.edgeTo[edge]!) }
}
