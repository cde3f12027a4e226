// How long the analyses of a heap take, on several shapes of heaps. Run with: node bench/analysis.mjs [MILLIONS OF NODES] [SHAPE]
//
// The figure to compare is the ratio to one plain pass over all edges that touches both ends, measured beside it on the same machine.
import { componentsOf } from '../engine/analysis/components'
import { containerWaste } from '../engine/analysis/container-waste'
import { cutEdges } from '../engine/analysis/cut'
import { dominatedOf, treeRows } from '../engine/analysis/dominated'
import { dominatorsOf } from '../engine/analysis/dominators'
import { duplicatesIn } from '../engine/analysis/duplicates'
import { diffByGroup, diffGraphs } from '../engine/analysis/graph-diff'
import { FLAG_IMMUTABLE, FLAG_INSTANCE, type HeapGraph } from '../engine/analysis/heap-graph'
import { instanceWaste } from '../engine/analysis/instance-waste'
import { pathsTo, rootDistances } from '../engine/analysis/next-paths'
import { PathSearch, shortestPath } from '../engine/analysis/paths'
import { retainedByGroup, retainedBySet } from '../engine/analysis/retained-set'
import { referrersOf } from '../engine/analysis/reverse'
import { SHAPES } from '../engine/analysis/testing/graphs'

const millions = Number(process.argv[2] ?? 1)
const wanted = process.argv[3] ?? ''

let plain = 1
/** The best of some runs, so that compiling and what else the machine does count less. */
function time<T>(name: string, work: () => T, runs = 3): T {
  let best = Infinity
  let result!: T
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    result = work()
    best = Math.min(best, performance.now() - start)
  }
  if (name === BASELINE) plain = best
  console.log(`  ${name.padEnd(44)}${best.toFixed(1).padStart(8)} ms${(best / plain).toFixed(1).padStart(8)} ×`)
  return result
}

const BASELINE = 'plain pass over all edges'
function pass({ nodeCount, firstEdge, edgeTo }: HeapGraph): Uint32Array {
  const count = new Uint32Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) count[edgeTo[edge]!]! += node
  return count
}

for (const [name, make] of Object.entries(SHAPES)) {
  if (!name.includes(wanted)) continue
  const graph = make(millions * 1e6)
  furnish(graph)
  console.log(`${name}: ${graph.nodeCount} nodes, ${graph.edgeCount} edges`)
  time(BASELINE, () => pass(graph))
  const referrers = time('referrers', () => referrersOf(graph))
  const dominators = time('dominators and retained sizes', () => dominatorsOf(graph))
  const dominated = time('dominator tree from above', () => dominatedOf(dominators))
  time('  its 500 largest rows', () => treeRows(dominators, dominated, 0))
  time('strongly connected components', () => componentsOf(graph))
  const objects = [0.31, 0.5, 0.77, 0.999].map(part => dominators.order[Math.floor(dominators.reachableCount * part)]!)
  for (const object of objects) time(`path to node ${object}`, () => shortestPath(graph, referrers, object))
  const search = new PathSearch(graph, referrers)
  time('four paths in one search', () => objects.map(object => search.find(object)))
  const distances = time('distances from the root', () => rootDistances(graph))
  time('ten paths to one', () => take(10, pathsTo(graph, referrers, distances, objects[0]!)))
  time('ten dissimilar paths to one', () => take(10, pathsTo(graph, referrers, distances, objects[0]!, { dissimilar: true })))
  const last = referrers.edge[referrers.first[objects[0]!]!]!
  time('cut a reference to it', () => cutEdges(graph, [last]))
  time('cut it, with the dominator tree', () => cutEdges(graph, [last], { tree: { dominators, dominated, referrers } }))
  const ofType = Uint32Array.from(graph.type.keys().filter(node => graph.type[node] === 7))
  time('retained by one type of 300', () => retainedBySet(graph, dominators, ofType))
  time('retained by each type, at least', () => retainedByGroup(graph, dominators, dominated, graph.type, 301))
  const later = changed(graph)
  const diff = time('compared with a later snapshot', () => diffGraphs(graph, later))
  time('  by type', () => diffByGroup(graph, later, diff, graph.type, later.type))
  time('containers with nothing in them', () => containerWaste(graph, { kindOf: () => 'list' }))
  time('instances that could have slots', () => instanceWaste(graph))
  time('duplicates', () => duplicatesIn(graph))
}

/** What the shapes leave out: lists with room, instances, values that exist twice. */
function furnish(graph: HeapGraph): void {
  for (let node = 1; node < graph.nodeCount; node++) {
    if (node % 4 === 0) [graph.capacity[node], graph.length[node]] = [node & 15, node & 7]
    if (node % 4 === 1) graph.flags[node] = FLAG_INSTANCE
    if (node % 4 === 2) [graph.flags[node], graph.content[node]] = [FLAG_IMMUTABLE, 1 + node % (graph.nodeCount >> 2)]
  }
}

/** A third of the objects freed, and as many new ones. */
function changed(graph: HeapGraph): HeapGraph {
  const address = graph.address.map((place, node) => node % 3 === 0 ? place + graph.nodeCount * 4 : place)
  return { ...graph, address }
}

function take<T>(count: number, from: Iterator<T>): T[] {
  const taken: T[] = []
  for (let next = from.next(); !next.done && taken.push(next.value) < count;) next = from.next()
  return taken
}
