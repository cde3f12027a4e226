// The facts of a run, as stored and as its recorder last committed them.
import { existsSync, statSync } from 'node:fs'
import type { EndReason, RecordingSummary, RunSettings } from '../rpc/contract'
import type { OpenRecording } from './open-recording'

export function recordingSummary(recording: OpenRecording, recordingId: number, live: boolean): RecordingSummary {
  const { reader } = recording
  return reader.together(() => {
    const run = reader.run()
    const gc = reader.collectionTotals(0, Number.MAX_SAFE_INTEGER)
    return {
      recordingId,
      path: recording.path,
      fileBytes: fileBytes(recording.path),
      scriptName: run.script_name,
      scriptPath: run.script_path,
      arguments: JSON.parse(run.arguments) as string[],
      settings: JSON.parse(run.settings) as RunSettings,
      engineVersion: run.engine_version,
      pythonVersion: run.python_version,
      startedMs: run.started_ms,
      reason: run.end_reason as EndReason,
      exitCode: run.exit_code,
      message: run.message,
      complete: run.complete === 1,
      live,
      firstTick: 0,
      lastTick: run.last_tick,
      wallNs: run.wall_ns,
      events: run.event_count,
      peakBytes: run.peak_bytes,
      peakTick: run.peak_tick,
      liveBytes: run.live_bytes,
      liveBlocks: run.live_block_count,
      liveObjects: run.live_object_count,
      allocations: run.allocation_count,
      allocatedBytes: run.allocated_bytes,
      temporaryShare: run.allocation_count === 0 ? 0 : Math.min(1, run.temporary_count / run.allocation_count),
      collections: gc.n,
      collectionNs: gc.duration_ns,
      marks: reader.marks().length,
      snapshots: reader.snapshotCount(),
    }
  })
}

export function fileBytes(path: string): number {
  return [path, `${path}-wal`].reduce((n, name) => n + (existsSync(name) ? statSync(name).size : 0), 0)
}
