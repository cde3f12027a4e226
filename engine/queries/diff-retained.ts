// What types and single objects retain, for comparisons of two instants that have a snapshot each.
import { AddressTable } from '../analysis/address-table'
import { retainedByGroup } from '../analysis/retained-set'
import type { At } from '../rpc/contract'
import { graphAt } from './graph'
import type { OpenRecording } from './open-recording'

/** Bytes by type id. Errors: no-instant, where no snapshot was taken. */
export function retainedByType(recording: OpenRecording, at: At, types: number): Float64Array {
  const { graph, dominators, dominated } = graphAt(recording, at)
  return retainedByGroup(graph, dominators, dominated, graph.type, Math.max(types, graph.type.reduce((most, type) => Math.max(most, type), 0) + 1)).retainedBytes
}

/** Bytes by the granule of an object; null where the snapshot has no object there. */
export function retainedByAddress(recording: OpenRecording, at: At): (granule: number) => number | null {
  const { graph, dominators } = graphAt(recording, at)
  const table = new AddressTable(graph.address, graph.nodeCount)
  return granule => {
    const node = table.find(granule)
    return node === 0 ? null : dominators.retainedBytes[node]!
  }
}
