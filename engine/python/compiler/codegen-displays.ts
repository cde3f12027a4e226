// Tuples, lists, sets, dicts and f-strings; and unpacking in assignments.
import { op } from '../bytecode/opcode'
import { TupleValue, type ConstantValue } from '../syntax/constant'
import type * as ast from '../syntax/nodes'
import { visitExpr } from './codegen-expressions'
import type { Compiler } from './compiler-unit'
import { CompilerException } from './errors'
import { frozensetOf } from './fold'

/** More items than this are not collected on the stack but added one by one. */
export const STACK_USE_GUIDELINE = 30

const BUILDERS = {
  tuple: { build: op.BUILD_LIST, add: op.LIST_APPEND, extend: op.LIST_EXTEND },
  list: { build: op.BUILD_LIST, add: op.LIST_APPEND, extend: op.LIST_EXTEND },
  set: { build: op.BUILD_SET, add: op.SET_ADD, extend: op.SET_UPDATE },
} as const

function constantsOf(nodes: readonly (ast.expr | null)[]): ConstantValue[] | null {
  const values: ConstantValue[] = []
  for (const node of nodes) {
    if (node?._type !== 'Constant') return null
    values.push(node.value)
  }
  return values
}

/**
 * Builds a sequence of `pushed` values that are on the stack and the elements. A tuple that cannot be built
 * at once is built as a list first. Mirrors starunpack_helper.
 */
export function emitSequence(c: Compiler, elements: readonly ast.expr[], pushed: number, type: keyof typeof BUILDERS): void {
  const { build, add, extend } = BUILDERS[type]
  const isTuple = type === 'tuple'
  const folded = elements.length > 2 ? constantsOf(elements) : null
  if (folded !== null) {
    if (isTuple && pushed === 0) return c.emitConst(new TupleValue(folded))
    c.emitArg(build, pushed)
    c.emitConst(type === 'set' ? frozensetOf(folded) : new TupleValue(folded))
    c.emitArg(extend, 1)
    if (isTuple) c.emit(op.LIST_TO_TUPLE)
    return
  }
  const isBig = elements.length + pushed > STACK_USE_GUIDELINE
  if (!isBig && !elements.some(element => element._type === 'Starred')) {
    for (const element of elements) visitExpr(c, element)
    c.emitArg(isTuple ? op.BUILD_TUPLE : build, elements.length + pushed)
    return
  }
  let isBuilt = isBig
  if (isBig) c.emitArg(build, pushed)
  for (const [i, element] of elements.entries()) {
    if (element._type === 'Starred') {
      if (!isBuilt) c.emitArg(build, i + pushed)
      isBuilt = true
      visitExpr(c, element.value)
      c.emitArg(extend, 1)
    } else {
      visitExpr(c, element)
      if (isBuilt) c.emitArg(add, 1)
    }
  }
  if (isTuple) c.emit(op.LIST_TO_TUPLE)
}

/** UNPACK_EX's argument for `before` values before the starred one and `after` after it. */
export function unpackExArgument(c: Compiler, before: number, after: number, what: string): number {
  if (before >= 1 << 8 || after >= 0x7fffffff >> 8) throw c.error(`too many expressions in star-unpacking ${what}`)
  return before + (after << 8)
}

// Mirrors unpack_helper and assignment_helper.
function emitUnpack(c: Compiler, elements: readonly ast.expr[]): void {
  const star = elements.findIndex(element => element._type === 'Starred')
  if (star < 0) c.emitArg(op.UNPACK_SEQUENCE, elements.length)
  else c.emitArg(op.UNPACK_EX, unpackExArgument(c, star, elements.length - star - 1, 'assignment'))
  if (star >= 0 && elements.slice(star + 1).some(element => element._type === 'Starred')) {
    throw c.error('multiple starred expressions in assignment')
  }
  for (const element of elements) visitExpr(c, element._type === 'Starred' ? element.value : element)
}

function emitByContext(c: Compiler, node: ast.List | ast.Tuple, type: 'list' | 'tuple'): void {
  if (node.ctx._type === 'Store') return emitUnpack(c, node.elts)
  if (node.ctx._type === 'Load') return emitSequence(c, node.elts, 0, type)
  for (const element of node.elts) visitExpr(c, element)
}

export function emitList(c: Compiler, node: ast.List): void {
  emitByContext(c, node, 'list')
}

export function emitTuple(c: Compiler, node: ast.Tuple): void {
  emitByContext(c, node, 'tuple')
}

export function emitSet(c: Compiler, node: ast.Set): void {
  emitSequence(c, node.elts, 0, 'set')
}

// Mirrors compiler_subdict.
function emitSubdict(c: Compiler, node: ast.Dict, begin: number, end: number): void {
  const count = end - begin
  const isBig = count * 2 > STACK_USE_GUIDELINE
  const keys = count > 1 && !isBig ? constantsOf(node.keys.slice(begin, end)) : null
  if (keys !== null) {
    for (let i = begin; i < end; i++) visitExpr(c, node.values[i]!)
    c.emitConst(new TupleValue(keys))
    c.emitArg(op.BUILD_CONST_KEY_MAP, count)
    return
  }
  if (isBig) c.emitArg(op.BUILD_MAP, 0)
  for (let i = begin; i < end; i++) {
    visitExpr(c, node.keys[i]!)
    visitExpr(c, node.values[i]!)
    if (isBig) c.emitArg(op.MAP_ADD, 1)
  }
  if (!isBig) c.emitArg(op.BUILD_MAP, count)
}

// Mirrors compiler_dict: runs of items are built apart and merged with what ** gives.
export function emitDict(c: Compiler, node: ast.Dict): void {
  let hasDict = false
  let waiting = 0
  const flush = (end: number): void => {
    emitSubdict(c, node, end - waiting, end)
    if (hasDict) c.emitArg(op.DICT_UPDATE, 1)
    hasDict = true
    waiting = 0
  }
  for (const [i, key] of node.keys.entries()) {
    if (key === null) {
      if (waiting > 0) flush(i)
      if (!hasDict) c.emitArg(op.BUILD_MAP, 0)
      hasDict = true
      visitExpr(c, node.values[i]!)
      c.emitArg(op.DICT_UPDATE, 1)
    } else if (waiting * 2 > STACK_USE_GUIDELINE) {
      waiting++
      flush(i + 1)
    } else {
      waiting++
    }
  }
  if (waiting > 0) flush(node.values.length)
  if (!hasDict) c.emitArg(op.BUILD_MAP, 0)
}

// Mirrors compiler_joined_str.
export function emitJoinedStr(c: Compiler, node: ast.JoinedStr): void {
  const { values } = node
  if (values.length > STACK_USE_GUIDELINE) {
    c.emitConst('')
    c.emitName(op.LOAD_METHOD, 'join')
    c.emitArg(op.BUILD_LIST, 0)
    for (const value of values) {
      visitExpr(c, value)
      c.emitArg(op.LIST_APPEND, 1)
    }
    c.emitArg(op.PRECALL, 1)
    c.emitArg(op.CALL, 1)
    return
  }
  for (const value of values) visitExpr(c, value)
  if (values.length !== 1) c.emitArg(op.BUILD_STRING, values.length)
}

/** FORMAT_VALUE's argument: the conversion, and 4 if there is a format. */
const CONVERSIONS: Record<number, number> = { [-1]: 0, 0x73: 1, 0x72: 2, 0x61: 3 }
const HAS_SPEC = 4

// Mirrors compiler_formatted_value.
export function emitFormattedValue(c: Compiler, node: ast.FormattedValue): void {
  visitExpr(c, node.value)
  const conversion = CONVERSIONS[node.conversion]
  if (conversion === undefined) {
    throw new CompilerException('SystemError', `Unrecognized conversion character ${node.conversion}`)
  }
  if (node.format_spec) visitExpr(c, node.format_spec)
  c.emitArg(op.FORMAT_VALUE, conversion | (node.format_spec ? HAS_SPEC : 0))
}
