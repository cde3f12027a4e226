// Options of the commands that sum up a measure over a range of instants: stats, tree and flamegraph.
import type { StatisticsFilter } from '../../engine/rpc/contract'
import type { Measure, MeasureParams } from '../../engine/rpc/contract-times'
import { choice, instant, range, wholeNumber } from './arguments'
import { UsageError } from './exit'

export const MEASURES = ['live', 'peak', 'survived', 'leaks', 'allocated', 'temporary', 'bytes-ticks'] as const satisfies readonly Measure[]

export const MEASURE_OPTIONS = {
  at: { type: 'string' }, range: { type: 'string' }, measure: { type: 'string' }, leaks: { type: 'boolean' },
  'temporary-allocations': { type: 'boolean' }, 'temporary-allocation-threshold': { type: 'string' },
} as const

export const FILTER_OPTIONS = {
  filter: { type: 'string', multiple: true }, include: { type: 'string', multiple: true }, exclude: { type: 'string', multiple: true },
  'all-frames': { type: 'boolean' },
} as const

/** What the options above say in --help. */
export const MEASURE_HELP = `      --range A..B         from one instant to another; A.. and ..B are ranges to the end and from the beginning
      --measure MEASURE    what to sum up over the range:
                             live         what is alive at its end
                             peak         what was alive at its highest instant
                             survived     what was allocated in it and is alive at its end
                             leaks        the same without what lies in free lists of the interpreter
                             allocated    all allocations in it, freed since or not
                             temporary    those freed again at once, see below
                             bytes-ticks  bytes held, times the instructions they were held for
      --leaks              short for --measure leaks
      --temporary-allocations
                           short for --temporary-allocation-threshold 1
      --temporary-allocation-threshold N
                           measure temporary: blocks freed with at most N other allocations in between`

export const FILTER_HELP = `      --filter [!]PATTERN[:LINE]
                           only (or with ! not) files that match, e.g. '*/mine/*.py'; may be given several times
      --all-frames         filters look at every frame of a traceback, not only at the line that allocated`

interface MeasureValues {
  at?: string
  range?: string
  measure?: string
  leaks?: boolean
  'temporary-allocations'?: boolean
  'temporary-allocation-threshold'?: string
}

/** `fallback` is the measure where none is asked for; `ranged` the one of a range. An instant by itself is about what is live then. */
export function measureOf(command: string, values: MeasureValues, fallback: Measure, ranged: Measure): MeasureParams & { measure: Measure } {
  const threshold = values['temporary-allocation-threshold']
  const asked = [
    values.measure !== undefined && '--measure', values.leaks && '--leaks', values['temporary-allocations'] && '--temporary-allocations',
    threshold !== undefined && values.measure !== 'temporary' && '--temporary-allocation-threshold',
  ].filter(name => typeof name === 'string')
  if (asked.length > 1) throw new UsageError(`${asked[1]} does not go with ${asked[0]}`, command)
  if (values.at !== undefined && values.range !== undefined) throw new UsageError('--at does not go with --range, whose end is the instant', command)
  const span = values.range === undefined ? {} : range(command, values.range)
  const measure = values.measure !== undefined ? choice(command, '--measure', values.measure, MEASURES)
    : values.leaks ? 'leaks'
    : values['temporary-allocations'] || threshold !== undefined ? 'temporary'
    : values.range !== undefined ? ranged
    : values.at !== undefined ? 'live' : fallback
  return {
    measure, at: span.to ?? instant(values.at ?? 'end'), ...(span.from === undefined ? {} : { from: span.from }),
    ...(threshold === undefined ? {} : { temporaryThreshold: wholeNumber(command, '--temporary-allocation-threshold', threshold) }),
  }
}

interface FilterValues { filter?: string[]; include?: string[]; exclude?: string[]; 'all-frames'?: boolean }

export function filtersOf(values: FilterValues): StatisticsFilter[] {
  const every = values['all-frames'] ? { allFrames: true } : {}
  return [
    ...(values.filter ?? []).map(text => {
      const [, not, pattern, line] = /^(!?)(.*?)(?::(\d+))?$/s.exec(text)!
      return { inclusive: not === '', pattern: pattern!, ...(line === undefined ? {} : { line: Number(line) }), ...every }
    }),
    ...(values.include ?? []).map(pattern => ({ inclusive: true, pattern, ...every })),
    ...(values.exclude ?? []).map(pattern => ({ inclusive: false, pattern, ...every })),
  ]
}
