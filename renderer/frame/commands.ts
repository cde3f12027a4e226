// Every command of the window, once: its words, its keys, when it makes sense, what it does. The palette, the
// list of keys, the key handler and the native menu all read this table.
import type { WindowCommand } from '../../engine/rpc/window'
import type { ViewName } from '../state/navigation.svelte'
import type { Workspace } from '../state/workspace.svelte'

export interface Command {
  id: WindowCommand
  group: 'File' | 'View' | 'Run' | 'Timeline' | 'Appearance' | 'Help'
  title: string
  keys?: string
  /** Absent: always. */
  when?: (workspace: Workspace) => boolean
  run: (workspace: Workspace) => void
}

const hasRecording = (w: Workspace) => w.recording !== null
const view = (name: ViewName, title: string, keys?: string, when?: Command['when']): Command =>
  ({ id: `view.${name}`, group: 'View', title, run: w => w.show(name), ...(keys ? { keys } : {}), ...(when ? { when } : {}) })
const theme = (choice: 'system' | 'light' | 'dark', title: string): Command =>
  ({ id: `theme.${choice}`, group: 'Appearance', title, run: w => void w.preferences.set({ theme: choice }) })

export const COMMANDS: Command[] = [
  { id: 'file.open', group: 'File', title: 'Open a script or recording…', keys: 'Mod+O', run: w => void w.pickAndOpen() },
  { id: 'file.new', group: 'File', title: 'New script', keys: 'Mod+N', run: w => w.newScript() },
  { id: 'file.save', group: 'File', title: 'Save the script', keys: 'Mod+S', run: w => void w.saveScript() },
  { id: 'file.close', group: 'File', title: 'Close the recording', when: hasRecording, run: w => w.closeRecording() },
  view('library', 'Library', 'Mod+1'),
  view('run', 'Run', 'Mod+2'),
  view('examples', 'Examples', 'Mod+3'),
  view('statistics', 'Statistics: which lines hold memory?', 'Mod+4', hasRecording),
  view('source', 'Source: what does each line cost?', 'Mod+5', hasRecording),
  view('settings', 'Settings', 'Mod+,'),
  { id: 'view.console', group: 'View', title: 'Show or hide the console', keys: 'Mod+J', run: w => { w.consoleOpen = !w.consoleOpen } },
  { id: 'view.back', group: 'View', title: 'Back', keys: 'Alt+ArrowLeft', when: w => w.navigation.canGoBack, run: w => void w.travel(-1) },
  { id: 'view.forward', group: 'View', title: 'Forward', keys: 'Alt+ArrowRight', when: w => w.navigation.canGoForward, run: w => void w.travel(1) },
  { id: 'run.start', group: 'Run', title: 'Run the script', keys: 'Mod+Enter', when: w => !w.run.busy, run: w => void w.runDraft() },
  { id: 'run.stop', group: 'Run', title: 'Stop the run', keys: 'Shift+F5', when: w => w.run.busy, run: w => void w.stopRun() },
  { id: 'timeline.start', group: 'Timeline', title: 'Go to the start', when: hasRecording, run: w => w.movePlayhead(w.recording!.span.from) },
  { id: 'timeline.peak', group: 'Timeline', title: 'Go to the peak', keys: 'Alt+P', when: hasRecording, run: w => w.movePlayhead(w.recording!.summary.peakTick) },
  { id: 'timeline.end', group: 'Timeline', title: 'Go to the end', when: hasRecording, run: w => w.movePlayhead(w.recording!.summary.lastTick) },
  {
    id: 'timeline.reset', group: 'Timeline', title: 'Show the whole run, clear the range', keys: 'Mod+0', when: hasRecording,
    run: w => {
      w.recording?.showWhole()
      w.brush(null)
    }
  },
  theme('system', 'Appearance as the system'),
  theme('light', 'Light appearance'),
  theme('dark', 'Dark appearance'),
  { id: 'app.find', group: 'View', title: 'Find in this view', keys: 'Mod+F', run: w => { w.finds++ } },
  { id: 'app.palette', group: 'Help', title: 'Command palette', keys: 'Mod+Shift+P', run: w => { w.overlay = 'palette' } },
  { id: 'app.keys', group: 'Help', title: 'All keys', keys: '?', run: w => { w.overlay = 'keys' } }
]

export const available = (command: Command, workspace: Workspace): boolean => command.when?.(workspace) ?? true
