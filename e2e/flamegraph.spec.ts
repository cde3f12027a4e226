// The pages that `molt flamegraph` and `molt table` write, opened from their files as a person would.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test, type Page } from '@playwright/test'
import { environment } from './host'

let folder: string
const written = (name: string, ...options: string[]): string => page('flamegraph', name, ...options)
const page = (command: string, name: string, ...options: string[]): string => {
  execFileSync('node', ['main/molt.mjs', command, '-f', '-o', join(folder, name), ...options, join(folder, 'run.molt')], { env: environment(folder), stdio: 'pipe' })
  return pathToFileURL(join(folder, name)).href
}

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'molt-flame-'))
  // A hundred thousand stacks, and names that a page must not believe.
  writeFileSync(join(folder, 'run.py'), `import sys
kept = []
lines = '\\n'.join(f'    if d: f((n + {i} * 31) % 97, d - 1)\\n    kept.append({i + 1000} + d)' for i in range(7))
exec(compile(f'def f(n, d):\\n{lines}\\n', 'wide.py', 'exec'))
f(0, 5)
exec(compile('def odd():\\n  return [bytes(90000) for _ in range(20)]\\n', '<img src=x onerror=alert(1)>\\n</script>\\x1b\\u202e', 'exec'))
sys.audit('mark', '<b>before</b>')
big = odd()
`)
  execFileSync('node', ['main/molt.mjs', 'run', '-q', '-o', join(folder, 'run.molt'), join(folder, 'run.py')], { env: environment(folder), stdio: 'pipe' })
})
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Opens it and collects whatever goes wrong or goes out. */
async function open(page: Page, url: string): Promise<string[]> {
  const problems: string[] = []
  page.on('console', message => { problems.push(message.text()) })
  page.on('pageerror', error => problems.push(error.message))
  page.on('dialog', dialog => { problems.push(dialog.message()) })
  page.on('request', request => { if (request.url() !== url) problems.push(request.url()) })
  await page.goto(url)
  await ready(page)
  return problems
}
const ready = (page: Page) => page.waitForSelector('body[data-idle="true"]')
const status = (page: Page) => page.locator('#status').innerText()
/** A click into a row of the graph, at a share of its width. */
async function click(page: Page, row: number, share = 0.001): Promise<void> {
  const box = (await page.locator('#graph').boundingBox())!
  await page.mouse.click(box.x + 2 + share * box.width, box.y + row * 20 + 10)
  await ready(page)
}

test('zooms, searches, tells, and goes back; from a file, with nothing loaded', async ({ page }) => {
  const problems = await open(page, written('live.html', '--at', 'end'))
  await expect(page.locator('h1')).toHaveText('run.py')
  expect(await status(page)).toMatch(/^all · run\.py · [\d.]+ [KM]iB \(100\.0% of all\) · [\d,]+ blocks$/)
  await click(page, 2)
  expect(await page.locator('body').getAttribute('data-zoomed')).not.toBe('0')
  await expect(page.locator('#status')).toContainText('of the view')
  expect(await status(page)).toMatch(/^(f · wide\.py|odd · <img src=x onerror=alert\(1\)>\\x0a<\/script>\\x1b\\u202e):\d/)
  await page.keyboard.press('Escape')
  await expect(page.locator('body')).toHaveAttribute('data-zoomed', '0')
  await expect(page.getByRole('button', { name: 'Whole' })).toBeDisabled()

  await page.getByLabel('Search function or file').fill('onerror')
  await expect(page.locator('#found')).toHaveText(/^\d found, \d+\.\d% of all$/)
  await page.getByLabel('Search function or file').fill('nowhere')
  await expect(page.locator('#found')).toHaveText('nothing found')
  await page.keyboard.press('Escape')
  await expect(page.locator('#found')).toHaveText('')

  const box = (await page.locator('#graph').boundingBox())!
  await page.mouse.move(box.x + 5, box.y + 30)
  await expect(page.locator('#tip')).toContainText('<module>')
  await expect(page.locator('#tip .name')).toHaveCount(1)
  expect(await page.locator('#tip img, #status img, b').count()).toBe(0)
  expect(problems).toEqual([])
})

test('the keyboard alone', async ({ page }) => {
  const problems = await open(page, written('live.html', '--at', 'end'))
  await page.locator('#graph').focus()
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowLeft', 'Enter']) await page.keyboard.press(key)
  await ready(page)
  const zoomed = await page.locator('body').getAttribute('data-zoomed')
  expect(zoomed).not.toBe('0')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Home')
  await ready(page)
  await expect(page.locator('body')).toHaveAttribute('data-zoomed', '0')
  await page.keyboard.press('/')
  await expect(page.getByLabel('Search function or file')).toBeFocused()
  expect(problems).toEqual([])
})

test('a comparison says what was before; a large graph is drawn within a frame or two', async ({ page }) => {
  const problems = await open(page, written('compared.html', '--compare-to', 'mark:<b>before</b>'))
  await expect(page.locator('header p')).toContainText('live at the end, compared with mark <b>before</b>')
  expect(await status(page)).toMatch(/before [\d.]+ [KM]iB, change \+1\d{3} KiB/)
  await expect(page.getByText('grew', { exact: true })).toBeVisible()
  const { nodes, ms } = await page.evaluate<{ nodes: number; ms: number }>(`(() => {
    const begun = performance.now()
    for (let i = 0; i < 10; i++) draw()
    return { nodes: size, ms: (performance.now() - begun) / 10 }
  })()`)
  expect(nodes).toBeGreaterThan(50_000)
  expect(ms).toBeLessThan(60)
  expect(problems).toEqual([])
})

test('a table sorts and searches', async ({ page: tab }) => {
  const problems = await open(tab, page('table', 'table.html', '--at', 'end', '--group', 'traceback'))
  await expect(tab.locator('#found')).toHaveText(/^200 of [\d,]+ rows, \d+ [KM]iB \(\d+\.\d\d%\)$/)
  await expect(tab.locator('th[aria-sort=descending]')).toHaveText('Size')
  await tab.getByRole('button', { name: 'Blocks' }).click()
  await tab.getByRole('button', { name: 'Blocks' }).click()
  await expect(tab.locator('th[aria-sort=ascending]')).toHaveText('Blocks')
  await tab.getByLabel('Search function or file').fill('onerror')
  await expect(tab.locator('#found')).toHaveText(/^(\d) of \1 rows/)
  await expect(tab.locator('tbody tr').last()).toContainText('<img src=x onerror=alert(1)>\\x0a</script>\\x1b\\u202e:')
  await tab.locator('summary').first().click()
  await expect(tab.locator('details[open] div').first()).toHaveText(/^from /)
  expect(await tab.locator('img').count()).toBe(0)
  await tab.getByLabel('Search function or file').fill('')
  await tab.getByRole('button', { name: 'More' }).click()
  await expect(tab.locator('tbody tr')).toHaveCount(1200)
  expect(problems).toEqual([])
})
