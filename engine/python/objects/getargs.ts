// Argument checking of builtin functions, with CPython's words. Mirrors the parts of Python/getargs.c that Argument
// Clinic's output calls; the format-string functions are not needed, each function converts its arguments itself.
import { Py_DECREF, type PyObject } from './object'
import type { ArgParser } from './arg-parser'
import { PyDict_GET_SIZE, PyDict_GetItemWithError, PyDict_Next, DICT_ENTRY } from './dictobject'
import { PyErr_Format, PyErr_Occurred } from './errors'
import { PyExc_TypeError } from './exceptions'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { PyTuple_GET_SIZE, PyTuple_New } from './tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_InternInPlace, unicode_eq } from './unicodeobject'

export { resetParsers } from './arg-parser'

// Mirrors parser_init.
function keywordTuple(parser: ArgParser): PyObject {
  if (parser.kwtuple === null) {
    const n = parser.names.length - parser.pos
    const tuple = PyTuple_New(n)
    for (let i = 0; i < n; i++) tuple.v[i] = PyUnicode_InternInPlace(PyUnicode_FromString(parser.names[parser.pos + i]!))
    parser.kwtuple = tuple
    // Mirrors _PyArg_Fini.
    _PyRuntime.endHooks.push(() => {
      parser.kwtuple = null
      Py_DECREF(tuple)
    })
  }
  return parser.kwtuple
}

function typeError(format: string, ...args: unknown[]): null {
  return PyErr_Format(PyExc_TypeError, format, ...args)
}

const plural = (n: number): string => n === 1 ? '' : 's'

/** True if min <= nargs <= max; else false with TypeError set. */
export function _PyArg_CheckPositional(name: string, nargs: number, min: number, max: number): boolean {
  if (nargs < min) {
    typeError('%.200s expected %s%zd argument%s, got %zd', name, min === max ? '' : 'at least ', min, plural(min), nargs)
    return false
  }
  if (nargs === 0 || nargs <= max) return true
  typeError('%.200s expected %s%zd argument%s, got %zd', name, min === max ? '' : 'at most ', max, plural(max), nargs)
  return false
}

/** True if there are no keyword arguments (kwargs is a dict or null). */
export function _PyArg_NoKeywords(fname: string, kwargs: PyObject | null): boolean {
  if (kwargs === null || PyDict_GET_SIZE(kwargs) === 0) return true
  typeError('%.200s() takes no keyword arguments', fname)
  return false
}

/** True if there are no keyword arguments (kwnames is a tuple or null). */
export function _PyArg_NoKwnames(fname: string, kwnames: PyObject | null): boolean {
  if (kwnames === null || PyTuple_GET_SIZE(kwnames) === 0) return true
  typeError('%s() takes no keyword arguments', fname)
  return false
}

export function _PyArg_NoPositional(fname: string, args: PyObject): boolean {
  if (PyTuple_GET_SIZE(args) === 0) return true
  typeError('%.200s() takes no positional arguments', fname)
  return false
}

/** Sets the TypeError for an argument of the wrong type: `displayname` is 'argument 2', `argument 'x'` … */
export function _PyArg_BadArgument(fname: string, displayname: string, expected: string, arg: PyObject): null {
  return typeError('%.200s() %.200s must be %.50s, not %.50s', fname, displayname, expected,
    arg === Py_None ? 'None' : arg.ob_type.tp_name)
}

/** The items of an argument tuple (borrowed) if their number is right; null with TypeError set. */
export function PyArg_UnpackTuple(args: PyObject, name: string, min: number, max: number): PyObject[] | null {
  const items = args.v as PyObject[]
  return _PyArg_CheckPositional(name, items.length, min, max) ? items : null
}

/**
 * Sorts positional and keyword arguments into parameters; absent ones are null. Give either `kwargs` (a dict) or `kwnames`
 * (a tuple; the values follow in args[nargs..]). `minpos` positional-or-keyword and `minkw` keyword-only arguments are
 * required. Borrowed references; null with TypeError set. Mirrors _PyArg_UnpackKeywords.
 */
export function _PyArg_UnpackKeywords(
  args: PyObject[], nargs: number, kwargs: PyObject | null, kwnames: PyObject | null,
  parser: ArgParser, minpos: number, maxpos: number, minkw: number,
): (PyObject | null)[] | null {
  const len = parser.names.length
  const out: (PyObject | null)[] = []
  if (minkw === 0 && kwargs === null && kwnames === null && minpos <= nargs && nargs <= maxpos) {
    for (let i = 0; i < len; i++) out.push(i < nargs ? args[i]! : null)
    return out
  }
  const kwtuple = keywordTuple(parser)
  const posonly = parser.pos
  const minposonly = Math.min(posonly, minpos)
  let nkwargs = kwnames !== null ? PyTuple_GET_SIZE(kwnames) : kwargs !== null ? PyDict_GET_SIZE(kwargs) : 0
  if (nargs + nkwargs > len) {
    return typeError('%.200s%s takes at most %d %sargument%s (%zd given)', parser.fname, '()', len,
      nargs === 0 ? 'keyword ' : '', plural(len), nargs + nkwargs)
  }
  if (nargs > maxpos) {
    if (maxpos === 0) return typeError('%.200s%s takes no positional arguments', parser.fname, '()')
    return typeError('%.200s%s takes %s %d positional argument%s (%zd given)', parser.fname, '()',
      minpos < maxpos ? 'at most' : 'exactly', maxpos, plural(maxpos), nargs)
  }
  if (nargs < minposonly) {
    return typeError('%.200s%s takes %s %d positional argument%s (%zd given)', parser.fname, '()',
      minposonly < maxpos ? 'at least' : 'exactly', minposonly, plural(minposonly), nargs)
  }
  for (let i = 0; i < nargs; i++) out.push(args[i]!)
  const reqlimit = minkw > 0 ? maxpos + minkw : minpos
  for (let i = nargs; i < len; i++) {
    let value: PyObject | null = null
    if (nkwargs > 0 && i >= posonly) {
      const keyword = kwtuple.v[i - posonly] as PyObject
      if (kwargs !== null) {
        value = PyDict_GetItemWithError(kwargs, keyword)
        if (value === null && PyErr_Occurred() !== null) return null
      } else {
        value = findKeyword(kwnames!, args, nargs, keyword)
      }
    }
    if (value !== null) {
      nkwargs--
    } else if (i < minpos || (maxpos <= i && i < reqlimit)) {
      return typeError('%.200s%s missing required argument \'%U\' (pos %i)', parser.fname, '()', kwtuple.v[i - posonly], i + 1)
    }
    out.push(value)
  }
  if (nkwargs > 0) {
    for (let i = posonly; i < nargs; i++) {
      const keyword = kwtuple.v[i - posonly] as PyObject
      const found = kwargs !== null
        ? PyDict_GetItemWithError(kwargs, keyword) : findKeyword(kwnames!, args, nargs, keyword)
      if (found === null && PyErr_Occurred() !== null) return null
      if (found !== null) {
        return typeError('argument for %.200s%s given by name (\'%U\') and position (%d)', parser.fname, '()', keyword, i + 1)
      }
    }
    unknownKeyword(parser, kwargs, kwnames)
    return null
  }
  return out
}

/**
 * For functions that take `*args` first and keyword-only parameters: [NEW tuple of the positional arguments, then the borrowed
 * keyword values, null where absent]; null with TypeError set. Unlike above, the parser is always made ready. Mirrors
 * _PyArg_UnpackKeywordsWithVararg.
 */
export function _PyArg_UnpackKeywordsWithVararg(
  args: PyObject[], nargs: number, kwnames: PyObject | null, parser: ArgParser,
): (PyObject | null)[] | null {
  const kwtuple = keywordTuple(parser)
  const varargs = PyTuple_New(nargs)
  for (let i = 0; i < nargs; i++) {
    const o = args[i]!
    o.ob_refcnt++
    varargs.v[i] = o
  }
  const out: (PyObject | null)[] = [varargs]
  let nkwargs = kwnames === null ? 0 : PyTuple_GET_SIZE(kwnames)
  for (let i = 0; i < parser.names.length; i++) {
    const value = nkwargs > 0 ? findKeyword(kwnames!, args, nargs, kwtuple.v[i] as PyObject) : null
    if (value !== null) nkwargs--
    out.push(value)
  }
  if (nkwargs === 0) return out
  unknownKeyword(parser, null, kwnames)
  if (--varargs.ob_refcnt === 0) varargs.ob_type.tp_dealloc(varargs)
  return null
}

/** Borrowed value of a keyword argument of a vectorcall; null if it was not given. */
function findKeyword(kwnames: PyObject, args: PyObject[], nargs: number, keyword: PyObject): PyObject | null {
  const names = kwnames.v as PyObject[]
  for (let i = 0; i < names.length; i++) if (names[i] === keyword) return args[nargs + i]!
  for (let i = 0; i < names.length; i++) {
    if (PyUnicode_Check(names[i]!) && unicode_eq(names[i]!, keyword)) return args[nargs + i]!
  }
  return null
}

// Mirrors error_unexpected_keyword_arg.
function unknownKeyword(parser: ArgParser, kwargs: PyObject | null, kwnames: PyObject | null): void {
  const known = (name: PyObject): boolean => parser.names.includes(PyUnicode_AsString(name), parser.pos)
  const check = (name: PyObject): boolean => {
    if (!PyUnicode_Check(name)) {
      typeError('keywords must be strings')
      return true
    }
    if (known(name)) return false
    typeError('\'%S\' is an invalid keyword argument for %.200s%s', name, parser.fname, '()')
    return true
  }
  if (kwnames !== null) {
    for (const name of kwnames.v as PyObject[]) if (check(name)) return
  } else {
    for (let pos = PyDict_Next(kwargs!, 0); pos > 0; pos = PyDict_Next(kwargs!, pos)) if (check(DICT_ENTRY.key!)) return
  }
  typeError('invalid keyword argument for %.200s%s', parser.fname, '()')
}

