// The blocks of a symbol table while its first pass goes through the tree: entering and leaving them, and noting
// names in them. Mirrors symtable_enter_block, symtable_add_def_helper and others, Python/symtable.c.
import type * as ast from '../syntax/nodes'
import { recursionError, syntaxError } from './errors'
import { mangle } from './mangle'
import {
  DEF_COMP_ITER, DEF_GLOBAL, DEF_NONLOCAL, DEF_PARAM, SymtableEntry, type BlockType, type Position,
} from './symtable-entry'

export abstract class SymtableScopes {
  readonly blocks = new Map<object, SymtableEntry>()
  readonly top: SymtableEntry
  protected current: SymtableEntry
  protected readonly stack: SymtableEntry[] = []
  protected className: string | null = null
  protected depth = 0

  protected constructor(tree: ast.mod, protected readonly filename: string, private readonly depthLimit: number) {
    this.top = this.current = this.enter('top', 'module', tree, { lineno: 0, col_offset: 0, end_lineno: 0, end_col_offset: 0 })
  }

  /** The block a node opens. */
  lookup(node: object): SymtableEntry {
    const entry = this.blocks.get(node)
    if (entry === undefined) throw new Error('unknown symbol table entry')
    return entry
  }

  /** Opens a block. Mirrors symtable_enter_block. */
  protected enter(name: string, type: BlockType, node: object, position: Position): SymtableEntry {
    const { lineno, col_offset, end_lineno, end_col_offset } = position
    const entry = new SymtableEntry(name, type, { lineno, col_offset, end_lineno, end_col_offset })
    const outer = this.stack.at(-1)
    if (outer !== undefined) {
      entry.isNested = outer.isNested || outer.type === 'function'
      // No named expression anywhere inside the iterable of a comprehension.
      entry.compIterExpr = outer.compIterExpr
    }
    this.stack.push(entry)
    this.current = entry
    this.blocks.set(node, entry)
    // What stands in an annotation that only becomes text binds and uses nothing.
    if (type !== 'annotation') outer?.children.push(entry)
    return entry
  }

  protected leave(): void {
    this.stack.pop()
    this.current = this.stack.at(-1) ?? this.top
  }

  protected error(message: string, { lineno, col_offset, end_lineno, end_col_offset }: Position): Error {
    return syntaxError(message, this.filename, lineno, col_offset + 1, end_lineno, end_col_offset + 1)
  }

  /** Notes a binding or use of a name in a block. Mirrors symtable_add_def_helper. */
  protected define(name: string, flag: number, position: Position, entry = this.current): void {
    const mangled = mangle(this.className, name)
    let flags = entry.symbols.get(mangled) ?? 0
    if (flag & DEF_PARAM && flags & DEF_PARAM) {
      throw this.error(`duplicate argument '${name}' in function definition`, position)
    }
    flags |= flag
    if (entry.isInCompIterTarget) {
      if (flags & (DEF_GLOBAL | DEF_NONLOCAL)) {
        throw this.error(`comprehension inner loop cannot rebind assignment expression target '${name}'`, position)
      }
      flags |= DEF_COMP_ITER
    }
    entry.symbols.set(mangled, flags)
    if (flag & DEF_PARAM) entry.varnames.push(mangled)
    else if (flag & DEF_GLOBAL) this.top.symbols.set(mangled, this.top.symbol(mangled) | flag)
  }

  /** Notes where a name was declared global or nonlocal. */
  protected direct(name: string, { lineno, col_offset, end_lineno, end_col_offset }: Position): void {
    this.current.directives.push({ name: mangle(this.className, name), lineno, col_offset, end_lineno, end_col_offset })
  }

  /** One level deeper into the tree; the caller takes it back from `depth`. */
  protected nest(): void {
    if (++this.depth > this.depthLimit) throw recursionError()
  }
}
