// Part of contract.ts: leak suspects, cycles and wasted memory of a snapshot.
import type { At, Frame, RecordingId } from './contract'
import type { GrowthShapeName } from './contract-growth'

type M<Params, Result> = { params: Params; result: Result }

/** One step of a path: the reference as one would write it, and the type of the object that it leads to. */
export interface HolderStep { label: string; typeName: string; node: number }

export interface HolderText {
  /** Number of the object in the snapshot; 0: nothing holds. */
  node: number
  typeName: string
  /** As one would reach it, e.g. `app.registry`. */
  expression: string
  /** "the dict `registry` of module `app`" */
  words: string
  /** From the root to it. */
  path: HolderStep[]
}

export interface SuspectMember { typeName: string; count: number; retainedBytes: number }

/** A line where what the suspect holds was made. */
export interface SuspectPlace {
  frame: Frame
  /** The source line, '' if unknown. */
  text: string
  count: number
  bytes: number
  /** Of the most of it; oldest frame first. */
  traceback: Frame[]
}

export type Confidence = 'high' | 'medium' | 'low'
export type SuspectKind =
  /** A container that only grows; a linked list; one block that grows; objects that several containers share. */
  | 'container' | 'chain' | 'single' | 'shared'
  /** Cycles that nothing holds and no collection has taken. */
  | 'garbage'
  /** No growth needed: frames that an exception keeps, a cache of a method. */
  | 'exception' | 'method-cache'

export interface LeakSuspect {
  rank: number
  kind: SuspectKind
  /** One sentence. */
  title: string
  /** Who holds it, where it is made, how it grew, what is never freed: whole sentences. */
  prose: string
  holder: HolderText
  /** Others that hold most of the same. */
  alsoHeldBy: HolderText[]
  /** How one of the members is reached. */
  example: string
  members: SuspectMember[]
  memberCount: number
  /** Bytes of it that grew, and all that would go with it. */
  growingBytes: number
  retainedBytes: number
  madeAt: SuspectPlace[]
  growth: {
    shape: GrowthShapeName
    firstTick: number
    lastTick: number
    bytesPerThousandTicks: number
    objectsPerThousandTicks: number
    /** Bytes of what is held, by the tick at which it was made. */
    tick: Float64Array
    bytes: Float64Array
  }
  /** Of the objects like the members that the same tracebacks ever made, those alive now, 0..1; null if not known. */
  neverFreedShare: number | null
  confidence: Confidence
  /** Why so sure, or why not. */
  reason: string
  advice: string
}

export interface LeaksParams {
  recordingId: RecordingId
  at?: At
  limit?: number
}

export interface LeaksResult {
  tick: number
  snapshotId: number
  suspects: LeakSuspect[]
  suspectCount: number
  /** Bytes of the program's own objects in the snapshot. */
  liveBytes: number
}

export interface LeaksMethods {
  'leaks.suspects': M<LeaksParams, LeaksResult>
}
