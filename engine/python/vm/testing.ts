// For tests that run Python code without the library: an interpreter with builtins and sys, whose `print` is caught.
//
// Scripts find a few names more among the builtins, so that they need no import: `_ref`, `_proxy` (weakref), `_wcount`
// (weakref.getweakrefcount), `_ReferenceType`, `_Namespace` (types.SimpleNamespace), `_GenericAlias`, `_gc` (gc.collect),
// `_blocks` (sys.getallocatedblocks).
import { applyStartState, startStateFor } from '../../host/oracle/start-state'
import { compileSource } from '../modules/compile-source'
import { builtinsOf } from '../modules/builtin-code'
import { VirtualFileSystem } from '../modules/vfs'
import { PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Clear, PyErr_Fetch, PyErr_NormalizeException, errorHooks } from '../objects/errors'
import { frameLine } from '../objects/frameobject'
import { gcHost } from '../objects/gc-host'
import { Py_GenericAliasType } from '../objects/genericaliasobject'
import { PyLong_FromLong } from '../objects/longobject'
import { PyCFunction_NewEx } from '../objects/methodobject'
import { PyModule_GetDict, PyModule_NewObject } from '../objects/moduleobject'
import { _PyNamespace_Type } from '../objects/namespaceobject'
import { METH_FASTCALL, METH_KEYWORDS, Py_DECREF, Py_XDECREF, type FastFunction, type PyObject, type PyTypeObject } from '../objects/object'
import { PyObject_Repr, PyObject_Str } from '../objects/object-protocol'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { PyUnicode_AsString, PyUnicode_InternFromString, _Py_ID } from '../objects/unicodeobject'
import {
  PyWeakref_NewProxy, PyWeakref_NewRef, _PyWeakref_GetWeakrefCount, _PyWeakref_RefType,
} from '../objects/weakrefobject'
import { PyEval_EvalCode } from './call-frame'
import { startCore } from './startup'

let printed = ''

function textOf(o: PyObject | null): string {
  if (o === null) return '<error>'
  const text = PyUnicode_AsString(o)
  Py_DECREF(o)
  return text
}

function addBuiltins(): void {
  const set = (name: string, o: PyObject): void => {
    const key = PyUnicode_InternFromString(name)
    PyDict_SetItem(_PyRuntime.builtins, key, o)
    Py_DECREF(key)
  }
  const define = (name: string, f: FastFunction): void =>
    set(name, PyCFunction_NewEx({ ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: f }, null, null))
  define('print', (_self, args, n) => {
    const parts: string[] = []
    for (let i = 0; i < n; i++) {
      const text = PyObject_Str(args[i]!)
      if (text === null) return null
      parts.push(textOf(text))
    }
    printed += `${parts.join(' ')}\n`
    Py_None.ob_refcnt++
    return Py_None
  })
  define('_ref', (_self, args, n) => PyWeakref_NewRef(args[0]!, n > 1 ? args[1]! : null))
  define('_proxy', (_self, args) => PyWeakref_NewProxy(args[0]!, null))
  define('_wcount', (_self, args) => PyLong_FromLong(_PyWeakref_GetWeakrefCount(args[0]!.weaklist)))
  define('_gc', () => PyLong_FromLong(_PyRuntime.process.gc.collect(2)))
  define('_blocks', () => PyLong_FromLong(allocations.live))
  set('_ReferenceType', _PyWeakref_RefType)
  set('_Namespace', _PyNamespace_Type)
  set('_GenericAlias', Py_GenericAliasType)
}

/** Fresh interpreter without a library. */
export function startForTest(): void {
  startCore({
    sys: { argv: ['x.py'], path: [], prefix: '/usr', executable: '/usr/bin/python3', hashSeed: 0, site: false },
    io: { write: () => true, read: () => new Uint8Array(0), isatty: () => false },
    fs: new VirtualFileSystem([], () => 0),
    memory: {}, hashSeed: 0, optimize: 0, unbuffered: true,
  })
  countAllocations()
  addBuiltins()
  errorHooks.writeUnraisable = message => {
    const e = PyErr_Fetch()
    PyErr_NormalizeException(e)
    printed += `UNRAISABLE ${message ?? ''} ${textOf(PyObject_Repr(e.value))}\n`
    Py_XDECREF(e.type)
    Py_XDECREF(e.value)
    Py_XDECREF(e.traceback)
  }
  giveModuleRepr()
  // The tables of subclasses are as full as in CPython.
  applyStartState(startStateFor([])!)
}

/** Modules are shown by importlib; this stands in for it. */
function giveModuleRepr(): void {
  const module = PyModule_NewObject(PyUnicode_InternFromString('importlib'))
  _PyRuntime.importlib = module
  runIn(module, 'def _module_repr(m):\n try: return \'<module %r>\' % m.__name__\n except AttributeError: return "<module \'?\'>"\n')
}

function runIn(module: PyObject, source: string): boolean {
  const code = compileSource(source, 'test.py', 'exec', 0, 0)
  if (code === null) return false
  const dict = PyModule_GetDict(module)
  const result = PyEval_EvalCode(code, dict, dict, builtinsOf(dict))
  Py_DECREF(code)
  if (result === null) return false
  Py_DECREF(result)
  return true
}

function report(): void {
  const e = PyErr_Fetch()
  PyErr_NormalizeException(e)
  const lines: number[] = []
  for (let tb = e.traceback; tb !== null; tb = tb.v.tb_next as PyObject | null) lines.push(frameLine(tb.v.tb_frame.v.f_frame))
  printed += `UNCAUGHT ${(e.type as PyTypeObject).tp_name}: ${textOf(PyObject_Str(e.value))} lines ${lines.join(' ')}\n`
  PyErr_Clear()
}

/** A new `__main__` with the nine names and the table that CPython gives it. */
function newMain(): PyObject {
  const module = PyModule_NewObject(PyUnicode_InternFromString('__main__'))
  const dict = PyModule_GetDict(module)
  const annotations = PyDict_New()
  PyDict_SetItem(dict, _Py_ID('__annotations__'), annotations)
  Py_DECREF(annotations)
  PyDict_SetItem(dict, _Py_ID('__builtins__'), PyDict_GetItemWithError(_PyRuntime.modules, _Py_ID('builtins'))!)
  for (const name of ['__file__', '__cached__']) PyDict_SetItem(dict, _Py_ID(name), Py_None)
  PyDict_SetItem(_PyRuntime.modules, _Py_ID('__main__'), module)
  return module
}

/** Runs a script and returns the allocator's calls on each of its lines. */
export function allocationsOf(source: string): Map<number, string> {
  allocations.log = []
  printed = ''
  const main = newMain()
  const code = compileSource(source, 'test.py', 'exec', 0, 0)
  if (code === null) throw new Error('syntax error')
  gcHost.clearFreeLists()
  allocations.recording = true
  const result = PyEval_EvalCode(code, PyModule_GetDict(main), PyModule_GetDict(main), _PyRuntime.builtins)
  allocations.recording = false
  if (result === null) report()
  const byLine = new Map<number, string>()
  for (const [line, call] of allocations.log) byLine.set(line, byLine.has(line) ? `${byLine.get(line)} ${call}` : call)
  return byLine
}

/** Runs a script and returns what it printed; addresses are shown as 0xADDR. An uncaught exception is its last line. */
export function runForTest(source: string): string {
  printed = ''
  const main = newMain()
  gcHost.clearFreeLists()
  if (!runIn(main, source)) report()
  return printed.replaceAll(/0x[0-9a-f]+/g, '0xADDR')
}

// ---- allocations -------------------------------------------------------------------------------------------------------

/** Calls of the allocator while `recording`: script line and `+size`, `~size` (to) or `-`. */
export const allocations: { live: number, recording: boolean, log: [line: number, call: string][] } =
  { live: 0, recording: false, log: [] }

function note(call: string): void {
  if (!allocations.recording) return
  const { frame } = _PyRuntime.tstate
  const line = frame === null ? 0 : frameLine(frame)
  allocations.log.push([line < 0 ? frame!.code.firstlineno : line, call])
}

/** Puts itself between objects and the allocator. */
function countAllocations(): void {
  const memory = _PyRuntime.process.obmalloc
  const { malloc, free, realloc } = memory
  // realloc calls the other two.
  let nested = false
  allocations.live = 0
  memory.malloc = (bytes, domain, tag) => {
    const block = malloc.call(memory, bytes, domain, tag)
    if (nested) return block
    allocations.live++
    note(`+${bytes}`)
    return block
  }
  memory.realloc = (block, bytes, domain, tag) => {
    nested = true
    const moved = realloc.call(memory, block, bytes, domain, tag)
    nested = false
    note(`~${bytes}`)
    return moved
  }
  memory.free = (block, domain) => {
    if (!nested) {
      allocations.live--
      note('-')
    }
    free.call(memory, block, domain)
  }
}
