import { afterAll, expect, test, vi } from 'vitest'
import { firstDifference } from './first-difference'
import type { OpenRecording } from './open-recording'
import { recordRun, type RecordOptions, type RecordedRun } from './testing'

vi.setConfig({ testTimeout: 60_000 })

const made: RecordedRun[] = []
const recorded = (options: RecordOptions): OpenRecording => {
  const run = recordRun(options)
  made.push(run)
  return run.recording
}
afterAll(() => made.forEach(run => run.dispose()))

/** Each event as text: kind, size, address, tick, traceback. */
function eventsOf(recording: OpenRecording): string[] {
  const texts: string[] = []
  for (const chunk of recording.reader.chunksOf(0, Infinity)) {
    const { op, opHead, opSize, opSite, opInstruction, address, tickDelta, count, baseTick } = recording.columns(chunk)
    let tick = baseTick
    for (let i = 0; i < count; i++) {
      tick += tickDelta[i]! >>> 0
      const o = op[i]!
      const traceback = recording.traceback(opSite[o]!).map(frame => `${frame.path}:${frame.line}`).join(' ')
      texts.push(`${opHead[o]} ${opSize[o]} ${address[i]} ${tick} ${opInstruction[o]} ${traceback}`)
    }
  }
  return texts
}

function naive(a: string[], b: string[]): number | null {
  const at = a.findIndex((text, i) => i < b.length && text !== b[i])
  return at < 0 ? null : at
}

const LONG = { steps: 100_000, seed: 5, live: 300, rare: 500 }

test('the same run in other chunks has no difference; a longer one goes on', () => {
  const first = recorded(LONG)
  expect(first.run().event_count).toBeGreaterThan(70_000) // past the first digest
  expect(firstDifference(first, recorded({ ...LONG, chunkEvents: 3000, pollSteps: 100 }), { whole: true })).toBeNull()
  const longer = recorded({ ...LONG, steps: 101_000 })
  const { event_count } = first.run()
  expect(firstDifference(first, longer, {})).toBeNull()
  expect(firstDifference(first, longer, { whole: true })).toMatchObject({ event: event_count, first: null, second: { tick: expect.any(Number) } })
  expect(firstDifference(longer, first, { whole: true })!.sentence).toMatch(/then the recorded run goes on and .*, and the other one ends\.$/)
})

test('the first event that differs is that of a plain comparison', () => {
  const first = recorded(LONG)
  const texts = eventsOf(first)
  for (const other of [{ seed: 6 }, { live: 301 }, { live: 299 }, { rare: 5000 }, { callSites: 2 }]) {
    const second = recorded({ ...LONG, ...other })
    const at = naive(texts, eventsOf(second))
    expect(at).not.toBeNull()
    const found = firstDifference(first, second, { whole: true })!
    expect(found).toMatchObject({ event: at, beforeEvent: at! + 1 })
    expect(found.sentence).toMatch(/^They are the same for [\d,]+ events; then/)
    // The other way round the two change places.
    expect(firstDifference(second, first, { whole: true })).toMatchObject({ event: at, first: found.second, second: found.first })
  }
})

test('statistics know between which events it lies', () => {
  const full = recorded(LONG)
  const stats = recorded({ ...LONG, level: 'stats' })
  expect(firstDifference(stats, full, { whole: true })).toBeNull()
  const other = recorded({ ...LONG, live: 301 })
  const exact = firstDifference(full, other, { whole: true })!.event
  const found = firstDifference(stats, other, { whole: true })!
  expect(found.event).toBeLessThanOrEqual(exact)
  expect(found.beforeEvent).toBeGreaterThan(exact)
  expect(found.sentence).toContain('a recording with statistics only cannot say where')
})
