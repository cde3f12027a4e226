import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { FIRST_TYPE, FREE, MARK, REALLOC_FROM, REUSE } from '../memory/events'
import type { NaiveBlock } from '../recording/testing/naive-model'
import type { DiffGroupBy, DiffRow } from '../rpc/contract-diff'
import { diffInstants, diffObjects, diffRange, diffRangeObjects } from './diff-instants'
import { diffRuns } from './diff-runs'
import { addressText } from './object-id'
import { recordRun, type RecordedRun } from './testing'

vi.setConfig({ testTimeout: 30_000 })

let run: RecordedRun
const recordingId = 0
beforeAll(() => { run = recordRun({ steps: 12_000, seed: 11, live: 300, keyframeEvents: 3000, figuresEvents: 900, rare: 2000, depth: 3, callSites: 2 }) })
afterAll(() => run.dispose())

const TYPE_PARKED = 15
type At = number | string
interface Known extends NaiveBlock { address: number }

/** Events before an instant. */
function eventOf(at: At): number {
  const { events } = run.naive
  if (typeof at === 'number') return events.filter(e => e[5]! <= at).length
  if (at === 'end') return events.length
  if (at === 'peak') return run.naive.at(events.length).peakEvents
  return events.findIndex(e => (e[0]! & 15) === MARK && run.naive.marks[e[1]!] === at) + 1
}

const blocksAt = (at: At): Known[] => [...run.naive.at(eventOf(at)).blocks].map(([address, block]) => ({ address, ...block }))

/** Addresses that are the same block still: nothing that ends or moves a block names them in between. */
function untouched(from: At, to: At): (block: Known) => boolean {
  const [a, b] = [eventOf(from), eventOf(to)]
  const touched = new Set(run.naive.events.slice(Math.min(a, b), Math.max(a, b)).filter(e => [FREE, REALLOC_FROM, REUSE].includes(e[0]! & 15)).map(e => e[1]!))
  return block => !touched.has(block.address)
}

function fates(compareTo: At, at: At) {
  const [before, now] = [blocksAt(compareTo), blocksAt(at)]
  const same = untouched(compareTo, at)
  const there = (list: Known[]) => (block: Known) => list.some(x => x.address === block.address && x.parked === block.parked) && same(block)
  const [inNow, inBefore] = [there(now), there(before)]
  return { added: now.filter(b => !inBefore(b)), freed: before.filter(b => !inNow(b)), survived: now.filter(inBefore) }
}

const fileOf = (code: number) => (code % 4 === 0 ? '/lib/python3.11/helper.py' : 'synthetic.py')
const places = (block: NaiveBlock) => block.traceback.split('<').filter(Boolean).map(part => {
  const [code, line] = part.split(':').map(Number) as [number, number]
  return `${fileOf(code)}:${line}`
})
const naiveKey = (by: DiffGroupBy) => (block: Known): string =>
  by === 'type' ? String(block.parked ? TYPE_PARKED : block.type)
  : by === 'traceback' ? places(block).reverse().join('<')
  : by === 'line' ? places(block)[0] ?? '' : (places(block)[0] ?? '').replace(/:\d+$/, ':0')
const rowKey = (by: DiffGroupBy, row: Pick<DiffRow, 'typeId' | 'traceback'>) => (by === 'type' ? String(row.typeId) : row.traceback.map(f => `${f.path}:${f.line}`).join('<'))

function sums(list: Known[], by: DiffGroupBy): Map<string, [number, number]> {
  const map = new Map<string, [number, number]>()
  for (const block of list) {
    const key = naiveKey(by)(block)
    const [count, bytes] = map.get(key) ?? [0, 0]
    map.set(key, [count + 1, bytes + block.size])
  }
  return map
}

const pairs = (): [At, At][] => {
  const third = Math.floor(run.lastTick / 3)
  return [[0, 'end'], [third, third * 2], [third * 2, third], ['peak', 'end'], ['mark 1', 'mark 3'], ['mark 2', 'end'], [third, third], ['end', 'mark 1']]
}

test.each(['type', 'line', 'file', 'traceback'] as const)('two instants by %s: new, freed and survived are those of the naive model', by => {
  for (const [compareTo, at] of pairs()) {
    const naive = fates(compareTo, at)
    const [added, freed, survived] = [sums(naive.added, by), sums(naive.freed, by), sums(naive.survived, by)]
    const result = diffInstants(run.recording, { recordingId, compareTo, at, by, limit: 1e5 })
    expect(new Set(result.rows.map(row => rowKey(by, row)))).toEqual(new Set([...added.keys(), ...freed.keys(), ...survived.keys()]))
    for (const row of result.rows) {
      const key = rowKey(by, row)
      expect([row.newCount, row.newBytes]).toEqual(added.get(key) ?? [0, 0])
      expect([row.freedCount, row.freedBytes]).toEqual(freed.get(key) ?? [0, 0])
      expect([row.survivedCount, row.survivedBytes]).toEqual(survived.get(key) ?? [0, 0])
      expect(row.sizeDiffBytes).toBe(row.newBytes - row.freedBytes)
    }
    const differences = result.rows.map(row => Math.abs(row.sizeDiffBytes))
    expect(differences).toEqual(differences.toSorted((x, y) => y - x))
    expect(result.total).toMatchObject({ newCount: naive.added.length, freedCount: naive.freed.length, survivedCount: naive.survived.length })
    const part = diffInstants(run.recording, { recordingId, compareTo, at, by, offset: 2, limit: 3 })
    expect(part).toEqual({ ...result, rows: result.rows.slice(2, 5) })
  }
})

test('objects: the same object is the same object, with its line and birth', () => {
  for (const [compareTo, at] of pairs()) {
    const naive = fates(compareTo, at)
    for (const [fate, list] of [['new', naive.added], ['freed', naive.freed], ['survived', naive.survived]] as const) {
      const objects = list.filter(b => b.type >= FIRST_TYPE && !b.parked)
      const { rows, rowCount, totalBytes } = diffObjects(run.recording, { recordingId, compareTo, at, fate, limit: 1e5 })
      const shape = (x: { address: string; birthTick: number; sizeBytes: number; typeId: number; place: string }) => `${x.address} ${x.birthTick} ${x.sizeBytes} ${x.typeId} ${x.place}`
      expect(rows.map(r => shape({ ...r, place: r.traceback.map(f => `${f.path}:${f.line}`).join('<') })).toSorted()).toEqual(
        objects.map(b => shape({ address: addressText(run.recording, b.address), birthTick: b.tick, sizeBytes: b.size, typeId: b.type, place: places(b).reverse().join('<') })).toSorted())
      expect(rowCount).toBe(objects.length)
      expect(totalBytes).toBe(objects.reduce((n, b) => n + b.size, 0))
    }
  }
})

test('three snapshots: made in the range and alive at the third', () => {
  const quarter = Math.floor(run.lastTick / 4)
  for (const [from, to, at] of [[quarter, quarter * 2, quarter * 3], ['mark 1', 'mark 2', 'mark 4'], [0, quarter, 'end']] as [At, At, At][]) {
    const made = fates(from, to).added
    const same = untouched(to, at)
    const alive = made.filter(b => same(b) && blocksAt(at).some(x => x.address === b.address && x.parked === b.parked))
    const [aliveOf, madeOf] = [sums(alive, 'line'), sums(made, 'line')]
    const result = diffRange(run.recording, { recordingId, from, to, at, by: 'line', limit: 1e5 })
    expect(new Map(result.rows.map(row => [rowKey('line', row), [row.aliveCount, row.aliveBytes]]))).toEqual(aliveOf)
    for (const row of result.rows) expect([row.madeCount, row.madeBytes]).toEqual(madeOf.get(rowKey('line', row)))
    expect(result).toMatchObject({ madeCount: made.length, aliveCount: alive.length })
    const objects = alive.filter(b => b.type >= FIRST_TYPE && !b.parked)
    const listed = diffRangeObjects(run.recording, { recordingId, from, to, at, limit: 1e5 })
    expect(listed.rows.map(row => `${row.address} ${row.birthTick}`).toSorted()).toEqual(objects.map(b => `${addressText(run.recording, b.address)} ${b.tick}`).toSorted())
    expect(listed.totalBytes).toBe(objects.reduce((n, b) => n + b.size, 0))
  }
  expect(() => diffRange(run.recording, { recordingId, from: 'end', to: 0, at: 'end', by: 'line' })).toThrow('ends before it begins')
})

test('filters keep types, files and lines', () => {
  const all = diffInstants(run.recording, { recordingId, compareTo: 0, at: 'end', by: 'line', limit: 1e5 })
  const library = diffInstants(run.recording, { recordingId, compareTo: 0, at: 'end', by: 'line', filter: 'helper.py', limit: 1e5 })
  expect(library.rows).toEqual(all.rows.filter(row => row.traceback.at(-1)!.path.includes('helper')))
  expect(library.rows.length).toBeGreaterThan(0)
  const types = diffInstants(run.recording, { recordingId, compareTo: 0, at: 'end', by: 'type', filter: '__main__.T[02]' })
  expect(types.rows.map(row => row.typeName).toSorted()).toEqual(['__main__.T0', '__main__.T2'])
})

test('two runs: equal ones differ by nothing; others by what their figures differ', () => {
  const other = recordRun({ steps: 9000, seed: 12, live: 200, depth: 3, callSites: 2 })
  try {
    for (const by of ['type', 'line', 'file', 'traceback'] as const) {
      const none = diffRuns(run.recording, run.recording, { at: 'end', by, limit: 1e5 })
      expect(none.rows.every(row => row.sizeDiffBytes === 0 && row.countDiff === 0 && row.in === 'both')).toBe(true)
      const [before, now] = [run, other].map(r => sums([...r.naive.at(r.naive.events.length).blocks].map(([address, b]) => ({ address, ...b })), by)) as [Map<string, [number, number]>, Map<string, [number, number]>]
      const result = diffRuns(run.recording, other.recording, { at: 'end', by, limit: 1e5 })
      const keyOf = (row: typeof result.rows[number]) => (by === 'type' ? naiveType(row.typeName) : rowKey(by, { typeId: 0, ...row }))
      expect(new Set(result.rows.map(keyOf))).toEqual(new Set([...before.keys(), ...now.keys()]))
      for (const row of result.rows) {
        const key = keyOf(row)
        expect([row.oldCount, row.oldBytes]).toEqual(before.get(key) ?? [0, 0])
        expect([row.newCount, row.newBytes]).toEqual(now.get(key) ?? [0, 0])
      }
    }
  } finally {
    other.dispose()
  }
})

/** The synthetic program's types and tags by name. */
function naiveType(name: string): string {
  const number = /^(?:__main__\.)?T(\d+)$/.exec(name)?.[1]
  if (number !== undefined) return String(FIRST_TYPE + Number(number))
  return { '(free lists)': String(TYPE_PARKED), '(list items)': '1', '(other blocks)': '0' }[name] ?? name
}
