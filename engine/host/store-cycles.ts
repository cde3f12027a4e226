// Part of store-service.ts: the handlers of contract-cycles.ts.
import { cyclesAlive } from '../queries/cycles'
import { cyclesCollected } from '../queries/collected-cycles'
import type { OpenRecording } from '../queries/open-recording'
import type { CyclesMethods } from '../rpc/contract-cycles'
import type { Handlers } from '../rpc/rpc'
import { explainCycles } from './explain-cycles'

export interface CyclesOptions { workerPath: string; installFolder: string }

export const cyclesHandlers = (
  at: (params: { recordingId: number }) => OpenRecording, { workerPath, installFolder }: CyclesOptions,
): Pick<Handlers, keyof CyclesMethods> => ({
  'cycles.alive': (params, { signal }) => cyclesAlive(at(params), { ...params, progress: () => signal.throwIfAborted() }),
  'cycles.collected': (params, { signal }) => cyclesCollected(at(params), { ...params, progress: () => signal.throwIfAborted() }),
  'cycles.explain': (params, { signal }) => explainCycles(at(params), { ...params, workerPath, dataFolder: installFolder, signal }),
})
