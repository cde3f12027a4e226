// What every command that reads a recording does alike: opens it, says that it was not ended, prints.
import { MoltError, OpenRecording, recordingSummary } from '../../engine/host/command-api'
import { wholeNumber } from './arguments'
import { say, UsageError } from './exit'

export const HELP = { type: 'boolean', short: 'h' } as const

/** Opens the one recording of `positionals`, for as long as `work` takes. */
export function withRecording(command: string, positionals: string[], work: (recording: OpenRecording) => number): number {
  if (positionals.length === 0) throw new UsageError(`${command} needs a recording`, command)
  if (positionals.length > 1) throw new UsageError(`${command} takes one recording`, command)
  return withRecordings(command, positionals, ([recording]) => work(recording!))
}

/** Opens each of `paths`, for as long as `work` takes. */
export function withRecordings(command: string, paths: string[], work: (recordings: OpenRecording[]) => number): number {
  const recordings: OpenRecording[] = []
  try {
    openAll(command, paths, recordings)
    return work(recordings)
  } catch (error) {
    throw asUsage(command, error)
  } finally {
    for (const recording of recordings) recording.close()
  }
}

/** As withRecording, for work that waits. */
export async function withRecordingAsync(command: string, positionals: string[], work: (recording: OpenRecording) => Promise<number>): Promise<number> {
  if (positionals.length === 0) throw new UsageError(`${command} needs a recording`, command)
  if (positionals.length > 1) throw new UsageError(`${command} takes one recording`, command)
  return withRecordingsAsync(command, positionals, ([recording]) => work(recording!))
}

/** As withRecordings, for work that waits. */
export async function withRecordingsAsync(command: string, paths: string[], work: (recordings: OpenRecording[]) => Promise<number>): Promise<number> {
  const recordings: OpenRecording[] = []
  try {
    openAll(command, paths, recordings)
    return await work(recordings)
  } catch (error) {
    throw asUsage(command, error)
  } finally {
    for (const recording of recordings) recording.close()
  }
}

/** What can be asked of a snapshot that tracemalloc wrote. */
const OF_SNAPSHOTS = ['summary', 'stats', 'tree', 'diff', 'source', 'export', 'check', 'flamegraph']

/** Opens one after the other, so that those before one that fails are known and can be closed. */
function openAll(command: string, paths: string[], recordings: OpenRecording[]): void {
  for (const path of paths) {
    const recording = new OpenRecording(path)
    recordings.push(recording)
    if (recording.run().source_kind === 'import' && !OF_SNAPSHOTS.includes(command)) {
      throw new MoltError('no-instant', `${path} is a snapshot of tracemalloc, which has figures of lines and tracebacks alone: ${command} needs the recording of a run.`,
        'Run the program with: molt run -o FILE SCRIPT')
    }
    const which = paths.length === 1 ? 'this recording' : path
    if (!recordingSummary(recording, 0, false).complete) say(`${which} was not ended: its run still goes on or was killed; what was committed is shown`)
  }
}

const asUsage = (command: string, error: unknown): unknown =>
  (error instanceof MoltError && error.code === 'bad-request' ? new UsageError(error.message, command) : error)

/** Value of -n; 0 is all. */
export function limitOf(command: string, value: string | undefined, fallback: number): number {
  const limit = value === undefined ? fallback : wholeNumber(command, '-n', value)
  return limit === 0 ? Number.MAX_SAFE_INTEGER : limit
}

export function print(text: string): 0 {
  process.stdout.write(text)
  return 0
}

export const printJson = (value: unknown): 0 => print(`${JSON.stringify(value, null, 1)}\n`)

/** A count of work that takes long, on stderr where a person looks at it. `end` wipes it out. */
export function progressOn(): { progress(done: number, total: number): void; end(): void } {
  const { isTTY } = process.stderr
  const begun = performance.now()
  let shown = 0
  return {
    progress(done, total) {
      const now = performance.now()
      if (!isTTY || now - begun < 300 || now - shown < 100) return
      shown = now
      process.stderr.write(`\r\x1b[Kmolt: ${Math.floor(done / total * 100)}% of ${total.toLocaleString('en')} events`)
    },
    end() {
      if (shown > 0) process.stderr.write('\r\x1b[K')
      shown = 0
    },
  }
}
