// Objects watched in a second run: their counts are those that CPython's sys.getrefcount gives at the same points
// (goldens/ledger_counts.txt) and those of the snapshots, and holders and deaths are those that the program says.
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { graphOf } from '../queries/graph'
import { findObject, granuleOf, nodeAt, type NamedObject } from '../queries/object-id'
import { lifeOf } from '../queries/object-life'
import { OpenRecording } from '../queries/open-recording'
import { recordedReferences } from '../queries/recorded-references'
import { recordingSummary } from '../queries/recording-summary'
import { statisticsAt } from '../queries/statistics-at'
import { DEFAULT_RUN } from '../queries/settings'
import type { RunSettings } from '../rpc/contract'
import type { ObjectReferences, ReferenceStatement } from '../rpc/contract-ledger'
import { RunSession } from './run-session'
import { prepareScript } from './script-source'
import { bundleEntries } from './testing/bundle'
import { referencesOf } from './watch-object'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const here = import.meta.dirname
const source = readFileSync(join(here, 'goldens/ledger_counts.py'), 'utf8')
const lineOf = (text: string) => source.split('\n').findIndex(line => line === text) + 1
let built = ''
let folder = ''
let recording: OpenRecording
let output = ''
/** Points of the program: label, id, count. */
let points: { label: string; id: string; count: number }[]

const pointsOf = (text: string) => [...text.matchAll(/^(\S+) (0x\w+) (\d+)$/gm)].map(m => ({ label: m[1]!, id: m[2]!, count: Number(m[3]) }))

async function record(name: string, settings: Partial<RunSettings>, onOutput: (text: string) => void = () => {}, snapshotEvents: number[] = []): Promise<OpenRecording> {
  const path = join(folder, name)
  const session = new RunSession({
    script: prepareScript({ kind: 'text', name: 'ledger_counts.py', text: source }), sourceKind: 'text', arguments: [], settings: { ...DEFAULT_RUN, ...settings },
    workerPath: join(built, 'interpreter-worker.js'), dataFolder: join(here, '../..'), output: { path, overwrite: false }, io: 'relayed', snapshotEvents,
    onOutput: (fd, _, bytes) => { if (fd === 1) onOutput(new TextDecoder().decode(bytes)) },
  })
  session.endInput()
  expect(await session.done).toMatchObject({ reason: 'finished', exitCode: 0 })
  return new OpenRecording(path)
}

beforeAll(async () => {
  built = await bundleEntries({ 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
  // The compiled library, where a build left one: without it every start compiles.
  symlinkSync(join(here, '../../node_modules/pyodide/python_stdlib.zip'), join(built, 'python_stdlib.zip'))
  const compiled = join(here, '../../out/main/stdlib.bin')
  if (existsSync(compiled)) symlinkSync(compiled, join(built, 'stdlib.bin'))
  folder = mkdtempSync(join(tmpdir(), 'molt-ledger-'))
  recording = await record('counts.molt', {}, text => { output += text })
  points = pointsOf(output)
})
afterAll(() => {
  recording.close()
  rmSync(built, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

const objectOf = (label: string): NamedObject => findObject(recording, points.find(p => p.label === label)!.id, `mark:${label}`)
const watched = new Map<number, Promise<ObjectReferences>>()
function watch(object: NamedObject): Promise<ObjectReferences> {
  let result = watched.get(object.birthEvent)
  if (!result) watched.set(object.birthEvent, result = referencesOf(recording, object, { workerPath: join(built, 'interpreter-worker.js'), dataFolder: join(here, '../..') }))
  return result
}
const watchPoint = (label: string) => watch(objectOf(label))
/** The count at an instant: several steps may lie between two events, and their ticks tell them apart. */
const countAt = (references: ObjectReferences, { event, tick }: { event: number; tick: number }): number =>
  references.statements.flatMap(s => s.steps).findLast(step => step.event < event || step.event === event && step.tick <= tick)?.after ?? references.startCount
const at = (references: ObjectReferences, line: number, last = true): ReferenceStatement =>
  references.statements[last ? 'findLast' : 'find'](s => s.frame.line === line)!

test('the points are CPython\'s', () => {
  const golden = pointsOf(readFileSync(join(here, 'goldens/ledger_counts.txt'), 'utf8'))
  expect(golden.length).toBeGreaterThan(20)
  expect(points.map(({ label, count }) => ({ label, count }))).toEqual(golden.map(({ label, count }) => ({ label, count })))
})

const LABELS = ['held:1', 'cycle:1', 'phoenix:1', 'life0', 'life1', 'life2', 'victim:1', 'weak:1', 'word:1', 'text:1', 'class:1', 'number:1']

test.each(LABELS)('the balance of %s is that of getrefcount at each point, and of each snapshot', async label => {
  const object = objectOf(label)
  const references = await watch(object)
  expect(references.problem).toBe('')
  expect(references.cut).toBe(false)
  let last = references.startCount
  for (const statement of references.statements) {
    expect(statement.before).toBe(last)
    let count = statement.before
    for (const step of statement.steps) {
      expect(step.before).toBe(count)
      count = step.after
    }
    expect(count).toBe(statement.after)
    last = statement.after
  }
  expect(references.endCount).toBe(last)
  const name = label.replace(/\d+$/, '')
  const same = points.filter(p => p.label.startsWith(name) && objectOf(p.label).birthEvent === object.birthEvent)
  expect(same.length).toBeGreaterThan(0)
  for (const { label: mark, count } of same) expect(countAt(references, recording.resolve(`mark:${mark}`))).toBe(count)
  const life = lifeOf(recording, object)
  for (const snapshot of recording.reader.snapshots()) {
    if (snapshot.event <= object.birthEvent || life.death && snapshot.event > life.death.event) continue
    const { graph } = graphOf(recording, snapshot)
    const address = life.moves.reduce((current, move) => (move.event < snapshot.event ? move.to : current), life.address)
    const node = nodeAt(graph, granuleOf(recording, Number(address)))
    expect(node).toBeGreaterThan(0)
    expect(graph.refcount[node]).toBe(countAt(references, snapshot))
  }
  expect(references.endCount === 0).toBe(life.death !== null)
})

test('who took and who dropped it', async () => {
  const references = await watchPoint('held:1')
  expect(at(references, lineOf('held = Node()'), false)).toMatchObject({ before: 0, after: 1, gained: ['global held'], confirmed: true })
  expect(at(references, lineOf('box = [held, held]')).gained).toEqual([expect.stringMatching(/^\[0\] of list at 0x\w+ \(global box\)$/), expect.stringMatching(/^\[1\] of list/)])
  expect(at(references, lineOf('slotted.a = slotted.b = held')).gained).toEqual([expect.stringMatching(/^\.a of Slotted at 0x/), expect.stringMatching(/^\.b of Slotted at 0x/)])
  expect(at(references, lineOf('slotted.b = None')).lost).toEqual([expect.stringMatching(/^\.b of Slotted at 0x/)])
  expect(at(references, lineOf('box.pop()')).lost).toEqual([expect.stringMatching(/^\[1\] of list at 0x\w+/)])
  expect(at(references, lineOf('del table[held]')).lost).toEqual([expect.stringMatching(/^key <Node object> of dict at 0x/)])
  expect(at(references, lineOf('partial = functools.partial(print, held)')).gained).toEqual([expect.stringMatching(/^\[0\] of tuple at 0x/)])
  expect(at(references, lineOf('del held'))).toMatchObject({ before: 1, after: 0, lost: ['global held'] })
  expect(references.statements.at(-1)!.frame.line).toBe(lineOf('del held'))
})

test('a collection takes a cycle, a finalizer brings an object back, a traceback keeps one', async () => {
  const cycle = await watchPoint('cycle:1')
  const collected = cycle.statements.at(-1)!
  expect(collected).toMatchObject({ after: 0, frame: { line: lineOf('gc.collect()') } })
  const life = lifeOf(recording, objectOf('cycle:1'))
  expect(life.death!.collection).toMatchObject({ id: collected.collectionId, reason: 'explicit' })
  expect(life.death!.rows.filter(row => row.typeName === '__main__.Node')[0]!.count).toBe(2)

  const phoenix = await watchPoint('phoenix:1')
  const back = at(phoenix, lineOf('del phoenix'), false)
  expect(back.steps.some(step => step.after === 0)).toBe(true)
  expect(phoenix.statements.flatMap(s => s.gained)).toContain('global saved')
  expect(phoenix.statements.at(-1)).toMatchObject({ after: 0, lost: ['global saved'], frame: { line: lineOf('del saved') } })

  const victim = await watchPoint('victim:1')
  expect(victim.statements.flatMap(s => s.gained)).toContainEqual(expect.stringMatching(/^local inside of frame at 0x/))
  expect(at(victim, lineOf('del kept')).lost).toContainEqual(expect.stringMatching(/^local inside of frame at 0x/))
})

test('lives in one block out of a free list are apart', async () => {
  const ids = ['life0', 'life1', 'life2'].map(label => points.find(p => p.label === label)!.id)
  expect(new Set(ids).size).toBe(1)
  const objects = ['life0', 'life1', 'life2'].map(objectOf)
  expect(new Set(objects.map(o => o.birthEvent)).size).toBe(3)
  expect(lifeOf(recording, objects[1]!)).toMatchObject({ birth: { fromFreeList: true }, death: { intoFreeList: true } })
  for (const object of objects) {
    const { statements, endCount } = await watch(object)
    expect(statements.at(-1)!.frame.line).toBe(lineOf('    del short, again'))
    expect(endCount).toBe(0)
  }
})

test('an object that moves stays the same; a run that is another one is noticed', async () => {
  const text = objectOf('text:1')
  const life = lifeOf(recording, text)
  expect(life.moveCount).toBeGreaterThan(2)
  expect(life.address).not.toBe(life.lastAddress)
  const wrong = await referencesOf(recording, { ...text, block: text.block + 3 }, { workerPath: join(built, 'interpreter-worker.js'), dataFolder: join(here, '../..') })
  expect(wrong.problem).toBe('The run has parted from the recorded one before the object was born.')
})

test('a recording with references has the same ones, and is otherwise the same', async () => {
  const ledger = await record('ledger.molt', { record: 'ledger' })
  try {
    for (const label of LABELS) {
      const object = findObject(ledger, points.find(p => p.label === label)!.id, `mark:${label}`)
      const recorded = recordedReferences(ledger, object)!
      const seen = await watchPoint(label)
      const changes = ({ statements }: ObjectReferences) => statements.flatMap(s => s.steps).map(({ tick, before, after }) => `${tick}: ${before} ${after}`)
      // Statements that are repeated are folded alike but for how they are told apart.
      const both = new Set(changes(seen))
      expect(changes(recorded).filter(change => !both.has(change))).toEqual([])
      expect(recorded.endCount).toBe(seen.endCount)
      expect(changes(recorded).length).toBe(changes(seen).length)
    }
    const figures = (of: OpenRecording) => {
      const { peakBytes, peakTick, lastTick, liveBytes, liveBlocks, liveObjects, allocations, allocatedBytes, temporaryShare, collections } = recordingSummary(of, 0, false)
      return { peakBytes, peakTick, lastTick, liveBytes, liveBlocks, liveObjects, allocations, allocatedBytes, temporaryShare, collections }
    }
    expect(figures(ledger)).toEqual(figures(recording))
    expect(ledger.run().event_count).toBeGreaterThan(recording.run().event_count * 2)
    for (const at of ['peak', 'end', 'mark:held:5'] as const) {
      expect(statisticsAt(ledger, { recordingId: 0, at, groupBy: 'traceback' })).toEqual(statisticsAt(recording, { recordingId: 0, at, groupBy: 'traceback' }))
    }
  } finally {
    ledger.close()
  }
})

test('filters by type and by the line of birth', async () => {
  const line = lineOf('held = Node()')
  const byType = await record('by-type.molt', { record: 'ledger', ledger: ['type:Slotted'] })
  const byLine = await record('by-line.molt', { record: 'ledger', ledger: [`line:ledger_counts.py:${line}`] })
  try {
    const of = (which: OpenRecording, label: string) => recordedReferences(which, findObject(which, points.find(p => p.label === label)!.id, `mark:${label}`))
    expect(of(byType, 'held:1')).toBe(null)
    expect(of(byLine, 'cycle:1')).toBe(null)
    const held = of(byLine, 'held:1')!
    expect(held.statements.flatMap(s => s.steps).length).toBe((await watchPoint('held:1')).statements.flatMap(s => s.steps).length)
    expect(held.endCount).toBe(0)
    expect(byType.run().event_count).toBeLessThan(recording.run().event_count + 200)
    expect(byType.run().event_count).toBeGreaterThan(recording.run().event_count)
  } finally {
    byType.close()
    byLine.close()
  }
})

test('the balance is that of snapshots at any instant', async () => {
  const last = recording.run().event_count
  const labels = ['held:1', 'number:1', 'word:1', 'class:1']
  const from = Math.min(...labels.map(label => objectOf(label).birthEvent))
  // Spread over the lives of the objects; 61 is prime.
  const events = Array.from({ length: 25 }, (_, i) => from + 1 + Math.floor((last - from - 2) * (i * 61 % 25 + 0.37 * (i % 3)) / 26))
  const snapshots = await record('instants.molt', { snapshots: [] }, undefined, events)
  try {
    const taken = snapshots.reader.snapshots()
    expect(taken.length).toBeGreaterThan(20)
    let compared = 0
    for (const label of labels) {
      const object = objectOf(label)
      const life = lifeOf(recording, object)
      const steps = (await watch(object)).statements.flatMap(s => s.steps)
      for (const snapshot of taken) {
        if (snapshot.event <= object.birthEvent || life.death && snapshot.event > life.death.event) continue
        const { graph } = graphOf(snapshots, snapshot)
        const node = nodeAt(graph, granuleOf(snapshots, Number(life.address)))
        if (node === 0) continue
        compared++
        // It is taken when the next event is about to be written.
        expect(graph.refcount[node]).toBe(steps.findLast(step => step.event <= snapshot.event)!.after)
      }
    }
    expect(compared).toBeGreaterThan(12)
  } finally {
    snapshots.close()
  }
})
