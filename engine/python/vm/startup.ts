// Starting and ending an interpreter: Python/pylifecycle.c.
//
// Order as in CPython: runtime state, static objects, types, exceptions, builtins, sys, importlib (the library's own
// _bootstrap.py), encodings, the standard streams, `__main__`. Then the canonical start (seal.ts) where figures shall be
// comparable, and the program.
import { SimulatedProcess, type ProcessOptions } from '../../memory/process'
import type { EventSink } from '../../memory/event-sink'
import { setHashSeed } from '../lib/sip-hash'
import { PyCodec_Lookup } from '../objects/codecs'
import { PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyDict_Copy } from '../objects/dict-merge'
import { PyErr_Clear, PyErr_Fetch, PyErr_NormalizeException, PyErr_Occurred, PyErr_RestoreFetched, errorHooks } from '../objects/errors'
import {
  PyExc_KeyboardInterrupt, PyExc_SystemExit, PyException_GetTraceback, PyException_SetTraceback, PyExceptionInstance_Check,
} from '../objects/exceptions'
import { PyLong_Check, PyLong_FromLong } from '../objects/longobject'
import { PyList_Insert } from '../objects/listobject'
import { PyModule_GetDict, PyModule_NewObject } from '../objects/moduleobject'
import { Py_DECREF, Py_XDECREF, type PyObject, type PyTypeObject } from '../objects/object'
import { PyObject_GetAttr, PyObject_Str, protocolHooks } from '../objects/object-protocol'
import { forgetFreeLists } from '../objects/objimpl'
import { PyType_ClearCache } from '../objects/typeobject'
import { PyObject_CallMethodNoArgs, PyObject_Vectorcall } from '../objects/call'
import { RuntimeState, _PyRuntime, type HostIo } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { reduceHooks } from '../objects/object-reduce'
import { initTypes } from '../objects/type-list'
import { typeHooks } from '../objects/type-new'
import { initStaticStrings, internOwnCharacter, PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_InternFromString, _Py_ID } from '../objects/unicodeobject'
import { decodeSource } from '../syntax/source'
import { compileSource } from '../modules/compile-source'
import { builtinsOf, forgetCompileKeywords } from '../modules/builtin-code'
import { createBuiltins } from '../modules/builtins-module'
import { registerBuiltinModules } from '../modules/index'
import { inittab, PyImport_ImportModule } from '../modules/import'
import { PySys_SetObject, _PySys_Create, _PySys_GetAttr, initSys, type SysConfig } from '../modules/sysmodule'
import { frozenModule } from '../modules/_imp'
import { setFileSystem } from '../modules/file-system'
import { DYNLOAD, PREFIX, STDLIB } from '../modules/library-paths'
import type { VirtualFileSystem } from '../modules/vfs'
import { PyFile_WriteString } from '../objects/fileobject'
import { initGcLists } from '../modules/gcmodule'
import { gcHost } from '../objects/gc-host'
import { flushStreams } from './finalize'
import { PyEval_EvalCode, _PyFunction_Vectorcall } from './call-frame'
import { displayException } from './display-error'
import { writeUnraisable } from './unraisable'
import { evalHooks } from './hooks'
import { runMainThread } from './threads'
import { functionHooks } from '../objects/funcobject'
import { _PyFrame_FastToLocals } from '../objects/frame-attributes'
import { currentCompleteFrame, frameLine } from '../objects/frameobject'
import { registerSource, setSourceReader } from './source-lines'
import { initWarnings, warnUnawaited } from '../modules/_warnings'
import { createStandardStreams } from '../modules/_io'
import type { PyCodeObject } from '../objects/codeobject'

export interface StartOptions {
  sys: SysConfig
  io: HostIo
  fs: VirtualFileSystem
  memory: Partial<ProcessOptions>
  sink?: EventSink
  hashSeed: number
  optimize: number
  /** Write-through standard output, as `python -u`. */
  unbuffered: boolean
}

/** Characters whose interned string is not the static one, see facts on identity: names of C statics in CPython. */
const OWN_CHARACTERS = 'BCLSTabcdefhijklmnopqrstvwxy_'

/** Makes the interpreter of this realm ready to run code. Throws when that fails: a fault of ours. */
export function startInterpreter(options: StartOptions): void {
  const { fs } = options
  if (fs.stat(STDLIB) !== null && fs.stat(DYNLOAD) === null) fs.mkdir(DYNLOAD)
  placeExecutable(fs, options.sys.executable)
  const sys = startCore(options)
  check(initImportlib(sys), 'importlib')
  check(initZipimport(), 'zipimport')
  for (const name of ['encodings', '_signal', 'io']) {
    const module = PyImport_ImportModule(name)
    check(module !== null, name)
    Py_DECREF(module!)
    // Looked up for the names of files, before anything is opened (init_fs_encoding).
    if (name === 'encodings') {
      const utf8 = PyCodec_Lookup('utf-8')
      check(utf8 !== null, 'the codec of file names')
      Py_DECREF(utf8!)
    }
  }
  check(createStandardStreams(options.unbuffered), 'the standard streams')
  if (options.sys.site) check(addSiteBuiltins(), 'the builtins of site')
  _PyRuntime.process.gc.enabled = true
}

/**
 * quit, exit and help, without the rest of site: it would import os and what that needs, which a script that wants it does.
 * DIFFERS: site itself is not imported; copyright, credits and license are missing.
 */
function addSiteBuiltins(): boolean {
  const module = PyImport_ImportModule('_sitebuiltins')
  if (module === null) return false
  for (const name of ['quit', 'exit', 'help']) {
    const type = PyObject_GetAttr(module, _Py_ID(name === 'help' ? '_Helper' : 'Quitter'))
    if (type === null) return false
    const args = name === 'help' ? [] : [PyUnicode_InternFromString(name), PyUnicode_FromString('Ctrl-D (i.e. EOF)')]
    const made = PyObject_Vectorcall(type, args, args.length, null)
    Py_DECREF(type)
    args.forEach(Py_DECREF)
    if (made === null) return false
    PyDict_SetItem(_PyRuntime.builtins, _Py_ID(name), made)
    Py_DECREF(made)
  }
  Py_DECREF(module)
  return true
}

/** The file that sys.executable names: platform.libc_ver() looks into it for the C library. */
function placeExecutable(fs: VirtualFileSystem, path: string): void {
  const folder = path.slice(0, path.lastIndexOf('/'))
  if (fs.stat(PREFIX) === null || fs.stat(path) !== null) return
  if (fs.stat(folder) === null) fs.mkdir(folder)
  fs.write(path, new TextEncoder().encode('\x7fELF\0GLIBC_2.36\0'))
}

/** Everything before the first import: objects, types, builtins, sys. Returns the module sys. Tests of objects need no more. */
export function startCore(options: StartOptions): PyObject {
  const rt = _PyRuntime
  Object.assign(rt, new RuntimeState())
  rt.process = new SimulatedProcess<PyObject>(options.memory, options.sink)
  forgetFreeLists()
  rt.io = options.io
  rt.optimize = options.optimize
  setHashSeed(options.hashSeed)
  setFileSystem(options.fs)
  setSourceReader(path => {
    try {
      return textOf(options.fs.read(options.fs.resolve(path)), path)
    } catch {
      return null
    }
  })
  rt.process.gc.host = gcHost
  rt.process.gc.enabled = false
  initStaticStrings()
  for (const c of OWN_CHARACTERS) internOwnCharacter(c)
  initTypes()
  installHooks()
  rt.modules = PyDict_New()
  registerBuiltinModules()
  // The interpreter keeps both modules and their dicts until it ends (interp->modules_by_index, sysdict, builtins).
  const sys = _PySys_Create()
  const builtins = createBuiltins()
  rt.sysdict.ob_refcnt++
  rt.endHooks.push(() => {
    Py_DECREF(sys)
    Py_DECREF(builtins)
  })
  rt.builtins = PyModule_GetDict(builtins)
  rt.builtins.ob_refcnt++
  rt.builtinsCopy = PyDict_Copy(rt.builtins)
  for (const [name, module] of [['sys', sys], ['builtins', builtins]] as const) {
    PyDict_SetItem(rt.modules, PyUnicode_InternFromString(name), module)
  }
  PySys_SetObject('modules', rt.modules)
  rt.importFunc = PyDict_GetItemWithError(rt.builtins, _Py_ID('__import__'))
  initSys(options.sys)
  initWarnings()
  initGcLists()
  return sys
}

/** Turns a failure of start-up into a fault of ours that says what the Python error was. */
function check(ok: boolean, what: string): void {
  if (ok && PyErr_Occurred() === null) return
  const e = PyErr_Fetch()
  let said = 'no exception'
  if (e.type !== null) {
    PyErr_NormalizeException(e)
    const str = e.value === null ? null : PyObject_Str(e.value)
    said = `${(e.type as PyTypeObject).tp_name}: ${str === null ? '?' : PyUnicode_AsString(str)}`
    for (let tb = e.traceback; tb !== null; tb = tb.v.tb_next as PyObject | null) {
      const frame = tb.v.tb_frame.v.f_frame
      said += `\n  at ${PyUnicode_AsString(frame.code.co_filename)}:${frameLine(frame)} in ${PyUnicode_AsString(frame.code.co_name)}`
    }
  }
  throw new Error(`Molt: start-up failed in ${what}: ${said}`)
}

function installHooks(): void {
  evalHooks.intObject = PyLong_FromLong
  evalHooks.lineNumber = frame => PyLong_FromLong(frameLine(frame))
  evalHooks.getTraceback = PyException_GetTraceback
  evalHooks.warnUnawaited = warnUnawaited
  functionHooks.vectorcall = _PyFunction_Vectorcall
  functionHooks.builtinsOf = builtinsOf
  protocolHooks.getLocals = () => {
    const frame = currentCompleteFrame(_PyRuntime.tstate)
    if (frame === null || _PyFrame_FastToLocals(frame) < 0) return null
    frame.f_locals!.ob_refcnt++
    return frame.f_locals
  }
  typeHooks.getGlobals = () => currentCompleteFrame(_PyRuntime.tstate)?.f_globals ?? null
  reduceHooks.importModule = PyImport_ImportModule
  errorHooks.writeUnraisable = writeUnraisable
  _PyRuntime.typeModule = type => {
    const module = type.tp_dict === null || type.ht_name === null ? null : PyDict_GetItemWithError(type.tp_dict, _Py_ID('__module__'))
    if (module !== null && PyUnicode_Check(module)) return PyUnicode_AsString(module)
    const dot = type.tp_name.lastIndexOf('.')
    return dot >= 0 ? type.tp_name.slice(0, dot) : 'builtins'
  }
}

/** Runs importlib/_bootstrap.py as `_frozen_importlib` and installs its importers. Mirrors init_importlib. */
function initImportlib(sys: PyObject): boolean {
  const rt = _PyRuntime
  const bootstrap = frozenModule('_frozen_importlib')
  if (bootstrap === null) return false
  bootstrap.ob_refcnt++
  rt.importlib = bootstrap
  const imp = inittab.get('_imp')!()
  if (imp === null) return false
  PyDict_SetItem(rt.modules, PyUnicode_InternFromString('_imp'), imp)
  const install = PyObject_GetAttr(bootstrap, _Py_ID('_install'))
  if (install === null) return false
  const done = PyObject_Vectorcall(install, [sys, imp], 2, null)
  Py_DECREF(install)
  if (done === null) return false
  Py_DECREF(done)
  const external = PyObject_CallMethodNoArgs(bootstrap, _Py_ID('_install_external_importers'))
  if (external === null) return false
  Py_DECREF(external)
  return true
}

/** Puts zipimport's importer in front of the path hooks. Mirrors init_zipimport. */
function initZipimport(): boolean {
  const module = PyImport_ImportModule('zipimport')
  if (module === null) return false
  const importer = PyObject_GetAttr(module, _Py_ID('zipimporter'))
  Py_DECREF(module)
  const hooks = _PySys_GetAttr('path_hooks')
  if (importer === null || hooks === null) return false
  const done = PyList_Insert(hooks, 0, importer)
  Py_DECREF(importer)
  return done === 0
}

/** What a fresh `__main__` is made of, made before the canonical start so that only the module itself is new. */
interface MainParts {
  loader: PyObject
  file: PyObject | null
}

function prepareMain(fileName: string | null): MainParts {
  for (const name of MAIN_NAMES) _Py_ID(name)
  return { loader: makeLoader(fileName), file: fileName === null ? null : PyUnicode_FromString(fileName) }
}

const MAIN_NAMES = [
  '__main__', '__name__', '__doc__', '__package__', '__loader__', '__spec__', '__annotations__', '__builtins__', '__file__', '__cached__',
]

/** NEW `__main__` module with the names that `python script.py` gives it; STEALS the parts. */
function makeMain(parts: MainParts): PyObject {
  const module = PyModule_NewObject(_Py_ID('__main__'))!
  const dict = PyModule_GetDict(module)
  const set = (name: string, value: PyObject): void => {
    PyDict_SetItem(dict, _Py_ID(name), value)
  }
  set('__loader__', parts.loader)
  set('__spec__', Py_None)
  const annotations = PyDict_New()
  set('__annotations__', annotations)
  Py_DECREF(annotations)
  set('__builtins__', PyDict_GetItemWithError(_PyRuntime.modules, _Py_ID('builtins'))!)
  if (parts.file !== null) {
    set('__file__', parts.file)
    set('__cached__', Py_None)
    Py_DECREF(parts.file)
  }
  Py_DECREF(parts.loader)
  PyDict_SetItem(_PyRuntime.modules, _Py_ID('__main__'), module)
  return module
}

/**
 * NEW `__main__` at the canonical start: everything from before is collected and sealed off, so that what follows does
 * not depend on what start-up did. Counts and statistics of the collector begin at zero.
 */
export function canonicalMain(fileName: string | null): PyObject {
  const { gc } = _PyRuntime.process
  const parts = prepareMain(fileName)
  forgetCompileKeywords()
  gc.collectNoFail()
  gc.collectNoFail()
  PyType_ClearCache()
  _PyRuntime.process.seal()
  const main = makeMain(parts)
  gc.collectNoFail()
  gc.resetStatistics()
  return main
}

function makeLoader(fileName: string | null): PyObject {
  const external = PyDict_GetItemWithError(_PyRuntime.modules, _Py_ID('_frozen_importlib_external'))
  if (_PyRuntime.importlib === null) return Py_None.ob_refcnt++, Py_None
  const cls = fileName === null ? PyObject_GetAttr(_PyRuntime.importlib, _Py_ID('BuiltinImporter'))
    : external === null ? null : PyObject_GetAttr(external, _Py_ID('SourceFileLoader'))
  if (cls === null || fileName === null) return cls ?? Py_None
  const name = PyUnicode_FromString(fileName)
  const loader = PyObject_Vectorcall(cls, [_Py_ID('__main__'), name], 2, null)
  Py_DECREF(name)
  Py_DECREF(cls)
  return loader ?? Py_None
}

/** Compiles a program and keeps its text for tracebacks. NEW code, or null with an exception set. */
export function compileProgram(source: string | Uint8Array, fileName: string): PyCodeObject | null {
  registerSource(fileName, textOf(source, fileName))
  return compileSource(source, fileName, 'exec', 0, _PyRuntime.optimize, typeof source === 'string' ? 'text' : 'script')
}

/** A source as text, for showing: in its declared encoding if that can be. */
function textOf(source: string | Uint8Array, fileName: string): string {
  try {
    return decodeSource(source, fileName, 'script').text
  } catch {
    return typeof source === 'string' ? source : new TextDecoder().decode(source)
  }
}

/** Runs code as the body of `__main__`. NEW result, or null with an exception set; STEALS module and code. */
export function runBody(main: PyObject, code: PyCodeObject): PyObject | null {
  const dict = PyModule_GetDict(main)
  const result = runMainThread(() => PyEval_EvalCode(code, dict, dict, builtinsOf(dict)))
  Py_DECREF(code)
  Py_DECREF(main)
  return result
}

/** The same, with what comes after: the exit status python would end with. */
export function runMain(main: PyObject, code: PyCodeObject): number {
  const result = runBody(main, code)
  if (result !== null) {
    Py_DECREF(result)
    flushStreams()
    return 0
  }
  return reportUncaught()
}

/** Prints the exception that is set, or acts on SystemExit: the exit status. Mirrors PyErr_PrintEx and handle_system_exit. */
export function reportUncaught(): number {
  const e = PyErr_Fetch()
  PyErr_NormalizeException(e)
  const value = e.value!
  if (PyExceptionInstance_Check(value)) PyException_SetTraceback(value, e.traceback ?? Py_None)
  if (value.ob_type.mro.includes(PyExc_SystemExit)) {
    flushStreams()
    const status = exitStatus(value)
    Py_XDECREF(e.type)
    Py_XDECREF(value)
    Py_XDECREF(e.traceback)
    return status
  }
  const said = PyObject_Str(value)
  if (said === null) PyErr_Clear()
  _PyRuntime.uncaughtType = e.type
  _PyRuntime.uncaught = `${(e.type as PyTypeObject).tp_name}: ${said === null ? '' : PyUnicode_AsString(said)}`.replace(/: $/, '')
  Py_XDECREF(said)
  for (const [name, o] of [['last_type', e.type], ['last_value', value], ['last_traceback', e.traceback]] as const) {
    PySys_SetObject(name, o ?? Py_None)
  }
  const hook = _PySys_GetAttr('excepthook')
  if (hook === null || hook === Py_None) displayException(value, e.traceback)
  else {
    const done = PyObject_Vectorcall(hook, [e.type!, value, e.traceback ?? Py_None], 3, null)
    if (done !== null) Py_DECREF(done)
    else if (hookExited()) {
      return reportUncaught()
    } else {
      const inner = PyErr_Fetch()
      PyErr_NormalizeException(inner)
      const stderr = _PySys_GetAttr('stderr')
      if (stderr !== null) PyFile_WriteString('Error in sys.excepthook:\n', stderr)
      displayException(inner.value!, inner.traceback)
      if (stderr !== null) PyFile_WriteString('\nOriginal exception was:\n', stderr)
      displayException(value, e.traceback)
      for (const o of [inner.type, inner.value, inner.traceback]) Py_XDECREF(o)
    }
  }
  flushStreams()
  Py_XDECREF(e.type)
  Py_XDECREF(value)
  Py_XDECREF(e.traceback)
  return _PyRuntime.uncaughtType === PyExc_KeyboardInterrupt ? INTERRUPTED : 1
}

function hookExited(): boolean {
  const e = PyErr_Fetch()
  const exited = e.type !== null && (e.type as PyTypeObject).mro.includes(PyExc_SystemExit)
  PyErr_RestoreFetched(e)
  return exited
}

/** What the shell sees of a program that ended by Ctrl+C. */
export const INTERRUPTED = 130

/** What SystemExit(code) means to the shell; a text goes to stderr. */
function exitStatus(value: PyObject): number {
  const code = PyObject_GetAttr(value, _Py_ID('code'))
  if (code === null) {
    PyErr_Clear()
    return 1
  }
  let status = 1
  if (code === Py_None) status = 0
  else if (PyLong_Check(code)) {
    // PyLong_AsLong of what is no C long is -1.
    const given = BigInt(code.v)
    status = given === BigInt.asIntN(64, given) ? Number(BigInt.asUintN(8, given)) : 255
  } else {
    const stderr = _PySys_GetAttr('stderr')
    const str = PyObject_Str(code)
    if (str === null) PyErr_Clear()
    const said = str === null ? '\n' : `${PyUnicode_AsString(str)}\n`
    if (stderr === null || stderr === Py_None) _PyRuntime.io.write(2, new TextEncoder().encode(said))
    else if (PyFile_WriteString(said, stderr) < 0) PyErr_Clear()
    Py_XDECREF(str)
    flushStreams()
  }
  Py_DECREF(code)
  return status
}
