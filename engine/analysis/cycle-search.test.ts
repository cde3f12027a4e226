import { expect, test } from 'vitest'
import { componentSize } from './components'
import { ownCycles, shortestRound } from './cycle-search'
import { dominatorsOf } from './dominators'
import { FLAG_INTERNAL } from './heap-graph'
import { graphOf, Random, type EdgeTuple } from './testing/graphs'
import { reachability, reachableFrom } from './testing/naive'

function randomEdges(random: Random, nodeCount: number): EdgeTuple[] {
  const edges: EdgeTuple[] = []
  for (let i = random.below(nodeCount * 2) + 2; i > 0; i--) edges.push([random.below(nodeCount), 1 + random.below(nodeCount - 1)])
  return edges
}

test('cycles are the sets of nodes that reach each other without what is left out, on random graphs', () => {
  const random = new Random(3)
  let cyclesSeen = 0
  for (let round = 0; round < 400; round++) {
    const nodeCount = 3 + random.below(14)
    const edges = randomEdges(random, nodeCount)
    const flags = Int32Array.from({ length: nodeCount }, () => (random.chance(20) ? FLAG_INTERNAL : 0))
    const graph = graphOf(nodeCount, edges, { flags })
    const leftOut = Uint8Array.from({ length: nodeCount }, (_, node) => (node > 0 && random.chance(25) ? 1 : 0))
    const alive = reachableFrom(graph, [0])
    const own = ownCycles(graph, dominatorsOf(graph), leftOut)

    const kept = edges.filter(([from, to]) => !(alive[from] && leftOut[from]) && !(alive[to] && (!alive[from] || leftOut[to])))
    const reaches = reachability(graphOf(nodeCount, kept))
    const loops = new Set(kept.filter(([from, to]) => from === to).map(([from]) => from))
    const expected = new Set<string>()
    for (let node = 1; node < nodeCount; node++) {
      const together = Array.from({ length: nodeCount }, (_, i) => i).filter(i => i === node || reaches[node]![i] && reaches[i]![node])
      if ((together.length > 1 || loops.has(node)) && together.some(i => (flags[i]! & FLAG_INTERNAL) === 0)) expected.add(together.join())
    }
    const { first, member, component } = own.components
    expect(new Set(own.cycles.map(c => Array.from(member.subarray(first[c]!, first[c + 1]!)).sort((a, b) => a - b).join()))).toEqual(expected)
    own.cycles.forEach((c, i) => i > 0 && expect(componentSize(own.components, c)).toBeLessThanOrEqual(componentSize(own.components, own.cycles[i - 1]!)))
    for (const c of own.cycles) {
      cyclesSeen++
      const start = member[first[c]!]!
      const way = shortestRound(own.graph, component, start)
      // It is a way round, by edges of the whole graph, and no shorter one exists.
      let at = start
      for (const edge of way) {
        const whole = own.edgeOf[edge]!
        expect(graph.firstEdge[at]! <= whole && whole < graph.firstEdge[at + 1]!).toBe(true)
        at = graph.edgeTo[whole]!
      }
      expect(at).toBe(start)
      expect(way.length).toBe(naiveRound(kept, start))
    }
  }
  expect(cyclesSeen).toBeGreaterThan(200)
})

/** Steps of a shortest way from a node to itself. */
function naiveRound(edges: EdgeTuple[], start: number): number {
  let reached = new Set([start])
  for (let steps = 1; ; steps++) {
    const next = new Set<number>()
    for (const [from, to] of edges) if (reached.has(from)) next.add(to)
    if (next.has(start)) return steps
    reached = next
  }
}

test('a ring of many nodes', () => {
  const count = 300_000
  const edges: EdgeTuple[] = Array.from({ length: count }, (_, i) => [i + 1, (i + 1) % count + 1])
  const graph = graphOf(count + 1, edges)
  const own = ownCycles(graph, dominatorsOf(graph), new Uint8Array(count + 1))
  expect(own.cycles.length).toBe(1)
  expect(shortestRound(own.graph, own.components.component, 1).length).toBe(count)
})
