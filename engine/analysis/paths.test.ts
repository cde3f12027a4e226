import { expect, test } from 'vitest'
import {
  EDGE_ATTRIBUTE, EDGE_INDEX, EDGE_INTERNAL, edgeLabel, EDGE_VALUE, type HeapGraph, isNumbered, ROOT_BUILTIN, ROOT_FRAME, ROOT_HELD, ROOT_MODULE,
} from './heap-graph'
import { bestPath, pathsTo, rootDistances } from './next-paths'
import { pathCosts } from './path-cost'
import { type Path, shortestPath } from './paths'
import { referrersOf, sourceOfEdge } from './reverse'
import { graphOf, randomGraph, Random, SHAPES } from './testing/graphs'

/** Every path without loops, the cheapest first. */
function allPaths(graph: HeapGraph, target: number, ignore: ReadonlySet<number>): { cost: number, edges: number[] }[] {
  const found: { cost: number, edges: number[] }[] = []
  const costOf = pathCosts(graph)
  const walk = (node: number, edges: number[], passed: number[], cost: number) => {
    if (node === target) {
      found.push({ cost, edges })
      return
    }
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const to = graph.edgeTo[edge]!
      if (!passed.includes(to) && !ignore.has(edge)) walk(to, [...edges, edge], [...passed, to], cost + costOf(edge))
    }
  }
  if (target !== 0) walk(0, [], [0], 0)
  return found.sort((a, b) => a.cost - b.cost)
}

function looksOf(graph: HeapGraph, edges: ArrayLike<number>): string {
  return Array.from(edges, edge => `${graph.type[sourceOfEdge(graph, edge)]} ${graph.edgeKind[edge]} ${isNumbered(graph.edgeKind[edge]!) ? '' : graph.strings[graph.edgeName[edge]!]}`).join(', ')
}

function expectSound(graph: HeapGraph, path: Path, target: number): void {
  expect([...path.nodes]).toEqual(Array.from(path.edges, edge => graph.edgeTo[edge]!))
  let node = 0
  for (const edge of path.edges) {
    expect(sourceOfEdge(graph, edge)).toBe(node)
    node = graph.edgeTo[edge]!
  }
  expect(node).toBe(target)
  const costOf = pathCosts(graph)
  expect(path.cost).toBe(path.edges.reduce((sum, edge) => sum + costOf(edge), 0))
}

test('agree with trying all paths, on random graphs', () => {
  const random = new Random(6)
  let further = 0
  for (let round = 0; round < 1500; round++) {
    const graph = randomGraph(random, 8)
    if (graph.edgeCount > 22) continue
    const referrers = referrersOf(graph)
    const ignore = new Set(Array.from({ length: random.chance(50) ? 0 : 3 }, () => random.below(graph.edgeCount + 1)))
    const distances = rootDistances(graph, { ignore })
    for (let node = 0; node < graph.nodeCount; node++) {
      const expected = allPaths(graph, node, ignore)
      const best = shortestPath(graph, referrers, node, { ignore })
      if (expected.length === 0) {
        expect(best).toBe(null)
        expect(bestPath(graph, distances, node)).toBe(null)
        expect([...pathsTo(graph, referrers, distances, node)]).toEqual([])
        continue
      }
      expectSound(graph, best!, node)
      expect(best!.cost).toBe(expected[0]!.cost)
      expectSound(graph, bestPath(graph, distances, node)!, node)
      expect(bestPath(graph, distances, node)!.cost).toBe(best!.cost)
      const all = [...pathsTo(graph, referrers, distances, node)]
      for (const path of all) expectSound(graph, path, node)
      expect(all.map(path => path.cost)).toEqual(expected.map(path => path.cost))
      const texts = (paths: Iterable<{ edges: ArrayLike<number> }>) => Array.from(paths, path => Array.from(path.edges).join(' ')).sort()
      expect(texts(all)).toEqual(texts(expected))
      further += all.length - 1

      const unlike = [...pathsTo(graph, referrers, distances, node, { dissimilar: true })]
      const looks = unlike.map(path => looksOf(graph, path.edges))
      expect(new Set(looks).size).toBe(looks.length)
      const possible = new Set(expected.map(path => looksOf(graph, path.edges)))
      for (const look of looks) expect(possible.has(look)).toBe(true)
      expect(unlike[0]!.cost).toBe(expected[0]!.cost)
    }
  }
  expect(further).toBeGreaterThan(3000)
}, 60_000)

test('the way through what the program named, not through C code', () => {
  // 4 is held by C, and by module 1 -> dict 2 -> list 3.
  const graph = graphOf(5, [
    [0, 4, ROOT_HELD], [0, 1, ROOT_MODULE, 'shop'], [1, 2, EDGE_INTERNAL, '__dict__'], [2, 3, EDGE_VALUE, "'orders'"], [3, 4, EDGE_INDEX, 7],
  ])
  const path = shortestPath(graph, referrersOf(graph), 4)!
  expect(Array.from(path.edges, edge => edgeLabel(graph, edge))).toEqual(['module shop', '.__dict__', "['orders']", '[7]'])
  expect([...path.nodes]).toEqual([1, 2, 3, 4])
  const held = shortestPath(graph, referrersOf(graph), 4, { ignore: new Set([path.edges[3]!]) })!
  expect(Array.from(held.edges, edge => edgeLabel(graph, edge))).toEqual(['held by the interpreter'])
})

test('a global variable is its module\'s, whatever frames run', () => {
  const graph = graphOf(4, [
    [0, 2, ROOT_FRAME, 'main: f_globals'], [0, 1, ROOT_MODULE, 'shop'], [1, 2, EDGE_INTERNAL, '__dict__'], [2, 3, EDGE_VALUE, "'orders'"],
  ])
  expect([...shortestPath(graph, referrersOf(graph), 3)!.nodes]).toEqual([1, 2, 3])
})

test('dissimilar paths: one of a thousand alike', () => {
  // The object 2 is referred to by a thousand nodes of type 5 in list 1, by a frame, and by a node of type 6 in the same list.
  const many = Array.from({ length: 1000 }, (_, i) => 10 + i)
  const graph = graphOf(1010, [
    [0, 1, ROOT_MODULE, 'm'], [0, 2, ROOT_FRAME, 'f: x'], [1, 3, EDGE_INDEX, 0], [3, 2, EDGE_ATTRIBUTE, 'target'],
    ...many.flatMap(node => [[1, node, EDGE_INDEX, node] as const, [node, 2, EDGE_ATTRIBUTE, 'target'] as const]),
  ])
  for (const node of many) graph.type[node] = 5
  graph.type[3] = 6
  const referrers = referrersOf(graph)
  expect([...pathsTo(graph, referrers, rootDistances(graph), 2)].length).toBe(1002)
  const paths = [...pathsTo(graph, referrers, rootDistances(graph), 2, { dissimilar: true })]
  expect(paths.map(path => Array.from(path.edges, edge => edgeLabel(graph, edge)))).toEqual([
    ['frame f: x'], ['module m', '[0]', '.target'], ['module m', '[10]', '.target'],
  ])
})

test('the builtins are a longer way round', () => {
  const graph = graphOf(3, [[0, 2, ROOT_BUILTIN, 'sys'], [0, 1, ROOT_FRAME, 'main: x'], [1, 2, EDGE_ATTRIBUTE, 'y']])
  expect([...shortestPath(graph, referrersOf(graph), 2)!.nodes]).toEqual([1, 2])
})

test('the middle of a linked list of a million nodes, and no other way to it', () => {
  const graph = SHAPES['linked list']!(1_000_000)
  const referrers = referrersOf(graph)
  const path = shortestPath(graph, referrers, 500_000)!
  expect(path.edges.length).toBe(500_000 - 300 + 2)
  expectSound(graph, { ...path, edges: path.edges.slice(0, 3), nodes: path.nodes.slice(0, 3), cost: 12 }, 301)
  const [first, second] = pathsTo(graph, referrers, rootDistances(graph), 500_000)
  expect(first!.cost).toBe(path.cost)
  expect(second).toBe(undefined) // backwards is a loop
}, 60_000)

test('report progress, and can be cancelled', () => {
  const graph = SHAPES['grid']!(300_000)
  const stop = () => { throw new Error('cancelled') }
  expect(() => rootDistances(graph, { progress: stop })).toThrow('cancelled')
  expect(() => shortestPath(graph, referrersOf(graph), 299_000, { progress: stop })).toThrow('cancelled')
}, 60_000)
