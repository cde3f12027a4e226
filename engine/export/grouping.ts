// Sums of a profile by line, by function, by file or by whole traceback: the rows of tables.
import { framesOf, LEFT_OUT, placeAt, type MemoryProfile } from './profile'
import { oneLine } from './text'

export type ExportGroup = 'lineno' | 'function' | 'filename' | 'traceback'

export interface Grouped {
  /** Rows, sorted by the first measure's bytes, falling; then by its count. */
  readonly order: Int32Array
  /** Row → the site that names it. */
  readonly site: Int32Array
  /** Per measure: row → sum. */
  readonly bytes: Float64Array[]
  readonly count: Float64Array[]
}

export function grouped(profile: MemoryProfile, by: ExportGroup): Grouped {
  const { sites, measures } = profile
  const rowOf = new Map<number | string, number>()
  const first: number[] = []
  const rows = new Int32Array(sites.count).fill(-1)
  const keyOf = keys(profile, by)
  for (let site = 0; site < sites.count; site++) {
    if (!measures.some(m => (m.count[site] ?? 0) !== 0)) continue
    const key = keyOf(site)
    let row = rowOf.get(key)
    if (row === undefined) {
      rowOf.set(key, row = first.length)
      first.push(site)
    }
    rows[site] = row
  }
  const sum = (column: Float64Array) => {
    const sums = new Float64Array(first.length)
    for (let site = 0; site < sites.count; site++) if (rows[site]! >= 0) sums[rows[site]!] = sums[rows[site]!]! + (column[site] ?? 0)
    return sums
  }
  const bytes = measures.map(m => sum(m.bytes))
  const count = measures.map(m => sum(m.count))
  const order = Int32Array.from(first, (_, row) => row)
  order.sort((a, b) => {
    for (let m = 0; m < measures.length; m++) {
      const difference = bytes[m]![b]! - bytes[m]![a]! || count[m]![b]! - count[m]![a]!
      if (difference !== 0) return difference
    }
    return a - b
  })
  return { order, site: Int32Array.from(first), bytes, count }
}

function keys({ sites, codeAt }: MemoryProfile, by: ExportGroup): (site: number) => number | string {
  if (by === 'traceback') return site => site
  return site => {
    if (site === 0) return -1
    const { fileId, name } = codeAt(sites.code[site]!)
    if (by === 'filename') return fileId
    return by === 'lineno' ? fileId * 2 ** 24 + sites.line[site]! : `${fileId}:${name}`
  }
}

/** A traceback, innermost frame first, each as `path:line in function` on one line. */
export function tracebackText(profile: MemoryProfile, site: number): string[] {
  if (site === 0) return ['<unknown>:0']
  return framesOf(profile.sites, site).map(at => {
    if (at === LEFT_OUT) return '...'
    const { name, path, line } = placeAt(profile, at)
    return oneLine(name === '' ? `${path}:${line}` : `${path}:${line} in ${name}`)
  })
}
