// PyArg_ParseTupleAndKeywords as far as classes with hand-written parsing use it: old-style C code that looks its keywords
// up by C string, making (and dropping) a str for each. Mirrors vgetargskeywords, Python/getargs.c.
import { Py_DECREF, type PyObject } from './object'
import { DICT_ENTRY, PyDict_GET_SIZE, PyDict_GetItemWithError, PyDict_Next } from './dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString } from './unicodeobject'

/** BORROWED value of a key given as C string; null without exception if absent. Mirrors _PyDict_GetItemStringWithError. */
export function _PyDict_GetItemStringWithError(dict: PyObject, key: string): PyObject | null {
  const name = PyUnicode_FromString(key)
  const value = PyDict_GetItemWithError(dict, name)
  Py_DECREF(name)
  return value
}

/**
 * Arguments by position or keyword, `required` first ones needed, `positional` the most that may be positional. `name`
 * is the function's, without parentheses ('' = "this function"/"function"). Borrowed values, null where absent; null with TypeError set.
 * `convert` sees each value in its turn, before the next one is looked up; false: it set an exception.
 */
export function parseTupleAndKeywords(
  name: string, keywords: readonly string[], required: number, positional: number, args: PyObject, kwargs: PyObject | null,
  convert: ((index: number, value: PyObject) => boolean) | null = null,
): (PyObject | null)[] | null {
  const items = args.v as PyObject[]
  const len = keywords.length
  const nargs = items.length
  let nkwargs = kwargs === null ? 0 : PyDict_GET_SIZE(kwargs)
  const label = name === '' ? 'function' : name
  const brackets = name === '' ? '' : '()'
  if (nargs + nkwargs > len) {
    return PyErr_Format(PyExc_TypeError, '%.200s%s takes at most %d %sargument%s (%zd given)', label, brackets,
      len, nargs === 0 ? 'keyword ' : '', len === 1 ? '' : 's', nargs + nkwargs)
  }
  let posonly = 0
  while (posonly < len && keywords[posonly] === '') posonly++
  const out: (PyObject | null)[] = []
  for (let i = 0; i < len; i++) {
    if (i === positional && nargs > positional) {
      if (positional === 0) return PyErr_Format(PyExc_TypeError, '%.200s%s takes no positional arguments', label, brackets)
      return PyErr_Format(PyExc_TypeError, '%.200s%s takes %s %zd positional argument%s (%zd given)', label, brackets,
        required < positional ? 'at most' : 'exactly', positional, positional === 1 ? '' : 's', nargs)
    }
    let value: PyObject | null = null
    if (i < nargs) value = items[i]!
    else if (nkwargs > 0 && i >= posonly) {
      value = _PyDict_GetItemStringWithError(kwargs!, keywords[i]!)
      if (value !== null) nkwargs--
      else if (PyErr_Occurred() !== null) return null
    }
    if (value === null && i < required) {
      if (i < posonly) {
        return PyErr_Format(PyExc_TypeError, '%.200s%s takes %s %zd positional argument%s (%zd given)', label, brackets,
          Math.min(posonly, required) < positional ? 'at least' : 'exactly', Math.min(posonly, required),
          Math.min(posonly, required) === 1 ? '' : 's', nargs)
      }
      return PyErr_Format(PyExc_TypeError, '%.200s%s missing required argument \'%s\' (pos %d)', label, brackets, keywords[i], i + 1)
    }
    out.push(value)
    if (convert !== null && value !== null && !convert(i, value)) return null
    // Nothing further to convert: leave before looking up the other names.
    if (nkwargs === 0 && i + 1 >= nargs && i + 1 >= required) {
      while (out.length < len) out.push(null)
      return out
    }
  }
  if (nkwargs > 0) {
    for (let i = posonly; i < nargs; i++) {
      const given = _PyDict_GetItemStringWithError(kwargs!, keywords[i]!)
      if (given !== null) {
        return PyErr_Format(PyExc_TypeError, 'argument for %.200s%s given by name (\'%s\') and position (%d)',
          label, brackets, keywords[i], i + 1)
      }
      if (PyErr_Occurred() !== null) return null
    }
    for (let pos = PyDict_Next(kwargs!, 0); pos > 0; pos = PyDict_Next(kwargs!, pos)) {
      const key = DICT_ENTRY.key!
      if (!PyUnicode_Check(key)) return PyErr_SetString(PyExc_TypeError, 'keywords must be strings')
      if (keywords.includes(PyUnicode_AsString(key), posonly)) continue
      return PyErr_Format(PyExc_TypeError, '\'%U\' is an invalid keyword argument for %.200s%s', key,
        name === '' ? 'this function' : name, brackets)
    }
  }
  return out
}

/** The keyword-only arguments of an exception class; `name` is shown without parentheses' function, as CPython does. */
export function parseKeywordOnly(
  name: string, keywords: readonly string[], kwargs: PyObject | null,
): (PyObject | null)[] | null {
  const out = new Array<PyObject | null>(keywords.length).fill(null)
  if (kwargs === null || PyDict_GET_SIZE(kwargs) === 0) return out
  let nkwargs = PyDict_GET_SIZE(kwargs)
  if (nkwargs > keywords.length) {
    return PyErr_Format(PyExc_TypeError, '%.200s%s takes %s %d %sargument%s (%zd given)', name, '()', 'at most',
      keywords.length, 'keyword ', keywords.length === 1 ? '' : 's', nkwargs)
  }
  for (let i = 0; i < keywords.length && nkwargs > 0; i++) {
    const value = _PyDict_GetItemStringWithError(kwargs, keywords[i]!)
    if (value === null && PyErr_Occurred() !== null) return null
    if (value !== null) nkwargs--
    out[i] = value
  }
  if (nkwargs === 0) return out
  for (let pos = PyDict_Next(kwargs, 0); pos > 0; pos = PyDict_Next(kwargs, pos)) {
    const key = DICT_ENTRY.key!
    if (!PyUnicode_Check(key)) return PyErr_SetString(PyExc_TypeError, 'keywords must be strings')
    if (keywords.includes(PyUnicode_AsString(key))) continue
    return PyErr_Format(PyExc_TypeError, '\'%U\' is an invalid keyword argument for %.200s%s', key, name, '()')
  }
  return out
}
