// The compiler: from a syntax tree to a code object. Mirrors _PyAST_Compile, Python/compile.c.
//
// Passes: `from __future__` (future.ts), constant folding on the tree (fold.ts), symbol table (symtable.ts),
// code generation (codegen-*.ts), and per scope the flow graph passes and assembly (assemble.ts).
// The tree is changed by folding and belongs to the compiler afterwards.
import type { CodeObject } from '../bytecode/code'
import type * as ast from '../syntax/nodes'
import { emitBody, hasAnnotations } from './codegen-definitions'
import { assemble } from './assemble'
import { op } from '../bytecode/opcode'
import { visitExpr } from './codegen-expressions'
import { visitStatements } from './codegen-statements'
import { Compiler, type WarningHandler } from './compiler-unit'
import { CompilerException } from './errors'
import { foldConstants } from './fold'
import { futureFeatures } from './future'
import { Symtable } from './symtable'

export type CompileMode = 'exec' | 'eval' | 'single'

const TREE_OF_MODE = { exec: 'Module', eval: 'Expression', single: 'Interactive' } as const

/** How deep trees may nest: sys.getrecursionlimit() (1000) × COMPILER_STACK_FRAME_SCALE (3) of Python/symtable.c. */
const RECURSION_LIMIT = 3000

/**
 * Compiles `tree`, whose kind must fit `mode`. `flags` are PyCF_ and CO_FUTURE_ bits (flags.ts), `optimize` is the
 * level of -O: 0, 1 (no asserts) or 2 (no docstrings either). Throws PythonSyntaxError or CompilerException.
 * `onWarning` gets each SyntaxWarning, in order; without it they are dropped.
 */
export function compile(tree: ast.mod, filename: string, mode: CompileMode, flags: number, optimize: number,
  onWarning: WarningHandler | null = null): CodeObject {
  if (tree._type !== TREE_OF_MODE[mode]) {
    throw new CompilerException('SystemError', `expected ${TREE_OF_MODE[mode]} node, got ${tree._type}`)
  }
  const future = futureFeatures(tree, filename)
  future.features |= flags
  foldConstants(tree, optimize, future.features, RECURSION_LIMIT)
  const symtable = new Symtable(tree, filename, future.features, RECURSION_LIMIT)
  const c = new Compiler(filename, symtable, future.features, future, optimize, onWarning)
  c.enterScope('<module>', 'module', tree, 1)
  if (tree._type === 'Module') {
    emitBody(c, tree.body)
  } else if (tree._type === 'Interactive') {
    if (hasAnnotations(tree.body)) c.emit(op.SETUP_ANNOTATIONS)
    c.isInteractive = true
    visitStatements(c, tree.body)
  } else {
    visitExpr(c, tree.body as ast.expr)
  }
  return assemble(c, tree._type !== 'Expression')
}
