import { expect, test } from 'vitest'
import { formatSize, formatStatistic } from './tracemalloc-words'

// Printed by tracemalloc._format_size of CPython 3.11.7.
test.each([
  [0, false, '0 B'], [1, false, '1 B'], [99, false, '99 B'], [100, false, '100 B'], [10239, false, '10239 B'], [10240, false, '10.0 KiB'],
  [52.5, false, '52 B'], [53.5, false, '54 B'], [0.5, false, '0 B'], [1.5, false, '2 B'],
  [102400, false, '100 KiB'], [102144, false, '99.8 KiB'], [10496, false, '10.2 KiB'], [10752, false, '10.5 KiB'], [10485760, false, '10.0 MiB'], [10485759, false, '10240 KiB'],
  [1099511627776, false, '1024 GiB'], [1e16, false, '9095 TiB'], [512, true, '+512 B'], [-512, true, '-512 B'], [0, true, '+0 B'],
  [-123456, true, '-121 KiB'], [20000, true, '+19.5 KiB'], [-20000, false, '-19.5 KiB'],
])('%d with sign %s is %s', (size, sign, words) => {
  expect(formatSize(size, sign)).toBe(words)
})

test('statistics and differences, as str() gives them', () => {
  const row = { traceback: [{ fileId: 1, path: '/x.py', line: 3, functionName: '' }], sizeBytes: 1024, count: 2, averageBytes: 512, sizeDiffBytes: -100, countDiff: 0 }
  expect(formatStatistic(row, false)).toBe('/x.py:3: size=1024 B, count=2, average=512 B')
  expect(formatStatistic(row, true)).toBe('/x.py:3: size=1024 B (-100 B), count=2 (+0), average=512 B')
  expect(formatStatistic({ ...row, sizeBytes: 0, count: 0 }, true)).toBe('/x.py:3: size=0 B (-100 B), count=0 (+0)')
})
