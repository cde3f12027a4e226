// Part of store-service.ts: the handlers of contract-allocator.ts.
import { allocatorAt } from '../queries/allocator-at'
import type { OpenRecording } from '../queries/open-recording'
import type { AllocatorMethods } from '../rpc/contract-allocator'
import type { Handlers } from '../rpc/rpc'

export const allocatorHandlers = (at: (params: { recordingId: number }) => OpenRecording): Pick<Handlers, keyof AllocatorMethods> => ({
  'allocator.at': params => allocatorAt(at(params), params),
})
