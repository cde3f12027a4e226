// All methods of the contract, over the read models and the runs of this process.
import { mkdirSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { MoltError } from '../base/errors'
import { gcCollections, gcTicks } from '../queries/gc-collections'
import { describeInstant, stepInstant } from '../queries/instant'
import { Library } from '../queries/library'
import { marksList, outputRange } from '../queries/marks-and-output'
import { prepareMeasure } from '../queries/measures'
import { OpenRecording } from '../queries/open-recording'
import { recordingSummary } from '../queries/recording-summary'
import { importFile, listExamples, listFiles, readExample, readScript, saveScript } from '../queries/scripts'
import { SettingsFile } from '../queries/settings'
import { sourceFiles, sourceLines } from '../queries/source-lines'
import { statisticsAt } from '../queries/statistics-at'
import { timelineRange } from '../queries/timeline-range'
import { typesAt } from '../queries/types-at'
import type { RecordingSummary, RunRequest } from '../rpc/contract'
import type { Emit, Handlers } from '../rpc/rpc'
import { sqliteVersion } from '../store/database'
import { allocatorHandlers } from './store-allocator'
import { gcHandlers } from './store-gc'
import { growthHandlers } from './store-growth'
import { objectHandlers } from './store-objects'
import { cyclesHandlers } from './store-cycles'
import { leaksHandlers } from './store-leaks'
import { wasteHandlers } from './store-waste'
import { RunManager } from './run-manager'
import { diffHandlers } from './store-diff'
import { Exports } from './store-export'
import { ledgerHandlers } from './store-ledger'
import { timesHandlers } from './store-times'
import { replayHandlers } from './store-replay'
import { ENGINE_VERSION, PYTHON_VERSION } from './versions'

export interface StoreServiceOptions {
  dataFolder: string
  examplesFolder: string
  installFolder: string
  runEntry: string
  workerPath: string
  /** To every link. */
  emit: Emit
}

interface Opened { recording: OpenRecording; uses: number }

export class StoreService {
  readonly runs: RunManager
  readonly handlers: Handlers
  private readonly library: Library
  private readonly settings: SettingsFile
  private readonly recordings = new Map<number, Opened>()
  private readonly exports: Exports
  private nextId = 1

  constructor(options: StoreServiceOptions) {
    this.library = new Library(options.dataFolder)
    this.settings = new SettingsFile(options.dataFolder)
    this.runs = new RunManager({
      runEntry: options.runEntry, workerPath: options.workerPath, installFolder: options.installFolder,
      recordingsFolder: join(options.dataFolder, 'recordings'), emit: options.emit,
      defaults: () => this.settings.get().run,
      opened: path => {
        const id = this.open(path)
        this.remember(path) // at once: whatever becomes of this process, the library knows the recording
        return id
      },
      finished: (recordingId, path, request) => {
        this.recordings.get(recordingId)?.recording.reopen()
        this.remember(path)
        if (request?.source.kind === 'path') this.remember(request.source.path)
        options.emit('library.changed', null)
      },
    })
    this.exports = new Exports(params => this.get(params.recordingId), { workerPath: options.workerPath, dataFolder: options.installFolder })
    this.handlers = this.makeHandlers(options)
  }

  /** Ends the runs and closes all recordings. */
  async close(): Promise<void> {
    await Promise.all([this.runs.close(), this.exports.close()])
    for (const { recording } of this.recordings.values()) recording.close()
    this.recordings.clear()
  }

  private makeHandlers(options: StoreServiceOptions): Handlers {
    const { library, settings, runs } = this
    const at = (params: { recordingId: number }) => this.get(params.recordingId)
    const changed = <T>(result: T): T => {
      options.emit('library.changed', null)
      return result
    }
    return {
      ...timesHandlers(id => this.get(id), id => runs.isLive(id)),
      ...replayHandlers(at, runs),
      'app.info': () => ({
        version: ENGINE_VERSION, pythonVersion: PYTHON_VERSION, node: process.versions.node, sqlite: sqliteVersion(), platform: process.platform,
        dataFolder: options.dataFolder, homeFolder: homedir(),
      }),

      'recording.open': ({ path }) => {
        const id = this.open(path)
        if (/\.molt$/i.test(path)) this.remember(path) // not a snapshot of tracemalloc
        options.emit('library.changed', null)
        return this.summary(id)
      },
      'recording.close': params => {
        const opened = this.recordings.get(params.recordingId)
        if (opened && --opened.uses === 0 && !runs.isLive(params.recordingId)) {
          opened.recording.close()
          this.recordings.delete(params.recordingId)
        }
        return null
      },
      'recording.summary': params => this.summary(params.recordingId),

      'timeline.range': params => timelineRange(at(params), params),
      'statistics.at': async (params, context) => {
        await prepareMeasure(at(params), params, context)
        return statisticsAt(at(params), params)
      },
      'types.at': params => typesAt(at(params), params),
      'source.files': params => sourceFiles(at(params), params),
      'source.lines': params => sourceLines(at(params), params),
      'gc.collections': params => gcCollections(at(params), params),
      'gc.ticks': params => gcTicks(at(params)),
      'marks.list': params => marksList(at(params)),
      'output.range': params => outputRange(at(params), params),
      'instant.describe': params => describeInstant(at(params), params),
      'instant.step': params => stepInstant(at(params), params),

      ...allocatorHandlers(at),
      ...gcHandlers(at),
      ...growthHandlers(at),
      ...ledgerHandlers(at, options),
      ...objectHandlers(at, { workerPath: options.workerPath, dataFolder: options.installFolder }),
      ...cyclesHandlers(at, options),
      ...leaksHandlers(at),
      ...wasteHandlers(at),
      ...diffHandlers(id => this.get(id)),

      'run.start': params => runs.start(inFolder(params, join(options.dataFolder, 'untitled'))),
      'run.stop': params => (runs.stop(params.runId), null),
      'run.pause': params => (runs.pause(params.runId, params.paused), null),
      'run.snapshot': params => (runs.snapshot(params.runId), null),
      'run.input': params => (runs.input(params.runId, params.text, params.end ?? false), null),
      'run.list': () => runs.list(),

      'library.list': () => library.list(),
      'library.add': params => changed(library.add(params.path)),
      'library.remove': params => {
        if (params.deleteFile) this.letGo(params.path)
        return changed((library.remove(params.path, params.deleteFile ?? false), null))
      },
      'library.note': params => changed((library.note(params.path, params.note), null)),

      'script.read': params => readScript(params.path),
      'script.save': params => saveScript(params),
      'examples.list': () => listExamples(options.examplesFolder),
      'examples.read': params => readExample(options.examplesFolder, params.name),
      'files.list': params => listFiles(params),
      'files.import': params => importFile(options.dataFolder, params),

      ...this.exports.handlers,

      'settings.get': () => settings.get(),
      'settings.set': params => {
        const next = settings.set(params)
        options.emit('settings.changed', next)
        return next
      },
    }
  }

  private summary(id: number): RecordingSummary {
    return recordingSummary(this.get(id), id, this.runs.isLive(id))
  }

  private get(id: number): OpenRecording {
    const opened = this.recordings.get(id)
    if (!opened) throw new MoltError('no-recording', 'This recording is not open any more.', 'Open it again.')
    return opened.recording
  }

  /** One file is opened once, however many ask. */
  private open(path: string): number {
    const real = realPath(path)
    for (const [id, opened] of this.recordings) {
      if (realPath(opened.recording.path) !== real) continue
      opened.uses++
      return id
    }
    const id = this.nextId++
    this.recordings.set(id, { recording: new OpenRecording(path), uses: 1 })
    return id
  }

  /** Before its file is deleted. */
  private letGo(path: string): void {
    for (const [id, opened] of this.recordings) {
      if (realPath(opened.recording.path) !== realPath(path) || this.runs.isLive(id)) continue
      opened.recording.close()
      this.recordings.delete(id)
    }
  }

  /** Puts a file into the library; that it cannot be is no reason to fail. */
  private remember(path: string): void {
    try {
      this.library.add(path)
    } catch {}
  }
}

/** A script that lies nowhere runs in a folder of its own: not in whichever one this process was started from. */
function inFolder(request: RunRequest, folder: string): RunRequest {
  const { source } = request
  if (source.kind === 'path' || source.folder !== undefined) return request
  mkdirSync(folder, { recursive: true })
  return { ...request, source: { ...source, folder } }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
