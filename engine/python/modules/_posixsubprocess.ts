// _posixsubprocess: there are no other processes to start.
import { PyModule_Create } from '../objects/moduleobject'
import { raiseErrno } from '../objects/errors'
import { errnoOf } from '../objects/errno'
import { METH_VARARGS, type PyObject } from '../objects/object'

export function PyInit__posixsubprocess(): PyObject | null {
  return PyModule_Create('_posixsubprocess', [{ ml_name: 'fork_exec', ml_flags: METH_VARARGS, ml_meth: () => raiseErrno(errnoOf('ENOSYS')) }])
}
