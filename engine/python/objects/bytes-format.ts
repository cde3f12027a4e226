// `format % args` for bytes and bytearray. Mirrors _PyBytes_FormatEx, Objects/bytesobject.c; the grammar is in
// lib/percent-format.ts.
import { FormatError } from '../lib/format-spec'
import {
  F_ALT, F_BLANK, F_LJUST, F_SIGN, FROM_ARGUMENT, keyFollows, nextPercent, percentFloat, percentInt, percentText, unsupportedCharacter, type PercentSpec,
} from '../lib/percent-format'
import { ByteWriter, latin1Text } from '../lib/codecs'
import { PyMapping_Check, PyNumber_Check, PyNumber_Float, PyNumber_Index, PyNumber_Long, PyObject_GetItem } from './abstract'
import { PyByteArray_Check } from './bytearrayobject'
import { PyBytes_AsBytes, PyBytes_Check, PyBytes_FromBytes } from './bytesobject'
import { PyObject_CallNoArgs } from './call'
import { newBytesBuffer } from './bytes-buffer'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_TypeError } from './exceptions'
import { PyFloat_AsDouble, PyFloat_Check } from './floatobject'
import { PyLong_AsLong, PyLong_AsLongAndOverflow, PyLong_Check, PyLong_CheckExact } from './longobject'
import { withLongScratch } from './long-scratch'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes } from './memoryobject'
import { Py_DECREF, type PyObject } from './object'
import { PyObject_ASCII } from './object-protocol'
import { PyMem_Free } from './objimpl'
import { doubleBuffer } from './number-text'
import { _PyRuntime } from './runtime'
import { PyTuple_Check } from './tupleobject'
import { _PyObject_LookupSpecial } from './typeobject'
import { formatLong, raiseFormatError } from './unicode-percent'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from './unicodeobject'

/** The bytes of `bytes % args`, or null with an exception set. */
export function formatBytes(bytes: Uint8Array, args: PyObject): Uint8Array | null {
  const isTuple = PyTuple_Check(args)
  const mapping = !isTuple && PyMapping_Check(args) && !PyBytes_Check(args) && !PyUnicode_Check(args) && !PyByteArray_Check(args)
    ? args : null
  const formatter = new BytesFormatter(latin1Text(bytes), isTuple ? args.v : [args], mapping)
  const ok = formatter.run()
  formatter.dropKeyed()
  return ok ? formatter.out.done() : null
}

class BytesFormatter {
  readonly out = new ByteWriter(64)
  private next = 0
  /** The value of the last %(key); owned. */
  private keyed: PyObject | null = null

  constructor(readonly format: string, readonly items: PyObject[], readonly mapping: PyObject | null) {}

  dropKeyed(): void {
    if (this.keyed !== null) Py_DECREF(this.keyed)
    this.keyed = null
  }

  run(): boolean {
    for (let at = 0; at < this.format.length;) {
      if (keyFollows(this.format, at) && this.mapping === null) return fails(PyExc_TypeError, 'format requires a mapping')
      const token = nextPercent(this.format, at, true)
      if (token instanceof FormatError) return raiseFormatError(token), false
      at = token.next
      this.out.latin1(token.literal)
      if (token.spec === null) break
      if (!this.specifier(token.spec)) return false
    }
    if (this.mapping === null && this.next < this.items.length) {
      return fails(PyExc_TypeError, 'not all arguments converted during bytes formatting')
    }
    return true
  }

  private take(): PyObject | null {
    if (this.keyed !== null) return this.keyed
    if (this.next < this.items.length) return this.items[this.next++]!
    return PyErr_SetString(PyExc_TypeError, 'not enough arguments for format string')
  }

  private specifier(spec: PercentSpec): boolean {
    if (spec.key !== null) {
      const key = PyBytes_FromBytes(Uint8Array.from(spec.key, c => c.charCodeAt(0)))
      const value = PyObject_GetItem(this.mapping!, key)
      Py_DECREF(key)
      if (value === null) return false
      this.dropKeyed()
      this.keyed = value
    }
    if (spec.error !== null) return raiseFormatError(spec.error), false
    let { flags, width, precision } = spec
    if (width === FROM_ARGUMENT) {
      const n = this.star()
      if (n === null) return false
      width = Math.abs(n)
      if (n < 0) flags |= F_LJUST
    }
    if (precision === FROM_ARGUMENT) {
      const n = this.star()
      if (n === null) return false
      precision = Math.max(n, 0)
    }
    const arg = this.take()
    return arg !== null && this.convert(spec, arg, flags, width, precision)
  }

  private star(): number | null {
    const o = this.take()
    if (o === null) return null
    if (!PyLong_Check(o)) return PyErr_SetString(PyExc_TypeError, '* wants int')
    const n = PyLong_AsLong(o)
    return n === -1 && PyErr_Occurred() !== null ? null : n
  }

  private convert(spec: PercentSpec, arg: PyObject, flags: number, width: number, precision: number): boolean {
    let text: string | FormatError | null
    switch (spec.conversion) {
      case 'r': case 'a': {
        const made = PyObject_ASCII(arg)
        if (made === null) return false
        text = percentText(PyUnicode_AsString(made), flags, width, precision)
        Py_DECREF(made)
        break
      }
      case 's': case 'b': {
        const bytes = bytesOfArgument(arg)
        if (bytes === null) return false
        text = percentText(latin1Text(bytes), flags, width, precision)
        break
      }
      case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': {
        const value = integerOf(arg, spec.conversion)
        if (value === null) return false
        text = percentInt(value, spec.conversion, flags, width, precision, _PyRuntime.intMaxStrDigits)
        if (typeof text !== 'string') break
        if (width === -1 && precision === -1 && (flags & (F_SIGN | F_BLANK)) === 0 && spec.conversion !== 'X' && PyLong_CheckExact(arg)) {
          const decimal = spec.conversion === 'd' || spec.conversion === 'i' || spec.conversion === 'u'
          withLongScratch(value, decimal, () => 0)
        } else {
          const temporary = formatLong(value, spec.conversion, (flags & F_ALT) !== 0, precision)
          if (temporary === null) return false
          Py_DECREF(temporary)
        }
        break
      }
      case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': {
        const value = floatOf(arg)
        if (value === null) return false
        text = percentFloat(value, spec.conversion, flags, width, precision)
        if (typeof text !== 'string') break
        const plain = percentFloat(value, spec.conversion, flags & F_ALT, -1, precision) as string
        const buffer = doubleBuffer(plain)
        const direct = width === -1 && precision === -1 && (flags & (F_SIGN | F_BLANK)) === 0
        const temporary = direct ? null : newBytesBuffer(plain.length)
        PyMem_Free(buffer)
        if (temporary !== null) Py_DECREF(temporary)
        break
      }
      case 'c': {
        const c = byteConverter(arg)
        if (c < 0) return false
        text = percentText(String.fromCharCode(c), flags, width, -1)
        break
      }
      default:
        text = unsupportedCharacter(spec, true)
    }
    if (text instanceof FormatError) return raiseFormatError(text), false
    this.out.latin1(text)
    return true
  }
}

function fails(type: PyObject, message: string): false {
  PyErr_SetString(type, message)
  return false
}

// Mirrors format_obj: bytes, objects with __bytes__, buffers.
function bytesOfArgument(arg: PyObject): Uint8Array | null {
  if (PyBytes_Check(arg)) return PyBytes_AsBytes(arg)
  const method = _PyObject_LookupSpecial(arg, _Py_ID('__bytes__'))
  if (method !== null) {
    const result = PyObject_CallNoArgs(method)
    Py_DECREF(method)
    if (result === null) return null
    if (!PyBytes_Check(result)) {
      PyErr_Format(PyExc_TypeError, '__bytes__ returned non-bytes (type %.200s)', result.ob_type.tp_name)
      Py_DECREF(result)
      return null
    }
    const bytes = PyBytes_AsBytes(result)
    Py_DECREF(result)
    return bytes
  }
  if (PyErr_Occurred() !== null) return null
  if (PyObject_CheckBuffer(arg)) {
    const view = PyObject_GetBufferBytes(arg)
    if (view === null) return null
    const bytes = view.bytes.slice()
    PyBuffer_Release(view)
    return bytes
  }
  return PyErr_Format(PyExc_TypeError,
    `%b requires a bytes-like object, or an object that implements __bytes__, not '${arg.ob_type.tp_name}'`)
}

// Mirrors formatlong.
function integerOf(o: PyObject, conversion: string): number | bigint | null {
  if (PyLong_Check(o)) return o.v
  const exact = conversion === 'x' || conversion === 'X' || conversion === 'o'
  if (PyNumber_Check(o)) {
    const made = exact ? PyNumber_Index(o) : PyNumber_Long(o)
    if (made === null && !PyErr_ExceptionMatches(PyExc_TypeError)) return null
    PyErr_Clear()
    if (made !== null) {
      const value = made.v as number | bigint
      Py_DECREF(made)
      return value
    }
  }
  return PyErr_Format(PyExc_TypeError,
    `%${conversion} format: ${exact ? 'an integer' : 'a real number'} is required, not ${o.ob_type.tp_name}`)
}

function floatOf(o: PyObject): number | null {
  if (PyFloat_Check(o)) return o.v
  const made = PyNumber_Float(o)
  if (made === null) {
    return PyErr_Format(PyExc_TypeError, 'float argument required, not %.200s', o.ob_type.tp_name)
  }
  const value = PyFloat_AsDouble(made)
  Py_DECREF(made)
  return value
}

// Mirrors byte_converter; -1 with an exception set.
function byteConverter(arg: PyObject): number {
  if (PyBytes_Check(arg) && PyBytes_AsBytes(arg).length === 1) return PyBytes_AsBytes(arg)[0]!
  if (PyByteArray_Check(arg) && arg.v.ob_size === 1) return arg.v.bytes[0]!
  if (PyLong_Check(arg)) {
    const value = PyLong_AsLongAndOverflow(arg)
    PyErr_Clear()
    if (value >= 0 && value <= 255 && typeof arg.v === 'number') return value
    PyErr_SetString(PyExc_OverflowError, '%c arg not in range(256)')
    return -1
  }
  PyErr_SetString(PyExc_TypeError, '%c requires an integer in range(256) or a single byte')
  return -1
}
