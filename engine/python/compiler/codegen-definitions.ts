// Functions, lambdas and classes, with their decorators, defaults and annotations; and the body of a module.
import type { CodeObject } from '../bytecode/code'
import { op } from '../bytecode/opcode'
import { TupleValue } from '../syntax/constant'
import type * as ast from '../syntax/nodes'
import { assemble } from './assemble'
import { emitCallWithArguments } from './codegen-calls'
import { visitExpr } from './codegen-expressions'
import { checkName, emitMakeFunction, emitVariable } from './codegen-names'
import { visitStatement, visitStatements } from './codegen-statements'
import { CO_FUTURE_ANNOTATIONS } from './flags'
import type { Compiler, ScopeType } from './compiler-unit'
import { docstring } from './fold'
import { mangle } from './mangle'
import { annotationText } from './unparse'

// Flags of MAKE_FUNCTION.
const DEFAULTS = 0x01
const KWDEFAULTS = 0x02
const ANNOTATIONS = 0x04

/** Whether a variable is annotated anywhere in these statements, nested functions and classes aside. */
export function hasAnnotations(nodes: readonly ast.stmt[]): boolean {
  return nodes.some(node => {
    switch (node._type) {
      case 'AnnAssign': return true
      case 'For':
      case 'AsyncFor':
      case 'While':
      case 'If':
        return hasAnnotations(node.body) || hasAnnotations(node.orelse)
      case 'With':
      case 'AsyncWith':
        return hasAnnotations(node.body)
      case 'Try':
      case 'TryStar':
        return node.handlers.some(handler => hasAnnotations(handler.body))
          || hasAnnotations(node.body) || hasAnnotations(node.finalbody) || hasAnnotations(node.orelse)
      case 'Match':
        return node.cases.some(matchCase => hasAnnotations(matchCase.body))
      default:
        return false
    }
  })
}

/** The body of a module or class. Mirrors compiler_body. */
export function emitBody(c: Compiler, nodes: readonly ast.stmt[]): void {
  if (c.unit.scopeType === 'module' && nodes.length > 0) c.locate(nodes[0]!)
  if (hasAnnotations(nodes)) c.emit(op.SETUP_ANNOTATIONS)
  let rest = nodes
  if (c.optimize < 2 && docstring(nodes) !== null) {
    visitExpr(c, (nodes[0] as ast.Expr).value)
    c.unlocate()
    emitVariable(c, '__doc__', 'Store')
    rest = nodes.slice(1)
  }
  visitStatements(c, rest)
}

/** The line a definition starts on is that of its first decorator. */
function firstLine(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef): number {
  return node.decorator_list[0]?.lineno ?? node.lineno
}

function applyDecorators(c: Compiler, decorators: readonly ast.expr[]): void {
  const { location } = c.unit
  for (const decorator of decorators.toReversed()) {
    c.locate(decorator)
    c.emitArg(op.PRECALL, 0)
    c.emitArg(op.CALL, 0)
  }
  c.unit.location = location
}

function checkArguments(c: Compiler, { posonlyargs, args, vararg, kwonlyargs, kwarg }: ast.arguments_): void {
  for (const argument of [...posonlyargs, ...args, vararg, ...kwonlyargs, kwarg]) {
    if (argument) checkName(c, argument.arg, 'Store')
  }
}

/** Pushes the defaults and returns the flags for MAKE_FUNCTION. Mirrors compiler_default_arguments. */
function emitDefaults(c: Compiler, node: ast.arguments_): number {
  let flags = 0
  if (node.defaults.length > 0) {
    for (const value of node.defaults) visitExpr(c, value)
    c.emitArg(op.BUILD_TUPLE, node.defaults.length)
    flags |= DEFAULTS
  }
  const keys: string[] = []
  for (const [i, argument] of node.kwonlyargs.entries()) {
    const value = node.kw_defaults[i]
    if (!value) continue
    keys.push(mangle(c.unit.className, argument.arg))
    visitExpr(c, value)
  }
  if (keys.length > 0) {
    c.emitConst(new TupleValue(keys))
    c.emitArg(op.BUILD_CONST_KEY_MAP, keys.length)
    flags |= KWDEFAULTS
  }
  return flags
}

function emitAnnotation(c: Compiler, name: string, annotation: ast.expr): void {
  c.emitConst(mangle(c.unit.className, name))
  if (c.future.features & CO_FUTURE_ANNOTATIONS) {
    c.emitConst(annotationText(annotation))
  } else if (annotation._type === 'Starred') {
    // `*args: *Ts` annotates with the one item of [*Ts].
    visitExpr(c, annotation.value)
    c.emitArg(op.UNPACK_SEQUENCE, 1)
  } else {
    visitExpr(c, annotation)
  }
}

/** Pushes a tuple of names and annotations, if there are any. Mirrors compiler_visit_annotations. */
function emitAnnotations(c: Compiler, node: ast.arguments_, returns: ast.expr | null): number {
  let count = 0
  for (const argument of [...node.args, ...node.posonlyargs, node.vararg, ...node.kwonlyargs, node.kwarg]) {
    if (!argument?.annotation) continue
    emitAnnotation(c, argument.arg, argument.annotation)
    count += 2
  }
  if (returns) {
    emitAnnotation(c, 'return', returns)
    count += 2
  }
  if (count === 0) return 0
  c.emitArg(op.BUILD_TUPLE, count)
  return ANNOTATIONS
}

function countArguments(c: Compiler, node: ast.arguments_): void {
  c.unit.argcount = node.args.length
  c.unit.posonlyargcount = node.posonlyargs.length
  c.unit.kwonlyargcount = node.kwonlyargs.length
}

/** Compiles what `emit` emits as the code of a new scope. */
export function compileScope(c: Compiler, name: string, type: ScopeType, node: object, lineno: number,
  emit: () => boolean): CodeObject {
  c.enterScope(name, type, node, lineno)
  const returnsNone = emit()
  const code = assemble(c, returnsNone)
  c.exitScope()
  return code
}

// Mirrors compiler_function.
export function emitFunction(c: Compiler, node: ast.FunctionDef | ast.AsyncFunctionDef): void {
  const { args, body, decorator_list, name, returns } = node
  checkArguments(c, args)
  for (const decorator of decorator_list) visitExpr(c, decorator)
  const flags = emitDefaults(c, args) | emitAnnotations(c, args, returns)
  const scopeType = node._type === 'FunctionDef' ? 'function' : 'asyncFunction'
  const code = compileScope(c, name, scopeType, node, firstLine(node), () => {
    // The first constant is the docstring, or None.
    const text = c.optimize < 2 ? docstring(body) : null
    c.unit.constant(text, c.constants)
    countArguments(c, args)
    for (let i = text === null ? 0 : 1; i < body.length; i++) visitStatement(c, body[i]!)
    return true
  })
  emitMakeFunction(c, code, flags)
  applyDecorators(c, decorator_list)
  emitVariable(c, name, 'Store')
}

// Mirrors compiler_lambda.
export function emitLambda(c: Compiler, node: ast.Lambda): void {
  checkArguments(c, node.args)
  const flags = emitDefaults(c, node.args)
  const code = compileScope(c, '<lambda>', 'lambda', node, node.lineno, () => {
    // None as the first constant: a lambda has no docstring.
    c.unit.constant(null, c.constants)
    countArguments(c, node.args)
    visitExpr(c, node.body)
    if (c.unit.entry.isGenerator) return false
    c.emit(op.RETURN_VALUE)
    return true
  })
  emitMakeFunction(c, code, flags)
}

// Mirrors compiler_class: `name = __build_class__(function, name, *bases, **keywords)`.
export function emitClass(c: Compiler, node: ast.ClassDef): void {
  const { bases, body, decorator_list, keywords, name } = node
  for (const decorator of decorator_list) visitExpr(c, decorator)
  const code = compileScope(c, name, 'class', node, firstLine(node), () => {
    c.unit.className = name
    emitVariable(c, '__name__', 'Load')
    emitVariable(c, '__module__', 'Store')
    c.emitConst(c.unit.qualname)
    emitVariable(c, '__qualname__', 'Store')
    emitBody(c, body)
    c.unlocate()
    if (c.unit.entry.needsClassClosure) {
      c.emitArg(op.LOAD_CLOSURE, 0)
      c.emitArg(op.COPY, 1)
      emitVariable(c, '__classcell__', 'Store')
    } else {
      c.emitConst(null)
    }
    c.emit(op.RETURN_VALUE)
    return true
  })
  c.emit(op.PUSH_NULL)
  c.emit(op.LOAD_BUILD_CLASS)
  emitMakeFunction(c, code, 0)
  c.emitConst(name)
  emitCallWithArguments(c, 2, bases, keywords)
  applyDecorators(c, decorator_list)
  emitVariable(c, name, 'Store')
}
