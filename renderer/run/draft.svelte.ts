// The script in the editor and how it is to be run. It has a path once it was opened from or saved to disk.
import type { RunRequest, RunSettings } from '../../engine/rpc/contract'
import { baseName } from '../lib/format'
import { splitArguments } from './arguments'

export interface DraftFile { path: string | null; name: string; text: string; modifiedMs: number | null }

const KEY = 'draft'
const EMPTY: DraftFile = { path: null, name: 'untitled.py', text: '', modifiedMs: null }

export class Draft {
  file = $state.raw<DraftFile>(EMPTY)
  text = $state('')
  argumentLine = $state('')
  stdinKind = $state<'none' | 'text' | 'interactive'>('none')
  stdinText = $state('')
  /** Only what differs from the defaults. */
  settings = $state.raw<Partial<RunSettings>>({})
  /** Counts replacements of the whole text, which the editor must take over. */
  loads = $state(0)
  /** The editor takes the keyboard when it next can: a new script is going to be typed. */
  focusWanted = false
  readonly dirty: boolean = $derived(this.text !== this.file.text)

  load(file: DraftFile): void {
    this.file = file
    this.text = file.text
    this.loads++
  }

  loadScript(path: string, text: string, modifiedMs: number): void {
    this.load({ path, name: baseName(path), text, modifiedMs })
  }

  saved(path: string, modifiedMs: number): void {
    this.file = { path, name: baseName(path), text: this.text, modifiedMs }
  }

  clear(): void { this.load(EMPTY) }

  /** Keeps the text over a reload of the page, as long as the page has room for it. */
  keepIn(storage: Storage): void {
    const json = JSON.stringify({ file: this.file, text: this.text })
    try {
      storage.setItem(KEY, json)
    } catch {
      storage.removeItem(KEY)
    }
  }

  restoreFrom(storage: Storage): void {
    const json = storage.getItem(KEY)
    if (!json) return
    const { file, text } = JSON.parse(json) as { file: DraftFile; text: string }
    this.load(file)
    this.text = text
  }

  /** An unchanged file runs from its place; anything else runs as text, in the file's folder if it has one. */
  request(): RunRequest {
    const { path, name } = this.file
    const given = splitArguments(this.argumentLine)
    return {
      source: path !== null && !this.dirty ? { kind: 'path', path }
        : { kind: 'text', name: path ?? name, text: this.text, ...(path ? { folder: path.replace(/[/\\][^/\\]*$/, '') } : {}) },
      ...(given.length > 0 ? { arguments: given } : {}),
      ...(this.stdinKind === 'text' ? { stdin: { text: this.stdinText } } : this.stdinKind === 'interactive' ? { stdin: 'interactive' as const } : {}),
      ...(Object.keys(this.settings).length > 0 ? { settings: { ...this.settings } } : {})
    }
  }
}
