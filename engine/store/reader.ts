// The readers' statements: typed rows of one open recording. Everything is read with bound parameters; the recording may
// still be growing, so nothing here is cached but statements.
import { openDatabase, fromSqlite, type Database } from './database'
import { REFERENCE_HOLDERS_SINCE } from './schema'
import type { RunFigures } from './writer'

export interface StoredRun extends RunFigures {
  script_name: string
  script_path: string
  source_kind: string
  arguments: string
  settings: string
  engine_version: string
  python_version: string
  started_ms: number
  writer_pid: number
  end_reason: string
  exit_code: number | null
  message: string
  complete: number
  granule_bytes: number
  granule_boundary: number
  initial_rss_bytes: number
}

export interface StoredChunk {
  id: number
  first_event: number
  event_count: number
  base_tick: number
  last_tick: number
  base_wall_ns: number
  last_wall_ns: number
  live_bytes: number
  live_block_count: number
  live_object_count: number
  rss_bytes: number
}

export interface StoredKeyframe { id: number; kind: 'state' | 'figures' | 'peak'; label: string; event: number; tick: number }
export interface StoredFile { id: number; path: string; origin: string; source: string | null }
export interface StoredCode { id: number; file_id: number; name: string; qualified_name: string; first_line: number }
export interface StoredType { id: number; module: string; name: string; basic_bytes: number; head_granules: number }
export interface StoredMark { id: number; label: string; tick: number; event: number; wall_ns: number; live_bytes: number; live_block_count: number; traceback_id: number }
export interface StoredSnapshot {
  id: number
  reason: string
  label: string
  event: number
  tick: number
  wall_ns: number
  node_count: number
  edge_count: number
  size_bytes: number
}
export interface StoredOutput { id: number; file_descriptor: number; tick: number; wall_ns: number; first_byte: number; data: Uint8Array }
export interface StoredProgram { kind: 'file' | 'module' | 'code'; path: string; argv0: string; folder: string; data: Uint8Array; runtime: string }
export interface StoredInputFile {
  id: number
  mount: number
  question: 'stat' | 'list' | 'read'
  path: string
  is_there: number
  is_folder: number
  size_bytes: number
  mtime_s: number
  inode: number
  content_id: number
}
export interface StoredTape { id: number; kind: 'stdin' | 'clock' | 'interrupt' | 'stop' | 'terminal' | 'write-error'; place: number; tick: number; data: Uint8Array }
export interface StoredDigest { id: number; event: number; tick: number; digest: number }
export interface StoredSlot {
  slot: number
  wall_ns: number
  live_min_bytes: number
  live_max_bytes: number
  live_last_bytes: number
  block_count: number
  object_count: number
  rss_bytes: number
}

export interface StoredCollection {
  id: number
  generation: number
  reason: 'threshold' | 'explicit' | 'exit'
  count_0: number
  count_1: number
  count_2: number
  tracked_0: number
  tracked_1: number
  tracked_2: number
  candidate_count: number
  reachable_count: number
  unreachable_count: number
  untracked_count: number
  weakref_callback_count: number
  finalized_count: number
  resurrected_count: number
  collected_count: number
  uncollectable_count: number
  long_lived_pending: number
  long_lived_total: number
  start_tick: number
  end_tick: number
  start_event: number
  end_event: number
  start_wall_ns: number
  duration_ns: number
  freed_bytes: number
  traceback_id: number
  /** Not in recordings of older versions. */
  reference_count?: number | null
  subtracted_count?: number | null
  outside_count?: number | null
  brought_back_count?: number | null
  threshold_0?: number | null
  threshold_1?: number | null
  threshold_2?: number | null
}

/** What was allocated as recording began; `data` is of allocator-codec.ts. */
export interface StoredStart {
  alignment_bytes: number
  pool_bytes: number
  arena_bytes: number
  arena_count: number
  arena_ever_count: number
  arena_peak_count: number
  boundary_granule: number
  heap_bytes: number
  block_count: number
  data: Uint8Array
}
export interface StoredArena { id: number; granule: number; size_bytes: number; mapped_tick: number; unmapped_tick: number | null }

const CHUNK = `id, first_event, event_count, base_tick, last_tick, base_wall_ns, last_wall_ns, live_bytes, live_block_count,
  live_object_count, rss_bytes`

export class RecordingReader {
  readonly path: string
  /** Schema steps that the file has had: an older one lacks tables. */
  readonly version: number
  private db: Database
  private statements = new Map<string, { all(...p: unknown[]): unknown[]; get(...p: unknown[]): unknown }>()

  /** Errors: see openDatabase. */
  constructor(path: string) {
    this.path = path
    this.db = openDatabase(path)
    this.version = this.db.pragma('user_version', { simple: true }) as number
  }

  close(): void {
    this.db.close()
  }

  /** Opens the file anew: after the recorder has closed it, so that a left-over WAL file is folded in. */
  reopen(): void {
    this.db.close()
    this.statements.clear()
    this.db = openDatabase(this.path)
  }

  /** All reads of `work` see one state of the file. */
  together<T>(work: () => T): T {
    if (this.db.inTransaction) return work()
    return this.guard(() => this.db.transaction(work)())
  }

  run(): StoredRun {
    return this.get<StoredRun>('select * from run')!
  }

  files(): StoredFile[] { return this.all('select * from source_file order by id') }
  file(id: number): StoredFile | undefined { return this.get('select * from source_file where id = ?', id) }
  fileHeads(): { id: number; path: string; origin: string; line_count: number }[] {
    return this.all(`select id, path, origin, case when source is null then 0
      else length(source) - length(replace(source, char(10), '')) + (source <> '' and source not like '%' || char(10)) end as line_count
      from source_file order by id`)
  }
  codes(afterId: number): StoredCode[] {
    return this.all('select id, file_id, name, qualified_name, first_line from code where id > ? order by id', afterId)
  }
  types(): StoredType[] { return this.all('select id, module, name, basic_bytes, head_granules from type order by id') }
  marks(): StoredMark[] { return this.all('select * from mark order by event, id') }

  /** Columns of the tracebacks after `afterId`; ids are consecutive. */
  tracebacks(afterId: number): { parent: Int32Array; code: Int32Array; line: Int32Array } {
    return this.guard(() => {
      const count = this.get<{ n: number }>('select count(*) as n from traceback where id > ?', afterId)!.n
      const columns = { parent: new Int32Array(count), code: new Int32Array(count), line: new Int32Array(count) }
      let i = 0
      const rows = this.db.prepare('select parent_id, code_id, line from traceback where id > ? order by id').raw(true).iterate(afterId)
      for (const row of rows as Iterable<[number, number, number]>) {
        columns.parent[i] = row[0]
        columns.code[i] = row[1]
        columns.line[i] = row[2]
        i++
      }
      return columns
    })
  }

  // ---------------------------------------------------------------- events and keyframes

  chunkAtEvent(event: number): StoredChunk | undefined {
    return this.get(`select ${CHUNK} from event_chunk where first_event <= ? order by first_event desc limit 1`, event)
  }
  /** The last chunk that can hold events up to `tick`. */
  chunkAtTick(tick: number): StoredChunk | undefined {
    return this.get(`select ${CHUNK} from event_chunk where base_tick <= ? order by base_tick desc, id desc limit 1`, tick)
  }
  /** Chunks with events of [fromEvent, toEvent), in order. */
  chunksOf(fromEvent: number, toEvent: number): StoredChunk[] {
    return this.all(
      `select ${CHUNK} from event_chunk where first_event + event_count > ? and first_event < ? order by first_event`, fromEvent, toEvent)
  }
  chunkCountBetween(fromTick: number, toTick: number): number {
    return this.get<{ n: number }>('select count(*) as n from event_chunk where last_tick >= ? and base_tick <= ?', fromTick, toTick)!.n
  }
  chunksBetween(fromTick: number, toTick: number): StoredChunk[] {
    return this.all(`select ${CHUNK} from event_chunk where last_tick >= ? and base_tick <= ? order by first_event`, fromTick, toTick)
  }
  chunkData(id: number): Uint8Array {
    return this.get<{ data: Uint8Array }>('select data from event_chunk where id = ?', id)!.data
  }
  /** The last state at or before an event. */
  stateBefore(event: number): StoredKeyframe | undefined {
    return this.get("select id, kind, label, event, tick from keyframe where kind = 'state' and event <= ? order by event desc limit 1", event)
  }
  /** The last state or figures at or before an event. */
  figuresBefore(event: number): StoredKeyframe | undefined {
    return this.get("select id, kind, label, event, tick from keyframe where kind <> 'peak' and event <= ? order by event desc limit 1", event)
  }
  keyframesOf(kind: StoredKeyframe['kind']): StoredKeyframe[] {
    return this.all('select id, kind, label, event, tick from keyframe where kind = ? order by event', kind)
  }
  keyframeData(id: number): Uint8Array {
    return this.get<{ data: Uint8Array }>('select data from keyframe where id = ?', id)!.data
  }
  keyframeBlocks(id: number): Uint8Array | null {
    return this.get<{ blocks: Uint8Array | null }>('select blocks from keyframe where id = ?', id)!.blocks
  }
  lineSamples(): { event: number; tick: number; data: Uint8Array }[] {
    return this.all('select event, tick, data from line_sample order by event')
  }
  regions(): { id: number; name: string; base: number; size_bytes: number; resident_bytes: number }[] {
    return this.all('select * from region order by id')
  }

  /** Undefined for recordings of older versions, and of those without events. */
  startBlocks(): StoredStart | undefined {
    return this.has('start_block') ? this.get('select * from start_block') : undefined
  }
  /** Batches of frees of such blocks that begin before an event. */
  startBlocksFreed(event: number): Uint8Array[] {
    if (!this.has('start_block_freed')) return []
    return this.all<{ data: Uint8Array }>('select data from start_block_freed where first_event < ? order by id', event).map(row => row.data)
  }
  arenas(): StoredArena[] { return this.all('select * from arena order by id') }

  // ---------------------------------------------------------------- what has its own instant

  timeline(fromSlot: number, toSlot: number): StoredSlot[] {
    return this.all('select * from timeline where slot between ? and ? order by slot', fromSlot, toSlot)
  }
  slotBefore(slot: number): StoredSlot | undefined {
    return this.get('select * from timeline where slot < ? order by slot desc limit 1', slot)
  }
  slotCount(fromSlot: number, toSlot: number): number {
    return this.get<{ n: number }>('select count(*) as n from timeline where slot between ? and ?', fromSlot, toSlot)!.n
  }

  collections(fromTick: number, toTick: number, offset: number, limit: number): StoredCollection[] {
    return this.all('select * from gc_collection where start_tick between ? and ? order by start_tick, id limit ? offset ?', fromTick, toTick, limit, offset)
  }
  collection(id: number): StoredCollection | undefined { return this.get('select * from gc_collection where id = ?', id) }
  collectionTotals(fromTick: number, toTick: number): { n: number; duration_ns: number } {
    return this.get('select count(*) as n, coalesce(sum(duration_ns), 0) as duration_ns from gc_collection where start_tick between ? and ?', fromTick, toTick)!
  }
  /** What all collections took, and the one that took longest. */
  collectionSums(): { collected: number; uncollectable: number; freed_bytes: number; slowest: StoredCollection | undefined } {
    const sums = this.get<{ collected: number; uncollectable: number; freed_bytes: number }>(
      `select coalesce(sum(collected_count), 0) as collected, coalesce(sum(uncollectable_count), 0) as uncollectable,
      coalesce(sum(freed_bytes), 0) as freed_bytes from gc_collection`)!
    return { ...sums, slowest: this.get('select * from gc_collection order by duration_ns desc, id limit 1') }
  }
  collectionTicks(): { start_tick: number; generation: number; collected_count: number }[] {
    return this.all('select start_tick, generation, collected_count from gc_collection order by start_tick, id')
  }
  collectionBeside(tick: number, direction: 1 | -1): number | undefined {
    return direction > 0
      ? this.get<{ t: number | null }>('select min(start_tick) as t from gc_collection where start_tick > ?', tick)!.t ?? undefined
      : this.get<{ t: number | null }>('select max(start_tick) as t from gc_collection where start_tick < ?', tick)!.t ?? undefined
  }

  /** Newest first. */
  outputs(fromTick: number, toTick: number, limit: number): StoredOutput[] {
    return this.all('select * from output where tick between ? and ? order by id desc limit ?', fromTick, toTick, limit)
  }
  /** Those that are stored, in order of their instants. */
  snapshots(): StoredSnapshot[] {
    return this.version < 2 ? [] : this.all(
      'select id, reason, label, event, tick, wall_ns, node_count, edge_count, size_bytes from snapshot order by event, id')
  }
  snapshotData(id: number): { nodes: Uint8Array; edges: Uint8Array; strings: Uint8Array } {
    return this.get('select nodes, edges, strings from snapshot where id = ?', id)!
  }
  /** The next pieces of a descriptor's output, oldest first. */
  outputAfter(id: number, fileDescriptor: number, limit: number): { id: number; data: Uint8Array }[] {
    return this.all('select id, data from output where id > ? and file_descriptor = ? order by id limit ?', id, fileDescriptor, limit)
  }
  arenaCount(): number {
    return this.get<{ n: number }>('select count(*) as n from arena')!.n
  }

  /** Whom events of references name. */
  referenceHolders(): { id: number; text: string }[] {
    return this.version < REFERENCE_HOLDERS_SINCE ? [] : this.all('select id, text from reference_holder')
  }
  snapshotCount(): number {
    return this.get<{ n: number }>('select count(*) as n from snapshot')!.n
  }

  /** Whether this version of the file has a table. */
  private has(table: string): boolean {
    return this.get("select 1 from sqlite_master where type = 'table' and name = ?", table) !== undefined
  }
  // ---------------------------------------------------------------- what the run took from outside

  /** Undefined in recordings from before inputs were kept. */
  program(): StoredProgram | undefined {
    return this.has('program') ? this.get('select * from program') : undefined
  }
  inputFiles(): StoredInputFile[] { return this.all('select * from input_file order by id') }
  /** Pieces in their order. */
  inputContents(): { id: number; piece: number; data: Uint8Array }[] { return this.all('select * from input_content order by id, piece') }
  inputTapes(): StoredTape[] { return this.all('select * from input_tape order by id') }
  digests(): StoredDigest[] {
    return this.has('event_digest') ? this.all('select * from event_digest order by event') : []
  }

  private get<T>(sql: string, ...parameters: unknown[]): T | undefined {
    return this.guard(() => this.statement(sql).get(...parameters) as T | undefined)
  }
  private all<T>(sql: string, ...parameters: unknown[]): T[] {
    return this.guard(() => this.statement(sql).all(...parameters) as T[])
  }
  private statement(sql: string): { all(...p: unknown[]): unknown[]; get(...p: unknown[]): unknown } {
    let statement = this.statements.get(sql)
    if (!statement) this.statements.set(sql, statement = this.db.prepare<unknown[]>(sql))
    return statement
  }
  private guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw fromSqlite(error, this.path)
    }
  }
}
