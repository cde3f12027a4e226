// Comparing a result of `molt oracle` with a golden, figure by figure.
//
// A figure's name is its key in the golden; figures of `start`, `end` and `marks.N` are compared one by one under
// `end.lines` and the like. A figure that only one side has is not compared (traced figures of a script that uses
// tracemalloc itself, totals of scripts with threads, which CPython does not repeat).

export type Figures = Record<string, unknown>

export interface Difference { figure: string; golden: unknown; got: unknown }

/** What describes the golden itself, and the digest of addresses, which has no counterpart in a result yet. */
const SKIPPED = new Set([
  'script', 'sha256', 'python', 'class', 'imports', 'traced', 'tracing_effect', 'unstable', 'build_dependent', 'alloc_digest',
  'alloc_digest_same_on_3.11.2',
])

/** The run gave no figures at all. */
export const NO_RESULT = 'run'

function flat(figures: Figures): Map<string, unknown> {
  const out = new Map<string, unknown>()
  for (const [key, value] of Object.entries(figures)) {
    if (SKIPPED.has(key)) continue
    if ((key === 'start' || key === 'end' || key.startsWith('marks.')) && typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) out.set(`${key}.${name}`, inner)
    } else out.set(key, value)
  }
  return out
}

/** Equal as JSON, the order of keys apart. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  }
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && same((a as Figures)[key], (b as Figures)[key]))
}

export function compare(golden: Figures, result: Figures): { compared: number; differences: Difference[] } {
  const got = flat(result)
  const differences: Difference[] = []
  let compared = 0
  for (const [figure, wanted] of flat(golden)) {
    if (!got.has(figure)) continue
    compared++
    if (!same(wanted, got.get(figure))) differences.push({ figure, golden: wanted, got: got.get(figure) })
  }
  return { compared, differences }
}

/** The name under which a figure may share a reason with others: `end.pools` and `marks.3.pools` are both `pools`. */
export const groupOf = (figure: string): string => figure.replace(/^(end|marks\.\d+)\./, '')

/** Figures that have to agree; a difference in one needs a reason of its own. */
export function isRequired(figure: string, scriptClass: unknown): boolean {
  const name = groupOf(figure)
  if (['stdout', 'stderr', 'exit_code', NO_RESULT].includes(name)) return true
  return scriptClass === 'core' && ['lines', 'traced_current', 'gc_events'].includes(name)
}
