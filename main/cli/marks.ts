// molt marks: the instants that the script named, and what changed from one to the next.
import { formatSize, markSteps } from '../../engine/host/command-api'
import { parse } from './arguments'
import { say } from './exit'
import { fitted, printable } from './fitted'
import { placeWords } from './frames'
import { help } from './help'
import { HELP, limitOf, print, printJson, withRecording } from './reading'

export const MARKS_HELP = `Prints the marks of a run: instants that the script named with sys.audit('mark', NAME).

  molt marks [OPTIONS] RECORDING

  -n, --limit N            so many marks (default: all)
      --json               as JSON

Columns: tick (instructions executed), live (traced bytes and blocks then), change (since the mark before; since the beginning for the
first), line (where it was set).`

export function marks(args: string[]): number {
  const { values, positionals } = parse('marks', args, { limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP })
  if (values.help) return print(help('marks'))
  const limit = limitOf('marks', values.limit, Number.MAX_SAFE_INTEGER)
  return withRecording('marks', positionals, recording => {
    const all = markSteps(recording)
    const rows = all.slice(0, limit)
    if (values.json) return printJson(rows)
    if (rows.length === 0) return print("This run has no marks. A script sets one with sys.audit('mark', NAME).\n")
    const { script_path: script } = recording.run()
    const signed = (value: number) => (value > 0 ? '+' : '') + value.toLocaleString('en')
    print(fitted(['mark', 'tick', 'live', 'blocks', 'change', 'blocks', 'line'], rows.map(m => [
      printable(m.label), m.tick.toLocaleString('en'), formatSize(m.liveBytes), m.liveBlocks.toLocaleString('en'), formatSize(m.sizeDiffBytes, true),
      signed(m.countDiff), m.frame ? placeWords(m.frame, 'script', script) : '',
    ]), 'lrrrrrl'))
    if (all.length > rows.length) say(`${rows.length} of ${all.length} marks; -n 0 shows all`)
    return 0
  })
}
