// Runs a recording again to watch one object of it: each reference taken and dropped. Nothing is recorded anew.
import { MoltError } from '../base/errors'
import { spanOf } from '../queries/object-life'
import type { NamedObject } from '../queries/object-id'
import { referencesFrom } from '../queries/object-references'
import type { OpenRecording } from '../queries/open-recording'
import { recordedReferences } from '../queries/recorded-references'
import type { ObjectReferences } from '../rpc/contract-ledger'
import type { RunProgress } from '../rpc/contract'
import { recordedRun } from './recorded-run'
import { RunSession } from './run-session'

export interface WatchOptions {
  /** Program of the worker thread, and where the standard library lies. */
  workerPath: string
  dataFolder: string
  onProgress?: (progress: Omit<RunProgress, 'runId'>) => void
  signal?: AbortSignal
  /** Run it again also where the recording has references: holders are looked up then. */
  replay?: boolean
}

const PROGRESS_MS = 100

/**
 * As recorded, if the recording has references to this object and `replay` is not asked for; else by a second run.
 * Errors: not-repeatable; cancelled; internal.
 */
export async function referencesOf(recording: OpenRecording, object: NamedObject, options: WatchOptions): Promise<ObjectReferences> {
  const { signal, onProgress } = options
  const recordedOnes = options.replay ? null : recordedReferences(recording, object, () => signal?.throwIfAborted())
  if (recordedOnes) return recordedOnes
  const recorded = recordedRun(recording.reader)
  const { run } = recorded
  const { death } = spanOf(recording, object, { progress: () => signal?.throwIfAborted() })
  // Of a run that was stopped or killed no more is known than was recorded.
  const end = death ? death.event + 1 : run.end_reason === 'finished' ? undefined : run.event_count
  const session = new RunSession({
    script: recorded.script, sourceKind: recorded.sourceKind, arguments: recorded.arguments, settings: { ...recorded.settings, snapshots: [] }, output: null,
    workerPath: options.workerPath, dataFolder: options.dataFolder, io: 'relayed', inputs: recorded.inputs, ...(end !== undefined && { untilEvent: end }),
    watch: { block: object.block, birthEvent: object.birthEvent, address: object.address },
  })
  const stop = () => session.stop('stopped', 'The replay was stopped.')
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  const timer = onProgress && setInterval(() => onProgress(session.progress()), PROGRESS_MS)
  try {
    const { reason, message, watched } = await session.done
    signal?.throwIfAborted()
    if (reason === 'crashed' || !watched) throw new MoltError('internal', `The recording could not be run again: ${message || 'it ended without a word'}`)
    return referencesFrom(recording, watched, 'replay')
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', stop)
  }
}
