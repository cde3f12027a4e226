// molt export: a recording written for another tool, to a file or to stdout.
import { bytesOf, ENGINE_VERSION, EXPORT_FORMATS, exportRecording, writeExport } from '../../engine/host/command-api'
import type { ExportOptions } from '../../engine/rpc/contract-export'
import { choice, instant, INSTANTS, parse, range, wholeNumber } from './arguments'
import { EXIT, reportWriting, say, UsageError } from './exit'
import { help } from './help'
import { FILTER_HELP, FILTER_OPTIONS, filtersOf, MEASURES } from './measure-options'
import type { Places } from './places'
import { HELP, print, progressOn, withRecordingAsync } from './reading'
import { taken } from './snapshot'

export const EXPORT_HELP = `Writes a recording as a file for another tool.

  molt export [OPTIONS] FORMAT RECORDING

${EXPORT_FORMATS.map(f => `  ${f.format.padEnd(14)}${f.summary} (${f.extension})`).join('\n')}

  -o, --output FILE        where to write; otherwise, or for -, stdout
  -f, --force              overwrite FILE
      --at INSTANT         when live memory, or the heap, is looked at (default: end)
      --range A..B         from one instant to another; A.. and ..B are ranges to the end and from the beginning
      --measure MEASURE    ${MEASURES.join(', ')},
                           as in molt stats; may be given several times (default: live and allocated, of a range also
                           survived). collapsed: one alone. pprof: live or allocated, which is shown first
      --temporary-allocation-threshold N
                           measure temporary: blocks freed with at most N other allocations in between
${FILTER_HELP}
      --group BY           csv, json: lineno (default), function, filename or traceback; csv: also type
      --blocks             speedscope, collapsed: numbers of blocks instead of bytes

FILE appears when it is complete; if anything fails, nothing is left behind. In CSV a name that a spreadsheet would take for a
formula has an apostrophe before it.

The heap of an instant that has no snapshot is taken by running again to it, once. A heapsnapshot is loaded in the panel Memory of
Chrome's developer tools. They show where objects were allocated, too, if the file is named NAME.heaptimeline and "Allocation stack
traces" is ticked below "Allocations on timeline".

${INSTANTS}`

const GROUPS = ['lineno', 'function', 'filename', 'traceback', 'type'] as const

export async function exportCommand(args: string[], places: Places): Promise<number> {
  const { values, positionals } = parse('export', args, {
    ...FILTER_OPTIONS, output: { type: 'string', short: 'o' }, force: { type: 'boolean', short: 'f' }, at: { type: 'string' }, range: { type: 'string' },
    measure: { type: 'string', multiple: true }, 'temporary-allocation-threshold': { type: 'string' }, group: { type: 'string' },
    blocks: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(help('export'))
  const [first, ...recordings] = positionals
  const formats = EXPORT_FORMATS.map(f => f.format)
  if (first === undefined) throw new UsageError(`export needs a format (${formats.join(', ')}) and a recording`, 'export')
  const format = formats.find(f => f === first)
  if (format === undefined) throw new UsageError(`there is no format ${first}; there are ${formats.join(', ')}`, 'export')
  if (values.at !== undefined && values.range !== undefined) throw new UsageError('--at does not go with --range, whose end is the instant', 'export')
  const threshold = values['temporary-allocation-threshold']
  const span = values.range === undefined ? {} : range('export', values.range)
  const at = span.to ?? (values.at === undefined ? undefined : instant(values.at))
  const options: ExportOptions = {
    format, filters: filtersOf(values), blocks: values.blocks ?? false,
    ...(at === undefined ? {} : { at }), ...(span.from === undefined ? {} : { from: span.from }),
    ...(values.measure === undefined ? {} : { measures: values.measure.map(name => choice('export', '--measure', name, MEASURES)) }),
    ...(threshold === undefined ? {} : { temporaryThreshold: wholeNumber('export', '--temporary-allocation-threshold', threshold) }),
    ...(values.group === undefined ? {} : { groupBy: choice('export', '--group', values.group, GROUPS) }),
  }
  const output = values.output === undefined || values.output === '-' ? null : values.output
  const { isText, extension } = EXPORT_FORMATS.find(f => f.format === format)!
  if (output === null && !isText && process.stdout.isTTY) {
    throw new UsageError(`${format} is not for reading in a terminal; give it a file with -o NAME${extension}`, 'export')
  }

  return withRecordingAsync('export', recordings, async recording => {
    if (format === 'heapsnapshot') await taken(recording, options.at ?? 'end', places)
    const progress = progressOn()
    let content: ReturnType<typeof exportRecording>
    try {
      content = exportRecording(recording, options, ENGINE_VERSION, progress)
    } finally {
      progress.end()
    }
    const cancel = new AbortController()
    const interrupt = () => cancel.abort()
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
    try {
      if (output === null) for await (const bytes of bytesOf(content, cancel.signal)) await toStdout(bytes)
      else {
        const bytes = await writeExport(content, output, { overwrite: values.force ?? false, source: recording.path, signal: cancel.signal })
        say(`wrote ${output}: ${bytes.toLocaleString('en')} bytes.`)
      }
      return 0
    } catch (error) {
      if (cancel.signal.aborted) return EXIT.interrupted
      return reportWriting(error, output)
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    }
  })
}

/** What goes wrong there is said by the listener in cli.ts. */
const toStdout = (bytes: Uint8Array): Promise<void> => new Promise(resolve => { process.stdout.write(bytes, () => resolve()) })
