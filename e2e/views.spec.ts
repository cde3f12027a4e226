// Timeline, Statistics and Source on a recording whose figures are known from CPython's own tracemalloc.
import { rmSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, type Host, idle, openFile, runToEnd, start, test } from './host'

// `tracemalloc.take_snapshot()` of CPython 3.11.7 says of line 4, once it has run: 408200 B in 201 blocks, size=399 KiB; of
// line 2 before `del`: size=508 KiB, or 509 KiB where the list object does not come from the free list.
const SCRIPT = `import sys
kept = [bytes(1000) for _ in range(500)]
sys.audit('mark', 'half')
more = [bytes(2000) for _ in range(200)]
del kept
print('done', len(more))
`

async function record(page: Page, host: Host): Promise<void> {
  const path = host.script('held.py', SCRIPT)
  await start(page, host)
  await openFile(page, path)
  expect(await runToEnd(page)).toContain('exit 0')
}
const statistics = async (page: Page) => {
  await page.getByRole('button', { name: 'Statistics' }).click()
  await idle(page)
}
const row = (page: Page, line: number) => page.getByRole('row', { name: new RegExp(`held\\.py:${line}\\b`) })
const tick = async (page: Page) => Number(await page.getByTestId('playhead').getAttribute('aria-valuenow'))
const toEnd = async (page: Page) => {
  await page.getByTestId('playhead').focus()
  await page.keyboard.press('End')
  await idle(page)
}

test('at the peak both lists are alive, after del only the second', async ({ page, host, problems }) => {
  await record(page, host)
  await statistics(page)
  await expect(row(page, 2)).toContainText(/50[89] KiB/)
  await expect(row(page, 4)).toContainText('399 KiB')
  await expect(row(page, 4).locator('[title^="408,"]').first()).toBeVisible() // exact bytes on hover

  // The instant of the last print: everything of line 2 has been freed.
  await page.getByTestId('console').getByRole('button', { name: /done 200/ }).click()
  await idle(page)
  await expect(row(page, 4)).toContainText('399 KiB')
  await expect(row(page, 2)).not.toContainText('KiB')
  expect(problems).toEqual([])
})

test('grouping, filters, order, comparison with a mark', async ({ page, host, problems }) => {
  await record(page, host)
  await statistics(page)
  await page.getByText('File', { exact: true }).click()
  await idle(page)
  await expect(page.getByRole('gridcell', { name: 'held.py' }).first()).toBeVisible()
  await page.getByText('Traceback', { exact: true }).click()
  await idle(page)
  await row(page, 4).first().click()
  await expect(page.getByRole('complementary', { name: 'Traceback' })).toContainText('held.py:4')
  await page.getByText('Line', { exact: true }).click()
  await page.getByLabel('Compare to').selectOption({ label: 'mark “half”' })
  await idle(page)
  await expect(page.getByRole('columnheader', { name: 'Size diff' })).toHaveAttribute('aria-sort', 'descending')
  await expect(row(page, 4)).toContainText('+399 KiB')
  await expect(row(page, 2)).toContainText(/[+-]\d+ B/)

  await page.getByRole('columnheader', { name: 'Line' }).getByRole('button').click()
  await expect(page.getByRole('columnheader', { name: 'Line' })).toHaveAttribute('aria-sort', 'ascending')
  await page.getByLabel('Add a filter').fill('-held.py:4')
  await page.keyboard.press('Enter')
  await idle(page)
  await expect(row(page, 4)).toHaveCount(0)
  await expect(row(page, 2)).toHaveCount(1)
  await page.getByRole('button', { name: /Remove the filter/ }).click()
  await idle(page)
  await expect(row(page, 4)).toHaveCount(1)
  expect(problems).toEqual([])
})

test('a line leads to its source, with its figures beside it, and Back returns', async ({ page, host, problems }) => {
  await record(page, host)
  await statistics(page)
  await row(page, 4).getByRole('button').click()
  await idle(page)
  await expect(page.locator('.cm-wanted-line')).toHaveText('more = [bytes(2000) for _ in range(200)]')
  await expect(page.locator('.cm-figure-alive').filter({ hasText: '399 KiB' })).toBeVisible()
  await expect(page.getByTestId('crumbs')).toContainText('Source')
  await expect(page.locator('.cm-content')).toHaveAttribute('aria-readonly', 'true')
  await page.keyboard.press('Alt+ArrowLeft')
  await expect(page.getByRole('heading', { name: 'Which lines hold memory?' })).toBeVisible()
  expect(problems).toEqual([])
})

test('rows are chosen and opened by keys', async ({ page, host, problems }) => {
  await record(page, host)
  await statistics(page)
  const grid = page.getByRole('grid', { name: 'Memory by lineno' })
  await grid.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(grid.getByRole('row', { selected: true })).toHaveAttribute('aria-rowindex', '3')
  await page.keyboard.press('Home')
  const first = grid.getByRole('row', { selected: true })
  const place = await first.getByRole('gridcell').first().innerText()
  await page.keyboard.press('Enter')
  await idle(page)
  await expect(page.getByTestId('crumbs')).toContainText('Source')
  expect(place).toContain('.py')
  expect(problems).toEqual([])
})

test('the playhead moves by keys: events, lines, marks, ends; the current line follows in Source', async ({ page, host, problems }) => {
  await record(page, host)
  await page.getByRole('button', { name: 'Source' }).click()
  await idle(page)
  const playhead = page.getByTestId('playhead')
  await playhead.focus()
  await page.keyboard.press('Home')
  await idle(page)
  const first = await tick(page)
  await page.keyboard.press(']')
  await idle(page)
  const mark = await tick(page)
  expect(mark).toBeGreaterThan(first)
  await expect(page.locator('.cm-current-line')).toHaveText("sys.audit('mark', 'half')")
  await expect(playhead).toHaveAttribute('aria-valuetext', /KiB alive/)
  await page.keyboard.press('Shift+ArrowRight')
  await idle(page)
  const line = await tick(page)
  expect(line).toBeGreaterThan(mark)
  await expect(page.locator('.cm-current-line')).toHaveText('more = [bytes(2000) for _ in range(200)]')
  await page.keyboard.press('ArrowRight')
  await idle(page)
  expect(await tick(page)).toBeGreaterThan(line)
  await page.keyboard.press('Shift+ArrowLeft')
  await idle(page)
  expect(await tick(page)).toBe(mark)
  await page.keyboard.press('Shift+ArrowRight')
  await idle(page)
  await expect(page.locator('.cm-current-line')).toHaveText('more = [bytes(2000) for _ in range(200)]')
  await page.keyboard.press('End')
  await idle(page)
  expect(await tick(page)).toBe(Number(await playhead.getAttribute('aria-valuemax')))
  expect(problems).toEqual([])
})

test('the timeline by pointer: click, brush, wheel, double-click', async ({ page, host, problems }) => {
  await record(page, host)
  await statistics(page)
  const strip = (await page.getByTestId('timeline').boundingBox())!
  const at = (share: number) => strip.x + 64 + share * (strip.width - 78)
  const y = strip.y + 70
  await page.mouse.click(at(0.5), y)
  await idle(page)
  const middle = await tick(page)
  const last = Number(await page.getByTestId('playhead').getAttribute('aria-valuemax'))
  expect(Math.abs(middle / last - 0.5)).toBeLessThan(0.02)

  await page.mouse.move(at(0.2), y)
  await page.mouse.down()
  await page.mouse.move(at(0.8), y, { steps: 5 })
  await page.mouse.up()
  await idle(page)
  await expect(page.getByTestId('readout')).toContainText('range')
  await expect(page.getByLabel('Compare to')).toHaveValue('range')
  await expect(page.getByRole('columnheader', { name: 'Size diff' })).toBeVisible()

  await page.mouse.move(at(0.5), y)
  await page.mouse.wheel(0, -600)
  await idle(page)
  await expect(page.getByRole('button', { name: 'Whole run' })).toBeVisible()
  await page.mouse.dblclick(at(0.5), y)
  await idle(page)
  await expect(page.getByRole('button', { name: 'Whole run' })).toBeHidden()
  await expect(page.getByTestId('readout')).not.toContainText('range')
  expect(problems).toEqual([])
})

test('a recording opens again from the library, complete in itself', async ({ page, host, problems }) => {
  await record(page, host)
  rmSync(`${host.folder}/held.py`)
  await page.reload()
  await idle(page)
  await page.getByRole('button', { name: 'Library' }).click()
  await idle(page)
  await page.getByRole('row', { name: /held\.py.*exit 0/ }).getByRole('button').first().click()
  await idle(page)
  await expect(row(page, 4)).toContainText('399 KiB')
  await page.getByRole('button', { name: 'Source' }).click()
  await idle(page)
  await expect(page.locator('.cm-content')).toContainText('more = [bytes(2000)')
  await expect(page.getByTestId('console')).toContainText('done 200')
  await toEnd(page)
  expect(problems).toEqual([])
})

test('the console tells what had been printed by the instant', async ({ page, host, problems }) => {
  await record(page, host)
  await statistics(page)
  await page.getByTestId('playhead').focus()
  await page.keyboard.press('Home')
  await idle(page)
  const line = page.getByTestId('console').getByRole('button', { name: /done 200/ })
  await expect(line).toHaveClass(/later/)
  await line.click()
  await idle(page)
  await expect(line).not.toHaveClass(/later/)
  expect(problems).toEqual([])
})
