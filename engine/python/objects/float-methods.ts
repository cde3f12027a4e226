// float: constructor, attributes and methods. Mirrors Objects/floatobject.c.
import {
  METH_CLASS, METH_FASTCALL, METH_NOARGS, METH_O, type FastFunction, type PyMethodDef, type PyObject, type PyTypeObject,
  type TypeSpec,
} from './object'
import { floatFromHex, floatHex, floatRepr, integerMantissa, parseFloatText, roundHalfEven, roundToDigits } from '../lib/dtoa'
import { transformDecimalAndSpaceToAscii } from '../lib/unicode-data'
import { PyNumber_AsSsize_t, PyNumber_Float } from './abstract'
import { PyBool_From } from './boolobject'
import { PyObject_CallOneArg } from './call'
import { PyErr_BadArgument, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { TAG_SCRATCH } from '../../memory/events'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyFloat_CheckExact, PyFloat_FromDouble, PyFloat_Type } from './floatobject'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_NoKeywords, _PyArg_NoKwnames } from './getargs'
import { PyLong_FromDouble, PyLong_FromLong, PyLong_Type } from './longobject'
import { doubleText, formatDoubleText, freshAscii } from './number-text'
import { PyObject_Str } from './object-protocol'
import { Py_None } from './singletons'
import { PyTuple_New, tuplePairSteal } from './tupleobject'
import { bytesOfBuffer } from './number-buffer'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_FromString } from './unicodeobject'

/** Digits beyond which rounding changes nothing, and beyond which it leaves nothing. */
const NDIGITS_MAX = 323
const NDIGITS_MIN = -308

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

// ---- construction -----------------------------------------------------------------------------------------------------

function float_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if ((type === PyFloat_Type || type.tp_init === PyFloat_Type.tp_init) && !_PyArg_NoKeywords('float', kwargs)) return null
  const argv = args.v as PyObject[]
  if (!_PyArg_CheckPositional('float', argv.length, 0, 1)) return null
  return float_new_impl(type, argv.length > 0 ? argv[0]! : null)
}

function float_vectorcall(type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!_PyArg_NoKwnames('float', kwnames) || !_PyArg_CheckPositional('float', nargs, 0, 1)) return null
  return float_new_impl(type as PyTypeObject, nargs > 0 ? args[0]! : null)
}

function float_new_impl(type: PyTypeObject, x: PyObject | null): PyObject | null {
  if (type !== PyFloat_Type) {
    const plain = float_new_impl(PyFloat_Type, x)
    if (plain === null) return null
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = plain.v
    decref(plain)
    return o
  }
  if (x === null) return PyFloat_FromDouble(0)
  return PyUnicode_CheckExact(x) ? PyFloat_FromString(x) : PyNumber_Float(x)
}

/** NEW float(text) for a str or bytes-like object; null with an exception set. */
export function PyFloat_FromString(o: PyObject): PyObject | null {
  if (PyUnicode_Check(o)) {
    const data = o.v as UnicodeData
    if (data.ascii) return fromText(data.str, o)
    // Other scripts' digits are turned into ASCII in a str of its own.
    const ascii = transformDecimalAndSpaceToAscii(data.str)
    const temporary = freshAscii(ascii)
    const result = fromText(ascii, o)
    if (temporary !== null) decref(temporary)
    return result
  }
  const bytes = bytesOfBuffer(o)
  if (bytes !== null) return fromText(latin1(bytes), o)
  return PyErr_Format(PyExc_TypeError, 'float() argument must be a string or a real number, not \'%.200s\'', o.ob_type.tp_name)
}

/** NEW float of a text of ASCII (or of bytes). Mirrors _Py_string_to_number_with_underscores: those are left out in a copy. */
function fromText(text: string, o: PyObject): PyObject | null {
  const value = parseFloatText(text, true)
  const copy = text.includes('_') ? PyMem_Malloc(text.length + 1, TAG_SCRATCH) : 0
  const misplaced = copy !== 0 && !/^(?:[^_]|(?<=[0-9])_(?=[0-9]))*$/.test(text)
  if (value === null && !misplaced) noNumber(text)
  PyMem_Free(copy)
  if (value !== null) return PyFloat_FromDouble(value)
  if (misplaced) return PyErr_Format(PyExc_ValueError, 'could not convert string to %s: %R', 'float', o)
  return PyErr_Format(PyExc_ValueError, 'could not convert string to float: %R', o)
}

// PyOS_string_to_double says it first when not even the beginning is a number; the message is then made once more.
export function noNumber(text: string): void {
  const rest = text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, '')
  if (rest === '' || /^[-+]?(?:\.?\d|inf|nan)/i.test(rest)) return
  PyErr_Format(PyExc_ValueError, 'could not convert string to float: \'%.200s\'', rest)
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!)
  return text
}

// ---- text ---------------------------------------------------------------------------------------------------------------

/** NEW shortest text that reads back as the same double. */
export function float_repr(o: PyObject): PyObject | null {
  return doubleText(floatRepr(o.v as number))
}

function float___format__(self: PyObject, spec: PyObject): PyObject | null {
  if (!PyUnicode_Check(spec)) return _PyArg_BadArgument('__format__', 'argument', 'str', spec)
  const text = PyUnicode_AsString(spec)
  if (text.length > 0) return formatDoubleText(self.v as number, text, self.ob_type.tp_name)
  return PyFloat_CheckExact(self) ? float_repr(self) : PyObject_Str(self)
}

// Mirrors float_hex_impl: the fraction is a C string, put together with PyUnicode_FromFormat.
function float_hex(self: PyObject): PyObject | null {
  const d = self.v as number
  const text = floatHex(d)
  if (!Number.isFinite(d)) return float_repr(self)
  if (d === 0) return freshAscii(text)
  const [, sign, fraction, exponent] = /^(-?)0x(.*)p([+-]\d+)$/.exec(text)!
  return PyUnicode_FromFormat(sign === '-' ? '-0x%sp%c%d' : '0x%sp%c%d', fraction, exponent!.charCodeAt(0), Math.abs(Number(exponent)))
}

function float_fromhex(type: PyObject, text: PyObject): PyObject | null {
  if (!PyUnicode_Check(text)) return PyErr_BadArgument()
  const value = floatFromHex(PyUnicode_AsString(text))
  if (value === 'invalid') return PyErr_SetString(PyExc_ValueError, 'invalid hexadecimal floating-point string')
  if (value === 'overflow') return PyErr_SetString(PyExc_OverflowError, 'hexadecimal value too large to represent as a float')
  const float = PyFloat_FromDouble(value)
  if (type === PyFloat_Type) return float
  const converted = PyObject_CallOneArg(type, float)
  decref(float)
  return converted
}

// ---- rounding and ratio --------------------------------------------------------------------------------------------------

const float___round__: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('__round__', nargs, 0, 1)) return null
  const x = self.v as number
  if (nargs === 0 || args[0] === Py_None) return PyLong_FromDouble(Number.isFinite(x) ? roundHalfEven(x) : x)
  const ndigits = PyNumber_AsSsize_t(args[0]!, null)
  if (ndigits === -1 && PyErr_Occurred() !== null) return null
  if (!Number.isFinite(x) || ndigits > NDIGITS_MAX) return PyFloat_FromDouble(x)
  if (ndigits < NDIGITS_MIN) return PyFloat_FromDouble(0 * x)
  const rounded = roundToDigits(x, ndigits)
  if (rounded === null) return PyErr_SetString(PyExc_OverflowError, 'rounded value too large to represent')
  return PyFloat_FromDouble(rounded)
}

// Mirrors float_as_integer_ratio_impl.
function float_as_integer_ratio(self: PyObject): PyObject | null {
  const x = self.v as number
  if (x === Infinity || x === -Infinity) {
    return PyErr_SetString(PyExc_OverflowError, 'cannot convert Infinity to integer ratio')
  }
  if (Number.isNaN(x)) return PyErr_SetString(PyExc_ValueError, 'cannot convert NaN to integer ratio')
  // The ints come about by shifts, whose blocks are longer than the result.
  const { mantissa, exponent } = integerMantissa(x)
  let numerator = PyLong_FromDouble(mantissa)!
  let denominator: PyObject = PyLong_FromLong(1)
  const places = PyLong_FromLong(Math.abs(exponent))
  const shifted = PyLong_Type.nb_lshift!(exponent > 0 ? numerator : denominator, places)!
  if (exponent > 0) {
    decref(numerator)
    numerator = shifted
  } else {
    decref(denominator)
    denominator = shifted
  }
  const pair = tuplePairSteal(numerator, denominator)
  decref(places)
  return pair
}

function float___getformat__(_type: PyObject, kind: PyObject): PyObject | null {
  if (!PyUnicode_Check(kind)) return _PyArg_BadArgument('__getformat__', 'argument', 'str', kind)
  const text = PyUnicode_AsString(kind)
  if (text === 'double' || text === 'float') return PyUnicode_FromString('IEEE, little-endian')
  return PyErr_SetString(PyExc_ValueError, '__getformat__() argument 1 must be \'double\' or \'float\'')
}

/** NEW exact float of the same value: the object itself unless it is of a subclass. */
function float_float(o: PyObject): PyObject {
  if (o.ob_type !== PyFloat_Type) return PyFloat_FromDouble(o.v as number)
  o.ob_refcnt++
  return o
}

function float___getnewargs__(self: PyObject): PyObject {
  const tuple = PyTuple_New(1)
  tuple.v[0] = PyFloat_FromDouble(self.v as number)
  return tuple
}

const methods: PyMethodDef[] = [
  { ml_name: 'conjugate', ml_meth: float_float, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: '__trunc__', ml_meth: (self: PyObject) => PyLong_FromDouble(self.v as number), ml_flags: METH_NOARGS, signature: '($self, /)' },
  {
    ml_name: '__floor__', ml_meth: (self: PyObject) => PyLong_FromDouble(Math.floor(self.v as number)), ml_flags: METH_NOARGS,
    signature: '($self, /)',
  },
  {
    ml_name: '__ceil__', ml_meth: (self: PyObject) => PyLong_FromDouble(Math.ceil(self.v as number)), ml_flags: METH_NOARGS,
    signature: '($self, /)',
  },
  { ml_name: '__round__', ml_meth: float___round__, ml_flags: METH_FASTCALL, signature: '($self, ndigits=None, /)' },
  { ml_name: 'as_integer_ratio', ml_meth: float_as_integer_ratio, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: 'fromhex', ml_meth: float_fromhex, ml_flags: METH_O | METH_CLASS, signature: '($type, string, /)' },
  { ml_name: 'hex', ml_meth: float_hex, ml_flags: METH_NOARGS, signature: '($self, /)' },
  {
    ml_name: 'is_integer', ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (self: PyObject) => PyBool_From(Number.isInteger(self.v as number)),
  },
  { ml_name: '__getnewargs__', ml_meth: float___getnewargs__, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: '__getformat__', ml_meth: float___getformat__, ml_flags: METH_O | METH_CLASS, signature: '($type, typestr, /)' },
  { ml_name: '__format__', ml_meth: float___format__, ml_flags: METH_O, signature: '($self, format_spec, /)' },
]

export function floatSlots(): Partial<TypeSpec> {
  return {
    tp_doc: 'float(x=0, /)\n--\n\nDouble-precision number, from a number or from text.',
    tp_repr: float_repr,
    tp_new: float_new,
    tp_vectorcall: float_vectorcall,
    tp_methods: methods,
    tp_getset: [
      { name: 'real', get: float_float },
      { name: 'imag', get: () => PyFloat_FromDouble(0) },
    ],
    nb_positive: float_float,
    nb_int: self => PyLong_FromDouble(self.v as number),
    nb_float: float_float,
  }
}

