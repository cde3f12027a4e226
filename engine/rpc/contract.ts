// The RPC contract between the engine's store process and whoever shows it (renderer, web page, tests):
// requests, results, events, the error envelope. Types only; nothing here exists at run time. The server
// checks every request against `schemas.ts`, whose table must name exactly the methods below.
//
// One method = one `params` object and one `result`. Units are in the names (`Bytes`, `Tick`, `Ns`, `Ms`).
// Large answers are columns in typed arrays of equal length. A tick is one executed bytecode instruction.
import type { ErrorCode } from '../base/errors'
import type { AllocatorMethods } from './contract-allocator'
import type { GcMethods } from './contract-gc'
import type { GrowthMethods } from './contract-growth'
import type { LedgerMethods } from './contract-ledger'
import type { ObjectMethods } from './contract-objects'
import type { CyclesMethods } from './contract-cycles'
import type { WasteMethods } from './contract-waste'
import type { LeaksMethods } from './contract-leaks'
import type { DiffMethods } from './contract-diff'
import type { ExportMethods } from './contract-export'
import type { ReplayMethods, ReplayOutcome } from './contract-replay'
import type { MeasureParams, TimesMethods } from './contract-times'

/** An instant: a tick, the end of the run, the peak of traced bytes, `mark:NAME`, `snapshot:N`, or the bare name of a mark. */
export type At = number | 'end' | 'peak' | (string & {})

/** Handle of a recording opened in this store process, from `recording.open` or `run.start`. */
export type RecordingId = number
export type RunId = number

// ---------------------------------------------------------------- runs

/** 'ledger': everything, and each reference taken and dropped. */
export type RecordLevel = 'full' | 'ledger' | 'stats' | 'none'
export type ClockKind = 'virtual' | 'wall'
export type AllocatorGeometry = 'cpython' | 'textbook'

export interface RunSettings {
  record: RecordLevel
  clock: ClockKind
  /** Folders added in front of sys.path. */
  paths: string[]
  gcThreshold: [number, number, number]
  /** Limit of the simulated process; beyond it the script gets a MemoryError. 0 = none. */
  maxMemoryBytes: number
  /** The run is stopped after this many instructions. 0 = none. */
  maxTicks: number
  /** sys.getrecursionlimit() at the start. */
  stackDepth: number
  /** Geometry of pymalloc: CPython 3.11's, or the textbook's (arenas of 256 KiB, pools of 4 KiB, 8-byte alignment). */
  allocator: AllocatorGeometry
  /** PYTHONHASHSEED. */
  seed: number
  /** With record 'ledger': only objects of these types ('type:NAME') and born on these lines ('line:FILE:LINE'). Empty: all. */
  ledger: string[]
  /** When the whole heap is written down: 'end', 'marks', 'collections' (after each full one), 'every:N' (instructions), 'peak' (by a second run). */
  snapshots: string[]
}

export type RunSource =
  | { kind: 'path'; path: string }
  /** An unsaved script from the editor; `name` is what tracebacks show. */
  | { kind: 'text'; name: string; text: string; folder?: string }
  | { kind: 'module'; module: string; folder?: string }
  | { kind: 'code'; code: string; folder?: string }

export interface RunRequest {
  source: RunSource
  arguments?: string[]
  /** A fixed text, or 'interactive': the script waits for `run.input` (and `run.inputWanted` is sent). Absent: empty. */
  stdin?: { text: string } | 'interactive'
  settings?: Partial<RunSettings>
  /** Where to record; absent: a new file in the data folder. */
  output?: string
  overwrite?: boolean
}

export interface RunStarted { runId: RunId; recordingId: RecordingId; path: string }

export type EndReason =
  /** The script came to its end (also by an exception or sys.exit; see the exit code). */
  | 'finished'
  | 'stopped' | 'tick-limit' | 'memory-limit'
  /** The interpreter or its process broke: our fault. */
  | 'crashed'
  /** Nothing was written: the process was killed, or is still running. */
  | 'unfinished'

export interface RunProgress {
  runId: RunId
  tick: number
  wallNs: number
  liveBytes: number
  liveBlocks: number
  liveObjects: number
  rssBytes: number
  events: number
  /** Everything up to this tick can be queried. */
  committedTick: number
  paused: boolean
}

export interface RunInfo extends RunProgress {
  recordingId: RecordingId
  path: string
  scriptName: string
  ended: boolean
}

export interface RunEnded { runId: RunId; recordingId: RecordingId; reason: EndReason; exitCode: number; message: string; /** Of a replay. */ replay?: ReplayOutcome }

// ---------------------------------------------------------------- a recording

export interface RecordingSummary {
  recordingId: RecordingId
  path: string
  fileBytes: number
  scriptName: string
  scriptPath: string
  arguments: string[]
  settings: RunSettings
  engineVersion: string
  pythonVersion: string
  /** Unix time. */
  startedMs: number
  reason: EndReason
  exitCode: number | null
  message: string
  /** False while recording, or if the recorder was killed. */
  complete: boolean
  /** True while this store process knows the run that writes it. */
  live: boolean
  firstTick: number
  lastTick: number
  wallNs: number
  events: number
  peakBytes: number
  peakTick: number
  liveBytes: number
  liveBlocks: number
  liveObjects: number
  allocations: number
  allocatedBytes: number
  /** Share of all allocations that were freed within TEMPORARY_TICKS (1,000 instructions), 0..1. */
  temporaryShare: number
  collections: number
  collectionNs: number
  marks: number
  snapshots: number
}

/** Columns over slots of equal tick width; min/max/last of what happened in the slot. */
export interface TimelineRange {
  fromTick: number
  toTick: number
  /** Last tick of each slot. */
  tick: Float64Array
  wallNs: Float64Array
  liveBytesMin: Float64Array
  liveBytesMax: Float64Array
  liveBytesLast: Float64Array
  liveBlocksLast: Float64Array
  liveObjectsLast: Float64Array
  rssBytesLast: Float64Array
  /** Bytes of the blocks that came to their line (by allocation, reallocation, reuse) in the slot and are alive at `aliveAt`. */
  aliveBytes: Float64Array
}

export interface Frame {
  fileId: number
  path: string
  line: number
  functionName: string
}

export type GroupBy = 'lineno' | 'filename' | 'traceback'

/** As tracemalloc.Filter: fnmatch on the file name, optionally one line, on every frame or the top one. */
export interface StatisticsFilter { inclusive: boolean; pattern: string; line?: number; allFrames?: boolean }

export interface StatisticRow {
  /** Oldest frame first, as in tracemalloc; one frame for 'lineno', one with line 0 for 'filename'. */
  traceback: Frame[]
  /** What `measure` says: bytes and blocks alive unless another one was asked for. */
  sizeBytes: number
  count: number
  averageBytes: number
  /** With `compareTo`; else 0. */
  sizeDiffBytes: number
  countDiff: number
}

export interface StatisticsParams extends MeasureParams {
  recordingId: RecordingId
  groupBy: GroupBy
  /** A block counts for every frame of its traceback (not for groupBy 'traceback'). */
  cumulative?: boolean
  filters?: StatisticsFilter[]
  compareTo?: At
  offset?: number
  limit?: number
}

export interface StatisticsResult {
  /** Of the instant shown: the end of a range, or the highest instant in it. */
  tick: number
  /** Where the range begins; null from the beginning of the run. */
  fromTick: number | null
  compareToTick: number | null
  rows: StatisticRow[]
  /** All rows there are; `rows` is a page of them. */
  rowCount: number
  totalBytes: number
  totalCount: number
  totalDiffBytes: number
  totalCountDiff: number
}

export interface TypeRow { typeId: number; module: string; name: string; count: number; sizeBytes: number; countDiff: number; sizeDiffBytes: number }
export interface TypesResult { tick: number; compareToTick: number | null; rows: TypeRow[]; rowCount: number; totalCount: number; totalBytes: number }

export interface SourceFileRow {
  fileId: number
  path: string
  /** The script itself, a file beside it or on --path, the standard library, or made by exec/compile. */
  origin: 'script' | 'user' | 'library' | 'generated'
  hasText: boolean
  lineCount: number
  liveBytes: number
  liveBlocks: number
  allocations: number
  allocatedBytes: number
}

/** Figures of the lines that ever allocated or ran an event; columns of equal length, sorted by line. */
export interface SourceLines {
  fileId: number
  path: string
  text: string
  tick: number
  peakTick: number
  line: Int32Array
  liveBytes: Float64Array
  liveBlocks: Float64Array
  /** Whole run up to `at`. */
  allocations: Float64Array
  allocatedBytes: Float64Array
  /** Bytes alive at the peak, and their share of the peak, 0..1. */
  peakBytes: Float64Array
  peakShare: Float64Array
  /** Share of the line's allocations that were freed within 1,000 instructions, 0..1. */
  temporaryShare: Float64Array
  /** memory_profiler's columns: net growth of live bytes while the line was current, and how often it became current. */
  incrementBytes: Float64Array
  occurrences: Float64Array
  /** Live bytes of each line at `sparkSlots` equidistant ticks of the whole run; row-major, lines × slots. */
  sparkSlots: number
  spark: Float32Array
}

export interface CollectionRow {
  collectionId: number
  generation: number
  /** 'threshold': count passed threshold; 'explicit': gc.collect(); 'exit': at finalisation. */
  reason: 'threshold' | 'explicit' | 'exit'
  counts: [number, number, number]
  thresholds: [number, number, number]
  trackedBefore: number
  trackedAfter: number
  collected: number
  uncollectable: number
  startTick: number
  endTick: number
  startWallNs: number
  durationNs: number
  freedBytes: number
  frame: Frame | null
}

export interface MarkRow { markId: number; label: string; tick: number; wallNs: number; liveBytes: number; frame: Frame | null }
export interface OutputChunk { fd: number; tick: number; wallNs: number; /** Offset in the stream of this fd. */ offset: number; bytes: Uint8Array }

export interface InstantDescription {
  tick: number
  wallNs: number
  /** What ran at this instant, the innermost frame last; empty outside of any Python frame. */
  traceback: Frame[]
  liveBytes: number
  liveBlocks: number
  liveObjects: number
  rssBytes: number
  /** The last mark at or before the instant. */
  sinceMark: { label: string; tick: number; deltaBytes: number; deltaBlocks: number } | null
}

// ---------------------------------------------------------------- library, scripts, settings

export interface LibraryEntry {
  path: string
  kind: 'recording' | 'script'
  name: string
  note: string
  addedMs: number
  modifiedMs: number
  fileBytes: number
  missing: boolean
  /** Of recordings that could be read; else null. */
  recording: { scriptName: string; startedMs: number; peakBytes: number; lastTick: number; reason: EndReason; exitCode: number | null } | null
  /** Why it cannot be read, or ''. */
  problem: string
}

export interface ScriptText { path: string; text: string; modifiedMs: number }
export interface ExampleRow { name: string; title: string; summary: string; subject: string }
export interface FileRow { name: string; path: string; kind: 'folder' | 'script' | 'recording' | 'other'; sizeBytes: number; modifiedMs: number }

export interface Settings {
  theme: 'system' | 'light' | 'dark'
  units: 'binary' | 'si'
  /** Defaults of new runs. */
  run: RunSettings
}

export interface AppInfo {
  version: string
  pythonVersion: string
  node: string
  sqlite: string
  platform: string
  dataFolder: string
  homeFolder: string
}

// ---------------------------------------------------------------- methods

type M<Params, Result> = { params: Params; result: Result }
type None = Record<string, never>
interface InRecording { recordingId: RecordingId }
interface InRun { runId: RunId }

export interface Methods extends
  AllocatorMethods, GcMethods, GrowthMethods,
  DiffMethods, ExportMethods, TimesMethods, CyclesMethods, LeaksMethods, WasteMethods, LedgerMethods, ObjectMethods, ReplayMethods {
  'app.info': M<None, AppInfo>

  'recording.open': M<{ path: string }, RecordingSummary>
  'recording.close': M<InRecording, null>
  'recording.summary': M<InRecording, RecordingSummary>

  'timeline.range': M<InRecording & { fromTick?: number; toTick?: number; slots: number; aliveAt?: At }, TimelineRange>
  'statistics.at': M<StatisticsParams, StatisticsResult>
  'types.at': M<InRecording & { at: At; compareTo?: At; offset?: number; limit?: number }, TypesResult>
  'source.files': M<InRecording & { at: At }, SourceFileRow[]>
  'source.lines': M<InRecording & { fileId: number; at: At; sparkSlots?: number }, SourceLines>
  'gc.collections': M<
    InRecording & { fromTick?: number; toTick?: number; offset?: number; limit?: number },
    { rows: CollectionRow[]; rowCount: number }>
  /** All collections, small, for ticks on the timeline. */
  'gc.ticks': M<InRecording, { tick: Float64Array; generation: Uint8Array; collected: Int32Array }>
  'marks.list': M<InRecording, MarkRow[]>
  'output.range': M<
    InRecording & { fromTick?: number; toTick?: number; maxBytes?: number },
    { chunks: OutputChunk[]; /** More was there than `maxBytes` (the newest are given). */ cut: boolean }>
  'instant.describe': M<InRecording & { at: At }, InstantDescription>
  /** The neighbour of an instant: the next or previous event, line, collection or mark; null at the ends. */
  'instant.step': M<InRecording & { at: At; by: 'event' | 'line' | 'gc' | 'mark'; direction: 1 | -1 }, number | null>

  'run.start': M<RunRequest, RunStarted>
  /** First politely (the script gets no say), after two seconds by force. */
  'run.stop': M<InRun, null>
  'run.pause': M<InRun & { paused: boolean }, null>
  /** Writes the heap down as soon as the interpreter looks up; `snapshots.list` has it then. */
  'run.snapshot': M<InRun, null>
  'run.input': M<InRun & { text: string; end?: boolean }, null>
  'run.list': M<None, RunInfo[]>

  'library.list': M<None, LibraryEntry[]>
  'library.add': M<{ path: string }, LibraryEntry>
  /** Takes the entry out; `deleteFile` also deletes a recording (never a script). */
  'library.remove': M<{ path: string; deleteFile?: boolean }, null>
  'library.note': M<{ path: string; note: string }, null>

  'script.read': M<{ path: string }, ScriptText>
  /** Fails with 'changed' if the file is newer than `expectedModifiedMs`. */
  'script.save': M<{ path: string; text: string; expectedModifiedMs?: number }, ScriptText>
  'examples.list': M<None, ExampleRow[]>
  'examples.read': M<{ name: string }, { name: string; text: string }>

  /** For the in-page file picker of the web host. Without a folder: the home folder. */
  'files.list': M<{ folder?: string }, { folder: string; parent: string | null; rows: FileRow[] }>
  /** A file dropped into a page, as bytes: stored in the data folder. */
  'files.import': M<{ name: string; bytes: Uint8Array }, { path: string }>

  'settings.get': M<None, Settings>
  'settings.set': M<{ theme?: Settings['theme']; units?: Settings['units']; run?: Partial<RunSettings> }, Settings>
}

export type MethodName = keyof Methods
export type Params<N extends MethodName> = Methods[N]['params']
export type Result<N extends MethodName> = Methods[N]['result']

export interface Events {
  'run.progress': RunProgress
  'run.output': { runId: RunId; fd: number; tick: number; bytes: Uint8Array }
  'run.inputWanted': { runId: RunId; prompt: string }
  'run.ended': RunEnded
  'library.changed': null
  'settings.changed': Settings
}
export type EventName = keyof Events

// ---------------------------------------------------------------- errors and frames

export type { ErrorCode }

/** `message` is a whole sentence for a person; `hint` says what to do, or is ''. */
export interface ErrorEnvelope { code: ErrorCode; message: string; hint: string }

export type Message =
  | { id: number; call: string; params: unknown }
  | { cancel: number }
  | { id: number; result: unknown }
  /** The answer takes long: so much of it is done. */
  | { id: number; progress: { done: number; total: number } }
  | { id: number; error: ErrorEnvelope }
  | { event: string; data: unknown }
