// What the VM looks at between instructions: at backward jumps (every so often), calls and function entries.
//
// `_PyRuntime.evalBreaker` asks for attention at once; the countdown makes sure that the host's requests and the limits
// are looked at regularly even when nobody asks.
import { PyErr_NoMemory, PyErr_SetNone } from '../objects/errors'
import { Py_DECREF } from '../objects/object'
import { _PyRuntime, type ThreadState } from '../objects/runtime'

/** Backward jumps between two looks. */
export const CHECK_INTERVAL = 1000

/** Why a run is ended from outside; the program cannot catch these. */
export class RunEnded extends Error {
  constructor(readonly reason: 'stopped' | 'ticks' | 'deadlock' | 'exit' | 'until', message: string) {
    super(message)
  }
}

/** Installed by the host: flushes the recording when it is time, throws RunEnded when the run is to end. */
export interface HostCheck {
  poll(): void
}

export const hostCheck: { current: HostCheck | null } = { current: null }

/** Calls to make soon in the main thread (weak reference callbacks of other threads, signals): Py_AddPendingCall. */
export const pendingCalls: (() => boolean)[] = []

/** Set while there are several threads: true if the current one is to give way, `blockedOn` then being set. */
export const switchCheck: { current: ((tstate: ThreadState) => boolean) | null } = { current: null }

/** Does what is due; true with an exception set, or with `blockedOn` when another thread is to run. Throws RunEnded when the host ends the run. */
export function handlePending(tstate: ThreadState): boolean {
  const rt = _PyRuntime
  rt.countdown = CHECK_INTERVAL
  rt.evalBreaker = false
  hostCheck.current?.poll()
  if (rt.memoryErrorPending) {
    rt.memoryErrorPending = false
    PyErr_NoMemory()
    return true
  }
  if (tstate.async_exc !== null) {
    const exc = tstate.async_exc
    tstate.async_exc = null
    PyErr_SetNone(exc)
    Py_DECREF(exc)
    return true
  }
  // A pending call that fails says false, with an exception set.
  for (let call = pendingCalls.shift(); call !== undefined; call = pendingCalls.shift()) if (!call()) return true
  return switchCheck.current !== null && switchCheck.current(tstate)
}

