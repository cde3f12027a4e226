// The clock of the program, in nanoseconds since the epoch.
//
// Virtual (the default): starts at a fixed instant and advances with the instructions executed, plus whatever sleeping and
// waiting skipped. Nothing then depends on how fast the machine is. Wall: the machine's own clock, for programs that ask.
import { _PyRuntime } from '../objects/runtime'
import { hostCheck, pendingCalls } from '../vm/eval-breaker'

export type ClockMode = 'virtual' | 'wall'

/** 2024-01-01 00:00:00 UTC. */
export const START_NS = 1_704_067_200_000_000_000n
/** Virtual time of one instruction. */
const NS_PER_TICK = 10n

let owner: unknown = null
let skippedNs = 0n
let latestNs = 0n
let wallStartNs = 0n
let clockMode: ClockMode = 'virtual'

/** Chosen by the host before a run. */
export function setClockMode(mode: ClockMode): void {
  clockMode = mode
}

export function mode(): ClockMode {
  return clockMode
}

const wallNs = (): bigint => process.hrtime.bigint()

function begin(): void {
  if (owner === _PyRuntime.process) return
  owner = _PyRuntime.process
  skippedNs = 0n
  latestNs = 0n
  wallStartNs = wallNs()
}

/** Instructions executed so far. */
function ticks(): bigint {
  const frame = _PyRuntime.tstate.frame
  return BigInt(Math.max(_PyRuntime.tickBase[0]! + (frame?.pc ?? 0), 0))
}

/** Nanoseconds since the program started: monotonic. */
export function elapsed(): bigint {
  begin()
  if (clockMode === 'wall') return wallNs() - wallStartNs
  // The count of instructions dips while nested evaluation loops begin and threads change.
  const ns = ticks() * NS_PER_TICK + skippedNs
  if (ns > latestNs) latestNs = ns
  return latestNs
}

/** Time of day. */
export function now(): bigint {
  begin()
  return clockMode === 'wall' ? BigInt(Date.now()) * 1_000_000n : START_NS + elapsed()
}

/** Lets time pass: moves the virtual clock on, or really waits. */
export function skip(ns: bigint): void {
  begin()
  if (ns <= 0n) return
  if (clockMode === 'virtual') {
    latestNs = elapsed() + ns
    skippedNs += ns
  }
  else wait(Number(ns) / 1e6)
}

const SLICE_MS = 20
const never = new Int32Array(new SharedArrayBuffer(4))

/** Really waits, in slices: the host's requests are heard meanwhile, and an interrupt ends the wait. */
function wait(ms: number): void {
  for (const end = performance.now() + ms; ;) {
    const left = end - performance.now()
    if (left <= 0) return
    Atomics.wait(never, 0, 0, Math.min(left, SLICE_MS))
    hostCheck.current?.poll()
    if (pendingCalls.length > 0) return
  }
}

/** Nanoseconds of `elapsed` that were skipped: the process did not compute in them. */
export function sleptNs(): bigint {
  begin()
  return skippedNs
}
