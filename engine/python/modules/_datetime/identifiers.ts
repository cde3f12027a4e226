// The identifiers of _datetimemodule.c, and calls of methods by them.
import { PyObject_CallMethodNoArgs, PyObject_CallMethodObjArgs, PyObject_CallMethodOneArg } from '../../objects/call'
import type { PyObject } from '../../objects/object'
import { PyCallable, identifier as nameOf } from '../identifiers'

export { PyCallable }

export const identifier = (text: string): PyObject => nameOf('_datetime', text)

export const callNoArgs = (o: PyObject, name: string): PyObject | null => PyObject_CallMethodNoArgs(o, identifier(name))
export const callOneArg = (o: PyObject, name: string, arg: PyObject): PyObject | null => PyObject_CallMethodOneArg(o, identifier(name), arg)
export const callObjArgs = (o: PyObject, name: string, ...args: PyObject[]): PyObject | null =>
  PyObject_CallMethodObjArgs(o, identifier(name), ...args)
