// Part of contract.ts: the heap graph of a snapshot. All methods need a snapshot at exactly the instant `at`
// ('no-instant' otherwise, with a hint); a node is an object of that snapshot, an edge one of its references.
import type { At, Frame, RecordingId } from './contract'

type M<Params, Result> = { params: Params; result: Result }

export interface InGraph { recordingId: RecordingId; at: At }

export interface SnapshotRow {
  snapshotId: number
  /** 'end', 'mark', 'collection', 'interval', 'request' or 'instant'. */
  reason: string
  /** Of a mark. */
  label: string
  tick: number
  objects: number
  references: number
  sizeBytes: number
}

export interface ObjectTypeRow {
  typeId: number
  module: string
  name: string
  count: number
  shallowBytes: number
  /** What would go if all objects of the type went, as far as each is kept by one path alone: sums of the outermost ones. */
  retainedBytes: number
}

/** Objects that were there before the program began are the interpreter's own and left out unless `internal` is set. */
export interface ObjectTypesParams extends InGraph {
  internal?: boolean
  /** Regular expression on the name with its module. */
  filter?: string
  sort?: 'retained' | 'shallow' | 'count'
  offset?: number
  limit?: number
}

export interface ObjectTypesResult {
  tick: number
  snapshotId: number
  rows: ObjectTypeRow[]
  rowCount: number
  totalCount: number
  totalBytes: number
  /** The interpreter's own objects that are not in the rows. */
  hiddenCount: number
  hiddenBytes: number
}

export interface ObjectRow {
  node: number
  /** As id() shows it: 0x… */
  address: string
  type: string
  preview: string
  shallowBytes: number
  retainedBytes: number
  refcount: number
  /** Of containers and texts, else -1. */
  length: number
  /** -1: before the program began. */
  birthTick: number
  frame: Frame | null
}

export interface ObjectListParams extends InGraph {
  typeId?: number
  /** Regular expression on the type's name with its module, and one on the preview. */
  type?: string
  preview?: string
  internal?: boolean
  sort?: 'retained' | 'shallow' | 'refcount' | 'newest' | 'oldest'
  offset?: number
  limit?: number
}

export interface ObjectListResult { tick: number; snapshotId: number; rows: ObjectRow[]; rowCount: number; totalBytes: number }

/** One reference; `object` is what it leads to (of referents) or comes from (of referrers). `root`: it comes from outside the heap. */
export interface ReferenceRow { edge: number; label: string; root: boolean; object: ObjectRow | null }

export interface ObjectDescription extends ObjectRow {
  tick: number
  snapshotId: number
  generation: number | null
  tracked: boolean
  internal: boolean
  finalizer: boolean
  finalized: boolean
  weaklyReferenced: boolean
  /** No path from the roots leads to it: only the collector can free it. */
  garbage: boolean
  /** Room for so many items, of containers that have some to spare; else -1. */
  capacity: number
  traceback: Frame[]
  dominator: ObjectRow | null
  retainedCount: number
  /** The first `limit` of each. */
  referents: ReferenceRow[]
  referentCount: number
  referrers: ReferenceRow[]
  referrerCount: number
}

export interface PathStep { edge: number; label: string; object: ObjectRow }

/** From the root to the object. Of a path of more than PATH_STEPS steps the middle is left out: `skipped` steps after the first half. */
export interface ObjectPath { steps: PathStep[]; skipped: number }

export interface CutResult {
  /** By reference counts alone, at once; and what only the collector would free after that. */
  freedCount: number
  freedBytes: number
  collectedCount: number
  collectedBytes: number
  /** Of both together, the most bytes first. */
  types: { type: string; count: number; bytes: number }[]
}

export interface DominatorTreeRow {
  /** null: other children of the row above, together. */
  object: ObjectRow | null
  parent: number
  depth: number
  retainedBytes: number
  retainedCount: number
  nodes: number
}

export type EventKind =
  | 'alloc' | 'free' | 'realloc-from' | 'realloc' | 'reuse' | 'park' | 'gc-start' | 'gc-end' | 'arena-new' | 'arena-free' | 'output' | 'mark' | 'switch'
  | 'region'

export interface EventRow {
  event: number
  tick: number
  kind: EventKind
  /** Of the block or arena. */
  address: string | null
  /** null: not known, since the block is older than the recording, or without meaning. */
  sizeBytes: number | null
  /** The type of the object, the use of another block, or what the kind has to say. */
  what: string
  isObject: boolean
  /** Of a death inside a collection. */
  collectionId: number | null
  frame: Frame | null
}

export interface ObjectMethods {
  /** The log itself, a page at a time: `next` is where to go on, null at the end. */
  'events.list': M<
    { recordingId: RecordingId; fromEvent: number; toEvent?: number; kinds?: EventKind[]; limit?: number },
    { rows: EventRow[]; next: number | null; eventCount: number }>
  'snapshots.list': M<{ recordingId: RecordingId }, SnapshotRow[]>
  /** Runs again to an instant that has no snapshot, and adds it to the recording. */
  'snapshots.take': M<InGraph, SnapshotRow>
  'objects.types': M<ObjectTypesParams, ObjectTypesResult>
  'objects.list': M<ObjectListParams, ObjectListResult>
  /** A node (`#12`), or any other name of an object: 0x…, o1234 (engine/queries/object-id.ts). */
  'objects.describe': M<InGraph & { object: number | string; limit?: number; offset?: number }, ObjectDescription>
  /** Paths from the root, the best first; without those that use an edge of `ignore`, or only the dissimilar ones. */
  'objects.paths': M<
    InGraph & { object: number | string; ignore?: number[]; dissimilar?: boolean; limit?: number },
    { paths: ObjectPath[]; /** There may be more. */ more: boolean }>
  /** What would be freed if these references were cut. */
  'objects.cut': M<InGraph & { edges: number[] }, CutResult>
  /** The dominator tree below an object (default: the root), for treemap and sunburst. */
  'objects.dominated': M<InGraph & { object?: number | string; limit?: number; maxDepth?: number }, DominatorTreeRow[]>
}
