// The parts that are data here: dialogs, menus, shell, session, theme. Tests read or replace them.
import { EventEmitter } from 'node:events'

export const Rectangle = ({ x = 0, y = 0, width = 1280, height = 800 }) => ({ x, y, width, height })

export const dialog = {
  showOpenDialog: async () => ({ canceled: true, filePaths: [] }),
  showSaveDialog: async () => ({ canceled: true, filePath: '' }),
  showMessageBox: async () => ({ response: 0, checkboxChecked: false }),
  showErrorBox() {}
}

export class MenuItem {
  constructor(options) {
    Object.assign(this, { enabled: true, visible: true, ...options })
    if (Array.isArray(options.submenu)) this.submenu = Menu.buildFromTemplate(options.submenu)
  }
}

export class Menu {
  static #application = null
  items = []

  static buildFromTemplate(template) {
    const menu = new Menu()
    menu.items = template.map(options => new MenuItem(options))
    return menu
  }

  static setApplicationMenu(menu) { Menu.#application = menu }
  static getApplicationMenu() { return Menu.#application }

  getMenuItemById(id) {
    for (const item of this.items) {
      if (item.id === id) return item
      const found = item.submenu?.getMenuItemById?.(id)
      if (found) return found
    }
    return null
  }

  append(item) { this.items.push(item) }
  popup() {}
}

export const shell = {
  opened: [],
  shown: [],
  openExternal: async url => { shell.opened.push(url) },
  openPath: async () => '',
  showItemInFolder: path => { shell.shown.push(path) }
}

export const session = {
  defaultSession: {
    setPermissionRequestHandler() {}, setPermissionCheckHandler() {}, webRequest: { onHeadersReceived() {}, onBeforeRequest() {} }
  }
}

export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: false, themeSource: 'system' })
