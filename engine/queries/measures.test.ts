import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ALLOC, FREE, PARK, REALLOC, REALLOC_FROM, REUSE } from '../memory/events'
import type { Measure, MeasureParams } from '../rpc/contract-times'
import { measureTree } from './measure-tree'
import { measureSites, peakOfRange, prepareMeasure } from './measures'
import { recordRun, type RecordedRun } from './testing'

// The naive walks are slow, and slower on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

let run: RecordedRun
beforeAll(() => { run = recordRun({ steps: 20_000, seed: 9, live: 400, keyframeEvents: 6000, figuresEvents: 1100, rare: 800, depth: 4, callSites: 2 }) })
afterAll(() => run.dispose())

type Sums = Map<string, [bytes: number, count: number]>
const add = (sums: Sums, key: string, bytes: number, count: number) => {
  const sum = sums.get(key) ?? [0, 0]
  sums.set(key, [sum[0] + bytes, sum[1] + count])
}

const tickOf = (events: number): number => run.naive.events[events - 1]?.[5] ?? 0

/** Event by event, with a map of blocks. `from` and `to` are numbers of events. */
function naive(measure: Measure, from: number, to: number, { threshold = 1, fromTick = tickOf(from), toTick = tickOf(to) } = {}): Sums {
  interface Block { size: number; site: string; came: number; parked: boolean; allocation: number; allocatedAt: string; allocatedIn: number }
  const blocks = new Map<number, Block>()
  const sums: Sums = new Map()
  let allocations = 0
  let moved = 0
  let tick = 0
  const { events } = run.naive
  const integrate = (until: number) => {
    for (const block of until > tick ? blocks.values() : []) add(sums, block.site, block.size * (until - tick), until - tick)
  }
  let live = 0
  let peak = -1
  let atPeak: Sums = new Map()
  const lookForPeak = () => {
    if (live <= peak) return
    peak = live
    atPeak = new Map()
    for (const b of blocks.values()) add(atPeak, b.site, b.size, 1)
  }
  const remove = (address: number) => {
    live -= blocks.get(address)?.size ?? 0
    blocks.delete(address)
  }
  tick = fromTick
  for (let i = 0; i < to; i++) {
    const [head, address, size, context, instruction, now] = events[i] as [number, number, number, number, number, number]
    const kind = head & 15
    const inside = i >= from
    const site = run.naive.traceback(context, instruction)
    if (measure === 'peak' && i === from) lookForPeak()
    if (measure === 'bytes-ticks' && inside) integrate(now)
    if (inside) tick = Math.max(tick, now)
    const block = blocks.get(address)
    if ((kind === FREE || kind === REALLOC_FROM) && block && measure === 'temporary') {
      if (block.allocatedIn >= from && inside && allocations - block.allocation <= threshold) add(sums, block.allocatedAt, block.size, 1)
    }
    if (kind === REALLOC_FROM) moved = address
    else if (kind === FREE) remove(address)
    else if (kind === ALLOC || kind === REALLOC) {
      if (moved) remove(moved)
      moved = 0
      live += size
      blocks.set(address, { size, site, came: i, parked: false, allocation: ++allocations, allocatedAt: site, allocatedIn: i })
      if (measure === 'allocated' && inside) add(sums, site, size, 1)
    } else if (kind === REUSE && block) Object.assign(block, { site, came: i, parked: false })
    else if (kind === PARK && block) block.parked = true
    if (measure === 'peak' && inside) lookForPeak()
  }
  if (measure === 'bytes-ticks') integrate(toTick)
  if (measure === 'peak') return from === to ? naive('live', 0, to) : atPeak
  for (const b of blocks.values()) {
    const counts = measure === 'live' || measure === 'survived' && b.came >= from || measure === 'leaks' && b.came >= from && !b.parked
    if (counts) add(sums, b.site, b.size, 1)
  }
  return sums
}

/** By traceback, as the naive model writes them. Sites that differ in nothing but their number are added up. */
function measured(params: MeasureParams): Sums {
  const { figures } = measureSites(run.recording, params)
  const { sites } = run.recording
  const sums: Sums = new Map()
  for (let site = 0; site * 2 < figures.length; site++) {
    if (figures[site * 2] === 0 && figures[site * 2 + 1] === 0) continue
    add(sums, sites.path(site).map(at => `${sites.code[at]}:${sites.line[at]}`).join('<'), figures[site * 2]!, figures[site * 2 + 1]!)
  }
  return sums
}
const sorted = (sums: Sums) => [...sums].filter(([, [bytes, count]]) => bytes !== 0 || count !== 0).toSorted((a, b) => (a[0] < b[0] ? -1 : 1))
const eventsAt = (tick: number) => run.naive.events.filter(e => e[5]! <= tick).length

const ranges = (): [number, number][] => {
  const last = run.lastTick
  return [[0, last], [Math.floor(last / 3), Math.floor(last * 2 / 3)], [777, 778], [Math.floor(last / 2), last], [20_000, 20_000], [1, 60_000]]
}

test.each(['live', 'survived', 'leaks', 'allocated', 'temporary', 'bytes-ticks'] as const)('%s by traceback is that of a naive walk', measure => {
  for (const [from, to] of ranges().slice(0, measure === 'bytes-ticks' ? 3 : 9)) {
    expect(sorted(measured({ measure, from, at: to }))).toEqual(sorted(naive(measure, eventsAt(from), eventsAt(to), { fromTick: from, toTick: to })))
  }
  // The whole run, by whichever shorter way it is found.
  const whole = naive(measure, 0, run.naive.events.length)
  expect(sorted(measured({ measure, at: 'end' }))).toEqual(sorted(whole))
})

test.each([0, 1, 5, 1000])('temporary with at most %i others in between', temporaryThreshold => {
  const [from, to] = ranges()[1]!
  const truth = naive('temporary', eventsAt(from), eventsAt(to), { threshold: temporaryThreshold })
  expect(truth.size).toBeGreaterThan(3)
  expect(sorted(measured({ measure: 'temporary', from, at: to, temporaryThreshold }))).toEqual(sorted(truth))
})

test('the peak of any range, from few events and from slots of the timeline', () => {
  for (const [from, to] of [...ranges(), [30_000, 80_000], [70_000, 75_000]]) {
    const [first, end] = [eventsAt(from!), eventsAt(to!)]
    expect(sorted(measured({ measure: 'peak', from: from!, at: to! }))).toEqual(sorted(naive('peak', first, end)))
  }
  const instant = peakOfRange(run.recording, run.recording.resolve(30_000), run.recording.resolve(80_000))
  expect(run.naive.at(instant.event).liveBytes).toBe([...naive('peak', eventsAt(30_000), eventsAt(80_000)).values()].reduce((n, [bytes]) => n + bytes, 0))
})

test('a range may begin inside of a tick: at a mark or at the peak', () => {
  const mark = run.recording.resolve('mark 2')
  const peak = run.recording.resolve('peak')
  for (const [name, instant] of [['mark 2', mark], ['peak', peak]] as const) {
    for (const measure of ['survived', 'leaks', 'allocated', 'bytes-ticks'] as const) {
      expect(sorted(measured({ measure, from: name, at: 'end' })), `${measure} from ${name}`).toEqual(sorted(naive(measure, instant.event, run.naive.events.length)))
    }
  }
})

test('a range that ends before it begins is refused; progress is told and may cancel', () => {
  expect(() => measureSites(run.recording, { measure: 'allocated', from: 5000, at: 100 })).toThrow(/ends before it begins/)
  const seen: number[] = []
  measureSites(run.recording, { measure: 'temporary', at: 'end' }, { progress: (done, total) => seen.push(done / total) })
  expect(seen.length).toBeGreaterThan(10)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(seen.every(share => share >= 0 && share < 1)).toBe(true)
  const stop = () => { throw new Error('enough') }
  expect(() => measureSites(run.recording, { measure: 'bytes-ticks', at: 'end' }, { progress: stop })).toThrow('enough')
})

test('what passes every event can be done in steps, and be taken back between them', async () => {
  const cancel = new AbortController()
  const told: number[] = []
  const params = { measure: 'bytes-ticks', from: 100, at: 'end' } as const
  cancel.abort()
  const turns = vi.spyOn(performance, 'now').mockImplementation((() => { let ms = 0; return () => ms += 1000 })())
  await expect(prepareMeasure(run.recording, params, cancel)).rejects.toMatchObject({ code: 'cancelled' })
  await prepareMeasure(run.recording, params, { signal: new AbortController().signal, progress: (done, total) => told.push(done / total) })
  expect(told.length).toBeGreaterThan(10)
  turns.mockRestore()
  const seen: number[] = []
  const prepared = measureSites(run.recording, params, { progress: done => seen.push(done) })
  expect(seen).toEqual([])
  expect(sorted(measured(params))).toEqual(sorted(naive('bytes-ticks', eventsAt(100), run.naive.events.length, { fromTick: 100 })))
  expect(prepared.to.event).toBe(run.naive.events.length)
})

test('a recording with statistics only answers what it can', () => {
  const other = recordRun({ steps: 5000, seed: 4, live: 100, level: 'stats', rare: 2000 })
  try {
    const whole = (measure: Measure) => measureSites(other.recording, { measure, at: 'end' }).figures
    const { blocks, allocations } = other.naive.at(other.naive.events.length)
    const sum = (figures: Float64Array, offset: number) => figures.reduce((n, x, i) => (i % 2 === offset ? n + x : n), 0)
    expect(sum(whole('live'), 1)).toBe(blocks.size)
    expect(sum(whole('survived'), 1)).toBe(blocks.size)
    expect(sum(whole('allocated'), 1)).toBe(allocations)
    expect(sum(whole('peak'), 0)).toBe(other.naive.at(other.naive.events.length).peakBytes)
    for (const measure of ['leaks', 'temporary', 'bytes-ticks'] as const) expect(() => whole(measure)).toThrow(/statistics only/)
  } finally {
    other.dispose()
  }
})

test('a tree has the sums of its stacks; merged by function it has fewer nodes; compared it has both instants', () => {
  const params = { recordingId: 0, at: 'end' } as const
  const lines = measureTree(run.recording, params)
  const functions = measureTree(run.recording, { ...params, byFunction: true })
  const truth = naive('live', 0, run.naive.events.length)
  const total = [...truth.values()].reduce((n, [bytes]) => n + bytes, 0)
  expect(lines.totalBytes[0]).toBe(total)
  expect(functions.totalBytes[0]).toBe(total)
  expect(functions.parent.length).toBeLessThan(lines.parent.length)
  // Codes divisible by 4 lie in the library's file.
  const outermost = new Map<string, number>()
  for (const [stack, [bytes]] of truth) {
    const [code, line] = stack.split('<').at(-1)!.split(':').map(Number) as [number, number]
    const key = `f${code} ${line} ${code % 4 === 0 ? 'library' : 'script'}`
    outermost.set(key, (outermost.get(key) ?? 0) + bytes)
  }
  const { places } = lines
  const top = [...lines.parent.keys()].filter(n => n > 0 && lines.parent[n] === 0)
  expect(new Map(top.map(n => [`${places.functionName[lines.place[n]!]} ${places.line[lines.place[n]!]} ${places.origin[lines.place[n]!]}`, lines.totalBytes[n]])))
    .toEqual(outermost)
  const compared = measureTree(run.recording, { ...params, compareTo: 20_000 })
  const then = [...naive('live', 0, eventsAt(20_000)).values()].reduce((n, [bytes]) => n + bytes, 0)
  expect([compared.totalBytes[0], compared.oldTotalBytes[0]]).toEqual([total, then])
  expect(compared.weight[0]).toBeGreaterThanOrEqual(Math.max(total, then))
  const inverted = measureTree(run.recording, { ...params, inverted: true, leastShare: 0.02, filters: [{ inclusive: true, pattern: '*helper.py' }] })
  const library = [...truth].filter(([stack]) => Number(stack.split(':')[0]) % 4 === 0).reduce((n, [, [bytes]]) => n + bytes, 0)
  expect(inverted.totalBytes[0]).toBe(library)
  expect(inverted.parent.length).toBeLessThan(inverted.nodeCount)
  expect(() => measureTree(run.recording, { ...params, measure: 'allocated', compareTo: 5 })).toThrow(/cannot be compared/)
})
