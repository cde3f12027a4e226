// Ending an interpreter: Py_FinalizeEx, Python/pylifecycle.c.
//
// First what the program still has to say (threads are joined, atexit's functions run), then the teardown, in which the
// objects that modules hold die one by one in CPython's order: finalizers run, and see ever less of the world.
import { DICT_ENTRY, PyDict_Clear, PyDict_GetItemWithError, PyDict_Next, PyDict_SetItem } from '../objects/dictobject'
import { PyDict_Update } from '../objects/dict-merge'
import { PyErr_Clear, PyErr_Fetch, PyErr_RestoreFetched, PyErr_WriteUnraisable } from '../objects/errors'
import { PyList_Append, PyList_New } from '../objects/listobject'
import { PyModule_Check, PyModule_GetDict } from '../objects/moduleobject'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../objects/object'
import { PyObject_CallMethodNoArgs } from '../objects/call'
import { _PyRuntime, type ThreadState } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { _PySlice_Fini } from '../objects/sliceobject'
import { clearSubclassTables } from '../objects/type-list'
import { PyType_ClearCache } from '../objects/typeobject'
import { PyTuple_Pack } from '../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_InternFromString, releaseIdentifiers, _Py_ID } from '../objects/unicodeobject'
import { PyWeakref_GET_OBJECT, PyWeakref_NewRef } from '../objects/weakrefobject'
import { _PySys_GetAttr } from '../modules/sysmodule'

/** Flushes sys.stdout and sys.stderr, ignoring errors. */
export function flushStreams(): void {
  const saved = PyErr_Fetch()
  for (const name of ['stdout', 'stderr']) {
    const stream = _PySys_GetAttr(name)
    if (stream === null || stream === Py_None) continue
    const done = PyObject_CallMethodNoArgs(stream, _Py_ID('flush'))
    if (done === null) PyErr_Clear()
    else Py_DECREF(done)
  }
  PyErr_RestoreFetched(saved)
}

/** What comes after the program while everything still stands: threading._shutdown, atexit, flush. */
export function endProgram(): void {
  const threading = PyDict_GetItemWithError(_PyRuntime.modules, _Py_ID('threading'))
  if (threading !== null) {
    const done = PyObject_CallMethodNoArgs(threading, _Py_ID('_shutdown'))
    if (done === null) PyErr_WriteUnraisable(threading)
    else Py_DECREF(done)
  }
  const atexit = PyDict_GetItemWithError(_PyRuntime.modules, _Py_ID('atexit'))
  if (atexit !== null) {
    const done = PyObject_CallMethodNoArgs(atexit, _Py_ID('_run_exitfuncs'))
    if (done === null) PyErr_Clear()
    else Py_DECREF(done)
  }
  flushStreams()
}

/** Takes the program apart. Mirrors the collections and finalize_modules of Py_FinalizeEx. */
export function finalizeInterpreter(): void {
  const rt = _PyRuntime
  const { gc } = rt.process
  rt.finalizing = true
  if (gc.enabled) gc.collect(2)
  deleteSpecial()
  const survivors = removeModules(rt.modules)
  PyDict_Clear(rt.modules)
  restoreBuiltins()
  gc.collectNoFail()
  clearSurvivors(survivors)
  _PyModule_ClearDict(rt.sysdict)
  _PyModule_ClearDict(rt.builtins)
  PyDict_Clear(rt.modules)
  gc.collectNoFail()
  flushStreams()
  clearInterpreter()
}

/** What a thread that ends holds. */
export function PyThreadState_Clear(t: ThreadState): void {
  const held = [t.dict, t.async_exc, t.c_profilefunc, t.c_tracefunc, t.async_gen_firstiter, t.async_gen_finalizer, t.context]
  t.dict = t.async_exc = t.c_profilefunc = t.c_tracefunc = t.async_gen_firstiter = t.async_gen_finalizer = t.context = null
  held.forEach(Py_XDECREF)
}

/** What the threads and the interpreter itself hold. Mirrors interpreter_clear. */
function clearInterpreter(): void {
  const rt = _PyRuntime
  rt.threads.forEach(PyThreadState_Clear)
  for (const clear of rt.endHooks) clear()
  rt.endHooks.length = 0
  for (const o of [rt.modules, rt.sysdict, rt.builtins, rt.builtinsCopy, rt.importlib]) Py_XDECREF(o)
  rt.builtinsCopy = rt.importlib = null
  rt.process.gc.collectNoFail()
  clearSubclassTables()
  _PySlice_Fini()
  PyType_ClearCache()
  releaseIdentifiers()
}

const SPECIAL_OF_SYS = [
  'path', 'argv', 'ps1', 'ps2', 'last_type', 'last_value', 'last_traceback', 'path_hooks', 'path_importer_cache', 'meta_path',
  '__interactivehook__',
]

/** Common hiding places of a program's values go first; the streams are the original ones again. Mirrors finalize_modules_delete_special. */
function deleteSpecial(): void {
  const { sysdict, builtins } = _PyRuntime
  setName(builtins, '_', Py_None)
  for (const name of SPECIAL_OF_SYS) setName(sysdict, name, Py_None)
  for (const name of ['stdin', 'stdout', 'stderr']) {
    const original = PyDict_GetItemWithError(sysdict, _Py_ID(`__${name}__`))
    setName(sysdict, name, original ?? Py_None)
  }
}

function setName(dict: PyObject, name: string, value: PyObject): void {
  const key = PyUnicode_InternFromString(name)
  if (PyDict_SetItem(dict, key, value) < 0) PyErr_WriteUnraisable(null)
  Py_DECREF(key)
}

/** Keys and values of a dict, NEW references. */
function pairsOf(dict: PyObject): [PyObject, PyObject][] {
  const pairs: [PyObject, PyObject][] = []
  for (let pos = PyDict_Next(dict, 0); pos > 0; pos = PyDict_Next(dict, pos)) {
    const { key, value } = DICT_ENTRY
    key.ob_refcnt++
    value.ob_refcnt++
    pairs.push([key, value])
  }
  return pairs
}

/** Sets every module in sys.modules to None. NEW list of (name, weak reference to the module). Mirrors finalize_remove_modules. */
function removeModules(modules: PyObject): PyObject {
  const weaklist = PyList_New(0)
  for (let pos = PyDict_Next(modules, 0); pos > 0; pos = PyDict_Next(modules, pos)) {
    const { key, value } = DICT_ENTRY
    if (!PyModule_Check(value)) continue
    const ref = PyWeakref_NewRef(value, null)
    if (ref === null) PyErr_Clear()
    else {
      const entry = PyTuple_Pack(key, ref)
      PyList_Append(weaklist, entry)
      Py_DECREF(entry)
      Py_DECREF(ref)
    }
    if (PyDict_SetItem(modules, key, Py_None) < 0) PyErr_WriteUnraisable(null)
  }
  return weaklist
}

/** Whatever the program put into builtins goes. Mirrors finalize_restore_builtins_dict. */
function restoreBuiltins(): void {
  const { builtins, builtinsCopy } = _PyRuntime
  if (builtinsCopy === null) return
  const held = pairsOf(builtins)
  PyDict_Clear(builtins)
  if (PyDict_Update(builtins, builtinsCopy) < 0) PyErr_Clear()
  for (const [key, value] of held) {
    Py_DECREF(key)
    Py_DECREF(value)
  }
}

/** Clears the globals of the modules that still live, last imported first. STEALS the list. Mirrors finalize_modules_clear_weaklist. */
function clearSurvivors(weaklist: PyObject): void {
  const entries = weaklist.v.ob_item as PyObject[]
  for (let i = entries.length - 1; i >= 0; i--) {
    const module = PyWeakref_GET_OBJECT((entries[i]!.v as PyObject[])[1]!)
    if (module === Py_None) continue
    const dict = PyModule_GetDict(module)
    if (dict === _PyRuntime.sysdict || dict === _PyRuntime.builtins) continue
    module.ob_refcnt++
    _PyModule_ClearDict(dict)
    Py_DECREF(module)
  }
  Py_DECREF(weaklist)
}

/** Names with one underscore in front become None first, then all others but `__builtins__`. Mirrors _PyModule_ClearDict. */
function _PyModule_ClearDict(dict: PyObject): void {
  for (const isDue of [isPrivate, (name: string) => name !== '__builtins__']) {
    for (let pos = PyDict_Next(dict, 0); pos > 0; pos = PyDict_Next(dict, pos)) {
      const { key, value } = DICT_ENTRY
      if (value === Py_None || !PyUnicode_Check(key) || !isDue(PyUnicode_AsString(key))) continue
      if (PyDict_SetItem(dict, key, Py_None) !== 0) PyErr_WriteUnraisable(null)
    }
  }
}

const isPrivate = (name: string): boolean => name.startsWith('_') && !name.startsWith('__')
