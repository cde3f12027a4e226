// Reads co_code back into instructions. Mirrors _unpack_opargs and findlabels, Lib/dis.py.
import { argumentKind, cacheEntries, HAVE_ARGUMENT, op } from './opcode'

export interface DecodedInstruction {
  /** Byte offset in co_code. An EXTENDED_ARG is an instruction of its own, and part of the argument of the next. */
  offset: number
  opcode: number
  /** null for opcodes without an argument. */
  arg: number | null
}

export function decodeInstructions(code: Uint8Array): DecodedInstruction[] {
  const instructions: DecodedInstruction[] = []
  let extended = 0
  for (let offset = 0; offset < code.length; offset += 2) {
    const opcode = code[offset]!
    let arg: number | null = null
    if (opcode >= HAVE_ARGUMENT) {
      arg = code[offset + 1]! | extended
      extended = opcode === op.EXTENDED_ARG ? arg << 8 : 0
    } else {
      extended = 0
    }
    instructions.push({ offset, opcode, arg })
    offset += cacheEntries(opcode) * 2
  }
  return instructions
}

/** Byte offset a jump goes to, or null if the instruction is no jump. */
export function jumpTarget({ arg, offset, opcode }: DecodedInstruction): number | null {
  const kind = argumentKind(opcode)
  if (kind === 'jump') return offset + 2 + arg! * 2
  // A jump has no CACHE entries, so the next instruction is 2 bytes on.
  return kind === 'backward' ? offset + 2 - arg! * 2 : null
}
