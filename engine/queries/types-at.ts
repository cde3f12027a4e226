// What is alive, by type: objects by their births and deaths, and blocks that belong to objects (tables, buffers) by tag.
import {
  TAG_BYTEARRAY_BUFFER, TAG_DEQUE_BLOCK, TAG_DICT_KEYS, TAG_DICT_VALUES, TAG_INTERPRETER, TAG_LIST_ITEMS, TAG_NONE, TAG_SCRATCH,
  TAG_SET_TABLE, FIRST_TYPE,
} from '../memory/events'
import { MoltError } from '../base/errors'
import { TYPE_LIVE_BLOCKS, TYPE_LIVE_BYTES, TYPE_PARKED, TYPE_STRIDE } from '../recording/memory-state'
import type { Params, TypeRow, TypesResult } from '../rpc/contract'
import type { Instant, OpenRecording } from './open-recording'

export const TAGS: Record<number, string> = {
  [TAG_NONE]: 'other blocks', [TAG_LIST_ITEMS]: 'list items', [TAG_DICT_KEYS]: 'dict keys', [TAG_DICT_VALUES]: 'dict values',
  [TAG_SET_TABLE]: 'set table', [TAG_BYTEARRAY_BUFFER]: 'bytearray buffer', [TAG_DEQUE_BLOCK]: 'deque block',
  [TAG_INTERPRETER]: 'interpreter', [TAG_SCRATCH]: 'scratch', [TYPE_PARKED]: 'free lists',
}

export function typesAt(recording: OpenRecording, params: Params<'types.at'>): TypesResult {
  const now = recording.resolve(params.at)
  const old = params.compareTo === undefined ? null : recording.resolve(params.compareTo)
  const figures = typeFigures(recording, now)
  const oldFigures = old ? typeFigures(recording, old) : null
  const nameOf = typeNames(recording)
  const rows: TypeRow[] = []
  for (let type = 0; type * TYPE_STRIDE < Math.max(figures.length, oldFigures?.length ?? 0); type++) {
    const [count, sizeBytes] = typeRow(figures, type)
    const [oldCount, oldBytes] = oldFigures ? typeRow(oldFigures, type) : [count, sizeBytes]
    if (count === 0 && sizeBytes === 0 && oldCount === 0 && oldBytes === 0) continue
    rows.push({
      typeId: type, ...nameOf(type), count, sizeBytes, countDiff: count - oldCount, sizeDiffBytes: sizeBytes - oldBytes,
    })
  }
  rows.sort(old
    ? (a, b) => Math.abs(b.sizeDiffBytes) - Math.abs(a.sizeDiffBytes) || b.sizeBytes - a.sizeBytes || a.typeId - b.typeId
    : (a, b) => b.sizeBytes - a.sizeBytes || b.count - a.count || a.typeId - b.typeId)
  const offset = params.offset ?? 0
  return {
    tick: now.tick,
    compareToTick: old?.tick ?? null,
    rows: rows.slice(offset, offset + (params.limit ?? 1000)),
    rowCount: rows.length,
    totalCount: rows.reduce((n, r) => n + (r.typeId >= FIRST_TYPE ? r.count : 0), 0),
    totalBytes: rows.reduce((n, r) => n + r.sizeBytes, 0),
  }
}

/** What types and tags of blocks are called. */
export function typeNames(recording: OpenRecording): (type: number) => { module: string; name: string } {
  const names = new Map(recording.reader.types().map(t => [t.id, t]))
  return type => {
    const stored = names.get(type)
    const name = type >= FIRST_TYPE ? stored?.name ?? `type ${type}` : `(${TAGS[type] ?? stored?.name ?? 'blocks'})`
    return { module: stored?.module ?? '', name }
  }
}

/** A copy: the state moves on with the next instant. */
function typeFigures(recording: OpenRecording, instant: Instant): Float64Array {
  if (instant.keyframe?.kind === 'peak') {
    throw new MoltError('no-instant', 'This recording has no figures by type at its peak.', 'Ask for the end or a mark, or record with --record full.')
  }
  return recording.figureStateAt(instant).types.slice()
}

/** Objects of a type; blocks of a tag. */
function typeRow(figures: Float64Array, type: number): [count: number, bytes: number] {
  const row = type * TYPE_STRIDE
  return [figures[type >= FIRST_TYPE ? row : row + TYPE_LIVE_BLOCKS] ?? 0, figures[row + TYPE_LIVE_BYTES] ?? 0]
}
