// From what a person asks of a replay to what is done.
import type { OpenRecording } from '../queries/open-recording'
import { DEFAULT_RUN } from '../queries/settings'
import type { At, RunSettings } from '../rpc/contract'
import type { ReplayPlan } from './replay'

export interface ReplayWish { until?: At; snapshot?: boolean; settings?: Partial<RunSettings> }

/**
 * A tick is exact whether or not the recording has its events, and is one of the new run where something is changed; other
 * instants are asked of the recording. Errors: no-instant.
 */
export function replayPlan(recording: OpenRecording, { until, snapshot = false, settings = {} }: ReplayWish): ReplayPlan {
  const before: RunSettings = { ...DEFAULT_RUN, ...recording.settings() }
  if (until === undefined) {
    const { snapshots } = { ...before, ...settings }
    return { settings: snapshot && !snapshots.includes('end') ? { ...settings, snapshots: [...snapshots, 'end'] } : settings }
  }
  const snapshots = (settings.snapshots ?? before.snapshots).filter(when => when !== 'end')
  if (typeof until === 'number' && (before.record !== 'full' || Object.keys(settings).length > 0)) {
    return { untilTick: until, settings: { ...settings, snapshots: snapshot ? [...snapshots, 'end'] : snapshots } }
  }
  const { event } = recording.resolve(until)
  return { untilEvent: event, settings: { ...settings, snapshots }, ...(snapshot && { snapshotEvents: [event] }) }
}
