// The output of a recording that is not running here: read from its file.
import type { Engine } from '../state/engine.svelte'
import { toProblem, type Problem } from '../state/problem'
import { ConsoleLog, type ConsoleLine } from './log'

/** The newest this many bytes; a console is not the place to read more. */
const MAX_BYTES = 1024 * 1024

export class RecordedOutput {
  lines = $state.raw<ConsoleLine[]>([])
  /** Older output was left out. */
  cut = $state(false)
  problem = $state.raw<Problem | null>(null)
  private readonly engine: Engine
  private wanted: number | null = null

  constructor(engine: Engine) { this.engine = engine }

  async load(recordingId: number): Promise<void> {
    this.reset()
    this.wanted = recordingId
    try {
      const { chunks, cut } = await this.engine.call('output.range', { recordingId, maxBytes: MAX_BYTES })
      if (this.wanted !== recordingId) return
      const log = new ConsoleLog()
      for (const chunk of chunks) log.append(chunk.fd, chunk.tick, chunk.bytes)
      this.lines = log.lines
      this.cut = cut || log.dropped > 0
    } catch (error) {
      if (this.wanted === recordingId) this.problem = toProblem(error)
    }
  }

  reset(): void {
    this.wanted = null
    this.lines = []
    this.cut = false
    this.problem = null
  }
}
