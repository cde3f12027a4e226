// int: constructor, slots, attributes and methods. Mirrors Objects/longobject.c.
import {
  METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, type FastFunction, type FastKeywordsFunction,
  type PyMethodDef, type PyObject, type PyTypeObject, type TypeSpec,
} from './object'
import { ArgParser } from './arg-parser'
import { bitCount, intFromBytes, intToBytes } from '../lib/long-arithmetic'
import { PyNumber_AsSsize_t, PyNumber_Long, _PyNumber_Index } from './abstract'
import { bytesOfBuffer } from './number-buffer'
import { PyByteArray_Check } from './bytearrayobject'
import { BytesData, PyBytes_Check, PyBytes_Type, bytesFrom } from './bytesobject'
import { PyObject_CallOneArg } from './call'
import { MAX_BYTES } from './bytes-buffer'
import { PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyFloat_FromDouble } from './floatobject'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from './getargs'
import { indexArgument } from './list-methods'
import {
  DIVMOD, _PyLong_Add, _PyLong_Subtract, l_divmod, long_abs, long_add, long_div, long_divrem, long_mod, long_mul, long_neg,
  long_sub, notImplemented,
} from './long-arith'
import { _PyLong_Lshift, long_and, long_invert, long_lshift, long_or, long_rshift, long_xor } from './long-bits'
import { long_pow, long_true_divide } from './long-power'
import { PyLong_FromUnicodeObject, _PyLong_FromBytes, formatLong, long_repr } from './long-text'
import {
  PyLong_AsDouble, PyLong_Check, PyLong_FromLong, PyLong_FromSsize_t, PyLong_Type, _PyLong_Copy,
  _PyLong_New, _PyLong_NumBits, digitCount, long_compare, long_hash, long_long, long_richcompare, maybe_small_long,
  normalizeValue, type PyLongObject,
} from './longobject'
import { PyObject_NewSize } from './objimpl'
import { PyObject_Bytes, PyObject_IsTrue } from './object-protocol'
import { Py_None } from './singletons'
import { PyTuple_New, PyTuple_Pack, tuplePairSteal } from './tupleobject'
import { PyUnicode_AsString, PyUnicode_Check } from './unicodeobject'

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

// ---- construction ------------------------------------------------------------------------------------------------------

const newParser = new ArgParser('int', ['', 'base'])

function long_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const argv = _PyArg_UnpackKeywords(args.v as PyObject[], (args.v as PyObject[]).length, kwargs, null, newParser, 0, 2, 0)
  if (argv === null) return null
  return long_new_impl(type, argv[0]!, argv[1]!)
}

function long_new_impl(type: PyTypeObject, x: PyObject | null, obase: PyObject | null): PyObject | null {
  if (type !== PyLong_Type) return long_subtype_new(type, x, obase)
  if (x === null) {
    if (obase !== null) return PyErr_SetString(PyExc_TypeError, 'int() missing string argument')
    return PyLong_FromLong(0)
  }
  if (obase === null) return PyNumber_Long(x)
  const base = PyNumber_AsSsize_t(obase, null)
  if (base === -1 && PyErr_Occurred() !== null) return null
  if ((base !== 0 && base < 2) || base > 36) {
    return PyErr_SetString(PyExc_ValueError, 'int() base must be >= 2 and <= 36, or 0')
  }
  if (PyUnicode_Check(x)) return PyLong_FromUnicodeObject(x, base)
  if (PyByteArray_Check(x) || PyBytes_Check(x)) {
    const bytes = bytesOfBuffer(x)
    return bytes === null ? null : _PyLong_FromBytes(bytes, base)
  }
  return PyErr_SetString(PyExc_TypeError, 'int() can\'t convert non-string with explicit base')
}

function long_subtype_new(type: PyTypeObject, x: PyObject | null, obase: PyObject | null): PyObject | null {
  const plain = long_new_impl(PyLong_Type, x, obase)
  if (plain === null) return null
  const o = type.tp_alloc!(type, Math.max(1, digitCount(plain.v as number | bigint)))
  if (o !== null) o.v = plain.v
  decref(plain)
  return o
}

// ---- slots ---------------------------------------------------------------------------------------------------------------

function long_divmod(a: PyObject, b: PyObject): PyObject | null {
  if (!PyLong_Check(a) || !PyLong_Check(b)) return notImplemented()
  return l_divmod(a, b) ? tuplePairSteal(DIVMOD.div!, DIVMOD.mod!) : null
}

function long_float(o: PyObject): PyObject | null {
  const d = PyLong_AsDouble(o)
  return d === -1 && PyErr_Occurred() !== null ? null : PyFloat_FromDouble(d)
}

export function longSlots(): Partial<TypeSpec> {
  return {
    tp_doc: 'Whole number of any size, from a number or from text in a base.',
    tp_repr: long_repr,
    tp_hash: long_hash,
    tp_richcompare: long_richcompare,
    tp_new: long_new,
    tp_methods: methods,
    tp_getset: [
      { name: 'real', get: long_long },
      { name: 'imag', get: () => PyLong_FromLong(0) },
      { name: 'numerator', get: long_long },
      { name: 'denominator', get: () => PyLong_FromLong(1) },
    ],
    nb_add: long_add,
    nb_subtract: long_sub,
    nb_multiply: long_mul,
    nb_remainder: long_mod,
    nb_divmod: long_divmod,
    nb_power: long_pow,
    nb_negative: long_neg,
    nb_positive: long_long,
    nb_absolute: long_abs,
    nb_bool: o => o.v === 0 ? 0 : 1,
    nb_invert: long_invert,
    nb_lshift: long_lshift,
    nb_rshift: long_rshift,
    nb_and: long_and,
    nb_xor: long_xor,
    nb_or: long_or,
    nb_int: long_long,
    nb_float: long_float,
    nb_floor_divide: long_div,
    nb_true_divide: long_true_divide,
    nb_index: long_long,
  }
}

// ---- methods --------------------------------------------------------------------------------------------------------------

function int___format__(self: PyObject, spec: PyObject): PyObject | null {
  if (!PyUnicode_Check(spec)) return _PyArg_BadArgument('__format__', 'argument', 'str', spec)
  return formatLong(self, spec)
}

// Mirrors _PyLong_DivmodNear: the quotient nearest to a / b, ties to even, in a NEW pair with the remainder.
export function _PyLong_DivmodNear(a: PyObject, b: PyObject): PyObject | null {
  if (!PyLong_Check(a) || !PyLong_Check(b)) return PyErr_SetString(PyExc_TypeError, 'non-integer arguments in division')
  const negative = (a.v < 0) !== (b.v < 0)
  if (!long_divrem(a, b)) return null
  let quo = DIVMOD.div!
  let rem = DIVMOD.mod!
  let twice = _PyLong_Lshift(rem, 1)
  if (twice !== null && negative) {
    const opposite = long_neg(twice)
    decref(twice)
    twice = opposite
  }
  if (twice === null) return dropTwo(quo, rem)
  const cmp = long_compare(twice, b)
  decref(twice)
  const odd = typeof quo.v === 'bigint' ? (quo.v & 1n) !== 0n : (quo.v as number) % 2 !== 0
  if ((b.v < 0 ? cmp < 0 : cmp > 0) || (cmp === 0 && odd)) {
    const one = PyLong_FromLong(1)
    const nearer = negative ? _PyLong_Subtract(quo, one) : _PyLong_Add(quo, one)
    one.ob_refcnt--
    if (nearer === null) return dropTwo(quo, rem)
    decref(quo)
    quo = nearer
    const rest = negative ? _PyLong_Add(rem, b) : _PyLong_Subtract(rem, b)
    if (rest === null) return dropTwo(quo, rem)
    decref(rem)
    rem = rest
  }
  return tuplePairSteal(quo, rem)
}

function dropTwo(a: PyObject, b: PyObject): null {
  decref(a)
  decref(b)
  return null
}

const int___round__: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('__round__', nargs, 0, 1)) return null
  if (nargs === 0) return long_long(self)
  const ndigits = _PyNumber_Index(args[0]!)
  if (ndigits === null) return null
  if (ndigits.v >= 0) {
    decref(ndigits)
    return long_long(self)
  }
  // self - divmod_near(self, 10 ** -ndigits)[1]
  const exponent = long_neg(ndigits)
  decref(ndigits)
  if (exponent === null) return null
  const ten = PyLong_FromLong(10)
  const power = long_pow(ten, exponent, Py_None)
  decref(ten)
  decref(exponent)
  if (power === null) return null
  const near = _PyLong_DivmodNear(self, power)
  decref(power)
  if (near === null) return null
  const result = _PyLong_Subtract(self, near.v[1] as PyObject)
  decref(near)
  return result
}

function int___sizeof__(self: PyObject): PyObject {
  return PyLong_FromSsize_t(24 + 4 * Math.max(1, digitCount(self.v as number | bigint)))
}

function int_bit_count(self: PyObject): PyObject {
  const v = self.v as number | bigint
  return PyLong_FromLong(bitCount(BigInt(v)))
}

function int_as_integer_ratio(self: PyObject): PyObject | null {
  const numerator = long_long(self)
  if (numerator === null) return null
  const one = PyLong_FromLong(1)
  const ratio = PyTuple_Pack(numerator, one)
  decref(numerator)
  decref(one)
  return ratio
}

const toBytesParser = new ArgParser('to_bytes', ['length', 'byteorder', 'signed'])

/** True for little endian, false for big, null with an exception set. */
function isLittleEndian(fname: string, byteorder: PyObject | null): boolean | null {
  if (byteorder === null) return false
  if (!PyUnicode_Check(byteorder)) return _PyArg_BadArgument(fname, 'argument \'byteorder\'', 'str', byteorder)
  const order = PyUnicode_AsString(byteorder)
  if (order === 'little') return true
  if (order === 'big') return false
  return PyErr_SetString(PyExc_ValueError, 'byteorder must be either \'little\' or \'big\'')
}

const int_to_bytes: FastKeywordsFunction = (self, args, nargs, kwnames) => {
  const argv = _PyArg_UnpackKeywords(args, nargs, null, kwnames, toBytesParser, 0, 2, 0)
  if (argv === null) return null
  let length = 1
  if (argv[0]) {
    length = indexArgument(argv[0])
    if (length === -1 && PyErr_Occurred() !== null) return null
  }
  if (argv[1] && !PyUnicode_Check(argv[1])) return _PyArg_BadArgument('to_bytes', 'argument \'byteorder\'', 'str', argv[1])
  const signed = argv[2] ? PyObject_IsTrue(argv[2]) : 0
  if (signed < 0) return null
  const little = isLittleEndian('to_bytes', argv[1]!)
  if (little === null) return null
  if (length < 0) return PyErr_SetString(PyExc_ValueError, 'length argument must be non-negative')
  if (length >= MAX_BYTES) return PyErr_NoMemory()
  const bytes = intToBytes(BigInt(self.v as number | bigint), length, little, signed === 1)
  // A bytes object of its own even for one byte, made before it is known whether the number fits.
  const o = length === 0 ? bytesFrom(new Uint8Array(0))
    : PyObject_NewSize(PyBytes_Type, 33 + length, new BytesData(typeof bytes === 'string' ? new Uint8Array(0) : bytes))
  if (o === null || typeof bytes !== 'string') return o
  PyErr_SetString(PyExc_OverflowError,
    bytes === 'negative' ? 'can\'t convert negative int to unsigned' : 'int too big to convert')
  decref(o)
  return null
}

const fromBytesParser = new ArgParser('from_bytes', ['bytes', 'byteorder', 'signed'])

const int_from_bytes: FastKeywordsFunction = (type, args, nargs, kwnames) => {
  const argv = _PyArg_UnpackKeywords(args, nargs, null, kwnames, fromBytesParser, 1, 2, 0)
  if (argv === null) return null
  if (argv[1] && !PyUnicode_Check(argv[1])) return _PyArg_BadArgument('from_bytes', 'argument \'byteorder\'', 'str', argv[1])
  const signed = argv[2] ? PyObject_IsTrue(argv[2]) : 0
  if (signed < 0) return null
  const little = isLittleEndian('from_bytes', argv[1]!)
  if (little === null) return null
  const bytes = PyObject_Bytes(argv[0]!)
  if (bytes === null) return null
  const long = _PyLong_FromByteArray((bytes.v as BytesData).bytes, little, signed === 1)
  decref(bytes)
  if (long === null || type === PyLong_Type) return long
  const converted = PyObject_CallOneArg(type, long)
  decref(long)
  return converted
}

/** NEW int of bytes in two's complement. */
export function _PyLong_FromByteArray(bytes: Uint8Array, little: boolean, signed: boolean): PyObject | null {
  const n = bytes.length
  if (n === 0) return PyLong_FromLong(0)
  const most = little ? bytes[n - 1]! : bytes[0]!
  const insignificant = signed && most >= 0x80 ? 0xff : 0
  let significant = n
  while (significant > 0 && (little ? bytes[significant - 1] : bytes[n - significant]) === insignificant) significant--
  if (signed && significant < n) significant++
  const z: PyLongObject | null = _PyLong_New(Math.ceil(significant * 8 / 30))
  if (z === null) return null
  z.v = normalizeValue(intFromBytes(bytes, little, signed))
  return maybe_small_long(z)
}

function int___getnewargs__(self: PyObject): PyObject | null {
  const copy = _PyLong_Copy(self)
  if (copy === null) return null
  const tuple = PyTuple_New(1)
  tuple.v[0] = copy
  return tuple
}

const methods: PyMethodDef[] = [
  { ml_name: 'conjugate', ml_meth: long_long, ml_flags: METH_NOARGS },
  {
    ml_name: 'bit_length', ml_meth: (self: PyObject) => PyLong_FromSsize_t(_PyLong_NumBits(self)), ml_flags: METH_NOARGS,
    signature: '($self, /)',
  },
  { ml_name: 'bit_count', ml_meth: int_bit_count, ml_flags: METH_NOARGS, signature: '($self, /)' },
  {
    ml_name: 'to_bytes', ml_meth: int_to_bytes, ml_flags: METH_FASTCALL | METH_KEYWORDS,
    signature: '($self, /, length=1, byteorder=\'big\', *, signed=False)',
  },
  {
    ml_name: 'from_bytes', ml_meth: int_from_bytes, ml_flags: METH_FASTCALL | METH_KEYWORDS | METH_CLASS,
    signature: '($type, /, bytes, byteorder=\'big\', *, signed=False)',
  },
  { ml_name: 'as_integer_ratio', ml_meth: int_as_integer_ratio, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: '__trunc__', ml_meth: long_long, ml_flags: METH_NOARGS },
  { ml_name: '__floor__', ml_meth: long_long, ml_flags: METH_NOARGS },
  { ml_name: '__ceil__', ml_meth: long_long, ml_flags: METH_NOARGS },
  { ml_name: '__round__', ml_meth: int___round__, ml_flags: METH_FASTCALL, signature: '($self, ndigits=<unrepresentable>, /)' },
  { ml_name: '__getnewargs__', ml_meth: int___getnewargs__, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: '__format__', ml_meth: int___format__, ml_flags: METH_O, signature: '($self, format_spec, /)' },
  { ml_name: '__sizeof__', ml_meth: int___sizeof__, ml_flags: METH_NOARGS, signature: '($self, /)' },
]

