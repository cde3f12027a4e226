// npm run bench: the programs of bench/programs on Molt and on CPython, interleaved, as ratios to plain CPython.
//
// Every program measures itself (its last line is TIME seconds; start-up is not in it) and prints RESULT, which must be the
// same everywhere. One round runs each program once in each way, one after another, so that what the machine does
// meanwhile hits all of them; the median of the rounds counts. Processor time is that of all threads of the process, start-up,
// compilation by V8 and recorder included; the least of the rounds counts, so that it says something on a busy machine, too.
// Peak memory is the largest resident size of the process that runs the program. Both are sampled from /proc (Linux only).
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' }, only: { type: 'string', multiple: true }, way: { type: 'string', multiple: true },
    scale: { type: 'string', default: '1' }, timeout: { type: 'string', default: '600' }, json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log(`npm run bench -- [--rounds N] [--only NAME] [--way NAME] [--scale F] [--timeout SECONDS] [--json FILE]

--only b04    programs whose name contains it; may be given several times
--way molt    ways to run whose name contains it; plain Python always runs
--scale 0.1   a tenth of each program's repetitions`)
  process.exit(0)
}

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'molt-bench-'))
const cleanUp = () => rmSync(folder, { recursive: true, force: true })
process.on('exit', cleanUp)
process.on('SIGINT', () => process.exit(130))

const recording = join(folder, 'bench.molt')
const python = process.env.ORACLE_PYTHON ?? 'python3'
const molt = [process.execPath, join(root, 'main/molt.mjs'), 'run', '-q', '--clock', 'wall']
const version = spawnSync(python, ['--version'], { encoding: 'utf8' })
const hasPython = version.status === 0

const all = [
  { name: 'plain', command: [python], python: true },
  { name: 'tracemalloc 1', command: [python, '-X', 'tracemalloc=1'], python: true },
  { name: 'tracemalloc 25', command: [python, '-X', 'tracemalloc=25'], python: true },
  { name: 'Molt, none', command: [...molt, '--record', 'none'] },
  { name: 'Molt, full', command: [...molt, '--record', 'full', '-f', '-o', recording], records: true },
]
const wanted = values.way?.map(part => part.toLowerCase())
const ways = all.filter(way => (hasPython || !way.python) && (way.name === 'plain' || !wanted || wanted.some(part => way.name.toLowerCase().includes(part))))
const scale = Number(values.scale)
const rounds = Number(values.rounds)
if (!(scale > 0) || !(rounds >= 1)) {
  console.error('--scale takes a number above 0, --rounds one of at least 1')
  process.exit(2)
}

/** Copies the programs, with their SCALE changed, so that nothing is written beside them. */
const programs = readdirSync(join(import.meta.dirname, 'programs')).filter(name => name.endsWith('.py')).sort()
  .filter(name => !values.only || values.only.some(part => name.includes(part)))
  .map(name => {
    const path = join(folder, name)
    const text = readFileSync(join(import.meta.dirname, 'programs', name), 'utf8')
    writeFileSync(path, text.replace(/^SCALE = (\d+)$/m, (_line, n) => `SCALE = ${Math.max(1, Math.round(n * scale))}`))
    return { name: name.slice(0, -3), path }
  })
if (programs.length === 0) {
  console.error('no such program')
  process.exit(2)
}

const peakOf = pid => {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Seconds of user and system time so far; the kernel counts in hundredths. */
const processorTimeOf = pid => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}

function run(way, program) {
  const [command, ...args] = way.command
  const child = spawn(command, [...args, program.path], { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder })
  let out = ''
  let errors = ''
  let peak = 0
  let cpu = 0
  child.stdout.on('data', data => { out += data })
  child.stderr.on('data', data => { errors = (errors + data).slice(-2000) })
  const sampling = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid))
    cpu = Math.max(cpu, processorTimeOf(child.pid))
  }, 10)
  const limit = setTimeout(() => child.kill('SIGKILL'), Number(values.timeout) * 1000)
  return new Promise(resolve => {
    const end = problem => {
      clearInterval(sampling)
      clearTimeout(limit)
      const seconds = Number(/^TIME (\S+)$/m.exec(out)?.[1] ?? NaN)
      const result = /^RESULT .*$/m.exec(out)?.[0] ?? ''
      if (!problem && (Number.isNaN(seconds) || result === '')) problem = 'printed no RESULT and TIME'
      const fileBytes = way.records ? statSync(recording, { throwIfNoEntry: false })?.size ?? 0 : 0
      resolve({ seconds, result, peak, cpu, fileBytes, problem: problem && `${problem}${errors ? `: ${errors.trim().split('\n').at(-1)}` : ''}` })
    }
    child.on('error', error => end(error.message))
    child.on('close', (code, signal) => end(signal ? `killed by ${signal}` : code === 0 ? '' : `exit code ${code}`))
  })
}

// Builds what is missing or old, so that no run waits for it.
const ready = spawnSync(molt[0], [molt[1], '--version'], { encoding: 'utf8' })
if (ready.status !== 0) console.error(`molt does not start: ${ready.stderr.trim()}`)
console.log(hasPython ? `${version.stdout.trim()}, Node ${process.version}, ${rounds} rounds` : `no ${python} here: Molt alone, in seconds`)

const median = list => {
  const sorted = [...list].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
const runs = new Map()
const key = (program, way) => `${program.name}/${way.name}`
const problems = []
for (let round = 1; round <= rounds; round++) {
  for (const program of programs) {
    for (const way of ways) {
      const list = runs.get(key(program, way)) ?? []
      runs.set(key(program, way), list)
      // What failed once is not tried again.
      if (list.some(r => r.problem)) continue
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kround ${round}: ${program.name}, ${way.name}`)
      const result = await run(way, program)
      list.push(result)
      if (result.problem) problems.push(`${program.name}, ${way.name}: ${result.problem}`)
    }
    const results = new Set(ways.flatMap(way => (runs.get(key(program, way)) ?? []).filter(r => !r.problem).map(r => r.result)))
    if (results.size > 1 && round === 1) problems.push(`${program.name}: results differ: ${[...results].join(' | ')}`)
  }
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')

const figuresOf = (program, way) => {
  const list = runs.get(key(program, way)) ?? []
  if (list.length === 0 || list.some(r => r.problem)) return null
  return { seconds: median(list.map(r => r.seconds)), cpu: Math.min(...list.map(r => r.cpu)), peak: Math.max(...list.map(r => r.peak)), fileBytes: list.at(-1).fileBytes }
}
const printTable = (head, rows) => {
  const all = [head, ...rows]
  const widths = head.map((_cell, i) => Math.max(...all.map(row => row[i].length)))
  console.log('')
  for (const row of all) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '))
}
const ratio = value => (value < 10 ? value.toFixed(2) : value.toFixed(1))
const mib = bytes => (bytes > 0 ? (bytes / 2 ** 20).toFixed(0) : '-')

/** One row a program, ratios to plain Python where there is one, and their geometric mean. */
function ratioTable(title, valueOf) {
  const ratios = new Map(ways.map(way => [way, []]))
  const rows = programs.map(program => {
    const plain = hasPython ? valueOf(program, ways[0]) : undefined
    return [program.name, ...ways.map((way, i) => {
      const value = valueOf(program, way)
      if (value === undefined) return 'failed'
      if (i === 0 && hasPython || plain === undefined) return `${value.toFixed(3)} s`
      ratios.get(way).push(value / plain)
      return ratio(value / plain)
    })]
  })
  if (hasPython) {
    rows.push(['geometric mean', ...ways.map((way, i) => {
      const list = ratios.get(way)
      if (i === 0 || list.length === 0) return ''
      const mean = Math.exp(list.reduce((sum, r) => sum + Math.log(r), 0) / list.length)
      return list.length === programs.length ? ratio(mean) : `${ratio(mean)} (of ${list.length})`
    })])
  }
  printTable([title, ...ways.map(way => way.name)], rows)
}

const unit = hasPython ? ', as a multiple of plain Python' : ''
ratioTable(`time${unit}`, (program, way) => figuresOf(program, way)?.seconds)
if (process.platform === 'linux') ratioTable(`processor time${unit}`, (program, way) => figuresOf(program, way)?.cpu || undefined)

printTable(['peak memory, MiB', ...ways.map(way => way.name), ...(hasPython ? ['aim of Molt, full'] : []), 'recording'], programs.map(program => {
  const peaks = ways.map(way => figuresOf(program, way)?.peak ?? 0)
  const recorded = ways.find(way => way.records)
  // At most 8 times the simulated program's and 200 MiB.
  return [program.name, ...peaks.map(mib), ...(hasPython ? [peaks[0] > 0 ? `≤ ${mib(8 * peaks[0] + 200 * 2 ** 20)}` : '-'] : []),
    mib((recorded && figuresOf(program, recorded)?.fileBytes) ?? 0)]
}))
for (const problem of problems) console.log(`! ${problem}`)
if (values.json) {
  const report = programs.map(program => ({ program: program.name, ...Object.fromEntries(ways.map(way => [way.name, runs.get(key(program, way))])) }))
  writeFileSync(values.json, JSON.stringify({ rounds, scale, python: hasPython ? version.stdout.trim() : null, programs: report }, null, 1))
}
process.exitCode = problems.length > 0 ? 1 : 0
