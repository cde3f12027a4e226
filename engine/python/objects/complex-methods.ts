// complex: constructor, text, attributes and methods. Mirrors Objects/complexobject.c.
import { METH_NOARGS, METH_O, type PyMethodDef, type PyObject, type PyTypeObject, type TypeSpec } from './object'
import { floatRepr, parseDouble } from '../lib/dtoa'
import { transformDecimalAndSpaceToAscii } from '../lib/unicode-data'
import { PyNumber_Float } from './abstract'
import { ArgParser } from './arg-parser'
import { PyObject_CallNoArgs } from './call'
import { ComplexData, PyComplex_Check, PyComplex_CheckExact, PyComplex_FromDoubles, PyComplex_Type } from './complexobject'
import { PyErr_Clear, PyErr_Format, PyErr_Occurred, PyErr_SetString, PyErr_WarnFormat } from './errors'
import { PyExc_DeprecationWarning, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyFloat_AsDouble, PyFloat_FromDouble } from './floatobject'
import { _PyArg_BadArgument, _PyArg_UnpackKeywords } from './getargs'
import { PyLong_FromLong } from './longobject'
import { doubleBuffer, formatComplexText, freshAscii } from './number-text'
import { TAG_SCRATCH } from '../../memory/events'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { PyObject_Str } from './object-protocol'
import { tuplePairSteal } from './tupleobject'
import { _PyObject_LookupSpecial } from './typeobject'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from './unicodeobject'

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

// ---- construction -----------------------------------------------------------------------------------------------------

/** NEW complex of a type or subtype; null with an exception set. */
function subtypeFromDoubles(type: PyTypeObject, real: number, imag: number): PyObject | null {
  if (type === PyComplex_Type) return PyComplex_FromDoubles(real, imag)
  const o = type.tp_alloc!(type, 0)
  if (o !== null) o.v = new ComplexData(real, imag)
  return o
}

// Mirrors try_complex_special_method: NEW result of __complex__, or null with or without an exception.
function callComplex(o: PyObject): PyObject | null {
  const method = _PyObject_LookupSpecial(o, _Py_ID('__complex__'))
  if (method === null) return null
  const result = PyObject_CallNoArgs(method)
  decref(method)
  if (result === null || PyComplex_CheckExact(result)) return result
  const name = result.ob_type.tp_name
  if (!PyComplex_Check(result)) {
    PyErr_Format(PyExc_TypeError, '__complex__ returned non-complex (type %.200s)', name)
  } else if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1, '__complex__ returned non-complex (type %.200s).  The ability to '
    + 'return an instance of a strict subclass of complex is deprecated, and may not be supported in a future version of '
    + 'Python.', name) === 0) {
    return result
  }
  decref(result)
  return null
}

// Mirrors PyComplex_AsCComplex.
/** Value of a complex, or of what converts to one; null with an exception set. */
export function PyComplex_AsCComplex(o: PyObject): ComplexData | null {
  if (PyComplex_Check(o)) return o.v
  const made = callComplex(o)
  if (made !== null) {
    const value = made.v as ComplexData
    decref(made)
    return value
  }
  if (PyErr_Occurred() !== null) return null
  const real = PyFloat_AsDouble(o)
  return real === -1 && PyErr_Occurred() !== null ? null : new ComplexData(real, 0)
}

function isReal(o: PyObject): boolean {
  return o.ob_type.nb_float !== null || o.ob_type.nb_index !== null || PyComplex_Check(o)
}

/** float(o) as a double; NaN with `failed` set on error. */
function realValue(o: PyObject): number | null {
  const float = PyNumber_Float(o)
  if (float === null) return null
  const d = PyFloat_AsDouble(float)
  decref(float)
  return d
}

const newParser = new ArgParser('complex', ['real', 'imag'])

function complex_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  const argv = _PyArg_UnpackKeywords(items, items.length, kwargs, null, newParser, 0, 2, 0)
  if (argv === null) return null
  const zero = PyLong_FromLong(0)
  const result = complex_new_impl(type, argv[0] ?? zero, argv[1]!)
  zero.ob_refcnt--
  return result
}

function complex_new_impl(type: PyTypeObject, r: PyObject, i: PyObject | null): PyObject | null {
  if (PyComplex_CheckExact(r) && i === null && type === PyComplex_Type) {
    r.ob_refcnt++
    return r
  }
  if (PyUnicode_Check(r)) {
    if (i !== null) return PyErr_SetString(PyExc_TypeError, 'complex() can\'t take second arg if first is a string')
    return subtypeFromString(type, r)
  }
  if (i !== null && PyUnicode_Check(i)) return PyErr_SetString(PyExc_TypeError, 'complex() second arg can\'t be a string')
  const special = callComplex(r)
  if (special === null && PyErr_Occurred() !== null) return null
  if (special === null) return fromParts(type, r, i)
  // Its value is taken and it is dropped before the result is made.
  const { real, imag } = special.v as ComplexData
  decref(special)
  return fromParts(type, new ComplexData(real, imag), i)
}

// real + imag * 1j, where either may be complex itself.
function fromParts(type: PyTypeObject, r: PyObject | ComplexData, i: PyObject | null): PyObject | null {
  const parts = r instanceof ComplexData ? r : PyComplex_Check(r) ? r.v : null
  if (!(r instanceof ComplexData) && !isReal(r)) {
    return PyErr_Format(PyExc_TypeError, 'complex() first argument must be a string or a number, not \'%.200s\'', r.ob_type.tp_name)
  }
  if (i !== null && !isReal(i)) {
    return PyErr_Format(PyExc_TypeError, 'complex() second argument must be a number, not \'%.200s\'', i.ob_type.tp_name)
  }
  let real = parts !== null ? parts.real : realValue(r as PyObject)
  if (real === null) return null
  const imag = parts !== null ? parts.imag : 0
  if (i === null) return subtypeFromDoubles(type, real, imag)
  if (PyComplex_Check(i)) {
    real -= i.v.imag
    return subtypeFromDoubles(type, real, parts !== null ? i.v.real + imag : i.v.real)
  }
  const second = realValue(i)
  if (second === null) return null
  return subtypeFromDoubles(type, real, parts !== null ? second + imag : second)
}

const NUMBER = /[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)/iy

/** Real and imaginary part of a text; null if it is no complex number. Mirrors complex_from_string_inner. */
function parseComplex(text: string): [number, number] | null {
  let s = text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, '')
  const outer = s
  if (s.startsWith('(')) {
    if (!s.endsWith(')')) return null
    s = s.slice(1, -1).replace(/^[ \t-\r]+|[ \t-\r]+$/g, '')
  }
  /** Where the number starts in the text. */
  const start = text.indexOf(outer) + (s === outer ? 0 : outer.length - outer.slice(1).replace(/^[ \t-\r]+/, '').length)
  let at = 0
  const number = (): number | null => {
    NUMBER.lastIndex = at
    const match = NUMBER.exec(s)
    if (match === null) {
      // PyOS_string_to_double says so, which is dropped.
      PyErr_Format(PyExc_ValueError, 'could not convert string to float: \'%.200s\'', text.slice(start + at))
      PyErr_Clear()
      return null
    }
    at += match[0].length
    return parseDouble(match[0])
  }
  const sign = (): number | null => s[at] === '+' ? (at++, 1) : s[at] === '-' ? (at++, -1) : null
  const imaginaryUnit = (): boolean => s[at] === 'j' || s[at] === 'J' ? (at++, true) : false
  let real = 0
  let imag = 0
  const first = number()
  if (first === null) {
    imag = sign() ?? 1
    if (!imaginaryUnit()) return null
  } else if (s[at] === '+' || s[at] === '-') {
    real = first
    imag = number() ?? sign()!
    if (!imaginaryUnit()) return null
  } else if (imaginaryUnit()) {
    imag = first
  } else {
    real = first
  }
  return at === s.length ? [real, imag] : null
}

function subtypeFromString(type: PyTypeObject, o: PyObject): PyObject | null {
  const data = o.v as UnicodeData
  const ascii = data.ascii ? data.str : transformDecimalAndSpaceToAscii(data.str)
  const temporary = data.ascii ? null : freshAscii(ascii)
  const result = fromText(type, ascii, o)
  if (temporary !== null) decref(temporary)
  return result
}

function fromText(type: PyTypeObject, text: string, o: PyObject): PyObject | null {
  // Underscores, which may stand between digits only, are left out in a copy.
  const copy = text.includes('_') ? PyMem_Malloc(text.length + 1, TAG_SCRATCH) : 0
  if (copy !== 0 && !/^(?:[^_]|(?<=\d)_(?=\d))*$/.test(text)) {
    PyMem_Free(copy)
    return PyErr_Format(PyExc_ValueError, 'could not convert string to %s: %R', 'complex', o)
  }
  const parts = parseComplex(copy === 0 ? text : text.replace(/_/g, ''))
  const result = parts === null ? PyErr_SetString(PyExc_ValueError, 'complex() arg is a malformed string')
    : subtypeFromDoubles(type, parts[0], parts[1])
  PyMem_Free(copy)
  return result
}

// ---- text ---------------------------------------------------------------------------------------------------------------

/** The shortest text without a point for whole numbers: PyOS_double_to_string(d, 'r', 0, 0). */
function part(d: number): string {
  const text = floatRepr(d)
  return text.endsWith('.0') ? text.slice(0, -2) : text
}

function complex_repr(o: PyObject): PyObject | null {
  const { real, imag } = o.v as ComplexData
  const bare = Object.is(real, 0)
  const re = bare ? '' : part(real)
  const text = part(imag)
  const im = bare || text.startsWith('-') ? text : `+${text}`
  const reBuffer = bare ? 0 : doubleBuffer(re)
  const imBuffer = doubleBuffer(im)
  const result = PyUnicode_FromFormat('%s%s%sj%s', bare ? '' : '(', re, im, bare ? '' : ')')
  PyMem_Free(imBuffer)
  PyMem_Free(reBuffer)
  return result
}

function complex___format__(self: PyObject, spec: PyObject): PyObject | null {
  if (!PyUnicode_Check(spec)) return _PyArg_BadArgument('__format__', 'argument', 'str', spec)
  const format = PyUnicode_AsString(spec)
  if (format.length === 0) return PyObject_Str(self)
  const { real, imag } = self.v as ComplexData
  return formatComplexText(real, imag, format, self.ob_type.tp_name)
}

// ---- methods --------------------------------------------------------------------------------------------------------------

function complex___complex__(self: PyObject): PyObject {
  if (!PyComplex_CheckExact(self)) return PyComplex_FromDoubles((self.v as ComplexData).real, (self.v as ComplexData).imag)
  self.ob_refcnt++
  return self
}

function complex___getnewargs__(self: PyObject): PyObject {
  const { real, imag } = self.v as ComplexData
  const re = PyFloat_FromDouble(real)
  return tuplePairSteal(re, PyFloat_FromDouble(imag))
}

const methods: PyMethodDef[] = [
  {
    ml_name: 'conjugate', ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (self: PyObject) => PyComplex_FromDoubles((self.v as ComplexData).real, -(self.v as ComplexData).imag),
  },
  { ml_name: '__complex__', ml_meth: complex___complex__, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: '__getnewargs__', ml_meth: complex___getnewargs__, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: '__format__', ml_meth: complex___format__, ml_flags: METH_O, signature: '($self, format_spec, /)' },
]

export function complexSlots(): Partial<TypeSpec> {
  return {
    tp_doc: 'complex(real=0, imag=0)\n--\n\nPair of doubles, real + imag * 1j.',
    tp_repr: complex_repr,
    tp_new: complex_new,
    tp_methods: methods,
    tp_members: [
      { name: 'real', get: self => PyFloat_FromDouble((self.v as ComplexData).real) },
      { name: 'imag', get: self => PyFloat_FromDouble((self.v as ComplexData).imag) },
    ],
    nb_positive: complex___complex__,
  }
}
