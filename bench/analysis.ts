// How long the analyses of a heap take, on several shapes of heaps. Run with: node bench/analysis.mjs [MILLIONS OF NODES] [SHAPE]
//
// The figure to compare is the ratio to one plain pass over all edges that touches both ends, measured beside it on the same machine.
import { componentsOf } from '../engine/analysis/components'
import { dominatorsOf } from '../engine/analysis/dominators'
import type { HeapGraph } from '../engine/analysis/heap-graph'
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
  console.log(`${name}: ${graph.nodeCount} nodes, ${graph.edgeCount} edges`)
  time(BASELINE, () => pass(graph))
  time('referrers', () => referrersOf(graph))
  time('dominators and retained sizes', () => dominatorsOf(graph))
  time('strongly connected components', () => componentsOf(graph))
}
