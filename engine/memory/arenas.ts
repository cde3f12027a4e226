// Arenas and pools: where pymalloc takes its pools from. Mirrors the arena half of Objects/obmalloc.c.
//
// An arena is 1 MiB at a fixed slot of the address space; it is carved into 64 pools of 16 KiB. Arenas with a free pool form
// a list sorted by their number of free pools, fewest first, so that the emptiest arenas get a chance to become quite empty
// and go back to the system. `lastWithFree[n]` is the rightmost arena of the list with n free pools: with it an arena finds
// its new place in one step.
//
// Layout: everything is Int32 columns.
//   cells     one word a granule. Live block: ~(requested size | tag << 10), negative. Free block: the next free block of
//             its pool, 0 at the end of the chain.
//   pools     8 words a pool (POOL_*), at reference (pool number + SENTINELS) * 8. The first SENTINELS records are the heads
//             of the size classes' circular lists of partly used pools, so linking needs no test for the ends.
//   arenas    8 words a slot (ARENA_*); a slot is ARENA granules long, slot 0 begins at granule 0.
import type { AddressSpace } from './address-space'
import { RAW_BASE } from './address-space'
import { grownInt32, type Int32Column } from '../base/typed-arrays'
import type { EventLog } from './event-log'

/** Blocks in use. */
export const POOL_COUNT = 0
/** First free block, 0 if the pool is full. */
export const POOL_FREEBLOCK = 1
/** Links of the size class list; NEXT also chains an arena's free pools (NIL at the end). */
export const POOL_NEXT = 2
export const POOL_PREV = 3
/** Size class, which an empty pool remembers; NO_CLASS if it never had one. */
export const POOL_CLASS = 4
/** First granule never handed out, and the last granule at which a block fits. */
export const POOL_FRESH = 5
export const POOL_LAST = 6
export const POOL_SHIFT = 3
/** Records at the front of `pools` that are list heads; more than any geometry has classes. */
export const SENTINELS = 64
export const NO_CLASS = -1
export const NIL = -1

export const ARENA_FREE_COUNT = 0
/** Chain of emptied pools (references), NIL at its end. */
export const ARENA_FREE_POOLS = 1
/** Pools ever carved: the next fresh one is slot * poolsPerArena + this. */
export const ARENA_CARVED = 2
export const ARENA_NEXT = 3
export const ARENA_PREV = 4
export const ARENA_LIVE = 5
export const ARENA_SHIFT = 3

export const POOL_HEADER_BYTES = 48

/** Sizes of pymalloc; the default is CPython 3.11's on 64-bit machines. */
export interface PymallocGeometry {
  alignment: 8 | 16
  poolBytes: number
  arenaBytes: number
}

export const GEOMETRY_3_11: PymallocGeometry = { alignment: 16, poolBytes: 16384, arenaBytes: 1 << 20 }
/** What most texts describe: CPython up to 3.9 on 32 bits, and every figure drawn of pymalloc. */
export const GEOMETRY_TEXTBOOK: PymallocGeometry = { alignment: 8, poolBytes: 4096, arenaBytes: 256 << 10 }

export class Arenas {
  cells = new Int32Array(0)
  pools: Int32Column
  arenas = new Int32Array(0)
  readonly alignment: number
  readonly alignmentShift: number
  readonly poolBytes: number
  readonly arenaBytes: number
  /** log2 of granules a pool and an arena. */
  readonly poolGranuleShift: number
  readonly arenaGranuleShift: number
  readonly poolsPerArena: number
  readonly headerGranules: number
  /** Arenas of the script (of everything before seal()): mapped now, at most, ever; unmapped ever. */
  liveArenas = 0
  peakArenas = 0
  allocatedArenas = 0
  freedArenas = 0
  /** The same over the whole life of the process: those of start-up included, never reset. */
  mappedArenas = 0
  peakMappedArenas = 0
  everMappedArenas = 0
  /** Slots that have been used at least once: no arena lies above. */
  slotEnd = 0
  /** Pools in arenas that hold or once held blocks: their memory is in core. */
  residentPools = 0
  private usable = NIL
  private readonly lastWithFree: Int32Array
  /** New arenas take the lowest free slot from here on. */
  firstSlot = 0
  private lowestFreeSlot = 0

  constructor(readonly space: AddressSpace, readonly log: EventLog, geometry: PymallocGeometry) {
    this.alignment = geometry.alignment
    this.alignmentShift = Math.log2(geometry.alignment)
    this.poolBytes = geometry.poolBytes
    this.arenaBytes = geometry.arenaBytes
    this.poolGranuleShift = Math.log2(geometry.poolBytes) - this.alignmentShift
    this.arenaGranuleShift = Math.log2(geometry.arenaBytes) - this.alignmentShift
    this.poolsPerArena = geometry.arenaBytes / geometry.poolBytes
    this.headerGranules = POOL_HEADER_BYTES / geometry.alignment
    this.lastWithFree = new Int32Array(this.poolsPerArena + 2).fill(NIL)
    this.pools = new Int32Array(SENTINELS << POOL_SHIFT)
    for (let ref = 0; ref < this.pools.length; ref += 1 << POOL_SHIFT)
      this.pools[ref + POOL_NEXT] = this.pools[ref + POOL_PREV] = ref
  }

  /** Granule at which the pool of this reference begins. */
  poolGranule(ref: number): number {
    return (ref >> POOL_SHIFT) - SENTINELS << this.poolGranuleShift
  }

  /** Reference of the pool that holds a granule. */
  poolOf(granule: number): number {
    return (granule >> this.poolGranuleShift) + SENTINELS << POOL_SHIFT
  }

  arenaOfPool(ref: number): number {
    return this.poolGranule(ref) >> this.arenaGranuleShift
  }

  isLive(slot: number): boolean {
    return this.arenas[(slot << ARENA_SHIFT) + ARENA_LIVE] === 1
  }

  /** A free pool, with POOL_CLASS as it was last; NIL if there is no memory. Mirrors allocate_from_new_pool. */
  protected takePool(): number {
    if (this.usable === NIL && !this.newArena()) return NIL
    const { arenas, pools, lastWithFree } = this
    const slot = this.usable
    const arena = slot << ARENA_SHIFT
    const free = arenas[arena + ARENA_FREE_COUNT]!
    if (lastWithFree[free] === slot) lastWithFree[free] = NIL
    if (free > 1) lastWithFree[free - 1] = slot
    let ref = arenas[arena + ARENA_FREE_POOLS]!
    if (ref !== NIL) arenas[arena + ARENA_FREE_POOLS] = pools[ref + POOL_NEXT]!
    else {
      ref = slot * this.poolsPerArena + arenas[arena + ARENA_CARVED]! + SENTINELS << POOL_SHIFT
      arenas[arena + ARENA_CARVED]!++
      pools[ref + POOL_CLASS] = NO_CLASS
      this.residentPools++
    }
    arenas[arena + ARENA_FREE_COUNT] = free - 1
    if (free === 1) {
      this.usable = arenas[arena + ARENA_NEXT]!
      if (this.usable !== NIL) arenas[(this.usable << ARENA_SHIFT) + ARENA_PREV] = NIL
    }
    return ref
  }

  /** Gives an empty pool back to its arena, and the arena to the system if that was its last. Mirrors insert_to_freepool. */
  protected givePool(ref: number): void {
    const { arenas, pools, lastWithFree } = this
    const slot = this.arenaOfPool(ref)
    const arena = slot << ARENA_SHIFT
    pools[ref + POOL_NEXT] = arenas[arena + ARENA_FREE_POOLS]!
    arenas[arena + ARENA_FREE_POOLS] = ref

    const before = arenas[arena + ARENA_FREE_COUNT]!
    const last = lastWithFree[before]!
    if (last === slot) {
      const left = arenas[arena + ARENA_PREV]!
      const same = left !== NIL && arenas[(left << ARENA_SHIFT) + ARENA_FREE_COUNT] === before
      lastWithFree[before] = same ? left : NIL
    }
    const free = before + 1
    arenas[arena + ARENA_FREE_COUNT] = free
    const right = arenas[arena + ARENA_NEXT]!

    if (free === this.poolsPerArena && right !== NIL) {
      this.unlinkArena(slot)
      this.freeArena(slot)
    } else if (free === 1) {
      arenas[arena + ARENA_NEXT] = this.usable
      arenas[arena + ARENA_PREV] = NIL
      if (this.usable !== NIL) arenas[(this.usable << ARENA_SHIFT) + ARENA_PREV] = slot
      this.usable = slot
      if (lastWithFree[1] === NIL) lastWithFree[1] = slot
    } else {
      if (lastWithFree[free] === NIL) lastWithFree[free] = slot
      if (last === slot) return
      // Not the rightmost of its old count: it moves behind that one.
      this.unlinkArena(slot)
      const after = arenas[(last << ARENA_SHIFT) + ARENA_NEXT]!
      arenas[arena + ARENA_PREV] = last
      arenas[arena + ARENA_NEXT] = after
      if (after !== NIL) arenas[(after << ARENA_SHIFT) + ARENA_PREV] = slot
      arenas[(last << ARENA_SHIFT) + ARENA_NEXT] = slot
    }
  }

  /** From now on new arenas come from slots not used so far, and the statistics of arenas begin anew. */
  protected beginScriptArenas(): void {
    this.firstSlot = this.lowestFreeSlot = this.slotEnd
    this.liveArenas = this.peakArenas = this.allocatedArenas = this.freedArenas = 0
    this.space.boundary = this.slotEnd << this.arenaGranuleShift
  }

  protected get hasUsableArena(): boolean {
    return this.usable !== NIL
  }

  /** Arenas with free pools, in the order in which they will be used; for checks and statistics. */
  usableArenas(): number[] {
    const slots: number[] = []
    for (let slot = this.usable; slot !== NIL; slot = this.arenas[(slot << ARENA_SHIFT) + ARENA_NEXT]!) slots.push(slot)
    return slots
  }

  lastArenaWithFree(freePools: number): number {
    return this.lastWithFree[freePools]!
  }

  private unlinkArena(slot: number): void {
    const { arenas } = this
    const left = arenas[(slot << ARENA_SHIFT) + ARENA_PREV]!
    const right = arenas[(slot << ARENA_SHIFT) + ARENA_NEXT]!
    if (left === NIL) this.usable = right
    else arenas[(left << ARENA_SHIFT) + ARENA_NEXT] = right
    if (right !== NIL) arenas[(right << ARENA_SHIFT) + ARENA_PREV] = left
  }

  private newArena(): boolean {
    let slot = this.lowestFreeSlot
    while (slot < this.slotEnd && this.isLive(slot)) slot++
    // DIFFERS: the address space ends at 8 GiB of arenas.
    if (slot + 1 << this.arenaGranuleShift > RAW_BASE || !this.space.reserve(this.arenaBytes)) return false
    this.lowestFreeSlot = slot + 1
    if (slot >= this.slotEnd) {
      this.slotEnd = slot + 1
      this.cells = grownInt32(this.cells, this.slotEnd << this.arenaGranuleShift)
      this.pools = grownInt32(this.pools, this.slotEnd * this.poolsPerArena + SENTINELS << POOL_SHIFT)
      this.arenas = grownInt32(this.arenas, this.slotEnd << ARENA_SHIFT)
    }
    const arena = slot << ARENA_SHIFT
    const { arenas } = this
    arenas[arena + ARENA_FREE_COUNT] = this.poolsPerArena
    arenas[arena + ARENA_FREE_POOLS] = NIL
    arenas[arena + ARENA_CARVED] = 0
    arenas[arena + ARENA_NEXT] = arenas[arena + ARENA_PREV] = NIL
    arenas[arena + ARENA_LIVE] = 1
    this.usable = slot
    this.lastWithFree[this.poolsPerArena] = slot
    this.everMappedArenas++
    if (++this.mappedArenas > this.peakMappedArenas) this.peakMappedArenas = this.mappedArenas
    this.allocatedArenas++
    if (++this.liveArenas > this.peakArenas) this.peakArenas = this.liveArenas
    if (this.log.enabled) this.log.arenaNew(slot << this.arenaGranuleShift, this.arenaBytes)
    return true
  }

  private freeArena(slot: number): void {
    this.arenas[(slot << ARENA_SHIFT) + ARENA_LIVE] = 0
    this.residentPools -= this.arenas[(slot << ARENA_SHIFT) + ARENA_CARVED]!
    if (slot >= this.firstSlot && slot < this.lowestFreeSlot) this.lowestFreeSlot = slot
    this.mappedArenas--
    this.liveArenas--
    this.freedArenas++
    this.space.release(this.arenaBytes)
    if (this.log.enabled) this.log.arenaFree(slot << this.arenaGranuleShift, this.arenaBytes)
  }
}
