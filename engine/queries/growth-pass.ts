// One pass over the events of a recording that follows the bytes of every line, traceback and type from slot to slot.
//
// Up to MOST_EVENTS it runs over the chunks alone, with the older blocks that each brings along (recording/event-columns.ts), and needs neither
// keyframes nor the table of all live blocks. A row that is not touched in a slot leaves no record there, so what is kept is
// bounded by what happens, not by rows × slots; past MOST_RECORDS the rows that never held much are let go.
//
// Beside the live bytes at a slot's end stand the lowest in the slot, and the bytes that came and went. A reallocation that stays
// in its row comes or goes with its difference: a growing list is one block that grows, not twenty that die.
import { ALLOC, FREE, PARK, REALLOC, REALLOC_FROM, REUSE } from '../memory/events'
import { UNKNOWN_SIZE, type EventColumns } from '../recording/event-columns'
import { HashedTable } from '../recording/hashed-table'
import { PARKED, TYPE_MASK } from '../recording/live-table'
import { MemoryState, SITE_ALLOCATED_BYTES, SITE_LIVE_BYTES, SITE_STRIDE, TYPE_LIVE_BYTES, TYPE_PARKED, TYPE_STRIDE } from '../recording/memory-state'
import { grownInt32 } from '../base/typed-arrays'
import { decodeFigures, LINES_A_FILE } from '../recording/keyframe'
import type { StoredKeyframe } from '../store/reader'
import type { Instant, OpenRecording } from './open-recording'

/** Records of one kind of row; 40 bytes each. */
const MOST_RECORDS = 1_500_000
/** Ranges of more events are followed from keyframe to keyframe: some three seconds, and the figures stand every 65,536 events. */
export const MOST_EVENTS = 25_000_000
const KEYFRAMES_A_SLOT = 4

export interface RowColumns { live: Float64Array; low: Float64Array; born: Float64Array; freed: Float64Array }

/** What the rows of one grouping had, slot by slot. Row numbers are frame nodes, type ids, or those that GrowthPass gives to lines. */
export class RowSeries {
  /** As of now. */
  live = new Float64Array(256)
  born = new Float64Array(256)
  freed = new Float64Array(256)
  peak = new Float64Array(256)
  private low = new Float64Array(256)
  private touchedIn = new Int32Array(256)
  private letGo = new Uint8Array(256)
  private touched = new Int32Array(256)
  private touchedCount = 0
  private stamp = 1
  private records = 0
  /** Highest peak of the rows that were let go. */
  private letGoBelow = 0
  private recordRow = new Int32Array(1024)
  private recordSlot = new Int32Array(1024)
  /** live, low, born, freed of each record. */
  private figures = new Float64Array(4096)
  /** Records by row, made when first asked: row → where its records begin in `order`. */
  private starts: Int32Array | null = null
  private order = new Int32Array(0)

  get rows(): number { return this.live.length }

  add(row: number, bytes: number): void {
    if (row >= this.live.length) this.grow(row + 1)
    if (this.touchedIn[row] !== this.stamp) this.touch(row)
    this.born[row]! += bytes
    const live = this.live[row]! += bytes
    if (live > this.peak[row]!) this.peak[row] = live
  }

  take(row: number, bytes: number): void {
    if (row >= this.live.length) this.grow(row + 1)
    if (this.touchedIn[row] !== this.stamp) this.touch(row)
    this.freed[row]! += bytes
    const live = this.live[row]! -= bytes
    if (live < this.low[row]!) this.low[row] = live
  }

  /** Both at once, where the order is not known: neither shows as a peak or as a low. */
  change(row: number, came: number, went: number): void {
    if (row >= this.live.length) this.grow(row + 1)
    if (this.touchedIn[row] !== this.stamp) this.touch(row)
    this.born[row]! += came
    this.freed[row]! += went
    const live = this.live[row]! += came - went
    if (live > this.peak[row]!) this.peak[row] = live
    if (live < this.low[row]!) this.low[row] = live
  }

  endSlot(slot: number): void {
    for (let i = 0; i < this.touchedCount; i++) {
      const row = this.touched[i]!
      // One that was let go and has grown since is taken up again.
      if (this.letGo[row] !== 0 && this.live[row]! > this.letGoBelow * 4) this.letGo[row] = 0
      if (this.letGo[row] === 0) this.record(row, slot)
    }
    this.touchedCount = 0
    this.stamp++
    if (this.records > MOST_RECORDS) this.thin()
  }

  /** The series of a row over `slots` slots. */
  columns(row: number, slots: number): RowColumns {
    const starts = this.starts ?? this.index()
    const columns = { live: new Float64Array(slots), low: new Float64Array(slots), born: new Float64Array(slots), freed: new Float64Array(slots) }
    let slot = 0
    let live = 0
    let born = 0
    let freed = 0
    const fill = (to: number) => {
      for (; slot < to; slot++) {
        columns.live[slot] = columns.low[slot] = live
        columns.born[slot] = born
        columns.freed[slot] = freed
      }
    }
    for (let i = starts[row] ?? 0; i < (starts[row + 1] ?? 0); i++) {
      const record = this.order[i]!
      const at = this.recordSlot[record]!
      fill(at)
      live = this.figures[record * 4]!
      born = this.figures[record * 4 + 2]!
      freed = this.figures[record * 4 + 3]!
      fill(at + 1)
      columns.low[at] = this.figures[record * 4 + 1]!
    }
    fill(slots)
    return columns
  }

  private touch(row: number): void {
    this.touchedIn[row] = this.stamp
    this.low[row] = this.live[row]!
    if (this.touchedCount === this.touched.length) this.touched = grownInt32(this.touched, this.touchedCount + 1)
    this.touched[this.touchedCount++] = row
  }

  private record(row: number, slot: number): void {
    const record = this.records++
    if (record === this.recordRow.length) {
      this.recordRow = grownInt32(this.recordRow, record + 1)
      this.recordSlot = grownInt32(this.recordSlot, record + 1)
      const figures = new Float64Array(this.recordRow.length * 4)
      figures.set(this.figures)
      this.figures = figures
    }
    this.recordRow[record] = row
    this.recordSlot[record] = slot
    this.figures[record * 4] = this.live[row]!
    this.figures[record * 4 + 1] = this.low[row]!
    this.figures[record * 4 + 2] = this.born[row]!
    this.figures[record * 4 + 3] = this.freed[row]!
  }

  /** Lets go of the rows that never held much, until half of the records are left. */
  private thin(): void {
    const counts = new Int32Array(this.rows)
    for (let record = 0; record < this.records; record++) counts[this.recordRow[record]!]!++
    const rows = Array.from(counts.keys()).filter(row => counts[row]! > 0).sort((a, b) => this.peak[b]! - this.peak[a]!)
    let kept = 0
    for (const row of rows) {
      kept += counts[row]!
      if (kept <= MOST_RECORDS / 2) continue
      this.letGo[row] = 1
      this.letGoBelow = Math.max(this.letGoBelow, this.peak[row]!)
    }
    let to = 0
    for (let record = 0; record < this.records; record++) {
      const row = this.recordRow[record]!
      if (this.letGo[row] !== 0) continue
      this.recordRow[to] = row
      this.recordSlot[to] = this.recordSlot[record]!
      this.figures.copyWithin(to * 4, record * 4, record * 4 + 4)
      to++
    }
    this.records = to
  }

  private index(): Int32Array {
    const starts = new Int32Array(this.rows + 2)
    for (let record = 0; record < this.records; record++) starts[this.recordRow[record]! + 2]!++
    for (let row = 2; row < starts.length; row++) starts[row]! += starts[row - 1]!
    this.order = new Int32Array(this.records)
    // Filling moves each start to the next row's.
    for (let record = 0; record < this.records; record++) this.order[starts[this.recordRow[record]! + 1]!++] = record
    return this.starts = starts
  }

  private grow(length: number): void {
    const larger = Math.max(length, this.live.length * 2)
    const wide = (column: Float64Array<ArrayBuffer>) => {
      const grown = new Float64Array(larger)
      grown.set(column)
      return grown
    }
    this.live = wide(this.live)
    this.born = wide(this.born)
    this.freed = wide(this.freed)
    this.peak = wide(this.peak)
    this.low = wide(this.low)
    this.touchedIn = grownInt32(this.touchedIn, larger)
    const letGo = new Uint8Array(this.live.length)
    letGo.set(this.letGo)
    this.letGo = letGo
  }
}

export class GrowthPass {
  /** Last tick of each sample. */
  tick: Float64Array
  /** By frame node of OpenRecording. */
  readonly tracebacks = new RowSeries()
  /** By number of a line, see `lineOf`. */
  readonly lines = new RowSeries()
  /** By type id, tags of blocks included. */
  readonly types = new RowSeries()
  /** Of each line: a frame node that is on it. */
  readonly nodeOfLine: number[] = []
  private readonly recording: OpenRecording
  private readonly from: Instant | null
  private readonly to: Instant
  private readonly mostEvents: number
  private readonly lineNumbers = new Map<number, number>()
  /** Frame node → number of its line + 1. */
  private lineOfNode = new Int32Array(256)
  private opNode = new Int32Array(256)
  private readonly table = new HashedTable()
  private movedSize = UNKNOWN_SIZE
  private movedNode = 0
  private movedType = 0
  private slot = 0

  /** `from` null: since the beginning; else the first sample is at `from`. Nothing is passed before `steps` is run. */
  constructor(recording: OpenRecording, from: Instant | null, to: Instant, slots: number, mostEvents = MOST_EVENTS) {
    this.recording = recording
    this.mostEvents = mostEvents
    this.from = from
    this.to = to
    const start = from?.tick ?? 0
    const parts = Math.max(1, Math.min(slots, to.tick - start))
    this.tick = Float64Array.from({ length: parts + (from ? 1 : 0) }, (_, i) => {
      const part = from ? i : i + 1
      return part === parts ? to.tick : Math.floor(start + (to.tick - start) * part / parts)
    })
  }

  get samples(): number { return this.tick.length }

  /** Passes chunk by chunk; yields the events passed and all there are, so that a caller can give up or let others run. */
  *steps(): Generator<[done: number, total: number], void> {
    const { recording, from, to } = this
    const { reader } = recording
    if (recording.run().event_count > 0 && !reader.chunkAtEvent(0)) {
      const stored = reader.keyframesOf('figures').filter(k => k.tick >= (from?.tick ?? 0) && k.tick <= to.tick)
      this.tick = Float64Array.from(stored, k => k.tick)
      return yield* this.passKeyframes(null, { tick: Infinity, event: Infinity }, stored)
    }
    if (to.event - (from?.event ?? 0) > this.mostEvents) {
      const stored = [...reader.keyframesOf('figures'), ...reader.keyframesOf('state')].sort((a, b) => a.event - b.event)
      const every = Math.ceil(stored.length / (this.samples * KEYFRAMES_A_SLOT))
      return yield* this.passKeyframes(from, to, stored.filter((_, i) => (stored.length - 1 - i) % every === 0))
    }
    const chunks = reader.chunksOf(from?.event ?? 0, to.event)
    // A chunk is entered at its beginning: its older blocks are told in the order of its events.
    const first = chunks[0]?.first_event ?? to.event
    if (from && first > 0) this.seed(first)
    for (const chunk of chunks) {
      yield [chunk.first_event - first, to.event - first]
      recording.refresh()
      this.apply(recording.columns(chunk), Math.min(chunk.event_count, to.event - chunk.first_event))
    }
    while (this.slot < this.samples) this.endSlot()
  }

  /** Figures at an event as the beginning. */
  private seed(event: number): void {
    const state = this.recording.figureStateAt({ tick: 0, event })
    this.takeFigures(state.sites, state.types)
  }

  private takeFigures(sites: Float64Array, types: Float64Array): void {
    for (let site = 0; site * SITE_STRIDE < sites.length; site++) {
      const live = sites[site * SITE_STRIDE + SITE_LIVE_BYTES]!
      if (live > 0) this.tracebacks.add(this.recording.frameOf[site]!, live)
      if (live > 0) this.lines.add(this.lineOf(this.recording.frameOf[site]!), live)
    }
    for (let type = 0; type * TYPE_STRIDE < types.length; type++) {
      const bytes = types[type * TYPE_STRIDE + TYPE_LIVE_BYTES]!
      if (bytes > 0) this.types.add(type, bytes)
    }
  }

  /**
   * From keyframe to keyframe, without the events between: --record stats has no others, and recordings of very many events
   * have keyframes enough. Bytes that came are those that were allocated, reallocations in full; a slot's low is the lowest seen.
   */
  private *passKeyframes(from: Instant | null, to: Instant, stored: StoredKeyframe[]): Generator<[number, number], void> {
    const kept = stored.filter(k => k.event >= (from?.event ?? 0) && k.event <= to.event)
    const state = new MemoryState({ partial: true })
    let sites = new Float64Array(0)
    let types = new Float64Array(0)
    for (const [i, keyframe] of kept.entries()) {
      if (i % 16 === 0) yield [i, kept.length]
      while (keyframe.tick > this.tick[this.slot]!) this.endSlot()
      decodeFigures(this.recording.reader.keyframeData(keyframe.id), state)
      this.takeDifference(state, sites, types)
      sites = state.sites.slice()
      types = state.types.slice()
    }
    while (this.slot < this.samples) this.endSlot()
  }

  private takeDifference(now: MemoryState, oldSites: Float64Array, oldTypes: Float64Array): void {
    const { sites, types } = now
    const rows = Math.max(sites.length, oldSites.length)
    for (let row = 0; row < rows; row += SITE_STRIDE) {
      const live = (sites[row + SITE_LIVE_BYTES] ?? 0) - (oldSites[row + SITE_LIVE_BYTES] ?? 0)
      const came = Math.max(0, live, (sites[row + SITE_ALLOCATED_BYTES] ?? 0) - (oldSites[row + SITE_ALLOCATED_BYTES] ?? 0))
      if (came === 0 && live === 0) continue
      const node = this.recording.frameOf[row / SITE_STRIDE]!
      this.tracebacks.change(node, came, came - live)
      this.lines.change(this.lineOf(node), came, came - live)
    }
    for (let row = 0; row < Math.max(types.length, oldTypes.length); row += TYPE_STRIDE) {
      const live = (types[row + TYPE_LIVE_BYTES] ?? 0) - (oldTypes[row + TYPE_LIVE_BYTES] ?? 0)
      if (live !== 0) this.types.change(row / TYPE_STRIDE, Math.max(0, live), Math.max(0, -live))
    }
  }

  private endSlot(): void {
    this.tracebacks.endSlot(this.slot)
    this.lines.endSlot(this.slot)
    this.types.endSlot(this.slot)
    this.slot++
  }

  private lineOf(node: number): number {
    if (node >= this.lineOfNode.length) this.lineOfNode = grownInt32(this.lineOfNode, node + 1)
    const known = this.lineOfNode[node]!
    if (known !== 0) return known - 1
    const { frames } = this.recording
    const place = node === 0 ? 0 : frames.code[node]! * LINES_A_FILE + frames.line[node]!
    let line = this.lineNumbers.get(place)
    if (line === undefined) {
      this.lineNumbers.set(place, line = this.nodeOfLine.length)
      this.nodeOfLine.push(node)
    }
    this.lineOfNode[node] = line + 1
    return line
  }

  private apply(columns: EventColumns, count: number): void {
    const { op: ops, address: addresses, tickDelta, opHead, opSize, olderSite, olderType } = columns
    const { table } = this
    const { frameOf } = this.recording
    // Places are looked up once an op, not once an event; the table's sites are frame nodes here.
    const opNode = this.opNode = grownInt32(this.opNode, columns.opCount)
    for (let op = 0; op < columns.opCount; op++) this.lineOf(opNode[op] = frameOf[columns.opSite[op]!]!)
    for (let i = 0; i < columns.olderCount; i++) this.lineOf(frameOf[olderSite[i]!]!)
    let older = 0
    table.clear()
    let now = columns.baseTick
    let slotEnd = this.tick[this.slot] ?? Infinity
    for (let i = 0; i < count; i++) {
      now += tickDelta[i]! >>> 0
      while (now > slotEnd) {
        this.endSlot()
        slotEnd = this.tick[this.slot] ?? Infinity
      }
      const op = ops[i]!
      const head = opHead[op]!
      const kind = head & 15
      if (kind > PARK) continue
      const address = addresses[i]!
      const node = opNode[op]!
      if (kind === ALLOC || kind === REALLOC) {
        const type = head >>> 6
        const size = opSize[op]!
        const there = table.find(address)
        if (there !== 0) {
          this.drop(table.site[there]!, table.type[there]!, table.size[there]!)
          table.remove(there)
        }
        const block = table.insert(address)
        table.size[block] = size
        table.site[block] = node
        table.type[block] = type
        if (kind === REALLOC && this.movedSize !== UNKNOWN_SIZE) {
          this.moved(node, type, size)
          this.movedSize = UNKNOWN_SIZE
        } else this.come(node, type, size)
        continue
      }
      let block = table.find(address)
      if (block === 0) {
        if (opSize[op] === UNKNOWN_SIZE) continue
        block = table.insert(address)
        table.size[block] = opSize[op]!
        table.site[block] = frameOf[olderSite[older] ?? 0]!
        table.type[block] = olderType[older] ?? 0
        older++
      }
      const size = table.size[block]!
      const flags = table.type[block]!
      if (kind === FREE) {
        this.drop(table.site[block]!, flags, size)
        table.remove(block)
      } else if (kind === REALLOC_FROM) {
        this.movedSize = size
        this.movedNode = table.site[block]!
        this.movedType = flags
        table.remove(block)
      } else if (kind === REUSE) {
        this.drop(table.site[block]!, flags, size)
        const type = head >>> 6 || flags & TYPE_MASK
        table.site[block] = node
        table.type[block] = type
        this.come(node, type, size)
      } else if (kind === PARK && (flags & PARKED) === 0) {
        this.types.take(flags & TYPE_MASK, size)
        this.types.add(TYPE_PARKED, size)
        table.type[block] = flags | PARKED
      }
    }
  }

  private come(node: number, type: number, size: number): void {
    this.tracebacks.add(node, size)
    this.lines.add(this.lineOfNode[node]! - 1, size)
    this.types.add(type, size)
  }

  private drop(node: number, flags: number, size: number): void {
    this.tracebacks.take(node, size)
    this.lines.take(this.lineOfNode[node]! - 1, size)
    this.types.take((flags & PARKED) !== 0 ? TYPE_PARKED : flags & TYPE_MASK, size)
  }

  private moved(to: number, type: number, size: number): void {
    const from = this.movedNode
    const oldType = (this.movedType & PARKED) !== 0 ? TYPE_PARKED : this.movedType & TYPE_MASK
    change(this.tracebacks, from, to, this.movedSize, size)
    change(this.lines, this.lineOfNode[from]! - 1, this.lineOfNode[to]! - 1, this.movedSize, size)
    change(this.types, oldType, type, this.movedSize, size)
  }
}

function change(rows: RowSeries, from: number, to: number, oldSize: number, size: number): void {
  if (from !== to) {
    rows.take(from, oldSize)
    rows.add(to, size)
  } else if (size >= oldSize) rows.add(to, size - oldSize)
  else rows.take(to, oldSize - size)
}
