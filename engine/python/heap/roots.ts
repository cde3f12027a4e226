// What is alive by itself: the frames that run, modules, the interpreter's own tables, static types, the state of threads.
import {
  EDGE_LOCAL, EDGE_STACK, ROOT_BUILTIN, ROOT_FRAME, ROOT_MODULE, ROOT_THREAD, ROOT_TYPE,
} from '../../analysis/heap-graph'
import type { DictData } from '../objects/dictobject'
import type { InterpreterFrame } from '../objects/frameobject'
import { gcLists } from '../objects/gc-host'
import { PyObject, type PyTypeObject } from '../objects/object'
import { eventTypes } from '../objects/objimpl'
import { _PyRuntime, type ThreadState } from '../objects/runtime'
import { Py_Ellipsis, Py_None, Py_NotImplemented } from '../objects/singletons'
import { PyUnicode_AsString, PyUnicode_Check } from '../objects/unicodeobject'
import { Py_False, Py_True } from '../objects/boolobject'
import type { HeapColumns } from './columns'
import { nameText } from './preview'
import type { Referents } from './referents'

/** Frames that an evaluation loop in JavaScript is in: the top one of each thread, and those that called C code which called back. */
export function runningFrames(): Set<InterpreterFrame> {
  const running = new Set<InterpreterFrame>()
  for (const thread of _PyRuntime.threads) {
    let calledFromC = true
    for (let frame = thread.frame; frame !== null; frame = frame.previous) {
      if (calledFromC) running.add(frame)
      calledFromC = frame.isEntry
    }
  }
  return running
}

/** Writes the root's edges. */
export function addRoots(columns: HeapColumns, referents: Referents): void {
  for (const thread of _PyRuntime.threads) frames(columns, referents, thread)
  modules(columns)
  interpreter(columns)
  for (const thread of _PyRuntime.threads) threadState(columns, thread)
}

function frames(columns: HeapColumns, referents: Referents, thread: ThreadState): void {
  for (let frame = thread.frame; frame !== null; frame = frame.previous) {
    // A generator's frame belongs to the generator, which its caller holds.
    if (frame.generator !== null) continue
    const name = nameText(PyUnicode_AsString(frame.code.co_qualname))
    referents.frame(frame, (child, kind, label) => {
      columns.rootEdge(child, ROOT_FRAME, `${name}: ${kind === EDGE_LOCAL ? label : kind === EDGE_STACK ? `evaluation stack ${label}` : label}`, true)
    })
  }
}

function modules(columns: HeapColumns): void {
  const rt = _PyRuntime
  columns.rootEdge(rt.modules, ROOT_BUILTIN, 'sys.modules', true)
  const { ma_keys: keys } = rt.modules.v as DictData
  for (let i = 0; i < keys.dk_nentries; i++) {
    const key = keys.keys[i]
    const module = keys.values[i]
    if (key && module && PyUnicode_Check(key)) columns.rootEdge(module, ROOT_MODULE, nameText(PyUnicode_AsString(key)), false)
  }
}

function interpreter(columns: HeapColumns): void {
  const rt = _PyRuntime
  const parts: [PyObject | null, string][] = [
    [rt.builtins, 'builtins'], [rt.sysdict, 'sys.__dict__'], [rt.builtinsCopy, 'copy of builtins'], [rt.importlib, 'importlib'],
    [gcLists.garbage, 'gc.garbage'], [gcLists.callbacks, 'gc.callbacks'],
    [Py_None, 'None'], [Py_True, 'True'], [Py_False, 'False'], [Py_Ellipsis, 'Ellipsis'], [Py_NotImplemented, 'NotImplemented'],
  ]
  for (const [o, name] of parts) if (o) columns.rootEdge(o, ROOT_BUILTIN, name, true)
  for (const type of eventTypes) if (isStatic(type)) columns.rootEdge(type, ROOT_TYPE, '', true)
}

/** Static objects lie in the interpreter's own data, at addresses below zero. */
export const isStatic = (o: PyObject | PyTypeObject): boolean => o.addr <= 0

function threadState(columns: HeapColumns, thread: ThreadState): void {
  const add = (o: PyObject | null, name: string): void => {
    if (o !== null) columns.rootEdge(o, ROOT_THREAD, name, true)
  }
  add(thread.curexc_type, 'pending exception')
  add(thread.curexc_value, 'pending exception')
  add(thread.curexc_traceback, 'pending exception')
  for (let item: ThreadState['exc_info'] | null = thread.exc_info; item !== null; item = item.previous_item) {
    // Those of generators are theirs.
    if (item === thread.exc_state) add(item.exc_value, 'exception being handled')
  }
  add(thread.dict, 'thread dict')
  add(thread.context, 'context')
  add(thread.async_gen_firstiter, 'asynchronous generator hook')
  add(thread.async_gen_finalizer, 'asynchronous generator hook')
  add(thread.async_exc, 'exception to be raised')
}
