import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DOMAIN_OBJ, TAG_NONE } from './events'
import { arenaStats, blocksPerPool, formatMallocStats, sizeClassStats } from './malloc-stats'
import { SimulatedProcess } from './process'

const GOLDEN = readFileSync(`${import.meta.dirname}/goldens/020_list_append_growth.mallocstats.txt`, 'utf8')

test('prints what sys._debugmallocstats() of real CPython prints for the same pools', () => {
  const { obmalloc } = new SimulatedProcess<never>()
  const rows = [...GOLDEN.matchAll(/^ +\d+ +(\d+) +(\d+) +(\d+) +(\d+)$/gm)].map(row => row.slice(1).map(Number))
  expect(rows.length).toBe(29)
  for (const [size, pools, , free] of rows as [number, number, number, number][]) {
    const blocks: number[] = []
    for (let n = pools * blocksPerPool(obmalloc, size); n > 0; n--) blocks.push(obmalloc.malloc(size, DOMAIN_OBJ, TAG_NONE))
    // Freed from the front of each pool, so that none gets empty.
    const perPool = blocksPerPool(obmalloc, size)
    for (let i = 0; i < free; i++) obmalloc.free(blocks[i % pools * perPool + Math.floor(i / pools)]!, DOMAIN_OBJ)
  }
  expect(sizeClassStats(obmalloc).map(s => [s.blockBytes, s.pools, s.usedBlocks, s.freeBlocks])).toEqual(rows)
  // In the golden's run the script's arenas lay apart from those of start-up, which costs a node of the arena map.
  obmalloc.firstSlot++
  expect(formatMallocStats({ obmalloc }).trimEnd()).toBe(GOLDEN.trimEnd())
})

test('arenas with their pools, for the picture', () => {
  const { obmalloc } = new SimulatedProcess<never>({ startupPhase: false })
  for (let i = 0; i < 600; i++) obmalloc.malloc(i % 2 === 0 ? 32 : 512, DOMAIN_OBJ, TAG_NONE)
  const [arena] = arenaStats(obmalloc)
  expect(arena!.carvedPools).toBe(11)
  expect(arena!.freePools).toBe(53)
  expect(arena!.blockBytes.slice(0, 3)).toEqual([32, 512, 512])
  expect(arena!.usedBlocks.slice(0, 3)).toEqual([300, 31, 31])
  expect(arena!.usedBlocks[63]).toBe(0)
})
