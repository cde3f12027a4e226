// molt replay with something changed: the second run beside the first.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CliProcess } from './testing/cli-process'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const SCRIPT = `import gc, sys
class Node:
    def __init__(self, n):
        self.me = self
        self.n = n
def churn(count):
    for i in range(count):
        Node(i)
kept = {}
churn(3000)
for line in sys.stdin:
    kept[line] = [line] * 10
    print('read', line.strip())
sys.audit('mark', 'read')
churn(3000)
print(len(kept), gc.collect() > 0)
`

interface Figure { name: string; first: number; second: number; firstInSecond?: number }
interface Aligned {
  difference: { event: number; sentence: string } | null
  figures: Figure[]
  sameOutput: boolean
  firstSteps: number
  secondSteps: number
  matchedSteps: number
  firstTick: number[]
  secondTick: number[]
}

let cli: CliProcess
let folder = ''
let recording = ''
beforeAll(async () => {
  cli = await CliProcess.make()
  folder = mkdtempSync(join(tmpdir(), 'molt-what-if-'))
  recording = join(folder, 'nodes.molt')
  cli.write('nodes.py', SCRIPT)
  expect(await cli.molt(['run', '-q', '-o', recording, 'nodes.py'], 'a\nb\n')).toMatchObject({ code: 0, out: 'read a\nread b\n2 True\n' })
})
afterAll(() => {
  cli.dispose()
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
async function whatIf(...options: string[]): Promise<Aligned & { figure(name: string): Figure; path: string; inSecond(tick: number): number }> {
  const path = join(folder, `${++count}.molt`)
  const { code, out, err } = await cli.molt(['replay', '-q', '--json', '-o', path, ...options, recording])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const aligned = JSON.parse(out) as Aligned
  for (let i = 1; i < aligned.firstTick.length; i++) {
    expect(aligned.firstTick[i]).toBeGreaterThan(aligned.firstTick[i - 1]!)
    expect(aligned.secondTick[i]).toBeGreaterThan(aligned.secondTick[i - 1]!)
  }
  return {
    ...aligned, path,
    figure: name => aligned.figures.find(f => f.name === name)!,
    inSecond: tick => {
      const at = aligned.firstTick.findLastIndex(t => t <= tick)
      return aligned.secondTick[at]! + (tick - aligned.firstTick[at]!)
    },
  }
}

test('without the collector: its figures change, and the output does not', async () => {
  const { figure, difference, sameOutput, firstTick, secondTick, matchedSteps, firstSteps, secondSteps } = await whatIf('--gc', 'off')
  expect(sameOutput).toBe(true)
  expect(difference!.sentence).toMatch(/nodes\.py:\d+ the recorded run begins a collection of generation 0, and the replay allocates/)
  expect(figure('collections').first).toBeGreaterThan(5)
  expect(figure('collections').second).toBe(1)
  expect(figure('peak').second).toBeGreaterThan(figure('peak').first * 2)
  expect(figure('instructions').second).toBe(figure('instructions').first)
  expect([firstTick, secondTick]).toEqual([[0, figure('instructions').first], [0, figure('instructions').first]])
  expect([matchedSteps, secondSteps]).toEqual([firstSteps, firstSteps])
})

test('other thresholds, and the table that people read', async () => {
  const path = join(folder, 'thresholds.molt')
  const { code, out, err } = await cli.molt(['replay', '-o', path, '--gc-threshold', '100,5,5', recording])
  expect(code).toBe(0)
  expect(err).toMatch(/^molt: recorded .*thresholds\.molt: [\d,]+ events\.\n$/)
  expect(out).toMatch(/^They are the same for [\d,]+ events; then .*\.\nAfter it [\d,]+ of [\d,]+ and [\d,]+ steps are in both\.\nThe output is the same\.\n\n {20} +recorded +replay +change\n/)
  expect(out).toMatch(/\ncollections +\d+ +\d+ +\+\d+\n/)
  expect(out.split('\n').every(line => line.length <= 80 || line.startsWith('They are'))).toBe(true)
})

test("the textbook's allocator: other arenas, the same program", async () => {
  const { figure, sameOutput, matchedSteps, firstSteps, difference } = await whatIf('--allocator', 'textbook')
  expect(sameOutput).toBe(true)
  expect(matchedSteps).toBe(firstSteps)
  expect(difference!.sentence).toContain('arena')
  expect(figure('arenas mapped').second).toBeGreaterThan(figure('arenas mapped').first)
  for (const name of ['instructions', 'allocations', 'live at end', 'collections', 'collected']) expect(figure(name).second).toBe(figure(name).first)
  // It is a run with that allocator in itself, too.
  const direct = join(folder, 'textbook.molt')
  await cli.molt(['run', '-q', '--allocator', 'textbook', '-o', direct, 'nodes.py'], 'a\nb\n')
  expect(await cli.molt(['replay', '-o', join(folder, 'textbook-2.molt'), direct])).toMatchObject({ code: 0, out: expect.stringMatching(/^The same as recorded: all/) })
})

test('an edited script on the same input: lines before, between and after the edit are on one axis', async () => {
  cli.write('edited.py', SCRIPT.replace('kept = {}\n', 'kept = {}\n# a comment\nextra = [str(i) for i in range(500)]\n').replace("print('read', line.strip())", "print('line', line.strip())"))
  const { figure, sameOutput, difference, inSecond, path, matchedSteps, firstSteps } = await whatIf('--script', join(cli.folder, 'edited.py'))
  expect(sameOutput).toBe(false)
  expect(difference).not.toBeNull()
  expect(figure('instructions').second).toBeGreaterThan(figure('instructions').first + 1000)
  expect(matchedSteps).toBeGreaterThan(firstSteps * 0.95)
  const markOf = async (file: string) => (JSON.parse((await cli.molt(['marks', '--json', file])).out) as { marks?: { tick: number }[] } | { tick: number }[])
  const tick = (marks: Awaited<ReturnType<typeof markOf>>) => (Array.isArray(marks) ? marks : marks.marks!)[0]!.tick
  // The mark comes later in the edited run; the axis knows how much.
  const [before, after] = [tick(await markOf(recording)), tick(await markOf(path))]
  expect(after).toBeGreaterThan(before)
  expect(Math.abs(inSecond(before) - after)).toBeLessThan(20)
  const { out } = await cli.molt(['source', '--json', path])
  expect(out).toContain('nodes.py')
})

test('a file that only the edited script asks for is not there, and that is said', async () => {
  cli.write('asks.py', `${SCRIPT}try: open('other.txt')\nexcept OSError as e: print(e)\n`)
  cli.write('other.txt', 'is here, but was not recorded')
  const path = join(folder, 'asks.molt')
  const { code, err } = await cli.molt(['replay', '-q', '-o', path, '--script', 'asks.py', recording])
  expect(code).toBe(0)
  expect(err).toMatch(/^molt: the recording does not say what is at .*other\.txt; for the replay nothing was there\n$/)
})

test('changes that make no sense are refused', async () => {
  for (const [options, words] of [
    [['--gc', 'never'], '--gc takes on or off'], [['--gc', 'off', '--gc-threshold', '1'], 'give one of them'],
    [['--allocator', 'mine'], '--allocator takes cpython or textbook'], [['--script', 'nowhere.py'], 'no file nowhere.py'], [['--seed', '-1'], ''],
  ] as const) {
    expect(await cli.molt(['replay', ...options, recording])).toMatchObject({ code: 2, err: expect.stringContaining(words) })
  }
  const module = join(folder, 'module.molt')
  await cli.molt(['run', '-q', '-o', module, '-m', 'this'])
  expect(await cli.molt(['replay', '--script', 'nodes.py', module])).toMatchObject({ code: 2, err: expect.stringContaining('module this with -m') })
})
