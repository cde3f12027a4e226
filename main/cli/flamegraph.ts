// molt flamegraph: a page of HTML to look into the stacks that lead to the memory.
import { flamegraphOf } from '../../engine/host/command-api'
import { instant, INSTANTS, parse } from './arguments'
import { help } from './help'
import { PAGE_OPTIONS, writePage } from './html-file'
import { FILTER_HELP, FILTER_OPTIONS, filtersOf, MEASURE_HELP, MEASURE_OPTIONS, measureOf } from './measure-options'
import { HELP, print, withRecordingAsync } from './reading'

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
    ...MEASURE_OPTIONS, ...FILTER_OPTIONS, ...PAGE_OPTIONS, inverted: { type: 'boolean' }, functions: { type: 'boolean' }, 'import-frames': { type: 'boolean' },
    'compare-to': { type: 'string' }, help: HELP,
  })
  if (values.help) return print(help('flamegraph'))
  const compareTo = values['compare-to']
  const fallback = compareTo === undefined ? 'peak' : 'live'
  const params = measureOf('flamegraph', values, fallback, fallback)
  return withRecordingAsync('flamegraph', positionals, recording => writePage(recording, 'flamegraph', values, progress => flamegraphOf(recording, {
    recordingId: 0, ...params, inverted: values.inverted ?? false, byFunction: values.functions ?? false, importFrames: values['import-frames'] ?? false,
    filters: filtersOf(values), ...(compareTo === undefined ? {} : { compareTo: instant(compareTo) }),
  }, progress)))
}
