// Checks of the methods in contract-diff.ts.
import type { Params } from './contract'
import type { Budget } from './contract-check'
import type { DiffMethods } from './contract-diff'
import { amount, either, flag, list, oneOf, record, text, whole, type Check } from './validate'

const at = either(whole(), text)
const inRecording = { recordingId: whole() }
const options = { filter: text, offset: whole(), limit: whole(0, 100_000) }
const by = oneOf('type', 'line', 'file', 'traceback')

const limit = { limit: amount }
const budget = either(
  either(
    record({ kind: oneOf('peak', 'allocations', 'cycles', 'gc-pause', 'grow-peak', 'grow-live', 'grow-allocations'), ...limit }),
    record({ kind: oneOf('live', 'leaks'), ...limit, at })),
  record({ kind: oneOf('max-live'), ...limit, type: text, at }))

export const diffSchemas: { [N in keyof DiffMethods]: Check<Params<N>> } = {
  'diff.instants': record({ ...inRecording, at, compareTo: at, by }, { ...options, retained: flag }),
  'diff.objects': record({ ...inRecording, at, compareTo: at, fate: oneOf('new', 'freed', 'survived') }, { ...options, retained: flag }),
  'diff.range': record({ ...inRecording, from: at, to: at, at, by }, options),
  'diff.rangeObjects': record({ ...inRecording, from: at, to: at, at }, { ...options, retained: flag }),
  'diff.runs': record({ ...inRecording, oldId: whole(), at, by }, { ...options, oldAt: at }),
  'check.run': record({ ...inRecording, budgets: list(budget) as unknown as Check<Budget[]> }, { baseId: whole() }),
}
