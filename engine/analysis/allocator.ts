// Pools, arenas and holes, rebuilt from the addresses and sizes of the live blocks alone.
//
// What pymalloc is like at an instant follows from where its blocks lie: all blocks of a pool have its size class, a pool with a
// block is in use, an arena without a used pool could be given back. Only the order in which free blocks will be handed out
// does not, and nobody asks for that. Of malloc's heap the same is told: what is taken, the holes, and the block on top, which
// keeps the heap from shrinking.
//
// Addresses are granules: below `rawBase` pymalloc's, then malloc's heap, from `mmapBase` on blocks with a mapping of their own.

/** Largest request that pymalloc serves itself. */
const SMALL_REQUEST_BYTES = 512
const POOL_HEADER_BYTES = 48
/** glibc: a chunk is a multiple of 16 bytes, at least 32, with 8 bytes of header; a mapping has 16 and whole pages. */
const CHUNK_UNIT = 16
const CHUNK_HEADER = 8
const PAGE_BYTES = 4096

export interface AllocatorGeometry {
  alignmentBytes: number
  poolBytes: number
  arenaBytes: number
  rawBase: number
  mmapBase: number
}

/** Columns of the live blocks, in any order. */
export interface BlockColumns { count: number; granule: Int32Array; sizeBytes: Int32Array }

export interface SizeClass {
  sizeClass: number
  blockBytes: number
  /** Pools with at least one block in use, and their blocks. */
  pools: number
  usedBlocks: number
  freeBlocks: number
  /** What was asked for, without rounding up to the class. */
  requestedBytes: number
}

export interface AllocatorLayout {
  /** Classes with pools, ascending. */
  classes: SizeClass[]
  /** By arena, in the order given. */
  usedPools: Int32Array
  blocks: Int32Array
  usedBytes: Float64Array
  /** By arena and pool: blocks in use, and the block size of the class; 0 where the pool is free. */
  poolUsed: Uint16Array
  poolBlockBytes: Uint16Array
  poolsPerArena: number
  /** Sums over the arenas, as sys._debugmallocstats() prints them; with `requestedBytes` they tell what rounding up costs. */
  requestedBytes: number
  usedBlockBytes: number
  availableBlockBytes: number
  freePools: number
  headerBytes: number
  quantizationBytes: number
  heap: {
    blocks: number
    requestedBytes: number
    /** With headers and rounding. */
    takenBytes: number
    /** Between blocks, and the largest hole; above the last one. */
    holeBytes: number
    holes: number
    largestHoleBytes: number
    topBytes: number
    sizeBytes: number
    /** Index of the block that lies highest, -1 if there is none. */
    topBlock: number
  }
  mapped: { blocks: number; requestedBytes: number; takenBytes: number }
}

/** Blocks of a class in a pool. */
export const blocksPerPool = (poolBytes: number, blockBytes: number): number => Math.floor((poolBytes - POOL_HEADER_BYTES) / blockBytes)

/** `arenas`: first granule of each mapped arena. Blocks below `rawBase` outside of all of them are not counted. */
export function allocatorLayout(geometry: AllocatorGeometry, arenas: ArrayLike<number>, blocks: BlockColumns, heapBytes: number): AllocatorLayout {
  const { alignmentBytes, poolBytes, arenaBytes, rawBase, mmapBase } = geometry
  const poolsPerArena = arenaBytes / poolBytes
  const granulesPerPool = poolBytes / alignmentBytes
  const granulesPerArena = arenaBytes / alignmentBytes
  const classCount = SMALL_REQUEST_BYTES / alignmentBytes
  const arenaAt = new Int32Array(Math.ceil(rawBase / granulesPerArena)).fill(-1)
  for (let i = 0; i < arenas.length; i++) arenaAt[Math.floor(arenas[i]! / granulesPerArena)] = i

  const poolUsed = new Uint16Array(arenas.length * poolsPerArena)
  const poolBlockBytes = new Uint16Array(arenas.length * poolsPerArena)
  /** By pool: greatest common divisor of its blocks' distances from the first place, in granules. */
  const step = new Uint16Array(arenas.length * poolsPerArena)
  const headerGranules = POOL_HEADER_BYTES / alignmentBytes
  const poolOf = new Int32Array(blocks.count).fill(-1)
  const mapped = { blocks: 0, requestedBytes: 0, takenBytes: 0 }
  let heapCount = 0
  const { granule, sizeBytes } = blocks
  for (let i = 0; i < blocks.count; i++) {
    const at = granule[i]!
    const size = sizeBytes[i]!
    if (at >= mmapBase) {
      mapped.blocks++
      mapped.requestedBytes += size
      mapped.takenBytes += Math.ceil((size + 2 * CHUNK_HEADER) / PAGE_BYTES) * PAGE_BYTES
    } else if (at >= rawBase) heapCount++
    else if (at > 0) {
      const arena = arenaAt[Math.floor(at / granulesPerArena)]!
      if (arena < 0) continue
      const pool = poolOf[i] = arena * poolsPerArena + Math.floor(at % granulesPerArena / granulesPerPool)
      poolUsed[pool]!++
      const blockBytes = Math.ceil(Math.max(1, size) / alignmentBytes) * alignmentBytes
      if (blockBytes > poolBlockBytes[pool]!) poolBlockBytes[pool] = blockBytes
      const offset = at % granulesPerPool - headerGranules
      if (offset !== 0) step[pool] = greatestDivisor(offset, step[pool]!)
    }
  }
  correctClasses(poolBlockBytes, step, alignmentBytes)
  const requested = new Float64Array(classCount)
  for (let i = 0; i < blocks.count; i++) if (poolOf[i]! >= 0) requested[poolBlockBytes[poolOf[i]!]! / alignmentBytes - 1]! += sizeBytes[i]!

  const layout: AllocatorLayout = {
    classes: [], usedPools: new Int32Array(arenas.length), blocks: new Int32Array(arenas.length), usedBytes: new Float64Array(arenas.length),
    poolUsed, poolBlockBytes, poolsPerArena, requestedBytes: requested.reduce((a, b) => a + b, 0), usedBlockBytes: 0, availableBlockBytes: 0,
    freePools: 0, headerBytes: 0, quantizationBytes: 0, heap: heapOf(geometry, blocks, heapCount, heapBytes), mapped,
  }
  const pools = new Int32Array(classCount)
  const used = new Float64Array(classCount)
  for (let pool = 0; pool < poolUsed.length; pool++) {
    const count = poolUsed[pool]!
    if (count === 0) {
      layout.freePools++
      continue
    }
    const blockBytes = poolBlockBytes[pool]!
    const sizeClass = blockBytes / alignmentBytes - 1
    pools[sizeClass]!++
    used[sizeClass]! += count
    const arena = Math.floor(pool / poolsPerArena)
    layout.usedPools[arena]!++
    layout.blocks[arena]! += count
    layout.usedBytes[arena]! += count * blockBytes
  }
  for (let sizeClass = 0; sizeClass < classCount; sizeClass++) {
    if (pools[sizeClass] === 0) continue
    const blockBytes = (sizeClass + 1) * alignmentBytes
    const freeBlocks = pools[sizeClass]! * blocksPerPool(poolBytes, blockBytes) - used[sizeClass]!
    layout.classes.push({
      sizeClass, blockBytes, pools: pools[sizeClass]!, usedBlocks: used[sizeClass]!, freeBlocks, requestedBytes: requested[sizeClass]!,
    })
    layout.usedBlockBytes += used[sizeClass]! * blockBytes
    layout.availableBlockBytes += freeBlocks * blockBytes
    layout.headerBytes += pools[sizeClass]! * POOL_HEADER_BYTES
    layout.quantizationBytes += pools[sizeClass]! * ((poolBytes - POOL_HEADER_BYTES) % blockBytes)
  }
  return layout
}

/**
 * A block may be smaller than its class: a reallocation that wastes less than a quarter leaves it in place. Where the largest
 * block of a pool does not tell the class, the places do: they lie at whole steps of the class behind the header.
 */
function correctClasses(poolBlockBytes: Uint16Array, step: Uint16Array, alignmentBytes: number): void {
  for (let pool = 0; pool < poolBlockBytes.length; pool++) {
    const seen = poolBlockBytes[pool]! / alignmentBytes
    const divisor = step[pool]!
    if (divisor === 0 || divisor % seen === 0) continue
    for (let size = seen + 1; size * 3 < seen * 4 && size * alignmentBytes <= SMALL_REQUEST_BYTES; size++) {
      if (divisor % size !== 0) continue
      poolBlockBytes[pool] = size * alignmentBytes
      break
    }
  }
}

function greatestDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}

function heapOf(geometry: AllocatorGeometry, blocks: BlockColumns, count: number, heapBytes: number): AllocatorLayout['heap'] {
  const { alignmentBytes, rawBase, mmapBase } = geometry
  const index = new Int32Array(count)
  const order = new Float64Array(count)
  let n = 0
  // Address and number in one, to sort without a comparison function: 28 and 25 bits.
  for (let i = 0; i < blocks.count; i++) {
    const at = blocks.granule[i]!
    if (at < rawBase || at >= mmapBase) continue
    index[n] = i
    order[n] = (at - rawBase) * 2 ** 25 + n
    n++
  }
  order.sort()
  const heap = { blocks: count, requestedBytes: 0, takenBytes: 0, holeBytes: 0, holes: 0, largestHoleBytes: 0, topBytes: 0, sizeBytes: heapBytes, topBlock: -1 }
  let end = 0
  for (let k = 0; k < count; k++) {
    const i = index[order[k]! % 2 ** 25]!
    const start = Math.floor(order[k]! / 2 ** 25) * alignmentBytes - CHUNK_UNIT
    const size = blocks.sizeBytes[i]!
    const taken = Math.max(2 * CHUNK_UNIT, Math.ceil((size + CHUNK_HEADER) / CHUNK_UNIT) * CHUNK_UNIT)
    const hole = start - end
    if (hole > 0) {
      heap.holeBytes += hole
      heap.holes++
      if (hole > heap.largestHoleBytes) heap.largestHoleBytes = hole
    }
    heap.requestedBytes += size
    heap.takenBytes += taken
    heap.topBlock = i
    end = start + taken
  }
  if (heap.sizeBytes < end) heap.sizeBytes = end
  heap.topBytes = heap.sizeBytes - end
  return heap
}
