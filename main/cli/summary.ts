// molt summary: what one would want to know of a run first.
import { formatSize, runReport } from '../../engine/host/command-api'
import type { PlaceRow, RunReport } from '../../engine/rpc/contract-times'
import { parse } from './arguments'
import { count, fitted, printable, terminalWidth } from './fitted'
import { folded } from './folded'
import { placeWords } from './frames'
import { help } from './help'
import { HELP, limitOf, print, printJson, withRecording } from './reading'
import { wasteInShort } from './waste'

export const SUMMARY_HELP = `Prints what there is to know of a run first: its facts, and the lines and types that count.

  molt summary [OPTIONS] RECORDING

  -n, --limit N            so many rows in each list (default 5; 0: all)
      --json               as JSON

Lists: what was alive at the peak, what is alive at the end, the lines that allocate most often, those whose blocks are freed soonest
(within 1,000 instructions), and the types that hold most. Places in brackets are in the standard library.`

export function summary(args: string[]): number {
  const { values, positionals } = parse('summary', args, { limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP })
  if (values.help) return print(help('summary'))
  const rows = limitOf('summary', values.limit, 5)
  return withRecording('summary', positionals, recording => {
    const report = runReport(recording, { recordingId: 0, rows })
    if (values.json) return printJson(report)
    const wasted = wasteInShort(recording)
    return print(`${facts(report)}${wasted === '' ? '' : folded(wasted, terminalWidth(), 'wasted', 14)}${rows > 0 ? lists(report) : ''}`)
  })
}

const percent = (part: number, whole: number): string => (whole === 0 ? '' : `${(part / whole * 100).toFixed(1)}%`)
const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`

function facts(report: RunReport): string {
  const s = report.summary
  const script = [s.scriptName, ...s.arguments].join(' ')
  const seconds = (ns: number) => (ns < 1e8 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(2)} s`)
  const where = report.peakFrame ? `, ${placeWords(report.peakFrame, 'script', s.scriptPath)}` : ''
  const slowest = report.slowestCollection
  const rows: [string, string][] = [
    ['script', printable(script)],
    ['end', `${endWords(report)} after ${plural(s.lastTick, 'instruction')}, ${seconds(s.wallNs)}`],
  ]
  // A snapshot of tracemalloc is no run.
  if (s.reason === 'finished' && s.exitCode === null) {
    rows.splice(1, 1, ['made by', s.message], ['alive', `${formatSize(s.liveBytes)} in ${plural(s.liveBlocks, 'block')}`])
  } else if (s.events === 0 && s.allocations === 0) rows.push(['memory', 'not recorded (--record none)'])
  else {
    rows.push(
      ['peak', `${formatSize(s.peakBytes)} at tick ${count(s.peakTick)}${where}`],
      ['alive at end', `${formatSize(s.liveBytes)} in ${plural(s.liveBlocks, 'block')}, ${plural(s.liveObjects, 'object')}`],
      ['never freed', `${formatSize(report.liveBytes - report.parkedBytes)}, besides ${formatSize(report.parkedBytes)} in free lists of the interpreter`],
      ['allocated', `${formatSize(s.allocatedBytes)} in ${plural(s.allocations, 'allocation')}, ${percent(s.temporaryShare, 1)} of them freed within 1,000 instructions`],
      ['collector', s.collections === 0 ? 'never ran' : `${plural(s.collections, 'collection')} in ${seconds(s.collectionNs)}, ` +
        `${plural(report.collected, 'object')} collected (${formatSize(report.collectedBytes)}), ${count(report.uncollectable)} uncollectable` +
        (slowest && s.collections > 1 ? `; the longest took ${seconds(slowest.durationNs)} at tick ${count(slowest.startTick)}` : '')],
    )
  }
  if (s.marks + s.snapshots > 0) rows.push(['marks', `${count(s.marks)}, and ${plural(s.snapshots, 'snapshot')}`])
  return rows.map(([name, text]) => folded(text, terminalWidth(), name, 14)).join('')
}

function endWords({ summary }: RunReport): string {
  switch (summary.reason) {
    case 'finished': return `exit ${summary.exitCode ?? 0}`
    case 'unfinished': return 'not ended (it still runs or was killed)'
    case 'stopped': return 'stopped'
    case 'tick-limit': return 'stopped by --max-ticks'
    case 'memory-limit': return 'stopped by --max-memory'
    case 'crashed': return `broken off: ${printable(summary.message)}`
  }
}

function lists(report: RunReport): string {
  const { summary: s } = report
  const place = (row: PlaceRow) => placeWords(row.frame, row.origin, s.scriptPath)
  const sized = (rows: PlaceRow[], total: number) => rows.map(r => [formatSize(r.bytes), percent(r.bytes, total), count(r.count), place(r)])
  const parts: string[] = []
  const add = (title: string, rows: string[][], head: string[]) => {
    if (rows.length > 0) parts.push(`\n${title}\n${fitted(head, rows, 'rrrl')}`)
  }
  if (s.allocations > 0) add('Alive at the peak', sized(report.peak, s.peakBytes), ['size', 'share', 'blocks', 'line'])
  add('Alive at the end', sized(report.survivors, report.liveBytes), ['size', 'share', 'blocks', 'line'])
  add('Most allocations', report.allocations.map(r => [count(r.count), percent(r.count, s.allocations), formatSize(r.bytes), place(r)]),
    ['calls', 'share', 'size', 'line'])
  add('Most temporary', report.temporary.map(r => [count(r.count), percent(r.count, report.temporaries), percent(r.share, 1), place(r)]),
    ['blocks', 'share', 'of its own', 'line'])
  add('Types at the end', report.types.map(t => [
    formatSize(t.sizeBytes), percent(t.sizeBytes, report.liveBytes), count(t.count), printable(t.module === '' || t.module === 'builtins' ? t.name : `${t.module}.${t.name}`),
  ]), ['size', 'share', 'count', 'type'])
  return parts.join('')
}
