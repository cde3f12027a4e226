// The timeline while a script runs: it grows, collections and marks appear, the playhead follows until it is taken.
import type { Page } from '@playwright/test'
import { expect, idle, painted, start, test, typeScript } from './host'

const ENDLESS = `import sys
class Node:
    def __init__(self):
        self.me = self
kept = {}
n = 0
while True:
    n += 1
    kept[n % 3000] = 'x' * 100 + str(n)
    Node()
    if n % 5000 == 0:
        sys.audit('mark', f'batch {n}')
        print('batch', n)
`
const playhead = (page: Page) => page.getByTestId('playhead')
const number = async (page: Page, name: string) => Number(await playhead(page).getAttribute(name))
const running = async (page: Page) => {
  await typeScript(page, ENDLESS)
  await page.getByTestId('run').click()
  await expect(page.getByTestId('readout')).toContainText('alive')
  // The first mark is at tick 150,048.
  await expect.poll(() => number(page, 'aria-valuemax')).toBeGreaterThan(200_000)
}
const stop = async (page: Page) => {
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await expect(page.getByTestId('run-state')).toContainText('stopped')
  await idle(page)
}

test('it grows with the run: bytes, collections, marks, and all stay after the end', async ({ page, host, problems }) => {
  await start(page, host)
  await running(page)
  const first = await number(page, 'aria-valuemax')
  await expect.poll(() => number(page, 'aria-valuemax')).toBeGreaterThan(first)
  for (const colour of ['--alive-fill', '--alive', '--freed', '--gc-1', '--mark']) await expect.poll(() => painted(page, colour), { message: colour }).toBeGreaterThan(10)
  await expect(page.getByTestId('console').locator('button.line').filter({ hasText: /batch \d+000/ }).first()).toBeVisible()
  await stop(page)
  expect(await number(page, 'aria-valuenow')).toBeLessThanOrEqual(await number(page, 'aria-valuemax'))
  await expect(page.getByRole('button', { name: 'Follow' })).toBeHidden()
  for (const colour of ['--alive-fill', '--coming-fill', '--gc-1', '--mark']) expect(await painted(page, colour), colour).toBeGreaterThan(10)
  expect(problems).toEqual([])
})

test('the playhead follows until it is taken, and again when asked; what is shown is of one instant', async ({ page, host, problems }) => {
  await start(page, host)
  await running(page)
  const follow = page.getByRole('button', { name: 'Follow' })
  await expect(follow).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('button', { name: 'Statistics' }).click()
  await playhead(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press(']')
  await expect(follow).toHaveAttribute('aria-pressed', 'false')
  const readout = page.getByTestId('readout')
  await expect(readout).toContainText('since “batch 5000”')
  const there = await number(page, 'aria-valuenow'), end = await number(page, 'aria-valuemax')
  await expect.poll(() => number(page, 'aria-valuemax')).toBeGreaterThan(end)
  expect(await number(page, 'aria-valuenow')).toBe(there)
  await expect.poll(async () => page.getByRole('row').nth(1).innerText()).toContain((/alive\s+([\d.]+ \w+)/.exec(await readout.innerText()))![1]!)

  await follow.click()
  await expect(follow).toHaveAttribute('aria-pressed', 'true')
  await expect.poll(() => number(page, 'aria-valuenow')).toBeGreaterThan(end)
  await stop(page)
  expect(problems).toEqual([])
})
