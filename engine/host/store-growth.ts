// Part of store-service.ts: the handlers of contract-growth.ts.
import { growthRows } from '../queries/growth'
import type { OpenRecording } from '../queries/open-recording'
import type { GrowthMethods } from '../rpc/contract-growth'
import type { Handlers } from '../rpc/rpc'

export const growthHandlers = (at: (params: { recordingId: number }) => OpenRecording): Pick<Handlers, keyof GrowthMethods> => ({
  'growth.rows': (params, { signal, progress }) => growthRows(at(params), params, signal, progress),
})
