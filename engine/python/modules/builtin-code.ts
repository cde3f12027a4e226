// compile, eval and exec.
import { PyMapping_Check } from '../objects/abstract'
import { PyCell_Check } from '../objects/cellobject'
import { PyCode_Check, type CodeData, type PyCodeObject } from '../objects/codeobject'
import { PyDict_Check, PyDict_GetItemWithError, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_SystemError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { currentCompleteFrame } from '../objects/frameobject'
import { _PyFrame_FastToLocals } from '../objects/frame-attributes'
import { ArgParser } from '../objects/arg-parser'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyLong_AsInt } from '../objects/longobject'
import { PyBytes_AsBytes, PyBytes_Check } from '../objects/bytesobject'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes } from '../objects/memoryobject'
import { METH_FASTCALL, METH_KEYWORDS, Py_DECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { PyObject_IsTrue } from '../objects/object-protocol'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { PyTuple_CheckExact } from '../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_FromString, _Py_ID } from '../objects/unicodeobject'
import { PyAST_Check, astFromObject, astToObject } from './_ast'
import { compileSource, compileTree, newParserMemory, parseSource, type CompileMode } from './compile-source'
import { PyCF_ALLOW_TOP_LEVEL_AWAIT, PyCF_MASK, PyCF_ONLY_AST, PyCF_TYPE_COMMENTS, PyCF_DONT_IMPLY_DEDENT, PyCF_ALLOW_INCOMPLETE_INPUT } from '../compiler/flags'
import { PyEval_EvalCode } from '../vm/call-frame'
import { PySys_Audit } from './sysmodule'
import { PyOS_FSPathText } from './fspath'
import { precompiled } from './stdlib-cache'
import { loadCode } from '../vm/load-code'

export type { CompileMode }

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

/** The source text (or bytes) of a compile/eval/exec argument; null with an exception set. */
export function sourceOf(o: PyObject, fname: string, what: string): string | Uint8Array | null {
  if (PyUnicode_Check(o)) return PyUnicode_AsString(o)
  if (PyBytes_Check(o)) return PyBytes_AsBytes(o)
  if (PyObject_CheckBuffer(o)) {
    const view = PyObject_GetBufferBytes(o)
    if (view === null) return null
    const bytes = view.bytes.slice()
    PyBuffer_Release(view)
    return bytes
  }
  return PyErr_Format(PyExc_TypeError, `${fname}() arg 1 must be a ${what} object`)
}

/** The future flags of the calling code, PyEval_MergeCompilerFlags. */
function inheritedFlags(): number {
  const frame = currentCompleteFrame(_PyRuntime.tstate)
  return frame === null ? 0 : frame.code.co_flags & PyCF_MASK
}

const MODES = ['exec', 'eval', 'single', 'func_type'] as const
const compileParser = new ArgParser('compile', ['source', 'filename', 'mode', 'flags', 'dont_inherit', 'optimize', '_feature_version'])
const KNOWN_FLAGS = PyCF_MASK | PyCF_ONLY_AST | PyCF_TYPE_COMMENTS | PyCF_ALLOW_TOP_LEVEL_AWAIT | PyCF_DONT_IMPLY_DEDENT
  | PyCF_ALLOW_INCOMPLETE_INPUT

/**
 * Forgets that compile() was called with keywords: CPython's importer reads compiled modules, ours compiles them. Only the
 * canonical start does this.
 */
export function forgetCompileKeywords(): void {
  if (compileParser.kwtuple !== null) Py_DECREF(compileParser.kwtuple)
  compileParser.kwtuple = null
}

function builtin_compile(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, compileParser, 3, 6, 0)
  if (given === null) return null
  const filename = PyOS_FSPathText(given[1]!)
  if (filename === null) return null
  const fileObject = PyUnicode_CheckExact(given[1]!) ? given[1]! : null
  if (!PyUnicode_Check(given[2]!)) {
    return PyErr_Format(PyExc_TypeError, `compile() argument 'mode' must be str, not ${given[2]!.ob_type.tp_name}`)
  }
  const mode = PyUnicode_AsString(given[2]!)
  const numbers: number[] = [0, 0, -1, -1]
  for (let i = 3; i < 7; i++) {
    const o = given[i] ?? null
    if (o === null) continue
    numbers[i - 3] = i === 4 ? PyObject_IsTrue(o) : PyLong_AsInt(o)
    if (numbers[i - 3] === -1 && PyErr_Occurred() !== null) return null
  }
  let [flags, dontInherit, optimize] = numbers as [number, number, number]
  if ((flags & ~KNOWN_FLAGS) !== 0) return PyErr_SetString(PyExc_ValueError, 'compile(): unrecognised flags')
  if (optimize < -1 || optimize > 2) return PyErr_SetString(PyExc_ValueError, 'compile(): invalid optimize value')
  if (dontInherit === 0) flags |= inheritedFlags()
  if (optimize < 0) optimize = _PyRuntime.optimize
  if (!(MODES as readonly string[]).includes(mode)) {
    return PyErr_SetString(PyExc_ValueError, (flags & PyCF_ONLY_AST) !== 0
      ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'" : "compile() mode must be 'exec', 'eval' or 'single'")
  }
  if (mode === 'func_type' && (flags & PyCF_ONLY_AST) === 0) {
    return PyErr_SetString(PyExc_ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST")
  }
  const source = given[0]!
  const isTree = PyAST_Check(source)
  if (isTree < 0) return null
  if (isTree > 0) {
    if ((flags & PyCF_ONLY_AST) !== 0) return ref(source)
    const tree = astFromObject(source, mode as CompileMode)
    if (tree === null) return null
    const memory = newParserMemory()
    memory?.adopt(tree)
    const code = compileTree(tree, filename, mode as CompileMode, flags, optimize, fileObject)
    memory?.free()
    return code
  }
  const text = sourceOf(source, 'compile', 'string, bytes or AST')
  if (text === null) return null
  if (PySys_Audit('compile') < 0) return null
  if ((flags & PyCF_ONLY_AST) !== 0) {
    const memory = newParserMemory()
    const tree = parseSource(text, filename, mode as CompileMode, flags)
    if (tree !== null) memory?.parse(text, mode as CompileMode)
    const made = tree === null ? null : astToObject(tree)
    memory?.free()
    return made
  }
  // A module of the standard library was compiled when Molt was built.
  if (mode === 'exec' && optimize === 0) {
    const ready = precompiled(filename, text.length)
    if (ready !== null) return loadCode(ready)
  }
  const memory = newParserMemory()
  const code = compileSource(text, filename, mode as CompileMode, flags, optimize, undefined, memory, fileObject)
  memory?.free()
  return code
}

/** Globals and locals of eval and exec: borrowed pair, or null with an exception set. */
function namespaces(fname: 'eval' | 'exec', globals: PyObject, locals: PyObject): [PyObject, PyObject] | null {
  if (globals === Py_None) {
    const frame = currentCompleteFrame(_PyRuntime.tstate)
    if (frame === null) {
      return PyErr_SetString(PyExc_SystemError, 'globals and locals cannot be NULL')
    }
    globals = frame.f_globals
    if (locals === Py_None) {
      if (_PyFrame_FastToLocals(frame) < 0) return null
      locals = frame.f_locals!
    }
  } else if (locals === Py_None) locals = globals
  if (!PyDict_Check(globals)) {
    return PyErr_Format(PyExc_TypeError, fname === 'eval'
      ? (PyMapping_Check(globals) ? 'globals must be a real dict; try eval(code, {}, mapping)' : 'globals must be a dict')
      : `exec() globals must be a dict, not ${globals.ob_type.tp_name}`)
  }
  if (!PyMapping_Check(locals)) {
    return PyErr_Format(PyExc_TypeError, fname === 'eval' ? 'locals must be a mapping'
      : `locals must be a mapping or None, not ${locals.ob_type.tp_name}`)
  }
  if (PyDict_GetItemWithError(globals, _Py_ID('__builtins__')) === null) {
    if (PyErr_Occurred() !== null || PyDict_SetItem(globals, _Py_ID('__builtins__'), currentBuiltins()) !== 0) return null
  }
  return [globals, locals]
}

function currentBuiltins(): PyObject {
  return currentCompleteFrame(_PyRuntime.tstate)?.f_builtins ?? _PyRuntime.builtins
}

/** The builtins dict that code run in `globals` sees, _PyEval_BuiltinsFromGlobals. BORROWED. */
export function builtinsOf(globals: PyObject): PyObject {
  const found = PyDict_GetItemWithError(globals, _Py_ID('__builtins__'))
  if (found === null) return _PyRuntime.builtins
  return PyDict_Check(found) ? found : found.dict as PyObject
}

function builtin_eval(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('eval', nargs, 1, 3)) return null
  const spaces = namespaces('eval', nargs > 1 ? args[1]! : Py_None, nargs > 2 ? args[2]! : Py_None)
  if (spaces === null) return null
  const source = args[0]!
  if (PyCode_Check(source)) {
    if ((source.v as CodeData).nfreevars > 0) {
      return PyErr_SetString(PyExc_TypeError, 'code object passed to eval() may not contain free variables')
    }
    return PyEval_EvalCode(source, spaces[0], spaces[1], builtinsOf(spaces[0]))
  }
  let text = sourceOf(source, 'eval', 'string, bytes or code')
  if (text === null) return null
  if (typeof text === 'string') text = text.replace(/^[ \t]+/, '')
  const memory = newParserMemory()
  const code = compileSource(text, '<string>', 'eval', inheritedFlags(), _PyRuntime.optimize, undefined, memory)
  const result = code === null ? null : runCode(code, spaces)
  memory?.free()
  return result
}

/** Runs and drops the code of a text. Mirrors run_mod and run_eval_code_obj. */
function runCode(code: PyCodeObject, [globals, locals]: [PyObject, PyObject]): PyObject | null {
  // The builtins are looked up by a C string.
  Py_DECREF(PyUnicode_FromString('__builtins__'))
  const result = PyEval_EvalCode(code, globals, locals, builtinsOf(globals))
  Py_DECREF(code)
  return result
}

const execParser = new ArgParser('exec', ['', '', '', 'closure'])

function builtin_exec(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, execParser, 1, 3, 0)
  if (given === null) return null
  const spaces = namespaces('exec', given[1] ?? Py_None, given[2] ?? Py_None)
  if (spaces === null) return null
  const source = given[0]!
  const closure = given[3] === Py_None ? null : given[3] ?? null
  let code: PyCodeObject
  if (PyCode_Check(source)) {
    const free = (source.v as CodeData).nfreevars
    if (free === 0) {
      if (closure !== null) return PyErr_SetString(PyExc_TypeError, 'cannot use a closure with this code object')
    } else {
      const fits = closure !== null && PyTuple_CheckExact(closure) && closure.v.length === free && closure.v.every(PyCell_Check)
      if (!fits) return PyErr_Format(PyExc_TypeError, `code object requires a closure of exactly length ${free}`)
    }
    code = ref(source) as PyCodeObject
  } else {
    if (closure !== null) return PyErr_SetString(PyExc_TypeError, 'closure can only be used when source is a code object')
    const text = sourceOf(source, 'exec', 'string, bytes or code')
    if (text === null) return null
    const memory = newParserMemory()
    const made = compileSource(text, '<string>', 'exec', inheritedFlags(), _PyRuntime.optimize, undefined, memory)
    const result = made === null ? null : runCode(made, spaces)
    memory?.free()
    if (result === null) return null
    Py_DECREF(result)
    return none()
  }
  const result = PyEval_EvalCode(code, spaces[0], spaces[1], builtinsOf(spaces[0]), closure)
  Py_DECREF(code)
  if (result === null) return null
  Py_DECREF(result)
  return none()
}

export const codeFunctions: PyMethodDef[] = [
  { ml_name: 'compile', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: builtin_compile, signature: '($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)' },
  { ml_name: 'eval', ml_flags: METH_FASTCALL, ml_meth: builtin_eval, signature: '($module, source, globals=None, locals=None, /)' },
  { ml_name: 'exec', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: builtin_exec, signature: '($module, source, globals=None, locals=None, /, *, closure=None)' },
]

