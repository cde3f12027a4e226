// molt export, as it is typed: what comes out, what is said, what is left behind. With the real interpreter.
import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readCsv } from '../engine/export/testing/csv'
import { readProfile } from '../engine/export/testing/protobuf'
import { CliProcess } from './testing/cli-process'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const SCRIPT = `
import sys
kept = []
def keep(n):
    kept.append('x' * n)
for i in range(50):
    keep(100 + i)
sys.audit('mark', 'half')
class Odd: pass
Odd.__name__ = Odd.__qualname__ = '=cmd|"1"\\n'
odd = [Odd() for i in range(5)]
exec(compile("kept.append([0] * 1000)", 'a;b\\n"c", =d', 'exec'))
`

let cli: CliProcess
let totalBytes = 0
beforeAll(async () => {
  cli = await CliProcess.make()
  cli.write('s.py', SCRIPT)
  expect(await cli.molt(['run', '-q', '-o', 's.molt', 's.py'])).toMatchObject({ code: 0, err: '' })
  totalBytes = JSON.parse((await cli.molt(['stats', '--json', 's.molt'])).out).totalBytes
})
afterAll(() => cli.dispose())
const read = (name: string) => readFileSync(join(cli.folder, name))

test('each format to a file, with the bytes of stats', async () => {
  for (const format of ['speedscope', 'collapsed', 'pprof', 'csv', 'json', 'heapsnapshot', 'html']) {
    const { code, out, err } = await cli.molt(['export', format, 's.molt', '-o', `s.${format}`])
    expect({ code, out }, err).toEqual({ code: 0, out: '' })
    expect(err).toBe(`molt: wrote s.${format}: ${read(`s.${format}`).length.toLocaleString('en')} bytes.\n`)
  }
  expect(JSON.parse(String(read('s.speedscope'))).profiles[0].endValue).toBe(totalBytes)
  expect(String(read('s.collapsed')).trim().split('\n').reduce((n, line) => n + Number(line.slice(line.lastIndexOf(' '))), 0)).toBe(totalBytes)
  expect(readProfile(gunzipSync(read('s.pprof'))).samples.reduce((n, s) => n + s.values[3]!, 0)).toBe(totalBytes)
  expect(readCsv(String(read('s.csv'))).slice(1).reduce((n, row) => n + Number(row[3]), 0)).toBe(totalBytes)
  expect(JSON.parse(String(read('s.json'))).totals.liveBytes).toBe(totalBytes)
  const frame = [...readProfile(gunzipSync(read('s.pprof'))).functions.values()].find(f => f.name === 'keep')
  expect(frame).toEqual({ name: 'keep', systemName: '', file: join(cli.folder, 's.py'), startLine: 4 })
  expect(String(read('s.collapsed'))).toContain(';a\\x3bb\\n"c", =d:<module>:1 ')
})

test('to stdout, with instants, ranges, filters and groups', async () => {
  const whole = await cli.molt(['export', 'csv', 's.molt', '--range', 'half..', '--group', 'filename', '--filter', '*=d'])
  expect(whole).toMatchObject({ code: 0, err: '' })
  const [head, ...rows] = readCsv(whole.out)
  expect(head!.slice(-2)).toEqual(['survived_bytes', 'survived_blocks'])
  expect(rows.map(row => row[0])).toEqual(['a;b\n"c", =d'])
  expect(Number(rows[0]![5])).toBeGreaterThan(8000)
  const types = readCsv((await cli.molt(['export', 'csv', '--group', 'type', 's.molt'])).out)
  expect(types.find(row => row[2] === '5' && row[1]!.includes('cmd'))![1]).toMatch(/^'=cmd\|"1"\n/)
  const [columns] = readCsv((await cli.molt(['export', 'csv', 's.molt', '--measure', 'leaks', '--measure', 'bytes-ticks', '--measure', 'temporary', '--temporary-allocation-threshold', '5'])).out)
  expect(columns!.slice(3)).toEqual(['leaked_bytes', 'leaked_blocks', 'byte_ticks', 'block_ticks', 'temporary_bytes', 'temporary_allocations'])
  const peak = JSON.parse((await cli.molt(['export', 'json', 's.molt', '--at', 'peak', '--measure', 'live'])).out)
  expect(peak).toMatchObject({ measures: ['live'], totals: { liveBytes: peak.recording.peakBytes } })
})

test.each<[string[], number, string]>([
  [['export'], 2, 'export needs a format (speedscope, collapsed'],
  [['export', 'xml', 's.molt'], 2, 'there is no format xml; there are speedscope'],
  [['export', 'csv'], 2, 'export needs a recording'],
  [['export', 'csv', 's.molt', 'b.molt'], 2, 'export takes one recording'],
  [['export', 'csv', 's.molt', '--range', '5'], 2, '--range takes two instants'],
  [['export', 'csv', 's.molt', '--range', '5..', '--at', 'end'], 2, '--at does not go with --range'],
  [['export', 'csv', 's.molt', '--range', 'end..5'], 2, 'The range ends before it begins.'],
  [['export', 'csv', 's.molt', '--at', 'mark:x'], 2, 'There is no mark named x. Its marks: half.'],
  [['export', 'heapsnapshot', 's.molt', '--range', '5..'], 2, 'The format heapsnapshot does not take a range.'],
  [['export', 'pprof', 's.molt', '--group', 'type'], 2, 'The format pprof does not take a grouping.'],
  [['export', 'csv', 's.molt', '--measure', 'most'], 2, '--measure takes live, peak, survived, leaks, allocated, temporary or bytes-ticks, not most'],
  [['export', 'csv', 'none.molt'], 66, 'There is no file none.molt.'],
  [['export', 'csv', 's.py'], 65, 's.py'],
  [['export', 'csv', 's.molt', '-o', 'no/such.csv'], 73, 'The folder of no/such.csv does not exist.'],
  [['export', 'csv', 's.molt', '-o', '.'], 73, '. is a folder, not a file.'],
  [['export', 'csv', 's.molt', '-o', 's.py'], 73, 's.py exists already. Use -f to overwrite it, or another name with -o.'],
])('%j says %i, %s', async (args, code, message) => {
  const outcome = await cli.molt(args)
  expect(outcome).toMatchObject({ code, out: '' })
  expect(outcome.err).toContain(message)
  expect(readdirSync(cli.folder).filter(name => name.endsWith('.part'))).toEqual([])
})

test('the heap of any instant: without a snapshot the run is repeated to it', async () => {
  const { code, err } = await cli.molt(['export', 'heapsnapshot', 's.molt', '--at', 'peak', '-o', 'peak.heapsnapshot'])
  expect({ code }, err).toEqual({ code: 0 })
  expect(err).toMatch(/there is no snapshot at peak yet: running again to tick [\d,]+ to take one\nmolt: wrote peak\.heapsnapshot: /)
  expect(JSON.parse(String(read('peak.heapsnapshot'))).snapshot.node_count).toBeGreaterThan(5000)
  expect((await cli.molt(['export', 'heapsnapshot', 's.molt', '--at', 'peak', '-f', '-o', 'peak.heapsnapshot'])).err).toMatch(/^molt: wrote/)
})

test('recordings with less in them: statistics only, nothing', async () => {
  for (const level of ['stats', 'none']) {
    expect(await cli.molt(['run', '-q', '-f', '-o', `${level}.molt`, '--record', level, 's.py'])).toMatchObject({ code: 0 })
    for (const format of ['pprof', 'html']) expect(await cli.molt(['export', format, `${level}.molt`, '--at', 'peak', '-f', '-o', 'out'])).toMatchObject({ code: 0 })
  }
  expect(String(read('out'))).toMatch(/<title>Memory of s\.py<\/title>/)
  expect(await cli.molt(['export', 'csv', 'stats.molt', '--measure', 'survived', '--range', 'half..'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('survived needs every event') })
})

test('the recording itself is not overwritten by its own export, not even with -f', async () => {
  const before = read('s.molt')
  const outcome = await cli.molt(['export', 'csv', 's.molt', '-f', '-o', './s.molt'])
  expect(outcome).toMatchObject({ code: 73, out: '', err: expect.stringContaining('is the recording itself') })
  expect(read('s.molt').equals(before)).toBe(true)
})

test.skipIf(!existsSync('/dev/full'))('a full disk, as a file and as stdout', async () => {
  expect(await cli.molt(['export', 'pprof', 's.molt', '-o', '/dev/full'])).toMatchObject({ code: 74, err: 'molt: The disk is full: could not write /dev/full.\n' })
  const full = openSync('/dev/full', 'w')
  const { done } = cli.start(['export', 'csv', 's.molt'], ['ignore', full, 'pipe'])
  closeSync(full)
  expect(await done).toMatchObject({ code: 74, err: expect.stringMatching(/^molt: the output could not be written: .*no space left/i) })
})

test.skipIf(process.platform === 'win32')('a reader that goes away is no error', () => {
  const command = `"${process.execPath}" "$CLI" export collapsed s.molt | head -n 1; echo "\${PIPESTATUS[0]}"`
  const out = execFileSync('bash', ['-c', command], { cwd: cli.folder, encoding: 'utf8', env: { ...process.env, CLI: cli.entry } })
  expect(out.trim().split('\n').length).toBe(2)
  expect(out).toMatch(/\n0\n$/)
})
