// Doors from objects/ up into the interpreter, opened by vm/startup.ts: what object files call without importing the
// modules above them.
import type { InterpreterFrame } from '../objects/frameobject'
import type { PyObject } from '../objects/object'

export interface EvalHooks {
  /** NEW int with the line of a frame. */
  lineNumber(frame: InterpreterFrame): PyObject
  /** NEW int. */
  intObject(n: number): PyObject
  /** NEW reference to an exception's traceback, or null. */
  getTraceback(exception: PyObject): PyObject | null
  /** Warns of a coroutine that was never awaited; leaves no exception behind. */
  warnUnawaited(coroutine: PyObject): void
}

const missing = (): never => {
  throw new Error('Molt: the interpreter has not started')
}

export const evalHooks: EvalHooks = {
  lineNumber: missing,
  intObject: missing,
  getTraceback: missing,
  warnUnawaited: missing,
}
