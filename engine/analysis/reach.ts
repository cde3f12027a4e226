// What can be reached from the root, or still can if something were left out.
import type { HeapGraph } from './heap-graph'
import { type AnalysisOptions, PROGRESS_MASK } from './options'
import type { IgnoredEdges } from './path-cost'

export interface ReachOptions extends AnalysisOptions {
  /** References that are not followed. */
  without?: IgnoredEdges
  /** By node, not 0: is not entered. */
  blocked?: Uint8Array
}

/** By node: 1 if it can be reached from node 0 (which itself counts). */
export function reachableFromRoot(graph: HeapGraph, { without, blocked, progress }: ReachOptions = {}): Uint8Array {
  const { nodeCount, firstEdge, edgeTo } = graph
  const seen = blocked ? blocked.slice() : new Uint8Array(nodeCount)
  const ignores = without !== undefined && without.size > 0
  const queue = new Uint32Array(nodeCount)
  let found = 1
  seen[0] = 1
  for (let i = 0; i < found; i++) {
    const node = queue[i]!
    for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
      const to = edgeTo[edge]!
      if (seen[to] !== 0 || (ignores && without.has(edge))) continue
      seen[to] = 1
      queue[found++] = to
    }
    if (progress && (i & PROGRESS_MASK) === PROGRESS_MASK) progress(i, nodeCount)
  }
  if (blocked) for (let node = 0; node < nodeCount; node++) if (blocked[node] !== 0) seen[node] = 0
  return seen
}
