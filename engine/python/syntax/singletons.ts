// Nodes without fields exist once: contexts and operators carry no state.
import * as ast from './nodes'
import * as kinds from './token-kinds'

export const LOAD = new ast.Load()
export const STORE = new ast.Store()
export const DEL = new ast.Del()
export const AND = new ast.And()
export const OR = new ast.Or()
export const NOT = new ast.Not()
export const INVERT = new ast.Invert()
export const UADD = new ast.UAdd()
export const USUB = new ast.USub()
export const ADD = new ast.Add()
export const SUB = new ast.Sub()
export const POW = new ast.Pow()
export const NOT_IN = new ast.NotIn()
export const IS = new ast.Is()
export const IS_NOT = new ast.IsNot()

const OTHER_BINARY: readonly [number, number, ast.operator][] = [
  [kinds.VBAR, 1, new ast.BitOr()], [kinds.CIRCUMFLEX, 2, new ast.BitXor()], [kinds.AMPER, 3, new ast.BitAnd()],
  [kinds.LEFTSHIFT, 4, new ast.LShift()], [kinds.RIGHTSHIFT, 4, new ast.RShift()], [kinds.PLUS, 5, ADD], [kinds.MINUS, 5, SUB],
  [kinds.STAR, 6, new ast.Mult()], [kinds.SLASH, 6, new ast.Div()], [kinds.DOUBLESLASH, 6, new ast.FloorDiv()],
  [kinds.PERCENT, 6, new ast.Mod()], [kinds.AT, 6, new ast.MatMult()]
]

/** How tightly the binary operator of a token kind binds (1 = `|` … 6 = `*`); 0 for every other token. */
export const BINARY_PRECEDENCE = new Uint8Array(128)
/** The operator of a token kind that is a binary operator other than `**`. */
export const BINARY_OPERATOR: (ast.operator | null)[] = new Array<ast.operator | null>(128).fill(null)
for (const [kind, precedence, operator] of OTHER_BINARY) {
  BINARY_PRECEDENCE[kind] = precedence
  BINARY_OPERATOR[kind] = operator
}

/** The operator of an augmented assignment's token kind. */
export const AUGMENTED_OPERATOR: (ast.operator | null)[] = new Array<ast.operator | null>(128).fill(null)
for (const [augmented, plain] of [
  [kinds.PLUSEQUAL, kinds.PLUS], [kinds.MINEQUAL, kinds.MINUS], [kinds.STAREQUAL, kinds.STAR], [kinds.SLASHEQUAL, kinds.SLASH],
  [kinds.PERCENTEQUAL, kinds.PERCENT], [kinds.AMPEREQUAL, kinds.AMPER], [kinds.VBAREQUAL, kinds.VBAR],
  [kinds.CIRCUMFLEXEQUAL, kinds.CIRCUMFLEX], [kinds.LEFTSHIFTEQUAL, kinds.LEFTSHIFT], [kinds.RIGHTSHIFTEQUAL, kinds.RIGHTSHIFT],
  [kinds.DOUBLESLASHEQUAL, kinds.DOUBLESLASH], [kinds.ATEQUAL, kinds.AT]
] as const) AUGMENTED_OPERATOR[augmented] = BINARY_OPERATOR[plain]!
AUGMENTED_OPERATOR[kinds.DOUBLESTAREQUAL] = POW

/** The comparison operator of a token kind that alone is one (not `not in`, `is`, `is not`). */
export const COMPARISON_OPERATOR: (ast.cmpop | null)[] = new Array<ast.cmpop | null>(128).fill(null)
COMPARISON_OPERATOR[kinds.EQEQUAL] = new ast.Eq()
COMPARISON_OPERATOR[kinds.NOTEQUAL] = new ast.NotEq()
COMPARISON_OPERATOR[kinds.LESS] = new ast.Lt()
COMPARISON_OPERATOR[kinds.LESSEQUAL] = new ast.LtE()
COMPARISON_OPERATOR[kinds.GREATER] = new ast.Gt()
COMPARISON_OPERATOR[kinds.GREATEREQUAL] = new ast.GtE()
COMPARISON_OPERATOR[kinds.KW_IN] = new ast.In()
