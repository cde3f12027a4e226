import { expect, test } from 'vitest'
import { referrersOf, sourceOfEdge } from './reverse'
import { graphOf, randomGraph, Random } from './testing/graphs'

test('referrers in the order of nodes and edges, one for each reference', () => {
  const graph = graphOf(4, [[0, 1], [1, 2], [3, 2], [1, 2], [2, 2]])
  const referrers = referrersOf(graph)
  expect([...referrers.first]).toEqual([0, 0, 1, 5, 5])
  expect([...referrers.from]).toEqual([0, 1, 1, 2, 3])
  expect([...referrers.edge]).toEqual([0, 1, 2, 3, 4])
})

test('is what a search over all edges finds', () => {
  const random = new Random(1)
  for (let round = 0; round < 2000; round++) {
    const graph = randomGraph(random)
    const referrers = referrersOf(graph)
    expect(referrers.first[graph.nodeCount]).toBe(graph.edgeCount)
    for (let node = 0; node < graph.nodeCount; node++) {
      const expected: number[][] = []
      for (let from = 0; from < graph.nodeCount; from++) {
        for (let edge = graph.firstEdge[from]!; edge < graph.firstEdge[from + 1]!; edge++) {
          if (graph.edgeTo[edge] === node) expected.push([from, edge])
          if (sourceOfEdge(graph, edge) !== from) expect.unreachable()
        }
      }
      const found: number[][] = []
      for (let entry = referrers.first[node]!; entry < referrers.first[node + 1]!; entry++) found.push([referrers.from[entry]!, referrers.edge[entry]!])
      expect(found).toEqual(expected)
    }
  }
})
