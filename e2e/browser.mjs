// Finds a Chromium-family browser for the tests; `node e2e/browser.mjs` gets one when there is none.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'

const KNOWN = {
  linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'],
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap(v => process.env[v] ? [join(process.env[v], 'Google/Chrome/Application/chrome.exe'), join(process.env[v], 'Microsoft/Edge/Application/msedge.exe')] : [])
}
const onPath = name => (process.env.PATH ?? '').split(delimiter).map(d => join(d, name)).find(p => existsSync(p))

/** CHROMIUM_PATH, then Playwright's own build, then the machine's. */
export function findBrowser() {
  const named = process.env.CHROMIUM_PATH
  if (named) return existsSync(named) ? named : undefined
  const own = chromium.executablePath()
  if (own && existsSync(own)) return own
  const known = KNOWN[process.platform] ?? KNOWN.linux
  return process.platform === 'linux' ? known.map(onPath).find(Boolean) : known.find(p => existsSync(p))
}

function install() {
  const debianRoot = process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get')
  if (debianRoot) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = (...args) => spawnSync('apt-get', args, { stdio: 'inherit', env }).status === 0
    if ((apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation') || (apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'))) && findBrowser()) return
  }
  // A download of about 170 MB into Playwright's cache; it gives up by itself where the network is closed.
  spawnSync(process.execPath, [join(import.meta.dirname, '../node_modules/playwright/cli.js'), 'install', 'chromium'], { stdio: 'inherit', timeout: 600_000 })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!findBrowser()) install()
  const found = findBrowser()
  if (!found) {
    console.error('No Chromium, Chrome or Edge here and none could be installed. Install one, or set CHROMIUM_PATH to its program.')
    process.exit(1)
  }
  console.log(`browser: ${found} (${execFileSync(found, ['--version'], { encoding: 'utf8', timeout: 20_000 }).trim()})`)
}
