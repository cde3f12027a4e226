// What the desktop window gives its page beside the engine link: the contract between preload and renderer.
// Types only. A page in a plain browser has none of it (`window.host` is absent) and uses its own pickers.

/** Commands that the native menu can send; the page has the same ones on keys and in its palette. */
export type WindowCommand =
  | 'file.open' | 'file.new' | 'file.save' | 'file.close'
  | 'view.library' | 'view.run' | 'view.examples' | 'view.statistics' | 'view.source' | 'view.settings'
  | 'view.console' | 'view.back' | 'view.forward'
  | 'theme.system' | 'theme.light' | 'theme.dark'
  | 'run.start' | 'run.stop'
  | 'timeline.reset' | 'timeline.start' | 'timeline.end' | 'timeline.peak'
  | 'app.find' | 'app.palette' | 'app.keys'

export type Unsubscribe = () => void

export interface WindowHost {
  readonly kind: 'electron'
  /** Asks for a link to the engine; the port arrives as a window message with the data 'molt-link'. */
  openLink(): void
  /** The engine's process has ended. Ports do not say so by themselves in every Chromium. */
  onEngineGone(listener: () => void): Unsubscribe
  /** Native dialog for scripts and recordings; empty if it was dismissed. */
  pickFiles(): Promise<string[]>
  /** Native dialog for where to save a script; null if it was dismissed. */
  pickSavePath(suggestedName: string): Promise<string | null>
  /** Where a dropped file lies, or '' if it is not on disk. */
  pathOf(file: File): string
  showInFolder(path: string): void
  rememberRecent(path: string): void
  setTheme(theme: 'system' | 'light' | 'dark'): void
  onCommand(listener: (command: WindowCommand) => void): Unsubscribe
  /** Files given on the command line, by the desktop or from the list of recent files. */
  onOpenPath(listener: (path: string) => void): Unsubscribe
}
