// int: ** and pow() with a modulus, and true division. Mirrors long_pow, long_invmod and long_true_divide,
// Objects/longobject.c.
import type { PyObject } from './object'
import { bitLengthBigInt } from './long-digits'
import { PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_ValueError, PyExc_ZeroDivisionError } from './exceptions'
import { trueDivide } from '../lib/long-arithmetic'
import { PyFloat_FromDouble, float_pow } from './floatobject'
import { DIVMOD, _PyLong_Multiply, _PyLong_Subtract, l_divmod, l_mod, notImplemented } from './long-arith'
import {
  PyLong_AsBigInt, PyLong_Check, PyLong_FromLong, _PyLong_Copy, _PyLong_New, digitCount, type PyLongObject,
} from './longobject'
import { Py_None } from './singletons'

/** Exponents of up to two digits go bit by bit, longer ones by windows of five bits. */
const HUGE_EXP_DIGITS = 2
const EXP_WINDOW_SIZE = 5
const EXP_TABLE_LEN = 1 << (EXP_WINDOW_SIZE - 1)

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** NEW -o of an int that is copied first (its sign is changed in place). */
function negatedCopy(o: PyLongObject): PyLongObject | null {
  const copy = _PyLong_Copy(o) as PyLongObject | null
  if (copy === null) return null
  if (copy.ob_refcnt === 1) {
    copy.v = typeof copy.v === 'number' ? 0 - copy.v : -copy.v
    return copy
  }
  const z = PyLong_FromLong(0 - (copy.v as number))
  decref(copy)
  return z
}

/** One exponentiation: a ** b, or modulo c. Owns its operands. */
class Power {
  a: PyLongObject
  c: PyLongObject | null
  z: PyLongObject | null = null
  /** a ** (2 * i + 1) for window exponents; kept until the end, as CPython keeps them. */
  readonly table: PyLongObject[] = []

  constructor(a: PyLongObject, c: PyLongObject | null) {
    this.a = a
    this.c = c
  }

  /** NEW x * y reduced by the modulus. */
  multiply(x: PyLongObject, y: PyLongObject): PyLongObject | null {
    const product = _PyLong_Multiply(x, y) as PyLongObject | null
    if (product === null || this.c === null) return product
    return this.reduce(product)
  }

  reduce(product: PyLongObject): PyLongObject | null {
    const rest = l_mod(product, this.c!) as PyLongObject | null
    decref(product)
    return rest
  }

  /** z = z * y, where z is dropped between product and reduction as in CPython's MULT. */
  step(y: PyLongObject): boolean {
    const product = _PyLong_Multiply(this.z!, y) as PyLongObject | null
    if (product === null) return false
    decref(this.z!)
    this.z = this.c === null ? product : this.reduce(product)
    return this.z !== null
  }

  run(b: PyLongObject): boolean {
    const digits = digitCount(b.v)
    this.z = PyLong_FromLong(1)
    if (digits <= 1 && b.v <= 3) return this.tiny(b.v as number)
    if (digits <= HUGE_EXP_DIGITS) return this.binary(BigInt(b.v))
    return this.windows(BigInt(b.v), digits)
  }

  private tiny(exponent: number): boolean {
    if (exponent === 0) return true
    const product = _PyLong_Multiply(this.a, exponent === 1 ? this.z! : this.a) as PyLongObject | null
    if (product === null) return false
    decref(this.z!)
    this.z = this.c === null ? product : this.reduce(product)
    if (this.z === null) return false
    return exponent < 3 || this.step(this.a)
  }

  private binary(exponent: bigint): boolean {
    decref(this.z!)
    this.z = this.a
    this.a.ob_refcnt++
    for (let bit = bitLengthBigInt(exponent) - 2; bit >= 0; bit--) {
      if (!this.step(this.z!)) return false
      if (((exponent >> BigInt(bit)) & 1n) !== 0n && !this.step(this.a)) return false
    }
    return true
  }

  private windows(exponent: bigint, digits: number): boolean {
    const { table } = this
    table.push(this.a)
    this.a.ob_refcnt++
    const square = this.multiply(this.a, this.a)
    let ok = square !== null
    for (let i = 1; ok && i < EXP_TABLE_LEN; i++) {
      const next = this.multiply(table[i - 1]!, square!)
      if (next === null) ok = false
      else table.push(next)
    }
    if (square !== null) decref(square)
    return ok && this.slide(exponent, digits, table)
  }

  private slide(exponent: bigint, digits: number, table: PyLongObject[]): boolean {
    let pending = 0
    let length = 0
    for (let bit = digits * 30 - 1; bit >= 0; bit--) {
      pending = (pending << 1) | Number((exponent >> BigInt(bit)) & 1n)
      if (pending === 0) {
        if (!this.step(this.z!)) return false
      } else if (++length === EXP_WINDOW_SIZE) {
        if (!this.absorb(pending, length, table)) return false
        pending = length = 0
      }
    }
    return pending === 0 || this.absorb(pending, length, table)
  }

  private absorb(pending: number, length: number, table: PyLongObject[]): boolean {
    let zeros = 0
    while ((pending & 1) === 0) {
      zeros++
      pending >>= 1
    }
    for (let i = length - zeros; i > 0; i--) if (!this.step(this.z!)) return false
    if (!this.step(table[pending >> 1]!)) return false
    while (zeros-- > 0) if (!this.step(this.z!)) return false
    return true
  }
}

export function long_pow(v: PyObject, w: PyObject, x: PyObject): PyObject | null {
  if (!PyLong_Check(v) || !PyLong_Check(w)) return notImplemented()
  if (!PyLong_Check(x) && x !== Py_None) return notImplemented()
  let b = w
  if (x === Py_None) {
    if (b.v < 0) return float_pow(v, w, x)
    v.ob_refcnt++
    return finish(new Power(v, null), b, false, false)
  }
  let c = x as PyLongObject
  if (c.v === 0) return PyErr_SetString(PyExc_ValueError, 'pow() 3rd argument cannot be 0')
  const negative = c.v < 0
  if (negative) {
    const positive = negatedCopy(c)
    if (positive === null) return null
    c = positive
  } else {
    c.ob_refcnt++
  }
  v.ob_refcnt++
  const power = new Power(v, c)
  if (c.v === 1) {
    decref(v)
    decref(c)
    return PyLong_FromLong(0)
  }
  let ownB = false
  if (b.v < 0) {
    const positive = negatedCopy(b)
    const inverse = positive === null ? null : long_invmod(v, c)
    if (inverse === null) {
      if (positive !== null) decref(positive)
      decref(v)
      decref(c)
      return null
    }
    b = positive!
    ownB = true
    decref(v)
    power.a = inverse
  }
  if (power.a.v < 0 || digitCount(power.a.v) > digitCount(c.v)) {
    const reduced = l_mod(power.a, c) as PyLongObject | null
    if (reduced === null) {
      if (ownB) decref(b)
      decref(power.a)
      decref(c)
      return null
    }
    decref(power.a)
    power.a = reduced
  }
  return finish(power, b, ownB, negative)
}

function finish(power: Power, b: PyLongObject, ownB: boolean, negative: boolean): PyObject | null {
  let ok = power.run(b)
  if (ok && negative && power.z!.v !== 0) {
    const shifted = _PyLong_Subtract(power.z!, power.c!) as PyLongObject | null
    decref(power.z!)
    power.z = shifted
    ok = shifted !== null
  }
  if (!ok && power.z !== null) {
    decref(power.z)
    power.z = null
  }
  for (const entry of power.table) decref(entry)
  decref(power.a)
  if (ownB) decref(b)
  if (power.c !== null) decref(power.c)
  return power.z
}

/** NEW inverse of a modulo n > 0 (not reduced); null with ValueError set. Extended Euclid, as long_invmod. */
function long_invmod(a: PyLongObject, n: PyLongObject): PyLongObject | null {
  let b: PyObject = PyLong_FromLong(1)
  let c: PyObject = PyLong_FromLong(0)
  a.ob_refcnt++
  n.ob_refcnt++
  while (n.v !== 0) {
    let ok = l_divmod(a, n)
    if (ok) {
      const q = DIVMOD.div!
      const r = DIVMOD.mod as PyLongObject
      decref(a)
      a = n
      n = r
      const t = _PyLong_Multiply(q, c)
      decref(q)
      const s = t === null ? null : _PyLong_Subtract(b, t)
      if (t !== null) decref(t)
      ok = s !== null
      if (s !== null) {
        decref(b)
        b = c
        c = s
      }
    }
    if (!ok) {
      for (const o of [a, b, c, n]) decref(o)
      return null
    }
  }
  decref(c)
  decref(n)
  const invertible = a.v === 1
  decref(a)
  if (invertible) return b as PyLongObject
  decref(b)
  return PyErr_SetString(PyExc_ValueError, 'base is not invertible for the given modulus')
}

// ---- true division -----------------------------------------------------------------------------------------------------

const DBL_MAX_EXP = 1024
const DBL_MIN_EXP = -1021
const DBL_MANT_DIG = 53

/** NEW float nearest to a / b. */
export function long_true_divide(a: PyObject, b: PyObject): PyObject | null {
  if (!PyLong_Check(a) || !PyLong_Check(b)) return notImplemented()
  const x = a.v
  const y = b.v
  if (y === 0) return PyErr_SetString(PyExc_ZeroDivisionError, 'division by zero')
  // Both are exact doubles.
  if (typeof x === 'number' && typeof y === 'number') return PyFloat_FromDouble(x === 0 && y < 0 ? -0 : x / y)
  if (x === 0) return PyFloat_FromDouble(y < 0 ? -0 : 0)
  return divideLarge(a, b)
}

// Mirrors the general case of long_true_divide in what it allocates.
function divideLarge(a: PyLongObject, b: PyLongObject): PyObject | null {
  let p = PyLong_AsBigInt(a)
  let q = PyLong_AsBigInt(b)
  const negative = (p < 0n) !== (q < 0n)
  if (p < 0n) p = -p
  if (q < 0n) q = -q
  const diff = bitLengthBigInt(p) - bitLengthBigInt(q)
  if (diff > DBL_MAX_EXP) return tooLarge()
  if (diff < DBL_MIN_EXP - DBL_MANT_DIG - 1) return PyFloat_FromDouble(negative ? -0 : 0)
  const shift = Math.max(diff, DBL_MIN_EXP) - DBL_MANT_DIG - 2
  // Room for the numerator moved by `shift`.
  const x = _PyLong_New(shift <= 0 ? digitCount(a.v) + Math.floor(-shift / 30) + 1 : digitCount(a.v) - Math.floor(shift / 30))
  if (x === null) return null
  if (digitCount(b.v) > 1) {
    // x_divrem: its temporaries in its order.
    const numerator = shift <= 0 ? p << BigInt(-shift) : p >> BigInt(shift)
    const sizeV = digitCount(numerator)
    const sizeW = digitCount(b.v)
    const align = BigInt(30 * sizeW - bitLengthBigInt(q))
    const top = (numerator << align) >> BigInt(30 * (sizeV - 1))
    const carry = top >= (q << align) >> BigInt(30 * (sizeW - 1)) ? 1 : 0
    const v = _PyLong_New(sizeV + 1)!
    const w = _PyLong_New(sizeW)!
    const div = _PyLong_New(sizeV + carry - sizeW)!
    decref(v)
    decref(x)
    decref(w)
    decref(div)
  } else {
    decref(x)
  }
  const value = trueDivide(negative ? -p : p, q)
  return value === null ? tooLarge() : PyFloat_FromDouble(value)
}

function tooLarge(): null {
  return PyErr_SetString(PyExc_OverflowError, 'integer division result too large for a float')
}
