// BrowserWindow, webContents and ipcMain. The page's half is page.js, put before every document.
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { browser } from './browser.mjs'
import { session, Rectangle } from './data.mjs'
import { nextId } from './ids.mjs'
import { strict } from './strict.mjs'

const pageScript = readFileSync(new URL('./page.js', import.meta.url), 'utf8')

const pack = value => JSON.stringify(value, (_key, v) => {
  if (v?.type === 'Buffer') return { $u8: Buffer.from(v.data).toString('base64') }
  if (v instanceof Uint8Array) return { $u8: Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('base64') }
  if (v instanceof ArrayBuffer) return { $ab: Buffer.from(v).toString('base64') }
  return v
})
const unpack = text => JSON.parse(text, (_key, v) => {
  if (v && v.$u8 !== undefined) return new Uint8Array(Buffer.from(v.$u8, 'base64'))
  return v && v.$ab !== undefined ? new Uint8Array(Buffer.from(v.$ab, 'base64')).buffer : v
})

export const ipcMain = Object.assign(new EventEmitter(), {
  handlers: new Map(),
  handle(channel, listener) {
    if (ipcMain.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    ipcMain.handlers.set(channel, listener)
  },
  removeHandler: channel => ipcMain.handlers.delete(channel)
})

class WebContents extends EventEmitter {
  ports = new Map()
  _open
  _session

  constructor(options, window) {
    super()
    this.id = nextId()
    this.window = window
    this.session = session.defaultSession
    this.mainFrame = { url: '' }
    this._open = this._attach(options.webPreferences ?? {})
  }

  async _attach({ preload }) {
    const { targetId } = await browser.cdp.send('Target.createTarget', { url: 'about:blank', width: 1280, height: 800, newWindow: true })
    this.targetId = targetId
    const { sessionId } = await browser.cdp.send('Target.attachToTarget', { targetId, flatten: true })
    this._session = sessionId
    browser.cdp.sessions.set(sessionId, (method, params) => {
      if (method === 'Runtime.bindingCalled' && params.name === '__standin') void this._fromPage(unpack(params.payload))
      if (method === 'Page.domContentEventFired') this.emit('dom-ready')
      if (method === 'Page.loadEventFired') {
        this.emit('did-finish-load')
        this.window.emit('ready-to-show')
      }
    })
    await this._cdp('Page.enable')
    await this._cdp('Runtime.enable')
    await this._cdp('Runtime.addBinding', { name: '__standin' })
    const source = pageScript.replace('__STANDIN_PRELOAD__', () => (preload ? readFileSync(preload, 'utf8') : ''))
    await this._cdp('Page.addScriptToEvaluateOnNewDocument', { source })
  }

  _cdp(method, params) { return browser.cdp.send(method, params, this._session) }

  async _toPage(message) {
    try {
      await this._open
      const { objectId } = (await this._cdp('Runtime.evaluate', { expression: 'window' })).result
      await this._cdp('Runtime.callFunctionOn', {
        functionDeclaration: 'function (m) { window.__standinIn(m) }', arguments: [{ value: pack(message) }], objectId
      })
    } catch (error) {
      if (!this.isDestroyed()) throw error
    }
  }

  async _fromPage(message) {
    const event = { sender: this.window.webContents, senderFrame: this.mainFrame, ports: [], reply: (...args) => this.send(...args) }
    if (message.kind === 'send') ipcMain.emit(message.channel, event, ...message.args)
    else if (message.kind === 'invoke') {
      const { id, channel } = message, handler = ipcMain.handlers.get(channel)
      try {
        if (!handler) throw new Error(`No handler registered for '${channel}'`)
        void this._toPage({ kind: 'reply', id, channel, result: await handler(event, ...message.args) })
      } catch (error) {
        void this._toPage({ kind: 'reply', id, channel, error: String(error) })
      }
    } else if (message.kind === 'port') this.ports.get(message.id)?.out(message.data)
    else if (message.kind === 'port-close') {
      this.ports.get(message.id)?.close()
      this.ports.delete(message.id)
    }
  }

  send(channel, ...args) { void this._toPage({ kind: 'send', channel, args, ports: [] }) }

  postMessage(channel, message, transfer = []) {
    const given = transfer.map(port => {
      const id = nextId()
      this.ports.set(id, port)
      port.rewire(data => void this._toPage({ kind: 'port', id, data }), () => void this._toPage({ kind: 'port-close', id }))
      return id
    })
    void this._toPage({ kind: 'send', channel, args: [message], ports: given })
  }

  async load(url) {
    await this._open
    await this._cdp('Page.navigate', { url })
    this.url = url
  }

  getURL() { return this.url ?? '' }
  setWindowOpenHandler(handler) { this.openHandler = handler }
  toggleDevTools() {}
  openDevTools() {}
  isDestroyed() { return this.window.isDestroyed() }
  close() { this.window.close() }
}

export class BrowserWindow extends EventEmitter {
  static #all = new Set()
  static getAllWindows = () => [...BrowserWindow.#all]
  static fromWebContents = contents => BrowserWindow.getAllWindows().find(window => window.webContents === contents) ?? null
  static getFocusedWindow = () => BrowserWindow.getAllWindows().at(-1) ?? null
  static onCreated = () => {}
  static onNoneLeft = () => {}
  _visible
  _maximized = false
  _bounds

  constructor(options = {}) {
    super()
    const window = strict('BrowserWindow', this)
    BrowserWindow.#all.add(window)
    this.id = nextId()
    this._visible = options.show !== false
    this._bounds = Rectangle(options)
    this.options = options
    this.webContents = strict('webContents', new WebContents(options, window))
    BrowserWindow.onCreated(window)
    return window
  }

  loadFile(file) { return this.webContents.load(pathToFileURL(file).href) }
  loadURL(url) { return this.webContents.load(url) }
  show() { this._visible = true }
  hide() { this._visible = false }
  isVisible() { return this._visible }
  focus() {}
  maximize() { this._maximized = true }
  isMaximized() { return this._maximized }
  isMinimized() { return false }
  restore() {}
  setTitle(title) { this.title = title }
  getTitle() { return this.title ?? '' }
  getBounds() { return this._bounds }
  getNormalBounds() { return this._bounds }
  setBounds(bounds) { this._bounds = { ...this._bounds, ...bounds } }
  isDestroyed() { return !BrowserWindow.#all.has(this) }

  close() {
    if (this.isDestroyed()) return
    this.emit('close', { preventDefault() { throw new Error('stand-in: a close cannot be prevented') } })
    void browser.cdp.send('Target.closeTarget', { targetId: this.webContents.targetId }).catch(() => {})
    this.gone()
  }

  destroy() { this.gone() }

  gone() {
    if (!BrowserWindow.#all.delete(this)) return
    for (const port of this.webContents.ports.values()) port.close()
    this.emit('closed')
    if (BrowserWindow.#all.size === 0) BrowserWindow.onNoneLeft()
  }
}

export const webContents = {
  getAllWebContents: () => BrowserWindow.getAllWindows().map(window => window.webContents),
  fromId: id => webContents.getAllWebContents().find(contents => contents.id === id),
  fromDevToolsTargetId: id => webContents.getAllWebContents().find(contents => contents.targetId === id)
}
