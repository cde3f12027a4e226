// The first event at which two recordings part.
//
// Stretches whose digests agree are not read. Where both recordings have their events, the rest is compared event by event;
// where one has statistics only, the digests say between which events the difference lies.
import {
  ALLOC, ARENA_FREE, ARENA_NEW, FREE, GC_END, GC_START, MARK, OUTPUT, PARK, REALLOC, REALLOC_FROM, REGION, REUSE, SWITCH, FIRST_TYPE,
} from '../memory/events'
import type { EventColumns } from '../recording/event-columns'
import type { EventDescription, EventDifference } from '../rpc/contract-replay'
import type { StoredChunk } from '../store/reader'
import type { OpenRecording } from './open-recording'
import { TwoRuns } from './two-runs'

export interface DifferenceOptions {
  /** Both shall be the same up to their ends; otherwise only as many events are compared as both have. */
  whole?: boolean
  /**
   * Something was changed on purpose: lines of an edited file are matched, and neither addresses nor the places of
   * instructions in their functions count.
   */
  changed?: boolean
}

/** Work that takes long: says how far it is now and then, and can be left off there. */
export type Work<T> = Generator<{ done: number; total: number }, T>

/** All of it at once; `progress` may throw to cancel. */
export function atOnce<T>(work: Work<T>, progress?: (done: number, total: number) => void): T {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    progress?.(step.value.done, step.value.total)
  }
}

export const firstDifference = (first: OpenRecording, second: OpenRecording, options: DifferenceOptions): EventDifference | null =>
  atOnce(differenceWork(first, second, options))

export function* differenceWork(first: OpenRecording, second: OpenRecording, options: DifferenceOptions): Work<EventDifference | null> {
  first.refresh()
  second.refresh()
  const [a, b] = [first.run(), second.run()]
  const common = Math.min(a.event_count, b.event_count)
  const agreed = lastAgreement(first, second, common)
  const found = bothHaveEvents(first, second)
    ? yield* compareEvents(first, second, agreed, common, options.changed ?? false)
    : agreed.parted === null ? null : betweenDigests(agreed)
  if (found || !options.whole) return found
  if (a.event_count !== b.event_count && a.event_count > 0) {
    if (!bothHaveEvents(first, second)) return betweenDigests({ ...agreed, parted: { event: common + 1, tick: Math.min(a.last_tick, b.last_tick) } })
    const [longer, name] = a.event_count > b.event_count ? [first, 'the recorded run'] : [second, 'the replay']
    const next = longer.reader.chunkAtEvent(0) ? new EventCursor(longer, common).describe() : null
    return {
      event: common, beforeEvent: common + 1, tick: Math.min(a.last_tick, b.last_tick), first: longer === first ? next : null,
      second: longer === second ? next : null,
      sentence: `They are the same for ${count(common)} events; then ${name} goes on${next ? ` and ${next.what}${at(next)}` : ''}, and the other one ends.`,
    }
  }
  return ends(first, second, common)
}

const bothHaveEvents = (first: OpenRecording, second: OpenRecording): boolean =>
  first.reader.chunkAtEvent(0) !== undefined && second.reader.chunkAtEvent(0) !== undefined

/** Of two recordings without a difference: how many events are known to be the same. */
export function knownSame(first: OpenRecording, second: OpenRecording): number {
  const common = Math.min(first.run().event_count, second.run().event_count)
  return bothHaveEvents(first, second) ? common : lastAgreement(first, second, common).event
}

/** After all events: how the runs ended. A recording without its end is not asked. */
function ends(first: OpenRecording, second: OpenRecording, event: number): EventDifference | null {
  const [a, b] = [first.run(), second.run()]
  if (a.complete !== 1 || a.end_reason === 'crashed' || b.complete !== 1) return null
  const of = (sentence: string): EventDifference =>
    ({ event, beforeEvent: event + 1, tick: Math.min(a.last_tick, b.last_tick), first: null, second: null, sentence })
  if (a.end_reason !== b.end_reason) return of(`The recorded run ended as ${a.end_reason}, the replay as ${b.end_reason}${b.message ? ` (${b.message})` : ''}.`)
  if (a.end_reason !== 'finished') return null
  if (a.exit_code !== b.exit_code) return of(`The recorded run ended with exit code ${a.exit_code}, the replay with ${b.exit_code}.`)
  if (a.last_tick !== b.last_tick) return of(`The recorded run took ${count(a.last_tick)} instructions, the replay ${count(b.last_tick)}.`)
  return null
}

interface Agreement { event: number; tick: number; parted: { event: number; tick: number } | null }

/** The last digest in which both agree, and the first in which they do not. */
function lastAgreement(first: OpenRecording, second: OpenRecording, common: number): Agreement {
  const known = new Map(second.reader.digests().map(({ event, digest }) => [event, digest]))
  let agreed: Agreement = { event: 0, tick: 0, parted: null }
  for (const { event, tick, digest } of first.reader.digests()) {
    const other = known.get(event)
    if (event > common || other === undefined) continue
    if (other !== digest) return { ...agreed, parted: { event, tick } }
    agreed = { event, tick, parted: null }
  }
  return agreed
}

function betweenDigests({ event, tick, parted }: Agreement): EventDifference {
  return {
    event, beforeEvent: parted!.event, tick, first: null, second: null,
    sentence: `They part between event ${count(event)} and event ${count(parted!.event)} (ticks ${count(tick)} to ${count(parted!.tick)}); a recording with statistics only cannot say where.`,
  }
}

/** Events between two words of how far it is. */
const STRIDE = 1 << 18

function* compareEvents(first: OpenRecording, second: OpenRecording, { event: from, tick }: Agreement, to: number, changed: boolean): Work<EventDifference | null> {
  const runs = new TwoRuns(first, second)
  const places: [Int32Array, Int32Array] = changed ? innermost(runs) : [runs.old.nodeOf, runs.new.nodeOf]
  const [a, b] = [new EventCursor(first, from), new EventCursor(second, from)]
  a.tick = tick
  for (let event = from; event < to;) {
    const same = sameFor(a, b, Math.min(STRIDE, to - event), places, changed)
    event += same.count
    if (same.parted) {
      const [x, y] = [a.describe(), b.describe()]
      return { event, beforeEvent: event + 1, tick: same.tick, first: x, second: y, sentence: sentenceOf(event, x, y) }
    }
    yield { done: event - from, total: to - from }
  }
  return null
}

/** Moves both over so many events, or until they part: then they stand on what differs. */
function sameFor(a: EventCursor, b: EventCursor, most: number, places: [Int32Array, Int32Array], changed: boolean): { count: number; parted: boolean; tick: number } {
  for (let count = 0; count < most; count++) {
    const { tick } = a
    a.next()
    b.next()
    if (!sameEvent(a, b, places, changed)) return { count, parted: true, tick }
  }
  return { count: most, parted: false, tick: a.tick }
}

function sameEvent(a: EventCursor, b: EventCursor, places: [Int32Array, Int32Array], changed: boolean): boolean {
  const [x, y] = [a.columns!, b.columns!]
  const [i, j] = [x.op[a.index]!, y.op[b.index]!]
  if (x.opHead[i]! !== y.opHead[j]! || a.tick !== b.tick || places[0][x.opSite[i]!] !== places[1][y.opSite[j]!]) return false
  // Where an arena or a collection has its number, it is no size, and of an arena it is the allocator's own.
  if (changed && (x.opHead[i]! & 15) >= ARENA_NEW && (x.opHead[i]! & 15) <= ARENA_FREE) return true
  return x.opSize[i] === y.opSize[j] && (changed || x.opInstruction[i] === y.opInstruction[j] && x.address[a.index] === y.address[b.index])
}

/** Per site of both runs: the line that ran, whoever called it; all lines that were edited are one. */
function innermost({ old, new: now, tree, isEdited }: TwoRuns): [Int32Array, Int32Array] {
  const numbers = new Map<number, number>()
  const placeOf = new Int32Array(tree.count)
  for (let node = 1; node < tree.count; node++) {
    const name = isEdited(node) ? -1 : tree.code[node]! * 2 ** 28 + tree.line[node]!
    let number = numbers.get(name)
    if (number === undefined) numbers.set(name, number = numbers.size + 1)
    placeOf[node] = number
  }
  return [old.nodeOf.map(node => placeOf[node]!), now.nodeOf.map(node => placeOf[node]!)]
}

function sentenceOf(event: number, x: EventDescription, y: EventDescription): string {
  const [here, there] = [at(x), at(y)]
  const same = `They are the same for ${count(event)} events; then`
  if (here !== there) return `${same} the recorded run ${x.what}${here}, and the replay ${y.what}${there}.`
  if (x.what !== y.what) return `${same}${here} the recorded run ${x.what}, and the replay ${y.what}.`
  if (x.tick !== y.tick) return `${same} the recorded run ${x.what}${here} at tick ${count(x.tick)}, and the replay at tick ${count(y.tick)}.`
  return `${same}${here} each ${x.what}, but not at the same address or by the same instruction.`
}

const at = ({ frame }: EventDescription): string => (frame ? ` at ${frame.path}:${frame.line}` : '')
const count = (n: number): string => n.toLocaleString('en')

/** Stands on one event of a recording; `next` goes to the one after it, first to the one given. */
export class EventCursor {
  columns: EventColumns | undefined
  index = -1
  tick = 0
  private readonly recording: OpenRecording
  private chunk: StoredChunk
  private readonly start: number

  /** Before `event`, which must be there if `next` or `describe` is called. */
  constructor(recording: OpenRecording, event: number) {
    this.recording = recording
    this.chunk = recording.reader.chunkAtEvent(event)!
    this.start = event
  }

  next(): void {
    const { columns } = this
    if (!columns) this.enter(this.chunk, this.start - this.chunk.first_event)
    else if (this.index + 1 === columns.count) this.enter(this.recording.reader.chunkAtEvent(this.chunk.first_event + columns.count)!, 0)
    else this.tick += columns.tickDelta[++this.index]! >>> 0
  }

  private enter(chunk: StoredChunk, index: number): void {
    this.chunk = chunk
    const columns = this.columns = this.recording.columns(chunk)
    this.tick = columns.baseTick
    this.index = index
    for (let i = 0; i <= index; i++) this.tick += columns.tickDelta[i]! >>> 0
  }

  /** The event it stands on, the first one if it was not moved yet. */
  describe(): EventDescription {
    if (!this.columns) this.next()
    const { index, recording } = this
    const columns = this.columns!
    const op = columns.op[index]!
    const site = columns.opSite[op]!
    return {
      what: wordsOf(recording, columns.opHead[op]!, columns.address[index]!, columns.opSize[op]!), tick: this.tick,
      frame: site === 0 ? null : recording.frame(site),
    }
  }
}

function wordsOf(recording: OpenRecording, head: number, address: number, size: number): string {
  const id = head >>> 6
  const type = recording.reader.types().find(row => row.id === id)
  const name = type ? type.name : id < FIRST_TYPE ? 'a block' : 'an object'
  const bytes = size < 0 ? 'memory' : `${size.toLocaleString('en')} bytes`
  switch (head & 15) {
    case ALLOC: return `allocates ${bytes} for ${name}`
    case FREE: return `frees ${bytes} of ${name}`
    case REALLOC_FROM: return `resizes ${bytes} of ${name}`
    case REALLOC: return `resizes ${name} to ${bytes}`
    case REUSE: return `takes ${name} from its free list`
    case PARK: return `puts ${name} into its free list`
    case GC_START: return `begins a collection of generation ${address}`
    case GC_END: return `ends a collection of generation ${address}`
    case ARENA_NEW: return 'maps an arena'
    case ARENA_FREE: return 'unmaps an arena'
    case OUTPUT: return `writes ${bytes} to ${address === 1 ? 'stdout' : address === 2 ? 'stderr' : `descriptor ${address}`}`
    case MARK: return 'sets a mark'
    case SWITCH: return 'switches to another thread'
    case REGION: return 'changes the size of its process'
    default: return 'does something else'
  }
}
