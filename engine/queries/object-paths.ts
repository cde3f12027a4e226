// Why an object is alive, and what would go with a reference.
import { cutEdges } from '../analysis/cut'
import { pathsTo, rootDistances } from '../analysis/next-paths'
import { shortestPath, type Path } from '../analysis/paths'
import { edgeLabel } from '../analysis/heap-graph'
import { MoltError } from '../base/errors'
import type { Params, Result } from '../rpc/contract'
import type { PathStep } from '../rpc/contract-objects'
import { graphAt, type OpenGraph } from './graph'
import { nodeOf, objectRow } from './objects'
import type { OpenRecording } from './open-recording'

export function objectPaths(recording: OpenRecording, params: Params<'objects.paths'>): Result<'objects.paths'> {
  const open = graphAt(recording, params.at)
  const { graph, referrers } = open
  const node = nodeOf(recording, open, params.object)
  const ignore = new Set(params.ignore ?? [])
  const limit = params.limit ?? 1
  if (limit === 1) {
    const path = shortestPath(graph, referrers, node, { ignore })
    return { paths: path ? [steps(recording, open, path)] : [], more: path !== null && referrers.first[node + 1]! - referrers.first[node]! > 1 }
  }
  const paths: PathStep[][] = []
  for (const path of pathsTo(graph, referrers, rootDistances(graph, { ignore }), node, { dissimilar: params.dissimilar ?? false })) {
    if (paths.length === limit) return { paths, more: true }
    paths.push(steps(recording, open, path))
  }
  return { paths, more: false }
}

const steps = (recording: OpenRecording, open: OpenGraph, { edges, nodes }: Path): PathStep[] =>
  Array.from(edges, (edge, i) => ({ edge, label: edgeLabel(open.graph, edge), object: objectRow(recording, open, nodes[i]!) }))

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
