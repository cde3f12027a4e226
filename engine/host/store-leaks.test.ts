// Suspects, cycles and waste over a link to a real store process; sizes are those that sys.getsizeof gives in CPython 3.11.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DEFAULT_RUN } from '../queries/settings'
import type { Client } from '../rpc/rpc'
import { RunSession } from './run-session'
import { prepareScript } from './script-source'
import { bundleEntries, HOST_ENTRIES } from './testing/bundle'
import { startStore, type StoreUnderTest } from './testing/store-client'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const PROGRAM = `
import gc
gc.disable()
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.me = self
empty = [[] for _ in range(300)]
single = [{'only': n} for n in range(200)]
names = ['user-' + str(n % 10) for n in range(500)]
big = set(range(5000))
for n in range(4990): big.discard(n)
for n in range(50): Point(n, n)
gc.collect()
for n in range(40): Point(n, n)
kept = []
for n in range(900): kept.append('kept %d' % n * 9)
`

let built = ''
let folder = ''
let store: StoreUnderTest
let client: Client
let recordingId = 0
beforeAll(async () => {
  built = await bundleEntries({ ...HOST_ENTRIES, 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
  folder = mkdtempSync(join(tmpdir(), 'molt-leaks-rpc-'))
  const path = join(folder, 'run.molt')
  const session = new RunSession({
    script: prepareScript({ kind: 'text', name: 'program.py', text: PROGRAM }), sourceKind: 'text', arguments: [], settings: DEFAULT_RUN,
    workerPath: join(built, 'interpreter-worker.js'), dataFolder: join(import.meta.dirname, '../..'), output: { path, overwrite: false }, io: 'relayed',
  })
  session.endInput()
  expect(await session.done).toMatchObject({ reason: 'finished', exitCode: 0 })
  store = startStore(built, folder)
  client = store.client
  recordingId = (await client.call('recording.open', { path })).recordingId
})
afterAll(async () => {
  await store.close()
  for (const path of [built, folder]) rmSync(path, { recursive: true, force: true })
})

test('leak suspects', async () => {
  const { suspects, suspectCount } = await client.call('leaks.suspects', { recordingId, limit: 5 })
  expect(suspectCount).toBe(1)
  expect(suspects[0]).toMatchObject({ rank: 1, holder: { expression: '__main__.kept', words: 'the list `kept` of module `__main__`' }, neverFreedShare: 1 })
  expect(suspects[0]!.growth.bytes).toBeInstanceOf(Float64Array)
  expect(suspects[0]!.madeAt[0]).toMatchObject({ frame: { line: 18 }, count: 900 })
})

test('cycles alive and collected', async () => {
  const alive = await client.call('cycles.alive', { recordingId })
  expect(alive.groups.map(g => [g.state, g.cycleCount, g.round, g.weak?.name])).toEqual([['garbage', 40, '__main__.Point → .me → __main__.Point', '__main__.Point.me']])
  const collected = await client.call('cycles.collected', { recordingId })
  expect(collected.rows.map(r => [r.typeName, r.frame?.line, r.count])).toEqual([['__main__.Point', 14, 50]])
})

test('waste', async () => {
  const waste = await client.call('waste.report', { recordingId })
  const rows = waste.containers.map(c => [c.reason, c.typeName, c.frame?.line, c.count, c.wastedBytes])
  expect(rows).toContainEqual(['empty', 'list', 9, 300, 300 * 56])
  expect(rows).toContainEqual(['single', 'dict', 10, 200, 200 * (184 - 8)])
  expect(rows).toContainEqual(['sparse', 'set', 12, 1, 524_504 - 728])
  expect(waste.duplicateLines[0]).toMatchObject({ frame: { line: 11 }, count: 490, values: 10, wastedBytes: 490 * 55 })
  expect(waste.duplicates[0]).toMatchObject({ typeName: 'str', copies: 50, wastedBytes: 49 * 55 })
  expect(waste.classes[0]).toMatchObject({ typeName: '__main__.Point', count: 40, attributes: ['x', 'y', 'me'] })
})

test('wrong questions are refused', async () => {
  await expect(client.call('leaks.suspects', { recordingId, at: 'mark:nowhere' })).rejects.toMatchObject({ code: 'no-instant' })
  await expect(client.call('cycles.explain', { recordingId, collectionId: 99 })).rejects.toMatchObject({ code: 'bad-request' })
  await expect(client.call('waste.report', { recordingId, limit: -1 })).rejects.toMatchObject({ code: 'bad-request' })
})
