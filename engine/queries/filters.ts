// tracemalloc.Filter over frame nodes.
import type { SiteTree } from '../recording/site-tree'
import type { StatisticsFilter } from '../rpc/contract'

/** Mirrors fnmatch.translate: *, ?, [seq] and [!seq]; everything else is itself. The whole name must match. */
export function fnmatch(pattern: string): RegExp {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    if (c === '*') source += '[^]*'
    else if (c === '?') source += '[^]'
    else if (c === '[') {
      let end = i + 1
      if (pattern[end] === '!') end++
      if (pattern[end] === ']') end++
      while (end < pattern.length && pattern[end] !== ']') end++
      if (end >= pattern.length) source += '\\['
      else {
        const negated = pattern[i + 1] === '!'
        const set = pattern.slice(i + (negated ? 2 : 1), end).replace(/[\\\]^[]/g, '\\$&')
        source += `[${negated ? '^' : ''}${set}]`
        i = end
      }
    } else source += c.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
  }
  return new RegExp(`^${source}$`, 'u')
}

/** Which frame nodes' blocks stay, as Snapshot.filter_traces decides. `frames.code` is a file id, `pathOf` its name. */
export function keptFrames(frames: SiteTree, pathOf: (fileId: number) => string, filters: StatisticsFilter[]): (node: number) => boolean {
  if (filters.length === 0) return () => true
  const tests = filters.map(filter => {
    const pattern = fnmatch(normalized(filter.pattern))
    const files = new Map<number, boolean>()
    const matches = (node: number) => {
      const file = node === 0 ? 0 : frames.code[node]!
      let match = files.get(file)
      if (match === undefined) files.set(file, match = pattern.test(normalized(pathOf(file))))
      return match && (filter.line === undefined || frames.line[node] === filter.line)
    }
    const any = (node: number) => {
      for (let at = node; ; at = frames.parent[at]!) {
        if (matches(at)) return true
        if (at === 0 || frames.parent[at] === 0) return false
      }
    }
    return { inclusive: filter.inclusive, passes: (node: number) => (filter.allFrames ? any(node) : matches(node)) === filter.inclusive }
  })
  const inclusive = tests.filter(test => test.inclusive)
  const exclusive = tests.filter(test => !test.inclusive)
  return node => (inclusive.length === 0 || inclusive.some(test => test.passes(node))) && exclusive.every(test => test.passes(node))
}

/** _normalize_filename: compiled files stand for their source. */
const normalized = (name: string) => (name.endsWith('.pyc') ? name.slice(0, -1) : name)
