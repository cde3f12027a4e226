// What would be freed if references were cut: at once by reference counting, and what only the collector would free after that.
//
// The first part follows the counts as the interpreter does: an object whose last reference goes is freed, and drops its own. The
// second is what could be reached from the root before and cannot any more, without the first. Finalizers and callbacks
// of weak references are not run: they might keep something alive after all.
import { type Dominated, retainedBy } from './dominated'
import { type Dominators, isReachable } from './dominators'
import { type HeapGraph, ROOT_BUILTIN, ROOT_HELD, ROOT_INTERNED, ROOT_MODULE, ROOT_TYPE } from './heap-graph'
import type { AnalysisOptions } from './options'
import { reachableFromRoot } from './reach'
import type { Referrers } from './reverse'
import { type ObjectSum, sumOf } from './type-sums'

export interface Cut {
  /** Freed at once, in the order in which the counts become zero. */
  readonly byCount: ObjectSum
  /** Left as garbage, which only the collector frees. */
  readonly byCollector: ObjectSum
}

export interface CutOptions extends AnalysisOptions {
  /** Where these are at hand, references to one object are answered from its dominator tree instead of by a pass over the heap. */
  tree?: { dominators: Dominators, dominated: Dominated, referrers: Referrers }
}

/** All references from one object to another. */
export function edgesBetween(graph: HeapGraph, from: number, to: number): number[] {
  const edges: number[] = []
  for (let edge = graph.firstEdge[from]!; edge < graph.firstEdge[from + 1]!; edge++) if (graph.edgeTo[edge] === to) edges.push(edge)
  return edges
}

/** What cutting all references from `from` to `to` would free. */
export function cutNode(graph: HeapGraph, from: number, to: number, options: CutOptions = {}): Cut {
  return cutEdges(graph, edgesBetween(graph, from, to), options)
}

export function cutEdges(graph: HeapGraph, edges: readonly number[], options: CutOptions = {}): Cut {
  const cut = new Set(edges)
  const freed = cascade(graph, cut)
  const isFreed = new Uint8Array(graph.nodeCount)
  for (const node of freed) isFreed[node] = 1
  const lost = lostBy(graph, cut, options)
  return { byCount: sumOf(graph, freed), byCollector: sumOf(graph, lost.filter(node => isFreed[node] === 0)) }
}

/** Reference counting. */
function cascade(graph: HeapGraph, cut: ReadonlySet<number>): Uint32Array {
  const { firstEdge, edgeTo } = graph
  const left = graph.refcount.slice()
  const freed: number[] = []
  const drop = (to: number, count: number) => {
    const before = left[to]!
    if (before <= 0) return // freed already
    left[to] = Math.max(0, before - count)
    if (left[to] === 0) freed.push(to)
  }
  for (const edge of cut) drop(edgeTo[edge]!, countsFor(graph, edge))
  for (let i = 0; i < freed.length; i++) {
    const node = freed[i]!
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) if (!cut.has(edge)) drop(edgeTo[edge]!, 1)
  }
  return Uint32Array.from(freed)
}

/** For how many counted references an edge stands: see heap-graph.ts on the root's edges. */
function countsFor(graph: HeapGraph, edge: number): number {
  const kind = graph.edgeKind[edge]!
  if (kind === ROOT_MODULE) return 0
  if (kind !== ROOT_HELD && kind !== ROOT_INTERNED && kind !== ROOT_TYPE && kind !== ROOT_BUILTIN) return 1
  const to = graph.edgeTo[edge]!
  let others = 0
  for (let other = 0; other < graph.edgeCount; other++) if (graph.edgeTo[other] === to && other !== edge && graph.edgeKind[other] !== ROOT_MODULE) others++
  return Math.max(1, graph.refcount[to]! - others)
}

/** What can be reached now and could not without these references, in the order of the graph. */
function lostBy(graph: HeapGraph, cut: ReadonlySet<number>, { tree, progress }: CutOptions): Uint32Array {
  const targets = new Set(Array.from(cut, edge => graph.edgeTo[edge]!))
  if (tree && targets.size <= 1) {
    for (const target of targets) return lostBelow(graph, cut, target, tree)
    return new Uint32Array(0)
  }
  const before = reachableFromRoot(graph, progress && { progress: (done, total) => progress(done, total * 2) })
  const after = reachableFromRoot(graph, { without: cut, ...(progress ? { progress: (done: number, total: number) => progress(total + done, total * 2) } : {}) })
  let count = 0
  for (let node = 0; node < graph.nodeCount; node++) if (before[node] !== after[node]) count++
  const lost = new Uint32Array(count)
  count = 0
  for (let node = 0; node < graph.nodeCount; node++) if (before[node] !== after[node]) lost[count++] = node
  return lost
}

/**
 * References to one object: if the object is lost, so is all it dominates, and nothing else. It is lost if whatever else refers to
 * it is dominated by it, so cannot be reached without it.
 */
function lostBelow(graph: HeapGraph, cut: ReadonlySet<number>, target: number, { dominators, dominated, referrers }: NonNullable<CutOptions['tree']>): Uint32Array {
  const none = new Uint32Array(0)
  if (!isReachable(dominators, target)) return none
  let others = 0
  const { first, from, edge } = referrers
  const counts = (entry: number) => !cut.has(edge[entry]!) && isReachable(dominators, from[entry]!)
  for (let entry = first[target]!; entry < first[target + 1]!; entry++) if (counts(entry)) others++
  const kept = retainedBy(dominators, dominated, target).sort()
  if (others === 0) return kept
  const isKept = new Uint8Array(graph.nodeCount)
  for (const node of kept) isKept[node] = 1
  for (let entry = first[target]!; entry < first[target + 1]!; entry++) if (counts(entry) && isKept[from[entry]!] === 0) return none
  return kept
}
