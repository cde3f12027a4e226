// When snapshots of the heap are taken during a run: at its end, at marks, after full collections, every so many
// instructions, on request, and after exact numbers of events (which is how any past instant is reached by running again).
//
// Those which a program can cause by itself (marks, collections, intervals, requests) are all taken up to FREE_SNAPSHOTS; after
// that only when the program has run for a while since the last one, so that a mark in a loop slows it by a bounded share.
// What decides is counted in instructions and objects: the same run has the same snapshots.
import type { EventLog } from '../memory/event-log'
import { captureHeap } from '../python/heap/capture'
import type { Sender } from '../recording/sender'

const FREE_SNAPSHOTS = 40
/** An object takes about a microsecond to write down, an instruction a twentieth to run: a tenth of the time. */
const TICKS_AN_OBJECT = 200

export interface SnapshotPlan {
  end: boolean
  marks: boolean
  collections: boolean
  /** Instructions between two snapshots; 0 = none by time. */
  everyTicks: number
}

/** From RunSettings.snapshots. */
export function snapshotPlan(when: readonly string[]): SnapshotPlan {
  const every = when.find(word => word.startsWith('every:'))
  return {
    end: when.includes('end'), marks: when.includes('marks'), collections: when.includes('collections'),
    everyTicks: every === undefined ? 0 : Number(every.slice('every:'.length)),
  }
}

export class SnapshotTaker {
  private readonly plan: SnapshotPlan
  private readonly sender: Sender
  private readonly log: EventLog
  private readonly atEvents: number[]
  private readonly enabled: boolean
  private readonly tick: () => number
  private taken = 0
  private lastTick = 0
  private lastNodes = 0
  private nextTick: number

  /** `atEvents`: numbers of events after which to take one, in any order. Nothing is taken while nothing is recorded. */
  constructor(sender: Sender, log: EventLog, plan: SnapshotPlan, atEvents: readonly number[], enabled: boolean, tick: () => number) {
    this.tick = tick
    this.sender = sender
    this.log = log
    this.plan = plan
    this.enabled = enabled
    this.atEvents = [...new Set(atEvents)].sort((a, b) => a - b)
    this.nextTick = plan.everyTicks
    if (enabled) this.awaitNext()
  }

  /** Right after the event of a mark: the instant of a mark is that of the call, not of the next event. */
  mark(label: string): void {
    if (this.atEvents[0] === this.log.eventCount) {
      this.atEvents.shift()
      this.take('instant', '')
    }
    if (this.plan.marks) this.caused('mark', label)
  }

  /** A full collection has ended: taken before the next event. */
  fullCollection(): void {
    if (this.plan.collections && this.atEvents.length === 0) this.log.pauseAfter(this.log.eventCount + 1, () => this.caused('collection', ''))
  }

  poll(tick: number): void {
    if (this.plan.everyTicks === 0 || tick < this.nextTick) return
    while (this.nextTick <= tick) this.nextTick += this.plan.everyTicks
    this.caused('interval', '')
  }

  /** By the program or from outside; `label` may be ''. */
  requested(label: string): void {
    this.caused('request', label)
  }

  /** The program has ended and is still whole. */
  end(): void {
    // An instant at or past the last event.
    if (this.atEvents.length > 0) this.take('instant', '')
    this.atEvents.length = 0
    if (this.plan.end) this.take('end', '')
  }

  private awaitNext(): void {
    const next = this.atEvents[0]
    if (next === undefined) return
    this.log.pauseAfter(next, () => {
      if (this.atEvents[0] === next) {
        this.atEvents.shift()
        this.take('instant', '')
      }
      this.awaitNext()
    })
  }

  private caused(reason: string, label: string): void {
    const tick = this.tick()
    if (this.taken >= FREE_SNAPSHOTS && tick - this.lastTick < this.lastNodes * TICKS_AN_OBJECT) return
    this.take(reason, label)
    this.lastTick = tick
  }

  private take(reason: string, label: string): void {
    if (!this.enabled) return
    // What came before it need not wait for it.
    this.sender.flush()
    const heap = captureHeap(reason, label)
    this.taken++
    this.lastNodes = heap.nodeCount
    this.sender.snapshot(heap)
  }
}
