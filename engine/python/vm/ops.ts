// What the evaluation loop does out of line: rare opcodes and error messages. Mirrors the helpers of Python/ceval.c.
//
// Arguments are borrowed unless said; results are NEW; null or false means that an exception is set.
import { CO_COROUTINE, CO_FAST_FREE, CO_ITERABLE_COROUTINE } from '../bytecode/code'
import { withFunctionStr } from '../objects/descrobject'
import { PySequence_List, PyMapping_Keys, _PyObject_FunctionStr, PyObject_DelItem, PyObject_Format, PyObject_GetItem, PyObject_GetIter, PyObject_IsInstance, PyObject_SetItem, PySequence_GetItem, PySequence_Tuple } from '../objects/abstract'
import { PyObject_Call, PyObject_CallOneArg, PyObject_Vectorcall, callMethodWithTuple } from '../objects/call'
import type { CodeData } from '../objects/codeobject'
import {
  PyDict_CheckExact, PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem, PyDict_Update, _PyDict_FromItems, _PyDict_MergeEx,
} from '../objects/dictobject'
import {
  PyErr_Clear, PyErr_ExceptionMatches, PyErr_Fetch, PyErr_Format, PyErr_GivenExceptionMatches, PyErr_NormalizeException, PyErr_Occurred,
  PyErr_Restore, PyErr_RestoreFetched, PyErr_SetObject, PyErr_SetString, _PyErr_FormatFromCause, _PyErr_GetTopmostException,
  fetchNormalized as fetchNormalizedError, PyErr_SetImportError,
} from '../objects/errors'
import {
  PyExc_AttributeError, PyExc_IndexError, PyExc_KeyError, PyExc_NameError, PyExc_RuntimeError, PyExc_StopAsyncIteration, PyExc_StopIteration,
  PyExc_SystemError, PyExc_TypeError, PyExc_UnboundLocalError, PyExc_ValueError, PyExc_BaseExceptionGroup, PyException_GetTraceback, PyException_SetCause,
  PyExceptionClass_Check, PyExceptionInstance_Check,
} from '../objects/exceptions'
import { _PyExc_CreateExceptionGroup, _PyExc_PrepReraiseStar } from '../objects/exceptions-group'
import type { InterpreterFrame } from '../objects/frameobject'
import { PyFunction_New, type FunctionData } from '../objects/funcobject'
import { _PyGen_FetchStopIterationValue, PyCoro_CheckExact, PyGen_CheckExact, _PyCoro_GetAwaitableIter, PyAsyncGen_CheckExact, genYieldFromTarget } from '../objects/genobject'

import { PyList_Append, PyList_AsTuple, PyList_New } from '../objects/listobject'
import { PyLong_AsLong } from '../objects/longobject'
import { PyBaseObject_Type } from '../objects/object-type'
import { PYGEN_ERROR, PYGEN_NEXT, PYGEN_RETURN, Py_DECREF, Py_TPFLAGS_MATCH_SELF, Py_XDECREF, PyObject, PyType_HasFeature, type PyTypeObject, SEND_RESULT } from '../objects/object'
import { PyObject_ASCII, PyObject_GetAttr, PyObject_GetAttrString, PyObject_Repr, _PyObject_GetMethod, PyObject_SetAttr, PyObject_Str, _PyObject_LookupAttr } from '../objects/object-protocol'
import { PyObject_CallMethodOneArg } from '../objects/call'
import { _PyObject_LookupSpecial, PyType_Check } from '../objects/typeobject'
import { _PyRuntime, type ThreadState } from '../objects/runtime'
import { PySet_New, PySet_Add, PySet_Contains } from '../objects/setobject'
import { Py_None } from '../objects/singletons'
import { PyTuple_CheckExact, PyTuple_FromArray, PyTuple_New, PyTuple_Check } from '../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_FromString, PyUnicode_GET_LENGTH, _Py_ID } from '../objects/unicodeobject'
import { PyImport_ImportModuleLevelObject, PyImport_GetModule } from '../modules/import'

/** Results of opcodes that have more than one. */
export const resultFlags: { match: PyObject | null, rest: PyObject | null, enter: PyObject | null } = {
  match: null, rest: null, enter: null,
}

const text = PyUnicode_AsString
const typeName = (o: PyObject): string => o.ob_type.tp_name

// ---- names ------------------------------------------------------------------------------------------------------

/** NameError with its `name` attribute. */
export function nameError(name: PyObject): void {
  nameErrorBy('name \'%.200s\' is not defined', name)
}

function nameErrorBy(format: string, name: PyObject): void {
  PyErr_Format(PyExc_NameError, format, text(name))
  const e = PyErr_Fetch()
  PyErr_NormalizeException(e)
  if (e.value !== null && PyErr_GivenExceptionMatches(e.value, PyExc_NameError)) {
    // format_exc_check_arg: the name goes with the exception, for suggestions.
    PyObject_SetAttr(e.value, _Py_ID('name'), name)
  }
  PyErr_RestoreFetched(e)
}

export function unboundLocal(code: CodeData, index: number): void {
  PyErr_Format(PyExc_UnboundLocalError,
    'cannot access local variable \'%s\' where it is not associated with a value', text(code.localNames[index]!))
}

/** Mirrors format_exc_unbound. */
export function formatExcUnbound(code: CodeData, index: number): void {
  const name = code.localNames[index]!
  if ((code.code.co_localspluskinds[index]! & CO_FAST_FREE) === 0) unboundLocal(code, index)
  else nameErrorBy('cannot access free variable \'%s\' where it is not associated with a value in enclosing scope', name)
}

export function deleteName(frame: InterpreterFrame, name: PyObject): boolean {
  const locals = frame.f_locals
  if (locals === null) {
    PyErr_Format(PyExc_SystemError, `no locals when deleting '${text(name)}'`)
    return false
  }
  if (PyObject_DelItem(locals, name) === 0) return true
  PyErr_Clear()
  nameError(name)
  return false
}

export function deleteGlobal(frame: InterpreterFrame, name: PyObject): boolean {
  if (PyDict_DelItem(frame.f_globals, name) === 0) return true
  if (PyErr_ExceptionMatches(PyExc_KeyError)) nameError(name)
  return false
}

export function deleteAttr(owner: PyObject, name: PyObject): number {
  return PyObject_SetAttr(owner, name, null)
}

/** `__build_class__`. */
export function buildClass(frame: InterpreterFrame): PyObject | null {
  const builtins = frame.f_builtins
  if (PyDict_CheckExact(builtins)) {
    const o = PyDict_GetItemWithError(builtins, _Py_ID('__build_class__'))
    if (o === null) {
      if (PyErr_Occurred() === null) PyErr_SetString(PyExc_NameError, '__build_class__ not found')
      return null
    }
    o.ob_refcnt++
    return o
  }
  const o = PyObject_GetItem(builtins, _Py_ID('__build_class__'))
  if (o === null && PyErr_ExceptionMatches(PyExc_KeyError)) PyErr_SetString(PyExc_NameError, '__build_class__ not found')
  return o
}

export function setupAnnotations(frame: InterpreterFrame): boolean {
  const locals = frame.f_locals
  const key = _Py_ID('__annotations__')
  if (locals === null) {
    PyErr_Format(PyExc_SystemError, 'no locals found when setting up annotations')
    return false
  }
  if (PyDict_CheckExact(locals)) {
    if (PyDict_GetItemWithError(locals, key) !== null) return true
    if (PyErr_Occurred() !== null) return false
    const dict = PyDict_New()
    const failed = PyDict_SetItem(locals, key, dict) !== 0
    Py_DECREF(dict)
    return !failed
  }
  const known = PyObject_GetItem(locals, key)
  if (known !== null) return Py_DECREF(known), true
  if (!PyErr_ExceptionMatches(PyExc_KeyError)) return false
  PyErr_Clear()
  const dict = PyDict_New()
  const failed = PyObject_SetItem(locals, key, dict) !== 0
  Py_DECREF(dict)
  return !failed
}

/** sys.displayhook(value). */
export function printExpr(value: PyObject): boolean {
  const hook = PyDict_GetItemWithError(_PyRuntime.sysdict, _Py_ID('displayhook'))
  if (hook === null) {
    if (PyErr_Occurred() === null) PyErr_SetString(PyExc_RuntimeError, 'lost sys.displayhook')
    return false
  }
  const result = PyObject_CallOneArg(hook, value)
  Py_XDECREF(result)
  return result !== null
}

// ---- functions and calls --------------------------------------------------------------------------------------------

/** MAKE_FUNCTION: steals what it takes from the stack (the caller nulls the slots). */
export function makeFunction(frame: InterpreterFrame, st: (PyObject | null)[], sp: number, flags: number): PyObject {
  const codeObject = st[--sp]!
  const func = PyFunction_New(codeObject, frame.f_globals)!
  Py_DECREF(codeObject)
  const data = func.v as FunctionData
  if ((flags & 8) !== 0) data.func_closure = st[--sp]!
  if ((flags & 4) !== 0) data.func_annotations = st[--sp]!
  if ((flags & 2) !== 0) data.func_kwdefaults = st[--sp]!
  if ((flags & 1) !== 0) data.func_defaults = st[--sp]!
  return func
}

/** CALL_FUNCTION_EX; the caller releases the operands. */
export function callFunctionEx(st: (PyObject | null)[], sp: number, flags: number): PyObject | null {
  let kwargs: PyObject | null = null
  let at = sp
  if ((flags & 1) !== 0) {
    kwargs = st[--at]!
    if (!PyDict_CheckExact(kwargs)) {
      const dict = PyDict_New()
      if (_PyDict_MergeEx(dict, kwargs, 2) < 0) {
        Py_DECREF(dict)
        kwargsError(st[at - 2]!, kwargs)
        return null
      }
      // What was converted is dropped before the call.
      st[at] = dict
      Py_DECREF(kwargs)
      kwargs = dict
    }
  }
  let args = st[--at]!
  const callable = st[at - 1]!
  if (!PyTuple_CheckExact(args)) {
    if (args.ob_type.tp_iter === null && !sequenceLike(args)) {
      withFunctionStr(callable, where =>
        PyErr_Format(PyExc_TypeError, '%U argument after * must be an iterable, not %.200s', where, typeName(args)))
      return null
    }
    const tuple = PySequence_Tuple(args)
    if (tuple === null) return null
    st[at] = tuple
    Py_DECREF(args)
    args = tuple
  }
  return PyObject_Call(callable, args, kwargs)
}

const sequenceLike = (o: PyObject): boolean => o.ob_type.sq_item !== null

function attributeText(o: PyObject, name: string): string | null {
  const value = PyObject_GetAttr(o, _Py_ID(name))
  if (value === null) {
    PyErr_Clear()
    return null
  }
  const result = PyUnicode_Check(value) ? text(value) : null
  Py_DECREF(value)
  return result
}

/** Mirrors format_kwargs_error. */
function kwargsError(func: PyObject, kwargs: PyObject): void {
  if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
    PyErr_Clear()
    withFunctionStr(func, where =>
      PyErr_Format(PyExc_TypeError, '%U argument after ** must be a mapping, not %.200s', where, typeName(kwargs)))
  } else if (PyErr_ExceptionMatches(PyExc_KeyError)) {
    const e = PyErr_Fetch()
    const args = e.value
    const inner = args === null ? null : PyTuple_Check(args) ? (args.v as PyObject[])[0] : firstArgument(args)
    if (inner && PyUnicode_Check(inner)) {
      const where = _PyObject_FunctionStr(func)
      if (where !== null) {
        PyErr_Format(PyExc_TypeError, '%U got multiple values for keyword argument \'%S\'', where, inner)
        Py_DECREF(where)
        Py_XDECREF(e.type)
        Py_XDECREF(e.value)
        Py_XDECREF(e.traceback)
        return
      }
    }
    PyErr_RestoreFetched(e)
  }
}

function firstArgument(value: PyObject): PyObject | null {
  if (!PyExceptionInstance_Check(value)) return value
  const args = PyObject_GetAttr(value, _Py_ID('args'))
  if (args === null) return PyErr_Clear(), null
  const first = (args.v as PyObject[])[0] ?? null
  // The exception still holds it.
  Py_DECREF(args)
  return first
}

export function dictUpdate(target: PyObject, update: PyObject): boolean {
  if (PyDict_Update(target, update) === 0) return true
  if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
    PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not a mapping', typeName(update))
  }
  return false
}

export function dictMerge(target: PyObject, update: PyObject, func: PyObject): boolean {
  if (_PyDict_MergeEx(target, update, 2) === 0) return true
  kwargsError(func, update)
  return false
}

/** BUILD_MAP: pairs borrowed. */
export function buildMap(st: (PyObject | null)[], sp: number, count: number): PyObject | null {
  return _PyDict_FromItems(st as PyObject[], sp - 2 * count, 2, st as PyObject[], sp - 2 * count + 1, 2, count)
}

export function buildConstKeyMap(st: (PyObject | null)[], sp: number, count: number): PyObject | null {
  return _PyDict_FromItems(st[sp - 1]!.v as PyObject[], 0, 1, st as PyObject[], sp - 1 - count, 1, count)
}

/** FORMAT_VALUE; STEALS value and spec. Mirrors the opcode in ceval.c. */
export function formatValue(value: PyObject, spec: PyObject | null, conversion: number): PyObject | null {
  let converted: PyObject | null = value
  if (conversion !== 0) {
    converted = conversion === 1 ? PyObject_Str(value) : conversion === 2 ? PyObject_Repr(value) : PyObject_ASCII(value)
    Py_DECREF(value)
    if (converted === null) {
      Py_XDECREF(spec)
      return null
    }
  }
  if (PyUnicode_CheckExact(converted) && spec === null) return converted
  const result = PyObject_Format(converted, spec)
  Py_DECREF(converted)
  Py_XDECREF(spec)
  return result
}

export function valueAfterStar(iterable: PyObject): void {
  if (PyErr_ExceptionMatches(PyExc_TypeError) && iterable.ob_type.tp_iter === null && !sequenceLike(iterable)) {
    PyErr_Clear()
    PyErr_Format(PyExc_TypeError, 'Value after * must be an iterable, not %.200s', typeName(iterable))
  }
}

// ---- unpacking ------------------------------------------------------------------------------------------------------------

/** Pushes the items so that the first is on top; on failure nothing is left above sp. Mirrors unpack_iterable. */
export function unpackSequence(sequence: PyObject, count: number, st: (PyObject | null)[], sp: number): boolean {
  return unpack(sequence, count, -1, st, sp + count)
}

export function unpackEx(
  sequence: PyObject, before: number, after: number, st: (PyObject | null)[], sp: number,
): boolean {
  return unpack(sequence, before, after, st, sp + 1 + before + after)
}

function unpack(sequence: PyObject, before: number, after: number, st: (PyObject | null)[], top: number): boolean {
  let at = top
  const iterator = PyObject_GetIter(sequence)
  if (iterator === null) {
    if (PyErr_ExceptionMatches(PyExc_TypeError) && sequence.ob_type.tp_iter === null && !sequenceLike(sequence)) {
      PyErr_Format(PyExc_TypeError, 'cannot unpack non-iterable %.200s object', sequence.ob_type.tp_name)
    }
    return false
  }
  const fail = (): false => {
    for (; at < top; at++) {
      const o = st[at]!
      st[at] = null
      Py_DECREF(o)
    }
    Py_DECREF(iterator)
    return false
  }
  const next = iterator.ob_type.tp_iternext!
  for (let i = 0; i < before; i++) {
    const item = next(iterator)
    if (item === null) {
      if (stopped()) {
        if (after === -1) PyErr_Format(PyExc_ValueError, 'not enough values to unpack (expected %d, got %d)', before, i)
        else PyErr_Format(PyExc_ValueError, 'not enough values to unpack (expected at least %d, got %d)', before + after, i)
      }
      return fail()
    }
    st[--at] = item
  }
  if (after === -1) {
    const extra = next(iterator)
    if (extra === null) {
      if (!stopped()) return fail()
      Py_DECREF(iterator)
      return true
    }
    Py_DECREF(extra)
    PyErr_Format(PyExc_ValueError, 'too many values to unpack (expected %d)', before)
    return fail()
  }
  const list = PySequence_List(iterator)
  if (list === null) return fail()
  const items = list.v.ob_item as PyObject[]
  const size = items.length
  if (size < after) {
    Py_DECREF(list)
    PyErr_Format(PyExc_ValueError, 'not enough values to unpack (expected at least %d, got %zd)', before + after, before + size)
    return fail()
  }
  st[--at] = list
  // The last items move from the list to the stack; its block stays as it is.
  for (let i = after; i > 0; i--) st[--at] = items[size - i]!
  items.length = size - after
  Py_DECREF(iterator)
  return true
}

/** True if the iterator ended without an error; clears StopIteration. */
function stopped(): boolean {
  if (PyErr_Occurred() === null) return true
  if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return false
  PyErr_Clear()
  return true
}

// ---- exceptions -------------------------------------------------------------------------------------------------------------

/** Takes the error away as a normalized instance with its traceback. NEW. */
export function fetchNormalized(): PyObject {
  return fetchNormalizedError()!
}

/** RAISE_VARARGS; STEALS both. True: a re-raise that must not add this frame to the traceback. Mirrors do_raise. */
export function doRaise(tstate: ThreadState, exception: PyObject | null, cause: PyObject | null): boolean {
  if (exception === null) {
    const value = _PyErr_GetTopmostException(tstate).exc_value
    if (value === null || value === Py_None) {
      PyErr_SetString(PyExc_RuntimeError, 'No active exception to reraise')
      return false
    }
    value.ob_refcnt++
    value.ob_type.ob_refcnt++
    PyErr_Restore(value.ob_type, value, PyException_GetTraceback(value))
    return true
  }
  let type: PyObject
  let value: PyObject | null
  if (PyExceptionClass_Check(exception)) {
    type = exception
    value = PyObject_Vectorcall(exception, [], 0, null)
    if (value === null) {
      Py_DECREF(type)
      Py_XDECREF(cause)
      return false
    }
    if (!PyExceptionInstance_Check(value)) {
      PyErr_Format(PyExc_TypeError, 'calling %R should have returned an instance of BaseException, not %R', type, value.ob_type)
      Py_DECREF(value)
      Py_DECREF(type)
      Py_XDECREF(cause)
      return false
    }
  } else if (PyExceptionInstance_Check(exception)) {
    value = exception
    type = exception.ob_type
    type.ob_refcnt++
  } else {
    Py_DECREF(exception)
    Py_XDECREF(cause)
    PyErr_SetString(PyExc_TypeError, 'exceptions must derive from BaseException')
    return false
  }
  if (cause !== null) {
    let fixed: PyObject | null
    if (PyExceptionClass_Check(cause)) {
      fixed = PyObject_Vectorcall(cause, [], 0, null)
      Py_DECREF(cause)
      if (fixed === null) {
        Py_DECREF(value)
        Py_DECREF(type)
        return false
      }
    } else if (PyExceptionInstance_Check(cause)) fixed = cause
    else if (cause === Py_None) {
      Py_DECREF(cause)
      fixed = null
    } else {
      Py_DECREF(cause)
      Py_DECREF(value)
      Py_DECREF(type)
      PyErr_SetString(PyExc_TypeError, 'exception causes must derive from BaseException')
      return false
    }
    PyException_SetCause(value, fixed)
  }
  PyErr_SetObject(type, value)
  Py_DECREF(value)
  Py_DECREF(type)
  return false
}

/** CHECK_EXC_MATCH: 1, 0, or -1 with an exception set. */
export function checkExceptType(left: PyObject, right: PyObject): number {
  if (!validExceptType(right)) {
    PyErr_SetString(PyExc_TypeError, 'catching classes that do not inherit from BaseException is not allowed')
    return -1
  }
  return PyErr_GivenExceptionMatches(left, right) ? 1 : 0
}

function validExceptType(right: PyObject): boolean {
  return PyTuple_Check(right) ? (right.v as PyObject[]).every(PyExceptionClass_Check) : PyExceptionClass_Check(right)
}

/** CHECK_EG_MATCH: results in resultFlags.match (None if nothing matched) and .rest. Mirrors exception_group_match. */
export function checkEgMatch(group: PyObject, type: PyObject): boolean {
  if (!validExceptType(type)) {
    PyErr_SetString(PyExc_TypeError, 'catching classes that do not inherit from BaseException is not allowed')
    return false
  }
  const types = PyTuple_Check(type) ? type.v as PyObject[] : [type]
  for (const t of types) {
    if ((PyExc_BaseExceptionGroup as PyTypeObject) === t || (t as PyTypeObject).mro.includes(PyExc_BaseExceptionGroup)) {
      PyErr_SetString(PyExc_TypeError, 'catching ExceptionGroup with except* is not allowed. Use except instead.')
      return false
    }
  }
  const none = Py_None
  if (group === none) {
    none.ob_refcnt += 1
    resultFlags.match = none
    return true
  }
  if (PyErr_GivenExceptionMatches(group, type)) {
    let match: PyObject | null = group
    if (group.ob_type.mro.includes(PyExc_BaseExceptionGroup)) group.ob_refcnt++
    else {
      const args = PyTuple_FromArray([(group.ob_refcnt++, group)], true)
      match = _PyExc_CreateExceptionGroup('', args)
      Py_DECREF(args)
      if (match === null) return false
      // The wrapper shows where the naked exception came from.
      const tb = PyException_GetTraceback(group)
      if (tb !== null) {
        PyObject_SetAttr(match, _Py_ID('__traceback__'), tb)
        Py_DECREF(tb)
      }
    }
    none.ob_refcnt++
    resultFlags.match = match
    resultFlags.rest = none
    return true
  }
  if (group.ob_type.mro.includes(PyExc_BaseExceptionGroup)) {
    const pair = callMethodWithTuple(group, 'split', type)
    if (pair === null) return false
    if (!PyTuple_CheckExact(pair) || (pair.v as PyObject[]).length !== 2) {
      PyErr_Format(PyExc_TypeError, `${typeName(group)}.split must return a 2-tuple`)
      Py_DECREF(pair)
      return false
    }
    const [match, rest] = pair.v as [PyObject, PyObject]
    match.ob_refcnt++
    if (match === none) resultFlags.match = none
    else {
      rest.ob_refcnt++
      resultFlags.match = match
      resultFlags.rest = rest
    }
    Py_DECREF(pair)
    return true
  }
  none.ob_refcnt++
  resultFlags.match = none
  return true
}

export function prepReraiseStar(original: PyObject, list: PyObject): PyObject | null {
  return _PyExc_PrepReraiseStar(original, list)
}

export function isStopAsyncIteration(exception: PyObject): boolean {
  return PyErr_GivenExceptionMatches(exception, PyExc_StopAsyncIteration)
}

// ---- with ---------------------------------------------------------------------------------------------------------------------

/** NEW reference to the bound `__exit__`; the bound `__enter__` is in resultFlags.enter. */
export function beforeWith(manager: PyObject, isAsync: boolean): PyObject | null {
  const [enterName, exitName] = isAsync ? ['__aenter__', '__aexit__'] as const : ['__enter__', '__exit__'] as const
  const protocol = isAsync ? 'asynchronous context manager' : 'context manager'
  const enter = _PyObject_LookupSpecial(manager, _Py_ID(enterName))
  if (enter === null) {
    if (PyErr_Occurred() === null) {
      PyErr_Format(PyExc_TypeError, `'%.200s' object does not support the ${protocol} protocol`, typeName(manager))
    }
    return null
  }
  const exit = _PyObject_LookupSpecial(manager, _Py_ID(exitName))
  if (exit === null) {
    if (PyErr_Occurred() === null) {
      PyErr_Format(PyExc_TypeError,
        `'%.200s' object does not support the ${protocol} protocol (missed ${exitName} method)`, typeName(manager))
    }
    Py_DECREF(enter)
    return null
  }
  resultFlags.enter = enter
  return exit
}

// ---- coroutines -----------------------------------------------------------------------------------------------------------------

/** SEND to something without am_send whose tp_iternext returned null: PYGEN_RETURN with the value, or PYGEN_ERROR. */
export function sendStopped(): number {
  const value = _PyGen_FetchStopIterationValue()
  SEND_RESULT.value = value
  return value === null ? PYGEN_ERROR : PYGEN_RETURN
}

/** SEND by the `send` method. */
export function sendByMethod(receiver: PyObject, value: PyObject): number {
  const result = PyObject_CallMethodOneArg(receiver, _Py_ID('send'), value)
  if (result === null) return sendStopped()
  SEND_RESULT.value = result
  return PYGEN_NEXT
}

/** GET_AWAITABLE; `where` 1: async with enter, 2: exit. */
export function getAwaitable(iterable: PyObject, where: number): PyObject | null {
  const iterator = _PyCoro_GetAwaitableIter(iterable)
  if (iterator === null) {
    if (iterable.ob_type.am_await === null && where > 0) {
      PyErr_Format(PyExc_TypeError,
        `'async with' received an object from ${where === 1 ? '__aenter__' : '__aexit__'} that does not implement __await__: %.100s`,
        typeName(iterable))
    }
    return null
  }
  if (PyCoro_CheckExact(iterator)) {
    const awaited = genYieldFromTarget(iterator)
    if (awaited !== null) {
      Py_DECREF(awaited)
      Py_DECREF(iterator)
      PyErr_SetString(PyExc_RuntimeError, 'coroutine is being awaited already')
      return null
    }
  }
  return iterator
}

/** GET_YIELD_FROM_ITER: NEW reference. */
export function getYieldFromIter(iterable: PyObject, code: CodeData): PyObject | null {
  if (PyGen_CheckExact(iterable)) {
    iterable.ob_refcnt++
    return iterable
  }
  if (PyCoro_CheckExact(iterable)) {
    if ((code.co_flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE)) === 0) {
      PyErr_SetString(PyExc_TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator")
      return null
    }
    iterable.ob_refcnt++
    return iterable
  }
  return PyObject_GetIter(iterable)
}

export function getAiter(o: PyObject): PyObject | null {
  const getter = o.ob_type.am_aiter
  if (getter === null) {
    PyErr_Format(PyExc_TypeError, '\'async for\' requires an object with __aiter__ method, got %.100s', typeName(o))
    return null
  }
  const iterator = getter(o)
  if (iterator === null) return null
  if (iterator.ob_type.am_anext === null) {
    PyErr_Format(PyExc_TypeError,
      '\'async for\' received an object from __aiter__ that does not implement __anext__: %.100s', typeName(iterator))
    Py_DECREF(iterator)
    return null
  }
  return iterator
}

export function getAnext(iterator: PyObject): PyObject | null {
  const type = iterator.ob_type
  if (PyAsyncGen_CheckExact(iterator)) return type.am_anext!(iterator)
  if (type.am_anext === null) {
    PyErr_Format(PyExc_TypeError, '\'async for\' requires an iterator with __anext__ method, got %.100s', type.tp_name)
    return null
  }
  const next = type.am_anext(iterator)
  if (next === null) return null
  const awaitable = _PyCoro_GetAwaitableIter(next)
  if (awaitable === null) {
    _PyErr_FormatFromCause(PyExc_TypeError, '\'async for\' received an invalid object from __anext__: %.100s', typeName(next))
  }
  Py_DECREF(next)
  return awaitable
}

// ---- match ---------------------------------------------------------------------------------------------------------------------------

/** MATCH_KEYS: tuple of values, None if a key is missing, null on error. Mirrors match_keys. */
export function matchKeys(map: PyObject, keys: PyObject): PyObject | null {
  const names = keys.v as PyObject[]
  if (names.length === 0) return PyTuple_New(0)
  const found = { unbound: false }
  const get = _PyObject_GetMethod(map, _Py_ID('get'), found)
  if (get === null) return null
  const seen = PySet_New(null)
  const dummy = seen === null ? null : PyObject_Vectorcall(PyBaseObject_Type, [], 0, null)
  const values = dummy === null ? null : PyTuple_New(names.length)
  let result: PyObject | null = values
  for (let i = 0; i < names.length && result !== null && result !== Py_None; i++) {
    const key = names[i]!
    const value = firstSight(seen!, key, 'mapping pattern checks duplicate key (%R)', PyExc_ValueError, [key])
      ? found.unbound ? PyObject_Vectorcall(get, [map, key, dummy!], 3, null) : PyObject_Vectorcall(get, [key, dummy!], 2, null)
      : null
    if (value === null) result = null
    else if (value === dummy) {
      Py_DECREF(value)
      result = Py_None
    } else (values!.v as PyObject[])[i] = value
  }
  if (values !== null && result !== values) Py_DECREF(values)
  if (result === Py_None) Py_None.ob_refcnt++
  Py_DECREF(get)
  Py_XDECREF(seen)
  Py_XDECREF(dummy)
  return result
}

/** Adds to the set; false with an exception set (the given one if it was there). */
function firstSight(seen: PyObject, o: PyObject, message: string, type: PyTypeObject, args: unknown[]): boolean {
  const duplicate = PySet_Contains(seen, o)
  if (duplicate === 0 && PySet_Add(seen, o) === 0) return true
  if (PyErr_Occurred() === null) PyErr_Format(type, message, ...args)
  return false
}

/** MATCH_CLASS: tuple of attributes, or null (no exception set: no match). Mirrors match_class. */
export function matchClass(subject: PyObject, type: PyObject, positional: number, names: PyObject): PyObject | null {
  if (!PyType_Check(type)) {
    PyErr_Format(PyExc_TypeError, 'called match pattern must be a class')
    return null
  }
  if (PyObject_IsInstance(subject, type) <= 0) return null
  const seen = PySet_New(null)
  if (seen === null) return null
  const attributes = PyList_New(0)
  let ok = positional === 0 || matchPositional(subject, type as PyTypeObject, positional, seen, attributes)
  for (const name of names.v as PyObject[]) ok = ok && matchAttribute(subject, type as PyTypeObject, name, seen, attributes)
  const result = ok ? PyList_AsTuple(attributes) : null
  // attrs is replaced by the tuple before the set goes; on failure the set goes first.
  if (ok) Py_DECREF(attributes)
  Py_DECREF(seen)
  if (!ok) Py_DECREF(attributes)
  return result
}

/** Appends subject.name. False: no such attribute, or an exception is set. Mirrors match_class_attr. */
function matchAttribute(subject: PyObject, type: PyTypeObject, name: PyObject, seen: PyObject, attributes: PyObject): boolean {
  if (!firstSight(seen, name, '%s() got multiple sub-patterns for attribute %R', PyExc_TypeError, [type.tp_name, name])) return false
  const value = PyObject_GetAttr(subject, name)
  if (value === null) {
    if (PyErr_ExceptionMatches(PyExc_AttributeError)) PyErr_Clear()
    return false
  }
  const failed = PyList_Append(attributes, value) < 0
  Py_DECREF(value)
  return !failed
}

/** The positional sub-patterns, by `__match_args__`; builtin types match themselves. */
function matchPositional(
  subject: PyObject, type: PyTypeObject, positional: number, seen: PyObject, attributes: PyObject,
): boolean {
  let matchSelf = false
  let matchArgs = PyObject_GetAttrString(type, '__match_args__')
  if (matchArgs === null) {
    if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return false
    PyErr_Clear()
    matchArgs = PyTuple_New(0)
    matchSelf = PyType_HasFeature(type, Py_TPFLAGS_MATCH_SELF)
  } else if (!PyTuple_CheckExact(matchArgs)) {
    PyErr_Format(PyExc_TypeError, '%s.__match_args__ must be a tuple (got %s)', type.tp_name, typeName(matchArgs))
    Py_DECREF(matchArgs)
    return false
  }
  const accepted = matchArgs.v as PyObject[]
  const allowed = matchSelf ? 1 : accepted.length
  let ok = true
  if (allowed < positional) {
    PyErr_Format(PyExc_TypeError, '%s() accepts %d positional sub-pattern%s (%d given)', type.tp_name, allowed,
      allowed === 1 ? '' : 's', positional)
    ok = false
  } else if (matchSelf) ok = PyList_Append(attributes, subject) === 0
  else {
    for (let i = 0; ok && i < positional; i++) {
      const name = accepted[i]!
      if (PyUnicode_CheckExact(name)) ok = matchAttribute(subject, type, name, seen, attributes)
      else {
        PyErr_Format(PyExc_TypeError, '__match_args__ elements must be strings (got %s)', typeName(name))
        ok = false
      }
    }
  }
  Py_DECREF(matchArgs)
  return ok
}

// ---- import ------------------------------------------------------------------------------------------------------------------------------

/** IMPORT_NAME. Mirrors import_name: `__import__` of the builtins, directly where it is the original. */
export function importName(frame: InterpreterFrame, name: PyObject, fromlist: PyObject, level: PyObject): PyObject | null {
  const func = PyDict_GetItemWithError(frame.f_builtins, _Py_ID('__import__'))
  if (func === null) {
    if (PyErr_Occurred() === null) PyErr_SetString(importErrorType(), '__import__ not found')
    return null
  }
  const locals = frame.f_locals
  if (func === _PyRuntime.importFunc) {
    return PyImport_ImportModuleLevelObject(name, frame.f_globals, locals ?? Py_None, fromlist, PyLong_AsLong(level))
  }
  func.ob_refcnt++
  const result = PyObject_Vectorcall(func, [name, frame.f_globals, locals ?? Py_None, fromlist, level], 5, null)
  Py_DECREF(func)
  return result
}

function importErrorType(): PyObject {
  return PyDict_GetItemWithError(_PyRuntime.builtins, _Py_ID('ImportError'))!
}

/** IMPORT_FROM. Mirrors import_from. */
export function importFrom(module: PyObject, name: PyObject): PyObject | null {
  const value = { value: null as PyObject | null }
  value.value = _PyObject_LookupAttr(module, name)
  if (value.value !== null || PyErr_Occurred() !== null) return value.value
  // A submodule that is being imported may be in sys.modules already.
  const pkgname = PyObject_GetAttr(module, _Py_ID('__name__'))
  if (pkgname !== null && PyUnicode_Check(pkgname)) {
    const full = PyUnicode_FromString(`${text(pkgname)}.${text(name)}`)
    const found = PyImport_GetModule(full)
    Py_DECREF(full)
    if (found !== null) {
      Py_DECREF(pkgname)
      return found
    }
    if (PyErr_Occurred() !== null) {
      Py_DECREF(pkgname)
      return null
    }
  } else PyErr_Clear()
  const file = attributeObject(module, '__file__')
  const package_ = pkgname !== null && PyUnicode_Check(pkgname) ? text(pkgname) : '<unknown module name>'
  let message: string
  if (file === null || !PyUnicode_Check(file)) message = `cannot import name '${text(name)}' from '${package_}' (unknown location)`
  else if (isInitializing(module)) {
    message = `cannot import name '${text(name)}' from partially initialized module '${package_}' (most likely due to a circular import) (${text(file)})`
  } else message = `cannot import name '${text(name)}' from '${package_}' (${text(file)})`
  const str = PyUnicode_FromString(message)
  PyErr_SetImportError(str, pkgname, file)
  Py_DECREF(str)
  Py_XDECREF(file)
  Py_XDECREF(pkgname)
  return null
}

function attributeObject(o: PyObject, name: string): PyObject | null {
  const value = PyObject_GetAttr(o, _Py_ID(name))
  if (value === null) PyErr_Clear()
  return value
}

function isInitializing(module: PyObject): boolean {
  const spec = attributeObject(module, '__spec__')
  if (spec === null) return false
  const flag = attributeObject(spec, '_initializing')
  const result = flag !== null && flag.v === 1
  Py_XDECREF(flag)
  Py_DECREF(spec)
  return result
}

/** IMPORT_STAR. Mirrors import_all_from. */
export function importStar(frame: InterpreterFrame, module: PyObject): boolean {
  const locals = frame.f_locals
  if (locals === null) {
    PyErr_SetString(PyExc_SystemError, "no locals found during 'import *'")
    return false
  }
  let skipUnderscore = false
  let all = _PyObject_LookupAttr(module, _Py_ID('__all__'))
  if (all === null) {
    if (PyErr_Occurred() !== null) return false
    const dict = _PyObject_LookupAttr(module, _Py_ID('__dict__'))
    if (dict === null) {
      if (PyErr_Occurred() === null) PyErr_SetString(importErrorType(), 'from-import-* object has no __dict__ and no __all__')
      return false
    }
    all = PyMapping_Keys(dict)
    Py_DECREF(dict)
    if (all === null) return false
    skipUnderscore = true
  }
  const ok = importNames(locals, module, all, skipUnderscore)
  Py_DECREF(all)
  return ok
}

/** Takes the names of a sequence, until it has no more, from a module. */
function importNames(locals: PyObject, module: PyObject, all: PyObject, skipUnderscore: boolean): boolean {
  for (let i = 0; ; i++) {
    const name = PySequence_GetItem(all, i)
    if (name === null) {
      if (!PyErr_ExceptionMatches(PyExc_IndexError)) return false
      PyErr_Clear()
      return true
    }
    const ok = importOne(locals, module, name, skipUnderscore)
    Py_DECREF(name)
    if (!ok) return false
  }
}

function importOne(locals: PyObject, module: PyObject, name: PyObject, skipUnderscore: boolean): boolean {
  if (!PyUnicode_Check(name)) {
    const module_ = attributeText(module, '__name__') ?? '?'
    PyErr_Format(PyExc_TypeError, skipUnderscore
      ? `Key in ${module_}.__dict__ must be str, not ${typeName(name)}`
      : `Item in ${module_}.__all__ must be str, not ${typeName(name)}`)
    return false
  }
  if (skipUnderscore && PyUnicode_GET_LENGTH(name) > 0 && text(name).startsWith('_')) return true
  const value = PyObject_GetAttr(module, name)
  if (value === null) return false
  const failed = PyDict_CheckExact(locals) ? PyDict_SetItem(locals, name, value) : PyObject_SetItem(locals, name, value)
  Py_DECREF(value)
  return failed === 0
}

