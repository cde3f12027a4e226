// molt diff on programs that run, through the built command line.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CliProcess } from './testing/cli-process'
import type { StatisticsResult } from '../engine/rpc/contract'
import type { DiffInstants, DiffObjects, DiffRange, DiffRangeObjects, DiffRuns } from '../engine/rpc/contract-diff'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let cli: CliProcess
beforeAll(async () => { cli = await CliProcess.make() })
afterAll(() => cli.dispose())

const SESSIONS = `
import sys
class Session:
    __slots__ = ('number',)
    def __init__(self, number): self.number = number
log = []
def work(first):
    mine = [Session(first + i) for i in range(100)]
    log.extend(mine[:3])
for name in ('one', 'two', 'three'):
    work(1000 * len(log))
    sys.audit('mark', name)
`

async function json<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await cli.molt([...args, '--json'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out) as T
}

test('two instants of one run, the three-snapshot method, single objects', async () => {
  cli.write('sessions.py', SESSIONS)
  expect(await cli.molt(['run', '-q', 'sessions.py'])).toMatchObject({ code: 0 })
  const session = ['diff', 'sessions.molt', '--filter', '__main__.Session']
  const types = await json<DiffInstants>(...session, '--compare-to', 'mark:one', '--at', 'mark:three')
  expect(types.rows).toMatchObject([{ typeName: '__main__.Session', newCount: 6, freedCount: 0, survivedCount: 3, survivedBytes: 3 * 40 }])
  const range = await json<DiffRange>(...session, '--range', 'mark:one..mark:two', '--at', 'mark:three')
  expect(range.rows).toMatchObject([{ typeName: '__main__.Session', aliveCount: 3, madeCount: 3 }])
  const left = await json<DiffRangeObjects>(...session, '--range', 'mark:one..mark:two', '--at', 'mark:three', '--by', 'object')
  expect(left.rows.length).toBe(3)
  const objects = await json<DiffObjects>(...session, '--by', 'object', '--compare-to', 'one')
  for (const row of left.rows) expect(objects.rows).toContainEqual(row)
  expect(objects.rows.map(row => row.traceback.at(-1)!.line)).toEqual([8, 8, 8, 8, 8, 8])
  expect(objects.rows[0]!.traceback.map(f => f.functionName)).toEqual(['<module>', 'work', 'work.<locals>.<listcomp>'])
  const survived = await json<DiffObjects>(...session, '--by', 'object', '--compare-to', 'one', '--fate', 'survived')
  expect(survived.rowCount).toBe(3)
  const before = await json<DiffObjects>(...session, '--by', 'object', '--compare-to', '0', '--at', 'one')
  expect(survived.rows.map(row => row.address).toSorted()).toEqual(before.rows.map(row => row.address).toSorted())

  const { out } = await cli.molt([...session, '--compare-to', 'one'])
  expect(out).toMatch(/^From one \(tick [\d,]+\) to the end \(tick [\d,]+\): \+240 B; 6 blocks \(240 B\) new, 0 blocks \(0 B\) freed, 3 blocks \(120 B\) survived\.\n/)
  expect(out.split('\n').slice(1)).toEqual(['difference      new  freed  survived  type', ' +6 +240 B  6 240 B          3 120 B  __main__.Session', ''])
  for (const line of (await cli.molt(['diff', 'sessions.molt', '--by', 'line', '-n', '0'])).out.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(80)
})

test('objects are named by their id(); what they keep alive comes from snapshots, taken where there is none', async () => {
  cli.write('keeps.py', `
import sys
class Session:
    def __init__(self, n): self.data = [bytearray(1000) for _ in range(n)]
kept = [Session(3)]
sys.audit('mark', 'one')
kept += [Session(10), Session(20)]
print(*(hex(id(session)) for session in kept))
sys.audit('mark', 'two')
del kept[1]
`)
  const ids = (await cli.molt(['run', '-q', 'keeps.py'])).out.trim().split(' ')
  const session = ['diff', 'keeps.molt', '--retained', '--compare-to', 'one', '--at', 'two', '--filter', '__main__.Session']
  const objects = await json<DiffObjects>(...session, '--by', 'object')
  expect(objects.rows.map(row => row.address)).toEqual([ids[2], ids[1]])
  // A list keeps what sys.getsizeof of Python 3.11 says of it and of its bytearrays.
  const lists = await json<DiffObjects>('diff', 'keeps.molt', '--retained', '--by', 'object', '--compare-to', 'one', '--at', 'two', '--filter', '[l]ist')
  expect(lists.rows.map(row => row.retainedBytes)).toEqual([248 + 20 * 1057, 184 + 10 * 1057])
  const types = await json<DiffInstants>(...session)
  expect(types.rows[0]).toMatchObject({ typeName: '__main__.Session', newCount: 2, survivedCount: 1 })
  // The class keeps itself besides; it is the same at both.
  expect(types.rows[0]!.retainedAfter! - types.rows[0]!.retainedBefore!).toBe(objects.rows.reduce((sum, row) => sum + row.retainedBytes!, 0))
  const freed = await json<DiffObjects>('diff', 'keeps.molt', '--retained', '--by', 'object', '--fate', 'freed', '--compare-to', 'two', '--filter', '__main__.Session')
  expect(freed.rows.map(row => [row.address, row.retainedBytes])).toEqual([[ids[1], objects.rows[1]!.retainedBytes]])
  const between = await cli.molt(['diff', 'keeps.molt', '--retained', '--compare-to', '100'])
  expect(between).toMatchObject({ code: 0, err: expect.stringContaining('there is no snapshot at 100 yet') })
  expect(between.out).toMatch(/^Retained at tick 100 and at the end \(tick \d+\)\.\n/)
})

test('two runs of a script that was edited: lines that moved are the same lines', async () => {
  cli.write('before.py', 'keep = []\nfor i in range(50):\n    keep.append(bytes(1000))\nold = bytes(5000)\n')
  cli.write('after.py', '"""Says what it does."""\n\nkeep = []\nfor i in range(60):\n    keep.append(bytes(1000))\n')
  for (const name of ['before', 'after']) expect(await cli.molt(['run', '-q', `${name}.py`])).toMatchObject({ code: 0 })
  const lines = await json<DiffRuns>('diff', 'before.molt', 'after.molt', '--by', 'line')
  const [moved, gone] = lines.rows
  expect(moved).toMatchObject({ oldLine: 3, in: 'both', traceback: [{ line: 5, path: expect.stringMatching(/after\.py$/) }] })
  expect(gone).toMatchObject({ oldLine: 4, in: 'old', traceback: [{ line: 4, path: expect.stringMatching(/before\.py$/) }] })
  // The figures are those of the statistics, which are compared with tracemalloc's elsewhere.
  const figures = async (name: string, line: number) =>
    (await json<StatisticsResult>('stats', `${name}.molt`)).rows.find(row => row.traceback[0]!.line === line)
  expect(await figures('before', 3)).toMatchObject({ count: moved!.oldCount, sizeBytes: moved!.oldBytes })
  expect(await figures('after', 5)).toMatchObject({ count: moved!.newCount, sizeBytes: moved!.newBytes })
  expect(await figures('before', 4)).toMatchObject({ count: gone!.oldCount, sizeBytes: gone!.oldBytes })
  expect(gone).toMatchObject({ newCount: 0, newBytes: 0, sizeDiffBytes: -gone!.oldBytes })
  const { out } = await cli.molt(['diff', 'before.molt', 'after.molt', '--group', 'traceback'])
  expect(out).toContain('after.py:5 was 3\n')
  expect(out).toMatch(/before\.py:4 gone\n {2}File ".*before\.py", line 4\n {4}old = bytes\(5000\)\n/)
  const types = await json<DiffRuns>('diff', 'before.molt', 'after.molt')
  expect(types.rows[0]).toMatchObject({ typeName: 'bytes', oldCount: 51, newCount: 60 })
})

test('the same module in two folders is the same module', async () => {
  for (const folder of ['first', 'second']) {
    mkdirSync(join(cli.folder, folder, 'pkg'), { recursive: true })
    cli.write(`${folder}/pkg/__init__.py`, '')
    cli.write(`${folder}/pkg/__main__.py`, `from . import helper\nmore = [bytes(100) for _ in range(${folder === 'first' ? 5 : 7})]\n`)
    cli.write(`${folder}/pkg/helper.py`, 'kept = [bytes(1000) for _ in range(20)]\n')
    expect(await cli.molt(['run', '-q', '-o', `../${folder}.molt`, '-m', 'pkg'], '', join(cli.folder, folder))).toMatchObject({ code: 0 })
  }
  const { rows } = await json<DiffRuns>('diff', 'first.molt', 'second.molt', '--by', 'line')
  const of = (end: string) => rows.filter(row => row.traceback.at(-1)!.path.endsWith(end)).map(row => [row.traceback.at(-1)!.line, row.countDiff])
  expect(of('pkg/helper.py')).toEqual([[1, 0]])
  // The line was edited, but is the same one.
  expect(of('pkg/__main__.py')).toContainEqual([2, 2])
  expect(rows.find(row => row.countDiff === 2)).toMatchObject({ in: 'edited', oldLine: 0 })
  expect(of('first/pkg/__main__.py')).toEqual([])
})

test.each([
  [['diff'], 2, 'diff needs a recording'],
  [['diff', 'a', 'b', 'c'], 2, 'diff takes one recording'],
  [['diff', '--by', 'colour', 'a'], 2, '--by takes type, line, file, traceback or object, not colour'],
  [['diff', '--by', 'object', 'a', 'b'], 2, 'objects of two runs cannot be told to be the same'],
  [['diff', '--range', '1..2', 'a', 'b'], 2, '--range goes with one recording'],
  [['diff', '--fate', 'new', 'a'], 2, '--fate goes with --by object'],
  [['diff', '--retained', '--by', 'line', 'a'], 2, '--retained goes with one run, --by object, or --by type without --range'],
  [['diff', 'nowhere.molt'], 66, 'There is no file nowhere.molt.'],
  [['diff', 'statistics.molt'], 2, 'has figures only'],
  [['diff', 'none.molt'], 2, 'none.molt was made with --record none'],
  [['diff', '--by', 'line', 'none.molt', 'none.molt'], 2, 'none.molt was made with --record none'],
  [['diff', '--compare-to', 'nine', 'statistics.molt'], 2, 'none at nine'],
])('molt %j: exit %i, "%s"', async (args, code, words) => {
  if (args.includes('statistics.molt')) {
    cli.write('statistics.py', 'x = [0] * 100\n')
    await cli.molt(['run', '-qf', '--record', 'stats', 'statistics.py'])
  }
  if (args.includes('none.molt')) {
    cli.write('none.py', 'x = [0] * 100\n')
    await cli.molt(['run', '-q', '--record', 'none', '-fo', 'none.molt', 'none.py'])
  }
  const result = await cli.molt(args)
  expect(result.err).toContain(words)
  expect(result).toMatchObject({ code, out: '' })
})
