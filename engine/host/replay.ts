// Runs a recording again, from what is in it alone.
//
// With nothing changed, the second run must have the same events as the first: while it runs, its digests are compared with
// the recorded ones, and it is ended where they part. With something changed (settings, an edited script) it is a run of its
// own, on the same inputs, to be laid beside the first one.
import { resolve } from 'node:path'
import { MoltError } from '../base/errors'
import { firstDifference, knownSame } from '../queries/first-difference'
import { OpenRecording } from '../queries/open-recording'
import { DIGEST_EVENTS } from '../recording/event-digest'
import type { RunProgress, RunSettings } from '../rpc/contract'
import type { ReplayOutcome } from '../rpc/contract-replay'
import { recordedRun, type RecordedRun } from './recorded-run'
import { RunSession, type SessionEnd } from './run-session'
import type { PreparedScript } from './script-source'
import { libraryIdentity } from './stdlib-archive'
import { ENGINE_VERSION } from './versions'

/** What is wanted of a replay; plain data. */
export interface ReplayPlan {
  /** End the run after exactly so many events, or after all events up to and with a tick. */
  untilEvent?: number
  untilTick?: number
  /** Take snapshots after exactly so many events. */
  snapshotEvents?: number[]
  /** Changes: what-if. */
  settings?: Partial<RunSettings>
  /** Another text in the place of the script. */
  script?: Uint8Array
}

export interface ReplayOptions extends ReplayPlan {
  output: { path: string; overwrite: boolean }
  /** Program of the worker thread, and where the standard library lies. */
  workerPath: string
  dataFolder: string
  /** Called now and then. */
  onProgress?: (progress: Omit<RunProgress, 'runId'>) => void
  /** Called for output as it comes. */
  onOutput?: (fileDescriptor: number, tick: number, bytes: Uint8Array) => void
  signal?: AbortSignal
}

export interface ReplayResult extends ReplayOutcome { end: SessionEnd }

const PROGRESS_MS = 100

/** Errors: those of opening a recording and of making one; not-repeatable; bad-request. */
export async function replayRun(recordingPath: string, options: ReplayOptions): Promise<ReplayResult> {
  return (await startReplay(recordingPath, options)).done
}

export interface StartedReplay { session: RunSession; name: string; done: Promise<ReplayResult> }

/** As replayRun, with a hand on the run; when this returns the second recording exists. */
export function startReplay(recordingPath: string, options: ReplayOptions): StartedReplay {
  const { signal, onProgress, onOutput, output } = options
  if (resolve(recordingPath) === resolve(output.path)) {
    throw new MoltError('bad-request', 'The replay cannot be recorded over the recording that it repeats.', 'Choose another name.')
  }
  const first = new OpenRecording(recordingPath)
  let recorded: RecordedRun
  let digests: Map<number, number>
  try {
    recorded = recordedRun(first.reader)
    digests = new Map(first.reader.digests().map(({ event, digest }) => [event, digest]))
  } catch (error) {
    first.close()
    throw error
  }
  const { run } = recorded
  const { record } = recorded.settings
  const settings: RunSettings = { ...recorded.settings, record: record === 'stats' || record === 'none' ? 'full' : record, ...options.settings }
  const changed = options.script !== undefined || isOther(recorded.settings, settings)
  // A run that was stopped, killed or broken off ends where its recording does.
  const end = changed || run.end_reason === 'finished' ? Infinity : run.event_count
  const untilEvent = Math.min(options.untilEvent ?? Infinity, end)
  // Of an unchanged run it is known how many events it has: one that has more has parted from it.
  const limit = changed ? untilEvent : Math.min(untilEvent, run.event_count + DIGEST_EVENTS)
  // Without events a run that broke off is known to have come to its last tick.
  const untilTick = options.untilTick ?? (end < Infinity && run.event_count === 0 ? run.last_tick : undefined)
  let parted = false
  let session: RunSession
  try {
    session = new RunSession({
      script: withText(recorded.script, options.script), sourceKind: recorded.sourceKind, arguments: recorded.arguments, settings, output,
      workerPath: options.workerPath, dataFolder: options.dataFolder, io: 'relayed', inputs: { ...recorded.inputs, openEnded: recorded.inputs.openEnded && !changed },
      ...(onOutput && { onOutput }), ...(options.snapshotEvents && { snapshotEvents: options.snapshotEvents }), ...(Number.isFinite(limit) && run.event_count > 0 && { untilEvent: limit }),
      ...(untilTick !== undefined && { untilTick }),
      onDigest: (events, digest) => {
        if (changed || parted || (digests.get(events) ?? digest) === digest) return
        parted = true
        session.stop('stopped', 'Ended: this run is not the recorded one.')
      },
    })
  } catch (error) {
    first.close()
    throw error
  }
  const timer = onProgress && setInterval(() => onProgress(session.progress()), PROGRESS_MS)
  const stop = () => session.stop('stopped', 'The replay was stopped.')
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  const finish = async (): Promise<ReplayResult> => {
    try {
      const end = await session.done
      onProgress?.(session.progress())
      const second = new OpenRecording(output.path)
      try {
        const events = second.run().event_count
        // A recording that is still being made may have grown meanwhile.
        const toItsEnd = run.complete === 1 || events < run.event_count
        const whole = !changed && toItsEnd && options.untilEvent === undefined && options.untilTick === undefined && !signal?.aborted
        const difference = firstDifference(first, second, { changed, whole })
        return {
          end, changed, difference, sameEvents: difference?.event ?? knownSame(first, second), events, recordedEvents: run.event_count,
          reasons: changed || !difference ? [] : reasonsOf(recorded, options.dataFolder),
        }
      } finally {
        second.close()
      }
    } finally {
      clearInterval(timer)
      signal?.removeEventListener('abort', stop)
      first.close()
    }
  }
  return { session, name: recorded.script.name, done: finish() }
}

function withText(script: PreparedScript, bytes: Uint8Array | undefined): PreparedScript {
  if (bytes === undefined) return script
  const { source } = script
  if (source.kind === 'file') return { ...script, source: { ...source, bytes } }
  if (source.kind === 'code') return { ...script, source: { ...source, code: new TextDecoder().decode(bytes) } }
  throw new MoltError('bad-request', `The recording ran the module ${source.module} with -m: there is no script to put another in the place of.`)
}

/** Does this change what the program does? What is recorded of it, and when snapshots are taken, does not. */
function isOther(before: RunSettings, after: RunSettings): boolean {
  const plain = (settings: RunSettings) => JSON.stringify({ ...settings, record: '', snapshots: [] }, Object.keys({ ...before, ...after }).sort())
  return plain(before) !== plain(after)
}

function reasonsOf({ run, runtime }: RecordedRun, dataFolder: string): string[] {
  const reasons: string[] = []
  if (run.engine_version !== ENGINE_VERSION) reasons.push(`It was recorded by Molt ${run.engine_version}; this is ${ENGINE_VERSION}.`)
  const { node, v8 } = process.versions
  if (runtime.node !== node) reasons.push(`It was recorded on Node.js ${runtime.node ?? '?'}; this is ${node}.`)
  else if (runtime.v8 !== v8) reasons.push(`It was recorded on V8 ${runtime.v8 ?? '?'}; this is ${v8}.`)
  const library = libraryIdentity(dataFolder)
  if (runtime.library?.archiveBytes !== library.archiveBytes) reasons.push('It was recorded with another standard library.')
  else if (runtime.library.compiledBytes !== library.compiledBytes) {
    const state = (bytes: number) => (bytes === 0 ? 'not compiled' : `${bytes.toLocaleString('en')} bytes of compiled code`)
    reasons.push(`The library of the installation that recorded it was otherwise compiled (there: ${state(runtime.library.compiledBytes)}, here: ${state(library.compiledBytes)}).`)
  }
  return reasons
}
