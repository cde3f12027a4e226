// molt dump, molt oracle: the engine's stages without a recording.
import { readFileSync, statSync } from 'node:fs'
import { dumpSource, eventList, fromSystem, MoltError } from '../../engine/host/command-api'
import { choice, instant, parse, range } from './arguments'
import { CommandError, UsageError } from './exit'
import { printable } from './fitted'
import { help } from './help'
import { withRecording } from './reading'

const HELP = { type: 'boolean', short: 'h' } as const

export async function dump(args: string[]): Promise<number> {
  const { values, positionals } = parse('dump', args, { range: { type: 'string' }, help: HELP })
  if (values.help) {
    process.stdout.write(help('dump'))
    return 0
  }
  const [stage, path, ...more] = positionals
  if (stage === undefined || path === undefined || more.length > 0) throw new UsageError('dump needs a stage and a file', 'dump')
  if (stage === 'events') return dumpEvents(path, values.range)
  const kind = choice('dump', 'dump', stage, ['tokens', 'ast', 'dis'])
  const bytes = path === '-' ? readFileSync(0) : readSource(path)
  try {
    process.stdout.write(await dumpSource(kind, bytes, path === '-' ? '<stdin>' : path))
    return 0
  } catch (error) {
    // A refused program is the program's fault: as python says it, exit code 1.
    if (error instanceof Error && /^(Syntax|Indentation|Tab)Error$/.test(error.name)) throw new CommandError(`${error.name}: ${error.message}`, 1)
    throw error
  }
}

/** One line an event: number, tick, what, where. */
function dumpEvents(path: string, wanted: string | undefined): number {
  const { from, to } = wanted === undefined ? {} : range('dump', wanted)
  return withRecording('dump', [path], recording => {
    const toEvent = to === undefined ? undefined : recording.resolve(instant(String(to))).event
    let next: number | null = from === undefined ? 0 : recording.resolve(instant(String(from))).event
    while (next !== null) {
      const page = eventList(recording, { recordingId: 0, fromEvent: next, limit: 10_000, ...(toEvent === undefined ? {} : { toEvent }) })
      process.stdout.write(page.rows.map(row => [
        row.event, row.tick, row.kind.padEnd(12), (row.address ?? '-').padEnd(14), String(row.sizeBytes ?? '-').padStart(7), printable(row.what) || '-',
        row.frame === null ? '-' : `${row.frame.path}:${row.frame.line}`, ...(row.collectionId === null ? [] : [`by collection ${row.collectionId}`]),
      ].join('  ')).join('\n') + (page.rows.length > 0 ? '\n' : ''))
      next = page.next
    }
    return 0
  })
}

function readSource(path: string): Uint8Array {
  try {
    if (statSync(path).isDirectory()) throw new MoltError('is-folder', `${path} is a folder, not a file.`)
    return readFileSync(path)
  } catch (error) {
    throw fromSystem(error, path, 'read')
  }
}
