import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALLOC, FIRST_TYPE, FREE, PARK, REALLOC, REALLOC_FROM, REUSE } from '../memory/events'
import { addressText, findObject, headsOf, idText, objectAt } from './object-id'
import { recordRun, type RecordedRun } from './testing'

let run: RecordedRun
beforeAll(() => { run = recordRun({ steps: 12_000, seed: 5, live: 200, keyframeEvents: 3000, figuresEvents: 900, rare: 500, depth: 3, callSites: 2 }) })
afterAll(() => run.dispose())

interface Life { block: number; type: number; birthEvent: number; birthTick: number; from: number; to: number; at: number[] }

/** Every life of every object, followed one event at a time: where it lay from which event on. */
function naiveLives(): Life[] {
  const lives: Life[] = []
  const alive = new Map<number, Life>()
  const types = new Map<number, number>()
  let moving: Life | undefined
  run.naive.events.forEach((words, event) => {
    const [head, address, , , , tick] = words as [number, number, number, number, number, number]
    const kind = head & 15
    if (kind === ALLOC) types.set(address, head >>> 6)
    const type = head >>> 6 || types.get(address) || 0
    const old = alive.get(address)
    if (kind === FREE || kind === PARK) {
      if (old) old.to = event
      alive.delete(address)
    } else if (kind === REALLOC_FROM) {
      moving = old
      alive.delete(address)
    } else if (kind === REALLOC) {
      if (moving) alive.set(address, moving)
      moving?.at.push(event, address)
      moving = undefined
    } else if (kind === ALLOC || kind === REUSE) {
      if (old) old.to = event
      if (type < FIRST_TYPE) return
      const life = { block: address, type, birthEvent: event, birthTick: tick, from: event, to: Infinity, at: [event, address] }
      lives.push(life)
      alive.set(address, life)
    }
  })
  return lives
}

test('an address at an instant and the short id name the same object, from its birth to its death', () => {
  const { recording } = run
  const lives = naiveLives()
  const heads = headsOf(recording)
  expect(lives.length).toBeGreaterThan(2000)
  let seen = 0
  const pick = lives.filter((life, i) => i % 37 === 0 || life.at.length > 2 && i % 3 === 0)
  for (const life of pick) {
    const end = Math.min(life.to, run.naive.events.length)
    for (const event of [life.birthEvent + 1, Math.floor((life.birthEvent + 1 + end) / 2), end]) {
      let block = life.block
      for (let i = 0; i < life.at.length; i += 2) if (life.at[i]! < event) block = life.at[i + 1]!
      const found = objectAt(recording, block + heads[life.type]!, { tick: 0, event })
      expect(found).toMatchObject({ block: life.block, birthEvent: life.birthEvent, birthTick: life.birthTick })
      expect(idText(recording, found!)).toBe(`o${life.birthEvent}`)
      seen++
    }
    expect(findObject(recording, `o${life.birthEvent}`)).toMatchObject({
      block: life.block, type: life.type, birthEvent: life.birthEvent, birthTick: life.birthTick,
    })
  }
  expect(seen).toBeGreaterThan(150)
})

test('the same address at two instants is two objects', () => {
  const { recording } = run
  const lives = naiveLives()
  const heads = headsOf(recording)
  const first = lives.find(life => lives.some(other => other !== life && other.type === life.type && other.block === life.block && other.at.length === 2) && life.at.length === 2)!
  const second = lives.find(life => life !== first && life.type === first.type && life.block === first.block && life.at.length === 2)!
  const name = addressText(recording, first.block + heads[first.type]!)
  const tickIn = (life: Life) => run.naive.events[life.birthEvent]![5]!
  const at = [first, second].map(life => objectAt(recording, life.block + heads[life.type]!, { tick: 0, event: life.birthEvent + 1 })!.birthEvent)
  expect(at).toEqual([first.birthEvent, second.birthEvent])
  // By its tick only where no later event of the tick ends it.
  const lasting = lives.find(life => life.at.length === 2 && Number.isFinite(life.to) && run.naive.events[life.to]![5]! > tickIn(life))!
  const lastingName = addressText(recording, lasting.block + heads[lasting.type]!)
  expect(findObject(recording, `${lastingName}@${tickIn(lasting)}`).birthEvent).toBe(lasting.birthEvent)
  expect(name).toMatch(/^0x[0-9a-f]+$/)
})

test('what names nothing is said', () => {
  const { recording } = run
  expect(() => findObject(recording, 'session')).toThrow('session does not name an object.')
  expect(() => findObject(recording, 'o999999999')).toThrow(/There is no object o999999999: the recording has [\d,]+ events\./)
  const free = run.naive.events.findIndex(words => (words[0]! & 15) === FREE)
  expect(() => findObject(recording, `o${free}`)).toThrow('is not the birth of one')
  expect(() => findObject(recording, '0x10')).toThrow('There is no object at 0x10.')
  expect(() => findObject(recording, 'snapshot:1/5')).toThrow('There is no snapshot 1.')
})

test('statistics alone know no objects', () => {
  const stats = recordRun({ steps: 2000, seed: 3, live: 50, level: 'stats' })
  try {
    expect(() => findObject(stats.recording, 'o5')).toThrow('This recording has no events')
  } finally {
    stats.dispose()
  }
})
