// math: the C library's functions with Python's errors. Modules/mathmodule.c; the figures come from lib/math-functions.ts.
import { PyNumber_TrueDivide, PyObject_GetIter, PySequence_Tuple } from '../objects/abstract'
import { ArgParser } from '../objects/arg-parser'
import { PyBool_FromLong } from '../objects/boolobject'
import { PyObject_CallNoArgs } from '../objects/call'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_AsDouble, PyFloat_CheckExact, PyFloat_FromDouble, PyFloat_Type } from '../objects/floatobject'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import {
  PyLong_AsBigInt, PyLong_AsDouble, PyLong_AsLongAndOverflow, PyLong_Check, PyLong_FromDouble, PyLong_FromLong, _PyLong_Sign, longOverflow,
} from '../objects/longobject'
import { PyModule_AddObject, PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_O, METH_VARARGS, Py_DECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { PyTuple_Check, Py_BuildTuple } from '../objects/tupleobject'
import { _PyObject_LookupSpecialId } from '../objects/typeobject'
import { bigIntFrexp } from '../lib/long-arithmetic'
import * as f from '../lib/math-functions'
import { integerMethods } from './math-integers'

const result = (r: number, fault: number): PyObject | null => {
  if (fault === f.MATH_OK) return PyFloat_FromDouble(r)
  return fault === f.MATH_DOMAIN ? PyErr_SetString(PyExc_ValueError, 'math domain error') : PyErr_SetString(PyExc_OverflowError, 'math range error')
}

/** The exception of a conversion that gave -1. */
const failed = (x: number): boolean => x === -1 && PyErr_Occurred() !== null

type Check = (x: number, r: number) => number
const noOverflow: Check = (x, r) => f.checkResult(x, r, false)
const canOverflow: Check = (x, r) => f.checkResult(x, r, true)
const never: Check = () => f.MATH_OK

function one(ml_name: string, compute: (x: number) => number, check: Check = noOverflow): PyMethodDef {
  return {
    ml_name, ml_flags: METH_O, signature: '($module, x, /)',
    ml_meth: (_m: PyObject, arg: PyObject) => {
      const x = PyFloat_AsDouble(arg)
      if (failed(x)) return null
      const r = compute(x)
      return result(r, check(x, r))
    },
  }
}

function test(ml_name: string, is: (x: number) => boolean): PyMethodDef {
  return {
    ml_name, ml_flags: METH_O, signature: '($module, x, /)',
    ml_meth: (_m: PyObject, arg: PyObject) => {
      const x = PyFloat_AsDouble(arg)
      return failed(x) ? null : PyBool_FromLong(is(x) ? 1 : 0)
    },
  }
}

// Mirrors math_2.
function checkTwo(x: number, y: number, r: number): number {
  if (r !== r) return x !== x || y !== y ? f.MATH_OK : f.MATH_DOMAIN
  return Number.isFinite(r) || !Number.isFinite(x) || !Number.isFinite(y) ? f.MATH_OK : f.MATH_RANGE
}

function two(ml_name: string, compute: (x: number, y: number) => number, check = checkTwo, names = 'x, y'): PyMethodDef {
  return {
    ml_name, ml_flags: METH_FASTCALL, signature: `($module, ${names}, /)`,
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional(ml_name, nargs, 2, 2)) return null
      const x = PyFloat_AsDouble(args[0]!)
      if (failed(x)) return null
      const y = PyFloat_AsDouble(args[1]!)
      if (failed(y)) return null
      const r = compute(x, y)
      return result(r, check(x, y, r))
    },
  }
}

// ---- logarithms ----------------------------------------------------------------------------------------------------------

// Mirrors loghelper.
/** Ints too large for a float are taken apart. */
function loghelper(arg: PyObject, log: (x: number) => number): PyObject | null {
  if (PyLong_Check(arg)) {
    if (_PyLong_Sign(arg) <= 0) return result(0, f.MATH_DOMAIN)
    const x = PyLong_AsDouble(arg)
    if (!failed(x)) return PyFloat_FromDouble(log(x))
    if (!PyErr_ExceptionMatches(PyExc_OverflowError)) return null
    PyErr_Clear()
    const { mantissa, exponent } = bigIntFrexp(PyLong_AsBigInt(arg))
    return PyFloat_FromDouble(log(mantissa) + log(2) * exponent)
  }
  const x = PyFloat_AsDouble(arg)
  return failed(x) ? null : result(log(x), f.checkLog(x))
}

function math_log(_m: PyObject, args: PyObject): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length < 1 || items.length > 2) return PyErr_SetString(PyExc_TypeError, 'math.log requires 1 to 2 arguments')
  const num = loghelper(items[0]!, f.log)
  if (num === null || items.length === 1) return num
  const den = loghelper(items[1]!, f.log)
  if (den === null) return Py_DECREF(num), null
  const quotient = PyNumber_TrueDivide(num, den)
  Py_DECREF(num)
  Py_DECREF(den)
  return quotient
}

// ---- parts of a float ------------------------------------------------------------------------------------------------------

function rounding(name: 'floor' | 'ceil'): (m: PyObject, arg: PyObject) => PyObject | null {
  return (_m, arg) => {
    if (!PyFloat_CheckExact(arg)) {
      const method = _PyObject_LookupSpecialId(arg, `__${name}__`)
      if (method !== null) {
        const r = PyObject_CallNoArgs(method)
        Py_DECREF(method)
        return r
      }
      if (PyErr_Occurred() !== null) return null
    }
    const x = PyFloat_AsDouble(arg)
    return failed(x) ? null : PyLong_FromDouble(Math[name](x))
  }
}

function math_trunc(_m: PyObject, arg: PyObject): PyObject | null {
  if (PyFloat_CheckExact(arg)) return PyFloat_Type.nb_int!(arg)
  const method = _PyObject_LookupSpecialId(arg, '__trunc__')
  if (method === null) {
    return PyErr_Occurred() !== null ? null : PyErr_Format(PyExc_TypeError, 'type %.100s doesn\'t define __trunc__ method', arg.ob_type.tp_name)
  }
  const r = PyObject_CallNoArgs(method)
  Py_DECREF(method)
  return r
}

function math_frexp(_m: PyObject, arg: PyObject): PyObject | null {
  const x = PyFloat_AsDouble(arg)
  if (failed(x)) return null
  const { mantissa, exponent } = f.frexp(x)
  return Py_BuildTuple(() => PyFloat_FromDouble(mantissa), () => PyLong_FromLong(exponent))
}

function math_modf(_m: PyObject, arg: PyObject): PyObject | null {
  const x = PyFloat_AsDouble(arg)
  if (failed(x)) return null
  const { fraction, whole } = f.modf(x)
  return Py_BuildTuple(() => PyFloat_FromDouble(fraction), () => PyFloat_FromDouble(whole))
}

function math_ldexp(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('ldexp', nargs, 2, 2)) return null
  const x = PyFloat_AsDouble(args[0]!)
  if (failed(x)) return null
  if (!PyLong_Check(args[1]!)) return PyErr_SetString(PyExc_TypeError, 'Expected an int as second argument to ldexp.')
  let exponent = PyLong_AsLongAndOverflow(args[1])
  if (longOverflow() !== 0) exponent = longOverflow() * Number.MAX_SAFE_INTEGER
  if (x === 0 || !Number.isFinite(x)) return PyFloat_FromDouble(x)
  if (exponent > 0x7fffffff) return result(0, f.MATH_RANGE)
  if (exponent < -0x80000000) return PyFloat_FromDouble(f.copysign(0, x))
  const r = f.ldexp(x, exponent)
  return result(r, Number.isFinite(r) ? f.MATH_OK : f.MATH_RANGE)
}

// ---- sums ------------------------------------------------------------------------------------------------------------------

function math_fsum(_m: PyObject, seq: PyObject): PyObject | null {
  const iter = PyObject_GetIter(seq)
  if (iter === null) return null
  const sum = new f.ExactSum()
  let fault: string | null = null
  for (;;) {
    const item = iter.ob_type.tp_iternext!(iter)
    if (item === null) break
    const x = PyFloat_AsDouble(item)
    Py_DECREF(item)
    if (failed(x)) break
    fault = sum.add(x)
    if (fault !== null) break
  }
  Py_DECREF(iter)
  if (fault !== null) return PyErr_SetString(PyExc_OverflowError, fault)
  if (PyErr_Occurred() !== null) return null
  const total = sum.result()
  return typeof total === 'number' ? PyFloat_FromDouble(total) : PyErr_SetString(PyExc_ValueError, total)
}

function math_hypot(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  const coordinates: number[] = []
  for (let i = 0; i < nargs; i++) {
    const x = PyFloat_AsDouble(args[i]!)
    if (failed(x)) return null
    coordinates.push(Math.abs(x))
  }
  return PyFloat_FromDouble(f.vectorNorm(coordinates))
}

function distance(p: PyObject[], q: PyObject[]): PyObject | null {
  if (p.length !== q.length) return PyErr_SetString(PyExc_ValueError, 'both points must have the same number of dimensions')
  const differences: number[] = []
  for (let i = 0; i < p.length; i++) {
    const x = PyFloat_AsDouble(p[i]!)
    if (failed(x)) return null
    const y = PyFloat_AsDouble(q[i]!)
    if (failed(y)) return null
    differences.push(Math.abs(x - y))
  }
  return PyFloat_FromDouble(f.vectorNorm(differences))
}

function math_dist(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('dist', nargs, 2, 2)) return null
  const p = PyTuple_Check(args[0]!) ? (args[0].ob_refcnt++, args[0]) : PySequence_Tuple(args[0]!)
  if (p === null) return null
  const q = PyTuple_Check(args[1]!) ? (args[1].ob_refcnt++, args[1]) : PySequence_Tuple(args[1]!)
  const r = q === null ? null : distance(p.v as PyObject[], q.v as PyObject[])
  Py_DECREF(p)
  if (q !== null) Py_DECREF(q)
  return r
}

const iscloseParser = new ArgParser('isclose', ['a', 'b', 'rel_tol', 'abs_tol'])

function math_isclose(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, iscloseParser, 2, 2, 0)
  if (given === null) return null
  const numbers = [0, 0, 1e-9, 0]
  for (let i = 0; i < 4; i++) {
    if (given[i] === null || given[i] === undefined) continue
    numbers[i] = PyFloat_AsDouble(given[i]!)
    if (failed(numbers[i]!)) return null
  }
  const [a, b, rel, abs] = numbers as [number, number, number, number]
  if (rel < 0 || abs < 0) return PyErr_SetString(PyExc_ValueError, 'tolerances must be non-negative')
  if (a === b) return PyBool_FromLong(1)
  if (!Number.isFinite(a) && a === a || !Number.isFinite(b) && b === b) return PyBool_FromLong(0)
  const difference = Math.abs(b - a)
  return PyBool_FromLong(difference <= Math.abs(rel * b) || difference <= Math.abs(rel * a) || difference <= abs ? 1 : 0)
}

const X = '($module, x, /)'

const methods: PyMethodDef[] = [
  ...integerMethods,
  one('acos', f.acos), one('acosh', f.acosh), one('asin', f.asin), one('asinh', f.asinh), one('atan', f.atan), one('atanh', f.atanh),
  one('cbrt', f.cbrt), one('cos', f.cos), one('cosh', f.cosh, canOverflow), one('erf', f.erf, never), one('erfc', f.erfc, never),
  one('exp', f.exp, canOverflow), one('exp2', f.exp2, canOverflow), one('expm1', f.expm1, canOverflow), one('fabs', Math.abs),
  one('gamma', f.gamma, f.checkGamma), one('lgamma', f.lgamma, f.checkGamma), one('log1p', f.log1p), one('sin', f.sin),
  one('sinh', f.sinh, canOverflow), one('sqrt', Math.sqrt), one('tan', f.tan), one('tanh', f.tanh),
  one('degrees', x => x * (180 / Math.PI), never), one('radians', x => x * (Math.PI / 180), never), one('ulp', f.ulp, never),
  two('atan2', f.atan2, checkTwo, 'y, x'), two('copysign', f.copysign), two('fmod', f.fmod, f.checkFmod), two('pow', f.pow, f.checkPow),
  two('remainder', f.remainder), two('nextafter', f.nextafter, () => f.MATH_OK),
  test('isfinite', Number.isFinite), test('isinf', x => x === Infinity || x === -Infinity), test('isnan', Number.isNaN),
  { ml_name: 'log', ml_flags: METH_VARARGS, ml_meth: math_log },
  { ml_name: 'log10', ml_flags: METH_O, ml_meth: (_m: PyObject, x: PyObject) => loghelper(x, f.log10), signature: X },
  { ml_name: 'log2', ml_flags: METH_O, ml_meth: (_m: PyObject, x: PyObject) => loghelper(x, f.log2), signature: X },
  { ml_name: 'ceil', ml_flags: METH_O, ml_meth: rounding('ceil'), signature: X },
  { ml_name: 'floor', ml_flags: METH_O, ml_meth: rounding('floor'), signature: X },
  { ml_name: 'trunc', ml_flags: METH_O, ml_meth: math_trunc, signature: X },
  { ml_name: 'frexp', ml_flags: METH_O, ml_meth: math_frexp, signature: X },
  { ml_name: 'modf', ml_flags: METH_O, ml_meth: math_modf, signature: X },
  { ml_name: 'ldexp', ml_flags: METH_FASTCALL, ml_meth: math_ldexp, signature: '($module, x, i, /)' },
  { ml_name: 'fsum', ml_flags: METH_O, ml_meth: math_fsum, signature: '($module, seq, /)' },
  { ml_name: 'hypot', ml_flags: METH_FASTCALL, ml_meth: math_hypot },
  { ml_name: 'dist', ml_flags: METH_FASTCALL, ml_meth: math_dist, signature: '($module, p, q, /)' },
  {
    ml_name: 'isclose', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: math_isclose,
    signature: '($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)',
  },
]

export function PyInit_math(): PyObject | null {
  const module = PyModule_Create('math', methods)
  for (const [name, value] of [['pi', Math.PI], ['e', Math.E], ['tau', 2 * Math.PI], ['inf', Infinity], ['nan', NaN]] as const) {
    PyModule_AddObject(module, name, PyFloat_FromDouble(value))
  }
  return module
}
