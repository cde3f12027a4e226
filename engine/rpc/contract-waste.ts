// Part of contract.ts: memory that is taken and not needed.
import type { At, Frame, RecordingId } from './contract'

type M<Params, Result> = { params: Params; result: Result }

/** Empty or nearly so, a table far larger than its entries need, room to grow. */
export type WasteReason = 'empty' | 'single' | 'sparse' | 'slack'

/** Containers of one type made at one line. */
export interface ContainerWasteRow { reason: WasteReason; typeName: string; frame: Frame | null; text: string; count: number; wastedBytes: number }

/** Instances of one class. */
export interface ClassWasteRow {
  typeName: string
  count: number
  attributes: string[]
  sizeBytes: number
  /** With `__slots__` of these attributes. */
  slotsBytes: number
  savedBytes: number
  /** A dict object was made around the attributes, by whoever asked for `__dict__` or vars(). */
  materialisedCount: number
  materialisedBytes: number
  /** Instances that do not share the keys of their class, and what that costs. */
  lostSharingCount: number
  lostBytes: number
  /** Where most of them were made. */
  frame: Frame | null
  text: string
}

/** A value that exists several times. */
export interface DuplicateRow { typeName: string; preview: string; copies: number; wastedBytes: number; frame: Frame | null; text: string }
/** Needless copies made at one line. */
export interface DuplicateLineRow { frame: Frame | null; text: string; count: number; values: number; wastedBytes: number; example: string }

export interface WasteResult {
  tick: number
  snapshotId: number
  liveBytes: number
  containers: ContainerWasteRow[]
  containerCount: number
  containerBytes: number
  classes: ClassWasteRow[]
  classCount: number
  /** What slots would save; lost sharing and dicts made for `__dict__` are part of it. */
  classBytes: number
  duplicates: DuplicateRow[]
  duplicateCount: number
  duplicateLines: DuplicateLineRow[]
  duplicateBytes: number
}

export interface WasteParams {
  recordingId: RecordingId
  at?: At
  limit?: number
  /** Also what imports made, and what was there before the program. */
  all?: boolean
}

export interface WasteMethods {
  'waste.report': M<WasteParams, WasteResult>
}
