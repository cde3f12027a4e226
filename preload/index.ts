// The bridge between the sandboxed page and the main process: `window.host`, and the engine's port, which
// cannot cross contextBridge and is handed over as a window message instead.
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { WindowCommand, WindowHost } from '../engine/rpc/window'

ipcRenderer.on('molt-link', event => {
  window.postMessage('molt-link', '*', event.ports as unknown as MessagePort[])
})

const subscribe = <T>(channel: string, listener: (data: T) => void) => {
  const handler = (_event: unknown, data: T) => listener(data)
  ipcRenderer.on(channel, handler)
  return () => { ipcRenderer.removeListener(channel, handler) }
}

const host: WindowHost = {
  kind: 'electron',
  openLink: () => ipcRenderer.send('open-link'),
  onEngineGone: listener => subscribe<undefined>('engine-gone', () => listener()),
  pickFiles: () => ipcRenderer.invoke('pick-files') as Promise<string[]>,
  pickSavePath: suggestedName => ipcRenderer.invoke('pick-save-path', suggestedName) as Promise<string | null>,
  pathOf: file => webUtils.getPathForFile(file),
  showInFolder: path => ipcRenderer.send('show-in-folder', path),
  rememberRecent: path => ipcRenderer.send('remember-recent', path),
  setTheme: theme => ipcRenderer.send('set-theme', theme),
  onCommand: listener => subscribe<WindowCommand>('command', listener),
  onOpenPath: listener => subscribe<string>('open-path', listener)
}
contextBridge.exposeInMainWorld('host', host)
