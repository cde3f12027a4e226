// One Chromium for all windows, over the DevTools protocol.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { findBrowser } from '../browser.mjs'

class Cdp {
  #next = 0
  #waiting = new Map()
  /** Session id to listener (method, params). */
  sessions = new Map()
  onTargetGone = () => {}

  constructor(socket) {
    this.socket = socket
    socket.on('message', text => {
      const message = JSON.parse(text)
      if (message.id) {
        const waiting = this.#waiting.get(message.id)
        this.#waiting.delete(message.id)
        if (message.error) waiting.reject(new Error(message.error.message))
        else waiting.resolve(message.result)
      } else if (message.sessionId) this.sessions.get(message.sessionId)?.(message.method, message.params)
      else if (message.method === 'Target.targetDestroyed') this.onTargetGone(message.params.targetId)
    })
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#next
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
  }
}

export const browser = { process: undefined, cdp: undefined }

export async function startBrowser(userData) {
  const path = findBrowser()
  if (!path) throw new Error('stand-in: no Chromium; run node e2e/browser.mjs')
  const headed = process.env.DISPLAY && process.env.HEADED
  browser.process = spawn(path, [
    ...(headed ? [] : ['--headless']), ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--no-startup-window', '--disable-gpu',
    '--disable-quic', '--no-first-run', '--no-default-browser-check', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--allow-file-access-from-files', '--remote-debugging-port=0', `--user-data-dir=${join(userData, 'chromium')}`
  ], { stdio: ['ignore', 'ignore', 'pipe'] })
  for await (const line of createInterface({ input: browser.process.stderr })) {
    const match = /^DevTools listening on (ws:.*)$/.exec(line)
    if (!match) continue
    process.stderr.write(line + '\n') // what Playwright waits for
    const socket = new WebSocket(match[1], { perMessageDeflate: false, maxPayload: 1 << 30 })
    await once(socket, 'open')
    browser.cdp = new Cdp(socket)
    await browser.cdp.send('Target.setDiscoverTargets', { discover: true })
    break
  }
  browser.process.stderr.resume()
}

export const stopBrowser = then => {
  const child = browser.process
  if (!child || child.exitCode !== null) return then()
  child.once('exit', () => setTimeout(then, 50))
  child.kill()
  setTimeout(() => child.kill('SIGKILL'), 3000).unref()
}
