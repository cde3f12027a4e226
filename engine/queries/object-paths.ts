// Why an object is alive, and what would go with a reference.
import { pathsTo, rootDistances } from '../analysis/next-paths'
import { shortestPath, type Path } from '../analysis/paths'
import { edgeLabel } from '../analysis/heap-graph'
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
