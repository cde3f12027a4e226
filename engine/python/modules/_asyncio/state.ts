// What the module keeps: functions and exceptions of asyncio's Python modules, all tasks, the current ones.
import { keptUntilEnd } from '../../objects/runtime'
import { identifier as nameOf } from '../identifiers'
import { PyImport_ImportModule } from '../import'
import { PyObject_CallNoArgs, PyObject_Vectorcall } from '../../objects/call'
import { PyDict_New } from '../../objects/dictobject'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { PyObject_GetAttr, PyObject_GetAttrString } from '../../objects/object-protocol'
import { PySet_New } from '../../objects/setobject'
import { PyTuple_Pack } from '../../objects/tupleobject'
import { PyUnicode_FromString } from '../../objects/unicodeobject'

export const identifier = (text: string): PyObject => nameOf('_asyncio', text)

export const state = {} as {
  get_event_loop_policy: PyObject
  future_repr: PyObject
  InvalidStateError: PyObject
  CancelledError: PyObject
  task_repr: PyObject
  task_get_stack: PyObject
  task_print_stack: PyObject
  iscoroutine: PyObject
  extract_stack: PyObject
  all_tasks: PyObject
  current_tasks: PyObject
  iscoroutine_typecache: PyObject
  context_kwname: PyObject
  task_name_counter: number
}

type Attribute = Exclude<keyof typeof state, 'task_name_counter'>

const SOURCES: readonly (readonly [module: string, attributes: readonly (readonly [Attribute, string])[]])[] = [
  ['asyncio.events', [['get_event_loop_policy', 'get_event_loop_policy']]],
  ['asyncio.base_futures', [['future_repr', '_future_repr']]],
  ['asyncio.exceptions', [['InvalidStateError', 'InvalidStateError'], ['CancelledError', 'CancelledError']]],
  ['asyncio.base_tasks', [
    ['task_repr', '_task_repr'], ['task_get_stack', '_task_get_stack'], ['task_print_stack', '_task_print_stack'],
  ]],
  ['asyncio.coroutines', [['iscoroutine', 'iscoroutine']]],
  ['traceback', [['extract_stack', 'extract_stack']]],
]

/** False with an exception set. Mirrors module_init. */
export function initState(): boolean {
  const asyncio = PyImport_ImportModule('asyncio')
  if (asyncio === null) return false
  keptUntilEnd(asyncio)
  state.current_tasks = keptUntilEnd(PyDict_New())
  state.iscoroutine_typecache = keptUntilEnd(PySet_New(null)!)
  const context = PyUnicode_FromString('context')
  state.context_kwname = keptUntilEnd(PyTuple_Pack(context))
  Py_DECREF(context)
  for (const [name, attributes] of SOURCES) {
    const module = PyImport_ImportModule(name)
    if (module === null) return false
    for (const [key, attribute] of attributes) {
      const value = PyObject_GetAttrString(module, attribute)
      if (value === null) return Py_DECREF(module), false
      state[key] = keptUntilEnd(value)
    }
    Py_DECREF(module)
  }
  const weakref = PyImport_ImportModule('weakref')
  const weakSet = weakref === null ? null : PyObject_GetAttrString(weakref, 'WeakSet')
  const all = weakSet === null ? null : PyObject_CallNoArgs(weakSet)
  if (all === null) return false
  Py_DECREF(weakSet!)
  Py_DECREF(weakref!)
  state.all_tasks = keptUntilEnd(all)
  state.task_name_counter = 0
  return true
}

/** loop.call_soon(func, [arg,] context=ctx). False with an exception set. */
export function call_soon(loop: PyObject, func: PyObject, arg: PyObject | null, ctx: PyObject): boolean {
  const callable = PyObject_GetAttr(loop, identifier('call_soon'))
  if (callable === null) return false
  const handle = arg === null ? PyObject_Vectorcall(callable, [func, ctx], 1, state.context_kwname)
    : PyObject_Vectorcall(callable, [func, arg, ctx], 2, state.context_kwname)
  Py_DECREF(callable)
  if (handle === null) return false
  Py_DECREF(handle)
  return true
}
