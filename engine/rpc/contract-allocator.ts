// Part of contract.ts: pools, arenas and heap at an instant.
import type { At, Frame, RecordingId } from './contract'

type M<Params, Result> = { params: Params; result: Result }

export interface AllocatorParams {
  recordingId: RecordingId
  at: At
  /** Leave out the arenas that the interpreter filled before the script began. */
  scriptOnly?: boolean
  /** Pinned arenas to tell of, fewest blocks first; default 10. And groups of blocks of each; default 5. */
  arenas?: number
  pins?: number
}

/** One size class, as a row of sys._debugmallocstats(). */
export interface SizeClassRow {
  sizeClass: number
  blockBytes: number
  pools: number
  usedBlocks: number
  freeBlocks: number
  /** What was asked for, without rounding up to the class. */
  requestedBytes: number
}

/** Blocks of one type and line that keep an arena or the heap from shrinking. */
export interface PinRow {
  /** Null: the block was there before the recording began. */
  frame: Frame | null
  module: string
  typeName: string
  /** Dead objects that wait in a free list of the interpreter. */
  parked: boolean
  count: number
  bytes: number
}

export interface PinnedArena {
  /** Row in the arena columns. */
  arena: number
  address: number
  blocks: number
  /** Of these, from before the recording. */
  startBlocks: number
  usedBytes: number
  usedPools: number
  freePools: number
  pins: PinRow[]
  /** Groups in all; `pins` are the largest. */
  pinCount: number
}

export interface AllocatorAt {
  tick: number
  /** False for recordings of older versions: blocks from before the recording are missing everywhere. */
  complete: boolean
  alignmentBytes: number
  poolBytes: number
  arenaBytes: number
  classes: SizeClassRow[]
  arenasMapped: number
  /** Null where the recording does not tell. */
  arenasEver: number | null
  arenasReclaimed: number | null
  arenasPeak: number | null
  usedBlockBytes: number
  requestedBytes: number
  availableBlockBytes: number
  freePools: number
  headerBytes: number
  quantizationBytes: number
  /** Columns, one row an arena by address. */
  arenaAddress: Float64Array
  arenaOfScript: Uint8Array
  arenaUsedPools: Int32Array
  arenaBlocks: Int32Array
  arenaUsedBytes: Float64Array
  poolsPerArena: number
  /** Arenas × pools: blocks in use, and the block size; 0 where the pool is free. */
  poolUsed: Uint16Array
  poolBlockBytes: Uint16Array
  pinned: PinnedArena[]
  pinnedCount: number
  heap: {
    sizeBytes: number
    blocks: number
    requestedBytes: number
    takenBytes: number
    holes: number
    holeBytes: number
    largestHoleBytes: number
    /** Above the highest block: can be given back. */
    topBytes: number
    /** The highest block. */
    top: PinRow | null
  }
  mapped: { blocks: number; requestedBytes: number; takenBytes: number; largest: PinRow[] }
  /** Resident bytes by part of the address space. */
  regions: { name: string; bytes: number }[]
  rssBytes: number
  /** The highest so far, at the end of a timeline slot, and when. */
  rssPeakBytes: number
  rssPeakTick: number
  /** Why the resident size does not fall: a plain paragraph. */
  why: string
}

export interface AllocatorMethods {
  'allocator.at': M<AllocatorParams, AllocatorAt>
}
