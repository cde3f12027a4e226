// How many objects of a run only the collector could free: those that its collections took, and those that wait at the end.
//
// Counted is what the program made. Importing modules makes cycles too (classes that are made twice, tables of compiled patterns);
// they are none of the program's doing and would make a budget of 0 impossible. So an object counts if, from the line that made it
// outwards, a file of the program comes before the import system.
import { isReachable } from '../analysis/dominators'
import { FIRST_TYPE } from '../memory/events'
import { TYPE_MASK } from '../recording/live-table'
import { freedBy } from './collected-cycles'
import { TypeNames } from './diff-names'
import type { Progress } from './diff-instants'
import { graphAt } from './graph'
import type { OpenRecording } from './open-recording'

export interface GarbageLine {
  /** A frame node of the recording. */
  node: number
  typeName: string
  collected: number
  waiting: number
}

export interface CyclicGarbage {
  collected: number
  waiting: number
  /** By line and type, the most first. */
  lines: GarbageLine[]
}

/** Reads the whole log, and the snapshot at the end. Errors: no-instant, where there is none. */
export function cyclicGarbageOf(recording: OpenRecording, { progress }: Progress = {}): CyclicGarbage {
  recording.refresh()
  const { graph, dominators } = graphAt(recording, 'end')
  const own = programSites(recording)
  const names = new TypeNames(recording)
  const lines = new Map<string, GarbageLine>()
  const found = { collected: 0, waiting: 0 }
  const count = (site: number, type: number, how: 'collected' | 'waiting') => {
    if (own[site] !== 1 || type < FIRST_TYPE) return
    const { frames, frameOf } = recording
    const node = frameOf[site]!
    const key = `${frames.code[node]}:${frames.line[node]}:${type}`
    let line = lines.get(key)
    if (!line) lines.set(key, line = { node, typeName: names.name(type), collected: 0, waiting: 0 })
    line[how]++
    found[how]++
  }

  const collections = recording.reader.collections(0, Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER).filter(c => c.collected_count > 0)
  collections.forEach((collection, i) => {
    progress?.(i, collections.length)
    const freed = freedBy(recording, collection)
    const table = recording.stateAt({ tick: collection.start_tick, event: collection.start_event })?.table
    if (!table) return
    for (const address of freed) {
      const row = table.find(address)
      if (row !== 0) count(table.site[row]!, table.type[row]! & TYPE_MASK, 'collected')
    }
  })
  for (let node = 1; node < graph.nodeCount; node++) {
    if (!isReachable(dominators, node)) count(graph.site[node]!, graph.type[node]!, 'waiting')
  }
  return { ...found, lines: [...lines.values()].sort((a, b) => b.collected + b.waiting - a.collected - a.waiting || a.node - b.node) }
}

/** One byte a site: 1 if the program made what is made there, and no import of a module. */
function programSites(recording: OpenRecording): Uint8Array {
  const { sites } = recording
  const OWN = 1
  const IMPORT = 2
  const kinds = new Map<number, number>()
  for (const { id, path, origin } of recording.reader.fileHeads()) {
    kinds.set(id, origin === 'script' || origin === 'user' ? OWN : path.startsWith('<frozen importlib') ? IMPORT : 0)
  }
  const own = new Uint8Array(sites.count)
  // Parents come before their children.
  for (let site = 1; site < sites.count; site++) {
    const kind = kinds.get(recording.fileOf(sites.code[site]!)) ?? 0
    own[site] = kind === OWN ? 1 : kind === IMPORT ? 0 : own[sites.parent[site]!]!
  }
  return own
}
