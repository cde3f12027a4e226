// molt run
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import {
  DEFAULT_RUN, formatSize, MoltError, prepareScript, RunSession, STDIN, takeAfterRun, type PreparedScript, type SessionEnd,
} from '../../engine/host/command-api'
import type { RunSettings } from '../../engine/rpc/contract'
import { choice, ownLength, parse, size, wholeNumber } from './arguments'
import { EXIT, reportWriting, say, UsageError } from './exit'
import { help } from './help'
import { InputReader } from './input'
import type { Places } from './places'

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  force: { type: 'boolean', short: 'f' },
  quiet: { type: 'boolean', short: 'q' },
  module: { type: 'string', short: 'm' },
  command: { type: 'string', short: 'c' },
  record: { type: 'string' },
  clock: { type: 'string' },
  path: { type: 'string', multiple: true },
  'gc-threshold': { type: 'string' },
  'max-memory': { type: 'string' },
  'max-ticks': { type: 'string' },
  'stack-depth': { type: 'string' },
  allocator: { type: 'string' },
  seed: { type: 'string' },
  snapshot: { type: 'string' },
  'ledger-type': { type: 'string', multiple: true },
  'ledger-line': { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const

export const ALLOCATORS = ['cpython', 'textbook'] as const

export async function run(args: string[], places: Places): Promise<number> {
  const { length, endedBy } = ownLength(args, OPTIONS, ['module', 'command'])
  const { values } = parse('run', args.slice(0, length), OPTIONS)
  const rest = args.slice(length)
  if (values.help) {
    process.stdout.write(help('run'))
    return 0
  }
  const settings: RunSettings = {
    record: choice('run', '--record', values.record ?? DEFAULT_RUN.record, ['full', 'ledger', 'stats', 'none']),
    clock: choice('run', '--clock', values.clock ?? DEFAULT_RUN.clock, ['virtual', 'wall']),
    paths: (values.path ?? []).map(folderPath),
    gcThreshold: values['gc-threshold'] === undefined ? DEFAULT_RUN.gcThreshold : thresholds('run', values['gc-threshold']),
    maxMemoryBytes: values['max-memory'] === undefined ? 0 : size('run', '--max-memory', values['max-memory']),
    maxTicks: values['max-ticks'] === undefined ? 0 : wholeNumber('run', '--max-ticks', values['max-ticks'], 1),
    stackDepth: values['stack-depth'] === undefined ? DEFAULT_RUN.stackDepth : wholeNumber('run', '--stack-depth', values['stack-depth'], 1, 10_000_000),
    allocator: choice('run', '--allocator', values.allocator ?? DEFAULT_RUN.allocator, ALLOCATORS),
    seed: values.seed === undefined ? DEFAULT_RUN.seed : wholeNumber('run', '--seed', values.seed, 0, 2 ** 32 - 1),
    snapshots: values.snapshot === undefined ? DEFAULT_RUN.snapshots : snapshotTimes(values.snapshot),
    ledger: ledgerOf(values['ledger-type'] ?? [], values['ledger-line'] ?? [], values.record),
  }

  let script: PreparedScript
  let scriptArguments = rest
  if (endedBy === 'module') script = prepareScript({ kind: 'module', module: values.module ?? '' })
  else if (endedBy === 'command') script = prepareScript({ kind: 'code', code: values.command ?? '' })
  else {
    const [path, ...after] = rest
    if (path === undefined) throw new UsageError('run needs a script, -m MODULE or -c CODE', 'run')
    scriptArguments = after
    script = path === '-' ? pipedScript(readFileSync(0)) : readScript('run', path)
  }

  const quiet = values.quiet ?? false
  const wanted = values.output ?? (settings.record === 'none' ? null : freshName(stemOf(script)))
  if (wanted === '') throw new UsageError('-o takes the name of a file', 'run')
  const output = wanted === null ? null : { path: resolve(wanted), overwrite: values.force ?? false }
  const input = new InputReader()
  let session: RunSession
  try {
    session = new RunSession({
      script, sourceKind: script.source.kind, arguments: scriptArguments, settings, workerPath: places.worker, dataFolder: places.install,
      output, io: 'direct', onInputWanted: () => input.want(session),
    })
  } catch (error) {
    return reportWriting(error, wanted)
  }
  const signals = handleSignals(session, wanted)
  const end = await session.done
  signals.dispose()
  input.dispose()
  if (end.reason === 'crashed') {
    say(`${end.stack ? `Molt made a mistake: ${end.stack}` : end.message}${output ? `\nmolt: what was recorded until then is in ${wanted}` : ''}`)
  } else if (!quiet) summarize(session, end, wanted)
  if (!quiet && end.outOfReach?.length) sayOutOfReach(end.outOfReach)
  if (output && end.reason !== 'crashed' && signals.killed === null && !signals.interrupted) {
    const problem = await takeAfterRun(output.path, settings.snapshots, { workerPath: places.worker, dataFolder: places.install })
    if (problem) say(problem)
  }
  if (signals.interrupted && end.exitCode === EXIT.interrupted) dieOfInterrupt()
  return signals.killed ?? end.exitCode
}

function pipedScript(bytes: Uint8Array): PreparedScript {
  const script = prepareScript({ kind: 'text', name: STDIN, text: '' })
  return { ...script, source: { kind: 'file', path: STDIN, argv0: '-', bytes } }
}

/** A script that cannot be read is for python a usage error, so it is here. */
export function readScript(command: string, path: string): PreparedScript {
  try {
    return prepareScript({ kind: 'path', path })
  } catch (error) {
    if (!(error instanceof MoltError)) throw error
    throw new UsageError(error.hint ? `${error.message} ${error.hint}` : error.message, command)
  }
}

function folderPath(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`--path takes a folder; ${path} is none`, 'run')
  return resolve(path)
}

export function thresholds(command: string, value: string): [number, number, number] {
  const parts = value.split(',')
  if (parts.length > 3 || parts.some(part => !/^\d+$/.test(part))) {
    throw new UsageError(`--gc-threshold takes up to three whole numbers such as 700,10,10, not ${value}`, command)
  }
  const [a = 700, b = 10, c = 10] = parts.map(Number)
  return [a, b, c]
}

function ledgerOf(types: string[], lines: string[], record: string | undefined): string[] {
  if ((types.length > 0 || lines.length > 0) && record !== 'ledger') throw new UsageError('--ledger-type and --ledger-line go with --record ledger', 'run')
  for (const line of lines) if (!/^.+:\d+$/.test(line)) throw new UsageError(`--ledger-line takes FILE:LINE, such as app.py:12, not ${line}`, 'run')
  return [...types.map(type => `type:${type}`), ...lines.map(line => `line:${line}`)]
}

function snapshotTimes(value: string): string[] {
  const words = value.split(',').map(word => word.trim()).filter(word => word !== '' && word !== 'none')
  for (const word of words) {
    if (!/^(end|peak|marks|collections|every:[1-9]\d*)$/.test(word)) {
      throw new UsageError(`--snapshot takes end, peak, marks, collections, every:N or none, separated by commas, not ${word}`, 'run')
    }
  }
  return words
}

const stemOf = ({ source, name }: PreparedScript): string =>
  (source.kind === 'code' ? 'command' : name.replace(/^<(.*)>$/, '$1').replace(/\.pyw?$/, '').replace(/[^\w.-]+/g, '_') || 'script')

/** STEM.molt here, or the first STEM-N.molt that is free. */
export function freshName(stem: string): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? `${stem}.molt` : `${stem}-${i}.molt`
    if (!existsSync(name)) return name
  }
}

interface Signals { interrupted: boolean; killed: number | null; dispose(): void }

/** After one Ctrl+C, how long until a script that goes on is spoken of. */
const HINT_AFTER_MS = 1500

/** The first Ctrl+C is the script's, the second stops it, the third ends everything. */
function handleSignals(session: RunSession, recording: string | null): Signals {
  const state: Signals = { interrupted: false, killed: null, dispose }
  let count = 0
  let hint: NodeJS.Timeout | undefined
  const onInterrupt = () => {
    count++
    state.interrupted = true
    clearTimeout(hint)
    if (count === 1) {
      session.interrupt()
      hint = setTimeout(() => say('the script goes on; Ctrl+C again stops it'), HINT_AFTER_MS)
    } else if (count === 2) session.stop('stopped', 'Stopped by a second Ctrl+C.')
    else {
      session.endNow('Ended by a third Ctrl+C.')
      say(`ended at once${recording === null ? '' : `; what was recorded until then is in ${recording}`}`)
      dieOfInterrupt()
    }
  }
  const onTerminate = () => {
    state.killed = 143
    session.stop('stopped', 'Ended by SIGTERM.')
  }
  const onHangup = () => {
    state.killed = 129
    session.stop('stopped', 'The terminal was closed.')
  }
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  process.on('SIGHUP', onHangup)
  function dispose(): void {
    clearTimeout(hint)
    process.off('SIGINT', onInterrupt)
    process.off('SIGTERM', onTerminate)
    process.off('SIGHUP', onHangup)
  }
  return state
}

/** As python does it: a shell that runs a loop then knows that it is to stop too. */
function dieOfInterrupt(): void {
  process.removeAllListeners('SIGINT')
  if (process.platform === 'win32') process.exit(EXIT.interrupted)
  process.kill(process.pid, 'SIGINT')
}

function summarize(session: RunSession, end: SessionEnd, path: string | null): void {
  const { wallNs } = session.progress()
  const figures = session.figures()
  const how = howItEnded(end)
  if (path === null || !figures) {
    if (how) say(how.trim())
    return
  }
  const peak = figures.event_count > 0
    ? `peak ${formatSize(figures.peak_bytes)}, ${figures.allocation_count.toLocaleString('en')} allocations, ` : ''
  say(`recorded ${path}: ${peak}${figures.last_tick.toLocaleString('en')} instructions in ${(wallNs / 1e9).toFixed(2)} s.${how}`)
}

function sayOutOfReach(paths: string[]): void {
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : ''
  say(`out of the script's reach: ${paths.slice(0, 3).join(', ')}${more}; --path ${dirname(paths[0]!)} lets it read there`)
}

/** After the figures: why the run ended, if not by itself, and what can be done. */
function howItEnded(end: SessionEnd): string {
  switch (end.reason) {
    case 'finished': return ''
    case 'stopped': return ` ${end.message || 'Stopped.'}`
    case 'memory-limit': return ` Ended by ${end.message || 'MemoryError'}: it wanted more than --max-memory gives.`
    default: return ` ${end.message}`
  }
}
