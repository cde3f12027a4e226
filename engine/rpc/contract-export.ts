// RPC group `export`: a recording written as a file for another tool. Types only; see contract.ts.
import type { At, RecordingId, StatisticsFilter } from './contract'
import type { Measure } from './contract-times'

export type ExportFormat = 'speedscope' | 'collapsed' | 'pprof' | 'csv' | 'json' | 'heapsnapshot' | 'html'
export type ExportGroupBy = 'lineno' | 'function' | 'filename' | 'traceback' | 'type'

/** What is written. Options that mean nothing to the format are refused. */
export interface ExportOptions {
  format: ExportFormat
  /** The end of the range, and when live memory is looked at; absent: the end of the run. */
  at?: At
  /** Where the range begins; absent: before the first event. */
  from?: At
  /** Absent: live and allocated, and of a range survived. Of `collapsed` one alone; of `pprof` the one to show first. */
  measures?: Measure[]
  temporaryThreshold?: number
  filters?: StatisticsFilter[]
  /** Rows of `csv` and `json`; absent: lines. */
  groupBy?: ExportGroupBy
  /** Of `speedscope` and `collapsed`: weights are numbers of blocks, not bytes. */
  blocks?: boolean
}

export interface ExportFormatRow {
  format: ExportFormat
  title: string
  /** What names of such files end in, with the dot. */
  extension: string
  /** What reads it. */
  summary: string
  /** For eyes, not only for programs. */
  isText: boolean
  options: (keyof ExportOptions)[]
}

export interface ExportMethods {
  'export.formats': { params: Record<string, never>; result: ExportFormatRow[] }
  /** Writes beside `path` and renames, so that a failure or a cancel leaves nothing behind. */
  'export.write': { params: { recordingId: RecordingId; path: string; overwrite?: boolean } & ExportOptions; result: { path: string; bytes: number } }
}
