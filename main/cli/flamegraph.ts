// molt flamegraph: a page of HTML to look into the stacks that lead to the memory.
import { basename } from 'node:path'
import { bytesOf, flamegraphOf, MoltError, writeExport } from '../../engine/host/command-api'
import { instant, INSTANTS, parse } from './arguments'
import { EXIT, report, say } from './exit'
import { help } from './help'
import { FILTER_HELP, FILTER_OPTIONS, filtersOf, MEASURE_HELP, MEASURE_OPTIONS, measureOf } from './measure-options'
import { HELP, print, progressOn, withRecordingAsync } from './reading'

export const FLAMEGRAPH_HELP = `Writes a flame graph of the memory as one HTML file that needs no network.

  molt flamegraph [OPTIONS] RECORDING

  -o, --output FILE        where to write; - is stdout (default: NAME-flamegraph.html in this folder)
  -f, --force              overwrite FILE
      --inverted           begin with the lines that allocate; their callers stand below them
      --functions          merge the lines of a function
      --import-frames      show frames of the import system too
      --at INSTANT         what is live then (default: the peak of the run)
      --compare-to INSTANT colour by what changed since then (what is live; default: at the end)
${MEASURE_HELP}
${FILTER_HELP}

In the page: click zooms, Escape goes back to the whole, / searches, arrow keys and Enter do the same without a mouse.
${INSTANTS}`

export async function flamegraph(args: string[]): Promise<number> {
  const { values, positionals } = parse('flamegraph', args, {
    ...MEASURE_OPTIONS, ...FILTER_OPTIONS, inverted: { type: 'boolean' }, functions: { type: 'boolean' }, 'import-frames': { type: 'boolean' },
    'compare-to': { type: 'string' }, output: { type: 'string', short: 'o' }, force: { type: 'boolean', short: 'f' }, help: HELP,
  })
  if (values.help) return print(help('flamegraph'))
  const compareTo = values['compare-to']
  const fallback = compareTo === undefined ? 'peak' : 'live'
  const params = measureOf('flamegraph', values, fallback, fallback)
  return withRecordingAsync('flamegraph', positionals, async recording => {
    const output = values.output ?? `${basename(recording.path).replace(/\.molt$/i, '')}-flamegraph.html`
    const progress = progressOn()
    let pieces: Iterable<string>
    try {
      pieces = flamegraphOf(recording, {
        recordingId: 0, ...params, inverted: values.inverted ?? false, byFunction: values.functions ?? false, importFrames: values['import-frames'] ?? false,
        filters: filtersOf(values), ...(compareTo === undefined ? {} : { compareTo: instant(compareTo) }),
      }, progress)
    } finally {
      progress.end()
    }
    const content = { pieces, compression: 'none' } as const
    try {
      if (output === '-') for await (const bytes of bytesOf(content)) await new Promise<void>(resolve => { process.stdout.write(bytes, () => resolve()) })
      else {
        const bytes = await writeExport(content, output, { overwrite: values.force ?? false, source: recording.path })
        say(`wrote ${output}: ${bytes.toLocaleString('en')} bytes.`)
      }
      return 0
    } catch (error) {
      if (error instanceof MoltError && error.code === 'exists') {
        say(`${output} exists already. Use -f to overwrite it, or another name with -o.`)
        return EXIT.cannotCreate
      }
      return report(error, true)
    }
  })
}
