// Held against Electron's own types by the type check; never run. What the stand-in exports, and the members that
// the app uses of it, must exist in Electron under the same name, and functions must take Electron's arguments.
import type * as Electron from 'electron'
import type * as Standin from './electron.mjs'

type Names<T> = Extract<keyof T, string>

/** Members of the stand-in's own, for tests; no part of Electron. */
type Own = 'opened' | 'shown' | 'handlers' | 'ready' | 'fromDevToolsTargetId' | 'onCreated' | 'onNoneLeft'
type Unknown<Name extends Names<typeof Standin> & Names<typeof Electron>> =
  Exclude<Names<(typeof Standin)[Name]>, Names<(typeof Electron)[Name]> | Own>

/** Every one of these is `never`, or the check fails and names what Electron does not have. */
type Empty<T extends never> = T
export type NoUnknownExports = Empty<Exclude<Names<typeof Standin>, Names<typeof Electron>>>
export type NoUnknownMembers = Empty<{
  [Name in Names<typeof Standin> & Names<typeof Electron>]: Unknown<Name>
}[Names<typeof Standin> & Names<typeof Electron>]>

/** The stand-in's function can be called with the arguments of Electron's. */
type Callable<Mine, Theirs extends (...args: never[]) => unknown> = Mine extends (...args: Parameters<Theirs>) => unknown ? true : false
type Is<T extends true> = T
export type Calls = [
  Is<Callable<typeof Standin.dialog.showOpenDialog, typeof Electron.dialog.showOpenDialog>>,
  Is<Callable<typeof Standin.dialog.showSaveDialog, typeof Electron.dialog.showSaveDialog>>,
  Is<Callable<typeof Standin.Menu.setApplicationMenu, typeof Electron.Menu.setApplicationMenu>>,
  Is<Callable<typeof Standin.Menu.buildFromTemplate, typeof Electron.Menu.buildFromTemplate>>,
  Is<Callable<typeof Standin.shell.openExternal, typeof Electron.shell.openExternal>>,
  Is<Callable<typeof Standin.shell.showItemInFolder, typeof Electron.shell.showItemInFolder>>,
  Is<Callable<typeof Standin.ipcMain.handle, typeof Electron.ipcMain.handle>>,
  Is<Callable<typeof Standin.utilityProcess.fork, typeof Electron.utilityProcess.fork>>
]
