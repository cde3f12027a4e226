// Handlers of the methods in engine/rpc/contract-times.ts.
import { flamegraphOf } from '../queries/flamegraph-page'
import { markSteps } from '../queries/marks-and-output'
import { measureTree } from '../queries/measure-tree'
import { prepareMeasure } from '../queries/measures'
import type { OpenRecording } from '../queries/open-recording'
import { runReport } from '../queries/run-report'
import { tableOf } from '../queries/table-page'
import type { TimesMethods } from '../rpc/contract-times'
import type { Handlers } from '../rpc/rpc'

export function timesHandlers(get: (recordingId: number) => OpenRecording, isLive: (recordingId: number) => boolean): Pick<Handlers, keyof TimesMethods> {
  return {
    'run.report': params => runReport(get(params.recordingId), params, isLive(params.recordingId)),
    'measure.tree': async (params, context) => {
      await prepareMeasure(get(params.recordingId), params, context)
      return measureTree(get(params.recordingId), params)
    },
    'measure.flamegraph': async (params, context) => {
      await prepareMeasure(get(params.recordingId), params, context)
      return { html: [...flamegraphOf(get(params.recordingId), params)].join('') }
    },
    'measure.table': async (params, context) => {
      await prepareMeasure(get(params.recordingId), params, context)
      return { html: [...tableOf(get(params.recordingId), params)].join('') }
    },
    'marks.steps': params => markSteps(get(params.recordingId)),
  }
}
