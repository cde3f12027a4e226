// The recorder's statements. Rows gather in one transaction that `commit` ends; what was committed survives SIGKILL.
import type { Database } from './database'
import { createDatabase, fromSqlite } from './database'

export interface RunRow {
  script_name: string
  script_path: string
  source_kind: string
  arguments: string
  settings: string
  engine_version: string
  python_version: string
  started_ms: number
}

/** The figures of `run` that move while recording. */
export interface RunFigures {
  last_tick: number
  wall_ns: number
  event_count: number
  live_bytes: number
  live_block_count: number
  live_object_count: number
  rss_bytes: number
  peak_bytes: number
  peak_tick: number
  peak_event: number
  allocation_count: number
  allocated_bytes: number
  temporary_count: number
  timeline_slot_ticks: number
}

/** Every statement of the recorder: table → columns, in the order of their values. */
const INSERTS = {
  source_file: ['id', 'path', 'origin', 'source'],
  code: ['id', 'file_id', 'name', 'qualified_name', 'first_line', 'line_table'],
  traceback: ['id', 'parent_id', 'code_id', 'line'],
  type: ['id', 'module', 'name', 'basic_bytes', 'item_bytes', 'head_granules', 'collectable'],
  thread: ['id', 'name', 'first_tick'],
  region: ['id', 'name', 'base', 'size_bytes', 'resident_bytes'],
  arena: ['id', 'granule', 'size_bytes', 'mapped_tick', 'unmapped_tick'],
  gc_collection: [
    'id', 'generation', 'reason', 'count_0', 'count_1', 'count_2', 'tracked_0', 'tracked_1', 'tracked_2', 'candidate_count',
    'reachable_count', 'unreachable_count', 'untracked_count', 'weakref_callback_count', 'finalized_count', 'resurrected_count',
    'collected_count', 'uncollectable_count', 'long_lived_pending', 'long_lived_total', 'start_tick', 'end_tick', 'start_event',
    'end_event', 'start_wall_ns', 'duration_ns', 'freed_bytes', 'traceback_id',
    'reference_count', 'subtracted_count', 'outside_count', 'brought_back_count', 'threshold_0', 'threshold_1', 'threshold_2',
  ],
  start_block: [
    'id', 'alignment_bytes', 'pool_bytes', 'arena_bytes', 'arena_count', 'arena_ever_count', 'arena_peak_count', 'boundary_granule', 'heap_bytes', 'block_count', 'data',
  ],
  start_block_freed: ['id', 'first_event', 'free_count', 'data'],
  mark: ['id', 'label', 'tick', 'event', 'wall_ns', 'live_bytes', 'live_block_count', 'traceback_id'],
  output: ['id', 'file_descriptor', 'tick', 'wall_ns', 'first_byte', 'data'],
  timeline: ['slot', 'wall_ns', 'live_min_bytes', 'live_max_bytes', 'live_last_bytes', 'block_count', 'object_count', 'rss_bytes'],
  event_chunk: [
    'id', 'first_event', 'event_count', 'base_tick', 'last_tick', 'base_wall_ns', 'last_wall_ns', 'live_bytes', 'live_block_count',
    'live_object_count', 'rss_bytes', 'data',
  ],
  keyframe: ['id', 'kind', 'label', 'event', 'tick', 'data', 'blocks'],
  line_sample: ['id', 'event', 'tick', 'data'],
  snapshot: ['id', 'reason', 'label', 'event', 'tick', 'wall_ns', 'node_count', 'edge_count', 'size_bytes', 'nodes', 'edges', 'strings'],
  program: ['id', 'kind', 'path', 'argv0', 'folder', 'data', 'runtime'],
  input_content: ['id', 'piece', 'data'],
  input_file: ['id', 'mount', 'question', 'path', 'is_there', 'is_folder', 'size_bytes', 'mtime_s', 'inode', 'content_id'],
  input_tape: ['id', 'kind', 'place', 'tick', 'data'],
  reference_holder: ['id', 'text'],
  event_digest: ['id', 'event', 'tick', 'digest'],
} as const
export type Table = keyof typeof INSERTS
export type Value = number | string | Uint8Array | null
interface Statement { run(...values: Value[]): unknown }

export class RecordingWriter {
  readonly path: string
  private readonly db: Database
  private readonly statements = new Map<Table, Statement>()
  private inTransaction = false

  /** Makes the file; see createDatabase for the errors. */
  constructor(path: string, overwrite: boolean, run: RunRow) {
    this.path = path
    this.db = createDatabase(path, overwrite)
    try {
      this.db.prepare(`insert into run values (
        1, @script_name, @script_path, @source_kind, @arguments, @settings, @engine_version, @python_version, @started_ms, @writer_pid,
        'unfinished', null, '', 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)`).run({ ...run, writer_pid: process.pid })
    } catch (error) {
      this.db.close()
      throw fromSqlite(error, path)
    }
  }

  /** Adds a row, or puts another in the place of the one with its key. */
  insert(table: Table, ...values: Value[]): void {
    this.guard(() => {
      let statement = this.statements.get(table)
      if (!statement) {
        const columns = INSERTS[table]
        statement = this.db.prepare<Value[]>(`insert or replace into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`)
        this.statements.set(table, statement)
      }
      this.begin()
      statement.run(...values)
    })
  }

  clearTimeline(): void {
    this.guard(() => {
      this.begin()
      this.db.exec('delete from timeline')
    })
  }

  deleteLineSample(id: number): void {
    this.guard(() => {
      this.begin()
      this.db.prepare('delete from line_sample where id = ?').run(id)
    })
  }

  closeArena(granule: number, tick: number): void {
    this.guard(() => {
      this.begin()
      this.db.prepare('update arena set unmapped_tick = ? where granule = ? and unmapped_tick is null').run(tick, granule)
    })
  }

  setAddresses(granuleBytes: number, boundary: number): void {
    this.guard(() => {
      this.begin()
      this.db.prepare('update run set granule_bytes = ?, granule_boundary = ?').run(granuleBytes, boundary)
    })
  }

  setInitialRss(bytes: number): void {
    this.guard(() => {
      this.begin()
      this.db.prepare('update run set initial_rss_bytes = ?').run(bytes)
    })
  }

  /** Writes the figures and ends the transaction. */
  commit(figures: RunFigures): void {
    this.guard(() => {
      this.begin()
      this.update(figures)
      this.db.exec('commit')
      this.inTransaction = false
    })
  }

  /** The last words; then one closed file, unless somebody is reading it. */
  finish(figures: RunFigures, reason: string, exitCode: number | null, message: string): void {
    this.guard(() => {
      this.begin()
      this.update(figures)
      this.db.prepare('update run set end_reason = ?, exit_code = ?, message = ?, complete = 1').run(reason, exitCode, message)
      this.db.exec('commit')
      this.inTransaction = false
    })
    this.close()
  }

  /** Also after an error: whatever was committed stays. */
  close(): void {
    if (!this.db.open) return
    try {
      if (this.inTransaction) this.db.exec('rollback')
      this.db.pragma('wal_checkpoint(TRUNCATE)')
      this.db.pragma('journal_mode = DELETE')
    } catch {
      // A reader has it open: the reader, or whoever opens it next, folds the WAL file in (tidy).
    }
    this.db.close()
  }

  private update(figures: RunFigures): void {
    this.db.prepare(`update run set ${Object.keys(figures).map(column => `${column} = @${column}`).join(', ')}`).run(figures)
  }

  private begin(): void {
    if (this.inTransaction) return
    this.db.exec('begin')
    this.inTransaction = true
  }

  private guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      throw fromSqlite(error, this.path)
    }
  }
}
