import { expect, test } from 'vitest'
import { IntMap } from './int-map'

test('agrees with Map under random sets and deletes', () => {
  const map = new IntMap()
  const model = new Map<number, number>()
  let seed = 7
  const random = (n: number) => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0, (seed >>> 8) % n)
  for (let step = 0; step < 100_000; step++) {
    const key = (2 ** 29 + random(3000) * 16) | 0
    if (random(3) === 0) expect(map.delete(key)).toBe(model.delete(key))
    else {
      map.set(key, step)
      model.set(key, step)
    }
    if (step % 10_000 === 0) for (const [k, v] of model) expect(map.get(k)).toBe(v)
  }
  const entries: [number, number][] = []
  map.forEach((key, value) => entries.push([key, value]))
  expect(entries.sort((a, b) => a[0] - b[0])).toEqual([...model].sort((a, b) => a[0] - b[0]))
  expect(map.size).toBe(model.size)
  map.clear()
  expect([map.size, map.get(2 ** 29, -1), map.has(2 ** 29)]).toEqual([0, -1, false])
})
