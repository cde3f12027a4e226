// Objects summed up by type.
import type { HeapGraph } from './heap-graph'

export interface TypeSum {
  type: number
  count: number
  sizeBytes: number
}

export interface ObjectSum {
  readonly nodes: Uint32Array
  readonly sizeBytes: number
  /** The types with most bytes first. */
  readonly byType: readonly TypeSum[]
}

export function sumOf(graph: HeapGraph, nodes: Uint32Array): ObjectSum {
  const sums = new Map<number, TypeSum>()
  let sizeBytes = 0
  for (const node of nodes) {
    const type = graph.type[node]!
    const size = graph.sizeBytes[node]!
    let sum = sums.get(type)
    if (!sum) sums.set(type, sum = { type, count: 0, sizeBytes: 0 })
    sum.count++
    sum.sizeBytes += size
    sizeBytes += size
  }
  return { nodes, sizeBytes, byType: [...sums.values()].sort((a, b) => b.sizeBytes - a.sizeBytes || b.count - a.count || a.type - b.type) }
}
