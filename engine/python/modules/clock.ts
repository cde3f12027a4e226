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
let clockMode: ClockMode = 'virtual'
let wall: WallClock

/** The machine's clock, or what stands for it. */
export interface WallClock {
  /** Nanoseconds since some instant: monotonic. */
  elapsed(): bigint
  /** Milliseconds since the epoch. */
  now(): number
  /** Really waits. `poll` hears the host's requests meanwhile; true ends the wait. */
  wait(ms: number, poll: () => boolean): void
}

/** Chosen by the host before a run. */
export function setClockMode(mode: ClockMode, clock: WallClock = machineClock()): void {
  clockMode = mode
  wall = clock
}

export function mode(): ClockMode {
  return clockMode
}

const SLICE_MS = 20
const never = new Int32Array(new SharedArrayBuffer(4))

export function machineClock(): WallClock {
  const start = process.hrtime.bigint()
  return {
    elapsed: () => process.hrtime.bigint() - start,
    now: () => Date.now(),
    wait(ms, poll) {
      for (const end = performance.now() + ms; ;) {
        const left = end - performance.now()
        if (left <= 0) return
        Atomics.wait(never, 0, 0, Math.min(left, SLICE_MS))
        if (poll()) return
      }
    },
  }
}

function begin(): void {
  if (owner === _PyRuntime.process) return
  owner = _PyRuntime.process
  skippedNs = 0n
  latestNs = 0n
}

/** Instructions executed so far. */
function ticks(): bigint {
  const frame = _PyRuntime.tstate.frame
  return BigInt(Math.max(_PyRuntime.tickBase[0]! + (frame?.pc ?? 0), 0))
}

/** Nanoseconds since the program started: monotonic. */
export function elapsed(): bigint {
  begin()
  if (clockMode === 'wall') return wall.elapsed()
  // The count of instructions dips while nested evaluation loops begin and threads change.
  const ns = ticks() * NS_PER_TICK + skippedNs
  if (ns > latestNs) latestNs = ns
  return latestNs
}

/** Time of day. */
export function now(): bigint {
  begin()
  return clockMode === 'wall' ? BigInt(wall.now()) * 1_000_000n : START_NS + elapsed()
}

/** Lets time pass: moves the virtual clock on, or really waits. */
export function skip(ns: bigint): void {
  begin()
  if (ns <= 0n) return
  if (clockMode === 'virtual') {
    latestNs = elapsed() + ns
    skippedNs += ns
  }
  else wall.wait(Number(ns) / 1e6, heard)
}

/** Looks at what the host wants; true: the program is to be interrupted. */
function heard(): boolean {
  hostCheck.current?.poll()
  return pendingCalls.length > 0
}

/** Nanoseconds of `elapsed` that were skipped: the process did not compute in them. */
export function sleptNs(): bigint {
  begin()
  return skippedNs
}
