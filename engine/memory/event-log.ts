// Writes the events of events.ts into Int32 chunks. One method a kind, each about ten stores; nothing is allocated.
//
// Where an event happened (context, lasti, tick) is not kept up to date by the interpreter, which would cost at every
// instruction, but asked for when an event is written: `point.refresh(log)` fills the three fields from the current
// frame. A full chunk goes to `onFull`, which hands back the chunk to write next (so that two or three SharedArrayBuffers
// can circle between threads).
//
// Addresses in events are starts of blocks, never addresses of objects behind a GC head.
import {
  ALLOC, ARENA_FREE, ARENA_NEW, EVENT_STRIDE, FREE, GC_END, GC_START, MARK, OUTPUT, PARK, REALLOC, REALLOC_FROM, REFERENCE, REGION,
  REUSE, SWITCH,
} from './events'

/** What the interpreter implements: fills `context`, `lasti` and `tick` of the log. Must not write events. */
export interface ExecutionPoint {
  refresh(log: EventLog): void
}

/** Gets `words` with `usedWords` valid ones and returns the chunk to write next; may return the same one. */
export type ChunkHandler = (words: Int32Array, usedWords: number) => Int32Array

/** Outside any Python frame: context 0. */
const NOWHERE: ExecutionPoint = {
  refresh(log) {
    log.context = 0
    log.lasti = 0
  },
}

/** Events in a chunk when nobody says otherwise: 384 KiB. */
export const DEFAULT_CHUNK_EVENTS = 16384

/** Chunks hold fewer words than this. */
const MAX_INDEX = (1 << 26) - 1

export class EventLog {
  words: Int32Array
  /** Index in `words` where the next event goes. */
  at = 0
  /** Last index at which an event still fits. */
  limit = 0
  enabled = false
  /** Where the running instruction is: filled by `point`. */
  context = 0
  lasti = 0
  tick = 0
  point: ExecutionPoint
  onFull: ChunkHandler
  /** Events written in all chunks before the current one. */
  private eventsBefore = 0
  /** See `pauseAfter`; the nearest first. */
  private readonly pauses: { after: number; reached: () => void }[] = []

  constructor(point: ExecutionPoint = NOWHERE, onFull: ChunkHandler = words => words, words?: Int32Array) {
    this.point = point
    this.onFull = onFull
    this.words = words ?? new Int32Array(DEFAULT_CHUNK_EVENTS * EVENT_STRIDE)
    this.setLimit()
  }

  get eventCount(): number {
    return this.eventsBefore + this.at / EVENT_STRIDE
  }

  alloc(granule: number, size: number, domain: number, tag: number): void {
    this.write(ALLOC | domain << 4 | tag << 6, granule, size)
  }

  free(granule: number, size: number, domain: number, tag: number): void {
    this.write(FREE | domain << 4 | tag << 6, granule, size)
  }

  /** REALLOC_FROM and REALLOC, always in one chunk. */
  realloc(from: number, fromSize: number, to: number, toSize: number, domain: number, tag: number): void {
    if (this.at > this.limit - EVENT_STRIDE) this.turn()
    // A pause between the two comes after both.
    if (this.limit < EVENT_STRIDE) this.limit = EVENT_STRIDE
    this.write(REALLOC_FROM | domain << 4 | tag << 6, from, fromSize)
    this.write(REALLOC | domain << 4 | tag << 6, to, toSize)
  }

  /** An object came out of a free list; `granule` and `size` are its block's. */
  reuse(granule: number, size: number, tag: number): void {
    this.write(REUSE | tag << 6, granule, size)
  }

  /** An object went into a free list. */
  park(granule: number, size: number, tag: number): void {
    this.write(PARK | tag << 6, granule, size)
  }

  gcStart(generation: number, collectionId: number): void {
    this.write(GC_START, generation, collectionId)
  }

  gcEnd(generation: number, collectionId: number): void {
    this.write(GC_END, generation, collectionId)
  }

  arenaNew(granule: number, sizeBytes: number): void {
    this.write(ARENA_NEW, granule, sizeBytes)
  }

  arenaFree(granule: number, sizeBytes: number): void {
    this.write(ARENA_FREE, granule, sizeBytes)
  }

  output(fileDescriptor: number, lengthBytes: number): void {
    this.write(OUTPUT, fileDescriptor, lengthBytes)
  }

  mark(markId: number): void {
    this.write(MARK, markId, 0)
  }

  switchTo(threadId: number, taskId: number): void {
    this.write(SWITCH, threadId, taskId)
  }

  region(regionId: number, sizeBytes: number): void {
    this.write(REGION, regionId, Math.ceil(sizeBytes / 1024))
  }

  /** The count of an object changed; `how` and `value` are REFERENCE's. */
  reference(how: number, granule: number, value: number, tag: number): void {
    this.write(REFERENCE | how << 4 | tag << 6, granule, value)
  }

  /**
   * Calls `reached` once, when `events` events have been written and sent and the next one is about to be (of a
   * reallocation's two, both or none). It may ask for another pause, later than now, and must not write events.
   */
  pauseAfter(events: number, reached: () => void): void {
    const { pauses } = this
    let at = pauses.length
    while (at > 0 && pauses[at - 1]!.after > events) at--
    pauses.splice(at, 0, { after: events, reached })
    this.setLimit()
  }

  /** The chunk to begin with, before any event. */
  begin(words: Int32Array): void {
    this.words = words
    this.setLimit()
  }

  /** Sends what the current chunk holds, full or not. */
  flush(): void {
    if (this.at > 0) this.send()
  }

  /** Writes one event. Callers test `enabled` first; the interpreter may use it for kinds of its own. */
  write(head: number, second: number, third: number): void {
    if (this.at > this.limit) this.turn()
    this.point.refresh(this)
    // The mask tells V8 that the additions below cannot overflow.
    const at = this.at & MAX_INDEX
    const words = this.words
    words[at] = head
    words[at + 1] = second
    words[at + 2] = third
    words[at + 3] = this.context
    words[at + 4] = this.lasti
    words[at + 5] = this.tick
    this.at = at + EVENT_STRIDE
  }

  /** Makes room for an event that is about to be written. */
  private turn(): void {
    this.flush()
    const { pauses } = this
    while (pauses[0] !== undefined && pauses[0].after <= this.eventsBefore) {
      const { reached } = pauses.shift()!
      this.setLimit()
      reached()
    }
  }

  private send(): void {
    const used = this.at
    this.eventsBefore += used / EVENT_STRIDE
    this.at = 0
    this.words = this.onFull(this.words, used)
    this.setLimit()
  }

  private setLimit(): void {
    const whole = this.words.length - this.words.length % EVENT_STRIDE
    this.limit = Math.min(whole, ((this.pauses[0]?.after ?? Infinity) - this.eventsBefore) * EVENT_STRIDE) - EVENT_STRIDE
  }
}
