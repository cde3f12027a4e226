// molt: what a program that runs here may say to the profiler. CPython has no such module: programs that are to run under
// both call sys.audit("mark", name), which CPython takes and ignores.
import { PyModule_Create } from '../objects/moduleobject'
import { PyErr_Format } from '../objects/errors'
import { PyExc_TypeError } from '../objects/exceptions'
import { _PyArg_CheckPositional } from '../objects/getargs'
import { METH_FASTCALL, METH_O, type PyMethodDef, type PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'
import { PyUnicode_AsString, PyUnicode_Check } from '../objects/unicodeobject'
import { markHook, snapshotHook } from './sysmodule'

function none(): PyObject {
  Py_None.ob_refcnt++
  return Py_None
}

/** The label, or null with an exception set. */
function label(o: PyObject): string | null {
  if (PyUnicode_Check(o)) return PyUnicode_AsString(o)
  return PyErr_Format(PyExc_TypeError, `the name of a mark must be str, not ${o.ob_type.tp_name}`)
}

const methods: PyMethodDef[] = [
  {
    ml_name: 'mark', ml_flags: METH_O, signature: '($module, name, /)',
    ml_meth: (_m: PyObject, name: PyObject) => {
      const text = label(name)
      if (text === null) return null
      markHook.current?.(text)
      return none()
    },
  },
  {
    ml_name: 'snapshot', ml_flags: METH_FASTCALL, signature: "($module, name='', /)",
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional('snapshot', nargs, 0, 1)) return null
      const text = nargs === 0 ? '' : label(args[0]!)
      if (text === null) return null
      snapshotHook.current?.(text)
      return none()
    },
  },
]

export const PyInit_molt = (): PyObject | null => PyModule_Create('molt', methods)
