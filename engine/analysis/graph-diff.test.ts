import { expect, test } from 'vitest'
import { diffByGroup, diffGraphs } from './graph-diff'
import type { HeapGraph } from './heap-graph'
import { NO_NODE } from './options'
import { graphOf, Random, SHAPES } from './testing/graphs'

const objects = (rows: readonly (readonly [address: number, tick: number, type: number, size: number])[]): HeapGraph => graphOf(rows.length + 1, [], {
  address: [0, ...rows.map(row => row[0])], birthTick: [0, ...rows.map(row => row[1])], type: [0, ...rows.map(row => row[2])], sizeBytes: [0, ...rows.map(row => row[3])],
})

test('new, freed, survived: the same address at the same tick of birth', () => {
  const earlier = objects([[100, -1, 1, 32], [104, 7, 2, 64], [108, 9, 2, 64]])
  // The list at 108 has grown; at 104 is another object; 112 is new.
  const later = objects([[108, 9, 2, 128], [104, 20, 3, 16], [112, 21, 2, 64], [100, -1, 1, 32]])
  const diff = diffGraphs(earlier, later)
  expect([...diff.earlierOf]).toEqual([0, 3, NO_NODE, NO_NODE, 1])
  expect([...diff.laterOf]).toEqual([0, 4, NO_NODE, 1])
  expect([...diff.added]).toEqual([2, 3])
  expect([...diff.freed]).toEqual([2])
  expect([...diff.survived]).toEqual([1, 4])
  const rest = { survivedCount: 0, survivedBytes: 0, grownBytes: 0, freedCount: 0, freedBytes: 0, newCount: 0, newBytes: 0 }
  expect(diffByGroup(earlier, later, diff, earlier.type, later.type, { before: [0, 1, 2, 3], after: [0, 10, 20, 30] })).toEqual([
    { ...rest, group: 2, newCount: 1, newBytes: 64, freedCount: 1, freedBytes: 64, survivedCount: 1, survivedBytes: 128, grownBytes: 64, differenceBytes: 64, retainedBefore: 2, retainedAfter: 20 },
    { ...rest, group: 3, newCount: 1, newBytes: 16, differenceBytes: 16, retainedBefore: 3, retainedAfter: 30 },
    { ...rest, group: 1, survivedCount: 1, survivedBytes: 32, differenceBytes: 0, retainedBefore: 1, retainedAfter: 10 },
  ])
})

test('agrees with comparing everything with everything, on random heaps', () => {
  const random = new Random(10)
  for (let round = 0; round < 3000; round++) {
    const draw = () => {
      const places = Array.from({ length: 12 }, (_, i) => (i - 3) * 4).filter(place => place !== 0 && random.chance(60))
      places.sort(() => random.below(3) - 1)
      return objects(places.map(place => [place, place < 0 ? -1 : random.below(2), 1 + random.below(3), 16 * random.below(4)]))
    }
    const earlier = draw()
    const later = draw()
    const diff = diffGraphs(earlier, later)
    const same = (a: number, b: number) => a > 0 && b > 0 && earlier.address[a] === later.address[b] && earlier.birthTick[a] === later.birthTick[b]
    const before = Array.from({ length: earlier.nodeCount }, (_, node) => node)
    const after = Array.from({ length: later.nodeCount }, (_, node) => node)
    expect([...diff.earlierOf]).toEqual(after.map(b => b === 0 ? 0 : before.find(a => same(a, b)) ?? NO_NODE))
    expect([...diff.laterOf]).toEqual(before.map(a => a === 0 ? 0 : after.find(b => same(a, b)) ?? NO_NODE))
    expect([...diff.added]).toEqual(after.filter(b => b > 0 && !before.some(a => same(a, b))))
    expect([...diff.freed]).toEqual(before.filter(a => a > 0 && !after.some(b => same(a, b))))
    expect([...diff.survived]).toEqual(after.filter(b => before.some(a => same(a, b))))
    const bytes = (graph: HeapGraph, nodes: number[]) => nodes.reduce((sum, node) => sum + graph.sizeBytes[node]!, 0)
    for (const sum of diffByGroup(earlier, later, diff, new Int32Array(earlier.nodeCount), new Int32Array(later.nodeCount))) {
      expect(sum.differenceBytes).toBe(bytes(later, after) - bytes(earlier, before))
    }
  }
}, 60_000)

test('a million objects each', () => {
  const earlier = SHAPES['wide dict']!(1_000_000)
  const later = SHAPES['wide dict']!(1_000_000)
  for (let node = 500_000; node < 1_000_000; node++) (later.address as Int32Array)[node]! += 4_000_000
  const diff = diffGraphs(earlier, later)
  expect([diff.added.length, diff.freed.length, diff.survived.length]).toEqual([500_000, 500_000, 499_999])
}, 60_000)
