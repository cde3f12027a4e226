// The order of the rows. Ties fall as in tracemalloc: by size, count, then place.
import type { Frame, StatisticRow } from '../../engine/rpc/contract'

export type SortKey = 'size' | 'count' | 'average' | 'diff' | 'countDiff' | 'place'

const compareFrames = (a: Frame[], b: Frame[]): number => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const x = a[i]!, y = b[i]!
    if (x.path !== y.path) return x.path < y.path ? -1 : 1
    if (x.line !== y.line) return x.line - y.line
  }
  return a.length - b.length
}

const KEYS: Record<Exclude<SortKey, 'place'>, (row: StatisticRow) => number> = {
  size: row => row.sizeBytes,
  count: row => row.count,
  average: row => row.averageBytes,
  diff: row => Math.abs(row.sizeDiffBytes),
  countDiff: row => Math.abs(row.countDiff)
}

export function sortRows(rows: StatisticRow[], key: SortKey, descending: boolean): StatisticRow[] {
  const first = key === 'place'
    ? (a: StatisticRow, b: StatisticRow) => compareFrames(a.traceback, b.traceback)
    : (a: StatisticRow, b: StatisticRow) => KEYS[key](a) - KEYS[key](b)
  const direction = descending ? -1 : 1
  return [...rows].sort((a, b) =>
    direction * first(a, b) || b.sizeBytes - a.sizeBytes || b.count - a.count || compareFrames(a.traceback, b.traceback))
}
