// Every block that is allocated at an instant, as columns: those whose allocation was recorded, and those that were there when
// recording began and have not been freed since.
import { decodeFreed, decodeStartBlocks, type StartBlocks } from '../recording/allocator-codec'
import { MoltError } from '../base/errors'
import { PARKED, TYPE_MASK } from '../recording/live-table'
import type { StoredStart } from '../store/reader'
import type { Instant, OpenRecording } from './open-recording'

export interface BlocksAt {
  count: number
  granule: Int32Array
  sizeBytes: Int32Array
  /** Traceback; START_SITE for blocks from before the recording. */
  site: Int32Array
  /** Type id, or tag of a block that is no object. */
  type: Int32Array
  /** 1: a dead object in a free list. */
  parked: Uint8Array
  /** Null for recordings of older versions: blocks from before the recording are missing. */
  start: StoredStart | null
}

export const START_SITE = -1

interface Start { stored: StoredStart; blocks: StartBlocks }
const starts = new WeakMap<OpenRecording, Start>()

export function blocksAt(recording: OpenRecording, instant: Instant): BlocksAt {
  const state = recording.settings().record === 'none' ? null : recording.stateAt(instant)
  if (!state) {
    throw new MoltError('no-instant', `This recording has no blocks: it was made with --record ${recording.settings().record}.`, 'Record with --record full to see pools and arenas.')
  }
  const start = startOf(recording)
  const left = start ? startBlocksLeft(recording, start.blocks, instant.event) : null
  const { table } = state
  const room = table.count + (left?.count ?? 0)
  const columns: BlocksAt = {
    count: 0, granule: new Int32Array(room), sizeBytes: new Int32Array(room), site: new Int32Array(room), type: new Int32Array(room),
    parked: new Uint8Array(room), start: start?.stored ?? null,
  }
  let n = 0
  if (start && left) {
    const { granule, sizeBytes, tag } = start.blocks
    for (let i = 0; i < granule.length; i++) {
      // An address that is taken again holds a newer block.
      if (left.gone[i] === 1 || table.find(granule[i]!) !== 0) continue
      columns.granule[n] = granule[i]!
      columns.sizeBytes[n] = sizeBytes[i]!
      columns.site[n] = START_SITE
      columns.type[n++] = tag[i]!
    }
  }
  for (let block = 1; block < table.end; block++) {
    const address = table.address[block]!
    if (address === 0) continue
    columns.granule[n] = address
    columns.sizeBytes[n] = table.size[block]!
    columns.site[n] = table.site[block]!
    columns.type[n] = table.type[block]! & TYPE_MASK
    columns.parked[n++] = (table.type[block]! & PARKED) !== 0 ? 1 : 0
  }
  columns.count = n
  return columns
}

function startOf(recording: OpenRecording): Start | null {
  let start = starts.get(recording)
  if (!start) {
    const stored = recording.reader.startBlocks()
    if (!stored) return null
    starts.set(recording, start = { stored, blocks: decodeStartBlocks(stored.data) })
  }
  return start
}

/** Which of them events before `event` have freed. */
function startBlocksLeft(recording: OpenRecording, { granule }: StartBlocks, event: number): { gone: Uint8Array; count: number } {
  const gone = new Uint8Array(granule.length)
  let count = granule.length
  for (const blob of recording.reader.startBlocksFreed(event)) {
    const freed = decodeFreed(blob)
    for (let i = 0; i < freed.event.length && freed.event[i]! < event; i++) {
      const at = find(granule, freed.granule[i]!)
      if (at < 0 || gone[at] === 1) continue
      gone[at] = 1
      count--
    }
  }
  return { gone, count }
}

function find(sorted: Int32Array, value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = low + high >> 1
    if (sorted[middle] === value) return middle
    if (sorted[middle]! < value) low = middle + 1
    else high = middle - 1
  }
  return -1
}
