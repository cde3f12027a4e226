// The items of array.array by typecode: reading, and storing with C's checks of range. Modules/arraymodule.c.
import { _PyNumber_Index } from '../objects/abstract'
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_OverflowError, PyExc_TypeError } from '../objects/exceptions'
import { PyFloat_AsDouble, PyFloat_FromDouble } from '../objects/floatobject'
import { PyLong_FromLong, PyLong_FromValue } from '../objects/longobject'
import { Py_DECREF, type PyObject } from '../objects/object'
import { PyUnicode_Check, PyUnicode_FromOrdinal } from '../objects/unicodeobject'
import { codeAt, udata } from '../objects/unicode-text'
import { normalizeInt } from '../lib/long-string'

export interface ArrayDescr {
  typecode: string
  itemsize: number
  /** Format of the buffer. */
  format: string
  get: (view: DataView, at: number) => PyObject | null
  /** 0, or -1 with an exception set. */
  set: (view: DataView, at: number, value: PyObject) => number
  /** The item as a plain value, to compare arrays of one typecode. */
  plain: (view: DataView, at: number) => number | bigint
}

const overflow = (message: string): -1 => (PyErr_SetString(PyExc_OverflowError, message), -1)

/** Value of an int, exactly; null with an exception set. */
function intOf(value: PyObject): bigint | null {
  const index = _PyNumber_Index(value)
  if (index === null) return null
  const n = BigInt(index.v as number | bigint)
  Py_DECREF(index)
  return n
}

type Bounds = readonly [name: string, least: bigint, most: bigint]

const SHORT: Bounds = ['signed short integer', -0x8000n, 0x7fffn]
const BYTE: Bounds = ['unsigned byte integer', 0n, 0xffn]
const INT: Bounds = ['signed integer', -0x80000000n, 0x7fffffffn]

/** Checks each of the bounds in turn, as C converts step by step, after the range of a C long. */
function signed(steps: readonly Bounds[], store: (view: DataView, at: number, n: number) => void) {
  return (view: DataView, at: number, value: PyObject): number => {
    const n = intOf(value)
    if (n === null) return -1
    if (n !== BigInt.asIntN(64, n)) return overflow('Python int too large to convert to C long')
    for (const [name, least, most] of steps) {
      if (n < least) return overflow(`${name} is less than minimum`)
      if (n > most) return overflow(`${name} is greater than maximum`)
    }
    store(view, at, Number(n))
    return 0
  }
}

function wide(isSigned: boolean, tooBig: string, negative = '') {
  return (view: DataView, at: number, value: PyObject): number => {
    const n = intOf(value)
    if (n === null) return -1
    if (!isSigned && n < 0n) return overflow(negative)
    if (n !== (isSigned ? BigInt.asIntN(64, n) : BigInt.asUintN(64, n))) return overflow(tooBig)
    view.setBigUint64(at, BigInt.asUintN(64, n), true)
    return 0
  }
}

function unsignedInt(view: DataView, at: number, value: PyObject): number {
  const n = intOf(value)
  if (n === null) return -1
  if (n < 0n) return overflow('can\'t convert negative value to unsigned int')
  if (n > 0xffffffffffffffffn) return overflow('Python int too large to convert to C unsigned long')
  if (n > 0xffffffffn) return overflow('unsigned int is greater than maximum')
  view.setUint32(at, Number(n), true)
  return 0
}

function real(store: (view: DataView, at: number, x: number) => void) {
  return (view: DataView, at: number, value: PyObject): number => {
    const x = PyFloat_AsDouble(value)
    if (x === -1 && PyErr_Occurred() !== null) return -1
    store(view, at, x)
    return 0
  }
}

function character(view: DataView, at: number, value: PyObject): number {
  if (!PyUnicode_Check(value) || udata(value).length !== 1) {
    PyErr_SetString(PyExc_TypeError, 'array item must be unicode character')
    return -1
  }
  view.setUint32(at, codeAt(udata(value), 0), true)
  return 0
}

type Plain = ArrayDescr['plain']

function descr(typecode: string, itemsize: number, plain: Plain, set: ArrayDescr['set'], format = typecode): ArrayDescr {
  const isFloat = typecode === 'f' || typecode === 'd'
  const get = typecode === 'u' ? (view: DataView, at: number) => PyUnicode_FromOrdinal(view.getUint32(at, true))
    : isFloat ? (view: DataView, at: number) => PyFloat_FromDouble(plain(view, at) as number)
    : itemsize < 8 ? (view: DataView, at: number) => PyLong_FromLong(plain(view, at) as number)
    : (view: DataView, at: number) => PyLong_FromValue(normalizeInt(plain(view, at) as bigint))
  return { typecode, itemsize, format, get, set, plain }
}

const signed64: Plain = (view, at) => view.getBigInt64(at, true)
const unsigned64: Plain = (view, at) => view.getBigUint64(at, true)
const LONG = 'Python int too large to convert to C long'
const UNSIGNED_LONG = 'Python int too large to convert to C unsigned long'

export const DESCRIPTORS: readonly ArrayDescr[] = [
  descr('b', 1, (view, at) => view.getInt8(at), signed([SHORT, ['signed char', -0x80n, 0x7fn]], (view, at, n) => view.setInt8(at, n))),
  descr('B', 1, (view, at) => view.getUint8(at), signed([BYTE], (view, at, n) => view.setUint8(at, n))),
  descr('u', 4, (view, at) => view.getUint32(at, true), character, 'w'),
  descr('h', 2, (view, at) => view.getInt16(at, true), signed([SHORT], (view, at, n) => view.setInt16(at, n, true))),
  descr('H', 2, (view, at) => view.getUint16(at, true), signed([INT, ['unsigned short', 0n, 0xffffn]], (view, at, n) => view.setUint16(at, n, true))),
  descr('i', 4, (view, at) => view.getInt32(at, true), signed([INT], (view, at, n) => view.setInt32(at, n, true))),
  descr('I', 4, (view, at) => view.getUint32(at, true), unsignedInt),
  descr('l', 8, signed64, wide(true, LONG)),
  descr('L', 8, unsigned64, wide(false, UNSIGNED_LONG, 'can\'t convert negative value to unsigned int')),
  descr('q', 8, signed64, wide(true, 'int too big to convert')),
  descr('Q', 8, unsigned64, wide(false, 'int too big to convert', 'can\'t convert negative int to unsigned')),
  descr('f', 4, (view, at) => view.getFloat32(at, true), real((view, at, x) => view.setFloat32(at, x, true))),
  descr('d', 8, (view, at) => view.getFloat64(at, true), real((view, at, x) => view.setFloat64(at, x, true))),
]
