// Part of contract.ts: what changed between two instants of a run, or between two runs; budgets.
import type { At, Frame, RecordingId } from './contract'
import type { CheckMethods } from './contract-check'

type M<Params, Result> = { params: Params; result: Result }

export type DiffGroupBy = 'type' | 'line' | 'file' | 'traceback'
/** new: at the later instant only; freed: at the earlier one only; survived: the same block at both. */
export type Fate = 'new' | 'freed' | 'survived'

export interface DiffInstantsParams {
  recordingId: RecordingId
  at: At
  compareTo: At
  by: DiffGroupBy
  /** By type: also what is retained, and rows in the order of its difference. There must be a snapshot at both instants. */
  retained?: boolean
  /** Rows whose type, file or line matches; see the matcher in engine/queries/diff-names.ts. */
  filter?: string
  offset?: number
  limit?: number
}

export interface DiffFigures {
  newCount: number
  newBytes: number
  freedCount: number
  freedBytes: number
  survivedCount: number
  survivedBytes: number
  /** new minus freed. */
  countDiff: number
  sizeDiffBytes: number
}

export interface DiffRow extends DiffFigures {
  /** With `retained`: what the objects of the type kept alive then and now, each byte once; else null. */
  retainedBefore: number | null
  retainedAfter: number | null
  /** By type: its number and name; else 0 and ''. */
  typeId: number
  typeName: string
  /** By line, file, traceback: oldest frame first; a file has line 0. */
  traceback: Frame[]
}

export interface DiffInstants {
  tick: number
  compareToTick: number
  rows: DiffRow[]
  /** All rows there are; `rows` is a page of them. */
  rowCount: number
  /** Of all rows. */
  total: DiffFigures
}

export interface DiffObject {
  /** What hex(id()) gives. */
  address: string
  /** Tick of its birth; with the address its identity. */
  birthTick: number
  typeId: number
  typeName: string
  /** Of its block alone, with the collector's head. */
  sizeBytes: number
  /** With `retained`: what it kept alive at the instant of the list; null where the snapshot does not have it. */
  retainedBytes: number | null
  /** Where it was made, oldest frame first. */
  traceback: Frame[]
}

export interface DiffObjects { tick: number; compareToTick: number; rows: DiffObject[]; rowCount: number; totalBytes: number }

export interface DiffRangeObjects { fromTick: number; toTick: number; tick: number; rows: DiffObject[]; rowCount: number; totalBytes: number }

/** Blocks that came between two instants, at the second of them and at a third. */
export interface RangeRow {
  typeId: number
  typeName: string
  traceback: Frame[]
  /** Made in the range and alive at its end. */
  madeCount: number
  madeBytes: number
  /** Of these: still alive at the third instant. */
  aliveCount: number
  aliveBytes: number
}

export interface DiffRange {
  fromTick: number
  toTick: number
  tick: number
  rows: RangeRow[]
  rowCount: number
  madeCount: number
  madeBytes: number
  aliveCount: number
  aliveBytes: number
}

export interface RunsRow {
  typeName: string
  /** Oldest frame first. Frames are the new run's; of a line that only the old run has, its own, with minus their file's id. */
  traceback: Frame[]
  /** The innermost line in the old run's numbers, if it is another; else 0. */
  oldLine: number
  /** Which of the two sources have the line, where the file's texts differ; else both. edited: both, but it reads differently. */
  in: 'both' | 'edited' | 'old' | 'new'
  oldCount: number
  oldBytes: number
  newCount: number
  newBytes: number
  countDiff: number
  sizeDiffBytes: number
}

export interface DiffRuns {
  oldTick: number
  newTick: number
  rows: RunsRow[]
  rowCount: number
  oldBytes: number
  oldCount: number
  newBytes: number
  newCount: number
  /** Scripts whose lines were matched though their texts differ, as the new run names them. */
  matchedFiles: string[]
}

export interface DiffMethods extends CheckMethods {
  'diff.instants': M<DiffInstantsParams, DiffInstants>
  'diff.objects': M<
    { recordingId: RecordingId; at: At; compareTo: At; fate: Fate; retained?: boolean; filter?: string; offset?: number; limit?: number }, DiffObjects>
  /** The three-snapshot method: made from `from` to `to` and alive at `at`. */
  'diff.range': M<
    { recordingId: RecordingId; from: At; to: At; at: At; by: DiffGroupBy; filter?: string; offset?: number; limit?: number }, DiffRange>
  /** The same, object by object. */
  'diff.rangeObjects': M<
    { recordingId: RecordingId; from: At; to: At; at: At; retained?: boolean; filter?: string; offset?: number; limit?: number }, DiffRangeObjects>
  /** `recordingId` is the new run. `oldAt` absent: as `at`. */
  'diff.runs': M<
    { recordingId: RecordingId; oldId: RecordingId; at: At; oldAt?: At; by: DiffGroupBy; filter?: string; offset?: number; limit?: number }, DiffRuns>
}
