// The user's settings, and the defaults of a run.
import { join } from 'node:path'
import type { Params, RunSettings, Settings } from '../rpc/contract'
import { readJson, writeJson } from './data-folder'

export const DEFAULT_RUN: RunSettings = {
  record: 'full',
  clock: 'virtual',
  paths: [],
  gcThreshold: [700, 10, 10],
  maxMemoryBytes: 0,
  maxTicks: 0,
  stackDepth: 1000,
  allocator: 'cpython',
  seed: 0,
  snapshots: ['end', 'marks'],
  ledger: [],
}

const DEFAULTS: Settings = { theme: 'system', units: 'binary', run: DEFAULT_RUN }

export class SettingsFile {
  private readonly path: string

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'settings.json')
  }

  get(): Settings {
    const stored = readJson<Partial<Settings>>(this.path, {})
    return { ...DEFAULTS, ...stored, run: { ...DEFAULT_RUN, ...stored.run } }
  }

  set(change: Params<'settings.set'>): Settings {
    const now = this.get()
    const next: Settings = { theme: change.theme ?? now.theme, units: change.units ?? now.units, run: { ...now.run, ...change.run } }
    writeJson(this.path, next)
    return next
  }
}
