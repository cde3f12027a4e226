// Electron's main process: windows, menu, native dialogs, and one store process a window. It holds no data
// and does no work of its own; pages talk to their store process over a MessagePort that it hands over.
import { join, resolve } from 'node:path'
import { app, BrowserWindow, Menu, session } from 'electron'
import { handleIpc } from './ipc'
import { buildMenu } from './menu'
import { SavedState } from './saved-state'
import { StoreProcess } from './store-process-host'
import { createWindow, type WindowPaths } from './window'

const here = import.meta.dirname
const paths: WindowPaths = {
  preload: join(here, '../preload/index.cjs'),
  page: join(here, '../renderer/index.html'),
  devServer: app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
}
const storeEntry = join(here, 'store-process.js')

/** Files on the command line: what is left after the program (and, unpackaged, the folder of the app). */
const filesIn = (argv: string[], folder: string): string[] =>
  argv.slice(app.isPackaged ? 1 : 2).filter(item => /\.(py|molt)$/i.test(item)).map(item => resolve(folder, item))

const stores = new Map<BrowserWindow, StoreProcess>()
let saved: SavedState

function openWindow(files: string[] = []): BrowserWindow {
  const window = createWindow(paths, saved)
  const store = new StoreProcess(storeEntry, () => { if (!window.isDestroyed()) window.webContents.send('engine-gone') })
  stores.set(window, store)
  window.on('closed', () => {
    stores.delete(window)
    store.close()
  })
  for (const path of files) openIn(window, path)
  return window
}

/** Paths wait until the page has asked for its link, which is when it listens. */
const waitingPaths = new Map<number, string[]>()
function openIn(window: BrowserWindow, path: string): void {
  const id = window.webContents.id
  const store = stores.get(window)
  if (store?.linked) window.webContents.send('open-path', path)
  else waitingPaths.set(id, [...(waitingPaths.get(id) ?? []), path])
}

function openSomewhere(files: string[]): void {
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0]
  if (!window) return void openWindow(files)
  if (window.isMinimized()) window.restore()
  window.focus()
  for (const path of files) openIn(window, path)
}

const refreshMenu = () => Menu.setApplicationMenu(buildMenu({
  recent: saved.recent,
  newWindow: () => openWindow(),
  openPath: path => openSomewhere([path]),
  clearRecent: () => {
    saved.clearRecent()
    refreshMenu()
  }
}))

if (!app.requestSingleInstanceLock()) app.quit()
else {
  app.on('second-instance', (_event, argv, folder) => openSomewhere(filesIn(argv, folder)))
  app.on('open-file', (event, path) => {
    event.preventDefault()
    void app.whenReady().then(() => openSomewhere([path]))
  })
  void app.whenReady().then(() => {
    saved = new SavedState(join(app.getPath('userData'), 'window.json'))
    session.defaultSession.setPermissionRequestHandler((_contents, _permission, callback) => callback(false))
    session.defaultSession.setPermissionCheckHandler(() => false)
    handleIpc({
      isOurs: contents => [...stores.keys()].some(window => window.webContents === contents),
      openLink: contents => {
        const window = BrowserWindow.fromWebContents(contents)
        const store = window && stores.get(window)
        if (!store) return
        store.link(contents)
        for (const path of waitingPaths.get(contents.id) ?? []) contents.send('open-path', path)
        waitingPaths.delete(contents.id)
      },
      rememberRecent: path => {
        saved.addRecent(path)
        app.addRecentDocument(path)
        refreshMenu()
      }
    })
    refreshMenu()
    openWindow(filesIn(process.argv, process.cwd()))
    app.on('activate', () => { if (BrowserWindow.getAllWindows().length === 0) openWindow() })
  })
  app.on('window-all-closed', () => { if (process.platform !== 'darwin') app.quit() })
}
