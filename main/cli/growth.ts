// growth: how the memory of each line, traceback or type develops, and what shape that has.
import { formatSize, growthOf } from '../../engine/host/command-api'
import type { GrowthRow } from '../../engine/rpc/contract-growth'
import { choice, instant, INSTANTS, parse, range, wholeNumber } from './arguments'
import { say } from './exit'
import { HELP, limitOf, print, printJson, withRecording } from './reading'
import { fitted, terminalWidth } from './fitted'

export const GROWTH_HELP = `Prints how the memory of each line develops: leak, cache, sawtooth, one-off.

  molt growth [OPTIONS] RECORDING

      --group BY           line (default), traceback or type
      --range A..B         between two instants (default: the whole run)
      --order BY           alive (at the end; default) or peak
      --shape SHAPE        only rows of this shape
      --slots N            so many samples, evenly spread in time (default 128)
  -n, --limit N            so many rows (default 25; 0: all)
      --json               all figures and the series, as JSON

Shapes: leak (grows to the end), bounded-cache (grew, then came to rest), sawtooth (rises and falls), one-off (came in one step and
stayed), shutdown-only (given back when the program ended), flat (there from the beginning), temporary (given back soon).
Columns: sure (how clear the shape is), alive (at the end), peak, grown (what stays grew by so much; in wide terminals), slope (bytes in 1,000
instructions), kept (share never freed of all the bytes that ever came), over time (alive, from beginning to end).
${INSTANTS}`

const SHAPES = ['leak', 'bounded-cache', 'sawtooth', 'one-off', 'shutdown-only', 'flat', 'temporary'] as const

export function growth(args: string[]): number {
  const { values, positionals } = parse('growth', args, {
    group: { type: 'string' }, range: { type: 'string' }, order: { type: 'string' }, shape: { type: 'string' }, slots: { type: 'string' },
    limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${GROWTH_HELP}\n`)
  const by = choice('growth', '--group', values.group ?? 'line', ['line', 'traceback', 'type'])
  const order = choice('growth', '--order', values.order ?? 'alive', ['alive', 'peak'])
  const shape = values.shape === undefined ? null : choice('growth', '--shape', values.shape, SHAPES)
  const slots = values.slots === undefined ? 128 : wholeNumber('growth', '--slots', values.slots, 4, 1024)
  const limit = limitOf('growth', values.limit, values.json ? Number.MAX_SAFE_INTEGER : 25)
  const { from, to } = values.range === undefined ? {} : range('growth', values.range)
  const chosen = { by, order, slots, ...(from === undefined ? {} : { from: instant(String(from)) }), ...(to === undefined ? {} : { at: instant(String(to)) }) }
  return withRecording('growth', positionals, recording => {
    const result = growthOf(recording, { ...chosen, limit: shape ? Number.MAX_SAFE_INTEGER : limit })
    const all = shape ? result.rows.filter(row => row.shape === shape) : result.rows
    const rows = all.slice(0, limit)
    if (values.json) {
      return printJson({ tick: [...result.tick], rows: rows.map(row => ({ ...row, live: [...row.live], low: [...row.low], born: [...row.born], freed: [...row.freed] })) })
    }
    if (rows.length === 0) {
      return print(recording.settings().record === 'none' ? 'Nothing was recorded but output and marks.\n'
        : shape ? `No ${by} has this shape.\n` : 'Nothing of 256 bytes or more was alive.\n')
    }
    const wide = terminalWidth() > 100
    const head = ['shape', 'sure', 'alive', 'peak', ...wide ? ['grown'] : [], 'slope', 'kept', 'over time', by === 'type' ? 'type' : 'where']
    const cells = rows.map(row => [
      row.shape, `${Math.round(row.confidence * 100)}%`, formatSize(row.lastBytes), formatSize(row.peakBytes), ...wide ? [formatSize(row.grownBytes, true)] : [],
      row.slopeBytes === 0 ? '' : formatSize(row.slopeBytes, true), `${Math.round(row.neverFreedShare * 100)}%`, spark(row.live, wide ? 24 : 8),
      placeOf(row),
    ])
    print(fitted(head, cells, wide ? 'lrrrrrrll' : 'lrrrrrll'))
    const more = shape ? all.length : result.rowCount
    if (more > rows.length) say(`${rows.length} of ${more} rows; -n 0 shows all`)
    return 0
  })
}

function placeOf(row: GrowthRow): string {
  if (row.traceback.length === 0) return row.module === '' || row.module === 'builtins' ? row.typeName : `${row.module}.${row.typeName}`
  return row.traceback.map(frame => `${frame.path}:${frame.line}`).reverse().join(' < ')
}

const BARS = '▁▂▃▄▅▆▇█'

/** The highest of each part, against the highest of all. */
function spark(values: ArrayLike<number>, width: number): string {
  let top = 0
  for (let i = 0; i < values.length; i++) top = Math.max(top, values[i]!)
  let text = ''
  for (let part = 0; part < Math.min(width, values.length); part++) {
    const from = Math.floor(part * values.length / width)
    const to = Math.max(from + 1, Math.floor((part + 1) * values.length / width))
    let high = 0
    for (let i = from; i < to && i < values.length; i++) high = Math.max(high, values[i]!)
    text += high === 0 || top === 0 ? ' ' : BARS[Math.min(7, Math.floor(high / top * 8))]
  }
  return text.padEnd(width)
}
