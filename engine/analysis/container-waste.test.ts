import { expect, test } from 'vitest'
import {
  containerKind, type ContainerKind, containerWaste, dictTableBytes, WASTE_EMPTY, WASTE_SINGLE, WASTE_SLACK, WASTE_SPARSE, wasteByGroup,
} from './container-waste'
import { FLAG_INSTANCE_DICT, FLAG_INTERNAL, FLAG_PROGRAM, FLAG_SHARES_KEYS, FLAG_TRACKED } from './heap-graph'
import { graphOf, Random } from './testing/graphs'

const KINDS: (ContainerKind | null)[] = [null, 'list', 'dict', 'set', 'deque', 'bytearray']
const kindOf = (type: number) => KINDS[type] ?? null

function heap(rows: readonly (readonly [kind: ContainerKind | null, sizeBytes: number, length: number, capacity: number, flags?: number])[]) {
  return graphOf(rows.length + 1, [], {
    type: [0, ...rows.map(row => KINDS.indexOf(row[0]))], sizeBytes: [0, ...rows.map(row => row[1])], length: [-1, ...rows.map(row => row[2])],
    capacity: [-1, ...rows.map(row => row[3])], flags: [0, ...rows.map(row => row[4] ?? FLAG_TRACKED)],
  })
}

// Sizes are sys.getsizeof of CPython 3.11.7: of containers of 1000 of which 990 were deleted, and of copies of what is left.
test('what a copy of a shrunk dict or set would save, as CPython makes it', () => {
  const graph = heap([['dict', 36952, 10, 1365], ['dict', 26032, 10, 1365], ['set', 32984, 10, 2048]])
  const waste = containerWaste(graph, { kindOf })
  expect([...waste.wastedBytes]).toEqual([36952 - 352, 26032 - 272, 32984 - 728])
  expect([...waste.reason]).toEqual([WASTE_SPARSE, WASTE_SPARSE, WASTE_SPARSE])
  // {'a': 1}, {1: 1}
  expect([64 + dictTableBytes(3, 16), 64 + dictTableBytes(3, 24)]).toEqual([184, 224])
})

test('room to grow, nothing and next to nothing in a container', () => {
  const graph = heap([
    ['list', 56 + 8 * 1133, 1003, 1133], ['list', 56, 0, 0], ['list', 64, 1, 1], ['deque', 760, 2, 64], ['bytearray', 57 + 120, 100, 120],
    ['dict', 184, 5, 5], ['dict', 352, 6, 10], [null, 5000, 0, 100],
    ['dict', 104, 1, 4, FLAG_INSTANCE_DICT | FLAG_SHARES_KEYS], ['list', 56, 0, 0, FLAG_INTERNAL], ['dict', 64, 0, 5, FLAG_PROGRAM],
  ])
  const waste = containerWaste(graph, { kindOf })
  expect(Array.from(waste.nodes, (node, i) => [node, waste.reason[i], waste.wastedBytes[i]])).toEqual([
    [1, WASTE_SLACK, 130 * 8], [2, WASTE_EMPTY, 56], [3, WASTE_SINGLE, 56], [4, WASTE_SLACK, 62 * 8], [5, WASTE_SLACK, 20],
  ])
  expect(containerWaste(graph, { kindOf, internal: true }).nodes.length).toBe(6)
  expect(wasteByGroup(waste, graph.type)).toEqual([
    { group: 1, reason: WASTE_SLACK, count: 1, wastedBytes: 1040 }, { group: 4, reason: WASTE_SLACK, count: 1, wastedBytes: 496 },
    { group: 1, reason: WASTE_EMPTY, count: 1, wastedBytes: 56 }, { group: 1, reason: WASTE_SINGLE, count: 1, wastedBytes: 56 },
    { group: 5, reason: WASTE_SLACK, count: 1, wastedBytes: 20 },
  ])
})

test('names of types', () => {
  expect(['list', 'frozenset', 'collections.defaultdict', 'collections.deque', 'bytearray', 'str', '__main__.list'].map(containerKind))
    .toEqual(['list', 'set', 'dict', 'deque', 'bytearray', null, null])
})

test('agrees with tables written down, on random containers', () => {
  const random = new Random(11)
  /** Room for entries, and slots, of the tables that there are. */
  const tables = Array.from({ length: 15 }, (_, i) => ({ slots: 8 << i, room: Math.floor((8 << i) * 2 / 3) }))
  const tableBytes = (slots: number, entry: number) => 32 + slots * (slots < 256 ? 1 : slots < 65536 ? 2 : 4) + Math.floor(slots * 2 / 3) * entry
  for (let round = 0; round < 3000; round++) {
    const expected: (readonly [number, number, number])[] = []
    const rows = Array.from({ length: 8 }, (_, i) => {
      const kind = KINDS[1 + random.below(5)]!
      const { slots, room } = tables[random.below(tables.length)]!
      const entry = random.chance(50) ? 16 : 24
      const capacity = kind === 'dict' ? room : kind === 'set' ? slots : random.below(1000)
      const length = random.below([1, 2, 30, capacity + 1][random.below(4)]!) % (capacity + 1)
      const size = kind === 'dict' ? 64 + tableBytes(slots, entry) : kind === 'set' ? 216 + (slots > 8 ? slots * 16 : 0) : 56 + capacity * (kind === 'bytearray' ? 1 : 8)
      const flags = random.chance(20) ? FLAG_INTERNAL : FLAG_TRACKED
      let reason = WASTE_SLACK
      let wasted = 0
      if (length === 0) [reason, wasted] = [WASTE_EMPTY, size]
      else if (length === 1 && kind !== 'bytearray') [reason, wasted] = [WASTE_SINGLE, size - 8]
      else if (kind === 'dict') {
        const least = tables.find(table => table.room >= length)!.slots
        if (least * 4 <= slots) [reason, wasted] = [WASTE_SPARSE, tableBytes(slots, entry) - tableBytes(least, entry)]
      } else if (kind === 'set') {
        const least = tables.find(table => length * 5 < (table.slots - 1) * 3)?.slots ?? Infinity
        if (least * 4 <= slots) [reason, wasted] = [WASTE_SPARSE, size - (216 + (least > 8 ? least * 16 : 0))]
      } else wasted = (capacity - length) * (kind === 'bytearray' ? 1 : 8)
      if (wasted > 0 && flags !== FLAG_INTERNAL) expected.push([i + 1, reason, wasted])
      return [kind, size, length, capacity, flags] as const
    })
    const waste = containerWaste(heap(rows), { kindOf })
    expect(Array.from(waste.nodes, (node, i) => [node, waste.reason[i], waste.wastedBytes[i]])).toEqual(expected)
  }
})
