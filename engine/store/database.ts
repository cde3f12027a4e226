// Opening and making of the SQLite files; the one place that knows better-sqlite3 and what its errors mean.
import { accessSync, closeSync, constants, copyFileSync, existsSync, mkdtempSync, openSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { fromSystem, MoltError } from '../base/errors'
import { APPLICATION_ID, MIGRATIONS, USER_VERSION } from './schema'

export type Database = Sqlite.Database

export const sqliteVersion = (): string => {
  const db = new Sqlite(':memory:')
  const version = db.prepare('select sqlite_version()').pluck().get() as string
  db.close()
  return version
}

/**
 * A new recording to write to. With `overwrite` an older recording is deleted first; a file that is no recording never is.
 * Errors: exists, in-use, permission, not-found (its folder), is-folder, not-a-recording.
 */
export function createDatabase(path: string, overwrite: boolean): Database {
  if (existsSync(path)) {
    const stat = statSync(path)
    if (stat.isDirectory()) throw new MoltError('is-folder', `${path} is a folder, not a file.`, 'Name a file in it.')
    // A device such as /dev/null: never to be deleted.
    if (!stat.isFile()) throw new MoltError('not-a-recording', `${path} is not a regular file.`, 'Name another with -o.')
    if (!overwrite) throw new MoltError('exists', `${path} exists already.`, 'Choose another name, or allow overwriting it.')
    removeRecording(path)
  }
  try {
    // 'wx': of two runs that ask for one new file, one gets it.
    closeSync(openSync(path, 'wx'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new MoltError('not-found', `The folder of ${path} does not exist.`)
    throw fromSystem(error, path, 'write')
  }
  try {
    const db = new Sqlite(path)
    db.pragma('page_size = 8192')
    db.pragma('journal_mode = WAL')
    // A commit must survive the death of the process, not of the machine: no fsync a commit.
    db.pragma('synchronous = NORMAL')
    db.pragma(`application_id = ${APPLICATION_ID}`)
    migrate(db, MIGRATIONS)
    return db
  } catch (error) {
    rmSync(path, { force: true })
    throw fromSqlite(error, path)
  }
}

/** Brings a database to the last step of the list. Exported with the list as a parameter for its test. */
export function migrate(db: Database, steps: readonly string[]): void {
  const version = db.pragma('user_version', { simple: true }) as number
  if (version >= steps.length) return
  db.transaction(() => {
    for (const step of steps.slice(version)) db.exec(step)
    db.pragma(`user_version = ${steps.length}`)
  })()
}

/**
 * A recording to read, while it is being written or afterwards, also from read-only media.
 * Errors: not-found, is-folder, permission, not-a-recording, newer-version, damaged.
 */
export function openDatabase(path: string): Database {
  checkFile(path)
  tidy(path)
  let db: Database
  try {
    db = new Sqlite(path, { readonly: true, fileMustExist: true })
    db.pragma('application_id')
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    // A WAL file that was never closed, where nothing can be written: read a copy.
    if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY')) return openCopy(path)
    throw fromSqlite(error, path)
  }
  return checked(db, path)
}

/** A recording that has ended, to add something to it. False: nothing was changed, since it cannot be written or is in use. */
export function amendDatabase(path: string, work: (db: Database) => void): boolean {
  let db: Database | undefined
  try {
    db = new Sqlite(path, { fileMustExist: true, timeout: 1000 })
    db.pragma('trusted_schema = OFF')
    migrate(db, MIGRATIONS)
    const open = db
    db.transaction(() => work(open))()
    return true
  } catch (error) {
    // Read-only, locked by its recorder or a reader, or on a full disk.
    if (error instanceof Sqlite.SqliteError) return false
    throw error
  } finally {
    db?.close()
  }
}

/**
 * Folds a left-over WAL file (a killed run) into the recording, if nobody else has it open and it can be written.
 * Returns whether the recording is one closed file now.
 */
export function tidy(path: string): boolean {
  if (!existsSync(`${path}-wal`)) return true
  let db: Database | undefined
  try {
    db = new Sqlite(path, { fileMustExist: true, timeout: 0 })
    return db.pragma('journal_mode = DELETE', { simple: true }) === 'delete'
  } catch {
    return false
  } finally {
    db?.close()
  }
}

/** Deletes a recording, a damaged or newer one too, with what belongs to it. Errors: not-found, not-a-recording, in-use, permission. */
export function removeRecording(path: string): void {
  try {
    openDatabase(path).close()
  } catch (error) {
    if (!(error instanceof MoltError) || error.code !== 'damaged' && error.code !== 'newer-version') throw error
  }
  if (!tidy(path)) {
    throw new MoltError('in-use', `${path} is being recorded or is open elsewhere.`, 'Close it there, or choose another name.')
  }
  try {
    // unlink, whose errors have their code (rm hides it).
    for (const end of ['-wal', '-shm', '']) if (existsSync(path + end)) unlinkSync(path + end)
  } catch (error) {
    throw fromSystem(error, path, 'delete')
  }
}

/** `db` if it holds a recording that this version can read; else closes it and throws. */
function checked(db: Database, path: string): Database {
  try {
    db.pragma('trusted_schema = OFF') // a file of unknown origin: its views and triggers may call nothing that has effects
    const id = db.pragma('application_id', { simple: true })
    if (id !== APPLICATION_ID) throw foreign(path)
    const version = db.pragma('user_version', { simple: true }) as number
    if (version > USER_VERSION) {
      throw new MoltError('newer-version', `${path} was recorded by a newer version of Molt.`, 'Open it with that version.')
    }
    const bytes = statSync(path).size
    const expected = (db.pragma('page_count', { simple: true }) as number) * (db.pragma('page_size', { simple: true }) as number)
    if (bytes < expected && !existsSync(`${path}-wal`)) {
      throw new MoltError('damaged', `${path} is cut short: ${bytes} of ${expected} bytes are there.`, 'Copy it again from where it was recorded.')
    }
    if (version === 0 || db.prepare('select count(*) from run').pluck().get() === 0) {
      throw new MoltError('damaged', `${path} was cut off before anything was recorded.`)
    }
    return db
  } catch (error) {
    db.close()
    throw fromSqlite(error, path)
  }
}

/**
 * What can be said without SQLite. The file is not opened here: closing any descriptor of a file drops all locks that this
 * process has on it (POSIX), those of SQLite too.
 */
function checkFile(path: string): void {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw new MoltError('is-folder', `${path} is a folder, not a recording.`)
    if (!stat.isFile()) throw new MoltError('not-a-recording', `${path} is not a regular file.`)
    accessSync(path, constants.R_OK)
    if (stat.size === 0 && !existsSync(`${path}-wal`)) {
      throw new MoltError('damaged', `${path} is empty: it was cut off before anything was recorded.`)
    }
  } catch (error) {
    throw fromSystem(error, path, 'read')
  }
}

function openCopy(path: string): Database {
  const folder = mkdtempSync(join(tmpdir(), 'molt-'))
  const copy = join(folder, basename(path))
  try {
    copyFileSync(path, copy)
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`)
    const db = new Sqlite(copy)
    db.pragma('journal_mode = DELETE')
    return checked(db, path)
  } catch (error) {
    throw fromSqlite(error, path)
  } finally {
    // On POSIX the open file stays readable; elsewhere the temporary folder is left to the system.
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {}
  }
}

const foreign = (path: string) =>
  new MoltError('not-a-recording', `${path} is not a Molt recording.`, 'Recordings are made with: molt run -o FILE SCRIPT')

/** What SQLite said, as a sentence. */
export function fromSqlite(error: unknown, path: string): MoltError {
  if (error instanceof MoltError) return error
  const code = (error as { code?: string }).code ?? ''
  const message = error instanceof Error ? error.message : String(error)
  if (code === 'SQLITE_NOTADB') return foreign(path)
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_IOERR_SHORT') || /no such (table|column)/.test(message)) {
    return new MoltError('damaged', `${path} is damaged or cut short (${message}).`, 'Copy it again from where it was recorded.')
  }
  if (code === 'SQLITE_FULL') return new MoltError('io', `The disk is full: could not write ${path}.`, 'Make room, or record to another disk with -o.')
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return new MoltError('in-use', `${path} is locked by another program.`)
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM') return new MoltError('permission', `No permission to write ${path}.`)
  if (code.startsWith('SQLITE_CANTOPEN')) return new MoltError('permission', `${path} cannot be opened.`)
  if (code.startsWith('SQLITE_IOERR')) return new MoltError('io', `Reading or writing ${path} failed: ${message}.`)
  return fromSystem(error, path, 'read')
}
