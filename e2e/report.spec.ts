// The report that `molt export html` writes, opened from its file.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { environment, expect, test } from './host'

const SCRIPT = `import sys
kept = []
def load(count):
    for number in range(count):
        kept.append('x' * (100 + number))
load(500)
sys.audit('mark', '<b>half</b> & "half"')
Odd = type('</td><script>document["title"] = 1</script>', (), {})
odd = [Odd() for _ in range(50)]
`

let folder = ''
let liveSize = ''
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'molt-report-'))
  const molt = (...args: string[]) => execFileSync('node', ['main/molt.mjs', ...args], { env: environment(folder), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  writeFileSync(join(folder, 'script.py'), SCRIPT)
  molt('run', '-q', '-o', join(folder, 'script.molt'), join(folder, 'script.py'))
  molt('export', 'html', join(folder, 'script.molt'), '-o', join(folder, 'script.html'))
  liveSize = /size=([\d.]+ \w+)/.exec(molt('stats', join(folder, 'script.molt'), '-n', '1'))![1]!
})
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('it shows the run, asks for nothing, and takes names for text', async ({ page, problems }, info) => {
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  const url = pathToFileURL(join(folder, 'script.html')).href
  await page.goto(url)
  await expect(page).toHaveTitle('Memory of script.py')
  const alive = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Lines whose memory is alive' }) })
  await expect(alive.getByRole('row').nth(1)).toContainText(liveSize)
  await expect(alive.getByRole('row').nth(1)).toContainText('kept.append(\'x\' * (100 + number))')
  await expect(page.getByRole('img', { name: /^Live memory from tick 0 to / })).toBeVisible()
  await expect(page.getByRole('cell', { name: '<b>half</b> & "half"' })).toBeVisible()
  await expect(page.getByRole('cell', { name: '</td><script>document["title"] = 1</script>', exact: true })).toBeVisible()

  // Calls open and close without a program.
  const calls = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Calls that lead to the memory' }) })
  await expect(calls.getByText('load', { exact: false }).first()).toBeVisible()
  const outer = calls.locator('details').first()
  await outer.locator('summary').first().click()
  await expect(outer).not.toHaveAttribute('open', '')
  await info.attach('report', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })
  expect(asked).toEqual([url])
  expect(problems).toEqual([])
})

test('on a narrow screen it does not need to be pushed sideways', async ({ page }) => {
  await page.setViewportSize({ width: 420, height: 800 })
  await page.goto(pathToFileURL(join(folder, 'script.html')).href)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true)
})
