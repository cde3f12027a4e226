// molt diff: two instants of one run block by block, the three-snapshot method, or two runs.
import {
  diffInstants, diffObjects, diffRange, diffRangeObjects, diffRuns, formatSize, type OpenRecording,
} from '../../engine/host/command-api'
import type { At, Frame } from '../../engine/rpc/contract'
import type { DiffGroupBy, DiffObject, Fate, RunsRow } from '../../engine/rpc/contract-diff'
import { choice, instant, INSTANTS, parse, range } from './arguments'
import { say, UsageError } from './exit'
import { fitted, printable } from './fitted'
import { help } from './help'
import { HELP, limitOf, print, printJson, withRecording, withRecordingAsync, withRecordings } from './reading'
import { taken } from './snapshot'
import type { Places } from './places'
import { SourceTexts } from './read'

export const DIFF_HELP = `Prints what changed between two instants of a run, or between two runs.

  molt diff [OPTIONS] RECORDING              two instants of one run
  molt diff [OPTIONS] OLD.molt NEW.molt      two runs

Of one run each block is known, so that the columns are exact: new (there now, not then), freed (there then, not now), survived
(the same block at both), each as a count and bytes. A block that was reallocated is a new one of the line that asked for it.

      --at INSTANT           now (default: end)
      --compare-to INSTANT   then (default: the first mark, or the peak of a run without marks; of two runs: as --at)
      --range A..B           the three-snapshot method: what was allocated between A and B and is still alive at --at
      --by BY                type (default; of imported snapshots line), line, file, traceback, or object (of one run)
      --fate FATE            with --by object: new (default), freed or survived
      --retained             with --by type or object: also what is kept alive, from a snapshot at each instant (taken by running
                             again where there is none); the largest difference first
      --filter PATTERN       only rows whose type, file or file:line has PATTERN in it; with *, ? or [ all of it must match
  -n, --limit N              so many rows (default 25; 0: all)
      --json                 all figures, exact, as JSON

Two runs are compared by names: types by module and name, files by their path below the script's folder (the two scripts are one
file, whatever their names). Where a script's text changed, lines are matched by their text, so that a line that only moved is
still the same one; 'was 12' says that it was line 12 of the old text, 'edited' that it reads a little differently, 'gone' and
'added' that only one of the texts has it.
Rows are sorted by the size of the difference.

A usual search for a leak: set marks after the first, the second and the third time that a program did the same thing, then
  molt diff --range mark:one..mark:two --at mark:three --by line REC.molt

${INSTANTS}`

const BY = ['type', 'line', 'file', 'traceback', 'object'] as const
interface Options { filter?: string; limit: number; json: boolean }

export function diff(args: string[], places: Places): number | Promise<number> {
  const { values, positionals } = parse('diff', args, {
    at: { type: 'string' }, 'compare-to': { type: 'string' }, range: { type: 'string' }, by: { type: 'string' }, group: { type: 'string' },
    fate: { type: 'string' }, filter: { type: 'string' }, limit: { type: 'string', short: 'n' }, retained: { type: 'boolean' },
    json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(help('diff'))
  const json = values.json ?? false
  // --group and its names are those of stats.
  const wanted = values.by ?? values.group ?? ''
  const by = wanted === '' ? 'type' : choice('diff', '--by', { lineno: 'line', filename: 'file' }[wanted] ?? wanted, BY)
  const options: Options = {
    json, limit: json && values.limit === undefined ? Number.MAX_SAFE_INTEGER : limitOf('diff', values.limit, 25),
    ...(values.filter === undefined ? {} : { filter: values.filter }),
  }
  const at = instant(values.at ?? 'end')
  const compareTo = values['compare-to'] === undefined ? undefined : instant(values['compare-to'])
  if (values.fate !== undefined && by !== 'object') throw new UsageError('--fate goes with --by object', 'diff')
  const fate = choice('diff', '--fate', values.fate ?? 'new', ['new', 'freed', 'survived'])
  const retained = values.retained ?? false
  if (retained && (positionals.length === 2 || by !== 'object' && (by !== 'type' || values.range !== undefined))) {
    throw new UsageError('--retained goes with one run, --by object, or --by type without --range', 'diff')
  }
  if (values.range !== undefined && compareTo !== undefined) throw new UsageError('--range and --compare-to exclude each other', 'diff')
  if (values.range !== undefined && values.fate !== undefined) throw new UsageError('--range and --fate exclude each other', 'diff')
  if (positionals.length === 2) {
    if (values.range !== undefined) throw new UsageError('--range goes with one recording', 'diff')
    if (by === 'object') throw new UsageError('objects of two runs cannot be told to be the same; use --by type, line, file or traceback', 'diff')
    return withRecordings('diff', positionals, ([old, now]) => {
      // Snapshots of tracemalloc have no types.
      const typed = [old!, now!].every(r => r.run().source_kind !== 'import')
      return twoRuns(old!, now!, at, compareTo, wanted === '' && !typed ? 'line' : by, options)
    })
  }
  if (retained) {
    return withRecordingAsync('diff', positionals, async recording => {
      if (values.range !== undefined) {
        await taken(recording, at, places)
        return objectsOfRange(recording, values.range, at, options, true)
      }
      const then = compareTo ?? defaultThen(recording)
      for (const instant of [then, at]) await taken(recording, instant, places)
      return by === 'object' ? objects(recording, then, at, fate, options, true) : retainedTypes(recording, then, at, options)
    })
  }
  return withRecording('diff', positionals, recording => {
    if (values.range !== undefined) {
      if (by === 'object') return objectsOfRange(recording, values.range, at, options, false)
      const { from, to } = range('diff', values.range)
      return madeInRange(recording, from ?? 0, to ?? 'end', at, by, options)
    }
    const then = compareTo ?? defaultThen(recording)
    return by === 'object' ? objects(recording, then, at, fate, options, false) : twoInstants(recording, then, at, by, options)
  })
}

/** The first mark; without marks the peak. */
const defaultThen = (recording: OpenRecording): string => {
  const [first] = recording.reader.marks()
  return first === undefined ? 'peak' : `mark:${first.label}`
}

const pageOf = ({ filter, limit }: Options) => ({ limit, ...(filter === undefined ? {} : { filter }) })

// ---------------------------------------------------------------- one run

function twoInstants(recording: OpenRecording, compareTo: At, at: At, by: DiffGroupBy, options: Options): number {
  const result = diffInstants(recording, { recordingId: 0, at, compareTo, by, ...pageOf(options) })
  if (options.json) return printJson(result)
  const { total } = result
  print(`From ${instantName(compareTo, result.compareToTick)} to ${instantName(at, result.tick)}: ${formatSize(total.sizeDiffBytes, true)}; ` +
    `${amount(total.newCount, total.newBytes)} new, ${amount(total.freedCount, total.freedBytes)} freed, ` +
    `${amount(total.survivedCount, total.survivedBytes)} survived.\n`)
  if (result.rowCount === 0) return nothing(options)
  print(fitted([...pair('difference'), ...pair('new'), ...pair('freed'), ...pair('survived'), by], result.rows.map(row => [
    signed(row.countDiff), bytesOf(row.sizeDiffBytes), ...cells(row.newCount, row.newBytes), ...cells(row.freedCount, row.freedBytes),
    ...cells(row.survivedCount, row.survivedBytes), nameOf(row),
  ]), 'rrrrrrrrl', by === 'traceback' ? tracebacks(recording, result.rows) : undefined))
  return rest(result.rows.length, result.rowCount)
}

/** By type, with what its objects keep alive. */
function retainedTypes(recording: OpenRecording, compareTo: At, at: At, options: Options): number {
  const result = diffInstants(recording, { recordingId: 0, at, compareTo, by: 'type', retained: true, ...pageOf(options) })
  if (options.json) return printJson(result)
  print(`Retained at ${instantName(compareTo, result.compareToTick)} and at ${instantName(at, result.tick)}.\n`)
  if (result.rowCount === 0) return nothing(options)
  const count = (n: number) => (n === 0 ? '' : n.toLocaleString('en'))
  print(fitted(['then', 'now', 'difference', 'new', 'freed', 'survived', 'type'], result.rows.map(row => [
    formatSize(row.retainedBefore!), formatSize(row.retainedAfter!), bytesOf(row.retainedAfter! - row.retainedBefore!), count(row.newCount),
    count(row.freedCount), count(row.survivedCount), row.typeName,
  ]), 'rrrrrrl'))
  return rest(result.rows.length, result.rowCount)
}

function objects(recording: OpenRecording, compareTo: At, at: At, fate: Fate, options: Options, retained: boolean): number {
  const result = diffObjects(recording, { recordingId: 0, at, compareTo, fate, retained, ...pageOf(options) })
  if (options.json) return printJson(result)
  const words = { new: 'objects are new', freed: 'objects were freed', survived: 'objects survived' }[fate]
  print(`From ${instantName(compareTo, result.compareToTick)} to ${instantName(at, result.tick)}, ` +
    `${result.rowCount.toLocaleString('en')} ${words}: ${formatSize(result.totalBytes)}.\n`)
  if (result.rowCount === 0) return nothing(options)
  objectTable(result.rows, retained)
  return rest(result.rows.length, result.rowCount)
}

function objectsOfRange(recording: OpenRecording, between: string, at: At, options: Options, retained: boolean): number {
  const { from = 0, to = 'end' } = range('diff', between)
  const result = diffRangeObjects(recording, { recordingId: 0, from, to, at, retained, ...pageOf(options) })
  if (options.json) return printJson(result)
  print(`Made from ${instantName(from, result.fromTick)} to ${instantName(to, result.toTick)} and alive at ${instantName(at, result.tick)}: ` +
    `${result.rowCount.toLocaleString('en')} ${result.rowCount === 1 ? 'object' : 'objects'}, ${formatSize(result.totalBytes)}.\n`)
  if (result.rowCount === 0) return nothing(options)
  objectTable(result.rows, retained)
  return rest(result.rows.length, result.rowCount)
}

function objectTable(rows: DiffObject[], retained: boolean): void {
  const size = (bytes: number | null) => (bytes === null ? '' : formatSize(bytes))
  print(fitted(['address', 'born at tick', 'size', ...retained ? ['retained'] : [], 'type', 'line'], rows.map(row => [
    row.address, row.birthTick.toLocaleString('en'), formatSize(row.sizeBytes), ...retained ? [size(row.retainedBytes)] : [],
    printable(row.typeName), place(row.traceback.at(-1)),
  ]), retained ? 'rrrrll' : 'rrrll'))
}

function madeInRange(recording: OpenRecording, from: At, to: At, at: At, by: DiffGroupBy, options: Options): number {
  const result = diffRange(recording, { recordingId: 0, from, to, at, by, ...pageOf(options) })
  if (options.json) return printJson(result)
  print(`Allocated from ${instantName(from, result.fromTick)} to ${instantName(to, result.toTick)}: ${amount(result.madeCount, result.madeBytes)}; ` +
    `still alive at ${instantName(at, result.tick)}: ${amount(result.aliveCount, result.aliveBytes)}.\n`)
  if (result.rowCount === 0) return nothing(options)
  print(fitted([...pair('still alive'), ...pair('allocated'), 'share', by], result.rows.map(row => [
    ...cells(row.aliveCount, row.aliveBytes), ...cells(row.madeCount, row.madeBytes),
    `${Math.round(row.aliveCount / row.madeCount * 100)}%`, nameOf(row),
  ]), 'rrrrrl', by === 'traceback' ? tracebacks(recording, result.rows) : undefined))
  return rest(result.rows.length, result.rowCount)
}

// ---------------------------------------------------------------- two runs

function twoRuns(old: OpenRecording, now: OpenRecording, at: At, oldAt: At | undefined, by: DiffGroupBy, options: Options): number {
  const result = diffRuns(old, now, { at, ...(oldAt === undefined ? {} : { oldAt }), by, ...pageOf(options) })
  if (options.json) return printJson(result)
  print(`${old.path} at ${instantName(oldAt ?? at, result.oldTick)}: ${amount(result.oldCount, result.oldBytes)}\n` +
    `${now.path} at ${instantName(at, result.newTick)}: ${amount(result.newCount, result.newBytes)}, ${formatSize(result.newBytes - result.oldBytes, true)}\n`)
  for (const path of result.matchedFiles) print(`The text of ${path} differs; its lines were matched.\n`)
  if (result.rowCount === 0) return nothing(options)
  print(fitted([...pair('old'), ...pair('new'), ...pair('difference'), by], result.rows.map(row => [
    ...cells(row.oldCount, row.oldBytes), ...cells(row.newCount, row.newBytes), signed(row.countDiff), bytesOf(row.sizeDiffBytes),
    nameOf(row) + lineWords(row),
  ]), 'rrrrrrl', by === 'traceback' ? tracebacks(now, result.rows, old) : undefined))
  return rest(result.rows.length, result.rowCount)
}

// ---------------------------------------------------------------- words

function instantName(at: At, tick: number): string {
  if (typeof at === 'number') return `tick ${tick.toLocaleString('en')}`
  const name = at === 'end' || at === 'peak' ? `the ${at}` : at.startsWith('mark:') ? at.slice(5) : at
  return `${printable(name)} (tick ${tick.toLocaleString('en')})`
}

const amount = (count: number, bytes: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'block' : 'blocks'} (${formatSize(bytes)})`
const cells = (count: number, bytes: number): [string, string] =>
  (count === 0 && bytes === 0 ? ['', ''] : [count.toLocaleString('en'), formatSize(bytes)])
/** A title over a column of counts and one of sizes. */
const pair = (title: string): [string, string] => ['', title]
/** Of a difference. */
const bytesOf = (bytes: number): string => (bytes === 0 ? '' : formatSize(bytes, true))
const signed = (count: number): string => (count === 0 ? '' : `${count > 0 ? '+' : ''}${count.toLocaleString('en')}`)
const place = (frame: Frame | undefined): string =>
  (frame === undefined ? '<unknown>:0' : frame.line === 0 ? frame.path : `${frame.path}:${frame.line}`)
const nameOf = (row: { typeName: string; traceback: Frame[] }): string =>
  (row.traceback.length === 0 ? row.typeName : place(row.traceback.at(-1)))

/** What became of the line. */
function lineWords(row: RunsRow): string {
  if (row.in === 'old') return ' gone'
  if (row.in === 'new') return ' added'
  return (row.in === 'edited' ? ' edited' : '') + (row.oldLine === 0 ? '' : ` was ${row.oldLine}`)
}

/** Under each row the frames that lead to it, oldest first, with their text. */
function tracebacks(recording: OpenRecording, rows: { traceback: Frame[] }[], old?: OpenRecording): (row: number) => string {
  const texts = new SourceTexts(recording)
  const oldTexts = old ? new SourceTexts(old) : texts
  return row => rows[row]!.traceback.map(frame => {
    const text = frame.fileId < 0 ? oldTexts.line(-frame.fileId, frame.line) : texts.line(frame.fileId, frame.line)
    return `  File "${printable(frame.path)}", line ${frame.line}\n${text ? `    ${text}\n` : ''}`
  }).join('')
}

function nothing({ filter }: Options): number {
  say(filter === undefined ? 'nothing was alive at either' : 'no row passes the filter')
  return 0
}

function rest(shown: number, all: number): number {
  if (shown < all) say(`${shown} of ${all} rows; -n 0 shows all`)
  return 0
}
