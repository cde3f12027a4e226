// Part of schemas.ts: the checks of contract-ledger.ts.
import type { LedgerMethods } from './contract-ledger'
import { either, record, text, whole, type Check } from './validate'

export const ledgerSchemas: { [N in keyof LedgerMethods]: Check<LedgerMethods[N]['params']> } = {
  'ledger.references': record({ recordingId: whole(), object: text }, { at: either(whole(), text) }),
  'ledger.of': record({ recordingId: whole(), object: text }, { at: either(whole(), text) }),
}
