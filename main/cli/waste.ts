// waste: containers with room or next to nothing in them, attributes that slots would hold in less, values that exist several times.
import { formatSize, snapshotAt, wasteOf, type OpenRecording } from '../../engine/host/command-api'
import type { Frame } from '../../engine/rpc/contract'
import type { WasteResult } from '../../engine/rpc/contract-waste'
import { instant, INSTANTS, parse } from './arguments'
import { count, cutRight, fitted, printable } from './fitted'
import { shortPath } from './frames'
import type { Places } from './places'
import { HELP, limitOf, print, printJson } from './reading'
import { withSnapshot } from './snapshot'

export const WASTE_HELP = `Prints memory that is taken and not needed, by the lines that made it.

  molt waste [OPTIONS] RECORDING

      --at INSTANT         when (default: end)
      --all                also what imports made, and what was there before the program
  -n, --limit N            so many rows in each list (default 10; 0: all)
      --json               as JSON

Lists: instances whose attributes would take less in __slots__, or no longer share the keys of their class (unshared), or have a dict
that vars() or __dict__ made; containers that are empty, have a single element, a table far too large (sparse) or room to grow
(slack); equal values that exist several times, and the lines that made the needless ones.
${INSTANTS}`

export function waste(args: string[], places: Places): Promise<number> | number {
  const { values, positionals } = parse('waste', args, {
    at: { type: 'string' }, all: { type: 'boolean' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${WASTE_HELP}\n`)
  const limit = limitOf('waste', values.limit, values.json ? Number.MAX_SAFE_INTEGER : 10)
  const at = instant(values.at ?? 'end')
  return withSnapshot('waste', positionals, at, places, recording => {
    const result = wasteOf(recording, { at, limit, all: values.all ?? false })
    return values.json ? printJson(result) : print(wasteText(recording, result))
  })
}

/** Snapshots of more objects are not looked through for a summary. */
const MOST_OBJECTS = 500_000

/** What a summary says of it, from the snapshot at the end; '' where there is none. */
export function wasteInShort(recording: OpenRecording): string {
  if (recording.settings().record === 'none') return ''
  const snapshot = snapshotAt(recording, 'end')
  if (!snapshot || snapshot.node_count > MOST_OBJECTS) return ''
  const { containerBytes, classBytes, duplicateBytes } = wasteOf(recording, { limit: 0 })
  const parts = [
    containerBytes > 0 ? `${formatSize(containerBytes)} in containers` : '', classBytes > 0 ? `${formatSize(classBytes)} that __slots__ would save` : '',
    duplicateBytes > 0 ? `${formatSize(duplicateBytes)} in equal values` : '',
  ].filter(part => part !== '')
  return parts.length === 0 ? '' : `${parts.join(', ')} (molt waste)`
}

const size = (bytes: number): string => (bytes === 0 ? '' : formatSize(bytes))

function wasteText(recording: OpenRecording, result: WasteResult): string {
  const { script_path: scriptPath } = recording.run()
  const place = (frame: Frame | null) => (frame ? printable(`${shortPath(frame.path, scriptPath)}:${frame.line}`) : 'before the program')
  const parts: string[] = []
  const more = (shownRows: number, all: number) => (all > shownRows ? `${shownRows} of ${count(all)} rows; -n 0 shows all\n` : '')
  if (result.classes.length > 0) {
    parts.push(`Attributes of instances: __slots__ would save ${formatSize(result.classBytes)}\n\n` + fitted(
      ['instances', 'size', 'in slots', 'saved', 'unshared', 'dicts', 'class', 'made at'],
      result.classes.map(c => [
        count(c.count), formatSize(c.sizeBytes), formatSize(c.slotsBytes), formatSize(c.savedBytes), c.lostSharingCount === 0 ? '' : `${count(c.lostSharingCount)} (${formatSize(c.lostBytes)})`,
        c.materialisedCount === 0 ? '' : `${count(c.materialisedCount)} (${formatSize(c.materialisedBytes)})`, printable(c.typeName), place(c.frame),
      ]), 'rrrrrrll') + more(result.classes.length, result.classCount))
  }
  if (result.containers.length > 0) {
    parts.push(`Containers: ${formatSize(result.containerBytes)}\n\n` + fitted(
      ['wasted', 'count', 'why', 'type', 'made at'],
      result.containers.map(c => [formatSize(c.wastedBytes), count(c.count), c.reason, printable(c.typeName), place(c.frame)]), 'rrlll') +
      more(result.containers.length, result.containerCount))
  }
  if (result.duplicates.length > 0) {
    parts.push(`Equal values: ${formatSize(result.duplicateBytes)} in needless copies\n\n` + fitted(
      ['wasted', 'copies', 'type', 'value', 'made at'],
      result.duplicates.map(d => [size(d.wastedBytes), count(d.copies), printable(d.typeName), cutRight(printable(d.preview), 32), place(d.frame)]), 'rrlll') +
      more(result.duplicates.length, result.duplicateCount))
    parts.push('Lines that made needless copies\n\n' + fitted(
      ['wasted', 'copies', 'values', 'for example', 'made at'],
      result.duplicateLines.map(d => [size(d.wastedBytes), count(d.count), count(d.values), cutRight(printable(d.example), 32), place(d.frame)]), 'rrrll'))
  }
  return parts.length === 0 ? 'Nothing is wasted that could be told.\n' : parts.join('\n')
}
