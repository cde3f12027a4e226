// molt replay
import { basename, resolve } from 'node:path'
import { MoltError, OpenRecording, startReplay, type ReplayOptions, type ReplayResult } from '../../engine/host/command-api'
import { instant, parse } from './arguments'
import { EXIT, report, say, UsageError } from './exit'
import { help } from './help'
import type { Places } from './places'
import { HELP, print } from './reading'
import { freshName } from './run'

export async function replay(args: string[], places: Places): Promise<number> {
  const { values, positionals } = parse('replay', args, {
    output: { type: 'string', short: 'o' }, force: { type: 'boolean', short: 'f' }, quiet: { type: 'boolean', short: 'q' },
    until: { type: 'string' }, help: HELP,
  })
  if (values.help) return print(help('replay'))
  const [path, ...more] = positionals
  if (path === undefined) throw new UsageError('replay needs a recording', 'replay')
  if (more.length > 0) throw new UsageError('replay takes one recording', 'replay')
  if (values.output === '') throw new UsageError('-o takes the name of a file', 'replay')
  // What is wrong with the recording is said before anything is made.
  const until = untilOf(path, values.until)
  const wanted = values.output ?? freshName(`${basename(path).replace(/\.molt$/, '')}-replay`)
  const quiet = values.quiet ?? false
  const stopping = new AbortController()
  const options: ReplayOptions = {
    output: { path: resolve(wanted), overwrite: values.force ?? false }, workerPath: places.worker, dataFolder: places.install, signal: stopping.signal, ...until,
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

/** A tick is exact also where the recording has no events; other instants are asked of it. */
function untilOf(path: string, value: string | undefined): { untilEvent?: number; untilTick?: number } {
  const recording = new OpenRecording(path)
  try {
    if (value === undefined) return {}
    const at = instant(value)
    if (typeof at === 'number' && recording.settings().record !== 'full') return { untilTick: at }
    return { untilEvent: recording.resolve(at).event }
  } finally {
    recording.close()
  }
}
