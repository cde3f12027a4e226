// Checks of the methods in contract-times.ts.
import type { TimesMethods } from './contract-times'
import { either, flag, list, oneOf, record, text, whole, type Check } from './validate'

const at = either(whole(), text)
const share: Check<number> = { problem: (v, path) => (typeof v === 'number' && v >= 0 && v <= 1 ? '' : `${path} must be a number from 0 to 1`) }
const inRecording = { recordingId: whole() }
const filter = record({ inclusive: flag, pattern: text }, { line: whole(), allFrames: flag })

/** Of MeasureParams, for every method that takes a measure. */
export const measureFields = {
  measure: oneOf('live', 'peak', 'survived', 'leaks', 'allocated', 'temporary', 'bytes-ticks'),
  from: at,
  temporaryThreshold: whole(),
}

const tree = record({ ...inRecording, at }, {
  ...measureFields, inverted: flag, filters: list(filter), compareTo: at, byFunction: flag, importFrames: flag, leastShare: share, mostNodes: whole(1, 1_000_000),
})

/** Of statistics.at, and of whatever shows the same. */
export const statistics = record(
  { ...inRecording, at, groupBy: oneOf('lineno', 'filename', 'traceback') },
  { ...measureFields, offset: whole(), limit: whole(0, 100_000), cumulative: flag, filters: list(filter), compareTo: at })

export const timesSchemas: { [N in keyof TimesMethods]: Check<TimesMethods[N]['params']> } = {
  'run.report': record(inRecording, { rows: whole(0, 1000) }),
  'measure.tree': tree,
  'measure.flamegraph': tree,
  'measure.table': statistics,
  'marks.steps': record(inRecording),
}
