// Part of contract.ts: how the memory of each line, traceback or type develops over a run.
import type { At, Frame, RecordingId } from './contract'

type M<Params, Result> = { params: Params; result: Result }

export type GrowthBy = 'line' | 'traceback' | 'type'

/** What is meant by each: engine/analysis/growth.ts. */
export type GrowthShapeName = 'leak' | 'bounded-cache' | 'sawtooth' | 'one-off' | 'shutdown-only' | 'flat' | 'temporary'

export interface GrowthParams {
  recordingId: RecordingId
  by: GrowthBy
  /** The end of the range; absent: of the run. */
  at?: At
  /** Its beginning; absent: of the run. */
  from?: At
  /** Most rows, default 100: those with most bytes alive at the end or, by 'peak', at their own peak. */
  limit?: number
  order?: 'alive' | 'peak'
  /** Samples, evenly spread in ticks; default 128. */
  slots?: number
  minimumBytes?: number
}

export interface GrowthRow {
  /** By line: file id * 2^24 + line; by traceback: a frame node; by type: the type's id. */
  key: number
  /** Oldest frame first; one frame by line, none by type. */
  traceback: Frame[]
  module: string
  typeName: string
  /** Bytes at each sample; the lowest since the sample before; what came and went since the beginning. */
  live: Float64Array
  low: Float64Array
  born: Float64Array
  freed: Float64Array
  shape: GrowthShapeName
  /** 0..1. */
  confidence: number
  /** Growth per 1,000 ticks. */
  slopeBytes: number
  /** Of the bytes that ever came, what is there at the end, 0..1. */
  neverFreedShare: number
  firstGrowthTick: number | null
  lastGrowthTick: number | null
  /** Share of steps that do not fall, 0..1. */
  monotonicShare: number
  plateauTick: number | null
  peakBytes: number
  peakTick: number
  firstBytes: number
  lastBytes: number
  grownBytes: number
  falls: number
  /** Of 'shutdown-only': the shape until then. */
  before: GrowthShapeName | null
}

export interface GrowthResult {
  /** Ticks of the samples. */
  tick: Float64Array
  rows: GrowthRow[]
  /** All rows that ever held minimumBytes; `rows` are the first. */
  rowCount: number
}

export interface GrowthMethods {
  'growth.rows': M<GrowthParams, GrowthResult>
}
