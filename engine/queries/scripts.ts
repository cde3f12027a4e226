// Scripts and folders on this machine, the examples, and files that a page hands over as bytes.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { fromSystem, MoltError } from '../base/errors'
import type { ExampleRow, FileRow, Params, Result, ScriptText } from '../rpc/contract'

/** Larger files are no scripts that anybody edits. */
const MOST_BYTES = 8 * 1024 * 1024

export function readScript(path: string): ScriptText {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw new MoltError('is-folder', `${path} is a folder, not a script.`)
    if (stat.size > MOST_BYTES) throw new MoltError('not-text', `${path} is too large for the editor.`, 'It can still be run.')
    return { path, text: decode(readFileSync(path), path), modifiedMs: Math.floor(stat.mtimeMs) }
  } catch (error) {
    throw fromSystem(error, path, 'read')
  }
}

export function saveScript(params: Params<'script.save'>): ScriptText {
  const { path, text } = params
  try {
    if (params.expectedModifiedMs !== undefined && modifiedMs(path) > params.expectedModifiedMs) {
      throw new MoltError('changed', `${path} was changed by another program since it was opened.`, 'Open it again, or save under another name.')
    }
    writeFileSync(path, text)
    return { path, text, modifiedMs: Math.floor(statSync(path).mtimeMs) }
  } catch (error) {
    throw fromSystem(error, path, 'write')
  }
}

function modifiedMs(path: string): number {
  try {
    return Math.floor(statSync(path).mtimeMs)
  } catch {
    return 0
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new MoltError('not-text', `${path} is not UTF-8 text.`, 'A script in another encoding can be run but not edited here.')
  }
}

/** The card of an example is its docstring: title, "Subject: …", what to look at. */
export function listExamples(folder: string): ExampleRow[] {
  let names: string[]
  try {
    names = readdirSync(folder).filter(name => name.endsWith('.py')).sort()
  } catch (error) {
    throw fromSystem(error, folder, 'read')
  }
  return names.map(name => {
    const docstring = /^[rR]?("""|''')([^]*?)\1/.exec(readFileSync(join(folder, name), 'utf8'))?.[2] ?? ''
    const [title = '', ...rest] = docstring.trim().split('\n')
    const subject = rest.find(line => line.startsWith('Subject:'))?.slice(8).trim() ?? ''
    const summary = rest.filter(line => !line.startsWith('Subject:')).join('\n').trim()
    return { name, title: title || basename(name, '.py'), summary, subject }
  })
}

export function readExample(folder: string, name: string): { name: string; text: string } {
  if (basename(name) !== name || !name.endsWith('.py')) throw new MoltError('not-found', `There is no example ${name}.`)
  return { name, text: readScript(join(folder, name)).text }
}

export function listFiles(params: Params<'files.list'>): Result<'files.list'> {
  const folder = resolve(params.folder ?? homedir())
  try {
    const rows = readdirSync(folder, { withFileTypes: true }).filter(entry => !entry.name.startsWith('.')).flatMap((entry): FileRow[] => {
      const path = join(folder, entry.name)
      try {
        const stat = statSync(path)
        const kind = stat.isDirectory() ? 'folder' : /\.pyw?$/i.test(entry.name) ? 'script' : /\.molt$/i.test(entry.name) ? 'recording' : 'other'
        return [{ name: entry.name, path, kind, sizeBytes: stat.isDirectory() ? 0 : stat.size, modifiedMs: Math.floor(stat.mtimeMs) }]
      } catch {
        // A dangling link, or gone since it was listed.
        return []
      }
    })
    rows.sort((a, b) => Number(b.kind === 'folder') - Number(a.kind === 'folder') || a.name.localeCompare(b.name))
    return { folder, parent: dirname(folder) === folder ? null : dirname(folder), rows }
  } catch (error) {
    throw fromSystem(error, folder, 'read')
  }
}

/** Stores bytes under a fresh name in the data folder. */
export function importFile(dataFolder: string, params: Params<'files.import'>): { path: string } {
  const name = basename(params.name).replace(/[^\w. -]+/g, '_')
  if (!/\.(pyw?|molt)$/i.test(name)) throw new MoltError('bad-request', `${params.name} is neither a Python script nor a Molt recording.`)
  const folder = join(dataFolder, 'imported')
  try {
    mkdirSync(folder, { recursive: true })
    const extension = extname(name)
    for (let i = 1; ; i++) {
      const path = join(folder, i === 1 ? name : `${basename(name, extension)} ${i}${extension}`)
      try {
        writeFileSync(path, params.bytes, { flag: 'wx' })
        return { path }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
  } catch (error) {
    throw fromSystem(error, folder, 'write')
  }
}
