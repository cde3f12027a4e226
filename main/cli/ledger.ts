// molt ledger: the life of one object: birth, moves, references, death and what died with it.
import { findObject, formatSize, lifeOf, recordingSummary, referencesOf, type OpenRecording } from '../../engine/host/command-api'
import type { Frame } from '../../engine/rpc/contract'
import type { ObjectLife, ObjectReferences, ReferenceStatement } from '../../engine/rpc/contract-ledger'
import { instant, INSTANTS, parse } from './arguments'
import { EXIT, UsageError } from './exit'
import { fitted, printable, terminalWidth } from './fitted'
import { shortPath } from './frames'
import { HELP, limitOf, print, printJson, withRecordingAsync } from './reading'
import type { Places as Entries } from './places'
import { SourceTexts } from './read'

export const LEDGER_HELP = `Prints the life of one object: birth, every reference to it, death, and what died with it.

  molt ledger [OPTIONS] RECORDING OBJECT

OBJECT is what id() gave (0x…, the object alive at --at; or 0x…@INSTANT), a short id as Molt prints it (o1234: the object born by
event 1234), or a node of a snapshot (snapshot:N/NODE).

      --at INSTANT         when an address is meant (default: end)
      --all                every single reference, with the instruction; also those that a statement takes and drops again
      --replay             of a recording with references (molt run --record ledger): run it again all the same, to see who holds it
      --life               birth and death alone, which needs no second run
  -n, --limit N            so many statements, and types of what died with it (default 100; 0: all)
      --json               all of it, as JSON

For its references the recorded program is run again, as far as the object's death, unless they are in the recording. Each line is one statement that changed the
count, with the count before and after; + is who holds the object from then on, - who does so no longer (where holders changed and
the count did not, the next statement that touches the object shows it). Deaths are the
statement's that dropped the last reference, or a collection's. What died with it is all that went by the same instruction, or
was taken by the same collection. The count is that of sys.getrefcount, less the one that its argument is.
${INSTANTS}`

export async function ledger(args: string[], places: Entries): Promise<number> {
  const { values, positionals } = parse('ledger', args, {
    at: { type: 'string' }, all: { type: 'boolean' }, life: { type: 'boolean' }, replay: { type: 'boolean' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${LEDGER_HELP}\n`)
  const [path, name, ...more] = positionals
  if (name === undefined || more.length > 0) throw new UsageError('ledger takes a recording and an object', 'ledger')
  const limit = limitOf('ledger', values.limit, 100)
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop)
  try {
    return await withRecordingAsync('ledger', [path!], async recording => {
      const object = findObject(recording, name, instant(values.at ?? 'end'))
      const life = lifeOf(recording, object)
      const references = values.life ? null : await referencesOf(recording, object, { workerPath: places.worker, dataFolder: places.install, signal: stopping.signal, replay: values.replay ?? false })
      if (values.json) return printJson({ life, references })
      const lines = new Places(recording)
      print(lifeText(lines, life))
      if (references) print(`\n${referencesText(lines, references, values.all ?? false, limit)}`)
      return print(`\n${deathText(lines, life, limit)}`)
    })
  } catch (error) {
    if (stopping.signal.aborted) return EXIT.interrupted
    throw error
  } finally {
    process.off('SIGINT', stop)
  }
}

function lifeText(places: Places, { birth, ...life }: ObjectLife): string {
  const lines = [`${printable(life.typeName)} ${life.id} at ${life.lastAddress}${life.sizeBytes === 0 ? '' : `, a block of ${formatSize(life.sizeBytes)}`}`]
  lines.push(birth
    ? `\nBorn at tick ${birth.tick.toLocaleString('en')}${birth.fromFreeList ? ', out of a free list' : ''}:\n${places.traceback(birth.traceback)}`
    : '\nOlder than the recording: it was there when the program began.')
  if (life.moveCount > 0) {
    const last = life.moves.at(-1)!
    lines.push(`\nMoved ${life.moveCount === 1 ? 'once' : `${life.moveCount.toLocaleString('en')} times`} by reallocation, ${
      life.moveCount > life.moves.length ? `of the first ${life.moves.length} the last one` : 'last'} at tick ${last.tick.toLocaleString('en')} to ${last.to}, ${
      formatSize(last.sizeBytes)}: ${places.line(last.frame)}`)
  }
  return `${lines.join('\n')}\n`
}

function referencesText(places: Places, references: ObjectReferences, all: boolean, limit: number): string {
  if (references.problem !== '') return `Its references cannot be told. ${references.problem}\n`
  const lines: string[] = ['References:']
  const { startCount, startHolders, statements } = references
  if (startCount > 0) lines.push(`  count ${startCount} when the program began`, ...holderLines(startHolders, '      '))
  const told = all ? statements : statements.filter(statement => !statement.temporary)
  const width = Math.max(4, ...told.map(statement => statement.tick.toLocaleString('en').length))
  // How it begins and how it ends.
  const first = told.length <= limit ? told.length : Math.ceil(limit / 2)
  for (const statement of told.slice(0, first)) lines.push(...statementLines(places, statement, all, width))
  if (told.length > limit) lines.push(`  … ${(told.length - limit).toLocaleString('en')} of ${told.length.toLocaleString('en')} statements; -n 0 shows all`)
  if (told.length > limit) for (const statement of told.slice(first - limit)) lines.push(...statementLines(places, statement, all, width))
  const folded = statements.filter(statement => statement.temporary).reduce((sum, statement) => sum + statement.times, 0)
  if (!all && folded > 0) {
    lines.push(`  ${folded.toLocaleString('en')} ${folded === 1 ? 'statement' : 'statements'} took and dropped it again; --all shows them`)
  }
  if (references.cut) lines.push('  (more than is kept: what comes later is left out)')
  if (references.source === 'recording') lines.push('  (as recorded: holders are as the instructions tell; --replay runs it again and looks them up)')
  if (references.endCount > 0) {
    lines.push(`  count ${references.endCount} at the end${references.holders.length === 0 ? '' : ', held by'}`, ...holderLines(references.holders, '      '))
    if (references.unknown > 0) lines.push(`      ${references.unknown} more, by the interpreter or C code`)
  }
  return `${lines.join('\n')}\n`
}

function statementLines(places: Places, statement: ReferenceStatement, all: boolean, width: number): string[] {
  const { tick, before, after, times, collectionId, gained, lost } = statement
  const indent = ' '.repeat(width + 2)
  const lines = [cutRight(`  ${tick.toLocaleString('en').padStart(width)}  ${before} → ${after}  ${places.line(statement.frame)}${
    collectionId === null ? '' : ` (collection ${collectionId})`}${times > 1 ? ` (${times.toLocaleString('en')} times)` : ''}`, terminalWidth())]
  lines.push(...holderLines(lost, `${indent}    - `), ...holderLines(gained, `${indent}    + `))
  if (all) {
    for (const step of statement.steps) {
      lines.push(`${indent}      ${step.before} → ${step.after}  ${step.instruction === '' ? '' : `${printable(step.instruction)}: `}${printable(step.holder)}`)
    }
  }
  return lines
}

const MAX_HOLDERS = 12

const holderLines = (holders: string[], before: string): string[] => [
  ...holders.slice(0, MAX_HOLDERS).map(holder => `${before}${printable(holder)}`),
  ...holders.length > MAX_HOLDERS ? [`${before}… ${(holders.length - MAX_HOLDERS).toLocaleString('en')} more`] : [],
]

const cutRight = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`)

function deathText(places: Places, { death }: ObjectLife, limit: number): string {
  if (!death) return 'Alive at the end of the recording.\n'
  const { collection } = death
  const why = collection
    ? `taken by collection ${collection.id} (generation ${collection.generation}, ${collection.reason}), which ran in`
    : 'its last reference was dropped by'
  const others = death.objectCount <= 1 ? death.rows.length > 1 ? 'Nothing else died with it but its own parts:' : 'Nothing else died with it.' : collection
    ? `The collection freed ${death.objectCount.toLocaleString('en')} objects:`
    : `${death.objectCount.toLocaleString('en')} objects died by this instruction; it was ${death.position === death.objectCount ? 'the last' : `number ${death.position.toLocaleString('en')}`} to go:`
  const lines = [`Died at tick ${death.tick.toLocaleString('en')}${death.intoFreeList ? ', into a free list' : ''}: ${why}\n${places.traceback(death.traceback)}\n\n${others}`]
  if (death.rows.length > 1) {
    const rows = death.rows.slice(0, limit)
    lines.push(fitted(['count', 'size', 'to free list', 'type'], rows.map(row => [
      row.count.toLocaleString('en'), formatSize(row.sizeBytes), row.intoFreeList === 0 ? '' : row.intoFreeList.toLocaleString('en'), row.typeName,
    ]), 'rrrl').trimEnd())
    if (rows.length < death.rows.length) lines.push(`${rows.length} of ${death.rows.length} types; -n 0 shows all`)
  }
  return `${lines.join('\n')}\n`
}

/** Lines of code with their text. */
export class Places {
  private readonly texts: SourceTexts
  private readonly scriptPath: string

  constructor(recording: OpenRecording) {
    this.texts = new SourceTexts(recording)
    this.scriptPath = recordingSummary(recording, 0, false).scriptPath
  }

  /** `file:line in function: text`. */
  line(frame: Frame): string {
    if (frame.path === '<unknown>') return '(outside of any Python frame)'
    const text = this.texts.line(frame.fileId, frame.line)
    return printable(`${shortPath(frame.path, this.scriptPath)}:${frame.line} in ${frame.functionName}${text === '' ? '' : `: ${text}`}`)
  }

  /** Innermost frame first; at most five. */
  traceback(frames: Frame[]): string {
    const shown = frames.slice(-5).reverse().map((frame, i) => `  ${i === 0 ? '' : 'called from '}${this.line(frame)}`)
    if (frames.length === 0) shown.push('  (outside of any Python frame)')
    if (frames.length > 5) shown.push(`  … ${frames.length - 5} more`)
    return shown.join('\n')
  }
}
