import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { RunEnded, RunProgress } from '../rpc/contract'
import type { Client } from '../rpc/rpc'
import { bundleEntries, HOST_ENTRIES } from './testing/bundle'
import { startStore, type StoreUnderTest } from './testing/store-client'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 40_000, hookTimeout: 40_000 })

let built = ''
let folder = ''
let store: StoreUnderTest
let client: Client
beforeAll(async () => { built = await bundleEntries(HOST_ENTRIES) })
afterAll(() => rmSync(built, { recursive: true, force: true }))
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'molt-store-'))
  store = startStore(built, folder)
  client = store.client
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const ended = (): Promise<RunEnded> => new Promise(resolve => client.on('run.ended', resolve))
const progressed = (enough: (p: RunProgress) => boolean): Promise<RunProgress> => new Promise(resolve => {
  const off = client.on('run.progress', p => {
    if (!enough(p)) return
    off()
    resolve(p)
  })
})
const script = (text: string) => {
  const path = join(folder, 'script.py')
  writeFileSync(path, text)
  return { kind: 'path' as const, path }
}

test('a run from start to end: progress, output, queries while it runs and after', async () => {
  const output: string[] = []
  client.on('run.output', o => output.push(`${o.fd}:${new TextDecoder().decode(o.bytes)}`))
  const end = ended()
  const { runId, recordingId, path } = await client.call('run.start', { source: script('print begin\nsteps 100000\nmark m\nloop'), arguments: ['x'] })
  const { tick } = await progressed(p => p.events > 150_000)
  await progressed(p => p.committedTick >= tick)
  const while_ = await client.call('recording.summary', { recordingId })
  expect(while_).toMatchObject({ live: true, complete: false, reason: 'unfinished', scriptName: 'script.py', arguments: ['x'] })
  const then = await client.call('statistics.at', { recordingId, at: 'm', groupBy: 'lineno' })
  expect(then.totalBytes).toBe((await client.call('marks.list', { recordingId }))[0]!.liveBytes)
  await client.call('run.stop', { runId })
  expect(await end).toMatchObject({ runId, recordingId, reason: 'stopped', exitCode: 130 })
  const after = await client.call('recording.summary', { recordingId })
  expect(after).toMatchObject({ live: false, complete: true, reason: 'stopped' })
  expect((await client.call('statistics.at', { recordingId, at: 'm', groupBy: 'lineno' })).rows).toEqual(then.rows)
  expect(output.join('')).toBe('1:begin\n')
  expect(existsSync(`${path}-wal`)).toBe(false)
  const library = await client.call('library.list', {})
  expect(library.map(e => [e.kind, e.missing, e.problem])).toEqual(expect.arrayContaining([['recording', false, ''], ['script', false, '']]))
  expect(library.find(e => e.kind === 'recording')!.recording).toMatchObject({ scriptName: 'script.py', reason: 'stopped' })
})

test('a run process killed with SIGKILL leaves the app alive and a recording complete to its last commit', async () => {
  const end = ended()
  const { recordingId, path } = await client.call('run.start', { source: script('steps 300000\nmark here\nprint said\nkill') })
  const last = progressed(p => p.events > 100_000 && p.committedTick > 0)
  const seen = await last
  expect(await end).toMatchObject({ reason: 'crashed', recordingId, message: expect.stringContaining('SIGKILL') })
  const summary = await client.call('recording.summary', { recordingId })
  expect(summary).toMatchObject({ complete: false, reason: 'unfinished', live: false, exitCode: null })
  expect(summary.lastTick).toBeGreaterThanOrEqual(seen.committedTick)
  // The script slept 0.7 s before it died: everything it had said was committed.
  const output = await client.call('output.range', { recordingId })
  expect(new TextDecoder().decode(output.chunks[0]!.bytes)).toBe('said\n')
  const [mark] = await client.call('marks.list', { recordingId })
  expect(mark!.label).toBe('here')
  const stats = await client.call('statistics.at', { recordingId, at: 'end', groupBy: 'traceback' })
  expect(stats.totalBytes).toBe(summary.liveBytes)
  expect(existsSync(`${path}-wal`)).toBe(false)
})

test('closing the window stops its runs and closes their recordings', async () => {
  const { path } = await client.call('run.start', { source: script('loop') })
  await progressed(p => p.committedTick > 0)
  await store.close()
  await until(() => !existsSync(`${path}-wal`))
  store = startStore(built, folder)
  client = store.client
  const summary = await client.call('recording.open', { path })
  expect(summary).toMatchObject({ complete: true, reason: 'stopped' })
})

test('what cannot be started says why', async () => {
  const bad = async (params: Parameters<typeof client.call<'run.start'>>[1]) => client.call('run.start', params).then(() => 'started', e => `${e.code}: ${e.message}`)
  expect(await bad({ source: { kind: 'path', path: '/nowhere/x.py' } })).toBe('not-found: There is no file /nowhere/x.py.')
  expect(await bad({ source: { kind: 'path', path: folder } })).toMatch(/^is-folder: .* is a folder, not a script\.$/)
  const source = script('exit 0')
  expect(await bad({ source, output: join(folder, 'no', 'such.molt') })).toMatch(/^not-found: The folder of /)
  expect(await bad({ source, output: source.path })).toMatch(/^exists: /)
  expect(await bad({ source, output: source.path, overwrite: true })).toMatch(/^not-a-recording: /)
  const end = ended()
  const output = join(folder, 'one.molt')
  const { runId } = await client.call('run.start', { source: { kind: 'code', code: 'loop' }, output })
  expect(await bad({ source, output, overwrite: true })).toMatch(/^in-use: /)
  await client.call('run.stop', { runId })
  await end
  await expect(client.call('run.input', { runId, text: 'x' })).rejects.toMatchObject({ code: 'no-run' })
})

test('library, scripts, settings and files', async () => {
  const { path } = script('first')
  expect(await client.call('library.add', { path })).toMatchObject({ kind: 'script', name: 'script.py' })
  await client.call('library.note', { path, note: 'a note' })
  expect((await client.call('library.list', {}))[0]).toMatchObject({ note: 'a note', missing: false })
  const read = await client.call('script.read', { path })
  expect(read.text).toBe('first')
  await client.call('script.save', { path, text: 'second', expectedModifiedMs: read.modifiedMs })
  expect(readFileSync(path, 'utf8')).toBe('second')
  await expect(client.call('script.save', { path, text: 'third', expectedModifiedMs: 5 })).rejects.toMatchObject({ code: 'changed' })
  writeFileSync(path, Buffer.from([0xff, 0xfe, 0xfd]))
  await expect(client.call('script.read', { path })).rejects.toMatchObject({ code: 'not-text' })
  await client.call('library.remove', { path })
  expect(await client.call('library.list', {})).toEqual([])
  expect(existsSync(path)).toBe(true)
  const settings = await client.call('settings.set', { theme: 'dark', run: { seed: 7 } })
  expect(settings).toMatchObject({ theme: 'dark', units: 'binary', run: { seed: 7, stackDepth: 1000 } })
  expect(await client.call('settings.get', {})).toEqual(settings)
  const imported = await client.call('files.import', { name: '../../x y.py', bytes: new TextEncoder().encode('pass') })
  expect(imported.path.startsWith(join(folder, 'imported'))).toBe(true)
  const again = await client.call('files.import', { name: 'x y.py', bytes: new Uint8Array(0) })
  expect(again.path).not.toBe(imported.path)
  const list = await client.call('files.list', { folder })
  expect(list.rows.find(r => r.name === 'script.py')).toMatchObject({ kind: 'script' })
  expect(list.rows[0]!.kind).toBe('folder')
  await expect(client.call('files.import', { name: 'x.exe', bytes: new Uint8Array(0) })).rejects.toMatchObject({ code: 'bad-request' })
  const examples = await client.call('examples.list', {}).catch(e => e.code)
  expect(examples).toBe('not-found')
})

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited too long')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
