// Modules, classes, functions and their dicts: what a program is made of rather than what it works on.
import { EDGE_INTERNAL, FLAG_PROGRAM, ROOT_BUILTIN, type HeapGraph } from '../analysis/heap-graph'

/** 1 for them, and for sys.modules. */
export function namespacesOf(graph: HeapGraph): Uint8Array {
  const { nodeCount, firstEdge, edgeTo, edgeKind, edgeName, strings, flags } = graph
  const namespace = new Uint8Array(nodeCount)
  const dictName = strings.indexOf('__dict__')
  for (let node = 1; node < nodeCount; node++) {
    if ((flags[node]! & FLAG_PROGRAM) === 0) continue
    namespace[node] = 1
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      if (edgeKind[edge] === EDGE_INTERNAL && edgeName[edge] === dictName) namespace[edgeTo[edge]!] = 1
    }
  }
  for (let edge = firstEdge[0]!; edge < firstEdge[1]!; edge++) {
    if (edgeKind[edge] === ROOT_BUILTIN && strings[edgeName[edge]!] === 'sys.modules') namespace[edgeTo[edge]!] = 1
  }
  return namespace
}
