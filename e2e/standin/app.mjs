import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { browser, stopBrowser } from './browser.mjs'
import { children } from './processes.mjs'
import { BrowserWindow } from './windows.mjs'

/** STANDIN_USER_DATA keeps what the app remembers from one start to the next. */
const kept = process.env.STANDIN_USER_DATA
export const userData = kept ?? mkdtempSync(join(tmpdir(), 'standin-'))
let resolveReady = () => {}
const isReady = new Promise(resolve => { resolveReady = resolve })

export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  name: 'standin',
  commandLine: { appendSwitch() {}, hasSwitch: () => false, appendArgument() {} },
  whenReady: () => isReady,
  isReady: () => Boolean(browser.cdp),
  ready() {
    browser.cdp.onTargetGone = id => { for (const window of BrowserWindow.getAllWindows()) if (window.webContents.targetId === id) window.gone() }
    app.emit('ready', {})
    resolveReady()
  },
  getPath: name => (name === 'userData' ? userData : name === 'temp' ? tmpdir() : join(userData, name)),
  getAppPath: () => process.cwd(),
  getName: () => app.name,
  getVersion: () => '0.0.0',
  requestSingleInstanceLock: () => true,
  addRecentDocument() {},
  quit() {
    app.emit('before-quit', { preventDefault() {} })
    for (const window of BrowserWindow.getAllWindows()) window.close()
    app.emit('will-quit', { preventDefault() {} })
    app.exit(0)
  },
  exit(code = 0) {
    app.emit('quit', {}, code)
    for (const child of children) child.kill()
    stopBrowser(() => {
      const gone = kept ? join(userData, 'chromium') : userData
      try {
        rmSync(gone, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
      } catch { /* what the browser still writes stays in the folder for temporary files */ }
      process.exit(code)
    })
  }
})

BrowserWindow.onCreated = window => {
  app.emit('browser-window-created', {}, window)
  app.emit('web-contents-created', {}, window.webContents)
}
BrowserWindow.onNoneLeft = () => app.emit('window-all-closed')
process.on('SIGTERM', () => app.exit(0))
process.on('SIGINT', () => app.exit(0))
