// SWAP instructions: fewer of them, or none where the instructions that follow can be reordered instead.
// Mirrors swaptimize and apply_static_swaps, Python/compile.c.
import { op } from '../bytecode/opcode'
import type { Instruction } from './instructions'

/**
 * Replaces the run of SWAPs and NOPs at `start` by the shortest one of the same effect, filled up with NOPs in
 * front. Returns the index of its last instruction.
 *
 * The run is a permutation of the stack. Each of its cycles is undone by swapping its items one after the other
 * with the top; written backwards, from the end of the run, that makes the permutation.
 */
export function simplifySwaps(instructions: Instruction[], start: number): number {
  let end = start
  let depth = 0
  let swaps = 0
  for (; end < instructions.length; end++) {
    const { opcode, arg } = instructions[end]!
    if (opcode === op.SWAP) {
      depth = Math.max(depth, arg)
      swaps++
    } else if (opcode !== op.NOP) {
      break
    }
  }
  if (swaps === 1) return start
  const stack = Array.from({ length: depth }, (_, i) => i)
  for (let i = start; i < end; i++) {
    const { opcode, arg } = instructions[i]!
    if (opcode !== op.SWAP) continue
    const top = stack[0]!
    stack[0] = stack[arg - 1]!
    stack[arg - 1] = top
  }
  const visited = -1
  let current = end - 1
  for (let i = 0; i < depth; i++) {
    if (stack[i] === visited || stack[i] === i) continue
    for (let j = i; ;) {
      if (j > 0) {
        const instruction = instructions[current--]!
        instruction.opcode = op.SWAP
        instruction.arg = j + 1
      }
      const next = stack[j]!
      if (next === visited) break
      stack[j] = visited
      j = next
    }
  }
  for (; current >= start; current--) instructions[current]!.opcode = op.NOP
  return end - 1
}

/** These only take the top of the stack and run no code but finalizers, so two of them may change places. */
function isSwappable(instruction: Instruction): boolean {
  return instruction.opcode === op.STORE_FAST || instruction.opcode === op.POP_TOP
}

/** The next swappable instruction after `index`, NOPs aside; on the line `line` unless that is negative. -1 = none. */
function nextSwappable(instructions: Instruction[], index: number, line: number): number {
  for (let i = index + 1; i < instructions.length; i++) {
    const instruction = instructions[i]!
    // Across lines a debugger would see the names bound in another order.
    if (line >= 0 && instruction.location.line !== line) return -1
    if (instruction.opcode !== op.NOP) return isSwappable(instruction) ? i : -1
  }
  return -1
}

/** The variable an instruction stores to, or -1. */
function storeTarget(instruction: Instruction): number {
  return instruction.opcode === op.STORE_FAST ? instruction.arg : -1
}

/** Whether two of the instructions from `first` to `last` store to the variable of either end. */
function hasConflict(instructions: Instruction[], first: number, last: number): boolean {
  const a = storeTarget(instructions[first]!)
  const b = storeTarget(instructions[last]!)
  if (a < 0 && b < 0) return false
  if (a === b) return true
  for (let i = first + 1; i < last; i++) {
    const target = storeTarget(instructions[i]!)
    if (target >= 0 && (target === a || target === b)) return true
  }
  return false
}

/** Drops the SWAPs up to `index` that can be had by exchanging instructions after them. */
export function applyStaticSwaps(instructions: Instruction[], index: number): void {
  for (let i = index; i >= 0; i--) {
    const swap = instructions[i]!
    if (swap.opcode !== op.SWAP) {
      if (swap.opcode === op.NOP || isSwappable(swap)) continue
      return
    }
    const first = nextSwappable(instructions, i, -1)
    if (first < 0) return
    const { line } = instructions[first]!.location
    let last = first
    for (let count = swap.arg - 1; count > 0; count--) {
      last = nextSwappable(instructions, last, line)
      if (last < 0) return
    }
    if (hasConflict(instructions, first, last)) return
    swap.opcode = op.NOP
    const exchanged = instructions[first]!
    instructions[first] = instructions[last]!
    instructions[last] = exchanged
  }
}
