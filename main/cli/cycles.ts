// cycles: reference cycles alive in a snapshot, what collections freed, and the story of a cycle.
import { cyclesAlive, cyclesCollected, explainCycles, formatSize, type OpenRecording } from '../../engine/host/command-api'
import type { CycleGroup, CycleStatement, CycleStory, CyclesCollectedResult } from '../../engine/rpc/contract-cycles'
import { instant, INSTANTS, parse, wholeNumber } from './arguments'
import { EXIT, say, UsageError } from './exit'
import { fitted, printable, terminalWidth } from './fitted'
import { folded } from './folded'
import { shortPath } from './frames'
import type { Places } from './places'
import { HELP, limitOf, print, printJson, withRecordingAsync } from './reading'
import { taken } from './snapshot'

export const CYCLES_HELP = `Prints reference cycles: what only the collector can free, and what it freed.

  molt cycles [OPTIONS] RECORDING

      --at INSTANT         cycles alive then (default: end): garbage first, then those in use
      --collected          what collections freed, by type and line, instead
      --explain [N]        run again to tell of the cycles that collection N took (molt gc lists them), or of the garbage at --at, which
                           statement closed them and which dropped the last reference from outside
  -n, --limit N            so many (default 10; of --explain 3; 0: all)
      --json               as JSON

Cycles made alike (same types, lines and references) are one. weak names the reference that points back: were it a weakref, reference
counting would free the rest at once. floated is the time from the last reference from outside, or where that was not looked up from the
birth of the youngest member, to the collection or to now.
Cycles through classes, functions and modules that are in use are left out; every program has them.
${INSTANTS}`

export async function cycles(args: string[], places: Places): Promise<number> {
  const { values, positionals } = parse('cycles', withNumber(args), {
    at: { type: 'string' }, collected: { type: 'boolean' }, explain: { type: 'string' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${CYCLES_HELP}\n`)
  if (values.collected && (values.at !== undefined || values.explain !== undefined)) throw new UsageError('--collected goes with neither --at nor --explain', 'cycles')
  const limit = limitOf('cycles', values.limit, values.explain !== undefined ? 3 : values.json ? Number.MAX_SAFE_INTEGER : 10)
  const at = instant(values.at ?? 'end')
  return withRecordingAsync('cycles', positionals, async recording => {
    if (values.collected) return collected(recording, limit, values.json ?? false)
    if (values.explain !== undefined) return explain(recording, places, values.explain, at, limit, values.json ?? false)
    await taken(recording, at, places)
    const result = cyclesAlive(recording, { at, limit })
    if (values.json) return printJson(result)
    if (result.groupCount === 0) return print('No cycles but those of classes, functions and modules.\n')
    if (result.garbageObjects > 0) print(`Garbage that waits for the collector: ${result.garbageObjects.toLocaleString('en')} objects, ${formatSize(result.garbageBytes)}\n\n`)
    print(result.groups.map((group, i) => groupText(recording, group, i + 1)).join('\n'))
    if (result.groupCount > result.groups.length) say(`${result.groups.length} of ${result.groupCount} kinds of cycles; -n 0 shows all`)
    return 0
  })
}

/** --explain may stand alone: what follows it then is no number. */
function withNumber(args: string[]): string[] {
  const at = args.indexOf('--explain')
  return at < 0 || /^\d+$/.test(args[at + 1] ?? '') ? args : [...args.slice(0, at), '--explain=', ...args.slice(at + 1)]
}

const STATES = { uncollectable: 'uncollectable, in gc.garbage', garbage: 'garbage', reachable: 'in use' }

const row = (name: string, text: string): string => folded(printable(text), Math.max(40, terminalWidth()), `   ${name}`, 12)

function groupText(recording: OpenRecording, group: CycleGroup, number: number): string {
  const width = Math.max(40, terminalWidth())
  const { scriptPath } = scriptOf(recording)
  const times = group.cycleCount === 1 ? 'a cycle' : `${group.cycleCount.toLocaleString('en')} cycles`
  const lines = [folded(printable(`${times} of ${group.types.slice(0, 5).map(t => `${t.count.toLocaleString('en')} ${t.typeName}`).join(', ')}: ${
    formatSize(group.retainedBytes)} (${STATES[group.state]})`), width, `${number}. `.padEnd(3), 3)]
  lines.push(row('round', group.round))
  const places = new Map<string, number>()
  for (const { frame, typeName } of group.example.members) {
    const text = frame ? `${typeName} at ${shortPath(frame.path, scriptPath)}:${frame.line} in ${frame.functionName}` : `${typeName} from before the program`
    places.set(text, (places.get(text) ?? 0) + 1)
  }
  let first = true
  for (const [text, count] of [...places].slice(0, 6)) {
    lines.push(row(first ? 'members' : '', `${count > 1 ? `${count} × ` : ''}${text}`))
    first = false
  }
  if (group.example.memberCount > group.example.members.length) lines.push(row('', `and ${(group.example.memberCount - group.example.members.length).toLocaleString('en')} more`))
  if (group.finalizers > 0) lines.push(row('__del__', `${group.finalizers.toLocaleString('en')} members have finalizers, which run when the collector takes them`))
  if (group.state === 'garbage') {
    lines.push(row('floated', `at most ${Math.round(group.floatedTicks).toLocaleString('en')} instructions on average, ${bytesTicks(group.bytesTicks)}`))
  }
  if (group.heldBy !== '') lines.push(row('held', group.heldBy))
  if (group.weak) lines.push(row('weak', `${group.weak.words}${group.weak.breaksAll ? '' : ' (other references keep part of it in a cycle)'}`))
  return lines.join('')
}

const bytesTicks = (value: number): string => `${value.toLocaleString('en', { maximumSignificantDigits: 3, notation: 'compact' })} bytes × instructions`

const scripts = new WeakMap<OpenRecording, { scriptPath: string }>()
function scriptOf(recording: OpenRecording): { scriptPath: string } {
  let found = scripts.get(recording)
  if (!found) scripts.set(recording, found = { scriptPath: recording.run().script_path })
  return found
}

function collected(recording: OpenRecording, limit: number, json: boolean): number {
  const result = cyclesCollected(recording, { limit })
  if (json) return printJson(result)
  if (result.collectionCount === 0) return print('No collection freed anything.\n')
  print(collectedText(recording, result))
  if (result.rowCount > result.rows.length) say(`${result.rows.length} of ${result.rowCount} rows; -n 0 shows all`)
  return 0
}

function collectedText(recording: OpenRecording, result: CyclesCollectedResult): string {
  const { scriptPath } = scriptOf(recording)
  const looked = result.lookedAt < result.collectionCount ? `, the ${result.lookedAt} largest` : ''
  const head = `${result.collectionCount} collections${looked} freed ${result.objects.toLocaleString('en')} objects, ${formatSize(result.bytes)}; ${bytesTicks(result.bytesTicks)}\n\n`
  return head + fitted(['objects', 'bytes', 'floated', 'bytes×instr.', 'type', 'made at'], result.rows.map(r => [
    r.count.toLocaleString('en'), formatSize(r.bytes), Math.round(r.floatedTicks).toLocaleString('en'), r.bytesTicks.toLocaleString('en', { maximumSignificantDigits: 3, notation: 'compact' }),
    printable(r.typeName), r.frame ? `${shortPath(r.frame.path, scriptPath)}:${r.frame.line}` : 'before the program',
  ]), 'rrrrll')
}

async function explain(recording: OpenRecording, places: Places, number: string, at: number | string, limit: number, json: boolean): Promise<number> {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop)
  try {
    const result = await explainCycles(recording, {
      ...(number === '' ? { at } : { collectionId: wholeNumber('cycles', '--explain', number, 1) }), limit: Math.min(limit, 20),
      workerPath: places.worker, dataFolder: places.install, signal: stopping.signal,
    })
    if (json) return printJson(result)
    if (result.groupCount === 0) return print(result.collectionId === null ? 'There was no garbage then.\n' : `Collection ${result.collectionId} took no cycles.\n`)
    print(result.stories.map((story, i) => storyText(recording, story, i + 1)).join('\n'))
    if (result.groupCount > result.stories.length) say(`${result.stories.length} of ${result.groupCount} kinds of cycles`)
    return 0
  } catch (error) {
    if (stopping.signal.aborted) return EXIT.interrupted
    throw error
  } finally {
    process.off('SIGINT', stop)
  }
}

function storyText(recording: OpenRecording, story: CycleStory, number: number): string {
  const { scriptPath } = scriptOf(recording)
  const statement = (name: string, found: CycleStatement | null) => (found
    ? row(name, `${shortPath(found.frame.path, scriptPath)}:${found.frame.line} in ${found.frame.functionName}, tick ${found.tick.toLocaleString('en')}: ${found.text}`) + row('', found.words)
    : row(name, 'not known'))
  const lines = [groupText(recording, { ...story.group, state: story.group.state }, number).replace(/^   floated .*\n(?: {12}.*\n)*/m, '')]
  lines.push(statement('closed', story.closedBy), statement('dropped', story.droppedBy))
  lines.push(row('floated', story.floatedTicks === null ? 'not known' : `${story.floatedTicks.toLocaleString('en')} instructions, ${bytesTicks(story.bytesTicks ?? 0)} a cycle`))
  if (story.problem !== '') lines.push(row('', story.problem))
  return lines.join('')
}
