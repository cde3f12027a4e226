// tracemalloc's statistics at any instant, Snapshot.statistics and Snapshot.compare_to with their grouping and order; and
// any other measure of a range (measures.ts) in the same form.
import type { Frame, GroupBy, StatisticRow, StatisticsParams, StatisticsResult } from '../rpc/contract'
import { MoltError } from '../base/errors'
import { keptFrames } from './filters'
import { measureSites, type Progress } from './measures'
import type { OpenRecording } from './open-recording'

const DEFAULT_LIMIT = 200

/** Sums of one group at the instant and at the one compared with; `node` is a frame node that names it. */
interface Group { node: number; size: number; count: number; oldSize: number; oldCount: number }

export function statisticsAt(recording: OpenRecording, params: StatisticsParams, progress: Progress = {}): StatisticsResult {
  if (params.cumulative && params.groupBy === 'traceback') {
    throw new MoltError('bad-request', 'Cumulative statistics cannot be grouped by traceback.', 'Group by line or by file.')
  }
  if (params.compareTo !== undefined && (params.measure ?? 'live') !== 'live') {
    throw new MoltError('bad-request', `${params.measure} cannot be compared with another instant.`, 'Compare what is live at two instants.')
  }
  const { figures, from, to: now } = measureSites(recording, params, progress)
  const old = params.compareTo === undefined ? null : recording.resolve(params.compareTo)
  const groups = new Map<number, Group>()
  collect(recording, params, figures, groups, false)
  if (old) collect(recording, params, recording.figuresAt(old), groups, true)

  const list = [...groups.values()].filter(g => g.count !== 0 || g.oldCount !== 0)
  const { groupBy } = params
  list.sort(old
    ? (a, b) => Math.abs(b.size - b.oldSize) - Math.abs(a.size - a.oldSize) || b.size - a.size ||
        Math.abs(b.count - b.oldCount) - Math.abs(a.count - a.oldCount) || b.count - a.count || -comparePlaces(recording, groupBy, a.node, b.node)
    : (a, b) => b.size - a.size || b.count - a.count || -comparePlaces(recording, groupBy, a.node, b.node))

  const offset = params.offset ?? 0
  const page = list.slice(offset, offset + (params.limit ?? DEFAULT_LIMIT))
  const sum = (pick: (g: Group) => number) => list.reduce((total, g) => total + pick(g), 0)
  const totalBytes = sum(g => g.size)
  const totalCount = sum(g => g.count)
  return {
    tick: now.tick,
    fromTick: from?.tick ?? null,
    compareToTick: old?.tick ?? null,
    rows: page.map(g => row(recording, groupBy, g, old !== null)),
    rowCount: list.length,
    totalBytes,
    totalCount,
    totalDiffBytes: old ? totalBytes - sum(g => g.oldSize) : 0,
    totalCountDiff: old ? totalCount - sum(g => g.oldCount) : 0,
  }
}

function collect(recording: OpenRecording, params: StatisticsParams, figures: Float64Array, groups: Map<number, Group>, old: boolean): void {
  const { frames, frameOf } = recording
  const keep = keptFrames(frames, id => recording.pathOf(id), params.filters ?? [])
  const keyOf = keys(recording, params.groupBy)
  for (let site = 0; site * 2 < figures.length; site++) {
    const size = figures[site * 2]!
    const count = figures[site * 2 + 1]!
    if (count === 0) continue
    const node = frameOf[site]!
    if (!keep(node)) continue
    // tracemalloc's cumulative sums count a frame as often as it stands in the traceback; so do these.
    for (let at = node; ; at = frames.parent[at]!) {
      const key = keyOf(at)
      let group = groups.get(key)
      if (!group) groups.set(key, group = { node: at, size: 0, count: 0, oldSize: 0, oldCount: 0 })
      if (old) {
        group.oldSize += size
        group.oldCount += count
      } else {
        group.size += size
        group.count += count
      }
      if (!params.cumulative || at === 0 || frames.parent[at] === 0) break
    }
  }
}

/** What makes two frame nodes one group. */
function keys({ frames }: OpenRecording, groupBy: GroupBy): (node: number) => number {
  if (groupBy === 'traceback') return node => node
  if (groupBy === 'filename') return node => (node === 0 ? 0 : frames.code[node]!)
  return node => (node === 0 ? 0 : frames.code[node]! * 2 ** 24 + frames.line[node]!)
}

/** As Python compares the tuples of (file name, line), oldest frame first. */
function comparePlaces(recording: OpenRecording, groupBy: GroupBy, a: number, b: number): number {
  const { frames } = recording
  const path = (node: number) => recording.pathOf(node === 0 ? 0 : frames.code[node]!)
  const one = (x: number, y: number) => {
    const px = path(x)
    const py = path(y)
    if (px !== py) return px < py ? -1 : 1
    return groupBy === 'filename' ? 0 : frames.line[x]! - frames.line[y]!
  }
  if (groupBy !== 'traceback') return one(a, b)
  const as = frames.path(a).reverse()
  const bs = frames.path(b).reverse()
  for (let i = 0; i < Math.min(as.length, bs.length); i++) {
    const order = one(as[i]!, bs[i]!)
    if (order !== 0) return order
  }
  return as.length - bs.length
}

function row(recording: OpenRecording, groupBy: GroupBy, group: Group, diff: boolean): StatisticRow {
  const { frames } = recording
  const frame = (node: number): Frame =>
    groupBy === 'filename' ? { ...recording.frameNode(node), line: 0, functionName: '' } : recording.frameNode(node)
  const traceback = groupBy === 'traceback' && group.node !== 0 ? frames.path(group.node).reverse().map(frame) : [frame(group.node)]
  return {
    traceback,
    sizeBytes: group.size,
    count: group.count,
    averageBytes: group.count === 0 ? 0 : group.size / group.count,
    sizeDiffBytes: diff ? group.size - group.oldSize : 0,
    countDiff: diff ? group.count - group.oldCount : 0,
  }
}
