import { expect, test } from 'vitest'
import { componentsOf, componentSize } from './components'
import type { HeapGraph } from './heap-graph'
import { graphOf, randomGraph, Random, SHAPES } from './testing/graphs'
import { reachability } from './testing/naive'

function check(graph: HeapGraph): void {
  const found = componentsOf(graph)
  const reaches = reachability(graph)
  const members: number[][] = []
  for (let a = 0; a < graph.nodeCount; a++) {
    for (let b = 0; b < graph.nodeCount; b++) {
      if ((found.component[a] === found.component[b]) !== (reaches[a]![b]! && reaches[b]![a]!)) expect.unreachable(`${a} and ${b}`)
      if (reaches[a]![b]! && found.component[a]! < found.component[b]!) expect.unreachable(`${a} before ${b}`)
    }
    (members[found.component[a]!] ??= []).push(a)
  }
  expect(found.count).toBe(members.length)
  expect(members.map((_, c) => [...found.member.subarray(found.first[c], found.first[c + 1])])).toEqual(members)
  const loops = (node: number) => graph.edgeTo.subarray(graph.firstEdge[node], graph.firstEdge[node + 1]).includes(node)
  const cycles = members.map((_, c) => c).filter(c => members[c]!.length > 1 || loops(members[c]![0]!))
  expect([...found.cycles].sort((a, b) => a - b)).toEqual(cycles)
  const sizes = [...found.cycles].map(c => componentSize(found, c))
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
}

test('cycles are components of several nodes, and nodes that refer to themselves', () => {
  // 1 -> 2 -> 3 -> 1; 4 refers to itself; 5 does not.
  const { component, cycles, member, first } = componentsOf(graphOf(6, [[0, 1], [1, 2], [2, 3], [3, 1], [3, 4], [4, 4], [4, 5]]))
  expect([...cycles]).toEqual([component[1], component[4]])
  expect([...member.subarray(first[cycles[0]!], first[cycles[0]! + 1])]).toEqual([1, 2, 3])
})

test('agrees with mutual reachability, on random graphs', () => {
  const random = new Random(3)
  for (let round = 0; round < 4000; round++) check(randomGraph(random))
  for (let round = 0; round < 60; round++) check(randomGraph(random, 40))
  for (const shape of Object.values(SHAPES)) check(shape(330))
}, 60_000)

test('a linked list of a million nodes', () => {
  const { cycles, count } = componentsOf(SHAPES['linked list']!(1_000_000))
  expect(cycles.length).toBe(1)
  expect(count).toBe(300 + 1)
}, 60_000)

test('reports progress, and can be cancelled', () => {
  const graph = SHAPES['wide dict']!(300_000)
  let steps = 0
  componentsOf(graph, { progress: () => { steps++ } })
  expect(steps).toBeGreaterThan(3)
  expect(() => componentsOf(graph, { progress: () => { throw new Error('cancelled') } })).toThrow('cancelled')
}, 60_000)
