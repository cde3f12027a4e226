import { expect, test } from 'vitest'
import { byteStep, clampView, isWhole, niceStep, reveal, tickToX, xToTick, zoomAt } from './viewport'

const run = { from: 0, to: 1000 }

test('zooming keeps the tick under the pointer where it is', () => {
  const before = { from: 100, to: 900 }
  const after = zoomAt(before, run, 300, 0.5)
  expect(after).toEqual({ from: 200, to: 600 })
  expect(tickToX(300, after, 50, 400)).toBe(tickToX(300, before, 50, 400))
})

test('a view never leaves the run and never gets empty', () => {
  expect(zoomAt({ from: 100, to: 300 }, run, 100, 50)).toEqual({ from: 0, to: 1000 })
  expect(clampView({ from: 950, to: 1150 }, run)).toEqual({ from: 800, to: 1000 })
  const closest = zoomAt({ from: 0, to: 1000 }, run, 500, 1e-9)
  expect(closest.to - closest.from).toBeCloseTo(16, 9)
  expect(clampView({ from: 0, to: 0 }, { from: 0, to: 0 })).toEqual({ from: 0, to: 1 })
  expect(isWhole({ from: 0, to: 1000 }, run)).toBe(true)
  expect(isWhole({ from: 1, to: 1000 }, run)).toBe(false)
})

test('an instant out of sight is brought in', () => {
  expect(reveal({ from: 100, to: 200 }, run, 150)).toEqual({ from: 100, to: 200 })
  const moved = reveal({ from: 100, to: 200 }, run, 500)
  expect(moved.from).toBeLessThan(500)
  expect(moved.to).toBeGreaterThan(500)
  expect(moved.to - moved.from).toBe(100)
})

test('there and back again', () => {
  const view = { from: 0, to: 1e9 }
  expect(xToTick(tickToX(123_456_789, view, 60, 1000), view, 60, 1000)).toBe(123_456_789)
})

test('steps are round', () => {
  expect([niceStep(1000, 5), niceStep(1234, 4), niceStep(3, 10)]).toEqual([200, 500, 1])
  expect([byteStep(1000, 3), byteStep(5 * 2 ** 20, 3)]).toEqual([512, 2 * 2 ** 20])
})
