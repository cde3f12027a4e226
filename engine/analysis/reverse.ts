// The graph backwards: who refers to a node, and by which of its references.
import type { HeapGraph } from './heap-graph'
import { type AnalysisOptions, PROGRESS_MASK } from './options'

/** In CSR form: the referrers of node n are entries first[n] … first[n+1]-1, in the order of the referring nodes. */
export interface Referrers {
  /** nodeCount + 1 entries. */
  readonly first: Uint32Array
  /** The referring node of each entry (0: the root), once for each reference. */
  readonly from: Uint32Array
  /** The edge of the graph that it is, for its kind and label. */
  readonly edge: Uint32Array
}

export function referrersOf(graph: HeapGraph, { progress }: AnalysisOptions = {}): Referrers {
  const { nodeCount, edgeCount, firstEdge, edgeTo } = graph
  const first = new Uint32Array(nodeCount + 1)
  for (let edge = 0; edge < edgeCount; edge++) first[edgeTo[edge]!]!++
  // Each count becomes the end of its run; filling backwards then leaves the beginnings, and no second cursor is needed.
  let end = 0
  for (let node = 0; node < nodeCount; node++) first[node] = end += first[node]!
  first[nodeCount] = end
  const from = new Uint32Array(edgeCount)
  const edges = new Uint32Array(edgeCount)
  for (let node = nodeCount - 1; node >= 0; node--) {
    if (progress && (node & PROGRESS_MASK) === 0) progress(nodeCount - node, nodeCount)
    for (let edge = firstEdge[node + 1]! - 1; edge >= firstEdge[node]!; edge--) {
      const entry = --first[edgeTo[edge]!]!
      from[entry] = node
      edges[entry] = edge
    }
  }
  return { first, from, edge: edges }
}

/** The node that an edge leads from. */
export function sourceOfEdge(graph: HeapGraph, edge: number): number {
  const { firstEdge } = graph
  let low = 0
  let high = graph.nodeCount - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (firstEdge[middle]! <= edge) low = middle
    else high = middle - 1
  }
  return low
}
