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
  width: 478, height: 150, view: { from: 0, to: 400 }, columns, overview: columns, playhead: 200,
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

test('labels of flags do not run into each other, poles stay', () => {
  expect(layoutTimeline(input).flags.map(flag => [flag.label, flag.row])).toEqual([['warm', 0], ['close by', -1]])
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
    surface: 'surface', line: 'line', faint: 'faint', soft: 'soft', freed: 'freed', freedFill: 'freedFill', alive: 'alive',
    aliveFill: 'aliveFill', grow: 'grow', mark: 'mark', markInk: 'markInk', gc: ['gc0', 'gc1', 'gc2'], font: '11px x'
  }
  drawTimeline(painter, layoutTimeline(input), theme)
  expect(calls).toContain('fill gc2')
  expect(calls).not.toContain('fill gc1')
  expect(calls).toContain('fill aliveFill')
  expect(calls.filter(call => call.startsWith('fillText(warm'))).toEqual(['fillText(warm,170,10)'])
  expect(calls.indexOf('fill freedFill')).toBeLessThan(calls.indexOf('fill aliveFill'))
})
