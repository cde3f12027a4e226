// The core of tracemalloc: while it is on, the size and the traceback of every live block. Mirrors Modules/_tracemalloc.c.
//
// A traceback is a number that the interpreter interned (0 = not traced). Blocks of pymalloc have their trace in a column
// parallel to its cells, malloc'd blocks in a hash table. Sizes are not kept twice: they are the allocator's.
// Blocks allocated before start() are unknown for ever, unless they are reallocated.
import { RAW_BASE } from './address-space'
import { IntMap } from '../base/int-map'
import { grownInt32 } from '../base/typed-arrays'

/** Supplied by the interpreter: the interned traceback (at least 1) of the running instruction. */
export interface TraceSource {
  currentTrace(): number
}

/** Where a block's size is known; pymalloc. */
export interface BlockSizes {
  blockSize(granule: number): number
}

export class Tracing {
  on = false
  /** New blocks are not traced for the moment; those that go are still taken off (a reentrant call in _tracemalloc.c). */
  paused = false
  source: TraceSource = { currentTrace: () => 1 }
  /** Most frames a traceback keeps, as given to start(); the source reads it. */
  maxFrames = 1
  tracedBytes = 0
  peakBytes = 0
  /** Blocks with a trace. */
  tracedBlocks = 0
  private traces = new Int32Array(0)
  private rawTraces = new IntMap()

  /** tracemalloc.start(nframe). */
  start(frames = 1): void {
    if (this.on) return
    this.maxFrames = frames
    this.on = true
  }

  /** tracemalloc.stop(): forgets everything. */
  stop(): void {
    if (!this.on) return
    this.on = false
    this.clearTraces()
  }

  /** tracemalloc.clear_traces(): what lives now becomes unknown. */
  clearTraces(): void {
    this.traces.fill(0)
    this.rawTraces.clear()
    this.tracedBytes = this.peakBytes = this.tracedBlocks = 0
  }

  /** tracemalloc.reset_peak(). */
  resetPeak(): void {
    this.peakBytes = this.tracedBytes
  }

  /** tracemalloc.get_traced_memory(): [current, peak]. */
  getTraced(): [number, number] {
    return [this.tracedBytes, this.peakBytes]
  }

  /** A new block. */
  add(granule: number, size: number): void {
    if (this.paused) return
    this.setTrace(granule, this.source.currentTrace())
    this.tracedBlocks++
    this.tracedBytes += size
    if (this.tracedBytes > this.peakBytes) this.peakBytes = this.tracedBytes
  }

  /** A block goes; size as it was traced. */
  remove(granule: number, size: number): void {
    if (this.traceOf(granule) === 0) return
    this.setTrace(granule, 0)
    this.tracedBlocks--
    this.tracedBytes -= size
  }

  /** A block changed size or place: it belongs to the running line from now on, known or not before. */
  moved(from: number, fromSize: number, to: number, toSize: number): void {
    this.remove(from, fromSize)
    this.add(to, toSize)
  }

  /**
   * An object was made in a block that may have come from a free list: the block moves to the running line if it is known.
   * `granule` is the block's start. Mirrors _PyTraceMalloc_NewReference.
   */
  newReference(granule: number): void {
    if (this.traceOf(granule) !== 0) this.setTrace(granule, this.source.currentTrace())
  }

  /** Traceback of a block, 0 if unknown (tracemalloc.get_object_traceback). */
  traceOf(granule: number): number {
    if (granule >= RAW_BASE) return this.rawTraces.get(granule)
    return granule < this.traces.length ? this.traces[granule]! : 0
  }

  /** All known blocks, those of pymalloc in order of address first. */
  forEach(sizes: BlockSizes, visit: (granule: number, sizeBytes: number, trace: number) => void): void {
    this.forEachTraced((granule, trace) => visit(granule, sizes.blockSize(granule), trace))
  }

  /** All known blocks with their tracebacks only. */
  forEachTraced(visit: (granule: number, trace: number) => void): void {
    const { traces } = this
    for (let granule = 0; granule < traces.length; granule++) if (traces[granule] !== 0) visit(granule, traces[granule]!)
    this.rawTraces.forEach(visit)
  }

  private setTrace(granule: number, trace: number): void {
    if (granule >= RAW_BASE) {
      if (trace === 0) this.rawTraces.delete(granule)
      else this.rawTraces.set(granule, trace)
      return
    }
    if (granule >= this.traces.length) this.traces = grownInt32(this.traces, granule + 1)
    this.traces[granule] = trace
  }
}
