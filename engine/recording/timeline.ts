// Live bytes, blocks, objects and RSS over the run in a bounded number of slots.
//
// Slots have equal width in ticks; when more than MAX_SLOTS would be needed the width doubles and neighbours are merged.
// A slot keeps the lowest, highest and last value of live bytes, so that no spike is lost at any zoom. Only slots in which
// something happened exist; `slot` holds their number (tick / width). Wall time is known once a message (a few times a
// second) and spread evenly over the ticks between.
import type { MemoryState, SlotSampler } from './memory-state'

export const MAX_SLOTS = 4096

export class TimelineSampler implements SlotSampler {
  widthTicks = 1
  count = 0
  slot = new Float64Array(MAX_SLOTS)
  minBytes = new Float64Array(MAX_SLOTS)
  maxBytes = new Float64Array(MAX_SLOTS)
  lastBytes = new Float64Array(MAX_SLOTS)
  lastBlocks = new Float64Array(MAX_SLOTS)
  lastObjects = new Float64Array(MAX_SLOTS)
  lastRss = new Float64Array(MAX_SLOTS)
  wallNs = new Float64Array(MAX_SLOTS)
  /** First tick after the current slot; the first event opens slot 0. */
  endTick = 0
  /** Rows from here on have changed since `clean`; 0 after a doubling. */
  dirtyFrom = 0
  /** Rows without a wall time yet begin here. */
  private untimed = 0
  private open = -1

  /** The current slot is over: keeps its figures and opens the one of `tick`. */
  roll(state: MemoryState, low: number, high: number, tick: number): void {
    if (this.open >= 0) this.keep(state, low, high)
    while (Math.floor(tick / this.widthTicks) >= MAX_SLOTS) this.double()
    this.open = Math.floor(tick / this.widthTicks)
    this.endTick = (this.open + 1) * this.widthTicks
  }

  /** End of a chunk: the open slot's figures so far. */
  end(state: MemoryState, low: number, high: number): void {
    if (this.open >= 0) this.keep(state, low, high)
  }

  /** Ticks since the last call took from `fromNs` to `toNs`. */
  time(fromTick: number, toTick: number, fromNs: number, toNs: number): void {
    const scale = toTick > fromTick ? (toNs - fromNs) / (toTick - fromTick) : 0
    for (let i = Math.max(0, Math.min(this.untimed, this.count)); i < this.count; i++) {
      const tick = Math.min(toTick, (this.slot[i]! + 1) * this.widthTicks)
      this.wallNs[i] = Math.max(fromNs, fromNs + (tick - fromTick) * scale)
      this.dirtyFrom = Math.min(this.dirtyFrom, i)
    }
    // The last slot may still be open.
    this.untimed = Math.max(0, this.count - 1)
  }

  clean(): void {
    this.dirtyFrom = Math.max(0, this.count - 1)
  }

  private keep(state: MemoryState, low: number, high: number): void {
    let i = this.count - 1
    if (i < 0 || this.slot[i] !== this.open) {
      i = this.count++
      this.slot[i] = this.open
      this.minBytes[i] = low
      this.maxBytes[i] = high
    } else {
      if (low < this.minBytes[i]!) this.minBytes[i] = low
      if (high > this.maxBytes[i]!) this.maxBytes[i] = high
    }
    this.lastBytes[i] = state.liveBytes
    this.lastBlocks[i] = state.liveBlocks
    this.lastObjects[i] = state.liveObjects
    this.lastRss[i] = state.rssBytes
    if (i < this.dirtyFrom) this.dirtyFrom = i
  }

  private double(): void {
    let kept = 0
    for (let i = 0; i < this.count; kept++) {
      const slot = Math.floor(this.slot[i]! / 2)
      let low = this.minBytes[i]!
      let high = this.maxBytes[i]!
      let last = i
      if (i + 1 < this.count && Math.floor(this.slot[i + 1]! / 2) === slot) {
        last = i + 1
        low = Math.min(low, this.minBytes[last]!)
        high = Math.max(high, this.maxBytes[last]!)
      }
      this.slot[kept] = slot
      this.minBytes[kept] = low
      this.maxBytes[kept] = high
      this.lastBytes[kept] = this.lastBytes[last]!
      this.lastBlocks[kept] = this.lastBlocks[last]!
      this.lastObjects[kept] = this.lastObjects[last]!
      this.lastRss[kept] = this.lastRss[last]!
      this.wallNs[kept] = this.wallNs[last]!
      if (i <= this.untimed && this.untimed <= last) this.untimed = kept
      i = last + 1
    }
    if (this.untimed > kept) this.untimed = kept
    this.count = kept
    this.widthTicks *= 2
    this.dirtyFrom = 0
  }
}
