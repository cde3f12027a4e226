// `molt oracle SCRIPT`: the figures of one script's memory, in the schema of the goldens made with real CPython.
//
// As there: the modules that the script names are imported ahead, the script is compiled ahead, everything before the
// canonical start is sealed off, tracemalloc (one frame) is on while the body runs, `sys.audit("mark", label)` marks a
// point. Nothing of the harness runs as Python code.
import { basename } from 'node:path'
import { ALLOC, DOMAIN_RAW, EVENT_STRIDE, REALLOC } from '../memory/events'
import type { EventLog, ExecutionPoint } from '../memory/event-log'
import { NullSink, type TypeDefinition } from '../memory/event-sink'
import type { GcWorking } from '../memory/gc-host'
import { arenaFigures, sizeClassStats } from '../memory/malloc-stats'
import { asyncGenFreeLists } from '../python/objects/asyncgenobject'
import { dictFreeListLength } from '../python/objects/dictobject'
import { keysFreeListLength } from '../python/objects/dict-keys'
import { PyErr_Clear } from '../python/objects/errors'
import { memoryErrorFreeListLength } from '../python/objects/exceptions-simple'
import { floatFreeListLength } from '../python/objects/floatobject'
import { frameIsIncomplete, frameLine, type InterpreterFrame } from '../python/objects/frameobject'
import { contextFreeLists, gcLists } from '../python/objects/gc-host'
import { PyList_New, listFreeListLength } from '../python/objects/listobject'
import { Py_DECREF, type PyObject } from '../python/objects/object'
import { _PyRuntime } from '../python/objects/runtime'
import { sliceCacheLength } from '../python/objects/sliceobject'
import { tupleFreeListLength } from '../python/objects/tupleobject'
import { namesOnlyCached } from '../python/objects/type-cache'
import { PyUnicode_AsString, generalKeysBytes, internedTable } from '../python/objects/unicodeobject'
import { PyImport_ImportModule } from '../python/modules/import'
import { explicitCollection } from '../python/modules/gcmodule'
import { tracebacks } from '../python/modules/_tracemalloc'
import { markHook } from '../python/modules/sysmodule'
import { EXECUTABLE, LIBRARY_PATH, PREFIX } from '../python/modules/library-paths'
import { setClockMode } from '../python/modules/clock'
import { parse } from '../python/syntax/parser'
import { endProgram, finalizeInterpreter } from '../python/vm/finalize'
import { hostCheck } from '../python/vm/eval-breaker'
import {
  canonicalMain, compileProgram, reportUncaught, runBody, startInterpreter,
} from '../python/vm/startup'
import { RunAudit } from './oracle/audit'
import { importsOf } from './oracle/imports-of'
import { SnapshotTaken, snapshotWouldCollect, takeSnapshot } from './oracle/snapshot-collection'
import { applyStartState, startStateFor } from './oracle/start-state'
import type { RunIo, RunOptions } from './interpreter-api'
import { programFiles } from './program-files'

type Figures = Record<string, unknown>

/** Where the script is: the line of its innermost frame, and whether that is the running one (0), a caller (1), or absent (2). */
class ScriptLine implements ExecutionPoint {
  constructor(private readonly file: string) {}

  refresh(log: EventLog): void {
    const [line, where] = this.now()
    log.context = line
    log.lasti = where
  }

  now(): [line: number, where: 0 | 1 | 2] {
    let frame: InterpreterFrame | null = _PyRuntime.tstate.frame
    while (frame !== null && frameIsIncomplete(frame)) frame = frame.previous
    if (frame === null) return [0, 2]
    let where: 0 | 1 = 0
    for (; frame !== null; frame = frame.previous) {
      if (frameIsIncomplete(frame)) continue
      if (PyUnicode_AsString(frame.code.co_filename) === this.file) return [frameLine(frame), where]
      where = 1
    }
    return [0, 1]
  }
}

/** Counts what every allocation and collection of the run says. */
class Recorder {
  allocs = 0
  libraryAllocs = 0
  readonly churn = new Map<number, [number, number]>()
  readonly gcEvents: number[][] = []
  private explicitLine: [number, number] | null = null

  constructor(private readonly where: ScriptLine, private readonly audit: RunAudit | null) {}

  chunk(words: Int32Array, used: number): Int32Array {
    this.audit?.chunk(words, used)
    for (let at = 0; at < used; at += EVENT_STRIDE) {
      const kind = words[at]! & 15
      // As in the goldens, malloc's own domain is not counted.
      if ((kind !== ALLOC && kind !== REALLOC) || (words[at]! >> 4 & 3) === DOMAIN_RAW) continue
      this.allocs++
      const line = words[at + 3]!
      if (words[at + 4] === 1) this.libraryAllocs++
      else if (words[at + 4] === 0 && line > 0) {
        const row = this.churn.get(line)
        if (row === undefined) this.churn.set(line, [1, words[at + 2]!])
        else {
          row[0]++
          row[1] += words[at + 2]!
        }
      }
    }
    return words
  }

  beforeExplicit(): void {
    this.explicitLine = this.where.now()
  }

  afterExplicit(): void {
    this.explicitLine = null
  }

  collection(working: GcWorking): void {
    const [line, where] = this.explicitLine ?? this.where.now()
    this.gcEvents.push([working.generation, working.collected, working.uncollectable, line, where, this.explicitLine === null ? 0 : 1])
  }
}

function typeCounts(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const o of _PyRuntime.process.gc.getObjects()) counts.set(o.ob_type.tp_name, (counts.get(o.ob_type.tp_name) ?? 0) + 1)
  return counts
}

interface Start {
  types: Map<string, number>
  sizes: number[]
  longLived: number
  blocks: number
}

function freelists(): Figures {
  const [values, sends] = asyncGenFreeLists()
  return {
    float: floatFreeListLength(), list: listFreeListLength(), dict: dictFreeListLength(), dictkeys: keysFreeListLength(),
    asyncgen_value: values, asyncgen_asend: sends, context: contextFreeLists.length(), slice: sliceCacheLength(), memerr: memoryErrorFreeListLength(),
    tuple: Array.from({ length: 20 }, (_x, i) => tupleFreeListLength(i + 1)),
  }
}

/** `without`: live blocks to be counted as free. */
function pools(without: readonly number[] = []): Record<string, [number, number, number]> {
  const { obmalloc } = _PyRuntime.process
  const out: Record<string, [number, number, number]> = {}
  for (const s of sizeClassStats(obmalloc, true)) {
    if (s.pools > 0) out[s.blockBytes] = [s.pools, s.usedBlocks, s.freeBlocks]
  }
  for (const granule of without) {
    const row = granule >= _PyRuntime.process.space.boundary ? out[obmalloc.usableSize(granule)] : undefined
    if (row === undefined) continue
    row[1]--
    row[2]++
  }
  return out
}

const generationSizes = (): number[] => [..._PyRuntime.process.gc.generationSizes(), _PyRuntime.process.gc.freezeCount]

function figures(start: Start, recorder: Recorder, traced: boolean, file: string): Figures {
  const { gc, obmalloc, tracing, log } = _PyRuntime.process
  log.flush()
  // The goldens' snapshots are taken by a forked process after it emptied the attribute cache; the program goes on with its own.
  const dropped = namesOnlyCached()
  const granules = new Set(dropped.map(o => o.addr))
  const types: Record<string, number> = {}
  const now = typeCounts()
  for (const name of [...new Set([...now.keys(), ...start.types.keys()])].sort()) {
    const delta = (now.get(name) ?? 0) - (start.types.get(name) ?? 0)
    if (delta !== 0) types[name] = delta
  }
  const out: Figures = {
    gc_count: [...gc.count], gc_threshold: [...gc.threshold], gc_enabled: gc.enabled ? 1 : 0, gc_debug: gc.debug,
    gc_garbage: (gcLists.garbage?.v.ob_item as PyObject[] | undefined)?.length ?? 0,
    gc_stats: gc.stats.map(s => [s.collections, s.collected, s.uncollectable]),
    gc_generation_sizes: generationSizes().map((n, i) => n - start.sizes[i]!),
    long_lived_pending: gc.longLivedPending, long_lived_total_delta: gc.longLivedTotal - start.longLived,
    gc_events: recorder.gcEvents.map(e => [...e]),
    gc_objects_delta: types, freelists: freelists(), pools: pools([...granules]), blocks_delta: obmalloc.allocatedBlocks - dropped.length - start.blocks,
    allocs: recorder.allocs, allocs_in_library: recorder.libraryAllocs,
    churn: Object.fromEntries([...recorder.churn].sort((a, b) => String(a[0]) < String(b[0]) ? -1 : 1).map(e => [e[0], [...e[1]]])),
    arenas: arenaFigures(obmalloc),
  }
  if (!traced) return out
  const lines = new Map<number, [number, number]>()
  const others = new Map<string, [number, number]>()
  let droppedBytes = 0
  tracing.forEach(obmalloc, (granule, size, trace) => {
    const t = tracebacks.all[trace - 1]!
    const path = t.files[0]!
    if (granules.has(granule)) {
      droppedBytes += size
      return
    }
    let row: [number, number] | undefined
    if (path === file) {
      row = lines.get(t.lines[0]!)
      if (row === undefined) lines.set(t.lines[0]!, row = [0, 0])
    } else {
      const name = basename(path)
      row = others.get(name)
      if (row === undefined) others.set(name, row = [0, 0])
    }
    row[0] += size
    row[1]++
  })
  const [current, peak] = tracing.getTraced()
  out['traced_current'] = current - droppedBytes
  // The goldens' process looks up "get_traced_memory" for this: a string of 66 bytes that is traced.
  out['traced_peak'] = Math.max(peak, current - droppedBytes + 66)
  out['lines'] = Object.fromEntries([...lines].sort((a, b) => a[0] - b[0]))
  out['other_files'] = Object.fromEntries([...others].sort((a, b) => a[0] < b[0] ? -1 : 1))
  return out
}

/** Runs the script of `options.source` (a file) and returns its figures; with an audit, also `audit`: what is wrong, in words. */
export function runOracle(options: RunOptions, _io: RunIo, audited = false): object {
  const again: string[] = []
  const result = runOnce(options, audited, again, null)
  for (const place of again) {
    try {
      runOnce(options, false, [], place)
    } catch (e) {
      if (!(e instanceof SnapshotTaken)) throw e
      ;(result[place] as Figures)['traced_current'] = e.tracedCurrent
    }
  }
  return result
}

/**
 * One run. `again` gets the places (`end`, `marks.0` …) where the traced total has to be taken by a run that ends there, see
 * oracle/snapshot-collection.ts; `stopAt` is such a place.
 */
function runOnce(options: RunOptions, audited: boolean, again: string[], stopAt: string | null): Record<string, unknown> {
  const { source, settings } = options
  if (source.kind !== 'file') throw new Error('the oracle takes a script file')
  const file = basename(source.path)
  const text = new TextDecoder().decode(source.bytes)
  const out: Record<1 | 2, Uint8Array[]> = { 1: [], 2: [] }
  const where = new ScriptLine(file)
  const audit = audited ? new RunAudit() : null
  const recorder = new Recorder(where, audit)
  class OracleSink extends NullSink {
    override defineType(type: TypeDefinition): void {
      audit?.typeNames.set(type.id, type.name)
    }
    override chunk(words: Int32Array, used = 0): Int32Array {
      return recorder.chunk(words, used)
    }
    override collection(working?: GcWorking): void {
      if (working !== undefined && _PyRuntime.running) recorder.collection(working)
    }
  }
  const fs = programFiles(options, () => 0)
  setClockMode('virtual')
  startInterpreter({
    sys: { argv: [file, ...options.arguments], path: [...LIBRARY_PATH], prefix: PREFIX, executable: EXECUTABLE, hashSeed: settings.seed, site: false },
    io: { write: (fd, bytes) => (out[fd as 1 | 2]?.push(bytes.slice()), true), read: () => new Uint8Array(0), isatty: () => false },
    fs, memory: { gcThresholds: settings.gcThreshold }, sink: new OracleSink(), hashSeed: settings.seed, optimize: 0, unbuffered: true,
  })
  const rt = _PyRuntime
  hostCheck.current = null
  const imports = importsOf(parse(text, file, 'exec'))
  rt.process.gc.collectNoFail()
  rt.process.gc.collectNoFail()
  // The module, its dict and its annotations are still to be made.
  applyStartState(startStateFor([])!, 3)
  for (const name of ['gc', '_tracemalloc', ...imports]) {
    const module = PyImport_ImportModule(name)
    if (module === null) PyErr_Clear()
    else Py_DECREF(module)
  }
  const code = compileProgram(source.bytes, file)
  const result: Record<string, unknown> = {}
  const decode = (fd: 1 | 2): string => Buffer.concat(out[fd]).toString('utf8')
  if (code === null) {
    const exit = reportUncaught()
    return { exit_code: exit, stdout: decode(1), stderr: decode(2) }
  }
  const { process } = rt
  const traced = !imports.includes('tracemalloc')
  explicitCollection.before = () => recorder.beforeExplicit()
  explicitCollection.after = () => recorder.afterExplicit()
  const spare = stopAt === null ? null : PyList_New(0)
  const main = canonicalMain(file)
  const state = startStateFor(imports)
  if (state !== null) applyStartState(state)
  process.log.point = where
  process.log.onFull = (words, used) => recorder.chunk(words, used)
  const start: Start = {
    types: typeCounts(), sizes: generationSizes(), longLived: process.gc.longLivedTotal, blocks: process.obmalloc.allocatedBlocks,
  }
  result['start'] = {
    // Objects of CPython's start that are not modelled count among the old, as they do in the collector's arithmetic.
    gc_objects: start.sizes.map((n, g) => g === 2 ? n + process.gc.unmodelledOld : n), long_lived_total: start.longLived, gc_count: [...process.gc.count], freelists: freelists(),
    interned_slack: [internedTable.usable, generalKeysBytes(internedTable.log2Size)], pools: pools(),
  }
  let marks = 0
  const take = (place: string): Figures => {
    if (stopAt === place) takeSnapshot(spare!)
    const taken = figures(start, recorder, traced, file)
    if (traced && stopAt === null && snapshotWouldCollect()) again.push(place)
    return taken
  }
  markHook.current = label => {
    const place = `marks.${marks++}`
    result[place] = { label, ...take(place) }
    audit?.check(`mark ${label}`)
  }
  if (traced) {
    tracebacks.clear()
    process.tracing.source = tracebacks
    process.tracing.start(1)
  }
  process.log.enabled = true
  rt.running = true
  // The figures are taken before the module and its code go.
  main.ob_refcnt++
  code.ob_refcnt++
  const body = runBody(main, code)
  rt.running = false
  markHook.current = null
  result['end'] = take('end')
  process.log.enabled = audit !== null
  process.tracing.stop()
  Py_DECREF(code)
  Py_DECREF(main)
  const exit = body === null ? reportUncaught() : (Py_DECREF(body), 0)
  endProgram()
  process.log.flush()
  audit?.beforeTeardown()
  finalizeInterpreter()
  audit?.afterTeardown()
  process.log.enabled = false
  if (audit !== null) result['audit'] = audit.problems
  return { exit_code: exit, stdout: decode(1), stderr: decode(2), ...result }
}

