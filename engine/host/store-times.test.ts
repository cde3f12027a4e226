// The group of RPC methods that tell of a run over time, over a link to a real store process.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { recordRun, type RecordedRun } from '../queries/testing'
import type { Client } from '../rpc/rpc'
import { bundleEntries, HOST_ENTRIES } from './testing/bundle'
import { startStore, type StoreUnderTest } from './testing/store-client'

vi.setConfig({ testTimeout: 40_000, hookTimeout: 40_000 })

let built = ''
let folder = ''
let store: StoreUnderTest
let client: Client
let run: RecordedRun
let recordingId = 0
beforeAll(async () => {
  built = await bundleEntries(HOST_ENTRIES)
  folder = mkdtempSync(join(tmpdir(), 'molt-times-'))
  store = startStore(built, folder)
  client = store.client
  run = recordRun({ steps: 60_000, seed: 3, live: 300, rare: 800, depth: 4 })
  recordingId = (await client.call('recording.open', { path: run.path })).recordingId
})
afterAll(async () => {
  await store.close()
  run.dispose()
  for (const path of [built, folder]) rmSync(path, { recursive: true, force: true })
})

test('the report of a run', async () => {
  const report = await client.call('run.report', { recordingId, rows: 3 })
  expect(report.survivors).toHaveLength(3)
  expect(report.liveBytes).toBe(report.summary.liveBytes)
  const lines = await client.call('statistics.at', { recordingId, at: 'end', groupBy: 'lineno' })
  expect(report.survivors.map(r => r.bytes)).toEqual(lines.rows.slice(0, 3).map(r => r.sizeBytes))
})

test('every measure, as statistics, as a tree and as a page', async () => {
  const [from, at] = [50_000, 150_000]
  for (const measure of ['live', 'peak', 'survived', 'leaks', 'allocated', 'temporary', 'bytes-ticks'] as const) {
    const rows = await client.call('statistics.at', { recordingId, from, at, measure, groupBy: 'lineno', limit: 100_000 })
    const tree = await client.call('measure.tree', { recordingId, from, at, measure })
    expect([measure, tree.totalBytes[0]]).toEqual([measure, rows.totalBytes])
    expect(tree.totalBytes[0]).toBeGreaterThan(0)
  }
  const { html } = await client.call('measure.flamegraph', { recordingId, at, compareTo: 'mark:mark 1' })
  expect(html).toContain('compared with mark mark 1')
})

test('marks with their differences', async () => {
  const steps = await client.call('marks.steps', { recordingId })
  const marks = await client.call('marks.list', { recordingId })
  expect(steps.length).toBeGreaterThan(3)
  expect(steps.map(s => s.liveBytes)).toEqual(marks.map(m => m.liveBytes))
  expect(steps.reduce((sum, s) => sum + s.sizeDiffBytes, 0)).toBe(marks.at(-1)!.liveBytes)
})

test('a wrong question is refused; a long one can be taken back while others are answered', async () => {
  await expect(client.call('measure.tree', { recordingId, at: 100, from: 50_000, measure: 'leaks' })).rejects.toMatchObject({ code: 'bad-request' })
  await expect(client.call('measure.tree', { recordingId, at: 'end', leastShare: 2 })).rejects.toMatchObject({ code: 'bad-request' })
  const abort = new AbortController()
  const long = client.call('measure.tree', { recordingId, at: 'end', measure: 'bytes-ticks', from: 1 }, abort.signal)
  abort.abort()
  await expect(long).rejects.toMatchObject({ code: 'cancelled' })
  expect((await client.call('recording.summary', { recordingId })).events).toBeGreaterThan(0)
})
