// The standard library on this machine: its archive, and what the build compiled from it.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadConstant } from '../python/lib/marshal-format'
import type { StdlibCache } from '../python/modules/stdlib-cache'
import { CodeObject } from '../python/bytecode/code'

/** Where the program sees the library. */
export const STDLIB_ROOT = '/usr/lib/python3.11'

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

/** Finds compiled library modules; never finds any when the build left none. */
export function libraryCode(dataFolder: string): StdlibCache {
  const found = places('stdlib.bin', dataFolder).find(p => existsSync(p))
  if (found === undefined) return () => null
  const file = readFileSync(found)
  const start = 4 + file.readUInt32LE(0)
  const index = JSON.parse(file.toString('utf8', 4, start)) as Record<string, [number, number, number]>
  return (path, sourceLength) => {
    const entry = index[path]
    if (entry === undefined || entry[2] !== sourceLength) return null
    const code = loadConstant(file.subarray(start + entry[0], start + entry[0] + entry[1]))
    return code instanceof CodeObject ? code : null
  }
}
