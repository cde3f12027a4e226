import { expect, test } from 'vitest'
import { accumulationsOf, retainedWeights, type Accumulation } from './accumulation'
import { dominatorsOf } from './dominators'
import type { HeapGraph } from './heap-graph'
import { referrersOf } from './reverse'
import { graphFromEdges, graphOf, Random, type EdgeTuple } from './testing/graphs'

const KB = 1000

function found(graph: HeapGraph, weight: Float64Array, namespace: number[] = [], selfGrown: number[] = []): Accumulation[] {
  const mark = (nodes: number[]) => Uint8Array.from({ length: graph.nodeCount }, (_, node) => (nodes.includes(node) ? 1 : 0))
  return accumulationsOf(graph, dominatorsOf(graph), referrersOf(graph), weight, {
    minimumBytes: KB, minimumMembers: 8, namespace: mark(namespace), selfGrown: mark(selfGrown),
  })
}

/** Weight of what cannot be reached any more without the node. */
function naiveRetained(graph: HeapGraph, weight: Float64Array, without: number): number {
  const seen = new Set([0])
  const open = without === 0 ? [] : [0]
  if (without === 0) seen.clear()
  while (open.length > 0) {
    const node = open.pop()!
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const to = graph.edgeTo[edge]!
      if (to === without || seen.has(to)) continue
      seen.add(to)
      open.push(to)
    }
  }
  let sum = 0
  for (let node = 0; node < graph.nodeCount; node++) if (!seen.has(node)) sum += weight[node]!
  return sum
}

test('retained weights are what would be lost, on random graphs', () => {
  const random = new Random(5)
  for (let round = 0; round < 60; round++) {
    const nodeCount = 2 + random.below(30)
    // Every node has a referrer before it: nothing is garbage.
    const edges: EdgeTuple[] = Array.from({ length: nodeCount - 1 }, (_, i) => [random.below(i + 1), i + 1])
    for (let i = random.below(40); i > 0; i--) edges.push([random.below(nodeCount), 1 + random.below(nodeCount - 1)])
    const graph = graphOf(nodeCount, edges)
    const weight = Float64Array.from({ length: nodeCount }, () => random.below(100))
    const sums = retainedWeights(dominatorsOf(graph), weight)
    for (let node = 0; node < nodeCount; node++) expect(sums[node]).toBe(naiveRetained(graph, weight, node))
  }
})

test('no member belongs to two accumulations, and what is named weighs enough, on random graphs', () => {
  const random = new Random(9)
  let named = 0
  for (let round = 0; round < 200; round++) {
    const nodeCount = 60 + random.below(120)
    const edges: EdgeTuple[] = Array.from({ length: nodeCount - 1 }, (_, i) => [random.chance(60) ? random.below(Math.min(i + 1, 6)) : random.below(i + 1), i + 1])
    for (let i = random.below(20); i > 0; i--) edges.push([random.below(nodeCount), 1 + random.below(nodeCount - 1)])
    const graph = graphOf(nodeCount, edges)
    const weight = Float64Array.from({ length: nodeCount }, () => random.below(200))
    const seen = new Set<number>()
    for (const accumulation of found(graph, weight, [1, 2])) {
      named++
      expect(accumulation.bytes).toBeGreaterThanOrEqual(KB)
      expect(accumulation.members.length).toBeGreaterThanOrEqual(8)
      for (const member of accumulation.members) {
        expect(seen.has(member)).toBe(false)
        seen.add(member)
      }
    }
  }
  expect(named).toBeGreaterThan(100)
})

test('two containers of a namespace are two accumulations; what is small is none', () => {
  // 0 root → 1 module → 2, 3, 4 lists with 100, 50 and 3 things.
  const edges: EdgeTuple[] = [[0, 1], [1, 2], [1, 3], [1, 4]]
  let next = 5
  for (const [list, count] of [[2, 100], [3, 50], [4, 3]] as const) for (let i = 0; i < count; i++) edges.push([list, next++])
  const graph = graphOf(next, edges)
  const weight = new Float64Array(next).fill(50).fill(0, 0, 5)
  expect(found(graph, weight, [1]).map(a => [a.node, a.kind, a.bytes, a.members.length])).toEqual([[2, 'container', 5000, 100], [3, 'container', 2500, 50]])
})

test('a linked list of a million nodes is one chain at its first node', () => {
  const count = 1_000_000
  const from = Uint32Array.from({ length: count + 1 }, (_, i) => i)
  const to = Uint32Array.from({ length: count + 1 }, (_, i) => i + 1)
  const graph = graphFromEdges(count + 2, from, to, count + 1)
  graph.type.fill(7).set([0, 3])
  const weight = new Float64Array(count + 2).fill(48).fill(0, 0, 2)
  const [chain, ...rest] = found(graph, weight)
  expect(rest).toEqual([])
  expect([chain!.node, chain!.kind, chain!.bytes]).toEqual([1, 'chain', count * 48])
  expect(found(graph, weight, [1])[0]!.node).toBe(2)
  expect(chain!.members.length).toBeGreaterThan(count - 30)
})

test('what two containers share is named once, with the other beside', () => {
  const edges: EdgeTuple[] = [[0, 1], [1, 2], [1, 3]]
  for (let i = 0; i < 40; i++) edges.push([2, 4 + i], [3, 4 + i])
  for (let i = 0; i < 3; i++) edges.push([3, 44 + i])
  const weight = new Float64Array(47).fill(50).fill(0, 0, 4)
  const graph = graphOf(47, edges)
  expect(found(graph, weight, [1]).map(a => [a.node, a.kind, a.members.length, a.others])).toEqual([[2, 'shared', 40, [3]]])
})

test('one block that grows, and garbage', () => {
  const edges: EdgeTuple[] = [[0, 1], [1, 2]]
  // Twenty pairs that refer to each other.
  for (let i = 0; i < 20; i++) edges.push([3 + i * 2, 4 + i * 2], [4 + i * 2, 3 + i * 2])
  const graph = graphOf(43, edges)
  const weight = new Float64Array(43).fill(100)
  weight.set([0, 0, 5000])
  expect(found(graph, weight, [1], [2]).map(a => [a.node, a.kind, a.bytes, a.members.length])).toEqual([[2, 'single', 5000, 0], [0, 'garbage', 4000, 20]])
})
