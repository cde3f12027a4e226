// Handlers of the methods in engine/rpc/contract-times.ts.
import { flamegraphOf } from '../queries/flamegraph-page'
import { markSteps } from '../queries/marks-and-output'
import { measureTree } from '../queries/measure-tree'
import type { OpenRecording } from '../queries/open-recording'
import { runReport } from '../queries/run-report'
import type { TimesMethods } from '../rpc/contract-times'

type TimesHandlers = { [N in keyof TimesMethods]: (params: TimesMethods[N]['params']) => TimesMethods[N]['result'] }

export function timesHandlers(get: (recordingId: number) => OpenRecording, isLive: (recordingId: number) => boolean): TimesHandlers {
  return {
    'run.report': params => runReport(get(params.recordingId), params, isLive(params.recordingId)),
    'measure.tree': params => measureTree(get(params.recordingId), params),
    'measure.flamegraph': params => ({ html: [...flamegraphOf(get(params.recordingId), params)].join('') }),
    'marks.steps': params => markSteps(get(params.recordingId)),
  }
}
