// The native menu. Its commands are the page's commands: an item only tells the page of the focused window
// which one was chosen, so keys, menu and palette cannot drift apart.
import { basename } from 'node:path'
import { BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron'
import type { WindowCommand } from '../engine/rpc/window'

export interface MenuActions {
  recent: string[]
  newWindow(): void
  openPath(path: string): void
  clearRecent(): void
}

const tell = (command: WindowCommand) => () => BrowserWindow.getFocusedWindow()?.webContents.send('command', command)
const item = (label: string, command: WindowCommand, accelerator?: string): MenuItemConstructorOptions =>
  ({ id: command, label, click: tell(command), ...(accelerator ? { accelerator } : {}) })
const line: MenuItemConstructorOptions = { type: 'separator' }

export function buildMenu(actions: MenuActions): Menu {
  const recent: MenuItemConstructorOptions[] = actions.recent.length === 0
    ? [{ label: 'Nothing opened yet', enabled: false }]
    : [
        ...actions.recent.map(path => ({ label: basename(path), toolTip: path, click: () => actions.openPath(path) })),
        line,
        { label: 'Clear', click: () => actions.clearRecent() }
      ]
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        item('New Script', 'file.new', 'CmdOrCtrl+N'),
        { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: () => actions.newWindow() },
        item('Open…', 'file.open', 'CmdOrCtrl+O'),
        { label: 'Open Recent', submenu: recent },
        line,
        item('Save Script', 'file.save', 'CmdOrCtrl+S'),
        item('Close Recording', 'file.close'),
        line,
        process.platform === 'darwin' ? { role: 'close' } : { role: 'quit' }
      ]
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' }, { role: 'redo' }, line, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }, line,
        item('Find…', 'app.find', 'CmdOrCtrl+F')
      ]
    },
    {
      label: '&View',
      submenu: [
        item('Library', 'view.library', 'CmdOrCtrl+1'),
        item('Run', 'view.run', 'CmdOrCtrl+2'),
        item('Examples', 'view.examples', 'CmdOrCtrl+3'),
        item('Statistics', 'view.statistics', 'CmdOrCtrl+4'),
        item('Source', 'view.source', 'CmdOrCtrl+5'),
        line,
        item('Back', 'view.back', 'Alt+Left'),
        item('Forward', 'view.forward', 'Alt+Right'),
        item('Console', 'view.console', 'CmdOrCtrl+J'),
        line,
        {
          label: 'Appearance',
          submenu: [item('As the System', 'theme.system'), item('Light', 'theme.light'), item('Dark', 'theme.dark')]
        },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' }
      ]
    },
    {
      label: '&Run',
      submenu: [item('Run Script', 'run.start', 'CmdOrCtrl+Enter'), item('Stop', 'run.stop', 'Shift+F5')]
    },
    {
      label: '&Timeline',
      submenu: [
        item('Whole Run', 'timeline.reset', 'CmdOrCtrl+0'),
        item('Go to Start', 'timeline.start'),
        item('Go to Peak', 'timeline.peak'),
        item('Go to End', 'timeline.end')
      ]
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [item('Command Palette', 'app.palette', 'CmdOrCtrl+Shift+P'), item('Keyboard Shortcuts', 'app.keys')]
    }
  ]
  return Menu.buildFromTemplate(template)
}
