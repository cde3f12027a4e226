// How deep the stack gets. Mirrors stackdepth, Python/compile.c: cycles in the graph have no net effect.
import { isJump, op, stackEffect } from '../bytecode/opcode'
import type { BasicBlock } from './instructions'

/** Sets the depth on entry of every block that is reached, and returns the largest depth of all. */
export function computeStackDepth(entry: BasicBlock, isGenerator: boolean): number {
  const todo: BasicBlock[] = []
  const push = (block: BasicBlock, depth: number): void => {
    if (block.startDepth < depth && block.startDepth < 100) {
      block.startDepth = depth
      todo.push(block)
    }
  }
  let maximum = 0
  // A generator starts with the value that its first resumption sends.
  push(entry, isGenerator ? 1 : 0)
  for (let block = todo.pop(); block !== undefined; block = todo.pop()) {
    let depth = block.startDepth
    let { next } = block
    for (const { arg, isBlockPush, opcode, target } of block.instructions) {
      const after = depth + stackEffect(opcode, arg, false)
      maximum = Math.max(maximum, after)
      if (isBlockPush || isJump(opcode)) {
        const atTarget = depth + stackEffect(opcode, arg, true)
        maximum = Math.max(maximum, atTarget)
        push(target!, atTarget)
      }
      depth = after
      if (opcode === op.JUMP || opcode === op.JUMP_NO_INTERRUPT || opcode === op.RETURN_VALUE
        || opcode === op.RAISE_VARARGS || opcode === op.RERAISE) {
        next = null
        break
      }
    }
    if (next !== null) push(next, depth)
  }
  return maximum
}
