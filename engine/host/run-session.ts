// One run: the interpreter in a worker thread, the recorder beside it, and the hand on both.
//
// States: made → running ⇄ paused → ended. However it ends (by itself, stopped, killed thread, a fault of ours, a full
// disk) the recording is finished with a reason, and `done` resolves once. A stop is first asked for through the control
// words; two seconds later the thread is ended by force, with everything recorded until then kept.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { MoltError } from '../base/errors'
import type { WatchedObject, WatchRequest } from '../memory/watched-object'
import { INPUT_BACKLOG, INTERRUPT, PAUSE, PAUSED, shareMemory, SNAPSHOT, STATE, STOP, type ChunkMessage } from '../recording/protocol'
import { LARGE_CONTENT_BYTES } from '../recording/inputs'
import { Recorder } from '../recording/recorder'
import type { EndReason, RunProgress, RunSettings } from '../rpc/contract'
import { RecordingWriter, type RunFigures } from '../store/writer'
import type { RecordedInputs } from './input-player'
import type { RunResult } from './interpreter-api'
import { InputFeeder } from './run-io'
import { interpreterLimits } from './interpreter-limits'
import { originOf, programRow, type PreparedScript } from './script-source'
import { ENGINE_VERSION, PYTHON_VERSION } from './versions'
import type { WorkerData, WorkerMessage } from './worker-main'

export const FORCE_AFTER_MS = 2000
/** With Sender's FLUSH_MS and the recorder's COMMIT_MS: an event is on disk 250 ms after it happened. */
const TIMER_MS = 50

export interface SessionOptions {
  script: PreparedScript
  sourceKind: string
  arguments: string[]
  settings: RunSettings
  /** Program of the worker thread. */
  workerPath: string
  /** For the interpreter: where the standard library lies. */
  dataFolder: string
  /** Null: nothing is recorded. */
  output: { path: string; overwrite: boolean } | null
  /** 'direct': output goes to the process's own descriptors. Input is what `write` is given, in both. */
  io: 'direct' | 'relayed'
  /** Called for relayed output as it comes. */
  onOutput?: (fileDescriptor: number, tick: number, bytes: Uint8Array) => void
  onInputWanted?: () => void
  /** Run again with what an earlier run learned from outside. */
  inputs?: RecordedInputs
  /** Take snapshots after exactly so many events. */
  snapshotEvents?: number[]
  /** Tell of each reference to one object. */
  watch?: WatchRequest
  /** End the run after so many events. */
  untilEvent?: number
  /** End the run after all events up to and with this tick. */
  untilTick?: number
  /** Told the digest of all events so far, every DIGEST_EVENTS events. */
  onDigest?: (events: number, digest: number) => void
}

export interface SessionEnd {
  reason: EndReason
  exitCode: number
  message: string
  /** Of a crash, for a bug report. */
  stack: string
  /** Files on this machine that the script asked for and may not read. */
  outOfReach?: string[]
  /** Of a run with `watch`. */
  watched?: WatchedObject
  /** Of a run with `inputs`: what the program asked for that the earlier run had not. */
  unknown?: string[]
}

function ended({ missing = [], ...result }: RunResult): SessionEnd {
  if (result.unknown) return { ...result, stack: '' }
  const outOfReach = missing.filter(path => existsSync(path))
  return { ...result, stack: '', ...(outOfReach.length > 0 && { outOfReach }) }
}

export class RunSession {
  readonly done: Promise<SessionEnd>
  private readonly options: SessionOptions
  private readonly shared = shareMemory()
  private readonly input = new InputFeeder()
  private readonly recorder: Recorder | null
  private readonly worker: Worker
  private readonly timer: NodeJS.Timeout
  private force: NodeJS.Timeout | undefined
  private asked: EndReason | null = null
  private askedMessage = ''
  private over = false
  private result: SessionEnd | null = null
  private resolve!: (end: SessionEnd) => void
  private last = { tick: 0, wallNs: 0 }
  private readonly toRelease: number[] = []

  /** Makes the recording and starts the thread. Throws what createDatabase throws. */
  constructor(given: SessionOptions) {
    // A recording says where a folder was, from wherever it is read.
    const options = { ...given, settings: { ...given.settings, paths: given.settings.paths.map(path => resolve(path)) } }
    this.options = options
    this.done = new Promise(resolve => { this.resolve = resolve })
    this.recorder = options.output && this.makeRecorder(options.output)
    const data: WorkerData = {
      kind: 'run',
      options: {
        source: options.script.source, arguments: options.arguments, settings: options.settings, folder: options.script.folder,
        dataFolder: options.dataFolder, recordInputs: this.recorder !== null,
        ...(options.inputs && { inputs: options.inputs }), ...(options.untilEvent !== undefined && { untilEvent: options.untilEvent }),
        ...(options.untilTick !== undefined && { untilTick: options.untilTick }), ...(options.watch && { watch: options.watch }),
        ...(options.snapshotEvents && { snapshotEvents: options.snapshotEvents }),
      },
      shared: this.shared,
      io: { kind: options.io, input: this.input.ring },
    }
    this.worker = new Worker(options.workerPath, {
      workerData: data, stdin: false, stdout: false, stderr: false,
      resourceLimits: interpreterLimits(),
      transferList: contentsOf(options.inputs),
    })
    this.worker.on('message', (message: WorkerMessage) => this.receive(message))
    this.worker.on('error', error => this.crash(error))
    this.worker.on('exit', () => this.exited())
    this.timer = setInterval(() => this.tickRecorder(), TIMER_MS)
  }

  /** Ends the run: politely, and after FORCE_AFTER_MS by force. */
  stop(reason: EndReason = 'stopped', message = ''): void {
    if (this.asked) return
    this.asked = reason
    this.askedMessage = message
    this.setControl(STOP, 1)
    this.setControl(PAUSE, 0)
    this.input.end()
    this.force = setTimeout(() => void this.worker.terminate(), FORCE_AFTER_MS)
  }

  /** Ends the recording here and now, whatever the interpreter does; `done` does not resolve. For a process that exits next. */
  endNow(message: string): void {
    if (this.over) return
    this.over = true
    clearInterval(this.timer)
    clearTimeout(this.force)
    try {
      this.recorder?.finish('stopped', 130, message)
    } catch {
      this.recorder?.abandon()
    }
  }

  /** KeyboardInterrupt in the script. */
  interrupt(): void {
    this.setControl(INTERRUPT, 1)
  }

  pause(paused: boolean): void {
    if (!this.asked) this.setControl(PAUSE, paused ? 1 : 0)
  }

  /** The heap is written down as soon as the interpreter looks up. */
  snapshot(): void {
    this.setControl(SNAPSHOT, 1)
  }

  write(bytes: Uint8Array): void {
    this.input.push(bytes)
  }

  endInput(): void {
    this.input.end()
  }

  progress(): Omit<RunProgress, 'runId'> {
    const figures = this.recorder?.figures()
    return {
      tick: this.last.tick,
      wallNs: this.last.wallNs,
      liveBytes: figures?.live_bytes ?? 0,
      liveBlocks: figures?.live_block_count ?? 0,
      liveObjects: figures?.live_object_count ?? 0,
      rssBytes: figures?.rss_bytes ?? 0,
      events: figures?.event_count ?? 0,
      committedTick: this.recorder?.committedTick ?? 0,
      paused: Atomics.load(this.shared.control, PAUSED) === 1,
    }
  }

  /** Of the recording, as last known; null without one. */
  figures(): RunFigures | null {
    return this.recorder?.figures() ?? null
  }

  private makeRecorder(output: { path: string; overwrite: boolean }): Recorder {
    const { script, settings } = this.options
    const writer = new RecordingWriter(output.path, output.overwrite, {
      script_name: script.name, script_path: script.path, source_kind: this.options.sourceKind, arguments: JSON.stringify(this.options.arguments),
      settings: JSON.stringify(settings), engine_version: ENGINE_VERSION, python_version: PYTHON_VERSION, started_ms: Date.now(),
    })
    const { onDigest } = this.options
    const recorder = new Recorder(writer, { level: settings.record, originOf: path => originOf(path, script), ...(onDigest && { onDigest }) })
    recorder.program(programRow(script, this.options.dataFolder))
    return recorder
  }

  private receive(message: WorkerMessage): void {
    if (this.over) return
    try {
      if (message.type === 'chunk') this.chunk(message)
      else if (message.type === 'input-wanted') {
        this.input.fill()
        this.options.onInputWanted?.()
      } else if (message.type === 'result') this.result = ended(message.result)
      else if (message.type === 'crash') this.result = { reason: 'crashed', exitCode: 70, message: message.message, stack: message.stack }
    } catch (error) {
      this.fail(error)
    }
  }

  private chunk(message: ChunkMessage): void {
    this.last = { tick: message.tick, wallNs: message.wallNs }
    const words = message.chunk < 0 ? null : this.shared.chunks[message.chunk]!
    try {
      this.recorder?.message(message, words)
    } finally {
      if (message.chunk >= 0) this.release(message.chunk)
      this.storedContents(message)
    }
    if (this.options.io === 'relayed') {
      for (const output of message.definitions?.outputs ?? []) this.options.onOutput?.(output.fileDescriptor, output.tick, output.bytes)
    }
  }

  /** Large contents of files are stored: the interpreter may send more. */
  private storedContents({ definitions }: ChunkMessage): void {
    let kib = 0
    for (const { bytes } of definitions?.inputs?.contents ?? []) if (bytes.length >= LARGE_CONTENT_BYTES) kib += bytes.length >>> 10
    if (kib === 0) return
    Atomics.sub(this.shared.control, INPUT_BACKLOG, kib)
    Atomics.notify(this.shared.control, INPUT_BACKLOG)
  }

  /**
   * Gives a chunk back in the next turn of the event loop. Given back at once, the interpreter would fill it while this
   * message is handled, and Node delivers up to a thousand messages before it looks at timers and sockets again.
   */
  private release(chunk: number): void {
    this.toRelease.push(chunk)
    if (this.toRelease.length > 1) return
    setImmediate(() => {
      for (const index of this.toRelease) this.setControl(STATE + index, 0)
      this.toRelease.length = 0
    })
  }

  private tickRecorder(): void {
    try {
      this.recorder?.commitIfDue()
    } catch (error) {
      this.fail(error)
    }
  }

  /** The recording cannot be written any more: no use in going on. */
  private fail(error: unknown): void {
    if (this.result?.reason === 'crashed') return
    const known = error instanceof Error ? error : new Error(String(error))
    const stack = error instanceof MoltError ? '' : known.stack ?? ''
    this.result = { reason: 'crashed', exitCode: 74, message: known.message, stack }
    this.asked ??= 'crashed'
    this.setControl(STOP, 1)
    void this.worker.terminate()
  }

  private crash(error: Error): void {
    const memory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
    this.result ??= {
      reason: 'crashed', exitCode: 70, stack: error.stack ?? '',
      message: memory ? 'The interpreter ran out of memory of its own; set a limit with --max-memory.' : error.message,
    }
  }

  private exited(): void {
    if (this.over) return
    this.over = true
    clearInterval(this.timer)
    clearTimeout(this.force)
    const end = this.result ?? (this.asked
      ? { reason: this.asked, exitCode: 130, message: this.askedMessage || 'Stopped by force: the script was in the middle of one long operation.', stack: '' }
      : { reason: 'crashed' as const, exitCode: 70, message: 'The interpreter ended without a word.', stack: '' })
    if (this.asked && end.reason === 'stopped' && this.askedMessage) end.message = this.askedMessage
    try {
      this.recorder?.finish(end.reason, end.exitCode, end.message)
    } catch (error) {
      this.recorder?.abandon()
      if (end.reason !== 'crashed') {
        end.reason = 'crashed'
        end.exitCode = 74
        end.message = (error as Error).message
      }
    }
    this.resolve(end)
  }

  private setControl(index: number, value: number): void {
    Atomics.store(this.shared.control, index, value)
    Atomics.notify(this.shared.control, index)
  }
}

/** Buffers that the interpreter's thread can take over: what was read for it alone. */
function contentsOf(inputs: RecordedInputs | undefined): ArrayBuffer[] {
  return inputs ? [...inputs.contents.values()].filter(bytes => bytes.byteLength === bytes.buffer.byteLength).map(bytes => bytes.buffer as ArrayBuffer) : []
}
