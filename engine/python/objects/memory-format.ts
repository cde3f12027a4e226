// Items of typed memory: native formats of one character, as memoryview reads and writes them. Mirrors unpack_single and
// pack_single, Objects/memoryobject.c.
import { PyNumber_Index } from './abstract'
import { PyBool_FromLong } from './boolobject'
import { PyBytes_AsBytes, PyBytes_Check, bytesFrom } from './bytesobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_NotImplementedError, PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyFloat_AsDouble, PyFloat_FromDouble } from './floatobject'
import { PyLong_FromBigInt, PyLong_FromLong, PyLong_FromUnsignedLong } from './longobject'
import { Py_DECREF, type PyObject } from './object'
import { PyObject_IsTrue } from './object-protocol'

/** Bytes of an item of a native format character; undefined for others. */
export const ITEM_SIZES: Readonly<Record<string, number>> = {
  c: 1, b: 1, B: 1, '?': 1, h: 2, H: 2, i: 4, I: 4, l: 8, L: 8, q: 8, Q: 8, n: 8, N: 8, f: 4, d: 8, P: 8,
}

/** 'B' for 'B' and '@B'; null if the format is not one native character. */
export function nativeFormat(format: string): string | null {
  const c = format.startsWith('@') ? format.slice(1) : format
  return c.length === 1 && c in ITEM_SIZES ? c : null
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The item as a JavaScript value, for comparison. */
export function itemValue(bytes: Uint8Array, at: number, format: string): number | bigint {
  const view = viewOf(bytes)
  switch (format) {
    case 'b': return view.getInt8(at)
    case 'h': return view.getInt16(at, true)
    case 'H': return view.getUint16(at, true)
    case 'i': return view.getInt32(at, true)
    case 'I': return view.getUint32(at, true)
    case 'l': case 'q': case 'n': return view.getBigInt64(at, true)
    case 'L': case 'Q': case 'N': case 'P': return view.getBigUint64(at, true)
    case 'f': return view.getFloat32(at, true)
    case 'd': return view.getFloat64(at, true)
    case '?': return bytes[at] === 0 ? 0 : 1
    default: return bytes[at]!
  }
}

/** NEW object of the item at an offset, or null. */
export function unpackItem(bytes: Uint8Array, at: number, format: string): PyObject | null {
  const f = nativeFormat(format)
  if (f === null) return PyErr_Format(PyExc_NotImplementedError, 'memoryview: format %s not supported', format)
  if (f === 'c') return bytesFrom(bytes.slice(at, at + 1))
  const value = itemValue(bytes, at, f)
  if (f === '?') return PyBool_FromLong(value as number)
  if (f === 'f' || f === 'd') return PyFloat_FromDouble(value as number)
    if (typeof value === 'bigint') return PyLong_FromBigInt(value)
  return f === 'I' ? PyLong_FromUnsignedLong(value) : PyLong_FromLong(value)
}

const SIGNED: Readonly<Record<string, boolean>> = { b: true, h: true, i: true, l: true, q: true, n: true }

/** Stores an object as an item: 0, or -1 with an exception set. */
export function packItem(bytes: Uint8Array, at: number, format: string, item: PyObject): number {
  const f = nativeFormat(format)
  if (f === null) return PyErr_Format(PyExc_NotImplementedError, 'memoryview: format %s not supported', format), -1
  const view = viewOf(bytes)
  if (f === '?') {
    const truth = PyObject_IsTrue(item)
    if (truth < 0) return -1
    bytes[at] = truth
    return 0
  }
  if (f === 'f' || f === 'd') {
    const value = PyFloat_AsDouble(item)
    if (value === -1 && PyErr_Occurred() !== null) return badItem(format)
    if (f === 'f') view.setFloat32(at, value, true)
    else view.setFloat64(at, value, true)
    return 0
  }
  if (f === 'c') {
    if (!PyBytes_Check(item)) return PyErr_Format(PyExc_TypeError, 'memoryview: invalid type for format \'%s\'', format), -1
    const value = PyBytes_AsBytes(item)
    if (value.length !== 1) return PyErr_Format(PyExc_ValueError, 'memoryview: invalid value for format \'%s\'', format), -1
    bytes[at] = value[0]!
    return 0
  }
  const index = PyNumber_Index(item)
  if (index === null) return badItem(format)
  const value = BigInt(index.v as number | bigint)
  Py_DECREF(index)
  const bits = ITEM_SIZES[f]! * 8
  const fits = SIGNED[f] ? BigInt.asIntN(bits, value) === value : BigInt.asUintN(bits, value) === value
  if (!fits) return PyErr_Format(PyExc_ValueError, 'memoryview: invalid value for format \'%s\'', format), -1
  switch (bits) {
    case 8: view.setUint8(at, Number(BigInt.asUintN(8, value))); break
    case 16: view.setUint16(at, Number(BigInt.asUintN(16, value)), true); break
    case 32: view.setUint32(at, Number(BigInt.asUintN(32, value)), true); break
    default: view.setBigUint64(at, BigInt.asUintN(64, value), true)
  }
  return 0
}

// Mirrors fix_error_int.
function badItem(format: string): -1 {
  if (PyErr_ExceptionMatches(PyExc_TypeError)) {
    PyErr_Clear()
    PyErr_Format(PyExc_TypeError, 'memoryview: invalid type for format \'%s\'', format)
  } else if (PyErr_ExceptionMatches(PyExc_OverflowError) || PyErr_ExceptionMatches(PyExc_ValueError)) {
    PyErr_Clear()
    PyErr_Format(PyExc_ValueError, 'memoryview: invalid value for format \'%s\'', format)
  }
  return -1
}
