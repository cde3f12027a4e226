// The heap graph of a snapshot, decoded once and kept: what objects, paths, leaks and cycles are read from.
import { dominatedOf, type Dominated } from '../analysis/dominated'
import { dominatorsOf, type Dominators } from '../analysis/dominators'
import { FLAG_INTERNAL, type HeapGraph } from '../analysis/heap-graph'
import { rootDistances, type RootDistances } from '../analysis/next-paths'
import { referrersOf, type Referrers } from '../analysis/reverse'
import { MoltError } from '../base/errors'
import { decodeSnapshot } from '../recording/snapshot-codec'
import type { At } from '../rpc/contract'
import type { StoredSnapshot } from '../store/reader'
import type { OpenRecording } from './open-recording'

/** A decoded snapshot; what is computed from it is computed once, when first asked for. */
export class OpenGraph {
  readonly snapshot: StoredSnapshot
  readonly graph: HeapGraph
  private readonly names: Map<number, string>
  private knownReferrers: Referrers | null = null
  private knownDominators: Dominators | null = null
  private knownDominated: Dominated | null = null
  private knownDistances: RootDistances | null = null

  constructor(snapshot: StoredSnapshot, graph: HeapGraph, names: Map<number, string>) {
    this.snapshot = snapshot
    this.graph = graph
    this.names = names
  }

  /** By type id: module and name, `module.name` without `builtins.`. */
  readonly typeName = (type: number): string => this.names.get(type) ?? (type === 0 ? 'root' : `type ${type}`)
  get referrers(): Referrers { return this.knownReferrers ??= referrersOf(this.graph) }
  get dominators(): Dominators { return this.knownDominators ??= dominatorsOf(this.graph) }
  /** The best way from the root to every object; null until somebody needed it. */
  get distancesIfKnown(): RootDistances | null { return this.knownDistances }
  get distances(): RootDistances { return this.knownDistances ??= rootDistances(this.graph) }
  get dominated(): Dominated { return this.knownDominated ??= dominatedOf(this.dominators) }
}

/** Graphs kept decoded: one looked at, and one to compare with. */
const KEPT_GRAPHS = 2

const opened = new WeakMap<OpenRecording, OpenGraph[]>()

/** The snapshot at exactly this instant, if there is one. */
export function snapshotAt(recording: OpenRecording, at: At): StoredSnapshot | undefined {
  const instant = recording.resolve(at)
  return recording.reader.snapshots().findLast(s => s.event === instant.event)
}

/** Throws 'no-instant' with what can be done, where no snapshot was taken. */
export function graphAt(recording: OpenRecording, at: At): OpenGraph {
  const snapshot = snapshotAt(recording, at)
  if (snapshot) return graphOf(recording, snapshot)
  const event = recording.resolve(at).event
  const extra = kept.get(recording)?.find(open => open.snapshot.event === event)
  if (!extra) throw noSnapshot(recording, at)
  return extra
}

/** Snapshots that the file could not take; see engine/host/take-snapshot.ts. */
const kept = new WeakMap<OpenRecording, OpenGraph[]>()

export function keepGraph(recording: OpenRecording, snapshot: StoredSnapshot, graph: HeapGraph): void {
  kept.set(recording, [open(recording, snapshot, graph), ...kept.get(recording) ?? []].slice(0, KEPT_GRAPHS))
}

function open(recording: OpenRecording, snapshot: StoredSnapshot, decoded: HeapGraph): OpenGraph {
  const { birthTick, flags } = decoded
  for (let node = 1; node < decoded.nodeCount; node++) if (birthTick[node]! < 0) flags[node]! |= FLAG_INTERNAL
  recording.refresh()
  const names = new Map(recording.reader.types().map(t => [t.id, t.module === 'builtins' || t.module === '' ? t.name : `${t.module}.${t.name}`]))
  return new OpenGraph(snapshot, decoded, names)
}

export function graphOf(recording: OpenRecording, snapshot: StoredSnapshot): OpenGraph {
  const before = opened.get(recording) ?? []
  const found = before.find(graph => graph.snapshot.id === snapshot.id)
    ?? open(recording, snapshot, recording.reader.together(() => decodeSnapshot(recording.reader.snapshotData(snapshot.id))))
  opened.set(recording, [found, ...before.filter(graph => graph !== found)].slice(0, KEPT_GRAPHS))
  return found
}

function noSnapshot(recording: OpenRecording, at: At): MoltError {
  const all = recording.reader.snapshots()
  const there = all.length === 0 ? 'This recording has no snapshots.' : `It has snapshots at: ${all.slice(0, 12).map(instantName).join(', ')}${all.length > 12 ? ' …' : ''}.`
  return new MoltError('no-instant', `There is no snapshot of the heap at ${typeof at === 'number' ? `tick ${at}` : at}. ${there}`,
    `Take one by running again to that instant: molt snapshot ${recording.path} ${at}`)
}

const instantName = (s: StoredSnapshot): string => (s.reason === 'end' ? 'end' : s.reason === 'mark' ? `mark:${s.label}` : `snapshot:${s.id}`)
