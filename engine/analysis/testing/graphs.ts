// Heap graphs made for tests and benchmarks: from a list of edges, at random, and in the shapes that heaps have.
import {
  EDGE_ATTRIBUTE, EDGE_INDEX, EDGE_INTERNAL, EDGE_VALUE, FIRST_ROOT, FLAG_TRACKED, type HeapGraph, isNumbered, ROOT_HELD, ROOT_MODULE,
} from '../heap-graph'

/** Repeatable random numbers (xorshift32). */
export class Random {
  private state: number
  constructor(seed: number) {
    this.state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 1
  }

  /** An integer from 0 to limit - 1. */
  below(limit: number): number {
    let x = this.state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.state = x
    return (x >>> 0) % limit
  }

  chance(percent: number): boolean {
    return this.below(100) < percent
  }
}

export type EdgeTuple = readonly [from: number, to: number, kind?: number, name?: string | number]

type Columns = { -readonly [K in 'type' | 'sizeBytes' | 'refcount' | 'flags' | 'site' | 'birthTick' | 'content' | 'length' | 'capacity' | 'address']?: ArrayLike<number> }

/** A graph from a list of edges in any order. Sizes are 16 bytes unless said; reference counts are the edges that lead to a node. */
export function graphOf(nodeCount: number, edges: readonly EdgeTuple[], columns: Columns = {}): HeapGraph {
  const from = Uint32Array.from(edges, edge => edge[0])
  const to = Uint32Array.from(edges, edge => edge[1])
  const graph = graphFromEdges(nodeCount, from, to, edges.length)
  const strings = ['']
  const numbers = new Map([['', 0]])
  const at = graph.firstEdge.slice()
  for (const [source, , kind = source === 0 ? ROOT_MODULE : EDGE_INDEX, name = 0] of edges) {
    const edge = at[source]!++
    graph.edgeKind[edge] = kind
    if (isNumbered(kind)) {
      graph.edgeName[edge] = Number(name)
      continue
    }
    const text = name === 0 ? '' : String(name)
    if (!numbers.has(text)) numbers.set(text, strings.push(text) - 1)
    graph.edgeName[edge] = numbers.get(text)!
  }
  for (const [column, values] of Object.entries(columns)) (graph[column as keyof Columns] as unknown as { set(values: ArrayLike<number>): void }).set(values)
  return { ...graph, strings }
}

/** The same from columns, for large graphs: edges of one node keep their order. */
export function graphFromEdges(nodeCount: number, from: Uint32Array, to: Uint32Array, edgeCount: number): HeapGraph {
  const firstEdge = new Uint32Array(nodeCount + 1)
  for (let i = 0; i < edgeCount; i++) firstEdge[from[i]! + 1]!++
  for (let node = 0; node < nodeCount; node++) firstEdge[node + 1]! += firstEdge[node]!
  const at = firstEdge.slice()
  const edgeTo = new Uint32Array(edgeCount)
  const edgeKind = new Uint8Array(edgeCount)
  const refcount = new Int32Array(nodeCount)
  for (let i = 0; i < edgeCount; i++) {
    const edge = at[from[i]!]!++
    edgeTo[edge] = to[i]!
    edgeKind[edge] = from[i] === 0 ? ROOT_MODULE : EDGE_INDEX
    refcount[to[i]!]!++
  }
  const sizeBytes = new Float64Array(nodeCount).fill(16)
  sizeBytes[0] = 0
  const flags = new Int32Array(nodeCount).fill(FLAG_TRACKED)
  flags[0] = 0
  return {
    nodeCount, edgeCount, firstEdge, edgeTo, edgeKind, edgeName: new Int32Array(edgeCount), refcount, sizeBytes, flags, strings: [''],
    address: Int32Array.from({ length: nodeCount }, (_, node) => node * 4), type: new Int32Array(nodeCount), site: new Int32Array(nodeCount),
    birthTick: new Float64Array(nodeCount), preview: new Int32Array(nodeCount), content: new Float64Array(nodeCount),
    length: new Int32Array(nodeCount).fill(-1), capacity: new Int32Array(nodeCount).fill(-1),
  }
}

const SOME_KINDS = [EDGE_ATTRIBUTE, EDGE_INDEX, EDGE_VALUE, EDGE_INTERNAL]

/** A small graph: sparse or dense, with a part that nothing reaches, self-loops, several edges between two nodes, chains. */
export function randomGraph(random: Random, largest = 12): HeapGraph {
  const nodeCount = 1 + random.below(largest)
  const edges: EdgeTuple[] = []
  const chain = random.chance(30)
  if (nodeCount > 1) {
    const count = random.below(nodeCount * (1 + random.below(4)) + 1)
    for (let i = 0; i < count; i++) {
      const from = random.below(nodeCount)
      const to = 1 + random.below(nodeCount - 1)
      const kind = from === 0 ? FIRST_ROOT + random.below(ROOT_HELD - FIRST_ROOT + 1) : SOME_KINDS[random.below(SOME_KINDS.length)]!
      for (let times = random.chance(10) ? 3 : 1; times > 0; times--) edges.push([from, to, kind, `n${random.below(3)}`.slice(isNumbered(kind) ? 1 : 0)])
    }
    if (chain) for (let node = 0; node < nodeCount - 1; node++) edges.push([node, node + 1])
    if (random.chance(60)) edges.push([0, 1])
  }
  const sizes = Array.from({ length: nodeCount }, (_, node) => node === 0 ? 0 : 16 * (1 + random.below(9)))
  return graphOf(nodeCount, edges, { sizeBytes: sizes, type: sizes.map((_, node) => node === 0 ? 0 : 1 + random.below(4)) })
}

/** Shapes of about `nodes` nodes and four times as many edges. */
export const SHAPES: Record<string, (nodes: number) => HeapGraph> = {
  'random sparse': nodes => made(nodes, (add, random) => {
    for (let i = 0; i < 10; i++) add(0, 1 + random.below(nodes - 1))
    for (let i = 10; i < nodes * 4; i++) add(1 + random.below(nodes - 1), 1 + random.below(nodes - 1))
  }),
  // Each link knows the next, the one before, its class and one of the small integers.
  'linked list': nodes => made(nodes, (add, random) => {
    add(0, 1)
    add(0, 2)
    for (let node = 300; node < nodes; node++) {
      add(node === 300 ? 1 : node - 1, node)
      if (node > 300) add(node, node - 1)
      add(node, 2)
      add(node, 10 + random.below(256))
    }
  }),
  // One dict with half a million keys and values, and a second that shares them.
  'wide dict': nodes => made(nodes, add => {
    add(0, 1)
    add(0, 2)
    add(0, 3)
    for (let node = 4; node < nodes; node++) {
      add(1, node)
      add(2, node)
      add(node, 3)
      add(node, 3)
    }
  }),
  // Like random sparse, but neighbours are near and there are many ways of the same length.
  'grid': nodes => made(nodes, add => {
    const side = Math.floor(Math.sqrt(nodes - 1))
    const at = (x: number, y: number) => 1 + y * side + x
    add(0, 1)
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        if (x + 1 < side) add(at(x, y), at(x + 1, y))
        if (y + 1 < side) add(at(x, y), at(x, y + 1))
        if (x > 0) add(at(x, y), at(x - 1, y))
        if (y > 0) add(at(x, y), at(x, y - 1))
      }
    }
  }),
  // Objects owned by containers that many find (the older the likelier), with a class and some references across.
  'heap (power law)': nodes => made(nodes, (add, random) => {
    for (let i = 1; i <= 200; i++) add(0, i)
    for (let node = 201; node < nodes; node++) {
      add(Math.floor(200 + (node - 200) * (random.below(65536) / 65536) ** 2), node)
      add(node, 1 + Math.floor(199 * (random.below(65536) / 65536) ** 3))
      if (random.chance(70)) add(node, 1 + Math.floor((node - 1) * (random.below(65536) / 65536) ** 4))
      if (random.chance(20)) add(node, Math.max(1, node - random.below(50)))
      if (random.chance(10)) add(node, Math.min(nodes - 1, node + random.below(50)))
    }
  }),
  // A long list whose last link leads to a dict that others find as well: bad for what walks up dominators one by one.
  'deep, then wide': nodes => made(nodes, add => {
    const half = nodes >> 1
    add(0, 1)
    for (let node = 2; node < half; node++) {
      add(node - 1, node)
      add(node, node - 1)
    }
    add(0, nodes - 1)
    for (let node = half; node < nodes - 1; node++) {
      add(half - 1, node)
      add(nodes - 1, node)
      add(node, half - 1)
      add(node, nodes - 1)
    }
  }),
}

function made(nodes: number, build: (add: (from: number, to: number) => void, random: Random) => void): HeapGraph {
  const from = new Uint32Array(nodes * 6)
  const to = new Uint32Array(nodes * 6)
  let count = 0
  build((source, target) => {
    from[count] = source
    to[count++] = target
  }, new Random(nodes))
  const graph = graphFromEdges(nodes, from, to, count)
  const random = new Random(7)
  for (let node = 1; node < nodes; node++) {
    graph.sizeBytes[node] = 16 * (1 + random.below(9))
    graph.type[node] = 1 + random.below(300)
    graph.birthTick[node] = node
  }
  return graph
}
