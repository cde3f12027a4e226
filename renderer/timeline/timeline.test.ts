import { expect, test } from 'vitest'
import type { TimelineRange } from '../../engine/rpc/contract'
import { drawTimeline, type Painter, type TimelineTheme } from './draw'
import { columnAt, layoutTimeline, type TimelineInput } from './layout'

const column = (values: number[]) => Float64Array.from(values)
const columns: TimelineRange = {
  fromTick: 0, toTick: 400, tick: column([100, 200, 300, 400]), wallNs: column([1, 2, 3, 4]),
  liveBytesMin: column([0, 1000, 500, 0]), liveBytesMax: column([1000, 4000, 3000, 500]), liveBytesLast: column([1000, 3000, 500, 0]),
  liveBlocksLast: column([1, 2, 3, 4]), liveObjectsLast: column([1, 2, 3, 4]), rssBytesLast: column([8000, 8000, 8000, 8000]),
  aliveBytes: column([1000, 500, 0, 0])
}
const input: TimelineInput = {
  width: 490, height: 152, view: { from: 0, to: 400 }, columns, overview: columns, playhead: 200,
  marks: [
    { markId: 1, label: 'warm', tick: 100, wallNs: 1, liveBytes: 1000, frame: null },
    { markId: 2, label: 'close by', tick: 104, wallNs: 1, liveBytes: 1000, frame: null }
  ],
  gc: { tick: column([50, 51, 300]), generation: Uint8Array.of(0, 2, 1), collected: Int32Array.of(0, 5, 0) },
  peak: { tick: 200, bytes: 4000 }, showAlive: true, showRss: false, showObjects: false, units: 'binary'
}

test('the area fills the plot up to its most, with air above', () => {
  const layout = layoutTimeline(input)
  const { plot, live } = layout
  expect(plot).toEqual({ x: 64, y: 18, width: 400, height: 100 })
  expect([live[0], live.at(-2)]).toEqual([64, 464])
  const highest = Math.min(...live.filter((_, i) => i % 2 === 1))
  expect(highest).toBeCloseTo(plot.y + plot.height * (1 - 1 / 1.08), 3)
  expect(layout.peak).toEqual({ x: 264, y: expect.closeTo(highest, 3) })
})

test('what is alive at the playhead ends there, at the sum of what survived', () => {
  const { alive, plot, maxBytes } = layoutTimeline(input)
  expect(alive.at(-2)).toBe(264)
  expect(alive.at(-1)).toBeCloseTo(plot.y + plot.height * (1 - 1500 / maxBytes), 3)
})

test('collections too close to tell apart are one, of the oldest generation', () => {
  const { collections } = layoutTimeline(input)
  expect(collections.map(({ generation, collected, count }) => [generation, collected, count])).toEqual([[2, 5, 2], [1, 0, 1]])
})

test('where glyphs would crowd, collections are bars; each is counted once', () => {
  const ticks = Float64Array.from({ length: 400 }, (_, i) => i)
  const gc = { tick: ticks, generation: Uint8Array.from(ticks, tick => (tick % 100 === 50 ? 2 : tick % 11 === 0 ? 1 : 0)), collected: new Int32Array(400) }
  const { collections, crowded } = layoutTimeline({ ...input, gc })
  expect(crowded).toBe(true)
  expect(collections.reduce((sum, bar) => sum + bar.count, 0)).toBe(400)
  expect(collections.filter(bar => bar.generation === 2).length).toBe(4)
  expect(layoutTimeline(input).crowded).toBe(false)
})

test('labels of flags do not run into each other: two neighbours lean apart, a third has a notch alone', () => {
  const mark = (markId: number, label: string, tick: number) => ({ markId, label, tick, wallNs: 1, liveBytes: 1, frame: null })
  const { flags } = layoutTimeline({ ...input, marks: [...input.marks, mark(3, 'third', 106), mark(4, 'at the edge', 399)] })
  expect(flags.map(flag => [flag.label, flag.pole, flag.box && Math.sign(flag.box.left - flag.x)])).toEqual([
    ['warm', true, -1], ['close by', true, 0], ['third', false, null], ['at the edge', true, -1]
  ])
  const boxes = flags.flatMap(flag => flag.box ?? [])
  for (const [i, box] of boxes.entries()) if (i > 0) expect(box.left).toBeGreaterThan(boxes[i - 1]!.left + boxes[i - 1]!.width)
})

test('the lines of bytes are round, and three to five', () => {
  const texts = (bytes: number, units: 'binary' | 'si' = 'binary') => layoutTimeline({ ...input, units, columns: { ...columns, liveBytesMax: column([0, bytes, 0, 0]) } }).byteLabels.map(label => label.text)
  expect(texts(6787 * 1024)).toEqual(['2 MiB', '4 MiB', '6 MiB'])
  expect(texts(1768 * 1024)).toEqual(['512 KiB', '1 MiB', '1.5 MiB'])
  expect(texts(214 * 1024)).toEqual(['64 KiB', '128 KiB', '192 KiB'])
  expect(texts(6_900_000, 'si')).toEqual(['2 MB', '4 MB', '6 MB'])
})

test('looking closer shows what is there only', () => {
  const layout = layoutTimeline({ ...input, view: { from: 250, to: 400 } })
  expect(layout.maxBytes).toBeCloseTo(3000 * 1.08)
  expect(layout.peak).toBeNull()
  expect(layout.collections.length).toBe(1)
  expect(layout.flags).toEqual([])
})

test('an empty recording has a layout too', () => {
  const layout = layoutTimeline({ ...input, columns: null, overview: null, marks: [], peak: null })
  expect(layout.live.length).toBe(0)
  expect(layout.byteLabels.length).toBeGreaterThanOrEqual(0)
})

test('columns are found by tick', () => {
  expect([0, 100, 101, 400, 999].map(tick => columnAt(columns, tick))).toEqual([0, 0, 1, 3, 3])
})

test('each generation has a shape of its own, filled when it freed something', () => {
  const calls: string[] = []
  const painter = new Proxy({ measureText: () => ({ width: 20 }) } as unknown as Painter, {
    get: (target, name) => (name in target ? target[name as keyof Painter] : (...args: unknown[]) => { calls.push(`${String(name)}(${args.map(a => (typeof a === 'number' ? Math.round(a) : a)).join()})`) }),
    set: (_target, name, value) => {
      if (name === 'fillStyle') calls.push(`fill ${value}`)
      return true
    }
  })
  const theme: TimelineTheme = {
    surface: 'surface', line: 'line', faint: 'faint', soft: 'soft', freed: 'freed', freedFill: 'freedFill', comingFill: 'comingFill', alive: 'alive',
    aliveFill: 'aliveFill', grow: 'grow', mark: 'mark', markInk: 'markInk', gc: ['gc0', 'gc1', 'gc2'], font: '11px x'
  }
  drawTimeline(painter, layoutTimeline(input), theme)
  expect(calls).toContain('fill gc2')
  expect(calls).not.toContain('fill gc1')
  expect(calls).toContain('fill aliveFill')
  expect(calls.filter(call => call.startsWith('fillText(warm')).length).toBe(1)
  expect(calls.indexOf('fill comingFill')).toBeLessThan(calls.indexOf('fill freedFill'))
  expect(calls.indexOf('fill freedFill')).toBeLessThan(calls.indexOf('fill aliveFill'))
})
