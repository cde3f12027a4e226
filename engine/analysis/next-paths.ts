// All paths from the root to an object, the best first.
//
// Yen's search (Finding the k Shortest Loopless Paths, 1971), done lazily: with the best way from the root to every node at hand
// (`RootDistances`, one pass over the heap) each further path is an earlier one left at one of its nodes by another referrer, and from there
// the best way is taken. Only if this way leads through the rest of the path, which would be a loop, another is looked for. So
// a path costs its length and its nodes' referrers, not the heap.
import { BucketQueue } from './bucket-queue'
import { type HeapGraph, isNumbered } from './heap-graph'
import { type AnalysisOptions, NO_NODE, PROGRESS_MASK } from './options'
import { DEAREST_STEP, type IgnoredEdges, NOTHING_IGNORED, pathCosts } from './path-cost'
import { type Path, pathOf, PathSearch } from './paths'
import type { Referrers } from './reverse'

/** The best way from the root to every node. */
export interface RootDistances {
  /** NO_NODE: there is none. */
  readonly cost: Uint32Array
  /** The last reference of the way. */
  readonly edge: Uint32Array
  /** The node that it leads from. */
  readonly from: Uint32Array
  readonly ignore: IgnoredEdges
}

/** One pass over the heap; serves any number of objects as long as the same references are ignored. */
export function rootDistances(graph: HeapGraph, options: AnalysisOptions & { ignore?: IgnoredEdges } = {}): RootDistances {
  const { nodeCount, firstEdge, edgeTo } = graph
  const costOf = pathCosts(graph)
  const { progress, ignore = NOTHING_IGNORED } = options
  const ignores = ignore.size > 0
  const cost = new Uint32Array(nodeCount).fill(NO_NODE)
  const lastEdge = new Uint32Array(nodeCount)
  const from = new Uint32Array(nodeCount)
  const queue = new BucketQueue(DEAREST_STEP)
  cost[0] = 0
  queue.put(0, 0)
  let done = 0
  while (!queue.isEmpty()) {
    const node = queue.take()
    const distance = queue.distance
    if (cost[node] !== distance) continue
    if (progress && (++done & PROGRESS_MASK) === 0) progress(done, nodeCount)
    for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
      const to = edgeTo[edge]!
      const reached = distance + costOf(edge)
      if (reached >= cost[to]! || (ignores && ignore.has(edge))) continue
      cost[to] = reached
      lastEdge[to] = edge
      from[to] = node
      queue.put(to, reached)
    }
  }
  return { cost, edge: lastEdge, from, ignore }
}

/** The best path to a node, or null: at once, where there are distances. */
export function bestPath(graph: HeapGraph, distances: RootDistances, node: number): Path | null {
  const { cost, edge, from } = distances
  if (node === 0 || cost[node] === NO_NODE) return null
  let length = 0
  for (let at = node; at !== 0; at = from[at]!) length++
  const edges = new Uint32Array(length)
  for (let at = node; at !== 0; at = from[at]!) edges[--length] = edge[at]!
  return pathOf(graph, edges, cost[node]!)
}

export interface NextPathsOptions extends AnalysisOptions {
  /**
   * Only paths that differ in what they are made of: the types on the way and the labels, numbers of items left out. Of the referrers
   * of a node that are alike and have the same holder only the first is followed.
   */
  dissimilar?: boolean
  /** After so many steps (about ten million a second) it gives up, even if there may be more. */
  budget?: number
}

/** Without loops, in the order of their cost; with `distances.ignore` respected. Take as many as are wanted. */
export function* pathsTo(
  graph: HeapGraph, referrers: Referrers, distances: RootDistances, node: number, options: NextPathsOptions = {},
): Generator<Path, void, void> {
  const { edgeTo } = graph
  const costOf = pathCosts(graph)
  const { first, from: entryFrom, edge: entryEdge } = referrers
  const { cost: rootCost, edge: treeEdge, from: treeFrom, ignore } = distances
  const { progress, dissimilar = false, budget = 20_000_000 } = options
  if (node === 0 || rootCost[node] === NO_NODE) return
  const ignores = ignore.size > 0
  const labels = dissimilar ? new Labels(graph) : null
  const told = new Set<string>()
  const search = new PathSearch(graph, referrers, { ignore, ...(progress ? { progress: () => progress(Math.min(steps + search.steps, budget), budget) } : {}) })
  let steps = 0

  const ways = new Ways()
  /** The ways whose head is not the best way of all, by reason of a loop: references from the source upwards. */
  const detours = new Map<number, Uint32Array>()
  ways.add(0, NO_NODE, node, rootCost[node]!, 0)
  // The nodes of the way in hand, as marks: `stamp` if on it.
  const mark = new Uint32Array(graph.nodeCount)
  let stamp = 0
  for (let way = ways.next(); way >= 0; way = ways.next()) {
    if (steps + search.steps > budget) return
    progress?.(steps + search.steps, budget)
    stamp++
    const tail = tailOf(way)
    mark[node] = stamp
    for (const edge of tail) mark[edgeTo[edge]!] = stamp
    const head = headOf(way)
    steps += head.length + tail.length
    if (way > 0 && !detours.has(way) && head.some(edge => mark[edgeTo[edge]!] === stamp)) {
      const source = ways.source[way]!
      const around = search.find(source, mark, stamp)
      if (!around) continue
      const again = ways.add(ways.parent[way]!, ways.edge[way]!, source, ways.passed[way]! + around.cost, ways.passed[way]!)
      detours.set(again, around.edges.reverse())
      continue
    }
    // Upwards from the source: leave it at every node.
    let passed = ways.passed[way]!
    for (const edge of head) {
      mark[edgeTo[edge]!] = stamp
      leave(way, edge, passed)
      passed += costOf(edge)
    }
    const edges = new Uint32Array(head.length + tail.length)
    edges.set(head.reverse())
    edges.set(tail, head.length)
    const path = pathOf(graph, edges, ways.total[way]!)
    if (labels) {
      const signature = labels.signature(path)
      if (told.has(signature)) continue
      told.add(signature)
    }
    yield path
  }

  /** The references from the source up to the root. */
  function headOf(way: number): Uint32Array {
    const detour = detours.get(way)
    if (detour) return detour.slice()
    const source = ways.source[way]!
    let length = 0
    for (let at = source; at !== 0; at = treeFrom[at]!) length++
    const head = new Uint32Array(length)
    length = 0
    for (let at = source; at !== 0; at = treeFrom[at]!) head[length++] = treeEdge[at]!
    return head
  }

  /** The references after the source, from it down to the object. */
  function tailOf(last: number): number[] {
    const tail: number[] = []
    for (let way = last; way !== 0; way = ways.parent[way]!) {
      const edge = ways.edge[way]!
      tail.push(edge)
      // The parent's head from where this one leaves it down to the parent's source: found upwards, so turned round.
      const parent = ways.parent[way]!
      const turned = tail.length
      const detour = detours.get(parent)
      if (detour) {
        for (let i = 0; edgeTo[detour[i]!] !== edgeTo[edge]; i++) tail.push(detour[i]!)
      } else for (let at = ways.source[parent]!; at !== edgeTo[edge]!; at = treeFrom[at]!) tail.push(treeEdge[at]!)
      for (let a = turned, b = tail.length - 1; a < b; a++, b--) [tail[a], tail[b]] = [tail[b]!, tail[a]!]
    }
    return tail
  }

  /** Adds a way for each other referrer of the node that `usual` leads to. */
  function leave(way: number, usual: number, passed: number): void {
    const at = edgeTo[usual]!
    const alike = labels ? new Set<string>() : null
    const like = (source: number, edge: number) =>
      labels!.step(source, edge) + (source === 0 ? '' : `${treeFrom[source]},${labels!.step(treeFrom[source]!, treeEdge[source]!)}`)
    if (alike && treeEdge[at] === usual) alike.add(like(treeFrom[at]!, usual))
    for (let entry = first[at]!, end = first[at + 1]!; entry < end; entry++) {
      const edge = entryEdge[entry]!
      const source = entryFrom[entry]!
      steps++
      if (edge === usual || mark[source] === stamp || rootCost[source] === NO_NODE || (ignores && ignore.has(edge))) continue
      if (alike) {
        const key = like(source, edge)
        if (alike.has(key)) continue
        alike.add(key)
      }
      const step = passed + costOf(edge)
      ways.add(way, edge, source, step + rootCost[source]!, step)
      if (progress && (steps & PROGRESS_MASK) === 0) progress(Math.min(steps + search.steps, budget), budget)
    }
  }
}

/**
 * The ways found so far in columns, and a binary heap of those not yet taken: the cheapest first, then the earliest. A way is its parent left
 * by `edge`: from `source` up to the root it goes its own way, the head. Way 0 is the object's best way and has no parent.
 */
class Ways {
  count = 0
  parent = new Uint32Array(1024)
  /** The reference by which the parent is left. */
  edge = new Uint32Array(1024)
  /** The node that it leads from. */
  source = new Uint32Array(1024)
  /** The cost of the whole path. */
  total = new Uint32Array(1024)
  /** The cost from the source down to the object. */
  passed = new Uint32Array(1024)
  private heap = new Uint32Array(1024)
  private waiting = 0

  add(parent: number, edge: number, source: number, total: number, passed: number): number {
    const way = this.count++
    if (way === this.parent.length) {
      for (const column of ['parent', 'edge', 'source', 'total', 'passed', 'heap'] as const) {
        const grown = new Uint32Array(way * 2)
        grown.set(this[column])
        this[column] = grown
      }
    }
    this.parent[way] = parent
    this.edge[way] = edge
    this.source[way] = source
    this.total[way] = total
    this.passed[way] = passed
    const { heap } = this
    let at = this.waiting++
    while (at > 0) {
      const above = (at - 1) >> 1
      if (this.total[heap[above]!]! <= total) break
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = way
    return way
  }

  /** -1: none is left. */
  next(): number {
    if (this.waiting === 0) return -1
    const { heap, total } = this
    const result = heap[0]!
    const last = heap[--this.waiting]!
    const less = (a: number, b: number) => total[a]! < total[b]! || (total[a] === total[b] && a < b)
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      if (below >= this.waiting) break
      if (below + 1 < this.waiting && less(heap[below + 1]!, heap[below]!)) below++
      if (!less(heap[below]!, last)) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = last
    return result
  }
}

/** What steps look like: the type that refers and the label, for numbered ones without the number. */
class Labels {
  constructor(private readonly graph: HeapGraph) {}

  step(source: number, edge: number): string {
    const { type, edgeKind, edgeName } = this.graph
    const kind = edgeKind[edge]!
    return `${type[source]}:${kind}${isNumbered(kind) ? '' : `:${edgeName[edge]}`};`
  }

  signature(path: Path): string {
    let signature = ''
    let source = 0
    for (let i = 0; i < path.edges.length; i++) {
      signature += this.step(source, path.edges[i]!)
      source = path.nodes[i]!
    }
    return signature
  }
}
