// molt ledger with the real interpreter: the life of one object and its references, as printed.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CliProcess } from './testing/cli-process'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let cli: CliProcess
let ids: string[]
beforeAll(async () => {
  cli = await CliProcess.make()
  cli.write('cache.py', `import gc, sys
class Session:
    pass
cache = {}
def start():
    session = Session()
    cache['first'] = session
    return session
s = start()
print(hex(id(s)))
sys.audit('mark', 'open')
pair = [s, s]
len(pair)
del pair
del s
cache.clear()
ring = Session()
ring.me = ring
print(hex(id(ring)))
sys.audit('mark', 'ring')
del ring
gc.collect()
`)
  const { code, out } = await cli.molt(['run', '-q', '-o', 'cache.molt', 'cache.py'])
  expect(code).toBe(0)
  ids = out.trim().split('\n')
})
afterAll(() => cli.dispose())

const plain = (text: string) => text.replace(/0x[0-9a-f]+/g, '0x…').replace(/ o\d+ /g, ' o… ').replace(/^(Born at tick |Died at tick )[\d,]+/gm, '$1T')
  .replace(/^ +[\d,]+(?= {2}\d+ → \d+ {2}\S+:\d+ in)/gm, '  T').replace(/^ +(?=[-+] )/gm, '    ').replace(/^ +(?=\d+ → \d+ {2}[A-Z])/gm, '      ')

test('birth, references, death and what died with it', async () => {
  const { code, out, err } = await cli.molt(['ledger', 'cache.molt', `${ids[0]}@open`])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(plain(out)).toBe(`__main__.Session o… at 0x…, a block of 56 B

Born at tick T:
  cache.py:6 in start: session = Session()
  called from cache.py:9 in <module>: s = start()

References:
  T  0 → 1  cache.py:6 in start: session = Session()
    + local session of start
  T  1 → 2  cache.py:7 in start: cache['first'] = session
    + ['first'] of dict at 0x… (global cache)
  T  2 → 3  cache.py:8 in start: return session
    + returned by start
  T  3 → 2  cache.py:9 in <module>: s = start()
    - local session of start
    - returned by start
    + global s
  T  2 → 4  cache.py:12 in <module>: pair = [s, s]
    + [0] of list at 0x… (global pair)
    + [1] of list at 0x… (global pair)
  T  4 → 2  cache.py:14 in <module>: del pair
    - [0] of list at 0x… (global pair)
    - [1] of list at 0x… (global pair)
  T  2 → 1  cache.py:15 in <module>: del s
    - global s
  T  1 → 0  cache.py:16 in <module>: cache.clear()
    - call of dict.clear
  1 statement took and dropped it again; --all shows them

Died at tick T: its last reference was dropped by
  cache.py:16 in <module>: cache.clear()

Nothing else died with it but its own parts:
count   size  to free list  type
    1  264 B                (dict values)
    1   56 B                __main__.Session
`)
})

test('a cycle is taken by the collector; --all shows each instruction', async () => {
  const { code, out } = await cli.molt(['ledger', '--all', 'cache.molt', ids[1]!, '--at', 'mark:ring'])
  expect(code).toBe(0)
  expect(plain(out)).toContain(`  T  0 → 1  cache.py:17 in <module>: ring = Session()
    + global ring
      0 → 1  CALL 0: its maker
      1 → 2  STORE_NAME ring: global ring
      2 → 1  STORE_NAME ring: evaluation stack
`)
  expect(out).toMatch(/\.me of itself/)
  expect(out).toMatch(/taken by collection 1 \(generation 2, explicit\), which ran in\n {2}cache\.py:22 in <module>: gc\.collect\(\)/)
})

test('the short id means the same; JSON is exact; --life runs nothing', async () => {
  const named = await cli.molt(['ledger', '--json', 'cache.molt', `${ids[0]}@open`])
  const { life, references } = JSON.parse(named.out) as { life: { id: string; death: { tick: number } }; references: { statements: { after: number }[]; endCount: number } }
  expect(references.statements.at(-1)!.after).toBe(0)
  const again = await cli.molt(['ledger', '--json', '--life', 'cache.molt', life.id])
  expect(JSON.parse(again.out)).toEqual({ life, references: null })
})

test('a recording of every reference needs no second run', async () => {
  expect((await cli.molt(['run', '-q', '--record', 'ledger', '-o', 'all.molt', 'cache.py'])).code).toBe(0)
  const recorded = await cli.molt(['ledger', '--json', 'all.molt', `${ids[0]}@open`])
  const again = await cli.molt(['ledger', '--json', '--replay', 'all.molt', `${ids[0]}@open`])
  const changes = (json: string) => {
    const { references } = JSON.parse(json) as { references: { source: string; statements: { steps: { tick: number; before: number; after: number }[] }[] } }
    return { source: references.source, steps: references.statements.flatMap(s => s.steps).map(({ tick, before, after }) => [tick, before, after]) }
  }
  expect(changes(recorded.out)).toEqual({ ...changes(again.out), source: 'recording' })
  expect(changes(recorded.out).steps.length).toBeGreaterThan(10)
  expect((await cli.molt(['ledger', 'all.molt', `${ids[0]}@open`])).out).toContain('+ item of a new list')
  expect(await cli.molt(['replay', '-o', 'same.molt', 'all.molt'])).toMatchObject({ code: 0, out: expect.stringMatching(/^The same as recorded: all [\d,]+ events\.\n$/) })
  expect(await cli.molt(['run', '--ledger-type', 'Session', 'cache.py'])).toMatchObject({ code: 2, err: expect.stringContaining('--ledger-type and --ledger-line go with --record ledger') })
})

test('what names nothing is said', async () => {
  expect(await cli.molt(['ledger', 'cache.molt'])).toMatchObject({ code: 2, err: 'molt: ledger takes a recording and an object\nTry: molt ledger --help\n' })
  expect(await cli.molt(['ledger', 'cache.molt', 'o1'])).toMatchObject({ code: 2, err: expect.stringContaining('There is no object o1: event 1 is not the birth of one.') })
  expect(await cli.molt(['ledger', 'cache.molt', ids[0]!])).toMatchObject({ code: 2, err: expect.stringContaining(`There is no object at ${ids[0]}. An address names`) })
})
