// molt replay
import { basename, resolve } from 'node:path'
import { DEFAULT_RUN, MoltError, OpenRecording, replayPlan, startReplay, type ReplayOptions, type ReplayResult } from '../../engine/host/command-api'
import type { RunSettings } from '../../engine/rpc/contract'
import { choice, instant, parse, wholeNumber } from './arguments'
import { EXIT, report, say, UsageError } from './exit'
import { help } from './help'
import type { Places } from './places'
import { HELP, print } from './reading'
import { ALLOCATORS, freshName, readScript, thresholds } from './run'

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  force: { type: 'boolean', short: 'f' },
  quiet: { type: 'boolean', short: 'q' },
  until: { type: 'string' },
  snapshot: { type: 'boolean' },
  'gc-threshold': { type: 'string' },
  gc: { type: 'string' },
  allocator: { type: 'string' },
  script: { type: 'string' },
  seed: { type: 'string' },
  help: HELP,
} as const
type Values = ReturnType<typeof parse<typeof OPTIONS>>['values']

export async function replay(args: string[], places: Places): Promise<number> {
  const { values, positionals } = parse('replay', args, OPTIONS)
  if (values.help) return print(help('replay'))
  const [path, ...more] = positionals
  if (path === undefined) throw new UsageError('replay needs a recording', 'replay')
  if (more.length > 0) throw new UsageError('replay takes one recording', 'replay')
  if (values.output === '') throw new UsageError('-o takes the name of a file', 'replay')
  const settings = changes(values)
  const script = values.script === undefined ? undefined : scriptBytes(values.script)
  // What is wrong with the recording is said before anything is made.
  const plan = planOf(path, values, settings)
  const wanted = values.output ?? freshName(`${basename(path).replace(/\.molt$/, '')}-replay`)
  const quiet = values.quiet ?? false
  const stopping = new AbortController()
  const options: ReplayOptions = {
    ...plan, ...(script && { script }), output: { path: resolve(wanted), overwrite: values.force ?? false }, workerPath: places.worker,
    dataFolder: places.install, signal: stopping.signal,
  }
  let started: ReturnType<typeof startReplay>
  try {
    started = startReplay(path, options)
  } catch (error) {
    if (!(error instanceof MoltError)) throw error
    if (error.code === 'exists') {
      say(`${wanted} exists already. Use -f to overwrite it, or another name with -o.`)
      return EXIT.cannotCreate
    }
    if (error.code === 'bad-request') throw new UsageError(error.hint ? `${error.message} ${error.hint}` : error.message, 'replay')
    return report(error, true)
  }
  const stop = () => stopping.abort()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  const result = await started.done
  process.off('SIGINT', stop)
  process.off('SIGTERM', stop)
  if (result.end.reason === 'crashed') {
    say(`${result.end.stack ? `Molt made a mistake: ${result.end.stack}` : result.end.message}\nmolt: what was recorded until then is in ${wanted}`)
    return result.end.exitCode
  }
  if (stopping.signal.aborted) {
    say(`the replay was stopped; what was recorded until then is in ${wanted}`)
    return EXIT.interrupted
  }
  if (!quiet) say(`recorded ${wanted}: ${result.events.toLocaleString('en')} events.`)
  return sayWhetherSame(result, quiet)
}

function sayWhetherSame({ difference, sameEvents, recordedEvents, reasons, end }: ReplayResult, quiet: boolean): number {
  if (difference === null) {
    const all = sameEvents === recordedEvents ? 'all ' : 'the first '
    if (!quiet) print(recordedEvents === 0 ? 'The recording has no events to compare with.\n' : `The same as recorded: ${all}${sameEvents.toLocaleString('en')} events.\n`)
    return 0
  }
  print(`${[difference.sentence, ...reasons].join('\n')}\n`)
  for (const path of (end.unknown ?? []).slice(0, 3)) print(`It asked for ${path}, which the recorded run had not.\n`)
  return 1
}

/** What is to be otherwise than it was. */
function changes(values: Values): Partial<RunSettings> {
  if (values.gc !== undefined && values['gc-threshold'] !== undefined) throw new UsageError('--gc and --gc-threshold say the same: give one of them', 'replay')
  if (values.gc !== undefined) choice('replay', '--gc', values.gc, ['on', 'off'])
  return {
    ...(values.gc === 'off' && { gcThreshold: [0, 10, 10] as [number, number, number] }),
    ...(values.gc === 'on' && { gcThreshold: DEFAULT_RUN.gcThreshold }),
    ...(values['gc-threshold'] !== undefined && { gcThreshold: thresholds('replay', values['gc-threshold']) }),
    ...(values.allocator !== undefined && { allocator: choice('replay', '--allocator', values.allocator, ALLOCATORS) }),
    ...(values.seed !== undefined && { seed: wholeNumber('replay', '--seed', values.seed, 0, 2 ** 32 - 1) }),
  }
}

function scriptBytes(path: string): Uint8Array {
  const { source } = readScript('replay', path)
  return source.kind === 'file' ? source.bytes : new Uint8Array(0)
}

function planOf(path: string, { until, snapshot = false }: Values, settings: Partial<RunSettings>): ReturnType<typeof replayPlan> {
  const recording = new OpenRecording(path)
  try {
    return replayPlan(recording, { snapshot, settings, ...(until !== undefined && { until: instant(until) }) })
  } finally {
    recording.close()
  }
}
