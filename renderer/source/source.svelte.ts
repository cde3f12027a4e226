// The file that the Source view shows, its figures at the instant, and the line that was asked for.
import type { At, SourceFileRow, SourceLines } from '../../engine/rpc/contract'
import type { Engine } from '../state/engine.svelte'
import { Latest } from '../state/latest'
import { isCancelled, toProblem, type Problem } from '../state/problem'

const SPARK_SLOTS = 48

export class SourceState {
  files = $state.raw<SourceFileRow[]>([])
  fileId = $state<number | null>(null)
  lines = $state.raw<SourceLines | null>(null)
  /** The line to show and mark; `times` counts requests, so that the same line can be asked for again. */
  wanted = $state.raw<{ line: number; times: number } | null>(null)
  problem = $state.raw<Problem | null>(null)

  private readonly latestFiles: Latest<{ recordingId: number; at: At }, SourceFileRow[]>
  private readonly latestLines: Latest<{ recordingId: number; fileId: number; at: At }, SourceLines>

  constructor(engine: Engine) {
    const fail = (error: unknown) => { if (!isCancelled(error)) this.problem = toProblem(error) }
    this.latestFiles = new Latest(
      question => engine.call('source.files', question),
      files => {
        this.files = files
        this.problem = null
        if (this.fileId === null || !files.some(file => file.fileId === this.fileId)) this.fileId = firstFile(files)?.fileId ?? null
      }, fail)
    this.latestLines = new Latest(
      question => engine.call('source.lines', { ...question, sparkSlots: SPARK_SLOTS }),
      (lines, question) => {
        if (question.fileId !== this.fileId) return
        this.lines = lines
        this.problem = null
      }, fail)
  }

  loadFiles(recordingId: number, at: At): void { this.latestFiles.request({ recordingId, at }) }
  loadLines(recordingId: number, fileId: number, at: At): void { this.latestLines.request({ recordingId, fileId, at }) }

  show(fileId: number, line: number): void {
    this.fileId = fileId
    this.wanted = { line, times: (this.wanted?.times ?? 0) + 1 }
  }

  reset(): void {
    this.latestFiles.forget()
    this.latestLines.forget()
    this.files = []
    this.fileId = null
    this.lines = null
    this.wanted = null
    this.problem = null
  }
}

/** The script itself, else the file that holds most. */
export function firstFile(files: SourceFileRow[]): SourceFileRow | null {
  return files.find(file => file.origin === 'script') ??
    [...files].filter(file => file.hasText).sort((a, b) => b.liveBytes - a.liveBytes)[0] ?? files[0] ?? null
}
