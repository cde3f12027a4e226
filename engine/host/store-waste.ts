// Part of store-service.ts: the handlers of contract-waste.ts.
import type { OpenRecording } from '../queries/open-recording'
import { wasteOf } from '../queries/waste'
import type { WasteMethods } from '../rpc/contract-waste'
import type { Handlers } from '../rpc/rpc'

export const wasteHandlers = (at: (params: { recordingId: number }) => OpenRecording): Pick<Handlers, keyof WasteMethods> => ({
  'waste.report': params => wasteOf(at(params), params),
})
