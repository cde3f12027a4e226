// The state of one interpreter process: CPython's _PyRuntime, interpreter state and thread states in one place.
//
// One interpreter lives in one JavaScript realm (a worker thread), as one CPython lives in one process: static types
// are module constants and everything that changes hangs off `_PyRuntime`. Nothing else in objects/, vm/ or modules/
// keeps state at module level, except caches and free lists that are CPython's own statics.
import type { SimulatedProcess } from '../../memory/process'
import type { InterpreterFrame } from './frameobject'
import type { PyObject, PyTypeObject } from './object'

/** One entry of a thread's stack of handled exceptions, _PyErr_StackItem. */
export class ErrStackItem {
  /** The exception being handled; null or None when there is none. */
  exc_value: PyObject | null = null
  previous_item: ErrStackItem | null = null
}

/** PyThreadState. Threads are scheduled by the VM; one of them is current. */
export class ThreadState {
  id: number
  /** Top frame of this thread, `cframe->current_frame`. */
  frame: InterpreterFrame | null = null
  recursion_limit = 1000
  recursion_remaining = 1000
  recursion_headroom = 0
  /** The error indicator: set together, all null when there is no error. */
  curexc_type: PyObject | null = null
  curexc_value: PyObject | null = null
  curexc_traceback: PyObject | null = null
  readonly exc_state = new ErrStackItem()
  exc_info: ErrStackItem = this.exc_state
  /** Depth and queue of the trashcan (Py_TRASHCAN_BEGIN). */
  trash_delete_nesting = 0
  trash_delete_later: PyObject[] = []
  /** Objects whose repr is being made, Py_ReprEnter; a list object kept in `dict` by CPython. */
  dict: PyObject | null = null
  context: PyObject | null = null
  context_ver = 1
  async_gen_firstiter: PyObject | null = null
  async_gen_finalizer: PyObject | null = null
  coroutine_origin_tracking_depth = 0
  /** Nested JavaScript evaluation loops on this thread. */
  evalDepth = 0
  /** The scheduler of vm/threads.ts runs the base evaluation loop: it may be left and entered again. */
  scheduled = false
  c_tracefunc: PyObject | null = null
  c_profilefunc: PyObject | null = null
  tracing = 0
  /** An exception to raise asynchronously at the next check (a type or instance), or null. */
  async_exc: PyObject | null = null
  constructor(id: number) {
    this.id = id
  }
}

/** A condition a thread waits for. */
export interface BlockingCondition {
  /** True when the call can be made again. */
  ready(): boolean
  /** Virtual time in ns at which the wait ends anyway; Infinity: never. */
  deadline: number
}

/** What the host lets the program reach; the command line and the run process fill it in. */
export interface HostIo {
  /** Writes to a file descriptor (1, 2); returns false when it cannot be written any more. */
  write(fd: number, bytes: Uint8Array): boolean
  /** Why the last write failed, as the name of an errno; EPIPE if it is not known. */
  writeError?: string
  /** Reads at most `size` bytes of standard input; an empty array is the end of the file. Blocks. Null: interrupted (EINTR). */
  read(fd: number, size: number): Uint8Array | null
  isatty(fd: number): boolean
}

export class RuntimeState {
  /** Set once at start-up, before any object is made. */
  process!: SimulatedProcess<PyObject>
  io!: HostIo
  /** The current thread. */
  tstate = new ThreadState(1)
  threads: ThreadState[] = [this.tstate]
  /** `__module__` of a type, for the event stream; set by start-up. */
  typeModule: (type: PyTypeObject) => string = () => 'builtins'
  /** Start values of SipHash: derived from the hash seed. */
  hashKey0 = 0
  hashKey1 = 0
  /** sys.modules, builtins.__dict__, sys.__dict__: PyDict objects, set by start-up. */
  modules!: PyObject
  builtins!: PyObject
  sysdict!: PyObject
  /** The builtins as they were made, to which the end goes back. */
  builtinsCopy: PyObject | null = null
  importlib: PyObject | null = null
  /** The original builtins.__import__. */
  importFunc: PyObject | null = null
  /** `sys.flags` and start options. */
  optimize = 0
  verbose = 0
  /** Largest number of digits of int <-> str conversions, sys.set_int_max_str_digits. */
  intMaxStrDigits = 4300
  /** Last line of the traceback of the exception that ended the program, and its type. */
  uncaught = ''
  uncaughtType: PyObject | null = null
  /** True once start-up is over and the program's own code runs. */
  running = false
  finalizing = false
  /** A MemoryError is due: a small block was granted past the limit. */
  memoryErrorPending = false
  /** Set when the VM must leave its fast path: stop request, pending calls, memory error, thread switch, tick limit. */
  evalBreaker = false
  /** Backward jumps until the VM looks at the host's requests and limits again. */
  countdown = 1000
  /** What the current thread waits for, set by a blocking call that returns null without an exception; see vm/threads.ts. */
  blockedOn: BlockingCondition | null = null
  /** The VM may suspend the thread at the call being made: the callee may set `blockedOn`. */
  maySuspend = false
  /** Give up what a module or the interpreter keeps in C statics; run when the interpreter ends. */
  readonly endHooks: (() => void)[] = []
  /** Instructions executed are `tickBase + frame.pc`, see vm/eval.ts. Element 0. */
  readonly tickBase = new Float64Array(1)
}

export const _PyRuntime = new RuntimeState()

/** A reference that a module keeps in its state, or C in a static: given back when the interpreter ends. Returns the object. */
export function keptUntilEnd<T extends PyObject>(o: T): T {
  _PyRuntime.endHooks.push(() => {
    if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
  })
  return o
}

/** Registered by the VM and the library: what lower files call without importing higher ones. */
export interface Hooks {
  /** Text of a C-level recursion error etc. needs PyErr_SetString; set by errors.ts. */
  setError: (kind: 'RecursionError' | 'MemoryError', message: string) => void
}
export const hooks: Hooks = {
  setError: kind => { throw new Error(`Molt: ${kind} before errors.ts was loaded`) },
}

/** Py_EnterRecursiveCall: true (with RecursionError set) when the limit is passed. */
export function _Py_EnterRecursiveCall(where: string): boolean {
  const tstate = _PyRuntime.tstate
  return --tstate.recursion_remaining < 0 && _Py_CheckRecursiveCall(tstate, where)
}

/** Mirrors _Py_CheckRecursiveCall, Python/ceval.c. */
export function _Py_CheckRecursiveCall(tstate: ThreadState, where: string): boolean {
  if (tstate.recursion_headroom !== 0) {
    if (tstate.recursion_remaining < -50) throw new Error('Molt: cannot recover from stack overflow')
    return false
  }
  if (tstate.recursion_remaining <= 0) {
    tstate.recursion_headroom++
    hooks.setError('RecursionError', `maximum recursion depth exceeded${where}`)
    tstate.recursion_headroom--
    tstate.recursion_remaining++
    return true
  }
  return false
}

export function _Py_LeaveRecursiveCall(): void {
  _PyRuntime.tstate.recursion_remaining++
}
