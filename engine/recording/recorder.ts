// The recorder: takes the interpreter's messages in their order and turns them into rows, chunks and keyframes.
//
// It runs on the main thread of the run process, so it goes on committing when the interpreter is stuck. After every
// message the file lacks at most what came since the last commit (COMMIT_MS). Levels: 'full' keeps every event ('ledger'
// has the same and references besides); 'stats'
// keeps the timeline and figures per site at the marks, at the peak and at the end; 'none' keeps output and marks only.
import { ARENA_FREE, ARENA_NEW, FREE, GC_END, GC_START, MARK } from '../memory/events'
import type { HeapCapture } from '../memory/heap-capture'
import type { RecordingWriter, RunFigures } from '../store/writer'
import { encodeFreed, encodeStartBlocks } from './allocator-codec'
import { encodeChunk } from './chunk-codec'
import { compress } from './compress'
import { ColumnBuilder } from './event-columns'
import { DIGEST_EVENTS, EventDigest } from './event-digest'
import { CONTENT_PIECE_BYTES, type InputPieces } from './inputs'
import { encodeBlocks, encodeFigures, encodeLineSample, encodePeak, LINES_A_FILE } from './keyframe'
import { MemoryState, SITE_STRIDE, type EventObserver } from './memory-state'
import type { ChunkMessage, CollectionPiece, Definitions } from './protocol'
import { encodeSnapshot } from './snapshot-codec'
import { TimelineSampler } from './timeline'
import { TracebackTrie } from './traceback-trie'

export const COMMIT_MS = 100
/** A keyframe with all blocks is due after so many events, or twice as many as blocks are alive: what a reader replays at most. */
export const KEYFRAME_EVENTS = 250_000
/** One with figures alone is due after so many events, or this many times as many as there are sites. */
export const FIGURES_EVENTS = 65_536
const FIGURES_EVENTS_A_SITE = 8
/** Samples of live bytes by line: at most so many, at first so many events apart. */
const MAX_LINE_SAMPLES = 128
const SAMPLE_EVENTS = 65_536
/** How often the figures of a 'stats' recording are written anew, so that a killed run has them. */
const FIGURES_MS = 1000
/** A 'stats' recording keeps the figures at its marks up to so many bytes; later marks are only marks. */
const MARK_FIGURES_BYTES = 64 * 1024 * 1024
/** Row of the figures above; keyframes of marks and of the end come after it. */
const CURRENT_FIGURES = 1

export type Level = 'full' | 'ledger' | 'stats' | 'none'
export type Origin = 'script' | 'user' | 'library' | 'generated'

export interface RecorderOptions {
  level: Level
  originOf(path: string): Origin
  /** Milliseconds, monotonic. */
  now?: () => number
  keyframeEvents?: number
  figuresEvents?: number
  /** Told the digest of all events so far, every DIGEST_EVENTS events. */
  onDigest?: (events: number, digest: number) => void
}

/** The table `program`: what was run. */
export interface ProgramRow { kind: string; path: string; argv0: string; folder: string; data: Uint8Array; runtime: string }

interface CollectionStart { tick: number; event: number; wallNs: number; liveBytes: number; site: number }

export class Recorder implements EventObserver {
  readonly state = new MemoryState({ keepPeak: true })
  private readonly writer: RecordingWriter
  private readonly options: RecorderOptions
  private readonly now: () => number
  private readonly trie = new TracebackTrie()
  private readonly builder = new ColumnBuilder((context, instruction) => this.trie.siteOf(context, instruction))
  private readonly timeline = new TimelineSampler()
  private readonly applyOptions = { timeline: this.timeline, observer: this, notes: this.builder }
  private readonly markLabels = new Map<number, string>()
  private readonly collections = new Map<number, CollectionPiece>()
  private readonly collectionStarts = new Map<number, CollectionStart>()
  private readonly streamBytes = new Map<number, number>()
  private chunks = 0
  private keyframes = CURRENT_FIGURES
  private outputs = 0
  private arenas = 0
  private writtenSites = 1
  private freedEvents: number[] = []
  private freedGranules: number[] = []
  private freedBatches = 0
  private lastKeyframe = 0
  private lastFigureEvents = 0
  private lastFigures: number
  private readonly fileOfCode = new Map<number, number>()
  private samples: number[] = []
  private sampleId = 0
  private sampleEvents = SAMPLE_EVENTS
  private lastSample = 0
  private markBytes = 0
  private snapshots = 0
  /** By type id: granules between the start of the block and the object. */
  private readonly headGranules = new Map<number, number>()
  private readonly digest = new EventDigest((events, digest, tickLow) => this.digestAt(events / DIGEST_EVENTS, events, digest, tickLow))
  private tapes = 0
  private timelineWidth = 1
  private baseTick = 0
  private baseWallNs = 0
  /** End of the message in work. */
  private tick = 0
  private wallNs = 0
  private lastCommit: number
  private dirty = true
  committedTick = 0

  constructor(writer: RecordingWriter, options: RecorderOptions) {
    this.writer = writer
    this.options = options
    this.now = options.now ?? (() => performance.now())
    this.lastCommit = this.lastFigures = this.now()
    this.commit()
  }

  /** One message; `words` is the chunk it names, which is free again when this returns. */
  message(message: ChunkMessage, words: Int32Array | null): void {
    this.baseTick = this.tick
    this.baseWallNs = this.wallNs
    this.tick = Math.max(this.tick, message.tick)
    this.wallNs = message.wallNs
    if (message.definitions) this.define(message.definitions)
    if (words && message.usedWords > 0 && this.options.level !== 'none') this.events(words, message.usedWords)
    this.builder.advance(this.tick)
    this.timeline.time(this.baseTick, this.tick, this.baseWallNs, this.wallNs)
    this.dirty = true
    this.commitIfDue()
  }

  /** To be called by a timer too. */
  commitIfDue(): void {
    if (this.dirty && this.now() - this.lastCommit >= COMMIT_MS) this.commit()
  }

  commit(): void {
    this.writeSites()
    this.writeFreed()
    this.writeTimeline()
    if (this.options.level === 'stats' && this.now() - this.lastFigures >= FIGURES_MS) {
      this.lastFigures = this.now()
      this.writer.insert('keyframe', CURRENT_FIGURES, 'figures', '', this.state.events, this.state.tick, encodeFigures(this.state), null)
    }
    this.writeDigest()
    this.writer.commit(this.figures())
    this.committedTick = this.tick
    this.lastCommit = this.now()
    this.dirty = false
  }

  /** Writes the end and closes the file. */
  finish(reason: string, exitCode: number | null, message: string): void {
    this.writeSites()
    this.writeFreed()
    this.writeTimeline()
    if (this.options.level !== 'none') {
      const full = this.keepsEvents
      const { state } = this
      if (!full || state.events > this.lastKeyframe || state.events === 0) {
        this.writer.insert(
          'keyframe', full ? ++this.keyframes : CURRENT_FIGURES, full ? 'state' : 'figures', '', state.events, state.tick, encodeFigures(state),
          full ? encodeBlocks(state) : null)
      }
      const peak = state.peakFigures(this.trie.tree.count)
      this.writer.insert('keyframe', ++this.keyframes, 'peak', '', state.peakEvents, state.peakTick, encodePeak(peak), null)
    }
    this.writeDigest()
    this.writer.finish(this.figures(), reason, exitCode, message)
    this.committedTick = this.tick
  }

  /** After an error: closes the file with what was committed. */
  abandon(): void {
    this.writer.close()
  }

  private get keepsEvents(): boolean { return this.options.level === 'full' || this.options.level === 'ledger' }
  get siteCount(): number { return this.trie.tree.count }
  get lastTick(): number { return this.tick }
  get lastWallNs(): number { return this.wallNs }

  // ---------------------------------------------------------------- events

  private events(words: Int32Array, usedWords: number): void {
    const { state, builder } = this
    builder.build(words, usedWords)
    this.digest.add(words, builder, this.trie.tree)
    const firstEvent = state.events
    const { liveBytes, liveBlocks, liveObjects, rssBytes } = state
    state.apply(builder, 0, builder.count, this.trie.tree, this.applyOptions)
    if (!this.keepsEvents) return
    this.writer.insert(
      'event_chunk', ++this.chunks, firstEvent, builder.count, builder.baseTick, builder.tick, this.baseWallNs, this.wallNs,
      liveBytes, liveBlocks, liveObjects, rssBytes, encodeChunk(builder))
    if (state.events - this.lastKeyframe >= Math.max(this.options.keyframeEvents ?? KEYFRAME_EVENTS, state.liveBlocks * 2)) {
      this.lastKeyframe = this.lastFigureEvents = state.events
      this.writer.insert(
        'keyframe', ++this.keyframes, 'state', '', state.events, state.tick, encodeFigures(state), encodeBlocks(state))
    } else if (state.events - this.lastFigureEvents >= Math.max(this.options.figuresEvents ?? FIGURES_EVENTS, this.siteCount * FIGURES_EVENTS_A_SITE)) {
      this.lastFigureEvents = state.events
      this.writer.insert('keyframe', ++this.keyframes, 'figures', '', state.events, state.tick, encodeFigures(state), null)
    }
    if (state.events - this.lastSample >= this.sampleEvents) this.sampleLines()
  }

  /** Live bytes by line, for sparklines; when there are too many samples every other one goes. */
  private sampleLines(): void {
    const { sites } = this.state
    const { tree } = this.trie
    const bytesOf = new Map<number, number>()
    for (let site = 1; site < tree.count; site++) {
      const bytes = sites[site * SITE_STRIDE]!
      if (bytes === 0) continue
      const place = (this.fileOfCode.get(tree.code[site]!) ?? 0) * LINES_A_FILE + tree.line[site]!
      bytesOf.set(place, (bytesOf.get(place) ?? 0) + bytes)
    }
    this.lastSample = this.state.events
    this.samples.push(++this.sampleId)
    this.writer.insert('line_sample', this.sampleId, this.state.events, this.state.tick, encodeLineSample(bytesOf))
    if (this.samples.length < MAX_LINE_SAMPLES) return
    this.sampleEvents *= 2
    for (const [i, id] of this.samples.entries()) if (i % 2 === 0) this.writer.deleteLineSample(id)
    this.samples = this.samples.filter((_, i) => i % 2 === 1)
  }

  seen(kind: number, first: number, second: number, site: number, tick: number, event: number): void {
    const { state, writer } = this
    if (kind === MARK) {
      const label = this.markLabels.get(first) ?? ''
      writer.insert('mark', first, label, tick, event + 1, this.wallAt(tick), state.liveBytes, state.liveBlocks, site)
      if (this.options.level === 'stats' && this.markBytes < MARK_FIGURES_BYTES) {
        const blob = encodeFigures(state, event + 1, tick)
        this.markBytes += blob.length
        writer.insert('keyframe', ++this.keyframes, 'figures', label, event + 1, tick, blob, null)
      }
    } else if (kind === GC_START) {
      this.collectionStarts.set(second, { tick, event, wallNs: this.wallAt(tick), liveBytes: state.liveBytes, site })
    } else if (kind === GC_END) {
      this.collectionEnd(second, tick, event)
    } else if (kind === ARENA_NEW) {
      writer.insert('arena', ++this.arenas, first, second, tick, null)
    } else if (kind === ARENA_FREE) {
      writer.closeArena(first, tick)
    } else if (kind === FREE && this.keepsEvents) {
      this.freedEvents.push(event)
      this.freedGranules.push(first)
    }
  }

  private collectionEnd(id: number, tick: number, event: number): void {
    const piece = this.collections.get(id)
    const start = this.collectionStarts.get(id)
    this.collections.delete(id)
    this.collectionStarts.delete(id)
    if (!piece || !start) return
    const w = piece.working
    this.writer.insert(
      'gc_collection', id, w.generation, w.explicit ? 'explicit' : 'threshold', ...w.countsBefore, ...w.trackedBefore, w.candidates,
      w.reachable, w.unreachable, w.untracked, w.weakrefCallbacks, w.finalized, w.resurrected, w.collected, w.uncollectable,
      w.longLivedPending, w.longLivedTotal, start.tick, tick, start.event, event + 1, start.wallNs, Math.round(piece.durationNs),
      start.liveBytes - this.state.liveBytes, start.site, w.references, w.subtracted, w.heldFromOutside, w.broughtBack, ...w.thresholds)
  }

  /** Wall time of a tick inside the message in work, spread evenly. */
  private wallAt(tick: number): number {
    const ticks = this.tick - this.baseTick
    const part = ticks > 0 ? Math.min(1, Math.max(0, (tick - this.baseTick) / ticks)) : 1
    return Math.round(this.baseWallNs + (this.wallNs - this.baseWallNs) * part)
  }

  // ---------------------------------------------------------------- definitions

  private define(d: Definitions): void {
    const { writer } = this
    for (const file of d.files ?? []) writer.insert('source_file', file.id, file.path, this.options.originOf(file.path), file.source)
    for (const code of d.codes ?? []) {
      this.trie.defineCode(code.id, code.firstLine, code.lineTable)
      this.fileOfCode.set(code.id, code.fileId)
      writer.insert('code', code.id, code.fileId, code.name, code.qualifiedName, code.firstLine, code.lineTable)
    }
    if (d.contexts) this.trie.defineContexts(d.contexts.id, d.contexts.parent, d.contexts.instruction, d.contexts.code)
    for (const t of d.types ?? []) {
      this.headGranules.set(t.id, t.headGranules)
      writer.insert('type', t.id, t.module, t.name, t.basicSizeBytes, t.itemSizeBytes, t.headGranules, t.collectable ? 1 : 0)
    }
    for (const region of d.regions ?? []) {
      writer.insert('region', region.id, region.name, region.base, region.sizeBytes, region.residentBytes)
      this.state.defineRegion(region.id, region.residentBytes)
    }
    if (d.regions) writer.setInitialRss(this.state.rssBytes)
    for (const thread of d.threads ?? []) writer.insert('thread', thread.id, thread.name, this.baseTick)
    if (d.allocator && this.keepsEvents) {
      const { geometry, granule, mappedArenas, everMappedArenas, peakMappedArenas, boundary, heapBytes } = d.allocator
      writer.insert(
        'start_block', 1, geometry.alignment, geometry.poolBytes, geometry.arenaBytes, mappedArenas, everMappedArenas, peakMappedArenas, boundary, heapBytes,
        granule.length, encodeStartBlocks(d.allocator))
    }
    if (d.addresses) writer.setAddresses(d.addresses.granuleBytes, d.addresses.boundary)
    for (const output of d.outputs ?? []) {
      const first = this.streamBytes.get(output.fileDescriptor) ?? 0
      this.streamBytes.set(output.fileDescriptor, first + output.bytes.length)
      writer.insert('output', ++this.outputs, output.fileDescriptor, output.tick, this.wallAt(output.tick), first, output.bytes)
    }
    for (const mark of d.marks ?? []) {
      if (this.options.level !== 'none') this.markLabels.set(mark.id, mark.label)
      else writer.insert('mark', mark.id, mark.label, this.tick, 0, this.wallNs, 0, 0, 0)
    }
    if (d.inputs) this.defineInputs(d.inputs)
    for (const holder of d.holders ?? []) writer.insert('reference_holder', holder.id, holder.text)
    for (const piece of d.collections ?? []) this.collections.set(piece.working.id, piece)
    if (d.snapshot && this.options.level !== 'none') this.snapshot(d.snapshot)
  }

  /** The state stands at the snapshot's instant: it knows where each object came from. */
  private snapshot(heap: HeapCapture): void {
    const { table } = this.state
    const { nodeCount } = heap
    const site = new Int32Array(nodeCount)
    const birthTick = new Float64Array(nodeCount).fill(-1)
    let bytes = 0
    for (let node = 1; node < nodeCount; node++) {
      bytes += heap.sizeBytes[node]!
      const address = heap.address[node]!
      const block = address > 0 ? table.find(address - this.headGranules.get(heap.type[node]!)!) : 0
      if (block === 0) continue // from before the recording
      site[node] = table.site[block]!
      birthTick[node] = table.tick[block]!
    }
    const { nodes, edges, strings } = encodeSnapshot(heap, { site, birthTick })
    this.writer.insert(
      'snapshot', ++this.snapshots, heap.reason, heap.label, this.state.events, this.tick, this.wallNs, nodeCount, heap.edgeCount, bytes,
      nodes, edges, strings)
  }

  /** Frees of blocks from before the recording since the last commit. There are few, since there are no new ones. */
  private writeFreed(): void {
    const { freedEvents, freedGranules } = this
    if (freedEvents.length === 0) return
    this.writer.insert('start_block_freed', ++this.freedBatches, freedEvents[0]!, freedEvents.length, encodeFreed(freedEvents, freedGranules))
    this.freedEvents = []
    this.freedGranules = []
  }

  /** Before the first message: what is going to run. */
  program({ kind, path, argv0, folder, data, runtime }: ProgramRow): void {
    this.writer.insert('program', 1, kind, path, argv0, folder, compress(data), runtime)
    this.dirty = true
  }

  private defineInputs({ files = [], contents = [], tapes = [] }: InputPieces): void {
    const { writer } = this
    for (const { id, bytes } of contents) {
      for (let piece = 0, at = 0; piece === 0 || at < bytes.length; piece++, at += CONTENT_PIECE_BYTES) {
        writer.insert('input_content', id, piece, compress(bytes.subarray(at, at + CONTENT_PIECE_BYTES)))
      }
    }
    for (const f of files) {
      writer.insert(
        'input_file', f.id, f.mount, f.question, f.path, f.isThere ? 1 : 0, f.isFolder ? 1 : 0, f.sizeBytes, f.mtimeSeconds, f.inode, f.contentId)
    }
    for (const { kind, place, tick, data } of tapes) writer.insert('input_tape', ++this.tapes, kind, place, tick, compress(data))
  }

  private digestAt(id: number, events: number, digest: number, tickLow: number): void {
    // Of a tick of this message the lower half says which.
    const tick = this.tick - (this.tick - tickLow >>> 0)
    this.writer.insert('event_digest', id, events, tick, digest)
    if (id > 0) this.options.onDigest?.(events, digest)
  }

  private writeDigest(): void {
    const { events, value, tickLow } = this.digest
    if (events > 0) this.digestAt(0, events, value, tickLow)
  }

  private writeSites(): void {
    const { tree } = this.trie
    for (; this.writtenSites < tree.count; this.writtenSites++) {
      const site = this.writtenSites
      this.writer.insert('traceback', site, tree.parent[site]!, tree.code[site]!, tree.line[site]!)
    }
  }

  private writeTimeline(): void {
    const t = this.timeline
    if (t.widthTicks !== this.timelineWidth) {
      this.timelineWidth = t.widthTicks
      this.writer.clearTimeline()
      t.dirtyFrom = 0
    }
    for (let i = t.dirtyFrom; i < t.count; i++) {
      this.writer.insert(
        'timeline', t.slot[i]!, Math.round(t.wallNs[i]!), t.minBytes[i]!, t.maxBytes[i]!, t.lastBytes[i]!, t.lastBlocks[i]!,
        t.lastObjects[i]!, t.lastRss[i]!)
    }
    t.clean()
  }

  figures(): RunFigures {
    const { state } = this
    return {
      last_tick: this.tick, wall_ns: this.wallNs, event_count: state.events, live_bytes: state.liveBytes, live_block_count: state.liveBlocks,
      live_object_count: state.liveObjects, rss_bytes: state.rssBytes, peak_bytes: state.peakBytes, peak_tick: state.peakTick,
      peak_event: state.peakEvents, allocation_count: state.allocations, allocated_bytes: state.allocatedBytes,
      temporary_count: state.temporaries, timeline_slot_ticks: this.timelineWidth,
    }
  }
}
