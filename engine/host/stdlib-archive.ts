// The standard library on this machine: its archive, and what the build compiled from it.
import { existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadConstant } from '../python/lib/marshal-format'
import type { StdlibCache } from '../python/modules/stdlib-cache'
import { CodeObject } from '../python/bytecode/code'

function places(name: string, dataFolder: string): string[] {
  const here = import.meta.dirname
  return [
    join(dataFolder, name), join(dataFolder, 'out/main', name), join(here, name), join(here, '..', name),
    resolve(here, '../../node_modules/pyodide', name), resolve(here, '../../../node_modules/pyodide', name),
  ]
}

/** The archive, in the installation folder given, beside the built entries, or in a checkout's packages. */
export function libraryArchive(dataFolder: string): Uint8Array {
  const found = places('python_stdlib.zip', dataFolder).find(p => existsSync(p))
  if (found === undefined) throw new Error('Molt: python_stdlib.zip is missing from the installation; run npm ci')
  return readFileSync(found)
}

/** What tells one installation's library from another's: sizes of the archive and of what the build compiled; 0 where there is none. */
export function libraryIdentity(dataFolder: string): { archiveBytes: number; compiledBytes: number } {
  const sizeOf = (name: string): number => {
    const found = places(name, dataFolder).find(p => existsSync(p))
    return found === undefined ? 0 : statSync(found).size
  }
  return { archiveBytes: sizeOf('python_stdlib.zip'), compiledBytes: sizeOf('stdlib.bin') }
}

/** Finds compiled library modules; never finds any when the build left none. Of the file only what is asked for is read. */
export function libraryCode(dataFolder: string): StdlibCache {
  const found = places('stdlib.bin', dataFolder).find(p => existsSync(p))
  if (found === undefined) return () => null
  const file = openSync(found, 'r')
  const read = (at: number, length: number): Buffer => {
    const bytes = Buffer.allocUnsafe(length)
    readSync(file, bytes, 0, length, at)
    return bytes
  }
  const indexBytes = read(0, 4).readUInt32LE(0)
  const index = JSON.parse(read(4, indexBytes).toString('utf8')) as Record<string, [number, number, number]>
  return (path, sourceLength) => {
    const entry = index[path]
    if (entry === undefined || entry[2] !== sourceLength) return null
    const code = loadConstant(read(4 + indexBytes + entry[0], entry[1]))
    return code instanceof CodeObject ? code : null
  }
}
