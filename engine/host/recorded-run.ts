// What a recording says of how to run it again: program, arguments, settings, and everything that came from outside.
import { MoltError } from '../base/errors'
import { ByteReader } from '../recording/bytes'
import { decompress } from '../recording/compress'
import { IMPORTED } from '../queries/import-snapshot'
import { DEFAULT_RUN } from '../queries/settings'
import type { FileAnswer } from '../recording/inputs'
import type { RunSettings } from '../rpc/contract'
import { validateRequest } from '../rpc/schemas'
import type { RecordingReader, StoredRun } from '../store/reader'
import type { RecordedInputs } from './input-player'
import type { PreparedScript } from './script-source'

export interface RecordedRun {
  run: StoredRun
  script: PreparedScript
  sourceKind: string
  arguments: string[]
  settings: RunSettings
  inputs: RecordedInputs
  runtime: { node?: string; v8?: string; platform?: string; architecture?: string; library?: { archiveBytes: number; compiledBytes: number } }
}

/** Errors: damaged; not-repeatable for recordings from before inputs were kept. */
export function recordedRun(reader: RecordingReader): RecordedRun {
  return reader.together(() => {
    const run = reader.run()
    const program = reader.program()
    if (!program && run.source_kind === 'import') {
      throw new MoltError('not-repeatable', `${reader.path} is a snapshot of tracemalloc: there is no run in it to repeat.`, 'Run the program with molt run.')
    }
    if (run.source_kind === IMPORTED) {
      throw new MoltError('not-repeatable', `${reader.path} is a snapshot of another Python: there is no program in it to run again.`)
    }
    if (!program) {
      throw new MoltError('not-repeatable', `${reader.path} does not say what is needed to run it again: it was recorded by an older version of Molt${
        run.complete === 1 ? '' : ', or broke off before its first commit'}.`, 'Record the script again with molt run.')
    }
    const data = decompress(program.data)
    const text = () => new TextDecoder().decode(data)
    const script: PreparedScript = {
      folder: program.folder, name: run.script_name, path: run.script_path,
      source: program.kind === 'file' ? { kind: 'file', path: program.path, argv0: program.argv0, bytes: data.slice() }
        : program.kind === 'module' ? { kind: 'module', module: text() } : { kind: 'code', code: text() },
    }
    return {
      run, script, sourceKind: run.source_kind, arguments: parsed<string[]>(reader, run.arguments, 'arguments'),
      settings: { ...DEFAULT_RUN, ...parsed<Partial<RunSettings>>(reader, run.settings, 'settings') }, inputs: recordedInputs(reader, run),
      runtime: about(program.runtime),
    }
  })
}

/** Checked as a request would be: the file may come from anywhere. */
function parsed<T>(reader: RecordingReader, text: string, field: 'arguments' | 'settings'): T {
  try {
    const value = JSON.parse(text) as T
    if (field === 'settings') validateRequest('replay.start', { recordingId: 0, settings: value })
    else validateRequest('run.start', { source: { kind: 'code', code: '' }, arguments: value })
    return value
  } catch (error) {
    throw new MoltError('damaged', `The ${field} of the run in ${reader.path} cannot be read: ${(error as Error).message}`)
  }
}

function about(runtime: string): RecordedRun['runtime'] {
  try {
    return JSON.parse(runtime) as RecordedRun['runtime']
  } catch {
    return {}
  }
}

function recordedInputs(reader: RecordingReader, run: StoredRun): RecordedInputs {
  const files = reader.inputFiles().map((row): FileAnswer => ({
    id: row.id, mount: row.mount, question: row.question, path: row.path, isThere: row.is_there === 1, isFolder: row.is_folder === 1,
    sizeBytes: row.size_bytes, mtimeSeconds: row.mtime_s, inode: row.inode, contentId: row.content_id,
  }))
  const pieces = new Map<number, Uint8Array[]>()
  for (const { id, data } of reader.inputContents()) {
    const known = pieces.get(id)
    if (known) known.push(decompress(data))
    else pieces.set(id, [decompress(data)])
  }
  for (const { contentId, path } of files) {
    if (contentId > 0 && !pieces.has(contentId)) throw new MoltError('damaged', `${reader.path} lacks the contents of ${path}, which the script read.`)
  }
  const contents = new Map([...pieces].map(([id, parts]) => [id, joined(parts)]))
  for (const { question, contentId, path } of files) {
    if (question === 'list' && contentId > 0 && !isListOfNames(contents.get(contentId)!)) {
      throw new MoltError('damaged', `${reader.path} does not say what was in the folder ${path}.`)
    }
  }
  const tapes = reader.inputTapes().map(tape => ({ ...tape, data: decompress(tape.data) }))
  const tape = (kind: string) => joined(tapes.filter(piece => piece.kind === kind).map(piece => piece.data))
  const [stdin, clock] = [tape('stdin'), tape('clock')]
  readThrough(stdin, clock)
  return {
    files, contents, stdin, clock,
    tapes: tapes.filter(({ kind }) => kind !== 'stdin' && kind !== 'clock'), openEnded: run.complete !== 1 || run.end_reason === 'crashed',
  }
}

function isListOfNames(bytes: Uint8Array): boolean {
  try {
    const names: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return Array.isArray(names) && names.every(name => typeof name === 'string')
  } catch {
    return false
  }
}

/** Throws 'damaged' here rather than in the middle of the run. */
function readThrough(stdin: Uint8Array, clock: Uint8Array): void {
  for (const tape = new ByteReader(stdin); tape.at < stdin.length;) {
    const head = tape.number()
    if (head > 1) tape.raw(head - 1)
  }
  for (const tape = new ByteReader(clock); tape.at < clock.length;) tape.number()
}

/** One array with a buffer of its own. */
function joined(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
