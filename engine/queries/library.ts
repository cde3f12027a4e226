// The library: recordings and scripts that the user has opened, run or dropped, with their notes. Only names are kept;
// whatever can be read from the files is read when it is asked for.
import { rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fromSystem, MoltError } from '../base/errors'
import type { EndReason, LibraryEntry } from '../rpc/contract'
import { removeRecording } from '../store/database'
import { RecordingReader } from '../store/reader'
import { readJson, writeJson } from './data-folder'
import { fileBytes } from './recording-summary'

interface Stored { path: string; note: string; addedMs: number }
type Known = Pick<LibraryEntry, 'recording' | 'problem'>

export class Library {
  private readonly file: string
  /** What was read of a recording, by path, size and time. */
  private readonly known = new Map<string, Known>()

  constructor(dataFolder: string) {
    this.file = join(dataFolder, 'library.json')
  }

  /** Newest first. */
  list(): LibraryEntry[] {
    return this.read().map(stored => this.entry(stored)).sort((a, b) => b.addedMs - a.addedMs)
  }

  add(path: string): LibraryEntry {
    const absolute = resolve(path)
    try {
      if (statSync(absolute).isDirectory()) throw new MoltError('is-folder', `${path} is a folder, not a script or a recording.`)
    } catch (error) {
      throw fromSystem(error, path, 'read')
    }
    const all = this.read()
    const stored = all.find(s => s.path === absolute) ?? { path: absolute, note: '', addedMs: 0 }
    stored.addedMs = Date.now()
    const entry = this.entry(stored)
    if (entry.kind === 'recording' && entry.problem) throw new MoltError('not-a-recording', entry.problem)
    this.write([...all.filter(s => s !== stored), stored])
    return entry
  }

  remove(path: string, deleteFile: boolean): void {
    const absolute = resolve(path)
    const all = this.read()
    if (!all.some(s => s.path === absolute)) throw new MoltError('not-found', `${path} is not in the library.`)
    if (deleteFile) {
      if (kindOf(absolute) !== 'recording') throw new MoltError('bad-request', 'Molt deletes recordings only, never scripts.')
      deleteRecording(absolute)
    }
    this.write(all.filter(s => s.path !== absolute))
  }

  note(path: string, note: string): void {
    const absolute = resolve(path)
    const all = this.read()
    const stored = all.find(s => s.path === absolute)
    if (!stored) throw new MoltError('not-found', `${path} is not in the library.`)
    stored.note = note
    this.write(all)
  }

  private entry(stored: Stored): LibraryEntry {
    const kind = kindOf(stored.path)
    const entry: LibraryEntry = {
      path: stored.path, kind, name: basename(stored.path), note: stored.note, addedMs: stored.addedMs, modifiedMs: 0, fileBytes: 0,
      missing: false, recording: null, problem: '',
    }
    try {
      entry.modifiedMs = Math.floor(statSync(stored.path).mtimeMs)
      entry.fileBytes = fileBytes(stored.path)
    } catch {
      return { ...entry, missing: true, problem: 'The file is gone.' }
    }
    return kind === 'recording' ? { ...entry, ...this.inside(entry) } : entry
  }

  private inside(entry: LibraryEntry): Known {
    const key = `${entry.path} ${entry.modifiedMs} ${entry.fileBytes}`
    const known = this.known.get(key)
    if (known) return known
    let found: Known
    try {
      const reader = new RecordingReader(entry.path)
      try {
        const run = reader.run()
        found = {
          problem: '',
          recording: {
            scriptName: run.script_name, startedMs: run.started_ms, peakBytes: run.peak_bytes, lastTick: run.last_tick,
            reason: run.end_reason as EndReason, exitCode: run.exit_code,
          },
        }
      } finally {
        reader.close()
      }
    } catch (error) {
      found = { recording: null, problem: error instanceof Error ? error.message : String(error) }
    }
    if (this.known.size > 1000) this.known.clear()
    this.known.set(key, found)
    return found
  }

  private read(): Stored[] {
    const stored = readJson<unknown>(this.file, [])
    return Array.isArray(stored) ? stored.filter((s): s is Stored => typeof s?.path === 'string' && typeof s.addedMs === 'number' && typeof s.note === 'string') : []
  }

  private write(all: Stored[]): void {
    writeJson(this.file, all)
  }
}

const kindOf = (path: string): LibraryEntry['kind'] => (/\.molt$/i.test(path) ? 'recording' : 'script')

function deleteRecording(path: string): void {
  try {
    statSync(path)
  } catch {
    return
  }
  try {
    removeRecording(path)
  } catch (error) {
    if (error instanceof MoltError && error.code === 'not-a-recording') throw error
    if (error instanceof MoltError && error.code === 'damaged') return rmSync(path, { force: true })
    throw error
  }
}
