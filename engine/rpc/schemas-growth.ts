// Part of schemas.ts: the checks of contract-growth.ts.
import type { GrowthMethods } from './contract-growth'
import { either, oneOf, record, text, whole, type Check } from './validate'

const at = either(whole(), text)

export const growthSchemas: { [N in keyof GrowthMethods]: Check<GrowthMethods[N]['params']> } = {
  'growth.rows': record({ recordingId: whole(), by: oneOf('line', 'traceback', 'type') }, {
    at, from: at, limit: whole(0, 10_000), order: oneOf('alive', 'peak'), slots: whole(4, 1024), minimumBytes: whole(),
  }),
}
