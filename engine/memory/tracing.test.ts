import { expect, test } from 'vitest'
import { auditProcess } from './audit'
import { DOMAIN_MEM, DOMAIN_OBJ, DOMAIN_RAW, PARK, REUSE, TAG_NONE } from './events'
import { SimulatedProcess } from './process'

function traced() {
  const process = new SimulatedProcess<never>({ startupPhase: false })
  const source = { line: 1, currentTrace: () => source.line }
  process.tracing.source = source
  const byLine = () => {
    const lines: Record<number, [number, number]> = {}
    process.tracing.forEach(process.obmalloc, (_granule, size, line) => {
      const entry = lines[line] ??= [0, 0]
      entry[0] += size
      entry[1]++
    })
    return lines
  }
  return { process, tracing: process.tracing, m: process.obmalloc, source, byLine }
}

test('blocks of every domain count for the line that took them, at their requested size', () => {
  const { m, tracing, source, byLine } = traced()
  const before = m.malloc(100, DOMAIN_OBJ, TAG_NONE)
  tracing.start(1)
  const a = m.malloc(33, DOMAIN_OBJ, TAG_NONE)
  source.line = 2
  m.malloc(1000, DOMAIN_MEM, TAG_NONE)
  m.calloc(2, 5, DOMAIN_RAW, TAG_NONE)
  expect(byLine()).toEqual({ 1: [33, 1], 2: [1010, 2] })
  expect(tracing.getTraced()).toEqual([1043, 1043])
  m.free(a, DOMAIN_OBJ)
  m.free(before, DOMAIN_OBJ)
  expect(tracing.getTraced()).toEqual([1010, 1043])
  tracing.resetPeak()
  expect(tracing.getTraced()).toEqual([1010, 1010])
  expect(tracing.traceOf(a)).toBe(0)
})

test('a reallocated block moves to the running line, known before or not, and never counts twice in the peak', () => {
  const { m, tracing, source, byLine } = traced()
  const unknown = m.malloc(40, DOMAIN_OBJ, TAG_NONE)
  tracing.start()
  let a = m.malloc(400, DOMAIN_OBJ, TAG_NONE)
  source.line = 7
  a = m.realloc(a, 700, DOMAIN_OBJ, TAG_NONE)
  expect(byLine()).toEqual({ 7: [700, 1] })
  expect(tracing.getTraced()).toEqual([700, 700])
  m.realloc(unknown, 41, DOMAIN_OBJ, TAG_NONE)
  expect(byLine()).toEqual({ 7: [741, 2] })
  source.line = 8
  a = m.realloc(a, 699, DOMAIN_OBJ, TAG_NONE)
  expect(byLine()).toEqual({ 7: [41, 1], 8: [699, 1] })
})

test('an object from a free list moves to the line that takes it only if its block is known', () => {
  const { process, m, tracing, source, byLine } = traced()
  const hidden = m.malloc(56, DOMAIN_OBJ, 20)
  tracing.start()
  const known = m.malloc(64, DOMAIN_OBJ, 20)
  process.log.enabled = true
  process.park(hidden, 20)
  process.park(known, 20)
  source.line = 5
  process.reuse(known, 21)
  process.reuse(hidden, 21)
  expect(byLine()).toEqual({ 5: [64, 1] })
  const { words, at } = process.log
  expect([...words.subarray(0, at)].filter((_, i) => i % 6 < 3)).toEqual([
    PARK | 20 << 6, hidden, 56, PARK | 20 << 6, known, 64, REUSE | 21 << 6, known, 64, REUSE | 21 << 6, hidden, 56,
  ])
  expect(auditProcess(process)).toEqual([])
})

test('clear and stop forget; what was known becomes unknown', () => {
  const { process, m, tracing } = traced()
  tracing.start(25)
  expect(tracing.maxFrames).toBe(25)
  const a = m.malloc(64, DOMAIN_OBJ, TAG_NONE)
  m.malloc(2000, DOMAIN_OBJ, TAG_NONE)
  tracing.clearTraces()
  expect(tracing.getTraced()).toEqual([0, 0])
  m.free(a, DOMAIN_OBJ)
  expect(tracing.getTraced()).toEqual([0, 0])
  m.malloc(3, DOMAIN_OBJ, TAG_NONE)
  expect(auditProcess(process)).toEqual([])
  tracing.stop()
  expect([tracing.on, tracing.tracedBlocks, ...tracing.getTraced()]).toEqual([false, 0, 0, 0])
})

test('random work keeps the account right', () => {
  const { process, m, tracing } = traced()
  tracing.start()
  const live: number[] = []
  let seed = 3
  const random = (n: number) => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0, (seed >>> 8) % n)
  for (let step = 0; step < 50_000; step++) {
    const i = random(live.length + 1)
    if (i === live.length || random(5) < 2) live.push(m.malloc(random(800), DOMAIN_OBJ, TAG_NONE))
    else if (random(4) === 0) live[i] = m.realloc(live[i]!, random(800), DOMAIN_OBJ, TAG_NONE)
    else m.free(live.splice(i, 1)[0]!, DOMAIN_OBJ)
  }
  expect(auditProcess(process)).toEqual([])
  expect(tracing.tracedBlocks).toBe(live.length)
})
