// Snapshots that CPython 3.8 to 3.13 dumped, against what the same CPython says of them (goldens/snapshots/make.py).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StatisticRow } from '../rpc/contract'
import { diffRuns } from './diff-runs'
import { readSnapshot, writeSnapshot } from './import-snapshot'
import { OpenRecording } from './open-recording'
import { statisticsAt } from './statistics-at'
import { formatStatistic } from './tracemalloc-words'

interface About {
  traces: number
  bytes: number
  limit: number
  lineno: string[]
  filename: string[]
  traceback: [number, number, [string, number][]][]
  'lineno cumulative': string[]
  'filename cumulative': string[]
}
interface Golden { python: string; before: About; after: About; compared: Record<'lineno' | 'filename' | 'traceback', string[]> }

const goldens = join(import.meta.dirname, 'goldens/snapshots')
let folder = ''
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'molt-snapshot-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const VERSIONS = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13']
const goldenOf = (version: string) => JSON.parse(readFileSync(join(goldens, `${version}.json`), 'utf8')) as Golden

function says(recording: OpenRecording, about: About): void {
  const statistics = (groupBy: 'lineno' | 'filename' | 'traceback', cumulative = false) =>
    statisticsAt(recording, { recordingId: 0, at: 'end', groupBy, cumulative, limit: 1e5 }).rows
  const strings = (rows: StatisticRow[]) => rows.map(row => formatStatistic(row, false))
  expect(strings(statistics('lineno'))).toEqual(about.lineno)
  expect(strings(statistics('filename'))).toEqual(about.filename)
  expect(strings(statistics('lineno', true))).toEqual(about['lineno cumulative'])
  expect(strings(statistics('filename', true))).toEqual(about['filename cumulative'])
  expect(statistics('traceback').map(row => [row.sizeBytes, row.count, row.traceback.map(f => [f.path, f.line])])).toEqual(about.traceback)
  expect(recording.run()).toMatchObject({ live_block_count: about.traces, live_bytes: about.bytes, source_kind: 'import', complete: 1 })
}

test.each(VERSIONS)('the statistics of a snapshot of Python %s are those that it prints itself', version => {
  const golden = goldenOf(version)
  expect(golden.python.startsWith(`${version}.`)).toBe(true)
  for (const which of ['before', 'after'] as const) {
    const source = join(goldens, `${version}-${which}.pickle`)
    const traces = readSnapshot(source)
    expect(traces).toMatchObject({ traceCount: golden[which].traces, totalBytes: golden[which].bytes, tracebackLimit: golden[which].limit })
    const path = join(folder, `${version}-${which}.molt`)
    writeSnapshot(traces, 'x.pickle', path)
    for (const opened of [path, source]) {
      const recording = new OpenRecording(opened)
      says(recording, golden[which])
      expect(recording.path).toBe(opened)
      recording.close()
    }
  }
})

test.each([2, 3, 4])('protocol %i', protocol => {
  const recording = new OpenRecording(join(goldens, `3.11-after-protocol-${protocol}.pickle`))
  says(recording, goldenOf('3.11').after)
  recording.close()
})

test.each(VERSIONS)('two snapshots of Python %s compared: rows and order of compare_to', version => {
  const { compared } = goldenOf(version)
  const [before, after] = ['before', 'after'].map(which => new OpenRecording(join(goldens, `${version}-${which}.pickle`))) as [OpenRecording, OpenRecording]
  for (const [by, key] of [['line', 'lineno'], ['file', 'filename'], ['traceback', 'traceback']] as const) {
    const { rows } = diffRuns(before, after, { at: 'end', by, limit: 1e5 })
    expect(rows.map(row => formatStatistic({
      traceback: row.traceback, sizeBytes: row.newBytes, count: row.newCount, averageBytes: 0, sizeDiffBytes: row.sizeDiffBytes, countDiff: row.countDiff,
    }, true))).toEqual(compared[key])
  }
  expect(() => diffRuns(before, after, { at: 'end', by: 'type' })).toThrow('has no figures by type')
  before.close()
  after.close()
})
