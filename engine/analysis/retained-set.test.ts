import { expect, test } from 'vitest'
import { dominatedOf } from './dominated'
import { dominatorsOf, isReachable } from './dominators'
import { retainedByGroup, retainedBySet } from './retained-set'
import { graphOf, randomGraph, Random, SHAPES } from './testing/graphs'
import { reachableFrom } from './testing/naive'

test('two objects keep together what neither keeps alone', () => {
  // 1 and 2, of type 1, share 3; 4 is 1's alone, and of type 1 as well.
  const graph = graphOf(5, [[0, 1], [0, 2], [1, 3], [2, 3], [1, 4]], { sizeBytes: [0, 1, 10, 100, 1000], type: [0, 1, 1, 2, 1] })
  const dominators = dominatorsOf(graph)
  expect(retainedBySet(graph, dominators, [1, 2]).sizeBytes).toBe(1111)
  expect(retainedBySet(graph, dominators, [2]).sizeBytes).toBe(10)
  const sums = retainedByGroup(graph, dominators, dominatedOf(dominators), graph.type, 3)
  expect([...sums.count]).toEqual([0, 3, 1])
  expect([...sums.sizeBytes]).toEqual([0, 1011, 100])
  expect([...sums.retainedBytes]).toEqual([0, 1011, 100])
})

test('agree with leaving the objects out, on random graphs', () => {
  const random = new Random(9)
  for (let round = 0; round < 3000; round++) {
    const graph = randomGraph(random)
    const dominators = dominatorsOf(graph)
    const nodes = Array.from({ length: graph.nodeCount }, (_, node) => node)
    const reachable = reachableFrom(graph, [0])
    const sums = retainedByGroup(graph, dominators, dominatedOf(dominators), graph.type, 5)
    for (let type = 1; type < 5; type++) {
      const members = nodes.filter(node => node > 0 && graph.type[node] === type)
      const left = reachableFrom(graph, [0], node => members.includes(node))
      const kept = nodes.filter(node => members.includes(node) || (reachable[node] && !left[node]))
      const found = retainedBySet(graph, dominators, members)
      expect([...found.nodes]).toEqual(kept)
      expect(found.sizeBytes).toBe(kept.reduce((sum, node) => sum + graph.sizeBytes[node]!, 0))
      expect(sums.count[type]).toBe(members.length)
      expect(sums.sizeBytes[type]).toBe(members.reduce((sum, node) => sum + graph.sizeBytes[node]!, 0))
      // Each byte once: the union of what single members retain.
      const union = nodes.filter(node => {
        for (let at = node; at !== 0 && at !== 0xffffffff; at = dominators.parent[at]!) if (graph.type[at] === type) return true
        return false
      })
      expect(sums.retainedBytes[type]).toBe(union.reduce((sum, node) => sum + graph.sizeBytes[node]!, 0))
      const live = union.filter(node => isReachable(dominators, node))
      expect(live.every(node => kept.includes(node))).toBe(true)
    }
  }
}, 60_000)

test('a linked list of a million nodes', () => {
  const graph = SHAPES['linked list']!(1_000_000)
  const dominators = dominatorsOf(graph)
  const sums = retainedByGroup(graph, dominators, dominatedOf(dominators), new Int32Array(graph.nodeCount), 1)
  expect(sums.retainedBytes[0]).toBeGreaterThanOrEqual(dominators.retainedBytes[0]!)
  expect(retainedBySet(graph, dominators, [300]).nodes.length).toBe(dominators.retainedCount[300])
}, 60_000)
