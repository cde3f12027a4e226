// The functions of math that work on ints: gcd, lcm, factorial, isqrt, comb, perm, prod.
// Their intermediate ints are objects wherever CPython makes some.
import {
  PyNumber_Absolute, PyNumber_Add, PyNumber_FloorDivide, PyNumber_Index, PyNumber_Multiply, PyNumber_Subtract, PyObject_GetIter,
} from '../objects/abstract'
import { ArgParser } from '../objects/arg-parser'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_OverflowError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_CheckExact, PyFloat_FromDouble } from '../objects/floatobject'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import {
  PyLong_AsBigInt, PyLong_AsLongAndOverflow, PyLong_CheckExact, PyLong_FromBigInt, PyLong_FromLong, PyLong_FromSsize_t,
  longOverflow, type PyLongObject,
} from '../objects/longobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_O, Py_DECREF, Py_XDECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'
import { isqrt } from '../lib/long-arithmetic'
import { _PyLong_Lshift, _PyLong_Rshift } from '../objects/long-bits'
import { bitLengthBigInt } from '../objects/long-digits'
import { _PyLong_GCD } from '../objects/long-gcd'
import { comb, perm } from '../lib/math-functions'

/** Value of an int or of what has `__index__`; null with an exception set. */
function intOf(o: PyObject): bigint | null {
  const index = PyNumber_Index(o)
  if (index === null) return null
  const n = PyLong_AsBigInt(index)
  Py_DECREF(index)
  return n
}

/** Gives `f` its references and drops them. */
function taking(f: (a: PyObject, b: PyObject) => PyObject | null, a: PyObject | null, b: PyObject | null): PyObject | null {
  const result = a === null || b === null ? null : f(a, b)
  Py_XDECREF(a)
  Py_XDECREF(b)
  return result
}

/** NEW int of as many digits as it needs (PyLong_FromUnsignedLongLong). */
const fromUnsigned = (n: bigint): PyObject => n <= MAX_EXACT ? PyLong_FromSsize_t(Number(n)) : PyLong_FromBigInt(n)!
const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER)

const gcd = (a: PyObject, b: PyObject): PyObject | null => _PyLong_GCD(a as PyLongObject, b as PyLongObject)

// Mirrors long_lcm.
function lcm(a: PyObject, b: PyObject): PyObject | null {
  if (a.v === 0 || b.v === 0) return PyLong_FromLong(0)
  const g = gcd(a, b)
  if (g === null) return null
  const f = PyNumber_FloorDivide(a, g)
  Py_DECREF(g)
  if (f === null) return null
  const m = PyNumber_Multiply(f, b)
  Py_DECREF(f)
  if (m === null) return null
  const result = PyNumber_Absolute(m)
  Py_DECREF(m)
  return result
}

/** gcd or lcm of any number of ints; `first` is that of none, and an end that nothing changes any more is `fixed`. */
function fold(first: number, fixed: number, f: (a: PyObject, b: PyObject) => PyObject | null) {
  return (_m: PyObject, args: PyObject[], nargs: number): PyObject | null => {
    if (nargs === 0) return PyLong_FromLong(first)
    let result = PyNumber_Index(args[0]!)
    if (result === null) return null
    if (nargs === 1) {
      const index = result
      result = PyNumber_Absolute(index)
      Py_DECREF(index)
      return result
    }
    for (let i = 1; i < nargs; i++) {
      const next: PyObject | null = PyNumber_Index(args[i]!)
      if (next === null) return Py_DECREF(result), null
      if (result.v === fixed) {
        Py_DECREF(next)
        continue
      }
      const folded: PyObject | null = taking(f, result, next)
      if (folded === null) return null
      result = folded
    }
    return result
  }
}

const LARGEST_IN_TABLE = 20
const bitLength = (n: number): number => n <= 0 ? 0 : Math.floor(Math.log2(n)) + 1

/** NEW product of the odd numbers from `start` to below `stop`. Mirrors factorial_partial_product. */
function oddProduct(start: number, stop: number, maxBits: number): PyObject | null {
  const operands = Math.floor((stop - start) / 2)
  if (operands <= 64 && operands * maxBits <= 64) {
    let total = BigInt(start)
    for (let j = start + 2; j < stop; j += 2) total *= BigInt(j)
    return fromUnsigned(total)
  }
  const midpoint = start + operands | 1
  const left = oddProduct(start, midpoint, bitLength(midpoint - 2))
  return taking(PyNumber_Multiply, left, oddProduct(midpoint, stop, maxBits))
}

/** NEW odd part of n!. Mirrors factorial_odd_part. */
function factorialOddPart(n: number): PyObject | null {
  let inner: PyObject = PyLong_FromLong(1)
  let outer: PyObject = inner
  outer.ob_refcnt++
  let upper = 3
  for (let i = bitLength(n) - 2; i >= 0; i--) {
    const v = Math.floor(n / 2 ** i)
    if (v <= 2) continue
    const lower = upper
    upper = v + 1 | 1
    const partial = oddProduct(lower, upper, bitLength(upper - 2))
    const product = partial === null ? null : PyNumber_Multiply(inner, partial)
    Py_XDECREF(partial)
    Py_DECREF(inner)
    if (product === null) return Py_DECREF(outer), null
    inner = product
    const next = PyNumber_Multiply(outer, inner)
    Py_DECREF(outer)
    if (next === null) return Py_DECREF(inner), null
    outer = next
  }
  Py_DECREF(inner)
  return outer
}

function math_factorial(_m: PyObject, arg: PyObject): PyObject | null {
  const n = PyLong_AsLongAndOverflow(arg)
  if (n === -1 && PyErr_Occurred() !== null) return null
  if (longOverflow() === 1) return PyErr_Format(PyExc_OverflowError, 'factorial() argument should not exceed %ld', LIMIT)
  if (longOverflow() === -1 || n < 0) return PyErr_SetString(PyExc_ValueError, 'factorial() not defined for negative values')
  if (n <= LARGEST_IN_TABLE) {
    let product = 1n
    for (let i = 2n; i <= BigInt(n); i++) product *= i
    return fromUnsigned(product)
  }
  const odd = factorialOddPart(n)
  if (odd === null) return null
  const ones = n.toString(2).replaceAll('0', '').length
  const result = _PyLong_Lshift(odd, n - ones)
  Py_DECREF(odd)
  return result
}

// Mirrors math_isqrt.
function math_isqrt(_m: PyObject, arg: PyObject): PyObject | null {
  const n = PyNumber_Index(arg)
  if (n === null) return null
  const value = BigInt(n.v as number | bigint)
  const finish = (result: PyObject | null): PyObject | null => (Py_DECREF(n), result)
  if (value < 0n) return finish(PyErr_SetString(PyExc_ValueError, 'isqrt() argument must be nonnegative'))
  if (value === 0n) return finish(PyLong_FromLong(0))
  const c = Math.floor((bitLengthBigInt(value) - 1) / 2)
  if (c <= 31) return finish(fromUnsigned(isqrt(value)))
  const bits = bitLength(c)
  let d = Math.floor(c / 2 ** (bits - 5))
  const top = _PyLong_Rshift(n, 2 * c - 62)
  if (top === null) return finish(null)
  const start = isqrt(BigInt(top.v as number | bigint)) >> BigInt(31 - d)
  Py_DECREF(top)
  let a: PyObject | null = fromUnsigned(start)
  for (let s = bits - 6; s >= 0 && a !== null; s--) {
    const e = d
    d = Math.floor(c / 2 ** s)
    const shifted = _PyLong_Rshift(n, 2 * c - d - e + 1)
    const q: PyObject | null = shifted === null ? null : PyNumber_FloorDivide(shifted, a)
    Py_XDECREF(shifted)
    const raised: PyObject | null = q === null ? null : _PyLong_Lshift(a, d - 1 - e)
    Py_DECREF(a)
    a = raised === null || q === null ? null : PyNumber_Add(raised, q)
    Py_XDECREF(raised)
    Py_XDECREF(q)
  }
  if (a === null) return finish(null)
  const square = PyNumber_Multiply(a, a)
  if (square === null) return Py_DECREF(a), finish(null)
  const tooLarge = value < BigInt(square.v as number | bigint)
  Py_DECREF(square)
  if (!tooLarge) return finish(a)
  const one = PyLong_FromLong(1)
  return finish(taking(PyNumber_Subtract, a, one))
}

const LIMIT = (1n << 63n) - 1n

// Up to these n, by k, the result is computed without int objects: the figures of perm_comb_small.
const COMB_LIMITS_1 = [
  0, 0, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127,
  116, 105, 97, 91, 86, 82, 78, 76, 74, 72, 71, 70, 69, 68, 68, 67, 67, 67, 67,
]
const COMB_LIMITS_2 = [0, Infinity, 4294967296, 3329022, 102570, 13467, 3612, 1449, 746, 453, 308, 227, 178, 147]
const PERM_LIMITS = [0, Infinity, 4294967296, 2642246, 65537, 7133, 1627, 568, 259, 142, 88, 61, 45, 36, 30, 26, 24, 22, 21, 20, 20]

/** NEW number of choices. Mirrors perm_comb_small. */
function permCombSmall(n: number, k: number, isComb: boolean): PyObject | null {
  if (k === 0) return PyLong_FromLong(1)
  const direct = isComb ? n <= (COMB_LIMITS_1[k] ?? 0) || n <= (COMB_LIMITS_2[k] ?? 0) : n <= (PERM_LIMITS[k] ?? 0)
  if (direct) return fromUnsigned((isComb ? comb : perm)(BigInt(n), BigInt(k)))
  const j = Math.floor(k / 2)
  const first = permCombSmall(n, j, isComb)
  const product = taking(PyNumber_Multiply, first, first === null ? null : permCombSmall(n - j, k - j, isComb))
  return isComb ? taking(PyNumber_FloorDivide, product, product === null ? null : permCombSmall(k, j, true)) : product
}

function choose(name: 'comb' | 'perm', n: PyObject, k: PyObject): PyObject | null {
  const x = intOf(n)
  if (x === null) return null
  const y = intOf(k)
  if (y === null) return null
  if (x < 0n) return PyErr_SetString(PyExc_ValueError, 'n must be a non-negative integer')
  if (y < 0n) return PyErr_SetString(PyExc_ValueError, 'k must be a non-negative integer')
  if (y > x) return PyLong_FromLong(0)
  const steps = name === 'comb' && x - y < y ? x - y : y
  if (steps > LIMIT) {
    return PyErr_Format(PyExc_OverflowError, name === 'comb' ? 'min(n - k, k) must not exceed %lld' : 'k must not exceed %lld', LIMIT)
  }
  if (steps === 1n) return PyNumber_Index(n)
  if (x <= MAX_EXACT) return permCombSmall(Number(x), Number(steps), name === 'comb')
  return PyLong_FromBigInt((name === 'comb' ? comb : perm)(x, y))
}

function math_comb(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  return _PyArg_CheckPositional('comb', nargs, 2, 2) ? choose('comb', args[0]!, args[1]!) : null
}

function math_perm(m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('perm', nargs, 1, 2)) return null
  return nargs < 2 || args[1] === Py_None ? math_factorial(m, args[0]!) : choose('perm', args[0]!, args[1]!)
}

const prodParser = new ArgParser('prod', ['', 'start'])

// Mirrors math_prod_impl.
/** Products of ints and of floats stay unboxed as long as they can. */
function math_prod(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, prodParser, 1, 1, 0)
  if (given === null) return null
  const iter = PyObject_GetIter(given[0]!)
  if (iter === null) return null
  const next = (): PyObject | null => iter.ob_type.tp_iternext!(iter)
  let result: PyObject | null = given[1] ?? null
  if (result === null) result = PyLong_FromLong(1)
  else result.ob_refcnt++
  const finish = (value: PyObject | null): PyObject | null => {
    Py_DECREF(iter)
    if (PyErr_Occurred() === null) return value
    if (value !== null) Py_DECREF(value)
    return null
  }
  let item: PyObject | null = null
  if (PyLong_CheckExact(result) && typeof result.v === 'number') {
    let n = result.v
    Py_DECREF(result)
    result = null
    while (result === null) {
      item = next()
      if (item === null) return finish(PyErr_Occurred() === null ? PyLong_FromLong(n) : null)
      if (PyLong_CheckExact(item) && typeof item.v === 'number' && Number.isSafeInteger(n * item.v)) {
        // No negative zero among ints.
        n = n * item.v + 0
        Py_DECREF(item)
        continue
      }
      const left = PyLong_FromLong(n)
      result = PyNumber_Multiply(left, item)
      Py_DECREF(left)
      Py_DECREF(item)
      if (result === null) return finish(null)
    }
  }
  if (PyFloat_CheckExact(result)) {
    let x = result.v
    Py_DECREF(result)
    result = null
    while (result === null) {
      item = next()
      if (item === null) return finish(PyErr_Occurred() === null ? PyFloat_FromDouble(x) : null)
      if (PyFloat_CheckExact(item) || (PyLong_CheckExact(item) && typeof item.v === 'number')) {
        x *= item.v as number
        Py_DECREF(item)
        continue
      }
      const left = PyFloat_FromDouble(x)
      result = PyNumber_Multiply(left, item)
      Py_DECREF(left)
      Py_DECREF(item)
      if (result === null) return finish(null)
    }
  }
  for (item = next(); item !== null; item = next()) {
    const product: PyObject | null = PyNumber_Multiply(result, item)
    Py_DECREF(result)
    Py_DECREF(item)
    if (product === null) return finish(null)
    result = product
  }
  return finish(result)
}

export const integerMethods: PyMethodDef[] = [
  { ml_name: 'comb', ml_flags: METH_FASTCALL, ml_meth: math_comb, signature: '($module, n, k, /)' },
  { ml_name: 'factorial', ml_flags: METH_O, ml_meth: math_factorial, signature: '($module, n, /)' },
  { ml_name: 'gcd', ml_flags: METH_FASTCALL, ml_meth: fold(0, 1, gcd), signature: '($module, *integers)' },
  { ml_name: 'isqrt', ml_flags: METH_O, ml_meth: math_isqrt, signature: '($module, n, /)' },
  {
    ml_name: 'lcm', ml_flags: METH_FASTCALL, signature: '($module, *integers)',
    ml_meth: fold(1, 0, lcm),
  },
  { ml_name: 'perm', ml_flags: METH_FASTCALL, ml_meth: math_perm, signature: '($module, n, k=None, /)' },
  { ml_name: 'prod', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: math_prod, signature: '($module, iterable, /, *, start=1)' },
]
