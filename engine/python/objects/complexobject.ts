// complex: arithmetic and comparison. Mirrors Objects/complexobject.c. Constructor, text and methods: complex-methods.ts.
import {
  HASH, Py_EQ, Py_NE, Py_TPFLAGS_BASETYPE, PyObject, PyTypeObject, PyType_IsSubtype,
} from './object'
import { atan2, cos, exp, hypot, log, sin } from '../lib/libm'
import { hashComplex } from '../lib/num-hash'
import { PyBool_From } from './boolobject'
import { complexSlots } from './complex-methods'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_ValueError, PyExc_ZeroDivisionError } from './exceptions'
import { PyFloat_Check, PyFloat_FromDouble, float_richcompare } from './floatobject'
import { PyLong_AsDouble, PyLong_Check } from './longobject'
import { PyObject_Free, PyObject_New } from './objimpl'
import { Py_None, Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { addressOf } from './unicode-fromformat'

export class ComplexData {
  real: number
  imag: number
  constructor(real: number, imag: number) {
    this.real = real
    this.imag = imag
  }
}

export interface PyComplexObject extends PyObject { v: ComplexData }

/** Whole exponents up to this are done by multiplication. */
const INT_EXP_CUTOFF = 100

export const PyComplex_Type: PyTypeObject = new PyTypeObject('complex', {
  tp_basicsize: 32,
  tp_flags: Py_TPFLAGS_BASETYPE,
  tp_dealloc: o => o.ob_type === PyComplex_Type ? PyObject_Free(o) : o.ob_type.tp_free!(o),
  tp_hash: complex_hash,
  tp_richcompare: complex_richcompare,
  nb_add: (a, b) => arithmetic(a, b, sum),
  nb_subtract: (a, b) => arithmetic(a, b, difference),
  nb_multiply: (a, b) => arithmetic(a, b, product),
  nb_true_divide: (a, b) => arithmetic(a, b, quotient),
  nb_power: complex_pow,
  nb_negative: o => PyComplex_FromDoubles(-o.v.real, -o.v.imag),
  nb_absolute: complex_abs,
  nb_bool: o => o.v.real !== 0 || o.v.imag !== 0 ? 1 : 0,
})

/** Adds what the method file defines; called before PyType_Ready. */
export function initComplexType(): void {
  Object.assign(PyComplex_Type, complexSlots())
}

export function PyComplex_Check(o: PyObject): o is PyComplexObject {
  return o.ob_type === PyComplex_Type || PyType_IsSubtype(o.ob_type, PyComplex_Type)
}

export function PyComplex_CheckExact(o: PyObject): o is PyComplexObject {
  return o.ob_type === PyComplex_Type
}

/** NEW complex. */
export function PyComplex_FromDoubles(real: number, imag: number): PyComplexObject {
  return PyObject_New(PyComplex_Type, new ComplexData(real, imag))
}

// ---- arithmetic ----------------------------------------------------------------------------------------------------------

/** Operands and result of one operation: [a.real, a.imag, b.real, b.imag, result.real, result.imag]. */
const z = new Float64Array(6)
const ERANGE = 'range'
const EDOM = 'domain'
/** How the last operation failed, '' if it did not. */
const state = { errno: '' }

/** Loads an operand: 0 done, 1 not a number for complex, 2 an exception is set. Mirrors to_complex. */
function load(o: PyObject, at: number): number {
  if (PyComplex_Check(o)) {
    z[at] = o.v.real
    z[at + 1] = o.v.imag
    return 0
  }
  z[at + 1] = 0
  if (PyLong_Check(o)) {
    z[at] = PyLong_AsDouble(o)
    return z[at] === -1 && PyErr_Occurred() !== null ? 2 : 0
  }
  if (!PyFloat_Check(o)) return 1
  z[at] = o.v
  return 0
}

function loadBoth(a: PyObject, b: PyObject): number {
  return load(a, 0) || load(b, 2)
}

function arithmetic(a: PyObject, b: PyObject, operation: () => void): PyObject | null {
  const failed = loadBoth(a, b)
  if (failed !== 0) return failed === 2 ? null : Py_RETURN_NOTIMPLEMENTED()
  state.errno = ''
  operation()
  if (state.errno === EDOM) return PyErr_SetString(PyExc_ZeroDivisionError, 'complex division by zero')
  return PyComplex_FromDoubles(z[4]!, z[5]!)
}

function sum(): void {
  z[4] = z[0]! + z[2]!
  z[5] = z[1]! + z[3]!
}

function difference(): void {
  z[4] = z[0]! - z[2]!
  z[5] = z[1]! - z[3]!
}

function product(): void {
  z[4] = z[0]! * z[2]! - z[1]! * z[3]!
  z[5] = z[0]! * z[3]! + z[1]! * z[2]!
}

// Mirrors _Py_c_quot: scaled by the larger part of the divisor.
function quotient(): void {
  const [ar, ai, br, bi] = z as unknown as [number, number, number, number]
  if (Math.abs(br) >= Math.abs(bi)) {
    if (br === 0) {
      state.errno = EDOM
      z[4] = z[5] = 0
      return
    }
    const ratio = bi / br
    const denominator = br + bi * ratio
    z[4] = (ar + ai * ratio) / denominator
    z[5] = (ai - ar * ratio) / denominator
  } else if (Math.abs(bi) >= Math.abs(br)) {
    const ratio = br / bi
    const denominator = br * ratio + bi
    z[4] = (ar * ratio + ai) / denominator
    z[5] = (ai * ratio - ar) / denominator
  } else {
    z[4] = z[5] = NaN
  }
}

/** The same for other modules: a / b, null for division by zero. */
export function _Py_c_quot(aReal: number, aImag: number, bReal: number, bImag: number): ComplexData | null {
  z[0] = aReal
  z[1] = aImag
  z[2] = bReal
  z[3] = bImag
  state.errno = ''
  quotient()
  return state.errno === EDOM ? null : new ComplexData(z[4]!, z[5]!)
}

/** z[0..1] to a whole power by squaring. Mirrors c_powi. */
function wholePower(n: number): void {
  let pr = z[0]!
  let pi = z[1]!
  let rr = 1
  let ri = 0
  for (let rest = Math.abs(n), mask = 1; mask <= rest; mask *= 2) {
    if ((rest & mask) !== 0) {
      const real = rr * pr - ri * pi
      ri = rr * pi + ri * pr
      rr = real
    }
    const real = pr * pr - pi * pi
    pi = pr * pi + pi * pr
    pr = real
  }
  if (n > 0) {
    z[4] = rr
    z[5] = ri
    return
  }
  z[0] = 1
  z[1] = 0
  z[2] = rr
  z[3] = ri
  quotient()
}

// Mirrors _Py_c_pow.
function power(): void {
  const [ar, ai, br, bi] = z as unknown as [number, number, number, number]
  if (br === 0 && bi === 0) {
    z[4] = 1
    z[5] = 0
  } else if (ar === 0 && ai === 0) {
    if (bi !== 0 || br < 0) state.errno = EDOM
    z[4] = z[5] = 0
  } else {
    const length = hypot(ar, ai)
    let len = length ** br
    const angle = atan2(ai, ar)
    let phase = angle * br
    if (bi !== 0) {
      len /= exp(angle * bi)
      phase += bi * log(length)
    }
    z[4] = len * cos(phase)
    z[5] = len * sin(phase)
  }
}

export function complex_pow(a: PyObject, b: PyObject, modulus: PyObject): PyObject | null {
  const failed = loadBoth(a, b)
  if (failed !== 0) return failed === 2 ? null : Py_RETURN_NOTIMPLEMENTED()
  if (modulus !== Py_None) return PyErr_SetString(PyExc_ValueError, 'complex modulo')
  state.errno = ''
  const exponent = z[2]!
  if (z[3] === 0 && Number.isInteger(exponent) && Math.abs(exponent) <= INT_EXP_CUTOFF) wholePower(exponent)
  else power()
  if (state.errno === '' && (Math.abs(z[4]!) === Infinity || Math.abs(z[5]!) === Infinity)) state.errno = ERANGE
  if (state.errno === EDOM) return PyErr_SetString(PyExc_ZeroDivisionError, '0.0 to a negative or complex power')
  if (state.errno === ERANGE) return PyErr_SetString(PyExc_OverflowError, 'complex exponentiation')
  return PyComplex_FromDoubles(z[4]!, z[5]!)
}

function complex_abs(o: PyObject): PyObject | null {
  const { real, imag } = o.v as ComplexData
  const length = hypot(real, imag)
  if (length === Infinity && Number.isFinite(real) && Number.isFinite(imag)) {
    return PyErr_SetString(PyExc_OverflowError, 'absolute value too large')
  }
  return PyFloat_FromDouble(length)
}

// ---- comparison and hash -----------------------------------------------------------------------------------------------------

/** Equality only, with ints by exact value. */
function complex_richcompare(v: PyObject, w: PyObject, op: number): PyObject | null {
  if (op !== Py_EQ && op !== Py_NE) return Py_RETURN_NOTIMPLEMENTED()
  const a = v.v as ComplexData
  let equal: boolean
  if (PyLong_Check(w)) {
    if (a.imag === 0) {
      const real = PyFloat_FromDouble(a.real)
      const result = float_richcompare(real, w, op)
      if (--real.ob_refcnt === 0) real.ob_type.tp_dealloc(real)
      return result
    }
    equal = false
  } else if (PyFloat_Check(w)) {
    equal = a.real === w.v && a.imag === 0
  } else if (PyComplex_Check(w)) {
    equal = a.real === w.v.real && a.imag === w.v.imag
  } else {
    return Py_RETURN_NOTIMPLEMENTED()
  }
  return PyBool_From(equal === (op === Py_EQ))
}

function complex_hash(o: PyObject): number {
  const { real, imag } = o.v as ComplexData
  hashComplex(real, imag, addressOf(o), HASH)
  return 0
}
