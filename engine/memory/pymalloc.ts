// pymalloc: CPython's allocator of blocks of up to 512 bytes, exact to the address. Mirrors Objects/obmalloc.c of 3.11.
//
// Blocks of one size class (multiples of 16) come from pools of that class. A class keeps the pools that have a free block in
// a circular list and always serves from the first. Inside a pool freed blocks form a chain, last in, first out; a fresh pool
// is carved from the bottom up, one block ahead of the demand. A full pool is in no list; the first block freed in it puts it
// at the FRONT of its class. An empty pool goes back to its arena (arenas.ts) and may serve another class next.
//
// Larger blocks and the RAW domain go to the raw allocator. Every call writes its event and, while tracemalloc is on, its trace.
//
// This is the hottest code of Molt: all state in one Int32Array (layout in arenas.ts), no objects, no closures.
import { RAW_BASE, type AddressSpace } from './address-space'
import {
  Arenas, COUNT_MASK, FREE_SHIFT, GEOMETRY_3_11, NIL, POOL_NEXT, POOL_PREV, POOL_STATE, type PymallocGeometry,
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

export class PyMalloc extends Arenas {
  readonly classes: number
  /** Live blocks that the MEM and OBJ domains had to take from the raw allocator (raw_allocated_blocks). */
  private rawBlocks = 0

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
      if (domain !== DOMAIN_RAW) this.rawBlocks++
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
    return this.classOf(this.poolOf(granule)) + 1 << this.alignmentShift
  }

  /** Blocks in use, those over 512 bytes too: _Py_GetAllocatedBlocks (sys.getallocatedblocks). */
  get allocatedBlocks(): number {
    let blocks = this.rawBlocks
    this.forEachPool(pool => {
      blocks += this.countOf(pool)
    })
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
    const head = this.headOf(sizeClass)
    const size = sizeClass + 1 << this.alignmentShift
    while (this.nextOf(head) !== head) this.malloc(size, DOMAIN_OBJ, TAG_INTERPRETER)
  }

  /** Mirrors pymalloc_alloc. The caller writes the cell. */
  private takeBlock(sizeClass: number): number {
    const { cells } = this
    const head = sizeClass << this.poolGranuleShift
    // Heads have no fresh blocks: their NEXT is a bare link.
    const pool = cells[head + POOL_NEXT]!
    if (pool === head) return this.takeFromNewPool(sizeClass)
    const state = cells[pool]!
    const granule = pool + (state >> FREE_SHIFT)
    const next = cells[granule]!
    const count = (state & COUNT_MASK) + 1
    if (next === 0) this.extendPool(pool, sizeClass, count)
    else cells[pool] = next << FREE_SHIFT | count
    return granule
  }

  /** Carves the block after next, or takes the pool out of its list if it is full. Mirrors pymalloc_pool_extend. */
  private extendPool(pool: number, sizeClass: number, count: number): void {
    const fresh = this.freshOf(pool)
    this.cells[pool + POOL_STATE] = fresh << FREE_SHIFT | count
    if (fresh !== 0) {
      this.cells[pool + fresh] = 0
      this.cells[pool + POOL_NEXT] = this.nextOf(pool) | this.freshAfter(fresh, sizeClass + 1)
    } else this.unlinkPool(pool)
  }

  /** Offset of the block behind one at `offset`, 0 if the pool ends before. */
  private freshAfter(offset: number, blockGranules: number): number {
    return offset + 2 * blockGranules <= this.offsetMask + 1 ? offset + blockGranules : 0
  }

  /** Mirrors allocate_from_new_pool, its second half. */
  private takeFromNewPool(sizeClass: number): number {
    const pool = this.takePool()
    if (pool === NIL) return 0
    const { cells } = this
    const head = this.headOf(sizeClass)
    if (this.classOf(pool) === sizeClass) {
      // It served this class before: its chain of free blocks is still good, and keeps its order.
      this.linkPool(pool, head)
      const granule = this.freeBlockOf(pool)
      cells[pool + POOL_STATE] = cells[granule]! << FREE_SHIFT | 1
      return granule
    }
    const first = this.headerGranules
    const second = first + sizeClass + 1
    cells[pool + POOL_NEXT] = this.freshAfter(second, sizeClass + 1)
    cells[pool + POOL_PREV] = sizeClass
    this.linkPool(pool, head)
    cells[pool + second] = 0
    cells[pool + POOL_STATE] = second << FREE_SHIFT | 1
    return pool + first
  }

  /** Mirrors pymalloc_free. */
  private giveBlock(granule: number): void {
    const { cells } = this
    const pool = granule & this.poolMask
    const state = cells[pool]!
    const lastFree = state >> FREE_SHIFT
    const count = (state & COUNT_MASK) - 1
    cells[granule] = lastFree
    cells[pool] = granule - pool << FREE_SHIFT | count
    // A full pool was in no list: to the front of its class.
    if (lastFree === 0) this.linkPool(pool, this.headOf(this.classOf(pool)))
    else if (count === 0) {
      this.unlinkPool(pool)
      this.givePool(pool)
    }
  }

  /** Puts a pool at the front of a class. Mirrors insert_to_usedpool. */
  private linkPool(pool: number, head: number): void {
    const first = this.nextOf(head)
    this.setNext(pool, first)
    this.setPrev(pool, head)
    this.setNext(head, pool)
    this.setPrev(first, pool)
  }

  private unlinkPool(pool: number): void {
    const next = this.nextOf(pool)
    const prev = this.prevOf(pool)
    this.setPrev(next, prev)
    this.setNext(prev, next)
  }

  /** Mirrors pymalloc_realloc. */
  private reallocSmall(granule: number, size: number, tag: number): number {
    const blockBytes = this.classOf(this.poolOf(granule)) + 1 << this.alignmentShift
    if (size <= blockBytes && 4 * size > 3 * blockBytes) {
      this.cells[granule] = ~(size | (tag < TAG_LIMIT ? tag << SIZE_BITS : 0))
      return granule
    }
    let to = 0
    if (size > 0 && size <= SMALL_REQUEST_THRESHOLD) {
      to = this.takeBlock(size - 1 >> this.alignmentShift)
      if (to !== 0) this.cells[to] = ~(size | (tag < TAG_LIMIT ? tag << SIZE_BITS : 0))
    }
    if (to === 0) {
      to = this.raw.malloc(size, tag)
      if (to !== 0) this.rawBlocks++
    }
    if (to !== 0) this.giveBlock(granule)
    return to
  }

  /** No arena could be had: CPython turns to malloc then. */
  private mallocFallback(size: number, domain: number, tag: number): number {
    const granule = this.raw.malloc(size, tag)
    if (granule === 0) return 0
    this.rawBlocks++
    if (this.log.enabled) this.log.alloc(granule, size, domain, tag)
    if (this.tracing.on) this.tracing.add(granule, size)
    return granule
  }

  private freeRaw(granule: number, domain: number): void {
    const size = this.raw.requestedSize(granule)
    if (this.log.enabled) this.log.free(granule, size, domain, this.raw.tagOf(granule))
    if (this.tracing.on) this.tracing.remove(granule, size)
    this.raw.free(granule)
    if (domain !== DOMAIN_RAW) this.rawBlocks--
  }
}

