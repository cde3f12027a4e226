import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALLOC, FIRST_TYPE, FREE, PARK, REALLOC, REALLOC_FROM, REUSE } from '../memory/events'
import { findObject } from './object-id'
import { lifeOf } from './object-life'
import { recordRun, type RecordedRun } from './testing'

let run: RecordedRun
beforeAll(() => { run = recordRun({ steps: 12_000, seed: 9, live: 150, keyframeEvents: 3000, figuresEvents: 900, rare: 500, depth: 3, callSites: 2 }) })
afterAll(() => run.dispose())

type Words = [head: number, address: number, size: number, context: number, instruction: number, tick: number]
interface Block { size: number; type: number; parked: boolean }

/** All that frees beside `event` do, looked up one by one. */
function naiveDeath(event: number): { counts: Record<string, number>; bytes: number; position: number } {
  const events = run.naive.events as Words[]
  const place = (words: Words) => `${words[5]} ${words[4]} ${run.naive.traceback(words[3], words[4])}`
  const dies = (words: Words | undefined) => words !== undefined && [FREE, PARK].includes(words[0] & 15) && place(words) === place(events[event]!)
  let from = event
  while (dies(events[from - 1])) from--
  const blocks = new Map<number, Block>()
  const counts: Record<string, number> = {}
  let bytes = 0
  let position = 0
  let objects = 0
  for (let at = 0; at < events.length; at++) {
    const [head, address, size] = events[at]!
    const kind = head & 15
    const block = blocks.get(address)
    if (at >= from) {
      if (!dies(events[at])) break
      if (block) {
        if (kind === FREE) bytes += block.size
        if (!block.parked) {
          counts[block.type] = (counts[block.type] ?? 0) + 1
          if (block.type >= FIRST_TYPE) objects++
          if (at === event) position = objects
        }
      }
    }
    if (kind === ALLOC || kind === REALLOC) blocks.set(address, { size, type: head >>> 6, parked: false })
    else if (kind === FREE || kind === REALLOC_FROM) blocks.delete(address)
    else if (block && kind === PARK) block.parked = true
    else if (block && kind === REUSE) blocks.set(address, { ...block, type: head >>> 6 || block.type, parked: false })
  }
  return { counts, bytes, position }
}

test('deaths, and what died with them, are those of the events', () => {
  const events = run.naive.events as Words[]
  const { recording } = run
  const births = events.flatMap(([head], event) => ([ALLOC, REUSE].includes(head & 15) && head >>> 6 >= FIRST_TYPE ? [event] : []))
  let dead = 0
  let together = 0
  for (const birth of births.filter((_, i) => i % 41 === 0)) {
    const address = events[birth]![1]
    const death = events.findIndex((words, event) => event > birth && words[1] === address && [FREE, PARK, ALLOC, REUSE].includes(words[0] & 15))
    const life = lifeOf(recording, findObject(recording, `o${birth}`))
    expect(life.birth).toMatchObject({ event: birth, tick: events[birth]![5], fromFreeList: (events[birth]![0] & 15) === REUSE })
    if (death < 0) {
      expect(life.death).toBe(null)
      continue
    }
    dead++
    expect(life.death).toMatchObject({ event: death, tick: events[death]![5], intoFreeList: (events[death]![0] & 15) === PARK })
    const naive = naiveDeath(death)
    expect(life.death!.position).toBe(naive.position)
    expect(life.death!.freedBytes).toBe(naive.bytes)
    expect(life.death!.rows.map(row => row.count).sort()).toEqual(Object.values(naive.counts).sort())
    if (life.death!.objectCount > 1) together++
  }
  expect(dead).toBeGreaterThan(40)
  expect(together).toBeGreaterThan(0)
})

test('progress may cancel', () => {
  const object = findObject(run.recording, `o${(run.naive.events as Words[]).findIndex(([head]) => (head & 15) === ALLOC && head >>> 6 >= FIRST_TYPE)}`)
  expect(() => lifeOf(run.recording, object, { progress: () => { throw new Error('enough') } })).toThrow('enough')
})
