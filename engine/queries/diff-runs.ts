// What two runs differ by: bytes and blocks by type, by line, by file or by traceback, at an instant of each.
import { emptyTally, type Tally } from '../analysis/diff'
import { MoltError } from '../base/errors'
import { FIRST_TYPE } from '../memory/events'
import { TYPE_LIVE_BLOCKS, TYPE_LIVE_BYTES, TYPE_STRIDE } from '../recording/memory-state'
import type { Frame, Params } from '../rpc/contract'
import type { DiffRuns, RunsRow } from '../rpc/contract-diff'
import { needFigures } from './block-columns'
import { matcher, TypeNames } from './diff-names'
import type { Progress } from './diff-instants'
import type { Instant, OpenRecording } from './open-recording'
import { TwoRuns, type Side } from './two-runs'

const DEFAULT_LIMIT = 200

type Naming = Pick<RunsRow, 'typeName' | 'traceback' | 'oldLine' | 'in'>
interface Joined { old: Tally; new: Tally; name(group: number): Naming; matchedFiles: string[] }

export function diffRuns(
  before: OpenRecording, now: OpenRecording, params: Omit<Params<'diff.runs'>, 'recordingId' | 'oldId'>, { progress }: Progress = {},
): DiffRuns {
  before.refresh()
  now.refresh()
  needFigures(before)
  needFigures(now)
  const oldInstant = before.resolve(params.oldAt ?? params.at)
  const newInstant = now.resolve(params.at)
  const joined = params.by === 'type' ? joinTypes(before, oldInstant, now, newInstant)
    : joinPlaces(before, oldInstant, now, newInstant, params.by)
  progress?.(1, 2)

  const keep = matcher(params.filter)
  const groups = joined.old.count.length
  const used: number[] = []
  const sum = { oldBytes: 0, oldCount: 0, newBytes: 0, newCount: 0 }
  for (let group = 0; group < groups; group++) {
    const figures = figuresOf(joined, group)
    if (figures.oldCount === 0 && figures.newCount === 0 && figures.oldBytes === 0 && figures.newBytes === 0) continue
    if (params.filter !== undefined && params.filter !== '') {
      const { typeName, traceback } = joined.name(group)
      if (!(params.by === 'type' ? keep(typeName) : traceback.some(f => keep(f.path) || keep(`${f.path}:${f.line}`)))) continue
    }
    used.push(group)
    sum.oldBytes += figures.oldBytes
    sum.oldCount += figures.oldCount
    sum.newBytes += figures.newBytes
    sum.newCount += figures.newCount
  }
  const offset = params.offset ?? 0
  const order = used.sort(compareTo(joined)).slice(offset, offset + (params.limit ?? DEFAULT_LIMIT))
  return {
    oldTick: oldInstant.tick, newTick: newInstant.tick, rowCount: used.length, ...sum, matchedFiles: joined.matchedFiles,
    rows: order.map(group => ({ ...joined.name(group), ...figuresOf(joined, group) })),
  }
}

function figuresOf(joined: Joined, group: number): Omit<RunsRow, keyof Naming> {
  const [oldCount, oldBytes] = [joined.old.count[group]!, joined.old.bytes[group]!]
  const [newCount, newBytes] = [joined.new.count[group]!, joined.new.bytes[group]!]
  return { oldCount, oldBytes, newCount, newBytes, countDiff: newCount - oldCount, sizeDiffBytes: newBytes - oldBytes }
}

/** The order of Snapshot.compare_to: differences, then sizes, both of bytes and then of blocks, then places, all falling. */
function compareTo(joined: Joined): (a: number, b: number) => number {
  const { old, new: now } = joined
  const names = new Map<number, Naming>()
  const name = (group: number): Naming => {
    let known = names.get(group)
    if (!known) names.set(group, known = joined.name(group))
    return known
  }
  return (a, b) =>
    Math.abs(now.bytes[b]! - old.bytes[b]!) - Math.abs(now.bytes[a]! - old.bytes[a]!) || now.bytes[b]! - now.bytes[a]! ||
    Math.abs(now.count[b]! - old.count[b]!) - Math.abs(now.count[a]! - old.count[a]!) || now.count[b]! - now.count[a]! ||
    comparePlaces(name(b), name(a))
}

/** As Python compares a type's name, or lists of (file name, line). */
function comparePlaces(a: Naming, b: Naming): number {
  if (a.typeName !== b.typeName) return a.typeName < b.typeName ? -1 : 1
  for (let i = 0; i < Math.min(a.traceback.length, b.traceback.length); i++) {
    const [x, y] = [a.traceback[i]!, b.traceback[i]!]
    if (x.path !== y.path) return x.path < y.path ? -1 : 1
    if (x.line !== y.line) return x.line - y.line
  }
  return a.traceback.length - b.traceback.length
}

/** Types are the same by module and name; several types of one name are one row. */
function joinTypes(before: OpenRecording, oldInstant: Instant, now: OpenRecording, newInstant: Instant): Joined {
  const names: string[] = []
  const groupOf = new Map<string, number>()
  const sides = ([[before, oldInstant], [now, newInstant]] as const).map(([recording, instant]) => {
    const figures = typeFigures(recording, instant)
    const typeNames = new TypeNames(recording)
    const rows: [group: number, count: number, bytes: number][] = []
    for (let type = 0; type * TYPE_STRIDE < figures.length; type++) {
      const row = type * TYPE_STRIDE
      const count = figures[type >= FIRST_TYPE ? row : row + TYPE_LIVE_BLOCKS]!
      const bytes = figures[row + TYPE_LIVE_BYTES]!
      if (count === 0 && bytes === 0) continue
      const name = typeNames.name(type)
      let group = groupOf.get(name)
      if (group === undefined) groupOf.set(name, group = names.push(name) - 1)
      rows.push([group, count, bytes])
    }
    return rows
  })
  const tallies = sides.map(rows => {
    const tally = emptyTally(names.length)
    for (const [group, count, bytes] of rows) {
      tally.count[group] = tally.count[group]! + count
      tally.bytes[group] = tally.bytes[group]! + bytes
    }
    return tally
  })
  return {
    old: tallies[0]!, new: tallies[1]!, matchedFiles: [],
    name: group => ({ typeName: names[group]!, traceback: [], oldLine: 0, in: 'both' }),
  }
}

function typeFigures(recording: OpenRecording, instant: Instant): Float64Array {
  const figures = instant.keyframe?.kind === 'peak' ? new Float64Array(0) : recording.figureStateAt(instant).types.slice()
  if (figures.every(value => value === 0)) {
    throw new MoltError('no-instant', `${recording.path} has no figures by type at this instant.`, 'Compare by line or by traceback.')
  }
  return figures
}

function joinPlaces(
  before: OpenRecording, oldInstant: Instant, now: OpenRecording, newInstant: Instant, by: 'line' | 'file' | 'traceback',
): Joined {
  const runs = new TwoRuns(before, now)
  const { tree } = runs
  const nodes: number[] = []
  const groupOf = new Map<number, number>()
  const groupOfNode = new Int32Array(tree.count)
  for (let node = 0; node < tree.count; node++) {
    const key = by === 'traceback' ? node : node === 0 ? 0 : by === 'file' ? tree.code[node]! : tree.code[node]! * 2 ** 26 + tree.line[node]!
    let group = groupOf.get(key)
    if (group === undefined) groupOf.set(key, group = nodes.push(node) - 1)
    groupOfNode[node] = group
  }
  const sum = ({ recording, nodeOf }: Side, instant: Instant): Tally => {
    const figures = recording.figuresAt(instant)
    const tally = emptyTally(nodes.length)
    for (let site = 0; site * 2 < figures.length; site++) {
      const group = groupOfNode[nodeOf[site] ?? 0]!
      tally.bytes[group] = tally.bytes[group]! + figures[site * 2]!
      tally.count[group] = tally.count[group]! + figures[site * 2 + 1]!
    }
    return tally
  }
  const name = (group: number): Naming => {
    const node = nodes[group]!
    const { frame, oldLine, in: where } = runs.frame(node)
    if (by === 'file') return { typeName: '', traceback: [{ ...frame, line: 0, functionName: '' }], oldLine: 0, in: 'both' }
    const traceback: Frame[] = by === 'traceback' && node !== 0 ? tree.path(node).reverse().map(at => runs.frame(at).frame) : [frame]
    return { typeName: '', traceback, oldLine, in: where }
  }
  return { old: sum(runs.old, oldInstant), new: sum(runs.new, newInstant), name, matchedFiles: runs.matchedFiles }
}
