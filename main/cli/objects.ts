// objects, object, path: what is alive in a snapshot, one object in detail, and why it is alive.
import { formatSize, objectCut, objectDescription, objectList, objectPaths, objectTypes, snapshotsList } from '../../engine/host/command-api'
import type { CutResult, ObjectDescription, ObjectPath, ObjectRow, ReferenceRow } from '../../engine/rpc/contract-objects'
import { choice, instant, INSTANTS, parse, wholeNumber } from './arguments'
import { say, UsageError } from './exit'
import { count, cutRight, fitted, printable } from './fitted'
import type { Places } from './places'
import { HELP, limitOf, print, printJson, withRecording } from './reading'
import { withSnapshot } from './snapshot'

const SNAPSHOTS = `The heap is known where a snapshot was taken: at the end and at every mark, unless the run said otherwise (molt run --snapshot).
For another instant the run is repeated up to it, once; the snapshot is kept in the recording.`

export const OBJECTS_HELP = `Prints what is alive, by type or object by object.

  molt objects [OPTIONS] RECORDING

      --at INSTANT         when (default: end)
      --type REGEX         the objects of the types that match, one by one, instead of the table of types
      --value REGEX        only objects whose value matches, one by one
      --sort BY            types: retained (default), shallow or count; objects: retained, shallow, refcount, newest or oldest
      --all                also the interpreter's own objects, which were there before the program began
      --snapshots          list the snapshots instead
  -n, --limit N            so many rows (default 25; 0: all)
      --json               as JSON

Columns: count, shallow (the objects and the tables that belong to them alone), retained (what would be freed with them).
Objects have numbers (#123), for molt object and molt path; they are those of this snapshot.
${SNAPSHOTS}
${INSTANTS}`

export const OBJECT_HELP = `Prints one object: what it is, where it was made, what it refers to and what refers to it.

  molt object [OPTIONS] RECORDING OBJECT

OBJECT is its number as molt objects prints it (#123, or 123), its address as id() shows it (0x…), or its id (o1234).

      --at INSTANT         in the snapshot of this instant (default: end)
  -n, --limit N            so many referents and referrers (default 25; 0: all)
      --json               as JSON

${SNAPSHOTS}
${INSTANTS}`

export const PATH_HELP = `Prints why an object is alive: the path of references from a root to it.

  molt path [OPTIONS] RECORDING OBJECT

      --at INSTANT         in the snapshot of this instant (default: end)
      --ignore EDGE        leave this reference out (the number in front of a step); may be given several times
      --dissimilar         of paths that are alike in types and names show one
      --cut EDGE           print what would be freed if this reference were cut, instead; may be given several times
  -n, --limit N            so many paths (default 1; 0: up to 1,000)
      --json               as JSON

${SNAPSHOTS}
${INSTANTS}`

export function objects(args: string[], places: Places): number | Promise<number> {
  const { values, positionals } = parse('objects', args, {
    at: { type: 'string' }, type: { type: 'string' }, value: { type: 'string' }, sort: { type: 'string' }, all: { type: 'boolean' },
    snapshots: { type: 'boolean' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${OBJECTS_HELP}\n`)
  const at = instant(values.at ?? 'end')
  const limit = limitOf('objects', values.limit, values.json ? Number.MAX_SAFE_INTEGER : 25)
  const internal = values.all ?? false
  if (values.snapshots) {
    return withRecording('objects', positionals, recording => {
      const rows = snapshotsList(recording)
      if (values.json) return printJson(rows)
      if (rows.length === 0) return print('No snapshot was taken.\n')
      return print(fitted(['snapshot', 'tick', 'objects', 'references', 'size', 'taken'], rows.map(row => [
        `snapshot:${row.snapshotId}`, count(row.tick), count(row.objects), count(row.references), formatSize(row.sizeBytes),
        row.reason === 'mark' ? `mark:${row.label}` : row.reason,
      ]), 'lrrrrl'))
    })
  }
  return withSnapshot('objects', positionals, at, places, recording => {
    if (values.type !== undefined || values.value !== undefined) {
      const sort = choice('objects', '--sort', values.sort ?? 'retained', ['retained', 'shallow', 'refcount', 'newest', 'oldest'])
      const result = objectList(recording, {
        recordingId: 0, at, internal, sort, limit, ...(values.type === undefined ? {} : { type: values.type }), ...(values.value === undefined ? {} : { preview: values.value }),
      })
      if (values.json) return printJson(result)
      if (result.rows.length === 0) return print('No object matches.\n')
      print(objectTable(result.rows))
      if (result.rowCount > result.rows.length) say(`${result.rows.length} of ${count(result.rowCount)} objects; -n 0 shows all`)
      return 0
    }
    const sort = choice('objects', '--sort', values.sort ?? 'retained', ['retained', 'shallow', 'count'])
    const result = objectTypes(recording, { recordingId: 0, at, internal, sort, limit })
    if (values.json) return printJson(result)
    print(fitted(['count', 'shallow', 'retained', 'type'], result.rows.map(row => [
      count(row.count), formatSize(row.shallowBytes), formatSize(row.retainedBytes), row.module === 'builtins' || row.module === '' ? row.name : `${row.module}.${row.name}`,
    ]), 'rrrl'))
    const hidden = result.hiddenCount > 0 ? `; ${count(result.hiddenCount)} of the interpreter's own (${formatSize(result.hiddenBytes)}) are hidden, --all shows them` : ''
    say(`${count(result.totalCount)} objects, ${formatSize(result.totalBytes)}, in ${count(result.rowCount)} types at tick ${count(result.tick)}${hidden}`)
    return 0
  })
}

export function object(args: string[], places: Places): number | Promise<number> {
  const { values, positionals } = parse('object', args, {
    at: { type: 'string' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${OBJECT_HELP}\n`)
  const { recordings, object } = withObject('object', positionals)
  const limit = limitOf('object', values.limit, 25)
  const at = instant(values.at ?? 'end')
  return withSnapshot('object', recordings, at, places, recording => {
    const result = objectDescription(recording, { recordingId: 0, at, object, limit })
    if (values.json) return printJson(result)
    return print(described(result))
  })
}

export function path(args: string[], places: Places): number | Promise<number> {
  const { values, positionals } = parse('path', args, {
    at: { type: 'string' }, ignore: { type: 'string', multiple: true }, dissimilar: { type: 'boolean' }, cut: { type: 'string', multiple: true },
    limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${PATH_HELP}\n`)
  const at = instant(values.at ?? 'end')
  if (values.cut !== undefined) {
    const edges = values.cut.map(text => wholeNumber('path', '--cut', text))
    return withSnapshot('path', positionals.slice(0, 1), at, places, recording => {
      const result = objectCut(recording, { recordingId: 0, at, edges })
      return values.json ? printJson(result) : print(cutText(result))
    })
  }
  const { recordings, object } = withObject('path', positionals)
  const limit = Math.min(1000, limitOf('path', values.limit, 1))
  const ignore = (values.ignore ?? []).map(text => wholeNumber('path', '--ignore', text))
  return withSnapshot('path', recordings, at, places, recording => {
    const result = objectPaths(recording, { recordingId: 0, at, object, ignore, dissimilar: values.dissimilar ?? false, limit })
    if (values.json) return printJson(result)
    if (result.paths.length === 0) {
      return print(ignore.length > 0 ? 'No other path leads to it.\n' : 'No path leads to it: it is garbage in a cycle, which only the collector can free.\n')
    }
    print(result.paths.map(pathText).join('\n'))
    if (result.more) say('there are more paths: -n shows more, --ignore EDGE leaves a reference out')
    return 0
  })
}

function cutText({ freedCount, freedBytes, collectedCount, collectedBytes, types }: CutResult): string {
  if (freedCount + collectedCount === 0) return 'Nothing would be freed: something else keeps what it leads to.\n'
  const later = collectedCount === 0 ? '' : `, and ${count(collectedCount)} (${formatSize(collectedBytes)}) by the next full collection`
  return `${count(freedCount)} ${freedCount === 1 ? 'object' : 'objects'} (${formatSize(freedBytes)}) would be freed at once${later}.\n${
    fitted(['count', 'size', 'type'], types.slice(0, 25).map(row => [count(row.count), formatSize(row.bytes), row.type]), 'rrl')}`
}

/** RECORDING OBJECT. */
function withObject(command: string, positionals: string[]): { recordings: string[]; object: string } {
  const [recording, object, ...more] = positionals
  if (recording === undefined || object === undefined || more.length > 0) throw new UsageError(`${command} takes a recording and an object`, command)
  return { recordings: [recording], object }
}

const place = (row: ObjectRow): string => (row.frame === null ? 'before the program began' : `${row.frame.path}:${row.frame.line}`)
const named = (row: ObjectRow): string => printable(`${row.type}${row.preview === '' ? row.length >= 0 ? ` of ${count(row.length)}` : '' : ` ${row.preview}`}`)

function objectTable(rows: ObjectRow[]): string {
  return fitted(['object', 'shallow', 'retained', 'refs', 'what', 'made at'], rows.map(row => [
    `#${row.node}`, formatSize(row.shallowBytes), formatSize(row.retainedBytes), String(row.refcount), cutRight(named(row), 40), place(row),
  ]), 'rrrrll')
}

function described(o: ObjectDescription): string {
  const lines = [
    `#${o.node}  ${named(o)}`,
    `  address    ${o.address}`,
    `  size       ${formatSize(o.shallowBytes)}, retains ${formatSize(o.retainedBytes)} in ${count(o.retainedCount)} ${o.retainedCount === 1 ? 'object' : 'objects'}`,
    `  references ${count(o.refcount)}`,
  ]
  if (o.length >= 0) lines.push(`  items      ${count(o.length)}${o.capacity > o.length ? `, with room for ${count(o.capacity)}` : ''}`)
  lines.push(`  collector  ${o.generation === null ? 'not tracked' : `generation ${o.generation === 3 ? 'permanent' : o.generation}`}${o.garbage ? '; garbage: no path from a root leads to it' : ''}${
    o.finalizer ? `; has a finalizer${o.finalized ? ', which has run' : ''}` : ''}${o.weaklyReferenced ? '; weakly referenced' : ''}`)
  if (o.internal) lines.push('  made       before the program began')
  else {
    lines.push(`  made       at tick ${count(o.birthTick)}, ${count(o.tick - o.birthTick)} instructions earlier, at`)
    for (const frame of o.traceback.toReversed()) lines.push(`             ${frame.path}:${frame.line}${frame.functionName ? ` in ${frame.functionName}` : ''}`)
  }
  if (o.dominator !== null) lines.push(`  kept by    #${o.dominator.node} ${named(o.dominator)} alone`)
  lines.push('', `Refers to ${count(o.referentCount)}:`, ...references(o.referents, o.referentCount))
  lines.push('', `Referred to by ${count(o.referrerCount)}:`, ...references(o.referrers, o.referrerCount))
  return `${lines.join('\n')}\n`
}

function references(rows: ReferenceRow[], total: number): string[] {
  const lines = rows.map(row => (row.object === null
    ? `  ${printable(row.label)}`
    : `  ${cutRight(printable(row.label), 40).padEnd(18)} #${row.object.node} ${cutRight(named(row.object), 60)}`))
  return total > rows.length ? [...lines, `  … ${count(total - rows.length)} more; -n 0 shows all`] : lines
}

/** One step a line: the reference's number, its name, and what it leads to. */
function pathText({ steps, skipped }: ObjectPath): string {
  const lines = steps.map((step, i) => `${String(step.edge).padStart(9)}  ${'  '.repeat(Math.min(i, 12))}${cutRight(printable(step.label), 50)} → #${step.object.node} ${cutRight(named(step.object), 50)}`)
  if (skipped > 0) lines.splice(lines.length / 2, 0, `           … ${count(skipped)} more steps …`)
  return `${lines.join('\n')}\n`
}
