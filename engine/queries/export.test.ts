import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCsv } from '../export/testing/csv'
import { readProfile } from '../export/testing/protobuf'
import { ALLOC, MARK, REALLOC, REUSE } from '../memory/events'
import type { ExportOptions } from '../rpc/contract-export'
import { memoryProfile } from './export-profile'
import { EXPORT_FORMATS, exportRecording } from './export-recording'
import { statisticsAt } from './statistics-at'
import { recordRun, type RecordedRun } from './testing'
import { typesAt } from './types-at'

let run: RecordedRun
beforeAll(() => { run = recordRun({ steps: 20_000, seed: 11, live: 300, keyframeEvents: 5000, figuresEvents: 900, rare: 700, depth: 3, callSites: 2 }) })
afterAll(() => run.dispose())

const eventsAt = (tick: number) => run.naive.events.filter(e => e[5]! <= tick).length
const sum = (column: Float64Array) => column.reduce((n, x) => n + x, 0)
const content = (options: ExportOptions) => {
  const { pieces, compression } = exportRecording(run.recording, options, '1.2.3')
  expect(compression).toBe(options.format === 'pprof' ? 'gzip' : 'none')
  return Buffer.concat([...pieces].map(piece => Buffer.from(piece as string)))
}

/** 'path:line' of a site, innermost first, as the naive model writes tracebacks. */
const tracebackOf = (site: number) => run.recording.sites.path(site).map(at => `${run.recording.sites.code[at]}:${run.recording.sites.line[at]}`).join('<')
const bySite = (column: Float64Array) => {
  const sums = new Map<string, number>()
  column.forEach((value, site) => {
    if (value !== 0) sums.set(tracebackOf(site), (sums.get(tracebackOf(site)) ?? 0) + value)
  })
  return sums
}
const byTraceback = <T>(items: Iterable<T>, traceback: (item: T) => string, value: (item: T) => number) => {
  const sums = new Map<string, number>()
  for (const item of items) if (value(item) !== 0) sums.set(traceback(item), (sums.get(traceback(item)) ?? 0) + value(item))
  return sums
}

test('live, allocated and survived of a range are those of the naive model', () => {
  const third = Math.floor(run.lastTick / 3)
  const marks = run.naive.events.filter(e => (e[0]! & 15) === MARK).length
  expect(marks).toBeGreaterThan(3)
  // A mark lies in the middle of its tick: what came before it in the same tick is not in the range.
  for (const [from, to] of [[third, third * 2], [0, 500], [777, 'end'], ['mark 1', 'mark 3'], [third, third], [5, 'peak']] as const) {
    const eventOf = (instant: number | string) => run.recording.resolve(instant).event
    const profile = memoryProfile(run.recording, { at: to, from })
    expect(profile.measures.map(m => m.name)).toEqual(['live', 'allocated', 'survived'])
    const [live, allocated, survived] = profile.measures
    const { blocks } = run.naive.at(eventOf(to))
    expect(bySite(live!.bytes)).toEqual(byTraceback(blocks.values(), b => b.traceback, b => b.size))
    expect(bySite(live!.count)).toEqual(byTraceback(blocks.values(), b => b.traceback, () => 1))
    const inRange = run.naive.events.slice(eventOf(from), eventOf(to)).filter(e => (e[0]! & 15) === ALLOC || (e[0]! & 15) === REALLOC)
    const tracebackOfEvent = (e: number[]) => run.naive.traceback(e[3]!, e[4]!)
    expect(bySite(allocated!.bytes)).toEqual(byTraceback(inRange, tracebackOfEvent, e => e[2]!))
    expect(bySite(allocated!.count)).toEqual(byTraceback(inRange, tracebackOfEvent, () => 1))
    /** Address → the event by which the block came to its line. */
    const born = new Map<number, number>()
    for (const [i, e] of run.naive.events.slice(0, eventOf(to)).entries()) if ([ALLOC, REALLOC, REUSE].includes(e[0]! & 15)) born.set(e[1]!, i)
    const kept = [...blocks].filter(([address]) => born.get(address)! >= eventOf(from)).map(([, block]) => block)
    expect(bySite(survived!.bytes)).toEqual(byTraceback(kept, b => b.traceback, b => b.size))
    expect(bySite(survived!.count)).toEqual(byTraceback(kept, b => b.traceback, () => 1))
  }
})

test('without a range there is what lives and what was allocated until then; filters are those of statistics', () => {
  const at = Math.floor(run.lastTick / 2)
  const naive = run.naive.at(eventsAt(at))
  const profile = memoryProfile(run.recording, { at })
  expect(profile.measures.map(m => [m.name, sum(m.bytes), sum(m.count)])).toEqual([
    ['live', naive.liveBytes, naive.blocks.size], ['allocated', naive.allocatedBytes, naive.allocations],
  ])
  for (const filters of [[{ inclusive: true, pattern: '*/helper.py' }], [{ inclusive: false, pattern: '*/helper.py' }], [{ inclusive: true, pattern: 'nothing' }]]) {
    const [live] = memoryProfile(run.recording, { at, filters }).measures
    expect(sum(live!.bytes)).toBe(statisticsAt(run.recording, { recordingId: 0, at, groupBy: 'lineno', filters, limit: 1e5 }).totalBytes)
  }
})

test('each format has the sums of the statistics', () => {
  const statistics = statisticsAt(run.recording, { recordingId: 0, at: 'peak', groupBy: 'lineno', limit: 1e5 })
  const at = { at: 'peak' } as const
  const { profiles } = JSON.parse(String(content({ format: 'speedscope', ...at })))
  expect(profiles[0].endValue).toBe(statistics.totalBytes)
  const collapsed = String(content({ format: 'collapsed', ...at })).trim().split('\n').map(line => Number(line.slice(line.lastIndexOf(' '))))
  expect(collapsed.reduce((n, x) => n + x)).toBe(statistics.totalBytes)
  const blocks = String(content({ format: 'collapsed', blocks: true, ...at })).trim().split('\n').map(line => Number(line.slice(line.lastIndexOf(' '))))
  expect(blocks.reduce((n, x) => n + x)).toBe(statistics.totalCount)
  const { samples } = readProfile(content({ format: 'pprof', ...at }))
  expect(samples.reduce((n, s) => n + s.values[3]!, 0)).toBe(statistics.totalBytes)
  expect(readProfile(content({ format: 'pprof', measures: ['allocated'], ...at })).defaultSampleType).toBe('alloc_space')
  const [, ...rows] = readCsv(String(content({ format: 'csv', measures: ['live'], ...at })))
  expect(new Map(rows.map(([file, line, , bytes, count]) => [`${file}:${line}`, [Number(bytes), Number(count)]])))
    .toEqual(new Map(statistics.rows.map(r => [`${r.traceback[0]!.path}:${r.traceback[0]!.line}`, [r.sizeBytes, r.count]])))
  const types = typesAt(run.recording, { recordingId: 0, at: 'peak' })
  expect(readCsv(String(content({ format: 'csv', groupBy: 'type', ...at }))).slice(1).map(row => [row[1], Number(row[2]), Number(row[3])]))
    .toEqual(types.rows.map(r => [r.name, r.count, r.sizeBytes]))
  const json = JSON.parse(String(content({ format: 'json', ...at })))
  expect(json).toMatchObject({ instants: { atTick: statistics.tick, fromTick: null }, totals: { liveBytes: statistics.totalBytes, liveBlocks: statistics.totalCount } })
  expect(json.types.length).toBe(types.rows.length)
  expect(json.recording).toMatchObject({ scriptName: 'synthetic.py', events: run.naive.events.length })
})

test('what a format does not take, and what cannot be, is said', () => {
  const said = (options: ExportOptions) => {
    try {
      content(options)
    } catch (error) {
      return (error as Error).message
    }
    return 'written'
  }
  expect(said({ format: 'speedscope', groupBy: 'lineno' })).toBe('The format speedscope does not take a grouping.')
  expect(said({ format: 'pprof', blocks: true })).toBe('The format pprof does not take numbers of blocks.')
  expect(said({ format: 'pprof', measures: ['survived'] })).toMatch(/memory in use and memory allocated, not survived\.$/)
  expect(said({ format: 'collapsed', measures: ['live', 'allocated'] })).toMatch(/one measure alone/)
  expect(said({ format: 'csv', groupBy: 'type', measures: ['live'] })).toBe('A table of types does not take measures.')
  expect(said({ format: 'csv', groupBy: 'type', from: 5 })).toBe('A table of types does not take a range.')
  expect(said({ format: 'json', from: 'end', at: 5 })).toBe('The range ends before it begins.')
  expect(said({ format: 'json', at: 'mark:no' })).toBe('There is no mark named no.')
  expect(new Set(EXPORT_FORMATS.map(f => f.extension)).size).toBe(EXPORT_FORMATS.length)
})

test('a recording with statistics only gives what it has', () => {
  const stats = recordRun({ steps: 6000, seed: 3, live: 100, level: 'stats', rare: 500 })
  try {
    const names = (at: 'end' | 'peak') => memoryProfile(stats.recording, { at }).measures.map(m => m.name)
    expect([names('end'), names('peak')]).toEqual([['live', 'allocated'], ['live']])
    expect(() => memoryProfile(stats.recording, { at: 'peak', measures: ['allocated'] })).toThrow(/does not know what had been allocated at its peak/)
    expect(() => memoryProfile(stats.recording, { from: 'mark 1', measures: ['survived'] })).toThrow(/survived needs every event/)
    expect(memoryProfile(stats.recording, { from: 'mark 1' }).measures.map(m => m.name)).toEqual(['live', 'allocated'])
  } finally {
    stats.dispose()
  }
})

test.each([['full', 0], ['stats', 3000], ['none', 3000]] as const)('a recording with level %s of %i steps is a file of each format', (level, steps) => {
  const empty = recordRun({ steps, seed: 3, live: 100, level })
  try {
    expect(() => exportRecording(empty.recording, { format: 'heapsnapshot' }, '1')).toThrow('There is no snapshot of the heap at end. This recording has no snapshots.')
    for (const { format } of EXPORT_FORMATS.filter(f => f.format !== 'heapsnapshot')) {
      for (const at of ['end', 'peak'] as const) {
        const { pieces } = exportRecording(empty.recording, { format, at }, '1')
        expect([...pieces].join('').length, format).toBeGreaterThanOrEqual(format === 'collapsed' && level !== 'stats' ? 0 : 10)
      }
    }
  } finally {
    empty.dispose()
  }
})
