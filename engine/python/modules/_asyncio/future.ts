// asyncio.Future. Tasks (task.ts) are futures too: FutureData is the part they share.
import { futureIter } from './future-iter'
import { get_event_loop } from './running-loop'
import { call_soon, identifier, state } from './state'
import { PyContext_CopyCurrent } from '../_contextvars'
import { ArgParser } from '../../objects/arg-parser'
import { PyBool_From } from '../../objects/boolobject'
import { PyObject_CallMethodNoArgs, PyObject_CallNoArgs, PyObject_CallOneArg } from '../../objects/call'
import { PyDict_New, PyDict_SetItem } from '../../objects/dictobject'
import { PyErr_Fetch, PyErr_RestoreFetched, PyErr_SetObject, PyErr_SetString, PyErr_WriteUnraisable } from '../../objects/errors'
import {
  PyExc_AttributeError, PyExc_RuntimeError, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError,
  PyExceptionClass_Check, PyExceptionInstance_Check, PyException_GetTraceback, PyException_SetTraceback,
} from '../../objects/exceptions'
import { Py_GenericAlias } from '../../objects/genericaliasobject'
import { _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyList_Append, PyList_GET_ITEM, PyList_GET_SIZE, PyList_New, PyList_SET_ITEM, PyList_SetSlice } from '../../objects/listobject'
import { PyLong_FromSsize_t } from '../../objects/longobject'
import {
  METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, PyTypeObject, Py_DECREF, Py_EQ, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, genericGetAttr, type PyGetSetDef, type PyMethodDef, type PyObject,
} from '../../objects/object'
import {
  PyObject_CallFinalizerFromDealloc, PyObject_GenericSetAttr, PyObject_GetAttr, PyObject_IsTrue, PyObject_RichCompareBool,
} from '../../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Pack } from '../../objects/tupleobject'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyObject_ClearWeakRefs } from '../../objects/weakrefobject'

export const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)
export const none = (): PyObject => ref(Py_None)
export const orNone = (o: PyObject | null): PyObject => ref(o ?? Py_None)

export const PENDING = 0
export const CANCELLED = 1
export const FINISHED = 2
const STATE_NAMES = ['PENDING', 'CANCELLED', 'FINISHED'] as const

const MEMBERS = [
  'loop', 'callback0', 'context0', 'callbacks', 'result', 'exception', 'exception_tb', 'source_tb', 'cancel_msg', 'cancelled_exc',
] as const

export class FutureData {
  /** Null until __init__ has run. */
  loop: PyObject | null = null
  callback0: PyObject | null = null
  context0: PyObject | null = null
  /** List of (callback, context) behind the first. */
  callbacks: PyObject | null = null
  exception: PyObject | null = null
  exception_tb: PyObject | null = null
  result: PyObject | null = null
  source_tb: PyObject | null = null
  cancel_msg: PyObject | null = null
  cancelled_exc: PyObject | null = null
  state: 0 | 1 | 2 = PENDING
  log_tb = false
  blocking = false
}

export const future = (o: PyObject): FutureData => o.v as FutureData

export function drop(f: FutureData, member: typeof MEMBERS[number]): void {
  const old = f[member]
  f[member] = null
  if (old !== null) Py_DECREF(old)
}

const invalidState = (message: string): null => PyErr_SetString(state.InvalidStateError, message)
const uninitialized = (): null => PyErr_SetString(PyExc_RuntimeError, 'Future object is not initialized.')

// ---- life ---------------------------------------------------------------------------------------------------------------------

/** False with an exception set. Mirrors future_init. */
export function future_init(f: FutureData, loop: PyObject): boolean {
  for (const member of MEMBERS) drop(f, member)
  f.state = PENDING
  f.log_tb = f.blocking = false
  const own = loop === Py_None ? get_event_loop() : ref(loop)
  if (own === null) return false
  f.loop = own
  const debug = PyObject_CallMethodNoArgs(own, identifier('get_debug'))
  if (debug === null) return false
  const isTrue = PyObject_IsTrue(debug)
  Py_DECREF(debug)
  if (isTrue < 0) return false
  if (isTrue > 0) {
    f.source_tb = PyObject_CallNoArgs(state.extract_stack)
    if (f.source_tb === null) return false
  }
  return true
}

export function clearFuture(o: PyObject): void {
  if (o.v !== null) for (const member of MEMBERS) drop(future(o), member)
  const { dict } = o
  o.dict = null
  Py_XDECREF(dict as PyObject | null)
}

export function traverseFuture(o: PyObject, visit: (child: PyObject) => void): void {
  if (o.v !== null) {
    for (const member of MEMBERS) {
      const child = future(o)[member]
      if (child !== null) visit(child)
    }
  }
  if (o.dict !== null) visit(o.dict as PyObject)
}

/** Tells the loop's exception handler; errors of it are unraisable. */
export function callExceptionHandler(f: FutureData, message: PyObject | null, entries: readonly (readonly [string, PyObject])[]): void {
  const saved = PyErr_Fetch()
  const context = PyDict_New()
  if (message !== null) {
    PyDict_SetItem(context, identifier('message'), message)
    for (const [name, value] of entries) PyDict_SetItem(context, identifier(name), value)
    if (f.source_tb !== null) PyDict_SetItem(context, identifier('source_traceback'), f.source_tb)
    const handler = PyObject_GetAttr(f.loop!, identifier('call_exception_handler'))
    if (handler !== null) {
      const result = PyObject_CallOneArg(handler, context)
      if (result === null) PyErr_WriteUnraisable(handler)
      else Py_DECREF(result)
      Py_DECREF(handler)
    }
  }
  Py_DECREF(context)
  Py_XDECREF(message)
  PyErr_RestoreFetched(saved)
}

// Mirrors FutureObj_finalize.
export function finalizeFuture(o: PyObject): void {
  const f = future(o)
  if (f === null || !f.log_tb) return
  f.log_tb = false
  const { tp_name } = o.ob_type
  callExceptionHandler(f, PyUnicode_FromFormat('%s exception was never retrieved', tp_name.slice(tp_name.lastIndexOf('.') + 1)),
    [['exception', f.exception!], ['future', o]])
}

/** tp_dealloc of futures and tasks. */
export function deallocWith(type: PyTypeObject, clear: (o: PyObject) => void): (o: PyObject) => void {
  return o => {
    if (o.ob_type === type && PyObject_CallFinalizerFromDealloc(o) < 0) return
    PyObject_GC_UnTrack(o)
    if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
    clear(o)
    o.ob_type.tp_free!(o)
  }
}

// ---- results --------------------------------------------------------------------------------------------------------------------

/** False with an exception set. Mirrors future_schedule_callbacks. */
function scheduleCallbacks(o: PyObject): boolean {
  const f = future(o)
  if (f.callback0 !== null) {
    const done = call_soon(f.loop!, f.callback0, o, f.context0!)
    drop(f, 'callback0')
    drop(f, 'context0')
    if (!done) return drop(f, 'callbacks'), false
  }
  if (f.callbacks === null) return true
  const n = PyList_GET_SIZE(f.callbacks)
  for (let i = 0; i < n; i++) {
    const [callback, context] = PyList_GET_ITEM(f.callbacks, i).v as [PyObject, PyObject]
    if (!call_soon(f.loop!, callback, o, context)) return drop(f, 'callbacks'), false
  }
  drop(f, 'callbacks')
  return true
}

export function future_set_result(o: PyObject, result: PyObject): PyObject | null {
  const f = future(o)
  if (f.loop === null) return uninitialized()
  if (f.state !== PENDING) return invalidState('invalid state')
  f.result = ref(result)
  f.state = FINISHED
  return scheduleCallbacks(o) ? none() : null
}

export function future_set_exception(o: PyObject, exc: PyObject): PyObject | null {
  const f = future(o)
  if (f.state !== PENDING) return invalidState('invalid state')
  let value: PyObject | null = exc
  if (PyExceptionClass_Check(exc)) {
    value = PyObject_CallNoArgs(exc)
    if (value === null) return null
    // Making it may have run anything.
    if ((f.state as number) !== PENDING) return Py_DECREF(value), invalidState('invalid state')
  } else ref(exc)
  if (!PyExceptionInstance_Check(value)) return Py_DECREF(value), PyErr_SetString(PyExc_TypeError, 'invalid exception object')
  if (value.ob_type === PyExc_StopIteration) {
    Py_DECREF(value)
    return PyErr_SetString(PyExc_TypeError, 'StopIteration interacts badly with generators and cannot be raised into a Future')
  }
  f.exception = value
  f.exception_tb = PyException_GetTraceback(value)
  f.state = FINISHED
  if (!scheduleCallbacks(o)) return null
  f.log_tb = true
  return none()
}

/** NEW CancelledError: the one that ended a task, or one with the message. Mirrors create_cancelled_error. */
export function create_cancelled_error(f: FutureData): PyObject | null {
  if (f.cancelled_exc !== null) {
    const exc = f.cancelled_exc
    f.cancelled_exc = null
    return exc
  }
  return f.cancel_msg === null || f.cancel_msg === Py_None ? PyObject_CallNoArgs(state.CancelledError)
    : PyObject_CallOneArg(state.CancelledError, f.cancel_msg)
}

function raiseCancelled(f: FutureData): null {
  const exc = create_cancelled_error(f)
  if (exc === null) return null
  PyErr_SetObject(state.CancelledError, exc)
  Py_DECREF(exc)
  return null
}

/** NEW result; `raised`: it is an exception to be raised. Null with an exception set. Mirrors future_get_result. */
export function future_get_result(f: FutureData): { value: PyObject, raised: boolean } | null {
  if (f.state === CANCELLED) return raiseCancelled(f)
  if (f.state !== FINISHED) return invalidState('Result is not set.')
  f.log_tb = false
  if (f.exception === null) return { value: ref(f.result!), raised: false }
  if (PyException_SetTraceback(f.exception, f.exception_tb ?? Py_None) < 0) return null
  drop(f, 'exception_tb')
  return { value: ref(f.exception), raised: true }
}

export function future_result(o: PyObject): PyObject | null {
  if (future(o).loop === null) return invalidState('Future object is not initialized.')
  const result = future_get_result(future(o))
  if (result === null || !result.raised) return result === null ? null : result.value
  PyErr_SetObject(result.value.ob_type, result.value)
  Py_DECREF(result.value)
  return null
}

function exception(o: PyObject): PyObject | null {
  const f = future(o)
  if (f.loop === null) return invalidState('Future object is not initialized.')
  if (f.state === CANCELLED) return raiseCancelled(f)
  if (f.state !== FINISHED) return invalidState('Exception is not set.')
  if (f.exception !== null) f.log_tb = false
  return orNone(f.exception)
}

// ---- callbacks and cancelling -------------------------------------------------------------------------------------------------

export function future_add_done_callback(o: PyObject, callback: PyObject, context: PyObject): PyObject | null {
  const f = future(o)
  if (f.loop === null) return PyErr_SetString(PyExc_RuntimeError, 'uninitialized Future object')
  if (f.state !== PENDING) return call_soon(f.loop, callback, o, context) ? none() : null
  if (f.callbacks === null && f.callback0 === null) {
    f.callback0 = ref(callback)
    f.context0 = ref(context)
    return none()
  }
  const pair = PyTuple_Pack(callback, context)
  if (f.callbacks === null) {
    f.callbacks = PyList_New(1)
    PyList_SET_ITEM(f.callbacks, 0, pair)
    return none()
  }
  const done = PyList_Append(f.callbacks, pair) === 0
  Py_DECREF(pair)
  return done ? none() : null
}

const addParser = new ArgParser('add_done_callback', ['', 'context'])

function add_done_callback(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, addParser, 1, 1, 0)
  if (given === null) return null
  if (given[1] !== null) return future_add_done_callback(o, given[0]!, given[1]!)
  const context = PyContext_CopyCurrent()
  const result = future_add_done_callback(o, given[0]!, context)
  Py_DECREF(context)
  return result
}

// Mirrors _asyncio_Future_remove_done_callback.
function remove_done_callback(o: PyObject, fn: PyObject): PyObject | null {
  const f = future(o)
  if (f.loop === null) return uninitialized()
  let removed = 0
  if (f.callback0 !== null) {
    const same = PyObject_RichCompareBool(f.callback0, fn, Py_EQ)
    if (same < 0) return null
    if (same > 0) {
      drop(f, 'callback0')
      drop(f, 'context0')
      removed = 1
    }
  }
  if (f.callbacks === null) return PyLong_FromSsize_t(removed)
  const n = PyList_GET_SIZE(f.callbacks)
  if (n === 1) {
    const same = PyObject_RichCompareBool((PyList_GET_ITEM(f.callbacks, 0).v as PyObject[])[0]!, fn, Py_EQ)
    if (same < 0) return null
    if (same > 0) drop(f, 'callbacks')
    return PyLong_FromSsize_t(removed + same)
  }
  const kept: PyObject[] = []
  for (let i = 0; f.callbacks !== null && i < PyList_GET_SIZE(f.callbacks); i++) {
    const item = ref(PyList_GET_ITEM(f.callbacks, i))
    const same = PyObject_RichCompareBool((item.v as PyObject[])[0]!, fn, Py_EQ)
    if (same === 0) kept.push(item)
    else Py_DECREF(item)
    if (same < 0) return kept.forEach(Py_DECREF), null
  }
  if (kept.length === 0) {
    drop(f, 'callbacks')
    return PyLong_FromSsize_t(n + removed)
  }
  const list = PyList_New(kept.length)
  kept.forEach((item, i) => PyList_SET_ITEM(list, i, item))
  const before = f.callbacks === null ? kept.length : PyList_GET_SIZE(f.callbacks)
  const failed = before !== kept.length && PyList_SetSlice(f.callbacks!, 0, before, list) < 0
  Py_DECREF(list)
  return failed ? null : PyLong_FromSsize_t(before - kept.length + removed)
}

export function future_cancel(o: PyObject, message: PyObject | null): PyObject | null {
  const f = future(o)
  f.log_tb = false
  if (f.state !== PENDING) return PyBool_From(false)
  f.state = CANCELLED
  setCancelMessage(f, message)
  return scheduleCallbacks(o) ? PyBool_From(true) : null
}

export function setCancelMessage(f: FutureData, message: PyObject | null): void {
  const old = f.cancel_msg
  f.cancel_msg = message === null ? null : ref(message)
  Py_XDECREF(old)
}

const cancelParser = new ArgParser('cancel', ['msg'])

/** BORROWED message of cancel(msg=None); null with an exception set. */
export function cancelMessage(args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, cancelParser, 0, 1, 0)
  return given === null ? null : given[0] ?? Py_None
}

function cancel(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const message = cancelMessage(args, nargs, kwnames)
  if (message === null) return null
  return future(o).loop === null ? uninitialized() : future_cancel(o, message)
}

// ---- the type ---------------------------------------------------------------------------------------------------------------------

const FAST = METH_FASTCALL | METH_KEYWORDS

/** Methods that tasks have as their own, too. */
export const sharedMethods: PyMethodDef[] = [
  { ml_name: 'result', ml_flags: METH_NOARGS, ml_meth: future_result, signature: '($self, /)' },
  { ml_name: 'exception', ml_flags: METH_NOARGS, ml_meth: exception, signature: '($self, /)' },
  {
    ml_name: 'add_done_callback', ml_flags: FAST, ml_meth: add_done_callback,
    signature: '($self, fn, /, *, context=<unrepresentable>)',
  },
  { ml_name: 'remove_done_callback', ml_flags: METH_O, ml_meth: remove_done_callback, signature: '($self, fn, /)' },
  {
    ml_name: 'cancelled', ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (o: PyObject) => PyBool_From(future(o).loop !== null && future(o).state === CANCELLED),
  },
  {
    ml_name: 'done', ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (o: PyObject) => PyBool_From(future(o).loop !== null && future(o).state !== PENDING),
  },
  {
    ml_name: '_make_cancelled_error', ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (o: PyObject) => create_cancelled_error(future(o)),
  },
  { ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item) },
]

const alive = (o: PyObject, get: (f: FutureData) => PyObject | null): PyObject | null => future(o).loop === null ? uninitialized() : get(future(o))

/** Truth of a value that is assigned; -1 with an exception set. */
export function assignedTruth(value: PyObject | null): number {
  if (value !== null) return PyObject_IsTrue(value)
  PyErr_SetString(PyExc_AttributeError, 'cannot delete attribute')
  return -1
}

function callbacksList(f: FutureData): PyObject {
  if (f.callback0 === null) return orNone(f.callbacks)
  const rest = f.callbacks === null ? 0 : PyList_GET_SIZE(f.callbacks)
  const list = PyList_New(1 + rest)
  PyList_SET_ITEM(list, 0, PyTuple_Pack(f.callback0, f.context0!))
  for (let i = 0; i < rest; i++) PyList_SET_ITEM(list, i + 1, ref(PyList_GET_ITEM(f.callbacks!, i)))
  return list
}

export const sharedGetSet: PyGetSetDef[] = [
  { name: '_state', get: o => alive(o, f => ref(identifier(STATE_NAMES[f.state]))) },
  {
    name: '_asyncio_future_blocking', get: o => PyBool_From(future(o).loop !== null && future(o).blocking),
    set: (o, value) => {
      if (future(o).loop === null) return uninitialized(), -1
      const truth = assignedTruth(value)
      if (truth >= 0) future(o).blocking = truth > 0
      return Math.min(truth, 0)
    },
  },
  { name: '_loop', get: o => orNone(future(o).loop) },
  { name: '_callbacks', get: o => alive(o, callbacksList) },
  { name: '_result', get: o => alive(o, f => orNone(f.result)) },
  { name: '_exception', get: o => alive(o, f => orNone(f.exception)) },
  {
    name: '_log_traceback', get: o => alive(o, f => PyBool_From(f.log_tb)),
    set: (o, value) => {
      const truth = assignedTruth(value)
      if (truth > 0) return PyErr_SetString(PyExc_ValueError, '_log_traceback can only be set to False'), -1
      if (truth === 0) future(o).log_tb = false
      return truth
    },
  },
  { name: '_source_traceback', get: o => orNone(future(o).source_tb) },
  {
    name: '_cancel_message', get: o => orNone(future(o).cancel_msg),
    set: (o, value) => {
      if (value === null) return PyErr_SetString(PyExc_AttributeError, 'cannot delete attribute'), -1
      setCancelMessage(future(o), value)
      return 0
    },
  },
]

const initParser = new ArgParser('Future', ['loop'])

export const FutureType: PyTypeObject = new PyTypeObject('_asyncio.Future', {
  tp_basicsize: 128, tp_dictoffset: 104, weakrefs: true, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_GC_Del(o),
  tp_dealloc: o => deallocFuture(o),
  tp_traverse: traverseFuture,
  tp_clear: clearFuture,
  tp_finalize: finalizeFuture,
  tp_getattro: genericGetAttr,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_repr: o => future(o).loop === null ? uninitialized() : PyObject_CallOneArg(state.future_repr, o),
  tp_new: type => {
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new FutureData()
    return o
  },
  tp_init: (o, args, kwargs) => {
    const given = _PyArg_UnpackKeywords(args.v as PyObject[], (args.v as PyObject[]).length, kwargs, null, initParser, 0, 0, 0)
    return given !== null && future_init(future(o), given[0] ?? Py_None) ? 0 : -1
  },
  tp_iter: o => futureIter(o),
  am_await: o => futureIter(o),
  tp_methods: [
    ...sharedMethods,
    {
      ml_name: 'set_result', ml_flags: METH_O, signature: '($self, result, /)',
      ml_meth: (o: PyObject, result: PyObject) => future_set_result(o, result),
    },
    {
      ml_name: 'set_exception', ml_flags: METH_O, signature: '($self, exception, /)',
      ml_meth: (o: PyObject, exc: PyObject) => future(o).loop === null ? uninitialized() : future_set_exception(o, exc),
    },
    { ml_name: 'cancel', ml_flags: FAST, ml_meth: cancel, signature: '($self, /, msg=None)' },
    { ml_name: 'get_loop', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => alive(o, f => ref(f.loop!)), signature: '($self, /)' },
  ],
  tp_getset: sharedGetSet,
})

const deallocFuture = deallocWith(FutureType, clearFuture)
