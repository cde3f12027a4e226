// What the script said: its marks and its output, each with its instant.
import type { MarkRow, OutputChunk, Params, Result } from '../rpc/contract'
import type { MarkStep } from '../rpc/contract-times'
import type { OpenRecording } from './open-recording'

const DEFAULT_BYTES = 256 * 1024
const ROWS_AT_ONCE = 512

export function marksList(recording: OpenRecording): MarkRow[] {
  recording.refresh()
  return recording.reader.marks().map(m => ({
    markId: m.id, label: m.label, tick: m.tick, wallNs: m.wall_ns, liveBytes: m.live_bytes,
    frame: m.traceback_id === 0 ? null : recording.frame(m.traceback_id),
  }))
}

/** Each mark with what changed since the one before. */
export function markSteps(recording: OpenRecording): MarkStep[] {
  const { rows, marks } = recording.reader.together(() => ({ rows: marksList(recording), marks: recording.reader.marks() }))
  return rows.map((row, i) => {
    const before = marks[i - 1]
    return {
      ...row, liveBlocks: marks[i]!.live_block_count, sizeDiffBytes: row.liveBytes - (before?.live_bytes ?? 0),
      countDiff: marks[i]!.live_block_count - (before?.live_block_count ?? 0), ticks: row.tick - (before?.tick ?? 0),
    }
  })
}

/** The newest `maxBytes` of the range, in order. */
export function outputRange(recording: OpenRecording, params: Params<'output.range'>): Result<'output.range'> {
  const most = params.maxBytes ?? DEFAULT_BYTES
  const from = params.fromTick ?? 0
  const to = params.toTick ?? Number.MAX_SAFE_INTEGER
  let limit = ROWS_AT_ONCE
  let rows = recording.reader.outputs(from, to, limit)
  const bytes = () => rows.reduce((n, r) => n + r.data.length, 0)
  while (rows.length === limit && bytes() < most) rows = recording.reader.outputs(from, to, limit *= 4)

  const chunks: OutputChunk[] = []
  let left = most
  let cut = rows.length === limit
  for (const row of rows) {
    if (left <= 0) {
      cut = true
      break
    }
    // A row is cut at its beginning, so that the newest bytes stay.
    const skip = Math.max(0, row.data.length - left)
    if (skip > 0) cut = true
    left -= row.data.length - skip
    chunks.push({ fd: row.file_descriptor, tick: row.tick, wallNs: row.wall_ns, offset: row.first_byte + skip, bytes: row.data.subarray(skip) })
  }
  return { chunks: chunks.reverse(), cut }
}
