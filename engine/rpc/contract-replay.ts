// Part of contract.ts: running a recording again, and laying two runs beside each other.
import type { At, Frame, RecordingId, RunSettings, RunStarted } from './contract'

type M<Params, Result> = { params: Params; result: Result }

/** One event in words. */
export interface EventDescription {
  /** Such as `allocates 56 bytes for a dict`. */
  what: string
  tick: number
  /** Where, innermost frame; null outside of Python code. */
  frame: Frame | null
}

export interface EventDifference {
  /** Events before the difference, the same in both. */
  event: number
  /** The difference lies before this event; event + 1 where it is known exactly. */
  beforeEvent: number
  /** Of the last event that both have; where it is not known exactly, of the last digest that agrees. */
  tick: number
  /** Null: the recording has no such event, or does not keep its events. */
  first: EventDescription | null
  second: EventDescription | null
  /** What differs, as a whole sentence. */
  sentence: string
}

export interface ReplayOutcome {
  /** Something was changed: `difference` is where the change shows first, and nothing to worry about. */
  changed: boolean
  /** Events in which both runs are the same, from the first on. */
  sameEvents: number
  /** Null: all events that both have are the same. */
  difference: EventDifference | null
  /** Of the second recording. */
  events: number
  recordedEvents: number
  /** Why an unchanged replay may differ, as sentences; empty if nothing is known. */
  reasons: string[]
}

export interface ReplayParams {
  recordingId: RecordingId
  /** End the run exactly there. */
  until?: At
  /** Take a snapshot there, or at the end. */
  snapshot?: boolean
  /** What if: other settings, or another text of the script. */
  settings?: Partial<RunSettings>
  script?: string
  /** Where to record; absent: a new file in the data folder. */
  output?: string
  overwrite?: boolean
}

/** A figure of both runs. */
export interface AlignedFigure {
  name: string
  unit: 'bytes' | 'count' | 'tick'
  first: number
  second: number
  /** Of a tick: where the first run's is on the second run's axis. */
  firstInSecond?: number
}

export interface AlignedRuns {
  /**
   * Anchors of the common axis, columns of equal length: the tick of the first run and that of the second that belongs to
   * it. Between two anchors ticks are spread evenly (engine/analysis/align.ts).
   */
  firstTick: Float64Array
  secondTick: Float64Array
  /** False: a recording without events; only the part up to the difference and the ends are known. */
  exact: boolean
  /** Steps after the difference that both runs take, and all of each. */
  matchedSteps: number
  firstSteps: number
  secondSteps: number
  /** Where they part, addresses aside; null: nowhere. */
  difference: EventDifference | null
  figures: AlignedFigure[]
  /** The same bytes were written to standard output and to standard error. */
  sameOutput: boolean
}

export interface ReplayMethods {
  /** A run like any other: run.progress, run.output and run.ended (with `replay`) tell of it, run.stop ends it. */
  'replay.start': M<ReplayParams, RunStarted>
  /** Two runs of one program on one axis: a recording and its replay, or any two. */
  'replay.align': M<{ recordingId: RecordingId; otherId: RecordingId }, AlignedRuns>
}
