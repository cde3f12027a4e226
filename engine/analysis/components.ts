// Strongly connected components: which objects reach each other. Reference counting alone never frees one of these.
//
// Tarjan's algorithm in Pearce's form (A Space-Efficient Algorithm for Finding Strongly Connected Components, 2016), without recursion:
// one number a node serves as visiting index, low link and, counted down from the top, as the component's number.
import type { HeapGraph } from './heap-graph'
import { type AnalysisOptions, PROGRESS_MASK } from './options'

export interface Components {
  readonly count: number
  /** The component of each node. A component's number is higher than those of the components it leads to. */
  readonly component: Uint32Array
  /** The members of component c are member[first[c]] … member[first[c + 1] - 1], in the order of the graph. */
  readonly first: Uint32Array
  readonly member: Uint32Array
  /** The components that are cycles (several members, or one that refers to itself), those with most members first. */
  readonly cycles: Uint32Array
}

export const componentSize = (components: Components, component: number): number => components.first[component + 1]! - components.first[component]!

export function componentsOf(graph: HeapGraph, options: AnalysisOptions = {}): Components {
  const { nodeCount, firstEdge, edgeTo } = graph
  const { progress } = options
  // 0: not visited. From 1 up: open, the number is its low link. From the top down: closed, top - number is its component.
  const low = new Uint32Array(nodeCount)
  const top = 0xffffffff
  const cursor = firstEdge.slice(0, nodeCount)
  const isHead = new Uint8Array(nodeCount).fill(1)
  const path = new Uint32Array(nodeCount)
  // The closed part of the current search waits here until its head closes; both stacks together never hold a node twice.
  const waiting = new Uint32Array(nodeCount)
  let waitingCount = 0
  let index = 1
  let closed = 0
  let count = 0
  for (let root = 0; root < nodeCount; root++) {
    if (low[root] !== 0) continue
    let depth = 0
    path[0] = root
    low[root] = index++
    for (;;) {
      const node = path[depth]!
      let edge = cursor[node]!
      const end = firstEdge[node + 1]!
      let lowest = low[node]!
      let next = -1
      for (; edge < end; edge++) {
        const to = edgeTo[edge]!
        const other = low[to]!
        if (other === 0) {
          next = to
          break
        }
        if (other < lowest) {
          lowest = other
          isHead[node] = 0
        }
      }
      low[node] = lowest
      if (next >= 0) {
        cursor[node] = edge // looked at once more on return, then with its low link
        low[next] = index++
        path[++depth] = next
        continue
      }
      if (isHead[node] === 1) {
        const number = top - count
        index--
        closed++
        while (waitingCount > 0 && low[waiting[waitingCount - 1]!]! >= lowest) {
          low[waiting[--waitingCount]!] = number
          index--
          closed++
          if (progress && (closed & PROGRESS_MASK) === 0) progress(closed, nodeCount)
        }
        low[node] = number
        count++
        if (progress && (closed & PROGRESS_MASK) === 0) progress(closed, nodeCount)
      } else waiting[waitingCount++] = node
      if (depth-- === 0) break
    }
  }

  const component = low
  const first = new Uint32Array(count + 1)
  for (let node = 0; node < nodeCount; node++) {
    component[node] = top - component[node]!
    first[component[node]!]!++
  }
  let end = 0
  for (let c = 0; c < count; c++) first[c] = end += first[c]!
  first[count] = end
  const member = path
  for (let node = nodeCount - 1; node >= 0; node--) member[--first[component[node]!]!] = node
  return { count, component, first, member, cycles: cyclesAmong(graph, first, member, count) }
}

function cyclesAmong(graph: HeapGraph, first: Uint32Array, member: Uint32Array, count: number): Uint32Array {
  const cycles: number[] = []
  for (let c = 0; c < count; c++) {
    if (first[c + 1]! - first[c]! > 1 || refersToItself(graph, member[first[c]!]!)) cycles.push(c)
  }
  const size = (c: number) => first[c + 1]! - first[c]!
  return Uint32Array.from(cycles.sort((a, b) => size(b) - size(a) || member[first[a]!]! - member[first[b]!]!))
}

export function refersToItself(graph: HeapGraph, node: number): boolean {
  for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) if (graph.edgeTo[edge] === node) return true
  return false
}
