// `molt oracle`: one script in an interpreter's thread, without a recording.
import { Worker } from 'node:worker_threads'
import type { RunSettings } from '../rpc/contract'
import { interpreterLimits } from './interpreter-limits'
import type { PreparedScript } from './script-source'
import type { OracleData, WorkerMessage } from './worker-main'

export interface OracleOptions {
  /** Also prove the consistency of memory and references, and that nothing is left: figure `audit`, a list of complaints. */
  audited?: boolean
  /** Ends the interpreter by force. */
  signal?: AbortSignal
}

/** The figures as JSON text. Rejects with what the interpreter threw. */
export function oracleOf(
  script: PreparedScript, settings: RunSettings, workerPath: string, dataFolder: string, { audited = false, signal }: OracleOptions = {},
): Promise<string> {
  const data: OracleData = { kind: 'oracle', audited, options: { source: script.source, arguments: [], settings, folder: script.folder, dataFolder } }
  const worker = new Worker(workerPath, { workerData: data, resourceLimits: interpreterLimits() })
  signal?.addEventListener('abort', () => void worker.terminate(), { once: true })
  return new Promise((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'oracle') resolve(message.json)
      else if (message.type === 'crash') reject(Object.assign(new Error(message.message), { stack: message.stack }))
    })
    worker.on('error', reject)
    worker.on('exit', () => reject(new Error('the interpreter ended without a word')))
  })
}
