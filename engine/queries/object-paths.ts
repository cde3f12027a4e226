// Why an object is alive, and what would go with a reference.
import { cutEdges } from '../analysis/cut'
import { bestPath, pathsTo, rootDistances } from '../analysis/next-paths'
import { shortestPath, type Path } from '../analysis/paths'
import { edgeLabel } from '../analysis/heap-graph'
import { MoltError } from '../base/errors'
import type { Params, Result } from '../rpc/contract'
import type { ObjectPath, PathStep } from '../rpc/contract-objects'
import { graphAt, type OpenGraph } from './graph'
import { nodeOf, objectRow } from './objects'
import type { OpenRecording } from './open-recording'

/** A linked list of a million nodes has paths of a million steps. */
const PATH_STEPS = 400

export function objectPaths(recording: OpenRecording, params: Params<'objects.paths'>): Result<'objects.paths'> {
  const open = graphAt(recording, params.at)
  const { graph, referrers, distancesIfKnown } = open
  const node = nodeOf(recording, open, params.object)
  const ignore = new Set(params.ignore ?? [])
  const limit = params.limit ?? 1
  if (limit === 1) {
    const path = distancesIfKnown && ignore.size === 0 ? bestPath(graph, distancesIfKnown, node) : shortestPath(graph, referrers, node, { ignore })
    return { paths: path ? [shown(recording, open, path)] : [], more: path !== null && referrers.first[node + 1]! - referrers.first[node]! > 1 }
  }
  const paths: ObjectPath[] = []
  const distances = ignore.size === 0 ? open.distances : rootDistances(graph, { ignore })
  for (const path of pathsTo(graph, referrers, distances, node, { dissimilar: params.dissimilar ?? false })) {
    if (paths.length === limit) return { paths, more: true }
    paths.push(shown(recording, open, path))
  }
  return { paths, more: false }
}

function shown(recording: OpenRecording, open: OpenGraph, { edges, nodes }: Path): ObjectPath {
  const step = (i: number): PathStep => ({ edge: edges[i]!, label: edgeLabel(open.graph, edges[i]!), object: objectRow(recording, open, nodes[i]!) })
  const skipped = Math.max(0, edges.length - PATH_STEPS)
  const steps: PathStep[] = []
  for (let i = 0; i < edges.length; i++) {
    if (skipped > 0 && i === PATH_STEPS / 2) i += skipped
    steps.push(step(i))
  }
  return { steps, skipped }
}

export function objectCut(recording: OpenRecording, params: Params<'objects.cut'>): Result<'objects.cut'> {
  const open = graphAt(recording, params.at)
  const { graph, dominators, dominated, referrers } = open
  const wrong = params.edges.find(edge => edge >= graph.edgeCount)
  if (wrong !== undefined) throw new MoltError('bad-request', `There is no reference ${wrong} in the snapshot.`, 'molt path prints the number of each reference in front of it.')
  const { byCount, byCollector } = cutEdges(graph, params.edges, { tree: { dominators, dominated, referrers } })
  const types = new Map<number, { type: string; count: number; bytes: number }>()
  for (const { byType } of [byCount, byCollector]) {
    for (const { type, count, sizeBytes: bytes } of byType) {
      const row = types.get(type)
      if (!row) types.set(type, { type: open.typeName(type), count, bytes })
      else {
        row.count += count
        row.bytes += bytes
      }
    }
  }
  return {
    freedCount: byCount.nodes.length, freedBytes: byCount.sizeBytes, collectedCount: byCollector.nodes.length, collectedBytes: byCollector.sizeBytes,
    types: [...types.values()].sort((a, b) => b.bytes - a.bytes || b.count - a.count),
  }
}
