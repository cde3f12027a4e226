// Calling: from every form of arguments to every form of callable. Mirrors Objects/call.c.
//
// Arguments travel as an array (vectorcall) wherever the callable can take it; a tuple and a dict are made only for
// tp_call. The blocks CPython takes on the way (argument tuple, keyword dict, stacks of more than five) are taken too.
import {
  Py_DECREF, Py_TPFLAGS_HAVE_VECTORCALL, Py_TPFLAGS_TYPE_SUBCLASS, type PyObject, type PyTypeObject,
  type vectorcallfunc,
} from './object'
import { TAG_SCRATCH } from '../../memory/events'
import { PyMethod_Type } from './classobject'
import { DICT_ENTRY, PyDict_Check, PyDict_GET_SIZE, PyDict_Next } from './dictobject'
import { _PyDict_FromItems } from './dict-merge'
import { PyErr_Format, PyErr_SetString, _PyErr_FormatFromCause } from './errors'
import { PyExc_SystemError, PyExc_TypeError } from './exceptions'
import { PyCFunction_Type, PyCMethod_Type, type CFunctionData } from './methodobject'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { PyObject_GetAttr, _PyObject_GetMethod } from './object-protocol'
import { _PyRuntime, _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from './runtime'
import { PyTuple_New, PyTuple_Pack, _PyTuple_FromArray } from './tupleobject'
import { PyUnicode_Check, PyUnicode_FromString } from './unicodeobject'

/** Arguments that fit on the C stack. */
const SMALL_STACK = 5

/** Blocks of C arrays that do not fit: taken before a call, given back after it. 0 = on the C stack. */
export function stackBlock(items: number): number {
  return items <= SMALL_STACK ? 0 : PyMem_Malloc(items * 8, TAG_SCRATCH)
}

/** A function's result is a value, or null with an exception set; anything else is a SystemError. Returns the result. */
export function _Py_CheckFunctionResult(callable: PyObject | null, result: PyObject | null, where: string | null = null): PyObject | null {
  const error = _PyRuntime.tstate.curexc_type !== null
  if (result !== null) return error ? resultWithError(callable, result, where) : result
  // A thread that waits in a blocking call fails without an exception, see vm/threads.ts.
  if (error || _PyRuntime.blockedOn !== null) return null
  if (callable !== null) return PyErr_Format(PyExc_SystemError, '%R returned NULL without setting an exception', callable)
  return PyErr_Format(PyExc_SystemError, '%s returned NULL without setting an exception', where)
}

function resultWithError(callable: PyObject | null, result: PyObject, where: string | null): null {
  Py_DECREF(result)
  if (callable !== null) return _PyErr_FormatFromCause(PyExc_SystemError, '%R returned a result with an exception set', callable)
  return _PyErr_FormatFromCause(PyExc_SystemError, '%s returned a result with an exception set', where)
}

/** The function that takes arguments as an array, or null. Mirrors PyVectorcall_Function. */
export function PyVectorcall_Function(callable: PyObject): vectorcallfunc | null {
  const type = callable.ob_type
  if ((type.tp_flags & Py_TPFLAGS_HAVE_VECTORCALL) === 0) return null
  // A type's own constructor is a field of the type object.
  if ((type.tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) !== 0) return (callable as PyTypeObject).tp_vectorcall
  // So is a built-in function's: those that take a tuple have none.
  if (type === PyCFunction_Type || type === PyCMethod_Type) return (callable.v as CFunctionData).vectorcall
  if (type === partialVectorcall.type) return partialVectorcall.of(callable)
  return type.vectorcall
}

/** functools.partial, whose objects have a vectorcall only if what they call has one; set by its module. */
export const partialVectorcall: { type: PyTypeObject | null, of: (o: PyObject) => vectorcallfunc | null } = { type: null, of: () => null }

function notCallable(callable: PyObject): null {
  return PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not callable', callable.ob_type.tp_name)
}

/** NEW dict of keyword arguments whose values are args[from..]. Mirrors _PyStack_AsDict. */
export function _PyStack_AsDict(args: PyObject[], from: number, kwnames: PyObject): PyObject | null {
  const names = kwnames.v as PyObject[]
  return _PyDict_FromItems(names, 0, 1, args, from, 1, names.length)
}

/** tp_call with a tuple and a dict. `keywords`: names (tuple) of the values behind the positional ones, a dict, or null. */
export function _PyObject_MakeTpCall(
  callable: PyObject, args: PyObject[], nargs: number, keywords: PyObject | null,
): PyObject | null {
  const call = callable.ob_type.tp_call
  if (call === null) return notCallable(callable)
  const tuple = _PyTuple_FromArray(args, nargs)
  if (tuple === null) return null
  let kwdict: PyObject | null = null
  if (keywords !== null) {
    if (PyDict_Check(keywords)) kwdict = keywords
    else if ((keywords.v as PyObject[]).length > 0) {
      kwdict = _PyStack_AsDict(args, nargs, keywords)
      if (kwdict === null) {
        Py_DECREF(tuple)
        return null
      }
    }
  }
  let result: PyObject | null = null
  if (!_Py_EnterRecursiveCall(' while calling a Python object')) {
    result = call(callable, tuple, kwdict)
    _Py_LeaveRecursiveCall()
  }
  Py_DECREF(tuple)
  if (kwdict !== null && kwdict !== keywords) Py_DECREF(kwdict)
  return _Py_CheckFunctionResult(callable, result)
}

/** Calls with args[0..nargs) and, named by kwnames, the values behind them; borrows all. NEW result. */
export function PyObject_Vectorcall(
  callable: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null,
): PyObject | null {
  const f = PyVectorcall_Function(callable)
  if (f === null) return _PyObject_MakeTpCall(callable, args, nargs, kwnames)
  return _Py_CheckFunctionResult(callable, f(callable, args, nargs, kwnames))
}

// ---- from a dict of keywords to an array -------------------------------------------------------------------------------

interface UnpackedCall {
  args: PyObject[]
  kwnames: PyObject
  block: number
}

/** Copies arguments and a non-empty dict of keywords into one array. Null: TypeError. Mirrors _PyStack_UnpackDict. */
function unpackDict(args: PyObject[], nargs: number, kwargs: PyObject): UnpackedCall | null {
  const nkwargs = PyDict_GET_SIZE(kwargs)
  const block = PyMem_Malloc((1 + nargs + nkwargs) * 8, TAG_SCRATCH)
  const kwnames = PyTuple_New(nkwargs)
  const names = kwnames.v as PyObject[]
  const stack = new Array<PyObject>(nargs + nkwargs)
  for (let i = 0; i < nargs; i++) {
    args[i]!.ob_refcnt++
    stack[i] = args[i]!
  }
  let strings = true
  let i = 0
  for (let pos = PyDict_Next(kwargs, 0); pos > 0; pos = PyDict_Next(kwargs, pos), i++) {
    const { key, value } = DICT_ENTRY
    if (!PyUnicode_Check(key)) strings = false
    key.ob_refcnt++
    value.ob_refcnt++
    names[i] = key
    stack[nargs + i] = value
  }
  const unpacked = { args: stack, kwnames, block }
  if (strings) return unpacked
  PyErr_SetString(PyExc_TypeError, 'keywords must be strings')
  freeUnpacked(unpacked)
  return null
}

function freeUnpacked(call: UnpackedCall): void {
  for (const o of call.args) Py_DECREF(o)
  PyMem_Free(call.block)
  Py_DECREF(call.kwnames)
}

/** Calls with an array and a dict of keywords (or null). Mirrors PyObject_VectorcallDict. */
export function PyObject_VectorcallDict(
  callable: PyObject, args: PyObject[], nargs: number, kwargs: PyObject | null,
): PyObject | null {
  const f = PyVectorcall_Function(callable)
  if (f === null) return _PyObject_MakeTpCall(callable, args, nargs, kwargs)
  if (kwargs === null || PyDict_GET_SIZE(kwargs) === 0) return _Py_CheckFunctionResult(callable, f(callable, args, nargs, null))
  const call = unpackDict(args, nargs, kwargs)
  if (call === null) return null
  const result = f(callable, call.args, nargs, call.kwnames)
  freeUnpacked(call)
  return _Py_CheckFunctionResult(callable, result)
}

export const _PyObject_FastCallDict = PyObject_VectorcallDict

/** Calls a vectorcall function with a tuple and a dict. Mirrors _PyVectorcall_Call. */
function vectorcallWithTuple(f: vectorcallfunc, callable: PyObject, tuple: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = tuple.v as PyObject[]
  const nargs = items.length
  if (kwargs === null || PyDict_GET_SIZE(kwargs) === 0) {
    // A bound method must copy the tuple's items behind its self.
    const block = callable.ob_type === PyMethod_Type && nargs > 0 ? stackBlock(nargs + 1) : 0
    const result = f(callable, items, nargs, null)
    if (block !== 0) PyMem_Free(block)
    return _Py_CheckFunctionResult(callable, result)
  }
  const call = unpackDict(items, nargs, kwargs)
  if (call === null) return null
  const result = f(callable, call.args, nargs, call.kwnames)
  freeUnpacked(call)
  return _Py_CheckFunctionResult(callable, result)
}

/** tp_call of types that have a vectorcall. */
export function PyVectorcall_Call(callable: PyObject, tuple: PyObject, kwargs: PyObject | null): PyObject | null {
  const type = callable.ob_type
  const f = (type.tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) !== 0 ? (callable as PyTypeObject).tp_vectorcall : type.vectorcall
  if (f === null) {
    return PyErr_Format(PyExc_TypeError, '\'%.200s\' object does not support vectorcall', type.tp_name)
  }
  return vectorcallWithTuple(f, callable, tuple, kwargs)
}

/** callable(*args, **kwargs), with a tuple and a dict or null. NEW. */
export function PyObject_Call(callable: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const f = PyVectorcall_Function(callable)
  if (f !== null) return vectorcallWithTuple(f, callable, args, kwargs)
  const call = callable.ob_type.tp_call
  if (call === null) return notCallable(callable)
  if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
  const result = call(callable, args, kwargs)
  _Py_LeaveRecursiveCall()
  return _Py_CheckFunctionResult(callable, result)
}

export function PyCFunction_Call(callable: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  return PyObject_Call(callable, args, kwargs)
}

/** callable(obj, *args, **kwargs). Mirrors _PyObject_Call_Prepend. */
export function _PyObject_Call_Prepend(
  callable: PyObject, obj: PyObject, args: PyObject, kwargs: PyObject | null,
): PyObject | null {
  const items = args.v as PyObject[]
  const nargs = items.length + 1
  const stack = new Array<PyObject>(nargs)
  stack[0] = obj
  for (let i = 1; i < nargs; i++) stack[i] = items[i - 1]!
  const block = stackBlock(nargs)
  const result = PyObject_VectorcallDict(callable, stack, nargs, kwargs)
  if (block !== 0) PyMem_Free(block)
  return result
}

// ---- fixed numbers of arguments -------------------------------------------------------------------------------------------

export function PyObject_CallNoArgs(callable: PyObject): PyObject | null {
  return PyObject_Vectorcall(callable, [], 0, null)
}

export const _PyObject_CallNoArgs = PyObject_CallNoArgs

export function PyObject_CallOneArg(callable: PyObject, arg: PyObject): PyObject | null {
  return PyObject_Vectorcall(callable, [arg], 1, null)
}

/** With a tuple of arguments, or null for none. */
export function PyObject_CallObject(callable: PyObject, args: PyObject | null): PyObject | null {
  if (args === null) return PyObject_CallNoArgs(callable)
  return PyObject_Call(callable, args, null)
}

export function PyObject_CallFunctionObjArgs(callable: PyObject, ...args: PyObject[]): PyObject | null {
  const block = stackBlock(args.length)
  const result = PyObject_Vectorcall(callable, args, args.length, null)
  if (block !== 0) PyMem_Free(block)
  return result
}

// ---- methods --------------------------------------------------------------------------------------------------------------

const found = { unbound: false }

/** args[0].name(*args[1:]). Mirrors PyObject_VectorcallMethod. */
export function PyObject_VectorcallMethod(
  name: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null,
): PyObject | null {
  const callable = _PyObject_GetMethod(args[0]!, name, found)
  if (callable === null) return null
  const result = found.unbound ? PyObject_Vectorcall(callable, args, nargs, kwnames)
    : PyObject_Vectorcall(callable, args.slice(1), nargs - 1, kwnames)
  Py_DECREF(callable)
  return result
}

export function PyObject_CallMethodNoArgs(self: PyObject, name: PyObject): PyObject | null {
  return PyObject_VectorcallMethod(name, [self], 1, null)
}

export function PyObject_CallMethodOneArg(self: PyObject, name: PyObject, arg: PyObject): PyObject | null {
  return PyObject_VectorcallMethod(name, [self, arg], 2, null)
}

export function PyObject_CallMethodObjArgs(self: PyObject, name: PyObject, ...args: PyObject[]): PyObject | null {
  const callable = _PyObject_GetMethod(self, name, found)
  if (callable === null) return null
  const stack = found.unbound ? [self, ...args] : args
  const block = stackBlock(stack.length)
  const result = PyObject_Vectorcall(callable, stack, stack.length, null)
  if (block !== 0) PyMem_Free(block)
  Py_DECREF(callable)
  return result
}

/** PyObject_CallMethod(self, "name", "(O)", arg): one argument, by way of a tuple. */
export function callMethodWithTuple(self: PyObject, text: string, arg: PyObject): PyObject | null {
  const name = PyUnicode_FromString(text)
  const callable = PyObject_GetAttr(self, name)
  Py_DECREF(name)
  if (callable === null) return null
  const tuple = PyTuple_Pack(arg)
  const result = PyObject_Vectorcall(callable, [arg], 1, null)
  Py_DECREF(tuple)
  Py_DECREF(callable)
  return result
}

/** PyObject_CallMethod(self, "name", "O…"): the attribute is read (a bound method is made), by a temporary name. */
export function PyObject_CallMethod(self: PyObject, text: string, ...args: PyObject[]): PyObject | null {
  const name = PyUnicode_FromString(text)
  const callable = PyObject_GetAttr(self, name)
  Py_DECREF(name)
  if (callable === null) return null
  const result = PyObject_CallFunctionObjArgs(callable, ...args)
  Py_DECREF(callable)
  return result
}

