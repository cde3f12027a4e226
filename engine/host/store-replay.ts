// Handlers of contract-replay.ts.
import { MoltError } from '../base/errors'
import { alignWork } from '../queries/align-runs'
import type { Work } from '../queries/first-difference'
import type { OpenRecording } from '../queries/open-recording'
import type { Params, RunStarted } from '../rpc/contract'
import type { AlignedRuns } from '../rpc/contract-replay'
import type { CallContext } from '../rpc/rpc'
import { replayPlan } from './replay-plan'
import type { RunManager } from './run-manager'

/** Without a turn of the event loop for so long, at most. */
const TURN_MS = 30

/** Does work with turns of the event loop between, so that others are answered meanwhile and a cancel is heard. */
async function inTurns<T>(work: Work<T>, { signal, progress }: CallContext): Promise<T> {
  for (let turned = performance.now(); ;) {
    const step = work.next()
    if (step.done) return step.value
    progress(step.value.done, step.value.total)
    if (performance.now() - turned < TURN_MS) continue
    await new Promise(resolve => setImmediate(resolve))
    if (signal.aborted) throw new MoltError('cancelled', 'The question was taken back.')
    turned = performance.now()
  }
}

export const replayHandlers = (at: (params: { recordingId: number }) => OpenRecording, runs: RunManager) => ({
  'replay.start': (params: Params<'replay.start'>): Promise<RunStarted> => {
    const recording = at(params)
    const { output, overwrite, script } = params
    return runs.replay({
      ...replayPlan(recording, { ...params, edited: script !== undefined }), recording: recording.path, scriptName: recording.run().script_name,
      ...(script !== undefined && { script: new TextEncoder().encode(script) }), ...(output !== undefined && { output }), ...(overwrite && { overwrite }),
    })
  },
  'replay.align': (params: Params<'replay.align'>, context: CallContext): Promise<AlignedRuns> =>
    inTurns(alignWork(at(params), at({ recordingId: params.otherId })), context),
})
