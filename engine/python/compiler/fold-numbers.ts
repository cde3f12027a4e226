// Arithmetic on the numeric constants of the syntax tree with Python's results, for constant folding.
// Ints are bigints, bools count as ints, floats are boxed. `undefined` = Python would raise: do not fold.
import { trueDivide } from '../lib/long-arithmetic'
import { ComplexValue, FloatValue, type ConstantValue } from '../syntax/constant'

export type NumberValue = bigint | boolean | FloatValue | ComplexValue
export type Folded = ConstantValue | undefined

export function isInt(value: ConstantValue): value is bigint | boolean {
  return typeof value === 'bigint' || typeof value === 'boolean'
}

export function isNumber(value: ConstantValue): value is NumberValue {
  return isInt(value) || value instanceof FloatValue || value instanceof ComplexValue
}

/** An int as a double, or undefined where Python raises OverflowError. */
function intToDouble(value: bigint | boolean): number | undefined {
  const result = Number(value)
  return Number.isFinite(result) ? result : undefined
}

function real(value: NumberValue): number | undefined {
  return isInt(value) ? intToDouble(value) : value instanceof FloatValue ? value.value : undefined
}

function complex(value: NumberValue): ComplexValue | undefined {
  if (value instanceof ComplexValue) return value
  const re = real(value)
  return re === undefined ? undefined : new ComplexValue(re, 0)
}

/** Applies the operation of the wider of the two types. */
function arithmetic(left: NumberValue, right: NumberValue, ints: (a: bigint, b: bigint) => Folded,
  floats: (a: number, b: number) => Folded, complexes: (a: ComplexValue, b: ComplexValue) => Folded): Folded {
  if (isInt(left) && isInt(right)) return ints(BigInt(left), BigInt(right))
  if (left instanceof ComplexValue || right instanceof ComplexValue) {
    const a = complex(left)
    const b = complex(right)
    return a && b && complexes(a, b)
  }
  const a = real(left)
  const b = real(right)
  return a === undefined || b === undefined ? undefined : floats(a, b)
}

const none = (): undefined => undefined
const float = (value: number): FloatValue => new FloatValue(value)

export function addNumbers(left: NumberValue, right: NumberValue): Folded {
  return arithmetic(left, right, (a, b) => a + b, (a, b) => float(a + b),
    (a, b) => new ComplexValue(a.real + b.real, a.imag + b.imag))
}

export function subtractNumbers(left: NumberValue, right: NumberValue): Folded {
  return arithmetic(left, right, (a, b) => a - b, (a, b) => float(a - b),
    (a, b) => new ComplexValue(a.real - b.real, a.imag - b.imag))
}

function multiplyComplex(a: ComplexValue, b: ComplexValue): ComplexValue {
  return new ComplexValue(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real)
}

export function multiplyNumbers(left: NumberValue, right: NumberValue): Folded {
  return arithmetic(left, right, (a, b) => a * b, (a, b) => float(a * b), multiplyComplex)
}

// Mirrors _Py_c_quot, Objects/complexobject.c: scaled by the larger part of the divisor.
function divideComplex(a: ComplexValue, b: ComplexValue): ComplexValue | undefined {
  if (b.real === 0 && b.imag === 0) return undefined
  if (Math.abs(b.real) >= Math.abs(b.imag)) {
    const ratio = b.imag / b.real
    const denominator = b.real + b.imag * ratio
    return new ComplexValue((a.real + a.imag * ratio) / denominator, (a.imag - a.real * ratio) / denominator)
  }
  if (Math.abs(b.imag) >= Math.abs(b.real)) {
    const ratio = b.real / b.imag
    const denominator = b.real * ratio + b.imag
    return new ComplexValue((a.real * ratio + a.imag) / denominator, (a.imag * ratio - a.real) / denominator)
  }
  return new ComplexValue(NaN, NaN)
}

export function divideNumbers(left: NumberValue, right: NumberValue): Folded {
  return arithmetic(left, right, (a, b) => {
    const quotient = b === 0n ? null : trueDivide(a, b)
    return quotient === null ? undefined : float(quotient)
  }, (a, b) => b === 0 ? undefined : float(a / b), divideComplex)
}

function floorDivideInts(a: bigint, b: bigint): bigint | undefined {
  if (b === 0n) return undefined
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

// Mirrors _float_div_mod, Objects/floatobject.c.
function floatDivMod(a: number, b: number): { quotient: number, remainder: number } | undefined {
  if (b === 0) return undefined
  let remainder = a % b
  let division = (a - remainder) / b
  if (remainder !== 0) {
    if (b < 0 !== remainder < 0) {
      remainder += b
      division -= 1
    }
  } else {
    remainder = b < 0 ? -0 : 0
  }
  if (division === 0) return { quotient: a / b < 0 || Object.is(a / b, -0) ? -0 : 0, remainder }
  let quotient = Math.floor(division)
  if (division - quotient > 0.5) quotient += 1
  return { quotient, remainder }
}

export function floorDivideNumbers(left: NumberValue, right: NumberValue): Folded {
  return arithmetic(left, right, floorDivideInts, (a, b) => {
    const result = floatDivMod(a, b)
    return result && float(result.quotient)
  }, none)
}

export function remainderNumbers(left: NumberValue, right: NumberValue): Folded {
  return arithmetic(left, right, (a, b) => {
    if (b === 0n) return undefined
    const rest = a % b
    return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest
  }, (a, b) => {
    const result = floatDivMod(a, b)
    return result && float(result.remainder)
  }, none)
}

/** base ** exponent for a small whole exponent, exactly rounded; null if it overflows. */
function exactPower(base: number, exponent: number): number | null {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, base)
  const bits = view.getBigUint64(0)
  const biased = Number(bits >> 52n & 0x7ffn)
  const mantissa = bits & 0xfffffffffffffn | (biased === 0 ? 0n : 1n << 52n)
  const scale = BigInt(Math.max(biased, 1) - 1075)
  const power = BigInt(Math.abs(exponent))
  let numerator = mantissa ** power
  let denominator = 1n
  if (scale >= 0n) numerator <<= scale * power
  else denominator <<= -scale * power
  if (exponent < 0) [numerator, denominator] = [denominator, numerator]
  return trueDivide(base < 0 && exponent % 2 !== 0 ? -numerator : numerator, denominator)
}

// Mirrors float_pow, Objects/floatobject.c.
function powerFloats(a: number, b: number): Folded {
  if (b === 0 || a === 1) return float(1)
  if (Number.isNaN(a) || Number.isNaN(b)) return float(NaN)
  if (!Number.isFinite(b)) {
    const magnitude = Math.abs(a)
    if (magnitude === 1) return float(1)
    return float(b > 0 === magnitude > 1 ? Infinity : 0)
  }
  if (!Number.isFinite(a)) return float(a ** b)
  if (a === 0) return b < 0 ? undefined : float(a ** b)
  if (a < 0 && b !== Math.floor(b)) return powerComplex(new ComplexValue(a, 0), new ComplexValue(b, 0))
  const result = b === Math.floor(b) && Math.abs(b) <= 1100 ? exactPower(a, b) : a ** b
  return result === null || !Number.isFinite(result) ? undefined : float(result)
}

// Mirrors complex_pow, Objects/complexobject.c: whole exponents up to 100 by repeated multiplication.
function powerComplex(a: ComplexValue, b: ComplexValue): ComplexValue | undefined {
  let result: ComplexValue | undefined
  if (b.imag === 0 && b.real === Math.floor(b.real) && Math.abs(b.real) <= 100) {
    const one = new ComplexValue(1, 0)
    let product = one
    let factor = a
    const count = Math.abs(b.real)
    for (let mask = 1; mask <= count; mask *= 2) {
      if (count & mask) product = multiplyComplex(product, factor)
      factor = multiplyComplex(factor, factor)
    }
    result = b.real >= 0 ? product : divideComplex(one, product)
  } else if (a.real === 0 && a.imag === 0) {
    if (b.imag !== 0 || b.real < 0) return undefined
    result = new ComplexValue(0, 0)
  } else {
    const magnitude = Math.hypot(a.real, a.imag)
    let length = magnitude ** b.real
    const angle = Math.atan2(a.imag, a.real)
    let phase = angle * b.real
    if (b.imag !== 0) {
      length *= Math.exp(-angle * b.imag)
      phase += b.imag * Math.log(magnitude)
    }
    result = new ComplexValue(length * Math.cos(phase), length * Math.sin(phase))
  }
  return result && Number.isFinite(result.real) && Number.isFinite(result.imag) ? result : undefined
}

export function powerNumbers(left: NumberValue, right: NumberValue): Folded {
  return arithmetic(left, right, (a, b) => {
    if (b >= 0n) return a ** b
    const x = intToDouble(a)
    const y = intToDouble(b)
    return x === undefined || y === undefined ? undefined : powerFloats(x, y)
  }, powerFloats, powerComplex)
}

/** &, | and ^, which keep bools bools. */
export function bitwise(left: ConstantValue, right: ConstantValue, operation: (a: bigint, b: bigint) => bigint): Folded {
  if (!isInt(left) || !isInt(right)) return undefined
  const result = operation(BigInt(left), BigInt(right))
  return typeof left === 'boolean' && typeof right === 'boolean' ? result !== 0n : result
}

export function negate(value: ConstantValue): Folded {
  if (isInt(value)) return -BigInt(value)
  if (value instanceof FloatValue) return float(-value.value)
  if (value instanceof ComplexValue) return new ComplexValue(-value.real, -value.imag)
  return undefined
}

export function positive(value: ConstantValue): Folded {
  return typeof value === 'boolean' ? BigInt(value) : isNumber(value) ? value : undefined
}
