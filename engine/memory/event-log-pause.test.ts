import { expect, test } from 'vitest'
import { EventLog } from './event-log'
import { EVENT_STRIDE } from './events'

/** Chunk sizes as handed on, and event counts at which the log was cut. */
function logged(cutAfter: number[], work: (log: EventLog) => void): { chunks: number[]; cuts: number[] } {
  const chunks: number[] = []
  const cuts: number[] = []
  const log = new EventLog(undefined, (words, used) => {
    chunks.push(used / EVENT_STRIDE)
    return words
  }, new Int32Array(8 * EVENT_STRIDE))
  const [next] = cutAfter
  const cut = (left: number[]) => () => {
    cuts.push(log.eventCount)
    if (left[0] !== undefined) log.pauseAfter(left[0], cut(left.slice(1)))
  }
  if (next !== undefined) log.pauseAfter(next, cut(cutAfter.slice(1)))
  work(log)
  log.flush()
  return { chunks, cuts }
}

const allocate = (n: number) => (log: EventLog) => { for (let i = 0; i < n; i++) log.alloc(i, 16, 0, 0) }

test('a chunk ends exactly at a cut, and the cut comes when the next event does', () => {
  expect(logged([], allocate(20))).toEqual({ chunks: [8, 8, 4], cuts: [] })
  expect(logged([11], allocate(20))).toEqual({ chunks: [8, 3, 8, 1], cuts: [11] })
  expect(logged([3, 5, 16], allocate(20))).toEqual({ chunks: [3, 2, 8, 3, 4], cuts: [3, 5, 16] })
  expect(logged([0], allocate(2))).toEqual({ chunks: [2], cuts: [0] })
  expect(logged([20], allocate(20)).cuts).toEqual([])
  expect(logged([99], allocate(20)).cuts).toEqual([])
})

test('a flush in between does not move it', () => {
  const flushed = logged([11], log => {
    allocate(11)(log)
    log.flush()
    log.flush()
    expect(log.eventCount).toBe(11)
    allocate(1)(log)
  })
  expect(flushed).toEqual({ chunks: [8, 3, 1], cuts: [11] })
})

test('the two events of a reallocation stay together', () => {
  const half = logged([4], log => {
    allocate(3)(log)
    log.realloc(1, 16, 2, 32, 0, 0)
    allocate(2)(log)
  })
  expect(half).toEqual({ chunks: [3, 2, 2], cuts: [5] })
})
