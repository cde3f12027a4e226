import { expect, test } from 'vitest'
import { allocatorLayout, blocksPerPool, type BlockColumns } from './allocator'
import { randomOf } from './testing/growth-programs'

const GEOMETRY = { alignmentBytes: 16, poolBytes: 16384, arenaBytes: 1 << 20, rawBase: 2 ** 29, mmapBase: 2 ** 29 + 2 ** 28 }
const TEXTBOOK = { alignmentBytes: 8, poolBytes: 4096, arenaBytes: 256 << 10, rawBase: 2 ** 29, mmapBase: 2 ** 29 + 2 ** 28 }

const columns = (blocks: [granule: number, size: number][]): BlockColumns => ({
  count: blocks.length, granule: Int32Array.from(blocks, b => b[0]), sizeBytes: Int32Array.from(blocks, b => b[1]),
})

test.each([GEOMETRY, TEXTBOOK])('random pools, counted the slow way', geometry => {
  const random = randomOf(3)
  const below = (n: number) => Math.floor(random() * n)
  const { alignmentBytes, poolBytes, arenaBytes } = geometry
  const perArena = arenaBytes / alignmentBytes
  for (let round = 0; round < 20; round++) {
    const arenas = [5, 1, 9].map(slot => slot * perArena)
    const blocks: [number, number][] = []
    const classes = new Map<number, { pools: number; used: number; requested: number }>()
    const usedPools = arenas.map(() => 0)
    for (const [a, arena] of arenas.entries()) {
      for (let pool = 0; pool < arenaBytes / poolBytes; pool++) {
        const blockBytes = (1 + below(512 / alignmentBytes)) * alignmentBytes
        const used = below(3) === 0 ? 0 : 1 + below(blocksPerPool(poolBytes, blockBytes))
        if (used === 0) continue
        usedPools[a]!++
        const figures = classes.get(blockBytes) ?? { pools: 0, used: 0, requested: 0 }
        classes.set(blockBytes, figures)
        figures.pools++
        figures.used += used
        const places = Array.from({ length: blocksPerPool(poolBytes, blockBytes) }, (_, i) => i).sort(() => random() - 0.5).slice(0, used)
        for (const [n, place] of places.entries()) {
          // Most blocks are of their class; some shrank, as a reallocation in place lets them.
          const low = n === 0 || below(4) > 0 ? blockBytes - alignmentBytes + 1 : Math.floor(blockBytes * 3 / 4) + 1
          const size = low + below(blockBytes - low + 1)
          figures.requested += size
          blocks.push([arena + pool * poolBytes / alignmentBytes + 48 / alignmentBytes + place * blockBytes / alignmentBytes, size])
        }
      }
    }
    const layout = allocatorLayout(geometry, arenas, columns(blocks.sort(() => random() - 0.5)), 0)
    expect(Array.from(layout.usedPools)).toEqual(usedPools)
    expect(layout.classes.map(c => [c.blockBytes, c.pools, c.usedBlocks, c.requestedBytes])).toEqual(
      [...classes].sort((a, b) => a[0] - b[0]).map(([bytes, c]) => [bytes, c.pools, c.used, c.requested]))
    // Every byte of the arenas is accounted for once.
    expect(layout.usedBlockBytes + layout.availableBlockBytes + layout.freePools * poolBytes + layout.headerBytes + layout.quantizationBytes).toBe(arenas.length * arenaBytes)
  }
})

test('a pool of blocks that all shrank is told by their places', () => {
  const arena = 2 ** 16
  const at = (place: number) => arena + 3 + place * 8
  expect(allocatorLayout(GEOMETRY, [arena], columns([[at(1), 100], [at(6), 97]]), 0).classes).toMatchObject([{ blockBytes: 128, pools: 1, usedBlocks: 2, requestedBytes: 197 }])
})

test('the heap: what is taken, the holes, and what lies on top', () => {
  const { rawBase, mmapBase } = GEOMETRY
  // Chunks of 1008, 32 and 2016 bytes at 0, 1008 and 4096; the blocks begin 16 bytes behind.
  const { heap, mapped } = allocatorLayout(GEOMETRY, [], columns([[rawBase + 257, 2000], [rawBase + 1, 1000], [rawBase + 64, 8], [mmapBase + 5, 300_000]]), 10_000)
  expect(heap).toEqual({
    blocks: 3, requestedBytes: 3008, takenBytes: 1008 + 32 + 2016, holeBytes: 4096 - 1040, holes: 1, largestHoleBytes: 3056, topBytes: 10_000 - 6112, sizeBytes: 10_000, topBlock: 0,
  })
  expect(mapped).toEqual({ blocks: 1, requestedBytes: 300_000, takenBytes: 74 * 4096 })
})
