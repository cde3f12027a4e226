// The web host: the same window in a browser, served on 127.0.0.1 only, for machines without Electron's binary.
//
// It serves the built renderer and relays opaque frames between WebSockets and one store process. Everything
// that comes in is taken for hostile until it has shown the token: any page open in the same browser and any
// user of the same machine can reach a port on loopback.
//   - Host must be our own authority, so a name rebound to 127.0.0.1 gets nothing (421).
//   - The WebSocket needs the path, our own Origin and the token, compared in constant time (403).
//   - The token travels in the URL's fragment and in the subprotocol list, never in a query, cookie or log.
//   - Only files listed at the start are served; the request's path is looked up, never joined.
import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, relative, sep } from 'node:path'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Relay } from '../engine/rpc/accept'

/** The largest single frame; the renderer pages its requests far below this. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024
const SUBPROTOCOL = 'molt.v1'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2', '.json': 'application/json', '.png': 'image/png'
}

export interface WebHostOptions {
  /** Folder of the built renderer. */
  rendererFolder: string
  /** Program of the store process. */
  storeEntry: string
  /** 0 or absent: any free port. */
  port?: number
  /** A file that the page opens at its start. */
  openPath?: string
}

export interface WebHost {
  /** With the token; whoever has it may use the engine. */
  url: string
  origin: string
  token: string
  close(): Promise<void>
}

export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const files = await listFiles(options.rendererFolder)
  const token = randomBytes(32).toString('base64url')
  const store = new StoreProcess(options.storeEntry)
  let origin = ''
  let authority = ''

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.host !== authority) return void response.writeHead(421).end()
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
    const path = pathOf(request.url ?? '/')
    const file = files.get(path === '/' ? '/index.html' : path)
    if (!file) return void response.writeHead(404, securityHeaders()).end()
    const body = await readFile(file)
    response.writeHead(200, {
      ...securityHeaders(),
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      // Names under assets/ contain a hash of their contents.
      'cache-control': path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache'
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  function securityHeaders(): Record<string, string> {
    return {
      'content-security-policy':
        `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; ` +
        `connect-src 'self' ws://${authority}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()'
    }
  }

  const sockets = new WebSocketServer({
    noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false, handleProtocols: () => SUBPROTOCOL
  })
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy())
    const fine = request.url === '/engine' && request.headers.host === authority && request.headers.origin === origin &&
      tokenIn(request, token)
    if (!fine) return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, opened => store.attach(opened))
  })

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve))
  authority = `127.0.0.1:${(server.address() as AddressInfo).port}`
  origin = `http://${authority}`
  const fragment = new URLSearchParams({ token, ...(options.openPath ? { open: options.openPath } : {}) })

  return {
    origin, token, url: `${origin}/#${fragment}`,
    async close() {
      await store.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

/** One store process for all pages, so that a reloaded page finds its runs; started anew if it died. */
class StoreProcess {
  readonly entry: string
  private child: ChildProcess | null = null
  private clients = new Map<number, WebSocket>()
  private lastChannel = 0

  constructor(entry: string) { this.entry = entry }

  attach(socket: WebSocket): void {
    const child = this.child ?? this.start()
    const channel = ++this.lastChannel
    const tell = (message: Relay) => { if (child.connected) child.send(message) }
    this.clients.set(channel, socket)
    tell({ channel, open: true })
    socket.on('message', (data, isBinary) => {
      if (isBinary) tell({ channel, frame: new Uint8Array(data as Buffer) })
      else socket.close(1003, 'frames are binary')
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      if (this.clients.delete(channel)) tell({ channel, close: true })
    })
  }

  private start(): ChildProcess {
    const child = fork(this.entry, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.child = child
    child.on('message', (message: Relay) => {
      const socket = this.clients.get(message.channel)
      if ('frame' in message) socket?.send(message.frame)
      else if ('close' in message) socket?.close()
    })
    child.on('error', error => console.error(`The engine could not be started: ${error.message}`))
    child.on('exit', () => {
      if (this.child !== child) return
      this.child = null
      for (const socket of this.clients.values()) socket.close(1011, 'engine ended')
      this.clients.clear()
    })
    return child
  }

  async close(): Promise<void> {
    for (const socket of this.clients.values()) socket.terminate()
    this.clients.clear()
    const child = this.child
    this.child = null
    if (!child || child.exitCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    if (child.connected) child.disconnect()
    const force = setTimeout(() => child.kill('SIGKILL'), 3000)
    await gone
    clearTimeout(force)
  }
}

function pathOf(url: string): string {
  try {
    return decodeURIComponent(url.replace(/[?#].*$/s, ''))
  } catch {
    return ''
  }
}

function tokenIn(request: IncomingMessage, token: string): boolean {
  const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/)
    .find(item => item.startsWith('token.'))?.slice('token.'.length) ?? ''
  const a = Buffer.from(offered), b = Buffer.from(token)
  return a.length === b.length && timingSafeEqual(a, b)
}

/** URL path to file, for every regular file below the folder. */
async function listFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set('/' + relative(folder, path).split(sep).join('/'), path)
  }
  return files
}
