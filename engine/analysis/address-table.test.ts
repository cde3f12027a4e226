import { expect, test } from 'vitest'
import { AddressTable } from './address-table'

test('every address leads to its node, and no other does', () => {
  let seed = 5
  const next = () => seed = Math.imul(seed, 1664525) + 1013904223 | 0
  for (const count of [1, 2, 17, 3000]) {
    const addresses = new Set<number>()
    while (addresses.size < count) addresses.add(next() >> (count % 2 === 0 ? 0 : 16))
    const column = Int32Array.from([0, ...addresses])
    const naive = new Map([...addresses].map((address, i) => [address, i + 1]))
    const table = new AddressTable(column, column.length)
    for (const [address, node] of naive) {
      expect(table.find(address)).toBe(node)
      expect(table.find(address >>> 0)).toBe(node)
      expect(table.find(address ^ 0x40000001)).toBe(naive.get(address ^ 0x40000001) ?? 0)
    }
  }
})
