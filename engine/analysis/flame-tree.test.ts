import { expect, test } from 'vitest'
import { childrenOf, flameTree, prunedTree, type FlameTree } from './flame-tree'

function randomly(seed: number): (n: number) => number {
  let state = seed
  return n => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0
    return (state >>> 3) % n
  }
}

function randomStacks(seed: number, count: number) {
  const below = randomly(seed)
  const parent = new Int32Array(count)
  const place = new Int32Array(count)
  for (let node = 1; node < count; node++) {
    parent[node] = Math.max(0, node - 1 - below(Math.min(node, 1 + below(40))))
    place[node] = below(6)
  }
  const values = [0, 1].map(() => Float64Array.from({ length: count }, () => (below(3) === 0 ? below(100) : 0)))
  return { stacks: { count, parent, place }, values }
}

/** Places from the outermost on, as a key. */
const stackOf = (parent: Int32Array, place: Int32Array, node: number): number[] => (node === 0 ? [] : [...stackOf(parent, place, parent[node]!), place[node]!])
const startsWith = (whole: number[], start: number[]) => start.every((x, i) => whole[i] === x)

/** Every stack with its values, as lists. */
function naive(seed: number, count: number, inverted: boolean) {
  const { stacks, values } = randomStacks(seed, count)
  const all = Array.from({ length: count }, (_, node) => {
    const stack = node === 0 ? [99] : stackOf(stacks.parent, stacks.place, node)
    return { stack: inverted ? stack.reverse() : stack, values: values.map(v => v[node]!) }
  }).filter(s => s.values.some(v => v !== 0))
  return { stacks, values, all }
}

test.each([1, 2, 3])('merged stacks have the sums of the stacks that pass through them', seed => {
  const { stacks, values, all } = naive(seed, 400, false)
  const tree = flameTree(stacks, values, { unknown: 99 })
  const seen = new Set<string>()
  for (let node = 0; node < tree.count; node++) {
    const stack = stackOf(tree.parent, tree.place, node)
    expect(seen.has(String(stack))).toBe(false)
    seen.add(String(stack))
    if (node > 0) expect(tree.parent[node]).toBeLessThan(node)
    for (const i of [0, 1]) {
      const through = all.filter(s => startsWith(s.stack, stack))
      expect(through.length).toBeGreaterThan(0)
      expect(tree.total[i]![node]).toBe(through.reduce((n, s) => n + s.values[i]!, 0))
      expect(tree.self[i]![node]).toBe(through.filter(s => s.stack.length === stack.length).reduce((n, s) => n + s.values[i]!, 0))
    }
  }
  expect(seen.size).toBe(tree.count)
})

test.each([4, 5])('inverted: from the innermost place to its callers', seed => {
  const { stacks, values, all } = naive(seed, 300, true)
  const tree = flameTree(stacks, values, { inverted: true, unknown: 99 })
  for (let node = 0; node < tree.count; node++) {
    const stack = stackOf(tree.parent, tree.place, node)
    const through = all.filter(s => startsWith(s.stack, stack))
    expect(through.length).toBeGreaterThan(0)
    for (const i of [0, 1]) {
      const total = through.reduce((n, s) => n + s.values[i]!, 0)
      expect(tree.total[i]![node]).toBe(total)
      expect(tree.self[i]![node]).toBe(stack.length === 1 ? total : 0)
    }
  }
})

test.each([false, true])('hidden places are passed over, but where they end a stack; inverted: %s', inverted => {
  const { stacks, values } = randomStacks(7, 300)
  const hidden = Uint8Array.from([0, 1, 0, 0, 1, 0])
  const tree = flameTree({ ...stacks, hidden }, values, { inverted, unknown: 99 })
  const truth = new Map<string, number>()
  for (let node = 0; node < stacks.count; node++) {
    if (values.every(v => v[node] === 0)) continue
    const whole = node === 0 ? [99] : stackOf(stacks.parent, stacks.place, node)
    const shown = whole.filter((place, i) => i === whole.length - 1 || hidden[place] !== 1)
    if (inverted) shown.reverse()
    for (let length = 0; length <= shown.length; length++) {
      const key = String(shown.slice(0, length))
      truth.set(key, (truth.get(key) ?? 0) + values[0]![node]!)
    }
  }
  expect(new Map(Array.from({ length: tree.count }, (_, n) => [String(stackOf(tree.parent, tree.place, n)), tree.total[0]![n]]))).toEqual(truth)
})

test('pruning keeps the largest, whole ways up, and their sums', () => {
  const { stacks, values } = randomStacks(6, 500)
  const tree = flameTree(stacks, values, { unknown: 99 })
  const keys = (t: FlameTree) => Array.from({ length: t.count }, (_, n) => `${stackOf(t.parent, t.place, n)} ${t.total[0]![n]} ${t.self[1]![n]}`)
  const all = keys(tree)
  for (const [least, most] of [[0, 1e9], [50, 1e9], [0, 40], [20, 7], [0, 1], [1e9, 5]] as const) {
    const pruned = prunedTree(tree, 0, least, most)
    const kept = keys(pruned)
    expect(kept.every(key => all.includes(key))).toBe(true)
    const passing = tree.total[0]!.filter((total, node) => node === 0 || total >= least).toSorted().reverse()
    const expected = [...passing].slice(0, Math.max(1, most))
    expect([...pruned.total[0]!].toSorted((a, b) => b - a)).toEqual(expected)
  }
})

test('children stand by falling weight', () => {
  const parent = Int32Array.from([0, 0, 0, 1, 1, 0, 1])
  const { start, list } = childrenOf(parent, Float64Array.from([9, 4, 5, 1, 3, 5, 3]))
  expect([...list.subarray(start[0], start[1])]).toEqual([2, 5, 1])
  expect([...list.subarray(start[1], start[2])]).toEqual([4, 6, 3])
  expect(start[7]).toBe(6)
})

test('a stack of a million frames, both ways', () => {
  const count = 1_000_001
  const stacks = { count, parent: Int32Array.from({ length: count }, (_, i) => Math.max(0, i - 1)), place: new Int32Array(count).fill(3) }
  const value = new Float64Array(count)
  value[count - 1] = 7
  for (const inverted of [false, true]) {
    const tree = flameTree(stacks, [value], { inverted, unknown: 0 })
    expect(tree.count).toBe(count)
    expect(tree.total[0]![1]).toBe(7)
    expect(prunedTree(tree, 0, 7, 100).count).toBe(100)
  }
})

test('a deep recursion in which each level allocates is inverted as far as can be afforded', () => {
  const count = 100_001
  const stacks = { count, parent: Int32Array.from({ length: count }, (_, i) => Math.max(0, i - 1)), place: new Int32Array(count).fill(3) }
  const tree = flameTree(stacks, [new Float64Array(count).fill(1)], { inverted: true, unknown: 3 })
  expect(tree.total[0]![1]).toBe(count)
  expect(tree.count).toBeGreaterThan(150)
  expect(tree.count).toBeLessThan(count)
})
