// Part of schemas.ts: the checks of contract-waste.ts.
import type { WasteMethods } from './contract-waste'
import { either, flag, record, text, whole, type Check } from './validate'

export const wasteSchemas: { [N in keyof WasteMethods]: Check<WasteMethods[N]['params']> } = {
  'waste.report': record({ recordingId: whole() }, { at: either(whole(), text), limit: whole(0, 10_000), all: flag }),
}
