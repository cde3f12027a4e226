// From what a person asks of a replay to what is done.
import { MoltError } from '../base/errors'
import type { OpenRecording } from '../queries/open-recording'
import { DEFAULT_RUN } from '../queries/settings'
import type { At, RunSettings } from '../rpc/contract'
import type { ReplayPlan } from './replay'

export interface ReplayWish {
  until?: At
  snapshot?: boolean
  settings?: Partial<RunSettings>
  /** Another text is put in the place of the script. */
  edited?: boolean
}

/**
 * Instants are those of the recording. Where the replay is another run, or the recording has no events, what counts is their
 * tick. Errors: no-instant.
 */
export function replayPlan(recording: OpenRecording, { until, snapshot = false, settings = {}, edited = false }: ReplayWish): ReplayPlan {
  const before: RunSettings = { ...DEFAULT_RUN, ...recording.settings() }
  if (until === undefined || until === 'end' && before.record === 'none') {
    const { snapshots } = { ...before, ...settings }
    return { settings: snapshot && !snapshots.includes('end') ? { ...settings, snapshots: [...snapshots, 'end'] } : settings }
  }
  if (before.record === 'none' && typeof until !== 'number') {
    throw new MoltError('no-instant', `This recording was made with --record none: when ${until} was is not in it.`, 'Name a tick, or replay it whole first.')
  }
  const snapshots = (settings.snapshots ?? before.snapshots).filter(when => when !== 'end')
  if (edited || Object.keys(settings).length > 0 || typeof until === 'number' && before.record !== 'full') {
    const tick = typeof until === 'number' ? until : recording.resolve(until).tick
    return { untilTick: tick, settings: { ...settings, snapshots: snapshot ? [...snapshots, 'end'] : snapshots } }
  }
  const { event } = recording.resolve(until)
  return { untilEvent: event, settings: { ...settings, snapshots }, ...(snapshot && { snapshotEvents: [event] }) }
}
