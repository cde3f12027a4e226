// Which reference of a cycle to make weak: the one that points back, from what is contained to what contains it.
//
// Of the references between members those are candidates whose removal leaves the members without a cycle, or in the least
// number of members that are still in one. Among them the best points from younger to older and has a name that says so
// (`parent`, `owner`, …), or at least is an attribute: only what has a name in the program can be changed there.
import { EDGE_ATTRIBUTE, EDGE_CELL, EDGE_INDEX, EDGE_INTERNAL, EDGE_LOCAL, EDGE_VALUE, FLAG_INSTANCE, FLAG_PROGRAM, type HeapGraph } from '../analysis/heap-graph'

export interface BackReference {
  /** Edge of the graph; where several of one name must go, one of them. */
  edge: number
  from: number
  to: number
  /** Attribute, key or variable. */
  name: string
  /** How many references of this name lead from members of that type to members. */
  count: number
  /** None of the members is in a cycle without it. */
  breaksAll: boolean
}

const BACKWARD = /^_*(parent|owner|outer|back|prev|previous|container|up|root|master|manager|model|session|app|self|host|tree|doc|document|frame|cause|context|__traceback__)\d*_*$/i
/** A cycle with more members is judged by this many of them. */
const MOST_MEMBERS = 20_000

/** The reference to make weak, or null: no reference between the members has a name that a program can change. */
export function backReferenceOf(graph: HeapGraph, members: readonly number[], typeName: (type: number) => string): BackReference | null {
  const inside = new Set(members.slice(0, MOST_MEMBERS))
  const groups = new Map<string, { edges: number[]; from: number[]; score: number; name: string }>()
  const { firstEdge, edgeTo, edgeKind, edgeName, strings, birthTick, type, flags } = graph
  for (const node of inside) {
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      const to = edgeTo[edge]!
      if (!inside.has(to)) continue
      const kind = edgeKind[edge]!
      const text = strings[edgeName[edge]!] ?? ''
      const name = kind === EDGE_VALUE ? /^'([\p{L}_][\p{L}\p{N}_]*)'$/u.exec(text)?.[1] ?? '' : kind === EDGE_INTERNAL && text !== '__traceback__' && text !== '__context__' ? '' : kind === EDGE_INDEX ? `[${edgeName[edge]}]` : kind === EDGE_CELL ? 'a variable of a closure' : text
      if (name === '' || kind !== EDGE_VALUE && kind !== EDGE_ATTRIBUTE && kind !== EDGE_INTERNAL && kind !== EDGE_CELL && kind !== EDGE_LOCAL && kind !== EDGE_INDEX) continue
      const key = kind === EDGE_INDEX ? `${type[node]} []` : `${type[node]} ${typeName(type[to]!)} ${name}`
      let group = groups.get(key)
      if (!group) groups.set(key, group = { edges: [], from: [], score: 0, name })
      group.edges.push(edge)
      group.from.push(node)
      if (BACKWARD.test(name)) group.score += 4
      if (birthTick[node]! > birthTick[to]!) group.score += 2
      if (kind === EDGE_ATTRIBUTE || kind === EDGE_VALUE) group.score += 2
      if ((flags[to]! & FLAG_INSTANCE) !== 0) group.score += 3
      if ((flags[to]! & FLAG_PROGRAM) !== 0) group.score -= 2
      if (kind === EDGE_INDEX) group.score -= 4
    }
  }
  let best: BackReference | null = null
  let bestLeft = Infinity
  let bestScore = -Infinity
  const ranked = [...groups.values()].sort((a, b) => b.score / b.edges.length - a.score / a.edges.length).slice(0, 24)
  for (const group of ranked) {
    const left = membersInCycles(graph, inside, new Set(group.edges))
    const score = group.score / group.edges.length
    if (left > bestLeft || left === bestLeft && score <= bestScore) continue
    bestLeft = left
    bestScore = score
    best = { edge: group.edges[0]!, from: group.from[0]!, to: edgeTo[group.edges[0]!]!, name: group.name, count: group.edges.length, breaksAll: left === 0 }
  }
  return best
}

/** How many members would still be in a cycle or behind one, were these references not there (Kahn's algorithm). */
function membersInCycles(graph: HeapGraph, inside: ReadonlySet<number>, without: ReadonlySet<number>): number {
  const { firstEdge, edgeTo } = graph
  const incoming = new Map<number, number>()
  for (const node of inside) {
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      if (!without.has(edge) && inside.has(edgeTo[edge]!)) incoming.set(edgeTo[edge]!, (incoming.get(edgeTo[edge]!) ?? 0) + 1)
    }
  }
  const free = [...inside].filter(node => !incoming.has(node))
  let left = inside.size - free.length
  while (free.length > 0) {
    const node = free.pop()!
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      const to = edgeTo[edge]!
      if (without.has(edge) || !inside.has(to)) continue
      const count = incoming.get(to)! - 1
      incoming.set(to, count)
      if (count > 0) continue
      left--
      free.push(to)
    }
  }
  return left
}
