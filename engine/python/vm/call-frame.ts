// From a call to a frame: arguments to parameters, and the entries through which C code starts Python code.
//
// Mirrors initialize_locals, _PyEvalFramePushAndInit, _PyEval_Vector and PyEval_EvalCode of Python/ceval.c.
import { CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS } from '../bytecode/code'
import type { CodeData, PyCodeObject } from '../objects/codeobject'
import { PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Format, PyErr_Occurred } from '../objects/errors'
import { PyExc_TypeError } from '../objects/exceptions'
import { FRAME_OWNED_BY_THREAD, InterpreterFrame, frameClear } from '../objects/frameobject'
import { PyFunction_FromConstructor, type FunctionData } from '../objects/funcobject'
import { PyList_Append, PyList_New, PyList_SET_ITEM, PyList_SetSlice, type ListData } from '../objects/listobject'
import { Py_DECREF, PyObject, Py_XDECREF } from '../objects/object'
import { PyObject_Repr, PyObject_RichCompareBool } from '../objects/object-protocol'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { PyUnicode_Concat, PyUnicode_Join } from '../objects/unicode-methods'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString } from '../objects/unicodeobject'
import { _PyEval_EvalFrame } from './eval'

/** A frame for a call of `func`, with its storage empty; from the code's pool when there is one. */
export function newFrame(func: PyObject, locals: PyObject | null): InterpreterFrame {
  const f = func.v as FunctionData
  const codeObject = f.func_code as PyCodeObject
  const code = codeObject.v
  let frame = code.framePool.pop()
  if (frame === undefined) frame = new InterpreterFrame(codeObject)
  else {
    frame.pc = -1
    frame.sp = code.nlocalsplus
    frame.context = 0
  }
  func.ob_refcnt++
  codeObject.ob_refcnt++
  frame.f_func = func
  frame.f_globals = f.func_globals
  frame.f_builtins = f.func_builtins
  frame.f_locals = locals
  frame.isEntry = false
  return frame
}

/** The frame of a finished call gives back all it holds; a frame nobody took over returns to its code's pool. */
export function popFrame(frame: InterpreterFrame): void {
  const code = frame.code
  frameClear(frame)
  if (frame.owner === FRAME_OWNED_BY_THREAD) {
    frame.previous = null
    frame.frame_obj = null
    if (code.framePool.length < 256) code.framePool.push(frame)
  }
}

/**
 * Frame for a call, arguments bound to parameters. STEALS args[start..start+nargs) and the keyword values that follow
 * them, and `locals`. Null with an exception set: everything stolen is released.
 */
export function pushAndInit(
  func: PyObject, locals: PyObject | null, args: (PyObject | null)[], start: number, nargs: number, kwnames: PyObject | null,
): InterpreterFrame | null {
  const code = (func.v as FunctionData).func_code!.v as CodeData
  const frame = newFrame(func, locals)
  if (kwnames === null && code.simpleArgs && nargs === code.co_argcount) {
    const storage = frame.localsplus
    for (let i = 0; i < nargs; i++) storage[i] = args[start + i]!
    return frame
  }
  if (initializeLocals(func, code, frame.localsplus, args, start, nargs, kwnames)) return frame
  popFrame(frame)
  return null
}

function dropAll(args: (PyObject | null)[], from: number, to: number): void {
  for (let i = from; i < to; i++) Py_DECREF(args[i]!)
}

/** Mirrors initialize_locals. Steals the arguments whatever the outcome. */
function initializeLocals(
  func: PyObject, code: CodeData, storage: (PyObject | null)[], args: (PyObject | null)[], start: number, nargs: number,
  kwnames: PyObject | null,
): boolean {
  const fn = func.v as FunctionData
  const flags = code.co_flags
  const total = code.co_argcount + code.co_kwonlyargcount
  const kwcount = kwnames === null ? 0 : (kwnames.v as PyObject[]).length
  let kwdict: PyObject | null = null
  let slot = total
  if ((flags & CO_VARKEYWORDS) !== 0) {
    kwdict = PyDict_New()
    if ((flags & CO_VARARGS) !== 0) slot++
    storage[slot] = kwdict
  }
  const simple = nargs > code.co_argcount ? code.co_argcount : nargs
  for (let j = 0; j < simple; j++) storage[j] = args[start + j]!
  if ((flags & CO_VARARGS) !== 0) {
    const rest = new Array<PyObject>(nargs - simple)
    for (let j = simple; j < nargs; j++) rest[j - simple] = args[start + j]!
    // _PyTuple_FromArraySteal
    storage[total] = PyTuple_FromArray(rest, true)
  } else if (nargs > simple) dropAll(args, start + simple, start + nargs)

  for (let i = 0; i < kwcount; i++) {
    const keyword = (kwnames!.v as PyObject[])[i]!
    const value = args[start + nargs + i]!
    const j = findParameter(code, keyword, total)
    if (j === -2) return dropAll(args, start + nargs + i, start + nargs + kwcount), false
    if (j < 0) {
      if (kwdict === null) {
        if (!positionalOnlyPassedAsKeyword(fn, code, kwnames!)) {
          PyErr_Format(PyExc_TypeError, '%U() got an unexpected keyword argument \'%S\'', fn.func_qualname, keyword)
        }
        return dropAll(args, start + nargs + i, start + nargs + kwcount), false
      }
      const failed = PyDict_SetItem(kwdict, keyword, value) === -1
      Py_DECREF(value)
      if (failed) return dropAll(args, start + nargs + i + 1, start + nargs + kwcount), false
      continue
    }
    if (storage[j] !== null) {
      PyErr_Format(PyExc_TypeError, '%U() got multiple values for argument \'%S\'', fn.func_qualname, keyword)
      return dropAll(args, start + nargs + i, start + nargs + kwcount), false
    }
    storage[j] = value
  }
  if (nargs > code.co_argcount && (flags & CO_VARARGS) === 0) {
    tooManyPositional(fn, code, nargs, storage)
    return false
  }
  if (nargs < code.co_argcount) {
    const defaults = fn.func_defaults === null ? [] : fn.func_defaults.v as PyObject[]
    const required = code.co_argcount - defaults.length
    let missing = 0
    for (let i = nargs; i < required; i++) if (storage[i] === null) missing++
    if (missing > 0) {
      missingArguments(fn, code, missing, defaults.length, storage)
      return false
    }
    for (let i = nargs > required ? nargs - required : 0; i < defaults.length; i++) {
      if (storage[required + i] === null) {
        const value = defaults[i]!
        value.ob_refcnt++
        storage[required + i] = value
      }
    }
  }
  if (code.co_kwonlyargcount > 0) {
    let missing = 0
    for (let i = code.co_argcount; i < total; i++) {
      if (storage[i] !== null) continue
      if (fn.func_kwdefaults !== null) {
        const value = PyDict_GetItemWithError(fn.func_kwdefaults, code.localNames[i]!)
        if (value !== null) {
          value.ob_refcnt++
          storage[i] = value
          continue
        }
        if (PyErr_Occurred() !== null) return false
      }
      missing++
    }
    if (missing > 0) {
      missingArguments(fn, code, missing, -1, storage)
      return false
    }
  }
  return true
}

/** Index of the parameter a keyword names; -1 none, -2 error (exception set). Names are compared by identity first. */
function findParameter(code: CodeData, keyword: PyObject, total: number): number {
  const names = code.localNames
  for (let j = code.co_posonlyargcount; j < total; j++) if (names[j] === keyword) return j
  if (!PyUnicode_Check(keyword)) {
    PyErr_Format(PyExc_TypeError, 'keywords must be strings')
    return -2
  }
  for (let j = code.co_posonlyargcount; j < total; j++) {
    const cmp = PyObject_RichCompareBool(keyword, names[j]!, 2)
    if (cmp > 0) return j
    if (cmp < 0) return -2
  }
  return -1
}

/** Error messages are made with CPython's own temporaries: they are seen by tracemalloc. */
function positionalOnlyPassedAsKeyword(fn: FunctionData, code: CodeData, kwnames: PyObject): boolean {
  const wrong = PyList_New(0)
  let found = false
  for (let k = 0; k < code.co_posonlyargcount; k++) {
    const parameter = code.localNames[k]!
    for (const given of kwnames.v as PyObject[]) {
      if (PyUnicode_AsString(given) !== PyUnicode_AsString(parameter)) continue
      PyList_Append(wrong, given)
      found = true
    }
  }
  if (found) {
    const comma = PyUnicode_FromString(', ')
    const names = PyUnicode_Join(comma, wrong)
    Py_DECREF(comma)
    if (names !== null) {
      PyErr_Format(PyExc_TypeError, '%U() got some positional-only arguments passed as keyword arguments: \'%U\'',
        fn.func_qualname, names)
      Py_DECREF(names)
    }
  }
  Py_DECREF(wrong)
  return found
}

/** Mirrors missing_arguments and format_missing. defaults -1: keyword-only ones. */
function missingArguments(
  fn: FunctionData, code: CodeData, count: number, defaults: number, storage: (PyObject | null)[],
): void {
  const positional = defaults !== -1
  const from = positional ? 0 : code.co_argcount
  const to = positional ? code.co_argcount - defaults : code.co_argcount + code.co_kwonlyargcount
  const missing = PyList_New(count)
  let j = 0
  for (let i = from; i < to; i++) {
    if (storage[i] === null) PyList_SET_ITEM(missing, j++, PyObject_Repr(code.localNames[i]!)!)
  }
  const list = listNames(missing)
  if (list !== null) {
    PyErr_Format(PyExc_TypeError, '%U() missing %i required %s argument%s: %U', fn.func_qualname, count,
      positional ? 'positional' : 'keyword-only', count === 1 ? '' : 's', list)
    Py_DECREF(list)
  }
  Py_DECREF(missing)
}

/** NEW text: a · a and b · a, b, and c. */
function listNames(names: PyObject): PyObject | null {
  const items = (names.v as ListData).ob_item
  const len = items.length
  if (len === 1) {
    items[0]!.ob_refcnt++
    return items[0]!
  }
  if (len === 2) return PyUnicode_FromFormat('%U and %U', items[0], items[1])
  const tail = PyUnicode_FromFormat(', %U, and %U', items[len - 2], items[len - 1])
  if (tail === null) return null
  PyList_SetSlice(names, len - 2, len, null)
  const comma = PyUnicode_FromString(', ')
  const head = PyUnicode_Join(comma, names)
  Py_DECREF(comma)
  const result = head === null ? null : PyUnicode_Concat(head, tail)
  Py_XDECREF(head)
  Py_DECREF(tail)
  return result
}

/** Mirrors too_many_positional. */
function tooManyPositional(fn: FunctionData, code: CodeData, given: number, storage: (PyObject | null)[]): void {
  let keywordOnly = 0
  for (let i = code.co_argcount; i < code.co_argcount + code.co_kwonlyargcount; i++) if (storage[i] !== null) keywordOnly++
  const defaults = fn.func_defaults === null ? 0 : (fn.func_defaults.v as PyObject[]).length
  const plural = defaults > 0 || code.co_argcount !== 1
  const takes = defaults > 0 ? PyUnicode_FromFormat('from %zd to %zd', code.co_argcount - defaults, code.co_argcount)
    : PyUnicode_FromFormat('%zd', code.co_argcount)
  const extra = keywordOnly === 0 ? PyUnicode_FromString('')
    : PyUnicode_FromFormat(' positional argument%s (and %zd keyword-only argument%s)', given !== 1 ? 's' : '', keywordOnly,
      keywordOnly !== 1 ? 's' : '')
  PyErr_Format(PyExc_TypeError, '%U() takes %U positional argument%s but %zd%U %s given', fn.func_qualname, takes,
    plural ? 's' : '', given, extra, given === 1 && keywordOnly === 0 ? 'was' : 'were')
  Py_XDECREF(takes)
  Py_XDECREF(extra)
}

/** Runs a function call from C. Borrows the arguments, and `locals`. Mirrors _PyEval_Vector. NEW reference. */
export function _PyEval_Vector(
  func: PyObject, locals: PyObject | null, args: PyObject[], nargs: number, kwnames: PyObject | null,
): PyObject | null {
  const count = nargs + (kwnames === null ? 0 : (kwnames.v as PyObject[]).length)
  if (locals !== null) locals.ob_refcnt++
  for (let i = 0; i < count; i++) args[i]!.ob_refcnt++
  const frame = pushAndInit(func, locals, args, 0, nargs, kwnames)
  return frame === null ? null : _PyEval_EvalFrame(frame)
}

/** The vectorcall of Python functions, _PyFunction_Vectorcall. */
export function _PyFunction_Vectorcall(
  func: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null,
): PyObject | null {
  const fn = func.v as FunctionData
  const code = fn.func_code!.v as CodeData
  return _PyEval_Vector(func, (code.co_flags & CO_OPTIMIZED) !== 0 ? null : fn.func_globals, args, nargs, kwnames)
}

/**
 * Runs module or class-like code in the given namespaces (borrowed). Mirrors PyEval_EvalCode: a function object made
 * for the occasion owns the code while it runs. NEW reference.
 */
export function PyEval_EvalCode(
  code: PyCodeObject, globals: PyObject, locals: PyObject, builtins: PyObject, closure: PyObject | null = null,
): PyObject | null {
  const func = PyFunction_FromConstructor(code, globals, builtins, closure)
  const result = _PyEval_Vector(func, locals, [], 0, null)
  Py_DECREF(func)
  return result
}

