import { expect, test } from 'vitest'
import { MoltError } from '../base/errors'
import { ByteReader, ByteWriter } from './bytes'
import { decodeChunk, encodeChunk, packType, unpackType } from './chunk-codec'
import { ColumnBuilder, type EventColumns } from './event-columns'
import { compress, decompress } from './compress'
import { PARKED, REUSED } from './live-table'
import { decodeBlocks, decodeFigures, decodeLineSample, decodePeak, encodeBlocks, encodeFigures, encodeLineSample, encodePeak } from './keyframe'
import { MemoryState } from './memory-state'
import { SyntheticProgram } from './testing/synthetic'
import { NaiveModel } from './testing/naive-model'

let seed = 1
const random = (n: number) => {
  seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0
  return (seed >>> 1) % n
}

/** Only what is valid of the columns. */
const trimmed = (c: EventColumns) => ({
  count: c.count, baseTick: c.baseTick, opCount: c.opCount, olderCount: c.olderCount,
  op: [...c.op.subarray(0, c.count)], address: [...c.address.subarray(0, c.count)], tickDelta: [...c.tickDelta.subarray(0, c.count)],
  opHead: [...c.opHead.subarray(0, c.opCount)], opSize: [...c.opSize.subarray(0, c.opCount)], opSite: [...c.opSite.subarray(0, c.opCount)],
  opInstruction: [...c.opInstruction.subarray(0, c.opCount)], olderSite: [...c.olderSite.subarray(0, c.olderCount)],
  olderType: [...c.olderType.subarray(0, c.olderCount)], olderAge: [...c.olderAge.subarray(0, c.olderCount)],
})

function randomColumns(count: number): ColumnBuilder {
  const builder = new ColumnBuilder((context, instruction) => context * 100 + instruction)
  const words: number[] = []
  let tick = random(2 ** 31)
  for (let i = 0; i < count; i++) {
    tick += random(3) === 0 ? random(2 ** 30) : random(5)
    const wild = random(10) === 0
    words.push(1 + random(14) | random(4) << 4 | (wild ? random(2 ** 26) : random(30)) << 6, wild ? random(2 ** 31) * 2 | 0 : random(5000),
      wild ? random(2 ** 31) : random(20) * 16, random(50), random(wild ? 2 ** 20 : 30), tick | 0)
  }
  builder.advance(2 ** 40 + random(1000))
  builder.build(Int32Array.from(words), words.length)
  for (let i = random(count + 1); i > 0; i--) builder.older(random(1e6), random(1000) | (random(2) ? PARKED : REUSED) | random(4) << 27, random(5000))
  return builder
}

test.each([0, 1, 2, 100, 5000])('columns of %i random events come back, with zstd and with deflate', count => {
  for (let round = 0; round < 10; round++) {
    const columns = randomColumns(count)
    const before = trimmed(columns)
    expect(trimmed(decodeChunk(encodeChunk(columns)))).toEqual(before)
    expect(trimmed(decodeChunk(encodeChunk(columns, 'deflate')))).toEqual(before)
  }
})

test('the dictionary grows past any size and still tells all ops apart', () => {
  const builder = new ColumnBuilder((context, instruction) => context + instruction)
  const words = new Int32Array(20_000 * 6)
  for (let i = 0; i < 20_000; i++) words.set([1, i, i * 16 % 7000, i % 97, i % 31, i], i * 6)
  for (let round = 0; round < 2; round++) {
    builder.build(words, words.length)
    const ops = new Set<string>()
    for (let i = 0; i < 20_000; i++) {
      const op = builder.op[i]!
      expect([builder.opSize[op], builder.opInstruction[op], builder.opSite[op]]).toEqual([i * 16 % 7000, i % 31, i % 97 + i % 31])
      ops.add(`${builder.opSize[op]} ${i % 97} ${i % 31}`)
    }
    expect(builder.opCount).toBe(ops.size)
  }
})

test('bytes that were changed or cut are refused or decoded, never anything else', () => {
  const blob = encodeChunk(randomColumns(400))
  const state = new MemoryState()
  const program = new SyntheticProgram(new NaiveModel(), {})
  program.run(10)
  const figures = encodeFigures(state)
  let refused = 0
  for (let round = 0; round < 600; round++) {
    const source = round % 3 === 0 ? figures : blob
    const bad = source.slice(0, random(4) === 0 ? random(source.length) : source.length)
    for (let i = random(4); i > 0; i--) bad[random(bad.length)] = random(256)
    try {
      if (source === figures) decodeFigures(bad)
      else decodeChunk(bad)
    } catch (error) {
      refused++
      if (!(error instanceof MoltError)) throw error
    }
  }
  expect(refused).toBeGreaterThan(200)
})

test('numbers of every size', () => {
  const values = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 + 3, Number.MAX_SAFE_INTEGER]
  const writer = new ByteWriter(1)
  writer.numbers(values, values.length)
  const words = Int32Array.of(0, -1, 2 ** 31 - 1, -(2 ** 31), 5, 128)
  writer.words(words, words.length)
  writer.deltas(words, words.length)
  writer.planes(words, words.length)
  const reader = new ByteReader(writer.written())
  expect([...reader.numbers(values.length)]).toEqual(values)
  expect(reader.words(words.length)).toEqual(words)
  expect(reader.deltas(words.length)).toEqual(words)
  expect(reader.planes(words.length)).toEqual(words)
  for (const type of [0, 16, 2 ** 26 - 1, 20 | PARKED, 20 | REUSED | 3 << 27]) expect(unpackType(packType(type))).toBe(type)
  expect(decompress(compress(new Uint8Array(10)))).toEqual(new Uint8Array(10))
})

test('a state, a peak and a line sample come back', () => {
  const state = new MemoryState()
  const builder = new ColumnBuilder((context, instruction) => context * 64 + instruction)
  const naive = new NaiveModel()
  const program = new SyntheticProgram(naive, { live: 300 })
  program.run(5000)
  program.log.flush()
  const words = Int32Array.from(naive.events.flat())
  builder.build(words, words.length)
  const tree = { count: 64 * 200, parent: new Int32Array(64 * 200), depth: new Int32Array(64 * 200).fill(1) }
  tree.depth[0] = 0
  state.apply(builder, 0, builder.count, tree as never)
  const back = decodeFigures(encodeFigures(state))
  expect(back.partial).toBe(true)
  decodeBlocks(encodeBlocks(state), back)
  expect(back.partial).toBe(false)
  for (const key of ['events', 'tick', 'liveBytes', 'liveBlocks', 'liveObjects', 'rssBytes', 'allocations', 'allocatedBytes', 'temporaries', 'peakBytes',
    'peakTick', 'peakEvents', 'site', 'instruction'] as const) expect(back[key]).toBe(state[key])
  expect([...back.sites]).toEqual([...state.sites.subarray(0, back.sites.length)])
  expect(state.sites.subarray(back.sites.length).every(x => x === 0)).toBe(true)
  const rows = (s: MemoryState) => [...s.table.inOrder()].map(b => [s.table.address[b], s.table.size[b], s.table.site[b], s.table.type[b], s.table.tick[b]])
  expect(rows(back)).toEqual(rows(state))
  expect(rows(back).length).toBe(state.liveBlocks)
  const peak = Float64Array.of(0, 0, 5, 1, 2 ** 40, 3)
  expect(decodePeak(encodePeak(peak))).toEqual(peak)
  expect(decodeLineSample(encodeLineSample(new Map([[5, 7], [2 ** 24 + 1, 2 ** 33], [3, 0]])))).toEqual({
    place: Float64Array.of(3, 5, 2 ** 24 + 1), bytes: Float64Array.of(0, 7, 2 ** 33),
  })
})
