// What the collector did.
import type { CollectionRow, Params, Result } from '../rpc/contract'
import type { GcWorkingRow } from '../rpc/contract-gc'
import type { StoredCollection } from '../store/reader'
import type { OpenRecording } from './open-recording'

const DEFAULT_LIMIT = 500

export function gcCollections(recording: OpenRecording, params: Params<'gc.collections'>): Result<'gc.collections'> {
  recording.refresh()
  const { reader } = recording
  const from = params.fromTick ?? 0
  const to = params.toTick ?? Number.MAX_SAFE_INTEGER
  const rows = reader.collections(from, to, params.offset ?? 0, params.limit ?? DEFAULT_LIMIT).map(c => rowOf(recording, c))
  return { rows, rowCount: reader.collectionTotals(from, to).n }
}

/** The same with the collector's working. */
export function gcWorking(recording: OpenRecording, params: { offset?: number; limit?: number }): { rows: GcWorkingRow[]; rowCount: number } {
  recording.refresh()
  const { reader } = recording
  const rows = reader.collections(0, Number.MAX_SAFE_INTEGER, params.offset ?? 0, params.limit ?? DEFAULT_LIMIT)
  return { rows: rows.map(c => workingOf(recording, c)), rowCount: reader.collectionTotals(0, Number.MAX_SAFE_INTEGER).n }
}

export function workingOf(recording: OpenRecording, c: StoredCollection): GcWorkingRow {
  return {
    ...rowOf(recording, c), tracked: [c.tracked_0, c.tracked_1, c.tracked_2],
    candidates: c.candidate_count, references: c.reference_count ?? null, subtracted: c.subtracted_count ?? null,
    heldFromOutside: c.outside_count ?? null, broughtBack: c.brought_back_count ?? null, reachable: c.reachable_count, unreachable: c.unreachable_count,
    untracked: c.untracked_count, weakrefCallbacks: c.weakref_callback_count, finalized: c.finalized_count, resurrected: c.resurrected_count,
    longLivedPending: c.long_lived_pending, longLivedTotal: c.long_lived_total,
  }
}

function rowOf(recording: OpenRecording, c: StoredCollection): CollectionRow {
  const tracked = c.tracked_0 + c.tracked_1 + c.tracked_2
  const atStart = recording.settings().gcThreshold
  return {
    collectionId: c.id,
    generation: c.generation,
    reason: c.reason,
    counts: [c.count_0, c.count_1, c.count_2],
    thresholds: [c.threshold_0 ?? atStart[0], c.threshold_1 ?? atStart[1], c.threshold_2 ?? atStart[2]],
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
}

export function gcTicks(recording: OpenRecording): Result<'gc.ticks'> {
  const rows = recording.reader.collectionTicks()
  return {
    tick: Float64Array.from(rows, r => r.start_tick),
    generation: Uint8Array.from(rows, r => r.generation),
    collected: Int32Array.from(rows, r => r.collected_count),
  }
}
