// The live blocks of an instant in columns by rising address, as comparisons of instants take them.
import type { Blocks, Differ } from '../analysis/diff'
import { MoltError } from '../base/errors'
import { FREE, REALLOC_FROM, REUSE } from '../memory/events'
import { PARKED, TYPE_MASK } from '../recording/live-table'
import { TYPE_PARKED } from '../recording/memory-state'
import { IMPORTED } from './import-snapshot'
import type { Instant, OpenRecording } from './open-recording'

export interface BlockColumns extends Blocks {
  instant: Instant
  site: Int32Array
  /** Type or tag; of blocks in free lists TYPE_PARKED. */
  type: Int32Array
}

/** A block's birth: the tick at which it came to its line, twice, and one more if it lies in a free list since. */
export const birthTick = (birth: number): number => Math.floor(birth / 2)

/** Throws no-instant for a recording that has nothing to compare. */
export function needFigures(recording: OpenRecording): void {
  if (recording.settings().record !== 'none') return
  throw new MoltError('no-instant', `${recording.path} was made with --record none: it has output and marks only.`, 'Record it with --record full.')
}

/** A copy. Errors: no-instant, where the recording has no events. */
export function blocksAt(recording: OpenRecording, instant: Instant): BlockColumns {
  const state = recording.stateAt(instant)
  needFigures(recording)
  if (!state && recording.run().source_kind === IMPORTED) {
    throw new MoltError('no-instant', `${recording.path} is a snapshot of tracemalloc: one instant, without single blocks. There is nothing to compare in it.`,
      'Two snapshots can be compared: molt diff OLD NEW.')
  }
  if (!state) {
    throw new MoltError('no-instant', `${recording.path} has figures only, not the single blocks: what is new, freed and survived cannot be told.`,
      'molt stats --compare-to gives the differences of lines; to tell blocks apart, record with --record full.')
  }
  const { table } = state
  const order = table.inOrder()
  const count = order.length
  const blocks = {
    instant, address: new Uint32Array(count), birth: new Float64Array(count), size: new Int32Array(count), site: new Int32Array(count),
    type: new Int32Array(count),
  }
  for (let i = 0; i < count; i++) {
    const block = order[i]!
    const type = table.type[block]!
    const parked = (type & PARKED) !== 0
    blocks.address[i] = table.address[block]!
    blocks.birth[i] = table.tick[block]! * 2 + (parked ? 1 : 0)
    blocks.size[i] = table.size[block]!
    blocks.site[i] = table.site[block]!
    blocks.type[i] = parked ? TYPE_PARKED : type & TYPE_MASK
  }
  return blocks
}

/**
 * An instant can lie between two events of one tick. A block that goes after it and another that comes to its address in
 * the same tick would look like one; this tells them apart, by the events in question. Undefined: there are none.
 */
export function differ(recording: OpenRecording, a: Instant, b: Instant): Differ | undefined {
  const [first, last] = a.event <= b.event ? [a, b] : [b, a]
  const named = new Set<number>()
  scan: for (const chunk of recording.reader.chunksOf(first.event, last.event)) {
    if (chunk.base_tick > first.tick) break
    const { count, baseTick, tickDelta, op, opHead, address } = recording.columns(chunk)
    let tick = baseTick
    for (let i = 0; i < count && chunk.first_event + i < last.event; i++) {
      tick += tickDelta[i]! >>> 0
      if (tick > first.tick) break scan
      const kind = opHead[op[i]!]! & 15
      if (chunk.first_event + i >= first.event && (kind === FREE || kind === REALLOC_FROM || kind === REUSE)) named.add(address[i]! >>> 0)
    }
  }
  return named.size === 0 ? undefined : (address, birth) => birthTick(birth) === first.tick && named.has(address)
}
