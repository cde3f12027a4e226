// Arenas and pools: where pymalloc takes its pools from. Mirrors the arena half of Objects/obmalloc.c.
//
// An arena is 1 MiB at a fixed slot of the address space; it is carved into 64 pools of 16 KiB. Arenas with a free pool form
// a list sorted by their number of free pools, fewest first, so that the emptiest arenas get a chance to become quite empty
// and go back to the system. `lastWithFree[n]` is the rightmost arena of the list with n free pools: with it an arena finds
// its new place in one step.
//
// Layout: one Int32 word a granule, in `cells`; a pool is named by its first granule, as its address would name it.
//   live block      ~(requested size | tag << 10) at its first granule: negative
//   free block      offset of the next free block in its pool, 0 at the end of the chain
//   pool header     three words, in the granules of the header that CPython has there too:
//                   STATE  blocks in use | offset of the first free block << 12, 0 there when the pool is full
//                   NEXT   next pool | offset of the first block never handed out, 0 when there is none left
//                   PREV   previous pool | size class
//                   Pools begin at multiples of their size, so the low bits of a link are free for the second figure.
// Slot 0 of the arenas is never mapped: the pools there are the heads of the size classes' circular lists of partly used
// pools, so linking needs no test for the ends; and granule 0 is NULL. `arenas` has 8 words (ARENA_*) a slot.
import type { AddressSpace } from './address-space'
import { RAW_BASE } from './address-space'
import { grownInt32, type Int32Column } from '../base/typed-arrays'
import type { EventLog } from './event-log'

/** Words of a pool's header. */
export const POOL_STATE = 0
export const POOL_NEXT = 1
export const POOL_PREV = 2
/** In STATE: the count of blocks in use lies below the offset of the first free one. */
export const FREE_SHIFT = 12
export const COUNT_MASK = (1 << FREE_SHIFT) - 1
/** Class of a pool that was never used. */
export const NO_CLASS = 511
export const NIL = 0

export const ARENA_FREE_COUNT = 0
/** Chain of emptied pools, NIL at its end. */
export const ARENA_FREE_POOLS = 1
/** Pools carved since the arena was mapped: the next fresh one is the one after. */
export const ARENA_CARVED = 2
export const ARENA_NEXT = 3
export const ARENA_PREV = 4
export const ARENA_LIVE = 5
export const ARENA_SHIFT = 3
/** Slot 0 holds the list heads. */
export const FIRST_SLOT = 1

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
  cells: Int32Column
  arenas: Int32Column
  readonly alignment: number
  readonly alignmentShift: number
  readonly poolBytes: number
  readonly arenaBytes: number
  /** log2 of granules a pool and an arena; masks of the granule of a pool and of the offset in it. */
  readonly poolGranuleShift: number
  readonly poolMask: number
  readonly offsetMask: number
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
  /** No arena lies in this slot or above. */
  slotEnd = FIRST_SLOT
  /** Pools in arenas that hold or once held blocks: their memory is in core. */
  residentPools = 0
  private usable = NIL
  private readonly lastWithFree: Int32Array
  /** New arenas take the lowest free slot from here on. */
  firstSlot = FIRST_SLOT
  private lowestFreeSlot = FIRST_SLOT

  constructor(readonly space: AddressSpace, readonly log: EventLog, geometry: PymallocGeometry) {
    this.alignment = geometry.alignment
    this.alignmentShift = Math.log2(geometry.alignment)
    this.poolBytes = geometry.poolBytes
    this.arenaBytes = geometry.arenaBytes
    this.poolGranuleShift = Math.log2(geometry.poolBytes) - this.alignmentShift
    this.arenaGranuleShift = Math.log2(geometry.arenaBytes) - this.alignmentShift
    this.poolMask = -1 << this.poolGranuleShift
    this.offsetMask = ~this.poolMask
    this.poolsPerArena = geometry.arenaBytes / geometry.poolBytes
    this.headerGranules = POOL_HEADER_BYTES / geometry.alignment
    this.lastWithFree = new Int32Array(this.poolsPerArena + 2).fill(NIL)
    this.cells = new Int32Array(FIRST_SLOT << this.arenaGranuleShift)
    this.arenas = new Int32Array(FIRST_SLOT << ARENA_SHIFT)
    for (let head = 0; head < this.cells.length; head += 1 << this.poolGranuleShift)
      this.cells[head + POOL_NEXT] = this.cells[head + POOL_PREV] = head
    space.firstArenaGranule = FIRST_SLOT << this.arenaGranuleShift
    if (!space.startupPhase) space.boundary = space.firstArenaGranule
  }

  /** The pool that holds a granule. */
  poolOf(granule: number): number {
    return granule & this.poolMask
  }

  /** The pool at the head of a size class. */
  headOf(sizeClass: number): number {
    return sizeClass << this.poolGranuleShift
  }

  countOf(pool: number): number {
    return this.cells[pool + POOL_STATE]! & COUNT_MASK
  }

  /** First free block, 0 if there is none. */
  freeBlockOf(pool: number): number {
    const offset = this.cells[pool + POOL_STATE]! >> FREE_SHIFT
    return offset === 0 ? 0 : pool + offset
  }

  nextOf(pool: number): number {
    return this.cells[pool + POOL_NEXT]! & this.poolMask
  }

  prevOf(pool: number): number {
    return this.cells[pool + POOL_PREV]! & this.poolMask
  }

  classOf(pool: number): number {
    return this.cells[pool + POOL_PREV]! & this.offsetMask
  }

  /** Offset of the first block never handed out, 0 if all were. */
  freshOf(pool: number): number {
    return this.cells[pool + POOL_NEXT]! & this.offsetMask
  }

  protected setNext(pool: number, next: number): void {
    this.cells[pool + POOL_NEXT] = next | this.freshOf(pool)
  }

  protected setPrev(pool: number, prev: number): void {
    this.cells[pool + POOL_PREV] = prev | this.classOf(pool)
  }

  isLive(slot: number): boolean {
    return this.arenas[(slot << ARENA_SHIFT) + ARENA_LIVE] === 1
  }

  /** A free pool, with the size class it had last; NIL if there is no memory. Mirrors allocate_from_new_pool. */
  protected takePool(): number {
    if (this.usable === NIL && !this.newArena()) return NIL
    const { arenas, lastWithFree } = this
    const slot = this.usable
    const arena = slot << ARENA_SHIFT
    const free = arenas[arena + ARENA_FREE_COUNT]!
    if (lastWithFree[free] === slot) lastWithFree[free] = NIL
    if (free > 1) lastWithFree[free - 1] = slot
    let pool = arenas[arena + ARENA_FREE_POOLS]!
    if (pool !== NIL) arenas[arena + ARENA_FREE_POOLS] = this.nextOf(pool)
    else {
      pool = (slot << this.arenaGranuleShift) + (arenas[arena + ARENA_CARVED]!++ << this.poolGranuleShift)
      this.cells[pool + POOL_PREV] = NO_CLASS
      this.residentPools++
      this.space.touch(this.poolBytes)
    }
    arenas[arena + ARENA_FREE_COUNT] = free - 1
    if (free === 1) {
      this.usable = arenas[arena + ARENA_NEXT]!
      if (this.usable !== NIL) arenas[(this.usable << ARENA_SHIFT) + ARENA_PREV] = NIL
    }
    return pool
  }

  /** Gives an empty pool back to its arena, and the arena to the system if that was its last. Mirrors insert_to_freepool. */
  protected givePool(pool: number): void {
    const { arenas, lastWithFree } = this
    const slot = pool >> this.arenaGranuleShift
    const arena = slot << ARENA_SHIFT
    this.setNext(pool, arenas[arena + ARENA_FREE_POOLS]!)
    arenas[arena + ARENA_FREE_POOLS] = pool

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

  /** Visits the pools that were ever used of all mapped arenas, or of one; `index` counts from the arena's first. */
  forEachPool(visit: (pool: number, index: number, slot: number) => void, firstSlot = FIRST_SLOT, slotEnd = this.slotEnd): void {
    for (let slot = firstSlot; slot < slotEnd; slot++) {
      if (!this.isLive(slot)) continue
      const start = slot << this.arenaGranuleShift
      const carved = this.arenas[(slot << ARENA_SHIFT) + ARENA_CARVED]!
      for (let i = 0; i < carved; i++) visit(start + (i << this.poolGranuleShift), i, slot)
    }
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
    const carved = this.arenas[(slot << ARENA_SHIFT) + ARENA_CARVED]!
    this.residentPools -= carved
    this.space.touch(-carved * this.poolBytes)
    if (slot >= this.firstSlot && slot < this.lowestFreeSlot) this.lowestFreeSlot = slot
    this.mappedArenas--
    this.liveArenas--
    this.freedArenas++
    this.space.release(this.arenaBytes)
    if (this.log.enabled) this.log.arenaFree(slot << this.arenaGranuleShift, this.arenaBytes)
  }
}
