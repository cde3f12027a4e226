// The chunks of the raw allocator: one record a chunk in Int32 columns, the row in which they lie in the heap, and the bins
// in which free ones wait. Which chunk to take, cut or join is decided in rawmalloc.ts.
//
// `before` and `after` link neighbours in the heap; `back` and `forward` link the free chunks of a bin. Bins 2 to 8191 hold
// chunks of exactly that many units of 16 bytes, the last freed first; bin 0 the larger ones, sorted. A two-level bitmap finds the
// first non-empty bin in a few steps.
import { grownInt32, grownUint8 } from '../base/typed-arrays'

/** States of a chunk; 0 is a record not in use. */
export const LIVE = 1
export const FREE = 2
/** The rest of the heap up to the break. */
export const TOP = 3
/** A mapping of its own: `start` is its first granule, `size` its pages. */
export const MAPPED = 4

export const BINS = 8192
export const LARGE_BIN = 0

export class ChunkTable {
  state = new Uint8Array(0)
  /** First unit of the chunk, counted from the start of the heap, and number of units. */
  start = new Int32Array(0)
  size = new Int32Array(0)
  before = new Int32Array(0)
  after = new Int32Array(0)
  back = new Int32Array(0)
  forward = new Int32Array(0)
  /** Bytes asked for, and type id or tag, of live chunks. */
  requested = new Int32Array(0)
  tags = new Int32Array(0)
  /** First chunk of each bin, 0 if it is empty. */
  readonly bins = new Int32Array(BINS)
  /** Records ever used; record 0 is none. */
  recordEnd = 1
  private freeRecord = 0
  private readonly binMap = new Int32Array(BINS / 32)
  private readonly binSummary = new Int32Array(BINS / 1024)

  // ---- bins --------------------------------------------------------------------------------------------------

  protected bestFit(units: number): number {
    if (units < BINS) {
      const bin = this.firstBin(units)
      if (bin !== 0) return this.bins[bin]!
    }
    for (let chunk = this.bins[LARGE_BIN]!; chunk !== 0; chunk = this.forward[chunk]!)
      if (this.size[chunk]! >= units) return chunk
    return 0
  }

  /** First non-empty bin from `units` on, 0 if there is none. */
  private firstBin(units: number): number {
    const { binMap, binSummary } = this
    let word = units >> 5
    let bits = binMap[word]! & (-1 << (units & 31))
    if (bits === 0) {
      let group = ++word >> 5
      if (group >= binSummary.length) return 0
      let words = binSummary[group]! & (-1 << (word & 31))
      while (words === 0) {
        if (++group === binSummary.length) return 0
        words = binSummary[group]!
      }
      word = group << 5 | lowestBit(words)
      bits = binMap[word]!
    }
    return word << 5 | lowestBit(bits)
  }

  protected bin(chunk: number): void {
    const units = this.size[chunk]!
    const bin = units < BINS ? units : LARGE_BIN
    let behind = 0
    let ahead = this.bins[bin]!
    if (bin === LARGE_BIN) {
      while (ahead !== 0 && this.size[ahead]! < units) {
        behind = ahead
        ahead = this.forward[ahead]!
      }
    } else {
      this.binMap[bin >> 5]! |= 1 << (bin & 31)
      this.binSummary[bin >> 10]! |= 1 << (bin >> 5 & 31)
    }
    this.back[chunk] = behind
    this.forward[chunk] = ahead
    if (ahead !== 0) this.back[ahead] = chunk
    if (behind === 0) this.bins[bin] = chunk
    else this.forward[behind] = chunk
  }

  protected unbin(chunk: number): void {
    const units = this.size[chunk]!
    const bin = units < BINS ? units : LARGE_BIN
    const behind = this.back[chunk]!
    const ahead = this.forward[chunk]!
    if (ahead !== 0) this.back[ahead] = behind
    if (behind !== 0) {
      this.forward[behind] = ahead
      return
    }
    this.bins[bin] = ahead
    if (ahead !== 0 || bin === LARGE_BIN) return
    this.binMap[bin >> 5]! &= ~(1 << (bin & 31))
    if (this.binMap[bin >> 5] === 0) this.binSummary[bin >> 10]! &= ~(1 << (bin >> 5 & 31))
  }

  protected linkBetween(chunk: number, left: number, right: number): void {
    this.before[chunk] = left
    this.after[chunk] = right
    if (left !== 0) this.after[left] = chunk
    if (right !== 0) this.before[right] = chunk
  }

  /** Removes a chunk from the row of the heap; its space has gone to a neighbour. */
  protected dropRecord(chunk: number): void {
    const left = this.before[chunk]!
    const right = this.after[chunk]!
    if (left !== 0) this.after[left] = right
    if (right !== 0) this.before[right] = left
    this.giveRecord(chunk)
  }

  protected giveRecord(chunk: number): void {
    this.state[chunk] = 0
    this.forward[chunk] = this.freeRecord
    this.freeRecord = chunk
  }

  protected newRecord(): number {
    const free = this.freeRecord
    if (free !== 0) {
      this.freeRecord = this.forward[free]!
      return free
    }
    const record = this.recordEnd++
    if (record >= this.start.length) this.growRecords(Math.max(256, record * 2))
    return record
  }

  private growRecords(length: number): void {
    this.state = grownUint8(this.state, length)
    this.start = grownInt32(this.start, length)
    this.size = grownInt32(this.size, length)
    this.before = grownInt32(this.before, length)
    this.after = grownInt32(this.after, length)
    this.back = grownInt32(this.back, length)
    this.forward = grownInt32(this.forward, length)
    this.requested = grownInt32(this.requested, length)
    this.tags = grownInt32(this.tags, length)
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}
