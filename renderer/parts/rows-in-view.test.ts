import { expect, test } from 'vitest'
import { MAX_HEIGHT, rowsInView, scrollToRow } from './rows-in-view'

test('a short list', () => {
  expect(rowsInView(3, 20, 100, 0)).toMatchObject({ first: 0, count: 3, scrollHeight: 60 })
  expect(rowsInView(0, 20, 100, 0)).toMatchObject({ first: 0, count: 0 })
  expect(rowsInView(100, 20, 100, 1010)).toEqual({ first: 50, count: 7, offset: 1010, scrollHeight: 2000, shift: 1000 })
})

test('five million rows: the last one is reached, rows stay in the window', () => {
  const total = 5_000_000, end = rowsInView(total, 24, 600, MAX_HEIGHT - 600)
  expect(end.first + end.count).toBe(total)
  expect(end.offset).toBe(total * 24 - 600)
  for (const top of [0, 1e6, 9e6, MAX_HEIGHT - 600]) {
    const { first, offset } = rowsInView(total, 24, 600, top)
    expect(first * 24).toBeLessThanOrEqual(offset)
    expect((first + 27) * 24).toBeGreaterThanOrEqual(offset + 600)
  }
})

test('scrolling to a row', () => {
  expect(scrollToRow(2, 100, 20, 100, 0)).toBeNull()
  expect(scrollToRow(5, 100, 20, 100, 0)).toBe(20)
  expect(scrollToRow(5, 100, 20, 100, 500)).toBe(100)
  const total = 5_000_000, top = scrollToRow(3_000_000, total, 24, 600, 0)!
  const { offset } = rowsInView(total, 24, 600, top)
  expect(Math.abs(offset - (3_000_001 * 24 - 600))).toBeLessThan(1)
})
