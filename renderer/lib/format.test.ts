import { expect, test } from 'vitest'
import { baseName, formatBytes, formatDuration, formatShare, formatShort, formatSigned, shortPath } from './format'

// What tracemalloc._format_size(size, sign) of CPython 3.11.7 gives.
const TRACEMALLOC: [number, string, string][] = [
  [0, '0 B', '+0 B'],
  [1, '1 B', '+1 B'],
  [-1, '-1 B', '-1 B'],
  [99, '99 B', '+99 B'],
  [100, '100 B', '+100 B'],
  [999, '999 B', '+999 B'],
  [1000, '1000 B', '+1000 B'],
  [10239, '10239 B', '+10239 B'],
  [10240, '10.0 KiB', '+10.0 KiB'],
  [10241, '10.0 KiB', '+10.0 KiB'],
  [102400, '100 KiB', '+100 KiB'],
  [102399, '100.0 KiB', '+100.0 KiB'],
  [12800, '12.5 KiB', '+12.5 KiB'],
  [102912, '100 KiB', '+100 KiB'],
  [103424, '101 KiB', '+101 KiB'],
  [1048576, '1024 KiB', '+1024 KiB'],
  [104857600, '100 MiB', '+100 MiB'],
  [52481228, '50.0 MiB', '+50.0 MiB'],
  [1073741824, '1024 MiB', '+1024 MiB'],
  [5368709120, '5120 MiB', '+5120 MiB'],
  [1099511627776, '1024 GiB', '+1024 GiB'],
  [35184372088832, '32.0 TiB', '+32.0 TiB'],
  [1125899906842624, '1024 TiB', '+1024 TiB'],
  [36028797018963968, '32768 TiB', '+32768 TiB'],
  [12902, '12.6 KiB', '+12.6 KiB'],
  [12851, '12.5 KiB', '+12.5 KiB'],
  [12954, '12.7 KiB', '+12.7 KiB'],
  [10291, '10.0 KiB', '+10.0 KiB'],
  [-10291, '-10.0 KiB', '-10.0 KiB'],
  [-102912, '-100 KiB', '-100 KiB'],
  [-1073741824, '-1024 MiB', '-1024 MiB'],
  [310715, '303 KiB', '+303 KiB'],
  [99344409450, '92.5 GiB', '+92.5 GiB'],
  [2750815113887, '2562 GiB', '+2562 GiB'],
  [1331721306074, '1240 GiB', '+1240 GiB'],
  [15, '15 B', '+15 B'],
  [9703851589, '9254 MiB', '+9254 MiB'],
  [50265, '49.1 KiB', '+49.1 KiB'],
  [304540970856565, '277 TiB', '+277 TiB'],
  [216794286257, '202 GiB', '+202 GiB'],
  [2649397916130, '2467 GiB', '+2467 GiB'],
  [166425, '163 KiB', '+163 KiB'],
  [7112, '7112 B', '+7112 B'],
  [100459013265, '93.6 GiB', '+93.6 GiB'],
  [11, '11 B', '+11 B'],
  [41, '41 B', '+41 B'],
  [661608741075, '616 GiB', '+616 GiB'],
  [27, '27 B', '+27 B'],
  [991427, '968 KiB', '+968 KiB'],
  [4048946518049, '3771 GiB', '+3771 GiB'],
  [191697673, '183 MiB', '+183 MiB'],
  [848177450, '809 MiB', '+809 MiB'],
  [1058471587699, '986 GiB', '+986 GiB'],
  [3600, '3600 B', '+3600 B'],
  [13080097, '12.5 MiB', '+12.5 MiB'],
  [9, '9 B', '+9 B'],
  [9521886429, '9081 MiB', '+9081 MiB'],
  [109630913531339, '99.7 TiB', '+99.7 TiB'],
  [5299367841884, '4935 GiB', '+4935 GiB'],
  [544648005, '519 MiB', '+519 MiB'],
  [154088056, '147 MiB', '+147 MiB'],
  [35843052, '34.2 MiB', '+34.2 MiB'],
  [1285945746524, '1198 GiB', '+1198 GiB'],
  [237032, '231 KiB', '+231 KiB'],
  [22883524, '21.8 MiB', '+21.8 MiB'],
  [28, '28 B', '+28 B'],
  [2078256, '2030 KiB', '+2030 KiB'],
  [3060899812653, '2851 GiB', '+2851 GiB'],
  [11447, '11.2 KiB', '+11.2 KiB'],
  [16183856, '15.4 MiB', '+15.4 MiB'],
  [158504462311, '148 GiB', '+148 GiB']
]

test('sizes are the characters that tracemalloc prints', () => {
  for (const [bytes, plain, signed] of TRACEMALLOC) {
    expect(formatBytes(bytes)).toBe(plain)
    expect(formatBytes(bytes, { sign: true })).toBe(signed)
  }
})

test('SI units count in thousands', () => {
  expect(formatBytes(12_900, { units: 'si' })).toBe('12.9 kB')
  expect(formatBytes(2_500_000, { units: 'si' })).toBe('2500 kB')
})

test('shares, durations, short counts', () => {
  expect([0, 0.0001, 0.004, 0.0996, 0.1234, 1].map(formatShare)).toEqual(['0 %', '<0.1 %', '0.4 %', '10 %', '12 %', '100 %'])
  expect([420, 3_200, 18_000_000, 1_240_000_000, 125e9].map(formatDuration)).toEqual(['420 ns', '3.20 µs', '18.0 ms', '1.24 s', '2 min 5 s'])
  expect([850, 12_400, 3_460_000, 200_000].map(formatShort)).toEqual(['850', '12.4k', '3.46M', '200k'])
  expect([formatSigned(0), formatSigned(1234), formatSigned(-5)]).toEqual(['+0', '+1,234', '-5'])
})

test('paths', () => {
  expect(baseName('/a/b.py')).toBe('b.py')
  expect(baseName('C:\\a\\b.py')).toBe('b.py')
  expect(shortPath('/home/x/proj/cache.py')).toBe('…/proj/cache.py')
  expect(shortPath('cache.py')).toBe('cache.py')
})
