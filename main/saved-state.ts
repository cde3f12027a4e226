// What the desktop remembers of its windows: place, size, recent files. Kept in one small JSON file; a file
// that is missing or makes no sense is as good as none.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Bounds { width: number; height: number; x?: number; y?: number }

const DEFAULT_BOUNDS: Bounds = { width: 1360, height: 880 }
const RECENT_LIMIT = 12

export class SavedState {
  bounds: Bounds = DEFAULT_BOUNDS
  maximized = false
  recent: string[] = []
  private readonly path: string

  constructor(path: string) {
    this.path = path
    const read = parseState(readText(path))
    this.bounds = read.bounds
    this.maximized = read.maximized
    this.recent = read.recent
  }

  setWindow(bounds: Bounds, maximized: boolean): void {
    this.bounds = bounds
    this.maximized = maximized
    this.write()
  }

  addRecent(path: string): void {
    this.recent = [path, ...this.recent.filter(item => item !== path)].slice(0, RECENT_LIMIT)
    this.write()
  }

  clearRecent(): void {
    this.recent = []
    this.write()
  }

  /** By way of a second file, so that a crash leaves the old one or the new one. */
  private write(): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true })
      writeFileSync(`${this.path}.new`, JSON.stringify({ bounds: this.bounds, maximized: this.maximized, recent: this.recent }))
      renameSync(`${this.path}.new`, this.path)
    } catch (error) {
      console.error(`The window's place could not be saved: ${(error as Error).message}`)
    }
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

export function parseState(text: string): { bounds: Bounds; maximized: boolean; recent: string[] } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = null
  }
  const state = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  return {
    bounds: isBounds(state['bounds']) ? state['bounds'] : DEFAULT_BOUNDS,
    maximized: state['maximized'] === true,
    recent: Array.isArray(state['recent'])
      ? state['recent'].filter(item => typeof item === 'string').slice(0, RECENT_LIMIT) : []
  }
}

function isBounds(value: unknown): value is Bounds {
  if (typeof value !== 'object' || value === null) return false
  const { width, height, x, y } = value as Record<string, unknown>
  const whole = (n: unknown) => typeof n === 'number' && Number.isFinite(n)
  return whole(width) && whole(height) && (width as number) >= 400 && (height as number) >= 300 &&
    (x === undefined || whole(x)) && (y === undefined || whole(y))
}
