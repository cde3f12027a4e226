// The commands that tell of a run over time, with the real interpreter: summary, tree, flamegraph, marks, and stats over ranges.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { StatisticsResult } from '../engine/rpc/contract'
import type { MarkStep, RunReport } from '../engine/rpc/contract-times'
import { CliProcess, type Outcome } from './testing/cli-process'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const goldens = join(import.meta.dirname, 'testing/goldens')
const golden = JSON.parse(readFileSync(join(goldens, 'ranges.json'), 'utf8')) as { marks: Record<string, Record<string, [number, number]>> }
const ODD = 'deep\u001b[31m</script><b>&'

let cli: CliProcess
const ask = async (...args: string[]): Promise<Outcome> => {
  const outcome = await cli.molt(args)
  expect(outcome.err).not.toContain('Molt made a mistake')
  return outcome
}
const json = async <T>(...args: string[]): Promise<T> => JSON.parse((await ask(...args, '--json')).out) as T

beforeAll(async () => {
  cli = await CliProcess.make()
  cli.write('ranges.py', readFileSync(join(goldens, 'ranges.py')))
  expect(await cli.molt(['run', '-q', '-o', 'ranges.molt', 'ranges.py'])).toMatchObject({ code: 0, err: '' })
  cli.write('odd.py', `import sys
def deep(n):
    return deep(n - 1) if n else [bytearray(100) for _ in range(50)]
exec(compile("def g(n):\\n  return [bytes(1000 + i) for i in range(n)]\\n", "<odd\\n</script>\\x07\\u202e>", "exec"))
kept = g(40)
sys.audit('mark', ${JSON.stringify(ODD)})
more = deep(700)
`)
  expect(await cli.molt(['run', '-q', '-o', 'odd.molt', 'odd.py'])).toMatchObject({ code: 0, err: '' })
})
afterAll(() => cli.dispose())

/** Figures by line of the script. */
async function lines(...args: string[]): Promise<Record<number, [number, number]>> {
  const { rows } = await json<StatisticsResult>('stats', '--filter', '*ranges.py', ...args, 'ranges.molt')
  return Object.fromEntries(rows.map(row => [row.traceback[0]!.line, [row.sizeBytes, row.count]]))
}

test('what is alive at each mark is what tracemalloc says', async () => {
  for (const [mark, truth] of Object.entries(golden.marks)) {
    const live = await lines('--at', `mark:${mark}`)
    const leaks = await lines('--leaks', '--range', `..${mark}`)
    for (const line of [35, 53]) expect([mark, line, leaks[line]]).toEqual([mark, line, truth[line]])
    expect([mark, live[25]![0] - (live[25]![1] - truth[25]![1]) * 48]).toEqual([mark, truth[25]![0]])
    expect([mark, leaks[25]]).toEqual([mark, truth[25]])
  }
})

test('what survives a range is what tracemalloc says the lines grew by', async () => {
  const grew = (line: number, from: string, to: string) => [0, 1].map(i => golden.marks[to]![line]![i]! - (golden.marks[from]![line]?.[i] ?? 0))
  for (const [from, to] of [['first', 'second'], ['second', 'third'], ['first', 'third']] as const) {
    const survived = await lines('--leaks', '--range', `${from}..${to}`)
    for (const line of [25, 35]) {
      const truth = grew(line, from, to)
      if (truth[0] !== 0) expect([from, to, line, survived[line]]).toEqual([from, to, line, truth])
    }
  }
  // Each block of 25 is made with an int that dies at once: 32 bytes, as CPython asks for.
  const allocated = await lines('--measure', 'allocated', '--range', 'first..second')
  const kept = grew(25, 'first', 'second')
  expect(allocated[25]).toEqual([kept[0]! + 150 * 32, kept[1]! + 150])
  const temporary = await lines('--temporary-allocations', '--range', 'first..second')
  expect(temporary[25]).toEqual([150 * 32, 150])
  expect(temporary[41]![1]).toBeGreaterThanOrEqual(2000)
})

test('summary tells the facts and the lines that count', async () => {
  const report = await json<RunReport>('summary', 'ranges.molt')
  const { out } = await ask('summary', '-n', '2', 'ranges.molt')
  expect(out.split('\n').every(line => line.length <= 80)).toBe(true)
  expect(out).toMatch(/^script +ranges\.py\nend +exit 0 after [\d,]+ instructions, .*\npeak +\d+ KiB at tick [\d,]+, \w+ {2}ranges\.py:\d+\n/)
  expect(out).toMatch(/^alive at end +\d+ KiB in [\d,]+ blocks/m)
  expect(out.match(/^(Alive at the peak|Alive at the end|Most allocations|Most temporary|Types at the end)$/gm)).toHaveLength(5)
  expect(report.survivors[0]).toMatchObject({ frame: { line: 25, functionName: 'keep' }, origin: 'script', bytes: (await lines('--at', 'end'))[25]![0] })
  expect(report.allocations[0]!.frame.line).toBe(41)
  expect(report.temporary[0]!.share).toBeGreaterThan(0.99)
  expect(report.types[0]).toMatchObject({ name: 'bytes', count: 400 })
  expect(report.liveBytes).toBe(report.summary.liveBytes)
  expect(report.parkedBytes).toBeGreaterThan(0)
})

test('marks with what changed between them', async () => {
  const steps = await json<MarkStep[]>('marks', 'ranges.molt')
  expect(steps.map(s => [s.label, s.frame?.line])).toEqual([['first', 48], ['second', 54], ['third', 60]])
  expect(steps[1]!.sizeDiffBytes).toBe(steps[1]!.liveBytes - steps[0]!.liveBytes)
  expect(steps[2]).toMatchObject({ ticks: steps[2]!.tick - steps[1]!.tick, countDiff: steps[2]!.liveBlocks - steps[1]!.liveBlocks })
  expect((await ask('marks', 'ranges.molt')).out).toMatch(/^mark +tick +live +blocks +change +blocks +line\nfirst .*ranges\.py:48\n/)
  expect((await ask('marks', 'odd.molt')).out).toContain('deep\\x1b[31m</script><b>&')
})

test('a tree of stacks, both ways up, cut where it must be', async () => {
  const { out } = await ask('tree', '--at', 'end', 'ranges.molt')
  expect(out).toMatch(/^ranges\.py: live at the end\n +size +share +own\n *\d+ KiB +100\.0% +all\n/)
  expect(out).toMatch(/├ <module> {2}ranges\.py:59\n.*│ └ keep {2}ranges\.py:25\n/)
  const inverted = await ask('tree', '--at', 'end', '--inverted', '--threshold', '20', 'ranges.molt')
  expect(inverted.out).toMatch(/└ keep {2}ranges\.py:25\n(?:.*(?:├|└) <module> {2}ranges\.py:\d+\n)+/)
  const deep = await ask('tree', '--depth', '0', '-n', '0', '--threshold', '0', '--at', 'end', 'odd.molt')
  expect(deep.out.match(/deep {2}odd\.py:3/g)?.length ?? 0).toBeGreaterThan(300)
  expect(deep.out).toContain('<odd\\x0a</script>\\x07')
  const { nodes } = await json<{ nodes: { parent: number | null; totalBytes: number; selfBytes: number }[] }>('tree', '--leaks', 'ranges.molt')
  const total = nodes.slice(1).reduce((sum, node) => sum + node.selfBytes, nodes[0]!.selfBytes)
  expect(nodes[0]).toMatchObject({ parent: null, totalBytes: total })
})

interface Embedded { title: string; strings: string[]; names: number[]; paths: number[]; parent: number[]; place: number[]; total: number[]; self: number[]; old?: number[] }
/** The page's data as a browser reads it, and what its policy lets run. */
function page(name: string): { data: Embedded; html: string } {
  const html = readFileSync(join(cli.folder, name), 'utf8')
  const scripts = [...html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)]
  expect(scripts.map(s => s[1])).toEqual([' type="application/json" id="data"', ''])
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!
  const sha = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  expect(policy).toBe(`default-src 'none'; script-src ${sha(scripts[1]![2]!)}; style-src ${sha(/<style>([^]*?)<\/style>/.exec(html)![1]!)}; base-uri 'none'; form-action 'none'`)
  expect(() => new Function(scripts[1]![2]!)).not.toThrow()
  expect(html.replace(/<script[^]*?<\/script>/g, '')).not.toMatch(/https?:|src=|\son\w+=/)
  return { data: JSON.parse(scripts[0]![2]!) as Embedded, html }
}

test('a flame graph is one page that needs nothing else, whatever names are in it', async () => {
  expect(await ask('flamegraph', '--at', 'end', 'odd.molt')).toMatchObject({ code: 0, out: '', err: expect.stringMatching(/wrote odd-flamegraph\.html: [\d,]+ bytes/) })
  const { data } = page('odd-flamegraph.html')
  expect(data.parent.length).toBeGreaterThan(700)
  expect(data.strings).toContain('<odd\n</script>\u0007\u202e>')
  const live = await json<StatisticsResult>('stats', '-n', '1', 'odd.molt')
  expect(data.total[0]).toBe(live.totalBytes)
  expect(data.self.reduce((n, x) => n + x, 0)).toBe(live.totalBytes)
  const compared = await ask('flamegraph', '-o', 'compared.html', '--compare-to', `mark:${ODD}`, 'odd.molt')
  expect(compared.code).toBe(0)
  const other = page('compared.html')
  expect(other.html).toContain('compared with mark deep\\x1b[31m&lt;/script&gt;&lt;b&gt;&amp; (tick')
  expect(other.data.old![0]).toBe((await json<StatisticsResult>('stats', '--at', `mark:${ODD}`, 'odd.molt')).totalBytes)
})

test('flame graphs of every measure; where they are written', async () => {
  for (const option of [['--leaks'], ['--temporary-allocations'], ['--measure', 'bytes-ticks'], ['--inverted', '--functions'], ['--range', 'first..second']]) {
    expect(await ask('flamegraph', '-f', '-o', 'm.html', ...option, 'ranges.molt')).toMatchObject({ code: 0 })
    expect(page('m.html').data.total[0]).toBeGreaterThan(0)
  }
  const { out } = await ask('flamegraph', '-o', '-', 'ranges.molt')
  expect(out).toMatch(/^<!doctype html>[^]*<\/html>\n$/)
  writeFileSync(join(cli.folder, 'there.html'), 'mine')
  expect(await ask('flamegraph', '-o', 'there.html', 'ranges.molt')).toMatchObject({ code: 73, err: expect.stringContaining('there.html exists already. Use -f') })
  expect(readFileSync(join(cli.folder, 'there.html'), 'utf8')).toBe('mine')
  expect(await ask('flamegraph', '-f', '-o', 'ranges.molt', 'ranges.molt')).toMatchObject({ code: 73, err: expect.stringContaining('is the recording itself') })
  expect(await ask('flamegraph', '-o', 'no/where.html', 'ranges.molt')).toMatchObject({ code: 73 })
  expect(existsSync(join(cli.folder, 'no'))).toBe(false)
  if (existsSync('/dev/full')) expect((await ask('flamegraph', '-o', '/dev/full', 'ranges.molt')).err).toContain('disk is full')
})

test('a table is such a page too, with the figures of stats', async () => {
  expect(await ask('table', '--group', 'traceback', '--at', 'end', 'odd.molt')).toMatchObject({ code: 0, err: expect.stringMatching(/wrote odd-table\.html/) })
  const { data } = page('odd-table.html') as unknown as { data: { bytes: number[]; frames: number[]; start: number[]; strings: string[]; names: number[]; total: number; change?: number[] } }
  const stats = await json<StatisticsResult>('stats', '--group', 'traceback', 'odd.molt')
  expect(data.bytes).toEqual(stats.rows.map(row => row.sizeBytes))
  expect(data.total).toBe(stats.totalBytes)
  const innermost = data.start.slice(0, -1).map(at => data.strings[data.names[data.frames[at]!]!])
  expect(innermost).toEqual(stats.rows.map(row => row.traceback.at(-1)!.functionName))
  await ask('table', '-f', '-o', 'x.html', '--compare-to', `mark:${ODD}`, 'odd.molt')
  const diff = await json<StatisticsResult>('stats', '--compare-to', `mark:${ODD}`, 'odd.molt')
  expect((page('x.html').data as unknown as { change: number[] }).change).toEqual(diff.rows.map(row => row.sizeDiffBytes))
})

test.each([
  [['stats', '--range', '5', 'ranges.molt'], '--range takes two instants'],
  [['stats', '--range', 'second..first', 'ranges.molt'], 'The range ends before it begins.'],
  [['stats', '--range', 'first..', '--at', 'end', 'ranges.molt'], '--at does not go with --range'],
  [['tree', '--leaks', '--temporary-allocations', 'ranges.molt'], '--temporary-allocations does not go with --leaks'],
  [['tree', '--measure', 'most', 'ranges.molt'], '--measure takes live, peak'],
  [['tree', '--threshold', '101', 'ranges.molt'], '--threshold takes a percentage'],
  [['flamegraph', '--temporary-allocation-threshold', 'x', 'ranges.molt'], '--temporary-allocation-threshold takes a whole number'],
  [['flamegraph', '--leaks', '--compare-to', 'first', 'ranges.molt'], 'leaks cannot be compared'],
  [['marks', '--at', '5', 'ranges.molt'], 'marks has no option --at'],
  [['tree', '--at', 'nowhere', 'ranges.molt'], 'Its marks: first, second, third.'],
])('%j is refused', async (args, words) => {
  expect(await ask(...args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) })
})

test('recordings without events, without anything, and of nothing', async () => {
  cli.write('empty.py', '')
  await ask('run', '-q', '-o', 'none.molt', '--record', 'none', 'ranges.py')
  await ask('run', '-q', '-o', 'few.molt', '--record', 'stats', 'ranges.py')
  await ask('run', '-q', '-o', 'empty.molt', 'empty.py')
  for (const name of ['none.molt', 'few.molt', 'empty.molt']) {
    for (const command of ['summary', 'tree', 'marks', 'stats']) expect([name, command, (await ask(command, name)).code]).toEqual([name, command, 0])
    expect([name, (await ask('flamegraph', '-f', '-o', 'x.html', name)).code]).toEqual([name, 0])
  }
  expect((await ask('summary', 'none.molt')).out).toContain('not recorded (--record none)')
  expect((await lines('--measure', 'allocated'))[41]).toEqual(
    (await json<StatisticsResult>('stats', '--measure', 'allocated', '--filter', '*ranges.py:41', 'few.molt')).rows.map(r => [r.sizeBytes, r.count])[0])
  expect(await ask('tree', '--leaks', 'few.molt')).toMatchObject({ code: 2, err: expect.stringContaining('leaks needs every event') })
})
