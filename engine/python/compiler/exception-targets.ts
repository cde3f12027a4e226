// Finds for every instruction the handler that is in force. Mirrors label_exception_targets, Python/compile.c.
import { isJump, op } from '../bytecode/opcode'
import type { BasicBlock } from './instructions'

export function labelExceptionTargets(entry: BasicBlock): void {
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) block.isVisited = false
  const todo: BasicBlock[] = []
  const visit = (block: BasicBlock, handlers: BasicBlock[]): void => {
    if (block.isVisited) return
    block.isVisited = true
    block.handlers = handlers
    todo.push(block)
  }
  visit(entry, [])
  for (let block = todo.pop(); block !== undefined; block = todo.pop()) {
    // Lists of handlers are never changed, so blocks can share them.
    let handlers = block.handlers!
    block.handlers = null
    for (const instruction of block.instructions) {
      const { opcode, target } = instruction
      if (instruction.isBlockPush) {
        visit(target!, handlers)
        if (opcode === op.SETUP_WITH || opcode === op.SETUP_CLEANUP) target!.preservesLasti = true
        handlers = [...handlers, target!]
      } else if (opcode === op.POP_BLOCK) {
        handlers = handlers.slice(0, -1)
      } else {
        instruction.handler = handlers.at(-1) ?? null
        if (isJump(opcode)) visit(target!, handlers)
      }
    }
    if (!block.hasNoFallthrough) visit(block.next!, handlers)
  }
}

/** The pseudo instructions have done their work. */
export function dropBlockInstructions(entry: BasicBlock): void {
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    for (const instruction of block.instructions) {
      if (instruction.isBlockPush || instruction.opcode === op.POP_BLOCK) instruction.opcode = op.NOP
    }
  }
}
