// Part of store-service.ts: the handlers of contract-gc.ts.
import { gcWorking } from '../queries/gc-collections'
import { explainCollection } from '../queries/gc-explained'
import type { OpenRecording } from '../queries/open-recording'
import type { GcMethods } from '../rpc/contract-gc'
import type { Handlers } from '../rpc/rpc'

export const gcHandlers = (at: (params: { recordingId: number }) => OpenRecording): Pick<Handlers, keyof GcMethods> => ({
  'gc.working': params => gcWorking(at(params), params),
  'gc.explain': params => explainCollection(at(params), params),
})
