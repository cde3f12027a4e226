// `format % args` for str. Mirrors PyUnicode_Format, Objects/unicodeobject.c; the grammar is in lib/percent-format.ts.
import { F_ALT, F_BLANK, F_LJUST, F_SIGN, FROM_ARGUMENT, keyFollows, nextPercent, percentFloat, percentInt, percentText, type PercentSpec } from '../lib/percent-format'
import { FormatError } from '../lib/format-spec'
import { PyMapping_Check, PyNumber_Index, PyNumber_Long, PyNumber_Check, PyObject_GetItem } from './abstract'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_MemoryError, PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyFloat_AsDouble, PyFloat_Check } from './floatobject'
import { PyLong_AsLong, PyLong_Check, PyLong_CheckExact } from './longobject'
import { withLongScratch } from './long-scratch'
import { Py_DECREF, type PyObject } from './object'
import { PyObject_ASCII, PyObject_Repr, PyObject_Str } from './object-protocol'
import { _PyRuntime } from './runtime'
import { PyTuple_Check } from './tupleobject'
import { describeText } from './unicode-data'
import { UnicodeWriter } from './unicode-fromformat'
import { doubleBuffer, freshAscii } from './number-text'
import { PyMem_Free } from './objimpl'
import { freshBytes } from './bytesobject'
import { resultText, udata } from './unicode-text'
import { PyUnicode_Check, PyUnicode_FromString, PyUnicode_GET_LENGTH } from './unicodeobject'

/** Sets the exception that a formatting function of lib/ reports. Returns null. */
export function raiseFormatError(e: FormatError): null {
  const type = e.kind === 'ValueError' ? PyExc_ValueError : e.kind === 'OverflowError' ? PyExc_OverflowError : PyExc_MemoryError
  // CPython formats these two with PyErr_Format, which takes more memory on the way.
  const unknown = /^Unknown format code '(.)' for object of type '(.*)'$/.exec(e.message)
  if (unknown !== null) {
    return PyErr_Format(type, 'Unknown format code \'%c\' for object of type \'%.200s\'', unknown[1]!.charCodeAt(0), unknown[2])
  }
  const both = /^Cannot specify '(.)' with '(.)'\.$/.exec(e.message)
  if (both !== null) return PyErr_Format(type, 'Cannot specify \'%c\' with \'%c\'.', both[1]!.charCodeAt(0), both[2]!.charCodeAt(0))
  return PyErr_SetString(type, e.message)
}

/** The arguments of one formatting, taken in order or by key. */
class Arguments {
  readonly items: PyObject[]
  next = 0
  /** The mapping for %(key)s, null if args cannot be one. */
  readonly mapping: PyObject | null
  /** The value of the last key; owned. */
  current: PyObject | null = null
  constructor(args: PyObject) {
    this.items = PyTuple_Check(args) ? args.v as PyObject[] : [args]
    this.mapping = PyMapping_Check(args) && !PyTuple_Check(args) && !PyUnicode_Check(args) ? args : null
  }

  /** BORROWED next argument, or null with TypeError set. */
  take(): PyObject | null {
    if (this.current !== null) {
      const value = this.current
      return value
    }
    if (this.next < this.items.length) return this.items[this.next++]!
    return PyErr_SetString(PyExc_TypeError, 'not enough arguments for format string')
  }
}

function starArgument(args: Arguments, what: 'width' | 'precision'): number | null {
  const o = args.take()
  if (o === null) return null
  if (!PyLong_Check(o)) return PyErr_SetString(PyExc_TypeError, '* wants int')
  const n = PyLong_AsLong(o)
  if (n === -1 && PyErr_Occurred() !== null) return null
  if (Math.abs(n) > 2147483647 && what === 'precision') return PyErr_SetString(PyExc_OverflowError, 'Python int too large to convert to C int')
  return n
}

/** The integer a %d, %x … formats: [value, whether it was an exact int], or null. */
function integerOf(o: PyObject, conversion: string): number | bigint | null {
  if (PyLong_Check(o)) return o.v
  let made: PyObject | null = null
  if (PyNumber_Check(o)) {
    made = conversion === 'x' || conversion === 'X' || conversion === 'o' ? PyNumber_Index(o) : PyNumber_Long(o)
    if (made === null) {
      if (!PyErr_ExceptionMatches(PyExc_TypeError)) return null
      PyErr_Clear()
    }
  }
  if (made === null || !PyLong_Check(made)) {
    const kind = conversion === 'x' || conversion === 'X' || conversion === 'o' ? 'an integer' : 'a real number'
    return PyErr_Format(PyExc_TypeError, `%%%c format: ${kind} is required, not %.200s`, conversion.charCodeAt(0), o.ob_type.tp_name)
  }
  const value = made.v
  Py_DECREF(made)
  return value
}

/** The one character of %c, or null. */
function characterOf(o: PyObject): string | null {
  if (PyUnicode_Check(o)) {
    if (PyUnicode_GET_LENGTH(o) === 1) return udata(o).str
    return PyErr_SetString(PyExc_TypeError, '%c requires int or char')
  }
  let value: number | bigint
  if (PyLong_Check(o)) value = o.v
  else {
    const index = PyNumber_Index(o)
    if (index === null) {
      PyErr_Clear()
      return PyErr_SetString(PyExc_TypeError, '%c requires int or char')
    }
    value = index.v as number | bigint
    Py_DECREF(index)
  }
  if (value < 0 || value > 0x10ffff) return PyErr_SetString(PyExc_OverflowError, '%c arg not in range(0x110000)')
  return String.fromCodePoint(Number(value))
}

/** Writes what was padded or cut: always into a buffer, as unicode_format_arg_output does. */
function writePadded(writer: UnicodeWriter, text: string): boolean {
  const data = describeText(text)
  return writer.prepare(data.length, data.ascii ? 0x7f : data.kind === 1 ? 0xff : data.kind === 2 ? 0xffff : 0x10ffff)
    && writer.writeText(text)
}

/** Writes digits straight into the writer's buffer, as _PyLong_FormatWriter does. */
function writeAscii(writer: UnicodeWriter, text: string): boolean {
  return writer.prepare(text.length, 127) && writer.writeText(text)
}

/** NEW str of an int, with its base marker only if `alt` says so. Mirrors _PyUnicode_FormatLong. */
export function formatLong(value: number | bigint, conversion: string, alt: boolean, precision: number): PyObject | null {
  const decimal = conversion === 'd' || conversion === 'i' || conversion === 'u'
  const negative = value < 0
  const plain = (negative ? -value : value).toString(decimal ? 10 : conversion === 'o' ? 8 : 16)
  const sign = negative ? '-' : ''
  const marker = decimal ? '' : conversion === 'o' ? '0o' : '0x'
  const whole = withLongScratch(value, decimal, () => freshAscii(sign + marker + plain))
  if (whole === null) return null
  const digits = conversion === 'X' ? plain.toUpperCase() : plain
  const shown = sign + (alt ? conversion === 'X' ? '0X' : marker : '')
  const text = shown + digits.padStart(Math.max(precision, 0), '0')
  const padded = precision > plain.length
  if (!padded && (decimal || alt)) {
    if (conversion !== 'X') return whole
    const upper = freshAscii(text)
    Py_DECREF(whole)
    return upper
  }
  // Zeros are put before it in bytes; a marker that goes leaves the text not at its buffer's beginning.
  const bytes = padded ? freshBytes(new Uint8Array(text.length)) : null
  if (padded) Py_DECREF(whole)
  const made = resultText(text)
  Py_DECREF(bytes ?? whole)
  return made
}

/** Writes one conversion; false with an exception set. */
function convert(writer: UnicodeWriter, spec: PercentSpec, args: Arguments, flags: number, width: number, precision: number): boolean {
  const o = args.take()
  if (o === null) return false
  const simple = width === -1 && precision === -1
  let text: string | FormatError
  switch (spec.conversion) {
    case 's':
    case 'r':
    case 'a': {
      if (simple && flags === 0 && spec.conversion !== 'a' && PyLong_CheckExact(o)) {
        const digits = percentInt(o.v, 'd', 0, -1, -1, _PyRuntime.intMaxStrDigits)
        if (digits instanceof FormatError) return raiseFormatError(digits), false
        return withLongScratch(o.v, true, () => writeAscii(writer, digits))
      }
      const made = spec.conversion === 's' ? PyObject_Str(o) : spec.conversion === 'r' ? PyObject_Repr(o) : PyObject_ASCII(o)
      if (made === null) return false
      if (simple && flags === 0) {
        const ok = writer.writeStr(made)
        Py_DECREF(made)
        return ok
      }
      text = percentText(udata(made).str, flags, width, precision)
      if (typeof text === 'string') {
        const ok = writePadded(writer, text)
        Py_DECREF(made)
        return ok
      }
      Py_DECREF(made)
      break
    }
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': {
      const value = integerOf(o, spec.conversion)
      if (value === null) return false
      const result = percentInt(value, spec.conversion, flags, width, precision, _PyRuntime.intMaxStrDigits)
      if (result instanceof FormatError) return raiseFormatError(result), false
      const decimal = spec.conversion === 'd' || spec.conversion === 'i' || spec.conversion === 'u'
      if (simple && (flags & (F_SIGN | F_BLANK)) === 0 && spec.conversion !== 'X' && PyLong_CheckExact(o)) return withLongScratch(value, decimal, () => writeAscii(writer, result))
      // Through a text of its own: _PyUnicode_FormatLong.
      const digits = formatLong(value, spec.conversion, (flags & F_ALT) !== 0, precision)
      if (digits === null) return false
      const { length } = udata(digits)
      const fits = (width === -1 || width <= length) && (precision === -1 || precision >= length) && (flags & (F_SIGN | F_BLANK)) === 0
      const ok = fits ? writer.writeStr(digits) : writePadded(writer, result)
      Py_DECREF(digits)
      return ok
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      let value: number
      if (PyFloat_Check(o)) value = o.v as number
      else {
        value = PyFloat_AsDouble(o)
        if (value === -1 && PyErr_Occurred() !== null) return false
      }
      text = percentFloat(value, spec.conversion, flags, width, precision)
      if (typeof text !== 'string') break
      const core = percentFloat(value, spec.conversion, flags & F_ALT, -1, precision)
      if (typeof core !== 'string') return raiseFormatError(core), false
      const buffer = doubleBuffer(core)
      if (simple && (flags & (F_SIGN | F_BLANK)) === 0) {
        const ok = writer.writeText(text)
        PyMem_Free(buffer)
        return ok
      }
      const digits = freshAscii(core)
      PyMem_Free(buffer)
      if (digits === null) return false
      const ok = width === -1 && flags === 0 ? writer.writeStr(digits) : writePadded(writer, text)
      Py_DECREF(digits)
      return ok
    }
    case 'c': {
      const c = characterOf(o)
      if (c === null) return false
      text = percentText(c, flags, width, -1)
      if (typeof text === 'string') return writePadded(writer, text)
      break
    }
    default: {
      const code = spec.conversion.codePointAt(0)!
      PyErr_Format(PyExc_ValueError, 'unsupported format character \'%c\' (0x%x) at index %zd',
        code >= 31 && code <= 126 ? code : 63, code, spec.index)
      return false
    }
  }
  if (text instanceof FormatError) return raiseFormatError(text), false
  return writer.writeText(text)
}

/** NEW str, or null. */
export function PyUnicode_Format(format: PyObject, args: PyObject): PyObject | null {
  const text = udata(format).str
  const writer = new UnicodeWriter()
  writer.minLength = udata(format).length + 100
  writer.overallocate = true
  const given = new Arguments(args)
  const ok = formatAll(writer, format, text, given)
  if (given.current !== null) Py_DECREF(given.current)
  if (!ok) {
    writer.dealloc()
    return null
  }
  return writer.finish()
}

function formatAll(writer: UnicodeWriter, format: PyObject, text: string, args: Arguments): boolean {
  for (let at = 0; at < text.length;) {
    if (keyFollows(text, at) && args.mapping === null) {
      PyErr_SetString(PyExc_TypeError, 'format requires a mapping')
      return false
    }
    const token = nextPercent(text, at)
    if (token instanceof FormatError) return raiseFormatError(token), false
    at = token.next
    const spec = token.spec
    if (spec === null) writer.overallocate = false
    if (!writer.writeSubstring(format, token.literal)) return false
    if (spec === null) break
    if (spec.key !== null) {
      const key = PyUnicode_FromString(spec.key)
      const value = PyObject_GetItem(args.mapping!, key)
      Py_DECREF(key)
      if (value === null) return false
      if (args.current !== null) Py_DECREF(args.current)
      args.current = value
      args.next = args.items.length
    }
    if (spec.error !== null) return raiseFormatError(spec.error), false
    let { flags, width, precision } = spec
    if (width === FROM_ARGUMENT) {
      const n = starArgument(args, 'width')
      if (n === null) return false
      width = n
      if (width < 0) {
        flags |= F_LJUST
        width = -width
      }
    }
    if (precision === FROM_ARGUMENT) {
      const n = starArgument(args, 'precision')
      if (n === null) return false
      precision = n < 0 ? 0 : n
    }
    // The last piece needs no room for more.
    if (at >= text.length) writer.overallocate = false
    if (!convert(writer, spec, args, flags, width, precision)) return false
    if (args.current !== null && spec.key === null) break
  }
  if (args.mapping === null && args.next < args.items.length) {
    PyErr_SetString(PyExc_TypeError, 'not all arguments converted during string formatting')
    return false
  }
  return true
}
