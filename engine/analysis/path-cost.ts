// What a step of a path costs. Of paths to one object the cheapest is shown first: a short one, but rather a step or two
// longer through names that the program gave than one that ends in C code or in the interpreter's own tables.
import {
  EDGE_ATTRIBUTE, EDGE_CELL, EDGE_CLOSURE, EDGE_ELEMENT, EDGE_INDEX, EDGE_INTERNAL, EDGE_KEY, EDGE_LOCAL, EDGE_STACK, EDGE_VALUE,
  ROOT_BUILTIN, ROOT_FRAME, ROOT_HELD, ROOT_INTERNED, ROOT_MODULE, ROOT_THREAD, ROOT_TYPE,
} from './heap-graph'

const STEP = 4

/** By kind of edge. */
export const PATH_COST = new Uint8Array(256).fill(STEP)
for (const kind of [EDGE_ATTRIBUTE, EDGE_INDEX, EDGE_VALUE, EDGE_ELEMENT, EDGE_LOCAL, EDGE_CLOSURE, EDGE_CELL]) PATH_COST[kind] = STEP
// A key is seldom what one looks for, nor are `__class__`, `__dict__` and the like.
for (const kind of [EDGE_KEY, EDGE_STACK, EDGE_INTERNAL]) PATH_COST[kind] = STEP + 1
for (const kind of [ROOT_FRAME, ROOT_MODULE]) PATH_COST[kind] = STEP
PATH_COST[ROOT_THREAD] = STEP + 2
for (const kind of [ROOT_BUILTIN, ROOT_TYPE]) PATH_COST[kind] = STEP * 3
for (const kind of [ROOT_INTERNED, ROOT_HELD]) PATH_COST[kind] = STEP * 6

export const LEAST_STEP = STEP
export const DEAREST_STEP = STEP * 6

/** References that are to be left out of every path, as numbers of edges. */
export type IgnoredEdges = { readonly size: number, has(edge: number): boolean }

export const NOTHING_IGNORED: IgnoredEdges = new Set<number>()
