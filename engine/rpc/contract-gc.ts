// Part of contract.ts: how the collector came to what it found.
import type { CollectionRow, Frame, RecordingId } from './contract'

type M<Params, Result> = { params: Params; result: Result }

/** The working of a collection, step by step as CPython's gc_collect_main goes. Null: recordings of older versions do not tell. */
export interface GcWorkingRow extends CollectionRow {
  /** Objects in each generation as it began. */
  tracked: [number, number, number]
  /** Objects looked at: the generation and all younger ones. */
  candidates: number
  /** Sum of their reference counts, and how many of these are references among themselves. */
  references: number | null
  subtracted: number | null
  /** Candidates with references left: something outside refers to them. */
  heldFromOutside: number | null
  /** First held for garbage, then reached after all. */
  broughtBack: number | null
  reachable: number
  unreachable: number
  /** Tuples and dicts that need no tracking. */
  untracked: number
  weakrefCallbacks: number
  finalized: number
  resurrected: number
  longLivedPending: number
  longLivedTotal: number
}

/** What died while a collection ran; its own objects and what these had kept. */
export interface DeadTypeRow { typeId: number; module: string; name: string; count: number; bytes: number }
export interface DeadPlaceRow { frame: Frame; count: number; bytes: number }

export interface GcExplanation {
  working: GcWorkingRow
  /** By bytes, at most `limit`. Empty where the recording has no events. */
  types: DeadTypeRow[]
  places: DeadPlaceRow[]
  /** The collection told in words, one step a sentence or two. */
  steps: { title: string; text: string }[]
}

export interface GcMethods {
  'gc.working': M<{ recordingId: RecordingId; offset?: number; limit?: number }, { rows: GcWorkingRow[]; rowCount: number }>
  'gc.explain': M<{ recordingId: RecordingId; collectionId: number; limit?: number }, GcExplanation>
}
