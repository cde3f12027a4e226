// Takes the pictures of the README from the real app and real runs of project/, on the web host, light and dark:
// node docs/pictures/take.mjs [NAME ...] (after npm run build)
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from '@playwright/test'
import { findBrowser } from '../../e2e/browser.mjs'

const here = import.meta.dirname
const root = join(here, '../..')
const wanted = process.argv.slice(2)
const folder = join(tmpdir(), 'molt-pictures') // its name is to be read in the pictures
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
cpSync(join(here, 'project'), join(folder, 'shop'), { recursive: true })
const environment = { ...process.env, HOME: folder, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config'), MOLT_DATA: join(folder, 'molt') }

const host = spawn(process.execPath, [join(root, 'out/main/web.js')], { stdio: ['ignore', 'pipe', 'inherit'], env: environment, cwd: root })
const [line] = await once(createInterface({ input: host.stdout }), 'line')
const browser = await chromium.launch({ executablePath: findBrowser(), chromiumSandbox: process.getuid?.() !== 0, args: ['--disable-gpu'] })
const page = await browser.newPage({ viewport: { width: 1240, height: 776 }, deviceScaleFactor: 1.5 })

const idle = async () => {
  await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await page.waitForSelector('body[data-idle="true"]')
}
const view = async name => {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name, exact: true }).click()
  await idle()
}
const open = async name => {
  await page.keyboard.press('Control+O')
  await idle()
  await page.getByLabel('Folder or file').fill(join(folder, 'shop', name))
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await idle()
}
/** In both themes; a run that goes on is photographed without waiting for it to rest. */
async function take(name, { rest = true, height } = {}) {
  if (wanted.length > 0 && !wanted.includes(name)) return
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    if (rest) await idle()
    else await page.waitForTimeout(300)
    const { width } = page.viewportSize()
    await page.screenshot({ path: join(here, `${name}-${colorScheme}.png`), ...(height ? { clip: { x: 0, y: 0, width, height } } : {}) })
    console.log(`${name}-${colorScheme}.png`)
  }
}
const away = () => page.mouse.move(300, 20)

try {
  await page.goto(line.replace('open ', ''))
  await idle()

  await open('server.py')
  await page.getByTestId('run').click()
  await page.getByTestId('console').getByText('served 56000').waitFor({ timeout: 120_000 })
  await away()
  await take('run', { rest: false })
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await page.getByTestId('run-state').getByText('stopped', { exact: true }).waitFor()
  await idle()

  await open('orders.py')
  await page.getByTestId('run').click()
  await page.getByTestId('run-state').getByText(/exit 0/).waitFor({ timeout: 120_000 })
  await idle()

  await view('Statistics')
  await page.keyboard.press('Alt+P')
  await away()
  await take('statistics')

  const strip = await page.getByTestId('timeline').boundingBox()
  const at = share => strip.x + 64 + share * (strip.width - 90)
  await page.mouse.move(at(0.305), strip.y + 60)
  await page.mouse.down()
  await page.mouse.move(at(0.53), strip.y + 60, { steps: 8 })
  await page.mouse.up()
  await page.getByLabel('My code only').check()
  await page.getByRole('button', { name: 'process' }).click()
  await idle()
  await page.mouse.move(at(0.8), strip.y + 60)
  await take('timeline', { height: 470 })
  await page.getByRole('button', { name: 'process' }).click()
  await page.keyboard.press('Escape')

  await view('Source')
  await page.getByRole('button', { name: 'Hide the console' }).click()
  await page.keyboard.press('Alt+P')
  await idle()
  await page.locator('.cm-scroller').evaluate(scroller => { scroller.scrollTop = 330 })
  await away()
  await take('source')
} finally {
  await browser.close()
  host.kill('SIGTERM')
  await once(host, 'exit')
  rmSync(folder, { recursive: true, force: true })
}
