import { expect, consoleText, idle, openFile, processesBelow, runToEnd, start, test, typeScript } from './host'

test('a script runs: output told apart, exit code, recording in the library', async ({ page, host, problems }) => {
  const path = host.script('two_streams.py', 'import sys\nprint("to stdout", sys.argv[1:])\nprint("to stderr", file=sys.stderr)\nsys.exit(3)\n')
  await start(page, host)
  await openFile(page, path)
  await page.getByLabel('Arguments').fill('one "two words"')
  expect(await runToEnd(page)).toContain('exit 3')
  const lines = page.getByTestId('console').locator('button.line')
  await expect(lines).toHaveCount(2)
  await expect(lines.filter({ hasText: "to stdout ['one', 'two words']" })).not.toHaveClass(/err/)
  await expect(lines.filter({ hasText: 'to stderr' })).toHaveClass(/err/)
  await page.getByText('stderr', { exact: true }).click()
  await expect(lines).toHaveCount(1)

  await page.getByRole('button', { name: 'Library' }).click()
  await idle(page)
  await expect(page.getByRole('row', { name: /two_streams/ }).filter({ hasText: 'exit 3' })).toBeVisible()
  expect(problems).toEqual([])
})

test('a syntax error is shown at its line in the editor', async ({ page, host, problems }) => {
  await start(page, host)
  await typeScript(page, 'x = 1\nprint("a" "b" c)\n')
  expect(await runToEnd(page)).toContain('exit 1')
  await expect(page.locator('.cm-error-line')).toHaveText('print("a" "b" c)')
  await expect(page.locator('.cm-error-message')).toContainText('SyntaxError: invalid syntax. Perhaps you forgot a comma?')
  expect(problems).toEqual([])
})

test('an uncaught exception is shown at the innermost line of the script', async ({ page, host, problems }) => {
  await start(page, host)
  await typeScript(page, 'def half(n):\n    return 1 / n\n\nhalf(0)\n')
  expect(await runToEnd(page)).toContain('exit 1')
  await expect(page.locator('.cm-error-line')).toHaveText('    return 1 / n')
  await expect(page.locator('.cm-error-message')).toHaveText('ZeroDivisionError: division by zero')
  expect(problems).toEqual([])
})

test('a script that reads is answered from the console', async ({ page, host, problems }) => {
  await start(page, host)
  await typeScript(page, 'name = input("who? ")\nprint("hello", name)\n')
  await page.getByLabel('Standard input').selectOption('interactive')
  await page.getByTestId('run').click()
  const field = page.getByLabel('Input of the script')
  await field.fill('Ada')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('run-state')).toContainText('exit 0')
  expect(await consoleText(page)).toContain('hello Ada')
  expect(problems).toEqual([])
})

test('an endless loop can be stopped, and what it did can be looked at', async ({ page, host, problems }) => {
  await start(page, host)
  await typeScript(page, 'kept = []\nn = 0\nwhile True:\n    n += 1\n    if n % 1000 == 0:\n        kept.append(bytes(1000))\n')
  await page.getByTestId('run').click()
  await expect(page.getByTestId('run-state')).toContainText('ticks')
  await expect(page.getByTestId('readout')).toContainText('alive')
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await expect(page.getByTestId('run-state')).toContainText('stopped')
  await idle(page)
  await page.getByRole('button', { name: 'Statistics' }).click()
  await idle(page)
  await expect(page.getByRole('gridcell', { name: /untitled\.py:6/ })).toBeVisible()
  expect(problems).toEqual([])
})

test('a flood of output does not drown the stop, nor the word of how it ended', async ({ page, host, problems }) => {
  await start(page, host)
  await typeScript(page, "n = 0\nwhile True:\n    print('line', n, 'x' * 60)\n    n += 1\n")
  await page.getByTestId('run').click()
  const newest = async () => Number(/line (\d+)/.exec(await page.getByTestId('console').locator('button.line').last().innerText())?.[1] ?? 0)
  await expect(page.getByTestId('console').locator('button.line').last()).toBeVisible()
  await expect.poll(newest).toBeGreaterThan(15_000)
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await expect(page.getByTestId('run-state')).toHaveText('stopped')
  await idle(page)
  await expect(page.getByTestId('readout')).toContainText('alive')
  expect(problems).toEqual([])
})

test('the end of the input can be sent; what was typed stands in the console', async ({ page, host, problems }) => {
  await start(page, host)
  await typeScript(page, "name = input('who? ')\ntry:\n    input('and? ')\nexcept EOFError:\n    print('no more from', name)\n")
  await page.getByLabel('Standard input').selectOption('interactive')
  await page.getByTestId('run').click()
  await page.getByLabel('Input of the script').fill('Ada')
  await page.keyboard.press('Enter')
  await expect.poll(() => consoleText(page)).toContain('and? ')
  await page.getByRole('button', { name: 'End', exact: true }).click()
  await expect(page.getByTestId('run-state')).toContainText('exit 0')
  await expect.poll(() => consoleText(page)).toBe('who? Ada\nand? no more from Ada')
  expect(problems).toEqual([])
})

test('the limit of memory ends a script that grows without end', async ({ page, host }) => {
  await start(page, host)
  await typeScript(page, 'kept = []\nwhile True:\n    kept.append(bytes(100_000))\n')
  await page.getByLabel('Memory', { exact: true }).fill('20 MiB')
  await page.keyboard.press('Tab')
  await page.getByTestId('run').click()
  await expect(page.getByTestId('run-state')).toContainText(/memory limit|exit 1/)
  expect(await consoleText(page)).toContain('MemoryError')
  await expect(page.locator('.cm-error-line')).toHaveText('    kept.append(bytes(100_000))')
})

test('a page that is loaded again finds its run', async ({ page, host, problems }) => {
  await start(page, host)
  await typeScript(page, 'import sys\nprint("started", flush=True)\nwhile True:\n    pass\n')
  await page.getByTestId('run').click()
  await expect(page.getByTestId('run-state')).toContainText('running')
  await page.reload()
  await expect(page.getByTestId('run-state')).toContainText('running')
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await expect(page.getByTestId('run-state')).toContainText('stopped')
  expect(problems).toEqual([])
})

const ENDLESS = 'kept = []\nprint("before", flush=True)\nwhile True:\n    kept.append(bytes(10_000)) if len(kept) < 50 else None\n'

test('a killed run leaves the app alive and its recording readable', async ({ page, host }) => {
  await start(page, host)
  await typeScript(page, ENDLESS)
  await page.getByTestId('run').click()
  await expect(page.getByTestId('readout')).toContainText('KiB')
  await expect.poll(() => consoleText(page)).toContain('before')
  const run = processesBelow(host.pid).find(item => item.command.includes('run-process'))
  process.kill(run!.pid, 'SIGKILL')
  await expect(page.getByTestId('run-state')).toContainText('crashed')
  await expect(page.getByTestId('engine-gone')).toBeHidden()
  await idle(page)
  await page.getByRole('button', { name: 'Statistics' }).click()
  await idle(page)
  await expect(page.getByRole('gridcell', { name: /untitled\.py:4/ })).toBeVisible()
  await page.getByRole('button', { name: 'Run' }).first().click()
  await typeScript(page, 'print("after")\n')
  expect(await runToEnd(page)).toContain('exit 0')
})

test('a killed engine leaves the window alive; it is started again where one was', async ({ page, host }) => {
  await start(page, host)
  await typeScript(page, 'kept = [bytes(1000) for _ in range(100)]\nprint("done")\n')
  expect(await runToEnd(page)).toContain('exit 0')
  await page.getByRole('button', { name: 'Statistics' }).click()
  await idle(page)
  const before = await page.getByTestId('playhead').getAttribute('aria-valuenow')
  const store = processesBelow(host.pid).find(item => item.command.includes('store-process'))
  process.kill(store!.pid, 'SIGKILL')
  await expect(page.getByTestId('engine-gone')).toContainText('The engine process has ended')
  await page.getByRole('button', { name: 'Start it again' }).click()
  await expect(page.getByTestId('engine-gone')).toBeHidden()
  await idle(page)
  expect(await page.getByTestId('playhead').getAttribute('aria-valuenow')).toBe(before)
  await expect(page.getByRole('gridcell', { name: /untitled\.py:1/ })).toBeVisible()
})

test('closing the page stops nothing; closing the host ends every process', async ({ page, host }) => {
  await start(page, host)
  await typeScript(page, 'while True:\n    pass\n')
  await page.getByTestId('run').click()
  await expect(page.getByTestId('run-state')).toContainText('running')
  const processes = processesBelow(host.pid)
  expect(processes.length).toBeGreaterThanOrEqual(2)
  process.kill(host.pid, 'SIGTERM')
  const alive = (pid: number) => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
  await expect.poll(() => processes.filter(item => alive(item.pid)).length, { timeout: 10_000 }).toBe(0)
  await expect(page.getByTestId('engine-gone')).toBeVisible()
})
