// The settings that the engine keeps: appearance, units, defaults of new runs.
import type { AppInfo, RunSettings, Settings } from '../../engine/rpc/contract'
import type { Units } from '../lib/format'
import type { Engine } from '../state/engine.svelte'
import type { Appearance, ThemeChoice } from './appearance.svelte'

export class Preferences {
  units = $state<Units>('binary')
  run = $state.raw<RunSettings | null>(null)
  info = $state.raw<AppInfo | null>(null)
  private readonly engine: Engine
  private readonly appearance: Appearance

  constructor(engine: Engine, appearance: Appearance) {
    this.engine = engine
    this.appearance = appearance
    engine.on('settings.changed', settings => this.take(settings))
  }

  async load(): Promise<void> {
    const [settings, info] = await Promise.all([this.engine.call('settings.get', {}), this.engine.call('app.info', {})])
    this.info = info
    this.take(settings)
  }

  private take(settings: Settings): void {
    this.units = settings.units
    this.run = settings.run
    this.appearance.choice = settings.theme
    window.host?.setTheme(settings.theme)
  }

  async set(change: { theme?: ThemeChoice; units?: Units; run?: Partial<RunSettings> }): Promise<void> {
    this.take(await this.engine.call('settings.set', change))
  }
}
