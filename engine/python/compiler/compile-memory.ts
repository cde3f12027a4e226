// What a compilation says of itself to whoever replays the memory that CPython's compiler takes meanwhile: its stages,
// in order. Nothing here allocates; modules/compile-memory.ts listens when a running program compiles something.
import type { CodeObject } from '../bytecode/code'
import type { CompilerUnit } from './compiler-unit'
import type { CodeConstant } from './constants'
import type { SymtableEntry } from './symtable-entry'

/** What a code object was assembled from. */
export interface Assembly {
  readonly unit: CompilerUnit
  readonly code: CodeObject
  /** Constants before those that optimization left unused were dropped, and of them those that code generation made. */
  readonly consts: readonly CodeConstant[]
  readonly generated: number
  /** Instructions of each block as code generation left them, in the order the blocks were made. */
  readonly blockSizes: readonly number[]
  /** Blocks that are still in use at the end. */
  readonly reachable: number
}

export interface CompileMemory {
  /** Before anything else: _PyAST_Compile's own structures. */
  begin(): void
  /** The symbol table is complete. */
  symtable(top: SymtableEntry): void
  /** A scope begins, inside another one or not. */
  enterScope(unit: CompilerUnit, nested: boolean): void
  /** A scope's code object is complete; the scope ends. */
  assembled(assembly: Assembly): void
  /** The compiler's structures go. */
  end(): void
}
