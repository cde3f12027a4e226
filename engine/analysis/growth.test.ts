import { expect, test } from 'vitest'
import { growthShape, isotonic, type GrowthSeries, type GrowthShape } from './growth'
import { PROGRAMS, randomOf, runProgram } from './testing/growth-programs'

const SHAPES = Object.keys(PROGRAMS) as GrowthShape[]
const SEEDS = 60

test.each([128, 64, 200])('tells shapes apart, %i slots', slots => {
  const confusion = new Map<string, number>()
  const count = (given: string, said: string) => confusion.get(`${given}>${said}`) ?? 0
  const misjudged: string[] = []
  let surely = 0
  let wrongSurely = 0
  for (const shape of SHAPES) {
    for (const [name, program] of Object.entries(PROGRAMS[shape])) {
      const wrong = new Map<string, number>()
      for (let seed = 1; seed <= SEEDS; seed++) {
        const verdict = growthShape(runProgram(program, seed * 31 + name.length, slots))
        confusion.set(`${shape}>${verdict.shape}`, count(shape, verdict.shape) + 1)
        if (verdict.confidence > 0.75) surely++
        if (verdict.shape === shape) continue
        if (verdict.confidence > 0.75) wrongSurely++
        wrong.set(verdict.shape, (wrong.get(verdict.shape) ?? 0) + 1)
      }
      for (const [said, n] of wrong) misjudged.push(`${shape} (${name}) as ${said}: ${n} of ${SEEDS}`)
    }
  }
  const sum = (pick: (given: string, said: string) => boolean) =>
    SHAPES.flatMap(given => SHAPES.map(said => (pick(given, said) ? count(given, said) : 0))).reduce((a, b) => a + b, 0)
  const rows = SHAPES.map(shape => ({
    shape, programs: sum(given => given === shape),
    precision: count(shape, shape) / sum((_, said) => said === shape), recall: count(shape, shape) / sum(given => given === shape),
  }))
  console.log([
    `${slots} slots`, ...rows.map(r => `${r.shape.padEnd(14)} ${String(r.programs).padStart(4)}  precision ${r.precision.toFixed(3)}  recall ${r.recall.toFixed(3)}`),
    `said with confidence above 0.75: ${surely}, wrong of these: ${wrongSurely}`, ...misjudged,
  ].join('\n'))
  for (const row of rows) {
    expect(row.precision, `precision of ${row.shape}`).toBeGreaterThan(slots < 100 ? 0.9 : 0.97)
    expect(row.recall, `recall of ${row.shape}`).toBeGreaterThan(slots < 100 ? 0.9 : 0.97)
  }
  expect(wrongSurely / surely).toBeLessThan(0.02)
})

const seriesOf = (live: number[], low = live): GrowthSeries => {
  const born = live.map((value, i) => live.slice(0, i + 1).reduce((sum, v, k) => sum + Math.max(0, v - (live[k - 1] ?? 0)), 0))
  return { tick: Float64Array.from(live, (_, i) => (i + 1) * 500), live, low, born, freed: born.map((value, i) => value - live[i]!) }
}

test('says what the verdict stands on', () => {
  const leak = growthShape(seriesOf(Array.from({ length: 101 }, (_, i) => 1000 + (i < 20 ? 0 : (i - 20) * 50))))
  expect(leak).toMatchObject({ shape: 'leak', neverFreedShare: 1, monotonicShare: 1, plateauTick: null, peakBytes: 5000, lastBytes: 5000, firstBytes: 1000, falls: 0 })
  expect(leak.slopeBytes).toBeCloseTo(100, -1)
  expect(leak.firstGrowthTick! / 500).toBeGreaterThan(15)
  expect(leak.firstGrowthTick! / 500).toBeLessThan(26)
  expect(leak.lastGrowthTick).toBe(101 * 500)
  const cache = growthShape(seriesOf(Array.from({ length: 101 }, (_, i) => Math.min(i, 40) * 100)))
  expect(cache.shape).toBe('bounded-cache')
  expect(cache.plateauTick! / 500).toBeGreaterThan(34)
  expect(cache.plateauTick! / 500).toBeLessThan(44)
  const kept = growthShape(seriesOf(Array.from({ length: 101 }, (_, i) => (i === 100 ? 0 : i * 100))))
  expect(kept).toMatchObject({ shape: 'shutdown-only', before: 'leak', lastBytes: 0, neverFreedShare: 0 })
})

test('few samples, none, and zeroes are judged without confidence', () => {
  for (const live of [[], [5000], [0, 0, 0, 0, 0, 0], [0, 9000], [1, 2, 3, 4, 5, 6]]) expect(growthShape(seriesOf(live)).confidence).toBeLessThanOrEqual(0.5)
})

test('an isotonic fit is the best rising curve', () => {
  const random = randomOf(5)
  for (let round = 0; round < 200; round++) {
    const values = Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * 20))
    // min-max formula: the fit at i is the largest over a <= i of the smallest over b >= i of the mean of [a, b].
    const mean = (a: number, b: number) => values.slice(a, b + 1).reduce((x, y) => x + y, 0) / (b - a + 1)
    const naive = values.map((_, i) => Math.max(...values.slice(0, i + 1).map((_, a) => Math.min(...values.slice(i).map((_, k) => mean(a, i + k))))))
    isotonic(values).forEach((value, i) => expect(value).toBeCloseTo(naive[i]!, 9))
  }
})
