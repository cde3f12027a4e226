// The second pass over the symbol table: decides for each name whether it is local, global, free or a cell.
// Mirrors analyze_block and its helpers, Python/symtable.c.
//
// A block sees `bound`, the names bound in the functions around it, and `global`, the names declared global
// around it; it returns the names that are free in it or in its children, from which the functions that
// bind them make cells.
import { syntaxError } from './errors'
import {
  CELL, DEF_BOUND, DEF_FREE_CLASS, DEF_GLOBAL, DEF_NONLOCAL, FREE, GLOBAL_EXPLICIT, GLOBAL_IMPLICIT, LOCAL,
  SCOPE_OFFSET, type SymtableEntry,
} from './symtable-entry'

function directiveError(message: string, entry: SymtableEntry, name: string, filename: string): Error {
  const directive = entry.directives.find(candidate => candidate.name === name)
  if (directive === undefined) throw new Error('BUG: internal directive bookkeeping broken')
  return syntaxError(message, filename, directive.lineno, directive.col_offset + 1,
    directive.end_lineno, directive.end_col_offset + 1)
}

class BlockAnalysis {
  readonly scopes = new Map<string, number>()
  readonly local = new Set<string>()
  /** Free in this block or its children. */
  readonly free = new Set<string>()

  constructor(private readonly entry: SymtableEntry, private readonly bound: Set<string> | null,
    private readonly global: Set<string>, private readonly filename: string) {}

  // Mirrors analyze_block.
  run(): Set<string> {
    const { entry, bound, global } = this
    const isClass = entry.type === 'class'
    let childBound = new Set<string>()
    let childGlobal = new Set<string>()
    // What a class binds is not seen by the functions in it, so these are taken before its names are.
    if (isClass) {
      childGlobal = new Set(global)
      childBound = new Set(bound)
    }
    for (const [name, flags] of entry.symbols) this.name(name, flags)
    if (isClass) {
      childBound.add('__class__')
    } else {
      if (entry.type === 'function') childBound = new Set(this.local)
      for (const name of bound ?? []) childBound.add(name)
      childGlobal = new Set(global)
    }
    const childFree = new Set<string>()
    for (const child of entry.children) {
      const free = new BlockAnalysis(child, new Set(childBound), new Set(childGlobal), this.filename).run()
      for (const name of free) childFree.add(name)
      if (child.hasFree || child.hasChildFree) entry.hasChildFree = true
    }
    if (entry.type === 'function') this.makeCells(childFree)
    else if (isClass && childFree.delete('__class__')) entry.needsClassClosure = true
    this.updateSymbols(childFree, isClass)
    for (const name of childFree) this.free.add(name)
    return this.free
  }

  // Mirrors analyze_name.
  private name(name: string, flags: number): void {
    const { entry, bound, global, scopes } = this
    if (flags & DEF_GLOBAL) {
      if (flags & DEF_NONLOCAL) {
        throw directiveError(`name '${name}' is nonlocal and global`, entry, name, this.filename)
      }
      scopes.set(name, GLOBAL_EXPLICIT)
      global.add(name)
      bound?.delete(name)
    } else if (flags & DEF_NONLOCAL) {
      if (bound === null) {
        throw directiveError('nonlocal declaration not allowed at module level', entry, name, this.filename)
      }
      if (!bound.has(name)) {
        throw directiveError(`no binding for nonlocal '${name}' found`, entry, name, this.filename)
      }
      this.makeFree(name)
    } else if (flags & DEF_BOUND) {
      scopes.set(name, LOCAL)
      this.local.add(name)
      global.delete(name)
    } else if (bound?.has(name)) {
      this.makeFree(name)
    } else {
      if (!global.has(name) && entry.isNested) entry.hasFree = true
      scopes.set(name, GLOBAL_IMPLICIT)
    }
  }

  private makeFree(name: string): void {
    this.scopes.set(name, FREE)
    this.entry.hasFree = true
    this.free.add(name)
  }

  /** A local that is free in a child is a cell, and no longer free for those around. */
  private makeCells(childFree: Set<string>): void {
    for (const [name, scope] of this.scopes) {
      if (scope === LOCAL && childFree.delete(name)) this.scopes.set(name, CELL)
    }
  }

  // Mirrors update_symbols.
  private updateSymbols(childFree: Set<string>, isClass: boolean): void {
    const { symbols } = this.entry
    for (const [name, flags] of symbols) symbols.set(name, flags | this.scopes.get(name)! << SCOPE_OFFSET)
    for (const name of childFree) {
      const flags = symbols.get(name)
      if (flags !== undefined) {
        if (isClass) symbols.set(name, flags | DEF_FREE_CLASS)
      } else if (this.bound === null || this.bound.has(name)) {
        symbols.set(name, FREE << SCOPE_OFFSET)
      }
    }
  }
}

/** Enters the scope of every name of `top` and the blocks below it. */
export function analyzeSymbols(top: SymtableEntry, filename: string): void {
  new BlockAnalysis(top, null, new Set(), filename).run()
}
