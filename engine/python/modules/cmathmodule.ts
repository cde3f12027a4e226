// cmath: functions of complex numbers. Modules/cmathmodule.c; the figures come from lib/complex-functions.ts.
import { ArgParser } from '../objects/arg-parser'
import { PyBool_From } from '../objects/boolobject'
import { PyComplex_AsCComplex } from '../objects/complex-methods'
import { PyComplex_FromDoubles, _Py_c_quot, type ComplexData } from '../objects/complexobject'
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_OverflowError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_AsDouble, PyFloat_FromDouble } from '../objects/floatobject'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyModule_AddObject, PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_O, type PyMethodDef, type PyObject } from '../objects/object'
import { tuplePairSteal } from '../objects/tupleobject'
import * as c from '../lib/complex-functions'
import { hypot } from '../lib/libm'
import { MATH_DOMAIN, MATH_OK, MATH_RANGE } from '../lib/math-functions'

const Z = '($module, z, /)'

// Mirrors math_error.
function mathError(fault: number): null {
  if (fault === MATH_DOMAIN) return PyErr_SetString(PyExc_ValueError, 'math domain error')
  return PyErr_SetString(PyExc_OverflowError, 'math range error')
}

/** NEW complex of the last result, or the exception of its fault. */
const result = (fault: number): PyObject | null => fault === MATH_OK ? PyComplex_FromDoubles(c.out[0]!, c.out[1]!) : mathError(fault)

const one = (ml_name: string, compute: c.ComplexFunction): PyMethodDef => ({
  ml_name, ml_flags: METH_O, signature: Z,
  ml_meth: (_m: PyObject, arg: PyObject) => {
    const z = PyComplex_AsCComplex(arg)
    return z === null ? null : result(compute(z.real, z.imag))
  },
})

const test = (ml_name: string, is: (z: ComplexData) => boolean): PyMethodDef => ({
  ml_name, ml_flags: METH_O, signature: Z,
  ml_meth: (_m: PyObject, arg: PyObject) => {
    const z = PyComplex_AsCComplex(arg)
    return z === null ? null : PyBool_From(is(z))
  },
})

const isInfinite = (x: number): boolean => x === Infinity || x === -Infinity

// Mirrors cmath_log_impl.
function log(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('log', nargs, 1, 2)) return null
  const z = PyComplex_AsCComplex(args[0]!)
  if (z === null) return null
  const fault = c.clog(z.real, z.imag)
  if (nargs === 1) return result(fault)
  const [real, imaginary] = c.out as unknown as [number, number]
  const base = PyComplex_AsCComplex(args[1]!)
  if (base === null) return null
  // The second logarithm's fault takes the place of the first one's.
  const baseFault = c.clog(base.real, base.imag)
  const quotient = _Py_c_quot(real, imaginary, c.out[0]!, c.out[1]!)
  if (quotient === null || baseFault !== MATH_OK) return mathError(quotient === null ? MATH_DOMAIN : baseFault)
  return PyComplex_FromDoubles(quotient.real, quotient.imag)
}

// Mirrors cmath_polar_impl.
function polar(_m: PyObject, arg: PyObject): PyObject | null {
  const z = PyComplex_AsCComplex(arg)
  if (z === null) return null
  const length = hypot(z.real, z.imag)
  if (length === Infinity && Number.isFinite(z.real) && Number.isFinite(z.imag)) return mathError(MATH_RANGE)
  const r = PyFloat_FromDouble(length)
  return tuplePairSteal(r, PyFloat_FromDouble(c.phase(z.real, z.imag)))
}

function rect(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('rect', nargs, 2, 2)) return null
  const r = PyFloat_AsDouble(args[0]!)
  if (r === -1 && PyErr_Occurred() !== null) return null
  const phi = PyFloat_AsDouble(args[1]!)
  if (phi === -1 && PyErr_Occurred() !== null) return null
  return result(c.rect(r, phi))
}

const iscloseParser = new ArgParser('isclose', ['a', 'b', 'rel_tol', 'abs_tol'])

function isclose(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, iscloseParser, 2, 2, 0)
  if (given === null) return null
  const a = PyComplex_AsCComplex(given[0]!)
  const b = a === null ? null : PyComplex_AsCComplex(given[1]!)
  if (a === null || b === null) return null
  const tolerances = [1e-9, 0]
  for (let i = 0; i < 2; i++) {
    if (!given[i + 2]) continue
    tolerances[i] = PyFloat_AsDouble(given[i + 2]!)
    if (tolerances[i] === -1 && PyErr_Occurred() !== null) return null
  }
  const [relative, absolute] = tolerances as [number, number]
  if (relative < 0 || absolute < 0) return PyErr_SetString(PyExc_ValueError, 'tolerances must be non-negative')
  if (a.real === b.real && a.imag === b.imag) return PyBool_From(true)
  if ([a.real, a.imag, b.real, b.imag].some(isInfinite)) return PyBool_From(false)
  const difference = hypot(a.real - b.real, a.imag - b.imag)
  return PyBool_From(difference <= relative * hypot(b.real, b.imag) || difference <= relative * hypot(a.real, a.imag) || difference <= absolute)
}

const methods: PyMethodDef[] = [
  one('acos', c.cacos), one('acosh', c.cacosh), one('asin', c.casin), one('asinh', c.casinh), one('atan', c.catan), one('atanh', c.catanh),
  one('cos', c.ccos), one('cosh', c.ccosh), one('exp', c.cexp),
  {
    ml_name: 'isclose', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: isclose,
    signature: '($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)',
  },
  test('isfinite', z => Number.isFinite(z.real) && Number.isFinite(z.imag)), test('isinf', z => isInfinite(z.real) || isInfinite(z.imag)),
  test('isnan', z => z.real !== z.real || z.imag !== z.imag),
  { ml_name: 'log', ml_flags: METH_FASTCALL, ml_meth: log, signature: '($module, z, base=<unrepresentable>, /)' },
  one('log10', c.clog10),
  {
    ml_name: 'phase', ml_flags: METH_O, signature: Z,
    ml_meth: (_m: PyObject, arg: PyObject) => {
      const z = PyComplex_AsCComplex(arg)
      if (z === null) return null
      const phi = c.phase(z.real, z.imag)
      // glibc's atan2 sets errno where the angle underflows to zero.
      return phi === 0 && z.imag !== 0 && Number.isFinite(z.real) ? mathError(MATH_RANGE) : PyFloat_FromDouble(phi)
    },
  },
  { ml_name: 'polar', ml_flags: METH_O, ml_meth: polar, signature: Z },
  { ml_name: 'rect', ml_flags: METH_FASTCALL, ml_meth: rect, signature: '($module, r, phi, /)' },
  one('sin', c.csin), one('sinh', c.csinh), one('sqrt', c.csqrt), one('tan', c.ctan), one('tanh', c.ctanh),
]

export function PyInit_cmath(): PyObject | null {
  const module = PyModule_Create('cmath', methods)
  for (const [name, value] of [['pi', Math.PI], ['e', Math.E], ['tau', 2 * Math.PI], ['inf', Infinity]] as const) {
    PyModule_AddObject(module, name, PyFloat_FromDouble(value))
  }
  PyModule_AddObject(module, 'infj', PyComplex_FromDoubles(0, Infinity))
  PyModule_AddObject(module, 'nan', PyFloat_FromDouble(NaN))
  PyModule_AddObject(module, 'nanj', PyComplex_FromDoubles(0, NaN))
  return module
}
