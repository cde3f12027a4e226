// What the profile formats are written from: figures of every site (a traceback, as a node of a trie) in columns.

/** A trie of tracebacks; node 0 is "no Python frame". A parent has a lower number than its children. */
export interface Sites {
  readonly count: number
  /** 0: outermost. */
  readonly parent: ArrayLike<number>
  readonly code: ArrayLike<number>
  readonly line: ArrayLike<number>
}

/** `name` is '' where only files and lines are known, as in an imported snapshot of tracemalloc. */
export interface CodePlace { name: string; path: string; fileId: number; firstLine: number }

/** What is summed up; engine/rpc/contract-times.ts tells what each one is. */
export type MeasureName = 'live' | 'peak' | 'survived' | 'leaks' | 'allocated' | 'temporary' | 'bytes-ticks'

/** What the two columns of a measure are called in tables. */
export const COLUMN_NAMES: Record<MeasureName, { bytes: string; count: string }> = {
  live: { bytes: 'live_bytes', count: 'live_blocks' },
  peak: { bytes: 'peak_bytes', count: 'peak_blocks' },
  survived: { bytes: 'survived_bytes', count: 'survived_blocks' },
  leaks: { bytes: 'leaked_bytes', count: 'leaked_blocks' },
  allocated: { bytes: 'allocated_bytes', count: 'allocations' },
  temporary: { bytes: 'temporary_bytes', count: 'temporary_allocations' },
  'bytes-ticks': { bytes: 'byte_ticks', count: 'block_ticks' },
}

/** Sums of each site; both columns are at least as long as there are sites with figures. */
export interface Measure {
  readonly name: MeasureName
  /** As in "live at the end (tick 12)". */
  readonly title: string
  readonly bytes: Float64Array
  /** Blocks, or allocations, or blocks times ticks. */
  readonly count: Float64Array
}

export interface MemoryProfile {
  /** What ran. */
  readonly title: string
  readonly sites: Sites
  codeAt(code: number): CodePlace
  readonly measures: readonly Measure[]
}

/** Deeper tracebacks lose frames in the middle, so that a recursion of a million calls does not become an endless file. */
const MOST_FRAMES = 1024
const INNERMOST_KEPT = 256
/** Stands for the frames that were left out. */
export const LEFT_OUT = -1

/** Frames of a site, innermost first, as sites; LEFT_OUT stands for those of the middle of a very deep traceback. */
export function framesOf(sites: Sites, site: number): number[] {
  const frames: number[] = []
  for (let at = site; at !== 0; at = sites.parent[at]!) frames.push(at)
  if (frames.length > MOST_FRAMES) frames.splice(INNERMOST_KEPT, frames.length - MOST_FRAMES + 1, LEFT_OUT)
  return frames
}

/** All sites in depth-first order, so that those with common callers lie together. */
export function depthFirst(sites: Sites): Int32Array {
  const { count, parent } = sites
  const firstChild = new Int32Array(count)
  const sibling = new Int32Array(count)
  for (let site = count - 1; site > 0; site--) {
    const above = parent[site]!
    sibling[site] = firstChild[above]!
    firstChild[above] = site
  }
  const order = new Int32Array(count)
  let site = 0
  for (let n = 0; n < count; n++) {
    order[n] = site
    if (firstChild[site] !== 0) {
      site = firstChild[site]!
      continue
    }
    while (site !== 0 && sibling[site] === 0) site = parent[site]!
    site = sibling[site]!
  }
  return order
}

/** Numbers the places (a line of a code object) on tracebacks that have figures: what formats call a frame or a location. */
export interface Places {
  readonly count: number
  /** Site → its place; place 0 is that of site 0. */
  readonly placeOf: Int32Array
  /** Place → one of its sites. */
  readonly siteOf: number[]
}

export function placesOf({ sites, measures }: MemoryProfile): Places {
  const used = new Uint8Array(sites.count)
  for (let site = sites.count - 1; site > 0; site--) {
    if (used[site] === 0 && !measures.some(m => (m.count[site] ?? 0) !== 0 || (m.bytes[site] ?? 0) !== 0)) continue
    used[site] = used[sites.parent[site]!] = 1
  }
  const placeOf = new Int32Array(sites.count)
  const siteOf = [0]
  const known = new Map<number, number>()
  for (let site = 1; site < sites.count; site++) {
    if (used[site] === 0) continue
    const key = sites.code[site]! * 2 ** 24 + sites.line[site]!
    let place = known.get(key)
    if (place === undefined) {
      known.set(key, place = siteOf.length)
      siteOf.push(site)
    }
    placeOf[site] = place
  }
  return { count: siteOf.length, placeOf, siteOf }
}

export interface PlaceText { name: string; path: string; line: number; firstLine: number }

export function placeAt(profile: MemoryProfile, site: number): PlaceText {
  if (site === 0) return { name: '<unknown>', path: '<unknown>', line: 0, firstLine: 0 }
  const { name, path, firstLine } = profile.codeAt(profile.sites.code[site]!)
  return { name, path, line: profile.sites.line[site]!, firstLine }
}

export const totalOf = (column: Float64Array): number => column.reduce((sum, value) => sum + value, 0)
