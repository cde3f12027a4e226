// The timeline, at any zoom. Far out it comes from the recorder's slots; close up, where those are too wide, from the
// events themselves.
import type { MemoryState, SlotSampler } from '../recording/memory-state'
import type { Params, TimelineRange } from '../rpc/contract'
import type { OpenRecording } from './open-recording'

/** More chunks than these are not decoded for one answer; the recorder's slots are used, wider than asked for. */
const MOST_CHUNKS = 32

export function timelineRange(recording: OpenRecording, params: Params<'timeline.range'>): TimelineRange {
  const run = recording.run()
  const fromTick = Math.min(params.fromTick ?? 0, run.last_tick)
  const toTick = Math.max(fromTick, Math.min(params.toTick ?? run.last_tick, run.last_tick))
  const range = emptyRange(fromTick, toTick, params.slots)
  const { reader } = recording
  const width = (toTick - fromTick + 1) / params.slots
  const coarse = run.timeline_slot_ticks <= width * 1.5
  if (coarse || reader.chunkCountBetween(fromTick, toTick) > MOST_CHUNKS || !reader.chunkAtEvent(0)) fromSlots(recording, range, run.timeline_slot_ticks)
  else fromEvents(recording, range)
  if (params.aliveAt !== undefined) addAlive(recording, range, params.aliveAt)
  return range
}

function emptyRange(fromTick: number, toTick: number, slots: number): TimelineRange {
  const column = () => new Float64Array(slots)
  const range: TimelineRange = {
    fromTick, toTick, tick: column(), wallNs: column(), liveBytesMin: column(), liveBytesMax: column(), liveBytesLast: column(),
    liveBlocksLast: column(), liveObjectsLast: column(), rssBytesLast: column(), aliveBytes: column(),
  }
  for (let i = 0; i < slots; i++) range.tick[i] = Math.min(toTick, fromTick + Math.ceil((toTick - fromTick + 1) * (i + 1) / slots) - 1)
  return range
}

/** The slot of a tick in the range. */
function slotOf(range: TimelineRange, tick: number): number {
  const slots = range.tick.length
  let slot = Math.min(slots - 1, Math.max(0, Math.floor((tick - range.fromTick) * slots / (range.toTick - range.fromTick + 1))))
  while (slot + 1 < slots && range.tick[slot]! < tick) slot++
  while (slot > 0 && range.tick[slot - 1]! >= tick) slot--
  return slot
}

interface Figures { bytes: number; blocks: number; objects: number; rss: number; wallNs: number }

/** Fills slots in order: what was before goes on until something is seen. */
class Filler {
  private slot = -1
  private readonly range: TimelineRange
  private readonly now: Figures

  constructor(range: TimelineRange, before: Figures) {
    this.range = range
    this.now = before
  }

  /** Something happened in `slot`: lowest, highest and last bytes, and the other figures after it. */
  add(slot: number, low: number, high: number, after: Figures): void {
    const { range } = this
    this.to(slot)
    range.liveBytesMin[slot] = Math.min(range.liveBytesMin[slot]!, low)
    range.liveBytesMax[slot] = Math.max(range.liveBytesMax[slot]!, high)
    this.put(slot, after)
    Object.assign(this.now, after)
  }

  /** Carries the last figures up to `slot`. */
  to(slot: number): void {
    const { range, now } = this
    while (this.slot < slot) {
      this.slot++
      range.liveBytesMin[this.slot] = now.bytes
      range.liveBytesMax[this.slot] = now.bytes
      this.put(this.slot, now)
    }
  }

  private put(slot: number, figures: Figures): void {
    const { range } = this
    range.liveBytesLast[slot] = figures.bytes
    range.liveBlocksLast[slot] = figures.blocks
    range.liveObjectsLast[slot] = figures.objects
    range.rssBytesLast[slot] = figures.rss
    range.wallNs[slot] = figures.wallNs
  }
}

function fromSlots(recording: OpenRecording, range: TimelineRange, slotTicks: number): void {
  const { reader } = recording
  const first = Math.floor(range.fromTick / slotTicks)
  const last = Math.floor(range.toTick / slotTicks)
  const before = reader.slotBefore(first)
  const filler = new Filler(range, {
    bytes: before?.live_last_bytes ?? 0, blocks: before?.block_count ?? 0, objects: before?.object_count ?? 0,
    rss: before?.rss_bytes ?? recording.run().initial_rss_bytes, wallNs: before?.wall_ns ?? 0,
  })
  for (const row of reader.timeline(first, last)) {
    const tick = Math.min(range.toTick, Math.max(range.fromTick, (row.slot + 1) * slotTicks - 1))
    filler.add(slotOf(range, tick), row.live_min_bytes, row.live_max_bytes, {
      bytes: row.live_last_bytes, blocks: row.block_count, objects: row.object_count, rss: row.rss_bytes, wallNs: row.wall_ns,
    })
  }
  filler.to(range.tick.length - 1)
}

/** Replays the range and cuts it at the slots' ends. */
function fromEvents(recording: OpenRecording, range: TimelineRange): void {
  const { reader } = recording
  const start = range.fromTick === 0 ? { tick: 0, event: 0 } : recording.resolve(range.fromTick - 1)
  const end = recording.resolve(range.toTick)
  const state = recording.figureStateAt(start)
  const chunks = reader.chunksOf(start.event, end.event)
  let wallNs = chunks[0]?.base_wall_ns ?? reader.chunkAtTick(range.fromTick)?.last_wall_ns ?? 0
  const filler = new Filler(range, figuresOf(state, wallNs))
  filler.to(0)
  recording.refresh()
  for (const chunk of chunks) {
    const scale = chunk.last_tick > chunk.base_tick ? (chunk.last_wall_ns - chunk.base_wall_ns) / (chunk.last_tick - chunk.base_tick) : 0
    const wallAt = (tick: number) => Math.max(wallNs, chunk.base_wall_ns + (Math.min(tick, chunk.last_tick) - chunk.base_tick) * scale)
    let open = slotOf(range, Math.max(range.fromTick, chunk.base_tick))
    const sampler: SlotSampler & { endTick: number } = {
      endTick: range.tick[open]! + 1,
      roll(now, low, high, tick) {
        wallNs = wallAt(range.tick[open]!)
        filler.add(open, low, high, figuresOf(now, wallNs))
        open = slotOf(range, tick)
        sampler.endTick = range.tick[open]! + 1
      },
      end(now, low, high) {
        wallNs = wallAt(now.tick)
        filler.add(open, low, high, figuresOf(now, wallNs))
      },
    }
    const from = state.events - chunk.first_event
    state.apply(recording.columns(chunk), from, Math.min(chunk.event_count, end.event - chunk.first_event), recording.sites, { timeline: sampler })
  }
  filler.to(range.tick.length - 1)
}

const figuresOf = (state: MemoryState, wallNs: number): Figures =>
  ({ bytes: state.liveBytes, blocks: state.liveBlocks, objects: state.liveObjects, rss: state.rssBytes, wallNs })

/** The part of each slice that is still alive at an instant: blue over the grey of what has been freed since. */
function addAlive(recording: OpenRecording, range: TimelineRange, at: Params<'timeline.range'>['aliveAt'] & (number | string)): void {
  const table = recording.stateAt(recording.resolve(at))?.table
  if (!table) return
  for (let block = 1; block < table.end; block++) {
    if (table.address[block] === 0) continue
    const tick = table.tick[block]!
    if (tick >= range.fromTick && tick <= range.toTick) range.aliveBytes[slotOf(range, tick)]! += table.size[block]!
  }
}
