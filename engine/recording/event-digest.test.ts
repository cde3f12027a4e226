import { expect, test } from 'vitest'
import { EVENT_STRIDE } from '../memory/events'
import { ColumnBuilder } from './event-columns'
import { DIGEST_EVENTS, EventDigest } from './event-digest'
import { SiteTree } from './site-tree'

const EVENTS = DIGEST_EVENTS * 2 + 1234

/** Events at random, repeatably: contexts stand for lines of one function. */
function program(): Int32Array {
  const words = new Int32Array(EVENTS * EVENT_STRIDE)
  let random = 1
  const next = (below: number) => (random = Math.imul(random, 1103515245) + 12345 >>> 0) % below
  for (let i = 0, tick = -1000; i < EVENTS; i++) {
    tick += next(50)
    words.set([1 + next(4) | next(3) << 6, next(1 << 20), 16 * next(9), 1 + next(30), next(5), tick], i * EVENT_STRIDE)
  }
  return words
}

/** Digests at the boundaries and at the end, of the events cut into chunks of `size`. */
function digests(words: Int32Array, size: number): [number, number][] {
  const found: [number, number][] = []
  const tree = new SiteTree()
  const builder = new ColumnBuilder((context, instruction) => tree.intern(0, context, instruction))
  builder.advance(-1000)
  const digest = new EventDigest((events, value) => found.push([events, value]))
  for (let at = 0; at < words.length; at += size * EVENT_STRIDE) {
    const chunk = words.subarray(at, at + size * EVENT_STRIDE)
    builder.build(chunk, chunk.length)
    digest.add(chunk, builder, tree)
  }
  return [...found, [digest.events, digest.value]]
}

test('how events are cut into chunks does not matter; each field of each event does', () => {
  const words = program()
  const whole = digests(words, EVENTS)
  expect(whole.map(([events]) => events)).toEqual([DIGEST_EVENTS, 2 * DIGEST_EVENTS, EVENTS])
  for (const size of [997, 32_768, 70_000]) expect(digests(words, size)).toEqual(whole)
  for (let field = 0; field < EVENT_STRIDE; field++) {
    const other = words.slice()
    other[(DIGEST_EVENTS + 77) * EVENT_STRIDE + field]! ^= 1
    const changed = digests(other, 32_768)
    expect(changed[0]).toEqual(whole[0])
    expect(changed[1]).not.toEqual(whole[1])
    expect(changed[2]).not.toEqual(whole[2])
  }
})
