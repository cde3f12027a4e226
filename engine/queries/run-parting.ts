// The first event at which two runs differ. A run is repeatable, so what changed in a program shows where the one does
// something that the other does not: allocates, frees, another size, another type, from another place.
//
// Compared are events of memory, marks, output and the starts of collections: what happened, its size, its type by name and its
// traceback (two-runs.ts matches files and moved lines). Not compared: addresses and ticks, which shift with whatever came
// before, and what the process asks of the system.
import {
  ALLOC, FIRST_TYPE, FREE, GC_START, MARK, OUTPUT, PARK, REALLOC, REALLOC_FROM, REUSE,
} from '../memory/events'
import { MoltError } from '../base/errors'
import type { EventColumns } from '../recording/event-columns'
import type { Parting, PartingEvent } from '../rpc/contract-check'
import type { StoredChunk } from '../store/reader'
import { TypeNames } from './diff-names'
import type { Progress } from './diff-instants'
import type { OpenRecording } from './open-recording'
import { TwoRuns } from './two-runs'

const COMPARED = [ALLOC, FREE, REALLOC_FROM, REALLOC, REUSE, PARK, GC_START, MARK, OUTPUT]
const isCompared = Uint8Array.from({ length: 16 }, (_, kind) => (COMPARED.includes(kind) ? 1 : 0))

/** Null: nothing differs. Errors: no-instant, where one of the runs has no events. */
export function partingOf(base: OpenRecording, run: OpenRecording, { progress }: Progress = {}): Parting | null {
  for (const recording of [base, run]) {
    recording.refresh()
    if (recording.reader.chunkAtEvent(0)) continue
    throw new MoltError('no-instant', `${recording.path} has no events: where the runs part cannot be told.`, 'Record both with --record full.')
  }
  const runs = new TwoRuns(base, run)
  const types = new Map<string, number>()
  const [a, b] = [new Stream(base, runs.old.nodeOf, types), new Stream(run, runs.new.nodeOf, types)]
  const total = base.run().event_count
  for (;;) {
    const left = a.next()
    const right = b.next()
    if (!left && !right) return null
    if (!left || !right || a.head !== b.head || a.size !== b.size || a.node !== b.node || a.type !== b.type) {
      return { base: a.tell(), run: b.tell() }
    }
    if ((a.event & 0xffff) === 0) progress?.(a.event, total)
  }
}

/** The compared events of a run, one by one. */
class Stream {
  /** What is compared: kind and domain, bytes, place and type; places and types are numbers that both runs share. */
  head = 0
  size = 0
  node = 0
  type = 0
  /** Events before it. */
  event = -1
  private tick = 0
  private at = -1
  private op = 0
  private ended = false
  private columns: EventColumns | null = null
  private firstEvent = 0
  private readonly chunks: StoredChunk[]
  private chunk = 0
  private readonly names: TypeNames
  private readonly recording: OpenRecording
  private readonly nodeOf: Int32Array
  /** Type of the run → its shared number. */
  private readonly typeOf: Int32Array

  constructor(recording: OpenRecording, nodeOf: Int32Array, types: Map<string, number>) {
    this.recording = recording
    this.nodeOf = nodeOf
    this.names = new TypeNames(recording)
    this.typeOf = new Int32Array(this.names.count)
    for (let type = 0; type < this.names.count; type++) {
      const name = this.names.name(type)
      let number = types.get(name)
      if (number === undefined) types.set(name, number = types.size)
      this.typeOf[type] = number
    }
    this.chunks = recording.reader.chunksOf(0, recording.run().event_count)
  }

  next(): boolean {
    for (;;) {
      if (!this.columns || ++this.at >= this.columns.count) {
        if (!this.load()) return false
        continue
      }
      const { tickDelta, op: ops, opHead, opSize, opSite } = this.columns
      this.tick += tickDelta[this.at]! >>> 0
      const op = this.op = ops[this.at]!
      const head = opHead[op]!
      if (isCompared[head & 15] === 0) continue
      this.event = this.firstEvent + this.at
      this.head = head & 63
      this.size = opSize[op]!
      this.node = this.nodeOf[opSite[op]!] ?? 0
      this.type = this.typeOf[head >>> 6] ?? -1
      return true
    }
  }

  tell(): PartingEvent {
    const { recording } = this
    if (this.ended || !this.columns) {
      const { event_count: event, last_tick: tick } = recording.run()
      return { event, tick, words: 'the run had ended', traceback: [] }
    }
    const traceback = recording.traceback(this.columns.opSite[this.op]!)
    return { event: this.event, tick: this.tick, words: this.words(this.columns), traceback }
  }

  private load(): boolean {
    const chunk = this.chunks[this.chunk++]
    if (!chunk) {
      this.ended = true
      return false
    }
    const columns = this.recording.columns(chunk)
    this.columns = columns
    this.at = -1
    this.tick = columns.baseTick
    this.firstEvent = chunk.first_event
    return true
  }

  private words({ opHead, opSize, address }: EventColumns): string {
    const head = opHead[this.op]!
    const size = opSize[this.op]!
    const bytes = size < 0 ? 'a block from before the recording' : `${size.toLocaleString('en')} ${size === 1 ? 'byte' : 'bytes'}`
    const type = head >>> 6
    const of = type >= FIRST_TYPE ? ` (${this.names.name(type)})` : type === 0 ? '' : ` ${this.names.name(type)}`
    switch (head & 15) {
      case ALLOC: return `allocated ${bytes}${of}`
      case FREE: return `freed ${bytes}${of}`
      case REALLOC_FROM: return `began to reallocate ${bytes}${of}`
      case REALLOC: return `reallocated to ${bytes}${of}`
      case REUSE: return `took ${bytes} from a free list${of}`
      case PARK: return `put ${bytes} into a free list${of}`
      case GC_START: return `began a collection of generation ${address[this.at]}`
      case MARK: return 'set a mark'
      default: return `wrote ${bytes} to ${address[this.at] === 2 ? 'stderr' : 'stdout'}`
    }
  }
}
