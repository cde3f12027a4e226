// The passes over the control flow graph, from what code generation made to what is assembled.
// Mirrors the part of assemble() and its helpers in Python/compile.c that works on basic blocks.
//
// Blocks are linked by `next` in the order of the code. All passes keep the code's size or shrink it;
// what falls away becomes a NOP first, and NOPs are removed where no line of the source depends on them.
import { isJump, op } from '../bytecode/opcode'
import { CompilerException } from './errors'
import { BasicBlock, NO_LOCATION, type Instruction } from './instructions'

/** Exit blocks up to this size are copied rather than jumped to. */
const MAX_COPY_SIZE = 4

/** The first block with instructions at or after `block`. */
export function skipEmpty(block: BasicBlock): BasicBlock {
  while (block.isEmpty) block = block.next!
  return block
}

/** Marks blocks that end in an exit or an unconditional jump. Mirrors normalize_basic_block. */
export function normalizeBlock(block: BasicBlock): void {
  for (const instruction of block.instructions) {
    const { opcode } = instruction
    if (opcode === op.RETURN_VALUE || opcode === op.RAISE_VARARGS || opcode === op.RERAISE) {
      block.isExit = true
      block.hasNoFallthrough = true
    } else if (isJump(opcode) && opcode !== op.SEND) {
      if (opcode === op.JUMP || opcode === op.JUMP_NO_INTERRUPT) block.hasNoFallthrough = true
      if (instruction !== block.last) throw new CompilerException('SystemError', 'malformed control flow graph.')
      instruction.target = skipEmpty(instruction.target!)
    }
  }
}

/** Replaces a jump to a small exit block that has no line of its own by a copy of it. Mirrors extend_block. */
export function inlineExit(block: BasicBlock): void {
  const { last } = block
  if (last?.opcode !== op.JUMP) return
  const target = last.target!
  if (!target.isExit || target.instructions.length > MAX_COPY_SIZE) return
  if (target.instructions.some(instruction => instruction.location.line > 0)) return
  last.opcode = op.NOP
  for (const instruction of target.instructions) block.instructions.push(instruction.copy())
  block.isExit = true
}

/** Removes NOPs that no line needs. Mirrors clean_basic_block. */
export function removeNops(block: BasicBlock): void {
  const { instructions } = block
  let kept = 0
  let previousLine = -1
  for (let i = 0; i < instructions.length; i++) {
    const instruction = instructions[i]!
    const { line } = instruction.location
    if (instruction.opcode === op.NOP && isRedundant(block, i, line, previousLine)) continue
    instructions[kept++] = instruction
    previousLine = line
  }
  instructions.length = kept
}

function isRedundant(block: BasicBlock, index: number, line: number, previousLine: number): boolean {
  if (line < 0 || line === previousLine) return true
  const following = block.instructions[index + 1]
  if (following !== undefined) {
    if (following.location.line === line) return true
    if (following.location.line >= 0) return false
    following.location = block.instructions[index]!.location
    return true
  }
  let next = block.next
  while (next !== null && next.isEmpty) next = next.next
  return next !== null && next.instructions[0]!.location.line === line
}

// Mirrors mark_reachable: counts the predecessors of the blocks that can be reached.
function markReachable(entry: BasicBlock): void {
  const todo = [entry]
  entry.predecessors = 1
  const reach = (block: BasicBlock): void => {
    if (block.predecessors === 0) todo.push(block)
    block.predecessors++
  }
  for (let block = todo.pop(); block !== undefined; block = todo.pop()) {
    if (block.next !== null && !block.hasNoFallthrough) reach(block.next)
    for (const instruction of block.instructions) {
      if (instruction.hasTarget) reach(instruction.target!)
    }
  }
}

// Mirrors eliminate_empty_basic_blocks.
function unlinkEmptyBlocks(entry: BasicBlock): void {
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    let next: BasicBlock | null = block.next
    while (next !== null && next.isEmpty && next.next !== null) next = next.next
    block.next = next
  }
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    const { last } = block
    if (last !== undefined && isJump(last.opcode)) last.target = skipEmpty(last.target!)
  }
}

/** Removes what cannot be reached, and jumps to where the code goes anyway. Mirrors the rest of optimize_cfg. */
export function removeUnreachable(entry: BasicBlock): void {
  markReachable(entry)
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    if (block.predecessors === 0) {
      block.instructions.length = 0
      block.hasNoFallthrough = false
    }
  }
  unlinkEmptyBlocks(entry)
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) removeNops(block)
  let mayHaveEmptied = false
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    const { last } = block
    if (last === undefined || last.opcode !== op.JUMP && last.opcode !== op.JUMP_NO_INTERRUPT) continue
    if (last.target !== block.next) continue
    block.hasNoFallthrough = false
    last.opcode = op.NOP
    mayHaveEmptied = true
  }
  if (mayHaveEmptied) unlinkEmptyBlocks(entry)
}

function isExitWithoutLine(block: BasicBlock): boolean {
  return block.isExit && block.instructions.every(instruction => instruction.location.line < 0)
}

/**
 * Gives each jump to an exit without a line a copy of its own, which can then take the line of the jump,
 * so that a traceback knows where a function returned or raised. Mirrors duplicate_exits_without_lineno.
 */
export function duplicateExits(blocks: BasicBlock[]): void {
  for (const block of blocks.toReversed()) {
    const { last } = block
    if (last === undefined || !isJump(last.opcode)) continue
    const target = last.target!
    if (!isExitWithoutLine(target) || target.predecessors <= 1) continue
    const copy = new BasicBlock()
    blocks.push(copy)
    for (const instruction of target.instructions) copy.instructions.push(instruction.copy())
    copy.isExit = target.isExit
    copy.hasNoFallthrough = true
    copy.instructions[0]!.location = last.location
    last.target = copy
    target.predecessors--
    copy.predecessors = 1
    copy.next = target.next
    target.next = copy
  }
  for (const block of blocks.toReversed()) {
    while (block.next !== null && block.next.isEmpty) block.next = block.next.next
  }
  for (const block of blocks.toReversed()) {
    const { last, next } = block
    if (block.hasNoFallthrough || next === null || last === undefined) continue
    if (isExitWithoutLine(next)) next.instructions[0]!.location = last.location
  }
}

/** Instructions without a location take that of the one before, across blocks with one predecessor. */
export function propagateLocations(entry: BasicBlock): void {
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    const { last, next } = block
    if (last === undefined) continue
    let location = NO_LOCATION
    for (const instruction of block.instructions) {
      if (instruction.location.line < 0) instruction.location = location
      else location = instruction.location
    }
    const inherit = (successor: BasicBlock): void => {
      const first = successor.instructions[0]!
      if (successor.predecessors === 1 && first.location.line < 0) first.location = location
    }
    if (!block.hasNoFallthrough && next !== null) inherit(next)
    if (isJump(last.opcode)) inherit(last.target!)
  }
}

/** Returns that are still without a line get the last one before them. Mirrors guarantee_lineno_for_exits. */
export function guaranteeReturnLines(entry: BasicBlock, firstLine: number): void {
  let line = firstLine
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    const { last } = block
    if (last === undefined) continue
    if (last.location.line >= 0) {
      line = last.location.line
    } else if (last.opcode === op.RETURN_VALUE) {
      for (const instruction of block.instructions) instruction.location = instruction.location.atLine(line)
    }
  }
}

/** Directions of jumps, now that the order of the blocks is fixed. Mirrors normalize_jumps. */
export function directJumps(entry: BasicBlock): void {
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) block.isVisited = false
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    block.isVisited = true
    const { last } = block
    if (last === undefined || !isJump(last.opcode)) continue
    directJump(last, !last.target!.isVisited)
  }
}

function directJump(jump: Instruction, isForward: boolean): void {
  switch (jump.opcode) {
    case op.JUMP:
      jump.opcode = isForward ? op.JUMP_FORWARD : op.JUMP_BACKWARD
      break
    case op.JUMP_NO_INTERRUPT:
      jump.opcode = isForward ? op.JUMP_FORWARD : op.JUMP_BACKWARD_NO_INTERRUPT
      break
    case op.POP_JUMP_IF_NOT_NONE:
      jump.opcode = isForward ? op.POP_JUMP_FORWARD_IF_NOT_NONE : op.POP_JUMP_BACKWARD_IF_NOT_NONE
      break
    case op.POP_JUMP_IF_NONE:
      jump.opcode = isForward ? op.POP_JUMP_FORWARD_IF_NONE : op.POP_JUMP_BACKWARD_IF_NONE
      break
    case op.POP_JUMP_IF_FALSE:
      jump.opcode = isForward ? op.POP_JUMP_FORWARD_IF_FALSE : op.POP_JUMP_BACKWARD_IF_FALSE
      break
    case op.POP_JUMP_IF_TRUE:
      jump.opcode = isForward ? op.POP_JUMP_FORWARD_IF_TRUE : op.POP_JUMP_BACKWARD_IF_TRUE
      break
  }
}
