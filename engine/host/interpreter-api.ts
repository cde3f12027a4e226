// What the run process expects of the interpreter, and what it gives to it.
//
// `engine/host/interpreter-worker.ts` (the entry of the worker thread) is two lines: it imports the interpreter's RunScript
// and RunOracle and hands them to `runWorker` (worker-main.ts), which builds sender and io from what the run session shared.
//
// What a RunScript does:
//   1. Prepares the simulated process with `sender.firstChunk` as the log's first chunk and `sender.chunk` behind its
//      onFull, calls `sender.attach(log)`, `defineRegions`, `defineAddresses`; turns the log on (`log.enabled`) only at the
//      canonical start and only if `options.settings.record` is not 'none'. Blocks from before are never announced.
//   2. Defines types (tags need none), files with their text (script first), codes, contexts before events use them.
//   3. Calls `sender.poll(tick)` every few thousand instructions (under 10 ms) and obeys what it returns: REQUEST_STOP ends
//      the run without giving the script a say (no except, no finally); REQUEST_INTERRUPT raises KeyboardInterrupt.
//   4. Enforces maxTicks and maxMemoryBytes (a MemoryError; uncaught: reason 'memory-limit').
//   5. Writes tracebacks, SystemExit messages and the like to `io` itself, as python does, and for every byte written to
//      descriptors 1 and 2 that the process accepted calls `sender.output` and logs an OUTPUT event.
//   6. Calls `sender.finish(tick)` last and returns. Throwing means a fault of ours: the run ends as 'crashed'.
import type { WatchedObject, WatchRequest } from '../memory/watched-object'
import type { EndReason, RunSettings } from '../rpc/contract'
import type { Sender } from '../recording/sender'
import type { RecordedInputs } from './input-player'

export type ScriptSource =
  /** `path` is what tracebacks and __file__ show, `argv0` what was typed; `bytes` were read by the session already. */
  | { kind: 'file'; path: string; argv0: string; bytes: Uint8Array }
  | { kind: 'module'; module: string }
  | { kind: 'code'; code: string }

export interface RunOptions {
  source: ScriptSource
  /** sys.argv[1:]. */
  arguments: string[]
  settings: RunSettings
  /** Absolute: the folder of the script (sys.path[0]), or the current folder for -m and -c. */
  folder: string
  /** Folder that holds what the interpreter needs at run time (the standard library), or ''. */
  dataFolder: string
  /** Snapshots are taken after these numbers of events, besides those of the settings. */
  snapshotEvents?: number[]
  /** Keep in the recording what the program learns from outside. */
  recordInputs?: boolean
  /** Run again with what an earlier run learned; nothing of this machine is asked then. */
  inputs?: RecordedInputs
  /** Tell of each reference to one object. */
  watch?: WatchRequest
  /** End the run after so many events, before the next one. */
  untilEvent?: number
  /** End the run after all events up to and with this tick. */
  untilTick?: number
}

/** The same shape as HostIo of engine/python/objects/runtime.ts. */
export interface RunIo {
  /** Writes all bytes; false when the other end is gone (EPIPE). */
  write(fileDescriptor: number, bytes: Uint8Array): boolean
  /** Why the last write failed, as the name of an errno; EPIPE if it is not known. */
  writeError?: string
  /**
   * At most `size` bytes of standard input, at least one; an empty array is the end of the file. Blocks. Null: the host
   * asks for something (a stop, an interrupt); poll and read again.
   */
  read(fileDescriptor: number, size: number): Uint8Array | null
  isatty(fileDescriptor: number): boolean
}

export interface RunResult {
  /** What python would exit with. */
  exitCode: number
  reason: Extract<EndReason, 'finished' | 'stopped' | 'tick-limit' | 'memory-limit'>
  /** One line for the summary, e.g. the last line of an uncaught traceback; or ''. */
  message: string
  /** With `watch`. */
  watched?: WatchedObject
  /** Files that the program did not find; absolute. */
  missing?: string[]
  /** With `inputs`: what the program asked for that the earlier run had not; absolute paths. */
  unknown?: string[]
}

export type RunScript = (options: RunOptions, sender: Sender, io: RunIo) => RunResult

/**
 * `molt oracle`: runs the script from the canonical start, without a recording, and returns its figures in the schema of the
 * goldens (script, exit_code, stdout, stderr, start, marks, end …), ready for JSON. What the script prints belongs into the
 * result; `io.write` is not to be called. Standard input is at its end.
 */
export type RunOracle = (options: RunOptions, io: RunIo, audited: boolean) => object
