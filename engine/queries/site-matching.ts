// Which traceback of one recording is which of another: the same functions, called from the same lines.
import type { OpenRecording } from './open-recording'

/** A line of the second recording in the first, 0 if it is not there; for files that were edited in between. */
export type LineMatch = (path: string, line: number) => number

/** Site of `second` → the same site of `first`, -1 where that has none. */
export function matchSites(first: OpenRecording, second: OpenRecording, lineIn: LineMatch = (_path, line) => line): Int32Array {
  const [a, b] = [first.sites, second.sites]
  const [nameA, nameB] = [codeNames(first), codeNames(second)]
  const match = new Int32Array(b.count)
  /** Only where the numbers of the sites are not the same in both. */
  let index: Map<string, number> | null = null
  for (let site = 1; site < b.count; site++) {
    const parent = match[b.parent[site]!]!
    match[site] = -1
    if (parent < 0) continue
    const code = nameB(b.code[site]!)
    const line = lineIn(second.pathOf(second.fileOf(b.code[site]!)), b.line[site]!)
    if (site < a.count && a.parent[site] === parent && a.line[site] === line && nameA(a.code[site]!) === code) {
      match[site] = site
      continue
    }
    index ??= indexOf(first, nameA)
    match[site] = index.get(`${parent} ${line} ${code}`) ?? -1
  }
  return match
}

function indexOf(recording: OpenRecording, codeName: (code: number) => string): Map<string, number> {
  const { sites } = recording
  const index = new Map<string, number>()
  for (let site = 1; site < sites.count; site++) {
    const key = `${sites.parent[site]!} ${sites.line[site]!} ${codeName(sites.code[site]!)}`
    // Two code objects of one name on one line: the first one stands for both.
    if (!index.has(key)) index.set(key, site)
  }
  return index
}

function codeNames(recording: OpenRecording): (code: number) => string {
  const names: string[] = []
  return code => names[code] ??= `${recording.functionOf(code)} ${recording.pathOf(recording.fileOf(code))}`
}
