// The window's state as a whole: who holds what, and what happens when something is opened, run, shown or lost.
// Subjects keep their own state; this class only connects them.
import type { LibraryEntry, RunEnded } from '../../engine/rpc/contract'
import { RecordedOutput } from '../console/recorded-output.svelte'
import type { ConsoleLine } from '../console/log'
import { Examples } from '../examples/examples.svelte'
import { Library } from '../library/library.svelte'
import { Draft } from '../run/draft.svelte'
import { RunSession } from '../run/run-session.svelte'
import { Appearance } from '../settings/appearance.svelte'
import { Preferences } from '../settings/preferences.svelte'
import { SourceState } from '../source/source.svelte'
import { StatisticsState } from '../statistics/statistics.svelte'
import type { Span } from '../timeline/viewport'
import { connect, takeFragment } from './connect'
import { Engine } from './engine.svelte'
import { Navigation, type Place, type ViewName } from './navigation.svelte'
import { Notices } from './notices.svelte'
import { toProblem } from './problem'
import { Recording } from './recording.svelte'

export type Overlay = 'none' | 'palette' | 'keys' | 'picker' | 'unsaved'

/** Of what a run has printed before this page came. */
const MAX_OUTPUT_BYTES = 1024 * 1024
/** A dropped file travels in one frame. */
const MAX_IMPORT_BYTES = 60 * 1024 * 1024

export class Workspace {
  readonly engine = new Engine(connect)
  readonly appearance = new Appearance()
  readonly preferences = new Preferences(this.engine, this.appearance)
  readonly library = new Library(this.engine)
  readonly examples = new Examples(this.engine)
  readonly draft = new Draft()
  readonly run = new RunSession(this.engine)
  readonly output = new RecordedOutput(this.engine)
  readonly statistics = new StatisticsState(this.engine)
  readonly source = new SourceState(this.engine)
  readonly navigation = new Navigation()
  readonly notices = new Notices()

  view = $state<ViewName>('library')
  recording = $state.raw<Recording | null>(null)
  overlay = $state<Overlay>('none')
  consoleOpen = $state(true)
  /** What waits for the person's word on unsaved changes. */
  private replacing: (() => void) | null = null
  /** The field for the path of the script is open. */
  askingPath = $state(false)
  /** Counts requests to find something in the view. */
  finds = $state(0)
  /** The console shows the run that goes on, or the output kept in the opened recording. */
  readonly consoleOfRun: boolean = $derived(this.run.runId !== null && (this.recording === null || this.recording.id === this.run.recordingId))
  readonly consoleLines: ConsoleLine[] = $derived(this.consoleOfRun ? this.run.lines : this.output.lines)

  constructor() {
    this.run.onCommitted = (recordingId, tick) => {
      if (this.recording?.id === recordingId) this.recording.grew(tick)
    }
    this.run.onEnded = end => void this.afterRun(end)
  }

  // ---- start, loss, return

  async start(): Promise<void> {
    const { open } = takeFragmentOnWeb()
    const early = open ? [open] : []
    let ready = false
    window.host?.onOpenPath(path => {
      if (ready) void this.openPath(path)
      else early.push(path)
    })
    if (!await this.engine.connect()) return
    await this.loadBasics()
    this.remember()
    ready = true
    for (const path of early) await this.openPath(path)
  }

  private async loadBasics(): Promise<void> {
    try {
      await Promise.all([this.preferences.load(), this.library.load(), this.attachRun()])
    } catch (error) {
      this.notices.problem(toProblem(error))
    }
  }

  /** A page that was loaded again finds its run. */
  private async attachRun(): Promise<void> {
    const runs = await this.engine.call('run.list', {})
    const info = runs.findLast(run => !run.ended)
    if (!info) return
    const { chunks } = await this.engine.call('output.range', { recordingId: info.recordingId, maxBytes: MAX_OUTPUT_BYTES })
    this.run.attach(info, chunks)
    await this.adopt(info.recordingId)
    this.view = 'run'
  }

  /** After the engine's process ended: a new one, and the recording opened again where it was. */
  async reconnect(): Promise<void> {
    if (!await this.engine.connect()) return
    const { recording } = this
    await this.loadBasics()
    if (recording) await this.openRecording(recording.path, recording.following ? undefined : recording.tick)
  }

  engineLost(): void { this.run.lost() }

  // ---- opening

  async openPath(path: string): Promise<void> {
    if (/\.molt$/i.test(path)) await this.openRecording(path)
    else await this.openScript(path)
  }

  async openScript(path: string): Promise<void> {
    await this.attempt(async () => {
      const { text, modifiedMs } = await this.engine.call('script.read', { path })
      await this.engine.call('library.add', { path })
      window.host?.rememberRecent(path)
      this.replaceDraft(() => this.draft.loadScript(path, text, modifiedMs))
    })
  }

  async openRecording(path: string, tick?: number): Promise<boolean> {
    return this.attempt(async () => {
      const summary = await this.engine.call('recording.open', { path })
      await this.engine.call('library.add', { path })
      window.host?.rememberRecent(path)
      this.setRecording(new Recording(this.engine, summary))
      if (this.view === 'library' || this.view === 'examples' || this.view === 'settings' || this.view === 'run') this.view = 'statistics'
      void this.output.load(summary.recordingId)
      await this.recording?.load(tick)
      this.remember()
    })
  }

  /** The recording of a run that goes on. */
  private async adopt(recordingId: number): Promise<void> {
    const summary = await this.engine.call('recording.summary', { recordingId })
    this.setRecording(new Recording(this.engine, summary))
    await this.recording?.load()
  }

  private setRecording(recording: Recording | null): void {
    this.recording?.close()
    this.recording = recording
    this.statistics.reset()
    this.source.reset()
    this.output.reset()
  }

  closeRecording(): void {
    this.setRecording(null)
    if (this.view === 'statistics' || this.view === 'source') this.show('library')
  }

  /** Dropped files. In the desktop window they have a path; in a browser their bytes are handed over. */
  async openFiles(files: File[]): Promise<void> {
    for (const file of files) {
      const path = window.host?.pathOf(file)
      if (path) await this.openPath(path)
      else await this.importFile(file)
    }
  }

  private async importFile(file: File): Promise<void> {
    if (!/\.(py|molt)$/i.test(file.name)) {
      this.notices.problem({ message: `${file.name} is neither a script nor a recording.`, hint: 'Molt opens .py and .molt files.' })
      return
    }
    if (file.size > MAX_IMPORT_BYTES) {
      this.notices.problem({ message: `${file.name} is too large to be dropped into a browser.`, hint: 'Use Open: it reads the file where it lies.' })
      return
    }
    await this.attempt(async () => {
      const bytes = new Uint8Array(await file.arrayBuffer())
      const { path } = await this.engine.call('files.import', { name: file.name, bytes })
      await this.openPath(path)
    })
  }

  async pickAndOpen(): Promise<void> {
    if (!window.host) {
      this.overlay = 'picker'
      return
    }
    for (const path of await window.host.pickFiles()) await this.openPath(path)
  }

  async openExample(name: string): Promise<void> {
    await this.attempt(async () => {
      const { text } = await this.engine.call('examples.read', { name })
      this.replaceDraft(() => this.draft.load({ path: null, name: name.endsWith('.py') ? name : `${name}.py`, text, modifiedMs: null }))
    })
  }

  newScript(): void {
    this.replaceDraft(() => {
      this.draft.clear()
      this.draft.focusWanted = true
    })
  }

  /** Another text comes into the editor; what is unsaved there needs the person's word first. */
  private replaceDraft(load: () => void): void {
    const replace = () => {
      load()
      this.show('run')
    }
    if (!this.draft.dirty || this.draft.text.trim() === '') return replace()
    this.replacing = replace
    this.overlay = 'unsaved'
  }

  discardDraft(): void {
    const replace = this.replacing
    this.keepDraft()
    replace?.()
  }

  /** Nothing is replaced, and no place is asked for. */
  keepDraft(): void {
    this.replacing = null
    this.askingPath = false
    this.overlay = 'none'
  }

  /** To its place, or to one that is asked for: by a native dialog, or in a field above the editor. */
  async saveScript(path: string | null = this.draft.file.path): Promise<void> {
    this.overlay = 'none'
    const target = path ?? await window.host?.pickSavePath(this.draft.file.name)
    if (!target) {
      if (window.host) return this.keepDraft() // the dialog was dismissed
      this.show('run')
      this.askingPath = true
      return
    }
    const saved = await this.attempt(async () => {
      const { modifiedMs } = this.draft.file
      const written = await this.engine.call('script.save', {
        path: target, text: this.draft.text, ...(target === this.draft.file.path && modifiedMs !== null ? { expectedModifiedMs: modifiedMs } : {})
      })
      this.draft.saved(written.path, written.modifiedMs)
      await this.engine.call('library.add', { path: written.path })
      this.notices.done(`Saved ${this.draft.file.name}`)
    })
    if (!saved) return
    this.askingPath = false
    const replace = this.replacing
    this.replacing = null
    replace?.()
  }

  async saveScriptAs(): Promise<void> {
    if (!window.host) {
      this.askingPath = true
      return
    }
    const path = await window.host.pickSavePath(this.draft.file.name)
    if (path) await this.saveScript(path)
  }

  async removeEntry(entry: LibraryEntry, deleteFile: boolean): Promise<void> {
    await this.attempt(async () => {
      if (deleteFile && entry.path === this.recording?.path) this.closeRecording()
      await this.library.remove(entry, deleteFile)
    })
  }

  async setNote(entry: LibraryEntry, note: string): Promise<void> {
    await this.attempt(() => this.library.setNote(entry, note))
  }

  // ---- running

  async runDraft(): Promise<void> {
    if (this.run.busy) return
    await this.attempt(async () => {
      const request = this.draft.request()
      const started = await this.run.start({ ...request, settings: { ...this.preferences.run, ...request.settings } })
      this.consoleOpen = true
      await this.adopt(started.recordingId)
      this.remember()
    })
  }

  async stopRun(): Promise<void> { await this.attempt(() => this.run.stop()) }

  private async afterRun(end: RunEnded): Promise<void> {
    if (this.engine.status !== 'ready') return // the banner says it
    if (end.reason !== 'finished') this.consoleOpen = true // it says how the run ended
    if (this.recording?.id === end.recordingId) await this.recording.ended()
    await this.library.load()
  }

  // ---- where one is

  show(view: ViewName): void {
    this.view = view
    if (view === 'library') void this.library.load() // another window may have added to it
    this.remember()
  }

  showLine(fileId: number, path: string, line: number): void {
    this.source.show(fileId, Math.max(1, line))
    this.view = 'source'
    this.remember({ path, line })
  }

  showFile(fileId: number): void {
    const file = this.source.files.find(row => row.fileId === fileId)
    this.source.fileId = fileId
    this.source.wanted = null
    if (file) this.remember({ path: file.path, line: 1 })
  }

  movePlayhead(tick: number): void {
    this.recording?.moveTo(tick)
    this.remember()
  }

  brush(range: Span | null): void {
    this.showRange(range)
    this.remember()
  }

  /** A range compares its end with its start, unless the person chose another comparison. */
  private showRange(range: Span | null): void {
    this.recording?.setRange(range)
    if (range && this.statistics.compareWith === 'none') this.statistics.compareWith = 'range'
    if (!range && this.statistics.compareWith === 'range') this.statistics.compareWith = 'none'
  }

  /** Notes the place for Back. */
  remember(file: Place['file'] = null): void {
    const { recording } = this
    this.navigation.visit({
      view: this.view, recordingPath: recording?.path ?? null, tick: recording && !recording.following ? recording.tick : null,
      range: recording?.range ?? null, file
    }, performance.now())
  }

  async travel(direction: 1 | -1): Promise<void> {
    const place = this.navigation.go(direction)
    if (!place) return
    if (place.recordingPath !== null && place.recordingPath !== this.recording?.path) {
      await this.attempt(async () => {
        const summary = await this.engine.call('recording.open', { path: place.recordingPath! })
        this.setRecording(new Recording(this.engine, summary))
        void this.output.load(summary.recordingId)
        await this.recording?.load(place.tick ?? undefined)
      })
    }
    this.view = place.view
    if (this.recording && place.tick !== null) {
      this.showRange(place.range)
      if (!place.range) this.recording.moveTo(place.tick)
    }
    const file = place.file && this.source.files.find(row => row.path === place.file?.path)
    if (file && place.file) this.source.show(file.fileId, place.file.line)
  }

  private async attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action()
      return true
    } catch (error) {
      this.notices.problem(toProblem(error))
      return false
    }
  }
}

const takeFragmentOnWeb = () => (window.host ? { open: '' } : takeFragment())
