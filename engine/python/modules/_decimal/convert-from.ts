// Decimals to other objects: text, int, float, tuple, ratio. Modules/_decimal/_decimal.c.
import { TAG_NONE } from '../../../memory/events'
import { PyObject_CallFunctionObjArgs } from '../../objects/call'
import { PyDict_Check, PyDict_GetItemWithError } from '../../objects/dictobject'
import { PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_FromString } from '../../objects/float-methods'
import { _PyLong_GCD } from '../../objects/long-gcd'
import { PyLong_FromBigInt, PyLong_FromLong, PyLong_Type, type PyLongObject } from '../../objects/longobject'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { PyMem_Free, PyMem_Malloc } from '../../objects/objimpl'
import { Py_None } from '../../objects/singletons'
import { PyTuple_New, PyTuple_Pack, PyTuple_SET_ITEM } from '../../objects/tupleobject'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_AsUTF8, utf8Length } from '../../objects/unicode-utf8'
import { PyUnicode_AsUTF8Bytes } from '../../objects/unicode-codec'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, unicodeFromText } from '../../objects/unicodeobject'
import { capitalsOf, ctxOf, currentContext, ssize } from './context-object'
import { decAlloc, mpd } from './decimal-object'
import { pow10 } from './digits'
import { formatNumber, parseFormat, type FormatSpec } from './format'
import {
  FINITE, INF, MPD_Errors, MPD_Malloc_error, NAN, ROUND_FLOOR, SNAN, del, isNan, isZero, lengthOf, newCopy, newMpd, qcopy, scratch, signals, temporary,
  wordsOf, workContext, type Mpd,
} from './mpd'
import { qroundToInt } from './operations'
import { qrescale, roundDigits } from './rounding'
import { addStatus } from './signal-map'
import { FMT_LOWER, FMT_TOENG, FMT_TOSCI, FMT_UPPER, toText } from './text'

// ---- text --------------------------------------------------------------------------------------------------------------

/** NEW str of a number in scientific or engineering notation. Mirrors mpd_to_sci_size, mpd_to_eng_size and unicode_fromascii. */
export function textOfNumber(m: Mpd, capitals: boolean, engineering: boolean): PyObject | null {
  const { text, bytes } = toText(m, (capitals ? FMT_UPPER : FMT_LOWER) | (engineering ? FMT_TOENG : FMT_TOSCI))
  const buffer = PyMem_Malloc(bytes, TAG_NONE)
  if (buffer === 0) return null
  const result = unicodeFromText(text)
  PyMem_Free(buffer)
  return result
}

// Mirrors dec_str.
export function str(o: PyObject): PyObject | null {
  const context = currentContext()
  return context === null ? null : textOfNumber(mpd(o), capitalsOf(context), false)
}

// Mirrors dec_repr.
export function repr(o: PyObject): PyObject | null {
  const context = currentContext()
  if (context === null) return null
  const { text, bytes } = toText(mpd(o), (capitalsOf(context) ? FMT_UPPER : FMT_LOWER) | FMT_TOSCI)
  const buffer = PyMem_Malloc(bytes, TAG_NONE)
  if (buffer === 0) return null
  const result = PyUnicode_FromFormat("Decimal('%s')", text)
  PyMem_Free(buffer)
  return result
}

// Mirrors format_spec_z_search.
/** Place of the option z in [[fill]align][sign][z], in UTF-16 units; -1 if it is not there. */
function findZ(text: string): number {
  const fill = text.codePointAt(0) ?? 0
  const after = fill > 0xffff ? 2 : 1
  let at = '<>=^'.includes(text[after] ?? 'z') ? after + 1 : '<>=^'.includes(text[0] ?? 'z') ? 1 : 0
  if ('+- '.includes(text[at] ?? 'z')) at++
  return text[at] === 'z' ? at : -1
}

/** The undocumented second argument: decimal_point, thousands_sep and grouping. False with an exception set. */
function applyOverride(spec: FormatSpec, override: PyObject): boolean {
  if (!PyDict_Check(override)) return PyErr_SetString(PyExc_TypeError, 'optional argument must be a dict'), false
  for (const key of ['decimal_point', 'thousands_sep', 'grouping'] as const) {
    const name = PyUnicode_FromString(key)
    const value = PyDict_GetItemWithError(override, name)
    Py_DECREF(name)
    if (value === null) {
      if (PyErr_Occurred() !== null) return false
      continue
    }
    const bytes = PyUnicode_AsUTF8Bytes(value)
    if (bytes === null) return false
    if (key === 'grouping') spec.grouping = [...bytes, 0].slice(0, [...bytes, 0].indexOf(0))
    else spec[key === 'decimal_point' ? 'dot' : 'sep'] = PyUnicode_AsString(value)
  }
  const dotBytes = utf8Length(spec.dot)
  if (dotBytes > 0 && dotBytes <= 4 && utf8Length(spec.sep) <= 4 && spec.grouping.every(size => size < 128)) return true
  return PyErr_SetString(PyExc_ValueError, 'invalid override dict'), false
}

/** m, or a positive zero in `tmp` if the digits of the spec make it a negative one; null with an exception set. */
function withoutNegativeZero(m: Mpd, tmp: Mpd, spec: FormatSpec, context: PyObject): Mpd | null {
  const ctx = ctxOf(context)
  qcopy(tmp, m)
  const { prec } = spec
  if (prec >= 0) {
    if (spec.type === 'f') qrescale(tmp, tmp, -prec, ctx)
    else if (spec.type === '%') {
      tmp.exp += 2
      qrescale(tmp, tmp, -prec, ctx)
    } else if (spec.type === 'g') {
      if (tmp.digits > Math.max(prec, 1)) roundDigits(tmp, tmp, Math.max(prec, 1), ctx)
    } else if (spec.type === 'e' && !isZero(tmp)) roundDigits(tmp, tmp, prec + 1, ctx)
  }
  if ((signals.bits & MPD_Errors) !== 0) return PyErr_SetString(PyExc_ValueError, 'unexpected error when rounding')
  if (!isZero(tmp)) return m
  tmp.sign = 0
  return tmp
}

// Mirrors dec_format.
export function format(o: PyObject, fmt: PyObject, override: PyObject | null): PyObject | null {
  const context = currentContext()
  if (context === null) return null
  if (!PyUnicode_Check(fmt)) return PyErr_SetString(PyExc_TypeError, 'format arg must be str')
  let text = PyUnicode_AsUTF8(fmt)
  if (text === null) return null
  // A NUL as fill character is replaced for the time being; any other ends the text, as in C.
  const nulFill = text.startsWith('\0')
  const z = findZ(nulFill ? `_${text.slice(1)}` : text)
  const copy = nulFill || z >= 0 ? PyMem_Malloc(utf8Length(text) + 1, TAG_NONE) : 0
  if (nulFill) text = `_${text.slice(1)}`
  if (z >= 0) text = text.slice(0, z) + text.slice(z + 1)
  const end = text.indexOf('\0')
  if (end >= 0) text = text.slice(0, end)
  const result = formatted(mpd(o), text, nulFill, z >= 0, override, context)
  PyMem_Free(copy)
  return result
}

function formatted(m: Mpd, text: string, nulFill: boolean, noNegativeZero: boolean, override: PyObject | null, context: PyObject): PyObject | null {
  const spec = parseFormat(text, capitalsOf(context))
  if (spec === null) return PyErr_SetString(PyExc_ValueError, 'invalid format string')
  if (nulFill) spec.fill = '\0'
  if (override !== null && !applyOverride(spec, override)) return null
  signals.bits = 0
  const tmp = temporary()
  const value = noNegativeZero && m.sign !== 0 && m.kind === FINITE ? withoutNegativeZero(m, tmp, spec, context) : m
  if (value === null) return null
  signals.bits = 0
  const made = formatNumber(value, spec, ctxOf(context))
  if (made === null) {
    if ((signals.bits & MPD_Malloc_error) !== 0) return PyErr_NoMemory()
    return PyErr_SetString(PyExc_ValueError, 'format specification exceeds internal limits of _decimal')
  }
  const result = unicodeFromText(made.text)
  PyMem_Free(made.buffer)
  del(tmp)
  return result
}

// ---- integers ----------------------------------------------------------------------------------------------------------------

const DIGITS_PER_WORD = Math.log10(2 ** 30)

// Mirrors dec_as_long.
/** NEW int, rounded by the mode given. */
export function asLong(o: PyObject, context: PyObject, round: number): PyObject | null {
  const m = mpd(o)
  if (m.kind !== FINITE) {
    if (isNan(m)) return PyErr_SetString(PyExc_ValueError, 'cannot convert NaN to integer')
    return PyErr_SetString(PyExc_OverflowError, 'cannot convert Infinity to integer')
  }
  const x = newMpd()
  const work = workContext(ctxOf(context))
  work.round = round
  signals.bits = 0
  qroundToInt(x, m, work)
  if (addStatus(ctxOf(context), signals.bits)) return del(x), null
  // libmpdec exports to words of 30 bits, by way of a copy with all zeros written out.
  const size = x.coef === 0n ? 1 : Math.floor((x.digits + x.exp) / DIGITS_PER_WORD) + 1
  const block = PyMem_Malloc(size * 4, TAG_NONE)
  const shifted = block === 0 ? -1 : scratch(x.coef === 0n ? 1 : wordsOf(x.digits + x.exp))
  if (shifted < 0) {
    PyMem_Free(block)
    del(x)
    return PyErr_NoMemory()
  }
  const value = x.exp > 0 && x.coef !== 0n ? x.coef * pow10(x.exp) : x.coef
  PyMem_Free(shifted)
  const result = PyLong_FromBigInt(m.sign !== 0 ? -value : value)
  PyMem_Free(block)
  del(x)
  return result
}

/** An operator of int on objects, of which the first is STOLEN. */
function longOperator(slot: 'nb_multiply' | 'nb_floor_divide', a: PyObject, b: PyObject): PyObject | null {
  const result = PyLong_Type[slot]!(a, b)
  Py_DECREF(a)
  return result
}

// Mirrors dec_as_integer_ratio.
export function asIntegerRatio(o: PyObject): PyObject | null {
  const m = mpd(o)
  if (m.kind !== FINITE) {
    if (isNan(m)) return PyErr_SetString(PyExc_ValueError, 'cannot convert NaN to integer ratio')
    return PyErr_SetString(PyExc_OverflowError, 'cannot convert Infinity to integer ratio')
  }
  const context = currentContext()
  if (context === null) return null
  const tmp = decAlloc()
  qcopy(mpd(tmp), m)
  const exp = isZero(m) ? 0 : m.exp
  mpd(tmp).exp = 0
  let numerator = asLong(tmp, context, ROUND_FLOOR)
  Py_DECREF(tmp)
  if (numerator === null) return null
  const exponent = ssize(Math.abs(exp))
  const ten = PyLong_FromLong(10)
  let power = PyLong_Type.nb_power!(ten, exponent, Py_None)
  Py_DECREF(exponent)
  Py_DECREF(ten)
  if (power === null) return Py_DECREF(numerator), null
  let denominator: PyObject | null
  if (exp >= 0) {
    numerator = longOperator('nb_multiply', numerator, power)
    Py_DECREF(power)
    denominator = PyLong_FromLong(1)
  } else {
    const common = _PyLong_GCD(numerator as PyLongObject, power as PyLongObject)
    if (common === null) return Py_DECREF(power), Py_DECREF(numerator), null
    numerator = longOperator('nb_floor_divide', numerator, common)
    power = longOperator('nb_floor_divide', power, common)
    Py_DECREF(common)
    denominator = power
  }
  const result = numerator === null || denominator === null ? null : PyTuple_Pack(numerator, denominator)
  if (denominator !== null) Py_DECREF(denominator)
  if (numerator !== null) Py_DECREF(numerator)
  return result
}

// ---- floats and tuples -----------------------------------------------------------------------------------------------------

// Mirrors PyDec_AsFloat.
export function asFloat(o: PyObject): PyObject | null {
  const m = mpd(o)
  let text: PyObject | null
  if (isNan(m)) {
    if (m.kind === SNAN) return PyErr_SetString(PyExc_ValueError, 'cannot convert signaling NaN to float')
    text = PyUnicode_FromString(m.sign !== 0 ? '-nan' : 'nan')
  } else text = str(o)
  if (text === null) return null
  const result = PyFloat_FromString(text)
  Py_DECREF(text)
  return result
}

/** The named tuple; made for each process. */
let DecimalTuple: PyObject

export function setDecimalTuple(type: PyObject): void {
  DecimalTuple = type
}

// Mirrors PyDec_AsTuple.
export function asTuple(o: PyObject): PyObject | null {
  const m = mpd(o)
  const copy = newCopy(m)
  const sign = PyLong_FromLong(m.sign)
  let exponent: PyObject | null
  let coefficient: PyObject
  let buffer = 0
  if (m.kind === INF) {
    exponent = PyUnicode_FromString('F')
    coefficient = PyTuple_New(1)
    PyTuple_SET_ITEM(coefficient, 0, PyLong_FromLong(0))
  } else {
    exponent = isNan(m) ? PyUnicode_FromString(m.kind === NAN ? 'n' : 'N') : ssize(m.exp + 0)
    if (lengthOf(m) > 0) {
      copy.exp = copy.sign = 0
      copy.kind = FINITE
      const { text, bytes } = toText(copy, FMT_UPPER | FMT_TOSCI)
      buffer = PyMem_Malloc(bytes, TAG_NONE)
      coefficient = PyTuple_New(text.length)
      for (let i = 0; i < text.length; i++) PyTuple_SET_ITEM(coefficient, i, PyLong_FromLong(text.charCodeAt(i) - 48))
    } else coefficient = PyTuple_New(0)
  }
  const result = exponent === null ? null : PyObject_CallFunctionObjArgs(DecimalTuple, sign, coefficient, exponent)
  del(copy)
  PyMem_Free(buffer)
  Py_DECREF(sign)
  Py_DECREF(coefficient)
  if (exponent !== null) Py_DECREF(exponent)
  return result
}
