// Filters as one types them: `cache.py`, `*/json/*`, `-<frozen *>`, `+app.py:12`. A minus excludes. What has no
// wildcard and no slash is looked for at the end of the path.
import type { StatisticsFilter } from '../../engine/rpc/contract'

export function parseFilter(typed: string): StatisticsFilter | null {
  let pattern = typed.trim()
  let inclusive = true
  if (pattern.startsWith('-') || pattern.startsWith('!')) inclusive = false
  if (/^[-+!]/.test(pattern)) pattern = pattern.slice(1).trim()
  const match = /^(.+):(\d+)$/.exec(pattern)
  const line = match ? Number(match[2]) : undefined
  if (match) pattern = match[1]!
  if (pattern === '') return null
  if (!/[*?[/\\<]/.test(pattern)) pattern = `*${pattern}`
  return { inclusive, pattern, ...(line === undefined ? {} : { line }) }
}

export const showFilter = (filter: StatisticsFilter): string =>
  `${filter.inclusive ? '' : '−'}${filter.pattern.replace(/^\*(?=[^*?[/\\]+$)/, '')}${filter.line === undefined ? '' : `:${filter.line}`}`
