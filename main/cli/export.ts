// molt export: a recording written for another tool, to a file or to stdout.
import { bytesOf, ENGINE_VERSION, EXPORT_FORMATS, exportRecording, MoltError, writeExport } from '../../engine/host/command-api'
import type { StatisticsFilter } from '../../engine/rpc/contract'
import type { ExportOptions } from '../../engine/rpc/contract-export'
import { choice, instant, INSTANTS, parse, range } from './arguments'
import { EXIT, report, say, UsageError } from './exit'
import { HELP, print, withRecordingAsync } from './reading'

export const EXPORT_HELP = `Writes a recording as a file for another tool.

  molt export [OPTIONS] FORMAT RECORDING

${EXPORT_FORMATS.map(f => `  ${f.format.padEnd(14)}${f.summary} (${f.extension})`).join('\n')}

  -o, --output FILE        where to write; otherwise, or for -, stdout
  -f, --force              overwrite FILE
      --at INSTANT         when live memory is looked at (default: end, or the end of the range)
      --range A..B         count allocations between two instants; without A from the beginning, without B to the end
      --measure MEASURE    live, allocated or survived (allocated in the range and still alive); may be given several times.
                           speedscope, csv, json: these alone. collapsed: this one (default: live). pprof: live or allocated,
                           to be shown first
      --filter PATTERN     only memory allocated in files that match, e.g. '*/mine/*.py'; !PATTERN: not in these; may be given
                           several times
      --group BY           csv, json: lineno (default), function, filename or traceback; csv: also type
      --blocks             speedscope, collapsed: numbers of blocks instead of bytes

FILE appears when it is complete; if anything fails, nothing is left behind. In CSV a name that a spreadsheet would take for a formula
has an apostrophe before it.

${INSTANTS}`

const GROUPS = ['lineno', 'function', 'filename', 'traceback', 'type'] as const
const MEASURES = ['live', 'allocated', 'survived'] as const

export async function exportCommand(args: string[]): Promise<number> {
  const { values, positionals } = parse('export', args, {
    output: { type: 'string', short: 'o' }, force: { type: 'boolean', short: 'f' }, at: { type: 'string' }, range: { type: 'string' },
    measure: { type: 'string', multiple: true }, filter: { type: 'string', multiple: true }, group: { type: 'string' }, blocks: { type: 'boolean' },
    help: HELP,
  })
  if (values.help) return print(`${EXPORT_HELP}\n`)
  const [first, ...recordings] = positionals
  const formats = EXPORT_FORMATS.map(f => f.format)
  if (first === undefined) throw new UsageError(`export needs a format (${formats.join(', ')}) and a recording`, 'export')
  const format = formats.find(f => f === first)
  if (format === undefined) throw new UsageError(`there is no format ${first}; there are ${formats.join(', ')}`, 'export')
  const filters = (values.filter ?? []).map((text): StatisticsFilter =>
    (text.startsWith('!') ? { inclusive: false, pattern: text.slice(1) } : { inclusive: true, pattern: text }))
  const options: ExportOptions = {
    format, filters, blocks: values.blocks ?? false,
    ...(values.at === undefined ? {} : { at: instant(values.at) }),
    ...(values.range === undefined ? {} : { range: range('export', values.range) }),
    ...(values.measure === undefined ? {} : { measures: values.measure.map(name => choice('export', '--measure', name, MEASURES)) }),
    ...(values.group === undefined ? {} : { groupBy: choice('export', '--group', values.group, GROUPS) }),
  }
  const output = values.output === undefined || values.output === '-' ? null : values.output
  const { isText, extension } = EXPORT_FORMATS.find(f => f.format === format)!
  if (output === null && !isText && process.stdout.isTTY) {
    throw new UsageError(`${format} is not for reading in a terminal; give it a file with -o NAME${extension}`, 'export')
  }

  return withRecordingAsync('export', recordings, async recording => {
    const content = exportRecording(recording, options, ENGINE_VERSION)
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
      if (error instanceof MoltError && error.code === 'exists') {
        say(`${output} exists already. Use -f to overwrite it, or another name with -o.`)
        return EXIT.cannotCreate
      }
      return report(error, true)
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    }
  })
}

/** What goes wrong there is said by the listener in cli.ts. */
const toStdout = (bytes: Uint8Array): Promise<void> => new Promise(resolve => { process.stdout.write(bytes, () => resolve()) })
