import { expect, test } from 'vitest'
import { MAIN_STACK_BYTES, REGION_HEAP, REGION_MMAP, REGION_STACKS, type Region } from './address-space'
import { auditProcess } from './audit'
import { NullSink } from './event-sink'
import { ALLOC, ARENA_FREE, ARENA_NEW, DOMAIN_OBJ, EVENT_STRIDE, FREE, REALLOC, REALLOC_FROM, REGION, TAG_NONE } from './events'
import { SimulatedProcess } from './process'

class Sink extends NullSink {
  regions: readonly Region[] = []
  events: number[][] = []
  override defineRegions(regions: readonly Region[]): void {
    this.regions = regions
  }
  override chunk(words: Int32Array, usedWords: number): Int32Array {
    for (let at = 0; at < usedWords; at += EVENT_STRIDE) this.events.push([...words.subarray(at, at + EVENT_STRIDE)])
    return words
  }
}

test('a recording begins with regions and arenas, and says every call with size and type', () => {
  const sink = new Sink()
  const process = new SimulatedProcess<never>({}, sink)
  const { obmalloc } = process
  const before = obmalloc.malloc(50, DOMAIN_OBJ, 30)
  process.seal()
  process.startRecording()
  const a = obmalloc.malloc(60, DOMAIN_OBJ, 31)
  const b = obmalloc.realloc(a, 100, DOMAIN_OBJ, 32)
  const c = obmalloc.malloc(2000, DOMAIN_OBJ, 33)
  obmalloc.free(b, DOMAIN_OBJ)
  obmalloc.free(before, DOMAIN_OBJ)
  obmalloc.free(c, DOMAIN_OBJ)
  process.stopRecording()
  expect(sink.regions.map(region => region.name)).toEqual(
    ['text', 'data', 'heap', 'mmap', 'arenas', 'stacks', 'libraries', 'data stack'])
  const obj = DOMAIN_OBJ << 4
  expect(sink.events.map(event => event.slice(0, 3))).toEqual([
    [ARENA_NEW, 1 << 16, 1 << 20], [ARENA_NEW, 2 << 16, 1 << 20],
    [ALLOC | obj | 31 << 6, a, 60],
    [REALLOC_FROM | obj | 32 << 6, a, 60], [REALLOC | obj | 32 << 6, b, 100],
    [REGION, REGION_HEAP, 132], [ALLOC | obj | 33 << 6, c, 2000],
    [FREE | obj | 32 << 6, b, 100], [FREE | obj | 30 << 6, before, 50], [FREE | obj | 33 << 6, c, 2000],
  ])
})

test('the events alone tell what lives, at every moment', () => {
  const sink = new Sink()
  const process = new SimulatedProcess<never>({ startupPhase: false }, sink)
  const { obmalloc } = process
  process.startRecording()
  const live: number[] = []
  let seed = 5
  const random = (n: number) => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0, (seed >>> 8) % n)
  for (let step = 0; step < 60_000; step++) {
    const i = random(live.length + 1)
    const size = random(30) === 0 ? random(300_000) : random(513)
    if (i === live.length || random(100) < (step < 30_000 ? 60 : 35)) live.push(obmalloc.malloc(size, DOMAIN_OBJ, TAG_NONE))
    else if (random(5) === 0) live[i] = obmalloc.realloc(live[i]!, size, DOMAIN_OBJ, TAG_NONE)
    else obmalloc.free(live.splice(i, 1)[0]!, DOMAIN_OBJ)
  }
  process.stopRecording()
  const told = new Map<number, number>()
  let arenas = 0
  let mapped = 0
  for (const [head, address, size] of sink.events as [number, number, number][]) {
    const kind = head & 15
    if (kind === ALLOC || kind === REALLOC) {
      expect(told.has(address)).toBe(false)
      told.set(address, size)
    }
    if (kind === FREE || kind === REALLOC_FROM) {
      expect(told.get(address)).toBe(size)
      told.delete(address)
    }
    if (kind === ARENA_NEW) arenas++
    if (kind === ARENA_FREE) arenas--
    if (kind === REGION && address === REGION_MMAP) mapped = size
  }
  expect([...told].sort((x, y) => x[0] - y[0])).toEqual(
    live.map(block => [block, obmalloc.blockSize(block)]).sort((x, y) => x[0]! - y[0]!))
  expect(arenas).toBe(obmalloc.mappedArenas)
  expect(mapped * 1024).toBe(process.raw.mmap.mappedBytes)
  expect(auditProcess(process)).toEqual([])
})

test('RSS rises with what is touched, falls when an arena or a mapping goes, and remembers its peak', () => {
  const process = new SimulatedProcess<never>({ startupPhase: false })
  const { obmalloc } = process
  const start = process.residentBytes
  const blocks = Array.from({ length: 20_000 }, () => obmalloc.malloc(400, DOMAIN_OBJ, TAG_NONE))
  const large = obmalloc.malloc(5_000_000, DOMAIN_OBJ, TAG_NONE)
  const full = process.residentBytes
  expect(full - start).toBeGreaterThan(13_000_000)
  expect(full - start).toBeLessThan(13_500_000)
  for (const block of blocks) obmalloc.free(block, DOMAIN_OBJ)
  obmalloc.free(large, DOMAIN_OBJ)
  expect(process.residentBytes - start).toBeLessThan(1_100_000)
  expect(process.peakResidentBytes).toBe(full)
  expect(auditProcess(process)).toEqual([])
})

test('a thread costs a stack of 8 MiB of addresses, and little memory', () => {
  const process = new SimulatedProcess<never>()
  const before = process.residentBytes
  for (let i = 0; i < 500; i++) process.threadStarted()
  const stacks = process.regions().find(region => region.id === REGION_STACKS)!
  expect(stacks.sizeBytes).toBe(MAIN_STACK_BYTES + 500 * (8 << 20))
  expect(process.residentBytes - before).toBe(500 * 32 * 1024)
  process.setDataStack(32768)
  expect(auditProcess(process)).toEqual([])
  for (let i = 0; i < 500; i++) process.threadEnded()
  process.setDataStack(0)
  expect([process.threads, process.peakThreads, process.residentBytes]).toEqual([0, 500, before])
  expect(auditProcess(process)).toEqual([])
})
