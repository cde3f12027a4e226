// The compiler: from a syntax tree to a code object. Mirrors _PyAST_Compile, Python/compile.c.
//
// Passes: `from __future__` (future.ts), constant folding on the tree (fold.ts), symbol table (symtable.ts),
// code generation (codegen-*.ts), and per scope the flow graph passes and assembly (assemble.ts).
// The tree is changed by folding and belongs to the compiler afterwards.
import type { CodeObject } from '../bytecode/code'
import { op } from '../bytecode/opcode'
import type * as ast from '../syntax/nodes'
import { assemble } from './assemble'
import { emitBody, hasAnnotations } from './codegen-definitions'
import { visitExpr } from './codegen-expressions'
import { visitStatements } from './codegen-statements'
import type { CompileMemory } from './compile-memory'
import { Compiler, type WarningHandler } from './compiler-unit'
import { CompilerException, recursionError } from './errors'
import { foldConstants } from './fold'
import { futureFeatures } from './future'
import { Symtable } from './symtable'

export type CompileMode = 'exec' | 'eval' | 'single'

const TREE_OF_MODE = { exec: 'Module', eval: 'Expression', single: 'Interactive' } as const

/** Levels a tree may nest for each Python frame that could still be entered: COMPILER_STACK_FRAME_SCALE, Python/symtable.c. */
const LEVELS_PER_FRAME = 3
/** Of the 1000 frames sys.getrecursionlimit() allows, one is the caller's. */
const DEFAULT_FRAMES_LEFT = 999

/**
 * Compiles `tree`, whose kind must fit `mode`. `flags` are PyCF_ and CO_FUTURE_ bits (flags.ts), `optimize` is the
 * level of -O: 0, 1 (no asserts) or 2 (no docstrings either). Throws PythonSyntaxError or CompilerException.
 * `onWarning` gets each SyntaxWarning, in order; without it they are dropped. `framesLeft` is what is left of the
 * recursion limit; trees too deep for it raise RecursionError.
 */
export function compile(tree: ast.mod, filename: string, mode: CompileMode, flags: number, optimize: number,
  onWarning: WarningHandler | null = null, framesLeft = DEFAULT_FRAMES_LEFT, memory: CompileMemory | null = null): CodeObject {
  try {
    return compileTree(tree, filename, mode, flags, optimize, onWarning, framesLeft * LEVELS_PER_FRAME, memory)
  } catch (error) {
    // Where JavaScript's own stack is the smaller one.
    if (error instanceof RangeError && error.message.includes('call stack')) throw recursionError()
    throw error
  }
}

function compileTree(tree: ast.mod, filename: string, mode: CompileMode, flags: number, optimize: number,
  onWarning: WarningHandler | null, depthLimit: number, memory: CompileMemory | null): CodeObject {
  if (tree._type !== TREE_OF_MODE[mode]) {
    throw new CompilerException('SystemError', `expected ${TREE_OF_MODE[mode]} node, got ${tree._type}`)
  }
  memory?.begin()
  const future = futureFeatures(tree, filename)
  future.features |= flags
  foldConstants(tree, optimize, future.features, depthLimit)
  const symtable = new Symtable(tree, filename, future.features, depthLimit)
  memory?.symtable(symtable.top)
  const c = new Compiler(filename, symtable, future.features, future, optimize, onWarning, memory)
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
  const code = assemble(c, tree._type !== 'Expression')
  memory?.end()
  return code
}
