// A heap snapshot exported by Molt in Chrome's own developer tools: their parser and worker, then the Memory panel as a person
// opens it. Chromium carries the tools' front-end at devtools://; it needs no page to inspect.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { findBrowser } from './browser.mjs'
import { environment, expect, test } from './host'

const SCRIPT = `import gc, sys
class Session:
    def __init__(self, name):
        self.name = name
        self.rows = [0] * 100
        self.other = None

CACHE = {}
def login(number):
    CACHE[f'user {number}'] = Session(f'session {number}')

for number in range(20):
    login(number)
sys.audit('mark', 'logged in')
gc.disable()
first, second = Session('first'), Session('second')
first.other, second.other = second, first
del first, second
long = 'ab' * 50, 'ab' * 49 + 'cd'
odd = type('odd "name"\\n</script>', (), {})()
late = Session('late')
`

let folder = ''
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'molt-heap-'))
  const molt = (...args: string[]) => execFileSync('node', ['main/molt.mjs', ...args], { env: environment(folder), stdio: ['ignore', 'pipe', 'pipe'] })
  writeFileSync(join(folder, 'script.py'), SCRIPT)
  molt('run', '-q', '-o', join(folder, 'script.molt'), join(folder, 'script.py'))
  molt('export', 'heapsnapshot', join(folder, 'script.molt'), '-o', join(folder, 'end.heapsnapshot'))
  molt('export', 'heapsnapshot', join(folder, 'script.molt'), '--at', 'mark:logged in', '-o', join(folder, 'mark.heapsnapshot'))
})
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))
test.skip(!findBrowser(), 'no Chromium here')

const DEVTOOLS = 'devtools://devtools/bundled'

interface Group { name: string; count: number; self: number; distance: number; ids: number[] }
interface Shown { name: string; type: string; id: number; self: number; retained: number; distance: number; edges: string[]; retainers: string[]; stack: string[] | null }
interface Parsed { nodeCount: number; totalSize: number; problems: string[]; groups: Group[]; shown: Shown[]; retainedSizes: number[]; duplicates: string[] }

/** What the tools' parser makes of a file; `shown` are the objects of the groups asked for. */
async function parsed(page: Page, name: string, groups: string[]): Promise<Parsed> {
  await page.goto(`${DEVTOOLS}/devtools_app.html`)
  return page.evaluate(async ([devtools, text, wanted]) => {
    // The tools' modules have no types here.
    const { HeapSnapshotWorkerDispatcher, HeapSnapshotLoader, HeapSnapshot } = await import(`${devtools}/entrypoints/heap_snapshot_worker/heap_snapshot_worker.js`)
    const events: { eventName: string; data: string }[] = []
    const loader = new HeapSnapshotLoader.HeapSnapshotLoader(new HeapSnapshotWorkerDispatcher.HeapSnapshotWorkerDispatcher((event: never) => events.push(event)))
    for (let at = 0; at < text.length; at += 100_000) loader.write(text.slice(at, at + 100_000))
    loader.close()
    await loader.parsingComplete
    const channel = new MessageChannel()
    new HeapSnapshot.SecondaryInitManager(channel.port2)
    const snapshot = await loader.buildSnapshot(channel.port1)
    const list = <T>(iterator: { hasNext(): boolean; next(): void; item(): unknown }, of: (item: never) => T): T[] => {
      const items: T[] = []
      for (; iterator.hasNext(); iterator.next()) items.push(of(iterator.item() as never))
      return items
    }
    const aggregates = Object.values(snapshot.aggregatesWithFilter({})) as { name: string; count: number; self: number; distance: number; idxs: number[] }[]
    const show = (index: number) => {
      const node = snapshot.createNode(index)
      const stack = snapshot.allocationStack(index) as { functionName: string; scriptName: string; line: number }[] | null
      type Edge = { toString(): string; node(): { name(): string } }
      return {
        name: node.name(), type: node.type(), id: node.id(), self: node.selfSize(), retained: node.retainedSize(), distance: node.distance(),
        edges: list(node.edges(), (e: Edge) => `${e.toString()} ${e.node().name()}`), retainers: list(node.retainers(), (e: Edge) => `${e.toString()} in ${e.node().name()}`),
        stack: stack?.map(f => `${f.functionName} ${f.scriptName.split('/').at(-1)}:${f.line}`) ?? null,
      }
    }
    return {
      nodeCount: snapshot.nodeCount, totalSize: snapshot.totalSize, problems: events.filter(e => !/Update/.test(e.eventName)).map(e => e.data),
      groups: aggregates.map(({ name, count, self, distance, idxs }) => ({ name, count, self, distance, ids: idxs.map(i => snapshot.createNode(i).id()) })),
      shown: aggregates.filter(a => wanted.includes(a.name)).flatMap(a => a.idxs.map(show)),
      retainedSizes: [...snapshot.retainedSizes], duplicates: snapshot.getDuplicateStrings().map((d: { value: string }) => d.value),
    }
  }, [DEVTOOLS, readFileSync(join(folder, name), 'utf8'), groups] as const)
}

/** Bytes that nothing but the node keeps, from the file itself: what is not reached from the root without it. */
function retainedIn(file: { nodes: number[]; edges: number[]; snapshot: { meta: { node_fields: string[]; edge_types: [string[]] } } }) {
  const fields = file.snapshot.meta.node_fields
  const [width, size, degree] = [fields.length, fields.indexOf('self_size'), fields.indexOf('edge_count')]
  const count = file.nodes.length / width
  const weak = file.snapshot.meta.edge_types[0].indexOf('weak')
  const first = [0]
  for (let node = 0; node < count; node++) first.push(first[node]! + file.nodes[node * width + degree]!)
  return (without: number): number => {
    const reached = new Uint8Array(count)
    reached[0] = 1
    const stack = [0]
    while (stack.length > 0) {
      const node = stack.pop()!
      for (let edge = first[node]!; edge < first[node + 1]!; edge++) {
        const to = file.edges[edge * 3 + 2]! / width
        if (file.edges[edge * 3] === weak || to === without || reached[to] === 1) continue
        reached[to] = 1
        stack.push(to)
      }
    }
    let sum = 0
    for (let node = 0; node < count; node++) if (reached[node] === 0) sum += file.nodes[node * width + size]!
    return sum
  }
}

test('the parser of the developer tools finds objects, sizes, retainers and tracebacks', async ({ page }) => {
  const { problems, groups, shown, totalSize, retainedSizes, duplicates } = await parsed(page, 'end.heapsnapshot', ['<__main__.Session>', '<__main__.odd\u00a0"name"\n</script>>'])
  expect(problems).toEqual([])
  const file = JSON.parse(readFileSync(join(folder, 'end.heapsnapshot'), 'utf8'))
  const width = file.snapshot.meta.node_fields.length
  expect(totalSize).toBe((file.nodes as number[]).reduce((sum, n, i) => (i % width === 3 ? sum + n : sum), 0))
  const retained = retainedIn(file)
  for (let node = 1; node < retainedSizes.length; node += 211) expect(retainedSizes[node], `node ${node}`).toBe(retained(node))

  const sessions = shown.filter(o => o.name === '<__main__.Session>')
  expect(sessions.length).toBe(23)
  const cached = sessions.filter(o => o.retainers.some(r => /in <dict len=20>$/.test(r)))
  expect(cached.map(o => o.retainers)).toEqual(Array.from({ length: 20 }, (_, i) => [`["'user ${i}'"] in <dict len=20>`]))
  expect(cached[3]!.edges).toEqual(['.name session 3', '.rows <list len=100>', '.other <NoneType None>', '{__class__} <type Session>'])
  expect(cached[3]!.stack).toEqual(['login script.py:10', '<module> script.py:13', '(root) :0'])
  // __main__ is at 2: (modules), the module, its dict, CACHE, the session.
  expect(cached[3]!.distance).toBe(5)
  expect(cached[3]!.retained).toBeGreaterThan(cached[3]!.self + 800)

  const garbage = sessions.filter(o => o.edges.includes('.other <__main__.Session>'))
  expect(garbage.length).toBe(2)
  expect(garbage.flatMap(o => o.retainers).toSorted()).toEqual(['.other in <__main__.Session>', '.other in <__main__.Session>', '[0] in (cyclic garbage, unreachable)'])
  expect(Math.max(...garbage.map(o => o.retained))).toBeGreaterThan(2000)

  expect(shown.filter(o => /odd/.test(o.name)).map(o => o.retainers)).toEqual([[`.'odd' in <dict len=${/len=(\d+)/.exec(shown.find(o => /odd/.test(o.name))!.retainers[0]!)![1]}>`]])
  expect(groups.map(g => g.name)).toEqual(expect.arrayContaining(['(string)', '(number)', 'Function', '(compiled code)', '<dict>', '<list>', '<module>', '<type>']))
  expect(groups.some(g => g.name.startsWith('Detached'))).toBe(false)
  // Two strings that begin alike are no duplicates.
  expect(duplicates.filter(d => d.startsWith('abab'))).toEqual([])
})

test('objects keep their ids from one snapshot to the next, and later ones have higher ids', async ({ page }) => {
  const ids = async (name: string) => (await parsed(page, name, [])).groups.find(g => g.name === '<__main__.Session>')!.ids
  const before = await ids('mark.heapsnapshot')
  const after = await ids('end.heapsnapshot')
  expect(before.length).toBe(20)
  expect(after.filter(id => before.includes(id)).toSorted()).toEqual(before.toSorted())
  expect(Math.min(...after.filter(id => !before.includes(id)))).toBeGreaterThan(Math.max(...before))
})

/** Loads a file in the Memory panel and unfolds the sessions. */
async function open(page: Page, name: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Load profile' }).last().click()
  await (await chooser).setFiles(join(folder, name))
  await page.getByRole('treeitem').filter({ hasText: 'end' }).filter({ hasText: /B\)/ }).click()
  await page.getByRole('textbox').first().fill('Session')
  await page.getByText('<__main__.Session>').first().click()
  await page.keyboard.press('ArrowRight')
  // The group and its 23 objects.
  await expect.poll(() => page.getByText('<__main__.Session>').count()).toBeGreaterThanOrEqual(24)
}

test('the Memory panel opens the file and shows who holds an object', async ({ page }, info) => {
  await page.goto(`${DEVTOOLS}/devtools_app.html?panel=heap-profiler`)
  await open(page, 'end.heapsnapshot')
  await page.getByText('<__main__.Session>').nth(8).click()
  await expect(page.getByText('<dict len=20>')).toBeVisible()
  await expect(page.getByText(/'user \d+'/)).toBeVisible()
  await info.attach('retainers', { body: await page.screenshot(), contentType: 'image/png' })
})

test('under the name of a timeline it shows where objects were made, too', async ({ page }, info) => {
  copyFileSync(join(folder, 'end.heapsnapshot'), join(folder, 'end.heaptimeline'))
  await page.goto(`${DEVTOOLS}/devtools_app.html?panel=heap-profiler`)
  // What ticking "Allocation stack traces" does.
  await page.evaluate(async devtools => {
    const { HeapProfilerPanel } = await import(`${devtools}/panels/profiler/profiler.js`)
    HeapProfilerPanel.HeapProfilerPanel.registry.trackingHeapSnapshotProfileType.recordAllocationStacksSetting().set(true)
  }, DEVTOOLS)
  await open(page, 'end.heaptimeline')
  await page.getByText('<__main__.Session>').nth(8).click()
  await page.getByRole('tab', { name: 'Allocation stack' }).click()
  await expect(page.getByText('login').last()).toBeVisible()
  await info.attach('allocation stack', { body: await page.screenshot(), contentType: 'image/png' })
})
