// Part of contract.ts: budgets for a run, and where two runs part.
import type { At, Frame, RecordingId } from './contract'

type M<Params, Result> = { params: Params; result: Result }

/** A limit on a figure: it is kept if the figure is at most `limit`. */
export type Budget =
  /** Bytes at the peak of the run. */
  | { kind: 'peak'; limit: number }
  /** Bytes alive at an instant. */
  | { kind: 'live'; limit: number; at: At }
  /** Objects of a type (its name, with or without its module) alive at an instant. */
  | { kind: 'max-live'; limit: number; type: string; at: At }
  /** Allocations of the whole run. */
  | { kind: 'allocations'; limit: number }
  /** Leak suspects of the snapshot at an instant, as molt leaks lists them. */
  | { kind: 'leaks'; limit: number; at: At }
  /**
   * Objects of the program that reference counting alone would not have freed: those that collections took in the whole run, and
   * the garbage that waits at its end. What importing modules makes is not counted.
   */
  | { kind: 'cycles'; limit: number }
  /** Instructions that ran inside of one collection: finalizers, callbacks of weak references. */
  | { kind: 'gc-pause'; limit: number }
  /** Growth of peak, live bytes at the end and allocations over those of the base run, in percent. */
  | { kind: 'grow-peak' | 'grow-live' | 'grow-allocations'; limit: number }
export type BudgetKind = Budget['kind']

export interface Culprit {
  /** What it stands for: bytes, or a number of things, as the budget's unit; of a leak suspect the bytes that it keeps. */
  amount: number
  frame: Frame
  /** The line's text, if the recording has it; of a leak suspect its sentence, of a cycle also its type. */
  text: string
}

export interface BudgetResult {
  budget: Budget
  /** unknown: the figure cannot be had, `problem` says why. */
  state: 'kept' | 'exceeded' | 'unknown'
  unit: 'bytes' | 'count' | 'instructions' | 'percent'
  figure: number
  /** Of growth: the figures of the two runs. */
  before: number
  now: number
  /** Where the figure comes from, the largest first. */
  where: Culprit[]
  /** Worth knowing although the budget is kept; or ''. */
  note: string
  problem: string
}

/** One event, as it is told. */
export interface PartingEvent {
  /** Events before it. */
  event: number
  tick: number
  /** What it is: `allocated 56 bytes for a bytearray`; or that the run ended. */
  words: string
  traceback: Frame[]
}

export interface Parting { base: PartingEvent; run: PartingEvent }

export interface CheckResult {
  ok: boolean
  results: BudgetResult[]
  /** With a base run: the first event at which the two differ; null: they do not. */
  parting: Parting | null
  /** Why that cannot be told, or ''. */
  partingProblem: string
}

export interface CheckMethods {
  /** `baseId`: the run to compare with; without it no `grow` budgets. */
  'check.run': M<{ recordingId: RecordingId; baseId?: RecordingId; budgets: Budget[] }, CheckResult>
}
