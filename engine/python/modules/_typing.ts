// _typing: the identity function in C. Modules/_typingmodule.c.
import { PyModule_Create } from '../objects/moduleobject'
import { METH_O, type PyObject } from '../objects/object'

export function PyInit__typing(): PyObject | null {
  return PyModule_Create('_typing', [{ ml_name: '_idfunc', ml_flags: METH_O, ml_meth: (_m: PyObject, x: PyObject) => (x.ob_refcnt++, x) }])
}
