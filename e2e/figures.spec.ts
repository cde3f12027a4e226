// What the window shows is what the recording says, figure by figure: the command line reads the same file.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { environment, expect, type Host, idle, openFile, painted, runToEnd, start, test } from './host'

/** What `--json` prints, as far as it is compared. */
interface StatisticsResult {
  rows: { traceback: { path: string; line: number }[]; sizeBytes: number; count: number; sizeDiffBytes: number }[]
  totalBytes: number
  totalCount: number
}
interface SourceLines {
  lines: { line: number; liveBytes: number; liveBlocks: number; allocations: number; allocatedBytes: number; peakBytes: number; incrementBytes: number; occurrences: number }[]
}

const SCRIPT = `import sys
import json

class Session:
    kept = {}
    def __init__(self, name):
        self.name = name
        self.me = self
        self.buffer = bytearray(2048)

def rows(count):
    return [{'number': n, 'text': str(n) * 9} for n in range(count)]

def serve(rounds):
    for turn in range(rounds):
        session = Session(f's{turn}')
        if turn % 4 == 0:
            Session.kept[turn] = session

sys.audit('mark', 'load')
data = rows(1500)
text = json.dumps(data)
sys.audit('mark', 'serve')
serve(900)
del data
sys.audit('mark', 'released')
print('done', len(text), len(Session.kept))
`

function molt<T>(host: Host, command: string, ...args: string[]): T {
  const folder = join(host.folder, 'molt/recordings')
  const recording = join(folder, readdirSync(folder).find(name => name.endsWith('.molt'))!)
  return JSON.parse(execFileSync('node', ['out/main/cli.js', command, '--json', ...args, recording], { encoding: 'utf8', env: environment(host.folder), maxBuffer: 1 << 26 })) as T
}
const exact = (bytes: number, sign = false) => `${sign && bytes >= 0 ? '+' : ''}${bytes.toLocaleString('en-US')} B`
const name = (path: string) => path.split('/').at(-1)!

async function record(page: Page, host: Host): Promise<void> {
  await start(page, host)
  await openFile(page, host.script('sessions.py', SCRIPT))
  expect(await runToEnd(page)).toContain('exit 0')
}
/** Place, exact bytes (as the title has them), count of the first rows; the row of totals stands before them. */
const shown = (page: Page) => page.getByRole('grid').evaluate(grid => [...grid.querySelectorAll('[role=row][aria-rowindex]')].map(row => ({
  place: row.querySelector('code')?.textContent ?? '', titles: [...row.querySelectorAll('[role=gridcell] span[title]')].map(cell => cell.getAttribute('title')),
  texts: [...row.querySelectorAll('[role=gridcell]')].map(cell => cell.textContent?.trim() ?? '')
})).filter(row => row.place !== ''))

async function expectRows(page: Page, result: StatisticsResult, diff = false): Promise<void> {
  await expect(page.getByRole('row').nth(1)).toContainText(result.totalCount.toLocaleString('en-US'))
  const rows = await shown(page)
  expect(rows.length).toBeGreaterThanOrEqual(Math.min(8, result.rows.length))
  for (const row of rows) {
    const same = result.rows.filter(other => {
      const frame = other.traceback.at(-1)!
      return row.place === `${name(frame.path)}${frame.line > 0 ? `:${frame.line}` : ''}` && row.titles.includes(exact(other.sizeBytes)) &&
        row.texts.includes(other.count.toLocaleString('en-US')) && (!diff || row.titles.includes(exact(other.sizeDiffBytes, true)))
    })
    expect(same.length, `${row.place} ${row.titles.join(' ')}`).toBeGreaterThan(0)
  }
}

test('Statistics: lines, files, tracebacks, a comparison, my code only', async ({ page, host, problems }) => {
  await record(page, host)
  await page.getByRole('button', { name: 'Statistics' }).click()
  await idle(page)
  const lines = molt<StatisticsResult>(host, 'stats', '--at', 'peak')
  await expectRows(page, lines)
  await expect(page.getByTestId('readout').locator(`[title="${exact(lines.totalBytes)}"]`)).toBeVisible()
  await page.getByText('File', { exact: true }).click()
  await idle(page)
  await expectRows(page, molt(host, 'stats', '--at', 'peak', '--group', 'filename'))
  await page.getByText('Traceback', { exact: true }).click()
  await idle(page)
  await expectRows(page, molt(host, 'stats', '--at', 'peak', '--group', 'traceback'))
  await page.getByText('Line', { exact: true }).click()
  await page.getByLabel('Compare to').selectOption({ label: 'mark “serve”' })
  await idle(page)
  await expectRows(page, molt(host, 'stats', '--at', 'peak', '--compare-to', 'serve'), true)
  await page.getByLabel('Compare to').selectOption('none')
  await page.getByLabel('My code only').check()
  await idle(page)
  const own = await shown(page)
  expect(own.length).toBeGreaterThan(3)
  expect(own.filter(row => !/^(sessions\.py|<string>):\d+$|^<unknown>$/.test(row.place))).toEqual([])
  await expectRows(page, molt(host, 'stats', '--at', 'peak', '--exclude', '<frozen *', '--exclude', '*/lib/python3.*/*'))
  expect(problems).toEqual([])
})

test('Source: every line that is in sight, at a mark', async ({ page, host, problems }) => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await record(page, host)
  await page.getByRole('button', { name: 'Source' }).click()
  await page.getByTestId('playhead').focus()
  await page.keyboard.press('End')
  await idle(page)
  await page.keyboard.press('[')
  await idle(page)
  await expect(page.locator('.cm-current-line')).toHaveText("sys.audit('mark', 'released')")
  const { lines } = molt<SourceLines>(host, 'source', '--at', 'released')
  const title = (column: string) => page.locator(`.cm-figure-${column}`).evaluateAll(all => all.map(element => (element as HTMLElement).title))
  const count = (n: number) => n.toLocaleString('en-US')
  expect(await title('alive')).toEqual(lines.filter(row => row.liveBytes > 0).map(row => `${exact(row.liveBytes)} in ${count(row.liveBlocks)} blocks alive now`))
  expect(await title('churn')).toEqual(lines.filter(row => row.allocatedBytes > 0).map(row => `${exact(row.allocatedBytes)} in ${count(row.allocations)} allocations so far`))
  expect((await title('increment')).filter(text => text.includes('+'))).toEqual(lines.filter(row => row.incrementBytes > 0)
    .map(row => `Memory grew by ${exact(row.incrementBytes, true)} while the line was running, ${count(row.occurrences)} time${row.occurrences === 1 ? '' : 's'}`))
  expect((await title('peak')).length).toBe(lines.filter(row => row.peakBytes > 0).length)
  expect(problems).toEqual([])
})

test('the canvas has what the recording has: blue up to the playhead, grey above, the future faint, in both themes', async ({ page, host, problems }) => {
  await record(page, host)
  await page.getByTestId('playhead').focus()
  await page.keyboard.press('Home')
  for (let marks = 0; marks < 2; marks++) {
    await idle(page)
    await page.keyboard.press(']')
  }
  await idle(page)
  await expect(page.getByTestId('readout')).toContainText('since “serve”')
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await expect(page.locator('html')).toHaveAttribute('data-theme', scheme)
    await idle(page)
    const x = await page.getByTestId('playhead').evaluate(element => new DOMMatrix(getComputedStyle(element).transform).m41)
    const whole = { from: 0, to: 10_000 }
    expect(await painted(page, '--alive-fill', { from: 0, to: x - 2 })).toBeGreaterThan(2000)
    expect(await painted(page, '--alive-fill', { from: x + 3, to: whole.to })).toBe(0)
    expect(await painted(page, '--coming-fill', { from: 0, to: x - 2 })).toBe(0)
    expect(await painted(page, '--coming-fill', { from: x + 3, to: whole.to })).toBeGreaterThan(500)
    expect(await painted(page, '--freed-fill', { from: x + 3, to: whole.to })).toBe(0)
    expect(await painted(page, '--mark')).toBeGreaterThan(500) // three flags
  }
  expect(problems).toEqual([])
})
