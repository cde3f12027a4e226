// Every command that reads a recording, on every kind of recording there is that has less than a whole one: none may break, and
// what is refused is refused in a sentence.
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { COMMANDS_BY_NAME } from './cli/commands'
import { EXIT, report } from './cli/exit'
import type { Places } from './cli/places'
import { CliProcess, until } from './testing/cli-process'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const SCRIPT = `import sys, gc
class Node:
    def __init__(self, name):
        self.name = name
        self.me = self
registry = {}
for i in range(30):
    registry[i] = Node('n%d' % i)
sys.audit('mark', 'full')
for i in range(20):
    del registry[i]
gc.collect()
print('done')
`

let cli: CliProcess
let places: Places
beforeAll(async () => {
  cli = await CliProcess.make()
  places = { install: '', worker: join(cli.entry, '../interpreter-worker.js'), web: '', start: '' }
  cli.write('s.py', SCRIPT)
  cli.write('empty.py', '')
  cli.write('loop.py', 'kept = []\nwhile True:\n    kept.append([1])\n')
  for (const [name, ...args] of [
    ['whole.molt', 's.py'], ['zero.molt', '--snapshot', 'none', 'empty.py'], ['none.molt', '--record', 'none', 's.py'], ['stats.molt', '--record', 'stats', 's.py'],
    ['bare.molt', '--snapshot', 'none', 's.py'],
  ]) expect(await cli.molt(['run', '-qfo', name!, ...args])).toMatchObject({ code: 0 })
  const { child, done } = cli.start(['run', '-qfo', 'killed.molt', 'loop.py'])
  await until(() => {
    try {
      return readFileSync(join(cli.folder, 'killed.molt-wal')).length > 500_000
    } catch {
      return false
    }
  })
  child.kill('SIGKILL')
  await done
  const whole = readFileSync(join(cli.folder, 'whole.molt'))
  writeFileSync(join(cli.folder, 'cut.molt'), whole)
  truncateSync(join(cli.folder, 'cut.molt'), Math.floor(whole.length / 2))
  const damaged = Uint8Array.from(whole)
  for (let i = 16_384; i < damaged.length; i += 997) damaged[i]! ^= 0x55
  writeFileSync(join(cli.folder, 'damaged.molt'), damaged)
  writeFileSync(join(cli.folder, 'foreign.molt'), 'hello')
  writeFileSync(join(cli.folder, 'void.molt'), '')
  appendFileSync(join(cli.folder, 'void.molt'), '')
})
afterAll(() => cli.dispose())

const COMMANDS = [
  'summary', 'stats', 'stats --range 100..end', 'stats --leaks', 'stats --temporary-allocations', 'stats --at full', 'tree', 'flamegraph -fo f.html', 'marks', 'gc',
  'gc --explain 1', 'growth', 'growth --group type', 'allocator', 'objects', 'objects --at full', 'objects --snapshots', 'object #5', 'path #5', 'path --cut 3',
  'diff --compare-to 100', 'diff --compare-to 100 --by object', 'leaks', 'cycles', 'cycles --collected', 'waste', 'ledger o10', 'check --peak 1GiB', 'check --leaks 100 --cycles 100',
  'export -fo x speedscope', 'export -fo x collapsed', 'export -fo x pprof', 'export -fo x csv', 'export -fo x json', 'export -fo x heapsnapshot', 'export -fo x html',
  'source', 'dump events',
].flatMap(line => [line, ...(/^(flamegraph|export|dump)/.test(line) ? [] : [`${line} --json`])])

/** In this process: hundreds of processes would take minutes. */
async function run(line: string, recording: string): Promise<{ code: number; out: string; err: string }> {
  const [name, ...args] = line.split(' ')
  const before = process.cwd()
  let out = ''
  let err = ''
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation(text => { out += String(text); return true })
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(text => { err += String(text); return true })
  try {
    process.chdir(cli.folder)
    // RECORDING comes before OBJECT, after the stage and the format.
    const object = args.findIndex(arg => /^(#|o)\d/.test(arg))
    const all = args.toSpliced(object < 0 ? args.length : object, 0, recording)
    const code = await Promise.resolve().then(() => COMMANDS_BY_NAME[name!]!(all, places)).catch(error => report(error))
    return { code, out, err }
  } finally {
    process.chdir(before)
    stdout.mockRestore()
    stderr.mockRestore()
  }
}

const RECORDINGS = ['whole', 'zero', 'none', 'stats', 'bare', 'killed', 'cut', 'damaged', 'foreign', 'void']

test.each(RECORDINGS)('%s', async kind => {
  const readable = !['cut', 'damaged', 'foreign', 'void'].includes(kind)
  const wrong: string[] = []
  for (const line of COMMANDS) {
    // Without a snapshot the run is repeated, which has tests of its own.
    if (kind !== 'whole' && kind !== 'stats' && /^(objects|object|path|leaks|cycles|waste|check --leaks|export -fo x heap)/.test(line) && readable) continue
    const { code, out, err } = await run(line, `${kind}.molt`)
    const told = `${line}: exit ${code}, ${JSON.stringify(err.slice(0, 200))}`
    if (code === EXIT.internal || /made a mistake/.test(err)) wrong.push(told)
    if (/\bNaN\b|\bundefined\b|\[object Object\]/.test(out + err)) wrong.push(`${told}, ${/.*(NaN|undefined|\[object Object\]).*/.exec(out + err)![0].slice(0, 200)}`)
    if (kind === 'whole' && code !== 0 && !(code === 2 && /ledger|gc --explain/.test(line))) wrong.push(told)
    if (!readable && kind !== 'damaged' && (code === 0 || !/^molt: [A-Z\w./].*\.( .*)?\n$/s.test(err))) wrong.push(told)
    if (line.endsWith('--json') && code === 0) {
      try {
        JSON.parse(out)
      } catch {
        wrong.push(`${told}, no JSON: ${out.slice(0, 100)}`)
      }
    }
  }
  expect(wrong).toEqual([])
})
