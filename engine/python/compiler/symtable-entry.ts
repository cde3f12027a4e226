// What is known of one block (module, class, function, comprehension) and of each name in it.
// Mirrors Include/internal/pycore_symtable.h; the flags are those the `symtable` module of Python shows.

export const DEF_GLOBAL = 1
export const DEF_LOCAL = 2
export const DEF_PARAM = 4
export const DEF_NONLOCAL = 8
export const USE = 16
export const DEF_FREE = 32
/** Free in a method, while the class has a binding of its own for the name. */
export const DEF_FREE_CLASS = 64
export const DEF_IMPORT = 128
export const DEF_ANNOT = 256
/** An iteration variable of a comprehension. */
export const DEF_COMP_ITER = 512
export const DEF_BOUND = DEF_LOCAL | DEF_PARAM | DEF_IMPORT

/** The scope that analysis decides on is stored above the flags. */
export const SCOPE_OFFSET = 11
export const SCOPE_MASK = DEF_GLOBAL | DEF_LOCAL | DEF_PARAM | DEF_NONLOCAL

export const LOCAL = 1
export const GLOBAL_EXPLICIT = 2
export const GLOBAL_IMPLICIT = 3
export const FREE = 4
export const CELL = 5

export type BlockType = 'function' | 'class' | 'module' | 'annotation'
export type ComprehensionType = 'list' | 'set' | 'dict' | 'generator'

export interface Position {
  lineno: number
  col_offset: number
  end_lineno: number
  end_col_offset: number
}

/** A `global`/`nonlocal` declaration, for the position of errors that only analysis can find. */
export interface Directive extends Position {
  name: string
}

export class SymtableEntry {
  /** Flags and scope of each name, in the order of first appearance. */
  readonly symbols = new Map<string, number>()
  /** Parameters, in order. */
  readonly varnames: string[] = []
  readonly children: SymtableEntry[] = []
  readonly directives: Directive[] = []
  /** Inside a function. */
  isNested = false
  hasFree = false
  hasChildFree = false
  isGenerator = false
  isCoroutine = false
  comprehension: ComprehensionType | null = null
  hasVarargs = false
  hasVarkeywords = false
  returnsValue = false
  /** A method uses `__class__` or `super`, so the class makes a cell for itself. */
  needsClassClosure = false
  /** Visiting the target of a comprehension. */
  isInCompIterTarget = false
  /** Depth of comprehension iterables being visited. */
  compIterExpr = 0

  constructor(readonly name: string, readonly type: BlockType, readonly position: Position) {}

  symbol(name: string): number {
    return this.symbols.get(name) ?? 0
  }

  scope(name: string): number {
    return this.symbol(name) >> SCOPE_OFFSET & SCOPE_MASK
  }
}
