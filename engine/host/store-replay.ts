// Handlers of contract-replay.ts.
import { alignRuns } from '../queries/align-runs'
import type { OpenRecording } from '../queries/open-recording'
import type { Params, RunStarted } from '../rpc/contract'
import type { AlignedRuns } from '../rpc/contract-replay'
import { replayPlan } from './replay-plan'
import type { RunManager } from './run-manager'

export const replayHandlers = (at: (params: { recordingId: number }) => OpenRecording, runs: RunManager) => ({
  'replay.start': (params: Params<'replay.start'>): Promise<RunStarted> => {
    const recording = at(params)
    const { output, overwrite, script } = params
    return runs.replay({
      ...replayPlan(recording, params), recording: recording.path, scriptName: recording.run().script_name,
      ...(script !== undefined && { script: new TextEncoder().encode(script) }), ...(output !== undefined && { output }), ...(overwrite && { overwrite }),
    })
  },
  'replay.align': (params: Params<'replay.align'>): AlignedRuns => alignRuns(at(params), at({ recordingId: params.otherId })),
})
