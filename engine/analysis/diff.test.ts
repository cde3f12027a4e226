import { expect, test } from 'vitest'
import { diffGroups, largestFirst, matchBlocks, survivorsOf, type Blocks } from './diff'

interface Block { address: number; birth: number; size: number; group: number; id: number }

/** Mulberry32. */
function random(seed: number): (below: number) => number {
  return below => {
    seed = seed + 0x6d2b79f5 | 0
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed)
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t
    return ((t ^ t >>> 14) >>> 0) % below
  }
}

/** A heap that changes: each step frees and makes blocks, at addresses on both sides of 2^31. */
class Heap {
  readonly blocks = new Map<number, Block>()
  private clock = 0
  private ids = 0
  constructor(private readonly below: (n: number) => number) {}
  step(): void {
    const address = 0x7fffff00 + this.below(600)
    this.clock++
    if (this.below(2) === 0) this.blocks.delete(address)
    else this.blocks.set(address, { address, birth: this.clock, size: this.below(1000), group: this.below(7), id: this.ids++ })
  }
  now(): Block[] { return [...this.blocks.values()].sort((x, y) => x.address - y.address) }
}

const columns = (list: Block[]): Blocks => ({
  address: Uint32Array.from(list, b => b.address), birth: Float64Array.from(list, b => b.birth), size: Int32Array.from(list, b => b.size),
})
const groupsOf = (list: Block[]) => Int32Array.from(list, b => b.group)

test('new, freed, survived, and what survives a third instant, as naive sets have them', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const below = random(seed)
    const heap = new Heap(below)
    const instants: Block[][] = []
    for (let i = 0; i < 3; i++) {
      for (let steps = below(1500); steps > 0; steps--) heap.step()
      instants.push(heap.now())
    }
    const [a, b, c] = instants as [Block[], Block[], Block[]]
    const idsOf = (list: Block[]) => new Set(list.map(x => x.id))
    const [inA, inB] = [idsOf(a), idsOf(b)]
    const matched = matchBlocks(columns(a), columns(b))
    expect([...matched.inOld]).toEqual(a.map(x => (inB.has(x.id) ? 1 : 0)))
    expect([...matched.inNew]).toEqual(b.map(x => (inA.has(x.id) ? 1 : 0)))
    expect(matched.survived).toBe(a.filter(x => inB.has(x.id)).length)
    const diff = diffGroups(columns(a), groupsOf(a), columns(b), groupsOf(b), 7, matched)
    for (let group = 0; group < 7; group++) {
      const naive = (list: Block[]) => ({ count: list.length, bytes: list.reduce((n, x) => n + x.size, 0) })
      const at = (t: { count: Float64Array; bytes: Float64Array }) => ({ count: t.count[group], bytes: t.bytes[group] })
      expect(at(diff.added)).toEqual(naive(b.filter(x => x.group === group && !inA.has(x.id))))
      expect(at(diff.freed)).toEqual(naive(a.filter(x => x.group === group && !inB.has(x.id))))
      expect(at(diff.survived)).toEqual(naive(a.filter(x => x.group === group && inB.has(x.id))))
    }
    expect([...survivorsOf(columns(a), columns(b), columns(c)).stillThere]).toEqual(c.map(x => (inB.has(x.id) && !inA.has(x.id) ? 1 : 0)))
  }
})

test('blocks of one address and one birth are two where that is known', () => {
  const one = { address: Uint32Array.of(5, 6, 7), birth: Float64Array.of(9, 9, 8), size: Int32Array.of(16, 16, 16) }
  const matched = matchBlocks(one, one, (address, birth) => birth === 9 && address > 5)
  expect([...matched.inNew]).toEqual([1, 0, 1])
  expect(matched.survived).toBe(2)
})

test('the order is that of a plain sort, however many are asked for', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const below = random(seed)
    const count = below(300)
    const weight = Float64Array.from({ length: count }, () => below(20))
    const second = Float64Array.from({ length: count }, () => below(5))
    const used = Uint8Array.from({ length: count }, () => below(2))
    const naive = [...weight.keys()].filter(i => used[i] === 1).sort((x, y) => weight[y]! - weight[x]! || second[y]! - second[x]! || x - y)
    expect([...largestFirst(weight, second, used)]).toEqual(naive)
    for (const most of [0, 1, below(50), naive.length]) expect([...largestFirst(weight, second, used, most)]).toEqual(naive.slice(0, most))
  }
})
