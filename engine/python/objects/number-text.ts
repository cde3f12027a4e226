// int, float and complex as text, with the blocks that CPython takes on the way: the scratch int of a decimal conversion,
// the buffer of a float's digits, the texts that a format pads. The texts themselves are lib/'s work.
// Mirrors long_to_decimal_string_internal, Objects/longobject.c; format_float_short, Python/pystrtod.c;
// format_long_internal and format_float_internal, Python/formatter_unicode.c.
import { TAG_SCRATCH } from '../../memory/events'
import { FormatError, formatComplexSpec, formatFloatSpec, formatInt, parseFormatSpec, type FormatSpec } from '../lib/format-spec'
import { intToDecimal } from '../lib/long-string'
import { PyErr_Format } from './errors'
import { PyExc_ValueError } from './exceptions'
import { PyLong_Type, digitCount } from './longobject'
import { PyMem_Free, PyMem_Malloc, PyObject_FreeBlock, PyObject_Malloc, eventTypeId } from './objimpl'
import { PyFloat_FromDouble } from './floatobject'
import type { PyObject } from './object'
import { _PyRuntime } from './runtime'
import { UnicodeData, describeText } from './unicode-data'
import { raiseFormatError } from './unicode-percent'
import { PyUnicode_FromOrdinal, unicodeNew, unicode_latin1 } from './unicodeobject'

/** Digits for which a decimal conversion takes one word more: (33 * 9) / (10 * 30 - 33 * 9). */
const DIGITS_PER_EXTRA_WORD = 99

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** NEW str of ASCII text, never a static one: PyUnicode_New and what is written into it. */
export function freshAscii(text: string): PyObject | null {
  return unicodeNew(new UnicodeData(text, text.length, 1, true))
}

/** NEW str as _PyUnicodeWriter_Finish leaves it: one Latin-1 character becomes the static str. */
function writtenText(text: string): PyObject | null {
  const o = unicodeNew(describeText(text))
  if (o === null || text.length !== 1 || text.charCodeAt(0) > 255) return o
  decref(o)
  return unicode_latin1(text.charCodeAt(0))
}

// ---- int ---------------------------------------------------------------------------------------------------------------

/** Block of the scratch int for a decimal conversion. */
function decimalScratch(v: number | bigint): number {
  const digits = digitCount(v)
  const words = 1 + digits + Math.floor(digits / DIGITS_PER_EXTRA_WORD)
  return PyObject_Malloc(24 + 4 * words, eventTypeId(PyLong_Type))
}

/** NEW decimal text of an int; null with ValueError or MemoryError set. */
export function longToDecimal(v: number | bigint): PyObject | null {
  const text = intToDecimal(v, _PyRuntime.intMaxStrDigits)
  // Far beyond the limit it is seen by the size, else when the digits are there.
  const size = digitCount(v)
  if (text === null && size >= 73 && Math.floor(_PyRuntime.intMaxStrDigits / 90) <= Math.floor((size - 11) / 10)) return tooManyDigits()
  const scratch = decimalScratch(v)
  if (scratch === 0) return null
  if (text === null) {
    PyObject_FreeBlock(scratch)
    return tooManyDigits()
  }
  const o = freshAscii(text)
  PyObject_FreeBlock(scratch)
  return o
}

function tooManyDigits(): null {
  return PyErr_Format(PyExc_ValueError, 'Exceeds the limit (%d digits) for integer string conversion; use '
    + 'sys.set_int_max_str_digits() to increase the limit', _PyRuntime.intMaxStrDigits)
}

/** What becomes of a formatted text: a NEW str, or true once it is written where it belongs; null with MemoryError set. */
export type TextSink<T> = (text: string) => T | null

/** NEW text of an int formatted by a spec that is not empty. */
export function formatLongText(v: number | bigint, spec: string, typeName: string, exact: boolean): PyObject | null {
  return formatLongInto(v, spec, typeName, exact, writtenText)
}

export function formatLongInto<T>(
  v: number | bigint, spec: string, typeName: string, exact: boolean, sink: TextSink<T>, direct: TextSink<T> = sink,
): T | null {
  const text = formatInt(v, spec, typeName, _PyRuntime.intMaxStrDigits)
  if (text instanceof FormatError) return raiseFormatError(text)
  const format = parseFormatSpec(spec, typeName, 'd', '>')
  if (format instanceof FormatError) return raiseFormatError(format)
  const { type } = format
  if ('eEfFgG%'.includes(type)) {
    const float = PyFloat_FromDouble(Number(v))
    const padded = format.width !== -1 || format.sign === '+' || format.sign === ' ' || format.grouping !== ''
    const o = formattedDouble(Number(v), format, text, padded, sink, direct)
    decref(float)
    return o
  }
  const decimal = type === 'd' || type === 'n'
  const plain = format.sign !== '+' && format.sign !== ' ' && format.width === -1 && type !== 'X' && type !== 'n'
    && format.grouping === '' && exact && type !== 'c'
  const scratch = decimal ? decimalScratch(v) : 0
  if (decimal && scratch === 0) return null
  // Without padding the digits are written into the result at once; else through a text of their own.
  const digits = plain ? null : type === 'c' ? PyUnicode_FromOrdinal(Number(v)) : freshAscii(baseText(v, type))
  const o = plain ? sink(text) : null
  if (scratch !== 0) PyObject_FreeBlock(scratch)
  if (plain) return o
  const separator = type === 'n' ? PyMem_Malloc(1, TAG_SCRATCH) : 0
  const padded = sink(text)
  if (digits !== null) decref(digits)
  if (separator !== 0) PyMem_Free(separator)
  return padded
}

/** _PyLong_Format(value, base). */
function baseText(v: number | bigint, type: string): string {
  if (type === 'd' || type === 'n') return String(v)
  const base = type === 'b' ? 2 : type === 'o' ? 8 : 16
  return (v < 0 ? '-0x' : '0x') + v.toString(base).replace('-', '')
}

// ---- float -------------------------------------------------------------------------------------------------------------

/** Bytes of the buffer that PyOS_double_to_string makes for this text. */
function doubleBufferBytes(text: string): number {
  if (/[a-z]{3}/i.test(text)) return 5
  const exponent = text.search(/e/i)
  const mantissa = exponent < 0 ? text : text.slice(0, exponent)
  return 3 + mantissa.replace(/\D/g, '').length + (exponent < 0 ? 0 : 5)
}

/** Takes and gives back the buffer for a float's text, with something done in between. */
export function doubleBuffer(text: string): number {
  return PyMem_Malloc(doubleBufferBytes(text), TAG_SCRATCH)
}

/** NEW str of the text that a float was turned into: repr(float). */
export function doubleText(text: string): PyObject | null {
  const buffer = doubleBuffer(text)
  const o = freshAscii(text)
  PyMem_Free(buffer)
  return o
}

/** NEW text of a float formatted by a spec that is not empty. */
export function formatDoubleText(value: number, spec: string, typeName: string): PyObject | null {
  return formatDoubleInto(value, spec, typeName, writtenText)
}

/** `direct` takes a text that nothing is put around. */
export function formatDoubleInto<T>(
  value: number, spec: string, typeName: string, sink: TextSink<T>, direct: TextSink<T> = sink,
): T | null {
  const text = formatFloatSpec(value, spec, typeName)
  if (text instanceof FormatError) return raiseFormatError(text)
  const format = parseFormatSpec(spec, typeName, '', '>')
  if (format instanceof FormatError) return raiseFormatError(format)
  return formattedDouble(value, format, text, format.width !== -1 || format.sign === '+' || format.sign === ' ' || format.grouping !== ''
    || format.type === 'n', sink, direct)
}

function formattedDouble<T>(
  value: number, format: FormatSpec, text: string, padded: boolean, sink: TextSink<T>, direct: TextSink<T>,
): T | null {
  const ofLocale = format.type === 'n'
  // The digits alone, as PyOS_double_to_string gives them.
  const plain = `${format.alternate ? '#' : ''}${format.precision >= 0 ? `.${format.precision}` : ''}${ofLocale ? 'g' : format.type}`
  const digitsOf = padded && plain !== '' ? formatFloatSpec(value, plain, 'float') : text
  const core = typeof digitsOf === 'string' && padded && plain !== '' ? digitsOf : text.replace(/[^-0-9.a-zA-Z%+]/g, '').replace(/^\+/, '')
  const buffer = doubleBuffer(core)
  if (!padded) {
    const o = direct(text)
    PyMem_Free(buffer)
    return o
  }
  const digits = freshAscii(core)
  PyMem_Free(buffer)
  const separator = ofLocale ? PyMem_Malloc(1, TAG_SCRATCH) : 0
  const o = sink(text)
  if (digits !== null) decref(digits)
  PyMem_Free(separator)
  return o
}

/** NEW text of a complex number formatted by a spec that is not empty: two floats' texts in one padded result. */
export function formatComplexText(real: number, imag: number, spec: string, typeName: string): PyObject | null {
  const text = formatComplexSpec(real, imag, spec, typeName)
  if (text instanceof FormatError) return raiseFormatError(text)
  const parts = /^[^-+\d.a-z]*\(?([-+]?[\d.,_]+(?:e[-+]\d+)?|[-+]?[a-z]+)([-+](?:[\d.,_]+(?:e[-+]\d+)?|[a-z]+?))j/i.exec(text)
  const [re, im] = parts === null ? [text, ''] : [parts[1]!, parts[2]!]
  const buffers = [doubleBuffer(re), doubleBuffer(im)]
  const texts = [freshAscii(re), freshAscii(im.replace(/^\+/, ''))]
  const o = writtenText(text)
  for (const buffer of buffers) PyMem_Free(buffer)
  for (const part of texts) if (part !== null) decref(part)
  return o
}
