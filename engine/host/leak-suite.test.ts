// Runs every script of engine/queries/leak-suite and compares the suspects that are named with those that should be; prints
// precision and recall. expectations.json says who holds what, and which line made it; anything else that is named is wrong.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { leaksOf } from '../queries/leaks'
import { OpenRecording } from '../queries/open-recording'
import { DEFAULT_RUN } from '../queries/settings'
import type { LeakSuspect } from '../rpc/contract-leaks'
import { RunSession } from './run-session'
import { prepareScript } from './script-source'
import { bundleEntries } from './testing/bundle'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

interface Expected { holder: string; line: string; advice: string }

const suite = join(import.meta.dirname, '../queries/leak-suite')
const { scripts } = JSON.parse(readFileSync(join(suite, 'expectations.json'), 'utf8')) as { scripts: Record<string, Expected[]> }
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

async function suspectsOf(name: string): Promise<LeakSuspect[]> {
  const path = join(folder, `${name}.molt`)
  const session = new RunSession({
    script: prepareScript({ kind: 'path', path: join(suite, `${name}.py`) }), sourceKind: 'path', arguments: [], settings: DEFAULT_RUN,
    workerPath: join(built, 'interpreter-worker.js'), dataFolder: join(import.meta.dirname, '../..'), output: { path, overwrite: false }, io: 'relayed',
  })
  session.endInput()
  expect(await session.done).toMatchObject({ reason: 'finished', exitCode: 0 })
  const recording = new OpenRecording(path)
  try {
    return leaksOf(recording, { limit: 100 }).suspects
  } finally {
    recording.close()
  }
}

const isExpected = (suspect: LeakSuspect, expected: Expected) =>
  suspect.holder.expression === expected.holder && suspect.madeAt[0]?.text === expected.line && suspect.advice.includes(expected.advice)

test('every script has expectations', () => {
  expect(readdirSync(suite).filter(name => name.endsWith('.py')).map(name => basename(name, '.py')).sort()).toEqual([...names].sort())
})

test.each(names)('%s', async name => {
  const expected = scripts[name]!
  const suspects = await suspectsOf(name)
  score.named += suspects.length
  score.expected += expected.length
  score.right += expected.filter(e => suspects.some(s => isExpected(s, e))).length
  expect(suspects.map(s => ({ holder: s.holder.expression, line: s.madeAt[0]?.text ?? '' })).sort(byHolder))
    .toEqual(expected.map(({ holder, line }) => ({ holder, line })).sort(byHolder))
  for (const e of expected) expect(suspects.some(s => isExpected(s, e)), `${e.holder}: ${suspects.map(s => s.advice).join(' / ')}`).toBe(true)
  for (const suspect of suspects) {
    expect(suspect.prose).toContain(suspect.advice)
    expect(suspect.growingBytes).toBeGreaterThan(0)
    expect(suspect.growingBytes).toBeLessThanOrEqual(Math.max(suspect.retainedBytes, suspect.growingBytes))
  }
})

test('precision and recall', () => {
  const precision = score.right / score.named
  const recall = score.right / score.expected
  console.log(`leak suite: ${names.length} scripts, ${score.expected} leaks, ${score.named} named, ${score.right} rightly: precision ${(precision * 100).toFixed(1)}%, recall ${(recall * 100).toFixed(1)}%`)
  expect(precision).toBe(1)
  expect(recall).toBe(1)
})

const byHolder = (a: { holder: string }, b: { holder: string }) => (a.holder < b.holder ? -1 : a.holder > b.holder ? 1 : 0)
