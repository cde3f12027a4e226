import { expect, test } from 'vitest'
import { duplicatesByGroup, duplicatesIn } from './duplicates'
import { FLAG_IMMUTABLE, FLAG_INTERNAL } from './heap-graph'
import { graphOf, Random } from './testing/graphs'

const heap = (rows: readonly (readonly [content: number, tick: number, size: number, site: number, flags?: number, type?: number])[]) => graphOf(rows.length + 1, [], {
  content: [0, ...rows.map(row => row[0])], birthTick: [0, ...rows.map(row => row[1])], sizeBytes: [0, ...rows.map(row => row[2])], site: [0, ...rows.map(row => row[3])],
  flags: [0, ...rows.map(row => row[4] ?? FLAG_IMMUTABLE)], type: [0, ...rows.map(row => row[5] ?? 1)],
})

test('all but the oldest of equal values, by value and by where they were made', () => {
  const graph = heap([
    [2 ** 40, 30, 60, 7], [2 ** 40, 10, 60, 8], [2 ** 40, 20, 60, 7], [5, 1, 50, 7], [6, 1, 50, 7], [6, 2, 50, 9], [0, 1, 50, 7], [0, 1, 50, 7],
    [9, 1, 50, 7, FLAG_IMMUTABLE | FLAG_INTERNAL], [9, 2, 50, 7], [6, 3, 50, 9, 0], [6, 3, 50, 9, FLAG_IMMUTABLE, 2],
  ])
  const found = duplicatesIn(graph)
  expect(found.count).toBe(2)
  expect([...found.first]).toEqual([0, 3, 5])
  expect([...found.member]).toEqual([2, 3, 1, 5, 6])
  expect([...found.wastedBytes]).toEqual([120, 50])
  expect(found.totalWastedBytes).toBe(170)
  expect(duplicatesByGroup(graph, found, graph.site)).toEqual([
    { group: 7, count: 2, wastedBytes: 120, values: 1 }, { group: 9, count: 1, wastedBytes: 50, values: 1 },
  ])
  expect(duplicatesIn(graph, { internal: true }).count).toBe(3)
})

test('agrees with comparing everything with everything, on random heaps', () => {
  const random = new Random(13)
  for (let round = 0; round < 2000; round++) {
    const graph = heap(Array.from({ length: random.below(20) }, () =>
      [random.below(5) * 2 ** 33, random.below(6), 16 * (1 + random.below(3)), random.below(3), random.chance(80) ? FLAG_IMMUTABLE : 0, random.below(2)] as const))
    const nodes = Array.from({ length: graph.nodeCount }, (_, node) => node).filter(node => graph.flags[node] === FLAG_IMMUTABLE && graph.content[node] !== 0)
    const equal = (a: number, b: number) => graph.content[a] === graph.content[b] && graph.type[a] === graph.type[b]
    const isOlder = (a: number, b: number) => graph.birthTick[a]! < graph.birthTick[b]! || (graph.birthTick[a] === graph.birthTick[b] && a < b)
    const wasted = nodes.filter(node => nodes.some(other => equal(node, other) && isOlder(other, node)))
    const found = duplicatesIn(graph)
    expect(found.totalWastedBytes).toBe(wasted.reduce((sum, node) => sum + graph.sizeBytes[node]!, 0))
    const needless = Array.from({ length: found.count }, (_, value) => [...found.member.subarray(found.first[value]! + 1, found.first[value + 1])]).flat()
    expect(needless.sort((a, b) => a - b)).toEqual(wasted)
    expect([...found.wastedBytes]).toEqual([...found.wastedBytes].sort((a, b) => b - a))
    for (const sum of duplicatesByGroup(graph, found, graph.site)) {
      const here = wasted.filter(node => graph.site[node] === sum.group)
      expect([sum.count, sum.wastedBytes]).toEqual([here.length, here.reduce((bytes, node) => bytes + graph.sizeBytes[node]!, 0)])
      expect(sum.values).toBe(here.filter((node, i) => here.findIndex(other => equal(node, other)) === i).length)
    }
  }
})
