import { expect, test } from 'vitest'
import { EventLog } from './event-log'
import { ALLOC, DOMAIN_OBJ, EVENT_STRIDE, FREE, OUTPUT, REALLOC, REALLOC_FROM, REGION } from './events'

function collecting(eventsPerChunk: number) {
  const chunks: number[][] = []
  const point = {
    tick: 0,
    refresh(log: EventLog) {
      log.context = 5
      log.lasti = 9
      log.tick = ++this.tick
    },
  }
  const log = new EventLog(point, (words, used) => {
    chunks.push([...words.subarray(0, used)])
    return new Int32Array(words.length)
  }, new Int32Array(eventsPerChunk * EVENT_STRIDE))
  return { log, chunks, point }
}

test('an event is six words, with the place asked for as it is written', () => {
  const { log } = collecting(10)
  log.alloc(0x2003, 56, DOMAIN_OBJ, 17)
  log.free(0x2003, 56, DOMAIN_OBJ, 17)
  log.output(1, 12)
  log.region(3, 5000)
  expect([...log.words.subarray(0, log.at)]).toEqual([
    ALLOC | DOMAIN_OBJ << 4 | 17 << 6, 0x2003, 56, 5, 9, 1,
    FREE | DOMAIN_OBJ << 4 | 17 << 6, 0x2003, 56, 5, 9, 2,
    OUTPUT, 1, 12, 5, 9, 3,
    REGION, 3, 5, 5, 9, 4,
  ])
  expect(log.eventCount).toBe(4)
})

test('full chunks go out, and the two halves of a reallocation are never parted', () => {
  const { log, chunks } = collecting(4)
  for (let i = 0; i < 3; i++) log.alloc(i, 1, 0, 0)
  log.realloc(7, 10, 8, 20, DOMAIN_OBJ, 2)
  expect(chunks.map(chunk => chunk.length)).toEqual([3 * EVENT_STRIDE])
  expect([log.words[0]! & 15, log.words[EVENT_STRIDE]! & 15]).toEqual([REALLOC_FROM, REALLOC])
  for (let i = 0; i < 5; i++) log.alloc(i, 1, 0, 0)
  expect(chunks.map(chunk => chunk.length)).toEqual([18, 24])
  log.flush()
  log.flush()
  expect(chunks.map(chunk => chunk.length)).toEqual([18, 24, 18])
  expect(log.eventCount).toBe(10)
})

test('a tick past 2^31 keeps its low 32 bits', () => {
  const { log, point } = collecting(4)
  point.tick = 2 ** 40 + 2 ** 31 + 4
  log.mark(1)
  expect(log.words[5]! >>> 0).toBe(2 ** 31 + 5)
})
