import type { ExampleRow } from '../../engine/rpc/contract'
import type { Engine } from '../state/engine.svelte'
import { toProblem, type Problem } from '../state/problem'

export class Examples {
  rows = $state.raw<ExampleRow[]>([])
  loaded = $state(false)
  problem = $state.raw<Problem | null>(null)
  private readonly engine: Engine

  constructor(engine: Engine) { this.engine = engine }

  async load(): Promise<void> {
    if (this.loaded) return
    try {
      this.rows = await this.engine.call('examples.list', {})
      this.loaded = true
      this.problem = null
    } catch (error) {
      this.problem = toProblem(error)
    }
  }
}
