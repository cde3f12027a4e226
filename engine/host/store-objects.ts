// The handlers of engine/rpc/contract-objects.ts.
import { objectPaths } from '../queries/object-paths'
import { objectDescription, objectList, objectsDominated, objectTypes, snapshotsList } from '../queries/objects'
import type { OpenRecording } from '../queries/open-recording'
import type { ObjectMethods } from '../rpc/contract-objects'

type ObjectHandlers = { [N in keyof ObjectMethods]: (params: ObjectMethods[N]['params']) => ObjectMethods[N]['result'] }

export const objectHandlers = (at: (params: { recordingId: number }) => OpenRecording): ObjectHandlers => ({
  'snapshots.list': params => snapshotsList(at(params)),
  'objects.types': params => objectTypes(at(params), params),
  'objects.list': params => objectList(at(params), params),
  'objects.describe': params => objectDescription(at(params), params),
  'objects.paths': params => objectPaths(at(params), params),
  'objects.dominated': params => objectsDominated(at(params), params),
})
