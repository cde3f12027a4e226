import { expect, test } from 'vitest'
import type { StatisticRow } from '../../engine/rpc/contract'
import { parseFilter, showFilter } from './filter-text'
import { sortRows } from './order'

const row = (path: string, line: number, sizeBytes: number, count: number, sizeDiffBytes = 0): StatisticRow =>
  ({ traceback: [{ fileId: 1, path, line, functionName: 'f' }], sizeBytes, count, averageBytes: sizeBytes / count, sizeDiffBytes, countDiff: 0 })
const rows = [row('b.py', 3, 100, 2, -500), row('a.py', 9, 100, 1, 20), row('a.py', 1, 300, 30, 0)]
const places = (sorted: StatisticRow[]) => sorted.map(r => `${r.traceback[0]!.path}:${r.traceback[0]!.line}`)

test('rows sort by every column; ties fall by size, count, place', () => {
  expect(places(sortRows(rows, 'size', true))).toEqual(['a.py:1', 'b.py:3', 'a.py:9'])
  expect(places(sortRows(rows, 'average', true))).toEqual(['a.py:9', 'b.py:3', 'a.py:1'])
  expect(places(sortRows(rows, 'diff', true))).toEqual(['b.py:3', 'a.py:9', 'a.py:1'])
  expect(places(sortRows(rows, 'place', false))).toEqual(['a.py:1', 'a.py:9', 'b.py:3'])
})

test('typed filters', () => {
  expect(parseFilter('cache.py')).toEqual({ inclusive: true, pattern: '*cache.py' })
  expect(parseFilter('- */json/*')).toEqual({ inclusive: false, pattern: '*/json/*' })
  expect(parseFilter('+app.py:12')).toEqual({ inclusive: true, pattern: '*app.py', line: 12 })
  expect(parseFilter('-<frozen importlib._bootstrap>')).toEqual({ inclusive: false, pattern: '<frozen importlib._bootstrap>' })
  expect(parseFilter('  - ')).toBeNull()
  expect(['cache.py', '-*/json/*', 'app.py:12'].map(text => showFilter(parseFilter(text)!))).toEqual(['cache.py', '−*/json/*', 'app.py:12'])
})
