// The slow and obvious way to know what is alive: maps and strings, straight from raw events. Tests hold the recorder and
// the queries against it.
import type { ContextDefinition, EventSink } from '../../memory/event-sink'
import {
  ALLOC, ARENA_FREE, ARENA_NEW, EVENT_STRIDE, FIRST_TYPE, FREE, MARK, PARK, REALLOC, REALLOC_FROM, REGION, REUSE,
} from '../../memory/events'
import type { GcWorking } from '../../memory/gc-host'
import type { Region } from '../../memory/address-space'
import { syntheticLine } from './synthetic'

export interface NaiveBlock { size: number; traceback: string; type: number; parked: boolean; tick: number }

/** Keeps every event; also an EventSink, so that a SyntheticProgram can run straight into it. */
export class NaiveModel implements EventSink {
  readonly events: number[][] = []
  readonly contexts = new Map<number, ContextDefinition>()
  readonly marks: string[] = []
  readonly collections: GcWorking[] = []
  readonly printed: { fd: number; text: string }[] = []
  regions: readonly Region[] = []

  chunk(words: Int32Array, used: number): Int32Array {
    for (let at = 0; at < used; at += EVENT_STRIDE) this.events.push([...words.subarray(at, at + EVENT_STRIDE)])
    return words
  }
  defineFile(): void {}
  defineCode(): void {}
  defineContext(context: ContextDefinition): void { this.contexts.set(context.id, context) }
  defineType(): void {}
  defineRegions(regions: readonly Region[]): void { this.regions = regions }
  output(fd: number, bytes: Uint8Array): void { this.printed.push({ fd, text: new TextDecoder().decode(bytes) }) }
  defineMark(id: number, label: string): void { this.marks[id] = label }
  collection(working: GcWorking): void { this.collections.push(working) }
  snapshot(): void {}

  /** 'code:line<code:line', innermost first. */
  traceback(context: number, instruction: number): string {
    const parts: string[] = []
    for (let at = context, where = instruction; at !== 0;) {
      const { codeId, parentId, parentLasti } = this.contexts.get(at)!
      parts.push(`${codeId}:${syntheticLine(codeId, where)}`)
      at = parentId
      where = parentLasti
    }
    return parts.join('<')
  }

  /** All that is alive after the first `count` events. */
  at(count: number): NaiveInstant {
    const blocks = new Map<number, NaiveBlock>()
    const instant: NaiveInstant = {
      blocks, tick: 0, liveBytes: 0, liveObjects: 0, rssBytes: this.regions.reduce((n, r) => n + r.residentBytes, 0), allocations: 0,
      allocatedBytes: 0, temporaries: 0, peakBytes: 0, peakEvents: 0,
    }
    const resident = new Map(this.regions.map(r => [r.id, r.residentBytes]))
    let moved = 0
    for (let i = 0; i < count; i++) {
      const [head, first, second, context, instruction, tick] = this.events[i] as [number, number, number, number, number, number]
      const type = head >>> 6
      const traceback = this.traceback(context, instruction)
      instant.tick = tick
      const block = blocks.get(first)
      switch (head & 15) {
        // Until its second half comes the block counts as it was.
        case REALLOC_FROM: moved = first; break
        case ALLOC:
        case REALLOC:
          if (moved) blocks.delete(moved)
          moved = 0
          blocks.set(first, { size: second, traceback, type, parked: false, tick })
          instant.allocations++
          instant.allocatedBytes += second
          break
        case FREE:
          if (block && tick - block.tick <= 1000 && !reused.has(block)) instant.temporaries++
          blocks.delete(first)
          break
        case PARK: if (block) block.parked = true; break
        case REUSE:
          if (block) {
            const again = { ...block, traceback, parked: false, tick }
            reused.add(again)
            blocks.set(first, again)
          }
          break
        case ARENA_NEW: instant.rssBytes += second; break
        case ARENA_FREE: instant.rssBytes -= second; break
        case REGION:
          instant.rssBytes += second * 1024 - (resident.get(first) ?? 0)
          resident.set(first, second * 1024)
          break
        case MARK: break
      }
      let live = 0
      if ((head & 15) === ALLOC || (head & 15) === REALLOC) {
        for (const b of blocks.values()) live += b.size
        if (live > instant.peakBytes) {
          instant.peakBytes = live
          instant.peakEvents = i + 1
        }
      }
    }
    for (const b of blocks.values()) {
      instant.liveBytes += b.size
      if (b.type >= FIRST_TYPE && !b.parked) instant.liveObjects++
    }
    return instant
  }
}

const reused = new WeakSet<NaiveBlock>()

export interface NaiveInstant {
  blocks: Map<number, NaiveBlock>
  tick: number
  liveBytes: number
  liveObjects: number
  rssBytes: number
  allocations: number
  allocatedBytes: number
  temporaries: number
  peakBytes: number
  peakEvents: number
}

/** Bytes and blocks per key. */
export function sumBy(blocks: Iterable<NaiveBlock>, key: (block: NaiveBlock) => string): Map<string, [number, number]> {
  const sums = new Map<string, [number, number]>()
  for (const block of blocks) {
    const sum = sums.get(key(block)) ?? [0, 0]
    sum[0] += block.size
    sum[1]++
    sums.set(key(block), sum)
  }
  return sums
}
