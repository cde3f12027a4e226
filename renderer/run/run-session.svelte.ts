// The run that this window started last (or found going on when it came): its progress, output and end.
import type { OutputChunk, RunEnded, RunInfo, RunProgress, RunRequest, RunStarted } from '../../engine/rpc/contract'
import { ConsoleLog, type ConsoleLine } from '../console/log'
import type { Engine } from '../state/engine.svelte'

export type RunPhase = 'idle' | 'starting' | 'running' | 'stopping' | 'ended'

export class RunSession {
  phase = $state<RunPhase>('idle')
  runId = $state<number | null>(null)
  recordingId = $state<number | null>(null)
  path = $state('')
  scriptName = $state('')
  progress = $state.raw<RunProgress | null>(null)
  end = $state.raw<RunEnded | null>(null)
  inputWanted = $state.raw<{ prompt: string } | null>(null)
  /** Anew with every change; the log keeps its lines in place. */
  lines = $state.raw<ConsoleLine[]>([])
  readonly busy: boolean = $derived(this.phase === 'starting' || this.phase === 'running' || this.phase === 'stopping')
  readonly log = new ConsoleLog()

  /** Called when the engine has committed more of the recording, and when the run is over. */
  onCommitted: (recordingId: number, tick: number) => void = () => {}
  onEnded: (end: RunEnded) => void = () => {}

  private readonly engine: Engine
  private flushing = false
  /** Events of a run may come before the answer to `run.start`. */
  private early: (() => void)[] | null = null

  constructor(engine: Engine) {
    this.engine = engine
    const mine = <T extends { runId: number }>(take: (data: T) => void) => (data: T) => {
      if (this.early) this.early.push(() => { if (data.runId === this.runId) take(data) })
      else if (data.runId === this.runId) take(data)
    }
    engine.on('run.progress', mine(data => this.takeProgress(data)))
    engine.on('run.output', mine(data => {
      this.log.append(data.fd, data.tick, data.bytes)
      this.flushSoon()
    }))
    engine.on('run.inputWanted', mine(data => { this.inputWanted = { prompt: data.prompt } }))
    engine.on('run.ended', mine(data => this.takeEnd(data)))
  }

  async start(request: RunRequest): Promise<RunStarted> {
    this.log.clear()
    this.flush()
    this.phase = 'starting'
    this.end = null
    this.progress = null
    this.inputWanted = null
    this.early = []
    try {
      const started = await this.engine.call('run.start', request)
      this.take(started.runId, started.recordingId, started.path, request.source.kind === 'path' ? request.source.path : request.source.kind === 'text' ? request.source.name : '')
      return started
    } catch (error) {
      this.phase = 'idle'
      throw error
    } finally {
      const early = this.early
      this.early = null
      for (const deliver of early) deliver()
    }
  }

  /** Takes over a run that goes on, after the page was loaded again, with what it has printed so far. */
  attach(info: RunInfo, printed: OutputChunk[]): void {
    this.log.clear()
    for (const chunk of printed) this.log.append(chunk.fd, chunk.tick, chunk.bytes)
    this.flush()
    this.take(info.runId, info.recordingId, info.path, info.scriptName)
    this.takeProgress(info)
    if (info.ended) this.phase = 'ended'
  }

  private take(runId: number, recordingId: number, path: string, scriptName: string): void {
    this.runId = runId
    this.recordingId = recordingId
    this.path = path
    this.scriptName = scriptName
    this.phase = 'running'
  }

  async stop(): Promise<void> {
    if (this.runId === null || !this.busy) return
    this.phase = 'stopping'
    await this.engine.call('run.stop', { runId: this.runId })
  }

  async input(text: string, end = false): Promise<void> {
    if (this.runId === null) return
    this.inputWanted = null
    // As a terminal does: what is typed stands behind the prompt.
    this.log.append(1, this.progress?.tick ?? 0, new TextEncoder().encode(text))
    this.flushSoon()
    await this.engine.call('run.input', { runId: this.runId, text, ...(end ? { end } : {}) })
  }

  /** The engine's process is gone, and the run with it. */
  lost(): void {
    if (!this.busy || this.runId === null || this.recordingId === null) {
      if (this.busy) this.phase = 'idle'
      return
    }
    this.takeEnd({
      runId: this.runId, recordingId: this.recordingId, reason: 'crashed', exitCode: 1,
      message: 'The engine process ended while the script was running. What was recorded until then is in its file.'
    })
  }

  private takeProgress(progress: RunProgress): void {
    this.progress = progress
    if (this.recordingId !== null) this.onCommitted(this.recordingId, progress.committedTick)
  }

  private takeEnd(end: RunEnded): void {
    this.end = end
    this.phase = 'ended'
    this.inputWanted = null
    this.flush()
    this.onEnded(end)
  }

  private flushSoon(): void {
    if (this.flushing) return
    this.flushing = true
    requestAnimationFrame(() => this.flush())
  }

  private flush(): void {
    this.flushing = false
    this.lines = this.log.lines.slice()
  }
}
