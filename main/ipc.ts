// The few things a page may ask of the main process. Every sender and every argument is checked: a page that
// was taken over must not get more than its buttons give.
import { isAbsolute } from 'node:path'
import { BrowserWindow, dialog, ipcMain, nativeTheme, shell, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron'

export interface IpcActions {
  isOurs(contents: WebContents): boolean
  openLink(contents: WebContents): void
  rememberRecent(path: string): void
}

const FILTERS = [
  { name: 'Scripts and recordings', extensions: ['py', 'molt'] },
  { name: 'All files', extensions: ['*'] }
]

const isPath = (value: unknown): value is string =>
  typeof value === 'string' && value.length < 4096 && isAbsolute(value) && !value.includes('\0')
const isTheme = (value: unknown): value is 'system' | 'light' | 'dark' =>
  value === 'system' || value === 'light' || value === 'dark'

export function handleIpc(actions: IpcActions): void {
  const allowed = (event: IpcMainEvent | IpcMainInvokeEvent) =>
    actions.isOurs(event.sender) && event.senderFrame !== null && event.senderFrame === event.sender.mainFrame
  const on = (channel: string, listener: (contents: WebContents, argument: unknown) => void) =>
    ipcMain.on(channel, (event, argument: unknown) => { if (allowed(event)) listener(event.sender, argument) })
  const handle = <T>(channel: string, refused: T, listener: (contents: WebContents, argument: unknown) => Promise<T>) =>
    ipcMain.handle(channel, (event, argument: unknown) => (allowed(event) ? listener(event.sender, argument) : refused))

  on('open-link', contents => actions.openLink(contents))
  on('remember-recent', (_contents, path) => { if (isPath(path)) actions.rememberRecent(path) })
  on('show-in-folder', (_contents, path) => { if (isPath(path)) shell.showItemInFolder(path) })
  on('set-theme', (_contents, theme) => { if (isTheme(theme)) nativeTheme.themeSource = theme })

  handle('pick-files', [] as string[], async contents => {
    const window = BrowserWindow.fromWebContents(contents)
    if (!window) return []
    const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile', 'multiSelections'], filters: FILTERS })
    return filePaths
  })
  handle('pick-save-path', null as string | null, async (contents, name) => {
    const window = BrowserWindow.fromWebContents(contents)
    if (!window) return null
    const defaultPath = typeof name === 'string' ? name.replace(/[/\\\0]/g, '_').slice(0, 200) : 'untitled.py'
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath, filters: [{ name: 'Python', extensions: ['py'] }]
    })
    return canceled || !filePath ? null : filePath
  })
}
