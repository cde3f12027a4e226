import { expect, test } from 'vitest'
import { type Cut, cutEdges, cutNode } from './cut'
import { dominatedOf } from './dominated'
import { dominatorsOf } from './dominators'
import { EDGE_INDEX, EDGE_INTERNAL, type HeapGraph, ROOT_FRAME, ROOT_HELD, ROOT_MODULE } from './heap-graph'
import { referrersOf, sourceOfEdge } from './reverse'
import { graphOf, randomGraph, Random, SHAPES } from './testing/graphs'
import { reachableFrom } from './testing/naive'

/** Counts references of every object again and again until nothing more is freed. */
function naive(graph: HeapGraph, cut: ReadonlySet<number>): { byCount: number[], byCollector: number[] } {
  const edges = Array.from({ length: graph.edgeCount }, (_, edge) => ({ edge, from: sourceOfEdge(graph, edge), to: graph.edgeTo[edge]! }))
  const nodes = Array.from({ length: graph.nodeCount }, (_, node) => node)
  const freed = new Set<number>()
  for (let before = -1; before < freed.size;) {
    before = freed.size
    for (const node of nodes) {
      // Only an object that had references can lose the last one.
      if (node === 0 || !edges.some(e => e.to === node)) continue
      if (!edges.some(e => e.to === node && !cut.has(e.edge) && !freed.has(e.from))) freed.add(node)
    }
  }
  const was = reachableFrom(graph, [0])
  const is = reachableFrom(graph, [0], undefined, edge => cut.has(edge))
  return { byCount: [...freed].sort((a, b) => a - b), byCollector: nodes.filter(node => was[node] && !is[node] && !freed.has(node)) }
}

const nodesOf = (cut: Cut) => ({ byCount: [...cut.byCount.nodes].sort((a, b) => a - b), byCollector: [...cut.byCollector.nodes] })

/** Roots of modules stand for no reference; so that counts are those of the edges, graphs here have none. */
function counted(graph: HeapGraph): HeapGraph {
  for (let edge = 0; edge < graph.edgeCount; edge++) if (graph.edgeKind[edge]! >= ROOT_FRAME) graph.edgeKind[edge] = ROOT_FRAME
  return graph
}

test('a cycle is left to the collector, what hangs from a count is not', () => {
  // 1 holds 2 and 5; 2 <-> 3, 3 holds 4; 5 holds 6.
  const graph = graphOf(7, [[0, 1, ROOT_FRAME], [1, 2], [2, 3], [3, 2], [3, 4], [1, 5], [5, 6]], { type: [0, 1, 2, 2, 3, 4, 4], sizeBytes: [0, 1, 2, 4, 8, 16, 32] })
  expect(cutNode(graph, 1, 2).byCount.nodes.length).toBe(0)
  expect(cutNode(graph, 1, 2).byCollector).toEqual({
    nodes: Uint32Array.of(2, 3, 4), sizeBytes: 14, byType: [{ type: 3, count: 1, sizeBytes: 8 }, { type: 2, count: 2, sizeBytes: 6 }],
  })
  expect(nodesOf(cutNode(graph, 1, 5))).toEqual({ byCount: [5, 6], byCollector: [] })
  expect(nodesOf(cutEdges(graph, [0]))).toEqual({ byCount: [1, 5, 6], byCollector: [2, 3, 4] })
  // The reference that closes the cycle frees nothing, as the cycle is alive.
  expect(nodesOf(cutNode(graph, 3, 2))).toEqual({ byCount: [], byCollector: [] })
})

test('all references of a list to one object, not one of them', () => {
  const graph = graphOf(3, [[0, 1, ROOT_FRAME], [1, 2], [1, 2], [1, 2]])
  expect(nodesOf(cutEdges(graph, [2])).byCount).toEqual([])
  expect(nodesOf(cutNode(graph, 1, 2)).byCount).toEqual([2])
})

test('the roots: what C holds is one edge for several references, a module of sys.modules is in its dict', () => {
  const held = graphOf(2, [[0, 1, ROOT_HELD]], { refcount: [0, 3] })
  expect(nodesOf(cutEdges(held, [0])).byCount).toEqual([1])
  const module = graphOf(3, [[0, 1, ROOT_FRAME], [0, 2, ROOT_MODULE, 'm'], [1, 2, EDGE_INDEX]], { refcount: [0, 1, 1] })
  expect(nodesOf(cutEdges(module, [1]))).toEqual({ byCount: [], byCollector: [] })
})

test('agrees with counting again and again, with and without the dominator tree, on random graphs', () => {
  const random = new Random(8)
  for (let round = 0; round < 1500; round++) {
    const graph = counted(randomGraph(random))
    const dominators = dominatorsOf(graph)
    const tree = { dominators, dominated: dominatedOf(dominators), referrers: referrersOf(graph) }
    for (let edge = 0; edge < graph.edgeCount; edge++) {
      const expected = naive(graph, new Set([edge]))
      expect(nodesOf(cutEdges(graph, [edge]))).toEqual(expected)
      expect(nodesOf(cutEdges(graph, [edge], { tree }))).toEqual(expected)
    }
    const several = Array.from({ length: 3 }, () => random.below(Math.max(1, graph.edgeCount))).filter(edge => edge < graph.edgeCount)
    expect(nodesOf(cutEdges(graph, several, { tree }))).toEqual(naive(graph, new Set(several)))
  }
}, 60_000)

test('a linked list of a million nodes falls at once, a doubly linked one is left to the collector', () => {
  const graph = SHAPES['linked list']!(1_000_000)
  expect(cutNode(graph, 1, 300).byCollector.nodes.length).toBe(1_000_000 - 300 + 256)
  const count = 1_000_000
  const single = graphOf(count, Array.from({ length: count - 1 }, (_, node) => [node, node + 1, node === 0 ? ROOT_FRAME : EDGE_INTERNAL] as const))
  expect(cutEdges(single, [0]).byCount.nodes.length).toBe(count - 1)
}, 60_000)
