// Operators on constants of any type, with the limits that keep folded constants small.
// `undefined` = Python would raise, or the result would be too large: do not fold.
import { bitLength } from '../lib/long-arithmetic'
import {
  BytesValue, ComplexValue, FloatValue, FrozensetValue, TupleValue, type ConstantValue,
} from '../syntax/constant'
import type * as ast from '../syntax/nodes'
import {
  addNumbers, bitwise, divideNumbers, floorDivideNumbers, isInt, isNumber, multiplyNumbers,
  negate, positive, powerNumbers, remainderNumbers, subtractNumbers, type Folded,
} from './fold-numbers'

// Python/ast_opt.c.
const MAX_INT_SIZE = 128 // bits
const MAX_COLLECTION_SIZE = 256 // items
const MAX_STR_SIZE = 4096 // characters
const MAX_TOTAL_ITEMS = 1024 // including nested collections

/** The truth of a constant, PyObject_IsTrue. */
export function isTrue(value: ConstantValue): boolean {
  if (value === null || typeof value === 'boolean') return value === true
  if (typeof value === 'bigint') return value !== 0n
  if (typeof value === 'string') return value !== ''
  if (value instanceof FloatValue) return value.value !== 0
  if (value instanceof ComplexValue) return value.real !== 0 || value.imag !== 0
  if (value instanceof BytesValue) return value.bytes.length !== 0
  if (value instanceof TupleValue || value instanceof FrozensetValue) return value.items.length !== 0
  return true
}

function codePointLength(text: string): number {
  let length = text.length
  for (let i = 0; i + 1 < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit < 0xdc00) {
      const next = text.charCodeAt(i + 1)
      if (next >= 0xdc00 && next < 0xe000) {
        length--
        i++
      }
    }
  }
  return length
}

/** `limit` less the number of items in the collection, nested ones included; negative = too many. */
function checkComplexity(value: ConstantValue, limit: number): number {
  if (!(value instanceof TupleValue) && !(value instanceof FrozensetValue)) return limit
  limit -= value.items.length
  for (const item of value.items) {
    if (limit < 0) break
    limit = checkComplexity(item, limit)
  }
  return limit
}

function joinBytes(parts: Uint8Array[]): BytesValue {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return new BytesValue(joined)
}

function add(left: ConstantValue, right: ConstantValue): Folded {
  if (isNumber(left) && isNumber(right)) return addNumbers(left, right)
  if (typeof left === 'string' && typeof right === 'string') return left + right
  if (left instanceof BytesValue && right instanceof BytesValue) return joinBytes([left.bytes, right.bytes])
  if (left instanceof TupleValue && right instanceof TupleValue) return new TupleValue([...left.items, ...right.items])
  return undefined
}

/** Repeats a sequence `count` times; Python's empty result for a negative count never gets here unless it is empty. */
function repeat(value: ConstantValue, count: bigint): Folded {
  const times = count > 0n ? Number(count) : 0
  if (typeof value === 'string') {
    const size = codePointLength(value)
    if (size > 0 && (count < 0n || count > BigInt(Math.trunc(MAX_STR_SIZE / size)))) return undefined
    return value === '' ? '' : value.repeat(times)
  }
  if (value instanceof BytesValue) {
    const size = value.bytes.length
    if (size > 0 && (count < 0n || count > BigInt(Math.trunc(MAX_STR_SIZE / size)))) return undefined
    return size === 0 ? value : joinBytes(new Array<Uint8Array>(times).fill(value.bytes))
  }
  if (value instanceof TupleValue) {
    const size = value.items.length
    if (size === 0) return value
    if (count < 0n || count > BigInt(Math.trunc(MAX_COLLECTION_SIZE / size))) return undefined
    if (times > 0 && checkComplexity(value, Math.trunc(MAX_TOTAL_ITEMS / times)) < 0) return undefined
    return new TupleValue(new Array<readonly ConstantValue[]>(times).fill(value.items).flat())
  }
  return undefined
}

// Mirrors safe_multiply, Python/ast_opt.c.
function multiply(left: ConstantValue, right: ConstantValue): Folded {
  if (isNumber(left) && isNumber(right)) {
    if (isInt(left) && isInt(right)) {
      const a = BigInt(left)
      const b = BigInt(right)
      if (a !== 0n && b !== 0n && bitLength(a) + bitLength(b) > MAX_INT_SIZE) return undefined
    }
    return multiplyNumbers(left, right)
  }
  if (isInt(left)) return repeat(right, BigInt(left))
  if (isInt(right)) return repeat(left, BigInt(right))
  return undefined
}

// Mirrors safe_power, Python/ast_opt.c.
function power(left: ConstantValue, right: ConstantValue): Folded {
  if (!isNumber(left) || !isNumber(right)) return undefined
  if (isInt(left) && isInt(right)) {
    const base = BigInt(left)
    const exponent = BigInt(right)
    if (base !== 0n && exponent > 0n && BigInt(bitLength(base)) > BigInt(MAX_INT_SIZE) / exponent) return undefined
    if (base === 0n && exponent > 0n) return 0n
  }
  return powerNumbers(left, right)
}

// Mirrors safe_lshift, Python/ast_opt.c.
function leftShift(left: ConstantValue, right: ConstantValue): Folded {
  if (!isInt(left) || !isInt(right)) return undefined
  const value = BigInt(left)
  const count = BigInt(right)
  if (count < 0n) return undefined
  if (value === 0n) return 0n
  if (count !== 0n && (count > BigInt(MAX_INT_SIZE) || bitLength(value) > MAX_INT_SIZE - Number(count))) return undefined
  return value << count
}

function rightShift(left: ConstantValue, right: ConstantValue): Folded {
  return isInt(left) && isInt(right) && BigInt(right) >= 0n ? BigInt(left) >> BigInt(right) : undefined
}

export function binaryOperation(operator: ast.operator['_type'], left: ConstantValue, right: ConstantValue): Folded {
  switch (operator) {
    case 'Add': return add(left, right)
    case 'Mult': return multiply(left, right)
    case 'Pow': return power(left, right)
    case 'LShift': return leftShift(left, right)
    case 'RShift': return rightShift(left, right)
    case 'BitOr': return bitwise(left, right, (a, b) => a | b)
    case 'BitXor': return bitwise(left, right, (a, b) => a ^ b)
    case 'BitAnd': return bitwise(left, right, (a, b) => a & b)
    case 'MatMult': return undefined
  }
  // Strings and bytes have % too, but it is left to run time.
  if (!isNumber(left) || !isNumber(right)) return undefined
  switch (operator) {
    case 'Sub': return subtractNumbers(left, right)
    case 'Div': return divideNumbers(left, right)
    case 'FloorDiv': return floorDivideNumbers(left, right)
    case 'Mod': return remainderNumbers(left, right)
  }
}

export function unaryOperation(operator: ast.unaryop['_type'], value: ConstantValue): Folded {
  switch (operator) {
    case 'Invert': return isInt(value) ? ~BigInt(value) : undefined
    case 'Not': return !isTrue(value)
    case 'UAdd': return positive(value)
    case 'USub': return negate(value)
  }
}

/** container[index] for the constants that have items. */
export function subscript(container: ConstantValue, index: ConstantValue): Folded {
  if (!isInt(index)) return undefined
  const at = Number(index)
  if (typeof container === 'string') {
    const points = [...container]
    return points.at(at)
  }
  if (container instanceof TupleValue) return container.items.at(at)
  if (container instanceof BytesValue) {
    const byte = container.bytes.at(at)
    return byte === undefined ? undefined : BigInt(byte)
  }
  return undefined
}
