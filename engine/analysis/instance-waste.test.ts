import { expect, test } from 'vitest'
import {
  EDGE_ATTRIBUTE, EDGE_INDEX, EDGE_INTERNAL, EDGE_KEY, EDGE_VALUE, FLAG_INSTANCE, FLAG_INSTANCE_DICT, FLAG_INTERNAL, FLAG_SHARES_KEYS,
  FLAG_SLOTS, FLAG_WEAKLY_REFERENCED,
} from './heap-graph'
import { instanceWaste } from './instance-waste'
import { type EdgeTuple, graphOf, Random } from './testing/graphs'

type Layout = 'inline' | 'materialised' | 'own' | 'slots' | 'list' | 'cell'
interface Instance { type: number, layout: Layout, names: string[], flags?: number }

/** Node 1 is the class of all, node 2 the value of every attribute. */
function heap(instances: readonly Instance[]) {
  const edges: EdgeTuple[] = []
  const type = [0, 0, 0]
  const sizeBytes = [0, 1000, 28]
  const flags = [0, 0, 0]
  const length = [-1, -1, -1]
  for (const { type: id, layout, names, flags: more = 0 } of instances) {
    const node = type.push(id) - 1
    const values = Math.ceil((4 + 2) / 8) * 8 + 4 * 8 // of shared keys for four names
    sizeBytes.push(layout === 'slots' ? 32 + 8 * names.length : 56 + (layout === 'inline' ? values : 0))
    flags.push(FLAG_INSTANCE | more | (layout === 'inline' ? FLAG_SHARES_KEYS : layout === 'slots' ? FLAG_SLOTS : 0))
    length.push(layout === 'list' ? 3 : -1)
    edges.push([node, 1, EDGE_INTERNAL, '__class__'])
    if (layout === 'cell') edges.push([node, 2, EDGE_INDEX, 0])
    if (layout === 'materialised' || layout === 'own') {
      const dict = type.push(99) - 1
      sizeBytes.push(layout === 'own' ? 184 : 64 + values)
      flags.push(FLAG_INSTANCE_DICT | (layout === 'own' ? 0 : FLAG_SHARES_KEYS))
      length.push(names.length)
      edges.push([node, dict, EDGE_INTERNAL, '__dict__'])
      for (const name of names) {
        if (layout === 'own') edges.push([dict, 2, EDGE_KEY, `'${name}'`])
        edges.push([dict, 2, EDGE_VALUE, `'${name}'`])
      }
    } else for (const name of names) edges.push([node, 2, EDGE_ATTRIBUTE, name])
  }
  return graphOf(type.length, edges, { type, sizeBytes, flags, length })
}

// sys.getsizeof in CPython 3.11.7: 56 for an instance without slots, to which tracemalloc adds 40 for the values of three attributes;
// 56 with three slots; 64 for the dict made around the values; 184 for {'a': 1}.
test('what slots would save, what a materialised dict costs, who lost the shared keys', () => {
  const names = ['a', 'b', 'c']
  const plain: Instance = { type: 1, layout: 'inline', names }
  const rows = instanceWaste(heap([plain, plain, plain, { type: 1, layout: 'materialised', names }, { type: 1, layout: 'own', names: ['a', 'z'] }]))
  expect(rows).toEqual([{
    type: 1, count: 5, attributes: ['a', 'b', 'c', 'z'], sizeBytes: 4 * 96 + 64 + 240, slotsBytes: 5 * 64, savedBytes: 368, inlineCount: 3,
    materialisedCount: 1, materialisedBytes: 64, lostSharing: Uint32Array.of(8), lostBytes: 240 - 96,
  }])
})

test('leaves out what is not laid out plainly, few instances, and the interpreter\'s own', () => {
  const names = ['a']
  const twice = (instance: Instance) => [instance, instance]
  expect(instanceWaste(heap([
    ...twice({ type: 1, layout: 'slots', names }), ...twice({ type: 2, layout: 'list', names }), ...twice({ type: 3, layout: 'cell', names }),
    ...twice({ type: 4, layout: 'inline', names, flags: FLAG_INTERNAL }), { type: 5, layout: 'inline', names },
  ]))).toEqual([])
  expect(instanceWaste(heap([{ type: 5, layout: 'inline', names, flags: FLAG_WEAKLY_REFERENCED }]), { atLeast: 1 })[0]!.slotsBytes).toBe(32 + 8 + 8)
})

test('agrees with adding up, on random instances', () => {
  const random = new Random(12)
  const layouts: Layout[] = ['inline', 'inline', 'materialised', 'own', 'slots', 'list', 'cell']
  for (let round = 0; round < 2000; round++) {
    const instances = Array.from({ length: random.below(14) }, (): Instance => ({
      type: 1 + random.below(2), layout: layouts[random.below(layouts.length)]!, names: ['a', 'b', 'c', 'd'].slice(0, 1 + random.below(4)).slice(random.below(2)),
    }))
    const rows = instanceWaste(heap(instances), { atLeast: 1 })
    for (const type of [1, 2]) {
      const all = instances.filter(instance => instance.type === type)
      const of = (...wanted: Layout[]) => all.filter(instance => wanted.includes(instance.layout))
      const count = of('inline', 'materialised', 'own').length
      const row = rows.find(row => row.type === type)
      if (count === 0) {
        expect(row).toBe(undefined)
        continue
      }
      const names = new Set(of('inline', 'materialised', 'own').flatMap(instance => instance.names))
      const bytes = of('inline').length * 96 + of('materialised').length * 160 + of('own').length * 240
      expect(new Set(row!.attributes)).toEqual(names)
      const most = of('inline', 'materialised').length > of('own').length
      expect({ ...row, attributes: 0, lostSharing: row!.lostSharing.length }).toEqual({
        type, count, attributes: 0, sizeBytes: bytes, slotsBytes: count * (32 + 8 * names.size), savedBytes: Math.max(0, bytes - count * (32 + 8 * names.size)),
        inlineCount: of('inline').length, materialisedCount: of('materialised').length, materialisedBytes: of('materialised').length * 64,
        lostSharing: most ? of('own').length : 0, lostBytes: most ? of('own').length * (240 - (of('inline').length > 0 ? 96 : 56)) : 0,
      })
    }
  }
})
