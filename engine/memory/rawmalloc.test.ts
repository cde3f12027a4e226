import { expect, test } from 'vitest'
import { HEAP_BASE, MMAP_TOP } from './address-space'
import { auditRaw } from './audit'
import { SimulatedProcess } from './process'

function rawHeap(options = {}) {
  const process = new SimulatedProcess<never>({ startupPhase: false, ...options })
  const { raw } = process
  return { process, raw, malloc: (size: number) => raw.malloc(size, 0), address: (g: number) => process.toAddress(g) }
}

test('the first blocks lie at the bottom of the heap, 8 bytes of header each', () => {
  const { raw, malloc, address } = rawHeap()
  const [a, b, c] = [malloc(1000), malloc(600), malloc(1)]
  expect([address(a), address(b), address(c)]).toEqual([HEAP_BASE + 16, HEAP_BASE + 16 + 1008, HEAP_BASE + 16 + 1008 + 608])
  expect([raw.usableSize(a), raw.usableSize(b), raw.usableSize(c)]).toEqual([1000, 600, 24])
  expect(raw.heapBytes).toBe(132 * 1024)
})

test('a freed block is used again by the next request that fits best, and free neighbours join', () => {
  const { raw, malloc } = rawHeap()
  const blocks = Array.from({ length: 9 }, (_, i) => malloc(600 + 100 * (i % 3)))
  raw.free(blocks[2]!)
  raw.free(blocks[1]!)
  raw.free(blocks[6]!)
  // 1+2 joined to 1520 bytes; 6 alone has 608.
  expect(malloc(590)).toBe(blocks[6])
  expect(malloc(1400)).toBe(blocks[1])
  expect(auditRaw(raw)).toEqual([])
})

test('realloc grows in place into free space or the top, else moves', () => {
  const { raw, malloc } = rawHeap()
  const a = malloc(1000)
  const b = malloc(1000)
  expect(raw.realloc(b, 5000, 0)).toBe(b)
  expect(raw.realloc(a, 2000, 0)).not.toBe(a)
  const c = malloc(900)
  expect(c).toBe(a)
  expect(raw.realloc(b, 700, 0)).toBe(b)
  expect(raw.realloc(b, 4000, 0)).toBe(b)
  expect(auditRaw(raw)).toEqual([])
})

test('large requests get mappings, from the top down; freeing one lifts the threshold', () => {
  const { raw, malloc, address, process } = rawHeap()
  const a = malloc(200_000)
  const b = malloc(1 << 20)
  expect(address(a)).toBe(MMAP_TOP - 200_704 + 16)
  expect(address(b)).toBeLessThan(address(a))
  expect(raw.mmap.mappedBytes).toBe(200_704 + (1 << 20) + 4096)
  expect(process.residentBytes).toBeGreaterThan(1_250_000)
  raw.free(a)
  expect(raw.mmap.mappings).toBe(1)
  // 196 KiB was freed: requests up to there come from the heap now, larger ones still from mmap.
  expect(address(malloc(190_000))).toBeLessThan(address(b))
  expect(raw.mmap.mappings).toBe(1)
  malloc(300_000)
  expect(raw.mmap.mappings).toBe(2)
  expect(auditRaw(raw)).toEqual([])
})

test('a mapping grows and shrinks, and a hole is filled again', () => {
  const { raw, malloc } = rawHeap()
  const a = malloc(1 << 20)
  const b = malloc(1 << 20)
  const bytes = raw.mmap.mappedBytes
  expect(raw.realloc(a, 500_000, 0)).toBe(a)
  expect(raw.mmap.mappedBytes).toBeLessThan(bytes)
  expect(raw.realloc(a, 1 << 20, 0)).toBe(a)
  expect(raw.realloc(b, 2 << 20, 0)).not.toBe(b)
  expect(malloc(1 << 20)).toBe(b)
  expect(auditRaw(raw)).toEqual([])
})

test('the heap is trimmed when its top is freed, and RSS falls', () => {
  const { raw, malloc, process } = rawHeap()
  const blocks = Array.from({ length: 2000 }, () => malloc(1000))
  const full = process.residentBytes
  for (const block of blocks) raw.free(block)
  expect(raw.heapBytes).toBeLessThan(300 * 1024)
  expect(full - process.residentBytes).toBeGreaterThan(1_700_000)
  expect(process.peakResidentBytes).toBe(full)
  expect(auditRaw(raw)).toEqual([])
})

test('past the limit, or too large for anything, the answer is 0 and the old block stays', () => {
  const { raw, malloc } = rawHeap({ memoryLimitBytes: 1 << 20 })
  const a = malloc(600_000)
  expect([malloc(600_000), malloc(3e9), raw.realloc(a, 5e6, 0), raw.realloc(a, 4e9, 0)]).toEqual([0, 0, 0, 0])
  expect(raw.requestedSize(a)).toBe(600_000)
  expect(auditRaw(raw)).toEqual([])
})

test('random work leaves a consistent heap without overlaps, and nothing at its end', () => {
  const { process, raw } = rawHeap()
  let live: number[] = []
  let seed = 17
  const random = (n: number) => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0, (seed >>> 8) % n)
  const size = () => random(50) === 0 ? random(600_000) : random(10) === 0 ? random(20_000) : 513 + random(2000)
  for (let step = 0; step < 60_000; step++) {
    const i = random(live.length + 1)
    if (i === live.length || random(100) < (step < 30_000 ? 55 : 40)) live.push(raw.malloc(size(), 0))
    else if (random(4) === 0) live[i] = raw.realloc(live[i]!, size(), 0)
    else raw.free(live.splice(i, 1)[0]!)
    if (step % 10_000 !== 0) continue
    expect(auditRaw(raw)).toEqual([])
    const ranges = live.map(g => [process.toAddress(g), process.toAddress(g) + raw.usableSize(g)] as const)
    ranges.sort((a, b) => a[0] - b[0])
    for (let k = 1; k < ranges.length; k++) expect(ranges[k]![0]).toBeGreaterThanOrEqual(ranges[k - 1]![1])
  }
  for (const block of live) raw.free(block)
  live = []
  expect(auditRaw(raw)).toEqual([])
  expect([raw.liveBlocks, raw.liveBytes, raw.mmap.mappings]).toEqual([0, 0, 0])
})
