// Part of store-service.ts: the handlers of contract-ledger.ts.
import { findObject } from '../queries/object-id'
import { lifeOf, prepareLife, spanOf } from '../queries/object-life'
import type { OpenRecording } from '../queries/open-recording'
import type { LedgerMethods } from '../rpc/contract-ledger'
import type { Handlers } from '../rpc/rpc'
import { referencesOf } from './watch-object'

export interface LedgerOptions { workerPath: string; installFolder: string }

export const ledgerHandlers = (
  at: (params: { recordingId: number }) => OpenRecording, { workerPath, installFolder }: LedgerOptions,
): Pick<Handlers, keyof LedgerMethods> => ({
  'ledger.references': async (params, { signal, progress }) => {
    const recording = at(params)
    const object = findObject(recording, params.object, params.at)
    await prepareLife(recording, object, { signal })
    const total = spanOf(recording, object).death?.event ?? recording.run().event_count
    return referencesOf(recording, object, { workerPath, dataFolder: installFolder, signal, onProgress: run => progress(Math.min(run.events, total), total) })
  },
  'ledger.of': async (params, context) => {
    const recording = at(params)
    const object = findObject(recording, params.object, params.at)
    await prepareLife(recording, object, context)
    return lifeOf(recording, object)
  },
})
