// Part of store-service.ts: the handlers of contract-leaks.ts.
import { growthRows } from '../queries/growth'
import { leaksOf } from '../queries/leaks'
import type { OpenRecording } from '../queries/open-recording'
import type { LeaksMethods } from '../rpc/contract-leaks'
import type { Handlers } from '../rpc/rpc'

export const leaksHandlers = (at: (params: { recordingId: number }) => OpenRecording): Pick<Handlers, keyof LeaksMethods> => ({
  'leaks.suspects': async (params, { signal }) => {
    // The pass over the events takes longest, lets others have their turn, and is kept.
    await growthRows(at(params), { recordingId: params.recordingId, by: 'line', limit: 1 }, signal)
    return leaksOf(at(params), params)
  },
})
