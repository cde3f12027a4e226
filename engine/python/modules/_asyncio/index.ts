// _asyncio: the module. Modules/_asynciomodule.c.
import { FutureType, none } from './future'
import { FutureIterType } from './future-iter'
import {
  PyRunningLoopHolder_Type, enter_task, get_event_loop, leave_task, noRunningLoop, register_task, runningLoop, setRunningLoop, unregister_task,
} from './running-loop'
import { initState, state } from './state'
import { TaskType } from './task'
import { TaskStepMethWrapper_Type } from './task-step'
import { readyStatic } from '../static-module-types'
import { ArgParser } from '../../objects/arg-parser'
import { PyErr_Occurred } from '../../objects/errors'
import { _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsInt } from '../../objects/longobject'
import { PyModule_AddObjectRef, PyModule_AddType, PyModule_Create } from '../../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, type PyMethodDef, type PyObject } from '../../objects/object'

/** A function of all its arguments, which must be given. */
function taking(name: string, parameters: readonly string[], call: (...args: PyObject[]) => boolean): PyMethodDef {
  const parser = new ArgParser(name, parameters)
  const n = parameters.length
  return {
    ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: `($module, /, ${parameters.join(', ')})`,
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parser, n, n, 0) as PyObject[] | null
      return given !== null && call(...given) ? none() : null
    },
  }
}

const loopParser = new ArgParser('_get_event_loop', ['stacklevel'])

const methods: PyMethodDef[] = [
  { ml_name: 'get_event_loop', ml_flags: METH_NOARGS, ml_meth: get_event_loop, signature: '($module, /)' },
  {
    ml_name: '_get_event_loop', ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($module, /, stacklevel=3)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, loopParser, 0, 1, 0)
      if (given === null || (given[0] !== null && PyLong_AsInt(given[0]!) === -1 && PyErr_Occurred() !== null)) return null
      return get_event_loop()
    },
  },
  {
    ml_name: 'get_running_loop', ml_flags: METH_NOARGS, signature: '($module, /)',
    ml_meth: () => runningLoop() ?? (PyErr_Occurred() !== null ? null : noRunningLoop()),
  },
  {
    ml_name: '_get_running_loop', ml_flags: METH_NOARGS, signature: '($module, /)',
    ml_meth: () => runningLoop() ?? (PyErr_Occurred() !== null ? null : none()),
  },
  {
    ml_name: '_set_running_loop', ml_flags: METH_O, signature: '($module, loop, /)',
    ml_meth: (_m: PyObject, loop: PyObject) => setRunningLoop(loop) ? none() : null,
  },
  taking('_register_task', ['task'], register_task),
  taking('_unregister_task', ['task'], unregister_task),
  taking('_enter_task', ['loop', 'task'], enter_task),
  taking('_leave_task', ['loop', 'task'], leave_task),
]

export function PyInit__asyncio(): PyObject | null {
  if (!initState()) return null
  for (const type of [FutureIterType, TaskStepMethWrapper_Type, PyRunningLoopHolder_Type]) if (!readyStatic(type)) return null
  const module = PyModule_Create('_asyncio', methods)
  if (module === null || !readyStatic(FutureType) || !readyStatic(TaskType, FutureType)) return null
  // The weak references' place lies before the last member.
  FutureType.tp_weaklistoffset = TaskType.tp_weaklistoffset = 112
  PyModule_AddType(module, FutureType)
  PyModule_AddType(module, TaskType)
  PyModule_AddObjectRef(module, '_all_tasks', state.all_tasks)
  PyModule_AddObjectRef(module, '_current_tasks', state.current_tasks)
  return module
}
