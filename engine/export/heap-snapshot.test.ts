// The file is read back as its own header says, and must be the graph it was made from. What DevTools makes of it is looked at in
// e2e/heapsnapshot.spec.ts.
import { expect, test } from 'vitest'
import { dominatorsOf } from '../analysis/dominators'
import { EDGE_ATTRIBUTE, EDGE_CELL, EDGE_INDEX, EDGE_KEY, EDGE_LOCAL, EDGE_STACK, EDGE_VALUE, ROOT_FRAME, ROOT_HELD, ROOT_INTERNED, ROOT_MODULE, type HeapGraph } from '../analysis/heap-graph'
import { graphFromEdges, graphOf, Random, randomGraph } from '../analysis/testing/graphs'
import { heapSnapshot } from './heap-snapshot'
import type { TracedSites } from './heap-traces'
import { HARD_NAMES, random, randomProfile } from './testing/profiles'

const TYPES = ['?', 'str', 'int', 'dict', 'spa ced\n', 'function', 'code', '__main__.A']
const typeName = (type: number) => TYPES[type] ?? `type ${type}`
const text = (graph: HeapGraph, traces: TracedSites | null = null, lastTick = 1000) => [...heapSnapshot({ graph, typeName, lastTick, traces })].join('')

interface Node { type: string; name: string; id: number; size: number; trace: number; edges: { type: string; name: string | number; to: number }[] }

/** Reads a file by its `meta`, and checks everything that one part says of another. */
function readSnapshot(source: string) {
  const file = JSON.parse(source)
  const { meta, node_count, edge_count, trace_function_count } = file.snapshot
  const fields = meta.node_fields.length
  expect(Object.keys(file)).toEqual(['snapshot', 'nodes', 'edges', 'trace_function_infos', 'trace_tree', 'samples', 'locations', 'strings'])
  expect([file.nodes.length, file.edges.length]).toEqual([node_count * fields, edge_count * 3])
  expect(file.trace_function_infos.length).toBe(trace_function_count * meta.trace_function_info_fields.length)
  expect([...file.nodes, ...file.edges].every(n => Number.isInteger(n) && n >= 0 && n < 2 ** 32)).toBe(true)
  expect(new Set(file.strings).size).toBe(file.strings.length)
  const string = (index: number): string => {
    expect(index).toBeLessThan(file.strings.length)
    return file.strings[index]
  }
  const nodes: Node[] = []
  let edge = 0
  for (let at = 0; at < file.nodes.length; at += fields) {
    const value = (name: string) => file.nodes[at + meta.node_fields.indexOf(name)]
    const node: Node = { type: meta.node_types[0][value('type')], name: string(value('name')), id: value('id'), size: value('self_size'), trace: value('trace_node_id'), edges: [] }
    for (const end = edge + value('edge_count') * 3; edge < end; edge += 3) {
      const type = meta.edge_types[0][file.edges[edge]]
      expect(file.edges[edge + 2] % fields).toBe(0)
      node.edges.push({ type, name: type === 'element' || type === 'hidden' ? file.edges[edge + 1] : string(file.edges[edge + 1]), to: file.edges[edge + 2] / fields })
    }
    nodes.push(node)
  }
  expect(edge).toBe(file.edges.length)
  expect(nodes.every(node => node.edges.every(e => e.to < nodes.length))).toBe(true)
  expect(new Set(nodes.map(node => node.id)).size).toBe(nodes.length)
  expect(nodes.every(node => node.id % 2 === 1)).toBe(true)
  return { file, nodes, groups: nodes[0]!.edges.length, string }
}

/** What only the node keeps, itself included: all that is not reached without it. */
function retained(nodes: Node[], node: number): number {
  const reached = new Set([0])
  const stack = [0]
  while (stack.length > 0) {
    for (const { to, type } of nodes[stack.pop()!]!.edges) {
      if (type === 'weak' || to === node || reached.has(to)) continue
      reached.add(to)
      stack.push(to)
    }
  }
  return nodes.reduce((sum, { size }, i) => (reached.has(i) ? sum : sum + size), 0)
}

test('random graphs: nodes, sizes and edges as they are; everything hangs from the root', () => {
  const next = new Random(4)
  for (let round = 0; round < 300; round++) {
    const graph = randomGraph(next, 14)
    const { nodes, groups } = readSnapshot(text(graph))
    expect(nodes.length).toBe(graph.nodeCount + groups)
    expect(nodes.slice(0, groups + 1).every(node => node.size === 0)).toBe(true)
    for (let node = 1; node < graph.nodeCount; node++) {
      const written = nodes[node + groups]!
      expect(written.size).toBe(graph.sizeBytes[node])
      expect(written.edges.map(e => e.to - groups)).toEqual([...graph.edgeTo.subarray(graph.firstEdge[node], graph.firstEdge[node + 1])])
    }
    const rooted = nodes.slice(1, groups).flatMap(group => group.edges.map(e => e.to - groups))
    expect(rooted.toSorted()).toEqual([...graph.edgeTo.subarray(0, graph.firstEdge[1])].toSorted())
    const reached = new Set([0])
    for (const node of reached) for (const { to } of nodes[node]!.edges) reached.add(to)
    expect(reached.size).toBe(nodes.length)
    // The last group has one reference to each part of the garbage that no other garbage leads to, and none to what is reachable.
    const { order, reachableCount, retainedBytes } = dominatorsOf(graph)
    const reachable = new Set(order.subarray(0, reachableCount))
    const entries = nodes[groups]!.edges.map(e => e.to - groups)
    expect(entries.some(node => reachable.has(node))).toBe(false)
    for (const one of entries) {
      const rest = new Set(entries.filter(node => node !== one))
      for (const node of rest) for (const { to } of nodes[node + groups]!.edges) rest.add(to - groups)
      expect(rest.has(one)).toBe(false)
    }
    for (let node = 1; node < graph.nodeCount; node++) expect(retained(nodes, node + groups)).toBe(retainedBytes[node])
    // What is alive is not kept by garbage.
    for (let node = 1; node < graph.nodeCount; node++) {
      for (const { to, type } of nodes[node + groups]!.edges) expect(type === 'weak').toBe(!reachable.has(node) && reachable.has(to - groups))
    }
  }
})

test('kinds of references and of objects have the words DevTools has for them', () => {
  const graph = graphOf(12, [
    [0, 1, ROOT_MODULE, '__main__'], [0, 2, ROOT_FRAME, 'f: x'], [0, 3, ROOT_INTERNED, ''], [0, 3, ROOT_HELD, ''],
    [1, 2, EDGE_ATTRIBUTE, 'attr'], [1, 3, EDGE_INDEX, 7], [1, 4, EDGE_KEY, '\'k\''], [1, 5, EDGE_VALUE, '\'k\''], [1, 6, EDGE_LOCAL, 'var'],
    [1, 7, EDGE_STACK, 2], [1, 8, EDGE_CELL], [10, 11], [11, 10],
  ], { type: [0, 3, 7, 1, 1, 2, 4, 5, 6, 3, 3, 3], length: [-1, 2, -1, 5, 200, -1, -1, -1, -1, -1, 0, 0] })
  const strings = [...graph.strings, '\'it\\n\'', '\'long…', '42', 'f.<locals>.g', 'f, line 3']
  const preview = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
  for (const [i, node] of [3, 4, 5, 7, 8].entries()) preview[node] = graph.strings.length + i
  const { nodes, groups } = readSnapshot(text({ ...graph, strings, preview }))
  const at = (node: number) => nodes[node + groups]!
  expect(nodes.slice(0, groups + 1).map(node => [node.type, node.name, node.edges.length])).toEqual([
    ['synthetic', '', 8], ['object', '(frames)', 1], ['object', '(modules)', 1], ['synthetic', '(interpreter)', 0], ['synthetic', '(interned strings)', 1],
    ['synthetic', '(static types)', 0], ['synthetic', '(threads)', 0], ['synthetic', '(held by C code)', 1], ['synthetic', '(cyclic garbage, unreachable)', 2],
  ])
  expect([nodes[1]!.edges[0], nodes[2]!.edges[0], nodes[4]!.edges[0]].map(e => [e!.type, e!.name])).toEqual([['property', 'f: x'], ['property', '__main__'], ['element', 0]])
  expect(Array.from({ length: 10 }, (_, i) => [at(i + 1).type, at(i + 1).name])).toEqual([
    ['object', '<dict len=2>'], ['object', '<__main__.A>'], ['string', 'it\\n'], ['string', 'long… (200 characters, 0)'], ['number', '42'],
    ['object', '<spa\u00a0ced\n>'], ['closure', 'f.<locals>.g'], ['code', 'f, line 3'], ['object', '<dict>'], ['object', '<dict len=0>'],
  ])
  expect(at(1).edges.map(e => [e.type, e.name])).toEqual([
    ['property', 'attr'], ['element', 7], ['internal', 'key \'k\''], ['property', '\'k\''], ['context', 'var'], ['internal', 'evaluation stack 2'], ['internal', 'cell content'],
  ])
})

test('names of all kinds are one JSON string each', () => {
  const names = [...HARD_NAMES, '"snapshot"', '"nodes":[1]', ']}', '"strings":[']
  const graph = graphOf(3, [[0, 1], ...names.map(name => [1, 2, EDGE_ATTRIBUTE, name] as const)])
  const { nodes, groups } = readSnapshot(text(graph))
  expect(nodes[groups + 1]!.edges.map(e => e.name)).toEqual(names)
})

test('ids are the same for an object in all snapshots of a run, and rise with birth', () => {
  const next = random(3)
  const all = Array.from({ length: 400 }, (_, i) => ({ address: 1000 + i * 4 + Math.floor(next() * 3), birth: Math.floor(next() * 90) * 11 - 10 })).map(o => ({ ...o, birth: Math.max(-1, o.birth) }))
  const ids = (objects: typeof all) => {
    const count = objects.length + 1
    const graph = graphFromEdges(count, new Uint32Array(count - 1), Uint32Array.from(objects, (_, i) => i + 1), count - 1)
    graph.address.set([0, ...objects.map(o => o.address)])
    graph.birthTick.set([0, ...objects.map(o => o.birth)])
    const { nodes, groups } = readSnapshot(text(graph))
    return new Map(objects.map((o, i) => [o, nodes[groups + 1 + i]!.id]))
  }
  const some = all.filter(() => next() < 0.5)
  const first = ids(all)
  const second = ids(some)
  for (const object of some) expect(second.get(object)).toBe(first.get(object))
  const byId = all.toSorted((a, b) => first.get(a)! - first.get(b)!).map(o => o.birth)
  expect(byId).toEqual(byId.toSorted((a, b) => a - b))
})

test('the tree of allocation tracebacks has the traceback of each object', () => {
  const profile = randomProfile(8, 400, ['allocated'])
  const next = random(5)
  const nodeCount = 60
  const graph = graphFromEdges(nodeCount, new Uint32Array(nodeCount - 1), Uint32Array.from({ length: nodeCount - 1 }, (_, i) => i + 1), nodeCount - 1)
  graph.site.set(Array.from({ length: nodeCount }, (_, i) => (i % 7 === 0 ? 0 : Math.floor(next() * 400))))
  const { file, nodes, groups, string } = readSnapshot(text(graph, { ...profile, allocated: profile.measures[0]! }))
  const infos = file.trace_function_infos as number[]
  const stacks = new Map<number, { stack: string[]; count: number; size: number }>()
  const walk = (list: unknown[], above: string[]) => {
    for (let i = 0; i < list.length; i += 5) {
      const [id, info, count, size, children] = list.slice(i, i + 5) as [number, number, number, number, unknown[]]
      expect(info * 6).toBeLessThan(infos.length)
      const stack = [...above, `${string(infos[info * 6 + 2]!)}:${infos[info * 6 + 4]} ${string(infos[info * 6 + 1]!)}`]
      expect(stacks.has(id)).toBe(false)
      stacks.set(id, { stack, count, size })
      walk(children, stack)
    }
  }
  walk(file.trace_tree, [])
  expect(file.trace_tree.length).toBe(5)
  const { sites, codeAt } = profile
  const frame = (site: number) => {
    const { path, name } = codeAt(sites.code[site]!)
    return `${path}:${sites.line[site]} ${name || path}`
  }
  for (let node = 1; node < nodeCount; node++) {
    const site = graph.site[node]!
    const { trace } = nodes[node + groups]!
    if (site === 0) {
      expect(trace).toBe(0)
      continue
    }
    const stack: string[] = []
    for (let at = site; at !== 0; at = sites.parent[at]!) stack.unshift(frame(at))
    expect(stacks.get(trace)).toEqual({ stack: [':0 (root)', ...stack], count: profile.measures[0]!.count[site], size: profile.measures[0]!.bytes[site] })
  }
})

test('a million objects in a list, a traceback ten thousand calls deep: written without recursion', { timeout: 60_000 }, () => {
  const count = 1_000_001
  const graph = graphFromEdges(count, Uint32Array.from({ length: count - 1 }, (_, i) => i), Uint32Array.from({ length: count - 1 }, (_, i) => i + 1), count - 1)
  const sites = 10_001
  const traces: TracedSites = {
    sites: { count: sites, parent: Int32Array.from({ length: sites }, (_, i) => Math.max(0, i - 1)), code: new Int32Array(sites), line: Int32Array.from({ length: sites }, (_, i) => i) },
    codeAt: () => ({ name: 'f', path: 'f.py', fileId: 1, firstLine: 1 }), allocated: null,
  }
  graph.site.fill(sites - 1)
  let length = 0
  let pieces = 0
  let longest = 0
  for (const piece of heapSnapshot({ graph, typeName, lastTick: 1e6, traces })) {
    length += piece.length
    longest = Math.max(longest, piece.length)
    pieces++
  }
  expect(length).toBeGreaterThan(3e7)
  expect(longest).toBeLessThan(100_000)
  expect(pieces).toBeGreaterThan(400)
})
