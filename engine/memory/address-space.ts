// The address space of the simulated process, and the small integers that stand for its addresses.
//
// Inside the engine an address is a *granule*: a count of units of 16 bytes (8 in the textbook geometry), small enough
// to stay a Smi in V8. Only id(), repr() and the recording turn it into the 64-bit number that CPython would show.
//
//   granule                     region                                     address
//   negative                    data segment: static objects               DATA_BASE …
//   0                           NULL
//   [first, boundary)           arenas of the start-up phase               STARTUP_BASE + (granule - first) * 16
//   [boundary, 2^29)            arenas of the script                       ARENA_BASE + (granule - boundary) * 16
//   [2^29, 2^29 + 2^28)         heap: malloc'd blocks, grows by brk        HEAP_BASE …
//   [2^29 + 2^28, 2^30)         mmap area, filled from the top down        … MMAP_TOP
//
// `first` is one arena's granules: pymalloc uses those below for itself. `boundary` is fixed once, when the start-up phase
// is sealed; until then every arena is a start-up arena, so an address never changes.
// DIFFERS: arenas lie at fixed bases, lowest free slot first, as in the canonical start of the goldens (real CPython takes
// them from mmap, where address randomisation decides).
//
// The space also keeps the account of committed bytes against the memory limit and of each region's size.
import { KIB, MIB, roundUp } from '../base/units'

/** First granule of malloc'd blocks. Everything from 0 up to here belongs to arenas. */
export const RAW_BASE = 2 ** 29
/** First granule of the mmap area. */
export const MMAP_BASE = 2 ** 29 + 2 ** 28
/** One past the last granule. */
export const GRANULE_END = 2 ** 30
/** Granules of static objects: the data segment begins at granule -STATIC_GRANULES. */
export const STATIC_GRANULES = 2 ** 20

export const PAGE_BYTES = 4 * KIB

// A non-randomised x86-64 Linux process, laid out as /proc/PID/maps shows one.
export const TEXT_BASE = 0x555555554000
export const TEXT_BYTES = 2864 * KIB
export const DATA_BASE = 0x555555900000
export const HEAP_BASE = 0x555557000000
export const STARTUP_BASE = 0x100000000000
export const ARENA_BASE = 0x200000000000
export const MMAP_TOP = 0x7ffff7c00000
export const STACK_TOP = 0x7ffffffff000
/** Shared libraries (libc, libm, the loader) and the part of text and libraries that is in core after start-up. */
export const LIBRARY_BYTES = 4 * MIB
/** Default thread stack, `ulimit -s`. */
export const THREAD_STACK_BYTES = 8 * MIB
/** What a thread touches of its stack when it starts. */
export const THREAD_STACK_TOUCHED_BYTES = 32 * KIB
export const MAIN_STACK_BYTES = 132 * KIB

/** Ids of the regions, as REGION events carry them in word 1. */
export const REGION_TEXT = 1
export const REGION_DATA = 2
export const REGION_HEAP = 3
export const REGION_MMAP = 4
export const REGION_ARENAS = 5
export const REGION_STACKS = 6
export const REGION_LIBRARIES = 7
/** Frames of running Python functions: chunks that CPython 3.11 takes straight from the arena allocator. */
export const REGION_DATASTACK = 8
export const REGION_NAMES: readonly string[] =
  ['', 'text', 'data', 'heap', 'mmap', 'arenas', 'stacks', 'libraries', 'data stack']

export interface Region {
  id: number
  name: string
  /** Address of the lowest byte. */
  base: number
  sizeBytes: number
  /** Bytes in core: what RSS counts. */
  residentBytes: number
}

export class AddressSpace {
  /** Bytes of a granule: the alignment of pymalloc. */
  readonly granuleBytes: number
  readonly granuleShift: number
  /** First granule of the script's arenas; the end of all arenas while the start-up phase lasts. */
  boundary: number
  /** First granule of the first arena; set by pymalloc, which keeps its list heads below. */
  firstArenaGranule = 0
  /** Bytes reserved in heap, mmap, arenas and data stack, and the touched part of thread stacks. */
  committedBytes = 0
  /** Bytes of these that are in core, now and at most. */
  touchedBytes = 0
  peakTouchedBytes = 0
  /** Ceiling of committedBytes, Infinity when there is none. */
  limitBytes: number
  /** How often `reserve` said no. */
  refusals = 0
  private nextStatic = -STATIC_GRANULES

  constructor(granuleShift = 4, limitBytes = Infinity, readonly startupPhase = true) {
    this.granuleShift = granuleShift
    this.granuleBytes = 1 << granuleShift
    this.limitBytes = limitBytes
    this.boundary = startupPhase ? RAW_BASE : 0
  }

  /** The number that id() gives; also of addresses inside blocks. */
  toAddress(granule: number): number {
    const size = this.granuleBytes
    if (granule < 0) return DATA_BASE + (granule + STATIC_GRANULES) * size
    if (granule < this.boundary) return STARTUP_BASE + (granule - this.firstArenaGranule) * size
    if (granule < RAW_BASE) return ARENA_BASE + (granule - this.boundary) * size
    if (granule < MMAP_BASE) return HEAP_BASE + (granule - RAW_BASE) * size
    return MMAP_TOP - (GRANULE_END - granule) * size
  }

  /** The granule that holds the byte at `address`; 0 where no region is. */
  fromAddress(address: number): number {
    const size = this.granuleBytes
    let g = this.within(address, DATA_BASE, STATIC_GRANULES)
    if (g >= 0) return g - STATIC_GRANULES
    g = this.within(address, STARTUP_BASE, this.boundary - this.firstArenaGranule)
    if (g >= 0) return g + this.firstArenaGranule
    g = this.within(address, ARENA_BASE, RAW_BASE - this.boundary)
    if (g >= 0) return g + this.boundary
    g = this.within(address, HEAP_BASE, MMAP_BASE - RAW_BASE)
    if (g >= 0) return g + RAW_BASE
    g = this.within(address, MMAP_TOP - (GRANULE_END - MMAP_BASE) * size, GRANULE_END - MMAP_BASE)
    return g >= 0 ? g + MMAP_BASE : 0
  }

  /** A place in the data segment for an object that is never freed. Returns a negative granule. */
  staticAlloc(sizeBytes: number): number {
    const granule = this.nextStatic
    this.nextStatic += Math.max(1, Math.ceil(sizeBytes / this.granuleBytes))
    if (this.nextStatic > 0) throw new Error('Molt internal error: the data segment is full')
    return granule
  }

  get staticBytes(): number {
    return (this.nextStatic + STATIC_GRANULES) * this.granuleBytes
  }

  get dataRegion(): Region {
    const sizeBytes = roundUp(this.staticBytes, PAGE_BYTES)
    return { id: REGION_DATA, name: 'data', base: DATA_BASE, sizeBytes, residentBytes: sizeBytes }
  }

  /** Takes `bytes` from the budget; false (and nothing taken) when that would pass the limit. */
  reserve(bytes: number): boolean {
    if (this.committedBytes + bytes > this.limitBytes) {
      this.refusals++
      return false
    }
    this.committedBytes += bytes
    return true
  }

  release(bytes: number): void {
    this.committedBytes -= bytes
  }

  /** Memory comes into core, or (negative) leaves it. */
  touch(bytes: number): void {
    this.touchedBytes += bytes
    if (this.touchedBytes > this.peakTouchedBytes) this.peakTouchedBytes = this.touchedBytes
  }

  private within(address: number, base: number, granules: number): number {
    if (address < base) return -1
    const granule = Math.floor((address - base) / this.granuleBytes)
    return granule < granules ? granule : -1
  }
}
