// _thread: threads and locks over the scheduler of vm/threads.ts. Modules/_threadmodule.c.
import { PyBool_From, PyBool_FromLong } from '../objects/boolobject'
import { PyDict_Check, PyDict_New } from '../objects/dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Occurred, PyErr_SetNone, PyErr_SetString, PyErr_Format, _PyErr_WriteUnraisableMsg } from '../objects/errors'
import {
  PyExc_AttributeError, PyExc_OverflowError, PyExc_RuntimeError, PyExc_SystemExit, PyExc_TypeError, PyExc_ValueError,
} from '../objects/exceptions'
import { PyFile_WriteString } from '../objects/fileobject'
import { PyFloat_AsDouble, PyFloat_Check, PyFloat_FromDouble } from '../objects/floatobject'
import { TAG_SCRATCH } from '../../memory/events'
import { PyArg_UnpackTuple } from '../objects/getargs'
import { parseTupleAndKeywords } from '../objects/getargs-keywords'
import { PyLong_AsInt, PyLong_AsLong, PyLong_Check, PyLong_FromLong, PyLong_FromUnsignedLong } from '../objects/longobject'
import { PyModule_AddObject, PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  METH_KEYWORDS, METH_MAY_BLOCK, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DISALLOW_INSTANTIATION,
  Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, type PyMethodDef, type PyObject, type PyTypeObject,
} from '../objects/object'
import { PyCallable_Check, PyObject_GetAttr, PyObject_Str, _PyObject_GenericGetAttrWithDict, _PyObject_GenericSetAttrWithDict } from '../objects/object-protocol'
import { PyMem_RawFree, PyMem_RawMalloc, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'
import { _PyRuntime, type ThreadState } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { structSequence } from '../objects/structseq'
import { PyTuple_Check, PyTuple_FromArray, PyTuple_GET_SIZE, PyTuple_New } from '../objects/tupleobject'
import { PyType_FromModuleAndSpec } from '../objects/typeobject'
import { PyUnicode_AsString, _Py_ID, _PyUnicode_EqualToASCIIString, unicodeFromText } from '../objects/unicodeobject'
import { PyObject_ClearWeakRefs, PyWeakref_GET_OBJECT, PyWeakref_NewRef } from '../objects/weakrefobject'
import { makeLocalType } from './thread-local'
import { PyThreadState_Clear } from '../vm/finalize'
import { displayException } from '../vm/display-error'
import { interruptMain } from '../vm/interrupt'
import { READY, SUSPENDED, spawnThread, startedCount, waitFor } from '../vm/threads'
import { _PySys_GetAttr } from './sysmodule'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

/** Seconds; the largest timeout that fits CPython's nanoseconds. */
const TIMEOUT_MAX = 9223372036
/** What pthread_self gives: addresses of thread stacks, here made up. */
const identOf = (t: ThreadState): number => 140000000000000 - (t.id - 1) * 8392704

// ---- locks -----------------------------------------------------------------------------------------------------------------

/** sizeof(sem_t): what PyThread_allocate_lock takes from malloc for every lock. */
const SEMAPHORE_BYTES = 32
const newSemaphore = (): number => PyMem_RawMalloc(SEMAPHORE_BYTES, TAG_SCRATCH)

class LockData {
  locked = false
  semaphore = newSemaphore()
}

/** Owner (a thread's id, 0: none) and how often it holds the lock. */
class RLockData {
  owner = 0
  count = 0
  semaphore = newSemaphore()
}

const ACQUIRE_ARGUMENTS = ['blocking', 'timeout']

/** Timeout in ns of acquire(blocking, timeout), Infinity: none; -1 with an exception set. Mirrors lock_acquire_parse_args. */
function timeoutOf(args: PyObject, kwargs: PyObject | null): number {
  const given = parseTupleAndKeywords('acquire', ACQUIRE_ARGUMENTS, 0, 2, args, kwargs)
  if (given === null) return -1
  const blocking = given[0] === null || given[0] === undefined ? 1 : PyLong_AsInt(given[0])
  if (blocking === -1 && PyErr_Occurred() !== null) return -1
  let seconds = -1
  if (given[1] !== null && given[1] !== undefined) {
    const o = given[1]
    if (!PyFloat_Check(o) && !PyLong_Check(o)) {
      return PyErr_Format(PyExc_TypeError, "'%.200s' object cannot be interpreted as an integer", o.ob_type.tp_name), -1
    }
    seconds = PyFloat_AsDouble(o)
    if (seconds === -1 && PyErr_Occurred() !== null) return -1
  }
  if (blocking === 0 && seconds !== -1) return PyErr_SetString(PyExc_ValueError, "can't specify a timeout for a non-blocking call"), -1
  if (seconds < 0 && seconds !== -1) return PyErr_SetString(PyExc_ValueError, 'timeout value must be positive'), -1
  if (blocking === 0) return 0
  if (seconds === -1) return Infinity
  if (seconds > TIMEOUT_MAX) return PyErr_SetString(PyExc_OverflowError, seconds > 9e18 ? 'timestamp out of range for platform time_t' : 'timeout value is too large'), -1
  return Math.ceil(seconds * 1e9)
}

const lock = (o: PyObject): LockData => o.v as LockData
const rlock = (o: PyObject): RLockData => o.v as RLockData

function lock_acquire(self: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const timeout = timeoutOf(args, kwargs)
  if (timeout < 0) return null
  const outcome = waitFor(() => !lock(self).locked, timeout)
  if (outcome === SUSPENDED) return null
  if (outcome === READY) lock(self).locked = true
  return PyBool_From(outcome === READY)
}

function lock_release(self: PyObject): PyObject | null {
  if (!lock(self).locked) return PyErr_SetString(PyExc_RuntimeError, 'release unlocked lock')
  lock(self).locked = false
  return none()
}

function rlock_acquire(self: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const timeout = timeoutOf(args, kwargs)
  if (timeout < 0) return null
  const me = _PyRuntime.tstate.id
  const data = rlock(self)
  if (data.count > 0 && data.owner === me) {
    data.count++
    return PyBool_FromLong(1)
  }
  const outcome = waitFor(() => data.count === 0, timeout)
  if (outcome === SUSPENDED) return null
  if (outcome === READY) {
    data.owner = me
    data.count = 1
  }
  return PyBool_From(outcome === READY)
}

function rlock_release(self: PyObject): PyObject | null {
  const data = rlock(self)
  if (data.count === 0 || data.owner !== _PyRuntime.tstate.id) return PyErr_SetString(PyExc_RuntimeError, 'cannot release un-acquired lock')
  if (--data.count === 0) data.owner = 0
  return none()
}

const address = (o: PyObject): string => `0x${(o.addr * 16).toString(16)}`

function lockRepr(o: PyObject): PyObject | null {
  return unicodeFromText(`<${lock(o).locked ? 'locked' : 'unlocked'} ${o.ob_type.tp_name} object at ${address(o)}>`)
}

function rlockRepr(o: PyObject): PyObject | null {
  const { owner, count } = rlock(o)
  const shown = owner === 0 ? 0 : 140000000000000 - (owner - 1) * 8392704
  return unicodeFromText(`<${count > 0 ? 'locked' : 'unlocked'} ${o.ob_type.tp_name} object owner=${shown} count=${count} at ${address(o)}>`)
}

function lockDealloc(o: PyObject): void {
  const type = o.ob_type
  PyObject_GC_UnTrack(o)
  if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
  PyMem_RawFree((o.v as LockData | RLockData).semaphore)
  type.tp_free!(o)
  Py_DECREF(type)
}

const visitType = (o: PyObject, visit: (child: PyObject) => void): void => visit(o.ob_type)

const BLOCKING = METH_VARARGS | METH_KEYWORDS | METH_MAY_BLOCK

const lockMethods: PyMethodDef[] = [
  { ml_name: 'acquire_lock', ml_flags: BLOCKING, ml_meth: lock_acquire },
  { ml_name: 'acquire', ml_flags: BLOCKING, ml_meth: lock_acquire },
  { ml_name: 'release_lock', ml_flags: METH_NOARGS, ml_meth: lock_release },
  { ml_name: 'release', ml_flags: METH_NOARGS, ml_meth: lock_release },
  { ml_name: 'locked_lock', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBool_From(lock(o).locked) },
  { ml_name: 'locked', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBool_From(lock(o).locked) },
  { ml_name: '__enter__', ml_flags: BLOCKING, ml_meth: lock_acquire },
  { ml_name: '__exit__', ml_flags: METH_VARARGS, ml_meth: lock_release },
  { ml_name: '_at_fork_reinit', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => (lock(o).locked = false, none()) },
]

const rlockMethods: PyMethodDef[] = [
  { ml_name: 'acquire', ml_flags: BLOCKING, ml_meth: rlock_acquire },
  { ml_name: 'release', ml_flags: METH_NOARGS, ml_meth: rlock_release },
  { ml_name: '_is_owned', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBool_From(rlock(o).count > 0 && rlock(o).owner === _PyRuntime.tstate.id) },
  {
    ml_name: '_recursion_count', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => PyLong_FromLong(rlock(o).owner === _PyRuntime.tstate.id ? rlock(o).count : 0),
  },
  {
    ml_name: '_acquire_restore', ml_flags: METH_VARARGS | METH_MAY_BLOCK,
    ml_meth: (o: PyObject, args: PyObject) => {
      const state = PyArg_UnpackTuple(args, '_acquire_restore', 1, 1)
      if (state === null) return null
      const data = rlock(o)
      if (waitFor(() => data.count === 0, Infinity) !== READY) return null
      data.count = (state[0]!.v as PyObject[])[0]!.v as number
      data.owner = _PyRuntime.tstate.id
      return none()
    },
  },
  {
    ml_name: '_release_save', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const data = rlock(o)
      if (data.count === 0) return PyErr_SetString(PyExc_RuntimeError, 'cannot release un-acquired lock')
      const state = PyTuple_New(2)
      state.v[0] = PyLong_FromUnsignedLong(data.count)
      state.v[1] = PyLong_FromUnsignedLong(identOf(_PyRuntime.tstate))
      data.count = 0
      data.owner = 0
      return state
    },
  },
  { ml_name: '__enter__', ml_flags: BLOCKING, ml_meth: rlock_acquire },
  { ml_name: '__exit__', ml_flags: METH_VARARGS, ml_meth: rlock_release },
  { ml_name: '_at_fork_reinit', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => {
      PyMem_RawFree(rlock(o).semaphore)
      o.v = new RLockData()
      return none()
    } },
]

// ---- the module --------------------------------------------------------------------------------------------------------------

/** Weak reference to the lock that is released when a thread ends, by thread: tstate->on_delete. */
const sentinels = new Map<ThreadState, PyObject>()

function threadEnded(tstate: ThreadState, func: PyObject): void {
  if (tstate.curexc_type !== null) {
    if (PyErr_ExceptionMatches(PyExc_SystemExit)) PyErr_Clear()
    else _PyErr_WriteUnraisableMsg('in thread started by', func)
  }
  Py_DECREF(func)
  PyThreadState_Clear(tstate)
  const sentinel = sentinels.get(tstate)
  if (sentinel !== undefined) {
    sentinels.delete(tstate)
    const released = PyWeakref_GET_OBJECT(sentinel)
    if (released !== Py_None) lock(released).locked = false
    Py_DECREF(sentinel)
  }
}

function start_new_thread(_m: PyObject, args: PyObject): PyObject | null {
  const given = PyArg_UnpackTuple(args, 'start_new_thread', 2, 3)
  if (given === null) return null
  const [func, tuple, kwargs] = given as [PyObject, PyObject, PyObject | undefined]
  if (!PyCallable_Check(func)) return PyErr_SetString(PyExc_TypeError, 'first arg must be callable')
  if (!PyTuple_Check(tuple)) return PyErr_SetString(PyExc_TypeError, '2nd arg must be a tuple')
  if (kwargs !== undefined && kwargs !== null && !PyDict_Check(kwargs)) return PyErr_SetString(PyExc_TypeError, 'optional 3rd arg must be a dictionary')
  func.ob_refcnt++
  const tstate = spawnThread(func, tuple, kwargs ?? null, t => threadEnded(t, func))
  return PyLong_FromLong(identOf(tstate))
}

function exitThread(): null {
  PyErr_SetNone(PyExc_SystemExit)
  return null
}

/** Mirrors thread_excepthook and thread_excepthook_file. */
function excepthook(_m: PyObject, args: PyObject): PyObject | null {
  const items = args.v as PyObject[]
  if (args.ob_type.tp_name !== '_thread._ExceptHookArgs') return PyErr_SetString(PyExc_TypeError, '_thread.excepthook argument type must be ExceptHookArgs')
  const [type, value, traceback, thread] = items as [PyObject, PyObject, PyObject, PyObject]
  if (type === PyExc_SystemExit) return none()
  const stderr = _PySys_GetAttr('stderr')
  if (stderr === null || stderr === Py_None) return none()
  let name: string | null = null
  if (thread !== Py_None) {
    const attr = PyObject_GetAttr(thread, _Py_ID('name'))
    if (attr === null) PyErr_Clear()
    else {
      const str = PyObject_Str(attr)
      Py_DECREF(attr)
      if (str === null) PyErr_Clear()
      else {
        name = PyUnicode_AsString(str)
        Py_DECREF(str)
      }
    }
  }
  PyFile_WriteString(`Exception in thread ${name ?? identOf(_PyRuntime.tstate)}:\n`, stderr)
  displayException(value, traceback === Py_None ? null : traceback)
  return none()
}

export function PyInit__thread(): PyObject | null {
  sentinels.clear()
  let lockType: PyTypeObject
  const newLock = (): PyObject => {
    const o = PyObject_GC_New(lockType, null)
    o.v = new LockData()
    PyObject_GC_Track(o)
    return o
  }
  const methods: PyMethodDef[] = []
  for (const name of ['start_new_thread', 'start_new']) methods.push({ ml_name: name, ml_flags: METH_VARARGS, ml_meth: start_new_thread })
  for (const name of ['allocate_lock', 'allocate']) methods.push({ ml_name: name, ml_flags: METH_NOARGS, ml_meth: newLock })
  for (const name of ['exit_thread', 'exit']) methods.push({ ml_name: name, ml_flags: METH_NOARGS, ml_meth: exitThread })
  methods.push(
    { ml_name: 'interrupt_main', ml_flags: METH_VARARGS, ml_meth: () => (interruptMain(), none()) },
    { ml_name: 'get_ident', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromUnsignedLong(identOf(_PyRuntime.tstate)) },
    { ml_name: 'get_native_id', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromUnsignedLong(999 + _PyRuntime.tstate.id) },
    { ml_name: '_count', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromLong(startedCount()) },
    {
      ml_name: 'stack_size', ml_flags: METH_VARARGS,
      ml_meth: (_m: PyObject, args: PyObject) => {
        const given = PyArg_UnpackTuple(args, 'stack_size', 0, 1)
        if (given === null) return null
        if (given.length > 0 && given[0] !== undefined) {
          const size = PyLong_AsLong(given[0])
          if (size === -1 && PyErr_Occurred() !== null) return null
          if (size < 0) return PyErr_SetString(PyExc_ValueError, 'size must be 0 or a positive value')
        }
        return PyLong_FromLong(0)
      },
    },
    {
      ml_name: '_set_sentinel', ml_flags: METH_NOARGS,
      ml_meth: () => {
        const old = sentinels.get(_PyRuntime.tstate)
        if (old !== undefined) Py_DECREF(old)
        const made = newLock()
        const weak = PyWeakref_NewRef(made, null)
        if (weak === null) return Py_DECREF(made), null
        sentinels.set(_PyRuntime.tstate, weak)
        return made
      },
    },
    { ml_name: '_excepthook', ml_flags: METH_O, ml_meth: excepthook },
  )
  const module = PyModule_Create('_thread', methods)
  if (module === null) return null
  const type = PyType_FromModuleAndSpec(module, {
    name: '_thread.lock', tp_basicsize: 40, weakrefs: true, tp_doc: 'A lock object is a synchronization primitive.',
    tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    tp_dealloc: lockDealloc, tp_traverse: visitType, tp_repr: lockRepr, tp_methods: lockMethods, tp_free: PyObject_GC_Del,
  }, null)
  if (type === null) return null
  lockType = type as PyTypeObject
  PyModule_AddObject(module, 'LockType', type)
  const rlockType = PyType_FromModuleAndSpec(module, {
    name: '_thread.RLock', tp_basicsize: 48, weakrefs: true, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    tp_new: (cls: PyTypeObject): PyObject | null => {
      const o = cls.tp_alloc!(cls, 0)
      if (o !== null) o.v = new RLockData()
      return o
    },
    tp_dealloc: lockDealloc, tp_traverse: visitType, tp_repr: rlockRepr, tp_methods: rlockMethods,
  }, null)
  if (rlockType === null) return null
  PyModule_AddObject(module, 'RLock', rlockType)
  const localType = makeLocalType(module)
  if (localType === null) return null
  PyModule_AddObject(module, '_local', localType)
  PyModule_AddObjectRef(module, 'error', PyExc_RuntimeError)
  PyModule_AddObject(module, 'TIMEOUT_MAX', PyFloat_FromDouble(TIMEOUT_MAX))
  PyModule_AddObjectRef(module, '_ExceptHookArgs', structSequence('_thread._ExceptHookArgs', ['exc_type', 'exc_value', 'exc_traceback', 'thread']).type)
  return module
}
