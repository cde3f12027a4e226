// BINARY_OP's argument to number protocol functions, Include/opcode.h NB_*.
import {
  PyNumber_Add, PyNumber_And, PyNumber_FloorDivide, PyNumber_InPlaceAdd, PyNumber_InPlaceAnd, PyNumber_InPlaceFloorDivide,
  PyNumber_InPlaceLshift, PyNumber_InPlaceMatrixMultiply, PyNumber_InPlaceMultiply, PyNumber_InPlaceOr, PyNumber_InPlacePower,
  PyNumber_InPlaceRemainder, PyNumber_InPlaceRshift, PyNumber_InPlaceSubtract, PyNumber_InPlaceTrueDivide, PyNumber_InPlaceXor,
  PyNumber_Lshift, PyNumber_MatrixMultiply, PyNumber_Multiply, PyNumber_Or, PyNumber_Power, PyNumber_Remainder, PyNumber_Rshift,
  PyNumber_Subtract, PyNumber_TrueDivide, PyNumber_Xor,
} from '../objects/abstract'
import { long_add, long_div, long_mod, long_mul, long_sub } from '../objects/long-arith'
import { long_and, long_lshift, long_or, long_rshift, long_xor } from '../objects/long-bits'
import { long_pow, long_true_divide } from '../objects/long-power'
import { PyLong_Type } from '../objects/longobject'
import type { PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'

/** NEW result of `a op b` for two exact ints: their slots without the search for them. */
function intOp(a: PyObject, b: PyObject, kind: number): PyObject | null {
  switch (kind) {
    case 0: case 13: return long_add(a, b)
    case 1: case 14: return long_and(a, b)
    case 2: case 15: return long_div(a, b)
    case 3: case 16: return long_lshift(a, b)
    case 5: case 18: return long_mul(a, b)
    case 6: case 19: return long_mod(a, b)
    case 7: case 20: return long_or(a, b)
    case 9: case 22: return long_rshift(a, b)
    case 10: case 23: return long_sub(a, b)
    case 11: case 24: return long_true_divide(a, b)
    case 12: case 25: return long_xor(a, b)
  }
  return long_pow(a, b, Py_None)
}

/** NEW result of `a op b` for a BINARY_OP argument, or null. */
export function binaryOp(a: PyObject, b: PyObject, kind: number): PyObject | null {
  // Not `@`, which int lacks.
  if (a.ob_type === PyLong_Type && b.ob_type === PyLong_Type && kind !== 4 && kind !== 17) return intOp(a, b, kind)
  switch (kind) {
    case 0: return PyNumber_Add(a, b)
    case 1: return PyNumber_And(a, b)
    case 2: return PyNumber_FloorDivide(a, b)
    case 3: return PyNumber_Lshift(a, b)
    case 4: return PyNumber_MatrixMultiply(a, b)
    case 5: return PyNumber_Multiply(a, b)
    case 6: return PyNumber_Remainder(a, b)
    case 7: return PyNumber_Or(a, b)
    case 8: return PyNumber_Power(a, b, Py_None)
    case 9: return PyNumber_Rshift(a, b)
    case 10: return PyNumber_Subtract(a, b)
    case 11: return PyNumber_TrueDivide(a, b)
    case 12: return PyNumber_Xor(a, b)
    case 13: return PyNumber_InPlaceAdd(a, b)
    case 14: return PyNumber_InPlaceAnd(a, b)
    case 15: return PyNumber_InPlaceFloorDivide(a, b)
    case 16: return PyNumber_InPlaceLshift(a, b)
    case 17: return PyNumber_InPlaceMatrixMultiply(a, b)
    case 18: return PyNumber_InPlaceMultiply(a, b)
    case 19: return PyNumber_InPlaceRemainder(a, b)
    case 20: return PyNumber_InPlaceOr(a, b)
    case 21: return PyNumber_InPlacePower(a, b, Py_None)
    case 22: return PyNumber_InPlaceRshift(a, b)
    case 23: return PyNumber_InPlaceSubtract(a, b)
    case 24: return PyNumber_InPlaceTrueDivide(a, b)
    case 25: return PyNumber_InPlaceXor(a, b)
  }
  throw new Error(`Molt: BINARY_OP ${kind}`)
}
