// molt replay with the real interpreter: a recording is run again from what is in it alone, and gives the same events.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CliProcess, until } from './testing/cli-process'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let cli: CliProcess
/** A folder where nothing of the first run is. */
let elsewhere = ''
beforeAll(async () => {
  cli = await CliProcess.make()
  elsewhere = mkdtempSync(join(tmpdir(), 'molt-elsewhere-'))
})
afterAll(() => {
  cli.dispose()
  rmSync(elsewhere, { recursive: true, force: true })
})

const rows = <T = Record<string, unknown>>(path: string, sql: string): T[] => {
  const db = new Sqlite(path, { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}
const change = (path: string, sql: string, ...values: unknown[]) => {
  const db = new Sqlite(path)
  db.prepare(sql).run(...values)
  db.close()
}
const outputOf = (path: string) => rows<{ data: Buffer }>(path, 'select data from output order by id').map(row => row.data.toString()).join('')
const RUN = 'select event_count, last_tick, exit_code, end_reason, peak_bytes, peak_event, live_bytes, allocation_count from run'
const DIGESTS = 'select event, digest from event_digest order by event'

/** Replays `name` where nothing else is, and expects the same events, figures and output. */
async function expectSame(name: string): Promise<string> {
  const [first, second] = [join(elsewhere, name), join(elsewhere, `again-${name}`)]
  copyFileSync(join(cli.folder, name), first)
  const { code, out, err } = await cli.molt(['replay', '-f', '-o', second, first], '', elsewhere)
  expect({ out, err, code }).toMatchObject({ code: 0, out: expect.stringMatching(/^The same as recorded: all [\d,]+ events\.\n$/) })
  expect(rows(second, RUN)).toEqual(rows(first, RUN))
  expect(rows(second, DIGESTS)).toEqual(rows(first, DIGESTS))
  expect(outputOf(second)).toBe(outputOf(first))
  return second
}

const OUTSIDE = `
import asyncio, json, os, random, sys, threading, time
import helper
print(open('data.txt').read(), helper.twice(21), sorted(os.listdir('more')), os.path.exists('nowhere'))
print(os.stat('data.txt').st_mtime, os.stat('data.txt').st_ino, sys.argv)
for line in sys.stdin:
    print('line', line.strip())
def work(n):
    numbers = [random.random() for _ in range(n)]
    time.sleep(0.01)
    return sum(numbers)
threads = [threading.Thread(target=work, args=(1000 * i,)) for i in range(4)]
for t in threads: t.start()
for t in threads: t.join()
async def job(i):
    await asyncio.sleep(0.01 * i)
    return [i] * 100
async def main():
    return await asyncio.gather(*(job(i) for i in range(10)))
print(len(asyncio.run(main())), time.time(), os.urandom(4), hash('text'))
open('written.txt', 'w').write('x')
print(os.stat('written.txt').st_mtime, open('written.txt').read())
sys.exit(3)
`

test('files, folders, standard input, random numbers, time, threads and asyncio, with the script edited and its files gone', async () => {
  cli.write('outside.py', OUTSIDE)
  cli.write('helper.py', 'def twice(x): return [x, x]\n')
  cli.write('data.txt', 'what was in the file')
  mkdirSync(join(cli.folder, 'more/inner'), { recursive: true })
  cli.write('more/one', '')
  const run = await cli.molt(['run', '-q', '-f', '-o', 'outside.molt', 'outside.py', 'an argument'], 'first\nsecond\n')
  expect(run).toMatchObject({ code: 3, err: '' })
  cli.write('outside.py', 'print("another program")')
  for (const name of ['helper.py', 'data.txt', 'more']) rmSync(join(cli.folder, name), { recursive: true })
  const second = await expectSame('outside.molt')
  expect(outputOf(second)).toBe(run.out)
  expect(run.out).toContain("['inner', 'one'] False")
  // A replay is a recording like any other.
  await cli.molt(['replay', '-q', '-o', 'third.molt', second], '', elsewhere)
  expect(rows(join(elsewhere, 'third.molt'), DIGESTS)).toEqual(rows(second, DIGESTS))
})

test('the wall clock answers as it did', async () => {
  cli.write('wall.py', `
import time, threading
start, ticks = time.time(), []
def work():
    for _ in range(20):
        time.sleep(0.001)
        ticks.append(time.perf_counter_ns())
threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads: t.start()
for t in threads: t.join()
while time.time() - start < 0.2: ticks.append([0] * (time.perf_counter_ns() % 50))
print(start, len(ticks), ticks[0])
`)
  await cli.molt(['run', '-q', '--clock', 'wall', '-o', 'wall.molt', 'wall.py'])
  await expectSame('wall.molt')
})

const LOOP = `
numbers = []
count = 0
try:
    while True:
        count += 1
        numbers.append([count])
        if len(numbers) > 1000: numbers.clear()
except KeyboardInterrupt:
    print('interrupted', count)
`

test.each([['interrupted', 'SIGINT'], ['stopped', 'SIGTERM'], ['killed', 'SIGKILL']] as const)('a run that was %s', async (what, signal) => {
  cli.write('loop.py', LOOP)
  const { child, done } = cli.start(['run', '-q', '-o', `${what}.molt`, 'loop.py'], 'pipe')
  await until(() => {
    try {
      return rows<{ event_count: number }>(join(cli.folder, `${what}.molt`), 'select event_count from run')[0]!.event_count > 100_000
    } catch {
      return false
    }
  })
  child.kill(signal)
  await done
  if (what !== 'killed') return void await expectSame(`${what}.molt`)
  // Of a killed run there is what was committed; the replay ends there.
  const { code, out } = await cli.molt(['replay', '-o', 'after.molt', 'killed.molt'])
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^The same as recorded: all /) })
  const events = 'select event_count from run'
  expect(rows(join(cli.folder, 'after.molt'), events)).toEqual(rows(join(cli.folder, 'killed.molt'), events))
})

test('statistics become all events, and an end is exact', async () => {
  cli.write('grow.py', 'held = []\nfor i in range(20000):\n    held.append([i] * 3)\n')
  // Not beside the script: the program lists its folder, and a recording there would be another file to find.
  const [full, stats, expanded] = ['full.molt', 'stats.molt', 'stats-full.molt'].map(name => join(elsewhere, name))
  await cli.molt(['run', '-q', '-o', full!, 'grow.py'])
  await cli.molt(['run', '-q', '--record', 'stats', '-o', stats!, 'grow.py'])
  const again = await cli.molt(['replay', '-o', expanded!, stats!])
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('The same as recorded: all ') })
  const chunks = 'select sum(event_count) as n from event_chunk'
  expect(rows(expanded!, chunks)).toEqual(rows(full!, chunks))
  expect(rows(expanded!, DIGESTS)).toEqual(rows(full!, DIGESTS))

  for (const [name, from] of [['cut-full', full], ['cut-stats', stats]]) {
    expect(await cli.molt(['replay', '-q', '-o', `${name}.molt`, '--until', '100_000', from!])).toMatchObject({ code: 0, out: '', err: '' })
  }
  const [cut, other] = ['cut-full', 'cut-stats'].map(name => rows<{ event_count: number; end_reason: string }>(join(cli.folder, `${name}.molt`), RUN)[0]!)
  expect(cut).toEqual(other)
  expect(cut).toMatchObject({ end_reason: 'stopped' })
  const passed = await cli.molt(['stats', '--at', '100000', '--json', full!])
  const atEnd = await cli.molt(['stats', '--json', 'cut-full.molt'])
  const totals = (text: string) => ({ bytes: (JSON.parse(text) as { totalBytes: number }).totalBytes, count: (JSON.parse(text) as { totalCount: number }).totalCount })
  expect(totals(atEnd.out)).toEqual(totals(passed.out))
})

test('where a replay parts from its recording is said with the line and what differs', async () => {
  cli.write('reads.py', 'import sys\nfor line in sys.stdin:\n    kept = line * 1000\n')
  await cli.molt(['run', '-q', '-o', 'reads.molt', 'reads.py'], 'abc\ndef\n')
  const path = join(cli.folder, 'reads.molt')
  const text = new TextEncoder().encode('abc\ndefg\n')
  change(path, `update input_tape set data = ? where kind = 'stdin'`, Buffer.from([0, text.length + 1, ...text, 1]))
  change(path, `update run set engine_version = '0.0.1'`)
  const { code, out } = await cli.molt(['replay', '-o', 'parted.molt', 'reads.molt'])
  expect(code).toBe(1)
  expect(out).toMatch(/^They are the same for [\d,]+ events; then at .*reads\.py:2 the recorded run resizes bytes to \d+ bytes, and the replay resizes bytes to \d+ bytes\.\nIt was recorded by Molt 0\.0\.1; this is [\d.]+\.\n$/)
})

test('what cannot be replayed is refused with a sentence', async () => {
  cli.write('small.py', 'print([1] * 1000)\n')
  await cli.molt(['run', '-q', '-o', 'small.molt', 'small.py'])
  const copy = (name: string) => {
    copyFileSync(join(cli.folder, 'small.molt'), join(cli.folder, name))
    return join(cli.folder, name)
  }
  truncateSync(copy('cut.molt'), 30_000)
  expect(await cli.molt(['replay', 'cut.molt'])).toMatchObject({ code: 65, err: expect.stringContaining('damaged') })
  expect(await cli.molt(['replay', 'small.py'])).toMatchObject({ code: 65, err: expect.stringContaining('not a Molt recording') })
  expect(await cli.molt(['replay', 'none.molt'])).toMatchObject({ code: 66, err: 'molt: There is no file none.molt.\n' })
  expect(await cli.molt(['replay', '-o', 'nowhere/x.molt', 'small.molt'])).toMatchObject({ code: 73 })
  expect(await cli.molt(['replay', '-f', '-o', 'small.molt', 'small.molt'])).toMatchObject({ code: 2, err: expect.stringContaining('over the recording') })
  expect(await cli.molt(['replay', '--until', 'never', 'small.molt'])).toMatchObject({ code: 2, err: expect.stringContaining('no mark named never') })
  const old = copy('old.molt')
  change(old, 'drop table program')
  expect(await cli.molt(['replay', 'old.molt'])).toMatchObject({ code: 65, err: expect.stringContaining('older version of Molt') })
  const lacking = copy('lacking.molt')
  change(lacking, `insert into input_file values (9999, 0, 'read', '/a/file', 1, 0, 0, 0, 0, 77)`)
  expect(await cli.molt(['replay', 'lacking.molt'])).toMatchObject({ code: 65, err: expect.stringContaining('/a/file') })
  const folder = copy('folder.molt')
  change(folder, `update input_content set data = x'007b7d' where id = (select content_id from input_file where question = 'list')`)
  expect(await cli.molt(['replay', 'folder.molt'])).toMatchObject({ code: 65, err: expect.stringContaining('does not say what was in the folder') })
  const tape = copy('tape.molt')
  change(tape, `insert into input_tape values (99, 'stdin', 0, 0, x'00ff')`)
  expect(await cli.molt(['replay', 'tape.molt'])).toMatchObject({ code: 65, err: expect.stringContaining('cut short') })
  const settings = copy('settings.molt')
  change(settings, `update run set settings = '{"gcThreshold": "many"}'`)
  expect(await cli.molt(['replay', 'settings.molt'])).toMatchObject({ code: 65, err: expect.stringContaining('settings of the run') })
  const packed = copy('packed.molt')
  change(packed, `update program set data = x'01ffff'`)
  expect(await cli.molt(['replay', 'packed.molt'])).toMatchObject({ code: 65, err: expect.stringContaining('unpacked') })
})
