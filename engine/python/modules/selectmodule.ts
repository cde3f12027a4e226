// select: waiting for the sockets of the simulated process. Modules/selectmodule.c.
import { fastItems, PyList_FromArraySteal } from '../objects/listobject'
import { PySequence_Fast } from '../objects/abstract'
import { PyObject_CallMethodNoArgs } from '../objects/call'
import { PyErr_Occurred, PyErr_SetString, raiseErrno } from '../objects/errors'
import { errnoOf } from '../objects/errno'
import { PyExc_OSError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_AsDouble } from '../objects/floatobject'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { ArgParser } from '../objects/arg-parser'
import { PyBool_From } from '../objects/boolobject'
import { PyLong_AsInt, PyLong_Check, PyLong_FromLong } from '../objects/longobject'
import { PyMem_Free, PyMem_Malloc } from '../objects/objimpl'
import { TAG_SCRATCH } from '../../memory/events'
import { PyModule_AddIntConstant, PyModule_AddObject, PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_MAY_BLOCK, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_IMMUTABLETYPE, type PyMethodDef, type PyObject, type PyTypeObject,
} from '../objects/object'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyType_FromModuleAndSpec } from '../objects/typeobject'
import { _Py_ID } from '../objects/unicodeobject'
import { SUSPENDED, waitFor } from '../vm/threads'
import { readable, writable } from './socket-table'

const CONSTANTS: Readonly<Record<string, number>> = {
  EPOLLERR: 8, EPOLLET: 2147483648, EPOLLEXCLUSIVE: 268435456, EPOLLHUP: 16, EPOLLIN: 1, EPOLLMSG: 1024, EPOLLONESHOT: 1073741824, EPOLLOUT: 4,
  EPOLLPRI: 2, EPOLLRDBAND: 128, EPOLLRDHUP: 8192, EPOLLRDNORM: 64, EPOLLWRBAND: 512, EPOLLWRNORM: 256, EPOLL_CLOEXEC: 524288, PIPE_BUF: 4096,
  POLLERR: 8, POLLHUP: 16, POLLIN: 1, POLLMSG: 1024, POLLNVAL: 32, POLLOUT: 4, POLLPRI: 2, POLLRDBAND: 128, POLLRDHUP: 8192, POLLRDNORM: 64,
  POLLWRBAND: 512, POLLWRNORM: 256,
}
const IN = 1
const OUT = 4

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

/** Number of an int or of an object with fileno(); -1 with an exception set. */
function descriptorOf(o: PyObject): number {
  if (PyLong_Check(o)) return PyLong_AsInt(o)
  const fd = PyObject_CallMethodNoArgs(o, _Py_ID('fileno'))
  if (fd === null) return -1
  const n = PyLong_Check(fd) ? PyLong_AsInt(fd) : (PyErr_SetString(PyExc_TypeError, 'argument must be an int, or have a fileno() method.'), -1)
  Py_DECREF(fd)
  if (n < 0 && PyErr_Occurred() === null) PyErr_SetString(PyExc_ValueError, `file descriptor cannot be a negative integer (${n})`)
  return n
}

/** Timeout in ns; null with an exception set. */
function timeoutOf(o: PyObject | null | undefined): number | null {
  if (o === null || o === undefined || o === Py_None) return Infinity
  const seconds = PyFloat_AsDouble(o)
  if (seconds === -1 && PyErr_Occurred() !== null) return null
  return seconds < 0 ? Infinity : Math.ceil(seconds * 1e9)
}

function select(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('select', nargs, 3, 4)) return null
  const timeout = timeoutOf(args[3])
  if (timeout === null) return null
  const lists: [PyObject, number][][] = []
  for (let i = 0; i < 3; i++) {
    const fast = PySequence_Fast(args[i]!, 'arguments 1-3 must be sequences')
    if (fast === null) return null
    const list: [PyObject, number][] = []
    for (const o of fastItems(fast)) {
      const fd = descriptorOf(o)
      if (fd < 0) return Py_DECREF(fast), null
      list.push([o, fd])
    }
    lists.push(list)
    Py_DECREF(fast)
  }
  const ready = (): PyObject[][] => [
    lists[0]!.filter(([, fd]) => readable(fd)).map(([o]) => o), lists[1]!.filter(([, fd]) => writable(fd)).map(([o]) => o), [],
  ]
  if (waitFor(() => ready().some(list => list.length > 0), timeout) === SUSPENDED) return null
  return PyTuple_FromArray(ready().map(list => PyList_FromArraySteal(list.map(o => (o.ob_refcnt++, o)))), true)
}

// ---- epoll -------------------------------------------------------------------------------------------------------------------

/** Most events of one poll when none are said. */
const FD_SETSIZE = 1024
const EPOLL_EVENT_BYTES = 12

class EpollData {
  closed = false
  readonly watched = new Map<number, number>()
}

const epoll = (o: PyObject): EpollData => o.v as EpollData
const pollParser = new ArgParser('poll', ['timeout', 'maxevents'])
const registerParser = new ArgParser('register', ['fd', 'eventmask'])
const modifyParser = new ArgParser('modify', ['fd', 'eventmask'])

function open(o: PyObject): EpollData | null {
  return epoll(o).closed ? PyErr_SetString(PyExc_ValueError, 'I/O operation on closed epoll object') : epoll(o)
}

function watch(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null, again: boolean): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, again ? modifyParser : registerParser, again ? 2 : 1, 2, 0)
  if (given === null) return null
  const d = open(o)
  if (d === null) return null
  const fd = descriptorOf(given[0]!)
  if (fd < 0) return null
  const mask = given[1] === null || given[1] === undefined ? IN | OUT | 2 : PyLong_AsInt(given[1])
  if (PyErr_Occurred() !== null) return null
  if (d.watched.has(fd) !== again) return raiseErrno(errnoOf(again ? 'ENOENT' : 'EEXIST'))
  d.watched.set(fd, mask)
  return none()
}

const epollMethods: PyMethodDef[] = [
  { ml_name: 'fromfd', ml_flags: METH_O | 0x20, ml_meth: () => raiseErrno(errnoOf('EBADF')) },
  {
    ml_name: 'close', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      epoll(o).closed = true
      return none()
    },
  },
  { ml_name: 'fileno', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => open(o) === null ? null : PyLong_FromLong(511) },
  {
    ml_name: 'register', ml_flags: METH_FASTCALL | METH_KEYWORDS,
    ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => watch(o, args, nargs, kwnames, false),
  },
  {
    ml_name: 'modify', ml_flags: METH_FASTCALL | METH_KEYWORDS,
    ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => watch(o, args, nargs, kwnames, true),
  },
  {
    ml_name: 'unregister', ml_flags: METH_O,
    ml_meth: (o: PyObject, arg: PyObject) => {
      const d = open(o)
      if (d === null) return null
      const fd = descriptorOf(arg)
      if (fd < 0) return null
      return d.watched.delete(fd) ? none() : raiseErrno(errnoOf('ENOENT'))
    },
  },
  {
    ml_name: 'poll', ml_flags: METH_FASTCALL | METH_KEYWORDS | METH_MAY_BLOCK,
    ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, pollParser, 0, 2, 0)
      if (given === null) return null
      const d = open(o)
      if (d === null) return null
      const timeout = timeoutOf(given[0])
      if (timeout === null) return null
      const events = (): [number, number][] => {
        const out: [number, number][] = []
        for (const [fd, mask] of d.watched) {
          const now = (readable(fd) ? mask & IN : 0) | (writable(fd) ? mask & OUT : 0)
          if (now !== 0) out.push([fd, now])
        }
        return out
      }
      if (waitFor(() => events().length > 0, timeout) === SUSPENDED) return null
      // The array that the kernel fills.
      const most = given[1] === null || given[1] === undefined ? -1 : PyLong_AsInt(given[1])
      if (most === -1 && PyErr_Occurred() !== null) return null
      const block = PyMem_Malloc((most < 0 ? FD_SETSIZE - 1 : most) * EPOLL_EVENT_BYTES, TAG_SCRATCH)
      const result = PyList_FromArraySteal(events().map(([fd, mask]) => PyTuple_FromArray([PyLong_FromLong(fd), PyLong_FromLong(mask)], true)))
      PyMem_Free(block)
      return result
    },
  },
  { ml_name: '__enter__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => open(o) === null ? null : (o.ob_refcnt++, o) },
  {
    ml_name: '__exit__', ml_flags: METH_FASTCALL,
    ml_meth: (o: PyObject) => {
      epoll(o).closed = true
      return none()
    },
  },
]

export function PyInit_select(): PyObject | null {
  const module = PyModule_Create('select', [{ ml_name: 'select', ml_flags: METH_FASTCALL | METH_MAY_BLOCK, ml_meth: select }])
  if (module === null) return null
  const type = PyType_FromModuleAndSpec(module, {
    name: 'select.epoll', tp_basicsize: 24, tp_flags: Py_TPFLAGS_IMMUTABLETYPE,
    tp_new: (cls: PyTypeObject): PyObject | null => {
      const o = cls.tp_alloc!(cls, 0)
      if (o !== null) o.v = new EpollData()
      return o
    },
    tp_dealloc: (o: PyObject): void => {
      const cls = o.ob_type
      cls.tp_free!(o)
      Py_DECREF(cls)
    },
    tp_methods: epollMethods,
    tp_getset: [{ name: 'closed', get: (o: PyObject) => PyBool_From(epoll(o).closed) }],
  }, null)
  if (type === null) return null
  PyModule_AddObject(module, 'epoll', type)
  PyModule_AddObjectRef(module, 'error', PyExc_OSError)
  for (const [name, value] of Object.entries(CONSTANTS)) PyModule_AddIntConstant(module, name, value)
  return module
}
