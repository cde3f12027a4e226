// Statements: the dispatch, and those too simple for a file of their own.
import { op } from '../bytecode/opcode'
import { TupleValue } from '../syntax/constant'
import type * as ast from '../syntax/nodes'
import { emitAnnotatedAssignment, emitAugmentedAssignment } from './codegen-assignments'
import { emitClass, emitFunction } from './codegen-definitions'
import { visitExpr } from './codegen-expressions'
import { emitAsyncFor, emitFor, emitIf, emitJumpIf, emitWhile } from './codegen-flow'
import { emitMatch } from './codegen-match'
import { emitVariable } from './codegen-names'
import { emitTry, emitTryStar } from './codegen-try'
import { emitAsyncWith, emitWith } from './codegen-with'
import { indexOf, type Compiler } from './compiler-unit'
import { unwindFrameBlock, unwindFrameBlocks } from './frame-blocks'

export function visitStatements(c: Compiler, nodes: readonly ast.stmt[]): void {
  for (const node of nodes) visitStatement(c, node)
}

// Mirrors compiler_visit_stmt, Python/compile.c.
export function visitStatement(c: Compiler, node: ast.stmt): void {
  c.locate(node)
  switch (node._type) {
    case 'FunctionDef':
    case 'AsyncFunctionDef': return emitFunction(c, node)
    case 'ClassDef': return emitClass(c, node)
    case 'Return': return emitReturn(c, node)
    case 'Delete':
      for (const target of node.targets) visitExpr(c, target)
      return
    case 'Assign': {
      visitExpr(c, node.value)
      const last = node.targets.length - 1
      for (const [i, target] of node.targets.entries()) {
        if (i < last) c.emitArg(op.COPY, 1)
        visitExpr(c, target)
      }
      return
    }
    case 'AugAssign': return emitAugmentedAssignment(c, node)
    case 'AnnAssign': return emitAnnotatedAssignment(c, node)
    case 'For': return emitFor(c, node)
    case 'AsyncFor': return emitAsyncFor(c, node)
    case 'While': return emitWhile(c, node)
    case 'If': return emitIf(c, node)
    case 'With': return emitWith(c, node, 0)
    case 'AsyncWith': return emitAsyncWith(c, node, 0)
    case 'Match': return emitMatch(c, node)
    case 'Raise': return emitRaise(c, node)
    case 'Try': return emitTry(c, node)
    case 'TryStar': return emitTryStar(c, node)
    case 'Assert': return emitAssert(c, node)
    case 'Import': return emitImport(c, node)
    case 'ImportFrom': return emitImportFrom(c, node)
    case 'Expr': return emitExpressionStatement(c, node.value)
    case 'Pass': return c.emit(op.NOP)
    case 'Break': return emitBreak(c)
    case 'Continue': return emitContinue(c)
    case 'Global':
    case 'Nonlocal':
      return
  }
}

// Mirrors compiler_return.
function emitReturn(c: Compiler, node: ast.Return): void {
  const { value } = node
  const { entry } = c.unit
  if (entry.type !== 'function') throw c.error("'return' outside function")
  if (value !== null && entry.isCoroutine && entry.isGenerator) throw c.error("'return' with value in async generator")
  // A constant is loaded after the unwinding, so that nothing has to be kept on the stack meanwhile.
  const preserveTop = value !== null && value._type !== 'Constant'
  if (preserveTop) {
    visitExpr(c, value)
  } else if (value !== null) {
    c.locate(value)
    c.emit(op.NOP)
  }
  if (value === null || value.lineno !== node.lineno) {
    c.locate(node)
    c.emit(op.NOP)
  }
  unwindFrameBlocks(c, preserveTop, false)
  if (value === null) c.emitConst(null)
  else if (value._type === 'Constant') c.emitConst(value.value)
  c.emit(op.RETURN_VALUE)
}

// Mirrors compiler_break. The NOP keeps the line visible to tracing.
function emitBreak(c: Compiler): void {
  const { location } = c.unit
  c.emit(op.NOP)
  const loop = unwindFrameBlocks(c, false, true)
  if (loop === null) {
    c.unit.location = location
    throw c.error("'break' outside loop")
  }
  unwindFrameBlock(c, loop, false)
  c.emitJump(op.JUMP, loop.exit!)
}

// Mirrors compiler_continue.
function emitContinue(c: Compiler): void {
  const { location } = c.unit
  c.emit(op.NOP)
  const loop = unwindFrameBlocks(c, false, true)
  if (loop === null) {
    c.unit.location = location
    throw c.error("'continue' not properly in loop")
  }
  c.emitJump(op.JUMP, loop.block!)
}

function emitRaise(c: Compiler, node: ast.Raise): void {
  let count = 0
  if (node.exc) {
    visitExpr(c, node.exc)
    count++
    if (node.cause) {
      visitExpr(c, node.cause)
      count++
    }
  }
  c.emitArg(op.RAISE_VARARGS, count)
}

// Mirrors compiler_assert.
function emitAssert(c: Compiler, node: ast.Assert): void {
  const { test } = node
  if (test._type === 'Tuple' && test.elts.length > 0
    || test._type === 'Constant' && test.value instanceof TupleValue && test.value.items.length > 0) {
    c.warn('assertion is always true, perhaps remove parentheses?')
  }
  if (c.optimize > 0) return
  const end = c.newBlock()
  emitJumpIf(c, test, end, true)
  c.emit(op.LOAD_ASSERTION_ERROR)
  if (node.msg) {
    visitExpr(c, node.msg)
    c.emitArg(op.PRECALL, 0)
    c.emitArg(op.CALL, 0)
  }
  c.emitArg(op.RAISE_VARARGS, 1)
  c.useNextBlock(end)
}

// Mirrors compiler_visit_stmt_expr.
function emitExpressionStatement(c: Compiler, value: ast.expr): void {
  if (c.isInteractive && c.nestLevel <= 1) {
    visitExpr(c, value)
    c.emit(op.PRINT_EXPR)
  } else if (value._type === 'Constant') {
    c.emit(op.NOP)
  } else {
    visitExpr(c, value)
    c.unlocate()
    c.emit(op.POP_TOP)
  }
}

// Mirrors compiler_import.
function emitImport(c: Compiler, node: ast.Import): void {
  for (const { name, asname } of node.names) {
    c.emitConst(0n)
    c.emitConst(null)
    c.emitName(op.IMPORT_NAME, name)
    if (asname !== null) {
      emitImportAs(c, name, asname)
    } else {
      const dot = name.indexOf('.')
      emitVariable(c, dot < 0 ? name : name.slice(0, dot), 'Store')
    }
  }
}

/** `import a.b.c as d`: IMPORT_NAME gives `a`, from which the parts are taken one by one. */
function emitImportAs(c: Compiler, name: string, asname: string): void {
  const parts = name.split('.').slice(1)
  for (const [i, part] of parts.entries()) {
    if (i > 0) {
      c.emitArg(op.SWAP, 2)
      c.emit(op.POP_TOP)
    }
    c.emitArg(op.IMPORT_FROM, indexOf(c.unit.names, part))
  }
  emitVariable(c, asname, 'Store')
  if (parts.length > 0) c.emit(op.POP_TOP)
}

// Mirrors compiler_from_import.
function emitImportFrom(c: Compiler, node: ast.ImportFrom): void {
  c.emitConst(BigInt(node.level ?? 0))
  if (node.lineno > c.future.lineno && node.module === '__future__') {
    throw c.error('from __future__ imports must occur at the beginning of the file')
  }
  c.emitConst(new TupleValue(node.names.map(({ name }) => name)))
  c.emitName(op.IMPORT_NAME, node.module ?? '')
  for (const [i, { name, asname }] of node.names.entries()) {
    if (i === 0 && name.startsWith('*')) {
      c.emit(op.IMPORT_STAR)
      return
    }
    c.emitName(op.IMPORT_FROM, name)
    emitVariable(c, asname ?? name, 'Store')
  }
  c.emit(op.POP_TOP)
}
