// Checks of contract-replay.ts.
import type { RunSettings } from './contract'
import type { ReplayMethods } from './contract-replay'
import { either, flag, record, text, whole, type Check } from './validate'

export const replaySchemas = (runSettings: { [K in keyof RunSettings]: Check<RunSettings[K]> }): { [N in keyof ReplayMethods]: Check<ReplayMethods[N]['params']> } => ({
  'replay.start': record({ recordingId: whole() }, {
    until: either(whole(), text), snapshot: flag, settings: record({}, runSettings), script: text, output: text, overwrite: flag,
  }),
  'replay.align': record({ recordingId: whole(), otherId: whole() }),
})
