// int: + - * // % divmod ** and unary operators. Mirrors Objects/longobject.c.
//
// Values are computed by JavaScript (numbers where exact, bigint else); what is CPython's here is the allocations: which
// operations make temporaries, and that sums and products are allocated for the digits they might have.
import { PyObject } from './object'
import { bitLengthBigInt } from './long-digits'
import { PyErr_SetString } from './errors'
import { PyExc_ZeroDivisionError } from './exceptions'
import {
  IS_MEDIUM, PyLong_Check, PyLong_FromLong, PyLong_Type, _PyLong_New, digitCount, long_long,
  maybe_small_long, normalizeValue, type PyLongObject,
} from './longobject'
import { multiplyLarge } from './long-multiply'
import { PyObject_NewSize } from './objimpl'
import { Py_NotImplemented } from './singletons'

const MAX_SAFE = Number.MAX_SAFE_INTEGER

export function notImplemented(): PyObject {
  Py_NotImplemented.ob_refcnt++
  return Py_NotImplemented
}

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** NEW sum of two ints; null with MemoryError set. */
export function _PyLong_Add(a: PyObject, b: PyObject): PyObject | null {
  const x = a.v as number | bigint
  const y = b.v as number | bigint
  if (typeof x === 'number' && typeof y === 'number' && x < 0x40000000 && x > -0x40000000 && y < 0x40000000 && y > -0x40000000) {
    return PyLong_FromLong(x + y)
  }
  return addLarge(x, y, (x < 0) === (y < 0))
}

/** NEW difference of two ints; null with MemoryError set. */
export function _PyLong_Subtract(a: PyObject, b: PyObject): PyObject | null {
  const x = a.v as number | bigint
  const y = b.v as number | bigint
  if (typeof x === 'number' && typeof y === 'number' && x < 0x40000000 && x > -0x40000000 && y < 0x40000000 && y > -0x40000000) {
    return PyLong_FromLong(x - y)
  }
  return addLarge(x, typeof y === 'number' ? 0 - y : -y, (x < 0) !== (y < 0))
}

/** NEW product of two ints; null with MemoryError set. */
export function _PyLong_Multiply(a: PyObject, b: PyObject): PyObject | null {
  const x = a.v as number | bigint
  const y = b.v as number | bigint
  if (typeof x === 'number' && typeof y === 'number' && x < 0x40000000 && x > -0x40000000 && y < 0x40000000 && y > -0x40000000) {
    const product = x * y
    if (product <= MAX_SAFE && product >= -MAX_SAFE) return PyLong_FromLong(product + 0)
    // Two digits, beyond what a number holds.
    return PyObject_NewSize(PyLong_Type, 32, BigInt(x) * BigInt(y))
  }
  return multiplyLarge(a as PyLongObject, b as PyLongObject)
}

/** x + y where one of them has two or more digits: x_add of the magnitudes if `sameSign`, else x_sub. */
function addLarge(x: number | bigint, y: number | bigint, sameSign: boolean): PyObject | null {
  let digits: number
  let value: number | bigint
  if (typeof x === 'number' && typeof y === 'number') {
    const sum = x + y
    value = sum <= MAX_SAFE && sum >= -MAX_SAFE ? sum : BigInt(x) + BigInt(y)
    digits = sameSign ? 3 : differingDigits(Math.abs(x), Math.abs(y))
  } else {
    const p = BigInt(x)
    const q = BigInt(y)
    value = normalizeValue(p + q)
    digits = sameSign ? Math.max(digitCount(x), digitCount(y)) + 1
      : Math.ceil(bitLengthBigInt((p < 0n ? -p : p) ^ (q < 0n ? -q : q)) / 30)
  }
  // x_sub of equals does not allocate.
  if (!sameSign && value === 0) return PyLong_FromLong(0)
  const z = _PyLong_New(digits)
  if (z === null) return null
  z.v = value
  return sameSign ? z : maybe_small_long(z)
}

/** Digits up to the highest in which two magnitudes below 2^60 differ. */
function differingDigits(x: number, y: number): number {
  return Math.floor(x / 0x40000000) !== Math.floor(y / 0x40000000) ? 2 : 1
}

// ---- slots -----------------------------------------------------------------------------------------------------------

export function long_add(a: PyObject, b: PyObject): PyObject | null {
  return PyLong_Check(a) && PyLong_Check(b) ? _PyLong_Add(a, b) : notImplemented()
}

export function long_sub(a: PyObject, b: PyObject): PyObject | null {
  return PyLong_Check(a) && PyLong_Check(b) ? _PyLong_Subtract(a, b) : notImplemented()
}

export function long_mul(a: PyObject, b: PyObject): PyObject | null {
  return PyLong_Check(a) && PyLong_Check(b) ? _PyLong_Multiply(a, b) : notImplemented()
}

export function long_div(a: PyObject, b: PyObject): PyObject | null {
  return PyLong_Check(a) && PyLong_Check(b) ? _PyLong_FloorDivide(a, b) : notImplemented()
}

export function long_mod(a: PyObject, b: PyObject): PyObject | null {
  return PyLong_Check(a) && PyLong_Check(b) ? _PyLong_Remainder(a, b) : notImplemented()
}

// ---- division ----------------------------------------------------------------------------------------------------------

/** NEW a // b. */
export function _PyLong_FloorDivide(a: PyLongObject, b: PyLongObject): PyObject | null {
  const x = a.v
  const y = b.v
  if (y === 0) return PyErr_SetString(PyExc_ZeroDivisionError, 'integer division or modulo by zero')
  if (x !== 0 && IS_MEDIUM(x) && IS_MEDIUM(y)) return PyLong_FromLong(Math.floor((x as number) / (y as number)) + 0)
  if (!l_divmod(a, b)) return null
  const quotient = DIVMOD.div!
  decref(DIVMOD.mod!)
  return quotient
}

/** NEW a % b. */
export function _PyLong_Remainder(a: PyLongObject, b: PyLongObject): PyObject | null {
  const x = a.v
  const y = b.v
  if (y === 0) return PyErr_SetString(PyExc_ZeroDivisionError, 'integer modulo by zero')
  if (x !== 0 && IS_MEDIUM(x) && IS_MEDIUM(y)) return PyLong_FromLong(floorMod(x as number, y as number))
  return l_mod(a, b)
}

function floorMod(x: number, y: number): number {
  const r = x % y
  return r !== 0 && (r < 0) !== (y < 0) ? r + y : r + 0
}

/** Result of the last l_divmod: NEW references. */
export const DIVMOD: { div: PyObject | null, mod: PyObject | null } = { div: null, mod: null }

/** Floor division with remainder into DIVMOD; false with an exception set. */
export function l_divmod(a: PyLongObject, b: PyLongObject): boolean {
  const x = a.v
  const y = b.v
  if (x !== 0 && y !== 0 && IS_MEDIUM(x) && IS_MEDIUM(y)) {
    DIVMOD.div = PyLong_FromLong(Math.floor((x as number) / (y as number)) + 0)
    DIVMOD.mod = PyLong_FromLong(floorMod(x as number, y as number))
    return true
  }
  if (!long_divrem(a, b)) return false
  const mod = DIVMOD.mod as PyLongObject
  if ((mod.v < 0 && y > 0) || (mod.v > 0 && y < 0)) {
    const shifted = _PyLong_Add(mod, b)
    decref(mod)
    DIVMOD.mod = shifted
    const div = DIVMOD.div!
    if (shifted === null) {
      decref(div)
      return false
    }
    const one = PyLong_FromLong(1)
    const less = _PyLong_Subtract(div, one)
    one.ob_refcnt--
    decref(div)
    DIVMOD.div = less
    if (less === null) {
      decref(shifted)
      return false
    }
  }
  return true
}

/** NEW floor remainder. Mirrors l_mod, which leaves the quotient out where it can. */
export function l_mod(a: PyLongObject, b: PyLongObject): PyObject | null {
  const x = a.v
  const y = b.v
  if (x !== 0 && y !== 0 && IS_MEDIUM(x) && IS_MEDIUM(y)) return PyLong_FromLong(floorMod(x as number, y as number))
  const mod = long_rem(a, b)
  if (mod === null) return null
  if ((mod.v < 0 && y > 0) || (mod.v > 0 && y < 0)) {
    const shifted = _PyLong_Add(mod, b)
    decref(mod)
    return shifted
  }
  return mod
}

/** |a| < |b| as CPython sees it at a glance: by size and highest digit. */
function clearlySmaller(x: number | bigint, y: number | bigint): boolean {
  const m = digitCount(x)
  const n = digitCount(y)
  return m < n || (m === n && topDigit(x, m) < topDigit(y, n))
}

function topDigit(v: number | bigint, digits: number): number {
  if (digits === 0) return 0
  if (typeof v === 'number') return digits === 1 ? Math.abs(v) : Math.floor(Math.abs(v) / 0x40000000)
  return Number((v < 0n ? -v : v) >> BigInt(30 * (digits - 1)))
}

/** Truncating division into DIVMOD; false with an exception set. Mirrors long_divrem. */
export function long_divrem(a: PyLongObject, b: PyLongObject): boolean {
  const x = a.v
  const y = b.v
  if (y === 0) {
    PyErr_SetString(PyExc_ZeroDivisionError, 'integer division or modulo by zero')
    return false
  }
  if (clearlySmaller(x, y)) {
    DIVMOD.mod = long_long(a)
    DIVMOD.div = PyLong_FromLong(0)
    return DIVMOD.mod !== null
  }
  let quotient: number | bigint
  let remainder: number | bigint
  if (typeof x === 'number' && typeof y === 'number') {
    remainder = x % y + 0
    quotient = (x - remainder) / y + 0
  } else {
    const p = BigInt(x)
    const q = BigInt(y)
    quotient = normalizeValue(p / q)
    remainder = normalizeValue(p % q)
  }
  let z: PyLongObject | null
  if (IS_MEDIUM(y)) {
    z = _PyLong_New(digitCount(x))
    if (z === null) return false
    DIVMOD.mod = PyLong_FromLong(Math.abs(remainder as number))
    // _PyLong_Negate: a static or shared remainder is replaced, a fresh one changes its sign in place.
    if ((remainder as number) < 0) DIVMOD.mod = negated(DIVMOD.mod as PyLongObject)
  } else {
    z = x_divrem(x, y, remainder)
    if (z === null) return false
    DIVMOD.mod = maybe_small_long(DIVMOD.mod as PyLongObject)
    if (remainder < 0) DIVMOD.mod = negated(DIVMOD.mod as PyLongObject)
  }
  z.v = quotient
  DIVMOD.div = maybe_small_long(z)
  return true
}

/** -o, stealing the reference: in place if nobody else has it. Mirrors _PyLong_Negate. */
function negated(o: PyLongObject): PyLongObject {
  if (o.ob_refcnt === 1) {
    o.v = typeof o.v === 'number' ? 0 - o.v : -o.v
    return o
  }
  const z = PyLong_FromLong(0 - (o.v as number))
  decref(o)
  return z
}

/**
 * Knuth's division of magnitudes by two or more digits: two working copies, of which one becomes the remainder (left in
 * DIVMOD.mod with its magnitude). Returns room for the quotient. Mirrors x_divrem.
 */
function x_divrem(x: number | bigint, y: number | bigint, remainder: number | bigint): PyLongObject | null {
  let p = BigInt(x)
  let q = BigInt(y)
  if (p < 0n) p = -p
  if (q < 0n) q = -q
  let sizeV = digitCount(x)
  const sizeW = digitCount(y)
  const v = _PyLong_New(sizeV + 1)
  if (v === null) return null
  const w = _PyLong_New(sizeW)
  if (w === null) {
    decref(v)
    return null
  }
  const shift = BigInt(30 * sizeW - bitLengthBigInt(q))
  const shifted = p << shift
  const top = shifted >> BigInt(30 * (sizeV - 1))
  if (top >= (q << shift) >> BigInt(30 * (sizeW - 1))) sizeV++
  const a = _PyLong_New(sizeV - sizeW)
  decref(v)
  if (a === null) {
    decref(w)
    return null
  }
  w.v = typeof remainder === 'number' ? Math.abs(remainder) : remainder < 0n ? -remainder : remainder
  DIVMOD.mod = w
  return a
}

/** NEW truncating remainder. Mirrors long_rem. */
export function long_rem(a: PyLongObject, b: PyLongObject): PyLongObject | null {
  const x = a.v
  const y = b.v
  if (y === 0) return PyErr_SetString(PyExc_ZeroDivisionError, 'integer modulo by zero')
  if (clearlySmaller(x, y)) return long_long(a) as PyLongObject | null
  let remainder: number | bigint
  if (typeof x === 'number' && typeof y === 'number') remainder = x % y + 0
  else remainder = normalizeValue(BigInt(x) % BigInt(y))
  let mod: PyLongObject
  if (IS_MEDIUM(y)) {
    mod = PyLong_FromLong(Math.abs(remainder as number))
  } else {
    const quotient = x_divrem(x, y, remainder)
    if (quotient === null) return null
    decref(quotient)
    mod = maybe_small_long(DIVMOD.mod as PyLongObject)
  }
  return remainder < 0 ? negated(mod) : mod
}

// ---- unary -------------------------------------------------------------------------------------------------------------

/** NEW -o. Mirrors long_neg. */
export function long_neg(o: PyObject): PyObject | null {
  const v = o.v as number | bigint
  if (IS_MEDIUM(v)) return PyLong_FromLong(0 - (v as number))
  const z = _PyLong_New(digitCount(v))
  if (z !== null) z.v = typeof v === 'number' ? 0 - v : -v
  return z
}

/** NEW |o|. */
export function long_abs(o: PyObject): PyObject | null {
  return (o.v as number | bigint) < 0 ? long_neg(o) : long_long(o)
}

