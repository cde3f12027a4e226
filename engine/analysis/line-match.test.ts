import { expect, test } from 'vitest'
import { matchEdited, matchLines } from './line-match'

function random(seed: number): (below: number) => number {
  return below => {
    seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0
    return ((seed ^ seed >>> 12) >>> 0) % below
  }
}

/** Length of a longest common subsequence, by the textbook's table. */
function commonLength(a: Int32Array, b: Int32Array): number {
  const row = new Int32Array(b.length + 1)
  for (let i = 0; i < a.length; i++) {
    let corner = 0
    for (let k = 0; k < b.length; k++) {
      const above = row[k + 1]!
      row[k + 1] = a[i] === b[k] ? corner + 1 : Math.max(above, row[k]!)
      corner = above
    }
  }
  return row[b.length]!
}

function valid(a: Int32Array, b: Int32Array, partner: Int32Array): number {
  expect(partner.length).toBe(a.length)
  let last = -1
  let matched = 0
  for (let i = 0; i < a.length; i++) {
    if (partner[i] === -1) continue
    expect(partner[i]!).toBeGreaterThan(last)
    expect(b[partner[i]!]).toBe(a[i])
    last = partner[i]!
    matched++
  }
  return matched
}

test('as many lines are matched as there can be', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const below = random(seed)
    const text = () => Int32Array.from({ length: below(40) }, () => below(1 + seed % 12))
    const [a, b] = [text(), text()]
    expect(valid(a, b, matchLines(a, b))).toBe(commonLength(a, b))
  }
})

test('texts with too many differences are matched by their rare lines', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const below = random(seed)
    const a = Int32Array.from({ length: 60 }, (_, i) => (below(3) === 0 ? 1000 : i))
    const b = Int32Array.from(a).filter(() => below(4) > 0)
    const matched = valid(a, b, matchLines(a, b, 2))
    const rare = [...b].filter(line => line < 1000).length
    expect(matched).toBeGreaterThanOrEqual(rare)
  }
})

test('lines put in above move the rest', () => {
  const lines = (text: string) => Int32Array.from(text, c => c.charCodeAt(0))
  expect([...matchLines(lines('abcd'), lines('xxabyd'))]).toEqual([2, 3, -1, 5])
  expect([...matchLines(lines(''), lines('abc'))]).toEqual([])
  expect([...matchLines(lines('abc'), lines(''))]).toEqual([-1, -1, -1])
})

test('a hundred thousand lines with a few changes take no time', () => {
  const a = Int32Array.from({ length: 100_000 }, (_, i) => i)
  const b = Int32Array.from(a).filter(i => i % 500 !== 7)
  const start = performance.now()
  const partner = matchLines(a, b)
  expect(performance.now() - start).toBeLessThan(500)
  expect(valid(a, b, partner)).toBe(b.length)
})

test('edited lines are paired within their gap, as many as there can be', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const below = random(seed)
    const text = () => Int32Array.from({ length: below(30) }, () => below(40))
    const [a, b] = [text(), text()]
    const exact = matchLines(a, b)
    const partner = exact.slice()
    const edited = matchEdited(partner, b.length, (i, k) => a[i]! >> 2 === b[k]! >> 2)
    let last = -1
    for (let i = 0; i < a.length; i++) {
      if (exact[i]! >= 0) expect([partner[i], edited[i]]).toEqual([exact[i], 0])
      if (partner[i]! < 0) continue
      expect(partner[i]!).toBeGreaterThan(last)
      expect(a[i]! >> 2).toBe(b[partner[i]!]! >> 2)
      expect(edited[i]).toBe(exact[i]! >= 0 ? 0 : 1)
      last = partner[i]!
    }
    // Gap by gap, against the textbook's table.
    const fixed = [-1, ...[...exact.keys()].filter(i => exact[i]! >= 0), a.length]
    let most = 0
    for (let f = 1; f < fixed.length; f++) {
      const [from, to] = [fixed[f - 1]!, fixed[f]!]
      const [bFrom, bTo] = [from < 0 ? -1 : exact[from]!, to === a.length ? b.length : exact[to]!]
      most += commonLength(a.slice(from + 1, to).map(x => x >> 2), b.slice(bFrom + 1, bTo).map(x => x >> 2))
    }
    expect(edited.reduce((n, flag) => n + flag, 0)).toBe(most)
  }
})
