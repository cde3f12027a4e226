// Takes the pictures of the README from the real app, on the web host: node docs/pictures/take.mjs (after npm run build)
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from '@playwright/test'
import { findBrowser } from '../../e2e/browser.mjs'

const here = import.meta.dirname
const root = join(here, '../..')
const folder = mkdtempSync(join(tmpdir(), 'molt-pictures-'))
cpSync(join(root, 'examples'), join(folder, 'project/examples'), { recursive: true })
const environment = { ...process.env, HOME: folder, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config'), MOLT_DATA: join(folder, 'molt') }

const host = spawn(process.execPath, [join(root, 'out/main/web.js')], { stdio: ['ignore', 'pipe', 'inherit'], env: environment, cwd: root })
const [line] = await once(createInterface({ input: host.stdout }), 'line')
const browser = await chromium.launch({ executablePath: findBrowser(), chromiumSandbox: process.getuid?.() !== 0, args: ['--disable-gpu'] })

/** Opens the app, runs an example, and photographs what `steps` show. */
async function session(colorScheme, example, steps) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme })
  const idle = async () => {
    await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await page.waitForSelector('body[data-idle="true"]')
  }
  await page.goto(line.replace('open ', ''))
  await idle()
  await page.keyboard.press('Control+O')
  await page.getByLabel('Folder or file').fill(join(folder, 'project/examples', example))
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await idle()
  await page.getByTestId('run').click()
  await page.getByTestId('run-state').getByText(/exit \d/).waitFor({ timeout: 60_000 })
  await idle()
  for (const [name, step] of steps) {
    await step(page)
    await idle()
    await page.mouse.move(0, 0)
    await page.screenshot({ path: join(here, `${name}.png`) })
  }
  await page.close()
}

const view = name => async page => { await page.getByRole('button', { name }).first().click() }
const atPeak = name => async page => {
  await view(name)(page)
  await page.keyboard.press('Alt+P')
}

try {
  await session('light', 'unbounded_cache.py', [['statistics', atPeak('Statistics')]])
  await session('dark', 'growing_containers.py', [['source-dark', atPeak('Source')]])
} finally {
  await browser.close()
  host.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}
