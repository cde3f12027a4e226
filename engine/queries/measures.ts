// Figures by site over a range of instants: see Measure in engine/rpc/contract-times.ts for what each one is.
//
// live, allocated and peak of the whole run come from keyframes, survived and leaks from the state at the end of the range,
// and only temporary and bytes-ticks pass every event of it. A range holds the events after its first instant up to its last.
import { MoltError } from '../base/errors'
import { LiveTable, PARKED } from '../recording/live-table'
import { SITE_ALLOCATED_BYTES, SITE_ALLOCATIONS, SITE_STRIDE } from '../recording/memory-state'
import type { Measure, MeasureParams } from '../rpc/contract-times'
import type { StoredChunk } from '../store/reader'
import { HeldPass, HighestInstant, TemporaryPass } from './event-passes'
import type { Instant, OpenRecording } from './open-recording'

/** memray's: one other allocation may come between, as that of a container that grows. */
export const DEFAULT_TEMPORARY_THRESHOLD = 1

/** Ranges of so few chunks are searched for their peak event by event; longer ones by slots of the timeline first. */
const SEARCHED_CHUNKS = 4

export interface Progress {
  /** Told of events passed; cancels by throwing. */
  progress?(done: number, total: number): void
}

export interface Measured {
  /** Bytes and blocks (or calls, or both times ticks) of each site. */
  figures: Float64Array
  /** Null: from the beginning. */
  from: Instant | null
  /** The end of the range; for peak the instant that was found. */
  to: Instant
}

export function measureSites(recording: OpenRecording, params: MeasureParams, progress: Progress = {}): Measured {
  recording.refresh()
  const measure = params.measure ?? 'live'
  const to = recording.resolve(params.at)
  const from = params.from === undefined ? null : recording.resolve(params.from)
  if (from && (from.event > to.event || from.tick > to.tick)) throw new MoltError('bad-request', 'The range ends before it begins.', 'Give the earlier instant first.')
  if (measure === 'live') return { figures: liveAt(recording, to), from, to }
  if (measure === 'peak') {
    const highest = peakOfRange(recording, from, to)
    return { figures: liveAt(recording, highest), from, to: highest }
  }
  if (measure === 'survived' && !from) return { figures: liveAt(recording, to), from, to }
  if (measure === 'allocated') return { figures: allocatedIn(recording, from, to), from, to }
  needEvents(recording, measure, to)
  if (measure === 'survived' || measure === 'leaks') return { figures: survivedIn(recording, from, to, measure === 'leaks'), from, to }
  const steps = passOf(recording, params, from, to)
  let step = steps.next()
  for (; !step.done; step = steps.next()) progress.progress?.(step.value.done, step.value.total)
  return { figures: step.value, from, to }
}

/** Without a turn of the event loop for so long, at most. */
const TURN_MS = 30

/**
 * Does the part of `measureSites` that passes every event, chunk by chunk with turns of the event loop between, so that others are
 * answered meanwhile and a cancel is heard. The answer is kept: measureSites has it at once.
 */
export async function prepareMeasure(recording: OpenRecording, params: MeasureParams, { signal, progress }: Progress & { signal: AbortSignal }): Promise<void> {
  const { measure = 'live' } = params
  if (measure !== 'temporary' && measure !== 'bytes-ticks') return
  recording.refresh()
  const to = recording.resolve(params.at)
  const from = params.from === undefined ? null : recording.resolve(params.from)
  // What is wrong with the question is said by measureSites.
  if (to.keyframe || from && from.event > to.event) return
  const steps = passOf(recording, params, from, to)
  let turned = performance.now()
  for (let step = steps.next(); !step.done; step = steps.next()) {
    progress?.(step.value.done, step.value.total)
    if (performance.now() - turned < TURN_MS) continue
    await new Promise(resolve => setImmediate(resolve))
    if (signal.aborted) throw new MoltError('cancelled', 'The question was taken back.')
    turned = performance.now()
  }
}

type Steps = Generator<{ done: number; total: number }, Float64Array>

/** Answers that took every event of their range, by question; the events of a range never change. */
const answers = new WeakMap<OpenRecording, Map<string, Float64Array>>()
const KEPT_ANSWERS = 4

function* passOf(recording: OpenRecording, params: MeasureParams, from: Instant | null, to: Instant): Steps {
  recording.refresh() // the sites of all events that were resolved
  let kept = answers.get(recording)
  if (!kept) answers.set(recording, kept = new Map())
  const threshold = params.temporaryThreshold ?? DEFAULT_TEMPORARY_THRESHOLD
  const key = [params.measure, threshold, from?.event ?? -1, from?.tick ?? 0, to.event, to.tick].join()
  let figures = kept.get(key)
  if (!figures) {
    figures = params.measure === 'temporary' ? yield* temporaryIn(recording, from, to, threshold) : yield* heldIn(recording, from, to)
    if (kept.size >= KEPT_ANSWERS) kept.delete(kept.keys().next().value!)
  }
  kept.delete(key)
  kept.set(key, figures)
  return figures
}

/** Those of the run's peak are stored. */
const liveAt = (recording: OpenRecording, at: Instant): Float64Array =>
  (at.event === recording.run().peak_event ? recording.peakFigures() : recording.figuresAt(at))

function needEvents(recording: OpenRecording, measure: Measure, to: Instant): void {
  if (!to.keyframe && (recording.run().event_count === 0 || recording.reader.chunkAtEvent(0))) return
  throw new MoltError('bad-request', `This recording has statistics only; ${measure} needs every event.`, 'Record with --record full.')
}

function allocatedIn(recording: OpenRecording, from: Instant | null, to: Instant): Float64Array {
  if (to.keyframe?.kind === 'peak' || from?.keyframe?.kind === 'peak') {
    throw new MoltError('no-instant', 'This recording does not know what had been allocated at its peak.', 'Ask for the end or a mark, or record with --record full.')
  }
  // The state moves on with the next instant: what is before is copied first.
  const before = from ? allocations(recording.figureStateAt(from).sites) : null
  const figures = allocations(recording.figureStateAt(to).sites)
  if (before) for (let i = 0; i < before.length && i < figures.length; i++) figures[i] = figures[i]! - before[i]!
  return figures
}

function allocations(sites: Float64Array): Float64Array {
  const figures = new Float64Array(sites.length / SITE_STRIDE * 2)
  for (let site = 0; site * 2 < figures.length; site++) {
    figures[site * 2] = sites[site * SITE_STRIDE + SITE_ALLOCATED_BYTES]!
    figures[site * 2 + 1] = sites[site * SITE_STRIDE + SITE_ALLOCATIONS]!
  }
  return figures
}

/** Blocks at `to` that came to their line after `from`; `inUse` leaves out those in free lists. */
function survivedIn(recording: OpenRecording, from: Instant | null, to: Instant, inUse: boolean): Float64Array {
  const late = from ? comingsWithin(recording, from) : null
  const state = recording.stateAt(to)
  const figures = new Float64Array(recording.sites.count * 2)
  if (!state) return figures
  const { table } = state
  const fromTick = from ? from.tick : -1
  for (let block = 1; block < table.end; block++) {
    if (table.address[block] === 0 || inUse && (table.type[block]! & PARKED) !== 0) continue
    const tick = table.tick[block]!
    if (tick < fromTick || tick === fromTick && late!.find(table.address[block]!) === 0) continue
    const row = table.site[block]! * 2
    figures[row] = figures[row]! + table.size[block]!
    figures[row + 1]!++
  }
  return figures
}

/** Addresses of blocks that came to a line at the instant's own tick but after it: a mark or a peak may lie inside of a tick. */
function comingsWithin(recording: OpenRecording, from: Instant): LiveTable {
  const addresses = new LiveTable()
  for (const chunk of recording.reader.chunksBetween(from.tick, from.tick)) {
    const { op, address, tickDelta, opHead, baseTick, count } = recording.columns(chunk)
    let tick = baseTick
    for (let i = 0; i < count && tick <= from.tick; i++) {
      tick += tickDelta[i]! >>> 0
      if (tick !== from.tick || chunk.first_event + i < from.event) continue
      if (COMES[opHead[op[i]!]! & 15]) addresses.insert(address[i]!)
    }
  }
  return addresses
}

/** By kind: ALLOC, REALLOC and REUSE bring a block to a line. */
const COMES = [false, true, false, true, false, true]

function* temporaryIn(recording: OpenRecording, from: Instant | null, to: Instant, threshold: number): Steps {
  const pass = new TemporaryPass(recording.sites.count, threshold)
  yield* eachChunk(recording, from, to, (chunk, first, end) => pass.pass(recording.columns(chunk), first, end))
  return pass.figures
}

function* heldIn(recording: OpenRecording, from: Instant | null, to: Instant): Steps {
  const pass = new HeldPass(recording.sites.count, from ? recording.figuresAt(from) : new Float64Array(0), from?.tick ?? 0)
  yield* eachChunk(recording, from, to, (chunk, first, end) => pass.pass(recording.columns(chunk), first, end))
  return pass.finish(to.tick)
}

/** The chunks of a range in order, each with the part of its events that is inside. */
function* eachChunk(
  recording: OpenRecording, from: Instant | null, to: Instant, work: (chunk: StoredChunk, first: number, end: number) => void,
): Generator<{ done: number; total: number }, void> {
  const begin = from?.event ?? 0
  for (const chunk of recording.reader.chunksOf(begin, to.event)) {
    yield { done: Math.max(0, chunk.first_event - begin), total: to.event - begin }
    work(chunk, Math.max(0, begin - chunk.first_event), Math.min(chunk.event_count, to.event - chunk.first_event))
  }
}

/** The first instant of the range with the most live bytes. */
export function peakOfRange(recording: OpenRecording, from: Instant | null, to: Instant): Instant {
  const run = recording.run()
  const begin = from?.event ?? 0
  if (to.keyframe) {
    if (from) throw new MoltError('bad-request', 'This recording has statistics only; it knows the peak of the whole run alone.', 'Record with --record full.')
    return recording.resolve('peak')
  }
  if (run.peak_event >= begin && run.peak_event <= to.event) return recording.resolve('peak')
  const highest = new HighestInstant()
  const search = (first: number, end: number) => {
    for (const chunk of recording.reader.chunksOf(first, Math.max(end, first + 1))) {
      highest.pass(
        recording.columns(chunk), Math.max(0, first - chunk.first_event), Math.min(chunk.event_count, end - chunk.first_event), chunk.live_bytes,
        chunk.first_event)
    }
  }
  const parts = recording.reader.together(() => likelyParts(recording, run.timeline_slot_ticks, begin, from?.tick ?? 0, to))
  for (const [first, end] of parts) search(first, end)
  if (highest.bytes < 0 || from && highest.event === begin) return from ?? { tick: 0, event: 0 }
  return { tick: highest.tick, event: highest.event }
}

/** Parts of the range, as events, one of which holds its highest instant: both ends and the highest slot between. */
function likelyParts(recording: OpenRecording, slotTicks: number, begin: number, fromTick: number, to: Instant): [number, number][] {
  const { reader } = recording
  const first = Math.floor(fromTick / slotTicks) + 1
  const last = Math.floor(to.tick / slotTicks) - 1
  if (last <= first || reader.chunksOf(begin, to.event).length <= SEARCHED_CHUNKS) return [[begin, to.event]]
  const between = reader.timeline(first, last)
  const top = between.reduce((best, slot) => (slot.live_max_bytes > (best?.live_max_bytes ?? -1) ? slot : best), between[0])
  const eventAt = (tick: number) => recording.resolve(tick).event
  const parts: [number, number][] = [[begin, eventAt(first * slotTicks - 1)]]
  if (top) parts.push([eventAt(top.slot * slotTicks - 1), eventAt((top.slot + 1) * slotTicks - 1)])
  parts.push([eventAt((last + 1) * slotTicks - 1), to.event])
  return parts
}
