// How the memory of every line, traceback and type develops over a run, and what shape that has (engine/analysis/growth.ts).
//
//   growthOf(recording, { by: 'line', limit: 50 }) → { tick, rows: [{ traceback, live, low, born, freed, verdict }, …], rowCount }
//
// The events are passed once for all three groupings and all later questions about the same range (growth-pass.ts); what a
// recording was passed for last is kept with it. Recordings made with --record stats have as many samples as marks; in those of
// very many events the samples come from keyframes.
import { growthShape } from '../analysis/growth'
import { MoltError } from '../base/errors'
import type { At, Frame } from '../rpc/contract'
import type { GrowthBy, GrowthParams, GrowthResult, GrowthRow } from '../rpc/contract-growth'
import { LINES_A_FILE } from '../recording/keyframe'
import { GrowthPass, type RowSeries } from './growth-pass'
import type { OpenRecording } from './open-recording'
import { typeNames } from './types-at'

const DEFAULT_SLOTS = 128
const DEFAULT_LIMIT = 100
/** So long a request from afar runs before others get a turn. */
const TURN_MS = 25

export interface GrowthOptions {
  by: GrowthBy
  /** The range ends here (default: end of the run) and begins at `from` (default: beginning). */
  at?: At
  from?: At
  /** Most rows (default 100): those with most bytes alive at the end of the range or, by 'peak', at their own peak. */
  limit?: number
  order?: 'alive' | 'peak'
  /** Samples over the range, evenly spread in ticks (default 128). */
  slots?: number
  /** Rows that never held so much are left out, and growth below it is none. Default 256. */
  minimumBytes?: number
  /** Ranges of more events are followed from keyframe to keyframe alone. */
  mostEvents?: number
  progress?: (done: number, total: number) => void
}

interface Kept { key: string; pass: GrowthPass }
const passes = new WeakMap<OpenRecording, Kept>()

/** The series and shapes of the rows that hold most. Rows by falling order; `rowCount` counts those of at least minimumBytes. */
export function growthOf(recording: OpenRecording, options: GrowthOptions): GrowthResult {
  return rowsOf(recording, passOf(recording, options), options)
}

/** As growthOf, for the store process: lets other requests in between, and stops when `signal` is aborted. */
export async function growthRows(
  recording: OpenRecording, params: GrowthParams, signal: AbortSignal, progress?: (done: number, total: number) => void,
): Promise<GrowthResult> {
  const { pass, key, done } = prepared(recording, params)
  let last = performance.now()
  if (!done) {
    for (const [passed, total] of pass.steps()) {
      if (signal.aborted) throw new MoltError('cancelled', 'The request was cancelled.')
      if (performance.now() - last < TURN_MS) continue
      progress?.(passed, total)
      await new Promise(setImmediate)
      last = performance.now()
    }
    passes.set(recording, { key, pass })
  }
  return rowsOf(recording, pass, params)
}

function rowsOf(recording: OpenRecording, pass: GrowthPass, options: GrowthOptions): GrowthResult {
  const rows = seriesOf(pass, options.by)
  const minimum = options.minimumBytes ?? 256
  const found: number[] = []
  for (let row = 0; row < rows.rows; row++) if (rows.peak[row]! >= minimum) found.push(row)
  const { live, peak } = rows
  found.sort(options.order === 'peak' ? (a, b) => peak[b]! - peak[a]! || a - b : (a, b) => live[b]! - live[a]! || peak[b]! - peak[a]! || a - b)
  const names = options.by === 'type' ? typeNames(recording) : null
  return {
    tick: pass.tick,
    rows: found.slice(0, options.limit ?? DEFAULT_LIMIT).map(row => rowOf(recording, pass, options.by, row, names, minimum)),
    rowCount: found.length,
  }
}

function passOf(recording: OpenRecording, options: Omit<GrowthOptions, 'by'>): GrowthPass {
  const { pass, key, done } = prepared(recording, options)
  if (done) return pass
  recording.reader.together(() => {
    for (const [passed, total] of pass.steps()) options.progress?.(passed, total)
  })
  passes.set(recording, { key, pass })
  return pass
}

function prepared(recording: OpenRecording, options: Omit<GrowthOptions, 'by'>): { pass: GrowthPass; key: string; done: boolean } {
  recording.refresh()
  const to = recording.resolve(options.at ?? 'end')
  const from = options.from === undefined ? null : recording.resolve(options.from)
  if (from && from.event >= to.event) throw new MoltError('bad-request', 'The range is empty: its end is not later than its beginning.')
  const slots = options.slots ?? DEFAULT_SLOTS
  const key = `${from?.event ?? -1} ${to.event} ${to.tick} ${slots} ${options.mostEvents ?? 0}`
  const kept = passes.get(recording)
  if (kept?.key === key) return { pass: kept.pass, key, done: true }
  return { pass: new GrowthPass(recording, from, to, slots, options.mostEvents), key, done: false }
}

const seriesOf = (pass: GrowthPass, by: GrowthBy): RowSeries => (by === 'line' ? pass.lines : by === 'traceback' ? pass.tracebacks : pass.types)

function rowOf(recording: OpenRecording, pass: GrowthPass, by: GrowthBy, row: number, names: ReturnType<typeof typeNames> | null, minimum: number): GrowthRow {
  const columns = seriesOf(pass, by).columns(row, pass.samples)
  const verdict = growthShape({ tick: pass.tick, ...columns }, { minimumBytes: minimum })
  const type = names?.(row)
  const node = by === 'line' ? pass.nodeOfLine[row]! : row
  const traceback: Frame[] = by === 'type' ? []
    : by === 'line' || node === 0 ? [recording.frameNode(node)]
    : recording.frames.path(node).reverse().map(at => recording.frameNode(at))
  const { frames } = recording
  return {
    key: by !== 'line' ? row : node === 0 ? 0 : frames.code[node]! * LINES_A_FILE + frames.line[node]!,
    traceback, module: type?.module ?? '', typeName: type?.name ?? '',
    ...columns, ...verdict,
  }
}
