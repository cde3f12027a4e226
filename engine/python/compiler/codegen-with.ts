// with and async with: one item at a time, each nested in the one before.
import { op } from '../bytecode/opcode'
import type * as ast from '../syntax/nodes'
import { emitAwait } from './codegen-await'
import { visitExpr } from './codegen-expressions'
import { visitStatements } from './codegen-statements'
import { emitPopExceptAndReraise } from './codegen-try'
import type { Compiler } from './compiler-unit'
import type { BasicBlock } from './instructions'

/** Calls the __exit__ on the stack with three Nones. */
export function emitCallExitWithNones(c: Compiler): void {
  c.emitConst(null)
  c.emitConst(null)
  c.emitConst(null)
  c.emitArg(op.PRECALL, 2)
  c.emitArg(op.CALL, 2)
}

/** After __exit__ was called for an exception: a true result swallows it. Mirrors compiler_with_except_finish. */
function emitExceptFinish(c: Compiler, cleanup: BasicBlock): void {
  c.unlocate()
  const exit = c.newBlock()
  c.emitJump(op.POP_JUMP_IF_TRUE, exit)
  c.emitArg(op.RERAISE, 2)
  c.useNextBlock(cleanup)
  emitPopExceptAndReraise(c)
  c.useNextBlock(exit)
  c.emit(op.POP_TOP)
  c.emit(op.POP_BLOCK)
  c.emit(op.POP_EXCEPT)
  c.emit(op.POP_TOP)
  c.emit(op.POP_TOP)
}

function emitTarget(c: Compiler, item: ast.withitem): void {
  if (item.optional_vars) visitExpr(c, item.optional_vars)
  else c.emit(op.POP_TOP)
}

// Mirrors compiler_with.
export function emitWith(c: Compiler, node: ast.With, index: number): void {
  const item = node.items[index]!
  const block = c.newBlock()
  const final = c.newBlock()
  const exit = c.newBlock()
  const cleanup = c.newBlock()
  visitExpr(c, item.context_expr)
  c.emit(op.BEFORE_WITH)
  c.emitJump(op.SETUP_WITH, final)
  c.useNextBlock(block)
  c.pushFrameBlock('WITH', block, final, { statement: node })
  emitTarget(c, item)
  if (index + 1 === node.items.length) visitStatements(c, node.body)
  else emitWith(c, node, index + 1)
  c.unlocate()
  c.emit(op.POP_BLOCK)
  c.popFrameBlock('WITH')
  c.locate(node)
  emitCallExitWithNones(c)
  c.emit(op.POP_TOP)
  c.emitJump(op.JUMP, exit)
  c.useNextBlock(final)
  c.emitJump(op.SETUP_CLEANUP, cleanup)
  c.emit(op.PUSH_EXC_INFO)
  c.emit(op.WITH_EXCEPT_START)
  emitExceptFinish(c, cleanup)
  c.useNextBlock(exit)
}

// Mirrors compiler_async_with.
export function emitAsyncWith(c: Compiler, node: ast.AsyncWith, index: number): void {
  const item = node.items[index]!
  if (c.isTopLevelAwait) c.unit.entry.isCoroutine = true
  else if (c.unit.scopeType !== 'asyncFunction') throw c.error("'async with' outside async function")
  const block = c.newBlock()
  const final = c.newBlock()
  const exit = c.newBlock()
  const cleanup = c.newBlock()
  visitExpr(c, item.context_expr)
  c.emit(op.BEFORE_ASYNC_WITH)
  emitAwait(c, 1)
  c.emitJump(op.SETUP_WITH, final)
  c.useNextBlock(block)
  c.pushFrameBlock('ASYNC_WITH', block, final, { statement: node })
  emitTarget(c, item)
  if (index + 1 === node.items.length) visitStatements(c, node.body)
  else emitAsyncWith(c, node, index + 1)
  c.popFrameBlock('ASYNC_WITH')
  c.emit(op.POP_BLOCK)
  c.locate(node)
  emitCallExitWithNones(c)
  emitAwait(c, 2)
  c.emit(op.POP_TOP)
  c.emitJump(op.JUMP, exit)
  c.useNextBlock(final)
  c.emitJump(op.SETUP_CLEANUP, cleanup)
  c.emit(op.PUSH_EXC_INFO)
  c.emit(op.WITH_EXCEPT_START)
  emitAwait(c, 2)
  emitExceptFinish(c, cleanup)
  c.useNextBlock(exit)
}
