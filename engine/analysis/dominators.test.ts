import { expect, test } from 'vitest'
import { dominatorsOf, isReachable } from './dominators'
import type { HeapGraph } from './heap-graph'
import { NO_NODE } from './options'
import { graphOf, randomGraph, Random, SHAPES } from './testing/graphs'
import { reachability, reachableFrom } from './testing/naive'

/** Takes each node away and sees what is left. */
function naive(graph: HeapGraph): { parent: number[], retainedBytes: number[], retainedCount: number[], reachable: boolean[] } {
  const nodes = Array.from({ length: graph.nodeCount }, (_, node) => node)
  const reachable = reachableFrom(graph, [0])
  const reaches = reachability(graph)
  // Entries of the garbage: the first member of each component that only its own members lead to.
  const entries = nodes.filter(node => !reachable[node] && nodes.every(other =>
    reachable[other] || !reaches[other]![node] || (reaches[node]![other]! && other >= node)))
  const parent: number[] = []
  const retainedBytes: number[] = []
  const retainedCount: number[] = []
  const lost = nodes.map(gone => {
    const roots = reachable[gone] ? [0] : entries
    const left = reachableFrom(graph, roots, node => node === gone)
    return nodes.map(node => reachable[node] === reachable[gone] && !left[node])
  })
  for (const node of nodes) {
    const dominating = nodes.filter(other => other !== node && lost[other]![node])
    const count = (other: number) => lost[other]!.filter(Boolean).length
    parent.push(dominating.length === 0 ? NO_NODE : dominating.reduce((a, b) => count(b) < count(a) ? b : a))
    retainedBytes.push(nodes.reduce((sum, other) => sum + (lost[node]![other] ? graph.sizeBytes[other]! : 0), 0))
    retainedCount.push(count(node))
  }
  return { parent, retainedBytes, retainedCount, reachable }
}

function check(graph: HeapGraph): void {
  const found = dominatorsOf(graph)
  const expected = naive(graph)
  expect([...found.parent]).toEqual(expected.parent)
  expect([...found.retainedBytes]).toEqual(expected.retainedBytes)
  expect([...found.retainedCount]).toEqual(expected.retainedCount)
  expect(Array.from({ length: graph.nodeCount }, (_, node) => isReachable(found, node))).toEqual(expected.reachable)
  expect([...found.order].sort((a, b) => a - b)).toEqual(Array.from({ length: graph.nodeCount }, (_, node) => node))
  for (let node = 0; node < graph.nodeCount; node++) {
    expect(found.order[found.rank[node]!]).toBe(node)
    if (found.parent[node] !== NO_NODE) expect(found.rank[found.parent[node]!]).toBeLessThan(found.rank[node]!)
  }
}

test('the example of Lengauer and Tarjan', () => {
  const names = 'RABCDEFGHIJKL'
  const edges = 'RA RB RC AD BA BD BE CF CG DL EH FI GI GJ HE HK IK JI KI KR LH'.split(' ')
    .map(edge => [names.indexOf(edge[0]!), names.indexOf(edge[1]!)] as const)
  const graph = graphOf(13, edges.filter(([, to]) => to !== 0))
  const { parent } = dominatorsOf(graph)
  const expected = { A: 'R', B: 'R', C: 'R', D: 'R', E: 'R', F: 'C', G: 'C', H: 'R', I: 'R', J: 'G', K: 'R', L: 'D' }
  expect(Object.fromEntries(Object.keys(expected).map(name => [name, names[parent[names.indexOf(name)]!]]))).toEqual(expected)
})

test('two owners share what neither retains', () => {
  // 1 and 2 hold 3; 1 holds 4, which holds 5.
  const { parent, retainedBytes } = dominatorsOf(graphOf(6, [[0, 1], [0, 2], [1, 3], [2, 3], [1, 4], [4, 5]], { sizeBytes: [0, 1, 10, 100, 1000, 10000] }))
  expect([...parent]).toEqual([NO_NODE, 0, 0, 0, 1, 4])
  expect([...retainedBytes]).toEqual([11111, 11001, 10, 100, 11000, 10000])
})

test('garbage keeps garbage: an entry retains its cycle and what the cycle alone keeps', () => {
  // 1 is alive; 2 <-> 3 is garbage, which leads to 1, to 4 and to 5; 6 is garbage that leads to itself and to 5.
  const graph = graphOf(7, [[0, 1], [3, 2], [2, 3], [2, 1], [3, 4], [3, 5], [6, 6], [6, 5]], { sizeBytes: [0, 1, 2, 4, 8, 16, 32] })
  const { parent, retainedBytes, reachableCount } = dominatorsOf(graph)
  expect(reachableCount).toBe(2)
  expect([...parent]).toEqual([NO_NODE, 0, NO_NODE, 2, 3, NO_NODE, NO_NODE])
  expect([...retainedBytes]).toEqual([1, 1, 14, 12, 8, 16, 32])
})

test('agrees with taking each node away, on random graphs', () => {
  const random = new Random(2)
  for (let round = 0; round < 4000; round++) check(randomGraph(random))
  for (let round = 0; round < 60; round++) check(randomGraph(random, 40))
  for (const shape of Object.values(SHAPES)) check(shape(330))
}, 60_000)

test('a linked list of a million nodes', () => {
  const { retainedBytes, retainedCount, parent } = dominatorsOf(SHAPES['linked list']!(1_000_000))
  // The links from 301 on, and of the 256 integers all but the one that link 300 has as well.
  expect(retainedCount[301]).toBe(1_000_000 - 301 + 255)
  expect(parent[999_999]).toBe(999_998)
  expect(retainedBytes[0]).toBeGreaterThan(16e6)
}, 60_000)

test('reports progress, and can be cancelled', () => {
  const graph = SHAPES['grid']!(300_000)
  const steps: number[] = []
  dominatorsOf(graph, { progress: (done, total) => steps.push(done / total) })
  expect(steps.length).toBeGreaterThan(10)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
  expect(steps.at(-1)).toBe(1)
  expect(() => dominatorsOf(graph, { progress: () => { throw new Error('cancelled') } })).toThrow('cancelled')
}, 60_000)
