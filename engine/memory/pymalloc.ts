// pymalloc: CPython's allocator of blocks of up to 512 bytes, exact to the address. Mirrors Objects/obmalloc.c of 3.11.
//
// Blocks of one size class (multiples of 16) come from pools of that class. A class keeps the pools that have a free block in
// a circular list and always serves from the first. Inside a pool freed blocks form a chain, last in, first out; a fresh pool
// is carved from the bottom up, one block ahead of the demand. A full pool is in no list; the first block freed in it puts it
// at the FRONT of its class. An empty pool goes back to its arena (arenas.ts) and may serve another class next.
//
// Larger blocks and the RAW domain go to the raw allocator. Every call writes its event and, while tracemalloc is on, its trace.
//
// This is the hottest code of Molt: one Int32Array a kind of state (layout in arenas.ts), no objects, no closures.
import { RAW_BASE, type AddressSpace } from './address-space'
import {
  Arenas, GEOMETRY_3_11, NIL, POOL_CLASS, POOL_COUNT, POOL_FREEBLOCK, POOL_FRESH, POOL_LAST, POOL_NEXT,
  POOL_PREV, POOL_SHIFT, SENTINELS, type PymallocGeometry,
} from './arenas'
import type { EventLog } from './event-log'
import { DOMAIN_OBJ, DOMAIN_RAW, TAG_INTERPRETER } from './events'
import { broken } from '../base/assert'
import type { RawMalloc } from './rawmalloc'
import type { Tracing } from './tracing'

/** Largest request that pymalloc serves itself. */
export const SMALL_REQUEST_THRESHOLD = 512

/** A live cell is ~(size | tag << SIZE_BITS). */
export const SIZE_BITS = 10
export const SIZE_MASK = (1 << SIZE_BITS) - 1
/** Tags that fit into a cell; later types lose theirs in FREE events only. */
const TAG_LIMIT = 1 << 21

const SENTINEL_WORDS = SENTINELS << POOL_SHIFT

export class PyMalloc extends Arenas {
  readonly classes: number

  constructor(
    space: AddressSpace, log: EventLog, readonly raw: RawMalloc, readonly tracing: Tracing,
    geometry: PymallocGeometry = GEOMETRY_3_11,
  ) {
    super(space, log, geometry)
    this.classes = SMALL_REQUEST_THRESHOLD / geometry.alignment
  }

  /**
   * PyObject_Malloc, PyMem_Malloc or PyMem_RawMalloc, by domain. `tag` is the type id, or one of the TAG_ constants.
   * Returns the granule at which the block begins, 0 when there is no memory.
   */
  malloc(size: number, domain: number, tag: number): number {
    let granule: number
    if (size > SMALL_REQUEST_THRESHOLD || size === 0 || domain === DOMAIN_RAW) {
      granule = this.raw.malloc(size, tag)
      if (granule === 0) return 0
    } else {
      granule = this.takeBlock(size - 1 >> this.alignmentShift)
      if (granule === 0) return this.mallocFallback(size, domain, tag)
      this.cells[granule] = ~(size | (tag < TAG_LIMIT ? tag << SIZE_BITS : 0))
    }
    if (this.log.enabled) this.log.alloc(granule, size, domain, tag)
    if (this.tracing.on) this.tracing.add(granule, size)
    return granule
  }

  /** PyObject_Calloc: as malloc; contents are not simulated. */
  calloc(count: number, size: number, domain: number, tag: number): number {
    return this.malloc(count * size, domain, tag)
  }

  /** Gives a block back; 0 is ignored. */
  free(granule: number, domain: number): void {
    if (granule >= RAW_BASE) {
      this.freeRaw(granule, domain)
      return
    }
    if (granule === 0) return
    const cell = this.cells[granule]!
    if (cell >= 0) broken('a block was freed that is not allocated')
    const payload = ~cell
    if (this.log.enabled) this.log.free(granule, payload & SIZE_MASK, domain, payload >> SIZE_BITS)
    if (this.tracing.on) this.tracing.remove(granule, payload & SIZE_MASK)
    this.giveBlock(granule)
  }

  /**
   * PyObject_Realloc: returns the block's new place, 0 when there is no memory (the old block stays then). It stays in
   * place if it still fits and would not waste a quarter or more.
   */
  realloc(granule: number, size: number, domain: number, tag: number): number {
    if (granule === 0) return this.malloc(size, domain, tag)
    const oldSize = this.blockSize(granule)
    let to: number
    if (granule >= RAW_BASE) to = this.raw.realloc(granule, size, tag)
    else to = this.reallocSmall(granule, size, tag)
    if (to === 0) return 0
    if (this.log.enabled) this.log.realloc(granule, oldSize, to, size, domain, tag)
    if (this.tracing.on) this.tracing.moved(granule, oldSize, to, size)
    return to
  }

  /** Requested size of a live block. */
  blockSize(granule: number): number {
    if (granule >= RAW_BASE) return this.raw.requestedSize(granule)
    const cell = this.cells[granule]!
    if (cell >= 0) broken('the size of a block was asked that is not allocated')
    return ~cell & SIZE_MASK
  }

  /** Type id or tag with which the block was last allocated or resized. */
  blockTag(granule: number): number {
    return granule >= RAW_BASE ? this.raw.tagOf(granule) : ~this.cells[granule]! >> SIZE_BITS
  }

  isAllocated(granule: number): boolean {
    if (granule >= RAW_BASE) return this.raw.isAllocated(granule)
    return granule > 0 && granule < this.cells.length && this.cells[granule]! < 0
  }

  /** Bytes that the block really takes. */
  usableSize(granule: number): number {
    if (granule >= RAW_BASE) return this.raw.usableSize(granule)
    return this.pools[this.poolOf(granule) + POOL_CLASS]! + 1 << this.alignmentShift
  }

  /** Blocks in pools that are in use, _Py_GetAllocatedBlocks (sys.getallocatedblocks). */
  get allocatedBlocks(): number {
    const { pools } = this
    let blocks = 0
    for (let ref = SENTINEL_WORDS; ref < pools.length; ref += 1 << POOL_SHIFT) blocks += pools[ref + POOL_COUNT]!
    return blocks
  }

  /**
   * Ends the start-up phase: every partly used pool is filled up, every free pool of the arenas so far used, and one empty
   * arena opened at ARENA_BASE, so that what follows does not depend on what start-up did. Blocks of the start-up phase
   * can still be freed, and then their places are used again, as in the canonical start of the goldens. Writes no events.
   */
  seal(): void {
    const { log, tracing } = this
    const wasLogging = log.enabled
    const wasTracing = tracing.on
    log.enabled = tracing.on = false
    for (let sizeClass = 0; sizeClass < this.classes; sizeClass++) this.fillClass(sizeClass)
    while (this.hasUsableArena) this.malloc(SMALL_REQUEST_THRESHOLD, DOMAIN_OBJ, TAG_INTERPRETER)
    this.fillClass(this.classes - 1)
    this.beginScriptArenas()
    this.free(this.malloc(SMALL_REQUEST_THRESHOLD, DOMAIN_OBJ, TAG_INTERPRETER), DOMAIN_OBJ)
    log.enabled = wasLogging
    tracing.on = wasTracing
  }

  private fillClass(sizeClass: number): void {
    const head = sizeClass << POOL_SHIFT
    const size = sizeClass + 1 << this.alignmentShift
    while (this.pools[head + POOL_NEXT] !== head) this.malloc(size, DOMAIN_OBJ, TAG_INTERPRETER)
  }

  /** Mirrors pymalloc_alloc. */
  private takeBlock(sizeClass: number): number {
    const { pools } = this
    const head = sizeClass << POOL_SHIFT
    const ref = pools[head + POOL_NEXT]!
    if (ref === head) return this.takeFromNewPool(sizeClass)
    pools[ref + POOL_COUNT]!++
    const granule = pools[ref + POOL_FREEBLOCK]!
    const next = this.cells[granule]!
    pools[ref + POOL_FREEBLOCK] = next
    if (next === 0) this.extendPool(ref, sizeClass)
    return granule
  }

  /** Carves the block after next, or takes the pool out of its list if it is full. Mirrors pymalloc_pool_extend. */
  private extendPool(ref: number, sizeClass: number): void {
    const { pools } = this
    const fresh = pools[ref + POOL_FRESH]!
    if (fresh <= pools[ref + POOL_LAST]!) {
      pools[ref + POOL_FREEBLOCK] = fresh
      pools[ref + POOL_FRESH] = fresh + sizeClass + 1
      this.cells[fresh] = 0
      return
    }
    const next = pools[ref + POOL_NEXT]!
    const prev = pools[ref + POOL_PREV]!
    pools[next + POOL_PREV] = prev
    pools[prev + POOL_NEXT] = next
  }

  /** Mirrors allocate_from_new_pool, its second half. */
  private takeFromNewPool(sizeClass: number): number {
    const ref = this.takePool()
    if (ref === NIL) return 0
    const { pools } = this
    const head = sizeClass << POOL_SHIFT
    pools[ref + POOL_NEXT] = pools[ref + POOL_PREV] = head
    pools[head + POOL_NEXT] = pools[head + POOL_PREV] = ref
    pools[ref + POOL_COUNT] = 1
    if (pools[ref + POOL_CLASS] === sizeClass) {
      // It served this class before: its chain of free blocks is still good, and keeps its order.
      const granule = pools[ref + POOL_FREEBLOCK]!
      pools[ref + POOL_FREEBLOCK] = this.cells[granule]!
      return granule
    }
    const start = this.poolGranule(ref)
    const blockGranules = sizeClass + 1
    const first = start + this.headerGranules
    pools[ref + POOL_CLASS] = sizeClass
    pools[ref + POOL_FREEBLOCK] = first + blockGranules
    pools[ref + POOL_FRESH] = first + 2 * blockGranules
    pools[ref + POOL_LAST] = start + (1 << this.poolGranuleShift) - blockGranules
    this.cells[first + blockGranules] = 0
    return first
  }

  /** Mirrors pymalloc_free. */
  private giveBlock(granule: number): void {
    const { pools } = this
    const ref = (granule >> this.poolGranuleShift) + SENTINELS << POOL_SHIFT
    const lastFree = pools[ref + POOL_FREEBLOCK]!
    this.cells[granule] = lastFree
    pools[ref + POOL_FREEBLOCK] = granule
    const count = --pools[ref + POOL_COUNT]!
    if (lastFree === 0) {
      // It was full and in no list: to the front of its class.
      const head = pools[ref + POOL_CLASS]! << POOL_SHIFT
      const first = pools[head + POOL_NEXT]!
      pools[ref + POOL_NEXT] = first
      pools[ref + POOL_PREV] = head
      pools[head + POOL_NEXT] = ref
      pools[first + POOL_PREV] = ref
    } else if (count === 0) {
      const next = pools[ref + POOL_NEXT]!
      const prev = pools[ref + POOL_PREV]!
      pools[next + POOL_PREV] = prev
      pools[prev + POOL_NEXT] = next
      this.givePool(ref)
    }
  }

  /** Mirrors pymalloc_realloc. */
  private reallocSmall(granule: number, size: number, tag: number): number {
    const blockBytes = this.pools[this.poolOf(granule) + POOL_CLASS]! + 1 << this.alignmentShift
    if (size <= blockBytes && 4 * size > 3 * blockBytes) {
      this.cells[granule] = ~(size | (tag < TAG_LIMIT ? tag << SIZE_BITS : 0))
      return granule
    }
    let to = 0
    if (size > 0 && size <= SMALL_REQUEST_THRESHOLD) {
      to = this.takeBlock(size - 1 >> this.alignmentShift)
      if (to !== 0) this.cells[to] = ~(size | (tag < TAG_LIMIT ? tag << SIZE_BITS : 0))
    }
    if (to === 0) to = this.raw.malloc(size, tag)
    if (to !== 0) this.giveBlock(granule)
    return to
  }

  /** No arena could be had: CPython turns to malloc then. */
  private mallocFallback(size: number, domain: number, tag: number): number {
    const granule = this.raw.malloc(size, tag)
    if (granule === 0) return 0
    if (this.log.enabled) this.log.alloc(granule, size, domain, tag)
    if (this.tracing.on) this.tracing.add(granule, size)
    return granule
  }

  private freeRaw(granule: number, domain: number): void {
    const size = this.raw.requestedSize(granule)
    if (this.log.enabled) this.log.free(granule, size, domain, this.raw.tagOf(granule))
    if (this.tracing.on) this.tracing.remove(granule, size)
    this.raw.free(granule)
  }
}

