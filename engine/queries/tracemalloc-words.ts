// Sizes and statistics in the words of Lib/tracemalloc.py, to the letter: people compare them with their own runs.
import type { StatisticRow } from '../rpc/contract'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** Mirrors _format_size, Lib/tracemalloc.py. */
export function formatSize(sizeBytes: number, sign = false): string {
  let size = sizeBytes
  for (const unit of UNITS) {
    if (Math.abs(size) < 100 && unit !== 'B') return `${signed(size, 1, sign)} ${unit}`
    if (Math.abs(size) < 10 * 1024 || unit === 'TiB') return `${signed(size, 0, sign)} ${unit}`
    size /= 1024
  }
  return ''
}

/** `str()` of a Statistic, or of a StatisticDiff where `diff` is set. */
export function formatStatistic(row: StatisticRow, diff: boolean): string {
  const top = row.traceback[0]
  const place = top ? `${top.path}:${top.line}` : '<unknown>:0'
  const parts = diff
    ? [`size=${formatSize(row.sizeBytes)} (${formatSize(row.sizeDiffBytes, true)})`, `count=${row.count} (${signed(row.countDiff, 0, true)})`]
    : [`size=${formatSize(row.sizeBytes)}`, `count=${row.count}`]
  if (row.count) parts.push(`average=${formatSize(row.sizeBytes / row.count)}`)
  return `${place}: ${parts.join(', ')}`
}

/** printf's %.Nf: exact halves go to the even neighbour, as in C. */
function signed(value: number, digits: 0 | 1, sign: boolean): string {
  const scale = digits === 1 ? 10 : 1
  const scaled = Math.abs(value) * scale
  const floor = Math.floor(scaled)
  const text = scaled - floor === 0.5 ? ((floor % 2 === 0 ? floor : floor + 1) / scale).toFixed(digits) : Math.abs(value).toFixed(digits)
  const negative = value < 0 || Object.is(value, -0)
  return (negative ? '-' : sign ? '+' : '') + text
}
