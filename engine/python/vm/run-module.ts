// `-m module`: runpy._run_module_as_main, as Modules/main.c does it.
import { PyObject_Vectorcall } from '../objects/call'
import { Py_DECREF } from '../objects/object'
import { PyObject_GetAttr } from '../objects/object-protocol'
import { Py_True } from '../objects/boolobject'
import { PyUnicode_FromString, _Py_ID } from '../objects/unicodeobject'
import { PyImport_ImportModule } from '../modules/import'
import { flushStreams } from './finalize'
import { canonicalMain, reportUncaught } from './startup'

/** Runs a module as `__main__`; `begin` is called at the canonical start. Exit status. */
export function runModule(name: string, begin: () => void): number {
  const runpy = PyImport_ImportModule('runpy')
  if (runpy === null) return reportUncaught()
  Py_DECREF(canonicalMain(null))
  begin()
  const run = PyObject_GetAttr(runpy, _Py_ID('_run_module_as_main'))
  if (run === null) return reportUncaught()
  const module = PyUnicode_FromString(name)
  const result = PyObject_Vectorcall(run, [module, Py_True], 2, null)
  Py_DECREF(module)
  Py_DECREF(run)
  if (result === null) return reportUncaught()
  Py_DECREF(result)
  flushStreams()
  return 0
}
