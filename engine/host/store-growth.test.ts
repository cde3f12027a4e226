// growth, allocator and gc over the store's handlers, as a window asks for them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { growthOf } from '../queries/growth'
import { recordRun, type RecordedRun } from '../queries/testing'
import type { MethodName, Params, Result } from '../rpc/contract'
import { validateRequest } from '../rpc/schemas'
import { StoreService } from './store-service'

let run: RecordedRun
let folder = ''
let store: StoreService
let recordingId = 0
beforeAll(() => {
  run = recordRun({ steps: 20_000, seed: 7, live: 300, rare: 800, depth: 3, callSites: 2 })
  folder = mkdtempSync(join(tmpdir(), 'molt-store-'))
  store = new StoreService({ dataFolder: folder, examplesFolder: folder, installFolder: folder, runEntry: '', workerPath: '', emit: () => {} })
  recordingId = (store.handlers['recording.open']({ path: run.path }, context()) as Result<'recording.open'>).recordingId
})
afterAll(async () => {
  await store.close()
  run.dispose()
  rmSync(folder, { recursive: true, force: true })
})

const context = (signal = new AbortController().signal) => ({ signal, progress: () => {} })
async function call<N extends MethodName>(method: N, params: Params<N>, signal?: AbortSignal): Promise<Result<N>> {
  const handler = store.handlers[method] as (params: unknown, context: unknown) => unknown
  return await handler(validateRequest(method, params), context(signal)) as Result<N>
}

test('growth.rows gives what the query gives; a cancel is heard', async () => {
  const rows = await call('growth.rows', { recordingId, by: 'line', limit: 20 })
  expect(rows).toEqual(growthOf(run.recording, { by: 'line', limit: 20 }))
  expect(rows.rows.length).toBeGreaterThan(5)
  const abort = new AbortController()
  abort.abort()
  await expect(call('growth.rows', { recordingId, by: 'line', slots: 77 }, abort.signal)).rejects.toThrow('cancelled')
  await expect(call('growth.rows', { recordingId, by: 'colour' } as never)).rejects.toThrow('params.by must be one of line, traceback, type')
})

test('allocator.at tells of every live block', async () => {
  const at = await call('allocator.at', { recordingId, at: 'end', arenas: 10_000, pins: 1000 })
  const { blocks } = run.naive.at(run.naive.events.length)
  const small = [...blocks].filter(([granule]) => granule < 2 ** 29)
  expect(at.arenaBlocks.reduce((n, count) => n + count, 0)).toBe(small.length)
  expect(at.heap.blocks + at.mapped.blocks).toBe(blocks.size - small.length)
  expect(at.pinned.flatMap(arena => arena.pins).reduce((n, pin) => n + pin.count, 0)).toBe(small.length)
  expect(at.pinned.map(arena => arena.blocks)).toEqual(at.pinned.map(arena => arena.blocks).sort((a, b) => a - b))
  expect(at.complete).toBe(false)
})

test('gc.working and gc.explain', async () => {
  const { rows, rowCount } = await call('gc.working', { recordingId, limit: 3 })
  expect([rows.length, rowCount]).toEqual([3, run.naive.collections.length])
  const { working, steps } = await call('gc.explain', { recordingId, collectionId: rows[1]!.collectionId })
  expect(working).toEqual(rows[1])
  expect(steps[0]!.title).toBe('Why')
  await expect(call('gc.explain', { recordingId, collectionId: 1e6 })).rejects.toThrow('There is no collection 1000000')
})
