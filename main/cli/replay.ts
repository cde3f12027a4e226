// molt replay
import { basename, resolve } from 'node:path'
import {
  alignRuns, DEFAULT_RUN, formatSize, MoltError, OpenRecording, replayPlan, startReplay, type ReplayOptions, type ReplayResult,
} from '../../engine/host/command-api'
import type { RunSettings } from '../../engine/rpc/contract'
import type { AlignedRuns } from '../../engine/rpc/contract-replay'
import { choice, instant, parse, wholeNumber } from './arguments'
import { EXIT, reportWriting, say, UsageError } from './exit'
import { help } from './help'
import type { Places } from './places'
import { HELP, print, printJson } from './reading'
import { count } from './fitted'
import { table } from './table'
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
  json: { type: 'boolean' },
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
    if (error.code === 'bad-request') throw new UsageError(error.hint ? `${error.message} ${error.hint}` : error.message, 'replay')
    return reportWriting(error, wanted)
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
  if (result.changed && values.json) return printJson(plainRuns(sideBySide(path, wanted)))
  if (values.json) return (printJson({ ...result, end: undefined }), result.difference === null ? 0 : EXIT_DIFFERS)
  if (!result.changed) return sayWhetherSame(result, quiet)
  if (!quiet) print(tableOf(sideBySide(path, wanted)))
  sayUnknown(result)
  return 0
}

/** Of an unchanged replay that is not the recorded run. */
const EXIT_DIFFERS = 1

function sayWhetherSame(result: ReplayResult, quiet: boolean): number {
  const { difference, sameEvents, recordedEvents, events, reasons } = result
  if (difference === null) {
    if (!quiet) print(`${recordedEvents === 0 ? 'The recording has no events to compare with.' : sameWords(sameEvents, Math.min(events, recordedEvents), recordedEvents)}\n`)
    return 0
  }
  print(`${[difference.sentence, ...reasons].join('\n')}\n`)
  sayUnknown(result)
  return EXIT_DIFFERS
}

function sameWords(same: number, compared: number, recorded: number): string {
  const words = same === 0 ? '' : `The same as recorded: ${same === recorded ? 'all ' : 'the first '}${same.toLocaleString('en')} events.`
  const rest = same === compared ? '' : 'A recording with statistics only can be compared every 65,536 events, and at its end.'
  return [words, rest].filter(Boolean).join(' ')
}

/** What the recording has no answer to, so that the program was told that it is not there. */
function sayUnknown({ end: { unknown = [] } }: ReplayResult): void {
  const asked = unknown.filter(path => !path.includes('/__pycache__'))
  if (asked.length === 0) return
  const more = asked.length > 3 ? ` and ${asked.length - 3} more` : ''
  say(`the recording does not say what is at ${asked.slice(0, 3).join(', ')}${more}; for the replay nothing was there`)
}

function sideBySide(path: string, other: string): AlignedRuns {
  const first = new OpenRecording(path)
  try {
    const second = new OpenRecording(other)
    try {
      return alignRuns(first, second)
    } finally {
      second.close()
    }
  } finally {
    first.close()
  }
}

const plainRuns = ({ firstTick, secondTick, ...rest }: AlignedRuns) => ({ ...rest, firstTick: [...firstTick], secondTick: [...secondTick] })

function tableOf({ difference, figures, sameOutput, matchedSteps, firstSteps, secondSteps }: AlignedRuns): string {
  const signed = (n: number, text: string) => (n > 0 ? `+${text}` : text)
  const rows = figures.map(({ name, unit, first, second, firstInSecond }) => {
    const show = unit === 'bytes' ? (n: number) => formatSize(n) : count
    const change = unit === 'tick' ? `there: ${count(firstInSecond ?? first)}` : first === second ? '' : signed(second - first, unit === 'bytes' ? formatSize(second - first) : count(second - first))
    return [name, show(first), show(second), change]
  })
  const parts = difference === null ? 'Both runs are the same.'
    : difference.sentence
  const steps = difference === null || firstSteps === 0 && secondSteps === 0 ? ''
    : `After it ${count(matchedSteps)} of ${count(firstSteps)} and ${count(secondSteps)} steps are in both.\n`
  return `${parts}\n${steps}The output is ${sameOutput ? 'the same' : 'not the same'}.\n\n${table(['', 'recorded', 'replay', 'change'], rows, 'lrrr')}`
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

function planOf(path: string, { until, snapshot = false, script }: Values, settings: Partial<RunSettings>): ReturnType<typeof replayPlan> {
  const recording = new OpenRecording(path)
  try {
    return replayPlan(recording, { snapshot, settings, edited: script !== undefined, ...(until !== undefined && { until: instant(until) }) })
  } finally {
    recording.close()
  }
}
