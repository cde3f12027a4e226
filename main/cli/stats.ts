// molt stats: which lines hold memory, in tracemalloc's words; or any other measure of a range in the same form.
import { formatSize, formatStatistic, measureWords, statisticsAt, type OpenRecording } from '../../engine/host/command-api'
import type { StatisticRow } from '../../engine/rpc/contract'
import { choice, instant, INSTANTS, parse } from './arguments'
import { say } from './exit'
import { printable } from './fitted'
import { help } from './help'
import { FILTER_HELP, FILTER_OPTIONS, filtersOf, MEASURE_HELP, MEASURE_OPTIONS, measureOf } from './measure-options'
import { SourceTexts } from './read'
import { HELP, limitOf, print, printJson, progressOn, withRecording } from './reading'
import { amountWords } from './tree'

export const STATS_HELP = `Prints which lines hold memory, as tracemalloc's statistics do.

  molt stats [OPTIONS] RECORDING

      --at INSTANT         when (default: end)
      --compare-to INSTANT differences to another instant
      --group BY           lineno (default), filename or traceback
      --cumulative         count a block for every frame of its traceback
${MEASURE_HELP}
                           (default: live, with --range: survived)
${FILTER_HELP}
      --include PATTERN    as --filter PATTERN; --exclude PATTERN as --filter '!PATTERN'
  -n, --limit N            so many rows (default 25; 0: all)
      --json               all figures, in bytes, as JSON

${INSTANTS}`

export function stats(args: string[]): number {
  const { values, positionals } = parse('stats', args, {
    ...MEASURE_OPTIONS, ...FILTER_OPTIONS, 'compare-to': { type: 'string' }, group: { type: 'string' }, cumulative: { type: 'boolean' },
    limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(help('stats'))
  const groupBy = choice('stats', '--group', values.group ?? 'lineno', ['lineno', 'filename', 'traceback'])
  const limit = limitOf('stats', values.limit, 25)
  const params = measureOf('stats', values, 'live', 'survived')
  const filters = filtersOf(values)
  const compareTo = values['compare-to']
  return withRecording('stats', positionals, recording => {
    const progress = progressOn()
    const result = statisticsAt(recording, {
      recordingId: 0, ...params, groupBy, filters, limit: values.json && values.limit === undefined ? Infinity : limit,
      cumulative: values.cumulative ?? false, ...(compareTo === undefined ? {} : { compareTo: instant(compareTo) }),
    }, progress)
    progress.end()
    if (values.json) return printJson({ measure: params.measure, ...result })
    if (params.measure !== 'live') say(`${measureWords(params)}: ${amountWords(params.measure, result.totalBytes)}`)
    const texts = groupBy === 'traceback' ? new SourceTexts(recording) : null
    for (const row of result.rows) {
      print(`${params.measure === 'bytes-ticks' ? heldWords(row, result.tick - (result.fromTick ?? 0)) : printable(formatStatistic(row, compareTo !== undefined))}\n`)
      if (texts) print(tracebackOf(row, texts))
    }
    if (result.rowCount === 0) say(emptyBecause(recording, filters.length > 0, params.measure))
    if (result.rowCount > result.rows.length) say(`${result.rows.length} of ${result.rowCount} rows; -n 0 shows all`)
    return 0
  })
}

/** Bytes × ticks, and what that is on an average over the ticks. */
function heldWords(row: StatisticRow, ticks: number): string {
  const top = row.traceback[0]
  const place = top ? `${top.path}:${top.line}` : '<unknown>:0'
  const average = ticks > 0 ? `, on average ${formatSize(row.sizeBytes / ticks)} in ${(row.count / ticks).toFixed(1)} blocks` : ''
  return printable(`${place}: held=${amountWords('bytes-ticks', row.sizeBytes)}${average}`)
}

function emptyBecause(recording: OpenRecording, filtered: boolean, measure: string): string {
  if (recording.settings().record === 'none') return 'this recording was made with --record none: it has output and marks only'
  return filtered ? 'no row passes the filters' : measure === 'live' ? 'nothing was alive then' : 'there is nothing of it in this range'
}

/** As Traceback.format: oldest frame first, with its source. */
function tracebackOf(row: StatisticRow, texts: SourceTexts): string {
  return row.traceback.map(frame => {
    const text = texts.line(frame.fileId, frame.line)
    return `  File "${printable(frame.path)}", line ${frame.line}\n${text ? `    ${printable(text)}\n` : ''}`
  }).join('')
}
