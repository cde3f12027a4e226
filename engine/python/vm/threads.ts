// Python's threads: coroutines of one JavaScript thread, switched at well-defined points, so that every run of a program
// interleaves them the same way.
//
// Each thread is a ThreadState with its own chain of frames. A thread whose base evaluation loop was started here
// (`tstate.scheduled`) can be suspended while no other JavaScript frame of it is on the stack (`evalDepth` 1): at a call of a
// method marked METH_MAY_BLOCK, at `with lock`, and, when its slice of virtual time is over, at checks of the eval breaker. Its loop then
// returns null without an exception, `_PyRuntime.blockedOn` saying what it waits for, and is entered again at the same
// instruction. A thread that must wait where it cannot be suspended runs the others on top of itself until it may go on.
// DIFFERS: two threads that wait for each other's locks in such nested places cannot both go on; that ends the run.
import { elapsed, mode, skip } from '../modules/clock'
import { CO_OPTIMIZED } from '../bytecode/code'
import { PyMethod_Type, type MethodData } from '../objects/classobject'
import type { CodeData } from '../objects/codeobject'
import { DICT_ENTRY, PyDict_CheckExact, PyDict_GET_SIZE, PyDict_Next } from '../objects/dictobject'
import type { InterpreterFrame } from '../objects/frameobject'
import { PyFunction_Type, type FunctionData } from '../objects/funcobject'
import { PyObject_Call } from '../objects/call'
import { PyMethodDescr_Type, type DescrData } from '../objects/descrobject'
import { PyCFunction_Type, type CFunctionData } from '../objects/methodobject'
import { METH_MAY_BLOCK, Py_DECREF, Py_XDECREF, type PyObject } from '../objects/object'
import { ThreadState, _PyRuntime } from '../objects/runtime'
import { PyTuple_CheckExact, PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_Check } from '../objects/unicodeobject'
import { pushAndInit } from './call-frame'
import { _PyEval_EvalFrame } from './eval'
import { RunEnded, pendingCalls, switchCheck } from './eval-breaker'

/** sys.getswitchinterval() in ns: how long a thread runs before another one may. */
const SLICE_NS = 5_000_000

export const READY = 1
export const TIMED_OUT = 0
/** The caller returns null at once: the thread is suspended, or an exception is set. */
export const SUSPENDED = -1

/** ns since the start of the run. */
const now = (): number => Number(elapsed())

const sleepUntil = (deadline: number): void => skip(BigInt(Math.ceil(deadline - now())))

interface Wait {
  ready(): boolean
  deadline: number
}

const ALWAYS: Wait = { ready: () => true, deadline: 0 }

class Thread {
  readonly tstate: ThreadState
  /** What a thread that has not begun is to call. */
  start: { func: PyObject, args: PyObject, kwargs: PyObject | null } | null
  wait: Wait | null = null
  /** Some of its JavaScript frames are on the stack: it cannot be entered. */
  onStack: boolean
  ended: ((t: ThreadState) => void) | null

  constructor(tstate: ThreadState, start: Thread['start'], ended: Thread['ended']) {
    this.tstate = tstate
    this.start = start
    this.onStack = start === null
    this.ended = ended
  }
}

/** All living threads, in the order in which they get their turns. */
let threads: Thread[] = []
let owner: unknown = null
let sliceStart = 0
let nextId = 2

/** The list, begun anew with each interpreter of this realm. */
function all(): Thread[] {
  if (owner !== _PyRuntime.process) {
    owner = _PyRuntime.process
    nextId = 2
    threads = [new Thread(_PyRuntime.threads[0]!, null, null)]
  }
  return threads
}

const current = (): Thread => all().find(t => t.tstate === _PyRuntime.tstate)!

/** Number of threads that have been started and not ended, without the main thread. */
export function startedCount(): number {
  return all().length - 1
}

/** Begins a thread that calls func(*args, **kwargs), all borrowed. `ended` is called in it when it is over. Returns its state. */
export function spawnThread(
  func: PyObject, args: PyObject, kwargs: PyObject | null, ended: (t: ThreadState) => void,
): ThreadState {
  const list = all()
  const tstate = new ThreadState(nextId++)
  tstate.recursion_limit = tstate.recursion_remaining = list[0]!.tstate.recursion_limit
  tstate.scheduled = true
  func.ob_refcnt++
  args.ob_refcnt++
  if (kwargs !== null) kwargs.ob_refcnt++
  list.push(new Thread(tstate, { func, args, kwargs }, ended))
  _PyRuntime.threads.push(tstate)
  if (mainIsScheduled) list[0]!.tstate.scheduled = true
  switchCheck.current = switchDue
  return tstate
}

/** Asked at checks of the eval breaker: shall the current thread give way? Then `blockedOn` is set. */
function switchDue(tstate: ThreadState): boolean {
  if (!tstate.scheduled || tstate.evalDepth !== 1 || threads.length < 2 || now() - sliceStart < SLICE_NS) return false
  sliceStart = now()
  const me = current()
  if (!threads.some(t => t !== me && runnable(t))) return false
  me.wait = ALWAYS
  _PyRuntime.blockedOn = ALWAYS
  return true
}

const runnable = (t: Thread): boolean => !t.onStack && (t.wait === null || t.wait.ready() || t.wait.deadline <= now())

/** The next thread after `me` that can run. */
function pick(me: Thread): Thread | null {
  const at = threads.indexOf(me)
  for (let i = 1; i <= threads.length; i++) {
    const t = threads[(at + i) % threads.length]!
    if (runnable(t)) return t
  }
  return null
}

/** Lets time pass until one of the threads can go on, `own` being what the current one waits for. */
function jump(own: Wait | null): void {
  let earliest = own === null ? Infinity : own.deadline
  for (const t of threads) if (!t.onStack && t.wait !== null) earliest = Math.min(earliest, t.wait.deadline)
  if (earliest === Infinity) {
    throw new RunEnded('deadlock', `Deadlock: ${threads.length === 1 ? 'the only thread waits' : `all ${threads.length} threads wait`} for what no thread will do.`)
  }
  sleepUntil(earliest)
}

/**
 * Makes the current thread wait until `ready`, at most `timeout` ns. SUSPENDED: return null without an exception; the
 * call will be made again. `ready` must only look; the caller takes what it waited for.
 */
export function waitFor(ready: () => boolean, timeout: number): number {
  const me = current()
  const again = me.wait
  me.wait = null
  if (ready()) return READY
  if (timeout === 0) return TIMED_OUT
  const wait: Wait = { ready, deadline: again !== null && again !== ALWAYS ? again.deadline : now() + timeout }
  if (wait.deadline <= now()) return TIMED_OUT
  if (threads.length > 1 && _PyRuntime.maySuspend) {
    me.wait = wait
    _PyRuntime.blockedOn = wait
    return SUSPENDED
  }
  me.wait = wait
  for (;;) {
    if (ready()) {
      me.wait = null
      return READY
    }
    if (wait.deadline <= now()) {
      me.wait = null
      return TIMED_OUT
    }
    const next = pick(me)
    if (next !== null) run(next)
    else jump(wait)
  }
}

/** Runs another thread until it is suspended or ends. */
function run(t: Thread): void {
  const rt = _PyRuntime
  const saved = rt.tstate
  const may = rt.maySuspend
  rt.maySuspend = false
  rt.tstate = t.tstate
  t.onStack = true
  sliceStart = now()
  const { start } = t
  let result: PyObject | null
  if (start === null) result = _PyEval_EvalFrame(t.tstate.frame!, false, true)
  else {
    t.start = null
    const frame = frameFor(start.func, start.args, start.kwargs)
    if (frame !== null) result = _PyEval_EvalFrame(frame)
    else if (t.tstate.curexc_type !== null) result = null
    else {
      t.tstate.scheduled = false
      result = PyObject_Call(start.func, start.args, start.kwargs)
    }
    Py_DECREF(start.func)
    Py_DECREF(start.args)
    Py_XDECREF(start.kwargs)
  }
  t.onStack = false
  if (result === null && rt.blockedOn !== null) rt.blockedOn = null
  else {
    t.onStack = true
    t.tstate.scheduled = false
    Py_XDECREF(result)
    t.ended?.(t.tstate)
    threads.splice(threads.indexOf(t), 1)
    rt.threads.splice(rt.threads.indexOf(t.tstate), 1)
    if (threads.length === 1) switchCheck.current = null
  }
  rt.tstate = saved
  rt.maySuspend = may
}

let mainIsScheduled = false

/** Runs the body of the main thread, which may be suspended while others run. NEW result, or null with an exception set. */
export function runMainThread(body: () => PyObject | null): PyObject | null {
  const rt = _PyRuntime
  const main = all()[0]!
  mainIsScheduled = true
  sliceStart = now()
  try {
    let result = body()
    while (result === null && rt.blockedOn !== null) {
      rt.blockedOn = null
      main.onStack = false
      for (let last = main; ;) {
        const next = pick(last)
        if (next === main) break
        if (next === null) jump(null)
        else {
          const position = threads.indexOf(next)
          run(next)
          // A thread that ended has left the list: go on after the one before it.
          last = threads.includes(next) ? next : threads[position - 1] ?? main
        }
      }
      main.onStack = true
      sliceStart = now()
      result = _PyEval_EvalFrame(main.tstate.frame!, false, true)
    }
    return result
  } finally {
    mainIsScheduled = false
    main.onStack = true
    main.tstate.scheduled = false
  }
}

/** Sleeps: lets time pass, and other threads run. As waitFor; an interrupt ends the main thread's sleep. */
export function sleepThread(ns: number): number {
  const wall = mode() === 'wall'
  if (all().length === 1 && !wall) {
    sleepUntil(now() + ns)
    return TIMED_OUT
  }
  return waitFor(() => pendingCalls.length > 0 && _PyRuntime.tstate === _PyRuntime.threads[0], ns)
}

/**
 * Frame for func(*args, **kwargs) where `func` is a Python function or a method of one and the arguments are of exact
 * types; null: not so (no exception), or an exception is set. Borrows.
 */
export function frameFor(func: PyObject, args: PyObject, kwargs: PyObject | null): InterpreterFrame | null {
  let callable = func
  const positional: PyObject[] = []
  if (func.ob_type === PyMethod_Type) {
    const bound = func.v as MethodData
    callable = bound.im_func
    positional.push(bound.im_self)
  }
  if (callable.ob_type !== PyFunction_Type || !PyTuple_CheckExact(args) || (kwargs !== null && !PyDict_CheckExact(kwargs))) return null
  positional.push(...args.v)
  const names: PyObject[] = []
  const values: PyObject[] = []
  if (kwargs !== null && PyDict_GET_SIZE(kwargs) > 0) {
    for (let pos = PyDict_Next(kwargs, 0); pos > 0; pos = PyDict_Next(kwargs, pos)) {
      if (!PyUnicode_Check(DICT_ENTRY.key)) return null
      names.push(DICT_ENTRY.key)
      values.push(DICT_ENTRY.value)
    }
  }
  const stack = [...positional, ...values]
  for (const o of stack) o.ob_refcnt++
  for (const name of names) name.ob_refcnt++
  const kwnames = names.length === 0 ? null : PyTuple_FromArray(names, true)
  const fn = callable.v as FunctionData
  let locals: PyObject | null = null
  if (((fn.func_code.v as CodeData).co_flags & CO_OPTIMIZED) === 0) {
    locals = fn.func_globals
    locals.ob_refcnt++
  }
  const frame = pushAndInit(callable, locals, stack, 0, positional.length, kwnames)
  Py_XDECREF(kwnames)
  return frame
}

/** Is it a built-in function or method that may make its thread wait? */
export function mayBlock(callable: PyObject): boolean {
  const type = callable.ob_type
  const flags = type === PyCFunction_Type ? (callable.v as CFunctionData).m_ml.ml_flags
    : type === PyMethodDescr_Type ? (callable.v as DescrData).d_method!.ml_flags : 0
  return (flags & METH_MAY_BLOCK) !== 0
}
