// Part of schemas.ts: the checks of contract-allocator.ts.
import type { AllocatorMethods } from './contract-allocator'
import { either, flag, record, text, whole, type Check } from './validate'

export const allocatorSchemas: { [N in keyof AllocatorMethods]: Check<AllocatorMethods[N]['params']> } = {
  'allocator.at': record({ recordingId: whole(), at: either(whole(), text) }, { scriptOnly: flag, arenas: whole(0, 10_000), pins: whole(0, 1000) }),
}
