// Part of schemas.ts: the checks of contract-cycles.ts.
import type { CyclesMethods } from './contract-cycles'
import { either, record, text, whole, type Check } from './validate'

const at = either(whole(), text)
const limit = whole(0, 10_000)

export const cyclesSchemas: { [N in keyof CyclesMethods]: Check<CyclesMethods[N]['params']> } = {
  'cycles.alive': record({ recordingId: whole() }, { at, limit }),
  'cycles.collected': record({ recordingId: whole() }, { limit }),
  'cycles.explain': record({ recordingId: whole() }, { collectionId: whole(1), at, limit: whole(1, 20) }),
}
