// The methods of contract-diff.ts over open recordings.
import { checkBudgets } from '../queries/check-budgets'
import { diffInstants, diffObjects, diffRange, diffRangeObjects } from '../queries/diff-instants'
import { diffRuns } from '../queries/diff-runs'
import type { OpenRecording } from '../queries/open-recording'
import type { DiffMethods } from '../rpc/contract-diff'
import type { CallContext, Handlers } from '../rpc/rpc'

export function diffHandlers(get: (recordingId: number) => OpenRecording): Pick<Handlers, keyof DiffMethods> {
  const options = ({ signal }: CallContext) => ({ progress: () => signal.throwIfAborted() })
  return {
    'diff.instants': (params, context) => diffInstants(get(params.recordingId), params, options(context)),
    'diff.objects': (params, context) => diffObjects(get(params.recordingId), params, options(context)),
    'diff.range': (params, context) => diffRange(get(params.recordingId), params, options(context)),
    'diff.rangeObjects': (params, context) => diffRangeObjects(get(params.recordingId), params, options(context)),
    'diff.runs': (params, context) => diffRuns(get(params.oldId), get(params.recordingId), params, options(context)),
    'check.run': (params, context) =>
      checkBudgets(get(params.recordingId), params.budgets, params.baseId === undefined ? null : get(params.baseId), options(context)),
  }
}
