// Loading, storing and deleting variables, closures included.
import { CO_FAST_FREE, type CodeObject } from '../bytecode/code'
import { op } from '../bytecode/opcode'
import type * as ast from '../syntax/nodes'
import { indexOf, type Compiler } from './compiler-unit'
import { CompilerException } from './errors'
import { mangle } from './mangle'
import { CELL, FREE, GLOBAL_EXPLICIT, GLOBAL_IMPLICIT, LOCAL } from './symtable-entry'

export type Context = ast.expr_context['_type']

type Access = Readonly<Record<Context, number>>
const FAST: Access = { Load: op.LOAD_FAST, Store: op.STORE_FAST, Del: op.DELETE_FAST }
const GLOBAL: Access = { Load: op.LOAD_GLOBAL, Store: op.STORE_GLOBAL, Del: op.DELETE_GLOBAL }
const NAME: Access = { Load: op.LOAD_NAME, Store: op.STORE_NAME, Del: op.DELETE_NAME }
const DEREF: Access = { Load: op.LOAD_DEREF, Store: op.STORE_DEREF, Del: op.DELETE_DEREF }

/** Mirrors forbidden_name, Python/compile.c. */
export function checkName(c: Compiler, name: string, context: Context): void {
  if (name !== '__debug__') return
  if (context === 'Store') throw c.error('cannot assign to __debug__')
  if (context === 'Del') throw c.error('cannot delete __debug__')
}

// Mirrors compiler_nameop, Python/compile.c.
export function emitVariable(c: Compiler, name: string, context: Context): void {
  checkName(c, name, context)
  const { unit } = c
  const { entry } = unit
  const mangled = mangle(unit.className, name)
  const inFunction = entry.type === 'function'
  switch (entry.scope(mangled)) {
    case FREE:
      return c.emitArg(dereference(context, entry.type === 'class'), indexOf(unit.freevars, mangled))
    case CELL:
      return c.emitArg(dereference(context, entry.type === 'class'), indexOf(unit.cellvars, mangled))
    case LOCAL:
      if (inFunction) return c.emitArg(FAST[context], indexOf(unit.varnames, mangled))
      break
    case GLOBAL_IMPLICIT:
      if (inFunction) return emitGlobal(c, mangled, context)
      break
    case GLOBAL_EXPLICIT:
      return emitGlobal(c, mangled, context)
  }
  c.emitArg(NAME[context], indexOf(unit.names, mangled))
}

function dereference(context: Context, isClass: boolean): number {
  return isClass && context === 'Load' ? op.LOAD_CLASSDEREF : DEREF[context]
}

/** The lowest bit of LOAD_GLOBAL's argument says whether it pushes a NULL first. */
function emitGlobal(c: Compiler, name: string, context: Context): void {
  const index = indexOf(c.unit.names, name)
  c.emitArg(GLOBAL[context], context === 'Load' ? index << 1 : index)
}

/** Pushes a function made from `code`; what the flags announce is on the stack. Mirrors compiler_make_closure. */
export function emitMakeFunction(c: Compiler, code: CodeObject, flags: number): void {
  const { unit } = c
  let freeCount = 0
  for (const [i, name] of code.co_localsplusnames.entries()) {
    if ((code.co_localspluskinds[i]! & CO_FAST_FREE) === 0) continue
    freeCount++
    // In a class that has a method of the same name as the variable, it is the variable that is captured.
    const isCell = unit.scopeType === 'class' && name === '__class__' || unit.entry.scope(name) === CELL
    const index = (isCell ? unit.cellvars : unit.freevars).get(name)
    if (index === undefined) throw new CompilerException('SystemError', `no cell for '${name}' in ${unit.name}`)
    c.emitArg(op.LOAD_CLOSURE, index)
  }
  if (freeCount > 0) {
    flags |= 0x08
    c.emitArg(op.BUILD_TUPLE, freeCount)
  }
  c.emitConst(code)
  c.emitArg(op.MAKE_FUNCTION, flags)
}
