// What is alive in a snapshot, by type and object by object: engine/rpc/contract-objects.ts says what each answer means.
import { treeRows } from '../analysis/dominated'
import { isReachable } from '../analysis/dominators'
import {
  edgeLabel, FIRST_ROOT, FLAG_FINALIZED, FLAG_FINALIZER, FLAG_GENERATION_SHIFT, FLAG_INTERNAL, FLAG_TRACKED, FLAG_WEAKLY_REFERENCED,
} from '../analysis/heap-graph'
import { NO_NODE } from '../analysis/options'
import { MoltError } from '../base/errors'
import type { Params, Result } from '../rpc/contract'
import type { ObjectRow, ObjectTypeRow, ReferenceRow, SnapshotRow } from '../rpc/contract-objects'
import type { StoredSnapshot } from '../store/reader'
import { graphAt, type OpenGraph } from './graph'
import { addressText, findObject, nodeAt } from './object-id'
import type { OpenRecording } from './open-recording'

const DEFAULT_ROWS = 200
const DEFAULT_REFERENCES = 50

export function snapshotsList(recording: OpenRecording): SnapshotRow[] {
  return recording.reader.snapshots().map(snapshotRow)
}

export const snapshotRow = (s: StoredSnapshot): SnapshotRow => ({
  snapshotId: s.id, reason: s.reason, label: s.label, tick: s.tick, objects: s.node_count - 1, references: s.edge_count, sizeBytes: s.size_bytes,
})

/** A regular expression of the user's, or null for none. */
export function pattern(text: string | undefined): RegExp | null {
  if (text === undefined || text === '') return null
  try {
    return new RegExp(text, 'i')
  } catch {
    throw new MoltError('bad-request', `${text} is not a regular expression.`)
  }
}

export function objectTypes(recording: OpenRecording, params: Params<'objects.types'>): Result<'objects.types'> {
  const open = graphAt(recording, params.at)
  const { graph } = open
  const retained = retainedByType(open)
  const rows = new Map<number, ObjectTypeRow>()
  const named = new Map(recording.reader.types().map(t => [t.id, t]))
  const wanted = pattern(params.filter)
  const matches = new Map<number, boolean>()
  let hiddenCount = 0
  let hiddenBytes = 0
  let totalCount = 0
  let totalBytes = 0
  for (let node = 1; node < graph.nodeCount; node++) {
    const type = graph.type[node]!
    if (!params.internal && (graph.flags[node]! & FLAG_INTERNAL) !== 0) {
      hiddenCount++
      hiddenBytes += graph.sizeBytes[node]!
      continue
    }
    let match = matches.get(type)
    if (match === undefined) matches.set(type, match = wanted === null || wanted.test(open.typeName(type)))
    if (!match) continue
    let row = rows.get(type)
    if (!row) {
      const { module = '', name = `type ${type}` } = named.get(type) ?? {}
      rows.set(type, row = { typeId: type, module, name, count: 0, shallowBytes: 0, retainedBytes: retained.get(type) ?? 0 })
    }
    row.count++
    row.shallowBytes += graph.sizeBytes[node]!
    totalCount++
    totalBytes += graph.sizeBytes[node]!
  }
  const key = params.sort === 'count' ? 'count' : params.sort === 'shallow' ? 'shallowBytes' : 'retainedBytes'
  const sorted = [...rows.values()].sort((a, b) => b[key] - a[key] || b.shallowBytes - a.shallowBytes || a.typeId - b.typeId)
  const offset = params.offset ?? 0
  return {
    tick: open.snapshot.tick, snapshotId: open.snapshot.id, rows: sorted.slice(offset, offset + (params.limit ?? DEFAULT_ROWS)), rowCount: sorted.length,
    totalCount, totalBytes, hiddenCount, hiddenBytes,
  }
}

/** Sums over the objects of a type that no other of the same type dominates. */
function retainedByType({ graph, dominators, dominated }: OpenGraph): Map<number, number> {
  const sums = new Map<number, number>()
  const above = new Map<number, number>()
  const tops = [0, ...dominated.garbage]
  const stack: number[] = []
  const cursor = dominated.first.slice()
  for (const top of tops) {
    stack.push(top)
    enter(top)
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!
      if (cursor[node]! < dominated.first[node + 1]!) {
        const child = dominated.child[cursor[node]!++]!
        enter(child)
        stack.push(child)
      } else {
        stack.pop()
        const type = graph.type[node]!
        above.set(type, above.get(type)! - 1)
      }
    }
  }
  return sums

  function enter(node: number): void {
    const type = graph.type[node]!
    const depth = above.get(type) ?? 0
    if (depth === 0) sums.set(type, (sums.get(type) ?? 0) + dominators.retainedBytes[node]!)
    above.set(type, depth + 1)
  }
}

export function objectList(recording: OpenRecording, params: Params<'objects.list'>): Result<'objects.list'> {
  const open = graphAt(recording, params.at)
  const { graph, dominators } = open
  const type = pattern(params.type)
  const preview = pattern(params.preview)
  const matches = new Map<number, boolean>()
  const nodes: number[] = []
  let totalBytes = 0
  for (let node = 1; node < graph.nodeCount; node++) {
    if (!params.internal && (graph.flags[node]! & FLAG_INTERNAL) !== 0) continue
    const id = graph.type[node]!
    if (params.typeId !== undefined && id !== params.typeId) continue
    if (type !== null) {
      let match = matches.get(id)
      if (match === undefined) matches.set(id, match = type.test(open.typeName(id)))
      if (!match) continue
    }
    if (preview !== null && !preview.test(graph.strings[graph.preview[node]!]!)) continue
    nodes.push(node)
    totalBytes += graph.sizeBytes[node]!
  }
  const column = params.sort === 'shallow' ? graph.sizeBytes : params.sort === 'refcount' ? graph.refcount
    : params.sort === 'newest' || params.sort === 'oldest' ? graph.birthTick : dominators.retainedBytes
  const direction = params.sort === 'oldest' ? -1 : 1
  nodes.sort((a, b) => direction * (column[b]! - column[a]!) || a - b)
  const offset = params.offset ?? 0
  return {
    tick: open.snapshot.tick, snapshotId: open.snapshot.id, rowCount: nodes.length, totalBytes,
    rows: nodes.slice(offset, offset + (params.limit ?? DEFAULT_ROWS)).map(node => objectRow(recording, open, node)),
  }
}

export function objectRow(recording: OpenRecording, open: OpenGraph, node: number): ObjectRow {
  const { graph } = open
  return {
    node, address: addressText(recording, graph.address[node]!), type: open.typeName(graph.type[node]!),
    preview: graph.strings[graph.preview[node]!]!, shallowBytes: graph.sizeBytes[node]!, retainedBytes: open.dominators.retainedBytes[node]!,
    refcount: graph.refcount[node]!, length: graph.length[node]!, birthTick: graph.birthTick[node]!,
    frame: graph.birthTick[node]! < 0 ? null : recording.frame(graph.site[node]!),
  }
}

/** The node of an object named by its number in the snapshot (`#12`, 12) or by any other of its names. */
export function nodeOf(recording: OpenRecording, { graph, snapshot }: OpenGraph, object: number | string): number {
  const number = typeof object === 'number' ? object : /^#?\d+$/.test(object) ? Number(object.replace('#', '')) : -1
  if (number > 0 && number < graph.nodeCount) return number
  if (number >= 0 || typeof object === 'number') {
    throw new MoltError('no-object', `There is no object #${number} in the snapshot.`, `Its objects are numbered from 1 to ${graph.nodeCount - 1}.`)
  }
  const named = findObject(recording, object, `snapshot:${snapshot.id}`)
  const node = nodeAt(graph, named.address)
  if (node > 0 && graph.birthTick[node] === named.birthTick) return node
  throw new MoltError('no-object', `${object} is not alive in the snapshot at tick ${snapshot.tick}.`, 'Name another instant with --at.')
}

export function objectDescription(recording: OpenRecording, params: Params<'objects.describe'>): Result<'objects.describe'> {
  const open = graphAt(recording, params.at)
  const { graph, dominators, referrers } = open
  const node = nodeOf(recording, open, params.object)
  const flags = graph.flags[node]!
  const offset = params.offset ?? 0
  const limit = params.limit ?? DEFAULT_REFERENCES
  const dominator = dominators.parent[node]!
  const out: ReferenceRow[] = []
  const firstOut = graph.firstEdge[node]!
  const outCount = graph.firstEdge[node + 1]! - firstOut
  for (let i = offset; i < Math.min(outCount, offset + limit); i++) out.push(reference(firstOut + i, graph.edgeTo[firstOut + i]!))
  const into: ReferenceRow[] = []
  const firstIn = referrers.first[node]!
  const inCount = referrers.first[node + 1]! - firstIn
  for (let i = offset; i < Math.min(inCount, offset + limit); i++) into.push(reference(referrers.edge[firstIn + i]!, referrers.from[firstIn + i]!))
  return {
    ...objectRow(recording, open, node),
    tick: open.snapshot.tick, snapshotId: open.snapshot.id,
    generation: (flags & FLAG_TRACKED) === 0 ? null : flags >> FLAG_GENERATION_SHIFT & 3,
    tracked: (flags & FLAG_TRACKED) !== 0, internal: (flags & FLAG_INTERNAL) !== 0, finalizer: (flags & FLAG_FINALIZER) !== 0,
    finalized: (flags & FLAG_FINALIZED) !== 0, weaklyReferenced: (flags & FLAG_WEAKLY_REFERENCED) !== 0, garbage: !isReachable(dominators, node),
    capacity: graph.capacity[node]!, traceback: graph.birthTick[node]! < 0 ? [] : recording.traceback(graph.site[node]!),
    dominator: dominator === NO_NODE || dominator === 0 ? null : objectRow(recording, open, dominator), retainedCount: dominators.retainedCount[node]!,
    referents: out, referentCount: outCount, referrers: into, referrerCount: inCount,
  }

  function reference(edge: number, other: number): ReferenceRow {
    return {
      edge, label: edgeLabel(graph, edge), root: graph.edgeKind[edge]! >= FIRST_ROOT, object: other === 0 ? null : objectRow(recording, open, other),
    }
  }
}

export function objectsDominated(recording: OpenRecording, params: Params<'objects.dominated'>): Result<'objects.dominated'> {
  const open = graphAt(recording, params.at)
  const top = params.object === undefined ? 0 : nodeOf(recording, open, params.object)
  const limits = { limit: params.limit ?? 500, maxDepth: params.maxDepth ?? Infinity }
  return treeRows(open.dominators, open.dominated, top, limits).map(row => ({
    object: row.node === NO_NODE || row.node === 0 ? null : objectRow(recording, open, row.node),
    parent: row.parent, depth: row.depth, retainedBytes: row.retainedBytes, retainedCount: row.retainedCount, nodes: row.nodes,
  }))
}
