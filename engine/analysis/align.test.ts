import { expect, test, vi } from 'vitest'
import { alignTicks, tickInFirst, tickInSecond, type Steps } from './align'
import { increasing, matchSequences } from './match-sequences'

vi.setConfig({ testTimeout: 60_000 })

/** Repeatable numbers below `n`. */
function randomly(seed: number) {
  let state = seed >>> 0
  return (n: number) => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 >>> 0
    return (state >>> 8) % n
  }
}

/** Length of the longest common subsequence, by the textbook's table. */
function longest(a: Int32Array, b: Int32Array): number {
  let row = new Int32Array(b.length + 1)
  for (const x of a) {
    const next = new Int32Array(b.length + 1)
    for (let j = 0; j < b.length; j++) next[j + 1] = x === b[j] ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!)
    row = next
  }
  return row[b.length]!
}

function expectCommon(a: Int32Array, b: Int32Array, keyCount: number): number {
  const { count, first, second } = matchSequences(a, b, keyCount)
  for (let i = 0; i < count; i++) {
    expect(a[first[i]!]).toBe(b[second[i]!])
    if (i > 0) expect(first[i]! > first[i - 1]! && second[i]! > second[i - 1]!).toBe(true)
  }
  return count
}

test('few edits: the common part is the longest there is', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = randomly(seed)
    const keys = 1 + next(8)
    const a = Int32Array.from({ length: next(60) }, () => next(keys))
    const b = seed % 2 === 0 ? Int32Array.from({ length: next(60) }, () => next(keys)) : Int32Array.from([...a].filter(() => next(10) > 0).flatMap(x => (next(10) === 0 ? [next(keys), x] : [x])))
    expect(expectCommon(a, b, keys)).toBe(longest(a, b))
  }
})

test('many edits: still a common part, and a good one', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const next = randomly(seed)
    const a = Int32Array.from({ length: 4000 }, (_, i) => (next(4) === 0 ? 5 + i : next(5)))
    // A third is gone, and as much came in between.
    const b = Int32Array.from([...a].filter(() => next(3) > 0).flatMap(x => (next(3) === 0 ? [next(5), x] : [x])))
    expect(expectCommon(a, b, 4005)).toBeGreaterThan(longest(a, b) * 0.9)
  }
})

test('a loop that runs longer, and nothing in common', () => {
  const loop = (n: number) => Array.from({ length: n }, () => [1, 2, 3]).flat()
  const a = Int32Array.from([0, ...loop(50_000), 4])
  const b = Int32Array.from([0, ...loop(60_000), 4])
  expect(expectCommon(a, b, 5)).toBe(a.length)
  expect(matchSequences(new Int32Array(20_000).fill(1), new Int32Array(30_000).fill(2), 3).count).toBe(0)
  expect(matchSequences(new Int32Array(0), b, 5).count).toBe(0)
})

test('a million steps with ten thousand changes take little time', () => {
  const next = randomly(7)
  const a = Int32Array.from({ length: 1_000_000 }, () => next(300))
  const b = Int32Array.from([...a].flatMap(x => (next(100) === 0 ? [next(300)] : [x])))
  const start = performance.now()
  const { count } = matchSequences(a, b, 300)
  expect(performance.now() - start).toBeLessThan(20_000)
  expect(count).toBeGreaterThan(980_000)
})

test('the longest increasing part of pairs', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const next = randomly(seed)
    const values = Array.from({ length: next(40) }, () => next(30))
    const best = values.map(() => 1)
    for (let i = 0; i < values.length; i++) for (let j = 0; j < i; j++) if (values[j]! < values[i]!) best[i] = Math.max(best[i]!, best[j]! + 1)
    const found = increasing(Int32Array.from(values.flatMap((y, x) => [x, y])))
    expect(found.length / 2).toBe(Math.max(0, ...best))
  }
})

const steps = (...pairs: [number, number][]): Steps => ({ key: Int32Array.from(pairs, p => p[0]), tick: Float64Array.from(pairs, p => p[1]) })

test('ticks: the same up to the difference, by anchors after it, never back', () => {
  const first = steps([0, 110], [1, 120], [2, 130], [0, 140], [3, 200])
  // One step of ten ticks more after the first, then everything ten later; the last step is missing.
  const second = steps([0, 110], [4, 115], [1, 130], [2, 140], [0, 150])
  const axis = alignTicks(first, second, 5, 100, [210, 180])
  expect(axis).toMatchObject({ firstSteps: 5, secondSteps: 5, matchedSteps: 4 })
  expect([...axis.first]).toEqual([0, 110, 120, 140, 210])
  expect([...axis.second]).toEqual([0, 110, 130, 150, 180])
  for (const [a, b] of [[0, 0], [57, 57], [100, 100], [110, 110], [115, 120], [120, 130], [133, 143], [140, 150], [210, 180]] as const) {
    expect(tickInSecond(axis, a)).toBe(b)
    expect(Math.abs(tickInFirst(axis, b) - a)).toBeLessThanOrEqual(1)
  }
  for (let tick = 1; tick <= 220; tick++) expect(tickInSecond(axis, tick)).toBeGreaterThanOrEqual(tickInSecond(axis, tick - 1))
})

test('random runs: the axis goes through its anchors and is monotone', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = randomly(seed)
    const run = (): Steps => {
      let tick = 50
      return steps(...Array.from({ length: next(80) }, (): [number, number] => [next(6), tick += next(4)]))
    }
    const [a, b] = [run(), run()]
    const axis = alignTicks(a, b, 6, 50, [(a.tick.at(-1) ?? 50) + 5, (b.tick.at(-1) ?? 50) + 9])
    for (let i = 1; i < axis.first.length; i++) {
      expect(axis.first[i]! > axis.first[i - 1]! && axis.second[i]! > axis.second[i - 1]!).toBe(true)
      expect(tickInSecond(axis, axis.first[i]!)).toBe(axis.second[i])
      expect(tickInFirst(axis, axis.second[i]!)).toBe(axis.first[i])
    }
  }
})
