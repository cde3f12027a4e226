// Optimization of one basic block: constant conditions, tuples of constants, jumps to jumps, stack rotations.
// Mirrors optimize_basic_block, Python/compile.c.
import { isJump, op } from '../bytecode/opcode'
import { CodeObject } from '../bytecode/code'
import { TupleValue, type ConstantValue } from '../syntax/constant'
import type { CodeConstant, ConstantCache } from './constants'
import { isTrue } from './fold-operators'
import { skipEmpty } from './flowgraph'
import type { BasicBlock, Instruction } from './instructions'
import { applyStaticSwaps, simplifySwaps } from './swaps'

/** Lets a jump to the jump `target` go where that one goes, if no line is skipped thereby. Mirrors jump_thread. */
function threadJump(jump: Instruction, target: Instruction, opcode: number): boolean {
  if (jump.location.line !== target.location.line || jump.target === target.target) return false
  jump.target = target.target
  jump.opcode = opcode
  return true
}

/** Lets a jump whose condition decides the test at its target go past that test. */
function skipTest(jump: Instruction, target: Instruction, opcode: number): boolean {
  if (jump.location.line !== target.location.line) return false
  jump.opcode = opcode
  jump.target = jump.target!.next
  return true
}

/** Shortens one jump; true if it changed and should be looked at again. */
function shortenJump(jump: Instruction, target: Instruction): boolean {
  switch (jump.opcode) {
    case op.JUMP_IF_FALSE_OR_POP:
      switch (target.opcode) {
        case op.POP_JUMP_IF_FALSE: return threadJump(jump, target, op.POP_JUMP_IF_FALSE)
        case op.JUMP:
        case op.JUMP_IF_FALSE_OR_POP: return threadJump(jump, target, op.JUMP_IF_FALSE_OR_POP)
        case op.JUMP_IF_TRUE_OR_POP:
        case op.POP_JUMP_IF_TRUE: return skipTest(jump, target, op.POP_JUMP_IF_FALSE)
      }
      return false
    case op.JUMP_IF_TRUE_OR_POP:
      switch (target.opcode) {
        case op.POP_JUMP_IF_TRUE: return threadJump(jump, target, op.POP_JUMP_IF_TRUE)
        case op.JUMP:
        case op.JUMP_IF_TRUE_OR_POP: return threadJump(jump, target, op.JUMP_IF_TRUE_OR_POP)
        case op.JUMP_IF_FALSE_OR_POP:
        case op.POP_JUMP_IF_FALSE: return skipTest(jump, target, op.POP_JUMP_IF_TRUE)
      }
      return false
    case op.POP_JUMP_IF_NOT_NONE:
    case op.POP_JUMP_IF_NONE:
    case op.POP_JUMP_IF_FALSE:
    case op.POP_JUMP_IF_TRUE:
    case op.JUMP:
      return target.opcode === op.JUMP && threadJump(jump, target, jump.opcode)
    default:
      return false
  }
}

/** The condition is known: the test becomes a jump or nothing. */
function foldCondition(block: BasicBlock, index: number, consts: readonly CodeConstant[]): void {
  const load = block.instructions[index]!
  const following = block.instructions[index + 1]
  if (following === undefined) return
  const value = consts[load.arg]!
  const truth = value instanceof CodeObject || isTrue(value)
  switch (following.opcode) {
    case op.POP_JUMP_IF_FALSE:
    case op.POP_JUMP_IF_TRUE:
      load.opcode = op.NOP
      if (truth === (following.opcode === op.POP_JUMP_IF_TRUE)) {
        following.opcode = op.JUMP
        block.hasNoFallthrough = true
      } else {
        following.opcode = op.NOP
      }
      break
    case op.JUMP_IF_FALSE_OR_POP:
    case op.JUMP_IF_TRUE_OR_POP:
      if (truth === (following.opcode === op.JUMP_IF_TRUE_OR_POP)) {
        following.opcode = op.JUMP
        block.hasNoFallthrough = true
      } else {
        load.opcode = op.NOP
        following.opcode = op.NOP
      }
      break
    case op.IS_OP: {
      const jump = block.instructions[index + 2]
      if (value !== null || jump === undefined) break
      if (jump.opcode !== op.POP_JUMP_IF_FALSE && jump.opcode !== op.POP_JUMP_IF_TRUE) break
      load.opcode = op.NOP
      following.opcode = op.NOP
      const jumpsIfFalse = jump.opcode === op.POP_JUMP_IF_FALSE
      jump.opcode = (following.arg !== 0) !== jumpsIfFalse ? op.POP_JUMP_IF_NOT_NONE : op.POP_JUMP_IF_NONE
      break
    }
  }
}

/** LOAD_CONST × n, BUILD_TUPLE n becomes one LOAD_CONST. Mirrors fold_tuple_on_constants. */
function foldTuple(block: BasicBlock, index: number, consts: CodeConstant[], cache: ConstantCache): void {
  const build = block.instructions[index]!
  const count = build.arg
  if (index < count) return
  const loads = block.instructions.slice(index - count, index)
  if (!loads.every(load => load.opcode === op.LOAD_CONST)) return
  const tuple = cache.merge(new TupleValue(loads.map(load => consts[load.arg] as ConstantValue)))
  let at = consts.indexOf(tuple)
  if (at < 0) at = consts.push(tuple) - 1
  for (const load of loads) load.opcode = op.NOP
  build.opcode = op.LOAD_CONST
  build.arg = at
}

export function optimizeBlock(block: BasicBlock, consts: CodeConstant[], cache: ConstantCache): void {
  const { instructions } = block
  for (let i = 0; i < instructions.length; i++) {
    const instruction = instructions[i]!
    const { opcode } = instruction
    if (isJump(opcode)) {
      instruction.target = skipEmpty(instruction.target!)
      if (shortenJump(instruction, instruction.target.instructions[0]!)) i--
      continue
    }
    const following = instructions[i + 1]
    switch (opcode) {
      case op.SETUP_FINALLY:
      case op.SETUP_CLEANUP:
      case op.SETUP_WITH:
        instruction.target = skipEmpty(instruction.target!)
        break
      case op.LOAD_CONST:
        foldCondition(block, i, consts)
        break
      case op.BUILD_TUPLE:
        // Unpacking a tuple of up to three that was just built is a rotation.
        if (following?.opcode === op.UNPACK_SEQUENCE && following.arg === instruction.arg
          && instruction.arg >= 1 && instruction.arg <= 3) {
          instruction.opcode = op.NOP
          following.opcode = instruction.arg === 1 ? op.NOP : op.SWAP
        } else {
          foldTuple(block, i, consts, cache)
        }
        break
      case op.SWAP:
        if (instruction.arg === 1) {
          instruction.opcode = op.NOP
        } else {
          i = simplifySwaps(instructions, i)
          applyStaticSwaps(instructions, i)
        }
        break
      case op.PUSH_NULL:
        if (following?.opcode === op.LOAD_GLOBAL) {
          instruction.opcode = op.NOP
          following.arg |= 1
        }
        break
    }
  }
}
