// RPC methods that tell of a run over time: measures of a range by place, trees of them, and the report of a whole run.
import type { At, Frame, MarkRow, RecordingId, RecordingSummary, StatisticsFilter, StatisticsParams, TypeRow } from './contract'

/**
 * What is summed up by place over the range from A (`from`) to B (`at`):
 *
 *   live         blocks alive at B; the only one that needs no range
 *   peak         blocks alive at the highest instant of the range
 *   survived     blocks that came to their line in the range and are alive at B
 *   leaks        the same without blocks that lie in free lists: memray's --leaks
 *   allocated    all allocations of the range, freed since or not
 *   temporary    those freed again with at most `temporaryThreshold` other allocations in between, in the range
 *   bytes-ticks  live bytes summed over the ticks of the range (and blocks, in place of counts)
 */
export type Measure = 'live' | 'peak' | 'survived' | 'leaks' | 'allocated' | 'temporary' | 'bytes-ticks'

export interface MeasureParams {
  /** Default: live. */
  measure?: Measure
  /** A: where the range begins; absent: before the first event. */
  from?: At
  /** B: where it ends. */
  at: At
  /** memray's --temporary-allocation-threshold; default 1. */
  temporaryThreshold?: number
}

/** One line of code with sums. */
export interface PlaceRow { frame: Frame; origin: Origin; bytes: number; count: number }
export type Origin = 'script' | 'user' | 'library' | 'generated'

export interface TemporaryRow extends PlaceRow { /** Of the line's allocations, 0..1; `count` are blocks freed within 1,000 instructions. */ share: number }

/** What one would want to know first. Lists are the first `rows` of each, biggest first. */
export interface RunReport {
  summary: RecordingSummary
  /** The line that reached the peak; null outside of any Python frame, or if unknown. */
  peakFrame: Frame | null
  /** Alive at the end, and of these what lies in free lists of the interpreter; the rest is leaked or still in use. */
  liveBytes: number
  parkedBytes: number
  parkedBlocks: number
  temporaries: number
  collected: number
  uncollectable: number
  collectedBytes: number
  slowestCollection: { collectionId: number; generation: number; startTick: number; durationNs: number } | null
  /** By bytes alive at the peak. */
  peak: PlaceRow[]
  /** By bytes alive at the end. */
  survivors: PlaceRow[]
  /** By calls of malloc, calloc and realloc; `bytes` is what they asked for. */
  allocations: PlaceRow[]
  temporary: TemporaryRow[]
  types: TypeRow[]
}

export interface TreeParams extends MeasureParams {
  recordingId: RecordingId
  /** Innermost lines at the top, their callers below. */
  inverted?: boolean
  filters?: StatisticsFilter[]
  /** With measure live: the same at another instant, in `oldSelf` and `oldTotal`. */
  compareTo?: At
  /** Show the frames of the import system too, where they only call on. */
  importFrames?: boolean
  /** Merge the lines of a function. */
  byFunction?: boolean
  /** Nodes below this share of all are left out, and the smallest beyond so many nodes. */
  leastShare?: number
  mostNodes?: number
}

/** Node 0 is the whole; parents stand before their children. Bytes, or byte × ticks; counts are blocks or calls. */
export interface TreeResult {
  measure: Measure
  tick: number
  /** Where the range begins; null from the beginning of the run. */
  fromTick: number | null
  compareToTick: number | null
  parent: Int32Array
  /** Index into `places`; -1 for node 0. */
  place: Int32Array
  selfBytes: Float64Array
  selfCount: Float64Array
  totalBytes: Float64Array
  totalCount: Float64Array
  /** What a node is sized by: with `compareTo` the larger of then and now, leaf by leaf. */
  weight: Float64Array
  /** With `compareTo`; else empty. */
  oldSelfBytes: Float64Array
  oldTotalBytes: Float64Array
  places: { functionName: string[]; path: string[]; line: Int32Array; fileId: Int32Array; origin: Origin[] }
  /** Nodes there are without pruning. */
  nodeCount: number
}

/** A mark, and what changed since the one before (since the beginning, for the first). */
export interface MarkStep extends MarkRow { liveBlocks: number; sizeDiffBytes: number; countDiff: number; ticks: number }

export interface TimesMethods {
  'run.report': { params: { recordingId: RecordingId; rows?: number }; result: RunReport }
  'measure.tree': { params: TreeParams; result: TreeResult }
  /** A page of its own that needs no network. */
  'measure.flamegraph': { params: TreeParams; result: { html: string } }
  'measure.table': { params: StatisticsParams; result: { html: string } }
  'marks.steps': { params: { recordingId: RecordingId }; result: MarkStep[] }
}
