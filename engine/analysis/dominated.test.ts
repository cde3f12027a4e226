import { expect, test } from 'vitest'
import { dominatedOf, retainedBy, treeRows } from './dominated'
import { dominatorsOf } from './dominators'
import { NO_NODE } from './options'
import { graphOf, randomGraph, Random, SHAPES } from './testing/graphs'

test('children, depth and all that is retained agree with the parents, on random graphs', () => {
  const random = new Random(4)
  for (let round = 0; round < 2000; round++) {
    const dominators = dominatorsOf(randomGraph(random, 15))
    const dominated = dominatedOf(dominators)
    const parent = [...dominators.parent]
    const above = (node: number): number[] => parent[node] === NO_NODE ? [] : [parent[node]!, ...above(parent[node]!)]
    parent.forEach((_, node) => {
      const children = [...dominated.child.subarray(dominated.first[node], dominated.first[node + 1])]
      expect(children.sort((a, b) => a - b)).toEqual(parent.flatMap((other, child) => other === node ? [child] : []))
      expect(dominated.depth[node]).toBe(above(node).length)
      expect([...retainedBy(dominators, dominated, node)].sort((a, b) => a - b))
        .toEqual(parent.flatMap((_, other) => other === node || above(other).includes(node) ? [other] : []))
    })
    expect([...dominated.garbage].sort((a, b) => a - b)).toEqual(parent.flatMap((other, node) => node > 0 && other === NO_NODE ? [node] : []))
  }
}, 60_000)

test('rows: the largest ones, and one for the others', () => {
  // 1 holds 3, 4, 5 (sizes 8, 4, 2); 2 holds 6 (1).
  const dominators = dominatorsOf(graphOf(7, [[0, 2], [0, 1], [1, 5], [1, 4], [1, 3], [2, 6]], { sizeBytes: [0, 1, 1, 8, 4, 2, 1] }))
  const rows = treeRows(dominators, dominatedOf(dominators), 0, { limit: 4 })
  expect(rows.map(row => [row.node, row.parent, row.depth, row.retainedBytes, row.retainedCount, row.nodes])).toEqual([
    [0, -1, 0, 17, 7, 1],
    [1, 0, 1, 15, 4, 1],
    [3, 1, 2, 8, 1, 1],
    [4, 1, 2, 4, 1, 1],
    [NO_NODE, 1, 2, 2, 1, 1],
    [NO_NODE, 0, 1, 2, 2, 1],
  ])
})

test('rows cover the tree, on random graphs', () => {
  const random = new Random(5)
  for (let round = 0; round < 3000; round++) {
    const dominators = dominatorsOf(randomGraph(random, 20))
    const dominated = dominatedOf(dominators)
    const limit = 1 + random.below(8)
    const maxDepth = random.chance(50) ? Infinity : random.below(4)
    const rows = treeRows(dominators, dominated, 0, { limit, maxDepth })
    const shown = rows.filter(row => row.node !== NO_NODE)
    // The largest ones: no node without a row retains more than one with it, if all were allowed.
    const allowed = [...retainedBy(dominators, dominated, 0)].filter(node => dominated.depth[node]! <= maxDepth)
    const bytes = allowed.map(node => dominators.retainedBytes[node]!).sort((a, b) => b - a)
    expect(shown.map(row => row.retainedBytes).sort((a, b) => b - a)).toEqual(bytes.slice(0, limit))
    rows.forEach((row, index) => {
      if (index === 0) return
      expect(row.parent).toBeLessThan(index)
      expect(row.depth).toBe(rows[row.parent]!.depth + 1)
      if (row.node !== NO_NODE) expect(dominators.parent[row.node]).toBe(rows[row.parent]!.node)
    })
    for (const [index, row] of rows.entries()) {
      const below = rows.filter(other => other.parent === index)
      if (below.length === 0) continue
      const sum = (of: (row: typeof rows[number]) => number) => below.reduce((total, other) => total + of(other), 0)
      expect(sum(other => other.nodes)).toBe(dominated.first[row.node + 1]! - dominated.first[row.node]!)
      expect(sum(other => other.retainedCount)).toBe(row.retainedCount - 1)
      expect(below.slice(0, -1).every(other => other.node !== NO_NODE)).toBe(true)
      const named = below.filter(other => other.node !== NO_NODE).map(other => other.retainedBytes)
      expect(named).toEqual([...named].sort((a, b) => b - a))
    }
  }
}, 60_000)

test('a dict with half a million entries, and a linked list of a million', () => {
  for (const name of ['wide dict', 'linked list', 'deep, then wide']) {
    const dominators = dominatorsOf(SHAPES[name]!(1_000_000))
    const rows = treeRows(dominators, dominatedOf(dominators), 0, { limit: 200 })
    expect(rows.length).toBeGreaterThanOrEqual(200)
    expect(rows.length).toBeLessThanOrEqual(400)
    expect(rows[0]!.retainedCount).toBe(dominators.reachableCount)
  }
}, 60_000)
