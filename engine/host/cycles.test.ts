// Cycles through every kind of container, what collections free, who closed a cycle and who let go of it; and heaps whose
// objects do not want to be looked at.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { edgeLabel } from '../analysis/heap-graph'
import { cyclesCollected } from '../queries/collected-cycles'
import { cyclesAlive } from '../queries/cycles'
import { graphAt } from '../queries/graph'
import { leaksOf } from '../queries/leaks'
import { OpenRecording } from '../queries/open-recording'
import { DEFAULT_RUN } from '../queries/settings'
import type { RunSettings } from '../rpc/contract'
import { explainCycles } from './explain-cycles'
import { RunSession } from './run-session'
import { prepareScript } from './script-source'
import { bundleEntries } from './testing/bundle'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const root = join(import.meta.dirname, '../..')
let built = ''
let folder = ''
const opened: OpenRecording[] = []
beforeAll(async () => {
  built = await bundleEntries({ 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
  folder = mkdtempSync(join(tmpdir(), 'molt-cycles-'))
})
afterAll(() => {
  for (const recording of opened) recording.close()
  rmSync(built, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

const workerPath = () => join(built, 'interpreter-worker.js')
let count = 0
async function record(text: string, settings: Partial<RunSettings> = {}): Promise<OpenRecording> {
  const path = join(folder, `${++count}.molt`)
  const session = new RunSession({
    script: prepareScript({ kind: 'text', name: 'program.py', text }), sourceKind: 'text', arguments: [], settings: { ...DEFAULT_RUN, ...settings },
    workerPath: workerPath(), dataFolder: root, output: { path, overwrite: false }, io: 'relayed',
  })
  session.endInput()
  expect(await session.done).toMatchObject({ reason: 'finished', exitCode: 0 })
  const recording = new OpenRecording(path)
  opened.push(recording)
  return recording
}

const KINDS: [name: string, program: string, round: RegExp, weak: string | null][] = [
  ['list', 'a = []; a.append(a); del a', /^list → \[0\] → list$/, '[0]'],
  ['dict', 'a = {}; a["me"] = a; del a', /^dict → \['me'\] → dict$/, 'dict.me'],
  ['tuple', 'a = []; b = (a,); a.append(b); del a, b', /list|tuple/, null],
  ['set', 'class C: pass\no = C(); o.all = {o}; del o, C', /element 0|→ element/, null],
  ['frozenset', 'class C: pass\no = C(); o.all = frozenset([o]); del o, C', /frozenset/, null],
  ['deque', 'from collections import deque\nd = deque(); d.append(d); del d', /^collections\.deque → \[0\] → collections\.deque$/m, null],
  ['instances', 'class C: pass\na = C(); b = C(); a.child = b; b.parent = a; del a, b', /C → \.(child|parent) → .*C → \.(child|parent) → /, '__main__.C.parent'],
  ['slots', 'class C: __slots__ = ("other",)\na = C(); b = C(); a.other = b; b.other = a; del a, b', /\.other/, '__main__.C.other'],
  ['closure cell', 'def f():\n  def g(): return g\n  return None\nf()', /cell → cell content → function → closure of g → tuple → \[0\] → cell/, 'a variable of a closure'],
  ['generator', 'def g():\n  me = yield\n  yield me\nx = g(); next(x); x.send(x); del x', /generator → local me → generator/, null],
  ['bound method', 'class C:\n  def m(self): pass\no = C(); o.call = o.m; del o', /C → \.call → method → \.__self__ → .*C$/, '__main__.C.call'],
  ['exception traceback', 'def f():\n  try: 1/0\n  except Exception as e:\n    kept = e\nf()', /tb_frame → frame → local kept → ZeroDivisionError → \.__traceback__/, null],
  ['type', 'def f():\n  class Local: pass\nf()', /type → \.__mro__|type → \.__dict__/, null],
  ['partial', 'from functools import partial\np = partial(print); p.__setstate__((print, (p,), {}, {})); del p', /partial/, null],
]

test.each(KINDS)('a cycle through a %s', async (_name, program, round, weak) => {
  const result = cyclesAlive(await record(`import gc\ngc.disable()\n${program}\n`))
  const garbage = result.groups.filter(group => group.state === 'garbage')
  expect(garbage.map(group => group.round).join('\n')).toMatch(round)
  const group = garbage.find(each => round.test(each.round))!
  expect(group.cycleCount).toBe(1)
  expect(group.example.members.length).toBeGreaterThan(0)
  expect(group.example.edges.length).toBeGreaterThan(0)
  if (weak !== null) expect(group.weak?.name).toBe(weak)
})

test('what is in use is told apart from garbage, and gc.garbage comes first', async () => {
  const recording = await record(`
import gc
class Node:
    def __init__(self, parent):
        self.parent = parent
        self.children = []
        if parent: parent.children.append(self)
tree = Node(None)
for i in range(3): Node(tree)
gc.set_debug(gc.DEBUG_SAVEALL)
def lose():
    a = Node(None)
    Node(a)
lose()
gc.collect()
gc.set_debug(0)
gc.disable()
for i in range(5): lose()
`)
  const { groups, garbageObjects } = cyclesAlive(recording)
  expect(groups.map(g => [g.state, g.cycleCount])).toEqual([['uncollectable', 1], ['garbage', 5], ['reachable', 1]])
  expect(groups[2]!.heldBy).toBe('__main__.tree')
  expect(groups.map(g => g.weak?.name)).toEqual(Array(3).fill('__main__.Node.parent'))
  // Two nodes and two lists each.
  expect(garbageObjects).toBe(20)
})

test('what collections freed, by type and line; who closed the cycles and who let go', async () => {
  const recording = await record(`
import gc
class Node:
    def __init__(self):
        self.other = None
def pair():
    a = Node()
    b = Node()
    a.other = b
    b.other = a
    a = None
    for i in range(10): pass
    b = None
    for i in range(10): pass
gc.disable()
gc.collect()
for i in range(20): pair()
gc.collect()
`)
  const result = cyclesCollected(recording)
  const last = result.collections.at(-1)!
  const rows = result.rows.filter(row => row.typeName === '__main__.Node')
  expect(rows.map(row => [row.frame?.line, row.count]).sort()).toEqual([[7, 20], [8, 20]])
  expect(last.objects).toBe(40)
  const { stories } = await explainCycles(recording, { collectionId: last.collectionId, workerPath: workerPath(), dataFolder: root })
  expect(stories.length).toBe(1)
  const [story] = stories
  expect(story!.group.cycleCount).toBe(20)
  expect(story!.closedBy).toMatchObject({ frame: { line: 10 }, text: 'b.other = a' })
  expect(story!.droppedBy).toMatchObject({ frame: { line: 13 }, text: 'b = None' })
  expect(story!.floatedTicks).toBeGreaterThan(20)
  expect(story!.problem).toBe('')
})

test('a heap that does not want to be looked at', async () => {
  const recording = await record(`
class Trouble:
    def __init__(self):
        object.__setattr__(self, 'kept', ['kept %d' % n for n in range(10)])
        object.__setattr__(self, 'me', self)
    def __repr__(self): raise RuntimeError('repr')
    def __eq__(self, other): raise RuntimeError('eq')
    def __hash__(self): raise RuntimeError('hash')
    def __sizeof__(self): raise RuntimeError('sizeof')
    def __getattribute__(self, name): raise RuntimeError('getattribute')
    def __getattr__(self, name): raise RuntimeError('getattr')
    def __len__(self): raise RuntimeError('len')
    def __iter__(self): raise RuntimeError('iter')
    def __bool__(self): raise RuntimeError('bool')
troubles = []
for n in range(400): troubles.append(Trouble())
`)
  const { suspects } = leaksOf(recording)
  expect(suspects.map(s => s.holder.expression)).toEqual(['__main__.troubles'])
  expect(suspects[0]!.members[0]).toMatchObject({ typeName: '__main__.Trouble', count: 400 })
  const cycles = cyclesAlive(recording)
  expect(cycles.groups.map(g => [g.state, g.cycleCount, g.round])).toEqual([['reachable', 400, '__main__.Trouble → .me → __main__.Trouble']])
  const { graph, typeName } = graphAt(recording, 'end')
  const node = Array.from({ length: graph.nodeCount }, (_, i) => i).find(i => typeName(graph.type[i]!) === '__main__.Trouble')!
  const labels = Array.from({ length: graph.firstEdge[node + 1]! - graph.firstEdge[node]! }, (_, i) => edgeLabel(graph, graph.firstEdge[node]! + i))
  expect(labels).toEqual(expect.arrayContaining(['.kept', '.me']))
})

test('names with control characters are escaped in every text', async () => {
  const recording = await record(`
Evil = type('Evil\\x1b[31m\\n\\x9b', (), {})
held = []
def keep(n):
    e = Evil()
    setattr(e, 'a\\x1b]0;title\\x07', e)
    e.data = ['x'] * 20
    held.append(e)
for n in range(500): keep(n)
`)
  const { suspects } = leaksOf(recording)
  const { groups } = cyclesAlive(recording)
  expect(suspects.length).toBe(1)
  expect(suspects[0]!.members[0]!.typeName).toBe('__main__.Evil\\x1b[31m\\x0a\\x9b')
  expect(groups[0]!.round).toContain('.a\\x1b]0;title\\x07')
  expect(JSON.stringify([suspects.map(s => [s.title, s.prose, s.holder, s.example, s.members, s.advice]), groups])).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|\\u00[01]/)
})
