// A request from outside to raise KeyboardInterrupt in the main thread.
import { PyErr_SetNone } from '../objects/errors'
import { PyExc_KeyboardInterrupt } from '../objects/exceptions'
import { _PyRuntime } from '../objects/runtime'
import { pendingCalls } from './eval-breaker'

export function interruptMain(): void {
  pendingCalls.push(() => {
    PyErr_SetNone(PyExc_KeyboardInterrupt)
    return false
  })
  _PyRuntime.evalBreaker = true
}
