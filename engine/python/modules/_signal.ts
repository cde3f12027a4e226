// _signal: the names of the signals and their handlers. The simulated process gets no signals from outside but the request
// to interrupt, which raises KeyboardInterrupt; raise_signal calls the handler at once. Modules/signalmodule.c.
import { PyObject_Vectorcall } from '../objects/call'
import { PyErr_Occurred, PyErr_SetNone, PyErr_SetString } from '../objects/errors'
import { PyExc_KeyboardInterrupt, PyExc_OSError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { _PyArg_CheckPositional } from '../objects/getargs'
import { PyFloat_FromDouble } from '../objects/floatobject'
import { PyLong_AsInt, PyLong_Check, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_AddObjectRef, PyModule_Create, PyModule_GetDict } from '../objects/moduleobject'
import { METH_FASTCALL, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { PyCallable_Check } from '../objects/object-protocol'
import { PyDict_GetItemString } from '../objects/dictobject'
import { PySet_Add, PySet_New } from '../objects/setobject'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_FromString } from '../objects/unicodeobject'

const NAMES: readonly string[] = [
  'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGKILL', 'SIGUSR1', 'SIGSEGV', 'SIGUSR2', 'SIGPIPE',
  'SIGALRM', 'SIGTERM', 'SIGSTKFLT', 'SIGCHLD', 'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGXCPU', 'SIGXFSZ',
  'SIGVTALRM', 'SIGPROF', 'SIGWINCH', 'SIGIO', 'SIGPWR', 'SIGSYS',
]
/** glibc's strsignal, by number. */
const TEXTS: readonly string[] = [
  '', 'Hangup', 'Interrupt', 'Quit', 'Illegal instruction', 'Trace/breakpoint trap', 'Aborted', 'Bus error', 'Floating point exception', 'Killed',
  'User defined signal 1', 'Segmentation fault', 'User defined signal 2', 'Broken pipe', 'Alarm clock', 'Terminated', 'Stack fault',
  'Child exited', 'Continued', 'Stopped (signal)', 'Stopped', 'Stopped (tty input)', 'Stopped (tty output)', 'Urgent I/O condition',
  'CPU time limit exceeded', 'File size limit exceeded', 'Virtual timer expired', 'Profiling timer expired', 'Window changed',
  'I/O possible', 'Power failure', 'Bad system call',
]
const NSIG = 65
const SIGINT = 2
const UNSET = new Set([9, 19])

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

function signalNumber(o: PyObject): number {
  const n = PyLong_AsInt(o)
  if (n === -1 && PyErr_Occurred() !== null) return -1
  if (n < 1 || n >= NSIG) return PyErr_SetString(PyExc_ValueError, 'signal number out of range'), -1
  return n
}

export function PyInit__signal(): PyObject | null {
  const handlers = new Map<number, PyObject>()
  let defaultInterrupt: PyObject | null = null
  let SIG_DFL: PyObject
  const handlerOf = (n: number): PyObject => handlers.get(n) ?? (UNSET.has(n) || n === 32 || n === 33 ? Py_None : SIG_DFL)

  const methods: PyMethodDef[] = [
    {
      ml_name: 'default_int_handler', ml_flags: METH_FASTCALL, signature: '($module, signalnum, frame, /)',
      ml_meth: (_m: PyObject, _args: PyObject[], nargs: number) => {
        if (!_PyArg_CheckPositional('default_int_handler', nargs, 2, 2)) return null
        PyErr_SetNone(PyExc_KeyboardInterrupt)
        return null
      },
    },
    {
      ml_name: 'signal', ml_flags: METH_FASTCALL, signature: '($module, signalnum, handler, /)',
      ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
        if (!_PyArg_CheckPositional('signal', nargs, 2, 2)) return null
        const n = signalNumber(args[0]!)
        if (n < 0) return null
        const handler = args[1]!
        const fixed = PyLong_Check(handler) && (handler.v === 0 || handler.v === 1)
        if (!fixed && !PyCallable_Check(handler)) {
          return PyErr_SetString(PyExc_TypeError, 'signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object')
        }
        if (UNSET.has(n)) return PyErr_SetString(PyExc_OSError, '[Errno 22] Invalid argument')
        const old = handlerOf(n)
        old.ob_refcnt++
        const kept = handlers.get(n)
        handler.ob_refcnt++
        handlers.set(n, handler)
        if (kept !== undefined) Py_DECREF(kept)
        return old
      },
    },
    {
      ml_name: 'getsignal', ml_flags: METH_O, signature: '($module, signalnum, /)',
      ml_meth: (_m: PyObject, arg: PyObject) => {
        const n = signalNumber(arg)
        if (n < 0) return null
        const handler = handlerOf(n)
        handler.ob_refcnt++
        return handler
      },
    },
    {
      ml_name: 'raise_signal', ml_flags: METH_O, signature: '($module, signalnum, /)',
      ml_meth: (_m: PyObject, arg: PyObject) => {
        const n = signalNumber(arg)
        if (n < 0) return null
        const handler = handlerOf(n)
        if (handler === Py_None || PyLong_Check(handler)) return none()
        const number = PyLong_FromLong(n)
        const result = PyObject_Vectorcall(handler, [number, Py_None], 2, null)
        Py_DECREF(number)
        if (result === null) return null
        Py_DECREF(result)
        return none()
      },
    },
    {
      ml_name: 'strsignal', ml_flags: METH_O, signature: '($module, signalnum, /)',
      ml_meth: (_m: PyObject, arg: PyObject) => {
        const n = signalNumber(arg)
        if (n < 0) return null
        const text = TEXTS[n]
        return text === undefined ? none() : PyUnicode_FromString(text)
      },
    },
    {
      ml_name: 'valid_signals', ml_flags: METH_NOARGS, signature: '($module, /)',
      ml_meth: () => {
        const set = PySet_New(null)
        if (set === null) return null
        for (let n = 1; n < NSIG; n++) {
          if (n === 32 || n === 33) continue
          const o = PyLong_FromLong(n)
          PySet_Add(set, o)
          Py_DECREF(o)
        }
        return set
      },
    },
    { ml_name: 'alarm', ml_flags: METH_O, ml_meth: () => PyLong_FromLong(0), signature: '($module, seconds, /)' },
    {
      ml_name: 'setitimer', ml_flags: METH_FASTCALL, signature: '($module, which, seconds, interval=0.0, /)',
      ml_meth: () => PyTuple_FromArray([PyFloat_FromDouble(0), PyFloat_FromDouble(0)], true),
    },
    {
      ml_name: 'getitimer', ml_flags: METH_O, signature: '($module, which, /)',
      ml_meth: () => PyTuple_FromArray([PyFloat_FromDouble(0), PyFloat_FromDouble(0)], true),
    },
    { ml_name: 'siginterrupt', ml_flags: METH_FASTCALL, ml_meth: none, signature: '($module, signalnum, flag, /)' },
    { ml_name: 'set_wakeup_fd', ml_flags: METH_VARARGS, ml_meth: () => PyLong_FromLong(-1) },
    { ml_name: 'sigpending', ml_flags: METH_NOARGS, ml_meth: () => PySet_New(null), signature: '($module, /)' },
    { ml_name: 'pthread_sigmask', ml_flags: METH_FASTCALL, ml_meth: () => PySet_New(null), signature: '($module, how, mask, /)' },
  ]
  const module = PyModule_Create('_signal', methods)
  if (module === null) return null
  NAMES.forEach((name, i) => PyModule_AddIntConstant(module, name, i + 1))
  for (const [name, value] of [
    ['SIGCLD', 17], ['SIGPOLL', 29], ['SIGRTMIN', 34], ['SIGRTMAX', 64], ['NSIG', NSIG], ['SIG_DFL', 0], ['SIG_IGN', 1], ['SIG_BLOCK', 0],
    ['SIG_UNBLOCK', 1], ['SIG_SETMASK', 2], ['ITIMER_REAL', 0], ['ITIMER_VIRTUAL', 1], ['ITIMER_PROF', 2],
  ] as const) PyModule_AddIntConstant(module, name, value)
  PyModule_AddObjectRef(module, 'ItimerError', PyExc_OSError)
  const dict = PyModule_GetDict(module)
  SIG_DFL = PyDict_GetItemString(dict, 'SIG_DFL')!
  defaultInterrupt = PyDict_GetItemString(dict, 'default_int_handler')
  if (defaultInterrupt !== null) {
    defaultInterrupt.ob_refcnt++
    handlers.set(SIGINT, defaultInterrupt)
  }
  return module
}
