// _string: the parsers behind string.Formatter. Objects/unicodeobject.c, Objects/stringlib/unicode_format.h.
import { PyErr_Format, PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyBool_From } from '../objects/boolobject'
import { PyLong_FromLong } from '../objects/longobject'
import { PyList_FromArraySteal } from '../objects/listobject'
import { PyObject_GetIter } from '../objects/abstract'
import { PyModule_Create } from '../objects/moduleobject'
import { METH_O, Py_DECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString } from '../objects/unicodeobject'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
const text = (s: string): PyObject => PyUnicode_FromString(s)

/** NEW iterator over items made before; DIFFERS: CPython parses as it goes, so a fault shows at once here. */
function iterator(items: PyObject[]): PyObject | null {
  const list = PyList_FromArraySteal(items)
  const it = PyObject_GetIter(list)
  Py_DECREF(list)
  return it
}

/** One piece: literal text, field name, format spec, conversion; null: no field. */
function pieces(s: string): PyObject[] | string {
  const out: PyObject[] = []
  let at = 0
  while (at < s.length) {
    let literal = ''
    let field: string | null = null
    while (at < s.length) {
      const c = s[at++]!
      if (c !== '{' && c !== '}') {
        literal += c
        continue
      }
      if (s[at] === c) {
        literal += c
        at++
        break
      }
      if (c === '}') return "Single '}' encountered in format string"
      if (at >= s.length) return "Single '{' encountered in format string"
      let depth = 1
      const start = at
      while (at < s.length) {
        const d = s[at++]!
        if (d === '{') depth++
        else if (d === '}' && --depth === 0) break
      }
      if (depth > 0) return "expected '}' before end of string"
      field = s.slice(start, at - 1)
      break
    }
    if (field === null) {
      out.push(PyTuple_FromArray([text(literal), none(), none(), none()], true))
      continue
    }
    let end = 0
    let brackets = 0
    while (end < field.length) {
      const c = field[end]!
      if (c === '{') return "unexpected '{' in field name"
      if (c === '[') brackets++
      else if (c === ']' && brackets > 0) brackets--
      else if (brackets === 0 && (c === ':' || c === '!')) break
      end++
    }
    const name = field.slice(0, end)
    let conversion: string | null = null
    let spec = ''
    if (field[end] === '!') {
      if (end + 1 >= field.length) return 'end of string while looking for conversion specifier'
      const point = field.codePointAt(end + 1)!
      conversion = String.fromCodePoint(point)
      end += 1 + conversion.length
      if (end < field.length && field[end] !== ':') return "expected ':' after conversion specifier"
    }
    if (end < field.length) spec = field.slice(end + 1)
    out.push(PyTuple_FromArray([text(literal), text(name), text(spec), conversion === null ? none() : text(conversion)], true))
  }
  return out
}

const numberOrText = (s: string): PyObject => /^[0-9]+$/.test(s) ? PyLong_FromLong(Number(s)) : text(s)

/** `a.b[c]` after its first part: (is it an attribute, name or index). */
function splitName(s: string): { first: PyObject, rest: PyObject[] } | string {
  let at = 0
  while (at < s.length && s[at] !== '.' && s[at] !== '[') at++
  const first = numberOrText(s.slice(0, at))
  const rest: PyObject[] = []
  while (at < s.length) {
    const c = s[at++]
    const start = at
    if (c === '.') {
      while (at < s.length && s[at] !== '.' && s[at] !== '[') at++
      if (at === start) return 'Empty attribute in format string'
      rest.push(PyTuple_FromArray([PyBool_From(true), text(s.slice(start, at))], true))
    } else if (c === '[') {
      while (at < s.length && s[at] !== ']') at++
      if (at >= s.length) return "Missing ']' in format string"
      if (at === start) return 'Empty attribute in format string'
      rest.push(PyTuple_FromArray([PyBool_From(false), numberOrText(s.slice(start, at))], true))
      at++
    } else return "Only '.' or '[' may follow ']' in format field specifier"
  }
  return { first, rest }
}

const notText = (o: PyObject): null => PyErr_Format(PyExc_TypeError, 'expected str, got %s', o.ob_type.tp_name)

const methods: PyMethodDef[] = [
  {
    ml_name: 'formatter_field_name_split', ml_flags: METH_O,
    ml_meth: (_m: PyObject, arg: PyObject) => {
      if (!PyUnicode_Check(arg)) return notText(arg)
      const split = splitName(PyUnicode_AsString(arg))
      if (typeof split === 'string') return PyErr_SetString(PyExc_ValueError, split)
      const it = iterator(split.rest)
      return it === null ? null : PyTuple_FromArray([split.first, it], true)
    },
  },
  {
    ml_name: 'formatter_parser', ml_flags: METH_O,
    ml_meth: (_m: PyObject, arg: PyObject) => {
      if (!PyUnicode_Check(arg)) return notText(arg)
      const parsed = pieces(PyUnicode_AsString(arg))
      return typeof parsed === 'string' ? PyErr_SetString(PyExc_ValueError, parsed) : iterator(parsed)
    },
  },
]

export function PyInit__string(): PyObject | null {
  return PyModule_Create('_string', methods)
}
