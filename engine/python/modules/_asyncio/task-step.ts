// One step of a task: its coroutine is resumed, and what it gives is waited for. Mirrors task_step_impl.
import { FutureType, PENDING, create_cancelled_error, future, future_add_done_callback, future_cancel, future_get_result, future_set_exception, future_set_result, none } from './future'
import { enter_task, leave_task } from './running-loop'
import { call_soon, identifier, state } from './state'
import { TaskType, setMember, task } from './task'
import { PyObject_IsInstance, PyIter_Check } from '../../objects/abstract'
import { Py_False } from '../../objects/boolobject'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodOneArg, PyObject_CallNoArgs, PyObject_CallOneArg, PyObject_Vectorcall } from '../../objects/call'
import { PyDict_GET_SIZE } from '../../objects/dictobject'
import {
  PyErr_ExceptionMatches, PyErr_Fetch, PyErr_Format, PyErr_GivenExceptionMatches, PyErr_NormalizeException, PyErr_Occurred, PyErr_RestoreFetched,
  PyErr_SetString, _PyErr_ChainExceptions, type FetchedError,
} from '../../objects/errors'
import {
  PyExc_KeyboardInterrupt, PyExc_RuntimeError, PyExc_SystemExit, PyExc_TypeError, PyException_SetTraceback, _PyGen_FetchStopIterationValue,
} from '../../objects/exceptions'
import { PyGen_Type } from '../../objects/genobject'
import { PyCFunction_NewEx } from '../../objects/methodobject'
import {
  METH_O, PYGEN_ERROR, PYGEN_NEXT, PYGEN_RETURN, PyTypeObject, Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, SEND_RESULT,
  genericGetAttr, type PyMethodDef, type PyObject,
} from '../../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue, PyObject_SetAttr, _PyObject_LookupAttr } from '../../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { Py_None } from '../../objects/singletons'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'

const isExact = (o: PyObject): boolean => o.ob_type === FutureType || o.ob_type === TaskType

// ---- the callback that makes a step ---------------------------------------------------------------------------------------------

interface Wrapped { task: PyObject | null, arg: PyObject | null }

const wrapped = (o: PyObject): Wrapped => o.v as Wrapped

function clear(o: PyObject): void {
  const { task, arg } = wrapped(o)
  o.v = { task: null, arg: null } satisfies Wrapped
  Py_XDECREF(task)
  Py_XDECREF(arg)
}

export const TaskStepMethWrapper_Type: PyTypeObject = new PyTypeObject('TaskStepMethWrapper', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_GC_Del(o),
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    clear(o)
    o.ob_type.tp_free!(o)
  },
  tp_traverse: (o, visit) => {
    const { task, arg } = wrapped(o)
    if (task !== null) visit(task)
    if (arg !== null) visit(arg)
  },
  tp_clear: clear,
  tp_getattro: genericGetAttr,
  tp_call: (o, args, kwargs) => {
    if (kwargs !== null && PyDict_GET_SIZE(kwargs) !== 0) return PyErr_SetString(PyExc_TypeError, 'function takes no keyword arguments')
    if ((args.v as PyObject[]).length !== 0) return PyErr_SetString(PyExc_TypeError, 'function takes no positional arguments')
    return task_step(wrapped(o).task!, wrapped(o).arg)
  },
  tp_getset: [{
    name: '__self__',
    get: o => {
      const self = wrapped(o).task ?? Py_None
      self.ob_refcnt++
      return self
    },
  }],
})

/** False with an exception set. Mirrors task_call_step_soon. */
export function stepSoon(o: PyObject, arg: PyObject | null): boolean {
  o.ob_refcnt++
  if (arg !== null) arg.ob_refcnt++
  const callback = PyObject_GC_New(TaskStepMethWrapper_Type, { task: o, arg } satisfies Wrapped)
  PyObject_GC_Track(callback)
  const done = call_soon(task(o).loop!, callback, null, task(o).context!)
  Py_DECREF(callback)
  return done
}

const wakeupDef: PyMethodDef = { ml_name: 'task_wakeup', ml_flags: METH_O, ml_meth: task_wakeup }

// ---- futures of the right loop --------------------------------------------------------------------------------------------------

/** NEW loop of a future of any kind. Mirrors get_future_loop. */
function loopOf(fut: PyObject): PyObject | null {
  const getLoop = _PyObject_LookupAttr(fut, identifier('get_loop'))
  if (getLoop !== null) {
    const loop = PyObject_CallNoArgs(getLoop)
    Py_DECREF(getLoop)
    return loop
  }
  return PyErr_Occurred() !== null ? null : PyObject_GetAttr(fut, identifier('_loop'))
}

/** 1 if both have the same loop, 0, or -1 with an exception set. */
function checkFuture(o: PyObject, fut: PyObject): number {
  if (isExact(fut)) return future(fut).loop === task(o).loop ? 1 : 0
  const loop = loopOf(fut)
  if (loop === null) return -1
  Py_DECREF(loop)
  return loop === task(o).loop ? 1 : 0
}

// ---- the step ---------------------------------------------------------------------------------------------------------------------

/** Sets a RuntimeError for the next step; STEALS the result that is at fault. */
function errorSoon(o: PyObject, result: PyObject, format: string, ...args: unknown[]): PyObject | null {
  const message = PyUnicode_FromFormat(format, ...args)
  const error = message === null ? null : PyObject_CallOneArg(PyExc_RuntimeError, message)
  Py_XDECREF(message)
  const done = error !== null && stepSoon(o, error)
  Py_XDECREF(error)
  Py_DECREF(result)
  return done ? none() : null
}

/** Resumes the coroutine; the result is left in SEND_RESULT. Mirrors PyIter_Send and gen_status_from_result. */
function resume(coro: PyObject, exc: PyObject | null): number {
  const type = coro.ob_type
  if (exc === null && type.am_send !== null) return type.am_send(coro, Py_None)
  const result = exc !== null ? PyObject_CallMethodOneArg(coro, identifier('throw'), exc)
    : PyIter_Check(coro) ? type.tp_iternext!(coro) : PyObject_CallMethodOneArg(coro, identifier('send'), Py_None)
  SEND_RESULT.value = result ?? _PyGen_FetchStopIterationValue()
  return result !== null ? PYGEN_NEXT : SEND_RESULT.value !== null ? PYGEN_RETURN : PYGEN_ERROR
}

function fetchNormalized(): FetchedError {
  const e = PyErr_Fetch()
  PyErr_NormalizeException(e)
  if (e.traceback !== null) PyException_SetTraceback(e.value!, e.traceback)
  return e
}

function dropError(e: FetchedError): void {
  Py_XDECREF(e.type)
  Py_XDECREF(e.value)
  Py_XDECREF(e.traceback)
}

/** The coroutine has returned; STEALS its result. */
function returned(o: PyObject, result: PyObject): PyObject | null {
  const t = task(o)
  let done: PyObject | null
  if (t.must_cancel) {
    t.must_cancel = false
    done = future_cancel(o, t.cancel_msg)
  } else done = future_set_result(o, result)
  Py_DECREF(result)
  if (done === null) return null
  Py_DECREF(done)
  return none()
}

/** The coroutine has raised what is set. */
function raised(o: PyObject): PyObject | null {
  const cancelled = PyErr_ExceptionMatches(state.CancelledError)
  const e = fetchNormalized()
  if (cancelled) {
    Py_XDECREF(e.traceback)
    Py_XDECREF(e.type)
    future(o).cancelled_exc = e.value
    return future_cancel(o, null)
  }
  const done = future_set_exception(o, e.value!)
  if (done === null) return dropError(e), null
  Py_DECREF(done)
  if (PyErr_GivenExceptionMatches(e.type, PyExc_KeyboardInterrupt) || PyErr_GivenExceptionMatches(e.type, PyExc_SystemExit)) {
    PyErr_RestoreFetched(e)
    return null
  }
  dropError(e)
  return none()
}

/** Cancels what the task waits for if it was to be cancelled; None, or null with an exception set. */
function waitingFor(o: PyObject, result: PyObject): PyObject | null {
  const t = task(o)
  t.fut_waiter = result
  if (t.must_cancel) {
    const answer = PyObject_CallMethodOneArg(result, identifier('cancel'), t.cancel_msg ?? Py_None)
    if (answer === null) return null
    const truth = PyObject_IsTrue(answer)
    Py_DECREF(answer)
    if (truth < 0) return null
    if (truth > 0) t.must_cancel = false
  }
  return none()
}

/** The coroutine has given an object to wait for; STEALS it. */
function yielded(o: PyObject, result: PyObject): PyObject | null {
  const fail = (): null => (Py_DECREF(result), null)
  if (result === o) return errorSoon(o, result, 'Task cannot await on itself: %R', o)
  const exact = isExact(result)
  if (!exact && result === Py_None) return stepSoon(o, null) ? result : fail()
  let blocking = false
  if (!exact) {
    const attribute = _PyObject_LookupAttr(result, identifier('_asyncio_future_blocking'))
    if (attribute === null && PyErr_Occurred() !== null) return fail()
    if (attribute === null || attribute === Py_None) {
      Py_XDECREF(attribute)
      return badYield(o, result)
    }
    const truth = PyObject_IsTrue(attribute)
    Py_DECREF(attribute)
    if (truth < 0) return fail()
    blocking = truth > 0
  }
  const sameLoop = checkFuture(o, result)
  if (sameLoop < 0) return fail()
  if (sameLoop === 0) return errorSoon(o, result, 'Task %R got Future %R attached to a different loop', o, result)
  if (exact) blocking = future(result).blocking
  if (!blocking) return errorSoon(o, result, 'yield was used instead of yield from in task %R with %R', o, result)
  if (exact) future(result).blocking = false
  else if (PyObject_SetAttr(result, identifier('_asyncio_future_blocking'), Py_False) < 0) return fail()
  const wakeup = PyCFunction_NewEx(wakeupDef, o, null)
  const added = exact ? future_add_done_callback(result, wakeup, task(o).context!) : addCallback(result, wakeup, task(o).context!)
  Py_DECREF(wakeup)
  if (added === null) return fail()
  Py_DECREF(added)
  return waitingFor(o, result)
}

function addCallback(fut: PyObject, wakeup: PyObject, context: PyObject): PyObject | null {
  const add = PyObject_GetAttr(fut, identifier('add_done_callback'))
  if (add === null) return null
  const result = PyObject_Vectorcall(add, [wakeup, context], 1, state.context_kwname)
  Py_DECREF(add)
  return result
}

function badYield(o: PyObject, result: PyObject): PyObject | null {
  const isGenerator = PyObject_IsInstance(result, PyGen_Type)
  if (isGenerator < 0) return Py_DECREF(result), null
  if (isGenerator > 0) return errorSoon(o, result, 'yield was used instead of yield from for generator in task %R with %R', o, result)
  return errorSoon(o, result, 'Task got bad yield: %R', result)
}

function stepOnce(o: PyObject, given: PyObject | null): PyObject | null {
  const t = task(o)
  let exc = given
  let own: PyObject | null = null
  if (t.state !== PENDING) return PyErr_Format(state.InvalidStateError, '_step(): already done: %R %R', o, exc ?? Py_None)
  if (t.must_cancel) {
    if (exc !== null) {
      const isCancel = PyObject_IsInstance(exc, state.CancelledError)
      if (isCancel < 0) return null
      if (isCancel === 0) exc = null
    }
    if (exc === null) {
      exc = own = create_cancelled_error(t)
      if (exc === null) return null
    }
    t.must_cancel = false
  }
  setMember(t, 'fut_waiter', null)
  if (t.coro === null) {
    Py_XDECREF(own)
    return PyErr_SetString(PyExc_RuntimeError, 'uninitialized Task object')
  }
  const status = resume(t.coro, exc)
  const result = SEND_RESULT.value
  SEND_RESULT.value = null
  Py_XDECREF(own)
  if (status === PYGEN_NEXT) return yielded(o, result!)
  return result !== null ? returned(o, result) : raised(o)
}

// Mirrors task_step.
export function task_step(o: PyObject, exc: PyObject | null): PyObject | null {
  const loop = task(o).loop!
  if (!enter_task(loop, o)) return null
  const result = stepOnce(o, exc)
  if (result !== null) return leave_task(loop, o) ? result : (Py_DECREF(result), null)
  const e = PyErr_Fetch()
  leave_task(loop, o)
  _PyErr_ChainExceptions(e)
  return null
}

// Mirrors task_wakeup: what the task waited for is done.
function task_wakeup(o: PyObject, fut: PyObject): PyObject | null {
  if (isExact(fut)) {
    const done = future_get_result(future(fut))
    if (done !== null) {
      if (!done.raised) Py_DECREF(done.value)
      const result = task_step(o, done.raised ? done.value : null)
      if (done.raised) Py_DECREF(done.value)
      return result
    }
  } else {
    const done = PyObject_CallMethodNoArgs(fut, identifier('result'))
    if (done !== null) {
      Py_DECREF(done)
      return task_step(o, null)
    }
  }
  const e = fetchNormalized()
  const result = task_step(o, e.value)
  dropError(e)
  return result
}
