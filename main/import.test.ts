// molt import, and pickled snapshots given to other commands, through the built command line.
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CliProcess } from './testing/cli-process'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const goldens = join(import.meta.dirname, '../engine/queries/goldens/snapshots')
let cli: CliProcess
beforeAll(async () => {
  cli = await CliProcess.make()
  for (const name of ['3.11-before.pickle', '3.11-after.pickle', '3.8-after.pickle']) copyFileSync(join(goldens, name), join(cli.folder, name))
})
afterAll(() => cli.dispose())

interface Golden { after: { lineno: string[] }; compared: { lineno: string[] } }
const golden = (version: string) => JSON.parse(readFileSync(join(goldens, `${version}.json`), 'utf8')) as Golden

test('a snapshot of real Python becomes a recording, and is read as one without', async () => {
  expect(await cli.molt(['import', '3.11-after.pickle'])).toMatchObject({ code: 0, out: '', err: expect.stringMatching(/^molt: imported 3\.11-after\.molt: \d+ blocks, 3\d\d KiB, in 4 files\n$/) })
  expect(await cli.molt(['import', '3.11-after.pickle'])).toMatchObject({ code: 0, err: expect.stringContaining('imported 3.11-after-2.molt') })
  const lines = golden('3.11').after.lineno.map(line => `${line}\n`).join('')
  for (const file of ['3.11-after.molt', '3.11-after.pickle']) expect(await cli.molt(['stats', '-n', '0', file])).toEqual({ code: 0, signal: null, out: lines, err: '' })
  expect((await cli.molt(['stats', '-n', '0', '3.8-after.pickle'])).out).toBe(golden('3.8').after.lineno.map(line => `${line}\n`).join(''))
  expect((await cli.molt(['summary', '3.11-after.pickle'])).out).toMatch(/^script +3\.11-after\.pickle\nmade by +tracemalloc: a snapshot with 6 frames a traceback\.\nalive +318 KiB in 358 blocks\n/)
  expect((await cli.molt(['tree', '3.11-after.molt'])).out).toContain('/app/main.py:15')
  expect((await cli.molt(['source', '3.11-after.molt', 'model.py'])).out).toMatch(/\n +5 +10\.0 KiB +224 /)
})

test('two snapshots are compared as compare_to does', async () => {
  const { out, code } = await cli.molt(['diff', '3.11-before.pickle', '3.11-after.pickle', '--json'])
  expect(code).toBe(0)
  const { rows } = JSON.parse(out) as { rows: { traceback: { path: string; line: number }[]; newCount: number; countDiff: number }[] }
  expect(rows.map(r => `${r.traceback[0]!.path}:${r.traceback[0]!.line} count=${r.newCount} (${r.countDiff < 0 ? '' : '+'}${r.countDiff})`))
    .toEqual(golden('3.11').compared.lineno.map(line => line.replace(/: size=.*?, count/, ' count').replace(/, average.*/, '')))
})

test('what a snapshot does not have is said in a sentence', async () => {
  const one = { code: 2, out: '', err: expect.stringContaining('snapshot of tracemalloc') }
  for (const args of [['gc'], ['marks'], ['growth'], ['diff'], ['diff', '--by', 'object']]) {
    expect(await cli.molt([...args, '3.11-after.pickle'])).toMatchObject(one)
  }
  expect(await cli.molt(['stats', '--at', 'mark:x', '3.11-after.pickle'])).toMatchObject({ code: 2, err: expect.stringContaining('A tracemalloc snapshot is one instant') })
  expect(await cli.molt(['diff', '--by', 'type', '3.8-after.pickle', '3.11-after.pickle'])).toMatchObject({ code: 2, err: expect.stringContaining('has no figures by type') })
})

test('files that are no snapshots; outputs that cannot be made', async () => {
  // class X: __reduce__ = lambda self: (os.system, ('touch pwned',)), protocol 4
  cli.write('evil.pickle', Buffer.from('\x80\x04\x95\x25\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x0btouch pwned\x94\x85\x94R\x94.', 'latin1'))
  cli.write('short.pickle', readFileSync(join(goldens, '3.11-after.pickle')).subarray(0, 900))
  cli.write('text.pickle', 'hello')
  cli.write('notes.txt', 'dear diary')
  const cases: [string[], number, string][] = [
    [['import', 'evil.pickle'], 65, 'evil.pickle is not a pickle of a tracemalloc snapshot: it asks for posix.system. Molt opens what tracemalloc.Snapshot.dump writes and runs nothing from it.'],
    [['stats', 'evil.pickle'], 65, 'it asks for posix.system'],
    [['import', 'short.pickle'], 65, 'it is cut short (byte '],
    [['stats', 'short.pickle'], 65, 'it is cut short (byte '],
    [['import', 'text.pickle'], 65, 'it does not begin as one'],
    [['stats', 'text.pickle'], 65, 'is not a Molt recording'],
    [['import', 'nowhere.pickle'], 66, 'There is no file nowhere.pickle.'],
    [['import', '.'], 66, 'is a folder'],
    [['import'], 2, 'import needs a snapshot'],
    [['import', 'a', 'b'], 2, 'import takes one snapshot'],
    [['import', '3.8-after.pickle', '-o', 'notes.txt'], 73, 'notes.txt exists already. Use -f to overwrite it'],
    [['import', '3.8-after.pickle', '-fo', 'notes.txt'], 73, 'is not a Molt recording'],
    [['import', '3.8-after.pickle', '-o', 'no/where.molt'], 73, 'does not exist'],
  ]
  for (const [args, code, words] of cases) {
    const result = await cli.molt(args)
    expect(result.err).toContain(words)
    expect(result).toMatchObject({ code, out: '' })
  }
  expect(existsSync(join(cli.folder, 'pwned'))).toBe(false)
  expect(readFileSync(join(cli.folder, 'notes.txt'), 'utf8')).toBe('dear diary')
})
