// The events of one chunk as columns.
//
// What an event is (kind, domain, type, size, place) repeats far more often than where it is (address): a line in a loop
// allocates the same size of the same type each time. So a chunk has a dictionary of *ops*, each one combination of
//
//   head         word 0 of the event: kind | domain << 4 | type << 6
//   size         word 2: bytes, or what the kind says
//   site         the traceback (engine/recording/traceback-trie.ts) whose innermost line ran
//   instruction  index inside that line's code object
//
// and per event three numbers: op, address (word 1) and ticks since the event before. The same columns are what the
// recorder applies to its state, what lies on disk (chunk-codec.ts), and what readers replay.
//
// Beside them stand the *older* blocks: for the first event in the chunk that names a block from before the chunk (its FREE,
// REALLOC_FROM, REUSE or PARK), in the order of those events, whose block it was. With them a reader can follow all figures
// through a chunk without knowing any block that was alive before it.
import { EVENT_STRIDE } from '../memory/events'
import { grownInt32 } from '../base/typed-arrays'

export interface EventColumns {
  count: number
  /** Ticks of the events are sums of tickDelta on top of this. */
  baseTick: number
  op: Int32Array
  address: Int32Array
  /** Unsigned words. */
  tickDelta: Int32Array
  opCount: number
  opHead: Int32Array
  opSize: Int32Array
  opSite: Int32Array
  opInstruction: Int32Array
  olderCount: number
  olderSite: Int32Array
  /** As LiveTable.type. */
  olderType: Int32Array
  /** Ticks since the block came to its line, at most OLDEST_AGE. */
  olderAge: Int32Array
}

/** Size of an event whose block is not known: it was there before the recording. */
export const UNKNOWN_SIZE = -1
/** Older than any limit that ages are compared with. */
export const OLDEST_AGE = 1001

/** Turns raw chunks into columns; its columns are overwritten by the next chunk. */
export class ColumnBuilder implements EventColumns {
  count = 0
  baseTick = 0
  op = new Int32Array(0)
  address = new Int32Array(0)
  tickDelta = new Int32Array(0)
  opCount = 0
  opHead = new Int32Array(1024)
  opSize = new Int32Array(1024)
  opSite = new Int32Array(1024)
  opInstruction = new Int32Array(1024)
  olderCount = 0
  olderSite = new Int32Array(1024)
  olderType = new Int32Array(1024)
  olderAge = new Int32Array(1024)
  /** Tick of the last event built, or of the last `advance`. */
  tick = 0
  private opContext = new Int32Array(1024)
  /** Per op: the one that came after it last time; a guess, from this chunk or an earlier one. */
  private opNext = new Int32Array(1024)
  /** Open addressing: op + 1, 0 = empty. Cleared for each chunk. */
  private cells = new Int32Array(4096)

  private readonly siteOf: (context: number, instruction: number) => number

  /** `siteOf` interns the traceback of a place; asked once an op and chunk. */
  constructor(siteOf: (context: number, instruction: number) => number) {
    this.siteOf = siteOf
  }

  /** Says that nothing happened up to `tick`, so that 32 bits suffice for the next difference. */
  advance(tick: number): void {
    if (tick > this.tick) this.tick = tick
  }

  build(words: Int32Array, usedWords: number): void {
    const count = usedWords / EVENT_STRIDE
    this.count = count
    this.baseTick = this.tick
    this.op = grownInt32(this.op, count)
    this.address = grownInt32(this.address, count)
    this.tickDelta = grownInt32(this.tickDelta, count)
    this.opCount = 0
    this.olderCount = 0
    this.cells.fill(0)
    const { op, address, tickDelta } = this
    let low = this.tick | 0
    let elapsed = 0
    let last = -1
    for (let i = 0, at = 0; i < count; i++, at += EVENT_STRIDE) {
      last = op[i] = this.after(last, words[at]!, words[at + 2]!, words[at + 3]!, words[at + 4]!)
      address[i] = words[at + 1]!
      const tickLow = words[at + 5]!
      const delta = tickLow - low >>> 0
      low = tickLow
      elapsed += delta
      tickDelta[i] = delta
    }
    this.tick = this.baseTick + elapsed
  }

  /** Notes whose block the next event with a block from before the chunk names. */
  older(site: number, type: number, age: number): void {
    const at = this.olderCount++
    if (at === this.olderSite.length) {
      this.olderSite = grownInt32(this.olderSite, at + 1)
      this.olderType = grownInt32(this.olderType, at + 1)
      this.olderAge = grownInt32(this.olderAge, at + 1)
    }
    this.olderSite[at] = site
    this.olderType[at] = type
    this.olderAge[at] = Math.min(age, OLDEST_AGE)
  }

  /** The same op with another size; for events whose size the recorder corrects. */
  resized(op: number, size: number): number {
    return this.intern(this.opHead[op]!, size, this.opContext[op]!, this.opInstruction[op]!)
  }

  /** Number of the op that follows `last`: most often the same as when `last` was seen before, as loops go. */
  private after(last: number, head: number, size: number, context: number, instruction: number): number {
    if (last < 0) return this.intern(head, size, context, instruction)
    const guess = this.opNext[last]!
    if (
      guess < this.opCount && this.opSize[guess] === size && this.opHead[guess] === head && this.opContext[guess] === context &&
      this.opInstruction[guess] === instruction
    ) return guess
    const op = this.intern(head, size, context, instruction)
    this.opNext[last] = op
    return op
  }

  private intern(head: number, size: number, context: number, instruction: number): number {
    let hash = Math.imul(head, 0x9e3779b1) ^ Math.imul(size, 0x85ebca6b) ^ Math.imul(context, 0xc2b2ae35) ^ Math.imul(instruction, 0x27d4eb2f)
    hash ^= hash >>> 15
    const cells = this.cells
    const mask = cells.length - 1
    for (let cell = hash & mask; ; cell = cell + 1 & mask) {
      const op = cells[cell]! - 1
      if (op < 0) return this.add(cell, head, size, context, instruction)
      if (this.opSize[op] === size && this.opHead[op] === head && this.opContext[op] === context && this.opInstruction[op] === instruction) return op
    }
  }

  private add(cell: number, head: number, size: number, context: number, instruction: number): number {
    const op = this.opCount++
    if (op === this.opHead.length) {
      this.opHead = grownInt32(this.opHead, op + 1)
      this.opSize = grownInt32(this.opSize, op + 1)
      this.opSite = grownInt32(this.opSite, op + 1)
      this.opInstruction = grownInt32(this.opInstruction, op + 1)
      this.opContext = grownInt32(this.opContext, op + 1)
      this.opNext = grownInt32(this.opNext, op + 1)
    }
    this.opHead[op] = head
    this.opSize[op] = size
    this.opContext[op] = context
    this.opInstruction[op] = instruction
    this.opSite[op] = this.siteOf(context, instruction)
    this.cells[cell] = op + 1
    if (this.opCount * 2 > this.cells.length) this.rehash()
    return op
  }

  private rehash(): void {
    const count = this.opCount
    this.cells = new Int32Array(this.cells.length * 2)
    this.opCount = 0
    const mask = this.cells.length - 1
    for (let op = 0; op < count; op++) {
      let hash = Math.imul(this.opHead[op]!, 0x9e3779b1) ^ Math.imul(this.opSize[op]!, 0x85ebca6b) ^
        Math.imul(this.opContext[op]!, 0xc2b2ae35) ^ Math.imul(this.opInstruction[op]!, 0x27d4eb2f)
      hash ^= hash >>> 15
      let cell = hash & mask
      while (this.cells[cell] !== 0) cell = cell + 1 & mask
      this.cells[cell] = op + 1
    }
    this.opCount = count
  }
}
