// Part of contract.ts: reference cycles, alive and collected.
import type { At, Frame, RecordingId } from './contract'

type M<Params, Result> = { params: Params; result: Result }

export interface CycleMember {
  /** Number of the object in the snapshot. */
  node: number
  /** As id() shows it. */
  address: string
  typeName: string
  preview: string
  shallowBytes: number
  birthTick: number
  /** Where it was made; null: before the program. */
  frame: Frame | null
  finalizer: boolean
}

/** A reference between two members. */
export interface CycleEdge { from: number; to: number; label: string }

export interface WeakHint {
  /** The reference to make weak, as `Node.parent`. */
  name: string
  fromType: string
  toType: string
  /** So many references of this name have to be weak in one such cycle. */
  count: number
  /** Without them none of the members is in a cycle. */
  breaksAll: boolean
  words: string
}

/** Cycles made alike: the same types, made at the same lines, tied by the same references. */
export interface CycleGroup {
  state: 'uncollectable' | 'garbage' | 'reachable'
  /** `Node → .children → list → [0] → Node` of the shortest way round. */
  round: string
  cycleCount: number
  memberCount: number
  /** Of the members alone, and with all that goes with them. */
  shallowBytes: number
  retainedBytes: number
  types: { typeName: string; count: number }[]
  /** One of them: at most so many members and references are told. */
  example: { members: CycleMember[]; edges: CycleEdge[]; memberCount: number }
  /** Since when: birth of the youngest member of the first such cycle and of the last one. */
  firstTick: number
  lastTick: number
  /** Of 'garbage': the ticks from the birth of each cycle's youngest member, on average; it cannot have floated for longer. */
  floatedTicks: number
  /** Of 'garbage': bytes × ticks, by the same measure. */
  bytesTicks: number
  weak: WeakHint | null
  /** Of 'reachable': how one of the members is reached. */
  heldBy: string
  finalizers: number
}

export interface CyclesAliveResult {
  tick: number
  snapshotId: number
  /** Uncollectable first, then garbage, then those that are in use. */
  groups: CycleGroup[]
  groupCount: number
  garbageBytes: number
  garbageObjects: number
  /** Objects that are in a cycle only with classes, functions and modules, as in every program. */
  programObjects: number
}

/** Objects of one type, made at one line, that collections freed. */
export interface CollectedRow {
  typeName: string
  frame: Frame | null
  text: string
  count: number
  bytes: number
  /** Ticks from birth to the collection, on average. */
  floatedTicks: number
  bytesTicks: number
  collections: number
}

export interface CollectedRun {
  collectionId: number
  generation: number
  tick: number
  objects: number
  bytes: number
  uncollectable: number
}

export interface CyclesCollectedResult {
  rows: CollectedRow[]
  rowCount: number
  /** Those that freed most, by their number. */
  collections: CollectedRun[]
  collectionCount: number
  /** Of so many collections that freed something so many were looked at: those that freed most. */
  lookedAt: number
  objects: number
  bytes: number
  bytesTicks: number
}

/** A statement that matters to a cycle. */
export interface CycleStatement { tick: number; frame: Frame; text: string; words: string }

export interface CycleStory {
  group: CycleGroup
  /** Null: not known. */
  closedBy: CycleStatement | null
  /** The last reference from outside; null: not known. */
  droppedBy: CycleStatement | null
  /** From that drop to the collection, or to the snapshot; null: not known. */
  floatedTicks: number | null
  bytesTicks: number | null
  /** Members whose references were followed, of so many. */
  watched: number
  memberCount: number
  /** What could not be told, or ''. */
  problem: string
}

export interface CycleStories {
  tick: number
  collectionId: number | null
  stories: CycleStory[]
  groupCount: number
}

export interface CyclesMethods {
  'cycles.alive': M<{ recordingId: RecordingId; at?: At; limit?: number }, CyclesAliveResult>
  'cycles.collected': M<{ recordingId: RecordingId; limit?: number }, CyclesCollectedResult>
  /** Runs the program again: of the cycles that a collection takes, or else of those that are garbage at an instant. */
  'cycles.explain': M<{ recordingId: RecordingId; collectionId?: number; at?: At; limit?: number }, CycleStories>
}
