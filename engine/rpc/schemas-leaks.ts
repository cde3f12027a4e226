// Part of schemas.ts: the checks of contract-leaks.ts.
import type { LeaksMethods } from './contract-leaks'
import { either, record, text, whole, type Check } from './validate'

const at = either(whole(), text)

export const leaksSchemas: { [N in keyof LeaksMethods]: Check<LeaksMethods[N]['params']> } = {
  'leaks.suspects': record({ recordingId: whole() }, { at, limit: whole(0, 1000) }),
}
