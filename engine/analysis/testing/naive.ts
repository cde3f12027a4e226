// Slow and obvious versions of what the analyses do, for their tests.
import type { HeapGraph } from '../heap-graph'

/** Which nodes can be reached from `starts`, without entering a node or using an edge that is left out. */
export function reachableFrom(graph: HeapGraph, starts: readonly number[], without: (node: number) => boolean = () => false, withoutEdge: (edge: number) => boolean = () => false): boolean[] {
  const seen: boolean[] = Array.from({ length: graph.nodeCount }, () => false)
  const todo = starts.filter(node => !without(node))
  for (const node of todo) seen[node] = true
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const next = graph.edgeTo[edge]!
      if (seen[next] || without(next) || withoutEdge(edge)) continue
      seen[next] = true
      todo.push(next)
    }
  }
  return seen
}

/** reaches[a][b]: there is a path from a to b, however short. */
export function reachability(graph: HeapGraph): boolean[][] {
  return Array.from({ length: graph.nodeCount }, (_, node) => reachableFrom(graph, [node]))
}
