import { afterAll, beforeAll, expect, test } from 'vitest'
import { FIRST_TYPE, FREE, GC_START, MARK } from '../memory/events'
import type { NaiveBlock } from '../recording/testing/naive-model'
import type { StatisticRow } from '../rpc/contract'
import { gcCollections, gcTicks } from './gc-collections'
import { describeInstant, stepInstant } from './instant'
import { marksList, outputRange } from './marks-and-output'
import { sourceFiles, sourceLines } from './source-lines'
import { statisticsAt } from './statistics-at'
import { recordRun, type RecordedRun } from './testing'
import { timelineRange } from './timeline-range'
import { typesAt } from './types-at'

let run: RecordedRun
const recordingId = 0
beforeAll(() => { run = recordRun({ steps: 30_000, seed: 5, live: 400, keyframeEvents: 6000, figuresEvents: 1100, rare: 800, depth: 3, callSites: 2 }) })
afterAll(() => run.dispose())

/** Events up to and with those of a tick, by looking at all of them. */
const eventsAt = (tick: number) => run.naive.events.filter(e => e[5]! <= tick).length
const ticks = () => [0, 1, 777, Math.floor(run.lastTick / 3), Math.floor(run.lastTick / 2) + 1, run.lastTick - 5, run.lastTick]

/** 'path:line' parts of the naive traceback, innermost first. Codes divisible by 4 are of the library. */
const fileOf = (code: number) => (code % 4 === 0 ? '/lib/python3.11/helper.py' : 'synthetic.py')
const placesOf = (block: NaiveBlock) => block.traceback.split('<').map(part => {
  const [code, line] = part.split(':').map(Number) as [number, number]
  return `${fileOf(code)}:${line}`
})

interface Sum { size: number; count: number }
function group(blocks: Iterable<NaiveBlock>, keysOf: (block: NaiveBlock) => string[]): Map<string, Sum> {
  const sums = new Map<string, Sum>()
  for (const block of blocks) {
    for (const key of keysOf(block)) {
      const sum = sums.get(key) ?? { size: 0, count: 0 }
      sum.size += block.size
      sum.count++
      sums.set(key, sum)
    }
  }
  return sums
}
const keyOf = (row: StatisticRow) => row.traceback.map(f => `${f.path}:${f.line}`).reverse().join('<')
const asMap = (rows: StatisticRow[]) => new Map(rows.map(row => [keyOf(row), { size: row.sizeBytes, count: row.count }]))

test('statistics by line, file and traceback are those of the naive model, at any tick, forwards and backwards', () => {
  for (const tick of [...ticks(), ...ticks().reverse(), 500]) {
    const { blocks } = run.naive.at(eventsAt(tick))
    const statistics = (groupBy: 'lineno' | 'filename' | 'traceback', cumulative = false) =>
      asMap(statisticsAt(run.recording, { recordingId, at: tick, groupBy, cumulative, limit: 1e5 }).rows)
    expect(statistics('lineno')).toEqual(group(blocks.values(), b => [placesOf(b)[0]!]))
    expect(statistics('filename')).toEqual(group(blocks.values(), b => [placesOf(b)[0]!.replace(/:\d+$/, ':0')]))
    expect(statistics('traceback')).toEqual(group(blocks.values(), b => [placesOf(b).join('<')]))
    expect(statistics('lineno', true)).toEqual(group(blocks.values(), placesOf))
    expect(statistics('filename', true)).toEqual(group(blocks.values(), b => placesOf(b).map(p => p.replace(/:\d+$/, ':0'))))
  }
})

test('the order is tracemalloc\'s: by size, count and place, all falling; paged', () => {
  const all = statisticsAt(run.recording, { recordingId, at: 'end', groupBy: 'lineno', limit: 1e5 })
  const sorted = all.rows.toSorted((a, b) =>
    b.sizeBytes - a.sizeBytes || b.count - a.count || (b.traceback[0]!.path < a.traceback[0]!.path ? -1 : b.traceback[0]!.path > a.traceback[0]!.path ? 1 : b.traceback[0]!.line - a.traceback[0]!.line))
  expect(all.rows).toEqual(sorted)
  expect(all.rows.length).toBe(all.rowCount)
  expect(statisticsAt(run.recording, { recordingId, at: 'end', groupBy: 'lineno', offset: 3, limit: 4 })).toEqual({ ...all, rows: all.rows.slice(3, 7) })
})

test('compare-to: differences of both, sorted by their size', () => {
  const a = eventsAt(ticks()[2]!)
  const result = statisticsAt(run.recording, { recordingId, at: 'end', compareTo: ticks()[2]!, groupBy: 'traceback', limit: 1e5 })
  const now = group(run.naive.at(run.naive.events.length).blocks.values(), b => [placesOf(b).join('<')])
  const old = group(run.naive.at(a).blocks.values(), b => [placesOf(b).join('<')])
  expect(new Set(result.rows.map(keyOf))).toEqual(new Set([...now.keys(), ...old.keys()]))
  for (const row of result.rows) {
    const [n, o] = [now.get(keyOf(row)), old.get(keyOf(row))].map(s => s ?? { size: 0, count: 0 }) as [Sum, Sum]
    expect(row).toMatchObject({ sizeBytes: n.size, count: n.count, sizeDiffBytes: n.size - o.size, countDiff: n.count - o.count })
  }
  const keys = result.rows.map(r => Math.abs(r.sizeDiffBytes))
  expect(keys).toEqual(keys.toSorted((x, y) => y - x))
})

test('filters are tracemalloc.Filter\'s', () => {
  const { blocks } = run.naive.at(run.naive.events.length)
  const total = (filters: Parameters<typeof statisticsAt>[1]['filters']) =>
    statisticsAt(run.recording, { recordingId, at: 'end', groupBy: 'lineno', filters: filters! }).totalBytes
  const sum = (test: (places: string[]) => boolean) => [...blocks.values()].filter(b => test(placesOf(b))).reduce((n, b) => n + b.size, 0)
  const library = (place: string) => place.startsWith('/lib')
  expect(total([{ inclusive: true, pattern: '*/helper.py' }])).toBe(sum(p => library(p[0]!)))
  expect(total([{ inclusive: false, pattern: '*/helper.py' }])).toBe(sum(p => !library(p[0]!)))
  expect(total([{ inclusive: true, pattern: '*helper*', allFrames: true }])).toBe(sum(p => p.some(library)))
  expect(total([{ inclusive: false, pattern: '*helper*', allFrames: true }])).toBe(sum(p => !p.some(library)))
  expect(total([{ inclusive: true, pattern: 'synthetic.py', line: 15 }])).toBe(sum(p => p[0] === 'synthetic.py:15'))
  expect(total([{ inclusive: true, pattern: 'synthetic.p[a-z]' }, { inclusive: false, pattern: 'synthetic.py', line: 15 }]))
    .toBe(sum(p => p[0]!.startsWith('synthetic') && p[0] !== 'synthetic.py:15'))
  expect(total([{ inclusive: true, pattern: 'nothing[!a]' }])).toBe(0)
})

test('the peak, marks and ticks are instants; what is none says so', () => {
  const peak = run.naive.at(run.naive.events.length).peakEvents
  const result = statisticsAt(run.recording, { recordingId, at: 'peak', groupBy: 'traceback', limit: 1e5 })
  expect(asMap(result.rows)).toEqual(group(run.naive.at(peak).blocks.values(), b => [placesOf(b).join('<')]))
  const marks = run.naive.events.flatMap((e, i) => ((e[0]! & 15) === MARK ? [i] : []))
  expect(marks.length).toBeGreaterThan(3)
  for (const [n, index] of marks.entries()) {
    const at = statisticsAt(run.recording, { recordingId, at: `mark ${n + 1}`, groupBy: 'lineno' })
    expect(at.totalBytes).toBe(run.naive.at(index + 1).liveBytes)
  }
  expect(marksList(run.recording).map(m => [m.label, m.liveBytes])).toEqual(marks.map((index, n) => [`mark ${n + 1}`, run.naive.at(index + 1).liveBytes]))
  expect(run.recording.resolve('mark:mark 2')).toEqual(run.recording.resolve('mark 2'))
  for (const name of ['nowhere', 'mark:nowhere']) expect(() => run.recording.resolve(name)).toThrow(/no mark named nowhere/)
  expect(() => run.recording.resolve('snapshot:7')).toThrow(/no snapshot 7/)
  expect(() => run.recording.resolve('snapshot:x')).toThrow(/snapshot:x is not an instant/)
})

test('types: objects by births and deaths, blocks by tag, parked ones apart', () => {
  for (const tick of ticks()) {
    const { blocks, liveBytes, liveObjects } = run.naive.at(eventsAt(tick))
    const result = typesAt(run.recording, { recordingId, at: tick })
    expect(result.totalBytes).toBe(liveBytes)
    expect(result.totalCount).toBe(liveObjects)
    const naive = group(blocks.values(), b => [b.parked ? '(free lists)' : b.type >= FIRST_TYPE ? `T${b.type - FIRST_TYPE}` : '(list items)'])
    expect(new Map(result.rows.map(r => [r.name, { size: r.sizeBytes, count: r.count }]))).toEqual(naive)
  }
})

test('the timeline agrees with the model at every slot, from far and from near', () => {
  const far = timelineRange(run.recording, { recordingId, slots: 50 })
  const near = timelineRange(run.recording, { recordingId, fromTick: 20_000, toTick: 20_400, slots: 200, aliveAt: 'end' })
  for (const range of [far, near]) {
    for (let slot = 0; slot < range.tick.length; slot += range === far ? 7 : 11) {
      const from = eventsAt(slot === 0 ? range.fromTick - 1 : range.tick[slot - 1]!)
      const to = eventsAt(range.tick[slot]!)
      const truth = run.naive.at(to)
      if (range === near) {
        expect(range.liveBytesLast[slot]).toBe(truth.liveBytes)
        expect(range.liveBlocksLast[slot]).toBe(truth.blocks.size)
        expect(range.liveObjectsLast[slot]).toBe(truth.liveObjects)
        expect(range.rssBytesLast[slot]).toBe(truth.rssBytes)
        const within = Array.from({ length: to - from + 1 }, (_, i) => run.naive.at(from + i).liveBytes)
        expect(range.liveBytesMax[slot]).toBe(Math.max(...within))
        expect(range.liveBytesMin[slot]).toBe(Math.min(...within))
      } else {
        expect(range.liveBytesMin[slot]).toBeLessThanOrEqual(truth.liveBytes)
        expect(range.liveBytesMax[slot]).toBeGreaterThanOrEqual(truth.liveBytes)
      }
    }
  }
  const peak = run.naive.at(run.naive.events.length).peakBytes
  expect(Math.max(...far.liveBytesMax)).toBe(peak)
  const { blocks } = run.naive.at(run.naive.events.length)
  const alive = [...blocks.values()].filter(b => b.tick >= 20_000 && b.tick <= 20_400).reduce((n, b) => n + b.size, 0)
  expect(near.aliveBytes.reduce((n, x) => n + x, 0)).toBe(alive)
  for (let i = 1; i < far.wallNs.length; i++) expect(far.wallNs[i]).toBeGreaterThanOrEqual(far.wallNs[i - 1]!)
})

test('source: files with their sums, lines with theirs', () => {
  const tick = ticks()[4]!
  const naive = run.naive.at(eventsAt(tick))
  const files = sourceFiles(run.recording, { recordingId, at: tick })
  expect(files.map(f => [f.path, f.origin])).toEqual([['synthetic.py', 'script'], ['/lib/python3.11/helper.py', 'library']])
  const byFile = group(naive.blocks.values(), b => [placesOf(b)[0]!.replace(/:\d+$/, '')])
  for (const file of files) expect(byFile.get(file.path) ?? { size: 0, count: 0 }).toEqual({ size: file.liveBytes, count: file.liveBlocks })
  const lines = sourceLines(run.recording, { recordingId, fileId: 1, at: tick, sparkSlots: 10 })
  const byLine = group(naive.blocks.values(), b => [placesOf(b)[0]!])
  const peak = group(run.naive.at(run.naive.at(run.naive.events.length).peakEvents).blocks.values(), b => [placesOf(b)[0]!])
  let seen = 0
  for (let i = 0; i < lines.line.length; i++) {
    const place = `synthetic.py:${lines.line[i]}`
    expect(lines.liveBytes[i]).toBe(byLine.get(place)?.size ?? 0)
    expect(lines.liveBlocks[i]).toBe(byLine.get(place)?.count ?? 0)
    expect(lines.peakBytes[i]).toBe(peak.get(place)?.size ?? 0)
    seen += lines.liveBlocks[i]!
  }
  expect(seen).toBe(files[0]!.liveBlocks)
  // The last spark slot is the end of the run, the fifth the middle.
  for (const [slot, at] of [[9, run.lastTick], [4, Math.round(run.lastTick / 2)]] as const) {
    const then = group(run.naive.at(eventsAt(at)).blocks.values(), b => [placesOf(b)[0]!])
    for (let i = 0; i < lines.line.length; i++) expect(lines.spark[i * 10 + slot]).toBe(then.get(`synthetic.py:${lines.line[i]}`)?.size ?? 0)
  }
  // An increment is what was allocated minus what was freed while the line was on the stack.
  const own = new Map<string, number>()
  for (const e of run.naive.events.slice(0, eventsAt(tick))) {
    const kind = e[0]! & 15
    if (kind === 1 || kind === 3) add(e, e[2]!)
    else if (kind === FREE || kind === 4) add(e, -e[2]!)
  }
  function add(e: number[], bytes: number) {
    const places = placesOf({ traceback: run.naive.traceback(e[3]!, e[4]!) } as NaiveBlock)
    for (const place of new Set(places)) own.set(place, (own.get(place) ?? 0) + bytes)
  }
  for (let i = 0; i < lines.line.length; i++) expect(lines.incrementBytes[i]).toBe(own.get(`synthetic.py:${lines.line[i]}`) ?? 0)
})

test('collections and output come with their instants', () => {
  const starts = run.naive.events.filter(e => (e[0]! & 15) === GC_START)
  const { rows, rowCount } = gcCollections(run.recording, { recordingId, limit: 1e5 })
  expect(rowCount).toBe(starts.length)
  expect(rows.map(r => [r.collectionId, r.generation, r.startTick])).toEqual(starts.map(e => [e[2], e[1], e[5]]))
  expect(rows[0]).toMatchObject({ counts: [701, 3, 1], thresholds: [700, 10, 10], collected: 11, trackedBefore: 4801, trackedAfter: 4790, durationNs: 1500 })
  expect(gcCollections(run.recording, { recordingId, offset: 2, limit: 1 }).rows).toEqual([rows[2]])
  expect([...gcTicks(run.recording).tick]).toEqual(starts.map(e => e[5]))
  const { chunks, cut } = outputRange(run.recording, { recordingId })
  expect(cut).toBe(false)
  const text = chunks.map(c => new TextDecoder().decode(c.bytes)).join('')
  expect(text).toBe(run.naive.printed.map(p => p.text).join(''))
  const last = outputRange(run.recording, { recordingId, maxBytes: 10 })
  expect(last.cut).toBe(true)
  expect(last.chunks.map(c => new TextDecoder().decode(c.bytes)).join('')).toBe(text.slice(-10))
})

test('the readout and the arrow keys', () => {
  const tick = ticks()[3]!
  const events = eventsAt(tick)
  const truth = run.naive.at(events)
  const described = describeInstant(run.recording, { recordingId, at: tick })
  expect(described).toMatchObject({ tick, liveBytes: truth.liveBytes, liveBlocks: truth.blocks.size, liveObjects: truth.liveObjects, rssBytes: truth.rssBytes })
  const last = run.naive.events[events - 1]!
  expect(described.traceback.map(f => `${f.path}:${f.line}`).reverse()).toEqual(placesOf({ traceback: run.naive.traceback(last[3]!, last[4]!) } as NaiveBlock))
  const step = (by: 'event' | 'line' | 'gc' | 'mark', direction: 1 | -1, at: number = tick) => stepInstant(run.recording, { recordingId, at, by, direction })
  const times = run.naive.events.map(e => e[5]!)
  expect(step('event', 1)).toBe(times.find(t => t > tick))
  expect(step('event', -1)).toBe(times.findLast(t => t < tick))
  expect(step('event', -1, 0)).toBe(null)
  expect(step('event', 1, run.lastTick)).toBe(null)
  const line = (e: number[]) => run.naive.traceback(e[3]!, e[4]!).split('<')[0]
  expect(step('line', 1)).toBe(run.naive.events.find(e => e[5]! > tick && line(e) !== line(last))![5])
  expect(step('line', -1)).toBe(run.naive.events.findLast(e => e[5]! < tick && line(e) !== line(last))![5])
  const gcs = run.naive.events.filter(e => (e[0]! & 15) === GC_START).map(e => e[5]!)
  expect(step('gc', 1)).toBe(gcs.find(t => t > tick) ?? null)
  expect(step('gc', -1)).toBe(gcs.findLast(t => t < tick) ?? null)
  const marks = run.naive.events.filter(e => (e[0]! & 15) === MARK).map(e => e[5]!)
  expect(step('mark', 1)).toBe(marks.find(t => t > tick) ?? null)
})

test('chunk and keyframe sizes change nothing', () => {
  const results = [[64, 500, 100], [4096, 1e9, 1e9], [512, 3000, 1000]].map(([chunkEvents, keyframeEvents, figuresEvents]) => {
    const other = recordRun({
      steps: 8000, seed: 11, live: 200, depth: 2, callSites: 2, chunkEvents: chunkEvents!, keyframeEvents: keyframeEvents!, figuresEvents: figuresEvents!,
    })
    try {
      return [1000, 12_345, 30_000].map(at => statisticsAt(other.recording, { recordingId, at, groupBy: 'traceback', limit: 1e5 }).rows)
    } finally {
      other.dispose()
    }
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})
