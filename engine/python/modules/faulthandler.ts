// faulthandler: the functions that programs call; the simulated process does not crash, so that they have nothing to do.
import { PyBool_From } from '../objects/boolobject'
import { PyModule_Create } from '../objects/moduleobject'
import { METH_KEYWORDS, METH_NOARGS, METH_VARARGS, type PyMethodDef, type PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

export function PyInit_faulthandler(): PyObject | null {
  let enabled = false
  const methods: PyMethodDef[] = [
    { ml_name: 'enable', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: () => (enabled = true, none()) },
    {
      ml_name: 'disable', ml_flags: METH_NOARGS,
      ml_meth: () => {
        const was = enabled
        enabled = false
        return PyBool_From(was)
      },
    },
    { ml_name: 'is_enabled', ml_flags: METH_NOARGS, ml_meth: () => PyBool_From(enabled) },
    ...['dump_traceback', 'dump_traceback_later', 'register'].map((name): PyMethodDef =>
      ({ ml_name: name, ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: none })),
    { ml_name: 'cancel_dump_traceback_later', ml_flags: METH_NOARGS, ml_meth: none },
    { ml_name: 'unregister', ml_flags: METH_VARARGS, ml_meth: () => PyBool_From(false) },
  ]
  return PyModule_Create('faulthandler', methods)
}
