// Checks of the methods in contract-diff.ts.
import type { Params } from './contract'
import type { DiffMethods } from './contract-diff'
import { either, oneOf, record, text, whole, type Check } from './validate'

const at = either(whole(), text)
const inRecording = { recordingId: whole() }
const options = { filter: text, offset: whole(), limit: whole(0, 100_000) }
const by = oneOf('type', 'line', 'file', 'traceback')

export const diffSchemas: { [N in keyof DiffMethods]: Check<Params<N>> } = {
  'diff.instants': record({ ...inRecording, at, compareTo: at, by }, options),
  'diff.objects': record({ ...inRecording, at, compareTo: at, fate: oneOf('new', 'freed', 'survived') }, options),
  'diff.range': record({ ...inRecording, from: at, to: at, at, by }, options),
  'diff.runs': record({ ...inRecording, oldId: whole(), at, by }, { ...options, oldAt: at }),
}
