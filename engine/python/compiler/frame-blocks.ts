// Leaving statements early: what return, break and continue must undo on their way out.
// Mirrors compiler_unwind_fblock and compiler_unwind_fblock_stack, Python/compile.c.
import { op } from '../bytecode/opcode'
import { emitAwait } from './codegen-await'
import { emitVariable } from './codegen-names'
import { visitStatements } from './codegen-statements'
import { emitCallExitWithNones } from './codegen-with'
import type { Compiler } from './compiler-unit'
import type { FrameBlock } from './instructions'

function emitPopBelow(c: Compiler, preserveTop: boolean): void {
  if (preserveTop) c.emitArg(op.SWAP, 2)
  c.emit(op.POP_TOP)
}

/** Undoes one frame block; with `preserveTop` a return value on top of the stack stays there. */
export function unwindFrameBlock(c: Compiler, info: FrameBlock, preserveTop: boolean): void {
  switch (info.type) {
    case 'FOR_LOOP':
    case 'POP_VALUE':
      emitPopBelow(c, preserveTop)
      return
    case 'TRY_EXCEPT':
      c.emit(op.POP_BLOCK)
      return
    case 'FINALLY_TRY':
      c.emit(op.POP_BLOCK)
      if (preserveTop) c.pushFrameBlock('POP_VALUE', null, null)
      visitStatements(c, info.finalbody!)
      if (preserveTop) c.popFrameBlock('POP_VALUE')
      // The finally block appears to run after the statement that leaves, whose rest is artificial.
      c.unlocate()
      return
    case 'FINALLY_END':
      emitPopBelow(c, preserveTop)
      if (preserveTop) c.emitArg(op.SWAP, 2)
      c.emit(op.POP_BLOCK)
      c.emit(op.POP_EXCEPT)
      return
    case 'WITH':
    case 'ASYNC_WITH':
      c.locate(info.statement!)
      c.emit(op.POP_BLOCK)
      if (preserveTop) c.emitArg(op.SWAP, 2)
      emitCallExitWithNones(c)
      if (info.type === 'ASYNC_WITH') emitAwait(c, 2)
      c.emit(op.POP_TOP)
      c.unlocate()
      return
    case 'HANDLER_CLEANUP':
      if (info.name !== null) c.emit(op.POP_BLOCK)
      if (preserveTop) c.emitArg(op.SWAP, 2)
      c.emit(op.POP_BLOCK)
      c.emit(op.POP_EXCEPT)
      if (info.name !== null) {
        c.emitConst(null)
        emitVariable(c, info.name, 'Store')
        emitVariable(c, info.name, 'Del')
      }
      return
  }
}

/**
 * Undoes the frame blocks from the innermost on: all of them, or with `toLoop` up to the innermost loop,
 * which is returned (null if there is none). The blocks are in force again afterwards.
 */
export function unwindFrameBlocks(c: Compiler, preserveTop: boolean, toLoop: boolean): FrameBlock | null {
  const { frameBlocks } = c.unit
  const top = frameBlocks.at(-1)
  if (top === undefined) return null
  if (top.type === 'EXCEPTION_GROUP_HANDLER') {
    throw c.error("'break', 'continue' and 'return' cannot appear in an except* block")
  }
  if (toLoop && (top.type === 'WHILE_LOOP' || top.type === 'FOR_LOOP')) return top
  frameBlocks.pop()
  unwindFrameBlock(c, top, preserveTop)
  const loop = unwindFrameBlocks(c, preserveTop, toLoop)
  frameBlocks.push(top)
  return loop
}
