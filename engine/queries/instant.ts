// The readout beside the playhead, and the arrow keys.
import type { InstantDescription, Params, Result } from '../rpc/contract'
import type { EventColumns } from '../recording/event-columns'
import type { StoredChunk } from '../store/reader'
import type { OpenRecording } from './open-recording'

/** Chunks looked through for the next line before giving up. */
const MOST_CHUNKS = 64

export function describeInstant(recording: OpenRecording, params: Params<'instant.describe'>): InstantDescription {
  recording.refresh()
  const instant = recording.resolve(params.at)
  const { reader } = recording
  const mark = reader.marks().findLast(m => m.event <= instant.event && m.tick <= instant.tick)
  const figures = instant.keyframe?.kind === 'peak'
    ? { liveBytes: recording.run().peak_bytes, liveBlocks: sumBlocks(recording.figuresAt(instant)), liveObjects: 0, rssBytes: 0, site: 0 }
    : recording.figureStateAt(instant)
  const { liveBytes, liveBlocks, liveObjects, rssBytes, site } = figures
  return {
    tick: instant.tick,
    wallNs: wallAt(recording, instant.tick),
    traceback: recording.traceback(site),
    liveBytes, liveBlocks, liveObjects, rssBytes,
    sinceMark: mark ? { label: mark.label, tick: mark.tick, deltaBytes: liveBytes - mark.live_bytes, deltaBlocks: liveBlocks - mark.live_block_count } : null,
  }
}

const sumBlocks = (pairs: Float64Array) => pairs.reduce((n, value, i) => (i % 2 === 1 ? n + value : n), 0)

/** Wall time since the start of the run, in ns, spread evenly between what was measured. */
export function wallAt(recording: OpenRecording, tick: number): number {
  const { reader } = recording
  const run = recording.run()
  if (tick >= run.last_tick) return run.wall_ns
  const chunk = reader.chunkAtTick(tick)
  if (chunk && tick <= chunk.last_tick && chunk.last_tick > chunk.base_tick) {
    const part = (tick - chunk.base_tick) / (chunk.last_tick - chunk.base_tick)
    return Math.round(chunk.base_wall_ns + (chunk.last_wall_ns - chunk.base_wall_ns) * part)
  }
  const slot = reader.slotBefore(Math.floor(tick / run.timeline_slot_ticks) + 1)
  return slot?.wall_ns ?? 0
}

export function stepInstant(recording: OpenRecording, params: Params<'instant.step'>): Result<'instant.step'> {
  const { by, direction } = params
  const { tick, event } = recording.resolve(params.at)
  if (by === 'gc') return recording.reader.collectionBeside(tick, direction) ?? null
  if (by === 'mark') {
    const ticks = recording.reader.marks().map(m => m.tick)
    return (direction > 0 ? ticks.find(t => t > tick) : ticks.findLast(t => t < tick)) ?? null
  }
  recording.refresh()
  const walker = new EventWalker(recording, event)
  if (by === 'event') {
    while (walker.move(direction)) if (direction > 0 ? walker.tick > tick : walker.tick < tick) return walker.tick
    return null
  }
  // The line of the last event passed; the neighbour is the first event of another line.
  const place = (site: number) => recording.frameOf[site]!
  const here = walker.back() ? place(walker.site) : -1
  const line = walker.line(here)
  walker.reset(event)
  while (walker.move(direction)) {
    if (direction > 0 ? walker.tick <= tick : walker.tick >= tick) continue
    if (walker.line(place(walker.site)) !== line) return walker.tick
  }
  return null
}

/** Walks events one by one in both directions, chunk by chunk. Between two events; `tick` and `site` are of the one last crossed. */
class EventWalker {
  tick = 0
  site = 0
  private readonly recording: OpenRecording
  private event: number
  private chunk: StoredChunk | undefined
  private columns: EventColumns | undefined
  private ticks = new Float64Array(0)
  private visited = 0

  constructor(recording: OpenRecording, event: number) {
    this.recording = recording
    this.event = event
  }

  reset(event: number): void {
    this.event = event
  }

  /** Looks at the event before, without a limit of chunks. */
  back(): boolean {
    return this.move(-1)
  }

  /** Crosses the next event in a direction; false at the ends. */
  move(direction: 1 | -1): boolean {
    const index = direction > 0 ? this.event : this.event - 1
    if (index < 0 || !this.load(index)) return false
    const i = index - this.chunk!.first_event
    this.tick = this.ticks[i]!
    this.site = this.columns!.opSite[this.columns!.op[i]!]!
    this.event += direction
    return true
  }

  /** One number for the line of a frame node. */
  line(node: number): number {
    const { frames } = this.recording
    return node <= 0 ? node : frames.code[node]! * 2 ** 24 + frames.line[node]!
  }

  private load(event: number): boolean {
    const inside = (c: StoredChunk | undefined) => c !== undefined && event >= c.first_event && event < c.first_event + c.event_count
    if (inside(this.chunk)) return true
    const chunk = this.recording.reader.chunkAtEvent(event)
    if (!inside(chunk) || ++this.visited > MOST_CHUNKS) return false
    this.chunk = chunk
    this.columns = this.recording.columns(chunk!)
    this.ticks = new Float64Array(this.columns.count)
    let tick = this.columns.baseTick
    for (let i = 0; i < this.columns.count; i++) this.ticks[i] = tick += this.columns.tickDelta[i]! >>> 0
    return true
  }
}
