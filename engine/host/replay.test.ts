// replay.start and replay.align over RPC: a store process that forks run processes with the real interpreter.
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { tickInSecond } from '../analysis/align'
import type { RunEnded } from '../rpc/contract'
import type { Client } from '../rpc/rpc'
import { bundleEntries, HOST_ENTRIES } from './testing/bundle'
import { startStore, type StoreUnderTest } from './testing/store-client'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let built = ''
let folder = ''
let store: StoreUnderTest
let client: Client
beforeAll(async () => {
  built = await bundleEntries({ ...HOST_ENTRIES, 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
  const root = join(import.meta.dirname, '../..')
  symlinkSync(join(root, 'node_modules/pyodide/python_stdlib.zip'), join(built, 'python_stdlib.zip'))
  const compiled = join(root, 'out/main/stdlib.bin')
  if (existsSync(compiled)) symlinkSync(compiled, join(built, 'stdlib.bin'))
  folder = mkdtempSync(join(tmpdir(), 'molt-replay-'))
  store = startStore(built, folder)
  client = store.client
})
afterAll(async () => {
  await store.close()
  for (const path of [built, folder]) rmSync(path, { recursive: true, force: true })
})

const ended = (): Promise<RunEnded> => new Promise(resolve => {
  const off = client.on('run.ended', end => {
    off()
    resolve(end)
  })
})

const LEAK = `
import sys
class Node:
    def __init__(self): self.me, self.data = self, [0] * 20
def churn(count):
    for i in range(count):
        Node()
churn(2000)
sys.audit('mark', 'half')
churn(2000)
print('end')
`

test('a recording is run again, ended at an instant, changed, stopped; both runs have one axis', async () => {
  writeFileSync(join(folder, 'leak.py'), LEAK)
  let end = ended()
  const { recordingId } = await client.call('run.start', { source: { kind: 'path', path: join(folder, 'leak.py') } })
  expect(await end).toMatchObject({ reason: 'finished', exitCode: 0 })
  rmSync(join(folder, 'leak.py'))
  const recorded = await client.call('recording.summary', { recordingId })

  const output: string[] = []
  const off = client.on('run.output', o => output.push(new TextDecoder().decode(o.bytes)))
  end = ended()
  const again = await client.call('replay.start', { recordingId })
  expect(again.path).toMatch(/leak-replay-.*\.molt$/)
  expect(await end).toMatchObject({
    runId: again.runId, reason: 'finished', exitCode: 0, replay: { changed: false, difference: null, sameEvents: recorded.events, events: recorded.events, reasons: [] },
  })
  off()
  expect(output.join('')).toBe('end\n')
  expect(await client.call('recording.summary', { recordingId: again.recordingId })).toMatchObject({
    events: recorded.events, lastTick: recorded.lastTick, peakBytes: recorded.peakBytes, live: false, complete: true,
  })
  expect(await client.call('replay.align', { recordingId, otherId: again.recordingId })).toMatchObject({ difference: null, sameOutput: true, exact: true })

  end = ended()
  const cut = await client.call('replay.start', { recordingId, until: 'half', snapshot: true })
  expect(await end).toMatchObject({ reason: 'stopped', replay: { changed: false, difference: null } })
  const half = await client.call('recording.summary', { recordingId: cut.recordingId })
  expect(half.snapshots).toBe(2) // at the mark, which the settings ask for, and at its instant
  expect(half.liveBytes).toBe((await client.call('marks.list', { recordingId }))[0]!.liveBytes)

  end = ended()
  const off2 = await client.call('replay.start', { recordingId, settings: { gcThreshold: [0, 10, 10] } })
  expect(await end).toMatchObject({ reason: 'finished', replay: { changed: true, difference: { sentence: expect.stringContaining('begins a collection of generation 0') } } })
  const aligned = await client.call('replay.align', { recordingId, otherId: off2.recordingId })
  expect(aligned).toMatchObject({ sameOutput: true, exact: true })
  expect(aligned.matchedSteps).toBe(aligned.firstSteps)
  const figure = (name: string) => aligned.figures.find(f => f.name === name)!
  expect(figure('collections')).toMatchObject({ first: recorded.collections, second: 0 })
  expect(figure('live at end').second).toBeGreaterThan(figure('live at end').first)
  expect(figure('instructions')).toMatchObject({ first: recorded.lastTick, second: recorded.lastTick })
  const axis = { ...aligned, first: aligned.firstTick, second: aligned.secondTick }
  for (const tick of [0, 5000, recorded.peakTick, recorded.lastTick]) expect(tickInSecond(axis, tick)).toBe(tick)

  end = ended()
  const endless = await client.call('replay.start', { recordingId, script: 'while True: [1]\n' })
  await client.call('run.stop', { runId: endless.runId })
  expect(await end).toMatchObject({ reason: 'stopped', runId: endless.runId })
})

test('what cannot be replayed says why', async () => {
  await expect(client.call('replay.start', { recordingId: 999 })).rejects.toMatchObject({ code: 'no-recording' })
  const end = ended()
  const { recordingId, path } = await client.call('run.start', { source: { kind: 'code', code: 'print(1)', folder } })
  await end
  await expect(client.call('replay.start', { recordingId, until: 'never' })).rejects.toMatchObject({ code: 'no-instant' })
  await expect(client.call('replay.start', { recordingId, output: path, overwrite: true })).rejects.toMatchObject({ code: 'bad-request' })
  await expect(client.call('replay.start', { recordingId, output: join(folder, 'no/folder.molt') })).rejects.toMatchObject({ code: 'not-found' })
})
