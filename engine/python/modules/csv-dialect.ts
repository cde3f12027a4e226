// What a csv.Dialect object says, checked. Modules/_csv.c.
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_AttributeError, PyExc_TypeError } from '../objects/exceptions'
import { PyLong_AsInt, PyLong_CheckExact } from '../objects/longobject'
import { Py_DECREF, type PyObject } from '../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue } from '../objects/object-protocol'
import { Py_None } from '../objects/singletons'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_GET_LENGTH, _Py_ID } from '../objects/unicodeobject'

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

/** The dialect of an object's attributes (or null) and of keyword values, which come first; null with an exception set. Mirrors dialect_new. */
export function makeDialect(source: PyObject | null, given: ReadonlyMap<string, PyObject>): Dialect | null {
  const out = new Dialect()
  let quoteGiven = false
  let quotingGiven = false
  for (const name of FIELDS) {
    let value = given.get(name) ?? null
    let owned = false
    if (value === null && source !== null) {
      value = PyObject_GetAttr(source, _Py_ID(name))
      owned = true
      if (value === null) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return null
        PyErr_Clear()
      }
    }
    if (value === null) continue
    if (name === 'quotechar') quoteGiven = true
    if (name === 'quoting') quotingGiven = true
    const ok = assign(out, name, value)
    if (owned) Py_DECREF(value)
    if (!ok) return null
  }
  if (quoteGiven && out.quotechar === null && !quotingGiven) out.quoting = QUOTE_NONE
  if (out.quoting !== QUOTE_NONE && out.quotechar === null) return PyErr_SetString(PyExc_TypeError, 'quotechar must be set if quoting enabled')
  return out
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
      if (!PyUnicode_Check(value)) return PyErr_Format(PyExc_TypeError, '"%s" must be a string, not %.200s', name, value.ob_type.tp_name) !== null
      out.lineterminator = PyUnicode_AsString(value)
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

/** NEW value of an attribute of a Dialect object. */
export function dialectValue(d: Dialect, name: typeof FIELDS[number]): string | number | boolean | null {
  return d[name]
}

