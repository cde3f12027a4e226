import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALLOC, FREE, PARK, REALLOC, REALLOC_FROM, REUSE } from '../memory/events'
import { TYPE_PARKED } from '../recording/memory-state'
import type { GrowthBy, GrowthRow } from '../rpc/contract-growth'
import { growthOf, growthRows } from './growth'
import { RowSeries } from './growth-pass'
import { OpenRecording } from './open-recording'
import { statisticsAt } from './statistics-at'
import { recordRun, type RecordedRun } from './testing'

let run: RecordedRun
beforeAll(() => { run = recordRun({ steps: 20_000, seed: 11, live: 300, keyframeEvents: 5000, figuresEvents: 900, rare: 800, depth: 3, callSites: 2 }) })
afterAll(() => run.dispose())

const fileOf = (code: number) => (code % 4 === 0 ? '/lib/python3.11/helper.py' : 'synthetic.py')

interface Block { size: number; traceback: string; type: number; parked: boolean }
interface Row { live: number; low: number; samples: [live: number, low: number][] }

/** Every event applied to maps, one by one; a row a key. */
function naiveSeries(keyOf: (block: Block) => string, ticks: Float64Array): Map<string, Row> {
  const rows = new Map<string, Row>()
  const blocks = new Map<number, Block>()
  let slot = 0
  const change = (key: string, bytes: number) => {
    let row = rows.get(key)
    if (!row) rows.set(key, row = { live: 0, low: 0, samples: Array.from({ length: slot }, () => [0, 0]) })
    row.live += bytes
    row.low = Math.min(row.low, row.live)
  }
  const sample = () => {
    for (const row of rows.values()) {
      row.samples.push([row.live, row.low])
      row.low = row.live
    }
    slot++
  }
  let moved: Block | undefined
  for (const [head, address, size, context, instruction, tick] of run.naive.events as [number, number, number, number, number, number][]) {
    while (tick > ticks[slot]!) sample()
    const kind = head & 15
    const block = blocks.get(address)
    const traceback = run.naive.traceback(context, instruction)
    if (kind === ALLOC || kind === REALLOC) {
      const next = { size, traceback, type: head >>> 6, parked: false }
      if (kind === REALLOC && moved) {
        if (keyOf(moved) === keyOf(next)) change(keyOf(next), size - moved.size)
        else {
          change(keyOf(moved), -moved.size)
          change(keyOf(next), size)
        }
        moved = undefined
      } else change(keyOf(next), size)
      blocks.set(address, next)
    } else if (block && kind === REALLOC_FROM) {
      moved = block
      blocks.delete(address)
    } else if (block && kind === FREE) {
      change(keyOf(block), -block.size)
      blocks.delete(address)
    } else if (block && (kind === REUSE || kind === PARK && !block.parked)) {
      const next = kind === PARK ? { ...block, parked: true } : { ...block, traceback, type: head >>> 6 || block.type, parked: false }
      // A block that goes into a free list stays with its line.
      if (kind === REUSE || keyOf(next) !== keyOf(block)) {
        change(keyOf(block), -block.size)
        change(keyOf(next), block.size)
      }
      blocks.set(address, next)
    }
  }
  while (slot < ticks.length) sample()
  return rows
}

const places = (traceback: string) => traceback.split('<').map(part => {
  const [code, line] = part.split(':').map(Number) as [number, number]
  return `${fileOf(code)}:${line}`
})
const keys: Record<GrowthBy, (block: Block) => string> = {
  line: block => places(block.traceback)[0]!,
  traceback: block => places(block.traceback).join('<'),
  type: block => String(block.parked ? TYPE_PARKED : block.type),
}
const nameOf = (by: GrowthBy, row: GrowthRow) => (by === 'type' ? String(row.key) : row.traceback.map(f => `${f.path}:${f.line}`).reverse().join('<'))

test.each(['line', 'traceback', 'type'] as const)('series by %s are those of the naive model', by => {
  const result = growthOf(run.recording, { by, limit: 1e6, minimumBytes: 1, slots: 50 })
  expect(result.tick.length).toBe(50)
  expect(result.tick.at(-1)).toBe(run.lastTick)
  const naive = naiveSeries(keys[by], result.tick)
  expect(result.rows.length).toBeGreaterThan(5)
  for (const row of result.rows) {
    const { samples } = naive.get(nameOf(by, row))!
    expect(Array.from(row.live)).toEqual(samples.map(s => s[0]))
    expect(Array.from(row.low)).toEqual(samples.map(s => s[1]))
    row.live.forEach((live, i) => expect(row.born[i]! - row.freed[i]!).toBe(live))
    expect(row.low.every((low, i) => low <= row.live[i]!)).toBe(true)
  }
  const alive = [...naive.values()].filter(row => row.live > 0).length
  expect(result.rows.filter(row => row.lastBytes > 0).length).toBe(alive)
  expect(result.rows.map(r => r.lastBytes)).toEqual(result.rows.map(r => r.lastBytes).sort((a, b) => b - a))
})

test('a range begins with what was alive', () => {
  const from = Math.floor(run.lastTick / 3)
  const at = Math.floor(run.lastTick * 0.8)
  const { tick, rows } = growthOf(run.recording, { by: 'line', from, at, limit: 1e6, minimumBytes: 1, slots: 20 })
  expect([tick.length, tick[0], tick.at(-1)]).toEqual([21, from, at])
  for (const i of [0, 7, 20]) {
    const expected = statisticsAt(run.recording, { recordingId: 0, at: tick[i]!, groupBy: 'lineno', limit: 1e6 }).rows
    const found = rows.filter(row => row.live[i]! > 0)
    expect(new Map(found.map(row => [nameOf('line', row), row.live[i]]))).toEqual(
      new Map(expected.map(row => [`${row.traceback[0]!.path}:${row.traceback[0]!.line}`, row.sizeBytes])))
  }
  expect(() => growthOf(run.recording, { by: 'line', from: at, at: from })).toThrow('The range is empty')
})

test('one pass serves all groupings, by both ways', async () => {
  const recording = new OpenRecording(run.path)
  let passes = 0
  const progress = (done: number) => { if (done === 0) passes++ }
  const first = growthOf(recording, { by: 'line', progress })
  growthOf(recording, { by: 'type', progress })
  growthOf(recording, { by: 'traceback', progress, limit: 3 })
  expect(passes).toBe(1)
  const other = new OpenRecording(run.path)
  expect(await growthRows(other, { recordingId: 0, by: 'line' }, new AbortController().signal)).toEqual(first)
  recording.close()
  other.close()
})

test('progress can cancel, and nothing half passed is kept', () => {
  const recording = new OpenRecording(run.path)
  const cancel = (done: number, total: number) => { if (done > total / 2) throw new Error('enough') }
  expect(() => growthOf(recording, { by: 'line', progress: cancel })).toThrow('enough')
  expect(growthOf(recording, { by: 'line' }).rows).toEqual(growthOf(run.recording, { by: 'line' }).rows)
  recording.close()
})

test('a recording without events has the instants that it kept', () => {
  const stats = recordRun({ steps: 20_000, seed: 3, live: 200, level: 'stats', rare: 800 })
  try {
    const { tick, rows } = growthOf(stats.recording, { by: 'line', limit: 1e6, minimumBytes: 1 })
    expect(tick.length).toBeGreaterThan(2)
    const end = statisticsAt(stats.recording, { recordingId: 0, at: 'end', groupBy: 'lineno', limit: 1e6 }).rows
    expect(rows.filter(r => r.lastBytes > 0).map(r => r.lastBytes)).toEqual(end.map(r => r.sizeBytes).filter(n => n > 0))
  } finally {
    stats.dispose()
  }
})

test('many events are followed from keyframe to keyframe', () => {
  const exact = growthOf(run.recording, { by: 'line', limit: 1e6, minimumBytes: 1, slots: 6 })
  const coarse = growthOf(run.recording, { by: 'line', limit: 1e6, minimumBytes: 1, slots: 6, mostEvents: 1000 })
  expect(coarse.tick).toEqual(exact.tick)
  // The last keyframe is the end: nothing is missing there, and nothing is invented before.
  expect(coarse.rows.map(r => [r.key, r.lastBytes])).toEqual(expect.arrayContaining(exact.rows.filter(r => r.lastBytes > 0).map(r => [r.key, r.lastBytes])))
  for (const row of coarse.rows) {
    const same = exact.rows.find(r => r.key === row.key)!
    expect(row.peakBytes).toBeLessThanOrEqual(Math.max(...same.born))
    row.live.forEach((live, i) => expect(Math.abs(row.born[i]! - row.freed[i]! - live)).toBe(0))
  }
})

test('too many rows: those that never held much are let go, the others stay exact', () => {
  const rows = new RowSeries()
  const slots = 40
  const count = 60_000
  const large = (row: number) => row % 1000 === 7
  for (let slot = 0; slot < slots; slot++) {
    for (let row = 0; row < count; row++) {
      if (large(row)) rows.add(row, 5000 + row)
      else if (slot % 2 === 0) rows.add(row, 100)
      else rows.take(row, 100)
    }
    // One that was let go becomes large, late.
    for (const row of [12, 59_995]) if (slot > 30) rows.add(row, 1e6)
    rows.endSlot(slot)
  }
  for (let row = 7; row < count; row += 1000) {
    const { live, born } = rows.columns(row, slots)
    expect(Array.from(live)).toEqual(Array.from({ length: slots }, (_, slot) => (slot + 1) * (5000 + row)))
    expect(born[slots - 1]).toBe(slots * (5000 + row))
  }
  for (const row of [12, 59_995]) expect(Array.from(rows.columns(row, slots).live.slice(31))).toEqual(Array.from({ length: 9 }, (_, i) => (i + 1) * 1e6 + (i % 2 === 0 ? 0 : 100)))
})
