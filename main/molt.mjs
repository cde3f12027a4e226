#!/usr/bin/env node
// The command `molt`. In a checkout it builds what is missing or older than its sources; on a Node too old for the engine
// it starts again under the one in node_modules. Then out/main/cli.js does the work.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const OLDEST_NODE = 22
const root = join(import.meta.dirname, '..')
const cli = join(root, 'out/main/cli.js')
const builder = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
const ownNode = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.exe' : 'node')

const fail = message => {
  process.stderr.write(`molt: ${message}\n`)
  process.exit(70)
}

/** Newest change of the program's sources; tests and texts do not count. */
function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return /\.(ts|mjs|svelte|css|html|json)$/.test(path) && !/\.test\.ts$/.test(path) ? stat.mtimeMs : 0
  if (/[\\/](testing|goldens|scripts|conformance)$/.test(path)) return 0
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0)
}

const stale = () => !existsSync(cli) || sources.some(path => newest(path) > statSync(cli).mtimeMs)

/** One build at a time: a second `molt` started meanwhile waits for it. */
function build(node) {
  const lock = join(root, 'node_modules/.molt-build')
  for (const end = Date.now() + 120_000; ;) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') fail(error.message)
      if (Date.now() > end || Date.now() - statSync(lock, { throwIfNoEntry: false })?.mtimeMs > 120_000) rmSync(lock, { recursive: true, force: true })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
  try {
    if (stale()) runBuild(node)
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function runBuild(node) {
  const result = spawnSync(node, [builder, 'build', '--logLevel', 'error'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (result.status === 0) return
  rmSync(join(root, 'node_modules/.molt-build'), { recursive: true, force: true })
  fail('the build failed; see above')
}

// npm runs its scripts in the checkout's root: paths are meant from where they were typed.
if (process.env.npm_lifecycle_event === 'molt' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD)

const recent = Number(process.versions.node.split('.')[0]) >= OLDEST_NODE
const node = recent ? process.execPath : existsSync(ownNode) ? ownNode : fail(`Node ${process.versions.node} is too old; Molt needs Node ${OLDEST_NODE} or newer.`)

const sources = ['engine', 'main', 'preload', 'renderer', 'package.json', 'electron.vite.config.ts'].map(name => join(root, name))
const canBuild = existsSync(builder) && sources.every(path => existsSync(path))
if (canBuild && stale()) build(node)
if (!existsSync(cli)) fail('it is not built: run npm ci, then npm run build')

if (recent) {
  // What V8 made of the program is kept for the next start. The variable is for the threads and processes started from here.
  const { directory } = module.enableCompileCache?.() ?? {}
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory
  await import(pathToFileURL(cli).href)
} else {
  const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' })
  // The terminal sends Ctrl+C to both; only the child decides what it means.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => fail(error.message))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 70)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
