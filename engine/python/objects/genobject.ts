// Generators and coroutines: objects that own a frame which can be left and entered again. Asynchronous generators
// build on this in asyncgenobject.ts.
//
// The generator object has room for its frame (size = 168 + 8 a slot); the InterpreterFrame is its own from the moment
// RETURN_GENERATOR hands it over until the generator ends. States as in CPython: created, suspended, executing,
// completed (cleared). Resuming runs the frame in a new evaluation loop, on top of whoever asked.
import { PyIter_Check } from './abstract'
import { CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_ITERABLE_COROUTINE } from '../bytecode/code'
import { _PyEval_EvalFrame } from '../vm/eval'
import { evalHooks } from '../vm/hooks'
import { PyAsyncGen_Type } from './asyncgenobject'
import { Py_False, Py_True } from './boolobject'
import type { CodeData } from './codeobject'
import {
  PyErr_Clear, PyErr_ExceptionMatches, PyErr_Fetch, PyErr_Format, PyErr_NormalizeException, PyErr_Occurred, PyErr_Restore,
  PyErr_RestoreFetched, PyErr_SetNone, PyErr_SetObject, PyErr_SetString, PyErr_WriteUnraisable, _PyErr_FormatFromCause,
} from './errors'
import {
  PyExc_GeneratorExit, PyExc_RuntimeError, PyExc_StopAsyncIteration, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError,
  PyExceptionClass_Check, PyExceptionInstance_Check,
} from './exceptions'
import {
  FRAME_OWNED_BY_FRAME_OBJECT, InterpreterFrame, frameClear, frameGetObject, frameTraverse,
} from './frameobject'
import type { FunctionData } from './funcobject'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, PYGEN_ERROR, PYGEN_NEXT, PYGEN_RETURN, Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_XDECREF, PyObject,
  type PyGetSetDef, type PyMemberDef, type PyMethodDef, PyTypeObject, SEND_RESULT, type visitproc, genericGetAttr
} from './object'
import { PyObject_CallNoArgs, PyObject_Vectorcall } from './call'
import {
  PyObject_CallFinalizerFromDealloc, PyObject_GetAttr, PyObject_SelfIter, _PyObject_LookupAttr,
} from './object-protocol'
import { PyObject_GC_Del, PyObject_GC_NewVar, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { ErrStackItem, _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { PyTraceBack_Check } from './traceback'
import { PyTuple_Check, PyTuple_FromArray } from './tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyObject_ClearWeakRefs } from './weakrefobject'

export const FRAME_CREATED = -2
export const FRAME_SUSPENDED = -1
export const FRAME_EXECUTING = 0
export const FRAME_COMPLETED = 1
export const FRAME_CLEARED = 4

export interface PyGenObject extends PyObject { v: GenData }

/** PyGenObject's struct, and PyCoroObject's and PyAsyncGenObject's. */
export class GenData {
  frame: InterpreterFrame
  gi_code: PyObject
  gi_name: PyObject
  gi_qualname: PyObject
  gi_frame_state = FRAME_CREATED
  readonly gi_exc_state = new ErrStackItem()
  /** Coroutine: origin tuple; asynchronous generator: finalizer hook. */
  origin_or_finalizer: PyObject | null = null
  /** The frame's last exit was a return, not a yield. */
  returned = false
  ag_hooks_inited = false
  ag_closed = false
  ag_running_async = false
  constructor(frame: InterpreterFrame, code: PyObject, name: PyObject, qualname: PyObject) {
    this.frame = frame
    this.gi_code = code
    this.gi_name = name
    this.gi_qualname = qualname
  }
}

const data = (o: PyObject): GenData => o.v as GenData

/** RETURN_GENERATOR: NEW generator, coroutine or asynchronous generator that takes the frame over. */
export function makeGenerator(frame: InterpreterFrame): PyObject | null {
  const func = frame.f_func!.v as FunctionData
  const code = frame.code
  const flags = code.co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)
  const type = flags === CO_COROUTINE ? PyCoro_Type : flags === CO_ASYNC_GENERATOR ? PyAsyncGen_Type : PyGen_Type
  const name = func.func_name!
  const qualname = func.func_qualname!
  const gen = PyObject_GC_NewVar(type, code.framesize, null)
  if (gen === null) return null
  name.ob_refcnt++
  qualname.ob_refcnt++
  frame.f_code.ob_refcnt++
  const payload = new GenData(frame, frame.f_code, name, qualname)
  gen.v = payload
  frame.generator = gen
  PyObject_GC_Track(gen)
  const tstate = _PyRuntime.tstate
  if (flags === CO_COROUTINE && tstate.coroutine_origin_tracking_depth > 0) {
    payload.origin_or_finalizer = coroutineOrigin(frame.previous, tstate.coroutine_origin_tracking_depth)
  }
  return gen
}

function coroutineOrigin(frame: InterpreterFrame | null, depth: number): PyObject {
  const rows: PyObject[] = []
  for (let f = frame; f !== null && rows.length < depth; f = f.previous) {
    f.code.co_filename.ob_refcnt++
    f.code.co_name.ob_refcnt++
    rows.push(PyTuple_FromArray([f.code.co_filename, evalHooks.lineNumber(f), f.code.co_name], true))
  }
  return PyTuple_FromArray(rows, true)
}

// ---- resuming ------------------------------------------------------------------------------------------------------

/**
 * Runs a generator until it yields (PYGEN_NEXT), returns (PYGEN_RETURN, with the value) or fails (PYGEN_ERROR).
 * `arg` null: like next(); the value goes to SEND_RESULT. With `throwing` the exception that is set is thrown in.
 * Mirrors gen_send_ex2.
 */
export function gen_send_ex2(gen: PyObject, arg: PyObject | null, throwing: boolean, closing: boolean): number {
  const g = data(gen)
  const frame = g.frame
  SEND_RESULT.value = null
  if (g.gi_frame_state === FRAME_CREATED && arg !== null && arg !== Py_None) {
    PyErr_SetString(PyExc_TypeError, `can't send non-None value to a just-started ${kindOf(gen)}`)
    return PYGEN_ERROR
  }
  if (g.gi_frame_state === FRAME_EXECUTING) {
    PyErr_SetString(PyExc_ValueError, `${kindOf(gen)} already executing`)
    return PYGEN_ERROR
  }
  if (g.gi_frame_state >= FRAME_COMPLETED) {
    if (PyCoro_CheckExact(gen) && !closing) {
      PyErr_SetString(PyExc_RuntimeError, 'cannot reuse already awaited coroutine')
    } else if (arg !== null && !throwing) {
      Py_None.ob_refcnt++
      SEND_RESULT.value = Py_None
      return PYGEN_RETURN
    }
    return PYGEN_ERROR
  }
  begin(g, frame, arg ?? Py_None)
  if (throwing) chainStackItem()
  const result = _PyEval_EvalFrame(frame, throwing)
  leave(g, frame)
  if (result !== null && !g.returned) {
    g.gi_frame_state = FRAME_SUSPENDED
    SEND_RESULT.value = result
    return PYGEN_NEXT
  }
  return finish(gen, g, result, arg)
}

/** The generator becomes the running one; `sent` is what its `yield` gives. */
function begin(g: GenData, frame: InterpreterFrame, sent: PyObject): void {
  const tstate = _PyRuntime.tstate
  sent.ob_refcnt++
  frame.localsplus[frame.sp++] = sent
  g.gi_exc_state.previous_item = tstate.exc_info
  tstate.exc_info = g.gi_exc_state
  g.gi_frame_state = FRAME_EXECUTING
  g.returned = false
  frame.context = 0
}

/** What is thrown in comes while the generator handles an exception: that is its context. Mirrors _PyErr_ChainStackItem. */
function chainStackItem(): void {
  const handled = _PyRuntime.tstate.exc_info.exc_value
  if (handled === null || handled === Py_None) return
  const e = PyErr_Fetch()
  PyErr_SetObject(e.type, e.value)
  Py_XDECREF(e.type)
  Py_XDECREF(e.value)
  Py_XDECREF(e.traceback)
}

function leave(g: GenData, frame: InterpreterFrame): void {
  _PyRuntime.tstate.exc_info = g.gi_exc_state.previous_item!
  g.gi_exc_state.previous_item = null
  frame.previous = null
}

/** A generator returned `result` (stolen), or failed (null); it cannot run again. A status; the value goes to SEND_RESULT. */
function finish(gen: PyObject, g: GenData, result: PyObject | null, arg: PyObject | null): number {
  let status = PYGEN_RETURN
  let value = result
  if (result !== null) {
    g.gi_frame_state = FRAME_COMPLETED
    if (result === Py_None && gen.ob_type !== PyAsyncGen_Type && arg === null) {
      // A plain end: next() shall not see an object.
      Py_DECREF(result)
      value = null
    }
  } else {
    status = PYGEN_ERROR
    if (PyErr_ExceptionMatches(PyExc_StopIteration)) {
      _PyErr_FormatFromCause(PyExc_RuntimeError, `${kindOf(gen)} raised StopIteration`)
    } else if (gen.ob_type === PyAsyncGen_Type && PyErr_ExceptionMatches(PyExc_StopAsyncIteration)) {
      _PyErr_FormatFromCause(PyExc_RuntimeError, 'async generator raised StopAsyncIteration')
    }
  }
  // Release the frame, and the exception it was handling.
  clearExcState(g.gi_exc_state)
  g.gi_frame_state = FRAME_CLEARED
  clearFrame(g)
  SEND_RESULT.value = value
  return status
}

// A `for` loop over a generator runs it in the evaluation loop that it is in itself, with these three in place of gen_iternext.

/** The frame to run for the generator's next value; null if gen_iternext is to be called (it runs already, or is over). */
export function resumeInLoop(gen: PyObject): InterpreterFrame | null {
  const g = data(gen)
  if (g.gi_frame_state !== FRAME_SUSPENDED && g.gi_frame_state !== FRAME_CREATED) return null
  begin(g, g.frame, Py_None)
  return g.frame
}

export function yieldedInLoop(frame: InterpreterFrame): void {
  const g = data(frame.generator!)
  leave(g, frame)
  g.gi_frame_state = FRAME_SUSPENDED
}

/** It returned `result` (stolen), or failed (null). What is raised for the loop to see, if anything, is set. */
export function endedInLoop(frame: InterpreterFrame, result: PyObject | null): void {
  const gen = frame.generator!
  const g = data(gen)
  leave(g, frame)
  const status = finish(gen, g, result, null)
  const value = SEND_RESULT.value
  SEND_RESULT.value = null
  if (status === PYGEN_RETURN && value !== null) {
    if (value !== Py_None) _PyGen_SetStopIterationValue(value)
    Py_DECREF(value)
  }
}

function clearFrame(g: GenData): void {
  const frame = g.frame
  frameClear(frame)
  if (frame.owner !== FRAME_OWNED_BY_FRAME_OBJECT) frame.generator = null
}

function clearExcState(item: ErrStackItem): void {
  const value = item.exc_value
  item.exc_value = null
  Py_XDECREF(value)
}

function kindOf(gen: PyObject): string {
  return PyCoro_CheckExact(gen) ? 'coroutine' : gen.ob_type === PyAsyncGen_Type ? 'async generator' : 'generator'
}

/** NEW value or null; a return becomes StopIteration (StopAsyncIteration). Mirrors gen_send_ex. */
export function gen_send_ex(gen: PyObject, arg: PyObject | null, throwing: boolean, closing: boolean): PyObject | null {
  const status = gen_send_ex2(gen, arg, throwing, closing)
  const result = SEND_RESULT.value
  SEND_RESULT.value = null
  if (status !== PYGEN_RETURN) return result
  if (gen.ob_type === PyAsyncGen_Type) PyErr_SetNone(PyExc_StopAsyncIteration)
  else if (result === null || result === Py_None) PyErr_SetNone(PyExc_StopIteration)
  else _PyGen_SetStopIterationValue(result)
  Py_XDECREF(result)
  return null
}

function gen_am_send(gen: PyObject, arg: PyObject): number {
  return gen_send_ex2(gen, arg, false, false)
}

/** tp_iternext: null without exception at the end, StopIteration only where there is a value. */
export function gen_iternext(gen: PyObject): PyObject | null {
  const status = gen_send_ex2(gen, null, false, false)
  const result = SEND_RESULT.value
  SEND_RESULT.value = null
  if (status !== PYGEN_RETURN) return result
  if (result !== null) {
    if (result !== Py_None) _PyGen_SetStopIterationValue(result)
    Py_DECREF(result)
  }
  return null
}

/** Raises StopIteration(value), also for tuples and exceptions. Mirrors _PyGen_SetStopIterationValue. */
export function _PyGen_SetStopIterationValue(value: PyObject): number {
  if (value.ob_type.tp_name !== 'tuple' && !PyExceptionInstance_Check(value)) {
    PyErr_SetObject(PyExc_StopIteration, value)
    return 0
  }
  const e = PyObject_Vectorcall(PyExc_StopIteration, [value], 1, null)
  if (e === null) return -1
  PyErr_SetObject(PyExc_StopIteration, e)
  Py_DECREF(e)
  return 0
}

/**
 * Takes a StopIteration away: NEW reference to its value, None when no exception is set; null when another exception is.
 * Mirrors _PyGen_FetchStopIterationValue.
 */
export function _PyGen_FetchStopIterationValue(): PyObject | null {
  let value: PyObject | null = null
  if (PyErr_ExceptionMatches(PyExc_StopIteration)) {
    const e = PyErr_Fetch()
    const plain = e.value
    if (e.type === PyExc_StopIteration && plain !== null && !PyExceptionInstance_Check(plain) && !PyTuple_Check(plain)) {
      // Not made an instance yet: the value itself.
      plain.ob_refcnt++
      value = plain
    } else {
      PyErr_NormalizeException(e)
      if (e.value !== null) value = PyObject_GetAttr(e.value, _Py_ID('value'))
    }
    Py_XDECREF(e.type)
    Py_XDECREF(e.value)
    Py_XDECREF(e.traceback)
  } else if (PyErr_Occurred() !== null) return null
  if (value === null) {
    Py_None.ob_refcnt++
    value = Py_None
  }
  return value
}

// ---- yield from, throw, close ---------------------------------------------------------------------------------------------

const SEND = 123
const RESUME = 151

/** NEW reference to what a suspended generator delegates to, or null. Mirrors _PyGen_yf. */
export function genYieldFromTarget(gen: PyObject): PyObject | null {
  const g = data(gen)
  if (g.gi_frame_state >= FRAME_CLEARED || g.gi_frame_state === FRAME_CREATED) return null
  const frame = g.frame
  const next = frame.code.ops[frame.pc + 1]
  if (next === undefined || (next & 0xff) !== RESUME || next >>> 8 < 2) return null
  const target = frame.localsplus[frame.sp - 1]!
  target.ob_refcnt++
  return target
}

/** Closes what a generator delegates to: 0, or -1 with an exception set. Mirrors gen_close_iter. */
function gen_close_iter(target: PyObject): number {
  let result: PyObject | null
  if (PyGen_CheckExact(target) || PyCoro_CheckExact(target)) {
    result = gen_close(target)
    if (result === null) return -1
  } else {
    const close = _PyObject_LookupAttr(target, _Py_ID('close'))
    if (close === null) {
      if (PyErr_Occurred() !== null) PyErr_WriteUnraisable(target)
      return 0
    }
    result = PyObject_CallNoArgs(close)
    Py_DECREF(close)
    if (result === null) return -1
  }
  Py_DECREF(result)
  return 0
}

export function gen_close(gen: PyObject): PyObject | null {
  const g = data(gen)
  const target = genYieldFromTarget(gen)
  let failed = false
  if (target !== null) {
    const state = g.gi_frame_state
    g.gi_frame_state = FRAME_EXECUTING
    failed = gen_close_iter(target) < 0
    g.gi_frame_state = state
    Py_DECREF(target)
  }
  if (!failed) PyErr_SetNone(PyExc_GeneratorExit)
  const result = gen_send_ex(gen, Py_None, true, true)
  if (result !== null) {
    Py_DECREF(result)
    PyErr_SetString(PyExc_RuntimeError, `${kindOf(gen)} ignored GeneratorExit`)
    return null
  }
  if (PyErr_ExceptionMatches(PyExc_StopIteration) || PyErr_ExceptionMatches(PyExc_GeneratorExit)) {
    PyErr_Clear()
    Py_None.ob_refcnt++
    return Py_None
  }
  return null
}

/** Throws into a generator; type, value and traceback borrowed. Mirrors _gen_throw. NEW value or null. */
export function gen_throw_parts(
  gen: PyObject, closeOnGenExit: boolean, type: PyObject, value: PyObject | null, tb: PyObject | null,
): PyObject | null {
  const g = data(gen)
  const target = genYieldFromTarget(gen)
  if (target !== null) {
    if (exceptionMatchesType(type, PyExc_GeneratorExit) && closeOnGenExit) {
      const state = g.gi_frame_state
      g.gi_frame_state = FRAME_EXECUTING
      const failed = gen_close_iter(target) < 0
      g.gi_frame_state = state
      Py_DECREF(target)
      if (failed) return gen_send_ex(gen, Py_None, true, false)
      return throwHere(gen, type, value, tb)
    }
    let result: PyObject | null
    const tstate = _PyRuntime.tstate
    if (PyGen_CheckExact(target) || PyCoro_CheckExact(target)) {
      // The delegating frame stays visible in tracebacks.
      const previous = tstate.frame
      g.frame.previous = previous
      tstate.frame = g.frame
      const state = g.gi_frame_state
      g.gi_frame_state = FRAME_EXECUTING
      result = gen_throw_parts(target, closeOnGenExit, type, value, tb)
      g.gi_frame_state = state
      tstate.frame = previous
      g.frame.previous = null
    } else {
      const method = _PyObject_LookupAttr(target, _Py_ID('throw'))
      if (method === null) {
        Py_DECREF(target)
        if (PyErr_Occurred() !== null) return null
        return throwHere(gen, type, value, tb)
      }
      const state = g.gi_frame_state
      g.gi_frame_state = FRAME_EXECUTING
      const args = [type]
      if (value !== null || tb !== null) args.push(value ?? Py_None)
      if (tb !== null) args.push(tb)
      result = PyObject_Vectorcall(method, args, args.length, null)
      Py_DECREF(method)
      g.gi_frame_state = state
    }
    Py_DECREF(target)
    if (result === null) {
      // The delegate is gone: pop it and go on behind the SEND with its value, or with its exception.
      const frame = g.frame
      const popped = frame.localsplus[--frame.sp]!
      frame.localsplus[frame.sp] = null
      Py_DECREF(popped)
      const jump = frame.code.ops
      let at = frame.pc
      while (at >= 0 && (jump[at]! & 0xff) !== SEND) at--
      frame.pc = (jump[at]! >>> 8) - 1
      const sent = _PyGen_FetchStopIterationValue()
      if (sent !== null) {
        result = gen_send_ex(gen, sent, false, false)
        Py_DECREF(sent)
      } else result = gen_send_ex(gen, Py_None, true, false)
    }
    return result
  }
  return throwHere(gen, type, value, tb)
}

function exceptionMatchesType(type: PyObject, wanted: PyTypeObject): boolean {
  if (PyExceptionClass_Check(type)) return (type as PyTypeObject).mro.includes(wanted)
  return PyExceptionInstance_Check(type) && type.ob_type.mro.includes(wanted)
}

function throwHere(gen: PyObject, type: PyObject, value: PyObject | null, tb: PyObject | null): PyObject | null {
  if (tb === Py_None) tb = null
  else if (tb !== null && !PyTraceBack_Check(tb)) {
    PyErr_SetString(PyExc_TypeError, 'throw() third argument must be a traceback object')
    return null
  }
  if (PyExceptionClass_Check(type)) {
    type.ob_refcnt++
    if (value !== null) value.ob_refcnt++
    if (tb !== null) tb.ob_refcnt++
    const e = { type, value, traceback: tb }
    PyErr_NormalizeException(e)
    PyErr_Restore(e.type, e.value, e.traceback)
  } else if (PyExceptionInstance_Check(type)) {
    if (value !== null && value !== Py_None) {
      PyErr_SetString(PyExc_TypeError, 'instance exception may not have a separate value')
      return null
    }
    type.ob_refcnt++
    type.ob_type.ob_refcnt++
    let traceback: PyObject | null = tb
    if (traceback !== null) traceback.ob_refcnt++
    else {
      traceback = evalHooks.getTraceback(type)
    }
    PyErr_Restore(type.ob_type, type, traceback)
  } else {
    PyErr_Format(PyExc_TypeError,
      `exceptions must be classes or instances deriving from BaseException, not ${type.ob_type.tp_name}`)
    return null
  }
  return gen_send_ex(gen, Py_None, true, false)
}

/** throw(type[, value[, traceback]]) */
export function gen_throw(gen: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (nargs < 1 || nargs > 3) {
    PyErr_Format(PyExc_TypeError, nargs < 1
      ? `throw expected at least 1 argument, got ${nargs}` : `throw expected at most 3 arguments, got ${nargs}`)
    return null
  }
  return gen_throw_parts(gen, true, args[0]!, nargs > 1 ? args[1]! : null, nargs > 2 ? args[2]! : null)
}

// ---- life ---------------------------------------------------------------------------------------------------------------------

export function gen_traverse(gen: PyObject, visit: visitproc): void {
  const g = data(gen)
  if (g === null) return
  visit(g.gi_code)
  visit(g.gi_name)
  visit(g.gi_qualname)
  if (g.gi_frame_state < FRAME_CLEARED) frameTraverse(g.frame, visit)
  if (g.gi_exc_state.exc_value !== null) visit(g.gi_exc_state.exc_value)
  if (g.origin_or_finalizer !== null) visit(g.origin_or_finalizer)
}

/** tp_finalize: closes an unfinished generator, warns of a coroutine that was never awaited. Mirrors _PyGen_Finalize. */
export function _PyGen_Finalize(gen: PyObject): void {
  const g = data(gen)
  if (g.gi_frame_state >= FRAME_COMPLETED) return
  if (gen.ob_type === PyAsyncGen_Type) {
    const finalizer = g.origin_or_finalizer
    if (finalizer !== null && !g.ag_closed) {
      const e = PyErr_Fetch()
      const result = PyObject_Vectorcall(finalizer, [gen], 1, null)
      if (result === null) PyErr_WriteUnraisable(gen)
      else Py_DECREF(result)
      PyErr_RestoreFetched(e)
      return
    }
  }
  const e = PyErr_Fetch()
  if (PyCoro_CheckExact(gen) && g.gi_frame_state === FRAME_CREATED) evalHooks.warnUnawaited(gen)
  else {
    const result = gen_close(gen)
    if (result === null) {
      if (PyErr_Occurred() !== null) PyErr_WriteUnraisable(gen)
    } else Py_DECREF(result)
  }
  PyErr_RestoreFetched(e)
}

export function gen_dealloc(gen: PyObject): void {
  PyObject_GC_UnTrack(gen)
  if (gen.weaklist !== null) PyObject_ClearWeakRefs(gen)
  PyObject_GC_Track(gen)
  if (PyObject_CallFinalizerFromDealloc(gen) !== 0) return
  PyObject_GC_UnTrack(gen)
  const g = data(gen)
  if (gen.ob_type === PyAsyncGen_Type || PyCoro_CheckExact(gen)) {
    const origin = g.origin_or_finalizer
    g.origin_or_finalizer = null
    Py_XDECREF(origin)
  }
  if (g.gi_frame_state < FRAME_CLEARED) {
    g.gi_frame_state = FRAME_CLEARED
    g.frame.previous = null
    clearFrame(g)
  }
  Py_DECREF(g.gi_code)
  Py_DECREF(g.gi_name)
  Py_DECREF(g.gi_qualname)
  clearExcState(g.gi_exc_state)
  PyObject_GC_Del(gen)
}

// ---- attributes ------------------------------------------------------------------------------------------------------------------

export function gen_repr(gen: PyObject): PyObject {
  const kind = gen.ob_type.tp_name.replace('_', ' ') === 'async generator' ? 'async_generator' : gen.ob_type.tp_name
  const address = _PyRuntime.process.toAddress(gen.addr).toString(16)
  return PyUnicode_FromString(`<${kind} object ${PyUnicode_AsString(data(gen).gi_qualname)} at 0x${address}>`)
}

function nameAttribute(name: string, field: 'gi_name' | 'gi_qualname'): PyGetSetDef {
  return {
    name,
    get: o => (data(o)[field].ob_refcnt++, data(o)[field]),
    set: (o, value) => {
      if (value === null || !PyUnicode_Check(value)) {
        PyErr_SetString(PyExc_TypeError, `${name} must be set to a string object`)
        return -1
      }
      const old = data(o)[field]
      value.ob_refcnt++
      data(o)[field] = value
      Py_DECREF(old)
      return 0
    },
  }
}

function bool(value: boolean): PyObject {
  const o = value ? Py_True : Py_False
  o.ob_refcnt++
  return o
}

function orNone(o: PyObject | null): PyObject {
  if (o !== null) return o
  Py_None.ob_refcnt++
  return Py_None
}

function getFrame(o: PyObject): PyObject {
  const g = data(o)
  if (g.gi_frame_state >= FRAME_CLEARED) return orNone(null)
  const f = frameGetObject(g.frame)
  f.ob_refcnt++
  return f
}

/** Attributes that generators, coroutines and asynchronous generators share, under their prefix. */
export function frameAttributes(prefix: 'gi' | 'cr' | 'ag', awaiting: string): { getset: PyGetSetDef[], members: PyMemberDef[] } {
  return {
    getset: [
      nameAttribute('__name__', 'gi_name'),
      nameAttribute('__qualname__', 'gi_qualname'),
      { name: awaiting, get: o => orNone(genYieldFromTarget(o)) },
      { name: `${prefix}_frame`, get: getFrame },
      { name: `${prefix}_suspended`, get: o => bool(data(o).gi_frame_state === FRAME_SUSPENDED) },
      ...prefix === 'ag' ? [] : [{ name: `${prefix}_running`, get: (o: PyObject) => bool(data(o).gi_frame_state === FRAME_EXECUTING) }],
    ],
    members: [
      { name: `${prefix}_code`, get: o => (data(o).gi_code.ob_refcnt++, data(o).gi_code) },
    ],
  }
}

const sizeofMethod: PyMethodDef = {
  ml_name: '__sizeof__', ml_flags: METH_NOARGS, signature: '($self, /)',
  ml_meth: (gen: PyObject) => evalHooks.intObject(152 + 8 * (data(gen).gi_code.v as CodeData).framesize),
}

const genAttributes = frameAttributes('gi', 'gi_yieldfrom')
const coroAttributes = frameAttributes('cr', 'cr_await')

const methods: PyMethodDef[] = [
  { ml_name: 'send', ml_flags: METH_O, ml_meth: (gen: PyObject, arg: PyObject) => gen_send_ex(gen, arg, false, false) },
  { ml_name: 'throw', ml_flags: METH_FASTCALL, ml_meth: gen_throw },
  { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: gen_close },
  sizeofMethod,
]

export const PyGen_Type: PyTypeObject = new PyTypeObject('generator', {
  tp_basicsize: 152, tp_itemsize: 8, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: gen_dealloc,
  tp_repr: gen_repr,
  tp_getattro: genericGetAttr,
  tp_traverse: gen_traverse,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: gen_iternext,
  am_send: gen_am_send,
  tp_finalize: _PyGen_Finalize,
  tp_methods: methods,
  tp_getset: genAttributes.getset,
  tp_members: genAttributes.members,
})

export const PyCoro_Type: PyTypeObject = new PyTypeObject('coroutine', {
  tp_basicsize: 152, tp_itemsize: 8, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: gen_dealloc,
  tp_repr: gen_repr,
  tp_getattro: genericGetAttr,
  tp_traverse: gen_traverse,
  am_await: coro_await,
  am_send: gen_am_send,
  tp_finalize: _PyGen_Finalize,
  tp_methods: methods,
  tp_getset: coroAttributes.getset,
  tp_members: [
    ...coroAttributes.members,
    { name: 'cr_origin', get: o => orNone((data(o).origin_or_finalizer !== null && data(o).origin_or_finalizer!.ob_refcnt++, data(o).origin_or_finalizer)) },
  ],
})

// ---- the iterator that `coroutine.__await__` gives ----------------------------------------------------------------------------------

const wrapped = (o: PyObject): PyObject => o.v as PyObject

export const _PyCoroWrapper_Type: PyTypeObject = new PyTypeObject('coroutine_wrapper', {
  tp_basicsize: 24,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_DECREF(wrapped(o))
    PyObject_GC_Del(o)
  },
  tp_getattro: genericGetAttr,
  tp_traverse: (o, visit) => visit(wrapped(o)),
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: o => gen_iternext(wrapped(o)),
  tp_methods: [
    { ml_name: 'send', ml_flags: METH_O, ml_meth: (o: PyObject, arg: PyObject) => gen_send_ex(wrapped(o), arg, false, false) },
    { ml_name: 'throw', ml_flags: METH_FASTCALL, ml_meth: (o: PyObject, args: PyObject[], n: number) => gen_throw(wrapped(o), args, n) },
    { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => gen_close(wrapped(o)) },
  ],
})

function coro_await(coro: PyObject): PyObject {
  coro.ob_refcnt++
  const o = PyObject_GC_NewVar(_PyCoroWrapper_Type, 0, coro)!
  PyObject_GC_Track(o)
  return o
}

// ---- awaitables ----------------------------------------------------------------------------------------------------------------------

export function PyGen_CheckExact(o: PyObject): boolean {
  return o.ob_type === PyGen_Type
}

export function PyCoro_CheckExact(o: PyObject): boolean {
  return o.ob_type === PyCoro_Type
}

export function PyAsyncGen_CheckExact(o: PyObject): boolean {
  return o.ob_type === PyAsyncGen_Type
}

/** A generator marked by types.coroutine. */
function gen_is_coroutine(o: PyObject): boolean {
  return PyGen_CheckExact(o) && ((data(o).gi_code.v as CodeData).co_flags & CO_ITERABLE_COROUTINE) !== 0
}

/** NEW iterator to await `o` with, or null. Mirrors _PyCoro_GetAwaitableIter. */
export function _PyCoro_GetAwaitableIter(o: PyObject): PyObject | null {
  if (PyCoro_CheckExact(o) || gen_is_coroutine(o)) {
    o.ob_refcnt++
    return o
  }
  const getter = o.ob_type.am_await
  if (getter === null) {
    PyErr_Format(PyExc_TypeError, 'object %.100s can\'t be used in \'await\' expression', o.ob_type.tp_name)
    return null
  }
  const result = getter(o)
  if (result === null) return null
  if (PyCoro_CheckExact(result) || gen_is_coroutine(result)) {
    PyErr_SetString(PyExc_TypeError, '__await__() returned a coroutine')
    Py_DECREF(result)
    return null
  }
  if (!PyIter_Check(result)) {
    PyErr_Format(PyExc_TypeError, '__await__() returned non-iterator of type \'%.100s\'', result.ob_type.tp_name)
    Py_DECREF(result)
    return null
  }
  return result
}

export { PyAsyncGen_Type, _PyAsyncGenValueWrapperNew } from './asyncgenobject'
