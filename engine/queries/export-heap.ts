// The heap of a snapshot as Chrome's developer tools take it.
import { MoltError } from '../base/errors'
import { heapSnapshot } from '../export/heap-snapshot'
import type { At } from '../rpc/contract'
import { memoryProfile } from './export-profile'
import { graphAt } from './graph'
import type { OpenRecording } from './open-recording'

export function heapSnapshotPieces(recording: OpenRecording, at: At): Iterable<string> {
  const { graph, typeName } = graphAt(recording, at)
  const { sites, codeAt } = memoryProfile(recording, { at, measures: [] })
  return heapSnapshot({
    graph, typeName, lastTick: recording.run().last_tick,
    traces: { sites, codeAt, allocated: allocatedIfKnown(recording, at) },
  })
}

/** Of a recording with statistics only there may be none. */
function allocatedIfKnown(recording: OpenRecording, at: At): { bytes: Float64Array; count: Float64Array } | null {
  try {
    return memoryProfile(recording, { at, measures: ['allocated'] }).measures[0] ?? null
  } catch (error) {
    if (error instanceof MoltError && error.code === 'no-instant') return null
    throw error
  }
}
