// The C half of the import system (Python/import.c): sys.modules, builtin modules, `__import__`. The rest is the
// standard library's own importlib/_bootstrap.py, run as `_frozen_importlib` at start-up.
import { PyObject_CallMethodOneArg, PyObject_Vectorcall } from '../objects/call'
import { PyObject_GetItem, PyObject_IsTrueAttribute } from './import-helpers'
import { PyDict_CheckExact, PyDict_GetItemWithError, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetObject, PyErr_SetString } from '../objects/errors'
import {
  PyExc_ImportError, PyExc_ImportWarning, PyExc_KeyError, PyExc_TypeError, PyExc_ValueError,
} from '../objects/exceptions'
import { PyErr_WarnEx } from '../objects/errors'
import { currentCompleteFrame } from '../objects/frameobject'
import { PyList_New } from '../objects/listobject'
import { PyLong_FromLong } from '../objects/longobject'
import { PyObject_GetAttr, PyObject_IsTrue, _PyObject_LookupAttr } from '../objects/object-protocol'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../objects/object'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall, _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_InternFromString, _Py_ID, unicodeFromText } from '../objects/unicodeobject'

const text = PyUnicode_AsString

/** Makes a builtin module: a NEW module object, or null. */
export type ModuleInit = () => PyObject | null

/** Builtin modules by name, filled by modules/index.ts. */
export const inittab = new Map<string, ModuleInit>()

/** NEW reference to sys.modules[name], or null (no exception: not there). */
export function PyImport_GetModule(name: PyObject): PyObject | null {
  const modules = _PyRuntime.modules
  if (PyDict_CheckExact(modules)) {
    const found = PyDict_GetItemWithError(modules, name)
    if (found !== null) found.ob_refcnt++
    return found
  }
  const found = PyObject_GetItem(modules, name)
  if (found === null && PyErr_ExceptionMatches(PyExc_KeyError)) PyErr_Clear()
  return found
}

/** BORROWED module of that name in sys.modules, created empty when missing. */
export function PyImport_AddModule(name: string, make: (name: PyObject) => PyObject | null): PyObject | null {
  const key = PyUnicode_InternFromString(name)
  let module = PyDict_GetItemWithError(_PyRuntime.modules, key)
  if (module === null && PyErr_Occurred() === null) {
    module = make(key)
    if (module !== null) {
      PyDict_SetItem(_PyRuntime.modules, key, module)
      Py_DECREF(module)
    }
  }
  Py_DECREF(key)
  return module
}

/** NEW reference to a module, imported by its absolute name; for C code. */
export function PyImport_ImportModule(name: string): PyObject | null {
  const key = PyUnicode_FromString(name)
  const module = PyImport_Import(key)
  Py_DECREF(key)
  return module
}

/** The same for a name that is an object: a call of `__import__`, of a program's own too. Null with an exception set. */
export function PyImport_Import(name: PyObject): PyObject | null {
  const frame = currentCompleteFrame(_PyRuntime.tstate)
  const own = frame === null ? null : PyDict_GetItemWithError(frame.f_builtins, _Py_ID('__import__'))
  const nothing = PyList_New(0)
  let result: PyObject | null = null
  if (own !== null && own !== _PyRuntime.importFunc) {
    const zero = PyLong_FromLong(0)
    result = PyObject_Vectorcall(own, [name, frame!.f_globals, frame!.f_globals, nothing, zero], 5, null)
    Py_DECREF(zero)
  } else if (!_Py_EnterRecursiveCall(' while calling a Python object')) {
    result = PyImport_ImportModuleLevelObject(name, null, null, nothing, 0)
    _Py_LeaveRecursiveCall()
  }
  Py_DECREF(nothing)
  if (result === null) return null
  // The result is the top package: the module itself is in sys.modules then.
  Py_DECREF(result)
  const module = PyImport_GetModule(name)
  if (module === null && PyErr_Occurred() === null) PyErr_SetObject(PyExc_KeyError, name)
  return module
}

/** Waits for (or just checks) a module found in sys.modules. Mirrors import_ensure_initialized: 0, or -1. */
function ensureInitialized(module: PyObject, name: PyObject): number {
  const spec = _PyObject_LookupAttr(module, _Py_ID('__spec__'))
  if (spec === null) return PyErr_Occurred() !== null ? -1 : 0
  const initializing = PyObject_IsTrueAttribute(spec, '_initializing')
  Py_DECREF(spec)
  if (initializing === 0) return 0
  const done = PyObject_CallMethodOneArg(_PyRuntime.importlib!, _Py_ID('_lock_unlock_module'), name)
  if (done === null) return -1
  Py_DECREF(done)
  return 0
}

/** The absolute name of a relative import. NEW, or null. Mirrors resolve_name. */
function resolveName(name: PyObject, globals: PyObject | null, level: number): PyObject | null {
  if (globals === null) {
    PyErr_SetString(PyExc_KeyError, "'__name__' not in globals")
    return null
  }
  let pkg = PyDict_GetItemWithError(globals, _Py_ID('__package__'))
  const spec = PyDict_GetItemWithError(globals, _Py_ID('__spec__'))
  if (pkg !== null && pkg !== Py_None) {
    pkg.ob_refcnt++
    if (!PyUnicode_Check(pkg)) {
      PyErr_SetString(PyExc_TypeError, 'package must be a string')
      return Py_DECREF(pkg), null
    }
  } else if (spec !== null && spec !== Py_None) {
    pkg = PyObject_GetAttr(spec, _Py_ID('parent'))
    if (pkg === null) return null
    if (!PyUnicode_Check(pkg)) {
      PyErr_SetString(PyExc_TypeError, '__spec__.parent must be a string')
      return Py_DECREF(pkg), null
    }
  } else {
    if (PyErr_WarnEx(PyExc_ImportWarning,
      "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__") < 0) return null
    const own = PyDict_GetItemWithError(globals, _Py_ID('__name__'))
    if (own === null || !PyUnicode_Check(own)) {
      if (own === null) PyErr_SetString(PyExc_KeyError, "'__name__' not in globals")
      else PyErr_SetString(PyExc_TypeError, '__name__ must be a string')
      return null
    }
    const isPackage = PyDict_GetItemWithError(globals, _Py_ID('__path__')) !== null
    pkg = PyUnicode_FromString(isPackage ? text(own) : text(own).slice(0, Math.max(text(own).lastIndexOf('.'), 0)))
  }
  const base = text(pkg)
  Py_DECREF(pkg)
  if (base === '') {
    PyErr_SetString(PyExc_ImportError, 'attempted relative import with no known parent package')
    return null
  }
  let end = base.length
  for (let up = 1; up < level; up++) {
    end = base.lastIndexOf('.', end - 1)
    if (end < 0) {
      PyErr_SetString(PyExc_ImportError, 'attempted relative import beyond top-level package')
      return null
    }
  }
  const front = base.slice(0, end)
  return unicodeFromText(text(name) === '' ? front : `${front}.${text(name)}`)
}

/** `__import__`. Mirrors PyImport_ImportModuleLevelObject. NEW reference, or null. */
export function PyImport_ImportModuleLevelObject(
  name: PyObject, globals: PyObject | null, locals: PyObject | null, fromlist: PyObject | null, level: number,
): PyObject | null {
  void locals
  if (!PyUnicode_Check(name)) {
    PyErr_SetString(PyExc_TypeError, 'module name must be a string')
    return null
  }
  if (level < 0) {
    PyErr_SetString(PyExc_ValueError, 'level must be >= 0')
    return null
  }
  let absolute: PyObject
  if (level > 0) {
    const resolved = resolveName(name, globals, level)
    if (resolved === null) return null
    absolute = resolved
  } else {
    if (text(name).length === 0) {
      PyErr_SetString(PyExc_ValueError, 'Empty module name')
      return null
    }
    name.ob_refcnt++
    absolute = name
  }
  const result = importAbsolute(absolute, name, fromlist, level)
  Py_DECREF(absolute)
  return result
}

function importAbsolute(absolute: PyObject, name: PyObject, fromlist: PyObject | null, level: number): PyObject | null {
  let module = PyImport_GetModule(absolute)
  if (module === null && PyErr_Occurred() !== null) return null
  if (module !== null && module !== Py_None) {
    if (ensureInitialized(module, absolute) < 0) return Py_DECREF(module), null
  } else {
    Py_XDECREF(module)
    module = findAndLoad(absolute)
    if (module === null) return null
  }
  let hasFrom = 0
  if (fromlist !== null && fromlist !== Py_None) {
    hasFrom = PyObject_IsTrue(fromlist)
    if (hasFrom < 0) return Py_DECREF(module), null
  }
  if (hasFrom === 0) {
    const full = text(name)
    if (level !== 0 && full.length === 0) return module
    const dot = full.indexOf('.')
    if (dot < 0) return module
    if (level === 0) {
      Py_DECREF(module)
      const front = PyUnicode_FromString(full.slice(0, dot))
      const top = PyImport_ImportModuleLevelObject(front, null, null, null, 0)
      Py_DECREF(front)
      return top
    }
    const abs = text(absolute)
    const key = PyUnicode_FromString(abs.slice(0, abs.length - (full.length - dot)))
    Py_DECREF(module)
    const top = PyImport_GetModule(key)
    if (top === null && PyErr_Occurred() === null) PyErr_Format(PyExc_KeyError, `'${text(key)}' not in sys.modules as expected`)
    Py_DECREF(key)
    return top
  }
  const path = _PyObject_LookupAttr(module, _Py_ID('__path__'))
  if (path === null) return PyErr_Occurred() !== null ? (Py_DECREF(module), null) : module
  Py_DECREF(path)
  const importFunc = _PyRuntime.importFunc!
  const handle = PyObject_GetAttr(_PyRuntime.importlib!, _Py_ID('_handle_fromlist'))
  if (handle === null) return Py_DECREF(module), null
  const result = PyObject_Vectorcall(handle, [module, fromlist!, importFunc], 3, null)
  Py_DECREF(handle)
  Py_DECREF(module)
  return result
}

/** importlib._bootstrap._find_and_load(name, __import__); its own frames are cut from tracebacks (remove_importlib_frames). */
function findAndLoad(absolute: PyObject): PyObject | null {
  const importlib = _PyRuntime.importlib
  if (importlib === null) {
    PyErr_Format(PyExc_ImportError, `Molt: '${text(absolute)}' is imported before importlib runs`)
    return null
  }
  // The audit event looks its arguments up by C strings, heard by nobody or not.
  for (const attribute of ['path', 'meta_path', 'path_hooks']) Py_DECREF(PyUnicode_FromString(attribute))
  const find = PyObject_GetAttr(importlib, _Py_ID('_find_and_load'))
  if (find === null) return null
  const module = PyObject_Vectorcall(find, [absolute, _PyRuntime.importFunc!], 2, null)
  Py_DECREF(find)
  if (module === null) removeImportlibFrames()
  return module
}

/** Mirrors remove_importlib_frames: chunks of importlib frames that end in _call_with_frames_removed, or all for ImportError. */
function removeImportlibFrames(): void {
  const tstate = _PyRuntime.tstate
  const always = PyErr_ExceptionMatches(PyExc_ImportError)
  interface Link { get(): PyObject | null, set(tb: PyObject | null): void }
  const holder: Link = {
    get: () => tstate.curexc_traceback,
    set: tb => { tstate.curexc_traceback = tb },
  }
  let link: Link = holder
  let outer: Link | null = null
  let tb = link.get()
  let inImportlib = false
  while (tb !== null) {
    const node = tb
    const code = node.v.tb_frame.v.f_frame.code
    const file = text(code.co_filename)
    const now = file === '<frozen importlib._bootstrap>' || file === '<frozen importlib._bootstrap_external>'
    if (now && !inImportlib) outer = link
    inImportlib = now
    if (inImportlib && (always || text(code.co_name) === '_call_with_frames_removed')) {
      const next = node.v.tb_next as PyObject | null
      if (next !== null) next.ob_refcnt++
      const dropped = outer!.get()
      outer!.set(next)
      Py_XDECREF(dropped)
      link = outer!
    } else {
      link = { get: () => node.v.tb_next as PyObject | null, set: t => { node.v.tb_next = t } }
    }
    tb = link.get()
  }
}

