import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, migrate, openDatabase, removeRecording, tidy } from './database'
import { RecordingReader } from './reader'
import { APPLICATION_ID, MIGRATIONS } from './schema'
import { RecordingWriter, type RunFigures } from './writer'

let folder = ''
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'molt-db-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const fresh = () => join(folder, `${++count}.molt`)

const RUN = {
  script_name: 's.py', script_path: '/s.py', source_kind: 'path', arguments: '[]', settings: '{}', engine_version: '1', python_version: '3.11.7', started_ms: 1,
}
const FIGURES: RunFigures = {
  last_tick: 1, wall_ns: 2, event_count: 3, live_bytes: 4, live_block_count: 5, live_object_count: 6, rss_bytes: 7, peak_bytes: 8, peak_tick: 9,
  peak_event: 10, allocation_count: 11, allocated_bytes: 2 ** 40, temporary_count: 13, timeline_slot_ticks: 14,
}

test('a reader sees each commit while the writer goes on; the end is one file', () => {
  const path = fresh()
  const writer = new RecordingWriter(path, false, RUN)
  writer.insert('type', 16, 'builtins', 'int', 24, 4, 0, 0)
  writer.commit(FIGURES)
  const reader = new RecordingReader(path)
  expect(reader.types()).toEqual([{ id: 16, module: 'builtins', name: 'int', basic_bytes: 24, head_granules: 0 }])
  writer.insert('type', 17, 'builtins', 'str', 49, 1, 0, 0)
  expect(reader.types()).toHaveLength(1)
  writer.commit({ ...FIGURES, last_tick: 99 })
  expect(reader.types()).toHaveLength(2)
  expect(reader.run()).toMatchObject({ last_tick: 99, allocated_bytes: 2 ** 40, complete: 0, end_reason: 'unfinished' })
  writer.finish(FIGURES, 'finished', 3, 'm')
  // The reader kept it from becoming one file; opening it again does that.
  expect(existsSync(`${path}-wal`)).toBe(true)
  reader.reopen()
  expect(existsSync(`${path}-wal`)).toBe(false)
  expect(reader.run()).toMatchObject({ complete: 1, end_reason: 'finished', exit_code: 3, message: 'm' })
  reader.close()
})

test('what was not committed is not there, what was is', () => {
  const path = fresh()
  const writer = new RecordingWriter(path, false, RUN)
  writer.insert('type', 16, '', 'kept', 0, 0, 0, 0)
  writer.commit(FIGURES)
  writer.insert('type', 17, '', 'lost', 0, 0, 0, 0)
  writer.close()
  const reader = new RecordingReader(path)
  expect(reader.types().map(t => t.name)).toEqual(['kept'])
  reader.close()
})

test('a left-over WAL file where it cannot be folded in is read from a copy', () => {
  const path = fresh()
  const writer = new RecordingWriter(path, false, RUN)
  writer.insert('type', 16, '', 'kept', 0, 0, 0, 0)
  writer.commit(FIGURES)
  const held = new Sqlite(path)
  const other = fresh()
  writeFileSync(other, readFileSync(path))
  writeFileSync(`${other}-wal`, readFileSync(`${path}-wal`))
  // Stands for a folder in which SQLite cannot make its shared-memory file.
  mkdirSync(`${other}-shm`)
  const reader = new RecordingReader(other)
  expect(reader.types().map(t => t.name)).toEqual(['kept'])
  reader.close()
  held.close()
  writer.close()
})

test('files that are no recordings are refused with a sentence each', () => {
  const bad = (make: (path: string) => void) => {
    const path = fresh()
    make(path)
    try {
      openDatabase(path).close()
      return 'opened'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  const recording = (path: string) => new RecordingWriter(path, false, RUN).finish(FIGURES, 'finished', 0, '')
  const change = (path: string, work: (db: Sqlite.Database) => void) => {
    recording(path)
    const db = new Sqlite(path)
    work(db)
    db.close()
  }
  expect(bad(() => {})).toBe('not-found')
  expect(bad(path => mkdirSync(path))).toBe('is-folder')
  expect(bad(path => writeFileSync(path, ''))).toBe('damaged')
  expect(bad(path => writeFileSync(path, 'hello'))).toBe('not-a-recording')
  expect(bad(path => writeFileSync(path, 'x'.repeat(100_000)))).toBe('not-a-recording')
  expect(bad(path => new Sqlite(path).exec('create table t (a)').close())).toBe('not-a-recording')
  expect(bad(path => change(path, db => db.pragma('user_version = 1000')))).toBe('newer-version')
  expect(bad(path => change(path, db => db.exec('delete from run')))).toBe('damaged')
  expect(bad(path => change(path, db => db.exec('drop table run')))).toBe('damaged')
  expect(bad(path => {
    recording(path)
    truncateSync(path, statSync(path).size - 5000)
  })).toBe('damaged')
  expect(bad(recording)).toBe('opened')
})

test('only recordings are overwritten, and only when nobody has them open', () => {
  const path = fresh()
  const writer = new RecordingWriter(path, false, RUN)
  expect(() => createDatabase(path, false)).toThrow(/exists already/)
  expect(() => createDatabase(path, true)).toThrow(/is being recorded or is open elsewhere/)
  writer.finish(FIGURES, 'finished', 0, '')
  createDatabase(path, true).close()
  const text = fresh()
  writeFileSync(text, 'mine')
  expect(() => removeRecording(text)).toThrow(/not a Molt recording/)
  expect(existsSync(text)).toBe(true)
  const cut = fresh()
  writeFileSync(cut, '')
  removeRecording(cut)
  expect(existsSync(cut)).toBe(false)
  expect(() => createDatabase(join(folder, 'no', 'x.molt'), false)).toThrow(/The folder of/)
})

test('tidy leaves a recording alone that is being written', () => {
  const path = fresh()
  const writer = new RecordingWriter(path, false, RUN)
  writer.commit(FIGURES)
  expect(tidy(path)).toBe(false)
  writer.insert('type', 16, '', 'still', 0, 0, 0, 0)
  writer.commit(FIGURES)
  writer.finish(FIGURES, 'finished', 0, '')
  const reader = new RecordingReader(path)
  expect(reader.types()).toHaveLength(1)
  reader.close()
})

test('steps of the schema run once each, in order, or not at all', () => {
  const db = new Sqlite(':memory:')
  migrate(db, ['create table a (x)'])
  expect(db.pragma('user_version', { simple: true })).toBe(1)
  migrate(db, ['create table a (x)', 'create table b (x)', 'insert into b values (7)'])
  expect(db.prepare('select x from b').pluck().all()).toEqual([7])
  expect(() => migrate(db, ['', '', '', 'create table c (x)', 'no sql'])).toThrow()
  expect(db.pragma('user_version', { simple: true })).toBe(3)
  expect(db.prepare("select count(*) from sqlite_master where name = 'c'").pluck().get()).toBe(0)
  db.close()
})

test('a full disk is said so, and what was committed before stays', () => {
  const path = fresh()
  const writer = new RecordingWriter(path, false, RUN)
  writer.insert('type', 16, '', 'kept', 0, 0, 0, 0)
  writer.commit(FIGURES)
  // SQLite's own limit stands for the disk's.
  const { db } = writer as unknown as { db: Sqlite.Database }
  db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`)
  const fill = () => {
    for (let i = 0; i < 100; i++) writer.insert('output', i, 1, 0, 0, 0, new Uint8Array(50_000))
    writer.commit(FIGURES)
  }
  expect(fill).toThrow(expect.objectContaining({ code: 'io', message: `The disk is full: could not write ${path}.` }))
  writer.close()
  const reader = new RecordingReader(path)
  expect(reader.types().map(t => t.name)).toEqual(['kept'])
  expect(reader.outputs(0, 1, 10)).toEqual([])
  reader.close()
})

test('the header says Molt and the version', () => {
  const path = fresh()
  new RecordingWriter(path, false, RUN).finish(FIGURES, 'finished', 0, '')
  const header = readFileSync(path)
  expect(header.readUInt32BE(68)).toBe(APPLICATION_ID)
  expect(header.toString('latin1', 68, 72)).toBe('Molt')
  expect(header.readUInt32BE(60)).toBe(MIGRATIONS.length)
})
