// Part of store-service.ts: the handlers of contract-ledger.ts.
import { findObject } from '../queries/object-id'
import { lifeOf } from '../queries/object-life'
import type { OpenRecording } from '../queries/open-recording'
import type { LedgerMethods } from '../rpc/contract-ledger'
import type { Handlers } from '../rpc/rpc'
import { referencesOf } from './watch-object'

export interface LedgerOptions { workerPath: string; installFolder: string }

export const ledgerHandlers = (
  at: (params: { recordingId: number }) => OpenRecording, { workerPath, installFolder }: LedgerOptions,
): Pick<Handlers, keyof LedgerMethods> => ({
  'ledger.references': (params, { signal }) => {
    const recording = at(params)
    return referencesOf(recording, findObject(recording, params.object, params.at), { workerPath, dataFolder: installFolder, signal })
  },
  'ledger.of': (params, { signal }) => {
    const recording = at(params)
    return lifeOf(recording, findObject(recording, params.object, params.at), { progress: () => signal.throwIfAborted() })
  },
})
