// Decimals from other objects: the constructor, create_decimal, operands and comparisons. Modules/_decimal/_decimal.c.
import { TAG_NONE } from '../../../memory/events'
import { decimalValue, isSpace } from '../../lib/unicode-data'
import { PyObject_IsInstance } from '../../objects/abstract'
import { PyObject_CallOneArg } from '../../objects/call'
import { PyComplex_Check } from '../../objects/complexobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_AsDouble, PyFloat_Check, PyFloat_FromDouble, PyFloat_Type } from '../../objects/floatobject'
import { parseTupleAndKeywords } from '../../objects/getargs-keywords'
import { PyList_AsTuple, PyList_Check } from '../../objects/listobject'
import { PyLong_AsBigInt, PyLong_AsLong, PyLong_AsSsize_t, PyLong_Check, PyLong_Type, digitCount } from '../../objects/longobject'
import { Py_DECREF, Py_EQ, Py_NE, type NoArgsFunction, type PyObject, type PyTypeObject } from '../../objects/object'
import { PyObject_GetAttr } from '../../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc } from '../../objects/objimpl'
import { Py_None, Py_NotImplemented } from '../../objects/singletons'
import { PyTuple_Check } from '../../objects/tupleobject'
import { pointsOf } from '../../objects/unicode-text'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_GET_LENGTH } from '../../objects/unicodeobject'
import { qmul } from './arithmetic'
import { contextOption, ctxOf, currentContext } from './context-object'
import { PyDec_Check, PyDec_Type, decAlloc, finish, mpd, newDecimal } from './decimal-object'
import { digitCount as decimalDigits } from './digits'
import {
  FINITE, INF, MAX_CONTEXT, MPD_Clamped, MPD_Conversion_syntax, MPD_Errors, MPD_Float_operation, MPD_Inexact, MPD_Invalid_operation, MPD_Rounded, NAN,
  del, isNan, lengthOf, newCopy, newMpd, qcopy, resize, setError, setSpecial, setTriple, signals, type MpdContext,
} from './mpd'
import { qpow } from './power'
import { finalize } from './rounding'
import { addStatus } from './signal-map'
import { setString } from './text'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

// ---- from text ---------------------------------------------------------------------------------------------------------

// Mirrors numeric_as_ascii.
/** ASCII of a numeric str: digits of any script become 0 to 9; '' if there is anything else. */
function numericAscii(o: PyObject, stripped: boolean): string {
  let points = pointsOf(PyUnicode_AsString(o))
  if (stripped) {
    let end = points.length
    while (end > 0 && isSpace(points[end - 1]!)) end--
    let start = 0
    while (start < end && isSpace(points[start]!)) start++
    points = points.slice(start, end)
  }
  let text = ''
  for (const c of points) {
    if (stripped && c === 0x5f) continue
    if (c > 0 && c <= 127) text += String.fromCharCode(c)
    else if (isSpace(c)) text += ' '
    else {
      const digit = decimalValue(c)
      if (digit < 0) return ''
      text += digit
    }
  }
  return text
}

/** Where the result must be exact, whatever the context would have done to it is an error. */
function demandExact(o: PyObject): void {
  if ((signals.bits & (MPD_Inexact | MPD_Rounded | MPD_Clamped)) !== 0) setError(mpd(o), MPD_Invalid_operation)
  signals.bits &= MPD_Errors
}

// Mirrors PyDecType_FromCString and PyDecType_FromCStringExact.
function fromText(type: PyTypeObject, text: string, context: PyObject, exact: boolean): PyObject | null {
  const o = newDecimal(type)
  if (o === null) return null
  signals.bits = 0
  setString(mpd(o), text, exact ? MAX_CONTEXT : ctxOf(context))
  if (exact) demandExact(o)
  return finish(o, context)
}

// Mirrors PyDecType_FromUnicode and PyDecType_FromUnicodeExactWS.
function fromUnicode(type: PyTypeObject, text: PyObject, context: PyObject, exact: boolean): PyObject | null {
  const buffer = PyMem_Malloc(PyUnicode_GET_LENGTH(text) + 1, TAG_NONE)
  if (buffer === 0) return null
  const o = fromText(type, numericAscii(text, exact), context, exact)
  PyMem_Free(buffer)
  return o
}

// ---- from numbers ------------------------------------------------------------------------------------------------------

/** Words for importing digits of 30 bits, and the estimate of _mpd_importsize. */
const WORDS_PER_DIGIT = Math.log10(2 ** 30) / 19

// Mirrors dec_from_long.
function setLong(o: PyObject, n: PyObject, ctx: MpdContext): void {
  const m = mpd(o)
  const value = PyLong_AsBigInt(n)
  if (value === 0n) return setTriple(m, 0, 0n, 0)
  const digits = digitCount(n.v as number | bigint)
  if (digits > 1 && !resize(m, Math.floor(digits * WORDS_PER_DIGIT) + 1)) return
  m.sign = value < 0n ? 1 : 0
  m.kind = FINITE
  m.exp = 0
  m.coef = value < 0n ? -value : value
  m.digits = decimalDigits(m.coef)
  if (digits > 1) resize(m, lengthOf(m))
  finalize(m, ctx)
}

// Mirrors PyDecType_FromLong and PyDecType_FromLongExact.
function fromLong(type: PyTypeObject, n: PyObject, context: PyObject, exact: boolean): PyObject | null {
  if (!PyLong_Check(n)) return PyErr_SetString(PyExc_TypeError, 'argument must be an integer')
  const o = newDecimal(type)
  if (o === null) return null
  signals.bits = 0
  setLong(o, n, exact ? MAX_CONTEXT : ctxOf(context))
  if (exact) demandExact(o)
  return finish(o, context)
}

const fromLongExact = (n: PyObject, context: PyObject): PyObject | null => fromLong(PyDec_Type, n, context, true)

/** A method without arguments of a builtin type, called past the attribute lookup. */
function callMethod(type: PyTypeObject, name: string, o: PyObject): PyObject | null {
  return (type.tp_methods!.find(m => m.ml_name === name)!.ml_meth as NoArgsFunction)(o)
}

// Mirrors PyDecType_FromFloatExact.
export function fromFloatExact(type: PyTypeObject, v: PyObject, context: PyObject): PyObject | null {
  if (PyLong_Check(v)) return fromLong(type, v, context, true)
  if (!PyFloat_Check(v)) return PyErr_SetString(PyExc_TypeError, 'argument must be int or float')
  const x = PyFloat_AsDouble(v)
  if (x === -1 && PyErr_Occurred() !== null) return null
  const sign = x < 0 || Object.is(x, -0) ? 1 : 0
  if (!Number.isFinite(x)) {
    const o = newDecimal(type)
    if (o !== null) setSpecial(mpd(o), x === x ? sign : 0, x === x ? INF : NAN)
    return o
  }
  const positive = PyFloat_Type.nb_absolute!(v)
  if (positive === null) return null
  const ratio = callMethod(PyFloat_Type, 'as_integer_ratio', positive)
  Py_DECREF(positive)
  if (ratio === null) return null
  const [n, d] = ratio.v as [PyObject, PyObject]
  const length = callMethod(PyLong_Type, 'bit_length', d)
  if (length === null) return Py_DECREF(ratio), null
  const k = PyLong_AsSsize_t(length) - 1
  Py_DECREF(length)
  const o = fromLong(type, n, context, true)
  Py_DECREF(ratio)
  if (o === null) return null
  // n / 2^k = n * 5^k * 10^-k
  const power = newMpd()
  const exponent = newMpd()
  signals.bits = 0
  setTriple(power, 0, 5n, 0)
  setTriple(exponent, 0, BigInt(k), 0)
  qpow(power, power, exponent, MAX_CONTEXT)
  if (!addStatus(ctxOf(context), signals.bits)) {
    signals.bits = 0
    qmul(mpd(o), mpd(o), power, MAX_CONTEXT)
  }
  del(power)
  del(exponent)
  if (finish(o, context) === null) return null
  mpd(o).sign = sign
  mpd(o).exp = -k + 0
  return o
}

// Mirrors PyDecType_FromDecimalExact.
function fromDecimal(type: PyTypeObject, v: PyObject, context: PyObject): PyObject | null {
  if (type === PyDec_Type && v.ob_type === PyDec_Type) return ref(v)
  const o = newDecimal(type)
  if (o === null) return null
  signals.bits = 0
  qcopy(mpd(o), mpd(v))
  return finish(o, context)
}

// ---- from tuples -------------------------------------------------------------------------------------------------------

const valueError = (message: string): null => PyErr_SetString(PyExc_ValueError, message)

function sequenceAsTuple(v: PyObject, ex: PyObject, message: string): PyObject | null {
  if (PyTuple_Check(v)) return ref(v)
  return PyList_Check(v) ? PyList_AsTuple(v) : PyErr_SetString(ex, message)
}

const SIGN_MESSAGE = 'sign must be an integer with the value 0 or 1'
const DIGITS_MESSAGE = 'coefficient must be a tuple of digits'
const SPECIAL_NAMES = new Map([['F', 'Inf'], ['n', 'NaN'], ['N', 'sNaN']])

/** '+', '-' and, for a special number, its name; null with an exception set. */
function signOf(items: PyObject[]): { sign: string, special: string, exp: number | bigint } | null {
  const [first, , third] = items as [PyObject, PyObject, PyObject]
  if (!PyLong_Check(first)) return valueError(SIGN_MESSAGE)
  const sign = PyLong_AsLong(first)
  if (sign === -1 && PyErr_Occurred() !== null) return null
  if (sign !== 0 && sign !== 1) return valueError(SIGN_MESSAGE)
  const mark = sign === 0 ? '+' : '-'
  if (PyUnicode_Check(third)) {
    const special = SPECIAL_NAMES.get(PyUnicode_AsString(third))
    if (special === undefined) return valueError("string argument in the third position must be 'F', 'n' or 'N'")
    return { sign: mark, special, exp: 0 }
  }
  if (!PyLong_Check(third)) return valueError('exponent must be an integer')
  if (PyLong_AsSsize_t(third) === -1 && PyErr_Occurred() !== null) return null
  return { sign: mark, special: '', exp: third.v }
}

/** Digits of the coefficient tuple; null with an exception set. */
function digitsOf(items: PyObject[]): string | null {
  let digits = ''
  for (const item of items) {
    if (!PyLong_Check(item)) return valueError(DIGITS_MESSAGE)
    const digit = PyLong_AsLong(item)
    if (digit === -1 && PyErr_Occurred() !== null) return null
    if (digit < 0 || digit > 9) return valueError(DIGITS_MESSAGE)
    digits += digit
  }
  return digits
}

// Mirrors PyDecType_FromSequence, with dectuple_as_str.
function fromSequence(type: PyTypeObject, v: PyObject, context: PyObject, exact: boolean): PyObject | null {
  const tuple = sequenceAsTuple(v, PyExc_TypeError, 'argument must be a tuple or list')
  if (tuple === null) return null
  const items = tuple.v as PyObject[]
  const head = items.length === 3 ? signOf(items) : valueError('argument must be a sequence of length 3')
  const coefficient = head === null ? null : sequenceAsTuple(items[1]!, PyExc_ValueError, DIGITS_MESSAGE)
  if (head === null || coefficient === null) return Py_DECREF(tuple), null
  const size = (coefficient.v as PyObject[]).length
  const buffer = PyMem_Malloc(1 + size + 3 + 19 + 2, TAG_NONE)
  const digits = buffer === 0 ? null : digitsOf(coefficient.v as PyObject[])
  Py_DECREF(coefficient)
  Py_DECREF(tuple)
  if (digits === null) return PyMem_Free(buffer), null
  const text = head.special === '' ? `${head.sign}${digits === '' ? '0' : digits}E${head.exp}`
    : head.sign + head.special + (head.special === 'Inf' ? '' : digits)
  const o = fromText(type, text, context, exact)
  PyMem_Free(buffer)
  return o
}

// ---- from anything -------------------------------------------------------------------------------------------------------

const unsupported = (v: PyObject): null =>
  PyErr_Format(PyExc_TypeError, 'conversion from %s to Decimal is not supported', v.ob_type.tp_name)

// Mirrors PyDecType_FromObjectExact.
export function fromObjectExact(type: PyTypeObject, v: PyObject | null, context: PyObject): PyObject | null {
  if (v === null) {
    const o = newDecimal(type)
    if (o !== null) setTriple(mpd(o), 0, 0n, 0)
    return o
  }
  if (PyDec_Check(v)) return fromDecimal(type, v, context)
  if (PyUnicode_Check(v)) return fromUnicode(type, v, context, true)
  if (PyLong_Check(v)) return fromLong(type, v, context, true)
  if (PyTuple_Check(v) || PyList_Check(v)) return fromSequence(type, v, context, true)
  if (!PyFloat_Check(v)) return unsupported(v)
  return addStatus(ctxOf(context), MPD_Float_operation) ? null : fromFloatExact(type, v, context)
}

// Mirrors dec_new.
export function decimalNew(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = parseTupleAndKeywords('', ['value', 'context'], 0, 2, args, kwargs)
  if (given === null) return null
  const context = contextOption(given[1]!)
  return context === null ? null : fromObjectExact(type, given[0]!, context)
}

// Mirrors dec_apply.
/** NEW Decimal: v fitted into the context. */
export function applyContext(v: PyObject, context: PyObject): PyObject | null {
  const result = decAlloc()
  signals.bits = 0
  qcopy(mpd(result), mpd(v))
  finalize(mpd(result), ctxOf(context))
  return finish(result, context)
}

// Mirrors PyDecType_FromFloat.
export function fromFloat(v: PyObject, context: PyObject): PyObject | null {
  const o = fromFloatExact(PyDec_Type, v, context)
  if (o === null) return null
  signals.bits = 0
  finalize(mpd(o), ctxOf(context))
  return finish(o, context)
}

// Mirrors PyDec_FromObject.
/** NEW Decimal as Context.create_decimal makes it: rounded. */
export function fromObject(v: PyObject | null, context: PyObject): PyObject | null {
  const ctx = ctxOf(context)
  if (v === null) {
    const o = decAlloc()
    signals.bits = 0
    setTriple(mpd(o), 0, 0n, 0)
    finalize(mpd(o), ctx)
    return finish(o, context)
  }
  if (PyDec_Check(v)) {
    const m = mpd(v)
    if (!isNan(m) || m.digits <= ctx.prec - ctx.clamp) return applyContext(v, context)
    // Too many digits of payload.
    if (addStatus(ctx, MPD_Conversion_syntax)) return null
    const nan = decAlloc()
    setSpecial(mpd(nan), 0, NAN)
    return nan
  }
  if (PyUnicode_Check(v)) return fromUnicode(PyDec_Type, v, context, false)
  if (PyLong_Check(v)) return fromLong(PyDec_Type, v, context, false)
  if (PyTuple_Check(v) || PyList_Check(v)) return fromSequence(PyDec_Type, v, context, false)
  if (!PyFloat_Check(v)) return unsupported(v)
  return addStatus(ctx, MPD_Float_operation) ? null : fromFloat(v, context)
}

// Mirrors dec_from_float.
export function fromFloatMethod(type: PyObject, v: PyObject): PyObject | null {
  const context = currentContext()
  if (context === null) return null
  const o = fromFloatExact(PyDec_Type, v, context)
  if (o === null || type === PyDec_Type) return o
  const result = PyObject_CallOneArg(type, o)
  Py_DECREF(o)
  return result
}

// ---- operands ------------------------------------------------------------------------------------------------------------

// Mirrors convert_op.
/** NEW Decimal for an operand; null with an exception set; without `raising` NotImplemented for other types. */
export function convertOperand(v: PyObject, context: PyObject, raising: boolean): PyObject | null {
  if (PyDec_Check(v)) return ref(v)
  if (PyLong_Check(v)) return fromLongExact(v, context)
  return raising ? unsupported(v) : ref(Py_NotImplemented)
}

/** Of convertBinary: two NEW operands; or b null and a what the caller returns. Overwritten by the next call. */
const operands: { a: PyObject | null, b: PyObject | null } = { a: null, b: null }

// Mirrors CONVERT_BINOP and CONVERT_BINOP_RAISE.
export function convertBinary(v: PyObject, w: PyObject, context: PyObject, raising: boolean): { a: PyObject | null, b: PyObject | null } {
  operands.b = null
  const a = operands.a = convertOperand(v, context, raising)
  if (a === null || a === Py_NotImplemented) return operands
  const b = convertOperand(w, context, raising)
  if (b !== null && b !== Py_NotImplemented) operands.b = b
  else {
    Py_DECREF(a)
    operands.a = b
  }
  return operands
}

// ---- operands of comparisons -----------------------------------------------------------------------------------------------

/** numbers.Rational; made for each process. */
let Rational: PyObject

export function setRational(type: PyObject): void {
  Rational = type
}

/** NEW Decimal of an int attribute. */
function attributeAsDecimal(o: PyObject, text: string, context: PyObject): PyObject | null {
  const name = PyUnicode_FromString(text)
  const value = PyObject_GetAttr(o, name)
  Py_DECREF(name)
  if (value === null) return null
  const result = fromLongExact(value, context)
  Py_DECREF(value)
  return result
}

// Mirrors multiply_by_denominator.
function multiplyByDenominator(v: PyObject, r: PyObject, context: PyObject): PyObject | null {
  const denominator = attributeAsDecimal(r, 'denominator', context)
  if (denominator === null) return null
  const copy = newCopy(mpd(v))
  const result = decAlloc()
  signals.bits = 0
  // Without the exponent nothing can overflow.
  const { exp } = copy
  copy.exp = 0
  qmul(mpd(result), copy, mpd(denominator), MAX_CONTEXT)
  mpd(result).exp = exp
  Py_DECREF(denominator)
  del(copy)
  if (signals.bits === 0) return result
  Py_DECREF(result)
  return valueError('exact conversion for comparison failed')
}

/** A float as operand of a comparison, which signals unless it asks for equality only. */
function floatOperand(w: PyObject, equality: boolean, context: PyObject): PyObject | null {
  if (!equality && addStatus(ctxOf(context), MPD_Float_operation)) return null
  ctxOf(context).status |= MPD_Float_operation
  return fromFloatExact(PyDec_Type, w, context)
}

// Mirrors convert_op_cmp.
/** Two NEW operands; or a null and b what the caller returns. */
export function convertForComparison(v: PyObject, w: PyObject, op: number, context: PyObject): { a: PyObject | null, b: PyObject | null } {
  const equality = op === Py_EQ || op === Py_NE
  let a: PyObject | null = v
  let b: PyObject | null
  if (PyDec_Check(w)) b = ref(w)
  else if (PyLong_Check(w)) b = fromLongExact(w, context)
  else if (PyFloat_Check(w)) b = floatOperand(w, equality, context)
  else if (PyComplex_Check(w) && equality) {
    if (w.v.imag !== 0) b = ref(Py_NotImplemented)
    else {
      const real = PyFloat_FromDouble(w.v.real)
      b = floatOperand(real, true, context)
      Py_DECREF(real)
    }
  } else {
    const rational = PyObject_IsInstance(w, Rational)
    if (rational === 0) b = ref(Py_NotImplemented)
    else {
      b = rational < 0 ? null : attributeAsDecimal(w, 'numerator', context)
      if (b !== null && mpd(v).kind === FINITE) {
        a = multiplyByDenominator(v, w, context)
        if (a === null) Py_DECREF(b), b = null
      }
    }
  }
  if (b === null || b === Py_NotImplemented) operands.a = null
  else operands.a = a === v ? ref(v) : a
  operands.b = b
  return operands
}
