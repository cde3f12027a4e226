// Part of store-service.ts: the handlers of contract-objects.ts.
import { eventList } from '../queries/event-list'
import { objectCut, objectPaths } from '../queries/object-paths'
import { objectDescription, objectList, objectsDominated, objectTypes, snapshotRow, snapshotsList } from '../queries/objects'
import type { OpenRecording } from '../queries/open-recording'
import type { ObjectMethods } from '../rpc/contract-objects'
import type { Handlers } from '../rpc/rpc'
import { takeSnapshot } from './take-snapshot'

/** `places`: what a replay needs. */
export const objectHandlers = (
  at: (params: { recordingId: number }) => OpenRecording, places: { workerPath: string; dataFolder: string },
): Pick<Handlers, keyof ObjectMethods> => ({
  'events.list': params => eventList(at(params), params),
  'snapshots.list': params => snapshotsList(at(params)),
  'snapshots.take': async (params, { signal, progress }) => {
    const recording = at(params)
    const total = recording.resolve(params.at).tick
    return snapshotRow(await takeSnapshot(recording, params.at, { ...places, signal, onProgress: ({ tick }) => progress(Math.min(tick, total), total) }))
  },
  'objects.types': params => objectTypes(at(params), params),
  'objects.list': params => objectList(at(params), params),
  'objects.describe': params => objectDescription(at(params), params),
  'objects.paths': params => objectPaths(at(params), params),
  'objects.cut': params => objectCut(at(params), params),
  'objects.dominated': params => objectsDominated(at(params), params),
})
