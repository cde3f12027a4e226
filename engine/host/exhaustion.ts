// When JavaScript itself can go no further in the middle of a program: its stack is full, or an array, a string or an int
// would be larger than V8 can make. Every place that can foresee this raises the Python exception; what reaches here has
// unwound the interpreter, so the program cannot catch it any more. It is still told where it was, as Python would.
import { PyErr_Clear, PyErr_NoMemory, PyErr_SetString } from '../python/objects/errors'
import { PyExc_RecursionError } from '../python/objects/exceptions'
import { frameGetObject, frameIsIncomplete } from '../python/objects/frameobject'
import { _PyRuntime } from '../python/objects/runtime'
import { PyTraceBack_Here } from '../python/objects/traceback'
import { reportUncaught } from '../python/vm/startup'

const STACK = /Maximum call stack size/
const SIZE = /^(Invalid (array|string|typed array) length|Array buffer allocation failed|Maximum BigInt size exceeded|(Map|Set) maximum size exceeded|Invalid array buffer length)/

export const isExhaustion = (error: unknown): error is RangeError =>
  error instanceof RangeError && (STACK.test(error.message) || SIZE.test(error.message))

/** Prints a traceback from the frames that were running; the exit status. */
export function reportExhaustion(error: RangeError): number {
  const { tstate } = _PyRuntime
  PyErr_Clear()
  tstate.recursion_remaining = tstate.recursion_limit
  if (STACK.test(error.message)) PyErr_SetString(PyExc_RecursionError, 'maximum recursion depth exceeded: the stack of the interpreter is full')
  else PyErr_NoMemory()
  for (let frame = tstate.frame; frame !== null; frame = frame.previous) {
    if (!frameIsIncomplete(frame)) PyTraceBack_Here(frameGetObject(frame))
  }
  tstate.frame = null
  return reportUncaught()
}
