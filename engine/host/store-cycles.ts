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
  'cycles.alive': params => cyclesAlive(at(params), params),
  'cycles.collected': params => cyclesCollected(at(params), params),
  'cycles.explain': (params, { signal, progress }) => {
    const recording = at(params)
    const { last_tick: total } = recording.run()
    return explainCycles(recording, { ...params, workerPath, dataFolder: installFolder, signal, onProgress: ({ tick }) => progress(Math.min(tick, total), total) })
  },
})
