// Figures of pymalloc: as columns for views and goldens, and as the text that sys._debugmallocstats() prints.
import { ARENA_CARVED, ARENA_FREE_COUNT, ARENA_SHIFT, FIRST_SLOT, POOL_HEADER_BYTES, type Arenas } from './arenas'
import { SMALL_REQUEST_THRESHOLD, type PyMalloc } from './pymalloc'

export interface SizeClassStats {
  sizeClass: number
  blockBytes: number
  /** Pools that hold at least one block of this class. */
  pools: number
  usedBlocks: number
  freeBlocks: number
}

/** Arenas of the script: mapped now, at most, ever; unmapped ever. */
export function arenaFigures(obmalloc: PyMalloc): [live: number, peak: number, allocated: number, freed: number] {
  return [obmalloc.liveArenas, obmalloc.peakArenas, obmalloc.allocatedArenas, obmalloc.freedArenas]
}

export interface ArenaStats {
  slot: number
  freePools: number
  /** Pools that were used at least once since the arena was mapped. */
  carvedPools: number
  /** Blocks in use in each pool, and the block size of its class; 0 for a pool never used. */
  usedBlocks: number[]
  blockBytes: number[]
}

/** Classes that have pools, ascending; `scriptOnly` leaves the arenas of the start-up phase out. */
export function sizeClassStats(obmalloc: PyMalloc, scriptOnly = false): SizeClassStats[] {
  const pools = new Array<number>(obmalloc.classes).fill(0)
  const used = new Array<number>(obmalloc.classes).fill(0)
  obmalloc.forEachPool(pool => {
    const count = obmalloc.countOf(pool)
    if (count === 0) return
    pools[obmalloc.classOf(pool)]!++
    used[obmalloc.classOf(pool)]! += count
  }, scriptOnly ? obmalloc.firstSlot : FIRST_SLOT)
  const stats: SizeClassStats[] = []
  for (let sizeClass = 0; sizeClass < obmalloc.classes; sizeClass++) {
    if (pools[sizeClass] === 0) continue
    const blockBytes = sizeClass + 1 << obmalloc.alignmentShift
    const capacity = pools[sizeClass]! * blocksPerPool(obmalloc, blockBytes)
    stats.push({
      sizeClass, blockBytes, pools: pools[sizeClass]!, usedBlocks: used[sizeClass]!, freeBlocks: capacity - used[sizeClass]!,
    })
  }
  return stats
}

/** Every arena with its pools: what the picture of the allocator shows. */
export function arenaStats(obmalloc: PyMalloc): ArenaStats[] {
  const stats: ArenaStats[] = []
  for (let slot = FIRST_SLOT; slot < obmalloc.slotEnd; slot++) {
    if (!obmalloc.isLive(slot)) continue
    const usedBlocks = new Array<number>(obmalloc.poolsPerArena).fill(0)
    const blockBytes = new Array<number>(obmalloc.poolsPerArena).fill(0)
    obmalloc.forEachPool((pool, index) => {
      usedBlocks[index] = obmalloc.countOf(pool)
      blockBytes[index] = obmalloc.classOf(pool) + 1 << obmalloc.alignmentShift
    }, slot, slot + 1)
    const arena = slot << ARENA_SHIFT
    stats.push({
      slot, freePools: obmalloc.arenas[arena + ARENA_FREE_COUNT]!, carvedPools: obmalloc.arenas[arena + ARENA_CARVED]!,
      usedBlocks, blockBytes,
    })
  }
  return stats
}

export function blocksPerPool(arenas: Arenas, blockBytes: number): number {
  return Math.floor((arenas.poolBytes - POOL_HEADER_BYTES) / blockBytes)
}

/** The part of sys._debugmallocstats() that is pymalloc's. Mirrors _PyObject_DebugMallocStats, Objects/obmalloc.c. */
export function formatMallocStats({ obmalloc }: { obmalloc: PyMalloc }): string {
  const lines = [
    `Small block threshold = ${SMALL_REQUEST_THRESHOLD}, in ${obmalloc.classes} size classes.`, '',
    'class   size   num pools   blocks in use  avail blocks',
    '-----   ----   ---------   -------------  ------------',
  ]
  let allocated = 0
  let available = 0
  let headers = 0
  let quantization = 0
  for (const { sizeClass, blockBytes, pools, usedBlocks, freeBlocks } of sizeClassStats(obmalloc)) {
    lines.push(`${pad(sizeClass, 5)} ${pad(blockBytes, 6)} ${pad(pools, 11)} ${pad(usedBlocks, 15)} ${pad(freeBlocks, 13)}`)
    allocated += usedBlocks * blockBytes
    available += freeBlocks * blockBytes
    headers += pools * POOL_HEADER_BYTES
    quantization += pools * ((obmalloc.poolBytes - POOL_HEADER_BYTES) % blockBytes)
  }
  const arenas = obmalloc.mappedArenas
  let freePools = 0
  for (let slot = FIRST_SLOT; slot < obmalloc.slotEnd; slot++)
    if (obmalloc.isLive(slot)) freePools += obmalloc.arenas[(slot << ARENA_SHIFT) + ARENA_FREE_COUNT]!
  const unused = freePools * obmalloc.poolBytes
  lines.push('',
    figure('# arenas allocated total', obmalloc.everMappedArenas),
    figure('# arenas reclaimed', obmalloc.everMappedArenas - arenas),
    figure('# arenas highwater mark', obmalloc.peakMappedArenas),
    figure('# arenas allocated current', arenas),
    figure(`${arenas} arenas * ${obmalloc.arenaBytes} bytes/arena`, arenas * obmalloc.arenaBytes), '',
    figure('# bytes in allocated blocks', allocated),
    figure('# bytes in available blocks', available),
    figure(`${freePools} unused pools * ${obmalloc.poolBytes} bytes`, unused),
    figure('# bytes lost to pool headers', headers),
    figure('# bytes lost to quantization', quantization),
    figure('# bytes lost to arena alignment', 0),
    figure('Total', allocated + available + unused + headers + quantization), '',
    ...arenaMap(obmalloc))
  return lines.join('\n') + '\n'
}

// The radix tree that tells arenas from other memory: 15 bits of root, 15 of middle, 14 of bottom; a bottom node covers 16 GiB
// of addresses, of which start-up arenas and the script's arenas use one range each.
function arenaMap(obmalloc: PyMalloc): string[] {
  const root = 8 << 15
  const middle = 8 << 15
  const bottom = (8 << 14) * (obmalloc.firstSlot > FIRST_SLOT ? 2 : 1)
  return [
    'arena map counts',
    figure('# arena map mid nodes', 1),
    figure('# arena map bot nodes', bottom / (8 << 14)), '',
    figure('# bytes lost to arena map root', root),
    figure('# bytes lost to arena map mid', middle),
    figure('# bytes lost to arena map bot', bottom),
    figure('Total', root + middle + bottom),
  ]
}

/** A line of label and figure, as sys._debugmallocstats() sets them. Mirrors printone. */
export function figure(label: string, value: number): string {
  return `${label.padEnd(35)}=${value.toLocaleString('en-US').padStart(21)}`
}

function pad(value: number, width: number): string {
  return String(value).padStart(width)
}
