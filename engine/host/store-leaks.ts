// Part of store-service.ts: the handlers of contract-leaks.ts.
import { leaksOf } from '../queries/leaks'
import type { OpenRecording } from '../queries/open-recording'
import type { LeaksMethods } from '../rpc/contract-leaks'
import type { Handlers } from '../rpc/rpc'

export const leaksHandlers = (at: (params: { recordingId: number }) => OpenRecording): Pick<Handlers, keyof LeaksMethods> => ({
  'leaks.suspects': params => leaksOf(at(params), params),
})
