import { expect, test } from 'vitest'
import { EVENT_STRIDE } from '../memory/events'
import { decodeChunk, encodeChunk } from './chunk-codec'
import { ColumnBuilder } from './event-columns'
import { MemoryState, SITE_LIVE_BLOCKS, SITE_LIVE_BYTES, SITE_STRIDE, TYPE_LIVE_BYTES, TYPE_STRIDE } from './memory-state'
import { NaiveModel, sumBy } from './testing/naive-model'
import { SyntheticProgram } from './testing/synthetic'
import { MAX_SLOTS, TimelineSampler } from './timeline'
import { TracebackTrie } from './traceback-trie'

function record(steps: number, seed: number) {
  const naive = new NaiveModel()
  const trie = new TracebackTrie()
  const codes: { id: number; firstLine: number; lineTable: Uint8Array }[] = []
  naive.defineCode = ((code: { id: number; firstLine: number; lineTable: Uint8Array }) => codes.push(code)) as never
  const program = new SyntheticProgram(naive, { seed, live: 120 })
  program.run(steps)
  program.log.flush()
  for (const code of codes) trie.defineCode(code.id, code.firstLine, code.lineTable)
  const list = [...naive.contexts.values()]
  const column = (pick: (c: typeof list[number]) => number) => Int32Array.from(list, pick)
  trie.defineContexts(column(c => c.id), column(c => c.parentId), column(c => c.parentLasti), column(c => c.codeId))
  return { naive, trie }
}

/** 'code:line<…' of a site, as the naive model writes it. */
const nameOf = (trie: TracebackTrie, site: number) =>
  trie.tree.path(site).map(at => `${trie.tree.code[at]}:${trie.tree.line[at]}`).join('<')

test.each([1, 2, 3])('at random instants the state is the naive model, seed %i', seed => {
  const { naive, trie } = record(3000, seed)
  const builder = new ColumnBuilder((context, instruction) => trie.siteOf(context, instruction))
  const state = new MemoryState({ keepPeak: true })
  for (const region of naive.regions) state.defineRegion(region.id, region.residentBytes)
  const chunk = 257
  for (let at = 0; at < naive.events.length; at += chunk) {
    const part = naive.events.slice(at, at + chunk)
    const words = Int32Array.from(part.flat())
    builder.build(words, words.length)
    // Readers see the chunk after a trip through the codec, and stop at instants inside of it.
    const columns = decodeChunk(encodeChunk(builder))
    const stop = (at * 7919 + seed) % columns.count
    state.apply(columns, 0, stop, trie.tree)
    check()
    state.apply(columns, stop, columns.count, trie.tree)
  }
  check()
  expect(state.events).toBe(words(naive))

  function check() {
    const truth = naive.at(state.events)
    expect(state.liveBytes).toBe(truth.liveBytes)
    expect(state.liveBlocks).toBe(truth.blocks.size)
    expect(state.table.count).toBe(truth.blocks.size)
    expect(state.liveObjects).toBe(truth.liveObjects)
    expect(state.rssBytes).toBe(truth.rssBytes)
    expect(state.allocations).toBe(truth.allocations)
    expect(state.allocatedBytes).toBe(truth.allocatedBytes)
    expect(state.temporaries).toBe(truth.temporaries)
    expect(state.peakBytes).toBe(truth.peakBytes)
    expect(state.peakEvents).toBe(truth.peakEvents)
    const mine = new Map<string, [number, number]>()
    for (let site = 0; site < trie.tree.count; site++) {
      const bytes = state.sites[site * SITE_STRIDE + SITE_LIVE_BYTES] ?? 0
      const blocks = state.sites[site * SITE_STRIDE + SITE_LIVE_BLOCKS] ?? 0
      if (blocks !== 0) mine.set(nameOf(trie, site), [bytes, blocks])
      else expect(bytes).toBe(0)
    }
    expect(mine).toEqual(sumBy(truth.blocks.values(), b => b.traceback))
    let bytesOfTypes = 0
    for (let type = 0; type * TYPE_STRIDE < state.types.length; type++) bytesOfTypes += state.types[type * TYPE_STRIDE + TYPE_LIVE_BYTES]!
    expect(bytesOfTypes).toBe(truth.liveBytes)
    const peak = naive.at(truth.peakEvents)
    const peakOf = state.peakFigures(trie.tree.count)
    const minePeak = new Map<string, [number, number]>()
    for (let site = 0; site < trie.tree.count; site++) {
      if (peakOf[site * 2 + 1] !== 0) minePeak.set(nameOf(trie, site), [peakOf[site * 2]!, peakOf[site * 2 + 1]!])
    }
    expect(minePeak).toEqual(sumBy(peak.blocks.values(), b => b.traceback))
  }
})

const words = (naive: NaiveModel) => naive.events.length

test('events of blocks that were there before change nothing but are kept, marked', () => {
  const trie = new TracebackTrie()
  const builder = new ColumnBuilder(() => 0)
  const state = new MemoryState()
  const raw = Int32Array.of(
    2, 99, 64, 0, 0, 5, // FREE of an unknown block
    4, 77, 48, 0, 0, 6, 3, 78, 96, 0, 0, 6, // REALLOC of an unknown block counts as a new one
    6, 55, 24, 0, 0, 7, // PARK of an unknown block
  )
  builder.build(raw, raw.length)
  state.apply(builder, 0, 4, trie.tree, { notes: builder })
  expect([state.liveBytes, state.liveBlocks, state.liveObjects]).toEqual([96, 1, 0])
  expect(Array.from({ length: 4 }, (_, i) => builder.opSize[builder.op[i]!])).toEqual([-1, -1, 96, -1])
})

test('ticks go on past 32 bits, told by the message when a long time has no events', () => {
  const builder = new ColumnBuilder(() => 0)
  const event = (tick: number) => [1, 16, 8, 0, 0, tick | 0]
  const state = new MemoryState()
  const tree = new TracebackTrie().tree
  builder.build(Int32Array.from(event(0xfffffff0)), EVENT_STRIDE)
  state.apply(builder, 0, 1, tree)
  builder.build(Int32Array.from(event(0x1_0000_0010)), EVENT_STRIDE)
  state.apply(builder, 0, 1, tree)
  expect(state.tick).toBe(0x1_0000_0010)
  builder.advance(0x5_0000_0000)
  builder.build(Int32Array.from(event(0x5_0000_0001)), EVENT_STRIDE)
  state.apply(decodeChunk(encodeChunk(builder)), 0, 1, tree)
  expect(state.tick).toBe(0x5_0000_0001)
})

test('the timeline keeps every spike in a bounded number of slots', () => {
  const { naive, trie } = record(20_000, 9)
  const builder = new ColumnBuilder((context, instruction) => trie.siteOf(context, instruction))
  const state = new MemoryState()
  const timeline = new TimelineSampler()
  const after: { tick: number; live: number }[] = []
  let low = Infinity
  let high = 0
  for (let at = 0; at < naive.events.length; at += 1000) {
    const raw = Int32Array.from(naive.events.slice(at, at + 1000).flat())
    builder.build(raw, raw.length)
    state.apply(builder, 0, builder.count, trie.tree, { timeline })
    timeline.time(at === 0 ? 0 : after.at(-1)!.tick, state.tick, at, at + 1000)
    after.push({ tick: state.tick, live: state.liveBytes })
  }
  expect(timeline.count).toBeLessThanOrEqual(MAX_SLOTS)
  expect(timeline.count).toBeGreaterThan(MAX_SLOTS / 4)
  for (let i = 0; i < timeline.count; i++) {
    low = Math.min(low, timeline.minBytes[i]!)
    high = Math.max(high, timeline.maxBytes[i]!)
    expect(timeline.minBytes[i]).toBeLessThanOrEqual(timeline.lastBytes[i]!)
    expect(timeline.maxBytes[i]).toBeGreaterThanOrEqual(timeline.lastBytes[i]!)
    if (i > 0) {
      expect(timeline.slot[i]).toBeGreaterThan(timeline.slot[i - 1]!)
      expect(timeline.wallNs[i]).toBeGreaterThanOrEqual(timeline.wallNs[i - 1]!)
    }
  }
  expect(high).toBe(state.peakBytes)
  expect(low).toBe(0)
  expect(timeline.lastBytes[timeline.count - 1]).toBe(state.liveBytes)
})
