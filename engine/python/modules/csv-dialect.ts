// What a csv.Dialect object says, checked. Modules/_csv.c.
import { PyErr_Clear, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError } from '../objects/exceptions'
import { PyLong_AsInt, PyLong_CheckExact } from '../objects/longobject'
import { Py_XDECREF, type PyObject } from '../objects/object'
import { PyObject_GetAttrString, PyObject_IsTrue } from '../objects/object-protocol'
import { Py_None } from '../objects/singletons'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_GET_LENGTH } from '../objects/unicodeobject'

export const QUOTE_MINIMAL = 0
export const QUOTE_ALL = 1
export const QUOTE_NONNUMERIC = 2
export const QUOTE_NONE = 3

/** Characters are strings of one code point; null where not set. */
export class Dialect {
  delimiter = ','
  quotechar: string | null = '"'
  escapechar: string | null = null
  doublequote = true
  skipinitialspace = false
  lineterminator = '\r\n'
  quoting = QUOTE_MINIMAL
  strict = false
  /** Owned: lineterminator as an object. */
  terminator: PyObject | null = null
}

export const FIELDS = ['delimiter', 'doublequote', 'escapechar', 'lineterminator', 'quotechar', 'quoting', 'skipinitialspace', 'strict'] as const

function character(name: string, o: PyObject, required: boolean): string | null | undefined {
  if (o === Py_None && !required) return null
  if (!PyUnicode_Check(o)) {
    PyErr_Format(PyExc_TypeError, required ? '"%s" must be string, not %.200s' : '"%s" must be string or None, not %.200s', name, o.ob_type.tp_name)
    return undefined
  }
  const length = PyUnicode_GET_LENGTH(o)
  if (length !== 1) {
    PyErr_Format(PyExc_TypeError, '"%s" must be a 1-character string', name)
    return undefined
  }
  return PyUnicode_AsString(o)
}

/** Fills the dialect from keyword values and, where there are none, an object's attributes. False with an exception set. Mirrors dialect_new. */
export function fillDialect(out: Dialect, source: PyObject | null, given: readonly (PyObject | null)[]): boolean {
  const values = given.map(value => value === null ? null : (value.ob_refcnt++, value))
  if (source !== null) {
    FIELDS.forEach((name, i) => {
      if (values[i] !== null) return
      const found = PyObject_GetAttrString(source, name)
      if (found === null) PyErr_Clear()
      values[i] = found
    })
  }
  const done = check(out, values)
  for (const value of values) Py_XDECREF(value)
  return done
}

function check(out: Dialect, values: readonly (PyObject | null)[]): boolean {
  for (const [i, name] of FIELDS.entries()) {
    const value = values[i] ?? null
    if (value !== null) {
      if (!assign(out, name, value)) return false
    } else if (name === 'lineterminator') out.terminator = PyUnicode_FromString(out.lineterminator)
  }
  if (out.quotechar === null && values[FIELDS.indexOf('quotechar')] === Py_None && values[FIELDS.indexOf('quoting')] === null) out.quoting = QUOTE_NONE
  const fail = (message: string): false => (PyErr_SetString(PyExc_TypeError, message), false)
  if (out.quoting !== QUOTE_NONE && out.quotechar === null) return fail('quotechar must be set if quoting enabled')
  return out.terminator !== null || fail('lineterminator must be set')
}

function assign(out: Dialect, name: typeof FIELDS[number], value: PyObject): boolean {
  switch (name) {
    case 'delimiter': {
      const c = character(name, value, true)
      if (c === undefined || c === null) return false
      out.delimiter = c
      return true
    }
    case 'quotechar': case 'escapechar': {
      const c = character(name, value, false)
      if (c === undefined) return false
      out[name] = c
      return true
    }
    case 'lineterminator':
      if (value === Py_None) return true
      if (!PyUnicode_Check(value)) return PyErr_Format(PyExc_TypeError, '"%s" must be a string', name) !== null
      out.lineterminator = PyUnicode_AsString(value)
      value.ob_refcnt++
      out.terminator = value
      return true
    case 'quoting': {
      if (!PyLong_CheckExact(value)) return PyErr_Format(PyExc_TypeError, '"%s" must be an integer', name) !== null
      const n = PyLong_AsInt(value)
      if (n === -1 && PyErr_Occurred() !== null) return false
      if (n < 0 || n > QUOTE_NONE) return PyErr_SetString(PyExc_TypeError, 'bad "quoting" value') !== null
      out.quoting = n
      return true
    }
    default: {
      const truth = PyObject_IsTrue(value)
      if (truth < 0) return false
      out[name] = truth > 0
      return true
    }
  }
}
