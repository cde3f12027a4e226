// npm start: the desktop app where Electron's binary is here or can be had, otherwise the same window from a
// server on 127.0.0.1, opened in the default browser. `npm start -- --web` asks for the latter.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const args = process.argv.slice(2)
const moduleAt = name => join(root, 'node_modules', name)
/** An Electron that ends by itself sooner than this did not start (no sandbox, missing libraries). */
const STARTED_MS = 4000

const major = Number(process.versions.node.split('.')[0])
if (major < 22) {
  console.error(`Node ${process.versions.node} is too old: use npm start, which takes Node 24 from node_modules, or install Node 24.`)
  process.exit(1)
}

function electronBinary() {
  if (process.env.ELECTRON_EXEC_PATH) return process.env.ELECTRON_EXEC_PATH
  try {
    const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? moduleAt('electron/dist')
    const path = join(dist, readFileSync(moduleAt('electron/path.txt'), 'utf8').trim())
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** Undefined if Electron can be used, else the reason in words. Downloads it where that is possible. */
async function whyNotElectron() {
  if (args.includes('--web')) return 'asked for with --web'
  const headless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
  if (headless && !process.env.ELECTRON_EXEC_PATH) return 'this machine has no display'
  if (electronBinary()) return undefined
  if (!process.env.ELECTRON_MIRROR) {
    const reachable = await fetch('https://github.com/', { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(8000) })
      .then(() => true, () => false)
    if (!reachable) return 'its binary is not here and github.com, where it is downloaded from, cannot be reached'
  }
  console.log('Getting Electron (about 120 MB, once)…')
  spawnSync(process.execPath, [moduleAt('electron/install.js')], { stdio: 'inherit', timeout: 600_000 })
  return electronBinary() ? undefined : 'its download failed'
}

/** Runs in the foreground; signals are passed on. Resolves with the exit code and how long it ran. */
function run(command, given) {
  return new Promise(resolve => {
    const started = performance.now()
    const child = spawn(command, given, { cwd: root, stdio: 'inherit' })
    const passOn = signal => child.kill(signal)
    const done = code => {
      process.off('SIGINT', passOn)
      process.off('SIGTERM', passOn)
      resolve({ code, ms: performance.now() - started })
    }
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, passOn)
    child.on('error', error => {
      console.error(error.message)
      done(1)
    })
    child.on('exit', (code, signal) => done(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)))
  })
}

const files = args.filter(item => item !== '--web' && item !== '--built')
async function serve(reason) {
  console.log(`Not in Electron: ${reason}.\nServing the same window on this machine instead; open the address below in a browser.`)
  const { code } = await run(process.execPath, ['out/main/web.js', '--open', ...files])
  process.exit(code)
}

// --built: main/molt.mjs has seen to it.
if (!args.includes('--built')) {
  const built = spawnSync(process.execPath, [moduleAt('electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'error'], {
    cwd: root, stdio: 'inherit'
  })
  if (built.status !== 0) process.exit(built.status ?? 1)
}

const reason = await whyNotElectron()
if (reason !== undefined) await serve(reason)
const sandbox = process.platform === 'linux' && process.getuid() === 0 ? ['--no-sandbox'] : []
const { code, ms } = await run(electronBinary(), ['.', ...files, ...sandbox])
if (code !== 0 && ms < STARTED_MS) await serve(`it ended at once with code ${code}`)
process.exit(code)
