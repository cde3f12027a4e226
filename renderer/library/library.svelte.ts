// Recordings and scripts that the person has opened or made, as the engine lists them.
import type { LibraryEntry } from '../../engine/rpc/contract'
import type { Engine } from '../state/engine.svelte'
import { toProblem, type Problem } from '../state/problem'

export class Library {
  entries = $state.raw<LibraryEntry[]>([])
  loaded = $state(false)
  problem = $state.raw<Problem | null>(null)
  private readonly engine: Engine

  constructor(engine: Engine) {
    this.engine = engine
    engine.on('library.changed', () => void this.load())
  }

  async load(): Promise<void> {
    try {
      this.entries = await this.engine.call('library.list', {})
      this.problem = null
    } catch (error) {
      this.problem = toProblem(error)
    }
    this.loaded = true
  }

  async remove(entry: LibraryEntry, deleteFile: boolean): Promise<void> {
    await this.engine.call('library.remove', { path: entry.path, ...(deleteFile ? { deleteFile } : {}) })
    await this.load()
  }

  async setNote(entry: LibraryEntry, note: string): Promise<void> {
    await this.engine.call('library.note', { path: entry.path, note })
    await this.load()
  }
}
