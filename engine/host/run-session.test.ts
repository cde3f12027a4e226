import { mkdtempSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { OpenRecording } from '../queries/open-recording'
import { outputRange } from '../queries/marks-and-output'
import { DEFAULT_RUN } from '../queries/settings'
import { statisticsAt } from '../queries/statistics-at'
import type { RunSettings } from '../rpc/contract'
import { RunSession, type SessionOptions } from './run-session'
import { prepareScript } from './script-source'
import { bundleEntries, HOST_ENTRIES } from './testing/bundle'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 40_000, hookTimeout: 40_000 })

let built = ''
let folder = ''
beforeAll(async () => {
  built = await bundleEntries(HOST_ENTRIES)
  folder = mkdtempSync(join(tmpdir(), 'molt-session-'))
})
afterAll(() => {
  rmSync(built, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
function start(code: string, settings: Partial<RunSettings> = {}, more: Partial<SessionOptions> = {}) {
  const path = join(folder, `${++count}.molt`)
  const session = new RunSession({
    script: prepareScript({ kind: 'text', name: 'fake.py', text: code }), sourceKind: 'text', arguments: ['a', 'b c'],
    settings: { ...DEFAULT_RUN, ...settings }, workerPath: join(built, 'interpreter-worker.js'), dataFolder: '', output: { path, overwrite: false },
    io: 'relayed', ...more,
  })
  return { session, path }
}
const textOf = (recording: OpenRecording, fd: number) =>
  outputRange(recording, { recordingId: 0 }).chunks.filter(c => c.fd === fd).map(c => new TextDecoder().decode(c.bytes)).join('')

test('a run is recorded whole: events, output, marks, exit code; one closed file', async () => {
  const seen: string[] = []
  const { session, path } = start('print hello\nsteps 200000\nmark half\nsteps 1000\nerror oh\nargs\nexit 3', {}, {
    onOutput: (fd, _tick, bytes) => seen.push(`${fd} ${new TextDecoder().decode(bytes)}`),
  })
  expect(await session.done).toEqual({ reason: 'finished', exitCode: 3, message: '', stack: '' })
  expect(seen.join('')).toContain('1 hello\n')
  expect(existsSync(`${path}-wal`)).toBe(false)
  const recording = new OpenRecording(path)
  const run = recording.run()
  expect(run).toMatchObject({ end_reason: 'finished', exit_code: 3, complete: 1, script_name: 'fake.py' })
  expect(run.event_count).toBeGreaterThan(100_000)
  expect(textOf(recording, 1)).toBe('hello\n["a","b c"]\n')
  expect(textOf(recording, 2)).toBe('oh\n')
  const end = statisticsAt(recording, { recordingId: 0, at: 'end', groupBy: 'lineno' })
  expect(end.totalBytes).toBe(run.live_bytes)
  expect(statisticsAt(recording, { recordingId: 0, at: 'half', groupBy: 'lineno' }).totalBytes).toBe(recording.reader.marks()[0]!.live_bytes)
  expect(statisticsAt(recording, { recordingId: 0, at: 'peak', groupBy: 'lineno' }).totalBytes).toBe(run.peak_bytes)
  recording.close()
})

test('an endless loop is committed while it runs, can be paused, and stops when asked', async () => {
  const { session, path } = start('loop')
  await until(() => session.progress().committedTick > 0)
  const recording = new OpenRecording(path)
  const first = recording.run().last_tick
  await until(() => recording.run().last_tick > first)
  session.pause(true)
  await until(() => session.progress().paused)
  const paused = session.progress().tick
  await new Promise(resolve => setTimeout(resolve, 250))
  expect(session.progress().tick).toBe(paused)
  session.pause(false)
  await until(() => session.progress().tick > paused)
  session.stop()
  expect(await session.done).toMatchObject({ reason: 'stopped', exitCode: 130 })
  recording.reopen()
  expect(recording.run()).toMatchObject({ end_reason: 'stopped', complete: 1 })
  expect(existsSync(`${path}-wal`)).toBe(false)
  recording.close()
})

test('a thread that never looks up is ended by force after two seconds, and nothing is lost', async () => {
  const { session, path } = start('steps 50000\nstuck')
  await until(() => session.progress().events > 1000)
  const { events } = session.progress()
  const asked = performance.now()
  session.stop()
  expect(await session.done).toMatchObject({ reason: 'stopped', exitCode: 130 })
  expect(performance.now() - asked).toBeGreaterThan(1900)
  const recording = new OpenRecording(path)
  expect(recording.run()).toMatchObject({ end_reason: 'stopped', event_count: events, complete: 1 })
  recording.close()
})

test('Ctrl+C reaches the script; a tick limit ends it; a fault of ours says so', async () => {
  const interrupted = start('loop')
  await until(() => interrupted.session.progress().tick > 0)
  interrupted.session.interrupt()
  expect(await interrupted.session.done).toMatchObject({ reason: 'finished', exitCode: 130 })
  const limited = start('loop', { maxTicks: 5000 })
  expect(await limited.session.done).toMatchObject({ reason: 'tick-limit', exitCode: 1 })
  const crashed = start('steps 5000\ncrash')
  expect(await crashed.session.done).toMatchObject({ reason: 'crashed', exitCode: 70, message: 'the fake interpreter was told to crash' })
  const recording = new OpenRecording(crashed.path)
  expect(recording.run()).toMatchObject({ end_reason: 'crashed', complete: 1 })
  expect(recording.run().event_count).toBeGreaterThan(3000)
  recording.close()
})

test('input is relayed in pieces of any size, and its end', async () => {
  let wanted = 0
  const seen: Uint8Array[] = []
  const { session } = start('echo\nprint done', {}, { onInputWanted: () => { wanted++ }, onOutput: (_fd, _tick, bytes) => seen.push(bytes) })
  await until(() => wanted > 0)
  session.write(new TextEncoder().encode('first\n'))
  await until(() => wanted > 1)
  const large = 'x'.repeat(200_000)
  session.write(new TextEncoder().encode(`${large}\n`))
  session.endInput()
  expect(await session.done).toMatchObject({ reason: 'finished' })
  expect(Buffer.concat(seen).toString()).toBe(`first\n${large}\ndone\n`)
})

test('levels: stats keeps figures without events, none keeps output only', async () => {
  const stats = start('steps 60000\nmark middle\nsteps 60000\nprint end', { record: 'stats' })
  const full = start('steps 60000\nmark middle\nsteps 60000\nprint end')
  const none = start('steps 60000\nprint end', { record: 'none' })
  await Promise.all([stats.session.done, full.session.done, none.session.done])
  const [a, b, c] = [stats, full, none].map(run => new OpenRecording(run.path)) as [OpenRecording, OpenRecording, OpenRecording]
  expect(a.reader.chunkAtEvent(0)).toBeUndefined()
  for (const at of ['end', 'peak', 'middle'] as const) {
    for (const groupBy of ['lineno', 'traceback'] as const) {
      const mine = statisticsAt(a, { recordingId: 0, at, groupBy, limit: 10_000 })
      expect(mine.rows).toEqual(statisticsAt(b, { recordingId: 0, at, groupBy, limit: 10_000 }).rows)
      expect(mine.totalBytes).toBeGreaterThan(0)
    }
  }
  expect(() => a.resolve(5)).toThrow(/statistics only/)
  expect(c.run()).toMatchObject({ event_count: 0, peak_bytes: 0, complete: 1 })
  expect(textOf(c, 1)).toBe('end\n')
  for (const recording of [a, b, c]) recording.close()
})

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited too long')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
