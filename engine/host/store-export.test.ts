import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { EXPORT_FORMATS } from '../queries/export-recording'
import { bundleEntries, HOST_ENTRIES } from './testing/bundle'
import { startStore, type StoreUnderTest } from './testing/store-client'

vi.setConfig({ testTimeout: 40_000, hookTimeout: 40_000 })

let built = ''
let folder = ''
let store: StoreUnderTest
let recordingId = 0
beforeAll(async () => {
  built = await bundleEntries(HOST_ENTRIES)
  folder = mkdtempSync(join(tmpdir(), 'molt-store-export-'))
  store = startStore(built, folder)
  const ended = new Promise(resolve => store.client.on('run.ended', resolve))
  writeFileSync(join(folder, 'script.py'), 'steps 60000\nmark m\nsteps 20000')
  recordingId = (await store.client.call('run.start', { source: { kind: 'path', path: join(folder, 'script.py') } })).recordingId
  await ended
})
afterAll(async () => {
  await store.close()
  rmSync(built, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

test('formats are listed, and each is written where it is wanted', async () => {
  const { client } = store
  const formats = await client.call('export.formats', {})
  expect(formats).toEqual(EXPORT_FORMATS)
  const { totalBytes } = await client.call('statistics.at', { recordingId, at: 'm', groupBy: 'lineno' })
  // The made-up interpreter takes no snapshots.
  for (const { format, extension } of formats.filter(f => f.format !== 'heapsnapshot')) {
    const path = join(folder, `out${extension}`)
    const result = await client.call('export.write', { recordingId, format, path, at: 'm' })
    expect(result).toEqual({ path, bytes: statSync(path).size })
  }
  expect(JSON.parse(readFileSync(join(folder, 'out.speedscope.json'), 'utf8')).profiles[0].endValue).toBe(totalBytes)
})

test('what cannot be done says why; nothing is left of it', async () => {
  const { client } = store
  const said = (params: object) => client.call('export.write', { recordingId, format: 'csv', path: join(folder, 'x.csv'), ...params } as never)
    .then(() => 'written', e => `${e.code}: ${e.message} ${e.hint}`.trim())
  writeFileSync(join(folder, 'there.csv'), 'old')
  expect(await said({ path: join(folder, 'there.csv') })).toMatch(/^exists: .*there\.csv exists already\. Choose another name, or allow overwriting it\.$/)
  expect(await said({ path: join(folder, 'no', 'x.csv') })).toMatch(/^not-found: The folder of /)
  expect(await said({ format: 'xml' })).toMatch(/^bad-request: The request is not understood: .*must be one of speedscope/)
  expect(await said({ measures: ['most'] })).toMatch(/^bad-request: /)
  expect(await said({ format: 'heapsnapshot' })).toMatch(/^not-repeatable: Running again did not come to that instant/) // it takes no snapshots
  expect(await said({ recordingId: 99 })).toMatch(/^no-recording: /)
  expect(readdirSync(folder).filter(name => name === 'x.csv' || name.endsWith('.part'))).toEqual([])
  expect(readFileSync(join(folder, 'there.csv'), 'utf8')).toBe('old')
  expect(await said({ path: join(folder, 'there.csv'), overwrite: true })).toBe('written')
})

test('a cancelled export leaves no file', async () => {
  const abort = new AbortController()
  const path = join(folder, 'cancelled.folded')
  const call = store.client.call('export.write', { recordingId, format: 'collapsed', path }, abort.signal)
  abort.abort()
  await expect(call).rejects.toMatchObject({ code: 'cancelled' })
  await expect.poll(() => readdirSync(folder).filter(name => name.endsWith('.part'))).toEqual([])
  expect(existsSync(path)).toBe(false)
})
