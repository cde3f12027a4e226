// Statistics against the real tracemalloc: same blocks in, same lines out, in the same order. The goldens are made by
// goldens/make.py from the blocks of this very run; MOLT_WRITE_BLOCKS=1 writes those anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StatisticsParams } from '../rpc/contract'
import { statisticsAt } from './statistics-at'
import { recordRun, type RecordedRun } from './testing'
import { formatStatistic } from './tracemalloc-words'

const at = (name: string) => join(import.meta.dirname, 'goldens', name)
const OLD_TICK = 9000

let run: RecordedRun
beforeAll(() => { run = recordRun({ steps: 6000, seed: 21, live: 150, depth: 3, callSites: 2, rare: 0 }) })
afterAll(() => run.dispose())

function blocksAt(count: number) {
  return [...run.naive.at(count).blocks.values()].map(block => [block.size, block.traceback.split('<').map(part => {
    const [code, line] = part.split(':').map(Number) as [number, number]
    return [code % 4 === 0 ? '/lib/python3.11/helper.py' : 'synthetic.py', line]
  })])
}

test('the blocks are those that the goldens were made from', () => {
  const blocks = { old: blocksAt(run.naive.events.filter(e => e[5]! <= OLD_TICK).length), new: blocksAt(run.naive.events.length) }
  if (process.env['MOLT_WRITE_BLOCKS']) writeFileSync(at('blocks.json'), `${JSON.stringify(blocks)}\n`)
  expect(blocks).toEqual(JSON.parse(readFileSync(at('blocks.json'), 'utf8')))
})

type Case = [string, Omit<StatisticsParams, 'recordingId' | 'at'>]
test.each<Case>([
  ['lineno', { groupBy: 'lineno' }],
  ['filename', { groupBy: 'filename' }],
  ['traceback', { groupBy: 'traceback' }],
  ['lineno compared', { groupBy: 'lineno', compareTo: OLD_TICK }],
  ['filename compared', { groupBy: 'filename', compareTo: OLD_TICK }],
  ['traceback compared', { groupBy: 'traceback', compareTo: OLD_TICK }],
  ['lineno cumulative', { groupBy: 'lineno', cumulative: true }],
  ['filename cumulative', { groupBy: 'filename', cumulative: true }],
  ['lineno cumulative compared', { groupBy: 'lineno', cumulative: true, compareTo: OLD_TICK }],
  ['filename cumulative compared', { groupBy: 'filename', cumulative: true, compareTo: OLD_TICK }],
  ['filtered: library', { groupBy: 'lineno', filters: [{ inclusive: true, pattern: '/lib/*' }] }],
  ['filtered: no library anywhere', { groupBy: 'lineno', filters: [{ inclusive: false, pattern: '*/helper.py', allFrames: true }] }],
  ['filtered: one line', { groupBy: 'lineno', filters: [{ inclusive: true, pattern: 'synthetic.py', line: 27 }] }],
  ['filtered: script without a line', { groupBy: 'lineno', filters: [{ inclusive: true, pattern: 'synth*.py' }, { inclusive: false, pattern: '*', line: 27 }] }],
])('%s', (name, params) => {
  const golden = JSON.parse(readFileSync(at('tracemalloc.json'), 'utf8')) as Record<string, string[]>
  const { rows } = statisticsAt(run.recording, { recordingId: 0, at: 'end', limit: 1e5, ...params })
  expect(rows.map(row => formatStatistic(row, params.compareTo !== undefined))).toEqual(golden[name])
  expect(rows.length).toBeGreaterThan(0)
})
