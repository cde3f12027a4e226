// What code generation makes and the flow graph passes work on: basic blocks of instructions.
import type * as ast from '../syntax/nodes'
import { isJump, op } from '../bytecode/opcode'

/** Where an instruction comes from; immutable, shared by instructions. Line -1 = no location. */
export class Location {
  constructor(readonly line: number, readonly endLine: number, readonly column: number, readonly endColumn: number) {}

  static of(node: { lineno: number, end_lineno: number, col_offset: number, end_col_offset: number }): Location {
    return new Location(node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)
  }

  atLine(line: number): Location {
    return new Location(line, this.endLine, this.column, this.endColumn)
  }
}

/** For code that no token of the source stands for; a later pass may give it its neighbour's location. */
export const NO_LOCATION = new Location(-1, -1, -1, -1)

export class Instruction {
  /** Handler of exceptions raised here, set by labelExceptionTargets. */
  handler: BasicBlock | null = null

  constructor(public opcode: number, public arg: number, public target: BasicBlock | null, public location: Location) {}

  /** A SETUP_ pseudo instruction, which enters the scope of an exception handler. */
  get isBlockPush(): boolean {
    return this.opcode <= op.SETUP_FINALLY && this.opcode >= op.SETUP_WITH
  }

  get hasTarget(): boolean {
    return isJump(this.opcode) || this.isBlockPush
  }

  copy(): Instruction {
    return new Instruction(this.opcode, this.arg, this.target, this.location)
  }
}

export class BasicBlock {
  readonly instructions: Instruction[] = []
  /** The block that follows in the code, reached by falling through where there is no unconditional jump. */
  next: BasicBlock | null = null
  predecessors = 0
  /** Depth of the stack on entry; -1 = not reached. */
  startDepth = -1
  /** Position in the code, in code units. */
  offset = 0
  /** Ends with an unconditional jump, return or raise. */
  hasNoFallthrough = false
  /** Is a handler that pushes the offset of the raising instruction. */
  preservesLasti = false
  isVisited = false
  /** Ends with a return or raise. */
  isExit = false
  /** Has a RETURN_VALUE. */
  hasReturn = false
  /** Handlers in force at the start, innermost last; used while exception targets are labelled. */
  handlers: BasicBlock[] | null = null

  get last(): Instruction | undefined {
    return this.instructions[this.instructions.length - 1]
  }

  get isEmpty(): boolean {
    return this.instructions.length === 0
  }
}

/** Statements whose unwinding matters to return, break and continue. */
export type FrameBlockType =
  | 'WHILE_LOOP' | 'FOR_LOOP' | 'TRY_EXCEPT' | 'FINALLY_TRY' | 'FINALLY_END' | 'WITH' | 'ASYNC_WITH'
  | 'HANDLER_CLEANUP' | 'POP_VALUE' | 'EXCEPTION_HANDLER' | 'EXCEPTION_GROUP_HANDLER' | 'ASYNC_COMPREHENSION_GENERATOR'

export interface FrameBlock {
  type: FrameBlockType
  /** Where `continue` jumps to. */
  block: BasicBlock | null
  /** Where `break` jumps to. */
  exit: BasicBlock | null
  /** HANDLER_CLEANUP: the name bound to the exception. */
  name: string | null
  /** FINALLY_TRY: the statements of `finally`. */
  finalbody: readonly ast.stmt[] | null
  /** WITH, ASYNC_WITH: the statement. */
  statement: ast.With | ast.AsyncWith | null
}
