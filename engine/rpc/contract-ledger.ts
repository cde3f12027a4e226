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

/** One change of the count. */
export interface ReferenceStep {
  event: number
  tick: number
  before: number
  after: number
  /** `STORE_ATTR name`; '' outside of any frame. */
  instruction: string
  /** Who took or dropped it, as the instruction tells. */
  holder: string
}

/** What one run of a line did to the count. */
export interface ReferenceStatement {
  frame: Frame
  tick: number
  /** Events before its first change. */
  event: number
  before: number
  after: number
  taken: number
  dropped: number
  /** It did the same so many times, with nothing between but others that left the count as it was. */
  times: number
  /** The count is as it was, and so are the holders as far as they were looked up. */
  temporary: boolean
  /** Who holds the object since this statement, and who does so no longer, as the heap shows; or else as the instruction tells. */
  gained: string[]
  lost: string[]
  /** `gained` and `lost` were looked up in the heap. */
  confirmed: boolean
  /** The collection that did it. */
  collectionId: number | null
  steps: ReferenceStep[]
}

export interface ObjectReferences {
  /** From the recording itself (--record ledger), where holders are as the instructions tell, or from a second run, which looks them up. */
  source: 'recording' | 'replay'
  /** Why nothing, or not all, could be seen; or ''. */
  problem: string
  /** Of an object that is older than the recording: its count when the program began. Else 0. */
  startCount: number
  startHolders: string[]
  statements: ReferenceStatement[]
  /** 0: it died. */
  endCount: number
  /** Who held it at the end. */
  holders: string[]
  /** References of endCount without a known holder. */
  unknown: number
  /** Steps or statements after the last one are left out; the counts at the end are right. */
  cut: boolean
}

export interface LedgerMethods {
  /** Runs the recorded program again, as far as the object's death. */
  'ledger.references': M<LedgerParams, ObjectReferences>
  'ledger.of': M<LedgerParams, ObjectLife>
}
