// int: & | ^ ~ << >>. Mirrors long_bitwise, long_lshift1 and long_rshift1, Objects/longobject.c.
import type { PyObject } from './object'
import { PyErr_Clear, PyErr_NoMemory, PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_ValueError } from './exceptions'
import { notImplemented } from './long-arith'
import {
  IS_MEDIUM, PyLong_AsBigInt, PyLong_Check, PyLong_FromLong, _PyLong_New, digitCount, long_long, maybe_small_long,
  normalizeValue, type PyLongObject,
} from './longobject'
import { MAX_DIGITS } from './long-multiply'
import { _PyLong_Add } from './long-arith'

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

export function long_and(a: PyObject, b: PyObject): PyObject | null {
  if (!PyLong_Check(a) || !PyLong_Check(b)) return notImplemented()
  if (IS_MEDIUM(a.v) && IS_MEDIUM(b.v)) return PyLong_FromLong((a.v as number) & (b.v as number))
  return long_bitwise(a, b, '&')
}

export function long_or(a: PyObject, b: PyObject): PyObject | null {
  if (!PyLong_Check(a) || !PyLong_Check(b)) return notImplemented()
  if (IS_MEDIUM(a.v) && IS_MEDIUM(b.v)) return PyLong_FromLong((a.v as number) | (b.v as number))
  return long_bitwise(a, b, '|')
}

export function long_xor(a: PyObject, b: PyObject): PyObject | null {
  if (!PyLong_Check(a) || !PyLong_Check(b)) return notImplemented()
  if (IS_MEDIUM(a.v) && IS_MEDIUM(b.v)) return PyLong_FromLong((a.v as number) ^ (b.v as number))
  return long_bitwise(a, b, '^')
}

// Negative operands are complemented into ints of their own first; a negative result gets one digit more.
function long_bitwise(a: PyLongObject, b: PyLongObject, op: '&' | '|' | '^'): PyObject | null {
  const x = PyLong_AsBigInt(a)
  const y = PyLong_AsBigInt(b)
  const complementA = x < 0n ? _PyLong_New(digitCount(a.v)) : null
  if (x < 0n && complementA === null) return null
  const complementB = y < 0n ? _PyLong_New(digitCount(b.v)) : null
  if (y < 0n && complementB === null) {
    if (complementA !== null) decref(complementA)
    return null
  }
  let size = digitCount(a.v)
  let smaller = digitCount(b.v)
  let smallerNegative = y < 0n
  const swapped = size < smaller
  if (swapped) {
    [size, smaller] = [smaller, size]
    smallerNegative = x < 0n
  }
  let value: bigint
  let digits: number
  if (op === '^') {
    value = x ^ y
    digits = size
  } else if (op === '&') {
    value = x & y
    digits = smallerNegative ? size : smaller
  } else {
    value = x | y
    digits = smallerNegative ? smaller : size
  }
  const z = _PyLong_New(digits + (value < 0n ? 1 : 0))
  if (z !== null) z.v = normalizeValue(value)
  // The longer operand goes first.
  const [first, second] = swapped ? [complementB, complementA] : [complementA, complementB]
  if (first !== null) decref(first)
  if (second !== null) decref(second)
  return z === null ? null : maybe_small_long(z)
}

/** NEW ~o. */
export function long_invert(o: PyObject): PyObject | null {
  const v = o.v as number | bigint
  if (IS_MEDIUM(v)) return PyLong_FromLong(~(v as number))
  const one = PyLong_FromLong(1)
  const z = _PyLong_Add(o, one) as PyLongObject | null
  one.ob_refcnt--
  if (z === null) return null
  if (z.ob_refcnt === 1) z.v = typeof z.v === 'number' ? 0 - z.v : -z.v
  return maybe_small_long(z)
}

export function long_lshift(a: PyObject, b: PyObject): PyObject | null {
  if (!PyLong_Check(a) || !PyLong_Check(b)) return notImplemented()
  const shift = b.v
  if (shift < 0) return PyErr_SetString(PyExc_ValueError, 'negative shift count')
  const v = a.v
  if (v === 0) return PyLong_FromLong(0)
  if (typeof shift === 'bigint' && !splitLargeShift(shift)) return null
  if (typeof shift === 'bigint' && shift / 30n >= 2n ** 61n - 1n) {
    return PyErr_SetString(PyExc_OverflowError, 'too many digits in integer')
  }
  return leftShift(a, Number(shift))
}

/** NEW a << shift for shift >= 0 and a not 0. */
function leftShift(a: PyLongObject, shift: number): PyObject | null {
  const v = a.v
  const wordshift = Math.floor(shift / 30)
  const remshift = shift % 30
  if (wordshift === 0 && IS_MEDIUM(v)) {
    const shifted = (v as number) * 2 ** remshift
    if (Number.isSafeInteger(shifted)) return PyLong_FromLong(shifted)
  }
  const digits = digitCount(v) + wordshift + (remshift !== 0 && !(wordshift === 0 && IS_MEDIUM(v)) ? 1 : 0)
  const z = _PyLong_New(wordshift === 0 && IS_MEDIUM(v) ? 2 : digits)
  if (z === null) return null
  if (digits > MAX_DIGITS) {
    // DIFFERS: an int beyond V8's bigints is a MemoryError.
    decref(z)
    return PyErr_NoMemory()
  }
  z.v = normalizeValue(BigInt(v) << BigInt(shift))
  return maybe_small_long(z)
}

/** NEW value << shift, for the VM and others who know both. */
export function _PyLong_Lshift(a: PyObject, shift: number): PyObject | null {
  return a.v === 0 ? PyLong_FromLong(0) : leftShift(a as PyLongObject, shift)
}

export function long_rshift(a: PyObject, b: PyObject): PyObject | null {
  if (!PyLong_Check(a) || !PyLong_Check(b)) return notImplemented()
  const shift = b.v
  if (shift < 0) return PyErr_SetString(PyExc_ValueError, 'negative shift count')
  if (a.v === 0) return PyLong_FromLong(0)
  if (typeof shift === 'bigint' && !splitLargeShift(shift)) return null
  return _PyLong_Rshift(a, Number(shift))
}

// divmod_shift of what does not fit Py_ssize_t: the OverflowError is dropped, the words are counted by an int, which may not
// fit either.
function splitLargeShift(shift: bigint): boolean {
  if (shift < 2n ** 63n) return true
  tooLargeForC()
  const words = _PyLong_New(digitCount(shift / 30n))
  if (words === null) return false
  if (shift / 30n >= 2n ** 63n) {
    PyErr_SetString(PyExc_OverflowError, TOO_LARGE)
    decref(words)
    PyErr_Clear()
  } else {
    decref(words)
  }
  return true
}

const TOO_LARGE = 'Python int too large to convert to C ssize_t'

function tooLargeForC(): void {
  PyErr_SetString(PyExc_OverflowError, TOO_LARGE)
  PyErr_Clear()
}

/** NEW a >> shift for shift >= 0. */
export function _PyLong_Rshift(a: PyObject, shift: number): PyObject | null {
  const v = a.v as number | bigint
  if (v === 0) return PyLong_FromLong(0)
  if (IS_MEDIUM(v)) return PyLong_FromLong((v as number) >> (shift < 30 ? shift : 31))
  let wordshift = Math.floor(shift / 30)
  if (v < 0 && shift % 30 === 0) {
    if (wordshift === 0) return long_long(a)
    wordshift--
  }
  const digits = digitCount(v) - wordshift
  if (digits <= 0) return PyLong_FromLong(v < 0 ? -1 : 0)
  const z = _PyLong_New(digits)
  if (z === null) return null
  z.v = typeof v === 'number' ? Math.floor(v / 2 ** shift) + 0 : normalizeValue(v >> BigInt(shift))
  return maybe_small_long(z)
}
