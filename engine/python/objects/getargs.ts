// Argument checking of builtin functions, with CPython's words. Mirrors the parts of Python/getargs.c that Argument
// Clinic's output calls; the format-string functions are not needed, each function converts its arguments itself.
import type { PyObject } from './object'
import { PyDict_GET_SIZE, PyDict_GetItemWithError, PyDict_Next, DICT_ENTRY } from './dictobject'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { Py_None } from './singletons'
import { PyTuple_GET_SIZE, PyTuple_New } from './tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_InternFromString, unicode_eq } from './unicodeobject'

/** What a function calls itself in messages, and its parameters; '' names a positional-only one. */
export class ArgParser {
  readonly fname: string
  readonly names: readonly string[]
  /** Tuple of the interned keyword names, made at the first call that needs it and kept. */
  kwtuple: PyObject | null = null
  /** Number of positional-only parameters. */
  readonly pos: number

  constructor(fname: string, names: readonly string[]) {
    this.fname = fname
    this.names = names
    let pos = 0
    while (pos < names.length && names[pos] === '') pos++
    this.pos = pos
    parsers.push(this)
  }
}

const parsers: ArgParser[] = []

/** Forgets the keyword tuples of all parsers; only start-up does this. */
export function resetParsers(): void {
  for (const parser of parsers) parser.kwtuple = null
}

// Mirrors parser_init.
function keywordTuple(parser: ArgParser): PyObject {
  if (parser.kwtuple === null) {
    const n = parser.names.length - parser.pos
    const tuple = PyTuple_New(n)
    for (let i = 0; i < n; i++) tuple.v[i] = PyUnicode_InternFromString(parser.names[parser.pos + i]!)
    parser.kwtuple = tuple
  }
  return parser.kwtuple
}

function typeError(message: string): null {
  PyErr_SetString(PyExc_TypeError, message)
  return null
}

const plural = (n: number): string => n === 1 ? '' : 's'

/** True if min <= nargs <= max; else false with TypeError set. */
export function _PyArg_CheckPositional(name: string, nargs: number, min: number, max: number): boolean {
  if (nargs < min) {
    typeError(`${name} expected ${min === max ? '' : 'at least '}${min} argument${plural(min)}, got ${nargs}`)
    return false
  }
  if (nargs === 0 || nargs <= max) return true
  typeError(`${name} expected ${min === max ? '' : 'at most '}${max} argument${plural(max)}, got ${nargs}`)
  return false
}

/** True if there are no keyword arguments (kwargs is a dict or null). */
export function _PyArg_NoKeywords(fname: string, kwargs: PyObject | null): boolean {
  if (kwargs === null || PyDict_GET_SIZE(kwargs) === 0) return true
  typeError(`${fname}() takes no keyword arguments`)
  return false
}

/** True if there are no keyword arguments (kwnames is a tuple or null). */
export function _PyArg_NoKwnames(fname: string, kwnames: PyObject | null): boolean {
  if (kwnames === null || PyTuple_GET_SIZE(kwnames) === 0) return true
  typeError(`${fname}() takes no keyword arguments`)
  return false
}

export function _PyArg_NoPositional(fname: string, args: PyObject): boolean {
  if (PyTuple_GET_SIZE(args) === 0) return true
  typeError(`${fname}() takes no positional arguments`)
  return false
}

/** Sets the TypeError for an argument of the wrong type: `displayname` is 'argument 2', `argument 'x'` … */
export function _PyArg_BadArgument(fname: string, displayname: string, expected: string, arg: PyObject): null {
  return typeError(`${fname}() ${displayname} must be ${expected}, not ${arg === Py_None ? 'None' : arg.ob_type.tp_name}`)
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
    return typeError(`${parser.fname}() takes at most ${len} ${nargs === 0 ? 'keyword ' : ''}argument${plural(len)} `
      + `(${nargs + nkwargs} given)`)
  }
  if (nargs > maxpos) {
    if (maxpos === 0) return typeError(`${parser.fname}() takes no positional arguments`)
    return typeError(`${parser.fname}() takes ${minpos < maxpos ? 'at most' : 'exactly'} ${maxpos} positional `
      + `argument${plural(maxpos)} (${nargs} given)`)
  }
  if (nargs < minposonly) {
    return typeError(`${parser.fname}() takes ${minposonly < maxpos ? 'at least' : 'exactly'} ${minposonly} positional `
      + `argument${plural(minposonly)} (${nargs} given)`)
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
      return typeError(`${parser.fname}() missing required argument '${parser.names[i]}' (pos ${i + 1})`)
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
        return typeError(`argument for ${parser.fname}() given by name ('${parser.names[i]}') and position (${i + 1})`)
      }
    }
    unknownKeyword(parser, kwargs, kwnames)
    return null
  }
  return out
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
    typeError(`'${PyUnicode_AsString(name)}' is an invalid keyword argument for ${parser.fname}()`)
    return true
  }
  if (kwnames !== null) {
    for (const name of kwnames.v as PyObject[]) if (check(name)) return
  } else {
    for (let pos = PyDict_Next(kwargs!, 0); pos > 0; pos = PyDict_Next(kwargs!, pos)) if (check(DICT_ENTRY.key!)) return
  }
  typeError(`invalid keyword argument for ${parser.fname}()`)
}

