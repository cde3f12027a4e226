// Snapshots of real runs: what CPython says of the same objects (goldens/heap_objects.json), and when they are taken.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  EDGE_INTERNAL, EDGE_KEY, EDGE_VALUE, edgeLabel, FIRST_ROOT, FLAG_TRACKED, ROOT_MODULE, type HeapGraph,
} from '../analysis/heap-graph'
import { eventList } from '../queries/event-list'
import { graphAt, graphOf, snapshotAt } from '../queries/graph'
import { objectPaths } from '../queries/object-paths'
import { objectDescription, objectList, objectsDominated, objectTypes } from '../queries/objects'
import { OpenRecording } from '../queries/open-recording'
import { DEFAULT_RUN } from '../queries/settings'
import type { RunSettings } from '../rpc/contract'
import { RunSession, type SessionEnd } from './run-session'
import { prepareScript } from './script-source'
import { takeSnapshot } from './take-snapshot'
import { bundleEntries } from './testing/bundle'

const here = import.meta.dirname
let built = ''
let folder = ''
const opened: OpenRecording[] = []

beforeAll(async () => {
  built = await bundleEntries({ 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
  folder = mkdtempSync(join(tmpdir(), 'molt-snapshots-'))
}, 60_000)
afterAll(() => {
  for (const recording of opened) recording.close()
  rmSync(built, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
async function record(source: string, settings: Partial<RunSettings> = {}): Promise<{ recording: OpenRecording; end: SessionEnd }> {
  const path = join(folder, `${++count}.molt`)
  const session = new RunSession({
    script: prepareScript({ kind: 'text', name: 'heap.py', text: source }), sourceKind: 'text', arguments: [], settings: { ...DEFAULT_RUN, ...settings },
    workerPath: join(built, 'interpreter-worker.js'), dataFolder: join(here, '../..'), output: { path, overwrite: false }, io: 'relayed',
  })
  session.endInput()
  const end = await session.done
  const recording = new OpenRecording(path)
  opened.push(recording)
  return { recording, end }
}

const edgesOf = (graph: HeapGraph, node: number): number[] =>
  Array.from({ length: graph.firstEdge[node + 1]! - graph.firstEdge[node]! }, (_, i) => graph.firstEdge[node]! + i)

/** The node behind `name` in the namespace of __main__. */
function globalNamed(graph: HeapGraph, name: string): number {
  const main = edgesOf(graph, 0).find(e => graph.edgeKind[e] === ROOT_MODULE && graph.strings[graph.edgeName[e]!] === '__main__')!
  const dict = edgesOf(graph, graph.edgeTo[main]!).find(e => edgeLabel(graph, e) === '.__dict__')!
  return valueOf(graph, graph.edgeTo[dict]!, name)
}

const valueOf = (graph: HeapGraph, dict: number, key: string): number =>
  graph.edgeTo[edgesOf(graph, dict).find(e => graph.edgeKind[e] === EDGE_VALUE && graph.strings[graph.edgeName[e]!] === `'${key}'`)!]!

interface Golden { type: string; size: number; refcount: number; tracked: boolean; referents: string[] }

/** What tp_traverse leaves out of a type. */
const UNVISITED = new Set(['.__name__', '.__qualname__', '.__slots__', '.tp_subclasses'])
/** Of dicts with str keys tp_traverse visits the values alone, though the keys are counted too. */
const STR_KEYED = new Set(['dict subclass', 'ordered', 'defaultdict', 'counter'])
/** getsizeof counts neither the values kept beside an instance nor the keys that instances of a class share. */
const LARGER = new Set(['instance', 'finalized', 'class'])

test('objects have the references, sizes and counts that CPython says', async () => {
  const golden = JSON.parse(readFileSync(join(here, 'goldens/heap_objects.json'), 'utf8')) as Record<string, Golden>
  const { recording, end } = await record(readFileSync(join(here, 'goldens/heap_objects.py'), 'utf8'))
  expect(end.message).toBe('')
  const { graph, typeName } = graphAt(recording, 'end')
  const table = globalNamed(graph, 'T')
  const shortName = (node: number) => typeName(graph.type[node]!).replace(/^.*\./, '')
  const ours: Record<string, Golden> = {}
  for (const name of Object.keys(golden)) {
    const node = valueOf(graph, table, name)
    ours[name] = {
      type: shortName(node), size: graph.sizeBytes[node]!, refcount: graph.refcount[node]!, tracked: (graph.flags[node]! & FLAG_TRACKED) !== 0,
      referents: edgesOf(graph, node).filter(e => name !== 'class' || !UNVISITED.has(edgeLabel(graph, e)) && graph.edgeKind[e] !== EDGE_KEY)
        .map(e => shortName(graph.edgeTo[e]!)).sort(),
    }
    if (STR_KEYED.has(name)) {
      expect(edgesOf(graph, node).filter(e => graph.edgeKind[e] === EDGE_KEY).length).toBeGreaterThanOrEqual(graph.length[node]!)
      for (const row of [ours[name], golden[name]!]) row.referents = row.referents.filter(type => type !== 'str')
    }
    if (!LARGER.has(name)) continue
    expect(ours[name].size).toBeGreaterThanOrEqual(golden[name]!.size)
    golden[name]!.size = ours[name].size
  }
  // A static type here, a heap type in CPython: an instance counts as a reference to it there.
  golden['partial']!.referents = golden['partial']!.referents.filter(type => type !== 'type')
  expect(ours).toEqual(golden)
}, 60_000)

test('no object has more references than it counts, and every one that is not the root\'s has a name', async () => {
  const { recording } = await record(readFileSync(join(here, 'goldens/heap_objects.py'), 'utf8'))
  const { graph, typeName } = graphAt(recording, 'end')
  const found = new Int32Array(graph.nodeCount)
  const unnamed = new Set<string>()
  for (let node = 0; node < graph.nodeCount; node++) {
    for (const e of edgesOf(graph, node)) {
      if (graph.edgeKind[e] !== ROOT_MODULE) found[graph.edgeTo[e]!]!++
      if (graph.edgeKind[e] === EDGE_INTERNAL && graph.edgeName[e] === 0) unnamed.add(typeName(graph.type[node]!))
    }
  }
  const over: string[] = []
  for (let node = 1; node < graph.nodeCount; node++) if (found[node]! > graph.refcount[node]!) over.push(`${typeName(graph.type[node]!)} ${graph.strings[graph.preview[node]!]}`)
  expect(over).toEqual([])
  expect([...unnamed]).toEqual([])
}, 60_000)

test('snapshots at marks, after full collections, by time and at the end; none where none is asked for', async () => {
  const source = 'import sys, gc\nkept = []\nfor i in range(3):\n    kept.append([i])\n    sys.audit("mark", f"round {i}")\ngc.collect()\nfor i in range(200000): pass\n'
  const { recording } = await record(source, { snapshots: ['end', 'marks', 'collections', 'every:300000'] })
  const taken = recording.reader.snapshots()
  expect(taken.map(s => `${s.reason} ${s.label}`)).toEqual(['mark round 0', 'mark round 1', 'mark round 2', 'collection ', 'interval ', 'end '])
  for (const [i, s] of taken.slice(0, 3).entries()) {
    expect(s.event).toBe(recording.reader.marks()[i]!.event)
    const { graph } = graphOf(recording, s)
    expect(graph.length[globalNamed(graph, 'kept')]).toBe(i + 1)
  }
  const [collection] = recording.reader.collections(0, Number.MAX_SAFE_INTEGER, 0, 10).filter(c => c.generation === 2)
  expect(taken[3]!.event).toBe(collection!.end_event)
  const none = await record(source, { snapshots: [] })
  expect(none.recording.reader.snapshots()).toEqual([])
  // Taking them changes nothing of the run.
  expect(none.recording.run()).toMatchObject({ event_count: recording.run().event_count, last_tick: recording.run().last_tick, peak_bytes: recording.run().peak_bytes })
}, 60_000)

test('a frame that runs holds its locals; garbage in cycles hangs on nothing; what raises is not asked', async () => {
  const { recording, end } = await record(`import sys, gc
gc.disable()
class Bad:
    def __repr__(self): raise RuntimeError
    __str__ = __hash__ = __eq__ = __sizeof__ = __len__ = __getattr__ = __repr__
    def __del__(self): pass
class Weird: pass
Weird.__name__ = 'Wei\\x1brd\\n'
def work():
    local = [Bad(), Weird()]
    ring = [Weird()]
    ring.append(ring)
    del ring
    sys.audit('mark', 'inside')
work()
`)
  expect(end.message).toBe('')
  const { graph, typeName } = graphAt(recording, 'inside')
  const frames = edgesOf(graph, 0).filter(e => edgeLabel(graph, e).startsWith('frame work: '))
  expect(frames.map(e => edgeLabel(graph, e))).toContain('frame work: local')
  const local = graph.edgeTo[frames.find(e => edgeLabel(graph, e) === 'frame work: local')!]!
  expect(edgesOf(graph, local).map(e => typeName(graph.type[graph.edgeTo[e]!]!))).toEqual(['__main__.Bad', expect.stringContaining('Wei')])
  const reached = new Uint8Array(graph.nodeCount)
  const open = [0]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const e of edgesOf(graph, node)) {
      if (reached[graph.edgeTo[e]!]) continue
      reached[graph.edgeTo[e]!] = 1
      open.push(graph.edgeTo[e]!)
    }
  }
  const lost = [...reached.keys()].filter(node => node > 0 && !reached[node]).map(node => `${typeName(graph.type[node]!)} ${graph.strings[graph.preview[node]!]}`)
  expect(lost).toEqual([expect.stringContaining('Wei'), 'list '])
  expect(graph.edgeKind.every((kind, e) => kind < FIRST_ROOT || e < graph.firstEdge[1]!)).toBe(true)
}, 60_000)

const SESSIONS = `import sys
class Session:
    def __init__(self, n):
        self.name = 'session %d' % n
        self.data = [n] * 100
registry = {}
def login(n):
    registry['s%d' % n] = Session(n)
for n in range(20):
    login(n)
    if n == 9: sys.audit('mark', 'half')
ring = Session(99)
ring.me = ring
del ring
`

test('types, objects, one object, its path and what it dominates', async () => {
  const { recording } = await record(SESSIONS)
  const at = { recordingId: 0, at: 'end' }
  const types = objectTypes(recording, { ...at, filter: 'Session$' })
  expect(types.rows.map(row => [row.module, row.name, row.count])).toEqual([['__main__', 'Session', 21], ['builtins', 'function', 1]].slice(0, types.rows.length))
  const { graph } = graphAt(recording, 'end')
  const all = objectTypes(recording, { ...at, internal: true })
  expect(all.totalCount).toBe(graph.nodeCount - 1)
  expect(all.totalBytes).toBe(graph.sizeBytes.reduce((sum, size) => sum + size, 0))
  expect(objectTypes(recording, at).hiddenCount + objectTypes(recording, at).totalCount).toBe(all.totalCount)
  const list = objectList(recording, { ...at, type: '^__main__.Session$' })
  expect(list.rowCount).toBe(21)
  const named = (preview: string) => list.rows.find(row => objectDescription(recording, { ...at, object: row.node }).referents.some(r => r.object?.preview === preview))!
  const seventh = objectDescription(recording, { ...at, object: named("'session 7'").node })
  // The instance with its values, its name, and its list of 100 items.
  expect(seventh.retainedBytes).toBe(seventh.shallowBytes + seventh.referents.reduce((sum, r) => sum + (r.object!.type === 'str' || r.object!.type === 'list' ? r.object!.shallowBytes : 0), 0))
  expect(seventh.traceback.map(frame => [frame.line, frame.functionName])).toEqual([[10, '<module>'], [8, 'login']])
  expect(seventh.garbage).toBe(false)
  expect(objectDescription(recording, { ...at, object: seventh.address }).node).toBe(seventh.node)
  const path = (object: number) => objectPaths(recording, { ...at, object }).paths.map(({ steps }) => steps.map(step => step.label).join(' '))
  expect(path(seventh.node)).toEqual(["module __main__ .__dict__ ['registry'] ['s7']"])
  const ring = named("'session 99'")
  expect(objectDescription(recording, { ...at, object: ring.node }).garbage).toBe(true)
  expect(path(ring.node)).toEqual([])
  const [top] = objectsDominated(recording, { ...at, object: seventh.node })
  expect(top).toMatchObject({ retainedBytes: seventh.retainedBytes, retainedCount: seventh.retainedCount })
  expect(() => objectDescription(recording, { ...at, object: 10_000_000 })).toThrow('There is no object #10000000 in the snapshot.')
  expect(() => objectTypes(recording, { ...at, filter: '(' })).toThrow('is not a regular expression')
}, 60_000)

test('a snapshot taken by running again is the one that the run itself would have taken', async () => {
  const direct = (await record(SESSIONS)).recording
  const { recording } = await record(SESSIONS, { snapshots: [] })
  const options = { workerPath: join(built, 'interpreter-worker.js'), dataFolder: join(here, '../..') }
  for (const at of ['end', 'half'] as const) {
    await takeSnapshot(recording, at, options)
    const [ours, theirs] = [graphAt(recording, at).graph, graphAt(direct, at).graph]
    for (const column of ['address', 'type', 'sizeBytes', 'refcount', 'flags', 'site', 'birthTick', 'content', 'firstEdge', 'edgeTo', 'edgeKind', 'edgeName', 'strings'] as const) {
      expect(Buffer.from(JSON.stringify([...ours[column]])).equals(Buffer.from(JSON.stringify([...theirs[column]]))), `${column} at ${at}`).toBe(true)
    }
  }
  const peak = await takeSnapshot(recording, 'peak', options)
  expect(peak).toMatchObject({ event: recording.run().peak_event, tick: recording.run().peak_tick, reason: 'instant' })
  expect(recording.reader.snapshots().map(s => s.id).sort()).toEqual([1, 2, 3])
  // What cannot be written is known to this reader alone.
  chmodSync(recording.path, 0o444)
  const writable = process.getuid?.() === 0
  await takeSnapshot(recording, 4000, options)
  expect(graphAt(recording, 4000).graph.nodeCount).toBeGreaterThan(1000)
  expect(snapshotAt(recording, 4000) !== undefined).toBe(writable)
}, 90_000)

test('the log, event by event: births, deaths and what took them', async () => {
  const { recording } = await record(`import gc, sys
class Node: pass
def ring():
    a = Node()
    a.me = a
def plain():
    b = Node()
ring()
plain()
sys.audit('mark', 'here')
gc.collect()
`)
  const rows = []
  for (let next: number | null = 0; next !== null;) {
    const page = eventList(recording, { recordingId: 0, fromEvent: next, limit: 700 })
    rows.push(...page.rows)
    next = page.next
  }
  expect(rows.map(row => row.event)).toEqual(Array.from({ length: recording.run().event_count }, (_, i) => i))
  const nodes = rows.filter(row => row.what === '__main__.Node').map(row => [row.kind, row.frame?.line, row.collectionId !== null])
  // A local dies when its frame is gone, in the line that called: CPython's sys._getframe says so in a __del__ too.
  expect(nodes).toEqual([['alloc', 4, false], ['alloc', 7, false], ['free', 9, false], ['free', 11, true]])
  expect(rows.find(row => row.kind === 'mark')!.what).toBe('here')
  const page = eventList(recording, { recordingId: 0, fromEvent: 0, kinds: ['gc-start', 'gc-end'] })
  expect(page.rows.map(row => row.kind).slice(-2)).toEqual(['gc-start', 'gc-end'])
  expect(page.next).toBe(null)
}, 60_000)

test('molt.mark and molt.snapshot', async () => {
  const { recording, end } = await record(`import molt, sys
molt.mark('first')
kept = [[1]]
molt.snapshot('second')
molt.snapshot()
for wrong in (molt.mark, molt.snapshot):
    try: wrong(3)
    except TypeError as e: kept.append(str(e))
assert kept[1:] == ['the name of a mark must be str, not int'] * 2
`, { snapshots: ['marks'] })
  expect(end.message).toBe('')
  expect(recording.reader.marks().map(m => m.label)).toEqual(['first'])
  expect(recording.reader.snapshots().map(s => [s.reason, s.label])).toEqual([['mark', 'first'], ['request', 'second'], ['request', '']])
}, 60_000)
