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
  // The path from the root to where the search is: node, its visiting index, low link so far, next edge to look at.
  const path = new Uint32Array(nodeCount)
  const visited = new Uint32Array(nodeCount)
  const lowest = new Uint32Array(nodeCount)
  const next = new Uint32Array(nodeCount)
  // Nodes that are done but whose component is not; with the path they never are more than all nodes.
  const waiting = new Uint32Array(nodeCount)
  let waitingCount = 0
  let index = 1
  let closed = 0
  let count = 0
  for (let root = 0; root < nodeCount; root++) {
    if (low[root] !== 0) continue
    let depth = 0
    let node = root
    let own = index
    let link = index
    let edge = firstEdge[node]!
    let end = firstEdge[node + 1]!
    low[node] = index++
    for (;;) {
      let to = 0
      while (edge < end) {
        const candidate = edgeTo[edge++]!
        const other = low[candidate]!
        if (other === 0) {
          to = candidate // never node 0: nothing refers to it
          break
        }
        if (other < link) link = other
      }
      if (to !== 0) {
        path[depth] = node
        visited[depth] = own
        lowest[depth] = link
        next[depth++] = edge
        node = to
        own = link = low[node] = index++
        edge = firstEdge[node]!
        end = firstEdge[node + 1]!
        continue
      }
      if (link === own) {
        // The head of a component: those that wait since its visit are the other members.
        const number = top - count++
        low[node] = number
        closed++
        index--
        if (progress && (closed & PROGRESS_MASK) === 0) progress(closed, nodeCount)
        while (waitingCount > 0 && low[waiting[waitingCount - 1]!]! >= own) {
          low[waiting[--waitingCount]!] = number
          closed++
          index--
          if (progress && (closed & PROGRESS_MASK) === 0) progress(closed, nodeCount)
        }
      } else {
        low[node] = link
        waiting[waitingCount++] = node
      }
      if (depth === 0) break
      const child = link
      const isOpen = child !== own
      node = path[--depth]!
      own = visited[depth]!
      link = lowest[depth]!
      edge = next[depth]!
      end = firstEdge[node + 1]!
      if (isOpen && child < link) link = child
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
