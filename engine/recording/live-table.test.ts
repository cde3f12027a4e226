import { expect, test } from 'vitest'
import { HashedTable } from './hashed-table'
import { LiveTable } from './live-table'

test.each([['paged', LiveTable], ['hashed', HashedTable]] as const)('the %s table agrees with a Map under random inserts and removals', (_name, Table) => {
  const table = new Table()
  let seed = 5
  const random = (n: number) => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0, (seed >>> 8) % n)
  for (let round = 0; round < 3; round++) {
    const model = new Map<number, number>()
    for (let step = 0; step < 60_000; step++) {
      const address = 65_536 + random(4000) * 3 + (random(8) === 0 ? 2 ** 29 : 0)
      const block = table.find(address)
      expect(block !== 0).toBe(model.has(address))
      if (block !== 0) expect([table.address[block], table.size[block]]).toEqual([address, model.get(address)])
      if (block !== 0 && random(2) === 0) {
        table.remove(block)
        model.delete(address)
      } else {
        // In two steps: an insert may replace the columns.
        const row = table.insert(address)
        table.size[row] = step
        model.set(address, step)
      }
    }
    expect(table.count).toBe(model.size)
    expect(Array.from(table.inOrder(), block => [table.address[block], table.size[block]])).toEqual([...model].sort((a, b) => a[0] - b[0]))
    table.clear()
    expect([table.count, table.inOrder().length, table.find(65_536)]).toEqual([0, 0, 0])
  }
})
