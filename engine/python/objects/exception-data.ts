// The struct of exceptions. Apart from exceptions.ts because other files derive from it while modules are being loaded;
// this one imports nothing at run time.
import type { PyObject } from './object'

const NONE_OF_ITS_OWN: (PyObject | null)[] = []

/** PyBaseExceptionObject; its `dict` is the object's `dict`. */
export class BaseExceptionData {
  args: PyObject | null = null
  traceback: PyObject | null = null
  context: PyObject | null = null
  cause: PyObject | null = null
  suppress_context = false
  /** References of the derived structs. */
  own: (PyObject | null)[] = NONE_OF_ITS_OWN
}
