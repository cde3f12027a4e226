// growth, allocator and gc at the command line, over recordings of the real interpreter.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { AllocatorAt } from '../engine/rpc/contract-allocator'
import type { GcExplanation, GcWorkingRow } from '../engine/rpc/contract-gc'
import type { GrowthRow } from '../engine/rpc/contract-growth'
import { CliProcess } from './testing/cli-process'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

interface Goldens { programs: { name: string; source: string; marks: [string, Record<string, [number, number, number]>][] }[] }
const GOLDENS = JSON.parse(readFileSync(join(import.meta.dirname, 'testing/pools-goldens.json'), 'utf8')) as Goldens

let cli: CliProcess
beforeAll(async () => { cli = await CliProcess.make() })
afterAll(() => cli.dispose())

async function record(name: string, source: string, ...options: string[]): Promise<{ path: string; err: string }> {
  const script = cli.write(`${name}.py`, source)
  const { code, err } = await cli.molt(['run', '-f', '-q', '-o', `${name}.molt`, ...options, script])
  expect(code).toBe(0)
  return { path: `${name}.molt`, err }
}
async function json<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await cli.molt([...args, '--json'])
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as T
}

test.each(GOLDENS.programs)('pools at the marks of $name are those of CPython', async ({ name, source, marks }) => {
  const { path } = await record(name, source)
  for (const [label, pools] of marks) {
    const { classes } = await json<AllocatorAt>('allocator', path, '--script', '--at', `mark:${label}`)
    expect(Object.fromEntries(classes.map(c => [c.blockBytes, [c.pools, c.usedBlocks, c.freeBlocks]]))).toEqual(pools)
  }
})

const FRAGMENTED = `
import sys
class Session:
    def __init__(self, i):
        self.name = 'session %d' % i
        self.items = [i] * 10
KEPT = []
def main():
    sessions = [Session(i) for i in range(20000)]
    sys.audit('mark', 'full')
    sys._debugmallocstats()
    KEPT.extend(sessions[::500])
    del sessions
    sys.audit('mark', 'dropped')
    sys._debugmallocstats()
    KEPT.clear()
    sys.audit('mark', 'cleared')
    sys._debugmallocstats()
main()
`

test('the figures are those that sys._debugmallocstats() printed at the same instants', async () => {
  const { path, err } = await record('fragmented', FRAGMENTED)
  const printed = err.split('Small block threshold').slice(1)
  expect(printed.length).toBe(3)
  const all: AllocatorAt[] = []
  for (const [i, mark] of ['full', 'dropped', 'cleared'].entries()) {
    const at = await json<AllocatorAt>('allocator', path, '--at', mark)
    all.push(at)
    const rows = [...printed[i]!.matchAll(/^ +\d+ +(\d+) +(\d+) +(\d+) +(\d+)$/gm)].map(row => row.slice(1).map(Number))
    expect(at.classes.map(c => [c.blockBytes, c.pools, c.usedBlocks, c.freeBlocks])).toEqual(rows)
    const figure = (label: string) => Number(new RegExp(`^${label} *= *([\\d,]+)$`, 'm').exec(printed[i]!)![1]!.replaceAll(',', ''))
    expect([
      at.arenasEver, at.arenasReclaimed, at.arenasPeak, at.arenasMapped, at.usedBlockBytes, at.availableBlockBytes, at.headerBytes, at.quantizationBytes,
      at.freePools * at.poolBytes,
    ]).toEqual([
      figure('# arenas allocated total'), figure('# arenas reclaimed'), figure('# arenas highwater mark'), figure('# arenas allocated current'),
      figure('# bytes in allocated blocks'), figure('# bytes in available blocks'), figure('# bytes lost to pool headers'),
      figure('# bytes lost to quantization'), figure('\\d+ unused pools \\* 16384 bytes'),
    ])
  }
  const [full, dropped, cleared] = all as [AllocatorAt, AllocatorAt, AllocatorAt]
  // 40 sessions bind as many arenas as 20,000 do; once they are gone the arenas are, too.
  expect(dropped.arenasMapped).toBe(full.arenasMapped)
  expect(cleared.arenasMapped).toBeLessThan(full.arenasMapped - 2)
  expect(dropped.pinned[0]!.pins.map(pin => `${pin.typeName} ${pin.frame?.line}`)).toEqual(expect.arrayContaining(['Session 9', 'str 5', '(list items) 6']))
  expect(dropped.why).toMatch(/Only \d+ % of the arenas' bytes are live blocks, but \d+ of \d+ arenas hold at least one, which binds [\d.]+ [KM]iB/)
  expect(full.why).toContain('objects have to die first')
  const { out } = await cli.molt(['allocator', path, '--at', 'dropped', '--pools'])
  expect(out).toContain('Arenas that cannot be given back, and who holds them')
  expect(out.split('\n').filter(line => /^[.1-9#]{64}( start)?$/.test(line)).length).toBe(dropped.arenasMapped)
  expect(out.split('\n').every(line => line.length <= 100)).toBe(true)
})

test('recordings that cannot tell, or not all', async () => {
  const { path: stats } = await record('stats', 'x = [1]', '--record', 'stats')
  expect(await cli.molt(['allocator', stats])).toMatchObject({ code: 2, err: expect.stringContaining('Record with --record full to see pools and arenas') as string })
  const { path: old } = await record('old', 'x = [[] for _ in range(1000)]')
  const db = new Sqlite(join(cli.folder, old))
  db.exec('drop table start_block; drop table start_block_freed; pragma user_version = 2')
  db.close()
  const at = await json<AllocatorAt>('allocator', old)
  expect([at.complete, at.arenasEver]).toEqual([false, null])
  expect((await cli.molt(['allocator', old])).out).toContain('does not tell what was allocated before it began')
  expect(await cli.molt(['allocator', old, '--at', 'never'])).toMatchObject({ code: 2, err: expect.stringContaining('There is no mark named never') as string })
})

const SHAPES = `
LEAK = []
CACHE = {}
RING = []
def leak(i):
    LEAK.append(bytes(100))
def cache(i):
    k = i * 7919 % 500
    if k not in CACHE:
        CACHE[k] = [k] * 20
def ring(i):
    RING.append(str(i) * 10)
    if len(RING) >= 300:
        RING.clear()
def main():
    grown = []
    for i in range(4000):
        leak(i); cache(i); ring(i)
        grown.append(float(i))
main()
`

test('growth names leak, cache, ring buffer and what lives until the end', async () => {
  const { path } = await record('shapes', SHAPES)
  const { rows } = await json<{ rows: GrowthRow[] }>('growth', path)
  const shapeAt = (line: number) => rows.find(row => row.traceback[0]?.line === line && row.traceback[0].path.endsWith('shapes.py'))
  expect(shapeAt(6)).toMatchObject({ shape: 'leak', plateauTick: null })
  expect(shapeAt(10)).toMatchObject({ shape: 'bounded-cache' })
  expect(shapeAt(12)).toMatchObject({ shape: 'sawtooth' })
  expect(shapeAt(19)).toMatchObject({ shape: 'shutdown-only', before: 'leak' })
  expect(shapeAt(6)!.confidence).toBeGreaterThan(0.9)
  const types = await json<{ rows: GrowthRow[] }>('growth', path, '--group', 'type', '--shape', 'leak')
  expect(types.rows[0]).toMatchObject({ typeName: 'bytes' })
  expect((await cli.molt(['growth', path, '--shape', 'leak'])).out).toMatch(/^shape +sure .*\nleak +\d+% .*shapes\.py:6\n/)
  expect(await cli.molt(['growth', path, '--range', 'end..peak'])).toMatchObject({ code: 2, err: expect.stringContaining('The range is empty') as string })
})

const CYCLES = `
import gc
class Node:
    def __init__(self): self.me = self
class Final(Node):
    def __del__(self):
        global saved
        saved = saved or self
saved = None
gc.collect()
def main():
    gc.set_threshold(300)
    for i in range(700): Node()
    Final(); Final()
    gc.collect()
main()
`

test('gc tells the collector\'s working and explains a collection', async () => {
  const { path } = await record('cycles', CYCLES)
  const { rows } = await json<{ rows: GcWorkingRow[] }>('gc', path, '--working')
  for (const w of rows) {
    expect(w.candidates).toBe(w.reachable + w.unreachable)
    expect(w.subtracted!).toBeLessThanOrEqual(w.references!)
    expect(w.heldFromOutside!).toBeLessThanOrEqual(w.reachable)
  }
  const last = rows.at(-1)!
  expect(last).toMatchObject({ reason: 'explicit', generation: 2, finalized: 2, resurrected: 1, thresholds: [300, 10, 10] })
  const young = rows.find(w => w.reason === 'threshold' && w.unreachable > 250)!
  // Each node refers to itself once, and nothing else does.
  expect(young.subtracted!).toBeGreaterThanOrEqual(young.unreachable)
  const { steps, types } = await json<GcExplanation>('gc', path, '--explain', String(young.collectionId))
  expect(steps[0]!.text).toContain('301 > 300, the threshold of generation 0')
  expect(steps.map(s => s.title)).toEqual(expect.arrayContaining(['Candidates', 'References among candidates subtracted', 'Reachable and unreachable', 'Cleared']))
  expect(types.find(t => t.name === 'Node')?.count).toBe(young.collected)
  expect((await cli.molt(['gc', path, '--explain', String(last.collectionId)])).out).toMatch(/2 finalizers \(__del__ and the like\) ran, once\s+each\. They brought\s+1 object back to life, which lives on/)
  expect(await cli.molt(['gc', path, '--explain', '999'])).toMatchObject({ code: 2, err: expect.stringContaining('There is no collection 999') as string })
})
