// The instruction set of CPython 3.11, declared once: everything that needs to know about opcodes
// (compiler, disassembler, VM, tests) derives it from OPCODES.
//
// A row is [number, name, kind of argument, inline cache entries, stack effect]. The stack effect is
// what Python/compile.c's stack_effect says: a number, or a function of the argument and of whether the
// jump is taken. Pseudo instructions, which live only between code generation and assembly, are negative.

/** What an argument means: nothing, a plain number, an index into a table, or a distance in code units. */
export type ArgumentKind = 'none' | 'raw' | 'const' | 'name' | 'local' | 'free' | 'compare' | 'jump' | 'backward'
export type StackEffect = number | ((arg: number, jump: boolean) => number)
type Row = readonly [number: number, name: string, kind: ArgumentKind, caches: number, effect: StackEffect]

export const OPCODES = [
  [0, 'CACHE', 'none', 0, 0],
  [1, 'POP_TOP', 'none', 0, -1],
  [2, 'PUSH_NULL', 'none', 0, 1],
  [9, 'NOP', 'none', 0, 0],
  [10, 'UNARY_POSITIVE', 'none', 0, 0],
  [11, 'UNARY_NEGATIVE', 'none', 0, 0],
  [12, 'UNARY_NOT', 'none', 0, 0],
  [15, 'UNARY_INVERT', 'none', 0, 0],
  [25, 'BINARY_SUBSCR', 'none', 4, -1],
  [30, 'GET_LEN', 'none', 0, 1],
  [31, 'MATCH_MAPPING', 'none', 0, 1],
  [32, 'MATCH_SEQUENCE', 'none', 0, 1],
  [33, 'MATCH_KEYS', 'none', 0, 1],
  [35, 'PUSH_EXC_INFO', 'none', 0, 1],
  [36, 'CHECK_EXC_MATCH', 'none', 0, 0],
  [37, 'CHECK_EG_MATCH', 'none', 0, 0],
  [49, 'WITH_EXCEPT_START', 'none', 0, 1],
  [50, 'GET_AITER', 'none', 0, 0],
  [51, 'GET_ANEXT', 'none', 0, 1],
  [52, 'BEFORE_ASYNC_WITH', 'none', 0, 1],
  [53, 'BEFORE_WITH', 'none', 0, 1],
  [54, 'END_ASYNC_FOR', 'none', 0, -2],
  [60, 'STORE_SUBSCR', 'none', 1, -3],
  [61, 'DELETE_SUBSCR', 'none', 0, -2],
  [68, 'GET_ITER', 'none', 0, 0],
  [69, 'GET_YIELD_FROM_ITER', 'none', 0, 0],
  [70, 'PRINT_EXPR', 'none', 0, -1],
  [71, 'LOAD_BUILD_CLASS', 'none', 0, 1],
  [74, 'LOAD_ASSERTION_ERROR', 'none', 0, 1],
  [75, 'RETURN_GENERATOR', 'none', 0, 0],
  [82, 'LIST_TO_TUPLE', 'none', 0, 0],
  [83, 'RETURN_VALUE', 'none', 0, -1],
  [84, 'IMPORT_STAR', 'none', 0, -1],
  [85, 'SETUP_ANNOTATIONS', 'none', 0, 0],
  [86, 'YIELD_VALUE', 'none', 0, 0],
  [87, 'ASYNC_GEN_WRAP', 'none', 0, 0],
  [88, 'PREP_RERAISE_STAR', 'none', 0, -1],
  [89, 'POP_EXCEPT', 'none', 0, -1],
  [90, 'STORE_NAME', 'name', 0, -1],
  [91, 'DELETE_NAME', 'name', 0, 0],
  [92, 'UNPACK_SEQUENCE', 'raw', 1, arg => arg - 1],
  [93, 'FOR_ITER', 'jump', 0, (_arg, jump) => jump ? -1 : 1],
  [94, 'UNPACK_EX', 'raw', 0, arg => (arg & 0xff) + (arg >> 8)],
  [95, 'STORE_ATTR', 'name', 4, -2],
  [96, 'DELETE_ATTR', 'name', 0, -1],
  [97, 'STORE_GLOBAL', 'name', 0, -1],
  [98, 'DELETE_GLOBAL', 'name', 0, 0],
  [99, 'SWAP', 'raw', 0, 0],
  [100, 'LOAD_CONST', 'const', 0, 1],
  [101, 'LOAD_NAME', 'name', 0, 1],
  [102, 'BUILD_TUPLE', 'raw', 0, arg => 1 - arg],
  [103, 'BUILD_LIST', 'raw', 0, arg => 1 - arg],
  [104, 'BUILD_SET', 'raw', 0, arg => 1 - arg],
  [105, 'BUILD_MAP', 'raw', 0, arg => 1 - 2 * arg],
  [106, 'LOAD_ATTR', 'name', 4, 0],
  [107, 'COMPARE_OP', 'compare', 2, -1],
  [108, 'IMPORT_NAME', 'name', 0, -1],
  [109, 'IMPORT_FROM', 'name', 0, 1],
  [110, 'JUMP_FORWARD', 'jump', 0, 0],
  [111, 'JUMP_IF_FALSE_OR_POP', 'jump', 0, (_arg, jump) => jump ? 0 : -1],
  [112, 'JUMP_IF_TRUE_OR_POP', 'jump', 0, (_arg, jump) => jump ? 0 : -1],
  [114, 'POP_JUMP_FORWARD_IF_FALSE', 'jump', 0, -1],
  [115, 'POP_JUMP_FORWARD_IF_TRUE', 'jump', 0, -1],
  [116, 'LOAD_GLOBAL', 'name', 5, arg => (arg & 1) + 1],
  [117, 'IS_OP', 'raw', 0, -1],
  [118, 'CONTAINS_OP', 'raw', 0, -1],
  [119, 'RERAISE', 'raw', 0, -1],
  [120, 'COPY', 'raw', 0, 1],
  [122, 'BINARY_OP', 'raw', 1, -1],
  [123, 'SEND', 'jump', 0, (_arg, jump) => jump ? -1 : 0],
  [124, 'LOAD_FAST', 'local', 0, 1],
  [125, 'STORE_FAST', 'local', 0, -1],
  [126, 'DELETE_FAST', 'local', 0, 0],
  [128, 'POP_JUMP_FORWARD_IF_NOT_NONE', 'jump', 0, -1],
  [129, 'POP_JUMP_FORWARD_IF_NONE', 'jump', 0, -1],
  [130, 'RAISE_VARARGS', 'raw', 0, arg => -arg],
  [131, 'GET_AWAITABLE', 'raw', 0, 0],
  [132, 'MAKE_FUNCTION', 'raw', 0, arg => -((arg & 1) + (arg >> 1 & 1) + (arg >> 2 & 1) + (arg >> 3 & 1))],
  [133, 'BUILD_SLICE', 'raw', 0, arg => arg === 3 ? -2 : -1],
  [134, 'JUMP_BACKWARD_NO_INTERRUPT', 'backward', 0, 0],
  [135, 'MAKE_CELL', 'free', 0, 0],
  [136, 'LOAD_CLOSURE', 'free', 0, 1],
  [137, 'LOAD_DEREF', 'free', 0, 1],
  [138, 'STORE_DEREF', 'free', 0, -1],
  [139, 'DELETE_DEREF', 'free', 0, 0],
  [140, 'JUMP_BACKWARD', 'backward', 0, 0],
  [142, 'CALL_FUNCTION_EX', 'raw', 0, arg => -2 - (arg & 1)],
  [144, 'EXTENDED_ARG', 'raw', 0, 0],
  [145, 'LIST_APPEND', 'raw', 0, -1],
  [146, 'SET_ADD', 'raw', 0, -1],
  [147, 'MAP_ADD', 'raw', 0, -2],
  [148, 'LOAD_CLASSDEREF', 'free', 0, 1],
  [149, 'COPY_FREE_VARS', 'raw', 0, 0],
  [151, 'RESUME', 'raw', 0, 0],
  [152, 'MATCH_CLASS', 'raw', 0, -2],
  [155, 'FORMAT_VALUE', 'raw', 0, arg => (arg & 4) !== 0 ? -1 : 0],
  [156, 'BUILD_CONST_KEY_MAP', 'raw', 0, arg => -arg],
  [157, 'BUILD_STRING', 'raw', 0, arg => 1 - arg],
  [160, 'LOAD_METHOD', 'name', 10, 1],
  [162, 'LIST_EXTEND', 'raw', 0, -1],
  [163, 'SET_UPDATE', 'raw', 0, -1],
  [164, 'DICT_MERGE', 'raw', 0, -1],
  [165, 'DICT_UPDATE', 'raw', 0, -1],
  [166, 'PRECALL', 'raw', 1, arg => -arg],
  [171, 'CALL', 'raw', 4, -1],
  [172, 'KW_NAMES', 'const', 0, 0],
  [173, 'POP_JUMP_BACKWARD_IF_NOT_NONE', 'backward', 0, -1],
  [174, 'POP_JUMP_BACKWARD_IF_NONE', 'backward', 0, -1],
  [175, 'POP_JUMP_BACKWARD_IF_FALSE', 'backward', 0, -1],
  [176, 'POP_JUMP_BACKWARD_IF_TRUE', 'backward', 0, -1],
] as const satisfies readonly Row[]

export const PSEUDO_OPCODES = [
  [-1, 'SETUP_FINALLY', 'jump', 0, (_arg, jump) => jump ? 1 : 0],
  [-2, 'SETUP_CLEANUP', 'jump', 0, (_arg, jump) => jump ? 2 : 0],
  [-3, 'SETUP_WITH', 'jump', 0, (_arg, jump) => jump ? 1 : 0],
  [-4, 'POP_BLOCK', 'none', 0, 0],
  [-5, 'JUMP', 'jump', 0, 0],
  [-6, 'JUMP_NO_INTERRUPT', 'jump', 0, 0],
  [-7, 'POP_JUMP_IF_FALSE', 'jump', 0, -1],
  [-8, 'POP_JUMP_IF_TRUE', 'jump', 0, -1],
  [-9, 'POP_JUMP_IF_NONE', 'jump', 0, -1],
  [-10, 'POP_JUMP_IF_NOT_NONE', 'jump', 0, -1],
] as const satisfies readonly Row[]

const ROWS: readonly Row[] = [...OPCODES, ...PSEUDO_OPCODES]

/** Opcodes from here on use their argument byte. */
export const HAVE_ARGUMENT = 90
/** Added to an opcode to index the tables below, which hold the pseudo opcodes first. */
const PSEUDO = 10
const TABLE_SIZE = 256 + PSEUDO

const names: string[] = new Array<string>(TABLE_SIZE).fill('')
const kinds: ArgumentKind[] = new Array<ArgumentKind>(TABLE_SIZE).fill('none')
const caches = new Uint8Array(TABLE_SIZE)
const jumps = new Uint8Array(TABLE_SIZE)
const fixedEffects = new Int8Array(TABLE_SIZE)
const effectFunctions: (((arg: number, jump: boolean) => number) | null)[] =
  new Array<null>(TABLE_SIZE).fill(null)
for (const [number, name, kind, cacheCount, effect] of ROWS) {
  const i = number + PSEUDO
  names[i] = name
  kinds[i] = kind
  caches[i] = cacheCount
  jumps[i] = kind === 'jump' || kind === 'backward' ? 1 : 0
  if (typeof effect === 'number') fixedEffects[i] = effect
  else effectFunctions[i] = effect
}
// SETUP_* have a target but do not jump by themselves.
for (const setup of [-1, -2, -3]) jumps[setup + PSEUDO] = 0

export type OpcodeName = typeof OPCODES[number][1] | typeof PSEUDO_OPCODES[number][1]

/** Opcode number by name, pseudo opcodes included. */
export const op = Object.fromEntries(ROWS.map(([number, name]) => [name, number])) as Readonly<Record<OpcodeName, number>>

export function opname(opcode: number): string {
  return names[opcode + PSEUDO] || `<${opcode}>`
}

export function argumentKind(opcode: number): ArgumentKind {
  return kinds[opcode + PSEUDO]!
}

/** Number of CACHE code units that follow the instruction. */
export function cacheEntries(opcode: number): number {
  return caches[opcode + PSEUDO]!
}

export function isJump(opcode: number): boolean {
  return jumps[opcode + PSEUDO] === 1
}

/** Mirrors stack_effect, Python/compile.c, with jump being true or false, never "maximal". */
export function stackEffect(opcode: number, arg: number, jump: boolean): number {
  const effect = effectFunctions[opcode + PSEUDO]!
  return effect === null ? fixedEffects[opcode + PSEUDO]! : effect(arg, jump)
}

/** Comparison operators by the argument of COMPARE_OP. */
export const CMP_OP = ['<', '<=', '==', '!=', '>', '>='] as const

/** Operators by the argument of BINARY_OP (NB_* of Include/opcode.h). */
export const NB_OPS = [
  '+', '&', '//', '<<', '@', '*', '%', '|', '**', '>>', '-', '/', '^',
  '+=', '&=', '//=', '<<=', '@=', '*=', '%=', '|=', '**=', '>>=', '-=', '/=', '^=',
] as const
/** Distance from a binary operator to its in-place form in NB_OPS. */
export const NB_INPLACE = 13
