// What changed between two instants of one run, block by block: the same block is the same block (its address and the tick
// at which it came to its line). A reallocated block is a new one of the line that asked, as tracemalloc counts it.
import { diffGroups, largestFirst, matchBlocks, survivorsOf, tally, type Tally } from '../analysis/diff'
import { MoltError } from '../base/errors'
import { FIRST_TYPE } from '../memory/events'
import type { At, Params } from '../rpc/contract'
import type { DiffFigures, DiffInstants, DiffObjects, DiffRange, DiffRangeObjects } from '../rpc/contract-diff'
import { birthTick, blocksAt, differ, type BlockColumns } from './block-columns'
import { groupOfBlocks, groupsOf, matcher, TypeNames } from './diff-names'
import { retainedByAddress, retainedByType } from './diff-retained'
import { addressText } from './object-id'
import type { OpenRecording } from './open-recording'

const DEFAULT_LIMIT = 200

export interface Progress { progress?(done: number, total: number): void }

export function diffInstants(recording: OpenRecording, params: Params<'diff.instants'>, { progress }: Progress = {}): DiffInstants {
  recording.refresh()
  const [then, now] = [recording.resolve(params.compareTo), recording.resolve(params.at)]
  const before = blocksAt(recording, then)
  progress?.(1, 4)
  const after = blocksAt(recording, now)
  progress?.(2, 4)
  const matched = matchBlocks(before, after, differ(recording, then, now))
  const groups = groupsOf(recording, params.by, params.filter)
  const { added, freed, survived } =
    diffGroups(before, groupOfBlocks(groups, before), after, groupOfBlocks(groups, after), groups.count, matched)
  progress?.(3, 4)

  const used = new Uint8Array(groups.count)
  const weight = new Float64Array(groups.count)
  const moved = new Float64Array(groups.count)
  const total = noFigures()
  const retained = params.retained && params.by === 'type'
    ? { before: retainedByType(recording, params.compareTo, groups.count), after: retainedByType(recording, params.at, groups.count) }
    : null
  for (let group = 0; group < groups.count; group++) {
    if (groups.kept[group] === 0 || added.count[group]! + freed.count[group]! + survived.count[group]! === 0) continue
    used[group] = 1
    weight[group] = Math.abs(retained ? retained.after[group]! - retained.before[group]! : added.bytes[group]! - freed.bytes[group]!)
    moved[group] = added.bytes[group]! + freed.bytes[group]!
    addFigures(total, added, freed, survived, group)
  }
  const order = page(largestFirst(weight, moved, used, wanted(params)), params)
  return {
    tick: now.tick, compareToTick: then.tick, rowCount: count(used), total,
    rows: Array.from(order, group => {
      const row = {
        typeId: params.by === 'type' ? group : 0, typeName: groups.typeName(group), traceback: groups.traceback(group), ...noFigures(),
        retainedBefore: retained ? retained.before[group]! : null, retainedAfter: retained ? retained.after[group]! : null,
      }
      addFigures(row, added, freed, survived, group)
      return row
    }),
  }
}

export function diffObjects(recording: OpenRecording, params: Params<'diff.objects'>, { progress }: Progress = {}): DiffObjects {
  recording.refresh()
  const [then, now] = [recording.resolve(params.compareTo), recording.resolve(params.at)]
  const before = blocksAt(recording, then)
  progress?.(1, 3)
  const after = blocksAt(recording, now)
  progress?.(2, 3)
  const matched = matchBlocks(before, after, differ(recording, then, now))
  const list = params.fate === 'freed' ? listObjects(recording, before, matched.inOld, 0, params.retained ? params.compareTo : null, params)
    : listObjects(recording, after, matched.inNew, params.fate === 'new' ? 0 : 1, params.retained ? params.at : null, params)
  return { tick: now.tick, compareToTick: then.tick, ...list }
}

/** The objects of an instant whose flag is `wanted`; `graphAt`: the instant whose snapshot says what they retain. */
function listObjects(
  recording: OpenRecording, blocks: BlockColumns, flags: Uint8Array, flag: 0 | 1, graphAt: At | null, params: Page & { filter?: string },
): Pick<DiffObjects, 'rows' | 'rowCount' | 'totalBytes'> {
  const names = new TypeNames(recording)
  const keep = keptObjects(recording, names, params.filter)
  const used = new Uint8Array(blocks.size.length)
  let totalBytes = 0
  for (let i = 0; i < used.length; i++) {
    if (flags[i] !== flag || blocks.type[i]! < FIRST_TYPE || !keep(blocks, i)) continue
    used[i] = 1
    totalBytes += blocks.size[i]!
  }
  const address = (i: number) => blocks.address[i]! + (names.headGranules[blocks.type[i]!] ?? 0)
  const retainedOf = graphAt === null ? null : retainedByAddress(recording, graphAt)
  const weight = Float64Array.from(blocks.size, (size, i) => (retainedOf && used[i] === 1 ? retainedOf(address(i)) ?? size : size))
  // The largest first, then the youngest: what was made last is what one looks for.
  const order = page(largestFirst(weight, blocks.birth, used, wanted(params)), params)
  return {
    rowCount: count(used), totalBytes,
    rows: Array.from(order, i => {
      const type = blocks.type[i]!
      return {
        address: addressText(recording, address(i)), birthTick: birthTick(blocks.birth[i]!), typeId: type, typeName: names.name(type),
        sizeBytes: blocks.size[i]!, retainedBytes: retainedOf?.(address(i)) ?? null, traceback: recording.traceback(blocks.site[i]!),
      }
    }),
  }
}

interface ThreeInstants { from: At; to: At; at: At }

/** The blocks at the three instants, and which of the last are to be told. */
function madeAndAlive(recording: OpenRecording, params: ThreeInstants, { progress }: Progress) {
  recording.refresh()
  const [from, to, at] = [recording.resolve(params.from), recording.resolve(params.to), recording.resolve(params.at)]
  if (from.event > to.event) throw new MoltError('bad-request', 'The range ends before it begins.', 'Give the earlier instant first: A..B.')
  if (at.event < to.event) {
    throw new MoltError('bad-request', 'The instant to look at lies before the end of the range.', 'Give --at an instant after the range.')
  }
  const a = blocksAt(recording, from)
  progress?.(1, 4)
  const b = blocksAt(recording, to)
  progress?.(2, 4)
  const c = blocksAt(recording, at)
  progress?.(3, 4)
  return { from, to, at, b, c, ...survivorsOf(a, b, c, differ(recording, from, to), differ(recording, to, at)) }
}

/** The single objects of diffRange. */
export function diffRangeObjects(recording: OpenRecording, params: Params<'diff.rangeObjects'>, options: Progress = {}): DiffRangeObjects {
  const { from, to, at, c, stillThere } = madeAndAlive(recording, params, options)
  const list = listObjects(recording, c, stillThere, 1, params.retained ? params.at : null, params)
  return { fromTick: from.tick, toTick: to.tick, tick: at.tick, ...list }
}

export function diffRange(recording: OpenRecording, params: Params<'diff.range'>, options: Progress = {}): DiffRange {
  const { from, to, at, b, c, stillThere, made } = madeAndAlive(recording, params, options)
  const groups = groupsOf(recording, params.by, params.filter)
  const madeOf = tally(b.size, groupOfBlocks(groups, b), groups.count, made.inNew, 0)
  const aliveOf = tally(c.size, groupOfBlocks(groups, c), groups.count, stillThere, 1)
  const used = new Uint8Array(groups.count)
  const sum = { madeCount: 0, madeBytes: 0, aliveCount: 0, aliveBytes: 0 }
  for (let group = 0; group < groups.count; group++) {
    if (groups.kept[group] === 0) continue
    used[group] = aliveOf.count[group] === 0 ? 0 : 1
    sum.madeCount += madeOf.count[group]!
    sum.madeBytes += madeOf.bytes[group]!
    sum.aliveCount += aliveOf.count[group]!
    sum.aliveBytes += aliveOf.bytes[group]!
  }
  const order = page(largestFirst(aliveOf.bytes, aliveOf.count, used, wanted(params)), params)
  return {
    fromTick: from.tick, toTick: to.tick, tick: at.tick, rowCount: count(used), ...sum,
    rows: Array.from(order, group => ({
      typeId: params.by === 'type' ? group : 0, typeName: groups.typeName(group), traceback: groups.traceback(group),
      madeCount: madeOf.count[group]!, madeBytes: madeOf.bytes[group]!, aliveCount: aliveOf.count[group]!, aliveBytes: aliveOf.bytes[group]!,
    })),
  }
}

const noFigures = (): DiffFigures =>
  ({ newCount: 0, newBytes: 0, freedCount: 0, freedBytes: 0, survivedCount: 0, survivedBytes: 0, countDiff: 0, sizeDiffBytes: 0 })

function addFigures(to: DiffFigures, added: Tally, freed: Tally, survived: Tally, group: number): void {
  to.newCount += added.count[group]!
  to.newBytes += added.bytes[group]!
  to.freedCount += freed.count[group]!
  to.freedBytes += freed.bytes[group]!
  to.survivedCount += survived.count[group]!
  to.survivedBytes += survived.bytes[group]!
  to.countDiff = to.newCount - to.freedCount
  to.sizeDiffBytes = to.newBytes - to.freedBytes
}

/** Objects whose type or line the filter keeps. */
function keptObjects(recording: OpenRecording, names: TypeNames, filter: string | undefined): (blocks: BlockColumns, i: number) => boolean {
  if (filter === undefined || filter === '') return () => true
  const keep = matcher(filter)
  const ofType: (boolean | undefined)[] = []
  const lines = groupsOf(recording, 'line', filter)
  return (blocks, i) => {
    const type = blocks.type[i]!
    return (ofType[type] ??= keep(names.name(type))) || lines.kept[lines.of[blocks.site[i]!]!] === 1
  }
}

interface Page { offset?: number; limit?: number }
const wanted = ({ offset, limit }: Page) => (offset ?? 0) + (limit ?? DEFAULT_LIMIT)
const page = (order: Int32Array, { offset }: Page) => order.subarray(offset ?? 0)
const count = (used: Uint8Array) => used.reduce((n, flag) => n + flag, 0)
