// Part of schemas.ts: the checks of contract-gc.ts.
import type { GcMethods } from './contract-gc'
import { record, whole, type Check } from './validate'

export const gcSchemas: { [N in keyof GcMethods]: Check<GcMethods[N]['params']> } = {
  'gc.working': record({ recordingId: whole() }, { offset: whole(), limit: whole(0, 100_000) }),
  'gc.explain': record({ recordingId: whole(), collectionId: whole() }, { limit: whole(0, 10_000) }),
}
