// What passes between the store process and a run process it forked (child_process IPC, serialization 'advanced').
import type { ReplayOutcome } from '../rpc/contract-replay'
import type { ReplayPlan } from './replay'
import type { EndReason, ErrorEnvelope, RunProgress, RunRequest, RunSettings } from '../rpc/contract'

export type ToRun =
  | {
    type: 'start'
    request: RunRequest
    settings: RunSettings
    output: { path: string; overwrite: boolean }
    workerPath: string
    dataFolder: string
  }
  | {
    type: 'replay'
    recording: string
    plan: ReplayPlan
    output: { path: string; overwrite: boolean }
    workerPath: string
    dataFolder: string
  }
  | { type: 'stop'; /** Why, where it was not the person who asked. */ message?: string }
  | { type: 'pause'; paused: boolean }
  | { type: 'snapshot' }
  | { type: 'input'; bytes: Uint8Array; end: boolean }

export type FromRun =
  | { type: 'started'; name: string }
  | { type: 'failed'; error: ErrorEnvelope }
  | { type: 'progress'; progress: Omit<RunProgress, 'runId'> }
  | { type: 'output'; fd: number; tick: number; bytes: Uint8Array }
  | { type: 'input-wanted' }
  | { type: 'ended'; reason: EndReason; exitCode: number; message: string; progress: Omit<RunProgress, 'runId'>; replay?: ReplayOutcome }
