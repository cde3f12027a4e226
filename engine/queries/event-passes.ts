// What only the events of a range can tell: its highest instant, what was freed again soon, and how long bytes were held.
//
// Each is one pass over decoded chunks, in order, with figures by site in pairs (bytes and blocks). They follow blocks as
// MemoryState does (engine/recording/memory-state.ts), whose file says what moves a block to another line.
import { ALLOC, FREE, PARK, REALLOC, REALLOC_FROM, REUSE } from '../memory/events'
import { UNKNOWN_SIZE, type EventColumns } from '../recording/event-columns'
import { HashedTable } from '../recording/hashed-table'

/** Finds the first instant with the most live bytes. Sizes are in the events, so no block need be known. */
export class HighestInstant {
  bytes = -1
  event = 0
  tick = 0

  /** `liveBytes` and `firstEvent` are those before event 0 of the columns; the instants after `from` to `to` events are looked at. */
  pass(columns: EventColumns, from: number, to: number, liveBytes: number, firstEvent: number): void {
    const { op: ops, tickDelta, opHead, opSize } = columns
    let live = liveBytes
    let moved = 0
    let tick = columns.baseTick
    if (from === 0 && live > this.bytes) this.found(live, firstEvent, tick)
    for (let i = 0; i < to; i++) {
      tick += tickDelta[i]! >>> 0
      const op = ops[i]!
      const kind = opHead[op]! & 15
      const size = opSize[op]!
      if (kind === ALLOC || kind === REALLOC) {
        live += size - moved
        moved = 0
      } else if (size !== UNKNOWN_SIZE) {
        if (kind === FREE) live -= size
        // A block that moves counts as before until its second half.
        else if (kind === REALLOC_FROM) moved = size
      }
      if (live > this.bytes && i + 1 >= from) this.found(live, firstEvent + i + 1, tick)
    }
  }

  private found(bytes: number, event: number, tick: number): void {
    this.bytes = bytes
    this.event = event
    this.tick = tick
  }
}

/**
 * Blocks that were freed with at most `threshold` other allocations in between, as memray counts temporary allocations: a
 * reallocation is a free and an allocation, and what comes from a free list or goes into one is neither.
 */
export class TemporaryPass {
  figures: Float64Array<ArrayBuffer>
  private readonly table = new HashedTable()
  private readonly threshold: number
  private allocations = 0

  constructor(siteCount: number, threshold: number) {
    this.figures = new Float64Array(siteCount * 2)
    this.threshold = threshold
  }

  pass(columns: EventColumns, from: number, to: number): void {
    const { op: ops, address: addresses, opHead, opSize, opSite } = columns
    const { table, figures, threshold } = this
    let allocations = this.allocations
    for (let i = from; i < to; i++) {
      const op = ops[i]!
      const kind = opHead[op]! & 15
      if (kind === ALLOC || kind === REALLOC) {
        const block = table.insert(addresses[i]!)
        table.size[block] = opSize[op]!
        table.site[block] = opSite[op]!
        table.tick[block] = ++allocations
      } else if (kind === FREE || kind === REALLOC_FROM) {
        const block = table.find(addresses[i]!)
        if (block === 0) continue
        if (allocations - table.tick[block]! <= threshold) {
          const row = table.site[block]! * 2
          figures[row] = figures[row]! + table.size[block]!
          figures[row + 1]!++
        }
        table.remove(block)
      }
    }
    this.allocations = allocations
  }
}

/**
 * Bytes × ticks: how much was held for how long. A site's sum is brought up to date when its live bytes change, so that
 * only positive terms are added and a line that holds little stays exact beside one that holds much.
 */
export class HeldPass {
  readonly figures: Float64Array<ArrayBuffer>
  private readonly live: Float64Array<ArrayBuffer>
  private readonly since: Float64Array<ArrayBuffer>
  private readonly table = new HashedTable()

  /** `live` has bytes and blocks of each site at `tick`, where the range begins. */
  constructor(siteCount: number, live: Float64Array, tick: number) {
    this.figures = new Float64Array(siteCount * 2)
    this.live = new Float64Array(siteCount * 2)
    this.live.set(live.subarray(0, siteCount * 2))
    this.since = new Float64Array(siteCount).fill(tick)
  }

  /** Events before `from` are in `live` already; they are passed for their blocks' sake, so a chunk always begins at 0. */
  pass(columns: EventColumns, from: number, to: number): void {
    const { op: ops, address: addresses, tickDelta, opHead, opSize, opSite, olderSite } = columns
    const { table } = this
    table.clear()
    let older = 0
    let moved = 0
    let tick = columns.baseTick
    for (let i = 0; i < to; i++) {
      tick += tickDelta[i]! >>> 0
      const op = ops[i]!
      const kind = opHead[op]! & 15
      if (kind === 0 || kind > PARK) continue
      const address = addresses[i]!
      let block = table.find(address)
      if (kind === ALLOC || kind === REALLOC) {
        if (moved !== 0) {
          if (i >= from) this.change(table.site[moved]!, -table.size[moved]!, -1, tick)
          table.remove(moved)
          moved = 0
          block = table.find(address)
        }
        if (block !== 0 && i >= from) this.change(table.site[block]!, -table.size[block]!, -1, tick)
        block = table.insert(address)
        table.size[block] = opSize[op]!
        table.site[block] = opSite[op]!
        if (i >= from) this.change(opSite[op]!, opSize[op]!, 1, tick)
        continue
      }
      if (block === 0) {
        if (opSize[op] === UNKNOWN_SIZE) continue
        block = table.insert(address)
        table.size[block] = opSize[op]!
        table.site[block] = olderSite[older++] ?? 0
      }
      if (kind === REALLOC_FROM) moved = block
      else if (kind === FREE) {
        if (i >= from) this.change(table.site[block]!, -table.size[block]!, -1, tick)
        table.remove(block)
      } else if (kind === REUSE) {
        if (i >= from) {
          this.change(table.site[block]!, -table.size[block]!, -1, tick)
          this.change(opSite[op]!, table.size[block]!, 1, tick)
        }
        table.site[block] = opSite[op]!
      }
    }
  }

  /** The sums up to `tick`, the end of the range. */
  finish(tick: number): Float64Array {
    for (let site = 0; site < this.since.length; site++) this.change(site, 0, 0, tick)
    return this.figures
  }

  private change(site: number, bytes: number, blocks: number, tick: number): void {
    const { figures, live, since } = this
    const row = site * 2
    const ticks = tick - since[site]!
    if (ticks !== 0) {
      figures[row] = figures[row]! + live[row]! * ticks
      figures[row + 1] = figures[row + 1]! + live[row + 1]! * ticks
      since[site] = tick
    }
    live[row] = live[row]! + bytes
    live[row + 1] = live[row + 1]! + blocks
  }
}
