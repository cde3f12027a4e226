// One opened recording: what it is, its timeline, and the instant and range that every view shows.
//
// `tick` moves at once, with every movement of the hand. What the engine says about it (`instant`, the views)
// follows as fast as answers come. While the run is going, `following` keeps the instant at its newest end.
import type { At, InstantDescription, MarkRow, RecordingSummary, TimelineRange } from '../../engine/rpc/contract'
import { clampView, isWhole, reveal, type Span, type Viewport } from '../timeline/viewport'
import type { Engine } from './engine.svelte'
import { Latest } from './latest'
import { isCancelled, toProblem, type Problem } from './problem'

export interface GcTicks { tick: Float64Array; generation: Uint8Array; collected: Int32Array }

const NO_GC: GcTicks = { tick: new Float64Array(), generation: new Uint8Array(), collected: new Int32Array() }
const OVERVIEW_SLOTS = 1000
const LIVE_REFRESH_MS = 150
/** A rest of the hand after which slower questions are asked. */
const REST_MS = 90

export type StepBy = 'event' | 'line' | 'gc' | 'mark'

export class Recording {
  readonly id: number
  readonly path: string
  summary = $state.raw() as RecordingSummary
  marks = $state.raw<MarkRow[]>([])
  gc = $state.raw<GcTicks>(NO_GC)
  /** The whole run. */
  overview = $state.raw<TimelineRange | null>(null)
  /** The part in sight, finer; null while the whole run is. */
  detail = $state.raw<TimelineRange | null>(null)
  view = $state.raw<Viewport>({ from: 0, to: 1 })
  tick = $state(0)
  following = $state(false)
  range = $state.raw<Span | null>(null)
  instant = $state.raw<InstantDescription | null>(null)
  problem = $state.raw<Problem | null>(null)
  /** Counts what the engine learned while the run goes on, so that views ask again. */
  version = $state(0)

  readonly span: Span = $derived({ from: this.summary.firstTick, to: Math.max(this.summary.lastTick, this.summary.firstTick + 1) })
  /** The only instants of a recording that keeps figures alone; null where every instant can be seen. */
  readonly stops: number[] | null = $derived(hasEvents(this.summary) || this.summary.live
    ? null : [...this.marks.map(mark => mark.tick), this.summary.peakTick, this.summary.lastTick].sort((a, b) => a - b))
  private readonly newest: At = $derived(this.newestOf(this.summary))
  /**
   * What to ask for. The peak by its name: it lies between two events of its tick, and is gone when the tick is over.
   */
  readonly at: At = $derived(this.following ? this.newest : this.tick === this.summary.peakTick ? 'peak'
    : this.stops && this.tick === this.summary.lastTick ? 'end' : this.tick)
  readonly zoomed: boolean = $derived(!isWhole(this.view, this.span))

  private readonly engine: Engine
  private readonly connection: number
  private readonly described: Latest<At, InstantDescription>
  private readonly detailed: Latest<Viewport, TimelineRange>
  private readonly overviewed: Latest<At, TimelineRange>
  private slots = OVERVIEW_SLOTS
  private closed = false
  private refreshTimer: ReturnType<typeof setTimeout> | undefined
  private rest: { timer: ReturnType<typeof setTimeout>; end: () => void } | null = null
  private stepping = false

  constructor(engine: Engine, summary: RecordingSummary) {
    this.engine = engine
    this.connection = engine.connection
    this.id = summary.recordingId
    this.path = summary.path
    this.summary = summary
    this.following = summary.live
    const fail = (error: unknown) => { if (!isCancelled(error)) this.problem = toProblem(error) }
    this.described = new Latest(
      at => engine.call('instant.describe', { recordingId: this.id, at }),
      instant => { this.instant = instant }, fail)
    this.detailed = new Latest(
      view => engine.call('timeline.range', { recordingId: this.id, fromTick: Math.floor(view.from), toTick: Math.ceil(view.to), slots: this.slots }),
      range => { if (this.zoomed) this.detail = range }, fail)
    this.overviewed = new Latest(
      aliveAt => engine.call('timeline.range', { recordingId: this.id, slots: OVERVIEW_SLOTS, aliveAt }),
      range => { this.overview = range }, fail)
    this.showWhole()
  }

  /** The first questions. Starts at the peak, the question most people come with; a running one at its end. */
  async load(at: number = this.summary.live ? this.summary.lastTick : this.summary.peakTick): Promise<void> {
    this.tick = this.clampTick(at)
    this.ask()
    await this.loadMarks()
  }

  private async loadMarks(): Promise<void> {
    try {
      const [marks, gc] = await Promise.all([
        this.engine.call('marks.list', { recordingId: this.id }),
        this.engine.call('gc.ticks', { recordingId: this.id })
      ])
      this.marks = marks
      this.gc = gc
    } catch (error) {
      this.problem = toProblem(error)
    }
  }

  clampTick(tick: number): number {
    const inside = Math.min(Math.max(Math.round(tick), this.span.from), this.summary.lastTick)
    return this.stops ? nearest(this.stops, inside) : inside
  }

  // ---- the instant

  moveTo(tick: number, options: { reveal?: boolean } = {}): void {
    this.following = false
    this.tick = this.clampTick(tick)
    if (options.reveal !== false) this.setView(reveal(this.view, this.span, this.tick))
    this.ask()
  }

  follow(): void {
    this.following = true
    this.range = null
    this.tick = this.summary.lastTick
    this.ask()
  }

  setRange(range: Span | null): void {
    if (range === null) {
      this.range = null
      return
    }
    const from = this.clampTick(Math.min(range.from, range.to)), to = this.clampTick(Math.max(range.from, range.to))
    this.range = { from, to }
    this.following = false
    this.tick = to
    this.ask()
  }

  /** To the neighbouring event, line, collection or mark. One step at a time, however fast the key repeats. */
  async step(by: StepBy, direction: 1 | -1): Promise<void> {
    if (this.stepping) return
    this.stepping = true
    try {
      const tick = await this.engine.call('instant.step', { recordingId: this.id, at: this.tick, by, direction })
      if (tick !== null) this.moveTo(tick)
    } catch (error) {
      this.problem = toProblem(error)
    }
    this.stepping = false
  }

  /** By its tick: the run goes on between two questions, and all that is shown is to be of one instant. */
  private newestOf(summary: RecordingSummary): At {
    return hasEvents(summary) ? summary.lastTick : 'end'
  }

  private ask(): void {
    this.described.request(this.at)
    this.afterRest(() => this.overviewed.request(this.at))
  }

  private afterRest(action: () => void): void {
    if (this.rest) {
      clearTimeout(this.rest.timer)
      this.rest.end()
    }
    const end = this.engine.activity.begin()
    const timer = setTimeout(() => {
      this.rest = null
      if (!this.closed) action()
      end()
    }, REST_MS)
    this.rest = { timer, end }
  }

  // ---- the part in sight

  setView(view: Viewport): void {
    const next = clampView(view, this.span)
    if (next.from === this.view.from && next.to === this.view.to) return
    this.view = next
    if (this.zoomed) this.detailed.request(next)
    else this.detail = null
  }

  showWhole(): void { this.setView(this.span) }

  /** One column of figures a pixel is all that can be seen. */
  setSlots(pixels: number): void {
    this.slots = Math.min(4000, Math.max(200, Math.round(pixels)))
  }

  // ---- while it is being written

  /** The engine has committed up to here. */
  grew(lastTick: number): void {
    if (this.closed || lastTick <= this.summary.lastTick) return
    this.refreshTimer ??= setTimeout(() => void this.refresh().finally(() => { this.refreshTimer = undefined }), LIVE_REFRESH_MS)
  }

  /** Asks for everything again that grows with the run, and shows it at once, so that nothing runs ahead of the rest. */
  async refresh(): Promise<void> {
    if (this.closed) return
    const recordingId = this.id
    try {
      const summary = await this.engine.call('recording.summary', { recordingId })
      const aliveAt = this.following ? this.newestOf(summary) : this.at
      const overview = await this.engine.call('timeline.range', { recordingId, slots: OVERVIEW_SLOTS, aliveAt })
      if (this.closed) return
      const whole = !this.zoomed
      this.summary = summary
      this.overview = overview
      if (whole) this.showWhole()
      if (this.following) this.tick = summary.lastTick
      this.version++
      this.described.request(this.at)
    } catch (error) {
      if (!this.closed && !isCancelled(error)) this.problem = toProblem(error)
      return
    }
    await this.loadMarks()
  }

  /** The run is over: what followed it rests at the peak now. */
  async ended(): Promise<void> {
    await this.refresh()
    if (!this.following) return
    this.following = false
    this.moveTo(this.summary.peakTick)
  }

  close(): void {
    this.closed = true
    clearTimeout(this.refreshTimer)
    this.described.forget()
    this.detailed.forget()
    this.overviewed.forget()
    if (this.engine.status === 'ready' && this.engine.connection === this.connection) void this.engine.call('recording.close', { recordingId: this.id }).catch(() => {})
  }
}

const nearest = (stops: number[], tick: number): number =>
  stops.reduce((best, stop) => (Math.abs(stop - tick) < Math.abs(best - tick) ? stop : best))

function hasEvents({ settings }: RecordingSummary): boolean {
  return settings.record === 'full' || settings.record === 'ledger'
}
