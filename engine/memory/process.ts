// One simulated CPython process: address space, allocators, tracemalloc's core, the collector, and the log of all they do.
// The object layer allocates through `obmalloc`, tracks through `gc`, and gives the collector its host; the interpreter
// gives the log its execution point and tracing its trace source.
import {
  AddressSpace, LIBRARY_BYTES, MAIN_STACK_BYTES, MMAP_TOP, ARENA_BASE, HEAP_BASE, REGION_ARENAS, REGION_DATASTACK, REGION_HEAP,
  REGION_LIBRARIES, REGION_MMAP, REGION_STACKS, REGION_TEXT, STACK_TOP, TEXT_BASE, TEXT_BYTES, THREAD_STACK_BYTES,
  THREAD_STACK_TOUCHED_BYTES, type Region,
} from './address-space'
import { FIRST_SLOT, GEOMETRY_3_11, type PymallocGeometry } from './arenas'
import { EventLog } from './event-log'
import { NullSink, type EventSink } from './event-sink'
import { CyclicGC, DEFAULT_THRESHOLDS } from './gc'
import type { GcHeader } from './gc-host'
import { PyMalloc } from './pymalloc'
import { RawMalloc } from './rawmalloc'
import { Tracing } from './tracing'

export interface ProcessOptions {
  geometry: PymallocGeometry
  gcThresholds: readonly [number, number, number]
  /** Ceiling of arenas, heap, mappings and stacks together; Infinity for none. Beyond it malloc returns 0. */
  memoryLimitBytes: number
  /** True: arenas belong to start-up until seal(); false: the script's arenas begin at once. */
  startupPhase: boolean
}

export const DEFAULT_PROCESS_OPTIONS: ProcessOptions = {
  geometry: GEOMETRY_3_11,
  gcThresholds: DEFAULT_THRESHOLDS,
  memoryLimitBytes: Infinity,
  startupPhase: true,
}

export class SimulatedProcess<T extends GcHeader> {
  readonly options: ProcessOptions
  readonly sink: EventSink
  readonly log: EventLog
  readonly space: AddressSpace
  readonly raw: RawMalloc
  readonly tracing: Tracing
  readonly obmalloc: PyMalloc
  readonly gc: CyclicGC<T>
  /** Threads beside the main one that live, and at most lived. */
  threads = 0
  peakThreads = 0
  /** Bytes of data stack chunks: frames of running functions. */
  dataStackBytes = 0

  constructor(options: Partial<ProcessOptions> = {}, sink: EventSink = new NullSink()) {
    this.options = { ...DEFAULT_PROCESS_OPTIONS, ...options }
    const { geometry, memoryLimitBytes, startupPhase } = this.options
    this.sink = sink
    this.log = new EventLog(undefined, (words, used) => sink.chunk(words, used))
    this.space = new AddressSpace(Math.log2(geometry.alignment), memoryLimitBytes, startupPhase)
    this.raw = new RawMalloc(this.space, this.log)
    this.tracing = new Tracing()
    this.obmalloc = new PyMalloc(this.space, this.log, this.raw, this.tracing, geometry)
    this.gc = new CyclicGC<T>(this.log, sink)
    this.gc.threshold.set(this.options.gcThresholds)
  }

  /** The number that id() gives. */
  toAddress(granule: number): number {
    return this.space.toAddress(granule)
  }

  /** An object leaves a free list: its block (by its start) belongs to the running line from now on. */
  reuse(block: number, tag: number): void {
    if (this.log.enabled) this.log.reuse(block, this.obmalloc.blockSize(block), tag)
    if (this.tracing.on) this.tracing.newReference(block)
  }

  /** A dead object goes into a free list; its block stays allocated. */
  park(block: number, tag: number): void {
    if (this.log.enabled) this.log.park(block, this.obmalloc.blockSize(block), tag)
  }

  /** Ends the start-up phase, see PyMalloc.seal. */
  seal(): void {
    this.obmalloc.seal()
  }

  /** Begins to record: tells the sink the regions as they are, and the log the arenas that are already mapped. */
  startRecording(): void {
    this.sink.defineRegions(this.regions())
    this.log.enabled = true
    for (let slot = FIRST_SLOT; slot < this.obmalloc.slotEnd; slot++)
      if (this.obmalloc.isLive(slot)) this.log.arenaNew(slot << this.obmalloc.arenaGranuleShift, this.obmalloc.arenaBytes)
  }

  /** Ends recording; what is in the current chunk is sent. */
  stopRecording(): void {
    this.log.enabled = false
    this.log.flush()
  }

  threadStarted(): void {
    if (++this.threads > this.peakThreads) this.peakThreads = this.threads
    this.stacksChanged(THREAD_STACK_TOUCHED_BYTES)
  }

  threadEnded(): void {
    this.threads--
    this.stacksChanged(-THREAD_STACK_TOUCHED_BYTES)
  }

  /** The data stack of frames grew or shrank (CPython maps chunks of 16 KiB and more from the arena allocator). */
  setDataStack(bytes: number): void {
    this.space.committedBytes += bytes - this.dataStackBytes
    this.space.touch(bytes - this.dataStackBytes)
    this.dataStackBytes = bytes
    if (this.log.enabled) this.log.region(REGION_DATASTACK, bytes)
  }

  /** Every region with its size now. */
  regions(): Region[] {
    const { obmalloc, raw } = this
    const arenas = obmalloc.mappedArenas * obmalloc.arenaBytes
    return [
      { id: REGION_TEXT, name: 'text', base: TEXT_BASE, sizeBytes: TEXT_BYTES, residentBytes: TEXT_BYTES },
      this.space.dataRegion,
      { id: REGION_HEAP, name: 'heap', base: HEAP_BASE, sizeBytes: raw.heapBytes, residentBytes: raw.heapTouchedBytes },
      {
        id: REGION_MMAP, name: 'mmap', base: MMAP_TOP - raw.mmap.mappedBytes,
        sizeBytes: raw.mmap.mappedBytes, residentBytes: raw.mmap.mappedBytes,
      },
      {
        id: REGION_ARENAS, name: 'arenas', base: ARENA_BASE, sizeBytes: arenas,
        residentBytes: obmalloc.residentPools * obmalloc.poolBytes,
      },
      {
        id: REGION_STACKS, name: 'stacks', base: STACK_TOP - MAIN_STACK_BYTES,
        sizeBytes: MAIN_STACK_BYTES + this.threads * THREAD_STACK_BYTES,
        residentBytes: MAIN_STACK_BYTES + this.threads * THREAD_STACK_TOUCHED_BYTES,
      },
      { id: REGION_LIBRARIES, name: 'libraries', base: MMAP_TOP, sizeBytes: LIBRARY_BYTES, residentBytes: LIBRARY_BYTES },
      {
        id: REGION_DATASTACK, name: 'data stack', base: MMAP_TOP - this.dataStackBytes,
        sizeBytes: this.dataStackBytes, residentBytes: this.dataStackBytes,
      },
    ]
  }

  /** Resident set size: what the operating system would report of the process. */
  get residentBytes(): number {
    return this.fixedBytes + this.space.touchedBytes
  }

  /** The largest residentBytes so far (ru_maxrss). */
  get peakResidentBytes(): number {
    return this.fixedBytes + this.space.peakTouchedBytes
  }

  private get fixedBytes(): number {
    return TEXT_BYTES + LIBRARY_BYTES + MAIN_STACK_BYTES + this.space.dataRegion.residentBytes
  }

  private stacksChanged(touchedBytes: number): void {
    this.space.committedBytes += touchedBytes
    this.space.touch(touchedBytes)
    if (this.log.enabled) this.log.region(REGION_STACKS, MAIN_STACK_BYTES + this.threads * THREAD_STACK_BYTES)
  }
}
