// unicodedata: properties of characters, Unicode 14.0. Modules/unicodedata.c over lib/unicode-*.
import { bidirectional, combining, decimalValue, digitValue, eastAsianWidth, generalCategory, mirrored, numericValue, UNIDATA_VERSION } from '../lib/unicode-data'
import { codeOfName, nameOfCode } from '../lib/unicode-names'
import { decomposition, normalize, type NormalForm } from '../lib/unicode-normalize'
import { PyBool_From } from '../objects/boolobject'
import { PyErr_Format, PyErr_SetString } from '../objects/errors'
import { PyExc_KeyError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_FromDouble } from '../objects/floatobject'
import { _PyArg_BadArgument, _PyArg_CheckPositional } from '../objects/getargs'
import { PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddStringConstant, PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_O, type PyMethodDef, type PyObject } from '../objects/object'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_GET_LENGTH, unicodeFromText } from '../objects/unicodeobject'

/** Code of a one-character str; -1 with TypeError set. */
function codeOf(name: string, position: string, o: PyObject): number {
  if (!PyUnicode_Check(o)) return _PyArg_BadArgument(name, position, 'a unicode character', o), -1
  if (PyUnicode_GET_LENGTH(o) !== 1) {
    PyErr_SetString(PyExc_TypeError, `${name}() ${position === 'argument' ? 'argument' : position} must be a unicode character, not str`)
    return -1
  }
  return PyUnicode_AsString(o).codePointAt(0)!
}

const property = (name: string, f: (code: number) => PyObject): PyMethodDef => ({
  ml_name: name, ml_flags: METH_O, signature: '($self, chr, /)',
  ml_meth: (_m: PyObject, chr: PyObject) => {
    const code = codeOf(name, 'argument', chr)
    return code < 0 ? null : f(code)
  },
})

/** A value of a character, or the default, or ValueError. */
const valued = (name: string, missing: string, f: (code: number) => PyObject | null): PyMethodDef => ({
  ml_name: name, ml_flags: METH_FASTCALL, signature: '($self, chr, default=<unrepresentable>, /)',
  ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
    if (!_PyArg_CheckPositional(name, nargs, 1, 2)) return null
    const code = codeOf(name, 'argument 1', args[0]!)
    if (code < 0) return null
    const value = f(code)
    if (value !== null) return value
    if (nargs < 2) return PyErr_SetString(PyExc_ValueError, missing)
    args[1]!.ob_refcnt++
    return args[1]!
  },
})

const text = (s: string): PyObject => PyUnicode_FromString(s)

function form(name: string, args: PyObject[], nargs: number): [NormalForm, string] | null {
  if (!_PyArg_CheckPositional(name, nargs, 2, 2)) return null
  for (const i of [0, 1]) if (!PyUnicode_Check(args[i]!)) return _PyArg_BadArgument(name, `argument ${i + 1}`, 'str', args[i]!)
  const which = PyUnicode_AsString(args[0]!)
  if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(which)) return PyErr_SetString(PyExc_ValueError, 'invalid normalization form')
  return [which as NormalForm, PyUnicode_AsString(args[1]!)]
}

const methods: PyMethodDef[] = [
  valued('decimal', 'not a decimal', code => decimalValue(code) < 0 ? null : PyLong_FromLong(decimalValue(code))),
  valued('digit', 'not a digit', code => digitValue(code) < 0 ? null : PyLong_FromLong(digitValue(code))),
  valued('numeric', 'not a numeric character', code => {
    const value = numericValue(code)
    return value === null ? null : PyFloat_FromDouble(value)
  }),
  valued('name', 'no such name', code => nameOfCode(code) === '' ? null : text(nameOfCode(code))),
  property('category', code => text(generalCategory(code))),
  property('bidirectional', code => text(bidirectional(code))),
  property('combining', code => PyLong_FromLong(combining(code))),
  property('mirrored', code => PyLong_FromLong(mirrored(code))),
  property('east_asian_width', code => text(eastAsianWidth(code))),
  property('decomposition', code => text(decomposition(code))),
  {
    ml_name: 'normalize', ml_flags: METH_FASTCALL, signature: '($self, form, unistr, /)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      const given = form('normalize', args, nargs)
      if (given === null) return null
      const result = normalize(given[0], given[1])
      if (result !== given[1]) return unicodeFromText(result)
      args[1]!.ob_refcnt++
      return args[1]!
    },
  },
  {
    ml_name: 'is_normalized', ml_flags: METH_FASTCALL, signature: '($self, form, unistr, /)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      const given = form('is_normalized', args, nargs)
      return given === null ? null : PyBool_From(normalize(given[0], given[1]) === given[1])
    },
  },
  {
    ml_name: 'lookup', ml_flags: METH_O, signature: '($self, name, /)',
    ml_meth: (_m: PyObject, arg: PyObject) => {
      if (!PyUnicode_Check(arg)) return _PyArg_BadArgument('lookup', 'argument', 'str', arg)
      const code = codeOfName(PyUnicode_AsString(arg))
      return code < 0 ? PyErr_Format(PyExc_KeyError, "undefined character name '%s'", PyUnicode_AsString(arg)) : text(String.fromCodePoint(code))
    },
  },
]

export function PyInit_unicodedata(): PyObject | null {
  const module = PyModule_Create('unicodedata', methods)
  if (module !== null) PyModule_AddStringConstant(module, 'unidata_version', UNIDATA_VERSION)
  return module
}
