// molt table: a page of HTML with the figures of each line, to sort and search.
import { tableOf } from '../../engine/host/command-api'
import { choice, instant, INSTANTS, parse } from './arguments'
import { help } from './help'
import { PAGE_OPTIONS, writePage } from './html-file'
import { FILTER_HELP, FILTER_OPTIONS, filtersOf, MEASURE_HELP, MEASURE_OPTIONS, measureOf } from './measure-options'
import { HELP, print, withRecordingAsync } from './reading'

export const TABLE_HELP = `Writes a table of the memory by line as one HTML file that needs no network.

  molt table [OPTIONS] RECORDING

  -o, --output FILE        where to write; - is stdout (default: NAME-table.html in this folder)
  -f, --force              overwrite FILE
      --group BY           lineno (default), filename or traceback
      --at INSTANT         what is live then (default: the peak of the run)
      --compare-to INSTANT differences to another instant (what is live; default: at the end)
${MEASURE_HELP}
${FILTER_HELP}

In the page: a click on a title sorts, / searches.
${INSTANTS}`

export async function tablePage(args: string[]): Promise<number> {
  const { values, positionals } = parse('table', args, {
    ...MEASURE_OPTIONS, ...FILTER_OPTIONS, ...PAGE_OPTIONS, group: { type: 'string' }, 'compare-to': { type: 'string' }, help: HELP,
  })
  if (values.help) return print(help('table'))
  const compareTo = values['compare-to']
  const fallback = compareTo === undefined ? 'peak' : 'live'
  const params = measureOf('table', values, fallback, fallback)
  const groupBy = choice('table', '--group', values.group ?? 'lineno', ['lineno', 'filename', 'traceback'])
  return withRecordingAsync('table', positionals, recording => writePage(recording, 'table', values, progress => tableOf(recording, {
    recordingId: 0, ...params, groupBy, filters: filtersOf(values), ...(compareTo === undefined ? {} : { compareTo: instant(compareTo) }),
  }, progress)))
}
