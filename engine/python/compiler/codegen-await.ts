// yield, yield from and await.
import { op } from '../bytecode/opcode'
import type { Compiler } from './compiler-unit'

/** Delegates to the iterator below None on the stack until it is exhausted. Mirrors compiler_add_yield_from. */
export function emitYieldFrom(c: Compiler, isAwait: boolean): void {
  const start = c.newBlock()
  const resume = c.newBlock()
  const exit = c.newBlock()
  c.useNextBlock(start)
  c.emitJump(op.SEND, exit)
  c.useNextBlock(resume)
  c.emit(op.YIELD_VALUE)
  c.emitArg(op.RESUME, isAwait ? 3 : 2)
  c.emitJump(op.JUMP_NO_INTERRUPT, start)
  c.useNextBlock(exit)
}

/** Yields the top of the stack. Mirrors addop_yield. */
export function emitYield(c: Compiler): void {
  const { entry } = c.unit
  if (entry.isGenerator && entry.isCoroutine) c.emit(op.ASYNC_GEN_WRAP)
  c.emit(op.YIELD_VALUE)
  c.emitArg(op.RESUME, 1)
}

/** Awaits the top of the stack. */
export function emitAwait(c: Compiler, kind: 0 | 1 | 2): void {
  c.emitArg(op.GET_AWAITABLE, kind)
  c.emitConst(null)
  emitYieldFrom(c, true)
}
