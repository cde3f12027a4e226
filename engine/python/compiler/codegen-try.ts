// try with except, finally and except*.
//
// A handler is entered with the exception on the stack (below it the offset of the raising instruction,
// where the handler was set up by SETUP_CLEANUP or SETUP_WITH). PUSH_EXC_INFO puts the exception handled
// before below it; from there on a SETUP_CLEANUP covers the handler, so that an exception in it first
// restores that one and then propagates.
import { op } from '../bytecode/opcode'
import type * as ast from '../syntax/nodes'
import { visitExpr } from './codegen-expressions'
import { emitVariable } from './codegen-names'
import { visitStatements } from './codegen-statements'
import type { Compiler } from './compiler-unit'

/** Restores the exception handled before and raises the current one again, from where it came. */
export function emitPopExceptAndReraise(c: Compiler): void {
  c.emitArg(op.COPY, 3)
  c.emit(op.POP_EXCEPT)
  c.emitArg(op.RERAISE, 1)
}

export function emitTry(c: Compiler, node: ast.Try): void {
  if (node.finalbody.length > 0) emitTryFinally(c, node)
  else emitTryExcept(c, node)
}

export function emitTryStar(c: Compiler, node: ast.TryStar): void {
  if (node.finalbody.length > 0) emitTryFinally(c, node)
  else emitTryExceptStar(c, node)
}

// Mirrors compiler_try_finally: the finally body is compiled twice, for leaving normally and by an exception.
function emitTryFinally(c: Compiler, node: ast.Try | ast.TryStar): void {
  const body = c.newBlock()
  const end = c.newBlock()
  const exit = c.newBlock()
  const cleanup = c.newBlock()
  c.emitJump(op.SETUP_FINALLY, end)
  c.useNextBlock(body)
  c.pushFrameBlock('FINALLY_TRY', body, end, { finalbody: node.finalbody })
  if (node.handlers.length === 0) visitStatements(c, node.body)
  else if (node._type === 'Try') emitTryExcept(c, node)
  else emitTryExceptStar(c, node)
  c.emitNoLine(op.POP_BLOCK)
  c.popFrameBlock('FINALLY_TRY')
  visitStatements(c, node.finalbody)
  c.emitJumpNoLine(op.JUMP, exit)
  c.useNextBlock(end)
  c.unlocate()
  c.emitJump(op.SETUP_CLEANUP, cleanup)
  c.emit(op.PUSH_EXC_INFO)
  c.pushFrameBlock('FINALLY_END', end, null)
  visitStatements(c, node.finalbody)
  c.popFrameBlock('FINALLY_END')
  c.emitArg(op.RERAISE, 0)
  c.useNextBlock(cleanup)
  emitPopExceptAndReraise(c)
  c.useNextBlock(exit)
}

/** `name = None; del name`, so that the exception is not kept alive by its handler. */
function emitUnbind(c: Compiler, name: string): void {
  c.emitConst(null)
  emitVariable(c, name, 'Store')
  emitVariable(c, name, 'Del')
}

// Mirrors compiler_try_except.
function emitTryExcept(c: Compiler, node: ast.Try): void {
  const body = c.newBlock()
  let except = c.newBlock()
  const end = c.newBlock()
  const cleanup = c.newBlock()
  c.emitJump(op.SETUP_FINALLY, except)
  c.useNextBlock(body)
  c.pushFrameBlock('TRY_EXCEPT', body, null)
  visitStatements(c, node.body)
  c.popFrameBlock('TRY_EXCEPT')
  c.emitNoLine(op.POP_BLOCK)
  visitStatements(c, node.orelse)
  c.emitJumpNoLine(op.JUMP, end)
  c.useNextBlock(except)
  c.unlocate()
  c.emitJump(op.SETUP_CLEANUP, cleanup)
  c.emit(op.PUSH_EXC_INFO)
  c.pushFrameBlock('EXCEPTION_HANDLER', null, null)
  const last = node.handlers.length - 1
  for (const [i, handler] of node.handlers.entries()) {
    c.locate(handler)
    if (!handler.type && i < last) throw c.error("default 'except:' must be last")
    except = c.newBlock()
    if (handler.type) {
      visitExpr(c, handler.type)
      c.emit(op.CHECK_EXC_MATCH)
      c.emitJump(op.POP_JUMP_IF_FALSE, except)
    }
    if (handler.name) {
      const cleanupEnd = c.newBlock()
      const cleanupBody = c.newBlock()
      emitVariable(c, handler.name, 'Store')
      c.emitJump(op.SETUP_CLEANUP, cleanupEnd)
      c.useNextBlock(cleanupBody)
      c.pushFrameBlock('HANDLER_CLEANUP', cleanupBody, null, { name: handler.name })
      visitStatements(c, handler.body)
      c.popFrameBlock('HANDLER_CLEANUP')
      c.unlocate()
      c.emit(op.POP_BLOCK)
      c.emit(op.POP_BLOCK)
      c.emit(op.POP_EXCEPT)
      emitUnbind(c, handler.name)
      c.emitJump(op.JUMP, end)
      c.useNextBlock(cleanupEnd)
      c.unlocate()
      emitUnbind(c, handler.name)
      c.emitArg(op.RERAISE, 1)
    } else {
      const cleanupBody = c.newBlock()
      c.emit(op.POP_TOP)
      c.useNextBlock(cleanupBody)
      c.pushFrameBlock('HANDLER_CLEANUP', cleanupBody, null)
      visitStatements(c, handler.body)
      c.popFrameBlock('HANDLER_CLEANUP')
      c.unlocate()
      c.emit(op.POP_BLOCK)
      c.emit(op.POP_EXCEPT)
      c.emitJump(op.JUMP, end)
    }
    c.useNextBlock(except)
  }
  c.unlocate()
  c.popFrameBlock('EXCEPTION_HANDLER')
  c.emitArg(op.RERAISE, 0)
  c.useNextBlock(cleanup)
  emitPopExceptAndReraise(c)
  c.useNextBlock(end)
}

/**
 * except*: below the part of the group not yet handled lie the original group and a list, to which each clause
 * adds what it raised, and the end what is left; PREP_RERAISE_STAR makes of them what is to be raised, if anything.
 * Mirrors compiler_try_star_except.
 */
function emitTryExceptStar(c: Compiler, node: ast.TryStar): void {
  const body = c.newBlock()
  let except = c.newBlock()
  const orelse = c.newBlock()
  const end = c.newBlock()
  const cleanup = c.newBlock()
  const reraiseStar = c.newBlock()
  c.emitJump(op.SETUP_FINALLY, except)
  c.useNextBlock(body)
  c.pushFrameBlock('TRY_EXCEPT', body, null)
  visitStatements(c, node.body)
  c.popFrameBlock('TRY_EXCEPT')
  c.emitNoLine(op.POP_BLOCK)
  c.emitJumpNoLine(op.JUMP, orelse)
  c.useNextBlock(except)
  c.unlocate()
  c.emitJump(op.SETUP_CLEANUP, cleanup)
  c.emit(op.PUSH_EXC_INFO)
  c.pushFrameBlock('EXCEPTION_GROUP_HANDLER', null, null)
  const last = node.handlers.length - 1
  for (const [i, handler] of node.handlers.entries()) {
    c.locate(handler)
    except = c.newBlock()
    const exceptWithError = c.newBlock()
    const noMatch = c.newBlock()
    if (i === 0) {
      c.emitArg(op.COPY, 1)
      c.emitArg(op.BUILD_LIST, 0)
      c.emitArg(op.SWAP, 2)
    }
    if (handler.type) {
      visitExpr(c, handler.type)
      c.emit(op.CHECK_EG_MATCH)
      c.emitArg(op.COPY, 1)
      c.emitJump(op.POP_JUMP_IF_NONE, noMatch)
    }
    const cleanupEnd = c.newBlock()
    const cleanupBody = c.newBlock()
    if (handler.name) emitVariable(c, handler.name, 'Store')
    else c.emit(op.POP_TOP)
    c.emitJump(op.SETUP_CLEANUP, cleanupEnd)
    c.useNextBlock(cleanupBody)
    c.pushFrameBlock('HANDLER_CLEANUP', cleanupBody, null, { name: handler.name })
    visitStatements(c, handler.body)
    c.popFrameBlock('HANDLER_CLEANUP')
    c.unlocate()
    c.emit(op.POP_BLOCK)
    if (handler.name) emitUnbind(c, handler.name)
    c.emitJump(op.JUMP, except)
    c.useNextBlock(cleanupEnd)
    c.unlocate()
    if (handler.name) emitUnbind(c, handler.name)
    c.emitArg(op.LIST_APPEND, 3)
    c.emit(op.POP_TOP)
    c.emitJump(op.JUMP, exceptWithError)
    c.useNextBlock(except)
    c.emit(op.NOP)
    c.emitJump(op.JUMP, exceptWithError)
    c.useNextBlock(noMatch)
    c.emit(op.POP_TOP)
    c.useNextBlock(exceptWithError)
    if (i === last) {
      c.emitArg(op.LIST_APPEND, 1)
      c.emitJump(op.JUMP, reraiseStar)
    }
  }
  c.unlocate()
  c.popFrameBlock('EXCEPTION_GROUP_HANDLER')
  const reraise = c.newBlock()
  c.useNextBlock(reraiseStar)
  c.emit(op.PREP_RERAISE_STAR)
  c.emitArg(op.COPY, 1)
  c.emitJump(op.POP_JUMP_IF_NOT_NONE, reraise)
  c.emit(op.POP_TOP)
  c.emit(op.POP_BLOCK)
  c.emit(op.POP_EXCEPT)
  c.emitJump(op.JUMP, end)
  c.useNextBlock(reraise)
  c.emit(op.POP_BLOCK)
  c.emitArg(op.SWAP, 2)
  c.emit(op.POP_EXCEPT)
  c.emitArg(op.RERAISE, 0)
  c.useNextBlock(cleanup)
  emitPopExceptAndReraise(c)
  c.useNextBlock(orelse)
  visitStatements(c, node.orelse)
  c.useNextBlock(end)
}
