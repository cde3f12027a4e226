// One open recording: its tracebacks, its instants, and the memory at any of them.
//
// An instant is a number of events: "after the first n". Ticks, marks, the peak and the end are resolved to it. The memory
// there is the last keyframe before plus the events in between, replayed by the recorder's own MemoryState; the last few
// states stay at hand, so moving forward from one of them replays only the difference.
import { MoltError } from '../base/errors'
import { decodeChunk } from '../recording/chunk-codec'
import type { EventColumns } from '../recording/event-columns'
import { decodeBlocks, decodeFigures, decodePeak } from '../recording/keyframe'
import { MemoryState, SITE_STRIDE } from '../recording/memory-state'
import { SiteTree } from '../recording/site-tree'
import type { At, Frame, RunSettings } from '../rpc/contract'
import { RecordingReader, type StoredChunk, type StoredCode, type StoredKeyframe, type StoredRun } from '../store/reader'
import { IMPORTED, looksPickled, withImported } from './import-snapshot'

export interface Instant {
  tick: number
  /** Events passed. */
  event: number
  /** Of a recording without events: the keyframe that has this instant's figures. */
  keyframe?: StoredKeyframe
}

/** States kept for moving on: a playhead, an instant to compare with, and one more. */
const KEPT_STATES = 3
const KEPT_CHUNKS = 24

export class OpenRecording {
  readonly reader: RecordingReader
  /** Tracebacks as stored. Node 0 is tracemalloc's <unknown>. */
  readonly sites = new SiteTree()
  /** The same by file and line alone, as tracemalloc's are: `code` is a file id here. Several sites may be one frame. */
  readonly frames = new SiteTree()
  /** Site → its frame node. */
  frameOf = new Int32Array(256)
  /** Frame node → one of its sites, for the function's name. */
  private readonly siteOfFrame: number[] = [0]
  private codes: StoredCode[] = []
  private readonly codeIndex = new Map<number, StoredCode>()
  private readonly paths = new Map<number, string>()
  private fullStates: MemoryState[] = []
  private partialStates: MemoryState[] = []
  private readonly chunks = new Map<number, EventColumns>()
  private peakCache: { event: number; figures: Float64Array } | null = null

  /** The file as it was named. */
  readonly path: string

  /** A recording, or a pickled snapshot of Python's tracemalloc, which is imported for as long as it is open. */
  constructor(path: string) {
    this.path = path
    this.reader = openReader(path)
    this.refresh()
  }

  close(): void {
    this.fullStates = []
    this.partialStates = []
    this.chunks.clear()
    this.reader.close()
  }

  /** The recorder has ended: see RecordingReader.reopen. */
  reopen(): void {
    if (this.run().source_kind === IMPORTED) return
    this.reader.reopen()
    this.refresh()
  }

  run(): StoredRun {
    return this.reader.run()
  }

  settings(): RunSettings {
    return JSON.parse(this.run().settings) as RunSettings
  }

  /** Takes in what was recorded since the last call. Every query that shows places begins with it. */
  refresh(): void {
    const more = this.reader.tracebacks(this.sites.count - 1)
    if (more.parent.length === 0 && this.codes.length > 0) return
    for (const file of this.reader.fileHeads()) this.paths.set(file.id, file.path)
    for (const code of this.reader.codes(this.codes.at(-1)?.id ?? -1)) {
      this.codes.push(code)
      this.codeIndex.set(code.id, code)
    }
    for (let i = 0; i < more.parent.length; i++) {
      const site = this.sites.add(more.parent[i]!, more.code[i]!, more.line[i]!)
      if (site === this.frameOf.length) {
        const grown = new Int32Array(site * 2)
        grown.set(this.frameOf)
        this.frameOf = grown
      }
      this.frameOf[site] = this.frames.intern(this.frameOf[more.parent[i]!]!, this.fileOf(more.code[i]!), more.line[i]!)
      this.siteOfFrame[this.frameOf[site]!] ??= site
    }
  }

  /** The frame of a frame node (not of a site). */
  frameNode(node: number): Frame {
    return this.frame(this.siteOfFrame[node] ?? 0)
  }

  fileOf(codeId: number): number {
    return this.codeIndex.get(codeId)?.file_id ?? 0
  }

  /** Where a code object begins. */
  firstLineOf(codeId: number): number {
    return this.codeIndex.get(codeId)?.first_line ?? 0
  }

  functionOf(codeId: number): string {
    return this.codeIndex.get(codeId)?.qualified_name ?? ''
  }

  pathOf(fileId: number): string {
    return this.paths.get(fileId) ?? '<unknown>'
  }

  /** One frame of a stored site; site 0 is tracemalloc's <unknown>:0. */
  frame(site: number): Frame {
    const code = this.codeIndex.get(this.sites.code[site]!)
    return { fileId: code?.file_id ?? 0, path: this.pathOf(code?.file_id ?? 0), line: this.sites.line[site]!, functionName: code?.qualified_name ?? '' }
  }

  /** A code object, for what names frames by itself. */
  code(codeId: number): StoredCode | undefined {
    return this.codeIndex.get(codeId)
  }

  /** Outermost frame first; empty for site 0. */
  traceback(site: number): Frame[] {
    return this.sites.path(site).reverse().map(at => this.frame(at))
  }

  // ---------------------------------------------------------------- instants

  resolve(at: At): Instant {
    const run = this.run()
    if (run.event_count > 0 && !this.reader.chunkAtEvent(0)) return this.resolveWithoutEvents(at, run)
    if (at === 'end') return { tick: run.last_tick, event: run.event_count }
    if (at === 'peak') return { tick: run.peak_tick, event: run.peak_event }
    if (typeof at === 'number') return this.atTick(Math.min(at, run.last_tick))
    const { label, snapshot, event } = named(at)
    if (event !== undefined) return this.atEvent(Math.min(event, run.event_count))
    if (snapshot !== undefined) {
      const taken = this.reader.snapshots()
      const found = taken.find(s => s.id === snapshot)
      if (!found) throw new MoltError('no-instant', `There is no snapshot ${snapshot}.`, snapshotHint(taken.map(s => s.id)))
      return { tick: found.tick, event: found.event }
    }
    const mark = this.reader.marks().findLast(m => m.label === label)
    if (!mark) throw new MoltError('no-instant', `There is no mark named ${label}.`, this.markHint())
    return { tick: mark.tick, event: mark.event }
  }

  /** Passed are all events up to and with those of the tick. */
  private atTick(tick: number): Instant {
    const chunk = this.reader.chunkAtTick(tick)
    if (!chunk) return { tick, event: 0 }
    if (chunk.last_tick <= tick) return { tick, event: chunk.first_event + chunk.event_count }
    const { count, tickDelta, baseTick } = this.columns(chunk)
    let passed = 0
    for (let now = baseTick; passed < count; passed++) {
      now += tickDelta[passed]! >>> 0
      if (now > tick) break
    }
    return { tick, event: chunk.first_event + passed }
  }

  private atEvent(event: number): Instant {
    const chunk = event === 0 ? undefined : this.reader.chunkAtEvent(event - 1)
    if (!chunk) return { tick: 0, event: 0 }
    const { tickDelta, baseTick } = this.columns(chunk)
    let tick = baseTick
    for (let i = 0; i < event - chunk.first_event; i++) tick += tickDelta[i]! >>> 0
    return { tick, event }
  }

  /** --record stats keeps figures at a few instants only. */
  private resolveWithoutEvents(at: At, run: StoredRun): Instant {
    const kept = this.reader.keyframesOf('figures')
    const label = typeof at === 'string' ? named(at).label : undefined
    const current = kept.find(k => k.label === '') ?? kept.at(-1)
    const found = at === 'end' ? current
      : at === 'peak' ? this.reader.keyframesOf('peak').at(-1)
      : typeof at === 'number' ? kept.findLast(k => k.tick <= at)
      : kept.findLast(k => k.label === label)
    if (!found && run.source_kind === IMPORTED) {
      throw new MoltError('no-instant', `A tracemalloc snapshot is one instant: there is no ${at} in it.`, 'Ask for its end.')
    }
    if (!found) {
      throw new MoltError('no-instant', `This recording has statistics only, and none at ${typeof at === 'number' ? `tick ${at}` : at}.`,
        'It can be asked for its end, its peak and its marks. Record with --record full to see every instant.')
    }
    return { tick: at === 'end' ? run.last_tick : found.tick, event: found.event, keyframe: found }
  }

  private markHint(): string {
    const labels = [...new Set(this.reader.marks().map(m => m.label))]
    return labels.length === 0 ? 'This run has no marks.' : `Its marks: ${labels.slice(0, 20).join(', ')}.`
  }

  // ---------------------------------------------------------------- memory

  /** All figures at an instant, but not the blocks. The object is moved on by the next call: read it at once. */
  figureStateAt(instant: Instant): MemoryState {
    if (instant.keyframe) return decodeFigures(this.reader.keyframeData(instant.keyframe.id))
    return this.reader.together(() => {
      const keyframe = this.reader.figuresBefore(instant.event)
      const state = pick(this.partialStates, keyframe, instant) ?? this.load(keyframe, this.partialStates)
      this.partialStates = kept(this.partialStates, state)
      return this.moveOn(state, instant.event)
    })
  }

  /** The memory at an instant with every live block; otherwise as figureStateAt. Null if the recording has none. */
  stateAt(instant: Instant): MemoryState | null {
    if (instant.keyframe) return null
    return this.reader.together(() => {
      const keyframe = this.reader.stateBefore(instant.event)
      const state = pick(this.fullStates, keyframe, instant) ?? this.load(keyframe, this.fullStates)
      this.fullStates = kept(this.fullStates, state)
      return this.moveOn(state, instant.event)
    })
  }

  private moveOn(state: MemoryState, event: number): MemoryState {
    for (const chunk of this.reader.chunksOf(state.events, event)) {
      const from = state.events - chunk.first_event
      const to = Math.min(chunk.event_count, event - chunk.first_event)
      // Sites of a chunk are committed with it; a live recording may have more than at the last refresh.
      this.refresh()
      state.apply(this.columns(chunk), from, to, this.sites)
    }
    return state
  }

  /** The state of a keyframe, or the beginning, in the place of the state of `pool` that was used longest ago. */
  private load(keyframe: StoredKeyframe | undefined, pool: MemoryState[]): MemoryState {
    const partial = pool === this.partialStates
    const state = (pool.length === KEPT_STATES ? pool.pop() : undefined) ?? new MemoryState({ partial })
    if (!keyframe) {
      state.reset()
      for (const region of this.reader.regions()) state.defineRegion(region.id, region.resident_bytes)
      return state
    }
    decodeFigures(this.reader.keyframeData(keyframe.id), state)
    if (partial) return state
    const blocks = this.reader.keyframeBlocks(keyframe.id)
    if (!blocks) throw new MoltError('damaged', 'A keyframe of the recording has no blocks.')
    decodeBlocks(blocks, state)
    return state
  }

  /** Pairs of live bytes and blocks, one a site. */
  figuresAt(instant: Instant): Float64Array {
    if (instant.keyframe?.kind === 'peak') return decodePeak(this.reader.keyframeData(instant.keyframe.id))
    const { sites } = this.figureStateAt(instant)
    const figures = new Float64Array(sites.length / SITE_STRIDE * 2)
    for (let site = 0; site * SITE_STRIDE < sites.length; site++) {
      figures[site * 2] = sites[site * SITE_STRIDE]!
      figures[site * 2 + 1] = sites[site * SITE_STRIDE + 1]!
    }
    return figures
  }

  /** As figuresAt the peak; kept, since every source view asks for it. */
  peakFigures(): Float64Array {
    const { peak_event } = this.run()
    if (this.peakCache?.event === peak_event) return this.peakCache.figures
    const stored = this.reader.keyframesOf('peak').find(k => k.event === peak_event)
    const figures = stored ? decodePeak(this.reader.keyframeData(stored.id)) : this.peakNow()
    this.peakCache = { event: peak_event, figures }
    return figures
  }

  private peakNow(): Float64Array {
    try {
      return this.figuresAt(this.resolve('peak'))
    } catch (error) {
      // A run with statistics only that has not ended has no figures of its peak yet.
      if (error instanceof MoltError && error.code === 'no-instant') return new Float64Array(0)
      throw error
    }
  }

  columns(chunk: StoredChunk): EventColumns {
    let columns = this.chunks.get(chunk.id)
    if (columns) this.chunks.delete(chunk.id)
    else columns = decodeChunk(this.reader.chunkData(chunk.id))
    this.chunks.set(chunk.id, columns)
    if (this.chunks.size > KEPT_CHUNKS) this.chunks.delete(this.chunks.keys().next().value!)
    return columns
  }
}

/** SQLite looks at the file first: reading a recording by other means would take SQLite's locks off it. */
function openReader(path: string): RecordingReader {
  try {
    return new RecordingReader(path)
  } catch (error) {
    if (!(error instanceof MoltError) || error.code !== 'not-a-recording' || !looksPickled(path)) throw error
    return withImported(path, imported => new RecordingReader(imported))
  }
}

/** What `mark:NAME`, `snapshot:N`, `event:N` or a bare NAME means; `mark:` reaches marks that are called end or peak. */
function named(at: string): { label: string; snapshot?: number; event?: number } {
  const [, kind, rest] = /^(mark|snapshot|event):(.*)$/s.exec(at) ?? []
  if (kind === 'mark') return { label: rest! }
  if (kind === 'event' && /^\d{1,15}$/.test(rest!)) return { label: at, event: Number(rest) }
  if (kind !== 'snapshot') return { label: at }
  if (!/^\d{1,15}$/.test(rest!)) throw new MoltError('no-instant', `${at} is not an instant.`, 'After snapshot: comes its number, as in snapshot:1.')
  return { label: at, snapshot: Number(rest) }
}

const snapshotHint = (ids: number[]): string =>
  (ids.length === 0 ? 'This recording has no snapshots.' : `It has ${ids.length === 1 ? `snapshot ${ids[0]}` : `snapshots ${ids.slice(0, 20).join(', ')}`}.`)

/** The state that stands nearest before an instant, if it is nearer than the keyframe. */
function pick(states: MemoryState[], keyframe: StoredKeyframe | undefined, instant: Instant): MemoryState | undefined {
  let best: MemoryState | undefined
  for (const state of states) if (state.events <= instant.event && state.events >= (best?.events ?? keyframe?.event ?? 0)) best = state
  return best
}

const kept = (states: MemoryState[], used: MemoryState) => [used, ...states.filter(state => state !== used)].slice(0, KEPT_STATES)
