// float: creation with its free list, and operators. Mirrors Objects/floatobject.c. Constructor, text and methods:
// float-methods.ts.
import {
  HASH, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_MATCH_SELF, PyObject, PyTypeObject,
} from './object'
import { hashAddress, hashDouble } from '../lib/num-hash'
import { PyBool_From } from './boolobject'
import { complex_pow } from './complexobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetFromErrno, PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ZeroDivisionError } from './exceptions'
import { floatSlots } from './float-methods'
import { PyLong_AsDouble, PyLong_Check, PyLong_FromBigInt, PyLong_FromDouble, bitLength } from './longobject'
import { FreeList, PyObject_Free, PyObject_New } from './objimpl'
import { _PyNumber_Index } from './abstract'
import { Py_None, Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { Py_BuildTuple } from './tupleobject'
import { addressOf } from './unicode-fromformat'

export interface PyFloatObject extends PyObject { v: number }

const ERANGE = 34
const PyFloat_MAXFREELIST = 100

export const PyFloat_Type: PyTypeObject = new PyTypeObject('float', {
  tp_basicsize: 24,
  tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_MATCH_SELF,
  tp_dealloc: float_dealloc,
  tp_hash: float_hash,
  tp_richcompare: float_richcompare,
  nb_add: float_add,
  nb_subtract: float_sub,
  nb_multiply: float_mul,
  nb_remainder: float_rem,
  nb_divmod: float_divmod,
  nb_power: float_pow,
  nb_negative: self => PyFloat_FromDouble(-(self.v as number)),
  nb_absolute: self => PyFloat_FromDouble(Math.abs(self.v as number)),
  nb_bool: self => self.v !== 0 ? 1 : 0,
  nb_floor_divide: float_floor_div,
  nb_true_divide: float_div,
})

/** Adds what the method file defines; called before PyType_Ready. */
export function initFloatType(): void {
  Object.assign(PyFloat_Type, floatSlots())
}

const freeList = new FreeList(PyFloat_MAXFREELIST)

export function floatFreeListLength(): number {
  return freeList.length
}

/** Empties the free list, as a full collection does. */
export function _PyFloat_ClearFreeList(): void {
  freeList.clear(PyObject_Free)
}

export function PyFloat_Check(o: PyObject): o is PyFloatObject {
  return o.ob_type === PyFloat_Type || (o.ob_type.mro.length > 2 && o.ob_type.mro.includes(PyFloat_Type))
}

export function PyFloat_CheckExact(o: PyObject): o is PyFloatObject {
  return o.ob_type === PyFloat_Type
}

/** NEW float. */
export function PyFloat_FromDouble(d: number): PyFloatObject {
  const o = freeList.take()
  if (o !== null) {
    o.v = d
    return o
  }
  return PyObject_New(PyFloat_Type, d)
}

function float_dealloc(o: PyObject): void {
  if (o.ob_type !== PyFloat_Type) o.ob_type.tp_free!(o)
  else if (!freeList.put(o)) PyObject_Free(o)
}

/** Value as a double; -1 with an exception set. Asks `__float__`, then `__index__`. */
export function PyFloat_AsDouble(o: PyObject): number {
  if (PyFloat_Check(o)) return o.v
  const convert = o.ob_type.nb_float
  if (convert === null) {
    if (o.ob_type.nb_index !== null) {
      const index = _PyNumber_Index(o)
      if (index === null) return -1
      const d = PyLong_AsDouble(index)
      if (--index.ob_refcnt === 0) index.ob_type.tp_dealloc(index)
      return d
    }
    PyErr_Format(PyExc_TypeError, 'must be real number, not %.50s', o.ob_type.tp_name)
    return -1
  }
  const result = convert(o)
  if (result === null) return -1
  let d = -1
  if (PyFloat_Check(result)) {
    d = result.v
  } else {
    PyErr_Format(PyExc_TypeError, '%.50s.__float__ returned non-float (type %.50s)', o.ob_type.tp_name, result.ob_type.tp_name)
  }
  if (--result.ob_refcnt === 0) result.ob_type.tp_dealloc(result)
  return d
}

// ---- operators -----------------------------------------------------------------------------------------------------------

/** What an operand is: a number came out, it is no number for this operation, or an exception is set. */
const OPERAND_OK = 0
const OPERAND_OTHER = 1
const OPERAND_ERROR = 2
/** Left and right operand after `operands`. */
const LEFT_RIGHT = new Float64Array(2)

// Mirrors convert_to_double.
function operand(o: PyObject, slot: number): number {
  if (PyFloat_Check(o)) {
    LEFT_RIGHT[slot] = o.v
    return OPERAND_OK
  }
  if (!PyLong_Check(o)) return OPERAND_OTHER
  const d = PyLong_AsDouble(o)
  if (d === -1 && PyErr_Occurred() !== null) return OPERAND_ERROR
  LEFT_RIGHT[slot] = d
  return OPERAND_OK
}

function operands(a: PyObject, b: PyObject): number {
  if (a.ob_type === PyFloat_Type && b.ob_type === PyFloat_Type) {
    LEFT_RIGHT[0] = a.v as number
    LEFT_RIGHT[1] = b.v as number
    return OPERAND_OK
  }
  const left = operand(a, 0)
  return left !== OPERAND_OK ? left : operand(b, 1)
}

function notNumbers(kind: number): PyObject | null {
  return kind === OPERAND_ERROR ? null : Py_RETURN_NOTIMPLEMENTED()
}

export function float_add(a: PyObject, b: PyObject): PyObject | null {
  const kind = operands(a, b)
  return kind !== OPERAND_OK ? notNumbers(kind) : PyFloat_FromDouble(LEFT_RIGHT[0]! + LEFT_RIGHT[1]!)
}

export function float_sub(a: PyObject, b: PyObject): PyObject | null {
  const kind = operands(a, b)
  return kind !== OPERAND_OK ? notNumbers(kind) : PyFloat_FromDouble(LEFT_RIGHT[0]! - LEFT_RIGHT[1]!)
}

export function float_mul(a: PyObject, b: PyObject): PyObject | null {
  const kind = operands(a, b)
  return kind !== OPERAND_OK ? notNumbers(kind) : PyFloat_FromDouble(LEFT_RIGHT[0]! * LEFT_RIGHT[1]!)
}

export function float_div(a: PyObject, b: PyObject): PyObject | null {
  const kind = operands(a, b)
  if (kind !== OPERAND_OK) return notNumbers(kind)
  if (LEFT_RIGHT[1] === 0) return PyErr_SetString(PyExc_ZeroDivisionError, 'float division by zero')
  return PyFloat_FromDouble(LEFT_RIGHT[0]! / LEFT_RIGHT[1]!)
}

function copysign(x: number, sign: number): number {
  return sign < 0 || Object.is(sign, -0) ? -Math.abs(x) : Math.abs(x)
}

/** x % y with the sign of y. */
export function floatModulo(x: number, y: number): number {
  const mod = x % y
  if (mod !== 0) return (y < 0) !== (mod < 0) ? mod + y : mod
  return copysign(0, y)
}

/** floor(x / y), as consistent with floatModulo as doubles allow. Mirrors _float_div_mod. */
export function floatFloorDivide(x: number, y: number): number {
  const mod = x % y
  let div = (x - mod) / y
  if (mod !== 0 && (y < 0) !== (mod < 0)) div -= 1
  if (div === 0) return copysign(0, x / y)
  const floor = Math.floor(div)
  return div - floor > 0.5 ? floor + 1 : floor
}

function float_rem(a: PyObject, b: PyObject): PyObject | null {
  const kind = operands(a, b)
  if (kind !== OPERAND_OK) return notNumbers(kind)
  if (LEFT_RIGHT[1] === 0) return PyErr_SetString(PyExc_ZeroDivisionError, 'float modulo')
  return PyFloat_FromDouble(floatModulo(LEFT_RIGHT[0]!, LEFT_RIGHT[1]!))
}

function float_floor_div(a: PyObject, b: PyObject): PyObject | null {
  const kind = operands(a, b)
  if (kind !== OPERAND_OK) return notNumbers(kind)
  if (LEFT_RIGHT[1] === 0) return PyErr_SetString(PyExc_ZeroDivisionError, 'float floor division by zero')
  return PyFloat_FromDouble(floatFloorDivide(LEFT_RIGHT[0]!, LEFT_RIGHT[1]!))
}

function float_divmod(a: PyObject, b: PyObject): PyObject | null {
  const kind = operands(a, b)
  if (kind !== OPERAND_OK) return notNumbers(kind)
  const x = LEFT_RIGHT[0]!
  const y = LEFT_RIGHT[1]!
  if (y === 0) return PyErr_SetString(PyExc_ZeroDivisionError, 'float divmod()')
  return Py_BuildTuple(() => PyFloat_FromDouble(floatFloorDivide(x, y)), () => PyFloat_FromDouble(floatModulo(x, y)))
}

/** x ** y; a complex number for a negative base and a broken exponent. */
export function float_pow(a: PyObject, b: PyObject, modulus: PyObject): PyObject | null {
  if (modulus !== Py_None) {
    return PyErr_SetString(PyExc_TypeError, 'pow() 3rd argument not allowed unless all arguments are integers')
  }
  const kind = operands(a, b)
  if (kind !== OPERAND_OK) return notNumbers(kind)
  const x = LEFT_RIGHT[0]!
  const y = LEFT_RIGHT[1]!
  // Unlike in JavaScript, 1 ** nan and (-1) ** inf are 1.
  if (y === 0 || x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y))) return PyFloat_FromDouble(1)
  if (x === 0 && y < 0 && y !== -Infinity) return PyErr_SetString(PyExc_ZeroDivisionError, '0.0 cannot be raised to a negative power')
  if (x < 0 && Number.isFinite(x) && Number.isFinite(y) && !Number.isInteger(y)) return complex_pow(a, b, modulus)
  const result = x ** y
  if (!Number.isFinite(result) && Number.isFinite(x) && Number.isFinite(y)) {
    return PyErr_SetFromErrno(PyExc_OverflowError, ERANGE)
  }
  return PyFloat_FromDouble(result)
}

// ---- comparison and hash ---------------------------------------------------------------------------------------------------

/** Comparison with floats and, exactly, with ints of any size. */
export function float_richcompare(a: PyObject, b: PyObject, op: number): PyObject {
  const x = a.v as number
  let y: number | bigint
  if (PyFloat_Check(b)) y = b.v
  else if (PyLong_Check(b)) {
    y = b.v
    if (y > 0xffffffffffff || y < -0xffffffffffff) compareAsInts(x, y)
  } else return Py_RETURN_NOTIMPLEMENTED()
  switch (op) {
    // eslint-disable-next-line eqeqeq -- a number and a bigint are to be equal by value
    case Py_EQ: return PyBool_From(x == y)
    // eslint-disable-next-line eqeqeq
    case Py_NE: return PyBool_From(x != y)
    case Py_LT: return PyBool_From(x < y)
    case Py_LE: return PyBool_From(x <= y)
    case Py_GT: return PyBool_From(x > y)
    case Py_GE: return PyBool_From(x >= y)
  }
  throw new Error(`Molt: comparison ${op}`)
}

// Beyond 48 bits, a float of the same sign and size as the int is turned into an int for the comparison; with a fraction
// both are doubled first, to make room for a bit that stands for it.
function compareAsInts(x: number, y: number | bigint): void {
  if (!Number.isFinite(x) || (x > 0) !== (y > 0) || x === 0) return
  const whole = BigInt(Math.trunc(x))
  if (bitLength(whole) !== bitLength(y)) return
  const temporaries: (PyObject | null)[] = []
  let a: PyObject | null = PyLong_FromDouble(x)
  if (!Number.isInteger(x) && a !== null) {
    temporaries.push(PyLong_FromBigInt(BigInt(y) * 2n))
    const doubled: PyObject | null = PyLong_FromBigInt(whole * 2n)
    if (--a.ob_refcnt === 0) a.ob_type.tp_dealloc(a)
    a = PyLong_FromBigInt(whole * 2n | 1n)
    if (doubled !== null && --doubled.ob_refcnt === 0) doubled.ob_type.tp_dealloc(doubled)
  }
  for (const o of [...temporaries, a]) if (o !== null && --o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** A NaN hashes by its address. */
function float_hash(o: PyObject): number {
  if (!hashDouble(o.v as number, HASH)) hashAddress(addressOf(o), HASH)
  return 0
}
