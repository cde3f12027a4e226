// For tests of the object layer: a process with its types ready, without the VM or a library.
import { SimulatedProcess } from '../../memory/process'
import { setHashSeed } from '../lib/sip-hash'
import { PyErr_Fetch, PyErr_NormalizeException } from './errors'
import { gcHost } from './gc-host'
import type { PyObject } from './object'
import { PyObject_Repr, PyObject_Str } from './object-protocol'
import { RuntimeState, _PyRuntime } from './runtime'
import { initTypes } from './type-list'
import { initStaticStrings, PyUnicode_AsString } from './unicodeobject'

/** A fresh interpreter state with hash seed 0. */
export function startRuntime(): void {
  Object.assign(_PyRuntime, new RuntimeState())
  _PyRuntime.process = new SimulatedProcess<PyObject>()
  _PyRuntime.process.gc.host = gcHost
  setHashSeed(0)
  initStaticStrings()
  initTypes()
}

/** repr() of an object; the pending exception's type and message if it is null. */
export function shown(o: PyObject | null): string {
  if (o === null) return pendingError()
  const repr = PyObject_Repr(o)
  return repr === null ? pendingError() : PyUnicode_AsString(repr)
}

/** Takes the pending exception: `TypeError: message`. */
export function pendingError(): string {
  const e = PyErr_Fetch()
  if (e.type === null) return 'no exception'
  PyErr_NormalizeException(e)
  const text = PyObject_Str(e.value)
  return `${e.value!.ob_type.tp_name}: ${text === null ? '?' : PyUnicode_AsString(text)}`
}
