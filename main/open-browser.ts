// Opens an address that contains a secret in the default browser, without the secret on a command line
// (which every user of the machine can read): a redirect page that only this user can read.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open']
}
const KEEP_MS = 30_000

/** False if there is no display or no opener; the caller then prints the address. */
export function openInBrowser(url: string): boolean {
  const opener = OPENERS[process.platform]
  const headless = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']
  if (!opener || headless) return false
  const folder = mkdtempSync(join(tmpdir(), 'molt-open-')) // mode 0700
  const page = join(folder, 'molt.html')
  const forget = () => rmSync(folder, { recursive: true, force: true })
  writeFileSync(page, redirectTo(url), { mode: 0o600 })
  const [program, ...args] = opener
  const child = spawn(program, [...args, pathToFileURL(page).href], { stdio: 'ignore', detached: true })
  child.on('error', forget)
  child.unref()
  setTimeout(forget, KEEP_MS).unref()
  process.once('exit', forget)
  return true
}

const redirectTo = (url: string) =>
  `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Molt</title>` +
  `<meta http-equiv="refresh" content="0;url=${url.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">`
