import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { MethodName, RecordingSummary } from '../../engine/rpc/contract'
import type { Engine } from './engine.svelte'
import { Recording } from './recording.svelte'

const SUMMARY: RecordingSummary = {
  recordingId: 1, path: '/a.molt', fileBytes: 1, scriptName: 'a.py', scriptPath: '/a.py', arguments: [],
  settings: { record: 'full', clock: 'virtual', paths: [], gcThreshold: [700, 10, 10], maxMemoryBytes: 0, maxTicks: 0, stackDepth: 1000, allocator: 'cpython', seed: 0, snapshots: [], ledger: [] },
  engineVersion: '', pythonVersion: '', startedMs: 0, reason: 'finished', exitCode: 0, message: '', complete: true, live: false,
  firstTick: 0, lastTick: 1000, wallNs: 1, events: 1, peakBytes: 5000, peakTick: 400, liveBytes: 0, liveBlocks: 0, liveObjects: 0, allocations: 1,
  allocatedBytes: 1, temporaryShare: 0, collections: 0, collectionNs: 0, marks: 1, snapshots: 0
}
const none = new Float64Array()

/** An engine that answers at once and keeps what it was asked. */
function fakeEngine(summary: () => RecordingSummary = () => SUMMARY) {
  const asked: { method: MethodName; params: Record<string, unknown> }[] = []
  const answers: Partial<Record<MethodName, (params: Record<string, unknown>) => unknown>> = {
    'recording.summary': summary,
    'marks.list': () => [{ markId: 1, label: 'half', tick: 500, wallNs: 1, liveBytes: 1, frame: null }],
    'gc.ticks': () => ({ tick: none, generation: new Uint8Array(), collected: new Int32Array() }),
    'timeline.range': params => ({ fromTick: params['fromTick'] ?? 0, toTick: params['toTick'] ?? 1000, tick: none }),
    'instant.describe': params => ({ tick: params['at'], liveBytes: 1, traceback: [], sinceMark: null }),
    'instant.step': params => (params['at'] as number) + 7,
    'recording.close': () => null
  }
  const engine = {
    status: 'ready', connection: 1, activity: { begin: () => () => {} },
    call: (method: MethodName, params: Record<string, unknown>) => {
      asked.push({ method, params })
      return Promise.resolve(answers[method]!(params))
    }
  }
  return { engine: engine as unknown as Engine, asked, last: (method: MethodName) => asked.findLast(item => item.method === method)?.params }
}

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })
const settle = () => vi.advanceTimersByTimeAsync(500)

test('opens at the peak, asked for by its name', async () => {
  const { engine, last } = fakeEngine()
  const recording = new Recording(engine, SUMMARY)
  await recording.load()
  await settle()
  expect(recording.tick).toBe(400)
  expect(last('instant.describe')).toMatchObject({ at: 'peak' })
  expect(last('timeline.range')).toMatchObject({ aliveAt: 'peak' })
  recording.moveTo(401)
  await settle()
  expect(last('instant.describe')).toMatchObject({ at: 401 })
})

test('a scrub asks for the newest instant, and slower questions once it rests', async () => {
  const { engine, asked, last } = fakeEngine()
  const recording = new Recording(engine, SUMMARY)
  await recording.load()
  await settle()
  asked.length = 0
  for (let tick = 0; tick < 100; tick++) recording.moveTo(tick)
  await settle()
  expect(asked.filter(item => item.method === 'instant.describe').length).toBeLessThanOrEqual(2)
  expect(asked.filter(item => item.method === 'timeline.range').length).toBe(1)
  expect(last('instant.describe')).toMatchObject({ at: 99 })
  expect(recording.instant?.tick).toBe(99)
})

test('where figures alone were kept, the playhead stops at their instants', async () => {
  const summary = { ...SUMMARY, settings: { ...SUMMARY.settings, record: 'stats' as const } }
  const { engine, last } = fakeEngine(() => summary)
  const recording = new Recording(engine, summary)
  await recording.load()
  expect(recording.stops).toEqual([400, 500, 1000])
  recording.moveTo(470)
  expect(recording.tick).toBe(500)
  recording.moveTo(990)
  await settle()
  expect(recording.tick).toBe(1000)
  expect(last('instant.describe')).toMatchObject({ at: 'end' })
})

test('a range has its ends in order and puts the playhead at its end', async () => {
  const { engine } = fakeEngine()
  const recording = new Recording(engine, SUMMARY)
  await recording.load()
  recording.setRange({ from: 900, to: 100 })
  expect(recording.range).toEqual({ from: 100, to: 900 })
  expect(recording.tick).toBe(900)
  recording.setRange({ from: -50, to: 5000 })
  expect(recording.range).toEqual({ from: 0, to: 1000 })
})

test('while the run goes on, the playhead follows until it is moved; at the end it goes to the peak', async () => {
  let summary: RecordingSummary = { ...SUMMARY, live: true, lastTick: 100, peakTick: 80 }
  const { engine } = fakeEngine(() => summary)
  const recording = new Recording(engine, summary)
  await recording.load()
  expect([recording.following, recording.tick]).toEqual([true, 100])
  summary = { ...summary, lastTick: 300 }
  recording.grew(300)
  await settle()
  expect([recording.tick, recording.view.to, recording.version]).toEqual([300, 300, 1])
  recording.moveTo(50)
  summary = { ...summary, lastTick: 600 }
  recording.grew(600)
  await settle()
  expect([recording.tick, recording.view.to]).toEqual([50, 600])
  recording.follow()
  summary = { ...summary, live: false, lastTick: 700 }
  await recording.ended()
  expect([recording.following, recording.tick]).toEqual([false, 80])
})

test('closing tells the engine that opened it, not the one that came after it died', async () => {
  const { engine, last } = fakeEngine()
  const lost = new Recording(engine, SUMMARY)
  engine.connection++
  lost.close()
  expect(last('recording.close')).toBeUndefined()
  new Recording(engine, SUMMARY).close()
  expect(last('recording.close')).toEqual({ recordingId: 1 })
})

test('looking closer asks for finer columns; the whole run needs none', async () => {
  const { engine, last } = fakeEngine()
  const recording = new Recording(engine, SUMMARY)
  await recording.load()
  await settle()
  recording.setSlots(900)
  recording.setView({ from: 100, to: 300 })
  await settle()
  expect(last('timeline.range')).toMatchObject({ fromTick: 100, toTick: 300, slots: 900 })
  expect(recording.detail).not.toBeNull()
  recording.showWhole()
  expect(recording.detail).toBeNull()
})
