import { spawn } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bundleEntries } from '../engine/host/testing/bundle'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 40_000, hookTimeout: 40_000 })

let built = ''
let folder = ''
beforeAll(async () => {
  built = await bundleEntries({ cli: 'main/cli.ts', 'interpreter-worker': 'engine/host/testing/fake-worker.ts' })
  folder = mkdtempSync(join(tmpdir(), 'molt-cli-'))
})
afterAll(() => {
  rmSync(built, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

interface Outcome { code: number | null; signal: NodeJS.Signals | null; out: string; err: string }
function start(args: string[], cwd = folder) {
  const child = spawn(process.execPath, [join(built, 'cli.js'), ...args], { cwd })
  const texts = { out: '', err: '' }
  child.stdout.on('data', data => { texts.out += data })
  child.stderr.on('data', data => { texts.err += data })
  const done = new Promise<Outcome>(resolve => child.on('close', (code, signal) => resolve({ code, signal, ...texts })))
  return { child, done, texts }
}
async function molt(args: string[], input = '', cwd = folder): Promise<Outcome> {
  const { child, done } = start(args, cwd)
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return done
}
const script = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return name
}

test('a script passes through: stdout, stderr, stdin, arguments, exit code; Molt speaks on stderr', async () => {
  script('pass.py', 'print hello\nargs\necho\nerror oh\nsteps 3000\nexit 7')
  const result = await molt(['run', 'pass.py', '-o', 'x', '--help', 'a b'], 'line 1\nline 2\n')
  expect(result).toMatchObject({ code: 7, out: 'hello\n["-o","x","--help","a b"]\nline 1\nline 2\n' })
  expect(result.err).toMatch(/^oh\nmolt: recorded pass\.molt: peak [\d.]+ KiB, [\d,]+ allocations, [\d,]+ instructions in [\d.]+ s\.\n$/)
  const quiet = await molt(['run', '-q', 'pass.py'], '')
  expect(quiet).toMatchObject({ code: 7, err: 'oh\n' })
  expect(readdirSync(folder).filter(n => n.startsWith('pass'))).toEqual(['pass-2.molt', 'pass.molt', 'pass.py'])
  expect(await molt(['run', '-q', '-c', 'args\nexit 3', 'one', '-x'])).toMatchObject({ code: 3, out: '["one","-x"]\n', err: '' })
  expect(await molt(['run', '--record', 'none', '-'], 'print from stdin')).toMatchObject({ code: 0, out: 'from stdin\n', err: '' })
})

test('options reach the run and are checked', async () => {
  script('o.py', 'steps 100')
  mkdirSync(join(folder, 'lib'))
  await molt(['run', '-fqo', 'o.molt', '--clock=wall', '--path', 'lib', '--path', tmpdir(), '--gc-threshold', '0', '--max-memory', '1.5M', '--max-ticks',
    '9_000', '--stack-depth', '50', '--seed', '3', '--snapshot', 'end,every:5000', '--record', 'stats', 'o.py'])
  const db = new Sqlite(join(folder, 'o.molt'), { readonly: true })
  expect(JSON.parse(db.prepare('select settings from run').pluck().get() as string)).toEqual({
    record: 'stats', clock: 'wall', paths: [join(folder, 'lib'), tmpdir()], gcThreshold: [0, 10, 10], maxMemoryBytes: 1572864, maxTicks: 9000,
    stackDepth: 50, seed: 3, snapshots: ['end', 'every:5000'], ledger: [], allocator: 'cpython',
  })
  db.close()
})

test.each([
  [['run'], 2, 'run needs a script'],
  [['run', '--colour', 'x.py'], 2, 'run has no option --colour'],
  [['run', '-o'], 2, "Option '-o, --output <value>' argument missing"],
  [['run', '--record', 'some', 'x.py'], 2, '--record takes full, ledger, stats or none, not some'],
  [['run', '--max-memory', 'lots', 'x.py'], 2, '--max-memory takes a size such as 512M or 2G, not lots'],
  [['run', '--max-ticks', '-5', 'x.py'], 2, '--max-ticks'],
  [['run', '--seed', '1e3', 'x.py'], 2, '--seed takes a whole number from 0 to 4294967295, not 1e3'],
  [['run', '--gc-threshold', '1,2,3,4', 'x.py'], 2, '--gc-threshold takes up to three whole numbers'],
  [['run', 'nowhere.py'], 2, 'There is no file nowhere.py.'],
  [['run', '.'], 2, '. is a folder, not a script.'],
  [['stats'], 2, 'stats needs a recording'],
  [['stats', 'a', 'b'], 2, 'stats takes one recording'],
  [['stats', '--group', 'x', 'a'], 2, '--group takes lineno, filename or traceback, not x'],
  [['stats', 'nowhere.molt'], 66, 'There is no file nowhere.molt.'],
  [['gc', '.'], 66, '. is a folder'],
  [['dump', 'trees', 'x'], 2, 'dump takes tokens, ast or dis, not trees'],
  [['dump', 'ast', 'nowhere.py'], 66, 'There is no file nowhere.py.'],
  [['open', 'nowhere.molt'], 66, 'There is no file nowhere.molt.'],
  [['serve', '--port', '99999'], 2, '--port takes a whole number from 0 to 65535'],
  [['frobnicate'], 2, 'there is no command frobnicate'],
  [['x.py'], 2, 'to run a script: molt run x.py'],
  [['--frob'], 2, 'there is no option --frob'],
  [[], 2, 'molt COMMAND'],
])('molt %j: exit %i, "%s"', async (args, code, words) => {
  const result = await molt(args)
  expect(result.err).toContain(words)
  expect(result).toMatchObject({ code, out: '' })
})

test('outputs that cannot be made', async () => {
  script('small.py', 'exit 0')
  writeFileSync(join(folder, 'notes.txt'), 'dear diary')
  writeFileSync(join(folder, 'mine.molt'), 'not a recording at all')
  const cases: [string[], RegExp][] = [
    [['-o', 'notes.txt'], /notes\.txt exists already\. Use -f to overwrite it/],
    [['-f', '-o', 'notes.txt'], /notes\.txt is not a Molt recording/],
    [['-f', '-o', 'mine.molt'], /mine\.molt is not a Molt recording/],
    [['-o', 'no/such/folder.molt'], /The folder of .*no\/such\/folder\.molt does not exist/],
    [['-o', '.'], /is a folder/],
  ]
  for (const [options, words] of cases) {
    const result = await molt(['run', ...options, 'small.py'])
    expect(result.err).toMatch(words)
    expect(result.code).toBe(73)
  }
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('dear diary')
  if (process.getuid?.() !== 0) {
    mkdirSync(join(folder, 'locked'))
    chmodSync(join(folder, 'locked'), 0o500)
    const result = await molt(['run', '-o', 'locked/x.molt', 'small.py'])
    expect(result).toMatchObject({ code: 73, err: expect.stringContaining('No permission to write') })
  }
  expect(await molt(['run', '-q', '-o', 'twice.molt', 'small.py'])).toMatchObject({ code: 0 })
  expect(await molt(['run', '-q', '-o', 'twice.molt', 'small.py'])).toMatchObject({ code: 73 })
  expect(await molt(['run', '-q', '-f', '-o', 'twice.molt', 'small.py'])).toMatchObject({ code: 0 })
})

test('two runs to one file: the second is refused, the first is not disturbed', async () => {
  script('long.py', 'print begun\nloop')
  const first = start(['run', '-o', 'shared.molt', 'long.py'])
  await until(() => first.texts.out === 'begun\n')
  const second = await molt(['run', '-f', '-o', 'shared.molt', 'long.py'])
  expect(second).toMatchObject({ code: 73, err: expect.stringContaining('is being recorded or is open elsewhere') })
  first.child.kill('SIGINT')
  const end = await first.done
  expect(end).toMatchObject({ signal: 'SIGINT' })
  expect(end.err).toContain('KeyboardInterrupt\n')
  expect(await molt(['stats', '-n1', 'shared.molt'])).toMatchObject({ code: 0 })
})

test('SIGTERM ends a run with its recording; SIGKILL leaves what was committed', async () => {
  script('endless.py', 'print begun\nsteps 50000\nloop')
  const ended = start(['run', '-o', 'term.molt', 'endless.py'])
  await until(() => ended.texts.out === 'begun\n')
  ended.child.kill('SIGTERM')
  expect(await ended.done).toMatchObject({ code: 143 })
  const killed = start(['run', '-o', 'kill.molt', 'endless.py'])
  await until(() => killed.texts.out === 'begun\n')
  await new Promise(resolve => setTimeout(resolve, 900))
  killed.child.kill('SIGKILL')
  expect(await killed.done).toMatchObject({ signal: 'SIGKILL' })
  const stats = await molt(['stats', '-n', '3', 'kill.molt'])
  expect(stats.code).toBe(0)
  expect(stats.err).toContain('was not ended')
  expect(stats.out.split('\n')[0]).toMatch(/^(.*endless\.py|\/lib\/python3\.11\/helper\.py):\d+: size=.* (B|KiB|MiB), count=\d+, average=.*$/)
  expect(existsSync(join(folder, 'kill.molt-wal'))).toBe(false)
})

test('recordings that cannot be read', async () => {
  script('r.py', 'steps 20000')
  await molt(['run', '-q', '-o', 'good.molt', 'r.py'])
  writeFileSync(join(folder, 'empty.molt'), '')
  writeFileSync(join(folder, 'foreign.molt'), 'x'.repeat(5000))
  new Sqlite(join(folder, 'other.molt')).exec('create table t (a)').close()
  copyFileSync(join(folder, 'good.molt'), join(folder, 'cut.molt'))
  truncateSync(join(folder, 'cut.molt'), readFileSync(join(folder, 'good.molt')).length / 2)
  copyFileSync(join(folder, 'good.molt'), join(folder, 'newer.molt'))
  const newer = new Sqlite(join(folder, 'newer.molt'))
  newer.pragma('user_version = 99')
  newer.close()
  const cases: [string, RegExp][] = [
    ['empty.molt', /empty\.molt is empty/], ['foreign.molt', /foreign\.molt is not a Molt recording/], ['other.molt', /other\.molt is not a Molt recording/],
    ['cut.molt', /cut\.molt is damaged or cut short/], ['newer.molt', /newer version of Molt/],
  ]
  for (const [name, words] of cases) {
    const result = await molt(['stats', name])
    expect(result.err).toMatch(words)
    expect(result).toMatchObject({ code: 65, out: '' })
  }
})

test('stats, gc and source read a recording', async () => {
  script('read.py', 'steps 30000\nmark middle\nsteps 30000')
  await molt(['run', '-q', '-f', '-o', 'read.molt', 'read.py'])
  const stats = await molt(['stats', '-n', '2', 'read.molt'])
  expect(stats.out.trim().split('\n')).toHaveLength(2)
  expect(stats.err).toMatch(/2 of \d+ rows/)
  const all = JSON.parse((await molt(['stats', '--json', '--at', 'middle', 'read.molt'])).out)
  expect(all.rows).toHaveLength(all.rowCount)
  const diff = await molt(['stats', '--compare-to', 'middle', '-n', '1', 'read.molt'])
  expect(diff.out).toMatch(/size=.* \([+-].*\), count=\d+ \([+-]\d+\)/)
  const traceback = await molt(['stats', '--group', 'traceback', '-n', '1', 'read.molt'])
  expect(traceback.out).toMatch(/^ {2}File ".*", line \d+$/m)
  const filtered = await molt(['stats', '--include', '*helper.py', '--group', 'filename', 'read.molt'])
  expect(filtered.out).toMatch(/^\/lib\/python3\.11\/helper\.py:0: size=/)
  expect(await molt(['stats', '--at', 'nothing', 'read.molt'])).toMatchObject({ code: 2, err: expect.stringContaining('Its marks: middle.') })
  expect((await molt(['gc', 'read.molt'])).out).toMatch(/^ *# +gen +why/)
  expect(JSON.parse((await molt(['gc', '--json', 'read.molt'])).out).rows.length).toBeGreaterThan(3)
  const source = await molt(['source', 'read.molt'])
  expect(source.out).toMatch(/read\.py at tick [\d,]+\n *line +alive/)
  expect(source.out).toContain('steps 30000')
  expect(await molt(['source', 'read.molt', 'nothere.py'])).toMatchObject({ code: 66, err: expect.stringContaining('did not run') })
  expect(JSON.parse((await molt(['source', '--json', 'read.molt', 'helper.py'])).out).lines.length).toBeGreaterThan(5)
})

test('help tells of every command and every command of itself; dumps print', async () => {
  const overview = await molt(['--help'])
  expect(overview.code).toBe(0)
  for (const command of ['run', 'stats', 'gc', 'source', 'oracle', 'dump', 'serve', 'open']) {
    expect(overview.out).toMatch(new RegExp(`^  ${command} `, 'm'))
    const own = await molt([command, '--help'])
    expect(own).toMatchObject({ code: 0, err: '' })
    expect(own.out).toContain(`molt ${command}`)
  }
  expect((await molt(['--version'])).out).toMatch(/^molt \d+\.\d+\.\d+\n$/)
  script('d.py', 'x = 1\n')
  expect((await molt(['dump', 'tokens', 'd.py'])).out).toContain("1,0-1,1:            NAME           'x'")
  expect((await molt(['dump', 'ast', 'd.py'])).out).toMatch(/^Module\(/)
  expect((await molt(['dump', 'dis', '-'], 'x = 1\n')).out).toContain('STORE_NAME')
  expect(JSON.parse((await molt(['oracle', 'd.py'])).out)).toEqual({ script: 'file', folder })
  expect(await molt(['oracle', 'nowhere.py'])).toMatchObject({ code: 66, out: '' })
  script('bad.py', 'x = = 1\n')
  expect(await molt(['dump', 'ast', 'bad.py'])).toMatchObject({ code: 1, out: '', err: 'molt: SyntaxError: invalid syntax (bad.py, line 1)\n' })
})

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited too long')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
