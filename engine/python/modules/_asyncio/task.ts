// asyncio.Task: a future that runs a coroutine.
import {
  FutureData, PENDING, assignedTruth, callExceptionHandler, cancelMessage, clearFuture, deallocWith, finalizeFuture, future_init, none,
  orNone, ref, setCancelMessage, sharedGetSet, sharedMethods, traverseFuture,
} from './future'
import { futureIter } from './future-iter'
import { register_task } from './running-loop'
import { identifier, state } from './state'
import { stepSoon } from './task-step'
import { PyContext_CopyCurrent } from '../_contextvars'
import { ArgParser } from '../../objects/arg-parser'
import { PyBool_From } from '../../objects/boolobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallMethodOneArg, PyObject_CallOneArg } from '../../objects/call'
import { PyErr_Format, PyErr_SetString } from '../../objects/errors'
import { PyExc_RuntimeError, PyExc_TypeError } from '../../objects/exceptions'
import { PyCoro_CheckExact } from '../../objects/genobject'
import { _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_FromLong } from '../../objects/longobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, PyTypeObject, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE,
  Py_XDECREF, genericGetAttr, type PyObject,
} from '../../objects/object'
import { PyObject_GenericSetAttr, PyObject_IsTrue, PyObject_Str } from '../../objects/object-protocol'
import { PyObject_GC_Del } from '../../objects/objimpl'
import { PySet_Add, PySet_Contains, PySet_GET_SIZE } from '../../objects/setobject'
import { Py_None } from '../../objects/singletons'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_CheckExact, PyUnicode_FromString } from '../../objects/unicodeobject'

export class TaskData extends FutureData {
  fut_waiter: PyObject | null = null
  coro: PyObject | null = null
  name: PyObject | null = null
  context: PyObject | null = null
  must_cancel = false
  log_destroy_pending = false
  num_cancels_requested = 0
}

export const task = (o: PyObject): TaskData => o.v as TaskData

const MEMBERS = ['context', 'coro', 'name', 'fut_waiter'] as const

export function setMember(t: TaskData, member: typeof MEMBERS[number], value: PyObject | null): void {
  const old = t[member]
  t[member] = value
  Py_XDECREF(old)
}

function clear(o: PyObject): void {
  clearFuture(o)
  if (o.v !== null) for (const member of MEMBERS) setMember(task(o), member, null)
}

/** 1, 0, or -1 with an exception set. Types that asyncio calls coroutines are remembered. Mirrors is_coroutine. */
function isCoroutine(coro: PyObject): number {
  if (PyCoro_CheckExact(coro)) return 1
  const known = PySet_Contains(state.iscoroutine_typecache, coro.ob_type)
  if (known !== 0) return known
  const answer = PyObject_CallOneArg(state.iscoroutine, coro)
  if (answer === null) return -1
  const truth = PyObject_IsTrue(answer)
  Py_DECREF(answer)
  if (truth <= 0) return truth
  return PySet_GET_SIZE(state.iscoroutine_typecache) < 100 && PySet_Add(state.iscoroutine_typecache, coro.ob_type) < 0 ? -1 : 1
}

const initParser = new ArgParser('Task', ['coro', 'loop', 'name', 'context'])

// Mirrors _asyncio_Task___init___impl.
function init(o: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const given = _PyArg_UnpackKeywords(args.v as PyObject[], (args.v as PyObject[]).length, kwargs, null, initParser, 1, 1, 0)
  if (given === null) return -1
  const coro = given[0]!
  const t = task(o)
  if (!future_init(t, given[1] ?? Py_None)) return -1
  const isCoro = isCoroutine(coro)
  if (isCoro < 0) return -1
  if (isCoro === 0) {
    t.log_destroy_pending = false
    PyErr_Format(PyExc_TypeError, 'a coroutine was expected, got %R', coro)
    return -1
  }
  const context = given[3] ?? Py_None
  setMember(t, 'context', context === Py_None ? PyContext_CopyCurrent() : ref(context))
  setMember(t, 'fut_waiter', null)
  t.must_cancel = false
  t.log_destroy_pending = true
  t.num_cancels_requested = 0
  setMember(t, 'coro', ref(coro))
  const name = given[2] ?? Py_None
  setMember(t, 'name', name === Py_None ? PyUnicode_FromFormat('Task-%d', ++state.task_name_counter)
    : PyUnicode_CheckExact(name) ? ref(name) : PyObject_Str(name))
  return t.name !== null && stepSoon(o, null) && register_task(o) ? 0 : -1
}

// Mirrors TaskObj_finalize.
function finalize(o: PyObject): void {
  const t = task(o)
  if (t === null) return
  if (t.state === PENDING && t.log_destroy_pending) {
    callExceptionHandler(t, PyUnicode_FromString('Task was destroyed but it is pending!'), [['task', o]])
  }
  finalizeFuture(o)
}

function cancel(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const message = cancelMessage(args, nargs, kwnames)
  if (message === null) return null
  const t = task(o)
  t.log_tb = false
  if (t.state !== PENDING) return PyBool_From(false)
  t.num_cancels_requested++
  if (t.fut_waiter !== null) {
    const result = PyObject_CallMethodOneArg(t.fut_waiter, identifier('cancel'), message)
    if (result === null) return null
    const truth = PyObject_IsTrue(result)
    Py_DECREF(result)
    if (truth !== 0) return truth < 0 ? null : PyBool_From(true)
  }
  t.must_cancel = true
  setCancelMessage(t, message)
  return PyBool_From(true)
}

const FAST = METH_FASTCALL | METH_KEYWORDS
const stackParser = new ArgParser('get_stack', ['limit'])
const printParser = new ArgParser('print_stack', ['limit', 'file'])

const unsupported = (name: string) => (): null => PyErr_SetString(PyExc_RuntimeError, `Task does not support ${name} operation`)

export const TaskType: PyTypeObject = new PyTypeObject('_asyncio.Task', {
  tp_basicsize: 176, tp_dictoffset: 104, weakrefs: true, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_GC_Del(o),
  tp_dealloc: o => deallocTask(o),
  tp_traverse: (o, visit) => {
    if (o.v !== null) {
      for (const member of MEMBERS) {
        const child = task(o)[member]
        if (child !== null) visit(child)
      }
    }
    traverseFuture(o, visit)
  },
  tp_clear: clear,
  tp_finalize: finalize,
  tp_getattro: genericGetAttr,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_repr: o => PyObject_CallOneArg(state.task_repr, o),
  tp_new: type => {
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new TaskData()
    return o
  },
  tp_init: init,
  tp_iter: o => futureIter(o),
  am_await: o => futureIter(o),
  tp_methods: [
    ...sharedMethods,
    { ml_name: 'set_result', ml_flags: METH_O, ml_meth: unsupported('set_result') },
    { ml_name: 'set_exception', ml_flags: METH_O, ml_meth: unsupported('set_exception') },
    { ml_name: 'cancel', ml_flags: FAST, ml_meth: cancel, signature: '($self, /, msg=None)' },
    {
      ml_name: 'cancelling', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (o: PyObject) => PyLong_FromLong(task(o).num_cancels_requested),
    },
    {
      ml_name: 'uncancel', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (o: PyObject) => {
        if (task(o).num_cancels_requested > 0) task(o).num_cancels_requested--
        return PyLong_FromLong(task(o).num_cancels_requested)
      },
    },
    {
      ml_name: 'get_stack', ml_flags: FAST, signature: '($self, /, *, limit=None)',
      ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
        const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, stackParser, 0, 0, 0)
        return given === null ? null : PyObject_CallFunctionObjArgs(state.task_get_stack, o, given[0] ?? Py_None)
      },
    },
    {
      ml_name: 'print_stack', ml_flags: FAST, signature: '($self, /, *, limit=None, file=None)',
      ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
        const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, printParser, 0, 0, 0)
        return given === null ? null : PyObject_CallFunctionObjArgs(state.task_print_stack, o, given[0] ?? Py_None, given[1] ?? Py_None)
      },
    },
    { ml_name: 'get_coro', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => orNone(task(o).coro), signature: '($self, /)' },
    { ml_name: 'get_name', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => orNone(task(o).name), signature: '($self, /)' },
    {
      ml_name: 'set_name', ml_flags: METH_O, signature: '($self, value, /)',
      ml_meth: (o: PyObject, value: PyObject) => {
        const name = PyUnicode_CheckExact(value) ? ref(value) : PyObject_Str(value)
        if (name === null) return null
        setMember(task(o), 'name', name)
        return none()
      },
    },
  ],
  tp_getset: [
    ...sharedGetSet,
    {
      name: '_log_destroy_pending', get: o => PyBool_From(task(o).log_destroy_pending),
      set: (o, value) => {
        const truth = assignedTruth(value)
        if (truth >= 0) task(o).log_destroy_pending = truth > 0
        return Math.min(truth, 0)
      },
    },
    { name: '_must_cancel', get: o => PyBool_From(task(o).must_cancel) },
    { name: '_coro', get: o => orNone(task(o).coro) },
    { name: '_fut_waiter', get: o => orNone(task(o).fut_waiter) },
  ],
})

const deallocTask = deallocWith(TaskType, clear)

