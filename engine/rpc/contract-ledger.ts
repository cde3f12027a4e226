// Part of contract.ts: the life of one object, and its references one by one.
import type { At, Frame, RecordingId } from './contract'

type M<Params, Result> = { params: Params; result: Result }

export interface ObjectMove { event: number; tick: number; from: string; to: string; sizeBytes: number; frame: Frame }

/** What died by the same instruction, by type; the parts of objects (items of a list …) are rows of their own. */
export interface DeathRow { typeName: string; isObject: boolean; count: number; sizeBytes: number; /** Of these so many went into free lists. */ intoFreeList: number }

export interface ObjectDeath {
  event: number
  tick: number
  /** Its block was kept in a free list for the next object of its type. */
  intoFreeList: boolean
  /** What ran when it died, oldest frame first. */
  traceback: Frame[]
  /** The collection that took it; null: its last reference was dropped. */
  collection: { id: number; generation: number; reason: string } | null
  /** All that this instruction (or this collection) let die, this object included. */
  rows: DeathRow[]
  objectCount: number
  blockCount: number
  freedBytes: number
  /** It was the so-manieth object to go. */
  position: number
}

export interface ObjectLife {
  /** The short id: o1234. */
  id: string
  typeName: string
  /** As id() showed it at birth, and at the end (or at death). */
  address: string
  lastAddress: string
  /** Null: older than the recording. */
  birth: { event: number; tick: number; fromFreeList: boolean; sizeBytes: number; /** Oldest frame first. */ traceback: Frame[] } | null
  /** The first thousand. */
  moves: ObjectMove[]
  moveCount: number
  /** Of its block, at the end. */
  sizeBytes: number
  /** Null: alive at the end of the recording. */
  death: ObjectDeath | null
}

export interface LedgerParams {
  recordingId: RecordingId
  /** 0x… (alive at `at`), 0x…@INSTANT, o1234, snapshot:N/NODE: engine/queries/object-id.ts. */
  object: string
  at?: At
}

export interface LedgerMethods {
  'ledger.of': M<LedgerParams, ObjectLife>
}
