// The desktop app: Electron's main process, preload, native dialogs, menu and memory of windows. On Electron itself
// where its binary is here, on the stand-in elsewhere.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test'
import { environment, idle, processesBelow } from './host'

interface Desktop { app: ElectronApplication; page: Page; folder: string; problems: string[]; reopen(...args: string[]): Promise<{ app: ElectronApplication; page: Page }> }

const standIn = () => {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  return existsSync(join(folder, 'path.txt')) ? undefined : resolve('e2e/standin/electron')
}

async function launch(folder: string, args: string[]): Promise<{ app: ElectronApplication; page: Page }> {
  const executablePath = standIn()
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 && !executablePath ? ['--no-sandbox'] : []
  const app = await _electron.launch({
    args: [resolve('.'), ...args, ...sandbox],
    env: { ...environment(folder) as Record<string, string>, STANDIN_USER_DATA: join(folder, 'user') },
    ...(executablePath ? { executablePath } : {})
  })
  const page = await app.firstWindow()
  await page.waitForSelector('body[data-idle]')
  await idle(page)
  return { app, page }
}

const test = base.extend<{ desktop: Desktop }>({
  desktop: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'molt-desktop-'))
    writeFileSync(join(folder, 'hello.py'), 'print("hello from the desktop")\n')
    const problems: string[] = []
    let current = await launch(folder, [])
    const watch = () => current.page.on('console', message => { if (message.type() === 'error') problems.push(message.text()) })
    watch()
    await use({
      ...current, folder, problems,
      async reopen(...args) {
        await current.app.close()
        current = await launch(folder, args)
        watch()
        return current
      }
    })
    await current.app.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
})

const openDialogGives = (app: ElectronApplication, paths: string[]) => app.evaluate(({ dialog }, filePaths) => {
  dialog.showOpenDialog = () => Promise.resolve({ canceled: filePaths.length === 0, filePaths })
}, paths)
const choose = (app: ElectronApplication, id: string) =>
  app.evaluate(({ Menu, BrowserWindow }, item) => {
    const found = Menu.getApplicationMenu()!.getMenuItemById(item)!
    found.click(undefined, BrowserWindow.getAllWindows()[0], undefined)
  }, id)

test('native dialog, editor, run, library', async ({ desktop: { app, page, folder, problems } }) => {
  await expect(page.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
  await openDialogGives(app, [join(folder, 'hello.py')])
  await page.keyboard.press('Control+O')
  await expect(page.locator('.cm-content')).toContainText('hello from the desktop')
  await page.getByTestId('run').click()
  await expect(page.getByTestId('run-state')).toContainText('exit 0')
  await idle(page)
  await expect(page.getByTestId('console')).toContainText('hello from the desktop')
  await page.getByRole('button', { name: 'Library' }).click()
  await idle(page)
  await expect(page.getByRole('row', { name: /hello/ })).toHaveCount(2)
  expect(problems).toEqual([])
})

test('the page has its bridge and nothing more', async ({ desktop: { page, problems } }) => {
  expect(await page.evaluate(() => Object.keys(window.host!).sort())).toEqual([
    'kind', 'onCommand', 'onEngineGone', 'onOpenPath', 'openLink', 'pathOf', 'pickFiles', 'pickSavePath', 'rememberRecent', 'setTheme', 'showInFolder'
  ])
  expect(await page.evaluate(() => [typeof (window as unknown as Record<string, unknown>)['require'], typeof (window as unknown as Record<string, unknown>)['process']]))
    .toEqual(['undefined', 'undefined'])
  expect(await page.evaluate(() => document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content'))).toContain("default-src 'none'")
  expect(problems).toEqual([])
})

test('the menu gives the commands of the page', async ({ desktop: { app, page, problems } }) => {
  await choose(app, 'view.examples')
  await expect(page.getByTestId('crumbs')).toHaveText('Examples')
  await choose(app, 'app.palette')
  await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeVisible()
  await page.keyboard.press('Escape')
  await choose(app, 'theme.dark')
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
  await expect.poll(() => app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark')
  expect(problems).toEqual([])
})

test('what a page sends is checked', async ({ desktop: { app, page } }) => {
  await page.evaluate(() => {
    window.host!.rememberRecent('relative.py')
    window.host!.rememberRecent({ path: '/x' } as unknown as string)
    window.host!.setTheme('purple' as unknown as 'dark')
    window.host!.rememberRecent('/tmp/fine.py')
  })
  const labels = () => app.evaluate(({ Menu }) => {
    const recent = Menu.getApplicationMenu()!.items.flatMap(item => item.submenu?.items ?? []).find(item => item.label === 'Open Recent')
    return recent!.submenu!.items.map(item => item.label ?? '')
  })
  await expect.poll(labels).toContain('fine.py')
  expect((await labels()).filter(label => label.endsWith('.py'))).toEqual(['fine.py'])
  expect(await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('system')
})

test('place and recent files are remembered; a file on the command line is opened', async ({ desktop }) => {
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setBounds({ x: 40, y: 30, width: 1000, height: 700 }))
  await openDialogGives(desktop.app, [join(desktop.folder, 'hello.py')])
  await desktop.page.keyboard.press('Control+O')
  await expect(desktop.page.locator('.cm-content')).toContainText('hello')
  const { app, page } = await desktop.reopen(join(desktop.folder, 'hello.py'))
  await expect(page.locator('.cm-content')).toContainText('hello from the desktop')
  const bounds = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getNormalBounds())
  expect([bounds.width, bounds.height]).toEqual([1000, 700])
  if (standIn()) {
    expect(JSON.parse(readFileSync(join(desktop.folder, 'user/window.json'), 'utf8')).recent).toEqual([join(desktop.folder, 'hello.py')])
  }
})

test('a save goes where the native dialog says', async ({ desktop: { app, page, folder, problems } }) => {
  const path = join(folder, 'saved.py')
  await app.evaluate(({ dialog }, filePath) => { dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath }) }, path)
  await page.keyboard.press('Control+N')
  await page.locator('.cm-content').fill('print("saved")\n')
  await page.keyboard.press('Control+S')
  await expect(page.getByRole('status')).toContainText('Saved saved.py')
  expect(readFileSync(path, 'utf8')).toBe('print("saved")\n')
  await expect(page.getByRole('heading', { name: 'saved.py' })).toBeVisible()
  expect(problems).toEqual([])
})

test('when the engine dies the window stays and gets a new one', async ({ desktop: { app, page } }) => {
  await page.getByRole('button', { name: 'Examples' }).first().click()
  await idle(page)
  const store = processesBelow(app.process().pid!).find(item => /store-process|node\.mojom\.NodeService/.test(item.command))
  process.kill(store!.pid, 'SIGKILL')
  await page.getByRole('button', { name: 'Start it again' }).click()
  await expect(page.getByTestId('engine-gone')).toBeHidden()
  await page.getByRole('button', { name: /Objects without a dictionary/ }).click()
  await expect(page.locator('.cm-content')).toContainText('SlottedPoint')
})

const ENDLESS = 'kept = []\nprint("on", flush=True)\nwhile True:\n    kept.append(bytes(5_000)) if len(kept) < 40 else None\n'
async function startEndless(page: Page): Promise<void> {
  await page.keyboard.press('Control+N')
  await page.locator('.cm-content').fill(ENDLESS)
  await page.getByTestId('run').click()
  await expect(page.getByTestId('console')).toContainText('on')
  await expect(page.getByTestId('readout')).toContainText('KiB')
}
async function expectReadable(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Library' }).click()
  await expect.poll(async () => {
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Library' }).click()
    await idle(page)
    return page.getByRole('row', { name: /untitled\.py/ }).innerText()
  }).toContain('stopped')
  await page.getByRole('row', { name: /untitled\.py/ }).getByRole('button').first().click()
  await idle(page)
  await expect(page.getByRole('gridcell', { name: /untitled\.py:4/ })).toBeVisible()
  await expect(page.getByTestId('run-state')).toContainText('Molt was closed while the script ran')
}

test('a window closed during a run: the other lives on, and the recording can be read in it', async ({ desktop: { app, page } }) => {
  await startEndless(page)
  const opened = app.waitForEvent('window')
  await app.evaluate(({ Menu, BrowserWindow }) => {
    const file = Menu.getApplicationMenu()!.items.find(item => item.label.includes('File'))!
    file.submenu!.items.find(item => item.label === 'New Window')!.click(undefined, BrowserWindow.getAllWindows()[0], undefined)
  })
  const other = await opened
  await other.waitForSelector('body[data-idle="true"]')
  const running = processesBelow(app.process().pid!).find(item => item.command.includes('run-process'))!
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
  await expect.poll(() => app.windows().length).toBe(1)
  await expect.poll(() => processesBelow(app.process().pid!).some(item => item.pid === running.pid)).toBe(false)
  await expectReadable(other)
})

test('the app quit during a run: the next start has its recording', async ({ desktop }) => {
  await startEndless(desktop.page)
  const { page } = await desktop.reopen()
  await expectReadable(page)
})

test('a killed run process leaves the window alive and the recording readable', async ({ desktop: { app, page, problems } }) => {
  await startEndless(page)
  process.kill(processesBelow(app.process().pid!).find(item => item.command.includes('run-process'))!.pid, 'SIGKILL')
  await expect(page.getByTestId('run-state')).toContainText('ended from outside')
  await idle(page)
  await choose(app, 'view.statistics')
  await idle(page)
  await expect(page.getByRole('gridcell', { name: /untitled\.py:4/ })).toBeVisible()
  expect(problems).toEqual([])
})

test('the window is isolated, in the sandbox, without permissions, and goes nowhere', async ({ desktop: { app, page, problems } }) => {
  const [preferences, opened] = await app.evaluate(({ BrowserWindow, shell }) => {
    const window = BrowserWindow.getAllWindows()[0]! as unknown as {
      webContents: { getLastWebPreferences?(): Record<string, unknown>; openHandler?(details: { url: string }): { action: string } }; options?: { webPreferences: Record<string, unknown> }
    }
    const asked: string[] = []
    shell.openExternal = url => {
      asked.push(url)
      return Promise.resolve()
    }
    const answers = ['https://example.org/', 'http://example.org/', 'file:///etc/passwd', 'javascript:1'].map(url => window.webContents.openHandler?.({ url }).action)
    return [window.options?.webPreferences ?? window.webContents.getLastWebPreferences?.() ?? {}, { asked, answers }]
  })
  expect(preferences).toMatchObject({ contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false })
  if (standIn()) expect(opened).toEqual({ asked: ['https://example.org/'], answers: ['deny', 'deny', 'deny', 'deny'] })
  expect(await page.evaluate(() => document.querySelectorAll('iframe, webview, object, embed').length)).toBe(0)
  expect(problems).toEqual([])
})
