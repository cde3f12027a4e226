// A window that can show our page and nothing else: sandboxed, isolated, unable to navigate or to open others.
import { app, BrowserWindow, nativeTheme, shell } from 'electron'
import type { SavedState } from './saved-state'

export interface WindowPaths { preload: string; page: string; devServer: string | undefined }

export function createWindow(paths: WindowPaths, saved: SavedState): BrowserWindow {
  const window = new BrowserWindow({
    ...saved.bounds,
    minWidth: 880,
    minHeight: 560,
    show: false,
    title: 'Molt',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#15171c' : '#ffffff',
    webPreferences: {
      preload: paths.preload, contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false, spellcheck: false
    }
  })
  if (saved.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => saved.setWindow(window.getNormalBounds(), window.isMaximized()))

  const { webContents } = window
  webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url)
    return { action: 'deny' }
  })
  webContents.on('will-navigate', event => event.preventDefault())
  webContents.on('will-redirect', event => event.preventDefault())
  webContents.on('will-attach-webview', event => event.preventDefault())

  if (paths.devServer && !app.isPackaged) void window.loadURL(paths.devServer)
  else void window.loadFile(paths.page)
  return window
}
