import { expect, test } from 'vitest'
import { parseCount, parseSize, showSize } from './size-field'

test('sizes as people type them', () => {
  expect(['512 MiB', '1g', '200 kB', '1,000', '', '0', '1.5 MiB'].map(parseSize)).toEqual([536870912, 1073741824, 200000, 1000, 0, 0, 1572864])
  expect(['many', '5 apples', '-3', 'MiB'].map(parseSize)).toEqual([null, null, null, null])
  for (const size of [0, 1, 1000, 1536, 536870912, 3 * 1024 ** 3]) expect(parseSize(showSize(size))).toBe(size)
})

test('counts', () => {
  expect(['1,000,000', '2_000', '1e6', '', 'x', '1.5'].map(parseCount)).toEqual([1_000_000, 2000, 1_000_000, 0, null, null])
})
