import { readFileSync, writeFileSync } from 'node:fs'
import { expect, idle, openFile, start, test, typeScript } from './host'

test('the window opens, keeps its key out of the address, and survives a reload', async ({ page, host, problems }) => {
  await start(page, host)
  await expect(page).toHaveTitle('Molt')
  await expect(page.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
  expect(page.url()).toBe(`${host.origin}/`)
  await page.reload()
  await idle(page)
  await expect(page.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
  expect(problems).toEqual([])
})

test('without the key there is no engine, and the page says so', async ({ page, host }) => {
  await page.goto(host.origin)
  await expect(page.getByTestId('engine-gone')).toContainText('lost its key')
})

test('a script is opened by the picker, noted, and taken off the list', async ({ page, host, problems }) => {
  const path = host.script('hello.py', 'print("hello")\n')
  await start(page, host)
  await page.getByRole('button', { name: 'Open…' }).first().click()
  await page.getByTestId('files').getByRole('button', { name: /hello\.py/ }).click()
  await idle(page)
  await expect(page.getByRole('heading', { name: 'hello.py' })).toBeVisible()
  await expect(page.locator('.cm-content')).toContainText('print("hello")')

  await page.getByRole('button', { name: 'Library' }).click()
  await expect(page.getByRole('row', { name: /hello\.py/ })).toBeVisible()
  await page.getByRole('row', { name: /hello\.py/ }).getByTitle('Write a note').click()
  await page.getByLabel('Note', { exact: true }).fill('the first')
  await page.keyboard.press('Enter')
  await idle(page)
  await expect(page.getByRole('row', { name: /hello\.py/ })).toContainText('the first')
  await page.getByLabel('Search the library').fill('nothing of this')
  await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible()
  await page.getByLabel('Search the library').fill('first')

  await page.getByRole('button', { name: 'Remove hello.py' }).click()
  await page.getByRole('button', { name: 'Take off the list' }).click()
  await idle(page)
  await expect(page.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
  expect(path).toContain('hello.py')
  expect(problems).toEqual([])
})

test('a dropped script is opened', async ({ page, host, problems }) => {
  await start(page, host)
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.items.add(new File(['print("dropped")\n'], 'dropped.py', { type: 'text/x-python' }))
    window.dispatchEvent(new DragEvent('dragover', { dataTransfer: data, bubbles: true, cancelable: true }))
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  })
  await expect(page.locator('.cm-content')).toContainText('print("dropped")')
  expect(problems).toEqual([])
})

test('what cannot be opened is explained, and nothing else happens', async ({ page, host }) => {
  const path = host.script('not.molt', 'this is text')
  writeFileSync(`${host.folder}/empty.molt`, '')
  await start(page, host)
  const problems: [string, RegExp][] = [
    [path, /not a (Molt )?recording/i], [`${host.folder}/empty.molt`, /not a (Molt )?recording|empty/i],
    [`${host.folder}/none.molt`, /no file|not found|does not exist/i], [`${host.folder}/none.py`, /no file|not found|does not exist/i]
  ]
  for (const [wrong, words] of problems) {
    await openFile(page, wrong)
    await expect(page.getByRole('alert').last()).toContainText(words)
    await page.getByRole('button', { name: 'Dismiss' }).last().click()
  }
  await expect(page.getByRole('button', { name: 'Statistics', exact: true })).toBeDisabled()
})

test('appearance follows the system until it is chosen', async ({ page, host, problems }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await start(page, host)
  const theme = () => page.evaluate(() => document.documentElement.dataset['theme'])
  expect(await theme()).toBe('dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await expect.poll(theme).toBe('light')
  await page.getByRole('radio', { name: 'Dark' }).click()
  await idle(page)
  expect(await theme()).toBe('dark')
  await page.reload()
  await idle(page)
  expect(await theme()).toBe('dark')
  expect(problems).toEqual([])
})

test('everything has keys: palette, list of keys, views', async ({ page, host, problems }) => {
  await start(page, host)
  await page.keyboard.press('Control+Shift+P')
  await page.getByLabel('Command', { exact: true }).fill('exam')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('crumbs')).toHaveText('Examples')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await page.keyboard.press('Escape')
  // Gone, not only hidden: until then it has the focus and keeps its keys.
  await expect(page.locator('dialog')).toHaveCount(0)
  await page.keyboard.press('Alt+ArrowLeft')
  await expect(page.getByTestId('crumbs')).toHaveText('Library')
  await page.keyboard.press('Alt+ArrowRight')
  await expect(page.getByTestId('crumbs')).toHaveText('Examples')
  expect(problems).toEqual([])
})

test('the gallery lists the examples, and opens one in the editor', async ({ page, host, problems }) => {
  await start(page, host)
  await page.getByRole('button', { name: 'Examples' }).first().click()
  await idle(page)
  expect(await page.getByRole('region', { name: 'Examples' }).getByRole('listitem').count()).toBeGreaterThanOrEqual(12)
  await page.getByRole('button', { name: /Objects without a dictionary/ }).click()
  await idle(page)
  await expect(page.getByRole('heading', { name: 'slots.py' })).toBeVisible()
  await expect(page.locator('.cm-content')).toContainText('SlottedPoint')
  expect(problems).toEqual([])
})

test('unsaved text is not lost unasked', async ({ page, host, problems }) => {
  const path = host.script('other.py', 'print("other")\n')
  await start(page, host)
  await typeScript(page, 'print("mine")\n')
  await page.keyboard.press('Control+O')
  await page.getByLabel('Folder or file').fill(path)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Keep the changes to untitled.py?' })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.locator('.cm-content')).toContainText('print("mine")')

  await page.keyboard.press('Control+N')
  await page.getByRole('button', { name: 'Save…' }).click()
  await page.getByLabel('Path of the script').fill(`${host.folder}/mine.py`)
  await page.keyboard.press('Enter')
  await idle(page)
  expect(readFileSync(`${host.folder}/mine.py`, 'utf8')).toBe('print("mine")\n')
  await expect(page.getByRole('heading', { name: 'untitled.py' })).toBeVisible()

  await typeScript(page, 'print("draft")\n')
  await page.reload()
  await idle(page)
  await page.getByRole('button', { name: 'Run' }).first().click()
  await expect(page.locator('.cm-content')).toContainText('print("draft")')
  expect(problems).toEqual([])
})

test('a file that another program changed is not written over', async ({ page, host }) => {
  const path = host.script('shared.py', 'x = 1\n')
  await start(page, host)
  await openFile(page, path)
  await page.locator('.cm-content').fill('x = 2\n')
  await new Promise(resolve => setTimeout(resolve, 20)) // past the precision of the file's time
  writeFileSync(path, 'x = 3\n')
  await page.keyboard.press('Control+S')
  await expect(page.getByRole('alert')).toContainText('was changed by another program')
  expect(readFileSync(path, 'utf8')).toBe('x = 3\n')
})
