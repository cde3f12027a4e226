import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { auditGc } from './audit'
import { EventLog } from './event-log'
import { NullSink } from './event-sink'
import { EVENT_STRIDE, GC_END, GC_START } from './events'
import { CyclicGC, DEBUG_COLLECTABLE, DEBUG_SAVEALL, DEBUG_STATS, DEBUG_UNCOLLECTABLE } from './gc'
import type { GcWorking } from './gc-host'
import { GENERATION_0 } from './gc-lists'
import { INSTANCE, LIST, Mini, MiniHeap, TUPLE } from './goldens/gc-model'

class Recorder extends NullSink {
  workings: GcWorking[] = []
  override collection(working: GcWorking): void {
    this.workings.push(working)
  }
}

function world() {
  const sink = new Recorder()
  const log = new EventLog()
  log.enabled = true
  const gc = new CyclicGC<Mini>(log, sink)
  return { gc, sink, log, heap: new MiniHeap(gc) }
}

interface State {
  generations: [number, number, number, number]
  count: [number, number, number]
  long_lived_total: number
  long_lived_pending: number
}
interface Golden {
  start: State
  end: State
  events: [number, number][]
}
const GOLDENS = JSON.parse(readFileSync(`${import.meta.dirname}/goldens/gc-events.json`, 'utf8')) as Record<string, Golden>

/** Brings the collector into the state that CPython was in at the mark; returns what stands for the list `kept`. */
function startLike({ gc }: ReturnType<typeof world>, start: State): Mini {
  let o = new Mini(LIST)
  for (let g = 2; g >= 0; g--)
    for (let i = start.generations[g]!; i > 0; i--) {
      o = new Mini(LIST)
      gc.track(o)
      if (g > 0) gc.move(o.gc, GENERATION_0 + g)
    }
  gc.count.set(start.count)
  gc.longLivedTotal = start.long_lived_total
  gc.longLivedPending = start.long_lived_pending
  return o
}

const SCRIPTS: Record<string, (w: ReturnType<typeof world>, kept: Mini) => void> = {
  keep({ heap }, kept) {
    for (let i = 0; i < 200_000; i++) keepNew(heap, kept, heap.list())
  },
  cycles({ heap, gc }, kept) {
    gc.threshold.set([50, 3, 2])
    let a: Mini | null = null
    let b: Mini | null = null
    for (let i = 0; i < 60_000; i++) {
      const newA = heap.list()
      if (a !== null) heap.decref(a)
      a = newA
      heap.append(a, a)
      if (i % 3 === 0) heap.append(kept, a)
      if (i % 7 !== 0) continue
      heap.incref(kept)
      heap.incref(a)
      const newB = heap.list(kept, a)
      if (b !== null) heap.decref(b)
      b = newB
      heap.append(b, b)
    }
  },
  tuples({ heap }, kept) {
    for (let i = 0; i < 30_000; i++) keepNew(heap, kept, heap.tuple(heap.tuple()))
  },
  resurrect({ heap, gc }, kept) {
    gc.threshold.set([40, 3, 2])
    let n: Mini | null = null
    for (let i = 0; i < 8_000; i++) {
      const newN = heap.instance(i % 5 === 0 ? self => heap.append(kept, self) : () => {})
      if (n !== null) heap.decref(n)
      n = newN
      heap.append(n, n)
    }
  },
  weakrefs({ heap, gc }, kept) {
    gc.threshold.set([60, 4, 3])
    const callback = gc.objects[gc.next[GENERATION_0 + 2]!]!
    const dead: Mini[] = []
    const called = (reference: Mini) => {
      heap.incref(reference)
      dead.push(reference)
    }
    let n: Mini | null = null
    for (let i = 0; i < 20_000; i++) {
      const newN = heap.instance()
      if (n !== null) heap.decref(n)
      n = newN
      heap.append(n, n)
      if (i % 4 === 0) keepNew(heap, kept, heap.weakref(n, callback, called))
      if (i % 4 === 1) keepNew(heap, n, heap.weakref(n, callback, called))
    }
    expect(dead.length).toBeGreaterThan(4_900)
  },
  freeze({ heap, gc }, kept) {
    const keep = (count: number) => {
      for (let i = 0; i < count; i++) keepNew(heap, kept, heap.list())
    }
    keep(5_000)
    gc.freeze()
    keep(20_000)
    gc.unfreeze()
    keep(60_000)
    gc.collect(1)
    gc.enabled = false
    keep(1_000)
    gc.enabled = true
    keep(100)
  },
}

function keepNew(heap: MiniHeap, list: Mini, item: Mini): void {
  heap.append(list, item)
  heap.decref(item)
}

describe('the same collections as real CPython, in order, with the same finds', () => {
  test.each(Object.keys(SCRIPTS))('%s', name => {
    const w = world()
    const golden = GOLDENS[name]!
    const kept = startLike(w, golden.start)
    SCRIPTS[name]!(w, kept)
    const found = w.sink.workings.map(working => [working.generation, working.collected])
    expect(found.length).toBe(golden.events.length)
    expect(found).toEqual(golden.events)
    // The golden was taken after the module's function object had died.
    w.gc.del()
    const [young, middle, old] = w.gc.generationSizes()
    expect([young, middle, old - 1, w.gc.freezeCount]).toEqual(golden.end.generations)
    expect([...w.gc.count]).toEqual(golden.end.count)
    expect([w.gc.longLivedTotal, w.gc.longLivedPending]).toEqual([golden.end.long_lived_total, golden.end.long_lived_pending])
    expect(auditGc(w.gc)).toEqual([])
  })
})

test('random graphs: exactly what no root reaches is collected', () => {
  let seed = 99
  const random = (n: number) => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0, (seed >>> 8) % n)
  for (let round = 0; round < 60; round++) {
    const { gc, heap, sink } = world()
    gc.enabled = false
    const size = 2 + random(400)
    const objects: Mini[] = []
    for (let i = 0; i < size; i++) objects.push(random(3) === 0 ? heap.instance() : heap.list())
    for (let i = 0; i < size * 2; i++) heap.append(objects[random(size)]!, objects[random(size)]!)
    const roots = new Set(objects.filter(() => random(8) === 0))
    const reached = new Set(roots)
    for (const o of reached) for (const item of o.items) reached.add(item)
    for (const o of objects) if (!roots.has(o)) heap.decref(o)
    const alive = objects.filter(o => !o.dead)
    const before = alive.length
    const counts = alive.map(o => o.ob_refcnt)
    const inside = new Map(alive.map(o => [o, 0]))
    for (const o of alive) for (const item of o.items) inside.set(item, inside.get(item)! + 1)
    const found = gc.collect(random(2) === 0 ? 2 : 0)
    // The working, by its definition: references among the candidates are taken off their counts.
    const working = sink.workings.at(-1)!
    expect(working).toMatchObject({
      candidates: before, references: counts.reduce((a, b) => a + b, 0), subtracted: [...inside.values()].reduce((a, b) => a + b, 0),
      heldFromOutside: alive.filter((o, i) => counts[i]! > inside.get(o)!).length, unreachable: found,
    })
    expect(working.broughtBack).toBeLessThanOrEqual(working.reachable)
    expect(objects.filter(o => !o.dead).length).toBe(reached.size)
    expect(found).toBe(before - reached.size)
    expect(objects.every(o => o.dead !== reached.has(o))).toBe(true)
    expect(auditGc(gc)).toEqual([])
  }
})

test('a self-referring list counts 1, a pair 2, and what died by reference count is not found', () => {
  const { gc, heap } = world()
  const list = heap.list()
  heap.append(list, list)
  heap.decref(list)
  expect(gc.collect(2)).toBe(1)
  const a = heap.instance()
  const b = heap.instance()
  heap.append(a, b)
  heap.append(b, a)
  heap.decref(a)
  heap.decref(b)
  heap.decref(heap.list())
  expect(gc.collect(2)).toBe(2)
  expect([a.dead, b.dead, gc.collect(2)]).toEqual([true, true, 0])
})

test('a resurrected cycle lives on, is not counted, and is not finalized again', () => {
  const { gc, heap, sink } = world()
  const saved: Mini[] = []
  let runs = 0
  const o = heap.instance(self => {
    runs++
    heap.incref(self)
    saved.push(self)
  })
  heap.append(o, o)
  heap.decref(o)
  expect(gc.collect(2)).toBe(0)
  expect([runs, o.dead, sink.workings.at(-1)!.resurrected]).toEqual([1, false, 1])
  heap.decref(saved.pop()!)
  expect(gc.collect(2)).toBe(1)
  expect([runs, o.dead]).toEqual([1, true])
})

test('tp_del makes a cycle uncollectable, with everything it refers to', () => {
  const { gc, heap, sink } = world()
  const [a, b] = [heap.instance(), heap.list()]
  a.legacyFinalizer = true
  heap.append(a, b)
  heap.append(b, a)
  heap.decref(a)
  heap.decref(b)
  gc.debug = DEBUG_UNCOLLECTABLE
  expect(gc.collect(2)).toBe(2)
  expect(gc.stats[2]).toEqual({ collections: 1, collected: 0, uncollectable: 2 })
  expect(heap.garbage).toEqual([a])
  expect(heap.messages).toEqual(['gc: uncollectable <Mini>\n', 'gc: uncollectable <Mini>\n'])
  expect(sink.workings[0]!.uncollectable).toBe(2)
  expect([a.dead, b.dead]).toEqual([false, false])
})

test('DEBUG_SAVEALL keeps what was found, and counts it as collected', () => {
  const { gc, heap } = world()
  for (let i = 0; i < 12; i++) {
    const list = heap.list()
    heap.append(list, list)
    heap.decref(list)
  }
  gc.debug = DEBUG_SAVEALL | DEBUG_COLLECTABLE
  expect(gc.collect(2)).toBe(12)
  expect(heap.garbage.length).toBe(12)
  expect(heap.messages.length).toBe(12)
  expect(gc.stats[2]!.uncollectable).toBe(0)
  expect(gc.collect(2)).toBe(0)
})

test('DEBUG_STATS prints sizes before and figures after', () => {
  const { gc, heap } = world()
  const kept = heap.list()
  const list = heap.list()
  heap.append(list, list)
  heap.decref(list)
  gc.debug = DEBUG_STATS
  gc.collect(1)
  expect(heap.messages.join('')).toBe('gc: collecting generation 1...\ngc: objects in each generation: 2 0 0\n' +
    'gc: objects in permanent generation: 0\ngc: done, 1 unreachable, 0 uncollectable, 0.0000s elapsed\n')
  heap.decref(kept)
})

test('nested tuples are untracked from the inside out, maybe one collection later', () => {
  const { gc, heap } = world()
  const outer = heap.tuple(heap.tuple(heap.tuple()))
  gc.collect(0)
  expect(heap.gc.getObjects().filter(o => o.kind === TUPLE).length).toBe(2)
  gc.collect(1)
  gc.collect(2)
  expect(outer.gc).toBe(0)
})

test('a collection inside a collection does nothing', () => {
  const { gc, heap } = world()
  let inner = -1
  const o = heap.instance(() => {
    inner = gc.collect(2)
  })
  heap.append(o, o)
  heap.decref(o)
  expect(gc.collect(2)).toBe(1)
  expect(inner).toBe(0)
  expect(gc.stats[2]!.collections).toBe(1)
})

test('no collection while an exception is set, while disabled, or with threshold 0', () => {
  const { gc, heap } = world()
  const kept = heap.list()
  const allocate = (n: number) => {
    for (let i = 0; i < n; i++) keepNew(heap, kept, heap.list())
  }
  heap.error = true
  allocate(800)
  heap.error = false
  gc.enabled = false
  allocate(800)
  gc.enabled = true
  gc.threshold[0] = 0
  allocate(800)
  expect(gc.stats[0]!.collections).toBe(0)
  expect(gc.count[0]).toBe(2401)
  gc.threshold[0] = 700
  allocate(1)
  expect(gc.stats[0]!.collections).toBe(1)
  expect([...gc.count]).toEqual([0, 1, 0])
})

test('callbacks come around the collection, events too, with the working before the end', () => {
  const { gc, heap, log, sink } = world()
  heap.list()
  gc.collect(1)
  gc.collectNoFail()
  expect(heap.phases).toEqual(['start 1 0 0', 'stop 1 0 0'])
  const events: number[][] = []
  for (let at = 0; at < log.at; at += EVENT_STRIDE) events.push([...log.words.subarray(at, at + 3)])
  expect(events).toEqual([[GC_START, 1, 1], [GC_END, 1, 1], [GC_START, 2, 2], [GC_END, 2, 2]])
  expect(sink.workings.map(w => [w.id, w.explicit, w.candidates, w.reachable, w.unreachable])).toEqual(
    [[1, true, 1, 1, 0], [2, true, 1, 1, 0]])
})

test('slots are reused and columns grow', () => {
  const { gc, heap } = world()
  gc.enabled = false
  const objects = Array.from({ length: 20_000 }, () => heap.instance())
  for (const o of objects) heap.decref(o)
  expect(gc.getObjects()).toEqual([])
  const end = gc.slotEnd
  for (let i = 0; i < 20_000; i++) heap.instance()
  expect(gc.slotEnd).toBe(end)
  expect(gc.getObjects(0).every(o => o.kind === INSTANCE)).toBe(true)
  expect(auditGc(gc)).toEqual([])
})
