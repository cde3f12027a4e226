// The running loop of each thread, in the thread's dict, and the task that runs in each loop.
import { identifier, state } from './state'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodOneArg, PyObject_CallNoArgs } from '../../objects/call'
import { PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_RuntimeError } from '../../objects/exceptions'
import { PyTypeObject, Py_DECREF, Py_TPFLAGS_IMMUTABLETYPE, genericGetAttr, type PyObject } from '../../objects/object'
import { PyObject_Free, PyObject_New } from '../../objects/objimpl'
import { _PyRuntime } from '../../objects/runtime'
import { Py_None } from '../../objects/singletons'

export const PyRunningLoopHolder_Type: PyTypeObject = new PyTypeObject('_RunningLoopHolder', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_IMMUTABLETYPE,
  tp_getattro: genericGetAttr,
  tp_free: o => PyObject_Free(o),
  tp_dealloc: o => {
    Py_DECREF(o.v as PyObject)
    PyObject_Free(o)
  },
})

/** BORROWED dict of the current thread, made when it is first asked for. Mirrors PyThreadState_GetDict. */
function threadDict(): PyObject {
  return _PyRuntime.tstate.dict ??= PyDict_New()
}

/** NEW running loop; null without exception if there is none. */
export function runningLoop(): PyObject | null {
  const holder = PyDict_GetItemWithError(threadDict(), identifier('__asyncio_running_event_loop__'))
  const loop = holder === null ? Py_None : holder.v as PyObject
  return loop === Py_None ? null : (loop.ob_refcnt++, loop)
}

/** False with an exception set. */
export function setRunningLoop(loop: PyObject): boolean {
  const dict = threadDict()
  loop.ob_refcnt++
  const holder = PyObject_New(PyRunningLoopHolder_Type, loop)
  const done = PyDict_SetItem(dict, identifier('__asyncio_running_event_loop__'), holder) === 0
  Py_DECREF(holder)
  return done
}

/** NEW running loop or that of the policy. Mirrors get_event_loop. */
export function get_event_loop(): PyObject | null {
  const running = runningLoop()
  if (running !== null || PyErr_Occurred() !== null) return running
  const policy = PyObject_CallNoArgs(state.get_event_loop_policy)
  if (policy === null) return null
  const loop = PyObject_CallMethodNoArgs(policy, identifier('get_event_loop'))
  Py_DECREF(policy)
  return loop
}

/** Adds to or takes from the set of all tasks. */
function callAllTasks(name: string, task: PyObject): boolean {
  const result = PyObject_CallMethodOneArg(state.all_tasks, identifier(name), task)
  if (result === null) return false
  Py_DECREF(result)
  return true
}

export const register_task = (task: PyObject): boolean => callAllTasks('add', task)
export const unregister_task = (task: PyObject): boolean => callAllTasks('discard', task)

export function enter_task(loop: PyObject, task: PyObject): boolean {
  const item = PyDict_GetItemWithError(state.current_tasks, loop)
  if (item !== null) {
    item.ob_refcnt++
    PyErr_Format(PyExc_RuntimeError, 'Cannot enter into task %R while another task %R is being executed.', task, item)
    Py_DECREF(item)
    return false
  }
  return PyErr_Occurred() === null && PyDict_SetItem(state.current_tasks, loop, task) === 0
}

export function leave_task(loop: PyObject, task: PyObject): boolean {
  const item = PyDict_GetItemWithError(state.current_tasks, loop)
  if (item === task) return PyDict_DelItem(state.current_tasks, loop) === 0
  if (item !== null || PyErr_Occurred() === null) {
    PyErr_Format(PyExc_RuntimeError, 'Leaving task %R does not match the current task %R.', task, item ?? Py_None)
  }
  return false
}

export function noRunningLoop(): null {
  return PyErr_SetString(PyExc_RuntimeError, 'no running event loop')
}
