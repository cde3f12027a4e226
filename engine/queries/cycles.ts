// Reference cycles that are alive in a snapshot: those that only the collector can free, and those in use.
import { isReachable } from '../analysis/dominators'
import { ownCycles, shortestRound, type OwnCycles } from '../analysis/cycle-search'
import { edgeLabel, FLAG_FINALIZER, FLAG_INSTANCE, FLAG_INTERNAL, FLAG_PROGRAM, ROOT_BUILTIN, type HeapGraph } from '../analysis/heap-graph'
import { NO_NODE } from '../analysis/options'
import type { At } from '../rpc/contract'
import type { CycleEdge, CycleGroup, CycleMember, CyclesAliveResult, WeakHint } from '../rpc/contract-cycles'
import { backReferenceOf } from './back-reference'
import { graphAt, type OpenGraph } from './graph'
import { namespacesOf } from './namespaces'
import { addressText } from './object-id'
import type { OpenRecording } from './open-recording'
import { References, shown } from './reference-text'

const DEFAULT_LIMIT = 20
/** Members and references that an example tells. */
const TOLD_MEMBERS = 12
const TOLD_EDGES = 32
/** The way round is looked for from so many members. */
const TRIED_STARTS = 8

export interface CyclesOptions {
  at?: At
  limit?: number
  progress?: (done: number, total: number) => void
}

/** One group with the nodes of its cycles, for who needs more than the words. */
export interface FoundCycles { group: CycleGroup; cycles: number[][] }

export function cyclesAlive(recording: OpenRecording, options: CyclesOptions = {}): CyclesAliveResult {
  const open = graphAt(recording, options.at ?? 'end')
  const { found, programObjects, garbageBytes, garbageObjects } = findCycles(recording, open, options.progress)
  return {
    tick: open.snapshot.tick, snapshotId: open.snapshot.id, groups: found.slice(0, options.limit ?? DEFAULT_LIMIT).map(f => f.group), groupCount: found.length,
    garbageBytes, garbageObjects, programObjects,
  }
}

export function findCycles(recording: OpenRecording, open: OpenGraph, progress?: (done: number, total: number) => void) {
  const { graph, dominators } = open
  const own = ownCycles(graph, dominators, leftOut(graph), progress ? { progress } : {})
  const uncollectable = inGarbageList(graph)
  const groups = new Map<string, number[][]>()
  let programObjects = 0
  for (const cycle of own.cycles) {
    const { first, member } = own.components
    const nodes = Array.from(member.subarray(first[cycle]!, first[cycle + 1]!))
    if (nodes.every(node => (graph.flags[node]! & (FLAG_PROGRAM | FLAG_INTERNAL)) !== 0) && isReachable(dominators, nodes[0]!)) {
      programObjects += nodes.length
      continue
    }
    const key = `${stateOf(open, nodes, uncollectable)} ${signatureOf(graph, own, nodes)}`
    const same = groups.get(key)
    if (same) same.push(nodes)
    else groups.set(key, [nodes])
  }
  const references = new References(open)
  const found = [...groups.values()].map((cycles): FoundCycles => ({ cycles, group: groupOf(recording, open, own, references, cycles, stateOf(open, cycles[0]!, uncollectable)) }))
  const order = { uncollectable: 0, garbage: 1, reachable: 2 }
  found.sort((a, b) => order[a.group.state] - order[b.group.state] || b.group.retainedBytes - a.group.retainedBytes || a.cycles[0]![0]! - b.cycles[0]![0]!)
  let garbageBytes = 0
  let garbageObjects = 0
  for (let node = 1; node < graph.nodeCount; node++) {
    if (isReachable(dominators, node)) continue
    garbageObjects++
    garbageBytes += graph.sizeBytes[node]!
  }
  return { found, programObjects, garbageBytes, garbageObjects }
}

function stateOf({ dominators }: OpenGraph, nodes: number[], uncollectable: Set<number>): CycleGroup['state'] {
  if (nodes.some(node => uncollectable.has(node))) return 'uncollectable'
  return isReachable(dominators, nodes[0]!) ? 'reachable' : 'garbage'
}

/** Classes, modules and their namespaces; not functions, which may be closures. */
function leftOut(graph: HeapGraph): Uint8Array {
  const out = namespacesOf(graph)
  for (let node = 1; node < graph.nodeCount; node++) {
    // Of what a class consists (its mro, its tables) the interpreter may have made before the program.
    if ((graph.flags[node]! & FLAG_PROGRAM) !== 0 && graph.length[node]! < 0 && isFunction(graph, node)) out[node] = 0
  }
  return out
}

/** Functions are the program parts that have a closure and globals. */
function isFunction(graph: HeapGraph, node: number): boolean {
  const globals = graph.strings.indexOf('__globals__')
  for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) if (graph.edgeName[edge] === globals) return true
  return false
}

/** What gc.garbage has. */
function inGarbageList(graph: HeapGraph): Set<number> {
  const found = new Set<number>()
  for (let edge = graph.firstEdge[0]!; edge < graph.firstEdge[1]!; edge++) {
    if (graph.edgeKind[edge] !== ROOT_BUILTIN || graph.strings[graph.edgeName[edge]!] !== 'gc.garbage') continue
    const list = graph.edgeTo[edge]!
    for (let item = graph.firstEdge[list]!; item < graph.firstEdge[list + 1]!; item++) found.add(graph.edgeTo[item]!)
  }
  return found
}

/** Types with their lines, and names of references: what cycles that are made alike have in common, whatever their size. */
function signatureOf(graph: HeapGraph, own: OwnCycles, nodes: number[]): string {
  const parts = new Set<string>()
  const { component } = own.components
  for (const node of nodes) {
    parts.add(`${graph.type[node]}@${graph.site[node]}`)
    for (let edge = own.graph.firstEdge[node]!; edge < own.graph.firstEdge[node + 1]!; edge++) {
      if (component[own.graph.edgeTo[edge]!] !== component[node]) continue
      const label = edgeLabel(graph, own.edgeOf[edge]!).replace(/\[\d+\]|element \d+|\[<[^>]*>\]/, '[]')
      parts.add(`${graph.type[node]}${label}${graph.type[own.graph.edgeTo[edge]!]}`)
    }
    if (parts.size > 400) break
  }
  return [...parts].sort().join(' ')
}

function groupOf(recording: OpenRecording, open: OpenGraph, own: OwnCycles, references: References, cycles: number[][], state: CycleGroup['state']): CycleGroup {
  const { graph, dominators } = open
  const types = new Map<string, number>()
  let memberCount = 0
  let shallowBytes = 0
  let retainedBytes = 0
  let firstTick = Infinity
  let lastTick = 0
  let floated = 0
  let bytesTicks = 0
  let finalizers = 0
  const { tick } = open.snapshot
  for (const nodes of cycles) {
    let youngest = 0
    let bytes = 0
    let kept = 0
    for (const node of nodes) {
      const type = references.typeName(node)
      types.set(type, (types.get(type) ?? 0) + 1)
      youngest = Math.max(youngest, graph.birthTick[node]!)
      bytes += graph.sizeBytes[node]!
      if ((graph.flags[node]! & FLAG_FINALIZER) !== 0 && (graph.flags[node]! & FLAG_INTERNAL) === 0) finalizers++
      // What a member keeps is kept by the member above it as well.
      if (dominators.parent[node] === NO_NODE || own.components.component[dominators.parent[node]!] !== own.components.component[node]) kept += dominators.retainedBytes[node]!
    }
    memberCount += nodes.length
    shallowBytes += bytes
    retainedBytes += kept
    firstTick = Math.min(firstTick, youngest)
    lastTick = Math.max(lastTick, youngest)
    floated += tick - youngest
    bytesTicks += kept * (tick - youngest)
  }
  const example = cycles[cycles.length >> 1]!
  const path = state === 'garbage' ? null : references.path(example[0]!)
  return {
    state, round: roundOf(open, own, references, example), cycleCount: cycles.length, memberCount, shallowBytes, retainedBytes,
    types: [...types].map(([typeName, count]) => ({ typeName, count })).sort((a, b) => b.count - a.count || (a.typeName < b.typeName ? -1 : 1)),
    example: exampleOf(recording, open, own, references, example), firstTick, lastTick,
    floatedTicks: state === 'garbage' ? floated / cycles.length : 0, bytesTicks: state === 'garbage' ? bytesTicks : 0,
    weak: weakHint(open, references, example), heldBy: path ? references.expression(path) : '', finalizers,
  }
}

function exampleOf(recording: OpenRecording, open: OpenGraph, own: OwnCycles, references: References, nodes: number[]): CycleGroup['example'] {
  const { graph } = open
  const told = new Set(nodes.slice(0, TOLD_MEMBERS))
  const members = [...told].map((node): CycleMember => ({
    node, address: addressText(recording, graph.address[node]!), typeName: references.typeName(node), preview: shown(graph.strings[graph.preview[node]!] ?? ''),
    shallowBytes: graph.sizeBytes[node]!, birthTick: graph.birthTick[node]!, frame: graph.birthTick[node]! < 0 ? null : recording.frame(graph.site[node]!),
    finalizer: (graph.flags[node]! & FLAG_FINALIZER) !== 0,
  }))
  const edges: CycleEdge[] = []
  for (const node of told) {
    for (let edge = own.graph.firstEdge[node]!; edge < own.graph.firstEdge[node + 1]! && edges.length < TOLD_EDGES; edge++) {
      const to = own.graph.edgeTo[edge]!
      if (told.has(to)) edges.push({ from: node, to, label: shown(edgeLabel(graph, own.edgeOf[edge]!)) })
    }
  }
  return { members, edges, memberCount: nodes.length }
}

/** The shortest way round that begins at an instance, where there is one. */
function roundOf(open: OpenGraph, own: OwnCycles, references: References, nodes: number[]): string {
  const { graph } = open
  const starts = [...nodes.filter(node => (graph.flags[node]! & FLAG_INSTANCE) !== 0), ...nodes].slice(0, TRIED_STARTS)
  let best: number[] = []
  let start = nodes[0]!
  for (const node of starts) {
    const round = shortestRound(own.graph, own.components.component, node)
    if (round.length > 0 && (best.length === 0 || round.length < best.length)) {
      best = round
      start = node
    }
  }
  let text = references.typeName(start)
  best.forEach((edge, i) => {
    if (i < 12 || i === best.length - 1) text += ` → ${shown(edgeLabel(graph, own.edgeOf[edge]!))} → ${references.typeName(own.graph.edgeTo[edge]!)}`
    else if (i === 12) text += ' → …'
  })
  return text
}

export function weakHint(open: OpenGraph, references: References, nodes: number[]): WeakHint | null {
  const back = backReferenceOf(open.graph, nodes, type => open.typeName(type))
  if (!back) return null
  const fromType = references.typeName(back.from)
  const toType = references.typeName(back.to)
  const name = shown(back.name)
  const words = name.startsWith('[') ? `what ${fromType} holds of type ${toType}`
    : name === 'a variable of a closure' ? `the variable of the closure that refers to ${toType} (pass it as an argument, or del it)`
    : name === '__traceback__' ? 'the exception\'s __traceback__ (del the variable, or error.with_traceback(None))'
    : `${fromType}.${name}, which refers back to ${toType}`
  return { name: name.startsWith('[') || name.includes(' ') ? name : `${fromType}.${name}`, fromType, toType, count: back.count, breaksAll: back.breaksAll, words }
}
