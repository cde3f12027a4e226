// Expressions: the dispatch, operators, comparisons, attributes and subscripts.
import { NB_INPLACE, NB_OPS, op } from '../bytecode/opcode'
import type * as ast from '../syntax/nodes'
import { emitAwait, emitYield, emitYieldFrom } from './codegen-await'
import { emitCall } from './codegen-calls'
import { checkCompare, checkIndex, checkSubscripted } from './codegen-checks'
import { emitComprehension } from './codegen-comprehensions'
import { emitLambda } from './codegen-definitions'
import { emitDict, emitFormattedValue, emitJoinedStr, emitList, emitSet, emitTuple } from './codegen-displays'
import { emitConditional } from './codegen-flow'
import { checkName, emitVariable } from './codegen-names'
import type { Compiler } from './compiler-unit'
import { Location } from './instructions'

const UNARY: Record<ast.unaryop['_type'], number> = {
  Invert: op.UNARY_INVERT,
  Not: op.UNARY_NOT,
  UAdd: op.UNARY_POSITIVE,
  USub: op.UNARY_NEGATIVE,
}

const OPERATOR_TEXT: Record<ast.operator['_type'], typeof NB_OPS[number]> = {
  Add: '+', Sub: '-', Mult: '*', MatMult: '@', Div: '/', Mod: '%', Pow: '**', LShift: '<<', RShift: '>>',
  BitOr: '|', BitXor: '^', BitAnd: '&', FloorDiv: '//',
}
const BINARY = Object.fromEntries(Object.entries(OPERATOR_TEXT).map(([type, text]) => [type, NB_OPS.indexOf(text)])) as
  Record<ast.operator['_type'], number>

const COMPARISON: Record<ast.cmpop['_type'], readonly [opcode: number, arg: number]> = {
  Lt: [op.COMPARE_OP, 0],
  LtE: [op.COMPARE_OP, 1],
  Eq: [op.COMPARE_OP, 2],
  NotEq: [op.COMPARE_OP, 3],
  Gt: [op.COMPARE_OP, 4],
  GtE: [op.COMPARE_OP, 5],
  Is: [op.IS_OP, 0],
  IsNot: [op.IS_OP, 1],
  In: [op.CONTAINS_OP, 0],
  NotIn: [op.CONTAINS_OP, 1],
}

const SUBSCRIPT = { Load: op.BINARY_SUBSCR, Store: op.STORE_SUBSCR, Del: op.DELETE_SUBSCR } as const
const ATTRIBUTE = { Load: op.LOAD_ATTR, Store: op.STORE_ATTR, Del: op.DELETE_ATTR } as const

export function emitBinary(c: Compiler, operator: ast.operator, inPlace: boolean): void {
  c.emitArg(op.BINARY_OP, BINARY[operator._type] + (inPlace ? NB_INPLACE : 0))
}

export function emitComparison(c: Compiler, operator: ast.cmpop): void {
  const [opcode, arg] = COMPARISON[operator._type]
  c.emitArg(opcode, arg)
}

/** Compiles an expression; instructions that follow have the location from before again. */
export function visitExpr(c: Compiler, node: ast.expr): void {
  const { unit } = c
  const { location } = unit
  unit.location = Location.of(node)
  visitExprInner(c, node)
  unit.location = location
}

// Mirrors compiler_visit_expr1, Python/compile.c.
function visitExprInner(c: Compiler, node: ast.expr): void {
  switch (node._type) {
    case 'Name': return emitVariable(c, node.id, node.ctx._type)
    case 'Constant': return c.emitConst(node.value)
    case 'Call': return emitCall(c, node)
    case 'Attribute': return emitAttribute(c, node)
    case 'Subscript': return emitSubscript(c, node)
    case 'NamedExpr':
      visitExpr(c, node.value)
      c.emitArg(op.COPY, 1)
      return visitExpr(c, node.target)
    case 'BoolOp': return emitBoolOp(c, node)
    case 'BinOp':
      visitExpr(c, node.left)
      visitExpr(c, node.right)
      return emitBinary(c, node.op, false)
    case 'UnaryOp':
      visitExpr(c, node.operand)
      return c.emit(UNARY[node.op._type])
    case 'Compare': return emitCompare(c, node)
    case 'Lambda': return emitLambda(c, node)
    case 'IfExp': return emitConditional(c, node)
    case 'Dict': return emitDict(c, node)
    case 'Set': return emitSet(c, node)
    case 'List': return emitList(c, node)
    case 'Tuple': return emitTuple(c, node)
    case 'GeneratorExp':
    case 'ListComp':
    case 'SetComp':
    case 'DictComp': return emitComprehension(c, node)
    case 'Yield':
      if (c.unit.entry.type !== 'function') throw c.error("'yield' outside function")
      if (node.value) visitExpr(c, node.value)
      else c.emitConst(null)
      return emitYield(c)
    case 'YieldFrom':
      if (c.unit.entry.type !== 'function') throw c.error("'yield' outside function")
      if (c.unit.scopeType === 'asyncFunction') throw c.error("'yield from' inside async function")
      visitExpr(c, node.value)
      c.emit(op.GET_YIELD_FROM_ITER)
      c.emitConst(null)
      return emitYieldFrom(c, false)
    case 'Await':
      if (!c.isTopLevelAwait) {
        if (c.unit.entry.type !== 'function') throw c.error("'await' outside function")
        if (c.unit.scopeType !== 'asyncFunction' && c.unit.scopeType !== 'comprehension') {
          throw c.error("'await' outside async function")
        }
      }
      visitExpr(c, node.value)
      return emitAwait(c, 0)
    case 'JoinedStr': return emitJoinedStr(c, node)
    case 'FormattedValue': return emitFormattedValue(c, node)
    case 'Slice': return emitSlice(c, node)
    case 'Starred':
      throw c.error(node.ctx._type === 'Store'
        ? 'starred assignment target must be in a list or tuple' : "can't use starred expression here")
  }
}

/**
 * Where an attribute access spans lines, what follows is located at the name of the attribute.
 * Mirrors update_start_location_to_match_attr.
 */
export function locateAttribute(c: Compiler, node: ast.Attribute): void {
  const { unit } = c
  const { location } = unit
  if (location.line === node.end_lineno) return
  const line = node.end_lineno
  const endLine = Math.max(line, location.endLine)
  const length = [...node.attr].length
  if (length > node.end_col_offset) {
    // Only trees made by hand are like that.
    unit.location = new Location(line, endLine, -1, -1)
    return
  }
  const column = node.end_col_offset - length
  unit.location = new Location(line, endLine, column, line === endLine ? Math.max(column, location.endColumn) : location.endColumn)
}

function emitAttribute(c: Compiler, node: ast.Attribute): void {
  visitExpr(c, node.value)
  locateAttribute(c, node)
  const context = node.ctx._type
  if (context === 'Store') checkName(c, node.attr, context)
  c.emitName(ATTRIBUTE[context], node.attr)
}

// Mirrors compiler_subscript.
function emitSubscript(c: Compiler, node: ast.Subscript): void {
  if (node.ctx._type === 'Load') {
    checkSubscripted(c, node.value)
    checkIndex(c, node.value, node.slice)
  }
  visitExpr(c, node.value)
  visitExpr(c, node.slice)
  c.emit(SUBSCRIPT[node.ctx._type])
}

function emitSlice(c: Compiler, node: ast.Slice): void {
  for (const bound of [node.lower, node.upper]) {
    if (bound) visitExpr(c, bound)
    else c.emitConst(null)
  }
  if (node.step) visitExpr(c, node.step)
  c.emitArg(op.BUILD_SLICE, node.step ? 3 : 2)
}

// Mirrors compiler_boolop.
function emitBoolOp(c: Compiler, node: ast.BoolOp): void {
  const jump = node.op._type === 'And' ? op.JUMP_IF_FALSE_OR_POP : op.JUMP_IF_TRUE_OR_POP
  const end = c.newBlock()
  const last = node.values.length - 1
  for (let i = 0; i < last; i++) {
    visitExpr(c, node.values[i]!)
    c.emitJump(jump, end)
    c.useNextBlock(c.newBlock())
  }
  visitExpr(c, node.values[last]!)
  c.useNextBlock(end)
}

// Mirrors compiler_compare.
function emitCompare(c: Compiler, node: ast.Compare): void {
  const { comparators, ops } = node
  checkCompare(c, node)
  visitExpr(c, node.left)
  const last = ops.length - 1
  if (last === 0) {
    visitExpr(c, comparators[0]!)
    return emitComparison(c, ops[0]!)
  }
  const cleanup = c.newBlock()
  for (let i = 0; i < last; i++) {
    visitExpr(c, comparators[i]!)
    c.emitArg(op.SWAP, 2)
    c.emitArg(op.COPY, 2)
    emitComparison(c, ops[i]!)
    c.emitJump(op.JUMP_IF_FALSE_OR_POP, cleanup)
  }
  visitExpr(c, comparators[last]!)
  emitComparison(c, ops[last]!)
  const end = c.newBlock()
  c.emitJumpNoLine(op.JUMP, end)
  c.useNextBlock(cleanup)
  c.emitArg(op.SWAP, 2)
  c.emit(op.POP_TOP)
  c.useNextBlock(end)
}
