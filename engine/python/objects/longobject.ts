// int: representation, creation and conversion. Mirrors Objects/longobject.c.
//
// `v` is a JavaScript number while |n| <= 2^53 - 1 (never -0), a bigint beyond; always normalised, so that `===` on `v` is
// equality. CPython's digits (30 bits each) exist as sizes only: an object of n digits is 24 + 4 * max(n, 1) bytes, and
// "medium" results (one digit) are allocated with 32. The ints -5 … 256 are static.
// Arithmetic: long-arith.ts, long-multiply.ts, long-bits.ts; text: long-text.ts; methods and constructor: long-methods.ts,
// long-new.ts.
import {
  HASH, IMMORTAL_REFCNT, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_LONG_SUBCLASS, Py_TPFLAGS_MATCH_SELF, PyObject, PyTypeObject,
} from './object'
import { bitLengthBigInt } from './long-digits'
import { hashBigInt, hashIntNumber } from '../lib/num-hash'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { _PyNumber_Index } from './abstract'
import { longSlots } from './long-methods'
import { eventTypeId, PyObject_Free, PyObject_NewSize, smallBlock } from './objimpl'
import { _PyRuntime } from './runtime'
import { Py_NotImplemented, richCompareResult } from './singletons'

export interface PyLongObject extends PyObject { v: number | bigint }

export const PyLong_SHIFT = 30
const SMALL_MIN = -5
const SMALL_MAX = 256
const MAX_SAFE = Number.MAX_SAFE_INTEGER

export const PyLong_Type: PyTypeObject = new PyTypeObject('int', {
  tp_basicsize: 24, tp_itemsize: 4,
  tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_MATCH_SELF,
  tp_dealloc: long_dealloc,
  tp_hash: long_hash,
  tp_richcompare: long_richcompare,
})

/** Adds what the method files define; called before PyType_Ready. */
export function initLongType(): void {
  Object.assign(PyLong_Type, longSlots())
}

/**
 * Headers of dead ints, for the next ones: programs make and drop them faster than anything else, and a header that is
 * used again costs V8 neither an allocation nor, being old, a remembered reference for each place it is put.
 */
const spareHeaders: PyObject[] = []
const SPARE_HEADERS = 1024
let spareCount = 0

// object_dealloc: int has no tp_dealloc of its own.
export function long_dealloc(o: PyObject): void {
  if (o.ob_type !== PyLong_Type) {
    o.ob_type.tp_free!(o)
    return
  }
  PyObject_Free(o)
  if (spareCount < SPARE_HEADERS && typeof o.v === 'number') spareHeaders[spareCount++] = o
}

/** The next ints are made anew. */
export function forgetSpareInts(): void {
  spareCount = 0
}

/** NEW int of one or two digits in a block of 28 or 32 bytes. */
function newLong(bytes: number, n: number): PyLongObject {
  const block = smallBlock(bytes, PyLong_Type.eventId || eventTypeId(PyLong_Type))
  if (spareCount === 0) return new PyObject(PyLong_Type, block, n)
  const o = spareHeaders[--spareCount]!
  o.ob_refcnt = 1
  o.addr = block
  o.v = n
  return o
}

export function PyLong_Check(o: PyObject): o is PyLongObject {
  return (o.ob_type.tp_flags & Py_TPFLAGS_LONG_SUBCLASS) !== 0
}

export function PyLong_CheckExact(o: PyObject): o is PyLongObject {
  return o.ob_type === PyLong_Type
}

// ---- creation ------------------------------------------------------------------------------------------------------

/** The ints -5 … 256. */
export const smallInts: PyLongObject[] = []

/** Makes the static ints; part of start-up. */
export function initSmallInts(): void {
  smallInts.length = 0
  for (let n = SMALL_MIN; n <= SMALL_MAX; n++) {
    const o = new PyObject(PyLong_Type, _PyRuntime.process.space.staticAlloc(32), n)
    o.ob_refcnt = IMMORTAL_REFCNT
    smallInts.push(o)
  }
}

/** NEW int of a whole number with |n| <= 2^53 - 1. */
export function PyLong_FromLong(n: number): PyLongObject {
  if (n <= SMALL_MAX && n >= SMALL_MIN) {
    const o = smallInts[n - SMALL_MIN]!
    o.ob_refcnt++
    return o
  }
  // One digit is sizeof(PyLongObject), two are 24 + 2 * 4: the same.
  return newLong(32, n)
}

/**
 * NEW int of a whole number with |n| <= 2^53 - 1. Unlike PyLong_FromLong it takes no more than its digits need (28 bytes
 * for one); len(), indices and counts come from here.
 */
export function PyLong_FromSsize_t(n: number): PyLongObject {
  if (n <= SMALL_MAX && n >= SMALL_MIN) {
    const o = smallInts[n - SMALL_MIN]!
    o.ob_refcnt++
    return o
  }
  if (n < 0x40000000 && n > -0x40000000) return newLong(28, n)
  // Sizes near sys.maxsize are rounded as numbers.
  if (n > MAX_SAFE) return PyLong_FromBigInt(n >= 2 ** 63 ? LONG_MAX : BigInt(n))!
  return newLong(32, n)
}

export function PyLong_FromSize_t(n: number): PyLongObject {
  return PyLong_FromSsize_t(n)
}

export function PyLong_FromLongLong(n: number): PyLongObject {
  return PyLong_FromLong(n)
}

export function PyLong_FromUnsignedLong(n: number): PyLongObject {
  return PyLong_FromSsize_t(n)
}

/** NEW int of any size (PyLong_FromLongLong and its kin for values beyond 2^53); null only above 512 bytes. */
export function PyLong_FromBigInt(n: bigint): PyLongObject | null {
  if (n >= -9007199254740991n && n <= 9007199254740991n) return PyLong_FromLong(Number(n))
  return PyObject_NewSize(PyLong_Type, 24 + 4 * digitCount(n), n)
}

/** NEW int for a number or bigint as `v` holds it. */
export function PyLong_FromValue(v: number | bigint): PyLongObject | null {
  return typeof v === 'number' ? PyLong_FromLong(v) : PyLong_FromBigInt(v)
}

/** NEW int for a whole number up to 2^64 given as a double that may be beyond 2^53, exactly. */
export function PyLong_FromInt64(lo: number, hi: number): PyLongObject {
  const n = hi * 4294967296 + (lo >>> 0)
  if (n >= -MAX_SAFE && n <= MAX_SAFE) return PyLong_FromLong(n)
  return PyLong_FromBigInt((BigInt(hi) << 32n) | BigInt(lo >>> 0))!
}

/** NEW int, truncating; null with an exception set for NaN and infinities. */
export function PyLong_FromDouble(d: number): PyObject | null {
  if (Number.isSafeInteger(Math.trunc(d))) return PyLong_FromLong(Math.trunc(d) + 0)
  if (d === Infinity || d === -Infinity) return PyErr_SetString(PyExc_OverflowError, 'cannot convert float infinity to integer')
  if (Number.isNaN(d)) return PyErr_SetString(PyExc_ValueError, 'cannot convert float NaN to integer')
  return PyLong_FromBigInt(BigInt(Math.trunc(d)))
}

/** A number or bigint in the form `v` has. */
export function normalizeValue(n: bigint): number | bigint {
  return n >= -9007199254740991n && n <= 9007199254740991n ? Number(n) : n
}

/**
 * NEW int with room for `digits` digits, value 0: `_PyLong_New`. The caller sets `.v` (normalised); the block may be larger
 * than the value needs, as CPython's is. Null with MemoryError set.
 */
export function _PyLong_New(digits: number): PyLongObject | null {
  return PyObject_NewSize(PyLong_Type, 24 + 4 * (digits === 0 ? 1 : digits), 0)
}

/** The static int instead of a new one that turned out small: frees `o`. Steals and returns a reference. */
export function maybe_small_long(o: PyLongObject): PyLongObject {
  const n = o.v
  if (typeof n === 'number' && n <= SMALL_MAX && n >= SMALL_MIN) {
    const small = smallInts[n - SMALL_MIN]!
    small.ob_refcnt++
    if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
    return small
  }
  return o
}

/** Number of 30-bit digits: |Py_SIZE|. */
export function digitCount(v: number | bigint): number {
  if (typeof v === 'number') {
    if (v === 0) return 0
    return v < 0x40000000 && v > -0x40000000 ? 1 : 2
  }
  return Math.ceil(bitLengthBigInt(v) / 30)
}

/** True for one-digit values (and 0). */
export function IS_MEDIUM(v: number | bigint): boolean {
  return typeof v === 'number' && v < 0x40000000 && v > -0x40000000
}

/** NEW exact int of the same value: the object itself, or a copy if it is of a subclass. Mirrors long_long. */
export function long_long(o: PyObject): PyObject | null {
  if (o.ob_type === PyLong_Type) {
    o.ob_refcnt++
    return o
  }
  return _PyLong_Copy(o)
}

/** NEW exact int of the same value. */
export function _PyLong_Copy(o: PyObject): PyObject | null {
  const v = o.v as number | bigint
  if (typeof v === 'number' && v <= SMALL_MAX && v >= SMALL_MIN) return PyLong_FromLong(v)
  const copy = _PyLong_New(digitCount(v))
  if (copy !== null) copy.v = v
  return copy
}

// ---- conversion ----------------------------------------------------------------------------------------------------

/** Value of an int of any size. */
export function PyLong_AsBigInt(o: PyObject): bigint {
  const v = o.v as number | bigint
  return typeof v === 'bigint' ? v : BigInt(v)
}

const overflowState = { value: 0 }

/** -1, 0 or 1: how the last PyLong_AsLongAndOverflow overflowed. */
export function longOverflow(): number {
  return overflowState.value
}

const LONG_MIN = -(2n ** 63n)
const LONG_MAX = 2n ** 63n - 1n

/**
 * Value as a C long; beyond 2^53 the nearest number. -1 with `longOverflow()` telling the direction if it does not fit,
 * or with an exception set if the object has no `__index__`.
 */
export function PyLong_AsLongAndOverflow(o: PyObject): number {
  overflowState.value = 0
  if (PyLong_Check(o)) return asLong(o.v)
  const index = _PyNumber_Index(o)
  if (index === null) return -1
  const n = asLong(index.v)
  if (--index.ob_refcnt === 0) index.ob_type.tp_dealloc(index)
  return n
}

function asLong(v: number | bigint): number {
  if (typeof v === 'number') return v
  if (v >= LONG_MIN && v <= LONG_MAX) return Number(v)
  overflowState.value = v < 0n ? -1 : 1
  return -1
}

/** Value as a C long; -1 with an exception set (check PyErr_Occurred when the result is -1). */
export function PyLong_AsLong(o: PyObject): number {
  if (o.ob_type === PyLong_Type && typeof o.v === 'number') return o.v
  const n = PyLong_AsLongAndOverflow(o)
  if (overflowState.value !== 0) PyErr_SetString(PyExc_OverflowError, 'Python int too large to convert to C long')
  return n
}

export { _PyLong_AsInt as PyLong_AsInt }

/** Value as a C int. */
export function _PyLong_AsInt(o: PyObject): number {
  const n = PyLong_AsLongAndOverflow(o)
  if (overflowState.value !== 0 || n > 0x7fffffff || n < -0x80000000) {
    PyErr_SetString(PyExc_OverflowError, 'Python int too large to convert to C int')
    return -1
  }
  return n
}

/** Value as Py_ssize_t; -1 with an exception set. Takes ints only. */
export function PyLong_AsSsize_t(o: PyObject): number {
  if (!PyLong_Check(o)) {
    PyErr_SetString(PyExc_TypeError, 'an integer is required')
    return -1
  }
  const v = o.v
  if (typeof v === 'number') return v
  if (v >= LONG_MIN && v <= LONG_MAX) return Number(v)
  PyErr_SetString(PyExc_OverflowError, 'Python int too large to convert to C ssize_t')
  return -1
}

/** Value as size_t; -1 with an exception set. */
export function PyLong_AsSize_t(o: PyObject): number {
  return asUnsigned(o, 'size_t')
}

/** Value as unsigned long; -1 with an exception set. */
export function PyLong_AsUnsignedLong(o: PyObject): number {
  return asUnsigned(o, 'unsigned long')
}

function asUnsigned(o: PyObject, name: string): number {
  if (!PyLong_Check(o)) {
    PyErr_SetString(PyExc_TypeError, 'an integer is required')
    return -1
  }
  const v = o.v
  if (v < 0) {
    PyErr_SetString(PyExc_OverflowError, `can't convert negative value to ${name === 'size_t' ? 'size_t' : 'unsigned int'}`)
    return -1
  }
  if (typeof v === 'number') return v
  if (v < 1n << 64n) return Number(v)
  PyErr_SetString(PyExc_OverflowError, `Python int too large to convert to C ${name}`)
  return -1
}

/** The low 64 bits as a BigInt, sign ignored (PyLong_AsUnsignedLongLongMask); null with an exception set. */
export function PyLong_AsUnsignedLongLongMask(o: PyObject): bigint | null {
  if (PyLong_Check(o)) return BigInt.asUintN(64, PyLong_AsBigInt(o))
  const index = _PyNumber_Index(o)
  if (index === null) return null
  const n = BigInt.asUintN(64, PyLong_AsBigInt(index))
  if (--index.ob_refcnt === 0) index.ob_type.tp_dealloc(index)
  return n
}

/** Value as a 64-bit signed integer, exactly; null with an exception set. */
export function PyLong_AsLongLongBig(o: PyObject): bigint | null {
  const index = PyLong_Check(o) ? null : _PyNumber_Index(o)
  if (index === null && PyErr_Occurred() !== null) return null
  const n = PyLong_AsBigInt(index ?? o)
  if (index !== null && --index.ob_refcnt === 0) index.ob_type.tp_dealloc(index)
  if (n >= LONG_MIN && n <= LONG_MAX) return n
  return PyErr_SetString(PyExc_OverflowError, 'int too big to convert')
}

/** Nearest double, ties to even; -1 with OverflowError set. Mirrors PyLong_AsDouble. */
export function PyLong_AsDouble(o: PyObject): number {
  if (!PyLong_Check(o)) {
    PyErr_SetString(PyExc_TypeError, 'an integer is required')
    return -1
  }
  const v = o.v
  if (typeof v === 'number') return v
  const d = Number(v)
  if (Number.isFinite(d)) return d
  PyErr_SetString(PyExc_OverflowError, 'int too large to convert to float')
  return -1
}

/** -1, 0, 1. */
export function _PyLong_Sign(o: PyObject): number {
  const v = o.v as number | bigint
  return v > 0 ? 1 : v < 0 ? -1 : 0
}

/** int.bit_length(). */
export function _PyLong_NumBits(o: PyObject): number {
  return bitLength(o.v)
}

export function bitLength(v: number | bigint): number {
  if (typeof v === 'bigint') return bitLengthBigInt(v)
  const n = Math.abs(v)
  return n < 0x100000000 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 0x100000000))
}

// ---- comparison and hash ---------------------------------------------------------------------------------------------

/** <0, 0, >0. */
export function long_compare(a: PyObject, b: PyObject): number {
  const x = a.v as number | bigint
  const y = b.v as number | bigint
  return x === y ? 0 : x < y ? -1 : 1
}

export function long_richcompare(a: PyObject, b: PyObject, op: number): PyObject {
  if (!PyLong_Check(a) || !PyLong_Check(b)) {
    Py_NotImplemented.ob_refcnt++
    return Py_NotImplemented
  }
  return richCompareResult(a === b ? 0 : long_compare(a, b), op)
}

export function long_hash(o: PyObject): number {
  const v = o.v as number | bigint
  if (typeof v === 'number') {
    const low = v | 0
    if (low === v) {
      HASH[0] = low === -1 ? -2 : low
      HASH[1] = low >> 31
    } else {
      hashIntNumber(v, HASH)
    }
  } else {
    hashBigInt(v, HASH)
  }
  return 0
}


export { PyLong_FromString, PyLong_FromUnicodeObject, _PyLong_Format, _PyLong_FromBytes, long_repr } from './long-text'
export { _PyLong_Add, _PyLong_FloorDivide, _PyLong_Multiply, _PyLong_Remainder, _PyLong_Subtract } from './long-arith'
export { _PyLong_Lshift, _PyLong_Rshift } from './long-bits'
export { _PyLong_DivmodNear, _PyLong_FromByteArray } from './long-methods'
