// The user's data folder: where the library, the settings and recordings without a name of their own lie.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fromSystem } from '../base/errors'

/** $MOLT_DATA, or what the platform has for it. */
export function defaultDataFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env['MOLT_DATA']) return env['MOLT_DATA']
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Molt')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Molt')
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'molt')
}

/** The content of a JSON file; `fallback` if it is not there or cannot be understood. */
export function readJson<T>(path: string, fallback: T): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch {
    return fallback
  }
}

/** Written beside and renamed, so that a crash leaves the old or the new one. */
export function writeJson(path: string, value: unknown): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const draft = `${path}.${process.pid}.tmp`
    writeFileSync(draft, JSON.stringify(value, null, 1))
    renameSync(draft, path)
  } catch (error) {
    throw fromSystem(error, path, 'write')
  }
}
