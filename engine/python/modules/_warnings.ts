// _warnings: issuing warnings, filters, once registries. Python/_warnings.c. Once the Python module `warnings` is imported
// its own filters, default action and showwarning are used; before that the ones kept here.
import { PyObject_Vectorcall } from '../objects/call'
import { PyDict_Check, PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyDict_Keys } from '../objects/dict-lists'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetObject, PyErr_SetString, PyErr_WriteUnraisable, errorHooks } from '../objects/errors'
import { PyExc_RuntimeError, PyExc_RuntimeWarning, PyExc_TypeError, PyExc_UserWarning, PyExc_ValueError, PyExc_Warning,
  PyExc_DeprecationWarning, PyExc_ImportWarning, PyExc_PendingDeprecationWarning, PyExc_ResourceWarning,
} from '../objects/exceptions'
import { PyFile_WriteString } from '../objects/fileobject'
import { currentCompleteFrame, frameLine, type InterpreterFrame } from '../objects/frameobject'
import { ArgParser } from '../objects/arg-parser'
import { _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyList_FromArraySteal } from '../objects/listobject'
import { PyLong_AsInt, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, Py_DECREF, Py_XDECREF, type PyMethodDef, type PyObject, type PyTypeObject } from '../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue, PyObject_Str, PyType_Check, _PyObject_LookupAttr } from '../objects/object-protocol'
import { PyObject_IsInstance, PyObject_IsSubclass } from '../objects/abstract'
import type { GenData } from '../objects/genobject'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { PyTuple_Check, PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_InternFromString, _Py_ID } from '../objects/unicodeobject'
import { sourceLines } from '../vm/source-lines'
import { _PySys_GetAttr } from './sysmodule'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)
const none = (): PyObject => ref(Py_None)
const text = PyUnicode_AsString

interface State { filters: PyObject, once: PyObject, defaultAction: PyObject, version: number }
let state: State

function filter(category: PyObject, action: string, module: string | null): PyObject {
  return PyTuple_FromArray([
    PyUnicode_InternFromString(action), none(), ref(category), module === null ? none() : PyUnicode_InternFromString(module), PyLong_FromLong(0),
  ])
}

/** The attribute of the Python module `warnings`, if it has been imported. BORROWED. */
function fromModule(name: string): PyObject | null {
  const module = PyDict_GetItemWithError(_PyRuntime.modules, _Py_ID('warnings'))
  if (module === null) return null
  const found = _PyObject_LookupAttr(module, _Py_ID(name))
  if (found === null) return PyErr_Clear(), null
  Py_DECREF(found)
  return found
}

/** Does a filter's pattern (None, a str that must be equal, or a compiled regex) match? -1 on error. */
function matches(pattern: PyObject, value: PyObject): number {
  if (pattern === Py_None) return 1
  if (PyUnicode_Check(pattern)) return text(pattern) === text(value) ? 1 : 0
  const match = PyObject_GetAttr(pattern, _Py_ID('match'))
  if (match === null) return -1
  const result = PyObject_Vectorcall(match, [value], 1, null)
  Py_DECREF(match)
  if (result === null) return -1
  const truth = PyObject_IsTrue(result)
  Py_DECREF(result)
  return truth
}

/** The action of the first filter that fits; null with an exception set. */
function actionFor(category: PyObject, message: PyObject, lineno: number, module: PyObject): string | null {
  const filters = fromModule('filters') ?? state.filters
  for (const item of [...filters.v.ob_item as PyObject[]]) {
    if (!PyTuple_Check(item) || item.v.length !== 5) return PyErr_Format(PyExc_ValueError, "warnings.filters item isn't a 5-tuple")
    const [action, msg, cat, mod, line] = item.v as [PyObject, PyObject, PyObject, PyObject, PyObject]
    const m = matches(msg, message)
    if (m < 0) return null
    const n = matches(mod, module)
    if (n < 0) return null
    const is = PyObject_IsSubclass(category, cat)
    if (is < 0) return null
    const at = line.v as number
    if (m > 0 && n > 0 && is > 0 && (at === 0 || at === lineno)) return text(action)
  }
  return text(fromModule('defaultaction') ?? state.defaultAction)
}

/** True if the key was warned about already; enters it. */
function alreadyWarned(registry: PyObject, key: PyObject, enter: boolean): boolean {
  const version = PyDict_GetItemWithError(registry, _Py_ID('version'))
  if (version === null || version.v !== state.version) {
    for (const k of dictKeys(registry)) {
      PyDict_DelItem(registry, k)
      Py_DECREF(k)
    }
    const v = PyLong_FromLong(state.version)
    PyDict_SetItem(registry, _Py_ID('version'), v)
    Py_DECREF(v)
  } else {
    const known = PyDict_GetItemWithError(registry, key)
    if (known !== null && PyObject_IsTrue(known) > 0) return true
  }
  if (enter) {
    const one = PyLong_FromLong(1)
    PyDict_SetItem(registry, key, one)
    Py_DECREF(one)
  }
  return false
}

function dictKeys(dict: PyObject): PyObject[] {
  const list = PyDict_Keys(dict)
  const keys = (list.v.ob_item as PyObject[]).map(ref)
  Py_DECREF(list)
  return keys
}

/** Prints a warning as the C code does before `warnings` is imported. */
function show(filename: string, lineno: number, message: string, category: PyObject, source: string | null): void {
  const stderr = _PySys_GetAttr('stderr')
  if (stderr === null || stderr === Py_None) return
  PyFile_WriteString(`${filename}:${lineno}: ${(category as PyTypeObject).tp_name.replace(/^.*\./, '')}: ${message}\n`, stderr)
  const line = source ?? sourceLines(filename)?.[lineno - 1] ?? null
  if (line !== null && line.trim() !== '') PyFile_WriteString(`  ${line.trim()}\n`, stderr)
  PyErr_Clear()
}

/** Issues one warning: 0, or -1 with an exception set. Mirrors warn_explicit. Borrows everything. */
function warnExplicit(
  category: PyObject | null, message: PyObject, filename: string, lineno: number, module: PyObject | null, registry: PyObject | null,
  source: PyObject | null,
): number {
  const isInstance = PyObject_IsInstance(message, PyExc_Warning)
  if (isInstance < 0) return -1
  let text_: PyObject | null
  let instance: PyObject | null
  let cat: PyObject
  if (isInstance > 0) {
    text_ = PyObject_Str(message)
    instance = ref(message)
    cat = message.ob_type
  } else {
    text_ = ref(message)
    cat = category!
    instance = PyObject_Vectorcall(cat, [message], 1, null)
  }
  if (text_ === null || instance === null) return -1
  const name = module ?? PyUnicode_FromString(filename.replace(/\.py$/, '') || '<unknown>')
  const finish = (result: number): number => {
    Py_DECREF(text_)
    Py_DECREF(instance)
    if (module === null) Py_DECREF(name)
    return result
  }
  const line = PyLong_FromLong(lineno)
  const key = PyTuple_FromArray([ref(text_), ref(cat), line])
  const done = (result: number): number => {
    Py_DECREF(key)
    return finish(result)
  }
  if (registry !== null && registry !== Py_None && alreadyWarned(registry, key, false)) return done(0)
  const action = actionFor(cat, text_, lineno, name)
  if (action === null) return done(-1)
  if (action === 'error') {
    PyErr_SetObject(cat, instance)
    return done(-1)
  }
  if (action === 'ignore') return done(0)
  let known = false
  const store = registry === Py_None ? null : registry
  if (action === 'once') {
    const once = fromModule('onceregistry') ?? state.once
    const short = PyTuple_FromArray([ref(text_), ref(cat)])
    known = alreadyWarned(store ?? once, short, true)
    Py_DECREF(short)
  } else if (action === 'module') {
    if (store !== null) {
      const zero = PyTuple_FromArray([ref(text_), ref(cat), PyLong_FromLong(0)])
      known = alreadyWarned(store, zero, true)
      Py_DECREF(zero)
    }
  } else if (action === 'default') {
    if (store !== null) known = alreadyWarned(store, key, true)
  } else if (action !== 'always') {
    PyErr_Format(PyExc_RuntimeError, `Unrecognized action (${action}) in warnings.filters:\n ${action}`)
    return done(-1)
  }
  if (known) return done(0)
  const shower = fromModule('_showwarnmsg')
  if (shower === null) {
    show(filename, lineno, text(text_), cat, null)
    return done(0)
  }
  const type = fromModule('WarningMessage')
  const file = PyUnicode_FromString(filename)
  const args = [instance, cat, file, PyLong_FromLong(lineno), none(), none(), source === null ? none() : ref(source)]
  const warnmsg = type === null ? null : PyObject_Vectorcall(type, args, 7, null)
  Py_DECREF(file)
  for (const a of args.slice(3)) Py_DECREF(a)
  if (warnmsg === null) return done(-1)
  const result = PyObject_Vectorcall(shower, [warnmsg], 1, null)
  Py_DECREF(warnmsg)
  if (result === null) return done(-1)
  Py_DECREF(result)
  return done(0)
}

/** Frames of importlib are skipped when a warning looks for its place. */
function isInternal(frame: InterpreterFrame): boolean {
  const name = text(frame.code.co_filename)
  return name.includes('importlib') && name.includes('_bootstrap')
}

function outer(frame: InterpreterFrame | null): InterpreterFrame | null {
  let f = frame === null ? null : frame.previous
  while (f !== null && isInternal(f)) f = f.previous
  return f
}

/** warn(): the place is the caller's, `stackLevel` frames up. 0 or -1. */
function doWarn(message: PyObject, category: PyObject | null, stackLevel: number, source: PyObject | null): number {
  let cat = category
  if (PyObject_IsInstance(message, PyExc_Warning) > 0) cat = message.ob_type
  else if (cat === null || cat === Py_None) cat = PyExc_UserWarning
  if (!PyType_Check(cat) || PyObject_IsSubclass(cat, PyExc_Warning) <= 0) {
    PyErr_Format(PyExc_TypeError, `category must be a Warning subclass, not '${cat.ob_type.tp_name}'`)
    return -1
  }
  let frame = currentCompleteFrame(_PyRuntime.tstate)
  if (stackLevel <= 0 || (frame !== null && isInternal(frame))) for (let n = stackLevel; --n > 0 && frame !== null;) frame = frame.previous
  else for (let n = stackLevel; --n > 0 && frame !== null;) frame = outer(frame)
  let globals = _PyRuntime.sysdict
  let filename = 'sys'
  let lineno = 1
  if (frame !== null) {
    globals = frame.f_globals
    filename = text(frame.code.co_filename)
    lineno = frameLine(frame)
  }
  let registry = PyDict_GetItemWithError(globals, _Py_ID('__warningregistry__'))
  if (registry === null) {
    registry = PyDict_New()
    PyDict_SetItem(globals, _Py_ID('__warningregistry__'), registry)
    Py_DECREF(registry)
  }
  const name = PyDict_GetItemWithError(globals, _Py_ID('__name__'))
  const module = name !== null && PyUnicode_Check(name) ? ref(name) : PyUnicode_FromString('<string>')
  const result = warnExplicit(cat, message, filename, lineno, module, registry, source)
  Py_DECREF(module)
  return result
}

const warnParser = new ArgParser('warn', ['message', 'category', 'stacklevel', 'source'])

function warn(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, warnParser, 1, 4, 0)
  if (given === null) return null
  let level = 1
  if (given[2] !== null && given[2] !== undefined) {
    level = PyLong_AsInt(given[2])
    if (level === -1 && PyErr_Occurred() !== null) return null
  }
  return doWarn(given[0]!, given[1] ?? null, level, given[3] ?? null) < 0 ? null : none()
}

const explicitParser = new ArgParser('warn_explicit', ['message', 'category', 'filename', 'lineno', 'module', 'registry', 'module_globals', 'source'])

function warn_explicit(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, explicitParser, 4, 8, 0)
  if (given === null) return null
  const [message, category, filename, lineno, module, registry] = given
  const line = PyLong_AsInt(lineno!)
  if (line === -1 && PyErr_Occurred() !== null) return null
  if (registry !== null && registry !== undefined && registry !== Py_None && !PyDict_Check(registry)) {
    return PyErr_SetString(PyExc_TypeError, "'registry' must be a dict or None")
  }
  return warnExplicit(category!, message!, text(filename!), line, module ?? null, registry ?? null, given[7] ?? null) < 0 ? null : none()
}

const methods: PyMethodDef[] = [
  { ml_name: 'warn', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: warn, signature: '($module, /, message, category=None, stacklevel=1, source=None)' },
  { ml_name: 'warn_explicit', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: warn_explicit },
  { ml_name: '_filters_mutated', ml_flags: METH_NOARGS, ml_meth: () => (state.version++, none()) },
]

/** A coroutine that dies without having been awaited: RuntimeWarning, by the Python module if it can. Leaves no exception. */
export function warnUnawaited(coroutine: PyObject): void {
  const python = fromModule('_warn_unawaited_coroutine')
  if (python !== null) {
    const result = PyObject_Vectorcall(python, [coroutine], 1, null)
    const warned = result !== null || PyErr_ExceptionMatches(PyExc_RuntimeWarning)
    Py_XDECREF(result)
    if (PyErr_Occurred() !== null) PyErr_WriteUnraisable(coroutine)
    if (warned) return
  }
  const message = PyUnicode_FromString(`coroutine '${text((coroutine.v as GenData).gi_qualname)}' was never awaited`)
  if (doWarn(message, PyExc_RuntimeWarning, 1, coroutine) < 0) PyErr_WriteUnraisable(coroutine)
  Py_DECREF(message)
}

/** Default filters and the hooks of errors.ts; part of start-up. */
export function initWarnings(): void {
  state = {
    filters: PyList_FromArraySteal([
      filter(PyExc_DeprecationWarning, 'default', '__main__'), filter(PyExc_DeprecationWarning, 'ignore', null),
      filter(PyExc_PendingDeprecationWarning, 'ignore', null), filter(PyExc_ImportWarning, 'ignore', null),
      filter(PyExc_ResourceWarning, 'ignore', null),
    ]),
    once: PyDict_New(), defaultAction: PyUnicode_InternFromString('default'), version: 0,
  }
  errorHooks.warn = (category, message, level) => doWarn(message, category, level, null)
  errorHooks.warnExplicit = (category, message, filename, lineno, module) => {
    const m = PyUnicode_FromString(message)
    const name = module === null ? null : PyUnicode_FromString(module)
    const result = warnExplicit(category, m, filename, lineno, name, null, null)
    Py_DECREF(m)
    Py_XDECREF(name)
    return result
  }
}

export function PyInit__warnings(): PyObject | null {
  const module = PyModule_Create('_warnings', methods)
  if (module === null) return null
  PyModule_AddObjectRef(module, 'filters', state.filters)
  PyModule_AddObjectRef(module, '_onceregistry', state.once)
  PyModule_AddObjectRef(module, '_defaultaction', state.defaultAction)
  return module
}

