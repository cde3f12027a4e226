// What a step of a path costs. Of paths to one object the cheapest is shown first: a short one, but rather a step or two
// longer through names that the program gave than one that ends in C code or in the interpreter's own tables.
import {
  EDGE_ATTRIBUTE, EDGE_CELL, EDGE_CLOSURE, EDGE_ELEMENT, EDGE_INDEX, EDGE_INTERNAL, EDGE_KEY, EDGE_LOCAL, EDGE_STACK, EDGE_VALUE,
  ROOT_BUILTIN, ROOT_FRAME, ROOT_HELD, ROOT_INTERNED, ROOT_MODULE, ROOT_THREAD, ROOT_TYPE, type HeapGraph,
} from './heap-graph'

const STEP = 4

const COST = new Uint8Array(256).fill(STEP)
for (const kind of [EDGE_ATTRIBUTE, EDGE_INDEX, EDGE_VALUE, EDGE_ELEMENT, EDGE_LOCAL, EDGE_CLOSURE, EDGE_CELL]) COST[kind] = STEP
// A key is seldom what one looks for, nor are `__class__`, `__dict__` and the like.
for (const kind of [EDGE_KEY, EDGE_STACK, EDGE_INTERNAL]) COST[kind] = STEP + 1
for (const kind of [ROOT_FRAME, ROOT_MODULE]) COST[kind] = STEP
COST[ROOT_THREAD] = STEP + 2
for (const kind of [ROOT_BUILTIN, ROOT_TYPE]) COST[kind] = STEP * 3
for (const kind of [ROOT_INTERNED, ROOT_HELD]) COST[kind] = STEP * 6

/**
 * What a frame has besides local variables and its stack. A global variable is to be found by way of its module, which is the same dict as
 * `f_globals` of all its functions that run.
 */
const FRAME_FIELD = /: f_\w+$/
const FRAME_FIELD_COST = STEP * 3

/** By edge. */
export type PathCosts = (edge: number) => number

export function pathCosts(graph: HeapGraph): PathCosts {
  const { edgeKind, edgeName, strings } = graph
  // The root's edges are the first ones, and few.
  const rootEdges = graph.firstEdge[1] ?? 0
  const rootCost = new Uint8Array(rootEdges)
  for (let edge = 0; edge < rootEdges; edge++) {
    const kind = edgeKind[edge]!
    rootCost[edge] = kind === ROOT_FRAME && FRAME_FIELD.test(strings[edgeName[edge]!] ?? '') ? FRAME_FIELD_COST : COST[kind]!
  }
  return edge => edge < rootEdges ? rootCost[edge]! : COST[edgeKind[edge]!]!
}

export const DEAREST_STEP = STEP * 6

/** References that are to be left out of every path, as numbers of edges. */
export type IgnoredEdges = { readonly size: number, has(edge: number): boolean }

export const NOTHING_IGNORED: IgnoredEdges = new Set<number>()
