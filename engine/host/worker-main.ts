// The interpreter's thread: builds sender and io from what the session shared, runs the script, says how it ended.
import { parentPort, workerData } from 'node:worker_threads'
import type { ChunkMessage, SharedMemory } from '../recording/protocol'
import { Sender } from '../recording/sender'
import type { RunIo, RunOptions, RunOracle, RunResult, RunScript } from './interpreter-api'
import { directIo, relayedIo, type InputRing } from './run-io'

export type WorkerData = RunData | OracleData

/** `molt oracle`: no recording, no input; the answer is one JSON text. */
export interface OracleData { kind: 'oracle'; options: RunOptions; audited: boolean }

export interface RunData {
  kind: 'run'
  options: RunOptions
  shared: SharedMemory
  io: { kind: 'direct' | 'relayed'; input: InputRing }
}

export type WorkerMessage =
  | ChunkMessage
  | { type: 'input-wanted' }
  | { type: 'result'; result: RunResult }
  | { type: 'oracle'; json: string }
  /** The interpreter threw: our fault. */
  | { type: 'crash'; message: string; stack: string }

/** What interpreter-worker.ts calls. */
export function runWorker(runScript: RunScript, runOracle: RunOracle = noOracle): void {
  const port = parentPort
  if (!port) throw new Error('this entry is started as a worker thread')
  const data = workerData as WorkerData
  const post = (message: WorkerMessage, transfer?: ArrayBuffer[]) => port.postMessage(message, transfer)
  try {
    if (data.kind === 'run') runRecorded(data, runScript, post)
    else post({ type: 'oracle', json: JSON.stringify(runOracle(data.options, closedIo, data.audited), null, 1) })
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error))
    post({ type: 'crash', message: known.message, stack: known.stack ?? '' })
  }
}

function runRecorded({ options, shared, io }: RunData, runScript: RunScript, post: (message: WorkerMessage, transfer?: ArrayBuffer[]) => void): void {
  const sender = new Sender(shared, { events: options.settings.record !== 'none', post })
  const { control } = shared
  try {
    const makeIo = io.kind === 'direct' ? directIo : relayedIo
    const runIo = makeIo(sender, control, io.input, () => post({ type: 'input-wanted' }))
    post({ type: 'result', result: runScript(options, sender, runIo) })
  } catch (error) {
    // What was written until then is still worth having.
    try {
      sender.flush()
    } catch {}
    throw error
  }
}

const noOracle: RunOracle = () => { throw new Error('this build has no oracle') }

const closedIo: RunIo = { write: () => false, read: () => new Uint8Array(0), isatty: () => false }
