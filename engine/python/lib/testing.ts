// Helpers of this folder's tests: goldens are JSON files made by the scripts beside them in goldens/.
import { readFileSync } from 'node:fs'

/** Reads goldens/<name>.json. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./goldens/${name}.json`, import.meta.url), 'utf8')) as T
}
