// Memory that is taken and not needed, by the lines that made it: containers with room or next to nothing in them, attributes
// that slots would hold in less, equal values that exist several times.
import { containerKind, containerWaste, wasteByGroup, WASTE_EMPTY, WASTE_SINGLE, WASTE_SPARSE } from '../analysis/container-waste'
import { duplicatesByGroup, duplicatesIn } from '../analysis/duplicates'
import { FLAG_INTERNAL, type HeapGraph } from '../analysis/heap-graph'
import { instanceWaste } from '../analysis/instance-waste'
import type { At, Frame } from '../rpc/contract'
import type { DuplicateRow, WasteReason, WasteResult } from '../rpc/contract-waste'
import { graphAt } from './graph'
import { importedSites } from './imported-sites'
import type { OpenRecording } from './open-recording'
import { shown } from './reference-text'

const DEFAULT_LIMIT = 20

export interface WasteOptions {
  at?: At
  limit?: number
  all?: boolean
  progress?: (done: number, total: number) => void
}

export function wasteOf(recording: OpenRecording, options: WasteOptions = {}): WasteResult {
  const open = graphAt(recording, options.at ?? 'end')
  const limit = options.limit ?? DEFAULT_LIMIT
  const graph = options.all ? open.graph : withoutImports(recording, open.graph)
  const common = { internal: options.all ?? false, ...(options.progress ? { progress: options.progress } : {}) }
  const lines = new Lines(recording, graph)
  const typeName = (type: number) => shown(open.typeName(type))

  const containers = containerWaste(graph, { ...common, kindOf: type => containerKind(open.typeName(type)) })
  const byPlace = wasteByGroup(containers, lines.withType())
  const classes = instanceWaste(graph, common).filter(c => c.savedBytes > 0)
  const duplicates = duplicatesIn(graph, common)
  const duplicateLines = duplicatesByGroup(graph, duplicates, lines.ofNode)
  const example = new Map<number, string>()
  for (let value = duplicates.count - 1; value >= 0; value--) {
    const node = duplicates.member[duplicates.first[value]!]!
    for (let i = duplicates.first[value]! + 1; i < duplicates.first[value + 1]!; i++) example.set(lines.ofNode[duplicates.member[i]!]!, previewOf(graph, node))
  }
  let live = 0
  for (let node = 1; node < graph.nodeCount; node++) if (options.all || (graph.flags[node]! & FLAG_INTERNAL) === 0) live += graph.sizeBytes[node]!
  return {
    tick: open.snapshot.tick, snapshotId: open.snapshot.id, liveBytes: live,
    containers: byPlace.slice(0, limit).map(sum => ({
      reason: REASONS[sum.reason] ?? 'slack', typeName: typeName(sum.group % TYPES), ...lines.place(Math.floor(sum.group / TYPES)), count: sum.count, wastedBytes: sum.wastedBytes,
    })),
    containerCount: byPlace.length, containerBytes: containers.wastedBytes.reduce((sum, bytes) => sum + bytes, 0),
    classes: classes.slice(0, limit).map(c => ({
      typeName: typeName(c.type), count: c.count, attributes: c.attributes.map(shown), sizeBytes: c.sizeBytes, slotsBytes: c.slotsBytes, savedBytes: c.savedBytes,
      materialisedCount: c.materialisedCount, materialisedBytes: c.materialisedBytes, lostSharingCount: c.lostSharing.length, lostBytes: c.lostBytes,
      ...lines.place(lines.mostOf(c.type)),
    })),
    classCount: classes.length, classBytes: classes.reduce((sum, c) => sum + c.savedBytes, 0),
    duplicates: Array.from({ length: Math.min(limit, duplicates.count) }, (_, value): DuplicateRow => {
      const nodes = duplicates.member.subarray(duplicates.first[value]!, duplicates.first[value + 1]!)
      return {
        typeName: typeName(graph.type[nodes[0]!]!), preview: previewOf(graph, nodes[0]!), copies: nodes.length, wastedBytes: duplicates.wastedBytes[value]!,
        ...lines.place(lines.ofNode[nodes[1]!]!),
      }
    }),
    duplicateCount: duplicates.count,
    duplicateLines: duplicateLines.slice(0, limit).map(({ group, ...sum }) => ({ ...lines.place(group), ...sum, example: example.get(group) ?? '' })),
    duplicateBytes: duplicates.totalWastedBytes,
  }
}

const REASONS: Record<number, WasteReason> = { [WASTE_EMPTY]: 'empty', [WASTE_SINGLE]: 'single', [WASTE_SPARSE]: 'sparse' }
/** More types than any program has; ids above are those of static types, which begin again from 0 here. */
const TYPES = 2 ** 22

const previewOf = (graph: HeapGraph, node: number): string => shown(graph.strings[graph.preview[node]!] ?? '')

/** What imports made counts as the interpreter's own. */
function withoutImports(recording: OpenRecording, graph: HeapGraph): HeapGraph {
  const imported = importedSites(recording)
  const flags = graph.flags.slice()
  for (let node = 1; node < graph.nodeCount; node++) if (imported[graph.site[node]!] === 1) flags[node]! |= FLAG_INTERNAL
  return { ...graph, flags }
}

/** The lines where objects were made, numbered; 0 is none. */
class Lines {
  readonly ofNode: Float64Array
  private readonly frames: (Frame | null)[] = [null]
  private readonly texts = new Map<number, string[]>()

  constructor(private readonly recording: OpenRecording, private readonly graph: HeapGraph) {
    const numbers = new Map<string, number>()
    const ofSite = new Int32Array(recording.sites.count).fill(-1)
    this.ofNode = new Float64Array(graph.nodeCount)
    for (let node = 1; node < graph.nodeCount; node++) {
      const site = graph.site[node]!
      if (site <= 0 || site >= ofSite.length) continue
      let line = ofSite[site]!
      if (line < 0) {
        const frame = recording.frame(site)
        const key = `${frame.fileId}:${frame.line}`
        const known = numbers.get(key)
        if (known === undefined) numbers.set(key, line = this.frames.push(frame) - 1)
        else line = known
        ofSite[site] = line
      }
      this.ofNode[node] = line
    }
  }

  /** One number of line and type. */
  withType(): Float64Array {
    return this.ofNode.map((line, node) => line * TYPES + this.graph.type[node]!)
  }

  /** The line that made most objects of a type. */
  mostOf(type: number): number {
    const counts = new Map<number, number>()
    for (let node = 1; node < this.graph.nodeCount; node++) if (this.graph.type[node] === type) counts.set(this.ofNode[node]!, (counts.get(this.ofNode[node]!) ?? 0) + 1)
    return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0
  }

  place(line: number): { frame: Frame | null; text: string } {
    const frame = this.frames[line] ?? null
    if (!frame) return { frame, text: '' }
    let lines = this.texts.get(frame.fileId)
    if (!lines) this.texts.set(frame.fileId, lines = (this.recording.reader.file(frame.fileId)?.source ?? '').split('\n'))
    return { frame, text: shown((lines[frame.line - 1] ?? '').trim()) }
  }
}
