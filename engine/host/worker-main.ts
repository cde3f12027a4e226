// The interpreter's thread: builds sender and io from what the session shared, runs the script, says how it ended.
import { parentPort, workerData } from 'node:worker_threads'
import type { ChunkMessage, SharedMemory } from '../recording/protocol'
import { Sender } from '../recording/sender'
import type { RunOptions, RunResult, RunScript } from './interpreter-api'
import { directIo, relayedIo, type InputRing } from './run-io'

export interface WorkerData {
  options: RunOptions
  shared: SharedMemory
  io: { kind: 'direct' } | { kind: 'relayed'; input: InputRing }
}

export type WorkerMessage =
  | ChunkMessage
  | { type: 'input-wanted' }
  | { type: 'result'; result: RunResult }
  /** The interpreter threw: our fault. */
  | { type: 'crash'; message: string; stack: string }

/** What interpreter-worker.ts calls. */
export function runWorker(runScript: RunScript): void {
  const port = parentPort
  if (!port) throw new Error('this entry is started as a worker thread')
  const { options, shared, io } = workerData as WorkerData
  const post = (message: WorkerMessage) => port.postMessage(message)
  const sender = new Sender(shared, { events: options.settings.record !== 'none', post })
  const { control } = shared
  try {
    const runIo = io.kind === 'direct' ? directIo(sender, control) : relayedIo(sender, control, io.input, () => post({ type: 'input-wanted' }))
    post({ type: 'result', result: runScript(options, sender, runIo) })
  } catch (error) {
    // What was written until then is still worth having.
    try {
      sender.flush()
    } catch {}
    const known = error instanceof Error ? error : new Error(String(error))
    post({ type: 'crash', message: known.message, stack: known.stack ?? '' })
  }
}
