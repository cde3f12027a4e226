// What posix tells of the process and the machine: identities, environment, limits. Mirrors Modules/posixmodule.c.
import { PyBool_FromLong } from '../../objects/boolobject'
import { bytesFrom } from '../../objects/bytesobject'
import { PyDict_New, PyDict_SetItem, PyDict_SetItemString } from '../../objects/dictobject'
import { errnoOf, strerror } from '../../objects/errno'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_FromDouble } from '../../objects/floatobject'
import { PyList_Append, PyList_FromArraySteal, PyList_New } from '../../objects/listobject'
import { PyLong_AsInt, PyLong_AsSsize_t, PyLong_FromLong } from '../../objects/longobject'
import { Py_DECREF, type PyMethodDef, type PyObject } from '../../objects/object'
import { PyCallable_Check } from '../../objects/object-protocol'
import { _PyRuntime } from '../../objects/runtime'
import { PySet_New } from '../../objects/setobject'
import { Py_RETURN_NONE } from '../../objects/singletons'
import { structSequence } from '../../objects/structseq'
import { _PyTuple_FromArraySteal } from '../../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_FromString } from '../../objects/unicodeobject'
import { RunEnded } from '../../vm/eval-breaker'
import { elapsed } from '../clock'
import { fdIsOpen } from '../file-descriptors'
import { PyOS_FSPath } from '../fspath'
import { descriptor, failed, fn, fsEncode, intOf } from './arguments'

/** The program's environment: small and the same everywhere. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: '/home', LANG: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC', USER: 'root',
}

export function environ(): PyObject {
  const dict = PyDict_New()
  for (const [name, value] of Object.entries(ENVIRONMENT)) {
    const key = bytesFrom(fsEncode(name)!)!
    const bytes = bytesFrom(fsEncode(value)!)!
    PyDict_SetItem(dict, key, bytes)
    Py_DECREF(key)
    Py_DECREF(bytes)
  }
  return dict
}

const constant = (name: string, value: number): PyMethodDef => fn(name, [], 0, 0, () => PyLong_FromLong(value))
const impossible = (name: string, params: string[] = ['a', 'b', 'c'], errno = 'ENOSYS'): PyMethodDef =>
  fn(name, params, 0, params.length, () => failed(-errnoOf(errno)))

export const PID = 4242

/** Bytes that look random and are the same in every run: xorshift32 from a fixed start. */
let randomOwner: unknown = null
let randomState = 0

export function randomBytes(size: number): Uint8Array {
  if (randomOwner !== _PyRuntime.process) {
    randomOwner = _PyRuntime.process
    randomState = 0x9e3779b9
  }
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) {
    randomState ^= randomState << 13
    randomState ^= randomState >>> 17
    randomState ^= randomState << 5
    bytes[i] = randomState >>> 11
  }
  return bytes
}

function urandom(name: string, params: string[]): PyMethodDef {
  return fn(name, params, 1, params.length, ([o]) => {
    const size = PyLong_AsSsize_t(o!)
    if (size === -1 && PyErr_Occurred() !== null) return null
    if (size < 0) return PyErr_SetString(PyExc_ValueError, 'negative argument not allowed')
    return bytesFrom(randomBytes(size))
  })
}

const forkLists: { owner: unknown, lists: Record<string, PyObject> } = { owner: null, lists: {} }

/** Keeps the functions, as the interpreter state does; there is no fork to call them. */
function registerAtFork(given: (PyObject | null)[]): PyObject | null {
  const names = ['before', 'after_in_child', 'after_in_parent']
  if (given.every(f => f === null)) return PyErr_SetString(PyExc_TypeError, 'At least one argument is required.')
  for (const [i, f] of given.entries()) {
    if (f !== null && !PyCallable_Check(f)) return PyErr_Format(PyExc_TypeError, `'${names[i]}' must be callable, not ${f.ob_type.tp_name}`)
  }
  if (forkLists.owner !== _PyRuntime.process) {
    forkLists.owner = _PyRuntime.process
    const lists: Record<string, PyObject> = forkLists.lists = {}
    _PyRuntime.endHooks.push(() => Object.values(lists).forEach(Py_DECREF))
  }
  for (const [i, f] of given.entries()) if (f !== null) PyList_Append(forkLists.lists[names[i]!] ??= PyList_New(0), f)
  return Py_RETURN_NONE()
}

function exitNow(o: PyObject): PyObject | null {
  const status = PyLong_AsInt(o)
  if (status === -1 && PyErr_Occurred() !== null) return null
  throw new RunEnded('exit', String(status & 255))
}

const terminalSize = () => structSequence('os.terminal_size', ['columns', 'lines'])
const timesResult = () => structSequence('posix.times_result', ['user', 'system', 'children_user', 'children_system', 'elapsed'])
const unameResult = () => structSequence('posix.uname_result', ['sysname', 'nodename', 'release', 'version', 'machine'])
const schedParam = () => structSequence('posix.sched_param', ['sched_priority'])
const waitidResult = () => structSequence('posix.waitid_result', ['si_pid', 'si_uid', 'si_signo', 'si_status', 'si_code'])

export const processSequences = { terminal_size: terminalSize, times_result: timesResult, uname_result: unameResult, sched_param: schedParam, waitid_result: waitidResult }

/** Names that sysconf, confstr and pathconf know, with their values here. */
export const SYSCONF: Readonly<Record<string, [number, number]>> = {
  SC_ARG_MAX: [0, 2097152], SC_CHILD_MAX: [1, 127235], SC_CLK_TCK: [2, 100], SC_OPEN_MAX: [4, 1024], SC_PAGESIZE: [30, 4096], SC_PAGE_SIZE: [30, 4096],
  SC_IOV_MAX: [60, 1024], SC_NPROCESSORS_CONF: [83, 1], SC_NPROCESSORS_ONLN: [84, 1], SC_PHYS_PAGES: [85, 1048576], SC_AVPHYS_PAGES: [86, 524288],
  SC_SEM_NSEMS_MAX: [32, -1],
}

function sysconf(o: PyObject): PyObject | null {
  const found = typeof o.v === 'object' ? SYSCONF[PyUnicode_AsString(o)] : Object.values(SYSCONF).find(([number]) => number === o.v)
  if (found === undefined) return PyErr_SetString(PyExc_ValueError, 'unrecognized configuration name')
  return PyLong_FromLong(found[1])
}

/** WIFEXITED and its like, on the status word of wait(2). */
const statusTest = (name: string, test: (status: number) => number, asBool: boolean): PyMethodDef =>
  fn(name, ['status'], 1, 1, ([o]) => {
    const status = intOf(o, 0)
    return status === null ? null : asBool ? PyBool_FromLong(test(status)) : PyLong_FromLong(test(status))
  })

export const processMethods: PyMethodDef[] = [
  constant('getpid', PID), constant('getppid', 1),
  ...['getuid', 'geteuid', 'getgid', 'getegid'].map(name => constant(name, 0)),
  constant('getpgrp', PID), constant('cpu_count', 1),
  fn('getpgid', ['pid'], 1, 1, () => PyLong_FromLong(PID)), fn('getsid', ['pid'], 1, 1, () => PyLong_FromLong(PID)),
  fn('getgroups', [], 0, 0, () => PyList_FromArraySteal([PyLong_FromLong(0)])),
  fn('getlogin', [], 0, 0, () => PyUnicode_FromString('root')),
  fn('getloadavg', [], 0, 0, () => _PyTuple_FromArraySteal([0, 0, 0].map(n => PyFloat_FromDouble(n)), 3)),
  fn('umask', ['mask'], 1, 1, ([o]) => intOf(o, 0) === null ? null : PyLong_FromLong(0o22)),
  fn('sched_yield', [], 0, 0, () => Py_RETURN_NONE()),
  fn('sched_getaffinity', ['pid'], 1, 1, () => {
    const set = PySet_New(null)!
    const zero = PyList_FromArraySteal([PyLong_FromLong(0)])
    const filled = PySet_New(zero)
    Py_DECREF(set)
    Py_DECREF(zero)
    return filled
  }),
  fn('uname', [], 0, 0, () => unameResult().make(['Linux', 'molt', '6.1.0', '#1 SMP', 'x86_64'].map(t => PyUnicode_FromString(t)))),
  fn('times', [], 0, 0, () => {
    const seconds = Number(elapsed()) / 1e9
    return timesResult().make([seconds, 0, 0, 0, seconds].map(n => PyFloat_FromDouble(n)))
  }),
  fn('get_terminal_size', ['fd'], 0, 1, ([o]) => {
    const fd = o ? descriptor(o) : 1
    return fd === null ? null : failed(-errnoOf(fdIsOpen(fd) ? 'ENOTTY' : 'EBADF'))
  }),
  fn('device_encoding', ['fd'], 1, 1, () => Py_RETURN_NONE()),
  fn('strerror', ['code'], 1, 1, ([o]) => {
    const code = intOf(o, 0)
    return code === null ? null : PyUnicode_FromString(strerror(code))
  }),
  fn('fspath', ['path'], 1, 1, ([o]) => PyOS_FSPath(o!), '($module, /, path)'),
  urandom('urandom', ['size']), urandom('getrandom', ['size', 'flags']),
  fn('register_at_fork', ['before', 'after_in_child', 'after_in_parent'], 0, 0, registerAtFork),
  fn('_exit', ['status'], 1, 1, ([o]) => exitNow(o!)),
  fn('abort', [], 0, 0, () => { throw new RunEnded('exit', '134') }),
  fn('putenv', ['name', 'value'], 2, 2, () => Py_RETURN_NONE()), fn('unsetenv', ['name'], 1, 1, () => Py_RETURN_NONE()),
  fn('sysconf', ['name'], 1, 1, ([o]) => sysconf(o!)),
  fn('confstr', ['name'], 1, 1, () => PyErr_SetString(PyExc_ValueError, 'unrecognized configuration name')),
  ...['fork', 'forkpty', 'openpty'].map(name => impossible(name, [])),
  ...['execv', 'execve', 'posix_spawn', 'posix_spawnp', 'kill', 'killpg', 'nice'].map(name => impossible(name, undefined, 'EPERM')),
  fn('system', ['command'], 1, 1, () => PyLong_FromLong(32512)),
  ...['wait', 'waitpid', 'wait3', 'wait4', 'waitid'].map(name => impossible(name, undefined, 'ECHILD')),
  statusTest('WIFEXITED', s => (s & 127) === 0 ? 1 : 0, true), statusTest('WEXITSTATUS', s => (s >> 8) & 255, false),
  statusTest('WIFSIGNALED', s => (s & 127) !== 0 && (s & 127) !== 127 ? 1 : 0, true), statusTest('WTERMSIG', s => s & 127, false),
  statusTest('WIFSTOPPED', s => (s & 255) === 127 ? 1 : 0, true), statusTest('WSTOPSIG', s => (s >> 8) & 255, false),
  statusTest('WIFCONTINUED', s => s === 0xffff ? 1 : 0, true), statusTest('WCOREDUMP', s => (s & 128) !== 0 ? 1 : 0, true),
  fn('waitstatus_to_exitcode', ['status'], 1, 1, ([o]) => {
    const status = intOf(o, 0)
    if (status === null) return null
    if ((status & 127) === 0) return PyLong_FromLong((status >> 8) & 255)
    if ((status & 127) !== 127) return PyLong_FromLong(-(status & 127))
    return PyErr_Format(PyExc_ValueError, `invalid wait status: ${status}`)
  }),
]

/** NEW dict of names and numbers, as sysconf_names. */
export function namesDict(names: Readonly<Record<string, [number, number]>>): PyObject {
  const dict = PyDict_New()
  for (const [name, [number]] of Object.entries(names)) {
    const value = PyLong_FromLong(number)
    PyDict_SetItemString(dict, name, value)
    Py_DECREF(value)
  }
  return dict
}
