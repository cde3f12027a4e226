// The runtime side of contract.ts: one check a method. The mapped type makes the compiler insist that every
// method is here and that what its check lets through is what the contract promises its handler.
import { allocatorSchemas } from './schemas-allocator'
import { gcSchemas } from './schemas-gc'
import { growthSchemas } from './schemas-growth'
import { ledgerSchemas } from './schemas-ledger'
import { objectSchemas } from './schemas-objects'
import { cyclesSchemas } from './schemas-cycles'
import { leaksSchemas } from './schemas-leaks'
import { wasteSchemas } from './schemas-waste'
import type { MethodName, Params, RunSettings } from './contract'
import { diffSchemas } from './schemas-diff'
import { exportSchemas } from './schemas-export'
import { replaySchemas } from './schemas-replay'
import { statistics, timesSchemas } from './schemas-times'
import { bytes, checked, either, flag, list, oneOf, record, text, whole, type Check } from './validate'

const tick = whole()
const at = either(tick, text)
const page = { offset: whole(), limit: whole(0, 100_000) }
const inRecording = { recordingId: whole() }
const inRun = { runId: whole() }
const nothing = record({}) as unknown as Check<Record<string, never>>

const threshold = list(whole(0, 2 ** 31 - 1), 3) as unknown as Check<[number, number, number]>
const runSettings = {
  record: oneOf('full', 'ledger', 'stats', 'none'),
  clock: oneOf('virtual', 'wall'),
  paths: list(text),
  gcThreshold: threshold,
  maxMemoryBytes: whole(),
  maxTicks: whole(),
  stackDepth: whole(1, 10_000_000),
  allocator: oneOf('cpython', 'textbook'),
  seed: whole(0, 2 ** 32 - 1),
  snapshots: list(text),
  ledger: list(text),
} satisfies { [K in keyof RunSettings]: Check<RunSettings[K]> }

const folder = { folder: text }
const source = either(
  either(
    record({ kind: oneOf('path'), path: text }),
    record({ kind: oneOf('text'), name: text, text }, folder)),
  either(
    record({ kind: oneOf('module'), module: text }, folder),
    record({ kind: oneOf('code'), code: text }, folder)))

export const schemas: { [N in MethodName]: Check<Params<N>> } = {
  ...timesSchemas,
  ...replaySchemas(runSettings),
  'app.info': nothing,
  ...diffSchemas,

  'recording.open': record({ path: text }),
  'recording.close': record(inRecording),
  'recording.summary': record(inRecording),

  'timeline.range': record({ ...inRecording, slots: whole(1, 20_000) }, { fromTick: tick, toTick: tick, aliveAt: at }),
  'statistics.at': statistics,
  'types.at': record({ ...inRecording, at }, { ...page, compareTo: at }),
  'source.files': record({ ...inRecording, at }),
  'source.lines': record({ ...inRecording, fileId: whole(), at }, { sparkSlots: whole(0, 1000) }),
  'gc.collections': record(inRecording, { ...page, fromTick: tick, toTick: tick }),
  'gc.ticks': record(inRecording),
  'marks.list': record(inRecording),
  'output.range': record(inRecording, { fromTick: tick, toTick: tick, maxBytes: whole() }),
  'instant.describe': record({ ...inRecording, at }),
  'instant.step': record({ ...inRecording, at, by: oneOf('event', 'line', 'gc', 'mark'), direction: oneOf(1, -1) }),

  ...allocatorSchemas,
  ...gcSchemas,
  ...growthSchemas,
  ...ledgerSchemas,
  ...objectSchemas,
  ...cyclesSchemas,
  ...leaksSchemas,
  ...wasteSchemas,

  'run.start': record({ source }, {
    arguments: list(text),
    stdin: either(record({ text }), oneOf('interactive')),
    settings: record({}, runSettings),
    output: text,
    overwrite: flag,
  }),
  'run.stop': record(inRun),
  'run.pause': record({ ...inRun, paused: flag }),
  'run.snapshot': record(inRun),
  'run.input': record({ ...inRun, text }, { end: flag }),
  'run.list': nothing,

  'library.list': nothing,
  'library.add': record({ path: text }),
  'library.remove': record({ path: text }, { deleteFile: flag }),
  'library.note': record({ path: text, note: text }),

  'script.read': record({ path: text }),
  'script.save': record({ path: text, text }, { expectedModifiedMs: whole() }),
  'examples.list': nothing,
  'examples.read': record({ name: text }),

  'files.list': record({}, folder),
  'files.import': record({ name: text, bytes }),

  ...exportSchemas,

  'settings.get': nothing,
  'settings.set': record({}, {
    theme: oneOf('system', 'light', 'dark'),
    units: oneOf('binary', 'si'),
    run: record({}, runSettings),
  }),
}

export const validateRequest = (method: MethodName, params: unknown): unknown =>
  checked<unknown>(schemas[method], params, 'params')
