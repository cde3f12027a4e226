// What the specs share: a web host with a data folder of its own, and words for what a person does.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test as base, expect, type Page } from '@playwright/test'

export interface Host {
  url: string
  origin: string
  pid: number
  /** Everything that this host reads and writes, its home included. */
  folder: string
  /** Writes a script into the folder and gives its path. */
  script(name: string, text: string): string
}

/** Variables that keep a started Molt from the home of whoever runs the tests. */
export const environment = (folder: string): NodeJS.ProcessEnv =>
  ({ ...process.env, HOME: folder, USERPROFILE: folder, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config'), MOLT_DATA: join(folder, 'molt') })

export const test = base.extend<{ host: Host; problems: string[] }>({
  host: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'molt-e2e-'))
    const child: ChildProcess = spawn('node', ['out/main/web.js'], { stdio: ['ignore', 'pipe', 'inherit'], env: environment(folder) })
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
    const url = line.replace('open ', '')
    await use({
      url, origin: new URL(url).origin, pid: child.pid!, folder,
      script(name, text) {
        const path = join(folder, name)
        writeFileSync(path, text)
        return path
      }
    })
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  },
  /** Errors and warnings of the page; empty at the end of a test that asks for it. */
  problems: async ({ page }, use) => {
    const problems: string[] = []
    page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text()) })
    page.on('pageerror', error => problems.push(error.message))
    await use(problems)
    expect(problems).toEqual([])
  }
})

export { expect }

/** Nothing is being asked or waited for. */
export async function idle(page: Page): Promise<void> {
  await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await page.waitForSelector('body[data-idle="true"]')
}

export async function start(page: Page, host: Host): Promise<void> {
  await page.goto(host.url)
  await idle(page)
}

/** By way of the picker, as a person does it. */
export async function openFile(page: Page, path: string): Promise<void> {
  await page.keyboard.press('Control+O')
  await idle(page) // the field has the folder by then, and is not written again
  await page.getByLabel('Folder or file').fill(path)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeHidden()
  await idle(page)
}

export async function typeScript(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+N')
  const discard = page.getByRole('button', { name: 'Discard' })
  if (await discard.isVisible()) await discard.click()
  await page.locator('.cm-content').fill(text)
}

/** Runs what is in the editor to its end and gives the words of its end, like 'exit 0'. */
export async function runToEnd(page: Page, timeout = 30_000): Promise<string> {
  await page.getByTestId('run').click()
  await expect(page.getByTestId('run')).toBeEnabled({ timeout }) // Stop stands in its place meanwhile
  await idle(page)
  return (await page.getByTestId('run-state').innerText()).trim()
}

export const consoleText = async (page: Page): Promise<string> =>
  (await page.getByTestId('console').locator('.line .line').allInnerTexts()).join('\n')

/** Process ids below this one, with their command lines; the nearest first. */
export function processesBelow(pid: number): { pid: number; command: string }[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
    .map(line => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter(match => match !== null)
    .map(match => ({ pid: Number(match[1]), parent: Number(match[2]), command: match[3]! }))
  const found: { pid: number; command: string }[] = []
  for (let parents = [pid]; parents.length > 0;) {
    const below = rows.filter(row => parents.includes(row.parent))
    found.push(...below.map(row => ({ pid: row.pid, command: row.command })))
    parents = below.map(row => row.pid)
  }
  return found
}

/** How many pixels of the timeline have exactly the colour of a token, within a part of its width in CSS pixels. */
export const painted = (page: Page, token: string, part: { from: number; to: number } = { from: 0, to: 100_000 }): Promise<number> =>
  page.getByTestId('timeline').locator('canvas').evaluate((element, { token, part }) => {
    const canvas = element as HTMLCanvasElement
    const wanted = getComputedStyle(canvas).getPropertyValue(token).trim()
    const [r, g, b] = [1, 3, 5].map(at => parseInt(wanted.slice(at, at + 2), 16))
    const ratio = canvas.width / canvas.clientWidth
    const left = Math.max(0, Math.round(part.from * ratio)), right = Math.min(canvas.width, Math.round(part.to * ratio))
    if (right <= left) return 0
    const copy = new OffscreenCanvas(right - left, canvas.height).getContext('2d', { willReadFrequently: true })!
    copy.drawImage(canvas, -left, 0)
    const { data } = copy.getImageData(0, 0, right - left, canvas.height)
    let count = 0
    for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) count++
    return count
  }, { token, part })
