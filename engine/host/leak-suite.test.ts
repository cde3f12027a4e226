// Runs every script of engine/queries/leak-suite and compares the suspects that are named with those that should be; prints
// precision and recall. expectations.json says who holds what, and which line made it; anything else that is named is wrong.
//
// goldens.json is what CPython says of the same programs (leak-suite/make-goldens.py): bytes of each line, how much a holder
// holds, what a collection finds. There the programs run in a process that has run other things before, so that free lists and the
// growth of namespaces part by a few blocks.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { leaksOf } from '../queries/leaks'
import { OpenRecording } from '../queries/open-recording'
import { DEFAULT_RUN } from '../queries/settings'
import { graphAt } from '../queries/graph'
import { cyclesAlive } from '../queries/cycles'
import { statisticsAt } from '../queries/statistics-at'
import type { LeakSuspect } from '../rpc/contract-leaks'
import { RunSession } from './run-session'
import { prepareScript } from './script-source'
import { bundleEntries } from './testing/bundle'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

interface Golden {
  lines: Record<string, [bytes: number, blocks: number]>
  collected: number
  holders: Record<string, { length: number | null; referrer: boolean | null }>
}
/** Bytes and blocks by which a line may part. */
const NEAR_BYTES = 640
const NEAR_BLOCKS = 6

interface Expected { holder: string; line: string; advice: string }

const suite = join(import.meta.dirname, '../queries/leak-suite')
const { scripts } = JSON.parse(readFileSync(join(suite, 'expectations.json'), 'utf8')) as { scripts: Record<string, Expected[]> }
const goldens = (JSON.parse(readFileSync(join(suite, 'goldens.json'), 'utf8')) as { scripts: Record<string, Golden> }).scripts
const names = Object.keys(scripts)
const score = { named: 0, right: 0, expected: 0 }

let built = ''
let folder = ''
beforeAll(async () => {
  built = await bundleEntries({ 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
  folder = mkdtempSync(join(tmpdir(), 'molt-leaks-'))
})
afterAll(() => {
  rmSync(built, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

async function record(name: string): Promise<OpenRecording> {
  const path = join(folder, `${name}.molt`)
  const session = new RunSession({
    script: prepareScript({ kind: 'path', path: join(suite, `${name}.py`) }), sourceKind: 'path', arguments: [], settings: DEFAULT_RUN,
    workerPath: join(built, 'interpreter-worker.js'), dataFolder: join(import.meta.dirname, '../..'), output: { path, overwrite: false }, io: 'relayed',
  })
  session.endInput()
  expect(await session.done).toMatchObject({ reason: 'finished', exitCode: 0 })
  return new OpenRecording(path)
}

const isExpected = (suspect: LeakSuspect, expected: Expected) =>
  suspect.holder.expression === expected.holder && suspect.madeAt[0]?.text === expected.line && suspect.advice.includes(expected.advice)

test('every script has expectations', () => {
  expect(readdirSync(suite).filter(name => name.endsWith('.py') && name !== 'make-goldens.py').map(name => basename(name, '.py')).sort()).toEqual([...names].sort())
})

test.each(names)('%s', async name => {
  const expected = scripts[name]!
  const recording = await record(name)
  const { suspects } = leaksOf(recording, { limit: 100 })
  score.named += suspects.length
  score.expected += expected.length
  score.right += expected.filter(e => suspects.some(s => isExpected(s, e))).length
  expect(suspects.map(s => ({ holder: s.holder.expression, line: s.madeAt[0]?.text ?? '' })).sort(byHolder))
    .toEqual(expected.map(({ holder, line }) => ({ holder, line })).sort(byHolder))
  for (const e of expected) expect(suspects.some(s => isExpected(s, e)), `${e.holder}: ${suspects.map(s => s.advice).join(' / ')}`).toBe(true)
  for (const suspect of suspects) {
    expect(suspect.prose).toContain(suspect.advice)
    expect(suspect.growingBytes).toBeGreaterThan(0)
    expect(suspect.growingBytes).toBeLessThanOrEqual(suspect.retainedBytes)
    expect(suspect.madeAt.reduce((sum, place) => sum + place.bytes, 0)).toBeLessThanOrEqual(suspect.retainedBytes)
  }
  agrees(recording, name, suspects)
  recording.close()
})

/** With what CPython says. */
function agrees(recording: OpenRecording, name: string, suspects: LeakSuspect[]): void {
  const golden = goldens[name]!
  const { rows } = statisticsAt(recording, { recordingId: 0, at: 'end', groupBy: 'lineno', limit: 1e6 })
  const ours = new Map(rows.filter(row => row.traceback[0]!.path.endsWith(`/${name}.py`)).map(row => [String(row.traceback[0]!.line), row]))
  for (const [line, [bytes, blocks]] of Object.entries(golden.lines)) {
    expect(Math.abs((ours.get(line)?.sizeBytes ?? 0) - bytes), `bytes of line ${line}`).toBeLessThanOrEqual(NEAR_BYTES)
    expect(Math.abs((ours.get(line)?.count ?? 0) - blocks), `blocks of line ${line}`).toBeLessThanOrEqual(NEAR_BLOCKS)
  }
  const { graph } = graphAt(recording, 'end')
  for (const suspect of suspects) {
    const said = golden.holders[suspect.holder.expression]
    if (!said) continue
    const length = graph.length[suspect.holder.node]!
    if (said.length !== null) expect(length < 0 ? suspect.members[0]!.count : length).toBe(said.length)
    if (said.referrer && suspect.memberCount > 0) expect(suspect.example.startsWith(suspect.holder.expression)).toBe(true)
  }
  // The collector is off there from the first statement on: when it comes depends on nothing that ran before.
  if (name === 'del-cycle') expect(cyclesAlive(recording).garbageObjects).toBe(golden.collected)
}

test('precision and recall', () => {
  const precision = score.right / score.named
  const recall = score.right / score.expected
  console.log(`leak suite: ${names.length} scripts, ${score.expected} leaks, ${score.named} named, ${score.right} rightly: precision ${(precision * 100).toFixed(1)}%, recall ${(recall * 100).toFixed(1)}%`)
  expect(precision).toBe(1)
  expect(recall).toBe(1)
})

const byHolder = (a: { holder: string }, b: { holder: string }) => (a.holder < b.holder ? -1 : a.holder > b.holder ? 1 : 0)
