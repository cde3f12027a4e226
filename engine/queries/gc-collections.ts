// What the collector did.
import type { CollectionRow, Params, Result } from '../rpc/contract'
import type { OpenRecording } from './open-recording'

const DEFAULT_LIMIT = 500

export function gcCollections(recording: OpenRecording, params: Params<'gc.collections'>): Result<'gc.collections'> {
  recording.refresh()
  const { reader } = recording
  const from = params.fromTick ?? 0
  const to = params.toTick ?? Number.MAX_SAFE_INTEGER
  const thresholds = recording.settings().gcThreshold
  const rows = reader.collections(from, to, params.offset ?? 0, params.limit ?? DEFAULT_LIMIT).map((c): CollectionRow => {
    const tracked = c.tracked_0 + c.tracked_1 + c.tracked_2
    return {
      collectionId: c.id,
      generation: c.generation,
      reason: c.reason,
      counts: [c.count_0, c.count_1, c.count_2],
      thresholds,
      trackedBefore: tracked,
      trackedAfter: tracked - c.untracked_count - c.collected_count,
      collected: c.collected_count,
      uncollectable: c.uncollectable_count,
      startTick: c.start_tick,
      endTick: c.end_tick,
      startWallNs: c.start_wall_ns,
      durationNs: c.duration_ns,
      freedBytes: c.freed_bytes,
      frame: c.traceback_id === 0 ? null : recording.frame(c.traceback_id),
    }
  })
  return { rows, rowCount: reader.collectionTotals(from, to).n }
}

export function gcTicks(recording: OpenRecording): Result<'gc.ticks'> {
  const rows = recording.reader.collectionTicks()
  return {
    tick: Float64Array.from(rows, r => r.start_tick),
    generation: Uint8Array.from(rows, r => r.generation),
    collected: Int32Array.from(rows, r => r.collected_count),
  }
}
