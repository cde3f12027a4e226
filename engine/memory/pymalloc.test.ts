import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { GEOMETRY_TEXTBOOK } from './arenas'
import { auditProcess } from './audit'
import { DOMAIN_MEM, DOMAIN_OBJ, DOMAIN_RAW, TAG_NONE } from './events'
import { AllocLog, buildMain, replay } from './goldens/alloc-log'
import { arenaFigures, sizeClassStats } from './malloc-stats'
import { SimulatedProcess } from './process'

const GOLDENS = `${import.meta.dirname}/goldens`
const LOGS = readdirSync(GOLDENS).filter(name => name.endsWith('.log.gz'))

interface End {
  pools: Record<string, [number, number, number]>
  arenas: [number, number, number, number]
}

describe('every address of every pymalloc call is real CPython\'s', () => {
  const ends = JSON.parse(readFileSync(`${GOLDENS}/ends.json`, 'utf8')) as Record<string, End>
  test.each(LOGS)('%s', name => {
    const process = new SimulatedProcess<never>()
    const result = replay(process, new AllocLog(`${GOLDENS}/${name}`))
    expect(result.difference).toBeNull()
    expect(result.operations).toBeGreaterThan(1000)
    expect(auditProcess(process)).toEqual([])
    const { obmalloc } = process
    const end = ends[name.slice(0, -'.log.gz'.length)]!
    expect(arenaFigures(obmalloc)).toEqual(end.arenas)
    const pools = sizeClassStats(obmalloc, true).map(s => [s.blockBytes, [s.pools, s.usedBlocks, s.freeBlocks]])
    expect(Object.fromEntries(pools)).toEqual(end.pools)
  })
})

test('the canonical start: where the blocks of a fresh __main__ lie', () => {
  const process = new SimulatedProcess<never>()
  for (let i = 0; i < 20000; i++) process.obmalloc.malloc(1 + i * 7919 % 600, DOMAIN_OBJ, TAG_NONE)
  process.seal()
  const addresses = buildMain(process).map(granule => process.toAddress(granule))
  expect(addresses).toEqual([0x200000000030, 0x200000004030, 0x200000004070, 0x20000000c030])
  // Pool 2 was emptied and comes first, pool 4 is the next fresh one.
  expect(process.toAddress(process.obmalloc.malloc(152, DOMAIN_OBJ, TAG_NONE))).toBe(0x200000008030)
  expect(process.toAddress(process.obmalloc.malloc(185, DOMAIN_OBJ, TAG_NONE))).toBe(0x200000010030)
  expect(auditProcess(process)).toEqual([])
})

test('a block of the start-up phase is used again after it was freed, and keeps its address', () => {
  const process = new SimulatedProcess<never>()
  const { obmalloc } = process
  const early = obmalloc.malloc(100, DOMAIN_OBJ, TAG_NONE)
  const address = process.toAddress(early)
  process.seal()
  expect(process.toAddress(early)).toBe(address)
  expect(process.space.fromAddress(address)).toBe(early)
  obmalloc.free(early, DOMAIN_OBJ)
  expect(obmalloc.malloc(112, DOMAIN_OBJ, TAG_NONE)).toBe(early)
  expect(process.toAddress(obmalloc.malloc(112, DOMAIN_OBJ, TAG_NONE))).toBe(0x200000000030)
})

test('realloc stays in place exactly when the block still fits and less than a quarter is wasted', () => {
  const { obmalloc } = new SimulatedProcess<never>({ startupPhase: false })
  for (let from = 1; from <= 512; from += 7)
    for (let to = 1; to <= 512; to += 5) {
      const block = obmalloc.malloc(from, DOMAIN_OBJ, TAG_NONE)
      const blockBytes = Math.ceil(from / 16) * 16
      const moved = obmalloc.realloc(block, to, DOMAIN_OBJ, TAG_NONE)
      expect(moved === block).toBe(to <= blockBytes && 4 * to > 3 * blockBytes)
      expect(obmalloc.blockSize(moved)).toBe(to)
      obmalloc.free(moved, DOMAIN_OBJ)
    }
  expect(obmalloc.allocatedBlocks).toBe(0)
})

test('what is over 512 bytes, empty, or of the raw domain goes to malloc, and stays there when it shrinks', () => {
  const process = new SimulatedProcess<never>()
  const { obmalloc, raw } = process
  const large = obmalloc.malloc(513, DOMAIN_OBJ, TAG_NONE)
  const empty = obmalloc.malloc(0, DOMAIN_MEM, TAG_NONE)
  const small = obmalloc.malloc(20, DOMAIN_RAW, TAG_NONE)
  expect([large, empty, small].every(granule => raw.isAllocated(granule))).toBe(true)
  const shrunk = obmalloc.realloc(large, 40, DOMAIN_OBJ, TAG_NONE)
  expect(raw.isAllocated(shrunk)).toBe(true)
  expect(obmalloc.blockSize(shrunk)).toBe(40)
  expect(raw.isAllocated(obmalloc.realloc(obmalloc.malloc(500, DOMAIN_OBJ, TAG_NONE), 600, DOMAIN_OBJ, TAG_NONE))).toBe(true)
  expect(auditProcess(process)).toEqual([])
})

test('freeing what is not allocated is our fault and says so', () => {
  const { obmalloc } = new SimulatedProcess<never>()
  const block = obmalloc.malloc(40, DOMAIN_OBJ, TAG_NONE)
  obmalloc.free(block, DOMAIN_OBJ)
  expect(() => obmalloc.free(block, DOMAIN_OBJ)).toThrow('Molt internal error')
  obmalloc.free(0, DOMAIN_OBJ)
})

test('a block remembers the size and the tag it was asked for with', () => {
  const { obmalloc } = new SimulatedProcess<never>()
  for (const [size, tag] of [[1, 0], [512, 1], [37, 16], [300, 2_000_000], [700, 99]] as const) {
    const block = obmalloc.malloc(size, DOMAIN_OBJ, tag)
    expect([obmalloc.blockSize(block), obmalloc.blockTag(block)]).toEqual([size, tag])
  }
  // A tag that does not fit into a cell is lost, the size is not.
  const block = obmalloc.malloc(48, DOMAIN_OBJ, 3_000_000)
  expect([obmalloc.blockSize(block), obmalloc.blockTag(block)]).toEqual([48, 0])
})

test('past the memory limit malloc returns 0 and nothing changes', () => {
  const process = new SimulatedProcess<never>({ memoryLimitBytes: 4 << 20 })
  const { obmalloc } = process
  const blocks: number[] = []
  for (;;) {
    const block = obmalloc.malloc(400, DOMAIN_OBJ, TAG_NONE)
    if (block === 0) break
    blocks.push(block)
  }
  expect(blocks.length * 400).toBeGreaterThan(3_900_000)
  expect(obmalloc.malloc(1 << 20, DOMAIN_OBJ, TAG_NONE)).toBe(0)
  expect(obmalloc.realloc(blocks[0]!, 1 << 20, DOMAIN_OBJ, TAG_NONE)).toBe(0)
  expect(obmalloc.blockSize(blocks[0]!)).toBe(400)
  expect(auditProcess(process)).toEqual([])
  for (const block of blocks) obmalloc.free(block, DOMAIN_OBJ)
  expect(obmalloc.malloc(400, DOMAIN_OBJ, TAG_NONE)).not.toBe(0)
})

test('the textbook geometry: 8-byte classes, 4 KiB pools, 256 KiB arenas', () => {
  const process = new SimulatedProcess<never>({ geometry: GEOMETRY_TEXTBOOK, startupPhase: false })
  const { obmalloc } = process
  const address = (size: number) => process.toAddress(obmalloc.malloc(size, DOMAIN_OBJ, TAG_NONE))
  expect([address(8), address(8), address(9), address(16)]).toEqual(
    [0x200000000030, 0x200000000038, 0x200000001030, 0x200000001040])
  for (let i = 0; i < 3000; i++) obmalloc.malloc(1 + i % 512, DOMAIN_OBJ, TAG_NONE)
  expect(obmalloc.peakArenas).toBe(4)
  expect(auditProcess(process)).toEqual([])
})

test('random work of all kinds leaves a consistent heap', () => {
  const process = new SimulatedProcess<never>({ startupPhase: false })
  const { obmalloc } = process
  const live: number[] = []
  let seed = 4711
  const random = (n: number) => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0, (seed >>> 8) % n)
  for (let step = 0; step < 200_000; step++) {
    const growing = Math.floor(step / 20_000) % 2 === 0
    const choice = random(10)
    const size = random(20) === 0 ? random(5000) : random(513)
    if (live.length === 0 || choice < (growing ? 6 : 3)) live.push(obmalloc.malloc(size, DOMAIN_OBJ, step & 63))
    else {
      const i = random(live.length)
      if (choice === 9) live[i] = obmalloc.realloc(live[i]!, random(700), DOMAIN_OBJ, TAG_NONE)
      else {
        obmalloc.free(live[i]!, DOMAIN_OBJ)
        live[i] = live[live.length - 1]!
        live.pop()
      }
    }
    if (step % 20_000 === 19_999) expect(auditProcess(process)).toEqual([])
  }
  expect(new Set(live).size).toBe(live.length)
  for (const block of live) obmalloc.free(block, DOMAIN_OBJ)
  expect(auditProcess(process)).toEqual([])
  expect([obmalloc.allocatedBlocks, process.raw.liveBytes, obmalloc.mappedArenas]).toEqual([0, 0, 1])
})
