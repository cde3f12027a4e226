// The identity of constants. Two constants of one compilation are the same object if they have the same
// type and value (0.0 and -0.0 differ, as do 1, 1.0 and True), tuples and frozensets item by item.
// DIFFERS: two lone surrogates next to each other are the same as the character they would form (ConstantValue).
// Mirrors _PyCode_ConstantKey, Objects/codeobject.c, and merge_consts_recursive, Python/compile.c.
import { CodeObject } from '../bytecode/code'
import {
  BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue, type ConstantValue,
} from '../syntax/constant'

export type CodeConstant = ConstantValue | CodeObject

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function sameStrings(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

/** Python's == on numbers of any two numeric types; undefined if one is no number. */
function numericEquals(a: ConstantValue, b: ConstantValue): boolean | undefined {
  const parts = (value: ConstantValue): [bigint | number, number] | undefined => {
    if (typeof value === 'bigint') return [value, 0]
    if (typeof value === 'boolean') return [value ? 1n : 0n, 0]
    if (value instanceof FloatValue) return [value.value, 0]
    if (value instanceof ComplexValue) return [value.real, value.imag]
    return undefined
  }
  const left = parts(a)
  const right = parts(b)
  // == and not ===: it compares a bigint with a number by value, as Python does.
  return left && right && left[0] == right[0] && left[1] === right[1]
}

/** Python's == on constants. */
export function constantEquals(a: ConstantValue, b: ConstantValue): boolean {
  if (a === b) return true
  const numeric = numericEquals(a, b)
  if (numeric !== undefined) return numeric
  if (a instanceof BytesValue && b instanceof BytesValue) return sameBytes(a.bytes, b.bytes)
  if (a instanceof TupleValue && b instanceof TupleValue) {
    return a.items.length === b.items.length && a.items.every((item, i) => constantEquals(item, b.items[i]!))
  }
  if (a instanceof FrozensetValue && b instanceof FrozensetValue) {
    return a.items.length === b.items.length && a.items.every(item => b.items.some(other => constantEquals(item, other)))
  }
  return false
}

/** All constants of one compilation. */
export class ConstantCache {
  private readonly byKey = new Map<string, CodeConstant>()
  private readonly idOf = new WeakMap<object, number>()
  private readonly codes = new Map<string, CodeObject[]>()
  private ids = 0

  /** A text that is equal for two constants exactly if they are to be one object. */
  key(value: CodeConstant): string {
    if (typeof value === 'string') return `s${value}`
    if (typeof value === 'bigint') return `i${value}`
    if (value === null) return 'N'
    if (typeof value === 'boolean') return value ? 'T' : 'F'
    if (value === ELLIPSIS) return 'E'
    if (value instanceof TupleValue) return `t${this.itemKeys(value)}`
    if (value instanceof CodeObject) return `k${this.identity(this.canonicalCode(value))}`
    if (value instanceof FloatValue) return this.floatKey(value.value, value)
    if (value instanceof BytesValue) return `b${value.bytes.join()}`
    if (value instanceof FrozensetValue) return `z${this.itemKeys(value, true)}`
    const complex = value as ComplexValue
    return `c${this.floatKey(complex.real, complex)}${this.floatKey(complex.imag, complex)}`
  }

  /** The one object that stands for all constants equal to `value`; the items of collections are merged too. */
  merge(value: CodeConstant, key = this.key(value)): CodeConstant {
    const known = this.byKey.get(key)
    if (known !== undefined || value === null) return known ?? value
    let merged = value
    if (value instanceof TupleValue) merged = new TupleValue(value.items.map(item => this.merge(item) as ConstantValue))
    else if (value instanceof FrozensetValue) merged = new FrozensetValue(value.items.map(item => this.merge(item) as ConstantValue))
    this.byKey.set(key, merged)
    return merged
  }

  private itemKeys(value: TupleValue | FrozensetValue, isSorted = false): string {
    const keys = value.items.map(item => this.key(item))
    if (isSorted) keys.sort()
    return keys.map(key => `${key.length}:${key}`).join('')
  }

  /** NaN equals nothing but itself, so it is known by its object. */
  private floatKey(value: number, object: object): string {
    if (Number.isNaN(value)) return `n${this.identity(object)}`
    return Object.is(value, -0) ? 'f-0' : `f${value}`
  }

  private identity(object: object): number {
    let id = this.idOf.get(object)
    if (id === undefined) this.idOf.set(object, id = this.ids++)
    return id
  }

  /** The first code object that equals `code`: a `finally` block compiled twice gives equal ones. */
  private canonicalCode(code: CodeObject): CodeObject {
    const bucketKey = `${code.co_firstlineno}:${code.co_name}`
    const bucket = this.codes.get(bucketKey)
    if (bucket === undefined) {
      this.codes.set(bucketKey, [code])
      return code
    }
    const known = bucket.find(other => other === code || this.codeEquals(other, code))
    if (known !== undefined) return known
    bucket.push(code)
    return code
  }

  // Mirrors code_richcompare, Objects/codeobject.c.
  private codeEquals(a: CodeObject, b: CodeObject): boolean {
    return a.co_name === b.co_name && a.co_argcount === b.co_argcount
      && a.co_posonlyargcount === b.co_posonlyargcount && a.co_kwonlyargcount === b.co_kwonlyargcount
      && a.co_flags === b.co_flags && a.co_firstlineno === b.co_firstlineno
      && sameBytes(a.co_code, b.co_code)
      && a.co_consts.length === b.co_consts.length
      && a.co_consts.every((value, i) => this.key(value) === this.key(b.co_consts[i]!))
      && sameStrings(a.co_names, b.co_names) && sameStrings(a.co_localsplusnames, b.co_localsplusnames)
      && sameBytes(a.co_linetable, b.co_linetable) && sameBytes(a.co_exceptiontable, b.co_exceptiontable)
  }
}
