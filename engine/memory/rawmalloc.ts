// malloc for what pymalloc does not serve: blocks over 512 bytes and the RAW domain. A deterministic model in the manner of
// glibc's ptmalloc; addresses are plausible, not compared with anything.
//
// The heap is a row of chunks from HEAP_BASE up to the break. A chunk is a multiple of 16 bytes: 8 bytes of header, then the
// block. Freed chunks join with their free neighbours and wait in bins; a request takes the smallest chunk that is large
// enough, and splits off what it does not need. If none is, the top chunk is cut, if need be after moving the break (brk). When
// the top chunk gets large it is trimmed. Requests that only a larger break could serve and that are at least the mmap
// threshold get a mapping of their own; freeing one lifts the threshold to its size (glibc's dynamic threshold).
//
// DIFFERS: glibc has tcache and fastbins in front of the bins, which delay joining; here free chunks join at once.
//
// The chunks' records, the row of the heap and the bins are in chunk-table.ts; `lookup` finds a live block by its address.
import { MMAP_BASE, PAGE_BYTES, RAW_BASE, REGION_HEAP, REGION_MMAP, type AddressSpace } from './address-space'
import { broken } from '../base/assert'
import { IntMap } from '../base/int-map'
import { KIB, MIB, roundUp } from '../base/units'
import { ChunkTable, FREE, LIVE, MAPPED, TOP } from './chunk-table'
import type { EventLog } from './event-log'
import { MmapArea } from './mmap-area'

/** Source of the figures: glibc 2.36, malloc/malloc.c. */
const CHUNK_UNIT = 16
const HEADER_BYTES = 8
const MIN_UNITS = 2
const TOP_PAD_BYTES = 128 * KIB
const DEFAULT_MMAP_THRESHOLD = 128 * KIB
const MAX_MMAP_THRESHOLD = 32 * MIB
const MAX_MAPPINGS = 65536
/** A freed chunk of at least this size may cause a trim. */
const CONSOLIDATION_BYTES = 64 * KIB
/** DIFFERS: no block is larger than this, so that sizes stay int32. */
const MAX_REQUEST = 2 ** 31 - 1 - 2 * PAGE_BYTES

export class RawMalloc extends ChunkTable {
  readonly mmap: MmapArea
  /** Bytes between HEAP_BASE and the break, and how much of it has ever been touched since the last trim. */
  heapBytes = 0
  heapTouchedBytes = 0
  liveBlocks = 0
  /** Requested bytes of live blocks. */
  liveBytes = 0
  private mmapThreshold = DEFAULT_MMAP_THRESHOLD
  private trimThreshold = DEFAULT_MMAP_THRESHOLD

  readonly lookup = new IntMap(1024)
  /** The top chunk, 0 before the first request. */
  top = 0
  private readonly unitShift: number

  constructor(private readonly space: AddressSpace, private readonly log: EventLog) {
    super()
    this.mmap = new MmapArea(space)
    // Granules a unit: 1, or 2 where granules have 8 bytes.
    this.unitShift = 4 - space.granuleShift
  }

  /** Returns the block's granule (from 2^29 up), 0 when there is no memory. */
  malloc(size: number, tag: number): number {
    if (size > MAX_REQUEST) return 0
    const units = unitsFor(size)
    let chunk = this.takeFromBins(units)
    if (chunk === 0) chunk = this.takeFromTop(units, size)
    if (chunk === 0) return 0
    return this.handOut(chunk, size, tag)
  }

  free(granule: number): void {
    const chunk = this.find(granule)
    this.lookup.delete(granule)
    this.liveBlocks--
    this.liveBytes -= this.requested[chunk]!
    if (this.state[chunk] === MAPPED) this.freeMapping(chunk)
    else this.freeChunk(chunk)
  }

  /** Returns the new granule, 0 when there is no memory (the old block stays). */
  realloc(granule: number, size: number, tag: number): number {
    if (size > MAX_REQUEST) return 0
    const chunk = this.find(granule)
    if (this.state[chunk] === MAPPED ? this.resizeMapping(chunk, size) : this.resizeChunk(chunk, unitsFor(size))) {
      this.liveBytes += size - this.requested[chunk]!
      this.requested[chunk] = size
      this.tags[chunk] = tag
      return this.granuleOf(chunk)
    }
    const to = this.malloc(size, tag)
    if (to !== 0) this.free(granule)
    return to
  }

  requestedSize(granule: number): number {
    return this.requested[this.find(granule)]!
  }

  tagOf(granule: number): number {
    return this.tags[this.find(granule)]!
  }

  /** malloc_usable_size. */
  usableSize(granule: number): number {
    const chunk = this.find(granule)
    if (this.state[chunk] === MAPPED) return this.size[chunk]! * PAGE_BYTES - 2 * HEADER_BYTES
    return this.size[chunk]! * CHUNK_UNIT - HEADER_BYTES
  }

  isAllocated(granule: number): boolean {
    return this.lookup.has(granule)
  }

  /** Live blocks, in no particular order. */
  forEach(visit: (granule: number, requestedBytes: number) => void): void {
    this.lookup.forEach((granule, chunk) => visit(granule, this.requested[chunk]!))
  }

  private find(granule: number): number {
    const chunk = this.lookup.get(granule)
    if (chunk === 0) broken('a malloc block was named that is not allocated')
    return chunk
  }

  private handOut(chunk: number, size: number, tag: number): number {
    const granule = this.granuleOf(chunk)
    this.requested[chunk] = size
    this.tags[chunk] = tag
    this.lookup.set(granule, chunk)
    this.liveBlocks++
    this.liveBytes += size
    return granule
  }

  /** A block begins 16 bytes after its chunk: 8 bytes of header, and 8 that belong to a free chunk before it. */
  private granuleOf(chunk: number): number {
    const start = this.start[chunk]!
    return this.state[chunk] === MAPPED ? start + (1 << this.unitShift) : RAW_BASE + (start + 1 << this.unitShift)
  }

  // ---- the heap ----------------------------------------------------------------------------------------------

  private takeFromBins(units: number): number {
    const chunk = this.bestFit(units)
    if (chunk === 0) return 0
    this.unbin(chunk)
    this.state[chunk] = LIVE
    this.splitOff(chunk, units)
    return chunk
  }

  private takeFromTop(units: number, size: number): number {
    const { top } = this
    if (top === 0 || this.size[top]! < units + MIN_UNITS) {
      if (units * CHUNK_UNIT >= this.mmapThreshold && this.mmap.mappings < MAX_MAPPINGS) {
        const chunk = this.newMapping(size)
        if (chunk !== 0) return chunk
      }
      if (!this.growHeap(units)) return 0
    }
    return this.cutTop(units)
  }

  private cutTop(units: number): number {
    const { top } = this
    const chunk = this.newRecord()
    this.state[chunk] = LIVE
    this.start[chunk] = this.start[top]!
    this.size[chunk] = units
    this.linkBetween(chunk, this.before[top]!, top)
    this.start[top]! += units
    this.size[top]! -= units
    this.touched()
    return chunk
  }

  /** Mirrors the brk half of sysmalloc. */
  private growHeap(units: number): boolean {
    const topBytes = this.top === 0 ? 0 : this.size[this.top]! * CHUNK_UNIT
    const bytes = roundUp(units * CHUNK_UNIT + TOP_PAD_BYTES + MIN_UNITS * CHUNK_UNIT - topBytes, PAGE_BYTES)
    const room = (MMAP_BASE - RAW_BASE) * this.space.granuleBytes
    if (this.heapBytes + bytes > room || !this.space.reserve(bytes)) return false
    if (this.top === 0) {
      this.top = this.newRecord()
      this.state[this.top] = TOP
      this.start[this.top] = 0
      this.size[this.top] = 0
      this.before[this.top] = this.after[this.top] = 0
    }
    this.size[this.top]! += bytes / CHUNK_UNIT
    this.setHeap(this.heapBytes + bytes)
    return true
  }

  private freeChunk(chunk: number): void {
    const { state, size, before, after } = this
    const left = before[chunk]!
    if (left !== 0 && state[left] === FREE) {
      this.unbin(left)
      size[left]! += size[chunk]!
      this.dropRecord(chunk)
      chunk = left
    }
    const right = after[chunk]!
    if (state[right] === TOP) {
      this.start[right] = this.start[chunk]!
      size[right]! += size[chunk]!
      this.dropRecord(chunk)
      if (size[right]! * CHUNK_UNIT >= Math.max(CONSOLIDATION_BYTES, this.trimThreshold)) this.trim()
      return
    }
    if (state[right] === FREE) {
      this.unbin(right)
      size[chunk]! += size[right]!
      this.dropRecord(right)
    }
    state[chunk] = FREE
    this.bin(chunk)
  }

  /** Mirrors systrim. */
  private trim(): void {
    const bytes = this.size[this.top]! * CHUNK_UNIT
    const extra = Math.floor((bytes - MIN_UNITS * CHUNK_UNIT - 1 - TOP_PAD_BYTES) / PAGE_BYTES) * PAGE_BYTES
    if (extra <= 0) return
    this.size[this.top]! -= extra / CHUNK_UNIT
    this.space.release(extra)
    this.setHeap(this.heapBytes - extra)
    if (this.heapTouchedBytes > this.heapBytes) this.setTouched(this.heapBytes)
  }

  /** Mirrors _int_realloc, without its last resort. */
  private resizeChunk(chunk: number, units: number): boolean {
    const { state, size, after } = this
    const right = after[chunk]!
    if (units > size[chunk]!) {
      const missing = units - size[chunk]!
      if (state[right] === TOP && size[right]! >= missing + MIN_UNITS) {
        this.start[right]! += missing
        size[right]! -= missing
        size[chunk] = units
        this.touched()
        return true
      }
      if (state[right] !== FREE || size[right]! < missing) return false
      this.unbin(right)
      size[chunk]! += size[right]!
      this.dropRecord(right)
    }
    this.splitOff(chunk, units)
    return true
  }

  /** Cuts a live chunk down to `units`; what is left over becomes free, if it can be a chunk. */
  private splitOff(chunk: number, units: number): void {
    const rest = this.size[chunk]! - units
    if (rest < MIN_UNITS) return
    this.size[chunk] = units
    const remainder = this.newRecord()
    this.state[remainder] = LIVE
    this.start[remainder] = this.start[chunk]! + units
    this.size[remainder] = rest
    this.linkBetween(remainder, chunk, this.after[chunk]!)
    this.freeChunk(remainder)
  }

  private setHeap(bytes: number): void {
    this.heapBytes = bytes
    if (this.log.enabled) this.log.region(REGION_HEAP, bytes)
  }

  private touched(): void {
    const end = this.start[this.top]! * CHUNK_UNIT
    if (end > this.heapTouchedBytes) this.setTouched(end)
  }

  private setTouched(end: number): void {
    this.space.touch(end - this.heapTouchedBytes)
    this.heapTouchedBytes = end
  }

  // ---- mappings of their own ----------------------------------------------------------------------------------

  private newMapping(size: number): number {
    const pages = pagesFor(size)
    const start = this.mmap.map(pages)
    if (start === 0) return 0
    const chunk = this.newRecord()
    this.state[chunk] = MAPPED
    this.start[chunk] = start
    this.size[chunk] = pages
    if (this.log.enabled) this.log.region(REGION_MMAP, this.mmap.mappedBytes)
    return chunk
  }

  private freeMapping(chunk: number): void {
    const pages = this.size[chunk]!
    const bytes = pages * PAGE_BYTES
    if (bytes > this.mmapThreshold && bytes <= MAX_MMAP_THRESHOLD) {
      this.mmapThreshold = bytes
      this.trimThreshold = 2 * bytes
    }
    this.mmap.unmap(this.start[chunk]!, pages)
    this.giveRecord(chunk)
    if (this.log.enabled) this.log.region(REGION_MMAP, this.mmap.mappedBytes)
  }

  /** mremap: stays where it is if it can, else the pages move. False if there is no room. */
  private resizeMapping(chunk: number, size: number): boolean {
    const pages = pagesFor(size)
    const oldPages = this.size[chunk]!
    const start = this.start[chunk]!
    if (pages === oldPages) return true
    if (!this.mmap.resize(start, oldPages, pages)) {
      const to = this.mmap.map(pages)
      if (to === 0) return false
      this.mmap.unmap(start, oldPages)
      this.lookup.delete(this.granuleOf(chunk))
      this.start[chunk] = to
      this.lookup.set(this.granuleOf(chunk), chunk)
    }
    this.size[chunk] = pages
    if (this.log.enabled) this.log.region(REGION_MMAP, this.mmap.mappedBytes)
    return true
  }
}

/** Units of a chunk for a request. Mirrors request2size. */
function unitsFor(size: number): number {
  return Math.max(MIN_UNITS, Math.ceil((size + HEADER_BYTES) / CHUNK_UNIT))
}

function pagesFor(size: number): number {
  return Math.ceil((size + 2 * HEADER_BYTES) / PAGE_BYTES)
}
