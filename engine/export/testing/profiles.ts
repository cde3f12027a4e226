// Random profiles with names that formats find hard.
import type { CodePlace, Measure, MeasureName, MemoryProfile } from '../profile'

/** Numbers from 0 to 1, the same in every run. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0
    return state / 2 ** 32
  }
}

export const HARD_NAMES = [
  'plain', 'with;semicolon', 'with "quotes"', 'two\nlines', 'tab\tand\r\nreturn', 'a,comma', '=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\'quoted',
  'back\\slash', 'lone \udc80 surrogate', 'null \0 and \x1b[31m', 'ünïcode 数据 😀', 'line\u2028separator', '</script><b>', ' ends in 12', '\t=1', '',
]

export function randomProfile(seed: number, siteCount: number, measures: MeasureName[]): MemoryProfile {
  const next = random(seed)
  const below = (n: number) => Math.floor(next() * n)
  const codes: CodePlace[] = HARD_NAMES.map((name, i) => ({ name, path: `/src/${HARD_NAMES[(i * 7 + 3) % HARD_NAMES.length]}.py`, fileId: i, firstLine: i + 1 }))
  const parent = new Int32Array(siteCount)
  const code = new Int32Array(siteCount)
  const line = new Int32Array(siteCount)
  for (let site = 1; site < siteCount; site++) {
    parent[site] = below(3) === 0 ? 0 : below(site)
    code[site] = below(codes.length)
    line[site] = 1 + below(5) + code[site]!
  }
  const column = (most: number) => Float64Array.from({ length: siteCount }, () => (below(3) === 0 ? 0 : 1 + below(most)))
  return {
    title: 'a "hard" \udc80 name', sites: { count: siteCount, parent, code, line }, codeAt: id => codes[id]!,
    measures: measures.map((name): Measure => {
      const bytes = column(2 ** 40)
      return { name, title: `${name} at tick 5`, bytes, count: bytes.map(n => (n === 0 ? 0 : 1 + below(1000))) }
    }),
  }
}

/** A recursion: site n is called from site n - 1, each has one byte. */
export function deepProfile(depth: number): MemoryProfile {
  const count = depth + 1
  const bytes = new Float64Array(count).fill(1)
  bytes[0] = 0
  return {
    title: 'deep', sites: { count, parent: Int32Array.from({ length: count }, (_, i) => Math.max(0, i - 1)), code: new Int32Array(count), line: Int32Array.from({ length: count }, (_, i) => i) },
    codeAt: () => ({ name: 'f', path: '/f.py', fileId: 0, firstLine: 1 }), measures: [{ name: 'live', title: 'live', bytes, count: bytes }],
  }
}

/** Frames of a site, outermost first, the slow and obvious way; [] for site 0. */
export function framesOfSite(profile: MemoryProfile, site: number): { name: string; path: string; line: number }[] {
  if (site === 0) return []
  const { parent, code, line } = profile.sites
  const { name, path } = profile.codeAt(code[site]!)
  return [...framesOfSite(profile, parent[site]!), { name, path, line: line[site]! }]
}
