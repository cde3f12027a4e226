// The heap graph as a file for the Memory panel of Chrome's developer tools (V8's heap snapshot format).
//
// The format is columns in JSON: `nodes` and `edges` are flat lists of numbers, as many a node as `node_fields` says; names
// are indices into `strings`. Edges stand in the order of the nodes they lead from; `to_node` is an index into `nodes`. What DevTools makes of it was
// read in its loader (front_end/entrypoints/heap_snapshot_worker, HeapSnapshot.ts), and decides how Python's heap is told:
//
// - Node 0 is the root. Below it stands a node for each kind of root, without a size, and a last one for cyclic garbage, which nothing
//   reaches. Distances count from what is not `synthetic` there: from frames and modules. What only the interpreter holds has none (–).
// - Objects are grouped by their names up to the first blank, if these begin with `<` (made for <div class=…>). So an
//   object is called `<dict len=3>` or `<module os>`, and stands in the group `<dict>` or `<module>`.
// - str, numbers, functions and code have node types of their own there, and are grouped as (string), (number), Function, (compiled code).
//   Node types `hidden` and `array`, whose sizes DevTools gives to their owners, are not used, nor shortcuts. References from
//   the garbage to what is alive are weak edges, which its dominators leave out. So shallow and retained sizes are Molt's.
// - The traceback of each object's allocation is in `trace_tree`, which DevTools shows as Allocation stack.
// - Ids are the same for an object in all snapshots of a run and rise with birth, for the views Comparison and "Objects
//   allocated between".
import { componentsOf } from '../analysis/components'
import {
  EDGE_CELL, EDGE_CLOSURE, EDGE_ELEMENT, EDGE_INDEX, EDGE_INTERNAL, EDGE_KEY, EDGE_LOCAL, EDGE_STACK, isNumbered, ROOT_BUILTIN, ROOT_FRAME,
  ROOT_HELD, ROOT_INTERNED, ROOT_MODULE, ROOT_THREAD, ROOT_TYPE, type HeapGraph,
} from '../analysis/heap-graph'
import { IntMap } from '../base/int-map'
import { joined } from './chunks'
import { AllocationTraces, type TracedSites } from './heap-traces'

export interface HeapSnapshotSource {
  graph: HeapGraph
  /** `module.name`, `name` alone of builtins. */
  typeName(type: number): string
  /** The run's last tick: the same for all snapshots of a run. */
  lastTick: number
  /** Null: without tracebacks. */
  traces: TracedSites | null
}

const NODE_TYPES = ['hidden', 'array', 'string', 'object', 'code', 'closure', 'regexp', 'number', 'native', 'synthetic', 'concatenated string', 'sliced string', 'symbol', 'bigint', 'object shape']
const EDGE_TYPES = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak']
const NODE_FIELDS = ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness']
const FIELDS = NODE_FIELDS.length
const [STRING, OBJECT, CODE, CLOSURE, NUMBER, SYNTHETIC] = ['string', 'object', 'code', 'closure', 'number', 'synthetic'].map(name => NODE_TYPES.indexOf(name)) as [number, number, number, number, number, number]
const [CONTEXT, ELEMENT, PROPERTY, INTERNAL, WEAK] = ['context', 'element', 'property', 'internal', 'weak'].map(name => EDGE_TYPES.indexOf(name)) as [number, number, number, number, number]

const META = {
  node_fields: NODE_FIELDS,
  node_types: [NODE_TYPES, 'string', 'number', 'number', 'number', 'number', 'number'],
  edge_fields: ['type', 'name_or_index', 'to_node'],
  edge_types: [EDGE_TYPES, 'string_or_number', 'node'],
  trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
  trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
  sample_fields: ['timestamp_us', 'last_assigned_id'],
  location_fields: ['object_index', 'script_id', 'line', 'column'],
}

/** Types that DevTools knows as such. */
const NODE_TYPE_OF: Record<string, number> = {
  str: STRING, int: NUMBER, float: NUMBER, complex: NUMBER, bool: NUMBER, code: CODE,
  function: CLOSURE, builtin_function_or_method: CLOSURE, method_descriptor: CLOSURE, wrapper_descriptor: CLOSURE, classmethod_descriptor: CLOSURE,
}

const EDGE_TYPE_OF = new Uint8Array(256).fill(PROPERTY)
for (const kind of [EDGE_INDEX, EDGE_ELEMENT]) EDGE_TYPE_OF[kind] = ELEMENT
for (const kind of [EDGE_LOCAL, EDGE_CLOSURE]) EDGE_TYPE_OF[kind] = CONTEXT
for (const kind of [EDGE_KEY, EDGE_STACK, EDGE_CELL, EDGE_INTERNAL]) EDGE_TYPE_OF[kind] = INTERNAL

interface RootGroup { kind: number; name: string; nodeType: number }
const GARBAGE = -1
const GROUPS: readonly RootGroup[] = [
  { kind: ROOT_FRAME, name: '(frames)', nodeType: OBJECT },
  { kind: ROOT_MODULE, name: '(modules)', nodeType: OBJECT },
  { kind: ROOT_BUILTIN, name: '(interpreter)', nodeType: SYNTHETIC },
  { kind: ROOT_INTERNED, name: '(interned strings)', nodeType: SYNTHETIC },
  { kind: ROOT_TYPE, name: '(static types)', nodeType: SYNTHETIC },
  { kind: ROOT_THREAD, name: '(threads)', nodeType: SYNTHETIC },
  { kind: ROOT_HELD, name: '(held by C code)', nodeType: SYNTHETIC },
  { kind: GARBAGE, name: '(cyclic garbage, unreachable)', nodeType: SYNTHETIC },
]
const ROOTS = 1 + GROUPS.length

/** The format's numbers have 32 bits. */
const LARGEST = 2 ** 32 - 1

export function heapSnapshot(source: HeapSnapshotSource): Generator<string> {
  return joined(new Writer(source).parts())
}

class Writer {
  private readonly graph: HeapGraph
  private readonly typeName: (type: number) => string
  private readonly names: Names
  private readonly traces: AllocationTraces | null
  /** Edges of each group: to object nodes. */
  private readonly groups: { to: number[]; name: number[] }[]
  /** 1: a path leads to the node from the root. */
  private readonly reached: Uint8Array

  constructor(private readonly source: HeapSnapshotSource) {
    this.graph = source.graph
    this.typeName = source.typeName
    this.names = new Names(source.graph.strings)
    this.traces = source.traces === null ? null : new AllocationTraces(source.traces, source.graph.site)
    this.reached = reachedIn(source.graph)
    this.groups = this.rootEdges()
  }

  * parts(): Generator<string> {
    const { graph, groups, traces } = this
    const rootEdges = groups.reduce((n, group) => n + group.to.length, GROUPS.length)
    const edges = graph.edgeCount - graph.firstEdge[1]! + rootEdges
    yield `{"snapshot":{"meta":${JSON.stringify(META)},"node_count":${graph.nodeCount + GROUPS.length},"edge_count":${edges},` +
      `"trace_function_count":${traces?.functionCount ?? 0}},\n"nodes":[`
    yield* this.nodes()
    yield '],\n"edges":['
    yield* this.edges()
    yield '],\n"trace_function_infos":['
    if (traces) yield* traces.functionInfos(text => this.names.ofText(text))
    yield '],\n"trace_tree":['
    if (traces) yield* traces.tree()
    yield '],\n"samples":[],\n"locations":[],\n"strings":['
    yield* this.names.written()
    yield ']}\n'
  }

  /** Root edges by group; the garbage's go to one member of each cycle that no other garbage leads to. */
  private rootEdges(): { to: number[]; name: number[] }[] {
    const { graph } = this
    const groups = GROUPS.map(() => ({ to: [] as number[], name: [] as number[] }))
    const groupOf = new Map(GROUPS.map(({ kind }, i) => [kind, groups[i]!]))
    const held = groupOf.get(ROOT_HELD)!
    for (let edge = 0; edge < graph.firstEdge[1]!; edge++) {
      const group = groupOf.get(graph.edgeKind[edge]!) ?? held
      group.to.push(graph.edgeTo[edge]!)
      group.name.push(graph.edgeName[edge]!)
    }
    const garbage = groupOf.get(GARBAGE)!
    for (const node of garbageEntries(graph, this.reached)) {
      garbage.to.push(node)
      garbage.name.push(0)
    }
    return groups
  }

  private* nodes(): Generator<string> {
    const { graph, names, groups, traces } = this
    yield `${SYNTHETIC},${names.ofText('')},1,0,${GROUPS.length},0,0`
    for (const [i, { name, nodeType }] of GROUPS.entries()) yield `,\n${nodeType},${names.ofText(name)},${3 + i * 2},0,${groups[i]!.to.length},0,0`
    const ids = new Ids(this.source.lastTick)
    const kinds = new Map<number, number>()
    for (let node = 1; node < graph.nodeCount; node++) {
      const type = graph.type[node]!
      let nodeType = kinds.get(type)
      if (nodeType === undefined) kinds.set(type, nodeType = NODE_TYPE_OF[this.typeName(type)] ?? OBJECT)
      const name = this.nodeName(node, type, nodeType)
      const size = Math.min(LARGEST, graph.sizeBytes[node]!)
      yield `,\n${nodeType},${name},${ids.of(graph.address[node]!, graph.birthTick[node]!)},${size},${graph.firstEdge[node + 1]! - graph.firstEdge[node]!},${traces?.nodeOf(graph.site[node]!) ?? 0},0`
    }
  }

  private nodeName(node: number, type: number, nodeType: number): number {
    const { graph, names } = this
    const preview = graph.strings[graph.preview[node]!]!
    if (nodeType === STRING) return names.ofText(stringName(preview, graph.length[node]!, graph.content[node]!))
    if (nodeType !== OBJECT) return preview === '' ? names.ofText(this.typeName(type)) : names.ofString(graph.preview[node]!)
    // A blank ends the name of the group; that of a type made at run time may have some.
    const group = this.typeName(type).replaceAll(' ', '\u00a0')
    const length = graph.length[node]!
    return names.ofText(preview !== '' ? `<${group} ${preview}>` : length >= 0 ? `<${group} len=${length}>` : `<${group}>`)
  }

  private* edges(): Generator<string> {
    const { graph, groups } = this
    for (let i = 0; i < GROUPS.length; i++) yield `${i === 0 ? '' : ',\n'}${ELEMENT},${i + 1},${(i + 1) * FIELDS}`
    for (const [i, { to, name }] of groups.entries()) {
      const numbered = GROUPS[i]!.kind === GARBAGE
      for (const [n, node] of to.entries()) {
        const nameless = numbered || name[n] === 0
        yield `,\n${nameless ? ELEMENT : PROPERTY},${nameless ? n : this.names.ofString(name[n]!)},${(ROOTS - 1 + node) * FIELDS}`
      }
    }
    const { firstEdge, edgeKind, edgeTo } = graph
    for (let node = 1; node < graph.nodeCount; node++) {
      const garbage = this.reached[node] === 0
      for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
        const to = edgeTo[edge]!
        const type = garbage && this.reached[to] === 1 ? WEAK : EDGE_TYPE_OF[edgeKind[edge]!]!
        yield `,\n${type},${this.edgeName(edge, type)},${(ROOTS - 1 + to) * FIELDS}`
      }
    }
  }

  /** A number of elements, of others a string. */
  private edgeName(edge: number, type: number): number {
    const { graph, names } = this
    const kind = graph.edgeKind[edge]!
    const named = graph.edgeName[edge]!
    if (type === ELEMENT) return named
    if (kind === EDGE_STACK) return names.ofText(`evaluation stack ${named}`)
    if (kind === EDGE_CELL) return names.ofText('cell content')
    if (kind === EDGE_KEY) return names.ofText(`key ${graph.strings[named]}`)
    return isNumbered(kind) ? names.ofText(String(named)) : names.ofString(named)
  }
}

/** What is in the quotes. DevTools takes strings of one name for duplicates, so a cut one is named with its length and hash. */
function stringName(preview: string, length: number, content: number): string {
  if (!preview.endsWith('…')) return preview.slice(1, -1)
  return `${preview.slice(1)} (${length} characters, ${content.toString(36)})`
}

function reachedIn({ nodeCount, firstEdge, edgeTo }: HeapGraph): Uint8Array {
  const reached = new Uint8Array(nodeCount)
  const stack = new Uint32Array(nodeCount)
  reached[0] = 1
  for (let top = 1; top > 0;) {
    const node = stack[--top]!
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      const to = edgeTo[edge]!
      if (reached[to] !== 0) continue
      reached[to] = 1
      stack[top++] = to
    }
  }
  return reached
}

/** A member of each strongly connected part of the garbage that no other garbage leads to. */
function garbageEntries(graph: HeapGraph, reached: Uint8Array): number[] {
  if (!reached.includes(0)) return []
  const { nodeCount, firstEdge, edgeTo } = graph
  const { count, component, first, member } = componentsOf(graph)
  const led = new Uint8Array(count)
  for (let node = 1; node < nodeCount; node++) {
    if (reached[node] !== 0) continue
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      const to = component[edgeTo[edge]!]!
      if (to !== component[node]) led[to] = 1
    }
  }
  const entries: number[] = []
  for (let node = 1; node < nodeCount; node++) {
    const c = component[node]!
    if (reached[node] === 0 && led[c] === 0 && member[first[c]!] === node) entries.push(node)
  }
  return entries
}

/** The table of strings, filled while names are asked for: those of the graph by their numbers, others by their text. */
class Names {
  private readonly ofGraph: Int32Array
  private readonly texts = new Map<string, number>()
  private readonly list: string[] = []

  constructor(private readonly strings: readonly string[]) {
    this.ofGraph = new Int32Array(strings.length).fill(-1)
  }

  ofString(index: number): number {
    let at = this.ofGraph[index]!
    if (at < 0) this.ofGraph[index] = at = this.ofText(this.strings[index]!)
    return at
  }

  ofText(text: string): number {
    let at = this.texts.get(text)
    if (at === undefined) {
      this.texts.set(text, at = this.list.length)
      this.list.push(text)
    }
    return at
  }

  * written(): Generator<string> {
    for (let i = 0; i < this.list.length; i++) yield `${i === 0 ? '\n' : ',\n'}${JSON.stringify(this.list[i])}`
  }
}

/** Odd numbers below 2^32, as V8's own. Objects from before the run come below FIRST_BORN. */
const FIRST_BORN = 2 ** 27
/** From birth to id: so many objects of one tick may have ids of their own, as far as there is room. */
const MOST_A_TICK = 1 << 12

class Ids {
  /** From each number taken to one after it that may be free: a million objects can be born in one tick (`list(range(10**6))`). */
  private readonly next = new IntMap(1 << 16)
  private readonly perTick: number

  constructor(lastTick: number) {
    this.perTick = Math.min(MOST_A_TICK, Math.max(1, Math.floor((2 ** 31 - FIRST_BORN) / (lastTick + 2))))
  }

  /** Addresses are in granules; neighbours have different low bits. */
  of(address: number, birthTick: number): number {
    const low = address >>> 0
    const wanted = birthTick < 0 ? 64 + low % (FIRST_BORN / 2 - 128) : FIRST_BORN / 2 + Math.min(2 ** 31 - FIRST_BORN, birthTick * this.perTick + low % this.perTick)
    // Two objects of one tick may want the same number: the later one of the graph takes the next that is free.
    let half = wanted
    for (let after = this.next.get(half); after !== 0; after = this.next.get(half)) half = after
    for (let at = wanted; at < half;) {
      const after = this.next.get(at)
      this.next.set(at, half)
      at = after
    }
    this.next.set(half, half + 1)
    return half * 2 + 1
  }
}
