// A snapshot of an instant that was not written down: runs the recording again to that event, and puts the heap that it finds
// there into the recording, so that it is taken once.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MoltError } from '../base/errors'
import { FIRST_STATIC_TYPE } from '../memory/heap-capture'
import { keepGraph } from '../queries/graph'
import { OpenRecording, type Instant } from '../queries/open-recording'
import { decodeSnapshot, encodeSnapshot } from '../recording/snapshot-codec'
import type { At } from '../rpc/contract'
import { addSnapshot } from '../store/amend'
import type { StoredSnapshot } from '../store/reader'
import { replayRun, type ReplayOptions } from './replay'

export interface TakeOptions extends Pick<ReplayOptions, 'workerPath' | 'dataFolder' | 'onProgress' | 'signal'> {}

/**
 * Takes the snapshot at `at`; the recording has it afterwards. Where the file cannot be written (read-only media, recorded
 * right now) the open recording alone knows it. Errors: 'no-instant', 'not-repeatable', 'cancelled', those of a replay.
 */
export async function takeSnapshot(recording: OpenRecording, at: At, options: TakeOptions): Promise<StoredSnapshot> {
  if (recording.settings().record === 'none') {
    throw new MoltError('no-instant', 'This recording was made with --record none: it knows no instants.', `molt replay ${recording.path} records the same run in full.`)
  }
  const instant = recording.resolve(at)
  const there = recording.reader.snapshots().findLast(s => s.event === instant.event)
  if (there) return there
  const folder = mkdtempSync(join(tmpdir(), 'molt-snapshot-'))
  try {
    const path = join(folder, 'replay.molt')
    // Figures alone are written: all events are passed, and none is kept.
    const result = await replayRun(recording.path, {
      ...options, output: { path, overwrite: false }, settings: { record: 'stats', snapshots: [], maxTicks: 0 }, snapshotEvents: [instant.event], untilEvent: instant.event,
    })
    if (options.signal?.aborted) throw new MoltError('cancelled', 'The snapshot was not taken.')
    if (result.end.reason === 'crashed') throw new MoltError('internal', `Running again to that instant failed: ${result.end.message}`)
    if (result.difference) {
      throw new MoltError('not-repeatable', `Running again did not come to that instant. ${result.difference.sentence}`, result.reasons.join(' '))
    }
    const second = new OpenRecording(path)
    try {
      return moved(recording, second, instant)
    } finally {
      second.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** From the second recording into the first, with the type ids of the first. */
function moved(recording: OpenRecording, second: OpenRecording, { event, tick }: Instant): StoredSnapshot {
  const taken = second.reader.snapshots().find(s => s.event === event)
  if (!taken) {
    throw new MoltError('not-repeatable', 'Running again did not come to that instant: the run cannot be repeated exactly.',
      'molt replay RECORDING says where it parts from the recorded one.')
  }
  const decoded = decodeSnapshot(second.reader.snapshotData(taken.id))
  const own = recording.reader.types()
  const idOf = new Map(own.map(t => [`${t.module}\0${t.name}`, t.id]))
  const types = new Map(second.reader.types().map(t => [t.id, t]))
  const known = new Set(own.map(t => t.id))
  const added = new Map<number, { id: number; module: string; name: string; head_granules: number }>()
  decoded.type.forEach((id, node) => {
    // Types that events name have the same ids in both runs; the others are numbered by the snapshots that met them.
    const type = types.get(id)
    if (!type || known.has(id) && id < FIRST_STATIC_TYPE) return
    const same = idOf.get(`${type.module}\0${type.name}`)
    if (same !== undefined) decoded.type[node] = same
    else if (!known.has(id)) added.set(id, type)
  })
  const blobs = encodeSnapshot({ ...decoded, reason: 'instant', label: '', text: new TextEncoder().encode(decoded.strings.map(text => `${text}\0`).join('')), stringCount: decoded.strings.length, wholeNumbers: new Float64Array(0), floats: new Float64Array(0) }, decoded)
  const row: StoredSnapshot = { ...taken, reason: 'instant', label: '', tick, id: Math.max(0, ...recording.reader.snapshots().map(s => s.id)) + 1 }
  if (!addSnapshot(recording.path, row, blobs, [...added.values()])) keepGraph(recording, row, decoded)
  else recording.refresh()
  return row
}

/**
 * What RunSettings.snapshots asks for that can be known only when the run is over: 'peak'. Says why it was not taken, or ''.
 * The run itself has ended well or badly without it.
 */
export async function takeAfterRun(path: string, when: readonly string[], options: TakeOptions): Promise<string> {
  if (!when.includes('peak')) return ''
  try {
    const recording = new OpenRecording(path)
    try {
      if (recording.run().event_count > 0) await takeSnapshot(recording, 'peak', options)
    } finally {
      recording.close()
    }
    return ''
  } catch (error) {
    if (error instanceof MoltError) return `There is no snapshot at the peak: ${error.message}`
    throw error
  }
}
