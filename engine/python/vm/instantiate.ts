// Calls of classes whose `__init__` is a plain Python function, without a nested evaluation loop.
//
// Does what _PyObject_MakeTpCall, type_call, object_new and slot_tp_init do, in their order, up to the frame of
// `__init__`; the evaluation loop finishes the call when that frame returns. The caller's operands stay on its stack
// until then, as CPython's do, so that reference counts are the same.
import { CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR } from '../bytecode/code'
import { stackBlock } from '../objects/call'
import type { CodeData } from '../objects/codeobject'
import { PyErr_Format } from '../objects/errors'
import { PyExc_TypeError } from '../objects/exceptions'
import type { InterpreterFrame } from '../objects/frameobject'
import { PyFunction_Type, type FunctionData } from '../objects/funcobject'
import { object_new } from '../objects/object-type'
import { Py_DECREF, Py_TPFLAGS_IS_ABSTRACT, type PyObject, PyType_Type, type PyTypeObject } from '../objects/object'
import { PyMem_Free } from '../objects/objimpl'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { slot_tp_init } from '../objects/type-slot-functions'
import { _PyType_Lookup } from '../objects/type-cache'
import { _Py_ID } from '../objects/unicodeobject'
import { newFrame } from './call-frame'

const NOT_PLAIN = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR

/**
 * What a frame of `__init__` carries: the instance, the argument tuple, how many operands the caller keeps, and the block
 * in which _PyObject_Call_Prepend puts more arguments than its small stack holds (0: none).
 */
export class Instantiation {
  constructor(readonly self: PyObject, readonly args: PyObject, readonly operands: number, readonly block: number) {}
}

/**
 * Frame of `__init__` for a call of `type` with args[first..first+nargs), borrowed; null if the call must go the general
 * way (no exception set, nothing done).
 */
export function enterInit(type: PyTypeObject, args: (PyObject | null)[], first: number, nargs: number): InterpreterFrame | null {
  if (type.tp_new !== object_new || type.tp_init !== slot_tp_init || type.ob_type !== PyType_Type
    || (type.tp_flags & Py_TPFLAGS_IS_ABSTRACT) !== 0) return null
  const init = _PyType_Lookup(type, _Py_ID('__init__'))
  if (init === null || init.ob_type !== PyFunction_Type) return null
  const code = (init.v as FunctionData).func_code!.v as CodeData
  if (!code.simpleArgs || code.co_argcount !== nargs + 1 || (code.co_flags & NOT_PLAIN) !== 0) return null
  const tstate = _PyRuntime.tstate
  if (tstate.recursion_remaining < 2) return null
  const items = new Array<PyObject>(nargs)
  for (let i = 0; i < nargs; i++) {
    const o = args[first + i]!
    o.ob_refcnt++
    items[i] = o
  }
  const tuple = PyTuple_FromArray(items)
  const self = object_new(type, tuple, null)
  if (self === null) {
    Py_DECREF(tuple)
    return null
  }
  // _Py_EnterRecursiveCall of _PyObject_MakeTpCall.
  tstate.recursion_remaining--
  const block = stackBlock(nargs + 1)
  const frame = newFrame(init, null)
  self.ob_refcnt++
  frame.localsplus[0] = self
  for (let i = 0; i < nargs; i++) {
    const o = items[i]!
    o.ob_refcnt++
    frame.localsplus[i + 1] = o
  }
  frame.instantiation = new Instantiation(self, tuple, nargs, block)
  return frame
}

/** `__init__` returned `result` (stolen): the instance (NEW), or null with an exception set. */
export function leaveInit(call: Instantiation, result: PyObject): PyObject | null {
  _PyRuntime.tstate.recursion_remaining++
  if (call.block !== 0) PyMem_Free(call.block)
  const ok = result === Py_None
  if (!ok) PyErr_Format(PyExc_TypeError, '__init__() should return None, not \'%.200s\'', result.ob_type.tp_name)
  Py_DECREF(result)
  if (!ok) Py_DECREF(call.self)
  Py_DECREF(call.args)
  return ok ? call.self : null
}

/** `__init__` failed. */
export function abandonInit(call: Instantiation): void {
  _PyRuntime.tstate.recursion_remaining++
  if (call.block !== 0) PyMem_Free(call.block)
  Py_DECREF(call.self)
  Py_DECREF(call.args)
}
