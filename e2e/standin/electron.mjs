// What `import 'electron'` gives the app's main process here. See README.md.
import * as appModule from './app.mjs'
import * as data from './data.mjs'
import { MessageChannelMain } from './port.mjs'
import * as processes from './processes.mjs'
import { strict } from './strict.mjs'
import * as windows from './windows.mjs'

export const app = strict('app', appModule.app)
export const BrowserWindow = strict('BrowserWindow', windows.BrowserWindow)
export const webContents = strict('webContents', windows.webContents)
export const ipcMain = strict('ipcMain', windows.ipcMain)
export const utilityProcess = strict('utilityProcess', processes.utilityProcess)
export const dialog = strict('dialog', data.dialog)
export const Menu = strict('Menu', data.Menu)
export const MenuItem = data.MenuItem
export const shell = strict('shell', data.shell)
export const session = strict('session', data.session)
export const nativeTheme = strict('nativeTheme', data.nativeTheme)
export { MessageChannelMain }
