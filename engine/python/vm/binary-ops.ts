// BINARY_OP's argument to number protocol functions, Include/opcode.h NB_*.
import {
  PyNumber_Add, PyNumber_And, PyNumber_FloorDivide, PyNumber_InPlaceAdd, PyNumber_InPlaceAnd, PyNumber_InPlaceFloorDivide,
  PyNumber_InPlaceLshift, PyNumber_InPlaceMatrixMultiply, PyNumber_InPlaceMultiply, PyNumber_InPlaceOr, PyNumber_InPlacePower,
  PyNumber_InPlaceRemainder, PyNumber_InPlaceRshift, PyNumber_InPlaceSubtract, PyNumber_InPlaceTrueDivide, PyNumber_InPlaceXor,
  PyNumber_Lshift, PyNumber_MatrixMultiply, PyNumber_Multiply, PyNumber_Or, PyNumber_Power, PyNumber_Remainder, PyNumber_Rshift,
  PyNumber_Subtract, PyNumber_TrueDivide, PyNumber_Xor,
} from '../objects/abstract'
import type { PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'

/** NEW result of `a op b` for a BINARY_OP argument, or null. */
export function binaryOp(a: PyObject, b: PyObject, kind: number): PyObject | null {
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
