// Groups of blocks by what people compare: types, lines, files, tracebacks; their names, and which of them a filter keeps.
import { FIRST_TYPE } from '../memory/events'
import type { DiffGroupBy } from '../rpc/contract-diff'
import type { Frame } from '../rpc/contract'
import { fnmatch } from './filters'
import type { OpenRecording } from './open-recording'
import { TAGS } from './types-at'

/** A pattern with *, ? or [ matches the whole name, as in the shell; anything else a part of it. */
export function matcher(filter: string | undefined): (name: string) => boolean {
  if (filter === undefined || filter === '') return () => true
  if (!/[*?[]/.test(filter)) return name => name.includes(filter)
  const pattern = fnmatch(filter)
  return name => pattern.test(name)
}

/** `module.name`, without builtins; tags in brackets. */
export class TypeNames {
  private readonly names: string[] = []
  /** From the start of a type's blocks to its objects. */
  readonly headGranules: number[] = []
  constructor(recording: OpenRecording) {
    for (const type of recording.reader.types()) {
      this.names[type.id] = type.module === '' || type.module === 'builtins' ? type.name : `${type.module}.${type.name}`
      this.headGranules[type.id] = type.head_granules
    }
  }
  get count(): number { return Math.max(FIRST_TYPE, this.names.length) }
  name(type: number): string {
    return type >= FIRST_TYPE ? this.names[type] ?? `type ${type}` : `(${TAGS[type] ?? this.names[type] ?? 'blocks'})`
  }
}

/** What is one group. `of` maps a site to its group; by type it is empty and the type is the group. */
export interface Groups {
  by: DiffGroupBy
  count: number
  of: Int32Array
  /** One byte a group: 1 if the filter keeps it. */
  kept: Uint8Array
  typeName(group: number): string
  traceback(group: number): Frame[]
}

export function groupsOf(recording: OpenRecording, by: DiffGroupBy, filter: string | undefined): Groups {
  const keep = matcher(filter)
  if (by === 'type') {
    const names = new TypeNames(recording)
    const kept = Uint8Array.from({ length: names.count }, (_, type) => (keep(names.name(type)) ? 1 : 0))
    return { by, count: names.count, of: new Int32Array(0), kept, typeName: type => names.name(type), traceback: () => [] }
  }
  const { sites, frames, frameOf } = recording
  // Group → a frame node that names it.
  const nodes: number[] = []
  const groupOfNode = new Int32Array(frames.count).fill(-1)
  const known = new Map<number, number>()
  for (let node = 0; node < frames.count; node++) {
    const key = by === 'traceback' ? node : node === 0 ? 0 : by === 'file' ? frames.code[node]! : frames.code[node]! * 2 ** 24 + frames.line[node]!
    let group = known.get(key)
    if (group === undefined) known.set(key, group = nodes.push(node) - 1)
    groupOfNode[node] = group
  }
  const of = new Int32Array(sites.count)
  for (let site = 0; site < sites.count; site++) of[site] = groupOfNode[frameOf[site]!]!
  const frame = (node: number): Frame => (by === 'file' ? { ...recording.frameNode(node), line: 0, functionName: '' } : recording.frameNode(node))
  const traceback = (group: number): Frame[] => {
    const node = nodes[group]!
    return by === 'traceback' && node !== 0 ? frames.path(node).reverse().map(frame) : [frame(node)]
  }
  const place = ({ path, line }: Frame) => (by === 'file' ? path : `${path}:${line}`)
  const kept = new Uint8Array(nodes.length)
  for (let group = 0; group < nodes.length; group++) {
    kept[group] = filter === undefined || filter === '' || traceback(group).some(f => keep(place(f)) || keep(f.path)) ? 1 : 0
  }
  return { by, count: nodes.length, of, kept, typeName: () => '', traceback }
}

/** The group of each block. */
export function groupOfBlocks(groups: Groups, blocks: { site: Int32Array; type: Int32Array }): Int32Array {
  if (groups.by === 'type') return blocks.type
  return blocks.site.map(site => groups.of[site]!)
}
