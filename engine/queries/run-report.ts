// What one would want to know of a run first: its facts, and short lists of the lines and types that count.
import { SITE_ALLOCATIONS, SITE_STRIDE, SITE_TEMPORARIES, TYPE_LIVE_BLOCKS, TYPE_LIVE_BYTES, TYPE_PARKED, TYPE_STRIDE } from '../recording/memory-state'
import type { Frame } from '../rpc/contract'
import type { Origin, PlaceRow, RunReport, TimesMethods } from '../rpc/contract-times'
import { measureSites } from './measures'
import type { OpenRecording } from './open-recording'
import { recordingSummary } from './recording-summary'
import { typesAt } from './types-at'

const DEFAULT_ROWS = 5

/** While a run goes on, all of it is of one instant: that of the last commit. */
export function runReport(recording: OpenRecording, params: TimesMethods['run.report']['params'], live = false): RunReport {
  return recording.reader.together(() => report(recording, params, live))
}

function report(recording: OpenRecording, params: TimesMethods['run.report']['params'], live: boolean): RunReport {
  recording.refresh()
  const rows = params.rows ?? DEFAULT_ROWS
  const { reader } = recording
  const end = recording.resolve('end')
  const state = recording.figureStateAt(end)
  const parked = TYPE_PARKED * TYPE_STRIDE
  const parkedBytes = state.types[parked + TYPE_LIVE_BYTES] ?? 0
  const parkedBlocks = state.types[parked + TYPE_LIVE_BLOCKS] ?? 0
  const { liveBytes, temporaries } = state

  const lines = new Lines(recording)
  const survivors = lines.top(measureSites(recording, { at: 'end' }).figures, rows)
  const calls = measureSites(recording, { at: 'end', measure: 'allocated' }).figures
  const allocations = lines.top(calls, rows, 'count')
  const callsOf = lines.sums(calls)
  const freedSoon = lines.top(pairs(recording.figureStateAt(end).sites), rows, 'count')
  const { collected, uncollectable, freed_bytes, slowest } = reader.collectionSums()
  return {
    summary: recordingSummary(recording, params.recordingId, live),
    peakFrame: peakFrame(recording), liveBytes, parkedBytes, parkedBlocks, temporaries,
    collected, uncollectable, collectedBytes: freed_bytes,
    slowestCollection: slowest
      ? { collectionId: slowest.id, generation: slowest.generation, startTick: slowest.start_tick, durationNs: slowest.duration_ns } : null,
    peak: lines.top(recording.peakFigures(), rows),
    survivors, allocations,
    temporary: freedSoon.map(row => ({ ...row, share: Math.min(1, row.count / Math.max(1, callsOf.get(lines.keyOf(row.frame))?.count ?? 0)) })),
    types: typesAt(recording, { recordingId: params.recordingId, at: 'end', limit: rows }).rows,
  }
}

/** Temporary blocks as counts; their bytes are not known. */
function pairs(sites: Float64Array): Float64Array {
  const figures = new Float64Array(sites.length / SITE_STRIDE * 2)
  for (let site = 0; site * 2 < figures.length; site++) {
    figures[site * 2 + 1] = Math.min(sites[site * SITE_STRIDE + SITE_TEMPORARIES]!, sites[site * SITE_STRIDE + SITE_ALLOCATIONS]!)
  }
  return figures
}

/** Where the event ran that reached the peak. */
function peakFrame(recording: OpenRecording): Frame | null {
  const peak = recording.resolve('peak')
  if (peak.keyframe || peak.event === 0) return null
  const { site } = recording.figureStateAt(peak)
  return site === 0 ? null : recording.frame(site)
}

interface Sum { bytes: number; count: number; node: number }

/** Sums by line, whatever stack led there. */
class Lines {
  private readonly origins: Map<number, Origin>
  private readonly recording: OpenRecording

  constructor(recording: OpenRecording) {
    this.recording = recording
    this.origins = new Map(recording.reader.fileHeads().map(file => [file.id, file.origin as Origin]))
  }

  keyOf(frame: Frame): number {
    return frame.fileId * 2 ** 24 + frame.line
  }

  sums(figures: Float64Array): Map<number, Sum> {
    const { frames, frameOf } = this.recording
    const sums = new Map<number, Sum>()
    for (let site = 0; site * 2 < figures.length; site++) {
      const bytes = figures[site * 2]!
      const count = figures[site * 2 + 1]!
      if (bytes === 0 && count === 0) continue
      const node = frameOf[site]!
      const key = node === 0 ? 0 : frames.code[node]! * 2 ** 24 + frames.line[node]!
      const sum = sums.get(key)
      if (!sum) sums.set(key, { bytes, count, node })
      else {
        sum.bytes += bytes
        sum.count += count
      }
    }
    return sums
  }

  top(figures: Float64Array, rows: number, by: 'bytes' | 'count' = 'bytes'): PlaceRow[] {
    const sums = [...this.sums(figures).values()].filter(sum => sum[by] > 0)
    sums.sort((a, b) => b[by] - a[by] || b.bytes - a.bytes || b.count - a.count || a.node - b.node)
    return sums.slice(0, rows).map(({ bytes, count, node }) => {
      const frame = this.recording.frameNode(node)
      return { frame, origin: this.origins.get(frame.fileId) ?? 'generated', bytes, count }
    })
  }
}
