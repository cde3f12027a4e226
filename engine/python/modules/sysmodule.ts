// sys. The values of CPython 3.11.7 on 64-bit Linux; what belongs to the host (argv, path, streams) is set at start-up.
import { PyBool_FromLong } from '../objects/boolobject'
import { PyObject_Call, PyObject_CallMethodNoArgs, PyObject_CallOneArg, PyObject_Vectorcall } from '../objects/call'
import { PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Clear, PyErr_Format, PyErr_GetHandledException, PyErr_Occurred, PyErr_SetNone, PyErr_SetObject, PyErr_SetString } from '../objects/errors'
import { PyExc_RuntimeError, PyExc_SystemExit, PyExc_TypeError, PyExc_ValueError, PyException_GetTraceback } from '../objects/exceptions'
import { PyFloat_FromDouble, PyFloat_AsDouble } from '../objects/floatobject'
import { currentCompleteFrame, frameGetObject, frameIsIncomplete } from '../objects/frameobject'
import { PyFile_WriteObject } from '../objects/fileobject'
import { ArgParser } from '../objects/arg-parser'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyArg_ParseTupleAndKeywords } from '../objects/getargs-format'
import { PyList_FromArraySteal } from '../objects/listobject'
import { PyLong_AsInt, PyLong_Check, PyLong_FromBigInt, PyLong_FromLong, PyLong_FromSsize_t } from '../objects/longobject'
import { PyModule_AddFunctions, PyModule_GetDict, PyModule_NewObject } from '../objects/moduleobject'
import { _PyNamespace_New } from '../objects/namespaceobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyMethodDef, type PyObject, type PyTypeObject,
} from '../objects/object'
import { PyObject_GetAttr, PyObject_Repr, PyObject_SetAttr, PyObject_Str } from '../objects/object-protocol'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { structSequence, type StructSequence } from '../objects/structseq'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyType_ClearCache, _PyObject_LookupSpecial } from '../objects/typeobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_Type, PyUnicode_InternFromString, PyUnicode_InternInPlace, _Py_ID } from '../objects/unicodeobject'
import { displayException } from '../vm/display-error'
import { inittab } from './import'
import { stdlibModuleNames } from './stdlib-names'
import { PyErr_ExceptionMatches } from '../objects/errors'
import { PyExc_RecursionError } from '../objects/exceptions'
import { displayUnraisable } from '../vm/display-error'
import { formatMallocStats } from '../../memory/malloc-stats'
import { PyFrozenSet_New } from '../objects/setobject'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)
const str = PyUnicode_FromString
const int = PyLong_FromLong

// ---- access for C code ---------------------------------------------------------------------------------------------

/** BORROWED attribute of sys, null (no exception) when missing. */
export function _PySys_GetAttr(name: string): PyObject | null {
  const found = PyDict_GetItemWithError(_PyRuntime.sysdict, _Py_ID(name))
  if (found === null && PyErr_Occurred() !== null) PyErr_Clear()
  return found
}

/** Sets (or, with null, deletes) sys.name: 0, or -1. */
export function PySys_SetObject(name: string, value: PyObject | null): number {
  if (value !== null) return PyDict_SetItem(_PyRuntime.sysdict, _Py_ID(name), value)
  if (PyDict_GetItemWithError(_PyRuntime.sysdict, _Py_ID(name)) === null) return 0
  return PyDict_DelItem(_PyRuntime.sysdict, _Py_ID(name))
}

/** Functions given to sys.addaudithook. */
const auditHooks: PyObject[] = []
/** Called for `sys.audit("mark", label)`. */
export const markHook: { current: ((label: string) => void) | null } = { current: null }
/** Called for `molt.snapshot(label)`. */
export const snapshotHook: { current: ((label: string) => void) | null } = { current: null }

/** Runs the audit hooks: 0, or -1 with an exception set. Without hooks nothing is made. */
export function PySys_Audit(event: string, ...args: PyObject[]): number {
  if (auditHooks.length === 0) return 0
  const tuple = PyTuple_FromArray(args.map(ref), true)
  const name = str(event)
  for (const hook of auditHooks) {
    const result = PyObject_Vectorcall(hook, [name, tuple], 2, null)
    if (result === null) {
      Py_DECREF(tuple)
      Py_DECREF(name)
      return -1
    }
    Py_DECREF(result)
  }
  Py_DECREF(tuple)
  Py_DECREF(name)
  return 0
}

function sys_audit(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (nargs === 0) return PyErr_SetString(PyExc_TypeError, 'audit() missing 1 required positional argument: \'event\'')
  const event = args[0]!
  if (!PyUnicode_Check(event)) return PyErr_Format(PyExc_TypeError, `expected str for argument 'event', not ${event.ob_type.tp_name}`)
  if (PyUnicode_AsString(event) === 'mark' && markHook.current !== null) {
    const label = nargs > 1 && PyUnicode_Check(args[1]!) ? PyUnicode_AsString(args[1]!) : ''
    markHook.current(label)
  }
  if (auditHooks.length === 0) return none()
  return PySys_Audit(PyUnicode_AsString(event), ...args.slice(1, nargs)) < 0 ? null : none()
}

// ---- hooks -------------------------------------------------------------------------------------------------------------

/** sys.displayhook: prints repr(o) and keeps it in builtins._. */
function sys_displayhook(_m: PyObject, o: PyObject): PyObject | null {
  if (o === Py_None) return none()
  if (PyDict_SetItem(_PyRuntime.builtins, _Py_ID('_'), Py_None) !== 0) return null
  const out = _PySys_GetAttr('stdout')
  if (out === null || out === Py_None) return PyErr_SetString(PyExc_RuntimeError, 'lost sys.stdout')
  if (PyFile_WriteObject(o, out, false) !== 0) return null
  const newline = str('\n')
  const failed = PyFile_WriteObject(newline, out, true)
  Py_DECREF(newline)
  if (failed !== 0 || PyDict_SetItem(_PyRuntime.builtins, _Py_ID('_'), o) !== 0) return null
  return none()
}

function sys_excepthook(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('excepthook', nargs, 3, 3)) return null
  displayException(args[1]!, args[2] === Py_None ? null : args[2]!)
  return none()
}

function sys_exc_info(): PyObject {
  const value = PyErr_GetHandledException()
  if (value === null) return PyTuple_FromArray([none(), none(), none()], true)
  const tb = PyException_GetTraceback(value)
  return PyTuple_FromArray([ref(value.ob_type), value, tb ?? none()], true)
}

function sys_exit(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('exit', nargs, 0, 1)) return null
  PyErr_SetObject(PyExc_SystemExit, nargs > 0 ? args[0]! : Py_None)
  return null
}

// ---- objects and frames ----------------------------------------------------------------------------------------------------

function sys_getframe(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('_getframe', nargs, 0, 1)) return null
  let depth = 0
  if (nargs > 0) {
    depth = PyLong_AsInt(args[0]!)
    if (depth === -1 && PyErr_Occurred() !== null) return null
  }
  if (PySys_Audit('sys._getframe') < 0) return null
  let frame = currentCompleteFrame(_PyRuntime.tstate)
  for (; depth > 0 && frame !== null; depth--) {
    frame = frame.previous
    while (frame !== null && frameIsIncomplete(frame)) frame = frame.previous
  }
  if (frame === null) return PyErr_SetString(PyExc_ValueError, 'call stack is not deep enough')
  return ref(frameGetObject(frame))
}

function sys_getrefcount(_m: PyObject, o: PyObject): PyObject {
  return PyLong_FromSsize_t(o.ob_refcnt)
}

/** Bytes of an object with its pre-header, as sys.getsizeof: -1 with an exception set. Mirrors _PySys_GetSizeOf. */
export function _PySys_GetSizeOf(o: PyObject): number {
  const method = _PyObject_LookupSpecial(o, _Py_ID('__sizeof__'))
  if (method === null) {
    if (PyErr_Occurred() === null) PyErr_Format(PyExc_TypeError, 'Type %.100s doesn\'t define __sizeof__', o.ob_type.tp_name)
    return -1
  }
  const result = PyObject_Vectorcall(method, [], 0, null)
  Py_DECREF(method)
  if (result === null) return -1
  if (!PyLong_Check(result)) {
    PyErr_Format(PyExc_TypeError, '\'%.200s\' object cannot be interpreted as an integer', result.ob_type.tp_name)
    Py_DECREF(result)
    return -1
  }
  const size = Number(result.v)
  Py_DECREF(result)
  if (size < 0) {
    PyErr_SetString(PyExc_ValueError, '__sizeof__() should return >= 0')
    return -1
  }
  return size + (o.ob_type.presize << 4)
}

const getsizeofParser = new ArgParser('getsizeof', ['object', 'default'])

function sys_getsizeof(_m: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args.v as PyObject[], (args.v as PyObject[]).length, kwargs, null, getsizeofParser, 1, 2, 0)
  if (given === null) return null
  const size = _PySys_GetSizeOf(given[0]!)
  if (size >= 0) return PyLong_FromSsize_t(size)
  const fallback = given[1] ?? null
  if (fallback !== null && PyErr_ExceptionMatches(PyExc_TypeError)) {
    PyErr_Clear()
    return ref(fallback)
  }
  return null
}

function sys_intern(_m: PyObject, s: PyObject): PyObject | null {
  if (!PyUnicode_Check(s)) return PyErr_Format(PyExc_TypeError, `intern() argument must be str, not ${s.ob_type.tp_name}`)
  if (s.ob_type !== PyUnicode_Type) return PyErr_Format(PyExc_TypeError, 'can\'t intern %.400s', s.ob_type.tp_name)
  return PyUnicode_InternInPlace(ref(s))
}

function setrecursionlimit(_m: PyObject, arg: PyObject): PyObject | null {
  const limit = PyLong_AsInt(arg)
  if (limit === -1 && PyErr_Occurred() !== null) return null
  if (limit < 1) return PyErr_SetString(PyExc_ValueError, 'recursion limit must be greater or equal than 1')
  const tstate = _PyRuntime.tstate
  const depth = tstate.recursion_limit - tstate.recursion_remaining
  if (depth >= limit) {
    PyErr_Format(PyExc_RecursionError, 'cannot set the recursion limit to %i at the recursion depth %i: the limit is too low', limit, depth)
    return null
  }
  for (const t of _PyRuntime.threads) {
    const used = t.recursion_limit - t.recursion_remaining
    t.recursion_limit = limit
    t.recursion_remaining = limit - used
  }
  return none()
}

/**
 * Functions that hold one value: setter and getter.
 * DIFFERS: the functions given to settrace and setprofile are kept and never called.
 */
function traceFunction(field: 'c_tracefunc' | 'c_profilefunc', setName: string, getName: string): PyMethodDef[] {
  return [
    {
      ml_name: setName, ml_flags: METH_O,
      ml_meth: (_m: PyObject, f: PyObject) => {
        const tstate = _PyRuntime.tstate
        const old = tstate[field]
        tstate[field] = f === Py_None ? null : ref(f)
        Py_XDECREF(old)
        return none()
      },
    },
    { ml_name: getName, ml_flags: METH_NOARGS, ml_meth: () => ref(_PyRuntime.tstate[field] ?? Py_None) },
  ]
}

let switchInterval = 0.005

function asyncgenHooks(): PyObject {
  const { async_gen_firstiter: first, async_gen_finalizer: last } = _PyRuntime.tstate
  return asyncgenHooksType!.make([ref(first ?? Py_None), ref(last ?? Py_None)])
}

let asyncgenHooksType: StructSequence | null = null

const ASYNCGEN_HOOKS = ['firstiter', 'finalizer'] as const

function set_asyncgen_hooks(_m: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|OO', ASYNCGEN_HOOKS) as (PyObject | undefined)[] | null
  if (given === null) return null
  const tstate = _PyRuntime.tstate
  for (const [i, field] of (['async_gen_firstiter', 'async_gen_finalizer'] as const).entries()) {
    const value = given[i] ?? null
    if (value === null) continue
    if (value !== Py_None && value.ob_type.tp_call === null) {
      return PyErr_Format(PyExc_TypeError, `callable ${ASYNCGEN_HOOKS[i]} expected, got ${value.ob_type.tp_name}`)
    }
    const old = tstate[field]
    tstate[field] = value === Py_None ? null : ref(value)
    Py_XDECREF(old)
  }
  return none()
}

function currentFrames(): PyObject {
  const dict = PyDict_New()
  for (const t of _PyRuntime.threads) {
    if (t.frame === null) continue
    const key = int(t.id)
    PyDict_SetItem(dict, key, frameGetObject(t.frame))
    Py_DECREF(key)
  }
  return dict
}

/** sys.unraisablehook: "Exception ignored in: …" with the traceback. */
function sys_unraisablehook(_m: PyObject, info: PyObject): PyObject | null {
  const part = (name: string): PyObject | null => {
    const value = PyObject_GetAttr(info, _Py_ID(name))
    if (value === null) PyErr_Clear()
    return value === Py_None ? (Py_DECREF(value), null) : value
  }
  const [value, tb, message, object] = [part('exc_value'), part('exc_traceback'), part('err_msg'), part('object')]
  displayUnraisable(value, tb, message, object)
  for (const o of [value, tb, message, object]) Py_XDECREF(o)
  return none()
}

const methods: PyMethodDef[] = [
  { ml_name: 'addaudithook', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: (_m: PyObject, args: PyObject[]) => (auditHooks.push(ref(args[0]!)), none()) },
  { ml_name: 'audit', ml_flags: METH_FASTCALL, ml_meth: sys_audit },
  { ml_name: 'breakpointhook', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: () => PyErr_SetString(PyExc_RuntimeError, 'Molt runs no debugger: breakpoint() is not available') },
  { ml_name: '_clear_type_cache', ml_flags: METH_NOARGS, ml_meth: () => (PyType_ClearCache(), none()) },
  { ml_name: '_current_frames', ml_flags: METH_NOARGS, ml_meth: currentFrames },
  { ml_name: 'displayhook', ml_flags: METH_O, ml_meth: sys_displayhook, signature: '($module, object, /)' },
  { ml_name: 'exc_info', ml_flags: METH_NOARGS, ml_meth: sys_exc_info, signature: '($module, /)' },
  { ml_name: 'exception', ml_flags: METH_NOARGS, ml_meth: () => PyErr_GetHandledException() ?? none(), signature: '($module, /)' },
  { ml_name: 'excepthook', ml_flags: METH_FASTCALL, ml_meth: sys_excepthook, signature: '($module, exctype, value, traceback, /)' },
  { ml_name: 'exit', ml_flags: METH_FASTCALL, ml_meth: sys_exit, signature: '($module, status=None, /)' },
  { ml_name: 'getdefaultencoding', ml_flags: METH_NOARGS, ml_meth: () => PyUnicode_InternFromString('utf-8') },
  { ml_name: 'getdlopenflags', ml_flags: METH_NOARGS, ml_meth: () => int(2) },
  { ml_name: 'getallocatedblocks', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromSsize_t(_PyRuntime.process.obmalloc.allocatedBlocks) },
  { ml_name: 'getfilesystemencoding', ml_flags: METH_NOARGS, ml_meth: () => PyUnicode_InternFromString('utf-8') },
  { ml_name: 'getfilesystemencodeerrors', ml_flags: METH_NOARGS, ml_meth: () => PyUnicode_InternFromString('surrogateescape') },
  { ml_name: 'getrefcount', ml_flags: METH_O, ml_meth: sys_getrefcount, signature: '($module, object, /)' },
  { ml_name: 'getrecursionlimit', ml_flags: METH_NOARGS, ml_meth: () => int(_PyRuntime.tstate.recursion_limit) },
  { ml_name: 'getsizeof', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: sys_getsizeof },
  { ml_name: '_getframe', ml_flags: METH_FASTCALL, ml_meth: sys_getframe, signature: '($module, depth=0, /)' },
  { ml_name: 'intern', ml_flags: METH_O, ml_meth: sys_intern, signature: '($module, string, /)' },
  { ml_name: 'is_finalizing', ml_flags: METH_NOARGS, ml_meth: () => PyBool_FromLong(_PyRuntime.finalizing ? 1 : 0) },
  {
    ml_name: 'setswitchinterval', ml_flags: METH_O,
    ml_meth: (_m: PyObject, arg: PyObject) => {
      const seconds = PyFloat_AsDouble(arg)
      if (seconds === -1 && PyErr_Occurred() !== null) return null
      if (seconds <= 0) return PyErr_SetString(PyExc_ValueError, 'switch interval must be strictly positive')
      switchInterval = seconds
      return none()
    },
  },
  { ml_name: 'getswitchinterval', ml_flags: METH_NOARGS, ml_meth: () => PyFloat_FromDouble(switchInterval) },
  { ml_name: 'setdlopenflags', ml_flags: METH_O, ml_meth: none },
  { ml_name: 'setrecursionlimit', ml_flags: METH_O, ml_meth: setrecursionlimit, signature: '($module, limit, /)' },
  ...traceFunction('c_profilefunc', 'setprofile', 'getprofile'),
  ...traceFunction('c_tracefunc', 'settrace', 'gettrace'),
  {
    ml_name: 'call_tracing', ml_flags: METH_FASTCALL,
    ml_meth: (_m: PyObject, args: PyObject[]) => PyObject_Call(args[0]!, args[1]!, null),
  },
  { ml_name: '_debugmallocstats', ml_flags: METH_NOARGS, ml_meth: debugMallocStats },
  {
    ml_name: 'set_coroutine_origin_tracking_depth', ml_flags: METH_O,
    ml_meth: (_m: PyObject, arg: PyObject) => {
      const depth = PyLong_AsInt(arg)
      if (depth === -1 && PyErr_Occurred() !== null) return null
      if (depth < 0) return PyErr_SetString(PyExc_ValueError, 'depth must be >= 0')
      _PyRuntime.tstate.coroutine_origin_tracking_depth = depth
      return none()
    },
  },
  { ml_name: 'get_coroutine_origin_tracking_depth', ml_flags: METH_NOARGS, ml_meth: () => int(_PyRuntime.tstate.coroutine_origin_tracking_depth) },
  { ml_name: 'set_asyncgen_hooks', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: set_asyncgen_hooks },
  { ml_name: 'get_asyncgen_hooks', ml_flags: METH_NOARGS, ml_meth: asyncgenHooks },
  { ml_name: 'unraisablehook', ml_flags: METH_O, ml_meth: sys_unraisablehook, signature: '($module, unraisable, /)' },
  { ml_name: 'get_int_max_str_digits', ml_flags: METH_NOARGS, ml_meth: () => int(_PyRuntime.intMaxStrDigits) },
  {
    ml_name: 'set_int_max_str_digits', ml_flags: METH_FASTCALL | METH_KEYWORDS,
    ml_meth: (_m: PyObject, args: PyObject[]) => {
      const limit = PyLong_AsInt(args[0]!)
      if (limit === -1 && PyErr_Occurred() !== null) return null
      if (limit !== 0 && limit < 640) return PyErr_SetString(PyExc_ValueError, 'maxdigits must be 0 or larger than 640')
      _PyRuntime.intMaxStrDigits = limit
      return none()
    },
  },
]

/** Writes the allocator's figures to standard error. */
function debugMallocStats(): PyObject {
  _PyRuntime.io.write(2, new TextEncoder().encode(formatMallocStats(_PyRuntime.process)))
  return none()
}

// ---- the module -----------------------------------------------------------------------------------------------------------

/** What start-up knows and sys shows. */
export interface SysConfig {
  argv: string[]
  path: string[]
  prefix: string
  executable: string
  hashSeed: number
  /** Whether there shall be what the module site adds to the builtins, as without `python -S`. */
  site: boolean
}

export const VERSION = '3.11.7'

const COPYRIGHT = `Copyright (c) 2001-2023 Python Software Foundation.
All Rights Reserved.

Copyright (c) 2000 BeOpen.com.
All Rights Reserved.

Copyright (c) 1995-2001 Corporation for National Research Initiatives.
All Rights Reserved.

Copyright (c) 1991-1995 Stichting Mathematisch Centrum, Amsterdam.
All Rights Reserved.`

function list(items: string[]): PyObject {
  return PyList_FromArraySteal(items.map(s => str(s)))
}

/** Makes sys and fills its dict; the dict becomes _PyRuntime.sysdict. NEW module. */
export function _PySys_Create(): PyObject {
  const module = PyModule_NewObject(PyUnicode_InternFromString('sys'))!
  _PyRuntime.sysdict = PyModule_GetDict(module)
  PyModule_AddFunctions(module, methods)
  return module
}

/** Sets everything that needs types and start-up's configuration. */
export function initSys(config: SysConfig): void {
  const set = (name: string, value: PyObject): void => {
    PySys_SetObject(name, value)
    Py_DECREF(value)
  }
  for (const hook of ['displayhook', 'excepthook', 'breakpointhook', 'unraisablehook']) {
    PySys_SetObject(`__${hook}__`, _PySys_GetAttr(hook))
  }
  const sequence = (name: string, fields: string[], values: PyObject[]): PyObject => structSequence(name, fields).make(values)
  const versionInfo = sequence('sys.version_info', ['major', 'minor', 'micro', 'releaselevel', 'serial'],
    [int(3), int(11), int(7), str('final'), int(0)])
  set('version', str(`${VERSION} (main) [Molt]`))
  set('hexversion', int(0x030b07f0))
  set('_git', PyTuple_FromArray([str('CPython'), str(''), str('')], true))
  set('_framework', str(''))
  set('api_version', int(1013))
  set('copyright', str(COPYRIGHT))
  set('platform', str('linux'))
  set('maxsize', PyLong_FromBigInt(2n ** 63n - 1n)!)
  set('maxunicode', int(0x10ffff))
  set('builtin_module_names', PyTuple_FromArray([...inittab.keys(), 'builtins', 'sys'].sort().map(n => str(n)), true))
  set('stdlib_module_names', frozen(stdlibModuleNames))
  set('byteorder', str('little'))
  set('abiflags', str(''))
  set('float_repr_style', str('short'))
  set('platlibdir', str('lib'))
  set('warnoptions', list([]))
  set('_xoptions', PyDict_New())
  set('float_info', sequence('sys.float_info',
    ['max', 'max_exp', 'max_10_exp', 'min', 'min_exp', 'min_10_exp', 'dig', 'mant_dig', 'epsilon', 'radix', 'rounds'],
    [PyFloat_FromDouble(Number.MAX_VALUE), int(1024), int(308), PyFloat_FromDouble(2.2250738585072014e-308), int(-1021), int(-307),
      int(15), int(53), PyFloat_FromDouble(Number.EPSILON), int(2), int(1)]))
  set('int_info', sequence('sys.int_info', ['bits_per_digit', 'sizeof_digit', 'default_max_str_digits', 'str_digits_check_threshold'],
    [int(30), int(4), int(4300), int(640)]))
  set('hash_info', sequence('sys.hash_info',
    ['width', 'modulus', 'inf', 'nan', 'imag', 'algorithm', 'hash_bits', 'seed_bits', 'cutoff'],
    [int(64), PyLong_FromBigInt(2n ** 61n - 1n)!, int(314159), int(0), int(1000003), str('siphash13'), int(64), int(128), int(0)]))
  set('thread_info', sequence('sys.thread_info', ['name', 'lock', 'version'], [str('pthread'), str('semaphore'), str('NPTL 2.36')]))
  set('flags', sequence('sys.flags', [
    'debug', 'inspect', 'interactive', 'optimize', 'dont_write_bytecode', 'no_user_site', 'no_site', 'ignore_environment', 'verbose',
    'bytes_warning', 'quiet', 'hash_randomization', 'isolated', 'dev_mode', 'utf8_mode', 'warn_default_encoding', 'safe_path',
    'int_max_str_digits',
  ], [int(0), int(0), int(0), int(_PyRuntime.optimize), int(1), int(1), int(config.site ? 0 : 1), int(config.site ? 0 : 1), int(0), int(0), int(0),
    int(config.hashSeed === 0 ? 0 : 1), int(0), PyBool_FromLong(0), int(0), int(0), PyBool_FromLong(0), int(4300)]))
  const implementation = _PyNamespace_New(namespaceDict({
    name: str('cpython'), cache_tag: str('cpython-311'), version: ref(versionInfo), hexversion: int(0x030b07f0),
    _multiarch: str('x86_64-linux-gnu'),
  }))!
  set('implementation', implementation)
  set('version_info', versionInfo)
  for (const name of ['prefix', 'exec_prefix', 'base_prefix', 'base_exec_prefix']) set(name, str(config.prefix))
  for (const name of ['executable', '_base_executable']) set(name, str(config.executable))
  set('_stdlib_dir', str(`${config.prefix}/lib/python3.11`))
  set('_home', none())
  set('pycache_prefix', none())
  set('dont_write_bytecode', PyBool_FromLong(1))
  set('argv', list(config.argv))
  set('orig_argv', list([config.executable, ...config.argv]))
  set('path', list(config.path))
  set('meta_path', list([]))
  set('path_hooks', list([]))
  set('path_importer_cache', PyDict_New())
  asyncgenHooksType = structSequence('sys.asyncgen_hooks', ['firstiter', 'finalizer'])
}

function frozen(names: readonly string[]): PyObject {
  const items = list([...names])
  const set = PyFrozenSet_New(items)!
  Py_DECREF(items)
  return set
}

function namespaceDict(values: Record<string, PyObject>): PyObject {
  const dict = PyDict_New()
  for (const [name, value] of Object.entries(values)) {
    PyDict_SetItem(dict, _Py_ID(name), value)
    Py_DECREF(value)
  }
  return dict
}
