// The cycles of a heap that a program made for itself.
//
// Nearly everything in a Python program is in one cycle: an instance refers to its class, a class to its functions, a function
// to the module's namespace, and the namespace to the instance. So references to classes, modules and namespaces are left out
// as long as these are alive: a cycle is only told if it exists without them. What nothing reaches is looked at whole: a class that
// is garbage is a cycle of its own.
import { componentsOf, componentSize, type Components } from './components'
import { type Dominators, isReachable } from './dominators'
import { FLAG_INTERNAL, type HeapGraph } from './heap-graph'
import type { AnalysisOptions } from './options'

export interface OwnCycles {
  readonly components: Components
  /** Components that are cycles with at least one object of the program, largest first. */
  readonly cycles: number[]
  /** The graph that they were found in, and of each of its edges that of the whole graph. */
  readonly graph: HeapGraph
  readonly edgeOf: Uint32Array
}

/** `leftOut`: 1 for nodes whose references are left out while they are reachable. */
export function ownCycles(graph: HeapGraph, dominators: Dominators, leftOut: Uint8Array, options: AnalysisOptions = {}): OwnCycles {
  const { nodeCount, edgeCount, firstEdge, edgeTo, flags } = graph
  const first = new Uint32Array(nodeCount + 1)
  const to = new Uint32Array(edgeCount)
  const edgeOf = new Uint32Array(edgeCount)
  let kept = 0
  for (let node = 0; node < nodeCount; node++) {
    first[node] = kept
    const alive = isReachable(dominators, node)
    if (alive && leftOut[node] === 1) continue
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      const target = edgeTo[edge]!
      // Nothing that is alive leads back to garbage.
      if (isReachable(dominators, target) && (!alive || leftOut[target] === 1)) continue
      to[kept] = target
      edgeOf[kept++] = edge
    }
  }
  first[nodeCount] = kept
  const part: HeapGraph = { ...graph, edgeCount: kept, firstEdge: first, edgeTo: to.subarray(0, kept) }
  const components = componentsOf(part, options)
  const cycles = Array.from(components.cycles).filter(c => {
    for (let i = components.first[c]!; i < components.first[c + 1]!; i++) if ((flags[components.member[i]!]! & FLAG_INTERNAL) === 0) return true
    return false
  })
  cycles.sort((a, b) => componentSize(components, b) - componentSize(components, a) || a - b)
  return { components, cycles, graph: part, edgeOf: edgeOf.subarray(0, kept) }
}

/** Edges (of `graph`) of a shortest way round through `start`, or of none if it is in no cycle. Breadth first. */
export function shortestRound(graph: HeapGraph, component: Uint32Array, start: number): number[] {
  const { firstEdge, edgeTo } = graph
  const cameBy = new Map<number, number>()
  const from = new Map<number, number>()
  const queue = [start]
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i]!
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      const to = edgeTo[edge]!
      if (component[to] !== component[start]) continue
      if (to === start) {
        const round = [edge]
        for (let at = node; at !== start; at = from.get(at)!) round.push(cameBy.get(at)!)
        return round.reverse()
      }
      if (cameBy.has(to)) continue
      cameBy.set(to, edge)
      from.set(to, node)
      queue.push(to)
    }
  }
  return []
}
