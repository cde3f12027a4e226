// molt snapshot, and what every command does that needs one: takes it where there is none, by running again.
import { formatSize, snapshotAt, takeSnapshot, type OpenRecording } from '../../engine/host/command-api'
import { instant, INSTANTS, parse } from './arguments'
import { say, UsageError } from './exit'
import type { Places } from './places'
import { HELP, print, withRecordingAsync } from './reading'

export const SNAPSHOT_HELP = `Writes the whole heap of a past instant into a recording, by running it again to that instant.

  molt snapshot RECORDING INSTANT...

The run is repeated from what is in the recording alone; the script is not needed. molt objects, object, path and others that
need the heap do this by themselves. Where the recording cannot be written, they take it anew each time.
${INSTANTS}`

export async function snapshot(args: string[], places: Places): Promise<number> {
  const { values, positionals } = parse('snapshot', args, { help: HELP })
  if (values.help) return print(`${SNAPSHOT_HELP}\n`)
  const [path, ...instants] = positionals
  if (path === undefined || instants.length === 0) throw new UsageError('snapshot takes a recording and an instant', 'snapshot')
  return withRecordingAsync('snapshot', [path], async recording => {
    for (const text of instants) {
      const row = await taken(recording, instant(text), places)
      print(`snapshot:${row.id} at tick ${row.tick.toLocaleString('en')}: ${(row.node_count - 1).toLocaleString('en')} objects, ${formatSize(row.size_bytes)}\n`)
    }
    return 0
  })
}

/** The snapshot at an instant, taken now if need be. Ctrl+C gives up. */
export async function taken(recording: OpenRecording, at: number | string, places: Places) {
  const there = snapshotAt(recording, at)
  if (there) return there
  say(`there is no snapshot at ${at} yet: running again to tick ${recording.resolve(at).tick.toLocaleString('en')} to take one`)
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.on('SIGINT', stop)
  try {
    return await takeSnapshot(recording, at, { workerPath: places.worker, dataFolder: places.install, signal: stopping.signal })
  } finally {
    process.off('SIGINT', stop)
  }
}

/** As withRecording, with a snapshot at the instant that `work` will ask for. */
export function withSnapshot(
  command: string, positionals: string[], at: number | string, places: Places, work: (recording: OpenRecording) => number,
): Promise<number> {
  return withRecordingAsync(command, positionals, async recording => {
    await taken(recording, at, places)
    return work(recording)
  })
}
