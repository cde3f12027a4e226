// The functions of math that work on ints: gcd, lcm, factorial, isqrt, comb, perm, prod.
// DIFFERS: their intermediate ints are BigInts, not simulated objects; only results are allocated.
import { PyNumber_Absolute, PyNumber_Index, PyNumber_Multiply, PyObject_GetIter } from '../objects/abstract'
import { ArgParser } from '../objects/arg-parser'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_OverflowError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_CheckExact, PyFloat_FromDouble } from '../objects/floatobject'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import {
  PyLong_AsBigInt, PyLong_AsLongAndOverflow, PyLong_CheckExact, PyLong_FromBigInt, PyLong_FromLong, longOverflow,
} from '../objects/longobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_O, Py_DECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'
import { gcd, isqrt } from '../lib/long-arithmetic'
import { comb, factorial, perm } from '../lib/math-functions'

/** Value of an int or of what has `__index__`; null with an exception set. */
function intOf(o: PyObject): bigint | null {
  const index = PyNumber_Index(o)
  if (index === null) return null
  const n = PyLong_AsBigInt(index)
  Py_DECREF(index)
  return n
}

const abs = (n: bigint): bigint => n < 0n ? -n : n

function fold(first: bigint, f: (a: bigint, b: bigint) => bigint) {
  return (_m: PyObject, args: PyObject[], nargs: number): PyObject | null => {
    if (nargs === 0) return PyLong_FromBigInt(first)
    if (nargs === 1) {
      const index = PyNumber_Index(args[0]!)
      if (index === null) return null
      const result = PyNumber_Absolute(index)
      Py_DECREF(index)
      return result
    }
    let n = intOf(args[0]!)
    if (n === null) return null
    for (let i = 1; i < nargs; i++) {
      const m = intOf(args[i]!)
      if (m === null) return null
      n = f(n, m)
    }
    return PyLong_FromBigInt(n)
  }
}

function math_factorial(_m: PyObject, arg: PyObject): PyObject | null {
  const n = PyLong_AsLongAndOverflow(arg)
  if (n === -1 && PyErr_Occurred() !== null) return null
  if (longOverflow() === 1) return PyErr_SetString(PyExc_OverflowError, 'factorial() argument should not exceed 9223372036854775807')
  if (longOverflow() === -1 || n < 0) return PyErr_SetString(PyExc_ValueError, 'factorial() not defined for negative values')
  return PyLong_FromBigInt(factorial(n))
}

function math_isqrt(_m: PyObject, arg: PyObject): PyObject | null {
  const n = intOf(arg)
  if (n === null) return null
  return n < 0n ? PyErr_SetString(PyExc_ValueError, 'isqrt() argument must be nonnegative') : PyLong_FromBigInt(isqrt(n))
}

const LIMIT = (1n << 63n) - 1n

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
    return PyErr_Format(PyExc_OverflowError, `${name === 'comb' ? 'min(n - k, k)' : 'k'} must not exceed ${LIMIT}`)
  }
  return PyLong_FromBigInt(name === 'comb' ? comb(x, y) : perm(x, y))
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
  { ml_name: 'gcd', ml_flags: METH_FASTCALL, ml_meth: fold(0n, gcd), signature: '($module, *integers)' },
  { ml_name: 'isqrt', ml_flags: METH_O, ml_meth: math_isqrt, signature: '($module, n, /)' },
  {
    ml_name: 'lcm', ml_flags: METH_FASTCALL, signature: '($module, *integers)',
    ml_meth: fold(1n, (a, b) => a === 0n || b === 0n ? 0n : abs(a / gcd(a, b) * b)),
  },
  { ml_name: 'perm', ml_flags: METH_FASTCALL, ml_meth: math_perm, signature: '($module, n, k=None, /)' },
  { ml_name: 'prod', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: math_prod, signature: '($module, iterable, /, *, start=1)' },
]
