// Comprehensions and generator expressions: a function of one argument, the outermost iterator, called at once.
import { op } from '../bytecode/opcode'
import type * as ast from '../syntax/nodes'
import { emitAwait, emitYield, emitYieldFrom } from './codegen-await'
import { compileScope } from './codegen-definitions'
import { visitExpr } from './codegen-expressions'
import { emitJumpIf } from './codegen-flow'
import { emitMakeFunction } from './codegen-names'
import type { Compiler } from './compiler-unit'

type Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

const KINDS = {
  GeneratorExp: { name: '<genexpr>', build: op.NOP, add: op.NOP },
  ListComp: { name: '<listcomp>', build: op.BUILD_LIST, add: op.LIST_APPEND },
  SetComp: { name: '<setcomp>', build: op.BUILD_SET, add: op.SET_ADD },
  DictComp: { name: '<dictcomp>', build: op.BUILD_MAP, add: op.MAP_ADD },
} as const

// Mirrors compiler_comprehension.
export function emitComprehension(c: Compiler, node: Comprehension): void {
  const outermost = node.generators[0]!
  const { name, build } = KINDS[node._type]
  const isGenerator = node._type === 'GeneratorExp'
  const outerScope = c.unit.scopeType
  const { isTopLevelAwait } = c
  let isAsync = false
  const code = compileScope(c, name, 'comprehension', node, node.lineno, () => {
    c.locate(node)
    isAsync = c.unit.entry.isCoroutine
    if (isAsync && !isGenerator && outerScope !== 'asyncFunction' && outerScope !== 'comprehension' && !isTopLevelAwait) {
      throw c.error('asynchronous comprehension outside of an asynchronous function')
    }
    if (!isGenerator) c.emitArg(build, 0)
    emitGenerator(c, node, 0, 0)
    if (!isGenerator) c.emit(op.RETURN_VALUE)
    return true
  })
  if (isTopLevelAwait && isAsync) c.unit.entry.isCoroutine = true
  emitMakeFunction(c, code, 0)
  visitExpr(c, outermost.iter)
  c.emit(outermost.is_async ? op.GET_AITER : op.GET_ITER)
  c.emitArg(op.PRECALL, 0)
  c.emitArg(op.CALL, 0)
  if (isAsync && !isGenerator) emitAwait(c, 0)
}

/** The loop of generator `index`, with those inside it; `depth` iterators are between the stack's top and the result. */
function emitGenerator(c: Compiler, node: Comprehension, index: number, depth: number): void {
  if (node.generators[index]!.is_async) emitAsyncGenerator(c, node, index, depth)
  else emitSyncGenerator(c, node, index, depth)
}

/** Adds an element to the result, or yields it. */
function emitElement(c: Compiler, node: Comprehension, depth: number): void {
  if (node._type === 'DictComp') {
    visitExpr(c, node.key)
    visitExpr(c, node.value)
  } else {
    visitExpr(c, node.elt)
  }
  if (node._type === 'GeneratorExp') {
    emitYield(c)
    c.emit(op.POP_TOP)
  } else {
    c.emitArg(KINDS[node._type].add, depth + 1)
  }
}

function emitInner(c: Compiler, node: Comprehension, index: number, depth: number): void {
  if (index + 1 < node.generators.length) emitGenerator(c, node, index + 1, depth)
  else emitElement(c, node, depth)
}

/** `for x in [value]` only names a value: no loop is needed. */
function singleElement(iter: ast.expr): ast.expr | null {
  if (iter._type !== 'List' && iter._type !== 'Tuple' || iter.elts.length !== 1) return null
  return iter.elts[0]!._type === 'Starred' ? null : iter.elts[0]!
}

// Mirrors compiler_sync_comprehension_generator.
function emitSyncGenerator(c: Compiler, node: Comprehension, index: number, depth: number): void {
  const { ifs, iter, target } = node.generators[index]!
  const start = c.newBlock()
  const ifCleanup = c.newBlock()
  const anchor = c.newBlock()
  const single = index > 0 ? singleElement(iter) : null
  if (index === 0) {
    c.unit.argcount = 1
    c.emitArg(op.LOAD_FAST, 0)
  } else if (single !== null) {
    visitExpr(c, single)
  } else {
    visitExpr(c, iter)
    c.emit(op.GET_ITER)
  }
  if (single === null) {
    depth++
    c.useNextBlock(start)
    c.emitJump(op.FOR_ITER, anchor)
  }
  visitExpr(c, target)
  for (const test of ifs) emitJumpIf(c, test, ifCleanup, false)
  emitInner(c, node, index, depth)
  c.useNextBlock(ifCleanup)
  if (single === null) {
    c.emitJump(op.JUMP, start)
    c.useNextBlock(anchor)
  }
}

// Mirrors compiler_async_comprehension_generator.
function emitAsyncGenerator(c: Compiler, node: Comprehension, index: number, depth: number): void {
  const { ifs, iter, target } = node.generators[index]!
  const start = c.newBlock()
  const except = c.newBlock()
  const ifCleanup = c.newBlock()
  if (index === 0) {
    c.unit.argcount = 1
    c.emitArg(op.LOAD_FAST, 0)
  } else {
    visitExpr(c, iter)
    c.emit(op.GET_AITER)
  }
  c.useNextBlock(start)
  c.pushFrameBlock('ASYNC_COMPREHENSION_GENERATOR', start, null)
  c.emitJump(op.SETUP_FINALLY, except)
  c.emit(op.GET_ANEXT)
  c.emitConst(null)
  emitYieldFrom(c, true)
  c.emit(op.POP_BLOCK)
  visitExpr(c, target)
  for (const test of ifs) emitJumpIf(c, test, ifCleanup, false)
  emitInner(c, node, index, depth + 1)
  c.useNextBlock(ifCleanup)
  c.emitJump(op.JUMP, start)
  c.popFrameBlock('ASYNC_COMPREHENSION_GENERATOR')
  c.useNextBlock(except)
  c.emit(op.END_ASYNC_FOR)
}
