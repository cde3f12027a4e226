// The tables of a recording, as the list of steps that make them. docs/recording-format.md tells what they mean.
//
// A step is never changed once released: a new version appends one. `user_version` counts the steps a file has had.
// Names: tables singular, `_bytes`, `_tick`, `_id` say the unit. Counters and ticks are whole numbers up to 2^53.

/** 'Molt' in ASCII, in the header of every recording. */
export const APPLICATION_ID = 0x4d6f6c74

export const MIGRATIONS: readonly string[] = [
  `
  create table run (
    id integer primary key check (id = 1),
    script_name text not null,
    script_path text not null,
    source_kind text not null,
    arguments text not null,            -- JSON list
    settings text not null,             -- JSON, RunSettings of engine/rpc/contract.ts
    engine_version text not null,
    python_version text not null,
    started_ms integer not null,
    writer_pid integer not null,
    end_reason text not null,           -- 'unfinished' until the end is written
    exit_code integer,
    message text not null,
    complete integer not null,
    granule_bytes integer not null,
    granule_boundary integer not null,
    initial_rss_bytes integer not null,
    last_tick integer not null,
    wall_ns integer not null,
    event_count integer not null,
    live_bytes integer not null,
    live_block_count integer not null,
    live_object_count integer not null,
    rss_bytes integer not null,
    peak_bytes integer not null,
    peak_tick integer not null,
    peak_event integer not null,
    allocation_count integer not null,
    allocated_bytes integer not null,
    temporary_count integer not null,
    timeline_slot_ticks integer not null
  ) strict;

  create table source_file (
    id integer primary key,
    path text not null,
    origin text not null,               -- 'script', 'user', 'library', 'generated'
    source text                         -- null where it is not known
  ) strict;

  create table code (
    id integer primary key,
    file_id integer not null,
    name text not null,
    qualified_name text not null,
    first_line integer not null,
    line_table blob not null            -- co_linetable
  ) strict;

  create table traceback (
    id integer primary key,
    parent_id integer not null,         -- 0: outermost frame
    code_id integer not null,
    line integer not null
  ) strict;

  create table type (
    id integer primary key,
    module text not null,
    name text not null,
    basic_bytes integer not null,
    item_bytes integer not null,
    head_granules integer not null,
    collectable integer not null
  ) strict;

  create table thread (
    id integer primary key,
    name text not null,
    first_tick integer not null
  ) strict;

  create table region (
    id integer primary key,
    name text not null,
    base integer not null,
    size_bytes integer not null,
    resident_bytes integer not null
  ) strict;

  create table arena (
    id integer primary key,
    granule integer not null,
    size_bytes integer not null,
    mapped_tick integer not null,
    unmapped_tick integer
  ) strict;

  create table gc_collection (
    id integer primary key,
    generation integer not null,
    reason text not null,               -- 'threshold', 'explicit', 'exit'
    count_0 integer not null, count_1 integer not null, count_2 integer not null,
    tracked_0 integer not null, tracked_1 integer not null, tracked_2 integer not null,
    candidate_count integer not null,
    reachable_count integer not null,
    unreachable_count integer not null,
    untracked_count integer not null,
    weakref_callback_count integer not null,
    finalized_count integer not null,
    resurrected_count integer not null,
    collected_count integer not null,
    uncollectable_count integer not null,
    long_lived_pending integer not null,
    long_lived_total integer not null,
    start_tick integer not null,
    end_tick integer not null,
    start_event integer not null,
    end_event integer not null,
    start_wall_ns integer not null,
    duration_ns integer not null,
    freed_bytes integer not null,
    traceback_id integer not null
  ) strict;
  create index gc_collection_by_tick on gc_collection (start_tick);

  create table mark (
    id integer primary key,
    label text not null,
    tick integer not null,
    event integer not null,             -- events up to and with the mark's own
    wall_ns integer not null,
    live_bytes integer not null,
    live_block_count integer not null,
    traceback_id integer not null
  ) strict;

  create table output (
    id integer primary key,
    file_descriptor integer not null,
    tick integer not null,
    wall_ns integer not null,
    first_byte integer not null,        -- place in the stream of this descriptor
    data blob not null
  ) strict;
  create index output_by_tick on output (tick);

  create table timeline (
    slot integer primary key,           -- covers ticks slot * run.timeline_slot_ticks and so many more
    wall_ns integer not null,
    live_min_bytes integer not null,
    live_max_bytes integer not null,
    live_last_bytes integer not null,
    block_count integer not null,
    object_count integer not null,
    rss_bytes integer not null
  ) strict;

  create table event_chunk (
    id integer primary key,
    first_event integer not null,
    event_count integer not null,
    base_tick integer not null,         -- its events are later than or at this
    last_tick integer not null,
    base_wall_ns integer not null,
    last_wall_ns integer not null,
    live_bytes integer not null,        -- the next four: before its first event
    live_block_count integer not null,
    live_object_count integer not null,
    rss_bytes integer not null,
    data blob not null
  ) strict;
  create index event_chunk_by_event on event_chunk (first_event);
  create index event_chunk_by_tick on event_chunk (base_tick);

  create table keyframe (
    id integer primary key,
    kind text not null,                 -- 'state', 'figures' or 'peak'
    label text not null,                -- of a mark, or ''
    event integer not null,             -- events before it
    tick integer not null,
    data blob not null,                 -- figures of sites and types
    blocks blob                         -- each live block; only of a 'state'
  ) strict;
  create index keyframe_by_event on keyframe (event);

  create table line_sample (
    id integer primary key,
    event integer not null,             -- events before it
    tick integer not null,
    data blob not null                  -- live bytes of each source line
  ) strict;

  create table snapshot (
    id integer primary key,
    label text not null,
    event integer not null,
    tick integer not null,
    node_count integer not null,
    edge_count integer not null,
    nodes blob not null,
    edges blob not null,
    roots blob not null
  ) strict;
  `,
  `
  drop table snapshot;
  create table snapshot (
    id integer primary key,
    reason text not null,               -- 'end', 'mark', 'collection', 'interval', 'request', 'instant'
    label text not null,                -- of a mark, else ''
    event integer not null,             -- events before it
    tick integer not null,
    wall_ns integer not null,
    node_count integer not null,
    edge_count integer not null,
    size_bytes integer not null,        -- of all objects together
    nodes blob not null,
    edges blob not null,
    strings blob not null
  ) strict;
  create index snapshot_by_event on snapshot (event);
  `,
  `
  create table start_block (             -- what was allocated when recording began; one row
    id integer primary key check (id = 1),
    alignment_bytes integer not null,
    pool_bytes integer not null,
    arena_bytes integer not null,
    arena_count integer not null,       -- arenas mapped then, ever until then, and the most at a time
    arena_ever_count integer not null,
    arena_peak_count integer not null,
    boundary_granule integer not null,  -- where the script's arenas begin
    heap_bytes integer not null,
    block_count integer not null,
    data blob not null                  -- address, size and type of each block
  ) strict;
  create table start_block_freed (
    id integer primary key,
    first_event integer not null,
    free_count integer not null,
    data blob not null                  -- events that freed or moved such blocks, and their addresses
  ) strict;
  alter table gc_collection add column reference_count integer;   -- sum of the candidates' reference counts
  alter table gc_collection add column subtracted_count integer;  -- references among the candidates
  alter table gc_collection add column outside_count integer;     -- candidates that are referred to from outside
  alter table gc_collection add column brought_back_count integer; -- first held for garbage, then reached
  alter table gc_collection add column threshold_0 integer;
  alter table gc_collection add column threshold_1 integer;
  alter table gc_collection add column threshold_2 integer;
  `,
  // What a run needs to be repeated: engine/recording/inputs.ts.
  `
  create table program (
    id integer primary key check (id = 1),
    kind text not null,                 -- 'file', 'module' or 'code'
    path text not null,                 -- of a file: what tracebacks show
    argv0 text not null,
    folder text not null,               -- sys.path[0] of a file, the current folder
    data blob not null,                 -- bytes of the file, name of the module, or the code; compressed
    runtime text not null               -- JSON: what else the run stood on, to explain a replay that differs
  ) strict;

  create table input_content (
    id integer not null,
    piece integer not null,
    data blob not null,                 -- compressed
    primary key (id, piece)
  ) strict;

  create table input_file (
    id integer primary key,             -- number of the question; later answers to the same one replace it
    mount integer not null,
    question text not null,             -- 'stat', 'list' or 'read'
    path text not null,
    is_there integer not null,
    is_folder integer not null,
    size_bytes integer not null,
    mtime_s integer not null,
    inode integer not null,
    content_id integer not null         -- bytes, or a JSON list of names; 0: none
  ) strict;

  create table input_tape (
    id integer primary key,
    kind text not null,                 -- 'stdin', 'clock', 'interrupt', 'stop', 'terminal', 'write-error'
    place integer not null,
    tick integer not null,
    data blob not null                  -- of stdin and clock, compressed
  ) strict;

  create table event_digest (
    id integer primary key,             -- event / 65,536; 0: as of the last commit
    event integer not null,
    tick integer not null,
    digest integer not null             -- of all events before
  ) strict;
  `,
  // --record ledger: engine/memory/events.ts, REFERENCE.
  `
  create table reference_holder (
    id integer primary key,
    text text not null                  -- who takes or drops a reference, as the instruction tells
  ) strict;
  `,
]

export const USER_VERSION = MIGRATIONS.length
/** The version with the table `reference_holder`. */
export const REFERENCE_HOLDERS_SINCE = MIGRATIONS.findIndex(step => step.includes('create table reference_holder')) + 1
