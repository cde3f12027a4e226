// Everything by keyboard, everything with a name, nothing cut off; files by drag and drop.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { consoleText, expect, idle, openFile, runToEnd, start, test, typeScript } from './host'

const SCRIPT = "import sys\nkept = [bytes(500) for _ in range(300)]\nsys.audit('mark', 'made')\ndel kept\nprint('done')\n"
const VIEWS = ['Library', 'Run', 'Examples', 'Statistics', 'Source', 'Settings']
const view = async (page: Page, name: string) => {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name, exact: true }).click()
  await idle(page)
}

/** What a screen reader would have no name for. */
const nameless = (page: Page) => page.evaluate(() => [...document.querySelectorAll<HTMLElement>('button, input, select, textarea, a, [role=button], [role=slider], [role=grid], [role=radiogroup], [role=dialog], [tabindex="0"], nav, aside')]
  .filter(element => element.offsetParent !== null && !element.closest('[aria-hidden=true]'))
  .filter(element => {
    const labels = (element as HTMLInputElement).labels
    const named = element.getAttribute('aria-label') ?? (element.getAttribute('aria-labelledby') ? 'yes' : '')
    return !(named || element.title || element.textContent?.trim() || [...labels ?? []].some(label => label.textContent?.trim()))
  }).map(element => element.outerHTML.slice(0, 120)))

const cut = (page: Page) => page.evaluate(() => {
  const root = document.documentElement
  return root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight
})

for (const [scheme, width, height] of [['light', 1280, 800], ['dark', 1920, 1080]] as const) {
  test(`every view: names for everything, nothing beyond the window, ${scheme} ${width}×${height}`, async ({ page, host, problems }) => {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: scheme })
    await start(page, host)
    await typeScript(page, SCRIPT)
    expect(await runToEnd(page)).toContain('exit 0')
    for (const name of VIEWS) {
      await view(page, name)
      expect(await nameless(page), name).toEqual([])
      expect(await cut(page), name).toBe(false)
      await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name, exact: true })).toHaveAttribute('aria-current', 'page')
      expect(await page.getByRole('heading').count(), name).toBeGreaterThan(0)
    }
    expect(problems).toEqual([])
  })
}

/** Goes through the window with Tab, from the first entry of the rail; gives the name of each stop, and where its focus cannot be seen. */
async function tabThrough(page: Page, most: number): Promise<{ names: string[]; unseen: string[] }> {
  const names: string[] = [], unseen: string[] = []
  await page.getByRole('button', { name: 'Library', exact: true }).focus()
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      if (element === document.body) return null
      const parts = [element, element.parentElement!, ...element.children].map(part => getComputedStyle(part))
      // An outline or shadow of its own or of a part of it, the cursor of the editor, or the edge of the field around it.
      const probe = document.body.appendChild(document.createElement('i'))
      probe.style.color = 'var(--focus)'
      const focusColour = getComputedStyle(probe).color
      probe.remove()
      const seen = parts.some(style => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.borderTopColor === focusColour) ||
        getComputedStyle(element).boxShadow !== 'none' || element.classList.contains('cm-content')
      return { name: element.getAttribute('aria-label') ?? element.title ?? '', text: element.textContent?.trim().slice(0, 40) ?? '', seen, html: element.outerHTML.slice(0, 120) }
    })
    if (!stop) break
    names.push(stop.name || stop.text)
    if (!stop.seen) unseen.push(stop.html)
  }
  return { names, unseen }
}

test('Tab reaches rail, timeline, table, console; focus is seen at every stop', async ({ page, host, problems }) => {
  await start(page, host)
  await typeScript(page, SCRIPT)
  expect(await runToEnd(page)).toContain('exit 0')
  await view(page, 'Statistics')
  const { names, unseen } = await tabThrough(page, 60)
  expect(unseen).toEqual([])
  for (const name of ['Run', 'Settings', 'Playhead', 'Memory by lineno', 'Copy the output']) expect(names.some(stop => stop.startsWith(name)), `${name} in ${names.join(' | ')}`).toBe(true)
  expect(problems).toEqual([])
})

test('the appearance is chosen with arrow keys; the editor lets go of Tab after Escape', async ({ page, host, problems }) => {
  await start(page, host)
  const system = page.getByRole('radio', { name: 'As the system' }).first()
  await system.focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('radio', { name: 'Light' }).first()).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.keyboard.press('Control+N')
  await expect(page.locator('.cm-content')).toBeFocused()
  await page.keyboard.type('x = 1')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  await expect(page.locator('.cm-content')).not.toBeFocused()
  await expect(page.locator('.cm-content')).toHaveText('x = 1')
  expect(problems).toEqual([])
})

/** As a file manager does it, over a part of the window. */
async function drop(page: Page, over: string, name: string, bytes: Buffer): Promise<void> {
  await page.locator(over).first().evaluate((target, { name, base64 }) => {
    const data = new DataTransfer()
    data.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], name))
    for (const type of ['dragenter', 'dragover', 'drop']) target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
  }, { name, base64: bytes.toString('base64') })
}

test('a dropped recording is kept and opened; a script dropped on the editor is opened, not typed', async ({ page, host, problems }) => {
  await start(page, host)
  await openFile(page, host.script('made.py', SCRIPT))
  expect(await runToEnd(page)).toContain('exit 0')
  const folder = join(host.folder, 'molt/recordings')
  const bytes = readFileSync(join(folder, readdirSync(folder).find(name => name.endsWith('.molt'))!))
  await page.getByRole('button', { name: 'Library' }).click()
  await drop(page, 'main', 'from elsewhere.molt', bytes)
  await idle(page)
  await expect(page.getByRole('heading', { name: 'Which lines hold memory?' })).toBeVisible()
  await expect(page.getByRole('row', { name: /made\.py:2/ })).toBeVisible()
  await page.getByRole('button', { name: 'Library' }).click()
  await idle(page)
  await expect(page.getByRole('row', { name: /from elsewhere\.molt/ })).toContainText('open')

  await view(page, 'Run')
  await drop(page, '.cm-content', 'dropped.py', Buffer.from('print("dropped")\n'))
  await idle(page)
  await expect(page.getByRole('heading', { name: 'dropped.py' })).toBeVisible()
  await expect(page.locator('.cm-content')).toHaveText('print("dropped")')
  expect(await runToEnd(page)).toContain('exit 0')
  expect(await consoleText(page)).toBe('dropped')
  expect(problems).toEqual([])
})
