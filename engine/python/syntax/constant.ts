// Values of Python constants before there are Python objects: what the parser puts into `Constant`
// nodes and the compiler into `co_consts`. The VM turns them into PyObjects when it loads a code object.

/** `...` */
export const ELLIPSIS = Symbol('Ellipsis')

/** A complex literal or folded complex value. */
export class ComplexValue {
  constructor(readonly real: number, readonly imag: number) {}
}

/** A float; boxed so that it can never be mistaken for another number. */
export class FloatValue {
  constructor(readonly value: number) {}
}

/** A bytes literal. */
export class BytesValue {
  constructor(readonly bytes: Uint8Array) {}
}

/** A constant tuple, made by folding. */
export class TupleValue {
  constructor(readonly items: readonly ConstantValue[]) {}
}

/** A constant frozenset, made by folding `x in {1, 2}`; items in the order the source has them. */
export class FrozensetValue {
  constructor(readonly items: readonly ConstantValue[]) {}
}

/**
 * null is None; a bigint is an int; a string is a str in JavaScript's UTF-16 (a lone surrogate stands for itself).
 * Nested code objects appear in `co_consts` as `CodeObject` (bytecode/code.ts), which is not part of this type.
 */
export type ConstantValue =
  | null | boolean | typeof ELLIPSIS | bigint | string
  | FloatValue | ComplexValue | BytesValue | TupleValue | FrozensetValue
