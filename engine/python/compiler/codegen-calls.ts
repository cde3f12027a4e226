// Calls: plain, of methods, with keywords, and with * and **.
import { op } from '../bytecode/opcode'
import { TupleValue } from '../syntax/constant'
import type * as ast from '../syntax/nodes'
import { checkCaller } from './codegen-checks'
import { emitSequence, STACK_USE_GUIDELINE } from './codegen-displays'
import { locateAttribute, visitExpr } from './codegen-expressions'
import { checkName } from './codegen-names'
import type { Compiler } from './compiler-unit'
import { DEF_IMPORT } from './symtable-entry'

// Mirrors validate_keywords.
function checkKeywords(c: Compiler, keywords: readonly ast.keyword[]): void {
  for (const [i, { arg }] of keywords.entries()) {
    if (arg === null) continue
    checkName(c, arg, 'Store')
    const repeated = keywords.slice(i + 1).find(other => other.arg === arg)
    if (repeated) {
      c.locate(repeated)
      throw c.error(`keyword argument repeated: ${arg}`)
    }
  }
}

// Mirrors compiler_call.
export function emitCall(c: Compiler, node: ast.Call): void {
  checkKeywords(c, node.keywords)
  if (emitMethodCall(c, node)) return
  checkCaller(c, node.func)
  c.locate(node.func)
  c.emit(op.PUSH_NULL)
  c.locate(node)
  visitExpr(c, node.func)
  emitCallWithArguments(c, 0, node.args, node.keywords)
}

/** Names imported into the module are modules or functions rather than objects with methods. */
function isImported(c: Compiler, node: ast.expr): boolean {
  return node._type === 'Name' && (c.symtable.top.symbol(node.id) & DEF_IMPORT) !== 0
}

/** `value.name(…)` without a bound method in between, where that is possible. Mirrors maybe_optimize_method_call. */
function emitMethodCall(c: Compiler, node: ast.Call): boolean {
  const { args, func, keywords } = node
  if (func._type !== 'Attribute' || func.ctx._type !== 'Load' || isImported(c, func.value)) return false
  const count = args.length + keywords.length
  if (count + (keywords.length > 0 ? 1 : 0) >= STACK_USE_GUIDELINE) return false
  if (args.some(arg => arg._type === 'Starred') || keywords.some(keyword => keyword.arg === null)) return false
  visitExpr(c, func.value)
  c.locate(func)
  locateAttribute(c, func)
  c.emitName(op.LOAD_METHOD, func.attr)
  for (const arg of args) visitExpr(c, arg)
  emitKeywords(c, keywords)
  c.locate(node)
  locateAttribute(c, func)
  c.emitArg(op.PRECALL, count)
  c.emitArg(op.CALL, count)
  return true
}

/** Pushes the values of keywords, and announces their names to the call. */
function emitKeywords(c: Compiler, keywords: readonly ast.keyword[]): void {
  if (keywords.length === 0) return
  for (const keyword of keywords) visitExpr(c, keyword.value)
  c.emitArg(op.KW_NAMES, c.unit.constant(new TupleValue(keywords.map(keyword => keyword.arg!)), c.constants))
}

/** Calls the function on the stack; `pushed` positional arguments are already there. Mirrors compiler_call_helper. */
export function emitCallWithArguments(c: Compiler, pushed: number, args: readonly ast.expr[],
  keywords: readonly ast.keyword[]): void {
  checkKeywords(c, keywords)
  const isPlain = args.length + keywords.length * 2 <= STACK_USE_GUIDELINE
    && !args.some(arg => arg._type === 'Starred') && !keywords.some(keyword => keyword.arg === null)
  if (isPlain) {
    for (const arg of args) visitExpr(c, arg)
    emitKeywords(c, keywords)
    const count = pushed + args.length + keywords.length
    c.emitArg(op.PRECALL, count)
    c.emitArg(op.CALL, count)
    return
  }
  const [only] = args
  if (pushed === 0 && args.length === 1 && only!._type === 'Starred') visitExpr(c, only!.value)
  else emitSequence(c, args, pushed, 'tuple')
  if (keywords.length > 0) emitKeywordDict(c, keywords)
  c.emitArg(op.CALL_FUNCTION_EX, keywords.length > 0 ? 1 : 0)
}

/** Pushes one dict of all keywords, those of ** included. */
function emitKeywordDict(c: Compiler, keywords: readonly ast.keyword[]): void {
  let hasDict = false
  let named: ast.keyword[] = []
  const flush = (): void => {
    if (named.length === 0) return
    emitNamedKeywords(c, named)
    if (hasDict) c.emitArg(op.DICT_MERGE, 1)
    hasDict = true
    named = []
  }
  for (const keyword of keywords) {
    if (keyword.arg !== null) {
      named.push(keyword)
      continue
    }
    flush()
    if (!hasDict) {
      c.emitArg(op.BUILD_MAP, 0)
      hasDict = true
    }
    visitExpr(c, keyword.value)
    c.emitArg(op.DICT_MERGE, 1)
  }
  flush()
}

// Mirrors compiler_subkwargs.
function emitNamedKeywords(c: Compiler, keywords: readonly ast.keyword[]): void {
  const isBig = keywords.length * 2 > STACK_USE_GUIDELINE
  if (keywords.length > 1 && !isBig) {
    for (const keyword of keywords) visitExpr(c, keyword.value)
    c.emitConst(new TupleValue(keywords.map(keyword => keyword.arg!)))
    c.emitArg(op.BUILD_CONST_KEY_MAP, keywords.length)
    return
  }
  if (isBig) c.emitArgNoLine(op.BUILD_MAP, 0)
  for (const keyword of keywords) {
    c.emitConst(keyword.arg!)
    visitExpr(c, keyword.value)
    if (isBig) c.emitArgNoLine(op.MAP_ADD, 1)
  }
  if (!isBig) c.emitArg(op.BUILD_MAP, keywords.length)
}
