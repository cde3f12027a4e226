// The interpreter's end: takes events and definitions from the simulated process and posts them to the recorder.
//
// Everything runs in the interpreter's thread. `poll` is to be called by the VM at its periodic check (every few thousand
// instructions, or a few milliseconds): it flushes by time and reads the requests in the control words.
import { EVENT_STRIDE } from '../memory/events'
import type { CodeDefinition, ContextDefinition, EventSink, FileDefinition, TypeDefinition } from '../memory/event-sink'
import type { EventLog } from '../memory/event-log'
import type { GcWorking } from '../memory/gc-host'
import type { HeapCapture } from '../memory/heap-capture'
import type { AllocatorStart } from '../memory/allocator-start'
import type { Region } from '../memory/address-space'
import type { InputPieces } from './inputs'
import { grownInt32 } from '../base/typed-arrays'
import {
  FLUSH_MS, INPUT_BACKLOG, INTERRUPT, OUTPUT_FLUSH_MS, PAUSE, PAUSED, RING_CHUNKS, SNAPSHOT, STATE, STOP,
  type ChunkMessage, type Definitions, type SharedMemory,
} from './protocol'

/** What the VM has to do after a poll; bits. */
export const REQUEST_NONE = 0
export const REQUEST_STOP = 1
export const REQUEST_INTERRUPT = 2
export const REQUEST_SNAPSHOT = 4

/** Pieces of output closer together than this, on one descriptor, become one row. */
const MERGE_TICKS = 2000
const MERGE_BYTES = 4096
/** Contents of files on their way to the recorder, before the program waits. */
const BACKLOG_KIB = 64 * 1024

export interface SenderOptions {
  /** False: events are thrown away; definitions, output and marks are still sent. */
  events: boolean
  /** `transfer`: buffers that are the receiver's from then on. */
  post(message: ChunkMessage, transfer?: ArrayBuffer[]): void
  /** Milliseconds, monotonic. */
  now?: () => number
}

export class Sender implements EventSink {
  /** The chunk to begin with: hand it to the EventLog. */
  readonly firstChunk: Int32Array
  private readonly control: Int32Array
  private readonly chunks: Int32Array[]
  private readonly options: SenderOptions
  private readonly now: () => number
  private readonly startMs: number
  private lastFlushMs: number
  private current = 0
  private tick = 0
  private log: EventLog | null = null
  /** Told of each collection, before its GC_END. */
  collected: ((working: GcWorking) => void) | null = null
  private definitions: Definitions | null = null
  private firstOutputMs = 0
  /** Bytes in the last piece of output while it may grow; 0: it may not. */
  private outputUsed = 0
  /** What the program learned from outside since the last message; asked with each. */
  drainInputs: () => InputPieces | null = () => null
  private contextCount = 0
  private contextId = new Int32Array(256)
  private contextParent = new Int32Array(256)
  private contextInstruction = new Int32Array(256)
  private contextCode = new Int32Array(256)

  constructor(memory: SharedMemory, options: SenderOptions) {
    this.control = memory.control
    this.chunks = memory.chunks
    this.options = options
    this.now = options.now ?? (() => performance.now())
    this.startMs = this.lastFlushMs = this.now()
    this.firstChunk = memory.chunks[0]!
  }

  /** The log whose events come here: `poll` and `finish` flush it. Its onFull must call `chunk`. */
  attach(log: EventLog): void {
    this.log = log
  }

  /** Wall time of the run so far. */
  wallNs(): number {
    return Math.round((this.now() - this.startMs) * 1e6)
  }

  // ---------------------------------------------------------------- EventSink

  chunk(words: Int32Array, usedWords: number): Int32Array {
    if (!this.options.events || usedWords === 0) return words
    // Full chunks may come without a poll between them (one long native operation): their last event has the time.
    this.advance(words[usedWords - EVENT_STRIDE + 5]!)
    const chunk = this.current
    Atomics.store(this.control, STATE + chunk, 1)
    this.post(chunk, usedWords)
    this.current = (chunk + 1) % RING_CHUNKS
    const next = STATE + this.current
    while (Atomics.load(this.control, next) === 1) Atomics.wait(this.control, next, 1, 1000)
    return this.chunks[this.current]!
  }

  defineFile(file: FileDefinition): void {
    (this.pending().files ??= []).push(file)
  }

  defineCode(code: CodeDefinition): void {
    (this.pending().codes ??= []).push(code)
  }

  defineContext(context: ContextDefinition): void {
    this.context(context.id, context.parentId, context.parentLasti, context.codeId)
  }

  /** As defineContext, without an object: for hot callers. */
  context(id: number, parentId: number, parentInstruction: number, codeId: number): void {
    const at = this.contextCount++
    if (at === this.contextId.length) {
      this.contextId = grownInt32(this.contextId, at + 1)
      this.contextParent = grownInt32(this.contextParent, at + 1)
      this.contextInstruction = grownInt32(this.contextInstruction, at + 1)
      this.contextCode = grownInt32(this.contextCode, at + 1)
    }
    this.contextId[at] = id
    this.contextParent[at] = parentId
    this.contextInstruction[at] = parentInstruction
    this.contextCode[at] = codeId
  }

  defineType(type: TypeDefinition): void {
    (this.pending().types ??= []).push(type)
  }

  defineRegions(regions: readonly Region[]): void {
    (this.pending().regions ??= []).push(...regions)
  }

  defineThread(id: number, name: string): void {
    (this.pending().threads ??= []).push({ id, name })
  }

  /** AddressSpace.granuleBytes and boundary, once they are fixed. */
  defineAddresses(granuleBytes: number, boundary: number): void {
    this.pending().addresses = { granuleBytes, boundary }
  }

  /** What is allocated as recording begins. */
  defineAllocator(start: AllocatorStart): void {
    this.pending().allocator = start
  }

  output(fileDescriptor: number, bytes: Uint8Array): void {
    const outputs = this.pending().outputs ??= []
    const tick = this.eventTick()
    const last = outputs[outputs.length - 1]
    const used = this.outputUsed
    if (last && used > 0 && last.fileDescriptor === fileDescriptor && tick - last.tick < MERGE_TICKS && used + bytes.length <= MERGE_BYTES) {
      last.bytes.set(bytes, used)
      this.outputUsed = used + bytes.length
      return
    }
    this.closeOutput()
    if (outputs.length === 0) this.firstOutputMs = this.now()
    if (bytes.length >= MERGE_BYTES) return void outputs.push({ fileDescriptor, tick, bytes: bytes.slice() })
    const room = new Uint8Array(MERGE_BYTES)
    room.set(bytes)
    this.outputUsed = bytes.length
    outputs.push({ fileDescriptor, tick, bytes: room })
  }

  /** The last piece has room for more of the same; cuts it to what it holds. */
  private closeOutput(): void {
    const last = this.definitions?.outputs?.at(-1)
    if (last && this.outputUsed > 0) last.bytes = last.bytes.slice(0, this.outputUsed)
    this.outputUsed = 0
  }

  defineMark(id: number, label: string): void {
    (this.pending().marks ??= []).push({ id, label })
  }

  defineHolder(id: number, text: string): void {
    (this.pending().holders ??= []).push({ id, text })
  }

  collection(working: GcWorking, durationNs: number): void {
    (this.pending().collections ??= []).push({ working: { ...working }, durationNs })
    this.collected?.(working)
  }

  /** Sends what came before it, then the snapshot: the recorder stands at its instant when it takes it. */
  snapshot(heap: HeapCapture): void {
    this.eventTick()
    this.flush()
    this.pending().snapshot = heap
    this.post(-1, 0, Object.values(heap).flatMap(column => ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []))
  }

  // ---------------------------------------------------------------- the VM's periodic check

  /** Flushes if it is time, waits while paused, and says what else is asked for. */
  poll(tick: number): number {
    if (tick > this.tick) this.tick = tick
    const nowMs = this.now()
    const outputs = this.definitions?.outputs
    if (nowMs - this.lastFlushMs >= FLUSH_MS || outputs && nowMs - this.firstOutputMs >= OUTPUT_FLUSH_MS) this.flush()
    const { control } = this
    if (Atomics.load(control, PAUSE) === 1) this.pause()
    let requests = Atomics.load(control, STOP) === 0 ? REQUEST_NONE : REQUEST_STOP
    if (Atomics.load(control, INTERRUPT) !== 0 && Atomics.exchange(control, INTERRUPT, 0) !== 0) requests |= REQUEST_INTERRUPT
    if (Atomics.load(control, SNAPSHOT) !== 0 && Atomics.exchange(control, SNAPSHOT, 0) !== 0) requests |= REQUEST_SNAPSHOT
    return requests
  }

  /** Sends what there is, now: before a blocking read, and at the end. */
  flush(): void {
    this.log?.flush()
    this.post(-1, 0)
  }

  /** Sends now, since there are large contents of files in it; waits while many such are on their way. */
  flushContents(sizeBytes: number): void {
    const { control } = this
    Atomics.add(control, INPUT_BACKLOG, sizeBytes >>> 10)
    this.flush()
    for (let waiting; (waiting = Atomics.load(control, INPUT_BACKLOG)) > BACKLOG_KIB && Atomics.load(control, STOP) === 0;) {
      Atomics.wait(control, INPUT_BACKLOG, waiting, 100)
    }
  }

  /** Everything out, with the final tick. */
  finish(tick: number): void {
    if (tick > this.tick) this.tick = tick
    this.flush()
  }

  private pause(): void {
    const { control } = this
    this.flush()
    Atomics.store(control, PAUSED, 1)
    while (Atomics.load(control, PAUSE) === 1 && Atomics.load(control, STOP) === 0) Atomics.wait(control, PAUSE, 1, 100)
    Atomics.store(control, PAUSED, 0)
  }

  /** The tick of what is happening now, between polls: the log's point knows it. */
  private eventTick(): number {
    const { log } = this
    if (!log) return this.tick
    log.point.refresh(log)
    this.advance(log.tick)
    return this.tick
  }

  /** Moves `tick` on to the one with these low 32 bits, if that is later; polls are far less than 2^31 ticks apart. */
  private advance(low: number): void {
    const ahead = low - (this.tick | 0) | 0
    if (ahead > 0) this.tick += ahead
  }

  private pending(): Definitions {
    return this.definitions ??= {}
  }

  private post(chunk: number, usedWords: number, transfer?: ArrayBuffer[]): void {
    this.lastFlushMs = this.now()
    this.closeOutput()
    if (this.contextCount > 0) {
      const n = this.contextCount
      this.contextCount = 0
      this.pending().contexts = {
        id: this.contextId.slice(0, n), parent: this.contextParent.slice(0, n),
        instruction: this.contextInstruction.slice(0, n), code: this.contextCode.slice(0, n),
      }
    }
    const inputs = this.drainInputs()
    if (inputs !== null) this.pending().inputs = inputs
    const definitions = this.definitions
    this.definitions = null
    this.options.post({ type: 'chunk', chunk, usedWords, tick: this.tick, wallNs: this.wallNs(), definitions }, transfer)
  }
}
