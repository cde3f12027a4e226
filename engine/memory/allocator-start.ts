// What lies in the allocators when recording begins: every block that is allocated then, by rising address. Events tell of what
// comes afterwards only; with this, pools and arenas can be rebuilt to the last block at any instant.
import { FIRST_SLOT, type PymallocGeometry } from './arenas'
import type { PyMalloc } from './pymalloc'

export interface AllocatorStart {
  geometry: PymallocGeometry
  /** Arenas mapped now, ever in this process, and the most at a time. */
  mappedArenas: number
  everMappedArenas: number
  peakMappedArenas: number
  /** First granule of the script's arenas: those before belong to the start of the interpreter. */
  boundary: number
  heapBytes: number
  /** Columns of the blocks, those of malloc too. */
  granule: Int32Array
  sizeBytes: Int32Array
  /** Type id, or tag of a block that is no object. */
  tag: Int32Array
}

export function allocatorStart(obmalloc: PyMalloc): AllocatorStart {
  const { alignment, poolBytes, arenaBytes, raw } = obmalloc
  const granules: number[] = []
  const end = 1 << obmalloc.poolGranuleShift
  obmalloc.forEachPool(pool => {
    if (obmalloc.countOf(pool) === 0) return
    const step = obmalloc.classOf(pool) + 1
    for (let at = obmalloc.headerGranules; at + step <= end; at += step) if (obmalloc.isAllocated(pool + at)) granules.push(pool + at)
  }, FIRST_SLOT)
  const large: number[] = []
  raw.forEach(granule => large.push(granule))
  granules.push(...large.sort((a, b) => a - b))
  return {
    geometry: { alignment: alignment as PymallocGeometry['alignment'], poolBytes, arenaBytes },
    mappedArenas: obmalloc.mappedArenas, everMappedArenas: obmalloc.everMappedArenas, peakMappedArenas: obmalloc.peakMappedArenas,
    boundary: obmalloc.space.boundary, heapBytes: raw.heapBytes,
    granule: Int32Array.from(granules),
    sizeBytes: Int32Array.from(granules, granule => obmalloc.blockSize(granule)),
    tag: Int32Array.from(granules, granule => obmalloc.blockTag(granule)),
  }
}
