// A snapshot of Python's own tracemalloc as a recording of one instant: figures of tracebacks, no events, no types, no text.
//
// What Snapshot.dump pickles: Snapshot{traces: _Traces{_traces: [trace, …]}, traceback_limit}, a trace being (domain, size,
// frames) and, since Python 3.9, the number of frames there were; frames are (file name, line), the innermost first. Tracebacks
// that are equal are one tuple in the pickle, remembered: their site is found by that tuple.
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fromSystem, MoltError } from '../base/errors'
import { encodeFigures, encodePeak } from '../recording/keyframe'
import { MemoryState, SITE_LIVE_BLOCKS, SITE_STRIDE } from '../recording/memory-state'
import { SiteTree } from '../recording/site-tree'
import { RecordingWriter } from '../store/writer'
import { DEFAULT_RUN } from './settings'
import { PickledInstance, PickledList, unpickle, type Pickled } from './unpickle'

/** run.source_kind of such a recording. */
export const IMPORTED = 'import'

const SNAPSHOT = 'tracemalloc.Snapshot'
const TRACES = 'tracemalloc._Traces'
/** tracemalloc.start refuses more. */
const MOST_FRAMES = 65_535
const MOST_LINE = 2 ** 24 - 1
/** Node reads no more at once. */
const MOST_BYTES = 2 ** 31 - 1

export interface SnapshotTraces {
  /** `code` is a file, from 1 on. */
  sites: SiteTree
  /** By number; 0 is none. */
  files: string[]
  /** Bytes and blocks of each site, pairs. */
  figures: Float64Array
  traceCount: number
  totalBytes: number
  tracebackLimit: number
  /** When the file was written. */
  modifiedMs: number
}

/** Whether a file may be such a pickle, by its first two bytes. Not for a recording: see checkFile of engine/store. */
export function looksPickled(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false
  const file = openSync(path, 'r')
  try {
    const head = new Uint8Array(2)
    return readSync(file, head, 0, 2, 0) === 2 && head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 16
  } finally {
    closeSync(file)
  }
}

/** Errors: those of reading the file, and of unpickle. */
export function readSnapshot(source: string): SnapshotTraces {
  const { bytes, modifiedMs } = read(source)
  return { ...tracesOf(unpickle(bytes, source, [SNAPSHOT, TRACES]), source), modifiedMs }
}

/** Writes the recording `target`; `name` is what it is called. Errors: those of createDatabase. */
export function writeSnapshot(
  traces: SnapshotTraces, name: string, target: string, options: { overwrite?: boolean; engineVersion?: string } = {},
): void {
  const { sites, files, figures, traceCount, totalBytes, tracebackLimit, modifiedMs } = traces
  const state = new MemoryState({ partial: true })
  state.events = traceCount
  state.sites = new Float64Array(sites.count * SITE_STRIDE)
  for (let site = 0; site < sites.count; site++) {
    state.sites[site * SITE_STRIDE] = figures[site * 2]!
    state.sites[site * SITE_STRIDE + SITE_LIVE_BLOCKS] = figures[site * 2 + 1]!
  }
  state.liveBytes = state.peakBytes = totalBytes
  state.liveBlocks = traceCount
  state.peakEvents = traceCount

  const writer = new RecordingWriter(target, options.overwrite ?? false, {
    script_name: name, script_path: '', source_kind: IMPORTED, arguments: '[]', settings: JSON.stringify({ ...DEFAULT_RUN, record: 'stats' }),
    engine_version: options.engineVersion ?? '', python_version: '', started_ms: modifiedMs,
  })
  try {
    for (let file = 1; file < files.length; file++) {
      writer.insert('source_file', file, files[file]!, originOf(files[file]!), null)
      writer.insert('code', file, file, '', '', 0, new Uint8Array(0))
    }
    const { parent, code, line } = sites
    for (let site = 1; site < sites.count; site++) writer.insert('traceback', site, parent[site]!, code[site]!, line[site]!)
    writer.insert('keyframe', 1, 'figures', '', traceCount, 0, encodeFigures(state), null)
    writer.insert('keyframe', 2, 'peak', '', traceCount, 0, encodePeak(figures), null)
    writer.insert('timeline', 0, 0, totalBytes, totalBytes, totalBytes, traceCount, 0, 0)
    writer.finish({
      last_tick: 0, wall_ns: 0, event_count: traceCount, live_bytes: totalBytes, live_block_count: traceCount, live_object_count: 0,
      rss_bytes: 0, peak_bytes: totalBytes, peak_tick: 0, peak_event: traceCount, allocation_count: 0, allocated_bytes: 0, temporary_count: 0,
      timeline_slot_ticks: 1,
    }, 'finished', null, `tracemalloc: a snapshot with ${tracebackLimit} ${tracebackLimit === 1 ? 'frame' : 'frames'} a traceback.`)
  } catch (error) {
    writer.close()
    rmSync(target, { force: true })
    throw error
  }
}

/**
 * Imports to a file that goes when `work`, which opens it, is done. What is open stays readable on POSIX; elsewhere the file is left
 * to the system.
 */
export function withImported<T>(source: string, work: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'molt-import-'))
  try {
    const path = join(folder, 'snapshot.molt')
    writeSnapshot(readSnapshot(source), basename(source), path)
    return work(path)
  } finally {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {}
  }
}

function read(path: string): { bytes: Uint8Array; modifiedMs: number } {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw new MoltError('is-folder', `${path} is a folder, not a snapshot.`)
    if (!stat.isFile()) throw new MoltError('not-a-recording', `${path} is not a regular file.`)
    if (stat.size > MOST_BYTES) throw new MoltError('not-a-recording', `${path} is larger than 2 GiB, more than Molt reads of a pickle.`)
    return { bytes: readFileSync(path), modifiedMs: Math.round(stat.mtimeMs) }
  } catch (error) {
    throw fromSystem(error, path, 'read')
  }
}

/** Checks what the pickle holds and adds it up. */
export function tracesOf(pickled: Pickled, name: string): Omit<SnapshotTraces, 'modifiedMs'> {
  const wrong = (what: string) => new MoltError('damaged', `${name} is no snapshot that tracemalloc would make: ${what}.`)
  const attribute = (of: Pickled | undefined, className: string, key: string): Pickled | undefined => {
    if (!(of instanceof PickledInstance) || of.className !== className) throw wrong(`it holds no ${className}`)
    return of.attributes?.entries.get(key)
  }
  const tracebackLimit = attribute(pickled, SNAPSHOT, 'traceback_limit')
  if (!whole(tracebackLimit) || tracebackLimit < 1) throw wrong('its traceback limit is no positive number')
  const list = attribute(attribute(pickled, SNAPSHOT, 'traces'), TRACES, '_traces')
  // A filtered snapshot has a list too; an empty one may have a tuple.
  const traces = list instanceof PickledList ? list.items : Array.isArray(list) ? list as readonly Pickled[] : null
  if (!traces) throw wrong('it has no traces')

  const sites = new SiteTree()
  const files = ['']
  const fileOf = new Map<string, number>()
  const siteOf = new Map<Pickled, number>()
  const site = (frames: Pickled | undefined): number => {
    if (!Array.isArray(frames) || frames.length === 0 || frames.length > MOST_FRAMES) throw wrong('a traceback is no list of frames')
    let at = 0
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i] as Pickled
      if (!Array.isArray(frame) || frame.length !== 2) throw wrong('a frame is no pair of file and line')
      const [path, line] = frame as [Pickled, Pickled]
      if (typeof path !== 'string' || !whole(line) || line < 0 || line > MOST_LINE) throw wrong('a frame is no pair of file and line')
      if (path === '<unknown>' && line === 0) continue
      let file = fileOf.get(path)
      if (file === undefined) fileOf.set(path, file = files.push(path) - 1)
      at = sites.intern(at, file, line)
    }
    return at
  }

  let figures = new Float64Array(512)
  let totalBytes = 0
  for (const trace of traces) {
    if (!Array.isArray(trace) || trace.length !== 3 && trace.length !== 4) throw wrong('a trace has not three or four parts')
    const [domain, size, frames] = trace as Pickled[]
    if (!whole(domain) || !whole(size) || size < 0) throw wrong('a trace has no size')
    let at = siteOf.get(frames!)
    if (at === undefined) siteOf.set(frames!, at = site(frames))
    if (at * 2 >= figures.length) {
      const grown = new Float64Array(sites.count * 4)
      grown.set(figures)
      figures = grown
    }
    figures[at * 2] = figures[at * 2]! + size
    figures[at * 2 + 1]!++
    totalBytes += size
    if (totalBytes > Number.MAX_SAFE_INTEGER) throw wrong('its sizes are too large')
  }
  const exact = new Float64Array(sites.count * 2)
  exact.set(figures.subarray(0, exact.length))
  return { sites, files, figures: exact, traceCount: traces.length, totalBytes, tracebackLimit }
}

const whole = (value: Pickled | undefined): value is number => typeof value === 'number' && Number.isSafeInteger(value)

function originOf(path: string): string {
  if (path.startsWith('<frozen ') || /[/\\](lib[/\\]python\d(\.\d+)?|Lib|site-packages|dist-packages)[/\\]/.test(path)) return 'library'
  return path.startsWith('<') ? 'generated' : 'user'
}
