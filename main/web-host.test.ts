import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startWebHost, type WebHost } from './web-host'

/** A store process that sends every frame back, and ends when it gets the byte 255. */
const ECHO = `process.on('message', m => {
  if (!('frame' in m)) return
  if (m.frame[0] === 255) process.exit(7)
  process.send(m)
})
process.on('disconnect', () => process.exit(0))`

let folder = ''
let host: WebHost
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'molt-web-'))
  mkdirSync(join(folder, 'page/assets'), { recursive: true })
  writeFileSync(join(folder, 'page/index.html'), '<title>page</title>')
  writeFileSync(join(folder, 'page/assets/a.js'), 'export {}')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'store.mjs'), ECHO)
  host = await startWebHost({ rendererFolder: join(folder, 'page'), storeEntry: join(folder, 'store.mjs'), openPath: '/x y.py' })
})
afterAll(async () => {
  await host.close()
  rmSync(folder, { recursive: true })
})

interface Answer { status: number; headers: IncomingHttpHeaders; body: string }
const get = (path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const { hostname, port } = new URL(host.origin)
    request({ hostname, port, path, ...options }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    }).on('error', reject).end()
  })

test('serves the page with strict headers, on loopback only', async () => {
  expect(new URL(host.origin).hostname).toBe('127.0.0.1')
  const { status, headers, body } = await get('/')
  expect([status, body]).toEqual([200, '<title>page</title>'])
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';.*connect-src 'self' ws:\/\/127\.0\.0\.1:\d+;.*frame-ancestors 'none'$/)
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin', 'content-type': 'text/html; charset=utf-8'
  })
  expect((await get('/assets/a.js')).headers['cache-control']).toContain('immutable')
  expect((await get('/', { method: 'HEAD' })).body).toBe('')
})

test('the token is in the fragment, which no server sees', () => {
  const { pathname, search, hash } = new URL(host.url)
  expect([pathname, search]).toEqual(['/', ''])
  const fragment = new URLSearchParams(hash.slice(1))
  expect(fragment.get('token')).toBe(host.token)
  expect(fragment.get('open')).toBe('/x y.py')
  expect(Buffer.from(host.token, 'base64url').length).toBe(32)
})

test('another name for this address is refused, and so is every other method', async () => {
  expect((await get('/', { headers: { host: 'evil.example' } })).status).toBe(421)
  expect((await get('/', { headers: { host: `localhost:${new URL(host.origin).port}` } })).status).toBe(421)
  expect((await get('/', { method: 'POST' })).status).toBe(405)
})

test('nothing outside of the folder can be had, and nothing odd ends the host', async () => {
  for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%5c..%5csecret.txt', '/%zz', '/assets', '/nothing']) {
    expect((await get(path)).status).toBe(404)
  }
  expect((await get('/')).status).toBe(200)
})

interface Attempt { origin?: string; protocols?: string[]; path?: string; headers?: Record<string, string> }
const open = ({ origin = host.origin, protocols = ['molt.v1', `token.${host.token}`], path = '/engine', headers = {} }: Attempt = {}) =>
  new Promise<WebSocket | number>((resolve, reject) => {
    const socket = new WebSocket(host.origin.replace('http', 'ws') + path, protocols, { headers, ...(origin ? { origin } : {}) })
    socket.on('open', () => resolve(socket))
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('error', reject)
  })

test('the engine opens to our own page with the token only', async () => {
  expect(await open({ protocols: ['molt.v1'] })).toBe(403)
  expect(await open({ protocols: ['molt.v1', `token.${'A'.repeat(43)}`] })).toBe(403)
  expect(await open({ protocols: ['molt.v1', 'token.short'] })).toBe(403)
  expect(await open({ origin: 'http://evil.example' })).toBe(403)
  expect(await open({ origin: '' })).toBe(403)
  expect(await open({ path: '/other' })).toBe(403)
  expect(await open({ headers: { host: 'evil.example' } })).toBe(403)
})

const nextFrame = (socket: WebSocket) => new Promise<Uint8Array>(resolve => socket.once('message', data => resolve(new Uint8Array(data as Buffer))))
const closed = (socket: WebSocket) => new Promise<number>(resolve => socket.once('close', code => resolve(code)))

test('frames go through untouched; the token is not told back', async () => {
  const socket = await open() as WebSocket
  expect(socket.protocol).toBe('molt.v1')
  const answer = nextFrame(socket)
  socket.send(Uint8Array.of(1, 2, 3))
  expect([...await answer]).toEqual([1, 2, 3])
  const end = closed(socket)
  socket.send('text')
  expect(await end).toBe(1003)
})

test('when the store process dies its pages are told, and the next one gets a new process', async () => {
  const first = await open() as WebSocket
  const end = closed(first)
  first.send(Uint8Array.of(255))
  expect(await end).toBe(1011)
  const second = await open() as WebSocket
  const answer = nextFrame(second)
  second.send(Uint8Array.of(9))
  expect([...await answer]).toEqual([9])
  second.close()
})
