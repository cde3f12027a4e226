// molt ledger: the life of one object: birth, moves, death and what died with it.
import { findObject, formatSize, lifeOf, recordingSummary, type OpenRecording } from '../../engine/host/command-api'
import type { Frame } from '../../engine/rpc/contract'
import type { ObjectDeath, ObjectLife } from '../../engine/rpc/contract-ledger'
import { instant, INSTANTS, parse } from './arguments'
import { UsageError } from './exit'
import { fitted, printable } from './fitted'
import { shortPath } from './frames'
import { HELP, limitOf, print, printJson, withRecording } from './reading'
import { SourceTexts } from './read'

export const LEDGER_HELP = `Prints the life of one object: birth, moves, death, and what died with it.

  molt ledger [OPTIONS] RECORDING OBJECT

OBJECT is what id() gave (0x…, the object alive at --at; or 0x…@INSTANT), a short id as Molt prints it (o1234: the object born by
event 1234), or a node of a snapshot (snapshot:N/NODE).

      --at INSTANT         when an address is meant (default: end)
  -n, --limit N            so many types of what died with it (default 12; 0: all)
      --json               all of it, as JSON

Deaths are the statement's that dropped the last reference, or a collection's. What died with it is all that went by the same
instruction, or was taken by the same collection.
${INSTANTS}`

export function ledger(args: string[]): number {
  const { values, positionals } = parse('ledger', args, {
    at: { type: 'string' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${LEDGER_HELP}\n`)
  const [path, name, ...more] = positionals
  if (name === undefined || more.length > 0) throw new UsageError('ledger takes a recording and an object', 'ledger')
  const limit = limitOf('ledger', values.limit, 12)
  return withRecording('ledger', [path!], recording => {
    const life = lifeOf(recording, findObject(recording, name, instant(values.at ?? 'end')))
    if (values.json) return printJson(life)
    return print(lifeText(recording, life, limit))
  })
}

function lifeText(recording: OpenRecording, life: ObjectLife, limit: number): string {
  const places = new Places(recording)
  const { birth, death } = life
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
  lines.push(death ? deathText(death, places) : '\nAlive at the end of the recording.')
  if (death && death.rows.length > 1) {
    const rows = death.rows.slice(0, limit)
    lines.push(fitted(['count', 'size', 'to free list', 'type'], rows.map(row => [
      row.count.toLocaleString('en'), formatSize(row.sizeBytes), row.intoFreeList === 0 ? '' : row.intoFreeList.toLocaleString('en'), row.typeName,
    ]), 'rrrl').trimEnd())
    if (rows.length < death.rows.length) lines.push(`${rows.length} of ${death.rows.length} types; -n 0 shows all`)
  }
  return `${lines.join('\n')}\n`
}

function deathText(death: ObjectDeath, places: Places): string {
  const { collection } = death
  const why = collection
    ? `taken by collection ${collection.id} (generation ${collection.generation}, ${collection.reason}), which ran in`
    : 'its last reference was dropped by'
  const alone = death.objectCount <= 1
  const others = alone ? 'Nothing else died with it.' : collection
    ? `The collection freed ${death.objectCount.toLocaleString('en')} objects:`
    : `${death.objectCount.toLocaleString('en')} objects died by this instruction; it was ${death.position === death.objectCount ? 'the last' : `number ${death.position.toLocaleString('en')}`} to go:`
  return `\nDied at tick ${death.tick.toLocaleString('en')}${death.intoFreeList ? ', into a free list' : ''}: ${why}\n${places.traceback(death.traceback)}\n\n${others}`
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
