// From source text to a Python code object: the parser and compiler behind compile(), exec() and the importer, with
// their errors turned into Python exceptions and their warnings issued.
import { compile } from '../compiler/compile'
import { CompilerException } from '../compiler/errors'
import { PyObject_Vectorcall } from '../objects/call'
import type { PyCodeObject } from '../objects/codeobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_SetObject, PyErr_SetString, PyErr_WarnExplicit } from '../objects/errors'
import {
  PyExc_DeprecationWarning, PyExc_IndentationError, PyExc_MemoryError, PyExc_OverflowError, PyExc_RecursionError,
  PyExc_SyntaxError, PyExc_SyntaxWarning, PyExc_SystemError, PyExc_TabError, PyExc_TypeError, PyExc_ValueError,
} from '../objects/exceptions'
import { Py_DECREF, type PyObject, type PyTypeObject } from '../objects/object'
import { PyLong_FromLong } from '../objects/longobject'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_FromString, _Py_ID } from '../objects/unicodeobject'
import { CO_FUTURE_BARRY_AS_BDFL } from '../compiler/flags'
import type { CodeObject } from '../bytecode/code'
import type * as ast from '../syntax/nodes'
import { parse } from '../syntax/parser'
import type { SourceOrigin } from '../syntax/source'
import { ParserStackOverflow, PythonSyntaxError, type SyntaxWarningRecord } from '../syntax/syntax-error'
import { _PyRuntime } from '../objects/runtime'
import { loadCode } from '../vm/load-code'
import { CompileReplay } from './compile-memory'
import { ParserMemory } from './parser-memory'
import { sourceLines } from '../vm/source-lines'

/** The memory of a compilation that the running program asks for; null while the interpreter starts. */
export const newParserMemory = (): ParserMemory | null => _PyRuntime.running ? new ParserMemory() : null

export type CompileMode = 'exec' | 'eval' | 'single'

/** Sets the Python exception for an error of the parser or compiler; throws on what is none. Returns null. */
export function raiseCompileError(error: unknown): null {
  if (error instanceof WarningRaised) return null
  if (error instanceof PythonSyntaxError) return raiseSyntaxError(error)
  if (error instanceof ParserStackOverflow) return PyErr_SetString(PyExc_MemoryError, error.message)
  if (error instanceof CompilerException) {
    const type = { SystemError: PyExc_SystemError, RecursionError: PyExc_RecursionError, ValueError: PyExc_ValueError,
      TypeError: PyExc_TypeError, OverflowError: PyExc_OverflowError, MemoryError: PyExc_MemoryError }[error.pythonType as string] ?? PyExc_SystemError
    return PyErr_SetString(type, error.message)
  }
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return PyErr_SetString(PyExc_RecursionError, 'maximum recursion depth exceeded during compilation')
  }
  throw error
}

function raiseSyntaxError(e: PythonSyntaxError): null {
  const type = e.kind === 'IndentationError' ? PyExc_IndentationError : e.kind === 'TabError' ? PyExc_TabError : PyExc_SyntaxError
  // What is wrong with the file as a whole is only said, without the file's name.
  if (e.lineno === null) return PyErr_SetString(type, e.msg)
  const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
  const int = (n: number | null): PyObject => (n === null ? none() : PyLong_FromLong(n))
  const place = PyTuple_FromArray([
    PyUnicode_FromString(e.filename), int(e.lineno), int(e.offset),
    e.text === null ? none() : PyUnicode_FromString(e.text), ...(e.end_lineno === null ? [] : [int(e.end_lineno), int(e.end_offset)]),
  ], true)
  const message = PyUnicode_FromString(e.msg)
  const exception = PyObject_Vectorcall(type, [message, place], 2, null)
  Py_DECREF(message)
  Py_DECREF(place)
  if (exception !== null) {
    PyErr_SetObject(type, exception)
    Py_DECREF(exception)
  }
  return null
}

/** An exception is set that a warning became and that is no SyntaxError. */
class WarningRaised extends Error {}

/** Issues a warning; true: filters make it an error, a SyntaxError then. Mirrors compiler_warn. */
function becomesError(category: PyTypeObject, message: string, filename: string, lineno: number): boolean {
  if (PyErr_WarnExplicit(category, message, filename, lineno, null) === 0) return false
  if (!PyErr_ExceptionMatches(category)) throw new WarningRaised()
  PyErr_Clear()
  return true
}

/** Issues what the parser noted; throws what a warning became. */
function issue(records: readonly SyntaxWarningRecord[], filename: string): void {
  for (const { category, message, lineno } of records) {
    const type = category === 'DeprecationWarning' ? PyExc_DeprecationWarning : PyExc_SyntaxWarning
    if (!becomesError(type, message, filename, lineno)) continue
    const place = { lineno, offset: null, end_lineno: null, end_offset: null, text: programText(filename, lineno) }
    throw new PythonSyntaxError('SyntaxError', message, filename, place)
  }
}

/** The tree of a source; null with an exception set. */
export function parseSource(
  source: string | Uint8Array, filename: string, mode: CompileMode | 'func_type', flags: number, origin?: SourceOrigin,
): ast.mod | null {
  const warnings: SyntaxWarningRecord[] = []
  try {
    const tree = parse(source, filename, mode as CompileMode, { warnings, flufl: (flags & CO_FUTURE_BARRY_AS_BDFL) !== 0, ...(origin && { origin }) })
    issue(warnings, filename)
    return tree
  } catch (error) {
    return raiseCompileError(error)
  }
}

/** A line of a program's file, with its end; null where it cannot be read. */
function programText(filename: string, lineno: number): string | null {
  const line = filename.startsWith('<') ? undefined : sourceLines(filename)?.[lineno - 1]
  return line === undefined ? null : `${line}\n`
}

/** NEW code object; a failing compilation gives its memory back. */
function compileWatched(filename: PyObject, run: (replay: CompileReplay) => CodeObject): PyCodeObject {
  const replay = new CompileReplay(filename)
  let code: CodeObject
  try {
    code = run(replay)
  } catch (error) {
    replay.abandon()
    throw error
  }
  return replay.finish(code)
}

/** NEW code object, or null with an exception set. `fileObject`: the str that the program gave for the file name. */
export function compileTree(
  tree: ast.mod, filename: string, mode: CompileMode, flags: number, optimize: number, fileObject: PyObject | null = null,
): PyCodeObject | null {
  try {
    const onWarning = (message: string, lineno: number): boolean => becomesError(PyExc_SyntaxWarning, message, filename, lineno)
    if (!_PyRuntime.running) return loadCode(compile(tree, filename, mode, flags, optimize, onWarning))
    return compileWatched(fileObject ?? _Py_ID(filename), replay => compile(tree, filename, mode, flags, optimize, onWarning, undefined, replay))
  } catch (error) {
    // The compiler has no text: its errors show the file's (PyErr_ProgramTextObject).
    if (error instanceof PythonSyntaxError && error.lineno !== null) error.text ??= programText(filename, error.lineno)
    return raiseCompileError(error)
  }
}

export function compileSource(
  source: string | Uint8Array, filename: string, mode: CompileMode, flags: number, optimize: number, origin?: SourceOrigin,
  memory: ParserMemory | null = null, fileObject: PyObject | null = null,
): PyCodeObject | null {
  const tree = parseSource(source, filename, mode, flags, origin)
  if (tree === null) return null
  memory?.parse(source, mode)
  return compileTree(tree, filename, mode, flags, optimize, fileObject)
}

