// The runs of one store process: forks a run process for each, relays between it and the page, and makes its recording
// readable when it is gone, however it went.
//
// child_process.fork is used on every host: inside Electron's utility process it starts the same binary as plain Node
// (ELECTRON_RUN_AS_NODE), so there is one path for desktop, web and tests.
import { fork, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fromSystem, MoltError } from '../base/errors'
import type { RunEnded, RunInfo, RunProgress, RunRequest, RunSettings, RunSource, RunStarted } from '../rpc/contract'
import type { Emit } from '../rpc/rpc'
import type { ReplayPlan } from './replay'
import type { FromRun, ToRun } from './run-messages'

export interface RunManagerOptions {
  /** Program of the run process, and of its worker. */
  runEntry: string
  workerPath: string
  /** Root of the installation, for the interpreter. */
  installFolder: string
  recordingsFolder: string
  emit: Emit
  defaults(): RunSettings
  /** The recording exists: opens it for reading. */
  opened(path: string): number
  /** The recorder has closed the file. */
  finished(recordingId: number, path: string, request: RunRequest | null): void
}

/** `request` is null of a replay. */
interface Run { info: RunInfo; child: ChildProcess; request: RunRequest | null }

export interface ReplayRequest extends ReplayPlan { recording: string; scriptName: string; output?: string; overwrite?: boolean }

/** Ended runs that are still listed. */
const KEPT_RUNS = 20

export class RunManager {
  private readonly runs = new Map<number, Run>()
  private readonly options: RunManagerOptions
  private nextId = 1

  constructor(options: RunManagerOptions) {
    this.options = options
  }

  /** Resolves when the recording exists and the interpreter has been started. */
  start(request: RunRequest): Promise<RunStarted> {
    const { workerPath, installFolder: dataFolder } = this.options
    const settings = { ...this.options.defaults(), ...request.settings }
    const output = { path: request.output ?? this.freshPath(nameOf(request.source)), overwrite: request.overwrite ?? false }
    return this.launch(request, output, { type: 'start', request, settings, output, workerPath, dataFolder })
  }

  /** Runs a recording again, as a run of its own. */
  replay({ recording, scriptName, output: path, overwrite = false, ...plan }: ReplayRequest): Promise<RunStarted> {
    const { workerPath, installFolder: dataFolder } = this.options
    const output = { path: path ?? this.freshPath(`${stemOf(scriptName)}-replay`), overwrite }
    return this.launch(null, output, { type: 'replay', recording, plan, output, workerPath, dataFolder })
  }

  private launch(request: RunRequest | null, output: { path: string }, message: ToRun): Promise<RunStarted> {
    const { options } = this
    const runId = this.nextId++
    const child = fork(options.runEntry, [], {
      serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, execArgv: [],
    })
    this.send(child, message)
    return new Promise((resolve, reject) => {
      child.on('message', (message: FromRun) => {
        if (message.type === 'failed') return reject(new MoltError(message.error.code, message.error.message, message.error.hint))
        if (message.type !== 'started') return this.receive(runId, message)
        try {
          const recordingId = options.opened(output.path)
          this.runs.set(runId, {
            child, request,
            info: {
              runId, recordingId, path: output.path, scriptName: message.name, ended: false, tick: 0, wallNs: 0, liveBytes: 0, liveBlocks: 0,
              liveObjects: 0, rssBytes: 0, events: 0, committedTick: 0, paused: false,
            },
          })
          resolve({ runId, recordingId, path: output.path })
        } catch (error) {
          child.kill()
          reject(error as Error)
        }
      })
      child.once('error', error => reject(new MoltError('internal', `The run process could not be started: ${error.message}.`)))
      child.once('exit', (_code, signal) => {
        this.gone(runId, signal)
        reject(new MoltError('internal', 'The run process ended before the script began.'))
      })
    })
  }

  stop(runId: number): void {
    const run = this.get(runId)
    if (!run.info.ended) this.send(run.child, { type: 'stop' })
  }

  pause(runId: number, paused: boolean): void {
    this.send(this.running(runId).child, { type: 'pause', paused })
  }

  snapshot(runId: number): void {
    this.send(this.running(runId).child, { type: 'snapshot' })
  }

  input(runId: number, text: string, end: boolean): void {
    this.send(this.running(runId).child, { type: 'input', bytes: new TextEncoder().encode(text), end })
  }

  list(): RunInfo[] {
    return [...this.runs.values()].map(run => run.info)
  }

  isLive(recordingId: number): boolean {
    return this.list().some(info => info.recordingId === recordingId && !info.ended)
  }

  /** Ends all runs, waiting until their recordings are closed. */
  async close(): Promise<void> {
    await Promise.all([...this.runs.values()].filter(run => !run.info.ended).map(run => new Promise<void>(resolve => {
      run.child.once('exit', () => resolve())
      this.send(run.child, { type: 'stop', message: 'Molt was closed while the script ran.' })
    })))
  }

  private receive(runId: number, message: FromRun): void {
    const run = this.runs.get(runId)
    if (!run) return
    const { emit } = this.options
    if (message.type === 'progress') emit('run.progress', this.progress(run, message.progress))
    else if (message.type === 'output') emit('run.output', { runId, fd: message.fd, tick: message.tick, bytes: message.bytes })
    else if (message.type === 'input-wanted') emit('run.inputWanted', { runId, prompt: '' })
    else if (message.type === 'ended') {
      emit('run.progress', this.progress(run, message.progress))
      this.end(run, { runId, recordingId: run.info.recordingId, reason: message.reason, exitCode: message.exitCode, message: message.message, ...(message.replay && { replay: message.replay }) })
    }
  }

  /** The process is gone; if it had not said how it ended, something killed it. */
  private gone(runId: number, signal: NodeJS.Signals | null): void {
    const run = this.runs.get(runId)
    if (!run || run.info.ended) return
    this.end(run, {
      runId, recordingId: run.info.recordingId, reason: 'crashed', exitCode: 70,
      message: `The run process was ended from outside${signal ? ` (${signal})` : ''}. What it had recorded is kept.`,
    })
  }

  private end(run: Run, ended: RunEnded): void {
    run.info.ended = true
    this.options.finished(run.info.recordingId, run.info.path, run.request)
    this.options.emit('run.ended', ended)
    const over = [...this.runs.values()].filter(r => r.info.ended)
    for (const old of over.slice(0, -KEPT_RUNS)) this.runs.delete(old.info.runId)
  }

  private progress(run: Run, progress: Omit<RunProgress, 'runId'>): RunProgress {
    Object.assign(run.info, progress)
    return { runId: run.info.runId, ...progress }
  }

  private get(runId: number): Run {
    const run = this.runs.get(runId)
    if (!run) throw new MoltError('no-run', 'There is no such run.')
    return run
  }

  private running(runId: number): Run {
    const run = this.get(runId)
    if (run.info.ended) throw new MoltError('no-run', 'The run has ended.')
    return run
  }

  private send(child: ChildProcess, message: ToRun): void {
    if (child.connected) child.send(message)
  }

  private freshPath(name: string): string {
    const stem = stemOf(name)
    const stamp = new Date().toISOString().replace(/\..*/, '').replace(/[-:]/g, '').replace('T', '-')
    try {
      mkdirSync(this.options.recordingsFolder, { recursive: true })
    } catch (error) {
      throw fromSystem(error, this.options.recordingsFolder, 'write')
    }
    return join(this.options.recordingsFolder, `${stem}-${stamp}-${process.pid % 1000}${this.nextId}.molt`)
  }
}

const nameOf = (source: RunSource): string =>
  (source.kind === 'path' ? basename(source.path) : source.kind === 'text' ? basename(source.name) : source.kind === 'module' ? source.module : 'code')

const stemOf = (name: string): string => name.replace(/\.py$/, '').replace(/[^\w.-]+/g, '_').slice(0, 60) || 'script'
