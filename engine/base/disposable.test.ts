import { expect, test } from 'vitest'
import { DisposableStore, toDisposable } from './disposable'

test('a store disposes once, last first, and at once what comes too late', () => {
  const order: number[] = []
  const store = new DisposableStore()
  for (const n of [1, 2, 3]) store.add(toDisposable(() => order.push(n)))
  store.dispose()
  store.dispose()
  expect(order).toEqual([3, 2, 1])
  store.add(toDisposable(() => order.push(4)))
  expect(order).toEqual([3, 2, 1, 4])
})
