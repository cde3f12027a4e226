// The memory of the program at one instant, moved forward by events.
//
// The recorder moves one along with the run; readers build one from a keyframe and replay the chunks after it. Because it
// is the same code over the same columns, what a reader rebuilds is what the recorder had.
//
// A block counts for a *site* (site-tree.ts) as in tracemalloc: for the line that allocated it, until it is freed;
// a reallocation moves it, with its new size, to the line that asked; taking an object from a free list (REUSE) moves its
// block to the line that takes it; a dead object in a free list (PARK) still counts where it was. Objects are counted
// apart, by births and deaths. Blocks that were there before the recording are unknown: their frees are no events here.
//
// A *partial* state has right figures but knows only the blocks named since the beginning of the chunk; the others it
// takes from the chunk's older blocks when they are named. Readers that want figures alone need not load every live block.
import {
  ALLOC, ARENA_FREE, ARENA_NEW, FIRST_TYPE, FREE, GC_END, GC_START, MARK, PARK, REALLOC, REALLOC_FROM, REFERENCE, REGION, REUSE,
} from '../memory/events'
import { MAIN_STACK_BYTES, REGION_ARENAS, REGION_STACKS, THREAD_STACK_BYTES, THREAD_STACK_TOUCHED_BYTES } from '../memory/address-space'
import { UNKNOWN_SIZE, type EventColumns } from './event-columns'
import { HashedTable } from './hashed-table'
import { DOMAIN_SHIFT, LiveTable, PARKED, REUSED, TYPE_MASK } from './live-table'
import type { SiteTree } from './site-tree'

/** Figures of a site lie together, one row of a Float64Array each. */
export const SITE_STRIDE = 8
export const SITE_LIVE_BYTES = 0
export const SITE_LIVE_BLOCKS = 1
/** Calls of malloc, calloc and realloc, and the bytes they asked for, over the whole run. */
export const SITE_ALLOCATIONS = 2
export const SITE_ALLOCATED_BYTES = 3
/** Blocks freed at most TEMPORARY_TICKS after they were allocated. */
export const SITE_TEMPORARIES = 4
/** Bytes allocated minus bytes freed while the line ran, whoever had allocated them. */
export const SITE_INCREMENT = 5
/** How often the line began to run, as far as events tell. */
export const SITE_OCCURRENCES = 6

export const TYPE_STRIDE = 4
export const TYPE_LIVE_OBJECTS = 0
export const TYPE_LIVE_BLOCKS = 1
export const TYPE_LIVE_BYTES = 2
export const TYPE_BIRTHS = 3

/** Row of blocks that lie in free lists, among the tags below FIRST_TYPE. */
export const TYPE_PARKED = 15

/** A block that is freed within so many instructions was temporary. */
export const TEMPORARY_TICKS = 1000

/** Told of rare events as they are passed; `event` counts the events before this one. */
export interface EventObserver {
  seen(kind: number, first: number, second: number, site: number, tick: number, event: number): void
}

/** Cuts the run into slots of ticks; see TimelineSampler. */
export interface SlotSampler {
  /** First tick that is no longer in the open slot. */
  readonly endTick: number
  /** An event at `tick` is past the open slot, whose lowest and highest live bytes are given; `state` is right before it. */
  roll(state: MemoryState, low: number, high: number, tick: number): void
  /** The chunk is over, the slot may go on. */
  end(state: MemoryState, low: number, high: number): void
}

/** Where the recorder notes what is learned about a chunk while passing it: a ColumnBuilder. */
export interface ChunkNotes {
  /** An event's size is not that of the block it names (UNKNOWN_SIZE: no such block); returns the op to put in its place. */
  resized(op: number, sizeBytes: number): number
  older(site: number, type: number, age: number): void
}

export interface ApplyOptions {
  timeline?: SlotSampler
  observer?: EventObserver
  notes?: ChunkNotes
}

export class MemoryState {
  readonly table: LiveTable
  sites = new Float64Array(256 * SITE_STRIDE)
  types = new Float64Array(64 * TYPE_STRIDE)
  /** Events passed. */
  events = 0
  tick = 0
  liveBytes = 0
  liveBlocks = 0
  liveObjects = 0
  rssBytes = 0
  allocations = 0
  allocatedBytes = 0
  temporaries = 0
  /** Highest liveBytes so far, and the instant right after the event that reached it. */
  peakBytes = 0
  peakTick = 0
  peakEvents = 0
  /** Resident bytes of each region, REGION events carry new sizes. */
  readonly regionBytes = new Float64Array(64)
  /** Where the last event ran. */
  site = 0
  instruction = 0
  /** Between REALLOC_FROM and its REALLOC: the block that moves; it counts as it was until then. */
  private movedFrom = 0
  /** With `keepPeak`: bytes and blocks of each site at the peak, pairs; see peakFigures. */
  private peakOf = new Float64Array(0)
  private peakSeen = new Int32Array(0)
  private peakStamp = 1
  private readonly keepPeak: boolean
  partial: boolean
  private stamp = 0
  private olderTaken = 0

  /** keepPeak: remember what each site had at the peak, at O(1) an event. partial: see above. */
  constructor(options: { keepPeak?: boolean; partial?: boolean } = {}) {
    this.keepPeak = options.keepPeak ?? false
    this.partial = options.partial ?? false
    this.table = this.partial ? new HashedTable() : new LiveTable()
  }

  /** The region as defined at the start. Arenas are announced one by one, as events. */
  defineRegion(id: number, residentBytes: number): void {
    if (id !== REGION_ARENAS) this.setRegion(id, residentBytes)
  }

  /** A REGION event says how large the region is; of thread stacks only the touched part is in core. */
  private resizeRegion(id: number, sizeBytes: number): void {
    if (id !== REGION_STACKS) return this.setRegion(id, sizeBytes)
    const threads = Math.max(0, Math.round((sizeBytes - MAIN_STACK_BYTES) / THREAD_STACK_BYTES))
    this.setRegion(id, MAIN_STACK_BYTES + threads * THREAD_STACK_TOUCHED_BYTES)
  }

  private setRegion(id: number, residentBytes: number): void {
    this.rssBytes += residentBytes - this.regionBytes[id]!
    this.regionBytes[id] = residentBytes
  }

  /** The beginning of a run again, before any region is defined. */
  reset(): void {
    this.table.clear()
    this.sites.fill(0)
    this.types.fill(0)
    this.regionBytes.fill(0)
    this.movedFrom = this.olderTaken = 0
    this.events = this.tick = this.liveBytes = this.liveBlocks = this.liveObjects = this.rssBytes = this.allocations = 0
    this.allocatedBytes = this.temporaries = this.peakBytes = this.peakTick = this.peakEvents = this.site = this.instruction = 0
  }

  /** Makes room for the sites of the tree and the types that a chunk names. */
  private ensure(columns: EventColumns, siteCount: number): void {
    let types = 0
    for (let op = 0; op < columns.opCount; op++) types = Math.max(types, columns.opHead[op]! >>> 6)
    this.sites = grown(this.sites, siteCount * SITE_STRIDE)
    this.types = grown(this.types, (types + 1) * TYPE_STRIDE)
    if (!this.keepPeak || this.peakSeen.length >= siteCount) return
    this.peakOf = grown(this.peakOf, siteCount * 2)
    const seen = new Int32Array(this.peakOf.length >> 1)
    seen.set(this.peakSeen)
    this.peakSeen = seen
  }

  /**
   * Passes events `from` to `to` of a chunk; the state must stand right before `from`. `tree` holds all sites the chunk
   * names. May replace entries of `columns.op` through `options.notes`.
   */
  apply(columns: EventColumns, from: number, to: number, tree: SiteTree, options: ApplyOptions = {}): void {
    this.ensure(columns, tree.count)
    const { op: ops, address: addresses, tickDelta, opHead, opSize, opSite, opInstruction } = columns
    const { table, sites, types, keepPeak, peakSeen } = this
    const { timeline, observer } = options
    const notes = options.notes ?? null
    if (from === 0) this.beginChunk()
    const stamp = this.stamp
    const treeParent = tree.parent
    const treeDepth = tree.depth
    let tick = from === 0 ? columns.baseTick : this.tick
    let live = this.liveBytes
    let lastSite = this.site
    let lastInstruction = this.instruction
    let movedFrom = this.movedFrom
    let low = live
    let high = live

    for (let i = from; i < to; i++) {
      const delta = tickDelta[i]! >>> 0
      tick += delta
      let op = ops[i]!
      const head = opHead[op]!
      const kind = head & 15
      // References are no memory.
      if (kind === REFERENCE) continue
      const site = opSite[op]!
      const row = site * SITE_STRIDE
      if (timeline && tick >= timeline.endTick) {
        this.liveBytes = live
        timeline.roll(this, low, high, tick)
        low = high = live
      }

      const instruction = opInstruction[op]!
      if (site !== lastSite) {
        // Lines that are on the stack now and were not before have begun to run; a caller that goes on has not.
        let a = site
        let b = lastSite
        while (treeDepth[b]! > treeDepth[a]!) b = treeParent[b]!
        while (a !== b) {
          sites[a * SITE_STRIDE + SITE_OCCURRENCES]!++
          if (treeDepth[b] === treeDepth[a]) b = treeParent[b]!
          a = treeParent[a]!
        }
        lastSite = site
      } else if (instruction < lastInstruction || instruction === lastInstruction && delta !== 0) {
        sites[row + SITE_OCCURRENCES]!++
      }
      lastInstruction = instruction

      switch (kind) {
        case ALLOC:
        case REALLOC: {
          const size = opSize[op]!
          const type = head >>> 6
          let block: number
          if (kind === REALLOC && movedFrom !== 0) {
            this.drop(movedFrom, keepPeak, peakSeen)
            live -= table.size[movedFrom]!
            sites[row + SITE_INCREMENT] = sites[row + SITE_INCREMENT]! - table.size[movedFrom]!
            if (type >= FIRST_TYPE) this.liveObjects++
            table.remove(movedFrom)
            movedFrom = 0
          } else if (type >= FIRST_TYPE) {
            this.liveObjects++
            types[type * TYPE_STRIDE + TYPE_BIRTHS]!++
          }
          block = table.find(addresses[i]!)
          if (block !== 0) {
            // Two allocations without a free between them: the first one was lost, and its block with it.
            this.drop(block, keepPeak, peakSeen)
            live -= table.size[block]!
            table.remove(block)
          }
          block = table.insert(addresses[i]!)
          table.size[block] = size
          table.site[block] = site
          table.type[block] = type | (head >> 4 & 3) << DOMAIN_SHIFT
          table.tick[block] = tick
          table.stamp[block] = stamp
          if (keepPeak && peakSeen[site] !== this.peakStamp) this.savePeak(site)
          sites[row] = sites[row]! + size
          sites[row + SITE_LIVE_BLOCKS]!++
          sites[row + SITE_ALLOCATIONS]!++
          sites[row + SITE_ALLOCATED_BYTES] = sites[row + SITE_ALLOCATED_BYTES]! + size
          sites[row + SITE_INCREMENT] = sites[row + SITE_INCREMENT]! + size
          const typeRow = type * TYPE_STRIDE
          if (type >= FIRST_TYPE) types[typeRow]!++
          types[typeRow + TYPE_LIVE_BLOCKS]!++
          types[typeRow + TYPE_LIVE_BYTES] = types[typeRow + TYPE_LIVE_BYTES]! + size
          this.liveBlocks++
          this.allocations++
          this.allocatedBytes += size
          live += size
          if (live > high) high = live
          else if (live < low) low = live
          if (live > this.peakBytes) {
            this.peakBytes = live
            this.peakTick = tick
            this.peakEvents = this.events + (i - from) + 1
            this.peakStamp++
          }
          break
        }
        case FREE:
        case REALLOC_FROM: {
          const block = table.find(addresses[i]!) || this.recall(columns, op, addresses[i]!, tick)
          const size = block === 0 ? UNKNOWN_SIZE : table.size[block]!
          if (notes !== null) {
            if (size !== opSize[op]) ops[i] = op = notes.resized(op, size)
            if (block !== 0 && table.stamp[block] !== stamp) {
              table.stamp[block] = stamp
              notes.older(table.site[block]!, table.type[block]!, tick - table.tick[block]!)
            }
          }
          if (block === 0) {
            // From before the recording: told once, since whatever comes to this address later is known.
            observer?.seen(FREE, addresses[i]!, kind, site, tick, this.events + (i - from))
            break
          }
          if (kind === REALLOC_FROM) {
            movedFrom = block
            break
          }
          this.drop(block, keepPeak, peakSeen)
          live -= size
          sites[row + SITE_INCREMENT] = sites[row + SITE_INCREMENT]! - size
          if (tick - table.tick[block]! <= TEMPORARY_TICKS && (table.type[block]! & REUSED) === 0) {
            sites[table.site[block]! * SITE_STRIDE + SITE_TEMPORARIES]!++
            this.temporaries++
          }
          table.remove(block)
          if (live < low) low = live
          break
        }
        case REUSE: {
          const block = table.find(addresses[i]!) || this.recall(columns, op, addresses[i]!, tick)
          const size = block === 0 ? UNKNOWN_SIZE : table.size[block]!
          if (notes !== null) {
            if (size !== opSize[op]) ops[i] = op = notes.resized(op, size)
            if (block !== 0 && table.stamp[block] !== stamp) {
              table.stamp[block] = stamp
              notes.older(table.site[block]!, table.type[block]!, tick - table.tick[block]!)
            }
          }
          if (block === 0) break
          this.drop(block, keepPeak, peakSeen)
          const type = head >>> 6 || table.type[block]! & TYPE_MASK
          if (keepPeak && peakSeen[site] !== this.peakStamp) this.savePeak(site)
          sites[row] = sites[row]! + size
          sites[row + SITE_LIVE_BLOCKS]!++
          this.liveBlocks++
          const typeRow = type * TYPE_STRIDE
          if (type >= FIRST_TYPE) {
            types[typeRow]!++
            types[typeRow + TYPE_BIRTHS]!++
            this.liveObjects++
          }
          types[typeRow + TYPE_LIVE_BLOCKS]!++
          types[typeRow + TYPE_LIVE_BYTES] = types[typeRow + TYPE_LIVE_BYTES]! + size
          table.site[block] = site
          table.type[block] = type | REUSED | table.type[block]! & 3 << DOMAIN_SHIFT
          table.tick[block] = tick
          break
        }
        case PARK: {
          const block = table.find(addresses[i]!) || this.recall(columns, op, addresses[i]!, tick)
          const size = block === 0 ? UNKNOWN_SIZE : table.size[block]!
          if (notes !== null) {
            if (size !== opSize[op]) ops[i] = op = notes.resized(op, size)
            if (block !== 0 && table.stamp[block] !== stamp) {
              table.stamp[block] = stamp
              notes.older(table.site[block]!, table.type[block]!, tick - table.tick[block]!)
            }
          }
          if (block === 0 || (table.type[block]! & PARKED) !== 0) break
          const type = table.type[block]! & TYPE_MASK
          const typeRow = type * TYPE_STRIDE
          if (type >= FIRST_TYPE) {
            types[typeRow]!--
            this.liveObjects--
          }
          types[typeRow + TYPE_LIVE_BLOCKS]!--
          types[typeRow + TYPE_LIVE_BYTES] = types[typeRow + TYPE_LIVE_BYTES]! - size
          types[TYPE_PARKED * TYPE_STRIDE + TYPE_LIVE_BLOCKS]!++
          types[TYPE_PARKED * TYPE_STRIDE + TYPE_LIVE_BYTES] = types[TYPE_PARKED * TYPE_STRIDE + TYPE_LIVE_BYTES]! + size
          table.type[block] = table.type[block]! | PARKED
          break
        }
        case ARENA_NEW:
        case ARENA_FREE:
          this.rssBytes += kind === ARENA_NEW ? opSize[op]! : -opSize[op]!
          observer?.seen(kind, addresses[i]!, opSize[op]!, site, tick, this.events + (i - from))
          break
        case REGION: this.resizeRegion(addresses[i]! & 63, opSize[op]! * 1024); break
        case GC_START:
        case GC_END:
        case MARK:
          this.liveBytes = live
          observer?.seen(kind, addresses[i]!, opSize[op]!, site, tick, this.events + (i - from))
          break
      }
    }

    this.tick = tick
    this.liveBytes = live
    this.site = lastSite
    this.instruction = lastInstruction
    this.movedFrom = movedFrom
    this.events += to - from
    timeline?.end(this, low, high)
  }

  /** Bytes and blocks of each site at the peak, as pairs; only with `keepPeak`. */
  peakFigures(siteCount: number): Float64Array {
    const figures = new Float64Array(siteCount * 2)
    for (let site = 0; site < siteCount; site++) {
      const kept = this.peakSeen[site] === this.peakStamp
      figures[site * 2] = kept ? this.peakOf[site * 2]! : this.sites[site * SITE_STRIDE]!
      figures[site * 2 + 1] = kept ? this.peakOf[site * 2 + 1]! : this.sites[site * SITE_STRIDE + SITE_LIVE_BLOCKS]!
    }
    return figures
  }

  private beginChunk(): void {
    this.stamp++
    this.olderTaken = 0
    if (this.partial) this.table.clear()
  }

  /** In a partial state: the block from before the chunk that an event names. 0 if there is none. */
  private recall(columns: EventColumns, op: number, address: number, tick: number): number {
    if (!this.partial || columns.opSize[op] === UNKNOWN_SIZE) return 0
    const at = this.olderTaken++
    const { table } = this
    const block = table.insert(address)
    table.size[block] = columns.opSize[op]!
    table.site[block] = columns.olderSite[at] ?? 0
    table.type[block] = columns.olderType[at] ?? 0
    table.tick[block] = tick - (columns.olderAge[at] ?? 0)
    return block
  }

  /** Takes a block off its site and type; the table and `liveBytes` are the caller's. */
  private drop(block: number, keepPeak: boolean, peakSeen: Int32Array): void {
    const { table, sites, types } = this
    const site = table.site[block]!
    const size = table.size[block]!
    const flags = table.type[block]!
    const type = flags & TYPE_MASK
    if (keepPeak && peakSeen[site] !== this.peakStamp) this.savePeak(site)
    const row = site * SITE_STRIDE
    sites[row] = sites[row]! - size
    sites[row + SITE_LIVE_BLOCKS]!--
    this.liveBlocks--
    const parked = (flags & PARKED) !== 0
    const typeRow = (parked ? TYPE_PARKED : type) * TYPE_STRIDE
    types[typeRow + TYPE_LIVE_BLOCKS]!--
    types[typeRow + TYPE_LIVE_BYTES] = types[typeRow + TYPE_LIVE_BYTES]! - size
    if (!parked && type >= FIRST_TYPE) {
      types[typeRow]!--
      this.liveObjects--
    }
  }

  /**
   * Called before the first change of a site after a new peak: what it has now is what it had at the peak. A peak itself
   * only raises the stamp, so a growing program pays nothing for having a new peak at every allocation.
   */
  private savePeak(site: number): void {
    this.peakSeen[site] = this.peakStamp
    this.peakOf[site * 2] = this.sites[site * SITE_STRIDE]!
    this.peakOf[site * 2 + 1] = this.sites[site * SITE_STRIDE + SITE_LIVE_BLOCKS]!
  }
}

function grown(column: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (column.length >= length) return column
  const larger = new Float64Array(Math.max(column.length * 2, length))
  larger.set(column)
  return larger
}
