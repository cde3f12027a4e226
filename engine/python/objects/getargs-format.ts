// PyArg_ParseTuple and PyArg_ParseTupleAndKeywords with C's formats, for modules whose C code uses them. Mirrors convertsimple
// and vgetargs1, Python/getargs.c.
//
// Units: `i` C int, `n` Py_ssize_t, `p` truth, `O` any object, `O!` an instance of the next of `types`, `U` a str, `s` text without null characters, `C`
// one character (its code point), `z` text or None; `|` optional ones follow, `$` keyword-only ones follow, `:name` the function,
// `;text` what an error says.
import { _PyNumber_Index } from './abstract'
import { type PyObject, type PyTypeObject, PyObject_TypeCheck, Py_DECREF } from './object'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { parseTupleAndKeywords } from './getargs-keywords'
import { PyLong_AsLong, PyLong_AsSsize_t } from './longobject'
import { PyObject_IsTrue } from './object-protocol'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { Py_None } from './singletons'
import { codeAt, udata } from './unicode-text'
import { PyUnicode_AsUTF8 } from './unicode-utf8'
import { PyUnicode_Check } from './unicodeobject'
import { TAG_SCRATCH } from '../../memory/events'

interface Format {
  name: string
  /** Said instead of what is wrong. */
  message: string | null
  units: string[]
  required: number
  positional: number
}

const formats = new Map<string, Format>()

function formatOf(text: string): Format {
  let format = formats.get(text)
  if (format !== undefined) return format
  const semicolon = text.indexOf(';')
  const colon = semicolon < 0 ? text.indexOf(':') : semicolon
  const units: string[] = []
  let required = -1
  let positional = -1
  for (const [unit] of (colon < 0 ? text : text.slice(0, colon)).matchAll(/O!|[a-zA-Z|$]/g)) {
    if (unit === '|') required = units.length
    else if (unit === '$') positional = units.length
    else units.push(unit)
  }
  format = {
    name: colon < 0 || semicolon >= 0 ? '' : text.slice(colon + 1), message: semicolon < 0 ? null : text.slice(semicolon + 1), units,
    required: required < 0 ? units.length : required, positional: positional < 0 ? units.length : positional,
  }
  formats.set(text, format)
  return format
}

/** What a unit gives: borrowed object, number or text; undefined where an optional argument is absent. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each caller knows its own format
export type Parsed = any[]

const WRONG = Symbol('wrong')

/** Arguments whose clean-up C remembers on its stack; more take a block. */
const STATIC_ENTRIES = 8

function takeEntries(format: Format): number {
  return format.units.length > STATIC_ENTRIES ? PyMem_Malloc(format.units.length * 16, TAG_SCRATCH) : 0
}

function mismatch(format: Format, index: number, expected: string, value: PyObject): typeof WRONG {
  if (format.message !== null) return PyErr_SetString(PyExc_TypeError, format.message), WRONG
  PyErr_Format(PyExc_TypeError, '%.200s%s argument %d must be %.50s, not %.50s', format.name === '' ? 'function' : format.name,
    format.name === '' ? '' : '()', index + 1, expected, value === Py_None ? 'None' : value.ob_type.tp_name)
  return WRONG
}

function convert(format: Format, index: number, value: PyObject, type: PyTypeObject | undefined): unknown {
  switch (format.units[index]) {
    case 'i': {
      const n = PyLong_AsLong(value)
      if (n === -1 && PyErr_Occurred() !== null) return WRONG
      if (n > 0x7fffffff) return PyErr_SetString(PyExc_OverflowError, 'signed integer is greater than maximum'), WRONG
      if (n < -0x80000000) return PyErr_SetString(PyExc_OverflowError, 'signed integer is less than minimum'), WRONG
      return n
    }
    case 'n': {
      const index = _PyNumber_Index(value)
      if (index === null) return WRONG
      const n = PyLong_AsSsize_t(index)
      Py_DECREF(index)
      return n === -1 && PyErr_Occurred() !== null ? WRONG : n
    }
    case 'p': {
      const truth = PyObject_IsTrue(value)
      return truth < 0 ? WRONG : truth > 0
    }
    case 'O!': return PyObject_TypeCheck(value, type!) ? value : mismatch(format, index, type!.tp_name, value)
    case 'U': return PyUnicode_Check(value) ? value : mismatch(format, index, 'str', value)
    case 'C': {
      if (!PyUnicode_Check(value) || udata(value).length !== 1) return mismatch(format, index, 'a unicode character', value)
      return codeAt(udata(value), 0)
    }
    case 'z': case 's': {
      if (value === Py_None && format.units[index] === 'z') return null
      if (!PyUnicode_Check(value)) return mismatch(format, index, format.units[index] === 'z' ? 'str or None' : 'str', value)
      const text = PyUnicode_AsUTF8(value)
      if (text === null) return WRONG
      return text.includes('\0') ? (PyErr_SetString(PyExc_ValueError, 'embedded null character'), WRONG) : text
    }
    default: return value
  }
}

const NONE: readonly PyTypeObject[] = []

/** Mirrors PyArg_ParseTupleAndKeywords. Null with an exception set. */
export function PyArg_ParseTupleAndKeywords(
  args: PyObject, kwargs: PyObject | null, text: string, keywords: readonly string[], types: readonly PyTypeObject[] = NONE,
): Parsed | null {
  const format = formatOf(text)
  const out: Parsed = new Array(format.units.length)
  let nextType = 0
  const entries = takeEntries(format)
  const given = parseTupleAndKeywords(format.name, keywords, format.required, format.positional, args, kwargs, (i, value) => {
    const result = convert(format, i, value, types[nextType])
    if (format.units[i] === 'O!') nextType++
    if (result === WRONG) return false
    out[i] = result
    return true
  })
  PyMem_Free(entries)
  return given === null ? null : out
}

/** Mirrors PyArg_ParseTuple. Null with an exception set. */
export function PyArg_ParseTuple(args: PyObject, text: string, types: readonly PyTypeObject[] = NONE): Parsed | null {
  const format = formatOf(text)
  const items = args.v as PyObject[]
  const { units, required } = format
  const entries = takeEntries(format)
  const done = (result: Parsed | null): Parsed | null => (PyMem_Free(entries), result)
  if (items.length < required || items.length > units.length) {
    const bound = items.length < required ? required : units.length
    if (format.message !== null) return PyErr_SetString(PyExc_TypeError, format.message), done(null)
    PyErr_Format(PyExc_TypeError, '%.150s%s takes %s %d argument%s (%zd given)', format.name === '' ? 'function' : format.name,
      format.name === '' ? '' : '()', required === units.length ? 'exactly' : items.length < required ? 'at least' : 'at most',
      bound, bound === 1 ? '' : 's', items.length)
    return done(null)
  }
  const out: Parsed = new Array(units.length)
  let nextType = 0
  for (let i = 0; i < items.length; i++) {
    const result = convert(format, i, items[i]!, types[nextType])
    if (units[i] === 'O!') nextType++
    if (result === WRONG) return done(null)
    out[i] = result
  }
  return done(out)
}
