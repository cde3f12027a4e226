// molt check, through the built command line.
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { CheckResult } from '../engine/rpc/contract-check'
import { CliProcess, type Outcome } from './testing/cli-process'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const PROGRAM = `
import sys
class Session: pass
class Slow:
    def __del__(self):
        for i in range(100): pass
sessions = [Session() for _ in range(40)]
sys.audit('mark', 'login')
del sessions[2:]
sys.audit('mark', 'logout')
import gc
a = Slow()
a.self = a
del a
gc.collect()
buffer = bytearray(1_000_000)
del buffer
`

let cli: CliProcess
beforeAll(async () => {
  cli = await CliProcess.make()
  cli.write('app.py', PROGRAM)
  // Put in: lines above, and two more sessions that stay.
  cli.write('newer.py', `# changed\n\n${PROGRAM.replace('del sessions[2:]', 'del sessions[4:]')}`)
  for (const name of ['app', 'newer']) expect(await cli.molt(['run', '-q', `${name}.py`])).toMatchObject({ code: 0 })
})
afterAll(() => cli.dispose())

const check = (...args: string[]): Promise<Outcome> => cli.molt(['check', ...args])

test('budgets that are kept and exceeded; the exit code says which', async () => {
  expect(await check('app.molt', '--peak', '2MiB', '--live', '1MiB', '--max-live', 'Session=2@mark:logout', '--allocations', '100_000')).toMatchObject({
    code: 0, err: '', out: expect.stringMatching(/^ok {2}peak +9\d\d KiB .* of 2048 KiB \(2,097,152 B\)\nok {2}alive at end .*\nok {2}Session at mark:logout {2}2 of 2\nok {2}allocations +[\d,]+ of 100,000\n4 of 4 budgets kept\.\n$/),
  })
  const { code, out } = await check('app.molt', '--peak', '500k', '--max-live', '__main__.Session=10@login', '--max-gc-pause', '100')
  expect(code).toBe(1)
  const folder = cli.folder
  expect(out).toMatch(/^exceeded {2}peak +.* of 500 KiB \(512,000 B\), .* too much\n {13}977 KiB {2}.*app\.py:16 {2}buffer = bytearray\(1_000_000\)\n/)
  expect(out).toContain(`40 of 10, 30 too many\n                  40  ${folder}/app.py:7  sessions = [Session() for _ in range(40)]\n`)
  expect(out).toMatch(/exceeded {2}longest collection +\d{3} instructions of 100, \d+ too many\n +\d{3} {2}.*app\.py:15 {2}gc\.collect\(\)\n/)
  expect(out).toMatch(/\n0 of 3 budgets kept\.\n$/)
})

test('figures are exact: at the limit a budget is kept, one below it is not', async () => {
  const { out } = await check('app.molt', '--json', '--peak', '1', '--allocations', '1', '--live', '1@mark:login')
  const figures = (JSON.parse(out) as CheckResult).results.map(r => r.figure) as [number, number, number]
  const budgets = (less: number) => ['--peak', `${figures[0] - less}`, '--live', `${figures[1] - less}@mark:login`, '--allocations', `${figures[2] - less}`]
  expect(await check('app.molt', ...budgets(0))).toMatchObject({ code: 0 })
  expect(await check('app.molt', ...budgets(1))).toMatchObject({ code: 1, out: expect.stringContaining('0 of 3 budgets kept') })
})

test('a figure that cannot be had is no success', async () => {
  const unknown = await check('app.molt', '--peak', '5M', '--live', '1M@mark:nowhere')
  expect(unknown).toMatchObject({ code: 2, out: expect.stringContaining('unknown  alive at mark:nowhere  There is no mark named nowhere. Its marks: login, logout.\n1 of 2 budgets kept.') })
  expect(await check('app.molt', '--peak', '1', '--live', '1M@mark:nowhere')).toMatchObject({ code: 1 })
  expect(await check('app.molt', '--max-live', 'Sesion=0')).toMatchObject({ code: 0, out: expect.stringContaining('0 of 0 (no object of a type Sesion was ever made)') })
  expect(await cli.molt(['run', '-q', '--record', 'none', '-o', 'none.molt', 'app.py'])).toMatchObject({ code: 0 })
  expect(await check('none.molt', '--peak', '1G')).toMatchObject({ code: 2, out: expect.stringContaining('was made with --record none') })
  copyFileSync(join(import.meta.dirname, '../engine/queries/goldens/snapshots/3.11-after.pickle'), join(cli.folder, 'snapshot.pickle'))
  expect(await check('snapshot.pickle', '--live', '1M', '--peak', '1G')).toMatchObject({ code: 2, out: expect.stringMatching(/^unknown +peak +A snapshot of tracemalloc does not tell the peak of its run\.\nok +alive at end .*\n1 of 2/) })
})

test('against an earlier run: growth, and the event at which the two part', async () => {
  const same = await check('app.molt', '--compare-to', 'app.molt')
  expect(same).toMatchObject({ code: 0, out: expect.stringContaining('The run does the same as app.molt, event for event.\n3 of 3 budgets kept.') })
  const grown = await check('newer.molt', '--compare-to', 'app.molt')
  expect(grown.code).toBe(1)
  expect(grown.out).toMatch(/exceeded {2}growth of alive at end {2}.* → .*: \+\d+(\.\d+)?% of \+0%\n +\+\d+ B {2}.*newer\.py:9 {2}sessions = \[Session\(\) for _ in range\(40\)\]\n/)
  // The text moved by two lines, which is no difference; what the edited line does is one.
  expect(grown.out).toMatch(/The runs part at event [\d,]+:\n {2}in app\.molt: .*app\.py:9, in <module>, .*\n {2}in this run: .*newer\.py:11, in <module>, .*\n/)
  expect(await check('newer.molt', '--compare-to', 'app.molt', '--grow', '50%')).toMatchObject({ code: 0 })
})

test('leak suspects are counted and named; a run without events does not tell', async () => {
  cli.write('leaky.py', 'cache = {}\ndef handle(i):\n    cache[i] = bytearray(500)\nfor i in range(300):\n    handle(i)\n')
  expect(await cli.molt(['run', '-q', 'leaky.py'])).toMatchObject({ code: 0 })
  const leaky = await check('leaky.molt', '--leaks', '0')
  expect(leaky).toMatchObject({ code: 1, out: expect.stringMatching(/^exceeded {2}leak suspects at end {2}1 of 0, 1 too many\n +1\d\d KiB {2}.*leaky\.py:3 {2}the dict `cache` of module `__main__` only grows/) })
  expect(await check('leaky.molt', '--leaks', '1')).toMatchObject({ code: 0 })
  expect(await check('app.molt', '--leaks', '0')).toMatchObject({ code: 0, out: 'ok  leak suspects at end  0 of 0\n1 of 1 budget kept.\n' })
  expect(await cli.molt(['run', '-q', '--record', 'stats', '-o', 'figures.molt', 'leaky.py'])).toMatchObject({ code: 0 })
  expect(await check('figures.molt', '--leaks', '0')).toMatchObject({ code: 2, out: expect.stringContaining('unknown  leak suspects at end  figures.molt has no events') })
})

test('objects in cycles: those that collections took and those that wait', async () => {
  cli.write('cyclic.py', `
import gc, enum, dataclasses, logging, re
gc.collect() # takes what the imports left
class Node:
    def __init__(self): self.me = self
for i in range(7): Node()
gc.collect()
gc.disable()
for i in range(3):
    Node()
`)
  expect(await cli.molt(['run', '-q', 'cyclic.py'])).toMatchObject({ code: 0 })
  // gc.collect() of Python 3.11 returns 7.
  const result = await check('cyclic.molt', '--cycles', '9')
  expect(result.out.replaceAll(cli.folder, 'FOLDER')).toBe(`exceeded  objects in cycles  10 of 9, 1 too many
                   7  FOLDER/cyclic.py:6  __main__.Node: for i in range(7): Node()
                   3  FOLDER/cyclic.py:10  __main__.Node, garbage at the end: Node()
0 of 1 budget kept.
`)
  expect(result.code).toBe(1)
  expect(await check('cyclic.molt', '--cycles', '10')).toMatchObject({ code: 0 })
  expect(await check('leaky.molt', '--cycles', '0')).toMatchObject({ code: 0 })
  expect(await check('figures.molt', '--cycles', '0')).toMatchObject({ code: 2, out: expect.stringContaining('figures.molt has no events: what the collector freed cannot be told') })
})

test('budgets in a file, as lines or as JSON; options come after', async () => {
  cli.write('budget.txt', '# for the nightly run\npeak 2MiB\n\nmax-live  Session=2@mark:logout # all but two\nmax-live: Slow=0\ncompare-to app.molt\ngrow = 50%\n')
  cli.write('budget.json', JSON.stringify({ peak: 2_000_000, maxLive: ['Session=2@mark:logout', 'Slow=0'], 'compare-to': 'app.molt', grow: '50%' }))
  for (const file of ['budget.txt', 'budget.json']) {
    expect(await check('app.molt', '--budget', file)).toMatchObject({ code: 0, out: expect.stringContaining('6 of 6 budgets kept') })
    expect(await check('newer.molt', '--budget', file)).toMatchObject({ code: 1, out: expect.stringContaining('5 of 6 budgets kept') })
    expect(await check('app.molt', '--budget', file, '--peak', '10k')).toMatchObject({ code: 1, out: expect.stringContaining('5 of 6 budgets kept') })
  }
})

test.each([
  [['check', 'app.molt'], 2, 'check needs a budget'],
  [['check', '--peak', '1M'], 2, 'check needs a recording'],
  [['check', 'a', 'b', '--peak', '1M'], 2, 'check takes one recording'],
  [['check', 'app.molt', '--peak', 'much'], 2, '--peak takes a size such as 512M or 2G, not much'],
  [['check', 'app.molt', '--max-live', 'Session'], 2, '--max-live takes TYPE=N@INSTANT'],
  [['check', 'app.molt', '--grow', '5%'], 2, '--grow goes with --compare-to'],
  [['check', 'app.molt', '--compare-to', 'app.molt', '--grow', 'a bit'], 2, '--grow takes a percentage such as 5%, not a bit'],
  [['check', 'app.molt', '--budget', 'nowhere.txt'], 66, 'There is no file nowhere.txt'],
  [['check', 'app.molt', '--budget', 'bad.txt'], 2, 'bad.txt, line 2: there is no budget peek; there are peak, live'],
  [['check', 'app.molt', '--budget', 'short.txt'], 2, 'short.txt, line 1: a budget is a name and a value'],
  [['check', 'app.molt', '--budget', 'bad.json'], 2, 'bad.json is not JSON'],
  [['check', 'nowhere.molt', '--peak', '1M'], 66, 'There is no file nowhere.molt'],
  [['check', 'app.molt', '--compare-to', 'nowhere.molt'], 66, 'There is no file nowhere.molt'],
])('molt %j: exit %i, "%s"', async (args, code, words) => {
  cli.write('bad.txt', 'peak 1M\npeek 2M\n')
  cli.write('short.txt', 'peak\n')
  cli.write('bad.json', '{peak: 1}')
  const result = await cli.molt(args)
  expect(result.err).toContain(words)
  expect(result).toMatchObject({ code, out: '' })
})

interface Element { name: string; attributes: Record<string, string>; children: Element[]; text: string }

/** A parser for as much XML as is written: strict about names, quotes, entities and characters. */
function parseXml(xml: string): Element {
  expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/)
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
  const plain = (text: string) => {
    expect(text).not.toMatch(/<|&(?!(?:amp|lt|gt|quot|apos|#13);)/)
    return text.replace(/&(amp|lt|gt|quot|apos|#13);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#13': '\r' })[name]!)
  }
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const token = /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy
  token.lastIndex = xml.indexOf('\n') + 1
  while (token.lastIndex < xml.length) {
    const match = token.exec(xml)
    if (!match) throw new Error(`not well-formed: ${xml}`)
    const [, end, name, attributes, empty, text] = match
    if (text !== undefined) open.at(-1)!.text += plain(text)
    else if (end === '/') expect(open.pop()!.name).toBe(name)
    else {
      const element: Element = { name: name!, attributes: {}, children: [], text: '' }
      for (const [, key, value] of attributes!.matchAll(/ ([a-z]+)="([^"]*)"/g)) element.attributes[key!] = plain(value!)
      open.at(-1)!.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  expect(open).toEqual([root])
  return root.children[0]!
}

test('JUnit XML: one case a budget, whatever types and lines are called', async () => {
  const nasty = 'a<b>&"c" ]]> \\x1b[31m'
  cli.write('nasty.py', `T = type(${JSON.stringify(nasty).replace('\\\\x1b', '\\x1b')}, (), {})\nkeep = [T() for _ in range(3)] # <&> "quoted"\n`)
  expect(await cli.molt(['run', '-q', 'nasty.py'])).toMatchObject({ code: 0 })
  const name = 'a<b>&"c" ]]> \u001b[31m'
  const result = await check('nasty.molt', '--peak', '1G', '--max-live', `${name}=1`, '--live', '1@mark:none', '--junit', 'out.xml')
  expect(result.code).toBe(1)
  expect(result.out).toContain('a<b>&"c" ]]> \\x1b[31m at end')
  const suites = parseXml(readFileSync(join(cli.folder, 'out.xml'), 'utf8'))
  expect(suites).toMatchObject({ name: 'testsuites', attributes: { tests: '3', failures: '1', errors: '1' } })
  const cases = suites.children[0]!.children
  expect(cases.map(c => [c.name, c.attributes.classname, c.children.map(x => x.name).join()])).toEqual([
    ['testcase', 'nasty.py', ''], ['testcase', 'nasty.py', 'error'], ['testcase', 'nasty.py', 'failure'],
  ])
  expect(cases[2]!.attributes.name).toBe('a<b>&"c" ]]> \\x1b[31m at end: at most 1')
  expect(cases[2]!.children[0]!.text).toContain('nasty.py:2  keep = [T() for _ in range(3)] # <&> "quoted"')
  expect(await check('nasty.molt', '--peak', '1G', '--junit', 'no/where.xml')).toMatchObject({ code: 73 })
})
