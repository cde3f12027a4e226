// Reading the script, and what can be wrong with it before Python is asked.
import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { fromSystem, MoltError } from '../base/errors'
import type { Origin, ProgramRow } from '../recording/recorder'
import type { RunSource } from '../rpc/contract'
import type { ScriptSource } from './interpreter-api'
import { libraryIdentity } from './stdlib-archive'

export interface PreparedScript {
  source: ScriptSource
  /** sys.path[0]. */
  folder: string
  /** What lists and titles show. */
  name: string
  /** Absolute, or '' if there is no file. */
  path: string
}

/** Name of a script that was piped in. */
export const STDIN = '<stdin>'

/** `cwd` is what relative paths start from. Errors: not-found, is-folder, permission, io. */
export function prepareScript(source: RunSource, cwd = process.cwd()): PreparedScript {
  if (source.kind === 'path') {
    const path = resolve(cwd, source.path)
    return {
      source: { kind: 'file', path, argv0: source.path, bytes: readScript(path, source.path) },
      folder: dirname(path), name: basename(path), path,
    }
  }
  const folder = resolve(cwd, source.folder ?? '.')
  if (source.kind === 'text') {
    const argv0 = source.name === STDIN ? '-' : source.name
    return {
      source: { kind: 'file', path: source.name, argv0, bytes: new TextEncoder().encode(source.text) }, folder, name: basename(source.name), path: '',
    }
  }
  if (source.kind === 'module') return { source: { kind: 'module', module: source.module }, folder, name: source.module, path: '' }
  return { source: { kind: 'code', code: source.code }, folder, name: '-c', path: '' }
}

function readScript(path: string, shown: string): Uint8Array {
  try {
    if (statSync(path).isDirectory()) throw new MoltError('is-folder', `${shown} is a folder, not a script.`, `Name a file in it, or run a package with -m.`)
    return readFileSync(path)
  } catch (error) {
    throw fromSystem(error, shown, 'read')
  }
}

/** What the recording keeps of the program, so that it can be run where its file is not. */
export function programRow({ source, folder }: PreparedScript, dataFolder: string): ProgramRow {
  const text = (data: string) => new TextEncoder().encode(data)
  const { node, v8 } = process.versions
  return {
    kind: source.kind, folder, path: source.kind === 'file' ? source.path : '', argv0: source.kind === 'file' ? source.argv0 : '',
    data: source.kind === 'file' ? source.bytes : text(source.kind === 'module' ? source.module : source.code),
    runtime: JSON.stringify({ node, v8, platform: process.platform, architecture: process.arch, library: libraryIdentity(dataFolder) }),
  }
}

/** Where a source file comes from, by its name: what the views tell apart. */
export function originOf(path: string, script: PreparedScript): Origin {
  if (script.source.kind === 'file' ? path === script.source.path || path === script.path : path === '<string>') return 'script'
  if (/python_stdlib\.zip|[\\/]lib[\\/]python3\.\d+[\\/]|^<frozen /i.test(path)) return 'library'
  return path.startsWith('<') ? 'generated' : 'user'
}
