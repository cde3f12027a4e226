// if, while, for, async for, conditional expressions, and jumps on conditions.
import { op } from '../bytecode/opcode'
import type * as ast from '../syntax/nodes'
import { emitYieldFrom } from './codegen-await'
import { checkCompare } from './codegen-checks'
import { emitComparison, visitExpr } from './codegen-expressions'
import { visitStatements } from './codegen-statements'
import type { Compiler } from './compiler-unit'
import type { BasicBlock } from './instructions'

function popJump(condition: boolean): number {
  return condition ? op.POP_JUMP_IF_TRUE : op.POP_JUMP_IF_FALSE
}

/** Jumps to `next` if the truth of the expression is `condition`, else falls through. Mirrors compiler_jump_if. */
export function emitJumpIf(c: Compiler, node: ast.expr, next: BasicBlock, condition: boolean): void {
  if (node._type === 'UnaryOp' && node.op._type === 'Not') return emitJumpIf(c, node.operand, next, !condition)
  if (node._type === 'BoolOp') return emitJumpIfBool(c, node, next, condition)
  if (node._type === 'IfExp') return emitJumpIfConditional(c, node, next, condition)
  if (node._type === 'Compare') {
    c.locate(node)
    if (node.ops.length > 1) return emitJumpIfChain(c, node, next, condition)
  }
  visitExpr(c, node)
  c.emitJump(popJump(condition), next)
}

function emitJumpIfBool(c: Compiler, node: ast.BoolOp, next: BasicBlock, condition: boolean): void {
  const last = node.values.length - 1
  // `or` is decided by the first true value, `and` by the first false one.
  const decisive = node.op._type === 'Or'
  const decided = decisive === condition ? next : c.newBlock()
  for (let i = 0; i < last; i++) emitJumpIf(c, node.values[i]!, decided, decisive)
  emitJumpIf(c, node.values[last]!, next, condition)
  if (decided !== next) c.useNextBlock(decided)
}

function emitJumpIfConditional(c: Compiler, node: ast.IfExp, next: BasicBlock, condition: boolean): void {
  const end = c.newBlock()
  const orelse = c.newBlock()
  emitJumpIf(c, node.test, orelse, false)
  emitJumpIf(c, node.body, next, condition)
  c.emitJumpNoLine(op.JUMP, end)
  c.useNextBlock(orelse)
  emitJumpIf(c, node.orelse, next, condition)
  c.useNextBlock(end)
}

/** a < b < c: the middle operands are kept below the comparison, and dropped if it fails early. */
function emitJumpIfChain(c: Compiler, node: ast.Compare, next: BasicBlock, condition: boolean): void {
  const { comparators, ops } = node
  const last = ops.length - 1
  checkCompare(c, node)
  const cleanup = c.newBlock()
  visitExpr(c, node.left)
  for (let i = 0; i < last; i++) {
    visitExpr(c, comparators[i]!)
    c.emitArg(op.SWAP, 2)
    c.emitArg(op.COPY, 2)
    emitComparison(c, ops[i]!)
    c.emitJump(op.POP_JUMP_IF_FALSE, cleanup)
  }
  visitExpr(c, comparators[last]!)
  emitComparison(c, ops[last]!)
  c.emitJump(popJump(condition), next)
  const end = c.newBlock()
  c.emitJumpNoLine(op.JUMP, end)
  c.useNextBlock(cleanup)
  c.emit(op.POP_TOP)
  if (!condition) c.emitJumpNoLine(op.JUMP, next)
  c.useNextBlock(end)
}

// Mirrors compiler_ifexp.
export function emitConditional(c: Compiler, node: ast.IfExp): void {
  const end = c.newBlock()
  const orelse = c.newBlock()
  emitJumpIf(c, node.test, orelse, false)
  visitExpr(c, node.body)
  c.emitJumpNoLine(op.JUMP, end)
  c.useNextBlock(orelse)
  visitExpr(c, node.orelse)
  c.useNextBlock(end)
}

// Mirrors compiler_if.
export function emitIf(c: Compiler, node: ast.If): void {
  const end = c.newBlock()
  const hasElse = node.orelse.length > 0
  const orelse = hasElse ? c.newBlock() : end
  emitJumpIf(c, node.test, orelse, false)
  visitStatements(c, node.body)
  if (hasElse) {
    c.emitJumpNoLine(op.JUMP, end)
    c.useNextBlock(orelse)
    visitStatements(c, node.orelse)
  }
  c.useNextBlock(end)
}

/** The test is compiled twice, before the loop and at its end, so that an iteration has one jump. */
export function emitWhile(c: Compiler, node: ast.While): void {
  const loop = c.newBlock()
  const body = c.newBlock()
  const anchor = c.newBlock()
  const end = c.newBlock()
  c.useNextBlock(loop)
  c.pushFrameBlock('WHILE_LOOP', loop, end)
  emitJumpIf(c, node.test, anchor, false)
  c.useNextBlock(body)
  visitStatements(c, node.body)
  c.locate(node)
  emitJumpIf(c, node.test, body, true)
  c.popFrameBlock('WHILE_LOOP')
  c.useNextBlock(anchor)
  visitStatements(c, node.orelse)
  c.useNextBlock(end)
}

// Mirrors compiler_for.
export function emitFor(c: Compiler, node: ast.For): void {
  const start = c.newBlock()
  const body = c.newBlock()
  const cleanup = c.newBlock()
  const end = c.newBlock()
  c.pushFrameBlock('FOR_LOOP', start, end)
  visitExpr(c, node.iter)
  c.emit(op.GET_ITER)
  c.useNextBlock(start)
  c.emitJump(op.FOR_ITER, cleanup)
  c.useNextBlock(body)
  visitExpr(c, node.target)
  visitStatements(c, node.body)
  c.unlocate()
  c.emitJump(op.JUMP, start)
  c.useNextBlock(cleanup)
  c.popFrameBlock('FOR_LOOP')
  visitStatements(c, node.orelse)
  c.useNextBlock(end)
}

// Mirrors compiler_async_for: StopAsyncIteration from __anext__ ends the loop.
export function emitAsyncFor(c: Compiler, node: ast.AsyncFor): void {
  if (c.isTopLevelAwait) c.unit.entry.isCoroutine = true
  else if (c.unit.scopeType !== 'asyncFunction') throw c.error("'async for' outside async function")
  const start = c.newBlock()
  const except = c.newBlock()
  const end = c.newBlock()
  visitExpr(c, node.iter)
  c.emit(op.GET_AITER)
  c.useNextBlock(start)
  c.pushFrameBlock('FOR_LOOP', start, end)
  c.emitJump(op.SETUP_FINALLY, except)
  c.emit(op.GET_ANEXT)
  c.emitConst(null)
  emitYieldFrom(c, true)
  c.emit(op.POP_BLOCK)
  visitExpr(c, node.target)
  visitStatements(c, node.body)
  c.unlocate()
  c.emitJump(op.JUMP, start)
  c.popFrameBlock('FOR_LOOP')
  c.useNextBlock(except)
  c.locate(node.iter)
  c.emit(op.END_ASYNC_FOR)
  visitStatements(c, node.orelse)
  c.useNextBlock(end)
}
