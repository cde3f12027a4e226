import { expect, test } from 'vitest'
import { componentsOf } from '../analysis/components'
import { EDGE_ATTRIBUTE, EDGE_INDEX, FLAG_INSTANCE } from '../analysis/heap-graph'
import { graphOf, Random, type EdgeTuple } from '../analysis/testing/graphs'
import { backReferenceOf } from './back-reference'

const name = (type: number) => `T${type}`

test('of a tree whose children know their parent it is the parent that is weak', () => {
  // 1 parent → 2 list → 3, 4 children → 1
  const edges: EdgeTuple[] = [[0, 1], [1, 2, EDGE_ATTRIBUTE, 'children'], [2, 3, EDGE_INDEX, 0], [2, 4, EDGE_INDEX, 1], [3, 1, EDGE_ATTRIBUTE, 'parent'], [4, 1, EDGE_ATTRIBUTE, 'parent']]
  const graph = graphOf(5, edges, { type: [0, 20, 21, 20, 20], flags: [0, FLAG_INSTANCE, 0, FLAG_INSTANCE, FLAG_INSTANCE], birthTick: [0, 1, 2, 3, 4] })
  expect(backReferenceOf(graph, [1, 2, 3, 4], name)).toMatchObject({ name: 'parent', to: 1, count: 2, breaksAll: true })
})

test('without a telling name it points from the younger to the older', () => {
  const graph = graphOf(3, [[0, 1], [1, 2, EDGE_ATTRIBUTE, 'alpha'], [2, 1, EDGE_ATTRIBUTE, 'beta']], { type: [0, 20, 21], flags: [0, FLAG_INSTANCE, FLAG_INSTANCE], birthTick: [0, 5, 9] })
  expect(backReferenceOf(graph, [1, 2], name)).toMatchObject({ name: 'beta', from: 2, to: 1, breaksAll: true })
})

test('breaksAll says whether members are left in a cycle, on random graphs', () => {
  const random = new Random(8)
  let broken = 0
  let kept = 0
  for (let round = 0; round < 500; round++) {
    const nodeCount = 3 + random.below(8)
    const edges: EdgeTuple[] = Array.from({ length: nodeCount * 2 }, () => [1 + random.below(nodeCount - 1), 1 + random.below(nodeCount - 1), EDGE_ATTRIBUTE, `a${random.below(4)}`])
    const graph = graphOf(nodeCount, edges, { type: Int32Array.from({ length: nodeCount }, () => 20 + random.below(2)) })
    const { component, cycles } = componentsOf(graph)
    for (const cycle of cycles) {
      const members = Array.from({ length: nodeCount }, (_, i) => i).filter(node => component[node] === cycle)
      const back = backReferenceOf(graph, members, name)!
      const inside = new Set(members)
      const gone = (edge: EdgeTuple) => inside.has(edge[0]) && inside.has(edge[1]) && edge[3] === back.name && graph.type[edge[0]] === graph.type[back.from] && graph.type[edge[1]] === graph.type[back.to]
      const rest = graphOf(nodeCount, edges.filter(edge => inside.has(edge[0]) && inside.has(edge[1]) && !gone(edge)))
      expect(componentsOf(rest).cycles.length === 0).toBe(back.breaksAll)
      if (back.breaksAll) broken++
      else kept++
    }
  }
  expect(broken).toBeGreaterThan(50)
  expect(kept).toBeGreaterThan(10)
})
