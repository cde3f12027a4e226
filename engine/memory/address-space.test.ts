import { expect, test } from 'vitest'
import {
  ARENA_BASE, AddressSpace, DATA_BASE, GRANULE_END, HEAP_BASE, MMAP_BASE, MMAP_TOP, RAW_BASE, STARTUP_BASE, STATIC_GRANULES,
} from './address-space'

test('every region maps to its addresses and back', () => {
  const space = new AddressSpace()
  space.boundary = 3 * 65536
  const pairs: [number, number][] = [
    [-STATIC_GRANULES, DATA_BASE], [-1, DATA_BASE + (STATIC_GRANULES - 1) * 16],
    [3, STARTUP_BASE + 0x30], [3 * 65536 - 1, STARTUP_BASE + 3 * 2 ** 20 - 16],
    [3 * 65536 + 3, ARENA_BASE + 0x30], [RAW_BASE - 1, ARENA_BASE + 2 ** 33 - 3 * 2 ** 20 - 16],
    [RAW_BASE + 1, HEAP_BASE + 16], [MMAP_BASE - 1, HEAP_BASE + 2 ** 32 - 16],
    [GRANULE_END - 1, MMAP_TOP - 16], [MMAP_BASE, MMAP_TOP - 2 ** 32],
  ]
  for (const [granule, address] of pairs) {
    expect(space.toAddress(granule)).toBe(address)
    expect(space.fromAddress(address)).toBe(granule)
    expect(space.fromAddress(address + 15)).toBe(granule)
  }
  expect(space.fromAddress(0)).toBe(0)
  expect(space.fromAddress(0x7fffffffffff)).toBe(0)
})

test('static objects lie one after the other in the data segment', () => {
  const space = new AddressSpace()
  const [a, b, c] = [space.staticAlloc(16), space.staticAlloc(28), space.staticAlloc(904)]
  expect([b - a, c - b]).toEqual([1, 2])
  expect(c).toBeLessThan(0)
  expect(space.staticBytes).toBe(16 + 32 + 912)
  expect(space.dataRegion.sizeBytes).toBe(4096)
})

test('the budget refuses what would pass the limit', () => {
  const space = new AddressSpace(4, 1000)
  expect([space.reserve(600), space.reserve(401), space.reserve(400)]).toEqual([true, false, true])
  space.release(600)
  expect([space.committedBytes, space.refusals]).toEqual([400, 1])
})
