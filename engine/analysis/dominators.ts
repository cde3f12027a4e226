// Immediate dominators and retained sizes.
//
// A node d dominates n if every path from the root to n leads through d: were d gone, n would be as well. The closest such d
// other than n is its immediate dominator, `parent`; a node's retained size is its own and that of all it dominates.
//
// Objects that no path from node 0 reaches (cyclic garbage, until the collector comes) keep each other and nothing else. References
// from them to reachable objects are ignored: they do not keep these alive for longer than the next collection. For the
// garbage itself the first member of every cycle that no other garbage leads to is an *entry*, a node without
// parent. What several entries reach has no parent either: none of them alone keeps it. So the retained size of an entry is
// its cycle and what this cycle alone keeps, and the retained size of node 0 is everything that is reachable.
//
// The algorithm is Semi-NCA (Georgiadis, Linear-Time Algorithms for Dominators and Related Problems, 2005): number the nodes in
// the order of a depth-first search, find semidominators from the highest number down with path compression, then take as
// dominator the lowest node on the parent's chain of dominators that is not above the semidominator. Two changes. An edge to a node of
// higher number comes from an ancestor and needs no search, so it is settled while counting; only the others are kept. And
// the climb in the last step uses jump pointers (Myers, An Applicative Random-Access Stack, 1983): it stays logarithmic where a long list
// ends in a wide container. All work is done on numbers of the search instead of nodes, which makes memory accesses local.
import type { HeapGraph } from './heap-graph'
import { type AnalysisOptions, NO_NODE, PROGRESS_MASK } from './options'

export interface Dominators {
  /** The immediate dominator of each node; NO_NODE of node 0, and of garbage that no other garbage dominates. */
  readonly parent: Uint32Array
  /** All nodes in the order of the search, parents before their children; the reachable ones come first. */
  readonly order: Uint32Array
  /** The place of each node in `order`. */
  readonly rank: Uint32Array
  /** A node is reachable from node 0 if its rank is lower. */
  readonly reachableCount: number
  /** Of each node, itself included. */
  readonly retainedBytes: Float64Array
  /** How many nodes it retains, itself included. */
  readonly retainedCount: Uint32Array
}

export const isReachable = (dominators: Dominators, node: number): boolean => dominators.rank[node]! < dominators.reachableCount

export function dominatorsOf(graph: HeapGraph, options: AnalysisOptions = {}): Dominators {
  const { nodeCount } = graph
  const { progress } = options
  const total = nodeCount * 3
  const search = new Search(graph, progress, total)
  const { order, rank, up } = search
  const reachableCount = search.run()

  // From here on nodes are numbers (rank + 1), and 0 is a virtual node above node 0 and the entries of the garbage.
  const semi = new Uint32Array(nodeCount + 1)
  for (let w = 1; w <= nodeCount; w++) semi[w] = up[w]!
  const { first, back } = search.backEdges(semi)
  const ancestor = up.slice()
  const best = semi.slice()
  const chain = new Uint32Array(nodeCount + 1)
  for (let w = nodeCount; w > 0; w--) {
    if (progress && (w & PROGRESS_MASK) === 0) progress(nodeCount * 2 - w, total)
    let lowest = semi[w]!
    for (let entry = first[w]!; entry < first[w + 1]!; entry++) {
      const v = back[entry]!
      if (ancestor[v]! > w) {
        // Compress: let every node on the way up to w's level point at the top, with the lowest of its part of the way.
        let length = 0
        let x = v
        while (ancestor[x]! > w) {
          chain[length++] = x
          x = ancestor[x]!
        }
        const top = ancestor[x]!
        let low = best[x]!
        while (length > 0) {
          x = chain[--length]!
          if (best[x]! < low) low = best[x]!
          else best[x] = low
          ancestor[x] = top
        }
      }
      if (best[v]! < lowest) lowest = best[v]!
    }
    semi[w] = best[w] = lowest
  }

  const dominator = ancestor
  const depth = best
  const jump = chain
  dominator[0] = depth[0] = jump[0] = 0
  for (let w = 1; w <= nodeCount; w++) {
    if (progress && (w & PROGRESS_MASK) === 0) progress(nodeCount * 2 + w, total)
    const limit = semi[w]!
    let d = up[w]!
    while (d > limit) d = jump[d]! > limit ? jump[d]! : dominator[d]!
    dominator[w] = d
    depth[w] = depth[d]! + 1
    const over = jump[d]!
    jump[w] = depth[d]! - depth[over]! === depth[over]! - depth[jump[over]!]! ? jump[over]! : d
  }

  const parent = new Uint32Array(nodeCount)
  const retained = new Float64Array(nodeCount + 1)
  const count = new Uint32Array(nodeCount + 1).fill(1)
  for (let w = 1; w <= nodeCount; w++) {
    const node = order[w - 1]!
    retained[w] = graph.sizeBytes[node]!
    parent[node] = dominator[w] === 0 ? NO_NODE : order[dominator[w]! - 1]!
  }
  const retainedBytes = new Float64Array(nodeCount)
  const retainedCount = new Uint32Array(nodeCount)
  for (let w = nodeCount; w > 0; w--) {
    retained[dominator[w]!]! += retained[w]!
    count[dominator[w]!]! += count[w]!
    const node = order[w - 1]!
    retainedBytes[node] = retained[w]!
    retainedCount[node] = count[w]!
  }
  progress?.(total, total)
  return { parent, order, rank, reachableCount, retainedBytes, retainedCount }
}

/** The depth-first search, and what follows from it: numbers are rank + 1. */
class Search {
  readonly order: Uint32Array
  readonly rank: Uint32Array
  /** Of each number that of its parent in the search. */
  readonly up: Uint32Array
  private found = 0
  private reachable = 0
  private readonly stack: Uint32Array
  private readonly cursor: Uint32Array

  constructor(private readonly graph: HeapGraph, private readonly progress: AnalysisOptions['progress'], private readonly total: number) {
    this.order = new Uint32Array(graph.nodeCount)
    this.rank = new Uint32Array(graph.nodeCount).fill(NO_NODE)
    this.up = new Uint32Array(graph.nodeCount + 1)
    this.stack = new Uint32Array(graph.nodeCount)
    this.cursor = graph.firstEdge.slice(0, graph.nodeCount)
  }

  /** Returns how many nodes are reachable from node 0. */
  run(): number {
    const { graph, rank, cursor } = this
    this.visit(0)
    this.reachable = this.found
    if (this.found === graph.nodeCount) return this.found
    // Garbage: of the roots of a first search, taken from the last, those that no later one reaches are the entries.
    const roots: number[] = []
    for (let node = 0; node < graph.nodeCount; node++) {
      if (rank[node] !== NO_NODE) continue
      roots.push(node)
      this.visit(node)
    }
    for (let i = this.reachable; i < this.found; i++) {
      const node = this.order[i]!
      rank[node] = NO_NODE
      cursor[node] = graph.firstEdge[node]!
    }
    this.found = this.reachable
    for (let i = roots.length - 1; i >= 0; i--) if (rank[roots[i]!] === NO_NODE) this.visit(roots[i]!)
    return this.reachable
  }

  private visit(root: number): void {
    const { order, rank, up, stack, cursor, progress } = this
    const { firstEdge, edgeTo } = this.graph
    let found = this.found
    order[found] = root
    rank[root] = found++
    up[found] = 0
    let depth = 0
    stack[0] = root
    for (;;) {
      const node = stack[depth]!
      let edge = cursor[node]!
      const end = firstEdge[node + 1]!
      while (edge < end && rank[edgeTo[edge]!] !== NO_NODE) edge++
      if (edge === end) {
        if (depth-- === 0) break
        continue
      }
      cursor[node] = edge + 1
      const next = edgeTo[edge]!
      order[found] = next
      up[found + 1] = rank[node]! + 1
      rank[next] = found++
      stack[++depth] = next
      if (progress && (found & PROGRESS_MASK) === 0) progress(found, this.total)
    }
    this.found = found
  }

  /**
   * For each number the numbers that lead to it from above (edges back or across), in CSR form; edges from lower numbers,
   * which come from ancestors, lower `semi` at once. Edges from garbage to what is reachable are left out.
   */
  backEdges(semi: Uint32Array): { first: Uint32Array, back: Uint32Array } {
    const { order, rank, reachable } = this
    const { nodeCount, firstEdge, edgeTo } = this.graph
    const first = new Uint32Array(nodeCount + 2)
    for (let v = 1; v <= nodeCount; v++) {
      const node = order[v - 1]!
      const garbage = v > reachable
      for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
        const w = rank[edgeTo[edge]!]! + 1
        if (w > v) {
          if (semi[w]! > v) semi[w] = v
        } else if (w < v && (!garbage || w > reachable)) first[w]!++
      }
    }
    let end = 0
    for (let w = 1; w <= nodeCount; w++) first[w] = end += first[w]!
    first[nodeCount + 1] = end
    const back = new Uint32Array(end)
    for (let v = nodeCount; v > 0; v--) {
      const node = order[v - 1]!
      const garbage = v > reachable
      for (let edge = firstEdge[node]!, stop = firstEdge[node + 1]!; edge < stop; edge++) {
        const w = rank[edgeTo[edge]!]! + 1
        if (w < v && (!garbage || w > reachable)) back[--first[w]!] = v
      }
    }
    return { first, back }
  }
}
